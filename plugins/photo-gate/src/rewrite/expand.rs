//! Strings are put together.
//!
//! Comes in: a template, and the request on its way. Goes out: bytes, or why they are not known. Never here: what the string is
//! for.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::ops::Range;

use super::escape::BackReferences;
use super::map::Map;
use super::template::{Part, Template};
use super::variable::{Stage, Variable};
use crate::decide::Transaction;
use crate::pcre::Captures;

/// What a pattern captured.
#[derive(Debug, Default)]
#[allow(
    clippy::large_enum_variant,
    reason = "one a rule, and a box would be an allocation for each match"
)]
pub(super) enum Groups {
    #[default]
    None,
    Some {
        source: Vec<u8>,
        groups: [Option<Range<usize>>; 10],
    },
    /// Not known, and why.
    Unknown(String),
}

impl Groups {
    pub(super) fn of(source: &[u8], captures: &Captures) -> Self {
        Self::Some {
            source: source.to_vec(),
            groups: std::array::from_fn(|group| captures.get(group)),
        }
    }

    fn group(&self, number: usize) -> Result<&[u8], &str> {
        match self {
            Self::None => Ok(&[]),
            Self::Some { source, groups } => {
                let range = groups.get(number).cloned().flatten();
                Ok(range.and_then(|range| source.get(range)).unwrap_or_default())
            }
            Self::Unknown(why) => Err(why),
        }
    }
}

/// Values that stay the same while rules are applied, found once.
#[derive(Debug, Default)]
pub(super) struct Values<'r> {
    found: Vec<(&'r Variable, Result<Vec<u8>, String>)>,
}

impl<'r> Values<'r> {
    /// The value of a variable.
    pub(super) fn get<'v>(
        &'v mut self,
        variable: &'r Variable,
        tx: &Transaction,
        stage: Stage,
    ) -> Result<Cow<'v, [u8]>, &'v str> {
        if !variable.is_constant() {
            return match variable.value(tx, stage) {
                Ok(value) => Ok(Cow::Owned(value.into_owned())),
                Err(why) => {
                    self.found.push((variable, Err(why.into_owned())));
                    let last = self.found.last().map(|(_, value)| value);
                    Err(last.and_then(|value| value.as_ref().err()).map_or("", String::as_str))
                }
            };
        }
        let at = match self.found.iter().position(|(known, _)| *known == variable) {
            Some(at) => at,
            None => {
                let value = variable.value(tx, stage);
                self.found
                    .push((variable, value.map(Cow::into_owned).map_err(Cow::into_owned)));
                self.found.len() - 1
            }
        };
        match self.found.get(at) {
            Some((_, Ok(value))) => Ok(Cow::Borrowed(value)),
            Some((_, Err(why))) => Err(why),
            None => Err(""),
        }
    }
}

/// What expansion looks at.
#[derive(Debug)]
pub(super) struct Sources<'r, 'v> {
    pub(super) of_rule: &'v Groups,
    pub(super) of_condition: &'v Groups,
    pub(super) values: &'v mut Values<'r>,
    pub(super) maps: &'r BTreeMap<String, Map>,
    pub(super) stage: Stage,
}

/// Why a part of a string is not known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Unknown {
    pub(super) why: String,
    /// Whether it cannot have question marks, blanks and control characters in it: names of hosts.
    pub(super) is_plain: bool,
}

/// A string that was put together.
#[derive(Debug, Default)]
pub(super) struct Expanded {
    /// The string; if a part is not known, what stands before that.
    pub(super) bytes: Vec<u8>,
    /// The first part that is not known.
    pub(super) unknown: Option<Unknown>,
    /// Whether the question mark that begins the query came out of an expansion; `None`: there is none.
    pub(super) mark: Option<bool>,
    /// Whether an unknown part may have that question mark.
    pub(super) may_mark: bool,
    last_mark: bool,
}

impl Expanded {
    fn marked(&mut self, by_expansion: bool) {
        if self.mark.is_none() || self.last_mark {
            self.mark = Some(by_expansion);
            self.may_mark = false;
        }
    }

    fn push(&mut self, bytes: &[u8]) {
        if self.unknown.is_none() {
            self.bytes.extend_from_slice(bytes);
        }
    }

    fn expansion(&mut self, bytes: &[u8]) {
        if bytes.contains(&b'?') {
            self.marked(true);
        }
        self.push(bytes);
    }

    fn unknown(&mut self, why: &str, is_plain: bool) {
        if !is_plain && (self.mark.is_none() || self.last_mark) {
            self.may_mark = true;
        }
        match &mut self.unknown {
            Some(unknown) => unknown.is_plain &= is_plain,
            None => {
                self.unknown = Some(Unknown {
                    why: why.to_owned(),
                    is_plain,
                });
            }
        }
    }
}

impl<'r> Sources<'r, '_> {
    /// Puts a string together.
    pub(super) fn expand(
        &mut self,
        template: &'r Template,
        escape: Option<&BackReferences>,
        last_mark: bool,
        tx: &Transaction,
    ) -> Expanded {
        let mut out = Expanded {
            last_mark,
            ..Expanded::default()
        };
        for part in &template.parts {
            self.part(part, escape, tx, &mut out);
        }
        out
    }

    fn part(&mut self, part: &'r Part, escape: Option<&BackReferences>, tx: &Transaction, out: &mut Expanded) {
        match part {
            Part::Text(text) => {
                if text.contains(&b'?') {
                    out.marked(false);
                }
                out.push(text);
            }
            Part::Escaped(byte) => out.push(&[*byte]),
            Part::OfRule(number) => reference(self.of_rule, *number, escape, out),
            Part::OfCondition(number) => reference(self.of_condition, *number, escape, out),
            Part::Variable(variable) => {
                let is_plain = match variable {
                    Variable::Header(name) => name == "host",
                    Variable::ServerName | Variable::ServerPort | Variable::Scheme | Variable::Https => true,
                    _ => false,
                };
                match self.values.get(variable, tx, self.stage) {
                    Ok(value) => out.expansion(&value),
                    Err(why) => out.unknown(why, is_plain),
                }
            }
            Part::Beyond => out.unknown("maps are nested too deeply, or the string is too long", false),
            Part::Map { name, key, default } => {
                let key = self.expand(key, escape, false, tx);
                let Some(map) = self.maps.get(name) else {
                    // Without the map there is no value.
                    return self.default(default.as_ref(), escape, tx, out);
                };
                if let Some(unknown) = key.unknown {
                    return out.unknown(&unknown.why, false);
                }
                match map.value(&key.bytes) {
                    // An empty value is one all the same.
                    Some(value) => out.expansion(&value),
                    None => out.unknown(&format!("what the map `{name}` has is not known"), false),
                }
            }
        }
    }

    fn default(
        &mut self,
        default: Option<&'r Template>,
        escape: Option<&BackReferences>,
        tx: &Transaction,
        out: &mut Expanded,
    ) {
        let Some(default) = default else { return };
        let default = self.expand(default, escape, false, tx);
        out.expansion(&default.bytes);
        if let Some(unknown) = default.unknown {
            out.unknown(&unknown.why, unknown.is_plain);
        }
    }
}

fn reference(groups: &Groups, number: usize, escape: Option<&BackReferences>, out: &mut Expanded) {
    match (groups.group(number), escape) {
        (Ok(text), Some(escape)) if escape.escaped => {
            let mut written = Vec::with_capacity(text.len() + 16);
            escape.write(text, &mut written);
            out.expansion(&written);
        }
        (Ok(text), _) => out.expansion(text),
        (Err(why), _) => out.unknown(why, false),
    }
}
