//! The attributes of a tag.
//!
//! Comes in: what stands in a tag behind its name. Goes out: names and values as they are written, each with what was
//! wrong with it, and whether a name occurred before. Never here: references in values.

use std::collections::HashSet;

use super::fault::Fault;
use super::quotes;
use super::tags::{begins_name, is_blank, is_name, trimmed_start};
use super::values::value;

/// An attribute, or (without a name) something that is none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Found<'t> {
    pub(super) name: &'t str,
    /// As it is written, between its quotes.
    pub(super) value: &'t str,
    /// Where its name begins in the text that was given.
    pub(super) offset: usize,
    pub(super) fault: Option<Fault<'t>>,
}

/// The attributes one after the other.
#[derive(Debug)]
pub(super) struct Attributes<'t> {
    len: usize,
    rest: &'t str,
}

impl<'t> Attributes<'t> {
    pub(super) fn of(text: &'t str) -> Self {
        Self {
            len: text.len(),
            rest: text,
        }
    }

    /// Characters up to the next blank, which belong to no attribute.
    fn stray(&mut self, offset: usize) -> Found<'t> {
        let (_, behind) = split_word(self.rest);
        self.rest = behind;
        Found {
            name: "",
            value: "",
            offset,
            fault: Some(Fault::Stray),
        }
    }
}

impl<'t> Iterator for Attributes<'t> {
    type Item = Found<'t>;

    fn next(&mut self) -> Option<Found<'t>> {
        let text = trimmed_start(self.rest);
        let blank = text.len() < self.rest.len();
        self.rest = text;
        if text.is_empty() {
            return None;
        }
        let offset = self.len - text.len();
        let (name, behind) = split_name(text);
        if !name.starts_with(begins_name) {
            return Some(self.stray(offset));
        }
        let value = value(name, behind);
        self.rest = value.behind;
        let own = if !is_name(name) {
            Some(Fault::BadName(name))
        } else if !blank {
            Some(Fault::NoBlank(name))
        } else {
            None
        };
        Some(Found {
            name,
            value: value.value,
            offset,
            fault: value.fault.or(own),
        })
    }
}

/// A name, up to a blank, a `=` or a quote.
pub(super) fn split_name(text: &str) -> (&str, &str) {
    let end = text.bytes().position(|byte| {
        // Anything beyond ASCII may be a quote; names hardly ever are.
        is_blank(byte) || matches!(byte, b'=' | b'"' | b'\'' | b'&' | b'<' | b'>') || !byte.is_ascii()
    });
    let end = match end {
        Some(end) if text.as_bytes().get(end).is_some_and(|byte| !byte.is_ascii()) => text.find(ends_name),
        end => end,
    };
    text.split_at_checked(end.unwrap_or(text.len())).unwrap_or((text, ""))
}

fn ends_name(character: char) -> bool {
    matches!(character, ' ' | '\t' | '\r' | '\n' | '=' | '&' | '<' | '>') || quotes::class(character).is_some()
}

/// All up to the next blank.
pub(super) fn split_word(text: &str) -> (&str, &str) {
    let end = text.bytes().position(is_blank).unwrap_or(text.len());
    text.split_at_checked(end).unwrap_or((text, ""))
}

/// The names of the attributes of one tag.
#[derive(Debug, Default)]
pub(super) struct Names<'t> {
    few: Vec<&'t str>,
    many: HashSet<&'t str>,
}

/// Names that are compared one by one: up to 16 that is faster than hashing them.
const FEW: usize = 16;

impl<'t> Names<'t> {
    pub(super) fn clear(&mut self) {
        self.few.clear();
        self.many.clear();
    }

    /// Whether the name was not seen before; now it was.
    pub(super) fn are_new(&mut self, name: &'t str) -> bool {
        if self.few.len() < FEW {
            let new = !self.few.contains(&name);
            if new {
                self.few.push(name);
            }
            return new;
        }
        !self.few.contains(&name) && self.many.insert(name)
    }
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use super::*;

    /// Names, values and faults, shortly.
    fn read(text: &str) -> Vec<(&str, &str, Option<Fault<'_>>)> {
        Attributes::of(text)
            .map(|found| (found.name, found.value, found.fault))
            .collect()
    }

    #[test]
    fn attributes_of_xml_are_read_without_a_word() {
        assert_eq!(
            read(" a=\"1 > 2\"\n\tx:b = 'it ”is” \"so\"' c=''"),
            [("a", "1 > 2", None), ("x:b", "it ”is” \"so\"", None), ("c", "", None)]
        );
        assert_eq!(read(" größe='1'"), [("größe", "1", None)]);
        assert_eq!(read(" \n"), []);
    }

