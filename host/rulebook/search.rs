//! The search for the patterns that apply to one format: prefilter first, then the regular expression on one record.

use std::sync::OnceLock;

use regex_automata::meta::Regex;
use regex_automata::util::captures::Captures;

use super::{PatternCard, PatternNumber};
use crate::prefilter::{PatternError, PatternId, Prefilter};

/// Largest compiled expression, in bytes of each of its automata: 4 MiB. The largest of the built-in rules takes a little
/// more than one, for it repeats Unicode classes; `(\w{1,50}\s){1,50}` is far beyond it. No signature of a log record needs
/// that, and the time for a byte grows with it.
const MAX_EXPRESSION: usize = 4 << 20;

/// Largest automaton that finds groups in one pass, where an expression allows it: 64 KiB, as much as stays in the cache.
const ONE_PASS: usize = 64 << 10;

/// Memory that the lazy automaton of one pattern may fill, for each thread: 2 MiB, enough for expressions with Unicode
/// classes. With 256 KiB the slower engines took over, and a log full of the built-in rules' words took 0.30 s, not 0.17.
const LAZY_AUTOMATON: usize = 2 << 20;

/// … and where patterns are many, so that a log in which all of them are found does not fill the memory.
const LAZY_AUTOMATON_OF_MANY: usize = 256 << 10;

/// From here on, patterns are many: with 2 MiB each they could take the 200 MiB that a scan may.
const MANY: usize = 100;

/// Patterns of one format.
pub struct Search<'r> {
    prefilter: Prefilter,
    patterns: Vec<Compiled<'r>>,
    /// Those without a required literal, to be tried on every record.
    slow: Vec<usize>,
}

struct Compiled<'r> {
    number: PatternNumber,
    card: &'r PatternCard,
    /// Compiled when its literal is first seen: most never are.
    regex: OnceLock<Option<(Regex, Vec<usize>)>>,
    /// Its hits are its matches: it is one text, and nobody wants a group of it.
    is_text: bool,
}

/// A pattern that matched a record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Match {
    /// The pattern.
    pub pattern: PatternNumber,
    /// For each capture that it declares, start and end in the record's text.
    pub captures: Vec<Option<(u32, u32)>>,
}

/// Compiles a pattern as the scan will use it.
///
/// # Errors
///
/// A sentence that says what is wrong with the expression.
pub fn compile_regex(regex: &str) -> Result<Regex, String> {
    compile_within(regex, LAZY_AUTOMATON)
}

fn compile_within(regex: &str, lazy_automaton: usize) -> Result<Regex, String> {
    // No automaton is built ahead: for each of thousands of patterns that would cost more memory than time. The lazy one
    // sees that most candidates are none, and the slow engines, linear too, only find the groups of those that are.
    let config = Regex::config()
        .nfa_size_limit(Some(MAX_EXPRESSION))
        .hybrid_cache_capacity(lazy_automaton)
        .dfa(false)
        .onepass_size_limit(Some(ONE_PASS));
    Regex::builder()
        .configure(config)
        .build(regex)
        .map_err(|error| match error.size_limit() {
            Some(_) => format!(
                "compiles to more than {} KiB; repeat less, or shorter parts",
                MAX_EXPRESSION >> 10
            ),
            None => {
                let told = error
                    .syntax_error()
                    .map_or_else(|| error.to_string(), ToString::to_string);
                // The parser draws the expression with a caret below it; on one line, its last line is the sentence.
                told.lines()
                    .last()
                    .unwrap_or_default()
                    .trim_start_matches("error: ")
                    .to_owned()
            }
        })
}

