//! Sites for tests: documents drawn by hand, in the shape in which the host hands them over.
//!
//! Comes in: files, kinds, nodes. Goes out: a [`FlatSite`]. A plugin's tests judge what they draw here, without a host and
//! without a parser.

use std::collections::BTreeMap;

use crate::{FlatDocument, FlatSite, Site};

/// A site being drawn.
#[derive(Debug)]
pub struct DrawnSite {
    flat: FlatSite,
    texts: BTreeMap<String, u32>,
}

/// A document being drawn.
#[derive(Debug)]
pub struct DrawnDocument<'d> {
    site: &'d mut DrawnSite,
    document: usize,
}

impl DrawnSite {
    /// A site with these facts.
    pub fn new(name: &str, facts: &str) -> Self {
        let flat = FlatSite {
            name: name.to_owned(),
            facts: facts.to_owned(),
            documents: Vec::new(),
            bytes: Vec::new(),
            text_ends: vec![0],
            nodes: Vec::new(),
            node_attributes: Vec::new(),
        };
        Self {
            flat,
            texts: BTreeMap::new(),
        }
    }

    /// Begins a document whose root has that name and those attributes.
    pub fn document(
        &mut self,
        file: &str,
        kind: &str,
        syntax: &str,
        attributes: &[(&str, &str)],
        root: &str,
    ) -> DrawnDocument<'_> {
        let owned = |pairs: &[(&str, &str)]| {
            pairs
                .iter()
                .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
                .collect()
        };
        self.flat.documents.push(FlatDocument {
            file: file.to_owned(),
            kind: kind.to_owned(),
            syntax: syntax.to_owned(),
            nodes: 0,
            attributes: owned(attributes),
        });
        let document = self.flat.documents.len() - 1;
        let mut drawn = DrawnDocument { site: self, document };
        drawn.node(0, root, "", 1, &[]);
        drawn
    }

    fn text(&mut self, text: &str) -> u32 {
        if text.is_empty() {
            return 0;
        }
        if let Some(&known) = self.texts.get(text) {
            return known;
        }
        let flat = &mut self.flat;
        flat.bytes.extend_from_slice(text.as_bytes());
        let number = u32::try_from(flat.text_ends.len()).unwrap_or(u32::MAX);
        flat.text_ends.push(u32::try_from(flat.bytes.len()).unwrap_or(u32::MAX));
        self.texts.insert(text.to_owned(), number);
        number
    }

    /// The site as it crosses the border.
    pub fn into_flat(self) -> FlatSite {
        self.flat
    }

    /// The site as plugins see it; `None` if what was drawn is impossible.
    pub fn into_site(self) -> Option<Site> {
        Site::decode(self.flat).ok()
    }
}

impl DrawnDocument<'_> {
    /// Adds a node below another one of this document, and gives its number.
    pub fn node(&mut self, parent: u32, name: &str, value: &str, line: u32, attributes: &[(&str, &str)]) -> u32 {
        let (name, value) = (self.site.text(name), self.site.text(value));
        let count = u32::try_from(attributes.len()).unwrap_or(u32::MAX);
        for (attribute, value) in attributes {
            let row = [self.site.text(attribute), self.site.text(value), line];
            self.site.flat.node_attributes.extend(row);
        }
        let document = self.document;
        let flat = &mut self.site.flat;
        flat.nodes.extend([parent, name, value, line, 1, count]);
        flat.documents.get_mut(document).map_or(0, |document| {
            document.nodes += 1;
            document.nodes - 1
        })
    }
}
