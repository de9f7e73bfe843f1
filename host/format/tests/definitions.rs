use jiff::tz::TimeZone;
use proptest::prelude::*;
use serde_json::json;

use super::super::{FormatDefinition, FormatError, Formats, Surroundings, Window, text};
use super::builtin;
use crate::model::FilePath;

/// The names that rule packs use: a contract.
const NAMES: [&str; 15] = [
    "access-combined",
    "access-common",
    "apache-error",
    "domino-console",
    "liberty-messages",
    "line",
    "line-with-time",
    "notes-client-trace",
    "sametime-trace",
    "syslog",
    "websphere-addnode",
    "websphere-advanced",
    "websphere-basic",
    "websphere-ffdc",
    "websphere-untimed",
];

#[test]
fn every_built_in_format_does_what_its_examples_say() {
    let formats = builtin();
    let mut failures = Vec::new();
    for format in formats.iter() {
        failures.extend(
            formats
                .failed_examples(format)
                .into_iter()
                .map(|why| format!("{}: {why}", format.name())),
        );
        assert!(!format.examples.is_empty(), "{} has no examples", format.name());
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

#[test]
fn the_names_are_those_that_packs_use() {
    let mut names: Vec<_> = builtin().iter().map(|format| format.name().to_string()).collect();
    names.sort();
    assert_eq!(names, NAMES);
}

#[test]
fn a_pack_brings_a_format_of_its_own() {
    let definition = FormatDefinition::from_value(&json!({
        "name": "acme-trace",
        "title": "ACME trace",
        "begins": r"^\d{2}\|",
        "time": {"patterns": [r"^\d\d\|(?<year>\d{4})(?<month>\d\d)(?<day>\d\d)T(?<hour>\d\d)(?<minute>\d\d)"]},
        "examples": [{"text": "01|20161012T1037|a\nb\n02|20161012T1038|c\n", "records": 2, "first_time": "2016-10-12T10:37:00Z"}]
    }))
    .unwrap();
    let mut formats = builtin();
    formats.add(definition.clone()).unwrap();
    let format = formats.by_name("acme-trace").unwrap();
    assert_eq!(formats.failed_examples(format), Vec::<String>::new());
    assert!(matches!(formats.add(definition), Err(FormatError::Duplicate { .. })));
}

#[test]
fn examples_that_fail_are_told() {
    let definition = FormatDefinition::from_value(&json!({
        "name": "acme-trace",
        "title": "ACME trace",
        "begins": "^#",
        "fields": ["^#(?<id>.)"],
        "examples": [{"text": "#1\n#2\n", "records": 3, "first_time": "2016-10-12T10:37:00Z", "fields": {"id": "2"}}]
    }))
    .unwrap();
    let mut formats = builtin();
    formats.add(definition).unwrap();
    let failures = formats.failed_examples(formats.by_name("acme-trace").unwrap());
    assert_eq!(
        failures,
        [
            "examples[0]: it has 2 records, not 3",
            "examples[0]: its first time is none, not 2016-10-12T10:37:00Z",
            "examples[0]: the field `id` is `1`, not \"2\"",
        ]
    );
}

fn refused(value: serde_json::Value) -> (String, String) {
    let error = match FormatDefinition::from_value(&value) {
        Ok(definition) => Formats::default().add(definition).unwrap_err(),
        Err(error) => error,
    };
    (error.path().to_owned(), error.to_string())
}

#[test]
fn a_broken_definition_is_refused_at_its_key() {
    for (value, path, reason) in [
        (
            json!({"name": "a", "title": "A", "begin": "^x"}),
            "begin",
            "unknown field `begin`",
        ),
        (json!({"name": "a"}), ".", "missing field `title`"),
        (
            json!({"name": "a", "title": "A", "files": "x"}),
            "files",
            "expected a sequence",
        ),
        (
            json!({"name": "a", "title": "A", "time": {"patterns": [1]}}),
            "time.patterns[0]",
            "expected a string",
        ),
        (
            json!({"name": "a", "title": "A", "time": {"patterns": [], "order": "us"}}),
            "time.order",
            "java-locale",
        ),
        (json!({"name": "A b", "title": "A"}), "name", "small letters"),
        (
            json!({"name": "a", "title": "A", "begins": "(x"}),
            "begins",
            "unclosed group",
        ),
        (
            json!({"name": "a", "title": "A", "time": {"patterns": ["(?<hour>x)"]}}),
            "time.patterns[0]",
            "needs a date",
        ),
        (
            json!({"name": "a", "title": "A", "fields": ["x"]}),
            "fields[0]",
            "names no group",
        ),
        (
            json!({"name": "a", "title": "A", "log_format": ["%h", "%{a"]}),
            "log_format[1]",
            "closing brace",
        ),
        (
            json!({"name": "a", "title": "A", "log_format": ["%h"], "begins": "x"}),
            "log_format",
            "leave out",
        ),
        (
            json!({"name": "a", "title": "A", "banner": ["[a"]}),
            "banner",
            "unclosed character class",
        ),
    ] {
        let (at, message) = refused(value.clone());
        assert_eq!(at, path, "{value}: {message}");
        assert!(message.contains(reason), "{value}: {message}");
    }
}

#[test]
fn yaml_is_read_with_its_place() {
    let error = FormatDefinition::from_yaml("name: a\ntitle: [").unwrap_err();
    assert!(matches!(error, FormatError::Syntax { .. }), "{error}");
    let two = FormatDefinition::from_yaml("name: a\n---\nname: b\n").unwrap_err();
    assert!(two.to_string().contains("found 2"), "{two}");
    assert_eq!(
        FormatDefinition::from_yaml("name: a\ntitle: A\nlast_resort: true\n")
            .unwrap()
            .name,
        "a"
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn no_bytes_panic_anything(
        bytes in prop::collection::vec(prop_oneof![any::<u8>(), Just(b'\n'), Just(b'['), b'0'..=b'9', Just(b'"')], 0..400),
        start in prop::sample::select(vec![
            &b""[..], b"[10/12/16 10:37:24:483 BST] 0000008e A", b"192.0.2.7 - - [10/Oct/2016:13:55:36 +0000] \"",
            b"101117_095933.869,INF,", b"[0A1C:0002-1B20] 11/17/2010 09:59:33 AM  ", b"99/99/9999 99:99:99", b"Feb 29 25:61:61 ",
        ]),
        at in 0usize..500,
    ) {
        let bytes = [start, &bytes].concat();
        let formats = builtin();
        let path = FilePath::from("a_99.99.99_x.log");
        let _ = formats.detect(&path, &bytes);
        let surroundings = Surroundings { environment: None, local: TimeZone::UTC, modified: None };
        for format in formats.iter() {
            let dating = format.dating(&path, &bytes, &surroundings);
            let _ = format.time(&bytes, &dating);
            let _ = format.fields(&bytes);
            let _ = format.kind(&bytes);
            let _ = format.frame(Window { bytes: &bytes, at_start: false, at_end: false }, at);
        }
        let _ = text(&bytes);
    }
}
