//! Suites that protect nothing: RC4, 3DES, DES, export suites, no encryption, MD5, anonymous ones.
//!
//! Comes in: cells with the roles of their servers, and web servers. Goes out: a finding for each SSL configuration in use,
//! and each host of a web server, that enables such suites by name. Never here: suites that a product enables without being
//! told, for each level of Java, GSKit and OpenSSL has its own.
//!
//! A configuration that strangers meet counts in full, one that is in use elsewhere less, one that nothing uses not at all.

mod httpd;
mod websphere;

use crate::code::{Check, Inquiry};
use crate::report::Report;

pub(crate) static CHECK: Check = Check {
    name: "websphere-weak-ciphers",
    wants: || {
        let mut wants = super::cell::interests();
        wants.push(super::httpd::interest(httpd::DIRECTIVES));
        wants
    },
    run,
};

fn run(inquiry: &Inquiry<'_>, report: &mut Report) {
    websphere::judge(inquiry, report);
    httpd::judge(inquiry, report);
}

/// Suites that a finding names: 60, Java knows fewer weak ones.
const MOST_NAMED: usize = 60;

/// Names side by side; of too many the first.
fn listed(names: &[&str]) -> String {
    let shown = names.iter().take(MOST_NAMED).copied().collect::<Vec<_>>().join(", ");
    match names.len().saturating_sub(MOST_NAMED) {
        0 => shown,
        more => format!("{shown} and {more} more"),
    }
}
