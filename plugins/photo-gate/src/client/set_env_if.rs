//! mod_setenvif: variables by what the request has.
//!
//! Comes in: the entries of the server, of the host and of sections, once; then requests on their way. Goes out: variables in the
//! request's environment. What stands outside of sections is looked at first, before the path is known; what stands in them, once
//! it is clear which apply.
//!
//! One text is looked at for all entries of a row about the same attribute: it is not read again, even if an entry in between
//! changed it, and an expression in between leaves in its place what its last regular expression was about.

use std::borrow::Cow;
use std::collections::BTreeMap;

use super::entry::{Attribute, Condition, Entry, Reading, Setting};
use crate::Refusal;
use crate::conf::walk::{Applied, Kind};
use crate::conf::{Scope, Server, VirtualHost};
use crate::decide::Transaction;
use crate::expr::{AddressCondition, AddressTest, AddressTests, Answer, Captured, Whose, address};
use crate::oracle::Undecided;
use crate::pcre::question;
use crate::request::Sent;
use crate::trace::{Step, Verdict};

/// The longest value that httpd puts together out of what a pattern captured: 64 KiB.
const LONGEST_VALUE: usize = 65_536;

/// mod_setenvif of a server and one of its virtual hosts, ready.
#[derive(Debug)]
pub struct SetEnvIf<'s> {
    /// Outside of sections: the server's, then the host's.
    early: Vec<Vec<Entry>>,
    /// By where the scope lies in memory.
    sections: BTreeMap<usize, Vec<Entry>>,
    /// `HostnameLookups` other than `Off`, and `RequestHeader … early`: not followed.
    not_followed: Option<Undecided>,
    refusals: Vec<Refusal>,
    scopes: std::marker::PhantomData<&'s Scope>,
}

impl<'s> SetEnvIf<'s> {
    /// Reads what stands in a server, in one of its virtual hosts, and in all sections of both.
    pub fn of(server: &'s Server, host: Option<&'s VirtualHost>) -> Self {
        let mut found = Self {
            early: Vec::new(),
            sections: BTreeMap::new(),
            not_followed: None,
            refusals: Vec::new(),
            scopes: std::marker::PhantomData,
        };
        let outer: Vec<&'s Scope> = std::iter::once(&server.scope)
            .chain(host.map(|host| &host.scope))
            .collect();
        for scope in &outer {
            let entries = found.read(scope, server);
            found.early.push(entries);
        }
        let mut waiting: Vec<&'s Scope> = outer
            .iter()
            .flat_map(|scope| scope.sections())
            .map(|(_, scope)| scope)
            .collect();
        while let Some(scope) = waiting.pop() {
            let entries = found.read(scope, server);
            if !entries.is_empty() {
                found.sections.insert(address_of(scope), entries);
            }
            waiting.extend(scope.sections().map(|(_, scope)| scope));
        }
        found
    }

    fn read(&mut self, scope: &Scope, server: &Server) -> Vec<Entry> {
        let mut reading = Reading::default();
        for directive in scope.directives() {
            reading.take(directive, server.version);
            let first = directive.args.first().map(String::as_str).unwrap_or_default();
            let why = match directive.name.as_str() {
                "hostnamelookups" if !first.eq_ignore_ascii_case("off") => "the names of addresses are not looked up",
                "requestheader" if directive.args.iter().any(|word| word.eq_ignore_ascii_case("early")) => {
                    "what `RequestHeader … early` makes of the headers is not followed"
                }
                _ => continue,
            };
            self.not_followed.get_or_insert(Undecided {
                place: directive.place,
                why: why.to_owned(),
            });
        }
        self.refusals.append(&mut reading.refusals);
        reading.entries
    }

    /// What httpd would not start with.
    pub fn refusals(&self) -> &[Refusal] {
        &self.refusals
    }

    /// What is tested of addresses.
    pub fn address_tests(&self) -> AddressTests {
        let mut found = AddressTests::default();
        for entry in self.early.iter().flatten().chain(self.sections.values().flatten()) {
            let (attribute, pattern) = match &entry.condition {
                Condition::Expression(expression) => {
                    found.extend(expression.address_tests(entry.place));
                    continue;
                }
                Condition::Plain { attribute, pattern, .. } => (attribute, pattern.clone()),
                Condition::Matches { attribute, regex } => (attribute, regex.pattern().cloned()),
            };
            if !matches!(attribute, Attribute::ClientAddress | Attribute::ClientName) {
                continue;
            }
            match pattern.filter(|_| !entry.uses_groups()) {
                Some(pattern) => found.tests.push(AddressTest {
                    place: entry.place,
                    whose: Whose::Client,
                    condition: AddressCondition::Matches(std::sync::Arc::new(pattern)),
                }),
                None => found.looks_otherwise(entry.place),
            }
        }
        found
    }

