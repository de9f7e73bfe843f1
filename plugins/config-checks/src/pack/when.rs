//! When a rule applies.

use serde::Deserialize;

use super::{Named, OneOrMany, Origin};

/// When a rule applies: all of this must hold, or it says nothing. Where a fact that this asks for is not known and the
/// rule would find something, it says so with severity `info` and names the fact.
#[derive(Debug, Clone, Default, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
pub struct When {
    /// Products by their names in `environment.toml`, with their versions: `*` any, `8.5` that one with all that begin with
    /// it, `>=8.0 <9` bounds.
    pub products: Named<String>,
    /// Facts that must be known, such as `photos` or `meetings.host`, by their keys in `environment.toml`.
    pub facts: Vec<String>,
    /// Roles, of which the server that the document belongs to has one; by the hosts of `environment.toml`.
    pub role: Option<OneOrMany<String>>,
    /// What must exist somewhere in the environment; several: each of them.
    pub present: Option<OneOrMany<Presence>>,
    /// What must exist nowhere in the environment; several: none of them.
    pub absent: Option<OneOrMany<Presence>>,
    /// What is said, before the name of the fact, where a fact is not known: a sentence.
    pub unknown: Option<String>,
}

/// Something in a document.
#[derive(Debug, Clone, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Presence {
    /// As in `each`.
    pub kind: OneOrMany<String>,
    /// As in `each`.
    #[serde(default)]
    pub files: Vec<String>,
    /// As in `each`.
    #[serde(default)]
    pub path: Option<OneOrMany<String>>,
    /// What must agree of this document and that of the subject; what one of them lacks is not compared.
    #[serde(default)]
    pub same: Vec<Origin>,
}
