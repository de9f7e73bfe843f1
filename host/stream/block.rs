//! The unit of the parallel scan: a piece of a file's text with what stands before and behind it.
//!
//! Comes in: a ticket that a [`BlockSource`](super::BlockSource) gave. Goes out: bytes. The *body* of a block is its own:
//! the bodies of a file's blocks, in order, are the text of the file, each byte once. The *context* around it belongs to
//! its neighbours and is there so that a record that crosses the border can be seen whole:
//!
//! ```text
//!          reach             lead       body        trail               reach
//!   ├╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌┼─────────┼═══════════┼──────────┼╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌┤
//!                          └───────── bytes() ────────────┘
//! ```
//!
//! A little context is there from the start. [`Block::widen_back`] and [`Block::widen_forward`] show more of it, up to
//! the reach: of a plain file by reading it then, of an unpacked or transcoded text at no cost, since its source holds
//! the whole reach anyway. How far one can see is the same for both, and does not depend on who reads when.

use std::ops::Range;
use std::sync::Arc;

use super::container::UnpackLimits;
use super::encoding::Encoding;
use super::source::ranged::RangedFile;
use crate::model::ByteOffset;

/// How a file is cut into blocks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BlockPlan {
    /// The length of a body in bytes, at least 1. The last body of a file may be shorter; those of a transcoded text may
    /// be up to three bytes longer, to end between characters.
    pub body: usize,
    /// How many bytes before the body are shown from the start.
    pub lead: usize,
    /// How many bytes behind the body are shown from the start.
    pub trail: usize,
    /// How many bytes on either side of the body can be shown at most.
    pub reach: usize,
    /// What unpacking may cost.
    pub unpack: UnpackLimits,
}

impl Default for BlockPlan {
    fn default() -> Self {
        Self {
            // Large enough that a system call does not count, small enough for the second-level cache.
            body: 1 << 20,
            // Most records that begin before a block began less than a page before it …
            lead: 4 << 10,
            // … and a stack trace that begins in it is rarely longer than this.
            trail: 64 << 10,
            reach: 1 << 20,
            unpack: UnpackLimits::default(),
        }
    }
}

impl BlockPlan {
    /// The same plan, with a body of a byte at least, a reach that covers what is shown from the start, and no part that
    /// is too large.
    pub(super) fn made_whole(self) -> Self {
        let (lead, trail) = (self.lead.min(LARGEST_PART), self.trail.min(LARGEST_PART));
        let reach = self.reach.min(LARGEST_PART).max(lead).max(trail);
        Self {
            body: self.body.clamp(1, LARGEST_PART),
            lead,
            trail,
            reach,
            ..self
        }
    }
}

/// Nobody wants larger parts of a block, and sums of them stay far from the limits of numbers.
const LARGEST_PART: usize = 256 << 20;

/// Where a block's bytes are put. One is kept by each thread and handed in again and again, so that nothing is allocated
/// once it has its size.
#[derive(Debug, Default)]
pub struct BlockBuffer {
    pub(super) bytes: Vec<u8>,
}

impl BlockBuffer {
    /// The given part of the buffer, which grows to hold it. What is behind `range` stays as it is.
    pub(super) fn room(&mut self, range: Range<usize>) -> &mut [u8] {
        if self.bytes.len() < range.end {
            self.bytes.resize(range.end, 0);
        }
        self.bytes.get_mut(range).unwrap_or_default()
    }
}

/// A piece of a file's text with its context.
pub struct Block<'b> {
    pub(super) buffer: &'b mut BlockBuffer,
    /// What [`Block::bytes`] shows of the buffer.
    pub(super) visible: Range<usize>,
    /// Where the body is in the buffer.
    pub(super) body: Range<usize>,
    /// Where the body begins in the text.
    pub(super) body_start: u64,
    pub(super) index: u32,
    pub(super) context: Context,
}

/// Where more context comes from.
pub(super) enum Context {
    /// From the file.
    InFile {
        file: Arc<RangedFile>,
        /// What of the text may be shown.
        within: Range<u64>,
        /// Where the text of the file begins and ends.
        text: Range<u64>,
    },
    /// It is in the buffer.
    Held {
        /// What of the buffer is held.
        held: Range<usize>,
        /// What is held begins where the text begins.
        from_start: bool,
        /// What is held ends where the text ends.
        to_end: bool,
        encoding: Encoding,
        /// Where the body begins in the file's own bytes.
        raw_body_start: u64,
        newlines_before: u64,
    },
}

