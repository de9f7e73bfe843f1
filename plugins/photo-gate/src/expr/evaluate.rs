//! Whether a condition holds.
//!
//! Comes in: a node and the request. Goes out: true or false, as httpd evaluates it: `||` and `&&` from left to right and no
//! further than needed, at most twenty levels inside one another. A smallest part that is not known is asked about, so that
//! both ways are tried.

use std::borrow::Cow;

use super::captured::Captured;
use super::compare::{Known, both, numeric_address, one, ordering, unary};
use super::regex::Regex;
use super::tree::{Node, NodeId};
use super::wildcard;
use super::word::{Run, Stop, Word};
use crate::decide::Transaction;
use crate::oracle::Undecided;
use crate::trace::{Step, Verdict};

/// Questions about parts of an expression have numbers with this bit, so that they are not taken for other questions of the
/// same directive.
const QUESTION: u32 = 1 << 31;

/// Why a back reference is not known.
const UNSEEN: &str = "what a regular expression before captured is not known";

impl<'e> Run<'e, '_> {
    /// Whether a condition holds.
    pub(super) fn condition(&mut self, id: NodeId, tx: &mut Transaction) -> Result<bool, Stop> {
        self.deeper()?;
        let (mut id, mut negated) = (id, false);
        let holds = loop {
            match self.tree.get(id) {
                Some(Node::Truth(truth)) => break *truth,
                Some(Node::Not(inner)) => {
                    negated = !negated;
                    id = *inner;
                }
                Some(Node::Or(left, right)) => {
                    if self.condition(*left, tx)? {
                        break true;
                    }
                    id = *right;
                }
                Some(Node::And(left, right)) => {
                    if !self.condition(*left, tx)? {
                        break false;
                    }
                    id = *right;
                }
                Some(node) => break self.part(id, node, tx)?,
                None => return Err(Stop::Broken),
            }
        };
        self.depth -= 1;
        Ok(holds != negated)
    }

    /// A part that holds no other conditions.
    fn part(&mut self, id: NodeId, node: &Node, tx: &mut Transaction) -> Result<bool, Stop> {
        let (known, value) = self.known(node, tx)?;
        let holds = match &known {
            Known::Is(is) => Ok(*is),
            Known::Unknown(why) => {
                let question = self.question(id, node, tx)?;
                let why = || format!("`{}`: {why}", self.written(id));
                tx.oracle.ask(self.place, question, why).map_err(Stop::Undecided)
            }
        };
        if let (Node::Matches { regex, negated, .. }, Known::Unknown(_), Ok(holds)) = (node, &known, &holds) {
            self.captured_unknown(regex, holds != negated);
        }
        let client = tx.client;
        tx.trace.step(|| Step {
            place: self.place,
            text: self.written(id).to_owned(),
            value: match (node, value) {
                (Node::ClientIn(_), _) => client.to_canonical().to_string().into_bytes(),
                (_, Word::Known(value)) => value.into_owned(),
                (_, Word::Unknown(_)) => Vec::new(),
            },
            verdict: match known {
                Known::Is(true) => Verdict::Held,
                Known::Is(false) => Verdict::Failed,
                Known::Unknown(_) => Verdict::Unknown,
            },
            note: match known {
                Known::Unknown(why) => why.into_owned(),
                Known::Is(_) => "a part of the expression".to_owned(),
            },
        });
        holds
    }

    /// The number of the question about a part: another one for another expression (a macro may write several in one place), and
    /// for other values (a file's name may have changed since the part was asked about). It is a hash (FNV-1a).
    fn question(&mut self, id: NodeId, node: &Node, tx: &Transaction) -> Result<u32, Stop> {
        let mut hash = 0x811c_9dc5_u32;
        let mut add = |bytes: &[u8]| {
            for byte in bytes.iter().chain(&[0]) {
                hash = (hash ^ u32::from(*byte)).wrapping_mul(0x0100_0193);
            }
        };
        add(self.text.as_bytes());
        add(&id.0.to_be_bytes());
        for word in node.words() {
            match self.word(word, tx)? {
                Word::Known(value) => add(&value),
                Word::Unknown(why) => add(why.as_bytes()),
            }
        }
        Ok(hash | QUESTION)
    }

    fn written(&self, id: NodeId) -> &str {
        self.text.get(self.tree.written(id)).unwrap_or_default().trim()
    }

    /// What is known of a part, and the word that it looks at.
    fn known(&mut self, node: &Node, tx: &Transaction) -> Result<(Known, Word<'e>), Stop> {
        Ok(match node {
            Node::Compare {
                order,
                numbers,
                left,
                right,
            } => {
                let (left, right) = (self.word(*left, tx)?, self.word(*right, tx)?);
                let compare = |left: &[u8], right: &[u8]| order.holds(ordering(left, right, *numbers)).into();
                (both(&left, &right, compare), left)
            }
            Node::Matches { word, regex, negated } => {
                let word = self.word(*word, tx)?;
                (self.search(&word, regex, *negated), word)
            }
            Node::In(needle, list) => {
                let needle = self.word(*needle, tx)?;
                (self.in_list(&needle, list, tx)?, needle)
            }
            Node::InResult(needle, argument) => {
                let needle = self.word(*needle, tx)?;
                self.word(*argument, tx)?;
                let why = "the extensions of the client's certificate are not known";
                (Known::Unknown(Cow::Borrowed(why)), needle)
            }
            Node::ClientIn(network) => {
                self.constant()?;
                (network.contains(tx.client).into(), Word::EMPTY)
            }
            Node::IpMatch(word, network) => {
                let word = self.word(*word, tx)?;
                self.constant()?;
                let holds = |text: &[u8]| match numeric_address(text) {
                    Ok(address) => address.is_some_and(|address| network.contains(address)).into(),
                    Err(why) => Known::Unknown(Cow::Borrowed(why)),
                };
                (one(&word, holds), word)
            }
            Node::Unary(operator, word) => {
                let word = self.word(*word, tx)?;
                (one(&word, |text| unary(*operator, text)), word)
            }
            Node::Wildcard(kind, left, right) => {
                let (left, right) = (self.word(*left, tx)?, self.word(*right, tx)?);
                let holds = |text: &[u8], pattern: &[u8]| match wildcard::matches(pattern, text, *kind) {
                    Ok(matches) => matches.into(),
                    Err(why) => Known::Unknown(why),
                };
                (both(&left, &right, holds), left)
            }
            _ => return Err(Stop::Broken),
        })
    }

    /// A word that is a constant of an operator: nothing to evaluate, but a level to httpd.
    fn constant(&mut self) -> Result<(), Stop> {
        self.deeper()?;
        self.depth -= 1;
        Ok(())
    }

    /// Whether a word is in a list, looked at no further than needed. A word in the list that is not known makes the answer so
    /// only if no other is the one.
    fn in_list(&mut self, needle: &Word, list: &[NodeId], tx: &Transaction) -> Result<Known, Stop> {
        let mut unknown: Option<Cow<'static, str>> = None;
        for id in list {
            let word = match (self.word(*id, tx), &unknown) {
                // Whether httpd comes to this word is not known either.
                (Err(Stop::Broken), Some(why)) => {
                    return Err(Stop::Undecided(Undecided {
                        place: self.place,
                        why: Cow::into_owned(Cow::clone(why)),
                    }));
                }
                (word, _) => word?,
            };
            match (needle, word) {
                (Word::Known(needle), Word::Known(word)) if *needle == word => return Ok(true.into()),
                (Word::Known(_), Word::Known(_)) => {}
                (Word::Unknown(why), _) => unknown = Some(why.clone()),
                (_, Word::Unknown(why)) => unknown = Some(why),
            }
        }
        Ok(unknown.map_or(Known::Is(false), Known::Unknown))
    }

    /// Whether a word matches a pattern; captures groups.
    fn search(&mut self, word: &Word, regex: &Regex, negated: bool) -> Known {
        let (text, pattern) = match (word, &regex.pattern) {
            (Word::Unknown(why), _) => return Known::Unknown(why.clone()),
            (_, Err(why)) => return Known::Unknown(Cow::Owned(why.clone())),
            (Word::Known(text), Ok(pattern)) => (text, pattern),
        };
        if regex.groups == Some(false) {
            return match pattern.is_match(text) {
                Ok(matches) => Known::Is(matches != negated),
                Err(gave_up) => Known::Unknown(Cow::Owned(gave_up.0)),
            };
        }
        let captures = match pattern.captures(text) {
            Ok(captures) => captures,
            Err(gave_up) => return Known::Unknown(Cow::Owned(gave_up.0)),
        };
        let matched = captures.is_some();
        *self.captured = match captures {
            _ if regex.groups.is_none() => Captured::Unknown(UNSEEN.to_owned()),
            Some(captures) => Captured::Groups {
                source: text.to_vec(),
                groups: Box::new(std::array::from_fn(|number| captures.get(number))),
            },
            None => Captured::Nothing,
        };
        Known::Is(matched != negated)
    }

    /// What is captured after a match that nobody knows, which is taken to be so or not.
    fn captured_unknown(&mut self, regex: &Regex, matched: bool) {
        match (regex.groups, matched) {
            (Some(false), _) => {}
            (Some(true), false) => *self.captured = Captured::Nothing,
            (Some(true), true) | (None, _) => *self.captured = Captured::Unknown(UNSEEN.to_owned()),
        }
    }
}
