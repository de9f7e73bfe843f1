//! At least so many matches within a window, by key.
//!
//! Of each key the last `at_least` matches are remembered: the window holds enough of them exactly if all of those lie
//! in it. A burst is one sighting, at the match that made it enough; the next can begin once the window held less.

use std::collections::{BTreeSet, VecDeque};

use serde::{Deserialize, Serialize};

use super::keyed::Keyed;
use super::{MOST_EVIDENCE, MOST_OPEN, Sink, is_one};
use crate::event::{Event, KeyPart, Sighting, joined_key, within};

/// The correlation as its pack describes it.
#[derive(Debug)]
pub(crate) struct Count {
    pub(crate) patterns: Vec<bool>,
    pub(crate) reset: Vec<bool>,
    pub(crate) at_least: usize,
    pub(crate) window: f64,
    pub(crate) key: Vec<KeyPart>,
}

/// What is remembered of a stream.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct State(Keyed<Burst>);

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
struct Burst {
    matches: VecDeque<(u32, Option<f64>)>,
    told: bool,
}

impl Count {
    pub(super) fn accept(&self, state: &mut State, event: Event<'_>, sink: Sink<'_>) {
        if is_one(&self.reset, &event) {
            match joined_key(&self.key, &event) {
                Some(key) if !self.key.is_empty() => state.0.remove(&key),
                _ => state.0.clear(),
            }
        }
        if !is_one(&self.patterns, &event) {
            return;
        }
        let Some(key) = joined_key(&self.key, &event) else {
            return;
        };
        let burst = state.0.use_key(key, MOST_OPEN);
        while burst
            .matches
            .front()
            .is_some_and(|&(_, time)| !within(time, event.time, self.window))
        {
            burst.matches.pop_front();
        }
        if burst.matches.len() + 1 < self.at_least {
            burst.told = false;
        }
        burst.matches.push_back((event.record, event.time));
        if burst.matches.len() > self.at_least {
            burst.matches.pop_front();
        }
        if burst.matches.len() == self.at_least && !burst.told {
            burst.told = true;
            let mut sighting = Sighting::of(event);
            sighting.count = u32::try_from(self.at_least).unwrap_or(u32::MAX);
            if self.at_least <= MOST_EVIDENCE {
                sighting.evidence = burst.matches.iter().map(|&(record, _)| record).collect();
            }
            sink(sighting);
        }
    }
}

impl State {
    pub(super) fn held(&self, records: &mut BTreeSet<u32>) {
        let few = self.0.iter().filter(|(_, burst)| burst.matches.len() <= MOST_EVIDENCE);
        records.extend(few.flat_map(|(_, burst)| burst.matches.iter().map(|&(record, _)| record)));
    }

    pub(super) fn forgotten(&self) -> u64 {
        self.0.forgotten()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::correlate::{Correlator, tests::run};
    use crate::event::Slots;
    use crate::pack::Comparison;

    fn three_in_ten() -> Correlator {
        Correlator::Count(Count {
            patterns: vec![true, false],
            reset: vec![false, true],
            at_least: 3,
            window: 10.0,
            key: vec![KeyPart {
                slots: Slots(vec![Some(0), Some(0)]),
                comparison: Comparison::Text,
            }],
        })
    }

    #[test]
    fn three_matches_in_a_window_are_one_sighting_per_burst() {
        let hits = [
            (0, "a", 0.0),
            (0, "a", 9.0),
            (0, "a", 10.0),
            (0, "a", 11.0),
            (0, "a", 30.0),
            (0, "a", 31.0),
        ];
        assert_eq!(run(&three_in_ten(), &hits), [vec![0, 1, 2]]);
        let again: Vec<_> = hits.into_iter().chain([(0, "a", 32.0)]).collect();
        assert_eq!(run(&three_in_ten(), &again), [vec![0, 1, 2], vec![4, 5, 6]]);
    }

    #[test]
    fn the_window_slides_and_keys_are_apart() {
        assert_eq!(
            run(&three_in_ten(), &[(0, "a", 0.0), (0, "a", 6.0), (0, "a", 11.0)]),
            [[0; 0]; 0]
        );
        assert_eq!(
            run(
                &three_in_ten(),
                &[(0, "a", 0.0), (0, "b", 1.0), (0, "a", 2.0), (0, "b", 3.0)]
            ),
            [[0; 0]; 0]
        );
        // A clock that went back a little.
        assert_eq!(
            run(&three_in_ten(), &[(0, "a", 5.0), (0, "a", 4.0), (0, "a", 6.0)]),
            [[0, 1, 2]]
        );
    }

    #[test]
    fn without_times_matches_are_counted() {
        let hits = [
            (0, "a", f64::NAN),
            (0, "a", f64::NAN),
            (0, "a", f64::NAN),
            (0, "a", f64::NAN),
        ];
        assert_eq!(run(&three_in_ten(), &hits), [[0, 1, 2]]);
    }

    #[test]
    fn a_reset_begins_the_count_anew_for_its_key() {
        let hits = [(0, "a", 0.0), (0, "a", 1.0), (1, "a", 2.0), (0, "a", 3.0)];
        assert_eq!(run(&three_in_ten(), &hits), [[0; 0]; 0]);
        let other = [(0, "a", 0.0), (0, "a", 1.0), (1, "b", 2.0), (0, "a", 3.0)];
        assert_eq!(run(&three_in_ten(), &other), [[0, 1, 3]]);
        let all = [(0, "a", 0.0), (0, "a", 1.0), (1, "", 2.0), (0, "a", 3.0)];
        assert_eq!(run(&three_in_ten(), &all), [[0; 0]; 0]);
    }
}
