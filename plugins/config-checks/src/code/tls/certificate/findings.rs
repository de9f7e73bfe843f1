//! What is wrong with which certificate.
//!
//! Comes in: problems, certificate by certificate and file by file. Goes out: one finding for each problem of a certificate,
//! however many files it lies in. Never here: what is wrong.

use std::collections::BTreeMap;

use casebook_plugin_configs::Node;

use super::severity;
use super::store::Certificate;
use crate::code::tls::with_places;
use crate::report::Report;

/// What is wrong.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Problem {
    NoIssuer,
    NoRoot,
    Order,
    Expired,
    NotYet,
    Soon,
    ExpiredTrust,
    /// A web server is asked for this name.
    NotCovered(String),
    /// A host of the site has this name, and this is the site's only certificate.
    PerhapsNotCovered(String),
    /// A host of the site has this name, and none of several certificates covers it.
    CoveredNowhere(String),
}

impl Problem {
    fn name(&self) -> &'static str {
        match self {
            Self::NoIssuer => "issuer missing",
            Self::NoRoot => "root missing",
            Self::Order => "order",
            Self::Expired => "expired",
            Self::ExpiredTrust => "expired, only trusted",
            Self::NotYet => "not yet valid",
            Self::Soon => "expires soon",
            Self::NotCovered(_) | Self::PerhapsNotCovered(_) | Self::CoveredNowhere(_) => "name not covered",
        }
    }

    fn host(&self) -> Option<&str> {
        match self {
            Self::NotCovered(host) | Self::PerhapsNotCovered(host) | Self::CoveredNowhere(host) => Some(host),
            _ => None,
        }
    }
}

#[derive(Debug)]
struct Found<'s> {
    subject: &'s str,
    message: String,
    found: String,
    wanted: String,
    places: Vec<Node<'s>>,
}

/// All that was found so far.
#[derive(Debug, Default)]
pub(super) struct Findings<'s>(BTreeMap<(Problem, String), Found<'s>>);

/// Places that are kept of one problem: 64, far more than a finding shows.
const MOST_PLACES: usize = 64;

impl<'s> Findings<'s> {
    /// Adds a problem of a certificate, in the file that it lies in.
    pub(super) fn add(
        &mut self,
        certificate: &Certificate<'s>,
        problem: Problem,
        message: String,
        found: &str,
        wanted: &str,
    ) {
        self.add_at(certificate, problem, message, (found, wanted), [certificate.node]);
    }

    /// Adds a problem of a certificate that shows in several places.
    pub(super) fn add_at(
        &mut self,
        certificate: &Certificate<'s>,
        problem: Problem,
        message: String,
        (found, wanted): (&str, &str),
        places: impl IntoIterator<Item = Node<'s>>,
    ) {
        let known = self
            .0
            .entry((problem, certificate.identity()))
            .or_insert_with(|| Found {
                subject: certificate.subject(),
                message,
                found: found.to_owned(),
                wanted: wanted.to_owned(),
                places: Vec::new(),
            });
        let room = MOST_PLACES.saturating_sub(known.places.len());
        known.places.extend(places.into_iter().take(room));
    }

    /// Enters all of them.
    pub(super) fn enter(mut self, report: &mut Report) {
        // What a server shows somewhere is told there, and not once more where it is only trusted.
        let keys = self.0.keys().filter(|(problem, _)| *problem == Problem::Expired);
        let shown: Vec<String> = keys.map(|(_, identity)| identity.clone()).collect();
        for identity in shown {
            self.0.remove(&(Problem::ExpiredTrust, identity));
        }
        for ((problem, identity), found) in self.0 {
            let group = format!("{} {} {identity}", problem.name(), problem.host().unwrap_or_default());
            let entry = with_places(report.finding(group, found.message), found.places);
            let entry = entry
                .field("certificate", found.subject)
                .field("problem", problem.name());
            let entry = match problem.host() {
                Some(host) => entry.field("host", host),
                None => entry,
            };
            let entry = entry.values(found.found, found.wanted);
            match severity(&problem) {
                Some(severity) => entry.severity(severity).enter(),
                None => entry.enter(),
            }
        }
    }
}
