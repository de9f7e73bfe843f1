//! Opens a file and deals out its text in blocks.
//!
//! Comes in: a file that was found. Goes out: tickets, in the order of the text, and from each of them a block. One
//! thread at a time asks for a ticket ([`BlockSource::next`], cheap for plain files); any number of threads turn tickets
//! into blocks ([`BlockTicket::read`]).
//!
//! - A plain file is *ranged*: a ticket is a range, and the thread that holds it reads the range by its position. The
//!   file is never mapped into memory: a log may be truncated while it is read, and a mapping would then kill the process.
//! - A compressed or UTF-16 file is *sequential*: the next body must be unpacked after the one before it, so `next` does
//!   that, and the ticket carries the bytes.
//!
//! The end of a file is where it was when it was opened; what is appended meanwhile belongs to the next run, or to
//! [`BlockSource::grow`]. A file that became shorter gives what is left of it, and a coverage record.

pub(super) mod ranged;
mod sequential;
#[cfg(test)]
mod tests;

use std::fs::{File, OpenOptions};
use std::io::{self, Read};
use std::ops::Range;
use std::os::unix::fs::{FileExt, OpenOptionsExt};
use std::sync::Arc;

use rustix::fs::OFlags;

use self::ranged::{RangedSource, RangedTicket};
use self::sequential::{SequentialSource, SequentialTicket};
use super::StreamFile;
use super::block::{Block, BlockBuffer, BlockPlan};
use super::container::{Compression, Container, Inflow, SNIFF, Unpacker};
use super::encoding::{Encoded, Encoding, Text};
use crate::model::{Coverage, CoverageStatus, FilePath};

pub use self::ranged::NewlineCounter;

/// Bytes that can be read at any position, by many threads at once: a file, or what is stored like one.
pub trait RandomAccess: Send + Sync {
    /// Reads at `offset` what is there, at most the length of `buffer`; 0 at the end.
    ///
    /// # Errors
    ///
    /// What the medium says.
    fn read_at(&self, buffer: &mut [u8], offset: u64) -> io::Result<usize>;

    /// How many bytes there are now.
    ///
    /// # Errors
    ///
    /// What the medium says.
    fn length(&self) -> io::Result<u64>;
}

impl RandomAccess for File {
    fn read_at(&self, buffer: &mut [u8], offset: u64) -> io::Result<usize> {
        FileExt::read_at(self, buffer, offset)
    }

    fn length(&self) -> io::Result<u64> {
        Ok(self.metadata()?.len())
    }
}

/// A file that is open, dealing out its text in blocks.
pub struct BlockSource {
    file: FilePath,
    nature: Nature,
}

enum Nature {
    Ranged(RangedSource),
    Sequential(Box<SequentialSource>),
}

/// The right to read one block.
pub struct BlockTicket(TicketNature);

enum TicketNature {
    Ranged(RangedTicket),
    Sequential(SequentialTicket),
}

impl BlockSource {
    /// Opens a file.
    ///
    /// # Errors
    ///
    /// A coverage record that says why nothing of the file is read: it cannot be opened, is not a regular file any more,
    /// is an archive, or is compressed in a way that is not read.
    pub fn open(file: &StreamFile, plan: &BlockPlan) -> Result<Self, Coverage> {
        let unread = |error: io::Error| unread(&file.shown, format!("cannot be opened: {error}"));
        let opened = OpenOptions::new()
            .read(true)
            // Had a pipe or a terminal taken the file's place since it was found, opening must neither wait nor adopt it.
            .custom_flags((OFlags::NONBLOCK | OFlags::NOCTTY).bits().cast_signed())
            .open(&file.path)
            .map_err(unread)?;
        let metadata = opened.metadata().map_err(unread)?;
        if !metadata.is_file() {
            return Err(self::unread(&file.shown, "is not a regular file any more".to_owned()));
        }
        Self::from_random_access(file.shown.clone(), Arc::new(opened), plan)
    }

    /// Deals out bytes that can be read at any position, up to the end that they have now.
    ///
    /// # Errors
    ///
    /// As [`BlockSource::open`].
    pub fn from_random_access(
        file: FilePath,
        access: Arc<dyn RandomAccess>,
        plan: &BlockPlan,
    ) -> Result<Self, Coverage> {
        let broken = |error: io::Error| unread(&file, format!("cannot be read: {error}"));
        let len = access.length().map_err(broken)?;
        let mut sweep = Sweep {
            access: Arc::clone(&access),
            at: 0,
            end: len,
        };
        let mut prefix = vec![0; SNIFF];
        let mut filled = 0;
        while let Some(room) = prefix.get_mut(filled..).filter(|room| !room.is_empty()) {
            match sweep.read(room) {
                Ok(0) => break,
                Ok(read) => filled += read,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                // That it became shorter is found out, and said, by the reading itself.
                Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => break,
                Err(error) => return Err(broken(error)),
            }
        }
        prefix.truncate(filled);
        let encoded = Encoded::of(&prefix);
        if Container::of(&prefix) == Container::Plain && encoded.encoding == Encoding::Bytes {
            let source = RangedSource::new(file.clone(), access, u64::from(encoded.mark)..len, plan.made_whole());
            return Ok(Self {
                file,
                nature: Nature::Ranged(source),
            });
        }
        sweep.at = 0;
        Self::from_reader(file, Box::new(sweep), plan)
    }

