//! Plain files: blocks are ranges, and whoever has a ticket reads its range.

use std::ops::Range;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use super::{RandomAccess, became_shorter, count_newlines};
use crate::model::{Coverage, CoverageStatus, FilePath};
use crate::stream::block::{Block, BlockBuffer, BlockPlan, Context};

/// What all threads share of a plain file.
pub(in crate::stream) struct RangedFile {
    file: FilePath,
    access: Arc<dyn RandomAccess>,
    /// Where the file was found to end before its end; `u64::MAX` if it was not.
    shrunk_to: AtomicU64,
    /// The medium failed: no more tickets.
    failed: AtomicBool,
    coverage: Mutex<Vec<Coverage>>,
}

impl RangedFile {
    /// Fills `room` with what stands at `offset`, and says how much that was: less where the file became shorter or the
    /// medium failed, both of which are noted.
    pub(in crate::stream) fn read(&self, offset: u64, room: &mut [u8]) -> usize {
        match self.fill(offset, room) {
            Ok(read) => read,
            Err((read, coverage)) => {
                self.coverage
                    .lock()
                    .unwrap_or_else(PoisonError::into_inner)
                    .push(coverage);
                read
            }
        }
    }

    /// As [`RangedFile::read`], but hands over a failure of the medium instead of noting it.
    fn fill(&self, offset: u64, room: &mut [u8]) -> Result<usize, (usize, Coverage)> {
        let mut filled = 0;
        while let Some(rest) = room.get_mut(filled..).filter(|rest| !rest.is_empty()) {
            let at = offset + filled as u64;
            match self.access.read_at(rest, at) {
                Ok(0) => {
                    self.shrunk_to.fetch_min(at, Ordering::Relaxed);
                    break;
                }
                Ok(read) => filled += read.min(rest.len()),
                Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
                Err(error) => {
                    self.failed.store(true, Ordering::Relaxed);
                    return Err((filled, self.partial(format!("cannot be read on at {at}: {error}"))));
                }
            }
        }
        Ok(filled)
    }

    fn partial(&self, reason: String) -> Coverage {
        Coverage {
            file: self.file.clone(),
            status: CoverageStatus::Partial,
            reason,
        }
    }
}

pub(super) struct RangedSource {
    shared: Arc<RangedFile>,
    /// Where the text begins, and where it ends as far as is known.
    text: Range<u64>,
    plan: BlockPlan,
    /// Where the next body begins.
    at: u64,
    index: u32,
    shrinking_told: bool,
}

impl RangedSource {
    pub(super) fn new(file: FilePath, access: Arc<dyn RandomAccess>, text: Range<u64>, plan: BlockPlan) -> Self {
        let shared = RangedFile {
            file,
            access,
            shrunk_to: AtomicU64::new(u64::MAX),
            failed: AtomicBool::new(false),
            coverage: Mutex::default(),
        };
        let at = text.start;
        Self {
            shared: Arc::new(shared),
            text,
            plan,
            at,
            index: 0,
            shrinking_told: false,
        }
    }

    pub(super) fn next(&mut self) -> Option<RangedTicket> {
        let end = self.text.end.min(self.shared.shrunk_to.load(Ordering::Relaxed));
        if self.at >= end || self.shared.failed.load(Ordering::Relaxed) {
            return None;
        }
        let body = self.at..self.text.end.min(self.at.saturating_add(self.plan.body as u64));
        let ticket = RangedTicket {
            shared: Arc::clone(&self.shared),
            text: self.text.clone(),
            plan: self.plan,
            body: body.clone(),
            index: self.index,
        };
        self.at = body.end;
        self.index = self.index.saturating_add(1);
        Some(ticket)
    }

    pub(super) fn take_coverage(&mut self) -> Vec<Coverage> {
        let mut coverage = std::mem::take(&mut *self.shared.coverage.lock().unwrap_or_else(PoisonError::into_inner));
        let now = self.shared.shrunk_to.load(Ordering::Relaxed);
        if now < self.text.end && !self.shrinking_told {
            self.shrinking_told = true;
            coverage.push(self.shared.partial(became_shorter(self.text.clone(), now)));
        }
        coverage
    }

