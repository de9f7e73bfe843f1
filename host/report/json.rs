//! JSON that is safe to print: what a terminal would obey is written as an escape.
//!
//! Comes in: anything that serialises. Goes out: compact JSON. Never here: shapes and field names.
//!
//! JSON itself demands escapes for the characters below U+0020 only. A file name may contain U+009B, which starts a
//! terminal sequence, or U+2028, at which some readers end a line. Both are legal inside a JSON text, and equal to their
//! escapes; so they are escaped.

use std::io;

use serde::Serialize;
use serde_json::ser::{Formatter, Serializer};

use crate::finding::obeyed;

/// Writes `value` as one line without its end.
pub(super) fn write(out: &mut impl io::Write, value: &impl Serialize) -> io::Result<()> {
    value
        .serialize(&mut Serializer::with_formatter(out, Printable))
        .map_err(io::Error::from)
}

/// serde_json's compact form, with more escapes.
struct Printable;

impl Formatter for Printable {
    fn write_string_fragment<W: ?Sized + io::Write>(&mut self, out: &mut W, fragment: &str) -> io::Result<()> {
        let mut rest = fragment;
        while let Some((at, character)) = rest.char_indices().find(|(_, character)| obeyed(*character)) {
            let (before, from) = rest.split_at(at);
            let (_, after) = from.split_at(character.len_utf8());
            // All of these are below U+10000: one escape is enough.
            write!(out, "{before}\\u{:04x}", u32::from(character))?;
            rest = after;
        }
        out.write_all(rest.as_bytes())
    }
}
