//! Clients that are sent somewhere, and servers that were told something.

use casebook_plugin_configs::{DrawnSite, Finding, Severity};

use super::CHECK;
use crate::code::trial::{field, judged};

const CHAT: &str = "chat.acme.example";

/// A host that is known by the name that clients use.
const ALIASED: &str = r#"{"hosts":[{"name":"sametime.acme.example","roles":["community","domino"],
    "aliases":["chat.acme.example"]}]}"#;

fn communities(site: &mut DrawnSite, rows: &[&[(&str, &str)]], actions: &[(&str, &str)]) {
    let mut file = site.document(
        "managed-community-configs.xml",
        "managed-community-configs.xml",
        "xml",
        &[],
        "managed-communities",
    );
    let mut line = 1;
    for row in rows {
        line += 1;
        file.node(0, "managed-community", "", line, row);
    }
    for (kind, id) in actions {
        line += 1;
        file.node(
            0,
            "managed-community-action",
            "",
            line,
            &[("type", kind), ("managed-community-id", id)],
        );
    }
}

fn reset(site: &mut DrawnSite, host: &str) {
    let community = [
        ("id", host),
        ("host", host),
        ("loginByToken", "true"),
        ("authType", "ST-DOMINO-SSO"),
    ];
    communities(site, &[&community], &[("reset", host)]);
}

fn notes_ini(site: &mut DrawnSite, file: &str, value: Option<&str>) {
    let mut file = site.document(file, "notes.ini", "ini", &[], "ini");
    let section = file.node(0, "notes", "", 1, &[]);
    file.node(section, "servertasks", "Replica,Router", 2, &[]);
    if let Some(value) = value {
        file.node(section, "network_sprayer_address", value, 3, &[]);
    }
}

fn note(site: &mut DrawnSite, file: &str, form: &str, items: &[(&str, &str)]) {
    let mut file = site.document(file, "dxl", "xml", &[], "database");
    let note = file.node(0, "document", "", 2, &[("form", form)]);
    for (line, (name, value)) in (3..).zip(items) {
        let item = file.node(note, "item", "", line, &[("name", name)]);
        file.node(item, "text", value, line, &[]);
    }
}

fn server(site: &mut DrawnSite) {
    let items = [
        ("ServerName", "CN=Sametime/OU=Servers/O=ACME"),
        ("SMTPFullHostDomain", "sametime.acme.example"),
    ];
    note(site, "server.dxl", "Server", &items);
}

/// How bad the only finding is; none where there is none.
fn outcome(draw: impl FnOnce(&mut DrawnSite), facts: &str) -> Option<Option<Severity>> {
    let mut site = DrawnSite::new("acme", facts);
    draw(&mut site);
    let findings = judged(&CHECK, site);
    assert!(findings.len() <= 1, "{findings:?}");
    findings.first().map(|finding| finding.severity)
}

fn findings(draw: impl FnOnce(&mut DrawnSite), facts: &str) -> Vec<Finding> {
    let mut site = DrawnSite::new("acme", facts);
    draw(&mut site);
    judged(&CHECK, site)
}

#[test]
fn an_alias_that_the_server_was_not_told_of_is_a_finding_with_all_places() {
    let findings = findings(
        |site| {
            reset(site, CHAT);
            notes_ini(site, "notes.ini", Some("other.acme.example"));
            server(site);
        },
        "{}",
    );
    let [finding] = findings.as_slice() else {
        panic!("{findings:?}")
    };
    let places: Vec<_> = finding.places.iter().map(|place| place.document).collect();
    assert_eq!((places, finding.severity), (vec![1, 0, 2], None));
    assert_eq!(
        (field(finding, "host"), field(finding, "server")),
        (CHAT, "Sametime/Servers/ACME")
    );
    assert_eq!(field(finding, "found"), "other.acme.example");
}

#[test]
fn a_server_that_was_told_of_the_name_accepts_it() {
    for value in [
        "*",
        "chat.acme.example",
        "CHAT",
        "im.acme.example, Chat.ACME.example",
        "im,*",
    ] {
        let draw = |site: &mut DrawnSite| {
            reset(site, CHAT);
            notes_ini(site, "notes.ini", Some(value));
        };
        assert_eq!(outcome(draw, ALIASED), None, "{value}");
        // Nothing need be known of the server then.
        assert_eq!(outcome(draw, "{}"), None, "{value}");
    }
    for value in ["", "im.acme.example", "chat.other.example", "chats"] {
        let draw = |site: &mut DrawnSite| {
            reset(site, CHAT);
            notes_ini(site, "notes.ini", Some(value));
        };
        assert_eq!(outcome(draw, ALIASED), Some(None), "{value}");
    }
}

