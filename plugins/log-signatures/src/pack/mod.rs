//! The syntax of a rule pack: what an administrator writes, in YAML, and what arrives here as JSON.
//!
//! One file holds one rule, its keys beside the header (`plugin: log-signatures`), or a list under `rules:`. This module
//! is the syntax and nothing else; what it means, and whether its parts fit together, is the business of loading. The
//! doc comments here are what an editor shows: they become the descriptions of the JSON Schema.

#[cfg(feature = "schema")]
pub mod schema;
mod span;

use casebook_plugin_packs::TextOr;
use serde::Deserialize;

pub use casebook_plugin_packs::{Named, OneOrMany, Severity};
pub use span::Span;

/// One known problem: how it shows in a log, what causes it, what helps.
#[derive(Debug, Clone, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Rule {
    /// The name that others select and suppress by: lower-case words with hyphens, the product first.
    #[cfg_attr(feature = "schema", schemars(regex(pattern = "^[a-z0-9]+(-[a-z0-9]+)*$")))]
    pub id: String,
    /// One line that names the problem.
    pub title: String,
    /// How bad it is.
    pub severity: Severity,
    /// What somebody sees or hears of it before they look into any log.
    pub symptom: String,
    /// Why it happens.
    pub cause: String,
    /// What an administrator does about it, step by step.
    pub remedy: OneOrMany<String>,
    /// What the remedy costs, where it costs something: a protection that becomes weaker, an interruption.
    #[serde(default)]
    pub cost: Option<String>,
    /// Where to read on: titles, with addresses where they are public.
    #[serde(default)]
    pub references: Vec<String>,
    /// The record formats in which the patterns are searched; none: in all.
    #[serde(default)]
    pub applies_to: Vec<String>,
    /// What is searched for, each under a name that the rest of the rule uses.
    pub patterns: Named<Pattern>,
    /// How captures are compared when they serve as keys or groups; those not named here compare as they are.
    #[serde(default)]
    pub compare: Named<Comparison>,
    /// Values that the rule remembers through the stream.
    #[serde(default)]
    pub remember: Named<Memory>,
    /// How matches add up to a sighting; several run side by side. None: every record that any
    /// pattern matches is a sighting.
    #[serde(default)]
    pub correlate: Option<OneOrMany<Correlation>>,
    /// The finding's fields, computed in this order: a later one may use an earlier one.
    #[serde(default)]
    pub fields: Named<Field>,
    /// What must hold, or there is no finding.
    #[serde(default)]
    pub require: Vec<Condition>,
    /// Variants of the finding: the first whose conditions hold is taken, and where none holds there is no finding.
    #[serde(default)]
    pub outcomes: Vec<Outcome>,
    /// The fields that make two sightings the same problem; none: all sightings in an environment are one.
    #[serde(default)]
    pub group: Vec<String>,
    /// When a sighting is not counted again.
    #[serde(default)]
    pub suppress: Option<Suppression>,
    /// What was found, in a sentence, with `{field}` or `{capture}` where a value belongs.
    pub message: String,
    /// Logs on which the rule fires, and logs on which it must not.
    #[serde(default)]
    pub examples: Examples,
}

/// A regular expression, searched in the whole text of a record.
#[derive(Debug, Clone, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(from = "TextOr<PatternParts>")]
pub enum Pattern {
    /// The expression itself, without look-around or back references; `(?<name>…)` captures. A literal of six bytes or
    /// more in it makes it cheap to find.
    Regex(String),
    /// The expression with more to say about it.
    Parts(PatternParts),
}

impl From<TextOr<PatternParts>> for Pattern {
    fn from(either: TextOr<PatternParts>) -> Self {
        match either {
            TextOr::Text(regex) => Self::Regex(regex),
            TextOr::More(parts) => Self::Parts(parts),
        }
    }
}

/// A regular expression, and where it is searched.
#[derive(Debug, Clone, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct PatternParts {
    /// The expression, without look-around or back references; `(?<name>…)` captures.
    pub regex: String,
    /// The record formats in which this pattern is searched, in place of the rule's.
    #[serde(default)]
    pub applies_to: Vec<String>,
}

/// How two captured texts are compared.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Comparison {
    /// As they are.
    #[default]
    Text,
    /// Without regard to upper and lower case.
    Lowercase,
    /// As directory names: part by part, whether `/` or `,` stands between the parts, without regard to case.
    Name,
}

/// Values that are remembered through the stream, the oldest forgotten first.
#[derive(Debug, Clone, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Memory {
    /// The patterns whose matches are remembered.
    pub patterns: OneOrMany<String>,
    /// The capture that is remembered.
    pub capture: String,
}

