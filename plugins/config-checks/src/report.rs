//! What a rule says about a site.
//!
//! Comes in: what one rule found, finding by finding. Goes out: findings with the rule's number. Never here: what is right
//! or wrong.

use casebook_plugin_configs::{Finding, Node, Severity};

/// Findings of one rule that are kept: 1,000. More of one kind is one problem that somebody has to look at as a whole.
const MOST: usize = 1_000;

/// The findings of one rule.
#[derive(Debug)]
pub(crate) struct Report {
    rule: u32,
    findings: Vec<Finding>,
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
    pub(crate) fn lacks<'n>(&mut self, fact: &str, sentence: &str, places: impl IntoIterator<Item = Node<'n>>) {
        let message = format!("{sentence} Give `{fact}` in environment.toml to check this.");
        let entry = self.finding(format!("lacks {fact}"), message).severity(Severity::Info);
        places.into_iter().fold(entry, Entry::at).field("lacks", fact).enter();
    }

    /// All findings, and how many were too many.
    pub(crate) fn close(self) -> (Vec<Finding>, usize) {
        (self.findings, self.beyond)
    }
}

impl Entry<'_> {
    /// A place more; the first one gives the finding its file and line, all of them are its evidence.
    pub(crate) fn at(mut self, node: Node<'_>) -> Self {
        self.finding = self.finding.at(node);
        self
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

    /// Enters it.
    pub(crate) fn enter(self) {
        if self.report.findings.len() < MOST {
            self.report.findings.push(self.finding);
        } else {
            self.report.beyond += 1;
        }
    }
}
