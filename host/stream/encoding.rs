//! Tells how a text is encoded, and turns UTF-16 into UTF-8.
//!
//! Comes in: the unpacked bytes of a file. Goes out: UTF-8 where the file is UTF-16, else the bytes as they are. A file
//! that mixes encodings, or writes Windows-1252, is passed through: which of its records need another reading is
//! decided record by record, by those who frame them.
//!
//! Positions survive: a unit of UTF-16 has two bytes, and every character of the UTF-8 tells how many units it was made
//! of, four bytes of two, all others of one, also where a lone surrogate became U+FFFD. So the place in the file of any
//! position of the text is counted, not remembered ([`Encoding::raw_len`]).

#[cfg(test)]
mod tests;

use encoding_rs::{CoderResult, Decoder, UTF_16BE, UTF_16LE};

use super::container::Unpacker;
use crate::model::{Coverage, CoverageStatus, FilePath};

/// How a text is encoded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Encoding {
    /// UTF-8 or anything else in which ASCII stands for itself.
    Bytes,
    /// UTF-16 with the low byte first.
    Utf16Le,
    /// UTF-16 with the high byte first.
    Utf16Be,
}

/// How a text is encoded, and how long the mark is that says so.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Encoded {
    /// How it is encoded.
    pub encoding: Encoding,
    /// The length of the byte order mark at the start of the file, in bytes; 0 where there is none.
    pub mark: u8,
}

impl Encoded {
    /// Tells the encoding by the first bytes of a text: all of them, or at least
    /// [`SNIFF`](super::container::SNIFF).
    pub fn of(prefix: &[u8]) -> Self {
        match prefix {
            [0xEF, 0xBB, 0xBF, ..] => Self {
                encoding: Encoding::Bytes,
                mark: 3,
            },
            // The same two bytes begin a mark of UTF-32, which no log is written in: four zero bytes tell it apart, and
            // as UTF-16 it would be every second character a NUL.
            [0xFF, 0xFE, 0, 0, ..] => Self {
                encoding: Encoding::Bytes,
                mark: 0,
            },
            [0xFF, 0xFE, ..] => Self {
                encoding: Encoding::Utf16Le,
                mark: 2,
            },
            [0xFE, 0xFF, ..] => Self {
                encoding: Encoding::Utf16Be,
                mark: 2,
            },
            _ => Self {
                encoding: Self::without_mark(prefix),
                mark: 0,
            },
        }
    }

    /// Tells UTF-16 without a mark by its zeros. Digits, blanks and ends of lines, of which logs in any language are
    /// full, have a zero as their high byte; a zero as low byte belongs to few characters. So: a quarter of the units at
    /// least has a zero on one side, and for sixteen of these there is at most one on the other side. Holes of zeros and
    /// numbers of 32 bits have them on both sides.
    fn without_mark(prefix: &[u8]) -> Encoding {
        let prefix = prefix.get(..super::container::SNIFF).unwrap_or(prefix);
        let units = prefix.len() / 2;
        let zeros = |side: usize| prefix.iter().skip(side).step_by(2).filter(|byte| **byte == 0).count();
        let (first, second) = (zeros(0), zeros(1));
        let decides = |high: usize, low: usize| units >= FEWEST_UNITS && high * 4 >= units && low * 16 <= high;
        if decides(second, first) {
            Encoding::Utf16Le
        } else if decides(first, second) {
            Encoding::Utf16Be
        } else {
            Encoding::Bytes
        }
    }
}

/// Fewer units than this prove nothing: `"7\0"` may be anything.
const FEWEST_UNITS: usize = 4;

impl Encoding {
    /// How many bytes of the file a piece of the text was made of. The piece begins and ends between characters.
    pub fn raw_len(self, text: &[u8]) -> u64 {
        match self {
            Self::Bytes => text.len() as u64,
            Self::Utf16Le | Self::Utf16Be => {
                // Characters of four bytes were two units.
                let pairs = text.iter().filter(|byte| **byte >= 0xF0).count();
                2 * (bytecount::num_chars(text) as u64 + pairs as u64)
            }
        }
    }

    /// The last place between two characters that is not behind `position`.
    pub fn character_start(self, text: &[u8], position: usize) -> usize {
        match self {
            Self::Bytes => position,
            Self::Utf16Le | Self::Utf16Be => {
                let position = position.min(text.len());
                let inside = |at: &usize| text.get(*at).is_some_and(|byte| byte & 0xC0 == 0x80);
                (0..=position).rev().find(|at| !inside(at)).unwrap_or(position)
            }
        }
    }

    /// The first place between two characters that is not before `position`; the end of `text` if it ends sooner.
    pub fn character_end(self, text: &[u8], position: usize) -> usize {
        let position = position.min(text.len());
        match self {
            Self::Bytes => position,
            Self::Utf16Le | Self::Utf16Be => {
                let rest = text.get(position..).unwrap_or_default();
                position + rest.iter().take_while(|byte| **byte & 0xC0 == 0x80).count()
            }
        }
    }

