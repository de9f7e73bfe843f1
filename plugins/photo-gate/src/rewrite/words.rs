//! The words of a `RewriteRule` or a `RewriteCond`, which mod_rewrite takes apart itself.
//!
//! Comes in: what stands after the directive's name. Goes out: two or three words. Backslashes stay in the words; one before a
//! blank keeps the word together. What stands after a third word counts for nothing.

/// The words of a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Words<'t> {
    pub(super) first: &'t str,
    pub(super) second: &'t str,
    pub(super) third: Option<&'t str>,
}

/// Takes a line apart; `None`: httpd refuses it, because there is no second word.
pub(super) fn words(text: &str) -> Option<Words<'_>> {
    let (first, rest) = word(trimmed(text))?;
    // Whatever ends the first word has to be there.
    let rest = rest?;
    let (second, rest) = word(trimmed(rest)).unwrap_or(("", None));
    let third = rest.map(trimmed).filter(|rest| !rest.is_empty());
    Some(Words {
        first,
        second,
        third: third.map(|rest| word(rest).map_or("", |(third, _)| third)),
    })
}

/// What C's `isspace` takes for a blank.
pub(super) fn is_blank(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\n' | 0xb | 0xc | b'\r')
}

fn trimmed(text: &str) -> &str {
    text.trim_start_matches(|c| u8::try_from(c).is_ok_and(is_blank))
}

/// The first word, and what stands behind the blank or the quote that ends it.
fn word(text: &str) -> Option<(&str, Option<&str>)> {
    let quote = text.bytes().next().filter(|byte| matches!(byte, b'"' | b'\''));
    let text = text.get(usize::from(quote.is_some())..)?;
    let mut bytes = text.bytes().enumerate().peekable();
    while let Some((at, byte)) = bytes.next() {
        if Some(byte) == quote || quote.is_none() && is_blank(byte) {
            return Some((text.get(..at)?, text.get(at + 1..)));
        }
        if byte == b'\\' {
            bytes.next_if(|(_, next)| is_blank(*next));
        }
    }
    Some((text, None))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_taken_apart_as_mod_rewrite_does() {
        for (line, expected) in [
            ("^(.*)$ [R,L]", Some(("^(.*)$", "[R,L]", None))),
            ("^/a /b\t[R, L]", Some(("^/a", "/b", Some("[R,")))),
            ("^/a /b \"[R, L]\" more", Some(("^/a", "/b", Some("[R, L]")))),
            ("'a b' \"c d\"", Some(("a b", "c d", None))),
            (r"a\ b c\\ d", Some((r"a\ b", r"c\\ d", None))),
            (r#""a\"b c"#, Some((r"a\", "b", Some("c")))),
            (r#""a" """#, Some(("a", "", None))),
            ("\"a\"", Some(("a", "", None))),
            ("\"a", None),
            ("a", None),
            ("", None),
        ] {
            let found = words(line).map(|words| (words.first, words.second, words.third));
            assert_eq!(found, expected, "{line}");
        }
    }
}
