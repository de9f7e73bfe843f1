//! Patterns with wildcards, as `-strmatch`, `-strcmatch` and `-fnmatch` take them.
//!
//! Comes in: a pattern of `*`, `?`, `[a-z]`, `[!a-z]` and `\x`, and a text. Goes out: whether the pattern is the whole text. Every
//! element but `*` stands for one byte, so it is enough to go back to the last `*`. A `[` without its end is text. What
//! depends on the machine that httpd runs on (whether a byte from 128 on comes before or after letters) is not known,
//! nor is what takes too long.

use std::borrow::Cow;

/// Comparisons of an element with a byte: ten million, a tenth of a second.
const MOST_STEPS: u32 = 10_000_000;

/// How a pattern is taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// `*` matches anything.
    Plain,
    /// The same without case.
    CaseBlind,
    /// A wildcard matches no `/`.
    Path,
}

impl Kind {
    /// The kind of an operator, which is written without its dash and counts without case.
    pub(super) fn named(operator: &str) -> Option<Self> {
        Some(match operator.to_ascii_lowercase().as_str() {
            "strmatch" => Self::Plain,
            "strcmatch" => Self::CaseBlind,
            "fnmatch" => Self::Path,
            _ => return None,
        })
    }
}

/// A part of a pattern.
#[derive(Debug, PartialEq, Eq)]
enum Element<'p> {
    Star,
    Any,
    Byte(u8),
    /// Its members are as they are written, with the `]` after them.
    Set {
        negated: bool,
        members: &'p [u8],
    },
}

/// Whether the pattern is the whole text; the reason if that is not known.
pub(super) fn matches(pattern: &[u8], text: &[u8], kind: Kind) -> Result<bool, Cow<'static, str>> {
    let mut steps = 0;
    let mut elements = Vec::new();
    let mut at = 0;
    while let Some((element, next)) = element(pattern, at, kind, &mut steps)? {
        elements.push(element);
        at = next;
    }
    let (mut at, mut read) = (0, 0);
    let mut star: Option<(usize, usize)> = None;
    loop {
        step(&mut steps)?;
        match (elements.get(at), text.get(read)) {
            (None, None) => return Ok(true),
            (Some(Element::Star), _) => {
                at += 1;
                star = Some((at, read));
                continue;
            }
            (Some(element), Some(byte)) if fits(element, *byte, kind, &mut steps)? => {
                at += 1;
                read += 1;
                continue;
            }
            _ => {}
        }
        match star {
            Some((after, taken)) if text.get(taken).is_some_and(|byte| kind != Kind::Path || *byte != b'/') => {
                star = Some((after, taken + 1));
                (at, read) = (after, taken + 1);
            }
            _ => return Ok(false),
        }
    }
}

fn step(steps: &mut u32) -> Result<(), Cow<'static, str>> {
    *steps += 1;
    if *steps > MOST_STEPS {
        return Err(Cow::Borrowed("a pattern with wildcards takes too long"));
    }
    Ok(())
}

/// The element at a place, and where the next one begins.
fn element<'p>(
    pattern: &'p [u8],
    at: usize,
    kind: Kind,
    steps: &mut u32,
) -> Result<Option<(Element<'p>, usize)>, Cow<'static, str>> {
    let Some(byte) = pattern.get(at) else {
        return Ok(None);
    };
    Ok(Some(match byte {
        b'*' => (Element::Star, at + 1),
        b'?' => (Element::Any, at + 1),
        b'\\' => match pattern.get(at + 1) {
            Some(byte) => (Element::Byte(*byte), at + 2),
            None => (Element::Byte(b'\\'), at + 1),
        },
        b'[' => {
            let negated = matches!(pattern.get(at + 1), Some(b'!' | b'^'));
            let start = at + 1 + usize::from(negated);
            match set_end(pattern, start, kind, steps)? {
                Some(end) => {
                    let members = pattern.get(start..=end).unwrap_or_default();
                    (Element::Set { negated, members }, end + 1)
                }
                None => (Element::Byte(b'['), at + 1),
            }
        }
        byte => (Element::Byte(*byte), at + 1),
    }))
}

/// Where the `]` of a set stands whose members begin at `start`.
fn set_end(pattern: &[u8], start: usize, kind: Kind, steps: &mut u32) -> Result<Option<usize>, Cow<'static, str>> {
    let mut at = start;
    while let Some(byte) = pattern.get(at) {
        step(steps)?;
        if *byte == b']' && at > start {
            return Ok(Some(at));
        }
        let Some((member, next)) = member(pattern, at) else {
            return Ok(None);
        };
        if kind == Kind::Path && member.holds_slash {
            return Ok(None);
        }
        at = next;
    }
    Ok(None)
}

/// A byte of a set, or a range of bytes.
struct Member {
    first: u8,
    last: u8,
    /// Whether a `/` is written where a path's pattern may not have one.
    holds_slash: bool,
}

