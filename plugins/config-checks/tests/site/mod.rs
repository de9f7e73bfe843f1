//! A small stand-in for the host: it reads packs and draws sites from files. The real host knows every syntax and reads
//! what is broken; this one knows well-formed XML and plain `key=value`, and says where it knows nothing.
#![allow(dead_code, reason = "each test uses its part of the stand-in")]

pub(crate) mod flat;

use std::path::{Path, PathBuf};

use casebook_plugin_configs::{ConfigRules, Finding, Pack, Problem, Rule, Severity, Site};
use config_checks::ConfigChecks;
use config_checks::pack::{Content, Named};
use flat::Flat;
use saphyr::{LoadableYamlNode, Scalar, Yaml};
use serde_json::{Map, Value};

pub(crate) fn rules_folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../rules")
}

/// All packs of the repository for this plugin: their names and their JSON text.
pub(crate) fn packs() -> Vec<Pack> {
    let mut packs: Vec<Pack> = folders(&rules_folder())
        .iter()
        .flat_map(|folder| packs_in(folder))
        .collect();
    packs.sort_by(|one, other| one.name.cmp(&other.name));
    packs
}

fn folders(root: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(root)
        .expect("a folder")
        .map(|entry| entry.expect("an entry").path());
    entries.filter(|path| path.is_dir()).collect()
}

/// The packs for this plugin in one folder; their names begin with the folder's.
pub(crate) fn packs_in(folder: &Path) -> Vec<Pack> {
    let entries = std::fs::read_dir(folder)
        .expect("a folder")
        .map(|entry| entry.expect("an entry").path());
    let files = entries.filter(|path| path.extension().is_some_and(|extension| extension == "yaml"));
    let packs = files.map(|path| {
        let text = std::fs::read_to_string(&path).expect("a readable pack");
        let name = |path: &Path| path.file_name().expect("a name").to_string_lossy().into_owned();
        (format!("{}/{}", name(folder), name(&path)), yaml(&text))
    });
    let mine = packs.filter(|(_, json)| json.get("plugin").and_then(Value::as_str) == Some("config-checks"));
    mine.map(|(name, json)| Pack {
        name,
        json: json.to_string(),
    })
    .collect()
}

/// The rules of a pack in its syntax, for their examples.
pub(crate) fn rules_of(pack: &Pack) -> Vec<config_checks::pack::Rule> {
    let mut value: Value = serde_json::from_str(&pack.json).expect("JSON");
    let keys = value.as_object_mut().expect("a rule");
    keys.shift_remove("plugin");
    match keys.shift_remove("rules") {
        Some(rules) => serde_json::from_value(rules).expect("rules"),
        None => vec![serde_json::from_value(value).expect("a rule")],
    }
}

/// YAML as JSON.
pub(crate) fn yaml(text: &str) -> Value {
    let documents = Yaml::load_from_str(text).expect("sound YAML");
    json(documents.first().expect("a document"))
}

fn json(node: &Yaml<'_>) -> Value {
    match node {
        Yaml::Value(Scalar::String(text)) => Value::String(text.clone().into_owned()),
        Yaml::Value(Scalar::Integer(number)) => Value::from(*number),
        Yaml::Value(Scalar::FloatingPoint(number)) => Value::from(number.into_inner()),
        Yaml::Value(Scalar::Boolean(flag)) => Value::Bool(*flag),
        Yaml::Value(Scalar::Null) => Value::Null,
        Yaml::Sequence(items) => items.iter().map(json).collect(),
        Yaml::Mapping(keys) => keys
            .iter()
            .map(|(key, value)| (key.as_str().expect("a name").to_owned(), json(value)))
            .collect(),
        other => panic!("{other:?} has no place in a pack"),
    }
}

/// Loads a pack in YAML.
pub(crate) fn load(text: &str) -> Result<(ConfigChecks, Vec<Rule>), Vec<Problem>> {
    let pack = Pack {
        name: "p.yaml".to_owned(),
        json: yaml(text).to_string(),
    };
    ConfigChecks::load(vec![pack])
}

/// A site of these files; `None` where one of them is beyond this stand-in.
pub(crate) fn draw<'f>(
    facts: &Map<String, Value>,
    files: impl IntoIterator<Item = (&'f str, &'f str)>,
) -> Option<Site> {
    let mut site = Flat::new(&Value::Object(facts.clone()).to_string());
    let mut files: Vec<(&str, &str)> = files.into_iter().collect();
    files.sort_unstable();
    for (file, text) in files {
        add(&mut site, file, text)?;
    }
    site.into_site()
}

/// A site of an example; `None` where a file of it is beyond this stand-in.
pub(crate) fn draw_example(facts: &Map<String, Value>, files: &Named<Content>) -> Option<Site> {
    let texts = files.iter().map(|(file, content)| match content {
        Content::Text(text) => Some((file, text.as_str())),
        Content::Bytes(_) => None,
    });
    draw(facts, texts.collect::<Option<Vec<_>>>()?)
}

