//! One `SetEnvIf`, and what it sets.
//!
//! Comes in: the words of the directive. Goes out: an [`Entry`]. Lines of one attribute and one pattern right behind each other
//! are one entry with the variables of all.

use crate::conf::{Directive, Version};
use crate::expr::Expression;
use crate::pcre::{Library, Options, Pattern, Regex};
use crate::{Place, Refusal};

/// What is looked at.
#[derive(Debug)]
pub(super) enum Attribute {
    ClientAddress,
    ClientName,
    RequestUri,
    Method,
    /// `Request_Protocol`, `Server_Addr`: not known here.
    Untold(&'static str),
    /// A header, or else a variable, of that name.
    Named(String),
    /// The last header whose name matches.
    Header(Regex),
}

/// What must hold.
#[derive(Debug)]
pub(super) enum Condition {
    /// A text that is found in the attribute; as a pattern for sets of addresses too.
    Plain {
        attribute: Attribute,
        text: Vec<u8>,
        pattern: Option<Pattern>,
    },
    /// A regular expression that matches it.
    Matches { attribute: Attribute, regex: Regex },
    /// An expression.
    Expression(Box<Expression>),
}

/// A variable, and what becomes of it.
#[derive(Debug)]
pub(super) struct Setting {
    pub(super) name: String,
    /// `None`: it is taken out.
    pub(super) value: Option<String>,
}

/// One condition with its variables.
#[derive(Debug)]
pub(super) struct Entry {
    pub(super) place: Place,
    pub(super) text: String,
    pub(super) condition: Condition,
    /// Which attribute, by number within the scope; lines about the same one share it. None for an expression.
    pub(super) attribute_number: Option<usize>,
    any_case: bool,
    written: String,
    pub(super) settings: Vec<Setting>,
}

/// The entries of one scope, in the making.
#[derive(Debug, Default)]
pub(super) struct Reading {
    pub(super) entries: Vec<Entry>,
    names: Vec<String>,
    pub(super) refusals: Vec<Refusal>,
}

impl Reading {
    /// Takes in a directive, if it is one of mod_setenvif.
    pub(super) fn take(&mut self, directive: &Directive, version: Version) {
        let words = directive.args.as_slice();
        let (name, rest) = match directive.name.as_str() {
            "setenvif" | "setenvifnocase" => match words.split_first() {
                Some((name, rest)) => (name.as_str(), rest),
                None => return self.refuse(directive, "the name of what is looked at is missing"),
            },
            "browsermatch" | "browsermatchnocase" => ("User-Agent", words),
            "setenvifexpr" => return self.expression(directive),
            _ => return,
        };
        let any_case = directive.name.ends_with("nocase");
        let Some((written, settings)) = rest.split_first() else {
            return self.refuse(directive, "the regular expression is missing");
        };
        if settings.is_empty() {
            return self.refuse(directive, "the variable is missing");
        }
        let number = self.number_of(name);
        if let Some(last) = self.entries.last_mut().filter(|last| {
            last.attribute_number == Some(number) && last.any_case == any_case && last.written == *written
        }) {
            last.settings
                .extend(settings.iter().map(|setting| Setting::read(setting)));
            return;
        }
        let options = Options {
            any_case,
            library: library(version),
        };
        let attribute = match attribute(name, options, directive.place) {
            Ok(attribute) => attribute,
            Err(refusal) => return self.refusals.push(refusal),
        };
        let condition = match plain(written) {
            Some(text) => Condition::Plain {
                pattern: Pattern::with(escaped(&text).as_bytes(), options).ok(),
                attribute,
                text: if any_case { text.to_ascii_lowercase() } else { text },
            },
            None => {
                let regex = Regex::with(written, options, directive.place);
                if let Some(refusal) = regex.refusal() {
                    return self.refusals.push(refusal);
                }
                Condition::Matches { attribute, regex }
            }
        };
        self.entries.push(Entry {
            place: directive.place,
            text: text(directive),
            condition,
            attribute_number: Some(number),
            any_case,
            written: written.clone(),
            settings: settings.iter().map(|setting| Setting::read(setting)).collect(),
        });
    }

    fn expression(&mut self, directive: &Directive) {
        let (written, settings) = match directive.args.split_first() {
            Some((written, settings)) if !settings.is_empty() => (written, settings),
            _ => return self.refuse(directive, "the expression or the variable is missing"),
        };
        match Expression::parse(written) {
            Ok(expression) => self.entries.push(Entry {
                place: directive.place,
                text: text(directive),
                condition: Condition::Expression(Box::new(expression)),
                attribute_number: None,
                any_case: false,
                written: written.clone(),
                settings: settings.iter().map(|setting| Setting::read(setting)).collect(),
            }),
            Err(why) => self.refuse(directive, &why),
        }
    }

    fn number_of(&mut self, name: &str) -> usize {
        match self.names.iter().position(|known| known.eq_ignore_ascii_case(name)) {
            Some(number) => number,
            None => {
                self.names.push(name.to_owned());
                self.names.len() - 1
            }
        }
    }

