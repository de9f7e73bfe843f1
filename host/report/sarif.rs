//! SARIF 2.1.0, for code-scanning services and editors.
//!
//! Comes in: objects. Goes out: one SARIF document when the report is finished; a document cannot be written in parts,
//! because the list of rules stands before the results that need it. Never here: anything that is not in the objects.
//!
//! | object | SARIF |
//! |---|---|
//! | finding | a result: level, message, location with the record as snippet, the other evidence as related locations, `occurrenceCount`; its id as fingerprint `casebook/v1`, so that a service recognises it in the next run |
//! | its rule | a reporting descriptor: title, cause and remedy as help, `security-severity` |
//! | environment | a base id, below which all files are relative |
//! | coverage | a notification of the one invocation, which was successful if the run was complete |

use std::collections::BTreeMap;
use std::io::{self, Write};

use serde_json::{Value, json};
use serde_sarif::sarif::{
    ArtifactContent, ArtifactLocation, Invocation, Location, Message, MultiformatMessageString, Notification,
    PhysicalLocation, PropertyBag, Region, ReportingDescriptor, Result as SarifResult, ResultLevel, Run,
    Sarif as Document, Tool, ToolComponent,
};

use crate::finding::{CoverageEntry, EvidenceEntry, Finding, Summary};
use crate::model::{CoverageStatus, EnvironmentName, FilePath, RuleId, Severity};

use super::{Report, json};

/// Where the schema of the version below is published.
const SCHEMA: &str = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";

/// The name of the fingerprint. Its number changes when ids are made in another way.
const FINGERPRINT: &str = "casebook/v1";

/// Gathers a SARIF document and writes it into `out`.
pub struct Sarif<W> {
    out: W,
    version: String,
    rules: Vec<Rule>,
    index: BTreeMap<RuleId, usize>,
    results: Vec<SarifResult>,
    notifications: Vec<Notification>,
    bases: BTreeMap<String, ArtifactLocation>,
}

/// What the results tell about a rule.
struct Rule {
    id: RuleId,
    plugin: String,
    title: String,
    cause: String,
    remedy: String,
    references: Vec<String>,
    /// The highest of its results.
    severity: Severity,
}

impl<W: Write> Sarif<W> {
    /// A report into `out` by Casebook of this `version`.
    pub fn new(out: W, version: &str) -> Self {
        Self {
            out,
            version: version.to_owned(),
            rules: Vec::new(),
            index: BTreeMap::new(),
            results: Vec::new(),
            notifications: Vec::new(),
            bases: BTreeMap::new(),
        }
    }

    /// The number of the finding's rule in the document.
    fn rule(&mut self, finding: &Finding) -> usize {
        let next = self.rules.len();
        let index = *self.index.entry(finding.rule.clone()).or_insert(next);
        match self.rules.get_mut(index) {
            Some(rule) => rule.severity = rule.severity.max(finding.severity),
            None => self.rules.push(Rule::of(finding)),
        }
        index
    }

    /// The environment's base id: its name.
    fn base(&mut self, environment: &EnvironmentName) -> String {
        let name = environment.as_str().to_owned();
        self.bases.entry(name.clone()).or_insert_with(|| {
            let description = text(&format!("The root of the environment {name}"));
            ArtifactLocation::builder().description(description).build()
        });
        name
    }

    fn document(&mut self, summary: &Summary) -> Document {
        let rules = self.rules.drain(..).map(Rule::descriptor).collect::<Vec<_>>();
        let driver = ToolComponent::builder()
            .name("Casebook")
            .version(self.version.clone())
            .semantic_version(self.version.clone())
            .rules(rules)
            .build();
        let properties = [("files", json!(summary.files)), ("bytes", json!(summary.bytes))];
        let invocation = Invocation::builder()
            .execution_successful(summary.complete)
            .tool_execution_notifications(std::mem::take(&mut self.notifications))
            .properties(bag(properties, Vec::new()))
            .build();
        let run = Run::builder()
            .tool(Tool::builder().driver(driver).build())
            .invocations(vec![invocation])
            .original_uri_base_ids(std::mem::take(&mut self.bases))
            .results(std::mem::take(&mut self.results))
            .build();
        Document::builder()
            .schema(SCHEMA)
            .version(json!("2.1.0"))
            .runs(vec![run])
            .build()
    }
}

