//! Profiles: what sets the environment of a program. `.profile`, `setupCmdLine.sh`, `/etc/environment`, `.login`, and the
//! `.bat` and `.cmd` of Windows.
//!
//! Comes in: a text. Goes out: the root `profile`, and below it a node for each assignment, in order: its name is the
//! variable's, its value what it is set to, quotes removed, everything else as written. Never here: running anything, or
//! whether a line would be reached; assignments in branches, loops and functions are taken like all others.
//!
//! ```text
//!   text ──dialect──► shell ──words, commands──┐
//!                                              ├──► variables ──► tree
//!                     batch ──statements───────┘    what each is known to be so far
//! ```
//!
//! | attribute | |
//! |---|---|
//! | `exported` | `yes`: the assignment itself hands the variable to the programs that are started |
//! | `only` | `export`: nothing is assigned here (the value is empty), an earlier value is exported |
//! | `append` | `yes`: the value goes behind what the variable had (`NAME+=value`) |
//! | `resolved` | the value with each variable replaced by what the file set it to before; only where that is something else, and at most 64 KiB |
//!
//! Where the file does not say what a variable is, its `$NAME` stays in `resolved`, and so do command substitutions, all
//! forms that compute (`${NAME:-x}`), and variables that are passwords by their names. An assignment that lasts for one
//! command (`LANG=C ls`) or in a subshell is none. Here-documents are skipped. Names of batch files are kept as written
//! though case means nothing there.
//!
//! No library: parsers of whole shells (`brush-parser`, `yash-syntax`) recurse as deep as their input wants, and give up a
//! file at its first mistake.

mod batch;
mod dialect;
mod shell;
mod variables;

use self::dialect::Dialect;
use self::variables::{Names, Variables};
use crate::document::Parsed;

/// The assignments of a text.
pub fn parse(text: &str) -> Parsed {
    let dialect = Dialect::of(text);
    let mut variables = Variables::of(match dialect {
        Dialect::Batch => Names::AnyCase,
        Dialect::Shell | Dialect::Assignments => Names::AsWritten,
    });
    match dialect {
        Dialect::Batch => batch::read(text, &mut variables),
        Dialect::Shell => shell::read(text, shell::Behind::Command, &mut variables),
        Dialect::Assignments => shell::read(text, shell::Behind::Value, &mut variables),
    }
    variables.into_parsed()
}

/// The name of a variable that `text` begins with; empty if there is none.
fn name(text: &str) -> &str {
    let word = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
    let end = text.bytes().position(|byte| !word(byte)).unwrap_or(text.len());
    let digit = text.starts_with(|c: char| c.is_ascii_digit());
    if digit { "" } else { text.get(..end).unwrap_or_default() }
}

#[cfg(test)]
mod tests;
