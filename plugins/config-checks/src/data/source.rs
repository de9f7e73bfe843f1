//! Where subjects come from: documents of a kind, and places in them.

use casebook_plugin_configs::{Document, Interest, Site};

use super::glob;
use crate::select::{Names, Path, Spot, Tree};

/// Places in documents.
#[derive(Debug, Clone)]
pub(crate) struct Source {
    pub(crate) kinds: Vec<String>,
    pub(crate) files: Vec<String>,
    pub(crate) paths: Vec<Path>,
}

impl Source {
    /// The documents of the kind.
    pub(crate) fn documents<'s>(&self, site: &'s Site) -> impl Iterator<Item = Document<'s>> {
        site.documents().filter(|document| {
            let named = |pattern: &String| glob::fits(pattern, document.file_name());
            self.kinds.iter().any(|kind| document.is(kind)) && (self.files.is_empty() || self.files.iter().any(named))
        })
    }

    /// The places in a document, in its order.
    pub(crate) fn spots<'s>(&self, tree: &Tree<'s>) -> Vec<Spot<'s, '_>> {
        let mut spots: Vec<Spot<'s, '_>> = self.paths.iter().flat_map(|path| path.select(tree)).collect();
        if self.paths.len() > 1 {
            // Stable: of one node, attributes come in the order of their paths.
            spots.sort_by_key(|spot| spot.number);
            spots.dedup_by(|one, other| (one.number, one.end) == (other.number, other.end));
        }
        spots
    }

    /// What the host must hand over; `names` are those of the values.
    pub(crate) fn wants(&self, mut names: Names) -> impl Iterator<Item = Interest> {
        for path in &self.paths {
            names.add(path);
        }
        self.kinds.iter().map(move |kind| {
            Interest::in_kind(kind)
                .files(self.files.iter().map(String::as_str))
                .nodes(names.list())
        })
    }
}
