//! Stars in names and paths, as httpd takes them.
//!
//! Comes in: a pattern and a name. Goes out: whether they fit. Never here: files.
//!
//! [`fits_path`] is `apr_fnmatch` with `APR_FNM_PATHNAME`, for `<Directory>`, `<Files>` and `<Location>`: `*`, `?` and sets stand
//! for no slash. [`fits_text`] is the same without that, for `<Proxy>`. [`fits_anything`] knows `*` and `?` only, for
//! `ServerAlias`. All take at most the product of the lengths.

/// Bytes of a pattern: 4096, the longest path that Linux takes.
pub(super) const MOST: usize = 4096;

/// Whether a text is a pattern.
pub(super) fn is_pattern(text: &str) -> bool {
    let mut opened = false;
    let mut bytes = text.bytes();
    while let Some(byte) = bytes.next() {
        match byte {
            b'*' | b'?' => return true,
            b']' if opened => return true,
            b'[' => opened = true,
            b'\\' => {
                bytes.next();
            }
            _ => {}
        }
    }
    false
}

/// Whether a path fits, segment by segment.
pub(super) fn fits_path(pattern: &str, path: &[u8]) -> bool {
    fits(pattern.as_bytes(), path, Kind::Path)
}

/// Whether a text fits, slashes being like anything else.
pub(super) fn fits_text(pattern: &str, text: &[u8]) -> bool {
    fits(pattern.as_bytes(), text, Kind::Text)
}

/// Whether a name fits a pattern that only knows `*` and `?`.
pub(super) fn fits_anything(pattern: &str, name: &str) -> bool {
    fits(pattern.as_bytes(), name.as_bytes(), Kind::Plain)
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Path,
    Text,
    Plain,
}

fn fits(mut pattern: &[u8], mut text: &[u8], kind: Kind) -> bool {
    // What follows the last star, and the part of the text that it has not taken yet.
    let mut star: Option<(&[u8], &[u8])> = None;
    loop {
        if let [b'*', rest @ ..] = pattern {
            (star, pattern) = (Some((rest, text)), rest);
            continue;
        }
        if text.is_empty() && pattern.is_empty() {
            return true;
        }
        if let Some((byte, behind)) = text.split_first()
            && let Some(rest) = one(pattern, *byte, kind)
        {
            (pattern, text) = (rest, behind);
            if *byte == b'/' && kind == Kind::Path {
                // What a star stands for ends at a slash.
                star = None;
            }
            continue;
        }
        let Some((behind_star, [taken, left @ ..])) = star else {
            return false;
        };
        if *taken == b'/' && kind == Kind::Path {
            return false;
        }
        star = Some((behind_star, left));
        (pattern, text) = (behind_star, left);
    }
}

/// What is left of a pattern whose first part stands for that byte.
fn one(pattern: &[u8], byte: u8, kind: Kind) -> Option<&[u8]> {
    let may_stand_for = kind != Kind::Path || byte != b'/';
    match pattern {
        [b'?', rest @ ..] => may_stand_for.then_some(rest),
        [b'[', rest @ ..] if kind != Kind::Plain => match in_set(rest, byte, kind) {
            Some((found, behind)) => (found && may_stand_for).then_some(behind),
            None => (byte == b'[').then_some(rest),
        },
        [b'\\', own, rest @ ..] if kind != Kind::Plain => (*own == byte).then_some(rest),
        [own, rest @ ..] => (*own == byte).then_some(rest),
        [] => None,
    }
}

/// Whether a byte is in the set that begins there, and what stands behind it; `None`: it is no set, its bracket is not closed.
fn in_set(set: &[u8], byte: u8, kind: Kind) -> Option<(bool, &[u8])> {
    let (negated, mut rest) = match set {
        [b'!' | b'^', rest @ ..] => (true, rest),
        _ => (false, set),
    };
    let mut found = false;
    let mut is_first = true;
    loop {
        let (low, behind) = match rest {
            [b']', behind @ ..] if !is_first => return Some((found != negated, behind)),
            // At the beginning `]` is itself, and no backslash is looked for before it.
            [b'\\', low, behind @ ..] => (*low, behind),
            [low, behind @ ..] => (*low, behind),
            [] => return None,
        };
        if low == b'/' && kind == Kind::Path {
            return None;
        }
        let (high, behind) = match behind {
            [b'-', b'\\', high, behind @ ..] => (*high, behind),
            [b'-', high, behind @ ..] if *high != b']' => (*high, behind),
            _ => (low, behind),
        };
        if high == b'/' && kind == Kind::Path {
            return None;
        }
        found |= (low..=high).contains(&byte);
        (rest, is_first) = (behind, false);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_star_ends_at_a_slash() {
        for (pattern, path, expected) in [
            ("/a*", "/ab", true),
            ("/a*", "/ab/c", false),
            ("/*/c", "/b/c", true),
            ("/*/c", "/c", false),
            ("/*/*/", "/a/b/", true),
            ("/*", "/", true),
            ("/*", "", false),
            ("*", "", true),
            ("/?", "/", false),
            ("/a?c", "/a/c", false),
            ("/a[!x]c", "/a/c", false),
            ("/[a-c]x", "/bx", true),
            ("/[^a-c]x", "/bx", false),
            ("/[]x]", "/]", true),
            ("/[a", "/[a", true),
            ("/[a/b]", "/[a/b]", true),
            ("/\\*", "/*", true),
            ("/\\*", "/a", false),
            ("/*a*b*c", "/xaxbxc", true),
            ("/*.jpg", "/.jpg", true),
        ] {
            assert_eq!(fits_path(pattern, path.as_bytes()), expected, "{pattern} {path}");
        }
        assert!(fits_text("http://*/c", b"http://a/b/c"));
        assert!(fits_anything("*.[a]", "x.[a]"));
    }

    #[test]
    fn many_stars_take_no_exponential_time() {
        let pattern = "*a".repeat(100) + "b";
        assert!(!fits_path(&pattern, "a".repeat(10_000).as_bytes()));
    }
}
