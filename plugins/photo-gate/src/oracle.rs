//! What cannot be known is tried both ways.
//!
//! Comes in: a question whose answer neither the configuration nor the request gives (a cookie that the log does not show,
//! a file that may exist, a regular expression that this engine cannot do exactly as PCRE does). Goes out: an answer,
//! the first time `true`, the next time `false`, until all combinations were tried. The decision is run once for each; if
//! all come to the same, that is the decision, and nothing that was unknown mattered. Else it is undecided, and the first
//! question says why.
//!
//! Never here: guessing.

use std::collections::BTreeSet;

use crate::Place;

/// Questions of one run: 12. Beyond it the run is undecided. A gate asks about a handful of cookies.
pub const MOST_QUESTIONS: usize = 12;

/// Runs: 256, a few milliseconds.
pub const MOST_RUNS: usize = 256;

/// Why something could not be decided.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Undecided {
    /// The directive.
    pub place: Place,
    /// What is not known, in a clause such as "the log does not say which cookies were sent".
    pub why: String,
}

/// Answers the questions of one run.
#[derive(Debug, Default)]
pub struct Oracle {
    /// The questions of this run with their answers; those at the beginning are prescribed.
    asked: Vec<(Question, bool)>,
    /// How many of them this run has come to.
    next: usize,
    /// The first question of all runs.
    first: Option<Undecided>,
    /// Directives that were asked about in any run.
    places: BTreeSet<Place>,
}

/// A question: the directive, and which of its questions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Question(Place, u32);

impl Oracle {
    /// The answer of this run. The same directive with the same number gets the same answer within a run; `number` tells
    /// several questions of one directive apart.
    ///
    /// # Errors
    ///
    /// When there are too many questions.
    pub fn ask(&mut self, place: Place, number: u32, why: impl FnOnce() -> String) -> Result<bool, Undecided> {
        let question = Question(place, number);
        let come_to = self.asked.get(..self.next).unwrap_or_default();
        if let Some((_, answer)) = come_to.iter().find(|(asked, _)| *asked == question) {
            return Ok(*answer);
        }
        if let Some((_, answer)) = self.asked.get(self.next) {
            // Prescribed: up to here the run is that before, so this is the same question.
            self.next += 1;
            return Ok(*answer);
        }
        let why = Undecided { place, why: why() };
        if self.next >= MOST_QUESTIONS {
            return Err(why);
        }
        self.first.get_or_insert(why);
        self.places.insert(place);
        self.asked.push((question, true));
        self.next += 1;
        Ok(true)
    }

    /// Whether another run is needed, with other answers.
    pub fn advance(&mut self) -> bool {
        self.asked.truncate(self.next);
        self.next = 0;
        while let Some((question, answer)) = self.asked.pop() {
            if answer {
                self.asked.push((question, false));
                return true;
            }
        }
        false
    }

    /// Whether this run asked anything.
    pub fn asked(&self) -> bool {
        self.next > 0
    }

    /// Whether a directive was asked about in any run.
    pub fn has_asked(&self, place: Place) -> bool {
        self.places.contains(&place)
    }

    /// The first thing that was not known.
    pub fn first(&self) -> Option<&Undecided> {
        self.first.as_ref()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLACE: Place = Place { document: 0, node: 1 };

    fn ask(oracle: &mut Oracle, number: u32) -> bool {
        oracle
            .ask(PLACE, number, || format!("question {number}"))
            .expect("few questions")
    }

    #[test]
    fn every_combination_is_tried_once_and_an_answer_holds_for_its_run() {
        let mut oracle = Oracle::default();
        let mut runs = Vec::new();
        loop {
            let first = ask(&mut oracle, 0);
            assert_eq!(ask(&mut oracle, 0), first);
            // The second question comes up in half of the runs only.
            let second = first && ask(&mut oracle, 1);
            runs.push((first, second));
            if !oracle.advance() {
                break;
            }
        }
        assert_eq!(runs, [(true, true), (true, false), (false, false)]);
        assert_eq!(oracle.first().map(|first| first.why.as_str()), Some("question 0"));
    }

    #[test]
    fn what_asks_nothing_runs_once_and_what_asks_too_much_is_undecided() {
        let mut oracle = Oracle::default();
        assert!(!oracle.asked() && !oracle.advance());
        for number in 0..12 {
            assert!(ask(&mut oracle, number));
        }
        assert!(oracle.ask(PLACE, 12, || "one too many".to_owned()).is_err());
    }
}
