//! Sets of IPv4 addresses, exactly.

use std::hash::Hash;

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
