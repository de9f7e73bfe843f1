//! Texts with values: `The URL {url} carries the port {parts.port}`.
//!
//! `{name}` is a field or a value, `{name.group}` a named group of a value that an expression found, `{other.name}` a value
//! of the other side, `{document.cell}` what is known of the document, `{facts.meetings.host}` a fact. `{{` and `}}` stand
//! for braces. Names are resolved when the pack is loaded, so that a misspelt one is a problem of the pack and not an empty
//! text in a finding.

use std::borrow::Cow;

use casebook_plugin_configs::Document;

use super::scope::{Part, Scope, Side};
use super::value::Held;
use crate::facts::Facts;

/// Bytes of a value that count: 64 KiB, ten times the longest class path or list of ciphers. It bounds what a computed value
/// can grow to, and what an expression has to read.
pub(crate) const LONGEST: usize = 64 << 10;

/// Characters of a value in a finding: 1,000. More is not read.
const SHOWN: usize = 1_000;

/// A text with places for values.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Template(Vec<Piece>);

#[derive(Debug, Clone, PartialEq)]
pub(super) enum Piece {
    Plain(String),
    Field(usize),
    Value(Side, usize),
    Group(Side, usize, usize),
    Document(Side, Part),
    Fact(String),
}

/// The values that a text takes.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Scene<'a, 's> {
    pub(crate) document: Option<Document<'s>>,
    pub(crate) values: &'a [Held<'s>],
    pub(crate) other: Option<(Document<'s>, &'a [Held<'s>])>,
    pub(crate) fields: &'a [String],
    pub(crate) facts: &'a Facts,
}

impl<'a, 's> Scene<'a, 's> {
    /// Nothing but facts.
    pub(crate) fn nowhere(facts: &'a Facts) -> Self {
        Self {
            document: None,
            values: &[],
            other: None,
            fields: &[],
            facts,
        }
    }

    /// A document and facts.
    pub(crate) fn of(document: Document<'s>, facts: &'a Facts) -> Self {
        Self {
            document: Some(document),
            ..Self::nowhere(facts)
        }
    }
}

/// What a text with values comes to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Text<'t> {
    /// The value that it stands for is not there.
    Absent,
    /// A fact is not known: its key.
    Lacks(String),
    /// This.
    Given(Cow<'t, str>),
}

/// A text cut to the bytes that count, at a character's border.
pub(crate) fn cut(text: &str, most: usize) -> &str {
    let mut end = most.min(text.len());
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    text.get(..end).unwrap_or_default()
}

impl Template {
    /// Reads a text.
    ///
    /// # Errors
    ///
    /// A sentence about a brace without its partner, or a name that means nothing.
    pub(crate) fn read(text: &str, scope: Scope<'_>) -> Result<Self, String> {
        let mut pieces = Vec::new();
        let mut plain = String::new();
        let mut rest = text;
        while let Some(at) = rest.find(['{', '}']) {
            let (before, from) = rest.split_at_checked(at).unwrap_or((rest, ""));
            plain.push_str(before);
            if let Some((brace, after)) = ["{{", "}}"].iter().find_map(|two| Some((two, from.strip_prefix(two)?))) {
                plain.push_str(cut(brace, 1));
                rest = after;
                continue;
            }
            let Some(inside) = from.strip_prefix('{') else {
                return Err("`}` closes nothing; expected `}}` for a brace".to_owned());
            };
            let (name, after) = inside
                .split_once('}')
                .ok_or_else(|| format!("`{from}` is not closed; expected `}}`, or `{{{{` for a brace"))?;
            if !plain.is_empty() {
                pieces.push(Piece::Plain(std::mem::take(&mut plain)));
            }
            pieces.push(scope.resolve(name.trim())?);
            rest = after;
        }
        plain.push_str(rest);
        if !plain.is_empty() {
            pieces.push(Piece::Plain(plain));
        }
        Ok(Self(pieces))
    }

    /// Whether it takes values of one side, and of nothing else.
    pub(crate) fn is_of(&self, wanted: Side) -> bool {
        let takes = |piece: &Piece| match piece {
            Piece::Value(side, _) | Piece::Group(side, ..) | Piece::Document(side, _) => Some(*side == wanted),
            Piece::Field(_) | Piece::Fact(_) => Some(false),
            Piece::Plain(_) => None,
        };
        let mut sides = self.0.iter().filter_map(takes).peekable();
        sides.peek().is_some() && sides.all(|is_wanted| is_wanted)
    }

    /// Whether it takes values of one side, among others.
    pub(crate) fn takes(&self, wanted: Side) -> bool {
        self.0.iter().any(|piece| match piece {
            Piece::Value(side, _) | Piece::Group(side, ..) | Piece::Document(side, _) => *side == wanted,
            Piece::Plain(_) | Piece::Field(_) | Piece::Fact(_) => false,
        })
    }

    /// What it comes to, where it is compared or computed with. A text that is one value and nothing else is absent where
    /// the value is; in a longer one what is absent is empty.
    pub(crate) fn text<'t>(&'t self, scene: Scene<'t, '_>) -> Text<'t> {
        match self.0.as_slice() {
            [only] => only.text(scene),
            several => {
                let mut whole = String::new();
                for piece in several {
                    match piece.text(scene) {
                        Text::Absent => {}
                        Text::Lacks(fact) => return Text::Lacks(fact),
                        Text::Given(text) => whole.push_str(&text),
                    }
                }
                whole.truncate(cut(&whole, LONGEST).len());
                Text::Given(Cow::Owned(whole))
            }
        }
    }

    /// The text as a finding shows it; `None` where all it holds is a value that is absent.
    pub(crate) fn shown(&self, scene: Scene<'_, '_>) -> Option<String> {
        let mut shown = String::new();
        for piece in &self.0 {
            match (piece, piece.text(scene)) {
                (Piece::Plain(plain), _) => shown.push_str(plain),
                (_, Text::Given(text)) => shorten(&text, &mut shown),
                (_, Text::Absent | Text::Lacks(_)) if self.0.len() == 1 => return None,
                (_, Text::Absent | Text::Lacks(_)) => {}
            }
        }
        Some(shown)
    }
}

