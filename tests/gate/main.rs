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
mod page;
mod proof;
mod roundtrip;
mod sandboxed;

use generate::Family;
use proof::prove;
use sandboxed::Sandboxed;

/// One test for each family, so that they run side by side: what is decided agrees with httpd, and so much of a hundred
/// at most is undecided.
macro_rules! families {
    ($($test:ident: $family:ident, $percent:literal;)*) => {
        $(
            #[test]
            fn $test() {
                prove(Family::$family, Sandboxed::shared(), $percent);
            }
        )*
    };
}

families! {
    the_gate_of_the_article: Article, 10.0;
    rules_in_a_virtual_host: Host, 15.0;
    rules_that_are_inherited: Server, 10.0;
    rules_in_directories_and_locations: Directory, 30.0;
    require: Require, 10.0;
    order_allow_deny: Order, 15.0;
    variables_by_which_is_decided: Environment, 8.0;
    addresses_that_a_proxy_tells: Proxy, 18.0;
    sections_with_conditions: Sections, 6.0;
    several_of_these_at_once: Mixture, 18.0;
    passwords_and_other_ways_in: Login, 15.0;
    the_same_spelled_otherwise: Written, 6.0;
    what_httpd_refuses_to_start_with: Broken, 15.0;
    gates_that_casebook_writes: Composed, 3.0;
}
