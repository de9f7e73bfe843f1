//! The value of an attribute, however it is quoted.
//!
//! Comes in: what stands in a tag behind the name of an attribute. Goes out: the value as it is written, and what stands
//! behind it. Never here: references.
//!
//! ```text
//! a="x"  a='x'        XML
//! a=”x”  a="x&#8221;  typographic quotes close each other and straight ones, if a blank or the end follows
//! a=”x b=”y”          a quote behind `=` opens: the one before it is missing, and `x` is the value
//! a=”x y              nothing closes: all the rest is the value, or up to where `b=` follows
//! a=x  a  a”x”        up to the next blank; empty; as if `=` were there
//! ```
//!
//! A quote is looked for at most as far as the value then goes, or to the end once for each kind of quote: the time is
//! in proportion to the tag.

use super::attributes::{split_name, split_word};
use super::fault::Fault;
use super::quotes::{self, Class, Quote};
use super::tags::{begins_name, is_blank, trimmed_end, trimmed_start};

/// A value and what stands behind it.
pub(super) struct Value<'t> {
    pub(super) value: &'t str,
    pub(super) behind: &'t str,
    pub(super) fault: Option<Fault<'t>>,
}

/// The value of an attribute, from behind its name.
pub(super) fn value<'t>(name: &'t str, behind: &'t str) -> Value<'t> {
    let text = trimmed_start(behind);
    if let Some(text) = text.strip_prefix('=') {
        let text = trimmed_start(text);
        return match quotes::quote(text) {
            Some(quote) => quoted(name, quote, text),
            None => unquoted(name, text),
        };
    }
    let missing = |value: Value<'t>| Value {
        fault: Some(value.fault.unwrap_or(Fault::NoEquals(name))),
        ..value
    };
    match quotes::quote(text) {
        Some(quote) => missing(quoted(name, quote, text)),
        None => Value {
            value: "",
            behind,
            fault: Some(Fault::NoValue(name)),
        },
    }
}

fn unquoted<'t>(name: &'t str, text: &'t str) -> Value<'t> {
    let (word, behind) = split_word(text);
    if word.is_empty() {
        return Value {
            value: "",
            behind,
            fault: Some(Fault::NoValue(name)),
        };
    }
    // Perhaps only the opening quote is missing.
    let value = match word.char_indices().next_back() {
        Some((last, character)) if quotes::class(character).is_some() => word.get(..last).unwrap_or(word),
        _ => word,
    };
    Value {
        value,
        behind,
        fault: Some(Fault::Unquoted),
    }
}

/// A value whose `text` begins with a quote.
fn quoted<'t>(name: &'t str, quote: Quote, text: &'t str) -> Value<'t> {
    let body = text.get(quote.len..).unwrap_or_default();
    if quote.straight
        && let Some(value) = straight(text, body)
    {
        return value;
    }
    match end_of(quote.class, body) {
        End::Closed { at, len } => Value {
            value: body.get(..at).unwrap_or(body),
            behind: body.get(at + len..).unwrap_or_default(),
            fault: Some(Fault::TypographicQuotes),
        },
        End::Missing { at } => {
            let value = trimmed_end(body.get(..at).unwrap_or(body));
            Value {
                value,
                behind: body.get(value.len()..).unwrap_or_default(),
                fault: Some(Fault::QuoteOpen { name, value }),
            }
        }
    }
}

/// A value as XML has it. None if its second quote is missing, or looks like the first one of another value (a `=`
/// before it and no blank behind it), or if it holds the end of one value and the beginning of another.
fn straight<'t>(text: &str, body: &'t str) -> Option<Value<'t>> {
    let quote = text.as_bytes().first().copied()?;
    let end = memchr::memchr(quote, body.as_bytes())?;
    let value = body.get(..end)?;
    let behind = body.get(end + 1..)?;
    if !ends_value(behind) && trimmed_end(value).ends_with('=') {
        return None;
    }
    let fault = None;
    let value = Value { value, behind, fault };
    (!holds_two(value.value)).then_some(value)
}

/// Whether there is a `” name=”` in a value: both its quotes are straight by chance.
fn holds_two(value: &str) -> bool {
    // Hardly any value has one, and this is asked of each.
    if memchr::memchr(b'=', value.as_bytes()).is_none() {
        return false;
    }
    value
        .char_indices()
        .filter(|(_, character)| !character.is_ascii() || *character == '&')
        .filter_map(|(at, _)| value.get(at..).and_then(|text| text.get(quotes::quote(text)?.len..)))
        .any(|behind| ends_value(behind) && begins_attribute(trimmed_start(behind)))
}

/// Whether a text begins with `name=”`.
fn begins_attribute(text: &str) -> bool {
    let (name, behind) = split_name(text);
    let value = trimmed_start(behind).strip_prefix('=').map(trimmed_start);
    name.starts_with(begins_name) && value.is_some_and(|value| quotes::quote(value).is_some())
}

fn ends_value(behind: &str) -> bool {
    behind.bytes().next().is_none_or(is_blank)
}

/// Where a value ends that is not quoted as XML wants it.
enum End {
    /// At a quote.
    Closed { at: usize, len: usize },
    /// At no quote.
    Missing { at: usize },
}

fn end_of(class: Class, body: &str) -> End {
    let mut inner = None;
    for (at, quote) in quotes_of(class, body) {
        let before = body.get(..at).unwrap_or_default();
        let behind = body.get(at + quote.len..).unwrap_or_default();
        if let Some(next) = name_before_equals(before) {
            // It opens the next value. Without a blank before that one's name, the last quote before it has closed.
            return match (next, inner) {
                (0, _) if ends_value(behind) => End::Closed { at, len: quote.len },
                (0, Some((at, len))) => End::Closed { at, len },
                (next, _) => End::Missing { at: next },
            };
        }
        if ends_value(behind) {
            return End::Closed { at, len: quote.len };
        }
        inner = Some((at, quote.len));
    }
    End::Missing {
        at: next_attribute(body).unwrap_or(body.len()),
    }
}

/// The quotes of a class, typed or as references, with their places.
fn quotes_of(class: Class, body: &str) -> impl Iterator<Item = (usize, Quote)> {
    body.char_indices()
        .filter(|(_, character)| *character == '&' || quotes::class(*character).is_some())
        .filter_map(|(at, _)| Some((at, quotes::quote(body.get(at..)?)?)))
        .filter(move |(_, quote)| quote.class == class)
}

/// If a text ends in `name=`, where the name begins; 0 if no blank is before it.
fn name_before_equals(text: &str) -> Option<usize> {
    let before = trimmed_end(trimmed_end(text).strip_suffix('=')?);
    let name = before.rfind(|character: char| !is_of_name(character));
    let Some(blank) = name else { return Some(0) };
    let at = before
        .get(blank..)?
        .chars()
        .next()
        .map(|first| blank + first.len_utf8())?;
    if at == before.len() {
        return None;
    }
    Some(if before.as_bytes().get(blank).copied().is_some_and(is_blank) {
        at
    } else {
        0
    })
}

/// Where the first ` name=` in a text begins.
fn next_attribute(body: &str) -> Option<usize> {
    memchr::memchr_iter(b'=', body.as_bytes())
        .filter_map(|equals| name_before_equals(body.get(..=equals)?))
        .find(|at| *at > 0)
}

fn is_of_name(character: char) -> bool {
    character.is_ascii_alphanumeric() || matches!(character, '_' | ':' | '-' | '.')
}
