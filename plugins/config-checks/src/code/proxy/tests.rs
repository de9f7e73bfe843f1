//! Drawn proxy configurations.

use casebook_plugin_configs::{DrawnDocument, DrawnSite, Finding, Severity};
use proptest::prelude::*;

use super::POLICY;
use crate::code::trial::{field, groups, judged};

const WIDGETS: &str = "config/cells/C/LotusConnections-config/widgets-config.xml";
const SHARED: &str = "config/cells/C/LotusConnections-config/proxy-config.tpl";
const COMMUNITIES: &str = "config/cells/C/LotusConnections-config/proxy-communities-config.tpl";

fn widget(site: &mut DrawnSite, address: &str) {
    let mut file = site.document(WIDGETS, "widgets-config.xml", "xml", &[("cell", "C")], "config");
    let definition = file.node(0, "widgetDef", "", 3, &[("defId", "Meeting Rooms")]);
    let set = file.node(definition, "itemSet", "", 4, &[]);
    file.node(
        set,
        "item",
        "",
        5,
        &[("name", "sametimeMeetingsServerUrl"), ("value", address)],
    );
}

fn proxy<'d>(site: &'d mut DrawnSite, file: &str) -> DrawnDocument<'d> {
    let mut document = site.document(file, "proxy-config.tpl", "xml", &[("cell", "C")], "proxy:config");
    document.node(0, "proxy:proxy-rules", "", 2, &[]);
    document
}

/// A policy with its elements, each listing what is needed.
fn policy(document: &mut DrawnDocument<'_>, line: u32, url: &str, elements: &[&str]) {
    let policy = document.node(1, "proxy:policy", "", line, &[("url", url)]);
    for element in elements {
        let (name, kind) = element.split_once(' ').unwrap_or((element, ""));
        let parent = document.node(policy, &format!("proxy:{name}"), "", line, &[]);
        match (name, kind) {
            (_, "empty") => {}
            ("actions", "get") => drop(document.node(parent, "proxy:method", "GET", line, &[])),
            ("actions", _) => {
                document.node(parent, "proxy:method", "GET", line, &[]);
                document.node(parent, "proxy:method", "POST", line, &[]);
            }
            _ => drop(document.node(parent, "proxy:cookie", "JSESSIONID", line, &[])),
        }
    }
}

const GOOD: &[&str] = &["actions", "headers", "cookies"];

fn with(address: &str, policies: &[(&str, &[&str])]) -> Vec<Finding> {
    let mut site = DrawnSite::new("acme", "{}");
    widget(&mut site, address);
    let mut document = proxy(&mut site, SHARED);
    for (line, (url, elements)) in policies.iter().enumerate() {
        policy(&mut document, u32::try_from(line).unwrap() + 10, url, elements);
    }
    judged(&POLICY, site)
}

#[test]
fn a_policy_that_covers_the_widget_is_right() {
    for (address, url) in [
        ("https://meetings.acme.example", "https://meetings.acme.example/*"),
        ("https://meetings.acme.example:443", "https://MEETINGS.acme.example/*"),
        (
            "https://meetings.acme.example/stmeetings",
            "https://meetings.acme.example/stmeetings/*",
        ),
        (
            "http://meetings.acme.example:9080",
            "http://meetings.acme.example:9080/*",
        ),
        ("meetings.acme.example", "https://meetings.acme.example/*"),
    ] {
        assert_eq!(
            groups(&with(address, &[("{activitiesSvcRef}/*", GOOD), (url, GOOD)])),
            [""; 0],
            "{url}"
        );
    }
}

#[test]
fn a_policy_that_does_not_cover_it_says_why() {
    for (url, elements, verdict) in [
        ("https://files.acme.example/*", GOOD, "Absent"),
        ("https://meetings.acme.example/other/*", GOOD, "Absent"),
        ("https://meetings.acme.example", GOOD, "Short"),
        ("https://meetings.acme.example/stmeetings/", GOOD, "Short"),
        ("meetings.acme.example", &["actions empty"], "Refused"),
        ("https://meetings.acme.example/*", &["actions get"], "Refused"),
        ("http://meetings.acme.example/*", GOOD, "Elsewhere"),
        ("https://meetings.acme.example:9443/*", GOOD, "Elsewhere"),
        ("https://meetings.acme.example*", GOOD, "TooFar"),
    ] {
        let findings = with("https://meetings.acme.example", &[(url, elements)]);
        assert_eq!(
            groups(&findings),
            [format!("C {verdict} meetings.acme.example")],
            "{url}"
        );
        assert_eq!(findings[0].severity, (verdict == "TooFar").then_some(Severity::Low));
    }
}

