//! Steps that follow one another, told apart where several sequences run at once.
//!
//! The first step opens a sequence. A later step belongs to the open sequence whose key it carries; a step that carries
//! none of the keys goes to the oldest open sequence that awaits exactly that step. That guess can be wrong, so it can be
//! taken back: when a sequence is ended by a match that names it, the anonymous steps it had been given are given to the
//! others. For the same reason a sequence that has come to its end on anonymous steps is told at once only if no other
//! was open; otherwise it waits until the others have ended, one way or the other, or until `settle` has passed.
//!
//! ```text
//! login A · login B · refused · success A        refused is given to A, the older one;
//!                                                success A ends A, and refused goes on to B
//! ```

use std::collections::{BTreeSet, VecDeque};

use serde::{Deserialize, Serialize};

use super::Sink;
use crate::event::{Event, KeyPart, Sighting, passed};

/// Sequences of one stream that are open at once. A busy server has some hundred logins under way; every step looks at
/// all of them, so that a stream which only ever opens sequences must not gather many.
const MOST_OPEN: usize = 1_024;

/// The correlation as its pack describes it.
#[derive(Debug)]
pub(crate) struct Sequence {
    /// What each pattern of the rule does.
    pub(crate) roles: Vec<Option<Role>>,
    /// For each step, whether the sequence may go on without it.
    pub(crate) optional: Vec<bool>,
    pub(crate) key: Vec<KeyPart>,
    /// For each part of the key, whether only one open sequence can have it.
    pub(crate) exclusive: Vec<bool>,
    pub(crate) window: f64,
    pub(crate) settle: f64,
}

/// What a pattern does in a sequence.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Role {
    /// It is the step with this index.
    Step(usize),
    /// It ends the sequence without a finding.
    End,
}

/// What is remembered of a stream: the open sequences, the oldest first.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct State {
    open: VecDeque<Run>,
    forgotten: u64,
}

/// One sequence under way.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Run {
    /// The events of its steps, in order; the first is the subject.
    taken: Vec<Taken>,
    /// The values of the key's parts; empty where not yet known.
    key: Vec<String>,
    /// The index of the last step taken.
    step: usize,
    /// Whether the last step has been taken.
    complete: bool,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Taken {
    event: Event<'static>,
    /// Whether no key said that the event belongs to this sequence.
    guessed: bool,
}

/// How well an event fits an open sequence; the greatest is taken, and of equals the oldest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Fit {
    /// How many parts of the key agree.
    agreeing: usize,
    /// Whether the step is the very next one.
    next: bool,
}

impl Sequence {
    pub(super) fn accept(&self, state: &mut State, event: Event<'_>, sink: Sink<'_>) {
        let Some(role) = self.roles.get(event.pattern).copied().flatten() else {
            return;
        };
        self.forget_old(state, event.time, sink);
        match role {
            Role::Step(0) => self.begin(state, event.into_owned()),
            Role::Step(step) => self.advance(state, event.into_owned(), step),
            Role::End => self.end(state, &event),
        }
        self.tell(state, None, sink);
    }

    pub(super) fn close(&self, state: &mut State, sink: Sink<'_>) {
        state.open.retain(|run| run.complete);
        self.tell(state, None, sink);
    }

    fn begin(&self, state: &mut State, event: Event<'static>) {
        if state.open.len() >= MOST_OPEN {
            state.open.pop_front();
            state.forgotten += 1;
        }
        let key = self.key_of(&event);
        self.evict(state, &key, None);
        state.open.push_back(Run {
            taken: vec![Taken { event, guessed: false }],
            key,
            step: 0,
            complete: false,
        });
    }

    fn advance(&self, state: &mut State, event: Event<'static>, step: usize) {
        let key = self.key_of(&event);
        let Some((place, fit)) = self.best_for(state, &key, &event, step) else {
            return;
        };
        self.evict(state, &key, Some(place));
        // Evicting keeps the order, and what goes before `place` moves it.
        let Some(run) = self
            .best_for(state, &key, &event, step)
            .and_then(|(place, _)| state.open.get_mut(place))
        else {
            return;
        };
        for (own, other) in run.key.iter_mut().zip(key) {
            if own.is_empty() {
                *own = other;
            }
        }
        run.taken.push(Taken {
            event,
            guessed: fit.agreeing == 0,
        });
        run.step = step;
        run.complete = step + 1 == self.optional.len();
    }

