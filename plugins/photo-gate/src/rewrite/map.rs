//! `RewriteMap`s.
//!
//! Comes in: the directive; then keys. Goes out: values. The maps inside of httpd are exact; of files, databases and programs
//! nothing is known but that they may have a value, or none.

use super::escape;
use crate::conf::Directive;

/// A map.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Map {
    /// `int:toupper`
    Upper,
    /// `int:tolower`
    Lower,
    /// `int:escape`
    Escape,
    /// `int:unescape`
    Unescape,
    /// Something outside of the configuration: `txt:`, `rnd:`, `dbm:`, `dbd:`, `fastdbd:`, `prg:`, by its directive's second word.
    Outside(String),
}

impl Map {
    /// The name and the map of a directive; what httpd refuses.
    pub(super) fn of(directive: &Directive) -> Result<(String, Self), String> {
        let ([name, source] | [name, source, _]) = directive.args.as_slice() else {
            return Err("a map without a name and a source".to_owned());
        };
        let inner = source
            .get(..4)
            .filter(|prefix| prefix.eq_ignore_ascii_case("int:"))
            .and_then(|_| source.get(4..));
        let map = match inner {
            Some("toupper") => Self::Upper,
            Some("tolower") => Self::Lower,
            Some("escape") => Self::Escape,
            Some("unescape") => Self::Unescape,
            Some(other) => return Err(format!("a map `int:{other}`, which httpd does not have")),
            None => Self::Outside(source.clone()),
        };
        Ok((name.clone(), map))
    }

    /// What it has for a key; `None`: that is not known.
    pub(super) fn value(&self, key: &[u8]) -> Option<Vec<u8>> {
        match self {
            Self::Upper => Some(key.to_ascii_uppercase()),
            Self::Lower => Some(key.to_ascii_lowercase()),
            Self::Escape => Some(escape::escaped(key)),
            Self::Unescape => Some(escape::unescaped(key)),
            Self::Outside(_) => None,
        }
    }
}
