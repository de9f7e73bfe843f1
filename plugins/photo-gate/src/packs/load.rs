//! Loading: from packs to rules that can judge, or to the problems that say what is wrong with them.
//!
//! Comes in: packs as JSON text. Goes out: judges in the order of the rules, and the rules as the host describes them; or all
//! problems that were found, each with the JSON pointer of its place.

use std::collections::BTreeMap;

use casebook_plugin_packs::{Placed, check_words, read, remedy};
use casebook_plugin_sdk::{Pack, Pattern, Problem, Rule};
use serde_json::{Value, json};

use super::{Link, Rule as PackRule};
use crate::checks::{self, Check, Logged};

/// The name by which packs ask for this plugin.
const PLUGIN: &str = "photo-gate";

/// Groups that a pattern over access logs must have.
const NEEDED: &[&str] = &["client", "method", "target", "status"];

/// Groups that it may have besides.
const OPTIONAL: &[&str] = &["referer", "agent", "cookie"];

/// Takes a JSON pointer inside the rule, and a sentence.
type Report<'r> = &'r mut dyn FnMut(&str, String);

/// A rule as it is applied. Its number is its place in the list.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Judge {
    /// What it does.
    pub(crate) means: Means,
}

/// The two ways to judge.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Means {
    /// Of the configuration.
    Configuration(&'static Check),
    /// Of an access log.
    Log(Logged),
}

/// Loads packs.
///
/// # Errors
///
/// All problems of all packs.
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
        let texts = [
            ("/title", rule.title.as_str()),
            ("/symptom", &rule.symptom),
            ("/cause", &rule.cause),
        ];
        check_words(&rule.id, texts, rule.remedy.as_slice(), &mut report);
        if let Some(means) = means(rule, &mut report) {
            judges.push(Judge { means });
        }
        rules.push(describe(rule));
    }
    if problems.is_empty() {
        Ok((judges, rules))
    } else {
        Err(problems)
    }
}

/// How the rule judges; `None`, and a problem, where that cannot be told.
fn means(rule: &PackRule, report: Report<'_>) -> Option<Means> {
    if let Some(check) = checks::named(&rule.code) {
        if rule.patterns.iter().len() > 0 || !rule.applies_to.is_empty() {
            let reason = "a check of the configuration searches no log; expected neither `patterns` nor `applies-to`";
            report("/code", reason.to_owned());
        }
        return Some(Means::Configuration(check));
    }
    let Some(logged) = Logged::named(&rule.code) else {
        let names: Vec<&str> = checks::names().collect();
        let reason = format!(
            "`{}` is no check of this plugin; expected one of: {}",
            rule.code,
            names.join(", ")
        );
        report("/code", reason);
        return None;
    };
    if rule.patterns.iter().len() == 0 {
        report(
            "",
            "a check of logs searches for something; expected `patterns`".to_owned(),
        );
    }
    for (name, regex) in rule.patterns.iter() {
        for group in NEEDED.iter().filter(|group| !has_group(regex, group)) {
            let path = format!("/patterns/{}", casebook_plugin_packs::escape(name));
            report(&path, format!("expected a group `(?<{group}>…)`"));
        }
    }
    Some(Means::Log(logged))
}

fn has_group(regex: &str, group: &str) -> bool {
    regex.contains(&format!("(?<{group}>")) || regex.contains(&format!("(?P<{group}>"))
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
    let pattern = |regex: &String| Pattern {
        regex: regex.clone(),
        captures: NEEDED
            .iter()
            .chain(OPTIONAL)
            .filter(|group| has_group(regex, group))
            .map(|group| (*group).to_owned())
            .collect(),
        formats: rule.applies_to.clone(),
        attributes: Vec::new(),
    };
    if rule.patterns.iter().len() > 0 {
        attributes.push(("judged".to_owned(), "alone".to_owned()));
    }
    Rule {
        id: rule.id.clone(),
        title: rule.title.clone(),
        severity: rule.severity.into(),
        symptom: rule.symptom.trim().to_owned(),
        cause: rule.cause.trim().to_owned(),
        remedy: remedy(rule.remedy.as_slice(), rule.cost.as_deref()),
        references: rule.references.clone(),
        patterns: rule.patterns.iter().map(|(_, regex)| pattern(regex)).collect(),
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
mod tests {
    use super::*;

    fn of(rest: &str) -> Result<(Vec<Judge>, Vec<Rule>), Vec<Problem>> {
        let words =
            r#""plugin":"photo-gate","id":"a","title":"t","severity":"low","symptom":"s","cause":"c","remedy":"r""#;
        load(&[Pack {
            name: "a.yaml".to_owned(),
            json: format!("{{{words},{rest}}}"),
        }])
    }

    const PATTERN: &str = "(?<client>a)(?<method>b)(?<target>c)(?<status>d)(?<agent>e)";

    #[test]
    fn a_rule_names_its_check() {
        let (judges, rules) = of(r#""code":"photo-gate-broken","explains":["b"]"#).expect("a rule");
        assert!(matches!(judges[0].means, Means::Configuration(check) if check.name == "photo-gate-broken"));
        assert_eq!(rules[0].attributes[0].1, r#"[{"rule":"b","same":[]}]"#);
        let log = format!(r#""code":"photo-gate-served-stranger","applies-to":["x"],"patterns":{{"p":"{PATTERN}"}}"#);
        let (judges, rules) = of(&log).expect("a rule");
        assert!(matches!(judges[0].means, Means::Log(Logged::ServedStranger)));
        assert_eq!(
            rules[0].patterns[0].captures,
            ["client", "method", "target", "status", "agent"]
        );
        assert_eq!(rules[0].patterns[0].formats, ["x"]);
    }

    #[test]
    fn what_does_not_fit_is_refused_with_its_place() {
        let lost = |rest: &str| of(rest).map(|_| ()).expect_err(rest).remove(0);
        let problem = lost(r#""code":"nothing""#);
        assert!(
            problem.path == "/code" && problem.reason.contains("photo-gate-broken, "),
            "{problem:?}"
        );
        assert_eq!(lost(r#""code":"photo-gate-doors""#).path, "");
        assert_eq!(
            lost(r#""code":"photo-gate-doors","patterns":{"p":"(?<client>a)"}"#).path,
            "/patterns/p"
        );
        assert_eq!(lost(r#""code":"photo-gate-broken","patterns":{"p":"a"}"#).path, "/code");
        assert_eq!(lost(r#""code":"photo-gate-broken","when":{}"#).path, "/when");
    }
}
