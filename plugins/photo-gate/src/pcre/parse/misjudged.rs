//! Patterns that PCRE2 10.42 misjudges, so that it misses matches that are there.
//!
//! Its optimisations (a run that need not be gone back into, a byte that a match begins with, one that it must have) are
//! wrong for some rare forms. Other versions may get them right, so that what httpd does is not known. Each form here was
//! found by comparing with PCRE2 itself, and is drawn wider than it need be.

use super::super::Fault;
use super::super::tree::{Assertion, Condition, Look, Node};
use super::inexact;

/// An atomic group, or what a possessive quantifier makes one. If it can match nothing, by an alternative or by leaving out
/// a group, a run before it may be settled as if nothing followed: `a+(?>|b)a`.
pub(super) fn check_atomic(body: &Node) -> Result<(), Fault> {
    match body.may_be_empty() && has_ways(body) {
        true => Err(inexact(
            "an atomic group or a possessive quantifier on what can match nothing in several ways",
        )),
        false => Ok(()),
    }
}

/// A pattern. If it begins with a look ahead for a certain byte, that byte may be looked for once more behind it:
/// `(?=;).*;`.
pub(super) fn check_start(pattern: &Node) -> Result<(), Fault> {
    match start(pattern) {
        Start::Look => Err(inexact("a pattern that begins with a look ahead for a certain byte")),
        Start::Other | Start::Nothing => Ok(()),
    }
}

fn has_ways(node: &Node) -> bool {
    match node {
        Node::Branches(_) | Node::Condition { .. } => true,
        Node::Repeat(repeat) => !matches!(repeat.item, Node::Bytes(_)),
        Node::Sequence(parts) => parts.iter().any(has_ways),
        Node::Capture(_, body) | Node::Atomic(body) => has_ways(body),
        Node::Empty | Node::Bytes(_) | Node::Look(_) | Node::Assert(_) | Node::Reference { .. } => false,
    }
}

/// What a part begins with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Start {
    /// A look ahead for a certain byte.
    Look,
    /// Something that takes a byte, or that ties it to the beginning of the text.
    Other,
    Nothing,
}

fn start(node: &Node) -> Start {
    match node {
        Node::Bytes(_) | Node::Reference { .. } | Node::Assert(Assertion::Start) => Start::Other,
        Node::Empty | Node::Assert(_) => Start::Nothing,
        Node::Look(look) => look_start(look),
        Node::Capture(_, body) | Node::Atomic(body) => start(body),
        Node::Repeat(repeat) => match start(&repeat.item) {
            Start::Look => Start::Look,
            Start::Other | Start::Nothing => Start::Other,
        },
        Node::Sequence(parts) => {
            let mut starts = parts.iter().map(start);
            starts.find(|start| *start != Start::Nothing).unwrap_or(Start::Nothing)
        }
        Node::Branches(branches) => any_of(branches.iter().map(start)),
        Node::Condition { condition, yes, no } => {
            let look = match condition {
                Condition::Look(look) => look_start(look),
                Condition::Group(_) => Start::Nothing,
            };
            any_of([look, start(yes), start(no)].into_iter())
        }
    }
}

fn any_of(starts: impl Iterator<Item = Start>) -> Start {
    starts.fold(Start::Nothing, |all, one| match (all, one) {
        (Start::Look, _) | (_, Start::Look) => Start::Look,
        (Start::Other, _) | (_, Start::Other) => Start::Other,
        _ => Start::Nothing,
    })
}

fn look_start(look: &Look) -> Start {
    let mut ahead = look.branches.iter().filter(|(back, _)| *back == 0);
    let is_certain = ahead.any(|(_, branch)| begins_with_a_byte(branch));
    if !look.negated && is_certain {
        Start::Look
    } else {
        Start::Nothing
    }
}

/// Whether it begins with one byte, in one or in either case.
fn begins_with_a_byte(node: &Node) -> bool {
    match node {
        Node::Bytes(set) => set.len() <= 2,
        Node::Capture(_, body) | Node::Atomic(body) => begins_with_a_byte(body),
        Node::Repeat(repeat) => repeat.least > 0 && begins_with_a_byte(&repeat.item),
        Node::Branches(branches) => branches.iter().any(begins_with_a_byte),
        Node::Sequence(parts) => {
            let mut taking = parts
                .iter()
                .filter(|part| !matches!(part, Node::Assert(_) | Node::Look(_)));
            taking.next().is_some_and(begins_with_a_byte)
        }
        _ => false,
    }
}
