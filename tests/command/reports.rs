//! Reports: where they go, what is in them, and what must never be in them.

use std::fs::{self, File};
use std::io::Read;
use std::process::Stdio;

use serde_json::Value;

use super::TRACE;
use super::story::{Told, casebook, folder, ours, run, scan, write};

#[test]
fn a_report_in_a_file_is_the_report_of_standard_output() {
    let folder = folder(&[]);
    for format in ["text", "jsonl", "sarif"] {
        let file = folder.path().join(format!("report.{format}"));
        let trace = ours(TRACE);
        let run = |more: &[&std::ffi::OsStr]| -> Told {
            let mut command = casebook();
            command.arg("scan").arg(&trace).args(["--format", format]).args(more);
            command.output().expect("the command starts").into()
        };
        let told = run(&["--output".as_ref(), file.as_os_str()]);
        assert_eq!((told.status, told.out.as_str(), told.err.as_str()), (Some(1), "", ""));
        assert_eq!(
            fs::read_to_string(&file).expect("the report is there"),
            run(&[]).out,
            "{format}"
        );
    }
    assert_eq!(
        fs::read_dir(folder.path()).expect("a folder").count(),
        3,
        "nothing but the reports is left"
    );
}

#[test]
fn a_report_that_cannot_be_written_is_a_sentence_and_status_2() {
    let folder = folder(&[("old/report", b"")]);
    let missing = folder.path().join("no/such/folder/report");
    let is_folder = folder.path().join("old");
    for (target, said) in [(&missing, "there is no folder"), (&is_folder, "it is a folder")] {
        let told = run([
            "scan".as_ref(),
            ours(TRACE).as_os_str(),
            "--output".as_ref(),
            target.as_os_str(),
        ]);
        assert_eq!((told.status, told.out.as_str()), (Some(2), ""), "{told:?}");
        assert!(
            told.err.contains(&*target.to_string_lossy()) && told.err.contains(said),
            "{}",
            told.err
        );
        assert_eq!(told.err.lines().count(), 1, "{}", told.err);
    }
}

#[test]
fn a_disk_that_is_full_is_a_sentence_and_status_2() {
    if File::options().write(true).open("/dev/full").is_err() {
        println!("skipped: a_disk_that_is_full_is_a_sentence_and_status_2: there is no /dev/full");
        return;
    }
    let trace = ours(TRACE);
    let to_file = run(["scan".as_ref(), trace.as_os_str(), "--output=/dev/full".as_ref()]);
    let full = || Stdio::from(File::options().write(true).open("/dev/full").expect("it was there"));
    let to_stdout = casebook()
        .arg("scan")
        .arg(&trace)
        .stdout(full())
        .output()
        .expect("the command starts");
    let list = casebook()
        .args(["rules", "list"])
        .stdout(full())
        .output()
        .expect("the command starts");
    for told in [to_file, to_stdout.into(), list.into()] {
        assert_eq!(told.status, Some(2), "{told:?}");
        assert!(
            told.err.contains("No space left on device") && told.err.lines().count() == 1,
            "{}",
            told.err
        );
    }
}

/// Runs the command, reads some bytes of what it says, and leaves.
fn left_early(arguments: &[&str]) -> Told {
    let mut command = casebook();
    let mut child = command
        .args(arguments)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the command starts");
    let mut reader = child.stdout.take().expect("it is piped");
    let _ = reader.read(&mut [0; 16]).expect("the pipe can be read");
    drop(reader);
    Told::from(child.wait_with_output().expect("it ends"))
}

#[test]
fn a_reader_that_leaves_early_hears_no_complaint() {
    // Hundreds of findings, so that the report is longer than what a pipe holds.
    let line = |n: usize| format!("Connected to the wrong server S{n}/ACME using address 10.1.2.3\n");
    let log: String = (0..400).map(line).collect();
    let folder = folder(&[("trace.txt", log.as_bytes())]);
    let path = folder.path().to_string_lossy().into_owned();
    for format in ["text", "jsonl", "sarif"] {
        // The status is that of the scan, however early the reader went: 1 for the findings, 0 if they do not count.
        for (fail_on, status) in [("low", 1), ("critical", 0)] {
            let told = left_early(&["scan", &path, "--format", format, "--fail-on", fail_on]);
            assert_eq!((told.status, told.err.as_str()), (Some(status), ""), "{format}");
        }
    }
    for arguments in [&["rules", "schema"][..], &["completions", "bash"], &["rules", "list"]] {
        let told = left_early(arguments);
        assert_eq!((told.status, told.err.as_str()), (Some(0), ""), "{arguments:?}");
    }
}

fn keys(object: &Value) -> Vec<&str> {
    object
        .as_object()
        .expect("an object")
        .keys()
        .map(String::as_str)
        .collect()
}

