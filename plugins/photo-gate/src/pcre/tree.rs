//! What the parser makes of a pattern: a tree.
//!
//! It says what is written, in the terms of PCRE; [`super::compile`] makes a program of it. Its depth is bounded by the
//! parser's limit on nested parentheses, so that walking it may recurse.

use super::set::ByteSet;

/// How often an item may come again, and in which order that is tried.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Appetite {
    Greedy,
    Lazy,
    Possessive,
}

/// Something about a place in the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Assertion {
    /// `\A`, `\G`, `^`.
    Start,
    /// `^` where `(?m)` is on.
    LineStart,
    /// `\z`, and `$` as httpd 2.4 has it.
    End,
    /// `\Z`: also before a newline that is the last byte.
    EndOrNewline,
    /// `$` where `(?m)` is on.
    LineEnd,
    Word,
    NotWord,
}

/// A group that `(?(…)…)` asks about, or a look.
#[derive(Debug, Clone)]
pub(super) enum Condition {
    Group(u32),
    Look(Look),
}

/// A look ahead or behind.
#[derive(Debug, Clone)]
pub(super) struct Look {
    pub(super) negated: bool,
    /// Per branch: how far back it begins; 0 ahead.
    pub(super) branches: Vec<(u32, Node)>,
}

/// An item again and again.
#[derive(Debug, Clone)]
pub(super) struct Repeat {
    pub(super) item: Node,
    pub(super) least: u32,
    pub(super) most: Option<u32>,
    pub(super) appetite: Appetite,
    /// Where it is written.
    pub(super) written: (usize, usize),
}

/// A part of a pattern.
#[derive(Debug, Clone)]
pub(super) enum Node {
    Empty,
    Bytes(ByteSet),
    Sequence(Vec<Node>),
    /// One of several; of one, where a group is written around one item.
    Branches(Vec<Node>),
    Capture(u32, Box<Node>),
    Atomic(Box<Node>),
    Look(Box<Look>),
    Repeat(Box<Repeat>),
    Assert(Assertion),
    Reference {
        group: u32,
        any_case: bool,
    },
    Condition {
        condition: Condition,
        yes: Box<Node>,
        no: Box<Node>,
    },
}

impl Node {
    /// Whether it can match nothing; a look and a reference can.
    pub(super) fn may_be_empty(&self) -> bool {
        match self {
            Self::Bytes(_) => false,
            Self::Empty | Self::Look(_) | Self::Assert(_) | Self::Reference { .. } => true,
            Self::Sequence(parts) => parts.iter().all(Self::may_be_empty),
            Self::Branches(branches) => branches.iter().any(Self::may_be_empty),
            Self::Capture(_, body) | Self::Atomic(body) => body.may_be_empty(),
            Self::Repeat(repeat) => repeat.least == 0 || repeat.item.may_be_empty(),
            Self::Condition { yes, no, .. } => yes.may_be_empty() || no.may_be_empty(),
        }
    }

    /// How long the text is that it matches, if that is always the same, as PCRE sees it in a look-behind.
    pub(super) fn length(&self) -> Option<u32> {
        match self {
            Self::Bytes(_) => Some(1),
            Self::Empty | Self::Look(_) | Self::Assert(_) => Some(0),
            Self::Reference { .. } | Self::Condition { .. } => None,
            Self::Sequence(parts) => parts
                .iter()
                .try_fold(0_u32, |sum, part| sum.checked_add(part.length()?)),
            Self::Branches(branches) => {
                let mut lengths = branches.iter().map(Self::length);
                let first = lengths.next()??;
                lengths.all(|length| length == Some(first)).then_some(first)
            }
            Self::Capture(_, body) | Self::Atomic(body) => body.length(),
            Self::Repeat(repeat) if repeat.most == Some(repeat.least) => {
                repeat.item.length()?.checked_mul(repeat.least)
            }
            Self::Repeat(_) => None,
        }
    }
}
