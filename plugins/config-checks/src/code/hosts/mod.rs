//! `websphere-hosts-entry`: whether the machines of a cell find each other at the right addresses.
//!
//! Comes in: hosts files, the hosts of `environment.toml`, host names of nodes. Goes out: findings of four kinds, one a
//! host. Never here: what a name service would answer.
//!
//! | found | |
//! |---|---|
//! | missing | a host of several addresses has no entry in a hosts file: WebSphere may pick any of them |
//! | wrong | the entry is not the host's primary address, or not one that it has |
//! | differ | hosts files give one name different addresses |
//! | loopback | a server's own name stands for the machine itself (`127.0.1.1 name`, as Debian writes it) |
//!
//! The first entry of a name decides, for each family of addresses by itself. Aliases are not looked at: clients may well be
//! sent to another machine, such as a load balancer.

mod files;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

use casebook_plugin_configs::{Interest, Node, Severity};

use self::files::{HostsFiles, Named};
use crate::code::listing::{MOST_PLACES, listed};
use crate::code::{Check, Inquiry};
use crate::facts::{Facts, Host};
use crate::report::{Entry, Report};

pub(crate) static CHECK: Check = Check {
    name: "websphere-hosts-entry",
    wants,
    run,
};

/// Roles of machines that are no part of a cell.
const NO_WEBSPHERE: &[&str] = &["domino", "community", "web-server", "database", "ldap"];

fn wants() -> Vec<Interest> {
    vec![
        Interest::in_kind("hosts"),
        Interest::in_kind("serverindex.xml").nodes(["ServerIndex"]),
    ]
}

fn run(inquiry: &Inquiry<'_>, report: &mut Report) {
    let files = HostsFiles::of(inquiry);
    let machines = node_machines(inquiry);
    let hosts: Vec<&Host> = inquiry.facts.hosts.iter().filter(|host| in_a_cell(host)).collect();
    let mut judged = BTreeSet::new();
    for host in hosts {
        let entries: Vec<Named<'_>> = files.of_name(&host.name).collect();
        missing(host, &files, &entries, report);
        loopback(host, &entries, report);
        if wrong(host, &entries, report) {
            let name = host.name.to_lowercase();
            judged.extend([name.split('.').next().unwrap_or_default().to_owned(), name]);
        }
    }
    differ(inquiry.facts, &files, &machines, &judged, report);
    unknown(inquiry.facts, &files, &machines, report);
}

/// Whether a host is part of a cell, as far as is known.
fn in_a_cell(host: &Host) -> bool {
    let other = |role: &String| NO_WEBSPHERE.iter().any(|known| role.eq_ignore_ascii_case(known));
    !host.name.is_empty() && (!host.node.is_empty() || host.roles.is_empty() || !host.roles.iter().all(other))
}

/// The host names of nodes, in small letters, and where they stand.
fn node_machines<'s>(inquiry: &Inquiry<'s>) -> BTreeMap<String, Node<'s>> {
    let mut machines = BTreeMap::new();
    for document in inquiry.site.of_kind("serverindex.xml") {
        for index in document.named("ServerIndex") {
            let name = index.attribute("hostName").unwrap_or_default();
            if !name.is_empty() && !name.eq_ignore_ascii_case("localhost") {
                machines.entry(name.to_lowercase()).or_insert(index);
            }
        }
    }
    machines
}

fn addresses(host: &Host) -> BTreeSet<IpAddr> {
    host.addresses
        .iter()
        .filter_map(|address| address.trim().parse().ok())
        .collect()
}

fn begun<'r>(report: &'r mut Report, host: &Host, key: &str, message: String) -> Entry<'r> {
    let entry = report.finding(format!("{key} {}", host.name.to_lowercase()), message);
    let entry = entry.field("host", &host.name);
    match host.node.as_str() {
        "" => entry,
        node => entry.field("node", node),
    }
}

/// A host of several addresses that a hosts file does not name.
fn missing(host: &Host, files: &HostsFiles<'_>, entries: &[Named<'_>], report: &mut Report) {
    let addresses = addresses(host);
    if addresses.len() < 2 {
        return;
    }
    let named: BTreeSet<usize> = entries
        .iter()
        .filter(|entry| !entry.address.is_loopback())
        .map(|entry| entry.file)
        .collect();
    let without = files.all().filter(|file| !named.contains(&file.number));
    let without: Vec<_> = without.filter(|file| file.host.is_none_or(in_a_cell)).collect();
    if without.is_empty() {
        return;
    }
    let name = &host.name;
    let several = listed(
        addresses
            .iter()
            .map(ToString::to_string)
            .collect::<Vec<_>>()
            .iter()
            .map(String::as_str),
    );
    let wanted = match host.primary.as_str() {
        "" => format!("an entry for {name} with the address that other servers reach"),
        primary => format!("{primary} {name}"),
    };
    let message = format!(
        "{name} has the addresses {several} and no entry in {}: which of them WebSphere takes is left to chance.",
        listed(without.iter().map(|file| file.document.file()))
    );
    let entry = begun(report, host, "missing", message);
    let entry = without
        .iter()
        .take(MOST_PLACES)
        .fold(entry, |entry, file| Entry::at(entry, file.document.root()));
    entry.values(format!("no entry for {name}"), wanted).enter();
}

