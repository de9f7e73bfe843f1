//! The one shape of every configuration file: nodes with a name, a value, attributes, and a place.
//!
//! Comes in: what a parser finds, in document order. Goes out: a [`Tree`]. Never here: syntax.
//!
//! ```text
//!   texts       "…Server\0process:…"            every name and value, end to end
//!   nodes       parent, name, value, at, attributes      in document order, the first is the root
//!   attributes  name, value, line                         those of a node side by side
//! ```
//!
//! Nothing in it is an allocation of its own: ten thousand files of a few hundred nodes are some thousand large buffers,
//! and a tree goes to a plugin as three flat lists.

use std::borrow::Cow;
use std::ops::Range;

use crate::model::LineNumber;

/// Nodes of a tree: 1,000,000, ten times those of the largest `security.xml` that was seen; a row is 40 bytes.
pub const MAX_NODES: usize = 1_000_000;

/// Attributes of a tree: 4,000,000, four for each node.
pub const MAX_ATTRIBUTES: usize = 4_000_000;

/// Nodes above a node: 512. Real files have fewer than 20; recursion over a tree must fit a plugin's stack.
pub const MAX_DEPTH: u32 = 512;

/// The number of a node in its tree; the root is 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NodeIndex(pub u32);

impl NodeIndex {
    /// The root of every tree.
    pub const ROOT: Self = Self(0);
}

/// Where a node begins in the decoded text of its file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct At {
    /// Bytes of decoded text before it.
    pub offset: u32,
    /// Its line, the first is 1.
    pub line: u32,
    /// Its column in characters, the first is 1.
    pub column: u32,
}

impl At {
    /// The beginning of a file.
    pub const START: Self = Self {
        offset: 0,
        line: 1,
        column: 1,
    };

    /// The line as findings name it.
    pub fn line_number(self) -> LineNumber {
        LineNumber(u64::from(self.line))
    }
}

/// Why a tree takes nothing more. What is in it stays.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Full {
    /// More than [`MAX_NODES`] nodes.
    #[error("has more than {MAX_NODES} elements or settings, the limit of one file")]
    Nodes,
    /// More than [`MAX_ATTRIBUTES`] attributes.
    #[error("has more than {MAX_ATTRIBUTES} attributes, the limit of one file")]
    Attributes,
    /// More than [`MAX_DEPTH`] levels.
    #[error("is nested more than {MAX_DEPTH} levels deep, the limit")]
    Depth,
}

/// A parsed configuration file.
#[derive(Clone, Debug)]
pub struct Tree {
    texts: String,
    nodes: Vec<NodeRow>,
    attributes: Vec<AttributeRow>,
}

#[derive(Clone, Copy, Debug)]
struct Text {
    start: u32,
    end: u32,
}

const NO_TEXT: Text = Text { start: 0, end: 0 };

#[derive(Clone, Copy, Debug)]
struct NodeRow {
    parent: u32,
    depth: u32,
    name: Text,
    value: Text,
    at: At,
    /// Where its attributes begin; they end where those of the next node begin.
    attributes: u32,
}

#[derive(Clone, Copy, Debug)]
struct AttributeRow {
    name: Text,
    value: Text,
    line: u32,
}

/// A node as it is read.
#[derive(Clone, Copy, Debug)]
pub struct Node<'t> {
    tree: &'t Tree,
    /// Its number.
    pub index: NodeIndex,
}

/// An attribute as it is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Attribute<'t> {
    /// Its name, with its prefix if it has one.
    pub name: &'t str,
    /// Its value, references resolved.
    pub value: &'t str,
    /// The line on which it stands.
    pub line: u32,
}

impl Tree {
    /// A tree with nothing but a root of that name.
    pub fn new(root: &str) -> Self {
        let mut tree = Self {
            texts: String::new(),
            nodes: Vec::new(),
            attributes: Vec::new(),
        };
        let name = tree.text(root);
        tree.nodes.push(NodeRow {
            parent: 0,
            depth: 0,
            name,
            value: NO_TEXT,
            at: At::START,
            attributes: 0,
        });
        tree
    }

