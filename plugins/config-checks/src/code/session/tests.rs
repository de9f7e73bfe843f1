//! Drawn cells.

use casebook_plugin_configs::{DrawnSite, Finding, Severity};
use proptest::prelude::*;

use super::CHECK;
use crate::code::trial::{field, groups, judged};

/// A cell `C`: its servers with what their files say.
struct Drawn(DrawnSite);

impl Drawn {
    fn new(facts: &str) -> Self {
        Self(DrawnSite::new("acme", facts))
    }

    fn with_widget(facts: &str) -> Self {
        let mut drawn = Self::new(facts);
        let file = "config/cells/C/LotusConnections-config/widgets-config.xml";
        let mut document = drawn
            .0
            .document(file, "widgets-config.xml", "xml", &[("cell", "C")], "config");
        let address = "https://meetings.acme.example";
        document.node(
            0,
            "item",
            "",
            5,
            &[("name", "sametimeMeetingsServerUrl"), ("value", address)],
        );
        drawn
    }

    fn server(mut self, profile: &str, node: &str, server: &str, http_only: Option<&str>, kind: &str) -> Self {
        let file = format!("{profile}/config/cells/C/nodes/{node}/servers/{server}/server.xml");
        let attributes = [("cell", "C"), ("node", node), ("server", server)];
        let mut document = self
            .0
            .document(&file, "server.xml", "xml", &attributes, "process:Server");
        let above = document.node(0, "components", "", 3, &[("xmi:type", kind)]);
        let session = ("xmi:type", "applicationserver.webcontainer:SessionManager");
        let management = document.node(above, "services", "", 4, &[session]);
        let own: Vec<(&str, &str)> = http_only.map(|value| ("httpOnly", value)).into_iter().collect();
        document.node(management, "defaultCookieSettings", "", 5, &own);
        self
    }

    fn servers(mut self, servers: &[(&str, Option<&str>)]) -> Self {
        for (server, http_only) in servers {
            self = self.server("dmgr", "N1", server, *http_only, "applicationserver:ApplicationServer");
        }
        self
    }

    fn communities(mut self, enable: &str, http_only: &str) -> Self {
        let attributes = [("cell", "C"), ("application", "Communities")];
        let mut document = self
            .0
            .document("deployment.xml", "deployment.xml", "xml", &attributes, "Deployment");
        let management = document.node(0, "sessionManagement", "", 7, &[("enable", enable)]);
        document.node(management, "defaultCookieSettings", "", 8, &[("httpOnly", http_only)]);
        self
    }

    fn property(mut self, value: &str) -> Self {
        let attributes = [("cell", "C"), ("node", "N1"), ("server", "old")];
        let mut document = self
            .0
            .document("old.xml", "server.xml", "xml", &attributes, "process:Server");
        let name = "com.ibm.ws.webcontainer.httpOnlyCookies";
        document.node(0, "properties", "", 9, &[("name", name), ("value", value)]);
        self
    }

    fn header(mut self, arguments: &[&str]) -> Self {
        let mut document = self.0.document("ihs/httpd.conf", "httpd.conf", "httpd", &[], "httpd");
        let numbers = ["1", "2", "3", "4", "5"];
        let attributes: Vec<_> = numbers.into_iter().zip(arguments.iter().copied()).collect();
        document.node(0, "header", "", 12, &attributes);
        self
    }

    fn ltpa(mut self, value: &str) -> Self {
        let mut document = self.0.document(
            "security.xml",
            "security.xml",
            "xml",
            &[("cell", "C")],
            "security:Security",
        );
        let name = "com.ibm.ws.security.addHttpOnlyAttributeToCookies";
        document.node(0, "properties", "", 2, &[("name", name), ("value", value)]);
        self
    }

    fn judged(self) -> Vec<Finding> {
        judged(&CHECK, self.0)
    }
}

