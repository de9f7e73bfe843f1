//! Whether a cell is one of Sametime's.
//!
//! Comes in: a cell's name, the site, the facts. Goes out: yes, no, or not known. Never here: a guess by the names of
//! servers.
//!
//! It is if the configuration of the Sametime Proxy lies in it, or a node of a host that has a part in Sametime. It is not
//! if the configuration of Connections lies in it and nothing of Sametime. Between the two the products decide: a site that
//! has Sametime has its repositories for Sametime, unless it has Connections too and none of its cells is known to be that
//! one's: then it may be this.

use std::collections::BTreeSet;

use casebook_plugin_configs::{Document, Interest};

use crate::code::Inquiry;

/// Roles of hosts whose WebSphere nodes are Sametime's.
const ROLES: [&str; 4] = ["sametime-proxy", "meeting", "sip-proxy-registrar", "sametime-console"];

/// Kinds of documents that only a cell of Connections has.
const CONNECTIONS: [&str; 2] = ["LotusConnections-config.xml", "widgets-config.xml"];

/// What is known of a cell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Standing {
    /// It is one of Sametime's.
    Sametime,
    /// It is another product's.
    Other,
    /// This fact would tell.
    Unknown(&'static str),
}

/// What the host has to hand over: that the documents are there, and where, is enough.
pub(super) fn wants() -> Vec<Interest> {
    let kinds = ["stproxyconfig.xml", "serverindex.xml"].into_iter().chain(CONNECTIONS);
    kinds.map(|kind| Interest::in_kind(kind).nodes(["-"])).collect()
}

/// Which cells are whose.
pub(super) struct Cells<'s> {
    sametime: BTreeSet<&'s str>,
    connections: BTreeSet<&'s str>,
    installed: bool,
    /// Connections is installed, and its cell is not known.
    has_strayed: bool,
}

impl<'s> Cells<'s> {
    /// Those of a site.
    pub(super) fn of(inquiry: &Inquiry<'s>) -> Self {
        let hosts = inquiry.facts.hosts.iter();
        let nodes: BTreeSet<String> = hosts
            .filter(|host| ROLES.iter().any(|role| host.has_role(role)))
            .map(|host| host.node.to_lowercase())
            .collect();
        let has_part = |node: &str| nodes.contains(&node.to_lowercase());
        let mut cells = Self {
            sametime: BTreeSet::new(),
            connections: BTreeSet::new(),
            installed: inquiry.facts.version("sametime").is_some(),
            has_strayed: false,
        };
        for document in inquiry.site.documents() {
            let Some(cell) = document.attribute("cell") else {
                continue;
            };
            if document.is("stproxyconfig.xml") || document.attribute("node").is_some_and(has_part) {
                cells.sametime.insert(cell);
            }
            if CONNECTIONS.contains(&document.kind()) {
                cells.connections.insert(cell);
            }
        }
        cells.has_strayed = cells.connections.is_empty() && inquiry.facts.version("connections").is_some();
        cells
    }

    /// What is known of the cell to which a document belongs.
    pub(super) fn standing(&self, document: Document<'_>) -> Standing {
        let cell = document.attribute("cell").unwrap_or_default();
        if self.sametime.contains(cell) {
            Standing::Sametime
        } else if self.connections.contains(cell) {
            Standing::Other
        } else if self.installed && self.has_strayed {
            Standing::Unknown("hosts")
        } else if self.installed {
            Standing::Sametime
        } else {
            Standing::Unknown("products.sametime")
        }
    }
}
