//! Finding the record around a position.
//!
//! Comes in: a window of a file's bytes and a position in it. Goes out: the bounds of the record that holds the position,
//! or what the window lacks. Never here: reading; the caller widens the window and asks again.
//!
//! Records tile a file. One begins at the file's start and at every line that begins a record, and it reaches to the
//! next such line or the file's end; its line endings belong to it. Whether a line begins a record depends on that line
//! alone, so a record has the same bounds however the window was cut:
//!
//! ```text
//!   ── window ───────────────────────────────────────────────
//!   …tail of a line⏎ [stamp] a⏎  at x⏎  at y⏎ [stamp] b⏎ …
//!                    ▲ start  ◄──── hit        ▲ end
//!                    lines are asked backwards from the hit, then forwards
//! ```
//!
//! A record is at most [`MAX_RECORD`] bytes long. What a longer one has beyond that belongs to no record: hits there are
//! too far from any beginning to be worth the search, and the caller reports them as not covered.

use std::ops::Range;

use super::pattern::MAX_BEGINNING;
use super::{Format, line_text};

/// The most bytes that a record has: a stack trace of 10,000 lines, or a heap dump's header, fits; what is longer is no
/// log entry that a person or a rule would read.
pub const MAX_RECORD: usize = 1 << 20;

/// Part of a file.
#[derive(Clone, Copy, Debug)]
pub struct Window<'a> {
    /// Its bytes.
    pub bytes: &'a [u8],
    /// Whether the file starts where the window does.
    pub at_start: bool,
    /// Whether the file ends where the window does, and nothing will be added to it.
    pub at_end: bool,
}

impl<'a> Window<'a> {
    /// A whole file.
    pub fn whole(bytes: &'a [u8]) -> Self {
        Self {
            bytes,
            at_start: true,
            at_end: true,
        }
    }
}

/// Where a record stands in a window.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecordRange {
    /// Its bytes, with the ending of its last line.
    pub range: Range<usize>,
    /// Whether it goes on beyond [`MAX_RECORD`].
    pub cut: bool,
}

/// The answer to where a record stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Framing {
    /// Here.
    Record(RecordRange),
    /// It begins before the window: ask again with up to [`MAX_RECORD`] bytes before the position.
    StartsBefore,
    /// It begins at `start` and does not end in the window: ask again with more behind it, or with
    /// [`Window::at_end`] when the file has ended.
    EndsBeyond {
        /// Where it begins in the window.
        start: usize,
    },
    /// The window is too short to tell whether the position's own line begins a record: ask again with more behind it.
    LineCut,
    /// No record begins in the [`MAX_RECORD`] bytes up to the position.
    TooLong,
}

/// What a line does, as far as the window shows it.
enum LineRole {
    Begins,
    Continues,
    Unknown,
}

impl Format {
    /// The record that holds the byte at `position` of the window.
    ///
    /// Ask once a record: all positions in the range that comes out have the same answer, and each question walks back
    /// to the beginning. After [`Framing::TooLong`], nothing up to the [next beginning](Self::next_beginning) has a
    /// record.
    ///
    /// A position at or behind the window's end is answered as [`Framing::LineCut`], or, where the file ends there, as
    /// its last byte.
    pub fn frame(&self, window: Window<'_>, position: usize) -> Framing {
        if position >= window.bytes.len() {
            return match window.bytes.len().checked_sub(1) {
                Some(last) if window.at_end => self.frame(window, last),
                _ => Framing::LineCut,
            };
        }
        match self.start_of(window, position) {
            Ok(start) => self.finish(window, start),
            Err(lacking) => lacking,
        }
    }

