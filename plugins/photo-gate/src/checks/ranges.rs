//! Sets of IPv4 addresses, as findings list them.
//!
//! Comes in: sets. Goes out: what two have apart, how many addresses there are, one of them, and a text. A set may consist of
//! millions of ranges: only as many as are listed are ever looked at.

use std::net::Ipv4Addr;

use super::facts::Network;
use crate::address::Set;

/// A set of addresses.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Ranges(Set);

/// Ranges that a finding lists: 12. Whoever wants all of them asks for the addresses of the policy.
const MOST_LISTED: usize = 12;

impl Ranges {
    /// That set.
    pub(crate) fn of_set(set: Set) -> Self {
        Self(set)
    }

    /// All addresses in these ranges.
    pub(crate) fn of(ranges: impl IntoIterator<Item = (u32, u32)>) -> Self {
        let sets = ranges.into_iter().map(|(first, last)| Set::of_range(first, last));
        Self(sets.fold(Set::none(), |all, range| all.union(&range)))
    }

    /// The addresses of networks.
    pub(crate) fn of_networks(networks: &[Network]) -> Self {
        Self::of(networks.iter().map(|network| (network.first, network.last)))
    }

    /// All addresses.
    pub(crate) fn all() -> Self {
        Self(Set::all())
    }

    /// Those of either.
    pub(crate) fn union(&self, other: &Self) -> Self {
        Self(self.0.union(&other.0))
    }

    /// Those that are not in the other.
    pub(crate) fn without(&self, other: &Self) -> Self {
        Self(self.0.difference(&other.0))
    }

    /// Those that are in both.
    pub(crate) fn intersection(&self, other: &Self) -> Self {
        Self(self.0.intersection(&other.0))
    }

    /// Whether there are none.
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether it is in the set.
    pub(crate) fn contains(&self, address: Ipv4Addr) -> bool {
        self.0.contains(address)
    }

    /// How many there are.
    pub(crate) fn count(&self) -> u64 {
        self.0.count()
    }

    /// One of them, such as a host would have: not the first of a range that has more.
    pub(crate) fn example(&self) -> Option<Ipv4Addr> {
        let (first, last) = self.0.ranges().next()?;
        Some(Ipv4Addr::from(if last > first { first + 1 } else { first }))
    }

    /// The ranges as text, each as a network where it is one; of many, the first ones and how many more there are.
    pub(crate) fn listed(&self) -> String {
        let mut parts: Vec<String> = self.0.ranges().take(MOST_LISTED).map(written).collect();
        let listed = u64::try_from(parts.len()).unwrap_or_default();
        let more = self.0.range_count().saturating_sub(listed);
        if more > 0 {
            parts.push(format!("and {} more ranges", grouped(more)));
        }
        parts.join(", ")
    }
}

/// A number of addresses in words: `1 address`, `65,536 addresses`.
pub(crate) fn addresses(count: u64) -> String {
    format!(
        "{} {}",
        grouped(count),
        if count == 1 { "address" } else { "addresses" }
    )
}

fn grouped(count: u64) -> String {
    let digits = count.to_string();
    let mut grouped = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

fn written((first, last): (u32, u32)) -> String {
    let size = u64::from(last) - u64::from(first) + 1;
    if size == 1 {
        return Ipv4Addr::from(first).to_string();
    }
    if size.is_power_of_two() && u64::from(first).is_multiple_of(size) {
        return format!("{}/{}", Ipv4Addr::from(first), 32 - size.trailing_zeros());
    }
    format!("{}-{}", Ipv4Addr::from(first), Ipv4Addr::from(last))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn many_ranges_are_listed_in_part() {
        let few = Ranges(Set::of_range(0x0a00_0000, 0x0a00_00ff).union(&Set::of_range(0x0b00_0001, 0x0b00_0004)));
        assert_eq!(few.listed(), "10.0.0.0/24, 11.0.0.1-11.0.0.4");
        assert_eq!(few.example(), Some(Ipv4Addr::new(10, 0, 0, 1)));
        let odd = (0..20).fold(Set::none(), |set, n| set.union(&Set::of_range(n * 2, n * 2)));
        assert!(Ranges(odd).listed().ends_with("0.0.0.22, and 8 more ranges"));
        assert_eq!(addresses(65_536), "65,536 addresses");
    }
}
