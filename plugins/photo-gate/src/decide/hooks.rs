//! All that httpd does with a request, hook by hook, until it is clear what becomes of it.
//!
//! Comes in: a server and one of its virtual hosts, once; then requests on their way. Goes out: the status, and where a
//! redirect leads. Each hook is a room of its own; this is their order, and what httpd does in between.
//!
//! ```text
//!   arrival ─► post_read_request: remoteip, setenvif ─► path ─► translate: rewrite, then mapping ─► sections that apply
//!     ▲                                                                                                    │
//!     └── redirected inside ◄── fixups: rewrite, Redirect ◄── access ◄── header_parser: setenvif ◄─────────┘
//! ```

use super::errors;
use super::path;
use super::settings::Settings;
use super::transaction::{Outcome, Transaction};
use crate::Refusal;
use crate::authz::Access;
use crate::client::{RemoteIp, SetEnvIf};
use crate::conf::mapping::{Mapping, Paths};
use crate::conf::walk::{Applied, Existing, File, Sections, with_conditions};
use crate::conf::{Server, Version, VirtualHost};
use crate::expr::{AddressTests, Conditions};
use crate::oracle::Undecided;
use crate::pcre::question;
use crate::rewrite::Rewriting;
use crate::trace::Trace;

/// Names of index files that are tried: 32.
const MOST_INDEXES: usize = 32;

/// The number of the question whether there is a folder.
const ABOUT_FOLDER: u32 = 121;

/// All rooms of a server and one of its virtual hosts, ready.
#[derive(Debug)]
pub(super) struct Hooks<'s> {
    pub(super) settings: Settings,
    remote_ip: RemoteIp,
    set_env_if: SetEnvIf<'s>,
    rewriting: Rewriting<'s>,
    sections: Sections<'s>,
    conditions: Conditions,
    has_conditions: bool,
    paths: Paths<'s>,
    access: Access<'s>,
    /// Whether anything depends on where the file's name ends.
    asks_for_files: bool,
    /// Whether the file is a part of a configuration that is not there.
    is_fragment: bool,
    /// With what httpd does not start.
    refusal: Option<Refusal>,
}

/// How a request ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Ended {
    pub(super) status: u16,
    /// Where a redirect leads, as far as it is known.
    pub(super) location: Vec<u8>,
}

/// What one way through all hooks came to.
struct Passed<'s> {
    outcome: Outcome,
    applied: Vec<Applied<'s>>,
}

impl Ended {
    fn with(status: u16) -> Self {
        Self {
            status,
            location: Vec::new(),
        }
    }
}

impl<'s> Hooks<'s> {
    pub(super) fn of(server: &'s Server, host: Option<&'s VirtualHost>) -> Self {
        let scopes: Vec<_> = std::iter::once(&server.scope)
            .chain(host.map(|host| &host.scope))
            .collect();
        let mut hooks = Self {
            settings: Settings::of(server, host),
            remote_ip: RemoteIp::of(server, host),
            set_env_if: SetEnvIf::of(server, host),
            rewriting: Rewriting::of(server, host),
            sections: Sections::of(server, host),
            conditions: Conditions::of(scopes),
            has_conditions: false,
            asks_for_files: false,
            paths: Paths::of(server, host),
            access: Access::of(server, host),
            is_fragment: server.is_fragment,
            refusal: None,
        };
        hooks.asks_for_files = hooks.settings.asks_for_files || !hooks.rewriting.sections().is_empty();
        hooks.has_conditions = hooks.conditions.expressions().next().is_some();
        let refusals = hooks.remote_ip.refusals().iter();
        let refusals = refusals
            .chain(hooks.set_env_if.refusals())
            .chain(hooks.rewriting.refusals())
            .chain(hooks.access.refusals());
        let of_conditions = hooks.conditions.faults().into_iter().map(|(place, why)| Refusal {
            place,
            why: why.to_owned(),
        });
        let own = hooks.settings.refusal.clone();
        hooks.refusal = refusals.cloned().chain(of_conditions).chain(own).min();
        hooks
    }

