//! A set of addresses.

use std::fmt;
use std::net::Ipv4Addr;

use super::diagram::{Diagram, Stretches};
use super::{DottedQuad, quad};

/// A set of IPv4 addresses.
#[derive(Debug, Clone)]
pub struct Set {
    /// 1 for those that are in it, else 0.
    diagram: Diagram,
}

/// A network: an address and how many of its bits count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Network {
    /// Its first address.
    pub first: Ipv4Addr,
    /// 0 to 32.
    pub bits: u32,
}

impl fmt::Display for Network {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.first, self.bits)
    }
}

impl Default for Set {
    fn default() -> Self {
        Self::none()
    }
}

impl PartialEq for Set {
    fn eq(&self, other: &Self) -> bool {
        self.joined(other, |one, other| one != other).is_empty()
    }
}

impl Eq for Set {}

impl Set {
    pub(super) fn of_diagram(diagram: Diagram) -> Self {
        Self { diagram }
    }

    pub(super) fn diagram(&self) -> &Diagram {
        &self.diagram
    }

    /// No address.
    pub fn none() -> Self {
        Self::of_diagram(Diagram::all(0))
    }

    /// All addresses.
    pub fn all() -> Self {
        Self::of_diagram(Diagram::all(1))
    }

    /// Those from the first to the last; none if the last comes before the first.
    pub fn of_range(first: u32, last: u32) -> Self {
        Self::of_diagram(Diagram::of_range(first, last))
    }

    /// Those whose leading bits, as many as are asked for, are those of the address.
    pub fn of_network(address: Ipv4Addr, bits: u32) -> Self {
        let mask = u32::MAX.checked_shl(32 - bits.min(32)).unwrap_or(0);
        let first = u32::from(address) & mask;
        Self::of_range(first, first | !mask)
    }

    /// Those whose text is admitted, found by reading all of them at once.
    pub fn of_text<Q: DottedQuad>(quad: &Q) -> Self {
        Self::of_diagram(quad::diagram(quad))
    }

    fn joined(&self, other: &Self, join: fn(bool, bool) -> bool) -> Self {
        let mut join = |one: u32, other: u32| u32::from(join(one == 1, other == 1));
        Self::of_diagram(self.diagram.join(&other.diagram, &mut join))
    }

    /// Those in either.
    #[must_use]
    pub fn union(&self, other: &Self) -> Self {
        self.joined(other, |one, other| one || other)
    }

    /// Those in both.
    #[must_use]
    pub fn intersection(&self, other: &Self) -> Self {
        self.joined(other, |one, other| one && other)
    }

    /// Those that are not in the other.
    #[must_use]
    pub fn difference(&self, other: &Self) -> Self {
        self.joined(other, |one, other| one && !other)
    }

    /// All others.
    #[must_use]
    pub fn complement(&self) -> Self {
        Self::all().difference(self)
    }

    /// Whether it is in the set.
    pub fn contains(&self, address: Ipv4Addr) -> bool {
        self.diagram.value(address.into()) == 1
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.count() == 0
    }

    /// How many there are, up to 2^32.
    pub fn count(&self) -> u64 {
        self.diagram
            .sizes()
            .iter()
            .find(|(value, ..)| *value == 1)
            .map_or(0, |(_, size, _)| *size)
    }

    /// First and last of each range, ascending, none touching the next. There may be 2^31 of them: whoever lists them takes
    /// as many as fit.
    pub fn ranges(&self) -> Ranges<'_> {
        Ranges {
            stretches: self.diagram.stretches(),
            open: None,
        }
    }

    /// How many ranges there are.
    pub fn range_count(&self) -> u64 {
        self.diagram.runs(1)
    }

    /// The fewest networks that together are the set, ascending.
    pub fn networks(&self) -> impl Iterator<Item = Network> + '_ {
        self.ranges().flat_map(|(first, last)| networks_of(first, last))
    }
}

/// Walks over the ranges of a set.
#[derive(Debug)]
pub struct Ranges<'s> {
    stretches: Stretches<'s>,
    open: Option<(u32, u32)>,
}

impl Iterator for Ranges<'_> {
    type Item = (u32, u32);

    fn next(&mut self) -> Option<(u32, u32)> {
        for stretch in self.stretches.by_ref().filter(|stretch| stretch.value == 1) {
            match &mut self.open {
                Some((_, last)) if last.checked_add(1) == Some(stretch.first) => *last = stretch.last,
                open => {
                    if let Some(done) = open.replace((stretch.first, stretch.last)) {
                        return Some(done);
                    }
                }
            }
        }
        self.open.take()
    }
}

