//! The objects of the JSON Lines output: a contract that scripts, databases and the other formats hold on to.
//!
//! Comes in: nothing; these are shapes. Goes out: JSON with fixed names in a fixed order. Never here: how they come about.
//!
//! - Every key is always there. What is unknown is `null`, so that a column never disappears from a table.
//! - Times are RFC 3339 in UTC with milliseconds, `2010-11-17T09:59:33.884Z`, whatever zone the log was written in. A time
//!   before the year 0 or after 9999 has no such form and counts as unknown.
//! - Texts are masked, printable and cut ([`super::Excerpt`]); `rule`, `file` and `environment` are as they are, and JSON's
//!   own escapes make them safe.
//! - `file` is below the environment's root; `.` is the environment as a whole.

use jiff::Timestamp;
use serde::de::{MapAccess, Visitor};
use serde::ser::SerializeMap;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::model::{
    ByteOffset, Coverage, CoverageStatus, EnvironmentName, EventTime, FilePath, LineNumber, PluginName, RuleId,
    Severity,
};

use super::id::FindingId;
use super::printable::Excerpt;

/// One line of the output: owned as it is read, or borrowed (`Object<&Finding, …>`) as it is written.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "lowercase")]
pub enum Object<F = Finding, C = CoverageEntry, S = Summary> {
    /// A problem.
    Finding(F),
    /// Something that was not read, or not without an assumption.
    Coverage(C),
    /// The end of the run.
    Summary(S),
}

/// A problem: all sightings of a rule with one group key in one environment.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Finding {
    /// The same in every run over the same problem.
    pub id: FindingId,
    /// The rule that was broken.
    pub rule: RuleId,
    /// The plugin that judged.
    pub plugin: PluginName,
    /// The highest severity of the sightings.
    pub severity: Severity,
    /// Where: the customer's site.
    pub environment: EnvironmentName,
    /// The rule's title.
    pub title: String,
    /// What was found first, in a sentence.
    pub message: String,
    /// The rule's cause.
    pub cause: String,
    /// The rule's remedy.
    pub remedy: String,
    /// Where to read more.
    pub references: Vec<String>,
    /// The file of the first sighting.
    pub file: FilePath,
    /// The line of the first sighting.
    pub line: LineNumber,
    /// The offset of the first sighting.
    pub offset: ByteOffset,
    /// The time of the first sighting's record.
    pub time: Option<Time>,
    /// How many sightings there were.
    pub occurrences: u64,
    /// The earliest time of all sightings.
    pub first_seen: Option<Time>,
    /// The latest time of all sightings.
    pub last_seen: Option<Time>,
    /// What the first sighting captured: names and values in the plugin's order, a JSON object.
    #[serde(with = "object_in_order")]
    pub fields: Vec<(String, String)>,
    /// Records that show the problem: those of the first sighting, then those of up to two more.
    pub evidence: Vec<EvidenceEntry>,
    /// Findings of the same environment that are symptoms of this one; at most 64.
    #[serde(default)]
    pub explains: Vec<FindingId>,
    /// Findings of the same environment that are the cause of this one.
    #[serde(default)]
    pub explained_by: Vec<FindingId>,
}

/// A record that shows a problem.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EvidenceEntry {
    /// The file.
    pub file: FilePath,
    /// The first line of the record.
    pub line: LineNumber,
    /// The first byte of the record.
    pub offset: Option<ByteOffset>,
    /// When the record says that it was written.
    pub time: Option<Time>,
    /// Its text, one or many lines.
    pub text: String,
}

/// What was not read, in one environment.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct CoverageEntry {
    /// The customer's site.
    pub environment: EnvironmentName,
    /// The file; `.` is the environment as a whole.
    pub file: FilePath,
    /// How much of it was read.
    pub status: CoverageStatus,
    /// Why not all.
    pub reason: String,
}

impl CoverageEntry {
    /// The entry of a coverage record; its reason is masked, printable, and cut to 4 KiB.
    pub fn new(environment: EnvironmentName, coverage: Coverage) -> Self {
        let Coverage { file, status, reason } = coverage;
        Self {
            environment,
            file,
            status,
            reason: Excerpt::of(&reason, Excerpt::MESSAGE).to_string(),
        }
    }

