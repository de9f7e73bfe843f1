//! Configuration checks: rule packs as data and as code, judged over all documents of a site at once.
//!
//! Comes in: packs as JSON text ([`pack`] is their syntax), then a site: its parsed documents and what is known of it. Goes
//! out: the rules, what they want to see, then findings. The host has done all the parsing.
//!
//! ```text
//! pack ─► load ─► rule ─┬─ data: select ─► values ─► conditions ─┐
//!          problems     │                                        ├─► report ─► finding
//!          with JSON    └─ code: a function of this plugin ──────┘
//!          pointers
//! ```
//!
//! What compares values is data; what needs thought is code, one file a check. Either way the words of a rule (symptom,
//! cause, remedy) and its examples stand in its pack. What a rule says about a site is a function of its documents and
//! facts and of nothing else. A rule that lacks a fact says which; it does not guess.

mod code;
mod facts;
mod report;

pub use facts::Facts;
