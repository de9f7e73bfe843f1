//! Answers in the shapes that scripts hold on to.

use std::net::Ipv4Addr;

use serde::Serialize;

use super::space::AddressSpace;

/// Ranges and networks that are listed: 100,000. Whoever has more reads the counts.
pub(super) const MOST_LISTED: usize = 100_000;

/// What happens with a request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ExplanationTold {
    /// `allow`, `redirect`, `forbid`, `not-found` or `undecided`.
    pub decision: &'static str,
    /// The status that is sent; 0 where it is undecided.
    pub status: u32,
    /// Where a redirect leads; empty where it leads nowhere or that is not known.
    pub location: String,
    /// Why, in a sentence.
    pub summary: String,
    /// Who decided: the policy's name.
    pub policy: String,
    /// Its file.
    pub file: String,
    /// Its line.
    pub line: u32,
    /// Which httpd it is read as, such as `2.4`.
    pub httpd: String,
    /// How that is known.
    pub httpd_because: String,
    /// In the order of evaluation.
    pub conditions: Vec<ConditionTold>,
    /// What could not be followed in the configuration.
    pub remarks: Vec<String>,
}

/// A condition that was looked at.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ConditionTold {
    /// Its file.
    pub file: String,
    /// Its line.
    pub line: u32,
    /// The directive as it counts.
    pub text: String,
    /// What was compared.
    pub value: String,
    /// Whether it held; none: it was not looked at, or it is not known.
    pub held: Option<bool>,
    /// `held`, `failed`, `unknown` or `passed-over`.
    pub verdict: &'static str,
    /// What followed.
    pub note: String,
}

/// Which addresses are let in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct AddressesTold {
    /// The policy's name.
    pub policy: String,
    /// Its file.
    pub file: String,
    /// Its line.
    pub line: u32,
    /// How many addresses are let in.
    pub count: u64,
    /// The fewest networks that together are these addresses.
    pub networks: Vec<String>,
    /// First and last of each range.
    pub ranges: Vec<[String; 2]>,
    /// Whether there are more ranges or networks than are listed.
    pub truncated: bool,
    /// Let in, and not intended; none where nobody said what is intended.
    pub too_many: Option<Part>,
    /// Intended, and not let in.
    pub missing: Option<Part>,
    /// Those of which it is not known.
    pub undecided: Part,
    /// What was intended.
    pub intended: Option<Part>,
    /// The conditions that look at an address, and how many each admits by itself.
    pub conditions: Vec<AddressConditionTold>,
    /// IPv6 networks that conditions name: such addresses are decided one by one.
    pub ipv6: Vec<String>,
    /// What the reader should know.
    pub notes: Vec<String>,
}

/// A condition on addresses.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct AddressConditionTold {
    /// Its file.
    pub file: String,
    /// Its line.
    pub line: u32,
    /// The directive.
    pub text: String,
    /// How many addresses it admits, before its `!`.
    pub count: u64,
    /// Those, as networks: at most 100.
    pub networks: Vec<String>,
}

/// A part of the address space.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Part {
    /// How many addresses.
    pub count: u64,
    /// First and last of each range.
    pub ranges: Vec<[String; 2]>,
    /// The same as networks.
    pub networks: Vec<String>,
}

impl Part {
    /// A part of the space.
    pub fn of(space: &AddressSpace) -> Self {
        Self {
            count: space.count(),
            ranges: ranges(space),
            networks: networks(space, MOST_LISTED),
        }
    }
}

/// The ranges of a set, as many as are listed.
pub(super) fn ranges(space: &AddressSpace) -> Vec<[String; 2]> {
    let text = |address: u32| Ipv4Addr::from(address).to_string();
    space
        .ranges()
        .iter()
        .take(MOST_LISTED)
        .map(|(first, last)| [text(*first), text(*last)])
        .collect()
}

/// The networks of a set, at most so many.
pub(super) fn networks(space: &AddressSpace, most: usize) -> Vec<String> {
    space.networks().take(most).map(|network| network.to_string()).collect()
}

/// Whether a set has more than is listed.
pub(super) fn is_truncated(space: &AddressSpace) -> bool {
    space.ranges().len() > MOST_LISTED || space.networks().nth(MOST_LISTED).is_some()
}
