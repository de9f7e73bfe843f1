//! The records that show a problem, as they stand in their files: numbered lines beside a gutter.
//!
//! Comes in: a finding. Goes out: its place, time and count, then its records. A record of many lines is shown up to
//! [`LINES`] of them, and of a record that differs from one above it in numbers only, the first row; a line of many columns is broken at the right edge, between
//! words where that is near, up to [`ROWS`] rows; what is left out is said. Captured values stand out from their line.
//! Never here: what a record means.

use std::collections::HashSet;
use std::io::{self, Write};
use std::ops::Range;

use anstyle::Style;
use unicode_width::UnicodeWidthChar;

use crate::finding::{EvidenceEntry, Finding, printable};
use crate::model::FilePath;

use super::{DIM, GUTTER, INDENT, PLACE, Page, VALUE, counted, grouped, line, moment, shape};

/// Lines that are shown of a record: a stack trace as far as its own frames usually go.
const LINES: usize = 12;

/// How far from the right edge a blank is looked for to break a line at.
const REACH: usize = 24;

/// Rows that are shown of a line.
const ROWS: usize = 4;

/// How much of a record is shown.
#[derive(Clone, Copy)]
struct Share {
    lines: usize,
    rows: usize,
}

impl Share {
    const WHOLE: Self = Self {
        lines: LINES,
        rows: ROWS,
    };
    /// The record was just shown, with other numbers.
    const AGAIN: Self = Self { lines: 1, rows: 1 };
}

/// The shortest captured value that is made to stand out; a single digit would light up everywhere.
const SHORTEST: usize = 3;

impl<W: Write> Page<W> {
    pub(super) fn evidence(&mut self, finding: &Finding) -> io::Result<()> {
        let gutter = Gutter::of(&finding.evidence);
        let glyphs = self.look.glyphs;
        self.opening(finding, &gutter)?;
        let values: Vec<&str> = finding
            .fields
            .iter()
            .map(|(_, value)| value.as_str())
            .filter(|value| value.len() >= SHORTEST)
            .collect();
        // The file of the line above, and the line that would follow it.
        let mut above = (&finding.file, None);
        let mut shapes = HashSet::new();
        for entry in &finding.evidence {
            if entry.file != *above.0 {
                let tee = self.paint(GUTTER, &format!("{}{}", glyphs.tee, glyphs.horizontal));
                let place = self.place(&entry.file, entry.line.0);
                self.line(&format!("{INDENT}{} {tee} {place}", gutter.blank()))?;
            } else if above.1.is_some_and(|next| next != entry.line.0) {
                let gap = self.paint(GUTTER, glyphs.gap);
                self.line(&format!("{INDENT}{} {gap}", gutter.blank()))?;
            }
            let share = if shapes.insert(shape(&entry.text)) {
                Share::WHOLE
            } else {
                Share::AGAIN
            };
            let lines = self.record(entry, share, &gutter, &values)?;
            above = (&entry.file, Some(entry.line.0.saturating_add(lines)));
        }
        let bottom = self.paint(GUTTER, &format!("{}{}", glyphs.bottom, glyphs.horizontal));
        self.line(&format!("{INDENT}{} {bottom}", gutter.blank()))
    }

    /// Place, time and count, in one line if they fit.
    fn opening(&mut self, finding: &Finding, gutter: &Gutter) -> io::Result<()> {
        let glyphs = self.look.glyphs;
        let top = self.paint(GUTTER, &format!("{}{}", glyphs.top, glyphs.horizontal));
        let place = self.place(&finding.file, finding.line.0);
        let when = when(finding);
        let digits = finding.line.0.to_string().len();
        let file = textwrap::core::display_width(&line(finding.file.as_str()));
        let fits = gutter.columns(self.look.width) >= file + digits + when.len() + 4;
        let shown = self.paint(DIM, &when);
        if fits || when.is_empty() {
            return self.line(&format!("{INDENT}{} {top} {place}  {shown}", gutter.blank()));
        }
        let vertical = self.paint(GUTTER, glyphs.vertical);
        self.line(&format!("{INDENT}{} {top} {place}", gutter.blank()))?;
        self.line(&format!("{INDENT}{} {vertical}  {shown}", gutter.blank()))
    }

