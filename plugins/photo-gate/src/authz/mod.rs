//! Access control: `Require` and its containers, `Order`, `Allow`, `Deny`, `Satisfy`, logins as far as they matter.
//!
//! Comes in: a server and one of its virtual hosts, once; then requests, with the scopes that apply. Goes out: whether the request
//! is let in, or the status with which it is refused; what is tested of addresses.
//!
//! ```text
//!   directives of a scope ─► require: a tree of providers ─┐
//!                         └► compat: order, lists          ├─► merged over the scopes that apply ─► check
//!                         └► login: type and realm        ─┘
//! ```
//!
//! In 2.4 the tree decides, with what mod_access_compat decides beside it; in 2.2 the lists decide, and `Require` is about users. A
//! password is never known: who sends one is undecided, unless the answer is the same for all.

mod compat;
mod limit;
mod login;
mod merged;
mod provider;
mod require;

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use crate::Refusal;
use crate::conf::walk::Applied;
use crate::conf::{Item, Presence, Scope, Server, Version, VirtualHost};
use crate::decide::{Outcome, Transaction};
use crate::expr::AddressTests;
use crate::oracle::Undecided;
use compat::Lists;
use login::Login;
use merged::Merged;
use require::Requirements;

/// Access control of a server and one of its virtual hosts, ready.
#[derive(Debug)]
pub struct Access<'s> {
    version: Version,
    /// Whether mod_access_compat, or in 2.2 mod_authz_host, is there.
    has_lists: bool,
    /// By where the scope lies in memory: a section that a macro wrote several times has one place.
    scopes: BTreeMap<usize, Directives<'s>>,
    refusals: Vec<Refusal>,
}

/// What a scope says about access.
#[derive(Debug)]
struct Directives<'s> {
    requirements: Option<Requirements<'s>>,
    lists: Option<Lists<'s>>,
    login: Login,
}

impl<'s> Access<'s> {
    /// Makes ready what stands in a server, in one of its virtual hosts, and in all sections of both.
    pub fn of(server: &'s Server, host: Option<&'s VirtualHost>) -> Self {
        let version = server.version;
        let is_there = |module: &str| server.modules.presence(module, version) != Presence::Absent;
        let mut access = Self {
            version,
            has_lists: match version {
                Version::V24 => is_there("access_compat_module"),
                Version::V22 => true,
            },
            scopes: BTreeMap::new(),
            refusals: Vec::new(),
        };
        let scopes = std::iter::once(&server.scope).chain(host.map(|host| &host.scope));
        let mut waiting: Vec<&'s Scope> = scopes.collect();
        while let Some(scope) = waiting.pop() {
            access.read(scope, &is_there);
            waiting.extend(
                scope
                    .sections()
                    .filter(|(section, _)| !is_of_access(&section.name))
                    .map(|(_, scope)| scope),
            );
        }
        access.refusals.sort();
        access
    }

    fn read(&mut self, scope: &'s Scope, is_there: &dyn Fn(&str) -> bool) {
        let requirements = Requirements::of(scope, self.version, is_there, &mut self.refusals);
        let lists = Lists::of(scope, &mut self.refusals);
        if let Some(directive) = lists.as_ref().and_then(|lists| lists.first).filter(|_| !self.has_lists) {
            self.refusals.push(Refusal {
                place: directive.place,
                why: format!("`{}` without mod_access_compat", directive.name),
            });
        }
        let login = Login::of(scope);
        if requirements.is_some() || lists.is_some() || !login.is_empty() {
            let directives = Directives {
                requirements,
                lists,
                login,
            };
            self.scopes.insert(address(scope), directives);
        }
    }

    /// What httpd would not start with.
    pub fn refusals(&self) -> &[Refusal] {
        &self.refusals
    }

    /// What is tested of addresses.
    pub fn address_tests(&self) -> AddressTests {
        let mut found = AddressTests::default();
        for scope in self.scopes.values() {
            if let Some(requirements) = &scope.requirements {
                requirements.address_tests(&mut found);
            }
            if let Some(lists) = &scope.lists {
                lists.address_tests(&mut found);
            }
        }
        found
    }

    /// Whether a request is let in.
    ///
    /// # Errors
    ///
    /// When something that matters is not known.
    pub fn check(&self, applied: &[Applied<'s>], tx: &mut Transaction) -> Result<Outcome, Undecided> {
        if self.scopes.is_empty() {
            return Ok(Outcome::Ok);
        }
        let merged = Merged::of(applied, self.version, |scope| self.scopes.get(&address(scope)));
        merged.check(self.version, tx)
    }
}

/// Where a scope lies.
fn address(scope: &Scope) -> usize {
    std::ptr::from_ref(scope).addr()
}

/// Whether a section is read together with the scope that it stands in.
fn is_of_access(name: &str) -> bool {
    matches!(
        name,
        "limit" | "limitexcept" | "requireall" | "requireany" | "requirenone" | "requirenotall"
    )
}

/// The directives of a scope, with the `<Limit>`s around each.
fn limited<'s>(scope: &'s Scope) -> Vec<(&'s Item, limit::Limit<'s>)> {
    let mut found = Vec::new();
    for item in &scope.items {
        match item {
            Item::Section { directive, scope } if matches!(directive.name.as_str(), "limit" | "limitexcept") => {
                // They do not stand within each other: httpd refuses that.
                found.extend(scope.items.iter().map(|item| (item, limit::Limit::To(directive))));
            }
            item => found.push((item, limit::Limit::None)),
        }
    }
    found
}
