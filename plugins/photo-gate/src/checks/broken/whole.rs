//! No line is wrong by itself, and yet strangers come in, or not even those come in whom the conditions name.

use super::{Direction, Fault};
use crate::Place;
use crate::checks::decides::{request, welcome_stranger};
use crate::checks::gate::{Condition, Guard, TestKind, quoted};
use crate::checks::sample::sample;
use crate::checks::{Fate, Inquiry};
use crate::trace::Subject;

pub(super) fn fault(inquiry: &Inquiry<'_>, guard: &Guard<'_>) -> Option<Fault> {
    if lets_somebody_in(guard)
        && let Some((_, ruling)) = welcome_stranger(guard, inquiry.decides)
    {
        return Some(open(guard, ruling.deciders));
    }
    shut(inquiry, guard)
}

/// Whether the gate names those who may come in; one that only names those who may not lets strangers in, and is meant to.
fn lets_somebody_in(guard: &Guard<'_>) -> bool {
    let by_rule = guard.gates().iter().any(|gate| {
        let mut doors = gate.rule.doors();
        doors.any(|condition| names_members(condition, gate.lets_past))
    });
    by_rule
        || guard
            .access_doors()
            .any(|rule| matches!(rule.name.as_str(), "allow" | "require") && !is_not(&rule.args))
}

fn is_not(args: &[String]) -> bool {
    args.first().is_some_and(|arg| arg.eq_ignore_ascii_case("not"))
}

/// Whether a condition names those who may come in.
fn names_members(condition: &Condition<'_>, lets_past: bool) -> bool {
    let negated = condition.negated || (condition.kind == TestKind::Expression && condition.pattern.contains('!'));
    negated != lets_past
}

fn doors(guard: &Guard<'_>) -> Vec<Place> {
    let gates = guard.gates();
    let mut places: Vec<Place> = gates.iter().map(|gate| gate.rule.directive.place).collect();
    places.extend(guard.access_doors().map(|rule| rule.place));
    places
}

fn open(guard: &Guard<'_>, deciders: Vec<Place>) -> Fault {
    let found = guard.gates().first().map(|gate| quoted(gate.rule.directive));
    let found = found
        .or_else(|| guard.access_doors().next().map(quoted))
        .unwrap_or_default();
    let line = if deciders.is_empty() {
        "no condition stops him"
    } else {
        "the condition that lets him in is among the places"
    };
    Fault {
        kind: "open",
        direction: Direction::Open,
        places: doors(guard).into_iter().chain(deciders).collect(),
        what: format!(
            "{} names who may see photos, and lets in strangers too: {line}.",
            guard.subject()
        ),
        found,
        wanted: "whoever is not named is turned away".to_owned(),
    }
}

/// Somebody for whom all conditions hold at once is turned away.
fn shut(inquiry: &Inquiry<'_>, guard: &Guard<'_>) -> Option<Fault> {
    // Who is let in may be sent on, to another scheme or host, where the photos are.
    let moves = guard.contexts.iter().any(|context| {
        let mut rules = context.rewrites.rules.iter();
        rules.any(|rule| rule.turns_away() && rule.only_moves() && context.is_about_photos(rule))
    });
    if moves {
        return None;
    }
    let gates = guard.gates();
    let named: Vec<&Condition<'_>> = gates
        .iter()
        .flat_map(|gate| {
            gate.rule
                .doors()
                .filter(|condition| names_members(condition, gate.lets_past))
        })
        .filter(|condition| condition.kind == TestKind::Regex)
        .collect();
    let of = |subject: Subject| named.iter().filter(move |condition| condition.subject == subject);
    let addresses: Vec<_> = of(Subject::Address)
        .filter_map(|condition| {
            inquiry
                .decides
                .matched(&condition.pattern, condition.flags.has("NC"))?
                .example()
        })
        .collect();
    let cookies: Vec<String> = of(Subject::Cookie)
        .filter_map(|condition| sample(&condition.pattern))
        .collect();
    let cookies = cookies.join("; ");
    let headers: Vec<(&str, &str)> = if cookies.is_empty() {
        Vec::new()
    } else {
        vec![("Cookie", cookies.as_str())]
    };
    let stranger = std::net::Ipv4Addr::new(203, 0, 113, 77);
    let first = addresses.first().copied();
    let first = first.or((!cookies.is_empty()).then_some(stranger))?;
    let all = if addresses.is_empty() { vec![first] } else { addresses };
    let mut status = 0;
    for address in all {
        let ruling = inquiry.decides.decide(guard, &request(guard, address, &headers))?;
        if ruling.fate != Fate::TurnedAway {
            return None;
        }
        status = ruling.status;
    }
    let with = if cookies.is_empty() {
        String::new()
    } else {
        format!(" with `Cookie: {cookies}`")
    };
    Some(Fault {
        kind: "shut",
        direction: Direction::Shut,
        places: doors(guard),
        what: format!(
            "{} turns away even those whom its conditions name: {first}{with} gets status {status}.",
            guard.subject()
        ),
        found: gates
            .first()
            .map(|gate| quoted(gate.rule.directive))
            .unwrap_or_default(),
        wanted: "whoever is named is let in".to_owned(),
    })
}
