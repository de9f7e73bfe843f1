//! Which texts httpd takes, and how deep.

use super::*;

#[test]
fn what_httpd_refuses_is_a_fault() {
    for text in [
        "",
        "true true",
        "true &&",
        "(true",
        "true)",
        "true & false",
        "TRUE",
        "true AND true",
        "true == true",
        "'a'",
        "'a' == 'b' == 'c'",
        "'a' in { }",
        "'a' in { 'b', }",
        "'a' in 'b'",
        "'a' in req('b')",
        "'a' -IN { 'a' }",
        "PeerExtList('x') == 'a'",
        "('a') == 'a'",
        "req(Cookie) == ''",
        "-n1",
        "-R 10",
        "-R '10.' . '1'",
        "-R %{REMOTE_ADDR}",
        "-R 'localhost'",
        "-R '10.0.0.0/33'",
        "-r '10.0.0.0/8'",
        "-H 'x'",
        "'a' -foo 'b'",
        "%{FOO} == ''",
        "%{ REMOTE_ADDR} == ''",
        "%{LA-U:REMOTE_USER} == ''",
        "%{:'a':} == ''",
        "%{req:} == ''",
        "%{req:a'b} == ''",
        "foo('a') == ''",
        "join('a') == ''",
        "'a' =~ 'a'",
        "'a' =~ /a",
        "'a' =~ /a/g",
        "'a' == /a/",
        "'a",
        "'a\\",
        "'\\8' == ''",
        "'\\777' == ''",
        "'\\1234' == ''",
        "'a\nb' == ''",
        "true;",
        "$a == ''",
        "é == ''",
        "%",
        "%{",
    ] {
        assert!(Expression::parse(text).is_err(), "{text}");
    }
    assert_eq!(
        Expression::parse("-R '10.0.0.0/33'").map(|_| ()),
        Err("`-R` with `10.0.0.0/33`, which is no network".to_owned())
    );
}

#[test]
fn a_text_is_as_deep_as_the_parser_of_httpd_takes_it() {
    let nested = |times: usize| format!("{}true{}", "(".repeat(times), ")".repeat(times));
    assert!(Expression::parse(&nested(9995)).is_ok());
    assert!(Expression::parse(&nested(9996)).is_err());
    let chained = |times: usize| format!("true{}", "||true".repeat(times));
    assert!(Expression::parse(&chained(4998)).is_ok());
    assert!(Expression::parse(&chained(4999)).is_err());
    let string = |length: usize| format!("'{}' == ''", "a".repeat(length));
    assert!(Expression::parse(&string(8191)).is_ok());
    assert!(Expression::parse(&string(8192)).is_err());
    let listed = format!("'a' in {{ 'b'{} }}", ", 'c'".repeat(100_000));
    assert!(Expression::parse(&listed).is_ok());
}

#[test]
fn httpd_gives_up_after_twenty_levels_if_it_comes_to_them() {
    let nested = |times: usize| format!("{}'A'{} != 'A'", "tolower(".repeat(times), ")".repeat(times));
    assert_eq!(answers(&nested(18), "10.1.2.3", &[]), [Answer::Holds]);
    assert_eq!(answers(&nested(19), "10.1.2.3", &[]), [Answer::GivenUp]);
    let guarded = format!("false && {} || true", nested(30));
    assert_eq!(answers(&guarded, "10.1.2.3", &[]), [Answer::Holds]);
    // A chain is one level, from either side.
    let chained = format!(
        "'a'{} != '' && \"{}\" != ''",
        ".'a'".repeat(100),
        "%{REQUEST_URI}".repeat(100)
    );
    assert_eq!(answers(&chained, "10.1.2.3", &[]), [Answer::Holds]);
    // The level of a network's text counts, though nothing is left to evaluate in it.
    let left = |times: usize| format!("{}-R '10.0.0.0/8'{}", "(".repeat(times), " && true)".repeat(times));
    assert_eq!(answers(&left(18), "10.1.2.3", &[]), [Answer::Holds]);
    assert_eq!(answers(&left(19), "10.1.2.3", &[]), [Answer::GivenUp]);
}

#[test]
fn a_required_expression_may_stand_in_quotes() {
    for text in ["\"-R '10.0.0.0/8'\"", "-R '10.0.0.0/8'"] {
        assert_eq!(Expression::parse_required(text).expect(text).text(), "-R '10.0.0.0/8'");
    }
    assert!(Expression::parse_required("\"a\" == \"a\"").is_err());
    assert!(Expression::parse_required("\"").is_err());
}
