//! The JSON Schema of the pack syntax, by which editors complete and check packs.
//!
//! The rules of a file stand either at its top, beside the header, or in a list under `rules`; the header is the host's,
//! so it is added here rather than in the types.

use schemars::{Schema, generate::SchemaSettings};
use serde_json::{Map, Value, json};

use super::Rule;

/// The schema as text, as it stands in the repository.
pub fn text() -> String {
    let schema = schema();
    let mut text = serde_json::to_string_pretty(&schema).unwrap_or_default();
    text.push('\n');
    text
}

fn schema() -> Value {
    let root: Schema = SchemaSettings::draft2020_12()
        .into_generator()
        .into_root_schema_for::<Rule>();
    let Value::Object(mut rule) = root.to_value() else {
        return Value::Null;
    };
    let dialect = rule.shift_remove("$schema").unwrap_or_default();
    let definitions = rule.shift_remove("$defs").unwrap_or_default();
    let header = header();
    let mut alone = rule.clone();
    if let Some(Value::Object(properties)) = alone.get_mut("properties") {
        let own = std::mem::replace(properties, header.clone());
        properties.extend(own);
    }
    if let Some(Value::Array(required)) = alone.get_mut("required") {
        required.insert(0, "plugin".into());
    }
    let mut listed = header;
    listed.insert(
        "rules".to_owned(),
        json!({ "description": "The rules of this pack.", "type": "array", "items": rule }),
    );
    json!({
        "$schema": dialect,
        "title": "A rule pack of log signatures",
        "anyOf": [
            alone,
            { "type": "object", "properties": listed, "required": ["plugin", "rules"], "additionalProperties": false },
        ],
        "$defs": definitions,
    })
}

fn header() -> Map<String, Value> {
    let mut header = Map::new();
    header.insert(
        "plugin".to_owned(),
        json!({ "description": "The plugin that interprets this pack.", "const": "log-signatures" }),
    );
    header.insert(
        "formats".to_owned(),
        json!({ "description": "Record formats that this pack brings along; see the formats of the host." }),
    );
    header
}