/// The fewest networks that together are a range.
fn networks_of(first: u32, last: u32) -> impl Iterator<Item = Network> {
    let mut rest = Some(first).filter(|first| *first <= last);
    std::iter::from_fn(move || {
        let first = rest?;
        let left = u64::from(last) - u64::from(first) + 1;
        // The largest that begins here and does not reach beyond the end.
        let free = first.trailing_zeros().min(left.ilog2());
        let size = 1_u64 << free;
        rest = u32::try_from(u64::from(first) + size).ok().filter(|next| *next <= last);
        Some(Network {
            first: first.into(),
            bits: 32 - free,
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pcre::Pattern;

    fn matched(pattern: &str) -> Set {
        let pattern = Pattern::new(pattern.as_bytes(), false).expect("a pattern");
        Set::of_text(&pattern.automaton().expect("exact"))
    }

    fn networks(set: &Set) -> Vec<String> {
        set.networks().map(|network| network.to_string()).collect()
    }

    #[test]
    fn a_pattern_admits_what_it_says_and_not_what_its_author_meant() {
        // Nobody escaped the dot, and nothing ends the octet.
        let set = matched("^9.");
        assert_eq!(networks(&set), ["9.0.0.0/8", "90.0.0.0/7", "92.0.0.0/6", "96.0.0.0/6"]);
        assert_eq!(set.count(), 11 << 24);
        assert_eq!(networks(&matched(r"^10\.20\.")), ["10.20.0.0/16"]);
        // Unanchored, it is found at the end of an octet and in the middle.
        let set = matched(r"10\.20\.");
        assert!(set.contains("110.20.0.1".parse().unwrap()) && set.contains("1.210.20.3".parse().unwrap()));
        assert!(!set.contains("10.2.0.1".parse().unwrap()));
        let set = matched(r"\.1$");
        assert_eq!(set.count(), 1 << 24);
        assert!(set.diagram.len() < 8, "{}", set.diagram.len());
        assert_eq!(set.range_count(), 1 << 24);
        assert_eq!(set.ranges().take(2).collect::<Vec<_>>(), [(1, 1), (257, 257)]);
    }

    #[test]
    fn the_whole_space_and_nothing() {
        assert_eq!(Set::all().count(), 1 << 32);
        assert_eq!(networks(&Set::all()), ["0.0.0.0/0"]);
        assert_eq!(Set::none().ranges().next(), None);
        assert_eq!(Set::all().complement(), Set::none());
        assert_eq!(
            networks(&Set::of_network("10.1.2.3".parse().unwrap(), 32)),
            ["10.1.2.3/32"]
        );
        assert_eq!(Set::of_network("10.1.2.3".parse().unwrap(), 0), Set::all());
    }

    mod properties {
        use proptest::prelude::*;

        use super::*;

        fn ranges() -> impl Strategy<Value = Vec<(u32, u32)>> {
            let address = prop_oneof![
                any::<u32>(),
                (0_u32..4).prop_map(|n| n.wrapping_sub(2)),
                any::<u32>().prop_map(|n| n & 0xffff_ff00)
            ];
            proptest::collection::vec((address.clone(), address).prop_map(|(a, b)| (a.min(b), a.max(b))), 0..6)
        }

        fn set(ranges: &[(u32, u32)]) -> Set {
            ranges.iter().fold(Set::none(), |set, (first, last)| {
                set.union(&Set::of_range(*first, *last))
            })
        }

        fn is_in(ranges: &[(u32, u32)], address: u32) -> bool {
            ranges.iter().any(|(first, last)| (*first..=*last).contains(&address))
        }

        proptest! {
            #[test]
            fn operations_are_those_of_sets(one in ranges(), other in ranges(), more in any::<u32>()) {
                let (left, right) = (set(&one), set(&other));
                let edges = one.iter().chain(&other).flat_map(|(first, last)| [first.wrapping_sub(1), *first, *last, last.wrapping_add(1)]);
                for address in edges.chain([more]) {
                    let (a, b) = (is_in(&one, address), is_in(&other, address));
                    let has = |set: Set| set.contains(address.into());
                    prop_assert_eq!(has(left.union(&right)), a || b);
                    prop_assert_eq!(has(left.intersection(&right)), a && b);
                    prop_assert_eq!(has(left.difference(&right)), a && !b);
                    prop_assert_eq!(has(left.complement()), !a);
                }
                prop_assert_eq!(left.count() + left.complement().count(), 1 << 32);
                prop_assert_eq!(left.union(&right).count(), left.count() + right.difference(&left).count());
            }

            #[test]
            fn ranges_and_networks_are_the_set(ranges in ranges()) {
                let original = set(&ranges);
                let listed: Vec<(u32, u32)> = original.ranges().collect();
                prop_assert!(listed.windows(2).all(|two| two[0].1 < u32::MAX && two[0].1 + 1 < two[1].0));
                prop_assert_eq!(&set(&listed), &original);
                prop_assert_eq!(u64::try_from(listed.len()).unwrap(), original.range_count());
                let networks: Vec<Network> = original.networks().collect();
                let again = networks.iter().fold(Set::none(), |set, network| set.union(&Set::of_network(network.first, network.bits)));
                prop_assert_eq!(&again, &original);
                // No two of them are halves of a larger one.
                for two in networks.windows(2) {
                    let [a, b] = two else { continue };
                    let larger = Set::of_network(a.first, a.bits.saturating_sub(1));
                    prop_assert!(a.bits != b.bits || larger.count() != larger.intersection(&original).count() || !larger.contains(b.first));
                }
            }

            #[test]
            fn a_text_is_read_as_the_pattern_matches(pattern in r"\^?(\\?1?[0-9]\\?\.|[0-9]|\.|\[0-4\]|\(1\|2\)){1,4}\$?", addresses in proptest::collection::vec(any::<u32>(), 30)) {
                let Ok(compiled) = Pattern::new(pattern.as_bytes(), false) else { return Ok(()) };
                let Ok(automaton) = compiled.automaton() else { return Ok(()) };
                let set = Set::of_text(&automaton);
                let some = set.ranges().take(20).flat_map(|(first, last)| [first, last, last.wrapping_add(1)]);
                for address in some.collect::<Vec<_>>().into_iter().chain(addresses) {
                    let address = Ipv4Addr::from(address);
                    let matches = compiled.is_match(address.to_string().as_bytes()).expect("short");
                    prop_assert_eq!(set.contains(address), matches, "{} {}", pattern, address);
                }
            }
        }
    }
}
