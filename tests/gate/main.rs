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
mod proof;

use decide::{Decide, Decision, Outcome, Policies};
use generate::Family;
use proof::prove;

/// Knows nothing: what is put to the proof are the gates and httpd.
struct Ignorant;

impl Decide for Ignorant {
    fn open(&self, _: &std::path::Path) -> Result<Box<dyn Policies + '_>, String> {
        Ok(Box::new(Self))
    }
}

impl Policies for Ignorant {
    fn decide(&self, _: &str, requests: &[client::Message]) -> Vec<Decision> {
        let decision = Decision {
            outcome: Outcome::Undecided,
            status: 0,
            location: None,
            why: String::new(),
        };
        vec![decision; requests.len()]
    }
}

/// One test for each family, so that they run side by side: what is decided agrees with httpd, and so much of a hundred
/// at most is undecided.
macro_rules! families {
    ($($test:ident: $family:ident, $percent:literal;)*) => {
        $(
            #[test]
            fn $test() {
                prove(Family::$family, &Ignorant, $percent);
            }
        )*
    };
}

families! {
    the_gate_of_the_article: Article, 100.0;
    rules_in_a_virtual_host: Host, 100.0;
    rules_that_are_inherited: Server, 100.0;
    rules_in_directories_and_locations: Directory, 100.0;
    require: Require, 100.0;
    order_allow_deny: Order, 100.0;
    variables_by_which_is_decided: Environment, 100.0;
    addresses_that_a_proxy_tells: Proxy, 100.0;
    sections_with_conditions: Sections, 100.0;
    several_of_these_at_once: Mixture, 100.0;
    passwords_and_other_ways_in: Login, 100.0;
    the_same_spelled_otherwise: Written, 100.0;
    what_httpd_refuses_to_start_with: Broken, 100.0;
}
