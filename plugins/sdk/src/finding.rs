//! Findings, put together one call after the other.

use crate::{Finding, Severity};

impl Finding {
    /// One sighting of the rule with this index, completed by the record with this number.
    pub fn at(rule: u32, record: u32) -> Self {
        Self {
            rule,
            group: String::new(),
            severity: None,
            record,
            evidence: Vec::new(),
            message: String::new(),
            fields: Vec::new(),
            occurrences: 1,
            last: record,
            attributes: Vec::new(),
        }
    }

    /// What makes two sightings the same problem.
    #[must_use]
    pub fn group(mut self, group: impl Into<String>) -> Self {
        self.group = group.into();
        self
    }

    /// Another severity than the rule's.
    #[must_use]
    pub fn severity(mut self, severity: Severity) -> Self {
        self.severity = Some(severity);
        self
    }

    /// What was found, in a sentence.
    #[must_use]
    pub fn message(mut self, message: impl Into<String>) -> Self {
        self.message = message.into();
        self
    }

    /// A value that belongs to the finding, under its name.
    #[must_use]
    pub fn field(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.fields.push((name.into(), value.into()));
        self
    }

    /// Numbers of the records to show, in order.
    #[must_use]
    pub fn evidence(mut self, records: impl IntoIterator<Item = u32>) -> Self {
        self.evidence.extend(records);
        self
    }

    /// How many sightings it stands for, and the record that completes the last of them.
    #[must_use]
    pub fn repeated(mut self, occurrences: u32, last: u32) -> Self {
        self.occurrences = occurrences;
        self.last = last;
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_finding_says_all_that_was_put_into_it() {
        let finding = Finding::at(3, 7)
            .group("ben")
            .severity(Severity::Low)
            .message("Ben was turned away.")
            .field("user", "ben")
            .evidence([7, 9])
            .repeated(2, 11);
        assert_eq!(
            (finding.rule, finding.record, finding.occurrences, finding.last),
            (3, 7, 2, 11)
        );
        assert_eq!(finding.group, "ben");
        assert_eq!(finding.severity, Some(Severity::Low));
        assert_eq!(finding.fields, [("user".to_owned(), "ben".to_owned())]);
        assert_eq!(finding.evidence, [7, 9]);
    }
}
