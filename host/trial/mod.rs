//! Tries rules on their own examples.
//!
//! Comes in: a rulebook whose packs carry examples. Goes out: for each example whether it came true, and what came instead.
//! Never here: a second way to judge. An example's log is written to a file and scanned like any other, with its format
//! given and its facts as the environment; an example of several files is a folder with those files.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Component, Path, PathBuf};

use base64ct::{Base64, Encoding};

use jiff::tz::TimeZone;
use serde::Deserialize;
use serde_json::Value;

use crate::environment::{Environment, Facts};
use crate::finding::Finding;
use crate::model::{EnvironmentName, FormatName, LineNumber, RuleId};
use crate::pack::RulePack;
use crate::rulebook::Rulebook;
use crate::scan::{Progress, ScanPlan, scan};

/// The examples of a rule, where every pack shows them: `examples`, `fire` and `silent`.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Examples {
    fire: Vec<Example>,
    silent: Vec<Example>,
}

#[derive(Debug, Deserialize)]
struct Example {
    #[serde(alias = "why")]
    about: String,
    #[serde(default)]
    format: Option<String>,
    #[serde(default)]
    facts: Value,
    #[serde(default)]
    log: Option<String>,
    /// Paths below the environment's root, in place of `format` and `log`.
    #[serde(default)]
    files: BTreeMap<String, Content>,
    #[serde(default)]
    findings: Vec<Expected>,
}

/// What stands in a file.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum Content {
    Text(String),
    Bytes { base64: String },
}

#[derive(Debug, Deserialize)]
struct Expected {
    #[serde(default = "one")]
    count: u64,
    /// Below the environment's root; where the example is one log, it needs no name.
    #[serde(default)]
    file: Option<String>,
    line: u64,
    #[serde(default)]
    severity: Option<String>,
    #[serde(default)]
    fields: serde_json::Map<String, Value>,
}

fn one() -> u64 {
    1
}

/// What became of one example.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verdict {
    /// The rule, or the record format.
    pub rule: RuleId,
    /// The pack and the line where the example stands.
    pub pack: String,
    /// See `pack`.
    pub line: LineNumber,
    /// What the example shows.
    pub about: String,
    /// What differs from what it promises; empty: it came true.
    pub differences: Vec<String>,
}

/// What became of all examples.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Trial {
    /// One for each example, in order of packs.
    pub verdicts: Vec<Verdict>,
    /// Rules without an example that fires, or without one that is silent.
    pub untried: Vec<(RuleId, &'static str)>,
}

/// Tries all examples of the rules that `chosen` names.
///
/// # Errors
///
/// Only the machine's: a temporary folder that cannot be written.
pub fn run(rulebook: &Rulebook, chosen: impl Fn(&RuleId) -> bool) -> io::Result<Trial> {
    let folder = tempfile::tempdir()?;
    let mut trial = Trial::default();
    for pack in &rulebook.packs {
        trial.try_formats(rulebook, pack);
    }
    for pack in &rulebook.packs {
        for rule in pack.rules().into_iter().filter(|rule| chosen(&rule.id)) {
            let at = |part: &str| format!("{}/examples{part}", rule.pointer);
            let verdict = |part: &str, about: &str, differences| Verdict {
                rule: rule.id.clone(),
                pack: pack.name.clone(),
                line: pack.line(&at(part)),
                about: about.to_owned(),
                differences,
            };
            let examples = rule.value.get("examples").cloned();
            let examples = match examples.map_or_else(|| Ok(Examples::default()), serde_json::from_value::<Examples>) {
                Ok(examples) => examples,
                Err(error) => {
                    trial
                        .verdicts
                        .push(verdict("", "examples", vec![format!("cannot be read: {error}")]));
                    continue;
                }
            };
            if examples.fire.is_empty() {
                trial.untried.push((rule.id.clone(), "no example on which it fires"));
            }
            if examples.silent.is_empty() {
                trial
                    .untried
                    .push((rule.id.clone(), "no example on which it must not fire"));
            }
            let parts = [("fire", &examples.fire), ("silent", &examples.silent)];
            for (part, index, example) in parts
                .into_iter()
                .flat_map(|(part, list)| list.iter().enumerate().map(move |(i, e)| (part, i, e)))
            {
                let differences = match try_example(rulebook, example, folder.path()) {
                    Ok(found) => compare(&rule.id, example, &found),
                    Err(reason) => vec![reason],
                };
                trial
                    .verdicts
                    .push(verdict(&format!("/{part}/{index}"), &example.about, differences));
            }
        }
    }
    Ok(trial)
}

impl Trial {
    /// The examples of the formats that a pack brings along.
    fn try_formats(&mut self, rulebook: &Rulebook, pack: &RulePack) {
        for (pointer, value) in pack.formats() {
            let name = value.get("name").and_then(Value::as_str).unwrap_or_default();
            let Some(format) = rulebook.formats.by_name(name) else {
                continue;
            };
            self.verdicts.push(Verdict {
                rule: RuleId::from(name),
                pack: pack.name.clone(),
                line: pack.line(&pointer),
                about: "record format".to_owned(),
                differences: rulebook.formats.failed_examples(format),
            });
        }
    }
}

