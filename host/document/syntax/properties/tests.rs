use proptest::prelude::*;

use super::*;
use crate::document::MAX_REMARKS;

fn settings(text: &str) -> Vec<(String, String)> {
    parse(text)
        .tree
        .nodes()
        .skip(1)
        .map(|node| (node.name().into(), node.value().into()))
        .collect()
}

/// Each of these was given to Java 17, and this is what it made of it.
#[test]
fn a_text_means_what_it_means_to_java() {
    for (text, expected) in [
        ("a=1", &[("a", "1")][..]),
        ("a = 1 \nb:2\nc 3\nd", &[("a", "1 "), ("b", "2"), ("c", "3"), ("d", "")]),
        ("  \t\x0Ca\t:\t=1", &[("a", "=1")]),
        ("a==1\nb=:1\nc :1", &[("a", "=1"), ("b", ":1"), ("c", "1")]),
        ("# a=1\n  ! b=2\nc=#3", &[("c", "#3")]),
        ("# goes on\\\na=1", &[("a", "1")]),
        ("a=1,\\\n   2,\\\r\n\t3", &[("a", "1,2,3")]),
        ("a=1\\\\\nb=2\\\\\\\n3", &[("a", "1\\"), ("b", "2\\3")]),
        ("a=1\\\n\nb=2", &[("a", "1"), ("b", "2")]),
        ("a=1\\\n  #b\n", &[("a", "1#b")]),
        ("\\\n# c\n\\\na=1", &[("a", "1")]),
        ("a\\ b\\=c\\:d=1", &[("a b=c:d", "1")]),
        ("a=\\t\\n\\r\\f\\q\\\\\\\"", &[("a", "\t\n\r\x0Cq\\\"")]),
        ("\\u0061=\\u00e4\\u00C4\\uD83D\\uDE00", &[("a", "äÄ😀")]),
        ("=1\n:\n = \n", &[("", "1"), ("", ""), ("", "")]),
        ("a=1\rb=2\r\rc=3", &[("a", "1"), ("b", "2"), ("c", "3")]),
        ("a=1\\", &[("a", "1")]),
        ("a=\0\u{b}\u{a0}1", &[("a", "\0\u{b}\u{a0}1")]),
        ("", &[]),
        ("\n \n\t", &[]),
    ] {
        let found = settings(text);
        let found: Vec<_> = found
            .iter()
            .map(|(key, value)| (key.as_str(), value.as_str()))
            .collect();
        assert_eq!(found, expected, "{text:?}");
    }
}

#[test]
fn a_key_stands_where_it_is_written() {
    let text = "# ä\r\n  ä\\ b = 1\r\\\n  c=2";
    let parsed = parse(text);
    let places: Vec<_> = parsed
        .tree
        .nodes()
        .skip(1)
        .map(|node| (node.at().line, node.at().column, node.at().offset as usize))
        .collect();
    assert_eq!(
        places,
        [(2, 3, text.find("ä\\").unwrap()), (4, 3, text.find('c').unwrap())]
    );
}

#[test]
fn an_assignment_that_comes_again_says_where() {
    let parsed = parse("com.ibm.ssl.protocol=SSL_TLS\nx=1\ncom.ibm.ssl.protocol=TLSv1.2\ncom.ibm.ssl.\\\nprotocol=SSL");
    let superseded: Vec<_> = parsed
        .tree
        .nodes()
        .skip(1)
        .map(|node| node.attribute("superseded"))
        .collect();
    assert_eq!(superseded, [Some("4"), None, Some("4"), None]);
    assert_eq!(parsed.remarks, []);
}

#[test]
fn an_escape_that_names_no_character_is_kept_and_remarked() {
    for (text, value) in [
        ("a=\\u12", "\\u12"),
        ("a=\\u12g4", "\\u12g4"),
        ("a=\\u+123", "\\u+123"),
        ("a=\\uD83D", "\\uD83D"),
        ("a=\\uD83D\\u0041", "\\uD83DA"),
        ("a=\\uDE00\\uD83D\\t", "\\uDE00\\uD83D\t"),
        ("a=\\u00ä", "\\u00ä"),
    ] {
        let parsed = parse(text);
        assert_eq!(parsed.tree.node(NodeIndex(1)).unwrap().value(), value, "{text}");
        assert_eq!(parsed.remarks.len(), 1, "{text}");
        assert_eq!(parsed.remarks[0].line.0, 1, "{text}");
    }
}

#[test]
fn a_file_of_too_many_settings_is_read_as_far_as_a_tree_goes() {
    let parsed = parse(&"a\n".repeat(MAX_NODES + 5));
    assert_eq!(parsed.tree.len(), MAX_NODES);
    assert_eq!(parsed.remarks.len(), 1);
    assert_eq!(parsed.remarks[0].line.0, MAX_NODES as u64);
}

/// Writes a text so that nothing of it means anything.
fn escaped(text: &str) -> String {
    let mut units = [0; 2];
    text.chars()
        .flat_map(|c| {
            c.encode_utf16(&mut units)
                .iter()
                .map(|unit| format!("\\u{unit:04x}"))
                .collect::<Vec<_>>()
        })
        .collect()
}

proptest! {
    #[test]
    fn whatever_is_written_in_escapes_comes_back(pairs in prop::collection::vec(("\\PC{0,8}", any::<String>()), 0..6)) {
        let text: String = pairs
            .iter()
            .map(|(key, value)| format!("  {} : \\\n\t {}\r\n", escaped(key), escaped(value)))
            .collect();
        prop_assert_eq!(settings(&text), pairs);
    }

    #[test]
    fn no_text_panics_and_nothing_grows(text in "([a=:# \t\\\\u0D8\r\n!]|\\PC){0,80}") {
        let parsed = parse(&text);
        prop_assert!(parsed.remarks.len() <= MAX_REMARKS);
        prop_assert!(parsed.tree.len() <= Lines::of(&text).count() + 1);
        let bytes: usize = parsed.tree.nodes().skip(1).map(|node| node.name().len() + node.value().len()).sum();
        prop_assert!(bytes <= text.len());
        prop_assert!(parsed.tree.nodes().all(|node| text.is_char_boundary(node.at().offset as usize)));
    }
}
