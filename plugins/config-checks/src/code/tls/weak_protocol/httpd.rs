//! Hosts of web servers.
//!
//! What `mod_ibm_ssl` offers without being told depends on the fix pack of IBM HTTP Server: TLSv1 to TLSv1.2 for long, no
//! longer the old ones since the middle of 2021. `mod_ssl` offers all but SSLv3 since 2.4.17, and OpenSSL's own
//! configuration may forbid more.

use std::collections::{BTreeMap, BTreeSet};

use casebook_plugin_configs::{Node, Severity};

use super::{WANTED, Weak};
use crate::code::Inquiry;
use crate::code::listing::listed;
use crate::code::tls::httpd::{Module, TlsHost, arguments, web_servers};
use crate::code::tls::protocol::{Meaning, Protocols, old_protocols_are_off};
use crate::code::tls::version::{Version, of_websphere};
use crate::code::tls::with_places;
use crate::report::Report;

/// The directives that are read.
pub(super) const DIRECTIVES: [&str; 3] = ["sslprotocol", "sslprotocolenable", "sslprotocoldisable"];

/// The directives by which IBM HTTP Server is told.
const OF_IBM: [&str; 2] = ["sslprotocolenable", "sslprotocoldisable"];

/// Judges every host where TLS is on: a web server is there to be reached. Hosts of a server that say the same offer the
/// same, and are one finding.
pub(super) fn judge(inquiry: &Inquiry<'_>, report: &mut Report) {
    // IBM HTTP Server comes with the fix packs of WebSphere.
    let own = inquiry.facts.version("ihs").and_then(Version::parse);
    let version = own.or_else(|| of_websphere(inquiry.facts));
    for server in web_servers(inquiry.site) {
        let mut offers: BTreeMap<Offer, Vec<Offering<'_, '_>>> = BTreeMap::new();
        for host in server.tls_hosts() {
            let (meaning, directives) = match host.module {
                Module::Ibm => ibm(&host, version),
                Module::ModSsl => mod_ssl(&host),
            };
            let weak = Weak {
                certain: meaning.certain().both(Protocols::WEAK),
                possible: meaning.possible().both(Protocols::WEAK),
            };
            if let Some(named) = weak.named() {
                let offer = Offer {
                    named,
                    is_certain: weak.is_certain() && !directives_say_nothing(&host, &directives),
                    is_ibm: host.module == Module::Ibm,
                    found: found(&directives),
                    above: is_set_above(&host, &directives),
                };
                offers.entry(offer).or_default().push(Offering { host, directives });
            }
        }
        for (offer, hosts) in &offers {
            enter(offer, hosts, report);
        }
    }
}

/// What hosts offer, and by what.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Offer {
    named: Protocols,
    is_certain: bool,
    is_ibm: bool,
    found: String,
    /// What was meant for them stands where it does not count.
    above: bool,
}

/// A host that offers something, and the directives that say so.
struct Offering<'w, 's> {
    host: TlsHost<'w, 's>,
    directives: Vec<Node<'s>>,
}

