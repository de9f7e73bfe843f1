//! From the text of an address to its octets.

use super::DottedQuad;
use super::diagram::Diagram;

/// The addresses whose text is admitted: 1, else 0.
pub(super) fn diagram<Q: DottedQuad>(quad: &Q) -> Diagram {
    let next = |state: Q::State, depth: u32, octet: u8| {
        let state = decimal(octet).fold(state, |state, digit| quad.step(state, digit));
        if depth < 3 { quad.step(state, b'.') } else { state }
    };
    Diagram::of_states(quad.start(), &next, &|state| u32::from(quad.accepts(state)))
}

/// The digits of an octet.
fn decimal(octet: u8) -> impl Iterator<Item = u8> {
    let digits = [octet / 100, octet / 10 % 10, octet % 10];
    let skip = match octet {
        0..10 => 2,
        10..100 => 1,
        _ => 0,
    };
    digits.into_iter().skip(skip).map(|digit| b'0' + digit)
}