/// How matches add up to a sighting. All times are those that the records carry; records without a time are counted, and
/// no window applies to them.
#[derive(Debug, Clone, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Correlation {
    /// Every record that one of the named patterns matches is a sighting.
    Each(OneOrMany<String>),
    /// At least so many matches within a window.
    Count(Count),
    /// Steps that follow one another.
    Sequence(Sequence),
    /// Something lost and found again, at least so many times within a window.
    Pair(Pair),
    /// An expected follower that does not come.
    Absent(Absent),
    /// At least so many different values of a capture within a window.
    Distinct(Distinct),
}

/// At least so many matches within a window. One sighting per burst: the next may begin when the window has emptied.
#[derive(Debug, Clone, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Count {
    /// The patterns that are counted.
    pub patterns: OneOrMany<String>,
    /// How many make a sighting.
    #[cfg_attr(feature = "schema", schemars(range(min = 2)))]
    pub at_least: u32,
    /// The window that slides over the records' times.
    pub within: Span,
    /// The captures that keep counts apart; none: one count. A match that carries none of them is not counted.
    #[serde(default)]
    pub key: Vec<String>,
    /// Patterns that set the count back to nothing: of the same key, or of all where they carry no key.
    #[serde(default)]
    pub reset: Vec<String>,
}

/// Steps that follow one another. The first step names the subject, and its record gives the finding its line.
#[derive(Debug, Clone, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Sequence {
    /// The steps, in order.
    pub steps: Vec<Step>,
    /// Patterns that end the sequence without a finding.
    #[serde(default)]
    pub ends: Vec<String>,
    /// The captures that tell which sequence a match belongs to. A match that carries none of them goes to the oldest
    /// open sequence that awaits exactly that step.
    #[serde(default)]
    pub key: Vec<String>,
    /// Those keys that only one open sequence can have: a new owner ends the sequence of the former.
    #[serde(default)]
    pub exclusive: Vec<String>,
    /// A sequence that has not come to its end after this time is forgotten.
    pub within: Span,
    /// How long the end of a sequence waits for matches that show it to be another's, where several were open.
    #[serde(default)]
    pub settle: Option<Span>,
}

/// A step of a sequence.
#[derive(Debug, Clone, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Step {
    /// The patterns of which any one is the step.
    pub patterns: OneOrMany<String>,
    /// Whether the sequence may go on without it.
    #[serde(default)]
    pub optional: bool,
}

/// Something lost and found again.
#[derive(Debug, Clone, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Pair {
    /// The patterns that begin a pair; a repetition before its end changes nothing.
    pub lost: OneOrMany<String>,
    /// The patterns that end it. A match that carries no key ends the pair that has been open for longest.
    pub found: OneOrMany<String>,
    /// How many whole pairs make a sighting.
    #[cfg_attr(feature = "schema", schemars(range(min = 1)))]
    pub at_least: u32,
    /// The window, from the first loss to the last return.
    pub within: Span,
    /// The captures that keep pairs apart.
    #[serde(default)]
    pub key: Vec<String>,
}

/// An expected follower that does not come before the window or the stream ends.
#[derive(Debug, Clone, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Absent {
    /// The patterns that begin the wait; the record gives the finding its line.
    pub after: OneOrMany<String>,
    /// The patterns that are awaited.
    pub expect: OneOrMany<String>,
    /// Patterns that end the wait without a finding.
    #[serde(default)]
    pub unless: Vec<String>,
    /// Patterns of which at least one must have been seen meanwhile.
    #[serde(default)]
    pub needs: Vec<String>,
    /// Patterns of which at least one must have been seen meanwhile; each match is tried in turn until the rest of the
    /// rule holds for one.
    #[serde(default)]
    pub with: Vec<String>,
    /// How long to wait; none: until the stream ends.
    #[serde(default)]
    pub within: Option<Span>,
    /// The captures that keep waits apart.
    #[serde(default)]
    pub key: Vec<String>,
    /// Whether a repeated beginning goes on with the wait; otherwise it ends the former wait in vain.
    #[serde(default)]
    pub retries: bool,
}

/// At least so many different values of a capture within a window.
#[derive(Debug, Clone, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Distinct {
    /// The patterns that carry the value.
    pub patterns: OneOrMany<String>,
    /// The capture whose different values are counted.
    pub capture: String,
    /// How many make a sighting.
    #[cfg_attr(feature = "schema", schemars(range(min = 2)))]
    pub at_least: u32,
    /// The window that slides over the records' times.
    pub within: Span,
    /// The captures that keep counts apart; a match that carries none of them is not counted.
    #[serde(default)]
    pub key: Vec<String>,
    /// The pattern that more than half of the values must come from.
    #[serde(default)]
    pub mostly: Option<String>,
}

