//! Examples: files on which a rule fires, and files on which it must not.

use serde::Deserialize;
use serde_json::{Map, Value};

use super::{Named, Severity};
use casebook_plugin_packs::TextOr;

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
    /// The files: their paths in the environment, with their contents.
    pub files: Named<Content>,
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
    /// The files: their paths in the environment, with their contents.
    pub files: Named<Content>,
}

/// What a file contains.
#[derive(Debug, Clone, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(from = "TextOr<Encoded>")]
pub enum Content {
    /// A text.
    Text(String),
    /// Bytes.
    Bytes(Encoded),
}

/// Bytes, written as text.
#[derive(Debug, Clone, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Encoded {
    /// The bytes in Base64.
    pub base64: String,
}

impl From<TextOr<Encoded>> for Content {
    fn from(either: TextOr<Encoded>) -> Self {
        match either {
            TextOr::Text(text) => Self::Text(text),
            TextOr::More(encoded) => Self::Bytes(encoded),
        }
    }
}

/// A finding that an example expects.
#[derive(Debug, Clone, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Expected {
    /// The file of its first place; `.` where something is missing everywhere.
    pub file: String,
    /// The line of its first place, the first of a file is 1; 0 where something is missing everywhere.
    pub line: u64,
    /// How many places of one group it stands for.
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
