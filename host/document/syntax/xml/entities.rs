//! References, and the entities that a file declares.
//!
//! Comes in: the DOCTYPE, names of references, attribute values. Goes out: the characters that they stand for. Only
//! numbers, the five names that XML gives, and entities whose text is plain are resolved: an entity that is made of
//! others is how a kilobyte becomes a gigabyte, one that is external is how a file reads another. Those stay as they are
//! written. Parameter entities build declarations and are not followed.

use std::collections::HashMap;

use super::fault::Fault;
use super::tags::{begins_name, trimmed_start};

/// Bytes that the entities of a file may become: 1 MiB. They stand for a host or a path, in a few places.
const MAX_EXPANDED: usize = 1 << 20;

/// Entities of a file: 10,000, five times those that HTML has.
const MAX_DECLARED: usize = 10_000;

#[derive(Clone, Copy, Debug)]
enum Declared<'t> {
    Plain(&'t str),
    Nested,
    External,
}

/// What a reference stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Resolved<'t> {
    Character(char),
    Text(&'t str),
}

/// The entities of a file.
#[derive(Debug, Default)]
pub(super) struct Entities<'t> {
    declared: HashMap<&'t str, Declared<'t>>,
    expanded: usize,
}

/// Whether an attribute value means what is written.
pub(super) fn is_plain(value: &str) -> bool {
    !value.bytes().any(|byte| matches!(byte, b'&' | b'\t' | b'\n' | b'\r'))
}

impl<'t> Entities<'t> {
    /// Takes the general entities that a DOCTYPE declares inside itself. The first declaration of a name counts. False
    /// if there were more than are kept.
    pub(super) fn declare(&mut self, doctype: &'t str) -> bool {
        let Some(mut rest) = internal_subset(doctype) else {
            return true;
        };
        while let Some(at) = memchr::memchr2(b'<', b']', rest.as_bytes()) {
            rest = rest.get(at..).unwrap_or_default();
            rest = if rest.starts_with(']') {
                return true;
            } else if rest.starts_with("<!--") {
                behind(rest, "-->")
            } else if rest.starts_with("<?") {
                behind(rest, "?>")
            } else {
                if let Some(declaration) = rest.strip_prefix("<!ENTITY") {
                    if self.declared.len() >= MAX_DECLARED {
                        return false;
                    }
                    self.declare_one(declaration);
                }
                behind_declaration(rest)
            };
        }
        true
    }

    fn declare_one(&mut self, declaration: &'t str) {
        let Some((name, value)) = trimmed_start(declaration).split_once([' ', '\t', '\r', '\n']) else {
            return;
        };
        if name.starts_with('%') {
            return;
        }
        let value = trimmed_start(value);
        let declared = match value.chars().next() {
            Some(quote @ ('"' | '\'')) => {
                let text = value.get(1..).and_then(|value| value.split_once(quote));
                text.map_or(Declared::Nested, |(text, _)| {
                    if text.contains(['&', '%', '<']) {
                        Declared::Nested
                    } else {
                        Declared::Plain(text)
                    }
                })
            }
            _ => Declared::External,
        };
        self.declared.entry(name).or_insert(declared);
    }

