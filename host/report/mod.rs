//! Findings leave the house: for people, for scripts, for code-scanning tools.
//!
//! Comes in: the objects of the JSON Lines contract, in their final order: findings, then coverage, then one summary.
//! Goes out: bytes into a writer. Never here: judging, grouping, sorting, masking; what stands in an object may be shown.
//!
//! Each format is a [`Report`]. It writes to any [`std::io::Write`] and hands errors on as they are; [`Output`] is the
//! writer of the command, which turns them into a sentence, treats a reader that left as a quiet end, and lets a file
//! appear under its name only when it is complete.
//!
//! ```text
//!  findings ─┐                ┌─ Text   people: colour, evidence in context, cause and remedy
//!  coverage ─┼──► Report ─────┼─ Jsonl  the contract itself, one object a line          ──► Output ──► stdout or file
//!  summary  ─┘                └─ Sarif  SARIF 2.1.0, one document at the end
//! ```
//!
//! A report is a function of its objects: no clock, no duration, no name of a machine, so that two runs over the same
//! input can be compared byte by byte.

use std::io;
use std::str::FromStr;

use crate::finding::{CoverageEntry, Finding, Summary};

mod json;
mod jsonl;
mod look;
mod output;
mod sarif;
mod status;
mod text;

pub use jsonl::Jsonl;
pub use look::{ColorChoice, Glyphs, Look};
pub use output::{Delivery, Output, OutputError};
pub use sarif::Sarif;
pub use status::ExitStatus;
pub use text::Text;

#[cfg(test)]
mod tests;

/// A format being written. The calls come in this order: `begin`, `announce`, `finding`s, `coverage`s, `finish`; a live view
/// announces nothing, and goes back and forth between findings and coverage.
pub trait Report {
    /// The findings that will come, where they are known beforehand: so that one can say what another one is that it points
    /// at.
    fn announce(&mut self, _findings: &[Finding]) {}

    /// Before anything else.
    ///
    /// # Errors
    ///
    /// Those of the writer, as for all of these.
    fn begin(&mut self) -> io::Result<()>;

    /// A finding.
    ///
    /// # Errors
    ///
    /// Those of the writer.
    fn finding(&mut self, finding: &Finding) -> io::Result<()>;

    /// Something that was not read.
    ///
    /// # Errors
    ///
    /// Those of the writer.
    fn coverage(&mut self, entry: &CoverageEntry) -> io::Result<()>;

    /// The end; everything is written and flushed.
    ///
    /// # Errors
    ///
    /// Those of the writer.
    fn finish(&mut self, summary: &Summary) -> io::Result<()>;
}

/// Writes a whole report.
///
/// # Errors
///
/// Those of the writer.
pub fn write(
    report: &mut dyn Report,
    findings: &[Finding],
    coverage: &[CoverageEntry],
    summary: &Summary,
) -> io::Result<()> {
    report.begin()?;
    report.announce(findings);
    findings.iter().try_for_each(|finding| report.finding(finding))?;
    coverage.iter().try_for_each(|entry| report.coverage(entry))?;
    report.finish(summary)
}

/// The formats of `--format`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Format {
    /// For people.
    #[default]
    Text,
    /// One JSON object a line.
    Jsonl,
    /// SARIF 2.1.0.
    Sarif,
}

impl Format {
    /// All of them, by their names.
    pub const NAMES: [(&str, Self); 3] = [("text", Self::Text), ("jsonl", Self::Jsonl), ("sarif", Self::Sarif)];

    /// A report of this format into `output`, which decides how text looks.
    pub fn report(self, output: &mut Output, colour: ColorChoice) -> Box<dyn Report + '_> {
        let look = output.look(colour);
        let interactive = output.is_interactive();
        match self {
            Self::Text => Box::new(Text::new(output, look)),
            Self::Jsonl => Box::new(Jsonl::new(output, interactive)),
            Self::Sarif => Box::new(Sarif::new(output, env!("CARGO_PKG_VERSION"))),
        }
    }
}

/// A format that does not exist.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("there is no format {0:?}; there are text, jsonl and sarif")]
pub struct UnknownFormat(String);

impl FromStr for Format {
    type Err = UnknownFormat;

    fn from_str(name: &str) -> Result<Self, UnknownFormat> {
        let known = Self::NAMES.into_iter().find(|(known, _)| *known == name);
        known
            .map(|(_, format)| format)
            .ok_or_else(|| UnknownFormat(name.to_owned()))
    }
}
