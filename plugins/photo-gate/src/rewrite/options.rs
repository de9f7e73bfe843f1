//! Whether `Options` lets a folder have rules: with `FollowSymLinks` or `SymLinksIfOwnerMatch` alone.
//!
//! Comes in: the scopes of a server, once; then those that apply. Goes out: yes or no. Without any `Options` links are followed.

use std::collections::BTreeMap;

use super::address;
use super::read::directives;
use crate::conf::walk::{Applied, Kind};
use crate::conf::{Directive, Scope};

/// The two options that matter, as bits.
const LINKS: u8 = 1;
const OWNER: u8 = 2;

/// What the `Options` of a scope say.
#[derive(Debug, Clone, Copy, Default)]
struct Said {
    /// What is set outright; `None`: all have a sign.
    set: Option<u8>,
    add: u8,
    remove: u8,
}

/// What all scopes say.
#[derive(Debug, Default)]
pub(super) struct Allowed {
    /// That of the server, with the host's.
    servers: State,
    sections: BTreeMap<usize, Said>,
}

/// What is in force.
#[derive(Debug, Clone, Copy)]
struct State {
    on: u8,
    add: u8,
    remove: u8,
}

impl Default for State {
    fn default() -> Self {
        Self {
            on: LINKS,
            add: 0,
            remove: 0,
        }
    }
}

impl Allowed {
    /// Reads the scopes of a server and of its host.
    pub(super) fn servers(&mut self, scopes: &[&Scope]) {
        for scope in scopes {
            if let Some(said) = said(scope) {
                self.servers.merge(said);
            }
        }
    }

    /// Reads a section.
    pub(super) fn section(&mut self, scope: &Scope) {
        if let Some(said) = said(scope) {
            self.sections.insert(address(scope), said);
        }
    }

    /// Whether links are followed where these sections apply.
    pub(super) fn follows_links(&self, applied: &[Applied<'_>]) -> bool {
        let mut state = self.servers;
        for section in applied.iter().filter(|section| section.kind != Kind::Server) {
            if let Some(said) = self.sections.get(&address(section.scope)) {
                state.merge(*said);
            }
        }
        state.on != 0
    }
}

impl State {
    fn merge(&mut self, said: Said) {
        match said.set {
            Some(set) => (self.on, self.add, self.remove) = (set, said.add, said.remove),
            None => {
                self.add = self.add & !said.remove | said.add;
                self.remove = self.remove & !said.add | said.remove;
                self.on = self.on & !self.remove | self.add;
            }
        }
    }
}

fn said(scope: &Scope) -> Option<Said> {
    let mut said = None;
    for directive in directives(scope) {
        if directive.name == "options" {
            take(said.get_or_insert_with(Said::default), directive);
        }
    }
    said
}

fn take(said: &mut Said, directive: &Directive) {
    for (word, number) in directive.args.iter().zip(0..) {
        let (sign, name) = match word.as_bytes() {
            [sign @ (b'+' | b'-'), ..] => (Some(*sign), word.get(1..).unwrap_or_default()),
            _ => (None, word.as_str()),
        };
        let bits = match name.to_ascii_lowercase().as_str() {
            "followsymlinks" | "all" => LINKS,
            "symlinksifownermatch" => OWNER,
            _ => 0,
        };
        match sign {
            Some(b'+') => {
                said.add |= bits;
                said.remove &= !bits;
                said.set = said.set.map(|set| set | bits);
            }
            Some(_) => {
                said.remove |= bits;
                said.add &= !bits;
                said.set = said.set.map(|set| set & !bits);
            }
            None if number == 0 => said.set = Some(bits),
            None => said.set = said.set.map(|set| set | bits),
        }
    }
}
