//! Certificates that clients will not accept.
//!
//! Comes in: the site's files of certificates, its web servers, its hosts and the day. Goes out: what is missing from a
//! chain, what has expired or will, what stands in the wrong order, which name is not covered. Never here: whether a root
//! deserves trust, and signatures, which the host verified where it could (`issued-by`).
//!
//! ```text
//!   key stores ─► store ─► chains ─┬─ chain   what is missing, what order
//!   httpd.conf ─► served ──────────┼─ days    expired, soon, not yet
//!   environment.toml ──────────────┴─ names   asked for and not covered
//! ```
//!
//! A file of authorities alone is a trust store: no server shows it, and it is mentioned only for what has expired in it.
//! The same certificate in several files is one finding.

mod chain;
mod days;
mod findings;
mod hosts;
mod names;
mod served;
mod store;

use casebook_plugin_configs::{Interest, Severity};

use crate::code::{Check, Inquiry};
use crate::report::Report;
use days::{Standing, standing};
use findings::{Findings, Problem};
use served::served;
use store::{Certificate, Store};

/// The check. Parameter `soon-days`: a certificate that ends in fewer days is mentioned.
pub(crate) static CHECK: Check = Check {
    name: "certificate-chain-incomplete",
    wants: || {
        vec![
            Interest::in_kind("keystore"),
            crate::code::tls::httpd::interest(served::DIRECTIVES),
            // The names of machines, by the nodes that run on them.
            Interest::in_kind("serverindex.xml").nodes(["serverEntries"]),
        ]
    },
    run,
};

/// `soon-days` where the pack says nothing: 30, enough to order another certificate and to install it.
const SOON: u64 = 30;

fn run(inquiry: &Inquiry<'_>, report: &mut Report) {
    let documents = inquiry
        .site
        .documents()
        .filter(|document| document.syntax() == "keystore");
    let stores: Vec<Store<'_>> = documents
        .map(Store::read)
        .filter(|store| !store.certificates().is_empty())
        .collect();
    let served = served(inquiry.site, &stores);
    let mut findings = Findings::default();
    chain::judge(&stores, &served, &mut findings);
    judge_days(inquiry, &stores, &mut findings);
    hosts::judge(inquiry.facts, &stores, &served, &mut findings);
    findings.enter(report);
    if inquiry.facts.today.is_none() && !stores.is_empty() {
        report.lacks("today", "Whether certificates have expired is not known.", []);
    }
}

fn judge_days<'s>(inquiry: &Inquiry<'s>, stores: &[Store<'s>], findings: &mut Findings<'s>) {
    let Some(today) = inquiry.facts.today else { return };
    let soon = inquiry.parameters.get("soon-days").and_then(serde_json::Value::as_u64);
    let soon = u32::try_from(soon.unwrap_or(SOON)).unwrap_or(u32::MAX);
    for store in stores {
        let mut shown = std::collections::BTreeSet::new();
        for certificate in store.chains().flat_map(|chain| chain.certificates) {
            if shown.insert(certificate.identity()) {
                judge_day(store, &certificate, standing(&certificate, today, soon), findings);
            }
        }
        let others = store
            .certificates()
            .iter()
            .filter(|one| !shown.contains(&one.identity()));
        for certificate in others.filter(|one| standing(one, today, soon) == Standing::Expired) {
            let message = format!(
                "{}, which {} only trusts, expired on {}.",
                certificate.subject(),
                store.document.file(),
                certificate.value("not-after")
            );
            findings.add(
                certificate,
                Problem::ExpiredTrust,
                message,
                certificate.value("not-after"),
                "removed, or its successor",
            );
        }
    }
}

fn judge_day<'s>(store: &Store<'s>, certificate: &Certificate<'s>, standing: Standing, findings: &mut Findings<'s>) {
    let (subject, file) = (certificate.subject(), store.document.file());
    let (until, from) = (certificate.value("not-after"), certificate.value("not-before"));
    let (problem, message, found) = match standing {
        Standing::Good => return,
        Standing::Expired => (
            Problem::Expired,
            format!("{subject} in {file} expired on {until}: clients refuse it."),
            until,
        ),
        Standing::NotYet => (
            Problem::NotYet,
            format!("{subject} in {file} counts from {from} only: until then clients refuse it."),
            from,
        ),
        Standing::Soon(days) => (
            Problem::Soon,
            format!("{subject} in {file} ends on {until}, in {days} days."),
            until,
        ),
    };
    findings.add(
        certificate,
        problem,
        message,
        found,
        "a certificate that counts today and for some time to come",
    );
}

/// Another severity than the rule's, for a kind of problem.
fn severity(problem: &Problem) -> Option<Severity> {
    match problem {
        Problem::NoIssuer | Problem::Expired | Problem::NotYet | Problem::NotCovered(_) => None,
        Problem::Soon | Problem::Order | Problem::PerhapsNotCovered(_) => Some(Severity::Medium),
        Problem::NoRoot | Problem::ExpiredTrust | Problem::CoveredNowhere(_) => Some(Severity::Info),
    }
}
