//! Names that clients ask for and no certificate covers.
//!
//! What a web server's host is called is certain: the file that it serves must cover it. What `environment.toml` says of
//! hosts and of the meeting server says not which certificate they show. Where the site has one certificate only, it is that
//! one; of several one must cover the name.

use std::collections::BTreeMap;

use super::findings::{Findings, Problem};
use super::names::{covers, names};
use super::served::Served;
use super::store::{Certificate, Store};
use crate::code::tls::roles::REACHED_BY_STRANGERS;
use crate::facts::Facts;

/// Judges the names of web servers, then those of hosts.
pub(super) fn judge<'s>(facts: &Facts, stores: &[Store<'s>], served: &[Served<'s>], findings: &mut Findings<'s>) {
    for one in served {
        let own = stores
            .get(one.store)
            .and_then(|store| store.chains().next())
            .and_then(|chain| chain.own());
        let Some(own) = own else { continue };
        let names = names(&own);
        for (host, node) in one.names.iter().filter(|(host, _)| !covers(&names, host)) {
            let message = format!(
                "The web server is asked for {host}, which its certificate does not cover: {}.",
                names.join(", ")
            );
            let places = [*node, one.directive, own.node];
            findings.add_at(
                &own,
                Problem::NotCovered((*host).to_owned()),
                message,
                (&names.join(", "), host),
                places,
            );
        }
    }
    judge_hosts(facts, stores, findings);
}

fn judge_hosts<'s>(facts: &Facts, stores: &[Store<'s>], findings: &mut Findings<'s>) {
    let all = stores.iter().flat_map(Store::chains).filter_map(|chain| chain.own());
    let own: BTreeMap<String, Certificate<'s>> = all.map(|one| (one.identity(), one)).collect();
    let Some(first) = own.values().next() else { return };
    let all_names: Vec<&str> = own.values().flat_map(names).collect();
    for host in asked_for(facts) {
        if covers(&all_names, host) {
            continue;
        }
        let found = if own.len() == 1 {
            all_names.join(", ")
        } else {
            format!("{} certificates", own.len())
        };
        let (problem, message) = if own.len() == 1 {
            (
                Problem::PerhapsNotCovered(host.to_owned()),
                format!("Clients ask for {host}, which the only certificate here does not cover: {found}."),
            )
        } else {
            (
                Problem::CoveredNowhere(host.to_owned()),
                format!(
                    "Clients ask for {host}, which none of the {found} here covers; its own may not be among them."
                ),
            )
        };
        findings.add(first, problem, message, &found, host);
    }
}

/// The names by which clients know the hosts that strangers reach. Whoever has other names is asked for by those.
fn asked_for(facts: &Facts) -> std::collections::BTreeSet<&str> {
    let reached = facts
        .hosts
        .iter()
        .filter(|host| REACHED_BY_STRANGERS.iter().any(|role| host.has_role(role)));
    let names = reached.flat_map(|host| {
        let own = std::slice::from_ref(&host.name);
        if host.aliases.is_empty() { own } else { &host.aliases }
    });
    let meeting = std::iter::once(&facts.meeting_host);
    names
        .chain(meeting)
        .map(String::as_str)
        .filter(|name| name.contains('.'))
        .collect()
}
