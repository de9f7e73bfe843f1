//! What a user sees of the command: exit statuses, reports where they were asked for, and a sentence for everything that
//! goes wrong.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test fails by panicking"
)]

mod story;

#[path = "command/damage.rs"]
mod damage;
#[path = "command/gate.rs"]
mod gate;
#[path = "command/packs.rs"]
mod packs;
#[path = "command/pages.rs"]
mod pages;
#[path = "command/reports.rs"]
mod reports;

use std::path::Path;

use story::{bytes_of, folder, ours, run, scan};

/// A Sametime trace with two findings of severity high.
const TRACE: &str = "examples/acme/sametime/stusers_1.txt";

#[test]
fn logs_without_a_problem_end_with_status_0() {
    let folder = folder(&[(
        "SystemOut.log",
        &bytes_of("tests/fixtures/neighbours/expired-token/SystemOut.log"),
    )]);
    let told = scan(folder.path(), &[]);
    assert_eq!((told.status, told.findings().len()), (Some(0), 0), "{told:?}");
}

#[test]
fn a_problem_ends_with_status_1() {
    let told = scan(&ours(TRACE), &[]);
    assert_eq!((told.status, told.findings().len()), (Some(1), 2), "{told:?}");
    assert_eq!(told.err, "");
}

#[test]
fn a_problem_below_what_the_user_cares_for_ends_with_status_0_and_is_told_all_the_same() {
    let wrong_server = ours("tests/fixtures/seeds/wrong-server.txt"); // medium
    for (fail_on, status) in [("info", 1), ("low", 1), ("medium", 1), ("high", 0), ("critical", 0)] {
        let told = scan(&wrong_server, &["--fail-on", fail_on]);
        assert_eq!(
            (told.status, told.findings().len()),
            (Some(status), 1),
            "--fail-on {fail_on}: {told:?}"
        );
    }
}

#[test]
fn a_path_that_does_not_exist_is_named_and_ends_with_status_2() {
    let folder = folder(&[]);
    let missing = folder.path().join("no-such-folder");
    let told = scan(&missing, &[]);
    assert_eq!((told.status, told.out.as_str()), (Some(2), ""));
    assert!(
        told.err.contains(&*missing.to_string_lossy()) && told.err.contains("No such file"),
        "{}",
        told.err
    );
}

#[test]
fn wrong_usage_is_explained_and_ends_with_status_2() {
    for arguments in [
        &["scan"][..],
        &["bogus"],
        &["scan", ".", "--threads", "0"],
        &["scan", ".", "--format", "xml"],
        &["scan", ".", "--fail-on", "never"],
        &["scan", ".", "--color", "sometimes"],
        &["scan", ".", "--log-format", "no-such-format"],
        &["explain"],
        &[],
    ] {
        let told = run(arguments);
        assert_eq!(
            (told.status, told.out.as_str()),
            (Some(2), ""),
            "{arguments:?}: {told:?}"
        );
        assert!(!told.err.is_empty(), "{arguments:?}");
    }
}

#[test]
fn a_problem_in_logs_that_could_not_all_be_read_ends_with_status_3_and_is_told_all_the_same() {
    let folder = folder(&[
        ("stusers.txt", &bytes_of(TRACE)),
        ("stusers.zip", b"PK\x03\x04 an archive, not a log"),
    ]);
    let told = scan(folder.path(), &[]);
    assert_eq!((told.status, told.findings().len()), (Some(3), 2), "{told:?}");
    assert_eq!(told.of_type("summary")[0]["complete"], false);
}

#[test]
fn an_empty_folder_an_empty_file_and_a_file_of_one_byte_are_no_problem() {
    let empty = folder(&[]);
    let tiny = folder(&[
        ("empty.log", b""),
        ("one.log", b"x"),
        ("end.log", b"\n"),
        ("nul.log", b"\0"),
    ]);
    for (path, files) in [(empty.path(), 0), (tiny.path(), 4)] {
        let told = scan(path, &[]);
        assert_eq!((told.status, told.err.as_str()), (Some(0), ""), "{told:?}");
        assert_eq!(told.of_type("summary")[0]["files"], files);
    }
}

#[test]
fn several_paths_are_one_environment() {
    let told = run([
        "scan".as_ref(),
        ours("examples/acme/sametime").as_os_str(),
        ours("examples/acme/notes").as_os_str(),
        "--format=jsonl".as_ref(),
    ]);
    let findings = told.findings();
    let by = |plugin: &str| findings.iter().filter(|finding| finding["plugin"] == plugin).count();
    assert_eq!(
        (told.status, by("log-signatures")),
        (Some(1), 4),
        "{:#?}",
        told.places()
    );
    assert!(by("config-checks") > 0, "{:#?}", told.places());
}

#[test]
fn a_format_that_is_given_is_taken_in_place_of_what_would_be_recognised() {
    let lines = b"Using address '' for on TCPIP\nConnected to the wrong server S/ACME using address 10.1.2.3\n";
    let folder = folder(&[("notes.txt", lines)]);
    let told = scan(folder.path(), &["--log-format", "line"]);
    assert_eq!(told.places(), ["domino-wrong-server-answered notes.txt:2"]);
    // Read as something whose records no rule of the kind looks at, it is silent.
    assert_eq!(
        scan(folder.path(), &["--log-format", "access-common"]).places(),
        [""; 0]
    );
}

#[test]
fn what_environment_toml_says_is_used() {
    let folder = folder(&[
        (
            "environment.toml",
            b"name = \"made-up\"\ntimezone = \"America/New_York\"\n",
        ),
        ("stusers.txt", &bytes_of("tests/fixtures/seeds/ltpa-token.txt")),
    ]);
    let told = scan(folder.path(), &[]);
    assert_eq!(told.findings()[0]["environment"], "made-up");
    assert_eq!(told.findings()[0]["time"], "2010-11-17T14:59:33.869Z");
    assert_eq!(
        told.of_type("coverage").len(),
        0,
        "a zone that is known is no assumption"
    );
}

#[test]
fn an_environment_toml_with_an_error_is_refused_with_file_and_line() {
    for (text, line, said) in [
        ("name = \"x\"\n\ntimezon = \"UTC\"\n", 3, "timezone"),
        ("name = \"x\"\ntimezone = \"Europe/Nowhere\"\n", 2, "Europe/Nowhere"),
        ("name = \"x\n", 1, "string"),
        ("[[hosts]]\nname = \"a\"\naddress = \"192.0.2.1\"\n", 3, "addresses"),
        ("[products]\nsametime = 9\n", 2, "string"),
    ] {
        let folder = folder(&[("environment.toml", text.as_bytes())]);
        let told = scan(folder.path(), &[]);
        assert_eq!((told.status, told.out.as_str()), (Some(2), ""), "{text}: {told:?}");
        let place = format!("environment.toml:{line}: ");
        assert!(
            told.err.contains(&place) && told.err.contains(said),
            "{text}: {}",
            told.err
        );
    }
}

#[test]
fn notes_on_standard_error_never_mix_with_the_report() {
    let told = scan(Path::new(&ours(TRACE)), &["--verbose"]);
    assert_eq!(told.findings().len(), 2);
    assert!(
        told.err.contains("1 files") || told.err.contains("1 file"),
        "{}",
        told.err
    );
}
