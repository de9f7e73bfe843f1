//! The values of words: text, variables, functions, joined.
//!
//! Comes in: a node and the request. Goes out: its value, which in httpd is a C string, so it holds no NUL; or why it is not
//! known. Never here: what is true.

use std::borrow::Cow;

use super::captured::Captured;
use super::function;
use super::names::Function;
use super::tree::{Node, NodeId, Tree};
use super::variable;
use crate::Place;
use crate::decide::Transaction;
use crate::oracle::Undecided;

/// Levels of words and conditions inside one another that httpd evaluates (`AP_EXPR_MAX_RECURSION`). Beyond that it gives up
/// the whole expression.
const DEEPEST: u32 = 20;

/// Bytes of a value: 16 MB, sixteen times the longest header that is looked at. An expression may repeat a header often.
const LONGEST: usize = 16 << 20;

/// The value of a word.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Word<'e> {
    Known(Cow<'e, [u8]>),
    /// Not known, and why.
    Unknown(Cow<'static, str>),
}

impl Word<'_> {
    pub(super) const EMPTY: Self = Word::Known(Cow::Borrowed(&[]));

    pub(super) fn owned(value: impl Into<Vec<u8>>) -> Self {
        Word::Known(Cow::Owned(value.into()))
    }

    pub(super) fn unknown(why: &'static str) -> Self {
        Word::Unknown(Cow::Borrowed(why))
    }
}

/// Why an evaluation ends early.
#[derive(Debug)]
pub(super) enum Stop {
    /// httpd gives up.
    Broken,
    Undecided(Undecided),
}

/// One evaluation.
pub(super) struct Run<'e, 'c> {
    pub(super) tree: &'e Tree,
    pub(super) text: &'e str,
    pub(super) place: Place,
    pub(super) captured: &'c mut Captured,
    /// Levels that are open.
    pub(super) depth: u32,
}

impl<'e> Run<'e, '_> {
    pub(super) fn deeper(&mut self) -> Result<(), Stop> {
        if self.depth >= DEEPEST {
            return Err(Stop::Broken);
        }
        self.depth += 1;
        Ok(())
    }

    /// The value of a word.
    pub(super) fn word(&mut self, id: NodeId, tx: &Transaction) -> Result<Word<'e>, Stop> {
        self.deeper()?;
        let word = match self.tree.get(id) {
            Some(Node::Text(text) | Node::Digits(text)) => Word::Known(Cow::Borrowed(text.as_slice())),
            Some(Node::Variable(variable)) => variable::lookup(variable, tx),
            Some(Node::BackReference(number)) => match self.captured.group(*number) {
                Ok(group) => Word::owned(group),
                Err(why) => Word::Unknown(Cow::Owned(why.to_owned())),
            },
            Some(Node::Function(function, argument)) => self.call(*function, *argument, tx)?,
            Some(Node::Concat(left, right)) => self.join(*left, *right, tx)?,
            _ => Word::EMPTY,
        };
        self.depth -= 1;
        Ok(word)
    }

    fn call(&mut self, function: Function, argument: NodeId, tx: &Transaction) -> Result<Word<'e>, Stop> {
        let argument = self.word(argument, tx)?;
        let undecided = |why: &str| {
            Err(Stop::Undecided(Undecided {
                place: self.place,
                why: why.to_owned(),
            }))
        };
        match (function, &argument) {
            // If it cannot be read, httpd gives up the whole expression: not a value that is merely unknown.
            (Function::File, _) => return undecided("what the file holds that `file` reads is not known"),
            // The name goes into `Vary`, and with such a byte in it the answer is an error.
            (Function::Header, Word::Known(name)) if name.iter().any(|byte| byte.is_ascii_control()) => {
                return undecided("the name of a header that is asked for holds control characters");
            }
            _ => {}
        }
        Ok(match argument {
            Word::Known(argument) => function::call(function, &argument, tx),
            Word::Unknown(why) => Word::Unknown(why),
        })
    }

    /// Words joined: a chain of them, whichever side it grows on, is one level to httpd.
    fn join(&mut self, left: NodeId, right: NodeId, tx: &Transaction) -> Result<Word<'e>, Stop> {
        let mut parts = vec![];
        if let Some(Node::Concat(..)) = self.tree.get(left) {
            parts.push(right);
            let mut at = left;
            while let Some(Node::Concat(left, right)) = self.tree.get(at) {
                parts.push(*right);
                at = *left;
            }
            parts.push(at);
            parts.reverse();
        } else {
            parts.push(left);
            let mut at = right;
            while let Some(Node::Concat(left, right)) = self.tree.get(at) {
                parts.push(*left);
                at = *right;
            }
            parts.push(at);
        }
        let mut joined = Vec::new();
        let mut unknown = None;
        for part in parts {
            match self.word(part, tx)? {
                Word::Known(part) if joined.len() + part.len() <= LONGEST => joined.extend_from_slice(&part),
                Word::Known(_) => {
                    unknown.get_or_insert(Cow::Borrowed("a value grows too long"));
                }
                Word::Unknown(why) => {
                    unknown.get_or_insert(why);
                }
            }
        }
        Ok(unknown.map_or(Word::Known(Cow::Owned(joined)), Word::Unknown))
    }
}
