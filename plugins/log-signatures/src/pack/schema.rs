//! The JSON Schema of the pack syntax, by which editors complete and check packs.

use serde_json::{Map, json};

use super::Rule;

/// The schema as text, as it stands in the repository.
pub fn text() -> String {
    let mut header = Map::new();
    header.insert(
        "formats".to_owned(),
        json!({ "description": "Record formats that this pack brings along; see the formats of the host." }),
    );
    casebook_plugin_packs::schema::text::<Rule>("log-signatures", "A rule pack of log signatures", header)
}
