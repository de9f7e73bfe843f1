//! Tests of an address, for exact sets of addresses.
//!
//! Comes in: the conditions of an expression that look at an address and at nothing else. Goes out: each as a network, a pattern
//! or a text with which an address's own is compared; all addresses that no test tells apart are decided alike. Never
//! here: whether the condition was negated; the set and what is outside of it are told apart either way.

use std::net::{IpAddr, Ipv6Addr};
use std::sync::Arc;

use super::network::Network;
use super::tree::Order;
use crate::Place;
use crate::pcre::Pattern;

/// Whose address is tested.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Whose {
    /// The client's: the peer, or what mod_remoteip made of it.
    Client,
    /// That of whoever has the connection.
    Peer,
}

/// A test of an address.
#[derive(Debug, Clone)]
pub struct AddressTest {
    /// The directive.
    pub place: Place,
    /// Whose address.
    pub whose: Whose,
    /// What is asked of it.
    pub condition: AddressCondition,
}

/// What is asked of an address.
#[derive(Debug, Clone)]
pub enum AddressCondition {
    /// It is in a network.
    In(Network),
    /// Its text is matched by a pattern.
    Matches(Arc<Pattern>),
    /// Its text, on the left, is compared with another, byte for byte.
    Compared(Order, Vec<u8>),
    /// The same, but the longer text is the greater one: `RewriteCond` with `<` and its kind.
    Sized(Order, Vec<u8>),
    /// The number that its text begins with is compared with another: `RewriteCond` with `-lt` and its kind.
    Number(Order, i32),
}

/// Tests of addresses in a condition, and whether it looks at an address in another way too: with a pattern that cannot be
/// exact, through a function, or by what a pattern captured of it.
#[derive(Debug, Clone, Default)]
pub struct AddressTests {
    /// The tests, in the order in which they are written.
    pub tests: Vec<AddressTest>,
    /// Where an address is looked at otherwise.
    pub otherwise: Option<Place>,
}

impl AddressTests {
    /// Notes that an address is looked at otherwise; the first place counts.
    pub fn looks_otherwise(&mut self, place: Place) {
        self.otherwise.get_or_insert(place);
    }

    /// Takes in the tests of something else.
    pub fn extend(&mut self, other: Self) {
        self.otherwise = self.otherwise.or(other.otherwise);
        self.tests.extend(other.tests);
    }
}

impl AddressCondition {
    /// Whether an address passes; `None` if its text, or what the pattern says, is not known.
    pub fn admits(&self, address: IpAddr) -> Option<bool> {
        match self {
            Self::In(network) => Some(network.contains(address)),
            Self::Matches(pattern) => pattern.is_match(text(address)?.as_bytes()).ok(),
            Self::Compared(order, with) => Some(order.holds(text(address)?.as_bytes().cmp(with))),
            Self::Sized(order, with) => {
                let text = text(address)?;
                let by_length = text.len().cmp(&with.len());
                Some(order.holds(by_length.then_with(|| text.as_bytes().cmp(with))))
            }
            Self::Number(order, with) => {
                let text = text(address)?;
                let end = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
                let number = text.get(..end)?.parse().unwrap_or(0);
                Some(order.holds(i32::cmp(&number, with)))
            }
        }
    }
}

/// An address as httpd writes it: IPv4 that is mapped into IPv6 as IPv4, the longest run of zeros in IPv6 as `::`, and after six
/// groups of zeros the rest as IPv4. `None` for a link-local one: the name of the network interface stands after it.
pub fn text(address: IpAddr) -> Option<String> {
    match address.to_canonical() {
        IpAddr::V4(address) => Some(address.to_string()),
        IpAddr::V6(address) if address.is_unicast_link_local() => None,
        IpAddr::V6(address) => Some(v6_text(address)),
    }
}

fn v6_text(address: Ipv6Addr) -> String {
    match (address.segments(), address.octets()) {
        ([0, 0, 0, 0, 0, 0, high, _], [.., a, b, c, d]) if high != 0 => format!("::{a}.{b}.{c}.{d}"),
        _ => address.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_written_as_httpd_writes_them() {
        for (address, written) in [
            ("10.1.2.3", Some("10.1.2.3")),
            ("::ffff:10.1.2.3", Some("10.1.2.3")),
            ("2001:DB8:0:0:1:0:0:1", Some("2001:db8::1:0:0:1")),
            ("2001:db8:0:1:1:1:1:1", Some("2001:db8:0:1:1:1:1:1")),
            ("::1", Some("::1")),
            ("::", Some("::")),
            ("::10.1.2.3", Some("::10.1.2.3")),
            ("::0.0.2.3", Some("::203")),
            ("::ffff:0:10.1.2.3", Some("::ffff:0:a01:203")),
            ("64:ff9b::10.1.2.3", Some("64:ff9b::a01:203")),
            ("fe80::1", None),
        ] {
            assert_eq!(text(address.parse().expect(address)).as_deref(), written, "{address}");
        }
    }
}
