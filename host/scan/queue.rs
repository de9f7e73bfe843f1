//! Puts the yields of a stream's blocks back into order.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::candidate::BlockYield;
use super::file::FileContext;
use crate::model::Coverage;
use crate::stream::BlockSource;

/// What comes out of a stream, in its order.
pub(super) enum Event<'r> {
    /// A block was scanned, or could not be read.
    Block(Arc<FileContext<'r>>, Result<BlockYield, Coverage>),
    /// A file has no more blocks. Its source knows what was wrong with it once all of them were read.
    FileEnd(Arc<FileContext<'r>>, Box<BlockSource>),
    /// A file was not scanned.
    NoFile(Vec<Coverage>),
    /// There are no more files.
    StreamEnd,
}

/// Events by number; they leave in ascending order without a gap.
#[derive(Default)]
pub(super) struct Queue<'r> {
    waiting: BTreeMap<u64, Event<'r>>,
    next: u64,
}

impl<'r> Queue<'r> {
    pub fn put(&mut self, number: u64, event: Event<'r>) {
        self.waiting.insert(number, event);
    }

    /// The next event, if it has arrived.
    pub fn take(&mut self) -> Option<Event<'r>> {
        let event = self.waiting.remove(&self.next)?;
        self.next += 1;
        Some(event)
    }

    pub fn is_ready(&self) -> bool {
        self.waiting.contains_key(&self.next)
    }

    /// The number of the next event to leave.
    pub fn next(&self) -> u64 {
        self.next
    }
}
