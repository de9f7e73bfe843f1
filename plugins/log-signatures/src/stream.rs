//! One stream: what every signature remembers of it, and the records that the host holds for it.
//!
//! Comes in: batches of candidates. Each hit becomes an event of its signature and goes through that signature's
//! correlations; the sightings that come out are judged. Goes out: findings, and which records the host has to hold on to:
//! after each batch exactly those that an open correlation may still name.
//!
//! All of it is plain data, so that it can be written down and read again.

use std::collections::BTreeSet;

use casebook_plugin_sdk::{Batch, Failure, Level, StreamInfo, Verdict};
use serde::{Deserialize, Serialize};

use crate::Rulebook;
use crate::correlate::State;
use crate::event::Event;
use crate::facts::Facts;
use crate::judge::{Findings, Judge, Ledger};
use crate::signature::Signature;

/// What is remembered of one stream.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct StreamState {
    file: String,
    facts: Facts,
    rules: Vec<RuleState>,
    /// The records that the host holds.
    kept: BTreeSet<u32>,
}

/// What one rule remembers of the stream.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct RuleState {
    correlations: Vec<State>,
    ledger: Ledger,
    /// Whether it has been said that something was forgotten.
    said: bool,
}

impl StreamState {
    /// A stream that begins.
    pub(crate) fn open(rulebook: &Rulebook, info: &StreamInfo) -> Self {
        let begin = |signature: &Signature| RuleState {
            correlations: signature
                .correlators
                .iter()
                .map(crate::correlate::Correlator::begin)
                .collect(),
            ledger: Ledger::default(),
            said: false,
        };
        Self {
            file: info.file.clone(),
            facts: Facts::read(&info.facts),
            rules: rulebook.signatures.iter().map(begin).collect(),
            kept: BTreeSet::new(),
        }
    }

    /// The next candidates.
    pub(crate) fn observe(
        &mut self,
        rulebook: &Rulebook,
        batch: &Batch<'_>,
        verdict: &mut Verdict,
    ) -> Result<(), Failure> {
        let mut findings = Findings::default();
        for record in batch.records() {
            for hit in record.hits() {
                let (rule, pattern) = rulebook
                    .place(hit.pattern)
                    .ok_or_else(|| unknown_pattern(hit.pattern))?;
                let event = Event::new(record.number, record.time, pattern, hit.captures());
                self.accept(rulebook, rule, event, &mut findings);
            }
        }
        verdict.findings = findings.into_vec();
        self.hold(batch.first(), verdict);
        self.say_what_was_forgotten(rulebook, verdict);
        Ok(())
    }

    /// The stream has ended.
    pub(crate) fn close(mut self, rulebook: &Rulebook, verdict: &mut Verdict) {
        let mut findings = Findings::default();
        for (index, (signature, state)) in (0..).zip(rulebook.signatures.iter().zip(&mut self.rules)) {
            let RuleState {
                correlations, ledger, ..
            } = state;
            let mut judge = Judge {
                rule: index,
                signature,
                facts: &self.facts,
                ledger,
                findings: &mut findings,
            };
            for (correlator, correlation) in signature.correlators.iter().zip(correlations) {
                correlator.close(correlation, &mut |sighting| judge.judge(&sighting));
            }
        }
        verdict.findings = findings.into_vec();
        verdict.release = self.kept.into_iter().collect();
    }

    fn accept(&mut self, rulebook: &Rulebook, rule: usize, event: Event<'_>, findings: &mut Findings) {
        let Some(signature) = rulebook.signatures.get(rule) else {
            return;
        };
        let Some(RuleState {
            correlations, ledger, ..
        }) = self.rules.get_mut(rule)
        else {
            return;
        };
        ledger.remember(&signature.memories, &event);
        let index = u32::try_from(rule).unwrap_or(u32::MAX);
        let mut judge = Judge {
            rule: index,
            signature,
            facts: &self.facts,
            ledger,
            findings,
        };
        let mut pairs = signature.correlators.iter().zip(correlations);
        let last = pairs.next_back();
        for (correlator, state) in pairs {
            correlator.accept(state, event.clone(), &mut |sighting| judge.judge(&sighting));
        }
        if let Some((correlator, state)) = last {
            correlator.accept(state, event, &mut |sighting| judge.judge(&sighting));
        }
    }

    /// Tells the host which records of this batch to keep, and which of the kept ones are no longer needed.
    fn hold(&mut self, first: u32, verdict: &mut Verdict) {
        let mut needed = BTreeSet::new();
        for correlation in self.rules.iter().flat_map(|rule| &rule.correlations) {
            correlation.held(&mut needed);
        }
        verdict.keep = needed.range(first..).copied().collect();
        verdict.release = self.kept.difference(&needed).copied().collect();
        self.kept = needed;
    }

    fn say_what_was_forgotten(&mut self, rulebook: &Rulebook, verdict: &mut Verdict) {
        for (signature, state) in rulebook.signatures.iter().zip(&mut self.rules) {
            let forgotten = state.correlations.iter().map(State::forgotten).sum::<u64>() + state.ledger.forgotten();
            if forgotten > 0 && !state.said {
                state.said = true;
                verdict.lines.push((
                    Level::Warn,
                    format!(
                        "{}: {} has more open sequences, keys or groups than are remembered; the oldest are forgotten, \
                         and findings of this rule may be missing or without samples",
                        self.file, signature.id
                    ),
                ));
            }
        }
    }
}

fn unknown_pattern(pattern: usize) -> Failure {
    Failure::BadInput(format!("pattern {pattern} belongs to no rule"))
}
