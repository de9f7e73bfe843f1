//! A regular expression of a directive.
//!
//! Comes in: the expression; then texts. Goes out: whether it matches. Where that is not known (the engine cannot be exact,
//! PCRE may give up on this text, or httpd refuses the expression and does not even start), it is a question for the oracle.

use std::ops::Range;

use super::{Fault, Options, Pattern};
use crate::oracle::{Oracle, Undecided};
use crate::{Place, Refusal};

/// A regular expression, ready.
#[derive(Debug)]
pub struct Regex {
    text: String,
    pattern: Result<Pattern, Fault>,
    place: Place,
}

/// Where the groups of a match are.
pub type Groups = Vec<Option<Range<usize>>>;

impl Regex {
    /// Makes one of httpd 2.4 ready.
    pub fn new(text: &str, any_case: bool, place: Place) -> Self {
        let options = Options {
            any_case,
            ..Options::default()
        };
        Self::with(text, options, place)
    }

    /// Makes it ready.
    pub fn with(text: &str, options: Options, place: Place) -> Self {
        Self {
            pattern: Pattern::with(text.as_bytes(), options),
            text: text.to_owned(),
            place,
        }
    }

    /// As it is written.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The pattern, if this engine is exact.
    pub fn pattern(&self) -> Option<&Pattern> {
        self.pattern.as_ref().ok()
    }

    /// That httpd does not start with it.
    pub fn refusal(&self) -> Option<Refusal> {
        match &self.pattern {
            Err(Fault::Refused(why)) => Some(Refusal {
                place: self.place,
                why: format!("httpd refuses the regular expression: {why}"),
            }),
            Err(Fault::Unclear(why)) => Some(Refusal {
                place: self.place,
                why: format!("not every version of PCRE takes {why}"),
            }),
            _ => None,
        }
    }

    /// Whether it matches somewhere in the text.
    ///
    /// # Errors
    ///
    /// When there are too many questions.
    pub fn matches(&self, text: &[u8], oracle: &mut Oracle) -> Result<bool, Undecided> {
        match &self.pattern {
            Ok(pattern) => match pattern.is_match(text) {
                Ok(matches) => Ok(matches),
                Err(gave_up) => oracle.ask(self.place, question(text), || gave_up.0),
            },
            Err(fault) => oracle.ask(self.place, question(text), || unknown(fault)),
        }
    }

    /// The groups of the match, if there is one. That it matches where nobody knows how is undecided.
    ///
    /// # Errors
    ///
    /// When it matches and nobody knows how, and when there are too many questions.
    pub fn groups(&self, text: &[u8], oracle: &mut Oracle) -> Result<Option<Groups>, Undecided> {
        let why = match &self.pattern {
            Ok(pattern) => match pattern.captures(text) {
                Ok(captures) => {
                    return Ok(captures.map(|captures| (0..10).map(|group| captures.get(group)).collect()));
                }
                Err(gave_up) => gave_up.0,
            },
            Err(fault) => unknown(fault),
        };
        if oracle.ask(self.place, question(text), || why.clone())? {
            return Err(Undecided { place: self.place, why });
        }
        Ok(None)
    }
}

fn unknown(fault: &Fault) -> String {
    match fault {
        Fault::Refused(why) => format!("httpd refuses the regular expression and does not start: {why}"),
        Fault::Inexact(why) | Fault::Unclear(why) => {
            format!("the regular expression cannot be followed exactly: {why}")
        }
    }
}

/// A number for the question about a text: the same expression may be asked about several in one request. FNV-1a: two
/// texts of one number would get one answer, which for the two or three texts of a request does not happen by chance.
pub(crate) fn question(text: &[u8]) -> u32 {
    text.iter().fold(0x811c_9dc5, |hash: u32, byte| {
        (hash ^ u32::from(*byte)).wrapping_mul(0x0100_0193)
    })
}
