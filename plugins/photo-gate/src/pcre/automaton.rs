//! Which dotted quads a pattern matches, all of them at once.
//!
//! Comes in: a pattern's tree. Goes out: an automaton over the text of an address, digits and dots of at most 15 bytes,
//! that says after each byte whether the text up to there, at its end, has a match in it. It is made by following all ways
//! of the pattern at once, for every text of that kind, so that it is exact. Which way PCRE tries first does not matter
//! for whether there is a match, unless the pattern closes ways ((?>…), `a++`) or refers to what has matched: those are
//! not done.

use std::collections::BTreeMap;

use super::closure::{Before, Closure, Core};
use super::compile::{Style, compile};
use super::program::Program;
use super::tree::Node;
use crate::address::DottedQuad;

/// `255.255.255.255`.
const LONGEST: u32 = 15;
/// Digits and the dot.
const LETTERS: usize = 11;
/// States of an automaton; patterns of addresses have tens.
const MOST_STATES: usize = 10_000;
/// Steps of a program.
const MOST_STEPS: usize = 4_000;
/// Places that are followed in all, which bounds the time.
const MOST_WORK: usize = 3_000_000;

/// Where nothing is found any more.
const LOST: u16 = 0;
/// Where it has been found.
const FOUND: u16 = 1;

/// An automaton over the text of an IPv4 address.
#[derive(Debug, Clone)]
pub struct Automaton {
    steps: Vec<[u16; LETTERS]>,
    accepts: Vec<bool>,
    start: u16,
}

impl DottedQuad for Automaton {
    type State = u16;

    fn start(&self) -> u16 {
        self.start
    }

    fn step(&self, state: u16, byte: u8) -> u16 {
        let row = self.steps.get(usize::from(state));
        row.and_then(|row| row.get(letter(byte)?)).copied().unwrap_or(LOST)
    }

    fn accepts(&self, state: u16) -> bool {
        self.accepts.get(usize::from(state)) == Some(&true)
    }
}

fn letter(byte: u8) -> Option<usize> {
    match byte {
        b'0'..=b'9' => Some(usize::from(byte - b'0')),
        b'.' => Some(10),
        _ => None,
    }
}

/// Makes the automaton, or says why there is none.
pub(super) fn build(node: &Node) -> Result<Automaton, String> {
    let program = compile(node, Style::Automaton(LONGEST + 1)).map_err(|_| "the pattern is too large".to_owned())?;
    if program.steps.len() > MOST_STEPS {
        return Err("the pattern is too large".to_owned());
    }
    if program.refers {
        return Err("the pattern refers to what a group of it has matched".to_owned());
    }
    if program.cuts {
        return Err("the pattern has a group or a quantifier that is not gone back into".to_owned());
    }
    Builder::new(&program).build()
}

struct Builder<'p> {
    closure: Closure<'p>,
    numbers: BTreeMap<(Core, Before), u16>,
    automaton: Automaton,
    /// States whose steps are to be found, with the length of the shortest text that leads there.
    open: Vec<(u16, Core, Before)>,
}

impl<'p> Builder<'p> {
    fn new(program: &'p Program) -> Self {
        Self {
            closure: Closure::new(program),
            numbers: BTreeMap::new(),
            automaton: Automaton {
                steps: vec![[LOST; LETTERS], [FOUND; LETTERS]],
                accepts: vec![false, true],
                start: LOST,
            },
            open: Vec::new(),
        }
    }

    fn build(mut self) -> Result<Automaton, String> {
        let core = self.closure.beginning();
        self.automaton.start = self.number(core, Before::Nothing)?;
        for _ in 0..LONGEST {
            for (number, core, before) in std::mem::take(&mut self.open) {
                self.steps_of(number, &core, before)?;
            }
        }
        Ok(self.automaton)
    }

    fn steps_of(&mut self, number: u16, core: &Core, before: Before) -> Result<(), String> {
        for (letter, byte) in b"0123456789.".iter().enumerate() {
            let next = match self.closure.step(core, before, *byte)? {
                None => FOUND,
                Some(core) => self.number(core, Before::of(*byte))?,
            };
            if let Some(step) = self
                .automaton
                .steps
                .get_mut(usize::from(number))
                .and_then(|row| row.get_mut(letter))
            {
                *step = next;
            }
        }
        Ok(())
    }

    fn number(&mut self, core: Core, before: Before) -> Result<u16, String> {
        if let Some(number) = self.numbers.get(&(core.clone(), before)) {
            return Ok(*number);
        }
        let accepts = self.closure.ends(&core, before)?;
        let number = u16::try_from(self.automaton.steps.len()).unwrap_or(u16::MAX);
        if usize::from(number) >= MOST_STATES || self.closure.work > MOST_WORK {
            return Err("the pattern has too many ways through an address".to_owned());
        }
        self.automaton.steps.push([LOST; LETTERS]);
        self.automaton.accepts.push(accepts);
        self.numbers.insert((core.clone(), before), number);
        self.open.push((number, core, before));
        Ok(number)
    }
}
