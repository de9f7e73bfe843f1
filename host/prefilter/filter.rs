//! Finds every occurrence of many literals.
//!
//! Comes in: the literals with their ids, a sample of the text, then texts. Goes out: every place where a literal stands,
//! byte for byte, in ascending order. Never here: regexes, records, files.
//!
//! The literals are shared out to one or a few tiers (see `plan`). Each tier walks the text in its own steps and notices a
//! literal somewhere inside it, so a later step may notice an earlier start: hits are held back until no tier can notice
//! one before them, sorted, and told.

use std::fmt;
use std::ops::Range;

use super::plan;
use super::tier::{Scratch, Tier};

/// Names a literal to the caller; several literals may have the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LiteralId(pub u32);

/// An occurrence of a literal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Hit {
    /// Where its first byte stands, from the start of the text that was searched.
    pub at: usize,
    /// Which literal it is.
    pub literal: LiteralId,
}

/// The text is walked in pieces of this size by one tier after the other: small enough that the second finds it in the
/// first-level cache.
const PIECE: usize = 16 << 10;

/// Looks for many literals at once. Immutable: threads share it.
#[derive(Debug)]
pub struct Filter {
    /// The literals' bytes, end to end.
    bytes: Vec<u8>,
    /// Where each literal stands in `bytes`, and what the caller calls it.
    literals: Vec<(Range<usize>, LiteralId)>,
    tiers: Vec<Tier>,
    /// The greatest distance between a literal's start and the position where a tier notices it.
    reach: usize,
}

impl Filter {
    /// Builds the filter. `sample` is text like the text to be searched, best the first megabyte of it: it decides only how
    /// fast the search is, never what it finds. Empty literals are never found.
    pub fn build(literals: &[(LiteralId, &[u8])], sample: &[u8]) -> Self {
        let all: Vec<&[u8]> = literals.iter().map(|&(_, literal)| literal).collect();
        let tiers = plan::tiers(&all, sample);
        let mut bytes = Vec::with_capacity(all.iter().map(|literal| literal.len()).sum());
        let literals = literals.iter().map(|&(id, literal)| {
            let start = bytes.len();
            bytes.extend_from_slice(literal);
            (start..bytes.len(), id)
        });
        let literals = literals.collect();
        let reach = tiers.iter().map(|tier| tier.offsets().1).max().unwrap_or(0);
        Self {
            bytes,
            literals,
            tiers,
            reach,
        }
    }

    /// Tells `hit` every occurrence of every literal that starts in `range` of `text`, in ascending order of place and then
    /// of id, each once. The text is read past the range's end as far as the longest literal goes; what stands before the
    /// range is not looked at.
    pub fn find(&self, text: &[u8], range: Range<usize>, hit: &mut impl FnMut(Hit)) {
        let range = range.start..range.end.min(text.len());
        if range.is_empty() {
            return;
        }
        let mut hits: Vec<Hit> = Vec::new();
        let mut scratch = Scratch::default();
        let mut next: Vec<usize> = self.tiers.iter().map(|tier| range.start + tier.offsets().0).collect();
        let end = range.end + self.reach;
        let mut walked = range.start;
        while walked < end {
            walked = (walked + PIECE).min(end);
            for (tier, next) in self.tiers.iter().zip(&mut next) {
                let last = (text.len() + 1).saturating_sub(tier.shape().gram.len());
                let to = walked.min(range.end + tier.offsets().1).min(last);
                if *next < to {
                    *next = tier.scan(text, *next, to, &mut scratch, &mut |at, literal| {
                        if range.contains(&at)
                            && let Some(literal) = self.literal_at(text, at, literal)
                        {
                            hits.push(Hit { at, literal });
                        }
                    });
                }
            }
            if !hits.is_empty() {
                // A literal that is noticed later starts no earlier than `reach` before here.
                let settled = if walked == end {
                    usize::MAX
                } else {
                    walked.saturating_sub(self.reach)
                };
                hits.sort_unstable();
                let settled = hits.partition_point(|hit| hit.at < settled);
                hits.drain(..settled).for_each(&mut *hit);
            }
        }
    }

    /// The id of a literal, if all of it stands at `at`.
    fn literal_at(&self, text: &[u8], at: usize, literal: u32) -> Option<LiteralId> {
        let (bytes, id) = self.literals.get(literal as usize)?;
        let bytes = self.bytes.get(bytes.clone())?;
        (text.get(at..)?.starts_with(bytes)).then_some(*id)
    }

    /// Memory, in bytes.
    pub fn size(&self) -> usize {
        let literals = self.bytes.len() + self.literals.len() * size_of::<(Range<usize>, LiteralId)>();
        literals + self.tiers.iter().map(Tier::size).sum::<usize>()
    }
}

/// The tiers in a line: how many literals, how long a gram at what stride, how large a bitmap.
impl fmt::Display for Filter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} literals, {} KiB",
            self.literals.len(),
            self.size().div_ceil(1024)
        )?;
        for tier in &self.tiers {
            let shape = tier.shape();
            let kibibytes = (1usize << shape.bits).div_ceil(8 * 1024);
            let (literals, gram, stride) = (tier.literals(), shape.gram.len(), shape.stride);
            write!(
                f,
                "; {literals} by grams of {gram} bytes, stride {stride}, bitmap {kibibytes} KiB"
            )?;
        }
        Ok(())
    }
}

#[cfg(test)]
#[path = "filter_tests.rs"]
mod tests;