#[test]
fn a_servers_own_name_needs_no_setting() {
    for own in [
        "sametime.acme.example",
        "Sametime",
        "SAMETIME.acme.example",
        "sametime.acme.example.",
    ] {
        let draw = |site: &mut DrawnSite| {
            reset(site, own);
            notes_ini(site, "notes.ini", None);
            server(site);
        };
        assert_eq!(outcome(draw, "{}"), None, "{own}");
    }
}

#[test]
fn a_common_name_is_not_the_name_of_a_machine() {
    let host = "sametime.acme.example";
    let with = |sent: &str, own: &[(&str, &str)], facts: &str| {
        let draw = |site: &mut DrawnSite| {
            reset(site, sent);
            notes_ini(site, "notes.ini", Some("im.acme.example"));
            if !own.is_empty() {
                note(site, "server.dxl", "Server", own);
            }
        };
        outcome(draw, facts)
    };
    let name = ("ServerName", "CN=Sametime/OU=Servers/O=ACME");
    let elsewhere = [name, ("SMTPFullHostDomain", "domino1.acme.example")];
    assert_eq!(with(host, &elsewhere, "{}"), Some(None));
    assert_eq!(with("Sametime", &elsewhere, "{}"), None);
    assert_eq!(with("domino1", &elsewhere, "{}"), None);
    // The machine is called so, and the server is not.
    let machine = r#"{"hosts":[{"name":"sametime.acme.example","roles":["domino"]}]}"#;
    assert_eq!(with(host, &elsewhere, machine), Some(None));
    let told = r#"{"domino":{"server":"Sametime/Servers/ACME"},
        "hosts":[{"name":"domino1.acme.example","roles":["domino"]}]}"#;
    assert_eq!(with(host, &[], told), Some(None));
    // Its host name is not known, and may well be this.
    assert_eq!(with(host, &[name], "{}"), None);
}

#[test]
fn what_notes_ini_lacks_may_come_from_the_configuration_document() {
    let with = |configuration: Option<&[(&str, &str)]>| {
        let draw = |site: &mut DrawnSite| {
            reset(site, CHAT);
            notes_ini(site, "notes.ini", None);
            server(site);
            if let Some(items) = configuration {
                note(site, "config.dxl", "ServerConfig", items);
            }
        };
        outcome(draw, "{}")
    };
    assert_eq!(with(None), Some(Some(Severity::Low)));
    assert_eq!(with(Some(&[("ServerName", "*")])), Some(None));
    assert_eq!(
        with(Some(&[("ServerName", "CN=Other/O=ACME")])),
        Some(Some(Severity::Low))
    );
    assert_eq!(
        with(Some(&[
            ("ServerName", "Sametime/Servers/ACME"),
            ("Network_Sprayer_Address", "*")
        ])),
        None
    );
    assert_eq!(
        with(Some(&[
            ("ServerName", "*"),
            ("Ini", "NETWORK_SPRAYER_ADDRESS = chat.acme.example")
        ])),
        None
    );
    assert_eq!(
        with(Some(&[("NETWORK_SPRAYER_ADDRESS", "im.acme.example")])),
        Some(None)
    );
}

#[test]
fn nothing_is_said_of_names_that_no_notes_client_calls() {
    let row = |kind| [("id", CHAT), ("host", CHAT), ("authType", kind)];
    let silent = |rows: &[&[(&str, &str)]], actions: &[(&str, &str)]| {
        let draw = |site: &mut DrawnSite| {
            communities(site, rows, actions);
            notes_ini(site, "notes.ini", None);
        };
        outcome(draw, ALIASED).is_none()
    };
    assert!(!silent(&[&row("ST-DOMINO-SSO")], &[("reset", CHAT)]));
    assert!(!silent(&[&row("st-domino-sso")], &[]));
    assert!(silent(&[&row("TAM-SPNEGO")], &[("reset", CHAT)]));
    assert!(silent(&[&[("id", CHAT), ("host", CHAT)]], &[("reset", CHAT)]));
    assert!(silent(&[&row("ST-DOMINO-SSO")], &[("delete", CHAT)]));
    // The reset outdoes the update.
    let own = [
        ("id", "s"),
        ("host", "sametime.acme.example"),
        ("authType", "ST-DOMINO-SSO"),
    ];
    assert!(silent(
        &[&row("ST-DOMINO-SSO"), &own],
        &[("update", CHAT), ("reset", "s")]
    ));
}

#[test]
fn an_update_moves_clients_to_the_new_host() {
    let moved = |new| {
        let row = [
            ("id", "old"),
            ("host", "old.acme.example"),
            ("newHost", new),
            ("authType", "ST-DOMINO-SSO"),
        ];
        let draw = |site: &mut DrawnSite| {
            communities(site, &[&row], &[("update", "old")]);
            notes_ini(site, "notes.ini", None);
        };
        outcome(draw, ALIASED)
    };
    assert_eq!(moved(CHAT), Some(Some(Severity::Low)));
    assert_eq!(moved("sametime.acme.example"), None);
}