    /// Whether something is missing from the answer because of it. An assumption is told, and nothing is missing.
    pub fn is_gap(&self) -> bool {
        self.status.is_gap()
    }
}

/// The end of a run.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Summary {
    /// Findings, of every severity.
    pub findings: u64,
    /// Files that were read, whole or in part.
    pub files: u64,
    /// Bytes that were read, after decompression.
    pub bytes: u64,
    /// Nothing was left unread or half read, and no plugin failed.
    pub complete: bool,
    /// The findings by severity: for people and the exit status. JSON has them in the findings.
    #[serde(skip)]
    pub severities: SeverityCounts,
}

impl Summary {
    /// The summary of these findings and coverage entries, over `files` files with `bytes` bytes.
    pub fn of(findings: &[Finding], coverage: &[CoverageEntry], files: u64, bytes: u64) -> Self {
        let mut summary = Self {
            files,
            bytes,
            complete: true,
            ..Self::default()
        };
        findings.iter().for_each(|finding| summary.count(finding));
        coverage.iter().for_each(|entry| summary.note(entry));
        summary
    }

    /// Counts a finding.
    pub fn count(&mut self, finding: &Finding) {
        self.findings += 1;
        *self.severities.of_mut(finding.severity) += 1;
    }

    /// Notes what a coverage entry says about completeness.
    pub fn note(&mut self, entry: &CoverageEntry) {
        self.complete &= !entry.is_gap();
    }
}

/// How many findings there are of each severity.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SeverityCounts {
    /// Of severity critical.
    pub critical: u64,
    /// Of severity high.
    pub high: u64,
    /// Of severity medium.
    pub medium: u64,
    /// Of severity low.
    pub low: u64,
    /// Of severity info.
    pub info: u64,
}

impl SeverityCounts {
    /// Every severity with its count, the worst first.
    pub fn worst_first(self) -> [(Severity, u64); 5] {
        [
            (Severity::Critical, self.critical),
            (Severity::High, self.high),
            (Severity::Medium, self.medium),
            (Severity::Low, self.low),
            (Severity::Info, self.info),
        ]
    }

    /// How many findings are at least as bad as `severity`.
    pub fn at_least(self, severity: Severity) -> u64 {
        self.worst_first()
            .into_iter()
            .filter(|(of, _)| *of >= severity)
            .map(|(_, count)| count)
            .sum()
    }

    fn of_mut(&mut self, severity: Severity) -> &mut u64 {
        match severity {
            Severity::Critical => &mut self.critical,
            Severity::High => &mut self.high,
            Severity::Medium => &mut self.medium,
            Severity::Low => &mut self.low,
            Severity::Info => &mut self.info,
        }
    }
}

/// A time in output: an event time on the calendar, to the millisecond.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Time(Timestamp);

impl Time {
    /// The time on the calendar; none where it is no number or outside the years 0 to 9999.
    pub fn of(event: EventTime) -> Option<Self> {
        let milliseconds = (event.0 * 1000.0).round();
        if !milliseconds.is_finite() {
            return None;
        }
        // The conversion saturates, and what it saturates to is no calendar time either.
        let time = Timestamp::from_millisecond(milliseconds as i64).ok()?;
        (time >= YEAR_ZERO).then_some(Self(time))
    }

    /// The time itself.
    pub fn timestamp(self) -> Timestamp {
        self.0
    }
}

/// 0000-01-01T00:00:00Z: earlier years have no form in RFC 3339.
const YEAR_ZERO: Timestamp = Timestamp::constant(-62_167_219_200, 0);

impl std::fmt::Display for Time {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:.3}", self.0)
    }
}

impl Serialize for Time {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Time {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map(Self).map_err(serde::de::Error::custom)
    }
}

/// Names and values as a JSON object that keeps their order.
mod object_in_order {
    use super::*;

    pub(super) fn serialize<S: Serializer>(fields: &[(String, String)], serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(fields.len()))?;
        for (name, value) in fields {
            map.serialize_entry(name, value)?;
        }
        map.end()
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<(String, String)>, D::Error> {
        struct Fields;
        impl<'de> Visitor<'de> for Fields {
            type Value = Vec<(String, String)>;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("an object of texts")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut fields = Vec::new();
                while let Some(entry) = map.next_entry()? {
                    fields.push(entry);
                }
                Ok(fields)
            }
        }
        deserializer.deserialize_map(Fields)
    }
}
