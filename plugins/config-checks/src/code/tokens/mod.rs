//! Whether Domino accepts the tokens that WebSphere issues, and whether Sametime looks for them by the right name.
//!
//! Comes in: `security.xml` of the cells, the Web SSO documents of the Domino directory, `sametime.ini`. Goes out: one
//! finding for each cell and document that disagree, and one for each `sametime.ini` that names another configuration.
//! Never here: whether both sides hold the same keys; no file tells that without giving the keys away.
//!
//! | WebSphere issues | Domino accepts | |
//! |---|---|---|
//! | both | LtpaToken | LtpaToken2 is refused. The article's case |
//! | both | LtpaToken2 | who presents LtpaToken alone is refused; Sametime clients were seen to send only that one: medium |
//! | both | both | right |
//! | LtpaToken2 | LtpaToken | nothing in common |
//! | LtpaToken2 | LtpaToken2 | right |
//! | LtpaToken2 | both | all is accepted that WebSphere issues; but Domino issues LtpaToken too, which nothing there reads: info |
//! | not stated | LtpaToken | LtpaToken2 is issued either way, and refused |
//! | not stated | LtpaToken2 | cannot be told: info |
//! | not stated | both | right |
//!
//! A cell and a document are compared where their cookies can meet at one server, or where a domain is not known. The
//! copies of `security.xml` in the profiles of a cell are one cell; if they differ, the worst of them is told.

mod domino;
mod websphere;

#[cfg(test)]
mod tests;

use std::collections::BTreeSet;

use casebook_plugin_configs::{Interest, Node, Severity};

use super::listing::{MOST_PLACES, listed};
use super::{Check, Inquiry, directory};
use crate::report::{Entry, Report};
use domino::{Accepted, Configuration};
use websphere::{Cell, Copy};

/// The check.
pub(crate) static CHECK: Check = Check {
    name: "ltpa-token-type-mismatch",
    wants,
    run,
};

/// The name that Sametime takes for the Web SSO configuration unless `ST_TOKEN_TYPE` gives another.
const DEFAULT_NAME: &str = "LtpaToken";

/// Web SSO documents that are compared: a directory has a handful, and each is compared with each cell.
const MOST_CONFIGURATIONS: usize = 100;

fn wants() -> Vec<Interest> {
    let mut wants = Vec::from(directory::wants());
    wants.push(websphere::wants());
    wants.push(Interest::in_kind("sametime.ini").nodes(["st_token_type"]));
    wants
}

fn run(inquiry: &Inquiry<'_>, report: &mut Report) {
    let cells = websphere::cells(inquiry.site);
    let mut configurations = domino::configurations(inquiry.site, &inquiry.facts.domino.tokens);
    if configurations.len() > MOST_CONFIGURATIONS {
        let message = format!(
            "There are {} different Web SSO documents; only the first {MOST_CONFIGURATIONS} of them were compared.",
            configurations.len()
        );
        report
            .finding("too many documents", message)
            .severity(Severity::Info)
            .enter();
        configurations.truncate(MOST_CONFIGURATIONS);
    }
    let mut untold: Vec<Node<'_>> = Vec::new();
    for cell in &cells {
        for configuration in &configurations {
            let Some(copy) = worst(cell, configuration) else {
                continue;
            };
            match configuration.accepted {
                Some((accepted, place)) => compare(cell, copy, configuration, accepted, place, report),
                None => untold.extend(configuration.place.into_iter().chain([copy.place])),
            }
        }
    }
    let is_sametime =
        inquiry.site.of_kind("sametime.ini").next().is_some() || inquiry.facts.version("sametime").is_some();
    if configurations.is_empty() && is_sametime {
        untold.extend(cells.iter().filter_map(|cell| Some(cell.copies.first()?.place)));
    }
    if !untold.is_empty() {
        let sentence = "No file says which tokens Domino accepts (the field Token Format of the Web SSO document).";
        report.lacks("domino.tokens", sentence, untold.into_iter().take(MOST_PLACES));
    }
    names(inquiry, &configurations, report);
}

/// What is wrong between what is issued and what is accepted.
struct Verdict {
    /// None: as bad as the rule says.
    severity: Option<Severity>,
    why: &'static str,
    wanted: &'static str,
}

fn verdict(interoperability: Option<bool>, accepted: Accepted) -> Option<Verdict> {
    let (severity, why, wanted) = match (interoperability, accepted) {
        (Some(true) | None, Accepted::One) => (
            None,
            "it refuses the LtpaToken2 of this cell",
            "LtpaToken and LtpaToken2",
        ),
        (Some(false), Accepted::One) => (None, "the two have no kind of token in common", "LtpaToken2"),
        (Some(true), Accepted::Two) => (
            Some(Severity::Medium),
            "it refuses clients that present the LtpaToken of this cell alone, as Sametime clients do",
            "LtpaToken and LtpaToken2",
        ),
        (Some(false), Accepted::Both) => (
            Some(Severity::Info),
            "it accepts all that this cell issues, but also issues LtpaToken, which this cell does not use: a client that \
             presents that one alone has to sign in again",
            "LtpaToken2, unless another server needs LtpaToken",
        ),
        (None, Accepted::Two) => (
            Some(Severity::Info),
            "whether clients may present the LtpaToken of this cell alone cannot be told, for security.xml does not say \
             whether interoperability mode is on",
            "LtpaToken and LtpaToken2 with interoperability mode on, LtpaToken2 with it off",
        ),
        (Some(true) | None, Accepted::Both) | (Some(false), Accepted::Two) => return None,
    };
    Some(Verdict { severity, why, wanted })
}

