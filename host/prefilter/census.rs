//! How common each short run of bytes is in a sample of the input.
//!
//! A literal of 30 bytes offers many windows to a filter that looks at 12 of them, and they differ by orders of magnitude:
//! `com.ibm.ws.s` stands in every stack trace, `ltpa.LTPASer` in few. The input itself knows best, so the sample is counted,
//! in a table of hashed counters that fits the second-level cache. Two runs that share a counter look more common than they
//! are, which costs a slightly worse choice and never a wrong result.

use super::gram::Gram;

/// Counters: 2^19 of two bytes are a megabyte, two for each run that is counted; with one for each,
/// rare runs shared a counter with common ones often enough to spoil the choice.
const COUNTER_BITS: u32 = 19;

/// How much of the sample is counted. A run that occurs less than once in a quarter of a megabyte costs nothing worth
/// knowing, and counting more would dominate the building of small filters.
const COUNTED: usize = 256 << 10;

/// The counted part is taken in pieces of this size from all over the sample, so that a banner at its start does not speak
/// for the whole.
const PIECE: usize = 8 << 10;

/// Which part of the sample is looked at. What was chosen on one part looks better there than it is, so it is judged on
/// another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Share {
    /// The runs that windows are chosen by.
    Chosen,
    /// The runs that the choice is judged by.
    Judged,
}

/// The pieces of `sample` that belong to a share.
pub(super) fn pieces(sample: &[u8], share: Share) -> impl Iterator<Item = &[u8]> {
    let every = (sample.len() / (COUNTED / PIECE)).max(2 * PIECE);
    sample.chunks(every).filter_map(move |chunk| {
        let half = (chunk.len() / 2).min(PIECE);
        let (chosen, rest) = chunk.split_at_checked(half)?;
        match share {
            Share::Chosen => Some(chosen),
            // Judging needs less than choosing: the sum over all grams has more occurrences than any one of them.
            Share::Judged => rest.get(..half / 2),
        }
    })
}

/// The occurrences of runs of one length.
#[derive(Debug)]
pub(super) struct Census {
    gram: Gram,
    shift: u32,
    counts: Vec<u16>,
}

impl Census {
    /// Counts the runs of `gram`'s length in `sample`.
    pub(super) fn of(sample: &[u8], gram: Gram) -> Self {
        let bits = COUNTER_BITS.min(gram.hash_bits());
        let shift = 64 - bits;
        let mut counts = vec![0u16; 1 << bits];
        for piece in pieces(sample, Share::Chosen) {
            for run in piece.windows(8) {
                if let Some(count) = counts.get_mut((gram.hash(run, 0) >> shift) as usize) {
                    *count = count.saturating_add(1);
                }
            }
        }
        Self { gram, shift, counts }
    }

    /// How often the run at `at` of `text` was seen, at most `u16::MAX`.
    pub(super) fn count(&self, text: &[u8], at: usize) -> u32 {
        self.counts
            .get((self.gram.hash(text, at) >> self.shift) as usize)
            .map_or(0, |&count| count.into())
    }
}
