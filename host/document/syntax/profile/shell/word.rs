//! One word of a shell script.
//!
//! Comes in: a [`Cursor`] at its first byte. Goes out: the [`Word`], its quotes removed, the variables in it known by
//! place, substitutions as they are written. Never here: what the word is for.

use super::cursor::Cursor;
use super::nesting::{self, Documents, Frame, Unclosed, ends_word};
use crate::document::At;
use crate::document::syntax::profile::name;
use crate::document::syntax::profile::variables::Template;

/// A word.
#[derive(Clone, Debug)]
pub struct Word<'t> {
    /// Its text, quotes removed.
    pub value: Template,
    /// Its text as written.
    pub raw: &'t str,
    /// Where it begins.
    pub at: At,
    /// It ends with its line though something in it is still open.
    pub unclosed: bool,
}

/// A word that sets a variable.
#[derive(Clone, Debug)]
pub struct Setting {
    /// The variable.
    pub name: String,
    /// What it is set to.
    pub value: Template,
    /// Whether that goes behind what it had.
    pub append: bool,
}

impl Word<'_> {
    /// Whether it is an assignment before a command: name and sign must be written without quotes.
    pub fn assigns(&self) -> bool {
        assigned(self.raw).is_some()
    }

    /// The word as an argument of `export` and its like, where the whole may stand in quotes.
    pub fn setting(self) -> Option<Setting> {
        let (name, append) = assigned(self.value.literal())?;
        let name = name.to_owned();
        Some(Setting {
            value: self.value.from(name.len() + 1 + usize::from(append)),
            name,
            append,
        })
    }
}

/// The variable that a text sets, and whether it appends.
fn assigned(text: &str) -> Option<(&str, bool)> {
    let name = name(text);
    let rest = text.get(name.len()..)?;
    let append = rest.starts_with("+=");
    (!name.is_empty() && (append || rest.starts_with('='))).then_some((name, append))
}

/// Reads a word.
pub struct WordReader<'c, 't> {
    cursor: &'c mut Cursor<'t>,
    documents: &'c mut Documents,
    start: usize,
    value: Template,
    /// The double quotes that are open.
    quotes: Option<Opening>,
    at: At,
}

/// Where something opened: in the script, and in the value.
#[derive(Clone, Copy)]
struct Opening {
    offset: usize,
    length: usize,
}

impl<'c, 't> WordReader<'c, 't> {
    /// Of the word that begins at the cursor.
    pub fn of(cursor: &'c mut Cursor<'t>, documents: &'c mut Documents, at: At) -> Self {
        Self {
            start: cursor.offset,
            cursor,
            documents,
            value: Template::default(),
            quotes: None,
            at,
        }
    }

