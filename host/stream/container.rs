//! Unpacks what was compressed, and recognises what is an archive.
//!
//! Comes in: the bytes of a file in their order. Goes out: the bytes that were compressed, into whatever buffer the
//! caller has, and at the end what was wrong. What a file is called does not matter; its first bytes say what it is.
//!
//! A compressed file is a chain of members (gzip members, zstd frames, xz and bzip2 streams), each unpacked by itself.
//! Between two of them stands nothing, or zeros, which fill up blocks of tapes and disks. Anything else ends the text,
//! and is said. Where a member is cut off or damaged, what was unpacked before is kept: the codecs are driven step by
//! step, because their readers drop the bytes that they hold when an error comes.
//!
//! Memory is constant whatever is unpacked, so a small file that becomes a large one costs time only. Two limits hold:
//! the window that a member asks for, and the number of bytes that one file may become.

mod codec;
mod inflow;
#[cfg(test)]
pub(in crate::stream) mod tests;

use self::codec::{Codec, Outcome, Step};
pub use self::inflow::Inflow;
use crate::model::{Coverage, CoverageStatus, FilePath};

/// How many of the first bytes [`Container::of`] and encodings want to see. A tar header needs 262 of them, the
/// statistics of UTF-16 are sure with a few hundred units.
pub const SNIFF: usize = 4096;

/// What a file is, by its first bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Container {
    /// The bytes themselves.
    Plain,
    /// Compressed in a way that is read.
    Compressed(Compression),
    /// A place of many files.
    Archive(Archive),
    /// Compressed in a way that is not read.
    Foreign(ForeignCompression),
}

/// Compressions that are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Compression {
    /// gzip, of any number of members.
    Gzip,
    /// Zstandard, of any number of frames.
    Zstd,
    /// xz.
    Xz,
    /// bzip2, of any number of streams.
    Bzip2,
}

/// Archives, which are places of many files.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Archive {
    /// zip, and what is built on it (jar, ear, docx).
    Zip,
    /// tar.
    Tar,
    /// 7z.
    SevenZip,
    /// rar.
    Rar,
}

/// Compressions that are recognised and not read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ForeignCompression {
    /// `compress` of older Unix systems (`.Z`).
    Compress,
    /// lz4.
    Lz4,
    /// lzip.
    Lzip,
}

impl Container {
    /// Recognises a file by its first bytes: all of them, or at least [`SNIFF`].
    pub fn of(prefix: &[u8]) -> Self {
        const SKIPPABLE_ZSTD: [u8; 3] = [0x2A, 0x4D, 0x18];
        match prefix {
            [0x1F, 0x8B, 0x08, ..] => Self::Compressed(Compression::Gzip),
            [0x28, 0xB5, 0x2F, 0xFD, ..] => Self::Compressed(Compression::Zstd),
            [0x50..=0x5F, rest @ ..] if rest.starts_with(&SKIPPABLE_ZSTD) => Self::Compressed(Compression::Zstd),
            [0xFD, b'7', b'z', b'X', b'Z', 0, ..] => Self::Compressed(Compression::Xz),
            // Behind the level stands the mark of a block, or, where nothing was compressed, of the end.
            [b'B', b'Z', b'h', b'1'..=b'9', 0x31, 0x41, 0x59, 0x26, 0x53, 0x59, ..]
            | [b'B', b'Z', b'h', b'1'..=b'9', 0x17, 0x72, 0x45, 0x38, 0x50, 0x90, ..] => {
                Self::Compressed(Compression::Bzip2)
            }
            // A file, the directory of an empty archive, and the first part of a split one.
            [b'P', b'K', 3, 4, ..] | [b'P', b'K', 5, 6, ..] | [b'P', b'K', 7, 8, ..] => Self::Archive(Archive::Zip),
            [b'7', b'z', 0xBC, 0xAF, 0x27, 0x1C, ..] => Self::Archive(Archive::SevenZip),
            [b'R', b'a', b'r', b'!', 0x1A, 0x07, ..] => Self::Archive(Archive::Rar),
            [0x1F, 0x9D, ..] => Self::Foreign(ForeignCompression::Compress),
            [0x04, 0x22, 0x4D, 0x18, ..] => Self::Foreign(ForeignCompression::Lz4),
            [b'L', b'Z', b'I', b'P', 1, ..] => Self::Foreign(ForeignCompression::Lzip),
            _ if prefix.get(257..262) == Some(b"ustar".as_slice()) => Self::Archive(Archive::Tar),
            _ => Self::Plain,
        }
    }

