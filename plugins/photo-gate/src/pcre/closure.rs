//! All ways of a pattern through a text at once, byte by byte, for [`super::automaton`].
//!
//! A way is a place in the program, with the looks ahead on which it still depends: each is a set of places in the look's
//! body, and a way lives on if the body gets through (or does not, where the look is negated). A look behind runs along from
//! every byte: that its body is through just here is what it asks, because its length is fixed.

use std::collections::BTreeSet;

use super::parse::is_word;
use super::program::{Program, Step};
use super::tree::Assertion;

/// What stands before a place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Before {
    Nothing,
    Word,
    Other,
}

impl Before {
    pub(super) fn of(byte: u8) -> Self {
        if is_word(byte) { Self::Word } else { Self::Other }
    }
}

type Places = BTreeSet<u32>;

/// A look ahead that is not decided yet: where its body is.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Pending {
    negated: bool,
    places: Places,
}

/// A way.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Way {
    place: u32,
    pending: BTreeSet<Pending>,
}

/// All ways at a place of the text.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Core {
    ways: BTreeSet<Way>,
    /// Per look behind.
    behind: Vec<Places>,
}

/// What is around a place of the text.
struct Here<'h> {
    before: Before,
    next: Option<u8>,
    /// The looks behind that hold.
    behind: &'h [bool],
}

/// Follows the ways.
pub(super) struct Closure<'p> {
    program: &'p Program,
    /// Looks behind, by the place where they begin.
    behind: Vec<u32>,
    pub(super) work: usize,
}

impl<'p> Closure<'p> {
    pub(super) fn new(program: &'p Program) -> Self {
        let mut behind = Vec::new();
        for (place, step) in (0_u32..).zip(&program.steps) {
            if let Step::Look { holds, .. } = step {
                let body = program.steps.get(place as usize..*holds as usize).unwrap_or_default();
                if body.iter().any(|step| matches!(step, Step::Back(_))) {
                    behind.push(place);
                }
            }
        }
        Self {
            program,
            behind,
            work: 0,
        }
    }

    pub(super) fn beginning(&self) -> Core {
        Core {
            ways: BTreeSet::from([Self::new_way()]),
            behind: self.behind.iter().map(|place| Places::from([place + 1])).collect(),
        }
    }

    fn new_way() -> Way {
        Way {
            place: 0,
            pending: BTreeSet::new(),
        }
    }

    /// The ways after one more byte; `None` if there is a match whatever follows.
    pub(super) fn step(&mut self, core: &Core, before: Before, byte: u8) -> Result<Option<Core>, String> {
        let (holds, behind) = self.looks_behind(core, before, Some(byte))?;
        let here = Here {
            before,
            next: Some(byte),
            behind: &holds,
        };
        let mut ways = BTreeSet::from([Self::new_way()]);
        for way in self.ways_on(core, &here)? {
            let is_through = matches!(self.program.step(way.place), Some(Step::Match));
            if !is_through && !self.takes(way.place, byte) {
                continue;
            }
            let Some(pending) = self.decide(way.pending, &here)? else {
                continue;
            };
            if is_through && pending.is_empty() {
                return Ok(None);
            }
            let place = if is_through { way.place } else { way.place + 1 };
            ways.insert(Way { place, pending });
        }
        Ok(Some(Core { ways, behind }))
    }

    /// Whether there is a match if the text ends here.
    pub(super) fn ends(&mut self, core: &Core, before: Before) -> Result<bool, String> {
        let (holds, _) = self.looks_behind(core, before, None)?;
        let here = Here {
            before,
            next: None,
            behind: &holds,
        };
        for way in self.ways_on(core, &here)? {
            let is_through = matches!(self.program.step(way.place), Some(Step::Match));
            if is_through && self.decide(way.pending, &here)?.is_some_and(|left| left.is_empty()) {
                return Ok(true);
            }
        }
        Ok(false)
    }

    fn takes(&self, place: u32, byte: u8) -> bool {
        match self.program.step(place) {
            Some(Step::Byte(one)) => one == byte,
            Some(Step::Bytes(set)) => self.program.set(set).contains(byte),
            _ => false,
        }
    }

    /// Which looks behind hold here, and where their bodies are after the next byte.
    fn looks_behind(
        &mut self,
        core: &Core,
        before: Before,
        next: Option<u8>,
    ) -> Result<(Vec<bool>, Vec<Places>), String> {
        let mut holds = Vec::new();
        let mut behind = Vec::new();
        for (look, places) in self.behind.clone().into_iter().zip(&core.behind) {
            let here = Here {
                before,
                next,
                behind: &[],
            };
            let (is_through, mut places) = self.body(places, &here)?;
            places.insert(look + 1);
            holds.push(is_through);
            behind.push(places);
        }
        Ok((holds, behind))
    }

