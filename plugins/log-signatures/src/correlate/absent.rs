//! An expected follower that does not come before the window or the stream ends, by key.
//!
//! A beginning opens a wait. The follower, or a match that explains its absence, ends the wait; what is seen meanwhile and
//! has been asked for (`with`) is collected. A wait that ends in vain is a sighting for each of those matches in turn,
//! until one becomes a finding.

use std::collections::{BTreeSet, VecDeque};

use serde::{Deserialize, Serialize};

use super::{MOST_OPEN, Sink, is_one};
use crate::event::{Event, KeyPart, Sighting, passed};

/// Matches that one wait collects: an error is repeated by those who pass it on, but rarely more often.
const MOST_COLLECTED: usize = 32;

/// The correlation as its pack describes it.
#[derive(Debug)]
pub(crate) struct Absent {
    pub(crate) after: Vec<bool>,
    pub(crate) expect: Vec<bool>,
    pub(crate) unless: Vec<bool>,
    /// Patterns of which one must have been seen; none: nothing needs to be seen.
    pub(crate) needs: Option<Vec<bool>>,
    /// The same, and each match is a sighting to try.
    pub(crate) with: Option<Vec<bool>>,
    pub(crate) window: Option<f64>,
    pub(crate) key: Vec<KeyPart>,
    pub(crate) retries: bool,
}

/// What is remembered of a stream.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct State {
    waits: VecDeque<Wait>,
    forgotten: u64,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Wait {
    begun: Event<'static>,
    key: Vec<String>,
    /// Whether what `needs` names has been seen.
    seen: bool,
    collected: Vec<Event<'static>>,
}

impl Absent {
    pub(super) fn accept(&self, state: &mut State, event: Event<'_>, sink: Sink<'_>) {
        if let Some(window) = self.window {
            while state
                .waits
                .front()
                .is_some_and(|wait| passed(wait.begun.time, event.time, window))
            {
                state
                    .waits
                    .pop_front()
                    .into_iter()
                    .for_each(|wait| self.conclude(wait, sink));
            }
        }
        let key: Vec<String> = self.key.iter().map(|part| part.of(&event).into_owned()).collect();
        if is_one(&self.expect, &event) || is_one(&self.unless, &event) {
            let place = state.waits.iter().position(|wait| wait.agrees(&key));
            if let Some(place) = place.or_else(|| state.waits.iter().position(|wait| !wait.conflicts(&key))) {
                state.waits.remove(place);
            }
        }
        if self.needs.as_ref().is_some_and(|needs| is_one(needs, &event))
            && let Some(wait) = state.waits.iter_mut().rev().find(|wait| !wait.conflicts(&key))
        {
            wait.seen = true;
        }
        if self.with.as_ref().is_some_and(|with| is_one(with, &event)) {
            let waiting = state.waits.iter_mut().rev().find(|wait| !wait.conflicts(&key));
            if let Some(wait) = waiting.filter(|wait| wait.collected.len() < MOST_COLLECTED) {
                wait.collected.push(event.clone().into_owned());
            }
        }
        if is_one(&self.after, &event) {
            let same = state.waits.iter().position(|wait| wait.key == key);
            if same.is_some() && self.retries {
                return;
            }
            if let Some(wait) = same.and_then(|place| state.waits.remove(place)) {
                self.conclude(wait, sink);
            }
            if state.waits.len() >= MOST_OPEN {
                state.waits.pop_front();
                state.forgotten += 1;
            }
            state.waits.push_back(Wait {
                begun: event.into_owned(),
                key,
                seen: self.needs.is_none(),
                collected: Vec::new(),
            });
        }
    }

    pub(super) fn close(&self, state: &mut State, sink: Sink<'_>) {
        state.waits.drain(..).for_each(|wait| self.conclude(wait, sink));
    }

