//! A set of rules is applied to a request: which of them, in which order.
//!
//! Comes in: the rules of a server or of a folder, and the request on its way. Goes out: a [`Status`]; the path is then in
//! the request's `filename`, the query in its `query`. Never here: what becomes of the path afterwards.
//!
//! A rule's pattern is looked at first, then its conditions, then what it puts in place. A rule that does not apply takes those
//! with it that are chained to it.

use std::sync::Arc;

use super::environment;
use super::expand::{Expanded, Groups, Sources, Unknown, Values};
use super::rule::{Condition, Rule};
use super::template::Template;
use super::variable::Stage;
use super::{Rewriting, explain};
use crate::conf::Version;
use crate::decide::Transaction;
use crate::oracle::Undecided;
use crate::trace::{Decider, Subject};

/// Rules that are looked at in one go, rounds of `[N]` counted: 100,000, some milliseconds.
const MOST_APPLIED: u32 = 100_000;

/// What rules came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Status {
    /// Nothing was put in place.
    Untouched,
    /// The path was.
    Changed {
        /// Not with `[NE]`.
        escape: bool,
    },
    /// The request ends with that status.
    Answer(u16),
}

/// What a single rule came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Applied {
    No,
    /// It applies, and there is no substitution.
    Kept,
    Changed,
    /// Something about it ends the request.
    Answer(u16),
}

/// Rules being applied.
#[derive(Debug)]
pub(super) struct Run<'r, 's> {
    pub(super) rewriting: &'r Rewriting<'s>,
    pub(super) stage: Stage,
    /// The folder of the section, with a slash at its end.
    pub(super) directory: Option<&'r str>,
    pub(super) values: Values<'r>,
    pub(super) of_rule: Groups,
    pub(super) of_condition: Groups,
    /// The status that a redirect asked for, and which rule.
    pub(super) redirect: Option<(u16, &'r Rule)>,
    /// The last rule that put something in place.
    pub(super) last: Option<&'r Rule>,
    /// Whether the server's own name was taken off the path.
    pub(super) is_reduced: bool,
    /// That only the beginning of where a redirect leads is known.
    pub(super) partly: Option<Unknown>,
}

impl<'r, 's> Run<'r, 's> {
    pub(super) fn new(rewriting: &'r Rewriting<'s>, directory: Option<&'r str>) -> Self {
        Self {
            rewriting,
            stage: if directory.is_some() {
                Stage::Folder
            } else {
                Stage::Server
            },
            directory,
            values: Values::default(),
            of_rule: Groups::None,
            of_condition: Groups::None,
            redirect: None,
            last: None,
            is_reduced: false,
            partly: None,
        }
    }

    pub(super) fn is_22(&self) -> bool {
        self.rewriting.version == Version::V22
    }

    /// Applies the rules.
    pub(super) fn apply(&mut self, rules: &'r [Arc<Rule>], tx: &mut Transaction) -> Result<Status, Undecided> {
        let mut status = Status::Untouched;
        let (mut at, mut rounds, mut applied) = (0, 1, 0);
        while let Some(rule) = rules.get(at) {
            applied += 1;
            if applied > MOST_APPLIED {
                return Err(undecided(
                    rule,
                    format!("more than {MOST_APPLIED} rules would have to be looked at"),
                ));
            }
            let outcome = self.rule(rule, tx)?;
            if outcome == Applied::No {
                at = behind_chain(rules, at, tx);
                continue;
            }
            if !rule.compiled.keeps {
                self.last = Some(rule);
            }
            self.check_length(rule, tx)?;
            let flags = &rule.flags;
            match outcome {
                Applied::Answer(status) => return Ok(Status::Answer(status)),
                _ if flags.answers => return Ok(Status::Answer(flags.status)),
                Applied::Changed => {
                    status = Status::Changed {
                        escape: !flags.no_escape,
                    }
                }
                Applied::Kept | Applied::No => {}
            }
            if flags.pass_through {
                if let Some(filename) = &mut tx.filename {
                    filename.splice(..0, *b"passthrough:");
                }
                return Ok(Status::Changed { escape: true });
            }
            if flags.end {
                environment::end(tx);
                break;
            }
            if flags.proxy || flags.last {
                break;
            }
            if flags.next {
                rounds += 1;
                if !self.is_22() && rounds >= flags.most_rounds {
                    return Ok(Status::Answer(500));
                }
                at = 0;
                continue;
            }
            at = at
                .saturating_add(1)
                .saturating_add(usize::try_from(flags.skip).unwrap_or_default());
        }
        Ok(status)
    }

