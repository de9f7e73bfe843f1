//! What plugins want to see of a site.
//!
//! Comes in: the interests that plugins declared. Goes out: whether a document is wanted at all, and which of its nodes.
//! Never here: documents.

use super::kind::Syntax;
use super::tree::Node;
use crate::glob::Glob;
use crate::model::FilePath;

/// What a plugin wants to see.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Interest {
    /// A kind of document, or a syntax.
    pub kind: String,
    /// Names of files; none: all.
    pub files: Vec<Glob>,
    /// Names of nodes; none: all. For folders, names of files.
    pub nodes: Vec<String>,
}

/// Several interests together.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Interests(Vec<Interest>);

impl Interests {
    /// These interests.
    pub fn new(interests: Vec<Interest>) -> Self {
        Self(interests)
    }

    /// Takes over others.
    pub fn extend(&mut self, others: &Self) {
        self.0.extend(others.0.iter().cloned());
    }

    /// Whether anybody wants anything.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether a document of this kind and syntax under this path is wanted.
    pub fn want(&self, kind: &str, syntax: Syntax, path: &FilePath) -> bool {
        self.of(kind, syntax, path).next().is_some()
    }

    /// Which nodes of such a document are wanted.
    pub fn selection(&self, kind: &str, syntax: Syntax, path: &FilePath) -> Selection {
        let mut names = Vec::new();
        for interest in self.of(kind, syntax, path) {
            if interest.nodes.is_empty() {
                return Selection::All;
            }
            names.extend(interest.nodes.iter().cloned());
        }
        names.sort_unstable();
        names.dedup();
        if syntax == Syntax::Folder {
            return Selection::Matching(names.iter().map(|name| Glob::new(name)).collect());
        }
        Selection::Named(names)
    }

    /// The names of files that are wanted of folders.
    pub fn folder_entries(&self) -> Vec<Glob> {
        let folders = self.0.iter().filter(|interest| interest.kind == Syntax::Folder.name());
        let mut globs: Vec<Glob> = folders
            .flat_map(|interest| interest.nodes.iter().map(|glob| Glob::new(glob)))
            .collect();
        globs.sort();
        globs.dedup();
        globs
    }

    fn of<'i>(&'i self, kind: &'i str, syntax: Syntax, path: &'i FilePath) -> impl Iterator<Item = &'i Interest> {
        self.0.iter().filter(move |interest| {
            (interest.kind == kind || interest.kind == syntax.name())
                && (interest.files.is_empty() || interest.files.iter().any(|glob| glob.matches(path.name())))
        })
    }
}

/// Which nodes of a document are wanted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Selection {
    /// All of them.
    All,
    /// Those of these names, sorted; a prefix counts only where the name has one.
    Named(Vec<String>),
    /// Those whose names fit one of these.
    Matching(Vec<Glob>),
}

impl Selection {
    /// Whether a node is among them.
    pub fn takes(&self, node: Node<'_>) -> bool {
        let named = |name: &str, names: &[String]| names.binary_search_by(|own| own.as_str().cmp(name)).is_ok();
        match self {
            Self::All => true,
            Self::Matching(globs) => globs.iter().any(|glob| glob.matches(node.name())),
            Self::Named(names) => {
                let name = node.name();
                named(name, names) || name.rsplit_once(':').is_some_and(|(_, local)| named(local, names))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::{At, NodeIndex, Tree};

    fn interest(kind: &str, files: &[&str], nodes: &[&str]) -> Interest {
        Interest {
            kind: kind.to_owned(),
            files: files.iter().map(|glob| Glob::new(glob)).collect(),
            nodes: nodes.iter().map(|name| (*name).to_owned()).collect(),
        }
    }

    #[test]
    fn interests_add_up() {
        let wanted = Interests::new(vec![
            interest("security.xml", &[], &["setting"]),
            interest("xml", &["plugin-cfg*.xml"], &["UriGroup", "config:realms"]),
            interest("folder", &[], &["*.jpg"]),
        ]);
        let path = |path: &str| FilePath::from(path);
        assert!(wanted.want("security.xml", Syntax::Xml, &path("a/security.xml")));
        assert!(wanted.want("xml", Syntax::Xml, &path("a/plugin-cfg.xml")));
        assert!(!wanted.want("xml", Syntax::Xml, &path("a/other.xml")));
        assert_eq!(
            wanted.selection("xml", Syntax::Xml, &path("plugin-cfg.xml")),
            Selection::Named(vec!["UriGroup".to_owned(), "config:realms".to_owned()])
        );
        assert_eq!(wanted.folder_entries(), [Glob::new("*.jpg")]);
        let mut tree = Tree::new("root");
        for name in ["x:UriGroup", "config:realms", "realms"] {
            tree.add(NodeIndex::ROOT, name, "", At::START).unwrap();
        }
        let selection = wanted.selection("xml", Syntax::Xml, &path("plugin-cfg.xml"));
        let taken: Vec<_> = tree.nodes().filter(|node| selection.takes(*node)).map(Node::name).collect();
        assert_eq!(taken, ["x:UriGroup", "config:realms"]);
    }
}
