//! Correlations: how matches add up to a sighting.
//!
//! Comes in: events, one after the other, in the order of the stream. Goes out: sightings, into a sink that says whether
//! each of them became a finding. Each kind of correlation is a small machine of its own: what the pack said
//! ([`Correlator`]) is apart from what is remembered of one stream ([`State`]), which is plain data that can be written
//! down and read again.
//!
//! Time is what the records say. Windows slide from event to event and reach in both directions, because clocks go back a
//! little; a record without a time is inside every window. What is remembered is bounded: where a bound is reached the
//! least recent is forgotten, and counted.

mod absent;
mod count;
mod distinct;
mod keyed;
mod pair;
mod sequence;

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::event::{Event, Sighting};

pub(crate) use absent::Absent;
pub(crate) use count::Count;
pub(crate) use distinct::Distinct;
pub(crate) use pair::Pair;
pub(crate) use sequence::{Role, Sequence};

/// Waits or keys that one correlation remembers of one stream. A cell has some hundred nodes and servers at most; a few
/// thousand events of a kilobyte each stay well below the host's limit on memory.
const MOST_OPEN: usize = 4_096;

/// Above so many matches a sighting shows the last of them instead of all: the host has to hold on to every record that
/// may be shown.
const MOST_EVIDENCE: usize = 16;

/// Takes a sighting and says whether it became a finding.
pub(crate) type Sink<'s> = &'s mut dyn FnMut(Sighting<'_>) -> bool;

/// A correlation as its pack describes it. Patterns are named by their index in the rule.
#[derive(Debug)]
pub(crate) enum Correlator {
    /// Every match is a sighting, of those patterns for which this says so; but a record is one sighting at most, however
    /// many of them match it.
    Each(Vec<bool>),
    Count(Count),
    Sequence(Sequence),
    Pair(Pair),
    Absent(Absent),
    Distinct(Distinct),
}

/// What a correlation remembers of one stream.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) enum State {
    /// The last record that became a finding.
    Each(Option<u32>),
    Count(count::State),
    Sequence(sequence::State),
    Pair(pair::State),
    Absent(absent::State),
    Distinct(distinct::State),
}

impl Correlator {
    /// What is remembered of a stream that begins.
    pub(crate) fn begin(&self) -> State {
        match self {
            Self::Each(_) => State::Each(None),
            Self::Count(_) => State::Count(count::State::default()),
            Self::Sequence(_) => State::Sequence(sequence::State::default()),
            Self::Pair(_) => State::Pair(pair::State::default()),
            Self::Absent(_) => State::Absent(absent::State::default()),
            Self::Distinct(_) => State::Distinct(distinct::State::default()),
        }
    }

    /// The next event of the stream.
    pub(crate) fn accept(&self, state: &mut State, event: Event<'_>, sink: Sink<'_>) {
        match (self, state) {
            (Self::Each(patterns), State::Each(told)) if is_one(patterns, &event) && *told != Some(event.record) => {
                let record = event.record;
                if sink(Sighting::of(event)) {
                    *told = Some(record);
                }
            }
            (Self::Count(count), State::Count(state)) => count.accept(state, event, sink),
            (Self::Sequence(sequence), State::Sequence(state)) => sequence.accept(state, event, sink),
            (Self::Pair(pair), State::Pair(state)) => pair.accept(state, event, sink),
            (Self::Absent(absent), State::Absent(state)) => absent.accept(state, event, sink),
            (Self::Distinct(distinct), State::Distinct(state)) => distinct.accept(state, event, sink),
            // A match that is not asked for; and a state is made by `begin` of the same correlator, so that one of another
            // kind cannot come here and would have nothing to say.
            _ => {}
        }
    }

    /// The stream has ended.
    pub(crate) fn close(&self, state: &mut State, sink: Sink<'_>) {
        match (self, state) {
            (Self::Sequence(sequence), State::Sequence(state)) => sequence.close(state, sink),
            (Self::Absent(absent), State::Absent(state)) => absent.close(state, sink),
            _ => {}
        }
    }
}

impl State {
    /// Adds the records that a later sighting may name.
    pub(crate) fn held(&self, records: &mut BTreeSet<u32>) {
        match self {
            Self::Each(_) | Self::Distinct(_) => {}
            Self::Count(state) => state.held(records),
            Self::Sequence(state) => state.held(records),
            Self::Pair(state) => state.held(records),
            Self::Absent(state) => state.held(records),
        }
    }

    /// How many sequences, waits or keys were forgotten because there were too many.
    pub(crate) fn forgotten(&self) -> u64 {
        match self {
            Self::Each(_) => 0,
            Self::Count(state) => state.forgotten(),
            Self::Sequence(state) => state.forgotten(),
            Self::Pair(state) => state.forgotten(),
            Self::Absent(state) => state.forgotten(),
            Self::Distinct(state) => state.forgotten(),
        }
    }
}

/// Whether a list of "does this pattern count" says yes.
fn is_one(patterns: &[bool], event: &Event<'_>) -> bool {
    patterns.get(event.pattern).copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Runs a correlation over hits (pattern, value of the only capture, time), numbered from 0, and tells the evidence of
    /// each sighting.
    pub(super) fn run(correlator: &Correlator, hits: &[(usize, &str, f64)]) -> Vec<Vec<u32>> {
        let mut told = Vec::new();
        let mut tell = |sighting: Sighting<'_>| {
            told.push(if sighting.evidence.is_empty() {
                vec![sighting.record]
            } else {
                sighting.evidence
            });
            true
        };
        let mut state = correlator.begin();
        for (record, &(pattern, value, time)) in (0..).zip(hits) {
            let event = Event::new(
                record,
                time.is_finite().then_some(time),
                pattern,
                [Some(value)].into_iter(),
            );
            correlator.accept(&mut state, event, &mut tell);
        }
        correlator.close(&mut state, &mut tell);
        told
    }
}
