//! One strided q-gram filter over literals that have at least a certain length.
//!
//! Only every s-th position of the input is looked at, and there a run of q bytes, a "gram". Wherever a literal stands, one
//! in s of its offsets falls on such a position: for each remainder by s, all its offsets with that remainder do, or none.
//! So it is enough to know one gram for each remainder, s in all, and a literal of at least q + s - 1 bytes has them:
//!
//! ```text
//! literal      t o k e n   v e r i f i c a t i o n      q = 8, s = 5
//! known        ^   ^   ^   ^   ^                        "token ve", "ken veri", "n verifi", "verifica", "rificati"
//! input        a u t h :   t o k e n   v e r i f i c …
//! looked at    ^         ^         ^         ^          the third is four bytes into the literal: "n verifi"
//! ```
//!
//! A longer literal has several grams of each remainder; the rarest in the sample is taken.
//!
//! The top bits of a gram's hash select a bit of a bitmap that stays in the first- or second-level cache; where the bit is
//! set, the position is a candidate. Candidates are usual: that two literals have `was expi` does not keep every other line
//! from having it too. So three comparisons follow, each of more bytes and of fewer candidates:
//!
//! 1. The hash selects a slot. All literals of a slot have four bytes at the slot's distance from the gram, and the slot
//!    has 64 bits of which those four bytes, hashed, select one: one cache line, no branch.
//! 2. The slot is a slice of `entries`, sorted by hash. Each carries eight bytes of its literal, the rarest ones, wherever
//!    in the literal they stand.
//! 3. The whole literal is compared, by who called.
//!
//! The positions are taken in groups of eight, and a group with candidates is noted without a branch, so that the loop has
//! nothing to predict; candidates are compared once the piece of text is through.

use std::cmp::Reverse;

use super::census::{Census, Share, pieces};
use super::gram::{Gram, mask, rarity, run_at};

/// Positions looked at before candidates are noted. Four were a tenth slower with 10 literals, sixteen no faster.
const GROUP: usize = 8;

/// Longer strides are not used: a cache line of the input is read for each step anyway, and each stride is a copy of the
/// loop.
pub(super) const LONGEST_STRIDE: usize = 32;

/// Grams and checks are chosen among this many first bytes of a literal, so that their offsets fit 16 bits.
const CHOOSABLE: usize = 4096;

/// How far from the gram a slot may look: the text around a candidate is at hand anyway, and this fits its 16 bits.
const FARTHEST: usize = 64;

/// Bytes of unseen text that are added to the sample when a tier is judged by it: enough to keep a sample of one line
/// repeated from promising that no other text will come, little beside the 128 KiB that are judged of a megabyte.
const PRESUMED: f64 = 4096.0;

/// The first six bits of a hash that do not select a word of the bitmap select a bit of that word.
const BIT_BITS: u32 = 6;

/// How a tier looks at the input.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Shape {
    pub(super) gram: Gram,
    /// Distance of the positions looked at: 1 to [`LONGEST_STRIDE`].
    pub(super) stride: usize,
    /// The bitmap has 2^`bits` bits.
    pub(super) bits: u32,
}

/// A literal that stands behind a gram.
#[derive(Clone, Copy, Debug, Default)]
struct Entry {
    /// The literal's bytes at `check_at`.
    check: u64,
    /// Index of the literal in the filter.
    literal: u32,
    /// Where in the literal the gram stands.
    offset: u16,
    /// Where in the literal `check` stands.
    check_at: u16,
}

/// What is asked of a candidate before its entries are.
#[derive(Clone, Copy, Debug)]
struct Slot {
    /// The bits that the literals' bytes at `near_at` select.
    likely: u64,
    /// The first of the slot's entries; those of the next slot follow.
    start: u32,
    /// Where those bytes stand, from the start of the gram.
    near_at: i16,
}

/// What a tier would meet in a byte of the sample.
#[derive(Clone, Copy, Debug)]
pub(super) struct Expected {
    /// Positions whose gram is in the bitmap.
    pub(super) candidates: f64,
    /// Entries behind those grams.
    pub(super) entries: f64,
}

/// Lists that a scan fills and empties again, kept so that their memory is.
#[derive(Debug, Default)]
pub(super) struct Scratch {
    /// First positions of groups that have candidates, and which of their positions those are, the first lowest.
    groups: Vec<(usize, u32)>,
    /// Positions whose gram is in the bitmap.
    candidates: Vec<usize>,
    /// Positions with an entry to compare there.
    pairs: Vec<(usize, u32)>,
}

