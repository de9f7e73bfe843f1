//! The real samples, where they are at hand. The expected numbers were counted with grep, as stated beside each.

use std::path::PathBuf;

use jiff::tz::TimeZone;

use super::super::{Format, RecordKind, Surroundings};
use super::{builtin, detected};
use crate::model::{EventTime, FilePath};

/// The folder of the samples, or a word about its absence.
fn folder() -> Option<PathBuf> {
    let folder = std::env::var_os("CASEBOOK_SAMPLES").map_or_else(|| PathBuf::from("../shared/samples"), PathBuf::from);
    if folder.is_dir() {
        return Some(folder);
    }
    println!("skipped: there are no samples at {}", folder.display());
    None
}

/// What came out of one sample.
#[derive(Debug, PartialEq)]
struct Outcome {
    entries: usize,
    banners: usize,
    fragments: usize,
    timed: usize,
    steps_back: usize,
    first: Option<String>,
    last: Option<String>,
}

fn outcome(format: &Format, name: &str, bytes: &[u8]) -> (Outcome, Vec<String>) {
    let surroundings = Surroundings {
        environment: Some(TimeZone::UTC),
        local: TimeZone::UTC,
        modified: Some("2024-06-01T00:00:00Z".parse().unwrap()),
    };
    let head = &bytes[..bytes.len().min(super::super::MAX_HEAD)];
    let dating = format.dating(&FilePath::from(name), head, &surroundings);
    let framed = format.frame_all(bytes);
    let records: Vec<_> = framed.iter().map(|record| &bytes[record.range.clone()]).collect();
    let of_kind = |kind| records.iter().filter(move |record| format.kind(record) == kind);
    let times: Vec<_> = of_kind(RecordKind::Entry)
        .filter_map(|record| format.time(record, &dating))
        .collect();
    let shown = |time: &EventTime| {
        jiff::Timestamp::from_millisecond((time.0 * 1e3).round() as i64)
            .unwrap()
            .to_string()
    };
    let outcome = Outcome {
        entries: of_kind(RecordKind::Entry).count(),
        banners: of_kind(RecordKind::Banner).count(),
        fragments: of_kind(RecordKind::Fragment).count(),
        timed: times.len(),
        // Threads and processes write a little out of turn: up to 5 seconds in these files.
        steps_back: times.windows(2).filter(|pair| pair[1].0 < pair[0].0 - 5.0).count(),
        first: times.first().map(shown),
        last: times.last().map(shown),
    };
    (outcome, dating.assumptions().to_vec())
}

/// File, format, entries, banners, entries with a time, first and last time, whether times never step back.
type Row = (
    &'static str,
    &'static str,
    usize,
    usize,
    usize,
    &'static str,
    &'static str,
    bool,
);

