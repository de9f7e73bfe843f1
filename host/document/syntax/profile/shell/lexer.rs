//! The words of a shell script, and what separates its commands.
//!
//! Comes in: a text. Goes out: its [`Token`]s in order, without comments, redirections and here-documents. Never here:
//! which words are commands.
//!
//! What opens and never closes is taken as far as its line goes, and reading goes on with the next: half a file is better
//! than none. Each such attempt may have read the whole text, so there are only [`MAX_ATTEMPTS`] of them.

use super::cursor::Cursor;
use super::nesting::{self, Documents, Frame, Unclosed, ends_word, is_blank};
use super::word::{Word, WordReader};
use crate::document::syntax::lines::{Places, Remarks};

/// Constructs without an end that are forgiven: 8, as many as remarks are kept.
const MAX_ATTEMPTS: u32 = 8;

/// A piece of a script.
#[derive(Clone, Debug)]
pub enum Token<'t> {
    /// A word.
    Word(Word<'t>),
    /// A command ends: a line, `;`, `&&`, `||`.
    End,
    /// A command ends that has a process of its own: `|`, `&`.
    Detached,
    /// `(`
    Open,
    /// `)`
    Close,
}

/// The tokens of a text.
#[derive(Clone, Debug)]
pub struct Lexer<'t> {
    cursor: Cursor<'t>,
    places: Places<'t>,
    documents: Documents,
    attempts: u32,
}

impl<'t> Lexer<'t> {
    /// All tokens of `text`.
    pub fn of(text: &'t str) -> Self {
        Self {
            cursor: Cursor::of(text),
            places: Places::of(text),
            documents: Documents::default(),
            attempts: 0,
        }
    }

    /// The next one, if there is any.
    pub fn next(&mut self, remarks: &mut Remarks) -> Option<Token<'t>> {
        loop {
            self.cursor.skip(is_blank);
            let here = self.cursor.offset;
            let token = match (self.cursor.peek(), self.cursor.ahead(1)) {
                (None, _) => {
                    self.say_unclosed_documents(remarks);
                    return None;
                }
                (Some(b'\n' | b'\r'), _) => {
                    self.newline(remarks);
                    return Some(Token::End);
                }
                (Some(b'\\'), Some(b'\n' | b'\r')) => {
                    self.cursor.bump(1);
                    self.cursor.skip_newline();
                    continue;
                }
                (Some(b'#'), _) => {
                    self.cursor.skip_line();
                    continue;
                }
                (Some(b'('), Some(b'(')) => {
                    self.cursor.bump(2);
                    self.construct(here, &[Frame::Arithmetic, Frame::Arithmetic], remarks);
                    continue;
                }
                (Some(b'<' | b'>'), _) | (Some(b'&'), Some(b'>')) => {
                    self.redirection(remarks);
                    continue;
                }
                (Some(first), second) => match separator(first, second) {
                    Some((token, bytes)) => {
                        self.cursor.bump(bytes);
                        token
                    }
                    None => {
                        let word = self.word(remarks);
                        if self.is_descriptor(&word) {
                            continue;
                        }
                        Token::Word(word)
                    }
                },
            };
            return Some(token);
        }
    }

    fn newline(&mut self, remarks: &mut Remarks) {
        let end = self.cursor.offset;
        self.cursor.skip_newline();
        if self.documents.were_left_out() {
            let line = self.places.at(end).line;
            remarks.say(
                line,
                "announces more than 16 here-documents; those behind are read as if they were none",
            );
        }
        let here = self.cursor.offset;
        if self.documents.pass(&mut self.cursor) == Err(Unclosed) {
            let line = self.places.at(here).line;
            remarks.say(
                line,
                "is where a here-document begins that does not end; read as if it were none",
            );
            self.cursor.offset = here;
            self.count(line, remarks);
        }
    }

    fn say_unclosed_documents(&mut self, remarks: &mut Remarks) {
        if self.documents.are_awaited() {
            let line = self.places.at(self.cursor.offset).line;
            remarks.say(line, "announces a here-document that does not come");
        }
    }

    fn word(&mut self, remarks: &mut Remarks) -> Word<'t> {
        let at = self.places.at(self.cursor.offset);
        let read = WordReader::of(&mut self.cursor, &mut self.documents, at).read();
        if read.unclosed {
            remarks.say(
                at.line,
                "has a quote or a substitution that does not end, or too deep a nest of them; taken as far as its line goes",
            );
            self.count(at.line, remarks);
        }
        read
    }

    /// Goes past a construct that is no word, from behind its opening.
    fn construct(&mut self, start: usize, frames: &[Frame], remarks: &mut Remarks) {
        if nesting::pass(&mut self.cursor, frames, &mut self.documents) == Err(Unclosed) {
            let line = self.places.at(start).line;
            remarks.say(
                line,
                "has a parenthesis that does not close, or too deep a nest of them; its line is ignored",
            );
            self.cursor.offset = start;
            self.cursor.skip_line();
            self.count(line, remarks);
        }
    }

    /// Goes past `> file`, `2>&1`, `<<< word`, `< <(command)`, and remembers a here-document.
    fn redirection(&mut self, remarks: &mut Remarks) {
        let rest = self.cursor.rest();
        if rest.starts_with("<<") && !rest.starts_with("<<<") {
            self.documents.announce(&mut self.cursor);
            return;
        }
        self.cursor.skip(|byte| matches!(byte, b'<' | b'>' | b'&' | b'|'));
        self.cursor.skip(is_blank);
        let here = self.cursor.offset;
        if matches!(
            (self.cursor.peek(), self.cursor.ahead(1)),
            (Some(b'<' | b'>'), Some(b'('))
        ) {
            self.cursor.bump(1);
        }
        match self.cursor.peek() {
            Some(b'(') => {
                self.cursor.bump(1);
                self.construct(here, &[Frame::Commands], remarks);
            }
            Some(byte) if !ends_word(byte) => {
                self.word(remarks);
            }
            _ => {}
        }
    }

    /// `2` in `2>file`.
    fn is_descriptor(&self, word: &Word<'_>) -> bool {
        matches!(self.cursor.peek(), Some(b'<' | b'>')) && word.raw.bytes().all(|byte| byte.is_ascii_digit())
    }

    fn count(&mut self, line: u32, remarks: &mut Remarks) {
        self.attempts += 1;
        if self.attempts > MAX_ATTEMPTS {
            remarks.stop(
                line,
                "has too much that opens and does not end; nothing further down is read",
            );
            self.cursor.bump(usize::MAX);
            self.documents = Documents::default();
        }
    }
}

fn separator<'t>(first: u8, second: Option<u8>) -> Option<(Token<'t>, usize)> {
    Some(match (first, second) {
        (b';', _) => (Token::End, 1),
        (b'&', Some(b'&')) | (b'|', Some(b'|')) => (Token::End, 2),
        (b'&' | b'|', _) => (Token::Detached, 1),
        (b'(', _) => (Token::Open, 1),
        (b')', _) => (Token::Close, 1),
        _ => return None,
    })
}
