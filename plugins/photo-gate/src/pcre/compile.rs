//! The tree becomes the program.
//!
//! Sizes are counted on the way: PCRE2 refuses a program of more than 64 KiB, and how large its program becomes is known here
//! only roughly, so that a pattern stays far below or is not done.

use super::Fault;
use super::program::{GROUPS, LOOPS, Loop, Program, Reach, Run, Step};
use super::set::ByteSet;
use super::tree::{Appetite, Condition, Look, Node, Repeat};

/// Steps of a program. PCRE's would have some 3 to 40 bytes for each.
const LONGEST: usize = 20_000;
/// Bytes that PCRE's own program may have, by a rough count from above; its limit is 65,535.
const LARGEST: u64 = 40_000;

/// How a program is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Style {
    /// For the matcher.
    Matcher,
    /// For an automaton: runs are written out, and counts end at this one.
    Automaton(u32),
}

pub(super) fn compile(node: &Node, style: Style) -> Result<Program, Fault> {
    if style == Style::Matcher && size(node) > LARGEST {
        return Err(Fault::Inexact(
            "the pattern is too large: PCRE may refuse it".to_owned(),
        ));
    }
    let mut compiler = Compiler {
        program: Program::default(),
        style,
        nested: 0,
    };
    compiler.node(node)?;
    compiler.push(Step::Match)?;
    let mut program = compiler.program;
    if style == Style::Matcher {
        super::peephole::improve(&mut program);
    }
    Ok(program)
}

/// How many bytes PCRE's program has at most.
fn size(node: &Node) -> u64 {
    match node {
        Node::Empty => 0,
        Node::Bytes(_) => 34,
        Node::Assert(_) => 1,
        Node::Reference { .. } => 3,
        Node::Sequence(parts) => parts.iter().map(size).fold(0, u64::saturating_add),
        Node::Branches(branches) => branches
            .iter()
            .map(|branch| size(branch).saturating_add(3))
            .fold(0, u64::saturating_add),
        Node::Capture(_, body) | Node::Atomic(body) => size(body).saturating_add(8),
        Node::Look(look) => look_size(look),
        Node::Condition { condition, yes, no } => {
            let condition = match condition {
                Condition::Group(_) => 3,
                Condition::Look(look) => look_size(look),
            };
            condition
                .saturating_add(size(yes))
                .saturating_add(size(no))
                .saturating_add(12)
        }
        Node::Repeat(repeat) => {
            if let Node::Bytes(_) = repeat.item {
                return 34 + 12;
            }
            let copies = u64::from(repeat.most.unwrap_or(repeat.least).max(1));
            size(&repeat.item)
                .saturating_add(14)
                .saturating_mul(copies)
                .saturating_add(14)
        }
    }
}

fn look_size(look: &Look) -> u64 {
    let branches = look.branches.iter().map(|(_, branch)| size(branch).saturating_add(9));
    branches.fold(6, u64::saturating_add)
}

struct Compiler {
    program: Program,
    style: Style,
    nested: u8,
}

impl Compiler {
    fn here(&self) -> u32 {
        u32::try_from(self.program.steps.len()).unwrap_or(u32::MAX)
    }

    fn push(&mut self, step: Step) -> Result<u32, Fault> {
        let at = self.here();
        if self.program.steps.len() >= LONGEST {
            return Err(Fault::Inexact("the pattern is too large".to_owned()));
        }
        self.program.steps.push(step);
        self.program.marks.push(self.nested);
        Ok(at)
    }

    fn patch(&mut self, at: u32, step: Step) {
        if let Some(place) = self.program.steps.get_mut(at as usize) {
            *place = step;
        }
    }

    fn node(&mut self, node: &Node) -> Result<(), Fault> {
        match node {
            Node::Empty => {}
            Node::Bytes(set) => self.bytes(set)?,
            Node::Sequence(parts) => parts.iter().try_for_each(|part| self.node(part))?,
            Node::Branches(branches) => self.branches(branches)?,
            Node::Capture(group, body) => {
                if *group as usize >= GROUPS {
                    return self.node(body);
                }
                self.push(Step::Open(*group))?;
                self.node(body)?;
                self.push(Step::Close(*group))?;
            }
            Node::Atomic(body) => self.atomic(body)?,
            Node::Look(look) => {
                self.look(look)?;
            }
            Node::Repeat(repeat) => self.repeat(repeat)?,
            Node::Assert(assertion) => {
                self.push(Step::Assert(*assertion))?;
            }
            Node::Reference { group, any_case } => {
                self.refers_to(*group)?;
                self.push(Step::Reference {
                    group: *group,
                    any_case: *any_case,
                })?;
            }
            Node::Condition { condition, yes, no } => self.condition(condition, yes, no)?,
        }
        Ok(())
    }

    fn refers_to(&mut self, group: u32) -> Result<(), Fault> {
        self.program.refers = true;
        match (group as usize) < GROUPS {
            true => Ok(()),
            false => Err(Fault::Inexact(format!("a reference to group {group}"))),
        }
    }

    fn bytes(&mut self, set: &ByteSet) -> Result<(), Fault> {
        let mut bytes = set.bytes();
        let step = match (bytes.next(), bytes.next()) {
            (Some(byte), None) => Step::Byte(byte),
            _ => {
                self.program.sets.push(*set);
                Step::Bytes(u32::try_from(self.program.sets.len() - 1).unwrap_or(u32::MAX))
            }
        };
        self.push(step).map(|_| ())
    }

