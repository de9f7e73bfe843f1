mod files;
mod texts;

use std::io;
use std::sync::Arc;

use super::{BlockSource, RandomAccess};
use crate::model::{ByteOffset, Coverage, FilePath};
use crate::stream::block::{BlockBuffer, BlockPlan};

/// A file in memory.
struct Memory(Vec<u8>);

impl RandomAccess for Memory {
    fn read_at(&self, buffer: &mut [u8], offset: u64) -> io::Result<usize> {
        let rest = usize::try_from(offset)
            .ok()
            .and_then(|offset| self.0.get(offset..))
            .unwrap_or_default();
        let read = rest.len().min(buffer.len());
        buffer[..read].copy_from_slice(&rest[..read]);
        Ok(read)
    }

    fn length(&self) -> io::Result<u64> {
        Ok(self.0.len() as u64)
    }
}

fn open(bytes: Vec<u8>, plan: &BlockPlan) -> Result<BlockSource, Coverage> {
    BlockSource::from_random_access(FilePath::from("x.log"), Arc::new(Memory(bytes)), plan)
}

/// What can be seen of a block, first as it comes, then as wide as it gets.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Seen {
    index: u32,
    body: Vec<u8>,
    body_start: u64,
    narrow: View,
    wide: View,
    newlines_before: Option<u64>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct View {
    start: u64,
    bytes: Vec<u8>,
    at_file_start: bool,
    at_file_end: bool,
    /// The place in the file of every position, the end included.
    raw: Vec<ByteOffset>,
}

fn view(block: &super::Block<'_>) -> View {
    View {
        start: block.start(),
        bytes: block.bytes().to_vec(),
        at_file_start: block.at_file_start(),
        at_file_end: block.at_file_end(),
        raw: (0..=block.bytes().len())
            .map(|position| block.raw_offset(position))
            .collect(),
    }
}

/// Reads all blocks of a source, widening each in steps of `step`.
fn seen(source: &mut BlockSource, step: usize) -> Vec<Seen> {
    let mut buffer = BlockBuffer::default();
    let mut all = Vec::new();
    while let Some(ticket) = source.next() {
        let mut block = ticket.read(&mut buffer).unwrap();
        let narrow = view(&block);
        let body = block.bytes()[block.body()].to_vec();
        let body_start = block.start() + block.body().start as u64;
        while block.widen_back(step) {}
        while block.widen_forward(step) {}
        assert_eq!(
            block.bytes()[block.body()],
            body,
            "widening moves nothing but positions"
        );
        assert_eq!(block.start() + block.body().start as u64, body_start);
        all.push(Seen {
            index: block.index(),
            body,
            body_start,
            narrow,
            wide: view(&block),
            newlines_before: block.newlines_before_body(),
        });
    }
    assert!(source.next().is_none());
    all
}
