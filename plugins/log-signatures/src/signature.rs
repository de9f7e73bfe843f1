//! Signatures: rules as they are applied, with every name resolved to an index.
//!
//! Made by [`crate::load`] from the pack's syntax; never changed afterwards.

use casebook_plugin_sdk::Severity;

use crate::correlate::Correlator;
use crate::event::Slots;
use crate::pack::Comparison;
use crate::template::Template;

/// A rule as it is applied.
#[derive(Debug)]
pub(crate) struct Signature {
    pub(crate) id: String,
    pub(crate) correlators: Vec<Correlator>,
    pub(crate) memories: Vec<Memory>,
    pub(crate) fields: Vec<(String, Field)>,
    pub(crate) require: Vec<Condition>,
    pub(crate) outcomes: Vec<Outcome>,
    /// Indices of the fields that make the group, and how they are compared.
    pub(crate) group: Vec<(usize, Comparison)>,
    /// Seconds for which a sighting of the same group belongs to the one before.
    pub(crate) suppress: Option<f64>,
    pub(crate) message: Template,
}

/// Values that are remembered through the stream.
#[derive(Debug)]
pub(crate) struct Memory {
    /// Whether each pattern's matches are remembered.
    pub(crate) patterns: Vec<bool>,
    pub(crate) capture: Slots,
    pub(crate) comparison: Comparison,
}

/// How a field gets its value.
#[derive(Debug)]
pub(crate) enum Field {
    Template(Template),
    First(Vec<Template>),
    Lowercase(Template),
    ExtraNameParts {
        of: Template,
        beyond: Vec<Template>,
        /// The index of the memory of names.
        remembered: Option<usize>,
        else_trailing: Vec<String>,
    },
    HostAddress {
        address: Template,
        node: Template,
    },
}

/// What must hold.
#[derive(Debug)]
pub(crate) enum Condition {
    Present(Template),
    Missing(Template),
    Equal(Template, Template),
    Differ(Template, Template),
    /// Whether the text ends in one of the endings (which are in lower case) is as the flag says.
    Ends {
        value: Template,
        any: Vec<String>,
        expected: bool,
    },
}

/// A variant of the finding.
#[derive(Debug)]
pub(crate) struct Outcome {
    pub(crate) when: Vec<Condition>,
    pub(crate) severity: Option<Severity>,
    pub(crate) message: Option<Template>,
}
