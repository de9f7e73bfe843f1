//! The prefilter over generated log text: 10 to 10,000 signatures that occur nowhere, and a text in which every hundredth
//! line has one; and what building costs.

mod corpus;

use std::hint::black_box;
use std::time::Duration;

use casebook::prefilter::{Filter, LiteralId};
use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};

/// Four times the third-level cache that a thread usually has to itself.
const TEXT: usize = 64 << 20;

/// The scan hands over blocks of this size.
const BLOCK: usize = 1 << 20;

/// No signature is shorter, as no message with its id is.
const SHORTEST: usize = 12;

fn hits(filter: &Filter, text: &[u8]) -> usize {
    let mut hits = 0;
    for start in (0..text.len()).step_by(BLOCK) {
        filter.find(text, start..start + BLOCK, &mut |_| hits += 1);
    }
    hits
}

fn prefilter(criterion: &mut Criterion) {
    let clean = corpus::corpus(TEXT, &[], 0);
    for (name, every) in [("no hits", 0), ("a hit in 100 lines", 100)] {
        let mut group = criterion.benchmark_group(format!("prefilter, {name}"));
        group
            .throughput(Throughput::Bytes(TEXT as u64))
            .sample_size(10)
            .measurement_time(Duration::from_secs(2));
        for count in [10, 100, 1_000, 10_000] {
            let signatures = corpus::absent_signatures(count, SHORTEST, &clean);
            let dense = (every > 0).then(|| corpus::corpus(TEXT, &signatures, every));
            let text = dense.as_ref().unwrap_or(&clean);
            let literals: Vec<_> = (0..)
                .map(LiteralId)
                .zip(signatures.iter().map(|text| &text[..]))
                .collect();
            let filter = Filter::build(&literals, &text[..BLOCK]);
            group.bench_function(BenchmarkId::from_parameter(count), |bencher| {
                bencher.iter(|| black_box(hits(&filter, black_box(text))));
            });
        }
        group.finish();
    }

    let mut group = criterion.benchmark_group("prefilter, building");
    group.sample_size(10).measurement_time(Duration::from_secs(1));
    for count in [50, 10_000] {
        let signatures = corpus::absent_signatures(count, SHORTEST, &clean);
        let literals: Vec<_> = (0..)
            .map(LiteralId)
            .zip(signatures.iter().map(|text| &text[..]))
            .collect();
        group.bench_function(BenchmarkId::from_parameter(count), |bencher| {
            bencher.iter(|| black_box(Filter::build(&literals, &clean[..BLOCK])));
        });
    }
    group.finish();
}

criterion_group!(benches, prefilter);
criterion_main!(benches);
