//! The tree of an expression.
//!
//! Nodes stand in one list and name one another by number, children before their parents: nothing has to recurse to look at
//! all of them or to let go of them, however deep an expression is.

use std::cmp::Ordering;
use std::ops::Range;

use super::names::{Function, Unary, Variable};
use super::network::Network;
use super::regex::Regex;
use super::wildcard::Kind;

/// A node of the tree.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct NodeId(pub(super) u32);

/// How two words are compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Order {
    /// `==`
    Equal,
    /// `!=`
    Unequal,
    /// `<`
    Less,
    /// `<=`
    LessOrEqual,
    /// `>`
    Greater,
    /// `>=`
    GreaterOrEqual,
}

impl Order {
    /// Whether it is so.
    pub fn holds(self, ordering: Ordering) -> bool {
        match self {
            Self::Equal => ordering.is_eq(),
            Self::Unequal => ordering.is_ne(),
            Self::Less => ordering.is_lt(),
            Self::LessOrEqual => ordering.is_le(),
            Self::Greater => ordering.is_gt(),
            Self::GreaterOrEqual => ordering.is_ge(),
        }
    }

    /// The same comparison with its sides exchanged.
    pub(super) fn exchanged(self) -> Self {
        match self {
            Self::Less => Self::Greater,
            Self::LessOrEqual => Self::GreaterOrEqual,
            Self::Greater => Self::Less,
            Self::GreaterOrEqual => Self::LessOrEqual,
            Self::Equal | Self::Unequal => self,
        }
    }
}

/// A node: the first ones are true or false, those from `Text` on are words.
#[derive(Debug, Clone)]
pub(super) enum Node {
    Truth(bool),
    Not(NodeId),
    Or(NodeId, NodeId),
    And(NodeId, NodeId),
    Compare {
        order: Order,
        numbers: bool,
        left: NodeId,
        right: NodeId,
    },
    Matches {
        word: NodeId,
        regex: Box<Regex>,
        negated: bool,
    },
    /// In a list of words, in the order in which httpd looks at them: from the last to the first.
    In(NodeId, Vec<NodeId>),
    /// In what a function gives for a word.
    InResult(NodeId, NodeId),
    /// The client's address is in a network.
    ClientIn(Network),
    /// A word is an address in a network.
    IpMatch(NodeId, Network),
    Unary(Unary, NodeId),
    /// A text, and a pattern with wildcards.
    Wildcard(Kind, NodeId, NodeId),

    Text(Vec<u8>),
    /// Digits without quotes, which is text except where a constant is asked for.
    Digits(Vec<u8>),
    Variable(Variable),
    Function(Function, NodeId),
    BackReference(u8),
    Concat(NodeId, NodeId),
}

impl Node {
    /// The words that a part looks at.
    pub(super) fn words(&self) -> Vec<NodeId> {
        match self {
            Self::Compare { left, right, .. }
            | Self::Wildcard(_, left, right)
            | Self::InResult(left, right)
            | Self::Concat(left, right) => vec![*left, *right],
            Self::Matches { word, .. } | Self::IpMatch(word, _) | Self::Unary(_, word) | Self::Function(_, word) => {
                vec![*word]
            }
            Self::In(word, list) => std::iter::once(*word).chain(list.iter().copied()).collect(),
            _ => Vec::new(),
        }
    }
}

/// The nodes, and where each is written.
#[derive(Debug, Clone, Default)]
pub(super) struct Tree {
    nodes: Vec<(Node, Range<usize>)>,
}

impl Tree {
    pub(super) fn add(&mut self, node: Node, written: Range<usize>) -> NodeId {
        // A text has fewer nodes than bytes, and a configuration is smaller than 4 GB.
        let id = NodeId(u32::try_from(self.nodes.len()).unwrap_or(u32::MAX));
        self.nodes.push((node, written));
        id
    }

    pub(super) fn get(&self, id: NodeId) -> Option<&Node> {
        self.nodes.get(id.0 as usize).map(|(node, _)| node)
    }

    /// Where it stands in the text.
    pub(super) fn written(&self, id: NodeId) -> Range<usize> {
        self.nodes
            .get(id.0 as usize)
            .map(|(_, written)| written.clone())
            .unwrap_or_default()
    }

    pub(super) fn nodes(&self) -> impl Iterator<Item = &Node> {
        self.nodes.iter().map(|(node, _)| node)
    }

    /// The text of a word that is written as such.
    pub(super) fn constant(&self, id: NodeId) -> Option<&[u8]> {
        match self.get(id)? {
            Node::Text(text) | Node::Digits(text) => Some(text),
            _ => None,
        }
    }
}
