//! The syntax of a rule pack of the photo gate: the words of a rule, and the name of the check that judges.
//!
//! One file holds one rule, its keys beside the header (`plugin: photo-gate`), or a list under `rules:`. What a check looks for is
//! code; its words and its examples stand in the pack. This module is the syntax and nothing else; [`load`] makes rules of
//! it. The doc comments here are what an editor shows.

mod load;
#[cfg(feature = "schema")]
pub mod schema;

use casebook_plugin_packs::TextOr;
use serde::Deserialize;
use serde_json::{Map, Value};

pub use casebook_plugin_packs::{Named, OneOrMany, Severity};
pub(crate) use load::{Means, load};

/// One known problem of a photo gate: how it shows, what causes it, what helps.
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
    /// What somebody sees or hears of it before they look into any file.
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
    /// Rules whose findings a finding of this one explains, such as those of the logs that show what comes of it.
    #[serde(default)]
    pub explains: Vec<Link>,
    /// Rules whose findings explain a finding of this one.
    #[serde(default)]
    pub explained_by: Vec<Link>,
    /// The check, by its name: one of those of this plugin.
    pub code: String,
    /// For a check of access logs: the record formats in which the patterns are searched; none: in all.
    #[serde(default)]
    pub applies_to: Vec<String>,
    /// For a check of access logs: which records are requests that it should look at, as regular expressions without look-around. Each
    /// captures `client`, `method`, `target` and `status`, and may capture `referer`, `agent` and `cookie`.
    #[serde(default)]
    pub patterns: Named<String>,
    /// Files on which the rule fires, and files on which it must not.
    #[serde(default)]
    pub examples: Examples,
}

/// Another rule of the same environment.
#[derive(Debug, Clone, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(from = "TextOr<LinkParts>")]
pub enum Link {
    /// Its id.
    Rule(String),
    /// Its id, and what must agree.
    Parts(LinkParts),
}

/// Another rule, and the fields that must agree for two findings to belong together.
#[derive(Debug, Clone, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct LinkParts {
    /// Its id.
    pub rule: String,
    /// Fields that both findings must have with the same value; a field that one of them lacks is not compared.
    #[serde(default)]
    pub same: Vec<String>,
}

impl From<TextOr<LinkParts>> for Link {
    fn from(either: TextOr<LinkParts>) -> Self {
        match either {
            TextOr::Text(rule) => Self::Rule(rule),
            TextOr::More(parts) => Self::Parts(parts),
        }
    }
}

/// Files on which the rule fires, and files on which it must not.
#[derive(Debug, Clone, Default, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Examples {
    /// Environments with the problem.
    #[serde(default)]
    pub fire: Vec<Firing>,
    /// Environments that look like the problem and are not.
    #[serde(default)]
    pub silent: Vec<Silent>,
}

/// An environment with the problem.
#[derive(Debug, Clone, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Firing {
    /// What the files show.
    pub about: String,
    /// The environment's facts, with the keys of `environment.toml`.
    #[serde(default)]
    pub facts: Map<String, Value>,
    /// The files: their paths in the environment, with their texts. Configuration and, for a check of logs, an access log.
    pub files: Named<String>,
    /// All findings of this rule, in the order of files and lines.
    pub findings: Vec<Expected>,
}

/// An environment that looks like the problem and is not.
#[derive(Debug, Clone, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Silent {
    /// Why this is no finding.
    pub why: String,
    /// The environment's facts, with the keys of `environment.toml`.
    #[serde(default)]
    pub facts: Map<String, Value>,
    /// The files: their paths in the environment, with their texts.
    pub files: Named<String>,
}

/// A finding that an example expects.
#[derive(Debug, Clone, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Expected {
    /// The file of its first place.
    pub file: String,
    /// The line of its first place, the first of a file is 1.
    pub line: u64,
    /// How many sightings of one group it stands for.
    #[serde(default = "one")]
    pub count: u32,
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
