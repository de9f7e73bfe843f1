//! Something lost and found again, at least so many times within a window, by key.
//!
//! A loss opens a pair, the next return of the same key closes it; a return that names no key closes the pair that has
//! been open for longest. Whole pairs count, from the first loss to the last return. One sighting per burst of pairs.

use std::collections::{BTreeSet, VecDeque};

use serde::{Deserialize, Serialize};

use super::keyed::Keyed;
use super::{MOST_EVIDENCE, MOST_OPEN, Sink, is_one};
use crate::event::{Event, KeyPart, Sighting, joined_key, within};

/// The correlation as its pack describes it.
#[derive(Debug)]
pub(crate) struct Pair {
    pub(crate) lost: Vec<bool>,
    pub(crate) found: Vec<bool>,
    pub(crate) at_least: usize,
    pub(crate) window: f64,
    pub(crate) key: Vec<KeyPart>,
}

/// What is remembered of a stream.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct State(Keyed<Pairs>);

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
struct Pairs {
    lost: Option<Event<'static>>,
    whole: VecDeque<Whole>,
    told: bool,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Whole {
    lost: u32,
    since: Option<f64>,
    found: u32,
}

impl Pair {
    pub(super) fn accept(&self, state: &mut State, event: Event<'_>, sink: Sink<'_>) {
        if is_one(&self.lost, &event) {
            let Some(key) = joined_key(&self.key, &event) else {
                return;
            };
            let pairs = state.0.use_key(key, MOST_OPEN);
            if pairs.lost.is_none() {
                pairs.lost = Some(event.into_owned());
            }
        } else if is_one(&self.found, &event) {
            let key = joined_key(&self.key, &event).or_else(|| state.lost_for_longest());
            if let Some(key) = key {
                self.close(state.0.use_key(key, MOST_OPEN), event, sink);
            }
        }
    }

    fn close(&self, pairs: &mut Pairs, found: Event<'_>, sink: Sink<'_>) {
        let Some(lost) = pairs.lost.take() else { return };
        while pairs
            .whole
            .front()
            .is_some_and(|whole| !within(whole.since, found.time, self.window))
        {
            pairs.whole.pop_front();
        }
        if pairs.whole.len() + 1 < self.at_least {
            pairs.told = false;
        }
        if !within(lost.time, found.time, self.window) {
            return;
        }
        pairs.whole.push_back(Whole {
            lost: lost.record,
            since: lost.time,
            found: found.record,
        });
        if pairs.whole.len() > self.at_least {
            pairs.whole.pop_front();
        }
        if pairs.whole.len() == self.at_least && !pairs.told {
            pairs.told = true;
            let mut sighting = Sighting::of(found);
            sighting.events.push(lost);
            sighting.count = u32::try_from(self.at_least).unwrap_or(u32::MAX);
            if self.at_least <= MOST_EVIDENCE {
                sighting.evidence = pairs.whole.iter().flat_map(|whole| [whole.lost, whole.found]).collect();
            }
            sink(sighting);
        }
    }
}

impl State {
    fn lost_for_longest(&self) -> Option<String> {
        let lost = self
            .0
            .iter()
            .filter_map(|(key, pairs)| pairs.lost.as_ref().map(|lost| (lost.record, key)));
        lost.min().map(|(_, key)| key.to_owned())
    }

    pub(super) fn held(&self, records: &mut BTreeSet<u32>) {
        for (_, pairs) in self.0.iter() {
            records.extend(pairs.lost.iter().map(|lost| lost.record));
            if pairs.whole.len() <= MOST_EVIDENCE {
                records.extend(pairs.whole.iter().flat_map(|whole| [whole.lost, whole.found]));
            }
        }
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

    const LOST: usize = 0;
    const FOUND: usize = 1;

    fn twice_in_ten() -> Correlator {
        Correlator::Pair(Pair {
            lost: vec![true, false],
            found: vec![false, true],
            at_least: 2,
            window: 10.0,
            key: vec![KeyPart {
                slots: Slots(vec![Some(0), Some(0)]),
                comparison: Comparison::Text,
            }],
        })
    }

    #[test]
    fn whole_pairs_count_by_key() {
        let hits = [(LOST, "a", 0.0), (FOUND, "a", 1.0), (LOST, "b", 2.0), (FOUND, "b", 3.0)];
        assert_eq!(run(&twice_in_ten(), &hits), [[0; 0]; 0]);
        let hits = [
            (LOST, "a", 0.0),
            (LOST, "a", 1.0),
            (FOUND, "a", 2.0),
            (FOUND, "a", 3.0),
            (LOST, "a", 4.0),
        ];
        assert_eq!(
            run(&twice_in_ten(), &hits),
            [[0; 0]; 0],
            "a repeated loss or return is no pair"
        );
        let hits = [(LOST, "a", 0.0), (FOUND, "a", 1.0), (LOST, "a", 2.0), (FOUND, "a", 3.0)];
        assert_eq!(run(&twice_in_ten(), &hits), [[0, 1, 2, 3]]);
    }

    #[test]
    fn the_window_reaches_from_the_first_loss_to_the_last_return() {
        let hits = |last| {
            [
                (LOST, "a", 0.0),
                (FOUND, "a", 1.0),
                (LOST, "a", 9.0),
                (FOUND, "a", last),
            ]
        };
        assert_eq!(run(&twice_in_ten(), &hits(10.0)), [[0, 1, 2, 3]]);
        assert_eq!(run(&twice_in_ten(), &hits(10.1)), [[0; 0]; 0]);
        assert_eq!(
            run(&twice_in_ten(), &hits(f64::NAN)),
            [[0, 1, 2, 3]],
            "without a time pairs are counted"
        );
    }

    #[test]
    fn a_return_without_a_name_ends_the_longest_absence() {
        let hits = [
            (LOST, "b", 0.0),
            (LOST, "a", 1.0),
            (FOUND, "", 2.0),
            (LOST, "b", 3.0),
            (FOUND, "b", 4.0),
        ];
        assert_eq!(run(&twice_in_ten(), &hits), [[0, 2, 3, 4]]);
        assert_eq!(
            run(&twice_in_ten(), &[(FOUND, "", 0.0), (FOUND, "", 1.0)]),
            [[0; 0]; 0],
            "nothing was lost"
        );
    }
}
