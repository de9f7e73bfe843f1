//! The decoders of the compressions that are read, driven alike.
//!
//! Comes in: a piece of a member, as it comes. Goes out: a piece of what was compressed, and how it goes on. Where a
//! member is damaged, what the decoder gave before is kept.

use flate2::{Decompress, FlushDecompress};
use liblzma::stream::Action;
use zstd::stream::raw::{DParameter, Decoder as ZstdDecoder, InBuffer, Operation, OutBuffer};

use super::{Compression, UnpackLimits};

/// What came of one step of a codec.
pub(super) struct Step {
    pub(super) consumed: usize,
    pub(super) produced: usize,
    pub(super) outcome: Outcome,
}

pub(super) enum Outcome {
    Running,
    MemberEnded,
    Damaged(String),
    /// It would cost more than is allowed.
    Refused(String),
}

/// The decoder of one member.
pub(super) enum Codec {
    Gzip(Decompress),
    /// The flag: the frame's header was read.
    Zstd(Box<ZstdDecoder<'static>>, bool),
    Xz(liblzma::stream::Stream),
    Bzip2(bzip2::Decompress),
}

impl Codec {
    /// A decoder for the member that begins with `prefix`, or why there is none.
    pub(super) fn new(compression: Compression, prefix: &[u8], limits: &UnpackLimits) -> Result<Self, String> {
        Ok(match compression {
            // 15: the largest window that deflate has, 32 KiB.
            Compression::Gzip => Self::Gzip(Decompress::new_gzip(15)),
            Compression::Zstd => {
                let most = 1u64 << limits.zstd_window_log.min(63);
                if let Some(window) = zstd_window(prefix).filter(|window| *window > most) {
                    let (window, most) = (window >> 20, most >> 20);
                    return Err(format!(
                        "needs a window of {window} MiB, and {most} MiB are the limit; unpack it with `zstd -d --long=31`"
                    ));
                }
                let mut decoder = ZstdDecoder::new().map_err(|error| error.to_string())?;
                decoder
                    .set_parameter(DParameter::WindowLogMax(limits.zstd_window_log))
                    .map_err(|error| error.to_string())?;
                Self::Zstd(Box::new(decoder), false)
            }
            Compression::Xz => Self::Xz(
                liblzma::stream::Stream::new_stream_decoder(limits.xz_memory, 0).map_err(|error| error.to_string())?,
            ),
            Compression::Bzip2 => Self::Bzip2(bzip2::Decompress::new(false)),
        })
    }

