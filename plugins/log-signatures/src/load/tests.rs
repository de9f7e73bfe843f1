use serde_json::Value;

use super::*;

const RULE: &str = r#"{
    "plugin": "log-signatures", "formats": [{"name": "mine", "anything": true}],
    "id": "a-b", "title": "t", "severity": "high", "symptom": "s", "cause": "c",
    "remedy": ["one", "two"], "cost": "time", "applies-to": ["line"],
    "patterns": {"z": "(?<user>.)", "a": {"regex": "(?<x>.)(?<y>.)", "applies-to": ["other"]}},
    "fields": {"user": "{user}"}, "group": ["user"], "message": "{user} did it."
}"#;

fn pack(name: &str, json: &str) -> Pack {
    Pack {
        name: name.to_owned(),
        json: json.to_owned(),
    }
}

fn problems(json: &str) -> Vec<(String, String)> {
    match load(&[pack("p.yaml", json)]) {
        Ok(_) => Vec::new(),
        Err(problems) => problems
            .into_iter()
            .map(|problem| (problem.path, problem.reason))
            .collect(),
    }
}

/// The problems of the rule with one key replaced.
fn with(key: &str, value: &str) -> Vec<(String, String)> {
    let mut rule: Value = serde_json::from_str(RULE).expect("a rule");
    rule[key] = serde_json::from_str(value).expect("JSON");
    problems(&rule.to_string())
}

#[test]
fn a_rule_is_described_to_the_host() {
    let (rulebook, rules) = load(&[pack("p.yaml", RULE)]).expect("a sound pack");
    assert_eq!(rulebook.places, [(0, 0), (0, 1)]);
    let rule = &rules[0];
    assert_eq!(rule.remedy, "1. one\n2. two\nWhat it costs: time");
    let patterns: Vec<_> = rule
        .patterns
        .iter()
        .map(|p| (p.regex.as_str(), p.captures.len(), p.formats[0].as_str()))
        .collect();
    assert_eq!(patterns, [("(?<user>.)", 1, "line"), ("(?<x>.)(?<y>.)", 2, "other")]);
}

#[test]
fn several_rules_stand_in_a_list_and_patterns_are_numbered_through() {
    let mut first: Value = serde_json::from_str(RULE).expect("a rule");
    let keys = first.as_object_mut().expect("keys");
    keys.remove("plugin");
    keys.remove("formats");
    let mut second = first.clone();
    second["id"] = "c".into();
    let (rulebook, rules) = load(&[pack(
        "p",
        &serde_json::json!({"plugin": "log-signatures", "rules": [first, second]}).to_string(),
    )])
    .expect("a sound pack");
    assert_eq!(
        rules.iter().map(|rule| rule.id.as_str()).collect::<Vec<_>>(),
        ["a-b", "c"]
    );
    assert_eq!(rulebook.places, [(0, 0), (0, 1), (1, 0), (1, 1)]);
}

#[test]
fn an_id_belongs_to_one_rule() {
    let problems = load(&[pack("one", RULE), pack("two", RULE)]).expect_err("the same id twice");
    assert_eq!((problems[0].pack.as_str(), problems[0].path.as_str()), ("two", "/id"));
    assert!(problems[0].reason.contains("in one already"), "{}", problems[0].reason);
}

