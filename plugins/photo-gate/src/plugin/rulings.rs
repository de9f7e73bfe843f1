//! What the checks ask of decisions, answered by the policies of the site.

use crate::address::Set;
use crate::checks::{Admitted, Decides, Fate, Guard, Ranges, Ruling};
use crate::decide::{self, Policy};
use crate::pcre::Pattern;
use crate::request::Request;

/// Answers the checks of one site.
#[derive(Debug)]
pub(crate) struct Rulings<'p> {
    policies: &'p [Policy],
}

impl<'p> Rulings<'p> {
    /// Those of these policies.
    pub(crate) fn of(policies: &'p [Policy]) -> Self {
        Self { policies }
    }

    fn policy(&self, guard: &Guard<'_>) -> Option<&'p Policy> {
        let is_its =
            |policy: &&Policy| policy.host_number() == guard.host && std::ptr::eq(policy.server(), guard.server);
        self.policies.iter().find(is_its)
    }
}

impl Fate {
    /// What a decision means for somebody who wants a photo.
    pub(crate) fn of(fate: decide::Fate) -> Self {
        match fate {
            decide::Fate::Allow => Self::LetIn,
            decide::Fate::Redirect | decide::Fate::Forbid => Self::TurnedAway,
            decide::Fate::NotFound => Self::Lost,
            decide::Fate::Undecided => Self::Unknown,
        }
    }
}

impl Decides for Rulings<'_> {
    fn decide(&self, guard: &Guard<'_>, request: &Request) -> Option<Ruling> {
        let decision = self.policy(guard)?.decide(request);
        let admitted = decision.fate == decide::Fate::Allow;
        let deciders = decision.deciders.iter().filter(|decider| decider.admitted == admitted);
        Some(Ruling {
            fate: Fate::of(decision.fate),
            status: decision.status,
            deciders: deciders.map(|decider| decider.place).collect(),
        })
    }

    fn admitted(&self, guard: &Guard<'_>, request: &Request) -> Option<Admitted> {
        let addresses = self.policy(guard)?.addresses(request);
        Some(Admitted {
            admitted: ranges(&addresses.admitted),
            undecided: ranges(&addresses.undecided),
            conditions: addresses
                .conditions
                .iter()
                .map(|condition| (condition.place, ranges(&condition.admits)))
                .collect(),
        })
    }

    fn matched(&self, pattern: &str, any_case: bool) -> Option<Ranges> {
        let pattern = Pattern::new(pattern.as_bytes(), any_case).ok()?;
        Some(ranges(&Set::of_text(&pattern.automaton().ok()?)))
    }
}

fn ranges(set: &Set) -> Ranges {
    Ranges::of_set(set.clone())
}
