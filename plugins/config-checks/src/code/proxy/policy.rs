//! `connections-proxy-policy`: which addresses the proxy may fetch, and whether the meeting server is one of them.
//!
//! Comes in: the proxy's configuration, what each cell asks for. Goes out: findings, one a cell and problem. Never here:
//! the order of elements, which is another problem of the same rule ([`order`](super::order)).
//!
//! Communities reads its own version of the file where there is one, and the shared one otherwise; only the one that it
//! reads is asked for the meeting server. A policy counts if its url covers what the widget asks for and its actions let
//! the widget list rooms (GET) and create them (POST).

use std::collections::BTreeMap;

use casebook_plugin_configs::{Document, Interest, Node, Severity};

use super::address::Address;
use super::meeting::{Asked, Meetings};
use super::{Gathered, meeting, order};
use crate::code::listing::{MOST_PLACES, listed};
use crate::code::{Check, Inquiry};
use crate::report::Report;

pub(crate) static CHECK: Check = Check {
    name: "connections-proxy-policy",
    wants,
    run,
};

/// What the widget asks the meeting server for.
const REQUEST: &str = "/stmeetings/restapi";

/// The methods that the widget needs.
const METHODS: &[&str] = &["GET", "POST"];

fn wants() -> Vec<Interest> {
    let elements = order::ELEMENTS.iter().copied();
    let policies = Interest::in_kind("proxy-config.tpl").nodes(["policy", "meta-data", "method", "cookie"]);
    vec![policies.nodes(elements), meeting::wants()]
}

fn run(inquiry: &Inquiry<'_>, report: &mut Report) {
    let documents: Vec<_> = inquiry.site.of_kind("proxy-config.tpl").collect();
    meeting_policy(&documents, &Meetings::of(inquiry), report);
    order::judge(&documents, report);
    open_policy(&documents, report);
}

/// What the policies of a file say about an address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Verdict {
    /// One covers it.
    Covered,
    /// One covers it, and hosts whose names begin alike too.
    TooFar,
    /// One names the host and ends before `/*`.
    Short,
    /// One names it and allows no POST, or no GET.
    Refused,
    /// One covers the same host by another scheme or port.
    Elsewhere,
    /// None names it.
    Absent,
}

fn meeting_policy<'s>(documents: &[Document<'s>], meetings: &Meetings<'s>, report: &mut Report) {
    let mut gathered: Gathered<'s, (String, Address, Verdict, String)> = BTreeMap::new();
    let mut unknown: Vec<Node<'s>> = Vec::new();
    for document in read_by_communities(documents) {
        let cell = document.attribute("cell");
        let addresses = match meetings.asked(cell) {
            Asked::Nothing => continue,
            Asked::Unknown(places) => {
                unknown.extend(places);
                continue;
            }
            Asked::For(addresses) => addresses,
        };
        let policies: Vec<_> = document.named("policy").collect();
        for address in addresses {
            let (verdict, place) = verdict(&policies, &address);
            if verdict != Verdict::Covered {
                let url = place
                    .and_then(|policy| policy.attribute("url"))
                    .unwrap_or_default()
                    .to_owned();
                let key = (cell.unwrap_or_default().to_owned(), address, verdict, url);
                gathered
                    .entry(key)
                    .or_default()
                    .push(place.unwrap_or_else(|| document.root()));
            }
        }
    }
    for ((cell, address, verdict, url), places) in gathered {
        enter(report, &cell, &address, verdict, &url, places);
    }
    if !unknown.is_empty() {
        let sentence = "The meeting widget is installed, but its address cannot be read, so whether the AJAX proxy has a \
                        policy for the meeting server cannot be told.";
        report.lacks("meetings", sentence, unknown.into_iter().take(MOST_PLACES));
    }
}

fn enter(report: &mut Report, cell: &str, address: &Address, verdict: Verdict, url: &str, places: Vec<Node<'_>>) {
    let host = &address.host;
    let wanted = format!("{}://{host}/*", address.scheme.as_deref().unwrap_or("https"));
    let (found, wanted, message) = match verdict {
        Verdict::Covered => return,
        Verdict::Absent => (
            "no policy".to_owned(),
            wanted,
            format!(
                "The AJAX proxy has no policy for the meeting server {host}: it will answer 403 to the meeting widget."
            ),
        ),
        Verdict::Short => (
            url.to_owned(),
            wanted,
            format!(
                "The policy for the meeting server has the url {url}, without /* at its end: no page below it is covered, \
                 and the meeting widget will get 403."
            ),
        ),
        Verdict::TooFar => (
            url.to_owned(),
            wanted,
            format!(
                "The policy url {url} has no slash before its star: it also covers hosts whose names begin with {host}."
            ),
        ),
        Verdict::Elsewhere => (
            url.to_owned(),
            wanted,
            format!(
                "The policy for the meeting server has the url {url}, while the meeting widget asks for it by another \
                 scheme or port: it will get 403."
            ),
        ),
        Verdict::Refused => (
            format!(
                "{url} without {}",
                listed(METHODS.iter().copied().filter(|method| !allows_any(&places, method)))
            ),
            format!("{url} with {}", listed(METHODS.iter().copied())),
            format!(
                "The policy {url} for the meeting server does not allow what the meeting widget does: it will get 403."
            ),
        ),
    };
    let entry = report.finding(format!("{cell} {verdict:?} {host}"), message);
    let entry = places
        .into_iter()
        .take(MOST_PLACES)
        .fold(entry, crate::report::Entry::at);
    let entry = entry.field("cell", cell).field("host", host).values(found, wanted);
    match verdict {
        Verdict::TooFar => entry.severity(Severity::Low).enter(),
        _ => entry.enter(),
    }
}

