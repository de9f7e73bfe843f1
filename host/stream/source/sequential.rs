//! Texts that must be unpacked or transcoded: the next body is made when it is asked for.
//!
//! The source holds a window of the text, from the reach before the next body to the reach behind it. To deal out a
//! block it hands the window over and begins a new one with a copy of what the next block shares with this one, so a
//! byte of the text is copied twice at most, and no thread waits for another's block:
//!
//! ```text
//!   window of block n        ├── reach ──┼── body n ──┼── reach ──┤
//!   window of block n + 1                  ├── reach ──┼─ body n+1 ─┼── reach ──┤
//!                                          └─ copied ─────────────┘└─ unpacked ─┘
//! ```
//!
//! Windows come back through the threads' buffers, and are used again.

use std::ops::Range;
use std::sync::{Arc, Mutex, PoisonError};

use super::count_newlines;
use crate::model::Coverage;
use crate::stream::block::{Block, BlockBuffer, BlockPlan, Context};
use crate::stream::encoding::{Encoding, Text};

/// Windows that are not in use. All have the same length.
type Pool = Arc<Mutex<Vec<Vec<u8>>>>;

/// How many unused windows are kept: the threads hold the others.
const POOLED: usize = 2;

/// In UTF-8.
const LARGEST_CHARACTER: usize = 4;

/// Room behind a window: for the rest of a body's last character, for one character more than is shown, and for the
/// decoder, which wants room for a whole one.
const SLACK: usize = 4 * LARGEST_CHARACTER;

/// The first window of a file, which doubles while the file fills it: most compressed logs are small, and to clear a
/// whole window costs more than to unpack them.
const FIRST_WINDOW: usize = 64 << 10;

pub(super) struct SequentialSource {
    text: Text,
    plan: BlockPlan,
    window: Vec<u8>,
    /// How much of the window is text.
    filled: usize,
    /// Where the next body begins in the window …
    body_start: usize,
    /// … and in the text …
    text_start: u64,
    /// … and in the file's own bytes …
    raw_start: u64,
    /// … and how many ends of lines stand before it.
    newlines: u64,
    /// The window begins where the text begins.
    from_start: bool,
    /// The window ends where the text ends.
    ended: bool,
    index: u32,
    pool: Pool,
}

impl SequentialSource {
    pub(super) fn new(text: Text, plan: BlockPlan) -> Self {
        let encoded = text.encoded();
        let mark = u64::from(encoded.mark);
        Self {
            plan,
            window: Vec::new(),
            filled: 0,
            body_start: 0,
            // A mark of UTF-8 is part of the text that is skipped; a transcoded text begins behind it.
            text_start: if encoded.encoding == Encoding::Bytes { mark } else { 0 },
            raw_start: mark,
            newlines: 0,
            from_start: true,
            ended: false,
            index: 0,
            pool: Pool::default(),
            text,
        }
    }

    pub(super) fn next(&mut self) -> Option<SequentialTicket> {
        self.fill();
        let encoding = self.text.encoded().encoding;
        let whole = self.window.get(..self.filled).unwrap_or_default();
        let body_end = encoding.character_end(whole, self.body_start + self.plan.body);
        let body = whole.get(self.body_start..body_end).filter(|body| !body.is_empty())?;
        let (newlines, raw_length) = (count_newlines(body), encoding.raw_len(body));
        let shown_from = encoding.character_end(whole, self.body_start.saturating_sub(self.plan.lead));
        let shown_to = visible_end(encoding, whole, body_end, self.plan.trail);
        let held_to = visible_end(encoding, whole, body_end, self.plan.reach);
        let kept_from = encoding.character_end(whole, body_end.saturating_sub(self.plan.reach));
        let to_end = self.ended && held_to == self.filled;
        let window = self.hand_over(kept_from, body_end);
        let ticket = SequentialTicket {
            window,
            window_length: window_length(&self.plan),
            held: 0..held_to,
            visible: shown_from..shown_to,
            body: self.body_start..body_end,
            text_start: self.text_start,
            raw_start: self.raw_start,
            newlines: self.newlines,
            from_start: self.from_start,
            to_end,
            encoding,
            index: self.index,
            pool: Arc::clone(&self.pool),
        };
        self.text_start += (body_end - self.body_start) as u64;
        self.raw_start += raw_length;
        self.newlines += newlines;
        self.from_start &= kept_from == 0;
        self.body_start = body_end - kept_from;
        self.index = self.index.saturating_add(1);
        Some(ticket)
    }

