//! mod_rewrite: rules that change a path, send the client elsewhere, or turn it away.
//!
//! Comes in: a server and one of its virtual hosts, once; then requests on their way. Goes out: what the rules make of a
//! request, with the conditions that decided; what they test of addresses; and the rules themselves, for whoever judges how they
//! are written.
//!
//! ```text
//!   directives ─► words ─► read: flags, template, map ─► rules of the server           ─► translate ─┐
//!                                    │                   rules of each section ─► settings ─► fixup ─┴─► run
//!                                  rule ─► survey: tests of addresses                                     │
//!                                                              condition ◄─ expand ◄─ variable            │
//!                                                              substitute ─► finish ◄─────────────────────┘
//! ```
//!
//! Files are never looked at, no request is made inside the server, no map outside of httpd is read: what depends on it is asked
//! about ([`crate::oracle`]). Where versions of httpd 2.4 differ, the newest one's way is the first answer to such a question.

mod condition;
mod context;
mod environment;
mod escape;
mod expand;
mod explain;
mod finish;
mod fixup;
mod flags;
mod map;
mod matching;
mod options;
mod origin;
mod read;
mod rule;
mod run;
mod script;
mod settings;
mod substitute;
mod survey;
mod template;
#[cfg(test)]
mod tests;
mod translate;
mod variable;
mod words;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

pub use escape::BackReferences;
pub use flags::{ConditionFlags, Flags};
pub use map::Map;
pub use rule::{Condition, Kind, Rule};
pub use settings::{Options, Settings};
pub use variable::{Variable, lookup};

use crate::conf::mapping::Paths;
use crate::conf::walk::{Applied, Kind as SectionKind, Sections, merged_together};
use crate::conf::{Directive, Item, Modules, Scope, Server, Version, VirtualHost};
use crate::decide::Transaction;
use crate::expr::Conditions;
use crate::oracle::Undecided;
use crate::{Place, Refusal};
use context::Context;
use options::Allowed;
use origin::Origin;
use read::Reading;
use settings::InForce;

/// The longest path, if `LimitRequestLine` says nothing else.
const LONGEST: usize = 8190;

/// All rules of a server and of one of its virtual hosts, ready.
#[derive(Debug)]
pub struct Rewriting<'s> {
    version: Version,
    place: Place,
    /// Whether the server's rules are looked at at all, sections aside.
    is_on: bool,
    /// The server's, with the host's.
    options: Options,
    maps: BTreeMap<String, Map>,
    /// What is applied before a path is mapped.
    rules: Vec<Arc<Rule>>,
    /// The settings of the server, then of the host, as sections begin with them.
    servers: Vec<Settings>,
    /// By where the scope lies in memory: a section that a macro wrote several times has one place.
    sections: BTreeMap<usize, Section>,
    /// Conditions that no rule follows.
    left_over: Vec<Condition>,
    /// For sections that switch the server's rules on or off.
    switches: Option<(Sections<'s>, Conditions)>,
    paths: Option<Paths<'s>>,
    aliases: Vec<Context>,
    allowed: Allowed,
    origin: Origin,
    modules: &'s Modules,
    has_server_path: bool,
    /// Folders directly below `/` that must be there, else httpd would not start.
    known_folders: Vec<Vec<u8>>,
    longest: usize,
    /// Names that stand in some directive other than `[E=…]`, for rules that set a variable nobody asks for.
    words: BTreeSet<String>,
    has_script_url: bool,
    refusals: Vec<Refusal>,
}

/// A section with something of mod_rewrite.
#[derive(Debug)]
struct Section {
    place: Place,
    settings: Settings,
    /// What httpd takes for its folder, with a slash at its end.
    directory: String,
}

