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

/// The lines on which directives stand, for sentences.
#[derive(Debug, Clone, Default)]
pub(crate) struct Lines {
    /// For each document its file, and the lines of its nodes with their texts.
    documents: Vec<(String, Vec<(u32, String)>)>,
}

impl Lines {
    /// Those of a site.
    pub(crate) fn of(site: &casebook_plugin_configs::Site) -> Self {
        let documents = site.documents().map(|document| {
            let text = |node: casebook_plugin_configs::Node<'_>| {
                let name = node.attribute("written").unwrap_or(node.name());
                (node.line(), format!("{name} {}", node.value()))
            };
            (document.file().to_owned(), document.nodes().map(text).collect())
        });
        Self {
            documents: documents.collect(),
        }
    }

    /// The directive in a place, as it is written.
    pub(crate) fn text(&self, place: Place) -> &str {
        let document = usize::try_from(place.document)
            .ok()
            .and_then(|number| self.documents.get(number));
        let node = document.and_then(|(_, lines)| lines.get(usize::try_from(place.node).ok()?));
        node.map_or("", |(_, text)| text.trim_end())
    }

    /// A place in words: `ihs/conf/httpd.conf line 12`.
    pub(crate) fn at(&self, place: Place) -> String {
        let document = usize::try_from(place.document)
            .ok()
            .and_then(|number| self.documents.get(number));
        let Some((file, lines)) = document else {
            return "the configuration".to_owned();
        };
        match usize::try_from(place.node).ok().and_then(|number| lines.get(number)) {
            Some((line, _)) => format!("{file} line {line}"),
            None => file.clone(),
        }
    }
}