    /// What is not known, so that nothing can be decided.
    pub(super) fn unknown(&self) -> Option<Undecided> {
        let refusal = self.refusal.as_ref().map(|refusal| Undecided {
            place: refusal.place,
            why: format!("httpd does not start: {}", refusal.why),
        });
        refusal.or_else(|| self.settings.not_followed.clone())
    }

    /// What all rooms test of addresses.
    pub(super) fn address_tests(&self) -> AddressTests {
        let mut all = AddressTests::default();
        let of_conditions = self
            .conditions
            .expressions()
            .map(|(place, expression)| expression.address_tests(place));
        let rooms = [
            self.remote_ip.address_tests(),
            self.set_env_if.address_tests(),
            self.rewriting.address_tests(),
            self.access.address_tests(),
        ];
        for tests in rooms.into_iter().chain(of_conditions) {
            all.extend(tests);
        }
        all
    }

    /// What a status that is answered before any hook becomes.
    pub(super) fn refused(&self, status: u16, tx: &mut Transaction) -> Result<Ended, Undecided> {
        let applied = self.sections.of_path(b"", tx.oracle)?;
        ended(status, Vec::new(), &applied, self.settings.version)
    }

    /// Takes a request through all hooks, as often as it is redirected inside the server. Its path is the one that was sent.
    pub(super) fn run(&self, tx: &mut Transaction) -> Result<Ended, Undecided> {
        let mut before: Option<Vec<Applied<'s>>> = None;
        loop {
            self.remote_ip.apply(tx)?;
            self.set_env_if.early(tx)?;
            match path::read(&tx.uri, &self.settings, tx.oracle)? {
                Ok(path) => tx.uri = path,
                Err(status) => return self.refused(status, tx),
            }
            let passed = self.pass(before.as_deref(), tx)?;
            let (uri, query) = match passed.outcome {
                Outcome::Declined | Outcome::Ok => return Ok(Ended::with(200)),
                Outcome::Answer { status, location } => {
                    return ended(status, location, &passed.applied, self.settings.version);
                }
                Outcome::Redirected { uri, query } => (uri, query),
            };
            if tx.internal_redirects >= self.settings.most_redirects {
                return ended(500, Vec::new(), &passed.applied, self.settings.version);
            }
            redirect(tx, uri, query);
            before = Some(passed.applied);
        }
    }

