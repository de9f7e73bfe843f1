//! From tokens to a tree, as httpd's parser does it.
//!
//! The parser shifts tokens onto a stack and reduces what stands on top, as the one that bison makes of httpd's grammar; the
//! stack holds as much as that one's. There is no recursion. `!` binds closest, then `&&`, then `||`, both to the right; `.`
//! joins words before anything compares them. A token that fits nothing stays on the stack and is a fault at the end.

mod operators;

use std::ops::Range;

use super::names::{Function, Variable};
use super::regex::Regex;
use super::scan::{Scanner, Token};
use super::tree::{Node, NodeId, Tree};

/// Symbols on the stack: bison's parser has room for 10000 states (`YYMAXDEPTH`), must not fill the last, and begins with one, and the
/// kind of expression is a symbol too.
const DEEPEST: usize = 9997;

/// What stands on the stack.
#[derive(Debug)]
enum Symbol {
    Token(Token),
    /// True or false.
    Condition(NodeId),
    Word(NodeId),
    /// A string so far, in quotes or as the argument of a variable.
    Str(NodeId),
    /// A variable or back reference that is a word or a part of a string, as the place wants.
    Either(NodeId),
    /// Words of a list so far.
    Words(Vec<NodeId>),
    List(Vec<NodeId>),
    /// A function that gives a list, of this word.
    ListResult(NodeId),
}

/// A parsed text: its tree and where that begins.
pub(super) struct Parsed {
    pub(super) tree: Tree,
    pub(super) root: NodeId,
}

/// Parses a boolean expression, or a string expression.
pub(super) fn parse(text: &str, string: bool) -> Result<Parsed, String> {
    let mut scanner = Scanner::new(text.as_bytes(), string);
    let mut parser = Parser {
        tree: Tree::default(),
        stack: Vec::new(),
        string,
    };
    loop {
        let next = scanner.next()?;
        while parser.reduce(next.as_ref().map(|(token, _)| token))? {}
        let Some((token, written)) = next else {
            break;
        };
        parser.check(&token)?;
        parser.stack.push((Symbol::Token(token), written));
        if parser.stack.len() > DEEPEST {
            return Err("an expression that is nested too deeply".to_owned());
        }
    }
    let root = match parser.stack.pop() {
        Some((Symbol::Condition(root), _)) if !string && parser.stack.is_empty() => root,
        Some((Symbol::Str(root), _)) if string && parser.stack.is_empty() => root,
        Some(_) => return Err("an expression that is not complete".to_owned()),
        None => return Err("an empty expression".to_owned()),
    };
    Ok(Parsed {
        tree: parser.tree,
        root,
    })
}

struct Parser {
    tree: Tree,
    stack: Vec<(Symbol, Range<usize>)>,
    string: bool,
}

type Reduced = Result<bool, String>;

impl Parser {
    /// Takes `count` symbols away and puts one in their place that is made of a node.
    fn put(&mut self, count: usize, node: Node, symbol: impl FnOnce(NodeId) -> Symbol) -> Reduced {
        let written = self.written(count);
        let id = self.tree.add(node, written.clone());
        self.replace(count, symbol(id), written);
        Ok(true)
    }

    fn replace(&mut self, count: usize, symbol: Symbol, written: Range<usize>) {
        self.stack.truncate(self.stack.len().saturating_sub(count));
        self.stack.push((symbol, written));
    }

    /// Where the topmost `count` symbols are written.
    fn written(&self, count: usize) -> Range<usize> {
        let first = self.stack.get(self.stack.len().saturating_sub(count));
        let start = first.map_or(0, |(_, written)| written.start);
        let end = self.stack.last().map_or(start, |(_, written)| written.end);
        start..end
    }

