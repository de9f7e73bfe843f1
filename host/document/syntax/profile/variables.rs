//! The variables of a profile, as far as it has been read.
//!
//! Comes in: assignments, in order. Goes out: a tree of them, each with what it comes to. Never here: syntax.
//!
//! What a variable comes to may double with every line (`A=$A$A`), so it is measured before it is made, and nothing longer
//! than [`MAX_RESOLVED`] is, nor more than [`MAX_RESOLVED_IN_ALL`] of a file. A variable whose value was not made is
//! unknown from there on.
//!
//! What a variable's name makes a secret never comes out under another: it is put into nothing.

use std::borrow::Cow;
use std::collections::HashMap;
use std::ops::Range;

use crate::document::syntax::lines::Remarks;
use crate::document::{At, Full, NodeIndex, Parsed, Tree};
use crate::finding::mask_field;

/// The longest resolved value in bytes: 64 KiB. A search path of four is long, and a system takes no environment of more
/// than some hundred.
const MAX_RESOLVED: usize = 64 << 10;

/// Resolved values of a file in bytes: 16 MiB, 256 of the longest. Real files stay below one.
const MAX_RESOLVED_IN_ALL: usize = 16 << 20;

/// References to variables in a value: 4096. Each takes two bytes of text at least, and more than a few are a mistake.
pub const MAX_REFERENCES: usize = 4096;

/// How names are compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Names {
    /// Letter by letter, as shells do.
    AsWritten,
    /// Without regard to case, as Windows does.
    AnyCase,
}

/// A text with the places in it where variables are to be put.
#[derive(Clone, Debug, Default)]
pub struct Template {
    /// The text, each reference as it is written.
    pub text: String,
    references: Vec<Range<u32>>,
    /// There are more than [`MAX_REFERENCES`].
    excessive: bool,
}

impl Template {
    /// Adds a reference to a variable, as it is written.
    pub fn refer(&mut self, written: &str) {
        let start = self.len();
        self.text.push_str(written);
        if self.references.len() < MAX_REFERENCES {
            self.references.push(start..self.len());
        } else {
            self.excessive = true;
        }
    }

    /// Adds another template behind this one and a blank.
    pub fn extend(&mut self, other: &Self) {
        self.text.push(' ');
        let shift = self.len();
        self.text.push_str(&other.text);
        let shifted = other
            .references
            .iter()
            .map(|range| range.start + shift..range.end + shift);
        self.references.extend(shifted);
        self.excessive |= other.excessive || self.references.len() > MAX_REFERENCES;
        self.references.truncate(MAX_REFERENCES);
    }

    /// Goes back to what it was when its text had that length.
    pub fn truncate(&mut self, length: usize) {
        self.text.truncate(length);
        let whole = self.len();
        self.references.retain(|range| range.end <= whole);
    }

    /// Takes everything before `start` away.
    #[must_use]
    pub fn from(mut self, start: usize) -> Self {
        let cut = u32::try_from(start).unwrap_or(u32::MAX).min(self.len());
        self.text = self.text.split_off(cut as usize);
        self.references.retain(|range| range.start >= cut);
        for range in &mut self.references {
            *range = range.start - cut..range.end - cut;
        }
        self
    }

    /// The text before the first reference.
    pub fn literal(&self) -> &str {
        let end = self
            .references
            .first()
            .map_or(self.text.len(), |range| range.start as usize);
        self.text.get(..end).unwrap_or_default()
    }

    /// Text and references in turn.
    fn pieces(&self) -> impl Iterator<Item = (&str, Option<&str>)> {
        let slice = |from: u32, to: u32| self.text.get(from as usize..to as usize).unwrap_or_default();
        let mut from = 0;
        self.references
            .iter()
            .map(move |range| {
                let before = slice(from, range.start);
                from = range.end;
                (before, Some(slice(range.start, range.end)))
            })
            .chain(std::iter::once_with(move || {
                let end = self.references.last().map_or(0, |range| range.end);
                (slice(end, self.len()), None)
            }))
    }

    /// Texts have at most 64 MiB.
    fn len(&self) -> u32 {
        u32::try_from(self.text.len()).unwrap_or(u32::MAX)
    }
}

/// One assignment.
#[derive(Clone, Debug)]
pub struct Assignment<'n> {
    /// The variable.
    pub name: &'n str,
    /// What it is set to.
    pub value: Template,
    /// Where it is.
    pub at: At,
    /// Whether it exports the variable too.
    pub exported: bool,
    /// Whether the value goes behind what the variable had.
    pub append: bool,
}

/// The tree that grows, and what the variables in it are known to be.
#[derive(Debug)]
pub struct Variables {
    /// What was wrong so far.
    pub remarks: Remarks,
    tree: Tree,
    names: Names,
    known: HashMap<String, String>,
    /// What [`Variables::learn`] will put there, or take away.
    news: Vec<(String, Option<String>)>,
    budget: usize,
    full: bool,
}

/// Why a value cannot be resolved.
enum Unresolved {
    TooLong,
    TooMuch,
}

impl Variables {
    /// None yet.
    pub fn of(names: Names) -> Self {
        Self {
            remarks: Remarks::default(),
            tree: Tree::new("profile"),
            names,
            known: HashMap::new(),
            news: Vec::new(),
            budget: MAX_RESOLVED_IN_ALL,
            full: false,
        }
    }

