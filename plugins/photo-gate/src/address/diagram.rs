//! A value for each IPv4 address, as a decision diagram.
//!
//! A node stands for an octet and says, for each range of its values, where to go on; the last one's ranges lead to values. Equal
//! nodes are one. A node all of whose ranges lead to the same value is that value.
//!
//! Operations walk over pairs of nodes, each pair once: their cost is that of the nodes, not of the addresses.

use std::collections::HashMap;

/// Octets of an address.
const DEPTH: u32 = 4;

/// Where a decision leads.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
enum To {
    /// All addresses from here on have this value.
    Value(u32),
    /// The node of that number.
    Node(u32),
}

/// Ranges of an octet, in order: the last of each, and where it leads. The last one's last is 255.
type Node = Vec<(u8, To)>;

/// A value for each address.
#[derive(Debug, Clone)]
pub(super) struct Diagram {
    nodes: Vec<Node>,
    root: To,
}

/// A diagram that is being made.
#[derive(Debug, Default)]
struct Building {
    nodes: Vec<Node>,
    known: HashMap<Node, u32>,
}

impl Building {
    /// The place that these ranges of an octet are: in order, together all 256.
    fn node(&mut self, ranges: impl IntoIterator<Item = (u8, To)>) -> To {
        let mut node: Node = Vec::new();
        for (last, to) in ranges {
            match node.last_mut() {
                Some((end, before)) if *before == to => *end = last,
                _ => node.push((last, to)),
            }
        }
        // One that leads to another node for all octets stays: nodes do not say which octet they are about.
        if let [(_, only @ To::Value(_))] = node.as_slice() {
            return *only;
        }
        if let Some(number) = self.known.get(&node) {
            return To::Node(*number);
        }
        // Octets have 256 values and there are four: a diagram cannot have 2^32 nodes within memory.
        let number = u32::try_from(self.nodes.len()).unwrap_or(u32::MAX);
        self.nodes.push(node.clone());
        self.known.insert(node, number);
        To::Node(number)
    }

    fn into_diagram(self, root: To) -> Diagram {
        Diagram {
            nodes: self.nodes,
            root,
        }
    }
}

impl Diagram {
    /// The same value for all.
    pub(super) fn all(value: u32) -> Self {
        Self {
            nodes: Vec::new(),
            root: To::Value(value),
        }
    }

    /// 1 from the first to the last address, else 0.
    pub(super) fn of_range(first: u32, last: u32) -> Self {
        let mut building = Building::default();
        let root = if first > last {
            To::Value(0)
        } else {
            between(&mut building, 0, Some(first), Some(last))
        };
        building.into_diagram(root)
    }

    /// The value that `value` has for a state of reading, which `next` takes on from octet to octet.
    pub(super) fn of_states<S: Copy + Eq + std::hash::Hash>(
        start: S,
        next: &dyn Fn(S, u32, u8) -> S,
        value: &dyn Fn(S) -> u32,
    ) -> Self {
        let mut building = Building::default();
        let mut known = HashMap::new();
        let root = of_state(start, 0, next, value, &mut building, &mut known);
        building.into_diagram(root)
    }

    /// What `join` makes of the values of both.
    pub(super) fn join(&self, other: &Self, join: &mut dyn FnMut(u32, u32) -> u32) -> Self {
        let mut building = Building::default();
        let mut known = HashMap::new();
        let root = joined(self, other, self.root, other.root, join, &mut building, &mut known);
        building.into_diagram(root)
    }

    /// With other values.
    pub(super) fn map(&self, map: &mut dyn FnMut(u32) -> u32) -> Self {
        self.join(&Self::all(0), &mut |value, _| map(value))
    }

    /// The value of an address.
    pub(super) fn value(&self, address: u32) -> u32 {
        let mut at = self.root;
        for octet in address.to_be_bytes() {
            match at {
                To::Value(value) => return value,
                To::Node(_) => {
                    at = self
                        .ranges_of(at)
                        .iter()
                        .find(|(last, _)| octet <= *last)
                        .map_or(at, |(_, to)| *to)
                }
            }
        }
        match at {
            To::Value(value) => value,
            To::Node(_) => 0,
        }
    }

    /// How many addresses have each value, by value; and the first of them.
    pub(super) fn sizes(&self) -> Vec<(u32, u64, u32)> {
        let mut known = HashMap::new();
        sizes(self, self.root, 0, &mut known)
    }

