//! Which servers do what.
//!
//! Comes in: the hosts of `environment.toml` with their roles, and the cells. Goes out: the servers that have a role, by cell
//! and node. Never here: guesses from names of servers; who reaches a server is known to the administrator alone.

use std::collections::{BTreeMap, BTreeSet};

use casebook_plugin_configs::{Node, Severity};

use super::cell::Cell;
use super::with_places;
use crate::facts::{Facts, Host};
use crate::report::Report;

/// Roles of servers that people reach who do not belong to the house, or whose requests come through from outside. A
/// `web-server` has its own configuration, which is judged as such; a WebSphere server on its node counts as well. The SIP
/// Proxy/Registrar is not among them: its clients need the old protocols.
pub(super) const REACHED_BY_STRANGERS: [&str; 4] = ["sametime-proxy", "meeting", "connections", "web-server"];

/// Ends that browsers connect to, of an application server and of a WebSphere proxy.
pub(super) const WEB_ENDS: [&str; 2] = ["WC_defaulthost_secure", "PROXY_HTTPS_ADDRESS"];

/// Ends that SIP clients connect to, of an application server and of a WebSphere proxy.
pub(super) const SIP_ENDS: [&str; 2] = ["SIP_DEFAULTHOST_SECURE", "PROXY_SIPS_ADDRESS"];

/// A server that has a role.
#[derive(Debug, Clone, Copy)]
pub(super) struct Holder<'s> {
    /// The cell, by its number.
    pub(super) cell: usize,
    pub(super) node: &'s str,
    /// Empty: no document shows what runs on the node, so the node stands for all of it.
    pub(super) server: &'s str,
}

/// What is known of who does what.
#[derive(Debug)]
pub(super) struct Roles<'s> {
    facts: &'s Facts,
    /// The hosts of each node, by the number of its cell.
    by_node: BTreeMap<(usize, &'s str), Vec<&'s Host>>,
    /// For each host in order, the nodes that are on it.
    nodes: Vec<Vec<(usize, &'s str)>>,
}

impl<'s> Roles<'s> {
    /// Finds the nodes of all hosts.
    pub(super) fn of(cells: &[Cell<'s>], facts: &'s Facts) -> Self {
        let machines: Vec<_> = cells.iter().map(machines).collect();
        let mut roles = Self {
            facts,
            by_node: BTreeMap::new(),
            nodes: Vec::new(),
        };
        for host in &facts.hosts {
            let in_cells = cells.iter().zip(&machines).enumerate();
            let nodes: Vec<(usize, &'s str)> = in_cells
                .filter_map(|(number, (cell, machines))| {
                    Some((number, node_of(cell, machines, host, cells.len() == 1)?))
                })
                .collect();
            for node in &nodes {
                roles.by_node.entry(*node).or_default().push(host);
            }
            roles.nodes.push(nodes);
        }
        roles
    }

    fn having(&self, roles: &[&str]) -> impl Iterator<Item = (&'s Host, &[(usize, &'s str)])> {
        let all = self.facts.hosts.iter().zip(&self.nodes);
        all.filter(move |(host, _)| roles.iter().any(|role| host.has_role(role)))
            .map(|(host, nodes)| (host, nodes.as_slice()))
    }

    /// The servers that have one of these roles, in order of hosts, without repetition.
    pub(super) fn holders(&self, cells: &[Cell<'s>], roles: &[&str]) -> Vec<Holder<'s>> {
        let mut found = Vec::new();
        let mut seen = BTreeSet::new();
        for (host, nodes) in self.having(roles) {
            let web_server_only = roles.iter().all(|role| !host.has_role(role) || *role == "web-server");
            for (number, node) in nodes {
                let Some(cell) = cells.get(*number) else { continue };
                let servers = servers_of(cell, host, node, web_server_only);
                let new = servers
                    .into_iter()
                    .filter(|server| seen.insert((*number, *node, *server)));
                found.extend(new.map(|server| Holder {
                    cell: *number,
                    node,
                    server,
                }));
            }
        }
        found
    }

    /// Node and server of the deployment manager of a cell, where a host has that role.
    pub(super) fn manager(&self, cell: usize) -> Option<(&'s str, &'s str)> {
        let of_role = ["deployment-manager"];
        self.having(&of_role).find_map(|(host, nodes)| {
            let (_, node) = nodes.iter().find(|(number, _)| *number == cell)?;
            Some((*node, host.servers.first().map_or("dmgr", String::as_str)))
        })
    }

    /// Whether somebody has one of these roles, and of each host that has the node is known.
    pub(super) fn are_known(&self, roles: &[&str]) -> bool {
        let mut having = self.having(roles).peekable();
        having.peek().is_some() && having.all(|(host, nodes)| is_placed(host, nodes))
    }

    /// The same of any role.
    pub(super) fn are_all_known(&self) -> bool {
        let all = self.facts.hosts.iter().zip(&self.nodes);
        let mut having = all.filter(|(host, _)| !host.roles.is_empty()).peekable();
        having.peek().is_some() && having.all(|(host, nodes)| is_placed(host, nodes))
    }

    /// Whether somebody has said what a node does.
    pub(super) fn is_known(&self, cell: usize, node: &str) -> bool {
        let mut hosts = self.by_node.get(&(cell, node)).into_iter().flatten();
        hosts.any(|host| !host.roles.is_empty())
    }

    /// Whether a server of a node has a role.
    pub(super) fn has_role(&self, cell: usize, node: &str, server: &str, role: &str) -> bool {
        let hosts = self.by_node.get(&(cell, node)).into_iter().flatten();
        let named =
            |host: &Host| host.servers.is_empty() || host.servers.iter().any(|own| own.eq_ignore_ascii_case(server));
        hosts.into_iter().any(|host| host.has_role(role) && named(host))
    }

    /// The nodes on hosts that a folder is named after.
    pub(super) fn nodes_on(&self, cell: usize, folder: &str) -> impl Iterator<Item = &'s str> {
        let hosts = self.facts.hosts.iter().zip(&self.nodes);
        let of_folder = hosts.filter(move |(host, _)| host.is(folder));
        let nodes = of_folder.flat_map(|(_, nodes)| nodes);
        nodes.filter(move |(number, _)| *number == cell).map(|(_, node)| *node)
    }

    /// Whether Sametime runs in a cell: the environment says that it is installed, a host has one of its roles, or a
    /// server has a name that its installation gives (`STProxyServer`).
    pub(super) fn has_sametime(&self, cell: &Cell<'_>) -> bool {
        const ROLES: [&str; 4] = ["sametime-proxy", "meeting", "sip-proxy-registrar", "community"];
        let of_sametime = |name: &str| {
            let behind = name.strip_prefix("ST").and_then(|rest| rest.chars().next());
            behind.is_some_and(|letter| letter.is_ascii_uppercase()) || name.to_lowercase().contains("sametime")
        };
        self.facts.version("sametime").is_some()
            || self.having(&ROLES).next().is_some()
            || cell
                .nodes
                .values()
                .any(|member| member.servers.keys().any(|name| of_sametime(name)))
    }
}

/// Nodes by the first part of the name of their machine, in small letters.
fn machines<'s>(cell: &Cell<'s>) -> BTreeMap<String, Vec<&'s str>> {
    let mut machines: BTreeMap<String, Vec<&'s str>> = BTreeMap::new();
    for (node, member) in cell.nodes.iter().filter(|(_, member)| !member.host.is_empty()) {
        machines.entry(first_part(member.host)).or_default().push(node);
    }
    machines
}

