//! Which servers do what.
//!
//! Comes in: the hosts of `environment.toml` with their roles, and the cells. Goes out: the servers that have a role, by cell
//! and node. Never here: guesses from names of servers; who reaches a server is known to the administrator alone.

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

/// The servers that have one of these roles, in order of hosts, without repetition.
pub(super) fn holders<'s>(cells: &[Cell<'s>], facts: &'s Facts, roles: &[&str]) -> Vec<Holder<'s>> {
    let mut found: Vec<Holder<'s>> = Vec::new();
    let mut seen = std::collections::BTreeSet::new();
    for host in &facts.hosts {
        if !roles.iter().any(|role| host.has_role(role)) {
            continue;
        }
        for (number, cell) in cells.iter().enumerate() {
            let Some(node) = node_of(cell, host, cells.len() == 1) else { continue };
            let web_server_only = roles.iter().all(|role| !host.has_role(role) || *role == "web-server");
            for server in servers_of(cell, host, node, web_server_only) {
                if seen.insert((number, node, server)) {
                    found.push(Holder {
                        cell: number,
                        node,
                        server,
                    });
                }
            }
        }
    }
    found
}

/// The node of a host in a cell. A host whose node no document of any cell shows belongs to the only cell there is.
pub(super) fn node_of<'s>(cell: &Cell<'s>, host: &'s Host, only_cell: bool) -> Option<&'s str> {
    if host.node.is_empty() {
        let mut members = cell.nodes.iter();
        return members.find(|(_, member)| host.is(member.host)).map(|(node, _)| *node);
    }
    cell.node_named(&host.node).or_else(|| only_cell.then_some(host.node.as_str()))
}

fn servers_of<'s>(cell: &Cell<'s>, host: &'s Host, node: &'s str, web_server_only: bool) -> Vec<&'s str> {
    let known = cell.application_servers(node);
    if host.servers.is_empty() {
        // What WebSphere knows of the node of a web server is mostly the web server itself.
        return if known.is_empty() && !web_server_only { vec![""] } else { known };
    }
    let canonical = |name: &'s String| {
        let same = known.iter().find(|server| server.eq_ignore_ascii_case(name));
        same.copied().unwrap_or(name)
    };
    host.servers.iter().map(canonical).collect()
}

/// Whether somebody has said of any host what it does.
pub(super) fn any_role_is_known(facts: &Facts) -> bool {
    facts.hosts.iter().any(|host| !host.roles.is_empty())
}

/// Whether a server of a node has a role.
pub(super) fn has_role(facts: &Facts, cell: &Cell<'_>, node: &str, server: &str, role: &str) -> bool {
    facts.hosts.iter().filter(|host| host.has_role(role)).any(|host| {
        let named = host.servers.is_empty() || host.servers.iter().any(|own| own.eq_ignore_ascii_case(server));
        named && is_of_node(host, cell, node)
    })
}

fn is_of_node(host: &Host, cell: &Cell<'_>, node: &str) -> bool {
    if host.node.is_empty() {
        host.is(cell.nodes.get(node).map_or("", |member| member.host))
    } else {
        host.node.eq_ignore_ascii_case(node)
    }
}

/// Whether somebody has said what a node does.
pub(super) fn is_known(facts: &Facts, cell: &Cell<'_>, node: &str) -> bool {
    facts.hosts.iter().any(|host| !host.roles.is_empty() && is_of_node(host, cell, node))
}

/// Whether Sametime runs in a cell: the environment says that it is installed, a host has one of its roles, or a server
/// has a name that its installation gives (`STProxyServer`).
pub(super) fn has_sametime(facts: &Facts, cell: &Cell<'_>) -> bool {
    const ROLES: [&str; 4] = ["sametime-proxy", "meeting", "sip-proxy-registrar", "community"];
    let of_sametime = |name: &str| {
        let behind = name.strip_prefix("ST").and_then(|rest| rest.chars().next());
        behind.is_some_and(|letter| letter.is_ascii_uppercase()) || name.to_lowercase().contains("sametime")
    };
    facts.version("sametime").is_some()
        || ROLES.iter().any(|role| facts.with_role(role).next().is_some())
        || cell.nodes.values().any(|member| member.servers.keys().any(|name| of_sametime(name)))
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
