//! Patterns over names of files: `SystemOut*.log`.
//!
//! Comes in: a pattern and a name. Goes out: whether they fit. Never here: folders, alternatives, character classes; what
//! needs more than a star and a question mark is a regular expression somewhere else.

use std::borrow::Cow;

/// A pattern in which `*` stands for anything and `?` for one byte, compared without regard to the case of ASCII letters.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Glob(Cow<'static, str>);

impl Glob {
    /// The pattern.
    pub fn new(pattern: &str) -> Self {
        Self(Cow::Owned(pattern.to_ascii_lowercase()))
    }

    /// A pattern of ours, in a table.
    pub const fn fixed(pattern: &'static str) -> Self {
        Self(Cow::Borrowed(pattern))
    }

    /// Whether a name fits; linear in the name for each star.
    pub fn matches(&self, name: &str) -> bool {
        let (glob, name) = (self.0.as_bytes(), name.as_bytes());
        let (mut g, mut n) = (0, 0);
        // Where the last star stands, and how much of the name it has taken so far.
        let mut star = None;
        while n < name.len() {
            match glob.get(g) {
                Some(b'*') => {
                    star = Some((g, n));
                    g += 1;
                }
                Some(b) if *b == b'?' || name.get(n).is_some_and(|own| own.eq_ignore_ascii_case(b)) => {
                    g += 1;
                    n += 1;
                }
                _ => match star {
                    Some((at, taken)) => {
                        star = Some((at, taken + 1));
                        g = at + 1;
                        n = taken + 1;
                    }
                    None => return false,
                },
            }
        }
        glob.get(g..).is_some_and(|rest| rest.iter().all(|b| *b == b'*'))
    }
}

#[cfg(test)]
mod tests {
    use super::Glob;

    #[test]
    fn stars_and_question_marks_stand_for_others() {
        for (pattern, name, fits) in [
            ("SystemOut*.log", "systemout_16.10.12.LOG", true),
            ("SystemOut*.log", "SystemErr.log", false),
            ("a?c", "abc", true),
            ("a?c", "ac", false),
            ("*", "", true),
            ("", "a", false),
            ("*a*b", "xaxxab", true),
        ] {
            assert_eq!(Glob::new(pattern).matches(name), fits, "{pattern} {name}");
        }
    }
}
