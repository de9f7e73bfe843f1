//! Every rule pack for this plugin: it loads, an editor would take it, and, where its rule is data, its examples come true.
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test that meets what it did not expect ends, and says where"
)]

mod site;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use casebook_plugin_configs::{ConfigRules, Pack};
use config_checks::ConfigChecks;
use config_checks::pack::{Expected, Rule, Severity};
use serde_json::Value;
use site::{Found, check, draw_example, load, packs, packs_in, rules_folder, rules_of};

fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// The packs of the repository, those that its documentation shows, and those beside it.
fn all_packs() -> Vec<Pack> {
    let text = std::fs::read_to_string(repository().join("docs/config-rules.md")).expect("the documentation");
    let blocks = text
        .split("```yaml\n")
        .skip(1)
        .map(|block| block.split("```").next().unwrap_or_default());
    let whole = blocks.filter(|block| block.contains("plugin: config-checks") && block.contains("examples:"));
    let shown = whole.enumerate().map(|(index, block)| Pack {
        name: format!("docs/config-rules.md/{index}"),
        json: site::yaml(block).to_string(),
    });
    let mut all = packs();
    all.extend(shown);
    all.extend(packs_in(&repository().join("examples/packs")));
    all
}

fn is_data(rule: &Rule) -> bool {
    rule.check.is_some()
}

#[test]
fn all_packs_load_together_and_each_rule_says_what_to_do() {
    let (_, rules) = ConfigChecks::load(packs()).unwrap_or_else(|problems| panic!("{problems:#?}"));
    assert!(rules.len() >= 4, "{} rules", rules.len());
    for rule in &rules {
        assert!(
            rule.cause.len() > 80 && rule.remedy.len() > 80 && !rule.references.is_empty(),
            "{}",
            rule.id
        );
    }
}

#[test]
fn every_file_is_named_for_its_rule_and_points_an_editor_to_the_schema() {
    for pack in packs() {
        let rules = rules_of(&pack);
        let id = &rules[0].id;
        assert!(pack.name.ends_with(&format!("/{id}.yaml")), "{} holds {id}", pack.name);
        let text = std::fs::read_to_string(rules_folder().join(&pack.name)).expect("a readable pack");
        assert!(
            text.starts_with("# yaml-language-server: $schema=../schema/config-checks.json\n"),
            "{}",
            pack.name
        );
        let examples = &rules[0].examples;
        assert!(
            !examples.fire.is_empty() && examples.silent.len() > 1,
            "{id} lacks examples"
        );
    }
}

#[test]
fn what_a_rule_explains_is_a_rule() {
    let folders = std::fs::read_dir(rules_folder())
        .expect("the rules")
        .map(|entry| entry.expect("an entry").path());
    let files = folders
        .filter(|path| path.is_dir())
        .flat_map(|folder| std::fs::read_dir(folder).expect("a folder"));
    let names = files.map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned());
    let known: BTreeSet<String> = names
        .filter_map(|name| Some(name.strip_suffix(".yaml")?.to_owned()))
        .collect();
    let (_, rules) = ConfigChecks::load(packs()).expect("sound packs");
    for rule in &rules {
        for (name, list) in &rule.attributes {
            let links: Value = serde_json::from_str(list).expect("JSON");
            for link in links.as_array().expect("a list") {
                let other = link["rule"].as_str().expect("an id");
                assert!(known.contains(other), "{}: {name}: {other}", rule.id);
            }
        }
    }
}

fn is(found: &Found, expected: &Expected, of_rule: Severity) -> bool {
    let severity = expected.severity.unwrap_or(of_rule);
    let found_severity = found.severity.unwrap_or(of_rule.into());
    let fields = expected
        .fields
        .iter()
        .all(|(name, value)| found.field(name) == Some(value.as_str()));
    (found.file == expected.file, found.line == expected.line) == (true, true)
        && fields
        && found_severity == severity.into()
}

/// Findings of one group are one, where the first of them stands.
fn grouped(found: Vec<Found>) -> Vec<(Found, u32)> {
    let mut groups: Vec<(Found, u32)> = Vec::new();
    for one in found {
        match groups.iter_mut().find(|(first, _)| first.group == one.group) {
            Some((_, count)) => *count += 1,
            None => groups.push((one, 1)),
        }
    }
    groups
}

