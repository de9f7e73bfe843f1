//! Mistakes in one line of a gate.

use super::{Direction, Fault};
use crate::checks::gate::{Condition, Gate, Guard, TestKind, quoted};
use crate::trace::Subject;

pub(super) fn faults(guard: &Guard<'_>) -> Vec<Fault> {
    let mut faults = Vec::new();
    for gate in guard.gates() {
        faults.extend(refused(gate));
        faults.extend(trailing_or(gate));
        faults.extend(glued(gate));
        faults.extend(gate.rule.conditions.iter().filter_map(useless_flag));
        faults.extend(gate.rule.conditions.iter().filter_map(no_variable));
    }
    faults
}

/// What httpd does not start with.
fn refused(gate: Gate<'_, '_>) -> Option<Fault> {
    let conditions = gate.rule.conditions.iter();
    let mut refusals = conditions.filter_map(|condition| Some((condition.directive, condition.refusal.as_ref()?)));
    let own = || gate.rule.refusal.as_ref().map(|why| (gate.rule.directive, why));
    let (directive, why) = refusals.next().or_else(own)?;
    let found = quoted(directive);
    Some(Fault {
        kind: "refused",
        direction: Direction::NoStart,
        places: vec![directive.place],
        what: format!("httpd does not start with `{found}`: {why}."),
        found,
        wanted: "a line that `apachectl -t` takes".to_owned(),
    })
}

/// `[OR]` on the last condition: if it does not hold, the next would be asked, and there is none, so the rule applies.
fn trailing_or(gate: Gate<'_, '_>) -> Option<Fault> {
    let conditions = &gate.rule.conditions;
    conditions.last().filter(|last| last.flags.has("OR"))?;
    let chain: Vec<&Condition<'_>> = conditions
        .iter()
        .rev()
        .take_while(|condition| condition.flags.has("OR"))
        .collect();
    let found = chain.first().map(|last| last.quoted()).unwrap_or_default();
    let in_order: Vec<&Condition<'_>> = chain.iter().rev().copied().collect();
    let (lines, places) = super::order::lines(&in_order);
    let (subject, it) = match chain.len() {
        1 => (format!("the condition on {lines} stops"), "it"),
        _ => (format!("the conditions on {lines} stop"), "them"),
    };
    // The line that is wrong comes first.
    let last = chain.first().map(|last| last.directive.place);
    let (direction, follows) = if gate.lets_past {
        (Direction::Open, "the rule lets past whether or not they hold")
    } else {
        (Direction::Shut, "who should be let in by")
    };
    let follows = if gate.lets_past {
        follows.to_owned()
    } else {
        format!("{follows} {it} is turned away")
    };
    Some(Fault {
        kind: "trailing-or",
        direction,
        places: last
            .into_iter()
            .chain(places)
            .chain([gate.rule.directive.place])
            .collect(),
        what: format!("[OR] on the last condition joins it to nothing: {subject} nothing, and {follows}."),
        wanted: found.replace(",OR]", "]").replace("[OR,", "[").replace(" [OR]", ""),
        found,
    })
}

/// Flags that stand in the target, because no blank is before them; or in place of the target.
fn glued(gate: Gate<'_, '_>) -> Option<Fault> {
    let (target, _) = gate.rule.glued.as_ref()?;
    let found = quoted(gate.rule.directive);
    let flags = gate.rule.target.get(target.len()..).unwrap_or_default();
    let (kind, what, wanted) = if target.is_empty() {
        (
            "target-lost",
            format!(
                "`{found}` has no target: httpd takes `{flags}` for it and sets no flag. Instead of a redirect, a file \
                 of that name is looked for."
            ),
            format!("RewriteRule {} TARGET {flags}", gate.rule.pattern),
        )
    } else {
        let follows = if target.contains("://") {
            "People are sent to an address that nobody meant."
        } else {
            "A file of that name is looked for."
        };
        (
            "flags-glued",
            format!(
                "In `{found}` no blank stands before the flags: httpd takes `{}` for the target and sets no flag. {follows}",
                gate.rule.target
            ),
            format!("RewriteRule {} {target} {flags}", gate.rule.pattern),
        )
    };
    Some(Fault {
        kind,
        direction: Direction::Other,
        places: vec![gate.rule.directive.place],
        what,
        found,
        wanted,
    })
}

/// `[NC]` where nothing has letters of two kinds to compare.
fn useless_flag(condition: &Condition<'_>) -> Option<Fault> {
    let is_number = ["-eq", "-ne", "-lt", "-le", "-gt", "-ge"];
    let is_file = ["-f", "-d", "-s", "-l", "-L", "-h", "-F", "-U", "-x"];
    let pattern = condition.pattern.as_str();
    let ignored = condition.kind == TestKind::Expression
        || (condition.kind == TestKind::Other
            && (is_number.iter().any(|test| pattern.starts_with(test)) || is_file.contains(&pattern)));
    (ignored && condition.flags.has("NC")).then(|| Fault {
        kind: "flag-ignored",
        direction: Direction::Nothing,
        places: vec![condition.directive.place],
        what: format!(
            "httpd ignores [NC] in `{}`, and warns about it when it starts.",
            condition.quoted()
        ),
        found: condition.quoted(),
        wanted: "no [NC]".to_owned(),
    })
}

/// A test for an address or a cookie that names no variable: it is a text that is always the same.
fn no_variable(condition: &Condition<'_>) -> Option<Fault> {
    if condition.kind == TestKind::Expression {
        return None;
    }
    let test = condition.test.to_ascii_uppercase();
    let test = test.replace("%{LA-U:", "%{").replace("%{LA-F:", "%{");
    let known: &[&str] = match condition.subject {
        Subject::Address => &["%{REMOTE_ADDR}", "%{REMOTE_HOST}", "%{CONN_REMOTE_ADDR}"],
        Subject::Cookie => &["%{HTTP_COOKIE}", "%{HTTP:COOKIE}"],
        Subject::Header(_) | Subject::Other => return None,
    };
    if known.iter().any(|variable| test.contains(variable)) {
        return None;
    }
    let found = condition.quoted();
    Some(Fault {
        kind: "no-variable",
        direction: Direction::Other,
        places: vec![condition.directive.place],
        what: format!(
            "`{}` in `{found}` is none of httpd's variables: the condition is the same for everybody.",
            condition.test
        ),
        found,
        wanted: known.first().copied().unwrap_or_default().to_owned(),
    })
}
