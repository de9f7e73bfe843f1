//! Hosts files: `/etc/hosts`, and the one of Windows.
//!
//! Comes in: a text. Goes out: the root `hosts`; below it an `entry` for each address, in order, and below that a `name`
//! for each of its names. Never here: which entry wins, resolving anything.
//!
//! An entry's value is its address in canonical form, with its zone if it has one, so that the files of two machines can
//! be compared; where the file writes it otherwise, the attribute `written` says how. Names are kept as they are written.
//!
//! No library: the grammar is a word and more words, and addresses are the standard library's.

use std::net::{IpAddr, Ipv6Addr};

use super::lines::{Line, Lines, Places, Remarks};
use crate::document::{Full, NodeIndex, Parsed, Tree};

/// The entries of a text.
pub fn parse(text: &str) -> Parsed {
    let mut remarks = Remarks::default();
    let mut places = Places::of(text);
    let mut tree = Tree::new("hosts");
    for line in Lines::of(text) {
        if let Err(full) = add(&mut tree, line, &mut places, &mut remarks) {
            remarks.stop(line.number, full);
            break;
        }
    }
    remarks.beside(tree)
}

fn add(tree: &mut Tree, line: Line<'_>, places: &mut Places<'_>, remarks: &mut Remarks) -> Result<(), Full> {
    let content = line.text.split('#').next().unwrap_or_default();
    let mut words = words(content);
    let Some((start, written)) = words.next() else {
        return Ok(());
    };
    let Some(address) = canonical(written) else {
        remarks.say(line.number, "does not begin with an address; ignored");
        return Ok(());
    };
    let entry = tree.add(NodeIndex::ROOT, "entry", &address, places.at(line.offset + start))?;
    if address != written {
        tree.attribute("written", written, line.number)?;
    }
    let mut named = false;
    for (start, name) in words {
        tree.add(entry, "name", name, places.at(line.offset + start))?;
        named = true;
    }
    if !named {
        remarks.say(line.number, "has an address without a name; kept");
    }
    Ok(())
}

/// The words of a line, each with the bytes before it.
fn words(content: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut offset = 0;
    content
        .split(|c: char| c.is_ascii_whitespace())
        .filter_map(move |word| {
            let start = offset;
            // Every blank is one byte.
            offset += word.len() + 1;
            (!word.is_empty()).then_some((start, word))
        })
}

/// An address in its canonical form. A zone, which only IPv6 has, is a name of the machine's own and stays as it is.
fn canonical(written: &str) -> Option<String> {
    match written.split_once('%') {
        Some((_, "")) => None,
        Some((address, zone)) => Some(format!("{}%{zone}", address.parse::<Ipv6Addr>().ok()?)),
        None => Some(written.parse::<IpAddr>().ok()?.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::document::{MAX_NODES, MAX_REMARKS};

    fn shown(text: &str) -> Vec<(String, String)> {
        let parsed = parse(text);
        let row = |node: crate::document::Node<'_>| (node.name().to_owned(), node.value().to_owned());
        parsed.tree.nodes().skip(1).map(row).collect()
    }

    #[test]
    fn an_address_has_names_and_a_comment_has_none() {
        let text = "# 10.0.0.1 gone\r\n127.0.0.1\tlocalhost localhost.localdomain # the one\r\n\r\n\
                    \t192.0.2.7  WAS1.acme.example\twas1#x\rfe80::1%eth0 link";
        let expected = [
            ("entry", "127.0.0.1"),
            ("name", "localhost"),
            ("name", "localhost.localdomain"),
            ("entry", "192.0.2.7"),
            ("name", "WAS1.acme.example"),
            ("name", "was1"),
            ("entry", "fe80::1%eth0"),
            ("name", "link"),
        ];
        let found = shown(text);
        let found: Vec<_> = found
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
            .collect();
        assert_eq!(found, expected);
        let parsed = parse(text);
        assert_eq!(parsed.remarks, []);
        let was1 = parsed.tree.node(NodeIndex(6)).unwrap();
        assert_eq!((was1.at().line, was1.at().column), (4, 31));
        assert_eq!(was1.at().offset as usize, text.find("was1#x").unwrap());
        assert_eq!(was1.parent().value(), "192.0.2.7");
    }

    #[test]
    fn one_address_is_one_value_however_it_is_written() {
        let parsed = parse("0:0:0:0:0:0:0:1 a\n::1 a\n2001:DB8::1%ETH0 b");
        let entries: Vec<_> = parsed
            .tree
            .root()
            .children()
            .map(|entry| (entry.value(), entry.attribute("written")))
            .collect();
        let expected = [
            ("::1", Some("0:0:0:0:0:0:0:1")),
            ("::1", None),
            ("2001:db8::1%ETH0", Some("2001:DB8::1%ETH0")),
        ];
        assert_eq!(entries, expected);
    }

    #[test]
    fn what_is_no_address_is_remarked() {
        for text in [
            "localhost 127.0.0.1",
            "10.0.0 a",
            "10.0.0.256 a",
            "010.0.0.1 a",
            "10.0.0.1%e a",
            "fe80::1% a",
            "; x",
        ] {
            let parsed = parse(text);
            assert_eq!((parsed.tree.len(), parsed.remarks.len()), (1, 1), "{text}");
        }
        let alone = parse("10.0.0.1 # a");
        assert_eq!((alone.tree.len(), alone.remarks.len()), (2, 1));
    }

    #[test]
    fn a_line_of_a_million_names_is_read_once() {
        let parsed = parse(&format!("10.0.0.1{}", " x".repeat(MAX_NODES)));
        assert_eq!((parsed.tree.len(), parsed.remarks.len()), (MAX_NODES, 1));
    }

    proptest! {
        #[test]
        fn every_address_is_one(address: IpAddr, names in prop::collection::vec("[a-z0-9.-]{1,12}", 1..5)) {
            let parsed = parse(&format!(" {address}\t{}\n", names.join("  ")));
            let entry = parsed.tree.node(NodeIndex(1)).unwrap();
            prop_assert_eq!(entry.value().parse::<IpAddr>().unwrap(), address);
            prop_assert_eq!(entry.children().map(|name| name.value().to_owned()).collect::<Vec<_>>(), names);
        }

        #[test]
        fn no_text_panics(text in "(10\\.0\\.0\\.1|::1|%|[a# \t\r\n]|\\PC|\0){0,60}") {
            let parsed = parse(&text);
            prop_assert!(parsed.remarks.len() <= MAX_REMARKS);
            for node in parsed.tree.nodes().skip(1) {
                let rest = text.get(node.at().offset as usize..);
                prop_assert!(rest.is_some_and(|rest| rest.starts_with(node.attribute("written").unwrap_or(node.value()))));
            }
        }
    }
}
