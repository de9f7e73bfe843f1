//! A regular expression in an expression.
//!
//! Comes in: a pattern and whether case counts. Goes out: a pattern that PCRE's engine here has compiled, or the reason why it
//! cannot be exact; and whether it has groups, which decides whether a match changes `$0` to `$9`. What PCRE itself refuses
//! is a fault: httpd does not start.

use std::sync::Arc;

use crate::pcre::{Fault, Pattern};

/// A compiled pattern.
#[derive(Debug, Clone)]
pub(super) struct Regex {
    /// The pattern; the reason why it cannot be decided.
    pub(super) pattern: Result<Arc<Pattern>, String>,
    /// Whether it has groups that capture; `None` where that is not plain to see.
    pub(super) groups: Option<bool>,
}

impl Regex {
    pub(super) fn compile(pattern: &[u8], case_insensitive: bool) -> Result<Self, String> {
        match Pattern::new(pattern, case_insensitive) {
            Ok(pattern) => Ok(Self {
                groups: Some(pattern.groups() > 0),
                pattern: Ok(Arc::new(pattern)),
            }),
            Err(Fault::Refused(why)) => Err(format!("a regular expression that does not compile: {why}")),
            Err(Fault::Inexact(why) | Fault::Unclear(why)) => Ok(Self {
                groups: groups(pattern),
                pattern: Err(why),
            }),
        }
    }
}

/// Whether a pattern has groups that capture. Verbs such as `(*UCP)`, quoted stretches, and comments in patterns that blanks do
/// not count in, are left undecided.
fn groups(pattern: &[u8]) -> Option<bool> {
    let mut rest = pattern;
    while let Some((byte, after)) = rest.split_first() {
        rest = match (byte, after) {
            (b'\\', [b'Q' | b'E', ..]) => return None,
            (b'\\', [_, after @ ..]) => after,
            (b'[', after) => class_end(after)?,
            (b'(', [b'*', ..]) => return None,
            (b'(', [b'?', b'P' | b'\'', ..]) => return Some(true),
            (b'(', [b'?', b'<', after @ ..]) => match after {
                [b'=' | b'!', after @ ..] => after,
                _ => return Some(true),
            },
            (b'(', [b'?', b':' | b'=' | b'!' | b'>' | b'|', after @ ..]) => after,
            (b'(', [b'?', after @ ..]) => {
                let flags = after.iter().take_while(|flag| b"imsJU-^".contains(flag)).count();
                match after.get(flags..) {
                    Some([b')' | b':', after @ ..]) => after,
                    _ => return None,
                }
            }
            (b'(', _) => return Some(true),
            (_, after) => after,
        };
    }
    Some(false)
}

/// What follows the class that has just begun.
fn class_end(class: &[u8]) -> Option<&[u8]> {
    let class = class.strip_prefix(b"^").unwrap_or(class);
    let mut rest = class.strip_prefix(b"]").unwrap_or(class);
    loop {
        rest = match rest {
            [b']', after @ ..] => return Some(after),
            [b'\\', b'Q' | b'E', ..] => return None,
            [b'\\', _, after @ ..] => after,
            // `[[:alpha:]]`: whether it is a name in a class depends on what follows.
            [b'[', b':' | b'.' | b'=', ..] => return posix_end(rest),
            [_, after @ ..] => after,
            [] => return None,
        };
    }
}

/// What follows a class from one of its names, such as `[:alpha:]`, on.
fn posix_end(class: &[u8]) -> Option<&[u8]> {
    let name = class.strip_prefix(b"[:")?;
    let letters = name.iter().take_while(|byte| byte.is_ascii_lowercase()).count();
    let mut rest = name.get(letters..)?.strip_prefix(b":]")?;
    loop {
        rest = match rest {
            [b']', after @ ..] => return Some(after),
            [b'[' | b'\\', ..] | [] => return None,
            [_, after @ ..] => after,
        };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn groups_that_capture_are_seen_or_left_undecided() {
        for (pattern, found) in [
            ("", Some(false)),
            ("abc", Some(false)),
            ("a(b)", Some(true)),
            ("a\\(b\\)", Some(false)),
            ("[(]", Some(false)),
            ("[]()]", Some(false)),
            ("[^]()]", Some(false)),
            ("[]](a)", Some(true)),
            ("[[:alpha:](]", Some(false)),
            ("[[:alpha:]](a)", Some(true)),
            ("[[:alpha(]", None),
            ("[\\](]", Some(false)),
            ("(?:a)(?=b)(?!c)(?<=d)(?<!e)(?>f)(?i)(?-i:g)", Some(false)),
            ("(?<name>a)", Some(true)),
            ("(?P<name>a)", Some(true)),
            ("(?'name'a)", Some(true)),
            ("(?|(a)|b)", Some(true)),
            ("(?x) # (", None),
            ("(?#(a)", None),
            ("(*UCP)a", None),
            ("\\Q(\\E", None),
        ] {
            assert_eq!(groups(pattern.as_bytes()), found, "{pattern}");
        }
    }
}