    /// Whether nothing more is taken.
    pub fn is_full(&self) -> bool {
        self.full
    }

    /// The tree, with what was wrong.
    pub fn into_parsed(self) -> Parsed {
        self.remarks.beside(self.tree)
    }

    /// What was assigned is known from here on. A shell puts the variables into all arguments of `export` before it makes
    /// the first of its assignments, so that this is not a part of [`Variables::assign`].
    pub fn learn(&mut self) {
        for (name, value) in self.news.drain(..) {
            match value.filter(|value| !is_secret(&name, value)) {
                Some(value) => self.known.insert(name, value),
                None => self.known.remove(&name),
            };
        }
    }

    /// A variable is set.
    pub fn assign(&mut self, assignment: Assignment<'_>) {
        let Assignment { name, value, at, .. } = &assignment;
        let appended;
        let template = if assignment.append {
            appended = behind_itself(name, value);
            &appended
        } else {
            value
        };
        let resolved = match self.resolve(template) {
            Ok(resolved) => Some(resolved),
            Err(Unresolved::TooLong) => {
                self.remarks.say(
                    at.line,
                    "sets a variable to too much once the others are put into it; not resolved",
                );
                None
            }
            Err(Unresolved::TooMuch) => {
                self.remarks.say(
                    at.line,
                    "sets variables to more than 16 MiB in all; not resolved from here on",
                );
                None
            }
        };
        let shown = resolved
            .as_deref()
            .filter(|resolved| *resolved != value.text && !is_secret(name, resolved));
        let added = add(&mut self.tree, &assignment, shown);
        let key = self.key(name).into_owned();
        self.news.push((key, resolved.map(Cow::into_owned)));
        self.stop_when_full(added, assignment.at);
    }

    /// A variable is exported, whatever it is.
    pub fn export(&mut self, name: &str, at: At) {
        let added = self
            .tree
            .add(NodeIndex::ROOT, name, "", at)
            .and_then(|_| self.tree.attribute("exported", "yes", at.line))
            .and_then(|()| self.tree.attribute("only", "export", at.line));
        self.stop_when_full(added, at);
    }

    /// A variable is no more.
    pub fn forget(&mut self, name: &str) {
        let key = self.key(name).into_owned();
        self.known.remove(&key);
    }

    fn stop_when_full(&mut self, added: Result<(), Full>, at: At) {
        if let Err(full) = added
            && !self.full
        {
            self.full = true;
            self.remarks.stop(at.line, full);
        }
    }

    fn key<'n>(&self, name: &'n str) -> Cow<'n, str> {
        match self.names {
            Names::AsWritten => Cow::Borrowed(name),
            Names::AnyCase => Cow::Owned(name.to_ascii_lowercase()),
        }
    }

    /// What a reference stands for.
    fn value_of<'v>(&'v self, written: &'v str) -> &'v str {
        let name = written.trim_matches(['$', '{', '}', '%']);
        self.known.get(self.key(name).as_ref()).map_or(written, String::as_str)
    }

    fn resolve<'v>(&mut self, template: &'v Template) -> Result<Cow<'v, str>, Unresolved> {
        if template.references.is_empty() {
            return Ok(Cow::Borrowed(&template.text));
        }
        let length = template
            .pieces()
            .map(|(text, reference)| text.len() + reference.map_or(0, |written| self.value_of(written).len()))
            .sum();
        if template.excessive || length > MAX_RESOLVED {
            return Err(Unresolved::TooLong);
        }
        let Some(budget) = self.budget.checked_sub(length) else {
            self.budget = 0;
            return Err(Unresolved::TooMuch);
        };
        self.budget = budget;
        let mut resolved = String::with_capacity(length);
        for (text, reference) in template.pieces() {
            resolved.push_str(text);
            resolved.push_str(reference.map_or("", |written| self.value_of(written)));
        }
        Ok(Cow::Owned(resolved))
    }
}

/// Whether a value, or a part of it, would be masked under the name of its variable.
fn is_secret(name: &str, value: &str) -> bool {
    mask_field(name, value) != value
}

/// The value of a variable with something behind it.
fn behind_itself(name: &str, value: &Template) -> Template {
    let mut whole = Template::default();
    whole.refer(&format!("${{{name}}}"));
    let shift = whole.len();
    whole.text.push_str(&value.text);
    let shifted = value
        .references
        .iter()
        .map(|range| range.start + shift..range.end + shift);
    whole.references.extend(shifted);
    whole.excessive = value.excessive;
    whole
}

fn add(tree: &mut Tree, assignment: &Assignment<'_>, resolved: Option<&str>) -> Result<(), Full> {
    let line = assignment.at.line;
    tree.add(NodeIndex::ROOT, assignment.name, &assignment.value.text, assignment.at)?;
    if assignment.exported {
        tree.attribute("exported", "yes", line)?;
    }
    if assignment.append {
        tree.attribute("append", "yes", line)?;
    }
    match resolved {
        Some(resolved) => tree.attribute("resolved", resolved, line),
        None => Ok(()),
    }
}
