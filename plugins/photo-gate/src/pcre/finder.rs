//! Where a search may begin, and whether it need begin at all.
//!
//! Comes in: the tree and the program. Goes out, per text: the places from which a match is possible, found with `memchr`
//! (the library that everybody searches bytes with). A place that is left out cannot match.

use memchr::memmem;

use super::program::{Program, Step};
use super::set::ByteSet;
use super::tree::{Appetite, Assertion, Node};

/// How places are found.
#[derive(Debug, Clone)]
enum First {
    /// Only at the beginning.
    Anchored,
    /// Everywhere.
    Anywhere,
    /// Where this text is.
    Text(Box<memmem::Finder<'static>>),
    /// Where one of these bytes is.
    One(u8),
    Bytes(ByteSet),
}

/// Finds places.
#[derive(Debug, Clone)]
pub(super) struct Finder {
    first: First,
    /// Every match has this text in it.
    required: Option<Box<memmem::Finder<'static>>>,
    /// The pattern is nothing but this text.
    pub(super) whole: Option<usize>,
}

impl Finder {
    pub(super) fn of(node: &Node, program: &Program) -> Self {
        let anchored = is_anchored(node) || !program.refers && begins_with_anything(node);
        let mut literal = Literal::default();
        literal.node(node);
        literal.end();
        let required = Some(literal.best).filter(|text| !text.is_empty());
        let prefix = match (program.step(0), program.step(1)) {
            (Some(Step::Text(text)), _) | (Some(Step::Open(_)), Some(Step::Text(text))) => {
                program.texts.get(text as usize).cloned()
            }
            _ => None,
        };
        let whole = match (program.step(0), prefix.as_ref()) {
            (Some(Step::Text(_)), Some(text)) if program.steps.len() == text.len() + 1 => Some(text.len()),
            _ => None,
        };
        let same = prefix == required;
        let first = match prefix {
            _ if anchored => First::Anchored,
            Some(text) => First::Text(Box::new(memmem::Finder::new(&text).into_owned())),
            None => match first_bytes(program) {
                Some(set) if set.len() == 1 => set.bytes().next().map_or(First::Anywhere, First::One),
                Some(set) if set != ByteSet::ALL => First::Bytes(set),
                _ => First::Anywhere,
            },
        };
        let required = required.filter(|text| !anchored && !same && text.len() > 1);
        Self {
            first,
            required: required.map(|text| Box::new(memmem::Finder::new(&text).into_owned())),
            whole,
        }
    }

    /// Whether the text lacks what every match has.
    #[inline]
    pub(super) fn cannot_match(&self, text: &[u8]) -> bool {
        self.required
            .as_ref()
            .is_some_and(|required| required.find(text).is_none())
    }

    /// The next place at or after this one.
    #[inline]
    pub(super) fn next(&self, text: &[u8], from: usize) -> Option<usize> {
        let rest = text.get(from..)?;
        let ahead = match &self.first {
            First::Anchored => (from == 0).then_some(0),
            First::Anywhere => Some(0),
            First::Text(finder) => finder.find(rest),
            First::One(byte) => memchr::memchr(*byte, rest),
            First::Bytes(set) => rest.iter().position(|byte| set.contains(*byte)),
        };
        ahead.map(|ahead| from + ahead)
    }
}

/// Whether a match can only begin at the beginning of the text.
fn is_anchored(node: &Node) -> bool {
    match node {
        Node::Assert(Assertion::Start) => true,
        Node::Sequence(parts) => {
            for part in parts {
                if is_anchored(part) {
                    return true;
                }
                if !matches!(part, Node::Assert(_) | Node::Look(_)) {
                    return false;
                }
            }
            false
        }
        Node::Branches(branches) => branches.iter().all(is_anchored),
        Node::Capture(_, body) | Node::Atomic(body) => is_anchored(body),
        Node::Repeat(repeat) => repeat.least > 0 && is_anchored(&repeat.item),
        _ => false,
    }
}

/// Whether it begins with `.*`, which leads from the beginning of the text to whatever place a match could go on from.
fn begins_with_anything(node: &Node) -> bool {
    match node {
        Node::Sequence(parts) => parts.first().is_some_and(begins_with_anything),
        Node::Branches(branches) => branches.iter().all(begins_with_anything),
        Node::Capture(_, body) => begins_with_anything(body),
        Node::Repeat(repeat) => {
            let all = matches!(&repeat.item, Node::Bytes(set) if *set == ByteSet::ALL);
            all && (repeat.least, repeat.most) == (0, None) && repeat.appetite != Appetite::Possessive
        }
        _ => false,
    }
}

/// Collects the longest text that is in every match.
#[derive(Default)]
struct Literal {
    text: Vec<u8>,
    best: Vec<u8>,
}

impl Literal {
    fn end(&mut self) {
        if self.text.len() > self.best.len() {
            self.best = std::mem::take(&mut self.text);
        }
        self.text.clear();
    }

    fn node(&mut self, node: &Node) {
        match node {
            Node::Bytes(set) if set.len() == 1 => self.text.extend(set.bytes()),
            Node::Sequence(parts) => parts.iter().for_each(|part| self.node(part)),
            Node::Branches(branches) if branches.len() == 1 => branches.iter().for_each(|only| self.node(only)),
            Node::Capture(_, body) | Node::Atomic(body) => self.node(body),
            Node::Assert(_) | Node::Empty => {}
            Node::Repeat(repeat) if repeat.least > 0 => {
                self.node(&repeat.item);
                self.end();
            }
            _ => self.end(),
        }
    }
}

/// Ways into a pattern that are followed to see what it begins with. PCRE tries them at every place; a pattern with more of
/// them is tried at every place here as well, so that PCRE's tries are counted.
const WAYS: usize = 5_000;

/// The bytes that a match can begin with, unless it can be empty, or begin with a reference or a look.
fn first_bytes(program: &Program) -> Option<ByteSet> {
    let mut found = ByteSet::NONE;
    let mut open = vec![0_u32];
    for _ in 0..WAYS {
        let Some(at) = open.pop() else { return Some(found) };
        match program.step(at)? {
            Step::Match | Step::Reference { .. } | Step::Look { .. } | Step::LookEnd | Step::Back(_) => return None,
            Step::Byte(byte) => found.insert(byte),
            Step::Bytes(set) => found = found.union(&program.set(set)),
            Step::Text(text) => found.insert(*program.texts.get(text as usize)?.first()?),
            Step::Run(run) => {
                let run = program.runs.get(run as usize)?;
                found = found.union(&run.set);
                if run.least == 0 {
                    open.push(at + 1);
                }
            }
            Step::Either(first, second) => open.extend([first, second]),
            Step::Jump(to) => open.push(to),
            Step::IfGroup { otherwise, .. } => open.extend([at + 1, otherwise]),
            // Here a loop's turn was empty, and it ends.
            Step::Again { .. } => open.push(at + 1),
            Step::Open(_) | Step::Close(_) | Step::Mark(_) | Step::Assert(_) | Step::Atomic | Step::Commit => {
                open.push(at + 1);
            }
        }
    }
    None
}
