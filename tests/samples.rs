//! Real files of other people: all of them read, and no false alarm in them.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test fails by panicking"
)]

mod story;

use std::path::PathBuf;

use story::{Told, ours, scan};

/// Findings in the samples that are right: the rule, and the file. `SECJ0369E` with `CWWIM4537E` is the very symptom of
/// `websphere-user-not-in-realm`.
const RIGHT: &[(&str, &str)] = &[("websphere-user-not-in-realm", "excerpts/locale_variants.log")];

/// Files that are configuration by their content and of no kind that a rule asks for: coverage says so.
const CONFIGURATION: &[&str] = &[
    "excerpts/security_xml_fragment_repertoire.xml",
    "excerpts/wimconfig_fragment_realms_hcl_dx.xml",
];

/// What coverage rightly says of the configuration: a template with branches, two of which include a file that nobody has.
const TEMPLATE: &[(&str, &str)] = &[
    (
        "config/ihs9_httpd.conf.j2",
        "line 1045: Include conf/ihs-upload-rewrite.conf: no such file in this environment",
    ),
    (
        "config/ihs9_httpd.conf.j2",
        "line 1200: Include conf/ihs-upload-rewrite.conf: no such file in this environment",
    ),
    (
        "config/ihs9_httpd.conf.j2",
        "line 155: is a template; its `{% … %}` lines were passed over, so all branches were read",
    ),
];

/// Where the samples are; `None`, and a line that says so, on a machine without them.
fn samples(story: &str) -> Option<PathBuf> {
    let folder = std::env::var_os("CASEBOOK_SAMPLES").map_or_else(|| ours("../shared/samples"), PathBuf::from);
    if folder.is_dir() {
        return Some(folder);
    }
    println!("skipped: {story}: there are no samples at {}", folder.display());
    None
}

fn scanned(folder: &std::path::Path) -> Told {
    scan(folder, &["--threads", "2"])
}

#[test]
fn real_logs_raise_no_false_alarm() {
    let Some(folder) = samples("real_logs_raise_no_false_alarm") else {
        return;
    };
    let told = scanned(&folder);
    assert_eq!(told.err, "");
    let wrong: Vec<_> = told
        .findings()
        .into_iter()
        .filter(|finding| !["info", "low"].contains(&finding["severity"].as_str().unwrap_or_default()))
        .filter(|f| {
            !RIGHT
                .iter()
                .any(|(rule, file)| f["rule"] == *rule && f["file"] == *file)
        })
        .collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
    // The exceptions are found indeed: a scan that found nothing at all would pass the line above.
    for (rule, file) in RIGHT {
        assert!(
            told.findings().iter().any(|f| f["rule"] == *rule && f["file"] == *file),
            "{rule} in {file}"
        );
    }
}

#[test]
fn every_real_log_is_read_to_its_end() {
    let Some(folder) = samples("every_real_log_is_read_to_its_end") else {
        return;
    };
    let told = scanned(&folder);
    let gaps = told.gaps();
    let gaps: Vec<_> = gaps.iter().map(|(file, why)| (file.as_str(), why.as_str())).collect();
    assert_eq!(gaps, TEMPLATE);
    // The template's lines alone keep the run from being complete.
    assert_eq!(told.of_type("summary")[0]["complete"], TEMPLATE.is_empty());
    let mut skipped: Vec<String> = told
        .of_type("coverage")
        .iter()
        .filter(|entry| entry["status"] == "skipped")
        .map(|entry| entry["file"].as_str().unwrap_or_default().to_owned())
        .collect();
    skipped.retain(|file| !file.ends_with("README.md"));
    assert_eq!(skipped, CONFIGURATION);
}

#[test]
fn two_runs_over_real_logs_say_the_same() {
    let Some(folder) = samples("two_runs_over_real_logs_say_the_same") else {
        return;
    };
    let first = scanned(&folder);
    assert_eq!(first.out, scanned(&folder).out);
    assert_eq!(first.out, scan(&folder, &["--threads", "1", "--block-size", "7"]).out);
}
