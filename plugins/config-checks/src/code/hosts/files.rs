//! Hosts files, by the names in them.
//!
//! Comes in: the documents of that kind. Goes out: which file gives which name which address, first entries only. Never
//! here: which of them is right.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

use casebook_plugin_configs::{Document, Node};

use crate::code::Inquiry;
use crate::code::machines::Machines;
use crate::facts::Host;

/// Endings of files that were put aside.
const ASIDE: &[&str] = &[".bak", ".old", ".orig", ".save", ".rpmnew", ".rpmsave", "~"];

/// A hosts file.
pub(super) struct HostsFile<'s> {
    pub(super) number: usize,
    pub(super) document: Document<'s>,
    /// The machine that it belongs to, if its path names one.
    pub(super) host: Option<&'s Host>,
}

/// A name in a hosts file.
#[derive(Debug, Clone, Copy)]
pub(super) struct Named<'s> {
    pub(super) file: usize,
    pub(super) address: IpAddr,
    pub(super) node: Node<'s>,
}

/// All hosts files of a site.
pub(super) struct HostsFiles<'s> {
    files: Vec<HostsFile<'s>>,
    /// By whole name, in small letters; for each file and family the first.
    names: BTreeMap<String, Vec<Named<'s>>>,
    /// The whole names that begin with a name and a dot.
    longer: BTreeMap<String, Vec<String>>,
}

fn short(name: &str) -> &str {
    name.split('.').next().unwrap_or_default()
}

/// Names that every machine has for itself.
fn is_own(name: &str) -> bool {
    ["localhost", "ip6-", "broadcasthost"]
        .iter()
        .any(|start| name.starts_with(start))
        || name.ends_with("docker.internal")
}

impl<'s> HostsFiles<'s> {
    /// The hosts files of a site. Beside a file named `hosts` others in its folder are older states of it.
    pub(super) fn of(inquiry: &Inquiry<'s>) -> Self {
        let plain = |document: &Document<'_>| document.file_name().eq_ignore_ascii_case("hosts");
        let machines = Machines::of(inquiry.facts);
        let documents: Vec<_> = inquiry.site.of_kind("hosts").collect();
        let folders: BTreeSet<&str> = documents
            .iter()
            .filter(|own| plain(own))
            .map(|own| own.folder())
            .collect();
        let mut files = Self {
            files: Vec::new(),
            names: BTreeMap::new(),
            longer: BTreeMap::new(),
        };
        for document in documents {
            let name = document.file_name().to_ascii_lowercase();
            let aside = ASIDE.iter().any(|ending| name.ends_with(ending));
            // One without entries is a file of another kind with a name that begins alike, such as hosts.allow; unless it
            // is the hosts file itself, in which Windows delivers nothing but comments.
            let other = !plain(&document) && document.named("entry").next().is_none();
            if aside || other || (!plain(&document) && folders.contains(document.folder())) {
                continue;
            }
            let host = machines.of_document(document);
            let number = files.files.len();
            files.files.push(HostsFile { number, document, host });
            files.read(number, document);
        }
        files
    }

    fn read(&mut self, file: usize, document: Document<'s>) {
        for entry in document.named("entry") {
            // A zone belongs to the machine, not to the address.
            let address = entry
                .value()
                .split('%')
                .next()
                .and_then(|address| address.parse::<IpAddr>().ok());
            let Some(address) = address else {
                continue;
            };
            for node in entry.children_named("name") {
                let name = node.value().to_lowercase();
                if name.is_empty() || is_own(&name) {
                    continue;
                }
                let known = self.names.entry(name.clone()).or_default();
                if known.is_empty() && name.contains('.') {
                    self.longer.entry(short(&name).to_owned()).or_default().push(name);
                }
                // Files come one after another: those of this one stand at the end.
                let of_file = known.iter().rev().take_while(|named| named.file == file).take(2);
                if !of_file
                    .into_iter()
                    .any(|named| named.address.is_ipv4() == address.is_ipv4())
                {
                    known.push(Named { file, address, node });
                }
            }
        }
    }

    /// All files.
    pub(super) fn all(&self) -> impl Iterator<Item = &HostsFile<'s>> {
        self.files.iter()
    }

    /// All names in small letters, and their entries. A name without a domain goes with the only one that has it with one.
    pub(super) fn names(&self) -> impl Iterator<Item = (&str, Vec<Named<'s>>)> {
        let whole = |name: &str| self.longer.get(short(name)).is_some_and(|longer| longer.len() == 1);
        let names = self
            .names
            .iter()
            .filter(move |(name, _)| name.contains('.') || !whole(name));
        names.map(move |(name, entries)| {
            let others = whole(name).then(|| self.names.get(short(name))).flatten();
            let entries = entries.iter().chain(others.into_iter().flatten());
            (name.as_str(), once_a_line(entries.copied()).collect())
        })
    }

    /// The entries of a host: under its name, and where only one of the two has a domain, under the rest of it.
    pub(super) fn of_name(&self, name: &str) -> impl Iterator<Item = Named<'s>> {
        let whole = name.to_lowercase();
        let mut names = vec![whole.clone()];
        if whole.contains('.') {
            names.push(short(&whole).to_owned());
        } else {
            names.extend(self.longer.get(&whole).into_iter().flatten().cloned());
        }
        let known = names.into_iter().filter_map(|name| self.names.get(&name)).flatten();
        once_a_line(known.filter(move |named| !is_namesake(named.node, &whole)).copied())
    }
}

/// Whether a name without a domain stands beside one with another domain than `whole` has: `10.0.0.1 a.other.example a`.
fn is_namesake(name: Node<'_>, whole: &str) -> bool {
    if name.value().contains('.') || !whole.contains('.') {
        return false;
    }
    let beside = || name.parent().into_iter().flat_map(|entry| entry.children_named("name"));
    let longer =
        |beside: &Node<'_>| beside.value().contains('.') && short(beside.value()).eq_ignore_ascii_case(short(whole));
    let is_whole = |beside: &Node<'_>| beside.value().eq_ignore_ascii_case(whole);
    beside().any(|beside| longer(&beside)) && !beside().any(|beside| is_whole(&beside))
}

/// A line with a name both with and without its domain says one thing.
fn once_a_line<'s>(entries: impl Iterator<Item = Named<'s>>) -> impl Iterator<Item = Named<'s>> {
    let mut seen = BTreeSet::new();
    entries.filter(move |entry| seen.insert((entry.file, entry.node.line())))
}
