//! The JSON Schema of a pack syntax, by which editors complete and check packs.
//!
//! The rules of a file stand either at its top, beside the header, or in a list under `rules`; the header is the host's,
//! so it is added here rather than in the types.

use schemars::{JsonSchema, Schema, generate::SchemaSettings};
use serde_json::{Map, Value, json};

/// The schema of the packs for a plugin as text, as it stands in the repository. `header` holds what the host reads
/// besides `plugin`: names with their schemas.
pub fn text<R: JsonSchema>(plugin: &str, title: &str, header: Map<String, Value>) -> String {
    let schema = schema::<R>(plugin, title, header);
    let mut text = serde_json::to_string_pretty(&schema).unwrap_or_default();
    text.push('\n');
    text
}

fn schema<R: JsonSchema>(plugin: &str, title: &str, header: Map<String, Value>) -> Value {
    let root: Schema = SchemaSettings::draft2020_12()
        .into_generator()
        .into_root_schema_for::<R>();
    let Value::Object(mut rule) = root.to_value() else {
        return Value::Null;
    };
    let dialect = rule.shift_remove("$schema").unwrap_or_default();
    let definitions = rule.shift_remove("$defs").unwrap_or_default();
    let header = whole_header(plugin, header);
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
        "title": title,
        "anyOf": [
            alone,
            { "type": "object", "properties": listed, "required": ["plugin", "rules"], "additionalProperties": false },
        ],
        "$defs": definitions,
    })
}

fn whole_header(plugin: &str, more: Map<String, Value>) -> Map<String, Value> {
    let mut header = Map::new();
    header.insert(
        "plugin".to_owned(),
        json!({ "description": "The plugin that interprets this pack.", "const": plugin }),
    );
    header.extend(more);
    header
}
