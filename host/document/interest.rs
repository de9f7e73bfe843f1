//! What plugins want to see of a site.
//!
//! Comes in: the interests that plugins declared. Goes out: whether a document is wanted at all, and which of its nodes.
//! Never here: documents.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

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
#[derive(Debug, Default)]
pub struct Interests {
    list: Vec<Interest>,
    /// Selections that were asked for. Of ten thousand documents, most are wanted by the same interests.
    known: Mutex<Known>,
}

/// Names in all selections that are remembered: 1,000,000, some 50 MiB. A plugin may want any names, of each file others.
const MOST_NAMES: usize = 1_000_000;

#[derive(Debug, Default)]
struct Known {
    /// By the numbers of the interests.
    selections: BTreeMap<Vec<u32>, Arc<Selection>>,
    names: usize,
}

impl Interests {
    /// These interests.
    pub fn new(interests: Vec<Interest>) -> Self {
        Self {
            list: interests,
            known: Mutex::default(),
        }
    }

    /// Takes over others.
    pub fn extend(&mut self, others: &Self) {
        self.list.extend(others.list.iter().cloned());
        self.known = Mutex::default();
    }

    /// Whether anybody wants anything.
    pub fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    /// Whether a document of this kind and syntax under this path is wanted.
    pub fn want(&self, kind: &str, syntax: Syntax, path: &FilePath) -> bool {
        self.of(kind, syntax, path).next().is_some()
    }

    /// Which nodes of such a document are wanted.
    pub fn selection(&self, kind: &str, syntax: Syntax, path: &FilePath) -> Arc<Selection> {
        let own: Vec<u32> = self.of(kind, syntax, path).map(|(number, _)| number).collect();
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(selection) = known.selections.get(&own) {
            return Arc::clone(selection);
        }
        let selection = Arc::new(Selection::of(
            self.of(kind, syntax, path).map(|(_, interest)| interest),
            syntax,
        ));
        if known.names > MOST_NAMES {
            *known = Known::default();
        }
        known.names += own.len() + selection.len();
        known.selections.insert(own, Arc::clone(&selection));
        selection
    }

    /// The names of files that are wanted of folders.
    pub fn folder_entries(&self) -> Vec<Glob> {
        let folders = self
            .list
            .iter()
            .filter(|interest| interest.kind == Syntax::Folder.name());
        let mut globs: Vec<Glob> = folders
            .flat_map(|interest| interest.nodes.iter().map(|glob| Glob::new(glob)))
            .collect();
        globs.sort();
        globs.dedup();
        globs
    }

    fn of<'i>(
        &'i self,
        kind: &'i str,
        syntax: Syntax,
        path: &'i FilePath,
    ) -> impl Iterator<Item = (u32, &'i Interest)> {
        (0..).zip(&self.list).filter(move |(_, interest)| {
            (interest.kind == kind || interest.kind == syntax.name())
                && (interest.files.is_empty() || interest.files.iter().any(|glob| glob.matches(path.name())))
        })
    }
}

/// Which nodes of a document are wanted.
#[derive(Debug, PartialEq, Eq)]
pub struct Selection {
    nodes: Nodes,
    mark: SelectionMark,
}

/// What tells a selection apart from others: all that is kept of it with each document.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SelectionMark([u8; 16]);

#[derive(Debug, PartialEq, Eq)]
enum Nodes {
    /// All of them.
    All,
    /// Those of these names, sorted (a prefix counts only where the name has one), and those that one of the tests takes.
    Named(Vec<String>, Vec<Test>),
    /// Those whose names fit one of these.
    Matching(Vec<Glob>),
}

/// `properties[name=com.example.x]`: a node of that name whose attribute has that value, in any case. What a plugin looks for
/// in ten thousand files may be one of thirty nodes of the same name in each.
#[derive(Debug, PartialEq, Eq)]
struct Test {
    node: String,
    attribute: String,
    value: String,
}

impl Test {
    fn parse(text: &str) -> Option<Self> {
        let (node, rest) = text.strip_suffix(']')?.split_once('[')?;
        let (attribute, value) = rest.split_once('=')?;
        Some(Self {
            node: node.to_owned(),
            attribute: attribute.to_owned(),
            value: value.to_owned(),
        })
    }

    fn takes(&self, node: Node<'_>) -> bool {
        let name = node.name();
        (name == self.node || name.rsplit_once(':').is_some_and(|(_, local)| local == self.node))
            && node
                .attribute(&self.attribute)
                .is_some_and(|value| value.eq_ignore_ascii_case(&self.value))
    }
}

