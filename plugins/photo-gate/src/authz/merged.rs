//! What the scopes that apply to a request make of each other, and whether it is let in.

use std::sync::Arc;

use super::Directives;
use super::compat::Lists;
use super::login::{Login, User};
use super::provider::Said;
use super::require::{Heard, Join, Merging, Node, Requirements};
use crate::Place;
use crate::conf::walk::{Applied, merged_together};
use crate::conf::{Scope, Version};
use crate::decide::{Outcome, Transaction};
use crate::oracle::Undecided;

/// What counts.
#[derive(Debug, Default)]
pub(super) struct Merged<'a, 's> {
    required: Option<Required<'s>>,
    /// The lists of the last scope that has any.
    lists: Option<&'a Lists<'s>>,
    /// `Satisfy` of 2.2, which is kept apart from the lists.
    satisfies_any: Option<bool>,
    login: Login,
}

/// `Require` and what belongs to it, of one or of several scopes.
#[derive(Debug, Clone)]
struct Required<'s> {
    merging: Option<Merging>,
    tree: Option<Arc<Node<'s>>>,
    forbids: Option<bool>,
}

impl<'s> Required<'s> {
    fn of(requirements: &Requirements<'s>) -> Self {
        Self {
            merging: requirements.merging,
            tree: requirements.tree.clone(),
            forbids: requirements.forbids,
        }
    }

    fn merged(self, over: Self) -> Self {
        let forbids = over.forbids.or(self.forbids);
        let kept = match over.merging {
            None if over.tree.is_none() && self.tree.is_some() => Self { forbids, ..self },
            Some(Merging::With(join)) => Self {
                merging: over.merging,
                tree: match (self.tree, over.tree) {
                    (Some(before), Some(own)) => Some(Arc::new(Node::container(join, false, vec![before, own]))),
                    (before, own) => own.or(before),
                },
                forbids,
            },
            None | Some(Merging::Off) => over,
        };
        Self { forbids, ..kept }
    }
}

impl<'a, 's> Merged<'a, 's> {
    /// Merges the scopes that apply.
    pub(super) fn of(
        applied: &[Applied<'s>],
        version: Version,
        find: impl Fn(&Scope) -> Option<&'a Directives<'s>>,
    ) -> Self {
        let mut merged = Self::default();
        for group in merged_together(applied) {
            let mut required: Option<Required<'s>> = None;
            for scope in group.iter().filter_map(|applied| find(applied.scope)) {
                if let Some(own) = &scope.requirements {
                    required = Some(join(required, Required::of(own), version));
                }
                if let Some(lists) = scope
                    .lists
                    .as_ref()
                    .filter(|lists| version == Version::V24 || lists.has_lists())
                {
                    merged.lists = Some(lists);
                }
                if let Some(any) = scope.lists.as_ref().and_then(|lists| lists.satisfies_any(b"GET")) {
                    merged.satisfies_any = Some(any);
                }
                merged.login = merged.login.merged(&scope.login);
            }
            if let Some(own) = required {
                merged.required = Some(join(merged.required.take(), own, version));
            }
        }
        merged
    }

    /// Whether the request is let in.
    pub(super) fn check(&self, version: Version, tx: &mut Transaction) -> Result<Outcome, Undecided> {
        self.login.not_followed()?;
        let any = match version {
            Version::V24 => self.lists.and_then(|lists| lists.satisfies_any(&tx.request.method)),
            Version::V22 => self.satisfies_any,
        };
        let passes = match self.lists {
            Some(lists) => lists.passes(tx)?,
            None => true,
        };
        match (any == Some(true), version) {
            (false, _) if !passes => Ok(answer(403)),
            (true, Version::V24) if passes => Ok(Outcome::Ok),
            (true, Version::V22) if passes => Ok(Outcome::Ok),
            (true, Version::V22) if self.requirement(tx).is_none() => Ok(answer(403)),
            (_, Version::V24) => self.authorized(tx),
            (_, Version::V22) => self.logged_in(tx),
        }
    }

    fn requirement(&self, tx: &Transaction) -> Option<&Arc<Node<'s>>> {
        let tree = self.required.as_ref()?.tree.as_ref()?;
        tree.includes(&tx.request.method).then_some(tree)
    }

    fn authorized(&self, tx: &mut Transaction) -> Result<Outcome, Undecided> {
        let Some(tree) = self.required.as_ref().and_then(|required| required.tree.as_ref()) else {
            return Ok(if self.login.asks() { answer(500) } else { Outcome::Ok });
        };
        let mut heard = Heard::default();
        let said = tree.says(Join::All, User::Nobody, tx, &mut heard)?;
        heard.decided(said == Said::Granted, tx);
        Ok(match said {
            Said::Granted => Outcome::Ok,
            Said::Denied | Said::Neutral => answer(403),
            Said::Broken => answer(500),
            Said::DeniedWithoutUser => answer(self.login.required(self.place(), tx)?),
        })
    }

    /// 2.2: who must log in.
    fn logged_in(&self, tx: &mut Transaction) -> Result<Outcome, Undecided> {
        if self.requirement(tx).is_none() {
            return Ok(Outcome::Ok);
        }
        Ok(answer(self.login.required(self.place(), tx)?))
    }

    fn place(&self) -> Place {
        let tree = self.required.as_ref().and_then(|required| required.tree.as_ref());
        tree.map_or(Place { document: 0, node: 0 }, |tree| tree.place())
    }
}

fn join<'s>(before: Option<Required<'s>>, own: Required<'s>, version: Version) -> Required<'s> {
    match before {
        Some(before) if version == Version::V24 => before.merged(own),
        // 2.2 has no way to join them.
        Some(before) if own.tree.is_none() => before,
        _ => own,
    }
}

fn answer(status: u16) -> Outcome {
    Outcome::Answer {
        status,
        location: Vec::new(),
    }
}
