//! The Domino servers, and the names that are their own.
//!
//! Comes in: server documents of the directory, the hosts and `domino.server` of `environment.toml`. Goes out: the
//! [`Server`]s, and what a name is to them. Never here: what a server does when it is called by a name.
//!
//! A server's own names are its common name, and in its server document the fully qualified host name of the Basics page
//! and the addresses of its ports. The common name is no host name: CN=Sametime does not answer to sametime.acme.example
//! when its host name is domino1.acme.example. Only where no host name of it is known may one begin with it. A host of `environment.toml` with the role `domino` or `community` is a server whose own
//! name is `name`; its `aliases` are not its own. Where there are server documents and a host with the role `community`
//! alone is in none of them, its name is taken to be what clients call it and no more.
//!
//! A name that is nobody's is an alias of the only server there is; of several it could be anybody's.

use std::collections::BTreeSet;

use casebook_plugin_configs::{Node, Site};

use super::hosts::{equal, same};
use crate::code::directory::{self, Name, Note, form};
use crate::facts::{Facts, Host};

/// Servers that are told apart: 200. Each name that clients call is looked up in all of them.
const MOST_SERVERS: usize = 200;

/// Items of a server document that hold host names. `NetAddresses` is a list, one for each port.
const HOST_NAMES: [&str; 2] = ["SMTPFullHostDomain", "NetAddresses"];

/// A Domino server.
#[derive(Debug, Clone, Default)]
pub(super) struct Server<'s> {
    /// Its name for people: `Sametime/Servers/ACME` where known, else a host name.
    pub(super) label: String,
    /// Its common name in the directory; empty where not known.
    common: String,
    /// Its host names.
    hosts: Vec<String>,
    /// Its full name in the directory; empty where not known.
    pub(super) full_name: String,
    /// Where its names stand.
    pub(super) place: Option<Node<'s>>,
    aliases: Vec<String>,
}

/// What a name is.
pub(super) enum Standing<'v, 's> {
    /// A server's own.
    Own,
    /// Another name of these.
    Alias(Vec<&'v Server<'s>>),
    /// That cannot be told.
    Unknown,
}

/// All servers.
pub(super) struct Servers<'s>(Vec<Server<'s>>);

impl<'s> Servers<'s> {
    /// Those of a site.
    pub(super) fn of(site: &'s Site, facts: &Facts) -> Self {
        let documents = directory::of_form(site, form::SERVER).take(MOST_SERVERS);
        let mut servers: Vec<Server<'s>> = documents.map(from_document).collect();
        let documented = !servers.is_empty();
        for host in facts.hosts.iter().take(MOST_SERVERS) {
            let is_domino = host.has_role("domino");
            if !is_domino && !host.has_role("community") {
                continue;
            }
            match servers.iter_mut().find(|server| server.may_be(&host.name)) {
                // Its document says which of these are its own.
                Some(server) => server.aliases.extend(host.aliases.iter().chain([&host.name]).cloned()),
                None if documented && !is_domino => {}
                None => servers.push(from_host(host)),
            }
        }
        let told = &facts.domino.server;
        if !told.trim().is_empty() && !servers.iter().any(|server| server.is_called(told)) {
            // It is the one that is known by its host name, if there is just one.
            match servers.as_mut_slice() {
                [only] if only.full_name.is_empty() => only.call(told),
                _ => {
                    let mut server = Server::default();
                    server.call(told);
                    servers.push(server);
                }
            }
        }
        Self(servers)
    }

    /// What a name is.
    pub(super) fn standing(&self, name: &str) -> Standing<'_, 's> {
        if self.0.iter().any(|server| server.has(name)) {
            return Standing::Own;
        }
        let of = |server: &&Server<'_>| server.aliases.iter().any(|alias| same(alias, name));
        let known: Vec<&Server<'s>> = self.0.iter().filter(of).collect();
        match (known.is_empty(), self.0.as_slice()) {
            (false, _) => Standing::Alias(known),
            (true, [only]) => Standing::Alias(vec![only]),
            _ => Standing::Unknown,
        }
    }
}

impl Server<'_> {
    /// Its own names.
    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        let names = std::iter::once(&self.common).chain(&self.hosts);
        names.map(String::as_str).filter(|name| !name.is_empty())
    }

    /// Whether a name is its own.
    fn has(&self, name: &str) -> bool {
        let called = match self.hosts.is_empty() {
            true => same(&self.common, name),
            false => equal(&self.common, name),
        };
        called || self.hosts.iter().any(|own| same(own, name))
    }

    /// Whether a name of a machine or a folder begins as one of its own names does.
    pub(super) fn may_be(&self, name: &str) -> bool {
        self.names().any(|own| same(own, name))
    }

    /// Whether a name of the directory, in whatever form, or a host name is this server's.
    pub(super) fn is_called(&self, name: &str) -> bool {
        (!self.full_name.is_empty() && Name::of(&self.full_name) == Name::of(name)) || self.has(name.trim())
    }

    /// Gives it a name of the directory, or a host name.
    fn call(&mut self, name: &str) {
        let name = name.trim();
        self.common = Name::of(name).common().unwrap_or(name).to_owned();
        self.full_name = name.to_owned();
        self.label = abbreviated(name);
    }
}

fn from_document(note: Note<'_>) -> Server<'_> {
    let mut server = Server {
        place: Some(note.item("ServerName").map_or(note.place(), |item| item.place())),
        ..Server::default()
    };
    server.call(note.text("ServerName"));
    let hosts = HOST_NAMES.iter().filter_map(|name| note.item(name));
    let mut seen = BTreeSet::new();
    let names = hosts.flat_map(|item| item.values());
    server.hosts = names
        .filter(|name| seen.insert(name.to_lowercase()))
        .map(str::to_owned)
        .collect();
    if server.label.is_empty() {
        server.label = server.hosts.first().cloned().unwrap_or_default();
    }
    server
}

fn from_host(host: &Host) -> Server<'static> {
    Server {
        label: host.name.clone(),
        hosts: vec![host.name.clone()],
        aliases: host.aliases.clone(),
        ..Server::default()
    }
}

/// `CN=Sametime/OU=Servers/O=ACME` as people write it: `Sametime/Servers/ACME`.
fn abbreviated(name: &str) -> String {
    let parts = name.split('/').map(str::trim);
    let bare = parts.map(|part| part.split_once('=').map_or(part, |(_, value)| value.trim()));
    bare.collect::<Vec<_>>().join("/")
}
