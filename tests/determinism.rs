//! The same logs give the same findings, byte for byte, however many threads read them and wherever blocks end; and lines,
//! offsets and times are those that a reader would count by hand.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test fails by panicking"
)]

mod story;

#[path = "determinism/borders.rs"]
mod borders;
#[path = "determinism/site.rs"]
mod site;

use std::path::Path;

use story::{Told, ours, scan};

/// Scans with all of these threads and block sizes and compares with one thread and blocks that hold whole files.
fn same_however_it_is_read(path: &Path, more: &[&str]) -> Told {
    let run = |threads: &str, kib: &str| scan(path, &[&["--threads", threads, "--block-size", kib], more].concat());
    let whole = run("1", "65536");
    for (threads, kib) in [
        ("1", "1"),
        ("1", "7"),
        ("1", "1024"),
        ("2", "1"),
        ("2", "7"),
        ("2", "64"),
        ("8", "1"),
        ("8", "64"),
        ("8", "1024"),
    ] {
        let told = run(threads, kib);
        assert_eq!(
            told.status, whole.status,
            "--threads {threads} --block-size {kib}: {}",
            told.err
        );
        let differing = whole
            .out
            .lines()
            .zip(told.out.lines())
            .find(|(whole, told)| whole != told);
        assert_eq!(differing, None, "--threads {threads} --block-size {kib}");
        assert!(
            whole.out == told.out,
            "--threads {threads} --block-size {kib}: not the same number of lines"
        );
    }
    whole
}

#[test]
fn the_example_site_reads_the_same_however_it_is_cut() {
    let told = same_however_it_is_read(&ours("examples/acme"), &[]);
    assert!(told.findings().len() >= 9, "{:#?}", told.places());
}

/// Some batches of requests for photos, judged by several instances at a time, with times that go back and forth.
#[test]
fn a_gate_is_replayed_the_same_however_its_log_is_cut() {
    const GATE: &str = "Listen 80\nAlias /photos/ /opt/photos/\nRewriteEngine On\n\
                        RewriteCond %{REMOTE_ADDR} !^10\\.20\\.\nRewriteRule ^/photos/ - [F]\n";
    let mut dice = site::Dice(11);
    let (mut log, mut inside, mut outside) = (String::new(), 0, 0);
    for _ in 0..30_000 {
        let (net, count) = if dice.once_in(3) {
            ("10.21", &mut outside)
        } else {
            ("10.20", &mut inside)
        };
        *count += 1;
        let (host, second) = (dice.below(200), dice.below(3600));
        let status = if dice.once_in(5) { 403 } else { 200 };
        log.push_str(&format!(
            "{net}.0.{host} - - [17/May/2016:10:{:02}:{:02} +0000] \"GET /photos/p{}@acme.example.jpg HTTP/1.1\" {status} 4711\n",
            second / 60,
            second % 60,
            dice.below(500),
        ));
    }
    let folder = story::folder(&[
        ("conf/httpd.conf", GATE.as_bytes()),
        ("logs/access_log", log.as_bytes()),
    ]);
    let told = same_however_it_is_read(folder.path(), &[]);
    let findings = told.findings();
    let counted = |door: &str| {
        let found = findings.iter().find(|finding| finding["fields"]["door"] == door);
        found.map(|finding| {
            (
                finding["occurrences"].as_u64(),
                finding["first_seen"].clone(),
                finding["last_seen"].clone(),
            )
        })
    };
    let (begin, end) = ("2016-05-17T10:00:00.000Z".into(), "2016-05-17T10:59:59.000Z".into());
    assert_eq!(
        counted("address"),
        Some((Some(inside), Clone::clone(&begin), Clone::clone(&end)))
    );
    assert_eq!(counted("none"), Some((Some(outside), begin, end)));
}

#[test]
fn a_site_of_large_awkward_files_reads_the_same_however_it_is_cut() {
    let site = site::Site::generate();
    let rules = site.folder.path().join("rules").to_string_lossy().into_owned();
    let told = same_however_it_is_read(&site.folder.path().join("logs"), &["--rules", &rules]);
    let places = told.places();
    let count = |prefix: &str| places.iter().filter(|place| place.starts_with(prefix)).count();
    // All that was hidden in the files was found, compressed or not, in every encoding, in the first line and the last.
    assert_eq!(count("acme-needle "), site.needles.len());
    for needle in &site.needles {
        assert!(
            places.contains(&format!("acme-needle {needle}")),
            "{needle} was not found"
        );
    }
    assert!(count("acme-slow ") > 0);
    // A hit beyond the longest record is not silence.
    let [(file, reason)] = &told.gaps()[..] else {
        panic!("{:#?}", told.gaps())
    };
    assert_eq!(file, site::LONG_LINE);
    assert!(reason.contains("beyond the first 1024 KiB of a record"), "{reason}");
}
