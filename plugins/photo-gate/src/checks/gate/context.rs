//! The rewriting of one scope, and which of its rules are gates.
//!
//! Comes in: the rules of a scope, and what their patterns are held against when a photo is asked for. Goes out: the rules that
//! turn people away by who they are, or let them past such a rule. A rule about other paths is none.

use super::rules::{Kind as TestKind, Rewrites, Rule};
use super::{PHOTO, section};
use crate::conf::Directive;
use crate::conf::walk::Kind;
use crate::pcre::Pattern;

/// The rewriting of one scope.
#[derive(Debug)]
pub(crate) struct Context<'s> {
    /// What kind of scope.
    pub(crate) kind: Kind,
    /// How its section, or the virtual host, begins.
    pub(crate) directive: Option<&'s Directive>,
    /// What stands in it.
    pub(crate) rewrites: Rewrites<'s>,
    /// What its patterns are held against when a photo is asked for.
    pub(crate) subjects: Vec<String>,
}

/// Whether a pattern finds something in what it is held against.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reach {
    /// It does.
    Yes,
    /// It does not.
    No,
    /// This engine cannot tell.
    Unknown,
}

impl<'s> Context<'s> {
    /// Whether a rule applies when a photo is asked for, as far as the path tells.
    pub(crate) fn is_about_photos(&self, rule: &Rule<'s>) -> bool {
        let any_case = rule.flags.has("NC");
        let reaches = self.reach(&rule.pattern, any_case, rule.negated) != Reach::No
            || self.other_slash(rule).is_some()
            || rule.refusal.is_some();
        let by_path = rule.conditions.iter().filter(|condition| {
            condition.kind == TestKind::Regex
                && condition.test.eq_ignore_ascii_case("%{REQUEST_URI}")
                && !condition.flags.has("OR")
        });
        let mut excluded = by_path.filter(|condition| {
            let any_case = condition.flags.has("NC");
            self.reach(&condition.pattern, any_case, condition.negated) == Reach::No
        });
        reaches && excluded.next().is_none()
    }

    /// Whether a pattern finds something in one of the subjects.
    pub(crate) fn reach(&self, pattern: &str, any_case: bool, negated: bool) -> Reach {
        let all: Vec<Reach> = self
            .subjects
            .iter()
            .map(|subject| reach(pattern, any_case, negated, subject))
            .collect();
        [Reach::Yes, Reach::Unknown]
            .into_iter()
            .find(|reach| all.contains(reach))
            .unwrap_or(Reach::No)
    }

    /// The subject that a rule would find if it had a slash at its beginning, or had none; `None` if it finds one as it is,
    /// or not even then.
    pub(crate) fn other_slash(&self, rule: &Rule<'s>) -> Option<String> {
        let any_case = rule.flags.has("NC");
        if rule.negated || self.reach(&rule.pattern, any_case, false) != Reach::No {
            return None;
        }
        let other = |subject: &String| match subject.strip_prefix('/') {
            Some(without) => without.to_owned(),
            None => format!("/{subject}"),
        };
        let mut others: Vec<String> = self.subjects.iter().map(other).collect();
        if self.kind != Kind::Server {
            // Somebody may have written the whole path.
            others.push(format!("/photos/{PHOTO}"));
        }
        others
            .into_iter()
            .find(|subject| reach(&rule.pattern, any_case, false, subject) == Reach::Yes)
    }

    /// The rules that are gates: their numbers, and whether each lets past.
    pub(super) fn gates(&self) -> Vec<(usize, bool)> {
        let mut gates = Vec::new();
        // Whether a rule behind turns everybody away who comes to it.
        let mut is_shut_behind = false;
        for (index, rule) in self.rewrites.rules.iter().enumerate().rev() {
            let turns_away = rule.turns_away();
            let lets_past = is_shut_behind && rule.passes();
            let has_door = rule.doors().next().is_some();
            let may_be = has_door && (turns_away || lets_past || rule.refusal.is_some());
            let may_shut = !is_shut_behind && turns_away && !rule.only_moves();
            if (may_be || may_shut) && self.is_about_photos(rule) {
                is_shut_behind |= may_shut;
                if may_be {
                    gates.push((index, lets_past));
                }
            }
        }
        gates.reverse();
        gates
    }

    /// The first rule that takes every photo and ends the rules, if no rule before it jumps.
    pub(crate) fn taker(&self) -> Option<(usize, &Rule<'s>)> {
        let mut taker = None;
        for (index, rule) in self.rewrites.rules.iter().enumerate() {
            if rule.flags.has("S") || rule.flags.has("C") {
                return None;
            }
            let ends = match self.kind {
                Kind::Server => rule.ends_all(),
                // In a directory a rewritten path begins anew.
                _ => rule.ends_all() && (rule.target == "-" || rule.flags.has("END")),
            };
            let takes = rule.conditions.is_empty() && rule.refusal.is_none() && ends && !rule.only_moves();
            if takes && self.reach(&rule.pattern, rule.flags.has("NC"), rule.negated) == Reach::Yes {
                taker = Some((index, rule));
                break;
            }
        }
        taker
    }

    /// What a finding calls it.
    pub(crate) fn name(&self) -> String {
        match (self.kind, self.directive) {
            (Kind::Server, None) => "outside of the virtual hosts".to_owned(),
            (_, None) => "in a section".to_owned(),
            (_, Some(directive)) => format!("in {}", section(directive)),
        }
    }
}

fn reach(pattern: &str, any_case: bool, negated: bool, subject: &str) -> Reach {
    let found = Pattern::new(pattern.as_bytes(), any_case).ok();
    match found.and_then(|pattern| pattern.is_match(subject.as_bytes()).ok()) {
        Some(found) if found != negated => Reach::Yes,
        Some(_) => Reach::No,
        None => Reach::Unknown,
    }
}