impl Block<'_> {
    /// The body with the context that is shown.
    pub fn bytes(&self) -> &[u8] {
        self.buffer.bytes.get(self.visible.clone()).unwrap_or_default()
    }

    /// Where the body is in [`Block::bytes`]. It moves when [`Block::widen_back`] shows more.
    pub fn body(&self) -> Range<usize> {
        self.body.start - self.visible.start..self.body.end - self.visible.start
    }

    /// The number of the block in its file, counted from 0.
    pub fn index(&self) -> u32 {
        self.index
    }

    /// Where [`Block::bytes`] begin in the text of the file, in bytes: for a plain file the offset in the file, else the
    /// offset in what was unpacked and transcoded.
    pub fn start(&self) -> u64 {
        self.body_start - (self.body.start - self.visible.start) as u64
    }

    /// Whether [`Block::bytes`] begin where the text of the file begins (which is behind a byte order mark).
    pub fn at_file_start(&self) -> bool {
        match &self.context {
            Context::InFile { text, .. } => self.start() == text.start,
            Context::Held { held, from_start, .. } => *from_start && self.visible.start == held.start,
        }
    }

    /// Whether [`Block::bytes`] end where the text of the file ends.
    pub fn at_file_end(&self) -> bool {
        match &self.context {
            Context::InFile { text, .. } => self.start() + self.visible.len() as u64 >= text.end,
            Context::Held { held, to_end, .. } => *to_end && self.visible.end == held.end,
        }
    }

    /// How many ends of lines stand in the text before the body, if that is known without reading on: for texts that
    /// are unpacked or transcoded. For plain files see [`BlockSource::newlines`](super::BlockSource::newlines).
    pub fn newlines_before_body(&self) -> Option<u64> {
        match &self.context {
            Context::InFile { .. } => None,
            Context::Held { newlines_before, .. } => Some(*newlines_before),
        }
    }

    /// Where a position in [`Block::bytes`] is in the file's own bytes, for a compressed file in the unpacked ones. A
    /// position inside of a transcoded character is taken for its start, one behind the bytes for their end.
    pub fn raw_offset(&self, position: usize) -> ByteOffset {
        let position = position.min(self.visible.len());
        match &self.context {
            Context::InFile { .. } => ByteOffset(self.start() + position as u64),
            Context::Held {
                encoding,
                raw_body_start,
                ..
            } => {
                let bytes = self.bytes();
                let position = encoding.character_start(bytes, position);
                let body = self.body().start;
                // The start of the body is known; characters are counted from there.
                let between = bytes.get(position.min(body)..position.max(body)).unwrap_or_default();
                let distance = encoding.raw_len(between);
                ByteOffset(if position < body {
                    raw_body_start.saturating_sub(distance)
                } else {
                    raw_body_start + distance
                })
            }
        }
    }

    /// Shows up to `by` more bytes before those that are shown. False if there are none: the file begins here, the reach
    /// is exhausted, or the file cannot be read any more (which the source reports).
    pub fn widen_back(&mut self, by: usize) -> bool {
        let start = self.start();
        match &self.context {
            Context::InFile { file, within, .. } => {
                let room = usize::try_from(start.saturating_sub(within.start)).unwrap_or(usize::MAX);
                let more = by.min(room);
                if more == 0 {
                    return false;
                }
                if self.visible.start < more {
                    let shift = more - self.visible.start;
                    self.buffer.room(0..self.visible.end + shift);
                    self.buffer
                        .bytes
                        .copy_within(self.visible.clone(), self.visible.start + shift);
                    self.visible = self.visible.start + shift..self.visible.end + shift;
                    self.body = self.body.start + shift..self.body.end + shift;
                }
                let target = self.visible.start - more..self.visible.start;
                if file.read(start - more as u64, self.buffer.room(target.clone())) < more {
                    return false;
                }
                self.visible.start = target.start;
                true
            }
            Context::Held { held, encoding, .. } => {
                let wanted = held.start.max(self.visible.start.saturating_sub(by));
                let shown = self
                    .buffer
                    .bytes
                    .get(held.start..self.visible.start)
                    .unwrap_or_default();
                let wanted = held.start + encoding.character_start(shown, wanted - held.start);
                let widened = wanted < self.visible.start;
                self.visible.start = wanted;
                widened
            }
        }
    }

    /// Shows up to `by` more bytes behind those that are shown. False if there are none: the file ends here, the reach
    /// is exhausted, or the file cannot be read any more (which the source reports).
    pub fn widen_forward(&mut self, by: usize) -> bool {
        let end = self.start() + self.visible.len() as u64;
        match &self.context {
            Context::InFile { file, within, .. } => {
                let room = usize::try_from(within.end.saturating_sub(end)).unwrap_or(usize::MAX);
                let target = self.visible.end..self.visible.end + by.min(room);
                if target.is_empty() {
                    return false;
                }
                let read = file.read(end, self.buffer.room(target));
                self.visible.end += read;
                read > 0
            }
            Context::Held { held, encoding, .. } => {
                let wanted = held.end.min(self.visible.end.saturating_add(by));
                let widened = self.forward_edge(held.clone(), *encoding, wanted);
                let more = widened > self.visible.end;
                self.visible.end = widened;
                more
            }
        }
    }

    /// The first place between two characters at `wanted` or behind it, in what is held.
    fn forward_edge(&self, held: Range<usize>, encoding: Encoding, wanted: usize) -> usize {
        let text = self.buffer.bytes.get(self.visible.end..held.end).unwrap_or_default();
        let position = wanted - self.visible.end;
        self.visible.end + encoding.character_end(text, position)
    }
}
