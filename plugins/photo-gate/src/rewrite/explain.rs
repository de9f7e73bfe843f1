//! What is said about each rule and condition that was looked at.
//!
//! Comes in: the rule, how it came out. Goes out: a [`Step`] in plain words. Only called where somebody reads them.

use super::rule::{Condition, Rule};
use super::run::Applied;
use crate::trace::{Step, Verdict};

/// The rule's pattern does not match.
pub(super) fn no_match(rule: &Rule, path: &[u8]) -> Step {
    let note = if rule.negated {
        "the pattern matches the path, which the rule is not about: it is passed over, with its conditions"
    } else {
        "the pattern does not match the path: the rule is passed over, with its conditions"
    };
    step(rule.place, &rule.text, path, Verdict::Failed, note.to_owned())
}

/// The rule's pattern matches.
pub(super) fn matched(rule: &Rule, path: &[u8]) -> Step {
    let note = match (rule.conditions.len(), rule.negated) {
        (0, false) => "the pattern matches the path",
        (0, true) => "the pattern does not match the path, as the rule wants it",
        (_, false) => "the pattern matches the path: its conditions are looked at",
        (_, true) => "the pattern does not match the path, as the rule wants it: its conditions are looked at",
    };
    step(rule.place, &rule.text, path, Verdict::Held, note.to_owned())
}

/// A rule that is chained to one that does not apply.
pub(super) fn chained(rule: &Rule) -> Step {
    let note = "chained to a rule that does not apply: passed over";
    step(rule.place, &rule.text, b"", Verdict::PassedOver, note.to_owned())
}

/// A condition came out.
pub(super) fn condition(condition: &Condition, rule: &Rule, value: &[u8], verdict: Verdict, held: bool) -> Step {
    let or_next = condition.flags.or_next;
    let follows_nothing = rule.conditions.last().is_some_and(|last| std::ptr::eq(last, condition));
    let what = match (held, or_next) {
        (true, false) if follows_nothing => "the rule applies",
        (true, false) => "the rule is looked at further",
        (true, true) => "that is enough for those joined to it by [OR]",
        (false, true) if follows_nothing => "an [OR] that nothing follows: the rule applies all the same",
        (false, true) => "the next one may hold instead",
        (false, false) if rule.turns_away() => "the rule, which would turn the request away, is passed over",
        (false, false) => "the rule is passed over",
    };
    let note = match (verdict, held) {
        (Verdict::Unknown, true) => format!("not known; if it holds, {what}"),
        (Verdict::Unknown, false) => format!("not known; if it does not hold, {what}"),
        (_, true) => format!("held: {what}"),
        (_, false) => format!("failed: {what}"),
    };
    step(condition.place, &condition.text, value, verdict, note)
}

/// A condition that is not looked at.
pub(super) fn passed_over(condition: &Condition, held_before: bool) -> Step {
    let note = if held_before {
        "not looked at: one joined to it by [OR] held"
    } else {
        "not looked at: one before it failed"
    };
    step(
        condition.place,
        &condition.text,
        b"",
        Verdict::PassedOver,
        note.to_owned(),
    )
}

/// A rule applies.
pub(super) fn applied(rule: &Rule, applied: Applied, filename: Option<&[u8]>, is_partly: bool) -> Step {
    let path = filename.unwrap_or_default();
    let shown = String::from_utf8_lossy(path);
    let status = if (300..400).contains(&rule.flags.status) {
        rule.flags.status
    } else {
        302
    };
    let note = match applied {
        Applied::Answer(status) => {
            format!("the rule ends the request with {status}: what it puts in place is not safe")
        }
        Applied::Kept if rule.flags.answers => format!("the rule ends the request with {}", rule.flags.status),
        Applied::Changed if rule.turns_away() && is_partly => {
            format!("the rule turns the request away with {status}, to an address that is not wholly known")
        }
        Applied::Changed if rule.turns_away() => format!("the rule turns the request away with {status}, to {shown}"),
        Applied::Changed => format!("the rule applies: the path is now {shown}"),
        Applied::Kept | Applied::No => "the rule applies, and leaves the path as it is".to_owned(),
    };
    step(rule.place, &rule.text, path, Verdict::Held, note)
}

fn step(place: crate::Place, text: &str, value: &[u8], verdict: Verdict, note: String) -> Step {
    Step {
        place,
        text: text.to_owned(),
        value: value.to_vec(),
        verdict,
        note,
    }
}
