//! From what plugins say to what people read: sightings are grouped, counted, cut, and masked into findings.
//!
//! Comes in: the rules that the plugins declared ([`RuleCard`]) and their reports about streams, with record numbers
//! already resolved to files and lines ([`Sighting`]). Goes out: [`Finding`]s, [`CoverageEntry`]s and a [`Summary`], which
//! are the objects of the JSON Lines contract and the source of every other format. Never here: reading, scanning,
//! calling plugins, and writing output.
//!
//! ```text
//!  Sighting ──► group key, masked ──► id ──► Ledger ──────────► Finding ──► join ──► report
//!               (rule, environment)          count, min, max    masked,     what explains
//!                                            3 earliest         printable   what
//! ```
//!
//! Three promises hold whatever a log or a plugin contains:
//!
//! - **Order does not matter.** The ledger is a sum, a minimum and a maximum; sightings may arrive in any order, from
//!   any number of threads, over any number of ledgers that are merged later, and give the same findings.
//! - **Memory is bounded.** Groups and samples are capped, and what a cap left out is counted and reported.
//! - **Text is harmless.** Secrets are masked before anything is cut, hashed or kept; control characters cannot reach a
//!   terminal; no text is longer than its limit.

use std::sync::Arc;

use crate::model::{ByteOffset, EventTime, FilePath, LineNumber, PluginName, RuleId, Severity};

mod contract;
mod explanation;
mod id;
mod ledger;
mod mask;
mod printable;
mod sample;

pub use contract::{CoverageEntry, EvidenceEntry, Finding, Object, SeverityCounts, Summary, Time};
pub use explanation::{Explanation, join};
pub use id::FindingId;
pub use ledger::{Ledger, Limits, Noted, UnknownRule};
pub use mask::{MASKED, mask, mask_field, names_secret, secrets_in};
pub use printable::{Excerpt, obeyed, printable};

#[cfg(test)]
pub(crate) mod tests;

/// The number of a rule in the list of all rules of all plugins of a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RuleIndex(pub u32);

/// What output needs to know of a rule. The texts are the plugin's: foreign, of any length.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RuleCard {
    /// The rule's id, a contract with those who select and suppress by it.
    pub id: RuleId,
    /// The plugin that declared it.
    pub plugin: PluginName,
    /// How bad a finding is, unless a sighting says otherwise.
    pub severity: Severity,
    /// The problem in one line.
    pub title: String,
    /// What is seen when the problem is there.
    pub symptom: String,
    /// Why it is there.
    pub cause: String,
    /// What to do.
    pub remedy: String,
    /// Where to read more: URLs, or names of documents.
    pub references: Vec<String>,
}

impl RuleCard {
    /// The card with every text printable and within its limit: 1 KiB for a title, 16 KiB for the explanations. Nothing is
    /// masked: these are the words of an author, and a remedy may well show `LtpaToken=…`.
    #[must_use]
    pub fn presentable(mut self) -> Self {
        self.title = Excerpt::plain(&self.title, Excerpt::TITLE).to_string();
        for text in [&mut self.symptom, &mut self.cause, &mut self.remedy] {
            *text = Excerpt::plain(text, Excerpt::EXPLANATION).to_string();
        }
        self.references.truncate(RuleCard::REFERENCES);
        for reference in &mut self.references {
            *reference = Excerpt::plain(reference, Excerpt::TITLE).to_string();
        }
        self
    }

    /// References that are kept of a rule. A page of further reading nobody reads; a list without end would be repeated
    /// in every finding.
    pub const REFERENCES: usize = 32;
}

/// One report of a plugin about one stream, after the host has looked up the records that it names.
#[derive(Clone, Debug, PartialEq)]
pub struct Sighting {
    /// The rule that was broken.
    pub rule: RuleIndex,
    /// What makes two sightings the same problem, such as a user's name; empty where the rule knows only one.
    pub group: String,
    /// Overrides the rule's severity.
    pub severity: Option<Severity>,
    /// What was found, in a sentence with its values filled in.
    pub message: String,
    /// Names and values, in the order of the plugin. Of a name given twice the first counts.
    pub fields: Vec<(String, String)>,
    /// How many sightings this one stands for; 0 counts as 1.
    pub occurrences: u64,
    /// The record that gives the finding its file, line and time.
    pub place: Place,
    /// When the last of the occurrences was completed.
    pub last_time: Option<EventTime>,
    /// The records to show, in order.
    pub evidence: Vec<Evidence>,
    /// Where the sighting's file stands among the files of its environment.
    pub order: FileOrder,
}

/// Where a file stands in its environment: by stream, and within a rotated set from the oldest to the newest. The host
/// numbers both before it scans, so that neither depends on which thread was first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FileOrder {
    /// The stream, among the streams of the environment.
    pub stream: u32,
    /// The file, among the files of the stream.
    pub file: u32,
}

/// Where a sighting stands. What is missing everywhere stands in the file `.`, the environment as a whole, in line 0, which
/// is shown as a place without a line.
#[derive(Clone, Debug, PartialEq)]
pub struct Place {
    /// The file, below the environment's root.
    pub file: FilePath,
    /// The first line of the record.
    pub line: LineNumber,
    /// The first byte of the record.
    pub offset: ByteOffset,
    /// When the record says that it was written.
    pub time: Option<EventTime>,
}

/// One record that shows the problem.
#[derive(Clone, Debug, PartialEq)]
pub struct Evidence {
    /// The file, below the environment's root.
    pub file: FilePath,
    /// The first line of the record.
    pub line: LineNumber,
    /// The first byte of the record.
    pub offset: ByteOffset,
    /// When the record says that it was written.
    pub time: Option<EventTime>,
    /// The record's text, one or many lines, without its last line end. Shared: a plugin may show one record of a
    /// megabyte in many thousand findings.
    pub text: Arc<str>,
}
