//! A record's text as a judge sees it.
//!
//! Comes in: the bytes of a record, of whatever encoding. Goes out: UTF-8 text without its last line ending, with `\n`
//! between its lines. Never here: UTF-16, which streams decode before anything looks for lines.
//!
//! - Valid UTF-8 is taken as it is, and borrowed when nothing in it has to be replaced.
//! - Else the bytes speak for themselves: where more characters of several bytes are whole than sequences are broken, it
//!   is UTF-8 that was damaged (cut in the middle of a character by a rotation, binary bytes dumped into a trace), and
//!   every broken sequence becomes U+FFFD. In Windows-1252, hardly any two bytes make a whole character by accident.
//! - Otherwise it is Windows-1252: what servers of western Europe and America write when they do not write UTF-8.
//! - NUL, which many a reader takes for the end of a text, becomes U+FFFD, and CR LF becomes LF.

use std::borrow::Cow;

use encoding_rs::WINDOWS_1252;

/// The text of a record: UTF-8 as it is; damaged UTF-8 with U+FFFD for every broken sequence; anything else read as
/// Windows-1252. Without the last line ending, with LF between lines, and with U+FFFD for NUL.
pub fn text(record: &[u8]) -> Cow<'_, str> {
    let trimmed = without_ending(record);
    let decoded = match std::str::from_utf8(trimmed) {
        Ok(text) => Cow::Borrowed(text),
        Err(_) if is_damaged_utf8(trimmed) => String::from_utf8_lossy(trimmed),
        Err(_) => WINDOWS_1252.decode_without_bom_handling(trimmed).0,
    };
    if memchr::memchr2(0, b'\r', decoded.as_bytes()).is_none() {
        return decoded;
    }
    Cow::Owned(decoded.replace("\r\n", "\n").replace('\0', "\u{FFFD}"))
}

/// A line without its ending, `\n` or `\r\n`.
pub fn line_text(line: &[u8]) -> &[u8] {
    let line = line.strip_suffix(b"\n").unwrap_or(line);
    line.strip_suffix(b"\r").unwrap_or(line)
}

/// A record without the line endings behind its last line, of which blank lines leave several.
fn without_ending(record: &[u8]) -> &[u8] {
    let end = record
        .iter()
        .rposition(|byte| !matches!(byte, b'\n' | b'\r'))
        .map_or(0, |last| last + 1);
    record.get(..end).unwrap_or(record)
}

/// Whether more characters of several bytes are whole than sequences are broken.
fn is_damaged_utf8(bytes: &[u8]) -> bool {
    let mut whole = 0;
    let mut broken = 0;
    for chunk in bytes.utf8_chunks() {
        whole += chunk.valid().chars().filter(|c| !c.is_ascii()).count();
        broken += usize::from(!chunk.invalid().is_empty());
    }
    whole > broken
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn valid_text_is_borrowed() {
        assert!(matches!(text("größer\n".as_bytes()), Cow::Borrowed("größer")));
        assert!(matches!(text(b"a\nb\r\n\r\n"), Cow::Borrowed("a\nb")));
    }

    #[test]
    fn spanish_bytes_are_windows_1252() {
        assert_eq!(
            text(b"despu\xe9s de 3,569 segundos \x80"),
            "después de 3,569 segundos €"
        );
    }

    #[test]
    fn utf8_cut_in_a_character_stays_utf8() {
        assert_eq!(text(b"gr\xc3\xb6\xc3\x9fer \xe2\x82"), "größer \u{FFFD}");
    }

    #[test]
    fn nul_and_carriage_return_are_kept_out() {
        assert_eq!(text(b"a\0b\r\nc\r\n"), "a\u{FFFD}b\nc");
    }

    #[test]
    fn a_line_loses_one_ending() {
        assert_eq!(line_text(b"a\r\n"), b"a");
        assert_eq!(line_text(b"a\n"), b"a");
        assert_eq!(line_text(b"a"), b"a");
        assert_eq!(line_text(b"\n\n"), b"\n");
    }
}
