//! Every rule pack against its own examples and against those of all others.
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test that meets what it did not expect ends, and says where"
)]

mod host;

use std::collections::BTreeSet;

use host::{Grouped, Host, frame, pack_rules, packs, rules_folder};
use log_signatures::pack::{Expected, Severity};
use serde_json::Value;

/// The rules that the packs must bring: their ids are a contract.
const RULES: [&str; 10] = [
    "connections-meeting-room-403",
    "connections-meeting-room-412",
    "domino-wrong-server-answered",
    "photo-guessing",
    "sametime-ltpa-token-rejected",
    "sametime-token-name-suffix",
    "websphere-addnode-wrong-address",
    "websphere-node-agent-flapping",
    "websphere-tls-protocol-rejected",
    "websphere-user-not-in-realm",
];

fn word(severity: Severity) -> String {
    format!("{severity:?}")
}

fn is(found: &Grouped, expected: &Expected, of_rule: Severity) -> bool {
    let fields = expected
        .fields
        .iter()
        .all(|(name, value)| found.fields.get(name) == Some(value));
    let severity =
        word(expected.severity.unwrap_or(of_rule)) == format!("{:?}", found.severity).trim_start_matches("Severity::");
    found.count == expected.count && found.line == expected.line && fields && severity
}

#[test]
fn all_rules_are_there_and_each_says_what_to_do() {
    let host = Host::with_all_packs();
    let ids: BTreeSet<&str> = host.rules.iter().map(|rule| rule.id.as_str()).collect();
    assert_eq!(ids, RULES.into());
    for rule in &host.rules {
        assert!(
            rule.cause.len() > 80 && rule.remedy.len() > 80 && !rule.references.is_empty(),
            "{}",
            rule.id
        );
        assert!(
            !rule.patterns.iter().any(|pattern| pattern.formats.is_empty()),
            "{} searches every format",
            rule.id
        );
    }
}

#[test]
fn every_file_is_named_for_its_rule_and_points_an_editor_to_the_schema() {
    for pack in packs() {
        let id = host::rule_of(&pack.json).id;
        assert!(pack.name.ends_with(&format!("/{id}.yaml")), "{} holds {id}", pack.name);
        let text = std::fs::read_to_string(rules_folder().join(&pack.name)).expect("a readable pack");
        assert!(
            text.starts_with("# yaml-language-server: $schema=../schema/log-signatures.json\n"),
            "{}",
            pack.name
        );
    }
}

#[test]
fn what_must_fire_fires_as_described_and_no_other_rule_does() {
    let mut host = Host::with_all_packs();
    for rule in pack_rules() {
        assert!(!rule.examples.fire.is_empty(), "{} has no example that fires", rule.id);
        for example in &rule.examples.fire {
            let found = host.scan(
                &example.format,
                &example.facts,
                &frame(&example.format, &example.log),
                &[usize::MAX],
            );
            let others: Vec<&Grouped> = found.iter().filter(|found| found.rule != rule.id).collect();
            assert!(others.is_empty(), "{}: {}: {others:#?}", rule.id, example.about);
            let as_expected = found.len() == example.findings.len()
                && found
                    .iter()
                    .zip(&example.findings)
                    .all(|(found, expected)| is(found, expected, rule.severity));
            assert!(
                as_expected,
                "{}: {}\nexpected {:#?}\nfound {found:#?}",
                rule.id, example.about, example.findings
            );
            assert!(
                found
                    .iter()
                    .all(|found| !found.message.contains("  ") && !found.message.is_empty()),
                "{found:#?}"
            );
        }
    }
}

#[test]
fn what_must_be_silent_is_silent_with_every_rule() {
    let mut host = Host::with_all_packs();
    for rule in pack_rules() {
        assert!(rule.examples.silent.len() > 1, "{} has no neighbours", rule.id);
        for example in &rule.examples.silent {
            let found = host.scan(
                &example.format,
                &example.facts,
                &frame(&example.format, &example.log),
                &[usize::MAX],
            );
            assert!(found.is_empty(), "{}: {}: {found:#?}", rule.id, example.why);
        }
    }
}

#[test]
fn every_pattern_has_a_literal_that_makes_it_cheap_to_find() {
    // What a prefilter looks for: each alternative must hold six letters or more in a row that every match has.
    for rule in Host::with_all_packs().rules {
        for pattern in &rule.patterns {
            let hir = regex_syntax::parse(&pattern.regex).expect("a sound expression");
            assert!(longest_literal(&hir) >= 6, "{}: {}", rule.id, pattern.regex);
        }
    }
}

/// The length of the longest literal that every match of an expression contains.
fn longest_literal(hir: &regex_syntax::hir::Hir) -> usize {
    use regex_syntax::hir::HirKind;
    match hir.kind() {
        HirKind::Literal(literal) => literal.0.len(),
        HirKind::Capture(capture) => longest_literal(&capture.sub),
        HirKind::Repetition(repetition) if repetition.min > 0 => longest_literal(&repetition.sub),
        HirKind::Concat(parts) => parts.iter().map(longest_literal).max().unwrap_or(0),
        HirKind::Alternation(parts) => parts.iter().map(longest_literal).min().unwrap_or(0),
        _ => 0,
    }
}

#[test]
fn packs_are_valid_by_the_schema_that_editors_use() {
    let path = rules_folder().join("schema/log-signatures.json");
    let schema: Value = serde_json::from_str(&std::fs::read_to_string(path).expect("the schema")).expect("JSON");
    let validator = jsonschema::validator_for(&schema).expect("a sound schema");
    for pack in packs() {
        let json: Value = serde_json::from_str(&pack.json).expect("JSON");
        let errors: Vec<String> = validator
            .iter_errors(&json)
            .map(|error| format!("{error} at {}", error.instance_path()))
            .collect();
        assert!(errors.is_empty(), "{}: {errors:#?}", pack.name);
    }
    let misspelt = serde_json::json!({ "plugin": "log-signatures", "id": "a", "titel": "t" });
    assert!(!validator.is_valid(&misspelt));
}

#[cfg(feature = "schema")]
#[test]
fn the_schema_in_the_repository_is_current() {
    let path = rules_folder().join("schema/log-signatures.json");
    let current = log_signatures::pack::schema::text();
    let written = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        written == current,
        "{} is out of date; write it with: cargo run -p log-signatures --features schema --example schema > {}",
        path.display(),
        path.display()
    );
}
