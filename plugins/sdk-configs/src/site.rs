//! The configuration of one site, from flat lists to documents with their nodes.
//!
//! Comes in: an [`Environment`](crate::FlatSite) as it crosses the border. Goes out: [`Document`]s and [`Node`]s, small
//! values that borrow from it. Every bound is checked once, in [`Site::decode`], so that the walk that follows cannot fail;
//! a step from a node to its next sibling is one look-up, so that a whole tree is walked in linear time.

use std::ops::Range;

use crate::{Failure, FlatSite, Place};

/// Numbers that stand for a node in the flat list.
const PER_NODE: usize = 6;

/// Numbers that stand for an attribute.
const PER_ATTRIBUTE: usize = 3;

/// All that is known of one site.
#[derive(Debug, Clone)]
pub struct Site {
    name: String,
    facts: String,
    text: String,
    text_ends: Vec<u32>,
    documents: Vec<DocumentRow>,
    nodes: Vec<NodeRow>,
    attributes: Vec<AttributeRow>,
}

#[derive(Debug, Clone)]
struct DocumentRow {
    file: String,
    kind: String,
    syntax: String,
    attributes: Vec<(String, String)>,
    nodes: Range<usize>,
}

/// All indices count in the whole site.
#[derive(Debug, Clone)]
struct NodeRow {
    parent: usize,
    /// Behind the last node below it.
    end: usize,
    name: u32,
    value: u32,
    line: u32,
    column: u32,
    attributes: Range<usize>,
}

#[derive(Debug, Clone)]
struct AttributeRow {
    name: u32,
    value: u32,
    line: u32,
}

/// A configuration file.
#[derive(Debug, Clone, Copy)]
pub struct Document<'s> {
    site: &'s Site,
    index: usize,
}

/// A node of a document.
#[derive(Debug, Clone, Copy)]
pub struct Node<'s> {
    site: &'s Site,
    document: usize,
    index: usize,
}

/// An attribute of a node.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Attribute<'s> {
    /// Its name, with its prefix if it has one.
    pub name: &'s str,
    /// Its value.
    pub value: &'s str,
    /// The line on which it stands.
    pub line: u32,
}

impl Site {
    /// Checks a site and takes it over.
    ///
    /// # Errors
    ///
    /// [`Failure::BadInput`] with the first contradiction found: texts that are not UTF-8 or not ascending, lists that do
    /// not belong together, parents that stand behind their children.
    pub fn decode(flat: FlatSite) -> Result<Self, Failure> {
        let text = String::from_utf8(flat.bytes).map_err(|error| bad(format!("the texts are not UTF-8: {error}")))?;
        let mut start = 0;
        for &end in &flat.text_ends {
            if end < start || !text.is_char_boundary(index(end)) {
                return Err(bad(format!(
                    "a text ends at {end}, after {start} in {} bytes",
                    text.len()
                )));
            }
            start = end;
        }
        let texts = flat.text_ends.len();
        let known = |number: u32| {
            if index(number) < texts {
                Ok(number)
            } else {
                Err(bad(format!("text {number} is named, and there are {texts}")))
            }
        };
        if !flat.nodes.len().is_multiple_of(PER_NODE) || !flat.node_attributes.len().is_multiple_of(PER_ATTRIBUTE) {
            return Err(bad("the lists of nodes and attributes are not whole".to_owned()));
        }
        let mut attributes = Vec::with_capacity(flat.node_attributes.len() / PER_ATTRIBUTE);
        for row in flat.node_attributes.chunks_exact(PER_ATTRIBUTE) {
            if let [name, value, line] = *row {
                attributes.push(AttributeRow {
                    name: known(name)?,
                    value: known(value)?,
                    line,
                });
            }
        }
        let mut rows = flat.nodes.chunks_exact(PER_NODE);
        let mut nodes: Vec<NodeRow> = Vec::with_capacity(flat.nodes.len() / PER_NODE);
        let mut documents = Vec::with_capacity(flat.documents.len());
        let mut first_attribute = 0usize;
        for document in flat.documents {
            let first = nodes.len();
            for own in 0..index(document.nodes) {
                let Some(&[parent, name, value, line, column, count]) = rows.next() else {
                    return Err(bad(format!("{}: has fewer nodes than it says", document.file)));
                };
                let parent = index(parent);
                if parent > own || (parent == own && own > 0) {
                    return Err(bad(format!("{}: node {own} stands before its parent", document.file)));
                }
                let last_attribute = first_attribute.saturating_add(index(count));
                if last_attribute > attributes.len() {
                    return Err(bad(format!("{}: has fewer attributes than it says", document.file)));
                }
                nodes.push(NodeRow {
                    parent: first + parent,
                    end: nodes.len() + 1,
                    name: known(name)?,
                    value: known(value)?,
                    line,
                    column,
                    attributes: first_attribute..last_attribute,
                });
                first_attribute = last_attribute;
            }
            if nodes.len() == first {
                return Err(bad(format!("{}: has no root", document.file)));
            }
            close(&mut nodes, first);
            documents.push(DocumentRow {
                file: document.file,
                kind: document.kind,
                syntax: document.syntax,
                attributes: document.attributes,
                nodes: first..nodes.len(),
            });
        }
        Ok(Self {
            name: flat.name,
            facts: flat.facts,
            text,
            text_ends: flat.text_ends,
            documents,
            nodes,
            attributes,
        })
    }