#[test]
fn the_policy_for_every_address_serves_only_if_it_lets_the_widget_post() {
    let delivered = with(
        "https://meetings.acme.example",
        &[("*", &["actions get", "headers empty", "cookies empty"])],
    );
    assert_eq!(
        groups(&delivered),
        ["C Absent meetings.acme.example", "C open proxy-config.tpl"]
    );
    let wide = with("https://meetings.acme.example", &[("*", GOOD)]);
    assert_eq!(
        (groups(&wide), wide[0].severity),
        (vec!["C open proxy-config.tpl"], Some(Severity::Info))
    );
}

#[test]
fn communities_reads_its_own_file() {
    let mut site = DrawnSite::new("acme", "{}");
    widget(&mut site, "https://meetings.acme.example");
    policy(
        &mut proxy(&mut site, SHARED),
        10,
        "https://meetings.acme.example/*",
        GOOD,
    );
    policy(&mut proxy(&mut site, COMMUNITIES), 10, "{blogsSvcRef}/*", GOOD);
    let findings = judged(&POLICY, site);
    assert_eq!(groups(&findings), ["C Absent meetings.acme.example"]);
    assert_eq!(findings[0].places[0].document, 2);
}

#[test]
fn a_cell_without_the_widget_needs_no_policy() {
    let facts = r#"{"meetings":{"host":"meetings.acme.example"}}"#;
    let mut site = DrawnSite::new("acme", facts);
    policy(&mut proxy(&mut site, SHARED), 10, "{blogsSvcRef}/*", GOOD);
    assert_eq!(groups(&judged(&POLICY, site)), ["C Absent meetings.acme.example"]);
    let mut site = DrawnSite::new("acme", facts);
    policy(&mut proxy(&mut site, SHARED), 10, "{blogsSvcRef}/*", GOOD);
    site.document(WIDGETS, "widgets-config.xml", "xml", &[("cell", "C")], "config");
    assert_eq!(groups(&judged(&POLICY, site)), [""; 0]);
}

#[test]
fn an_address_that_cannot_be_read_is_asked_for() {
    let findings = with("”; /", &[("{blogsSvcRef}/*", GOOD)]);
    assert_eq!(
        (groups(&findings), findings[0].severity),
        (vec!["lacks meetings"], Some(Severity::Info))
    );
}

#[test]
fn copies_of_a_file_are_one_finding() {
    let mut site = DrawnSite::new("acme", "{}");
    widget(&mut site, "https://meetings.acme.example");
    for profile in ["dmgr", "node1", "node2"] {
        policy(
            &mut proxy(&mut site, &format!("{profile}/{SHARED}")),
            10,
            "{blogsSvcRef}/*",
            GOOD,
        );
    }
    let findings = judged(&POLICY, site);
    assert_eq!((findings.len(), findings[0].places.len()), (1, 3));
}

#[test]
fn elements_settings_and_the_widest_policy_have_their_places() {
    let mut site = DrawnSite::new("acme", "{}");
    let mut document = proxy(&mut site, SHARED);
    policy(&mut document, 10, "*", GOOD);
    policy(
        &mut document,
        20,
        "https://a.example/*",
        &["actions", "cookies", "headers"],
    );
    policy(
        &mut document,
        30,
        "https://b.example/*",
        &["actions", "mime-types", "cookies", "managed-cookies"],
    );
    document.node(1, "proxy:meta-data", "", 40, &[]);
    policy(&mut document, 50, "https://c.example/*", GOOD);
    let findings = judged(&POLICY, site);
    let expected = [
        "C proxy-config.tpl elements https://a.example/*",
        "C proxy-config.tpl settings",
        "C proxy-config.tpl behind",
        "C open proxy-config.tpl",
    ];
    assert_eq!(groups(&findings), expected);
    assert_eq!(field(&findings[0], "found"), "actions, cookies, headers");
    assert_eq!(field(&findings[0], "wanted"), "actions, headers, cookies");
    assert_eq!(
        field(&findings[2], "behind"),
        "https://a.example/*, https://b.example/*, https://c.example/*"
    );
}

proptest! {
    #[test]
    fn no_policies_panic(urls in prop::collection::vec("(https?://)?(meetings[.]acme[.]example|[*]|\\PC{0,3}){0,2}(:[0-9]{0,6})?(/|[*]|\\PC){0,3}", 0..6)) {
        let policies: Vec<(&str, &[&str])> = urls.iter().map(|url| (url.as_str(), GOOD)).collect();
        prop_assert!(with("https://meetings.acme.example", &policies).len() <= 4);
    }
}
