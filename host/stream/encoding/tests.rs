use std::io::Cursor;

use super::{Encoded, Encoding, Text};
use crate::model::FilePath;
use crate::stream::container::{Inflow, UnpackLimits, Unpacker};

pub(in crate::stream) fn utf16(text: &str, big_end_first: bool) -> Vec<u8> {
    text.encode_utf16()
        .flat_map(|unit| {
            if big_end_first {
                unit.to_be_bytes()
            } else {
                unit.to_le_bytes()
            }
        })
        .collect()
}

fn encoding(bytes: &[u8]) -> (Encoding, u8) {
    let encoded = Encoded::of(bytes);
    (encoded.encoding, encoded.mark)
}

#[test]
fn first_bytes_tell_the_encoding() {
    let line = "[16. 12. 13   16:38:12:755 KST] 00000001 서버가 시작되었습니다\r\n";
    for (text, expected) in [
        (b"".to_vec(), (Encoding::Bytes, 0)),
        (b"7\0".to_vec(), (Encoding::Bytes, 0)),
        (b"plain".to_vec(), (Encoding::Bytes, 0)),
        (b"\xEF\xBB\xBFplain".to_vec(), (Encoding::Bytes, 3)),
        (b"\xEF\xBB".to_vec(), (Encoding::Bytes, 0)),
        (b"\xFF\xFEp\0".to_vec(), (Encoding::Utf16Le, 2)),
        (b"\xFE\xFF\0p".to_vec(), (Encoding::Utf16Be, 2)),
        (b"\xFF\xFE".to_vec(), (Encoding::Utf16Le, 2)),
        (b"\xFF\xFE\0\0p\0\0\0".to_vec(), (Encoding::Bytes, 0)),
        (utf16(line, false), (Encoding::Utf16Le, 0)),
        (utf16(line, true), (Encoding::Utf16Be, 0)),
        (
            utf16("Встреча №7 начнётся в 10:00, комната 12\n", true),
            (Encoding::Utf16Be, 0),
        ),
        // A hole, a line with a few NULs, numbers of 32 bits.
        (vec![0; 4096], (Encoding::Bytes, 0)),
        (
            b"a log with \0\0 and \0 in the middle of its text".to_vec(),
            (Encoding::Bytes, 0),
        ),
        (
            [1u32, 2, 3, 500]
                .iter()
                .flat_map(|number| number.to_le_bytes())
                .collect(),
            (Encoding::Bytes, 0),
        ),
    ] {
        assert_eq!(encoding(&text), expected, "{text:?}");
    }
}

#[test]
fn a_position_inside_a_character_is_its_start_or_its_end() {
    let text = "a€😀b".as_bytes();
    let le = Encoding::Utf16Le;
    let starts: Vec<usize> = (0..=9).map(|at| le.character_start(text, at)).collect();
    assert_eq!(starts, [0, 1, 1, 1, 4, 4, 4, 4, 8, 9]);
    let ends: Vec<usize> = (0..=9).map(|at| le.character_end(text, at)).collect();
    assert_eq!(ends, [0, 1, 4, 4, 4, 8, 8, 8, 8, 9]);
    assert_eq!(le.raw_len(text), 2 + 2 + 4 + 2);
    assert_eq!(Encoding::Bytes.raw_len(text), 9);
}

#[test]
fn half_a_unit_at_the_end_is_said() {
    let mut bytes = utf16("\u{FEFF}line", false);
    // A high surrogate whose other half is missing altogether, then half a unit.
    bytes.extend([0x3D, 0xD8, 0x0A]);
    let empty = Unpacker::new(
        Inflow::new(Box::new(Cursor::new(Vec::new()))),
        FilePath::from("x"),
        None,
        UnpackLimits::default(),
    );
    let mut text = Text::new(empty, FilePath::from("x"), bytes);
    let mut output = [0; 100];
    let written = text.read(&mut output);
    assert_eq!(std::str::from_utf8(&output[..written]).unwrap(), "line\u{FFFD}");
    assert_eq!(text.read(&mut output), 0);
    assert_eq!(text.read(&mut output), 0);
    let reasons: Vec<String> = text.take_coverage().into_iter().map(|record| record.reason).collect();
    assert_eq!(reasons, ["UTF-16: ends with half a character at 12"]);
}

/// The decoder's output is cut where it has no more room; nothing may be lost there.
#[test]
fn any_room_gives_the_same_text() {
    let original = "grüße 😀 from 서버 \u{10FFFF}\r\n".repeat(50);
    for room in 4..40 {
        let bytes = utf16(&format!("\u{FEFF}{original}"), true);
        let unpacker = Unpacker::new(
            Inflow::new(Box::new(Cursor::new(bytes[100..].to_vec()))),
            FilePath::from("x"),
            None,
            UnpackLimits::default(),
        );
        let mut text = Text::new(unpacker, FilePath::from("x"), bytes[..100].to_vec());
        let mut output = vec![0; room];
        let mut got = Vec::new();
        loop {
            let written = text.read(&mut output);
            if written == 0 {
                break;
            }
            assert!(std::str::from_utf8(&output[..written]).is_ok());
            got.extend_from_slice(&output[..written]);
        }
        assert!(got == original.as_bytes(), "with room for {room}");
        assert_eq!(text.take_coverage(), []);
    }
}
