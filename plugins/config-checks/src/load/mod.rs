//! Loading: from packs to rules that can judge, or to the problems that say what is wrong with them.
//!
//! Comes in: packs as JSON text. Goes out: judges, and the rules as the host describes them; or all problems that were
//! found, each with the JSON pointer of its place and a sentence that says what is wrong and what was expected.

mod check;
mod condition;
mod source;
mod value;
mod when;
mod words;

use std::collections::BTreeMap;

use casebook_plugin_configs::{Pack, Problem, Rule};
use casebook_plugin_packs::{Placed, check_words, read, remedy};
use serde_json::{Value, json};

use crate::pack::{Link, Rule as PackRule};
use crate::rule::{Judge, Means};
use crate::{code, data};

/// The name by which packs ask for this plugin.
const PLUGIN: &str = "config-checks";

/// Takes a JSON pointer inside the rule, and a sentence.
type Report<'r> = &'r mut dyn FnMut(&str, String);

/// Names of values, with the named groups of each.
type Names = Vec<(String, Vec<String>)>;

/// Loads packs.
///
/// # Errors
///
/// All problems of all packs: syntax errors, at most one for each rule, and names that mean nothing, all of them.
pub(crate) fn load(packs: &[Pack]) -> Result<(Vec<Judge>, Vec<Rule>), Vec<Problem>> {
    let mut problems = Vec::new();
    let mut placed: Vec<Placed<PackRule>> = Vec::new();
    for pack in packs {
        match read(pack, PLUGIN) {
            Ok(rules) => placed.extend(rules),
            Err(found) => problems.extend(found),
        }
    }
    let (mut judges, mut rules) = (Vec::new(), Vec::new());
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
            let reason = format!(
                "`{}` is the id of a rule in {former} already; expected an id of its own",
                rule.id
            );
            report("/id", reason);
        }
        check_texts(rule, &mut report);
        if let Some(means) = means(rule, &mut report) {
            let id = rule.id.clone();
            judges.push(Judge { id, means });
        }
        rules.push(describe(rule));
    }
    if problems.is_empty() {
        Ok((judges, rules))
    } else {
        Err(problems)
    }
}

fn check_texts(rule: &PackRule, report: Report<'_>) {
    let texts = [
        ("/title", rule.title.as_str()),
        ("/symptom", &rule.symptom),
        ("/cause", &rule.cause),
    ];
    check_words(&rule.id, texts, rule.remedy.as_slice(), report);
}

/// How the rule judges; `None`, and a problem, where that cannot be told.
fn means(rule: &PackRule, report: Report<'_>) -> Option<Means> {
    match (&rule.code, &rule.check) {
        (Some(name), None) => {
            if rule.when.is_some() {
                report(
                    "/when",
                    "a check in code knows itself when it applies; expected no `when`".to_owned(),
                );
            }
            let check = code::named(name);
            if check.is_none() {
                report("/code", unknown_check(name));
            }
            check.map(|check| Means::Code(check, rule.parameters.clone()))
        }
        (None, Some(checks)) => {
            if !rule.parameters.is_empty() {
                report(
                    "/parameters",
                    "only a check in `code` takes parameters; expected none".to_owned(),
                );
            }
            let when = rule
                .when
                .as_ref()
                .map(|when| when::when(when, report))
                .unwrap_or_default();
            let numbered = checks.as_slice().iter().enumerate();
            let checks = numbered.map(|(index, own)| match checks.as_slice() {
                [_] => check::check("/check", own, report),
                _ => check::check(&format!("/check/{index}"), own, report),
            });
            let checks = checks.collect();
            Some(Means::Data(Box::new(data::Rule { when, checks })))
        }
        (Some(_), Some(_)) => {
            report("/code", "the rule has `check` too; expected one of the two".to_owned());
            None
        }
        (None, None) => {
            report("", "the rule checks nothing; expected `check` or `code`".to_owned());
            None
        }
    }
}

fn unknown_check(name: &str) -> String {
    let names: Vec<&str> = code::CHECKS.iter().map(|check| check.name).collect();
    format!(
        "`{name}` is no check of this plugin; expected one of: {}",
        names.join(", ")
    )
}

/// The rule as the host knows it.
fn describe(rule: &PackRule) -> Rule {
    let mut attributes = Vec::new();
    for (name, links) in [("explains", &rule.explains), ("explained-by", &rule.explained_by)] {
        if !links.is_empty() {
            let list: Value = links.iter().map(link).collect();
            attributes.push((name.to_owned(), list.to_string()));
        }
    }
    Rule {
        id: rule.id.clone(),
        title: rule.title.clone(),
        severity: rule.severity.into(),
        symptom: rule.symptom.trim().to_owned(),
        cause: rule.cause.trim().to_owned(),
        remedy: remedy(rule.remedy.as_slice(), rule.cost.as_deref()),
        references: rule.references.clone(),
        patterns: Vec::new(),
        attributes,
    }
}

fn link(link: &Link) -> Value {
    match link {
        Link::Rule(rule) => json!({ "rule": rule, "same": [] }),
        Link::Parts(parts) => json!({ "rule": parts.rule, "same": parts.same }),
    }
}

#[cfg(test)]
mod tests;
