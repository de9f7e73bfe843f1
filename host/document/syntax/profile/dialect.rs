//! Which language a profile is written in.
//!
//! Comes in: a text. Goes out: its [`Dialect`]. Never here: the name of the file, which copies do not keep.
//!
//! Lines that only one language has are counted, and the majority says.

use super::name;
use crate::document::syntax::lines::Lines;

/// The languages that are told apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dialect {
    /// A Unix shell, whichever.
    Shell,
    /// The same with nothing but `NAME=value` in it, such as `/etc/environment`: what follows a blank in a line is no
    /// command there.
    Assignments,
    /// A batch file of Windows.
    Batch,
}

impl Dialect {
    /// The dialect of a text; a shell's if nothing else shows.
    pub fn of(text: &str) -> Self {
        if text.starts_with("#!") {
            return Self::Shell;
        }
        let (mut shell, mut batch, mut assignments, mut others) = (0u32, 0u32, 0u32, 0u32);
        for line in Lines::of(text) {
            match mark(line.text.trim_ascii()) {
                Some(Mark::Comment) => shell += 1,
                Some(Mark::Shell) => (shell, others) = (shell + 1, others + 1),
                Some(Mark::Batch) => batch += 1,
                Some(Mark::Assignment) => assignments += 1,
                Some(Mark::Any) => others += 1,
                None => {}
            }
        }
        if batch > shell + assignments {
            Self::Batch
        } else if assignments > 0 && others == 0 && batch == 0 && !has_commands(text) {
            Self::Assignments
        } else {
            Self::Shell
        }
    }
}

/// What a line says about its language.
enum Mark {
    /// `#`: not Windows.
    Comment,
    Shell,
    Batch,
    Assignment,
    /// Nothing, but it is more than an assignment.
    Any,
}

fn mark(line: &str) -> Option<Mark> {
    if line.is_empty() {
        return None;
    }
    if line.starts_with('#') {
        return Some(Mark::Comment);
    }
    if line.starts_with("::") || line.starts_with('@') {
        return Some(Mark::Batch);
    }
    let assigned = name(line);
    if !assigned.is_empty() && line.get(assigned.len()..).is_some_and(|rest| rest.starts_with('=')) {
        return Some(Mark::Assignment);
    }
    let (word, rest) = line.split_once([' ', '\t']).unwrap_or((line, ""));
    Some(match word.to_ascii_lowercase().as_str() {
        "rem" | "setlocal" | "endlocal" | "goto" => Mark::Batch,
        "export" | "setenv" | "unset" | "alias" | "umask" | "source" | "." | "fi" | "done" | "esac" | "endif" => {
            Mark::Shell
        }
        "set" if is_batch_assignment(rest.trim_ascii_start()) => Mark::Batch,
        _ => Mark::Any,
    })
}

/// `NAME=value` or `"NAME=value"` or `/a …`. In the C shell, which also has `set`, blanks and other commands are usual.
fn is_batch_assignment(rest: &str) -> bool {
    let rest = rest.strip_prefix('"').unwrap_or(rest);
    let assigned = name(rest);
    rest.starts_with('/')
        || (!assigned.is_empty() && rest.get(assigned.len()..).is_some_and(|rest| rest.starts_with('=')))
}

fn has_commands(text: &str) -> bool {
    text.contains([';', '&', '|', '`', '<', '>']) || text.contains("$(") || text.contains("export")
}
