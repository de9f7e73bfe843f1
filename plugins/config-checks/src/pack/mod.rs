//! The syntax of a rule pack: what an administrator writes, in YAML, and what arrives here as JSON.
//!
//! One file holds one rule, its keys beside the header (`plugin: config-checks`), or a list under `rules:`. This module
//! is the syntax and nothing else; what it means, and whether its parts fit together, is the business of loading. The
//! doc comments here are what an editor shows: they become the descriptions of the JSON Schema.

mod check;
mod condition;
mod examples;
#[cfg(feature = "schema")]
pub mod schema;
mod when;

use casebook_plugin_packs::TextOr;
use serde::Deserialize;
use serde_json::Map;

pub use casebook_plugin_packs::{Named, OneOrMany, Severity};
pub use check::{Against, Check, Derivation, Extent, Lonely, Match, Nothing, Origin, Selection, Value};
pub use condition::{Among, Condition, Requirement};
pub use examples::{Content, Examples, Expected, Firing, Silent};
pub use when::{Presence, When};

/// One known problem of configuration: how it shows, what causes it, what helps.
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
    /// When the rule applies; none: always.
    #[serde(default)]
    pub when: Option<When>,
    /// What it checks; several: each by itself.
    #[serde(default)]
    pub check: Option<OneOrMany<Check>>,
    /// In place of `when` and `check`: a check that is part of the plugin, by its name.
    #[serde(default)]
    pub code: Option<String>,
    /// What the check of `code` is to know; it says in its description what it understands.
    #[serde(default)]
    pub parameters: Map<String, serde_json::Value>,
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
