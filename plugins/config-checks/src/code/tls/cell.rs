//! The cells of a site: their copies of `security.xml`, their nodes, and what runs on them.
//!
//! Comes in: all documents of a site. Goes out: [`Cell`]s with everything by which an endpoint's configuration is chosen.
//! Never here: roles, which only `environment.toml` knows, and what is good.
//!
//! Every managed node has a copy of the cell's `security.xml`, and runs by it. Copies that say the same are one
//! [`Variant`], judged once and named together; copies that differ mean a node that was not synchronised, and are judged
//! each: the copy in a node's profile for that node alone, any other one for all.

use std::collections::{BTreeMap, BTreeSet};

use casebook_plugin_configs::{Document, Interest, Node, Site};

use super::client::{Profile, profiles};
use super::configuration::{Configuration, ConfigurationIndex, text};
use super::resolve::{Spot, Use, Via};
use super::security::{NODES, Security};
use super::version::Version;

/// Variants of one cell that are judged: 16. A cell whose nodes have more different copies than that has never been
/// synchronised, and each is judged against each server.
const MOST_VARIANTS: usize = 16;

/// Copies that are named as evidence of one finding: 4, the others say the same.
const MOST_COPIES: usize = 4;

/// Kinds of servers that no client of an application reaches.
const ADMINISTRATIVE: [&str; 4] = ["NODE_AGENT", "DEPLOYMENT_MANAGER", "ADMIN_AGENT", "WEB_SERVER"];

/// A cell.
#[derive(Debug)]
pub(crate) struct Cell<'s> {
    /// Its name; empty where nothing names it.
    pub(super) name: &'s str,
    pub(super) variants: Vec<Variant<'s>>,
    /// Copies of more variants than are judged.
    pub(super) beyond: Vec<Document<'s>>,
    pub(super) nodes: BTreeMap<&'s str, Member<'s>>,
}

/// Copies of a `security.xml` that say the same.
#[derive(Debug)]
pub(super) struct Variant<'s> {
    first: Security<'s>,
    others: Vec<Security<'s>>,
    /// The nodes whose profiles have the copies; none for a copy of which that is not known, or the deployment manager's.
    owners: BTreeSet<Option<&'s str>>,
}

/// A node of a cell.
#[derive(Debug, Default)]
pub(super) struct Member<'s> {
    /// The name of its machine.
    pub(super) host: &'s str,
    pub(super) groups: Vec<&'s str>,
    pub(super) servers: BTreeMap<&'s str, Server<'s>>,
}

/// A server.
#[derive(Debug, Default)]
pub(super) struct Server<'s> {
    /// Such as `APPLICATION_SERVER`.
    kind: &'s str,
    cluster: &'s str,
    /// The ends at which it listens.
    endpoints: BTreeSet<&'s str>,
    /// Aliases that channels of endpoints name themselves.
    aliases: BTreeMap<&'s str, &'s str>,
}

/// What has to be seen of a site to know its cells.
pub(super) fn interests() -> Vec<Interest> {
    vec![
        Interest::in_kind("security.xml").nodes(NODES),
        Interest::in_kind("server.xml").nodes(["transportChannels", "chains"]),
        Interest::in_kind("serverindex.xml").nodes(["serverEntries", "specialEndpoints"]),
        Interest::in_kind("xml").files(["nodegroup.xml"]).nodes(["members"]),
        super::client::interest_in_profiles(),
    ]
}

/// The cells of a site, by name.
pub(super) fn cells<'s>(site: &'s Site, version: Option<Version>) -> Vec<Cell<'s>> {
    let mut cells: BTreeMap<&'s str, Cell<'s>> = BTreeMap::new();
    let mut known: BTreeMap<(&'s str, String), usize> = BTreeMap::new();
    for document in site.of_kind("security.xml") {
        let security = Security::read(document, version);
        if security.configurations.is_empty() {
            continue;
        }
        let in_scopes = security.scopes.values().next().map_or("", |scope| scope.cell);
        let name = document.attribute("cell").unwrap_or(in_scopes);
        let cell = cells.entry(name).or_insert_with(|| Cell::named(name));
        cell.add_nodes_of(&security);
        let variants = cell.variants.len();
        let at = *known.entry((name, security.fingerprint())).or_insert(variants);
        match cell.variants.get_mut(at) {
            Some(variant) => variant.others.push(security),
            None if at < MOST_VARIANTS => cell.variants.push(Variant {
                first: security,
                others: Vec::new(),
                owners: BTreeSet::new(),
            }),
            None => cell.beyond.push(document),
        }
    }
    for document in site.documents() {
        let cell = document.attribute("cell").and_then(|name| cells.get_mut(name));
        let Some(cell) = cell else { continue };
        match document.kind() {
            "server.xml" => cell.add_server(document),
            "serverindex.xml" => cell.add_index(document),
            _ if document.file_name() == "nodegroup.xml" => cell.add_node_group(document),
            _ => {}
        }
    }
    let mut cells: Vec<Cell<'s>> = cells.into_values().collect();
    let profiles = profiles(site);
    for cell in &mut cells {
        cell.lead_with_manager();
        cell.find_owners(&profiles);
    }
    cells
}

