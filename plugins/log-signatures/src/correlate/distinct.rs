//! At least so many different values within a window, by key.
//!
//! Of each key the matches in the window are remembered, up to a bound, beside a count for each value; and of the values,
//! how many came from the pattern that most have to come from. One sighting for each time the window fills.

use std::collections::{BTreeMap, VecDeque};

use serde::{Deserialize, Serialize};

use super::keyed::Keyed;
use super::{Sink, is_one};
use crate::event::{Event, KeyPart, Sighting, joined_key, within};

/// Keys of which the windows are remembered; a quarter of what other correlations remember, because each holds many
/// values.
const MOST_KEYS: usize = 1_024;

/// The correlation as its pack describes it.
#[derive(Debug)]
pub(crate) struct Distinct {
    pub(crate) patterns: Vec<bool>,
    pub(crate) value: KeyPart,
    pub(crate) at_least: usize,
    pub(crate) window: f64,
    pub(crate) key: Vec<KeyPart>,
    pub(crate) mostly: Option<usize>,
}

/// What is remembered of a stream.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct State(Keyed<Values>);

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
struct Values {
    window: VecDeque<Seen>,
    values: BTreeMap<String, Tally>,
    /// Values that came from the pattern `mostly`.
    mostly: usize,
    told: bool,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Seen {
    time: Option<f64>,
    value: String,
    mostly: bool,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
struct Tally {
    all: u32,
    mostly: u32,
}

impl Distinct {
    pub(super) fn accept(&self, state: &mut State, event: Event<'_>, sink: Sink<'_>) {
        let value = self.value.of(&event).into_owned();
        if !is_one(&self.patterns, &event) || value.is_empty() {
            return;
        }
        let Some(key) = joined_key(&self.key, &event) else {
            return;
        };
        let values = state.0.use_key(key, MOST_KEYS);
        while values
            .window
            .front()
            .is_some_and(|seen| !within(seen.time, event.time, self.window))
        {
            values.drop_oldest();
        }
        if values.values.len() + 1 < self.at_least {
            values.told = false;
        }
        values.add(Seen {
            time: event.time,
            value,
            mostly: self.mostly == Some(event.pattern),
        });
        // Room for repetitions of each value: who asks for one thing again and again must not push out the others.
        if values.window.len() > self.at_least.saturating_mul(8) {
            values.drop_oldest();
        }
        if self.is_enough(values) && !values.told {
            values.told = true;
            let mut sighting = Sighting::of(event);
            sighting.count = u32::try_from(values.values.len()).unwrap_or(u32::MAX);
            sink(sighting);
        }
    }

    fn is_enough(&self, values: &Values) -> bool {
        let distinct = values.values.len();
        distinct >= self.at_least && (self.mostly.is_none() || values.mostly * 2 > distinct)
    }
}

impl Values {
    fn add(&mut self, seen: Seen) {
        let tally = self.values.entry(seen.value.clone()).or_default();
        tally.all += 1;
        if seen.mostly {
            tally.mostly += 1;
            self.mostly += usize::from(tally.mostly == 1);
        }
        self.window.push_back(seen);
    }

    fn drop_oldest(&mut self) {
        let Some(seen) = self.window.pop_front() else { return };
        let Some(tally) = self.values.get_mut(&seen.value) else {
            return;
        };
        tally.all = tally.all.saturating_sub(1);
        if seen.mostly {
            tally.mostly = tally.mostly.saturating_sub(1);
            self.mostly -= usize::from(tally.mostly == 0 && self.mostly > 0);
        }
        if tally.all == 0 {
            self.values.remove(&seen.value);
        }
    }
}

impl State {
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

    /// Three different values in ten seconds, most of them from pattern 1.
    fn guessing() -> Correlator {
        Correlator::Distinct(Distinct {
            patterns: vec![true, true],
            value: KeyPart {
                slots: Slots(vec![Some(0), Some(0)]),
                comparison: Comparison::Text,
            },
            at_least: 3,
            window: 10.0,
            key: Vec::new(),
            mostly: Some(1),
        })
    }

    #[test]
    fn different_values_count_and_most_must_come_from_one_pattern() {
        assert_eq!(
            run(
                &guessing(),
                &[(1, "a", 0.0), (1, "b", 1.0), (1, "c", 2.0), (1, "d", 3.0)]
            ),
            [vec![2]]
        );
        assert_eq!(
            run(&guessing(), &[(1, "a", 0.0), (1, "a", 1.0), (1, "b", 2.0)]),
            [[0; 0]; 0]
        );
        assert_eq!(
            run(&guessing(), &[(0, "a", 0.0), (0, "b", 1.0), (1, "c", 2.0)]),
            [[0; 0]; 0]
        );
        // A found one leaves the window, the missing ones stay; who goes on is not told again.
        assert_eq!(
            run(
                &guessing(),
                &[
                    (0, "a", 0.0),
                    (0, "b", 1.0),
                    (1, "c", 9.0),
                    (1, "d", 10.5),
                    (1, "e", 11.5)
                ]
            ),
            [[3]]
        );
    }

    #[test]
    fn values_outside_the_window_do_not_count() {
        assert_eq!(
            run(
                &guessing(),
                &[(1, "a", 0.0), (1, "b", 8.0), (1, "c", 16.0), (1, "d", 24.0)]
            ),
            [[0; 0]; 0]
        );
    }

    #[test]
    fn each_time_the_window_fills_is_one_sighting() {
        let hits: Vec<_> = ["a", "b", "c", "d", "e", "f"]
            .into_iter()
            .zip([0.0, 1.0, 2.0, 50.0, 51.0, 52.0])
            .collect();
        let hits: Vec<_> = hits.into_iter().map(|(value, time)| (1, value, time)).collect();
        assert_eq!(run(&guessing(), &hits), [vec![2], vec![5]]);
    }
}