    /// A token that can never fit after what stands on top is a fault at once: the rest is not worth reading.
    fn check(&self, token: &Token) -> Result<(), String> {
        let fits = match self.stack.last().map(|(symbol, _)| symbol) {
            Some(Symbol::Condition(_)) => matches!(token, Token::And | Token::Or | Token::Close),
            Some(Symbol::Word(_)) => !matches!(
                token,
                Token::Quote | Token::Variable | Token::Digits(_) | Token::Name(_) | Token::True | Token::False
            ),
            _ => true,
        };
        if fits {
            Ok(())
        } else {
            Err(format!("{} where it cannot stand", token.called()))
        }
    }

    /// Whether the symbol `from_top` from the top (0 is the topmost) begins or continues a string.
    fn in_string(&self, from_top: usize) -> bool {
        let below = self.stack.len().checked_sub(from_top + 1);
        match below.and_then(|at| self.stack.get(at)) {
            Some((Symbol::Str(_) | Symbol::Token(Token::Quote | Token::Colon), _)) => true,
            Some(_) => false,
            None => self.string,
        }
    }

    /// Reduces once, if something can be reduced before `next`.
    fn reduce(&mut self, next: Option<&Token>) -> Reduced {
        let length = self.stack.len();
        let top = self.stack.get(length.saturating_sub(5)..).unwrap_or_default();
        let mut symbols = top.iter().rev().map(|(symbol, _)| symbol);
        let first = symbols.next();
        let (second, third, fourth, fifth) = (symbols.next(), symbols.next(), symbols.next(), symbols.next());
        match (first, second, third, fourth, fifth) {
            (Some(Symbol::Token(_)), ..) => self.reduce_token(),
            (Some(Symbol::Either(id)), ..) => {
                let id = *id;
                if self.in_string(1) {
                    self.part(id)
                } else {
                    let written = self.written(1);
                    self.replace(1, Symbol::Word(id), written);
                    Ok(true)
                }
            }
            (Some(Symbol::Word(_)), ..) => self.reduce_word(next),
            (Some(Symbol::List(words)), Some(Symbol::Token(Token::In)), Some(Symbol::Word(word)), ..) => {
                let node = Node::In(*word, words.iter().rev().copied().collect());
                self.put(3, node, Symbol::Condition)
            }
            (Some(Symbol::ListResult(argument)), Some(Symbol::Token(Token::In)), Some(Symbol::Word(word)), ..) => {
                let node = Node::InResult(*word, *argument);
                self.put(3, node, Symbol::Condition)
            }
            (Some(Symbol::Condition(_)), ..) => self.reduce_condition(next),
            _ => Ok(false),
        }
    }

    /// A part of a string is complete.
    fn part(&mut self, id: NodeId) -> Reduced {
        let before = self.stack.len().checked_sub(2).and_then(|at| self.stack.get(at));
        if let Some((Symbol::Str(so_far), _)) = before {
            let node = Node::Concat(*so_far, id);
            return self.put(2, node, Symbol::Str);
        }
        let written = self.written(1);
        self.replace(1, Symbol::Str(id), written);
        Ok(true)
    }

