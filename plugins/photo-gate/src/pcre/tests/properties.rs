//! No pattern and no text brings the engine down, and an automaton says what the matcher says.

use proptest::prelude::*;

use super::super::{Library, Options, Pattern};
use crate::address::DottedQuad;

/// Pieces of patterns, put together in any way.
fn pattern() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        "[abc01.^$|()?*+\\[\\]{},:=!<>-]",
        "\\\\[a-zA-Z0-9.]",
        Just("(?:".to_owned()),
        Just("(?=".to_owned()),
        Just("(?<!".to_owned()),
        Just("(?<n>".to_owned()),
        Just("(?(1)".to_owned()),
        Just("(?>".to_owned()),
        Just("(?i)".to_owned()),
        Just("{2,3}".to_owned()),
        Just("[[:alpha:]".to_owned()),
        Just("\\d+".to_owned()),
        Just("(a|b)*".to_owned()),
        Just(")".to_owned()),
    ];
    prop::collection::vec(piece, 0..14).prop_map(|pieces| pieces.concat())
}

proptest! {
    #[test]
    fn no_pattern_and_no_text_panics(
        pattern in pattern(),
        any_case in any::<bool>(),
        is_old in any::<bool>(),
        text in prop::collection::vec(prop_oneof![Just(b'a'), Just(b'b'), Just(b'1'), any::<u8>()], 0..40),
    ) {
        let library = if is_old { Library::Pcre1 } else { Library::Pcre2 };
        if let Ok(pattern) = Pattern::with(pattern.as_bytes(), Options { any_case, library }) {
            let matches = pattern.is_match(&text);
            if let Ok(found) = pattern.captures(&text) {
                prop_assert_eq!(matches, Ok(found.is_some()));
                let groups = (0..10).filter_map(|group| found.as_ref()?.get(group));
                prop_assert!(groups.into_iter().all(|group| group.start <= group.end && group.end <= text.len()));
            }
            let _ = pattern.explosion();
        }
    }

    #[test]
    fn any_bytes_as_a_pattern_do_not_panic(pattern in prop::collection::vec(any::<u8>(), 0..60)) {
        let _ = Pattern::new(&pattern, false);
    }

    #[test]
    fn an_automaton_says_what_the_matcher_says(
        pattern in pattern(),
        addresses in prop::collection::vec("[012]{1,3}\\.[01]{1,3}(\\.[0-9]{1,3}){0,2}", 1..20),
    ) {
        if let Ok(pattern) = Pattern::new(pattern.as_bytes(), false)
            && let Ok(automaton) = pattern.automaton()
        {
            for address in addresses {
                let state = address.bytes().fold(automaton.start(), |state, byte| automaton.step(state, byte));
                if let Ok(matches) = pattern.is_match(address.as_bytes()) {
                    prop_assert_eq!(automaton.accepts(state), matches, "{}", address);
                }
            }
        }
    }
}
