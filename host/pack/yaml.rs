//! YAML as JSON, without forgetting where each value stood.
//!
//! saphyr does the parsing: it is maintained, follows YAML 1.2 (so `no` is a word, not a boolean), refuses duplicate keys,
//! bounds what aliases may expand to, and marks every node with its line.

use std::collections::HashMap;
use std::fmt;

use saphyr::{LoadableYamlNode, MarkedYaml, Scalar, YamlData};
use serde::de::{MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::Value;

use crate::model::LineNumber;

/// Deepest nesting that is read. A pack of ours is 8 deep; conversion recurses, and the stack is not the reader's to give.
const MAX_DEPTH: usize = 64;

/// A pack's text as JSON, and the line of every value in it by JSON pointer.
#[derive(Clone, Debug)]
pub struct Document {
    /// The value.
    pub value: Value,
    lines: Lines,
}

/// Where values stand.
#[derive(Clone, Debug)]
enum Lines {
    /// Known from the parsing.
    Known(HashMap<String, LineNumber>),
    /// Looked up when an error has to be shown: the text was JSON, which a faster parser read.
    InText(String),
}

/// What is wrong with a text, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SyntaxError {
    /// The line at which it shows.
    pub line: LineNumber,
    /// What was found and what was expected.
    pub reason: String,
}

impl Document {
    /// Parses one YAML document (of which JSON is a special case).
    ///
    /// # Errors
    ///
    /// The first error of syntax, or a shape that JSON cannot carry, such as a key that is no string.
    pub fn parse(text: &str) -> Result<Self, SyntaxError> {
        // Packs that a program wrote are JSON, and large; its own parser reads it faster than the YAML parser does.
        if text.starts_with('{')
            && let Ok(value) = serde_json::from_str::<Object>(text)
        {
            return Ok(Self {
                value: value.0,
                lines: Lines::InText(text.to_owned()),
            });
        }
        Self::parse_yaml(text)
    }

    fn parse_yaml(text: &str) -> Result<Self, SyntaxError> {
        refuse_deep_nesting(text)?;
        let documents = MarkedYaml::load_from_str(text).map_err(|error| SyntaxError {
            line: LineNumber(error.marker().line() as u64),
            reason: error.info().to_owned(),
        })?;
        let [document] = documents.as_slice() else {
            return Err(SyntaxError {
                line: LineNumber(1),
                reason: format!("expected one YAML document, found {}", documents.len()),
            });
        };
        let mut lines = HashMap::new();
        let value = convert(document, &mut String::new(), 0, &mut lines)?;
        Ok(Self {
            value,
            lines: Lines::Known(lines),
        })
    }

    /// The document as JSON text: as it was written, where it was JSON and nothing was taken out of it.
    pub fn json(&self) -> String {
        match &self.lines {
            Lines::InText(text) => text.clone(),
            Lines::Known(_) => self.value.to_string(),
        }
    }

    /// The value, to take something out of it.
    pub fn value_mut(&mut self) -> &mut Value {
        if let Lines::InText(text) = &self.lines {
            self.lines = Lines::Known(Self::parse_yaml(text).map(Self::into_lines).unwrap_or_default());
        }
        &mut self.value
    }

    fn into_lines(self) -> HashMap<String, LineNumber> {
        match self.lines {
            Lines::Known(lines) => lines,
            Lines::InText(_) => HashMap::new(),
        }
    }

    /// The line of the value at `pointer`; for a value that is not there, the line of what should have held it.
    pub fn line(&self, pointer: &str) -> LineNumber {
        let lines = match &self.lines {
            Lines::Known(lines) => lines,
            Lines::InText(text) => match Self::parse_yaml(text) {
                Ok(document) => return document.line(pointer),
                Err(_) => return LineNumber(1),
            },
        };
        let mut pointer = pointer;
        loop {
            if let Some(line) = lines.get(pointer) {
                return *line;
            }
            match pointer.rfind('/') {
                Some(end) => pointer = &pointer[..end],
                None => return LineNumber(1),
            }
        }
    }
}

/// A JSON value without a key given twice, which `serde_json` alone would let the last of them win.
struct Object(Value);

impl<'de> Deserialize<'de> for Object {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Strict;
        impl<'de> Visitor<'de> for Strict {
            type Value = Value;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("JSON")
            }
            fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
                Ok(Value::Bool(value))
            }
            fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
                Ok(Value::from(value))
            }
            fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
                Ok(Value::from(value))
            }
            fn visit_f64<E>(self, value: f64) -> Result<Value, E> {
                Ok(Value::from(value))
            }
            fn visit_str<E>(self, value: &str) -> Result<Value, E> {
                Ok(Value::from(value))
            }
            fn visit_string<E>(self, value: String) -> Result<Value, E> {
                Ok(Value::from(value))
            }
            fn visit_unit<E>(self) -> Result<Value, E> {
                Ok(Value::Null)
            }
            fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
                let mut values = Vec::new();
                while let Some(Object(value)) = items.next_element()? {
                    values.push(value);
                }
                Ok(Value::Array(values))
            }
            fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Value, A::Error> {
                let mut values = serde_json::Map::new();
                while let Some((key, Object(value))) = entries.next_entry::<String, Object>()? {
                    if values.insert(key, value).is_some() {
                        return Err(serde::de::Error::custom("a key is given twice"));
                    }
                }
                Ok(Value::Object(values))
            }
        }
        deserializer.deserialize_any(Strict).map(Self)
    }
}

