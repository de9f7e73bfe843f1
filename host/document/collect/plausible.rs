//! Whether a file can be what its name claims.
//!
//! Comes in: the bytes of a file, then its text and what its parser made of it. Goes out: yes or no. Never here: what it is
//! instead; the scan of logs looks at whatever is left to it.
//!
//! Most parsers take any text: a log is a list of keys without values to one, and a list of directives to another. So a file
//! that was saved under a wrong name would vanish from the scan of logs, and nobody would hear of it.

use std::borrow::Cow;

use crate::document::Parsed;
use crate::document::kind::{self, Syntax};
use crate::model::FilePath;

/// Bytes of a file in which its first element is looked for, and signs that it is no text.
const HEAD: usize = 8 << 10;

/// Lines that are looked at for the times with which records begin.
const LINES: usize = 100;

/// The beginning of a file as text: in UTF-16, enough of it to find names.
pub(super) fn head(bytes: &[u8]) -> Cow<'_, str> {
    let head = bytes.get(..HEAD).unwrap_or(bytes);
    match encoding_rs::Encoding::for_bom(head) {
        Some((encoding, mark)) => {
            encoding
                .decode_without_bom_handling(head.get(mark..).unwrap_or_default())
                .0
        }
        None => String::from_utf8_lossy(head),
    }
}

/// Whether there is markup in it, in an encoding that keeps ASCII or in UTF-16.
pub(super) fn holds_markup(bytes: &[u8]) -> bool {
    memchr::memchr(b'<', bytes.get(..HEAD).unwrap_or(bytes)).is_some()
}

/// The name of the first element of a text.
pub(super) fn first_element(head: &str) -> Option<&str> {
    let mut rest = head;
    loop {
        let (_, from) = rest.split_once('<')?;
        if let Some(comment) = from.strip_prefix("!--") {
            rest = comment.split_once("-->")?.1;
        } else if from.starts_with(['?', '!', '/']) {
            rest = from.split_once('>')?.1;
        } else {
            let end = from.find(|c: char| c.is_whitespace() || matches!(c, '>' | '/'))?;
            return from.get(..end);
        }
    }
}

/// Whether a text that only its name claims to be in this syntax can be.
pub(super) fn can_be(syntax: Syntax, path: &FilePath, text: &str, parsed: &Parsed) -> bool {
    let fits = parsed.tree.len() > parsed.remarks.len() || parsed.remarks.is_empty();
    match syntax {
        // Something may stand before the first element that does not belong there, if the rest confirms the name.
        Syntax::Xml => text.trim_start().starts_with('<') || kind::of_xml(path, &parsed.tree).by_name,
        Syntax::Hosts | Syntax::Rules => fits && is_text(text),
        Syntax::Ini | Syntax::Httpd => fits && is_text(text) && !reads_like_a_log(text),
        Syntax::Properties | Syntax::Profile => is_text(text) && !reads_like_a_log(text),
        Syntax::Items | Syntax::Keystore | Syntax::Folder => true,
    }
}

fn is_text(text: &str) -> bool {
    let head = text.get(..text.floor_char_boundary(HEAD)).unwrap_or(text);
    !head.contains('\0')
}

/// Whether the first line begins with a time, in brackets or not, as no setting does; or, where a rotation cut a record in
/// two, a good part of the first lines.
fn reads_like_a_log(text: &str) -> bool {
    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty()).take(LINES);
    let timed: Vec<bool> = lines.map(begins_with_a_time).collect();
    let count = timed.iter().filter(|timed| **timed).count();
    timed.first() == Some(&true) || count * 4 > timed.len()
}

/// `[10/13/16 10:00:00:000 UTC]`, `2016-10-13T10:00:00`, `101117_095933.869`: eight digits at least, with something between
/// them that stands in dates and times, and nothing else.
fn begins_with_a_time(line: &str) -> bool {
    let line = line.strip_prefix('[').unwrap_or(line);
    let in_times = |byte: &u8| byte.is_ascii_digit() || b"/:.-_, T".contains(byte);
    let (mut digits, mut marks) = (0_usize, 0_usize);
    for byte in line.bytes().take_while(in_times) {
        digits += usize::from(byte.is_ascii_digit());
        marks += usize::from(!byte.is_ascii_digit());
    }
    digits >= 8 && marks > 0 && line.starts_with(|first: char| first.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn logs_begin_with_times_and_settings_do_not() {
        for (text, expected) in [
            ("[10/13/16 10:00:00:000 UTC] 00000001 Servlet E   boom", true),
            ("2016-10-13T10:00:00.000Z INFO started", true),
            ("101117_095933.869,INF,Users   ,text", true),
            (
                "[10/13/16 10:00:00:000 UTC] boom\n\tat com.acme.Foo\n\tat com.acme.Bar\n\tat com.acme.X",
                true,
            ),
            (
                "\tat com.acme.Foo\n\tat com.acme.Bar\n[10/13/16 10:00:00:000 UTC] boom",
                true,
            ),
            ("a=b\nc=d\ne=f\n2016-10-13 10:00:00 is when it was changed", false),
            ("10.20.1.5 stm1.acme.example", false),
            ("20161013=Text", false),
            ("# 2016-10-13 10:00:00\na=b", false),
            ("[Config]\nVPS_HOST=chat.example.com", false),
            ("", false),
        ] {
            assert_eq!(reads_like_a_log(text), expected, "{text}");
        }
    }

    #[test]
    fn the_first_element_stands_behind_what_is_none() {
        for (head, expected) in [
            ("<a/>", Some("a")),
            (
                "<?xml version=\"1.0\"?>\n<!-- <b> -->\n<!DOCTYPE a>\n<c:d x=\"1\">",
                Some("c:d"),
            ),
            ("<!-- never closed <a>", None),
            ("no markup", None),
        ] {
            assert_eq!(first_element(head), expected, "{head}");
        }
    }

    #[test]
    fn the_head_of_utf_16_is_text_too() {
        let bytes: Vec<u8> = "\u{feff}<a/>".encode_utf16().flat_map(u16::to_le_bytes).collect();
        assert_eq!(head(&bytes), "<a/>");
        assert_eq!(head(b"<a/>\xff"), "<a/>\u{fffd}");
    }
}
