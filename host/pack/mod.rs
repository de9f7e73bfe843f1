//! Rule packs: what experts wrote, on its way to the plugin that understands it.
//!
//! Comes in: YAML files, from inside the binary or from folders that the user names. Goes out: each pack as JSON text for
//! its plugin, with the lines of its values kept, so that a problem that the plugin reports by JSON pointer is shown to
//! the author by file and line. Never here: what a rule means; only the header is read (`plugin`, `formats`, and the ids
//! and examples that every pack shows in the same places).

mod yaml;

use std::collections::{HashMap, HashSet};
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;
use walkdir::WalkDir;

use crate::model::{LineNumber, PluginName, RuleId};

/// Largest pack file that is read: 64 MiB, some 100,000 rules.
const MAX_PACK: u64 = 64 << 20;

include!(concat!(env!("OUT_DIR"), "/rules.rs"));

/// A rule pack, ready for its plugin.
#[derive(Clone, Debug)]
pub struct RulePack {
    /// What problems call it: the file as the user can open it, or `built-in:…`.
    pub name: String,
    /// The plugin that understands it.
    pub plugin: PluginName,
    built_in: bool,
    document: yaml::Document,
}

/// What is wrong in a pack, and where.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{pack}:{}: {reason}", .line.0)]
pub struct PackError {
    /// The pack's name.
    pub pack: String,
    /// The line.
    pub line: LineNumber,
    /// What is wrong and what was expected.
    pub reason: String,
}

/// An example of a rule: a log, and what must be found in it.
#[derive(Clone, Debug)]
pub struct RuleInPack<'a> {
    /// The rule's id.
    pub id: RuleId,
    /// The rule as it stands in the pack.
    pub value: &'a Value,
    /// Where it stands, as a JSON pointer.
    pub pointer: String,
}

impl RulePack {
    /// Reads a pack from its text.
    ///
    /// # Errors
    ///
    /// The line at which it is no YAML, or no mapping that names its plugin.
    pub fn parse(name: &str, text: &str) -> Result<Self, PackError> {
        let error = |line: LineNumber, reason: String| PackError {
            pack: name.to_owned(),
            line,
            reason,
        };
        let document = yaml::Document::parse(text).map_err(|wrong| error(wrong.line, wrong.reason))?;
        let plugin = match document.value.get("plugin") {
            Some(Value::String(plugin)) if !plugin.is_empty() => PluginName::from(plugin.as_str()),
            Some(_) => {
                return Err(error(
                    document.line("/plugin"),
                    "`plugin`: expected the name of a plugin".to_owned(),
                ));
            }
            None => {
                return Err(error(
                    LineNumber(1),
                    "expected `plugin: NAME`, the plugin that understands this pack, such as `log-signatures`"
                        .to_owned(),
                ));
            }
        };
        Ok(Self {
            name: name.to_owned(),
            plugin,
            built_in: false,
            document,
        })
    }

    /// Whether it is inside the binary.
    pub fn is_built_in(&self) -> bool {
        self.built_in
    }

    /// The pack as JSON text.
    pub fn json(&self) -> String {
        self.document.json()
    }

    /// The record formats that the pack brings along, with the pointer of each.
    pub fn formats(&self) -> impl Iterator<Item = (String, &Value)> {
        let list = self.document.value.get("formats").and_then(Value::as_array);
        list.into_iter()
            .flatten()
            .enumerate()
            .map(|(index, format)| (format!("/formats/{index}"), format))
    }

    /// The rules in it: the pack itself, or each of its `rules`.
    pub fn rules(&self) -> Vec<RuleInPack<'_>> {
        let id = |value: &Value| value.get("id").and_then(Value::as_str).map(RuleId::from);
        let value = &self.document.value;
        if let Some(id) = id(value) {
            return vec![RuleInPack {
                id,
                value,
                pointer: String::new(),
            }];
        }
        let rules = value
            .get("rules")
            .and_then(Value::as_array)
            .into_iter()
            .flatten()
            .enumerate();
        rules
            .filter_map(|(index, value)| {
                Some(RuleInPack {
                    id: id(value)?,
                    value,
                    pointer: format!("/rules/{index}"),
                })
            })
            .collect()
    }

    /// An error at a place in this pack.
    pub fn error(&self, pointer: &str, reason: &str) -> PackError {
        let place = if pointer.is_empty() {
            String::new()
        } else {
            format!("{}: ", pointer.trim_start_matches('/'))
        };
        PackError {
            pack: self.name.clone(),
            line: self.document.line(pointer),
            reason: format!("{place}{reason}"),
        }
    }

    /// The pointer of the first value below `pointer` that is this text.
    pub fn pointer_to_text(&self, pointer: &str, text: &str) -> Option<String> {
        fn find(value: &Value, text: &str, pointer: &mut String) -> bool {
            let length = pointer.len();
            let mut below = |key: &str, value: &Value| {
                pointer.push('/');
                pointer.push_str(&key.replace('~', "~0").replace('/', "~1"));
                let found = find(value, text, pointer);
                if !found {
                    pointer.truncate(length);
                }
                found
            };
            match value {
                Value::String(found) => found == text,
                Value::Array(items) => items
                    .iter()
                    .enumerate()
                    .any(|(index, item)| below(&index.to_string(), item)),
                Value::Object(entries) => entries.iter().any(|(key, item)| below(key, item)),
                _ => false,
            }
        }
        let mut found = pointer.to_owned();
        find(self.document.value.pointer(pointer)?, text, &mut found).then_some(found)
    }

    /// The line of a value.
    pub fn line(&self, pointer: &str) -> LineNumber {
        self.document.line(pointer)
    }

    /// Takes out the rules that a later pack replaces. A pack of one rule becomes empty: `false`.
    fn without(&mut self, replaced: &HashSet<RuleId>) -> bool {
        if self.rules().iter().all(|rule| !replaced.contains(&rule.id)) {
            return true;
        }
        let is_replaced = |rule: &Value| {
            rule.get("id")
                .and_then(Value::as_str)
                .is_some_and(|id| replaced.contains(&RuleId::from(id)))
        };
        match self.document.value_mut().get_mut("rules").and_then(Value::as_array_mut) {
            Some(rules) => {
                rules.retain(|rule| !is_replaced(rule));
                !rules.is_empty()
            }
            None => false,
        }
    }
}

