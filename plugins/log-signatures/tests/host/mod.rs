//! A small stand-in for the host: it reads packs, frames logs, searches patterns and hands over batches, and it holds the
//! plugin to the contract: a finding names only records of the batch, or records that were kept and not released.
//!
//! The real host knows formats in full; this one knows as much of them as the examples need.
#![allow(dead_code, reason = "each test uses its part of the stand-in")]

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use casebook_plugin_sdk::{FlatBatch, Hosted, Pack, Rule, Severity, StreamInfo, Verdict};
use log_signatures::LogSignatures;
use log_signatures::pack;
use regex::Regex;
use saphyr::{LoadableYamlNode, Scalar, Yaml};
use serde_json::{Map, Value};

/// The plugin with all its rules, and their patterns as the host compiles them.
pub(crate) struct Host {
    pub(crate) rules: Vec<Rule>,
    hosted: Hosted<LogSignatures>,
    patterns: Vec<Compiled>,
    streams: u32,
}

struct Compiled {
    regex: Regex,
    captures: Vec<String>,
    formats: Vec<String>,
}

/// One record of a log.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Record {
    pub(crate) line: u64,
    pub(crate) time: f64,
    pub(crate) text: String,
}

/// Findings of one rule and group, added up as the host does.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Grouped {
    pub(crate) rule: String,
    pub(crate) severity: Severity,
    pub(crate) count: u32,
    pub(crate) line: u64,
    pub(crate) first: f64,
    pub(crate) last: f64,
    pub(crate) fields: BTreeMap<String, String>,
    pub(crate) message: String,
    /// The evidence of the first three sightings, as lines.
    pub(crate) samples: Vec<Vec<u64>>,
}

/// All packs of the repository: their names and their JSON text.
pub(crate) fn packs() -> Vec<Pack> {
    let root = rules_folder();
    let mut files: Vec<PathBuf> = Vec::new();
    for folder in std::fs::read_dir(&root).expect("the folder of the rules") {
        let folder = folder.expect("an entry").path();
        if folder.is_dir() {
            let inside = std::fs::read_dir(folder)
                .expect("a folder of rules")
                .map(|entry| entry.expect("an entry").path());
            files.extend(inside.filter(|path| path.extension().is_some_and(|extension| extension == "yaml")));
        }
    }
    files.sort();
    let packs = files.iter().map(|path| {
        let text = std::fs::read_to_string(path).expect("a readable pack");
        let name = path
            .strip_prefix(&root)
            .expect("below the folder")
            .to_string_lossy()
            .into_owned();
        (name, yaml(&text))
    });
    let mine = packs.filter(|(_, json)| json.get("plugin").and_then(Value::as_str) == Some("log-signatures"));
    mine.map(|(name, json)| Pack {
        name,
        json: json.to_string(),
    })
    .collect()
}

pub(crate) fn rules_folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../rules")
}

/// The rules in the syntax of the packs, for their examples.
pub(crate) fn pack_rules() -> Vec<pack::Rule> {
    packs().iter().map(|pack| rule_of(&pack.json)).collect()
}

