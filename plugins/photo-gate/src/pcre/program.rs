//! A pattern as a program for the matcher.
//!
//! It is made as PCRE makes its own: a bounded repetition is written out, an unbounded one jumps back, and what matches one
//! byte again and again is one instruction. So the matcher's steps go with those of PCRE, whose limit counts them.

use super::set::ByteSet;
use super::tree::{Appetite, Assertion};

/// Groups that are kept: httpd asks for 0 to 9, and a reference may go to some more.
pub(super) const GROUPS: usize = 16;
/// Loops, one in another, whose body can match nothing.
pub(super) const LOOPS: usize = 8;

/// One byte's set, again and again.
#[derive(Debug, Clone, Copy)]
pub(super) struct Run {
    pub(super) set: ByteSet,
    pub(super) reach: Reach,
    pub(super) least: u32,
    pub(super) most: u32,
    pub(super) appetite: Appetite,
    /// What follows begins with this byte.
    pub(super) next: Option<u8>,
    /// What follows cannot begin within the run, so that giving back is in vain.
    pub(super) settled: bool,
}

/// How the end of a run is found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reach {
    /// Every byte is in the set.
    All,
    /// All but one.
    Until(u8),
    /// One by one.
    Set,
}

impl Reach {
    pub(super) fn of(set: &ByteSet) -> Self {
        match set.len() {
            256 => Self::All,
            255 => set.without().bytes().next().map_or(Self::Set, Self::Until),
            _ => Self::Set,
        }
    }
}

/// A step of the program.
#[derive(Debug, Clone, Copy)]
pub(super) enum Step {
    Match,
    Byte(u8),
    Bytes(u32),
    /// Bytes in a row, of [`Program::texts`].
    Text(u32),
    Run(u32),
    /// Two ways; the first one first.
    Either(u32, u32),
    Jump(u32),
    Open(u32),
    Close(u32),
    /// The loop's turn begins here.
    Mark(u8),
    /// The end of a loop's body: once more, unless the turn matched nothing.
    Again {
        mark: Option<u8>,
        body: u32,
        lazy: bool,
    },
    Assert(Assertion),
    Atomic,
    /// The end of an atomic group.
    Commit,
    /// A look: the body follows. Where to go when it holds, and when it does not; nowhere is a failure.
    Look {
        negated: bool,
        holds: u32,
        fails: Option<u32>,
    },
    LookEnd,
    Back(u32),
    Reference {
        group: u32,
        any_case: bool,
    },
    /// On, if the group took part, else there.
    IfGroup {
        group: u32,
        otherwise: u32,
    },
}

/// An unbounded repetition in the program, for [`super::explosion`].
#[derive(Debug, Clone, Copy)]
pub(super) struct Loop {
    pub(super) from: u32,
    pub(super) to: u32,
    pub(super) written: (usize, usize),
}

/// The program of a pattern.
#[derive(Debug, Clone, Default)]
pub(super) struct Program {
    pub(super) steps: Vec<Step>,
    /// Per step: in how many loops it is whose body can match nothing.
    pub(super) marks: Vec<u8>,
    pub(super) sets: Vec<ByteSet>,
    pub(super) texts: Vec<Vec<u8>>,
    pub(super) runs: Vec<Run>,
    pub(super) loops: Vec<Loop>,
    /// What comes depends on what groups have matched.
    pub(super) refers: bool,
    /// It has groups that are not gone back into.
    pub(super) cuts: bool,
}

impl Program {
    pub(super) fn step(&self, at: u32) -> Option<Step> {
        self.steps.get(at as usize).copied()
    }

    pub(super) fn set(&self, at: u32) -> ByteSet {
        self.sets.get(at as usize).copied().unwrap_or_default()
    }
}