    /// Makes room for what a text of so many bytes usually becomes, so that growing does not copy what is there.
    pub fn reserve_for(&mut self, bytes: usize) {
        // Half of a configuration file is values and names; an element has some 120 bytes, an attribute some 35.
        self.texts.reserve(bytes / 2);
        self.nodes.reserve(bytes / 120);
        self.attributes.reserve(bytes / 35);
    }

    /// Adds a node below `parent`, behind all that were added before.
    ///
    /// # Errors
    ///
    /// [`Full`], and nothing is added.
    pub fn add(&mut self, parent: NodeIndex, name: &str, value: &str, at: At) -> Result<NodeIndex, Full> {
        if self.nodes.len() >= MAX_NODES {
            return Err(Full::Nodes);
        }
        let depth = self.nodes.get(parent.0 as usize).map_or(0, |row| row.depth) + 1;
        if depth > MAX_DEPTH {
            return Err(Full::Depth);
        }
        let index = NodeIndex(length(self.nodes.len()));
        let (name, value) = (self.text(name), self.text(value));
        self.nodes.push(NodeRow {
            parent: parent.0.min(index.0.saturating_sub(1)),
            depth,
            name,
            value,
            at,
            attributes: length(self.attributes.len()),
        });
        Ok(index)
    }

    /// Gives the node that was added last an attribute more.
    ///
    /// # Errors
    ///
    /// [`Full`], and nothing is added.
    pub fn attribute(&mut self, name: &str, value: &str, line: u32) -> Result<(), Full> {
        if self.attributes.len() >= MAX_ATTRIBUTES {
            return Err(Full::Attributes);
        }
        let (name, value) = (self.text(name), self.text(value));
        self.attributes.push(AttributeRow { name, value, line });
        Ok(())
    }

    /// Sets the value of a node.
    pub fn set_value(&mut self, node: NodeIndex, value: &str) {
        let value = self.text(value);
        if let Some(row) = self.nodes.get_mut(node.0 as usize) {
            row.value = value;
        }
    }

    /// Renames the root and says where it stands: XML knows only when it meets its first element.
    pub fn set_root(&mut self, name: &str, at: At) {
        let name = self.text(name);
        if let Some(row) = self.nodes.first_mut() {
            (row.name, row.at) = (name, at);
        }
    }

    /// Hangs a node, and all below it, under another parent that stands before it. Its depth and those below it are as
    /// before: an upper bound after a move upwards, which is the only one that parsers make.
    pub fn move_below(&mut self, node: NodeIndex, parent: NodeIndex) {
        if parent < node
            && let Some(row) = self.nodes.get_mut(node.0 as usize)
        {
            row.parent = parent.0;
        }
    }

