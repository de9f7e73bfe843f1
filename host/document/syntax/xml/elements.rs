//! The elements that are open, and the tree that they leave.
//!
//! Comes in: start tags, end tags and texts in the order of the file. Goes out: the tree. Whatever is open is closed in
//! the end; what was closed by something else than its own end tag is a remark.
//!
//! ```text
//! <widgetDef 1>        widgetDef 1                an element that is never closed ends where the one around it ends;
//!   <item/>      ──►     item                     if it has a child of its own name, then that child and all behind
//!   <widgetDef 2>      widgetDef 2                it were meant to stand beside it, and are moved there
//!     <item/>            item
//! ```
//!
//! An element does not know that it will stay open. So each keeps, from its first child of its own name on, its
//! children on a common stack, `late`: when it is closed they are its own, when it is not they are its parent's, for
//! whom the same holds. A node is moved once, when it is known to whom, and the order of nodes stays that of the file.

use std::collections::HashMap;

use crate::document::{At, Full, MAX_DEPTH, NodeIndex, Tree};

use super::fault::{Fault, Remarks};
use super::tags::{trimmed_end, trimmed_start};

/// An element whose end was not seen yet.
#[derive(Debug)]
struct Open<'t> {
    node: NodeIndex,
    name: &'t str,
    line: u32,
    /// Where its text begins in `text`. Those of its children are gone when more of its own follows.
    text: usize,
    /// Where its children begin in `late`, once it has a `twin`.
    late: usize,
    /// Whether it has a child of its own name.
    twin: bool,
}

#[derive(Debug)]
pub(super) struct Elements<'t> {
    tree: Tree,
    open: Vec<Open<'t>>,
    /// Elements that are open below the innermost one in `open` and too deep to be nodes.
    too_deep: usize,
    text: String,
    late: Vec<NodeIndex>,
    names: OpenNames<'t>,
    root: Root,
}

/// What the root of the tree is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Root {
    /// Nothing yet.
    None,
    /// The only element that stands in no other.
    Element,
    /// What holds several of them together.
    Fragment,
}

impl Elements<'_> {
    /// No element yet, of a text of so many bytes.
    pub(super) fn of(bytes: usize) -> Self {
        let mut tree = Tree::new("empty");
        tree.reserve_for(bytes);
        Self {
            tree,
            open: Vec::new(),
            too_deep: 0,
            text: String::new(),
            late: Vec::new(),
            names: OpenNames::default(),
            root: Root::None,
        }
    }
}

impl<'t> Elements<'t> {
    /// Opens an element below the innermost open one. Its attributes come next.
    ///
    /// # Errors
    ///
    /// [`Full`], and nothing is opened. Below [`Full::Depth`], [`Self::descend`].
    pub(super) fn open(&mut self, name: &'t str, at: At, remarks: &mut Remarks<'t>) -> Result<(), Full> {
        // One less than what the tree bears: a fragment adds a level.
        if self.too_deep > 0 || self.open.len() >= MAX_DEPTH as usize {
            return Err(Full::Depth);
        }
        let node = self.add(name, at, remarks)?;
        if let Some(parent) = self.open.last_mut() {
            parent.twin |= parent.name == name;
            if parent.twin {
                self.late.push(node);
            }
        }
        self.open.push(Open {
            node,
            name,
            line: at.line,
            text: self.text.len(),
            late: self.late.len(),
            twin: false,
        });
        Ok(())
    }

    fn add(&mut self, name: &str, at: At, remarks: &mut Remarks<'t>) -> Result<NodeIndex, Full> {
        if let Some(parent) = self.open.last() {
            return self.tree.add(parent.node, name, "", at);
        }
        if self.root == Root::None {
            self.root = Root::Element;
            self.tree.set_root(name, at);
            return Ok(NodeIndex::ROOT);
        }
        self.become_fragment(at.line, remarks);
        self.tree.add(NodeIndex::ROOT, name, "", at)
    }

    /// Gives the element that was opened last an attribute.
    ///
    /// # Errors
    ///
    /// [`Full`], and nothing is added.
    pub(super) fn attribute(&mut self, name: &str, value: &str, line: u32) -> Result<(), Full> {
        self.tree.attribute(name, value, line)
    }

    /// Goes into an element that was too deep to be opened.
    pub(super) fn descend(&mut self) {
        self.too_deep = self.too_deep.saturating_add(1);
    }

    /// Adds a text to the innermost open element. False if there is none and it is not blank.
    pub(super) fn text(&mut self, text: &str) -> bool {
        let Some(open) = self.open.last() else {
            return trimmed_start(text).is_empty();
        };
        if self.too_deep == 0 {
            let begins = self.text.len() == open.text;
            push_lines(&mut self.text, if begins { trimmed_start(text) } else { text });
        }
        true
    }

    /// Closes the element of that name, and all in it that are still open. False if there is none.
    pub(super) fn close(&mut self, name: &'t str, remarks: &mut Remarks<'t>) -> bool {
        if self.too_deep > 0 {
            self.too_deep -= 1;
            return true;
        }
        if self.innermost() != Some(name) {
            if !self.names.hold(name, &self.open) {
                return false;
            }
            while self.innermost().is_some_and(|innermost| innermost != name) {
                self.abandon(remarks);
            }
        }
        self.close_innermost();
        true
    }

