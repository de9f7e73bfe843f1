//! The path language: which nodes of a document, and which of their attributes.
//!
//! Comes in: a path as a pack writes it (`//widgetDef[@defId='Meeting Rooms']/itemSet/item/@value`) and a document. Goes
//! out: the places that it selects, in document order, or the first one that is reached from a place. The language is a
//! part of XPath 1.0, and means what XPath means; a name without a prefix stands for that element in any namespace. Never
//! here: what the values mean.
//!
//! ```text
//! text ──parse──► Path ──select───► places, from the top of a document
//!                  │      reach ──► the first place, from every node at once
//!                  └─────names────► the nodes that the host must hand over
//! ```
//!
//! A document can be hostile, and ten thousand subjects can ask for their neighbours. So nothing is searched from one
//! node: each step is taken for all nodes of a document in one pass (a step down against the order of nodes, for children
//! stand behind their parents), and the cost is the number of nodes times the length of the path, whatever they hold.

mod names;
mod parse;
mod reach;
mod tree;

pub(crate) use names::Names;
pub(crate) use reach::{Reached, Spot};
pub(crate) use tree::Tree;

/// A path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Path {
    /// Whether it begins at the top of the document.
    pub(crate) absolute: bool,
    pub(crate) steps: Vec<Step>,
    pub(crate) end: End,
}

/// A step from nodes to other nodes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Step {
    pub(crate) axis: Axis,
    /// The name; `None`: any.
    pub(crate) name: Option<String>,
    pub(crate) filters: Vec<Filter>,
}

/// Where a step leads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Axis {
    /// One level down.
    Child,
    /// Any number of levels down.
    Descendant,
    /// The node, and any number of levels down.
    DescendantOrSelf,
    /// One level up.
    Parent,
}

/// What is taken from the nodes that the steps lead to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum End {
    /// The node: its value.
    Node,
    /// An attribute, where the node has it.
    Attribute(String),
    /// The node's name.
    Name,
}

/// What stands in brackets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Filter {
    /// Its number among its siblings that passed so far, from 1.
    Position(u32),
    /// It is the last of its siblings that passed so far.
    Last,
    /// It holds.
    That(Predicate),
}

/// What must hold of a node.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Predicate {
    /// The path leads somewhere, and what is there compares so.
    Some(Path, Comparison),
    Not(Box<Predicate>),
    All(Vec<Predicate>),
    Any(Vec<Predicate>),
}

/// How what a path leads to is compared.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Comparison {
    /// It is there.
    Exists,
    Equal(String),
    Differs(String),
    Contains(String),
    StartsWith(String),
}

impl Comparison {
    fn holds(&self, value: &str) -> bool {
        match self {
            Self::Exists => true,
            Self::Equal(text) => value == text,
            Self::Differs(text) => value != text,
            Self::Contains(text) => value.contains(text.as_str()),
            Self::StartsWith(text) => value.starts_with(text.as_str()),
        }
    }
}

impl Path {
    /// Reads a path.
    ///
    /// # Errors
    ///
    /// A sentence that shows how far it could be read, and says what was expected there.
    pub(crate) fn read(text: &str) -> Result<Self, String> {
        parse::path(text)
    }

    /// The top of a document, where a pack gives no path.
    pub(crate) fn top() -> Self {
        Self {
            absolute: true,
            steps: Vec::new(),
            end: End::Node,
        }
    }
}

#[cfg(test)]
mod tests;