impl<W: Write> Report for Sarif<W> {
    fn begin(&mut self) -> io::Result<()> {
        Ok(())
    }

    fn finding(&mut self, finding: &Finding) -> io::Result<()> {
        let rule = self.rule(finding);
        let base = self.base(&finding.environment);
        self.results.push(result(finding, rule, &base));
        Ok(())
    }

    fn coverage(&mut self, entry: &CoverageEntry) -> io::Result<()> {
        let base = self.base(&entry.environment);
        let level = match entry.status {
            CoverageStatus::Assumed | CoverageStatus::Skipped => "note",
            CoverageStatus::Partial => "warning",
            CoverageStatus::Unread => "error",
        };
        let place = PhysicalLocation::builder()
            .artifact_location(artifact(&entry.file, &base))
            .build();
        let notification = Notification::builder()
            .level(json!(level))
            .message(text(&entry.reason))
            .locations(vec![Location::builder().physical_location(place).build()])
            .properties(bag(
                [
                    ("environment", json!(entry.environment)),
                    ("status", json!(entry.status)),
                ],
                Vec::new(),
            ))
            .build();
        self.notifications.push(notification);
        Ok(())
    }

    fn finish(&mut self, summary: &Summary) -> io::Result<()> {
        let document = self.document(summary);
        json::write(&mut self.out, &document)?;
        self.out.write_all(b"\n")?;
        self.out.flush()
    }
}

impl Rule {
    fn of(finding: &Finding) -> Self {
        Self {
            id: finding.rule.clone(),
            plugin: finding.plugin.to_string(),
            title: finding.title.clone(),
            cause: finding.cause.clone(),
            remedy: finding.remedy.clone(),
            references: finding.references.clone(),
            severity: finding.severity,
        }
    }

    fn descriptor(self) -> ReportingDescriptor {
        let help = MultiformatMessageString::builder()
            .text(self.help(false))
            .markdown(self.help(true))
            .build();
        let score = security_severity(self.severity).map(|score| ("security-severity", json!(score)));
        let page = self.references.iter().find(|reference| is_url(reference)).cloned();
        let mut descriptor = ReportingDescriptor::builder()
            .id(self.id.to_string())
            .short_description(MultiformatMessageString::builder().text(self.title).build())
            .full_description(MultiformatMessageString::builder().text(self.cause).build())
            .help(help)
            .properties(bag(score, vec![self.plugin]))
            .build();
        descriptor.help_uri = page;
        descriptor
    }

    /// Cause, remedy and references, with Markdown's headings or without.
    fn help(&self, markdown: bool) -> String {
        let heading = |name: &str| {
            if markdown {
                format!("## {name}\n\n")
            } else {
                format!("{name}: ")
            }
        };
        let mut help = format!(
            "{}{}\n\n{}{}\n",
            heading("Cause"),
            self.cause,
            heading("Remedy"),
            self.remedy
        );
        if !self.references.is_empty() {
            help.push('\n');
            help.push_str(&heading("References"));
            if !markdown {
                help.push('\n');
            }
            self.references
                .iter()
                .for_each(|reference| help.push_str(&format!("- {reference}\n")));
        }
        help
    }
}

fn result(finding: &Finding, rule: usize, base: &str) -> SarifResult {
    let own = |entry: &&EvidenceEntry| entry.file == finding.file && entry.line == finding.line;
    let snippet = finding.evidence.iter().find(own).map(|entry| entry.text.as_str());
    let mut place = PhysicalLocation::builder()
        .artifact_location(artifact(&finding.file, base))
        .build();
    place.region = region(finding.line.0, snippet);
    let others = finding
        .evidence
        .iter()
        .filter(|entry| !own(entry))
        .map(|entry| related(entry, base));
    let fields: serde_json::Map<String, Value> = finding
        .fields
        .iter()
        .map(|(name, value)| (name.clone(), json!(value)))
        .collect();
    let properties = [
        ("environment", json!(finding.environment)),
        ("plugin", json!(finding.plugin)),
        ("severity", json!(finding.severity)),
        ("offset", json!(finding.offset)),
        ("time", json!(finding.time)),
        ("first_seen", json!(finding.first_seen)),
        ("last_seen", json!(finding.last_seen)),
        ("fields", Value::Object(fields)),
        ("explains", json!(finding.explains)),
        ("explained_by", json!(finding.explained_by)),
    ];
    SarifResult::builder()
        .rule_id(finding.rule.to_string())
        .rule_index(bounded(rule as u64))
        .level(level(finding.severity))
        .message(text(if finding.message.is_empty() {
            &finding.title
        } else {
            &finding.message
        }))
        .locations(vec![Location::builder().physical_location(place).build()])
        .related_locations(others.collect::<Vec<_>>())
        .occurrence_count(bounded(finding.occurrences))
        .partial_fingerprints(BTreeMap::from([(FINGERPRINT.to_owned(), finding.id.to_string())]))
        .properties(bag(properties, Vec::new()))
        .build()
}