#[test]
fn jsonl_has_the_names_that_scripts_hold_on_to() {
    let folder = folder(&[("stusers_1.txt", &super::bytes_of(TRACE)), ("a.zip", b"PK\x03\x04")]);
    let told = scan(folder.path(), &[]);
    let finding = [
        "type",
        "id",
        "rule",
        "plugin",
        "severity",
        "environment",
        "title",
        "message",
        "cause",
        "remedy",
        "references",
        "file",
        "line",
        "offset",
        "time",
        "occurrences",
        "first_seen",
        "last_seen",
        "fields",
        "evidence",
        "explains",
        "explained_by",
    ];
    for object in told.findings() {
        assert_eq!(keys(&object), finding);
        for entry in object["evidence"].as_array().expect("a list") {
            assert_eq!(keys(entry), ["file", "line", "offset", "time", "text"]);
        }
    }
    for object in told.of_type("coverage") {
        assert_eq!(keys(&object), ["type", "environment", "file", "status", "reason"]);
    }
    let objects = told.objects();
    assert_eq!(
        keys(objects.last().expect("a summary")),
        ["type", "findings", "files", "bytes", "complete"]
    );
    let types: Vec<_> = objects
        .iter()
        .map(|object| object["type"].as_str().unwrap_or_default())
        .collect();
    assert_eq!(types, ["finding", "finding", "coverage", "coverage", "summary"]);
}

#[test]
fn findings_keep_their_ids_when_lines_are_added_before_them() {
    let log = super::bytes_of("tests/fixtures/seeds/ltpa-token.txt");
    let line = b"101117_095900.000,INF,Users   ,nothing happened yet\r\n";
    let before = folder(&[("environment.toml", b"name = \"x\"\n"), ("stusers.txt", &log)]);
    let after = folder(&[
        ("environment.toml", b"name = \"x\"\n"),
        ("stusers.txt", &[&line[..], &log].concat()),
    ]);
    let (before, after) = (scan(before.path(), &[]), scan(after.path(), &[]));
    assert_eq!(before.findings()[0]["id"], after.findings()[0]["id"]);
    assert_eq!(before.findings()[0]["line"], 1);
    assert_eq!(after.findings()[0]["line"], 2);
}

#[test]
fn sarif_names_every_rule_and_every_place() {
    let told = run([
        "scan".as_ref(),
        ours("examples/acme").as_os_str(),
        "--format=sarif".as_ref(),
    ]);
    let sarif: Value = serde_json::from_str(&told.out).expect("it is JSON");
    assert_eq!(sarif["version"], "2.1.0");
    let run = &sarif["runs"][0];
    let declared: Vec<&Value> = run["tool"]["driver"]["rules"]
        .as_array()
        .into_iter()
        .flatten()
        .map(|rule| &rule["id"])
        .collect();
    let results = run["results"].as_array().expect("results");
    let found = scan(&ours("examples/acme"), &[]).findings();
    assert_eq!(results.len(), found.len());
    assert!(!results.is_empty());
    for (result, finding) in results.iter().zip(&found) {
        assert_eq!(result["ruleId"], finding["rule"]);
        assert!(
            declared.contains(&&result["ruleId"]),
            "{} is not declared",
            result["ruleId"]
        );
        let place = &result["locations"][0]["physicalLocation"];
        // What is about a folder has no line.
        let line = finding["line"].as_u64().filter(|line| *line > 0);
        assert_eq!(place["region"]["startLine"].as_u64(), line);
    }
}

#[test]
fn secrets_in_evidence_are_masked_in_every_format() {
    let token = "AAECAzU0RkE5QzAxNTRGQUE0NDFDTj1CZW4gV2lsbGlhbXMvTz1BQ01F";
    let pack = b"plugin: log-signatures\nid: acme-login\ntitle: A login\nseverity: low\nsymptom: A login.\n\
        cause: Somebody.\nremedy: [Nothing.]\napplies-to: [line]\npatterns:\n  login: 'login of (?<user>\\S+) with (?<what>.*)'\n\
        fields:\n  what: '{what}'\nmessage: '{user} came with {what}'\n";
    let log = format!(
        "login of ben with Cookie: LtpaToken2={token}; JSESSIONID={token}\nlogin of ann with password=Schr3cklich!\n"
    );
    let folder = folder(&[("app.log", log.as_bytes())]);
    let rules = write(folder.path(), "rules/acme.yaml", pack);
    for format in ["text", "jsonl", "sarif"] {
        let log = folder.path().join("app.log");
        let told = run([
            "scan".as_ref(),
            log.as_os_str(),
            "--log-format=line".as_ref(),
            "--format".as_ref(),
            format.as_ref(),
            "--rules".as_ref(),
            rules.as_os_str(),
        ]);
        assert!(
            told.out.contains("acme-login") && told.out.contains("[masked]"),
            "{format}: {told:?}"
        );
        for secret in [token, "Schr3cklich"] {
            assert!(!told.out.contains(secret), "{format} shows {secret}: {}", told.out);
        }
    }
}
