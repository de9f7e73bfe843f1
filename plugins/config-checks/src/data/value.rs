//! Values of subjects: what stands at a path, and what is computed from it.

use std::borrow::Cow;

use casebook_plugin_configs::Node;
use regex_lite::Regex;

use super::template::{LONGEST, Scene, Template, Text, cut};
use crate::select::{End, Path, Reached, Spot, Tree};

/// How a value is got.
#[derive(Debug, Clone)]
pub(crate) enum Derivation {
    /// The first of these that leads somewhere.
    Found(Vec<Way>),
    /// The first of these texts that is not empty.
    First(Vec<Template>),
    Lowercase(Template),
    /// What the expression finds in the text, with the names of its groups.
    Match(Template, Regex, Vec<String>),
}

/// A way from a subject to a value.
#[derive(Debug, Clone)]
pub(crate) enum Way {
    /// A path from the node that the subject is, or whose attribute it is.
    Path(Path),
    /// The subject itself.
    Own,
    /// The name of the attribute that the subject is.
    OwnName,
}

/// A value of a subject.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Held<'s> {
    text: Option<Cow<'s, str>>,
    groups: Vec<Option<String>>,
    /// Only its beginning is here.
    pub(crate) is_cut: bool,
    /// Where it stands, if it does.
    pub(crate) node: Option<Node<'s>>,
}

impl<'s> Held<'s> {
    /// A value that is not there.
    pub(crate) fn absent() -> Self {
        Self::default()
    }

    /// What stands at a place.
    fn at(spot: Spot<'s, '_>) -> Self {
        Self {
            text: Some(Cow::Borrowed(cut(spot.value(), LONGEST))),
            groups: Vec::new(),
            is_cut: spot.value().len() > LONGEST,
            node: Some(spot.node),
        }
    }

    /// The name of an attribute.
    fn named(spot: Spot<'s, '_>) -> Self {
        let name = match spot.end {
            End::Attribute(name) => name.as_str(),
            End::Node | End::Name => spot.node.name(),
        };
        Self {
            node: Some(spot.node),
            ..Self::given(name)
        }
    }

    /// A computed value.
    pub(crate) fn given(text: &str) -> Self {
        Self {
            text: Some(Cow::Owned(cut(text, LONGEST).to_owned())),
            ..Self::default()
        }
    }

    /// The value; `None`: absent.
    pub(crate) fn text(&self) -> Option<&str> {
        self.text.as_deref()
    }

    /// A named group of what an expression found.
    pub(crate) fn group(&self, index: usize) -> Option<&str> {
        self.groups.get(index)?.as_deref()
    }

    /// Bytes that are its own and no document's.
    pub(crate) fn weight(&self) -> usize {
        let text = match &self.text {
            Some(Cow::Owned(text)) => text.len(),
            Some(Cow::Borrowed(_)) | None => 0,
        };
        text + self.groups.iter().flatten().map(String::len).sum::<usize>()
    }
}

impl Way {
    fn reach(&self, tree: &Tree<'_>) -> Option<Reached<'_>> {
        match self {
            Self::Path(path) => Some(path.reach(tree)),
            Self::Own | Self::OwnName => None,
        }
    }
}

/// All values of the subjects of one document: their paths are followed once for all of them.
pub(crate) struct Valuation<'v> {
    derivations: &'v [(String, Derivation)],
    /// For each derivation and each of its ways, where the way leads; `None`: to the subject itself.
    reached: Vec<Vec<Option<Reached<'v>>>>,
}

impl<'v> Valuation<'v> {
    /// Follows the paths of these values through a document.
    pub(crate) fn of(derivations: &'v [(String, Derivation)], tree: &Tree<'_>) -> Self {
        let reached = derivations.iter().map(|(_, derivation)| match derivation {
            Derivation::Found(ways) => ways.iter().map(|way| way.reach(tree)).collect(),
            _ => Vec::new(),
        });
        Self {
            derivations,
            reached: reached.collect(),
        }
    }

    /// The values of a subject. `scene` is what is known besides.
    pub(crate) fn values<'s>(&self, tree: &Tree<'s>, subject: Spot<'s, '_>, scene: Scene<'_, 's>) -> Vec<Held<'s>> {
        let mut values: Vec<Held<'s>> = Vec::with_capacity(self.derivations.len());
        for ((_, derivation), reached) in self.derivations.iter().zip(&self.reached) {
            let value = match derivation {
                Derivation::Found(ways) => {
                    let mut found = ways
                        .iter()
                        .zip(reached)
                        .filter_map(|(way, reached)| match (way, reached) {
                            (_, Some(reached)) => reached.from(tree, subject.number).map(Held::at),
                            (Way::OwnName, None) => Some(Held::named(subject)),
                            (Way::Own | Way::Path(_), None) => Some(Held::at(subject)),
                        });
                    found.next().unwrap_or_default()
                }
                computed => compute(
                    computed,
                    Scene {
                        values: &values,
                        ..scene
                    },
                ),
            };
            values.push(value);
        }
        values
    }
}

fn compute<'s>(derivation: &Derivation, scene: Scene<'_, 's>) -> Held<'s> {
    let given = |template: &Template| match template.text(scene) {
        Text::Given(text) => Some(text.into_owned()),
        Text::Absent | Text::Lacks(_) => None,
    };
    match derivation {
        Derivation::Found(_) => Held::absent(),
        Derivation::First(templates) => {
            let mut texts = templates.iter().filter_map(given);
            let first = texts.find(|text| !text.trim().is_empty());
            first.map_or_else(Held::absent, |text| Held::given(&text))
        }
        Derivation::Lowercase(template) => {
            given(template).map_or_else(Held::absent, |text| Held::given(&text.to_lowercase()))
        }
        Derivation::Match(template, regex, groups) => {
            let text = given(template);
            let Some(found) = text.as_deref().and_then(|text| regex.captures(text)) else {
                return Held::absent();
            };
            let group = |name: &String| found.name(name).map(|group| group.as_str().to_owned());
            Held {
                groups: groups.iter().map(group).collect(),
                ..Held::given(found.get(0).map_or("", |whole| whole.as_str()))
            }
        }
    }
}