    /// Reads it; the cursor goes behind it.
    pub fn read(mut self) -> Word<'t> {
        let mut unclosed = false;
        loop {
            let here = Opening {
                offset: self.cursor.offset,
                length: self.value.text.len(),
            };
            let passed = match self.cursor.peek() {
                None if self.quotes.is_some() => Err(Unclosed),
                None => break,
                Some(byte) if self.quotes.is_none() && ends_word(byte) && !self.is_array(byte) => break,
                Some(byte) => self.step(byte),
            };
            if passed == Err(Unclosed) {
                unclosed = true;
                self.give_up(self.quotes.unwrap_or(here));
                break;
            }
        }
        Word {
            raw: self.cursor.since(self.start),
            value: self.value,
            at: self.at,
            unclosed,
        }
    }

    /// Takes what opened as it is written, as far as its line goes.
    fn give_up(&mut self, opening: Opening) {
        self.value.truncate(opening.length);
        self.cursor.offset = opening.offset;
        self.value.text.push_str(self.cursor.skip_line());
        *self.documents = Documents::default();
    }

    /// `NAME=(…)`
    fn is_array(&self, byte: u8) -> bool {
        let raw = self.cursor.since(self.start);
        byte == b'('
            && self.cursor.behind() == Some(b'=')
            && assigned(raw).is_some_and(|(name, append)| raw.len() == name.len() + 1 + usize::from(append))
    }

    fn step(&mut self, byte: u8) -> Result<(), Unclosed> {
        match byte {
            b'"' => {
                let opening = Opening {
                    offset: self.cursor.offset,
                    length: self.value.text.len(),
                };
                self.quotes = if self.quotes.is_some() { None } else { Some(opening) };
                self.cursor.bump(1);
                Ok(())
            }
            b'\\' => {
                self.backslash();
                Ok(())
            }
            b'\'' if self.quotes.is_none() => {
                self.cursor.bump(1);
                let text = self.cursor.skip_past(b'\'').ok_or(Unclosed)?;
                self.value.text.push_str(text);
                Ok(())
            }
            b'$' => self.dollar(),
            b'`' => self.as_written(nesting::backticks),
            b'(' if self.quotes.is_none() => self.nested(|cursor| {
                cursor.bump(1);
                &[Frame::Commands]
            }),
            _ => {
                self.run();
                Ok(())
            }
        }
    }

    /// Goes as far as nothing is special.
    fn run(&mut self) {
        let quoted = self.quotes.is_some();
        let start = self.cursor.offset;
        self.cursor.bump(1);
        self.cursor.skip(|byte| {
            !matches!(byte, b'"' | b'\\' | b'$' | b'`') && (quoted || !(byte == b'\'' || ends_word(byte)))
        });
        self.value.text.push_str(self.cursor.since(start));
    }

    fn backslash(&mut self) {
        self.cursor.bump(1);
        if self.cursor.skip_newline() {
            return;
        }
        let Some(next) = self.cursor.rest().chars().next() else {
            self.value.text.push('\\');
            return;
        };
        if self.quotes.is_some() && !matches!(next, '$' | '`' | '"' | '\\') {
            self.value.text.push('\\');
        }
        self.value.text.push(next);
        self.cursor.bump(next.len_utf8());
    }

    fn dollar(&mut self) -> Result<(), Unclosed> {
        let rest = self.cursor.rest().get(1..).unwrap_or_default();
        let plain = name(rest);
        let braced = rest.strip_prefix('{').map(name).unwrap_or_default();
        let closed = rest.get(1 + braced.len()..).is_some_and(|rest| rest.starts_with('}'));
        match rest.as_bytes().first() {
            Some(b'\'') if self.quotes.is_none() => self.escaped(),
            // The quotes themselves follow.
            Some(b'"') if self.quotes.is_none() => {
                self.cursor.bump(1);
                Ok(())
            }
            Some(b'{') if !braced.is_empty() && closed => {
                self.refer(braced.len() + 3);
                Ok(())
            }
            Some(b'(' | b'{') => {
                let quoted = self.quotes.is_some();
                self.nested(|cursor| nesting::substitution(cursor, quoted))
            }
            _ => {
                self.refer(plain.len() + 1);
                Ok(())
            }
        }
    }

    /// Takes so many bytes as a reference; a `$` alone is none.
    fn refer(&mut self, bytes: usize) {
        let start = self.cursor.offset;
        self.cursor.bump(bytes);
        let written = self.cursor.since(start);
        if bytes > 1 {
            self.value.refer(written);
        } else {
            self.value.text.push_str(written);
        }
    }

    fn nested(&mut self, open: impl Fn(&mut Cursor<'t>) -> &'static [Frame]) -> Result<(), Unclosed> {
        let start = self.cursor.offset;
        let frames = open(self.cursor);
        nesting::pass(self.cursor, frames, self.documents)?;
        self.value.text.push_str(self.cursor.since(start));
        Ok(())
    }

    fn as_written(&mut self, pass: impl Fn(&mut Cursor<'t>) -> Result<(), Unclosed>) -> Result<(), Unclosed> {
        let start = self.cursor.offset;
        pass(self.cursor)?;
        self.value.text.push_str(self.cursor.since(start));
        Ok(())
    }

    /// `$'…'`: the escapes that people use; others stay as they are written.
    fn escaped(&mut self) -> Result<(), Unclosed> {
        self.cursor.bump(2);
        loop {
            let run = self.cursor.skip(|byte| !matches!(byte, b'\'' | b'\\'));
            self.value.text.push_str(run);
            if self.cursor.peek().ok_or(Unclosed)? == b'\'' {
                self.cursor.bump(1);
                return Ok(());
            }
            let escape = match self.cursor.ahead(1).ok_or(Unclosed)? {
                b'n' => "\n",
                b't' => "\t",
                b'r' => "\r",
                b'\\' => "\\",
                b'\'' => "'",
                b'"' => "\"",
                _ => {
                    self.value.text.push('\\');
                    self.cursor.bump(1);
                    continue;
                }
            };
            self.value.text.push_str(escape);
            self.cursor.bump(2);
        }
    }
}
