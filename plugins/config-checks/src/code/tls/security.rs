//! The TLS half of a `security.xml`.
//!
//! Comes in: a document of that kind. Goes out: a [`Security`]: the SSL configurations, who uses which, and what is forbidden
//! for all of them. Never here: which configuration an endpoint ends up with ([`resolve`](super::resolve)), and what is good.
//!
//! ```text
//!   sslConfigGroups   direction, sslConfig ─────────────► repertoire   alias, xmi:id
//!                     managementScope ─┐                  │  managementScope ─┐
//!   dynamicSSLConfigSelections ────────┤                  │                   │
//!                                      ▼                  └─ setting          ▼
//!                            managementScopes  scopeName      sslProtocol, enabledCiphers, …
//! ```
//!
//! An alias is no key: `NodeDefaultSSLSettings` exists once for each node. References are followed by `xmi:id`, and by alias
//! only where that alias can be seen from the place that names it. A reference that leads nowhere stays a reference that
//! leads nowhere.

use std::collections::{BTreeMap, BTreeSet};

use casebook_plugin_configs::{Document, Node};

use super::configuration::{Configuration, ConfigurationIndex, id, text};
use super::forbidden::Forbidden;
use super::protocol::{Meaning, Protocols};
use super::scope::Scope;
use super::version::Version;

/// Nodes of a `security.xml` that are needed; the root comes by itself.
pub(super) const NODES: [&str; 6] = [
    "repertoire",
    "setting",
    "managementScopes",
    "sslConfigGroups",
    "dynamicSSLConfigSelections",
    "properties",
];

/// The number of a group in its file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct GroupIndex(pub(super) usize);

/// The number of a dynamic selection in its file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct SelectionIndex(pub(super) usize);

/// Whether connections come in or go out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Direction {
    Inbound,
    Outbound,
}

/// Which configuration a scope uses.
#[derive(Debug, Clone, Copy)]
pub(super) struct Group<'s> {
    pub(super) node: Node<'s>,
    pub(super) name: &'s str,
    pub(super) direction: Direction,
    /// What it refers to, as written.
    pub(super) reference: &'s str,
    /// What that is.
    pub(super) target: Option<ConfigurationIndex>,
    pub(super) scope: Scope<'s>,
}

/// Which configuration outgoing connections to certain targets use.
#[derive(Debug, Clone, Copy)]
pub(super) struct Selection<'s> {
    pub(super) node: Node<'s>,
    /// `protocol,host,port`, several of them divided by `|`.
    pub(super) info: &'s str,
    pub(super) target: Option<ConfigurationIndex>,
    pub(super) scope: Scope<'s>,
}

/// What a `security.xml` says of TLS.
#[derive(Debug)]
pub(super) struct Security<'s> {
    pub(super) document: Document<'s>,
    pub(super) configurations: Vec<Configuration<'s>>,
    pub(super) groups: Vec<Group<'s>>,
    pub(super) selections: Vec<Selection<'s>>,
    /// The configuration that the file names as its default, as written.
    default: &'s str,
    by_id: BTreeMap<&'s str, ConfigurationIndex>,
    by_alias: BTreeMap<(&'s str, Scope<'s>), ConfigurationIndex>,
    /// Of those without a scope, which belong to the whole cell.
    unscoped: BTreeMap<&'s str, ConfigurationIndex>,
    by_scope: BTreeMap<(Direction, Scope<'s>), Vec<GroupIndex>>,
    /// Selections that take connections to administrative ports.
    for_administration: BTreeMap<Scope<'s>, SelectionIndex>,
    /// Ends that have a scope of their own, by node and server.
    ends: BTreeMap<(&'s str, &'s str), BTreeSet<&'s str>>,
    pub(super) scopes: BTreeMap<&'s str, Scope<'s>>,
    pub(super) forbidden: Forbidden<'s>,
    /// The FIPS mode chooses protocols by itself, whatever is set.
    fips: bool,
    version: Option<Version>,
}

