//! Loading: from packs to signatures, or to the problems that say what is wrong with them.
//!
//! Comes in: packs as JSON text. Goes out: signatures, and the rules with their patterns for the host to search; or all
//! problems that were found, each with the JSON pointer of its place and a sentence that says what is wrong and what was
//! expected. Reading ([`read()`]) is about syntax, resolving ([`resolve`]) about whether the parts of a rule fit together.

mod groups;
mod resolve;

use std::collections::BTreeMap;

use casebook_plugin_packs::{Placed, read, remedy};
use casebook_plugin_sdk::{Pack, Pattern, Problem, Rule};

use crate::pack;
use crate::{Rulebook, pack::Rule as PackRule};

/// The name by which packs ask for this plugin.
const PLUGIN: &str = "log-signatures";

/// Loads packs.
///
/// # Errors
///
/// All problems of all packs: syntax errors, at most one for each rule, and names that mean nothing, all of them.
pub(crate) fn load(packs: &[Pack]) -> Result<(Rulebook, Vec<Rule>), Vec<Problem>> {
    let mut problems = Vec::new();
    let mut placed: Vec<Placed<PackRule>> = Vec::new();
    for pack in packs {
        match read(pack, PLUGIN) {
            Ok(rules) => placed.extend(rules),
            Err(found) => problems.extend(found),
        }
    }
    let mut rulebook = Rulebook::default();
    let mut rules = Vec::new();
    let mut known: BTreeMap<&str, &str> = BTreeMap::new();
    for Placed { pack, place, rule } in &placed {
        let mut report = |path: &str, reason: String| {
            problems.push(Problem {
                pack: pack.clone(),
                path: format!("{place}{path}"),
                reason,
            });
        };
        if let Some(former) = known.insert(&rule.id, pack) {
            report(
                "/id",
                format!(
                    "`{}` is the id of a rule in {former} already; expected an id of its own",
                    rule.id
                ),
            );
        }
        let (signature, groups) = resolve::resolve(rule, &mut report);
        let index = rulebook.signatures.len();
        rulebook
            .places
            .extend((0..groups.len()).map(|pattern| (index, pattern)));
        rulebook.signatures.push(signature);
        rules.push(describe(rule, groups));
    }
    if problems.is_empty() {
        Ok((rulebook, rules))
    } else {
        Err(problems)
    }
}

/// The rule as the host knows it.
fn describe(rule: &PackRule, groups: Vec<Vec<String>>) -> Rule {
    let patterns = rule.patterns.iter().zip(groups).map(|((name, pattern), captures)| {
        let (regex, own) = match pattern {
            pack::Pattern::Regex(regex) => (regex, &[][..]),
            pack::Pattern::Parts(parts) => (&parts.regex, parts.applies_to.as_slice()),
        };
        let formats = if own.is_empty() {
            rule.applies_to.clone()
        } else {
            own.to_vec()
        };
        Pattern {
            regex: regex.clone(),
            captures,
            formats,
            attributes: vec![("name".to_owned(), name.to_owned())],
        }
    });
    Rule {
        id: rule.id.clone(),
        title: rule.title.clone(),
        severity: rule.severity.into(),
        symptom: rule.symptom.trim().to_owned(),
        cause: rule.cause.trim().to_owned(),
        remedy: remedy(rule.remedy.as_slice(), rule.cost.as_deref()),
        references: rule.references.clone(),
        patterns: patterns.collect(),
        attributes: Vec::new(),
    }
}

#[cfg(test)]
mod tests;