impl Selection {
    fn of<'i>(interests: impl Iterator<Item = &'i Interest>, syntax: Syntax) -> Self {
        let mut names: Vec<&String> = Vec::new();
        for interest in interests {
            if interest.nodes.is_empty() {
                return Self::new(Nodes::All);
            }
            names.extend(&interest.nodes);
        }
        names.sort_unstable();
        names.dedup();
        Self::new(if syntax == Syntax::Folder {
            Nodes::Matching(names.into_iter().map(|name| Glob::new(name)).collect())
        } else {
            let tests = names.iter().filter_map(|name| Test::parse(name)).collect();
            Nodes::Named(names.into_iter().cloned().collect(), tests)
        })
    }

    fn new(nodes: Nodes) -> Self {
        let mut hasher = blake3::Hasher::new();
        hasher.update(format!("{nodes:?}").as_bytes());
        let mut mark = [0; 16];
        hasher.finalize_xof().fill(&mut mark);
        Self {
            nodes,
            mark: SelectionMark(mark),
        }
    }

    /// The same for the same selection.
    pub fn mark(&self) -> SelectionMark {
        self.mark
    }

    /// Names in it.
    fn len(&self) -> usize {
        match &self.nodes {
            Nodes::All => 0,
            Nodes::Named(names, _) => names.len(),
            Nodes::Matching(globs) => globs.len(),
        }
    }

    /// Whether a node is among them.
    pub fn takes(&self, node: Node<'_>) -> bool {
        let named = |name: &str, names: &[String]| names.binary_search_by(|own| own.as_str().cmp(name)).is_ok();
        match &self.nodes {
            Nodes::All => true,
            Nodes::Matching(globs) => globs.iter().any(|glob| glob.matches(node.name())),
            Nodes::Named(names, tests) => {
                let name = node.name();
                named(name, names)
                    || name.rsplit_once(':').is_some_and(|(_, local)| named(local, names))
                    || tests.iter().any(|test| test.takes(node))
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
    fn a_node_can_be_wanted_for_what_an_attribute_says() {
        let wanted = Interests::new(vec![interest("xml", &[], &["properties[name=a.B]", "odd["])]);
        let mut tree = Tree::new("root");
        for (node, name) in [("x:properties", "A.b"), ("properties", "other"), ("property", "a.B")] {
            tree.add(NodeIndex::ROOT, node, "", At::START).unwrap();
            tree.attribute("name", name, 1).unwrap();
        }
        let selection = wanted.selection("xml", Syntax::Xml, &FilePath::from("a.xml"));
        let taken: Vec<_> = tree
            .nodes()
            .filter(|node| selection.takes(*node))
            .map(Node::name)
            .collect();
        assert_eq!(taken, ["x:properties"]);
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
            wanted.selection("xml", Syntax::Xml, &path("plugin-cfg.xml")).nodes,
            Nodes::Named(vec!["UriGroup".to_owned(), "config:realms".to_owned()], Vec::new())
        );
        assert_eq!(wanted.folder_entries(), [Glob::new("*.jpg")]);
        let mut tree = Tree::new("root");
        for name in ["x:UriGroup", "config:realms", "realms"] {
            tree.add(NodeIndex::ROOT, name, "", At::START).unwrap();
        }
        let selection = wanted.selection("xml", Syntax::Xml, &path("plugin-cfg.xml"));
        let taken: Vec<_> = tree
            .nodes()
            .filter(|node| selection.takes(*node))
            .map(Node::name)
            .collect();
        assert_eq!(taken, ["x:UriGroup", "config:realms"]);
    }

    #[test]
    fn what_is_the_same_selection_shows_whoever_asks() {
        let path = FilePath::from("plugin-cfg.xml");
        let mark = |interests: &[Interest]| {
            let interests = Interests::new(interests.to_vec());
            let selection = interests.selection("xml", Syntax::Xml, &path);
            assert_eq!(selection, interests.selection("xml", Syntax::Xml, &path), "remembered");
            selection.mark()
        };
        let (a, b) = (interest("xml", &[], &["a"]), interest("xml", &["plugin*"], &["b"]));
        assert_eq!(
            mark(&[a.clone(), b.clone()]),
            mark(&[interest("xml", &[], &["b", "a", "b"])])
        );
        assert_ne!(mark(&[a.clone(), b]), mark(std::slice::from_ref(&a)));
        assert_ne!(mark(std::slice::from_ref(&a)), mark(&[a, interest("xml", &[], &[])]));
        assert_ne!(
            mark(&[interest("xml", &[], &["a", "b"])]),
            mark(&[interest("xml", &[], &["a\", \"b"])])
        );
    }

    #[test]
    fn selections_of_many_files_are_not_all_remembered() {
        let names: Vec<String> = (0..20_000).map(|number| number.to_string()).collect();
        let many = Interest {
            kind: "xml".to_owned(),
            files: Vec::new(),
            nodes: names,
        };
        let of_a_file = |number: u32| interest("xml", &[&format!("f{number}.xml")], &["more"]);
        let interests = Interests::new(std::iter::once(many).chain((0..200).map(of_a_file)).collect());
        for number in 0..200 {
            let path = FilePath::from(format!("f{number}.xml"));
            assert_eq!(interests.selection("xml", Syntax::Xml, &path).len(), 20_001);
        }
        let known = interests.known.lock().unwrap();
        assert!(
            known.selections.len() < 100 && known.names < MOST_NAMES + 30_000,
            "{}",
            known.names
        );
    }
}
