//! What values say: comparisons, tests of one value, and what is known of them.
//!
//! Comes in: values of words, known or not. Goes out: true, false, or not known and why. Never here: the tree, the request.

use std::borrow::Cow;
use std::cmp::Ordering;
use std::net::IpAddr;

use super::names::Unary;
use super::word::Word;

/// What is known of a part.
pub(super) enum Known {
    Is(bool),
    Unknown(Cow<'static, str>),
}

impl From<bool> for Known {
    fn from(is: bool) -> Self {
        Self::Is(is)
    }
}

pub(super) fn one(word: &Word, holds: impl FnOnce(&[u8]) -> Known) -> Known {
    match word {
        Word::Known(text) => holds(text),
        Word::Unknown(why) => Known::Unknown(why.clone()),
    }
}

pub(super) fn both(left: &Word, right: &Word, holds: impl FnOnce(&[u8], &[u8]) -> Known) -> Known {
    match (left, right) {
        (Word::Known(left), Word::Known(right)) => holds(left, right),
        (Word::Unknown(why), _) | (_, Word::Unknown(why)) => Known::Unknown(why.clone()),
    }
}

pub(super) fn unary(operator: Unary, text: &[u8]) -> Known {
    match operator {
        Unary::NotEmpty => Known::Is(!text.is_empty()),
        Unary::Empty => Known::Is(text.is_empty()),
        Unary::True => Known::Is(
            !text.is_empty()
                && text != b"0"
                && !["off", "no", "false"]
                    .iter()
                    .any(|no| text.eq_ignore_ascii_case(no.as_bytes())),
        ),
        // No file has an empty name.
        Unary::File if text.is_empty() => Known::Is(false),
        Unary::File => Known::Unknown(Cow::Owned(format!(
            "what the server has under `{}` is not known",
            String::from_utf8_lossy(text)
        ))),
        Unary::Subrequest => Known::Unknown(Cow::Owned(format!(
            "what the server would answer for `{}` is not known",
            String::from_utf8_lossy(text)
        ))),
    }
}

/// How two words compare: as numbers, or byte by byte.
pub(super) fn ordering(left: &[u8], right: &[u8], numbers: bool) -> Ordering {
    if numbers {
        number(left).cmp(&number(right))
    } else {
        left.cmp(right)
    }
}

/// A number as C's `strtoll` reads it: blanks, a sign, digits as far as there are any; held at the ends of 64 bits.
fn number(text: &[u8]) -> i64 {
    let blank = |byte: &u8| matches!(byte, b' ' | b'\t' | b'\n' | 11 | 12 | b'\r');
    let start = text.iter().take_while(|byte| blank(byte)).count();
    let text = text.get(start..).unwrap_or_default();
    let (negative, digits) = match text.split_first() {
        Some((b'-', digits)) => (true, digits),
        Some((b'+', digits)) => (false, digits),
        _ => (false, text),
    };
    let digits = digits.iter().take_while(|byte| byte.is_ascii_digit());
    digits.fold(0_i64, |number, digit| {
        let digit = i64::from(digit - b'0');
        let number = number.saturating_mul(10);
        if negative {
            number.saturating_sub(digit)
        } else {
            number.saturating_add(digit)
        }
    })
}

/// The address that a text is, as the resolver takes it; `None` if it is none. Names, and the short forms of addresses, are the
/// resolver's business.
pub(super) fn numeric_address(text: &[u8]) -> Result<Option<IpAddr>, &'static str> {
    if text.is_empty() || text.first() == Some(&b'/') {
        return Ok(None);
    }
    match std::str::from_utf8(text).ok().and_then(|text| text.parse().ok()) {
        Some(address) => Ok(Some(address)),
        None => Err("`-ipmatch` asks the resolver for what is not an address"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_as_c_reads_them() {
        for (text, value) in [
            ("", 0),
            (" \t12ab", 12),
            ("-5", -5),
            ("+7", 7),
            ("- 5", 0),
            ("0x10", 0),
            ("9223372036854775808", i64::MAX),
            ("-99999999999999999999", i64::MIN),
        ] {
            assert_eq!(number(text.as_bytes()), value, "{text}");
        }
    }
}
