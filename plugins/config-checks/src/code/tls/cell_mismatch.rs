//! Two sides of a cell that have no protocol in common.
//!
//! Comes in: cells, and `ssl.client.props` of their profiles. Goes out: a finding for each node, each client and each cell
//! of which one side allows TLSv1.2 or newer alone while the other cannot speak it. Never here: settings that merely differ:
//! only two sides that cannot talk count, whatever their values mean.
//!
//! ```text
//!   NodeDefaultSSLSettings of a node ┐             ┌ CellDefaultSSLSettings
//!   what its node agent uses ────────┼── cannot ───┤ XDADefaultSSLSettings   (the one that is forgotten)
//!   ssl.client.props of a profile ───┘    talk to  └ what the deployment manager's port uses
//! ```
//!
//! The deployment manager then loses and finds the node agents again and again.

use std::collections::BTreeSet;

use casebook_plugin_configs::{Node, Severity};

use super::cell::{Cell, Variant};
use super::client::{Client, clients};
use super::configuration::ConfigurationIndex;
use super::protocol::Meaning;
use super::roles::Roles;
use super::version::{Version, of_websphere};
use super::with_places;
use crate::code::{Check, Inquiry};
use crate::report::Report;

pub(crate) static CHECK: Check = Check {
    name: "websphere-tls-cell-mismatch",
    wants: || {
        let mut wants = super::cell::interests();
        wants.push(super::client::interest());
        wants
    },
    run,
};

/// What both sides can speak.
const WANTED: &str = "SSL_TLSv2";

/// The port to which node agents and commands connect.
const ADMINISTRATION: &str = "SOAP_CONNECTOR_ADDRESS";

fn run(inquiry: &Inquiry<'_>, report: &mut Report) {
    let version = of_websphere(inquiry.facts);
    let cells = inquiry.cells();
    let roles = Roles::of(cells, inquiry.facts);
    let clients = clients(inquiry.site, cells, &roles);
    for (number, cell) in cells.iter().enumerate() {
        let manager = cell.manager().or_else(|| roles.manager(number));
        let all: Vec<Sides<'_, '_>> = cell
            .variants
            .iter()
            .map(|variant| Sides::of(cell, variant, manager))
            .collect();
        for sides in &all {
            judge_cell(sides, report);
        }
        for node in cell.nodes.keys() {
            for sides in cell.variants_for(node).filter_map(|(index, _)| all.get(index)) {
                judge_node(sides, node, manager, report);
            }
        }
        for client in clients.iter().filter(|client| client.cell == number) {
            let node = client.node.unwrap_or_default();
            for sides in cell.variants_for(node).filter_map(|(index, _)| all.get(index)) {
                judge_client(sides, client, version, report);
            }
        }
        say_beyond(cell, report);
    }
}

/// A configuration that everybody in the cell has to talk to.
struct Side {
    configuration: ConfigurationIndex,
    meaning: Meaning,
    /// Beyond its alias, what it is.
    note: &'static str,
}

/// The sides of a cell that must be able to talk to all others.
struct Sides<'c, 's> {
    cell: &'c Cell<'s>,
    variant: &'c Variant<'s>,
    default: Option<Side>,
    xda: Option<Side>,
    manager: Option<Side>,
}

impl<'c, 's> Sides<'c, 's> {
    fn of(cell: &'c Cell<'s>, variant: &'c Variant<'s>, manager: Option<(&'s str, &'s str)>) -> Self {
        let security = variant.security();
        let side = |configuration: Option<ConfigurationIndex>, note| {
            configuration.map(|configuration| Side {
                configuration,
                meaning: security.meaning(configuration),
                note,
            })
        };
        let default = security.of_cell("CellDefaultSSLSettings");
        let used = match manager {
            Some((node, server)) => security.inbound(cell.spot(node, server, ADMINISTRATION)).ok(),
            None => None,
        };
        let of_manager = if manager.is_some() {
            used.map(|used| used.configuration)
        } else {
            default
        };
        Self {
            cell,
            variant,
            default: side(default, ""),
            xda: side(security.of_cell("XDADefaultSSLSettings"), ""),
            manager: side(of_manager, " (which the deployment manager uses)"),
        }
    }

    /// Those that something of that meaning cannot talk to. `modern` things must be able to talk to the whole cell, all
    /// others to the deployment manager.
    fn apart_from(&self, meaning: &Meaning, own: Option<ConfigurationIndex>) -> Vec<&Side> {
        let shared = [&self.default, &self.xda]
            .into_iter()
            .filter(|_| meaning.is_modern_only());
        let mut seen = BTreeSet::from_iter(own);
        shared
            .chain([&self.manager])
            .flatten()
            .filter(|side| side.meaning.is_disjoint(meaning) && seen.insert(side.configuration))
            .collect()
    }

    fn shown(&self, configuration: ConfigurationIndex) -> String {
        let known = self.variant.security().configuration(configuration);
        known.map_or_else(String::new, |known| {
            format!("{}: {}", known.alias, known.protocol_shown())
        })
    }