    /// A token is on top.
    fn reduce_token(&mut self) -> Reduced {
        let top = self.stack.get(self.stack.len().saturating_sub(5)..).unwrap_or_default();
        let mut symbols = top.iter().rev().map(|(symbol, _)| symbol);
        let Some(Symbol::Token(token)) = symbols.next() else {
            return Ok(false);
        };
        let (second, third, fourth, fifth) = (symbols.next(), symbols.next(), symbols.next(), symbols.next());
        match (token, second, third, fourth, fifth) {
            (Token::True, ..) => self.put(1, Node::Truth(true), Symbol::Condition),
            (Token::False, ..) => self.put(1, Node::Truth(false), Symbol::Condition),
            (Token::Digits(digits), ..) => {
                let node = Node::Digits(digits.clone());
                self.put(1, node, Symbol::Word)
            }
            (Token::BackReference(number), ..) => {
                let node = Node::BackReference(*number);
                self.put(1, node, Symbol::Either)
            }
            (Token::Text(text), ..) if self.in_string(1) => {
                let node = Node::Text(text.clone());
                let written = self.written(1);
                let id = self.tree.add(node, written);
                self.part(id)
            }
            (Token::QuoteEnd, Some(Symbol::Str(id)), Some(Symbol::Token(Token::Quote)), ..) => {
                let id = *id;
                let written = self.written(3);
                self.replace(3, Symbol::Word(id), written);
                Ok(true)
            }
            (Token::QuoteEnd, Some(Symbol::Token(Token::Quote)), ..) => {
                self.put(2, Node::Text(Vec::new()), Symbol::Word)
            }
            (Token::VariableEnd, Some(Symbol::Token(Token::Name(name))), Some(Symbol::Token(Token::Variable)), ..) => {
                let variable =
                    Variable::named(name).ok_or_else(|| format!("a variable `{name}`, which httpd does not know"))?;
                self.put(3, Node::Variable(variable), Symbol::Either)
            }
            (
                Token::VariableEnd,
                Some(Symbol::Str(argument)),
                Some(Symbol::Token(Token::Colon)),
                Some(Symbol::Token(Token::Name(name))),
                Some(Symbol::Token(Token::Variable)),
            ) => {
                let node = Node::Function(function(name)?, *argument);
                self.put(5, node, Symbol::Either)
            }
            (Token::Close, ..) => self.close(),
            (Token::ListClose, Some(Symbol::Words(words)), Some(Symbol::Token(Token::ListOpen)), ..) => {
                let words = words.clone();
                let written = self.written(3);
                self.replace(3, Symbol::List(words), written);
                Ok(true)
            }
            (Token::Regex { .. }, Some(Symbol::Token(Token::Matches { .. })), Some(Symbol::Word(_)), ..) => {
                self.reduce_match()
            }
            _ => Ok(false),
        }
    }

    fn reduce_match(&mut self) -> Reduced {
        let (
            Some((
                Symbol::Token(Token::Regex {
                    pattern,
                    case_insensitive,
                }),
                _,
            )),
            at,
        ) = (self.stack.last(), self.stack.len())
        else {
            return Ok(false);
        };
        let regex = Box::new(Regex::compile(pattern, *case_insensitive)?);
        let below = |count: usize| at.checked_sub(count).and_then(|at| self.stack.get(at));
        let (Some((Symbol::Token(Token::Matches { negated }), _)), Some((Symbol::Word(word), _))) =
            (below(2), below(3))
        else {
            return Ok(false);
        };
        let node = Node::Matches {
            word: *word,
            regex,
            negated: *negated,
        };
        self.put(3, node, Symbol::Condition)
    }

    /// `)` is on top: of a function, or of a group.
    fn close(&mut self) -> Reduced {
        let top = self.stack.get(self.stack.len().saturating_sub(5)..).unwrap_or_default();
        let mut symbols = top.iter().rev().skip(1).map(|(symbol, _)| symbol);
        let inner = symbols.next();
        if !matches!(symbols.next(), Some(Symbol::Token(Token::Open))) {
            return Ok(false);
        }
        let (name, before) = (symbols.next(), symbols.next());
        match (inner, name) {
            (Some(Symbol::Condition(id)), _) => {
                let id = *id;
                let written = self.written(3);
                self.replace(3, Symbol::Condition(id), written);
                Ok(true)
            }
            (Some(Symbol::Word(argument)), Some(Symbol::Token(Token::Name(name)))) => {
                let argument = *argument;
                if matches!(before, Some(Symbol::Token(Token::In))) {
                    if !Function::gives_list(name) {
                        return Err(format!(
                            "a function `{name}` that gives a list, which httpd does not know"
                        ));
                    }
                    let written = self.written(4);
                    self.replace(4, Symbol::ListResult(argument), written);
                    return Ok(true);
                }
                let node = Node::Function(function(name)?, argument);
                self.put(4, node, Symbol::Word)
            }
            _ => Ok(false),
        }
    }
}

fn function(name: &str) -> Result<Function, String> {
    Function::named(name).ok_or_else(|| format!("a function `{name}`, which httpd does not know"))
}