/// `mod_ssl` without `SSLProtocol` leaves the choice to OpenSSL and its configuration.
fn directives_say_nothing(host: &TlsHost<'_, '_>, directives: &[Node<'_>]) -> bool {
    host.module == Module::ModSsl && directives.is_empty()
}

fn enter(offer: &Offer, hosts: &[Offering<'_, '_>], report: &mut Report) {
    let Some(first) = hosts.first() else { return };
    let names: BTreeSet<String> = hosts.iter().map(|one| one.host.name()).collect();
    let names = listed(names.iter().map(String::as_str));
    let (named, found) = (offer.named, &offer.found);
    let wanted = match offer.is_ibm {
        true => "SSLProtocolDisable SSLv2 SSLv3 TLSv10 TLSv11",
        false => "SSLProtocol -all +TLSv1.2 +TLSv1.3",
    };
    let (verb, why) = match (offer.is_certain, offer.is_ibm) {
        (true, _) => ("offers", "which no longer protect anybody"),
        (false, true) => ("may offer", "for that depends on the fix pack of IBM HTTP Server"),
        (false, false) => ("may offer", "for that depends on OpenSSL and its configuration"),
    };
    let by = match first.directives.is_empty() {
        true => "default",
        false => found.as_str(),
    };
    let mut message = format!("{names} {verb} {named} by {by}, {why}: {wanted} forbids them.");
    if offer.above {
        message.push_str(" What stands outside of its virtual host does not count for it.");
    }
    let entry = report.finding(format!("{} {}", first.host.file(), first.host.name()), message);
    let places = hosts.iter().flat_map(|one| {
        let own = one.directives.iter().copied();
        own.chain([one.host.switch]).chain(one.host.section())
    });
    let entry = with_places(entry, places);
    let entry = entry.field("host", names).field("protocols", named.to_string());
    let entry = entry.values(found, format!("{wanted} ({WANTED})"));
    if offer.is_certain {
        entry.enter();
    } else {
        entry.severity(Severity::Info).enter();
    }
}

fn found(directives: &[Node<'_>]) -> String {
    let found: Vec<String> = directives.iter().map(|node| shown(*node)).collect();
    if found.is_empty() {
        "(default)".to_owned()
    } else {
        found.join("; ")
    }
}

/// What administrators overlook: IBM HTTP Server does not pass these directives on to virtual hosts.
fn is_set_above(host: &TlsHost<'_, '_>, directives: &[Node<'_>]) -> bool {
    let above = OF_IBM.iter().any(|name| host.setting(name).is_some());
    host.module == Module::Ibm && directives.is_empty() && above
}

fn shown(node: Node<'_>) -> String {
    let name = node.attribute("written").unwrap_or(node.name());
    let values: Vec<&str> = arguments(node).collect();
    format!("{name} {}", values.join(" "))
}

/// What `mod_ibm_ssl` offers, and the directives that say so.
fn ibm<'s>(host: &TlsHost<'_, 's>, version: Option<Version>) -> (Meaning, Vec<Node<'s>>) {
    let old = [Protocols::TLS_V1_TO_12, Protocols::TLS_V1_TO_12.and(Protocols::SSL_V3)];
    let new = [Protocols::TLS_V12, Protocols::TLS_V12.and(Protocols::TLS_V13)];
    let mut meaning = match old_protocols_are_off(version) {
        Some(false) => Meaning::any_of(old),
        Some(true) => Meaning::any_of(new),
        None => Meaning::any_of(old.into_iter().chain(new)),
    };
    let directives: Vec<Node<'s>> = host.own(&OF_IBM).collect();
    for node in &directives {
        let named = arguments(*node)
            .filter_map(of_ibm)
            .fold(Protocols::NONE, Protocols::and);
        meaning = if node.name() == "sslprotocolenable" {
            meaning.with(named)
        } else {
            meaning.without(named)
        };
    }
    (meaning, directives)
}

fn of_ibm(word: &str) -> Option<Protocols> {
    let tls = Protocols::ALL.without(Protocols::SSL_V3);
    match word.to_ascii_lowercase().as_str() {
        "all" => Some(Protocols::ALL),
        "tls" => Some(tls),
        _ => Protocols::named(word),
    }
}

/// What `mod_ssl` offers, and the directive that says so. A word without a sign replaces all before it.
fn mod_ssl<'s>(host: &TlsHost<'_, 's>) -> (Meaning, Vec<Node<'s>>) {
    let everything = [Protocols::TLS_V1_TO_12, Protocols::TLS_V1_TO_12.and(Protocols::TLS_V13)];
    let Some(node) = host.setting("sslprotocol") else {
        return (Meaning::any_of(everything), Vec::new());
    };
    let mut meaning = Meaning::exactly(Protocols::NONE);
    for argument in arguments(node) {
        let (sign, word) = match argument.split_at_checked(1) {
            Some((sign @ ("+" | "-"), word)) => (sign, word),
            _ => ("", argument),
        };
        let all = word.eq_ignore_ascii_case("all");
        let named = if all {
            Protocols::ALL
        } else {
            Protocols::named(word).unwrap_or(Protocols::NONE)
        };
        meaning = match (sign, all) {
            ("-", _) => meaning.without(named),
            // Whether `all` has SSLv3 and TLSv1.3 depends on OpenSSL.
            ("+", true) => meaning.with(Protocols::TLS_V1_TO_12),
            ("+", false) => meaning.with(named),
            (_, true) => Meaning::any_of(everything),
            (_, false) => Meaning::exactly(named),
        };
    }
    (meaning, vec![node])
}
