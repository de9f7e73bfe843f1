use super::*;

const PATTERNS: &[&str] = &[
    r"token verification failed\. \[(?<reason>\d+)\]",
    "bad login",
    r"SSLC0008E: .*(?<protocol>TLSv1(?:\.\d)?) not enabled or not supported",
    "(?:ADMC0047W|ADMC0048I): ",
    "token verification failed",
    r"\d+ \w+",
];

fn prefilter() -> Prefilter {
    let patterns: Vec<(PatternId, &str)> = (0..).map(PatternId).zip(PATTERNS.iter().copied()).collect();
    Prefilter::build(&patterns, b"").unwrap()
}

fn found(prefilter: &Prefilter, text: &[u8]) -> Vec<(usize, u32)> {
    let mut hits = Vec::new();
    prefilter.find(text, 0..text.len(), &mut |at, pattern| hits.push((at, pattern.0)));
    assert!(hits.is_sorted_by_key(|&(at, _)| at));
    hits.sort_unstable();
    hits
}

#[test]
fn a_line_names_the_patterns_that_could_match_it() {
    let prefilter = prefilter();
    assert_eq!(
        found(
            &prefilter,
            b"101117_095933.884,FTL,LDAP Aut,token verification failed. [4098]"
        ),
        [(31, 0), (31, 4)]
    );
    assert_eq!(
        found(&prefilter, b"ADMC0047W: Lost connection, then ADMC0048I: Established"),
        [(0, 3), (33, 3)]
    );
    assert_eq!(found(&prefilter, b"SSLC0008E: plaintext connection?"), []);
}

#[test]
fn only_plain_text_is_exact() {
    let prefilter = prefilter();
    let exact: Vec<_> = (0..6)
        .filter_map(|pattern| prefilter.exact_length(PatternId(pattern)))
        .collect();
    assert_eq!(exact, ["bad login".len(), "token verification failed".len()]);
    assert_eq!(prefilter.exact_length(PatternId(0)), None);
}

#[test]
fn a_pattern_without_text_is_told_once_and_never_found() {
    let prefilter = prefilter();
    assert_eq!(
        prefilter.slow(),
        [SlowPattern {
            pattern: PatternId(5),
            reason: NoLiteral::TooCommon(" ".to_owned())
        }]
    );
    assert_eq!(found(&prefilter, b"12 users"), []);
}

#[test]
fn a_pattern_that_does_not_parse_is_named() {
    let error = Prefilter::build(&[(PatternId(3), "ok text"), (PatternId(7), "a(b")], b"").unwrap_err();
    assert_eq!(error.pattern, PatternId(7));
    assert!(
        error.to_string().starts_with("pattern 7: the regex does not parse: "),
        "{error}"
    );
}

#[test]
fn no_patterns_find_nothing() {
    let prefilter = Prefilter::build(&[], b"").unwrap();
    assert_eq!(found(&prefilter, b"anything"), []);
    assert_eq!(prefilter.slack(), 0);
}

#[test]
fn it_can_be_shared_by_threads() {
    fn shared<T: Send + Sync>(_: &T) {}
    shared(&prefilter());
}

#[test]
fn the_same_patterns_build_the_same_filter() {
    assert_eq!(format!("{:?}", prefilter()), format!("{:?}", prefilter()));
}

#[test]
fn a_pattern_that_the_sample_is_full_of_is_common() {
    let sample = "101117_095933.884,INF,Users   ,text\n101117_095933.885,FTL,Users   ,bad login\n".repeat(20)
        + &"101117_095933.886,INF,Users   ,more\n".repeat(400);
    let patterns = [
        (PatternId(0), ",INF,.*x"),
        (PatternId(1), "bad login"),
        (PatternId(2), "unheard of"),
    ];
    let prefilter = Prefilter::build(&patterns, sample.as_bytes()).unwrap();
    let common: Vec<_> = prefilter
        .common()
        .iter()
        .map(|common| (common.pattern.0, common.places_per_line))
        .collect();
    assert_eq!(common, [(0, 420.0 / 440.0)]);
    assert!(prefilter.slow().is_empty());
}

#[test]
fn its_one_line_says_what_it_is() {
    let line = prefilter().to_string();
    assert!(
        line.starts_with("6 literals, ") && line.ends_with("; 1 patterns without required text, 0 with a common one"),
        "{line}"
    );
}
