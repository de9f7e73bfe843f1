//! Trying a format on its own examples.
//!
//! Comes in: the examples of a definition. Goes out: what does not come out of them as it should, in sentences. Never
//! here: files.
//!
//! An example is treated as a file would be: recognised among all formats, framed, dated, and taken apart.

use jiff::tz::TimeZone;
use serde_json::Value;

use super::{Detection, Example, Format, Formats, RecordKind, Surroundings};
use crate::model::{EventTime, FilePath};

impl Formats {
    /// What is wrong with the examples of one of the formats: nothing, if the format does what it says. A sentence names
    /// the example by its place, `examples[0]`.
    pub fn failed_examples(&self, format: &Format) -> Vec<String> {
        let mut failures = Vec::new();
        for (n, example) in format.examples.iter().enumerate() {
            match self.try_example(format, example) {
                Ok(reasons) => failures.extend(reasons.into_iter().map(|reason| format!("examples[{n}]: {reason}"))),
                Err(reason) => failures.push(format!("examples[{n}]: {reason}")),
            }
        }
        failures
    }

    fn try_example(&self, format: &Format, example: &Example) -> Result<Vec<String>, String> {
        let mut reasons = Vec::new();
        let path = FilePath::from(example.file.as_deref().unwrap_or("example"));
        let bytes = example.text.as_bytes();
        let surroundings = surroundings(example)?;
        match self.detect(&path, bytes) {
            Detection::Log { format: found, .. } if found.name() == format.name() => {}
            Detection::Log { format: found, why } => reasons.push(format!("it is taken for {}: {why}", found.name())),
            Detection::NotALog { reason } => reasons.push(format!("it is not taken for a log: {reason}")),
            Detection::Configuration { kind } => reasons.push(format!("it is taken for configuration: {kind:?}")),
        }
        let dating = format.dating(&path, bytes, &surroundings);
        let framed = format.frame_all(bytes);
        let entries: Vec<_> = framed
            .iter()
            .filter_map(|record| bytes.get(record.range.clone()))
            .filter(|record| format.kind(record) != RecordKind::Banner)
            .collect();
        if entries.len() != example.records {
            reasons.push(format!("it has {} records, not {}", entries.len(), example.records));
        }
        let first_time = entries.iter().find_map(|record| format.time(record, &dating));
        let expected = example.first_time.as_deref().map(instant).transpose()?;
        let expected = expected.map(|time| EventTime(time.as_microsecond() as f64 / 1e6));
        if first_time != expected {
            reasons.push(format!(
                "its first time is {}, not {}",
                shown(first_time),
                shown(expected)
            ));
        }
        let Some(first) = entries.first() else {
            return Ok(reasons);
        };
        let fields = format.fields(first).unwrap_or_default();
        for (name, expected) in &example.fields {
            let found = fields.value(first, name).map(String::from_utf8_lossy);
            let fits = matches!((expected, &found), (Value::String(text), Some(found)) if text == found);
            if !fits {
                let found = found.map_or("missing".to_owned(), |found| format!("`{found}`"));
                reasons.push(format!("the field `{name}` is {found}, not {expected}"));
            }
        }
        Ok(reasons)
    }
}

fn shown(time: Option<EventTime>) -> String {
    match time.and_then(|EventTime(seconds)| jiff::Timestamp::from_microsecond((seconds * 1e6).round() as i64).ok()) {
        Some(instant) => instant.to_string(),
        None => "none".to_owned(),
    }
}

fn surroundings(example: &Example) -> Result<Surroundings, String> {
    let zone = |name: &String| TimeZone::get(name).map_err(|_| format!("there is no time zone `{name}`"));
    Ok(Surroundings {
        environment: example.zone.as_ref().map(zone).transpose()?,
        local: TimeZone::UTC,
        modified: example.modified.as_deref().map(instant).transpose()?,
    })
}

fn instant(text: &str) -> Result<jiff::Timestamp, String> {
    text.parse()
        .map_err(|_| format!("`{text}` is no time; write it as 2016-10-12T09:37:31.278Z"))
}