#[test]
fn examples_of_rules_that_are_data_come_true() {
    let mut drawn = 0;
    for pack in all_packs() {
        let (plugin, _) = ConfigChecks::load(vec![pack.clone()]).unwrap_or_else(|problems| panic!("{problems:#?}"));
        for (number, rule) in rules_of(&pack)
            .into_iter()
            .enumerate()
            .filter(|(_, rule)| is_data(rule))
        {
            for example in &rule.examples.fire {
                let Some(site) = draw_example(&example.facts, &example.files) else {
                    continue;
                };
                let mut found = check(&plugin, &site);
                found.retain(|finding| finding.rule as usize == number);
                let found = grouped(found);
                let as_expected = found.len() == example.findings.len()
                    && found.iter().zip(&example.findings).all(|((found, count), expected)| {
                        is(found, expected, rule.severity) && *count == expected.count
                    });
                assert!(as_expected, "{}: {}: {found:#?}", rule.id, example.about);
                drawn += 1;
            }
            for example in &rule.examples.silent {
                let Some(site) = draw_example(&example.facts, &example.files) else {
                    continue;
                };
                let mut found = check(&plugin, &site);
                found.retain(|finding| finding.rule as usize == number);
                assert!(found.is_empty(), "{}: {}: {found:#?}", rule.id, example.why);
                drawn += 1;
            }
        }
    }
    assert!(drawn > 25, "{drawn}");
}

#[test]
fn packs_are_valid_by_the_schema_that_editors_use() {
    let path = rules_folder().join("schema/config-checks.json");
    let schema: Value = serde_json::from_str(&std::fs::read_to_string(path).expect("the schema")).expect("JSON");
    let validator = jsonschema::validator_for(&schema).expect("a sound schema");
    for pack in all_packs() {
        let json: Value = serde_json::from_str(&pack.json).expect("JSON");
        let errors: Vec<String> = validator
            .iter_errors(&json)
            .map(|error| format!("{error} at {}", error.instance_path()))
            .collect();
        assert!(errors.is_empty(), "{}: {errors:#?}", pack.name);
    }
    let misspelt = serde_json::json!({ "plugin": "config-checks", "id": "a", "titel": "t" });
    assert!(!validator.is_valid(&misspelt));
}

#[test]
fn the_documentation_names_every_key() {
    let text = std::fs::read_to_string(repository().join("docs/config-rules.md")).expect("the documentation");
    let path = rules_folder().join("schema/config-checks.json");
    let schema: Value = serde_json::from_str(&std::fs::read_to_string(path).expect("the schema")).expect("JSON");
    let mut keys = BTreeSet::new();
    collect_keys(&schema, &mut keys);
    assert!(keys.contains("matches-not") && keys.contains("where"), "{keys:?}");
    let missing: Vec<&String> = keys
        .iter()
        .filter(|key| !text.contains(&format!("`{key}`")) && !text.contains(&format!("`{key}:")))
        .collect();
    assert!(missing.is_empty(), "{missing:?}");
}

/// All names of properties in a schema.
fn collect_keys(schema: &Value, keys: &mut BTreeSet<String>) {
    match schema {
        Value::Object(entries) => {
            if let Some(Value::Object(properties)) = entries.get("properties") {
                keys.extend(properties.keys().cloned());
            }
            entries.values().for_each(|value| collect_keys(value, keys));
        }
        Value::Array(items) => items.iter().for_each(|item| collect_keys(item, keys)),
        _ => {}
    }
}

#[cfg(feature = "schema")]
#[test]
fn the_schema_in_the_repository_is_current() {
    let path = rules_folder().join("schema/config-checks.json");
    let current = config_checks::pack::schema::text();
    let written = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        written == current,
        "{} is out of date; write it with: cargo run -p config-checks --features schema --example schema > {}",
        path.display(),
        path.display()
    );
}

#[test]
fn a_pack_that_asks_for_a_check_that_is_not_there_is_refused() {
    let problems =
        load("{plugin: config-checks, id: a, title: t, severity: low, symptom: s, cause: c, remedy: r, code: nothing}")
            .expect_err("no such check");
    assert_eq!(problems[0].path, "/code");
    assert!(
        problems[0].reason.contains("`nothing` is no check of this plugin"),
        "{}",
        problems[0].reason
    );
}
