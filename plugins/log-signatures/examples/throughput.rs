//! How long the plugin takes for a stream of candidates, without the host's search: `cargo run --release --example
//! throughput`. One line for each kind of rule, best of five.

use std::time::{Duration, Instant};

use casebook_plugin_sdk::{FlatBatch, Hosted, Pack, StreamInfo};
use log_signatures::LogSignatures;

/// As many candidates as a gigabyte of log has at one hit in a hundred lines.
const CANDIDATES: u32 = 80_000;

/// Bytes of a batch, in the middle of what the host hands over.
const BATCH: usize = 512 * 1024;

const HEAD: &str = r#"{"title": "t", "severity": "low", "symptom": "s", "cause": "c", "remedy": "r", "fields": {"user": "{user}"},
    "group": ["user"], "message": "{user} was seen.", "#;

fn main() {
    for (name, rest, patterns) in [
        ("each, few groups", r#""id": "a", "patterns": {"p": "(?<user>.)"}}"#, 1),
        (
            "count in a window",
            r#""id": "b", "patterns": {"p": "(?<user>.)"}, "correlate":
               {"count": {"patterns": "p", "at-least": 5, "within": "1m", "key": ["user"]}}}"#,
            1,
        ),
        (
            "distinct values",
            r#""id": "c", "patterns": {"p": "(?<user>.)"}, "correlate":
               {"distinct": {"patterns": "p", "capture": "user", "at-least": 30, "within": "10m"}}}"#,
            1,
        ),
        (
            "sequence of three",
            r#""id": "d", "patterns": {"p": "(?<user>.)", "q": "b", "r": "c"}, "correlate": {"sequence": {"steps":
               [{"patterns": "p"}, {"patterns": "q"}, {"patterns": "r"}], "key": ["user"], "within": "1m"}}}"#,
            3,
        ),
    ] {
        let best = (0..5)
            .map(|_| run(&format!("{HEAD}{rest}"), patterns))
            .min()
            .unwrap_or_default();
        println!(
            "{name:20} {CANDIDATES} candidates in {:6.1} ms",
            best.as_secs_f64() * 1e3
        );
    }
}

fn run(json: &str, patterns: u32) -> Duration {
    let mut hosted = Hosted::<LogSignatures>::empty();
    if let Err(problems) = hosted.load(vec![Pack {
        name: "throughput".to_owned(),
        json: json.to_owned(),
    }]) {
        eprintln!("{problems:?}");
        return Duration::MAX;
    }
    let info = StreamInfo {
        environment: "acme".to_owned(),
        facts: String::new(),
        file: "throughput.log".to_owned(),
        format: "line".to_owned(),
        attributes: Vec::new(),
    };
    let batches = batches(patterns);
    let start = Instant::now();
    let mut findings = 0;
    let opened = hosted.open(0, info);
    for batch in &batches {
        findings += hosted.observe(0, batch).map_or(0, |verdict| verdict.findings.len());
    }
    findings += hosted.close(0).map_or(0, |verdict| verdict.findings.len());
    let took = start.elapsed();
    if opened.is_err() || findings == 0 {
        eprintln!("nothing was found");
    }
    took
}

/// Candidates of 120 bytes with a user of 20 bytes each, whose first pattern captures the user; the patterns take turns.
fn batches(patterns: u32) -> Vec<FlatBatch> {
    let mut batches: Vec<FlatBatch> = Vec::new();
    for number in 0..CANDIDATES {
        let fresh = || FlatBatch {
            first: number,
            bytes: Vec::with_capacity(BATCH),
            ends: Vec::new(),
            times: Vec::new(),
            hit_records: Vec::new(),
            hit_patterns: Vec::new(),
            captures: Vec::new(),
        };
        if batches.last().is_none_or(|batch| batch.bytes.len() + 120 > BATCH) {
            batches.push(fresh());
        }
        let Some(batch) = batches.last_mut() else { continue };
        let start = u32::try_from(batch.bytes.len()).unwrap_or_default();
        let pattern = number % patterns;
        let user = format!("CN=User {:05}/O=ACME", number / patterns % 500);
        batch.bytes.extend(format!("{user:120}").into_bytes());
        batch
            .hit_records
            .push(u32::try_from(batch.ends.len()).unwrap_or_default());
        batch.hit_patterns.push(pattern);
        if pattern == 0 {
            batch.captures.extend([start, start + 20]);
        }
        batch.ends.push(start + 120);
        batch.times.push(f64::from(number) * 0.01);
    }
    batches
}
