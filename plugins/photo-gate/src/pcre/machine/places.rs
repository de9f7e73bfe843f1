//! Places that have failed, and what that has cost.
//!
//! A place is a step, a place in the text, and how many of the loops around have not taken a byte in their turn, because
//! such a turn ends its loop. What groups have matched does not matter: with references nothing is written down.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

use super::{Frame, Machine};

/// Places that may be written down: some 16 MiB.
const MOST_PLACES: usize = 450_000;

/// Mixes a number enough for a table. What an attacker makes collide is bounded by the number of tries.
#[derive(Debug, Default)]
pub(super) struct Mixer(u64);

impl Hasher for Mixer {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        bytes.iter().for_each(|byte| self.write_u64(u64::from(*byte)));
    }

    fn write_u64(&mut self, number: u64) {
        let mixed = (self.0 ^ number).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        self.0 = mixed ^ mixed >> 29;
    }
}

pub(super) type Places = HashMap<u64, u32, BuildHasherDefault<Mixer>>;

impl Machine<'_> {
    pub(super) fn visit_known(&mut self, number: u32, at: u32) -> Option<()> {
        let nested = self.program.marks.get(number as usize).copied().unwrap_or(0);
        let marks = self.marks.iter().take(usize::from(nested));
        // The loops are one in another: those whose turn has matched nothing yet are the inner ones.
        let empty = marks.filter(|mark| **mark == at).count() as u64;
        let place = u64::from(number) << 40 | empty << 32 | u64::from(at);
        if let Some(cost) = self.places.as_ref()?.get(&place) {
            self.tries += u64::from(*cost);
            return None;
        }
        let tries = u32::try_from(self.tries).unwrap_or(u32::MAX);
        self.push(Frame::Place { place, tries });
        Some(())
    }

    pub(super) fn write_down(&mut self, place: u64, tries: u32) {
        let cost = u32::try_from(self.tries.saturating_sub(u64::from(tries))).unwrap_or(u32::MAX);
        if let Some(places) = self.places.as_mut().filter(|places| places.len() < MOST_PLACES) {
            places.insert(place, cost);
        }
    }
}