    /// `file:line`, which terminals and editors make clickable. The environment as a whole has no lines.
    fn place(&self, file: &FilePath, number: u64) -> String {
        let file = line(file.as_str());
        if number == 0 {
            self.paint(PLACE, &file)
        } else {
            self.paint(PLACE, &format!("{file}:{number}"))
        }
    }

    /// Writes a record and returns how many lines it has.
    fn record(&mut self, entry: &EvidenceEntry, share: Share, gutter: &Gutter, values: &[&str]) -> io::Result<u64> {
        let text = printable(&entry.text);
        let total = text.split('\n').count();
        for (number, text) in (entry.line.0..).zip(text.split('\n')).take(share.lines) {
            let style = if number == entry.line.0 { Style::new() } else { DIM };
            let line = Line {
                number: gutter.number(number),
                text,
                style,
                rows: share.rows,
            };
            self.evidence_line(&line, values, gutter.columns(self.look.width))?;
        }
        if total > share.lines {
            // What was cut off the record is told at its end, which is not shown.
            let cut = text
                .rfind(" [... ")
                .and_then(|at| text.get(at..))
                .filter(|cut| cut.ends_with(" more bytes]"));
            let more = counted((total - share.lines) as u64, "more line") + cut.unwrap_or_default();
            self.left_out(&gutter.blank(), self.look.glyphs.vertical, &more)?;
        }
        Ok(total as u64)
    }

    fn evidence_line(&mut self, line: &Line<'_>, values: &[&str], columns: usize) -> io::Result<()> {
        let text = line.text.replace('\t', "    ");
        let standing_out = occurrences(&text, values);
        let rows = rows(&text, columns);
        let blank = " ".repeat(line.number.len());
        for (at, row) in rows.iter().take(line.rows).enumerate() {
            let (number, glyph) = match at {
                0 => (&line.number, self.look.glyphs.vertical),
                _ => (&blank, self.look.glyphs.continued),
            };
            let (number, glyph) = (self.paint(GUTTER, number), self.paint(GUTTER, glyph));
            let shown = self.marked(&text, row.clone(), &standing_out, line.style);
            self.line(&format!("{INDENT}{number} {glyph} {shown}"))?;
        }
        match rows.get(line.rows) {
            Some(left) => {
                let more = text.get(left.start..).unwrap_or_default().chars().count() as u64;
                self.left_out(&blank, self.look.glyphs.continued, &counted(more, "more character"))
            }
            None => Ok(()),
        }
    }

    fn left_out(&mut self, blank: &str, glyph: &str, what: &str) -> io::Result<()> {
        let more = format!("{} {what}", self.look.glyphs.ellipsis);
        let (glyph, more) = (self.paint(GUTTER, glyph), self.paint(DIM, &more));
        self.line(&format!("{INDENT}{blank} {glyph} {more}"))
    }

    /// A row of `text` in `style`, with the ranges that stand out in theirs.
    fn marked(&self, text: &str, row: Range<usize>, standing_out: &[Range<usize>], style: Style) -> String {
        let mut shown = String::new();
        let mut at = row.start;
        for range in standing_out
            .iter()
            .filter(|range| range.start < row.end && range.end > row.start)
        {
            let (start, end) = (range.start.max(row.start), range.end.min(row.end));
            shown.push_str(&self.paint(style, text.get(at..start).unwrap_or_default()));
            shown.push_str(&self.paint(VALUE, text.get(start..end).unwrap_or_default()));
            at = end;
        }
        shown.push_str(&self.paint(style, text.get(at..row.end).unwrap_or_default()));
        shown
    }
}

/// A line of a record.
struct Line<'a> {
    number: String,
    text: &'a str,
    style: Style,
    rows: usize,
}

/// The column of line numbers.
struct Gutter {
    digits: usize,
}

