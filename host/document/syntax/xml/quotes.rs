//! Quotes that word processors and web pages make of straight ones.
//!
//! Comes in: a text. Goes out: which quote it begins with, typed or written as a reference.

/// Which quotes close which: typesetters swap opening ones, closing ones and primes, never double and single ones.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Class {
    Double,
    Single,
}

/// A quote at the beginning of a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Quote {
    pub(super) class: Class,
    /// Its bytes in the text.
    pub(super) len: usize,
    /// Whether it is one that XML knows.
    pub(super) straight: bool,
}

/// References to typographic quotes, as editors write them. Those to straight ones are how a value quotes something.
const REFERENCES: &[(&str, Class)] = &[
    ("&#8220;", Class::Double),
    ("&#8221;", Class::Double),
    ("&#8222;", Class::Double),
    ("&#8243;", Class::Double),
    ("&#x201C;", Class::Double),
    ("&#x201D;", Class::Double),
    ("&#x201E;", Class::Double),
    ("&#x2033;", Class::Double),
    ("&ldquo;", Class::Double),
    ("&rdquo;", Class::Double),
    ("&bdquo;", Class::Double),
    ("&#8216;", Class::Single),
    ("&#8217;", Class::Single),
    ("&#8218;", Class::Single),
    ("&#8242;", Class::Single),
    ("&#x2018;", Class::Single),
    ("&#x2019;", Class::Single),
    ("&#x2032;", Class::Single),
    ("&lsquo;", Class::Single),
    ("&rsquo;", Class::Single),
];

/// The quote that a text begins with.
pub(super) fn quote(text: &str) -> Option<Quote> {
    let first = text.chars().next()?;
    if first == '&' {
        return reference(text);
    }
    Some(Quote {
        class: class(first)?,
        len: first.len_utf8(),
        straight: first.is_ascii(),
    })
}

/// Which quote a character is.
pub(super) fn class(character: char) -> Option<Class> {
    match character {
        '"' | '“' | '”' | '„' | '‟' | '″' => Some(Class::Double),
        '\'' | '‘' | '’' | '‚' | '‛' | '′' => Some(Class::Single),
        _ => None,
    }
}

fn reference(text: &str) -> Option<Quote> {
    let is_at = |name: &str| {
        text.get(..name.len())
            .is_some_and(|head| head.eq_ignore_ascii_case(name))
    };
    let &(name, class) = REFERENCES.iter().find(|(name, _)| is_at(name))?;
    Some(Quote {
        class,
        len: name.len(),
        straight: false,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotes_are_known_in_all_their_forms() {
        for (text, class, len, straight) in [
            ("\"a", Class::Double, 1, true),
            ("'", Class::Single, 1, true),
            ("”a", Class::Double, 3, false),
            ("″", Class::Double, 3, false),
            ("’", Class::Single, 3, false),
            ("&#8221; b", Class::Double, 7, false),
            ("&#x201d;", Class::Double, 8, false),
            ("&rsquo;", Class::Single, 7, false),
        ] {
            assert_eq!(quote(text), Some(Quote { class, len, straight }), "{text}");
        }
        for text in ["", "a”", "&amp;", "&#8221", "&ü", "«"] {
            assert_eq!(quote(text), None, "{text}");
        }
    }
}
