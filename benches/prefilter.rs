//! The prefilter over generated log text: 10 to 10,000 signatures that occur nowhere, and a text in which every hundredth
//! line has one; and what building costs.

#![allow(
    clippy::indexing_slicing,
    missing_docs,
    dead_code,
    unused_imports,
    reason = "the corpus is made here, and only a part of it is used"
)]

#[path = "corpus/clock.rs"]
mod clock;
#[path = "corpus/messages.rs"]
mod messages;
#[path = "corpus/records.rs"]
mod records;
#[path = "corpus/rng.rs"]
mod rng;
#[path = "corpus/signatures.rs"]
mod signatures;

use std::hint::black_box;
use std::time::Duration;

use casebook::prefilter::{Filter, LiteralId};
use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use records::{LogFormat, Writer};
use rng::Rng;

/// Four times the third-level cache that a thread usually has to itself.
const TEXT: usize = 64 << 20;

/// The scan hands over blocks of this size.
const BLOCK: usize = 1 << 20;

/// `TEXT` bytes of a WebSphere log and up to a record more; one record in `every` carries a signature (0: none).
fn log(signatures: &[String], every: usize) -> Vec<u8> {
    let mut writer = Writer::new(LogFormat::SystemOut, Rng::new(1));
    let mut text = Vec::with_capacity(TEXT + (1 << 16));
    writer.header(&mut text);
    let mut planted = signatures.iter().cycle();
    let mut record = 0usize;
    while text.len() < TEXT {
        record += 1;
        let due = every > 0 && record.is_multiple_of(every);
        let signature = if due { planted.next() } else { None };
        writer.record(&mut text, signature.map(String::as_str));
    }
    text
}

fn literals(signatures: &[String]) -> Vec<(LiteralId, &[u8])> {
    (0..)
        .map(LiteralId)
        .zip(signatures.iter().map(String::as_bytes))
        .collect()
}

fn hits(filter: &Filter, text: &[u8]) -> usize {
    let mut hits = 0;
    for start in (0..text.len()).step_by(BLOCK) {
        filter.find(text, start..(start + BLOCK).min(text.len()), &mut |_| hits += 1);
    }
    hits
}

fn prefilter(criterion: &mut Criterion) {
    let clean = log(&[], 0);
    for (name, every) in [("no hits", 0), ("a hit in 100 lines", 100)] {
        let mut group = criterion.benchmark_group(format!("prefilter, {name}"));
        group
            .throughput(Throughput::Bytes(TEXT as u64))
            .sample_size(10)
            .measurement_time(Duration::from_secs(2));
        for count in [10u32, 100, 1_000, 10_000] {
            let signatures = signatures::all(count);
            let dense = (every > 0).then(|| log(&signatures, every));
            let text = dense.as_ref().unwrap_or(&clean);
            let literals = literals(&signatures);
            let filter = Filter::build(&literals, &text[..BLOCK]);
            group.bench_function(BenchmarkId::from_parameter(count), |bencher| {
                bencher.iter(|| black_box(hits(&filter, black_box(text))));
            });
        }
        group.finish();
    }

    let mut group = criterion.benchmark_group("prefilter, building");
    group.sample_size(10).measurement_time(Duration::from_secs(1));
    for count in [50u32, 10_000] {
        let signatures = signatures::all(count);
        let literals = literals(&signatures);
        group.bench_function(BenchmarkId::from_parameter(count), |bencher| {
            bencher.iter(|| black_box(Filter::build(&literals, &clean[..BLOCK])));
        });
    }
    group.finish();
}

criterion_group!(benches, prefilter);
criterion_main!(benches);
