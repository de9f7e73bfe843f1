//! Whatever the text, the blocks are the text: as properties over contents, encodings, compressions and plans.

use proptest::prelude::*;

use super::{Seen, open, seen};
use crate::model::ByteOffset;
use crate::stream::block::{BlockBuffer, BlockPlan};
use crate::stream::container::Compression;
use crate::stream::container::tests::compressed;
use crate::stream::source::{BlockSource, count_newlines};

fn plans() -> impl Strategy<Value = BlockPlan> {
    (1usize..90, 0usize..40, 0usize..40, 0usize..120).prop_map(|(body, lead, trail, reach)| BlockPlan {
        body,
        lead,
        trail,
        reach,
        ..BlockPlan::default()
    })
}

/// Bytes as they are in logs, with some that are not, and ends of lines.
fn contents() -> impl Strategy<Value = Vec<u8>> {
    let byte = prop_oneof![6 => b' '..=b'~', 2 => Just(b'\n'), 1 => any::<u8>()];
    (any::<bool>(), prop::collection::vec(byte, 0..700)).prop_map(|(mark, bytes)| {
        let mut content = if mark { b"\xEF\xBB\xBF".to_vec() } else { Vec::new() };
        content.extend(bytes);
        content
    })
}

/// Text as UTF-16 with what a broken writer leaves in it. It begins with a line that shows the encoding without a mark.
fn units() -> impl Strategy<Value = Vec<u16>> {
    let unit = prop_oneof![
        4 => 1u16..0x7F,
        1 => Just(u16::from(b'\n')),
        2 => 0x80u16..0x800,
        2 => 0x3001u16..0xD7A3,
        1 => 0xD800u16..0xDC00,
        1 => 0xDC00u16..0xE000,
        1 => Just(0xFFFD_u16),
    ];
    let pair = (0xD800u16..0xDC00, 0xDC00u16..0xE000).prop_map(|(high, low)| vec![high, low]);
    let piece = prop_oneof![3 => prop::collection::vec(unit, 1..4), 1 => pair];
    prop::collection::vec(piece, 0..60).prop_map(|pieces| {
        let mut units: Vec<u16> =
            "2016-10-12 10:00:00 the server is open for e-business; it has been waiting for it\r\n"
                .encode_utf16()
                .collect();
        units.extend(units.clone());
        units.extend(pieces.concat());
        units
    })
}

/// What must be seen of a text in bytes: `text` is what is behind the mark.
fn check_against(seen: &[Seen], text: &[u8], first: u64, plan: &BlockPlan, raw: impl Fn(usize) -> Option<ByteOffset>) {
    let reach = plan.reach.max(plan.lead).max(plan.trail);
    let whole: Vec<u8> = seen.iter().flat_map(|block| block.body.clone()).collect();
    assert_eq!(whole, text);
    let mut at = 0;
    for (index, block) in seen.iter().enumerate() {
        assert_eq!(block.index as usize, index);
        assert_eq!(block.body_start, first + at as u64);
        let end = at + block.body.len();
        for (view, before, behind) in [(&block.narrow, plan.lead, plan.trail), (&block.wide, reach, reach)] {
            let from = usize::try_from(view.start - first).unwrap();
            let to = from + view.bytes.len();
            assert_eq!(view.bytes, text[from..to]);
            assert_eq!((view.at_file_start, view.at_file_end), (from == 0, to == text.len()));
            // A transcoded context may be up to three bytes shorter, to begin and end between characters.
            assert!((at.saturating_sub(before)..=at.saturating_sub(before.saturating_sub(3))).contains(&from));
            assert!((text.len().min(end + behind.saturating_sub(3))..=text.len().min(end + behind)).contains(&to));
            for (position, place) in view.raw.iter().enumerate() {
                if let Some(expected) = raw(from + position) {
                    assert_eq!(*place, expected, "position {position} of block {index}");
                }
            }
        }
        if let Some(newlines) = block.newlines_before {
            assert_eq!(newlines, count_newlines(&text[..at]));
        }
        at = end;
    }
}