/// One strided filter.
#[derive(Debug)]
pub(super) struct Tier {
    shape: Shape,
    /// The bitmap; a power of two of words.
    words: Box<[u64]>,
    /// Brings a hash down to its word.
    word_shift: u32,
    /// By hash; one more than there are hashes, for the end of the last.
    slots: Box<[Slot]>,
    /// Brings a hash down to its slot.
    slot_shift: u32,
    /// The bytes that a slot asks about: four, or as many as a gram has, so that the place of the gram is always a choice.
    near: Gram,
    /// Sorted by slot.
    entries: Box<[Entry]>,
    /// Bytes of a check: eight, or what the shortest literal has.
    check_length: usize,
    /// The smallest and greatest offset of any entry.
    offsets: (usize, usize),
    /// How many literals the tier looks for.
    literals: usize,
}

impl Tier {
    /// Builds the tier for those of `all` that `members` names, each of at least as many bytes as the gram and the
    /// stride have together, less one. `grams` has
    /// counted runs of `shape.gram`.
    pub(super) fn build(all: &[&[u8]], members: &[u32], shape: Shape, grams: &Census) -> Self {
        let named = || {
            members
                .iter()
                .filter_map(|&member| Some((member, *all.get(member as usize)?)))
        };
        let check_length = named().map(|(_, literal)| literal.len()).min().unwrap_or(8).min(8);
        let wanted = members.len() * shape.stride;
        let slot_bits = (usize::BITS - wanted.leading_zeros())
            .clamp(6, 18)
            .min(shape.gram.hash_bits());
        let slot_shift = 64 - slot_bits;
        let word_shift = 64 - (shape.bits - BIT_BITS);

        let mut words = vec![0u64; 1 << (shape.bits - BIT_BITS)].into_boxed_slice();
        let mut starts = vec![0u32; (1 << slot_bits) + 1].into_boxed_slice();
        let mut placed = Vec::with_capacity(wanted);
        let mut offsets = (usize::MAX, 0);
        let mut chosen = Vec::new();
        for (member, literal) in named() {
            let literal = literal.get(..CHOOSABLE).unwrap_or(literal);
            rarest_offsets(literal, shape, grams, &mut chosen);
            for &(_, _, offset) in &chosen {
                offsets = (offsets.0.min(offset), offsets.1.max(offset));
                let hash = shape.gram.hash(literal, offset);
                if let Some(word) = words.get_mut((hash >> word_shift) as usize) {
                    *word |= 1 << bit_of(hash, word_shift);
                }
                let slot = (hash >> slot_shift) as usize;
                if let Some(count) = starts.get_mut(slot + 1) {
                    *count += 1;
                }
                placed.push((
                    slot,
                    Entry {
                        literal: member,
                        offset: offset as u16,
                        ..Entry::default()
                    },
                ));
            }
        }
        let mut sum = 0;
        for start in &mut starts {
            sum += *start;
            *start = sum;
        }
        let slots = starts
            .iter()
            .map(|&start| Slot {
                likely: u64::MAX,
                start,
                near_at: 0,
            })
            .collect();
        let mut entries = vec![Entry::default(); placed.len()].into_boxed_slice();
        for (slot, entry) in placed {
            if let Some(next) = starts.get_mut(slot) {
                if let Some(place) = entries.get_mut(*next as usize) {
                    *place = entry;
                }
                *next += 1;
            }
        }
        let near = Gram::of(shape.gram.len().min(4));
        Self {
            shape,
            words,
            word_shift,
            slots,
            slot_shift,
            near,
            entries,
            check_length,
            offsets,
            literals: members.len(),
        }
    }

    /// The bytes that the checks of entries have.
    pub(super) fn check(&self) -> Gram {
        Gram::of(self.check_length)
    }

    /// The bytes that slots ask about.
    pub(super) fn near(&self) -> Gram {
        self.near
    }

    /// Chooses what slots ask about and what entries check, by censuses of runs of [`near`](Self::near) and
    /// [`check`](Self::check). It is done once the tier is chosen: on trial, all candidates pass.
    pub(super) fn sharpen(&mut self, all: &[&[u8]], nears: &Census, checks: &Census) {
        let (gram, near, check_length) = (self.shape.gram, self.near, self.check_length);
        for entry in &mut self.entries {
            let Some(literal) = all.get(entry.literal as usize) else {
                continue;
            };
            let literal = literal.get(..CHOOSABLE).unwrap_or(literal);
            let offset = usize::from(entry.offset);
            let told = |at: usize| {
                u64::from(checks.count(literal, at) + 1) << overlap((offset, gram.len()), (at, check_length))
            };
            let check_at = (0..=literal.len().saturating_sub(check_length))
                .min_by_key(|&at| told(at))
                .unwrap_or(0);
            entry.check = run_at(literal, check_at) & mask(check_length);
            entry.check_at = check_at as u16;
        }
        let ends: Vec<u32> = self.slots.iter().skip(1).map(|slot| slot.start).collect();
        for (slot, end) in self.slots.iter_mut().zip(ends) {
            let entries = self.entries.get(slot.start as usize..end as usize).unwrap_or_default();
            let behind = || {
                entries
                    .iter()
                    .filter_map(|entry| Some((usize::from(entry.offset), *all.get(entry.literal as usize)?)))
            };
            // Distances at which every literal of the slot has bytes: `before` the gram, and after its start.
            let before = behind().map(|(offset, _)| offset).min().unwrap_or(0).min(FARTHEST);
            let rests = behind().map(|(offset, literal)| literal.len().saturating_sub(offset + near.len()));
            let after = rests.min().unwrap_or(0).min(FARTHEST);
            let told = |distance: usize| {
                let counts = behind().map(|(offset, literal)| nears.count(literal, offset + distance - before));
                (counts.map(u64::from).sum::<u64>() + 1) << (2 * overlap((before, gram.len()), (distance, near.len())))
            };
            let Some(rarest) = (0..=before + after).min_by_key(|&distance| told(distance)) else {
                continue;
            };
            slot.near_at = rarest as i16 - before as i16;
            slot.likely = behind().fold(0, |likely, (offset, literal)| {
                likely | near_bit(near, literal, offset + rarest - before)
            });
        }
    }

