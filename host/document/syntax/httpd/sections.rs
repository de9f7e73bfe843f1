//! The sections that are open at some place of a file.
//!
//! Comes in: which begins, which ends. Goes out: under which node the next directive stands, and what was wrong with an
//! end. Never here: the tree itself, what a section is for.
//!
//! httpd stops at the first end that does not fit. Here the file is read on: an end closes the innermost section of its
//! name and all within it, and one that fits no open section is passed over.

use std::collections::BTreeMap;

use crate::document::{MAX_DEPTH, NodeIndex, Tree};

/// A section that is open.
#[derive(Clone, Debug)]
pub struct Section {
    /// Its name as it is written, as far as that may be shown.
    pub shown: String,
    /// Its line.
    pub line: u32,
    name: String,
    /// The node that holds what is in it.
    holder: NodeIndex,
    depth: u32,
}

/// Bytes of a name that is shown: 32. httpd's own names have fewer than 20 (`AuthzProviderAlias`).
const SHOWN: usize = 32;

/// A section's name for a remark. What does not look like one is not shown: a line that is broken may hold a password.
pub fn shown(name: &str) -> &str {
    let looks_so = name.len() <= SHOWN
        && name
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-'));
    if looks_so { name } else { "…" }
}

/// What an end closed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Closed {
    /// The section that was expected.
    Innermost,
    /// Another one, with this one inside.
    Outer {
        /// The name of the innermost.
        inner: String,
        /// Its line.
        line: u32,
    },
    /// None: another one is open.
    Other {
        /// The name of the innermost.
        inner: String,
        /// Its line.
        line: u32,
    },
    /// None, as none is open.
    Nothing,
}

/// The open sections, the innermost last.
#[derive(Debug, Default)]
pub struct Sections {
    open: Vec<Section>,
    /// Which of them have that name: an end must not look through them all.
    by_name: BTreeMap<String, Vec<usize>>,
    told_depth: bool,
}

impl Sections {
    /// The sections, the outermost first.
    pub fn open(&self) -> impl Iterator<Item = &Section> {
        self.open.iter()
    }

    /// The node below which the next directive stands.
    pub fn holder(&self) -> NodeIndex {
        self.open.last().map_or(NodeIndex::ROOT, |section| section.holder)
    }

    /// Opens the section that was added to the tree last. Whether it is the first that is too deep to hold anything: what
    /// is in such a section is held by the one around it.
    pub fn enter(&mut self, name: &str, written: &str, line: u32, tree: &Tree) -> bool {
        let depth = self.open.last().map_or(0, |section| section.depth);
        let too_deep = depth + 1 >= MAX_DEPTH;
        let last = tree.len().saturating_sub(1);
        let (holder, depth) = if too_deep {
            (self.holder(), depth)
        } else {
            (NodeIndex(u32::try_from(last).unwrap_or(u32::MAX)), depth + 1)
        };
        let name = name.to_ascii_lowercase();
        self.by_name.entry(name.clone()).or_default().push(self.open.len());
        self.open.push(Section {
            shown: shown(written).to_owned(),
            line,
            name,
            holder,
            depth,
        });
        too_deep && !std::mem::replace(&mut self.told_depth, true)
    }

    /// Closes a section of that name, if one is open, and all within it.
    pub fn leave(&mut self, name: &str) -> Closed {
        let Some(innermost) = self.open.last() else {
            return Closed::Nothing;
        };
        let (inner, line) = (innermost.shown.clone(), innermost.line);
        let fits = innermost.name.eq_ignore_ascii_case(name);
        let name = name.to_ascii_lowercase();
        let Some(position) = self.by_name.get(&name).and_then(|positions| positions.last()).copied() else {
            return Closed::Other { inner, line };
        };
        for section in self.open.drain(position..) {
            if let Some(positions) = self.by_name.get_mut(&section.name) {
                positions.pop();
            }
        }
        if fits {
            Closed::Innermost
        } else {
            Closed::Outer { inner, line }
        }
    }
}
