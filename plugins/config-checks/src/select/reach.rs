//! Following paths: the places that a path selects from the top, and the first place that it leads to from any node.
//!
//! Both take each step for all nodes at once. Forward, a set of nodes becomes the set of nodes one step further. Backward,
//! every node learns the first place that the rest of the path leads to from it, and hands that on to its parent (for a
//! step down) or to its children (for a step up); so ten thousand subjects that ask for the same path cost one pass. First
//! is first in document order, as in XPath.

use casebook_plugin_configs::Node;

use super::tree::TOP;
use super::{Axis, Comparison, End, Filter, Path, Predicate, Step, Tree};

/// No place.
const NOWHERE: usize = usize::MAX;

/// A place that a path leads to: a node, or one of its attributes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Spot<'s, 'p> {
    /// The node's number in its [`Tree`].
    pub(crate) number: usize,
    pub(crate) node: Node<'s>,
    /// What is meant there.
    pub(crate) end: &'p End,
}

impl<'s> Spot<'s, '_> {
    /// What stands there.
    pub(crate) fn value(&self) -> &'s str {
        value(self.node, self.end).unwrap_or_default()
    }
}

/// What a path leads to from each node.
#[derive(Debug, Clone)]
pub(crate) struct Reached<'p> {
    path: &'p Path,
    /// For each number, that of the first place; where the path goes nowhere or only up, that is found on the way.
    first: Option<Vec<usize>>,
}

fn value<'s>(node: Node<'s>, end: &End) -> Option<&'s str> {
    match end {
        End::Node => Some(node.value()),
        End::Attribute(name) => node.attribute(name),
        End::Name => Some(node.name()),
    }
}

impl Path {
    /// The places that the path selects in a document, in document order.
    pub(crate) fn select<'s>(&self, tree: &Tree<'s>) -> Vec<Spot<'s, '_>> {
        let spot = |number| {
            let node = tree.node(number)?;
            let end = &self.end;
            value(node, end).map(|_| Spot { number, node, end })
        };
        if self.steps.is_empty() {
            return spot(1).into_iter().collect();
        }
        let mut names = self.steps.iter().rev().filter_map(|step| step.name.as_deref());
        if let Some(name) = names.next()
            && !tree.nodes().any(|(_, node)| node.is(name))
        {
            return Vec::new();
        }
        let mut here = vec![false; tree.len()];
        mark(&mut here, TOP);
        for step in &self.steps {
            here = ahead(step, tree, &here);
        }
        (1..tree.len())
            .filter(|number| is(&here, *number))
            .filter_map(spot)
            .collect()
    }

    /// Where the path leads from every node of a document.
    pub(crate) fn reach(&self, tree: &Tree<'_>) -> Reached<'_> {
        let only_up = self.steps.iter().all(|step| step.axis == Axis::Parent);
        Reached {
            path: self,
            first: (self.absolute || !only_up).then(|| firsts(self, tree, &Comparison::Exists)),
        }
    }
}

impl<'p> Reached<'p> {
    /// The first place that the path leads to from a node.
    pub(crate) fn from<'s>(&self, tree: &Tree<'s>, number: usize) -> Option<Spot<'s, 'p>> {
        let path = self.path;
        let number = match &self.first {
            Some(_) if path.absolute && path.steps.is_empty() => 1,
            Some(first) => at(first, if path.absolute { TOP } else { number }),
            None => path.steps.iter().fold(number, |number, _| tree.parent(number)),
        };
        let node = tree.node(number)?;
        let end = &path.end;
        value(node, end).map(|_| Spot { number, node, end })
    }
}

fn mark(set: &mut [bool], number: usize) {
    if let Some(place) = set.get_mut(number) {
        *place = true;
    }
}

fn is(set: &[bool], number: usize) -> bool {
    set.get(number).copied().unwrap_or(false)
}

fn at(first: &[usize], number: usize) -> usize {
    first.get(number).copied().unwrap_or(NOWHERE)
}

/// The nodes that one step leads to from a set of nodes.
fn ahead(step: &Step, tree: &Tree<'_>, here: &[bool]) -> Vec<bool> {
    let mut next = vec![false; tree.len()];
    match step.axis {
        Axis::Parent => {
            for number in (1..tree.len()).filter(|number| is(here, *number)) {
                mark(&mut next, tree.parent(number));
            }
        }
        Axis::Child => {
            for number in (1..tree.len()).filter(|number| is(here, tree.parent(*number))) {
                mark(&mut next, number);
            }
        }
        Axis::Descendant | Axis::DescendantOrSelf => {
            // Parents stand before their children: what is below is known when a node's turn comes.
            for number in 1..tree.len() {
                let parent = tree.parent(number);
                if is(here, parent) || is(&next, parent) {
                    mark(&mut next, number);
                }
            }
            if step.axis == Axis::DescendantOrSelf {
                for number in (0..tree.len()).filter(|number| is(here, *number)) {
                    mark(&mut next, number);
                }
            }
        }
    }
    passing(step, tree, next)
}

