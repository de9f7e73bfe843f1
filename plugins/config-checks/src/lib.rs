//! Configuration checks: rule packs as data and as code, judged over all documents of a site at once.
//!
//! Comes in: packs as JSON text ([`pack`] is their syntax), then a site: its parsed documents and what is known of it. Goes
//! out: the rules, what they want to see, then findings. The host has done all the parsing.
//!
//! ```text
//! pack ─► load ─► rule ─┬─ data: select ─► values ─► conditions ─┐
//!          problems     │                                        ├─► report ─► finding
//!          with JSON    └─ code: a function of this plugin ──────┘
//!          pointers
//! ```
//!
//! What compares values is data; what needs thought is code, one file a check. Either way the words of a rule (symptom,
//! cause, remedy) and its examples stand in its pack. What a rule says about a site is a function of its documents and
//! facts and of nothing else. A rule that lacks a fact says which; it does not guess.

mod code;
mod data;
mod facts;
mod load;
pub mod pack;
mod report;
mod rule;
mod select;

use casebook_plugin_configs::{ConfigRules, Failure, Finding, Interest, Pack, Problem, Rule, Site};

pub use facts::Facts;

use rule::Judge;

/// The plugin.
#[derive(Debug)]
pub struct ConfigChecks {
    judges: Vec<Judge>,
}

impl ConfigChecks {
    /// Judges a site: the findings of all rules in their order, and lines for the one who runs Casebook.
    pub fn judge(&self, site: &Site) -> (Vec<Finding>, Vec<String>) {
        let facts = Facts::read(site.facts());
        let models = code::Models::default();
        let (mut findings, mut lines) = (Vec::new(), Vec::new());
        for (number, judge) in (0..).zip(&self.judges) {
            let (found, remarks) = judge.judge(number, site, &facts, &models);
            findings.extend(found);
            lines.extend(remarks);
        }
        (findings, lines)
    }
}

impl ConfigRules for ConfigChecks {
    fn load(packs: Vec<Pack>) -> Result<(Self, Vec<Rule>), Vec<Problem>> {
        let (judges, rules) = load::load(&packs)?;
        Ok((Self { judges }, rules))
    }

    fn wants(&self) -> Vec<Interest> {
        self.judges.iter().flat_map(Judge::wants).collect()
    }

    fn check(&self, site: &Site) -> Result<Vec<Finding>, Failure> {
        let (findings, lines) = self.judge(site);
        say(&lines);
        Ok(findings)
    }
}

/// Only a host listens.
#[cfg(not(target_arch = "wasm32"))]
fn say(_: &[String]) {}

#[cfg(target_arch = "wasm32")]
fn say(lines: &[String]) {
    for line in lines {
        casebook_plugin_configs::log(casebook_plugin_configs::Level::Warn, line);
    }
}

#[cfg(target_arch = "wasm32")]
mod component {
    casebook_plugin_configs::export_config_rules!(crate::ConfigChecks);
}
