//! A regular expression is searched for, and its groups kept if somebody wants them.
//!
//! Comes in: the expression, a text. Goes out: whether it matches, and the groups. Where the engine cannot be exact it is a
//! question; groups of such a match are not known.

use super::expand::Groups;
use crate::Place;
use crate::oracle::{Oracle, Undecided};
use crate::pcre::Regex;

/// Expressions that match whatever the text is, line breaks aside, which no value that is asked about can have.
const ALWAYS: [&str; 12] = [
    "", "^", "$", ".*", "^.*", ".*$", "^.*$", "(.*)", "^(.*)", "(.*)$", "^(.*)$", ".?",
];

/// Searches for it.
pub(super) fn search(
    regex: &Regex,
    place: Place,
    text: &[u8],
    keep: bool,
    oracle: &mut Oracle,
) -> Result<(bool, Groups), Undecided> {
    // Versions differ on whether `.` stands for a line break and `$` before one.
    if text.contains(&b'\n') && regex.text().contains(['.', '$']) {
        let why = || "what the regular expression makes of a line break differs between versions of httpd".to_owned();
        let matched = oracle.ask(place, number(text), why)?;
        return Ok((matched, Groups::Unknown(why())));
    }
    if !keep {
        return Ok((regex.matches(text, oracle)?, Groups::None));
    }
    if let Some(pattern) = regex.pattern()
        && let Ok(captures) = pattern.captures(text)
    {
        let groups = captures.as_ref().map(|captures| Groups::of(text, captures));
        return Ok((captures.is_some(), groups.unwrap_or_default()));
    }
    let matched = regex.matches(text, oracle)?;
    Ok((
        matched,
        Groups::Unknown("what the regular expression captured is not known".to_owned()),
    ))
}

/// Whether it matches any text.
pub(super) fn is_always(regex: &Regex) -> bool {
    ALWAYS.contains(&regex.text())
}

/// A number for a question about a text. FNV-1a: two texts of one number in one request do not happen by chance.
pub(super) fn number(text: &[u8]) -> u32 {
    text.iter().fold(0x811c_9dc5, |hash: u32, byte| {
        (hash ^ u32::from(*byte)).wrapping_mul(0x0100_0193)
    })
}