/// The text of units, and for each of its positions between characters the place in the file.
fn transcoded(units: &[u16], mark: u64) -> (Vec<u8>, Vec<Option<ByteOffset>>) {
    let mut text = Vec::new();
    let mut places = Vec::new();
    let mut raw = mark;
    for decoded in char::decode_utf16(units.iter().copied()) {
        let character = decoded.unwrap_or(char::REPLACEMENT_CHARACTER);
        let mut utf8 = [0; 4];
        let utf8 = character.encode_utf8(&mut utf8).as_bytes();
        places.push(Some(ByteOffset(raw)));
        places.extend(std::iter::repeat_n(None, utf8.len() - 1));
        text.extend_from_slice(utf8);
        raw += 2 * character.len_utf16() as u64;
    }
    places.push(Some(ByteOffset(raw)));
    (text, places)
}

fn without_newline_counts(mut seen: Vec<Seen>) -> Vec<Seen> {
    for block in &mut seen {
        block.newlines_before = None;
    }
    seen
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn blocks_of_plain_and_compressed_files_are_the_text(
        content in contents(),
        plan in plans(),
        step in 1usize..50,
        compression in prop::sample::select(vec![Compression::Gzip, Compression::Zstd, Compression::Xz, Compression::Bzip2]),
    ) {
        let mark = if content.starts_with(b"\xEF\xBB\xBF") { 3 } else { 0 };
        let mut plain = open(content.clone(), &plan).unwrap();
        let of_plain = seen(&mut plain, step);
        prop_assert_eq!(plain.take_coverage(), []);
        let raw = |position: usize| Some(ByteOffset((mark + position) as u64));
        check_against(&of_plain, &content[mark..], mark as u64, &plan, raw);

        let counter = plain.newlines().unwrap();
        for block in &of_plain {
            let counted = counter.count(mark as u64..block.body_start, &mut BlockBuffer::default()).unwrap();
            prop_assert_eq!(counted, count_newlines(&content[mark..usize::try_from(block.body_start).unwrap()]));
        }

        let mut packed = open(compressed(compression, &content), &plan).unwrap();
        let of_packed = seen(&mut packed, step + 3);
        prop_assert_eq!(packed.take_coverage(), []);
        check_against(&of_packed, &content[mark..], mark as u64, &plan, raw);
        prop_assert_eq!(without_newline_counts(of_packed), of_plain);
    }

    #[test]
    fn blocks_of_utf16_are_the_text_and_know_their_places(
        units in units(),
        plan in plans(),
        step in 4usize..50,
        big_end_first in any::<bool>(),
        mark in any::<bool>(),
        half_a_unit in any::<bool>(),
    ) {
        let mut content: Vec<u8> = mark.then_some(0xFEFF).into_iter().chain(units.iter().copied())
            .flat_map(|unit: u16| if big_end_first { unit.to_be_bytes() } else { unit.to_le_bytes() })
            .collect();
        let whole = content.len();
        if half_a_unit {
            content.push(b'\n');
        }
        let (text, places) = transcoded(&units, if mark { 2 } else { 0 });
        let raw = |position: usize| places[position];
        let mut of_plain = None;
        for content in [content.clone(), compressed(Compression::Gzip, &content)] {
            let mut source = open(content, &plan).unwrap();
            let blocks = seen(&mut source, step);
            check_against(&blocks, &text, 0, &plan, raw);
            let reasons: Vec<String> = source.take_coverage().into_iter().map(|record| record.reason).collect();
            let expected = half_a_unit.then(|| format!("UTF-16: ends with half a character at {whole}"));
            prop_assert_eq!(reasons, Vec::from_iter(expected));
            prop_assert_eq!(&blocks, of_plain.get_or_insert_with(|| blocks.clone()));
        }
    }
}