fn shorten(text: &str, shown: &mut String) {
    match text.char_indices().nth(SHOWN) {
        Some((end, _)) => {
            shown.push_str(text.get(..end).unwrap_or_default());
            shown.push('…');
        }
        None => shown.push_str(text),
    }
}

impl Piece {
    fn text<'t>(&'t self, scene: Scene<'t, '_>) -> Text<'t> {
        let side = |side: &Side| match side {
            Side::Subject => (scene.document, Some(scene.values)),
            Side::Other => scene
                .other
                .map_or((None, None), |(document, values)| (Some(document), Some(values))),
        };
        let held = |own: &Side, index: &usize| side(own).1.and_then(|values| values.get(*index));
        let given = |text: Option<&'t str>| text.map_or(Text::Absent, |text| Text::Given(Cow::Borrowed(text)));
        match self {
            Self::Plain(plain) => given(Some(plain)),
            Self::Field(index) => given(scene.fields.get(*index).map(String::as_str)),
            Self::Value(own, index) => given(held(own, index).and_then(Held::text)),
            Self::Group(own, index, group) => given(held(own, index).and_then(|held| held.group(*group))),
            Self::Document(own, part) => given(side(own).0.and_then(|document| part.of(document))),
            Self::Fact(key) => match scene.facts.text(key) {
                Some(text) => Text::Given(Cow::Owned(text)),
                None => Text::Lacks(key.clone()),
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scope_values() -> Vec<(String, Vec<String>)> {
        vec![
            ("url".to_owned(), Vec::new()),
            ("parts".to_owned(), vec!["port".to_owned()]),
        ]
    }

    #[test]
    fn values_take_their_places() {
        let values = scope_values();
        let scope = Scope {
            values: Some(&values),
            ..Scope::default()
        };
        let held = [Held::given("http://a"), Held::absent()];
        let facts = Facts::read(r#"{"meetings": {"host": "m.acme.example"}}"#);
        let scene = Scene {
            values: &held,
            ..Scene::nowhere(&facts)
        };
        let read = |text: &str| Template::read(text, scope).unwrap();
        let shown = |text: &str| read(text).shown(scene);
        assert_eq!(
            shown("{{{url}}} at {facts.meetings.host}, {parts.port}.").as_deref(),
            Some("{http://a} at m.acme.example, .")
        );
        assert_eq!((shown("{parts}"), shown("")), (None, Some(String::new())));
        assert_eq!(read("{parts.port}").text(scene), Text::Absent);
        assert_eq!(
            read("a {facts.photos.path}").text(scene),
            Text::Lacks("photos.path".to_owned())
        );
        assert_eq!(read("{url}").text(scene), Text::Given("http://a".into()));
        let long = [Held::given(&"ä".repeat(2_000)), Held::absent()];
        let shown = read("{url}").shown(Scene { values: &long, ..scene }).unwrap();
        assert_eq!(shown.chars().count(), 1_001);
    }

    #[test]
    fn a_name_that_stands_for_nothing_is_refused() {
        let values = scope_values();
        let scope = Scope {
            values: Some(&values),
            ..Scope::default()
        };
        for (text, reason) in [
            ("{ulr}", "expected one of: parts, parts.port, url, document.…, facts.…"),
            ("{url.port}", "stands for nothing"),
            ("{other.url}", "expected `against`"),
            ("{document.cel}", "stands for nothing"),
            ("{", "is not closed"),
            ("}", "closes nothing"),
        ] {
            let found = Template::read(text, scope).unwrap_err();
            assert!(found.contains(reason), "{text}: {found}");
        }
    }
}
