//! httpd's answers beside decisions.
//!
//! Comes in: gates with their requests. Goes out: how many pairs agree, what is undecided, and every disagreement as a case
//! that somebody can try by hand.

mod case;
mod real;
mod shrink;
mod tally;

pub use case::Case;
pub use real::Real;
pub use tally::Tally;

use crate::decide::{Decide, Decision, Outcome};
use crate::generate::{Asked, Gate};
use crate::httpd::{Ground, Installation, Running, Start};

/// Disagreements that are made small and shown. Those beyond are counted.
const MOST_SHOWN: usize = 8;

/// A comparison of one decider with httpd.
pub struct Comparison<'d> {
    ground: Ground,
    decider: &'d dyn Decide,
    pub tally: Tally,
    pub cases: Vec<Case>,
}

impl<'d> Comparison<'d> {
    pub fn new(installation: &'static Installation, decider: &'d dyn Decide) -> Self {
        Self {
            ground: Ground::new(installation),
            decider,
            tally: Tally::default(),
            cases: Vec::new(),
        }
    }

    /// Asks both sides about all requests to a gate.
    pub fn put(&mut self, gate: &Gate, requests: &[Asked]) {
        self.tally.gates += 1;
        let answers = answers(&mut self.ground, gate, requests);
        let decisions = decisions(&self.ground, self.decider, requests);
        match (answers, decisions) {
            (Err(said), decisions) => self.refused(gate, &said, decisions),
            (Ok(answers), Err(fault)) => {
                self.tally.answered(&answers);
                let decided = format!("refuses to open it: {fault}");
                self.disagreement(gate, None, "starts".to_owned(), decided);
            }
            (Ok(answers), Ok(decisions)) => {
                self.tally.answered(&answers);
                self.pairs(gate, requests, &answers, &decisions);
            }
        }
    }

    fn pairs(&mut self, gate: &Gate, requests: &[Asked], answers: &[Real], decisions: &[Decision]) {
        assert_eq!(decisions.len(), requests.len(), "a decision for each request");
        let mut disagreeing = Vec::new();
        for ((asked, real), decision) in requests.iter().zip(answers).zip(decisions) {
            if decision.outcome == Outcome::Undecided {
                self.tally.undecided(&decision.why);
            } else if !real.agrees(decision) {
                disagreeing.push((asked, real, decision));
            }
        }
        // The shortest of each gate is shown: the others are likely to have the same cause.
        let shortest = disagreeing.iter().min_by_key(|(asked, ..)| asked.message.bytes().len());
        if let Some((asked, real, decision)) = shortest {
            self.tally.disagreements += disagreeing.len() - 1;
            self.disagreement(gate, Some(asked), real.shown(), shown(decision));
        }
    }

    /// httpd does not start. Whoever decides should say so, or at least decide nothing.
    fn refused(&mut self, gate: &Gate, said: &str, decisions: Result<Vec<Decision>, String>) {
        self.tally.refused += 1;
        let Ok(decisions) = decisions else { return };
        let decided = decisions.iter().find(|decision| decision.outcome != Outcome::Undecided);
        if let Some(decision) = decided {
            let decided = format!("decides all the same: {}", shown(decision));
            self.disagreement(gate, None, format!("refuses to start: {}", said.trim()), decided);
        }
    }

    fn disagreement(&mut self, gate: &Gate, asked: Option<&Asked>, real: String, decided: String) {
        self.tally.disagreements += 1;
        if self.cases.len() >= MOST_SHOWN {
            return;
        }
        let mut case = Case {
            number: self.cases.len() + 1,
            gate: gate.clone(),
            asked: asked.cloned(),
            real,
            decided,
        };
        shrink::shrink(&mut case, &mut self.ground, self.decider);
        self.cases.push(case);
    }

    /// All cases, for people; what is needed to try them is left in a folder.
    ///
    /// # Panics
    ///
    /// If there are any.
    pub fn conclude(self) -> Tally {
        let Self {
            mut ground,
            tally,
            cases,
            ..
        } = self;
        if cases.is_empty() {
            return tally;
        }
        let told: Vec<String> = cases.iter().map(|case| case.written(&mut ground)).collect();
        let folder = ground.keep();
        let told = told.join("\n\n");
        panic!("{tally}\n\n{told}\n\nall of it is left in {}", folder.display());
    }
}

/// What httpd answers; `Err`: what it says when it does not start.
pub fn answers(ground: &mut Ground, gate: &Gate, requests: &[Asked]) -> Result<Vec<Real>, String> {
    match Running::start(ground, &gate.modules, &gate.files, &gate.text()) {
        Start::Refused(said) => Err(said),
        Start::Running(_running) => {
            let client = crate::client::Client::new(ground.port);
            let ask = |asked: &Asked| match client.ask(&asked.message) {
                Ok(answer) => Real::of(&asked.message, &answer),
                Err(error) => panic!(
                    "httpd gave no answer: {error}\n{}{}",
                    gate.text(),
                    asked.message.shown()
                ),
            };
            Ok(requests.iter().map(ask).collect())
        }
    }
}

/// What is decided by the configuration that httpd has just read.
fn decisions(ground: &Ground, decider: &dyn Decide, requests: &[Asked]) -> Result<Vec<Decision>, String> {
    let policies = decider.open(&ground.conf())?;
    let mut decisions: Vec<Option<Decision>> = vec![None; requests.len()];
    let mut hosts: Vec<&str> = requests.iter().map(|asked| asked.host.as_str()).collect();
    hosts.sort_unstable();
    hosts.dedup();
    for host in hosts {
        let to_host = requests.iter().filter(|asked| asked.host == host);
        let messages: Vec<_> = to_host.map(|asked| asked.message.clone()).collect();
        let mut decided = policies.decide(host, &messages).into_iter();
        let places = requests
            .iter()
            .zip(&mut decisions)
            .filter(|(asked, _)| asked.host == host);
        places.for_each(|(_, place)| *place = decided.next());
    }
    Ok(decisions.into_iter().flatten().collect())
}

/// A decision, for people.
fn shown(decision: &Decision) -> String {
    let location = decision.location.as_ref();
    let location = location.map_or(String::new(), |to| format!(" to {}", to.escape_ascii()));
    let status = if decision.status == 0 {
        String::new()
    } else {
        format!(" {}", decision.status)
    };
    format!("{:?}{status}{location}{}", decision.outcome, decision.why)
}
