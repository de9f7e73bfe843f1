//! The plugin as the host sees it: packs, a site's policies, requests, records of logs.
//!
//! Comes in: what the host calls. Goes out: what the rooms answer, in the shapes of the interface. Never here: how anything is
//! decided or judged.

mod rulings;
mod wire;

use casebook_plugin_access::{
    AddressSet, Batch, ConfigFinding, Decisions, Explanation, Failure, GateRules, Interest, LogVerdict, Pack,
    Policy as Listed, Problem, RequestLines, Rule, Site, StreamInfo,
};

use crate::checks::{self, Facts};
use crate::decide::{self, Policy};
use crate::packs::{self, Means};
use crate::place::Lines;
use crate::replay::{Columns, LogRule, Origins, Replay};

pub(crate) use rulings::Rulings;

/// The plugin.
#[derive(Debug)]
pub struct PhotoGate {
    /// The checks of the configuration, each with the number of its rule.
    checks: Vec<(u32, &'static checks::Check)>,
    /// The rules about logs, by the number of the pattern.
    patterns: Vec<(LogRule, Columns)>,
}

/// The policies of a site.
#[derive(Debug)]
pub struct Opened {
    policies: Vec<Policy>,
    lines: Lines,
    origins: Origins,
}

impl Opened {
    /// Reads a site.
    pub fn of(site: &Site) -> Self {
        let policies = decide::policies(site);
        let facts = Facts::read(site.facts());
        let servers = decide::servers(&policies);
        let guards = checks::gate::guards(&servers, &facts);
        Self {
            origins: Origins::of(&guards, &policies),
            lines: Lines::of(site),
            policies,
        }
    }

    /// The policies, in the order of their numbers.
    pub fn policies(&self) -> &[Policy] {
        &self.policies
    }

    fn policy(&self, number: u32) -> Result<&Policy, Failure> {
        let found = usize::try_from(number)
            .ok()
            .and_then(|number| self.policies.get(number));
        found.ok_or_else(|| {
            Failure::BadInput(format!(
                "there is no policy {number}; the site has {}",
                self.policies.len()
            ))
        })
    }
}

impl GateRules for PhotoGate {
    type Policies = Opened;
    type Stream = Replay;

    fn load(packs: Vec<Pack>) -> Result<(Self, Vec<Rule>), Vec<Problem>> {
        let (judges, rules) = packs::load(&packs)?;
        let (mut checks, mut patterns) = (Vec::new(), Vec::new());
        for ((number, judge), rule) in (0..).zip(&judges).zip(&rules) {
            match judge.means {
                Means::Configuration(check) => checks.push((number, check)),
                Means::Log(logged) => patterns.extend(rule.patterns.iter().map(|pattern| {
                    let rule = LogRule { number, logged };
                    (rule, Columns::of(&pattern.captures))
                })),
            }
        }
        Ok((Self { checks, patterns }, rules))
    }

    fn wants(&self) -> Vec<Interest> {
        // Whole: what decides may stand anywhere.
        vec![Interest::in_kind("httpd")]
    }

    fn open(&self, site: &Site) -> Result<Opened, Failure> {
        Ok(Opened::of(site))
    }

    fn policies(&self, opened: &Opened) -> Vec<Listed> {
        opened.policies.iter().map(wire::listed).collect()
    }

    fn check(&self, site: &Site) -> Result<Vec<ConfigFinding>, Failure> {
        if self.checks.is_empty() {
            return Ok(Vec::new());
        }
        let policies = decide::policies(site);
        let servers = decide::servers(&policies);
        Ok(checks::judge(
            &self.checks,
            &servers,
            site.facts(),
            &Rulings::of(&policies),
        ))
    }

    fn decide(&self, opened: &Opened, policy: u32, requests: &[RequestLines<'_>]) -> Result<Decisions, Failure> {
        let policy = opened.policy(policy)?;
        wire::decisions(requests, |request| policy.decide(request))
    }

    fn explain(&self, opened: &Opened, policy: u32, request: RequestLines<'_>) -> Result<Explanation, Failure> {
        let policy = opened.policy(policy)?;
        let explanation = policy.explain(&wire::request(&request)?);
        Ok(wire::explanation(explanation, &opened.lines))
    }

    fn addresses(&self, opened: &Opened, policy: u32, request: RequestLines<'_>) -> Result<AddressSet, Failure> {
        let policy = opened.policy(policy)?;
        Ok(wire::addresses(
            policy.addresses(&wire::request(&request)?),
            &opened.lines,
        ))
    }

    fn open_stream(&self, opened: Option<&Opened>, info: StreamInfo) -> Result<Replay, Failure> {
        let none = Origins::default();
        Ok(Replay::of(opened.map_or(&none, |opened| &opened.origins), &info))
    }

    fn observe(
        &self,
        opened: Option<&Opened>,
        stream: &mut Replay,
        batch: &Batch<'_>,
        verdict: &mut LogVerdict,
    ) -> Result<(), Failure> {
        if let Some(opened) = opened {
            stream.observe(&opened.policies, &opened.lines, &self.patterns, batch, verdict);
        }
        Ok(())
    }

    fn close_stream(&self, _: Replay, _: &mut LogVerdict) -> Result<(), Failure> {
        Ok(())
    }
}