impl<'s> Rewriting<'s> {
    /// Makes ready the rules of a server, of one of its virtual hosts, and of all sections of both.
    pub fn of(server: &'s Server, host: Option<&'s VirtualHost>) -> Self {
        let version = server.version;
        let main = Reading::of(&server.scope, false, version);
        let own = host.map(|host| Reading::of(&host.scope, false, version));
        let scopes: Vec<&'s Scope> = std::iter::once(&server.scope)
            .chain(host.map(|host| &host.scope))
            .collect();
        let mut found = Self {
            version,
            place: host.map_or(server.place, |host| host.directive.place),
            is_on: false,
            options: Options::default(),
            maps: BTreeMap::new(),
            rules: Vec::new(),
            servers: Vec::new(),
            sections: BTreeMap::new(),
            left_over: Vec::new(),
            switches: None,
            paths: None,
            aliases: context::aliases(&scopes),
            allowed: Allowed::default(),
            origin: Origin::of(server, host),
            modules: &server.modules,
            has_server_path: has(&scopes, "serverpath"),
            known_folders: known_folders(&server.scope),
            longest: longest(&scopes),
            words: BTreeSet::new(),
            has_script_url: false,
            refusals: Vec::new(),
        };
        found.allowed.servers(&scopes);
        for scope in &scopes {
            found.read_sections(scope);
        }
        let host_has_any =
            own.as_ref().is_some_and(|own| own.is_there) || host.is_some_and(|host| found.has_section_of(&host.scope));
        found.merge_servers(main, own, host_has_any);
        if found.sections.values().any(Section::switches) {
            found.switches = Some((Sections::of(server, host), Conditions::of(scopes.iter().copied())));
        }
        if !found.sections.is_empty() {
            found.paths = Some(Paths::of(server, host));
        }
        found.read_words(&scopes);
        found
    }

    fn read_sections(&mut self, scope: &'s Scope) {
        let mut waiting: Vec<(&'s Directive, &'s Scope)> = scope.sections().collect();
        while let Some((directive, scope)) = waiting.pop() {
            waiting.extend(scope.sections());
            if matches!(directive.name.as_str(), "limit" | "limitexcept") {
                continue;
            }
            self.allowed.section(scope);
            let reading = Reading::of(scope, true, self.version);
            self.refusals.extend(reading.refusals);
            if reading.is_there {
                self.left_over.extend(reading.left_over);
                let section = Section {
                    place: directive.place,
                    settings: reading.settings,
                    directory: survey::directory(directive),
                };
                self.sections.insert(address(scope), section);
            }
        }
    }

    fn has_section_of(&self, scope: &Scope) -> bool {
        let mut waiting: Vec<&Scope> = vec![scope];
        while let Some(scope) = waiting.pop() {
            if self.sections.contains_key(&address(scope)) {
                return true;
            }
            waiting.extend(scope.sections().map(|(_, scope)| scope));
        }
        false
    }

    /// What the server and the host make of each other. A host without anything of mod_rewrite has no rules at all, not even
    /// those that it would inherit.
    fn merge_servers(&mut self, main: Reading, own: Option<Reading>, host_has_any: bool) {
        self.refusals.extend(main.refusals);
        self.left_over.extend(main.left_over);
        let mut maps = main.maps;
        let mut rules = main.settings.rules.clone();
        let mut is_on = main.settings.enabled;
        let mut options = main.settings.options;
        self.servers.push(main.settings);
        if let Some(own) = own {
            self.refusals.extend(own.refusals);
            self.left_over.extend(own.left_over);
            let is_24 = self.version == Version::V24;
            let before = options.unwrap_or_default();
            options = own.settings.options.or(options.filter(|_| is_24));
            is_on = own
                .settings
                .enabled
                .or(is_on.filter(|_| is_24))
                .filter(|_| host_has_any);
            let in_force = options.unwrap_or_default();
            let own_rules = own.settings.rules.clone();
            let inherits = settings::inherits(in_force, before);
            rules = settings::merged_rules(rules.into(), own_rules.into(), in_force, before).into_owned();
            maps = match inherits {
                // Of maps with one name, that of whoever comes first counts.
                Some(settings::Inherited::After) => maps.into_iter().chain(own.maps).collect(),
                Some(settings::Inherited::Before) => own.maps.into_iter().chain(maps).collect(),
                None => own.maps,
            };
            if own.is_there {
                self.servers.push(own.settings);
            }
        }
        self.maps = maps;
        self.rules = rules;
        self.is_on = is_on == Some(true);
        self.options = options.unwrap_or_default();
    }

