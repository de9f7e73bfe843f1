//! Where bytes come from.
//!
//! Comes in: the paths that the user gave. Goes out: streams (a log with its rotated predecessors, oldest file first),
//! and for each of their files the text in blocks that many threads may scan at once. Whatever could not be read leaves
//! as [`Coverage`](crate::model::Coverage): a folder, a pipe, the rest of a damaged archive, a file that shrank.
//!
//! Never here: records, lines beyond counting their ends, patterns, times inside of logs.
//!
//! ```text
//!  paths ──discover──► files ──rotation──► streams ──┐
//!                                                    ▼ one file at a time
//!             container (gzip, zstd, xz, bzip2) ──► encoding (UTF-16 → UTF-8) ──► block
//!                        sequential, under a lock                                  ranges or decoded bodies
//! ```
//!
//! Two seams carry what is to come. Bytes that can be read at any position come through
//! [`RandomAccess`](source::RandomAccess), bytes that only flow come through [`std::io::Read`]; a member of an archive
//! is one or the other and needs nothing else here. A file that still grows is a [`BlockSource`] whose end moves:
//! [`BlockSource::grow`] looks again, and the blocks go on where they stopped.

pub mod block;
pub mod container;
pub mod discover;
pub mod encoding;
pub mod rotation;
pub mod source;

pub use block::{Block, BlockBuffer, BlockPlan};
pub use discover::{Discovery, MissingPath, discover};
pub use rotation::{Stream, streams};
pub use source::{BlockSource, BlockTicket};

use std::path::PathBuf;
use std::time::SystemTime;

use crate::model::FilePath;

/// One file of a stream, as it was found. Nothing of it has been read yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StreamFile {
    /// Where the file is opened.
    pub path: PathBuf,
    /// What findings and coverage call it.
    pub shown: FilePath,
    /// Its length on disk in bytes when it was found.
    pub len: u64,
    /// When it was last written, where the file system says so.
    pub modified: Option<SystemTime>,
    /// Which file it is, whatever its name.
    pub identity: FileIdentity,
}

/// Which file it is, whatever its name: two paths with the same identity are the same bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FileIdentity {
    /// The number of the device that holds it.
    pub device: u64,
    /// Its number on that device.
    pub inode: u64,
}