    fn conclude(&self, wait: Wait, sink: Sink<'_>) {
        let begun = wait.begun;
        if !wait.seen {
            return;
        }
        if self.with.is_none() {
            sink(Sighting::of(begun));
            return;
        }
        for event in wait.collected {
            let sighting = Sighting {
                record: begun.record,
                time: begun.time,
                last: event.record,
                last_time: event.time,
                evidence: vec![begun.record, event.record],
                events: vec![begun.clone(), event],
                count: 1,
            };
            if sink(sighting) {
                return;
            }
        }
    }
}

impl Wait {
    /// Whether a key names this wait.
    fn agrees(&self, key: &[String]) -> bool {
        !self.conflicts(key)
            && self
                .key
                .iter()
                .zip(key)
                .any(|(own, other)| !own.is_empty() && own == other)
    }

    /// Whether a key names another wait.
    fn conflicts(&self, key: &[String]) -> bool {
        self.key
            .iter()
            .zip(key)
            .any(|(own, other)| !own.is_empty() && !other.is_empty() && own != other)
    }
}

impl State {
    pub(super) fn held(&self, records: &mut BTreeSet<u32>) {
        for wait in &self.waits {
            records.insert(wait.begun.record);
            records.extend(wait.collected.iter().map(|event| event.record));
        }
    }

    pub(super) fn forgotten(&self) -> u64 {
        self.forgotten
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::correlate::{Correlator, tests::run};
    use crate::event::Slots;
    use crate::pack::Comparison;

    const BEGUN: usize = 0;
    const DONE: usize = 1;
    const STATED: usize = 2;
    const ERROR: usize = 3;

    fn absent(with: bool, window: Option<f64>, retries: bool) -> Correlator {
        Correlator::Absent(Absent {
            after: vec![true, false, false, false],
            expect: vec![false, true, false, false],
            unless: vec![false, false, true, false],
            needs: with.then(|| vec![false, false, false, true]),
            with: with.then(|| vec![false, false, false, true]),
            window,
            key: vec![KeyPart {
                slots: Slots(vec![Some(0); 4]),
                comparison: Comparison::Text,
            }],
            retries,
        })
    }

    #[test]
    fn what_never_follows_is_told_when_the_stream_ends() {
        assert_eq!(
            run(
                &absent(false, None, false),
                &[(BEGUN, "a", 0.0), (BEGUN, "b", 1.0), (DONE, "a", 2.0)]
            ),
            [[1]]
        );
        assert_eq!(
            run(&absent(false, None, false), &[(BEGUN, "a", 0.0), (DONE, "", 2.0)]),
            [[0; 0]; 0]
        );
        assert_eq!(
            run(&absent(false, None, false), &[(BEGUN, "a", 0.0), (STATED, "", 2.0)]),
            [[0; 0]; 0]
        );
    }

    #[test]
    fn a_window_ends_the_wait_by_event_time() {
        let late = [(BEGUN, "a", 0.0), (DONE, "b", 20.0), (DONE, "a", 21.0)];
        assert_eq!(run(&absent(false, Some(10.0), false), &late), [[0]]);
        let back = [(BEGUN, "a", 20.0), (DONE, "b", 0.0), (DONE, "a", 21.0)];
        assert_eq!(run(&absent(false, Some(10.0), false), &back), [[0; 0]; 0]);
    }

    #[test]
    fn what_must_be_seen_meanwhile_must_be_seen() {
        assert_eq!(
            run(&absent(true, None, false), &[(ERROR, "", 0.0), (BEGUN, "a", 1.0)]),
            [[0; 0]; 0]
        );
        assert_eq!(
            run(&absent(true, None, false), &[(BEGUN, "a", 0.0), (ERROR, "", 1.0)]),
            [[0, 1]]
        );
    }

    #[test]
    fn a_second_beginning_goes_on_or_begins_anew() {
        let hits = [(BEGUN, "a", 0.0), (BEGUN, "a", 1.0), (DONE, "a", 2.0)];
        assert_eq!(run(&absent(false, None, true), &hits), [[0; 0]; 0]);
        assert_eq!(run(&absent(false, None, false), &hits), [[0]]);
    }
}
