//! What a rule says about the gates of a site.
//!
//! Comes in: what one rule found, finding by finding. Goes out: findings with the rule's number. Never here: what is right or
//! wrong.

use std::collections::BTreeSet;

use casebook_plugin_configs::{Finding, Severity};

use crate::Place;

/// Findings of one rule that are kept: 1,000. More of one kind is one problem that somebody has to look at as a whole.
const MOST: usize = 1_000;

/// The findings of one rule.
#[derive(Debug)]
pub(crate) struct Report {
    rule: u32,
    findings: Vec<Finding>,
    /// Groups that were entered: what stands outside of virtual hosts counts in each of them, and is told once.
    known: BTreeSet<String>,
    beyond: usize,
}

/// A finding being written; [`Entry::enter`] ends it.
#[must_use]
pub(crate) struct Entry<'r> {
    report: &'r mut Report,
    finding: Finding,
}

impl Report {
    /// The report of the rule with this number.
    pub(crate) fn of(rule: u32) -> Self {
        Self {
            rule,
            findings: Vec::new(),
            known: BTreeSet::new(),
            beyond: 0,
        }
    }

    /// Begins a finding: `group` tells it from the rule's others, `message` says in a sentence what was found and why that
    /// is wrong.
    pub(crate) fn finding(&mut self, group: impl Into<String>, message: impl Into<String>) -> Entry<'_> {
        Entry {
            finding: Finding::of(self.rule).group(group).message(message),
            report: self,
        }
    }

    /// Says that the rule cannot judge this without a fact: `fact` is a key of `environment.toml`, `sentence` says what
    /// could not be told.
    pub(crate) fn lacks(&mut self, fact: &str, sentence: &str, places: impl IntoIterator<Item = Place>) {
        let message = format!("{sentence} Give `{fact}` in environment.toml to check this.");
        let entry = self.finding(format!("lacks {fact}"), message).severity(Severity::Info);
        entry.all(places).field("lacks", fact).enter();
    }

    /// All findings; where there were too many, the last one says so.
    pub(crate) fn close(mut self) -> Vec<Finding> {
        if self.beyond > 0 {
            let (shown, beyond) = (self.findings.len(), self.beyond);
            let message =
                format!("{shown} findings of this rule are shown, {beyond} more are not: look at them as one problem.");
            let more = Finding::of(self.rule)
                .group("more than are shown")
                .message(message)
                .severity(Severity::Info)
                .field("found", (shown + beyond).to_string())
                .field("wanted", "fewer findings");
            self.findings.push(more);
        }
        self.findings
    }
}

impl Entry<'_> {
    /// A place more; the first one gives the finding its file and line, all of them are its evidence.
    pub(crate) fn at(mut self, place: Place) -> Self {
        if !self.finding.places.iter().any(|known| Place::from(*known) == place) {
            self.finding.places.push(place.into());
        }
        self
    }

    /// Several places more.
    pub(crate) fn all(self, places: impl IntoIterator<Item = Place>) -> Self {
        places.into_iter().fold(self, Entry::at)
    }

    /// A value that belongs to the finding.
    pub(crate) fn field(mut self, name: &str, value: impl Into<String>) -> Self {
        self.finding = self.finding.field(name, value);
        self
    }

    /// What stands there, and what should.
    pub(crate) fn values(self, found: impl Into<String>, wanted: impl Into<String>) -> Self {
        self.field("found", found).field("wanted", wanted)
    }

    /// Another severity than the rule's.
    pub(crate) fn severity(mut self, severity: Severity) -> Self {
        self.finding = self.finding.severity(severity);
        self
    }

    /// Enters it, unless the same was entered before.
    pub(crate) fn enter(self) {
        if !self.report.known.insert(self.finding.group.clone()) {
            return;
        }
        if self.report.findings.len() < MOST {
            self.report.findings.push(self.finding);
        } else {
            self.report.beyond += 1;
        }
    }
}
