//! Which configuration an endpoint ends up with.

use casebook_plugin_configs::{DrawnSite, Severity};

use super::{DrawnCell, drawn, judged_cell, judged_with};
use crate::code::tls::{CELL_MISMATCH, MEETING_CLIENT, SIP_PROXY, WEAK_CIPHERS, WEAK_PROTOCOL};
use crate::code::trial::field;

const SIP: &str = r#"[{"node":"N","servers":["S"],"roles":["sip-proxy-registrar"]}]"#;

fn serverindex(site: &mut DrawnSite, node: &str, server: &str, kind: &str, ends: &[&str]) {
    let file = format!("p/dmgr01/config/cells/C/nodes/{node}/serverindex.xml");
    let attributes = [("cell", "C"), ("node", node), ("profile", "p/dmgr01")];
    let mut document = site.document(&file, "serverindex.xml", "xml", &attributes, "serverindex:ServerIndex");
    let entry = document.node(
        0,
        "serverEntries",
        "",
        2,
        &[("serverName", server), ("serverType", kind)],
    );
    for end in ends {
        document.node(entry, "specialEndpoints", "", 3, &[("endPointName", end)]);
    }
}

/// A strict and a lenient configuration; `groups` say who uses which.
fn two(groups: &[(&str, &str, &str)]) -> DrawnCell {
    let cell = DrawnCell::new()
        .configuration("lenient", "CellDefaultSSLSettings", "cell", "SSL_TLSv2")
        .configuration("strict", "Strict", "cell", "TLSv1.2");
    groups.iter().fold(cell, |cell, (scope, name, target)| {
        let cell = if name.is_empty() { cell } else { cell.scope(scope, name) };
        cell.group(scope, "inbound", target)
    })
}

fn is_strict(cell: &DrawnCell, more: impl FnOnce(&mut DrawnSite)) -> bool {
    let findings = judged_cell(&SIP_PROXY, SIP, cell, more);
    findings.iter().any(|finding| finding.severity.is_none())
}

#[test]
fn the_copy_in_a_nodes_profile_counts_for_that_node_alone() {
    let synchronised = two(&[
        ("cell", "", "lenient"),
        ("node", "(cell):C:(node):N", "lenient"),
        ("other", "(cell):C:(node):M", "lenient"),
    ]);
    let stale = two(&[
        ("cell", "", "lenient"),
        ("node", "(cell):C:(node):N", "strict"),
        ("other", "(cell):C:(node):M", "lenient"),
    ]);
    for (owner, strict) in [("N", true), ("M", false), ("", true)] {
        let found = is_strict(&synchronised, |site| {
            stale.draw(site, "p/custom");
            let attributes = [("profile", "p/custom")];
            let mut profile = site.document(
                "p/custom/bin/setupCmdLine.sh",
                "profile",
                "profile",
                &attributes,
                "profile",
            );
            profile.node(0, "WAS_NODE", owner, 2, &[]);
        });
        assert_eq!(found, strict, "{owner}");
    }
}

#[test]
fn the_most_specific_scope_wins() {
    let cell = ("cell", "", "lenient");
    let node = ("node", "(cell):C:(node):N", "strict");
    let server = ("server", "(cell):C:(node):N:(server):S", "lenient");
    let end = (
        "end",
        "(cell):C:(node):N:(server):S:(endpoint):SIP_DEFAULTHOST_SECURE",
        "strict",
    );
    let other_end = (
        "other",
        "(cell):C:(node):N:(server):S:(endpoint):WC_adminhost_secure",
        "strict",
    );
    let other_node = ("on", "(cell):C:(node):M", "strict");
    for (groups, strict) in [
        (vec![cell], false),
        (vec![cell, node], true),
        (vec![cell, other_node], false),
        (vec![cell, node, server], false),
        (vec![cell, node, server, end], true),
        (vec![cell, server, other_end], false),
        (vec![], false),
    ] {
        assert_eq!(is_strict(&two(&groups), |_| {}), strict, "{groups:?}");
    }
}

#[test]
fn without_any_group_the_default_counts() {
    let strict = DrawnCell::new().configuration("a", "CellDefaultSSLSettings", "cell", "TLSv1.2");
    assert!(is_strict(&strict, |_| {}));
    let outbound = two(&[])
        .scope("n", "(cell):C:(node):N")
        .group("n", "outbound", "strict");
    assert!(
        !is_strict(&outbound, |_| {}),
        "what goes out does not say what comes in"
    );
}

