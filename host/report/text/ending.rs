//! The end of a report: what was not read, and the sum.
//!
//! Comes in: coverage entries and the summary. Goes out: coverage in groups that say the same, gaps before assumptions;
//! counts by severity; how much was read. Never here: how long it took, which differs from run to run.

use std::collections::BTreeMap;
use std::io::{self, Write};

use anstyle::{AnsiColor, Style};

use crate::finding::{CoverageEntry, Summary};
use crate::model::CoverageStatus;

use super::{BOLD, DIM, INDENT, Page, RULE, counted, grouped, line, shape};

/// Files that are named of those that have one reason in common.
const FILES: usize = 5;

/// Reasons that are shown; beyond that a list of reasons tells less than its length.
const REASONS: usize = 20;

const GAP: Style = AnsiColor::Yellow.on_default().bold();

impl<W: Write> Page<W> {
    pub(super) fn coverage(&mut self, entries: &[CoverageEntry]) -> io::Result<()> {
        let (gaps, assumptions): (Vec<_>, Vec<_>) = entries.iter().partition(|entry| entry.is_gap());
        self.group("What was not read", &gaps)?;
        self.group("What was assumed", &assumptions)
    }

    fn group(&mut self, title: &str, entries: &[&CoverageEntry]) -> io::Result<()> {
        if entries.is_empty() {
            return Ok(());
        }
        self.heading(title)?;
        let environments: std::collections::BTreeSet<_> = entries.iter().map(|entry| &entry.environment).collect();
        let reasons = by_reason(entries);
        for same in reasons.values().take(REASONS) {
            self.reason(same, environments.len() > 1)?;
        }
        if reasons.len() > REASONS {
            let left = reasons.values().skip(REASONS);
            let files = left.clone().map(Vec::len).sum::<usize>() as u64;
            let more = format!(
                "{} {} for {}",
                self.look.glyphs.ellipsis,
                counted(left.count() as u64, "more reason"),
                counted(files, "file")
            );
            let more = self.paint(DIM, &more);
            self.line(&format!("{INDENT}{more}"))?;
        }
        self.line("")
    }

    /// One reason, and the files that share it.
    fn reason(&mut self, same: &[&CoverageEntry], several_environments: bool) -> io::Result<()> {
        let Some(first) = same.first() else { return Ok(()) };
        let (word, style) = match first.status {
            CoverageStatus::Assumed => ("assumed", DIM),
            CoverageStatus::Skipped => ("skipped", DIM),
            CoverageStatus::Partial => ("partial", GAP),
            CoverageStatus::Unread => ("unread", GAP),
        };
        let mut indent = format!("{INDENT}{}  ", self.paint(style, &format!("{word:<7}")));
        let below = " ".repeat(INDENT.len() + 9);
        let width = self.look.width.saturating_sub(below.len()).max(20);
        for row in textwrap::wrap(&line(&first.reason), width) {
            let row = format!("{indent}{row}");
            self.line(&row)?;
            indent.clone_from(&below);
        }
        // One file may say the same of several of its lines.
        let mut same = same.to_vec();
        same.dedup_by(|one, other| one.file == other.file && one.environment == other.environment);
        for entry in same.iter().take(FILES) {
            if entry.file.as_str() != "." || several_environments {
                let file = self.paint(RULE, &line(entry.file.as_str()));
                let environment = if several_environments {
                    self.paint(DIM, &format!(" ({})", line(entry.environment.as_str())))
                } else {
                    String::new()
                };
                self.line(&format!("{below}{file}{environment}"))?;
            }
        }
        if same.len() > FILES {
            let more = format!("and {}", counted((same.len() - FILES) as u64, "more file"));
            let more = self.paint(DIM, &more);
            self.line(&format!("{below}{more}"))?;
        }
        Ok(())
    }

    pub(super) fn summary(&mut self, summary: &Summary) -> io::Result<()> {
        let separator = self.look.glyphs.horizontal.repeat(self.look.width);
        let separator = self.paint(DIM, &separator);
        self.line(&separator)?;
        let counts: Vec<String> = summary
            .severities
            .worst_first()
            .into_iter()
            .filter(|(_, count)| *count > 0)
            .map(|(severity, count)| format!("{} {}", grouped(count), severity.as_str()))
            .collect();
        let findings = match summary.findings {
            0 => self.paint(BOLD, "No findings"),
            count => format!(
                "{}: {}",
                self.paint(BOLD, &counted(count, "finding")),
                counts.join(", ")
            ),
        };
        let read = format!("{} read, {}", counted(summary.files, "file"), volume(summary.bytes));
        let bullet = self.look.glyphs.bullet;
        self.line(&format!("{findings}  {bullet}  {read}"))?;
        if summary.complete {
            return Ok(());
        }
        let incomplete = self.paint(GAP, "Incomplete:");
        self.line(&format!(
            "{incomplete} not everything was read, so there may be more to find."
        ))
    }
}

/// The entries by status and reason, the worst status first. Numbers in a reason (offsets, sizes) do not make it another.
fn by_reason<'a>(
    entries: &[&'a CoverageEntry],
) -> BTreeMap<(std::cmp::Reverse<CoverageStatus>, String), Vec<&'a CoverageEntry>> {
    let mut reasons: BTreeMap<_, Vec<&CoverageEntry>> = BTreeMap::new();
    for entry in entries {
        reasons
            .entry((std::cmp::Reverse(entry.status), shape(&entry.reason)))
            .or_default()
            .push(entry);
    }
    reasons.values_mut().for_each(|same| same.sort());
    reasons
}

/// Bytes in the unit that people use for them.
fn volume(bytes: u64) -> String {
    const UNITS: [&str; 5] = ["KiB", "MiB", "GiB", "TiB", "PiB"];
    if bytes < 1024 {
        return counted(bytes, "byte");
    }
    let mut amount = bytes as f64 / 1024.0;
    let mut units = UNITS.into_iter();
    let mut unit = units.next().unwrap_or_default();
    while amount >= 1023.95 {
        let Some(larger) = units.next() else { break };
        amount /= 1024.0;
        unit = larger;
    }
    format!("{amount:.1} {unit}")
}
