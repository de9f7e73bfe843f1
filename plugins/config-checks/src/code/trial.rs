//! Tries a check on a drawn site. Tests only.

use casebook_plugin_configs::{DrawnSite, Finding};

use super::{Check, Inquiry, Models};
use crate::facts::Facts;
use crate::report::Report;

/// What a check says about a site.
pub(crate) fn judged(check: &Check, site: DrawnSite) -> Vec<Finding> {
    let site = site.into_site().unwrap();
    let facts = Facts::read(site.facts());
    let mut report = Report::of(0);
    let parameters = serde_json::Map::new();
    let models = Models::default();
    let inquiry = Inquiry {
        site: &site,
        facts: &facts,
        parameters: &parameters,
        models: &models,
    };
    (check.run)(&inquiry, &mut report);
    report.close().0
}

/// The groups of findings, in their order.
pub(crate) fn groups(findings: &[Finding]) -> Vec<&str> {
    findings.iter().map(|finding| finding.group.as_str()).collect()
}

/// A field of a finding; empty where it has none.
pub(crate) fn field<'f>(finding: &'f Finding, name: &str) -> &'f str {
    let known = finding.fields.iter().find(|(known, _)| known == name);
    known.map_or("", |(_, value)| value.as_str())
}
