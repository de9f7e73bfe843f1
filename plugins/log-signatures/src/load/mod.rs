//! Loading: from packs to signatures, or to the problems that say what is wrong with them.
//!
//! Comes in: packs as JSON text. Goes out: signatures, and the rules with their patterns for the host to search; or all
//! problems that were found, each with the JSON pointer of its place and a sentence that says what is wrong and what was
//! expected. Reading ([`read`]) is about syntax, resolving ([`resolve`]) about whether the parts of a rule fit together.
//! The host's own key `formats` is left to the host.

mod groups;
mod resolve;

use std::collections::BTreeMap;

use casebook_plugin_sdk::{Pack, Pattern, Problem, Rule, Severity};
use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::{Map, Value};
use serde_path_to_error::{Path, Segment};

use crate::pack;
use crate::{Rulebook, pack::Rule as PackRule};

/// The name by which packs ask for this plugin.
const PLUGIN: &str = "log-signatures";

/// A rule of a pack, with where it stands.
struct Placed {
    pack: String,
    /// The JSON pointer of the rule in its pack.
    place: String,
    rule: PackRule,
}

/// Loads packs.
///
/// # Errors
///
/// All problems of all packs: syntax errors, at most one for each rule, and names that mean nothing, all of them.
pub(crate) fn load(packs: &[Pack]) -> Result<(Rulebook, Vec<Rule>), Vec<Problem>> {
    let mut problems = Vec::new();
    let mut placed = Vec::new();
    for pack in packs {
        match read(pack) {
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

/// A list of rules, as it is where nothing is wrong.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Shelf {
    plugin: String,
    #[serde(default, rename = "formats")]
    _formats: IgnoredAny,
    rules: Vec<PackRule>,
}

/// The rules of one pack. A long list is read in one go; only when something is wrong with it is it read again, step by
/// step, to say what and where.
fn read(pack: &Pack) -> Result<Vec<Placed>, Vec<Problem>> {
    if let Ok(shelf) = serde_json::from_str::<Shelf>(&pack.json)
        && shelf.plugin == PLUGIN
    {
        let placed = shelf.rules.into_iter().enumerate().map(|(index, rule)| Placed {
            pack: pack.name.clone(),
            place: format!("/rules/{index}"),
            rule,
        });
        return Ok(placed.collect());
    }
    let refuse = |path: String, reason: String| {
        vec![Problem {
            pack: pack.name.clone(),
            path,
            reason,
        }]
    };
    let value: Value = serde_json::from_str(&pack.json)
        .map_err(|error| refuse(String::new(), format!("this is no JSON text: {error}")))?;
    let Value::Object(mut keys) = value else {
        return Err(refuse(
            String::new(),
            "expected a rule, or a list of rules under `rules`".to_owned(),
        ));
    };
    match keys.shift_remove("plugin") {
        None => {}
        Some(Value::String(name)) if name == PLUGIN => {}
        Some(other) => {
            return Err(refuse(
                "/plugin".to_owned(),
                format!("this pack is for {other}; expected \"{PLUGIN}\""),
            ));
        }
    }
    // Record formats that the pack brings along: the host has read them.
    keys.shift_remove("formats");
    let mut problems = Vec::new();
    let mut rules = Vec::new();
    for (place, value) in split(keys).map_err(|(path, reason)| refuse(path, reason))? {
        match serde_path_to_error::deserialize(value) {
            Ok(rule) => rules.push(Placed {
                pack: pack.name.clone(),
                place,
                rule,
            }),
            Err(error) => {
                let path = format!("{place}{}", pointer(error.path()));
                problems.extend(refuse(path, error.into_inner().to_string()));
            }
        }
    }
    if problems.is_empty() { Ok(rules) } else { Err(problems) }
}

/// The rules of a pack with their places: the pack itself, or those in its list.
fn split(mut keys: Map<String, Value>) -> Result<Vec<(String, Value)>, (String, String)> {
    match keys.shift_remove("rules") {
        None => Ok(vec![(String::new(), Value::Object(keys))]),
        Some(Value::Array(rules)) => match keys.keys().next() {
            None => Ok((0..)
                .zip(rules)
                .map(|(index, rule): (usize, _)| (format!("/rules/{index}"), rule))
                .collect()),
            Some(key) => Err((
                format!("/{}", escape(key)),
                format!("`{key}` stands beside `rules`; expected it inside one of the rules"),
            )),
        },
        Some(_) => Err(("/rules".to_owned(), "expected a list of rules".to_owned())),
    }
}

/// A place as a JSON pointer.
fn pointer(path: &Path) -> String {
    let mut pointer = String::new();
    for segment in path {
        match segment {
            Segment::Seq { index } => pointer.push_str(&format!("/{index}")),
            Segment::Map { key } => pointer.push_str(&format!("/{}", escape(key))),
            Segment::Enum { variant } => pointer.push_str(&format!("/{}", escape(variant))),
            Segment::Unknown => {}
        }
    }
    pointer
}

/// A name as it is written in a JSON pointer.
pub(super) fn escape(name: &str) -> String {
    name.replace('~', "~0").replace('/', "~1")
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
        severity: severity(rule.severity),
        symptom: rule.symptom.trim().to_owned(),
        cause: rule.cause.trim().to_owned(),
        remedy: remedy(rule),
        references: rule.references.clone(),
        patterns: patterns.collect(),
        attributes: Vec::new(),
    }
}

/// The steps as one text, numbered where there are several, then what they cost.
fn remedy(rule: &PackRule) -> String {
    let steps = rule.remedy.as_slice();
    let mut lines: Vec<String> = match steps {
        [only] => vec![only.trim().to_owned()],
        _ => (1..)
            .zip(steps)
            .map(|(number, step): (u32, _)| format!("{number}. {}", step.trim()))
            .collect(),
    };
    lines.extend(rule.cost.iter().map(|cost| format!("What it costs: {}", cost.trim())));
    lines.join("\n")
}

fn severity(severity: pack::Severity) -> Severity {
    match severity {
        pack::Severity::Info => Severity::Info,
        pack::Severity::Low => Severity::Low,
        pack::Severity::Medium => Severity::Medium,
        pack::Severity::High => Severity::High,
        pack::Severity::Critical => Severity::Critical,
    }
}

#[cfg(test)]
mod tests;