const LOGS: &[Row] = &[
    // grep -c '^\[[0-9]': 723; two displays of the environment, each with a start and an end.
    (
        "websphere/SystemOut.log",
        "websphere-basic",
        723,
        4,
        723,
        "2020-05-10T03:09:01.349Z",
        "",
        true,
    ),
    // 104, and one display.
    (
        "websphere/SystemErr.log",
        "websphere-basic",
        104,
        2,
        104,
        "2020-05-10T03:14:34.612Z",
        "",
        true,
    ),
    // 16, and two displays.
    (
        "websphere/startServer.log",
        "websphere-basic",
        16,
        4,
        16,
        "2020-05-10T03:08:56.442Z",
        "2020-05-10T03:10:34.314Z",
        true,
    ),
    // 153; one header between two lines of stars.
    (
        "liberty/messages.log",
        "liberty-messages",
        153,
        2,
        153,
        "2022-06-09T20:03:03.918Z",
        "",
        true,
    ),
    // 8984; of the 290 lines that begin with a star two are the header's.
    (
        "liberty/messages_es_PE.log",
        "liberty-messages",
        8984,
        2,
        8984,
        "2019-07-04T21:43:22.897Z",
        "",
        false,
    ),
    (
        "liberty/themizan_ffdc_19.05.07_10.27.17.0.log",
        "websphere-ffdc",
        1,
        0,
        1,
        "2019-05-07T15:27:17.331Z",
        "2019-05-07T15:27:17.331Z",
        true,
    ),
    // grep -cE '^[A-Z]{4,5}[0-9]{4}[A-Z]: ': 27 of the 40 lines.
    (
        "excerpts/addnode_success_wasnode1.log",
        "websphere-addnode",
        27,
        0,
        0,
        "",
        "",
        true,
    ),
    (
        "excerpts/admc_routing_was51.log",
        "websphere-untimed",
        4,
        0,
        0,
        "",
        "",
        true,
    ),
    (
        "excerpts/cwsct_sip_ltpa_undefined.log",
        "websphere-basic",
        2,
        0,
        2,
        "2014-02-11T18:08:43.66Z",
        "2014-02-11T18:08:43.661Z",
        true,
    ),
    (
        "excerpts/dmgr_nodeagent_coregroup_gmt0800.log",
        "websphere-basic",
        8,
        0,
        8,
        "2018-12-19T02:43:16.81Z",
        "2018-12-19T02:48:40.822Z",
        true,
    ),
    (
        "excerpts/ffdc_head_dmgr.log",
        "websphere-ffdc",
        1,
        0,
        1,
        "2016-08-24T18:59:19.113Z",
        "2016-08-24T18:59:19.113Z",
        true,
    ),
    // Five stamps of five servers, in no order.
    (
        "excerpts/locale_variants.log",
        "websphere-basic",
        5,
        0,
        5,
        "2016-12-13T07:38:12.755Z",
        "2004-06-28T15:58:54.903Z",
        false,
    ),
    // One line, one record.
    (
        "access/combined_2000.log",
        "access-combined",
        2000,
        0,
        2000,
        "2015-05-17T10:05:03Z",
        "",
        false,
    ),
    (
        "corpus/loghub_Apache_2k.log",
        "apache-error",
        2000,
        0,
        2000,
        "2005-12-04T04:47:44Z",
        "2005-12-05T19:15:57Z",
        true,
    ),
    (
        "corpus/loghub_HDFS_2k.log",
        "line-with-time",
        2000,
        0,
        2000,
        "2008-11-09T20:36:15Z",
        "",
        true,
    ),
    (
        "corpus/loghub_Linux_2k.log",
        "syslog",
        2000,
        0,
        2000,
        "2023-06-14T15:16:01Z",
        "",
        true,
    ),
    (
        "corpus/loghub_OpenSSH_2k.log",
        "syslog",
        2000,
        0,
        2000,
        "2023-12-10T06:55:46Z",
        "",
        true,
    ),
];

#[test]
fn real_logs_are_recognised_framed_and_timed() {
    let Some(folder) = folder() else { return };
    let formats = builtin();
    let mut wrong = Vec::new();
    for &(name, format, entries, banners, timed, first, last, ascending) in LOGS {
        let bytes = std::fs::read(folder.join(name)).unwrap();
        let found = detected(name, &bytes[..bytes.len().min(super::super::MAX_HEAD)]);
        if found != format {
            wrong.push(format!("{name}: taken for {found}, not {format}"));
        }
        let (outcome, assumptions) = outcome(formats.by_name(format).unwrap(), name, &bytes);
        println!("{name}: {outcome:?} {assumptions:?}");
        let counts = (outcome.entries, outcome.banners, outcome.fragments, outcome.timed);
        if counts != (entries, banners, 0, timed) {
            wrong.push(format!("{name}: entries, banners, fragments, timed are {counts:?}"));
        }
        let some = |text: &'static str| (!text.is_empty()).then_some(text);
        if outcome.first.as_deref() != some(first) || (!last.is_empty() && outcome.last.as_deref() != some(last)) {
            wrong.push(format!("{name}: times from {:?} to {:?}", outcome.first, outcome.last));
        }
        if ascending && outcome.steps_back > 0 {
            wrong.push(format!("{name}: {} steps back", outcome.steps_back));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn real_configuration_is_no_log() {
    let Some(folder) = folder() else { return };
    for (name, kind) in [
        ("config/ssl.client.props", "Properties"),
        ("config/ihs9_httpd.conf.j2", "Httpd"),
        ("excerpts/security_xml_fragment_repertoire.xml", "Xml"),
        ("excerpts/wimconfig_fragment_realms_hcl_dx.xml", "Xml"),
    ] {
        let bytes = std::fs::read(folder.join(name)).unwrap();
        assert_eq!(detected(name, &bytes), kind, "{name}");
    }
}

#[test]
fn every_real_request_has_its_fields() {
    let Some(folder) = folder() else { return };
    let bytes = std::fs::read(folder.join("access/combined_2000.log")).unwrap();
    let format = super::format("access-combined");
    for record in format.frame_all(&bytes) {
        let record = &bytes[record.range];
        let fields = format
            .fields(record)
            .unwrap_or_else(|| panic!("{}", String::from_utf8_lossy(record)));
        for name in ["address", "time", "method", "path", "status", "referer", "user_agent"] {
            assert!(
                fields.range(name).is_some(),
                "{name} in {}",
                String::from_utf8_lossy(record)
            );
        }
    }
}