    /// Takes from `input` and gives to `output` what it can.
    pub(super) fn step(&mut self, input: &[u8], output: &mut [u8], limits: &UnpackLimits) -> Step {
        match self {
            Self::Gzip(decoder) => {
                let (consumed, produced) = (decoder.total_in(), decoder.total_out());
                let outcome = match decoder.decompress(input, output, FlushDecompress::None) {
                    Ok(flate2::Status::StreamEnd) => Outcome::MemberEnded,
                    Ok(_) => Outcome::Running,
                    Err(error) => Outcome::Damaged(gzip_cause(&error).to_owned()),
                };
                Step::between(consumed, decoder.total_in(), produced, decoder.total_out(), outcome)
            }
            Self::Zstd(decoder, header_read) => {
                // A frame whose size is known and fits the output is unpacked in one piece, and nothing of it comes out
                // if it is damaged. With no room for output, its first step only reads the header.
                let room = if *header_read { output } else { &mut [] };
                let mut input = InBuffer::around(input);
                let mut output = OutBuffer::around(room);
                let result = decoder.run(&mut input, &mut output);
                *header_read |= input.pos() > 0;
                let outcome = match result {
                    Ok(0) => Outcome::MemberEnded,
                    Ok(_) => Outcome::Running,
                    Err(error) => Outcome::Damaged(error.to_string()),
                };
                Step {
                    consumed: input.pos(),
                    produced: output.pos(),
                    outcome,
                }
            }
            Self::Xz(decoder) => {
                let (consumed, produced) = (decoder.total_in(), decoder.total_out());
                let outcome = match decoder.process(input, output, Action::Run) {
                    Ok(liblzma::stream::Status::StreamEnd) => Outcome::MemberEnded,
                    Ok(_) => Outcome::Running,
                    Err(liblzma::stream::Error::MemLimit) => {
                        let most = limits.xz_memory >> 20;
                        Outcome::Refused(format!(
                            "needs more than {most} MiB of memory, the limit; unpack it with `xz -d`"
                        ))
                    }
                    Err(error) => Outcome::Damaged(error.to_string()),
                };
                Step::between(consumed, decoder.total_in(), produced, decoder.total_out(), outcome)
            }
            Self::Bzip2(decoder) => {
                let (consumed, produced) = (decoder.total_in(), decoder.total_out());
                let most = output.len().min(MARKED_AT_ONCE);
                let output = output.get_mut(..most).unwrap_or_default();
                output.fill(UNWRITTEN);
                let outcome = match decoder.decompress(input, output) {
                    Ok(bzip2::Status::StreamEnd) => Outcome::MemberEnded,
                    Ok(bzip2::Status::MemNeeded) => Outcome::Damaged("there is no memory for it".to_owned()),
                    Ok(_) => Outcome::Running,
                    Err(error) => Outcome::Damaged(error.to_string()),
                };
                let mut step = Step::between(consumed, decoder.total_in(), produced, decoder.total_out(), outcome);
                if matches!(step.outcome, Outcome::Damaged(_)) {
                    let written = output
                        .iter()
                        .rposition(|byte| *byte != UNWRITTEN)
                        .map_or(0, |last| last + 1);
                    step.produced = step.produced.max(written);
                }
                step
            }
        }
    }
}

/// bzip2 does not count what it wrote in a call that then found damage, so what it did not write is marked. No text ends
/// with this byte, in UTF-8 or in what is written otherwise.
const UNWRITTEN: u8 = 0xFF;

/// How much is marked at once: little, because a file may hold very many members that are empty.
const MARKED_AT_ONCE: usize = 64 << 10;

/// How large a window a zstd frame asks for, in bytes, by its header (RFC 8878, section 3.1.1.1); none where the header is
/// none, or is cut off.
fn zstd_window(frame: &[u8]) -> Option<u64> {
    let header = frame.strip_prefix(&[0x28, 0xB5, 0x2F, 0xFD])?;
    let (descriptor, rest) = header.split_first()?;
    if descriptor & 0x20 == 0 {
        let window = rest.first()?;
        let base = 1u64 << (10 + (window >> 3));
        return Some(base + base / 8 * u64::from(window & 7));
    }
    // A single segment is its own window: its length follows the number of a dictionary.
    let dictionary = [0, 1, 2, 4].get(usize::from(descriptor & 3))?;
    let length = [1, 2, 4, 8].get(usize::from(descriptor >> 6))?;
    let bytes = rest.get(*dictionary..dictionary + length)?;
    let content = bytes
        .iter()
        .rev()
        .fold(0u64, |content, byte| content << 8 | u64::from(*byte));
    // Lengths of two bytes are counted from 256 on.
    Some(if *length == 2 { content + 256 } else { content })
}

/// Why a gzip member is damaged. What the decoder says depends on how its output was cut into pieces, except for the
/// checksum and the length at the end.
fn gzip_cause(error: &flate2::DecompressError) -> &'static str {
    match error.message() {
        Some("incorrect data check" | "incorrect length check") => "the checksum does not fit what was unpacked",
        _ => "the data is not valid",
    }
}

impl Step {
    fn between(in_before: u64, in_after: u64, out_before: u64, out_after: u64, outcome: Outcome) -> Self {
        // Both are bounded by the slices that were handed over.
        let difference = |before: u64, after: u64| usize::try_from(after.saturating_sub(before)).unwrap_or(0);
        Self {
            consumed: difference(in_before, in_after),
            produced: difference(out_before, out_after),
            outcome,
        }
    }
}