impl<'s> Security<'s> {
    /// Reads a document.
    pub(super) fn read(document: Document<'s>, version: Option<Version>) -> Self {
        let root = document.root();
        let mut scopes = BTreeMap::new();
        for node in document.named("managementScopes") {
            if let Some(scope) = Scope::parse(text(node, "scopeName")) {
                scopes.entry(id(node)).or_insert(scope);
            }
        }
        let mut security = Self {
            document,
            configurations: Vec::new(),
            groups: Vec::new(),
            selections: Vec::new(),
            default: text(root, "defaultSSLSettings"),
            by_id: BTreeMap::new(),
            by_alias: BTreeMap::new(),
            unscoped: BTreeMap::new(),
            by_scope: BTreeMap::new(),
            for_administration: BTreeMap::new(),
            ends: BTreeMap::new(),
            scopes,
            forbidden: Forbidden::default(),
            fips: false,
            version,
        };
        for scope in security.scopes.values().filter(|scope| !scope.endpoint.is_empty()) {
            let ends = security.ends.entry((scope.node, scope.server)).or_default();
            ends.insert(scope.endpoint);
        }
        for node in document.named("repertoire") {
            security.add_configuration(Configuration::read(node, &security.scopes));
        }
        for node in document.named("sslConfigGroups") {
            security.add_group(node);
        }
        for node in document.named("dynamicSSLConfigSelections") {
            security.add_selection(node);
        }
        // Custom properties of the whole cell stand directly in the root; each setting has some of its own below it.
        for node in root.children_named("properties") {
            match text(node, "name") {
                Forbidden::PROPERTY => security.forbidden = Forbidden::read(node, text(node, "value")),
                "com.ibm.security.useFIPS" => security.fips = text(node, "value").eq_ignore_ascii_case("true"),
                _ => {}
            }
        }
        security
    }

    fn add_configuration(&mut self, configuration: Configuration<'s>) {
        let index = ConfigurationIndex(self.configurations.len());
        self.by_id.entry(configuration.id).or_insert(index);
        match configuration.scope {
            Some(scope) => self
                .by_alias
                .entry((configuration.alias, scope.within_cell()))
                .or_insert(index),
            None if configuration.names_scope => return self.configurations.push(configuration),
            None => self.unscoped.entry(configuration.alias).or_insert(index),
        };
        self.configurations.push(configuration);
    }

    fn add_group(&mut self, node: Node<'s>) {
        let direction = match text(node, "direction") {
            "inbound" => Direction::Inbound,
            "outbound" => Direction::Outbound,
            _ => return,
        };
        let reference = text(node, "sslConfig");
        let Some(scope) = self.scopes.get(text(node, "managementScope")).copied() else {
            return;
        };
        if reference.is_empty() {
            return;
        }
        let index = GroupIndex(self.groups.len());
        self.by_scope
            .entry((direction, scope.within_cell()))
            .or_default()
            .push(index);
        self.groups.push(Group {
            node,
            name: text(node, "name"),
            direction,
            reference,
            target: self.referenced(reference, scope),
            scope,
        });
    }

    fn add_selection(&mut self, node: Node<'s>) {
        let Some(scope) = self.scopes.get(text(node, "managementScope")).copied() else {
            return;
        };
        let info = text(node, "dynamicSelectionInfo");
        let index = SelectionIndex(self.selections.len());
        if fits_administration(info) {
            self.for_administration.entry(scope.within_cell()).or_insert(index);
        }
        self.selections.push(Selection {
            node,
            info,
            target: self.referenced(text(node, "sslConfig"), scope),
            scope,
        });
    }

    /// What a reference leads to: an `xmi:id`, else an alias that is visible from that scope.
    fn referenced(&self, reference: &str, from: Scope<'s>) -> Option<ConfigurationIndex> {
        let by_id = self.by_id.get(reference).copied().filter(|_| !reference.is_empty());
        by_id.or_else(|| self.with_alias(reference, from.with_those_above()))
    }

    /// The configuration of that alias in the first of these scopes that has one.
    pub(super) fn with_alias(
        &self,
        alias: &str,
        scopes: impl IntoIterator<Item = Scope<'s>>,
    ) -> Option<ConfigurationIndex> {
        scopes
            .into_iter()
            .find_map(|scope| self.by_alias.get(&(alias, scope)).copied())
    }

    /// The dynamic selection of one of these scopes, the first that has one, for connections to administrative ports.
    pub(super) fn for_administration(&self, scopes: impl IntoIterator<Item = Scope<'s>>) -> Option<SelectionIndex> {
        scopes
            .into_iter()
            .find_map(|scope| self.for_administration.get(&scope).copied())
    }