/// Whether the SIP Proxy/Registrar is found too strict, with one document more whose root has an attribute.
fn is_strict_beside(cell: &DrawnCell, root: (&'static str, &'static str), more: impl FnOnce(&mut DrawnSite)) -> bool {
    let findings = judged_with(&SIP_PROXY, drawn(SIP, cell, more), &[(1, root.0, root.1)]);
    findings.iter().any(|finding| finding.severity.is_none())
}

#[test]
fn a_cluster_counts_like_its_server_and_against_it_nothing_is_said() {
    let server_of = |site: &mut DrawnSite| {
        let attributes = [("cell", "C"), ("node", "N"), ("server", "S")];
        let file = "p/dmgr01/config/cells/C/nodes/N/servers/S/server.xml";
        site.document(file, "server.xml", "xml", &attributes, "process:Server");
    };
    let cluster = ("cluster", "(cell):C:(cluster):K", "strict");
    let server = ("server", "(cell):C:(node):N:(server):S", "lenient");
    let node = ("node", "(cell):C:(node):N", "lenient");
    assert!(!is_strict(&two(&[cluster]), server_of), "the server is in no cluster");
    assert!(is_strict_beside(
        &two(&[cluster, node]),
        ("clusterName", "K"),
        server_of
    ));
    assert!(!is_strict_beside(&two(&[cluster]), ("clusterName", "L"), server_of));
    assert!(!is_strict_beside(
        &two(&[cluster, server]),
        ("clusterName", "K"),
        server_of
    ));
}

#[test]
fn node_groups_stand_between_node_and_cell() {
    let grouped = |site: &mut DrawnSite| {
        let file = "p/dmgr01/config/cells/C/nodegroups/G/nodegroup.xml";
        let mut document = site.document(file, "xml", "xml", &[("cell", "C")], "nodegroup:NodeGroup");
        document.node(0, "members", "", 2, &[("nodeName", "N")]);
    };
    let cell = ("cell", "", "lenient");
    let group = ("group", "(cell):C:(nodegroup):G", "strict");
    let node = ("node", "(cell):C:(node):N", "lenient");
    let known = |groups: &[_]| two(groups).scope("known", "(cell):C:(node):N");
    assert!(is_strict_beside(&known(&[cell, group]), ("name", "G"), grouped));
    assert!(!is_strict_beside(&known(&[cell, group]), ("name", "H"), grouped));
    assert!(!is_strict_beside(&known(&[cell, group, node]), ("name", "G"), grouped));
}

#[test]
fn what_cannot_be_followed_is_said_and_not_judged() {
    let dangling = two(&[("node", "(cell):C:(node):N", "gone")]);
    let findings = judged_cell(&SIP_PROXY, SIP, &dangling, |_| {});
    assert_eq!(findings.len(), 1);
    assert_eq!(findings[0].severity, Some(Severity::Info));
    assert!(findings[0].message.contains("gone"), "{}", findings[0].message);
    let torn = two(&[("node", "(cell):C:(node):N", "strict")]).group("node", "inbound", "lenient");
    let findings = judged_cell(&SIP_PROXY, SIP, &torn, |_| {});
    assert!(findings[0].message.contains("different"), "{}", findings[0].message);
}

#[test]
fn a_group_may_name_its_configuration_by_an_alias_that_it_can_see() {
    let cell = DrawnCell::new()
        .scope("n", "(cell):C:(node):N")
        .scope("m", "(cell):C:(node):M")
        .configuration("c", "CellDefaultSSLSettings", "cell", "SSL_TLSv2")
        .configuration("other", "NodeDefaultSSLSettings", "m", "SSL_TLSv2")
        .configuration("own", "NodeDefaultSSLSettings", "n", "TLSv1.2")
        .group("n", "inbound", "NodeDefaultSSLSettings");
    assert!(is_strict(&cell, |_| {}));
}

#[test]
fn an_end_that_the_server_has_is_judged_even_if_another_one_has_a_group() {
    let end = (
        "end",
        "(cell):C:(node):N:(server):S:(endpoint):SIP_DEFAULTHOST_SECURE",
        "lenient",
    );
    let node = ("node", "(cell):C:(node):N", "strict");
    let ends = ["SIP_DEFAULTHOST_SECURE", "PROXY_SIPS_ADDRESS", "SOAP_CONNECTOR_ADDRESS"];
    assert!(!is_strict(&two(&[node, end]), |_| {}));
    assert!(is_strict(&two(&[node, end]), |site| serverindex(
        site,
        "N",
        "S",
        "APPLICATION_SERVER",
        &ends
    )));
}

