//! Configuration files become documents.
//!
//! Comes in: the files that discovery found, and what plugins want to see of them ([`Interest`]). Goes out: a
//! [`Document`] for each configuration file that somebody asked for, and coverage for whatever could not be read as what
//! it claims to be. Never here: what a setting means, which settings must agree; plugins judge that.
//!
//! ```text
//!   files ──kind──► what it is ──text──► decoded ──syntax──► tree ──interest──► document
//!          by name and   limits,        xml, properties, ini,   pruned, secrets
//!          by content    encodings      httpd, hosts, profile,  masked
//!                                       rules, items, keystore
//! ```
//!
//! One shape serves every syntax ([`Tree`]), so that a plugin in any language needs no parser. Nothing is ever fetched,
//! executed or expanded: an external entity is a remark, a shell profile is read for its assignments. What a parser had
//! to guess, or gave up on, leaves as a [`Remark`] with its line, and the rest of the file is still a tree.

mod collect;
mod evidence;
mod hidden;
pub mod include;
mod interest;
mod kind;
mod secret;
mod syntax;
mod text;
mod topology;
mod tree;

pub use collect::Collector;
pub use evidence::{drawn, evidence};
pub use interest::{Interest, Interests, Selection, SelectionMark};
pub use kind::Syntax;
pub use syntax::keystore::{MAX_PASSWORDS, Passwords, TooManyPasswords};
pub use text::MAX_FILE;
pub use tree::{At, Attribute, Full, MAX_ATTRIBUTES, MAX_DEPTH, MAX_NODES, Node, NodeIndex, Tree};

use crate::model::{FilePath, LineNumber};
use crate::stream::StreamFile;

/// A configuration file as plugins see it.
#[derive(Clone, Debug)]
pub struct Document {
    /// The file, below the environment's root; of a folder, the folder.
    pub file: FilePath,
    /// Its kind, such as `security.xml`; the name of its syntax where it is of no kind in particular.
    pub kind: &'static str,
    /// How it is written.
    pub syntax: Syntax,
    /// What its path says of where it belongs: `cell`, `node`, `server`, …
    pub attributes: Vec<(String, String)>,
    /// What is wanted of it, without its secrets.
    pub tree: Tree,
    /// The file itself; none of a folder.
    source: Option<StreamFile>,
    /// Its name is that of its kind.
    by_name: bool,
    /// What its tree was pruned to.
    kept: SelectionMark,
}

impl Document {
    /// Whether its tree is exactly what this selection takes of its file.
    pub fn keeps_only(&self, selection: &Selection) -> bool {
        self.kept == selection.mark()
    }
}

/// What a parser could not take as it stands: the file is read in part, and coverage says what was wrong where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Remark {
    /// The line.
    pub line: LineNumber,
    /// What is wrong there and what was made of it, in a sentence without a subject: the file is named before it.
    pub what: String,
}

impl Remark {
    /// A remark about a line.
    pub fn new(line: u32, what: impl Into<String>) -> Self {
        Self {
            line: LineNumber(u64::from(line)),
            what: what.into(),
        }
    }
}

/// What a parser makes of a text: always a tree, at worst with nothing but its root.
#[derive(Clone, Debug)]
pub struct Parsed {
    /// The tree.
    pub tree: Tree,
    /// What was wrong, in order of lines; at most [`MAX_REMARKS`] of them.
    pub remarks: Vec<Remark>,
}

/// Remarks that are kept of one file: 8. A file with more is broken, and the first few say how.
pub const MAX_REMARKS: usize = 8;
