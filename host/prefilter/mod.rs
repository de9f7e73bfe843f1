//! The prefilter: where in a stretch of bytes could any pattern of any rule match?
//!
//! Comes in: the regexes of all rules of all plugins, and a sample of the input; then blocks of it. Goes out: the places
//! where a text stands that a pattern requires, in ascending order, each with its pattern, and, said once, the patterns
//! that require none and must be tried on every record. Never here: running a regex, framing a record, knowing a rule.
//!
//! ```text
//! patterns ──► literal: what every match contains ──► plan: which share a walk, in which steps ──► tier: the walk
//!                                  sample ──► census: which parts of them are rare ──┘
//! ```
//!
//! Nearly all input holds nothing that any rule looks for, so the time goes into seeing that quickly: see `tier` for the
//! filter, which looks at every few bytes only, and `plan` for how its steps are chosen.

mod census;
mod filter;
mod gram;
mod literal;
mod plan;
mod tier;

use std::collections::{BTreeMap, HashMap};
use std::fmt;
use std::ops::Range;

pub use filter::{Filter, Hit, LiteralId};
pub use literal::{MOST_LITERALS, NoLiteral, Required, SyntaxError, required};

/// A pattern's place in the caller's list of patterns.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PatternId(pub u32);

/// A pattern that cannot be prefiltered, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SlowPattern {
    /// The pattern.
    pub pattern: PatternId,
    /// Why it must be tried on every record; reads as a sentence.
    pub reason: NoLiteral,
}

/// A pattern whose required text stands all over the sample: it is found fast and then tried on many records.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct CommonPattern {
    /// The pattern.
    pub pattern: PatternId,
    /// How many places a line of the sample has for it, on average.
    pub places_per_line: f64,
}

/// With more places than this in a line of the sample, a pattern is common: framing a record and running its regex on every
/// tenth line costs more than all the rest of the scan.
const COMMON: f64 = 0.1;

/// A pattern whose regex does not parse.
#[derive(Debug, thiserror::Error)]
#[error("pattern {}: {source}", pattern.0)]
pub struct PatternError {
    /// The pattern.
    pub pattern: PatternId,
    /// What is wrong with it.
    #[source]
    pub source: SyntaxError,
}

/// Finds the places where patterns could match. Immutable: all threads share it.
#[derive(Debug)]
pub struct Prefilter {
    filter: Filter,
    /// The patterns behind each literal, by its id: a stretch of `owners`.
    literals: Vec<Range<usize>>,
    owners: Vec<PatternId>,
    /// The length of the text that a pattern is, in ascending order of pattern.
    exact: Vec<(PatternId, usize)>,
    slow: Vec<SlowPattern>,
    common: Vec<CommonPattern>,
    longest: usize,
}

impl Prefilter {
    /// Builds the prefilter. `sample` is text like the text to be searched, best its first megabyte; it decides only how
    /// fast the search is. Fails at the first pattern that does not parse.
    pub fn build(patterns: &[(PatternId, &str)], sample: &[u8]) -> Result<Self, PatternError> {
        let mut owned: HashMap<Vec<u8>, Vec<PatternId>> = HashMap::new();
        let mut exact = Vec::new();
        let mut slow = Vec::new();
        for &(pattern, regex) in patterns {
            match required(regex).map_err(|source| PatternError { pattern, source })? {
                Required::Exact(text) => {
                    exact.push((pattern, text.len()));
                    owned.entry(text).or_default().push(pattern);
                }
                Required::AnyOf(texts) => {
                    for text in texts {
                        owned.entry(text).or_default().push(pattern);
                    }
                }
                Required::None { reason } => slow.push(SlowPattern { pattern, reason }),
            }
        }
        exact.sort_unstable();
        exact.dedup();
        // A map has no order of its own, and two runs shall build the same filter.
        let mut owned: Vec<_> = owned.into_iter().collect();
        owned.sort_unstable();
        let mut literals = Vec::with_capacity(owned.len());
        let mut owners = Vec::with_capacity(owned.len());
        for (_, patterns) in &mut owned {
            patterns.sort_unstable();
            patterns.dedup();
            literals.push(owners.len()..owners.len() + patterns.len());
            owners.extend_from_slice(patterns);
        }
        let texts: Vec<_> = (0..)
            .map(LiteralId)
            .zip(owned.iter().map(|(text, _)| &text[..]))
            .collect();
        let longest = texts.iter().map(|(_, text)| text.len()).max().unwrap_or(0);
        let filter = Filter::build(&texts, sample);
        let mut prefilter = Self {
            filter,
            literals,
            owners,
            exact,
            slow,
            common: Vec::new(),
            longest,
        };
        prefilter.common = prefilter.common_in(sample);
        Ok(prefilter)
    }

    /// The patterns that `sample` is full of.
    fn common_in(&self, sample: &[u8]) -> Vec<CommonPattern> {
        let mut places: BTreeMap<PatternId, usize> = BTreeMap::new();
        self.find(sample, 0..sample.len(), &mut |_, pattern| {
            *places.entry(pattern).or_default() += 1
        });
        let lines = memchr::memchr_iter(b'\n', sample).count().max(1) as f64;
        let rated = places
            .into_iter()
            .map(|(pattern, places)| (pattern, places as f64 / lines));
        let common = rated.filter(|&(_, places_per_line)| places_per_line > COMMON);
        common
            .map(|(pattern, places_per_line)| CommonPattern {
                pattern,
                places_per_line,
            })
            .collect()
    }

    /// Tells `hit` every place in `range` of `text` where a text begins that a pattern requires, in ascending order of
    /// place. The place is inside the match, not its start, unless the pattern [is a text](Self::exact_length). A pattern
    /// may be told several times for one match.
    pub fn find(&self, text: &[u8], range: Range<usize>, hit: &mut impl FnMut(usize, PatternId)) {
        self.filter.find(text, range, &mut |Hit { at, literal }| {
            let owners = self
                .literals
                .get(literal.0 as usize)
                .and_then(|owners| self.owners.get(owners.clone()));
            owners.unwrap_or_default().iter().for_each(|&pattern| hit(at, pattern));
        });
    }

    /// The patterns that require no text and must be tried on every record.
    pub fn slow(&self) -> &[SlowPattern] {
        &self.slow
    }

    /// The patterns that the sample is full of: they are found, and slow all the same.
    pub fn common(&self) -> &[CommonPattern] {
        &self.common
    }

    /// If a pattern is one text and nothing else: its length in bytes. Its hits are its matches.
    pub fn exact_length(&self, pattern: PatternId) -> Option<usize> {
        let place = self.exact.binary_search_by_key(&pattern, |&(exact, _)| exact).ok()?;
        self.exact.get(place).map(|&(_, length)| length)
    }

    /// How many bytes past its range [`find`](Self::find) may need to read: one less than the longest text.
    pub fn slack(&self) -> usize {
        self.longest.saturating_sub(1)
    }

    /// Memory, in bytes.
    pub fn size(&self) -> usize {
        let ids = self.owners.len() * size_of::<PatternId>() + self.literals.len() * size_of::<Range<usize>>();
        self.filter.size() + ids
    }
}

/// One line: texts, memory, steps, slow patterns.
impl fmt::Display for Prefilter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (slow, common) = (self.slow.len(), self.common.len());
        write!(
            f,
            "{}; {slow} patterns without required text, {common} with a common one",
            self.filter
        )
    }
}

#[cfg(test)]
mod tests;