    /// The environment's name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What `environment.toml` says, and what the host derived, as JSON text.
    pub fn facts(&self) -> &str {
        &self.facts
    }

    /// All documents, in order of their files.
    pub fn documents(&self) -> impl Iterator<Item = Document<'_>> {
        (0..self.documents.len()).map(|index| Document { site: self, index })
    }

    /// The documents of a kind, or of a syntax.
    pub fn of_kind<'s>(&'s self, kind: &'s str) -> impl Iterator<Item = Document<'s>> {
        self.documents().filter(move |document| document.is(kind))
    }

    /// The document of that file.
    pub fn document(&self, file: &str) -> Option<Document<'_>> {
        self.documents().find(|document| document.file() == file)
    }

    fn text(&self, number: u32) -> &str {
        let at = index(number);
        let end = self.text_ends.get(at).copied().unwrap_or_default();
        let start = at
            .checked_sub(1)
            .and_then(|before| self.text_ends.get(before))
            .copied()
            .unwrap_or_default();
        self.text.get(index(start)..index(end)).unwrap_or_default()
    }

    fn row(&self, node: usize) -> Option<&NodeRow> {
        self.nodes.get(node)
    }
}

/// Says of each node of a document where the nodes below it end. Children stand behind their parents, so one pass from the
/// end is enough.
fn close(nodes: &mut [NodeRow], first: usize) {
    for at in (first + 1..nodes.len()).rev() {
        let Some((end, parent)) = nodes.get(at).map(|row| (row.end, row.parent)) else {
            continue;
        };
        if let Some(row) = nodes.get_mut(parent) {
            row.end = row.end.max(end);
        }
    }
}

fn bad(reason: String) -> Failure {
    Failure::BadInput(reason)
}

fn index(number: u32) -> usize {
    usize::try_from(number).unwrap_or(usize::MAX)
}

impl<'s> Document<'s> {
    fn row(self) -> Option<&'s DocumentRow> {
        self.site.documents.get(self.index)
    }

    /// Its file, below the environment's root.
    pub fn file(self) -> &'s str {
        self.row().map_or("", |row| &row.file)
    }

    /// The last part of its file.
    pub fn file_name(self) -> &'s str {
        self.file().rsplit('/').next().unwrap_or_default()
    }

    /// The folder of its file, without a slash at the end; empty at the root.
    pub fn folder(self) -> &'s str {
        self.file().rsplit_once('/').map_or("", |(folder, _)| folder)
    }

    /// Its kind, such as `security.xml`.
    pub fn kind(self) -> &'s str {
        self.row().map_or("", |row| &row.kind)
    }

    /// How it is written, such as `xml`.
    pub fn syntax(self) -> &'s str {
        self.row().map_or("", |row| &row.syntax)
    }

    /// Whether it is of that kind, or written in that syntax.
    pub fn is(self, kind: &str) -> bool {
        self.kind() == kind || self.syntax() == kind
    }

    /// What its path says: `cell`, `node`, `server`, `cluster`, `application`, `profile`.
    pub fn attribute(self, name: &str) -> Option<&'s str> {
        let attributes = &self.row()?.attributes;
        attributes
            .iter()
            .find(|(known, _)| known == name)
            .map(|(_, value)| value.as_str())
    }

    /// All values of an attribute that it may have several times, in their order: `included-by`.
    pub fn attribute_values<'n>(self, name: &'n str) -> impl Iterator<Item = &'s str> + use<'s, 'n> {
        let attributes = self.row().map_or(&[][..], |row| &row.attributes);
        let values = attributes.iter().filter(move |(known, _)| known == name);
        values.map(|(_, value)| value.as_str())
    }

    /// Its root.
    pub fn root(self) -> Node<'s> {
        Node {
            site: self.site,
            document: self.index,
            index: self.row().map_or(0, |row| row.nodes.start),
        }
    }

    /// All its nodes, the root first.
    pub fn nodes(self) -> impl Iterator<Item = Node<'s>> {
        self.row().map_or(0..0, |row| row.nodes.clone()).map(move |index| Node {
            site: self.site,
            document: self.index,
            index,
        })
    }

    /// All its nodes of that name; a prefix such as `config:` need not be given.
    pub fn named(self, name: &'s str) -> impl Iterator<Item = Node<'s>> {
        self.nodes().filter(move |node| node.is(name))
    }
}

