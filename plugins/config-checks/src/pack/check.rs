//! What a rule checks: subjects, their values, and what must hold of them.

use casebook_plugin_packs::TextOr;
use serde::Deserialize;

use super::{Condition, Named, OneOrMany, Requirement, Severity};

/// A check: the subjects that are looked at, and what must hold of each. In all texts but paths and expressions, `{name}`
/// stands for a value, `{{` for a brace.
#[derive(Debug, Clone, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Check {
    /// The subjects.
    pub each: Selection,
    /// Values of a subject, each under a name that the rest of the check uses; a later one may use an earlier one.
    #[serde(default)]
    pub values: Named<Value>,
    /// The other side of a disagreement, in the same document or in others.
    #[serde(default)]
    pub against: Option<Against>,
    /// What must hold of each subject, or of each subject with each of its others; the first that does not makes the
    /// finding. Without `must` and without any `none`, every subject is a finding.
    #[serde(default)]
    pub must: Vec<Requirement>,
    /// The finding where there is no subject.
    #[serde(default)]
    pub none: Option<Nothing>,
    /// Names of values: the places where these stand are the finding's, the first gives it file and line. None, or none of
    /// them there: the subject itself.
    #[serde(default)]
    pub at: Vec<String>,
    /// The finding's fields: texts with values. Each finding should have `found` and `wanted`. A field whose only value is
    /// absent is left out.
    #[serde(default)]
    pub fields: Named<String>,
    /// Names of fields, values or parts of the document that make two findings the same problem, such as those of copies
    /// of one file; not given: the file and all fields.
    #[serde(default)]
    pub group: Option<Vec<String>>,
    /// What was found and why it is wrong, in a sentence or two with values; may be left out where each part of `must` and
    /// `none` has its own.
    #[serde(default)]
    pub message: Option<String>,
}

/// Nodes or attributes of documents.
#[derive(Debug, Clone, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Selection {
    /// The kind of document, such as `security.xml`, or a syntax that many kinds share, such as `xml`.
    pub kind: OneOrMany<String>,
    /// Names of files, `*` and `?` stand for other characters; none: every document of the kind.
    #[serde(default)]
    pub files: Vec<String>,
    /// The path from the top of the document, such as `//item[@name='url']/@value`, or several whose places are taken
    /// together; none: the document itself.
    #[serde(default)]
    pub path: Option<OneOrMany<String>>,
}

/// The other side of a disagreement.
#[derive(Debug, Clone, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Against {
    /// As in `each`.
    pub kind: OneOrMany<String>,
    /// As in `each`.
    #[serde(default)]
    pub files: Vec<String>,
    /// As in `each`.
    #[serde(default)]
    pub path: Option<OneOrMany<String>>,
    /// What must agree of the two documents; what one of them lacks is not compared.
    #[serde(default)]
    pub same: Vec<Origin>,
    /// Values of an other, used as `{other.NAME}`.
    #[serde(default)]
    pub values: Named<Value>,
    /// Which others belong to a subject: all of this must hold. An `equal` of a subject's value and an other's is an index,
    /// and makes thousands of both cheap.
    #[serde(default)]
    pub r#where: Vec<Condition>,
    /// The finding where a subject has no other, although there is a document in which it could stand.
    #[serde(default)]
    pub none: Option<Lonely>,
}

/// What the path of a document says of where it belongs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum Origin {
    /// The WebSphere cell.
    Cell,
    /// The WebSphere node.
    Node,
    /// The WebSphere server.
    Server,
    /// The WebSphere cluster.
    Cluster,
    /// The application.
    Application,
    /// The folder of the WebSphere profile.
    Profile,
    /// The document itself.
    File,
}

/// How a value is got.
#[derive(Debug, Clone, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(from = "TextOr<Derivation>")]
pub enum Value {
    /// What stands at the first place that a path leads to, seen from the subject: `@value`, `.`, `../@name`, `a/b`;
    /// absent where it leads nowhere.
    Path(String),
    /// A value that is computed.
    Derived(Derivation),
}

impl From<TextOr<Derivation>> for Value {
    fn from(either: TextOr<Derivation>) -> Self {
        match either {
            TextOr::Text(path) => Self::Path(path),
            TextOr::More(derivation) => Self::Derived(derivation),
        }
    }
}

/// A value that is computed.
#[derive(Debug, Clone, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Derivation {
    /// The first of several paths that leads somewhere.
    Path(OneOrMany<String>),
    /// The first of several texts that is not empty; absent where all are.
    First(OneOrMany<String>),
    /// A text in lower case.
    Lowercase(String),
    /// What a regular expression finds in a text, used as `{name}`, and its named groups, used as `{name.group}`; absent
    /// where it finds nothing.
    Match(Match),
}

/// A regular expression, searched in a text.
#[derive(Debug, Clone, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Match {
    /// The text.
    pub of: String,
    /// The expression, without look-around or back references; `(?<name>…)` is a group.
    pub regex: String,
}

/// The finding where a subject has no other.
#[derive(Debug, Clone, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Lonely {
    /// The message, in place of the check's.
    #[serde(default)]
    pub message: Option<String>,
    /// The severity, in place of the rule's.
    #[serde(default)]
    pub severity: Option<Severity>,
    /// Fields beside those of the check, or in place of those of the same name.
    #[serde(default)]
    pub fields: Named<String>,
}

/// The finding where there is no subject.
#[derive(Debug, Clone, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Nothing {
    /// Where one is missing: in a document of the kind, or in all of them together. Where there is no such document,
    /// nothing is missing.
    #[serde(default)]
    pub r#in: Extent,
    /// The message.
    pub message: String,
    /// The severity, in place of the rule's.
    #[serde(default)]
    pub severity: Option<Severity>,
    /// The finding's fields; there are no values for them but `{document.…}` and `{facts.…}`.
    #[serde(default)]
    pub fields: Named<String>,
}

/// Where something is missing.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum Extent {
    /// In one document: each that has no subject is a finding.
    #[default]
    Document,
    /// In all documents together: one finding if none of them has a subject.
    Environment,
}
