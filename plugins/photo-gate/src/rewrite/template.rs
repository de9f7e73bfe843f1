//! Strings with variables, back references and maps in them: what a condition tests, what a rule puts in place.
//!
//! Comes in: the text. Goes out: its parts, in the order in which they are put together. Which part is what is decided by the text
//! alone: what a variable stands for is never looked at for further variables.
//!
//! | written | stands for |
//! |---|---|
//! | `$1`, `%1` | a group of the rule's pattern, of the last condition that matched |
//! | `%{NAME}` | a variable |
//! | `${map:key\|default}` | what a map has for a key; key and default are such strings themselves |
//! | `\c` | the character itself |

use super::variable::Variable;
use crate::conf::Version;

/// Maps within each other: 16. What is beyond is not followed.
const MOST_NESTED: usize = 16;

/// Bytes of a string: 8192, the longest line that 2.2 takes. Braces that nothing closes are looked for anew from each one.
const MOST_BYTES: usize = 8192;

/// A part of a string.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Part {
    /// Text as it stands.
    Text(Vec<u8>),
    /// A character behind a backslash.
    Escaped(u8),
    /// `$0` to `$9`
    OfRule(usize),
    /// `%0` to `%9`
    OfCondition(usize),
    Variable(Variable),
    Map {
        name: String,
        key: Template,
        default: Option<Template>,
    },
    /// Maps that are nested too deeply, or a string that is too long.
    Beyond,
}

/// A string with parts that are filled in.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Template {
    pub(super) parts: Vec<Part>,
}

impl Template {
    /// Takes a text apart.
    pub(super) fn new(text: &str, version: Version) -> Self {
        if text.len() > MOST_BYTES {
            return Self {
                parts: vec![Part::Beyond],
            };
        }
        Self::nested(text.as_bytes(), version, 0)
    }

    fn nested(text: &[u8], version: Version, depth: usize) -> Self {
        let mut parts = Vec::new();
        let mut literal = Vec::new();
        let mut rest = text;
        while let Some((first, after)) = rest.split_first() {
            let (part, behind) = match (*first, after) {
                (b'\\', [escaped, behind @ ..]) => (Some(Part::Escaped(*escaped)), behind),
                (b'$', [digit @ b'0'..=b'9', behind @ ..]) => (Some(Part::OfRule(usize::from(digit - b'0'))), behind),
                (b'%', [digit @ b'0'..=b'9', behind @ ..]) => {
                    (Some(Part::OfCondition(usize::from(digit - b'0'))), behind)
                }
                (sign @ (b'$' | b'%'), [b'{', inner @ ..]) => braces(sign, inner, version, depth),
                _ => (None, after),
            };
            match part {
                Some(part) => {
                    if !literal.is_empty() {
                        parts.push(Part::Text(std::mem::take(&mut literal)));
                    }
                    parts.push(part);
                }
                None => literal.extend_from_slice(rest.get(..rest.len() - behind.len()).unwrap_or_default()),
            }
            rest = behind;
        }
        if !literal.is_empty() {
            parts.push(Part::Text(literal));
        }
        Self { parts }
    }

    /// The only part, if it is a variable.
    pub(super) fn single_variable(&self) -> Option<&Variable> {
        match self.parts.as_slice() {
            [Part::Variable(variable)] => Some(variable),
            _ => None,
        }
    }

    /// All parts, also those of keys and defaults.
    pub(super) fn all_parts(&self) -> Vec<&Part> {
        let mut waiting: Vec<&Part> = self.parts.iter().collect();
        let mut found = Vec::new();
        while let Some(part) = waiting.pop() {
            if let Part::Map { key, default, .. } = part {
                waiting.extend(
                    key.parts
                        .iter()
                        .chain(default.iter().flat_map(|default| &default.parts)),
                );
            }
            found.push(part);
        }
        found
    }
}

/// A variable or a map, from behind its opening brace on; no part, if it stands for itself.
fn braces(sign: u8, inner: &[u8], version: Version, depth: usize) -> (Option<Part>, &[u8]) {
    let Some(end) = closing(inner, b'}') else {
        return (None, inner);
    };
    let content = inner.get(..end).unwrap_or_default();
    let behind = inner.get(end + 1..).unwrap_or_default();
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    if sign == b'%' {
        return (Some(Part::Variable(Variable::named(&text(content), version))), behind);
    }
    let Some(colon) = closing(inner, b':') else {
        return (None, inner);
    };
    if depth >= MOST_NESTED {
        return (Some(Part::Beyond), behind);
    }
    let key = content.get(colon + 1..).unwrap_or_default();
    let (key, default) = match closing(key, b'|') {
        Some(bar) => (key.get(..bar).unwrap_or_default(), key.get(bar + 1..)),
        None => (key, None),
    };
    let default = default.filter(|default| !default.is_empty());
    let part = Part::Map {
        name: text(content.get(..colon).unwrap_or_default()),
        key: Template::nested(key, version, depth + 1),
        default: default.map(|default| Template::nested(default, version, depth + 1)),
    };
    (Some(part), behind)
}

/// Where a character stands that is in no inner braces, before the braces close.
fn closing(text: &[u8], wanted: u8) -> Option<usize> {
    let mut depth = 1;
    for (at, byte) in text.iter().enumerate() {
        if *byte == wanted && depth == 1 {
            return Some(at);
        }
        match byte {
            b'}' => depth -= 1,
            b'{' => depth += 1,
            _ => {}
        }
        if depth == 0 {
            return None;
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parts(text: &str) -> Vec<Part> {
        Template::new(text, Version::V24).parts
    }

    fn literal(text: &str) -> Part {
        Part::Text(text.as_bytes().to_vec())
    }

    #[test]
    fn a_text_is_taken_apart() {
        assert_eq!(
            parts(r"a$1%2\$3%{REMOTE_ADDR}b"),
            [
                literal("a"),
                Part::OfRule(1),
                Part::OfCondition(2),
                Part::Escaped(b'$'),
                literal("3"),
                Part::Variable(Variable::ClientAddress),
                literal("b"),
            ]
        );
        assert_eq!(parts("$a%%{x$"), [literal("$a%%{x$")]);
        assert_eq!(parts("${x}\\"), [literal("${x}\\")]);
        assert_eq!(parts(""), []);
    }

    #[test]
    fn keys_and_defaults_of_maps_are_texts_too() {
        let inner = Part::Map {
            name: "b".to_owned(),
            key: Template {
                parts: vec![Part::OfRule(1)],
            },
            default: Some(Template {
                parts: vec![literal("c")],
            }),
        };
        assert_eq!(
            parts("${a:x${b:$1|c}|}"),
            [Part::Map {
                name: "a".to_owned(),
                key: Template {
                    parts: vec![literal("x"), inner]
                },
                default: None,
            }]
        );
        let deep = "${a:".repeat(40) + &"}".repeat(40);
        assert!(Template::new(&deep, Version::V24).all_parts().contains(&&Part::Beyond));
    }
}
