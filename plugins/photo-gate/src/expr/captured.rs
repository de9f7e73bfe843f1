//! What `$0` to `$9` stand for.
//!
//! A regular expression with groups sets them when it matches and empties them when it does not; one without groups leaves
//! them as they are. Whoever evaluates an expression hands in what is there before, and finds afterwards what is there now.

use std::ops::Range;

/// What a regular expression captured.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Captured {
    /// Nothing: all are empty.
    #[default]
    Nothing,
    /// Groups of a text.
    Groups {
        /// The text that was searched.
        source: Vec<u8>,
        /// Where each group stands in it; `None`: it took no part in the match.
        groups: Box<[Option<Range<usize>>; 10]>,
    },
    /// Not known, and why.
    Unknown(String),
}

impl Captured {
    /// The text of a group, which is empty if there is none.
    ///
    /// # Errors
    ///
    /// Why it is not known.
    pub fn group(&self, number: u8) -> Result<&[u8], &str> {
        match self {
            Self::Nothing => Ok(&[]),
            Self::Groups { source, groups } => {
                let range = groups.get(usize::from(number)).cloned().flatten();
                Ok(range.and_then(|range| source.get(range)).unwrap_or_default())
            }
            Self::Unknown(why) => Err(why),
        }
    }
}