fn shown(findings: &[Finding]) -> Vec<(&str, Option<Severity>)> {
    findings
        .iter()
        .map(|finding| (finding.group.as_str(), finding.severity))
        .collect()
}

const WAS8: &str = r#"{"products":{"websphere":"8.5.5.9"}}"#;
const WAS7: &str = r#"{"products":{"websphere":"7.0"}}"#;
const INFO: Option<Severity> = Some(Severity::Info);

#[test]
fn on_is_the_cause_of_412_whether_written_or_default() {
    for (facts, setting) in [("{}", Some("true")), (WAS8, None), (WAS7, Some("TRUE"))] {
        let findings = Drawn::with_widget(facts)
            .servers(&[("c1", setting), ("c2", setting)])
            .judged();
        assert_eq!(shown(&findings), [("C on", None)]);
        assert_eq!(
            (field(&findings[0], "on"), field(&findings[0], "host")),
            ("N1/c1, N1/c2", "meetings.acme.example")
        );
        assert_eq!(findings[0].places.len(), 2);
    }
}

#[test]
fn absent_is_the_default_and_never_off() {
    assert_eq!(
        shown(&Drawn::with_widget(WAS7).servers(&[("c1", None)]).judged()),
        [("C off", INFO)]
    );
    let unknown = Drawn::with_widget("{}").servers(&[("c1", None), ("c2", None)]).judged();
    assert_eq!(shown(&unknown), [("lacks products.websphere", INFO)]);
    // What is written is known all the same.
    let some = Drawn::with_widget("{}")
        .servers(&[("c1", None), ("c2", Some("true"))])
        .judged();
    assert_eq!(shown(&some), [("C on", None), ("lacks products.websphere", INFO)]);
}

#[test]
fn off_costs_something_and_explains_nothing() {
    let findings = Drawn::with_widget(WAS8).servers(&[("c1", Some("false"))]).judged();
    assert_eq!(shown(&findings), [("C off", INFO)]);
}

#[test]
fn servers_that_disagree_are_named() {
    let findings = Drawn::with_widget(WAS8)
        .servers(&[("c1", Some("false")), ("c2", None)])
        .judged();
    assert_eq!(shown(&findings), [("C differ", None)]);
    assert_eq!(
        (field(&findings[0], "on"), field(&findings[0], "off")),
        ("N1/c2", "N1/c1")
    );
    let kind = "applicationserver:ApplicationServer";
    let copies = Drawn::with_widget(WAS8)
        .server("dmgr", "N1", "c1", Some("false"), kind)
        .server("node", "N1", "c1", Some("true"), kind)
        .judged();
    assert!(copies[0].message.contains("not synchronised"), "{}", copies[0].message);
}

#[test]
fn node_agents_and_servers_without_connections_do_not_count() {
    let agent = Drawn::with_widget(WAS8)
        .server("dmgr", "N1", "nodeagent", Some("true"), "nodeagent:NodeAgent")
        .server("dmgr", "N1", "dmgr", Some("true"), "cellmanager:CellManager");
    assert_eq!(groups(&agent.judged()), [""; 0]);
    let facts = r#"{"products":{"websphere":"8.5"},"hosts":[{"name":"a","node":"N2","roles":["connections"]}]}"#;
    let kind = "applicationserver:ApplicationServer";
    let findings = Drawn::with_widget(facts)
        .server("dmgr", "N1", "x", Some("false"), kind)
        .server("dmgr", "N2", "y", Some("true"), kind)
        .judged();
    assert_eq!(shown(&findings), [("C on", None), ("C for nothing", INFO)]);
    assert_eq!(field(&findings[0], "on"), "N2/y");
}