impl<'s> Cell<'s> {
    fn named(name: &'s str) -> Self {
        Self {
            name,
            variants: Vec::new(),
            beyond: Vec::new(),
            nodes: BTreeMap::new(),
        }
    }

    fn add_nodes_of(&mut self, security: &Security<'s>) {
        for scope in security.scopes.values().filter(|scope| !scope.node.is_empty()) {
            let node = self.nodes.entry(scope.node).or_default();
            if !scope.server.is_empty() {
                node.servers.entry(scope.server).or_default();
            }
        }
    }

    fn add_server(&mut self, document: Document<'s>) {
        let (Some(node), Some(server)) = (document.attribute("node"), document.attribute("server")) else {
            return;
        };
        let server = self.nodes.entry(node).or_default().servers.entry(server).or_default();
        let cluster = text(document.root(), "clusterName");
        if !cluster.is_empty() {
            server.cluster = cluster;
        }
        for (endpoint, alias) in named_aliases(document) {
            server.endpoints.insert(endpoint);
            server.aliases.entry(endpoint).or_insert(alias);
        }
    }

    fn add_index(&mut self, document: Document<'s>) {
        let Some(node) = document.attribute("node") else { return };
        let node = self.nodes.entry(node).or_default();
        let host = text(document.root(), "hostName");
        if node.host.is_empty() {
            node.host = host;
        }
        for entry in document.named("serverEntries") {
            let name = text(entry, "serverName");
            if name.is_empty() {
                continue;
            }
            let server = node.servers.entry(name).or_default();
            server.kind = text(entry, "serverType");
            let endpoints = entry.children_named("specialEndpoints");
            server.endpoints.extend(endpoints.map(|end| text(end, "endPointName")));
        }
    }

    fn add_node_group(&mut self, document: Document<'s>) {
        let group = text(document.root(), "name");
        for member in document.named("members").filter(|_| !group.is_empty()) {
            if let Some(node) = self.nodes.get_mut(text(member, "nodeName"))
                && !node.groups.contains(&group)
            {
                node.groups.push(group);
            }
        }
    }

    /// The deployment manager's own copy is the one that administrators change: findings name it first.
    fn lead_with_manager(&mut self) {
        let node = self.manager().map_or("", |(node, _)| node);
        let of_manager = |document: Document<'_>| {
            let profile = document.attribute("profile").unwrap_or_default();
            is_managers(profile) || (!node.is_empty() && profile.ends_with(node))
        };
        for variant in self
            .variants
            .iter_mut()
            .filter(|variant| !of_manager(variant.first.document))
        {
            if let Some(own) = variant.others.iter_mut().find(|copy| of_manager(copy.document)) {
                std::mem::swap(&mut variant.first, own);
            }
        }
    }

    /// Finds the nodes whose profiles have the copies.
    fn find_owners(&mut self, profiles: &BTreeMap<&'s str, Profile<'s>>) {
        let manager = self.manager().map(|(node, _)| node);
        for variant in &mut self.variants {
            let owner = |copy: &Security<'s>| {
                let name = copy.document.attribute("profile")?;
                let node = profiles.get(name)?.node()?;
                (Some(node) != manager && !is_managers(name)).then_some(node)
            };
            variant.owners = variant.copies().map(owner).collect();
        }
    }

    /// The variants that count for a node, with their numbers. Where all copies are those of other nodes, they are better
    /// than none.
    pub(super) fn variants_for(&self, node: &str) -> impl Iterator<Item = (usize, &Variant<'s>)> {
        let any = self.variants.iter().any(|variant| variant.counts_for(node));
        let all = self.variants.iter().enumerate();
        all.filter(move |(_, variant)| !any || variant.counts_for(node))
    }

    /// Node and server of the deployment manager, where documents tell.
    pub(super) fn manager(&self) -> Option<(&'s str, &'s str)> {
        let all = || {
            let nodes = self.nodes.iter();
            nodes.flat_map(|(node, member)| member.servers.iter().map(|(name, server)| (*node, *name, server)))
        };
        all()
            .find(|(_, _, server)| server.kind == "DEPLOYMENT_MANAGER")
            .or_else(|| all().find(|(_, name, _)| *name == "dmgr"))
            .map(|(node, name, _)| (node, name))
    }

    /// The name of a node as the cell writes it.
    pub(super) fn node_named(&self, name: &str) -> Option<&'s str> {
        let exact = self.nodes.get_key_value(name).map(|(node, _)| *node);
        exact.or_else(|| self.nodes.keys().find(|node| node.eq_ignore_ascii_case(name)).copied())
    }

    /// The servers of a node that applications run on.
    pub(super) fn application_servers(&self, node: &str) -> Vec<&'s str> {
        let servers = self.nodes.get(node).into_iter().flat_map(|member| &member.servers);
        servers
            .filter(|(name, server)| !ADMINISTRATIVE.contains(&server.kind) && !["nodeagent", "dmgr"].contains(name))
            .map(|(name, _)| *name)
            .collect()
    }

    /// A server as a spot, at the end of that name.
    pub(super) fn spot<'c>(&'c self, node: &'s str, server: &'s str, endpoint: &'s str) -> Spot<'c, 's> {
        let member = self.nodes.get(node);
        let known = member.and_then(|member| member.servers.get(server));
        Spot {
            node,
            node_groups: member.map_or(&[], |member| &member.groups),
            cluster: known.map_or("", |server| server.cluster),
            server,
            endpoint,
            alias: known
                .and_then(|server| server.aliases.get(endpoint))
                .copied()
                .unwrap_or_default(),
        }
    }

    /// The ends of a server that have one of these names; the server itself where none is known to have one.
    pub(super) fn ends<'c>(
        &'c self,
        variant: &Variant<'s>,
        node: &'s str,
        server: &'s str,
        names: &[&'static str],
    ) -> Vec<Spot<'c, 's>> {
        let known = self.nodes.get(node).and_then(|member| member.servers.get(server));
        let listed = known.into_iter().flat_map(|server| server.endpoints.iter().copied());
        let ends: BTreeSet<&'s str> = listed
            .chain(variant.security().ends_of(node, server))
            .filter(|end| names.iter().any(|name| name.eq_ignore_ascii_case(end)))
            .collect();
        if ends.is_empty() {
            vec![self.spot(node, server, "")]
        } else {
            ends.into_iter().map(|end| self.spot(node, server, end)).collect()
        }
    }
}

