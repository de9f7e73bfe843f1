//! Records: what it costs to find the bounds of one around a hit, to read its time, and to recognise a file.

#![allow(
    clippy::expect_used,
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

use casebook::format::{Detection, Formats, Framing, MAX_HEAD, Surroundings, Window};
use casebook::model::FilePath;
use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use jiff::tz::TimeZone;
use records::{LogFormat, Writer};
use rng::Rng;

/// The scan hands over blocks of this size.
const BLOCK: usize = 1 << 20;

fn block(format: LogFormat) -> Vec<u8> {
    let mut writer = Writer::new(format, Rng::new(1));
    let mut text = Vec::with_capacity(BLOCK + (1 << 16));
    writer.header(&mut text);
    while text.len() < BLOCK {
        writer.record(&mut text, None);
    }
    text
}

fn framing(criterion: &mut Criterion) {
    let formats = Formats::builtin().expect("the built-in formats compile");
    let surroundings = Surroundings {
        environment: None,
        local: TimeZone::UTC,
        modified: None,
    };
    for (name, log) in [
        ("SystemOut", LogFormat::SystemOut),
        ("Sametime", LogFormat::Sametime),
        ("Liberty", LogFormat::Liberty),
        ("access log", LogFormat::Access),
    ] {
        let text = block(log);
        let path = FilePath::from(log.file_name());
        let head = &text[..MAX_HEAD];
        let Detection::Log { format, .. } = formats.detect(&path, head) else {
            continue;
        };
        let dating = format.dating(&path, head, &surroundings);
        let window = Window::whole(&text);
        let places: Vec<usize> = (0..text.len()).step_by(997).collect();
        let mut group = criterion.benchmark_group(format!("records of a {name}"));
        group.throughput(Throughput::Elements(places.len() as u64));
        group.bench_function("frame around a hit", |bencher| {
            bencher.iter(|| {
                let framed = |place: &usize| matches!(format.frame(window, *place), Framing::Record(_));
                black_box(places.iter().filter(|place| framed(place)).count())
            });
        });
        let records = format.frame_all(&text);
        group.throughput(Throughput::Elements(records.len() as u64));
        group.bench_function("time of a record", |bencher| {
            bencher.iter(|| {
                let time = |record: &&casebook::format::RecordRange| format.time(&text[record.range.clone()], &dating);
                black_box(records.iter().filter_map(|record| time(&record)).count())
            });
        });
        group.throughput(Throughput::Elements(1));
        group.bench_function("recognise a file", |bencher| {
            bencher.iter(|| black_box(formats.detect(&path, head)));
        });
        group.finish();
    }
}

criterion_group!(benches, framing);
criterion_main!(benches);
