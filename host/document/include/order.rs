//! The order in which httpd reads the directives of several files, and files that include each other in a circle.
//!
//! Comes in: confs and what their `Include`s stand for. Goes out: a flat list. Never here: finding the files.

use std::collections::BTreeMap;

use super::{Conf, Inclusion, Resolution};
use crate::document::{MAX_NODES, MAX_REMARKS, NodeIndex, Remark};

/// Files that are read within each other: 128, httpd's own limit (`AP_MAX_INCLUDE_DEPTH`).
pub const MAX_DEPTH: usize = 128;

/// Directives that are read in all, files that are opened among them: as many as one tree may have. A file that is
/// included ten times, by each of ten files, and so on, would otherwise take powers of ten.
pub const MAX_STEPS: usize = MAX_NODES;

/// One directive, or the beginning of a section.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Step {
    /// Its conf.
    pub conf: usize,
    /// The directive.
    pub node: NodeIndex,
    /// Which step is the `Include` that brought its file here. The sections around that one are also around this one.
    pub by: Option<usize>,
}

/// What httpd reads.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reading {
    /// Its directives, in order; an `Include` stands before what it includes.
    pub steps: Vec<Step>,
    /// Why it is not all, with the conf.
    pub remarks: Vec<(usize, Remark)>,
}

/// A file that is being read.
struct Open {
    conf: usize,
    /// The directive that comes next.
    next: u32,
    by: Option<usize>,
    /// The `Include` that is being followed: its step, and what of its files is left.
    following: Option<Following>,
}

struct Following {
    step: usize,
    inclusion: usize,
    next: usize,
}

/// What httpd reads when it starts with one conf. A file that includes itself, also by way of others, is not read again
/// within itself.
pub fn reading_order(root: usize, confs: &[Conf<'_>], files: &[&str], resolution: &Resolution) -> Reading {
    let mut reader = Reader {
        confs,
        by_file: by_file(confs),
        files,
        included: &resolution.included,
        by_node: resolution
            .included
            .iter()
            .enumerate()
            .map(|(number, inclusion)| ((inclusion.by, inclusion.node), number))
            .collect(),
        is_open: vec![false; confs.len()],
        open: Vec::new(),
        reading: Reading::default(),
        left: MAX_STEPS,
    };
    reader.enter(root, None);
    while reader.step() {}
    reader.reading
}

fn by_file<'c>(confs: &[Conf<'c>]) -> BTreeMap<&'c str, usize> {
    let numbered = confs.iter().enumerate();
    numbered.map(|(number, conf)| (conf.file, number)).collect()
}

struct Reader<'r> {
    confs: &'r [Conf<'r>],
    by_file: BTreeMap<&'r str, usize>,
    files: &'r [&'r str],
    included: &'r [Inclusion],
    by_node: BTreeMap<(usize, NodeIndex), usize>,
    is_open: Vec<bool>,
    open: Vec<Open>,
    reading: Reading,
    left: usize,
}

