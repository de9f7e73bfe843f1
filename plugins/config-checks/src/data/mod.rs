//! Checks that compare values: what a pack says as data, applied to a site.
//!
//! Comes in: a rule as loading understood it, and a site. Goes out: findings. Every loop is over documents, their nodes and
//! what a pack lists; subjects meet others by look-up, and where that is not possible, a limit is said when it is reached.
//!
//! ```text
//! documents ─► source ─► subjects ─► values ─┐
//!                 └────► others ───► values ─┴─► belonging ─► conditions ─► words ─► finding
//!                            (origin, keys)                      └─ when ─► facts that lack
//! ```

mod check;
mod condition;
mod finding;
mod glob;
mod origin;
mod others;
mod scope;
mod source;
mod template;
mod value;
mod version;
mod when;

use casebook_plugin_configs::{Interest, Node, Site};

pub(crate) use check::{Check, Nothing, Requirement};
use condition::Truth;
pub(crate) use condition::{Condition, Relation};
pub(crate) use finding::Words;
pub(crate) use origin::MOST as MOST_SAME;
pub(crate) use others::Against;
pub(crate) use scope::{PARTS, Part, Scope, Side};
pub(crate) use source::Source;
pub(crate) use template::Template;
pub(crate) use value::{Derivation, Way};
pub(crate) use version::Range;
pub(crate) use when::{Presence, Product, When};

use crate::facts::Facts;
use crate::report::Report;
use check::Judgement;
use finding::MOST_PLACES;

/// A rule that is data.
#[derive(Debug, Clone)]
pub(crate) struct Rule {
    pub(crate) when: When,
    pub(crate) checks: Vec<Check>,
}

impl Rule {
    /// What the host must hand over.
    pub(crate) fn wants(&self) -> Vec<Interest> {
        let checks = self.checks.iter().flat_map(Check::wants);
        checks.chain(self.when.wants()).collect()
    }

    /// Judges a site; what was not looked at comes back in sentences.
    pub(crate) fn judge(&self, site: &Site, facts: &Facts, report: &mut Report) -> Vec<String> {
        let applies = self.when.at(site, facts);
        let (mut lacks, mut remarks) = (Lacks::default(), Remarks::default());
        let checks = self.checks.iter().filter(|_| applies.environment != Truth::No);
        for check in checks {
            let mut judgement = Judgement {
                facts,
                applies: &applies,
                report,
                lacks: &mut lacks,
                remarks: &mut remarks,
            };
            check.judge(site, &mut judgement);
        }
        let unknown = self.when.unknown.as_deref().unwrap_or(UNKNOWN);
        for (fact, places) in lacks.0 {
            report.lacks(&fact, unknown, places);
        }
        remarks.0
    }
}

/// What is said where a fact is not known and the pack says nothing.
const UNKNOWN: &str = "Whether something is wrong here depends on what no file says.";

/// The facts for want of which something could not be told, in the order in which they were missed, with the places.
#[derive(Debug, Default)]
pub(crate) struct Lacks<'s>(Vec<(String, Vec<Node<'s>>)>);

impl<'s> Lacks<'s> {
    fn add(&mut self, fact: &str, places: Vec<Node<'s>>) {
        let known = self.0.iter_mut().find(|(known, _)| known == fact);
        match known {
            Some((_, all)) => all.extend(places.into_iter().take(MOST_PLACES.saturating_sub(all.len()))),
            None => self.0.push((fact.to_owned(), places)),
        }
    }
}

/// Sentences, each once.
#[derive(Debug, Default)]
pub(crate) struct Remarks(Vec<String>);

impl Remarks {
    fn add(&mut self, remark: String) {
        if !self.0.contains(&remark) {
            self.0.push(remark);
        }
    }
}