    /// A look's body: whether it is through here, and where it is after the next byte.
    fn body(&mut self, places: &Places, here: &Here) -> Result<(bool, Places), String> {
        let mut seen = Places::new();
        let mut open: Vec<u32> = places.iter().copied().collect();
        let mut after = Places::new();
        let mut is_through = false;
        while let Some(place) = open.pop() {
            self.work += 1;
            if !seen.insert(place) {
                continue;
            }
            match self.program.step(place) {
                Some(Step::LookEnd) => is_through = true,
                Some(Step::Look { .. }) => return Err("the pattern has a look-around in another".to_owned()),
                Some(Step::Byte(_) | Step::Bytes(_)) => {
                    let takes = here.next.is_some_and(|byte| self.takes(place, byte));
                    after.extend(takes.then_some(place + 1));
                }
                Some(step) => open.extend(free(step, place, here)),
                None => {}
            }
        }
        Ok((is_through, after))
    }

    /// The ways at places that take a byte or are the end, over all that takes none.
    fn ways_on(&mut self, core: &Core, here: &Here) -> Result<Vec<Way>, String> {
        let mut seen = BTreeSet::new();
        let mut open: Vec<Way> = core.ways.iter().cloned().collect();
        let mut found = Vec::new();
        while let Some(way) = open.pop() {
            self.work += 1 + way.pending.len();
            if !seen.insert(way.clone()) {
                continue;
            }
            match self.program.step(way.place) {
                Some(Step::Byte(_) | Step::Bytes(_) | Step::Match) => found.push(way),
                Some(Step::Look { negated, holds, fails }) => {
                    open.extend(self.look(&way, negated, holds, here));
                    open.extend(fails.and_then(|fails| self.look(&way, !negated, fails, here)));
                }
                Some(step) => open.extend(free(step, way.place, here).map(|place| Way {
                    place,
                    pending: way.pending.clone(),
                })),
                None => {}
            }
        }
        Ok(found)
    }

    /// The way on to `next`, which it may go if the look's body gets through, or does not.
    fn look(&self, way: &Way, negated: bool, next: u32, here: &Here) -> Option<Way> {
        let mut on = Way {
            place: next,
            pending: way.pending.clone(),
        };
        if let Some(number) = self.behind.iter().position(|place| *place == way.place) {
            return (here.behind.get(number) == Some(&!negated)).then_some(on);
        }
        on.pending.insert(Pending {
            negated,
            places: Places::from([way.place + 1]),
        });
        Some(on)
    }

    /// What a way still depends on after this place; `None` if it is lost.
    fn decide(&mut self, pending: BTreeSet<Pending>, here: &Here) -> Result<Option<BTreeSet<Pending>>, String> {
        let mut left = BTreeSet::new();
        for look in pending {
            let (is_through, places) = self.body(&look.places, here)?;
            let is_decided = is_through || places.is_empty();
            if is_decided && is_through == look.negated {
                return Ok(None);
            }
            if !is_decided {
                left.insert(Pending {
                    negated: look.negated,
                    places,
                });
            }
        }
        Ok(Some(left))
    }
}

/// Where a step that takes no byte leads.
fn free(step: Step, place: u32, here: &Here) -> impl Iterator<Item = u32> + use<> {
    let next = place + 1;
    let (first, second) = match step {
        Step::Either(first, second) => (Some(first), Some(second)),
        Step::Again { body, .. } => (Some(body), Some(next)),
        Step::Jump(to) => (Some(to), None),
        Step::Open(_) | Step::Close(_) | Step::Mark(_) | Step::Back(_) => (Some(next), None),
        Step::Assert(assertion) => (holds(assertion, here).then_some(next), None),
        _ => (None, None),
    };
    first.into_iter().chain(second)
}

/// Whether an assertion holds in a text of digits and dots.
fn holds(assertion: Assertion, here: &Here) -> bool {
    match assertion {
        Assertion::Start | Assertion::LineStart => here.before == Before::Nothing,
        Assertion::End | Assertion::EndOrNewline | Assertion::LineEnd => here.next.is_none(),
        Assertion::Word | Assertion::NotWord => {
            let boundary = (here.before == Before::Word) != here.next.is_some_and(is_word);
            boundary == (assertion == Assertion::Word)
        }
    }
}