    /// The root.
    pub fn root(&self) -> Node<'_> {
        Node {
            tree: self,
            index: NodeIndex::ROOT,
        }
    }

    /// The node of that number.
    pub fn node(&self, index: NodeIndex) -> Option<Node<'_>> {
        self.nodes.get(index.0 as usize).map(|_| Node { tree: self, index })
    }

    /// All nodes in document order.
    pub fn nodes(&self) -> impl Iterator<Item = Node<'_>> {
        (0..length(self.nodes.len())).map(|index| Node {
            tree: self,
            index: NodeIndex(index),
        })
    }

    /// How many nodes there are; at least one.
    pub fn len(&self) -> usize {
        self.nodes.len()
    }

    /// Whether there is nothing but the root.
    pub fn is_empty(&self) -> bool {
        self.nodes.len() <= 1
    }

    /// Bytes that it holds, about.
    pub fn weight(&self) -> usize {
        self.texts.len() + self.nodes.len() * size_of::<NodeRow>() + self.attributes.len() * size_of::<AttributeRow>()
    }

    /// The tree with those nodes that `wanted` takes, all above them, and nothing else. Of each node that is kept, `cleaner`
    /// makes what its values (its own and those of its attributes, each with its name) go through on their way, so that
    /// what is kept is what may be shown.
    #[must_use]
    pub fn pruned<'t, C>(&'t self, wanted: impl Fn(Node<'t>) -> bool, cleaner: impl Fn(Node<'t>) -> C) -> Self
    where
        C: Fn(&'t str, &'t str) -> Cow<'t, str>,
    {
        let mut kept: Vec<bool> = self.nodes().map(&wanted).collect();
        if let Some(root) = kept.first_mut() {
            *root = true;
        }
        // Parents stand before their children, so one pass from the end marks whole paths.
        for (index, row) in self.nodes.iter().enumerate().rev() {
            if kept.get(index).copied().unwrap_or(false)
                && let Some(parent) = kept.get_mut(row.parent as usize)
            {
                *parent = true;
            }
        }
        let mut pruned = Self {
            texts: String::new(),
            nodes: Vec::new(),
            attributes: Vec::new(),
        };
        let mut numbers = vec![0u32; self.nodes.len()];
        for node in self
            .nodes()
            .filter(|node| kept.get(node.index.0 as usize) == Some(&true))
        {
            let Some(row) = self.row(node.index) else { continue };
            if let Some(number) = numbers.get_mut(node.index.0 as usize) {
                *number = length(pruned.nodes.len());
            }
            let clean = cleaner(node);
            let name = pruned.text(node.name());
            let value = pruned.text(&clean(node.name(), node.value()));
            pruned.nodes.push(NodeRow {
                parent: numbers.get(row.parent as usize).copied().unwrap_or(0),
                name,
                value,
                attributes: length(pruned.attributes.len()),
                ..*row
            });
            for attribute in node.attributes() {
                let name = pruned.text(attribute.name);
                let value = pruned.text(&clean(attribute.name, attribute.value));
                let line = attribute.line;
                pruned.attributes.push(AttributeRow { name, value, line });
            }
        }
        // Ten thousand of these are kept, and each was grown by doubling.
        pruned.texts.shrink_to_fit();
        pruned.nodes.shrink_to_fit();
        pruned.attributes.shrink_to_fit();
        pruned
    }

    fn row(&self, node: NodeIndex) -> Option<&NodeRow> {
        self.nodes.get(node.0 as usize)
    }

    fn attribute_range(&self, node: NodeIndex) -> Range<usize> {
        let start = self.row(node).map_or(0, |row| row.attributes as usize);
        let end = self
            .row(NodeIndex(node.0.saturating_add(1)))
            .map_or(self.attributes.len(), |next| next.attributes as usize);
        start..end
    }

    fn slice(&self, text: Text) -> &str {
        self.texts
            .get(text.start as usize..text.end as usize)
            .unwrap_or_default()
    }

    fn text(&mut self, text: &str) -> Text {
        if text.is_empty() {
            return NO_TEXT;
        }
        let start = length(self.texts.len());
        self.texts.push_str(text);
        Text {
            start,
            end: length(self.texts.len()),
        }
    }
}

/// Texts and rows are bounded far below what a `u32` counts: a file has at most 64 MiB, and nothing is unpacked from it.
fn length(length: usize) -> u32 {
    u32::try_from(length).unwrap_or(u32::MAX)
}

