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
