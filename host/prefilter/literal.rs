//! Which text every match of a regex must contain.
//!
//! Comes in: a regex. Goes out: a small set of ASCII strings of which every match contains at least one, or a sentence that
//! says why there is none. Never here: searching.
//!
//! The regex is taken apart into *runs* of *pieces*. A piece is one place in a match and the few strings that can stand
//! there: `token` is a piece of one string, `[Tt]` and `(?:on|off)` are pieces of two, `s?` is `s` or nothing. Pieces in a
//! run follow each other without a gap; whatever may be anything (`.*`, `\w`, a long class), a line's end, and bytes that
//! are not ASCII end a run. Any stretch of a run is then a requirement: one of the strings that its pieces spell together
//! stands in every match. Of all stretches in all runs, and of the unions that alternations give, the one wins that is
//! rarest in log text by the sum of its bytes, less a toll for each doubling of its strings.
//!
//! ```text
//! (?i)ssl.*SSLC000[89]E: +Client(s|) requested
//!      │            │          └ run: "Client" {"s", ""} " requested"      -> two strings of 16 and 17 bytes: taken
//!      │            └ run: {"S","s"} … {"8", "9"} {"E","e"} ": "           -> 64 strings of a few bytes
//!      └ no run: `s` without regard to case is also U+017F
//! ```

use std::fmt;

use regex_syntax::hir::{Class, Hir, HirKind, Repetition};
use regex_syntax::{ParserBuilder, is_meta_character};

use super::gram::rarity;

/// A set has at most so many strings: more would crowd the filter for a pattern that is hardly found sooner for it.
pub const MOST_LITERALS: usize = 64;

/// A class of more characters is a gap: expanding `[a-z]` buys less than it costs.
const MOST_IN_CLASS: usize = 16;

/// A run has at most so many pieces; a longer one is cut. All stretches are weighed, so the work is its square.
const MOST_PIECES: usize = 256;

/// Longer strings are shortened (unless they are the whole regex): how far the filter must read past a block's end is the
/// length of the longest, and 128 bytes are unique already.
const LONGEST: usize = 128;

/// What a doubling of the strings costs, in bits of rarity: one because any of them may occur, which is in the sum already,
/// and two for the room they take from other patterns.
const TOLL_OF_DOUBLING: f64 = 2.0;

/// Rarity beyond this many bits is worth a quarter: text that stands once in a megabyte costs next to nothing already. It
/// is what stops text without regard to case from being spelled out for more than four or five letters.
const AMPLE: f64 = 20.0;

/// A requirement must be this rare, in bits: 2 to the power of it is the distance in bytes between its occurrences in text
/// whose bytes do not depend on each other. Twelve admits nearly any three bytes, and two that are seldom, and turns away
/// two blanks, or two digits.
const RAREST_ENOUGH: f64 = 12.0;

/// What every match of a regex contains.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Required {
    /// The regex is this text and nothing else: where it stands, the regex matches.
    Exact(Vec<u8>),
    /// At least one of these, each of two bytes or more, of ASCII without line ends; at most [`MOST_LITERALS`].
    AnyOf(Vec<Vec<u8>>),
    /// Nothing that could be searched for: the regex must be tried on every record.
    None {
        /// Why.
        reason: NoLiteral,
    },
}

/// Why a regex has no required text; reads as a sentence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NoLiteral {
    /// The regex matches the empty text.
    MatchesNothing,
    /// It consists of classes and gaps.
    NoText,
    /// What it has is too short, or too common.
    TooCommon(String),
    /// What it has is not ASCII, or a line's end.
    NotAscii,
    /// One of its alternatives has none.
    Alternative(String),
    /// Its alternatives are too many.
    Alternatives,
}

impl fmt::Display for NoLiteral {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::MatchesNothing => write!(
                f,
                "it matches the empty text, so no record can be ruled out; make a part of it mandatory"
            ),
            Self::NoText => write!(
                f,
                "it has no fixed text, only classes and gaps; name a word or a message id that every match contains"
            ),
            Self::TooCommon(text) => write!(
                f,
                "its only fixed text, {text:?}, is too short or too common to be looked for; name a longer text that every match contains"
            ),
            Self::NotAscii => write!(
                f,
                "its only fixed text is not ASCII or is a line's end, and may stand in the file in other bytes; add an ASCII text that every match contains"
            ),
            Self::Alternative(branch) => write!(
                f,
                "its alternative `{branch}` has no fixed text to look for; give each alternative a text of at least three characters"
            ),
            Self::Alternatives => write!(
                f,
                "its alternatives have more than {MOST_LITERALS} different texts; split it into several patterns"
            ),
        }
    }
}

