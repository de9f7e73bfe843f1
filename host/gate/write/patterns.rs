//! A set of addresses as regular expressions over dotted quads.
//!
//! Octets that are followed by the same are joined, from the first octet to the last; what is whole below an octet ends with its
//! dot. Each expression is bound to the beginning, and together they match the addresses of the set and no other.

use std::collections::BTreeMap;

use super::octets::{self, Octets};
use crate::gate::space::AddressSpace;

/// The longest expression: 200 characters, two lines of a screen. Longer ones are divided.
const LONGEST: usize = 200;

/// The expressions of a set, in the order of their first addresses; of all addresses one that matches anything.
pub fn patterns(space: &AddressSpace) -> Vec<String> {
    tails(space.ranges(), 0)
        .into_iter()
        .map(|tail| format!("^{tail}"))
        .collect()
}

/// The set below some octets as alternatives; `ranges` are of the addresses' remaining bits.
fn tails(ranges: &[(u32, u32)], depth: u32) -> Vec<String> {
    let bits = 8 * (4 - depth);
    if ranges == [(0, u32::MAX >> (32 - bits))] {
        return vec![String::new()];
    }
    let end = if depth == 3 { "$" } else { r"\." };
    let mut found = Vec::new();
    for (below, octets) in groups(ranges, bits) {
        let head = format!("{}{end}", octets::expression(&octets));
        if depth == 3 {
            found.push(head);
            continue;
        }
        let inner = tails(&below, depth + 1);
        if let [only] = inner.as_slice() {
            found.push(format!("{head}{only}"));
            continue;
        }
        let mut parts: Vec<String> = Vec::new();
        for tail in inner {
            let length: usize = parts.iter().map(|part| part.len() + 1).sum();
            if !parts.is_empty() && head.len() + length + tail.len() > LONGEST {
                found.push(group(&head, &parts));
                parts.clear();
            }
            parts.push(tail);
        }
        found.push(group(&head, &parts));
    }
    found
}

fn group(head: &str, parts: &[String]) -> String {
    match parts {
        [only] => format!("{head}{only}"),
        several => format!("{head}({})", several.join("|")),
    }
}

/// What stands below the octets at this place: ranges of the remaining bits.
type Below = Vec<(u32, u32)>;

/// The octets, those with the same below them together, in the order of the first of them.
fn groups(ranges: &[(u32, u32)], bits: u32) -> Vec<(Below, Octets)> {
    let shift = bits - 8;
    let mask = if shift == 0 { 0 } else { u32::MAX >> (32 - shift) };
    let mut by_octet: BTreeMap<u8, Below> = BTreeMap::new();
    for (first, last) in ranges {
        for octet in first >> shift..=last >> shift {
            let start = if octet == first >> shift { first & mask } else { 0 };
            let end = if octet == last >> shift { last & mask } else { mask };
            // At most 256 in all: a range covers each octet of its level once.
            by_octet
                .entry(u8::try_from(octet).unwrap_or(u8::MAX))
                .or_default()
                .push((start, end));
        }
    }
    let mut groups: Vec<(Below, Octets)> = Vec::new();
    for (octet, below) in by_octet {
        match groups.iter_mut().find(|(known, _)| *known == below) {
            Some((_, octets)) => octets.push(octet),
            None => groups.push((below, vec![octet])),
        }
    }
    groups
}
