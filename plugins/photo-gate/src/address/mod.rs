//! Sets of IPv4 addresses, exactly.
//!
//! Comes in: networks, ranges, or something that says of the text of an address whether it is admitted. Goes out: the set of all
//! such addresses among the 2^32, how many there are, as ranges and as the fewest networks; and the classes of addresses that a
//! number of tests do not tell apart. Nothing is sampled.
//!
//! ```text
//!   network, range ─┐
//!   text (pattern) ─┴─► set ──► union, difference, … ──► count, ranges, networks
//!   tests ─► sets ─► classes: one representative each ─► what holds for it holds for all of its class
//! ```
//!
//! A set is a [`diagram`]: a decision an octet, equal parts shared, so that `\.1$`, which is 2^24 ranges, is four nodes.

mod classes;
mod diagram;
mod quad;
mod set;
mod tests_of;

use std::hash::Hash;

pub use classes::{Class, Classes, TooMany};
pub use set::{Network, Set};
pub use tests_of::set_of;

/// Says of the text of an address, read byte by byte, whether it is admitted.
pub trait DottedQuad {
    /// Where the reading stands.
    type State: Copy + Eq + Hash;
    /// Before the first byte.
    fn start(&self) -> Self::State;
    /// After one more byte.
    fn step(&self, state: Self::State, byte: u8) -> Self::State;
    /// Whether the text read so far, at its end, is admitted.
    fn accepts(&self, state: Self::State) -> bool;
}
