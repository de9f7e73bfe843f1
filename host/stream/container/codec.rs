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
    pub(super) fn new(compression: Compression, limits: &UnpackLimits) -> Result<Self, String> {
        Ok(match compression {
            // 15: the largest window that deflate has, 32 KiB.
            Compression::Gzip => Self::Gzip(Decompress::new_gzip(15)),
            Compression::Zstd => {
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
                    Err(error) => {
                        let largest = (1u64 << limits.zstd_window_log.min(63)) >> 20;
                        Outcome::Damaged(format!("{error} (windows of up to {largest} MiB are read)"))
                    }
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
                        Outcome::Damaged(format!(
                            "needs more than {most} MiB of memory, the limit; unpack it with `xz -d`"
                        ))
                    }
                    Err(error) => Outcome::Damaged(error.to_string()),
                };
                Step::between(consumed, decoder.total_in(), produced, decoder.total_out(), outcome)
            }
            Self::Bzip2(decoder) => {
                let (consumed, produced) = (decoder.total_in(), decoder.total_out());
                let outcome = match decoder.decompress(input, output) {
                    Ok(bzip2::Status::StreamEnd) => Outcome::MemberEnded,
                    Ok(bzip2::Status::MemNeeded) => Outcome::Damaged("no memory".to_owned()),
                    Ok(_) => Outcome::Running,
                    Err(error) => Outcome::Damaged(error.to_string()),
                };
                Step::between(consumed, decoder.total_in(), produced, decoder.total_out(), outcome)
            }
        }
    }
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
