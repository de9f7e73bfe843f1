//! What it costs to have records judged: batches that cross into the sandbox, and the start of an instance.

#![allow(
    clippy::expect_used,
    missing_docs,
    reason = "a bench that cannot begin has nothing better to do"
)]

use std::hint::black_box;

use casebook::pack;
use casebook::plugin::{Batch, Compiler, Instance, Limits, Pack, Plugin, Sandbox, StreamInfo};
use criterion::{Criterion, Throughput, criterion_group, criterion_main};

const LOG_SIGNATURES: &[u8] = include_bytes!(concat!(env!("CASEBOOK_GUESTS"), "/log-signatures.wasm"));

/// The plugin with the built-in packs.
fn plugin() -> (Plugin, Vec<Pack>) {
    let sandbox = Sandbox::new(Limits::default(), None).expect("the engine starts");
    let plugin = sandbox
        .load("log-signatures", LOG_SIGNATURES, &Compiler::Inside)
        .expect("the plugin loads");
    let packs = pack::built_in().expect("the packs parse");
    let packs = packs
        .iter()
        .map(|pack| Pack {
            name: pack.name.clone(),
            json: pack.json(),
        })
        .collect();
    (plugin, packs)
}

fn open(plugin: &Plugin, packs: &[Pack]) -> Instance {
    let mut instance = plugin.instance(packs).expect("an instance starts");
    let info = StreamInfo {
        environment: "bench".to_owned(),
        facts: "{}".to_owned(),
        file: "SystemOut.log".to_owned(),
        format: "websphere-basic".to_owned(),
        attributes: Vec::new(),
    };
    instance.open(1, &info).expect("the stream opens");
    instance
}

/// Records of 120 bytes that the pattern `pattern` matched, without captures.
fn batch(records: u32, pattern: u32) -> Batch {
    let line =
        "[10/12/16 10:37:31:278 BST] 000000ba SSLHandshakeE E   SSLC0008E: Unable to initialize SSL connection. ......";
    let length = u32::try_from(line.len()).expect("a line is short");
    Batch {
        first: 0,
        bytes: line.repeat(records as usize).into_bytes(),
        ends: (1..=records).map(|record| record * length).collect(),
        times: (0..records).map(|record| 1_476_264_000.0 + f64::from(record)).collect(),
        hit_records: (0..records).collect(),
        hit_patterns: vec![pattern; records as usize],
        captures: Vec::new(),
    }
}

fn crossing(criterion: &mut Criterion) {
    let (plugin, packs) = plugin();
    let mut group = criterion.benchmark_group("boundary");
    group.bench_function("instance with the built-in packs", |bencher| {
        bencher.iter(|| black_box(plugin.instance(&packs).expect("an instance starts")));
    });
    for records in [1u32, 256, 4096] {
        // No hits: what is measured is the crossing, not what a rule thinks of the record.
        let mut batch = batch(records, 0);
        batch.hit_records.clear();
        batch.hit_patterns.clear();
        group.throughput(Throughput::Elements(u64::from(records)));
        let mut instance = open(&plugin, &packs);
        group.bench_function(format!("batch of {records} records"), |bencher| {
            bencher.iter(|| black_box(instance.observe(1, &batch).expect("the batch is judged")));
        });
    }
    group.finish();
}

criterion_group!(benches, crossing);
criterion_main!(benches);
