//! A family of gates, made up, asked about and judged.
//!
//! Comes in: a family and a decider. Goes out: nothing but a line of numbers, or a panic with every disagreement.

use std::io::Write;
use std::net::{Ipv4Addr, TcpListener};

use crate::compare::{Comparison, Tally};
use crate::decide::Decide;
use crate::generate::{Family, Gate};
use crate::httpd::Installation;

/// Gates of each family: with [`REQUESTS`] some thousand pairs each, a second or two.
const GATES: u64 = 60;

/// Requests to each gate.
const REQUESTS: usize = 40;

/// Compares all gates of a family with a decider; what is undecided stays below `percent`.
pub fn prove(family: Family, decider: &dyn Decide, percent: f64) {
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
    tell(&format!(
        "{family:?}, seeds from {first}, {}: {tally}",
        installation.version
    ));
    if many >= GATES {
        is_telling(family, &tally);
    }
    let undecided = tally.percent(tally.undecided);
    assert!(
        undecided <= percent,
        "{undecided:.1}% undecided, at most {percent}% are expected"
    );
}

/// A family whose gates are refused, or let in everybody or nobody, would prove nothing.
fn is_telling(family: Family, tally: &Tally) {
    let admitted = tally.percent(tally.admitted);
    assert!(
        (20.0..=85.0).contains(&admitted),
        "{admitted:.0}% let in: the gates of {family:?} hardly decide"
    );
    let refused = 100 * tally.refused / tally.gates;
    let most = if family == Family::Broken { 95 } else { 10 };
    assert!(refused <= most, "httpd refuses {refused}% of the gates of {family:?}");
}

/// The httpd, unless there is none, or nobody could ask it from more than one address.
pub fn installation(test: &str) -> Option<&'static Installation> {
    if TcpListener::bind((Ipv4Addr::new(127, 20, 1, 5), 0)).is_err() {
        tell(&format!(
            "skipped: {test}: loopback has no addresses but 127.0.0.1 here"
        ));
        return None;
    }
    let found = Installation::find();
    if found.is_none() {
        tell(&format!(
            "skipped: {test}: there is no Apache httpd here, and none can be installed"
        ));
    }
    found
}

/// Says something whether or not the test passes.
pub fn tell(what: &str) {
    writeln!(std::io::stderr(), "{what}").ok();
}

fn number(variable: &str, usual: u64) -> u64 {
    let value = std::env::var(variable).ok().and_then(|value| value.parse().ok());
    value.unwrap_or(usual)
}