    /// Before the path is known: what stands outside of sections.
    ///
    /// # Errors
    ///
    /// When something that matters is not known.
    pub fn early(&self, tx: &mut Transaction) -> Result<(), Undecided> {
        if let Some(not_followed) = &self.not_followed {
            return Err(not_followed.clone());
        }
        Looking::default().look(self.early.iter(), tx)
    }

    /// Once it is known which sections apply: what stands in them.
    ///
    /// # Errors
    ///
    /// When something that matters is not known.
    pub fn in_sections(&self, applied: &[Applied<'s>], tx: &mut Transaction) -> Result<(), Undecided> {
        if self.sections.is_empty() {
            return Ok(());
        }
        let sections = applied.iter().filter(|applied| applied.kind != Kind::Server);
        let entries = sections.filter_map(|applied| self.sections.get(&address_of(applied.scope)));
        Looking::default().look(entries, tx)
    }
}

fn address_of(scope: &Scope) -> usize {
    std::ptr::from_ref(scope).addr()
}

/// The text that entries are held against.
#[derive(Debug, Default)]
struct Looking {
    /// Which attribute it is of: scope and number.
    about: Option<(usize, usize)>,
    /// `Err`: it is not known, and why.
    text: Option<Result<Vec<u8>, Cow<'static, str>>>,
}

impl Looking {
    fn look<'e>(
        &mut self,
        scopes: impl Iterator<Item = &'e Vec<Entry>>,
        tx: &mut Transaction,
    ) -> Result<(), Undecided> {
        for (scope, entries) in scopes.enumerate() {
            for entry in entries {
                self.entry(scope, entry, tx)?;
            }
        }
        Ok(())
    }

    fn entry(&mut self, scope: usize, entry: &Entry, tx: &mut Transaction) -> Result<(), Undecided> {
        let mut captured = Captured::Unknown("no group of the expression was matched".to_owned());
        let held = match &entry.condition {
            Condition::Expression(expression) => {
                let answer = expression.answer(entry.place, tx, &mut captured)?;
                match &captured {
                    Captured::Groups { source, .. } => self.text = Some(Ok(source.clone())),
                    Captured::Nothing => self.text = Some(Ok(Vec::new())),
                    Captured::Unknown(_) => {}
                }
                answer == Answer::Holds
            }
            Condition::Plain { attribute, text, .. } => match self.text_of(scope, entry, attribute, tx)? {
                Ok(value) => contains(&value, text, entry.ignores_case()),
                Err(why) => ask(entry, &why, tx)?,
            },
            Condition::Matches { attribute, regex } => match self.text_of(scope, entry, attribute, tx)? {
                Ok(value) if entry.uses_groups() => match regex.groups(&value, tx.oracle)? {
                    Some(groups) => {
                        captured = Captured::Groups {
                            source: value,
                            groups: Box::new(std::array::from_fn(|group| groups.get(group).cloned().flatten())),
                        };
                        true
                    }
                    None => false,
                },
                Ok(value) => regex.matches(&value, tx.oracle)?,
                Err(why) => ask(entry, &why, tx)?,
            },
        };
        self.step(entry, held, tx);
        if held {
            for setting in &entry.settings {
                apply(entry, setting, &captured, tx)?;
            }
        }
        Ok(())
    }

    fn step(&self, entry: &Entry, held: bool, tx: &mut Transaction) {
        let value = match &self.text {
            Some(Ok(text)) => text.clone(),
            _ => Vec::new(),
        };
        tx.trace.step(|| Step {
            place: entry.place,
            text: entry.text.clone(),
            value,
            verdict: if held { Verdict::Held } else { Verdict::Failed },
            note: if held {
                "its variables are set"
            } else {
                "its variables stay as they are"
            }
            .to_owned(),
        });
    }

    /// The text of an attribute, or that of the entry before if that was about the same.
    fn text_of(
        &mut self,
        scope: usize,
        entry: &Entry,
        attribute: &Attribute,
        tx: &mut Transaction,
    ) -> Result<Result<Vec<u8>, Cow<'static, str>>, Undecided> {
        let about = entry.attribute_number.map(|number| (scope, number));
        if about != self.about || self.text.is_none() {
            self.about = about;
            self.text = Some(value(attribute, tx)?);
        }
        Ok(self.text.clone().unwrap_or(Ok(Vec::new())))
    }
}