    /// The open sequence that awaits a step and fits an event best.
    fn best_for(&self, state: &State, key: &[String], event: &Event<'_>, step: usize) -> Option<(usize, Fit)> {
        let mut best: Option<(usize, Fit)> = None;
        for (place, run) in state.open.iter().enumerate() {
            if run.complete || run.subject().record > event.record || !self.awaits(run, step) {
                continue;
            }
            let Some(agreeing) = run.agreement(key) else { continue };
            let fit = Fit {
                agreeing,
                next: run.step + 1 == step,
            };
            if best.is_none_or(|(_, known)| fit > known) {
                best = Some((place, fit));
            }
        }
        best
    }

    fn awaits(&self, run: &Run, step: usize) -> bool {
        let skipped = self.optional.get(run.step + 1..step);
        run.step < step && skipped.is_some_and(|steps| steps.iter().all(|&optional| optional))
    }

    /// Ends the sequence that an event names, and gives what it had been given by guess to the others.
    fn end(&self, state: &mut State, event: &Event<'_>) {
        let key = self.key_of(event);
        let fits = state
            .open
            .iter()
            .enumerate()
            .filter_map(|(place, run)| Some((run.agreement(&key)?, place)));
        let Some((_, place)) = fits.max_by_key(|&(agreeing, place)| (agreeing, std::cmp::Reverse(place))) else {
            return;
        };
        let Some(run) = state.open.remove(place) else { return };
        for taken in run.taken.into_iter().filter(|taken| taken.guessed) {
            if let Some(Role::Step(step)) = self.roles.get(taken.event.pattern).copied().flatten() {
                self.advance(state, taken.event, step);
            }
        }
    }

    /// Ends the sequences that held an exclusive part of a key which another one takes over.
    fn evict(&self, state: &mut State, key: &[String], but: Option<usize>) {
        let mut place = 0;
        state.open.retain(|run| {
            let shares =
                |((own, other), &exclusive): ((&String, &String), &bool)| exclusive && !own.is_empty() && own == other;
            let taken_over = run.key.iter().zip(key).zip(&self.exclusive).any(shares);
            let keeps = run.complete || but == Some(place) || !taken_over;
            place += 1;
            keeps
        });
    }

    /// Forgets sequences that took too long, and tells those that have waited long enough for a better guess.
    fn forget_old(&self, state: &mut State, now: Option<f64>, sink: Sink<'_>) {
        state
            .open
            .retain(|run| run.complete || !passed(run.subject().time, now, self.window));
        self.tell(state, now, sink);
    }

    /// Tells the complete sequences that no other open one could still turn out to be.
    fn tell(&self, state: &mut State, now: Option<f64>, sink: Sink<'_>) {
        let mut place = 0;
        while let Some(run) = state.open.get(place) {
            let end = run.last();
            let certain = run.complete && !run.taken.iter().any(|taken| taken.guessed);
            let rivals = || {
                state
                    .open
                    .iter()
                    .any(|other| !other.complete && other.subject().record < end.record)
            };
            let is_due = run.complete && (certain || passed(end.time, now, self.settle) || !rivals());
            if is_due {
                state.open.remove(place).into_iter().for_each(|run| {
                    sink(run.into_sighting());
                });
            } else {
                place += 1;
            }
        }
    }

    fn key_of(&self, event: &Event<'_>) -> Vec<String> {
        self.key.iter().map(|part| part.of(event).into_owned()).collect()
    }
}

/// What stands where a sequence without events would have one: there is none, a sequence begins with its first event.
static NO_EVENT: Event<'static> = Event {
    record: u32::MAX,
    time: None,
    pattern: usize::MAX,
    values: Vec::new(),
};

impl Run {
    fn subject(&self) -> &Event<'static> {
        self.taken.first().map_or(&NO_EVENT, |taken| &taken.event)
    }

    fn last(&self) -> &Event<'static> {
        self.taken.last().map_or(&NO_EVENT, |taken| &taken.event)
    }

    /// How many parts of a key agree with this sequence; none if any contradicts it.
    fn agreement(&self, key: &[String]) -> Option<usize> {
        let mut agreeing = 0;
        for (own, other) in self.key.iter().zip(key) {
            if own.is_empty() || other.is_empty() {
                continue;
            }
            if own != other {
                return None;
            }
            agreeing += 1;
        }
        Some(agreeing)
    }

    fn into_sighting(self) -> Sighting<'static> {
        let (subject, last) = (self.subject(), self.last());
        Sighting {
            record: subject.record,
            time: subject.time,
            last: last.record,
            last_time: last.time,
            evidence: self.taken.iter().map(|taken| taken.event.record).collect(),
            count: 1,
            events: self.taken.into_iter().map(|taken| taken.event).collect(),
        }
    }
}