    /// The ends of a server that have a scope of their own.
    pub(super) fn ends_of(&self, node: &'s str, server: &'s str) -> impl Iterator<Item = &'s str> + use<'_, 's> {
        self.ends.get(&(node, server)).into_iter().flatten().copied()
    }

    /// The configuration of that number.
    pub(super) fn configuration(&self, index: ConfigurationIndex) -> Option<&Configuration<'s>> {
        self.configurations.get(index.0)
    }

    /// The group of that number.
    pub(super) fn group(&self, index: GroupIndex) -> Option<&Group<'s>> {
        self.groups.get(index.0)
    }

    /// The groups of exactly that scope.
    pub(super) fn groups_of(&self, direction: Direction, scope: Scope<'s>) -> &[GroupIndex] {
        let found = self.by_scope.get(&(direction, scope.within_cell()));
        found.map_or(&[], Vec::as_slice)
    }

    /// The configuration of the whole cell that has that alias, such as `CellDefaultSSLSettings`; one without any scope,
    /// as in a fragment of a file, is taken for it.
    pub(super) fn of_cell(&self, alias: &str) -> Option<ConfigurationIndex> {
        let scoped = self.with_alias(alias, [Scope::default()]);
        scoped.or_else(|| self.unscoped.get(alias).copied())
    }

    /// `NodeDefaultSSLSettings` of that node.
    pub(super) fn node_default(&self, node: &'s str) -> Option<ConfigurationIndex> {
        let scope = Scope {
            node,
            ..Scope::default()
        };
        self.with_alias("NodeDefaultSSLSettings", [scope])
            .filter(|_| !node.is_empty())
    }

    /// The configuration that the file names as the default of everything.
    pub(super) fn default(&self) -> Option<ConfigurationIndex> {
        self.by_id
            .get(self.default)
            .copied()
            .filter(|_| !self.default.is_empty())
    }

    /// What the protocol setting of a configuration may stand for, less what the cell forbids.
    pub(super) fn meaning(&self, index: ConfigurationIndex) -> Meaning {
        let Some(configuration) = self.configuration(index).filter(|_| !self.fips) else {
            return Meaning::unknown();
        };
        let meaning = match configuration.value("sslProtocol") {
            "" if configuration.setting.is_some() => Meaning::of_absent(self.version),
            value => Meaning::of(value, self.version),
        };
        meaning.without(self.forbidden.protocols())
    }

    /// The protocol setting of a configuration as it is written, and what the cell forbids of it.
    pub(super) fn protocol_described(&self, index: ConfigurationIndex) -> String {
        let shown = self.configuration(index).map_or("", Configuration::protocol_shown);
        match self.forbidden_of(index) {
            lost if lost.is_empty() => shown.to_owned(),
            lost => format!("{shown} without {lost} ({})", Forbidden::PROPERTY),
        }
    }

    /// The protocols that a configuration would allow if the cell did not forbid them.
    pub(super) fn forbidden_of(&self, index: ConfigurationIndex) -> Protocols {
        let value = self.configuration(index).map_or("", |known| known.value("sslProtocol"));
        Meaning::of(value, self.version)
            .possible()
            .both(self.forbidden.protocols())
    }

    /// Whether the file itself says which protocols are forbidden, so that Java's own list does not count.
    pub(super) fn forbids_explicitly(&self) -> bool {
        self.forbidden.is_given()
    }

    /// All that counts here as one text: two files of the same text are copies of each other.
    pub(super) fn fingerprint(&self) -> String {
        let mut text = format!("{} {} {:?}\n", self.default, self.fips, self.forbidden.names());
        for configuration in &self.configurations {
            let values = ["sslProtocol", "securityLevel", "enabledCiphers"].map(|name| configuration.value(name));
            let scope = configuration.scope;
            text += &format!("{} {} {scope:?} {values:?}\n", configuration.id, configuration.alias);
        }
        for group in &self.groups {
            text += &format!("{:?} {} {:?}\n", group.direction, group.reference, group.scope);
        }
        for selection in &self.selections {
            text += &format!("{} {:?} {:?}\n", selection.info, selection.target, selection.scope);
        }
        text
    }

    /// The protocols of a configuration that are weak and certainly spoken, and those that may be.
    pub(super) fn weak(&self, index: ConfigurationIndex) -> (Protocols, Protocols) {
        let meaning = self.meaning(index);
        (
            meaning.certain().both(Protocols::WEAK),
            meaning.possible().both(Protocols::WEAK),
        )
    }
}

/// Whether a dynamic selection takes connections to any administrative SOAP port, by its `protocol,host,port`. One for a
/// certain host says nothing of the others.
fn fits_administration(info: &str) -> bool {
    info.split('|').any(|one| {
        let mut parts = one.split(',').map(str::trim);
        let protocol = parts.next().unwrap_or_default();
        (protocol == "*" || protocol == "ADMIN_SOAP") && parts.all(|part| part == "*")
    })
}