/// The packs inside the binary.
///
/// # Errors
///
/// None in a binary that passed its tests.
pub fn built_in() -> Result<Vec<RulePack>, PackError> {
    let packs = BUILT_IN_PACKS
        .iter()
        .map(|(name, text)| RulePack::parse(&format!("built-in:{name}"), text));
    packs
        .map(|pack| pack.map(|pack| RulePack { built_in: true, ..pack }))
        .collect()
}

/// The packs of a folder and the folders below it (`*.yaml`, `*.yml`, `*.json`), or of one file, in order of their names.
/// All errors are collected, so that an author sees them at once.
///
/// # Errors
///
/// One error for each file that cannot be read or parsed.
pub fn read(path: &Path) -> Result<Vec<RulePack>, Vec<PackError>> {
    let mut packs = Vec::new();
    let mut errors = Vec::new();
    for entry in WalkDir::new(path).sort_by_file_name() {
        let file = match entry {
            Ok(entry) if entry.file_type().is_file() => entry.into_path(),
            Ok(_) => continue,
            Err(error) => {
                let at = error.path().unwrap_or(path).display().to_string();
                let reason = error.io_error().map_or_else(|| error.to_string(), ToString::to_string);
                errors.push(PackError {
                    pack: at,
                    line: LineNumber(1),
                    reason: format!("cannot be read: {reason}"),
                });
                continue;
            }
        };
        let named = file.extension().and_then(|extension| extension.to_str());
        let in_schema_folder = file
            .parent()
            .and_then(Path::file_name)
            .is_some_and(|folder| folder == "schema");
        let in_formats_folder = file
            .parent()
            .and_then(Path::file_name)
            .is_some_and(|folder| folder == "formats");
        if (matches!(named, Some("yaml" | "yml" | "json")) && !in_schema_folder && !in_formats_folder) || file == path {
            match read_file(&file) {
                Ok(pack) => packs.push(pack),
                Err(error) => errors.push(error),
            }
        }
    }
    if errors.is_empty() { Ok(packs) } else { Err(errors) }
}

fn read_file(file: &PathBuf) -> Result<RulePack, PackError> {
    let name = file.display().to_string();
    let error = |reason: String| PackError {
        pack: name.clone(),
        line: LineNumber(1),
        reason,
    };
    let length = fs::metadata(file)
        .map_err(|cause| error(format!("cannot be read: {cause}")))?
        .len();
    if length > MAX_PACK {
        return Err(error(format!(
            "is {} MiB; a pack may have {}",
            length >> 20,
            MAX_PACK >> 20
        )));
    }
    let bytes = fs::read(file).map_err(|cause| error(format!("cannot be read: {cause}")))?;
    let text = String::from_utf8(bytes).map_err(|cause| {
        let valid = cause
            .as_bytes()
            .get(..cause.utf8_error().valid_up_to())
            .unwrap_or_default();
        let line = LineNumber(bytecount::count(valid, b'\n') as u64 + 1);
        PackError {
            pack: name.clone(),
            line,
            reason: "is not UTF-8 here; save it as UTF-8".to_owned(),
        }
    })?;
    RulePack::parse(&name, text.strip_prefix('\u{feff}').unwrap_or(&text))
}

/// Lets later packs replace rules of earlier ones by id.
///
/// # Errors
///
/// A rule that the same source names twice: the second of the two places.
pub fn combine(sources: Vec<Vec<RulePack>>) -> Result<Vec<RulePack>, PackError> {
    let mut combined: Vec<RulePack> = Vec::new();
    for source in sources {
        let mut seen: HashMap<RuleId, String> = HashMap::new();
        for pack in &source {
            for rule in pack.rules() {
                if let Some(first) = seen.insert(rule.id.clone(), pack.name.clone()) {
                    let reason = format!("rule `{}` stands in {first} already; ids are given once", rule.id);
                    return Err(pack.error(&format!("{}/id", rule.pointer), &reason));
                }
            }
        }
        let replaced: HashSet<RuleId> = seen.into_keys().collect();
        combined.retain_mut(|pack| pack.without(&replaced));
        combined.extend(source);
    }
    Ok(combined)
}