    /// What `&name;` stands for.
    ///
    /// # Errors
    ///
    /// The fault for which it is left as it is written.
    pub(super) fn resolve<'n>(&mut self, name: &'n str) -> Result<Resolved<'t>, Fault<'n>> {
        let predefined = match name {
            "amp" => '&',
            "lt" => '<',
            "gt" => '>',
            "quot" => '"',
            "apos" => '\'',
            _ => return self.resolve_other(name),
        };
        Ok(Resolved::Character(predefined))
    }

    fn resolve_other<'n>(&mut self, name: &'n str) -> Result<Resolved<'t>, Fault<'n>> {
        if name.is_empty() || !name.chars().all(is_of_reference) {
            return Err(Fault::BareAmpersand);
        }
        if let Some(number) = name.strip_prefix('#') {
            return character(number)
                .map(Resolved::Character)
                .ok_or(Fault::BadCharacter(name));
        }
        match self.declared.get(name) {
            Some(Declared::Plain(text)) => {
                self.expanded = self.expanded.saturating_add(text.len());
                if self.expanded > MAX_EXPANDED {
                    return Err(Fault::TooMuchExpanded);
                }
                Ok(Resolved::Text(text))
            }
            Some(Declared::Nested) => Err(Fault::Nested(name)),
            Some(Declared::External) => Err(Fault::External(name)),
            None => Err(Fault::Undeclared(name)),
        }
    }

    /// Appends an attribute value as it is meant: references resolved, blanks of all kinds made spaces.
    pub(super) fn attribute_value<'n>(&mut self, raw: &'n str, value: &mut String, mut fault: impl FnMut(Fault<'n>)) {
        let mut rest = raw;
        while let Some(at) = rest
            .bytes()
            .position(|byte| matches!(byte, b'&' | b'\t' | b'\n' | b'\r'))
        {
            let (before, special) = rest.split_at_checked(at).unwrap_or((rest, ""));
            value.push_str(before);
            rest = special.get(1..).unwrap_or_default();
            if !special.starts_with('&') {
                value.push(' ');
                if special.starts_with("\r\n") {
                    rest = special.get(2..).unwrap_or_default();
                }
                continue;
            }
            let Some((name, behind)) = reference(rest) else {
                fault(Fault::BareAmpersand);
                value.push('&');
                continue;
            };
            match self.resolve(name) {
                Ok(Resolved::Character(character)) => value.push(character),
                Ok(Resolved::Text(text)) => value.extend(text.chars().map(space_for_blank)),
                Err(left) => {
                    fault(left);
                    value.push('&');
                    continue;
                }
            }
            rest = behind;
        }
        value.push_str(rest);
    }
}

fn space_for_blank(character: char) -> char {
    if matches!(character, '\t' | '\n' | '\r') {
        ' '
    } else {
        character
    }
}

/// The name at the beginning of a text, and what stands behind the `;` that follows it.
fn reference(text: &str) -> Option<(&str, &str)> {
    let end = text.find(|character| !is_of_reference(character))?;
    let (name, behind) = text.split_at_checked(end)?;
    (!name.is_empty()).then_some((name, behind.strip_prefix(';')?))
}

fn is_of_reference(character: char) -> bool {
    begins_name(character) || character.is_ascii_digit() || matches!(character, '#' | '.' | '-')
}

/// The character of that number, `233` or `xE9`, if XML has it.
fn character(number: &str) -> Option<char> {
    let (digits, radix) = match number.strip_prefix(['x', 'X']) {
        Some(digits) => (digits, 16),
        None => (number, 10),
    };
    if !digits.chars().all(|digit| digit.is_digit(radix)) {
        return None;
    }
    let character = char::from_u32(u32::from_str_radix(digits, radix).ok()?)?;
    let allowed = match character {
        '\t' | '\n' | '\r' => true,
        '\u{fffe}' | '\u{ffff}' => false,
        other => other >= ' ',
    };
    allowed.then_some(character)
}

/// What stands behind the `[` of a DOCTYPE.
pub(super) fn internal_subset(doctype: &str) -> Option<&str> {
    let mut rest = doctype;
    while let Some(at) = memchr::memchr3(b'"', b'\'', b'[', rest.as_bytes()) {
        let quote = rest.as_bytes().get(at).copied()?;
        rest = rest.get(at + 1..)?;
        if quote == b'[' {
            return Some(rest);
        }
        let end = memchr::memchr(quote, rest.as_bytes())?;
        rest = rest.get(end + 1..)?;
    }
    None
}

fn behind<'t>(text: &'t str, end: &str) -> &'t str {
    text.split_once(end).map_or("", |(_, behind)| behind)
}

/// What stands behind the `>` that ends a declaration and is in no quotes.
fn behind_declaration(text: &str) -> &str {
    let mut quote = None;
    for at in memchr::memchr3_iter(b'"', b'\'', b'>', text.as_bytes()) {
        let byte = text.as_bytes().get(at).copied();
        match quote {
            None if byte == Some(b'>') => return text.get(at + 1..).unwrap_or_default(),
            None => quote = byte,
            Some(_) if quote == byte => quote = None,
            Some(_) => {}
        }
    }
    ""
}