    fn decoder(self) -> Option<Decoder> {
        match self {
            Self::Bytes => None,
            Self::Utf16Le => Some(UTF_16LE.new_decoder_without_bom_handling()),
            Self::Utf16Be => Some(UTF_16BE.new_decoder_without_bom_handling()),
        }
    }
}

/// The text of a file, in its order, in UTF-8 if the file is UTF-16.
pub struct Text {
    unpacker: Unpacker,
    file: FilePath,
    encoded: Encoded,
    transcoder: Option<Transcoder>,
    /// The first bytes, which were read to tell the encoding, and how many of them were taken.
    prefix: Vec<u8>,
    prefix_taken: usize,
    coverage: Vec<Coverage>,
}

struct Transcoder {
    decoder: Decoder,
    /// Bytes of the file, whole units only, and what of them waits.
    units: Vec<u8>,
    waiting: std::ops::Range<usize>,
    /// How many bytes of the file were put into `units` up to now.
    taken: u64,
    /// `units` holds the last of the file.
    ended: bool,
    /// The decoder has given the last of the text, and must not be asked again.
    finished: bool,
}

/// How much is transcoded at once: it stays in the first-level cache.
const UNITS_BUFFER: usize = 16 << 10;

/// The decoder stops before it fills the last bytes of its output, since the next character may need four.
const LARGEST_CHARACTER: usize = 4;

impl Text {
    /// The text of what `unpacker` gives, whose first bytes, `prefix`, were taken out of it already.
    pub fn new(unpacker: Unpacker, file: FilePath, prefix: Vec<u8>) -> Self {
        let encoded = Encoded::of(&prefix);
        let transcoder = encoded.encoding.decoder().map(|decoder| Transcoder {
            decoder,
            units: vec![0; UNITS_BUFFER],
            waiting: 0..0,
            taken: u64::from(encoded.mark),
            ended: false,
            finished: false,
        });
        let prefix_taken = usize::from(encoded.mark);
        Self {
            unpacker,
            file,
            encoded,
            transcoder,
            prefix,
            prefix_taken,
            coverage: Vec::new(),
        }
    }

    /// How the file is encoded.
    pub fn encoded(&self) -> Encoded {
        self.encoded
    }

    /// The next bytes of the text, never a part of a character of a transcoded text. Gives at least one byte, if there
    /// is one and `output` has room for a character (4 bytes); 0 at the end.
    pub fn read(&mut self, output: &mut [u8]) -> usize {
        let Some(mut transcoder) = self.transcoder.take() else {
            return self.raw(output);
        };
        let written = self.transcode(&mut transcoder, output);
        self.transcoder = Some(transcoder);
        written
    }

    fn transcode(&mut self, transcoder: &mut Transcoder, output: &mut [u8]) -> usize {
        let mut written = 0;
        while !transcoder.finished {
            let Some(room) = output.get_mut(written..).filter(|room| room.len() >= LARGEST_CHARACTER) else {
                break;
            };
            if transcoder.waiting.is_empty() && !transcoder.ended {
                self.refill(transcoder);
            }
            let units = transcoder.units.get(transcoder.waiting.clone()).unwrap_or_default();
            let (result, consumed, produced, _) = transcoder.decoder.decode_to_utf8(units, room, transcoder.ended);
            transcoder.waiting.start += consumed;
            written += produced;
            match result {
                CoderResult::InputEmpty => transcoder.finished = transcoder.ended,
                CoderResult::OutputFull => break,
            }
        }
        written
    }

    /// Gets the next whole units; half a unit at the end is said.
    fn refill(&mut self, transcoder: &mut Transcoder) {
        let mut units = std::mem::take(&mut transcoder.units);
        // `raw` gives less than it was asked for at the end only, so that half a unit is the last byte of the file.
        let got = self.raw(&mut units);
        let whole = got - got % 2;
        transcoder.ended = got < units.len();
        transcoder.taken += got as u64;
        transcoder.waiting = 0..whole;
        transcoder.units = units;
        if whole < got {
            let at = transcoder.taken - 1;
            self.coverage.push(Coverage {
                file: self.file.clone(),
                status: CoverageStatus::Partial,
                reason: format!("UTF-16: ends with half a character at {at}"),
            });
        }
    }

    /// The next bytes of the file, fewer than there is room for only at its end.
    fn raw(&mut self, output: &mut [u8]) -> usize {
        let prefix = self.prefix.get(self.prefix_taken..).unwrap_or_default();
        let from_prefix = prefix.len().min(output.len());
        if let (Some(from), Some(to)) = (prefix.get(..from_prefix), output.get_mut(..from_prefix)) {
            to.copy_from_slice(from);
        }
        self.prefix_taken += from_prefix;
        let rest = output.get_mut(from_prefix..).unwrap_or_default();
        from_prefix + self.unpacker.read(rest)
    }

    /// What was wrong so far; asked again, only what is new.
    pub fn take_coverage(&mut self) -> Vec<Coverage> {
        let mut coverage = self.unpacker.take_coverage();
        coverage.append(&mut self.coverage);
        coverage
    }
}
