//! Many sightings in few findings.
//!
//! Comes in: sightings, each with its group. Goes out: findings that the host shows as it would show one for each sighting. A
//! finding costs a crossing with its texts; a rule that fires at every line of a large log pays for a handful a batch.

use std::collections::BTreeMap;

use crate::{Finding, Record};

/// Sightings of a group that are handed over one by one: as many as the host shows of a finding. Wherever a batch begins, the
/// earliest of a log are then among them.
const ONE_BY_ONE: u32 = 3;

/// Counts sightings whose evidence is one record each; `K` tells groups of rules apart.
#[derive(Debug)]
pub struct Tally<K> {
    groups: BTreeMap<K, Group>,
    findings: Vec<Finding>,
}

#[derive(Debug, Default)]
struct Group {
    seen: u32,
    rest: Option<Rest>,
}

/// What stands for the sightings that are not handed over one by one.
#[derive(Debug)]
struct Rest {
    finding: Finding,
    earliest: Option<f64>,
    latest: Option<f64>,
}

impl<K> Default for Tally<K> {
    fn default() -> Self {
        Self {
            groups: BTreeMap::new(),
            findings: Vec::new(),
        }
    }
}

impl<K: Ord> Tally<K> {
    /// Counts a sighting. `finding` makes the finding of it, which must have the group and the severity of all others under
    /// this key; it is not asked for each.
    pub fn count(&mut self, key: K, record: &Record<'_>, finding: impl FnOnce() -> Finding) {
        let group = self.groups.entry(key).or_default();
        group.seen = group.seen.saturating_add(1);
        if group.seen <= ONE_BY_ONE {
            self.findings.push(finding());
            return;
        }
        match &mut group.rest {
            None => {
                group.rest = Some(Rest {
                    finding: finding(),
                    earliest: record.time,
                    latest: record.time,
                });
            }
            Some(rest) => {
                rest.finding.occurrences = rest.finding.occurrences.saturating_add(1);
                // Lines of a log are not always in the order of their times.
                if record
                    .time
                    .is_some_and(|time| rest.earliest.is_none_or(|earliest| time < earliest))
                {
                    rest.earliest = record.time;
                    rest.finding.record = record.number;
                }
                if record
                    .time
                    .is_some_and(|time| rest.latest.is_none_or(|latest| time > latest))
                {
                    rest.latest = record.time;
                    rest.finding.last = record.number;
                }
            }
        }
    }

    /// The findings, to be handed over at the end of the batch.
    pub fn into_findings(self) -> Vec<Finding> {
        let rests = self.groups.into_values().filter_map(|group| group.rest);
        let mut findings = self.findings;
        findings.extend(rests.map(|rest| rest.finding));
        findings
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Batch, FlatBatch, Layout};

    fn told(times: &[f64]) -> Vec<(u32, u32, u32)> {
        let flat = FlatBatch {
            first: 10,
            bytes: vec![b'a'; times.len()],
            ends: (1..).take(times.len()).collect(),
            times: times.to_vec(),
            hit_records: Vec::new(),
            hit_patterns: Vec::new(),
            captures: Vec::new(),
        };
        let batch = Batch::decode(&flat, &Layout::of(&[])).expect("a batch");
        let mut tally = Tally::default();
        for record in batch.records() {
            tally.count(record.number % 2, &record, || Finding::at(0, record.number));
        }
        let findings = tally.into_findings();
        findings
            .iter()
            .map(|finding| (finding.record, finding.last, finding.occurrences))
            .collect()
    }

    #[test]
    fn the_first_of_a_group_are_handed_over_one_by_one_and_the_others_as_one() {
        let times: Vec<f64> = (0..12).map(f64::from).collect();
        assert_eq!(
            told(&times),
            [10, 11, 12, 13, 14, 15]
                .map(|number| (number, number, 1))
                .into_iter()
                .chain([(16, 20, 3), (17, 21, 3)])
                .collect::<Vec<_>>()
        );
    }

    #[test]
    fn the_others_reach_from_the_earliest_to_the_latest_time() {
        let unordered = [0., 0., 0., 0., 0., 0., 7., f64::NAN, 9., 5., 3., 6.];
        assert_eq!(told(&unordered).split_off(6), [(20, 18, 3), (19, 21, 3)]);
    }
}