/// One rule in the syntax of the packs.
pub(crate) fn rule_of(json: &str) -> pack::Rule {
    let mut value: Value = serde_json::from_str(json).expect("JSON");
    value.as_object_mut().expect("a rule").shift_remove("plugin");
    serde_json::from_value(value).expect("a rule")
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

impl Host {
    /// The plugin with all packs of the repository.
    pub(crate) fn with_all_packs() -> Self {
        Self::with(packs())
    }

    pub(crate) fn with(packs: Vec<Pack>) -> Self {
        let mut hosted = Hosted::<LogSignatures>::empty();
        let rules = hosted.load(packs).expect("sound packs");
        let patterns = rules.iter().flat_map(|rule| &rule.patterns).map(|pattern| Compiled {
            regex: Regex::new(&pattern.regex).unwrap_or_else(|error| panic!("{}: {error}", pattern.regex)),
            captures: pattern.captures.clone(),
            formats: pattern.formats.clone(),
        });
        Self {
            patterns: patterns.collect(),
            rules,
            hosted,
            streams: 0,
        }
    }

    /// Scans a log in batches of the given sizes (over and over), and groups the findings.
    pub(crate) fn scan(
        &mut self,
        format: &str,
        facts: &Map<String, Value>,
        records: &[Record],
        sizes: &[usize],
    ) -> Vec<Grouped> {
        let stream = self.streams;
        self.streams += 1;
        let info = info(format, Value::Object(facts.clone()).to_string());
        self.hosted.open(stream, info).expect("a stream that opens");
        let candidates: Vec<Record> = records
            .iter()
            .filter(|record| self.matches(format, &record.text))
            .cloned()
            .collect();
        let mut groups = Groups {
            candidates: &candidates,
            rules: &self.rules,
            kept: BTreeSet::new(),
            groups: Vec::new(),
        };
        let mut sizes = sizes.iter().copied().cycle();
        let mut first = 0;
        while first < candidates.len() {
            let size = sizes.next().expect("a size").clamp(1, candidates.len() - first);
            let batch = flatten(&self.patterns, format, first, &candidates[first..first + size]);
            let verdict = self.hosted.observe(stream, &batch).expect("a batch that is judged");
            groups.add(&verdict, first..first + size);
            first += size;
        }
        let verdict = self.hosted.close(stream).expect("a stream that closes");
        groups.add(&verdict, first..first);
        assert!(
            groups.kept.is_empty(),
            "records {:?} were kept and never released",
            groups.kept
        );
        groups.finish()
    }

    /// Records in the flat shape, with the hits that they have.
    pub(crate) fn batch(&self, format: &str, first: usize, records: &[Record]) -> FlatBatch {
        flatten(&self.patterns, format, first, records)
    }

    pub(crate) fn into_hosted(self) -> Hosted<LogSignatures> {
        self.hosted
    }

    fn matches(&self, format: &str, text: &str) -> bool {
        self.patterns
            .iter()
            .any(|pattern| pattern.applies(format) && pattern.regex.is_match(text))
    }
}

/// What is told of a stream when it is opened.
pub(crate) fn info(format: &str, facts: String) -> StreamInfo {
    StreamInfo {
        environment: "acme".to_owned(),
        facts,
        file: "logs/example.log".to_owned(),
        format: format.to_owned(),
        attributes: Vec::new(),
    }
}

impl Compiled {
    fn applies(&self, format: &str) -> bool {
        self.formats.is_empty() || self.formats.iter().any(|known| known == format)
    }
}

fn number(at: usize) -> u32 {
    u32::try_from(at).expect("few records")
}

/// The flat shape of some candidates.
fn flatten(patterns: &[Compiled], format: &str, first: usize, records: &[Record]) -> FlatBatch {
    let mut batch = FlatBatch {
        first: number(first),
        bytes: Vec::new(),
        ends: Vec::new(),
        times: Vec::new(),
        hit_records: Vec::new(),
        hit_patterns: Vec::new(),
        captures: Vec::new(),
    };
    for (index, record) in records.iter().enumerate() {
        let start = batch.bytes.len();
        for (pattern, compiled) in patterns
            .iter()
            .enumerate()
            .filter(|(_, compiled)| compiled.applies(format))
        {
            let Some(found) = compiled.regex.captures(&record.text) else {
                continue;
            };
            batch.hit_records.push(number(index));
            batch.hit_patterns.push(number(pattern));
            for name in &compiled.captures {
                let bounds = found
                    .name(name)
                    .map_or([u32::MAX; 2], |m| [number(start + m.start()), number(start + m.end())]);
                batch.captures.extend(bounds);
            }
        }
        batch.bytes.extend_from_slice(record.text.as_bytes());
        batch.ends.push(number(batch.bytes.len()));
        batch.times.push(record.time);
    }
    batch
}

struct Groups<'a> {
    candidates: &'a [Record],
    rules: &'a [Rule],
    kept: BTreeSet<u32>,
    groups: Vec<((u32, String), Grouped)>,
}

