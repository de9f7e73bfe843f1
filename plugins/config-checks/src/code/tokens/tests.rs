//! Cells and Web SSO documents, as the host hands them over.

use casebook_plugin_configs::{DrawnSite, Finding, Severity};

use super::CHECK;
use super::domino::{Accepted, accepted};
use crate::code::trial::{self, field};

fn drawn(facts: &str) -> DrawnSite {
    DrawnSite::new("acme", facts)
}

fn security(site: &mut DrawnSite, file: &str, cell: &str, interoperability: Option<&str>, domain: &str) {
    let mut file = site.document(file, "security.xml", "xml", &[("cell", cell)], "security:Security");
    let mechanism = file.node(0, "authMechanisms", "", 2, &[]);
    file.node(
        mechanism,
        "singleSignon",
        "",
        3,
        &[("enabled", "true"), ("domainName", domain)],
    );
    let cookie = [
        ("name", "com.ibm.websphere.security.customLTPACookieName"),
        ("value", "LtpaToken"),
    ];
    file.node(0, "properties", "", 4, &cookie);
    if let Some(value) = interoperability {
        let property = [("name", "com.ibm.ws.security.ssoInteropModeEnabled"), ("value", value)];
        file.node(0, "properties", "", 5, &property);
    }
}

fn sso(site: &mut DrawnSite, file: &str, items: &[(&str, &str)]) {
    let mut file = site.document(file, "dxl", "xml", &[], "document");
    for (line, (name, value)) in (2..).zip(items) {
        let item = file.node(0, "item", "", line, &[("name", name)]);
        file.node(item, "text", value, line, &[]);
    }
}

fn sametime_ini(site: &mut DrawnSite, name: Option<&str>) {
    let mut file = site.document("sametime.ini", "sametime.ini", "ini", &[], "ini");
    let section = file.node(0, "authtoken", "", 7, &[]);
    if let Some(name) = name {
        file.node(section, "st_token_type", name, 8, &[]);
    }
}

fn judged(site: DrawnSite) -> Vec<Finding> {
    trial::judged(&CHECK, site)
}

/// What one cell and one document come to: nothing, or the severity (`None`: the rule's) and what is wanted.
fn outcome(interoperability: Option<&str>, format: &str) -> Option<(Option<Severity>, String)> {
    let mut site = drawn("{}");
    security(&mut site, "security.xml", "C", interoperability, "");
    sso(
        &mut site,
        "sso.dxl",
        &[("LTPA_TokenName", "LtpaToken"), ("LTPA_TokenFormat", format)],
    );
    let findings = judged(site);
    assert!(findings.len() <= 1);
    findings
        .first()
        .map(|finding| (finding.severity, field(finding, "wanted").to_owned()))
}

#[test]
fn what_is_wrong_follows_from_what_is_issued_and_what_is_accepted() {
    let both = "LtpaToken and LtpaToken2";
    let rule = |wanted: &str| Some((None, wanted.to_owned()));
    assert_eq!(outcome(Some("true"), "LtpaToken"), rule(both));
    assert_eq!(outcome(Some("false"), "LtpaToken"), rule("LtpaToken2"));
    assert_eq!(outcome(None, "LtpaToken"), rule(both));
    assert_eq!(outcome(Some("true"), both), None);
    assert_eq!(outcome(Some("false"), "LtpaToken2"), None);
    assert_eq!(outcome(None, both), None);
    let severity = |interoperability, format| outcome(interoperability, format).unwrap().0;
    assert_eq!(severity(Some("true"), "LtpaToken2"), Some(Severity::Medium));
    assert_eq!(severity(Some("false"), both), Some(Severity::Info));
    assert_eq!(severity(None, "LtpaToken2"), Some(Severity::Info));
    // A value that is neither is as good as none.
    assert_eq!(outcome(Some("yes"), both), None);
}

#[test]
fn both_files_are_evidence_and_the_setting_to_change_comes_first() {
    let mut site = drawn("{}");
    security(&mut site, "security.xml", "C", Some("true"), ".acme.example");
    let items = [
        ("LTPA_TokenName", "LtpaToken"),
        ("X", "LtpaToken"),
        ("LTPA_TokenDomain", ".acme.example"),
    ];
    sso(&mut site, "sso.dxl", &items);
    let findings = judged(site);
    let places: Vec<_> = findings[0]
        .places
        .iter()
        .map(|place| (place.document, place.node))
        .collect();
    assert_eq!(places, [(1, 3), (0, 4)]);
    assert_eq!(field(&findings[0], "cell"), "C");
}

