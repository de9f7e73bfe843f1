//! The book of a run: every sighting is entered, few words of it are kept.
//!
//! Comes in: sightings, in any order. Goes out: findings in their final order, and a coverage entry for each rule that had
//! more groups than are listed. Never here: severity thresholds, output.
//!
//! What is kept of a group is closed under merging: a count, the smallest and the largest time, the highest severity, the
//! earliest samples. The cap on groups must be closed as well, or which groups are listed would depend on which thread
//! was first. It is: of the groups of a rule in an environment, those with the smallest ids are listed. An id never
//! changes; a group that is crowded out once has a full house of smaller ids before it in every later merge, so it is
//! never listed, and a group that is listed at the end was never crowded out, so its count is exact. Ids are hashes:
//! the choice is arbitrary, favours nobody, and is the same in the next run, which makes two runs comparable.
//!
//! ```text
//!   id:   0 ·············· detailed ··············│············ brief ············│······ unlisted ······ 2^128
//!         three samples, long texts                one sample, a line each         counted only
//! ```
//!
//! The same argument allows two classes of listed groups: the smallest ids have all their samples, the others one in
//! short, so that ten thousand groups of long stack traces fit into memory. A group is made brief when it is crowded out
//! of the first class, and what is brief does not depend on when that happened.

use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;

use crate::model::{Coverage, CoverageStatus, EnvironmentName, FilePath, Severity};

use super::contract::{CoverageEntry, Finding, Time};
use super::id::FindingId;
use super::printable::Excerpt;
use super::sample::{SAMPLES, Samples, Secrets};
use super::{RuleCard, RuleIndex, Sighting};

/// How much is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Groups of a rule in an environment that are listed.
    pub groups: usize,
    /// Those of them that are listed with all their samples.
    pub detailed: usize,
    /// Unlisted groups that are told apart to be counted; beyond that they are "more than".
    pub counted: usize,
}

impl Default for Limits {
    /// 10,000 groups: more than anybody reads, and every user of a large site. 1,000 in detail: at 4 KiB a record a few
    /// tens of megabytes for a rule that floods. 100,000 counted: 8 bytes each.
    fn default() -> Self {
        Self {
            groups: 10_000,
            detailed: 1_000,
            counted: 100_000,
        }
    }
}

/// What became of a sighting.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Noted {
    /// The first sighting of its group.
    New(FindingId),
    /// One more of a group that is known.
    Grown(FindingId),
    /// Counted, but its group is beyond the cap.
    Unlisted,
}

/// A sighting of a rule that no plugin declared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("rule {} was reported, but the plugins declared {declared}: the plugin that reported it is at fault", index.0)]
pub struct UnknownRule {
    /// The index that was reported.
    pub index: RuleIndex,
    /// How many rules there are.
    pub declared: usize,
}

/// Sightings, grouped and counted.
#[derive(Clone, Debug)]
pub struct Ledger {
    rules: Arc<[RuleCard]>,
    limits: Limits,
    pages: BTreeMap<(EnvironmentName, RuleIndex), Page>,
}

/// All groups of one rule in one environment. The ids in `detailed` are smaller than those in `brief`; `brief` is empty
/// unless `detailed` is full.
#[derive(Clone, Debug, Default, PartialEq)]
struct Page {
    detailed: BTreeMap<FindingId, Group>,
    brief: BTreeMap<FindingId, Group>,
    unlisted: Unlisted,
    /// Sightings of all groups, listed or not.
    occurrences: u64,
}

#[derive(Clone, Debug, PartialEq)]
struct Group {
    /// The group key, masked and cut: a place in the final order.
    key: Excerpt,
    severity: Severity,
    occurrences: u64,
    first_seen: Option<Time>,
    last_seen: Option<Time>,
    samples: Samples,
}

/// The groups beyond the cap.
#[derive(Clone, Debug, Default, PartialEq)]
struct Unlisted {
    /// Halves of their ids; empty once there are more than the limit.
    ids: HashSet<u64>,
    innumerable: bool,
}

impl Ledger {
    /// An empty ledger for sightings of these rules.
    pub fn new(rules: Arc<[RuleCard]>) -> Self {
        Self::with_limits(rules, Limits::default())
    }

    /// The same, with other limits.
    pub fn with_limits(rules: Arc<[RuleCard]>, limits: Limits) -> Self {
        Self {
            rules,
            limits,
            pages: BTreeMap::new(),
        }
    }

