//! Operators: words are joined and compared, conditions are combined.
//!
//! Comes in: a word or a condition on top of the stack, and the token that comes next, which may bind closer. Goes out: what stands
//! there after it is reduced.

use super::{Parser, Reduced, Symbol};
use crate::expr::names::Unary;
use crate::expr::network::Network;
use crate::expr::scan::Token;
use crate::expr::tree::{Node, NodeId};
use crate::expr::wildcard::Kind;

impl Parser {
    /// A word is on top: it may be joined to the one before, and once it is complete, compared.
    pub(super) fn reduce_word(&mut self, next: Option<&Token>) -> Reduced {
        if next == Some(&Token::Concat) {
            return Ok(false);
        }
        let top = self.stack.get(self.stack.len().saturating_sub(3)..).unwrap_or_default();
        let mut symbols = top.iter().rev().map(|(symbol, _)| symbol);
        let Some(Symbol::Word(word)) = symbols.next() else {
            return Ok(false);
        };
        let word = *word;
        match (symbols.next(), symbols.next()) {
            (Some(Symbol::Token(Token::Concat)), Some(Symbol::Word(left))) => {
                let node = Node::Concat(*left, word);
                self.put(3, node, Symbol::Word)
            }
            (Some(Symbol::Token(Token::Unary(name))), _) => {
                let node = self.unary(name, word)?;
                self.put(2, node, Symbol::Condition)
            }
            (Some(Symbol::Token(Token::Binary(name))), Some(Symbol::Word(left))) => {
                let node = self.binary(name, *left, word)?;
                self.put(3, node, Symbol::Condition)
            }
            (Some(Symbol::Token(Token::Compare { order, numbers })), Some(Symbol::Word(left))) => {
                let node = Node::Compare {
                    order: *order,
                    numbers: *numbers,
                    left: *left,
                    right: word,
                };
                self.put(3, node, Symbol::Condition)
            }
            (Some(Symbol::Token(Token::ListOpen)), _) => {
                let written = self.written(1);
                self.replace(1, Symbol::Words(vec![word]), written);
                Ok(true)
            }
            (Some(Symbol::Token(Token::Comma)), Some(Symbol::Words(_))) => {
                let written = self.written(3);
                self.stack.truncate(self.stack.len().saturating_sub(2));
                if let Some((Symbol::Words(words), whole)) = self.stack.last_mut() {
                    words.push(word);
                    *whole = written;
                }
                Ok(true)
            }
            _ => Ok(false),
        }
    }

    fn unary(&self, name: &str, word: NodeId) -> Result<Node, String> {
        if name == "R" {
            return self.network("-R", word).map(Node::ClientIn);
        }
        let operator = Unary::named(name).ok_or_else(|| format!("an operator `-{name}`, which httpd does not know"))?;
        Ok(Node::Unary(operator, word))
    }

    fn binary(&self, name: &str, left: NodeId, right: NodeId) -> Result<Node, String> {
        if name.eq_ignore_ascii_case("ipmatch") {
            return Ok(Node::IpMatch(left, self.network("-ipmatch", right)?));
        }
        let kind = Kind::named(name).ok_or_else(|| format!("an operator `-{name}`, which httpd does not know"))?;
        Ok(Node::Wildcard(kind, left, right))
    }

    /// The network after `-R` and `-ipmatch`: it must stand in quotes, in one piece.
    fn network(&self, operator: &str, word: NodeId) -> Result<Network, String> {
        let Some(Node::Text(text)) = self.tree.get(word) else {
            return Err(format!("`{operator}` without a network that is written in quotes"));
        };
        Network::parse(text).ok_or_else(|| {
            format!(
                "`{operator}` with `{}`, which is no network",
                String::from_utf8_lossy(text)
            )
        })
    }

    /// A condition is on top.
    pub(super) fn reduce_condition(&mut self, next: Option<&Token>) -> Reduced {
        let top = self.stack.get(self.stack.len().saturating_sub(3)..).unwrap_or_default();
        let mut symbols = top.iter().rev().map(|(symbol, _)| symbol);
        let Some(Symbol::Condition(id)) = symbols.next() else {
            return Ok(false);
        };
        let id = *id;
        match (symbols.next(), symbols.next()) {
            (Some(Symbol::Token(Token::Not)), _) => self.put(2, Node::Not(id), Symbol::Condition),
            (Some(Symbol::Token(Token::And)), Some(Symbol::Condition(left))) if next != Some(&Token::And) => {
                let node = Node::And(*left, id);
                self.put(3, node, Symbol::Condition)
            }
            (Some(Symbol::Token(Token::Or)), Some(Symbol::Condition(left)))
                if !matches!(next, Some(Token::And | Token::Or)) =>
            {
                let node = Node::Or(*left, id);
                self.put(3, node, Symbol::Condition)
            }
            _ => Ok(false),
        }
    }
}
