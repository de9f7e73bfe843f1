//! Ranges of IPv4 addresses, as findings list them.
//!
//! Comes in: ranges in any order. Goes out: the same set as ranges that ascend and do not touch, what two sets have apart,
//! how many addresses there are, and a text. Sets are made elsewhere; here they are compared and shown.

use std::net::Ipv4Addr;

use super::facts::Network;

/// A set of addresses: first and last of each range, ascending, none touching the next.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Ranges(Vec<(u32, u32)>);

/// Ranges that a finding lists: 12. Whoever wants all of them asks for the addresses of the policy.
const MOST_LISTED: usize = 12;

impl Ranges {
    /// The set of all addresses in these ranges.
    pub(crate) fn of(ranges: impl IntoIterator<Item = (u32, u32)>) -> Self {
        let mut sorted: Vec<(u32, u32)> = ranges.into_iter().filter(|(first, last)| first <= last).collect();
        sorted.sort_unstable();
        let mut merged: Vec<(u32, u32)> = Vec::with_capacity(sorted.len());
        for (first, last) in sorted {
            match merged.last_mut() {
                Some((_, end)) if *end == u32::MAX || first <= *end + 1 => *end = (*end).max(last),
                _ => merged.push((first, last)),
            }
        }
        Self(merged)
    }

    /// The addresses of networks.
    pub(crate) fn of_networks(networks: &[Network]) -> Self {
        Self::of(networks.iter().map(|network| (network.first, network.last)))
    }

    /// All addresses.
    pub(crate) fn all() -> Self {
        Self(vec![(0, u32::MAX)])
    }

    /// Those of either.
    pub(crate) fn union(&self, other: &Self) -> Self {
        Self::of(self.0.iter().chain(&other.0).copied())
    }

    /// Those that are not in the other.
    pub(crate) fn without(&self, other: &Self) -> Self {
        let mut left = Vec::new();
        let mut others = other.0.iter().peekable();
        for (first, last) in self.0.iter().copied() {
            let mut from = Some(first);
            while let Some((_, end)) = others.peek() {
                if *end >= first {
                    break;
                }
                others.next();
            }
            for (start, end) in others.clone() {
                let Some(begin) = from.filter(|begin| *begin <= last && *start <= last) else {
                    break;
                };
                if *start > begin {
                    left.push((begin, *start - 1));
                }
                from = end.checked_add(1).map(|next| next.max(begin));
            }
            if let Some(begin) = from.filter(|begin| *begin <= last) {
                left.push((begin, last));
            }
        }
        Self(left)
    }

    /// Those that are in both.
    pub(crate) fn intersection(&self, other: &Self) -> Self {
        self.without(&self.without(other))
    }

    /// Whether there are none.
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether it is in the set.
    pub(crate) fn contains(&self, address: Ipv4Addr) -> bool {
        let address = u32::from(address);
        let at = self.0.partition_point(|(_, last)| *last < address);
        self.0.get(at).is_some_and(|(first, _)| *first <= address)
    }

    /// How many there are.
    pub(crate) fn count(&self) -> u64 {
        let sizes = self
            .0
            .iter()
            .map(|(first, last)| u64::from(*last) - u64::from(*first) + 1);
        sizes.sum()
    }

    /// One of them, such as a host would have: not the first of a range that has more.
    pub(crate) fn example(&self) -> Option<Ipv4Addr> {
        let (first, last) = self.0.first().copied()?;
        Some(Ipv4Addr::from(if last > first { first + 1 } else { first }))
    }

    /// The ranges as text, each as a network where it is one; of many, the first ones and how many more there are.
    pub(crate) fn listed(&self) -> String {
        let mut parts: Vec<String> = self.0.iter().take(MOST_LISTED).map(|range| written(*range)).collect();
        let more = self.0.len().saturating_sub(MOST_LISTED);
        if more > 0 {
            parts.push(format!("and {more} more ranges"));
        }
        parts.join(", ")
    }
}

/// A number of addresses in words: `1 address`, `65,536 addresses`.
pub(crate) fn addresses(count: u64) -> String {
    let digits = count.to_string();
    let mut grouped = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    format!("{grouped} {}", if count == 1 { "address" } else { "addresses" })
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
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn ranges_are_written_as_networks_where_they_are_some() {
        let ranges = Ranges::of([
            (0x0a00_0000, 0x0a00_00ff),
            (0x0a00_0105, 0x0a00_0105),
            (0x0a00_0200, 0x0a00_0202),
        ]);
        assert_eq!(ranges.listed(), "10.0.0.0/24, 10.0.1.5, 10.0.2.0-10.0.2.2");
        assert_eq!(ranges.count(), 260);
        assert_eq!(addresses(4_294_967_296), "4,294,967,296 addresses");
        assert_eq!(
            (addresses(1), addresses(999)),
            ("1 address".to_owned(), "999 addresses".to_owned())
        );
        assert_eq!(Ranges::all().without(&Ranges::all()), Ranges::default());
        assert_eq!(Ranges::all().listed(), "0.0.0.0/0");
    }

    proptest! {
        #[test]
        fn sets_are_sets(one in prop::collection::vec((0u32..40, 0u32..40), 0..5), two in prop::collection::vec((0u32..40, 0u32..40), 0..5)) {
            let (a, b) = (Ranges::of(one), Ranges::of(two));
            for number in 0..41u32 {
                let address = Ipv4Addr::from(number);
                let (in_a, in_b) = (a.contains(address), b.contains(address));
                prop_assert_eq!(a.without(&b).contains(address), in_a && !in_b);
                prop_assert_eq!(a.union(&b).contains(address), in_a || in_b);
                prop_assert_eq!(a.intersection(&b).contains(address), in_a && in_b);
            }
        }
    }
}