impl Reader<'_> {
    fn enter(&mut self, conf: usize, by: Option<usize>) {
        let Some(is_open) = self.is_open.get_mut(conf).filter(|is_open| !**is_open) else {
            return;
        };
        *is_open = true;
        self.open.push(Open {
            conf,
            next: 1,
            by,
            following: None,
        });
    }

    /// Reads one directive, or opens or closes a file; whether there is more to read.
    fn step(&mut self) -> bool {
        let Some(open) = self.open.last_mut() else {
            return false;
        };
        let Some(left) = self.left.checked_sub(1) else {
            let what = format!("has more than {MAX_STEPS} directives with all that it includes; the rest was not read");
            self.stop(what);
            return false;
        };
        self.left = left;
        if let Some(following) = &mut open.following {
            let file = self
                .included
                .get(following.inclusion)
                .and_then(|included| included.files.get(following.next));
            following.next += 1;
            let (file, step) = (file.copied(), following.step);
            match file {
                Some(file) => self.follow(file, step),
                None => open.following = None,
            }
            return true;
        }
        let (conf, node, by) = (open.conf, NodeIndex(open.next), open.by);
        open.next = open.next.saturating_add(1);
        if self.confs.get(conf).is_none_or(|conf| conf.tree.node(node).is_none()) {
            self.open.pop();
            if let Some(is_open) = self.is_open.get_mut(conf) {
                *is_open = false;
            }
            return true;
        }
        let step = self.reading.steps.len();
        self.reading.steps.push(Step { conf, node, by });
        if let Some(inclusion) = self.by_node.get(&(conf, node)) {
            open.following = Some(Following {
                step,
                inclusion: *inclusion,
                next: 0,
            });
        }
        true
    }

    fn follow(&mut self, file: usize, step: usize) {
        let conf = self.files.get(file).and_then(|file| self.by_file.get(file)).copied();
        let Some(conf) = conf else { return };
        if self.open.len() > MAX_DEPTH {
            if self.reading.remarks.len() < MAX_REMARKS {
                let what = format!("is included through more than {MAX_DEPTH} files, where httpd gives up");
                self.reading.remarks.push((conf, Remark::new(1, what)));
            }
            return;
        }
        self.enter(conf, Some(step));
    }

    fn stop(&mut self, what: String) {
        let conf = self.open.first().map_or(0, |open| open.conf);
        self.reading.remarks.push((conf, Remark::new(1, what)));
    }
}

/// Remarks about each `Include` that leads back to its own file.
pub fn circles(confs: &[Conf<'_>], files: &[&str], included: &[Inclusion]) -> Vec<(usize, Remark)> {
    let by_file = by_file(confs);
    let mut edges: Vec<Vec<(usize, usize)>> = vec![Vec::new(); confs.len()];
    for (number, inclusion) in included.iter().enumerate() {
        let names = inclusion.files.iter().filter_map(|file| files.get(*file));
        let targets = names.filter_map(|file| by_file.get(file));
        if let Some(edges) = edges.get_mut(inclusion.by) {
            edges.extend(targets.map(|target| (*target, number)));
        }
    }
    let mut leading_back: Vec<usize> = leading_back(&edges);
    leading_back.sort_unstable();
    leading_back.dedup();
    let inclusions = leading_back.into_iter().filter_map(|number| included.get(number));
    inclusions
        .filter_map(|inclusion| {
            let conf = confs.get(inclusion.by)?;
            let line = conf.tree.node(inclusion.node)?.at().line;
            let what =
                format!("includes itself, if only by way of other files; httpd gives up after {MAX_DEPTH} times");
            Some((inclusion.by, Remark::new(line, what)))
        })
        .collect()
}

/// The edges of a graph, given as target and number, that lead to a node from which they are reached.
fn leading_back(edges: &[Vec<(usize, usize)>]) -> Vec<usize> {
    #[derive(Clone, Copy, PartialEq)]
    enum State {
        New,
        Open,
        Done,
    }
    let mut states = vec![State::New; edges.len()];
    let mut found = Vec::new();
    for start in 0..edges.len() {
        // Nodes on the way from the start, each with the edge that is next.
        let mut way = vec![(start, 0)];
        while let Some((node, next)) = way.last_mut() {
            let (node, edge) = (*node, *next);
            *next += 1;
            let Some(state) = states.get_mut(node) else { break };
            if edge == 0 {
                if *state != State::New {
                    way.pop();
                    continue;
                }
                *state = State::Open;
            }
            let Some((target, number)) = edges.get(node).and_then(|edges| edges.get(edge)) else {
                *state = State::Done;
                way.pop();
                continue;
            };
            match states.get(*target) {
                Some(State::Open) => found.push(*number),
                Some(State::New) => way.push((*target, 0)),
                _ => {}
            }
        }
    }
    found
}
