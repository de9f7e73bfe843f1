//! Loading the words of findings: messages, fields, groups.

use casebook_plugin_packs::escape;

use super::Report;
use super::value::template;
use crate::data::{PARTS, Scope, Side, Template, Words};
use crate::pack;

/// What a part of a check says, where it says something of its own.
pub(super) struct Own<'p> {
    /// Which part of the check.
    pub(super) kind: String,
    pub(super) message: Option<&'p str>,
    pub(super) severity: Option<pack::Severity>,
    pub(super) fields: &'p pack::Named<String>,
}

/// Reads the words of a check's findings.
pub(super) struct Writer<'p> {
    pub(super) path: &'p str,
    pub(super) check: &'p pack::Check,
    /// What is known of a subject and an other.
    pub(super) both: Scope<'p>,
}

impl Writer<'_> {
    /// The words of a finding about a subject: those of the check, and its own in their place. Where a subject has no
    /// other, the check's fields about one are left out.
    pub(super) fn words(&self, path: &str, own: Own<'_>, scope: Scope<'_>, report: Report<'_>) -> Words {
        let mut fields: Vec<(String, Template)> = Vec::new();
        for (place, all) in [(self.path, &self.check.fields), (path, own.fields)] {
            for (name, text) in all.iter() {
                if place == self.path && scope.other.is_none() && self.is_about_other(name) {
                    continue;
                }
                let read = template(scope, &format!("{place}/fields/{}", escape(name)), text, report);
                match fields.iter_mut().find(|(known, _)| known == name) {
                    Some((_, former)) => *former = read,
                    None => fields.push((name.to_owned(), read)),
                }
            }
        }
        let names: Vec<String> = fields.iter().map(|(name, _)| name.clone()).collect();
        let scope = Scope {
            fields: &names,
            ..scope
        };
        let (place, message) = match (own.message, &self.check.message) {
            (Some(message), _) => (path, message),
            (None, Some(message)) => (self.path, message.as_str()),
            (None, None) => {
                report(
                    path,
                    "no message says what was found; expected `message` here or in the check".to_owned(),
                );
                (path, "")
            }
        };
        Words {
            kind: own.kind,
            message: template(scope, &format!("{place}/message"), message, report),
            severity: own.severity.map(Into::into),
            fields,
            group: self.group(scope, report),
        }
    }

    fn group(&self, scope: Scope<'_>, report: Report<'_>) -> Option<Vec<Template>> {
        let group = self.check.group.as_ref()?.iter().enumerate();
        let is_lonely = scope.other.is_none() && self.both.other.is_some();
        let about_other = |name: &str| name.starts_with("other.") || self.is_about_other(name);
        let known = group.filter(|(_, name)| !is_lonely || scope.fields.contains(name) || !about_other(name));
        let read = |(index, name): (usize, &String)| {
            template(
                scope,
                &format!("{}/group/{index}", self.path),
                &format!("{{{name}}}"),
                report,
            )
        };
        Some(known.map(read).collect())
    }

    /// Whether a field of the check is about an other.
    fn is_about_other(&self, field: &str) -> bool {
        let read = self
            .check
            .fields
            .get(field)
            .and_then(|text| Template::read(text, self.both).ok());
        read.is_some_and(|read| read.takes(Side::Other))
    }

    /// The words where there is no subject, and so none of its values: of the group only what is known of the document.
    pub(super) fn nothing(&self, path: &str, nothing: &pack::Nothing, report: Report<'_>) -> Words {
        let fields: Vec<(String, Template)> = nothing
            .fields
            .iter()
            .map(|(name, text)| {
                let path = format!("{path}/fields/{}", escape(name));
                (name.to_owned(), template(Scope::default(), &path, text, report))
            })
            .collect();
        let names: Vec<String> = fields.iter().map(|(name, _)| name.clone()).collect();
        let scope = Scope {
            fields: &names,
            ..Scope::default()
        };
        let known = |name: &&String| {
            PARTS
                .iter()
                .any(|(part, _)| name.strip_prefix("document.") == Some(part))
        };
        let group = self.check.group.iter().flatten().filter(known);
        let group: Vec<Template> = group
            .filter_map(|name| Template::read(&format!("{{{name}}}"), scope).ok())
            .collect();
        Words {
            kind: "none".to_owned(),
            message: template(scope, &format!("{path}/message"), &nothing.message, report),
            severity: nothing.severity.map(Into::into),
            fields,
            group: (!group.is_empty() || nothing.r#in == pack::Extent::Environment).then_some(group),
        }
    }
}