    fn refuse(&mut self, directive: &Directive, why: &str) {
        self.refusals.push(Refusal {
            place: directive.place,
            why: why.to_owned(),
        });
    }
}

impl Entry {
    /// Whether the plain text is looked for without case.
    pub(super) fn ignores_case(&self) -> bool {
        self.any_case
    }

    /// Whether a variable gets what the pattern captured.
    pub(super) fn uses_groups(&self) -> bool {
        self.settings.iter().any(Setting::uses_groups)
    }
}

impl Setting {
    fn read(word: &str) -> Self {
        let (name, value) = word.split_once('=').unwrap_or((word, ""));
        match (name.strip_prefix('!'), value) {
            (_, value) if value.starts_with('!') => Self {
                name: name.to_owned(),
                value: None,
            },
            (Some(name), "") => Self {
                name: name.to_owned(),
                value: None,
            },
            (_, "") => Self {
                name: name.to_owned(),
                value: Some("1".to_owned()),
            },
            (_, value) => Self {
                name: name.to_owned(),
                value: Some(value.to_owned()),
            },
        }
    }

    /// Whether there is a `$0` to `$9` in its value.
    pub(super) fn uses_groups(&self) -> bool {
        let value = self.value.as_deref().unwrap_or_default().as_bytes();
        value
            .windows(2)
            .any(|two| matches!(two, [b'$', digit] if digit.is_ascii_digit()))
    }
}

fn library(version: Version) -> Library {
    match version {
        Version::V22 => Library::Pcre1,
        Version::V24 => Library::Pcre2,
    }
}

fn text(directive: &Directive) -> String {
    let name = match directive.name.as_str() {
        "setenvif" => "SetEnvIf",
        "setenvifnocase" => "SetEnvIfNoCase",
        "setenvifexpr" => "SetEnvIfExpr",
        "browsermatch" => "BrowserMatch",
        _ => "BrowserMatchNoCase",
    };
    format!("{name} {}", directive.value)
}

fn attribute(name: &str, options: Options, place: Place) -> Result<Attribute, Refusal> {
    Ok(match name.to_ascii_lowercase().as_str() {
        "remote_addr" => Attribute::ClientAddress,
        "remote_host" => Attribute::ClientName,
        "request_uri" => Attribute::RequestUri,
        "request_method" => Attribute::Method,
        "request_protocol" => Attribute::Untold("which HTTP the request line named"),
        "server_addr" => Attribute::Untold("the server's own address"),
        _ if name
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte)) =>
        {
            Attribute::Named(name.to_owned())
        }
        _ => {
            let regex = Regex::with(name, options, place);
            match regex.refusal() {
                Some(refusal) => return Err(refusal),
                None => Attribute::Header(regex),
            }
        }
    })
}

/// The text that a pattern without special characters stands for.
fn plain(pattern: &str) -> Option<Vec<u8>> {
    let mut text = Vec::new();
    let mut is_escaped = false;
    for byte in pattern.bytes() {
        match (byte, is_escaped) {
            (b'^' | b'.' | b'$' | b'|' | b'(' | b')' | b'[' | b']' | b'*' | b'+' | b'?' | b'{' | b'}', false) => {
                return None;
            }
            (b'\\', false) => {
                is_escaped = true;
                continue;
            }
            (
                b'^' | b'.' | b'$' | b'|' | b'(' | b')' | b'[' | b']' | b'*' | b'+' | b'?' | b'{' | b'}' | b'\\',
                true,
            )
            | (_, false) => text.push(byte),
            (_, true) => return None,
        }
        is_escaped = false;
    }
    (!is_escaped).then_some(text)
}

/// A pattern that finds a text.
fn escaped(text: &[u8]) -> String {
    let mut pattern = String::new();
    for c in String::from_utf8_lossy(text).chars() {
        if c.is_ascii_punctuation() {
            pattern.push('\\');
        }
        pattern.push(c);
    }
    pattern
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pattern_without_special_characters_is_a_text() {
        assert_eq!(plain("LtpaToken2="), Some(b"LtpaToken2=".to_vec()));
        assert_eq!(plain(r"10\.20\."), Some(b"10.20.".to_vec()));
        assert_eq!(plain(r"a\\b"), Some(br"a\b".to_vec()));
        for regex in ["^10", r"\d", "a.b", "a{2}"] {
            assert_eq!(plain(regex), None, "{regex}");
        }
    }

    #[test]
    fn a_variable_is_set_or_taken_out() {
        let read = |word| {
            let setting = Setting::read(word);
            (setting.name, setting.value)
        };
        assert_eq!(read("friend"), ("friend".to_owned(), Some("1".to_owned())));
        assert_eq!(read("friend="), ("friend".to_owned(), Some("1".to_owned())));
        assert_eq!(read("a=b=c"), ("a".to_owned(), Some("b=c".to_owned())));
        assert_eq!(read("!friend"), ("friend".to_owned(), None));
        assert_eq!(read("a=!b"), ("a".to_owned(), None));
    }
}