    /// The first beginning of a record at or behind `from`: where a file may be cut in two, or the next record after one
    /// that is done. `None` if none is in the window for certain.
    pub fn next_beginning(&self, window: Window<'_>, from: usize) -> Option<usize> {
        let mut line = match from.checked_sub(1) {
            None if window.at_start => return (!window.bytes.is_empty()).then_some(0),
            None => next_line(window.bytes, 0)?,
            Some(before) => next_line(window.bytes, before)?,
        };
        loop {
            match self.role(window, line) {
                LineRole::Begins => return Some(line),
                LineRole::Unknown => return None,
                LineRole::Continues => line = next_line(window.bytes, line)?,
            }
        }
    }

    /// All records of a whole file, in order.
    pub fn frame_all(&self, bytes: &[u8]) -> Vec<RecordRange> {
        let window = Window::whole(bytes);
        let mut records = Vec::new();
        let mut start = 0;
        while start < bytes.len() {
            let end = next_line(bytes, start)
                .and_then(|line| self.next_beginning(window, line))
                .unwrap_or(bytes.len());
            let cut = end - start > MAX_RECORD;
            records.push(RecordRange {
                range: start..end.min(start + MAX_RECORD),
                cut,
            });
            start = end;
        }
        records
    }

    /// Where the record of `position` begins.
    fn start_of(&self, window: Window<'_>, position: usize) -> Result<usize, Framing> {
        let mut upto = position;
        loop {
            let earliest = position.saturating_sub(MAX_RECORD);
            let before = window.bytes.get(earliest..upto).unwrap_or_default();
            let Some(ending) = memchr::memrchr(b'\n', before) else {
                return if position >= MAX_RECORD {
                    Err(Framing::TooLong)
                } else if window.at_start {
                    Ok(0)
                } else {
                    Err(Framing::StartsBefore)
                };
            };
            let line = earliest + ending + 1;
            match self.role(window, line) {
                LineRole::Begins => return Ok(line),
                LineRole::Unknown => return Err(Framing::LineCut),
                LineRole::Continues => upto = line - 1,
            }
        }
    }

    /// Where the record that begins at `start` ends.
    fn finish(&self, window: Window<'_>, start: usize) -> Framing {
        let limit = start + MAX_RECORD;
        let mut line = start;
        loop {
            line = match next_line(window.bytes, line) {
                // A line that begins exactly at the limit may still end the record there.
                Some(next) if next <= limit => next,
                _ if window.bytes.len() > limit => return record(start..limit, true),
                _ if window.at_end => return record(start..window.bytes.len(), false),
                _ => return Framing::EndsBeyond { start },
            };
            if line == window.bytes.len() && window.at_end {
                return record(start..line, false);
            }
            match self.role(window, line) {
                LineRole::Begins => return record(start..line, false),
                LineRole::Unknown => return Framing::EndsBeyond { start },
                LineRole::Continues => {}
            }
        }
    }

    /// What the line that starts at `start` does. Its first [`MAX_BEGINNING`] bytes and one more settle it, even when
    /// its ending is not in the window.
    fn role(&self, window: Window<'_>, start: usize) -> LineRole {
        let tail = window.bytes.get(start..).unwrap_or_default();
        let near = tail.get(..=MAX_BEGINNING).unwrap_or(tail);
        let line = match memchr::memchr(b'\n', near) {
            Some(ending) => line_text(near.get(..ending).unwrap_or(near)),
            // Not to be trimmed: a CR at the end of this part is not at the end of the line.
            None if near.len() > MAX_BEGINNING => near.get(..MAX_BEGINNING).unwrap_or(near),
            None if window.at_end && !near.is_empty() => line_text(near),
            None => return LineRole::Unknown,
        };
        if self.begins_record(line) {
            LineRole::Begins
        } else {
            LineRole::Continues
        }
    }
}

fn record(range: Range<usize>, cut: bool) -> Framing {
    Framing::Record(RecordRange { range, cut })
}

/// Where the line after the one that holds the byte at `at` starts.
fn next_line(bytes: &[u8], at: usize) -> Option<usize> {
    memchr::memchr(b'\n', bytes.get(at..)?).map(|ending| at + ending + 1)
}

#[cfg(test)]
#[path = "tests/framing.rs"]
mod tests;