    /// Deals out bytes that flow, such as those of a member of an archive.
    ///
    /// # Errors
    ///
    /// As [`BlockSource::open`].
    pub fn from_reader(file: FilePath, reader: Box<dyn Read + Send>, plan: &BlockPlan) -> Result<Self, Coverage> {
        let mut inflow = Inflow::new(reader);
        let container = Container::of(inflow.peek(SNIFF));
        if let Some(reason) = container.unread_reason() {
            return Err(unread(&file, reason));
        }
        let compression = match container {
            Container::Compressed(compression) => Some(compression),
            _ => None,
        };
        let plan = plan.made_whole();
        let mut unpacker = Unpacker::new(inflow, file.clone(), compression, plan.unpack);
        let mut prefix = vec![0; SNIFF];
        let filled = unpacker.read(&mut prefix);
        prefix.truncate(filled);
        if let Some(compression) = compression {
            inside(compression, &prefix).map_err(|reason| unread(&file, reason))?;
        }
        let text = Text::new(unpacker, file.clone(), prefix);
        Ok(Self {
            file,
            nature: Nature::Sequential(Box::new(SequentialSource::new(text, plan))),
        })
    }

    /// What findings and coverage call the file.
    pub fn file(&self) -> &FilePath {
        &self.file
    }

    /// The right to read the next block; none at the end of the text, and after a read that failed.
    #[expect(
        clippy::should_implement_trait,
        reason = "a source may grow, so it goes on after none; an iterator must not"
    )]
    pub fn next(&mut self) -> Option<BlockTicket> {
        Some(BlockTicket(match &mut self.nature {
            Nature::Ranged(source) => TicketNature::Ranged(source.next()?),
            Nature::Sequential(source) => TicketNature::Sequential(source.next()?),
        }))
    }

    /// What was wrong so far, each record once. Complete after the last ticket was read.
    pub fn take_coverage(&mut self) -> Vec<Coverage> {
        match &mut self.nature {
            Nature::Ranged(source) => source.take_coverage(),
            Nature::Sequential(source) => source.take_coverage(),
        }
    }

    /// Counts ends of lines in any range of the text afterwards, so that they are counted only as far as somebody wants
    /// to know. None for texts that are unpacked or transcoded: there, every block knows how many stand before it
    /// ([`Block::newlines_before_body`]).
    pub fn newlines(&self) -> Option<NewlineCounter> {
        match &self.nature {
            Nature::Ranged(source) => Some(source.newlines()),
            Nature::Sequential(_) => None,
        }
    }

    /// Looks whether a plain file has grown, and says by how many bytes; the blocks go on with them. A block that was
    /// dealt out before ends where the file ended then. Compressed and UTF-16 files do not grow.
    ///
    /// # Errors
    ///
    /// A coverage record if the file is now shorter than what was dealt out of it, or cannot be asked.
    pub fn grow(&mut self) -> Result<u64, Coverage> {
        match &mut self.nature {
            Nature::Ranged(source) => source.grow(),
            Nature::Sequential(_) => Ok(0),
        }
    }
}

impl BlockTicket {
    /// Reads the block into `buffer`. Runs on any thread, whatever the source does meanwhile.
    ///
    /// # Errors
    ///
    /// A coverage record if nothing of the block's body could be read because the medium failed.
    pub fn read(self, buffer: &mut BlockBuffer) -> Result<Block<'_>, Coverage> {
        match self.0 {
            TicketNature::Ranged(ticket) => ticket.read(buffer),
            TicketNature::Sequential(ticket) => Ok(ticket.read(buffer)),
        }
    }
}

/// How many ends of lines there are.
pub fn count_newlines(bytes: &[u8]) -> u64 {
    bytecount::count(bytes, b'\n') as u64
}

/// Whether what was unpacked can be read.
fn inside(compression: Compression, prefix: &[u8]) -> Result<(), String> {
    let name = compression.name();
    match Container::of(prefix) {
        Container::Plain => Ok(()),
        Container::Archive(archive) => Err(format!(
            "is a {} archive, compressed by {name}; unpack it and give the folder",
            archive.name()
        )),
        Container::Compressed(_) | Container::Foreign(_) => Err(format!(
            "is compressed twice, the outer time by {name}; unpack it once and give that"
        )),
    }
}

fn unread(file: &FilePath, reason: String) -> Coverage {
    Coverage {
        file: file.clone(),
        status: CoverageStatus::Unread,
        reason,
    }
}

/// Reads random access from its start to its end, once.
struct Sweep {
    access: Arc<dyn RandomAccess>,
    at: u64,
    end: u64,
}

impl Read for Sweep {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let left = usize::try_from(self.end - self.at).unwrap_or(usize::MAX);
        let most = buffer.len().min(left);
        let Some(room) = buffer.get_mut(..most).filter(|room| !room.is_empty()) else {
            return Ok(0);
        };
        let read = self.access.read_at(room, self.at)?.min(most);
        if read == 0 {
            return Err(io::Error::new(
                io::ErrorKind::UnexpectedEof,
                became_shorter(0..self.end, self.at),
            ));
        }
        self.at += read as u64;
        Ok(read)
    }
}

fn became_shorter(text: Range<u64>, now: u64) -> String {
    format!(
        "the file became shorter while it was read, from {} to {now} bytes",
        text.end
    )
}