    #[test]
    fn typographic_quotes_are_read_as_straight_ones() {
        let typographic = Some(Fault::TypographicQuotes);
        for text in [
            " a=”1 2” b=“3“",
            " a=“1 2” b=„3“",
            " a=”1 2″ b=″3\"",
            " a=\"1 2” b=\"3″",
            " a=’1 2’ b=‘3'",
            " a=&#8220;1 2&#8221; b=”3&#8243;",
            " a=\"1 2&#8221; b=”3\"",
            " a=&#x201C;1 2&rdquo; b=&#8217;3&#8217;",
            " a = ”1 2” b\n=\n”3”",
        ] {
            assert_eq!(
                read(text),
                [("a", "1 2", typographic), ("b", "3", typographic)],
                "{text}"
            );
        }
    }

    #[test]
    fn a_quote_inside_of_a_value_does_not_end_it() {
        for (text, value) in [(" a=”it’s ”so”, he said”", "it’s ”so”, he said"), (" a=‘it’s’", "it’s")]
        {
            assert_eq!(read(text), [("a", value, Some(Fault::TypographicQuotes))]);
        }
    }

    #[test]
    fn a_missing_quote_costs_no_attribute() {
        let open = |name, value| Some(Fault::QuoteOpen { name, value });
        assert_eq!(read(" a=”; "), [("a", ";", open("a", ";"))]);
        assert_eq!(read(" a='x y"), [("a", "x y", open("a", "x y"))]);
        assert_eq!(
            read(" a=”x y b=”1”"),
            [
                ("a", "x y", open("a", "x y")),
                ("b", "1", Some(Fault::TypographicQuotes))
            ]
        );
        assert_eq!(read(" a=\"x b=\"1\""), [("a", "x", open("a", "x")), ("b", "1", None)]);
        assert_eq!(
            read(" a=”x b=1"),
            [("a", "x", open("a", "x")), ("b", "1", Some(Fault::Unquoted))]
        );
        assert_eq!(
            read(" a=”http://x/?b=1&c=2"),
            [("a", "http://x/?b=1&c=2", open("a", "http://x/?b=1&c=2"))]
        );
    }

    #[test]
    fn values_need_neither_quotes_nor_blanks_nor_equals_signs() {
        assert_eq!(
            read(" a=1 b=x”"),
            [("a", "1", Some(Fault::Unquoted)), ("b", "x", Some(Fault::Unquoted))]
        );
        assert_eq!(
            read(" a b="),
            [
                ("a", "", Some(Fault::NoValue("a"))),
                ("b", "", Some(Fault::NoValue("b")))
            ]
        );
        assert_eq!(
            read(" a'1' b ”2”"),
            [
                ("a", "1", Some(Fault::NoEquals("a"))),
                ("b", "2", Some(Fault::TypographicQuotes))
            ]
        );
        assert_eq!(
            read(" a='1'b='2'"),
            [("a", "1", None), ("b", "2", Some(Fault::NoBlank("b")))]
        );
        assert_eq!(
            read(" a=”1”b=”2”"),
            [
                ("a", "1", Some(Fault::TypographicQuotes)),
                ("b", "2", Some(Fault::TypographicQuotes))
            ]
        );
        assert_eq!(
            read(" {{x}} a='1' = ”"),
            [
                ("", "", Some(Fault::Stray)),
                ("a", "1", None),
                ("", "", Some(Fault::Stray)),
                ("", "", Some(Fault::Stray))
            ]
        );
    }

    #[test]
    fn time_is_in_proportion_to_the_tag() {
        for piece in [
            "”",
            "a=”",
            "a=”x’y’",
            "x”y",
            "a=’b=”",
            "=",
            "a= ",
            "b”c=",
            " a=\"x",
            "&#8221;",
            "a=\"'",
        ] {
            let text = piece.repeat(200_000);
            let started = Instant::now();
            assert!(Attributes::of(&text).count() > 0, "{piece}");
            // Milliseconds; what grows with the square takes minutes.
            assert!(started.elapsed() < Duration::from_secs(20), "{piece}");
        }
    }

    #[test]
    fn names_are_new_once() {
        let mut names = Names::default();
        let many: Vec<String> = (0..100).map(|number| number.to_string()).collect();
        assert!(many.iter().all(|name| names.are_new(name)));
        assert!(!many.iter().any(|name| names.are_new(name)));
        names.clear();
        assert!(names.are_new("99"));
    }
}
