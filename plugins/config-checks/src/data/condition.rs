//! Conditions: what must hold of values.
//!
//! An answer is yes, no, or that it cannot be told: because a value is absent, which means the product's default and not
//! an empty text, or because a fact is not known. What is absent is asked for by `present`, `missing` and `absent`, which
//! can always be told.

use std::cmp::Ordering;

use regex_lite::Regex;

use super::template::{Scene, Template, Text};
use super::version;

/// A condition.
#[derive(Debug, Clone)]
pub(crate) enum Condition {
    /// It is there and not empty.
    Present(Template),
    Absent(Template),
    Compare(Template, Relation, Template),
    Matches(Template, Regex),
    OneOf(Template, Vec<Template>),
    All(Vec<Condition>),
    Any(Vec<Condition>),
    Not(Box<Condition>),
}

/// How two texts are compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Relation {
    Equal,
    Contains,
    /// As versions.
    Below,
}

/// Whether a condition holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Truth {
    Yes,
    No,
    /// It cannot be told, for want of a value or of this fact.
    Unknown(Option<String>),
}

impl Truth {
    pub(crate) fn of(holds: bool) -> Self {
        if holds { Self::Yes } else { Self::No }
    }

    /// Both hold. What cannot be told for want of a fact is said before what cannot be told at all.
    pub(crate) fn and(self, other: Self) -> Self {
        match (self, other) {
            (Self::No, _) | (_, Self::No) => Self::No,
            (Self::Yes, answer) | (answer, Self::Yes) => answer,
            (Self::Unknown(one), Self::Unknown(two)) => Self::Unknown(one.or(two)),
        }
    }

    pub(crate) fn not(self) -> Self {
        match self {
            Self::Yes => Self::No,
            Self::No => Self::Yes,
            unknown @ Self::Unknown(_) => unknown,
        }
    }

    fn or(self, other: Self) -> Self {
        self.not().and(other.not()).not()
    }
}

/// Whether all conditions hold.
pub(crate) fn all(conditions: &[Condition], scene: Scene<'_, '_>) -> Truth {
    let answers = conditions.iter().map(|condition| condition.holds(scene));
    answers.fold(Truth::Yes, Truth::and)
}

impl Condition {
    /// The texts that are equal wherever it holds.
    pub(crate) fn equals(&self) -> Vec<(&Template, &Template)> {
        match self {
            Self::Compare(one, Relation::Equal, other) => vec![(one, other)],
            Self::All(several) => several.iter().flat_map(Self::equals).collect(),
            _ => Vec::new(),
        }
    }

    /// Whether it holds. Recurs as deep as JSON texts may.
    pub(crate) fn holds(&self, scene: Scene<'_, '_>) -> Truth {
        match self {
            Self::Present(template) => Truth::of(match template.text(scene) {
                Text::Given(text) => !text.trim().is_empty(),
                Text::Absent | Text::Lacks(_) => false,
            }),
            Self::Absent(template) => Truth::of(!matches!(template.text(scene), Text::Given(_))),
            Self::Compare(one, relation, other) => compare(one, *relation, other, scene),
            Self::Matches(template, regex) => told(template, scene, |text| regex.is_match(text)),
            Self::OneOf(template, several) => {
                let equal = |other| compare(template, Relation::Equal, other, scene);
                several.iter().map(equal).fold(Truth::No, Truth::or)
            }
            Self::All(several) => all(several, scene),
            Self::Any(several) => {
                let answers = several.iter().map(|condition| condition.holds(scene));
                answers.fold(Truth::No, Truth::or)
            }
            Self::Not(inner) => inner.holds(scene).not(),
        }
    }
}

fn told(template: &Template, scene: Scene<'_, '_>, holds: impl Fn(&str) -> bool) -> Truth {
    match template.text(scene) {
        Text::Given(text) => Truth::of(holds(&text)),
        Text::Absent => Truth::Unknown(None),
        Text::Lacks(fact) => Truth::Unknown(Some(fact)),
    }
}

fn compare(one: &Template, relation: Relation, other: &Template, scene: Scene<'_, '_>) -> Truth {
    match (one.text(scene), other.text(scene)) {
        (Text::Given(one), Text::Given(other)) => Truth::of(match relation {
            Relation::Equal => one == other,
            Relation::Contains => one.contains(other.as_ref()),
            Relation::Below => version::compare(&one, &other) == Ordering::Less,
        }),
        // Where a value is absent no fact would help.
        (Text::Absent, _) | (_, Text::Absent) => Truth::Unknown(None),
        (Text::Lacks(fact), _) | (_, Text::Lacks(fact)) => Truth::Unknown(Some(fact)),
    }
}
