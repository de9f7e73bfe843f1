//! Texts that nobody thought of.

use proptest::prelude::*;

use super::*;
use crate::document::MAX_REMARKS;

/// Pieces that mean something, so that chance meets the cases that matter.
const PIECES: &[&str] = &[
    "<",
    ">",
    "/",
    "/>",
    "</",
    "<a",
    "<a>",
    "</a>",
    "<b ",
    "<p:c",
    "</b>",
    "x",
    "x=",
    "=",
    "\"",
    "'",
    "”",
    "’",
    "&#8221;",
    "&",
    ";",
    "&amp;",
    "&e;",
    "&#0;",
    "&#x",
    "<!--",
    "-->",
    "--",
    "<![CDATA[",
    "]]>",
    "]",
    "[",
    "<?",
    "?>",
    "?",
    "<?xml ",
    "<!DOCTYPE ",
    "<!",
    "<!ENTITY e 'v'>",
    "<!ENTITY e \"",
    "%p;",
    " ",
    "\n",
    "\r\n",
    "\t",
    "ü",
    "\u{feff}",
    "\u{0}",
    "{x}",
    "<%=",
    "%>",
    "text",
];

fn markup() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        8 => proptest::sample::select(PIECES).prop_map(str::to_owned),
        1 => any::<char>().prop_map(String::from),
    ];
    proptest::collection::vec(piece, 0..60).prop_map(|pieces| pieces.concat())
}

#[derive(Clone, Debug)]
struct Element {
    name: String,
    attributes: Vec<(String, String)>,
    text: String,
    children: Vec<Element>,
}

fn text() -> impl Strategy<Value = String> {
    proptest::string::string_regex("([a-z<>&'\"ü{}=;%]|[a-z] [a-z]){0,8}").unwrap()
}

fn element() -> impl Strategy<Value = Element> {
    let attributes = || proptest::collection::btree_map("[a-z][a-z0-9:]{0,3}", text(), 0..4);
    let name = || proptest::sample::select(&["a", "b", "p:c", "größe"][..]).prop_map(str::to_owned);
    let leaf = (name(), attributes(), text()).prop_map(|(name, attributes, text)| Element {
        name,
        attributes: attributes.into_iter().collect(),
        text,
        children: vec![],
    });
    leaf.prop_recursive(6, 40, 5, move |inner| {
        (name(), attributes(), text(), proptest::collection::vec(inner, 0..5)).prop_map(
            |(name, attributes, text, children)| Element {
                name,
                attributes: attributes.into_iter().collect(),
                text,
                children,
            },
        )
    })
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('"', "&#34;")
}

fn write(element: &Element, xml: &mut String) {
    xml.push_str(&format!("<{}", element.name));
    for (name, value) in &element.attributes {
        xml.push_str(&format!("\n  {name} = \"{}\"", escaped(value)));
    }
    if element.children.is_empty() && element.text.is_empty() {
        xml.push_str("/>");
        return;
    }
    xml.push_str(&format!(">\n<!-- <x> -->{}", escaped(&element.text)));
    for child in &element.children {
        write(child, xml);
    }
    xml.push_str(&format!("\n</{} >", element.name));
}

fn outlined(element: &Element) -> String {
    let mut tree = Tree::new("x");
    tree.set_root(&element.name, crate::document::At::START);
    fill(&mut tree, NodeIndex::ROOT, element);
    outline(&tree)
}

fn fill(tree: &mut Tree, node: NodeIndex, element: &Element) {
    tree.set_value(node, &element.text);
    for (name, value) in &element.attributes {
        tree.attribute(name, value, 1).unwrap();
    }
    for child in &element.children {
        let node = tree.add(node, &child.name, "", crate::document::At::START).unwrap();
        fill(tree, node, child);
    }
}

proptest! {
    #[test]
    fn no_text_panics_and_its_tree_is_in_order(text in markup()) {
        let parsed = parse(&text);
        prop_assert!(parsed.remarks.len() <= MAX_REMARKS);
        prop_assert!(parsed.remarks.is_sorted_by_key(|remark| remark.line));
        prop_assert!(parsed.tree.nodes().is_sorted_by_key(|node| node.at().offset));
        let lines = text.matches('\n').count() as u64 + 1;
        prop_assert!(parsed.remarks.iter().all(|remark| (1..=lines).contains(&remark.line.0)));
        for node in parsed.tree.nodes() {
            let at = node.at();
            let before = &text[..at.offset as usize];
            prop_assert_eq!(at.line as usize, before.matches('\n').count() + 1);
            prop_assert_eq!(at.column as usize, before.rsplit('\n').next().unwrap().chars().count() + 1);
            prop_assert!(node.index == NodeIndex::ROOT || text[at.offset as usize..].starts_with('<'));
        }
        // Fails where nodes do not stand in the order of a walk.
        outline(&parsed.tree);
    }

    #[test]
    fn a_text_twice_is_the_same_tree(text in markup()) {
        let (first, second) = (parse(&text), parse(&text));
        prop_assert_eq!(outline(&first.tree), outline(&second.tree));
        prop_assert_eq!(first.remarks, second.remarks);
    }

    #[test]
    fn what_is_well_formed_is_read_as_it_was_meant(element in element()) {
        let mut xml = String::new();
        write(&element, &mut xml);
        prop_assert_eq!(clean(&xml), outlined(&element));
    }
}
