//! The language of packs, word by word: what a rule says of small sites.
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test that meets what it did not expect ends, and says where"
)]

mod site;

use std::sync::LazyLock;

use casebook_plugin_configs::{ConfigRules, Rule, Site};
use config_checks::ConfigChecks;
use proptest::prelude::*;
use serde_json::{Map, Value, json};
use site::flat::Flat;
use site::{Found, check, draw, load, packs};

/// A rule with this check, as YAML in its own lines.
fn pack(body: &str) -> String {
    let body = body.replace('\n', "\n  ");
    format!("plugin: config-checks\nid: a\ntitle: t\nseverity: high\nsymptom: s\ncause: c\nremedy: r\n{body}")
        .replace("\n  check:", "\ncheck:")
        .replace("\n  when:", "\nwhen:")
}

fn found_with(facts: Value, body: &str, files: &[(&str, &str)]) -> Vec<Found> {
    let facts: Map<String, Value> = facts.as_object().expect("facts").clone();
    let text = pack(body);
    let (plugin, _) = load(&text).unwrap_or_else(|problems| panic!("{text}\n{problems:#?}"));
    let site = draw(&facts, files.iter().copied()).expect("a site that can be drawn");
    check(&plugin, &site)
}

fn found(body: &str, files: &[(&str, &str)]) -> Vec<Found> {
    found_with(json!({}), body, files)
}

/// File and line of each finding, with its message.
fn shown(found: &[Found]) -> Vec<String> {
    found
        .iter()
        .map(|one| format!("{}:{} {}", one.file, one.line, one.message))
        .collect()
}

const ITEMS: &str = "<r>\n<i n='a' v='1'/>\n<i n='b' v=''/>\n<i n='c'/>\n<i n='d' v='8.5.5.9'/>\n</r>";

/// The names of the items for which a condition does not hold.
fn fails(condition: &str) -> String {
    let body = format!(
        "check:\n  each: {{ kind: xml, path: //i }}\n  values: {{ n: '@n', v: '@v' }}\n  must: [{condition}]\n  message: '{{n}}'"
    );
    let found = found(&body, &[("a.xml", ITEMS)]);
    found.iter().map(|one| one.message.as_str()).collect()
}

#[test]
fn a_condition_that_cannot_be_told_makes_no_finding() {
    for (condition, failing) in [
        ("{ present: '{v}' }", "bc"),
        ("{ missing: '{v}' }", "ad"),
        ("{ absent: '{v}' }", "abd"),
        ("{ not: { absent: '{v}' } }", "c"),
        ("{ equal: ['{v}', '1'] }", "bd"),
        ("{ differ: ['{v}', '1'] }", "a"),
        ("{ one-of: { value: '{v}', any: ['1', ''] } }", "d"),
        ("{ none-of: { value: '{v}', any: ['1', ''] } }", "ab"),
        ("{ matches: ['{v}', '^[0-9.]+$'] }", "b"),
        ("{ matches-not: ['{v}', '^[0-9.]+$'] }", "ad"),
        ("{ contains: ['{v}', '5'] }", "ab"),
        ("{ contains-not: ['{v}', '5'] }", "d"),
        ("{ at-least: ['{v}', '8.5.5.12'] }", "abd"),
        ("{ below: ['{v}', '8.5.5.12'] }", ""),
        ("{ any: [{ absent: '{v}' }, { equal: ['{v}', '1'] }] }", "bd"),
        ("{ any: [{ equal: ['{v}', '1'] }, { equal: ['{n}', 'd'] }] }", "b"),
        ("{ all: [{ present: '{v}' }, { differ: ['{v}', '1'] }] }", "abc"),
        ("{ present: ['{n}', '{v}'], differ: ['{v}', '1'] }", "abc"),
        ("{ if: [{ present: '{v}' }], equal: ['{v}', '1'] }", "d"),
        ("{ if: [{ equal: ['{v}', '1'] }], equal: ['{n}', 'x'] }", "a"),
        ("{ equal: ['{v}-', '-'] }", "ad"),
    ] {
        assert_eq!(fails(condition), failing, "{condition}");
    }
}

