//! What is found in a log does not depend on how its candidates are cut into batches.
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test that meets what it did not expect ends, and says where"
)]

mod host;

use std::cell::RefCell;

use host::{Host, Record, frame, pack_rules};
use proptest::prelude::*;
use serde_json::Map;

/// All logs of all examples, by format.
fn examples() -> Vec<(String, String)> {
    let rules = pack_rules();
    let of = |rule: &log_signatures::pack::Rule| {
        let fire = rule
            .examples
            .fire
            .iter()
            .map(|example| (example.format.clone(), example.log.clone()));
        let silent = rule
            .examples
            .silent
            .iter()
            .map(|example| (example.format.clone(), example.log.clone()));
        fire.chain(silent).collect::<Vec<_>>()
    };
    rules.iter().flat_map(of).collect()
}

/// Logs of one format, each moved to its own time, their lines taken from one or the other as `picks` says.
fn interleave(logs: &[(usize, f64)], picks: &[usize], all: &[(String, String)]) -> (String, Vec<Record>) {
    let format = all[logs[0].0 % all.len()].0.clone();
    let same: Vec<&(String, String)> = all.iter().filter(|(known, _)| *known == format).collect();
    let mut queues: Vec<Vec<Record>> = logs
        .iter()
        .map(|&(log, shift)| {
            let mut records = frame(&format, &same[log % same.len()].1);
            records.iter_mut().for_each(|record| record.time += shift);
            records.reverse();
            records
        })
        .collect();
    let mut records = Vec::new();
    let mut picks = picks.iter().cycle();
    while queues.iter().any(|queue| !queue.is_empty()) {
        let open: Vec<usize> = (0..queues.len()).filter(|&queue| !queues[queue].is_empty()).collect();
        let queue = open[picks.next().copied().unwrap_or(0) % open.len()];
        records.extend(queues[queue].pop());
    }
    for (line, record) in (1..).zip(&mut records) {
        record.line = line;
    }
    (format, records)
}

#[test]
fn what_is_found_does_not_depend_on_batches() {
    let all = examples();
    let host = RefCell::new(Host::with_all_packs());
    let logs = prop::collection::vec((0..1_000_usize, -30.0..4_000.0_f64), 1..6);
    let strategy = (
        logs,
        prop::collection::vec(0..8_usize, 1..64),
        prop::collection::vec(1..9_usize, 1..16),
    );
    proptest!(ProptestConfig::with_cases(150), |((logs, picks, sizes) in strategy)| {
        let (format, records) = interleave(&logs, &picks, &all);
        let mut host = host.borrow_mut();
        let whole = format!("{:#?}", host.scan(&format, &Map::new(), &records, &[usize::MAX]));
        let single = format!("{:#?}", host.scan(&format, &Map::new(), &records, &[1]));
        let random = format!("{:#?}", host.scan(&format, &Map::new(), &records, &sizes));
        prop_assert_eq!(&whole, &single);
        prop_assert_eq!(&whole, &random);
    });
}

#[test]
fn after_its_samples_a_group_is_counted() {
    let log: String = (0..1_000)
        .map(|second| {
            format!(
                "[10/12/16 10:{:02}:{:02}:000 BST] 000000ba SSLHandshakeE E   SSLC0008E: Unable to initialize SSL connection.  \
                 Exception is javax.net.ssl.SSLHandshakeException: Client requested protocol TLSv1 not enabled or not supported\n",
                second / 60,
                second % 60
            )
        })
        .collect();
    let mut host = Host::with_all_packs();
    let records = frame("websphere-basic", &log);
    let found = host.scan("websphere-basic", &Map::new(), &records, &[300]);
    assert_eq!(found.len(), 1);
    assert_eq!((found[0].count, found[0].line, found[0].samples.len()), (1_000, 1, 3));
    assert_eq!((found[0].first, found[0].last), (records[0].time, records[999].time));
}

