//! Access logs, replayed through the gate: what was answered beside what the gate as it is configured answers.
//!
//! Comes in: the policies of a site, once; then the records of an access log. Goes out: findings about records whose status and
//! whose decision disagree, and about the conditions that let requests in. Which sentence that makes is the business of
//! [`crate::checks`]. What is said of a record depends on no other, so several instances may share a log.
//!
//! What a log does not show is not known: a cookie counts as absent or present only where the log has it. A log belongs to the
//! server in whose folder it lies and to the virtual hosts that write it; where that leaves several, they must agree.

mod logged;
mod origin;

use std::collections::HashMap;
use std::net::IpAddr;

use casebook_plugin_access::{Batch, LogFinding, LogVerdict, StreamInfo, Tally};

use crate::checks::{Door, Fate, Logged, refused_member, served_stranger};
use crate::decide::{Decision, Policy};
use crate::place::Lines;
use crate::trace::Subject;
use crate::{Place, checks};

pub(crate) use logged::Columns;
pub(crate) use origin::Origins;

/// Decisions of a stream that are remembered: 4,096. Browsers ask for the same photos again and again, and the same people
/// for many.
const MOST_REMEMBERED: usize = 4_096;

/// A rule about logs: its number, what it looks for, and the columns of each of its patterns.
#[derive(Debug)]
pub(crate) struct LogRule {
    pub(crate) number: u32,
    pub(crate) logged: Logged,
}

/// One log being replayed.
#[derive(Debug)]
pub struct Replay {
    /// The policies it may belong to, by their numbers, with the paths of photos of each.
    origins: Vec<(usize, Vec<String>)>,
    remembered: HashMap<Vec<u8>, Ruled>,
}

/// What is kept of a decision.
#[derive(Debug, Clone)]
struct Ruled {
    fate: Fate,
    /// What decided.
    decider: Option<(Place, Subject)>,
}

impl Replay {
    /// Begins with a log.
    pub(crate) fn of(origins: &Origins, info: &StreamInfo) -> Self {
        Self {
            origins: origins.of_log(&info.file),
            remembered: HashMap::new(),
        }
    }

    /// Replays records.
    pub(crate) fn observe(
        &mut self,
        policies: &[Policy],
        lines: &Lines,
        patterns: &[(LogRule, Columns)],
        batch: &Batch<'_>,
        verdict: &mut LogVerdict,
    ) {
        if self.origins.is_empty() {
            return;
        }
        let mut tally = Tally::default();
        // Several rules look at one record.
        let mut former: Option<(logged::Entry<'_>, Option<Ruled>)> = None;
        for record in batch.records() {
            for hit in record.hits() {
                let Some((rule, columns)) = patterns.get(hit.pattern) else {
                    continue;
                };
                let captures: Vec<Option<&str>> = hit.captures().collect();
                let Some(entry) = columns.read(&captures) else {
                    continue;
                };
                let ruled = match &former {
                    Some((same, ruled)) if *same == entry => ruled.clone(),
                    _ => {
                        let ruled = self.ruled(policies, &entry);
                        former = Some((entry.clone(), ruled.clone()));
                        ruled
                    }
                };
                let Some(ruled) = ruled else {
                    continue;
                };
                if !rule.logged.concerns(entry.status, ruled.fate) {
                    continue;
                }
                let (group, door) = match rule.logged {
                    Logged::Doors => (String::new(), Door::of(ruled.fate, ruled.decider.as_ref())),
                    Logged::ServedStranger | Logged::RefusedMember => (entry.client.to_owned(), None),
                };
                tally.count((rule.number, group, door.clone()), &record, || match &door {
                    Some(door) => through(door, rule, record.number, lines),
                    None => finding(rule, record.number, &entry, &ruled, lines),
                });
            }
        }
        verdict.findings.extend(tally.into_findings());
    }

    /// What the gate does with a request for a photo; `None`: it asks for something else.
    fn ruled(&mut self, policies: &[Policy], entry: &logged::Entry<'_>) -> Option<Ruled> {
        let mut asked = self
            .origins
            .iter()
            .filter(|(_, paths)| checks::gate::is_photo(paths, entry.target));
        asked.clone().next()?;
        let key = entry.key();
        if let Some(ruled) = self.remembered.get(&key) {
            return Some(ruled.clone());
        }
        let client: IpAddr = entry.client.parse().ok()?;
        let request = entry.request(client);
        let decided = |number: &usize| Some(policies.get(*number)?.decide(&request));
        let first = asked.next().and_then(|(number, _)| decided(number)).map(of_decision)?;
        let agree = asked.all(|(number, _)| {
            decided(number)
                .map(of_decision)
                .is_some_and(|other| other.fate == first.fate)
        });
        let ruled = if agree {
            first
        } else {
            Ruled {
                fate: Fate::Unknown,
                decider: None,
            }
        };
        if self.remembered.len() >= MOST_REMEMBERED {
            self.remembered.clear();
        }
        self.remembered.insert(key, ruled.clone());
        Some(ruled)
    }
}

fn of_decision(decision: Decision) -> Ruled {
    let decider = decision
        .decider()
        .map(|decider| (decider.place, decider.subject.clone()));
    Ruled {
        fate: checks::Fate::of(decision.fate),
        decider,
    }
}

/// The finding that a request came through a door.
fn through(door: &Door, rule: &LogRule, record: u32, lines: &Lines) -> LogFinding {
    let (condition, at) = match door {
        Door::Condition(place, _) => (lines.text(*place), lines.at(*place)),
        Door::Unguarded | Door::Closed | Door::Undecided => ("", String::new()),
    };
    let finding = LogFinding::at(rule.number, record)
        .group(format!("{} {at}", door.name()))
        .message(door.sentence(condition, &at))
        .field("door", door.name());
    if at.is_empty() {
        return finding;
    }
    finding.field("condition", condition).field("decided", at)
}

fn finding(rule: &LogRule, record: u32, entry: &logged::Entry<'_>, ruled: &Ruled, lines: &Lines) -> LogFinding {
    let decided = ruled
        .decider
        .as_ref()
        .map_or_else(String::new, |(place, _)| lines.at(*place));
    let message = match (rule.logged, decided.is_empty()) {
        (Logged::ServedStranger, _) => served_stranger(entry.client, entry.target, entry.status, &decided),
        (_, false) => refused_member(entry.client, entry.target, entry.status, &decided),
        (_, true) => refused_member(
            entry.client,
            entry.target,
            entry.status,
            "no condition of it is about this request",
        ),
    };
    LogFinding::at(rule.number, record)
        .group(entry.client)
        .message(message)
        .field("client", entry.client)
        .field("target", entry.target)
        .field("status", entry.status.to_string())
        .field("decided", decided)
}
