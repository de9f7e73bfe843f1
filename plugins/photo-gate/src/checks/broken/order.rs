//! Mistakes between the lines of a gate: who has the conditions, who comes first, where it sends.

use super::{Direction, Fault};
use crate::Place;
use crate::checks::decides::{request, stranger};
use crate::checks::gate::{Condition, Context, Gate, Guard, Rule, quoted};
use crate::checks::{Fate, Inquiry};

pub(super) fn faults(inquiry: &Inquiry<'_>, guard: &Guard<'_>) -> Vec<Fault> {
    let mut faults = Vec::new();
    for context in &guard.contexts {
        faults.extend(spent(context));
        faults.extend(left_over(context));
    }
    let takers: Vec<_> = guard
        .contexts
        .iter()
        .map(|context| (context, context.taker()))
        .collect();
    for gate in guard.gates() {
        let own = takers.iter().find(|(context, _)| std::ptr::eq(*context, gate.context));
        let taker = own.and_then(|(_, taker)| *taker);
        faults.extend(
            taker
                .filter(|(index, _)| *index < gate.index)
                .map(|(_, taker)| never_reached(gate, taker)),
        );
        faults.extend(looping(inquiry, guard, gate));
    }
    faults
}

/// Lines that a sentence names, and places that a finding shows: 12.
const MOST_NAMED: usize = 12;

/// The lines of conditions in words, and their places; of many, the first ones.
pub(super) fn lines<'c>(conditions: &[&Condition<'c>]) -> (String, Vec<Place>) {
    let named = || conditions.iter().take(MOST_NAMED);
    let mut numbers: Vec<String> = named().map(|condition| condition.directive.line.to_string()).collect();
    if conditions.len() > MOST_NAMED {
        numbers.push(format!("and {} more", conditions.len() - MOST_NAMED));
    }
    let word = if conditions.len() == 1 { "line" } else { "lines" };
    let places = named().map(|condition| condition.directive.place).collect();
    (format!("{word} {}", numbers.join(", ")), places)
}

/// Conditions that belong to the rule before the one that turns away, which so has none.
fn spent(context: &Context<'_>) -> Vec<Fault> {
    let rules = &context.rewrites.rules;
    let pairs = rules.iter().zip(rules.iter().skip(1));
    let spent = pairs.filter(|(before, rule)| {
        let goes_on = !before.turns_away() && !before.ends_all();
        // What sets a variable or a cookie uses its conditions for that.
        let jumps = ["C", "S", "N", "E", "CO"].iter().any(|flag| before.flags.has(flag));
        before.doors().next().is_some()
            && goes_on
            && !jumps
            && rule.conditions.is_empty()
            && rule.turns_away()
            && !rule.only_moves()
            && context.is_about_photos(rule)
    });
    let fault = |(before, rule): (&Rule<'_>, &Rule<'_>)| {
        let (lines, places) = lines(&before.conditions.iter().collect::<Vec<_>>());
        let found = quoted(rule.directive);
        Fault {
            kind: "conditions-spent",
            direction: Direction::Shut,
            places: [rule.directive.place, before.directive.place]
                .into_iter()
                .chain(places)
                .collect(),
            what: format!(
                "Conditions belong to the next rule only: those on {lines} belong to `{}` (line {}), and `{found}` has none. \
                 It turns everybody away.",
                quoted(before.directive),
                before.directive.line,
            ),
            found: format!("{found} without conditions"),
            wanted: "the conditions immediately before the rule that turns away".to_owned(),
        }
    };
    spent.map(fault).collect()
}

/// Conditions behind which no rule comes.
fn left_over(context: &Context<'_>) -> Option<Fault> {
    let conditions = &context.rewrites.left_over;
    conditions.iter().find(|condition| condition.is_door())?;
    let (lines, places) = lines(&conditions.iter().collect::<Vec<_>>());
    Some(Fault {
        kind: "conditions-without-rule",
        direction: Direction::Open,
        places,
        what: format!(
            "No RewriteRule follows the conditions on {lines} {}: they hold nobody back. A rule in another section does not \
             count.",
            context.name()
        ),
        found: conditions.first().map(Condition::quoted).unwrap_or_default(),
        wanted: "a RewriteRule immediately behind the conditions".to_owned(),
    })
}

/// A rule before the gate takes all requests for photos and ends the rules.
fn never_reached(gate: Gate<'_, '_>, taker: &Rule<'_>) -> Fault {
    let (taken, found) = (quoted(taker.directive), quoted(gate.rule.directive));
    Fault {
        kind: "never-reached",
        direction: if taker.turns_away() {
            Direction::Shut
        } else {
            Direction::Open
        },
        places: vec![gate.rule.directive.place, taker.directive.place],
        what: format!(
            "`{taken}` (line {}) has no condition, takes every request for a photo and ends the rules: `{found}` is never \
             reached.",
            taker.directive.line
        ),
        found: format!("{taken} before the gate"),
        wanted: "the gate before it".to_owned(),
    }
}

/// The redirect leads to a path that the gate guards: the browser goes round in circles.
fn looping(inquiry: &Inquiry<'_>, guard: &Guard<'_>, gate: Gate<'_, '_>) -> Option<Fault> {
    let rule = gate.rule;
    let target = rule.target.as_str();
    let is_redirect = rule.flags.has("R")
        && !rule
            .flags
            .value("R")
            .is_some_and(|status| status.starts_with(['4', '5']));
    if gate.lets_past || !is_redirect || !target.starts_with('/') || target.contains(['$', '%']) {
        return None;
    }
    let (address, _) = stranger(guard, inquiry.decides)?;
    let mut again = request(guard, address, &[]);
    again.target = target.as_bytes().to_vec();
    let ruling = inquiry.decides.decide(guard, &again)?;
    if ruling.fate != Fate::TurnedAway || !(300..400).contains(&ruling.status) {
        return None;
    }
    Some(Fault {
        kind: "loop",
        direction: Direction::Other,
        places: vec![rule.directive.place],
        what: format!(
            "The gate sends strangers to {target}, which it guards as well: {address} is redirected from there again, without \
             end.",
        ),
        found: quoted(rule.directive),
        wanted: format!("a target that the gate lets through, such as by `RewriteCond %{{REQUEST_URI}} !^{target}`"),
    })
}
