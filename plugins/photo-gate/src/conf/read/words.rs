//! The words of a line, as httpd takes them apart.
//!
//! Comes in: the arguments of a directive, variables and parameters replaced. Goes out: words without their quotes. Never
//! here: what they mean. The host has already done this for lines that nothing is replaced in; a replaced line has to be
//! taken apart anew, because a value with blanks becomes several words.

/// Who takes the words apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Quoting {
    /// The server: a backslash takes the meaning of a backslash or of the word's own quote.
    Httpd,
    /// mod_rewrite, its rules and conditions: a backslash stays, and keeps a blank behind it in the word.
    Rewrite,
}

impl Quoting {
    /// Who takes apart the arguments of a directive.
    pub(super) fn of(name: &str) -> Self {
        if name.eq_ignore_ascii_case("rewriterule") || name.eq_ignore_ascii_case("rewritecond") {
            Self::Rewrite
        } else {
            Self::Httpd
        }
    }
}

/// What C's `isspace` takes for a blank.
pub(super) fn is_blank(c: char) -> bool {
    matches!(c, ' ' | '\t' | '\n' | '\u{b}' | '\u{c}' | '\r')
}

/// All words of a text.
pub(super) fn words(text: &str, quoting: Quoting) -> Vec<String> {
    let mut words = Vec::new();
    let mut rest = text;
    while let Some((word, behind)) = first(rest, quoting) {
        words.push(word);
        rest = behind;
    }
    words
}

/// The first word of a text, and what stands behind it.
pub(super) fn first(text: &str, quoting: Quoting) -> Option<(String, &str)> {
    let text = text.trim_start_matches(is_blank);
    let quote = match text.chars().next()? {
        quote @ ('"' | '\'') => Some(quote),
        _ => None,
    };
    let begin = usize::from(quote.is_some());
    let mut word = String::new();
    let mut characters = text.get(begin..)?.char_indices().peekable();
    while let Some((at, c)) = characters.next() {
        let ends = quote.map_or_else(|| is_blank(c), |quote| c == quote);
        if ends {
            let behind = text.get(begin + at + c.len_utf8()..).unwrap_or_default();
            return Some((word, behind));
        }
        if c != '\\' {
            word.push(c);
            continue;
        }
        match quoting {
            Quoting::Httpd => {
                let taken = characters.next_if(|(_, next)| *next == '\\' || Some(*next) == quote);
                word.push(taken.map_or(c, |(_, next)| next));
            }
            Quoting::Rewrite => {
                word.push(c);
                word.extend(characters.next_if(|(_, next)| is_blank(*next)).map(|(_, next)| next));
            }
        }
    }
    Some((word, ""))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_taken_apart_as_the_server_does() {
        for (text, expected) in [
            ("", &[][..]),
            (" a  b\t", &["a", "b"]),
            (r#""a b" 'c "d"' e"f"#, &["a b", "c \"d\"", "e\"f"]),
            (r#""a\"b" a\\b c\d"#, &["a\"b", r"a\b", r"c\d"]),
            (r#""open"#, &["open"]),
            (r#""a"b"#, &["a", "b"]),
        ] {
            assert_eq!(words(text, Quoting::Httpd), expected, "{text}");
        }
    }

    #[test]
    fn mod_rewrite_keeps_backslashes() {
        assert_eq!(
            words(r#"^a\.b c\ d "\\x""#, Quoting::Rewrite),
            [r"^a\.b", r"c\ d", r"\\x"]
        );
    }
}