/// The value of an attribute; what is not there is empty.
fn value(attribute: &Attribute, tx: &mut Transaction) -> Result<Result<Vec<u8>, Cow<'static, str>>, Undecided> {
    Ok(match attribute {
        // Without lookups a name is the address itself.
        Attribute::ClientAddress | Attribute::ClientName => match address::text(tx.client) {
            Some(text) => Ok(text.into_bytes()),
            None => Err("the name of the network interface in the address is not known".into()),
        },
        Attribute::RequestUri => Ok(tx.uri.clone()),
        Attribute::Method => Ok(tx.request.method.clone()),
        Attribute::Untold(what) => Err(format!("{what} is not known").into()),
        Attribute::Named(name) => match tx.header(name.as_bytes()) {
            Sent::Value(value) => Ok(value),
            Sent::Unknown => Err(format!("whether the header `{name}` was sent is not known").into()),
            Sent::Absent => {
                let mut set = tx.env.iter().filter(|(set, _)| set.eq_ignore_ascii_case(name));
                Ok(set.next().map(|(_, value)| value.clone()).unwrap_or_default())
            }
        },
        Attribute::Header(regex) => {
            if !matches!(tx.request.others, crate::request::Others::Absent) {
                return Ok(Err("which headers were sent is not known".into()));
            }
            let mut found = Ok(Vec::new());
            let headers = tx.request.headers.iter();
            let mut seen: Vec<&[u8]> = Vec::new();
            for header in headers {
                if seen.iter().any(|seen| seen.eq_ignore_ascii_case(&header.name)) {
                    continue;
                }
                seen.push(&header.name);
                if regex.matches(&header.name, tx.oracle)? {
                    found = match tx.header(&header.name) {
                        Sent::Value(value) => Ok(value),
                        Sent::Absent => continue,
                        Sent::Unknown => Err("whether a header was sent is not known".into()),
                    };
                }
            }
            found
        }
    })
}

/// Asks whether what is not known fits.
fn ask(entry: &Entry, why: &str, tx: &mut Transaction) -> Result<bool, Undecided> {
    tx.oracle
        .ask(entry.place, question(entry.text.as_bytes()), || why.to_owned())
}

fn contains(value: &[u8], text: &[u8], any_case: bool) -> bool {
    if any_case {
        memchr::memmem::find(&value.to_ascii_lowercase(), text).is_some()
    } else {
        memchr::memmem::find(value, text).is_some()
    }
}

/// Sets a variable, or takes it out.
fn apply(entry: &Entry, setting: &Setting, captured: &Captured, tx: &mut Transaction) -> Result<(), Undecided> {
    let Some(value) = &setting.value else {
        tx.env.retain(|name, _| !name.eq_ignore_ascii_case(&setting.name));
        return Ok(());
    };
    let value = match (&entry.condition, captured) {
        // A text captures nothing, and an expression whose last pattern did not match neither.
        (Condition::Plain { .. }, _) | (Condition::Expression(_), Captured::Nothing) => value.clone().into_bytes(),
        (_, Captured::Groups { source, groups }) => substituted(value, |group| {
            groups
                .get(group)
                .cloned()
                .flatten()
                .and_then(|range| source.get(range))
                .unwrap_or_default()
        }),
        _ if setting.uses_groups() => {
            return Err(Undecided {
                place: entry.place,
                why: "what `$0` to `$9` stand for is not known".to_owned(),
            });
        }
        _ => substituted(value, |_| &[]),
    };
    if value.len() >= LONGEST_VALUE && setting.uses_groups() {
        return Err(Undecided {
            place: entry.place,
            why: "the variable becomes too long: httpd answers 500 to that".to_owned(),
        });
    }
    match tx
        .env
        .iter_mut()
        .find(|(name, _)| name.eq_ignore_ascii_case(&setting.name))
    {
        Some((_, old)) => *old = value,
        None => {
            tx.env.insert(setting.name.clone(), value);
        }
    }
    Ok(())
}

/// A value with its `$0` to `$9`; a backslash takes the meaning of what follows away.
fn substituted<'g>(value: &str, group: impl Fn(usize) -> &'g [u8]) -> Vec<u8> {
    let mut text = Vec::new();
    let mut rest = value.as_bytes();
    loop {
        match rest {
            [] => return text,
            [b'$', digit, behind @ ..] if digit.is_ascii_digit() => {
                text.extend_from_slice(group(usize::from(digit - b'0')));
                rest = behind;
            }
            [b'\\', byte, behind @ ..] | [byte, behind @ ..] => {
                text.push(*byte);
                rest = behind;
            }
        }
    }
}
