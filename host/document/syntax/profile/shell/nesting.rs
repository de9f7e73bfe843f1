//! What may stand inside of a word and has an end of its own: substitutions, and here-documents behind the line.
//!
//! Comes in: a [`Cursor`] behind the opening. Goes out: the same behind the end, however deep things are nested. Never
//! here: what stands inside; nothing of it is kept or run.

use super::cursor::Cursor;

/// Constructs inside of one another: 64. People stop at three.
const MAX_NESTING: usize = 64;

/// Here-documents of one command line: 16. People write one.
const MAX_DOCUMENTS: usize = 16;

/// The text ends before the construct does, or it is nested too deep.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Unclosed;

/// What is open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Frame {
    /// `(`: commands.
    Commands,
    /// `((`: two of these.
    Arithmetic,
    /// `${`
    Braces,
    /// `${` in quotes, where an apostrophe is one. bash wants them in pairs even there, and pairs do no harm here.
    QuotedBraces,
    /// `"`
    Quotes,
}

/// A here-document that is to come.
#[derive(Clone, Debug)]
struct Document {
    delimiter: String,
    /// `<<-`: tabs before its lines do not count.
    indented: bool,
}

/// The here-documents whose operators were met in a line; they stand behind it.
#[derive(Clone, Debug, Default)]
pub struct Documents {
    awaited: Vec<Document>,
    /// There were more than [`MAX_DOCUMENTS`].
    excessive: bool,
}

impl Documents {
    /// Reads the operator `<<` here with its delimiter.
    pub fn announce(&mut self, cursor: &mut Cursor<'_>) {
        cursor.bump(2);
        let indented = cursor.peek() == Some(b'-');
        cursor.bump(usize::from(indented));
        cursor.skip(is_blank);
        let delimiter = delimiter(cursor);
        if delimiter.is_empty() {
            return;
        }
        if self.awaited.len() < MAX_DOCUMENTS {
            self.awaited.push(Document { delimiter, indented });
        } else {
            self.excessive = true;
        }
    }

    /// Whether some were left out since this was asked last, because one line has too many.
    pub fn were_left_out(&mut self) -> bool {
        std::mem::take(&mut self.excessive)
    }

    /// Whether any is to come.
    pub fn are_awaited(&self) -> bool {
        !self.awaited.is_empty()
    }

    /// Goes past the here-documents, from the beginning of the line where the first of them begins.
    pub fn pass(&mut self, cursor: &mut Cursor<'_>) -> Result<(), Unclosed> {
        for document in std::mem::take(&mut self.awaited) {
            loop {
                let line = cursor.skip_line();
                let line = if document.indented {
                    line.trim_start_matches('\t')
                } else {
                    line
                };
                let ends = line == document.delimiter;
                if !cursor.skip_newline() && !ends {
                    return Err(Unclosed);
                }
                if ends {
                    break;
                }
            }
        }
        Ok(())
    }
}

/// The word here, quotes removed.
fn delimiter(cursor: &mut Cursor<'_>) -> String {
    let mut delimiter = String::new();
    while let Some(byte) = cursor.peek() {
        match byte {
            b'\'' | b'"' => {
                cursor.bump(1);
                delimiter.push_str(cursor.skip(|inner| inner != byte && !matches!(inner, b'\n' | b'\r')));
                cursor.bump(usize::from(cursor.peek() == Some(byte)));
            }
            b'\\' => cursor.bump(1),
            _ if ends_word(byte) => break,
            _ => delimiter.push_str(cursor.skip(|byte| !ends_word(byte) && !matches!(byte, b'\'' | b'"' | b'\\'))),
        }
    }
    delimiter
}

/// Goes past all that `frames` opened and what is nested in it.
pub fn pass(cursor: &mut Cursor<'_>, frames: &[Frame], documents: &mut Documents) -> Result<(), Unclosed> {
    let mut open = frames.to_vec();
    while let Some(frame) = open.last().copied() {
        if open.len() > MAX_NESTING {
            return Err(Unclosed);
        }
        let byte = cursor.peek().ok_or(Unclosed)?;
        if byte == closing(frame) {
            open.pop();
            cursor.bump(1);
        } else {
            step(cursor, byte, &mut open, documents)?;
        }
    }
    Ok(())
}