/// A regex that does not parse.
#[derive(Debug, thiserror::Error)]
#[error("the regex does not parse: {0}")]
pub struct SyntaxError(#[from] Box<regex_syntax::Error>);

/// What every match of `regex` contains, read as a regex over bytes with Unicode classes. Fails if it does not parse.
pub fn required(regex: &str) -> Result<Required, SyntaxError> {
    // Packs of thousands of plain texts are usual, and the parser is then most of what a start costs.
    if let Some(text) = plain_text(regex)
        && Piece::one(text.clone()).is_rare()
    {
        return Ok(Required::Exact(text));
    }
    let hir = ParserBuilder::new()
        .utf8(false)
        .build()
        .parse(regex)
        .map_err(Box::new)?;
    if let HirKind::Literal(literal) = hir.kind()
        && literal.0.iter().all(|&byte| joins(byte))
        && Piece::one(literal.0.to_vec()).is_rare()
    {
        return Ok(Required::Exact(literal.0.to_vec()));
    }
    let mut found = Found::default();
    let rest = read(&hir, &mut found);
    found.end(rest);
    Ok(match found.best {
        Some(best) => Required::AnyOf(best.strings()),
        None if hir.properties().minimum_len() == Some(0) => Required::None {
            reason: NoLiteral::MatchesNothing,
        },
        None => Required::None {
            reason: found.reason.unwrap_or(NoLiteral::NoText),
        },
    })
}

/// The text that a regex is, if it is one that can be told without parsing: ASCII, its special characters escaped.
fn plain_text(regex: &str) -> Option<Vec<u8>> {
    let mut text = Vec::with_capacity(regex.len());
    let mut bytes = regex.bytes();
    while let Some(byte) = bytes.next() {
        text.push(match byte {
            b'\\' => bytes.next().filter(|&escaped| is_meta_character(char::from(escaped)))?,
            // These are special only inside a class, or not at all unless a flag says so.
            b'#' | b'&' | b'-' | b'~' => byte,
            _ if !joins(byte) || is_meta_character(char::from(byte)) => return None,
            _ => byte,
        });
    }
    (!text.is_empty()).then_some(text)
}

/// Whether a byte may be part of a literal. A file may be in another encoding, or break its lines otherwise, than the text
/// that the regex is run on.
fn joins(byte: u8) -> bool {
    byte.is_ascii() && !matches!(byte, b'\n' | b'\r')
}

/// One place in a match, and the strings that can stand there.
#[derive(Clone, Debug)]
struct Piece {
    /// At least one; all different.
    strings: Vec<Vec<u8>>,
    /// How rare it is that one of them stands at a given place: minus the logarithm of the sum of their chances.
    bits: f64,
}

impl Piece {
    fn of(mut strings: Vec<Vec<u8>>) -> Self {
        strings.sort_unstable();
        strings.dedup();
        let each = strings
            .iter()
            .map(|string| f64::from(string.iter().map(|&byte| rarity(byte)).sum::<u32>()) / 10.0);
        let bits = match &*strings {
            // The chance of one long string would come out as zero.
            [_] => each.sum(),
            _ => -each
                .map(|bits| (-bits).exp2())
                .sum::<f64>()
                .max(f64::MIN_POSITIVE)
                .log2(),
        };
        Self { strings, bits }
    }

    fn one(string: Vec<u8>) -> Self {
        Self::of(vec![string])
    }

    fn shortest(&self) -> usize {
        self.strings.iter().map(Vec::len).min().unwrap_or(0)
    }

    /// Whether it is worth looking for.
    fn is_rare(&self) -> bool {
        is_rare(self.shortest(), self.bits)
    }
}

/// Whether strings of at least `shortest` bytes and together this rare are worth looking for.
fn is_rare(shortest: usize, bits: f64) -> bool {
    shortest >= 2 && bits >= RAREST_ENOUGH
}

/// What a requirement of `strings` strings, together this rare, is worth.
fn worth(bits: f64, strings: usize) -> f64 {
    bits.min(AMPLE) + (bits - AMPLE).max(0.0) / 4.0 - TOLL_OF_DOUBLING * (strings as f64).log2()
}

/// A requirement and what it is worth.
#[derive(Clone, Debug)]
struct Best {
    strings: Vec<Vec<u8>>,
    worth: f64,
}

impl Best {
    fn of(piece: Piece) -> Self {
        let worth = worth(piece.bits, piece.strings.len());
        Self {
            strings: piece.strings,
            worth,
        }
    }

    /// The strings, without those that contain another: where they stand, it does.
    fn strings(mut self) -> Vec<Vec<u8>> {
        for string in &mut self.strings {
            string.truncate(LONGEST);
        }
        self.strings.sort_unstable_by(|a, b| (a.len(), a).cmp(&(b.len(), b)));
        let mut kept: Vec<Vec<u8>> = Vec::with_capacity(self.strings.len());
        for string in self.strings {
            if !kept
                .iter()
                .any(|shorter| memchr::memmem::find(&string, shorter).is_some())
            {
                kept.push(string);
            }
        }
        kept
    }
}

/// The best requirement so far, and the best reason for having none.
#[derive(Default)]
struct Found {
    best: Option<Best>,
    reason: Option<NoLiteral>,
}

impl Found {
    fn offer(&mut self, offered: Best) {
        if self.best.as_ref().is_none_or(|best| offered.worth > best.worth) {
            self.best = Some(offered);
        }
    }

    /// Keeps the reason that tells most.
    fn blame(&mut self, reason: NoLiteral) {
        let weight = |reason: &NoLiteral| match reason {
            NoLiteral::MatchesNothing | NoLiteral::NoText => 0,
            NoLiteral::NotAscii => 1,
            NoLiteral::TooCommon(text) => 2 + text.len(),
            NoLiteral::Alternatives | NoLiteral::Alternative(_) => usize::MAX,
        };
        if self.reason.as_ref().is_none_or(|known| weight(&reason) > weight(known)) {
            self.reason = Some(reason);
        }
    }

    /// A run ends: its rarest stretch is offered.
    fn end(&mut self, run: Vec<Piece>) {
        let mut best: Option<(f64, &[Piece])> = None;
        for (start, rest) in (0..run.len()).filter_map(|start| Some((start, run.get(start..)?))) {
            let (mut bits, mut strings, mut shortest) = (0.0, 1usize, 0);
            for (length, piece) in (1..).zip(rest) {
                strings = strings.saturating_mul(piece.strings.len());
                if strings > MOST_LITERALS {
                    break;
                }
                bits += piece.bits;
                shortest += piece.shortest();
                let worth = worth(bits, strings);
                if is_rare(shortest, bits) && best.is_none_or(|(most, _)| worth > most) {
                    best = run.get(start..start + length).map(|stretch| (worth, stretch));
                }
            }
        }
        match best {
            Some((_, stretch)) => self.offer(Best::of(spell(stretch))),
            None => {
                let fixed = run.iter().filter_map(|piece| match &*piece.strings {
                    [text] if !text.is_empty() => Some(text),
                    _ => None,
                });
                if let Some(longest) = fixed.max_by_key(|text| text.len()) {
                    self.blame(NoLiteral::TooCommon(String::from_utf8_lossy(longest).into_owned()));
                }
            }
        }
    }
}

/// The strings that pieces spell together.
fn spell(pieces: &[Piece]) -> Piece {
    let spelled = pieces.iter().fold(vec![Vec::new()], |starts, piece| {
        starts
            .iter()
            .flat_map(|start| piece.strings.iter().map(move |end| [&start[..], end].concat()))
            .collect()
    });
    Piece::of(spelled)
}

/// Reads a node on its own: the run that it is, if it is nothing but one.
fn whole(hir: &Hir) -> Option<Vec<Piece>> {
    match hir.kind() {
        HirKind::Empty | HirKind::Look(_) => Some(Vec::new()),
        HirKind::Literal(literal) => literal
            .0
            .iter()
            .all(|&byte| joins(byte))
            .then(|| vec![Piece::one(literal.0.to_vec())]),
        HirKind::Class(class) => small(class).map(|piece| vec![piece]),
        HirKind::Capture(capture) => whole(&capture.sub),
        HirKind::Repetition(repetition) => {
            let run = whole(&repetition.sub)?;
            match (repetition.min, repetition.max) {
                (0, Some(1)) => {
                    let mut strings = small_spelling(&run)?.strings;
                    strings.push(Vec::new());
                    Some(vec![Piece::of(strings)])
                }
                (min, Some(max)) if min == max => repeated(&run, min),
                _ => None,
            }
        }
        HirKind::Concat(parts) => {
            let mut run = Vec::new();
            for part in parts {
                run.extend(whole(part)?);
            }
            (run.len() <= MOST_PIECES).then_some(run)
        }
        HirKind::Alternation(branches) => {
            let mut strings = Vec::new();
            for branch in branches {
                strings.extend(small_spelling(&whole(branch)?)?.strings);
                if strings.len() > MOST_LITERALS {
                    return None;
                }
            }
            Some(vec![Piece::of(strings)])
        }
    }
}

/// A run as one piece, if that has few strings.
fn small_spelling(run: &[Piece]) -> Option<Piece> {
    let strings = run
        .iter()
        .try_fold(1usize, |strings, piece| strings.checked_mul(piece.strings.len()))?;
    (strings <= MOST_LITERALS).then(|| spell(run))
}

/// `times` copies of a run, if that is not too long.
fn repeated(run: &[Piece], times: u32) -> Option<Vec<Piece>> {
    let pieces = run.len().checked_mul(times as usize)?;
    (pieces <= MOST_PIECES).then(|| run.iter().cycle().take(pieces).cloned().collect())
}

/// A class of few characters, all of which may be part of a literal.
fn small(class: &Class) -> Option<Piece> {
    let ranges: Vec<(u32, u32)> = match class {
        Class::Unicode(class) => class
            .ranges()
            .iter()
            .map(|range| (range.start().into(), range.end().into()))
            .collect(),
        Class::Bytes(class) => class
            .ranges()
            .iter()
            .map(|range| (range.start().into(), range.end().into()))
            .collect(),
    };
    let size: u32 = ranges.iter().map(|(start, end)| end - start + 1).sum();
    if size as usize > MOST_IN_CLASS {
        return None;
    }
    let bytes: Option<Vec<u8>> = ranges
        .iter()
        .flat_map(|&(start, end)| start..=end)
        .map(|c| u8::try_from(c).ok())
        .collect();
    let bytes = bytes?;
    // A class of nothing matches nowhere; it has no strings to require.
    (!bytes.is_empty() && bytes.iter().all(|&byte| joins(byte)))
        .then(|| Piece::of(bytes.into_iter().map(|byte| vec![byte]).collect()))
}

/// Reads a node: offers the runs that end in it to `found`, and answers the run that is still open at its end.
fn read(hir: &Hir, found: &mut Found) -> Vec<Piece> {
    let mut open = Vec::new();
    extend(hir, &mut open, found);
    open
}

/// Continues the run `open` by a node.
fn extend(hir: &Hir, open: &mut Vec<Piece>, found: &mut Found) {
    if let Some(run) = whole(hir)
        && open.len() + run.len() <= MOST_PIECES
    {
        open.extend(run);
        return;
    }
    match hir.kind() {
        HirKind::Literal(literal) => {
            let mut parts = literal.0.split(|&byte| !joins(byte));
            if let Some(first) = parts.next() {
                open.push(Piece::one(first.to_vec()));
            }
            for part in parts {
                found.blame(NoLiteral::NotAscii);
                found.end(std::mem::take(open));
                open.push(Piece::one(part.to_vec()));
            }
        }
        HirKind::Capture(capture) => extend(&capture.sub, open, found),
        HirKind::Concat(parts) => {
            for part in parts {
                extend(part, open, found);
            }
        }
        HirKind::Repetition(Repetition { min, sub, .. }) if *min > 0 => {
            // The first of the copies follows what was before, the last is followed by what comes.
            match whole(sub).and_then(|run| repeated(&run, *min).or(Some(run))) {
                Some(run) => {
                    open.extend(run.iter().cloned());
                    found.end(std::mem::take(open));
                    *open = run;
                }
                None => {
                    // What the last copy leaves open is given up: reading it again at every depth would double the work
                    // for each.
                    extend(sub, open, found);
                    found.end(std::mem::take(open));
                }
            }
        }
        HirKind::Alternation(branches) => {
            found.end(std::mem::take(open));
            alternatives(branches, found);
        }
        _ => found.end(std::mem::take(open)),
    }
}

/// An alternation requires what each of its branches requires: one of all of these.
fn alternatives(branches: &[Hir], found: &mut Found) {
    let mut strings = Vec::new();
    for branch in branches {
        let mut own = Found::default();
        let rest = read(branch, &mut own);
        own.end(rest);
        match own.best {
            Some(best) => strings.extend(best.strings()),
            None => return found.blame(NoLiteral::Alternative(branch.to_string())),
        }
    }
    let piece = Piece::of(strings);
    if piece.strings.len() > MOST_LITERALS {
        found.blame(NoLiteral::Alternatives);
    } else if piece.is_rare() {
        found.offer(Best::of(piece));
    }
}

#[cfg(test)]
#[path = "literal_tests.rs"]
mod tests;
