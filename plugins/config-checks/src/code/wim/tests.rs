//! Cells with directories of one kind and another.

use casebook_plugin_configs::{DrawnDocument, DrawnSite, Finding, Severity};

use super::{BASE_ENTRY, USER_ID};
use crate::code::trial::{field, groups, judged};

const SAMETIME: &str = r#"{"products":{"sametime":"9.0.1"}}"#;
const ACME: &str = r#"{"products":{"sametime":"9.0.1"},"domino":{"organisation":"O=ACME"}}"#;

/// A file with one repository and one realm.
struct Drawing {
    kind: &'static str,
    entry: &'static str,
    in_repository: Option<&'static str>,
    participating: &'static str,
    mapping: Option<(&'static str, &'static str)>,
    bind: &'static str,
}

/// As the article leaves it.
const RIGHT: Drawing = Drawing {
    kind: "DOMINO",
    entry: "O=ACME",
    in_repository: Some(""),
    participating: "o=acme",
    mapping: Some(("externalName", "externalName")),
    bind: "",
};

fn wim<'d>(site: &'d mut DrawnSite, cell: &str) -> DrawnDocument<'d> {
    let file = format!("cells/{cell}/wim/config/wimconfig.xml");
    site.document(&file, "wimconfig.xml", "xml", &[("cell", cell)], "sdo:datagraph")
}

fn repository(file: &mut DrawnDocument<'_>, drawing: &Drawing) {
    let attributes = [
        ("xsi:type", "config:LdapRepositoryType"),
        ("id", "Domino"),
        ("ldapServerType", drawing.kind),
    ];
    let repository = file.node(0, "config:repositories", "", 3, &attributes);
    let mut entry = vec![("name", drawing.entry)];
    entry.extend(drawing.in_repository.map(|name| ("nameInRepository", name)));
    file.node(repository, "config:baseEntries", "", 4, &entry);
    file.node(repository, "config:ldapServers", "", 5, &[("bindDN", drawing.bind)]);
}

fn realm(file: &mut DrawnDocument<'_>, configuration: u32, name: &str, drawing: &Drawing) {
    let realm = file.node(configuration, "config:realms", "", 7, &[("name", name)]);
    file.node(
        realm,
        "config:participatingBaseEntries",
        "",
        8,
        &[("name", "o=defaultWIMFileBasedRealm")],
    );
    file.node(
        realm,
        "config:participatingBaseEntries",
        "",
        9,
        &[("name", drawing.participating)],
    );
    if let Some((input, output)) = drawing.mapping {
        let sides = [("propertyForInput", input), ("propertyForOutput", output)];
        file.node(realm, "config:uniqueUserIdMapping", "", 10, &sides);
    }
}

fn draw(site: &mut DrawnSite, cell: &str, drawing: &Drawing) {
    let mut file = wim(site, cell);
    repository(&mut file, drawing);
    let configuration = file.node(0, "config:realmConfiguration", "", 6, &[("defaultRealm", "main")]);
    realm(&mut file, configuration, "main", drawing);
}

fn user_ids(facts: &str, drawing: &Drawing) -> Vec<Finding> {
    let mut site = DrawnSite::new("acme", facts);
    draw(&mut site, "C", drawing);
    judged(&USER_ID, site)
}

/// Group and severity of each finding about base entries.
fn base_entries(facts: &str, drawing: &Drawing) -> Vec<(String, Option<Severity>)> {
    let mut site = DrawnSite::new("acme", facts);
    draw(&mut site, "C", drawing);
    let findings = judged(&BASE_ENTRY, site);
    findings
        .into_iter()
        .map(|finding| (finding.group, finding.severity))
        .collect()
}

#[test]
fn user_ids_of_a_domino_directory_are_mapped_by_external_name() {
    assert_eq!(user_ids(SAMETIME, &RIGHT).len(), 0);
    let stock = ("uniqueName", "uniqueName");
    for (mapping, found) in [
        (Some(stock), "uniqueName/uniqueName"),
        (Some(("externalName", "uniqueName")), "externalName/uniqueName"),
        (Some(("uniqueName", "externalName")), "uniqueName/externalName"),
        (None, "uniqueName/uniqueName"),
    ] {
        let findings = user_ids(SAMETIME, &Drawing { mapping, ..RIGHT });
        assert_eq!((findings.len(), field(&findings[0], "found")), (1, found));
        assert_eq!((findings[0].severity, findings[0].places.len()), (None, 2));
    }
    for kind in ["AD", "AD2003", "IDS", "SUNONE", "CUSTOM", ""] {
        let other = Drawing {
            kind,
            mapping: Some(stock),
            ..RIGHT
        };
        assert_eq!(user_ids(SAMETIME, &other).len(), 0, "{kind}");
    }
    for kind in ["DOMINO65", "domino8"] {
        let domino = Drawing {
            kind,
            mapping: Some(stock),
            ..RIGHT
        };
        assert_eq!(user_ids(SAMETIME, &domino).len(), 1, "{kind}");
    }
}