    fn shown_all(&self, sides: &[&Side]) -> String {
        let each = sides
            .iter()
            .map(|side| format!("{}{}", self.shown(side.configuration), side.note));
        each.collect::<Vec<_>>().join("; ")
    }

    fn places(&self, sides: &[&Side]) -> Vec<Node<'s>> {
        sides
            .iter()
            .flat_map(|side| self.variant.places_of(side.configuration))
            .collect()
    }
}

/// The two settings that belong to the whole cell.
fn judge_cell(sides: &Sides<'_, '_>, report: &mut Report) {
    let (Some(default), Some(xda)) = (&sides.default, &sides.xda) else {
        return;
    };
    let enforced = default.meaning.is_modern_only() || xda.meaning.is_modern_only();
    if !enforced || !default.meaning.is_disjoint(&xda.meaning) {
        return;
    }
    let found = sides.shown_all(&[default, xda]);
    let message = format!(
        "In cell {} the two settings that all processes share cannot talk to each other ({found}): node agents will stop \
         and start.",
        sides.cell.name
    );
    let entry = report.finding(format!("{} cell", sides.cell.name), message);
    with_places(entry, sides.places(&[default, xda]))
        .field("cell", sides.cell.name)
        .values(found, WANTED)
        .enter();
}

/// What belongs to a node alone.
fn judge_node<'s>(sides: &Sides<'_, 's>, node: &'s str, manager: Option<(&'s str, &'s str)>, report: &mut Report) {
    let security = sides.variant.security();
    let agent = match manager {
        Some((of_manager, server)) if of_manager == node => server,
        _ => "nodeagent",
    };
    let spot = sides.cell.spot(node, agent, ADMINISTRATION);
    let inbound = security.inbound(spot).ok();
    let outbound = security
        .outbound_for_administration(sides.cell.spot(node, agent, ""))
        .ok();
    let used = [inbound, outbound].into_iter().flatten().map(|used| used.configuration);
    let own: BTreeSet<ConfigurationIndex> = security.node_default(node).into_iter().chain(used).collect();
    let shared: Vec<_> = [&sides.default, &sides.xda]
        .into_iter()
        .flatten()
        .map(|side| side.configuration)
        .collect();
    for configuration in own.into_iter().filter(|own| !shared.contains(own)) {
        let meaning = security.meaning(configuration);
        let apart = sides.apart_from(&meaning, Some(configuration));
        if apart.is_empty() || !meaning.is_modern_only() {
            continue;
        }
        let (own, others) = (sides.shown(configuration), sides.shown_all(&apart));
        let message = format!(
            "Node {node} allows TLSv1.2 or newer only ({own}), and what the cell shares cannot speak it ({others}): its \
             node agent will stop and start.",
        );
        let alias = security.configuration(configuration).map_or("", |known| known.alias);
        let entry = report.finding(format!("{} node {node} {alias}", sides.cell.name), message);
        let places = sides
            .variant
            .places_of(configuration)
            .into_iter()
            .chain(sides.places(&apart));
        with_places(entry, places)
            .field("cell", sides.cell.name)
            .field("node", node)
            .values(format!("{own}; {others}"), WANTED)
            .enter();
    }
}

/// A profile's `ssl.client.props`.
fn judge_client(sides: &Sides<'_, '_>, client: &Client<'_>, version: Option<Version>, report: &mut Report) {
    let value = client.place.value().trim();
    let meaning = Meaning::of(value, version);
    let apart = sides.apart_from(&meaning, None);
    if apart.is_empty() {
        return;
    }
    let (file, others) = (client.document.file(), sides.shown_all(&apart));
    let whose = client.node.map_or_else(String::new, |node| format!(" of node {node}"));
    let message = format!(
        "The clients{whose} speak {value} by ssl.client.props, and have no protocol in common with {others}: commands and \
         the node agent cannot talk to the deployment manager.",
    );
    let entry = report.finding(format!("{} client {file}", sides.cell.name), message);
    let entry = with_places(entry, std::iter::once(client.place).chain(sides.places(&apart)));
    let entry = entry.field("cell", sides.cell.name);
    let entry = match client.node {
        Some(node) => entry.field("node", node),
        None => entry,
    };
    entry
        .values(format!("ssl.client.props: {value}; {others}"), WANTED)
        .enter();
}

/// A cell whose copies differ more than anybody can use.
fn say_beyond(cell: &Cell<'_>, report: &mut Report) {
    if cell.beyond.is_empty() {
        return;
    }
    let message = format!(
        "Cell {} has copies of security.xml that differ in more ways than are checked; {} of them were not. Synchronise the \
         nodes and check again.",
        cell.name,
        cell.beyond.len()
    );
    let entry = report
        .finding(format!("{} copies", cell.name), message)
        .severity(Severity::Info);
    with_places(entry, cell.beyond.iter().map(|document| document.root()))
        .field("cell", cell.name)
        .values("copies that differ", "one security.xml for the cell")
        .enter();
}