impl State {
    pub(super) fn held(&self, records: &mut BTreeSet<u32>) {
        records.extend(
            self.open
                .iter()
                .flat_map(|run| &run.taken)
                .map(|taken| taken.event.record),
        );
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

    const LOGIN: usize = 0;
    const REFUSED: usize = 1;
    const BAD: usize = 2;
    const SUCCESS: usize = 3;

    fn login() -> Correlator {
        Correlator::Sequence(Sequence {
            roles: vec![
                Some(Role::Step(0)),
                Some(Role::Step(1)),
                Some(Role::Step(2)),
                Some(Role::End),
            ],
            optional: vec![false, false, false],
            key: vec![KeyPart {
                slots: Slots(vec![Some(0); 4]),
                comparison: Comparison::Text,
            }],
            exclusive: vec![false],
            window: 60.0,
            settle: 10.0,
        })
    }

    #[test]
    fn all_steps_in_order_are_a_sighting_with_the_subject_first() {
        assert_eq!(
            run(&login(), &[(LOGIN, "a", 0.0), (REFUSED, "", 1.0), (BAD, "", 2.0)]),
            [[0, 1, 2]]
        );
        assert_eq!(
            run(&login(), &[(LOGIN, "a", 0.0), (BAD, "", 1.0), (REFUSED, "", 2.0)]),
            [[0; 0]; 0]
        );
        assert_eq!(run(&login(), &[(REFUSED, "", 1.0), (BAD, "", 2.0)]), [[0; 0]; 0]);
    }

    #[test]
    fn a_success_ends_the_login_that_it_names() {
        let hits = [
            (LOGIN, "a", 0.0),
            (REFUSED, "", 1.0),
            (SUCCESS, "a", 2.0),
            (BAD, "", 3.0),
        ];
        assert_eq!(run(&login(), &hits), [[0; 0]; 0]);
    }

    #[test]
    fn interleaved_logins_are_kept_apart() {
        let both = [
            (LOGIN, "a", 0.0),
            (LOGIN, "b", 1.0),
            (REFUSED, "", 2.0),
            (REFUSED, "", 3.0),
            (BAD, "", 4.0),
            (BAD, "", 5.0),
        ];
        assert_eq!(run(&login(), &both), [[0, 2, 4], [1, 3, 5]]);
    }

    #[test]
    fn a_guess_is_taken_back_when_the_login_turns_out_to_succeed() {
        let before = [
            (LOGIN, "a", 0.0),
            (LOGIN, "b", 1.0),
            (REFUSED, "", 2.0),
            (SUCCESS, "a", 3.0),
            (BAD, "", 4.0),
        ];
        assert_eq!(run(&login(), &before), [[1, 2, 4]]);
        let after = [
            (LOGIN, "a", 0.0),
            (LOGIN, "b", 1.0),
            (REFUSED, "", 2.0),
            (BAD, "", 3.0),
            (SUCCESS, "a", 4.0),
        ];
        assert_eq!(run(&login(), &after), [[1, 2, 3]]);
        let other = [
            (LOGIN, "a", 0.0),
            (LOGIN, "b", 1.0),
            (REFUSED, "", 2.0),
            (BAD, "", 3.0),
            (SUCCESS, "b", 4.0),
        ];
        assert_eq!(run(&login(), &other), [[0, 2, 3]]);
    }

    #[test]
    fn a_guess_is_told_after_a_while_or_when_the_stream_ends() {
        let open = [(LOGIN, "a", 0.0), (LOGIN, "b", 1.0), (REFUSED, "", 2.0), (BAD, "", 3.0)];
        assert_eq!(run(&login(), &open), [[0, 2, 3]], "the stream ends");
        let later: Vec<_> = open
            .into_iter()
            .chain([(LOGIN, "c", 14.0), (SUCCESS, "a", 15.0)])
            .collect();
        assert_eq!(run(&login(), &later), [[0, 2, 3]], "ten seconds have passed");
    }

    #[test]
    fn a_login_that_takes_too_long_is_forgotten() {
        assert_eq!(
            run(&login(), &[(LOGIN, "a", 0.0), (REFUSED, "", 61.0), (BAD, "", 62.0)]),
            [[0; 0]; 0]
        );
        let untimed = [(LOGIN, "a", f64::NAN), (REFUSED, "", f64::NAN), (BAD, "", f64::NAN)];
        assert_eq!(run(&login(), &untimed), [[0, 1, 2]]);
    }
}
