//! What every plugin that interprets rule packs needs, whatever its rules are about.
//!
//! Comes in: a pack as JSON text, and a type that is the syntax of one rule. Goes out: the rules with their places, or
//! problems with the JSON pointer of each ([`read()`]). Beside that stand the shapes that YAML writes more freely than a
//! struct ([`Named`], [`OneOrMany`], [`TextOr`]) and the words that all rules share ([`Severity`], [`remedy`]). Never here:
//! what a rule means.

mod named;
mod read;
#[cfg(feature = "schema")]
pub mod schema;
mod words;

pub use named::{Named, OneOrMany, TextOr};
pub use read::{Placed, escape, read};
pub use words::{Severity, check_words, remedy};