#[test]
fn a_custom_repository_with_dominos_own_attribute_is_dominos() {
    let judge = |kind| {
        let mut site = DrawnSite::new("acme", SAMETIME);
        let drawing = Drawing {
            kind,
            mapping: None,
            ..RIGHT
        };
        let mut file = wim(&mut site, "C");
        repository(&mut file, &drawing);
        file.node(1, "config:externalIdAttributes", "", 5, &[("name", "dominoUNID")]);
        let configuration = file.node(0, "config:realmConfiguration", "", 6, &[]);
        realm(&mut file, configuration, "only", &drawing);
        judged(&USER_ID, site).len()
    };
    assert_eq!((judge("CUSTOM"), judge(""), judge("AD")), (1, 1, 0));
}

#[test]
fn only_the_default_realm_counts() {
    let judge = |default: &str| {
        let mut site = DrawnSite::new("acme", SAMETIME);
        let mut file = wim(&mut site, "C");
        repository(&mut file, &RIGHT);
        let configuration = file.node(0, "config:realmConfiguration", "", 6, &[("defaultRealm", default)]);
        realm(&mut file, configuration, "main", &RIGHT);
        realm(&mut file, configuration, "other", &Drawing { mapping: None, ..RIGHT });
        judged(&USER_ID, site)
            .iter()
            .map(|finding| finding.severity)
            .collect::<Vec<_>>()
    };
    assert_eq!(judge("main"), []);
    assert_eq!(judge("other"), [None]);
    assert_eq!(judge("gone"), [Some(Severity::Info)]);
}

