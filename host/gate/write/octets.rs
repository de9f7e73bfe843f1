//! A set of numbers from 0 to 255 as a regular expression over their digits.
//!
//! Numbers with as many digits and the same ones behind the first are joined: 100 to 199 are `1[0-9][0-9]`.

use std::collections::BTreeMap;

/// A set of octets.
pub(super) type Octets = Vec<u8>;

/// The alternatives that together match the numbers, ascending, and nothing else between dots. All of them are any digits.
pub(super) fn alternatives(octets: &[u8]) -> Vec<String> {
    if octets.len() == 256 {
        return vec!["[0-9]+".to_owned()];
    }
    let mut found = Vec::new();
    for digits in 1..=3 {
        let numbers: Vec<String> = octets
            .iter()
            .map(u8::to_string)
            .filter(|number| number.len() == digits)
            .collect();
        found.extend(of_digits(&numbers));
    }
    found
}

/// The numbers as one expression, in parentheses if it has several alternatives.
pub(super) fn expression(octets: &[u8]) -> String {
    let alternatives = alternatives(octets);
    match alternatives.as_slice() {
        [one] => one.clone(),
        several => format!("({})", several.join("|")),
    }
}

/// Texts of one length: the first digits that are followed by the same are joined.
fn of_digits(texts: &[String]) -> Vec<String> {
    let mut behind: BTreeMap<u8, Vec<String>> = BTreeMap::new();
    for text in texts {
        if let Some((first, rest)) = text.as_bytes().split_first() {
            behind
                .entry(*first)
                .or_default()
                .push(String::from_utf8_lossy(rest).into_owned());
        }
    }
    let mut joined: Vec<(Vec<u8>, Vec<String>)> = Vec::new();
    for (first, rest) in behind {
        match joined.iter_mut().find(|(_, known)| *known == rest) {
            Some((firsts, _)) => firsts.push(first),
            None => joined.push((vec![first], rest)),
        }
    }
    let mut found = Vec::new();
    for (firsts, rest) in joined {
        let class = class(&firsts);
        if rest.iter().all(String::is_empty) {
            found.push(class);
            continue;
        }
        found.extend(of_digits(&rest).into_iter().map(|tail| format!("{class}{tail}")));
    }
    found
}

/// A class of digits, ascending.
fn class(digits: &[u8]) -> String {
    let (Some(first), Some(last)) = (digits.first(), digits.last()) else {
        return String::new();
    };
    let is_run = usize::from(last - first) + 1 == digits.len();
    match digits.len() {
        1 => char::from(*first).to_string(),
        3.. if is_run => format!("[{}-{}]", char::from(*first), char::from(*last)),
        _ => format!(
            "[{}]",
            digits.iter().map(|digit| char::from(*digit)).collect::<String>()
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_short_expressions() {
        let of = |range: std::ops::RangeInclusive<u8>| expression(&range.collect::<Vec<_>>());
        assert_eq!(of(20..=20), "20");
        assert_eq!(of(0..=9), "[0-9]");
        assert_eq!(of(100..=199), "1[0-9][0-9]");
        assert_eq!(of(64..=127), "(6[4-9]|[7-9][0-9]|1[01][0-9]|12[0-7])");
        assert_eq!(of(16..=31), "(1[6-9]|2[0-9]|3[01])");
        assert_eq!(of(0..=255), "[0-9]+");
        assert_eq!(expression(&[1, 3, 5]), "[135]");
    }

    #[test]
    fn each_number_is_matched_and_no_other() {
        for first in (0..=255_u8).step_by(7) {
            for last in (first..=255).step_by(11) {
                let octets: Octets = (first..=last).collect();
                let regex = regex::Regex::new(&format!("^{}$", expression(&octets))).expect("an expression");
                for octet in 0..=255_u8 {
                    assert_eq!(
                        regex.is_match(&octet.to_string()),
                        octets.contains(&octet),
                        "{first}-{last} {octet}"
                    );
                }
            }
        }
    }
}
