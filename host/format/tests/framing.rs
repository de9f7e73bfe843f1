use proptest::prelude::*;

use super::super::pattern::MAX_BEGINNING;
use super::super::tests::format;
use super::{Framing, MAX_RECORD, RecordRange, Window};

/// Asks as a scan does: with a narrow window first, widened as the answers say.
fn framed_by_widening(name: &str, bytes: &[u8], position: usize, first: usize, step: usize) -> Framing {
    let format = format(name);
    let (mut from, mut to) = (position.saturating_sub(first), (position + first + 1).min(bytes.len()));
    loop {
        let window = Window {
            bytes: &bytes[from..to],
            at_start: from == 0,
            at_end: to == bytes.len(),
        };
        match format.frame(window, position - from) {
            Framing::StartsBefore => {
                assert!(
                    from > 0 && position - from < MAX_RECORD,
                    "widened too far for {position}"
                );
                from = from.saturating_sub(step).max(position.saturating_sub(MAX_RECORD));
            }
            Framing::EndsBeyond { .. } | Framing::LineCut => {
                assert!(to < bytes.len(), "nothing is beyond the end");
                to = (to + step).min(bytes.len());
            }
            Framing::Record(RecordRange { range, cut }) => {
                return Framing::Record(RecordRange {
                    range: range.start + from..range.end + from,
                    cut,
                });
            }
            Framing::TooLong => return Framing::TooLong,
        }
    }
}

fn expected(all: &[RecordRange], position: usize) -> Framing {
    match all.iter().find(|record| record.range.contains(&position)) {
        Some(record) => Framing::Record(record.clone()),
        None => Framing::TooLong,
    }
}

/// Pieces of logs that make trouble where a window is cut.
fn piece() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![
        Just(b"[10/12/16 10:37:24:483 BST] 0000008e Acme          I   ACME0001I: a\n".to_vec()),
        Just(b"[10/12/16 10:37:24:483 BST] 0000008e Acme          I   a\r\n".to_vec()),
        Just(b"\tat com.example.A.b(A.java:1)\n".to_vec()),
        Just(b"\n".to_vec()),
        Just(b"\r\n".to_vec()),
        Just(b"[10/12/16".to_vec()),
        Just(b"************ Start Display Current Environment ************\n".to_vec()),
        Just(vec![b'x'; 50]),
        prop::collection::vec(any::<u8>(), 0..40),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn a_record_is_the_same_however_the_window_is_cut(
        pieces in prop::collection::vec(piece(), 1..25),
        first in 0usize..60,
        step in 1usize..70,
        name in prop::sample::select(vec!["websphere-basic", "line", "liberty-messages", "line-with-time"]),
    ) {
        let bytes = pieces.concat();
        let all = format(name).frame_all(&bytes);
        for position in 0..bytes.len() {
            prop_assert_eq!(framed_by_widening(name, &bytes, position, first, step), expected(&all, position));
        }
    }

    #[test]
    fn records_tile_the_file(pieces in prop::collection::vec(piece(), 0..40)) {
        let bytes = pieces.concat();
        let all = format("websphere-basic").frame_all(&bytes);
        let mut end = 0;
        for record in &all {
            prop_assert_eq!(record.range.start, end);
            prop_assert!(!record.range.is_empty());
            end = record.range.end;
        }
        prop_assert_eq!(end, bytes.len());
    }

    #[test]
    fn the_next_beginning_is_where_the_next_record_starts(
        pieces in prop::collection::vec(piece(), 1..25),
        from in 0usize..800,
    ) {
        let bytes = pieces.concat();
        let format = format("websphere-basic");
        let all = format.frame_all(&bytes);
        let next = all.iter().map(|record| record.range.start).find(|&start| start >= from);
        prop_assert_eq!(format.next_beginning(Window::whole(&bytes), from), next);
    }
}

const ENTRY: &[u8] = b"[10/12/16 10:37:24:483 BST] 0000008e Acme          I   a\n";

#[test]
fn what_lies_beyond_the_limit_belongs_to_no_record() {
    let mut log = ENTRY.to_vec();
    while log.len() < 3 * MAX_RECORD {
        log.extend(b"\tat com.example.A.b(A.java:1)\n");
    }
    let tail = log.len();
    log.extend(ENTRY);
    let all = format("websphere-basic").frame_all(&log);
    assert_eq!(
        all,
        [
            RecordRange {
                range: 0..MAX_RECORD,
                cut: true
            },
            RecordRange {
                range: tail..tail + ENTRY.len(),
                cut: false
            },
        ]
    );
    for position in [
        0,
        100,
        MAX_RECORD - 1,
        MAX_RECORD,
        MAX_RECORD + 1,
        2 * MAX_RECORD,
        tail - 1,
        tail,
        log.len() - 1,
    ] {
        let found = framed_by_widening("websphere-basic", &log, position, 1000, 60_000);
        assert_eq!(found, expected(&all, position), "{position}");
    }
}

#[test]
fn a_record_of_exactly_the_limit_is_whole() {
    let mut log = ENTRY.to_vec();
    log.extend(vec![b'x'; MAX_RECORD - ENTRY.len() - 1]);
    log.push(b'\n');
    log.extend(ENTRY);
    let all = format("websphere-basic").frame_all(&log);
    assert_eq!(
        all[0],
        RecordRange {
            range: 0..MAX_RECORD,
            cut: false
        }
    );
    for position in [0, 5000, MAX_RECORD - 1, MAX_RECORD] {
        let found = framed_by_widening("websphere-basic", &log, position, 1000, 60_000);
        assert_eq!(found, expected(&all, position), "{position}");
    }
}

#[test]
fn a_huge_line_is_judged_by_its_beginning() {
    // The window ends in the middle of the line, right where a CR stands that is not at the line's end.
    let mut log = b"x\n".to_vec();
    log.extend(b"[10/12/16 10:37:24:483 BST] 0000008e ");
    log.resize(2 + MAX_BEGINNING - 1, b'y');
    log.push(b'\r');
    log.extend(vec![b'z'; 10_000]);
    let format = format("websphere-basic");
    let window = Window {
        bytes: &log[..2 + MAX_BEGINNING + 1],
        at_start: true,
        at_end: false,
    };
    assert_eq!(format.frame(window, 100), Framing::EndsBeyond { start: 2 });
    let shorter = Window {
        bytes: &log[..2 + MAX_BEGINNING],
        ..window
    };
    assert_eq!(format.frame(shorter, 100), Framing::LineCut);
    assert_eq!(
        format.frame(Window::whole(&log), 100),
        Framing::Record(RecordRange {
            range: 2..log.len(),
            cut: false
        })
    );
}

#[test]
fn a_position_behind_the_end_is_the_last_byte_of_a_file_that_has_ended() {
    let format = format("line");
    assert_eq!(
        format.frame(Window::whole(b"a\nb\n"), 4),
        Framing::Record(RecordRange {
            range: 2..4,
            cut: false
        })
    );
    assert_eq!(
        format.frame(
            Window {
                at_end: false,
                ..Window::whole(b"a\nb\n")
            },
            4
        ),
        Framing::LineCut
    );
    assert_eq!(format.frame(Window::whole(b""), 0), Framing::LineCut);
    assert!(format.frame_all(b"").is_empty());
}
