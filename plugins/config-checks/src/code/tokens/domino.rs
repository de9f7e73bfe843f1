//! Which tokens Domino accepts, and what it calls them.
//!
//! Comes in: Web SSO documents of the directory, and what `environment.toml` says. Goes out: a [`Configuration`] for each
//! document. Never here: keys and secrets, of which no value is looked at.
//!
//! The field "Token Format" has no item name that is known for sure. So every item is looked through for a value that
//! consists of the names of tokens and nothing else: `LtpaToken`, `LtpaToken2`, `LtpaToken and LtpaToken2`. Items that
//! name a configuration or a cookie, and those that hold keys, are left out: a name may be `LtpaToken` whatever the format
//! is. Where two items disagree, nothing is known.

use std::collections::{BTreeMap, BTreeSet};

use casebook_plugin_configs::{Node, Site};

use crate::code::directory::{self, Item, Note, form};

/// The tokens that are accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Accepted {
    /// Only the older form.
    One,
    /// Only the newer form.
    Two,
    /// Both.
    Both,
}

/// A Web SSO configuration.
#[derive(Default)]
pub(super) struct Configuration<'s> {
    /// The name of its tokens, which is also its own.
    pub(super) name: &'s str,
    /// Where the name stands.
    pub(super) name_place: Option<Node<'s>>,
    /// The domain of its cookies; empty where it is not known.
    pub(super) domain: &'s str,
    /// What it accepts, and where that is said; none where it is not known.
    pub(super) accepted: Option<(Accepted, Option<Node<'s>>)>,
    /// Where the document begins; none where only `environment.toml` knows of it.
    pub(super) place: Option<Node<'s>>,
}

/// All configurations. A document that was exported twice is one, if the exports do not contradict each other.
pub(super) fn configurations<'s>(site: &'s Site, told: &[String]) -> Vec<Configuration<'s>> {
    let mut all: BTreeMap<(&str, &str, Option<Accepted>), Configuration<'s>> = BTreeMap::new();
    for found in directory::notes(site).filter(is_configuration).map(read) {
        let accepted = found.accepted.map(|(accepted, _)| accepted);
        all.entry((found.name, found.domain, accepted)).or_insert(found);
    }
    let told = accepted(told.iter().map(String::as_str)).map(|told| (told, None));
    let known = |(name, domain, _): &(&str, &str, Option<Accepted>)| {
        let choices = [Accepted::One, Accepted::Two, Accepted::Both];
        choices
            .iter()
            .any(|choice| all.contains_key(&(*name, *domain, Some(*choice))))
    };
    // An export that does not show the format adds nothing to one that does.
    let silent: BTreeSet<_> = all
        .keys()
        .filter(|key| key.2.is_none() && known(key))
        .copied()
        .collect();
    all.retain(|key, _| !silent.contains(key));
    let mut all: Vec<Configuration<'s>> = all.into_values().collect();
    if all.is_empty() && told.is_some() {
        all.push(Configuration::default());
    }
    for configuration in &mut all {
        configuration.accepted = configuration.accepted.or(told);
    }
    all
}

fn is_configuration(note: &Note<'_>) -> bool {
    note.form().eq_ignore_ascii_case(form::WEB_SSO) || note.item("LTPA_TokenName").is_some()
}

fn read(note: Note<'_>) -> Configuration<'_> {
    Configuration {
        name: note.text("LTPA_TokenName"),
        name_place: note.item("LTPA_TokenName").map(Item::place),
        domain: note.text("LTPA_TokenDomain"),
        accepted: chosen(note),
        place: Some(note.place()),
    }
}

/// What the items of a note say, if they agree.
fn chosen(note: Note<'_>) -> Option<(Accepted, Option<Node<'_>>)> {
    let mut said = note
        .items()
        .filter(|item| may_hold_the_format(item.name()))
        .filter_map(|item| Some((accepted(item.values())?, Some(item.place()))));
    let first = said.next()?;
    said.all(|(accepted, _)| accepted == first.0).then_some(first)
}

fn may_hold_the_format(item: &str) -> bool {
    let item = item.to_lowercase();
    let other = ["name", "cookie", "secret", "key", "password", "subject", "title"];
    !item.starts_with('$') && item != "form" && !other.iter().any(|part| item.contains(part))
}

/// The tokens that are named, if nothing else is.
pub(super) fn accepted<'v>(values: impl IntoIterator<Item = &'v str>) -> Option<Accepted> {
    let (mut one, mut two) = (false, false);
    let words = values
        .into_iter()
        .flat_map(|value| value.split([' ', ',', ';', '+', '&']));
    for word in words.filter(|word| !word.is_empty()) {
        match word.to_ascii_lowercase().as_str() {
            "ltpatoken" => one = true,
            "ltpatoken2" => two = true,
            "and" | "only" => {}
            _ => return None,
        }
    }
    match (one, two) {
        (true, true) => Some(Accepted::Both),
        (true, false) => Some(Accepted::One),
        (false, true) => Some(Accepted::Two),
        (false, false) => None,
    }
}

impl Configuration<'_> {
    /// How findings call it.
    pub(super) fn label(&self) -> String {
        match (self.name, self.domain) {
            ("", "") => "Web SSO configuration".to_owned(),
            ("", domain) => format!("Web SSO configuration for {domain}"),
            (name, "") => format!("Web SSO configuration {name}"),
            (name, domain) => format!("Web SSO configuration {name} for {domain}"),
        }
    }
}

impl Accepted {
    /// The tokens, in words.
    pub(super) fn words(self) -> &'static str {
        match self {
            Self::One => "LtpaToken",
            Self::Two => "LtpaToken2",
            Self::Both => "LtpaToken and LtpaToken2",
        }
    }
}