    pub(super) fn newlines(&self) -> NewlineCounter {
        NewlineCounter {
            shared: Arc::clone(&self.shared),
        }
    }

    pub(super) fn grow(&mut self) -> Result<u64, Coverage> {
        let now = self.shared.access.length().map_err(|error| {
            self.shared
                .partial(format!("cannot be read on at {}: {error}", self.at))
        })?;
        if now < self.text.end {
            return Err(self.shared.partial(became_shorter(self.text.clone(), now)));
        }
        let grown = now - self.text.end;
        self.text.end = now;
        Ok(grown)
    }
}

pub(super) struct RangedTicket {
    shared: Arc<RangedFile>,
    /// Where the text begins and ended when the ticket was dealt out.
    text: Range<u64>,
    plan: BlockPlan,
    body: Range<u64>,
    index: u32,
}

impl RangedTicket {
    pub(super) fn read(self, buffer: &mut BlockBuffer) -> Result<Block<'_>, Coverage> {
        let around = |before: usize, after: usize| {
            let start = self.text.start.max(self.body.start.saturating_sub(before as u64));
            start..self.text.end.min(self.body.end.saturating_add(after as u64))
        };
        let shown = around(self.plan.lead, self.plan.trail);
        let within = around(self.plan.reach, self.plan.reach);
        // All three are lengths within the plan, which was given in `usize`.
        let length = |from: u64, to: u64| usize::try_from(to.saturating_sub(from)).unwrap_or(usize::MAX);
        let (lead, body) = (
            length(shown.start, self.body.start),
            length(self.body.start, self.body.end),
        );
        let room = buffer.room(0..length(shown.start, shown.end));
        let read = match self.shared.fill(shown.start, room) {
            Ok(read) => read,
            Err((read, coverage)) if read <= lead => return Err(coverage),
            Err((read, coverage)) => {
                self.shared
                    .coverage
                    .lock()
                    .unwrap_or_else(PoisonError::into_inner)
                    .push(coverage);
                read
            }
        };
        let mut text = self.text;
        if self.shared.shrunk_to.load(Ordering::Relaxed) <= shown.start + read as u64 {
            text.end = shown.start + read as u64;
        }
        Ok(Block {
            buffer,
            visible: 0..read,
            body: lead.min(read)..(lead + body).min(read),
            body_start: shown.start + lead.min(read) as u64,
            index: self.index,
            context: Context::InFile {
                file: self.shared,
                within: within.start..within.end.min(text.end),
                text,
            },
        })
    }
}

/// Counts ends of lines in a plain file, on any thread, by reading it again.
#[derive(Clone)]
pub struct NewlineCounter {
    shared: Arc<RangedFile>,
}

/// How much is read at once for counting: what stays in the second-level cache.
const COUNTED_AT_ONCE: u64 = 256 << 10;

impl NewlineCounter {
    /// Counts in a range of the file, given in bytes from its start.
    ///
    /// # Errors
    ///
    /// A coverage record if the medium fails. Where the file became shorter, only what is left is counted, and the
    /// source reports it.
    pub fn count(&self, range: Range<u64>, buffer: &mut BlockBuffer) -> Result<u64, Coverage> {
        let mut lines = 0;
        let mut at = range.start;
        while at < range.end {
            let wanted = usize::try_from((range.end - at).min(COUNTED_AT_ONCE)).unwrap_or(usize::MAX);
            let room = buffer.room(0..wanted);
            let read = self.shared.fill(at, room).map_err(|(_, coverage)| coverage)?;
            lines += count_newlines(room.get(..read).unwrap_or_default());
            at += read as u64;
            if read < wanted {
                break;
            }
        }
        Ok(lines)
    }
}
