//! The gates of a site: what can turn away somebody who asks for a photo, by address, by cookie or by another header.
//!
//! Comes in: the web servers. Goes out: a [`Guard`] for each virtual host (and for what stands outside of all) that is about
//! photos: the rewrite rules and access rules that apply to a photo there, in the order in which httpd comes to them. Rules
//! about anything else are not in it. Never here: deciding requests, and what is right or wrong.

mod context;
mod flags;
mod photos;
mod rules;
mod subject;

#[cfg(test)]
mod tests;

pub(crate) use context::{Context, Reach};
pub(crate) use photos::{PHOTO, everything, is_photo};
pub(crate) use rules::{Condition, Kind as TestKind, Rewrites, Rule, quoted};

use super::facts::Facts;
use crate::conf::walk::{Applied, Existing, File, Kind, Sections};
use crate::conf::{Directive, Scope, Server, VirtualHost};
use crate::oracle::Oracle;
use crate::rewrite::Rewriting;
use crate::{Place, Refusal};

/// What applies to photos in a virtual host, or outside of all.
#[derive(Debug)]
pub(crate) struct Guard<'s> {
    /// The web server.
    pub(crate) server: &'s Server,
    /// The virtual host by its number; `None`: what stands outside of all.
    pub(crate) host: Option<usize>,
    /// The paths below which photos are asked for, the likeliest first.
    pub(crate) paths: Vec<String>,
    /// The file of a photo below the first path, if it is known.
    pub(crate) file: Option<String>,
    /// The rewriting of each scope that applies.
    pub(crate) contexts: Vec<Context<'s>>,
    /// The access rules of each scope that applies.
    pub(crate) access: Vec<Access<'s>>,
    /// The rules that are gates: the context's number, the rule's, and whether it lets past.
    found: Vec<(usize, usize, bool)>,
    /// Whether there are more than are looked at.
    pub(crate) has_more: bool,
}

/// The access rules of one scope.
#[derive(Debug)]
pub(crate) struct Access<'s> {
    /// `Require`, `Allow`, `Deny`, `Order`, `Satisfy`, in their order, at any depth.
    pub(crate) rules: Vec<&'s Directive>,
}

/// A rule that turns people away, or lets them past such a rule, by who they are.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Gate<'g, 's> {
    /// Where it stands.
    pub(crate) context: &'g Context<'s>,
    /// Its number there.
    pub(crate) index: usize,
    /// The rule.
    pub(crate) rule: &'g Rule<'s>,
    /// Whether it lets past; else it turns away.
    pub(crate) lets_past: bool,
}

/// Conditions of gates that are looked at in a host: 1,000. A gate has a few dozen.
const MOST_CONDITIONS: usize = 1_000;

/// The guards of all servers, in their order.
pub(crate) fn guards<'s>(servers: &[&'s Server], facts: &Facts) -> Vec<Guard<'s>> {
    let mut guards = Vec::new();
    for server in servers.iter().copied() {
        let outer = photos::paths(&server.scope, facts);
        if !outer.is_empty() {
            guards.push(Guard::at(server, None, outer.clone()));
        }
        for (number, host) in server.hosts.iter().enumerate() {
            let mut paths = photos::paths(&host.scope, facts);
            if paths.is_empty() {
                // Aliases of the server count in every host: one that leads to photos makes the host give them out.
                let leads = |path: &&String| {
                    let file = photos::file(server, Some(host), path);
                    *path != "/" && file.is_some_and(|file| file.to_ascii_lowercase().contains("photo"))
                };
                paths = outer.iter().filter(leads).cloned().collect();
            }
            if !paths.is_empty() {
                guards.push(Guard::at(server, Some(number), paths));
            }
        }
    }
    guards
}

impl<'s> Guard<'s> {
    /// What applies in a virtual host to photos below these paths.
    pub(crate) fn at(server: &'s Server, host: Option<usize>, paths: Vec<String>) -> Self {
        let virtual_host = host.and_then(|host| server.hosts.get(host));
        let file = paths.first().and_then(|path| photos::file(server, virtual_host, path));
        let mut guard = Self {
            server,
            host,
            file,
            paths,
            contexts: Vec::new(),
            access: Vec::new(),
            found: Vec::new(),
            has_more: false,
        };
        let rewriting = Rewriting::of(server, virtual_host);
        for applied in guard.applied(virtual_host) {
            guard.add(applied, rewriting.refusals());
        }
        guard.find();
        guard
    }

    fn find(&mut self) {
        let mut conditions = 0;
        for (number, context) in self.contexts.iter().enumerate() {
            for (index, lets_past) in context.gates() {
                let rule = context.rewrites.rules.get(index);
                conditions += rule.map_or(0, |rule| rule.conditions.len());
                self.has_more |= conditions > MOST_CONDITIONS;
                if !self.has_more {
                    self.found.push((number, index, lets_past));
                }
            }
        }
    }

