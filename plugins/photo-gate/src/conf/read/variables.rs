//! `Define`, `UnDefine` and `${NAME}`, across files in the order in which httpd reads them.
//!
//! Comes in: definitions, lines. Goes out: lines with their variables replaced. Never here: the server's environment, which
//! `${NAME}` falls back to and which nobody handed over: such a name stays as it is written, as httpd leaves one that
//! nothing sets.
//!
//! A value is replaced once when it is set and not again when it is used, so nothing can go in circles. The name of a value
//! is compared without case, the name that `<IfDefine>` asks for with it: both as httpd does.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

/// Bytes of a line after replacing: 64 KiB, eight times the longest line that httpd 2.2 reads.
pub(super) const MOST_OF_LINE: usize = 64 * 1024;

/// Bytes of all replaced lines of a server: 16 MiB, room for ten thousand lines of the longest path that exists.
const MOST_IN_ALL: usize = 16 * 1024 * 1024;

/// What is defined at some place.
#[derive(Debug, Default)]
pub(super) struct Variables {
    /// For `<IfDefine>`.
    names: BTreeSet<String>,
    /// For `${NAME}`, by names in small letters.
    values: BTreeMap<String, String>,
    replaced: usize,
}

/// A line with its variables replaced, and what was wrong.
#[derive(Debug)]
pub(super) struct Replaced<'t> {
    /// The line.
    pub(super) text: Cow<'t, str>,
    /// The first name in it that nothing sets.
    pub(super) unknown: Option<&'t str>,
    /// Whether it was left as it is, because it would become too long.
    pub(super) too_long: bool,
}

impl Variables {
    /// Takes in a `Define`.
    pub(super) fn define(&mut self, name: &str, value: Option<&str>) {
        self.names.insert(name.to_owned());
        if let Some(value) = value {
            self.values.insert(name.to_ascii_lowercase(), value.to_owned());
        }
    }

    /// Takes in an `UnDefine`.
    pub(super) fn undefine(&mut self, name: &str) {
        self.names.remove(name);
        self.values.remove(&name.to_ascii_lowercase());
    }

    /// Whether a name is defined, with a value or without.
    pub(super) fn defines(&self, name: &str) -> bool {
        self.names.contains(name)
    }

    /// A text with its variables replaced.
    pub(super) fn replace<'t>(&mut self, text: &'t str) -> Replaced<'t> {
        let mut unknown = None;
        let mut replaced = String::new();
        let mut changed = false;
        let mut rest = text;
        let most = MOST_OF_LINE.min(MOST_IN_ALL.saturating_sub(self.replaced));
        while let Some((head, behind)) = rest.split_once("${") {
            let Some((name, tail)) = behind.split_once('}') else {
                break;
            };
            replaced.push_str(head);
            if let Some(value) = self.values.get(&name.to_ascii_lowercase()) {
                replaced.push_str(value);
                changed = true;
            } else {
                // `${map:key}` is mod_rewrite's.
                if unknown.is_none() && !name.contains(':') {
                    unknown = Some(name);
                }
                replaced.extend(["${", name, "}"]);
            }
            rest = tail;
            if replaced.len() > most {
                break;
            }
        }
        replaced.push_str(rest);
        let too_long = changed && replaced.len() > most;
        if changed {
            self.replaced = self.replaced.saturating_add(replaced.len().min(MOST_OF_LINE));
        }
        let text = if changed && !too_long {
            Cow::Owned(replaced)
        } else {
            Cow::Borrowed(text)
        };
        Replaced {
            text,
            unknown,
            too_long,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_found_without_case_and_a_name_with_it() {
        let mut variables = Variables::default();
        variables.define("Root", Some("/opt"));
        variables.define("Flag", None);
        assert_eq!(variables.replace("a ${ROOT}/x ${flag}").text, "a /opt/x ${flag}");
        assert!(variables.defines("Flag") && variables.defines("Root"));
        assert!(!variables.defines("flag"));
        variables.undefine("Root");
        let replaced = variables.replace("${root} ${a:b}");
        assert_eq!(
            (replaced.text.as_ref(), replaced.unknown),
            ("${root} ${a:b}", Some("root"))
        );
    }

    #[test]
    fn doubling_ends_at_the_limit() {
        let mut variables = Variables::default();
        variables.define("x", Some("0123456789"));
        for _ in 0..40 {
            let twice = variables.replace("${x}${x}").text.into_owned();
            variables.define("x", Some(&twice));
        }
        assert!(variables.replace("${x}").text.len() <= MOST_OF_LINE);
        assert!(variables.replace("${x}${x}${x}${x}${x}").too_long);
    }
}
