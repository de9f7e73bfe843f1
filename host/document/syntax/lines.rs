//! What the syntaxes that go by lines have in common.
//!
//! Comes in: the decoded text of a file. Goes out: its [`Lines`], the [`Places`] in it, the [`Remarks`] that parsing
//! leaves behind, and which of several assignments to one name is the last. Never here: what a line means.
//!
//! A line ends at LF, at CR LF, or at a CR alone, and the last one needs no end. All walks go forward only, so that a line
//! of 64 MiB with a million settings costs no more than a million lines.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::fmt::Display;
use std::hash::Hash;

use crate::document::{At, MAX_REMARKS, Parsed, Remark, Tree};

/// A line without its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Line<'t> {
    /// What stands in it.
    pub text: &'t str,
    /// Bytes of text before it.
    pub offset: usize,
    /// Its number, the first is 1.
    pub number: u32,
}

/// The lines of a text.
#[derive(Clone, Debug)]
pub struct Lines<'t> {
    rest: &'t str,
    offset: usize,
    number: u32,
}

impl<'t> Lines<'t> {
    /// All lines of `text`.
    pub fn of(text: &'t str) -> Self {
        Self {
            rest: text,
            offset: 0,
            number: 0,
        }
    }
}

impl<'t> Iterator for Lines<'t> {
    type Item = Line<'t>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.rest.is_empty() {
            return None;
        }
        let end = memchr::memchr2(b'\n', b'\r', self.rest.as_bytes()).unwrap_or(self.rest.len());
        let (text, tail) = self.rest.split_at_checked(end)?;
        let ending = if tail.starts_with("\r\n") { 2 } else { 1 };
        self.number = self.number.saturating_add(1);
        let line = Line {
            text,
            offset: self.offset,
            number: self.number,
        };
        self.rest = tail.get(ending..).unwrap_or_default();
        self.offset += end + ending;
        Some(line)
    }
}

/// Turns offsets into places, going forward: asked for offsets that never fall, it reads the text once.
#[derive(Clone, Debug)]
pub struct Places<'t> {
    rest: &'t [u8],
    at: At,
    /// The byte before `rest` is a CR, so that an LF belongs to it.
    after_return: bool,
}

impl<'t> Places<'t> {
    /// The places of `text`.
    pub fn of(text: &'t str) -> Self {
        Self {
            rest: text.as_bytes(),
            at: At::START,
            after_return: false,
        }
    }

    /// The place of an offset. One before that of the last call gets the place of the last call.
    pub fn at(&mut self, offset: usize) -> At {
        let ahead = offset.saturating_sub(self.at.offset as usize);
        let (passed, rest) = self.rest.split_at_checked(ahead).unwrap_or((self.rest, &[]));
        self.rest = rest;
        self.at.offset = self
            .at
            .offset
            .saturating_add(u32::try_from(passed.len()).unwrap_or(u32::MAX));
        for &byte in passed {
            self.pass(byte);
        }
        self.at
    }

    fn pass(&mut self, byte: u8) {
        match byte {
            b'\n' if self.after_return => {}
            b'\n' | b'\r' => (self.at.line, self.at.column) = (self.at.line.saturating_add(1), 1),
            // The bytes of a character behind its first.
            0x80..=0xBF => {}
            _ => self.at.column = self.at.column.saturating_add(1),
        }
        self.after_return = byte == b'\r';
    }
}

/// What was wrong in a file, the first few of it. Nothing of the file is quoted: what is malformed may hold a password
/// that nobody would recognise as one.
#[derive(Clone, Debug, Default)]
pub struct Remarks {
    kept: Vec<Remark>,
}

impl Remarks {
    /// Remembers what is wrong, unless [`MAX_REMARKS`] are remembered already.
    pub fn say(&mut self, line: u32, what: &str) {
        if self.kept.len() < MAX_REMARKS {
            self.kept.push(Remark::new(line, what));
        }
    }

    /// Remembers where and why reading stopped, however many remarks there are: everything behind it is missing.
    pub fn stop(&mut self, line: u32, why: impl Display) {
        self.kept.truncate(MAX_REMARKS.saturating_sub(1));
        self.kept.push(Remark::new(line, why.to_string()));
    }

    /// The tree with its remarks, in order of lines.
    pub fn beside(mut self, tree: Tree) -> Parsed {
        self.kept.sort_by_key(|remark| remark.line);
        Parsed {
            tree,
            remarks: self.kept,
        }
    }
}

/// For each assignment, a name and a line, the line of the last assignment to that name if it is a later one.
pub fn superseded<N: Eq + Hash>(assignments: impl DoubleEndedIterator<Item = (N, u32)>) -> Vec<Option<u32>> {
    let mut last = HashMap::new();
    let mut lines: Vec<_> = assignments
        .rev()
        .map(|(name, line)| match last.entry(name) {
            Entry::Occupied(later) => Some(*later.get()),
            Entry::Vacant(first) => {
                first.insert(line);
                None
            }
        })
        .collect();
    lines.reverse();
    lines
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::document::Full;

    #[test]
    fn lines_end_at_lf_cr_lf_and_cr_and_the_last_needs_no_end() {
        let lines: Vec<_> = Lines::of("a\nb\r\n\rc")
            .map(|line| (line.text, line.offset, line.number))
            .collect();
        assert_eq!(lines, [("a", 0, 1), ("b", 2, 2), ("", 5, 3), ("c", 6, 4)]);
        assert_eq!(Lines::of("").count(), 0);
        assert_eq!(Lines::of("a\n").count(), 1);
    }

    #[test]
    fn places_count_lines_and_characters() {
        let text = "äö=1\r\nß=2\rx\n y";
        let mut places = Places::of(text);
        let mut place = |what| {
            let at = places.at(text.find(what).unwrap());
            (at.line, at.column)
        };
        assert_eq!(
            [place("äö"), place("ö"), place("1"), place("ß"), place("x"), place("y")],
            [(1, 1), (1, 2), (1, 4), (2, 1), (3, 1), (4, 2)]
        );
        assert_eq!(places.at(usize::MAX).offset as usize, text.len());
    }

    #[test]
    fn the_first_remarks_are_kept_and_always_the_one_that_says_what_is_missing() {
        let mut remarks = Remarks::default();
        for line in 1..100 {
            remarks.say(line, "is odd");
        }
        remarks.stop(100, Full::Nodes);
        let kept = remarks.beside(Tree::new("x")).remarks;
        let lines: Vec<_> = kept.iter().map(|remark| remark.line.0).collect();
        assert_eq!(lines, [1, 2, 3, 4, 5, 6, 7, 100]);
    }

    #[test]
    fn all_assignments_but_the_last_to_a_name_are_superseded_by_the_last() {
        let lines = superseded([("a", 1), ("b", 2), ("a", 3), ("a", 5)].into_iter());
        assert_eq!(lines, [Some(5), None, Some(5), None]);
    }

    proptest! {
        #[test]
        fn places_and_lines_agree(text in "[aä\r\n]{0,40}") {
            let mut places = Places::of(&text);
            for line in Lines::of(&text) {
                let at = places.at(line.offset);
                prop_assert_eq!((at.line, at.column, at.offset as usize), (line.number, 1, line.offset));
            }
        }
    }
}
