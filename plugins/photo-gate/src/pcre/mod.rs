//! Regular expressions that mean what PCRE means.
//!
//! Comes in: a pattern as httpd gives it to PCRE, then texts. Goes out: the match that PCRE finds, with its groups. Never a
//! guess: what PCRE refuses is [`Fault::Refused`], what this engine cannot do exactly is [`Fault::Inexact`], and where
//! PCRE may run into its limit before it finds the match, the answer is [`GaveUp`].
//!
//! ```text
//!   pattern ─► parse ─► tree ─┬─► compile ─► program ─► finder (where to begin) ─► machine (what matches)
//!                             ├─► automaton  (which addresses match, all of them)
//!                             └─► explosion  (what can take PCRE for ever)
//! ```
//!
//! An engine of its own, because no library has PCRE's meaning and tells when it does not; and PCRE itself, which is
//! written in C, does not go into a plugin.

mod automaton;
mod closure;
mod compile;
mod explosion;
mod finder;
mod machine;
mod parse;
mod peephole;
mod program;
mod regex;
mod set;
#[cfg(test)]
mod tests;
mod tree;

use std::ops::Range;
use std::sync::{Arc, OnceLock};

pub use automaton::Automaton;
pub(crate) use regex::question;
pub use regex::{Groups, Regex};

use finder::Finder;
use machine::{Machine, Outcome};
use program::Program;
use tree::Node;

/// PCRE's match limit is 10,000,000 tries from each place. The tries counted here are at least as many as PCRE's; a
/// quarter leaves room for a count that is not quite so.
const TRIES: u64 = 2_500_000;
/// PCRE 8 keeps what waits on the thread's stack, half a kilobyte each; a stack may have as little as a megabyte.
const WAITING_ON_THE_STACK: usize = 1_000;
/// PCRE keeps what waits in frames that hold all groups, within a limit on memory that a build may have lowered, and within
/// what the machine has: a gigabyte.
const MEMORY: u64 = 1 << 30;
/// What is done before places are written down, and for each byte of the text so much more.
const QUICK_WORK: u64 = 20_000;
/// A search in linear time stays within it.
const QUICK_WORK_PER_BYTE: u64 = 16;
/// What is done at most: under a second.
const WORK: u64 = 10_000_000;
/// The longest text.
const LONGEST: usize = 1 << 28;

/// What is wrong with a pattern.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fault {
    /// PCRE refuses it: httpd does not start.
    Refused(String),
    /// PCRE takes it, this engine cannot be exact.
    Inexact(String),
    /// Some versions of PCRE may refuse it, so that httpd does not start.
    Unclear(String),
}

/// PCRE may run into its limits on this text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GaveUp(pub String);

/// The library that httpd is built with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Library {
    /// PCRE2, with httpd 2.4: the dot matches newlines, `$` only the end.
    #[default]
    Pcre2,
    /// PCRE up to 8, with httpd 2.2: the dot does not match newlines, `$` also before the last one.
    Pcre1,
}

/// How a pattern is to be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Options {
    /// Case does not count.
    pub any_case: bool,
    /// Whose pattern it is.
    pub library: Library,
}

/// Where the groups of a match are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Captures([Option<Range<usize>>; 10]);

impl Captures {
    /// A group; 0 is the match.
    pub fn get(&self, group: usize) -> Option<Range<usize>> {
        self.0.get(group).cloned().flatten()
    }
}

#[derive(Debug)]
struct Ready {
    pattern: Vec<u8>,
    node: Node,
    program: Program,
    finder: Finder,
    explosion: OnceLock<Option<String>>,
    library: Library,
    groups: u32,
    asks_for_space: bool,
}

/// A pattern, ready. A clone is cheap.
#[derive(Debug, Clone)]
pub struct Pattern(Arc<Ready>);

impl Pattern {
    /// Reads a pattern of httpd 2.4.
    ///
    /// # Errors
    ///
    /// When PCRE refuses it, or this engine cannot be exact.
    pub fn new(pattern: &[u8], any_case: bool) -> Result<Self, Fault> {
        let library = Library::Pcre2;
        Self::with(pattern, Options { any_case, library })
    }

    /// Reads a pattern.
    ///
    /// # Errors
    ///
    /// When PCRE refuses it, or this engine cannot be exact.
    pub fn with(pattern: &[u8], options: Options) -> Result<Self, Fault> {
        let parsed = parse::parse(pattern, options)?;
        let program = compile::compile(&parsed.node, compile::Style::Matcher)?;
        let finder = Finder::of(&parsed.node, &program);
        Ok(Self(Arc::new(Ready {
            pattern: pattern.to_vec(),
            node: parsed.node,
            program,
            finder,
            explosion: OnceLock::new(),
            library: options.library,
            groups: parsed.groups,
            asks_for_space: parsed.asks_for_space,
        })))
    }