impl<'s> Variant<'s> {
    /// What its copies say.
    pub(super) fn security(&self) -> &Security<'s> {
        &self.first
    }

    /// Whether a node runs by it, or will when it is synchronised.
    fn counts_for(&self, node: &str) -> bool {
        self.owners.iter().any(|owner| owner.is_none_or(|owner| owner == node))
    }

    fn copies(&self) -> impl Iterator<Item = &Security<'s>> {
        std::iter::once(&self.first).chain(&self.others)
    }

    /// The places of a configuration: the setting, in each copy.
    pub(super) fn places_of(&self, configuration: ConfigurationIndex) -> Vec<Node<'s>> {
        let found = self
            .copies()
            .take(MOST_COPIES)
            .filter_map(|copy| copy.configuration(configuration));
        found.map(Configuration::place).collect()
    }

    /// The places that show a use: the setting and what led to it, in each copy.
    pub(super) fn places(&self, used: Use) -> Vec<Node<'s>> {
        let led_to = |copy: &Security<'s>| match used.via {
            Via::Group(group) => copy.group(group).map(|group| group.node),
            Via::Selection(selection) => copy.selections.get(selection.0).map(|selection| selection.node),
            Via::Channel | Via::Default => None,
        };
        let copies = self.copies().take(MOST_COPIES);
        copies
            .flat_map(|copy| {
                let setting = copy.configuration(used.configuration).map(Configuration::place);
                setting.into_iter().chain(led_to(copy))
            })
            .collect()
    }
}

/// Whether a profile is called as those of deployment managers are.
fn is_managers(profile: &str) -> bool {
    let name = profile.rsplit('/').next().unwrap_or_default();
    name.to_lowercase().contains("dmgr")
}

/// The ends of a server whose SSL channel names an alias of its own: a chain lists its channels, the one below of which
/// names the end.
fn named_aliases(document: Document<'_>) -> Vec<(&str, &str)> {
    let channels = || {
        document
            .named("transportChannels")
            .filter(|node| node.attribute("xmi:id").is_some())
    };
    let mut ends = BTreeMap::new();
    let mut aliases = BTreeMap::new();
    for channel in channels() {
        let id = text(channel, "xmi:id");
        for (kind, values) in [("endPointName", &mut ends), ("sslConfigAlias", &mut aliases)] {
            let value = text(channel, kind);
            if !value.is_empty() {
                values.insert(id, value);
            }
        }
    }
    if aliases.is_empty() {
        return Vec::new();
    }
    let chains = document.named("chains");
    chains
        .filter_map(|chain| {
            let ids = || text(chain, "transportChannels").split_whitespace();
            let end = ids().find_map(|id| ends.get(id).copied())?;
            let alias = ids().find_map(|id| aliases.get(id).copied())?;
            Some((end, alias))
        })
        .collect()
}