#[test]
fn whose_cell_it_is_decides() {
    let stock = Drawing { mapping: None, ..RIGHT };
    let judge = |facts: &str, beside: &[(&str, &[(&str, &str)])]| {
        let mut site = DrawnSite::new("acme", facts);
        draw(&mut site, "C", &stock);
        for (kind, attributes) in beside {
            site.document(kind, kind, "xml", attributes, "root");
        }
        let findings = judged(&USER_ID, site);
        assert!(findings.len() <= 1);
        findings.first().map(|finding| field(finding, "lacks").to_owned())
    };
    let (fires, lacks) = (Some(String::new()), Some("products.sametime".to_owned()));
    assert_eq!(judge("{}", &[]), lacks);
    assert_eq!(judge(r#"{"products":{"connections":"5.0"}}"#, &[]), lacks);
    assert_eq!(judge(SAMETIME, &[]), fires);
    let in_c = [("cell", "C"), ("node", "n1"), ("server", "s")];
    assert_eq!(judge("{}", &[("stproxyconfig.xml", &in_c)]), fires);
    assert_eq!(judge("{}", &[("stproxyconfig.xml", &[("cell", "D")])]), lacks);
    let hosts = r#"{"hosts":[{"name":"m","node":"N1","roles":["meeting"]}]}"#;
    assert_eq!(judge(hosts, &[("serverindex.xml", &in_c)]), fires);
    // A cell of Connections at a site that has Sametime too.
    assert_eq!(judge(SAMETIME, &[("LotusConnections-config.xml", &in_c)]), None);
    assert_eq!(
        judge(SAMETIME, &[("widgets-config.xml", &in_c), ("stproxyconfig.xml", &in_c)]),
        fires
    );
}

#[test]
fn a_base_entry_is_the_organisation_and_begins_at_the_top() {
    assert_eq!(base_entries(ACME, &RIGHT), []);
    let name = |entry| {
        let findings = base_entries(
            ACME,
            &Drawing {
                entry,
                participating: entry,
                ..RIGHT
            },
        );
        findings.into_iter().map(|(_, severity)| severity).collect::<Vec<_>>()
    };
    assert_eq!(name(" o = acme "), []);
    for entry in [
        "C=US",
        "O=ACME,C=US",
        "OU=Sales,O=ACME",
        "O=Other",
        "",
        "dc=acme,dc=example",
    ] {
        assert_eq!(name(entry), [None], "{entry}");
    }
    let medium = [(
        "C: Domino: O=ACME: name in the repository".to_owned(),
        Some(Severity::Medium),
    )];
    assert_eq!(
        base_entries(
            ACME,
            &Drawing {
                in_repository: Some("O=ACME"),
                ..RIGHT
            }
        ),
        medium
    );
    let info = [(
        "C: Domino: O=ACME: name in the repository".to_owned(),
        Some(Severity::Info),
    )];
    assert_eq!(
        base_entries(
            ACME,
            &Drawing {
                in_repository: None,
                ..RIGHT
            }
        ),
        info
    );
}

#[test]
fn empty_names_are_an_advice_for_other_products() {
    let empty = Drawing {
        entry: "",
        participating: "",
        ..RIGHT
    };
    let name = ("C: Domino: : name".to_owned(), None);
    assert_eq!(base_entries(SAMETIME, &empty), std::slice::from_ref(&name));
    let missing = Drawing {
        in_repository: None,
        ..empty
    };
    assert_eq!(base_entries(SAMETIME, &missing), [name]);
    let mut site = DrawnSite::new("acme", "{}");
    draw(&mut site, "C", &missing);
    site.document("w.xml", "widgets-config.xml", "xml", &[("cell", "C")], "config");
    assert_eq!(judged(&BASE_ENTRY, site).len(), 0);
}

#[test]
fn an_organisation_that_is_not_known_is_asked_for_unless_something_else_tells() {
    let lacks = [("lacks domino.organisation".to_owned(), Some(Severity::Info))];
    assert_eq!(base_entries(SAMETIME, &RIGHT), lacks);
    // No organisation at all, whichever is right.
    for entry in ["C=US", "OU=Sales,O=ACME"] {
        let drawing = Drawing {
            entry,
            participating: entry,
            ..RIGHT
        };
        assert_eq!(base_entries(SAMETIME, &drawing).first().unwrap().1, None, "{entry}");
    }
    assert_eq!(
        base_entries(
            SAMETIME,
            &Drawing {
                bind: "CN=Bind,O=ACME",
                ..RIGHT
            }
        ),
        []
    );
    assert_eq!(
        base_entries(
            SAMETIME,
            &Drawing {
                bind: "CN=Bind,O=Other",
                ..RIGHT
            }
        ),
        lacks
    );
    let server = r#"{"products":{"sametime":"9"},"domino":{"server":"Sametime/Servers/ACME"}}"#;
    assert_eq!(base_entries(server, &RIGHT), []);
    let other = Drawing {
        entry: "O=Other",
        participating: "O=Other",
        ..RIGHT
    };
    assert_eq!(base_entries(server, &other).first().unwrap().1, None);
}

#[test]
fn server_documents_say_which_organisation_it_is_and_are_evidence() {
    let mut site = DrawnSite::new("acme", SAMETIME);
    draw(
        &mut site,
        "C",
        &Drawing {
            entry: "O=Other",
            participating: "O=Other",
            ..RIGHT
        },
    );
    let mut dxl = site.document("names.dxl", "dxl", "xml", &[], "document");
    dxl.node(0, "item", "", 2, &[("name", "Form")]);
    dxl.node(1, "text", "Server", 2, &[]);
    let item = dxl.node(0, "item", "", 3, &[("name", "ServerName")]);
    dxl.node(item, "text", "CN=Sametime/OU=Servers/O=ACME", 3, &[]);
    let findings = judged(&BASE_ENTRY, site);
    assert_eq!((findings.len(), field(&findings[0], "wanted")), (1, "O=ACME"));
    assert_eq!(
        findings[0]
            .places
            .iter()
            .map(|place| place.document)
            .collect::<Vec<_>>(),
        [0, 1]
    );
}

#[test]
fn a_repository_that_takes_no_part_is_a_finding_of_its_own() {
    let drawing = Drawing {
        participating: "c=us",
        mapping: None,
        ..RIGHT
    };
    let no_part = [("C: Domino: no part".to_owned(), Some(Severity::Medium))];
    assert_eq!(base_entries(ACME, &drawing), no_part);
    assert_eq!(user_ids(ACME, &drawing).len(), 0);
    // In another realm than the default one it has its part.
    let mut site = DrawnSite::new("acme", ACME);
    let mut file = wim(&mut site, "C");
    repository(&mut file, &RIGHT);
    let configuration = file.node(0, "config:realmConfiguration", "", 6, &[("defaultRealm", "main")]);
    realm(&mut file, configuration, "main", &drawing);
    realm(&mut file, configuration, "other", &RIGHT);
    assert_eq!(judged(&BASE_ENTRY, site).len(), 0);
}

#[test]
fn copies_of_a_file_are_one_finding_with_all_places() {
    let mut site = DrawnSite::new("acme", SAMETIME);
    let stock = Drawing { mapping: None, ..RIGHT };
    draw(&mut site, "C", &stock);
    draw(&mut site, "C", &RIGHT);
    draw(&mut site, "C", &stock);
    draw(&mut site, "D", &stock);
    let findings = judged(&USER_ID, site);
    assert_eq!(groups(&findings), ["C: main", "D: main"]);
    let documents: Vec<_> = findings[0].places.iter().map(|place| place.document).collect();
    assert_eq!(documents, [0, 0, 2, 2]);
}