/// One byte that closes nothing, or whatever begins there.
fn step(cursor: &mut Cursor<'_>, byte: u8, open: &mut Vec<Frame>, documents: &mut Documents) -> Result<(), Unclosed> {
    let frame = open.last().copied().unwrap_or(Frame::Commands);
    let quoted = matches!(frame, Frame::Quotes | Frame::QuotedBraces);
    match byte {
        b'\\' => cursor.bump(2),
        b'`' => backticks(cursor)?,
        b'$' => open.extend(substitution(cursor, quoted)),
        b'"' => {
            open.push(Frame::Quotes);
            cursor.bump(1);
        }
        b'\'' if !quoted => {
            cursor.bump(1);
            cursor.skip_past(b'\'').ok_or(Unclosed)?;
        }
        b'(' if frame == Frame::Commands || frame == Frame::Arithmetic => {
            open.push(frame);
            cursor.bump(1);
        }
        b'#' if frame == Frame::Commands && begins_word(cursor) => {
            cursor.skip_line();
        }
        b'<' if frame == Frame::Commands => redirection(cursor, documents),
        b'\n' | b'\r' if frame == Frame::Commands => {
            cursor.skip_newline();
            documents.pass(cursor)?;
        }
        _ => cursor.bump(1),
    }
    Ok(())
}

fn closing(frame: Frame) -> u8 {
    match frame {
        Frame::Commands | Frame::Arithmetic => b')',
        Frame::Braces | Frame::QuotedBraces => b'}',
        Frame::Quotes => b'"',
    }
}

/// What a `$` here opens, in quotes or not. The cursor goes behind it.
pub fn substitution(cursor: &mut Cursor<'_>, quoted: bool) -> &'static [Frame] {
    let (bytes, frames): (usize, &[Frame]) = match (cursor.ahead(1), cursor.ahead(2)) {
        (Some(b'('), Some(b'(')) => (3, &[Frame::Arithmetic, Frame::Arithmetic]),
        (Some(b'('), _) => (2, &[Frame::Commands]),
        (Some(b'{'), _) if quoted => (2, &[Frame::QuotedBraces]),
        (Some(b'{'), _) => (2, &[Frame::Braces]),
        _ => (1, &[]),
    };
    cursor.bump(bytes);
    frames
}

/// Goes past a substitution in backticks: quotes mean nothing to where it ends.
pub fn backticks(cursor: &mut Cursor<'_>) -> Result<(), Unclosed> {
    cursor.bump(1);
    loop {
        cursor.skip(|byte| !matches!(byte, b'`' | b'\\'));
        match cursor.peek().ok_or(Unclosed)? {
            b'`' => {
                cursor.bump(1);
                return Ok(());
            }
            _ => cursor.bump(2),
        }
    }
}

fn redirection(cursor: &mut Cursor<'_>, documents: &mut Documents) {
    match (cursor.ahead(1), cursor.ahead(2)) {
        (Some(b'<'), Some(b'<')) => cursor.bump(3),
        (Some(b'<'), _) => documents.announce(cursor),
        _ => cursor.bump(1),
    }
}

fn begins_word(cursor: &Cursor<'_>) -> bool {
    cursor
        .behind()
        .is_none_or(|byte| is_blank(byte) || matches!(byte, b'\n' | b'\r' | b';' | b'&' | b'|' | b'(' | b')'))
}

/// Whether no word goes on with this byte.
pub fn ends_word(byte: u8) -> bool {
    is_blank(byte) || matches!(byte, b'\n' | b'\r' | b';' | b'&' | b'|' | b'<' | b'>' | b'(' | b')')
}

/// Whether a byte separates words and nothing else.
pub fn is_blank(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t')
}
