//! Where a path leads: to a file, to another address, to another server.
//!
//! Comes in: a server and a virtual host; then a path, decoded, as the rewrite rules of the server left it. Goes out: a
//! [`Mapping`]. Never here: rewrite rules, which come before all this; whether a file is there.
//!
//! httpd asks, in this order, and takes the first answer:
//!
//! | | in a virtual host |
//! |---|---|
//! | `ProxyPass` of the `<Location>`s | the last one that applies |
//! | `ProxyPass`, `ProxyPassMatch` | the server's first |
//! | `Redirect` of the `<Location>`s without a path; `Redirect`, `RedirectMatch` | the host's first |
//! | `Alias` of the `<Location>`s without a path; `Alias`, `AliasMatch`, `ScriptAlias`, … | the host's first |
//! | `DocumentRoot` | the host's |
//!
//! `Redirect` with a path in `<Directory>`, `<Location>`, `<If>` comes after access control: [`Paths::redirect`].

mod alias;

use std::collections::BTreeMap;

use super::walk::{Applied, Kind};
use super::{Directive, Scope, Server, VirtualHost, section_path};
use crate::Place;
use crate::oracle::{Oracle, Undecided};
use alias::{Alias, Redirect};

/// Where a path leads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Mapping {
    /// To that file.
    File {
        /// Its name.
        name: Vec<u8>,
        /// What says so.
        place: Place,
    },
    /// The client is sent elsewhere, or away.
    Redirect {
        /// 301, 302, …; 410 and the like for what is gone.
        status: u16,
        /// Where to, as far as it is known: without the query, that of `Redirect` without a host begins with `/`.
        location: Vec<u8>,
        /// What says so.
        place: Place,
    },
    /// Another server is asked.
    Proxied {
        /// Its address, with the path.
        target: Vec<u8>,
        /// What says so.
        place: Place,
    },
    /// It cannot be told, and why.
    Unknown {
        /// The directive, or the server.
        place: Place,
        /// In a clause.
        why: String,
    },
}

/// The mappings of a server and a virtual host, ready.
#[derive(Debug)]
pub struct Paths<'s> {
    place: Place,
    proxies: Vec<Alias>,
    redirects: Vec<Redirect>,
    aliases: Vec<Alias>,
    /// Directives that map in ways that are not followed, with the beginning of the paths that they are about.
    others: Vec<(&'s Directive, &'static str)>,
    /// What stands in sections, by where the directive lies in memory: one that a macro wrote several times has one place.
    located_proxies: BTreeMap<usize, Alias>,
    located_redirects: BTreeMap<usize, Redirect>,
    document_root: Option<(Vec<u8>, Place)>,
    server_root: Vec<u8>,
}

impl<'s> Paths<'s> {
    /// The mappings of a server, and of one of its virtual hosts.
    pub fn of(server: &'s Server, host: Option<&'s VirtualHost>) -> Self {
        let main = &server.scope;
        let own: &[&Scope] = &host.map_or(vec![main], |host| vec![&host.scope, main]);
        let from_main: Vec<&'s Directive> = std::iter::once(main)
            .chain(host.map(|host| &host.scope))
            .flat_map(Scope::directives)
            .collect();
        let from_host: Vec<&'s Directive> = host
            .map(|host| &host.scope)
            .into_iter()
            .chain([main])
            .flat_map(Scope::directives)
            .collect();
        let last = |name: &str| {
            own.iter()
                .find_map(|scope| scope.directives().filter(|directive| directive.name == name).last())
        };
        let server_root = last("serverroot").and_then(|directive| directive.args.first());
        let server_root = server_root.map_or(Vec::new(), |path| path.as_bytes().to_vec());
        let document_root = last("documentroot").and_then(|directive| {
            let path = directive.args.first()?;
            Some((alias::absolute(path.as_bytes(), &server_root)?, directive.place))
        });
        let mut located_proxies = BTreeMap::new();
        let mut located_redirects = BTreeMap::new();
        for (section, directive) in in_sections(own) {
            let path = section_path(section);
            if let Some(proxy) = path.and_then(|path| Alias::of_located_proxy(directive, path)) {
                located_proxies.insert(address(directive), proxy);
            }
            if let Some(redirect) = Redirect::of(directive) {
                located_redirects.insert(address(directive), redirect);
            }
        }
        Self {
            place: server.place,
            located_proxies,
            located_redirects,
            proxies: from_main
                .iter()
                .filter_map(|directive| Alias::of_proxy(directive))
                .collect(),
            redirects: from_host
                .iter()
                .filter_map(|directive| Redirect::of(directive))
                .collect(),
            aliases: from_host.iter().filter_map(|directive| Alias::of(directive)).collect(),
            others: from_host
                .iter()
                .filter_map(|directive| Some((*directive, other(directive)?)))
                .collect(),
            document_root,
            server_root,
        }
    }

