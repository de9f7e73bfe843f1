use proptest::prelude::*;
use proptest::string::string_regex;

use super::*;

fn any_of(regex: &str) -> Vec<String> {
    match required(regex).unwrap() {
        Required::AnyOf(strings) => strings
            .into_iter()
            .map(|text| String::from_utf8(text).unwrap())
            .collect(),
        other => panic!("{regex}: {other:?}"),
    }
}

fn reason(regex: &str) -> NoLiteral {
    match required(regex).unwrap() {
        Required::None { reason } => reason,
        other => panic!("{regex}: {other:?}"),
    }
}

#[test]
fn a_text_is_exact() {
    assert_eq!(required("bad login").unwrap(), Required::Exact(b"bad login".to_vec()));
    assert_eq!(
        required(r"failed\. \[4098\]").unwrap(),
        Required::Exact(b"failed. [4098]".to_vec())
    );
}

#[test]
fn an_anchor_or_a_capture_makes_it_a_requirement_only() {
    assert_eq!(any_of("^bad login$"), ["bad login"]);
    assert_eq!(any_of("(?<what>bad login)"), ["bad login"]);
    assert_eq!(any_of(r"\bbad\b login"), ["bad login"]);
}

#[test]
fn the_rarest_run_wins() {
    assert_eq!(any_of(r"failed with reason (?<reason>\d+)"), ["failed with reason "]);
    assert_eq!(any_of(r"the .* CWPKI0022E: .* in"), [" CWPKI0022E: "]);
}

#[test]
fn adjacent_parts_are_joined() {
    assert_eq!(
        any_of("^(Connected) (?:to the )(wrong) server .*$"),
        ["Connected to the wrong server "]
    );
    assert_eq!(
        any_of("CWPKI00(22|41)[EW]: "),
        ["CWPKI0022E: ", "CWPKI0022W: ", "CWPKI0041E: ", "CWPKI0041W: "]
    );
    assert_eq!(any_of("reason (?:code )?4098"), ["reason 4098", "reason code 4098"]);
    assert_eq!(any_of("x{3}-{2}y.*"), ["xxx--y"]);
}

#[test]
fn a_repetition_counts_on_both_of_its_sides() {
    assert_eq!(any_of("SSLC(?:0008)+E.*"), ["SSLC0008"]);
    assert_eq!(any_of("[a-z]*-(?:0008)+ERROR: "), ["0008ERROR: "]);
    assert_eq!(any_of("(?:lost .*the connection)+"), ["the connection"]);
}

#[test]
fn an_alternation_needs_all_its_branches() {
    assert_eq!(
        any_of(r"ADMC0047W: \w+|ADMC0048I: \w+|\w+ rediscovered"),
        ["ADMC0047W: ", "ADMC0048I: ", " rediscovered"]
    );
    assert_eq!(
        reason(r"ADMC0047W|\w+ \d+"),
        NoLiteral::Alternative(hir_text(r"\w+ \d+"))
    );
    assert_eq!(any_of(r"(?:ADMC0047W|\w+ \d+) at node"), [" at node"]);
}

/// A branch is shown as the regex library writes it.
fn hir_text(regex: &str) -> String {
    regex_syntax::parse(regex).unwrap().to_string()
}

#[test]
fn a_string_that_contains_another_is_left_out() {
    assert_eq!(any_of("(?:^|, )user not in realm"), ["user not in realm"]);
}

#[test]
fn text_without_regard_to_case_is_spelled_out_where_that_is_cheapest() {
    let strings = any_of("(?i)bad login: 4098");
    assert!(strings.len() <= 4, "digits and punctuation have no case: {strings:?}");
    let strings = any_of("(?i)authentication");
    assert!(
        strings.len() <= MOST_LITERALS && strings.iter().all(|text| text.len() >= 4),
        "{strings:?}"
    );
    // The long s and the sign of the kelvin belong to these words, and are not ASCII.
    assert_eq!(reason("(?i)ss|kk"), NoLiteral::Alternative(hir_text("(?i)ss")));
    assert!(
        any_of("(?i)session")
            .iter()
            .all(|text| !text.to_lowercase().contains('s'))
    );
}

#[test]
fn other_encodings_and_line_ends_cut() {
    assert_eq!(any_of("después de la conexión"), ["s de la conexi"]);
    assert_eq!(any_of("rejected\r?\n\tat com"), ["rejected"]);
    assert_eq!(reason("é\nü"), NoLiteral::NotAscii);
}