#[test]
fn streams_do_not_see_each_other() {
    let all = examples();
    let mut host = Host::with_all_packs();
    let (format, log) = all
        .iter()
        .find(|(format, _)| format == "sametime-trace")
        .expect("a trace");
    let records = frame(format, log);
    let (begin, end) = records.split_at(records.len() / 2);
    let whole = host.scan(format, &Map::new(), &records, &[usize::MAX]);
    let halves = [
        host.scan(format, &Map::new(), begin, &[1]),
        host.scan(format, &Map::new(), end, &[1]),
    ];
    assert!(!whole.is_empty() && halves.iter().all(Vec::is_empty), "{halves:#?}");
}

#[test]
fn a_stream_can_be_written_down_and_read_again_between_batches() {
    use casebook_plugin_sdk::{Batch, Layout, LogRules, Verdict};
    use log_signatures::{LogSignatures, StreamState};

    let (plugin, rules) = LogSignatures::load(host::packs()).expect("sound packs");
    let host = Host::with_all_packs();
    let layout = Layout::of(&rules);
    for (format, log) in examples() {
        let info = host::info(&format, "{}".to_owned());
        let mut kept = plugin.open(info.clone()).expect("a stream");
        let mut restored = plugin.open(info).expect("a stream");
        let (mut told_kept, mut told_restored) = (Vec::new(), Vec::new());
        for (number, record) in frame(&format, &log).iter().enumerate() {
            let flat = host.batch(&format, number, std::slice::from_ref(record));
            let batch = Batch::decode(&flat, &layout).expect("a sound batch");
            let mut verdict = Verdict::default();
            plugin.observe(&mut kept, &batch, &mut verdict).expect("judged");
            told_kept.push(format!("{verdict:?}"));
            let text = serde_json::to_string(&restored).expect("written down");
            restored = serde_json::from_str::<StreamState>(&text).expect("read again");
            let mut verdict = Verdict::default();
            plugin.observe(&mut restored, &batch, &mut verdict).expect("judged");
            told_restored.push(format!("{verdict:?}"));
        }
        assert_eq!(told_kept, told_restored, "{log}");
        assert_eq!(kept, restored);
    }
}

#[test]
fn nothing_that_is_handed_over_makes_the_plugin_panic() {
    let hosted = RefCell::new(Host::with_all_packs().into_hosted());
    let small = || 0..40_u32;
    let times = prop_oneof![Just(f64::NAN), Just(f64::INFINITY), -1e12..1e12_f64];
    let batch = (
        any::<u32>(),
        "[ -~é\n]{0,40}",
        prop::collection::vec(small(), 0..4),
        prop::collection::vec(times, 0..4),
        prop::collection::vec(small(), 0..6),
        prop::collection::vec(small(), 0..6),
        prop::collection::vec(prop_oneof![small(), Just(u32::MAX)], 0..12),
    );
    proptest!(|(batches in prop::collection::vec(batch, 1..4))| {
        let mut hosted = hosted.borrow_mut();
        hosted.open(0, host::info("line", "{}".to_owned())).expect("a stream");
        for (first, text, mut ends, times, hit_records, hit_patterns, captures) in batches {
            ends.sort_unstable();
            let flat = casebook_plugin_sdk::FlatBatch {
                first, bytes: text.into_bytes(), ends, times, hit_records, hit_patterns, captures,
            };
            let _ = hosted.observe(0, &flat);
        }
        hosted.close(0).expect("a stream that closes");
    });
}

#[test]
fn no_text_makes_loading_panic() {
    use casebook_plugin_sdk::{LogRules, Pack};
    let texts: Vec<String> = host::packs().into_iter().map(|pack| pack.json).collect();
    proptest!(ProptestConfig::with_cases(200), |(which in 0..1_000_usize, at in 0..100_000_usize, noise in "[\"{}()<>\\[\\],:a-z]{0,6}")| {
        let text = &texts[which % texts.len()];
        let at = text.floor_char_boundary(at % text.len());
        let end = text.floor_char_boundary((at + noise.len()).min(text.len()));
        let json = format!("{}{noise}{}", &text[..at], &text[end..]);
        let _ = log_signatures::LogSignatures::load(vec![Pack { name: "p".to_owned(), json }]);
    });
}
