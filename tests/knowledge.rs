//! What the built-in rules find, told by the fixtures: each file gives exactly the findings that are written down for it.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test fails by panicking"
)]

mod story;

use std::collections::BTreeMap;
use std::fs;

use serde_json::Value;
use story::{Told, ours, run, scan, texts};

/// What `expected.json` says of each file and environment.
fn expected() -> BTreeMap<String, Vec<Value>> {
    let text = fs::read_to_string(ours("tests/fixtures/expected.json")).expect("expected.json is there");
    serde_json::from_str(&text).expect("expected.json is a list of findings for each path")
}

/// Whether a finding is the expected one: `null` is not fixed, and fields may be more than those named.
fn is(expected: &Value, finding: &Value) -> bool {
    let fixed = ["rule", "severity", "file", "line", "time", "occurrences"];
    let same = fixed
        .iter()
        .all(|key| expected[key].is_null() || expected[key] == finding[key]);
    let found = texts(&finding["fields"]);
    same && texts(&expected["fields"])
        .iter()
        .all(|(name, value)| found.get(name) == Some(value))
}

/// What differs between the findings that are expected of a path and those that came.
fn differences(path: &str, expected: &[Value], told: &Told) -> Vec<String> {
    let mut left = told.findings();
    let mut differences = Vec::new();
    for one in expected {
        match left.iter().position(|finding| is(one, finding)) {
            Some(position) => drop(left.remove(position)),
            None => differences.push(format!("{path}: missing {one}")),
        }
    }
    let brief = |f: &Value| {
        let key = |name: &str| f[name].to_string();
        ["rule", "file", "line", "time", "occurrences", "fields"]
            .map(key)
            .join(" ")
    };
    differences.extend(
        left.iter()
            .map(|finding| format!("{path}: unexpected {}", brief(finding))),
    );
    // A remark makes no run a failure.
    let status = Some(i32::from(expected.iter().any(|one| one["severity"] != "info")));
    if told.status != status || !told.err.is_empty() {
        differences.push(format!(
            "{path}: status {:?} instead of {status:?}, {}",
            told.status, told.err
        ));
    }
    differences
}

/// Scans all fixtures whose path begins so.
fn check(prefix: &str) {
    let chosen: Vec<_> = expected()
        .into_iter()
        .filter(|(path, _)| path.starts_with(prefix))
        .collect();
    assert!(!chosen.is_empty(), "no fixture below {prefix}");
    let differences: Vec<String> = chosen
        .iter()
        .flat_map(|(path, findings)| differences(path, findings, &scan(&ours(path), &[])))
        .collect();
    assert!(differences.is_empty(), "\n{}", differences.join("\n"));
}

#[test]
fn the_logs_of_the_articles_give_exactly_their_finding_as_printed_and_as_written_by_a_server() {
    check("tests/fixtures/seeds/");
}

#[test]
fn logins_that_overlap_fail_or_do_not_end_are_told_apart() {
    check("tests/fixtures/logins/");
}

#[test]
fn what_only_looks_like_a_known_problem_is_left_alone() {
    check("tests/fixtures/neighbours/");
}

#[test]
fn the_example_site_gives_exactly_its_findings() {
    check("examples/acme");
}

#[test]
fn every_fixture_has_its_expectation() {
    let expected = expected();
    for room in ["seeds", "logins", "neighbours"] {
        for entry in fs::read_dir(ours("tests/fixtures").join(room)).expect("the folder is there") {
            let name = entry.expect("an entry").file_name();
            let path = format!("tests/fixtures/{room}/{}", name.to_string_lossy());
            assert!(expected.contains_key(&path), "{path} is not in expected.json");
        }
    }
}

#[test]
fn the_readme_of_the_example_site_lists_what_a_scan_of_it_finds() {
    let readme = fs::read_to_string(ours("examples/acme/README.md")).expect("the README is there");
    let told = scan(&ours("examples/acme"), &[]);
    let mut found: Vec<(String, String, String)> = Vec::new();
    for finding in told.findings() {
        let text = |key: &str| finding[key].as_str().unwrap_or_default().to_owned();
        found.push((text("rule"), text("file"), finding["line"].to_string()));
    }
    found.sort();
    let section = readme
        .split("## ")
        .find(|section| section.starts_with("What Casebook must find"));
    let mut listed: Vec<(String, String, String)> = Vec::new();
    for row in section
        .expect("the section is there")
        .lines()
        .filter(|line| line.starts_with("| `"))
    {
        let cells: Vec<&str> = row.split('|').map(|cell| cell.trim().trim_matches('`')).collect();
        listed.push((cells[1].to_owned(), cells[2].to_owned(), cells[3].to_owned()));
    }
    listed.sort();
    assert_eq!(found, listed);
}

#[test]
fn the_built_in_rules_pass_their_own_examples() {
    let told = run(["rules", "test"]);
    assert_eq!((told.status, told.err.as_str()), (Some(0), ""), "{}", told.out);
    assert!(told.out.contains(" 0 did not"), "{}", told.out);
    assert!(!told.out.contains("note"), "a rule lacks examples:\n{}", told.out);
}

#[test]
fn the_built_in_rules_check_clean_and_none_is_slow() {
    let told = run(["rules", "check"]);
    assert_eq!((told.status, told.err.as_str()), (Some(0), ""));
    assert!(
        told.out.starts_with("ok ") && told.out.ends_with(" 0 of them slow\n"),
        "{}",
        told.out
    );
}