impl PartialEq for Document<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.index == other.index
    }
}

impl<'s> Node<'s> {
    fn row(self) -> Option<&'s NodeRow> {
        self.site.row(self.index)
    }

    fn at(self, index: usize) -> Self {
        Self { index, ..self }
    }

    /// The document that it belongs to.
    pub fn document(self) -> Document<'s> {
        Document {
            site: self.site,
            index: self.document,
        }
    }

    /// Its name, as written: an element with its prefix, a key, a directive in small letters.
    pub fn name(self) -> &'s str {
        self.row().map_or("", |row| self.site.text(row.name))
    }

    /// Its name without a prefix.
    pub fn local_name(self) -> &'s str {
        let name = self.name();
        name.rsplit_once(':').map_or(name, |(_, local)| local)
    }

    /// Whether it has that name; a prefix counts only where `name` has one.
    pub fn is(self, name: &str) -> bool {
        self.name() == name || (!name.contains(':') && self.local_name() == name)
    }

    /// Its value.
    pub fn value(self) -> &'s str {
        self.row().map_or("", |row| self.site.text(row.value))
    }

    /// Its line.
    pub fn line(self) -> u32 {
        self.row().map_or(1, |row| row.line)
    }

    /// Its column.
    pub fn column(self) -> u32 {
        self.row().map_or(1, |row| row.column)
    }

    /// Its attributes, in the order of the file.
    pub fn attributes(self) -> impl Iterator<Item = Attribute<'s>> {
        let range = self.row().map_or(0..0, |row| row.attributes.clone());
        let rows = self.site.attributes.get(range).unwrap_or_default();
        rows.iter().map(move |row| Attribute {
            name: self.site.text(row.name),
            value: self.site.text(row.value),
            line: row.line,
        })
    }

    /// The value of the attribute of that name; `None` where it has none, which is not the same as an empty one.
    pub fn attribute(self, name: &str) -> Option<&'s str> {
        self.attributes()
            .find(|attribute| attribute.name == name)
            .map(|attribute| attribute.value)
    }

    /// The node above it; none above the root.
    pub fn parent(self) -> Option<Self> {
        let parent = self.row()?.parent;
        (parent != self.index).then(|| self.at(parent))
    }

    /// The nodes above it, the nearest first.
    pub fn ancestors(self) -> impl Iterator<Item = Self> {
        std::iter::successors(self.parent(), |node| node.parent())
    }

    /// The nodes directly below it.
    pub fn children(self) -> impl Iterator<Item = Self> {
        let end = self.row().map_or(self.index, |row| row.end);
        let first = (self.index + 1 < end).then_some(self.index + 1);
        std::iter::successors(first, move |&child| {
            self.site.row(child).map(|row| row.end).filter(|next| *next < end)
        })
        .map(move |index| self.at(index))
    }

    /// The nodes directly below it that have that name.
    pub fn children_named(self, name: &'s str) -> impl Iterator<Item = Self> {
        self.children().filter(move |node| node.is(name))
    }

    /// The first node directly below it that has that name.
    pub fn child(self, name: &str) -> Option<Self> {
        self.children().find(|node| node.is(name))
    }

    /// All nodes below it, in document order.
    pub fn descendants(self) -> impl Iterator<Item = Self> {
        let end = self.row().map_or(self.index, |row| row.end);
        (self.index + 1..end).map(move |index| self.at(index))
    }

    /// Its place, for findings.
    pub fn place(self) -> Place {
        let first = self.document().row().map_or(0, |row| row.nodes.start);
        let number = |index: usize| u32::try_from(index).unwrap_or(u32::MAX);
        Place {
            document: number(self.document),
            node: number(self.index.saturating_sub(first)),
        }
    }
}