    /// How many groups it has, the whole match not counted.
    pub fn groups(&self) -> usize {
        self.0.groups as usize
    }

    /// The part that can take PCRE exponential time, on a text that somebody makes for it.
    pub fn explosion(&self) -> Option<&str> {
        let part = || {
            let (from, to) = explosion::find(&self.0.node)?;
            let part = self.0.pattern.get(from..to)?;
            Some(String::from_utf8_lossy(part).into_owned())
        };
        self.0.explosion.get_or_init(part).as_deref()
    }

    /// Which addresses, as text, have a match in them.
    ///
    /// # Errors
    ///
    /// With the reason why that cannot be said of all of them at once.
    pub fn automaton(&self) -> Result<Automaton, String> {
        automaton::build(&self.0.node)
    }

    /// The leftmost match.
    ///
    /// # Errors
    ///
    /// When PCRE may give up.
    pub fn captures(&self, subject: &[u8]) -> Result<Option<Captures>, GaveUp> {
        if let Some(length) = self.0.finder.whole {
            let found = self.0.finder.next(subject, 0);
            return Ok(found.map(|at| {
                let mut groups = [const { None }; 10];
                groups[0] = Some(at..at + length);
                Captures(groups)
            }));
        }
        let found = self.search(subject, true)?;
        Ok(found.map(|(from, to, machine)| {
            Captures(std::array::from_fn(|group| match group {
                0 => Some(from..to as usize),
                _ => machine
                    .groups
                    .get(group)
                    .filter(|group| group.0 != machine::UNSET)
                    .map(|group| group.0 as usize..group.1 as usize),
            }))
        }))
    }

    /// Whether it matches.
    ///
    /// # Errors
    ///
    /// When PCRE may give up.
    pub fn is_match(&self, subject: &[u8]) -> Result<bool, GaveUp> {
        if self.0.finder.whole.is_some() {
            return Ok(self.0.finder.next(subject, 0).is_some());
        }
        Ok(self.search(subject, false)?.is_some())
    }

    fn search<'s>(&'s self, subject: &'s [u8], groups: bool) -> Result<Option<(usize, u32, Machine<'s>)>, GaveUp> {
        let ready = self.0.as_ref();
        if ready.finder.cannot_match(subject) {
            return Ok(None);
        }
        let Some(mut at) = ready.finder.next(subject, 0) else {
            return Ok(None);
        };
        ready.check(subject)?;
        let mut machine = Machine::new(&ready.program, subject, groups);
        let (mut limit, mut remembers) = match ready.program.refers {
            true => (WORK, true),
            false => (QUICK_WORK + QUICK_WORK_PER_BYTE * subject.len() as u64, false),
        };
        let mut doubtful = false;
        loop {
            let outcome = machine.run(at as u32, limit);
            if outcome == Outcome::TooMuch {
                if remembers {
                    return Err(too_long(subject));
                }
                machine.remember();
                (limit, remembers) = (WORK, true);
                continue;
            }
            doubtful |= machine.tries > ready.tries();
            doubtful |= ready.library == Library::Pcre1 && machine.deepest > WAITING_ON_THE_STACK;
            if let Outcome::Matched(to) = outcome {
                return if doubtful {
                    Err(too_long(subject))
                } else {
                    Ok(Some((at, to, machine)))
                };
            }
            match ready.finder.next(subject, at + 1) {
                Some(next) => at = next,
                None => return Ok(None),
            }
        }
    }
}

impl Ready {
    /// The tries from one place that PCRE has for sure.
    fn tries(&self) -> u64 {
        TRIES.min(MEMORY / (160 + 16 * u64::from(self.groups)))
    }

    fn check(&self, subject: &[u8]) -> Result<(), GaveUp> {
        if subject.len() > LONGEST {
            return Err(too_long(subject));
        }
        if self.library == Library::Pcre1 && self.asks_for_space && subject.contains(&0x0b) {
            return Err(GaveUp(
                "whether a vertical tab is white space depends on PCRE's version".to_owned(),
            ));
        }
        Ok(())
    }
}

fn too_long(subject: &[u8]) -> GaveUp {
    GaveUp(format!(
        "PCRE may run into its match limit on a text of {} bytes, and then finds no match",
        subject.len()
    ))
}
