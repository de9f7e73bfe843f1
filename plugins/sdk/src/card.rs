//! The card that is baked into a plugin's custom section: JSON, so that `inspect` can show it without running the plugin.

/// The bytes of a card's text, for a `static` in a custom section.
///
/// # Panics
///
/// When it is evaluated at compile time, where that is an error message: if the lengths differ, or if a value from
/// `Cargo.toml` would need escaping in JSON (a backslash or a control character).
pub const fn card<const LENGTH: usize>(text: &str) -> [u8; LENGTH] {
    let source = text.as_bytes();
    assert!(source.len() == LENGTH, "the card's array must be as long as its text");
    let mut bytes = [0; LENGTH];
    let mut at = 0;
    let mut quotes = 0;
    let mut versions = 0;
    while at < LENGTH {
        #[expect(
            clippy::indexing_slicing,
            reason = "both are LENGTH long, as was just asserted, and `at` is below it"
        )]
        let byte = source[at];
        assert!(
            byte != b'\\' && byte >= b' ',
            "a card's values must not hold backslashes or line breaks"
        );
        if byte == b'"' {
            quotes += 1;
        }
        if byte == b'@' {
            versions += 1;
        }
        #[expect(clippy::indexing_slicing, reason = "`at` is below LENGTH")]
        {
            bytes[at] = byte;
        }
        at += 1;
    }
    // Four names and three values, and the interfaces, each of which has a version: any further quote comes from a value.
    assert!(
        quotes == 14 + 2 * versions,
        "a card's values must hold neither quotation marks nor `@`"
    );
    bytes
}

#[cfg(test)]
mod tests {
    use super::card;

    const TEXT: &str = concat!(
        "{\"name\":\"a\",\"version\":\"1\",\"description\":\"d\",",
        "\"interfaces\":[\"casebook:rules/rulebook@0.1.0\",\"casebook:rules/logs@0.1.0\"]}"
    );

    #[test]
    fn a_card_is_its_text() {
        const CARD: [u8; TEXT.len()] = card(TEXT);
        assert_eq!(CARD, TEXT.as_bytes());
    }

    #[test]
    #[should_panic(expected = "quotation marks")]
    fn a_quotation_mark_in_a_value_is_refused() {
        let _: [u8; 3] = card("\"\"\"");
    }
}
