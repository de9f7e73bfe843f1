//! Hosts of web servers.
//!
//! `SSLCipherSpec` of IBM HTTP Server counts where the host itself has it; names that a later directive takes away again do
//! not. `SSLCipherSuite` of `mod_ssl` is one string, the host's own or the main server's, before which Apache 2.4 puts
//! `!aNULL:!eNULL:!EXP` by itself.

use std::collections::BTreeSet;

use casebook_plugin_configs::{Node, Severity};

use super::listed;
use crate::code::Inquiry;
use crate::code::tls::httpd::{Module, TlsHost, arguments, web_servers};
use crate::code::tls::suites::{Weakness, admitted, weaknesses};
use crate::code::tls::with_places;
use crate::report::Report;

/// The directives that are read.
pub(super) const DIRECTIVES: [&str; 2] = ["sslcipherspec", "sslciphersuite"];

/// What `mod_ssl` of 2.4 takes out of every string.
const TAKEN_OUT: [Weakness; 3] = [Weakness::Anonymous, Weakness::NoEncryption, Weakness::Export];

/// Suites, or words for them, and where they stand.
#[derive(Debug, Default)]
struct Enabled<'s> {
    names: Vec<String>,
    kinds: BTreeSet<Weakness>,
    places: Vec<Node<'s>>,
    /// Only by naming everything, or by words that the module may take out.
    doubtful: bool,
}

/// Judges every host where TLS is on.
pub(super) fn judge(inquiry: &Inquiry<'_>, report: &mut Report) {
    let apache = inquiry.facts.version("httpd");
    for server in web_servers(inquiry.site) {
        for host in server.tls_hosts() {
            let enabled = match host.module {
                Module::Ibm => ibm(&host),
                Module::ModSsl => mod_ssl(&host, apache),
            };
            if !enabled.kinds.is_empty() {
                enter(&host, &enabled, report);
            }
        }
    }
}

fn enter(host: &TlsHost<'_, '_>, enabled: &Enabled<'_>, report: &mut Report) {
    let name = host.name();
    let kinds: Vec<String> = enabled.kinds.iter().map(ToString::to_string).collect();
    let names: Vec<&str> = enabled.names.iter().map(String::as_str).collect();
    let message = if enabled.doubtful {
        format!(
            "{name} may accept {} suites: {} lets through whatever OpenSSL has of them.",
            kinds.join(", "),
            listed(&names)
        )
    } else {
        format!(
            "{name} accepts {} suites, which its configuration names.",
            kinds.join(", ")
        )
    };
    let entry = report.finding(format!("{} {name}", host.file()), message);
    let places = enabled
        .places
        .iter()
        .copied()
        .chain([host.switch])
        .chain(host.section());
    let entry = with_places(entry, places);
    let entry = entry.field("host", name).field("weaknesses", kinds.join(", ")).values(
        listed(&names),
        "suites without RC4, 3DES, DES, EXPORT, NULL, MD5 and anonymous ones",
    );
    if enabled.doubtful {
        entry.severity(Severity::Info).enter();
    } else {
        entry.enter();
    }
}

/// The weak suites that `SSLCipherSpec` names and does not take away again. Its arguments are a protocol, or `ALL`, and
/// names with `+`, `-` or no sign.
fn ibm<'s>(host: &TlsHost<'_, 's>) -> Enabled<'s> {
    let mut named: Vec<(&'s str, Node<'s>)> = Vec::new();
    let mut taken: BTreeSet<&'s str> = BTreeSet::new();
    let directives: Vec<Node<'s>> = host.own(&["sslcipherspec"]).collect();
    // From the end: what is taken away later is not there.
    for node in directives.into_iter().rev() {
        let words: Vec<&'s str> = arguments(node).collect();
        for word in words.into_iter().rev() {
            if let Some(suite) = word.strip_prefix('-') {
                taken.insert(suite);
            } else {
                let suite = word.strip_prefix('+').unwrap_or(word);
                if !taken.contains(suite) && !weaknesses(suite).is_empty() {
                    named.push((suite, node));
                }
            }
        }
    }
    let mut enabled = Enabled::default();
    let mut seen = BTreeSet::new();
    for (suite, node) in named.into_iter().rev() {
        enabled.places.push(node);
        if seen.insert(suite) {
            enabled.names.push(suite.to_owned());
            enabled.kinds.extend(weaknesses(suite));
        }
    }
    enabled.places.dedup();
    enabled
}

/// What `SSLCipherSuite` lets through. A first argument of two names the protocol; suites of TLSv1.3 are all good.
fn mod_ssl<'s>(host: &TlsHost<'_, 's>, apache: Option<&str>) -> Enabled<'s> {
    let Some(node) = host.setting("sslciphersuite") else {
        return Enabled::default();
    };
    let words: Vec<&str> = arguments(node).collect();
    let string = match words.as_slice() {
        [string] => *string,
        [protocol, string, ..] if protocol.eq_ignore_ascii_case("SSL") => *string,
        _ => return Enabled::default(),
    };
    let found = admitted(string);
    let old = apache.is_some_and(|version| version.trim().starts_with("2.2"));
    let certain: Vec<(Weakness, String)> = found
        .named
        .iter()
        .filter(|(weakness, _)| old || !TAKEN_OUT.contains(weakness))
        .map(|(weakness, word)| (*weakness, word.clone()))
        .collect();
    let doubtful = certain.is_empty();
    // A version that was given is known to take them out.
    let rest = found
        .named
        .keys()
        .filter(|weakness| apache.is_none() && TAKEN_OUT.contains(weakness));
    let by_all = found
        .by_all
        .iter()
        .filter(|weakness| old || !TAKEN_OUT.contains(weakness));
    let mut enabled = Enabled {
        places: vec![node],
        doubtful,
        ..Enabled::default()
    };
    if doubtful {
        enabled.kinds.extend(rest.chain(by_all));
        enabled.names.push(string.to_owned());
    } else {
        for (weakness, word) in certain {
            enabled.kinds.insert(weakness);
            if !enabled.names.contains(&word) {
                enabled.names.push(word);
            }
        }
    }
    enabled
}