    /// All stretches of addresses with one value, in order. Those that touch may have the same value.
    pub(super) fn stretches(&self) -> Stretches<'_> {
        Stretches {
            diagram: self,
            waiting: vec![Waiting {
                to: self.root,
                depth: 0,
                before: 0,
                first: 0,
                last: 0,
            }],
        }
    }

    /// How many stretches of addresses with that value there are, none touching the next: counted, not listed.
    pub(super) fn runs(&self, value: u32) -> u64 {
        runs(self, self.root, 0, value, &mut HashMap::new()).count
    }

    fn ranges_of(&self, at: To) -> &[(u8, To)] {
        match at {
            To::Value(_) => &[],
            To::Node(number) => usize::try_from(number)
                .ok()
                .and_then(|number| self.nodes.get(number))
                .map_or(&[], Vec::as_slice),
        }
    }

    /// The number of nodes.
    #[cfg(test)]
    pub(super) fn len(&self) -> usize {
        self.nodes.len()
    }
}

/// The addresses from `first` to `last` below a node; `None`: from the first there is, to the last.
fn between(building: &mut Building, depth: u32, first: Option<u32>, last: Option<u32>) -> To {
    if depth == DEPTH || first.is_none() && last.is_none() {
        return To::Value(1);
    }
    let octet = |address: u32| address.to_be_bytes().get(depth as usize).copied().unwrap_or_default();
    let low = first.map_or(0, octet);
    let high = last.map_or(255, octet);
    let mut ranges = Vec::new();
    if let Some(below) = low.checked_sub(1) {
        ranges.push((below, To::Value(0)));
    }
    if low == high {
        ranges.push((low, between(building, depth + 1, first, last)));
    } else {
        ranges.push((low, between(building, depth + 1, first, None)));
        if let Some(inner) = high.checked_sub(1).filter(|inner| *inner > low) {
            ranges.push((inner, To::Value(1)));
        }
        ranges.push((high, between(building, depth + 1, None, last)));
    }
    if high < 255 {
        ranges.push((255, To::Value(0)));
    }
    building.node(ranges)
}

fn of_state<S: Copy + Eq + std::hash::Hash>(
    state: S,
    depth: u32,
    next: &dyn Fn(S, u32, u8) -> S,
    value: &dyn Fn(S) -> u32,
    building: &mut Building,
    known: &mut HashMap<(u32, S), To>,
) -> To {
    if depth == DEPTH {
        return To::Value(value(state));
    }
    if let Some(to) = known.get(&(depth, state)) {
        return *to;
    }
    let mut ranges = Vec::with_capacity(256);
    for octet in 0..=255 {
        let to = of_state(next(state, depth, octet), depth + 1, next, value, building, known);
        ranges.push((octet, to));
    }
    let to = building.node(ranges);
    known.insert((depth, state), to);
    to
}

fn joined(
    one: &Diagram,
    other: &Diagram,
    left: To,
    right: To,
    join: &mut dyn FnMut(u32, u32) -> u32,
    building: &mut Building,
    known: &mut HashMap<(To, To), To>,
) -> To {
    if let (To::Value(left), To::Value(right)) = (left, right) {
        return To::Value(join(left, right));
    }
    if let Some(to) = known.get(&(left, right)) {
        return *to;
    }
    let whole_left = [(255, left)];
    let whole_right = [(255, right)];
    let lefts = if matches!(left, To::Value(_)) {
        &whole_left[..]
    } else {
        one.ranges_of(left)
    };
    let rights = if matches!(right, To::Value(_)) {
        &whole_right[..]
    } else {
        other.ranges_of(right)
    };
    let mut ranges = Vec::with_capacity(lefts.len() + rights.len());
    let (mut rest_left, mut rest_right) = (lefts, rights);
    while let (Some((end, to)), Some((other_end, other_to))) = (rest_left.first(), rest_right.first()) {
        let last = (*end).min(*other_end);
        ranges.push((last, joined(one, other, *to, *other_to, join, building, known)));
        if *end == last {
            rest_left = rest_left.get(1..).unwrap_or_default();
        }
        if *other_end == last {
            rest_right = rest_right.get(1..).unwrap_or_default();
        }
    }
    let to = building.node(ranges);
    known.insert((left, right), to);
    to
}

/// How many addresses have a value, and the first of them.
type Size = (u32, u64, u32);

