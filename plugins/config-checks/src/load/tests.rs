use serde_json::{Value, json};

use super::*;

fn rule() -> Value {
    json!({
        "plugin": "config-checks", "formats": [],
        "id": "a-b", "title": "t", "severity": "high", "symptom": "s", "cause": "c",
        "remedy": ["one", "two"], "cost": "time",
        "explains": ["x", {"rule": "y", "same": ["node"]}], "explained-by": ["z"],
        "check": {
            "each": {"kind": "xml", "path": "//item"},
            "values": {"url": "@url", "parts": {"match": {"of": "{url}", "regex": "(?<host>[a-z]+)(?<port>:[0-9]+)?"}}},
            "must": [{"missing": "{parts.port}"}],
            "fields": {"found": "{url}"}, "group": ["found"], "message": "{url} has {parts.port}."
        }
    })
}

fn load_json(json: &Value) -> Result<(Vec<Judge>, Vec<Rule>), Vec<Problem>> {
    load(&[Pack {
        name: "p.yaml".to_owned(),
        json: json.to_string(),
    }])
}

/// The problems of the rule with the value at one place replaced, or added.
fn with(pointer: &str, value: Value) -> Vec<(String, String)> {
    let mut rule = rule();
    let (above, key) = pointer.rsplit_once('/').unwrap();
    match rule.pointer_mut(above).unwrap() {
        Value::Object(entries) => {
            entries.insert(key.to_owned(), value);
        }
        other => panic!("{above}: {other}"),
    }
    let problems = load_json(&rule).map(|_| ()).err().unwrap_or_default();
    problems
        .into_iter()
        .map(|problem| (problem.path, problem.reason))
        .collect()
}

