//! Checks that need thought: one file a check, or a folder for those that share a model of the product.
//!
//! Comes in: a site with its facts, and the parameters of the pack that names the check. Goes out: findings. Never here:
//! the words of the rule, which stand in its pack, and parsing, which the host did.

mod directory;
mod docconv;
mod hosts;
mod library;
mod listing;
mod machines;
mod photos;
mod proxy;
mod session;
mod sprayer;
mod tls;
mod tokens;
#[cfg(test)]
mod trial;
mod wim;

use std::cell::OnceCell;

use casebook_plugin_configs::{Interest, Site};

use crate::facts::Facts;
use crate::report::Report;

/// A check by its name, which a pack gives as `code`.
pub(crate) struct Check {
    /// The name; by custom the id of the rule it was written for.
    pub(crate) name: &'static str,
    /// What it wants to see.
    pub(crate) wants: fn() -> Vec<Interest>,
    /// Judges.
    pub(crate) run: fn(&Inquiry<'_>, &mut Report),
}

/// What a check may look at.
pub(crate) struct Inquiry<'s> {
    /// The documents.
    pub(crate) site: &'s Site,
    /// What is known besides.
    pub(crate) facts: &'s Facts,
    /// The pack's `parameters`; an empty object where it gives none.
    pub(crate) parameters: &'s serde_json::Map<String, serde_json::Value>,
    /// What other checks of this site have made of it already.
    pub(crate) models: &'s Models<'s>,
}

/// What several checks look at alike: made once for a site, by the first that asks.
#[derive(Default)]
pub(crate) struct Models<'s> {
    cells: OnceCell<Vec<tls::Cell<'s>>>,
}

impl<'s> Inquiry<'s> {
    /// The cells of the site with their SSL configurations.
    fn cells(&self) -> &'s [tls::Cell<'s>] {
        self.models.cells.get_or_init(|| tls::cells(self.site, self.facts))
    }
}

/// All checks.
pub(crate) static CHECKS: &[&Check] = &[
    &proxy::POLICY,
    &proxy::ALLOW,
    &library::CHECK,
    &photos::CHECK,
    &docconv::CHECK,
    &hosts::CHECK,
    &session::CHECK,
    &tokens::CHECK,
    &wim::USER_ID,
    &wim::BASE_ENTRY,
    &sprayer::CHECK,
    &tls::SIP_PROXY,
    &tls::MEETING_CLIENT,
    &tls::CELL_MISMATCH,
    &tls::WEAK_PROTOCOL,
    &tls::WEAK_CIPHERS,
    &tls::CERTIFICATE,
];

/// The check of that name.
pub(crate) fn named(name: &str) -> Option<&'static Check> {
    CHECKS.iter().find(|check| check.name == name).copied()
}
