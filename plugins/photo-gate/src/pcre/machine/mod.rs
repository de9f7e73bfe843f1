//! The matcher: goes through a program as PCRE does, and goes back where it fails.
//!
//! It tries what PCRE tries, in PCRE's order, so that what it finds first is what PCRE finds. Every try is counted as PCRE's
//! match limit counts it, or once more. A pattern may lead into the same places by so many ways that this takes for ever:
//! after a bounded number of tries the matcher writes down which places have failed and what that has cost, and does not
//! go there again but adds the cost. That is exact, because without references the future depends on the place only.

mod groups;
mod places;
mod runs;

use places::Places;

use super::parse::is_word;
use super::program::{GROUPS, LOOPS, Program, Step};
use super::tree::Assertion;

/// Nothing.
pub(super) const UNSET: u32 = u32::MAX;
/// What may wait for another try: 16 MiB.
const DEEPEST: usize = 1_000_000;

/// How one search from one place ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Outcome {
    Matched(u32),
    Failed,
    /// It took too many tries, or too much memory.
    TooMuch,
}

/// What is done when a way fails.
#[derive(Debug, Clone, Copy)]
enum Frame {
    /// Go on there.
    Way {
        step: u32,
        at: u32,
    },
    /// Give back of a run, down to its least end.
    GiveBack {
        step: u32,
        least: u32,
        at: u32,
    },
    /// Take one more in a lazy run.
    TakeMore {
        step: u32,
        most: u32,
        at: u32,
    },
    Group {
        group: u32,
        from: u32,
        to: u32,
    },
    Opened {
        group: u32,
        at: u32,
    },
    Mark {
        mark: u32,
        at: u32,
    },
    /// An atomic group or a look began here.
    Barrier {
        step: u32,
        at: u32,
    },
    /// All ways from a place have failed; the tries are those before.
    Place {
        place: u64,
        tries: u32,
    },
}

/// The matcher on one text.
#[derive(Debug)]
pub(super) struct Machine<'m> {
    program: &'m Program,
    text: &'m [u8],
    stack: Vec<Frame>,
    barriers: Vec<usize>,
    pub(super) groups: [(u32, u32); GROUPS],
    opened: [u32; GROUPS],
    marks: [u32; LOOPS],
    /// Whether groups are wanted.
    keeps_groups: bool,
    /// PCRE's tries from this place on.
    pub(super) tries: u64,
    /// What was done here.
    pub(super) work: u64,
    limit: u64,
    /// The most that waited.
    pub(super) deepest: usize,
    places: Option<Places>,
}

impl<'m> Machine<'m> {
    pub(super) fn new(program: &'m Program, text: &'m [u8], keeps_groups: bool) -> Self {
        Self {
            program,
            text,
            stack: Vec::new(),
            barriers: Vec::new(),
            groups: [(UNSET, UNSET); GROUPS],
            opened: [UNSET; GROUPS],
            marks: [UNSET; LOOPS],
            keeps_groups: keeps_groups || program.refers,
            tries: 0,
            work: 0,
            limit: 0,
            deepest: 0,
            places: None,
        }
    }

    /// Begins anew; from now on places are written down.
    pub(super) fn remember(&mut self) {
        self.places = Some(Places::default());
        self.stack.clear();
        self.barriers.clear();
        self.groups = [(UNSET, UNSET); GROUPS];
    }

    /// Searches from one place on, as long as all the work stays within the limit.
    pub(super) fn run(&mut self, from: u32, limit: u64) -> Outcome {
        self.limit = limit;
        self.tries = 0;
        let (mut step, mut at) = (0, from);
        loop {
            match self.take(step, at) {
                Some((UNSET, end)) => return Outcome::Matched(end),
                Some(next) => (step, at) = next,
                None => match self.go_back() {
                    Some((UNSET, _)) => return Outcome::TooMuch,
                    Some(next) => (step, at) = next,
                    None => return Outcome::Failed,
                },
            }
        }
    }

