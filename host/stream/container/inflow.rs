//! Bytes that flow from a reader, with a look ahead and a count of what was taken.

use std::io::{self, Read};
use std::ops::Range;

/// Bytes that flow, in their order, with a look ahead.
pub struct Inflow {
    reader: Box<dyn Read + Send>,
    buffer: Vec<u8>,
    /// What of `buffer` has not been taken yet.
    waiting: Range<usize>,
    /// How many bytes were taken.
    pub(super) taken: u64,
    ended: bool,
    /// Why the reader gave no more, if that was no end.
    pub(super) failure: Option<io::Error>,
}

/// How much is asked of the reader at once: enough that system calls do not count.
const INFLOW_BUFFER: usize = 64 << 10;

impl Inflow {
    /// Bytes from `reader`.
    pub fn new(reader: Box<dyn Read + Send>) -> Self {
        Self {
            reader,
            buffer: vec![0; INFLOW_BUFFER],
            waiting: 0..0,
            taken: 0,
            ended: false,
            failure: None,
        }
    }

    /// At least `wanted` of the next bytes without taking them, if there are so many; `wanted` is at most the buffer.
    pub fn peek(&mut self, wanted: usize) -> &[u8] {
        while self.waiting.len() < wanted && !self.ended {
            if self.waiting.start > 0 {
                self.buffer.copy_within(self.waiting.clone(), 0);
                self.waiting = 0..self.waiting.len();
            }
            let Some(free) = self.buffer.get_mut(self.waiting.end..).filter(|free| !free.is_empty()) else {
                break;
            };
            match self.reader.read(free) {
                Ok(0) => self.ended = true,
                Ok(read) => self.waiting.end += read.min(free.len()),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => {
                    self.ended = true;
                    self.failure = Some(error);
                }
            }
        }
        self.buffer.get(self.waiting.clone()).unwrap_or_default()
    }

    /// Takes bytes that were peeked.
    pub(super) fn take(&mut self, bytes: usize) {
        let bytes = bytes.min(self.waiting.len());
        self.waiting.start += bytes;
        self.taken += bytes as u64;
    }

    /// Takes the zeros that come next.
    pub(super) fn take_zeros(&mut self) {
        loop {
            let zeros = self.peek(1).iter().take_while(|byte| **byte == 0).count();
            if zeros == 0 {
                return;
            }
            self.take(zeros);
        }
    }
}
