//! The `Require`s of one scope, as the tree that httpd makes of them.
//!
//! Comes in: the scope's directives and containers. Goes out: the tree, and what httpd refuses about it. Never here: other scopes.

use std::sync::Arc;

use super::limit::Limit;
use super::limited;
use super::login::User;
use super::provider::{Provider, Said, unknown_method};
use crate::conf::{Directive, Item, Scope, Version};
use crate::decide::Transaction;
use crate::expr::AddressTests;
use crate::oracle::Undecided;
use crate::trace::{Decider, Step, Verdict};
use crate::{Place, Refusal};

/// `Require` in containers within each other: 64, as far as sections are read at all.
const DEEPEST: usize = 64;

/// How the parts of a container count together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Join {
    All,
    Any,
}

/// `AuthMerging`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Merging {
    Off,
    With(Join),
}

/// What a scope says.
#[derive(Debug)]
pub(super) struct Requirements<'s> {
    pub(super) merging: Option<Merging>,
    pub(super) tree: Option<Arc<Node<'s>>>,
    /// `AuthzSendForbiddenOnFailure`
    pub(super) forbids: Option<bool>,
}

/// A part of the tree.
#[derive(Debug)]
pub(super) struct Node<'s> {
    negated: bool,
    kind: Kind<'s>,
}

#[derive(Debug)]
enum Kind<'s> {
    Provider {
        directive: &'s Directive,
        provider: Provider,
        limit: Limit<'s>,
    },
    Container {
        join: Join,
        parts: Vec<Arc<Node<'s>>>,
    },
}

/// What was seen while a tree was asked.
#[derive(Debug, Default)]
pub(super) struct Heard {
    deciders: Vec<Decider>,
}

impl<'s> Requirements<'s> {
    /// Reads a scope; `None`: it says nothing.
    pub(super) fn of(
        scope: &'s Scope,
        version: Version,
        is_there: &dyn Fn(&str) -> bool,
        refusals: &mut Vec<Refusal>,
    ) -> Option<Self> {
        let mut reading = Reading {
            version,
            is_there,
            refusals,
            merging: None,
            forbids: None,
        };
        let parts = reading.parts(limited(scope), Join::Any, 0);
        let (merging, forbids) = (reading.merging, reading.forbids);
        if parts.is_empty() && merging.is_none() && forbids.is_none() {
            return None;
        }
        if let Some(first) = parts.first().filter(|_| parts.iter().all(|part| part.negated)) {
            let why = "a section with nothing but negative requirements".to_owned();
            refusals.push(Refusal {
                place: first.place(),
                why,
            });
        }
        let tree = (!parts.is_empty()).then(|| Node::container(Join::Any, false, parts));
        Some(Self {
            merging,
            tree: tree.map(Arc::new),
            forbids,
        })
    }

    pub(super) fn address_tests(&self, found: &mut AddressTests) {
        let mut waiting: Vec<&Node<'_>> = self.tree.iter().map(AsRef::as_ref).collect();
        while let Some(node) = waiting.pop() {
            match &node.kind {
                Kind::Provider {
                    directive, provider, ..
                } => provider.address_tests(directive.place, found),
                Kind::Container { parts, .. } => waiting.extend(parts.iter().map(AsRef::as_ref)),
            }
        }
    }
}

struct Reading<'r> {
    version: Version,
    is_there: &'r dyn Fn(&str) -> bool,
    refusals: &'r mut Vec<Refusal>,
    merging: Option<Merging>,
    forbids: Option<bool>,
}

