//! Findings about a file of which every profile of a cell has a copy.
//!
//! Comes in: what is wrong with each copy. Goes out: one finding for all copies in which the same is wrong, with the places
//! in each of them. Never here: what is wrong.

use std::collections::BTreeMap;

use casebook_plugin_configs::{Node, Severity};

use crate::code::listing::MOST_PLACES;
use crate::report::{Entry, Report};

/// Findings that are held back: 1,000, as many as a report keeps. More are entered as they come, and the host groups them.
const MOST: usize = 1_000;

/// A finding about one copy.
pub(super) struct Draft<'s> {
    /// None: as bad as the rule says.
    pub(super) severity: Option<Severity>,
    /// What was found and why that is wrong.
    pub(super) message: String,
    /// Where.
    pub(super) places: Vec<Node<'s>>,
    /// What tells the subject, and last `found` and `wanted`.
    pub(super) fields: Vec<(&'static str, String)>,
}

/// Findings by their groups.
#[derive(Default)]
pub(super) struct Drafts<'s>(BTreeMap<String, Draft<'s>>);

impl<'s> Drafts<'s> {
    /// Adds what is wrong with one copy.
    pub(super) fn add(&mut self, group: String, draft: Draft<'s>, report: &mut Report) {
        if let Some(known) = self.0.get_mut(&group) {
            let room = MOST_PLACES.saturating_sub(known.places.len());
            known.places.extend(draft.places.into_iter().take(room));
            return;
        }
        if self.0.len() >= MOST {
            std::mem::take(self).enter(report);
        }
        self.0.insert(group, draft);
    }

    /// Enters them all.
    pub(super) fn enter(self, report: &mut Report) {
        for (group, draft) in self.0 {
            let entry = report.finding(group, draft.message);
            let entry = draft.places.into_iter().fold(entry, Entry::at);
            let entry = draft
                .fields
                .into_iter()
                .fold(entry, |entry, (name, value)| entry.field(name, value));
            match draft.severity {
                Some(severity) => entry.severity(severity).enter(),
                None => entry.enter(),
            }
        }
    }
}
