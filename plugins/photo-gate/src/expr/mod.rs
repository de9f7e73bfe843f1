//! Expressions of httpd 2.4 (`ap_expr`): `-R '10.0.0.0/8' || %{HTTP_COOKIE} =~ /LtpaToken2=/`.
//!
//! Comes in: the text of an expression from `Require expr`, `<If>`, `RewriteCond expr`, `SetEnvIfExpr`, `Header`, once; then
//! requests. Goes out: whether it holds, or the string that it makes; what a regular expression in it captured; what it
//! tests of addresses, and what it looks at. What httpd refuses is a fault with a sentence: httpd does not start then.
//!
//! ```text
//!   text ─► scan ─► parse ─► tree ─► evaluate ─► true, false, given up
//!                    │         │        ├ word ─► variable, function: values
//!                    │         │        └ compare, wildcard, network, regex
//!                  names       └ survey ─► tests of addresses, subjects
//! ```
//!
//! What is not known is asked about, part by part ([`crate::oracle`]). Files are never looked at, names of hosts never
//! looked up.

pub mod address;
mod captured;
mod compare;
mod conditions;
mod evaluate;
mod function;
mod names;
pub mod network;
mod parse;
mod regex;
mod scan;
mod survey;
#[cfg(test)]
mod tests;
mod tree;
mod variable;
mod wildcard;
mod word;

use std::collections::BTreeSet;

pub use address::{AddressCondition, AddressTest, AddressTests, Whose};
pub use captured::Captured;
pub use conditions::Conditions;
pub use network::Network;
pub use tree::Order;

use crate::Place;
use crate::decide::{Transaction, Value};
use crate::oracle::Undecided;
use crate::trace::Subject;
use tree::{NodeId, Tree};
use word::{Run, Stop, Word};

/// How an evaluation came out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answer {
    /// It holds.
    Holds,
    /// It does not hold.
    Fails,
    /// httpd gives up, because more than twenty levels are inside one another. A section or a condition does not apply then;
    /// `Require expr` is an error.
    GivenUp,
}

/// A boolean expression.
#[derive(Debug, Clone)]
pub struct Expression {
    text: String,
    tree: Tree,
    root: NodeId,
}

impl Expression {
    /// Parses an expression.
    ///
    /// # Errors
    ///
    /// What httpd refuses, in a clause such as "a variable `FOO`, which httpd does not know".
    pub fn parse(text: &str) -> Result<Self, String> {
        let parsed = parse::parse(text, false)?;
        Ok(Self {
            text: text.to_owned(),
            tree: parsed.tree,
            root: parsed.root,
        })
    }

    /// Parses what stands after `Require expr`, which is taken as it is, except that double quotes around all of it fall away.
    ///
    /// # Errors
    ///
    /// As [`Expression::parse`].
    pub fn parse_required(text: &str) -> Result<Self, String> {
        let inner = text.strip_prefix('"').and_then(|text| text.strip_suffix('"'));
        Self::parse(inner.unwrap_or(text))
    }

    /// Its text.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Whether it holds; not, if httpd gives up.
    ///
    /// # Errors
    ///
    /// When that cannot be known.
    pub fn holds(&self, place: Place, tx: &mut Transaction) -> Result<bool, Undecided> {
        let answer = self.answer(place, tx, &mut Captured::Nothing)?;
        Ok(answer == Answer::Holds)
    }

    /// How it comes out. `captured` is what `$0` to `$9` stand for before, and afterwards what they stand for then.
    ///
    /// # Errors
    ///
    /// When that cannot be known.
    pub fn answer(&self, place: Place, tx: &mut Transaction, captured: &mut Captured) -> Result<Answer, Undecided> {
        let mut run = Run {
            tree: &self.tree,
            text: &self.text,
            place,
            captured,
            depth: 0,
        };
        match run.condition(self.root, tx) {
            Ok(true) => Ok(Answer::Holds),
            Ok(false) => Ok(Answer::Fails),
            Err(Stop::Broken) => Ok(Answer::GivenUp),
            Err(Stop::Undecided(undecided)) => Err(undecided),
        }
    }

    /// What it tests of addresses, standing in that place.
    pub fn address_tests(&self, place: Place) -> AddressTests {
        survey::address_tests(&self.tree, place)
    }

    /// What it looks at; nothing, if it is always the same.
    pub fn subjects(&self) -> BTreeSet<Subject> {
        survey::subjects(&self.tree)
    }

    /// Whether it looks at `REMOTE_USER`: if `Require expr` does and fails, httpd asks for a user.
    pub fn names_user(&self) -> bool {
        survey::names_user(&self.tree)
    }
}

/// A string expression, as in `Header set NAME expr=…`.
#[derive(Debug, Clone)]
pub struct StringExpression {
    text: String,
    tree: Tree,
    root: NodeId,
}

impl StringExpression {
    /// Parses a string expression.
    ///
    /// # Errors
    ///
    /// As [`Expression::parse`].
    pub fn parse(text: &str) -> Result<Self, String> {
        let parsed = parse::parse(text, true)?;
        Ok(Self {
            text: text.to_owned(),
            tree: parsed.tree,
            root: parsed.root,
        })
    }

    /// The string; `None` if httpd gives up.
    ///
    /// # Errors
    ///
    /// When it cannot be known, and a file would have to be read.
    pub fn value(&self, place: Place, tx: &Transaction, captured: &mut Captured) -> Result<Option<Value>, Undecided> {
        let mut run = Run {
            tree: &self.tree,
            text: &self.text,
            place,
            captured,
            depth: 0,
        };
        match run.word(self.root, tx) {
            Ok(Word::Known(value)) => Ok(Some(Value::Known(value.into_owned()))),
            Ok(Word::Unknown(why)) => Ok(Some(Value::Unknown(why.into_owned()))),
            Err(Stop::Broken) => Ok(None),
            Err(Stop::Undecided(undecided)) => Err(undecided),
        }
    }

    /// Its text, if it is always the same.
    pub fn constant(&self) -> Option<&[u8]> {
        self.tree.constant(self.root)
    }

    /// What it looks at.
    pub fn subjects(&self) -> BTreeSet<Subject> {
        survey::subjects(&self.tree)
    }
}