    /// Why a file of this kind is not read, in a sentence; none if it is.
    pub fn unread_reason(self) -> Option<String> {
        match self {
            Self::Plain | Self::Compressed(_) => None,
            Self::Archive(archive) => {
                let name = archive.name();
                Some(format!("is a {name} archive; unpack it and give the folder"))
            }
            Self::Foreign(foreign) => {
                let (name, tool) = foreign.name_and_tool();
                Some(format!(
                    "is compressed by {name}, which is not read; unpack it with `{tool}`"
                ))
            }
        }
    }
}

impl Compression {
    /// What coverage calls it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Gzip => "gzip",
            Self::Zstd => "zstd",
            Self::Xz => "xz",
            Self::Bzip2 => "bzip2",
        }
    }

    fn begins(self, prefix: &[u8]) -> bool {
        Container::of(prefix) == Container::Compressed(self)
    }
}

impl Archive {
    /// What coverage calls it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Zip => "zip",
            Self::Tar => "tar",
            Self::SevenZip => "7z",
            Self::Rar => "rar",
        }
    }
}

impl ForeignCompression {
    fn name_and_tool(self) -> (&'static str, &'static str) {
        match self {
            Self::Compress => ("compress", "uncompress"),
            Self::Lz4 => ("lz4", "lz4 -d"),
            Self::Lzip => ("lzip", "lzip -d"),
        }
    }
}

/// What unpacking may cost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UnpackLimits {
    /// How many bytes one file may become.
    pub unpacked: u64,
    /// The largest window of a zstd frame, as a power of two.
    pub zstd_window_log: u32,
    /// How much memory an xz decoder may take, in bytes.
    pub xz_memory: u64,
}

impl Default for UnpackLimits {
    fn default() -> Self {
        Self {
            // An hour at the speed of gzip on one core; nobody's log is larger, and bombs are.
            unpacked: 64 << 30,
            // 8 MiB: what every decoder should read (RFC 8878), and what levels up to 19 use. Every file that is open at
            // the same time may take as much.
            zstd_window_log: 23,
            // Presets up to 8 take 33 MiB at most; the memory is touched only as far as text comes out.
            xz_memory: 64 << 20,
        }
    }
}

/// The header of a zstd frame, which says what the frame costs, is at most so long.
const LONGEST_HEADER: usize = 18;

/// Unpacks a file, or passes it through as it is.
pub struct Unpacker {
    inflow: Inflow,
    file: FilePath,
    compression: Option<Compression>,
    limits: UnpackLimits,
    codec: Option<Codec>,
    /// The last step took nothing and gave nothing, though there was something to take.
    stalled: bool,
    /// How many bytes came out.
    unpacked: u64,
    ended: bool,
    coverage: Vec<Coverage>,
}

impl Unpacker {
    /// Unpacks `inflow`, which begins with a member of `compression`, or passes it through if there is none.
    pub fn new(inflow: Inflow, file: FilePath, compression: Option<Compression>, limits: UnpackLimits) -> Self {
        Self {
            inflow,
            file,
            compression,
            limits,
            codec: None,
            stalled: false,
            unpacked: 0,
            ended: false,
            coverage: Vec::new(),
        }
    }

    /// The next bytes, as many as there are, up to the length of `output`; fewer only at the end.
    pub fn read(&mut self, output: &mut [u8]) -> usize {
        let mut filled = 0;
        while !self.ended {
            let Some(room) = output.get_mut(filled..).filter(|room| !room.is_empty()) else {
                break;
            };
            // Where exactly the limit lies must not depend on how much is asked for at once.
            let allowed = usize::try_from(self.limits.unpacked - self.unpacked).unwrap_or(usize::MAX);
            let most = room.len().min(allowed);
            let Some(room) = room.get_mut(..most).filter(|room| !room.is_empty()) else {
                self.stop_at_limit();
                break;
            };
            let produced = match self.compression {
                Some(compression) => self.unpack(compression, room),
                None => self.pass_through(room),
            };
            filled += produced;
            self.unpacked += produced as u64;
        }
        filled
    }