fn try_example(rulebook: &Rulebook, example: &Example, folder: &Path) -> Result<Vec<Finding>, String> {
    let facts = match &example.facts {
        Value::Null => Facts::default(),
        facts => serde_json::from_value(facts.clone()).map_err(|error| format!("facts: {error}"))?,
    };
    let zone = facts.timezone.as_deref().unwrap_or("UTC");
    let environment = Environment {
        name: EnvironmentName::from("example"),
        zone: Some(TimeZone::get(zone).map_err(|error| format!("facts: {error}"))?),
        facts,
    };
    let site = tempfile::tempdir_in(folder).map_err(|error| error.to_string())?;
    let mut plan = ScanPlan::new(vec![example.write(site.path())?]);
    plan.threads = 1;
    // Certificates of an example are judged for the day that it names; without one, for a day that does not move.
    plan.today = jiff::civil::date(2016, 10, 12);
    plan.format = match &example.format {
        None => None,
        Some(name) if rulebook.formats.by_name(name).is_some() => Some(FormatName::from(name.as_str())),
        Some(name) => return Err(format!("there is no record format `{name}`")),
    };
    let outcome = scan(&plan, &environment, rulebook, &Progress::default()).map_err(|error| error.to_string())?;
    // A site may show a broken file on purpose; a log is there to be read whole.
    let gap = outcome.coverage.iter().find(|coverage| coverage.status.is_gap());
    if let Some(gap) = gap.filter(|_| !example.is_site()) {
        return Err(gap.reason.clone());
    }
    Ok(outcome.ledger.findings())
}

impl Example {
    /// Writes it into an empty folder and gives back what is to be scanned.
    fn write(&self, site: &Path) -> Result<PathBuf, String> {
        let cannot = |path: &Path, error: &dyn std::fmt::Display| format!("{}: {error}", path.display());
        match (&self.log, self.files.is_empty()) {
            (Some(log), true) if self.format.is_some() => {
                // Not named for the rule: its id is the pack author's text, and may be a path.
                let file = site.join("example.log");
                fs::write(&file, log).map_err(|error| cannot(&file, &error))?;
                return Ok(file);
            }
            (None, false) if self.format.is_none() => {}
            _ => return Err("expected either `format` and `log`, or `files`".to_owned()),
        }
        for (name, content) in &self.files {
            let below = Path::new(name);
            if !below.components().all(|part| matches!(part, Component::Normal(_))) {
                return Err(format!("files: `{name}` is no path below a folder"));
            }
            let file = site.join(below);
            if let Some(parent) = file.parent() {
                fs::create_dir_all(parent).map_err(|error| cannot(parent, &error))?;
            }
            let bytes = match content {
                Content::Text(text) => text.clone().into_bytes(),
                Content::Bytes { base64 } => {
                    let plain: String = base64.split_ascii_whitespace().collect();
                    Base64::decode_vec(&plain).map_err(|error| format!("files: {name}: {error}"))?
                }
            };
            fs::write(&file, bytes).map_err(|error| cannot(&file, &error))?;
        }
        Ok(site.to_path_buf())
    }

    /// Whether it is an environment of several files, on which other rules may have something to say too.
    fn is_site(&self) -> bool {
        self.log.is_none()
    }
}

/// An example of a log speaks for all rules: what another rule finds in it, it must say nowhere, since nobody expects it there.
fn compare(rule: &RuleId, example: &Example, found: &[Finding]) -> Vec<String> {
    let mut differences = Vec::new();
    let (own, others): (Vec<&Finding>, Vec<&Finding>) = found.iter().partition(|finding| finding.rule == *rule);
    for other in others.into_iter().filter(|_| !example.is_site()) {
        differences.push(format!("line {}: {} fires too", other.line.0, other.rule));
    }
    for pair in 0..own.len().max(example.findings.len()) {
        match (example.findings.get(pair), own.get(pair)) {
            (Some(expected), Some(finding)) => compare_one(expected, finding, &mut differences),
            (Some(expected), None) => {
                differences.push(format!("line {}: expected a finding, none came", expected.line))
            }
            (None, Some(finding)) => {
                differences.push(format!(
                    "line {}: fires, unexpectedly: {}",
                    finding.line.0, finding.message
                ));
            }
            (None, None) => {}
        }
    }
    differences
}

fn compare_one(expected: &Expected, finding: &Finding, differences: &mut Vec<String>) {
    let line = finding.line.0;
    if let Some(file) = &expected.file
        && file != finding.file.as_str()
    {
        differences.push(format!("line {line}: file: expected {file}, found {}", finding.file));
    }
    let mut differs = |what: &str, expected: &str, found: &str| {
        if expected != found {
            differences.push(format!("line {line}: {what}: expected {expected}, found {found}"));
        }
    };
    differs("line", &expected.line.to_string(), &line.to_string());
    differs("count", &expected.count.to_string(), &finding.occurrences.to_string());
    if let Some(severity) = &expected.severity {
        differs("severity", severity, finding.severity.as_str());
    }
    for (name, value) in &expected.fields {
        let value = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        let found = finding
            .fields
            .iter()
            .find(|(field, _)| field == name)
            .map_or("nothing", |(_, value)| value);
        differs(&format!("fields.{name}"), &value, found);
    }
}
