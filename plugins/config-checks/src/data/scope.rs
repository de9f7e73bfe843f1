//! The names that a text can use, and what each stands for.

use casebook_plugin_configs::Document;

use super::template::Piece;

/// Whose value is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Side {
    Subject,
    Other,
}

/// What is known of a document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Part {
    File,
    Name,
    Folder,
    Kind,
    Attribute(&'static str),
}

/// All that can be asked for as `{document.…}`.
pub(crate) const PARTS: [(&str, Part); 10] = [
    ("file", Part::File),
    ("name", Part::Name),
    ("folder", Part::Folder),
    ("kind", Part::Kind),
    ("cell", Part::Attribute("cell")),
    ("node", Part::Attribute("node")),
    ("server", Part::Attribute("server")),
    ("cluster", Part::Attribute("cluster")),
    ("application", Part::Attribute("application")),
    ("profile", Part::Attribute("profile")),
];

impl Part {
    /// What the document says.
    pub(crate) fn of(self, document: Document<'_>) -> Option<&str> {
        match self {
            Self::File => Some(document.file()),
            Self::Name => Some(document.file_name()),
            Self::Folder => Some(document.folder()),
            Self::Kind => Some(document.kind()),
            Self::Attribute(name) => document.attribute(name),
        }
    }
}

/// The names that a text can use.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Scope<'a> {
    /// Values of the subject with the named groups of each; `None`: there is no subject.
    pub(crate) values: Option<&'a [(String, Vec<String>)]>,
    /// Values of the other side; `None`: there is no other side.
    pub(crate) other: Option<&'a [(String, Vec<String>)]>,
    /// The finding's fields.
    pub(crate) fields: &'a [String],
}

impl Scope<'_> {
    pub(super) fn resolve(&self, name: &str) -> Result<Piece, String> {
        let unknown = || format!("`{{{name}}}` stands for nothing; {}", self.known());
        if let Some(field) = self.fields.iter().position(|field| field == name) {
            return Ok(Piece::Field(field));
        }
        let (side, values, own) = match name.strip_prefix("other.") {
            Some(own) => (Side::Other, self.other, own),
            None => (Side::Subject, self.values, name),
        };
        if side == Side::Other && values.is_none() {
            return Err(format!("`{{{name}}}` needs another side; expected `against` beside it"));
        }
        if let Some(part) = own.strip_prefix("document.") {
            let known = PARTS.iter().find(|(known, _)| *known == part);
            return known.map(|(_, part)| Piece::Document(side, *part)).ok_or_else(unknown);
        }
        if let (Some(fact), Side::Subject) = (own.strip_prefix("facts."), side) {
            return Ok(Piece::Fact(fact.to_owned()));
        }
        let (value, group) = own
            .split_once('.')
            .map_or((own, None), |(value, group)| (value, Some(group)));
        let values = values.unwrap_or_default();
        let index = values
            .iter()
            .position(|(known, _)| known == value)
            .ok_or_else(unknown)?;
        let Some(group) = group else {
            return Ok(Piece::Value(side, index));
        };
        let groups = values.get(index).map_or(&[][..], |(_, groups)| groups);
        let place = groups.iter().position(|known| known == group).ok_or_else(unknown)?;
        Ok(Piece::Group(side, index, place))
    }

    /// A sentence that lists what there is.
    fn known(&self) -> String {
        let mut names: Vec<String> = self.fields.to_vec();
        for (values, side) in [(self.values, ""), (self.other, "other.")] {
            for (value, groups) in values.unwrap_or_default() {
                names.push(format!("{side}{value}"));
                names.extend(groups.iter().map(|group| format!("{side}{value}.{group}")));
            }
        }
        names.sort();
        names.dedup();
        names.push("document.…".to_owned());
        names.push("facts.…".to_owned());
        format!("expected one of: {}", names.join(", "))
    }
}
