//! Candidates: records that a pattern matched, before they are judged.

use crate::model::{ByteOffset, EventTime};
use crate::rulebook::Match;

/// A record with its matches.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Candidate {
    /// Where the record begins in the text of its file: what tells records apart.
    pub start: u64,
    /// The same place in the bytes of the file.
    pub offset: ByteOffset,
    /// Ends of lines between the body of its block and the record; negative where it begins before the body.
    pub lines_from_body: i64,
    pub time: Option<EventTime>,
    pub text: String,
    /// In ascending order of pattern.
    pub matches: Vec<Match>,
}

impl Candidate {
    /// Takes over the matches of the same record, found from the next block.
    pub fn join(&mut self, other: Self) {
        self.matches.extend(other.matches);
        self.matches.sort_by_key(|found| found.pattern);
        self.matches.dedup_by_key(|found| found.pattern);
    }
}

/// A hit that no record holds: too far from any beginning.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Beyond {
    /// How many.
    pub hits: u64,
    /// The first, in the text of its file.
    pub first: u64,
}

impl Beyond {
    pub fn note(&mut self, at: u64) {
        if self.hits == 0 || at < self.first {
            self.first = at;
        }
        self.hits += 1;
    }

    pub fn join(&mut self, other: Self) {
        if other.hits > 0 {
            let hits = self.hits + other.hits;
            self.note(other.first);
            self.hits = hits;
        }
    }
}

/// What a block yielded.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct BlockYield {
    /// The body, in the text of its file.
    pub body: std::ops::Range<u64>,
    pub candidates: Vec<Candidate>,
    pub beyond: Beyond,
    /// Ends of lines before the body, where the block knows.
    pub lines_before: Option<u64>,
    /// Ends of lines in the body, where they were counted.
    pub lines_within: Option<u64>,
}
