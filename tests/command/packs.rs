//! Rule packs of one's own: used in place of and beside the built-in ones, and errors in them said where they stand.

use std::path::Path;

use super::story::{Told, folder, ours, run, scan, write};

/// A pack without an error: what the stories begin with.
const PACK: &str = r"plugin: log-signatures
id: acme-disk-full
title: The disk is full
severity: high
symptom: Writing fails.
cause: The disk is full.
remedy: [Make room.]
applies-to: [line]
patterns:
  full: 'No space left on (?<device>\S+)'
fields:
  device: '{device}'
group: [device]
message: '{device} is full.'
examples:
  fire:
    - about: a full disk
      format: line
      log: |
        all is well
        No space left on /dev/sda1
      findings:
        - line: 2
          fields: { device: /dev/sda1 }
  silent:
    - why: there is room
      format: line
      log: |
        Space left on /dev/sda1
";

fn check(pack: &str) -> Told {
    let folder = folder(&[("pack.yaml", pack.as_bytes())]);
    run(["rules".as_ref(), "check".as_ref(), folder.path().as_os_str()])
}

/// A scan of one log with the rules of one pack besides the built-in ones.
fn scan_with(pack: &str, log: &str, more: &[&str]) -> Told {
    let folder = folder(&[
        ("logs/app.log", log.as_bytes()),
        ("rules/acme/pack.yaml", pack.as_bytes()),
    ]);
    let rules = folder.path().join("rules").to_string_lossy().into_owned();
    scan(&folder.path().join("logs"), &[&["--rules", &rules], more].concat())
}

#[test]
fn a_pack_of_ones_own_is_checked_and_tested() {
    let folder = folder(&[("pack.yaml", PACK.as_bytes())]);
    let told = check(PACK);
    assert_eq!((told.status, told.err.as_str()), (Some(0), ""));
    assert!(told.out.starts_with("ok 1 packs, 1 rules, 1 patterns"), "{}", told.out);
    let told = run(["rules".as_ref(), "test".as_ref(), folder.path().as_os_str()]);
    assert_eq!((told.status, told.err.as_str()), (Some(0), ""));
    assert!(told.out.contains("2 examples came true, 0 did not"), "{}", told.out);
}

#[test]
fn an_example_that_does_not_come_true_is_named_and_ends_with_status_1() {
    let wrong = PACK
        .replace("- line: 2", "- line: 1")
        .replace("        Space left", "        No space left");
    let folder = folder(&[("pack.yaml", wrong.as_bytes())]);
    let told = run(["rules".as_ref(), "test".as_ref(), folder.path().as_os_str()]);
    assert_eq!(told.status, Some(1), "{told:?}");
    assert!(told.out.contains("expected 1, found 2"), "{}", told.out);
    assert!(
        told.out.contains("line 1: fires, unexpectedly: /dev/sda1 is full."),
        "{}",
        told.out
    );
    assert!(
        told.out.contains("pack.yaml:17") && told.out.contains("pack.yaml:26"),
        "{}",
        told.out
    );
}

#[test]
fn an_error_in_a_pack_is_said_with_file_line_and_what_was_expected() {
    // What is replaced by what, the line of it, and words of the sentence.
    let cases = [
        ("not YAML", "title: The disk", "title: [The disk", 4, &["':'"][..]),
        (
            "an unknown key",
            "cause: The",
            "causes: The",
            6,
            &["`causes`", "`cause`"],
        ),
        (
            "a regular expression",
            "'No space",
            "'(No space",
            10,
            &["unclosed group"],
        ),
        (
            "an unknown format",
            "applies-to: [line]",
            "applies-to: [lines]",
            8,
            &["`lines`", "line-with-time"],
        ),
        (
            "an unknown capture",
            "device: '{device}'",
            "device: '{devise}'",
            12,
            &["devise", "device"],
        ),
        (
            "an unknown plugin",
            "log-signatures",
            "log-signature",
            1,
            &["`log-signature`", "log-signatures"],
        ),
        (
            "a severity",
            "severity: high",
            "severity: huge",
            4,
            &["`huge`", "`critical`"],
        ),
        (
            "a key twice",
            "severity: high",
            "severity: high\nseverity: low",
            5,
            &["duplicated key"],
        ),
        ("no title", "title: The disk is full\n", "", 1, &["title"]),
    ];
    for (what, right, wrong, line, words) in cases {
        assert!(PACK.contains(right), "{what}");
        let told = check(&PACK.replacen(right, wrong, 1));
        assert_eq!((told.status, told.out.as_str()), (Some(2), ""), "{what}: {told:?}");
        assert!(
            told.err.contains(&format!("pack.yaml:{line}: ")),
            "{what}: not at line {line}: {}",
            told.err
        );
        for word in words {
            assert!(told.err.contains(word), "{what}: {word} is not in: {}", told.err);
        }
    }
}