impl<'t> Node<'t> {
    /// Its name: an element with its prefix, a key, a directive in small letters.
    pub fn name(self) -> &'t str {
        self.tree.row(self.index).map_or("", |row| self.tree.slice(row.name))
    }

    /// Its value: the text directly in an element, what a key is set to, the arguments of a directive.
    pub fn value(self) -> &'t str {
        self.tree.row(self.index).map_or("", |row| self.tree.slice(row.value))
    }

    /// Where it begins.
    pub fn at(self) -> At {
        self.tree.row(self.index).map_or(At::START, |row| row.at)
    }

    /// The node before it in document order; none before the root.
    pub fn before(self) -> Option<Node<'t>> {
        self.index
            .0
            .checked_sub(1)
            .and_then(|index| self.tree.node(NodeIndex(index)))
    }

    /// The node above it; the root is its own.
    pub fn parent(self) -> Node<'t> {
        let index = self
            .tree
            .row(self.index)
            .map_or(NodeIndex::ROOT, |row| NodeIndex(row.parent));
        Node { tree: self.tree, index }
    }

    /// Its attributes, in the order of the file.
    pub fn attributes(self) -> impl Iterator<Item = Attribute<'t>> {
        let rows = self.tree.attributes.get(self.tree.attribute_range(self.index));
        rows.unwrap_or_default().iter().map(|row| Attribute {
            name: self.tree.slice(row.name),
            value: self.tree.slice(row.value),
            line: row.line,
        })
    }

    /// The value of the attribute of that name.
    pub fn attribute(self, name: &str) -> Option<&'t str> {
        self.attributes()
            .find(|attribute| attribute.name == name)
            .map(|attribute| attribute.value)
    }

    /// The nodes directly below it. Looks through all nodes behind it: for walks, not for hot paths.
    pub fn children(self) -> impl Iterator<Item = Node<'t>> {
        let first = self.index.0.saturating_add(1);
        (first..length(self.tree.len()))
            .map(move |index| Node {
                tree: self.tree,
                index: NodeIndex(index),
            })
            .filter(move |node| node.parent().index == self.index)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(line: u32) -> At {
        At { line, ..At::START }
    }

    fn sample() -> Tree {
        let mut tree = Tree::new("root");
        let a = tree.add(NodeIndex::ROOT, "a", "", at(1)).unwrap();
        tree.attribute("x", "1", 1).unwrap();
        tree.attribute("password", "geheim", 2).unwrap();
        let b = tree.add(a, "b", "value", at(3)).unwrap();
        tree.add(b, "c", "", at(4)).unwrap();
        tree.attribute("y", "2", 4).unwrap();
        tree.add(NodeIndex::ROOT, "d", "", at(5)).unwrap();
        tree
    }

    #[test]
    fn a_tree_keeps_parents_values_and_attributes_apart() {
        let tree = sample();
        let names: Vec<_> = tree.nodes().map(|node| (node.name(), node.parent().name())).collect();
        assert_eq!(
            names,
            [("root", "root"), ("a", "root"), ("b", "a"), ("c", "b"), ("d", "root")]
        );
        let a = tree.node(NodeIndex(1)).unwrap();
        assert_eq!(
            (a.attribute("x"), a.attribute("y"), a.attributes().count()),
            (Some("1"), None, 2)
        );
        assert_eq!(tree.root().children().map(Node::name).collect::<Vec<_>>(), ["a", "d"]);
    }

    #[test]
    fn pruning_keeps_what_is_wanted_with_all_above_it_and_cleans_it() {
        let pruned = sample().pruned(
            |node| node.name() == "c",
            |_| {
                |name, value| {
                    if name == "password" {
                        Cow::Borrowed("gone")
                    } else {
                        Cow::Borrowed(value)
                    }
                }
            },
        );
        let shown: Vec<_> = pruned
            .nodes()
            .map(|node| (node.name(), node.parent().name(), node.at().line))
            .collect();
        assert_eq!(
            shown,
            [("root", "root", 1), ("a", "root", 1), ("b", "a", 3), ("c", "b", 4)]
        );
        let a = pruned.node(NodeIndex(1)).unwrap();
        assert_eq!((a.attribute("x"), a.attribute("password")), (Some("1"), Some("gone")));
        assert_eq!(pruned.node(NodeIndex(3)).unwrap().attribute("y"), Some("2"));
    }

    #[test]
    fn a_tree_has_an_end() {
        let mut tree = Tree::new("root");
        let mut parent = NodeIndex::ROOT;
        let full = loop {
            match tree.add(parent, "x", "", At::START) {
                Ok(node) => parent = node,
                Err(full) => break full,
            }
        };
        assert_eq!((full, tree.len()), (Full::Depth, MAX_DEPTH as usize + 1));
    }
}