    pub(super) fn shape(&self) -> Shape {
        self.shape
    }

    pub(super) fn literals(&self) -> usize {
        self.literals
    }

    /// Memory, in bytes.
    pub(super) fn size(&self) -> usize {
        size_of_val(&*self.words) + size_of_val(&*self.slots) + size_of_val(&*self.entries)
    }

    /// The smallest and greatest distance between the start of a literal and the position where it is noticed.
    pub(super) fn offsets(&self) -> (usize, usize) {
        self.offsets
    }

    /// Looks at the positions `from`, `from + stride`, … before `to`, and tells `found` the start and the index of each
    /// literal that may stand there: its check has been compared, the whole has not, and the start may lie outside the
    /// text. Answers the first position that it did not look at.
    pub(super) fn scan(
        &self,
        text: &[u8],
        from: usize,
        to: usize,
        scratch: &mut Scratch,
        found: &mut impl FnMut(usize, u32),
    ) -> usize {
        macro_rules! by_stride {
            ($($stride:literal)+) => {
                match self.shape.stride {
                    $($stride => self.notice_by::<$stride>(text, from, to, scratch),)+
                    stride => self.notice_singly(text, from, to, stride, &mut scratch.candidates),
                }
            };
        }
        scratch.candidates.clear();
        let next = by_stride!(1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25 26 27 28 29 30 31 32);
        if !scratch.candidates.is_empty() {
            self.compare(text, scratch, found);
        }
        next
    }

    /// Notes the positions whose gram is in the bitmap, in the loop for one stride, which the compiler then knows.
    fn notice_by<const STRIDE: usize>(&self, text: &[u8], from: usize, to: usize, scratch: &mut Scratch) -> usize {
        let words = &*self.words;
        let last_word = words.len() - 1;
        let (multiplier, word_shift) = (self.shape.gram.multiplier, self.word_shift);
        let groups = to.saturating_sub(from) / (GROUP * STRIDE) + 1;
        if scratch.groups.len() < groups {
            scratch.groups.resize(groups, (0, 0));
        }
        let mut noted = 0;
        let mut position = from;
        while position + (GROUP - 1) * STRIDE < to {
            let Some(group) = text.get(position..position + (GROUP - 1) * STRIDE + 8) else {
                break;
            };
            let mut noticed = 0u32;
            for step in 0..GROUP {
                let hash = run_at(group, step * STRIDE).wrapping_mul(multiplier);
                // The mask changes nothing, but it is how the compiler sees that the index is inside.
                #[expect(clippy::indexing_slicing, reason = "masked, in the innermost loop of the scan")]
                let word = words[(hash >> word_shift) as usize & last_word];
                noticed |= ((word >> bit_of(hash, word_shift)) as u32 & 1) << step;
            }
            // Written always, kept if there is a candidate: no branch that could not be foreseen.
            if let Some(place) = scratch.groups.get_mut(noted) {
                *place = (position, noticed);
            }
            noted += usize::from(noticed != 0);
            position += GROUP * STRIDE;
        }
        for &(position, mut noticed) in scratch.groups.iter().take(noted) {
            while noticed != 0 {
                scratch
                    .candidates
                    .push(position + noticed.trailing_zeros() as usize * STRIDE);
                noticed &= noticed - 1;
            }
        }
        self.notice_singly(text, position, to, STRIDE, &mut scratch.candidates)
    }

    /// The same, one position at a time: for what is left of the text.
    fn notice_singly(&self, text: &[u8], from: usize, to: usize, stride: usize, candidates: &mut Vec<usize>) -> usize {
        let mut position = from;
        while position < to {
            if self.holds(self.shape.gram.hash(text, position)) {
                candidates.push(position);
            }
            position += stride;
        }
        position
    }

