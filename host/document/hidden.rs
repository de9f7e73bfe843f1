//! Which parts of a text must not be shown.
//!
//! Comes in: the text of a file, and its whole tree. Goes out: any part of the text with `[masked]` in place of secrets, or
//! nothing where that cannot be told. Never here: what a secret is ([`secret`] says that of a value).
//!
//! ```text
//!   secret of a node ──stands there as it is──► span          masked where it stands, however a part is cut
//!                    ├─ and is short enough ──► automaton     masked wherever else the file repeats it
//!                    └─ is written otherwise ─► murky         nothing of that node is shown
//!                       escaped, continued, in pieces
//! ```
//!
//! A value is what a parser made of a text: references resolved, lines joined. So a secret is looked for where its node
//! stands, and what is not found there word for word makes the whole node murky. Copies elsewhere, as in a comment, are found
//! by all secrets together in one pass of [aho_corasick], which the expressions of this project bring along anyway: thousands
//! of secrets cost no more than one.

use std::ops::Range;

use aho_corasick::{AhoCorasick, MatchKind};
use memchr::memmem;

use super::secret;
use super::tree::{Node, NodeIndex, Tree};
use crate::finding::MASKED;

/// Secrets of a file: 4,096. A key store listed as XML has a few dozen; of a file with more, nothing is shown.
const MOST: usize = 4_096;

/// The shortest secret that is looked for elsewhere; shorter ones would tear holes into words.
const SHORTEST: usize = 4;

/// The longest: what is longer is no password, and nobody repeats it.
const LONGEST: usize = 256;

/// How often a text may be looked through for secrets that stand where they should: a few times, for elements inside of
/// elements whose secrets are written otherwise.
const MOST_LOOKS: usize = 8;

/// The secrets of one text.
#[derive(Default)]
pub struct Hidden {
    /// Where they stand: ascending, apart.
    spans: Vec<Range<usize>>,
    /// Where they stand somehow: ascending, apart.
    murky: Vec<Range<usize>>,
    /// All of them, to find copies.
    copies: Option<AhoCorasick>,
}

impl Hidden {
    /// The secrets of a text that became this tree.
    pub fn of(text: &str, tree: &Tree, is_xml: bool) -> Self {
        let mut search = Search {
            text,
            is_xml,
            starts: tree.nodes().map(|node| node.at().offset as usize).collect(),
            ends: ends(tree, text.len()),
            looks: text.len().saturating_mul(MOST_LOOKS),
            hidden: Self::default(),
            secrets: Vec::new(),
        };
        for node in tree.nodes() {
            search.node(node);
        }
        search.finish()
    }

    /// A part of the text without its secrets; `None` if it has some that are written so that they cannot be told apart
    /// from the rest.
    pub fn show(&self, text: &str, part: Range<usize>) -> Option<String> {
        if overlapping(&self.murky, &part).next().is_some() {
            return None;
        }
        let mut spans: Vec<Range<usize>> = overlapping(&self.spans, &part).cloned().collect();
        if let Some(copies) = &self.copies {
            // One that is cut by the border of the part is one all the same.
            let from = text.floor_char_boundary(part.start.saturating_sub(LONGEST));
            let to = text.ceil_char_boundary(part.end.saturating_add(LONGEST).min(text.len()));
            let found = copies.find_iter(text.get(from..to)?);
            spans.extend(found.map(|found| from + found.start()..from + found.end()));
        }
        let mut shown = String::with_capacity(part.len());
        let mut at = part.start;
        for span in united(spans) {
            let (start, end) = (span.start.max(part.start), span.end.min(part.end));
            if start < end {
                shown.push_str(text.get(at..start)?);
                shown.push_str(MASKED);
                at = end;
            }
        }
        shown.push_str(text.get(at..part.end)?);
        Some(shown)
    }
}

struct Search<'t> {
    text: &'t str,
    is_xml: bool,
    /// Where each node begins.
    starts: Vec<usize>,
    /// Where what belongs to it ends at the latest.
    ends: Vec<usize>,
    /// Bytes that may still be looked through.
    looks: usize,
    hidden: Hidden,
    secrets: Vec<&'t str>,
}