#[test]
fn all_errors_of_all_packs_are_said_at_once() {
    let wrong = PACK.replace("severity: high", "severity: huge");
    let folder = folder(&[
        ("a.yaml", b"plugin: [\n"),
        ("b/b.yaml", b"- no pack\n"),
        ("c.yaml", b"\xff\xfe"),
    ]);
    write(folder.path(), "d.yaml", wrong.as_bytes());
    let told = run(["rules".as_ref(), "check".as_ref(), folder.path().as_os_str()]);
    assert_eq!(told.status, Some(2));
    for file in ["a.yaml:", "b/b.yaml:1", "c.yaml:1"] {
        assert!(told.err.contains(file), "{file} is not in: {}", told.err);
    }
}

#[test]
fn an_id_that_is_given_twice_is_said_with_both_places() {
    let folder = folder(&[("a.yaml", PACK.as_bytes()), ("b.yaml", PACK.as_bytes())]);
    for arguments in [&["rules", "check"][..], &["scan", ".", "--rules"]] {
        let mut command = super::story::casebook();
        let told = Told::from(
            command
                .args(arguments)
                .arg(folder.path())
                .output()
                .expect("the command starts"),
        );
        assert_eq!(told.status, Some(2), "{told:?}");
        assert!(
            told.err.contains("b.yaml:2: ") && told.err.contains("a.yaml already"),
            "{}",
            told.err
        );
    }
}

#[test]
fn rules_that_are_not_there_are_a_sentence() {
    let folder = folder(&[("rules/README.md", b"nothing yet")]);
    let missing = folder.path().join("none");
    for (path, said) in [
        (missing.as_path(), "No such file"),
        (&folder.path().join("rules"), "no rule pack"),
    ] {
        let told = run([
            "scan".as_ref(),
            folder.path().as_os_str(),
            "--rules".as_ref(),
            path.as_os_str(),
        ]);
        assert_eq!((told.status, told.out.as_str()), (Some(2), ""), "{told:?}");
        assert!(
            told.err.contains(&*path.to_string_lossy()) && told.err.contains(said),
            "{}",
            told.err
        );
        assert!(!told.err.contains(":1:"), "a folder has no lines: {}", told.err);
    }
}

#[test]
fn rules_of_ones_own_come_beside_the_built_in_ones() {
    let log = "No space left on /dev/sdb\nConnected to the wrong server S/ACME using address 10.1.2.3\n";
    let told = scan_with(PACK, log, &["--log-format", "line"]);
    assert_eq!(
        told.places(),
        ["acme-disk-full app.log:1", "domino-wrong-server-answered app.log:2"]
    );
    assert_eq!(told.findings()[0]["message"], "/dev/sdb is full.");
    let told = scan_with(PACK, log, &["--log-format", "line", "--no-built-in-rules"]);
    assert_eq!(told.places(), ["acme-disk-full app.log:1"]);
}

#[test]
fn a_rule_with_the_id_of_a_built_in_one_replaces_it() {
    let pack = PACK.replace("acme-disk-full", "domino-wrong-server-answered");
    let log = "No space left on /dev/sdb\nConnected to the wrong server S/ACME using address 10.1.2.3\n";
    let told = scan_with(&pack, log, &["--log-format", "line"]);
    assert_eq!(told.places(), ["domino-wrong-server-answered app.log:1"]);
    assert_eq!(told.findings()[0]["title"], "The disk is full");
}

