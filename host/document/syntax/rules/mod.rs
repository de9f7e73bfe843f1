//! The dynamic proxy rules of HCL Connections: `proxy-config.dynamic`, and copies of it.
//!
//! Comes in: a text. Goes out: the root `rules`; below it a node for each call, in order, named as the function is, with
//! its arguments as the attributes `1`, `2`, `3`, …. Never here: what a rule allows, regular expressions.
//!
//! ```text
//!   allow(".*", ".*", "http\\:\\/\\/meetings\\.acme\\.example\\/.*");      // the file
//!   1 = .*   2 = .*   3 = http\:\/\/meetings\.acme\.example\/.*            // the attributes
//! ```
//!
//! A string is unescaped once: `\\` is a backslash and `\"` a quote. A backslash before anything else stays with it, which
//! is what a regular expression that was written with one backslash too few means. What is no string, such as a number,
//! stays as it is written. Typographic quotes, which copies from web pages have, are quotes too, with a remark: the
//! product would refuse them. Comments are `//`, `#` and `/* */`. Everything else between calls is remarked and left out.
//!
//! No library: this is the smallest piece of a scripting language, and real parsers of one stop at the first curly quote.

mod tokens;

use self::tokens::{Piece, Token, Tokens};
use super::lines::{Places, Remarks};
use crate::document::{At, Full, NodeIndex, Parsed, Tree};

/// Arguments of a call: 64. Real ones have three.
const MAX_ARGUMENTS: usize = 64;

/// The calls of a text.
pub fn parse(text: &str) -> Parsed {
    let mut reading = Reading {
        tree: Tree::new("rules"),
        remarks: Remarks::default(),
        state: State::Outside,
        unknown: 0,
        typographic: false,
    };
    let mut places = Places::of(text);
    let mut end = At::START;
    for token in Tokens::of(text) {
        end = places.at(token.offset);
        if let Err(full) = reading.token(token, end) {
            reading.remarks.stop(end.line, full);
            return reading.remarks.beside(reading.tree);
        }
    }
    if let Err(full) = reading.finish(end.line) {
        reading.remarks.stop(end.line, full);
    }
    reading.remarks.beside(reading.tree)
}

struct Reading<'t> {
    tree: Tree,
    remarks: Remarks,
    state: State<'t>,
    /// The last line of which text between calls was remarked: once is enough.
    unknown: u32,
    /// Typographic quotes were remarked: where one was copied, all were.
    typographic: bool,
}

enum State<'t> {
    /// Between calls.
    Outside,
    /// Behind what may be the name of a function.
    Named(&'t str, At),
    /// Between parentheses.
    Inside(Call<'t>),
}

struct Call<'t> {
    name: &'t str,
    at: At,
    /// By their position, which counts from 1; a position where nothing stands has none.
    arguments: Vec<(usize, String, u32)>,
    position: usize,
    /// A word that is an argument, unless a parenthesis follows.
    word: Option<(&'t str, At)>,
}

impl<'t> Reading<'t> {
    fn token(&mut self, token: Token<'t>, at: At) -> Result<(), Full> {
        self.remark_on(&token, at);
        self.state = match std::mem::replace(&mut self.state, State::Outside) {
            State::Outside => self.outside(token.piece, at),
            State::Named(name, named) if token.piece == Piece::Open => State::Inside(Call::new(name, named)),
            State::Named(_, named) => {
                self.unknown(named);
                self.outside(token.piece, at)
            }
            State::Inside(call) => self.inside(call, token.piece, at)?,
        };
        Ok(())
    }

    fn remark_on(&mut self, token: &Token<'_>, at: At) {
        if token.typographic && !self.typographic {
            self.typographic = true;
            self.remarks.say(
                at.line,
                "has typographic quotes as web pages do, and maybe more below; taken as quotes",
            );
        }
        if token.unfinished {
            self.remarks.say(
                at.line,
                "begins a string or a comment that does not end; taken as far as it goes",
            );
        }
    }

    fn outside(&mut self, piece: Piece<'t>, at: At) -> State<'t> {
        match piece {
            Piece::Word(name) => return State::Named(name, at),
            Piece::Semicolon | Piece::Comment => {}
            _ => self.unknown(at),
        }
        State::Outside
    }

    fn unknown(&mut self, at: At) {
        if at.line != self.unknown {
            self.unknown = at.line;
            self.remarks.say(at.line, "has text that is no call; ignored");
        }
    }

    fn inside(&mut self, mut call: Call<'t>, piece: Piece<'t>, at: At) -> Result<State<'t>, Full> {
        // A parenthesis behind a word: the call has no end, and another one begins.
        if piece == Piece::Open
            && let Some((name, named)) = call.word.take()
        {
            self.unclosed(call)?;
            return Ok(State::Inside(Call::new(name, named)));
        }
        let fits = match piece {
            Piece::Comment => return Ok(State::Inside(call)),
            Piece::Close => {
                let fits = call.settle();
                self.leave_out(fits, at);
                self.add(call)?;
                return Ok(State::Outside);
            }
            Piece::Semicolon => {
                call.settle();
                self.unclosed(call)?;
                return Ok(State::Outside);
            }
            Piece::Comma => {
                let fits = call.settle();
                call.position = call.position.saturating_add(1);
                fits
            }
            Piece::Text(text) => call.settle() && call.take(text, at.line),
            Piece::Word(word) => {
                let fits = call.settle();
                call.word = Some((word, at));
                fits
            }
            Piece::Open | Piece::Other => false,
        };
        self.leave_out(fits, at);
        Ok(State::Inside(call))
    }

    fn leave_out(&mut self, fits: bool, at: At) {
        if !fits {
            self.remarks
                .say(at.line, "has an argument that is none, or too many of them; ignored");
        }
    }

    fn unclosed(&mut self, call: Call<'t>) -> Result<(), Full> {
        self.remarks.say(
            call.at.line,
            "begins a call that is not closed; taken as far as it goes",
        );
        self.add(call)
    }

    fn add(&mut self, call: Call<'t>) -> Result<(), Full> {
        self.tree.add(NodeIndex::ROOT, call.name, "", call.at)?;
        for (position, text, line) in call.arguments {
            self.tree.attribute(&position.to_string(), &text, line)?;
        }
        Ok(())
    }

    fn finish(&mut self, line: u32) -> Result<(), Full> {
        match std::mem::replace(&mut self.state, State::Outside) {
            State::Outside => Ok(()),
            State::Named(_, named) => {
                self.unknown(named);
                Ok(())
            }
            State::Inside(mut call) => {
                let fits = call.settle();
                self.leave_out(fits, At { line, ..call.at });
                self.unclosed(call)
            }
        }
    }
}

impl<'t> Call<'t> {
    fn new(name: &'t str, at: At) -> Self {
        Self {
            name,
            at,
            arguments: Vec::new(),
            position: 1,
            word: None,
        }
    }

    /// Makes the word that waits an argument; whether it could be one.
    fn settle(&mut self) -> bool {
        match self.word.take() {
            Some((word, at)) => self.take(word.to_owned(), at.line),
            None => true,
        }
    }

    /// Puts an argument at its position; whether there is room for it, and nothing there already.
    fn take(&mut self, text: String, line: u32) -> bool {
        let taken = self
            .arguments
            .last()
            .is_some_and(|(position, ..)| *position == self.position);
        let fits = !taken && self.position <= MAX_ARGUMENTS;
        if fits {
            self.arguments.push((self.position, text, line));
        }
        fits
    }
}

#[cfg(test)]
mod tests;
