//! What the files of an environment say of its machines.
//!
//! Comes in: documents. Goes out: hosts, as `environment.toml` could have named them: a WebSphere node and its machine from
//! the node's `serverindex.xml`, addresses from hosts files. Never here: a choice between answers. Where two files
//! disagree about an address, none of them is taken, and what `environment.toml` says of a machine stands as it is.

use std::collections::BTreeMap;
use std::net::IpAddr;

use super::{Facts, Host};
use crate::document::{Document, Interest, Interests};

/// Names that stand for every machine and for none in particular.
const NOBODY: [&str; 2] = ["localhost", "*"];

/// What is looked at.
pub fn interests() -> Interests {
    let interest = |kind: &str, nodes: &[&str]| Interest {
        kind: kind.to_owned(),
        files: Vec::new(),
        nodes: nodes.iter().map(|node| (*node).to_owned()).collect(),
    };
    Interests::new(vec![
        interest("serverindex.xml", &["ServerIndex"]),
        interest("hosts", &[]),
    ])
}

/// The facts, with what the documents add to them.
pub fn facts(given: &Facts, documents: &[Document]) -> Facts {
    let addresses = addresses(documents);
    let mut facts = given.clone();
    for (node, machine) in nodes(documents) {
        let known = facts.hosts.iter().any(|host| {
            host.name.eq_ignore_ascii_case(&machine)
                || host.node.as_deref().is_some_and(|own| own.eq_ignore_ascii_case(&node))
        });
        let address = addresses.get(&machine.to_lowercase());
        if let (false, Some(address)) = (known, address) {
            facts.hosts.push(Host {
                name: machine,
                addresses: vec![address.to_string()],
                node: Some(node),
                ..Host::default()
            });
        }
    }
    facts
}

/// Nodes and the machines that they run on, in order of nodes; none of a node about which two files disagree.
fn nodes(documents: &[Document]) -> BTreeMap<String, String> {
    let mut nodes: BTreeMap<String, Option<String>> = BTreeMap::new();
    for document in documents.iter().filter(|document| document.kind == "serverindex.xml") {
        let node = document.attributes.iter().find(|(name, _)| name == "node");
        let machine = document.tree.root().attribute("hostName");
        if let (Some((_, node)), Some(machine)) = (node, machine)
            && !NOBODY.contains(&machine)
            && !machine.is_empty()
        {
            agree(&mut nodes, node.clone(), machine.to_owned());
        }
    }
    settled(nodes)
}

/// Names and their addresses, in small letters; none of a name for which files have several.
fn addresses(documents: &[Document]) -> BTreeMap<String, IpAddr> {
    let mut addresses: BTreeMap<String, Option<IpAddr>> = BTreeMap::new();
    for document in documents.iter().filter(|document| document.kind == "hosts") {
        for name in document.tree.nodes().filter(|node| node.name() == "name") {
            let address = name.parent().value().parse::<IpAddr>();
            if let Ok(address) = address
                && !address.is_loopback()
            {
                agree(&mut addresses, name.value().to_lowercase(), address);
            }
        }
    }
    settled(addresses)
}

/// Notes a value; a second, different one leaves none.
fn agree<T: PartialEq>(values: &mut BTreeMap<String, Option<T>>, key: String, value: T) {
    match values.get_mut(&key) {
        None => {
            values.insert(key, Some(value));
        }
        Some(known) if *known != Some(value) => *known = None,
        Some(_) => {}
    }
}

fn settled<T>(values: BTreeMap<String, Option<T>>) -> BTreeMap<String, T> {
    values
        .into_iter()
        .filter_map(|(key, value)| Some((key, value?)))
        .collect()
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;
    use crate::document::{Collector, Passwords};
    use crate::stream::discover;

    const INDEX: &str = "<serverindex:ServerIndex xmlns:serverindex=\"s\" hostName=\"stm1.acme.example\"/>";

    fn derived(files: &[(&str, &str)], given: Facts) -> Vec<Host> {
        let site = tempfile::tempdir().unwrap();
        for (name, text) in files {
            let file = site.path().join(name);
            fs::create_dir_all(file.parent().unwrap()).unwrap();
            fs::write(file, text).unwrap();
        }
        let (wanted, passwords) = (interests(), Passwords::default());
        let mut collector = Collector::new(&wanted, &passwords);
        let found = discover(&[site.path().to_path_buf()], 100).unwrap();
        collector.take(found.files);
        facts(&given, collector.documents()).hosts
    }

    #[test]
    fn a_node_has_the_address_that_hosts_files_give_its_machine() {
        let hosts = derived(
            &[
                ("config/cells/C/nodes/N1/serverindex.xml", INDEX),
                ("stm/hosts", "10.20.1.5 stm1.acme.example stm1\n127.0.0.1 localhost\n"),
                ("ssc/hosts", "10.20.1.5 STM1.acme.example\n"),
            ],
            Facts::default(),
        );
        let [host] = hosts.as_slice() else { panic!("{hosts:?}") };
        assert_eq!(
            (host.node.as_deref(), host.addresses.as_slice()),
            (Some("N1"), &["10.20.1.5".to_owned()][..])
        );
    }

    #[test]
    fn nothing_is_chosen_where_files_disagree_or_environment_toml_has_spoken() {
        let files = [
            ("config/cells/C/nodes/N1/serverindex.xml", INDEX),
            ("stm/hosts", "10.20.1.5 stm1.acme.example\n"),
        ];
        let mut disagreeing = files.to_vec();
        disagreeing.push(("ssc/hosts", "192.168.50.5 stm1.acme.example\n"));
        assert!(derived(&disagreeing, Facts::default()).is_empty());
        let told = Host {
            node: Some("n1".to_owned()),
            ..Host::default()
        };
        let given = Facts {
            hosts: vec![told.clone()],
            ..Facts::default()
        };
        assert_eq!(derived(&files, given), [told]);
    }
}
