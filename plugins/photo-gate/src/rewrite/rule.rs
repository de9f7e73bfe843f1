//! A `RewriteRule` with its `RewriteCond`s.
//!
//! Comes in: the directives, from [`super::read`]. Goes out: what they say, ready to be applied, and open to whoever judges a
//! gate by how it is written. Never here: applying them.

use super::escape;
use super::flags::{ConditionFlags, Flags};
use super::template::{Part, Template};
use crate::Place;
use crate::conf::Version;
use crate::expr::{Expression, Order};
use crate::pcre::Regex;

/// A rule, with the conditions before it.
#[derive(Debug)]
pub struct Rule {
    /// The directive.
    pub place: Place,
    /// The directive as it counts: name and words, variables replaced.
    pub text: String,
    /// What the path is searched for, without its `!`.
    pub pattern: Regex,
    /// Whether the rule is about paths that the pattern does not match.
    pub negated: bool,
    /// What is put in place of the path, as it is written; `-`: nothing.
    pub substitution: String,
    /// The flags.
    pub flags: Flags,
    /// The conditions that belong to it, in order.
    pub conditions: Vec<Condition>,
    pub(super) compiled: Compiled,
}

/// What a rule puts in place, ready.
#[derive(Debug, Default)]
pub(super) struct Compiled {
    pub(super) output: Template,
    /// No substitution: `-`, or an answer.
    pub(super) keeps: bool,
    /// A `?` at the end of the substitution: nothing of it is a query, and none is kept.
    pub(super) no_query: bool,
    /// A `?` at the end together with `[QSA]`, or `[QSL]`: the last one begins the query.
    pub(super) last_mark: bool,
    pub(super) environment: Vec<Template>,
    pub(super) uses_groups: bool,
    pub(super) uses_condition_groups: bool,
}

/// A condition.
#[derive(Debug)]
pub struct Condition {
    /// The directive.
    pub place: Place,
    /// The directive as it counts.
    pub text: String,
    /// The string that is tested, as it is written.
    pub test: String,
    /// What it is tested for, as it is written, without its `!`.
    pub pattern: String,
    /// Whether it holds if the test fails: `!`, and the other way round again by `-ne`.
    pub negated: bool,
    /// The flags.
    pub flags: ConditionFlags,
    /// What kind of test it is.
    pub kind: Kind,
    pub(super) template: Template,
}

/// What a condition asks.
#[derive(Debug)]
pub enum Kind {
    /// Whether a regular expression matches.
    Matches(Regex),
    /// `=`, `<`, `>`, `<=`, `>=`: first by length, then byte by byte; with `[NC]` letter by letter alone.
    Compared(Order, Vec<u8>),
    /// `-eq` and its kind.
    Number(Order, i32),
    /// `-d`, `-f`, `-s`, `-l`, `-x`: what is there under the name of a file.
    File(char),
    /// `-U`, `-F`: what another request would be answered.
    Request(char),
    /// `expr`, of 2.4; `Err`: what httpd refuses about it.
    Expression(Result<Expression, String>),
}

impl Rule {
    /// Whether the client does not get what it asked for if the rule applies: it is sent elsewhere or gets an error.
    pub fn turns_away(&self) -> bool {
        if self.flags.answers {
            return self.flags.status >= 400;
        }
        let is_absolute = || {
            let beginning = self.compiled.output.parts.first();
            matches!(beginning, Some(Part::Text(text)) if escape::absolute(text, false).is_some())
        };
        !self.compiled.keeps && !self.flags.proxy && !self.flags.pass_through && (self.flags.redirect || is_absolute())
    }

    /// Whether it has a substitution: not `-`, no answer.
    pub fn substitutes(&self) -> bool {
        !self.compiled.keeps
    }
}

impl Compiled {
    /// Makes ready what a rule puts in place; `ends_with_mark` is whether the second word ends with `?`.
    pub(super) fn new(substitution: &str, flags: &Flags, conditions: &[Condition], version: Version) -> Self {
        let keeps = flags.answers || substitution == "-";
        let mut compiled = Self {
            keeps,
            last_mark: flags.query_last,
            environment: flags
                .environment
                .iter()
                .map(|text| Template::new(text, version))
                .collect(),
            ..Self::default()
        };
        let mut output = substitution;
        if let Some(before) = substitution.strip_suffix('?') {
            if flags.query_append {
                compiled.last_mark = true;
            } else {
                compiled.no_query = true;
                output = before;
            }
        } else if flags.query_discard && !substitution.contains('?') {
            compiled.no_query = true;
        }
        if !keeps {
            compiled.output = Template::new(output, version);
        }
        // Cookies, types and handlers decide nothing; what they are made of is not looked at.
        let texts = std::iter::once(&compiled.output).chain(&compiled.environment);
        let texts = texts.chain(conditions.iter().map(|condition| &condition.template));
        let parts: Vec<&Part> = texts.flat_map(Template::all_parts).collect();
        let uses = |wanted: fn(&Part) -> bool| parts.iter().any(|part| wanted(part));
        let uses_groups = uses(|part| matches!(part, Part::OfRule(_)));
        let uses_condition_groups = uses(|part| matches!(part, Part::OfCondition(_)));
        Self {
            uses_groups,
            uses_condition_groups,
            ..compiled
        }
    }
}