    /// What was wrong so far; asked again, only what is new.
    pub fn take_coverage(&mut self) -> Vec<Coverage> {
        std::mem::take(&mut self.coverage)
    }

    fn pass_through(&mut self, room: &mut [u8]) -> usize {
        let waiting = self.inflow.peek(1);
        let bytes = waiting.len().min(room.len());
        if let (Some(from), Some(to)) = (waiting.get(..bytes), room.get_mut(..bytes)) {
            to.copy_from_slice(from);
        }
        self.inflow.take(bytes);
        if bytes == 0 {
            self.end_of_input(self.unpacked);
        }
        bytes
    }

    /// One step of the codec, and what follows from it.
    fn unpack(&mut self, compression: Compression, room: &mut [u8]) -> usize {
        let codec = match self.codec.take() {
            Some(codec) => Ok(codec),
            None => Codec::new(compression, self.inflow.peek(LONGEST_HEADER), &self.limits),
        };
        let mut codec = match codec {
            Ok(codec) => codec,
            Err(why) => {
                self.end(self.unpacked, &format!("not read on at {}: {why}", self.unpacked));
                return 0;
            }
        };
        let Step {
            consumed,
            produced,
            outcome,
        } = codec.step(self.inflow.peek(1), room, &self.limits);
        self.inflow.take(consumed);
        let at = self.unpacked + produced as u64;
        let stalls = consumed == 0 && produced == 0;
        match outcome {
            Outcome::Running if stalls && self.inflow.peek(1).is_empty() => self.end_of_input(at),
            Outcome::Running if stalls && self.stalled => {
                self.end(at, &format!("damaged at {at}: its decoder does not go on"));
            }
            Outcome::Running => {
                self.stalled = stalls;
                self.codec = Some(codec);
            }
            Outcome::MemberEnded => self.between_members(compression, at),
            Outcome::Refused(why) => self.end(at, &format!("not read on at {at}: {why}")),
            Outcome::Damaged(cause) => self.end(at, &format!("damaged at {at}: {cause}")),
        }
        produced
    }

    /// A member has ended: another one, zeros, nothing or something else follows.
    fn between_members(&mut self, compression: Compression, at: u64) {
        self.stalled = false;
        self.inflow.take_zeros();
        let position = self.inflow.taken;
        let next = self.inflow.peek(SNIFF);
        if next.is_empty() {
            self.ended = true;
            if let Some(error) = self.inflow.failure.take() {
                self.end(at, &format!("cannot be read on at {at}: {error}"));
            }
        } else if !compression.begins(next) {
            let name = compression.name();
            let reason = format!("what follows the end at {at}, from byte {position} of the file on, is not {name}");
            self.end(at, &reason);
        }
    }

    /// Nothing comes in any more, in the middle of a member if the file is compressed.
    fn end_of_input(&mut self, at: u64) {
        self.ended = true;
        match self.inflow.failure.take() {
            Some(error) => self.end(at, &format!("cannot be read on at {at}: {error}")),
            None if self.compression.is_some() => self.end(at, &format!("unexpected end at {at}")),
            None => {}
        }
    }

    fn stop_at_limit(&mut self) {
        let at = self.unpacked;
        let known = self.coverage.len();
        let mut is_more = false;
        while !self.ended && !is_more {
            // Whether more would come out is known only by taking it.
            is_more = match self.compression {
                Some(compression) => self.unpack(compression, &mut [0]) > 0,
                None => self.pass_through(&mut [0]) > 0,
            };
        }
        if is_more {
            // What is wrong behind the limit does not matter.
            self.coverage.truncate(known);
            self.end(
                at,
                &format!("stopped at {at}, the limit of bytes that are read of one file"),
            );
        }
    }

    /// Ends the text, of which there are `at` bytes, with a sentence.
    fn end(&mut self, at: u64, reason: &str) {
        self.ended = true;
        self.codec = None;
        self.coverage.push(Coverage {
            file: self.file.clone(),
            status: if at == 0 {
                CoverageStatus::Unread
            } else {
                CoverageStatus::Partial
            },
            reason: self.compression.map_or_else(
                || reason.to_owned(),
                |compression| format!("{}: {reason}", compression.name()),
            ),
        });
    }
}