#[test]
fn a_position_inside_a_transcoded_character_is_its_start() {
    let content: Vec<u8> = "\u{FEFF}a€😀b".encode_utf16().flat_map(u16::to_le_bytes).collect();
    let mut source = open(content, &BlockPlan::default()).unwrap();
    let blocks = seen(&mut source, 1);
    let raw: Vec<u64> = blocks[0].narrow.raw.iter().map(|place| place.0).collect();
    assert_eq!(raw, [2, 4, 4, 4, 6, 6, 6, 6, 10, 12]);
}

#[test]
fn files_of_no_and_of_one_byte() {
    let plan = BlockPlan::default();
    for empty in [
        b"".to_vec(),
        b"\xEF\xBB\xBF".to_vec(),
        b"\xFF\xFE".to_vec(),
        compressed(Compression::Gzip, b""),
    ] {
        let mut source = open(empty, &plan).unwrap();
        assert!(source.next().is_none());
        assert_eq!(source.take_coverage(), []);
    }
    for one in [
        b"x".to_vec(),
        b"\xEF\xBB\xBFx".to_vec(),
        b"\xFF\xFEx\0".to_vec(),
        compressed(Compression::Xz, b"x"),
    ] {
        let mut source = open(one, &plan).unwrap();
        let blocks = seen(&mut source, 10);
        assert_eq!(blocks.len(), 1);
        assert_eq!(blocks[0].body, b"x");
        assert!(blocks[0].narrow.at_file_start && blocks[0].narrow.at_file_end);
    }
}

#[test]
fn archives_and_what_is_not_read_are_refused_with_a_sentence() {
    let mut tar = vec![0; 1024];
    tar[257..262].copy_from_slice(b"ustar");
    for (content, reason) in [
        (
            b"PK\x03\x04 and so on".to_vec(),
            "is a zip archive; unpack it and give the folder",
        ),
        (tar.clone(), "is a tar archive; unpack it and give the folder"),
        (
            compressed(Compression::Gzip, &tar),
            "is a tar archive, compressed by gzip; unpack it and give the folder",
        ),
        (
            compressed(Compression::Xz, &compressed(Compression::Gzip, b"x")),
            "is compressed twice, the outer time by xz; unpack it once and give that",
        ),
        (
            b"\x1F\x9D\x90x".to_vec(),
            "is compressed by compress, which is not read; unpack it with `uncompress`",
        ),
    ] {
        let error = open(content, &BlockPlan::default()).err().unwrap();
        assert_eq!(error.reason, reason);
        assert_eq!(error.status, crate::model::CoverageStatus::Unread);
    }
}

#[test]
fn bytes_that_flow_are_dealt_out_like_those_of_a_file() {
    let plan = BlockPlan {
        body: 5,
        lead: 2,
        trail: 2,
        reach: 4,
        ..BlockPlan::default()
    };
    let content = b"one\ntwo\nthree\nfour".to_vec();
    let reader = Box::new(std::io::Cursor::new(content.clone()));
    let mut flowing = BlockSource::from_reader("in.zip/x.log".into(), reader, &plan).unwrap();
    let of_flow = seen(&mut flowing, 1);
    assert_eq!(
        of_flow.iter().map(|block| block.newlines_before).collect::<Vec<_>>(),
        [0, 1, 2, 3].map(Some)
    );
    assert_eq!(
        without_newline_counts(of_flow),
        seen(&mut open(content, &plan).unwrap(), 1)
    );
}

#[test]
fn windows_are_used_again() {
    let plan = BlockPlan {
        body: 1000,
        lead: 10,
        trail: 10,
        reach: 100,
        ..BlockPlan::default()
    };
    let mut source = open(compressed(Compression::Gzip, &vec![b'x'; 100_000]), &plan).unwrap();
    let mut buffer = super::BlockBuffer::default();
    let mut places = std::collections::HashSet::new();
    while let Some(ticket) = source.next() {
        let block = ticket.read(&mut buffer).unwrap();
        places.insert(block.bytes().as_ptr() as usize - block.start().min(100) as usize);
    }
    assert!(places.len() <= 5, "{} windows for 100 blocks", places.len());
}
