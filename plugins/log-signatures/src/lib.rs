//! Log signatures: rule packs as data, judged over the records that their patterns matched.
//!
//! Comes in: packs as JSON text ([`pack`] is their syntax), then, stream by stream, batches of candidates with captures;
//! the host has done all the searching. Goes out: the rules with their patterns, then findings, and the numbers of the
//! records that later findings may name.
//!
//! ```text
//! pack ─► load ─► signature            candidates ─► correlate ─► sighting ─► judge ─► finding
//!          problems with JSON pointers    events, windows      fields, conditions, group, suppression
//! ```
//!
//! What a signature says about a stream is a function of the stream's candidates in their order and of the environment's
//! facts, and of nothing else: no clock (windows slide over *event* time), no batch boundary, no other stream. Every
//! memory is bounded, and reaching a bound is said in a log line.

mod correlate;
mod event;
mod facts;
mod judge;
mod load;
mod name;
pub mod pack;
mod signature;
mod stream;
mod template;

use casebook_plugin_sdk::{Batch, Failure, LogRules, Pack, Problem, Rule, StreamInfo, Verdict};

pub use stream::StreamState;

use signature::Signature;

/// The signatures of all packs, and what each pattern number means.
#[derive(Debug, Default)]
pub(crate) struct Rulebook {
    signatures: Vec<Signature>,
    /// For each pattern number, the index of its signature and its index in there.
    places: Vec<(usize, usize)>,
}

impl Rulebook {
    fn place(&self, pattern: usize) -> Option<(usize, usize)> {
        self.places.get(pattern).copied()
    }
}

/// The plugin.
#[derive(Debug)]
pub struct LogSignatures {
    rulebook: Rulebook,
}

impl LogRules for LogSignatures {
    type Stream = StreamState;

    fn load(packs: Vec<Pack>) -> Result<(Self, Vec<Rule>), Vec<Problem>> {
        let (rulebook, rules) = load::load(&packs)?;
        Ok((Self { rulebook }, rules))
    }

    fn open(&self, info: StreamInfo) -> Result<StreamState, Failure> {
        Ok(StreamState::open(&self.rulebook, &info))
    }

    fn observe(&self, stream: &mut StreamState, batch: &Batch<'_>, verdict: &mut Verdict) -> Result<(), Failure> {
        stream.observe(&self.rulebook, batch, verdict)
    }

    fn close(&self, stream: StreamState, verdict: &mut Verdict) -> Result<(), Failure> {
        stream.close(&self.rulebook, verdict);
        Ok(())
    }
}

#[cfg(target_arch = "wasm32")]
mod component {
    casebook_plugin_sdk::export_log_rules!(crate::LogSignatures);
}