    fn read_words(&mut self, scopes: &[&Scope]) {
        let mut waiting: Vec<&Item> = scopes.iter().flat_map(|scope| &scope.items).collect();
        while let Some(item) = waiting.pop() {
            let directive = match item {
                Item::Directive(directive) => directive,
                Item::Section { directive, scope } => {
                    waiting.extend(&scope.items);
                    directive
                }
            };
            self.has_script_url |= script::is_named(&directive.value);
            script::words(directive, &mut self.words);
        }
    }

    /// What httpd would not start with.
    pub fn refusals(&self) -> &[Refusal] {
        &self.refusals
    }

    /// Whether the server's rules are looked at, `<Location>`s that switch them aside.
    pub fn is_enabled(&self) -> bool {
        self.is_on
    }

    /// The rules that are applied before a path is mapped: the host's, and those that it inherits. They count if
    /// [`Rewriting::is_enabled`] says so.
    pub fn rules_of_host(&self) -> &[Arc<Rule>] {
        &self.rules
    }

    /// The options of the server, or of the host.
    pub fn options(&self) -> Options {
        self.options
    }

    /// The rules that stand in a section, if it has anything of mod_rewrite.
    pub fn rules_in(&self, place: Place) -> Option<&Settings> {
        let mut sections = self.sections.values();
        let section = sections.find(|section| section.place == place)?;
        Some(&section.settings)
    }

    /// The sections that have anything of mod_rewrite, with what it is.
    pub fn sections(&self) -> BTreeMap<Place, &Settings> {
        let sections = self.sections.values();
        sections.map(|section| (section.place, &section.settings)).collect()
    }

    /// Conditions that no rule follows, which count for nothing.
    pub fn left_over(&self) -> &[Condition] {
        &self.left_over
    }

    /// The settings of the sections that apply.
    fn in_force(&self, applied: &[Applied<'s>]) -> InForce<'_> {
        let mut servers = self.servers.iter().map(|settings| InForce::of(settings, None));
        let mut settings = servers.next().unwrap_or_else(InForce::nothing);
        for over in servers {
            settings = settings.merged(over, self.version);
        }
        for group in merged_together(applied) {
            let sections = group.iter().filter(|section| section.kind != SectionKind::Server);
            let own = sections.filter_map(|section| self.sections.get(&address(section.scope)));
            let own = own.map(|section| InForce::of(&section.settings, Some(&section.directory)));
            if let Some(over) = own.reduce(|before, over| before.merged(over, self.version)) {
                settings = settings.merged(over, self.version);
            }
        }
        settings
    }

    /// Whether the server's rules are looked at for this request, and the options that count.
    fn switched(&self, tx: &mut Transaction) -> Result<(bool, Options), Undecided> {
        let Some((sections, conditions)) = self.switches.as_ref().filter(|_| self.version == Version::V24) else {
            return Ok((self.is_on, self.options));
        };
        let mut applied = sections.of_path(&tx.uri, tx.oracle)?;
        crate::conf::walk::with_conditions(&mut applied, |directive| conditions.holds(directive, tx))?;
        let settings = self.in_force(&applied);
        Ok((settings.enabled == Some(true), settings.options()))
    }
}

impl Section {
    fn switches(&self) -> bool {
        self.settings.enabled.is_some() || self.settings.options.is_some()
    }
}

/// Where a scope lies.
fn address(scope: &Scope) -> usize {
    std::ptr::from_ref(scope).addr()
}

fn has(scopes: &[&Scope], name: &str) -> bool {
    let mut directives = scopes.iter().flat_map(|scope| scope.directives());
    directives.any(|directive| directive.name == name)
}

/// The first folders of paths that httpd needs when it starts.
fn known_folders(scope: &Scope) -> Vec<Vec<u8>> {
    let needed = scope.directives().filter(|directive| directive.name == "serverroot");
    let paths = needed.filter_map(|directive| directive.args.first()?.strip_prefix('/'));
    let firsts = paths.filter_map(|path| path.trim_start_matches('/').split('/').next());
    firsts.map(|first| format!("/{first}").into_bytes()).collect()
}

fn longest(scopes: &[&Scope]) -> usize {
    let directives = scopes.iter().flat_map(|scope| scope.directives());
    let said = directives
        .filter(|directive| directive.name == "limitrequestline")
        .last();
    said.and_then(|directive| directive.args.first()?.parse().ok())
        .unwrap_or(LONGEST)
}
