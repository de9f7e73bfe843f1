//! Quantifiers: `*`, `+`, `?`, `{2,5}`, with `?` or `+` behind.

use super::super::tree::{Appetite, Node, Repeat};
use super::super::{Fault, Library};
use super::misjudged::check_atomic;
use super::{Item, Parser, inexact, refused};

/// The largest number in `{…}`.
const MOST: u32 = 65535;

/// How often, and what is tried first.
#[derive(Debug, Clone, Copy)]
pub(super) struct Quantifier {
    least: u32,
    most: Option<u32>,
    appetite: Appetite,
}

impl Parser<'_> {
    /// The quantifier that begins here, if it is one.
    pub(super) fn quantifier(&mut self, byte: u8) -> Result<Option<Quantifier>, Fault> {
        let (least, most) = match byte {
            b'*' => (0, None),
            b'+' => (1, None),
            b'?' => (0, Some(1)),
            b'{' => match self.counts()? {
                Some(counts) => return self.with_appetite(counts).map(Some),
                None => return Ok(None),
            },
            _ => return Ok(None),
        };
        self.at += 1;
        self.with_appetite((least, most)).map(Some)
    }

    fn with_appetite(&mut self, (least, most): (u32, Option<u32>)) -> Result<Quantifier, Fault> {
        let before = self.at;
        self.skip_what_does_not_count()?;
        if before != self.at && self.library == Library::Pcre1 && matches!(self.peek(0), Some(b'+' | b'?')) {
            return Err(inexact("a comment between a quantifier and its `?` or `+`"));
        }
        let appetite = match self.peek(0) {
            Some(b'+') if !self.quoted => Appetite::Possessive,
            Some(b'?') if !self.quoted && self.flags.ungreedy => Appetite::Greedy,
            Some(b'?') if !self.quoted => Appetite::Lazy,
            _ if self.flags.ungreedy => {
                return Ok(Quantifier {
                    least,
                    most,
                    appetite: Appetite::Lazy,
                });
            }
            _ => {
                return Ok(Quantifier {
                    least,
                    most,
                    appetite: Appetite::Greedy,
                });
            }
        };
        self.at += 1;
        Ok(Quantifier { least, most, appetite })
    }

    /// `{2}`, `{2,}`, `{2,5}`; anything else in braces is text. Later versions of PCRE2 read `{,5}` and blanks as well.
    pub(super) fn counts(&mut self) -> Result<Option<(u32, Option<u32>)>, Fault> {
        let before = self.at;
        self.at += 1;
        let counts = self.counts_in_braces();
        if counts.is_none() {
            self.at = before;
            if self.later_counts() {
                return Err(inexact("braces that only later versions of PCRE2 take as a quantifier"));
            }
        }
        match counts {
            Some((least, most)) if least > MOST || most.is_some_and(|most| most > MOST) => {
                Err(refused("a quantifier is larger than 65535"))
            }
            Some((least, Some(most))) if least > most => Err(refused("a quantifier's numbers are out of order")),
            counts => Ok(counts),
        }
    }

    fn counts_in_braces(&mut self) -> Option<(u32, Option<u32>)> {
        let least = self.digits()?;
        if self.eat(b"}") {
            return Some((least, Some(least)));
        }
        if !self.eat(b",") {
            return None;
        }
        if self.eat(b"}") {
            return Some((least, None));
        }
        let most = self.digits()?;
        self.eat(b"}").then_some((least, Some(most)))
    }

    fn later_counts(&self) -> bool {
        let inside = self.rest().iter().skip(1).take_while(|byte| **byte != b'}');
        let counted = inside.clone().any(u8::is_ascii_digit);
        counted
            && inside
                .clone()
                .all(|byte| byte.is_ascii_digit() || b", \t".contains(byte))
            && self.rest().len() > inside.count() + 1
    }

    /// The item so often.
    pub(super) fn repeated(&mut self, item: Item, quantifier: Quantifier) -> Result<Node, Fault> {
        let Quantifier { least, most, appetite } = quantifier;
        if matches!(item.node, Node::Look(_)) {
            return Err(inexact("a look-around that is repeated"));
        }
        if matches!(item.node, Node::Condition { .. }) {
            return Err(inexact("a conditional group that is repeated"));
        }
        if most == Some(0) && (self.library == Library::Pcre1 || !matches!(item.node, Node::Bytes(_))) {
            return Err(inexact("a group that is repeated no time"));
        }
        if (least, most) == (1, Some(1)) {
            return match appetite {
                Appetite::Possessive => {
                    check_atomic(&item.node)?;
                    Ok(Node::Atomic(Box::new(item.node)))
                }
                Appetite::Greedy | Appetite::Lazy => Ok(item.node),
            };
        }
        let repeat = Node::Repeat(Box::new(Repeat {
            item: item.node,
            least,
            most,
            appetite,
            written: (item.from, self.at),
        }));
        if appetite == Appetite::Possessive {
            check_atomic(&repeat)?;
        }
        Ok(repeat)
    }
}
