//! Stands in for `crate::pcre` until that is there: in tests another engine, else nothing is exact.

use std::ops::Range;

/// What is wrong with a pattern.
#[derive(Debug)]
pub(super) enum Fault {
    /// It does not compile.
    #[allow(dead_code, reason = "only in tests")]
    Refused(String),
    /// It cannot be exact.
    #[allow(dead_code, reason = "not in tests")]
    Inexact(String),
}

/// It was too much.
#[derive(Debug)]
pub(super) struct GaveUp(pub(super) String);

/// Groups.
#[derive(Debug)]
pub(super) struct Captures([Option<Range<usize>>; 10]);

impl Captures {
    /// A group.
    pub(super) fn get(&self, group: usize) -> Option<Range<usize>> {
        self.0.get(group).cloned().flatten()
    }
}

/// A pattern.
#[derive(Debug)]
pub struct Pattern {
    #[cfg(test)]
    regex: regex::bytes::Regex,
}

#[cfg(not(test))]
impl Pattern {
    pub(super) fn new(_pattern: &[u8], _case_insensitive: bool) -> Result<Self, Fault> {
        Err(Fault::Inexact("regular expressions are not decided yet".to_owned()))
    }

    pub(super) fn is_match(&self, _subject: &[u8]) -> Result<bool, GaveUp> {
        Err(GaveUp("regular expressions are not decided yet".to_owned()))
    }

    pub(super) fn captures(&self, _subject: &[u8]) -> Result<Option<Captures>, GaveUp> {
        Err(GaveUp("regular expressions are not decided yet".to_owned()))
    }
}

#[cfg(test)]
impl Pattern {
    pub(super) fn new(pattern: &[u8], case_insensitive: bool) -> Result<Self, Fault> {
        let text = String::from_utf8_lossy(pattern);
        let built = regex::bytes::RegexBuilder::new(&text)
            .unicode(false)
            .dot_matches_new_line(true)
            .case_insensitive(case_insensitive)
            .build();
        built
            .map(|regex| Self { regex })
            .map_err(|error| Fault::Refused(error.to_string()))
    }

    pub(super) fn is_match(&self, subject: &[u8]) -> Result<bool, GaveUp> {
        Ok(self.regex.is_match(subject))
    }

    pub(super) fn captures(&self, subject: &[u8]) -> Result<Option<Captures>, GaveUp> {
        let found = self.regex.captures(subject);
        Ok(found.map(|found| Captures(std::array::from_fn(|group| found.get(group).map(|group| group.range())))))
    }
}