fn add(site: &mut Flat, file: &str, text: &str) -> Option<()> {
    let name = file.rsplit('/').next()?;
    if name.ends_with(".xml") {
        return add_xml(site, file, kind(name), text);
    }
    let kind = match name {
        "notes.ini" | "ssl.client.props" => name,
        _ if name.ends_with(".properties") => "properties",
        _ => return None,
    };
    let syntax = if kind == "notes.ini" { "ini" } else { "properties" };
    site.begin(file, kind, syntax, origin(file));
    let root = site.node(0, syntax, "", 1, Vec::new());
    for (line, text) in (1..).zip(text.lines()) {
        if let Some((key, value)) = text.split_once('=').filter(|_| !text.starts_with('#')) {
            let key = if syntax == "ini" {
                key.to_lowercase()
            } else {
                key.to_owned()
            };
            site.node(root, key.trim(), value.trim(), line, Vec::new());
        }
    }
    Some(())
}

fn kind(name: &str) -> &str {
    const KINDS: [&str; 6] = [
        "widgets-config.xml",
        "stproxyconfig.xml",
        "managed-community-configs.xml",
        "security.xml",
        "server.xml",
        "wimconfig.xml",
    ];
    if KINDS.contains(&name) { name } else { "xml" }
}

fn origin(file: &str) -> Vec<(String, String)> {
    let parts: Vec<&str> = file.split('/').collect();
    let after = |folder: &str| {
        let at = parts.iter().position(|part| *part == folder)?;
        parts.get(at + 1).map(|value| (*value).to_owned())
    };
    let folders = [("cell", "cells"), ("node", "nodes"), ("server", "servers")];
    folders
        .into_iter()
        .filter_map(|(name, folder)| Some((name.to_owned(), after(folder)?)))
        .collect()
}

fn add_xml(site: &mut Flat, file: &str, kind: &str, text: &str) -> Option<()> {
    let parsed = roxmltree::Document::parse(text).ok()?;
    site.begin(file, kind, "xml", origin(file));
    let mut numbers = std::collections::HashMap::new();
    for node in parsed.descendants().filter(roxmltree::Node::is_element) {
        let written = |namespace: Option<&str>, name: &str| match namespace.and_then(|uri| node.lookup_prefix(uri)) {
            Some(prefix) => format!("{prefix}:{name}"),
            None => name.to_owned(),
        };
        let attributes = node.attributes();
        let attributes = attributes.map(|own| (written(own.namespace(), own.name()), own.value().to_owned()));
        let parent = node
            .parent_element()
            .and_then(|parent| numbers.get(&parent.id()).copied());
        let name = written(node.tag_name().namespace(), node.tag_name().name());
        let texts = node.children().filter(roxmltree::Node::is_text);
        let value: String = texts.filter_map(|child| child.text()).collect();
        let line = parsed.text_pos_at(node.range().start).row;
        let number = site.node(parent.unwrap_or(0), &name, value.trim(), line, attributes.collect());
        numbers.insert(node.id(), number);
    }
    Some(())
}

/// A finding with its file and line.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Found {
    pub(crate) rule: u32,
    pub(crate) file: String,
    pub(crate) line: u64,
    pub(crate) places: Vec<String>,
    pub(crate) severity: Option<Severity>,
    pub(crate) group: String,
    pub(crate) message: String,
    pub(crate) fields: Vec<(String, String)>,
}

impl Found {
    pub(crate) fn field(&self, name: &str) -> Option<&str> {
        self.fields
            .iter()
            .find(|(known, _)| known == name)
            .map(|(_, value)| value.as_str())
    }
}

/// What the plugin finds, in the order of files and lines.
pub(crate) fn check(plugin: &ConfigChecks, site: &Site) -> Vec<Found> {
    let mut found: Vec<Found> = plugin
        .judge(site)
        .0
        .iter()
        .map(|finding| placed(finding, site))
        .collect();
    found.sort_by(|one, other| (&one.file, one.line).cmp(&(&other.file, other.line)));
    found
}

fn placed(finding: &Finding, site: &Site) -> Found {
    let place = |place: &casebook_plugin_configs::Place| {
        let document = site.documents().nth(place.document as usize).expect("a document");
        let node = document.nodes().nth(place.node as usize).expect("a node");
        (document.file().to_owned(), u64::from(node.line()))
    };
    let places: Vec<(String, u64)> = finding.places.iter().map(place).collect();
    let (file, line) = places.first().cloned().unwrap_or((".".to_owned(), 0));
    Found {
        rule: finding.rule,
        file,
        line,
        places: places.iter().map(|(file, line)| format!("{file}:{line}")).collect(),
        severity: finding.severity,
        group: finding.group.clone(),
        message: finding.message.clone(),
        fields: finding.fields.clone(),
    }
}
