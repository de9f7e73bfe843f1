//! The exact set of addresses that are let in.
//!
//! Comes in: the hooks of a virtual host, and a request whose own address does not count. Goes out: the addresses from which that
//! request is let in, those of which it is not known, and what each condition admits by itself.
//!
//! All tests of addresses divide the 2^32 addresses into classes that none of them tells apart; one of each class is decided. Where
//! something looks at an address in another way, nothing is known.

use std::net::IpAddr;

use super::decision::{Fate, decide};
use super::hooks::Hooks;
use crate::Place;
use crate::address::{Classes, Set, set_of};
use crate::expr::{AddressCondition as Test, Network};
use crate::request::Request;

/// Classes that are decided: 50,000, a second or less.
const MOST_CLASSES: usize = 50_000;

/// Notes on what is not known: 20.
const MOST_NOTES: usize = 20;

/// Which addresses are let in.
#[derive(Debug, Clone, Default)]
pub struct Addresses {
    /// Those that are.
    pub admitted: Set,
    /// Those of which it is not known.
    pub undecided: Set,
    /// The conditions that look at an address, in the order of their places.
    pub conditions: Vec<AddressCondition>,
    /// IPv6 networks and addresses that conditions name.
    pub ipv6: Vec<String>,
    /// What is not known, and where.
    pub notes: Vec<(Place, String)>,
}

/// A condition that looks at an address.
#[derive(Debug, Clone)]
pub struct AddressCondition {
    /// The directive.
    pub place: Place,
    /// What it admits by itself, before its `!`.
    pub admits: Set,
}

/// Computes which addresses are let in.
pub(super) fn addresses(hooks: &Hooks<'_>, request: &Request) -> Addresses {
    let tests = hooks.address_tests();
    let mut found = Addresses::default();
    let mut otherwise = tests
        .otherwise
        .map(|place| (place, "an address is looked at in a way of which no set can be made"));
    let mut sets = Vec::new();
    for test in &tests.tests {
        if let Test::In(Network::V6 { .. }) = &test.condition {
            found.ipv6.push(written(&test.condition));
            continue;
        }
        match set_of(&test.condition) {
            Some(set) => {
                found.conditions.push(AddressCondition {
                    place: test.place,
                    admits: set.clone(),
                });
                sets.push(set);
            }
            None => {
                otherwise.get_or_insert((
                    test.place,
                    "the regular expression is not followed exactly on addresses",
                ));
            }
        }
    }
    found.conditions = joined(found.conditions);
    found.ipv6.sort_unstable();
    found.ipv6.dedup();
    if let Some((place, why)) = otherwise {
        found.undecided = Set::all();
        found.notes.push((place, why.to_owned()));
        return found;
    }
    let Ok(classes) = Classes::of(&sets, MOST_CLASSES) else {
        found.undecided = Set::all();
        let why = format!("the conditions tell more than {MOST_CLASSES} classes of addresses apart");
        found.notes.push((hooks.settings.place, why));
        return found;
    };
    let mut request = request.clone();
    let mut fates = Vec::with_capacity(classes.classes().len());
    for class in classes.classes() {
        request.peer = IpAddr::V4(class.representative);
        let decision = decide(hooks, &request);
        if let Some(why) = decision.why {
            let note = (why.place, why.why);
            if found.notes.len() < MOST_NOTES && !found.notes.contains(&note) {
                found.notes.push(note);
            }
        }
        fates.push(decision.fate);
    }
    found.admitted = classes.set(|class| fates.get(class) == Some(&Fate::Allow));
    found.undecided = classes.set(|class| fates.get(class) == Some(&Fate::Undecided));
    found
}

/// One entry a directive: `Require ip` with two networks admits both.
fn joined(mut conditions: Vec<AddressCondition>) -> Vec<AddressCondition> {
    conditions.sort_by_key(|condition| condition.place);
    let mut all: Vec<AddressCondition> = Vec::new();
    for condition in conditions {
        match all.last_mut() {
            Some(before) if before.place == condition.place => before.admits = before.admits.union(&condition.admits),
            _ => all.push(condition),
        }
    }
    all
}

fn written(condition: &Test) -> String {
    match condition {
        Test::In(Network::V6 { address, mask }) => {
            format!("{}/{}", std::net::Ipv6Addr::from(*address), mask.leading_ones())
        }
        _ => String::new(),
    }
}
