//! Strings, and variables in and outside of them.
//!
//! Comes in: the text in quotes, or in `%{…}`. Goes out: its pieces, back references, and the names and ends of variables. An escape is a
//! byte in octal, one of C's letters, or the byte itself.

use super::{LONGEST, Scanner, State, Token, shown};

impl Scanner<'_> {
    /// A piece of a string is complete; what comes after it is read again.
    fn piece(&mut self) -> Option<Token> {
        if self.piece.is_empty() {
            return None;
        }
        let mut piece = std::mem::take(&mut self.piece);
        // In httpd it is a C string: an escaped NUL ends it.
        if let Some(end) = piece.iter().position(|byte| *byte == 0) {
            piece.truncate(end);
        }
        Some(Token::Text(piece))
    }

    fn append(&mut self, byte: u8) -> Result<(), String> {
        self.piece.push(byte);
        if self.piece.len() > LONGEST {
            return Err(format!("a string of more than {LONGEST} bytes"));
        }
        Ok(())
    }

    pub(super) fn string(&mut self) -> Result<Token, String> {
        loop {
            let Some(byte) = self.peek(0) else {
                if self.quote.is_some() {
                    return Err("a string or variable without its end".to_owned());
                }
                self.state = State::Outside;
                return Ok(self.piece().unwrap_or_else(|| Token::Text(Vec::new())));
            };
            if Some(byte) == self.quote {
                return Ok(self.piece().unwrap_or_else(|| {
                    self.state = State::Outside;
                    self.take(1, Token::QuoteEnd)
                }));
            }
            if let Some(token) = self.inner(byte)? {
                return Ok(token);
            }
        }
    }

    pub(super) fn argument(&mut self) -> Result<Token, String> {
        loop {
            match self.peek(0) {
                None => return Err("a string or variable without its end".to_owned()),
                Some(b'}') => return Ok(self.piece().unwrap_or_else(|| self.variable_end())),
                // httpd's scanner has no way on from here and ends the process.
                Some(b'"' | b'\'') => return Err("a quote in the argument of a variable".to_owned()),
                Some(byte) => {
                    if let Some(token) = self.inner(byte)? {
                        return Ok(token);
                    }
                }
            }
        }
    }

    /// What strings and arguments share: escapes, back references, variables; anything else is text.
    fn inner(&mut self, byte: u8) -> Result<Option<Token>, String> {
        match (byte, self.peek(1)) {
            (b'\n', _) => Err("a line's end in a string or variable".to_owned()),
            (b'\\', _) => self.escape().map(|()| None),
            (b'$', Some(digit @ b'0'..=b'9')) => Ok(Some(
                self.piece()
                    .unwrap_or_else(|| self.take(2, Token::BackReference(digit - b'0'))),
            )),
            (b'%', Some(b'{')) => Ok(Some(self.piece().unwrap_or_else(|| self.variable()))),
            _ => {
                self.at += 1;
                self.append(byte).map(|()| None)
            }
        }
    }

    fn escape(&mut self) -> Result<(), String> {
        let digits = self.run(self.at + 1);
        let digits = digits.len() - digits.trim_start_matches(|c: char| c.is_ascii_digit()).len();
        if digits > 0 {
            let written = self.text.get(self.at + 1..self.at + 1 + digits).unwrap_or_default();
            let value = (digits <= 3 && written.iter().all(|digit| *digit < b'8'))
                .then(|| {
                    written
                        .iter()
                        .fold(0_u32, |value, digit| value * 8 + u32::from(digit - b'0'))
                })
                .and_then(|value| u8::try_from(value).ok())
                .ok_or_else(|| "an escape of digits that is not a byte in octal".to_owned())?;
            self.at += 1 + digits;
            return self.append(value);
        }
        let byte = match self.peek(1) {
            None => return Err("a backslash at the end".to_owned()),
            Some(b'n') => b'\n',
            Some(b'r') => b'\r',
            Some(b't') => b'\t',
            Some(b'b') => 8,
            Some(b'f') => 12,
            Some(byte) => byte,
        };
        self.at += 2;
        self.append(byte)
    }

    fn variable_end(&mut self) -> Token {
        self.state = self.around.pop().unwrap_or(State::Outside);
        self.take(1, Token::VariableEnd)
    }

    pub(super) fn name(&mut self) -> Result<Token, String> {
        match self.peek(0) {
            None => Err("a variable without its end".to_owned()),
            Some(b'}') => Ok(self.variable_end()),
            Some(b':') => {
                self.state = State::Argument;
                Ok(self.take(1, Token::Colon))
            }
            Some(b'a'..=b'z' | b'A'..=b'Z') => {
                let name = self.run(self.at);
                Ok(self.take(name.len(), Token::Name(name.to_owned())))
            }
            Some(byte) => Err(format!("{} cannot stand in the name of a variable", shown(byte))),
        }
    }
}