/// How a field gets its value.
#[derive(Debug, Clone, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(from = "TextOr<Derivation>")]
pub enum Field {
    /// A text with `{capture}`, `{pattern.capture}`, `{field}` or `{count}` where a value belongs; `{{` for a brace.
    Template(String),
    /// A value that is computed.
    Derived(Derivation),
}

impl From<TextOr<Derivation>> for Field {
    fn from(either: TextOr<Derivation>) -> Self {
        match either {
            TextOr::Text(template) => Self::Template(template),
            TextOr::More(derivation) => Self::Derived(derivation),
        }
    }
}

/// A value that is computed.
#[derive(Debug, Clone, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Derivation {
    /// The first of several templates that is not empty.
    First(Vec<String>),
    /// A template in lower case.
    Lowercase(String),
    /// The parts that a directory name has beyond another one.
    ExtraNameParts(ExtraNameParts),
    /// The address that belongs where a log has another one, by the environment's facts.
    HostAddress(HostAddress),
}

/// The parts that a directory name has beyond another one that it begins with.
#[derive(Debug, Clone, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct ExtraNameParts {
    /// The longer name.
    pub of: String,
    /// The shorter names to hold against it; the first that it begins with counts.
    #[serde(default)]
    pub beyond: Vec<String>,
    /// A memory of names to hold against it after those.
    #[serde(default)]
    pub remembered: Option<String>,
    /// Types of parts, such as `C`, that count as extra at the end of the name where no shorter name is known, unless the
    /// memory holds a name that ends in the same parts.
    #[serde(default)]
    pub else_trailing: Vec<String>,
}

/// The right address: that of the host which has the given address, or, if it is nobody's, that of the node. Of a host with
/// several addresses that is its `primary`; empty where the facts do not say.
#[derive(Debug, Clone, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct HostAddress {
    /// The address in the log.
    pub address: String,
    /// The name of the WebSphere node, or of the host.
    pub node: String,
}

/// What must hold. All texts are templates, as in `fields`.
#[derive(Debug, Clone, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Condition {
    /// It is not empty.
    Present(String),
    /// It is empty.
    Missing(String),
    /// The two are the same.
    Equal([String; 2]),
    /// The two are different.
    Differ([String; 2]),
    /// It ends in one of several texts, in any case.
    EndsWith(Ending),
    /// It ends in none of several texts, in any case.
    EndsNotWith(Ending),
}

/// A text and how it may end.
#[derive(Debug, Clone, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Ending {
    /// The text.
    pub value: String,
    /// The endings, literally.
    pub any: Vec<String>,
}

/// A variant of the finding.
#[derive(Debug, Clone, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Outcome {
    /// What must hold for it, all of it.
    #[serde(default)]
    pub when: Vec<Condition>,
    /// The severity, in place of the rule's.
    #[serde(default)]
    pub severity: Option<Severity>,
    /// The message, in place of the rule's.
    #[serde(default)]
    pub message: Option<String>,
}

/// When a sighting is not counted again.
#[derive(Debug, Clone, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Suppression {
    /// A sighting of the same group that follows the one before within this time belongs to it.
    pub while_open: Span,
}

/// Logs on which the rule fires, and logs on which it must not.
#[derive(Debug, Clone, Default, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Examples {
    /// Logs with the problem.
    #[serde(default)]
    pub fire: Vec<Firing>,
    /// Logs that look like the problem and are not.
    #[serde(default)]
    pub silent: Vec<Silent>,
}

/// A log with the problem.
#[derive(Debug, Clone, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Firing {
    /// What the log shows.
    pub about: String,
    /// The record format of the log.
    pub format: String,
    /// The environment's facts, with the keys of `environment.toml`.
    #[serde(default)]
    pub facts: serde_json::Map<String, serde_json::Value>,
    /// The log itself.
    pub log: String,
    /// All findings of this rule, grouped, in the order of their lines.
    pub findings: Vec<Expected>,
}

/// A finding that an example expects.
#[derive(Debug, Clone, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Expected {
    /// How many sightings it stands for.
    #[serde(default = "one")]
    pub count: u32,
    /// The line of its first sighting; the example's first line is 1.
    pub line: u64,
    /// Its severity, where it is not the rule's.
    #[serde(default)]
    pub severity: Option<Severity>,
    /// Fields that it has, among others.
    #[serde(default)]
    pub fields: Named<String>,
}

fn one() -> u32 {
    1
}

/// A log that looks like the problem and is not.
#[derive(Debug, Clone, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Silent {
    /// Why this is no sighting.
    pub why: String,
    /// The record format of the log.
    pub format: String,
    /// The environment's facts, with the keys of `environment.toml`.
    #[serde(default)]
    pub facts: serde_json::Map<String, serde_json::Value>,
    /// The log itself.
    pub log: String,
}
