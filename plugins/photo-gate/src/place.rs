//! Where something stands in a site's documents.

/// A node of a document, as the host counts them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Place {
    /// The document, counted in the site.
    pub document: u32,
    /// The node, counted in its document.
    pub node: u32,
}

impl From<casebook_plugin_configs::Place> for Place {
    fn from(place: casebook_plugin_configs::Place) -> Self {
        Self {
            document: place.document,
            node: place.node,
        }
    }
}
