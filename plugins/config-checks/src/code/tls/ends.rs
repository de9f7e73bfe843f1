//! The configurations that servers of a role end up with.
//!
//! Comes in: cells, the roles that matter, the names of the ends that matter. Goes out: for each configuration that such
//! ends of a node use, one [`Used`] with all servers that share it, and what could not be followed. Never here: whether
//! the configuration is good.

use std::collections::{BTreeMap, BTreeSet};

use casebook_plugin_configs::{Node, Severity};

use super::cell::{Cell, Variant};
use super::configuration::Configuration;
use super::resolve::{Unclear, Use};
use super::roles::{Holder, Roles, lacks_roles};
use super::with_places;
use crate::report::{Entry, Report};

/// A configuration in use on a node.
#[derive(Debug, Clone)]
pub(super) struct Used<'c, 's> {
    /// The numbers of its cell and of the variant in it.
    pub(super) place: (usize, usize),
    pub(super) cell: &'c Cell<'s>,
    pub(super) variant: &'c Variant<'s>,
    pub(super) node: &'s str,
    /// The servers that use it; none where only the node is known.
    pub(super) servers: BTreeSet<&'s str>,
    pub(super) chosen: Use,
}

/// An end whose configuration cannot be told.
#[derive(Debug, Clone)]
pub(super) struct Lost<'c, 's> {
    pub(super) cell: &'c Cell<'s>,
    pub(super) variant: &'c Variant<'s>,
    pub(super) node: &'s str,
    pub(super) server: &'s str,
    pub(super) why: Unclear,
}

/// What the ends of some servers use.
#[derive(Debug, Default)]
pub(super) struct Ends<'c, 's> {
    pub(super) used: Vec<Used<'c, 's>>,
    pub(super) lost: Vec<Lost<'c, 's>>,
}

/// The number of a cell, of a variant in it, the node, the configuration with what led to it.
type Key<'s> = (usize, usize, &'s str, Use);

impl<'c, 's> Ends<'c, 's> {
    /// Those of the servers that have one of these roles.
    pub(super) fn of_roles(cells: &'c [Cell<'s>], known: &Roles<'s>, roles: &[&str], names: &[&'static str]) -> Self {
        Self::of(cells, &known.holders(cells, roles), names)
    }

    /// Those of these servers.
    pub(super) fn of(cells: &'c [Cell<'s>], holders: &[Holder<'s>], names: &[&'static str]) -> Self {
        let mut ends = Self::default();
        let mut used: BTreeMap<Key<'s>, Used<'c, 's>> = BTreeMap::new();
        for holder in holders {
            let Some(cell) = cells.get(holder.cell) else { continue };
            let (node, server) = (holder.node, holder.server);
            for (number, variant) in cell.variants_for(node) {
                for spot in cell.ends(variant, node, server, names) {
                    match variant.security().inbound(spot) {
                        Ok(chosen) => {
                            let entry = used.entry((holder.cell, number, node, chosen)).or_insert_with(|| Used {
                                place: (holder.cell, number),
                                cell,
                                variant,
                                node,
                                servers: BTreeSet::new(),
                                chosen,
                            });
                            entry.servers.extend(Some(server).filter(|server| !server.is_empty()));
                        }
                        Err(why) => ends.lost.push(Lost {
                            cell,
                            variant,
                            node,
                            server,
                            why,
                        }),
                    }
                }
            }
        }
        ends.used = used.into_values().collect();
        ends
    }

    /// Says of each end that could not be followed that it was not judged.
    pub(super) fn say_lost(&self, report: &mut Report) {
        for lost in &self.lost {
            let (cell, node, server) = (lost.cell.name, lost.node, lost.server);
            let security = lost.variant.security();
            let place = match lost.why {
                Unclear::Dangling(group) | Unclear::Contradiction(group, _) => {
                    security.group(group).map(|group| group.node)
                }
                Unclear::DanglingSelection(index) => security.selections.get(index.0).map(|selection| selection.node),
                Unclear::UnknownAlias(_) | Unclear::Nothing => None,
            };
            let why = security.explain(&lost.why);
            let message = format!(
                "Which SSL configuration {} uses cannot be told, so it was not checked: {why}.",
                shown(node, &BTreeSet::from([server]))
            );
            report
                .finding(format!("unclear {cell} {node} {server}"), message)
                .at(place.unwrap_or_else(|| security.document.root()))
                .severity(Severity::Info)
                .field("cell", cell)
                .field("node", node)
                .field("server", server)
                .values(why, "a configuration that exists")
                .enter();
        }
    }
}