/// Value, number of addresses, and the first address counted from where the node begins; in the order of values.
fn sizes(diagram: &Diagram, at: To, depth: u32, known: &mut HashMap<(u32, u32), Vec<Size>>) -> Vec<(u32, u64, u32)> {
    let below = 8 * (DEPTH - depth.min(DEPTH));
    let number = match at {
        To::Value(value) => return vec![(value, 1 << below, 0)],
        To::Node(number) => number,
    };
    // Equal nodes are one, also those of different octets.
    if let Some(sizes) = known.get(&(depth, number)) {
        return sizes.clone();
    }
    let mut found: std::collections::BTreeMap<u32, (u64, u32)> = std::collections::BTreeMap::new();
    let mut first = 0_u32;
    for (last, to) in diagram.ranges_of(at) {
        let octets = u64::from(*last) + 1 - u64::from(first);
        for (value, size, offset) in sizes(diagram, *to, depth + 1, known) {
            let offset = (first << (below - 8)) | offset;
            let entry = found.entry(value).or_insert((0, offset));
            entry.0 += size * octets;
        }
        first = u32::from(*last) + 1;
    }
    let all: Vec<(u32, u64, u32)> = found
        .into_iter()
        .map(|(value, (size, offset))| (value, size, offset))
        .collect();
    known.insert((depth, number), all.clone());
    all
}

/// Stretches of addresses below a node.
#[derive(Debug, Clone, Copy)]
struct Runs {
    count: u64,
    /// Whether the first address is in one.
    begins: bool,
    /// Whether the last is.
    ends: bool,
}

fn runs(diagram: &Diagram, at: To, depth: u32, wanted: u32, known: &mut HashMap<(u32, u32), Runs>) -> Runs {
    let number = match at {
        To::Value(value) => {
            let is_one = value == wanted;
            return Runs {
                count: u64::from(is_one),
                begins: is_one,
                ends: is_one,
            };
        }
        To::Node(number) => number,
    };
    if let Some(runs) = known.get(&(depth, number)) {
        return *runs;
    }
    let mut all: Option<Runs> = None;
    let mut first = 0;
    for (last, to) in diagram.ranges_of(at) {
        let octets = u64::from(*last) + 1 - first;
        first = u64::from(*last) + 1;
        let one = runs(diagram, *to, depth + 1, wanted, known);
        let touching = u64::from(one.begins && one.ends);
        let several = octets * one.count - (octets - 1) * touching;
        all = Some(match all {
            None => Runs { count: several, ..one },
            Some(before) => Runs {
                count: before.count + several - u64::from(before.ends && one.begins),
                begins: before.begins,
                ends: one.ends,
            },
        });
    }
    let all = all.unwrap_or(Runs {
        count: 0,
        begins: false,
        ends: false,
    });
    known.insert((depth, number), all);
    all
}

/// Addresses with one value, from the first to the last.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Stretch {
    pub(super) first: u32,
    pub(super) last: u32,
    pub(super) value: u32,
}

/// Walks over the stretches of a diagram.
#[derive(Debug)]
pub(super) struct Stretches<'d> {
    diagram: &'d Diagram,
    waiting: Vec<Waiting>,
}

/// A place that is still to be walked over: for each of these octets once.
#[derive(Debug, Clone, Copy)]
struct Waiting {
    to: To,
    depth: u32,
    /// The address up to the octet, the rest 0.
    before: u32,
    first: u8,
    last: u8,
}

impl Iterator for Stretches<'_> {
    type Item = Stretch;

    fn next(&mut self) -> Option<Stretch> {
        loop {
            let waiting = self.waiting.pop()?;
            // How many addresses an octet at this depth has below it, but one.
            let below = u32::MAX.checked_shr(8 * waiting.depth).unwrap_or(0);
            let shift = 8 * (DEPTH - waiting.depth.min(DEPTH));
            let at = |octet: u8| waiting.before | u32::from(octet).checked_shl(shift).unwrap_or(0);
            match waiting.to {
                To::Value(value) => {
                    return Some(Stretch {
                        first: at(waiting.first),
                        last: at(waiting.last) | below,
                        value,
                    });
                }
                To::Node(_) => {
                    if waiting.first < waiting.last {
                        self.waiting.push(Waiting {
                            first: waiting.first + 1,
                            ..waiting
                        });
                    }
                    let before = at(waiting.first);
                    let mut first = 0;
                    let mut inner: Vec<Waiting> = Vec::new();
                    for (last, to) in self.diagram.ranges_of(waiting.to) {
                        inner.push(Waiting {
                            to: *to,
                            depth: waiting.depth + 1,
                            before,
                            first,
                            last: *last,
                        });
                        first = last.saturating_add(1);
                    }
                    self.waiting.extend(inner.into_iter().rev());
                }
            }
        }
    }
}