#[test]
fn a_problem_names_its_place_and_what_was_expected() {
    for (key, value, path, reason) in [
        (
            "severity",
            r#""awful""#,
            "/severity",
            "expected one of `info`, `low`, `medium`, `high`, `critical`",
        ),
        (
            "titel",
            r#""t""#,
            "/titel",
            "unknown field `titel`, expected one of `id`, `title`",
        ),
        ("plugin", r#""other""#, "/plugin", "expected \"log-signatures\""),
        ("id", r#""A B""#, "/id", "expected lower-case words"),
        ("title", r#"" ""#, "/title", "expected a sentence"),
        ("remedy", "[]", "/remedy", "at least one value"),
        ("patterns", "{}", "/patterns", "expected at least one"),
        (
            "patterns",
            r#"{"a": {"regexp": ""}}"#,
            "/patterns/a/regexp",
            "unknown field `regexp`",
        ),
        ("patterns", r#"{"a/b": "(?<user"}"#, "/patterns/a~1b", "has no `>`"),
        ("patterns", r#"{"a": ""}"#, "/patterns/a", "an empty expression"),
        (
            "fields",
            r#"{"a": "{usr}"}"#,
            "/fields/a",
            "expected one of: user, x, y",
        ),
        (
            "fields",
            r#"{"a": {"frist": []}}"#,
            "/fields/a/frist",
            "unknown variant `frist`",
        ),
        (
            "fields",
            r#"{"a": {"extra-name-parts": {"of": "{x}", "remembered": "m"}}}"#,
            "/fields/a/extra-name-parts/remembered",
            "from `remember`",
        ),
        ("group", r#"["usr"]"#, "/group/0", "expected one of: user"),
        ("message", r#""{""#, "/message", "is not closed"),
        (
            "compare",
            r#"{"nothing": "name"}"#,
            "/compare/nothing",
            "neither a capture nor a field",
        ),
        (
            "require",
            r#"[{"equal": ["{user}", "{no}"]}]"#,
            "/require/0/equal/1",
            "`{no}` is neither",
        ),
        (
            "outcomes",
            r#"[{"when": [{"present": "{no}"}]}]"#,
            "/outcomes/0/when/0/present",
            "`{no}` is neither",
        ),
        (
            "correlate",
            r#"{"count": {"patterns": "z", "at-least": 3, "within": "soon"}}"#,
            "/correlate/count/within",
            "expected one such as `10s`",
        ),
        (
            "correlate",
            r#"{"count": {"patterns": ["z", "a"], "at-least": 1, "within": "1s"}}"#,
            "/correlate/count/at-least",
            "from 2 to",
        ),
        (
            "correlate",
            r#"[{"each": "z"}, {"each": "b"}]"#,
            "/correlate/1/each",
            "`b` is no pattern of this rule; expected one of: z, a",
        ),
        ("correlate", r#"{"each": "z"}"#, "/patterns/a", "is never used"),
        (
            "correlate",
            r#"{"sequence": {"steps": [{"patterns": "z"}], "ends": ["a"], "within": "1s"}}"#,
            "/correlate/sequence/steps",
            "two or more",
        ),
        (
            "correlate",
            r#"{"sequence": {"steps": [{"patterns": "z"}, {"patterns": ["a", "z"]}], "within": "1s"}}"#,
            "/correlate/sequence/steps/1/patterns",
            "only once",
        ),
        (
            "correlate",
            r#"{"sequence": {"steps": [{"patterns": "z"}, {"patterns": "a", "optional": true}], "within": "1s"}}"#,
            "/correlate/sequence/steps/1/optional",
            "not to be optional",
        ),
        (
            "correlate",
            r#"{"sequence": {"steps": [{"patterns": "z"}, {"patterns": "a"}], "key": ["no"], "within": "1s"}}"#,
            "/correlate/sequence/key/0",
            "no pattern captures `no`",
        ),
        ("rules", "[]", "/id", "beside `rules`"),
    ] {
        let found = with(key, value);
        assert!(
            found.iter().any(|(at, why)| at == path && why.contains(reason)),
            "{key}: {value}\nexpected {path}: {reason}\nfound {found:?}"
        );
    }
}

#[test]
fn what_is_no_pack_at_all_is_said() {
    assert!(
        problems("{")
            .iter()
            .any(|(path, reason)| path.is_empty() && reason.contains("no JSON text"))
    );
    assert!(
        problems("[]")
            .iter()
            .any(|(_, reason)| reason.contains("expected a rule"))
    );
    assert!(
        problems("{}")
            .iter()
            .any(|(_, reason)| reason.contains("missing field `id`"))
    );
}
