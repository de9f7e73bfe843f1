//! `ErrorDocument`: what a client gets in the place of an error.
//!
//! Comes in: the scopes that apply. Goes out: where the client is sent instead, if it is sent elsewhere. A document of the
//! server's own and a text leave the status as it is.

use crate::conf::walk::Applied;
use crate::conf::{Directive, Version};
use crate::oracle::Undecided;

/// The address to which the client is sent instead of a status.
///
/// # Errors
///
/// When the address is an expression.
pub(super) fn elsewhere(status: u16, applied: &[Applied<'_>], version: Version) -> Result<Option<Vec<u8>>, Undecided> {
    // No other status may be hidden behind a redirect: the client would not learn that it has to log in.
    if status == 401 {
        return Ok(None);
    }
    let is_about = |directive: &&Directive| {
        directive.name == "errordocument" && directive.args.first().and_then(|word| word.parse().ok()) == Some(status)
    };
    let last = applied
        .iter()
        .rev()
        .find_map(|scope| scope.scope.directives().filter(is_about).last());
    let Some((directive, document)) = last.and_then(|directive| Some((directive, directive.args.get(1)?))) else {
        return Ok(None);
    };
    let is_address = document.split_once(':').is_some_and(|(scheme, rest)| {
        rest.starts_with("//")
            && !scheme.is_empty()
            && scheme
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte))
    });
    if !is_address {
        return Ok(None);
    }
    let groups = |two: &[u8]| matches!(two, [b'$', digit] if digit.is_ascii_digit());
    if version == Version::V24 && (document.contains("%{") || document.as_bytes().windows(2).any(groups)) {
        return Err(Undecided {
            place: directive.place,
            why: "the expression in `ErrorDocument` is not followed".to_owned(),
        });
    }
    Ok(Some(document.as_bytes().to_vec()))
}