    /// Where a path leads; `applied` are the scopes that apply to the path ([`super::walk::Sections::of_path`], and its
    /// conditions).
    ///
    /// # Errors
    ///
    /// When it depends on an expression that is not followed exactly.
    pub fn map(&self, uri: &[u8], applied: &[Applied<'_>], oracle: &mut Oracle) -> Result<Mapping, Undecided> {
        if let Some(mapping) = self.proxied(uri, applied, oracle)? {
            return Ok(mapping);
        }
        if let Some(mapping) = self.located_redirect(applied) {
            return Ok(mapping);
        }
        for redirect in &self.redirects {
            if let Some(location) = redirect.location(uri, oracle)? {
                return Ok(redirect.mapping(location));
            }
        }
        self.file(uri, applied, oracle)
    }

    fn proxied(&self, uri: &[u8], applied: &[Applied<'_>], oracle: &mut Oracle) -> Result<Option<Mapping>, Undecided> {
        let own = last_in(applied, |directive| self.located_proxies.get(&address(directive)));
        for proxy in own.into_iter().chain(&self.proxies) {
            match proxy.leads(uri, oracle)? {
                None => {}
                Some(_) if proxy.is_exception() => return Ok(None),
                Some(target) => {
                    return Ok(Some(Mapping::Proxied {
                        target,
                        place: proxy.place,
                    }));
                }
            }
        }
        Ok(None)
    }

    fn file(&self, uri: &[u8], applied: &[Applied<'_>], oracle: &mut Oracle) -> Result<Mapping, Undecided> {
        let is_located = |directive: &Directive| {
            matches!(directive.name.as_str(), "alias" | "scriptalias") && directive.args.len() == 1
        };
        if let Some(directive) = last_in(applied, |directive| is_located(directive).then_some(directive)) {
            return Ok(self.located_file(directive));
        }
        for alias in &self.aliases {
            if let Some(name) = alias.leads(uri, oracle)? {
                return Ok(self.named(&name, alias.place));
            }
        }
        if let Some((directive, _)) = self
            .others
            .iter()
            .find(|(_, beginning)| uri.starts_with(beginning.as_bytes()))
        {
            return Ok(Mapping::Unknown {
                place: directive.place,
                why: format!("what `{}` makes of the path is not followed", directive.name),
            });
        }
        let Some((root, place)) = &self.document_root else {
            return Ok(Mapping::Unknown {
                place: self.place,
                why: "no `DocumentRoot` is set, and where the one is that httpd was built with is not known".to_owned(),
            });
        };
        let mut name = root.clone();
        name.push(b'/');
        name.extend_from_slice(uri);
        Ok(self.named(&name, *place))
    }

    fn located_file(&self, directive: &Directive) -> Mapping {
        let path = directive.args.first().map(String::as_str).unwrap_or_default();
        if path.contains('%') {
            return Mapping::Unknown {
                place: directive.place,
                why: format!("`{}` has an expression that is not followed", directive.name),
            };
        }
        self.named(path.as_bytes(), directive.place)
    }

    fn named(&self, name: &[u8], place: Place) -> Mapping {
        match alias::absolute(name, &self.server_root) {
            Some(name) => Mapping::File { name, place },
            None => Mapping::Unknown {
                place,
                why: "the file is named below the `ServerRoot`, which is not known".to_owned(),
            },
        }
    }

    /// What a `Redirect` of the scopes that apply to a file makes of a path, after access control.
    ///
    /// # Errors
    ///
    /// When it depends on an expression that is not followed exactly.
    pub fn redirect(
        &self,
        uri: &[u8],
        applied: &[Applied<'_>],
        oracle: &mut Oracle,
    ) -> Result<Option<Mapping>, Undecided> {
        if let Some(mapping) = self.located_redirect(applied) {
            return Ok(Some(mapping));
        }
        // The last scope's come first, those of one scope as they stand.
        for scope in applied.iter().rev().filter(|scope| scope.kind != Kind::Server) {
            for directive in scope.scope.directives() {
                let Some(redirect) = self.located_redirects.get(&address(directive)) else {
                    continue;
                };
                if let Some(location) = redirect.location(uri, oracle)? {
                    return Ok(Some(redirect.mapping(location)));
                }
            }
        }
        Ok(None)
    }

    /// A `Redirect` without a path of its own, in a section.
    fn located_redirect(&self, applied: &[Applied<'_>]) -> Option<Mapping> {
        let redirect = last_in(applied, |directive| {
            let redirect = self.located_redirects.get(&address(directive))?;
            redirect.is_about_everything().then_some(redirect)
        })?;
        Some(redirect.mapping(redirect.target.clone()))
    }
}

/// The last that `wanted` finds among the directives of the sections that apply.
fn last_in<'s, T>(applied: &[Applied<'s>], wanted: impl Fn(&'s Directive) -> Option<T>) -> Option<T> {
    let sections = applied.iter().rev().filter(|scope| scope.kind != Kind::Server);
    let mut found = sections.filter_map(|scope| scope.scope.directives().filter_map(&wanted).last());
    found.next()
}

/// The directives of all sections of these scopes, with how their section begins.
fn in_sections<'s>(scopes: &[&'s Scope]) -> Vec<(&'s Directive, &'s Directive)> {
    let mut found = Vec::new();
    let mut waiting: Vec<(&Directive, &Scope)> = scopes.iter().flat_map(|scope| scope.sections()).collect();
    while let Some((section, scope)) = waiting.pop() {
        found.extend(scope.directives().map(|directive| (section, directive)));
        waiting.extend(scope.sections());
    }
    found
}

fn address(directive: &Directive) -> usize {
    std::ptr::from_ref(directive).addr()
}

/// The beginning of the paths that a directive maps in a way that is not followed.
fn other(directive: &Directive) -> Option<&'static str> {
    match directive.name.as_str() {
        "userdir" => (!directive
            .args
            .first()
            .is_some_and(|arg| arg.eq_ignore_ascii_case("disabled")))
        .then_some("/~"),
        "virtualdocumentroot" | "virtualdocumentrootip" | "virtualscriptalias" | "virtualscriptaliasip" => (!directive
            .args
            .first()
            .is_some_and(|arg| arg.eq_ignore_ascii_case("none")))
        .then_some("/"),
        "serverpath" => Some("/"),
        _ => None,
    }
}