#[test]
fn a_token_that_is_fetched_by_the_servers_own_name_leaves_little_to_say() {
    let with = |server| {
        let row = [
            ("id", CHAT),
            ("host", CHAT),
            ("authServerUrl", server),
            ("authType", "ST-DOMINO-SSO"),
        ];
        let draw = |site: &mut DrawnSite| {
            communities(site, &[&row], &[("reset", CHAT)]);
            notes_ini(site, "notes.ini", Some("im.acme.example"));
        };
        findings(draw, ALIASED)
            .iter()
            .map(|finding| (field(finding, "host").to_owned(), finding.severity))
            .collect::<Vec<_>>()
    };
    assert_eq!(with("https://chat.acme.example/"), [(CHAT.to_owned(), None)]);
    assert_eq!(
        with("http://sametime.acme.example"),
        [(CHAT.to_owned(), Some(Severity::Low))]
    );
    let other = [
        (CHAT.to_owned(), Some(Severity::Low)),
        ("sso.acme.example".to_owned(), None),
    ];
    assert_eq!(with("sso.acme.example"), other);
}

#[test]
fn without_a_name_of_the_server_the_rule_asks_for_one() {
    let lacks = |facts: &str| {
        let draw = |site: &mut DrawnSite| {
            reset(site, CHAT);
            notes_ini(site, "notes.ini", None);
        };
        let findings = findings(draw, facts);
        findings
            .first()
            .is_some_and(|finding| field(finding, "lacks") == "hosts")
    };
    assert!(lacks("{}"));
    // Two servers, and it could be either's alias.
    let two =
        r#"{"hosts":[{"name":"a.acme.example","roles":["domino"]},{"name":"b.acme.example","roles":["domino"]}]}"#;
    assert!(lacks(two));
    assert!(!lacks(ALIASED));
    assert!(!lacks(
        r#"{"hosts":[{"name":"sametime.acme.example","roles":["community"]}]}"#
    ));
    assert!(!lacks(r#"{"domino":{"server":"Sametime/Servers/ACME"}}"#));
}

#[test]
fn the_notes_ini_of_a_server_is_the_one_in_its_folder() {
    let with = |files: &[(&str, Option<&str>)]| {
        let draw = |site: &mut DrawnSite| {
            reset(site, CHAT);
            for (file, value) in files {
                notes_ini(site, file, *value);
            }
            // A client's is nobody's business.
            site.document("pc/notes.ini", "notes.ini", "ini", &[], "ini");
        };
        outcome(draw, ALIASED)
    };
    assert_eq!(
        with(&[("sametime/notes.ini", Some("*")), ("mail/notes.ini", None)]),
        None
    );
    assert_eq!(
        with(&[("sametime/notes.ini", Some("x")), ("mail/notes.ini", Some("*"))]),
        Some(None)
    );
    assert_eq!(
        with(&[("a/notes.ini", Some("x")), ("b/notes.ini", Some("*"))]),
        Some(Some(Severity::Low))
    );
    assert_eq!(with(&[("a/notes.ini", Some("*")), ("b/notes.ini", Some(CHAT))]), None);
    assert_eq!(with(&[("a/notes.ini", Some("x"))]), Some(None));
}

#[test]
fn every_server_behind_an_alias_has_to_be_told() {
    let facts = r#"{"hosts":[
        {"name":"st1.acme.example","roles":["domino"],"aliases":["chat.acme.example"]},
        {"name":"st2.acme.example","roles":["domino"],"aliases":["chat.acme.example"]}]}"#;
    let draw = |site: &mut DrawnSite| {
        reset(site, CHAT);
        notes_ini(site, "st1/notes.ini", Some("*"));
        notes_ini(site, "st2/notes.ini", Some("x"));
    };
    let findings = findings(draw, facts);
    assert_eq!(findings.len(), 1);
    assert_eq!(field(&findings[0], "server"), "st2.acme.example");
}

#[test]
fn a_host_that_no_server_document_knows_is_what_clients_call_it() {
    let facts = r#"{"hosts":[{"name":"chat.acme.example","roles":["community"]}]}"#;
    let draw = |documented: bool| {
        move |site: &mut DrawnSite| {
            reset(site, CHAT);
            notes_ini(site, "notes.ini", Some("x"));
            if documented {
                server(site);
            }
        }
    };
    assert_eq!(outcome(draw(true), facts), Some(None));
    assert_eq!(outcome(draw(false), facts), None);
}

#[test]
fn without_notes_ini_nothing_is_claimed() {
    let draw = |site: &mut DrawnSite| {
        reset(site, CHAT);
        server(site);
    };
    assert_eq!(outcome(draw, "{}"), Some(Some(Severity::Info)));
    // A client's says nothing of the server.
    let with_a_clients = |site: &mut DrawnSite| {
        draw(site);
        site.document("pc/notes.ini", "notes.ini", "ini", &[], "ini");
    };
    assert_eq!(outcome(with_a_clients, "{}"), Some(Some(Severity::Info)));
}