/// The member at a place, and where the next one begins; `None` if the pattern ends in it.
fn member(pattern: &[u8], at: usize) -> Option<(Member, usize)> {
    let at = if *pattern.get(at)? == b'\\' { at + 1 } else { at };
    let first = *pattern.get(at)?;
    if pattern.get(at + 1) == Some(&b'-') && pattern.get(at + 2) != Some(&b']') {
        let end = if pattern.get(at + 2) == Some(&b'\\') {
            at + 3
        } else {
            at + 2
        };
        let last = *pattern.get(end)?;
        let holds_slash = first == b'/' || last == b'/';
        return Some((
            Member {
                first,
                last,
                holds_slash,
            },
            end + 1,
        ));
    }
    let holds_slash = first == b'/';
    Some((
        Member {
            first,
            last: first,
            holds_slash,
        },
        at + 1,
    ))
}

fn fits(element: &Element, byte: u8, kind: Kind, steps: &mut u32) -> Result<bool, Cow<'static, str>> {
    let blind = kind == Kind::CaseBlind;
    Ok(match element {
        Element::Star => false,
        Element::Any => kind != Kind::Path || byte != b'/',
        Element::Byte(of) => *of == byte || blind && of.eq_ignore_ascii_case(&byte),
        Element::Set { .. } if kind == Kind::Path && byte == b'/' => false,
        Element::Set { negated, members } => {
            let mut found = false;
            let mut at = 0;
            while at + 1 < members.len()
                && let Some((member, next)) = member(members, at)
            {
                step(steps)?;
                at = next;
                if member.first != member.last && [member.first, member.last, byte].iter().any(|byte| !byte.is_ascii())
                {
                    return Err(Cow::Borrowed(
                        "the order of bytes from 128 on differs from machine to machine",
                    ));
                }
                found |= within(&member, byte, blind);
            }
            found != *negated
        }
    })
}

fn within(member: &Member, byte: u8, blind: bool) -> bool {
    if (member.first..=member.last).contains(&byte) {
        return true;
    }
    let upper = [member.first, member.last, byte].iter().any(u8::is_ascii_uppercase);
    let lower = |byte: u8| byte.to_ascii_lowercase();
    blind && upper && (lower(member.first)..=lower(member.last)).contains(&lower(byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plain(pattern: &str, text: &str) -> bool {
        matches(pattern.as_bytes(), text.as_bytes(), Kind::Plain).expect("few steps")
    }

    #[test]
    fn wildcards_and_sets_match_as_in_httpd() {
        for (pattern, text) in [
            ("", ""),
            ("*", ""),
            ("*", "a/b"),
            ("a*b*c", "aXbYbZc"),
            ("??", "ab"),
            ("[a-c]x", "bx"),
            ("[!a-c]x", "dx"),
            ("[^a-c]x", "dx"),
            ("[]]", "]"),
            ("[a-]", "-"),
            ("[a", "[a"),
            ("[\\]]", "]"),
            ("\\*", "*"),
            ("\\", "\\"),
            ("[--/]", "."),
        ] {
            assert!(plain(pattern, text), "{pattern} {text}");
        }
        for (pattern, text) in [
            ("", "a"),
            ("?", ""),
            ("a*b", "ab2"),
            ("[a-c]", "d"),
            ("\\*", "a"),
            ("ABC", "abc"),
        ] {
            assert!(!plain(pattern, text), "{pattern} {text}");
        }
    }

    #[test]
    fn kinds_differ_in_case_and_slashes() {
        let blind = |pattern: &str, text: &str| matches(pattern.as_bytes(), text.as_bytes(), Kind::CaseBlind);
        assert_eq!(blind("A[B-C]d", "abD"), Ok(true));
        let path = |pattern: &str, text: &str| matches(pattern.as_bytes(), text.as_bytes(), Kind::Path);
        assert_eq!(path("/a/*", "/a/b"), Ok(true));
        assert_eq!(path("/a/*", "/a/b/c"), Ok(false));
        assert_eq!(path("/a?b", "/a/b"), Ok(false));
        assert_eq!(path("/a[/]b", "/a/b"), Ok(false));
        assert_eq!(path("/a[/]b", "/a[/]b"), Ok(true));
    }

    #[test]
    fn what_takes_too_long_or_depends_on_the_machine_is_not_known() {
        let text = [b'a'; 8000];
        let mut pattern = b"*".to_vec();
        pattern.extend([b'a'; 4000]);
        pattern.push(b'b');
        assert!(matches(&pattern, &text, Kind::Plain).is_err());
        assert!(matches(&[b'['; 8000], b"[", Kind::Plain).is_err());
        assert!(matches("[a-\u{e4}]".as_bytes(), b"z", Kind::Plain).is_err());
    }
}
