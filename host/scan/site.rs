//! What a plugin is handed of an environment: the documents that it named, as they cross the border.
//!
//! Comes in: documents, and what somebody wants of them. Goes out: three flat lists with every text once, and the trees from which
//! they were made. Never here: what a plugin makes of it.

use std::borrow::Cow;
use std::collections::HashMap;

use foldhash::fast::RandomState;
use rayon::prelude::*;

use crate::document::{Document, Interests, Tree};
use crate::plugin::{WireDocument, WireSite};

/// Bytes that are handed to one plugin: 64 MiB, some million nodes. It holds them twice while it takes them over, and needs
/// room to look at them in its 256.
pub(crate) const MOST_HANDED: usize = 64 << 20;

/// Documents that are taken back because there was no room for them: 16. Those that come after are not tried.
const MOST_ATTEMPTS: usize = 16;

/// A document as it was handed over.
pub(crate) struct Handed<'d> {
    pub(crate) document: &'d Document,
    /// Its number among all documents.
    pub(crate) number: usize,
    /// What the plugin wants of it: all that the host kept, unless others want more.
    pub(crate) tree: Cow<'d, Tree>,
}

/// What a plugin is handed of an environment.
pub(crate) struct Site<'d> {
    /// As it crosses.
    pub(crate) wire: WireSite,
    /// The documents in it, in order.
    pub(crate) handed: Vec<Handed<'d>>,
    /// Those for which there was no room.
    pub(crate) beyond: Vec<&'d Document>,
}

impl<'d> Site<'d> {
    /// What somebody with these interests is handed of documents.
    pub(crate) fn of(name: String, facts: String, interests: &Interests, documents: &'d [Document]) -> Self {
        let wanted = documents
            .par_iter()
            .enumerate()
            .filter(|(_, document)| interests.want(document.kind, document.syntax, &document.file));
        let mut handed: Vec<Handed<'d>> = wanted
            .map(|(number, document)| {
                let selection = interests.selection(document.kind, document.syntax, &document.file);
                let tree = if document.keeps_only(&selection) {
                    Cow::Borrowed(&document.tree)
                } else {
                    let as_it_is = |_| |_: &'d str, value: &'d str| Cow::Borrowed(value);
                    Cow::Owned(document.tree.pruned(|node| selection.takes(node), as_it_is))
                };
                Handed { document, number, tree }
            })
            .collect();
        let mut building = Building {
            wire: WireSite {
                name,
                facts,
                documents: Vec::with_capacity(handed.len()),
                bytes: Vec::new(),
                text_ends: vec![0],
                nodes: Vec::new(),
                node_attributes: Vec::new(),
            },
            texts: HashMap::default(),
            attempts: MOST_ATTEMPTS,
        };
        let entered: Vec<bool> = handed
            .iter()
            .map(|one| building.admit(one.document, &one.tree))
            .collect();
        let wire = building.wire;
        let mut entered = entered.into_iter();
        let mut beyond = Vec::new();
        handed.retain(|one| {
            let fits = entered.next().unwrap_or(false);
            if !fits {
                beyond.push(one.document);
            }
            fits
        });
        Self { wire, handed, beyond }
    }
}

/// Builds what crosses the border.
struct Building<'t> {
    wire: WireSite,
    /// Hashed fast, with seeds of this run: the texts are a customer's, and there are millions of look-ups.
    texts: HashMap<&'t str, u32, RandomState>,
    /// How many documents more may be entered on trial.
    attempts: usize,
}

impl<'t> Building<'t> {
    /// Bytes of what was entered so far, without what a document says of itself.
    fn weight(&self) -> usize {
        let wire = &self.wire;
        let numbers = wire.nodes.len() + wire.node_attributes.len() + wire.text_ends.len();
        wire.bytes.len() + numbers * size_of::<u32>()
    }

    /// Enters a document if there is room for it. With every text once it takes less than its tree does, and how much
    /// less shows when it is there; so what might not fit is entered on trial.
    fn admit(&mut self, document: &Document, tree: &'t Tree) -> bool {
        let fits = self.weight().saturating_add(tree.weight()) <= MOST_HANDED;
        if !fits && self.attempts == 0 {
            return false;
        }
        let wire = &self.wire;
        let (texts, bytes) = (wire.text_ends.len(), wire.bytes.len());
        let (nodes, attributes) = (wire.nodes.len(), wire.node_attributes.len());
        self.enter(document, tree);
        if self.weight() <= MOST_HANDED {
            return true;
        }
        self.attempts = self.attempts.saturating_sub(1);
        self.wire.documents.pop();
        self.wire.text_ends.truncate(texts);
        self.wire.bytes.truncate(bytes);
        self.wire.nodes.truncate(nodes);
        self.wire.node_attributes.truncate(attributes);
        self.texts.retain(|_, number| (*number as usize) < texts);
        false
    }

    fn enter(&mut self, document: &Document, tree: &'t Tree) {
        for node in tree.nodes() {
            let mut attributes = 0;
            for attribute in node.attributes() {
                let row = [self.text(attribute.name), self.text(attribute.value), attribute.line];
                self.wire.node_attributes.extend(row);
                attributes += 1;
            }
            let (name, value, at) = (self.text(node.name()), self.text(node.value()), node.at());
            let parent = node.parent().index.0;
            self.wire
                .nodes
                .extend([parent, name, value, at.line, at.column, attributes]);
        }
        self.wire.documents.push(WireDocument {
            file: document.file.to_string(),
            kind: document.kind.to_owned(),
            syntax: document.syntax.name().to_owned(),
            nodes: wire(tree.len()),
            attributes: document.attributes.clone(),
        });
    }

    /// The number of a text. Most are in many files: names of elements, aliases, `true`.
    fn text(&mut self, text: &'t str) -> u32 {
        if text.is_empty() {
            return 0;
        }
        if let Some(&known) = self.texts.get(text) {
            return known;
        }
        self.wire.bytes.extend_from_slice(text.as_bytes());
        let number = wire(self.wire.text_ends.len());
        self.wire.text_ends.push(wire(self.wire.bytes.len()));
        self.texts.insert(text, number);
        number
    }
}

/// What crosses is bounded far below what a `u32` counts.
pub(crate) fn wire(length: usize) -> u32 {
    u32::try_from(length).unwrap_or(u32::MAX)
}
