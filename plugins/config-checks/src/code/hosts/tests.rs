//! Drawn hosts files.

use casebook_plugin_configs::{DrawnSite, Finding, Severity};
use proptest::prelude::*;

use super::CHECK;
use crate::code::trial::{field, groups, judged};

const STM1: &str = r#"{"hosts":[
    {"name":"stm1.acme.example","node":"stm1Node","addresses":["10.20.1.6","192.168.50.6"],"primary":"10.20.1.6","aliases":["meetings.acme.example"]},
    {"name":"ssc.acme.example","addresses":["10.20.1.4"],"roles":["deployment-manager"]},
    {"name":"dom1.acme.example","addresses":["10.20.1.9","192.168.50.9"],"roles":["domino"]}]}"#;

fn hosts(site: &mut DrawnSite, file: &str, text: &str) {
    let mut document = site.document(file, "hosts", "hosts", &[], "hosts");
    for (line, text) in text.split('\n').enumerate() {
        let mut words = text.split_whitespace();
        let line = u32::try_from(line).unwrap() + 1;
        let entry = document.node(0, "entry", words.next().unwrap_or_default(), line, &[]);
        words.for_each(|name| _ = document.node(entry, "name", name, line, &[]));
    }
}

fn said(facts: &str, files: &[(&str, &str)]) -> Vec<Finding> {
    let mut site = DrawnSite::new("acme", facts);
    files.iter().for_each(|(file, text)| hosts(&mut site, file, text));
    judged(&CHECK, site)
}

const GOOD: &str = "127.0.0.1 localhost\n10.20.1.6 stm1.acme.example stm1\n10.20.1.4 ssc.acme.example ssc";

#[test]
fn a_host_of_several_addresses_needs_an_entry_everywhere() {
    let findings = said(
        STM1,
        &[("stm1/etc/hosts", GOOD), ("ssc/etc/hosts", "127.0.0.1 localhost")],
    );
    assert_eq!(groups(&findings), ["missing stm1.acme.example"]);
    assert_eq!((findings[0].places.len(), findings[0].places[0].document), (1, 1));
    assert_eq!(field(&findings[0], "wanted"), "10.20.1.6 stm1.acme.example");
    assert_eq!(field(&findings[0], "node"), "stm1Node");
    // With or without the domain; the entry for the machine itself is none.
    assert_eq!(groups(&said(STM1, &[("ssc/etc/hosts", "10.20.1.6 stm1")])), [""; 0]);
    let own = said(STM1, &[("stm1/etc/hosts", "127.0.1.1 stm1.acme.example stm1")]);
    assert_eq!(
        groups(&own),
        ["missing stm1.acme.example", "loopback stm1.acme.example"]
    );
}

#[test]
fn hosts_outside_the_cell_and_files_put_aside_are_left_alone() {
    let nothing = "10.20.1.200 printer";
    for file in ["dom1/etc/hosts", "etc/hosts.bak"] {
        assert_eq!(groups(&said(STM1, &[(file, nothing)])), [""; 0], "{file}");
    }
    assert_eq!(
        groups(&said(STM1, &[("etc/hosts", GOOD), ("etc/hosts.2015", nothing)])),
        [""; 0]
    );
    assert_eq!(groups(&said(STM1, &[])), [""; 0]);
    let without_entries = |file| {
        let mut site = DrawnSite::new("acme", STM1);
        site.document(file, "hosts", "hosts", &[], "hosts");
        groups(&judged(&CHECK, site)).join(" ")
    };
    assert_eq!(without_entries("etc/hosts.allow"), "");
    // What Windows delivers.
    assert_eq!(without_entries("ssc/drivers/etc/hosts"), "missing stm1.acme.example");
}

