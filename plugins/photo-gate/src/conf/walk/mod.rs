//! Which sections apply to a request, in the order in which httpd merges them.
//!
//! Comes in: a server and a virtual host; then a path, and the file that it was mapped to. Goes out: scopes, the later ones
//! having the last word. Never here: what merging means for a directive; mapping a path to a file.
//!
//! ```text
//!   1  the server itself              4  <Files>, <FilesMatch>: the server's, the host's, those of 3, as they stand
//!   2  the virtual host               5  <Location>, <LocationMatch>: the server's, then the host's, as they stand
//!   3  <Directory>: by depth, the     6  <If>, <ElseIf>, <Else> in all of these, in that order; then those within them
//!      server's first, then           
//!      <DirectoryMatch>               For a proxied request <Proxy>, as they stand, takes the place of 3 and 4.
//! ```
//!
//! What is known of the file is its name. The folders above it are taken as there. A `<Directory>` that names the file
//! itself applies if that is a folder, and, as long as httpd follows links, if it is a file that is there: a question for
//! the oracle. A `.htaccess` may add to all this wherever
//! `AllowOverride` lets it: [`Sections::htaccess`] says so.
//!
//! Expressions and patterns are made ready once, in [`Sections::of`].

mod condition;
mod htaccess;
mod matcher;
mod merging;

#[cfg(test)]
mod tests;

pub use condition::{Condition, conditions, with_conditions};
pub use htaccess::Htaccess;
pub use merging::merged_together;

use super::{Directive, Scope, Server, Version, VirtualHost};
use crate::oracle::{Oracle, Undecided};
use matcher::{Matcher, Platform};

/// What kind of section a scope is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// What stands outside of all sections, of the server or a virtual host.
    Server,
    /// `<Directory>`.
    Directory,
    /// `<DirectoryMatch>` and `<Directory ~>`.
    DirectoryMatch,
    /// `<Files>` and its kind.
    Files,
    /// `<Location>`.
    Location,
    /// `<LocationMatch>` and `<Location ~>`.
    LocationMatch,
    /// `<Proxy>` and its kind.
    Proxy,
    /// `<If>` and its kind.
    If,
}

/// A scope that applies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Applied<'s> {
    /// What kind.
    pub kind: Kind,
    /// How the section begins; the server's own scope has no beginning.
    pub directive: Option<&'s Directive>,
    /// What stands in it. Sections in it that are not of this list's kinds (`<Limit>`, `<RequireAll>`) are the reader's.
    pub scope: &'s Scope,
}

impl<'s> Applied<'s> {
    /// What httpd takes for the section's folder: its path, or expression, as written. `<Directory>` alone has a real one.
    pub fn directory(&self) -> Option<&'s str> {
        super::section_path(self.directive?)
    }
}

/// A section that may apply.
#[derive(Debug)]
struct Section<'s> {
    applied: Applied<'s>,
    matcher: Matcher,
}

/// The sections of a server and a virtual host, ready.
#[derive(Debug)]
pub struct Sections<'s> {
    /// The server's scope, then the host's.
    servers: Vec<Applied<'s>>,
    version: Version,
    /// In the order in which they are merged.
    directories: Vec<Section<'s>>,
    locations: Vec<Section<'s>>,
    proxies: Vec<Section<'s>>,
    /// By the scope that they stand in: 0 and 1 the server's and the host's, then those of `directories`.
    files: Vec<Vec<Section<'s>>>,
}

/// A mapped file.
#[derive(Debug, Clone, Copy)]
pub struct File<'f> {
    /// Its name.
    pub name: &'f [u8],
    /// What is there.
    pub existing: Existing,
}

/// What is there under the name of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Existing {
    /// A file.
    File,
    /// A folder.
    Folder,
    /// Nothing.
    Nothing,
    /// It is not known.
    Unknown,
}