impl Reading<'_> {
    fn refuse(&mut self, directive: &Directive, why: impl Into<String>) {
        self.refusals.push(Refusal {
            place: directive.place,
            why: why.into(),
        });
    }

    /// The parts of a container; `join` is how they count together.
    fn parts<'s>(&mut self, items: Vec<(&'s Item, Limit<'s>)>, join: Join, depth: usize) -> Vec<Arc<Node<'s>>> {
        let mut parts: Vec<Arc<Node<'s>>> = Vec::new();
        for (item, limit) in items {
            let found = match item {
                Item::Directive(directive) => self.directive(directive, limit).into_iter().collect(),
                Item::Section { directive, scope } => self.container(directive, scope, limit, join, depth),
            };
            let negative = found.iter().find(|part| part.negated).map(|part| part.place());
            if let Some(place) = negative.filter(|_| join == Join::Any) {
                self.refusals.push(Refusal {
                    place,
                    why: "a negative requirement has no effect where one is enough".to_owned(),
                });
            }
            parts.extend(found);
        }
        parts
    }

    fn directive<'s>(&mut self, directive: &'s Directive, limit: Limit<'s>) -> Option<Arc<Node<'s>>> {
        let first = directive.args.first().map(String::as_str).unwrap_or_default();
        match directive.name.as_str() {
            "require" => return self.require(directive, limit),
            "authmerging" => match first.to_ascii_lowercase().as_str() {
                "off" => self.merging = Some(Merging::Off),
                "and" => self.merging = Some(Merging::With(Join::All)),
                "or" => self.merging = Some(Merging::With(Join::Any)),
                _ => self.refuse(directive, "`AuthMerging` is `Off`, `And` or `Or`"),
            },
            "authzsendforbiddenonfailure" => self.forbids = Some(first.eq_ignore_ascii_case("on")),
            _ => {}
        }
        None
    }

    fn require<'s>(&mut self, directive: &'s Directive, limit: Limit<'s>) -> Option<Arc<Node<'s>>> {
        let (mut words, mut rest) = (directive.args.as_slice(), directive.value.trim());
        let mut negated = false;
        if self.version == Version::V24 && words.first().is_some_and(|word| word.eq_ignore_ascii_case("not")) {
            negated = true;
            (words, rest) = (words.get(1..).unwrap_or_default(), behind_word(rest));
        }
        let Some((name, words)) = words.split_first() else {
            self.refuse(directive, "`Require` without what is required");
            return None;
        };
        let provider = match self.version {
            // There they are all about users.
            Version::V22 => Ok(Provider::User),
            Version::V24 => Provider::of(name, words, behind_word(rest), self.is_there),
        };
        match provider {
            Ok(provider) => {
                if let Some(method) = unknown_method(&provider) {
                    let why = format!("`{method}` is no method");
                    self.refuse(directive, why);
                }
                Some(Arc::new(Node {
                    negated,
                    kind: Kind::Provider {
                        directive,
                        provider,
                        limit,
                    },
                }))
            }
            Err(why) => {
                self.refuse(directive, why);
                None
            }
        }
    }

    /// What a container adds to the one around it: itself, or its parts where that is the same.
    fn container<'s>(
        &mut self,
        directive: &'s Directive,
        scope: &'s Scope,
        limit: Limit<'s>,
        around: Join,
        depth: usize,
    ) -> Vec<Arc<Node<'s>>> {
        let (join, negated) = match directive.name.as_str() {
            "requireall" => (Join::All, false),
            "requireany" => (Join::Any, false),
            "requirenone" => (Join::Any, true),
            _ => return Vec::new(),
        };
        if depth >= DEEPEST {
            self.refuse(directive, "requirements within each other too deeply");
            return Vec::new();
        }
        let items = scope.items.iter().map(|item| (item, limit)).collect();
        let parts = self.parts(items, join, depth + 1);
        if parts.is_empty() {
            self.refuse(directive, "a container without requirements");
            return Vec::new();
        }
        if !negated && join == around {
            return parts;
        }
        if parts.iter().all(|part| part.negated) {
            self.refuse(directive, "a container with nothing but negative requirements");
        }
        vec![Arc::new(Node::container(join, negated, parts))]
    }
}

/// What stands behind the first word.
fn behind_word(text: &str) -> &str {
    text.split_once(char::is_whitespace)
        .map_or("", |(_, rest)| rest.trim_start())
}

impl<'s> Node<'s> {
    pub(super) fn container(join: Join, negated: bool, parts: Vec<Arc<Node<'s>>>) -> Self {
        Self {
            negated,
            kind: Kind::Container { join, parts },
        }
    }