#[test]
fn a_rule_is_described_to_the_host() {
    let (judges, rules) = load_json(&rule()).unwrap();
    assert_eq!(judges.len(), 1);
    let rule = &rules[0];
    assert_eq!(rule.remedy, "1. one\n2. two\nWhat it costs: time");
    assert!(rule.patterns.is_empty());
    assert_eq!(
        rule.attributes,
        [
            (
                "explains".to_owned(),
                r#"[{"rule":"x","same":[]},{"rule":"y","same":["node"]}]"#.to_owned()
            ),
            ("explained-by".to_owned(), r#"[{"rule":"z","same":[]}]"#.to_owned()),
        ]
    );
}

#[test]
fn the_host_hands_over_only_what_a_rule_looks_at() {
    let mut rule = rule();
    rule["when"] = json!({"present": {"kind": "widgets-config.xml", "path": "//widgetDef[@defId='Meeting Rooms']"}});
    rule["check"]["each"] =
        json!({"kind": ["server.xml", "security.xml"], "files": ["s*.xml"], "path": "//a[b/@x='1']"});
    rule["check"]["values"]["url"] = json!({"path": ["../c/@url", "@url"]});
    rule["check"]["against"] = json!({"kind": "xml", "path": "//@d"});
    let (judges, _) = load_json(&rule).unwrap();
    let wants: Vec<String> = judges[0]
        .wants()
        .iter()
        .map(|interest| format!("{} {:?} {:?}", interest.kind, interest.files, interest.nodes))
        .collect();
    assert_eq!(
        wants,
        [
            r#"server.xml ["s*.xml"] ["a", "b", "c"]"#,
            r#"security.xml ["s*.xml"] ["a", "b", "c"]"#,
            "xml [] []",
            r#"widgets-config.xml [] ["widgetDef"]"#,
        ]
    );
}

#[test]
fn several_rules_stand_in_a_list_and_an_id_belongs_to_one_of_them() {
    let mut first = rule();
    let keys = first.as_object_mut().unwrap();
    keys.remove("plugin");
    keys.remove("formats");
    let mut second = first.clone();
    second["id"] = "c".into();
    let pack = |rules: &[&Value]| json!({"plugin": "config-checks", "rules": rules});
    let (judges, rules) = load_json(&pack(&[&first, &second])).unwrap();
    let ids: Vec<&str> = judges.iter().map(|judge| judge.id.as_str()).collect();
    assert_eq!((ids, rules.len()), (vec!["a-b", "c"], 2));
    let problems = load_json(&pack(&[&first, &first])).unwrap_err();
    assert_eq!(problems[0].path, "/rules/1/id");
    assert!(
        problems[0].reason.contains("in p.yaml already"),
        "{}",
        problems[0].reason
    );
}

#[test]
fn a_problem_names_its_place_and_what_was_expected() {
    let no_message = json!({"each": {"kind": "xml"}, "must": [{"absent": "{document.cell}"}]});
    for (pointer, value, path, reason) in [
        (
            "/severity",
            json!("awful"),
            "/severity",
            "expected one of `info`, `low`",
        ),
        (
            "/titel",
            json!("t"),
            "/titel",
            "unknown field `titel`, expected one of `id`, `title`",
        ),
        ("/plugin", json!("other"), "/plugin", "expected \"config-checks\""),
        ("/id", json!("A B"), "/id", "expected lower-case words"),
        ("/cause", json!(" "), "/cause", "expected a sentence"),
        ("/remedy", json!([]), "/remedy", "at least one value"),
        ("/code", json!("x"), "/code", "the rule has `check` too"),
        ("/parameters", json!({"a": 1}), "/parameters", "only a check in `code`"),
        (
            "/explains",
            json!([{"rule": "x", "some": []}]),
            "/explains/0/some",
            "unknown field `some`",
        ),
        ("/check", json!([]), "/check", "an empty list"),
        (
            "/check",
            json!([no_message]),
            "/check/must/0",
            "no message says what was found",
        ),
        (
            "/check/each",
            json!({"kind": "securty.xml"}),
            "/check/each/kind",
            "is no kind of document; expected one of: ",
        ),
        (
            "/check/each",
            json!({"kind": "folder"}),
            "/check/each/kind",
            "is no kind of document",
        ),
        (
            "/check/each/files",
            json!(["a/b.xml"]),
            "/check/each/files/0",
            "is no name of a file",
        ),
        (
            "/check/each/path",
            json!("//item[@a=b]"),
            "/check/each/path",
            "expected a text in quotes",
        ),
        ("/check/each/path", json!("item"), "/check/each/path", "begins nowhere"),
        (
            "/check/each/path",
            json!(["//a", "//@b"]),
            "/check/each/path",
            "expected one sort",
        ),
        (
            "/check/each",
            json!({"kind": "notes.ini", "path": "//ServerTasks"}),
            "/check/each/path",
            "expected `servertasks`, not `ServerTasks`",
        ),
        (
            "/check/each/path",
            json!("//item/@url"),
            "/check/values/url",
            "the subject is an attribute",
        ),
        (
            "/check/values/url",
            json!("@"),
            "/check/values/url",
            "`@` ends too soon",
        ),
        (
            "/check/values/url",
            json!({"frist": []}),
            "/check/values/url/frist",
            "unknown variant `frist`",
        ),
        (
            "/check/values/other",
            json!("."),
            "/check/values/other",
            "a meaning of their own",
        ),
        (
            "/check/values/a.b",
            json!("."),
            "/check/values/a.b",
            "a meaning of their own",
        ),
        (
            "/check/values/url",
            json!({"first": ["{parts}"]}),
            "/check/values/url/first",
            "stands for nothing",
        ),
        (
            "/check/values/parts",
            json!({"match": {"of": "{url}", "regex": "("}}),
            "/check/values/parts/match/regex",
            "is no regular expression",
        ),
        (
            "/check/values/parts",
            json!({"match": {"of": "{url}", "regex": "(?<host>.)(?<port>(\\w{1,500}){1,500})"}}),
            "/check/values/parts/match/regex",
            "is no regular expression",
        ),
        ("/check/must", json!([{}]), "/check/must/0", "nothing is asked here"),
        (
            "/check/must",
            json!([{"mising": "x"}]),
            "/check/must/0/mising",
            "unknown field `mising`",
        ),
        (
            "/check/must",
            json!([{"present": "{ulr}"}]),
            "/check/must/0/present",
            "expected one of: parts, parts.host",
        ),
        (
            "/check/must",
            json!([{"equal": ["{url}"]}]),
            "/check/must/0/equal",
            "expected an array of length 2",
        ),
        (
            "/check/must",
            json!([{"equal": ["a", "{other.x}"]}]),
            "/check/must/0/equal/1",
            "expected `against`",
        ),
        (
            "/check/must",
            json!([{"matches": ["a", "["]}]),
            "/check/must/0/matches/1",
            "is no regular expression",
        ),
        (
            "/check/must",
            json!([{"any": [{"not": {"none-of": {"value": "a", "any": ["b", "}"]}}}]}]),
            "/check/must/0/any/0/not/none-of/any/1",
            "closes nothing",
        ),
        (
            "/check/must",
            json!([{"absent": "{url}", "if": [{}]}]),
            "/check/must/0/if/0",
            "nothing is asked here",
        ),
        (
            "/check/must",
            json!([{"absent": "{url}", "fields": {"a": "{"}}]),
            "/check/must/0/fields/a",
            "is not closed",
        ),
        (
            "/check/none",
            json!({"in": "cell", "message": "m"}),
            "/check/none/in",
            "expected `document` or `environment`",
        ),
        (
            "/check/none",
            json!({"message": "{url}"}),
            "/check/none/message",
            "stands for nothing",
        ),
        ("/check/at", json!(["ulr"]), "/check/at/0", "none of the `values`"),
        (
            "/check/fields",
            json!({"found": "{ulr}"}),
            "/check/fields/found",
            "stands for nothing",
        ),
        (
            "/check/group",
            json!(["wanted"]),
            "/check/group/0",
            "stands for nothing",
        ),
        (
            "/check/group",
            json!(["other.x"]),
            "/check/group/0",
            "expected `against`",
        ),
        ("/check/message", json!("}"), "/check/message", "closes nothing"),
        (
            "/check/against",
            json!({"kind": "xml", "same": ["cell", "node", "server", "file", "profile"]}),
            "/check/against/same",
            "at most 4",
        ),
        (
            "/check/against",
            json!({"kind": "xml", "same": ["host"]}),
            "/check/against/same/0",
            "unknown variant `host`",
        ),
        (
            "/check/against",
            json!({"kind": "xml", "values": {"a": {"lowercase": "{url}"}}}),
            "/check/against/values/a/lowercase",
            "stands for nothing",
        ),
        (
            "/when",
            json!({"products": {"was": "8.x <"}}),
            "/when/products/was",
            "is no range of versions",
        ),
        (
            "/when",
            json!({"present": [{"kind": "xml"}, {"kind": "x"}]}),
            "/when/present/1/kind",
            "is no kind of document",
        ),
        ("/when", json!({"roles": "r"}), "/when/roles", "unknown field `roles`"),
        ("/rules", json!([]), "/id", "beside `rules`"),
    ] {
        let found = with(pointer, value.clone());
        assert!(
            found.iter().any(|(at, why)| at == path && why.contains(reason)),
            "{pointer}: {value}\nexpected {path}: {reason}\nfound {found:#?}"
        );
    }
}

#[test]
fn what_is_no_rule_at_all_is_said() {
    let problems = |json: &str| {
        let pack = Pack {
            name: "p".to_owned(),
            json: json.to_owned(),
        };
        load(&[pack]).unwrap_err()
    };
    for (json, reason) in [
        ("{", "no JSON text"),
        ("[]", "expected a rule"),
        ("{}", "missing field `id`"),
    ] {
        assert!(problems(json)[0].reason.contains(reason), "{json}");
    }
    let mut nothing = rule();
    nothing.as_object_mut().unwrap().remove("check");
    assert!(
        load_json(&nothing).unwrap_err()[0]
            .reason
            .contains("expected `check` or `code`")
    );
}
