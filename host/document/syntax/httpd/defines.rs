//! `Define` and `${NAME}`.
//!
//! Comes in: the directives of a file in its order. Goes out: lines with their variables replaced. Never here: whether the
//! section around a `Define` applies (the last one before a line counts), variables of the environment or of the command
//! line, `Define`s of other files; a name that is not known stays as it is written.
//!
//! Names are compared without case, as the server does it. A value is replaced once when it is set and not again when it
//! is used, so nothing can go in circles; but doubling a value thirty times is thirty lines, hence the limits.

use std::collections::BTreeMap;

use super::words::{Quoting, Words};

/// Bytes of a line after replacing: 64 KiB. Lines longer than 8 KiB are refused by Apache 2.2 altogether.
pub const MAX_EXPANDED: usize = 64 * 1024;

/// Bytes of all lines of a file after replacing: 16 MiB, room for ten thousand lines of the longest path that exists.
pub const MAX_EXPANDED_OF_FILE: usize = 16 * 1024 * 1024;

/// Why a line is kept as it is written, or a `Define` sets nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// The line would be longer than [`MAX_EXPANDED`].
    #[error("is longer than {MAX_EXPANDED} bytes once its variables are replaced; they were left in it")]
    Line,
    /// All of them together would be longer than [`MAX_EXPANDED_OF_FILE`].
    #[error(
        "is beyond the {MAX_EXPANDED_OF_FILE} bytes of replaced variables that a file may have; they were left in it"
    )]
    File,
    /// A value is longer than [`MAX_EXPANDED`].
    #[error("sets a variable to more than {MAX_EXPANDED} bytes; it is taken as not set")]
    Value,
    /// httpd takes a name and a value.
    #[error("sets a variable to more than one value; httpd refuses it")]
    Values,
}

/// The variables that are set at some place of a file.
#[derive(Debug, Default)]
pub struct Defines {
    values: BTreeMap<String, String>,
    expanded: usize,
}

impl Defines {
    /// Takes notice of a directive, its variables replaced: most set nothing.
    ///
    /// # Errors
    ///
    /// [`Refused`], and the variable is not set.
    pub fn learn(&mut self, directive: &str) -> Result<(), Refused> {
        let mut words = Words::new(directive, Quoting::Httpd);
        let (Some(name), Some(variable)) = (words.next(), words.next()) else {
            return Ok(());
        };
        if name.eq_ignore_ascii_case("UnDefine") {
            self.values.remove(&variable.to_ascii_lowercase());
        } else if name.eq_ignore_ascii_case("Define")
            // Without a value it only switches sections on.
            && let Some(value) = words.next()
        {
            let variable = variable.to_ascii_lowercase();
            self.values.remove(&variable);
            if words.next().is_some() {
                return Err(Refused::Values);
            }
            if value.len() > MAX_EXPANDED {
                return Err(Refused::Value);
            }
            self.values.insert(variable, value.into_owned());
        }
        Ok(())
    }

    /// Takes notice of a line whose variables could not be replaced: what it sets is not known.
    pub fn forget(&mut self, line: &str) {
        let mut words = Words::new(line, Quoting::Httpd);
        if words.next().is_some_and(|name| name.eq_ignore_ascii_case("Define"))
            && let Some(variable) = words.next()
        {
            self.values.remove(&variable.to_ascii_lowercase());
        }
    }

    /// A line with the variables replaced that are set; `None` if there is none in it.
    ///
    /// # Errors
    ///
    /// [`Refused`], and the line counts as written.
    pub fn expand(&mut self, line: &str) -> Result<Option<String>, Refused> {
        if self.values.is_empty() || !line.contains("${") {
            return Ok(None);
        }
        let left = MAX_EXPANDED_OF_FILE.saturating_sub(self.expanded);
        if left == 0 {
            return Err(Refused::File);
        }
        let (expanded, changed) = self.replaced(line);
        if !changed {
            return Ok(None);
        }
        // What is refused has cost its time all the same.
        self.expanded += expanded.len();
        if expanded.len() > MAX_EXPANDED {
            return Err(Refused::Line);
        }
        if expanded.len() > left {
            return Err(Refused::File);
        }
        Ok(Some(expanded))
    }

    /// A line with its variables replaced, of a line that becomes too long only so much, and whether there were any.
    fn replaced(&self, line: &str) -> (String, bool) {
        let mut expanded = String::new();
        let mut changed = false;
        let mut rest = line;
        while let Some((head, behind)) = rest.split_once("${") {
            let Some((variable, tail)) = behind.split_once('}') else {
                break;
            };
            expanded.push_str(head);
            if let Some(value) = self.values.get(&variable.to_ascii_lowercase()) {
                expanded.push_str(value);
                changed = true;
            } else {
                expanded.extend(["${", variable, "}"]);
            }
            rest = tail;
            if changed && expanded.len() > MAX_EXPANDED {
                return (expanded, changed);
            }
        }
        expanded.push_str(rest);
        (expanded, changed)
    }
}
