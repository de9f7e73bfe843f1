//! Where something stands in a site's documents, and what httpd does not start with.

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

impl From<Place> for casebook_plugin_configs::Place {
    fn from(place: Place) -> Self {
        Self {
            document: place.document,
            node: place.node,
        }
    }
}

/// A directive with which httpd does not start.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Refusal {
    /// The directive.
    pub place: Place,
    /// What is wrong with it, in a clause such as "the regular expression has a bracket that nothing closes".
    pub why: String,
}