impl PartialEq for Node<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.index == other.index
    }
}

impl Eq for Node<'_> {}
impl Eq for Document<'_> {}

#[cfg(test)]
mod tests {
    use crate::{DrawnSite, Failure, FlatSite, Site};

    fn drawn() -> DrawnSite {
        let mut site = DrawnSite::new("acme", "{}");
        let mut file = site.document("a/server.xml", "server.xml", "xml", &[("cell", "C1")], "process:Server");
        let a = file.node(0, "x:a", "", 2, &[("k", "v"), ("empty", "")]);
        file.node(a, "b", "text", 3, &[]);
        file.node(a, "c", "", 4, &[]);
        file.node(0, "d", "", 5, &[]);
        site.document("hosts", "hosts", "hosts", &[], "hosts");
        site
    }

    #[test]
    fn a_walk_goes_down_sideways_and_up() {
        let site = drawn().into_site().unwrap();
        let server = site.document("a/server.xml").unwrap();
        assert_eq!(
            (server.file_name(), server.folder(), server.attribute("cell")),
            ("server.xml", "a", Some("C1"))
        );
        let names = |nodes: Vec<super::Node<'_>>| nodes.iter().map(|node| node.name().to_owned()).collect::<Vec<_>>();
        assert_eq!(names(server.root().children().collect()), ["x:a", "d"]);
        assert_eq!(names(server.root().descendants().collect()), ["x:a", "b", "c", "d"]);
        let a = server.named("a").next().unwrap();
        assert_eq!(names(a.children().collect()), ["b", "c"]);
        assert_eq!(
            (a.attribute("k"), a.attribute("empty"), a.attribute("none")),
            (Some("v"), Some(""), None)
        );
        let b = a.child("b").unwrap();
        assert_eq!((b.value(), b.line(), b.children().count()), ("text", 3, 0));
        assert_eq!(names(b.ancestors().collect()), ["x:a", "process:Server"]);
        assert_eq!((b.place().document, b.place().node), (0, 2));
        assert_eq!(site.of_kind("hosts").count(), 1);
    }

    #[test]
    fn a_document_attribute_may_have_several_values() {
        let mut site = DrawnSite::new("acme", "{}");
        let by = [("included-by", "a.conf:1"), ("cell", "C1"), ("included-by", "b.conf:7")];
        site.document("c.conf", "httpd", "httpd", &by, "httpd");
        let site = site.into_site().unwrap();
        let document = site.document("c.conf").unwrap();
        let values: Vec<&str> = document.attribute_values("included-by").collect();
        assert_eq!(values, ["a.conf:1", "b.conf:7"]);
        assert_eq!(document.attribute_values("node").count(), 0);
    }

    #[test]
    fn a_site_that_contradicts_itself_is_refused() {
        type Damage = fn(&mut FlatSite);
        let breaks: [(&str, Damage); 6] = [
            ("the lists", |site| site.nodes.push(7)),
            ("text 99", |site| site.nodes[1] = 99),
            ("before its parent", |site| site.nodes[6] = 1),
            ("fewer nodes", |site| site.documents[1].nodes = 9),
            ("fewer attributes", |site| site.nodes[5] = 77),
            ("UTF-8", |site| site.bytes[0] = 0xff),
        ];
        for (expected, damage) in breaks {
            let mut flat = drawn().into_flat();
            damage(&mut flat);
            match Site::decode(flat) {
                Err(Failure::BadInput(reason)) => assert!(reason.contains(expected), "{reason}"),
                other => panic!("{expected}: {other:?}"),
            }
        }
    }
}