#[test]
fn a_dynamic_selection_comes_before_the_groups_of_what_goes_out() {
    let cell = |info| {
        DrawnCell::new()
            .configuration("c", "CellDefaultSSLSettings", "cell", "SSL_TLS")
            .configuration("s", "AdminSSL", "cell", "TLSv1.2")
            .scope("n", "(cell):C:(node):N")
            .selection("n", info, "s")
    };
    let found = |info| judged_cell(&CELL_MISMATCH, "[]", &cell(info), |_| {}).len();
    assert_eq!(
        (
            found("ADMIN_SOAP,*,*"),
            found("*,*,*"),
            found("LDAP,*,*|ADMIN_SOAP,*,*")
        ),
        (1, 1, 1)
    );
    assert_eq!((found("LDAP,*,*"), found("ADMIN_SOAP,far.example,8879")), (0, 0));
}

#[test]
fn nodes_are_found_by_the_name_of_their_machine() {
    let cell = two(&[("node", "(cell):C:(node):N", "strict")]);
    let hosts = r#"[{"name":"mtg1.acme.example","roles":["meeting"]}]"#;
    let node = |name| {
        let site = drawn(hosts, &cell, |site| {
            serverindex(site, "N", "S", "APPLICATION_SERVER", &[])
        });
        let findings = judged_with(&MEETING_CLIENT, site, &[(1, "hostName", name)]);
        assert_eq!(findings.len(), 1);
        (
            field(&findings[0], "node").to_owned(),
            field(&findings[0], "lacks").to_owned(),
        )
    };
    let known = ("N".to_owned(), String::new());
    assert_eq!(node("mtg1.acme.example"), known);
    assert_eq!(node("mtg1"), known);
    assert_eq!(
        node("stp1.acme.example"),
        (String::new(), "hosts".to_owned()),
        "its node is asked for"
    );
}

#[test]
fn node_agents_and_web_servers_are_nobody_that_clients_reach() {
    let cell = two(&[("node", "(cell):C:(node):N", "strict")]);
    let hosts = r#"[{"node":"n","roles":["meeting"]}]"#;
    for (kind, expected) in [("NODE_AGENT", ""), ("WEB_SERVER", ""), ("PROXY_SERVER", "S")] {
        let findings = judged_cell(&MEETING_CLIENT, hosts, &cell, |site| {
            serverindex(site, "N", "S", kind, &[])
        });
        let servers: Vec<&str> = findings.iter().map(|finding| field(finding, "server")).collect();
        assert_eq!(servers, [expected], "{kind}");
    }
}

#[test]
fn copies_that_differ_are_judged_each_and_grouped_together() {
    let (fixed, stale) = (two(&[]), two(&[("node", "(cell):C:(node):N", "strict")]));
    let findings = judged_cell(&SIP_PROXY, SIP, &fixed, |site| {
        stale.draw(site, "p/node1");
        stale.draw(site, "p/node2");
    });
    assert_eq!(findings.len(), 1);
    // The setting and the group, in each of the two.
    assert_eq!(findings[0].places.len(), 4);
    assert!(findings[0].places.iter().all(|place| place.document > 0));
}

#[test]
fn a_cell_of_too_many_different_copies_says_so() {
    let cell = |number: usize| two(&[("node", &format!("(cell):C:(node):N{number}"), "lenient")]);
    let findings = judged_cell(&CELL_MISMATCH, "[]", &cell(0), |site| {
        for number in 1..20 {
            cell(number).draw(site, &format!("p/node{number}"));
        }
    });
    assert_eq!(findings.len(), 1);
    assert!(
        findings[0].message.contains("4 of them were not"),
        "{}",
        findings[0].message
    );
}

#[test]
fn a_configuration_is_one_finding_however_many_servers_use_it() {
    let cell = DrawnCell::new().with_suites(
        "c",
        "CellDefaultSSLSettings",
        "cell",
        "SSL_TLS",
        "SSL_RSA_WITH_RC4_128_SHA",
    );
    let cell = cell.group("cell", "inbound", "c");
    let hosts = r#"[{"node":"N","servers":["A","B"],"roles":["connections"]},{"node":"M","roles":["sametime-proxy"]}]"#;
    let suites = judged_cell(&WEAK_CIPHERS, hosts, &cell, |_| {});
    assert_eq!((suites.len(), suites[0].severity), (1, None));
    let protocols = judged_cell(&WEAK_PROTOCOL, hosts, &cell, |_| {});
    let who: Vec<_> = protocols
        .iter()
        .map(|finding| (field(finding, "node"), field(finding, "server")))
        .collect();
    assert_eq!(who, [("M", ""), ("N", "A, B")]);
}