#[test]
fn the_first_requirement_that_does_not_hold_speaks() {
    let body = "check:\n  each: { kind: xml, path: //i }\n  values: { n: '@n', v: '@v' }\n  must:\n  - { present: '{v}', message: 'no value: {n}', severity: low, fields: { wanted: any } }\n  - { below: ['{v}', '8'] }\n  fields: { found: '{v}', wanted: below 8 }\n  message: 'too late: {n} {found}'";
    let found = found(body, &[("a.xml", ITEMS)]);
    assert_eq!(
        shown(&found),
        [
            "a.xml:3 no value: b",
            "a.xml:4 no value: c",
            "a.xml:5 too late: d 8.5.5.9"
        ]
    );
    let wanted: Vec<Option<&str>> = found.iter().map(|one| one.field("wanted")).collect();
    assert_eq!(wanted, [Some("any"), Some("any"), Some("below 8")]);
    assert_eq!(
        (found[0].field("found"), found[1].field("found")),
        (Some("(empty)"), Some("(missing)")),
        "empty is not absent, and both are said"
    );
    assert!(found[0].severity.is_some() && found[2].severity.is_none());
    assert!(
        found[0].group != found[2].group,
        "not grouped: file and fields tell them apart"
    );
}

#[test]
fn attributes_can_be_subjects() {
    let body = "check:\n  each: { kind: xml, path: ['//i/@v', '//i/@n'] }\n  values: { own: '.', name: name(), n: ../@n, above: ../../@x }\n  message: '{name}={own} of {n} in {above}'";
    let found = found(body, &[("a.xml", "<r x='X'>\n<i n='a' v='1'/>\n<i n='b'/>\n</r>")]);
    let mut messages = shown(&found);
    messages.sort();
    assert_eq!(
        messages,
        [
            "a.xml:2 n=a of a in X",
            "a.xml:2 v=1 of a in X",
            "a.xml:3 n=b of b in X"
        ]
    );
}