#[test]
fn without_the_widget_off_is_for_nothing_and_on_is_right() {
    let findings = Drawn::new(WAS8)
        .servers(&[("c1", Some("false")), ("c2", Some("true")), ("c3", None)])
        .judged();
    // No file says whether the widget is in use.
    assert_eq!(shown(&findings), [("C for nothing", INFO)]);
    assert_eq!(field(&findings[0], "off"), "N1/c1");
    // WebSphere 7 without a word, and an unknown version.
    for facts in [WAS7, "{}"] {
        assert_eq!(groups(&Drawn::new(facts).servers(&[("c1", None)]).judged()), [""; 0]);
    }
}

#[test]
fn communities_may_have_a_setting_of_its_own() {
    let servers: &[(&str, Option<&str>)] = &[("c1", Some("false"))];
    let on = Drawn::with_widget(WAS8)
        .servers(servers)
        .communities("true", "true")
        .judged();
    assert_eq!(shown(&on), [("C communities on", None)]);
    let servers: &[(&str, Option<&str>)] = &[("c1", Some("true"))];
    let off = Drawn::with_widget(WAS8)
        .servers(servers)
        .communities("true", "false")
        .judged();
    assert_eq!(shown(&off), [("C communities off", INFO)]);
    let disabled = Drawn::with_widget(WAS8)
        .servers(servers)
        .communities("false", "false")
        .judged();
    assert_eq!(shown(&disabled), [("C on", None)]);
}

#[test]
fn the_property_of_websphere_7_names_cookies() {
    for (value, group) in [
        ("JSESSIONID,WC_*", "C on"),
        ("*", "C on"),
        ("JSESS*", "C on"),
        ("LtpaToken2", "C off"),
    ] {
        assert_eq!(
            groups(&Drawn::with_widget(WAS7).property(value).judged()),
            [group],
            "{value}"
        );
    }
}

#[test]
fn a_web_server_may_add_it() {
    for (arguments, adds) in [
        (vec!["edit", "Set-Cookie", "^(.*)$", "$1;HttpOnly;Secure"], true),
        (
            vec![
                "always",
                "edit*",
                "Set-Cookie",
                "(?i)^((?:(?!;\\s?HttpOnly).)+)$",
                "$1; HttpOnly",
            ],
            true,
        ),
        (vec!["edit", "Set-Cookie", "^(LtpaToken2=.*)$", "$1;HttpOnly"], false),
        (vec!["edit", "Set-Cookie", "^(.*)$", "$1;Secure"], false),
        (vec!["edit", "Set-Cookie", "(?i);\\s*HttpOnly", ""], false),
        (vec!["set", "X-Frame-Options", "SAMEORIGIN"], false),
        (vec![], false),
    ] {
        let expected: &[&str] = if adds { &["web server"] } else { &[] };
        assert_eq!(
            groups(&Drawn::with_widget("{}").header(&arguments).judged()),
            expected,
            "{arguments:?}"
        );
        assert_eq!(groups(&Drawn::new("{}").header(&arguments).judged()), [""; 0]);
    }
}

#[test]
fn the_other_cookie_is_only_spoken_of_where_it_is_off() {
    assert_eq!(shown(&Drawn::new("{}").ltpa("false").judged()), [("C ltpa", INFO)]);
    assert_eq!(groups(&Drawn::with_widget("{}").ltpa("true").judged()), [""; 0]);
}

proptest! {
    #[test]
    fn nothing_panics(
        values in prop::collection::vec("(true|false|\\PC{0,3})", 0..4),
        version in "\\PC{0,3}[0-9]{0,12}",
        header in prop::collection::vec("(edit|Set-Cookie|[(]|[$]1;HttpOnly|\\PC{0,3})", 0..5),
    ) {
        let facts = serde_json::json!({"products": {"websphere": version}}).to_string();
        let servers: Vec<_> = values.iter().map(|value| ("s", Some(value.as_str()))).collect();
        let header: Vec<&str> = header.iter().map(String::as_str).collect();
        prop_assert!(Drawn::with_widget(&facts).servers(&servers).header(&header).judged().len() <= 3);
    }
}