#[test]
fn an_entry_that_is_not_the_primary_address_is_wrong() {
    let wrong = GOOD.replace("10.20.1.6", "192.168.50.6");
    let findings = said(STM1, &[("ssc/etc/hosts", &wrong), ("stm1/etc/hosts", GOOD)]);
    assert_eq!(groups(&findings), ["wrong stm1.acme.example"]);
    assert_eq!(
        (field(&findings[0], "found"), field(&findings[0], "wanted")),
        ("192.168.50.6", "10.20.1.6")
    );
    // The line with both names is one place.
    assert_eq!(findings[0].places.len(), 1);
    // The first entry decides; an address of the other family, an alias, and loopback are no disagreement.
    for more in [
        "\n192.168.50.6 stm1",
        "\n10.9.9.9 stm1.other.example stm1",
        "\nfe80::1%eth0 stm1",
        "\n10.20.1.100 meetings.acme.example",
        "\n::1 localhost",
    ] {
        assert_eq!(
            groups(&said(STM1, &[("ssc/etc/hosts", &format!("{GOOD}{more}"))])),
            [""; 0],
            "{more}"
        );
    }
    // The namesake in another domain stands first.
    let namesake = format!("10.9.9.9 stm1.other.example stm1\n{GOOD}");
    assert_eq!(groups(&said(STM1, &[("ssc/etc/hosts", &namesake)])), [""; 0]);
    let moved = said(STM1, &[("ssc/etc/hosts", &GOOD.replace("10.20.1.4", "10.20.9.4"))]);
    assert_eq!(groups(&moved), ["wrong ssc.acme.example"]);
}

#[test]
fn without_a_primary_address_files_must_agree() {
    let facts =
        r#"{"hosts":[{"name":"stm1.acme.example","addresses":["10.20.1.6","192.168.50.6"],"roles":["meeting"]}]}"#;
    let files = [
        ("a/etc/hosts", "10.20.1.6 stm1.acme.example"),
        ("b/etc/hosts", "192.168.50.6 stm1.acme.example"),
    ];
    let findings = said(facts, &files);
    assert_eq!(groups(&findings), ["differ stm1.acme.example true"]);
    assert_eq!((findings[0].severity, findings[0].places.len()), (None, 2));
    assert_eq!(
        groups(&said(facts, &[("a/etc/hosts", "10.9.9.9 stm1.acme.example")])),
        ["wrong stm1.acme.example"]
    );
}

#[test]
fn names_that_nobody_knows_may_differ_with_less_harm() {
    let files = [
        ("a/etc/hosts", "10.0.0.1 gw\n127.0.0.1 x"),
        ("b/etc/hosts", "10.0.0.2 gw\n127.0.1.1 x"),
    ];
    let findings = said("{}", &files);
    assert_eq!(
        (groups(&findings), findings[0].severity),
        (vec!["differ gw true"], Some(Severity::Low))
    );
    let files = [
        ("a/etc/hosts", "10.0.0.1 host.docker.internal"),
        ("b/etc/hosts", "10.0.0.2 host.docker.internal"),
    ];
    assert_eq!(groups(&said("{}", &files)), [""; 0]);
}

#[test]
fn what_is_not_known_of_a_node_is_asked_for() {
    let with = |facts: &str, text: &str| {
        let mut site = DrawnSite::new("acme", facts);
        let file = "config/cells/C/nodes/N/serverindex.xml";
        let mut document = site.document(file, "serverindex.xml", "xml", &[("node", "N")], "xmi:XMI");
        document.node(
            0,
            "serverindex:ServerIndex",
            "",
            2,
            &[("hostName", "stm1.acme.example")],
        );
        hosts(&mut site, "stm1/etc/hosts", text);
        judged(&CHECK, site)
    };
    let findings = with("{}", "127.0.0.1 localhost");
    assert_eq!(
        (groups(&findings), findings[0].severity),
        (vec!["lacks hosts"], Some(Severity::Info))
    );
    assert_eq!(groups(&with("{}", "10.20.1.6 stm1")), [""; 0]);
    assert_eq!(
        groups(&with(
            r#"{"hosts":[{"name":"stm1.acme.example","roles":["meeting"]}]}"#,
            "1.2.3.4 x"
        )),
        [""; 0]
    );
}

proptest! {
    #[test]
    fn nothing_panics(text in "(10[.]20[.]1[.]6|127[.]0[.]0[.]1|::1|%|stm1|[.]acme[.]example|[ \n]|\\PC){0,30}") {
        prop_assert!(said(STM1, &[("a/hosts", &text), ("b/hosts", GOOD)]).len() <= 40);
    }
}
