//! Stars in a name, as httpd takes them.
//!
//! Comes in: a pattern and a name. Goes out: whether they fit. Never here: folders.
//!
//! This is `apr_fnmatch` with `APR_FNM_PERIOD`: `*`, `?`, `[a-z]`, `[!a-z]`, a backslash before a character that means
//! itself, and a name that begins with a dot only fits a pattern that does. Bytes, not characters. The crates for globs
//! know braces and double stars that httpd does not, and not its dots; this project's own `Glob` has no sets.

/// Whether a name is a pattern.
pub fn is_pattern(name: &str) -> bool {
    let mut opened = false;
    let mut bytes = name.bytes();
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

/// Whether a name fits a pattern; takes at most the product of their lengths.
pub fn fits(pattern: &str, name: &str, any_case: bool) -> bool {
    if name.starts_with('.') && !pattern.starts_with('.') {
        return false;
    }
    let (mut pattern, mut name) = (pattern.as_bytes(), name.as_bytes());
    // What follows the last star, and the part of the name that it has not taken yet.
    let mut star: Option<(&[u8], &[u8])> = None;
    loop {
        if let [b'*', rest @ ..] = pattern {
            (star, pattern) = (Some((rest, name)), rest);
            continue;
        }
        if name.is_empty() && pattern.is_empty() {
            return true;
        }
        if let Some((byte, behind)) = name.split_first()
            && let Some(rest) = one(pattern, *byte, any_case)
        {
            (pattern, name) = (rest, behind);
            continue;
        }
        let Some((behind_star, [_, left @ ..])) = star else {
            return false;
        };
        star = Some((behind_star, left));
        (pattern, name) = (behind_star, left);
    }
}

/// What is left of a pattern whose first part stands for that byte.
fn one(pattern: &[u8], byte: u8, any_case: bool) -> Option<&[u8]> {
    let same = |own: u8| own == byte || (any_case && own.eq_ignore_ascii_case(&byte));
    match pattern {
        [b'?', rest @ ..] => Some(rest),
        [b'[', set @ ..] => match in_set(set, byte, any_case) {
            Some((true, rest)) => Some(rest),
            Some((false, _)) => None,
            None => same(b'[').then_some(set),
        },
        [b'\\', own, rest @ ..] | [own, rest @ ..] => same(*own).then_some(rest),
        [] => None,
    }
}

/// Whether a byte is in the set that begins there, and what stands behind it; `None` if the set has no end.
fn in_set(set: &[u8], byte: u8, any_case: bool) -> Option<(bool, &[u8])> {
    let (negated, mut rest) = match set {
        [b'!' | b'^', rest @ ..] => (true, rest),
        _ => (false, set),
    };
    let within = |low: u8, high: u8| {
        let other = if byte.is_ascii_lowercase() {
            byte.to_ascii_uppercase()
        } else {
            byte.to_ascii_lowercase()
        };
        (low..=high).contains(&byte) || (any_case && (low..=high).contains(&other))
    };
    let mut found = false;
    let mut is_first = true;
    loop {
        let (low, behind) = match rest {
            [b']', behind @ ..] if !is_first => return Some((found != negated, behind)),
            [b'\\', low, behind @ ..] | [low, behind @ ..] => (*low, behind),
            [] => return None,
        };
        let (high, behind) = match behind {
            [b'-', b'\\', high, behind @ ..] => (*high, behind),
            [b'-', high, behind @ ..] if *high != b']' => (*high, behind),
            _ => (low, behind),
        };
        found |= within(low, high);
        (rest, is_first) = (behind, false);
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn patterns_fit_as_in_httpd() {
        for (pattern, name, expected) in [
            ("*.conf", "a.conf", true),
            ("*.conf", ".conf", false),
            ("*.conf", "a.conf.bak", false),
            (".*", ".htaccess", true),
            ("[.]a", ".a", false),
            ("?.conf", "a.conf", true),
            ("?.conf", ".conf", false),
            ("[a-c]x", "bx", true),
            ("[!a-c]x", "bx", false),
            ("[^a-c]x", "dx", true),
            ("[]a]", "]", true),
            ("[a-]", "-", true),
            ("[a", "[a", true),
            ("\\*", "*", true),
            ("\\*", "a", false),
            ("*a*b*", "xaxxbx", true),
            ("*a*b", "xbxa", false),
            ("", "", true),
            ("*", "", true),
        ] {
            assert_eq!(fits(pattern, name, false), expected, "{pattern} {name}");
        }
        assert!(!fits("*.CONF", "a.conf", false));
        assert!(fits("*.CONF", "a.conf", true));
        assert!(fits("[A-C].conf", "b.conf", true));
    }

    #[test]
    fn a_pattern_has_something_that_stands_for_other_things() {
        for (name, expected) in [
            ("a", false),
            ("*", true),
            ("a?", true),
            ("[a]", true),
            ("[a", false),
            ("a]", false),
            ("\\*", false),
        ] {
            assert_eq!(is_pattern(name), expected, "{name}");
        }
    }

    #[test]
    fn many_stars_take_no_exponential_time() {
        let pattern = "*a".repeat(100) + "b";
        assert!(!fits(&pattern, &"a".repeat(10_000), false));
    }

    proptest! {
        #[test]
        fn a_name_fits_itself_with_anything_replaced_by_a_star(head in "[a-z.]{0,5}", middle in "\\PC{0,5}", tail in "[a-z.]{0,5}") {
            let name = format!("a{head}{middle}{tail}");
            let pattern = format!("a{head}*{tail}");
            prop_assert!(fits(&pattern, &name, false));
        }

        #[test]
        fn any_pattern_has_an_answer(pattern in "[-*?a\\[\\]!^\\\\.]{0,12}", name in "[-a\\[\\]!^\\\\.é]{0,12}") {
            // What is no pattern fits itself alone.
            if !is_pattern(&pattern) && !pattern.contains('\\') {
                prop_assert_eq!(fits(&pattern, &name, false), pattern == name);
            }
            fits(&pattern, &name, true);
        }
    }
}
