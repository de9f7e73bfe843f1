//! Sites as they cross the border, written row by row: `DrawnSite` with roots that have attributes and lines.

use casebook_plugin_configs::{FlatDocument, FlatSite, Site};

/// A site being written.
pub(crate) struct Flat(FlatSite);

impl Flat {
    /// A site with these facts.
    pub(crate) fn new(facts: &str) -> Self {
        Self(FlatSite {
            name: "acme".to_owned(),
            facts: facts.to_owned(),
            documents: Vec::new(),
            bytes: Vec::new(),
            text_ends: vec![0],
            nodes: Vec::new(),
            node_attributes: Vec::new(),
        })
    }

    /// Begins a document; its first node is its root.
    pub(crate) fn begin(&mut self, file: &str, kind: &str, syntax: &str, attributes: Vec<(String, String)>) {
        self.0.documents.push(FlatDocument {
            file: file.to_owned(),
            kind: kind.to_owned(),
            syntax: syntax.to_owned(),
            nodes: 0,
            attributes,
        });
    }

    fn text(&mut self, text: &str) -> u32 {
        self.0.bytes.extend_from_slice(text.as_bytes());
        self.0.text_ends.push(self.0.bytes.len() as u32);
        self.0.text_ends.len() as u32 - 1
    }

    /// Adds a node and gives its number in its document.
    pub(crate) fn node(
        &mut self,
        parent: u32,
        name: &str,
        value: &str,
        line: u32,
        attributes: Vec<(String, String)>,
    ) -> u32 {
        let (name, value) = (self.text(name), self.text(value));
        self.0
            .nodes
            .extend([parent, name, value, line, 1, attributes.len() as u32]);
        for (name, value) in attributes {
            let row = [self.text(&name), self.text(&value), line];
            self.0.node_attributes.extend(row);
        }
        let document = self.0.documents.last_mut().expect("a document");
        document.nodes += 1;
        document.nodes - 1
    }

    /// The site as plugins see it.
    pub(crate) fn into_site(self) -> Option<Site> {
        Site::decode(self.0).ok()
    }
}