    /// The scopes that apply to a photo. Outside of a host's own rules, those of the server are not its own.
    fn applied(&self, host: Option<&'s VirtualHost>) -> Vec<Applied<'s>> {
        let sections = Sections::of(self.server, host);
        let mut oracle = Oracle::default();
        let uri = self.uri();
        let all = match &self.file {
            Some(file) => {
                let file = File {
                    name: file.as_bytes(),
                    existing: Existing::File,
                };
                sections.of_file(uri.as_bytes(), file, &mut oracle)
            }
            None => sections.of_path(uri.as_bytes(), &mut oracle),
        };
        let all = all.unwrap_or_default();
        // The server's own scope comes first and the host's second.
        let own = usize::from(host.is_some());
        all.into_iter().skip(own).collect()
    }

    fn add(&mut self, applied: Applied<'s>, refusals: &[Refusal]) {
        let rewrites = Rewrites::of(applied.scope).refused(refusals);
        if rewrites.engine.is_some() || !rewrites.rules.is_empty() || !rewrites.left_over.is_empty() {
            let subjects = self.subjects(&applied);
            self.contexts.push(Context {
                kind: applied.kind,
                directive: applied.directive,
                rewrites,
                subjects,
            });
        }
        let is_access = |directive: &&Directive| {
            matches!(
                directive.name.as_str(),
                "require" | "allow" | "deny" | "order" | "satisfy" | "mutualfailure" | "authmerging"
            )
        };
        let rules: Vec<&Directive> = match applied.kind {
            Kind::Server => applied.scope.directives().filter(is_access).collect(),
            _ => everything(applied.scope).into_iter().filter(is_access).collect(),
        };
        if !rules.is_empty() {
            self.access.push(Access { rules });
        }
    }

    /// What patterns in that scope are held against when a photo is asked for.
    fn subjects(&self, applied: &Applied<'_>) -> Vec<String> {
        if applied.kind == Kind::Server {
            return self.paths.iter().map(|path| format!("{path}{PHOTO}")).collect();
        }
        let Some(file) = &self.file else {
            return vec![PHOTO.to_owned()];
        };
        let folder = match (applied.kind, applied.directory()) {
            (Kind::Directory, Some(folder)) => format!("{}/", folder.trim_end_matches('/')),
            _ => String::new(),
        };
        vec![file.strip_prefix(&folder).unwrap_or(file).to_owned()]
    }

    /// A photo's path, as it is asked for.
    pub(crate) fn uri(&self) -> String {
        format!("{}{PHOTO}", self.paths.first().map_or("/", String::as_str))
    }

    /// The virtual host.
    pub(crate) fn virtual_host(&self) -> Option<&'s VirtualHost> {
        self.host.and_then(|host| self.server.hosts.get(host))
    }

    /// The directives of its own scope and of sections in it.
    pub(crate) fn own_scope(&self) -> &'s Scope {
        self.virtual_host().map_or(&self.server.scope, |host| &host.scope)
    }

    /// Where it begins.
    pub(crate) fn place(&self) -> Place {
        self.virtual_host()
            .map_or(self.server.place, |host| host.directive.place)
    }

    /// What a finding calls it.
    pub(crate) fn name(&self) -> String {
        match self.virtual_host() {
            None => format!("main server ({})", self.server.file),
            Some(host) => {
                let address = host.directive.args.join(" ");
                if host.name.is_empty() {
                    format!("<VirtualHost {address}>")
                } else {
                    format!("{} (<VirtualHost {address}>)", host.name)
                }
            }
        }
    }

    /// The same at the beginning of a sentence.
    pub(crate) fn subject(&self) -> String {
        match self.host {
            None => format!("The {}", self.name()),
            Some(_) => self.name(),
        }
    }

    /// The rewrite rules that are gates, in order.
    pub(crate) fn gates(&self) -> Vec<Gate<'_, 's>> {
        let gate = |(number, index, lets_past): &(usize, usize, bool)| {
            let context = self.contexts.get(*number)?;
            Some(Gate {
                context,
                index: *index,
                rule: context.rewrites.rules.get(*index)?,
                lets_past: *lets_past,
            })
        };
        self.found.iter().filter_map(gate).collect()
    }

    /// Access rules that ask who it is: by address, by a variable that a header sets, by an expression.
    pub(crate) fn access_doors(&self) -> impl Iterator<Item = &'s Directive> {
        self.access
            .iter()
            .flat_map(|access| access.rules.iter().copied())
            .filter(|rule| asks_who(rule))
    }

    /// Whether somebody can be turned away at all.
    pub(crate) fn has_gate(&self) -> bool {
        !self.found.is_empty() || self.access_doors().next().is_some()
    }
}

/// Whether an access rule asks who it is.
fn asks_who(rule: &Directive) -> bool {
    let words: Vec<String> = rule.args.iter().map(|arg| arg.to_ascii_lowercase()).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    match (rule.name.as_str(), words.as_slice()) {
        ("require", ["not", rest @ ..] | rest) => {
            matches!(
                rest.first(),
                Some(&("ip" | "host" | "forward-dns" | "local" | "env" | "expr"))
            )
        }
        ("allow" | "deny", ["from", "all", ..]) => false,
        ("allow" | "deny", ["from", _, ..]) => true,
        _ => false,
    }
}

/// How a section begins, as it is written in documentation.
pub(crate) fn section(directive: &Directive) -> String {
    let name = match directive.name.as_str() {
        "virtualhost" => "VirtualHost",
        "directory" => "Directory",
        "directorymatch" => "DirectoryMatch",
        "location" => "Location",
        "locationmatch" => "LocationMatch",
        "files" => "Files",
        "filesmatch" => "FilesMatch",
        "requireall" => "RequireAll",
        other => other,
    };
    format!("<{name} {}>", directive.value)
}
