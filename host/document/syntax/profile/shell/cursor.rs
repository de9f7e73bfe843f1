//! A place in a text that moves forward.
//!
//! Comes in: a text. Goes out: its bytes, one by one or in runs. Never here: what they mean.
//!
//! Everything that matters to a shell is ASCII, so that bytes are enough: pieces are only cut at such a byte.

/// A place in a text.
#[derive(Clone, Debug)]
pub struct Cursor<'t> {
    text: &'t str,
    /// Bytes before it.
    pub offset: usize,
}

impl<'t> Cursor<'t> {
    /// The beginning of a text.
    pub fn of(text: &'t str) -> Self {
        Self { text, offset: 0 }
    }

    /// The byte here.
    pub fn peek(&self) -> Option<u8> {
        self.ahead(0)
    }

    /// The byte so many bytes further.
    pub fn ahead(&self, bytes: usize) -> Option<u8> {
        self.text.as_bytes().get(self.offset.saturating_add(bytes)).copied()
    }

    /// The byte before this one.
    pub fn behind(&self) -> Option<u8> {
        self.text.as_bytes().get(self.offset.checked_sub(1)?).copied()
    }

    /// All that is left.
    pub fn rest(&self) -> &'t str {
        self.text.get(self.offset..).unwrap_or_default()
    }

    /// The text from there to here.
    pub fn since(&self, start: usize) -> &'t str {
        self.text.get(start..self.offset).unwrap_or_default()
    }

    /// Goes forward by so many bytes.
    pub fn bump(&mut self, bytes: usize) {
        self.offset = self.offset.saturating_add(bytes).min(self.text.len());
    }

    /// Goes past all bytes that `is` takes.
    pub fn skip(&mut self, is: impl Fn(u8) -> bool) -> &'t str {
        let rest = self.text.as_bytes().get(self.offset..).unwrap_or_default();
        let start = self.offset;
        self.bump(rest.iter().position(|byte| !is(*byte)).unwrap_or(rest.len()));
        self.since(start)
    }

    /// Goes behind the next `byte`; if there is none, goes nowhere.
    pub fn skip_past(&mut self, byte: u8) -> Option<&'t str> {
        let rest = self.text.as_bytes().get(self.offset..)?;
        let start = self.offset;
        let end = memchr::memchr(byte, rest)?;
        self.bump(end);
        let passed = self.since(start);
        self.bump(1);
        Some(passed)
    }

    /// Goes to the end of the line, and not past it.
    pub fn skip_line(&mut self) -> &'t str {
        let start = self.offset;
        let rest = self.text.as_bytes().get(start..).unwrap_or_default();
        self.bump(memchr::memchr2(b'\n', b'\r', rest).unwrap_or(rest.len()));
        self.since(start)
    }

    /// Goes past the end of a line, if it is here; whether it was.
    pub fn skip_newline(&mut self) -> bool {
        let bytes = match (self.peek(), self.ahead(1)) {
            (Some(b'\r'), Some(b'\n')) => 2,
            (Some(b'\r' | b'\n'), _) => 1,
            _ => 0,
        };
        self.bump(bytes);
        bytes > 0
    }
}
