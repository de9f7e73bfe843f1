//! What was looked at while a request was decided, in order: for `casebook gate explain`, and for rules that say which
//! condition decided.

use crate::Place;

/// How a condition came out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// It held (after its `!`, if it has one).
    Held,
    /// It did not hold.
    Failed,
    /// It cannot be known.
    Unknown,
    /// It was not looked at: what stood before it had decided.
    PassedOver,
}

/// One step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// The directive.
    pub place: Place,
    /// The directive as it counts: name and arguments, variables replaced.
    pub text: String,
    /// What was compared: the value of the variable, the path, the address. Empty where nothing was.
    pub value: Vec<u8>,
    /// How it came out.
    pub verdict: Verdict,
    /// What follows from it, in words.
    pub note: String,
}

/// What a condition asks about: through which door somebody comes.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Subject {
    /// The client's address.
    Address,
    /// The header `Cookie`, or one cookie in it.
    Cookie,
    /// Another header, by its name in small letters.
    Header(String),
    /// Anything else: a path, a file, a user, the time.
    Other,
}

/// A condition that decided between letting in and turning away: it stopped a rule that would have turned the request away,
/// or it granted access, or its failing refused it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decider {
    /// The condition.
    pub place: Place,
    /// What it asks about.
    pub subject: Subject,
    /// Whether it let the request in.
    pub admitted: bool,
}

/// What was seen so far. Deciders are always kept; steps only where somebody wants to read them.
#[derive(Debug, Default)]
pub struct Trace {
    steps: Option<Vec<Step>>,
    /// What decided, in order.
    pub deciders: Vec<Decider>,
}

impl Trace {
    /// A trace that keeps steps.
    pub fn detailed() -> Self {
        Self {
            steps: Some(Vec::new()),
            deciders: Vec::new(),
        }
    }

    /// Notes a step, which is only put together if somebody wants to read it.
    pub fn step(&mut self, step: impl FnOnce() -> Step) {
        if let Some(steps) = &mut self.steps {
            steps.push(step());
        }
    }

    /// The steps.
    pub fn into_steps(self) -> Vec<Step> {
        self.steps.unwrap_or_default()
    }
}
