//! Mistakes of sense: a condition that httpd understands, and that asks for something else than what was meant.

use super::{Direction, Fault};
use crate::checks::facts::Network;
use crate::checks::gate::{Condition, Gate, Guard, TestKind};
use crate::checks::{Inquiry, Ranges};
use crate::conf::Version;
use crate::trace::Subject;

pub(super) fn faults(inquiry: &Inquiry<'_>, guard: &Guard<'_>) -> Vec<Fault> {
    let mut faults = Vec::new();
    for gate in guard.gates() {
        for condition in gate
            .rule
            .conditions
            .iter()
            .filter(|condition| condition.subject == Subject::Address)
        {
            let fault = matches_nothing(inquiry, gate, condition)
                .or_else(|| compares_text(condition))
                .or_else(|| inverted(inquiry, guard, gate, condition));
            faults.extend(fault);
        }
    }
    faults
}

/// A pattern that no address has: a network in the notation with a slash, a number above 255.
fn matches_nothing(inquiry: &Inquiry<'_>, gate: Gate<'_, '_>, condition: &Condition<'_>) -> Option<Fault> {
    let is_v4 = condition.kind == TestKind::Regex
        && condition.test.eq_ignore_ascii_case("%{REMOTE_ADDR}")
        && !condition.pattern.contains(':');
    if !is_v4 || condition.refusal.is_some() {
        return None;
    }
    let set = inquiry.decides.matched(&condition.pattern, condition.flags.has("NC"))?;
    if !set.is_empty() {
        return None;
    }
    let found = condition.quoted();
    let network = Network::read(condition.pattern.trim_start_matches('^').trim_end_matches('$'));
    let why = match network.filter(|_| condition.pattern.contains('/')) {
        Some(network) => format!(
            "a pattern is not a network: no address has `/` in it, so {} is not covered",
            network.written
        ),
        None => "no address is found by that pattern".to_owned(),
    };
    let direction = match (gate.lets_past, condition.negated, condition.flags.has("OR")) {
        (false, true, _) | (true, false, _) => Direction::Shut,
        (false, false, false) | (true, true, false) => Direction::Open,
        _ => Direction::Other,
    };
    let follows = match direction {
        Direction::Shut => "it lets nobody in",
        Direction::Open => "it holds nobody back",
        _ => "it changes nothing",
    };
    Some(Fault {
        kind: "matches-nothing",
        direction,
        places: vec![condition.directive.place, gate.rule.directive.place],
        what: format!("`{found}`: {why}, and {follows}."),
        found,
        wanted: "a regular expression for the addresses, such as ^10\\.20\\.".to_owned(),
    })
}

/// Numbers and order of an address: httpd compares texts, or only what stands before the first dot.
fn compares_text(condition: &Condition<'_>) -> Option<Fault> {
    if condition.kind != TestKind::Other {
        return None;
    }
    let pattern = condition.pattern.as_str();
    let by_number = ["-eq", "-ne", "-lt", "-le", "-gt", "-ge"]
        .iter()
        .any(|test| pattern.starts_with(test));
    let by_text = pattern.starts_with(['<', '>']);
    let how = match (by_number, by_text) {
        (true, _) => "compares the number before the first dot and nothing else",
        (_, true) => "compares texts, shorter ones first: 9.0.0.0 comes before 10.0.0.0, and 10.9.0.0 before 10.20.0.0",
        _ => return None,
    };
    let found = condition.quoted();
    Some(Fault {
        kind: "compares-text",
        direction: Direction::Other,
        places: vec![condition.directive.place],
        what: format!("`{found}` {how}, which is no order of addresses."),
        found,
        wanted: "a regular expression for the addresses, such as ^10\\.20\\.".to_owned(),
    })
}

/// A rule that turns away those inside: the condition lacks its `!`.
fn inverted(inquiry: &Inquiry<'_>, guard: &Guard<'_>, gate: Gate<'_, '_>, condition: &Condition<'_>) -> Option<Fault> {
    if gate.lets_past || is_negated(condition) || condition.flags.has("OR") {
        return None;
    }
    let inside = inside(inquiry);
    let asked = match condition.kind {
        TestKind::Regex => inquiry.decides.matched(&condition.pattern, condition.flags.has("NC"))?,
        TestKind::Expression if guard.server.version == Version::V24 => in_quotes(&condition.pattern),
        TestKind::Expression | TestKind::Other => return None,
    };
    if asked.intersection(&inside).is_empty() || !asked.without(&inside).is_empty() {
        return None;
    }
    let found = condition.quoted();
    let wanted = match condition.kind {
        TestKind::Expression => format!("RewriteCond expr \"! {}\"", condition.pattern),
        _ => format!("RewriteCond {} !{}", condition.test, condition.pattern),
    };
    Some(Fault {
        kind: "inverted",
        direction: Direction::Open,
        places: vec![condition.directive.place, gate.rule.directive.place],
        what: format!(
            "`{found}` has no `!`: the rule turns away those inside ({}) and lets in everybody else.",
            asked.listed()
        ),
        found,
        wanted,
    })
}

fn is_negated(condition: &Condition<'_>) -> bool {
    let expression = condition.pattern.trim_start();
    let inner_not =
        condition.kind == TestKind::Expression && (expression.contains('!') || expression.starts_with("not"));
    condition.negated || inner_not
}

/// The networks that are meant to see photos; where nobody says so, those that belong to nobody in particular.
fn inside(inquiry: &Inquiry<'_>) -> Ranges {
    if !inquiry.facts.networks.is_empty() {
        return Ranges::of_networks(&inquiry.facts.networks);
    }
    let private = ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"];
    Ranges::of_networks(&private.into_iter().filter_map(Network::read).collect::<Vec<_>>())
}

/// The networks in the quotes of an expression.
fn in_quotes(expression: &str) -> Ranges {
    let parts = expression.split(['\'', '"', ' ', '{', '}', ',']);
    Ranges::of_networks(&parts.filter_map(Network::read).collect::<Vec<_>>())
}
