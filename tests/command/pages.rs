//! What people read: help, lists, explanations, the report of the example site.

use std::path::Path;

use serde_json::Value;

use super::story::{casebook, ours, run};

/// Compares with what was looked at and found right; a plugin's size changes without anybody's doing.
pub fn looks_as_before(name: &str, text: &str) {
    let size = regex::Regex::new(r"\d+ bytes; nothing").expect("an expression");
    let text = size.replace(text, "[size] bytes; nothing");
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/snapshots"));
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| insta::assert_snapshot!(name, &*text));
}

#[test]
fn the_report_of_the_example_site() {
    let told = run(["scan".as_ref(), ours("examples/acme").as_os_str()]);
    assert_eq!((told.status, told.err.as_str()), (Some(1), ""));
    looks_as_before("report-of-the-example-site", &told.out);
}

#[test]
fn help() {
    for (name, arguments) in [
        ("help", &["--help"][..]),
        ("help-scan", &["scan", "--help"]),
        ("help-gate", &["gate", "--help"]),
        ("help-gate-explain", &["gate", "explain", "--help"]),
        ("help-gate-addresses", &["gate", "addresses", "--help"]),
        ("help-gate-write", &["gate", "write", "--help"]),
        ("help-rules", &["rules", "--help"]),
        ("help-rules-test", &["rules", "test", "--help"]),
        ("help-plugin-inspect", &["plugin", "inspect", "--help"]),
    ] {
        let told = run(arguments);
        assert_eq!((told.status, told.err.as_str()), (Some(0), ""));
        assert!(
            told.out.lines().all(|line| line.chars().count() <= 100),
            "a line is too long:\n{}",
            told.out
        );
        looks_as_before(name, &told.out);
    }
}

#[test]
fn lists_and_explanations() {
    for (name, arguments) in [
        ("rules-list", &["rules", "list"][..]),
        ("rules-formats", &["rules", "formats"]),
        ("explain", &["explain", "domino-wrong-server-answered"]),
        ("plugin-inspect", &["plugin", "inspect", "log-signatures"]),
    ] {
        let told = run(arguments);
        assert_eq!((told.status, told.err.as_str()), (Some(0), ""));
        looks_as_before(name, &told.out);
    }
    let explained = run(["rules", "explain", "domino-wrong-server-answered"]);
    assert_eq!(explained.out, run(["explain", "domino-wrong-server-answered"]).out);
}

#[test]
fn the_version_is_that_of_the_package() {
    assert_eq!(
        run(["--version"]).out,
        format!("casebook {}\n", env!("CARGO_PKG_VERSION"))
    );
}

#[test]
fn a_rule_that_is_not_known_is_answered_with_the_nearest() {
    let told = run(["explain", "sametime-ltpa-token-reject"]);
    assert_eq!((told.status, told.out.as_str()), (Some(2), ""));
    assert_eq!(
        told.err,
        "error: there is no rule `sametime-ltpa-token-reject`; did you mean `sametime-ltpa-token-rejected`? \
         `casebook rules list` shows all of them\n"
    );
    let told = run(["explain", "xyzzy"]);
    assert_eq!(
        told.err,
        "error: there is no rule `xyzzy`; `casebook rules list` shows all of them\n"
    );
}

#[test]
fn rules_are_listed_for_programs_too() {
    let told = run(["rules", "list", "--format", "jsonl"]);
    let rules = told.objects();
    assert!(rules.iter().any(|rule| rule["id"] == "websphere-tls-protocol-rejected"));
    for rule in &rules {
        for key in ["id", "plugin", "severity", "title", "symptom", "cause", "remedy"] {
            assert!(
                rule[key].as_str().is_some_and(|text| !text.is_empty()),
                "{key} of {rule}"
            );
        }
    }
    let listed = run(["rules", "list"]).out;
    assert!(listed.contains(&format!("{} rules", rules.len())), "{listed}");
}

#[test]
fn the_schema_is_json_and_knows_the_keys_of_the_built_in_packs() {
    let schema: Value = serde_json::from_str(&run(["rules", "schema"]).out).expect("the schema is JSON");
    assert!(
        schema["$schema"]
            .as_str()
            .is_some_and(|id| id.contains("json-schema.org"))
    );
    let text = schema.to_string();
    for key in ["applies-to", "patterns", "remedy", "examples", "correlate", "suppress"] {
        assert!(text.contains(&format!("\"{key}\"")), "{key}");
    }
}

#[test]
fn a_plugin_is_described_for_programs_too() {
    let told = run(["plugin", "inspect", "log-signatures", "--format", "json"]);
    let described: Value = serde_json::from_str(&told.out).expect("it is JSON");
    assert_eq!(described["name"], "log-signatures");
    let exports = described["exports"].as_array().expect("a list");
    let names: Vec<_> = exports
        .iter()
        .map(|export| export["interface"].as_str().unwrap_or_default())
        .collect();
    assert_eq!(names, ["rulebook", "logs"]);
}

#[test]
fn shells_complete_the_command() {
    for (shell, sign) in [
        ("bash", "_casebook()"),
        ("zsh", "#compdef casebook"),
        ("fish", "complete -c casebook"),
    ] {
        let told = run(["completions", shell]);
        assert_eq!((told.status, told.err.as_str()), (Some(0), ""));
        assert!(told.out.contains(sign), "{shell}");
        assert!(told.out.contains("fail-on"), "{shell}");
        assert!(
            !told.out.contains("compile-plugin"),
            "{shell} offers what is not meant for people"
        );
    }
}

#[test]
fn colour_comes_when_it_is_asked_for_and_only_then() {
    let file = ours("tests/fixtures/seeds/wrong-server.txt");
    let said = |variables: &[(&str, &str)], arguments: &[&str]| {
        let mut command = casebook();
        command
            .envs(variables.iter().copied())
            .arg("scan")
            .arg(&file)
            .args(arguments);
        let output = command.output().expect("the command starts");
        String::from_utf8(output.stdout).expect("it is text")
    };
    let coloured = |text: &str| text.contains('\u{1b}');
    assert!(!coloured(&said(&[], &[])), "a pipe is no terminal");
    assert!(coloured(&said(&[], &["--color", "always"])));
    assert!(
        coloured(&said(&[("NO_COLOR", "1")], &["--color", "always"])),
        "what is typed counts more"
    );
    assert!(coloured(&said(&[("CLICOLOR_FORCE", "1")], &[])));
    assert!(!coloured(&said(&[("CLICOLOR_FORCE", "1")], &["--color", "never"])));
    assert!(!coloured(&said(&[("CLICOLOR_FORCE", "1"), ("NO_COLOR", "1")], &[])));
    assert!(
        !coloured(&said(&[], &["--color", "always", "--format", "jsonl"])),
        "programs get no colours"
    );
    assert!(!coloured(&said(&[], &["--color", "always", "--format", "sarif"])));
    let list = |when: &str| run(["rules", "list", "--color", when]).out;
    assert!(coloured(&list("always")) && !coloured(&list("never")));
}
