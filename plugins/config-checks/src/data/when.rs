//! When a rule applies.
//!
//! Comes in: the conditions of a pack, a site, its facts. Goes out: yes, no, or the fact for want of which it cannot be
//! told; for the whole environment first, then for the document of a subject.

use casebook_plugin_configs::{Document, Interest, Site};

use super::condition::Truth;
use super::origin::{self, Origin, Shelf};
use super::scope::Part;
use super::source::Source;
use super::version::Range;
use crate::facts::Facts;
use crate::select::{Names, Tree};

/// When a rule applies.
#[derive(Debug, Clone, Default)]
pub(crate) struct When {
    /// Products, each with the fact that names it and the versions that are meant.
    pub(crate) products: Vec<Product>,
    /// Facts that must be known.
    pub(crate) facts: Vec<String>,
    /// Roles of which the server has one; none: any server.
    pub(crate) roles: Vec<String>,
    /// What must exist, or must not.
    pub(crate) presences: Vec<Presence>,
    /// What is said where a fact is not known.
    pub(crate) unknown: Option<String>,
}

/// A product in some versions.
#[derive(Debug, Clone)]
pub(crate) struct Product {
    pub(crate) name: String,
    /// Where the facts name its version.
    pub(crate) fact: String,
    pub(crate) versions: Range,
}

/// Something that must exist, or must not.
#[derive(Debug, Clone)]
pub(crate) struct Presence {
    pub(crate) source: Source,
    pub(crate) same: Vec<Part>,
    pub(crate) expected: bool,
}

/// When a rule applies, with what is the same for all documents of a site.
pub(crate) struct Applicability<'w, 's> {
    when: &'w When,
    facts: &'w Facts,
    /// Whether it applies to the environment.
    pub(crate) environment: Truth,
    /// Where the presences that belong to documents were found.
    found: Vec<(&'w Presence, Shelf<'s, usize>)>,
}

impl When {
    /// What the host must hand over.
    pub(crate) fn wants(&self) -> impl Iterator<Item = Interest> {
        let presences = self.presences.iter();
        presences.flat_map(|presence| presence.source.wants(Names::default()))
    }

    /// When the rule applies to a site.
    pub(crate) fn at<'w, 's>(&'w self, site: &'s Site, facts: &'w Facts) -> Applicability<'w, 's> {
        let products = self.products.iter().map(|product| match facts.version(&product.name) {
            Some(version) => Truth::of(product.versions.contains(version)),
            None => Truth::Unknown(Some(product.fact.clone())),
        });
        let known = self.facts.iter().map(|fact| match facts.knows(fact) {
            true => Truth::Yes,
            false => Truth::Unknown(Some(fact.clone())),
        });
        let mut environment = products.chain(known).fold(Truth::Yes, Truth::and);
        let mut found = Vec::new();
        for presence in &self.presences {
            let shelf = presence.search(site);
            if presence.same.is_empty() {
                let exists = !shelf.find(&[], &Vec::new(), &mut 0).is_empty();
                environment = environment.and(Truth::of(exists == presence.expected));
            } else {
                found.push((presence, shelf));
            }
        }
        Applicability {
            when: self,
            facts,
            environment,
            found,
        }
    }
}

impl Presence {
    fn search<'s>(&self, site: &'s Site) -> Shelf<'s, usize> {
        let mut shelf = Shelf::default();
        for (number, document) in self.source.documents(site).enumerate() {
            if !self.source.spots(&Tree::of(document)).is_empty() {
                shelf.add(Vec::new(), origin::of(document, &self.same), number);
                // Once is enough where all documents count alike.
                if self.same.is_empty() {
                    break;
                }
            }
        }
        shelf
    }
}

impl<'w, 's> Applicability<'w, 's> {
    /// Whether the rule applies to what stands in a document.
    pub(crate) fn to(&self, document: Document<'s>) -> Truth {
        let mut applies = self.environment.clone();
        if !self.when.roles.is_empty() {
            applies = applies.and(self.role(document));
        }
        for (presence, shelf) in &self.found {
            let origin: Origin<'s> = origin::of(document, &presence.same);
            let exists = !shelf.find(&[], &origin, &mut 0).is_empty();
            applies = applies.and(Truth::of(exists == presence.expected));
        }
        applies
    }

    fn role(&self, document: Document<'_>) -> Truth {
        let node = document.attribute("node").unwrap_or_default();
        let server = document.attribute("server").unwrap_or_default();
        let has = |role: &String| self.facts.server_has_role(node, server, role);
        let answers: Vec<Option<bool>> = self.when.roles.iter().map(has).collect();
        match answers.contains(&Some(true)) {
            true => Truth::Yes,
            false if answers.contains(&None) => Truth::Unknown(Some("hosts".to_owned())),
            false => Truth::No,
        }
    }
}
