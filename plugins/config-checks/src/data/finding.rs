//! From a condition that does not hold to a finding: its message, its fields, its group, its places.

use casebook_plugin_configs::{Node, Severity};

use super::template::{Scene, Template};
use crate::report::Report;

/// Places of one finding: 20. Who needs more than that to believe it looks into the files.
pub(crate) const MOST_PLACES: usize = 20;

/// The field that says what stands there: also where that is nothing.
const FOUND: &str = "found";

/// What is said where something does not hold.
#[derive(Debug, Clone)]
pub(crate) struct Words {
    /// Which of the check's findings it is: it keeps those apart that would have the same group.
    pub(crate) kind: String,
    pub(crate) message: Template,
    pub(crate) severity: Option<Severity>,
    pub(crate) fields: Vec<(String, Template)>,
    /// What makes two findings the same; `None`: the file and all fields.
    pub(crate) group: Option<Vec<Template>>,
}

impl Words {
    /// Enters the finding.
    pub(crate) fn enter<'s>(
        &self,
        scene: Scene<'_, 's>,
        places: impl IntoIterator<Item = Node<'s>>,
        report: &mut Report,
    ) {
        let shown = self.fields.iter().map(|(name, template)| {
            let shown = template.shown(scene);
            if name == FOUND { Some(or_nothing(shown)) } else { shown }
        });
        let shown: Vec<Option<String>> = shown.collect();
        let texts: Vec<String> = shown.iter().map(|field| field.clone().unwrap_or_default()).collect();
        let scene = Scene {
            fields: &texts,
            ..scene
        };
        let message = self.message.shown(scene).unwrap_or_default();
        let mut entry = report.finding(self.key(scene), message);
        for node in places.into_iter().take(MOST_PLACES) {
            entry = entry.at(node);
        }
        for ((name, _), field) in self.fields.iter().zip(shown) {
            if let Some(field) = field {
                entry = entry.field(name, field);
            }
        }
        if let Some(severity) = self.severity {
            entry = entry.severity(severity);
        }
        entry.enter();
    }

    fn key(&self, scene: Scene<'_, '_>) -> String {
        let mut parts = vec![self.kind.clone()];
        match &self.group {
            Some(group) => parts.extend(group.iter().map(|part| part.shown(scene).unwrap_or_default())),
            None => {
                parts.extend(scene.document.map(|document| document.file().to_owned()));
                parts.extend(scene.fields.iter().cloned());
            }
        }
        parts.join("\u{1f}")
    }
}

/// What was found, in a word where it is nothing.
fn or_nothing(shown: Option<String>) -> String {
    match shown {
        None => "(missing)".to_owned(),
        Some(text) if text.trim().is_empty() => "(empty)".to_owned(),
        Some(text) => text,
    }
}
