//! A document as its paths need it: nodes by number, each with the number of its parent.

use casebook_plugin_configs::{Document, Node};

/// The number of the place above the root, which is no node.
pub(crate) const TOP: usize = 0;

/// A document's nodes, numbered from 1 in document order; [`TOP`] stands above the root.
#[derive(Debug, Clone)]
pub(crate) struct Tree<'s> {
    nodes: Vec<Node<'s>>,
    parents: Vec<usize>,
}

impl<'s> Tree<'s> {
    /// The tree of a document.
    pub(crate) fn of(document: Document<'s>) -> Self {
        let nodes: Vec<Node<'s>> = document.nodes().collect();
        let own = |node: Node<'s>| usize::try_from(node.place().node).map_or(TOP, |number| number + 1);
        let parents = nodes.iter().map(|node| node.parent().map_or(TOP, own));
        let parents = std::iter::once(TOP).chain(parents).collect();
        Self { nodes, parents }
    }

    /// How many numbers there are, that of [`TOP`] included.
    pub(crate) fn len(&self) -> usize {
        self.parents.len()
    }

    /// The node of a number; none for [`TOP`].
    pub(crate) fn node(&self, number: usize) -> Option<Node<'s>> {
        self.nodes.get(number.checked_sub(1)?).copied()
    }

    /// The number of the parent; [`TOP`] is its own.
    pub(crate) fn parent(&self, number: usize) -> usize {
        self.parents.get(number).copied().unwrap_or(TOP)
    }

    /// All nodes with their numbers, from 1.
    pub(crate) fn nodes(&self) -> impl DoubleEndedIterator<Item = (usize, Node<'s>)> {
        let numbered = self.nodes.iter().enumerate();
        numbered.map(|(before, node)| (before + 1, *node))
    }
}
