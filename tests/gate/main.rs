//! Decisions about the photo gate, put to the proof against the real thing: an Apache httpd that is started on loopback
//! with gates that were made up, and asked.
//!
//! ```text
//!   generate ─► a gate, requests ─┬─► httpd + client ─► status, Location ─┐
//!                                 └─► decide ─────────► outcome ──────────┴─► compare ─► cases
//! ```
//!
//! Gates come from seeds, which are the same in every run. For others: `CASEBOOK_GATE_SEED`, the first seed, and
//! `CASEBOOK_GATE_MANY`, how many gates of each family.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test fails by panicking"
)]

mod client;
mod compare;
mod decide;
mod generate;
mod httpd;

use std::io::Write;

use compare::Comparison;
use decide::{Decide, Decision, Outcome, Policies};
use generate::{Family, Gate};
use httpd::Installation;

/// Gates of each family: with [`REQUESTS`] some thousand pairs each, a few seconds.
const GATES: u64 = 60;

/// Requests to each gate.
const REQUESTS: usize = 40;

/// Says something whether or not the test passes.
fn tell(what: &str) {
    writeln!(std::io::stderr(), "{what}").ok();
}

/// The httpd, unless there is none.
fn installation(test: &str) -> Option<&'static Installation> {
    let found = Installation::find();
    if found.is_none() {
        tell(&format!("skipped: {test}: no Apache httpd can be installed here"));
    }
    found
}

fn number(variable: &str, usual: u64) -> u64 {
    let value = std::env::var(variable).ok().and_then(|value| value.parse().ok());
    value.unwrap_or(usual)
}

/// Compares all gates of a family with a decider; what is undecided stays below `percent`.
fn prove(family: Family, decider: &dyn Decide, percent: f64) {
    let Some(installation) = installation(&format!("{family:?}")) else {
        return;
    };
    let first = number("CASEBOOK_GATE_SEED", 0);
    let many = number("CASEBOOK_GATE_MANY", GATES);
    let mut comparison = Comparison::new(installation, decider);
    for seed in first..first + many {
        let gate = Gate::of(family, seed);
        comparison.put(&gate, &gate.requests(REQUESTS));
    }
    let tally = comparison.conclude();
    tell(&format!("{family:?}, seeds from {first}, {}: {tally}", installation.version));
    let undecided = tally.percent(tally.undecided);
    assert!(undecided <= percent, "{undecided:.1}% undecided, at most {percent}% are expected");
}

include!("dev.rs");
