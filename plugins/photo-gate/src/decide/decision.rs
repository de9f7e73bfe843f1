//! What becomes of a request.
//!
//! Comes in: the hooks of a virtual host, and a request. Goes out: a [`Decision`]. What is not known is answered in every way
//! ([`crate::oracle`]): if all come to the same, that is the decision, else it is undecided.

use std::collections::BTreeMap;

use super::arrival::{Arrived, arrive};
use super::hooks::{Ended, Hooks};
use super::transaction::{Circumstances, Transaction};
use crate::oracle::{MOST_RUNS, Oracle, Undecided};
use crate::request::Request;
use crate::trace::{Decider, Step, Subject, Trace};

/// What becomes of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Fate {
    /// It is served, if what it asks for is there.
    Allow,
    /// The client is sent elsewhere.
    Redirect,
    /// It is refused.
    Forbid,
    /// It is answered as if there were nothing.
    NotFound,
    /// It is not known.
    Undecided,
}

/// A decision.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decision {
    /// What becomes of the request.
    pub fate: Fate,
    /// The status that is sent; 0 where it is undecided.
    pub status: u16,
    /// Where a redirect leads, as far as it is known.
    pub location: Vec<u8>,
    /// The conditions that decided, in order.
    pub deciders: Vec<Decider>,
    /// What is not known, where it is undecided.
    pub why: Option<Undecided>,
}

/// A decision, and what was looked at on the way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Explanation {
    /// The decision.
    pub decision: Decision,
    /// Every condition in the order of evaluation: with all questions answered "yes", where something is not known.
    pub steps: Vec<Step>,
}

impl Decision {
    fn undecided(why: Undecided) -> Self {
        Self {
            fate: Fate::Undecided,
            status: 0,
            location: Vec::new(),
            deciders: Vec::new(),
            why: Some(why),
        }
    }

    /// The condition that decided: the first that says more than "anything else".
    pub fn decider(&self) -> Option<&Decider> {
        let admitted = self.fate == Fate::Allow;
        let mut fitting = self.deciders.iter().filter(|decider| decider.admitted == admitted);
        let first = fitting.clone().next();
        fitting.find(|decider| decider.subject != Subject::Other).or(first)
    }
}

impl Fate {
    fn of(status: u16) -> Self {
        match status {
            200..=299 => Self::Allow,
            300..=399 => Self::Redirect,
            404 | 410 => Self::NotFound,
            _ => Self::Forbid,
        }
    }
}

/// Decides a request.
pub(super) fn decide(hooks: &Hooks<'_>, request: &Request) -> Decision {
    runs(hooks, request, Trace::default).0
}

/// Decides a request and keeps what was looked at.
pub(super) fn explain(hooks: &Hooks<'_>, request: &Request) -> Explanation {
    let (decision, trace) = runs(hooks, request, Trace::detailed);
    Explanation {
        decision,
        steps: trace.into_steps(),
    }
}

/// One run for each way to answer what is not known; the trace is that of the first.
fn runs(hooks: &Hooks<'_>, request: &Request, trace: fn() -> Trace) -> (Decision, Trace) {
    if let Some(why) = hooks.unknown() {
        return (Decision::undecided(why), trace());
    }
    let mut oracle = Oracle::default();
    let mut kept = trace();
    let mut decision = match once(hooks, request, &mut oracle, &mut kept) {
        Ok(ended) => decided(ended, &kept),
        Err(why) => Decision::undecided(why),
    };
    let mut is_done = false;
    for _ in 1..MOST_RUNS {
        is_done = decision.fate == Fate::Undecided || !oracle.advance();
        if is_done {
            break;
        }
        let mut other = Trace::default();
        match once(hooks, request, &mut oracle, &mut other) {
            Ok(ended) => agree(&mut decision, ended, &other, &oracle),
            Err(why) => decision = Decision::undecided(why),
        }
    }
    // What let the request in is known where it would have been let in without what is not known.
    if decision.deciders.iter().any(|decider| !oracle.has_asked(decider.place)) {
        decision.deciders.retain(|decider| !oracle.has_asked(decider.place));
    }
    if !is_done && decision.fate != Fate::Undecided && oracle.advance() {
        decision = differs(&oracle, "too much of it is not known");
    }
    (decision, kept)
}

fn decided(ended: Ended, trace: &Trace) -> Decision {
    Decision {
        fate: Fate::of(ended.status),
        status: ended.status,
        location: ended.location,
        deciders: trace.deciders.clone(),
        why: None,
    }
}

/// Another run came to this.
fn agree(decision: &mut Decision, ended: Ended, trace: &Trace, oracle: &Oracle) {
    if decision.status != ended.status {
        *decision = differs(oracle, "it matters, and is not known");
        return;
    }
    if decision.location != ended.location {
        decision.location.clear();
    }
    for decider in &trace.deciders {
        if !decision.deciders.contains(decider) {
            decision.deciders.push(decider.clone());
        }
    }
}

fn differs(oracle: &Oracle, otherwise: &str) -> Decision {
    let first = oracle.first().cloned();
    Decision::undecided(first.unwrap_or_else(|| Undecided {
        place: crate::Place { document: 0, node: 0 },
        why: otherwise.to_owned(),
    }))
}

/// One run.
fn once(hooks: &Hooks<'_>, request: &Request, oracle: &mut Oracle, trace: &mut Trace) -> Result<Ended, Undecided> {
    let settings = &hooks.settings;
    let arrival = arrive(request, settings, oracle)?;
    let (arrived, refused) = match arrival {
        Ok(arrived) => (arrived, None),
        Err(status) => (Arrived::nothing(request), Some(status)),
    };
    let circumstances = Circumstances {
        version: settings.version,
        patch: settings.patch,
        port: settings.port,
        https: settings.https,
        server_name: arrived.server_name,
        said_port: arrived.port,
        document_root: settings.document_root.clone(),
    };
    let mut tx = Transaction {
        request: &arrived.request,
        circumstances: &circumstances,
        client: request.peer,
        uri: arrived.path,
        query: arrived.query,
        filename: None,
        path_info: Vec::new(),
        env: BTreeMap::new(),
        changed_headers: BTreeMap::new(),
        internal_redirects: 0,
        oracle,
        trace,
    };
    match refused {
        Some(status) => hooks.refused(status, &mut tx),
        None => hooks.run(&mut tx),
    }
}