/// The parser recurses into flow collections before we see a node, so their depth is bounded on the text itself: brackets
/// inside quotes and comments count too, which no honest pack has 500 of in a row without closing them.
fn refuse_deep_nesting(text: &str) -> Result<(), SyntaxError> {
    const MAX_OPEN: usize = 500; // far below what a 2 MiB stack carries, far above any regular expression
    let mut open = 0usize;
    for (index, line) in text.lines().enumerate() {
        for byte in line.bytes() {
            match byte {
                b'[' | b'{' => open += 1,
                b']' | b'}' => open = open.saturating_sub(1),
                _ => {}
            }
        }
        let dashes = line.bytes().filter(|byte| *byte == b'-').count();
        let indent = line.len() - line.trim_start().len();
        if open > MAX_OPEN || (indent > 4 * MAX_OPEN) || (dashes > MAX_OPEN && line.contains("- - - -")) {
            return Err(SyntaxError {
                line: LineNumber(index as u64 + 1),
                reason: "nested too deeply to be a rule pack".to_owned(),
            });
        }
    }
    Ok(())
}

fn convert(
    node: &MarkedYaml<'_>,
    pointer: &mut String,
    depth: usize,
    lines: &mut HashMap<String, LineNumber>,
) -> Result<Value, SyntaxError> {
    let line = LineNumber(node.span.start.line() as u64);
    let wrong = |reason: &str| {
        Err(SyntaxError {
            line,
            reason: reason.to_owned(),
        })
    };
    if depth > MAX_DEPTH {
        return wrong("nested too deeply to be a rule pack");
    }
    lines.insert(pointer.clone(), line);
    let length = pointer.len();
    match &node.data {
        YamlData::Value(scalar) => Ok(match scalar {
            Scalar::Null => Value::Null,
            Scalar::Boolean(value) => Value::Bool(*value),
            Scalar::Integer(value) => Value::from(*value),
            Scalar::FloatingPoint(value) => Value::from(value.into_inner()),
            Scalar::String(text) => Value::from(text.as_ref()),
        }),
        YamlData::Sequence(items) => {
            let mut values = Vec::with_capacity(items.len());
            for (index, item) in items.iter().enumerate() {
                pointer.push_str(&format!("/{index}"));
                values.push(convert(item, pointer, depth + 1, lines)?);
                pointer.truncate(length);
            }
            Ok(Value::Array(values))
        }
        YamlData::Mapping(entries) => {
            let mut values = serde_json::Map::new();
            for (key, item) in entries {
                let YamlData::Value(Scalar::String(key)) = &key.data else {
                    return Err(SyntaxError {
                        line: LineNumber(key.span.start.line() as u64),
                        reason: "expected a key that is text; put it in quotes".to_owned(),
                    });
                };
                pointer.push('/');
                pointer.push_str(&key.replace('~', "~0").replace('/', "~1"));
                values.insert(key.to_string(), convert(item, pointer, depth + 1, lines)?);
                pointer.truncate(length);
            }
            Ok(Value::Object(values))
        }
        YamlData::Tagged(..) => wrong("tags such as `!name` have no meaning here"),
        YamlData::Representation(text, ..) => Ok(Value::from(text.as_ref())),
        YamlData::Alias(_) | YamlData::BadValue => wrong("a value that cannot be read"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_value_knows_its_line() {
        let document = Document::parse("id: a\npatterns:\n  first: 'x'\n  second:\n    - 'y'\n    - 'z'\n").unwrap();
        assert_eq!(document.line("/id"), LineNumber(1));
        assert_eq!(document.line("/patterns/first"), LineNumber(3));
        assert_eq!(document.line("/patterns/second/1"), LineNumber(6));
        assert_eq!(
            document.line("/patterns/second/7"),
            LineNumber(5),
            "what is not there: its holder"
        );
    }

    #[test]
    fn json_knows_its_lines_too() {
        let document = Document::parse("{\n\"id\": \"a\",\n\"rules\": [\n{}\n]}").unwrap();
        assert_eq!(document.line("/rules/0"), LineNumber(4));
        let twice = Document::parse("{\n\"id\": 1,\n\"id\": 2}").unwrap_err();
        assert_eq!(twice.line, LineNumber(3));
    }

    #[test]
    fn a_key_given_twice_is_refused_with_its_line() {
        let error = Document::parse("id: a\ntitle: t\nid: b\n").unwrap_err();
        assert_eq!(error.line, LineNumber(3));
    }

    #[test]
    fn hostile_depth_is_refused() {
        for text in ["[".repeat(100_000), "{a: ".repeat(100_000), "- ".repeat(100_000)] {
            assert!(Document::parse(&text).is_err());
        }
        let deep: String = (0..3000).map(|depth| format!("{}a:\n", " ".repeat(depth))).collect();
        assert!(Document::parse(&deep).is_err());
    }

    #[test]
    fn aliases_cannot_blow_up() {
        let mut text = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n".to_owned();
        for level in 1..12 {
            let before = format!("*a{}", level - 1);
            text += &format!("a{level}: &a{level} [{}]\n", [before.as_str(); 9].join(", "));
        }
        assert!(Document::parse(&text).is_err());
    }

    proptest::proptest! {
        #[test]
        fn no_text_makes_it_panic(text in "[-a: \\[\\]{}'\"&*!|>\\n#,]{0,200}") {
            let _ = Document::parse(&text);
        }
    }
}
