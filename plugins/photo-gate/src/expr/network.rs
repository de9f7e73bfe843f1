//! Networks as `-R`, `-ipmatch` and `Require ip` write them.
//!
//! Comes in: `10.0.0.0/8`, `10.0.0.0/255.0.0.0`, `10.1` (the first parts of an address), `10.1.2.3`, `2001:db8::/32`. Goes out: a
//! network that an address is in or not. An IPv4 address that is mapped into IPv6 counts as IPv4; a network must not be
//! written that way. Never here: names of hosts.

use std::net::{IpAddr, Ipv6Addr};

/// A network: the bits that count, and what they must be. The bits of an IPv4 mask need not be the first ones.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Network {
    /// Of IPv4 addresses.
    V4 {
        /// The address, all other bits zero.
        address: u32,
        /// The bits that count.
        mask: u32,
    },
    /// Of IPv6 addresses.
    V6 {
        /// The address, all other bits zero.
        address: u128,
        /// The bits that count.
        mask: u128,
    },
}

impl Network {
    /// Reads a network; `None` if httpd refuses it.
    pub fn parse(text: &[u8]) -> Option<Self> {
        let text = std::str::from_utf8(text).ok()?;
        let (address, mask) = match text.split_once('/') {
            Some((address, mask)) => (address, Some(mask)),
            None => (text, None),
        };
        if let Some(address) = groups(address) {
            if address.to_ipv4_mapped().is_some() {
                return None;
            }
            let mask = match mask {
                Some(mask) => u128::MAX.checked_shl(128 - bits(mask, 128)?)?,
                None => u128::MAX,
            };
            let address = u128::from(address) & mask;
            return Some(Self::V6 { address, mask });
        }
        let (address, mask) = match (quad(address), mask) {
            (Some(address), None) => (address, u32::MAX),
            (Some(address), Some(mask)) => (address, v4_mask(mask)?),
            (None, None) => first_parts(address)?,
            (None, Some(_)) => return None,
        };
        Some(Self::V4 {
            address: address & mask,
            mask,
        })
    }

    /// Whether an address is in it.
    pub fn contains(&self, address: IpAddr) -> bool {
        match (self, address.to_canonical()) {
            (Self::V4 { address, mask }, IpAddr::V4(of)) => u32::from(of) & mask == *address,
            (Self::V6 { address, mask }, IpAddr::V6(of)) => u128::from(of) & mask == *address,
            _ => false,
        }
    }
}

/// Four numbers, which may begin with zeros and are decimal even then.
fn quad(text: &str) -> Option<u32> {
    let mut address = 0;
    let mut count = 0;
    for part in text.split('.') {
        count += 1;
        if part.is_empty() || count > 4 || !part.bytes().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        let digits = part.trim_start_matches('0');
        let number: u8 = if digits.is_empty() { 0 } else { digits.parse().ok()? };
        address = address << 8 | u32::from(number);
    }
    (count == 4).then_some(address)
}

/// An IPv6 address as APR reads it, which is more than others do: a group may begin with any number of zeros, a colon may
/// end an address that has `::`, and `::` may stand in one that is complete already; what comes after it is zero then.
fn groups(text: &str) -> Option<Ipv6Addr> {
    let mut octets: Vec<u8> = Vec::with_capacity(16);
    let mut gap = None;
    let mut rest = match text.strip_prefix(':') {
        Some(rest) if rest.starts_with(':') => rest,
        Some(_) => return None,
        None => text,
    };
    while !rest.is_empty() {
        let digits = rest.len() - rest.trim_start_matches(|c: char| c.is_ascii_hexdigit()).len();
        let (group, after) = rest.split_at_checked(digits)?;
        if after.starts_with('.') {
            let quad = quad(rest).filter(|_| digits > 0 && fits(group))?;
            octets.extend(quad.to_be_bytes());
            break;
        }
        rest = match after.strip_prefix(':') {
            Some(rest) => rest,
            None if after.is_empty() => after,
            None => return None,
        };
        if digits > 0 {
            let digits = group.trim_start_matches('0');
            let group = if digits.is_empty() {
                0
            } else {
                u16::from_str_radix(digits, 16).ok()?
            };
            octets.extend(group.to_be_bytes());
        } else if gap.is_some() {
            return None;
        } else {
            gap = Some(octets.len());
        }
        if octets.len() > 16 {
            return None;
        }
    }
    let missing = 16_usize.checked_sub(octets.len())?;
    match gap {
        Some(gap) if missing == 0 => octets.iter_mut().skip(gap).for_each(|octet| *octet = 0),
        Some(gap) => drop(octets.splice(gap..gap, std::iter::repeat_n(0, missing))),
        None if missing > 0 => return None,
        None => {}
    }
    <[u8; 16]>::try_from(octets).ok().map(Ipv6Addr::from)
}

/// Whether digits are a group of 16 bits.
fn fits(digits: &str) -> bool {
    let digits = digits.trim_start_matches('0');
    digits.is_empty() || u16::from_str_radix(digits, 16).is_ok()
}