    /// One way through the hooks, from the path to the answer.
    fn pass(&self, before: Option<&[Applied<'s>]>, tx: &mut Transaction) -> Result<Passed<'s>, Undecided> {
        let located = self.sections.of_path(&tx.uri, tx.oracle)?;
        let located = self.with_conditions(located, tx)?;
        if let Some(outcome) = self.translate(&located, tx)? {
            return Ok(Passed {
                outcome,
                applied: located,
            });
        }
        if tx.request.method == b"TRACE" {
            let status = if self.settings.traces { 200 } else { 405 };
            return Ok(Passed {
                outcome: answer(status),
                applied: located,
            });
        }
        let applied = self.applied(tx)?;
        self.set_env_if.in_sections(&applied, tx)?;
        // What let the request in before is not asked again where the very same sections apply.
        if before != Some(applied.as_slice())
            && let outcome @ (Outcome::Answer { .. } | Outcome::Redirected { .. }) = self.access.check(&applied, tx)?
        {
            return Ok(Passed { outcome, applied });
        }
        let outcome = self.fixups(&applied, tx)?;
        let outcome = match outcome {
            Outcome::Declined | Outcome::Ok => self.folder(&applied, tx)?,
            Outcome::Redirected { .. } => self.slash(outcome, &applied, tx)?,
            decided => decided,
        };
        Ok(Passed { outcome, applied })
    }

    fn with_conditions(
        &self,
        mut applied: Vec<Applied<'s>>,
        tx: &mut Transaction,
    ) -> Result<Vec<Applied<'s>>, Undecided> {
        if self.has_conditions {
            with_conditions(&mut applied, |directive| self.conditions.holds(directive, tx))?;
        }
        Ok(applied)
    }

    /// Where the path leads: `None` if to a file, which then is the request's.
    fn translate(&self, located: &[Applied<'s>], tx: &mut Transaction) -> Result<Option<Outcome>, Undecided> {
        match self.rewriting.translate(tx)? {
            Outcome::Ok => return Ok(None),
            Outcome::Declined => {}
            decided => return Ok(Some(decided)),
        }
        let (place, why) = match self.paths.map(&tx.uri, located, tx.oracle)? {
            Mapping::File { name, .. } => {
                tx.filename = Some(name);
                return Ok(None);
            }
            Mapping::Proxied { target, .. } => {
                tx.filename = Some([b"proxy:", target.as_slice()].concat());
                return Ok(None);
            }
            Mapping::Redirect { status, location, .. } => return Ok(Some(redirected(status, location, tx))),
            Mapping::Unknown { place, why } => (place, why),
        };
        // Where nobody says where documents are, that only matters to what asks for files.
        if self.settings.document_root.is_empty() && !self.asks_for_files {
            tx.filename = Some(tx.uri.clone());
            return Ok(None);
        }
        Err(Undecided { place, why })
    }

    /// The sections that apply to the file.
    fn applied(&self, tx: &mut Transaction) -> Result<Vec<Applied<'s>>, Undecided> {
        self.cut(tx)?;
        let name = tx.filename.clone().unwrap_or_default();
        if let Some(target) = name.strip_prefix(b"proxy:") {
            let applied = self.sections.of_proxied(&tx.uri, target, tx.oracle)?;
            return self.with_conditions(applied, tx);
        }
        let file = File {
            name: &name,
            existing: Existing::Unknown,
        };
        let applied = self.sections.of_file(&tx.uri, file, tx.oracle)?;
        let applied = self.with_conditions(applied, tx)?;
        if !self.is_fragment
            && let Some(htaccess) = self.sections.htaccess(&applied, file)
        {
            let folder = String::from_utf8_lossy(&htaccess.folder).into_owned();
            return Err(Undecided {
                place: htaccess
                    .allowed_by
                    .map_or(self.settings.place, |directive| directive.place),
                why: format!("a .htaccess in {folder} or below may decide otherwise, and `AllowOverride` lets it"),
            });
        }
        Ok(applied)
    }

    /// Where a part of the path is a file, or nothing, the file's name ends there, and the rest is what the file is told. A part with
    /// a plain name is taken for a folder that is there; of any other it is asked.
    fn cut(&self, tx: &mut Transaction) -> Result<(), Undecided> {
        let Some(name) = tx.filename.as_ref().filter(|name| !name.starts_with(b"proxy:")) else {
            return Ok(());
        };
        if !self.asks_for_files {
            return Ok(());
        }
        for end in odd_parts(name, &tx.uri) {
            let part = name.get(..end).unwrap_or_default().to_vec();
            let why = || {
                let part = String::from_utf8_lossy(&part);
                format!("whether {part} is a folder is not known: if not, the file's name ends there")
            };
            if !tx.oracle.ask(self.settings.place, question(&part), why)? {
                let mut part = part;
                let rest = tx.filename.as_ref().and_then(|name| name.get(part.len()..));
                tx.path_info = rest.unwrap_or_default().to_vec();
                std::mem::swap(tx.filename.get_or_insert_default(), &mut part);
                return Ok(());
            }
        }
        Ok(())
    }

    /// What comes after access control.
    fn fixups(&self, applied: &[Applied<'s>], tx: &mut Transaction) -> Result<Outcome, Undecided> {
        let rewritten = self.rewriting.fixup(applied, tx)?;
        if matches!(rewritten, Outcome::Answer { .. }) {
            return Ok(rewritten);
        }
        if let Some(Mapping::Redirect { status, location, .. }) = self.paths.redirect(&tx.uri, applied, tx.oracle)? {
            return Ok(redirected(status, location, tx));
        }
        Ok(rewritten)
    }

    /// A folder that was asked for without a slash at its end: that it is missing is said before a rule of the folder starts anew.
    fn slash(&self, outcome: Outcome, applied: &[Applied<'s>], tx: &mut Transaction) -> Result<Outcome, Undecided> {
        let last = tx.uri.rsplit(|byte| *byte == b'/').next().unwrap_or_default();
        let may_be = !last.is_empty() && is_plain(last) && tx.path_info.is_empty();
        let switches = applied.iter().rev().flat_map(|scope| scope.scope.directives());
        let mut switches = switches.filter(|directive| directive.name == "directoryslash");
        let is_off = switches
            .next()
            .is_some_and(|directive| directive.args.iter().any(|word| word.eq_ignore_ascii_case("off")));
        if !may_be || is_off || !self.settings.has_mod_dir {
            return Ok(outcome);
        }
        let why = || "whether the path is that of a folder is not known".to_owned();
        if tx
            .oracle
            .ask(self.settings.place, question(&tx.uri).wrapping_add(1), why)?
        {
            return Ok(redirected(301, [tx.uri.as_slice(), b"/"].concat(), tx));
        }
        Ok(outcome)
    }

    /// A path that ends with a slash is that of a folder, if there is one: httpd then asks itself for its index, and what that
    /// is answered counts.
    fn folder(&self, applied: &[Applied<'s>], tx: &mut Transaction) -> Result<Outcome, Undecided> {
        let is_file = tx.filename.as_ref().is_some_and(|name| !name.starts_with(b"proxy:"));
        if !tx.uri.ends_with(b"/") || !is_file || !self.settings.has_mod_dir || self.is_fragment {
            return Ok(Outcome::Ok);
        }
        let mut refused = None;
        for index in indexes(applied).take(MOST_INDEXES) {
            match self.ask_itself(index.as_bytes(), tx)? {
                Outcome::Declined | Outcome::Ok => {}
                Outcome::Redirected { .. } => return Err(self.about_folder()),
                Outcome::Answer { status: 404, .. } => {}
                Outcome::Answer { status, location } => {
                    let is_redirect = (300..400).contains(&status);
                    refused = Some(Outcome::Answer { status, location });
                    if is_redirect {
                        break;
                    }
                }
            }
        }
        let is_there = |tx: &mut Transaction| {
            let why = self.about_folder().why;
            tx.oracle.ask(self.settings.place, ABOUT_FOLDER, || why)
        };
        match refused {
            Some(refused) if is_there(tx)? => Ok(refused),
            Some(_) => Ok(Outcome::Ok),
            None if self.settings.has_mod_autoindex && is_there(tx)? => Err(self.about_folder()),
            None => Ok(Outcome::Ok),
        }
    }

    fn about_folder(&self) -> Undecided {
        Undecided {
            place: self.settings.place,
            why: "what httpd shows of a folder depends on what is in it".to_owned(),
        }
    }

    /// A request that httpd makes for the index of a folder.
    fn ask_itself(&self, index: &[u8], tx: &mut Transaction) -> Result<Outcome, Undecided> {
        let sent = if index.starts_with(b"/") {
            index.to_vec()
        } else {
            [tx.uri.as_slice(), index].concat()
        };
        let uri = match path::read(&sent, &self.settings, tx.oracle)? {
            Ok(uri) => uri,
            Err(status) => return Ok(answer(status)),
        };
        let mut trace = Trace::default();
        let mut asked = Transaction {
            request: tx.request,
            circumstances: tx.circumstances,
            client: tx.client,
            uri,
            query: tx.query.clone(),
            filename: None,
            path_info: Vec::new(),
            env: tx.env.clone(),
            changed_headers: tx.changed_headers.clone(),
            internal_redirects: tx.internal_redirects,
            oracle: &mut *tx.oracle,
            trace: &mut trace,
        };
        let tx = &mut asked;
        let located = self.sections.of_path(&tx.uri, tx.oracle)?;
        let located = self.with_conditions(located, tx)?;
        if let Some(outcome) = self.translate(&located, tx)? {
            return Ok(outcome);
        }
        let applied = self.applied(tx)?;
        match self.access.check(&applied, tx)? {
            Outcome::Declined | Outcome::Ok => self.fixups(&applied, tx),
            decided => Ok(decided),
        }
    }
}

/// Where the parts of a file's name end that stand before the last one, come from the path that was asked for, and are not
/// plain names.
fn odd_parts(name: &[u8], uri: &[u8]) -> Vec<usize> {
    let common = name
        .iter()
        .rev()
        .zip(uri.iter().rev())
        .take_while(|(one, other)| one == other)
        .count();
    let mut begin = name.len() - common;
    let mut found = Vec::new();
    while let Some(length) = name
        .get(begin..)
        .and_then(|rest| rest.iter().position(|byte| *byte == b'/'))
    {
        let end = begin + length;
        // The part before the first slash may have begun before what was asked for: it is the configuration's.
        let is_own = begin > name.len() - common;
        if is_own && !is_plain(name.get(begin..end).unwrap_or_default()) {
            found.push(end);
        }
        begin = end + 1;
    }
    found
}

/// Whether a part of a path is the name of a folder, as people name them.
fn is_plain(part: &[u8]) -> bool {
    part.iter()
        .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
}

/// The names of index files: those of the last section that says any.
fn indexes<'s>(applied: &[Applied<'s>]) -> impl Iterator<Item = &'s str> {
    let said = applied.iter().rev().map(|scope| {
        let named = scope
            .scope
            .directives()
            .filter(|directive| directive.name == "directoryindex");
        named
            .flat_map(|directive| directive.args.iter().map(String::as_str))
            .collect::<Vec<_>>()
    });
    let names = said
        .into_iter()
        .find(|names| !names.is_empty())
        .unwrap_or_else(|| vec!["index.html"]);
    names.into_iter().filter(|name| !name.eq_ignore_ascii_case("disabled"))
}

fn answer(status: u16) -> Outcome {
    Outcome::Answer {
        status,
        location: Vec::new(),
    }
}

/// A redirect of `Redirect` and its kind, which takes the query with it unless it has one.
fn redirected(status: u16, mut location: Vec<u8>, tx: &Transaction) -> Outcome {
    if let Some(query) = tx
        .query
        .as_ref()
        .filter(|_| !location.is_empty() && !location.contains(&b'?'))
    {
        location.push(b'?');
        location.extend_from_slice(query);
    }
    Outcome::Answer { status, location }
}

/// What a status is for the client.
fn ended(status: u16, location: Vec<u8>, applied: &[Applied<'_>], version: Version) -> Result<Ended, Undecided> {
    if (200..300).contains(&status) {
        return Ok(Ended::with(status));
    }
    // httpd does not send such a header.
    let status = if location.iter().any(|byte| *byte < 32 && *byte != b'\t' || *byte == 127) {
        500
    } else {
        status
    };
    Ok(match errors::elsewhere(status, applied, version)? {
        Some(location) => Ended { status: 302, location },
        None if status >= 400 => Ended::with(status),
        None => Ended { status, location },
    })
}

/// The request starts anew inside the server.
fn redirect(tx: &mut Transaction, uri: Vec<u8>, query: Option<Vec<u8>>) {
    tx.uri = uri;
    tx.query = query;
    tx.filename = None;
    tx.path_info.clear();
    tx.internal_redirects += 1;
    let before = std::mem::take(&mut tx.env);
    tx.env = before
        .into_iter()
        .map(|(name, value)| (format!("REDIRECT_{name}"), value))
        .collect();
    tx.env.insert("REDIRECT_STATUS".to_owned(), b"200".to_vec());
}
