//! Versions of products, as these write them: `8.5.5.12`, `5.0 CR02`, `9.0.1 FP1`.
//!
//! A version is a list of numbers and words; what stands between them does not count. Numbers compare as numbers, words
//! without regard to case, and a version that goes on where another one ends is later: `5.0` is before `5.0 CR02`. Zeros at
//! the end count for nothing: `9` is `9.0`.

use std::cmp::Ordering;

/// A part of a version. A word is before a number, so that `9.0 beta` is before `9.0.1`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Part {
    Word(String),
    Number(u64),
}

/// The parts of a version.
fn parts(version: &str) -> Vec<Part> {
    let mut parts = Vec::new();
    let mut rest = version;
    while let Some(c) = rest.chars().next() {
        let kind = |other: char| (other.is_ascii_digit(), other.is_alphabetic());
        let end = rest.find(|other| kind(other) != kind(c)).unwrap_or(rest.len());
        let (run, after) = rest.split_at_checked(end).unwrap_or((rest, ""));
        match kind(c) {
            // A number that does not fit is later than any that does.
            (true, _) => parts.push(Part::Number(run.parse().unwrap_or(u64::MAX))),
            (_, true) => parts.push(Part::Word(run.to_lowercase())),
            _ => {}
        }
        rest = after;
    }
    if matches!(parts.as_slice(), [Part::Word(v), Part::Number(_), ..] if v == "v") {
        parts.remove(0);
    }
    while parts.len() > 1 && parts.last() == Some(&Part::Number(0)) {
        parts.pop();
    }
    parts
}

/// Which of two versions is later.
pub(crate) fn compare(one: &str, other: &str) -> Ordering {
    parts(one).cmp(&parts(other))
}

/// Which versions are meant: `*`, `8.5`, `>=8.0 <9`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Range(Vec<Bound>);

#[derive(Debug, Clone, PartialEq, Eq)]
enum Bound {
    AtLeast(String),
    Below(String),
    Begins(Vec<Part>),
}

impl Range {
    /// Reads a range.
    ///
    /// # Errors
    ///
    /// A sentence about what stands there in place of a version.
    pub(crate) fn read(text: &str) -> Result<Self, String> {
        let text = text.trim();
        if text == "*" {
            return Ok(Self(Vec::new()));
        }
        let mut bounds = Vec::new();
        let mut rest = text;
        loop {
            let (bound, after): (fn(&str) -> Bound, &str) = match (rest.strip_prefix(">="), rest.strip_prefix('<')) {
                (Some(after), _) => (|version| Bound::AtLeast(version.to_owned()), after),
                (None, Some(after)) => (|version| Bound::Below(version.to_owned()), after),
                (None, None) => (|version| Bound::Begins(parts(version)), rest),
            };
            let end = after.find(['<', '>']).unwrap_or(after.len());
            let (version, after) = after.split_at_checked(end).unwrap_or((after, ""));
            if !version.contains(|c: char| c.is_ascii_digit()) || version.contains('=') {
                return Err(format!(
                    "`{text}` is no range of versions; expected `*`, a version such as `8.5`, or bounds such as `>=8.0 <9`"
                ));
            }
            bounds.push(bound(version.trim()));
            rest = after;
            if rest.is_empty() {
                return Ok(Self(bounds));
            }
        }
    }

    /// Whether a version is meant.
    pub(crate) fn contains(&self, version: &str) -> bool {
        self.0.iter().all(|bound| match bound {
            Bound::AtLeast(least) => compare(version, least) != Ordering::Less,
            Bound::Below(end) => compare(version, end) == Ordering::Less,
            Bound::Begins(begin) => parts(version).starts_with(begin),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_have_the_order_in_which_they_came_out() {
        let ordered = [
            "",
            "7",
            "8.0",
            "8.5.5",
            "8.5.5.9",
            "8.5.5.12",
            "9.0 beta",
            "9.0.1",
            "9.0.1 FP1",
            "V9.0.1 FP2",
            "9.1",
            "10",
        ];
        for (index, one) in ordered.iter().enumerate() {
            for (other_index, other) in ordered.iter().enumerate() {
                assert_eq!(compare(one, other), index.cmp(&other_index), "{one} {other}");
            }
        }
        assert_eq!(compare("5.0 CR02", "5.0 cr2"), Ordering::Equal);
        assert_eq!(compare("9", "9.0.0"), Ordering::Equal);
        assert_eq!(compare("5.0", "5.0 CR02"), Ordering::Less);
        assert_eq!(compare("1.99999999999999999999999", "1.3"), Ordering::Greater);
    }

    #[test]
    fn a_range_is_all_its_bounds() {
        for (range, inside, outside) in [
            ("*", "anything", None),
            ("8.5", "8.5.5.12", Some("8.50")),
            (">=8.0 <9", "8.5.5.12", Some("9.0")),
            ("<5.0 CR02", "5.0 CR01", Some("5.0 CR02")),
            (">= 9.0.1 FP1", "9.0.1 FP2", Some("9.0.1")),
        ] {
            let read = Range::read(range).unwrap();
            assert!(read.contains(inside), "{range} {inside}");
            assert!(
                !outside.is_some_and(|outside| read.contains(outside)),
                "{range} {outside:?}"
            );
        }
        for wrong in ["", ">=", "<=9", "=9", "soon", ">9", ">=8 <"] {
            assert!(Range::read(wrong).is_err(), "{wrong}");
        }
    }
}
