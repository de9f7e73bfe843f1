//! Judgement: from a sighting to a finding.
//!
//! Comes in: a sighting. Its fields are computed, its conditions are held against them, its group is formed. Goes out: a
//! finding, or a further occurrence of one. The first sightings of a group in a stream are findings of their own, because
//! the host shows them as samples; of those that follow, all of one batch are counted in one finding, with the earliest
//! and the latest of them. The host adds up what it gets, so the sum does not depend on where batches end.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use casebook_plugin_sdk::{Finding, Severity};
use serde::{Deserialize, Serialize};

use crate::event::{Event, Sighting, normal, within};
use crate::facts::Facts;
use crate::name;
use crate::signature::{self, Condition, Field, Outcome, Signature};
use crate::template::Values;

/// Sightings of a group that are findings of their own: as many as the host keeps samples.
const SAMPLES: u8 = 3;

/// Groups of one rule and stream of which is known how many samples they had. A group beyond is counted but gets none.
const MOST_GROUPS: usize = 16_384;

/// Values that one memory holds: the names of the users of a large server.
const MOST_REMEMBERED: usize = 16_384;

/// A message is a sentence; its values may be long, and the host has a limit on what an answer holds.
const LONGEST_MESSAGE: usize = 2_048;

/// What is remembered of a stream about the sightings of one rule.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Ledger {
    samples: BTreeMap<String, u8>,
    /// When the last sighting of a group was, for those groups that may suppress another one.
    open: BTreeMap<String, Option<f64>>,
    memories: Vec<Remembered>,
    /// Groups that found no room.
    forgotten: u64,
}

/// Values that are remembered, in the form in which they are compared.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
struct Remembered {
    values: BTreeSet<String>,
    order: VecDeque<String>,
}

/// The findings of one batch.
#[derive(Debug, Default)]
pub(crate) struct Findings {
    findings: Vec<Finding>,
    /// For each rule, severity and group that has had its samples, its counting finding in `findings`, with the times of
    /// the first and the last sighting in it.
    counting: BTreeMap<(u32, Option<u8>, String), Counting>,
}

#[derive(Debug)]
struct Counting {
    finding: usize,
    first: Option<f64>,
    last: Option<f64>,
}

/// A rule with all that its judgement needs.
pub(crate) struct Judge<'a> {
    /// The rule's index, as the host knows it.
    pub(crate) rule: u32,
    pub(crate) signature: &'a Signature,
    pub(crate) facts: &'a Facts,
    pub(crate) ledger: &'a mut Ledger,
    pub(crate) findings: &'a mut Findings,
}

impl Findings {
    /// The findings, in the order in which they were completed.
    pub(crate) fn into_vec(self) -> Vec<Finding> {
        self.findings
    }

    /// Adds a sighting to the finding that counts its group in this batch; makes one if there is none yet.
    fn count(
        &mut self,
        rule: u32,
        severity: Option<Severity>,
        group: String,
        sighting: &Sighting<'_>,
    ) -> Option<usize> {
        let key = (rule, severity.map(|severity| severity as u8), group);
        let Some(counting) = self.counting.get_mut(&key) else {
            let counting = Counting {
                finding: self.findings.len(),
                first: sighting.time,
                last: sighting.last_time,
            };
            self.counting.insert(key, counting);
            return Some(self.findings.len());
        };
        let finding = self.findings.get_mut(counting.finding)?;
        finding.occurrences = finding.occurrences.saturating_add(1);
        if precedes(sighting.time, counting.first) {
            counting.first = sighting.time;
            finding.record = sighting.record;
        }
        if counting.last.is_none() || precedes(counting.last, sighting.last_time) && sighting.last_time.is_some() {
            counting.last = sighting.last_time;
            finding.last = sighting.last;
        }
        None
    }
}

/// Whether a time is known and before another one, or the other is not known.
fn precedes(a: Option<f64>, b: Option<f64>) -> bool {
    match (a, b) {
        (Some(a), Some(b)) => a < b,
        (Some(_), None) => true,
        (None, _) => false,
    }
}

impl Judge<'_> {
    /// Judges a sighting; whether it became a finding, or part of one.
    pub(crate) fn judge(&mut self, sighting: &Sighting<'_>) -> bool {
        let fields = self.fields(sighting);
        let values = Values {
            fields: &fields,
            sighting,
            facts: self.facts,
        };
        if !self.signature.require.iter().all(|condition| condition.holds(values)) {
            return false;
        }
        let outcome = self.signature.outcomes.iter().find(|outcome| outcome.holds(values));
        if outcome.is_none() && !self.signature.outcomes.is_empty() {
            return false;
        }
        let group = self.group(&fields);
        if self.is_suppressed(&group, sighting) {
            return true;
        }
        let severity = outcome.and_then(|outcome| outcome.severity);
        let is_sample = self.ledger.takes_sample(&group);
        if !is_sample
            && self
                .findings
                .count(self.rule, severity, group.clone(), sighting)
                .is_none()
        {
            return true;
        }
        let message = outcome
            .and_then(|outcome| outcome.message.as_ref())
            .unwrap_or(&self.signature.message);
        let mut finding = Finding::at(self.rule, sighting.record)
            .group(group)
            .repeated(1, sighting.last);
        finding.severity = severity;
        finding.message = message.render(values);
        finding
            .message
            .truncate(finding.message.floor_char_boundary(LONGEST_MESSAGE));
        if is_sample {
            finding.evidence.clone_from(&sighting.evidence);
        }
        let names = self.signature.fields.iter().map(|(name, _)| name);
        finding.fields = names
            .cloned()
            .zip(fields)
            .filter(|(_, value)| !value.is_empty())
            .collect();
        self.findings.findings.push(finding);
        true
    }

    fn fields(&self, sighting: &Sighting<'_>) -> Vec<String> {
        let mut fields: Vec<String> = Vec::with_capacity(self.signature.fields.len());
        for (_, field) in &self.signature.fields {
            let value = self.ledger.field(
                field,
                Values {
                    fields: &fields,
                    sighting,
                    facts: self.facts,
                },
            );
            fields.push(value);
        }
        fields
    }

    fn group(&self, fields: &[String]) -> String {
        let mut group = String::new();
        for (place, &(field, comparison)) in self.signature.group.iter().enumerate() {
            if place > 0 {
                group.push('\u{1f}');
            }
            group.push_str(&normal(
                fields.get(field).map(String::as_str).unwrap_or_default(),
                comparison,
            ));
        }
        group
    }

    fn is_suppressed(&mut self, group: &str, sighting: &Sighting<'_>) -> bool {
        let Some(window) = self.signature.suppress else {
            return false;
        };
        if let Some(last) = self.ledger.open.get_mut(group) {
            let belongs = within(*last, sighting.last_time, window);
            *last = sighting.last_time.or(*last);
            return belongs;
        }
        if self.ledger.open.len() >= MOST_GROUPS {
            self.ledger
                .open
                .retain(|_, last| within(*last, sighting.last_time, window));
        }
        if self.ledger.open.len() < MOST_GROUPS {
            self.ledger.open.insert(group.to_owned(), sighting.last_time);
        } else {
            self.ledger.forgotten += 1;
        }
        false
    }
}

