//! What must hold.

use serde::Deserialize;

use super::{Named, OneOrMany, Severity};

/// Writes a struct of tests, of which all that are given must hold, with the keys that stand beside them.
macro_rules! tests {
    ($(#[$about:meta])* $name:ident { $($beside:tt)* }) => {
        $(#[$about])*
        #[derive(Debug, Clone, Default, Deserialize)]
        #[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
        #[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
        pub struct $name {
            /// It is there and not empty; several: each of them.
            pub present: Option<OneOrMany<String>>,
            /// It is absent or empty; several: each of them.
            pub missing: Option<OneOrMany<String>>,
            /// It is not there at all, which an empty value is; several: each of them.
            pub absent: Option<OneOrMany<String>>,
            /// The two are the same text.
            pub equal: Option<[String; 2]>,
            /// The two are different texts.
            pub differ: Option<[String; 2]>,
            /// It is one of several texts.
            pub one_of: Option<Among>,
            /// It is none of several texts.
            pub none_of: Option<Among>,
            /// The regular expression, the second, finds something in the first.
            pub matches: Option<[String; 2]>,
            /// The regular expression, the second, finds nothing in the first.
            pub matches_not: Option<[String; 2]>,
            /// The first contains the second.
            pub contains: Option<[String; 2]>,
            /// The first does not contain the second.
            pub contains_not: Option<[String; 2]>,
            /// The first is the second version or a later one.
            pub at_least: Option<[String; 2]>,
            /// The first is an earlier version than the second.
            pub below: Option<[String; 2]>,
            /// At least one of these holds.
            pub any: Option<Vec<Condition>>,
            /// All of these hold.
            pub all: Option<Vec<Condition>>,
            /// This does not hold.
            pub not: Option<Box<Condition>>,
            $($beside)*
        }
    };
}

tests! {
    /// Tests, of which all that are given must hold. A comparison with a value that is absent cannot be told, whatever is
    /// asked; so it is never a finding. All texts but expressions may hold values.
    Condition {}
}

tests! {
    /// Tests, of which all that are given must hold, and the finding where one does not.
    Requirement {
        /// Where it must hold: only if all of this does.
        pub r#if: Vec<Condition>,
        /// The message, in place of the check's.
        pub message: Option<String>,
        /// The severity, in place of the rule's.
        pub severity: Option<Severity>,
        /// Fields beside those of the check, or in place of those of the same name.
        pub fields: Named<String>,
    }
}

impl Requirement {
    /// Its tests alone.
    pub fn condition(&self) -> Condition {
        let own = self.clone();
        Condition {
            present: own.present,
            missing: own.missing,
            absent: own.absent,
            equal: own.equal,
            differ: own.differ,
            one_of: own.one_of,
            none_of: own.none_of,
            matches: own.matches,
            matches_not: own.matches_not,
            contains: own.contains,
            contains_not: own.contains_not,
            at_least: own.at_least,
            below: own.below,
            any: own.any,
            all: own.all,
            not: own.not,
        }
    }
}

/// A text and a list of texts.
#[derive(Debug, Clone, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Among {
    /// The text.
    pub value: String,
    /// What it is compared with.
    pub any: Vec<String>,
}