impl<'t> Search<'t> {
    fn node(&mut self, node: Node<'t>) {
        let clean = secret::cleaner(node);
        let attributes = node.attributes().map(|attribute| (attribute.name, attribute.value));
        let start = (node.at().offset as usize).min(self.text.len());
        // Attributes stand before the next node, the text of an element stands between those below it.
        let next = self
            .starts
            .get(node.index.0 as usize + 1)
            .copied()
            .unwrap_or(self.text.len());
        let end = self.ends.get(node.index.0 as usize).copied().unwrap_or(self.text.len());
        let own = std::iter::once((node.name(), node.value(), end));
        for (name, value, end) in own.chain(attributes.map(|(name, value)| (name, value, next))) {
            let cleaned = clean(name, value);
            if cleaned == value {
                continue;
            }
            for secret in secret::taken_out(value, &cleaned) {
                self.locate(
                    start..end.clamp(start, self.text.len()),
                    secret,
                    secret.len() == value.len(),
                );
            }
        }
    }

    /// Notes where a secret stands in what belongs to its node. A part of a value has no certain neighbours.
    fn locate(&mut self, own: Range<usize>, secret: &'t str, is_whole: bool) {
        self.secrets.push(secret);
        let mut stands_there = false;
        if let Some(looks) = self.looks.checked_sub(own.len())
            && let Some(text) = self.text.get(own.clone())
        {
            self.looks = looks;
            for at in memmem::find_iter(text.as_bytes(), secret) {
                let found = own.start + at..own.start + at + secret.len();
                stands_there |= !is_whole || self.is_value(own.start, &found);
                self.hidden.spans.push(found);
            }
        }
        if !stands_there {
            self.hidden.murky.push(own);
        }
    }

    /// Whether a value can stand there: not the name of the element or key, which may be the same word.
    fn is_value(&self, node: usize, found: &Range<usize>) -> bool {
        if !self.is_xml {
            return found.start > node;
        }
        let before = self.text.get(..found.start).and_then(|text| text.chars().next_back());
        let behind = self.text.get(found.end..).and_then(|text| text.chars().next());
        let stands = |neighbour: Option<char>, marks: &[char]| {
            neighbour.is_none_or(|c| c.is_whitespace() || !c.is_ascii() || marks.contains(&c))
        };
        stands(before, &['"', '\'', '>', '[', '=']) && stands(behind, &['"', '\'', '<', ']', '>', '/'])
    }

    fn finish(mut self) -> Hidden {
        self.secrets.sort_unstable();
        self.secrets.dedup();
        if self.secrets.len() > MOST {
            self.hidden.murky.push(0..self.text.len());
        } else {
            self.secrets
                .retain(|secret| (SHORTEST..=LONGEST).contains(&secret.len()));
            if !self.secrets.is_empty() {
                let built = AhoCorasick::builder()
                    .match_kind(MatchKind::LeftmostLongest)
                    .build(&self.secrets);
                // It is refused for more than fits into 32 bits; then none of the file is shown.
                match built {
                    Ok(copies) => self.hidden.copies = Some(copies),
                    Err(_) => self.hidden.murky.push(0..self.text.len()),
                }
            }
        }
        self.hidden.spans = united(self.hidden.spans);
        self.hidden.murky = united(self.hidden.murky);
        self.hidden
    }
}

/// For each node, where the next one stands that is not below it.
fn ends(tree: &Tree, length: usize) -> Vec<usize> {
    // Children stand behind their parents, so one pass from the end knows the last node of each subtree.
    let mut last: Vec<usize> = (0..tree.len()).collect();
    for index in (0..tree.len()).rev() {
        let parent = node(tree, index).map_or(0, |node| node.parent().index.0 as usize);
        let own = last.get(index).copied().unwrap_or(index);
        if let Some(parent) = last.get_mut(parent) {
            *parent = own.max(*parent);
        }
    }
    let start = |index: usize| node(tree, index).map_or(length, |node| node.at().offset as usize);
    last.into_iter().map(|last| start(last + 1)).collect()
}

fn node(tree: &Tree, index: usize) -> Option<Node<'_>> {
    tree.node(NodeIndex(u32::try_from(index).ok()?))
}

/// The same places, ascending, none of them touching another.
fn united(mut spans: Vec<Range<usize>>) -> Vec<Range<usize>> {
    spans.sort_unstable_by_key(|span| (span.start, span.end));
    let mut united: Vec<Range<usize>> = Vec::with_capacity(spans.len());
    for span in spans {
        match united.last_mut().filter(|last| span.start <= last.end) {
            Some(last) => last.end = last.end.max(span.end),
            None => united.push(span),
        }
    }
    united
}

/// Those of `spans`, which are ascending and apart, that have something of `part`.
fn overlapping<'s>(spans: &'s [Range<usize>], part: &Range<usize>) -> impl Iterator<Item = &'s Range<usize>> {
    let first = spans.partition_point(|span| span.end <= part.start);
    let end = part.end;
    spans.iter().skip(first).take_while(move |span| span.start < end)
}

#[cfg(test)]
mod tests;
