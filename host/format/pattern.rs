//! Regular expressions over the bytes of one line, in the two shapes that formats need.
//!
//! Comes in: the text of an expression. Goes out: a [`LineTest`], which says whether a line matches, or a [`LineParts`],
//! which says where its named groups stand. Never here: what the groups mean.
//!
//! A `LineTest` runs on every line around a hit, most of which are continuation lines that do not match. So it is a fully
//! compiled automaton without a cache or a lock, anchored at the line's start, and in front of it stands a table of 256
//! truths: may a matching line begin with this byte? The table is read off the automaton itself (every byte whose first
//! step leads into the dead state is out), so nobody has to write it down and it cannot disagree.

use std::sync::Arc;

use regex_automata::dfa::{Automaton, StartKind, dense};
use regex_automata::nfa::thompson;
use regex_automata::util::primitives::NonMaxUsize;
use regex_automata::util::start;
use regex_automata::util::syntax;
use regex_automata::{Anchored, Input, meta};

/// Bytes of a line that are looked at to tell whether it begins a record. The longest beginning known (a Liberty stamp
/// with its padded logger) has about 130; 4 KiB leave room for any sane format, and make the answer for the first line
/// of a huge record independent of how much of it is at hand.
pub const MAX_BEGINNING: usize = 4096;

/// The size an automaton may reach: the built-in ones stay below 100 KiB; more than 4 MiB would push everything else out
/// of the caches, and the lazy engine takes over.
const MAX_AUTOMATON: usize = 4 << 20;

/// Bytes, not characters: logs hold any bytes, and ASCII classes keep the automata small.
fn byte_syntax() -> syntax::Config {
    syntax::Config::new().unicode(false).utf8(false)
}

/// Says whether a line begins like an expression.
#[derive(Debug)]
pub struct LineTest {
    first: [bool; 256],
    engine: Engine,
}

#[derive(Debug)]
enum Engine {
    /// The whole automaton, built beforehand.
    Whole(Box<dense::DFA<Vec<u32>>>),
    /// The automaton would be too large: built as far as lines need it.
    Lazy(Box<meta::Regex>),
}

impl LineTest {
    /// Compiles expressions, any of which may match. None at all match no line.
    ///
    /// # Errors
    /// The reason, in the words of the regex compiler.
    pub fn new<P: AsRef<str>>(expressions: &[P]) -> Result<Self, String> {
        let whole = dense::Builder::new()
            .configure(
                dense::Config::new()
                    .start_kind(StartKind::Anchored)
                    .dfa_size_limit(Some(MAX_AUTOMATON))
                    .determinize_size_limit(Some(MAX_AUTOMATON)),
            )
            .syntax(byte_syntax())
            .thompson(thompson::Config::new().utf8(false))
            .build_many(expressions);
        Ok(match whole {
            Ok(dfa) => Self {
                first: first_bytes(&dfa),
                engine: Engine::Whole(Box::new(dfa)),
            },
            // Too large, or broken: the lazy engine knows which, and its errors are the ones worth showing.
            Err(_) => {
                let lazy = meta_builder().build_many(expressions).map_err(|e| reason(&e))?;
                Self {
                    first: [true; 256],
                    engine: Engine::Lazy(Box::new(lazy)),
                }
            }
        })
    }

    /// Whether the line begins like the expression. Of a long line only the first [`MAX_BEGINNING`] bytes count.
    pub fn matches(&self, line: &[u8]) -> bool {
        if line
            .first()
            .is_some_and(|&byte| self.first.get(usize::from(byte)) == Some(&false))
        {
            return false;
        }
        let input = Input::new(line.get(..MAX_BEGINNING).unwrap_or(line))
            .anchored(Anchored::Yes)
            .earliest(true);
        match &self.engine {
            // The search can only fail on bytes that were declared to stop it; none were.
            Engine::Whole(dfa) => matches!(dfa.try_search_fwd(&input), Ok(Some(_))),
            Engine::Lazy(regex) => regex.is_match(input),
        }
    }
}

/// The bytes with which a match may begin.
fn first_bytes(dfa: &dense::DFA<Vec<u32>>) -> [bool; 256] {
    let Ok(start) = dfa.start_state(&start::Config::new().anchored(Anchored::Yes)) else {
        return [true; 256];
    };
    let mut first = [true; 256];
    for (byte, may) in (0..=u8::MAX).zip(&mut first) {
        *may = !dfa.is_dead_state(dfa.next_state(start, byte));
    }
    first
}

fn meta_builder() -> meta::Builder {
    let mut builder = meta::Regex::builder();
    builder
        .configure(
            meta::Config::new()
                .utf8_empty(false)
                .nfa_size_limit(Some(MAX_AUTOMATON))
                // A one-pass automaton finds groups several times faster than the other engines; the stamps of Java need
                // more room than its default.
                .onepass_size_limit(Some(MAX_AUTOMATON)),
        )
        .syntax(byte_syntax());
    builder
}

