//! Which nodes the host must hand over so that paths can be followed.
//!
//! The host hands over nodes of given names with all nodes above them, and attributes with every node. So the names in a
//! path are enough, unless something in it asks for a node whatever its name is.

use std::collections::BTreeSet;

use super::{Axis, Filter, Path, Predicate, Step};

/// Names of nodes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Names {
    named: BTreeSet<String>,
    all: bool,
}

impl Names {
    /// Adds what a path needs.
    pub(crate) fn add(&mut self, path: &Path) {
        for (index, step) in path.steps.iter().enumerate() {
            let is_root = path.absolute && index == 0 && step.axis == Axis::Child;
            self.step(step, is_root, path.steps.get(index + 1));
        }
    }

    fn step(&mut self, step: &Step, is_root: bool, next: Option<&Step>) {
        let is_above_named = |next: &Step| next.name.is_some() && matches!(next.axis, Axis::Child | Axis::Descendant);
        match &step.name {
            Some(name) => {
                self.named.insert(name.clone());
            }
            // Nodes above one that is named come along, unless they are counted.
            None if step.axis != Axis::Parent && !is_root => {
                let counted = step.filters.iter().any(|filter| !matches!(filter, Filter::That(_)));
                self.all |= counted || !next.is_some_and(is_above_named);
            }
            None => {}
        }
        for filter in &step.filters {
            if let Filter::That(predicate) = filter {
                self.predicate(predicate);
            }
        }
    }

    /// Recurs as deep as brackets may.
    fn predicate(&mut self, predicate: &Predicate) {
        match predicate {
            Predicate::Some(path, _) => self.add(path),
            Predicate::Not(inner) => self.predicate(inner),
            Predicate::All(several) | Predicate::Any(several) => {
                for one in several {
                    self.predicate(one);
                }
            }
        }
    }

    /// The names, for an interest: none stands for all. The root is always handed over; a name that no node has asks for
    /// nothing else.
    pub(crate) fn list(&self) -> Vec<&str> {
        match (self.all, self.named.is_empty()) {
            (true, _) => Vec::new(),
            (false, true) => vec![""],
            (false, false) => self.named.iter().map(String::as_str).collect(),
        }
    }
}
