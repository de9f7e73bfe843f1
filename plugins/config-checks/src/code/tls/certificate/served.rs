//! Which files of certificates a web server serves, and under which names.
//!
//! Comes in: web servers, and the files of the site. Goes out: for each host with a certificate of its own the file, the
//! files that complete its chain, and the names that clients ask for. Never here: key databases of IBM HTTP Server
//! (`KeyFile`), which nobody can read without its own tools.
//!
//! A file does not lie where it lay on the server. It is the one with that name whose folders agree for as long as no other
//! one's do; of two that agree alike, neither.

use std::collections::BTreeMap;

use casebook_plugin_configs::{Node, Site};

use super::store::Store;
use crate::code::tls::httpd::{TlsHost, arguments, web_servers};

/// The directives that are read.
pub(super) const DIRECTIVES: [&str; 4] = [
    "sslcertificatefile",
    "sslcertificatechainfile",
    "sslcacertificatefile",
    "serveralias",
];

/// A host of a web server and its certificate.
#[derive(Debug)]
pub(super) struct Served<'s> {
    /// The file with the server's own certificate, by its number.
    pub(super) store: usize,
    /// Files that the same host names to complete the chain.
    pub(super) beside: Vec<usize>,
    /// The names that clients ask for, and where they stand.
    pub(super) names: Vec<(&'s str, Node<'s>)>,
    /// The directive that names the file.
    pub(super) directive: Node<'s>,
}

/// What web servers serve.
pub(super) fn served<'s>(site: &'s Site, stores: &[Store<'s>]) -> Vec<Served<'s>> {
    let mut by_name: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (number, store) in stores.iter().enumerate() {
        by_name.entry(store.document.file_name()).or_default().push(number);
    }
    let find = |path: &str| found(path, stores, &by_name);
    let mut all = Vec::new();
    for server in web_servers(site) {
        for host in server.tls_hosts() {
            let beside: Vec<usize> = ["sslcertificatechainfile", "sslcacertificatefile"]
                .iter()
                .filter_map(|name| host.setting(name))
                .filter_map(|node| find(arguments(node).next()?))
                .collect();
            for directive in certificates_of(&host) {
                if let Some(store) = arguments(directive).next().and_then(find) {
                    all.push(Served {
                        store,
                        beside: beside.clone(),
                        names: names_of(&host),
                        directive,
                    });
                }
            }
        }
    }
    all
}

/// A host may serve several, one for each kind of key; it has those of the main server only if it names none itself.
fn certificates_of<'s>(host: &TlsHost<'_, 's>) -> Vec<Node<'s>> {
    let own: Vec<Node<'s>> = host.own(&["sslcertificatefile"]).collect();
    if own.is_empty() {
        host.setting("sslcertificatefile").into_iter().collect()
    } else {
        own
    }
}

fn names_of<'s>(host: &TlsHost<'_, 's>) -> Vec<(&'s str, Node<'s>)> {
    let directives = host.own(&["servername", "serveralias"]);
    let named = directives.flat_map(|node| arguments(node).map(move |name| (host_part(name), node)));
    // An alias with `*` or `?` stands for names that nobody has to have.
    named
        .filter(|(name, _)| name.contains('.') && !name.contains(['*', '?']))
        .collect()
}

/// `https://www.acme.example:443` is `www.acme.example`.
fn host_part(name: &str) -> &str {
    let name = name.rsplit_once("://").map_or(name, |(_, behind)| behind);
    name.split_once(':').map_or(name, |(host, _)| host)
}

fn found(path: &str, stores: &[Store<'_>], by_name: &BTreeMap<&str, Vec<usize>>) -> Option<usize> {
    let path = path.replace('\\', "/");
    let name = path.rsplit('/').next()?;
    let common = |number: usize| {
        let file = stores.get(number).map_or("", |store| store.document.file());
        let pairs = file.rsplit('/').zip(path.rsplit('/'));
        pairs.take_while(|(one, other)| one == other).count()
    };
    let candidates: Vec<(usize, usize)> = by_name
        .get(name)?
        .iter()
        .map(|number| (common(*number), *number))
        .collect();
    let most = candidates.iter().map(|(common, _)| *common).max()?;
    let mut best = candidates.iter().filter(|(common, _)| *common == most);
    let (_, number) = best.next()?;
    best.next().is_none().then_some(*number)
}
