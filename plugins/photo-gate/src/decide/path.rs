//! The path of a request's target, as httpd makes it of what was sent.
//!
//! Comes in: the path, encoded. Goes out: decoded, `.` and `..` resolved, and in 2.4 slashes merged; or the status with which
//! httpd answers instead. Never here: what the path leads to.
//!
//! 2.4 first decodes what needs no encoding, resolves dots, and then decodes the rest; 2.2 decodes everything first. The later
//! versions of 2.4 refuse a path that leads above the root; earlier ones and 2.2 stay at the root. What
//! matters of such a difference is asked about.

use super::settings::{EncodedSlashes, Settings};
use super::transaction::is_since;
use crate::conf::Version;
use crate::oracle::{Oracle, Undecided};

/// A path, or the status that is answered.
pub(super) type Read = Result<Vec<u8>, u16>;

/// Numbers of questions about the server as a whole.
pub(super) mod question {
    /// Whether slashes are merged.
    pub(in crate::decide) const MERGED: u32 = 101;
    /// Whether a path above the root is refused.
    pub(in crate::decide) const ABOVE: u32 = 102;
}

/// What becomes of a path that was sent, or that something inside the server put in its place.
///
/// # Errors
///
/// When versions differ about it, and there are too many questions.
pub(super) fn read(sent: &[u8], settings: &Settings, oracle: &mut Oracle) -> Result<Read, Undecided> {
    match settings.version {
        Version::V22 => Ok(decoded(sent, settings.encoded_slashes).map(|path| resolved(&path, false).0)),
        Version::V24 => read_24(sent, settings, oracle),
    }
}

fn read_24(sent: &[u8], settings: &Settings, oracle: &mut Oracle) -> Result<Read, Undecided> {
    if !sent.starts_with(b"/") {
        return Ok(Err(400));
    }
    if is_plain(sent) {
        return Ok(Ok(sent.to_vec()));
    }
    let Some(path) = unreserved(sent) else {
        return Ok(Err(400));
    };
    let merges = settings.merges_slashes && (!has_doubled(&path) || ask(settings, 39, question::MERGED, oracle)?);
    let (path, is_above) = resolved(&path, merges);
    if is_above && ask(settings, 49, question::ABOVE, oracle)? {
        return Ok(Err(400));
    }
    let read = decoded(&path, settings.encoded_slashes);
    Ok(match settings.encoded_slashes {
        EncodedSlashes::Decoded => read.map(|path| resolved(&path, merges).0),
        EncodedSlashes::Refused | EncodedSlashes::Kept => read,
    })
}

fn ask(settings: &Settings, patch: u32, number: u32, oracle: &mut Oracle) -> Result<bool, Undecided> {
    is_since(settings.patch, patch, settings.place, number, oracle, || {
        let what = match number {
            question::MERGED => "doubled slashes in the path are merged since httpd 2.4.39",
            _ => "a path that leads above the root is refused since httpd 2.4.49",
        };
        what.to_owned()
    })
}

/// Whether there is nothing to do: most paths.
fn is_plain(path: &[u8]) -> bool {
    let mut before = 0;
    path.iter().all(|byte| {
        let is_plain = *byte != b'%' && !(before == b'/' && matches!(byte, b'/' | b'.'));
        before = *byte;
        is_plain
    })
}

fn has_doubled(path: &[u8]) -> bool {
    path.windows(2).any(|two| two == b"//")
}

/// Decodes what needs no encoding; `None`: something is no encoding.
fn unreserved(path: &[u8]) -> Option<Vec<u8>> {
    let mut out = Vec::with_capacity(path.len());
    let mut rest = path;
    while let Some((byte, behind)) = rest.split_first() {
        rest = behind;
        if *byte != b'%' {
            out.push(*byte);
            continue;
        }
        let decoded = hexadecimal(behind)?;
        if decoded.is_ascii_alphanumeric() || b"-._~".contains(&decoded) {
            out.push(decoded);
            rest = behind.get(2..).unwrap_or_default();
        } else {
            out.push(b'%');
        }
    }
    Some(out)
}

/// Decodes all that is encoded.
fn decoded(path: &[u8], slashes: EncodedSlashes) -> Read {
    if !path.contains(&b'%') {
        return Ok(path.to_vec());
    }
    let mut out = Vec::with_capacity(path.len());
    let (mut is_refused, mut is_lost) = (false, false);
    let mut rest = path;
    while let Some((byte, behind)) = rest.split_first() {
        rest = behind;
        let decoded = if *byte == b'%' { hexadecimal(behind) } else { None };
        match (byte, decoded) {
            (b'%', None) => {
                is_refused = true;
                out.push(b'%');
            }
            (_, Some(b'/')) if slashes == EncodedSlashes::Kept => {
                out.push(b'%');
                out.extend_from_slice(behind.get(..2).unwrap_or_default());
                rest = behind.get(2..).unwrap_or_default();
            }
            (_, Some(decoded)) => {
                is_lost |= decoded == 0 || decoded == b'/' && slashes == EncodedSlashes::Refused;
                out.push(decoded);
                rest = behind.get(2..).unwrap_or_default();
            }
            (byte, None) => out.push(*byte),
        }
    }
    match (is_refused, is_lost) {
        (true, _) => Err(400),
        (_, true) => Err(404),
        _ => Ok(out),
    }
}

