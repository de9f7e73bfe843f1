//! `SCRIPT_URL` and `SCRIPT_URI`, which mod_rewrite sets for every request, and variables that rules set.
//!
//! Comes in: the configuration, once; the request. Goes out: variables of the environment, but only if something in the
//! configuration names them: putting them together for every request would cost more than deciding it.

use std::collections::BTreeSet;

use super::{Rewriting, environment};
use crate::conf::Directive;
use crate::decide::Transaction;
use crate::oracle::Undecided;

/// Whether a directive names one of the two.
pub(super) fn is_named(text: &str) -> bool {
    let bytes = text.as_bytes();
    bytes.windows(9).any(|nine| nine.eq_ignore_ascii_case(b"SCRIPT_UR"))
}

/// The words of a directive that may be names of variables, in capitals; of a rule those that are not in `[E=NAME:…]`.
pub(super) fn words(directive: &Directive, words: &mut BTreeSet<String>) {
    let text = directive.value.replace("[E=", "[").replace(",E=", ",");
    let is_rule = directive.name == "rewriterule";
    let is_name = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-');
    let mut before = None;
    for word in directive.value.split(|c: char| !is_name(c)) {
        // What follows `E=` in a rule is what it sets.
        let sets = is_rule && before.is_some_and(|before: &str| matches!(before, "E" | "e" | "env"));
        before = Some(word);
        if !word.is_empty() && !sets {
            words.insert(word.to_ascii_uppercase());
        }
    }
    drop(text);
}

impl Rewriting<'_> {
    /// Whether nothing in the configuration asks for a variable that a rule sets.
    pub(super) fn is_unused(&self, text: &str) -> bool {
        let name = text.split(':').next().unwrap_or_default();
        let is_name = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-');
        name.bytes().all(is_name) && !self.words.contains(&name.to_ascii_uppercase())
    }

    /// Sets the two, if somebody asks for them.
    pub(super) fn set_script_url(&self, tx: &mut Transaction) -> Result<(), Undecided> {
        if !self.has_script_url {
            return Ok(());
        }
        let before = tx.env.get("REDIRECT_SCRIPT_URL").cloned();
        let url = before.unwrap_or_else(|| tx.uri.clone());
        environment::set(b"SCRIPT_URL", &url, tx);
        let beginning = self.origin.beginning(tx.circumstances).ok_or_else(|| Undecided {
            place: self.place,
            why: "`SCRIPT_URI` begins with the name that the server gives itself, which is not known".to_owned(),
        })?;
        environment::set(b"SCRIPT_URI", &[beginning.as_bytes(), &url].concat(), tx);
        Ok(())
    }
}
