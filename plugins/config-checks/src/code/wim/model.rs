//! Federated repositories as `wimconfig.xml` says.
//!
//! Comes in: a document. Goes out: its [`Repositories`]. Never here: what is right.
//!
//! ```text
//! config:repositories  id, xsi:type, ldapServerType
//!   config:baseEntries         name (in the realm), nameInRepository
//! config:realmConfiguration  defaultRealm
//!   config:realms              name
//!     config:participatingBaseEntries   name ─── of a base entry: that is how a repository takes part
//!     config:uniqueUserIdMapping        propertyForInput, propertyForOutput
//! ```
//!
//! A repository is Domino's if its `ldapServerType` begins with DOMINO (DOMINO, DOMINO5, DOMINO6, DOMINO65). Where that is
//! CUSTOM or missing, Domino's own attribute as external identifier (`dominounid`) or its own object class tells too.

use std::collections::BTreeSet;

use casebook_plugin_configs::{Document, Interest, Node};

use crate::code::directory::Name;

/// What the host has to hand over.
pub(super) fn wants() -> Interest {
    Interest::in_kind("wimconfig.xml").nodes([
        "repositories",
        "baseEntries",
        "ldapServerConfiguration",
        "ldapServers",
        "externalIdAttributes",
        "objectClasses",
        "realmConfiguration",
        "realms",
        "participatingBaseEntries",
        "uniqueUserIdMapping",
    ])
}

/// The repositories and realms of a cell.
pub(super) struct Repositories<'s> {
    /// The repositories that are Domino directories.
    pub(super) domino: Vec<Repository<'s>>,
    /// All realms.
    realms: Vec<Realm<'s>>,
    /// The one that counts; none where the file does not say which.
    default: Option<usize>,
    /// The base entries that take part in any realm, as [`Name::key`] gives them.
    participating: BTreeSet<String>,
}

/// A repository.
#[derive(Clone, Copy)]
pub(super) struct Repository<'s>(Node<'s>);

/// A base entry of a repository.
#[derive(Clone, Copy)]
pub(super) struct BaseEntry<'s> {
    /// Where it stands.
    pub(super) place: Node<'s>,
    /// Its name in the realm.
    pub(super) name: &'s str,
    /// Its name in the repository; none where that is not given.
    pub(super) in_repository: Option<&'s str>,
}

/// A realm.
pub(super) struct Realm<'s> {
    /// Where it begins.
    pub(super) place: Node<'s>,
    /// Its name.
    pub(super) name: &'s str,
    /// The base entries that take part, as [`Name::key`] gives them.
    participating: BTreeSet<String>,
}

impl<'s> Repositories<'s> {
    /// Those of a file.
    pub(super) fn of(document: Document<'s>) -> Self {
        let realms: Vec<Realm<'s>> = document.named("realms").map(realm).collect();
        let default = document
            .named("realmConfiguration")
            .find_map(|node| node.attribute("defaultRealm"))
            .and_then(|name| realms.iter().position(|realm| realm.name == name));
        let only = (realms.len() == 1).then_some(0);
        Self {
            domino: document
                .named("repositories")
                .map(Repository)
                .filter(|known| known.is_domino())
                .collect(),
            default: default.or(only),
            participating: realms
                .iter()
                .flat_map(|realm| realm.participating.iter().cloned())
                .collect(),
            realms,
        }
    }

    /// The default realm.
    pub(super) fn realm(&self) -> Option<&Realm<'s>> {
        self.realms.get(self.default?)
    }

    /// Whether a base entry takes part in any realm.
    pub(super) fn takes_part(&self, entry: &BaseEntry<'_>) -> bool {
        self.participating.contains(&Name::of(entry.name).key())
    }

    /// Whether the file has no realm, as a copied fragment has none.
    pub(super) fn has_no_realm(&self) -> bool {
        self.realms.is_empty()
    }
}

fn realm(place: Node<'_>) -> Realm<'_> {
    let participating = place.children_named("participatingBaseEntries");
    Realm {
        place,
        name: place.attribute("name").unwrap_or_default(),
        participating: participating
            .map(|node| Name::of(node.attribute("name").unwrap_or_default()).key())
            .collect(),
    }
}

impl<'s> Realm<'s> {
    /// Whether a base entry takes part in it.
    pub(super) fn has(&self, entry: &BaseEntry<'_>) -> bool {
        self.participating.contains(&Name::of(entry.name).key())
    }

    /// How user ids are mapped; none where that is left to the default.
    pub(super) fn user_id_mapping(&self) -> Option<Node<'s>> {
        self.place.child("uniqueUserIdMapping")
    }
}

impl<'s> Repository<'s> {
    /// Where it begins.
    pub(super) fn place(self) -> Node<'s> {
        self.0
    }

    /// Its name.
    pub(super) fn id(self) -> &'s str {
        self.0.attribute("id").unwrap_or_default()
    }

    /// Its base entries.
    pub(super) fn entries(self) -> impl Iterator<Item = BaseEntry<'s>> {
        self.0.children_named("baseEntries").map(|place| BaseEntry {
            place,
            name: place.attribute("name").unwrap_or_default(),
            in_repository: place.attribute("nameInRepository"),
        })
    }

    /// The name with which WebSphere signs on to it.
    pub(super) fn binds_as(self) -> Option<&'s str> {
        let mut servers = self.0.descendants().filter(|node| node.is("ldapServers"));
        servers.find_map(|server| server.attribute("bindDN"))
    }

    fn is_domino(self) -> bool {
        let below = || std::iter::once(self.0).chain(self.0.descendants());
        let kind = below()
            .find_map(|node| node.attribute("ldapServerType"))
            .unwrap_or_default();
        let begins = kind.get(..6).is_some_and(|start| start.eq_ignore_ascii_case("DOMINO"));
        let open = kind.is_empty() || kind.eq_ignore_ascii_case("CUSTOM");
        begins || (open && below().any(is_dominos))
    }
}

/// Whether a node of a repository is one that only Domino's have.
fn is_dominos(node: Node<'_>) -> bool {
    let external = node.is("externalIdAttributes") && node.attribute("name").is_some_and(is_domino_unid);
    external || (node.is("objectClasses") && node.value().eq_ignore_ascii_case("dominoPerson"))
}

fn is_domino_unid(name: &str) -> bool {
    name.eq_ignore_ascii_case("dominounid")
}