/// One more record that shows the problem.
fn related(entry: &EvidenceEntry, base: &str) -> Location {
    let mut place = PhysicalLocation::builder()
        .artifact_location(artifact(&entry.file, base))
        .build();
    place.region = region(entry.line.0, Some(&entry.text));
    Location::builder().physical_location(place).build()
}

/// The lines of a record, with its text. SARIF counts lines from 1; a place without a line has no region. (The offset
/// stands in the result's properties: a region may not have an offset without a length, and the length on disk is not
/// that of the masked text.)
fn region(line: u64, snippet: Option<&str>) -> Option<Region> {
    if line == 0 {
        return None;
    }
    let lines = snippet.map_or(1, |snippet| snippet.split('\n').count() as u64);
    let mut region = Region::builder().start_line(bounded(line)).build();
    region.end_line = (lines > 1).then(|| bounded(line.saturating_add(lines - 1)));
    region.snippet = snippet.map(|snippet| ArtifactContent::builder().text(snippet).build());
    Some(region)
}

fn artifact(file: &FilePath, base: &str) -> ArtifactLocation {
    ArtifactLocation::builder()
        .uri(relative_uri(file.as_str()))
        .uri_base_id(base)
        .build()
}

/// A path as a relative URI reference: every byte that is not unreserved is escaped, so that a colon makes no scheme and a
/// question mark no query; a slash in front would lead out of the base.
fn relative_uri(path: &str) -> String {
    let mut uri = String::with_capacity(path.len());
    for byte in path.trim_start_matches('/').bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => uri.push(char::from(byte)),
            other => uri.push_str(&format!("%{other:02X}")),
        }
    }
    uri
}

/// A message without the two things that SARIF reads in its texts: `{0}` is a placeholder, `[x](1)` a link. A blank makes
/// plain text of both.
fn text(message: &str) -> Message {
    let mut plain = String::with_capacity(message.len());
    for (at, character) in message.char_indices() {
        plain.push(character);
        let behind = message.get(at + character.len_utf8()..).unwrap_or_default();
        let placeholder = character == '{' && behind.starts_with(|next: char| next.is_ascii_digit());
        let link = character == ']' && behind.starts_with('(');
        if placeholder || link {
            plain.push(' ');
        }
    }
    Message::builder().text(plain).build()
}

fn level(severity: Severity) -> ResultLevel {
    match severity {
        Severity::Critical | Severity::High => ResultLevel::Error,
        Severity::Medium => ResultLevel::Warning,
        Severity::Low | Severity::Info => ResultLevel::Note,
    }
}

/// The number that code-scanning services sort by: above 9 is critical to them, from 7 high, from 4 medium, above 0 low.
fn security_severity(severity: Severity) -> Option<&'static str> {
    match severity {
        Severity::Critical => Some("9.5"),
        Severity::High => Some("8.0"),
        Severity::Medium => Some("5.5"),
        Severity::Low => Some("2.0"),
        Severity::Info => None,
    }
}

fn is_url(reference: &str) -> bool {
    let rest = reference
        .strip_prefix("https://")
        .or_else(|| reference.strip_prefix("http://"));
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~:/?#[]@!$&'()*+,;=%".contains(&byte);
    rest.is_some_and(|rest| !rest.is_empty() && rest.bytes().all(plain))
}

/// SARIF's integers are signed.
fn bounded(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

fn bag<'a>(properties: impl IntoIterator<Item = (&'a str, Value)>, tags: Vec<String>) -> PropertyBag {
    let properties: BTreeMap<_, _> = properties
        .into_iter()
        .map(|(name, value)| (name.to_owned(), value))
        .collect();
    let mut bag = PropertyBag::builder().additional_properties(properties).build();
    bag.tags = (!tags.is_empty()).then_some(tags);
    bag
}
