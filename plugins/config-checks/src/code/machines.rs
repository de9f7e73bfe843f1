//! Which machine a file was collected from.
//!
//! Comes in: the hosts of `environment.toml`, a document. Goes out: the host whose name is a part of its path, such as
//! `stm1/etc/hosts` or `bundle/stm1.acme.example/root/.profile`. Never here: a guess; a path without such a name is of
//! nobody.

use std::collections::BTreeMap;

use casebook_plugin_configs::Document;

use crate::facts::{Facts, Host};

/// The machines by their names.
pub(super) struct Machines<'f> {
    /// In small letters, whole.
    names: BTreeMap<String, &'f Host>,
    /// In small letters, without the domain.
    short: BTreeMap<String, &'f Host>,
}

fn short(name: &str) -> &str {
    name.split('.').next().unwrap_or_default()
}

impl<'f> Machines<'f> {
    /// The machines that are known.
    pub(super) fn of(facts: &'f Facts) -> Self {
        let mut machines = Self {
            names: BTreeMap::new(),
            short: BTreeMap::new(),
        };
        for host in &facts.hosts {
            for name in host.aliases.iter().chain([&host.name]).filter(|name| !name.is_empty()) {
                let name = name.to_lowercase();
                machines.short.entry(short(&name).to_owned()).or_insert(host);
                machines.names.entry(name).or_insert(host);
            }
        }
        machines
    }

    /// The machine of a document.
    pub(super) fn of_document(&self, document: Document<'_>) -> Option<&'f Host> {
        let name = document.file_name();
        let ending = |ending: &str| {
            name.rsplit_once('.')
                .filter(|(_, own)| own.eq_ignore_ascii_case(ending))
        };
        let kind = ending(document.kind()).map(|(stem, _)| stem);
        document
            .folder()
            .split('/')
            .chain(kind)
            .find_map(|part| self.named(part))
    }

    /// The machine of that name, with or without its domain.
    fn named(&self, part: &str) -> Option<&'f Host> {
        let part = part.to_lowercase();
        let without_domain = || match part.contains('.') {
            true => self.names.get(short(&part)),
            false => self.short.get(&part),
        };
        self.names
            .get(&part)
            .or_else(without_domain)
            .copied()
            .filter(|_| !part.is_empty())
    }
}

#[cfg(test)]
mod tests {
    use casebook_plugin_configs::DrawnSite;

    use super::Machines;
    use crate::facts::Facts;

    #[test]
    fn a_path_names_its_machine() {
        let facts =
            Facts::read(r#"{"hosts":[{"name":"stm1.acme.example","aliases":["meet.acme.example"]},{"name":"ssc"}]}"#);
        let machines = Machines::of(&facts);
        for (file, host) in [
            ("stm1/etc/hosts", Some("stm1.acme.example")),
            ("x/STM1.acme.example/hosts", Some("stm1.acme.example")),
            ("meet/hosts", Some("stm1.acme.example")),
            ("stm1.hosts", Some("stm1.acme.example")),
            ("ssc.acme.example/hosts", Some("ssc")),
            ("stm1.other.example/hosts", None),
            ("stm10/hosts", None),
            ("hosts", None),
        ] {
            let mut site = DrawnSite::new("acme", "{}");
            site.document(file, "hosts", "hosts", &[], "hosts");
            let site = site.into_site().unwrap();
            let found = machines.of_document(site.document(file).unwrap());
            assert_eq!(found.map(|host| host.name.as_str()), host, "{file}");
        }
    }
}