#[test]
fn values_build_on_values() {
    let body = r"check:
  each: { kind: properties, path: //url }
  values:
    url: '.'
    parts: { match: { of: '{url}', regex: '^(?<scheme>[a-z]+)://(?<host>[^:/]+)(?::(?<port>[0-9]+))?' } }
    port: { first: ['{parts.port}', '{default}x', '443'] }
    host: { lowercase: '{parts.host}' }
    default: { path: [../missing, ../default] }
  message: '{parts.scheme} {host} {port} {default} {parts}'"
        .replace("'{default}x', ", "");
    let text = "url=https://Host.acme.example/x\nurl=http://b:80\ndefault=d\nurl=nothing";
    let found = found(&body, &[("a.properties", text)]);
    assert_eq!(
        shown(&found),
        [
            "a.properties:1 https host.acme.example 443 d https://Host.acme.example",
            "a.properties:2 http b 80 d http://b:80",
            "a.properties:4   443 d ",
        ]
    );
}

#[test]
fn what_is_missing_is_missing_in_documents_that_are_there() {
    let body = |place: &str| {
        format!(
            "check:\n  each: {{ kind: wimconfig.xml, path: //realm }}\n  none: {{ in: {place}, message: 'none in {{document.name}}', fields: {{ wanted: one }} }}\n  group: [document.cell]"
        )
    };
    let (with, without) = ("<c>\n<realm/></c>", "<c/>");
    let a = ("x/cells/A/wimconfig.xml", without);
    let b = ("x/cells/B/wimconfig.xml", with);
    let c = ("y/cells/A/wimconfig.xml", without);
    let per_document = found(&body("document"), &[a, b, c]);
    assert_eq!(
        shown(&per_document),
        [
            "x/cells/A/wimconfig.xml:1 none in wimconfig.xml",
            "y/cells/A/wimconfig.xml:1 none in wimconfig.xml"
        ]
    );
    assert_eq!(per_document[0].group, per_document[1].group);
    assert_eq!(per_document[0].field("wanted"), Some("one"));
    assert!(found(&body("environment"), &[a, b, c]).is_empty());
    let nowhere = found(&body("environment"), &[a, c]);
    assert_eq!(nowhere.len(), 1);
    assert_eq!(
        nowhere[0].places,
        ["x/cells/A/wimconfig.xml:1", "y/cells/A/wimconfig.xml:1"]
    );
    assert!(
        found(&body("environment"), &[("a.xml", without)]).is_empty(),
        "no document of the kind proves nothing"
    );
    assert!(found(&body("document"), &[]).is_empty());
}

const AGAINST: &str = "check:
  each: { kind: security.xml, path: //use }
  values: { alias: '@alias', protocol: '@protocol' }
  against:
    kind: security.xml
    path: //config
    same: [cell]
    values: { alias: '@alias', protocol: '@protocol' }
    where: [{ equal: ['{alias}', '{other.alias}'] }]
    none: { severity: low, message: 'nothing is called {alias}' }
  must: [{ equal: ['{protocol}', '{other.protocol}'] }]
  fields: { found: '{protocol}', wanted: '{other.protocol}' }
  message: '{alias} is {other.protocol} in {other.document.file}'";

#[test]
fn two_sides_are_compared_where_they_belong_together() {
    let found = found(
        AGAINST,
        &[
            (
                "cells/A/security.xml",
                "<s>\n<config alias='x' protocol='1'/>\n<config alias='y' protocol='1'/></s>",
            ),
            (
                "cells/A/nodes/n/security.xml",
                "<s>\n<use alias='x' protocol='1'/>\n<use alias='y' protocol='2'/>\n<use alias='z' protocol='1'/>\n<use protocol='1'/></s>",
            ),
            (
                "cells/B/security.xml",
                "<s>\n<use alias='x' protocol='2'/><config alias='z' protocol='9'/></s>",
            ),
        ],
    );
    assert_eq!(
        shown(&found),
        [
            "cells/A/nodes/n/security.xml:3 y is 1 in cells/A/security.xml",
            "cells/A/nodes/n/security.xml:4 nothing is called z",
            "cells/A/nodes/n/security.xml:5 nothing is called ",
            "cells/B/security.xml:2 nothing is called x",
        ]
    );
    assert_eq!(
        found[0].places,
        ["cells/A/nodes/n/security.xml:3", "cells/A/security.xml:3"]
    );
    assert_eq!(
        (found[0].field("found"), found[0].field("wanted")),
        (Some("2"), Some("1"))
    );
    assert_eq!((found[1].field("found"), found[1].field("wanted")), (Some("1"), None));
}

#[test]
fn what_a_path_does_not_say_is_not_compared_and_all_that_disagree_are_shown() {
    let config = "<s><config alias='x' protocol='1'/></s>";
    let found = found(
        AGAINST,
        &[
            ("a/security.xml", "<s><use alias='x' protocol='2'/></s>"),
            ("cells/A/security.xml", config),
            ("cells/B/security.xml", config),
        ],
    );
    assert_eq!(found.len(), 1);
    assert_eq!(
        found[0].places,
        ["a/security.xml:1", "cells/A/security.xml:1", "cells/B/security.xml:1"]
    );
}

#[test]
fn nobody_is_its_own_other_and_one_document_can_have_both_sides() {
    let body = "check:
  each: { kind: xml, path: //i }
  values: { n: '@n' }
  against:
    kind: xml
    path: //i
    same: [file]
    values: { n: '@n' }
    where: [{ equal: ['{other.n}', '{n}'] }]
  message: '{n} comes twice'";
    let twice = "<r>\n<i n='a'/>\n<i n='b'/>\n<i n='a'/></r>";
    let found = found(body, &[("a.xml", twice), ("b.xml", "<r><i n='b'/></r>")]);
    assert_eq!(shown(&found), ["a.xml:2 a comes twice", "a.xml:4 a comes twice"]);
    assert_eq!(found[0].places, ["a.xml:2", "a.xml:4"]);
}

#[test]
fn no_other_where_none_can_be_is_no_finding() {
    let subject = ("cells/A/security.xml", "<s><use alias='x'/></s>");
    let body = AGAINST.replace("    kind: security.xml", "    kind: wimconfig.xml");
    assert!(found(&body, &[subject]).is_empty());
    assert!(found(&body, &[subject, ("cells/B/wimconfig.xml", "<c/>")]).is_empty());
    assert_eq!(found(&body, &[subject, ("cells/A/wimconfig.xml", "<c/>")]).len(), 1);
}

const WHEN: &str = "when:
  products: { websphere: '>=8.5 <9' }
  role: sip-proxy-registrar
  unknown: That depends.
check:
  each: { kind: server.xml, path: //p }
  values: { v: '@v' }
  must: [{ equal: ['{v}', 'good'] }]
  message: '{v}'";

#[test]
fn a_rule_is_silent_where_it_does_not_apply_and_says_what_it_does_not_know() {
    let server = |v: &str| format!("<s>\n<p v='{v}'/>\n</s>");
    let bad = server("bad");
    let path = "cells/C/nodes/N1/servers/S1/server.xml";
    let host = |role: &str| json!({"node": "n1", "servers": ["S1"], "roles": [role]});
    let facts = |version: &str, role: &str| json!({"products": {"websphere": version}, "hosts": [host(role)]});
    let found_in = |facts: Value, text: &str| found_with(facts, WHEN, &[(path, text)]);
    assert_eq!(
        shown(&found_in(facts("8.5.5.12", "sip-proxy-registrar"), &bad)),
        [format!("{path}:2 bad")]
    );
    assert!(found_in(facts("9.0", "sip-proxy-registrar"), &bad).is_empty());
    assert!(found_in(facts("8.5.5.12", "meeting"), &bad).is_empty());
    assert!(
        found_in(json!({"hosts": [host("meeting")]}), &bad).is_empty(),
        "one no is enough"
    );
    assert!(
        found_in(json!({}), &server("good")).is_empty(),
        "nothing is asked where nothing is wrong"
    );
    let unknown = found_in(json!({"hosts": [host("sip-proxy-registrar")]}), &bad);
    assert_eq!(
        shown(&unknown),
        [format!(
            "{path}:2 That depends. Give `products.websphere` in environment.toml to check this."
        )]
    );
    assert_eq!(unknown[0].field("lacks"), Some("products.websphere"));
    let unknown = found_in(json!({"products": {"websphere": "8.5"}}), &bad);
    assert_eq!(unknown[0].field("lacks"), Some("hosts"));
    assert_eq!(format!("{:?}", unknown[0].severity), "Some(Severity::Info)");
}

#[test]
fn a_fact_that_is_not_known_makes_one_finding_for_all_places() {
    let body = "check:\n  each: { kind: xml, path: //i }\n  values: { v: '@v' }\n  must: [{ equal: ['{v}', '{facts.meetings.host}'] }]\n  message: 'not {facts.meetings.host}'";
    let files = [("a.xml", "<r>\n<i v='m'/>\n<i v='x'/>\n<i/></r>")];
    let unknown = found(body, &files);
    assert_eq!(unknown.len(), 1);
    assert_eq!(unknown[0].places, ["a.xml:2", "a.xml:3"]);
    assert_eq!(unknown[0].field("lacks"), Some("meetings.host"));
    let known = found_with(json!({"meetings": {"host": "m"}}), body, &files);
    assert_eq!(shown(&known), ["a.xml:3 not m"]);
}

#[test]
fn something_elsewhere_decides_whether_a_rule_applies() {
    let body = |key: &str, same: &str| {
        format!(
            "when:\n  {key}: {{ kind: xml, path: //widget, same: [{same}] }}\ncheck:\n  each: {{ kind: server.xml, path: //p }}\n  message: here"
        )
    };
    let (server, widget) = ("<s><p/></s>", "<w><widget/></w>");
    let a = ("cells/A/server.xml", server);
    let b = ("cells/B/server.xml", server);
    let files = |found: Vec<Found>| found.into_iter().map(|one| one.file).collect::<Vec<_>>();
    let in_a = ("cells/A/w.xml", widget);
    assert_eq!(
        files(found(&body("present", ""), &[a, b, in_a])),
        ["cells/A/server.xml", "cells/B/server.xml"]
    );
    assert_eq!(
        files(found(&body("present", "cell"), &[a, b, in_a])),
        ["cells/A/server.xml"]
    );
    assert_eq!(
        files(found(&body("absent", "cell"), &[a, b, in_a])),
        ["cells/B/server.xml"]
    );
    assert!(found(&body("present", ""), &[a, b]).is_empty());
    assert!(found(&body("absent", ""), &[a, in_a]).is_empty());
    assert_eq!(
        files(found(&body("present", "cell"), &[a, b, ("w.xml", widget)])).len(),
        2
    );
}

#[test]
fn files_are_told_apart_by_their_names_and_groups_by_what_the_pack_says() {
    let body = "check:\n  each: { kind: xml, files: ['Plugin-*.xml'], path: //p }\n  values: { v: '@v' }\n  fields: { v: '{v}', extra: x }\n  group: [document.cell, v]\n  message: here";
    let p = "<s><p v='1'/></s>";
    let found = found(
        body,
        &[
            ("cells/A/plugin-cfg.xml", p),
            ("b/cells/A/plugin-2.xml", p),
            ("cells/A/other.xml", p),
            ("cells/B/plugin-cfg.xml", p),
        ],
    );
    assert_eq!(found.len(), 3);
    let groups: std::collections::BTreeSet<&str> = found.iter().map(|one| one.group.as_str()).collect();
    assert_eq!(groups.len(), 2);
}

#[test]
fn the_place_of_a_finding_is_where_its_value_stands() {
    let body = "check:\n  each: { kind: xml }\n  values: { deep: //deep, other-one: //nothing }\n  must: [{ equal: ['{deep}', 'x'] }]\n  at: [other-one, deep]\n  message: '{deep}'";
    let found = found(body, &[("a.xml", "<r>\n\n<a>\n<deep>y</deep></a></r>")]);
    assert_eq!(found[0].places, ["a.xml:4"]);
}

#[test]
fn too_many_findings_are_counted_and_long_values_are_cut() {
    let body = "check:\n  each: { kind: xml, path: //i }\n  values: { v: '@v' }\n  message: '{v}'";
    let items = format!("<r>{}</r>", "<i v='1'/>".repeat(1_500));
    let long = format!("<r><i v='{}'/></r>", "x".repeat(100_000));
    let (plugin, _) = load(&pack(body)).expect("a sound pack");
    let site = draw(&Map::new(), [("a.xml", items.as_str()), ("b.xml", long.as_str())]).expect("a site");
    let (findings, lines) = plugin.judge(&site);
    assert_eq!(findings.len(), 1_001, "the last one says how many there are");
    assert_eq!(
        lines,
        [
            "a: of values over 65536 bytes only the beginning was looked at",
            "a: 1000 findings of this rule are shown, 501 more are not: look at them as one problem",
        ]
    );
    let site = draw(&Map::new(), [("b.xml", long.as_str())]).expect("a site");
    assert_eq!(plugin.judge(&site).0[0].message.chars().count(), 1_001);
}

/// Sites of few documents that look a little like the files that rules are about.
fn any_site() -> impl Strategy<Value = Site> {
    let kinds = [
        ("a/cells/C/widgets-config.xml", "widgets-config.xml", "xml"),
        ("b/stproxyconfig.xml", "stproxyconfig.xml", "xml"),
        (
            "c/managed-community-configs.xml",
            "managed-community-configs.xml",
            "xml",
        ),
        ("d/cells/C/security.xml", "security.xml", "xml"),
        ("e/notes.ini", "notes.ini", "ini"),
        ("f/a.properties", "properties", "properties"),
    ];
    let names = [
        "widgetDef",
        "item",
        "proxyServerURL",
        "managed-community",
        "managed-community-action",
        "tls.protocol",
        "backend.url",
        "listen",
        "use",
        "config:realms",
        "",
    ];
    let keys = [
        "name",
        "value",
        "defId",
        "url",
        "iconUrl",
        "id",
        "host",
        "type",
        "authType",
        "authServerUrl",
        "alias",
        "é",
    ];
    let values = prop::sample::select(vec![
        "",
        "sametimeMeetingsServerUrl",
        "Meeting Rooms",
        "https://m:443",
        "c:\\x",
        "reset",
        "add",
        "TAM-SPNEGO",
        "ä{}\u{0}",
        "1.2.3",
    ]);
    let attributes = prop::collection::vec((prop::sample::select(keys.to_vec()), values.clone()), 0..4);
    let node = (any::<u32>(), prop::sample::select(names.to_vec()), values, attributes);
    let document = (prop::sample::select(kinds.to_vec()), prop::collection::vec(node, 0..30));
    prop::collection::vec(document, 0..6).prop_map(|documents| {
        let mut site = Flat::new("{}");
        for ((file, kind, syntax), nodes) in documents {
            site.begin(file, kind, syntax, vec![("cell".to_owned(), "C".to_owned())]);
            site.node(0, "root", "", 1, Vec::new());
            for (number, (parent, name, value, attributes)) in (1..).zip(nodes) {
                let attributes = attributes
                    .into_iter()
                    .map(|(name, value)| (name.to_owned(), value.to_owned()));
                site.node(parent % number, name, value, number, attributes.collect());
            }
        }
        site.into_site().expect("a sound site")
    })
}

/// The plugin with all packs of the repository, loaded once.
static ALL: LazyLock<(ConfigChecks, Vec<Rule>)> = LazyLock::new(|| ConfigChecks::load(packs()).expect("sound packs"));

proptest! {
    #[test]
    fn no_site_makes_a_rule_panic_or_point_nowhere(site in any_site()) {
        let (plugin, rules) = &*ALL;
        let found = check(plugin, &site);
        prop_assert!(found.len() <= 1_001 * rules.len());
        for one in &found {
            prop_assert!((one.rule as usize) < rules.len() && !one.message.is_empty());
            prop_assert!(one.message.len() < 20_000);
        }
        prop_assert_eq!(found, check(plugin, &site), "the same site, the same findings");
    }
}
