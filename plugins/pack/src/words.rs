//! The words that all rules share.

use casebook_plugin_sdk as sdk;
use serde::Deserialize;

/// How bad it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Worth knowing; nothing is broken.
    Info,
    /// A flaw that few will notice.
    Low,
    /// Something does not work for somebody.
    Medium,
    /// Something does not work for many, or is open that should be shut.
    High,
    /// Everything stops, or everybody may enter.
    Critical,
}

impl From<Severity> for sdk::Severity {
    fn from(severity: Severity) -> Self {
        match severity {
            Severity::Info => Self::Info,
            Severity::Low => Self::Low,
            Severity::Medium => Self::Medium,
            Severity::High => Self::High,
            Severity::Critical => Self::Critical,
        }
    }
}

/// The steps of a remedy as one text, numbered where there are several, then what they cost.
pub fn remedy(steps: &[String], cost: Option<&str>) -> String {
    let mut lines: Vec<String> = match steps {
        [only] => vec![only.trim().to_owned()],
        _ => (1..)
            .zip(steps)
            .map(|(number, step): (u32, _)| format!("{number}. {}", step.trim()))
            .collect(),
    };
    lines.extend(cost.map(|cost| format!("What it costs: {}", cost.trim())));
    lines.join("\n")
}

/// Reports an id that is none, texts that say nothing (each with its JSON pointer), and steps without a word.
pub fn check_words<'t>(
    id: &str,
    texts: impl IntoIterator<Item = (&'t str, &'t str)>,
    steps: &[String],
    report: &mut dyn FnMut(&str, String),
) {
    let is_word = |word: &str| !word.is_empty() && word.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit());
    if !id.split('-').all(is_word) {
        let reason = format!("`{id}` is no id; expected lower-case words with hyphens between them");
        report("/id", reason);
    }
    for (path, text) in texts {
        if text.trim().is_empty() {
            report(path, "nothing stands here; expected a sentence".to_owned());
        }
    }
    if steps.iter().any(|step| step.trim().is_empty()) {
        let reason = "a step says nothing; expected what an administrator is to do";
        report("/remedy", reason.to_owned());
    }
}
