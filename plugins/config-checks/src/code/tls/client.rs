//! The clients of a cell: what `ssl.client.props` of each profile lets commands and node agents speak.
//!
//! Comes in: the site and its cells. Goes out: a [`Client`] for each file that sets a protocol, with the cell and, where it
//! can be told, the node that it belongs to. Never here: whether it can talk to anybody.
//!
//! The node of a profile is what its `bin/setupCmdLine` says; else the only node whose servers lie in the profile's tree;
//! else the one that a folder above is named after, or whose host it is named after. Of a key that is set twice the last
//! one counts; a file that does not set it leaves the version's default, and is none of these clients.

use std::collections::{BTreeMap, BTreeSet};

use casebook_plugin_configs::{Document, Interest, Node, Site};

use super::cell::Cell;
use super::roles::Roles;

/// The key.
const KEY: &str = "com.ibm.ssl.protocol";

/// With `true`, the FIPS mode chooses protocols by itself.
const FIPS: &str = "com.ibm.security.useFIPS";

/// A file that sets the protocol of clients.
#[derive(Debug, Clone, Copy)]
pub(super) struct Client<'s> {
    pub(super) document: Document<'s>,
    /// The setting.
    pub(super) place: Node<'s>,
    /// The cell, by its number.
    pub(super) cell: usize,
    pub(super) node: Option<&'s str>,
}

/// What is known of a profile.
#[derive(Debug, Default)]
pub(super) struct Profile<'s> {
    cell: Option<&'s str>,
    node: Option<&'s str>,
    cells: BTreeSet<&'s str>,
    /// Nodes of which it has servers, and nodes that it knows of.
    with_servers: BTreeSet<&'s str>,
    listed: BTreeSet<&'s str>,
}

/// What has to be seen of a site, besides its cells, to know its clients.
pub(super) fn interest() -> Interest {
    Interest::in_kind("ssl.client.props").nodes([KEY, FIPS])
}

/// What has to be seen of a site to know whose its profiles are.
pub(super) fn interest_in_profiles() -> Interest {
    Interest::in_kind("profile")
        .files(["setupCmdLine.sh", "setupCmdLine.bat"])
        .nodes(["WAS_CELL", "WAS_NODE"])
}

/// The clients of a site whose cell is known.
pub(super) fn clients<'s>(site: &'s Site, cells: &[Cell<'s>], roles: &Roles<'s>) -> Vec<Client<'s>> {
    let profiles = profiles(site);
    let unknown = Profile::default();
    site.of_kind("ssl.client.props")
        .filter_map(|document| {
            let setting = |key| {
                let standing = document
                    .named(key)
                    .filter(|node| node.attribute("superseded").is_none());
                standing.last().filter(|node| !node.value().trim().is_empty())
            };
            let place = setting(KEY)?;
            if setting(FIPS).is_some_and(|node| node.value().trim().eq_ignore_ascii_case("true")) {
                return None;
            }
            let profile = document.attribute("profile").and_then(|name| profiles.get(name));
            let profile = profile.unwrap_or(&unknown);
            let cell = profile.cell_in(cells)?;
            let node = profile.node().or_else(|| node_by_path(document, cell, cells, roles));
            Some(Client {
                document,
                place,
                cell,
                node,
            })
        })
        .collect()
}

/// The profiles of a site, by name.
pub(super) fn profiles(site: &Site) -> BTreeMap<&str, Profile<'_>> {
    let mut profiles: BTreeMap<&str, Profile<'_>> = BTreeMap::new();
    for document in site.documents() {
        let Some(name) = document.attribute("profile") else {
            continue;
        };
        let profile = profiles.entry(name).or_default();
        profile.cells.extend(document.attribute("cell"));
        match document.kind() {
            "server.xml" => profile.with_servers.extend(document.attribute("node")),
            "serverindex.xml" => profile.listed.extend(document.attribute("node")),
            "profile" => {
                // A mere `export NAME` assigns nothing.
                let given = |name| {
                    let assigned = document.named(name).map(|node| node.value().trim());
                    assigned.filter(|value| !value.is_empty()).last()
                };
                profile.cell = given("WAS_CELL").or(profile.cell);
                profile.node = given("WAS_NODE").or(profile.node);
            }
            _ => {}
        }
    }
    profiles
}

impl<'s> Profile<'s> {
    fn cell_in(&self, cells: &[Cell<'_>]) -> Option<usize> {
        let numbered = |name: &str| cells.iter().position(|cell| cell.name == name);
        let by_tree = || only(&self.cells).and_then(numbered);
        let alone = || (cells.len() == 1).then_some(0);
        self.cell.and_then(numbered).or_else(by_tree).or_else(alone)
    }

    /// The node that it is.
    pub(super) fn node(&self) -> Option<&'s str> {
        self.node.or_else(|| only(&self.with_servers)).or_else(|| {
            // A managed node knows the other nodes too; servers of its own would have told.
            only(&self.listed).filter(|_| self.with_servers.is_empty())
        })
    }
}

fn only<'s>(names: &BTreeSet<&'s str>) -> Option<&'s str> {
    let mut names = names.iter();
    names.next().copied().filter(|_| names.next().is_none())
}

/// The node that a folder of the file's path is named after, or that is on the host which one is named after.
fn node_by_path<'s>(document: Document<'s>, cell: usize, cells: &[Cell<'s>], roles: &Roles<'s>) -> Option<&'s str> {
    let folders = || document.folder().split('/').filter(|folder| !folder.is_empty());
    let known = cells.get(cell)?;
    let named = folders().find_map(|folder| known.node_named(folder));
    named.or_else(|| folders().find_map(|folder| roles.nodes_on(cell, folder).next()))
}