fn hexadecimal(digits: &[u8]) -> Option<u8> {
    let digit = |byte: &u8| {
        char::from(*byte)
            .to_digit(16)
            .and_then(|digit| u8::try_from(digit).ok())
    };
    match digits {
        [high, low, ..] => Some(digit(high)? * 16 + digit(low)?),
        _ => None,
    }
}

/// A path without `.` and `..`, with doubled slashes if they are not merged, and whether it led above the root.
fn resolved(path: &[u8], merges: bool) -> (Vec<u8>, bool) {
    let mut out: Vec<u8> = Vec::with_capacity(path.len());
    let mut is_above = false;
    let parts = path.split(|byte| *byte == b'/').count();
    for (at, part) in path.split(|byte| *byte == b'/').enumerate() {
        let is_last = at + 1 == parts;
        match part {
            b"" if at == 0 => out.push(b'/'),
            b"" if merges && out.ends_with(b"/") => {}
            b"." => {}
            b".." => {
                if out.len() > 1 {
                    out.pop();
                    while out.last().is_some_and(|byte| *byte != b'/') {
                        out.pop();
                    }
                } else {
                    is_above = true;
                }
            }
            part => {
                out.extend_from_slice(part);
                if !is_last {
                    out.push(b'/');
                }
            }
        }
    }
    (out, is_above)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(slashes: EncodedSlashes, version: Version) -> Settings {
        Settings {
            version,
            encoded_slashes: slashes,
            ..Settings::default()
        }
    }

    fn first(sent: &str, settings: &Settings) -> Result<String, u16> {
        let read = read(sent.as_bytes(), settings, &mut Oracle::default()).expect("few questions");
        read.map(|path| String::from_utf8(path).expect("text"))
    }

    #[test]
    fn a_path_is_decoded_once_and_its_dots_are_resolved() {
        let settings = with(EncodedSlashes::Refused, Version::V24);
        for (sent, path) in [
            ("/photos/a.jpg", Ok("/photos/a.jpg")),
            ("/photos/%61%2ejpg", Ok("/photos/a.jpg")),
            ("/photos/%2561", Ok("/photos/%61")),
            ("/a/./b/../c/", Ok("/a/c/")),
            ("/a/%2e%2E/c", Ok("/c")),
            ("/a/..", Ok("/")),
            ("/a/.", Ok("/a/")),
            ("//a///b", Ok("/a/b")),
            ("/a//../b", Ok("/b")),
            ("/.../..a", Ok("/.../..a")),
            ("/../a", Err(400)),
            ("/a/../../b", Err(400)),
            ("/%", Err(400)),
            ("/%4", Err(400)),
            ("/%zz", Err(400)),
            ("/a%2fb", Err(404)),
            ("/a%00", Err(404)),
            ("a", Err(400)),
        ] {
            assert_eq!(first(sent, &settings), path.map(str::to_owned), "{sent}");
        }
        assert_eq!(
            first("/a%2Fb", &with(EncodedSlashes::Kept, Version::V24)),
            Ok("/a%2Fb".to_owned())
        );
        assert_eq!(
            first("/a%2F..%2fb", &with(EncodedSlashes::Decoded, Version::V24)),
            Ok("/b".to_owned())
        );
    }

    #[test]
    fn apache_2_2_decodes_first_and_merges_nothing() {
        let settings = with(EncodedSlashes::Refused, Version::V22);
        for (sent, path) in [
            ("//a//b", Ok("//a//b")),
            ("/../a", Ok("/a")),
            ("/a/%2e./b", Ok("/b")),
            ("/a%2fb", Err(404)),
            ("/%zz", Err(400)),
        ] {
            assert_eq!(first(sent, &settings), path.map(str::to_owned), "{sent}");
        }
    }

    #[test]
    fn what_versions_differ_about_is_asked() {
        let settings = with(EncodedSlashes::Refused, Version::V24);
        let mut oracle = Oracle::default();
        let mut answers = Vec::new();
        loop {
            answers.push(read(b"/..//a", &settings, &mut oracle).expect("two questions"));
            if !oracle.advance() {
                break;
            }
        }
        assert_eq!(answers.len(), 4);
        assert!(answers.contains(&Err(400)) && answers.contains(&Ok(b"//a".to_vec())));
    }
}