#[test]
fn copies_in_the_profiles_are_one_cell_and_the_worst_of_them_is_told() {
    let mut site = drawn("{}");
    security(&mut site, "dmgr/security.xml", "C", Some("false"), "");
    security(&mut site, "node1/security.xml", "C", Some("true"), "");
    security(&mut site, "node2/security.xml", "C", Some("true"), "");
    security(&mut site, "other/security.xml", "D", Some("false"), "");
    sso(
        &mut site,
        "sso.dxl",
        &[("LTPA_TokenName", "LtpaToken"), ("X", "LtpaToken2")],
    );
    let findings = judged(site);
    assert_eq!(findings.len(), 1);
    let places: Vec<_> = findings[0].places.iter().map(|place| place.document).collect();
    assert_eq!((places, findings[0].severity), (vec![4, 1, 2], Some(Severity::Medium)));
}

#[test]
fn cells_and_documents_of_other_domains_have_nothing_to_do_with_each_other() {
    let count = |cell: &str, document: &str| {
        let mut site = drawn("{}");
        security(&mut site, "security.xml", "C", Some("true"), cell);
        let items = [
            ("LTPA_TokenName", "LtpaToken"),
            ("X", "LtpaToken"),
            ("LTPA_TokenDomain", document),
        ];
        sso(&mut site, "sso.dxl", &items);
        judged(site).len()
    };
    assert_eq!(count("acme.example", ".ACME.example"), 1);
    assert_eq!(count("acme.example", ".chat.acme.example"), 1);
    assert_eq!(count(".a.example; acme.example", ".acme.example"), 1);
    assert_eq!(count("UseDomainFromURL", ".acme.example"), 1);
    assert_eq!(count("", ".acme.example"), 1);
    assert_eq!(count("acme.example", ""), 1);
    assert_eq!(count("other.example", ".acme.example"), 0);
    assert_eq!(count("myacme.example", ".acme.example"), 0);
}

#[test]
fn what_is_off_or_of_a_server_is_no_cell() {
    let mut site = drawn("{}");
    let mut file = site.document(
        "security.xml",
        "security.xml",
        "xml",
        &[("cell", "C")],
        "security:Security",
    );
    file.node(0, "singleSignon", "", 2, &[("enabled", "false")]);
    let attributes = [("cell", "C"), ("node", "N"), ("server", "S")];
    site.document(
        "s/security.xml",
        "security.xml",
        "xml",
        &attributes,
        "security:Security",
    );
    sso(
        &mut site,
        "sso.dxl",
        &[("LTPA_TokenName", "LtpaToken"), ("X", "LtpaToken")],
    );
    assert_eq!(judged(site).len(), 0);
}

#[test]
fn the_names_of_tokens_are_no_choice_where_they_name_something() {
    let lacks = |items: &[(&str, &str)]| {
        let mut site = drawn("{}");
        security(&mut site, "security.xml", "C", Some("true"), "");
        sso(&mut site, "sso.dxl", items);
        let findings = judged(site);
        assert_eq!(findings.len(), 1);
        field(&findings[0], "lacks") == "domino.tokens"
    };
    assert!(lacks(&[("LTPA_TokenName", "LtpaToken")]));
    assert!(lacks(&[
        ("LTPA_TokenName", "LtpaToken"),
        ("LTPA_CookieName2", "LtpaToken2")
    ]));
    assert!(lacks(&[
        ("LTPA_TokenName", "LtpaToken"),
        ("Comment", "uses LtpaToken for now")
    ]));
    // Two items that contradict each other.
    assert!(lacks(&[
        ("LTPA_TokenName", "LtpaToken"),
        ("X", "LtpaToken"),
        ("Y", "LtpaToken2")
    ]));
    assert!(!lacks(&[
        ("LTPA_TokenName", "LtpaToken"),
        ("X", "LtpaToken"),
        ("Y", "LtpaToken")
    ]));
}