    /// Enters a sighting in `environment`.
    ///
    /// # Errors
    ///
    /// When its rule is none of the ledger's. Nothing is entered then.
    pub fn enter(&mut self, environment: &EnvironmentName, sighting: &Sighting) -> Result<Noted, UnknownRule> {
        let rule = self.rule(sighting.rule)?;
        let secrets = Secrets::of(sighting);
        let key = secrets.masked(&sighting.group);
        let id = FindingId::of(&rule.id, environment, &key);
        let severity = sighting.severity.unwrap_or(rule.severity);
        let page = self.pages.entry((environment.clone(), sighting.rule)).or_default();
        let occurrences = sighting.occurrences.max(1);
        page.occurrences = page.occurrences.saturating_add(occurrences);
        let (groups, samples) = match page.class_of(id, &self.limits) {
            Class::Detailed => (&mut page.detailed, SAMPLES),
            Class::Brief => (&mut page.brief, 1),
            Class::Unlisted => {
                page.unlisted.insert(id.half(), self.limits.counted);
                return Ok(Noted::Unlisted);
            }
        };
        let known = groups.contains_key(&id);
        let group = groups
            .entry(id)
            .or_insert_with(|| Group::new(Excerpt::of(&key, Excerpt::FIELD), severity));
        group.grow(sighting, severity, occurrences);
        group.samples.offer(sighting, &secrets, samples);
        if samples < SAMPLES {
            group.samples.make_brief();
        }
        page.settle(&self.limits);
        Ok(if known { Noted::Grown(id) } else { Noted::New(id) })
    }

    /// Takes over all that another ledger of the same rules holds.
    pub fn merge(&mut self, other: Self) {
        for (place, page) in other.pages {
            self.pages.entry(place).or_default().merge(page, &self.limits);
        }
    }

    /// One finding as it stands now: what a live view shows when a sighting was noted.
    pub fn finding(&self, environment: &EnvironmentName, rule: RuleIndex, id: FindingId) -> Option<Finding> {
        let page = self.pages.get(&(environment.clone(), rule))?;
        let group = page.detailed.get(&id).or_else(|| page.brief.get(&id))?;
        group.finding(environment, &self.rule(rule).ok()?.clone().presentable(), id)
    }

    /// All findings: by environment, file, offset, rule id, and group.
    pub fn findings(&self) -> Vec<Finding> {
        let mut findings: Vec<(String, Finding)> = Vec::new();
        for ((environment, rule), page) in &self.pages {
            let Ok(card) = self.rule(*rule) else { continue };
            let card = card.clone().presentable();
            for (id, group) in page.detailed.iter().chain(&page.brief) {
                let finding = group.finding(environment, &card, *id);
                findings.extend(finding.map(|finding| (group.key.to_string(), finding)));
            }
        }
        findings.sort_by(|(left_key, left), (right_key, right)| {
            let place = |of: &Finding| (of.environment.clone(), of.file.clone(), of.offset, of.rule.clone());
            (place(left), left_key, left.id).cmp(&(place(right), right_key, right.id))
        });
        findings.into_iter().map(|(_, finding)| finding).collect()
    }

    /// What the cap on groups left out, by environment and rule.
    pub fn coverage(&self) -> Vec<CoverageEntry> {
        let mut entries = Vec::new();
        for ((environment, index), page) in &self.pages {
            if let (Some(more), Ok(rule)) = (page.unlisted.count(self.limits.counted), self.rule(*index)) {
                let coverage = Coverage {
                    file: FilePath::from("."),
                    status: CoverageStatus::Partial,
                    reason: format!(
                        "rule {}: {} findings are listed, {more} more ({} occurrences) are not, because a rule may have \
                         {} in one environment",
                        rule.id,
                        page.listed(),
                        page.occurrences.saturating_sub(page.listed_occurrences()),
                        self.limits.groups,
                    ),
                };
                entries.push(CoverageEntry::new(environment.clone(), coverage));
            }
        }
        entries.sort();
        entries
    }

    fn rule(&self, index: RuleIndex) -> Result<&RuleCard, UnknownRule> {
        let declared = self.rules.len();
        usize::try_from(index.0)
            .ok()
            .and_then(|at| self.rules.get(at))
            .ok_or(UnknownRule { index, declared })
    }
}

/// How much of a group is kept.
enum Class {
    Detailed,
    Brief,
    Unlisted,
}

impl Page {
    /// The class that the group `id` has, or would have if it were entered now.
    fn class_of(&self, id: FindingId, limits: &Limits) -> Class {
        let fits = |groups: &BTreeMap<FindingId, Group>, limit: usize| {
            groups.len() < limit || groups.last_key_value().is_some_and(|(last, _)| id <= *last)
        };
        if fits(&self.detailed, limits.detailed) {
            Class::Detailed
        } else if fits(&self.brief, limits.groups.saturating_sub(limits.detailed)) {
            Class::Brief
        } else {
            Class::Unlisted
        }
    }

