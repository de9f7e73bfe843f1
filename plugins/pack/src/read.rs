//! From the text of a pack to its rules.
//!
//! One file holds one rule, its keys beside the header, or a list under `rules`. What is wrong is said with the JSON
//! pointer of its place, so that the host can show file and line. The host's own key `formats` is left to the host.

use casebook_plugin_sdk::{Pack, Problem};
use serde::Deserialize;
use serde::de::{DeserializeOwned, IgnoredAny};
use serde_json::{Map, Value};
use serde_path_to_error::{Path, Segment};

/// A rule of a pack, with where it stands.
#[derive(Debug, Clone)]
pub struct Placed<R> {
    /// The pack's name.
    pub pack: String,
    /// The JSON pointer of the rule in its pack.
    pub place: String,
    /// The rule.
    pub rule: R,
}

/// A list of rules, as it is where nothing is wrong.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, bound = "R: DeserializeOwned")]
struct Shelf<R> {
    plugin: String,
    #[serde(default, rename = "formats")]
    _formats: IgnoredAny,
    rules: Vec<R>,
}

/// The rules of one pack for the plugin of that name. A long list is read in one go; only when something is wrong with it
/// is it read again, step by step, to say what and where.
///
/// # Errors
///
/// What is wrong, at most one problem for each rule.
pub fn read<R: DeserializeOwned>(pack: &Pack, plugin: &str) -> Result<Vec<Placed<R>>, Vec<Problem>> {
    if let Ok(shelf) = serde_json::from_str::<Shelf<R>>(&pack.json)
        && shelf.plugin == plugin
    {
        let placed = shelf.rules.into_iter().enumerate().map(|(index, rule)| Placed {
            pack: pack.name.clone(),
            place: format!("/rules/{index}"),
            rule,
        });
        return Ok(placed.collect());
    }
    let refuse = |path: String, reason: String| {
        vec![Problem {
            pack: pack.name.clone(),
            path,
            reason,
        }]
    };
    let value: Value = serde_json::from_str(&pack.json)
        .map_err(|error| refuse(String::new(), format!("this is no JSON text: {error}")))?;
    let Value::Object(mut keys) = value else {
        let reason = "expected a rule, or a list of rules under `rules`";
        return Err(refuse(String::new(), reason.to_owned()));
    };
    match keys.shift_remove("plugin") {
        None => {}
        Some(Value::String(name)) if name == plugin => {}
        Some(other) => {
            let reason = format!("this pack is for {other}; expected \"{plugin}\"");
            return Err(refuse("/plugin".to_owned(), reason));
        }
    }
    // Record formats that the pack brings along: the host has read them.
    keys.shift_remove("formats");
    let mut problems = Vec::new();
    let mut rules = Vec::new();
    for (place, value) in split(keys).map_err(|(path, reason)| refuse(path, reason))? {
        match serde_path_to_error::deserialize(value) {
            Ok(rule) => rules.push(Placed {
                pack: pack.name.clone(),
                place,
                rule,
            }),
            Err(error) => {
                let path = format!("{place}{}", pointer(error.path()));
                problems.extend(refuse(path, error.into_inner().to_string()));
            }
        }
    }
    if problems.is_empty() { Ok(rules) } else { Err(problems) }
}

/// The rules of a pack with their places: the pack itself, or those in its list.
fn split(mut keys: Map<String, Value>) -> Result<Vec<(String, Value)>, (String, String)> {
    match keys.shift_remove("rules") {
        None => Ok(vec![(String::new(), Value::Object(keys))]),
        Some(Value::Array(rules)) => match keys.keys().next() {
            None => Ok((0..)
                .zip(rules)
                .map(|(index, rule): (usize, _)| (format!("/rules/{index}"), rule))
                .collect()),
            Some(key) => Err((
                format!("/{}", escape(key)),
                format!("`{key}` stands beside `rules`; expected it inside one of the rules"),
            )),
        },
        Some(_) => Err(("/rules".to_owned(), "expected a list of rules".to_owned())),
    }
}

/// A place as a JSON pointer.
fn pointer(path: &Path) -> String {
    let mut pointer = String::new();
    for segment in path {
        match segment {
            Segment::Seq { index } => pointer.push_str(&format!("/{index}")),
            Segment::Map { key } => pointer.push_str(&format!("/{}", escape(key))),
            Segment::Enum { variant } => pointer.push_str(&format!("/{}", escape(variant))),
            Segment::Unknown => {}
        }
    }
    pointer
}

/// A name as it is written in a JSON pointer.
pub fn escape(name: &str) -> String {
    name.replace('~', "~0").replace('/', "~1")
}