impl Gutter {
    fn of(evidence: &[EvidenceEntry]) -> Self {
        let last = |entry: &EvidenceEntry| {
            let shown = entry.text.split('\n').take(LINES).count() as u64;
            entry.line.0.saturating_add(shown.saturating_sub(1))
        };
        let largest = evidence.iter().map(last).max().unwrap_or(0);
        Self {
            digits: largest.to_string().len(),
        }
    }

    fn blank(&self) -> String {
        " ".repeat(self.digits)
    }

    fn number(&self, number: u64) -> String {
        if number == 0 {
            self.blank()
        } else {
            format!("{number:>digits$}", digits = self.digits)
        }
    }

    /// What is left for text.
    fn columns(&self, width: usize) -> usize {
        width.saturating_sub(INDENT.len() + self.digits + 3).max(20)
    }
}

/// When it happened, and how often.
fn when(finding: &Finding) -> String {
    let often = format!("{} times", grouped(finding.occurrences));
    let first = finding.first_seen.or(finding.time).map(moment);
    let last = finding.last_seen.map(moment);
    match (finding.occurrences, first, last) {
        (0 | 1, None, _) => String::new(),
        (0 | 1, Some(first), _) => format!("{first} UTC"),
        (_, Some(first), Some(last)) if first != last => {
            // A day that both share is said once.
            let last = match (first.split_once(' '), last.split_once(' ')) {
                (Some((day, _)), Some((other, time))) if day == other => time,
                _ => &last,
            };
            format!("{often}, {first} to {last} UTC")
        }
        (_, Some(first), _) => format!("{often}, {first} UTC"),
        (_, None, _) => often,
    }
}

/// Where the values stand in `text`: ascending, not overlapping.
fn occurrences(text: &str, values: &[&str]) -> Vec<Range<usize>> {
    let mut ranges: Vec<Range<usize>> = values
        .iter()
        .flat_map(|value| text.match_indices(value).map(|(at, matched)| at..at + matched.len()))
        .collect();
    ranges.sort_unstable_by_key(|range| (range.start, std::cmp::Reverse(range.end)));
    let mut end = 0;
    ranges.retain(|range| {
        let apart = range.start >= end;
        if apart {
            end = range.end;
        }
        apart
    });
    ranges
}

/// `text` in rows of at most `columns` columns, broken behind a blank where one is near. All of it is in a row: in a log,
/// blanks mean something.
fn rows(text: &str, columns: usize) -> Vec<Range<usize>> {
    let mut rows = Vec::new();
    let (mut start, mut used) = (0, 0);
    // Behind the last blank: the position, and the columns used up to it.
    let mut blank = None;
    for (at, character) in text.char_indices() {
        let width = character.width().unwrap_or(0);
        if used + width > columns {
            match blank
                .take()
                .filter(|(_, before)| used - before <= REACH.min(columns / 2))
            {
                Some((position, before)) => {
                    rows.push(start..position);
                    (start, used) = (position, used - before);
                }
                None => {
                    rows.push(start..at);
                    (start, used) = (at, 0);
                }
            }
        }
        used += width;
        if character == ' ' {
            blank = Some((at + 1, used));
        }
    }
    rows.push(start..text.len());
    rows
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_lines_break_at_the_edge_by_columns_not_bytes() {
        assert_eq!(rows("abcdef", 4), [0..4, 4..6]);
        assert_eq!(rows("äöü", 2), [0..4, 4..6]);
        assert_eq!(rows("日本語", 4), [0..6, 6..9]);
        assert_eq!(rows("", 4).len(), 1);
        assert_eq!(rows("ab cd efgh ijklmnopqr", 8), [0..6, 6..11, 11..19, 19..21]);
    }

    #[test]
    fn of_overlapping_values_the_longest_in_front_stands_out() {
        assert_eq!(
            occurrences("user CN=Ben/O=ACME, O=ACME", &["O=ACME", "CN=Ben/O=ACME"]),
            [5..18, 20..26]
        );
    }
}