/// What the compiler says, on one line: it prints the expression and a caret below, which belongs to a terminal.
fn reason(error: &meta::BuildError) -> String {
    match error.syntax_error() {
        Some(syntax) => syntax
            .to_string()
            .lines()
            .last()
            .unwrap_or("syntax error")
            .trim_start_matches("error: ")
            .to_owned(),
        None => error.to_string(),
    }
}

/// Finds the named groups of an expression in a line.
#[derive(Debug)]
pub struct LineParts {
    regex: meta::Regex,
    /// The name of each group, in the order of the groups, without the whole match; `None` for groups without a name.
    names: Vec<Option<Arc<str>>>,
}

/// Where the groups of one match stand: start and end of each, the whole match first.
pub type Slots = Vec<Option<NonMaxUsize>>;

impl LineParts {
    /// Compiles an expression, whose own group names count.
    ///
    /// # Errors
    /// The reason, in the words of the regex compiler.
    pub fn new(expression: &str) -> Result<Self, String> {
        let regex = meta_builder().build(expression).map_err(|e| reason(&e))?;
        let names = regex
            .group_info()
            .pattern_names(regex_automata::PatternID::ZERO)
            .skip(1)
            .map(|name| name.map(Arc::from))
            .collect();
        Ok(Self { regex, names })
    }

    /// The names of the groups, in their order; `None` for groups without a name.
    pub fn names(&self) -> &[Option<Arc<str>>] {
        &self.names
    }

    /// Matches at the start of `line`. Groups stand at `slots[2 * n]` and `slots[2 * n + 1]`, n = 1 being the first.
    pub fn find(&self, line: &[u8]) -> Option<Slots> {
        let mut slots = vec![None; 2 * (self.names.len() + 1)];
        let input = Input::new(line).anchored(Anchored::Yes);
        self.regex.search_slots(&input, &mut slots)?;
        Some(slots)
    }

    /// Whether the expression matches at the start of `line`.
    pub fn matches(&self, line: &[u8]) -> bool {
        self.regex
            .is_match(Input::new(line).anchored(Anchored::Yes).earliest(true))
    }
}

/// The range of group `n` (the first is 1), if it took part.
pub fn group(slots: &[Option<NonMaxUsize>], n: usize) -> Option<std::ops::Range<usize>> {
    let start = (*slots.get(2 * n)?)?.get();
    let end = (*slots.get(2 * n + 1)?)?.get();
    Some(start..end)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_whose_first_byte_cannot_begin_a_record_is_refused_by_the_table() {
        let test = LineTest::new(&[r"^\[\d"]).unwrap();
        assert_eq!(test.first.iter().filter(|&&may| may).count(), 1);
        assert!(test.first[usize::from(b'[')]);
        assert!(test.matches(b"[5/10/20"));
        assert!(!test.matches(b"[EL Info]"));
        assert!(!test.matches(b"\tat x"));
        assert!(!test.matches(b""));
    }

    #[test]
    fn only_the_start_of_a_line_counts() {
        let test = LineTest::new(&["b"]).unwrap();
        assert!(test.matches(b"bc"));
        assert!(!test.matches(b"ab"));
    }

    #[test]
    fn any_of_several_expressions_may_match_and_none_match_nothing() {
        let test = LineTest::new(&["^a$", "^b"]).unwrap();
        assert!(test.matches(b"a") && test.matches(b"bc"));
        assert!(!test.matches(b"ab"));
        let nothing = LineTest::new::<&str>(&[]).unwrap();
        assert!(!nothing.matches(b"") && !nothing.matches(b"a"));
    }

    #[test]
    fn bytes_beyond_the_limit_do_not_count() {
        let test = LineTest::new(&["^a*b"]).unwrap();
        let mut line = vec![b'a'; MAX_BEGINNING - 1];
        line.push(b'b');
        assert!(test.matches(&line));
        line.insert(0, b'a');
        assert!(!test.matches(&line));
    }

    #[test]
    fn an_expression_too_large_for_a_whole_automaton_still_answers() {
        let test = LineTest::new(&["^(?:[ab]*a[ab]{18}|x)c"]).unwrap();
        assert!(matches!(test.engine, Engine::Lazy(_)));
        assert!(test.matches(b"xc"));
        assert!(!test.matches(b"yc"));
    }

    #[test]
    fn a_broken_expression_is_refused_in_one_line() {
        let reason = LineTest::new(&["^(a"]).unwrap_err();
        assert!(reason.contains("unclosed group") && !reason.contains('\n'), "{reason}");
    }
}
