//! Regular expressions that mean what PCRE means.

mod regex;

use std::ops::Range;

pub use regex::{Groups, Regex};

/// What is wrong with a pattern.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fault {
    /// PCRE refuses it: httpd does not start.
    Refused(String),
    /// PCRE takes it, this engine cannot be exact.
    Inexact(String),
}

/// PCRE may run into its limits on this text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GaveUp(pub String);

/// Where the groups of a match are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Captures([Option<Range<usize>>; 10]);

impl Captures {
    /// A group; 0 is the match.
    pub fn get(&self, group: usize) -> Option<Range<usize>> {
        self.0.get(group).cloned().flatten()
    }
}

/// A pattern, ready.
#[derive(Debug, Clone)]
pub struct Pattern {
    literal: Vec<u8>,
}

impl Pattern {
    /// Compiles a pattern.
    ///
    /// # Errors
    ///
    /// When PCRE refuses it, or this engine cannot be exact.
    pub fn new(pattern: &[u8], any_case: bool) -> Result<Self, Fault> {
        if any_case
            || pattern
                .iter()
                .any(|byte| !(byte.is_ascii_alphanumeric() || b"/_-=".contains(byte)))
        {
            return Err(Fault::Inexact("regular expressions are not decided yet".to_owned()));
        }
        Ok(Self {
            literal: pattern.to_vec(),
        })
    }

    /// The leftmost match.
    ///
    /// # Errors
    ///
    /// When PCRE may give up.
    pub fn captures(&self, subject: &[u8]) -> Result<Option<Captures>, GaveUp> {
        let length = self.literal.len();
        let mut starts = 0..=subject.len();
        let found = starts.find(|at| subject.get(*at..at + length) == Some(&self.literal));
        Ok(found.map(|at| Captures(std::array::from_fn(|group| (group == 0).then_some(at..at + length)))))
    }

    /// Whether it matches.
    ///
    /// # Errors
    ///
    /// When PCRE may give up.
    pub fn is_match(&self, subject: &[u8]) -> Result<bool, GaveUp> {
        Ok(self.captures(subject)?.is_some())
    }
}