impl Groups<'_> {
    fn add(&mut self, verdict: &Verdict, batch: std::ops::Range<usize>) {
        let batch = number(batch.start)..number(batch.end);
        for finding in &verdict.findings {
            for record in finding.evidence.iter().chain([&finding.record, &finding.last]) {
                assert!(
                    batch.contains(record) || self.kept.contains(record),
                    "record {record} is not at hand: {finding:?}"
                );
            }
            assert!(finding.occurrences >= 1);
            self.merge(finding);
        }
        for record in &verdict.keep {
            assert!(
                batch.contains(record),
                "record {record} is none of this batch {batch:?}"
            );
            assert!(self.kept.insert(*record), "record {record} is kept twice");
        }
        for record in &verdict.release {
            assert!(self.kept.remove(record), "record {record} was not kept");
        }
    }

    fn merge(&mut self, finding: &casebook_plugin_sdk::Finding) {
        let rule = &self.rules[finding.rule as usize];
        let record = &self.candidates[finding.record as usize];
        let last = &self.candidates[finding.last as usize];
        let evidence: Vec<u64> = finding
            .evidence
            .iter()
            .map(|&record| self.candidates[record as usize].line)
            .collect();
        let key = (finding.rule, finding.group.clone());
        if let Some((_, group)) = self.groups.iter_mut().find(|(known, _)| *known == key) {
            group.count += finding.occurrences;
            group.first = group.first.min(record.time);
            group.last = group.last.max(last.time);
            if group.samples.len() < 3 {
                group.samples.push(evidence);
            }
            return;
        }
        self.groups.push((
            key,
            Grouped {
                rule: rule.id.clone(),
                severity: finding.severity.unwrap_or(rule.severity),
                count: finding.occurrences,
                line: record.line,
                first: record.time,
                last: last.time,
                fields: finding.fields.iter().cloned().collect(),
                message: finding.message.clone(),
                samples: vec![evidence],
            },
        ));
    }

    fn finish(self) -> Vec<Grouped> {
        let mut groups: Vec<Grouped> = self.groups.into_iter().map(|(_, group)| group).collect();
        groups.sort_by(|a, b| (a.line, &a.rule).cmp(&(b.line, &b.rule)));
        groups
    }
}

/// Cuts a log into records.
pub(crate) fn frame(format: &str, log: &str) -> Vec<Record> {
    let begins = match format {
        "sametime-trace" => r"^\d{6}_\d{6}\.\d{3},",
        "websphere-basic" | "websphere-advanced" | "liberty-messages" => r"^\[[0-9]{1,4}[-./]",
        "websphere-addnode" => r"^[A-Z]{4,5}\d{4}[A-Z]:",
        "domino-console" => r"^\[[0-9A-F]{4,}:",
        _ => "^",
    };
    let begins = Regex::new(begins).expect("a sound expression");
    let mut records: Vec<Record> = Vec::new();
    for (line, text) in (1..).zip(log.replace("\r\n", "\n").lines()) {
        match records.last_mut() {
            Some(record) if !begins.is_match(text) => {
                record.text.push('\n');
                record.text.push_str(text);
            }
            _ => records.push(Record {
                line,
                time: f64::NAN,
                text: text.to_owned(),
            }),
        }
    }
    for record in &mut records {
        record.time = time(format, &record.text).unwrap_or(f64::NAN);
    }
    records
}

/// The time of a record, where the format has one; good enough for examples, whose clocks all run in UTC.
fn time(format: &str, text: &str) -> Option<f64> {
    let numbers: Vec<f64> = {
        let head: String = text.chars().take(80).collect();
        let digits = Regex::new(r"\d+").expect("a sound expression");
        digits
            .find_iter(&head)
            .filter_map(|m| m.as_str().parse().ok())
            .collect()
    };
    match format {
        "sametime-trace" => {
            let (date, clock) = (*numbers.first()?, *numbers.get(1)?);
            let day = days(
                2000.0 + (date / 10_000.0).floor(),
                (date / 100.0).floor() % 100.0,
                date % 100.0,
            );
            let seconds = (clock / 10_000.0).floor() * 3_600.0 + (clock / 100.0).floor() % 100.0 * 60.0 + clock % 100.0;
            Some(day * 86_400.0 + seconds + numbers.get(2)? / 1_000.0)
        }
        "websphere-basic" if text.starts_with('[') => {
            let [month, day, year, hour, minute, second, milli] = *numbers.first_chunk()?;
            Some(days(2000.0 + year, month, day) * 86_400.0 + hour * 3_600.0 + minute * 60.0 + second + milli / 1_000.0)
        }
        "access-common" | "access-combined" => {
            let stamp = Regex::new(r"\[(\d+)/(\w+)/(\d+):(\d+):(\d+):(\d+) ")
                .expect("a sound expression")
                .captures(text)?;
            let months = [
                "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
            ];
            let month = (1_u8..).zip(months).find(|(_, name)| stamp[2] == **name)?.0;
            let part = |index: usize| stamp[index].parse::<f64>().unwrap_or_default();
            Some(days(part(3), f64::from(month), part(1)) * 86_400.0 + part(4) * 3_600.0 + part(5) * 60.0 + part(6))
        }
        _ => None,
    }
}

/// Days since 1970, counted as if every month had 31 days: distances inside a month are right, and order is.
fn days(year: f64, month: f64, day: f64) -> f64 {
    (year - 1970.0) * 372.0 + (month - 1.0) * 31.0 + day - 1.0
}