impl<'r> Search<'r> {
    pub(super) fn new(patterns: Vec<(PatternNumber, &'r PatternCard)>, sample: &[u8]) -> Result<Self, PatternError> {
        let ids = || (0..).map(PatternId);
        let expressions: Vec<_> = ids()
            .zip(patterns.iter().map(|(_, card)| card.regex.as_str()))
            .collect();
        let prefilter = Prefilter::build(&expressions, sample)?;
        let slow = prefilter.slow().iter().map(|slow| slow.pattern.0 as usize).collect();
        let patterns = ids().zip(patterns).map(|(id, (number, card))| Compiled {
            number,
            card,
            regex: OnceLock::new(),
            is_text: card.captures.is_empty() && prefilter.exact_length(id).is_some(),
        });
        Ok(Self {
            patterns: patterns.collect(),
            prefilter,
            slow,
        })
    }

    /// The prefilter over all of them.
    pub fn prefilter(&self) -> &Prefilter {
        &self.prefilter
    }

    /// Patterns whose required text is common in the sample: the expression, and places a line.
    pub fn common(&self) -> impl Iterator<Item = (&str, f64)> {
        let card = |id: PatternId| {
            self.patterns
                .get(id.0 as usize)
                .map(|compiled| compiled.card.regex.as_str())
        };
        let common = self.prefilter.common().iter();
        common.filter_map(move |common| Some((card(common.pattern)?, common.places_per_line)))
    }

    /// Patterns that a record asked for and that could not be compiled: nothing was found by them, and that has to be said.
    pub fn unusable(&self) -> impl Iterator<Item = &PatternCard> {
        let tried = self.patterns.iter();
        tried.filter_map(|compiled| matches!(compiled.regex.get(), Some(None)).then_some(compiled.card))
    }

    /// Whether every record must be looked at.
    pub fn needs_every_record(&self) -> bool {
        !self.slow.is_empty()
    }

    /// Indices of the patterns that must be tried on every record.
    pub fn slow(&self) -> &[usize] {
        &self.slow
    }

    /// Whether no pattern applies at all.
    pub fn is_empty(&self) -> bool {
        self.patterns.is_empty()
    }

    fn lazy_automaton(&self) -> usize {
        // Plain texts need no automaton.
        if self.patterns.iter().filter(|pattern| !pattern.is_text).count() > MANY {
            LAZY_AUTOMATON_OF_MANY
        } else {
            LAZY_AUTOMATON
        }
    }

    /// Tries a pattern, given by its index in this search, on a record's text. `hit`: its literal was seen there.
    pub fn matches(&self, index: usize, text: &str, hit: bool) -> Option<Match> {
        let compiled = self.patterns.get(index)?;
        if compiled.is_text && hit {
            return Some(Match {
                pattern: compiled.number,
                captures: Vec::new(),
            });
        }
        let (regex, groups) = compiled
            .regex
            .get_or_init(|| compiled.compile(self.lazy_automaton()))
            .as_ref()?;
        if !regex.is_match(text) {
            return None;
        }
        if groups.is_empty() {
            return Some(Match {
                pattern: compiled.number,
                captures: Vec::new(),
            });
        }
        let mut captures: Captures = regex.create_captures();
        regex.captures(text, &mut captures);
        captures.is_match().then(|| {
            let bounds = |group: &usize| {
                let span = captures.get_group(*group)?;
                Some((u32::try_from(span.start).ok()?, u32::try_from(span.end).ok()?))
            };
            Match {
                pattern: compiled.number,
                captures: groups.iter().map(bounds).collect(),
            }
        })
    }
}

impl Compiled<'_> {
    fn compile(&self, lazy_automaton: usize) -> Option<(Regex, Vec<usize>)> {
        let regex = compile_within(&self.card.regex, lazy_automaton).ok()?;
        let group = |name: &String| regex.group_info().to_index(regex_automata::PatternID::ZERO, name);
        let groups = self.card.captures.iter().filter_map(group).collect();
        Some((regex, groups))
    }
}

#[cfg(test)]
mod tests {
    use super::super::PluginIndex;
    use super::*;
    use crate::finding::RuleIndex;

    #[test]
    fn a_pattern_that_cannot_be_compiled_is_told_and_never_passed_over() {
        let card = PatternCard {
            plugin: PluginIndex(0),
            number_in_plugin: 0,
            rule: RuleIndex(0),
            regex: r"(\w{1,50}\s){1,50}needle in it".to_owned(),
            captures: Vec::new(),
            formats: Vec::new(),
        };
        let search = Search::new(vec![(PatternNumber(0), &card)], b"").unwrap();
        assert_eq!(search.unusable().count(), 0, "not tried yet");
        assert_eq!(search.matches(0, "a needle in it", true), None);
        assert_eq!(search.unusable().count(), 1);
    }
}