    /// Moves what is crowded out of one class to the next.
    fn settle(&mut self, limits: &Limits) {
        while self.detailed.len() > limits.detailed {
            if let Some((id, mut group)) = self.detailed.pop_last() {
                group.samples.make_brief();
                self.brief.insert(id, group);
            }
        }
        while self.brief.len() > limits.groups.saturating_sub(limits.detailed) {
            if let Some((id, _)) = self.brief.pop_last() {
                self.unlisted.insert(id.half(), limits.counted);
            }
        }
    }

    fn merge(&mut self, other: Self, limits: &Limits) {
        self.occurrences = self.occurrences.saturating_add(other.occurrences);
        self.unlisted.merge(other.unlisted, limits.counted);
        // A group may be detailed here and brief there: gathered in one class first, it is brief in the end, because the
        // ids that made it brief there are gathered too.
        for (id, group) in other
            .detailed
            .into_iter()
            .chain(other.brief)
            .chain(std::mem::take(&mut self.brief))
        {
            match self.detailed.entry(id) {
                std::collections::btree_map::Entry::Vacant(place) => {
                    place.insert(group);
                }
                std::collections::btree_map::Entry::Occupied(mut known) => known.get_mut().merge(group),
            }
        }
        self.settle(limits);
    }

    fn listed(&self) -> usize {
        self.detailed.len() + self.brief.len()
    }

    fn listed_occurrences(&self) -> u64 {
        let groups = self.detailed.values().chain(self.brief.values());
        groups.fold(0, |sum, group| sum.saturating_add(group.occurrences))
    }
}

impl Group {
    fn new(key: Excerpt, severity: Severity) -> Self {
        Self {
            key,
            severity,
            occurrences: 0,
            first_seen: None,
            last_seen: None,
            samples: Samples::default(),
        }
    }

    /// The finding that the group makes by the rule `card`, whose texts are presentable.
    fn finding(&self, environment: &EnvironmentName, card: &RuleCard, id: FindingId) -> Option<Finding> {
        let first = self.samples.first()?;
        Some(Finding {
            id,
            rule: card.id.clone(),
            plugin: card.plugin.clone(),
            severity: self.severity,
            environment: environment.clone(),
            title: card.title.clone(),
            message: first.message.to_string(),
            cause: card.cause.clone(),
            remedy: card.remedy.clone(),
            references: card.references.clone(),
            file: first.file.clone(),
            line: first.line,
            offset: first.offset,
            time: first.time,
            occurrences: self.occurrences,
            first_seen: self.first_seen,
            last_seen: self.last_seen,
            fields: first
                .fields
                .iter()
                .map(|(name, value)| (name.clone(), value.to_string()))
                .collect(),
            evidence: self.samples.evidence(),
            explains: Vec::new(),
            explained_by: Vec::new(),
        })
    }

    fn grow(&mut self, sighting: &Sighting, severity: Severity, occurrences: u64) {
        self.severity = self.severity.max(severity);
        self.occurrences = self.occurrences.saturating_add(occurrences);
        for time in [sighting.place.time, sighting.last_time]
            .into_iter()
            .flatten()
            .filter_map(Time::of)
        {
            self.span(Some(time), Some(time));
        }
    }

    fn merge(&mut self, other: Self) {
        self.severity = self.severity.max(other.severity);
        self.occurrences = self.occurrences.saturating_add(other.occurrences);
        self.span(other.first_seen, other.last_seen);
        self.samples.merge(other.samples, SAMPLES);
    }

    /// Extends the time over which the group was seen.
    fn span(&mut self, first: Option<Time>, last: Option<Time>) {
        self.first_seen = [self.first_seen, first].into_iter().flatten().min();
        // None is less than every time.
        self.last_seen = self.last_seen.max(last);
    }
}

impl Unlisted {
    fn insert(&mut self, half: u64, limit: usize) {
        if !self.innumerable {
            self.ids.insert(half);
            self.innumerable = self.ids.len() > limit;
        }
        if self.innumerable {
            self.ids = HashSet::new();
        }
    }

    fn merge(&mut self, other: Self, limit: usize) {
        self.innumerable |= other.innumerable;
        if self.innumerable {
            self.ids = HashSet::new();
        }
        other.ids.into_iter().for_each(|half| self.insert(half, limit));
    }

    /// How many there are, in words; none if there are none.
    fn count(&self, limit: usize) -> Option<String> {
        match (self.innumerable, self.ids.len()) {
            (true, _) => Some(format!("more than {limit}")),
            (false, 0) => None,
            (false, count) => Some(count.to_string()),
        }
    }
}
