//! Where PCRE would try for ever, or older versions differ.

use std::time::{Duration, Instant};

use super::super::{Fault, Library, Options, Pattern};
use crate::address::DottedQuad;

fn pattern(text: &str) -> Pattern {
    Pattern::new(text.as_bytes(), false).unwrap()
}

fn old(text: &str) -> Result<Pattern, Fault> {
    let options = Options {
        any_case: false,
        library: Library::Pcre1,
    };
    Pattern::with(text.as_bytes(), options)
}

#[test]
fn a_pattern_that_explodes_is_known_by_its_part() {
    for (text, part) in [
        ("^(a+)+$", Some("(a+)+")),
        ("x(a*)*b", Some("(a*)*")),
        ("(a|ab|b)*c", Some("(a|ab|b)*")),
        ("^(\\w+\\s?)*$", Some("(\\w+\\s?)*")),
        ("((a|b)+c?)+d", Some("((a|b)+c?)+")),
        ("(a+){20}b", Some("(a+){20}")),
        ("^(\\w+\\s?)*", None),
        ("(a*)*", None),
        ("^([a-z]+\\.)+com$", None),
        ("^(?:[^\"]|\"\")*$", None),
        ("(^|;\\s*)LtpaToken2=[^;]+", None),
        ("^/photos/.*$", None),
        ("(a++)+b", None),
    ] {
        assert_eq!(pattern(text).explosion(), part, "{text}");
    }
}

#[test]
fn what_cannot_match_is_known_not_to_where_pcre_would_try_for_ever() {
    let mut text = "a".repeat(2_000);
    text.push('!');
    let begun = Instant::now();
    assert_eq!(pattern("^(a+)+$").is_match(text.as_bytes()), Ok(false));
    assert_eq!(pattern("^(a|a)*$").is_match(text.as_bytes()), Ok(false));
    assert!(begun.elapsed() < Duration::from_secs(20));
}

#[test]
fn a_match_that_pcre_may_not_live_to_see_is_not_known() {
    let mut text = "a".repeat(40);
    text.push_str("!b");
    // At the first place it takes PCRE 2^40 tries to see that there is no match; the match is at the last.
    assert!(pattern("(a+)+$|b").is_match(text.as_bytes()).is_err());
    assert_eq!(pattern("(a+)+$|b").is_match(b"aaaa!b"), Ok(true));
    assert_eq!(pattern("(a+)+!b").is_match(text.as_bytes()), Ok(true));
}

#[test]
fn a_megabyte_is_answered_or_given_up_in_bounded_time() {
    let text = vec![b'a'; 1 << 20];
    let begun = Instant::now();
    for text_of_pattern in [
        "a*b",
        "(a|b)*c",
        "(a+)+$|b",
        "(.)\\1*b",
        "a(?=.*b)",
        "^(?:a|b)*$",
        "[^;]+=",
        "(a*)*b",
    ] {
        let _ = pattern(text_of_pattern).is_match(&text);
    }
    assert_eq!(pattern("^.*$").is_match(&text), Ok(true));
    assert_eq!(pattern("LtpaToken=").is_match(&text), Ok(false));
    assert!(begun.elapsed() < Duration::from_secs(120));
}

#[test]
fn large_patterns_are_not_done() {
    for text in [
        "(a{1000}){1000}".to_owned(),
        "a".repeat(9_000),
        "(".repeat(200),
        "((a|b){60}){60}".to_owned(),
    ] {
        assert!(
            matches!(Pattern::new(text.as_bytes(), false), Err(Fault::Inexact(_))),
            "{text}"
        );
    }
}

#[test]
fn older_versions_have_other_ends_and_dots() {
    assert_eq!(old("a$").unwrap().is_match(b"a\n"), Ok(true));
    assert_eq!(pattern("a$").is_match(b"a\n"), Ok(false));
    assert_eq!(old("a.b").unwrap().is_match(b"a\nb"), Ok(false));
    assert_eq!(pattern("a.b").is_match(b"a\nb"), Ok(true));
    assert!(old("a\\sb").unwrap().is_match(b"a\x0bb").is_err());
    assert_eq!(old("a\\sb").unwrap().is_match(b"a b"), Ok(true));
    for text in ["\\h", "(?<n>a)", "\\Ra", "a**", "[\\d-z]", "(?|a)"] {
        assert!(matches!(old(text), Err(Fault::Inexact(_))), "{text}");
    }
    assert!(matches!(old("(a"), Err(Fault::Refused(_))));
}

#[test]
fn addresses_are_decided_all_at_once() {
    for (text, inside, outside) in [
        ("^10\\.20\\.", "10.20.30.40", "110.20.30.40"),
        ("^10\\.(?!20\\.)", "10.21.0.1", "10.20.0.1"),
        ("(?<!1)0\\.1$", "1.2.0.1", "1.2.10.1"),
        ("\\b7\\b", "1.7.1.1", "1.77.1.1"),
        ("^(?:192\\.168|10\\.\\d+)\\.", "10.3.3.3", "192.169.1.1"),
    ] {
        let automaton = pattern(text).automaton().unwrap();
        let accepts = |address: &str| {
            let state = address
                .bytes()
                .fold(automaton.start(), |state, byte| automaton.step(state, byte));
            automaton.accepts(state)
        };
        assert!(accepts(inside) && !accepts(outside), "{text}");
    }
    assert!(pattern("(\\d+)\\.\\1").automaton().is_err());
    assert!(pattern("\\d++\\.1").automaton().is_err());
}
