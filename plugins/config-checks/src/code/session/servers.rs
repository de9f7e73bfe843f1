//! The application servers of a site, and what each says of HTTPOnly.
//!
//! Comes in: `server.xml`, `serverindex.xml`, which says what kind each server is, and the version. Goes out: [`Server`], one a
//! file: a node's copy of its server's file may be older than the deployment manager's. Never here: which of them matter.

use std::collections::BTreeMap;

use casebook_plugin_configs::{Document, Interest, Node};

use super::cookies::{self, Setting};
use crate::code::Inquiry;

/// Folders of patterns for servers that do not exist yet.
const PATTERNS: &[&str] = &["templates", "profileTemplates", "dynamicclusters"];

/// Components that tell a server that runs no applications.
const NO_APPLICATIONS: &[&str] = &["NodeAgent", "CellManager", "ProxyServer", "OnDemandRouter", "WebServer"];

/// An application server, by one of its files.
#[derive(Debug)]
pub(super) struct Server<'s> {
    /// Empty where the path does not say.
    pub(super) cell: &'s str,
    pub(super) node: &'s str,
    pub(super) name: &'s str,
    /// What people call it: node and name.
    pub(super) label: String,
    pub(super) setting: Setting,
    /// It is said in the file, not by the version's default.
    pub(super) written: bool,
    /// What says so, or where it could be said.
    pub(super) place: Node<'s>,
}

impl<'s> Server<'s> {
    /// The cell, if it is known.
    pub(super) fn cell_name(&self) -> Option<&'s str> {
        (!self.cell.is_empty()).then_some(self.cell)
    }
}

pub(super) fn wants() -> [Interest; 2] {
    let elements = [
        "Server",
        "components",
        "services[xmi:type=applicationserver.webcontainer:SessionManager]",
        "defaultCookieSettings",
        "properties[name=com.ibm.ws.webcontainer.HTTPOnlyCookies]",
    ];
    [
        Interest::in_kind("server.xml").nodes(elements),
        Interest::in_kind("serverindex.xml").nodes(["serverEntries"]),
    ]
}

/// All application servers.
pub(super) fn of<'s>(inquiry: &Inquiry<'s>) -> Vec<Server<'s>> {
    let default = cookies::default(inquiry.facts.version("websphere"));
    let kinds = kinds(inquiry);
    let documents = inquiry.site.of_kind("server.xml").filter(|document| {
        let mut folders = document.folder().split('/');
        !folders.any(|folder| PATTERNS.contains(&folder)) && runs_applications(*document, &kinds)
    });
    documents.map(|document| read(document, default)).collect()
}

/// Cell, node and name.
type Key<'s> = (&'s str, &'s str, &'s str);

fn key(document: Document<'_>) -> Key<'_> {
    let said = |name| document.attribute(name).unwrap_or_default();
    let own = document
        .named("Server")
        .find_map(|server| server.attribute("name"))
        .unwrap_or_default();
    (said("cell"), said("node"), document.attribute("server").unwrap_or(own))
}

/// What kind each server is.
fn kinds<'s>(inquiry: &Inquiry<'s>) -> BTreeMap<Key<'s>, &'s str> {
    let mut kinds = BTreeMap::new();
    for document in inquiry.site.of_kind("serverindex.xml") {
        let said = |name| document.attribute(name).unwrap_or_default();
        for entry in document.named("serverEntries") {
            if let (Some(name), Some(kind)) = (entry.attribute("serverName"), entry.attribute("serverType")) {
                kinds.insert((said("cell"), said("node"), name), kind);
            }
        }
    }
    kinds
}

fn kind_of(node: Node<'_>) -> &str {
    let kind = node.attribute("xmi:type").unwrap_or_default();
    kind.rsplit_once(':').map_or(kind, |(_, kind)| kind)
}

fn runs_applications(document: Document<'_>, kinds: &BTreeMap<Key<'_>, &str>) -> bool {
    if let Some(kind) = kinds.get(&key(document)) {
        return *kind == "APPLICATION_SERVER";
    }
    let mut components = document.named("components").map(kind_of);
    !components.any(|kind| NO_APPLICATIONS.contains(&kind))
}

fn read(document: Document<'_>, default: Setting) -> Server<'_> {
    let (cell, node, name) = key(document);
    let management = document
        .named("services")
        .find(|service| kind_of(*service) == "SessionManager");
    let written = management.and_then(cookies::written);
    let added = cookies::added(document);
    let (setting, place) = match (written, added) {
        (Some((true, cookie)), _) => (Setting::On, cookie),
        (_, Some(property)) => (Setting::On, property),
        (Some((false, cookie)), None) => (Setting::Off, cookie),
        (None, None) => (default, management.unwrap_or_else(|| document.root())),
    };
    let label = match (node, name) {
        ("", "") => document.file().to_owned(),
        ("", name) => name.to_owned(),
        (node, name) => format!("{node}/{name}"),
    };
    Server {
        cell,
        node,
        name,
        label,
        setting,
        written: written.is_some() || added.is_some(),
        place,
    }
}