/// The files that Communities reads: one in each folder. The product makes the `.xml` from the template when it starts.
fn read_by_communities<'s>(documents: &[Document<'s>]) -> Vec<Document<'s>> {
    const NAMES: [&str; 4] = [
        "proxy-communities-config.tpl",
        "proxy-communities-config.xml",
        "proxy-config.tpl",
        "proxy-config.xml",
    ];
    let mut read: BTreeMap<&'s str, (usize, Document<'s>)> = BTreeMap::new();
    for document in documents {
        let name = document.file_name().to_ascii_lowercase();
        let Some(rank) = NAMES.iter().position(|known| *known == name) else {
            continue;
        };
        let first = read.entry(document.folder()).or_insert((rank, *document));
        if rank < first.0 {
            *first = (rank, *document);
        }
    }
    read.into_values().map(|(_, document)| document).collect()
}

/// What the policies say about an address, and the one that says it.
fn verdict<'s>(policies: &[Node<'s>], address: &Address) -> (Verdict, Option<Node<'s>>) {
    let judged = policies
        .iter()
        .filter_map(|policy| Some((of_policy(*policy, address)?, *policy)));
    let best = judged.min_by_key(|(verdict, _)| *verdict);
    best.map_or((Verdict::Absent, None), |(verdict, policy)| (verdict, Some(policy)))
}

/// What one policy says about an address; `None` where it says nothing about it.
fn of_policy(policy: Node<'_>, address: &Address) -> Option<Verdict> {
    let url = policy.attribute("url")?.trim();
    if url == "*" {
        // As it is delivered it allows no POST and no cookie, which is no use to the widget.
        return (allowed(policy) && !is_empty(policy, "cookies")).then_some(Verdict::Covered);
    }
    let pattern = url.strip_suffix('*');
    let own = Address::read(pattern.unwrap_or(url))?;
    if pattern.is_some() && own.path.is_empty() {
        let begins = address.host.starts_with(&own.host) && same_way(&own, address);
        return begins.then_some(Verdict::TooFar);
    }
    // Without a star only the page itself is covered, which the widget never asks for.
    let path = match pattern {
        Some(_) => own.path.as_str(),
        None => own.path.trim_end_matches('/'),
    };
    if own.host != address.host || !REQUEST.starts_with(path) {
        return None;
    }
    Some(match pattern {
        _ if !same_way(&own, address) => Verdict::Elsewhere,
        _ if is_empty(policy, "actions") => Verdict::Refused,
        None => Verdict::Short,
        Some(_) if allowed(policy) => Verdict::Covered,
        Some(_) => Verdict::Refused,
    })
}

/// Whether a policy's scheme and port are those by which the meeting server is asked for. A fact says neither. A port that
/// the scheme implies anyway is a matter of the widget's address, and of another rule.
fn same_way(own: &Address, address: &Address) -> bool {
    let scheme = own.scheme.is_none() || address.scheme.is_none() || own.scheme == address.scheme;
    let default = match own.scheme.as_deref() {
        Some("http") => 80,
        _ => 443,
    };
    let known = address.scheme.is_some() || address.port.is_some();
    scheme && (!known || own.port.unwrap_or(default) == address.port.unwrap_or(default))
}

/// Whether a policy allows what the widget does; one that says nothing of methods forbids none.
fn allowed(policy: Node<'_>) -> bool {
    policy.child("actions").is_none() || METHODS.iter().all(|method| allows(policy, method))
}

fn allows(policy: Node<'_>, method: &str) -> bool {
    let methods = policy
        .children_named("actions")
        .flat_map(|actions| actions.children_named("method"));
    methods
        .into_iter()
        .any(|known| known.value().trim().eq_ignore_ascii_case(method))
}

fn allows_any(policies: &[Node<'_>], method: &str) -> bool {
    policies.iter().any(|policy| allows(*policy, method))
}

/// Whether a policy has an element that lists nothing.
fn is_empty(policy: Node<'_>, element: &str) -> bool {
    policy
        .child(element)
        .is_some_and(|element| element.children().next().is_none())
}

/// An active policy for every address: the file warns of it itself, and nothing says whether strangers reach this proxy.
fn open_policy(documents: &[Document<'_>], report: &mut Report) {
    let mut gathered: Gathered<'_, (&str, &str)> = BTreeMap::new();
    for document in documents {
        // The one by which servers of the site talk to each other is meant to be open.
        if document.file_name().to_ascii_lowercase().contains("internal") {
            continue;
        }
        let open = document.named("policy").filter(|policy| {
            policy.attribute("url").is_some_and(|url| url.trim() == "*") && !is_empty(*policy, "actions")
        });
        let cell = document.attribute("cell").unwrap_or_default();
        gathered.entry((cell, document.file_name())).or_default().extend(open);
    }
    for ((cell, file), places) in gathered.into_iter().filter(|(_, places)| !places.is_empty()) {
        let message = format!(
            "{file} lets the AJAX proxy fetch any address. Where strangers can reach Connections, they reach every server \
             behind it that way."
        );
        let entry = report
            .finding(format!("{cell} open {file}"), message)
            .severity(Severity::Info);
        let entry = places
            .into_iter()
            .take(MOST_PLACES)
            .fold(entry, crate::report::Entry::at);
        entry
            .field("cell", cell)
            .values("url=\"*\" is active", "a policy for each server that is needed")
            .enter();
    }
}
