//! The functions of expressions.
//!
//! Comes in: a function and the value of its argument. Goes out: its value. Digests are those of RustCrypto (`md-5`, `sha1`): well
//! kept, without unsafe code where a wasm component needs none. Never here: files; nothing is read or looked up.

use std::borrow::Cow;
use std::fmt::Write as _;

use md5::Md5;
use sha1::{Digest, Sha1};

use super::names::Function;
use super::variable::{self, Environment};
use super::word::Word;
use crate::decide::Transaction;

/// The value of a function for an argument.
pub(super) fn call<'e>(function: Function, argument: &[u8], tx: &Transaction) -> Word<'e> {
    match function {
        Function::Header => variable::header(argument, tx),
        Function::RequestEnvironment => match variable::environment(&String::from_utf8_lossy(argument), tx) {
            Environment::Value(value) => value,
            Environment::Unset => Word::EMPTY,
        },
        Function::Environment => match variable::environment(&String::from_utf8_lossy(argument), tx) {
            Environment::Value(value) => value,
            Environment::Unset => process_environment(argument),
        },
        Function::ProcessEnvironment => process_environment(argument),
        Function::ResponseHeader => Word::unknown("the headers of the answer are not known"),
        Function::Note => Word::unknown("the notes that modules leave for one another are not known"),
        Function::OfModule => Word::unknown("what mod_ssl or mod_proxy_hcheck says is not known"),
        Function::File => Word::unknown("what the file holds is not known"),
        // No file has an empty name.
        Function::FileSize if argument.is_empty() => Word::owned("0"),
        Function::FileSize => Word::unknown("the size of the file is not known"),
        Function::ToLower => Word::owned(argument.to_ascii_lowercase()),
        Function::ToUpper => Word::owned(argument.to_ascii_uppercase()),
        Function::Escape => Word::owned(escape(argument)),
        Function::Unescape => Word::owned(unescape(argument).unwrap_or_default()),
        Function::Base64 => Word::owned(base64(argument)),
        Function::FromBase64 => Word::owned(from_base64(argument)),
        Function::Sha1 => Word::owned(hexadecimal(&Sha1::digest(argument))),
        Function::Md5 => Word::owned(hexadecimal(&Md5::digest(argument))),
        Function::Ldap => Word::owned(ldap(argument)),
    }
}

fn process_environment<'e>(name: &[u8]) -> Word<'e> {
    Word::Unknown(Cow::Owned(format!(
        "the variable `{}` of the server process's environment is not known",
        String::from_utf8_lossy(name)
    )))
}

fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        // Writing into a string does not fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// `%xx` for whatever httpd does not leave in a path.
fn escape(text: &[u8]) -> Vec<u8> {
    escaped(text, b'%', |byte| {
        !byte.is_ascii_alphanumeric() && !b"$-_.+!*'(),:;@&=/~".contains(&byte)
    })
}

/// `\xx` for whatever has a meaning in a name or a filter of LDAP.
fn ldap(text: &[u8]) -> Vec<u8> {
    escaped(text, b'\\', |byte| {
        !(b' '..=b'~').contains(&byte) || b"\"+,;<>\\*()".contains(&byte)
    })
}

fn escaped(text: &[u8], mark: u8, special: impl Fn(u8) -> bool) -> Vec<u8> {
    let mut written = Vec::with_capacity(text.len());
    for byte in text {
        if special(*byte) {
            written.push(mark);
            written.extend_from_slice(format!("{byte:02x}").as_bytes());
        } else {
            written.push(*byte);
        }
    }
    written
}

/// `%xx` undone, except `%2f`; `None` if one is not two digits, or a NUL.
fn unescape(text: &[u8]) -> Option<Vec<u8>> {
    let mut plain = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some((byte, after)) = rest.split_first() {
        rest = after;
        if *byte != b'%' {
            plain.push(*byte);
            continue;
        }
        let (digits, after) = rest.split_at_checked(2)?;
        rest = after;
        let decoded = digits
            .iter()
            .try_fold(0_u32, |value, digit| {
                Some(value * 16 + char::from(*digit).to_digit(16)?)
            })
            .and_then(|value| u8::try_from(value).ok())?;
        match decoded {
            0 => return None,
            b'/' => {
                plain.push(b'%');
                plain.extend_from_slice(digits);
            }
            decoded => plain.push(decoded),
        }
    }
    Some(plain)
}

const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

fn base64(text: &[u8]) -> Vec<u8> {
    let mut written = Vec::with_capacity(text.len() / 3 * 4 + 4);
    for three in text.chunks(3) {
        let bits = three
            .iter()
            .zip([16, 8, 0])
            .fold(0, |bits, (byte, shift)| bits | usize::from(*byte) << shift);
        for (at, shift) in [18, 12, 6, 0].into_iter().enumerate() {
            let digit = ALPHABET.get(bits >> shift & 63).copied().unwrap_or(b'=');
            written.push(if at <= three.len() { digit } else { b'=' });
        }
    }
    written
}

/// What stands before the first byte that is none of base64's; four digits are three bytes, and a single one at the end none.
/// A NUL ends it, as it is a C string in httpd.
fn from_base64(text: &[u8]) -> Vec<u8> {
    let digits: Vec<usize> = text
        .iter()
        .map_while(|byte| ALPHABET.iter().position(|digit| digit == byte))
        .collect();
    let mut plain = Vec::with_capacity(digits.len() / 4 * 3 + 3);
    for four in digits.chunks(4) {
        let bits = four
            .iter()
            .zip([18, 12, 6, 0])
            .fold(0, |bits, (digit, shift)| bits | digit << shift);
        for shift in [16, 8, 0].into_iter().take(four.len().saturating_sub(1)) {
            match u8::try_from(bits >> shift & 255) {
                Ok(0) | Err(_) => return plain,
                Ok(byte) => plain.push(byte),
            }
        }
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_are_those_of_httpd() {
        assert_eq!(escape(b"/a b?c%[]\xe4;"), b"/a%20b%3fc%25%5b%5d%e4;");
        assert_eq!(unescape(b"a%20b%2Fc%2f").as_deref(), Some(b"a b%2Fc%2f".as_slice()));
        assert_eq!(unescape(b"a%2"), None);
        assert_eq!(unescape(b"a%zz"), None);
        assert_eq!(unescape(b"a%00b"), None);
        assert_eq!(ldap(b"a(b)*,\n "), b"a\\28b\\29\\2a\\2c\\0a ");
    }

    #[test]
    fn base64_goes_both_ways_and_stops_at_what_is_none() {
        assert_eq!(base64(b""), b"");
        assert_eq!(base64(b"a"), b"YQ==");
        assert_eq!(base64(b"ab"), b"YWI=");
        assert_eq!(base64(b"abc"), b"YWJj");
        for (coded, plain) in [
            ("YQ==", "a"),
            ("YQ", "a"),
            ("YWI=", "ab"),
            ("YWJjZ", "abc"),
            ("YW Jj", "a"),
            ("=", ""),
            ("YQBj", "a"),
        ] {
            assert_eq!(from_base64(coded.as_bytes()), plain.as_bytes(), "{coded}");
        }
    }

    #[test]
    fn digests_are_written_in_small_letters() {
        assert_eq!(hexadecimal(&Md5::digest(b"abc")), "900150983cd24fb0d6963f7d28e17f72");
        assert_eq!(
            hexadecimal(&Sha1::digest(b"abc")),
            "a9993e364706816aba3e25717850c26c9cd0d89d"
        );
    }
}
