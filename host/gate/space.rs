//! Sets of IPv4 addresses as people write them, and what two of them have apart.
//!
//! Comes in: ranges, networks, texts such as `10.20.0.0/16` or `10.0.0.1-10.0.0.9`. Goes out: the same set in its shortest form,
//! as ranges and as networks; what is too much and what is missing. Networks are read, and ranges turned into them, by the crate
//! `ipnet`, which the field uses.

use std::net::Ipv4Addr;

use ipnet::{IpNet, Ipv4Subnets};

/// A set of addresses: first and last of each range, ascending, none touching the next.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AddressSpace(Vec<(u32, u32)>);

/// Why a text is no set of addresses.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("`{text}` {reason}; expected an address, a network such as 10.20.0.0/16, or a range such as 10.0.0.1-10.0.0.9")]
pub struct SpaceError {
    /// The text.
    pub text: String,
    /// What is wrong with it.
    pub reason: String,
}

/// What somebody asked for in a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Named {
    /// IPv4 addresses.
    V4(AddressSpace),
    /// A network of IPv6 addresses, as it is written.
    V6(String),
}

impl AddressSpace {
    /// The set of all addresses in these ranges, in any order.
    pub fn of(ranges: impl IntoIterator<Item = (u32, u32)>) -> Self {
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

    /// Reads a text.
    ///
    /// # Errors
    ///
    /// What is wrong with it.
    pub fn read(text: &str) -> Result<Named, SpaceError> {
        let fail = |reason: &str| SpaceError {
            text: text.to_owned(),
            reason: reason.to_owned(),
        };
        if let Some((first, last)) = text.split_once('-') {
            let (first, last): (Ipv4Addr, Ipv4Addr) = match (first.trim().parse(), last.trim().parse()) {
                (Ok(first), Ok(last)) => (first, last),
                _ => return Err(fail("is no range of IPv4 addresses")),
            };
            if first > last {
                return Err(fail("ends before it begins"));
            }
            return Ok(Named::V4(Self::of([(first.into(), last.into())])));
        }
        if let Ok(address) = text.parse::<std::net::IpAddr>() {
            return Ok(match address {
                std::net::IpAddr::V4(address) => Named::V4(Self::of([(address.into(), address.into())])),
                std::net::IpAddr::V6(address) => Named::V6(address.to_string()),
            });
        }
        match text.parse::<IpNet>() {
            Ok(IpNet::V4(network)) if network.addr() != network.network() => {
                let meant = network.trunc();
                Err(fail(&format!("has bits behind its mask: the network is {meant}")))
            }
            Ok(IpNet::V4(network)) => Ok(Named::V4(Self::of([(
                network.network().into(),
                network.broadcast().into(),
            )]))),
            Ok(IpNet::V6(network)) => Ok(Named::V6(network.to_string())),
            Err(_) => Err(fail("is no network")),
        }
    }

    /// Those of either.
    #[must_use]
    pub fn union(&self, other: &Self) -> Self {
        Self::of(self.0.iter().chain(&other.0).copied())
    }

    /// Those that are not in the other.
    #[must_use]
    pub fn without(&self, other: &Self) -> Self {
        let mut left = Vec::new();
        let mut others = other.0.iter().copied().peekable();
        for (first, last) in self.0.iter().copied() {
            let mut from = Some(first);
            while let Some((start, end)) = others.peek().copied() {
                let Some(begin) = from else { break };
                if end < begin {
                    others.next();
                    continue;
                }
                if start > last {
                    break;
                }
                if start > begin {
                    left.push((begin, start - 1));
                }
                from = end.checked_add(1).filter(|next| *next <= last);
                if end > last {
                    break;
                }
                others.next();
            }
            if let Some(begin) = from {
                left.push((begin, last));
            }
        }
        Self(left)
    }

    /// Those in both.
    #[must_use]
    pub fn intersection(&self, other: &Self) -> Self {
        self.without(&self.without(other))
    }

    /// How many there are.
    pub fn count(&self) -> u64 {
        self.0
            .iter()
            .map(|(first, last)| u64::from(*last) - u64::from(*first) + 1)
            .sum()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// First and last of each range.
    pub fn ranges(&self) -> &[(u32, u32)] {
        &self.0
    }

    /// The fewest networks that together are the set.
    pub fn networks(&self) -> impl Iterator<Item = ipnet::Ipv4Net> + '_ {
        self.0
            .iter()
            .flat_map(|(first, last)| Ipv4Subnets::new((*first).into(), (*last).into(), 0))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn space(text: &str) -> AddressSpace {
        match AddressSpace::read(text).expect(text) {
            Named::V4(space) => space,
            Named::V6(_) => panic!("{text}"),
        }
    }

    #[test]
    fn addresses_networks_and_ranges_are_read() {
        for (text, count) in [
            ("10.20.0.0/16", 65_536),
            ("10.1.2.3", 1),
            ("10.0.0.1-10.0.0.9", 9),
            ("0.0.0.0/0", 1 << 32),
        ] {
            assert_eq!(space(text).count(), count, "{text}");
        }
        assert_eq!(
            AddressSpace::read("2001:db8::/32"),
            Ok(Named::V6("2001:db8::/32".to_owned()))
        );
        for (text, reason) in [
            ("10.20.1.0/16", "the network is 10.20.0.0/16"),
            ("10.0.0.9-10.0.0.1", "ends before it begins"),
            ("10.20", "is no network"),
            ("10.0.0.0/33", "is no network"),
        ] {
            let error = AddressSpace::read(text).expect_err(text).to_string();
            assert!(error.contains(reason), "{text}: {error}");
        }
    }

    #[test]
    fn the_networks_are_the_fewest() {
        let networks: Vec<String> = space("10.0.0.0-10.0.3.255")
            .networks()
            .map(|network| network.to_string())
            .collect();
        assert_eq!(networks, ["10.0.0.0/22"]);
        let networks: Vec<String> = space("10.0.0.1-10.0.0.4")
            .networks()
            .map(|network| network.to_string())
            .collect();
        assert_eq!(networks, ["10.0.0.1/32", "10.0.0.2/31", "10.0.0.4/32"]);
        assert_eq!(space("0.0.0.0/0").networks().count(), 1);
    }

    proptest! {
        #[test]
        fn what_two_sets_have_apart_is_exact(one in ranges(), other in ranges(), more in any::<u32>()) {
            let (left, right) = (AddressSpace::of(one.clone()), AddressSpace::of(other.clone()));
            let is_in = |ranges: &[(u32, u32)], address: u32| ranges.iter().any(|(a, b)| (*a..=*b).contains(&address));
            let edges = one.iter().chain(&other).flat_map(|(a, b)| [a.wrapping_sub(1), *a, *b, b.wrapping_add(1)]);
            for address in edges.chain([more]) {
                let (a, b) = (is_in(&one, address), is_in(&other, address));
                prop_assert_eq!(is_in(left.union(&right).ranges(), address), a || b);
                prop_assert_eq!(is_in(left.without(&right).ranges(), address), a && !b);
                prop_assert_eq!(is_in(left.intersection(&right).ranges(), address), a && b);
            }
            let listed: Vec<(u32, u32)> = left.networks().map(|n| (n.network().into(), n.broadcast().into())).collect();
            prop_assert_eq!(AddressSpace::of(listed), left);
        }
    }

    fn ranges() -> impl Strategy<Value = Vec<(u32, u32)>> {
        let address = prop_oneof![any::<u32>(), 0..4_u32, any::<u32>().prop_map(|n| n | 0xffff_fff0)];
        proptest::collection::vec((address.clone(), address).prop_map(|(a, b)| (a.min(b), a.max(b))), 0..6)
    }
}
