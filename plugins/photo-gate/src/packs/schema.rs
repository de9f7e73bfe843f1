//! The JSON Schema of the pack syntax, by which editors complete and check packs.

use serde_json::Map;

use super::Rule;

/// The schema as text, as it stands in the repository.
pub fn text() -> String {
    casebook_plugin_packs::schema::text::<Rule>("photo-gate", "A rule pack of the photo gate", Map::new())
}
