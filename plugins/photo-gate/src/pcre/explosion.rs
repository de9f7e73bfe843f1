//! Patterns that can take PCRE exponential time.
//!
//! Comes in: a pattern's tree. Goes out: the loop in it that two ways lead through on the same text, so that there are twice
//! as many ways with each turn, and after which the match can still fail, so that PCRE tries them all: `^(a+)+$`. Found by
//! following two ways at once through the loop: if they can part and meet again, they can do so in each turn.

use std::collections::{BTreeMap, BTreeSet};

use super::compile::{Style, compile};
use super::program::{Loop, Program, Step};
use super::set::ByteSet;
use super::tree::Node;

/// A count that large is as good as a loop without an end.
const MANY: u32 = 8;
/// Pairs of places that are looked at; a pattern written by hand has some hundreds.
const MOST_WORK: usize = 400_000;

/// Where the loop is written.
pub(super) fn find(node: &Node) -> Option<(usize, usize)> {
    let program = compile(node, Style::Automaton(MANY)).ok()?;
    let done = ends_freely(&program);
    let mut search = Search {
        program: &program,
        done,
        work: 0,
    };
    // Loops are noted when they end: inner ones first.
    program
        .loops
        .iter()
        .find(|inner| search.doubles(inner))
        .map(|found| found.written)
}

/// Per place: whether the end can be reached from there whatever the text is. A way that comes by there has matched,
/// so that nothing before it is tried again.
fn ends_freely(program: &Program) -> Vec<bool> {
    let mut done = vec![false; program.steps.len()];
    loop {
        let mut changed = false;
        for place in (0..program.steps.len()).rev() {
            let at = |place: u32| done.get(place as usize) == Some(&true);
            let next = place as u32 + 1;
            let free = match program.steps.get(place) {
                Some(Step::Match | Step::Commit | Step::LookEnd) => true,
                Some(Step::Either(first, second)) => at(*first) || at(*second),
                Some(Step::Again { body, .. }) => at(*body) || at(next),
                Some(Step::Jump(to)) => at(*to),
                Some(Step::Open(_) | Step::Close(_) | Step::Mark(_)) => at(next),
                _ => false,
            };
            if let Some(known) = done.get_mut(place).filter(|known| free && !**known) {
                *known = true;
                changed = true;
            }
        }
        if !changed {
            return done;
        }
    }
}

struct Search<'p> {
    program: &'p Program,
    done: Vec<bool>,
    work: usize,
}

impl Search<'_> {
    /// Whether two ways go through a loop on one text.
    fn doubles(&mut self, inner: &Loop) -> bool {
        let places: Vec<u32> = (inner.from..=inner.to)
            .filter(|place| self.bytes(*place).is_some())
            .collect();
        let ahead: BTreeMap<u32, BTreeMap<u32, u32>> =
            places.iter().map(|place| (*place, self.ahead(*place, inner))).collect();
        places.iter().any(|place| self.parts_and_meets(*place, &ahead))
    }

    fn bytes(&self, place: u32) -> Option<ByteSet> {
        match self.program.step(place)? {
            Step::Byte(byte) => Some(ByteSet::one(byte)),
            Step::Bytes(set) => Some(self.program.set(set)),
            _ => None,
        }
    }

    /// The places in the loop that can take the byte after this one, and by how many ways.
    fn ahead(&mut self, place: u32, inner: &Loop) -> BTreeMap<u32, u32> {
        let mut found = BTreeMap::new();
        // With each place the loops whose turn has begun since, and has taken nothing.
        let mut open = vec![(place + 1, 0_u32)];
        while let Some((place, empty)) = open.pop() {
            self.work += 1;
            let is_outside = !(inner.from..=inner.to).contains(&place);
            if is_outside || self.done.get(place as usize) == Some(&true) || self.work > MOST_WORK {
                continue;
            }
            let next = place + 1;
            match self.program.step(place) {
                Some(Step::Byte(_) | Step::Bytes(_)) => *found.entry(place).or_insert(0) += 1,
                Some(Step::Either(first, second)) => open.extend([(first, empty), (second, empty)]),
                Some(Step::Mark(mark)) => open.push((next, empty | 1 << mark)),
                Some(Step::Again { mark, body, .. }) => {
                    open.push((next, empty));
                    // A turn that takes nothing ends its loop.
                    if mark.is_none_or(|mark| empty >> mark & 1 == 0) {
                        open.push((body, empty));
                    }
                }
                Some(Step::Jump(to)) => open.push((to, empty)),
                Some(Step::Look { holds, .. }) => open.push((holds, empty)),
                Some(Step::IfGroup { otherwise, .. }) => open.extend([(next, empty), (otherwise, empty)]),
                Some(_) => open.push((next, empty)),
                None => {}
            }
        }
        found
    }

    /// Whether two ways that are at this place part and meet here again, on the same bytes.
    fn parts_and_meets(&mut self, place: u32, ahead: &BTreeMap<u32, BTreeMap<u32, u32>>) -> bool {
        let mut seen = BTreeSet::new();
        let mut open = vec![(place, place, false)];
        while let Some((one, other, parted)) = open.pop() {
            let (Some(first), Some(second)) = (ahead.get(&one), ahead.get(&other)) else {
                continue;
            };
            for (one, ways) in first {
                for other in second.keys() {
                    self.work += 1;
                    if self.work > MOST_WORK {
                        return false;
                    }
                    let parted = parted || one != other || *ways > 1;
                    if parted && (*one, *other) == (place, place) {
                        return true;
                    }
                    if self.share_a_byte(*one, *other) && seen.insert((*one, *other, parted)) {
                        open.push((*one, *other, parted));
                    }
                }
            }
        }
        false
    }

    fn share_a_byte(&self, one: u32, other: u32) -> bool {
        match (self.bytes(one), self.bytes(other)) {
            (Some(one), Some(other)) => one.meets(&other),
            _ => false,
        }
    }
}