    /// Fills the window up to what the next block may show.
    fn fill(&mut self) {
        if self.ended {
            return;
        }
        let length = window_length(&self.plan);
        // One character more, so that it is known whether the text ends with what the block may show.
        let wanted = length.min(self.body_start + self.plan.body + self.plan.reach + LARGEST_CHARACTER + 1);
        while self.filled < wanted && !self.ended {
            if self.window.len() < length && self.window.len() - self.filled < SLACK {
                let larger = (self.window.len() * 2).max(FIRST_WINDOW).min(length);
                self.window.resize(larger, 0);
            }
            let read = self.text.read(self.window.get_mut(self.filled..).unwrap_or_default());
            self.filled += read;
            self.ended = read == 0;
        }
    }

    /// Hands over the window, and goes on with one that begins at `kept_from` of it.
    fn hand_over(&mut self, kept_from: usize, body_end: usize) -> Vec<u8> {
        let kept = self.window.get(kept_from..self.filled).unwrap_or_default();
        if self.ended && body_end == self.filled {
            // Nothing follows, so nothing needs to be kept.
            self.filled -= kept_from;
            return std::mem::take(&mut self.window);
        }
        let spare = self.pool.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let mut next = spare.unwrap_or_else(|| vec![0; window_length(&self.plan)]);
        if let Some(room) = next.get_mut(..kept.len()) {
            room.copy_from_slice(kept);
        }
        self.filled = kept.len();
        std::mem::replace(&mut self.window, next)
    }

    pub(super) fn take_coverage(&mut self) -> Vec<Coverage> {
        self.text.take_coverage()
    }
}

fn window_length(plan: &BlockPlan) -> usize {
    plan.body + plan.reach * 2 + SLACK
}

/// Where what is shown behind a body ends, if `behind` bytes are to be shown.
fn visible_end(encoding: Encoding, whole: &[u8], body_end: usize, behind: usize) -> usize {
    let behind_body = whole.get(body_end..).unwrap_or_default();
    body_end + encoding.character_start(behind_body, behind.min(behind_body.len()))
}

pub(super) struct SequentialTicket {
    window: Vec<u8>,
    /// How long a window of this source is once it has grown; none else is worth to be used again.
    window_length: usize,
    held: Range<usize>,
    visible: Range<usize>,
    body: Range<usize>,
    text_start: u64,
    raw_start: u64,
    newlines: u64,
    from_start: bool,
    to_end: bool,
    encoding: Encoding,
    index: u32,
    pool: Pool,
}

impl SequentialTicket {
    pub(super) fn read(self, buffer: &mut BlockBuffer) -> Block<'_> {
        let used = std::mem::replace(&mut buffer.bytes, self.window);
        let mut pool = self.pool.lock().unwrap_or_else(PoisonError::into_inner);
        if used.len() == self.window_length && pool.len() < POOLED {
            pool.push(used);
        }
        drop(pool);
        Block {
            buffer,
            visible: self.visible,
            body: self.body,
            body_start: self.text_start,
            index: self.index,
            context: Context::Held {
                held: self.held,
                from_start: self.from_start,
                to_end: self.to_end,
                encoding: self.encoding,
                raw_body_start: self.raw_start,
                newlines_before: self.newlines,
            },
        }
    }
}