impl<'s> Sections<'s> {
    /// The sections of a server, and of one of its virtual hosts.
    pub fn of(server: &'s Server, host: Option<&'s VirtualHost>) -> Self {
        let platform = Platform::of(server, host);
        let scopes: Vec<&Scope> = std::iter::once(&server.scope)
            .chain(host.map(|host| &host.scope))
            .collect();
        let all = |names: &[&str]| -> Vec<Section<'s>> {
            let sections = scopes.iter().flat_map(|scope| scope.sections());
            let named = sections.filter(|(directive, _)| names.contains(&directive.name.as_str()));
            named
                .filter_map(|(directive, scope)| Section::of(directive, scope, platform))
                .collect()
        };
        let mut directories = all(&["directory", "directorymatch"]);
        // Stable: those of one depth stay in their order.
        directories.sort_by_key(|section| section.matcher.depth());
        let of_files = |scope: &'s Scope| -> Vec<Section<'s>> {
            let sections = scope
                .sections()
                .filter(|(directive, _)| matches!(directive.name.as_str(), "files" | "filesmatch"));
            sections
                .filter_map(|(directive, scope)| Section::of(directive, scope, platform))
                .collect()
        };
        let mut files: Vec<Vec<Section<'s>>> = scopes.iter().map(|scope| of_files(scope)).collect();
        files.resize_with(2, Vec::new);
        files.extend(directories.iter().map(|section| of_files(section.applied.scope)));
        let servers = scopes
            .iter()
            .zip(std::iter::once(None).chain(host.map(|host| Some(&host.directive))));
        Self {
            servers: servers
                .map(|(scope, directive)| Applied {
                    kind: Kind::Server,
                    directive,
                    scope,
                })
                .collect(),
            version: server.version,
            locations: all(&["location", "locationmatch"]),
            proxies: all(&["proxy", "proxymatch"]),
            directories,
            files,
        }
    }

    /// What applies before the path is mapped: the server, the host and the locations.
    ///
    /// # Errors
    ///
    /// When there are too many questions.
    pub fn of_path(&self, uri: &[u8], oracle: &mut Oracle) -> Result<Vec<Applied<'s>>, Undecided> {
        let mut applied = self.servers.clone();
        self.located(uri, oracle, &mut applied)?;
        Ok(applied)
    }

    /// What applies to a path that was mapped to a file.
    ///
    /// # Errors
    ///
    /// When there are too many questions.
    pub fn of_file(&self, uri: &[u8], file: File<'_>, oracle: &mut Oracle) -> Result<Vec<Applied<'s>>, Undecided> {
        let mut applied = self.servers.clone();
        let mut files: Vec<&Section<'s>> = self.files.iter().take(2).flatten().collect();
        for (section, files_in_it) in self.directories.iter().zip(self.files.iter().skip(2)) {
            if section.matcher.holds_folder(file, oracle)? {
                applied.push(section.applied);
                files.extend(files_in_it);
            }
        }
        let name = file.name.rsplit(|byte| *byte == b'/').next().unwrap_or_default();
        for section in files {
            if section.matcher.is_file(name, oracle)? {
                applied.push(section.applied);
            }
        }
        self.located(uri, oracle, &mut applied)?;
        Ok(applied)
    }

    /// What applies to a path that is passed on to another server; `target` is where to, without `proxy:`.
    ///
    /// # Errors
    ///
    /// When there are too many questions.
    pub fn of_proxied(&self, uri: &[u8], target: &[u8], oracle: &mut Oracle) -> Result<Vec<Applied<'s>>, Undecided> {
        let mut applied = self.servers.clone();
        for section in &self.proxies {
            if section.matcher.is_target(target, oracle)? {
                applied.push(section.applied);
            }
        }
        self.located(uri, oracle, &mut applied)?;
        Ok(applied)
    }

    fn located(&self, uri: &[u8], oracle: &mut Oracle, applied: &mut Vec<Applied<'s>>) -> Result<(), Undecided> {
        if self.locations.is_empty() {
            return Ok(());
        }
        let merged = matcher::merged_slashes(uri);
        for section in &self.locations {
            if section.matcher.is_location(uri, &merged, oracle)? {
                applied.push(section.applied);
            }
        }
        Ok(())
    }

    /// Whether a `.htaccess` beside the file, or above it, may add to what applies.
    pub fn htaccess(&self, applied: &[Applied<'s>], file: File<'_>) -> Option<Htaccess<'s>> {
        htaccess::of(applied, file.name, self.version)
    }
}

impl<'s> Section<'s> {
    fn of(directive: &'s Directive, scope: &'s Scope, platform: Platform) -> Option<Self> {
        let (kind, matcher) = matcher::of(directive, platform)?;
        Some(Self {
            applied: Applied {
                kind,
                directive: Some(directive),
                scope,
            },
            matcher,
        })
    }
}

/// Whether a `<Limit>` or `<LimitExcept>` is about requests of that method.
pub fn limits(section: &Directive, method: &[u8]) -> bool {
    // What may be got may be asked about with HEAD.
    let method = if method == b"HEAD" { b"GET" } else { method };
    let named = section.args.iter().any(|arg| arg.as_bytes() == method);
    named != (section.name == "limitexcept")
}
