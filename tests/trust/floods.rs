//! A plugin that says too much: grouped, counted, capped, and the cap is reported. Nothing that it says is obeyed.

use crate::{Report, STAMP, Site, assert_harmless, evil, trace};

/// A million findings, each of a group of its own.
#[test]
fn of_findings_is_capped_and_the_rest_is_counted() {
    let site = Site::new()
        .with_rule("evil", "behaviour: floods-findings")
        .with_log("stusers_1.txt", &trace(100_000));
    let report = site.patient().scan(&[]);
    assert_eq!(report.status, Some(3), "{:?} {}", report.gaps(), report.stderr);
    assert_eq!(report.findings_of("evil").len(), 10_000);
    let [(_, reason)] = report.gaps()[..] else {
        panic!("expected one gap: {:?}", report.gaps())
    };
    assert!(
        reason.starts_with("rule evil: 10000 findings are listed, more than 100000 more (990000 occurrences) are not"),
        "{reason}"
    );
    report.assert_built_in_findings();
}

/// Half a million times the same record of 200 KiB would be 100 GB if each time were a copy.
#[test]
fn of_evidence_costs_no_copies() {
    let log = format!("{STAMP},INF,Users   ,EVIL {}\n", "x".repeat(200 << 10));
    let site = Site::new()
        .with_rule("evil", "behaviour: floods-evidence")
        .with_log("stusers_1.txt", &log);
    let report = site.scan(&[]);
    assert_eq!(report.status, Some(1), "{:?}", report.gaps());
    let findings = report.findings_of("evil");
    let evidence = findings[0]["evidence"].as_array().expect("evidence");
    assert_eq!(evidence.len(), 1, "one record is shown once");
    assert!(report.stdout.len() < 100_000);
}

#[test]
fn of_kept_records_is_nonsense() {
    let site = Site::new()
        .with_rule("evil", "behaviour: keeps-everything")
        .with_log("stusers_1.txt", &trace(70_000));
    let report = site.patient().scan(&[]);
    assert_eq!(report.status, Some(3));
    assert!(
        report
            .gaps()
            .iter()
            .any(|(_, reason)| reason.contains("keeps more than 65536 records or 64 MiB of one stream"))
    );
    report.assert_built_in_findings();
}

#[test]
fn of_log_lines_ends_at_the_budget_of_the_run() {
    let mut site = Site::new().with_rule("evil", "behaviour: floods-log\nat: 0");
    for number in 0..4 {
        site = site.with_log(&format!("server{number}.txt"), &evil(3));
    }
    let report = site.scan(&["--verbose", "--threads", "4"]);
    assert_eq!(report.status, Some(1), "{}", report.stderr);
    let logged = report
        .stderr
        .lines()
        .filter(|line| line.starts_with("plugin hostile info: line "));
    assert_eq!(logged.count(), 1_000);
    let beyond = "plugin hostile warn: 19000 more lines were beyond its budget of 1000 and not kept";
    assert!(
        report.stderr.lines().any(|line| line == beyond),
        "{}",
        report.stderr.lines().last().unwrap_or_default()
    );
    let quiet = site.scan(&[]);
    assert!(!quiet.stderr.contains("line 1"), "{}", quiet.stderr);
}

#[test]
fn of_rules_is_refused_in_time() {
    let site = Site::new()
        .with_rule("evil", "behaviour: floods-rules")
        .with_log("stusers_1.txt", &trace(10));
    let report = site.patient().scan(&[]);
    // 60,000 rules fit into an answer, or they do not: either is an outcome, a hang is none.
    assert!(
        matches!(report.status, Some(1 | 2)),
        "{:?} {}",
        report.status,
        report.stderr
    );
}

/// Text from a plugin and from its pack reaches the terminal as text, on every way out.
#[test]
fn of_escape_sequences_is_shown_and_not_obeyed() {
    let site = Site::new()
        .with_rule(
            "evil",
            "behaviour: says-escape-sequences\ntitle: \"t\\e[2J\\e]0;x\\a\\u202e\"",
        )
        .with_rule("refusing", "behaviour: refuses\nat: 1")
        .with_log("stusers_1.txt", &trace(3))
        .with_log("shorter.txt", &evil(1));
    for format in ["text", "jsonl", "sarif"] {
        let mut command = site.command();
        command
            .args(["--verbose", "--color", "always", "scan", "--format", format])
            .arg(site.logs());
        let report = Report::of(command);
        assert_eq!(report.status, Some(3), "{}", report.stderr);
        assert!(
            report.stdout.contains("message") && report.stderr.contains("plugin hostile error: log"),
            "{report:?}"
        );
        assert_harmless(&report.stdout);
        assert_harmless(&report.stderr);
    }
    for verb in [
        &["rules", "list"][..],
        &["rules", "explain", "evil"],
        &["rules", "list", "--format", "jsonl"],
    ] {
        let mut command = site.command();
        command.args(["--color", "always"]).args(verb);
        let report = Report::of(command);
        assert!(report.status == Some(0) && report.stdout.contains("evil"), "{report:?}");
        assert_harmless(&report.stdout);
    }
}

#[test]
fn of_escape_sequences_in_problems_is_not_obeyed() {
    let site = Site::new()
        .with_rule("evil", "behaviour: refuses-pack-with-escape-sequences")
        .with_log("a.txt", &evil(1));
    let report = site.scan(&["--color", "always"]);
    assert_eq!(report.status, Some(2));
    assert!(report.stderr.contains("evil.yaml:1: "), "{}", report.stderr);
    assert_harmless(&report.stderr);
}
