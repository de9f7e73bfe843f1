//! Lines and columns.
//!
//! Comes in: byte offsets, never smaller than the last one. Goes out: the line and the column there. Each byte is looked
//! at once, however long its line, because nothing is counted from the beginning of the line again.

use crate::document::At;

#[derive(Debug)]
pub(super) struct Place<'t> {
    text: &'t str,
    offset: usize,
    line: u32,
    column: u32,
}

impl<'t> Place<'t> {
    pub(super) fn of(text: &'t str) -> Self {
        Self {
            text,
            offset: 0,
            line: 1,
            column: 1,
        }
    }

    /// The place of a byte. An offset that was passed already has the place that was reached.
    pub(super) fn at(&mut self, offset: usize) -> At {
        if let Some(passed) = self.text.get(self.offset..offset) {
            self.pass(passed);
            self.offset = offset;
        }
        At {
            offset: count(self.offset),
            line: self.line,
            column: self.column,
        }
    }

    fn pass(&mut self, passed: &str) {
        let Some(last) = memchr::memrchr(b'\n', passed.as_bytes()) else {
            self.column = self.column.saturating_add(count(passed.chars().count()));
            return;
        };
        let lines = memchr::memchr_iter(b'\n', passed.as_bytes()).count();
        let behind = passed.get(last + 1..).unwrap_or_default();
        self.line = self.line.saturating_add(count(lines));
        self.column = count(behind.chars().count()).saturating_add(1);
    }
}

/// A text has at most 64 MiB.
fn count(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_lines_and_characters() {
        let text = "a\r\nüü<x\n\n  <y";
        let mut place = Place::of(text);
        let x = text.find("<x").unwrap();
        let y = text.find("<y").unwrap();
        assert_eq!((place.at(0).line, place.at(0).column), (1, 1));
        assert_eq!(
            place.at(x),
            At {
                offset: 7,
                line: 2,
                column: 3
            }
        );
        assert_eq!((place.at(x + 1).line, place.at(x + 1).column), (2, 4));
        assert_eq!((place.at(y).line, place.at(y).column), (4, 3));
        assert_eq!(place.at(x), place.at(y), "nobody goes back");
    }
}