/// The copy of a cell that disagrees most with a configuration; none where no cookie of the cell meets it.
fn worst<'c, 's>(cell: &'c Cell<'s>, configuration: &Configuration<'s>) -> Option<&'c Copy<'s>> {
    let accepted = configuration.accepted.map(|(accepted, _)| accepted);
    let weight = |copy: &&Copy<'_>| match accepted.and_then(|accepted| verdict(copy.interoperability, accepted)) {
        None => 0,
        Some(verdict) => match verdict.severity {
            Some(Severity::Info) => 1,
            Some(_) => 2,
            None => 3,
        },
    };
    // The first of those that are equally bad: `max_by_key` would take the last.
    let meeting = cell.copies.iter().filter(|copy| copy.meets(configuration.domain));
    meeting.rev().max_by_key(weight)
}

fn compare(
    cell: &Cell<'_>,
    copy: &Copy<'_>,
    configuration: &Configuration<'_>,
    accepted: Accepted,
    place: Option<Node<'_>>,
    report: &mut Report,
) {
    let Some(Verdict { severity, why, wanted }) = verdict(copy.interoperability, accepted) else {
        return;
    };
    let message = format!(
        "Cell {} issues {}, but Domino's {} is set to {}: {why}.",
        cell.name,
        copy.issued(),
        configuration.label(),
        accepted.words(),
    );
    let group = format!("{}: {} {}", cell.name, configuration.name, configuration.domain);
    let entry = report.finding(group, message);
    let entry = place.or(configuration.place).into_iter().fold(entry, Entry::at);
    let alike = cell
        .copies
        .iter()
        .filter(|other| other.interoperability == copy.interoperability);
    let entry = alike.take(MOST_PLACES).map(|copy| copy.place).fold(entry, Entry::at);
    let entry = entry
        .field("cell", cell.name)
        .field("configuration", configuration.name)
        .field("issued", copy.issued())
        .values(accepted.words(), wanted);
    match severity {
        Some(severity) => entry.severity(severity).enter(),
        None => entry.enter(),
    }
}

/// Whether every `sametime.ini` names a Web SSO configuration that there is.
fn names(inquiry: &Inquiry<'_>, configurations: &[Configuration<'_>], report: &mut Report) {
    let named: Vec<&Configuration<'_>> = configurations.iter().filter(|known| !known.name.is_empty()).collect();
    let exists = |name: &str| named.iter().any(|known| known.name.eq_ignore_ascii_case(name));
    let wanted: BTreeSet<&str> = named.iter().map(|known| known.name).collect();
    let wanted = listed(wanted);
    let places = || named.iter().filter_map(|known| known.name_place).take(MOST_PLACES);
    if named.is_empty() {
        return;
    }
    for document in inquiry.site.of_kind("sametime.ini") {
        let set = document.named("st_token_type").find(|key| {
            key.parent().is_some_and(|section| section.is("authtoken")) && key.attribute("superseded").is_none()
        });
        let value = set.map_or("", Node::value);
        let name = if value.is_empty() { DEFAULT_NAME } else { value };
        if exists(name) {
            continue;
        }
        let found = if value.is_empty() { "not set" } else { value };
        let message = format!(
            "Sametime looks for the Web SSO configuration {name} (ST_TOKEN_TYPE in [AuthToken] is {found}), but Domino's is \
             called {wanted}: it can neither make nor verify tokens.",
        );
        let entry = report.finding(format!("name in {}", document.file()), message);
        let entry = entry.at(set.unwrap_or_else(|| document.root()));
        places().fold(entry, Entry::at).values(found, &*wanted).enter();
    }
    let is_sametime = inquiry.facts.version("sametime").is_some();
    if is_sametime && inquiry.site.of_kind("sametime.ini").next().is_none() && !exists(DEFAULT_NAME) {
        let message = format!(
            "Domino's Web SSO configuration is called {wanted}; ST_TOKEN_TYPE in [AuthToken] of sametime.ini must say so, \
             and there is no sametime.ini among these files.",
        );
        let entry = report.finding("no sametime.ini", message).severity(Severity::Info);
        let entry = places().fold(entry, Entry::at).field("lacks", "sametime.ini");
        entry.values("no sametime.ini", &*wanted).enter();
    }
}
