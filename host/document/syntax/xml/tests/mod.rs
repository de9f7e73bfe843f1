//! What a text becomes, seen from outside.

mod broken;
mod generated;
mod limits;
mod references;
mod wellformed;

use super::parse;
use crate::document::{Node, NodeIndex, Parsed, Tree};

/// A tree in one line: `name[attribute=value]"text"(children)`. Fails if nodes do not stand in the order of a walk.
fn outline(tree: &Tree) -> String {
    let mut outline = shown(tree.root());
    let mut path = vec![NodeIndex::ROOT];
    for node in tree.nodes().skip(1) {
        let parent = node.parent().index;
        if path.last() == Some(&parent) {
            outline.push('(');
        } else {
            path.pop();
            while *path
                .last()
                .expect("a parent stands before its children, and they stand together")
                != parent
            {
                path.pop();
                outline.push(')');
            }
            outline.push(' ');
        }
        outline.push_str(&shown(node));
        path.push(node.index);
    }
    outline.push_str(&")".repeat(path.len() - 1));
    outline
}

fn shown(node: Node<'_>) -> String {
    let attributes: Vec<_> = node
        .attributes()
        .map(|attribute| format!("{}={}", attribute.name, attribute.value))
        .collect();
    let attributes = if attributes.is_empty() {
        String::new()
    } else {
        format!("[{}]", attributes.join(" "))
    };
    let value = if node.value().is_empty() {
        String::new()
    } else {
        format!("{:?}", node.value())
    };
    format!("{}{attributes}{value}", node.name())
}

/// The tree of a text that has nothing to remark.
fn clean(text: &str) -> String {
    let parsed = parse(text);
    assert_eq!(parsed.remarks, [], "{text}");
    outline(&parsed.tree)
}

/// The tree of a text, and its remarks with their lines.
fn broken(text: &str) -> (String, Vec<String>) {
    let parsed = parse(text);
    (outline(&parsed.tree), said(&parsed))
}

fn said(parsed: &Parsed) -> Vec<String> {
    let remarks = parsed.remarks.iter();
    remarks
        .map(|remark| format!("{} {}", remark.line.0, remark.what))
        .collect()
}