#[test]
fn environment_toml_says_what_no_file_does() {
    let facts = r#"{"domino":{"tokens":["LtpaToken"]}}"#;
    let mut site = drawn(facts);
    security(&mut site, "security.xml", "C", Some("true"), "");
    assert_eq!(judged(site).len(), 1);
    // The document knows better.
    let mut site = drawn(facts);
    security(&mut site, "security.xml", "C", Some("true"), "");
    sso(
        &mut site,
        "sso.dxl",
        &[("LTPA_TokenName", "LtpaToken"), ("X", "LtpaToken and LtpaToken2")],
    );
    assert_eq!(judged(site).len(), 0);
}

#[test]
fn a_cell_without_sametime_or_domino_raises_no_question() {
    let mut site = drawn("{}");
    security(&mut site, "security.xml", "C", Some("true"), "");
    assert_eq!(judged(site).len(), 0);
    let mut site = drawn(r#"{"products":{"sametime":"9.0.1"}}"#);
    security(&mut site, "security.xml", "C", Some("true"), "");
    assert_eq!(field(&judged(site)[0], "lacks"), "domino.tokens");
}

#[test]
fn a_document_that_was_exported_twice_is_one() {
    let mut site = drawn("{}");
    security(&mut site, "security.xml", "C", Some("true"), "");
    sso(&mut site, "a.dxl", &[("LTPA_TokenName", "LtpaToken")]);
    sso(
        &mut site,
        "b.dxl",
        &[("LTPA_TokenName", "LtpaToken"), ("X", "LtpaToken")],
    );
    sso(
        &mut site,
        "c.dxl",
        &[("LTPA_TokenName", "LtpaToken"), ("X", "LtpaToken")],
    );
    assert_eq!(judged(site).len(), 1);
}

#[test]
fn sametime_must_know_the_name_of_the_configuration() {
    let findings = |names: &[&str], set: Option<&str>| {
        let mut site = drawn("{}");
        for name in names {
            sso(&mut site, name, &[("LTPA_TokenName", name)]);
        }
        sametime_ini(&mut site, set);
        judged(site)
    };
    for (names, set) in [
        (&["LtpaToken"][..], None),
        (&["LtpaToken"], Some("")),
        (&["PortalSSO"], Some("PortalSSO")),
        (&["PortalSSO", "LtpaToken"], None),
        (&[], Some("PortalSSO")),
    ] {
        assert_eq!(findings(names, set).len(), 0, "{names:?} {set:?}");
    }
    for (names, set, found) in [
        (&["PortalSSO"][..], None, "not set"),
        (&["PortalSSO"], Some("LtpaToken"), "LtpaToken"),
        (&["LtpaToken"], Some("PortalSSO"), "PortalSSO"),
    ] {
        let findings = findings(names, set);
        assert_eq!(findings.len(), 1, "{names:?} {set:?}");
        let places = findings[0].places.len();
        assert_eq!(
            (field(&findings[0], "found"), field(&findings[0], "wanted"), places),
            (found, names[0], 2)
        );
    }
}

#[test]
fn a_name_that_nothing_can_be_compared_with_is_a_question() {
    let mut site = drawn(r#"{"products":{"sametime":"9.0.1"}}"#);
    sso(&mut site, "sso.dxl", &[("LTPA_TokenName", "PortalSSO")]);
    let findings = judged(site);
    assert_eq!((findings.len(), findings[0].severity), (1, Some(Severity::Info)));
    assert_eq!(field(&findings[0], "lacks"), "sametime.ini");
}

#[test]
fn only_the_names_of_tokens_are_a_choice() {
    for (values, choice) in [
        (&["LtpaToken"][..], Some(Accepted::One)),
        (&["ltpatoken2 only"], Some(Accepted::Two)),
        (&["LtpaToken and LtpaToken2"], Some(Accepted::Both)),
        (&["LtpaToken, LtpaToken2"], Some(Accepted::Both)),
        (&["LtpaToken", "LtpaToken2"], Some(Accepted::Both)),
        (&["LtpaToken3"], None),
        (&["LtpaToken is used"], None),
        (&["and"], None),
        (&[], None),
    ] {
        assert_eq!(accepted(values.iter().copied()), choice, "{values:?}");
    }
}