    fn branches(&mut self, branches: &[Node]) -> Result<(), Fault> {
        let mut jumps = Vec::new();
        let last = branches.len().saturating_sub(1);
        for (number, branch) in branches.iter().enumerate() {
            if number == last {
                self.node(branch)?;
                break;
            }
            let either = self.push(Step::Match)?;
            self.node(branch)?;
            jumps.push(self.push(Step::Match)?);
            let next = self.here();
            self.patch(either, Step::Either(either + 1, next));
        }
        let end = self.here();
        jumps.into_iter().for_each(|jump| self.patch(jump, Step::Jump(end)));
        Ok(())
    }

    fn atomic(&mut self, body: &Node) -> Result<(), Fault> {
        self.program.cuts = true;
        self.push(Step::Atomic)?;
        self.node(body)?;
        self.push(Step::Commit).map(|_| ())
    }

    /// A look, and the place where it is, so that it may learn where to go when it fails.
    fn look(&mut self, look: &Look) -> Result<u32, Fault> {
        let at = self.push(Step::Match)?;
        let mut jumps = Vec::new();
        let last = look.branches.len().saturating_sub(1);
        for (number, (back, branch)) in look.branches.iter().enumerate() {
            let either = (number != last).then(|| self.push(Step::Match)).transpose()?;
            if *back > 0 {
                self.push(Step::Back(*back))?;
            }
            self.node(branch)?;
            if let Some(either) = either {
                jumps.push(self.push(Step::Match)?);
                let next = self.here();
                self.patch(either, Step::Either(either + 1, next));
            }
        }
        let end = self.push(Step::LookEnd)?;
        jumps.into_iter().for_each(|jump| self.patch(jump, Step::Jump(end)));
        let step = Step::Look {
            negated: look.negated,
            holds: end + 1,
            fails: None,
        };
        self.patch(at, step);
        Ok(at)
    }

    fn condition(&mut self, condition: &Condition, yes: &Node, no: &Node) -> Result<(), Fault> {
        let asks = match condition {
            Condition::Group(group) => {
                self.refers_to(*group)?;
                self.push(Step::Match)?
            }
            Condition::Look(look) => self.look(look)?,
        };
        self.node(yes)?;
        let jump = self.push(Step::Match)?;
        let otherwise = self.here();
        self.node(no)?;
        let end = self.here();
        self.patch(jump, Step::Jump(end));
        match (condition, self.program.step(asks)) {
            (Condition::Group(group), _) => self.patch(
                asks,
                Step::IfGroup {
                    group: *group,
                    otherwise,
                },
            ),
            (_, Some(Step::Look { negated, holds, .. })) => self.patch(
                asks,
                Step::Look {
                    negated,
                    holds,
                    fails: Some(otherwise),
                },
            ),
            _ => {}
        }
        Ok(())
    }

    fn repeat(&mut self, repeat: &Repeat) -> Result<(), Fault> {
        if repeat.most == Some(0) {
            return Ok(());
        }
        if let (Node::Bytes(set), Style::Matcher) = (&repeat.item, self.style) {
            return self.run(set, repeat);
        }
        if repeat.appetite == Appetite::Possessive {
            let greedy = Repeat {
                appetite: Appetite::Greedy,
                ..repeat.clone()
            };
            return self.atomic(&Node::Repeat(Box::new(greedy)));
        }
        let (least, most) = self.counts(repeat);
        let Some(most) = most else {
            return self.unbounded(repeat, least);
        };
        (0..least).try_for_each(|_| self.node(&repeat.item))?;
        let mut skips = Vec::new();
        for _ in least..most {
            skips.push(self.push(Step::Match)?);
            self.node(&repeat.item)?;
        }
        let end = self.here();
        for skip in skips {
            self.patch(skip, either(repeat.appetite, skip + 1, end));
        }
        Ok(())
    }

    fn counts(&self, repeat: &Repeat) -> (u32, Option<u32>) {
        match self.style {
            Style::Matcher => (repeat.least, repeat.most),
            Style::Automaton(limit) => (repeat.least.min(limit), repeat.most.filter(|most| *most <= limit)),
        }
    }

    fn unbounded(&mut self, repeat: &Repeat, least: u32) -> Result<(), Fault> {
        (1..least).try_for_each(|_| self.node(&repeat.item))?;
        let skip = (least == 0).then(|| self.push(Step::Match)).transpose()?;
        let body = self.here();
        let mark = if repeat.item.may_be_empty() {
            let mark = self.nested;
            if usize::from(mark) >= LOOPS {
                return Err(Fault::Inexact("loops are nested too deeply".to_owned()));
            }
            self.push(Step::Mark(mark))?;
            self.nested += 1;
            Some(mark)
        } else {
            None
        };
        self.node(&repeat.item)?;
        let end = self.push(Step::Again {
            mark,
            body,
            lazy: repeat.appetite == Appetite::Lazy,
        })?;
        if mark.is_some() {
            self.nested -= 1;
        }
        if let Some(skip) = skip {
            self.patch(skip, either(repeat.appetite, body, end + 1));
        }
        self.program.loops.push(Loop {
            from: body,
            to: end,
            written: repeat.written,
        });
        Ok(())
    }

    fn run(&mut self, set: &ByteSet, repeat: &Repeat) -> Result<(), Fault> {
        self.program.runs.push(Run {
            set: *set,
            reach: Reach::of(set),
            least: repeat.least,
            most: repeat.most.unwrap_or(u32::MAX),
            appetite: repeat.appetite,
            next: None,
            settled: false,
        });
        let number = u32::try_from(self.program.runs.len() - 1).unwrap_or(u32::MAX);
        self.push(Step::Run(number)).map(|_| ())
    }
}

fn either(appetite: Appetite, again: u32, end: u32) -> Step {
    match appetite {
        Appetite::Lazy => Step::Either(end, again),
        Appetite::Greedy | Appetite::Possessive => Step::Either(again, end),
    }
}