#[test]
fn a_pack_may_bring_a_record_format_of_its_own() {
    let format = r"formats:
  - name: acme-batch
    title: Batch log of ACME
    begins: '^@\d{4}-\d\d-\d\d '
    marks: '^@\d{4}-\d\d-\d\d \d\d:\d\d:\d\d '
    time:
      patterns: ['^@(?<year>\d{4})-(?<month>\d\d)-(?<day>\d\d) (?<hour>\d\d):(?<minute>\d\d):(?<second>\d\d) ']
    examples:
      - text: |
          @2016-10-12 10:00:00 begin
          more
        records: 1
        first_time: '2016-10-12T10:00:00Z'
";
    let pack = PACK.replace("applies-to: [line]", "applies-to: [acme-batch]") + format;
    let log = "@2016-10-12 10:00:00 begin\n@2016-10-12 10:00:05 copy\n  No space left on /dev/sdb\n@2016-10-12 10:00:06 end\n";
    let told = scan_with(&pack, log, &[]);
    assert_eq!(told.places(), ["acme-disk-full app.log:2"], "{told:?}");
    assert_eq!(told.findings()[0]["time"], "2016-10-12T10:00:05.000Z");
    let folder = folder(&[("pack.yaml", pack.as_bytes())]);
    let told = run([
        "rules".as_ref(),
        "formats".as_ref(),
        "--rules".as_ref(),
        folder.path().as_os_str(),
    ]);
    assert!(
        told.out
            .lines()
            .any(|line| line.starts_with("acme-batch ") && line.ends_with("Batch log of ACME"))
    );
}

#[test]
fn a_pattern_without_a_text_to_search_for_is_reported_as_slow() {
    let told = check(&PACK.replace(r"No space left on (?<device>\S+)", r"(?<device>/\w+/\w+)"));
    assert_eq!(told.status, Some(0));
    assert!(
        told.out.starts_with("slow acme-disk-full: ") && told.out.contains("1 of them slow"),
        "{}",
        told.out
    );
}

#[test]
fn a_plugin_that_is_none_is_refused() {
    let folder = folder(&[
        ("app.log", b"x\n"),
        ("text.wasm", b"no plugin"),
        ("core.wasm", b"\0asm\x01\0\0\0"),
    ]);
    let missing = Path::new("missing.wasm");
    for file in [
        folder.path().join("text.wasm"),
        folder.path().join("core.wasm"),
        folder.path().join(missing),
    ] {
        let told = run([
            "scan".as_ref(),
            folder.path().join("app.log").as_os_str(),
            "--plugin".as_ref(),
            file.as_os_str(),
        ]);
        let name = file.file_stem().expect("a name").to_string_lossy().into_owned();
        assert_eq!((told.status, told.out.as_str()), (Some(2), ""), "{told:?}");
        assert!(told.err.contains(&name), "{}", told.err);
    }
}

/// The packs that the documentation shows whole: fenced, with a header and with examples.
fn documented_packs() -> Vec<(String, String)> {
    let mut packs = Vec::new();
    for page in ["README.md", "docs/rule-packs.md", "docs/config-rules.md"] {
        let text = std::fs::read_to_string(ours(page)).expect("the page is there");
        let fenced = text
            .split("```yaml\n")
            .skip(1)
            .filter_map(|rest| rest.split("```").next());
        let whole = fenced.filter(|pack| pack.starts_with("plugin:") && pack.contains("\nexamples:"));
        packs.extend(whole.map(|pack| (page.to_owned(), pack.to_owned())));
    }
    packs
}

#[test]
fn what_the_documentation_shows_comes_true() {
    let packs = documented_packs();
    assert!(packs.len() > 8, "{} packs", packs.len());
    for (page, pack) in packs {
        let folder = folder(&[("pack.yaml", pack.as_bytes())]);
        let told = run(["rules".as_ref(), "test".as_ref(), folder.path().as_os_str()]);
        assert_eq!(told.status, Some(0), "{page}: {}{}\n{pack}", told.out, told.err);
    }
    let shipped = run(["rules".as_ref(), "test".as_ref(), ours("examples/packs").as_os_str()]);
    assert_eq!(shipped.status, Some(0), "{}{}", shipped.out, shipped.err);
}
