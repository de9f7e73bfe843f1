//! One web server's configuration, as its directives stand in force.
//!
//! Comes in: the httpd documents of a site. Goes out: a [`Server`] for each main file: directives in the order in which httpd
//! reads them (`Include`s followed, `IfModule`, `IfDefine`, `IfVersion` decided, macros expanded), sorted into scopes. Never here:
//! what a directive other than those that shape the file means; each room reads its own from a scope.

mod glob;
pub mod mapping;
mod read;
pub mod vhost;
pub mod walk;

use casebook_plugin_configs::Site;

use crate::Place;

pub use read::{Modules, Presence};

/// Which httpd reads the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Version {
    /// Apache 2.2: IBM HTTP Server 7 to 8.5.
    V22,
    /// Apache 2.4: IBM HTTP Server 9.
    V24,
}

/// A directive in force.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Directive {
    /// Where it stands.
    pub place: Place,
    /// Its line.
    pub line: u32,
    /// Its name in small letters.
    pub name: String,
    /// Its arguments, `${NAME}` replaced, quotes and escapes taken away.
    pub args: Vec<String>,
    /// As it is written after its name, `${NAME}` replaced.
    pub value: String,
}

/// What stands in one scope: directives and sections, each in the order in which httpd reads them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Scope {
    /// The directives.
    pub items: Vec<Item>,
}

/// A directive or a section.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Item {
    /// A directive.
    Directive(Directive),
    /// A section such as `<Directory>`, `<Location>`, `<If>`, `<RequireAll>`, `<Limit>`. Its name is that of `directive`.
    Section {
        /// How it begins.
        directive: Directive,
        /// What stands in it.
        scope: Scope,
    },
}

impl Scope {
    /// The directives that stand in it immediately.
    pub fn directives(&self) -> impl Iterator<Item = &Directive> {
        self.items.iter().filter_map(|item| match item {
            Item::Directive(directive) => Some(directive),
            Item::Section { .. } => None,
        })
    }

    /// The sections that stand in it immediately.
    pub fn sections(&self) -> impl Iterator<Item = (&Directive, &Scope)> {
        self.items.iter().filter_map(|item| match item {
            Item::Section { directive, scope } => Some((directive, scope)),
            Item::Directive(_) => None,
        })
    }
}

/// A virtual host.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VirtualHost {
    /// `<VirtualHost …>`, its addresses its arguments.
    pub directive: Directive,
    /// `ServerName` as it is written; empty if there is none.
    pub name: String,
    /// `ServerAlias`.
    pub aliases: Vec<String>,
    /// What stands in it.
    pub scope: Scope,
}

/// A web server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Server {
    /// Its main file: the document, and its root.
    pub place: Place,
    /// The file's name, below the environment's root.
    pub file: String,
    /// Which httpd reads it.
    pub version: Version,
    /// The last of its three numbers, if that is known.
    pub patch: Option<u32>,
    /// How that is known, such as "environment.toml says httpd 2.2".
    pub version_because: String,
    /// Whether it has neither `Listen` nor `ServerRoot` nor `LoadModule`: a file that some other one is meant to include.
    pub is_fragment: bool,
    /// The modules that it loads.
    pub modules: Modules,
    /// What stands outside of virtual hosts.
    pub scope: Scope,
    /// The virtual hosts, in order.
    pub hosts: Vec<VirtualHost>,
    /// What could not be followed or decided, each with its place: a missing include, a macro without a definition, a
    /// section whose condition cannot be known (it was taken as if it held).
    pub remarks: Vec<(Place, String)>,
}

/// The web servers of a site: main files are those that no other includes.
pub fn servers(site: &Site) -> Vec<Server> {
    read::servers(site)
}

/// What httpd takes for the path of a section.
fn section_path(section: &Directive) -> Option<&str> {
    match section.args.as_slice() {
        [tilde, expression, ..] if tilde == "~" => Some(expression),
        [path, ..] => Some(path),
        [] => None,
    }
}
