//! Whether a `.htaccess` may change what was decided.
//!
//! Comes in: the scopes that apply to a file. Goes out: the first folder in which httpd would look for one. Never here: what
//! stands in it.
//!
//! httpd looks in each folder from the root down, as far as the `AllowOverride` that counts there lets it. Without any,
//! 2.2 allows everything, 2.4 nothing.

use super::{Applied, Directive, Kind, Version};

/// A `.htaccess` that may be there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Htaccess<'s> {
    /// The uppermost folder in which httpd looks, with a slash at its end.
    pub folder: Vec<u8>,
    /// The directive that allows it; `None`: 2.2 does without one.
    pub allowed_by: Option<&'s Directive>,
}

/// The first folder in which a `.htaccess` is looked for.
pub(super) fn of<'s>(applied: &[Applied<'s>], file: &[u8], version: Version) -> Option<Htaccess<'s>> {
    let mut allowed = (version == Version::V22, None);
    let mut sections = applied
        .iter()
        .filter(|applied| applied.kind == Kind::Directory)
        .peekable();
    let ends = file
        .iter()
        .enumerate()
        .filter(|(_, byte)| **byte == b'/')
        .map(|(at, _)| at);
    for (depth, end) in ends.enumerate() {
        while let Some(section) = sections.next_if(|section| depth_of(section) <= depth + 1) {
            for directive in section.scope.directives() {
                match directive.name.as_str() {
                    "allowoverride" => allowed = (!says_none(directive), Some(directive)),
                    "allowoverridelist" if !says_none(directive) => allowed = (true, Some(directive)),
                    _ => {}
                }
            }
        }
        if let (true, allowed_by) = allowed {
            return Some(Htaccess {
                folder: file.get(..=end).unwrap_or_default().to_vec(),
                allowed_by,
            });
        }
    }
    None
}

/// How many slashes the section's folder has.
fn depth_of(section: &Applied<'_>) -> usize {
    let path = section.directory().unwrap_or_default().trim_end_matches('/');
    path.split(['/', '\\'])
        .filter(|part| !part.is_empty() && *part != ".")
        .count()
        + usize::from(!path.contains(':'))
}

fn says_none(directive: &Directive) -> bool {
    directive.args.iter().all(|arg| arg.eq_ignore_ascii_case("none"))
}