fn first_part(name: &str) -> String {
    name.split('.').next().unwrap_or_default().to_lowercase()
}

/// The node of a host in a cell. A host whose node no document of any cell shows belongs to the only cell there is.
fn node_of<'s>(
    cell: &Cell<'s>,
    machines: &BTreeMap<String, Vec<&'s str>>,
    host: &'s Host,
    only_cell: bool,
) -> Option<&'s str> {
    if !host.node.is_empty() {
        return cell
            .node_named(&host.node)
            .or_else(|| only_cell.then_some(host.node.as_str()));
    }
    let names = std::iter::once(&host.name).chain(&host.aliases);
    let candidates = names.filter_map(|name| machines.get(&first_part(name))).flatten();
    let is_on = |node: &&&'s str| cell.nodes.get(**node).is_some_and(|member| host.is(member.host));
    candidates.into_iter().find(is_on).copied()
}

fn servers_of<'s>(cell: &Cell<'s>, host: &'s Host, node: &'s str, web_server_only: bool) -> Vec<&'s str> {
    let known = cell.application_servers(node);
    if host.servers.is_empty() {
        // What WebSphere knows of the node of a web server is mostly the web server itself.
        return if known.is_empty() && !web_server_only {
            vec![""]
        } else {
            known
        };
    }
    let canonical = |name: &'s String| {
        let same = known.iter().find(|server| server.eq_ignore_ascii_case(name));
        same.copied().unwrap_or(name)
    };
    host.servers.iter().map(canonical).collect()
}

/// Whether it is known where a host's node is, or that there is none.
fn is_placed(host: &Host, nodes: &[(usize, &str)]) -> bool {
    const WITHOUT_NODE: [&str; 3] = ["web-server", "domino", "community"];
    !host.node.is_empty()
        || !nodes.is_empty()
        || host
            .roles
            .iter()
            .all(|role| WITHOUT_NODE.iter().any(|own| own.eq_ignore_ascii_case(role)))
}

/// Says once for a cell that a rule cannot judge it without knowing what its nodes do.
pub(super) fn lacks_roles<'s>(report: &mut Report, cell: &Cell<'s>, sentence: &str, places: Vec<Node<'s>>) {
    let message = format!("{sentence} Give `hosts` with `node` and `roles` in environment.toml to check this.");
    let entry = report
        .finding(format!("lacks hosts {}", cell.name), message)
        .severity(Severity::Info)
        .field("cell", cell.name);
    with_places(entry, places).field("lacks", "hosts").enter();
}
