//! Cells, web servers and key stores drawn by hand. The packs' examples show the checks on whole files; here stands what
//! they cannot show: which configuration is chosen, and that no site is too strange.

mod choice;
mod hostile;
mod stores;
mod web;

use casebook_plugin_configs::{DrawnSite, Finding, FlatSite, Site};

use super::CERTIFICATE;
use crate::code::trial::judged;
use crate::code::{Check, Inquiry, Models};
use crate::facts::Facts;
use crate::report::Report;

/// A cell being drawn.
pub(super) struct DrawnCell {
    rows: Vec<Row>,
}

type Row = (&'static str, Vec<(&'static str, String)>);

impl DrawnCell {
    pub(super) fn new() -> Self {
        let cell = Self { rows: Vec::new() };
        cell.scope("cell", "(cell):C")
    }

    pub(super) fn scope(mut self, id: &str, name: &str) -> Self {
        self.rows.push((
            "managementScopes",
            vec![("xmi:id", id.to_owned()), ("scopeName", name.to_owned())],
        ));
        self
    }

    /// A configuration of a scope; an empty protocol is an absent one.
    pub(super) fn configuration(self, id: &str, alias: &str, scope: &str, protocol: &str) -> Self {
        self.with_suites(id, alias, scope, protocol, "")
    }

    pub(super) fn with_suites(mut self, id: &str, alias: &str, scope: &str, protocol: &str, suites: &str) -> Self {
        let mut values = vec![
            ("xmi:id", id.to_owned()),
            ("alias", alias.to_owned()),
            ("managementScope", scope.to_owned()),
            ("enabledCiphers", suites.to_owned()),
        ];
        if !protocol.is_empty() {
            values.push(("sslProtocol", protocol.to_owned()));
        }
        self.rows.push(("repertoire", values));
        self
    }

    pub(super) fn group(mut self, scope: &str, direction: &str, configuration: &str) -> Self {
        self.rows.push((
            "sslConfigGroups",
            vec![
                ("name", scope.to_owned()),
                ("direction", direction.to_owned()),
                ("sslConfig", configuration.to_owned()),
                ("managementScope", scope.to_owned()),
            ],
        ));
        self
    }

    pub(super) fn selection(mut self, scope: &str, info: &str, configuration: &str) -> Self {
        self.rows.push((
            "dynamicSSLConfigSelections",
            vec![
                ("dynamicSelectionInfo", info.to_owned()),
                ("sslConfig", configuration.to_owned()),
                ("managementScope", scope.to_owned()),
            ],
        ));
        self
    }

    /// Draws it as a file of a profile.
    pub(super) fn draw(&self, site: &mut DrawnSite, profile: &str) {
        let file = format!("{profile}/config/cells/C/security.xml");
        let attributes = [("cell", "C"), ("profile", profile)];
        let mut document = site.document(&file, "security.xml", "xml", &attributes, "security:Security");
        for (line, (name, values)) in (2..).zip(&self.rows) {
            let values: Vec<(&str, &str)> = values.iter().map(|(name, value)| (*name, value.as_str())).collect();
            let (below, own): (Vec<_>, Vec<_>) = values
                .into_iter()
                .partition(|(name, _)| ["sslProtocol", "enabledCiphers"].contains(name));
            let node = document.node(0, name, "", line, &own);
            if *name == "repertoire" {
                document.node(node, "setting", "", line, &below);
            }
        }
    }
}

/// An attribute of the root of a document, by the document's number.
type OfRoot = (usize, &'static str, &'static str);

/// Gives a drawn root an attribute more.
fn set(flat: &mut FlatSite, (document, name, value): OfRoot) {
    let mut number = |text: &str| {
        flat.bytes.extend_from_slice(text.as_bytes());
        flat.text_ends.push(flat.bytes.len() as u32);
        flat.text_ends.len() as u32 - 1
    };
    let row = [number(name), number(value), 1];
    let root: usize = flat.documents[..document]
        .iter()
        .map(|before| before.nodes as usize)
        .sum();
    let before: u32 = flat.nodes.chunks(6).take(root + 1).map(|node| node[5]).sum();
    flat.nodes[root * 6 + 5] += 1;
    let at = before as usize * 3;
    flat.node_attributes.splice(at..at, row);
}

/// What a check says about a site whose roots have these attributes.
fn judged_with(check: &Check, site: DrawnSite, roots: &[OfRoot]) -> Vec<Finding> {
    let mut flat = site.into_flat();
    roots.iter().for_each(|root| set(&mut flat, *root));
    let site = Site::decode(flat).unwrap();
    let facts = Facts::read(site.facts());
    let mut report = Report::of(0);
    let parameters = serde_json::Map::new();
    let models = Models::default();
    let inquiry = Inquiry {
        site: &site,
        facts: &facts,
        parameters: &parameters,
        models: &models,
    };
    (check.run)(&inquiry, &mut report);
    report.close().0
}

/// A site with a cell, and these hosts as JSON.
fn drawn(hosts: &str, cell: &DrawnCell, more: impl FnOnce(&mut DrawnSite)) -> DrawnSite {
    let facts = format!("{{\"products\":{{\"sametime\":\"9.0.1\",\"websphere\":\"8.5.5.8\"}},\"hosts\":{hosts}}}");
    let mut site = DrawnSite::new("acme", &facts);
    cell.draw(&mut site, "p/dmgr01");
    more(&mut site);
    site
}

/// What a check says about it.
fn judged_cell(check: &Check, hosts: &str, cell: &DrawnCell, more: impl FnOnce(&mut DrawnSite)) -> Vec<Finding> {
    judged(check, drawn(hosts, cell, more))
}

/// What the check of certificates says on 12 October 2016.
fn judged_stores(facts: &str, draw: impl FnOnce(&mut DrawnSite)) -> Vec<Finding> {
    judged(&CERTIFICATE, drawn_stores(facts, draw))
}

fn drawn_stores(facts: &str, draw: impl FnOnce(&mut DrawnSite)) -> DrawnSite {
    let facts = format!("{{\"today_epoch\":1476230400{facts}}}");
    let mut site = DrawnSite::new("acme", &facts);
    draw(&mut site);
    site
}
