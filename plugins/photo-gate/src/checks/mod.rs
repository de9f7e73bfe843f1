//! The rules about the gate itself: what its configuration lets in that it should not, and shuts out.
//!
//! Comes in: a site's servers with what decides their requests ([`Decides`]), and facts. Goes out: findings. One file a rule,
//! or a folder; the words of the rules stand in their packs.
//!
//! ```text
//!   servers ─► gate ─► guards: what applies to photos in each virtual host
//!                        │
//!   rule ────────────────┴─► what it suspects ─► decided as a request ─► proven: a finding
//! ```
//!
//! What can be proven by a request is proven by one, and the finding names it. Ordinary rewrite rules are no gates: a gate
//! turns away people who ask for photos by address, cookie or header.

mod broken;
pub(crate) mod decides;
mod facts;
mod forgeable;
pub(crate) mod gate;
mod logged;
mod networks;
mod proxy;
mod ranges;
mod report;
mod sample;
#[cfg(test)]
mod trial;
mod unanchored;
mod unsupported;

use casebook_plugin_configs::Finding;

pub(crate) use decides::{Admitted, Decides, Fate, Ruling};
pub(crate) use facts::Facts;
pub(crate) use gate::Guard;
pub(crate) use logged::{Door, Logged, refused_member, served_stranger};
pub(crate) use ranges::Ranges;
pub(crate) use report::Report;

use crate::conf::Server;

/// A check of the configuration by its name, which a pack gives as `code`.
#[derive(Debug)]
pub(crate) struct Check {
    /// The name; by custom the id of the rule it was written for.
    pub(crate) name: &'static str,
    /// Judges.
    pub(crate) run: fn(&Inquiry<'_>, &mut Report),
}

/// What a check may look at.
pub(crate) struct Inquiry<'s> {
    /// What is known besides.
    pub(crate) facts: &'s Facts,
    /// What applies to photos.
    pub(crate) guards: &'s [Guard<'s>],
    /// What decides requests.
    pub(crate) decides: &'s dyn Decides,
}

/// All checks of the configuration.
pub(crate) static CHECKS: &[&Check] = &[
    &forgeable::CHECK,
    &broken::CHECK,
    &unsupported::CHECK,
    &networks::OVERREACH,
    &networks::GAP,
    &unanchored::CHECK,
    &proxy::CHECK,
];

/// The check of that name.
pub(crate) fn named(name: &str) -> Option<&'static Check> {
    CHECKS.iter().find(|check| check.name == name).copied()
}

/// The names of all checks, those of logs too.
pub(crate) fn names() -> impl Iterator<Item = &'static str> {
    let of_logs = logged::ALL.iter().map(|(name, _)| *name);
    CHECKS.iter().map(|check| check.name).chain(of_logs)
}

/// What the checks say: each with the number of its rule.
pub(crate) fn judge(
    checks: &[(u32, &'static Check)],
    servers: &[&Server],
    facts_json: &str,
    decides: &dyn Decides,
) -> Vec<Finding> {
    let facts = Facts::read(facts_json);
    let guards = gate::guards(servers, &facts);
    let inquiry = Inquiry {
        facts: &facts,
        guards: &guards,
        decides,
    };
    let judged = checks.iter().flat_map(|(number, check)| {
        let mut report = Report::of(*number);
        (check.run)(&inquiry, &mut report);
        report.close()
    });
    judged.collect()
}