    /// One step: where it leads, if it does not fail. [`UNSET`] is the end of the program.
    #[inline]
    fn take(&mut self, number: u32, at: u32) -> Option<(u32, u32)> {
        let next = number + 1;
        match self.program.step(number)? {
            Step::Match => Some((UNSET, at)),
            Step::Byte(byte) => (self.byte(at) == Some(byte)).then_some((next, at + 1)),
            Step::Bytes(set) => {
                let byte = self.byte(at)?;
                self.program.set(set).contains(byte).then_some((next, at + 1))
            }
            Step::Text(text) => {
                let text = self.program.texts.get(text as usize)?;
                let rest = self.text.get(at as usize..)?;
                let length = text.len() as u32;
                rest.starts_with(text).then_some((number + length, at + length))
            }
            Step::Run(run) => self.run_of_bytes(number, run, at),
            Step::Either(first, second) => {
                self.visit(number, at)?;
                self.push(Frame::Way { step: second, at });
                Some((first, at))
            }
            Step::Jump(to) => Some((to, at)),
            Step::Open(group) => {
                self.open(group, at);
                Some((next, at))
            }
            Step::Close(group) => {
                self.close(group, at);
                Some((next, at))
            }
            Step::Mark(mark) => {
                if let Some(place) = self.marks.get_mut(usize::from(mark)) {
                    let before = std::mem::replace(place, at);
                    self.push(Frame::Mark {
                        mark: u32::from(mark),
                        at: before,
                    });
                }
                Some((next, at))
            }
            Step::Again { mark, body, lazy } => self.again(number, at, mark, body, lazy),
            Step::Assert(assertion) => self.holds(assertion, at).then_some((next, at)),
            Step::Atomic | Step::Look { .. } => {
                self.tries += 1;
                self.barriers.push(self.stack.len());
                self.push(Frame::Barrier { step: number, at });
                Some((next, at))
            }
            Step::Commit => {
                self.cut();
                Some((next, at))
            }
            Step::LookEnd => self.look_ends(),
            Step::Back(length) => at.checked_sub(length).map(|at| (next, at)),
            Step::Reference { group, any_case } => Some((next, self.reference(group, any_case, at)?)),
            Step::IfGroup { group, otherwise } => {
                self.tries += 1;
                let set = self.groups.get(group as usize).is_some_and(|group| group.0 != UNSET);
                Some((if set { next } else { otherwise }, at))
            }
        }
    }

    fn byte(&self, at: u32) -> Option<u8> {
        self.text.get(at as usize).copied()
    }

    fn push(&mut self, frame: Frame) {
        self.stack.push(frame);
    }

    /// A place where ways part: counted, and left at once if it is known to fail.
    #[inline]
    fn visit(&mut self, number: u32, at: u32) -> Option<()> {
        self.tries += 1;
        self.work += 1;
        self.deepest = self.deepest.max(self.stack.len());
        match self.places.is_some() {
            true => self.visit_known(number, at),
            false => Some(()),
        }
    }

    fn again(&mut self, number: u32, at: u32, mark: Option<u8>, body: u32, lazy: bool) -> Option<(u32, u32)> {
        let begun = mark.and_then(|mark| self.marks.get(usize::from(mark)).copied());
        if begun == Some(at) {
            return Some((number + 1, at));
        }
        self.visit(number, at)?;
        let (first, second) = if lazy { (number + 1, body) } else { (body, number + 1) };
        self.push(Frame::Way { step: second, at });
        (!self.is_too_much()).then_some((first, at))
    }

    fn is_too_much(&self) -> bool {
        self.work > self.limit || self.stack.len() > DEEPEST
    }

    fn holds(&self, assertion: Assertion, at: u32) -> bool {
        let length = self.text.len() as u32;
        let before = || at.checked_sub(1).and_then(|at| self.byte(at));
        match assertion {
            Assertion::Start => at == 0,
            Assertion::LineStart => at == 0 || at != length && before() == Some(b'\n'),
            Assertion::End => at == length,
            Assertion::EndOrNewline => at == length || at + 1 == length && self.byte(at) == Some(b'\n'),
            Assertion::LineEnd => at == length || self.byte(at) == Some(b'\n'),
            Assertion::Word | Assertion::NotWord => {
                let boundary = before().is_some_and(is_word) != self.byte(at).is_some_and(is_word);
                boundary == (assertion == Assertion::Word)
            }
        }
    }

    /// The next way after a failure. [`UNSET`] means that it has become too much.
    fn go_back(&mut self) -> Option<(u32, u32)> {
        loop {
            if self.is_too_much() {
                return Some((UNSET, 0));
            }
            let way = match self.stack.pop()? {
                Frame::Way { step, at } => Some((step, at)),
                Frame::GiveBack { step, least, at } => match self.program.step(step) {
                    Some(Step::Run(run)) => {
                        let program = self.program;
                        let run = program.runs.get(run as usize)?;
                        self.give_back(step, run, least, at)
                    }
                    _ => None,
                },
                Frame::TakeMore { step, most, at } => self.take_more(step, most, at),
                Frame::Barrier { step, at } => {
                    self.barriers.pop();
                    match self.program.step(step) {
                        Some(Step::Look {
                            negated: true, holds, ..
                        }) => Some((holds, at)),
                        Some(Step::Look { fails: Some(fails), .. }) => Some((fails, at)),
                        _ => None,
                    }
                }
                Frame::Place { place, tries } => {
                    self.write_down(place, tries);
                    None
                }
                frame => {
                    self.restore(frame);
                    None
                }
            };
            self.work += 1;
            if way.is_some() {
                self.tries += 1;
                return way;
            }
        }
    }
}