impl Ledger {
    /// An event that may have to be remembered.
    pub(crate) fn remember(&mut self, memories: &[signature::Memory], event: &Event<'_>) {
        for (index, memory) in memories.iter().enumerate() {
            if !memory.patterns.get(event.pattern).copied().unwrap_or_default() {
                continue;
            }
            let value = normal(memory.capture.value(event), memory.comparison);
            if self.memories.len() <= index {
                self.memories.resize_with(index + 1, Remembered::default);
            }
            if let Some(remembered) = self.memories.get_mut(index).filter(|_| !value.is_empty()) {
                remembered.add(&value);
            }
        }
    }

    /// How many groups found no room.
    pub(crate) fn forgotten(&self) -> u64 {
        self.forgotten
    }

    /// Whether a sighting of the group is one of its first, which is noted.
    fn takes_sample(&mut self, group: &str) -> bool {
        if let Some(samples) = self.samples.get_mut(group) {
            let takes = *samples < SAMPLES;
            *samples = samples.saturating_add(1).min(SAMPLES);
            return takes;
        }
        if self.samples.len() >= MOST_GROUPS {
            self.forgotten += 1;
            return false;
        }
        self.samples.insert(group.to_owned(), 1);
        true
    }

    fn field(&self, field: &Field, values: Values<'_>) -> String {
        match field {
            Field::Template(template) => template.render(values),
            Field::First(templates) => {
                let texts = templates.iter().map(|template| template.render(values));
                texts.into_iter().find(|text| !text.is_empty()).unwrap_or_default()
            }
            Field::Lowercase(template) => template.render(values).to_lowercase(),
            Field::ExtraNameParts {
                of,
                beyond,
                remembered,
                else_trailing,
            } => {
                let names = remembered.and_then(|memory| self.memories.get(memory));
                let shorter: Vec<String> = beyond.iter().map(|template| template.render(values)).collect();
                extra_name_parts(&of.render(values), &shorter, names, else_trailing).unwrap_or_default()
            }
            Field::HostAddress { address, node } => {
                let (address, node) = (address.render(values), node.render(values));
                values
                    .facts
                    .right_address(&address, &node)
                    .unwrap_or_default()
                    .to_owned()
            }
        }
    }
}

fn extra_name_parts(of: &str, beyond: &[String], names: Option<&Remembered>, trailing: &[String]) -> Option<String> {
    if let Some(extra) = beyond.iter().find_map(|shorter| name::beyond(of, shorter)) {
        return Some(extra.to_owned());
    }
    if let Some(extra) = names.and_then(|names| name::beyond_known(of, |begin| names.values.contains(begin))) {
        return Some(extra.to_owned());
    }
    let extra = name::trailing(of, trailing)?;
    let end = format!("/{}", name::normal(extra));
    // Where others are found under names that end so, the directory has that part, and it is nothing extra.
    let is_usual = names.is_some_and(|names| names.values.iter().any(|known| known.ends_with(&end)));
    (!is_usual).then(|| extra.to_owned())
}

impl Remembered {
    fn add(&mut self, value: &str) {
        if self.values.contains(value) {
            return;
        }
        if self.order.len() >= MOST_REMEMBERED
            && let Some(oldest) = self.order.pop_front()
        {
            self.values.remove(&oldest);
        }
        self.values.insert(value.to_owned());
        self.order.push_back(value.to_owned());
    }
}

impl Condition {
    fn holds(&self, values: Values<'_>) -> bool {
        match self {
            Self::Present(template) => !template.render(values).is_empty(),
            Self::Missing(template) => template.render(values).is_empty(),
            Self::Equal(a, b) => a.render(values) == b.render(values),
            Self::Differ(a, b) => a.render(values) != b.render(values),
            Self::Ends { value, any, expected } => {
                let value = value.render(values).to_lowercase();
                any.iter().any(|ending| value.ends_with(ending.as_str())) == *expected
            }
        }
    }
}

impl Outcome {
    fn holds(&self, values: Values<'_>) -> bool {
        self.when.iter().all(|condition| condition.holds(values))
    }
}