/// Entries that are not the host's address. Says whether the host's address is known, so that no entry needs comparing with
/// another one.
fn wrong(host: &Host, entries: &[Named<'_>], report: &mut Report) -> bool {
    let all = addresses(host);
    let primary: Option<IpAddr> = match (host.primary.trim().parse().ok(), all.len()) {
        (Some(primary), _) => Some(primary),
        (None, 1) => all.iter().next().copied(),
        (None, _) => None,
    };
    let right = |address: IpAddr| match primary {
        Some(primary) => primary == address || primary.is_ipv4() != address.is_ipv4(),
        None => all.is_empty() || all.contains(&address) || !all.iter().any(|own| own.is_ipv4() == address.is_ipv4()),
    };
    let wrong = entries
        .iter()
        .filter(|entry| !entry.address.is_loopback() && !right(entry.address));
    let wrong: Vec<_> = wrong.collect();
    if !wrong.is_empty() {
        let texts = |addresses: BTreeSet<IpAddr>| addresses.iter().map(ToString::to_string).collect::<Vec<_>>();
        let found = texts(wrong.iter().map(|entry| entry.address).collect());
        let found = listed(found.iter().map(String::as_str));
        let wanted = texts(primary.map_or(all, |primary| BTreeSet::from([primary])));
        let wanted = listed(wanted.iter().map(String::as_str));
        let name = &host.name;
        let message = match primary {
            Some(_) => {
                format!("A hosts file gives {name} the address {found}, where other servers must find {wanted}.")
            }
            None => format!("A hosts file gives {name} the address {found}, which it does not have: it has {wanted}."),
        };
        let entry = begun(report, host, "wrong", message);
        let entry = wrong
            .iter()
            .take(MOST_PLACES)
            .fold(entry, |entry, wrong| Entry::at(entry, wrong.node));
        entry.values(found, wanted).enter();
    }
    primary.is_some()
}

/// A server's name that stands for the machine that reads it.
fn loopback(host: &Host, entries: &[Named<'_>], report: &mut Report) {
    // Only of servers is it known that others are told this name.
    if host.node.is_empty() && host.roles.is_empty() {
        return;
    }
    let own: Vec<_> = entries.iter().filter(|entry| entry.address.is_loopback()).collect();
    let Some(first) = own.first() else {
        return;
    };
    let name = &host.name;
    let message = format!(
        "{name} stands for {} in a hosts file: a server that looks itself up there tells others an address that leads \
         nowhere.",
        first.address
    );
    let found = format!("{} {name}", first.address);
    let wanted = match host.primary.as_str() {
        "" => format!("an address of {name} that other servers reach"),
        primary => format!("{primary} {name}"),
    };
    let entry = begun(report, host, "loopback", message).severity(Severity::Low);
    let entry = own
        .iter()
        .take(MOST_PLACES)
        .fold(entry, |entry, own| Entry::at(entry, own.node));
    entry.values(found, wanted).enter();
}

/// Names that hosts files give different addresses.
fn differ(
    facts: &Facts,
    files: &HostsFiles<'_>,
    machines: &BTreeMap<String, Node<'_>>,
    judged: &BTreeSet<String>,
    report: &mut Report,
) {
    let hosts: BTreeMap<String, &Host> = facts
        .hosts
        .iter()
        .map(|host| (host.name.to_lowercase(), host))
        .collect();
    for (name, entries) in files.names() {
        let host = hosts.get(name).copied();
        if judged.contains(name) {
            continue;
        }
        for ipv4 in [true, false] {
            let of_family = |entry: &&Named<'_>| entry.address.is_ipv4() == ipv4 && !entry.address.is_loopback();
            let entries: Vec<_> = entries.iter().filter(of_family).collect();
            let different: BTreeSet<IpAddr> = entries.iter().map(|entry| entry.address).collect();
            let several = entries
                .first()
                .is_some_and(|first| entries.iter().any(|other| other.file != first.file));
            if different.len() < 2 || !several {
                continue;
            }
            let texts: Vec<String> = different.iter().map(ToString::to_string).collect();
            let found = listed(texts.iter().map(String::as_str));
            let message = format!("Hosts files give {name} different addresses: {found}.");
            let entry = report
                .finding(format!("differ {name} {ipv4}"), message)
                .field("host", name);
            let entry = match host.map(|host| host.node.as_str()) {
                None | Some("") => entry,
                Some(node) => entry.field("node", node),
            };
            let entry = entries
                .iter()
                .take(MOST_PLACES)
                .fold(entry, |entry, named| Entry::at(entry, named.node));
            let entry = entry.values(found, "one address, the same in all hosts files");
            if host.is_some_and(in_a_cell) || machines.contains_key(name) {
                entry.enter();
            } else {
                entry.severity(Severity::Low).enter();
            }
        }
    }
}

/// Nodes whose machines no hosts file names, while nothing says how many addresses they have.
fn unknown(facts: &Facts, files: &HostsFiles<'_>, machines: &BTreeMap<String, Node<'_>>, report: &mut Report) {
    // Hosts that were taken from files have one address and nothing else.
    let given = |host: &Host| host.addresses.len() != 1 || !host.primary.is_empty() || !host.roles.is_empty();
    if files.all().next().is_none() || facts.hosts.iter().any(given) {
        return;
    }
    let without = machines.iter().filter(|(name, _)| files.of_name(name).next().is_none());
    let places: Vec<_> = without.map(|(_, index)| *index).take(MOST_PLACES).collect();
    if !places.is_empty() {
        let sentence =
            "The machines of some nodes are in no hosts file, and whether they have several addresses is not known.";
        report.lacks("hosts", sentence, places);
    }
}