    /// Where it stands: of a container, its first requirement.
    pub(super) fn place(&self) -> Place {
        let mut node = self;
        loop {
            match &node.kind {
                Kind::Provider { directive, .. } => return directive.place,
                Kind::Container { parts, .. } => match parts.first() {
                    Some(part) => node = part,
                    None => return Place { document: 0, node: 0 },
                },
            }
        }
    }

    /// Whether anything in it is about requests of that method.
    pub(super) fn includes(&self, method: &[u8]) -> bool {
        match &self.kind {
            Kind::Provider { limit, .. } => limit.includes(method),
            Kind::Container { parts, .. } => parts.iter().any(|part| part.includes(method)),
        }
    }

    /// What it says of a request, standing in a container of that kind.
    pub(super) fn says(
        &self,
        around: Join,
        user: User,
        tx: &mut Transaction,
        heard: &mut Heard,
    ) -> Result<Said, Undecided> {
        if !self.includes(&tx.request.method) {
            return Ok(if around == Join::All {
                Said::Granted
            } else {
                Said::Neutral
            });
        }
        let said = match &self.kind {
            Kind::Provider {
                directive, provider, ..
            } => {
                let said = provider.says(directive, user, tx)?;
                heard.note(self.negated, directive, provider, said, tx);
                said
            }
            Kind::Container { join, parts } => joined(*join, parts, user, tx, heard)?,
        };
        Ok(match said {
            Said::Granted if self.negated => Said::Denied,
            Said::Denied | Said::DeniedWithoutUser if self.negated => Said::Neutral,
            said => said,
        })
    }
}

/// What the parts of a container say together.
fn joined(
    join: Join,
    parts: &[Arc<Node<'_>>],
    user: User,
    tx: &mut Transaction,
    heard: &mut Heard,
) -> Result<Said, Undecided> {
    let mut said = Said::Neutral;
    for part in parts {
        let one = part.says(join, user, tx, heard)?;
        match (join, one) {
            (_, Said::Broken) => return Ok(Said::Broken),
            (_, Said::Neutral) => {}
            (Join::All, Said::Denied) | (Join::Any, Said::Granted) => return Ok(one),
            (Join::All, Said::DeniedWithoutUser) if said != Said::Denied => said = one,
            (Join::Any, Said::DeniedWithoutUser) if said == Said::Denied => said = one,
            (_, one) if said == Said::Neutral => said = one,
            _ => {}
        }
    }
    Ok(said)
}

impl Heard {
    fn note(&mut self, negated: bool, directive: &Directive, provider: &Provider, said: Said, tx: &mut Transaction) {
        let client = tx.client;
        tx.trace.step(|| Step {
            place: directive.place,
            text: format!("Require {}", directive.value),
            value: match provider {
                Provider::Ip(_) | Provider::Local | Provider::Host => client.to_canonical().to_string().into_bytes(),
                _ => Vec::new(),
            },
            verdict: if (said == Said::Granted) == negated {
                Verdict::Failed
            } else {
                Verdict::Held
            },
            note: match (said, negated) {
                (Said::Granted, false) => "grants access",
                (Said::Granted, true) => "refuses access",
                (Said::Denied, false) => "does not grant access",
                (Said::Denied | Said::DeniedWithoutUser, true) => "does not refuse access",
                (Said::DeniedWithoutUser, false) => "would have to know the user",
                (Said::Neutral, _) => "says nothing",
                (Said::Broken, _) => "cannot be evaluated: httpd answers 500",
            }
            .to_owned(),
        });
        let admitted = match (said, negated) {
            (Said::Granted, negated) => !negated,
            (Said::Denied | Said::DeniedWithoutUser, false) => false,
            _ => return,
        };
        self.deciders
            .extend(provider.subjects().into_iter().map(|subject| Decider {
                place: directive.place,
                subject,
                admitted,
            }));
    }

    /// Those that decided for or against.
    pub(super) fn decided(self, admitted: bool, tx: &mut Transaction) {
        let fitting = self.deciders.into_iter().filter(|decider| decider.admitted == admitted);
        tx.trace.deciders.extend(fitting);
    }
}