/// Those nodes of a set that have a step's name and pass what stands in its brackets.
fn passing(step: &Step, tree: &Tree<'_>, mut set: Vec<bool>) -> Vec<bool> {
    // What stands above the root is nobody's child.
    if let (Axis::Child | Axis::Descendant, Some(top)) = (step.axis, set.get_mut(TOP)) {
        *top = false;
    }
    if let Some(name) = &step.name {
        for (number, own) in set.iter_mut().enumerate() {
            *own = *own && tree.node(number).is_some_and(|node| node.is(name));
        }
    }
    // Positions count among the children of one node, so the set must be whole before any of them is counted.
    for filter in &step.filters {
        match filter {
            Filter::That(predicate) => {
                let holds = holding(predicate, tree, &set);
                for (own, holds) in set.iter_mut().zip(holds) {
                    *own = *own && holds;
                }
            }
            Filter::Position(wanted) => {
                let mut counted = vec![0u32; tree.len()];
                count(tree, 0..tree.len(), &mut set, &mut counted, *wanted);
            }
            Filter::Last => {
                let mut counted = vec![0u32; tree.len()];
                count(tree, (0..tree.len()).rev(), &mut set, &mut counted, 1);
            }
        }
    }
    set
}

/// Keeps, of each parent's children in a set, the one with this number.
fn count(tree: &Tree<'_>, order: impl Iterator<Item = usize>, set: &mut [bool], counted: &mut [u32], wanted: u32) {
    for number in order {
        if let (Some(own), Some(count)) = (set.get_mut(number), counted.get_mut(tree.parent(number)))
            && *own
        {
            *count += 1;
            *own = *count == wanted;
        }
    }
}

/// For which nodes of a set a predicate holds. Recurs as deep as brackets may.
fn holding(predicate: &Predicate, tree: &Tree<'_>, set: &[bool]) -> Vec<bool> {
    match predicate {
        Predicate::Some(path, comparison) if path.steps.is_empty() && !path.absolute => {
            let holds = |node: Node<'_>| value(node, &path.end).is_some_and(|value| comparison.holds(value));
            let numbers = (0..tree.len()).map(|number| is(set, number) && tree.node(number).is_some_and(holds));
            numbers.collect()
        }
        Predicate::Some(path, comparison) => {
            let first = firsts(path, tree, comparison);
            let from = |number| at(&first, if path.absolute { TOP } else { number });
            (0..tree.len()).map(|number| from(number) != NOWHERE).collect()
        }
        Predicate::Not(inner) => holding(inner, tree, set).into_iter().map(|holds| !holds).collect(),
        Predicate::All(several) => combine(several, tree, set, true),
        Predicate::Any(several) => combine(several, tree, set, false),
    }
}

fn combine(several: &[Predicate], tree: &Tree<'_>, set: &[bool], all: bool) -> Vec<bool> {
    let mut combined = vec![all; tree.len()];
    for predicate in several {
        for (own, holds) in combined.iter_mut().zip(holding(predicate, tree, set)) {
            *own = if all { *own && holds } else { *own || holds };
        }
    }
    combined
}

/// For each number, that of the first node which the path leads to from there and where the comparison holds.
fn firsts(path: &Path, tree: &Tree<'_>, comparison: &Comparison) -> Vec<usize> {
    let ends = |number: usize| {
        let node = tree.node(number)?;
        value(node, &path.end).filter(|value| comparison.holds(value))
    };
    let mut first: Vec<usize> = vec![NOWHERE; tree.len()];
    // Before any step the last one is tested: only nodes that pass it have to be looked at.
    let mut steps = path.steps.iter().rev();
    let last = steps.next();
    let everywhere = vec![true; tree.len()];
    let passed = last.map_or_else(|| everywhere.clone(), |step| passing(step, tree, everywhere.clone()));
    for (number, own) in first.iter_mut().enumerate() {
        if is(&passed, number) && ends(number).is_some() {
            *own = number;
        }
    }
    if let Some(step) = last {
        first = behind(step.axis, tree, &first);
    }
    for step in steps {
        let passed = passing(step, tree, everywhere.clone());
        for (own, passed) in first.iter_mut().zip(passed) {
            if !passed {
                *own = NOWHERE;
            }
        }
        first = behind(step.axis, tree, &first);
    }
    first
}

/// What each node reaches by a step, given what each node reaches after it.
fn behind(axis: Axis, tree: &Tree<'_>, after: &[usize]) -> Vec<usize> {
    let mut reached = vec![NOWHERE; tree.len()];
    let mut lower = |number: usize, to: usize| {
        if let Some(own) = reached.get_mut(number) {
            *own = (*own).min(to);
            *own
        } else {
            NOWHERE
        }
    };
    match axis {
        Axis::Parent => {
            for number in 1..tree.len() {
                lower(number, at(after, tree.parent(number)));
            }
        }
        Axis::Child => {
            for number in 1..tree.len() {
                lower(tree.parent(number), at(after, number));
            }
        }
        Axis::Descendant | Axis::DescendantOrSelf => {
            // Children stand behind their parents: backwards, all below a node is known when its turn comes.
            for number in (1..tree.len()).rev() {
                let below = lower(number, NOWHERE).min(at(after, number));
                lower(tree.parent(number), below);
            }
            if axis == Axis::DescendantOrSelf {
                for number in 0..tree.len() {
                    lower(number, at(after, number));
                }
            }
        }
    }
    reached
}