    /// Whether the bitmap has a hash.
    fn holds(&self, hash: u64) -> bool {
        let word = self.words.get((hash >> self.word_shift) as usize).copied().unwrap_or(0);
        word >> bit_of(hash, self.word_shift) & 1 == 1
    }

    /// Compares the candidates with their slots, what remains with the checks of the entries. Each comparison is done for all
    /// before the next: the loads of one do not wait for the branches of another.
    fn compare(&self, text: &[u8], scratch: &mut Scratch, found: &mut impl FnMut(usize, u32)) {
        let mut likely = 0;
        for candidate in 0..scratch.candidates.len() {
            let Some(&position) = scratch.candidates.get(candidate) else {
                break;
            };
            let slot = self
                .slots
                .get((self.shape.gram.hash(text, position) >> self.slot_shift) as usize);
            let passes = slot.is_some_and(|slot| {
                near_bit(self.near, text, position.wrapping_add_signed(slot.near_at.into())) & slot.likely != 0
            });
            if let Some(kept) = scratch.candidates.get_mut(likely) {
                *kept = position;
            }
            likely += usize::from(passes);
        }
        scratch.pairs.clear();
        for &position in scratch.candidates.get(..likely).unwrap_or_default() {
            let behind = self.behind(self.shape.gram.hash(text, position));
            scratch.pairs.extend(behind.map(|entry| (position, entry)));
        }
        let check_mask = mask(self.check_length);
        for &(position, entry) in &scratch.pairs {
            let Some(entry) = self.entries.get(entry as usize) else {
                continue;
            };
            // A literal that would begin before the text is told apart by who compares the whole.
            let start = position.wrapping_sub(entry.offset.into());
            if run_at(text, start.wrapping_add(entry.check_at.into())) & check_mask == entry.check {
                found(start, entry.literal);
            }
        }
    }

    /// The entries of a hash's slot.
    fn behind(&self, hash: u64) -> std::ops::Range<u32> {
        let slot = (hash >> self.slot_shift) as usize;
        match (self.slots.get(slot), self.slots.get(slot + 1)) {
            (Some(slot), Some(next)) => slot.start..next.start,
            _ => 0..0,
        }
    }

    /// What the tier would meet in text like `sample`. A small sample, or one that repeats itself, proves little, so it is
    /// taken together with some text of which only the general is known.
    pub(super) fn expected(&self, sample: &[u8]) -> Expected {
        let (mut candidates, mut entries, mut bytes) = (0usize, 0usize, 0usize);
        for piece in pieces(sample, Share::Judged) {
            bytes += piece.len();
            for run in piece.windows(8).step_by(self.shape.stride) {
                let hash = self.shape.gram.hash(run, 0);
                if self.holds(hash) {
                    candidates += 1;
                    entries += self.behind(hash).len();
                }
            }
        }
        let presumed =
            PRESUMED * (self.entries.len() as f64 * self.shape.gram.chance() / self.shape.stride as f64).min(1.0);
        let bytes = bytes as f64 + PRESUMED;
        Expected {
            candidates: (candidates as f64 + presumed) / bytes,
            entries: (entries as f64 + presumed) / bytes,
        }
    }
}

/// The bit of its word that a hash selects.
#[inline]
fn bit_of(hash: u64, word_shift: u32) -> u32 {
    (hash >> (word_shift - BIT_BITS)) as u32 & ((1 << BIT_BITS) - 1)
}

/// The bit of a slot that the bytes at `at` select.
#[inline]
fn near_bit(near: Gram, text: &[u8], at: usize) -> u64 {
    1 << (near.hash(text, at) >> (64 - BIT_BITS))
}

/// For each remainder of offset by stride, the offset of the rarest gram; of equals, of the one whose bytes are. The
/// literal has at least one gram for each.
fn rarest_offsets(literal: &[u8], shape: Shape, grams: &Census, chosen: &mut Vec<(u32, Reverse<u32>, usize)>) {
    chosen.clear();
    for (offset, gram) in literal.windows(shape.gram.len()).enumerate() {
        let bytes = gram.iter().map(|&byte| rarity(byte)).sum();
        let offered = (grams.count(literal, offset), Reverse(bytes), offset);
        match chosen.get_mut(offset % shape.stride) {
            Some(least) => *least = offered.min(*least),
            None => chosen.push(offered),
        }
    }
}

/// How many bytes two runs, each given by start and length, have in common. What they share, the second says again: each
/// byte of it makes the second tell half as much.
fn overlap(one: (usize, usize), other: (usize, usize)) -> usize {
    (one.0 + one.1)
        .min(other.0 + other.1)
        .saturating_sub(one.0.max(other.0))
}
