//! A regular expression of a section or an alias.
//!
//! Comes in: the expression; then texts. Goes out: whether it matches. Where that is not known (the engine cannot be exact,
//! PCRE may give up on this text, or httpd refuses the expression and does not even start), it is a question for the oracle.

use std::ops::Range;

use super::standin::{Fault, Pattern};
use crate::Place;
use crate::oracle::{Oracle, Undecided};

/// A regular expression, ready.
#[derive(Debug)]
pub(super) struct Regex {
    pattern: Result<Pattern, String>,
    place: Place,
}

/// Where the groups of a match are.
pub(super) type Groups = Vec<Option<Range<usize>>>;

impl Regex {
    pub(super) fn new(text: &str, any_case: bool, place: Place) -> Self {
        let pattern = Pattern::new(text.as_bytes(), any_case).map_err(|fault| match fault {
            Fault::Refused(why) => format!("httpd refuses the regular expression and does not start: {why}"),
            Fault::Inexact(why) => format!("the regular expression cannot be followed exactly: {why}"),
        });
        Self { pattern, place }
    }

    /// Whether it matches somewhere in the text.
    pub(super) fn matches(&self, text: &[u8], oracle: &mut Oracle) -> Result<bool, Undecided> {
        match &self.pattern {
            Ok(pattern) => match pattern.is_match(text) {
                Ok(matches) => Ok(matches),
                Err(gave_up) => oracle.ask(self.place, question(text), || gave_up.0),
            },
            Err(why) => oracle.ask(self.place, question(text), || why.clone()),
        }
    }

    /// The groups of the match, if there is one. That it matches where nobody knows how is undecided.
    pub(super) fn groups(&self, text: &[u8], oracle: &mut Oracle) -> Result<Option<Groups>, Undecided> {
        let why = match &self.pattern {
            Ok(pattern) => match pattern.captures(text) {
                Ok(captures) => {
                    return Ok(captures.map(|captures| (0..10).map(|group| captures.get(group)).collect()));
                }
                Err(gave_up) => gave_up.0,
            },
            Err(why) => why.clone(),
        };
        if oracle.ask(self.place, question(text), || why.clone())? {
            return Err(Undecided { place: self.place, why });
        }
        Ok(None)
    }
}

/// A number for the question about a text: the same expression may be asked about several in one request. FNV-1a: two
/// texts of one number would get one answer, which for the two or three texts of a request does not happen by chance.
pub(super) fn question(text: &[u8]) -> u32 {
    text.iter().fold(0x811c_9dc5, |hash: u32, byte| {
        (hash ^ u32::from(*byte)).wrapping_mul(0x0100_0193)
    })
}