    /// httpd ends what grows without bounds, some versions do not.
    fn check_length(&self, rule: &Rule, tx: &Transaction) -> Result<(), Undecided> {
        let most = self.rewriting.longest.saturating_mul(2);
        if tx.filename.as_ref().is_some_and(|filename| filename.len() > most) {
            return Err(undecided(
                rule,
                format!("the path grows beyond {most} bytes, which versions of httpd treat differently"),
            ));
        }
        Ok(())
    }

    fn rule(&mut self, rule: &'r Rule, tx: &mut Transaction) -> Result<Applied, Undecided> {
        if let Some(partly) = &self.partly {
            return Err(undecided(rule, partly.why.clone()));
        }
        let keep = rule.compiled.uses_groups && !rule.negated;
        let stripped;
        let path: &[u8] = match self.directory {
            None => tx.filename.as_deref().unwrap_or_default(),
            Some(directory) => {
                stripped = stripped_path(directory, tx);
                &stripped
            }
        };
        let (matched, groups) = super::matching::search(&rule.pattern, rule.place, path, keep, tx.oracle)?;
        if matched == rule.negated {
            tx.trace.step(|| explain::no_match(rule, path));
            return Ok(Applied::No);
        }
        tx.trace.step(|| explain::matched(rule, path));
        self.of_condition = Groups::None;
        self.of_rule = groups;
        if !self.conditions(rule, tx)? {
            return Ok(Applied::No);
        }
        if rule.turns_away() {
            tx.trace.deciders.push(Decider {
                place: rule.place,
                subject: Subject::Other,
                admitted: false,
            });
        }
        let applied = self.substitute(rule, tx)?;
        tx.trace
            .step(|| explain::applied(rule, applied, tx.filename.as_deref(), self.partly.is_some()));
        Ok(applied)
    }

    /// Whether all conditions of a rule hold.
    fn conditions(&mut self, rule: &'r Rule, tx: &mut Transaction) -> Result<bool, Undecided> {
        let mut conditions = rule.conditions.iter().enumerate();
        // Where those begin of which one is enough.
        let mut group = 0;
        while let Some((at, condition)) = conditions.next() {
            let held = self.condition(condition, rule, tx)?;
            if condition.flags.or_next && held {
                for (_, passed) in conditions.by_ref() {
                    tx.trace.step(|| explain::passed_over(passed, true));
                    if !passed.flags.or_next {
                        break;
                    }
                }
            } else if !condition.flags.or_next && !held {
                for passed in rule.conditions.iter().skip(at + 1) {
                    tx.trace.step(|| explain::passed_over(passed, false));
                }
                if rule.turns_away() {
                    let stopped = rule.conditions.iter().take(at + 1).skip(group);
                    tx.trace.deciders.extend(stopped.flat_map(admitting));
                }
                return Ok(false);
            }
            if !condition.flags.or_next || held {
                group = conditions.clone().next().map_or(at + 1, |(next, _)| next);
            }
        }
        Ok(true)
    }

    /// Puts a string together.
    pub(super) fn expand(&mut self, template: &'r Template, rule: Option<&'r Rule>, tx: &Transaction) -> Expanded {
        let mut sources = Sources {
            of_rule: &self.of_rule,
            of_condition: &self.of_condition,
            values: &mut self.values,
            maps: &self.rewriting.maps,
            stage: self.stage,
        };
        let escape = rule.map(|rule| &rule.flags.back_references);
        sources.expand(template, escape, rule.is_some_and(|rule| rule.compiled.last_mark), tx)
    }
}

/// What decided that the request is let in.
fn admitting(condition: &Condition) -> impl Iterator<Item = Decider> {
    let subjects = condition.subjects();
    subjects.into_iter().map(|subject| Decider {
        place: condition.place,
        subject,
        admitted: true,
    })
}

pub(super) fn undecided(rule: &Rule, why: String) -> Undecided {
    Undecided { place: rule.place, why }
}

/// The path as a folder's rules see it: below the folder.
fn stripped_path(directory: &str, tx: &Transaction) -> Vec<u8> {
    let filename = tx.filename.as_deref().unwrap_or_default();
    let mut path = filename.to_vec();
    path.extend_from_slice(&tx.path_info);
    if !filename.starts_with(b"proxy:") && path.starts_with(directory.as_bytes()) {
        path.drain(..directory.len());
    }
    path
}

/// The rule behind those that are chained to one that does not apply.
fn behind_chain(rules: &[Arc<Rule>], from: usize, tx: &mut Transaction) -> usize {
    let mut at = from;
    while let Some(rule) = rules.get(at) {
        if at > from {
            tx.trace.step(|| explain::chained(rule));
        }
        at += 1;
        if !rule.flags.chain {
            break;
        }
    }
    at
}