#[test]
fn what_is_short_or_common_is_not_looked_for() {
    assert_eq!(reason("x.*"), NoLiteral::TooCommon("x".to_owned()));
    assert_eq!(reason(r"\w  \w"), NoLiteral::TooCommon("  ".to_owned()));
    assert_eq!(reason(r"\w+"), NoLiteral::NoText);
    assert_eq!(reason("(?:CWPKI0022E)?"), NoLiteral::MatchesNothing);
    let many: Vec<String> = (0..100u32)
        .map(|n| format!("{}x{n}", n.wrapping_mul(2_654_435_761)))
        .collect();
    assert_eq!(reason(&many.join("|")), NoLiteral::Alternatives);
}

#[test]
fn every_reason_reads_as_a_sentence() {
    for regex in ["x.*", r"\w+", "a?", "é", r"aaaa|\w"] {
        let sentence = reason(regex).to_string();
        assert!(
            sentence.starts_with("its ") || sentence.starts_with("it "),
            "{sentence}"
        );
    }
}

#[test]
fn deep_nesting_takes_no_longer_than_it_is_deep() {
    let regex = format!("{}.a{}", "(?:".repeat(60), ")+".repeat(60));
    assert_eq!(reason(&regex), NoLiteral::TooCommon("a".to_owned()));
    assert_eq!(
        any_of(&format!(
            "{}login.{}",
            "(?:".repeat(60),
            "){2}".repeat(5) + &")".repeat(55)
        )),
        ["login"]
    );
}

#[test]
fn a_regex_that_does_not_parse_is_an_error() {
    let error = required("(unclosed").unwrap_err().to_string();
    assert!(error.contains("unclosed group"), "{error}");
}

/// Regexes of the kinds that rules have, without anchors (which the generator of matches does not know).
fn regexes() -> impl Strategy<Value = String> {
    let leaf = prop_oneof![
        "[a-c]{1,6}".prop_map(|text| text),
        "[A-C]{2}[0-2]{3}".prop_map(|text| text),
        Just(r"\n".to_owned()),
        Just("é".to_owned()),
        Just(".".to_owned()),
        Just(r"\d".to_owned()),
        Just("[ab]".to_owned()),
        Just("[0-9]".to_owned()),
        Just("(?i:cab)".to_owned()),
        Just("(?i:bks)".to_owned()),
        Just("".to_owned()),
    ];
    leaf.prop_recursive(4, 24, 4, |inner| {
        prop_oneof![
            4 => prop::collection::vec(inner.clone(), 2..5).prop_map(|parts| parts.concat()),
            2 => prop::collection::vec(inner.clone(), 2..4).prop_map(|parts| format!("(?:{})", parts.join("|"))),
            1 => inner.clone().prop_map(|part| format!("({part})")),
            2 => (inner.clone(), 0..3u32, 0..3u32).prop_map(|(part, min, more)| format!("(?:{part}){{{min},{}}}", min + more)),
            1 => inner.clone().prop_map(|part| format!("(?:{part})+")),
            1 => inner.clone().prop_map(|part| format!("(?:{part})*")),
            1 => inner.prop_map(|part| format!("(?:{part})?")),
        ]
    })
}

fn regexes_and_matches() -> impl Strategy<Value = (String, String)> {
    regexes().prop_flat_map(|regex| {
        let matches = string_regex(&regex).expect("a regex without anchors has matches to generate");
        (Just(regex), matches)
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn every_match_contains_a_required_string((regex, text) in regexes_and_matches()) {
        let strings = match required(&regex).unwrap() {
            Required::None { .. } => return Ok(()),
            Required::Exact(string) => {
                prop_assert_eq!(text.as_bytes(), &string[..], "{}", regex);
                vec![string]
            }
            Required::AnyOf(strings) => strings,
        };
        prop_assert!(!strings.is_empty() && strings.len() <= MOST_LITERALS);
        prop_assert!(strings.iter().all(|string| string.len() >= 2 && string.iter().all(|&byte| joins(byte))));
        let found = strings.iter().any(|string| memchr::memmem::find(text.as_bytes(), string).is_some());
        prop_assert!(found, "{regex:?} matches {text:?}, which has none of {strings:?}");
    }

    #[test]
    fn no_regex_is_too_strange(regex in "[a-c.*+?(){}|\\[\\]\\\\^$0-9é-]{0,20}") {
        let _ = required(&regex);
    }
}