fn v4_mask(text: &str) -> Option<u32> {
    match bits(text, 32) {
        Some(bits) => u32::MAX.checked_shl(32 - bits),
        None => quad(text),
    }
}

/// A number of bits from 1 on, read as C's `strtol` does: blanks and `+` before it, zeros too. `/0` is no network in httpd.
fn bits(text: &str, most: u32) -> Option<u32> {
    let text = text.trim_start_matches([' ', '\t', '\n', '\x0b', '\x0c', '\r']);
    let digits = text.strip_prefix('+').unwrap_or(text);
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let digits = digits.trim_start_matches('0');
    digits.parse::<u32>().ok().filter(|bits| (1..=most).contains(bits))
}

/// `10.1` or `10.1.`: the first parts of an address, each a byte.
fn first_parts(text: &str) -> Option<(u32, u32)> {
    // httpd copies it into a buffer for `255.255.255.255`.
    if text.is_empty() || text.len() > 15 {
        return None;
    }
    let parts = text.strip_suffix('.').unwrap_or(text);
    let (mut address, mut mask, mut count) = (0_u32, 0_u32, 0_u32);
    for part in parts.split('.') {
        if part.is_empty() || !part.bytes().all(|byte| byte.is_ascii_digit()) || count == 4 {
            return None;
        }
        // C's `atoi` keeps the last 32 bits of a number that is too large.
        let number = part.parse::<u64>().ok()? & 0xffff_ffff;
        let byte = u8::try_from(number).ok()?;
        let shift = 24 - 8 * count;
        address |= u32::from(byte) << shift;
        mask |= 0xff << shift;
        count += 1;
    }
    Some((address, mask))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn contains(network: &str, address: &str) -> bool {
        Network::parse(network.as_bytes())
            .expect(network)
            .contains(address.parse().expect(address))
    }

    #[test]
    fn an_address_is_in_a_network_in_each_way_to_write_it() {
        for network in [
            "10.1.0.0/16",
            "10.1.2.3/16",
            "10.1.0.0/255.255.0.0",
            "10.1",
            "10.1.",
            "010.01",
            "10.1.0.0/ +016",
            "010.0001.0.0/16",
        ] {
            assert!(contains(network, "10.1.2.3"), "{network}");
            assert!(contains(network, "::ffff:10.1.2.3"), "{network}");
            assert!(!contains(network, "10.2.2.3"), "{network}");
            assert!(!contains(network, "::10.1.2.3"), "{network}");
        }
        assert!(contains("10.0.2.0/255.0.255.0", "10.77.2.1"));
        assert!(contains("10.1.2.3", "10.1.2.3") && !contains("10.1.2.3", "10.1.2.4"));
        assert!(contains("2001:db8::/32", "2001:db8:ffff::1") && !contains("2001:db8::/32", "2001:db9::"));
        assert!(contains("2001:db8::/1", "7fff::") && !contains("2001:db8::/1", "8000::"));
        assert!(contains("::/128", "::") && contains("::1", "::1"));
        for (network, address) in [
            ("2001:0000db8::1", "2001:db8::1"),
            ("2001:db8::1:", "2001:db8::1"),
            ("1:2:3:4:5:6:7:8::", "1:2:3:4:5:6:7:8"),
            ("1:2:3:4::5:6:7:8", "1:2:3:4::"),
            ("::10.01.2.3", "::10.1.2.3"),
            ("1:2:3:4:5:6:10.1.2.3", "1:2:3:4:5:6:a01:203"),
        ] {
            assert!(contains(network, address), "{network}");
        }
    }

    #[test]
    fn what_httpd_refuses_is_no_network() {
        for text in [
            "",
            ".",
            "10.0.0.0/",
            "10.0.0.0/0",
            "10.0.0.0/33",
            "10.0.0.0/-1",
            "10.0.0.0/8 ",
            "10.0/8",
            "10.0.0.0/255.0.0",
            "256",
            "256.0.0.0/8",
            "1.2.3.4.5",
            "1..2",
            "localhost",
            "10.0.0.1 ",
            "::ffff:10.0.0.1",
            "::ffff:10.0.0.0/104",
            "2001:db8::/0",
            "2001:db8::/129",
            "2001:db8::/255.255.0.0",
            "fe80::1%lo",
            ":1::",
            ":::",
            "1:::2",
            "1:2:3:4:5:6:7:",
            "1:2:3:4:5:6:7:8:9",
            "1:2:3:4:5:6:7:1.2.3.4",
            "1:2:3:4:5:6:7::1.2.3.4",
            "::1.2.3",
            "::1.2.3.4:5",
            "::1::",
            "::10000",
            "::g",
            "10.0.0.0/8/8",
            "4294967306.1.2.3",
        ] {
            assert_eq!(Network::parse(text.as_bytes()), None, "{text}");
        }
        // Ten digits wrap around to 10.
        assert!(contains("4294967306", "10.9.9.9"));
    }
}
