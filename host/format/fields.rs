//! The named parts of a record's first line: what an access log says about a request.
//!
//! Comes in: a line, and the expressions of its format. Goes out: [`Fields`], names with byte ranges in the record.
//! Never here: what a value means; values stay as written, and [`unescaped`] reads one back.

use std::borrow::Cow;
use std::ops::Range;
use std::sync::Arc;

use super::pattern::{LineParts, group};

/// The named parts of one record, in the order of the line.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Fields {
    parts: Vec<(Arc<str>, Range<usize>)>,
}

impl Fields {
    /// Where the value of a field stands in the record.
    pub fn range(&self, name: &str) -> Option<Range<usize>> {
        self.iter().find(|(part, _)| *part == name).map(|(_, range)| range)
    }

    /// The value of a field in the record from which the fields were taken, as written.
    pub fn value<'r>(&self, record: &'r [u8], name: &str) -> Option<&'r [u8]> {
        record.get(self.range(name)?)
    }

    /// All names and where their values stand.
    pub fn iter(&self) -> impl Iterator<Item = (&str, Range<usize>)> {
        self.parts.iter().map(|(name, range)| (&**name, range.clone()))
    }
}

/// An expression for a line, and what its groups are called.
#[derive(Debug)]
pub(super) struct FieldPattern {
    parts: LineParts,
    names: Vec<Option<Arc<str>>>,
    /// The names of a request's own parts, made once.
    request: RequestNames,
}

#[derive(Debug)]
struct RequestNames {
    method: Arc<str>,
    target: Arc<str>,
    path: Arc<str>,
    query: Arc<str>,
    protocol: Arc<str>,
}

impl FieldPattern {
    /// An expression whose groups are named by `names`, or by themselves without it.
    ///
    /// # Errors
    /// The reason, in the words of the regex compiler.
    pub(super) fn new(expression: &str, names: Option<Vec<Option<String>>>) -> Result<Self, String> {
        let parts = LineParts::new(expression)?;
        let names = match names {
            Some(names) => names.into_iter().map(|name| name.map(Arc::from)).collect(),
            None => parts.names().to_vec(),
        };
        if names.iter().all(Option::is_none) {
            return Err("it names no group: write (?<name>…) around what the field holds".to_owned());
        }
        let request = RequestNames {
            method: Arc::from("method"),
            target: Arc::from("target"),
            path: Arc::from("path"),
            query: Arc::from("query"),
            protocol: Arc::from("protocol"),
        };
        Ok(Self { parts, names, request })
    }

    /// Whether the line has this shape.
    pub(super) fn matches(&self, line: &[u8]) -> bool {
        self.parts.matches(line)
    }

    /// The fields of a line of this shape.
    pub(super) fn read(&self, line: &[u8]) -> Option<Fields> {
        let slots = self.parts.find(line)?;
        let mut fields = Fields::default();
        for (number, name) in (1..).zip(&self.names) {
            let (Some(name), Some(range)) = (name, group(&slots, number)) else {
                continue;
            };
            let request = &**name == "request";
            fields.parts.push((Arc::clone(name), range.clone()));
            if request {
                self.split_request(line, range, &mut fields.parts);
            }
        }
        Some(fields)
    }

    /// The parts of a request line, `GET /path?query HTTP/1.1`, beside the line itself. What is no such line (`-`, the
    /// first bytes of a TLS handshake) has no parts.
    fn split_request(&self, line: &[u8], request: Range<usize>, parts: &mut Vec<(Arc<str>, Range<usize>)>) {
        let Some(text) = line.get(request.clone()) else { return };
        let Some(blank) = memchr::memchr(b' ', text) else {
            return;
        };
        let (method, rest) = text.split_at(blank);
        // The longest registered method has 17 letters.
        if method.is_empty() || method.len() > 32 || !method.iter().all(|b| b.is_ascii_alphabetic() || *b == b'-') {
            return;
        }
        let target_start = request.start + blank + 1;
        // A target may hold blanks that a client did not encode; the protocol is what follows the last one.
        let protocol = memchr::memrchr(b' ', rest)
            .filter(|&at| at > 0)
            .and_then(|at| rest.get(at + 1..));
        let protocol = protocol.filter(|word| word.starts_with(b"HTTP/"));
        let target_end = protocol.map_or(request.end, |word| request.end - word.len() - 1);
        let Some(target) = line.get(target_start..target_end).filter(|target| !target.is_empty()) else {
            return;
        };
        let names = &self.request;
        let path_end = memchr::memchr(b'?', target).map_or(target_end, |at| target_start + at);
        parts.push((Arc::clone(&names.method), request.start..request.start + blank));
        parts.push((Arc::clone(&names.target), target_start..target_end));
        parts.push((Arc::clone(&names.path), target_start..path_end));
        if path_end < target_end {
            parts.push((Arc::clone(&names.query), path_end + 1..target_end));
        }
        if let Some(word) = protocol {
            parts.push((Arc::clone(&names.protocol), request.end - word.len()..request.end));
        }
    }
}

/// A value of an access log as the client sent it: `\"`, `\\`, `\t` and the like, and `\xhh` are read back. What looks
/// like an escape and is none stays as it is.
pub fn unescaped(value: &[u8]) -> Cow<'_, [u8]> {
    let Some(first) = memchr::memchr(b'\\', value) else {
        return Cow::Borrowed(value);
    };
    let (clean, mut rest) = value.split_at(first);
    let mut bytes = clean.to_vec();
    loop {
        rest = match rest {
            [] => return Cow::Owned(bytes),
            [b'\\', b'x', high, low, tail @ ..] if high.is_ascii_hexdigit() && low.is_ascii_hexdigit() => {
                bytes.push(hex(*high) << 4 | hex(*low));
                tail
            }
            [b'\\', letter, tail @ ..] if simple(*letter).is_some() => {
                bytes.extend(simple(*letter));
                tail
            }
            [byte, tail @ ..] => {
                bytes.push(*byte);
                tail
            }
        };
    }
}

/// The byte that Apache writes as a backslash and this letter.
fn simple(letter: u8) -> Option<u8> {
    Some(match letter {
        b'"' | b'\\' => letter,
        b'n' => b'\n',
        b'r' => b'\r',
        b't' => b'\t',
        b'v' => 0x0b,
        b'b' => 0x08,
        b'f' => 0x0c,
        _ => return None,
    })
}

/// The value of a hexadecimal digit.
fn hex(digit: u8) -> u8 {
    match digit {
        b'0'..=b'9' => digit - b'0',
        b'a'..=b'f' => digit - b'a' + 10,
        _ => digit.wrapping_sub(b'A').wrapping_add(10),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_apache_escapes_is_read_back() {
        assert_eq!(&*unescaped(br#"GET /\"a\\b\x16\x03\t"#), b"GET /\"a\\b\x16\x03\t");
        assert_eq!(&*unescaped(br"\xzz\q\"), br"\xzz\q\");
        assert!(matches!(unescaped(b"plain"), Cow::Borrowed(b"plain")));
    }
}