impl<'c, 's> Used<'c, 's> {
    /// The configuration itself.
    pub(super) fn configuration(&self) -> Option<&'c Configuration<'s>> {
        self.variant.security().configuration(self.chosen.configuration)
    }

    /// Whether it certainly allows TLSv1.2 or newer, and nothing older.
    pub(super) fn is_modern_only(&self) -> bool {
        self.variant
            .security()
            .meaning(self.chosen.configuration)
            .is_modern_only()
    }

    /// Whether one of those that use it has a role.
    pub(super) fn has_role(&self, roles: &Roles<'s>, role: &str) -> bool {
        let any = |server: &str| roles.has_role(self.place.0, self.node, server, role);
        if self.servers.is_empty() {
            any("")
        } else {
            self.servers.iter().any(|server| any(server))
        }
    }

    /// Who uses it, for sentences.
    pub(super) fn shown(&self) -> String {
        shown(self.node, &self.servers)
    }

    /// Begins a finding about it, with its places and the fields that tell which one it is.
    pub(super) fn finding<'r>(&self, report: &'r mut Report, message: String) -> Entry<'r> {
        let (alias, scope) = self
            .configuration()
            .map_or_else(Default::default, |known| (known.alias.to_owned(), known.scope_shown()));
        let (cell, node) = (self.cell.name, self.node);
        let entry = report.finding(format!("{cell} {node} {alias} {scope}"), message);
        let entry = with_places(entry, self.variant.places(self.chosen));
        let servers: Vec<&str> = self.servers.iter().copied().collect();
        let entry = entry.field("cell", cell).field("node", node);
        let entry = if servers.is_empty() {
            entry
        } else {
            entry.field("server", servers.join(", "))
        };
        entry.field("alias", alias).field("scope", scope)
    }
}

fn shown(node: &str, servers: &BTreeSet<&str>) -> String {
    let servers: Vec<&str> = servers.iter().copied().filter(|server| !server.is_empty()).collect();
    if servers.is_empty() {
        format!("node {node}")
    } else {
        format!("{} on node {node}", servers.join(", "))
    }
}

/// Says once for each cell that nobody said what its servers do, where one of them uses something that would matter.
pub(super) fn say_unknown<'s>(
    cells: &[Cell<'s>],
    names: &[&'static str],
    matters: impl Fn(&Used<'_, 's>) -> bool,
    sentence: impl Fn(&Cell<'s>) -> String,
    report: &mut Report,
) {
    let mut places: BTreeMap<usize, Vec<Node<'s>>> = BTreeMap::new();
    for used in Ends::of(cells, &everybody(cells), names)
        .used
        .iter()
        .filter(|used| matters(used))
    {
        let found = used.variant.places_of(used.chosen.configuration);
        places.entry(used.place.0).or_default().extend(found);
    }
    for (number, places) in places {
        if let Some(cell) = cells.get(number) {
            lacks_roles(report, cell, &sentence(cell), places);
        }
    }
}

/// All servers that applications run on, whatever they do. A node of which nothing more is known stands for itself, and a
/// cell of which no node is known for all that inherits from it.
fn everybody<'s>(cells: &[Cell<'s>]) -> Vec<Holder<'s>> {
    let mut all = Vec::new();
    for (cell, known) in cells.iter().enumerate() {
        if known.nodes.is_empty() {
            let (node, server) = ("", "");
            all.push(Holder { cell, node, server });
        }
        for (node, member) in &known.nodes {
            let servers = known.application_servers(node);
            let alone = member.servers.is_empty().then_some("");
            all.extend(
                servers
                    .into_iter()
                    .chain(alone)
                    .map(|server| Holder { cell, node, server }),
            );
        }
    }
    all
}
