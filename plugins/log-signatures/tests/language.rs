//! What a pack can say, told on packs of a few lines.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test that meets what it did not expect ends, and says where"
)]

mod host;

use casebook_plugin_sdk::{Pack, Severity};
use host::{Grouped, Host, Record, yaml};
use serde_json::Map;

const HEAD: &str = "{ id: a, title: t, severity: high, symptom: s, cause: c, remedy: r, ";

fn host(rest: &str) -> Host {
    let json = yaml(&format!("{HEAD}{rest}}}")).to_string();
    Host::with(vec![Pack {
        name: "a.yaml".to_owned(),
        json,
    }])
}

/// Scans lines, each with its time in seconds.
fn scan(rest: &str, lines: &[(f64, &str)]) -> Vec<Grouped> {
    let records: Vec<Record> = (1..)
        .zip(lines)
        .map(|(line, &(time, text))| Record {
            line,
            time,
            text: text.to_owned(),
        })
        .collect();
    host(rest).scan("line", &Map::new(), &records, &[2])
}

#[test]
fn the_first_outcome_that_holds_is_the_finding() {
    let rule = "patterns: { p: 'user=(?<user>\\w*) code=(?<code>\\d*)' }, fields: { user: '{user}', code: '{code}' }, group: [user],
        outcomes: [
            { when: [{ missing: '{user}' }], severity: info, message: 'Nobody, {{{code}}}.' },
            { when: [{ present: '{code}' }, { differ: ['{code}', '0'] }] },
        ], message: '{user}: {code}.'";
    let lines = [
        (0.0, "user= code=7"),
        (1.0, "user=ben code=0"),
        (2.0, "user=ann code=3"),
        (3.0, "user=joe code="),
    ];
    let found = scan(rule, &lines);
    let told: Vec<_> = found.iter().map(|f| (f.line, f.severity, f.message.as_str())).collect();
    assert_eq!(
        told,
        [(1, Severity::Info, "Nobody, {7}."), (3, Severity::High, "ann: 3.")]
    );
}

#[test]
fn what_is_required_must_hold() {
    let rule = "patterns: { p: 'get (?<path>\\S+)' }, fields: { path: '{path}' }, group: [path],
        require: [{ ends-not-with: { value: '{path}', any: [.PNG] } }, { equal: ['{path}', '{p.path}'] }], message: '{path}'";
    let found = scan(rule, &[(0.0, "get a.png"), (1.0, "get b.html")]);
    assert_eq!(found.iter().map(|f| f.line).collect::<Vec<_>>(), [2]);
}

#[test]
fn sightings_in_a_row_are_counted_once_while_the_first_is_open() {
    let rule = "patterns: { p: 'user=(?<user>\\w+)' }, fields: { user: '{user}' }, group: [user],
        suppress: { while-open: 10s }, message: '{user}'";
    let lines = [
        (0.0, "user=ben"),
        (8.0, "user=ben"),
        (9.0, "user=ann"),
        (16.0, "user=ben"),
        (40.0, "user=ben"),
        (39.0, "user=ben"),
    ];
    let found = scan(rule, &lines);
    assert_eq!(
        found.iter().map(|f| (f.line, f.count)).collect::<Vec<_>>(),
        [(1, 2), (3, 1)]
    );
}

#[test]
fn groups_are_compared_as_the_pack_says() {
    let rule = "patterns: { p: 'user=(?<user>.+)' }, fields: { user: '{user}', short: { lowercase: '{user}' } },
        compare: { user: name }, group: [user], message: '{short}'";
    let found = scan(
        rule,
        &[
            (0.0, "user=CN=Ben Williams/O=ACME"),
            (1.0, "user=cn=ben williams,o=acme"),
        ],
    );
    assert_eq!(
        found.iter().map(|f| (f.count, f.message.as_str())).collect::<Vec<_>>(),
        [(2, "cn=ben williams/o=acme")]
    );
}

#[test]
fn counted_sightings_tell_the_earliest_and_the_latest() {
    let rule = "patterns: { p: 'x' }, message: 'x'";
    let times = [5.0, 6.0, 7.0, 4.0, 8.0, f64::NAN, 9.0, f64::NAN];
    let lines: Vec<_> = times.iter().map(|&time| (time, "x")).collect();
    let found = scan(rule, &lines);
    assert_eq!(
        (found[0].count, found[0].first, found[0].last, found[0].samples.len()),
        (8, 4.0, 9.0, 3)
    );
}

#[test]
fn what_is_forgotten_is_said_once() {
    let host = host(
        "patterns: { a: 'begin (?<user>\\w+)', b: 'end (?<user>\\w+)' }, message: m,
         correlate: { sequence: { steps: [{ patterns: a }, { patterns: b }], key: [user], within: 1h } }",
    );
    let records: Vec<Record> = (1..=3_000)
        .map(|line| Record {
            line,
            time: 0.0,
            text: format!("begin user{line}"),
        })
        .chain([Record {
            line: 3_001,
            time: 0.0,
            text: "end user1".to_owned(),
        }])
        .chain([Record {
            line: 3_002,
            time: 0.0,
            text: "end user3000".to_owned(),
        }])
        .collect();
    let batches: Vec<_> = records
        .chunks(500)
        .enumerate()
        .map(|(n, chunk)| host.batch("line", n * 500, chunk))
        .collect();
    let mut hosted = host.into_hosted();
    hosted.open(0, host::info("line", String::new())).expect("a stream");
    let verdicts: Vec<_> = batches
        .iter()
        .map(|batch| hosted.observe(0, batch).expect("judged"))
        .collect();
    let lines: Vec<_> = verdicts.iter().flat_map(|verdict| &verdict.lines).collect();
    assert_eq!(lines.len(), 1, "{lines:?}");
    assert!(lines[0].1.contains("a has more open sequences"), "{}", lines[0].1);
    let found: Vec<u32> = verdicts
        .iter()
        .flat_map(|verdict| &verdict.findings)
        .map(|finding| finding.last)
        .collect();
    assert_eq!(found, [3_001], "the first user was forgotten, the last was not");
}

#[test]
fn a_record_is_one_sighting_however_many_patterns_match_it() {
    let rule = "patterns: { p: 'host=(?<host>\\w*)', q: 'from (?<host>\\w+)', r: 'a' }, fields: { host: '{host}' },
        group: [host], require: [{ present: '{host}' }], message: '{host}'";
    let found = scan(rule, &[(0.0, "host=a from a"), (1.0, "host= from a")]);
    assert_eq!(found.iter().map(|f| (f.line, f.count)).collect::<Vec<_>>(), [(1, 2)]);
}