    /// Closes the innermost open element as its end tag does.
    pub(super) fn close_innermost(&mut self) {
        if let Some(closed) = self.pop() {
            for node in self.late.drain(closed.late..) {
                self.tree.move_below(node, closed.node);
            }
        }
    }

    /// Closes all without a word: nothing more is read.
    pub(super) fn stop(&mut self) {
        while !self.open.is_empty() {
            self.close_innermost();
        }
    }

    /// The tree, now that the text has ended.
    pub(super) fn finish(&mut self, remarks: &mut Remarks<'t>) -> Tree {
        while !self.open.is_empty() {
            self.abandon(remarks);
        }
        if self.root == Root::None {
            remarks.add(1, Fault::NoElement);
        }
        std::mem::replace(&mut self.tree, Tree::new("empty"))
    }

    fn innermost(&self) -> Option<&'t str> {
        self.open.last().map(|open| open.name)
    }

    fn pop(&mut self) -> Option<Open<'t>> {
        let closed = self.open.pop()?;
        self.names.forget(closed.name, self.open.len());
        let value = trimmed_end(self.text.get(closed.text..).unwrap_or_default());
        if !value.is_empty() {
            self.tree.set_value(closed.node, value);
        }
        self.text.truncate(closed.text);
        Some(closed)
    }

    /// Closes the innermost open element because something else ends.
    fn abandon(&mut self, remarks: &mut Remarks<'t>) {
        let Some(closed) = self.pop() else { return };
        if !closed.twin {
            remarks.add(closed.line, Fault::Unclosed(closed.name));
            return;
        }
        remarks.add(closed.line, Fault::Twin(closed.name));
        let Some(parent) = self.open.last_mut() else {
            self.hoist_to_root(closed.late, remarks);
            return;
        };
        if parent.twin {
            return;
        }
        // Now they are children of one of another name: from the first that has this name, the same may happen to it.
        let late = self.late.get(closed.late..).unwrap_or_default();
        let twin = late
            .iter()
            .position(|node| self.tree.node(*node).is_some_and(|node| node.name() == parent.name));
        parent.twin = twin.is_some();
        let settled = closed.late..twin.map_or(self.late.len(), |twin| closed.late + twin);
        for node in self.late.drain(settled) {
            self.tree.move_below(node, parent.node);
        }
    }

    fn hoist_to_root(&mut self, late: usize, remarks: &mut Remarks<'t>) {
        let moved = if self.root == Root::Fragment { 0 } else { 1 };
        let first = self.late.get(late).and_then(|node| self.tree.node(*node));
        let line = first.map_or(1, |node| node.at().line);
        self.become_fragment(line, remarks);
        for node in self.late.drain(late..) {
            self.tree
                .move_below(NodeIndex(node.0.saturating_add(moved)), NodeIndex::ROOT);
        }
    }

    /// Puts a root above the root. Nothing may be open: nodes have other numbers behind it, each one more.
    fn become_fragment(&mut self, line: u32, remarks: &mut Remarks<'t>) {
        if self.root == Root::Fragment {
            return;
        }
        self.root = Root::Fragment;
        remarks.add(line, Fault::Fragment);
        let mut fragment = Tree::new("fragment");
        if let Err(full) = copy_below(&self.tree, &mut fragment) {
            remarks.add(line, Fault::Full(full));
        }
        self.tree = fragment;
    }
}

/// Puts a whole tree below the root of another that has nothing else.
fn copy_below(tree: &Tree, root: &mut Tree) -> Result<(), Full> {
    for node in tree.nodes() {
        let parent = if node.index == NodeIndex::ROOT {
            NodeIndex::ROOT
        } else {
            NodeIndex(node.parent().index.0.saturating_add(1))
        };
        root.add(parent, node.name(), node.value(), node.at())?;
        for attribute in node.attributes() {
            root.attribute(attribute.name, attribute.value, attribute.line)?;
        }
    }
    Ok(())
}

/// Adds a text whose lines end as XML wants it, in a newline.
fn push_lines(all: &mut String, text: &str) {
    let mut rest = text;
    while let Some(end) = memchr::memchr(b'\r', rest.as_bytes()) {
        let (line, behind) = rest.split_at_checked(end).unwrap_or((rest, ""));
        all.push_str(line);
        all.push('\n');
        let behind = behind.strip_prefix('\r').unwrap_or(behind);
        rest = behind.strip_prefix('\n').unwrap_or(behind);
    }
    all.push_str(rest);
}

/// How often each name is open: an end tag that matches nothing must not be compared with 512 elements.
///
/// Counted only when a file turns out to be broken, and then each element once.
#[derive(Debug, Default)]
struct OpenNames<'t> {
    counts: HashMap<&'t str, u32>,
    /// How many of the open elements are counted, from the outermost.
    counted: usize,
}

impl<'t> OpenNames<'t> {
    fn hold(&mut self, name: &str, open: &[Open<'t>]) -> bool {
        for open in open.iter().skip(self.counted) {
            *self.counts.entry(open.name).or_insert(0) += 1;
        }
        self.counted = open.len();
        self.counts.contains_key(name)
    }

    /// An element was closed, and so many are open still.
    fn forget(&mut self, name: &'t str, open: usize) {
        if self.counted <= open {
            return;
        }
        self.counted = open;
        if let Some(count) = self.counts.get_mut(name) {
            *count -= 1;
            if *count == 0 {
                self.counts.remove(name);
            }
        }
    }
}
