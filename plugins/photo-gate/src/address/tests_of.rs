//! The addresses for which a test of an address holds.
//!
//! Comes in: a test. Goes out: the set; `None` where a pattern cannot be followed exactly.

use std::cmp::Ordering;
use std::net::{IpAddr, Ipv4Addr};

use super::{DottedQuad, Set};
use crate::expr::{AddressCondition, Network, Order};

/// The addresses for which a condition holds.
pub fn set_of(condition: &AddressCondition) -> Option<Set> {
    Some(match condition {
        AddressCondition::In(Network::V4 { address, mask }) => masked(*address, *mask),
        // An IPv4 address is in no network of IPv6 ones.
        AddressCondition::In(Network::V6 { .. }) => Set::none(),
        AddressCondition::Matches(pattern) => Set::of_text(&pattern.automaton().ok()?),
        AddressCondition::Compared(order, with) => Set::of_text(&Comparison {
            order: *order,
            with,
            by_length: false,
        }),
        AddressCondition::Sized(order, with) => Set::of_text(&Comparison {
            order: *order,
            with,
            by_length: true,
        }),
        AddressCondition::Number(..) => {
            // The number that the text begins with is the first octet.
            let holds = |first: &u32| condition.admits(IpAddr::V4(Ipv4Addr::from(*first << 24))) == Some(true);
            let networks = (0..256)
                .filter(holds)
                .map(|first: u32| Set::of_network((first << 24).into(), 8));
            networks.fold(Set::none(), |set, network| set.union(&network))
        }
    })
}

/// The addresses that agree with one where a mask has ones; its ones need not stand together.
fn masked(address: u32, mask: u32) -> Set {
    let (address, mask) = (address.to_be_bytes(), mask.to_be_bytes());
    let next = |holds: bool, depth: u32, octet: u8| {
        let depth = depth as usize;
        let of = |octets: &[u8; 4]| octets.get(depth).copied().unwrap_or_default();
        holds && octet & of(&mask) == of(&address) & of(&mask)
    };
    Set::of_diagram(super::diagram::Diagram::of_states(true, &next, &u32::from))
}

/// Compares the text with another.
struct Comparison<'t> {
    order: Order,
    with: &'t [u8],
    /// The longer one is the greater, whatever is in it.
    by_length: bool,
}

/// How many bytes were read, and how they compare with as many of the other text.
type Read = (usize, Ordering);

impl DottedQuad for Comparison<'_> {
    type State = Read;

    fn start(&self) -> Read {
        (0, Ordering::Equal)
    }

    fn step(&self, (length, ordering): Read, byte: u8) -> Read {
        let here = match self.with.get(length) {
            Some(other) => byte.cmp(other),
            None => Ordering::Greater,
        };
        (length + 1, ordering.then(here))
    }

    fn accepts(&self, (length, ordering): Read) -> bool {
        let ended = ordering.then(length.cmp(&self.with.len()));
        let ordering = if self.by_length {
            length.cmp(&self.with.len()).then(ordering)
        } else {
            ended
        };
        self.order.holds(ordering)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn condition() -> impl Strategy<Value = AddressCondition> {
        let order = prop_oneof![
            Just(Order::Less),
            Just(Order::LessOrEqual),
            Just(Order::Equal),
            Just(Order::GreaterOrEqual),
            Just(Order::Greater)
        ];
        let text = prop_oneof![
            Just(b"10.2".to_vec()),
            Just(b"9".to_vec()),
            Just(b"10.20.30.40".to_vec()),
            "[0-9.a]{0,16}".prop_map(String::into_bytes)
        ];
        (order, text, any::<u8>(), 0..3).prop_map(|(order, text, number, kind)| match kind {
            0 => AddressCondition::Compared(order, text),
            1 => AddressCondition::Sized(order, text),
            _ => AddressCondition::Number(order, i32::from(number)),
        })
    }

    proptest! {
        #[test]
        fn a_set_is_what_the_condition_admits(condition in condition(), addresses in proptest::collection::vec(any::<u32>(), 20)) {
            let set = set_of(&condition).expect("exact");
            let edges = set.ranges().take(20).flat_map(|(first, last)| [first, last, first.wrapping_sub(1), last.wrapping_add(1)]);
            for address in edges.collect::<Vec<_>>().into_iter().chain(addresses) {
                let address = Ipv4Addr::from(address);
                prop_assert_eq!(Some(set.contains(address)), condition.admits(IpAddr::V4(address)), "{:?} {}", condition, address);
            }
        }
    }

    #[test]
    fn a_mask_may_have_holes() {
        let set = masked(0x0a00_0005, 0xff00_00ff);
        assert_eq!(set.count(), 1 << 16);
        assert!(set.contains(Ipv4Addr::new(10, 7, 8, 5)) && !set.contains(Ipv4Addr::new(10, 7, 8, 6)));
    }
}
