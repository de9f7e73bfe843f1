//! Tries a check on a drawn site. Tests only.

use casebook_plugin_configs::Finding;

use super::{Check, judge};
use crate::decide;
use crate::plugin::Rulings;

/// What a check says about a site of one file.
pub(super) fn judged(check: &'static Check, text: &str, facts: &str) -> Vec<Finding> {
    let site = crate::drawn::site(&[("ihs/conf/httpd.conf", text)], facts);
    let policies = decide::policies(&site);
    judge(
        &[(0, check)],
        &decide::servers(&policies),
        facts,
        &Rulings::of(&policies),
    )
}

/// A field of a finding; empty where it has none.
pub(super) fn field<'f>(finding: &'f Finding, name: &str) -> &'f str {
    let known = finding.fields.iter().find(|(known, _)| known == name);
    known.map_or("", |(_, value)| value.as_str())
}

/// The groups of findings, in their order.
pub(super) fn groups(findings: &[Finding]) -> Vec<&str> {
    findings.iter().map(|finding| finding.group.as_str()).collect()
}

/// Lines of a site's first document on which the places of a finding stand: in a drawn file, nodes are counted as they come.
pub(super) fn place_count(finding: &Finding) -> usize {
    finding.places.len()
}
