//! How far it goes, and what is said beyond.

use std::time::{Duration, Instant};

use super::*;
use crate::document::{MAX_ATTRIBUTES, MAX_NODES, MAX_REMARKS};

const TOO_DEEP: &str = "1 is nested more than 512 levels deep, the limit";

fn nested(levels: usize, inside: &str) -> String {
    format!("{}{inside}{}", "<x>".repeat(levels), "</x>".repeat(levels))
}

#[test]
fn elements_are_nested_512_deep_and_what_is_deeper_is_left_out() {
    let parsed = parse(&nested(512, "t"));
    assert_eq!((parsed.tree.len(), parsed.remarks.len()), (512, 0));
    assert_eq!(parsed.tree.node(NodeIndex(511)).unwrap().value(), "t");

    let parsed = parse(&format!("<r>{}<y/></r>", nested(512, "t")));
    assert_eq!(parsed.tree.len(), 513);
    assert_eq!(said(&parsed), [TOO_DEEP]);
    assert_eq!(parsed.tree.node(NodeIndex(512)).unwrap().parent().name(), "r");
    assert!(parsed.tree.nodes().all(|node| node.value().is_empty()));
}

#[test]
fn a_fragment_is_as_deep_as_a_file() {
    let parsed = parse(&nested(512, "t").repeat(2));
    assert_eq!(parsed.tree.len(), 1025);
    assert_eq!(
        said(&parsed),
        ["1 has more than one root element: taken as a fragment of a file"]
    );
}

#[test]
fn a_hundred_thousand_levels_do_no_harm() {
    let parsed = parse(&nested(100_000, "<y/>"));
    assert_eq!((parsed.tree.len(), said(&parsed)), (512, vec![TOO_DEEP.to_owned()]));
    let parsed = parse(&"<x>".repeat(100_000));
    assert_eq!(parsed.tree.len(), 513, "a fragment of 512");
    assert_eq!(parsed.remarks.len(), MAX_REMARKS);
}

#[test]
fn a_hundred_thousand_attributes_are_read() {
    let different: String = (0..100_000).map(|number| format!(" a{number}='{number}'")).collect();
    let parsed = parse(&format!("<x{different}/>"));
    assert_eq!(parsed.remarks, []);
    assert_eq!(parsed.tree.root().attributes().count(), 100_000);
    assert_eq!(parsed.tree.root().attribute("a99999"), Some("99999"));

    let parsed = parse(&format!("<x{}/>", " a='1'".repeat(100_000)));
    assert_eq!(parsed.tree.root().attributes().count(), 100_000);
    assert_eq!(parsed.remarks.len(), MAX_REMARKS);
}

#[test]
fn a_value_of_a_megabyte_is_read() {
    let value = "x>y ".repeat(250_000);
    let parsed = parse(&format!("<a>\n<b c=\"{value}\" d='1'/></a>"));
    assert_eq!(parsed.remarks, []);
    let b = parsed.tree.node(NodeIndex(1)).unwrap();
    assert_eq!((b.attribute("c"), b.attribute("d")), (Some(value.as_str()), Some("1")));
}

#[test]
fn a_tree_that_is_full_takes_nothing_more_and_says_so() {
    let parsed = parse(&format!("<r>\n{}<z>\n<y/>", "<x/>".repeat(MAX_NODES)));
    assert_eq!(parsed.tree.len(), MAX_NODES);
    assert_eq!(
        said(&parsed),
        ["2 has more than 1000000 elements or settings, the limit of one file"]
    );
    let parsed = parse(&format!("<r>\n<x{}/></r>", " a=''".repeat(MAX_ATTRIBUTES + 1)));
    assert_eq!(
        parsed.tree.node(NodeIndex(1)).unwrap().attributes().count(),
        MAX_ATTRIBUTES
    );
    let last = said(&parsed).pop();
    assert_eq!(
        last.as_deref(),
        Some("2 has more than 4000000 attributes, the limit of one file")
    );
}

#[test]
fn a_full_tree_that_becomes_a_fragment_loses_its_last_node_and_says_so() {
    let parsed = parse(&format!("<r>{}</r>\n<s/>", "<x/>".repeat(MAX_NODES - 1)));
    assert_eq!((parsed.tree.len(), parsed.tree.root().name()), (MAX_NODES, "fragment"));
    assert_eq!(
        said(&parsed),
        [
            "2 has more than one root element: taken as a fragment of a file",
            "2 has more than 1000000 elements or settings, the limit of one file"
        ]
    );
}

#[test]
fn a_long_line_costs_no_more_than_many_short_ones() {
    let parsed = parse(&format!("<r>{}</r>", "<x/>ü".repeat(200_000)));
    let last = parsed.tree.nodes().last().unwrap().at();
    assert_eq!((last.line, last.column), (1, 3 + 5 * 199_999 + 1));
}

#[test]
fn time_is_in_proportion_to_the_text() {
    let deep = "<q>".repeat(512);
    for (head, piece) in [
        ("", "<a \">\" <b \">\" "),
        ("", "<a '>\">'\""),
        ("", "<a \""),
        ("", "</a \">\""),
        ("", "<a x=\"y>\nz<b "),
        ("", "<?a>"),
        ("", "<?xml >"),
        ("<?xml ", "<?xml "),
        ("", "<!DOCTYPE a [>"),
        ("", "<![x>"),
        ("", "<!->"),
        ("", "& "),
        ("", "&a"),
        ("", "<<"),
        ("", "<a><b></a>"),
        ("<a x='", " <'\""),
        ("<!DOCTYPE a [", "<!ENTITY '"),
        (deep.as_str(), "</x>"),
        (deep.as_str(), "<q></q>"),
        (deep.as_str(), "<q>"),
    ] {
        let text = format!("{head}{}?>", piece.repeat(1_000_000 / piece.len()));
        let started = Instant::now();
        let parsed = parse(&text);
        // Far below a second; what grows with the square takes minutes.
        assert!(started.elapsed() < Duration::from_secs(20), "{piece}");
        assert!((1..=MAX_REMARKS).contains(&parsed.remarks.len()), "{piece}");
    }
}

#[test]
fn a_file_that_is_read_again_and_again_is_given_up() {
    let parsed = parse(&format!("<r>{}</r>", "<a \">\" <b \">\" ".repeat(100_000)));
    let last = said(&parsed).pop();
    assert_eq!(
        last.as_deref(),
        Some("1 has too many tags that do not end: not read from here on")
    );
}
