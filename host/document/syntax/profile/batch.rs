//! Batch files of Windows.
//!
//! Comes in: a text. Goes out: what its `set` commands assign. Never here: `set /a`, `set /p`, `setx`, delayed expansion
//! (`!NAME!` stays as it is), labels, arguments.
//!
//! A statement ends with its line, unless that ends with `^`, at `&` or `|`, and inside of parentheses at `)`; none of them
//! counts in quotes. What `set` assigns is everything behind the first `=`, blanks at the end and quotes too, unless the
//! whole assignment stands in quotes. All variables of a batch file go to the programs it starts.

use super::variables::{Assignment, Template, Variables};
use crate::document::syntax::lines::Places;

/// Tells `variables` what a text assigns.
pub fn read(text: &str, variables: &mut Variables) {
    let mut reading = Reading {
        text,
        offset: 0,
        depth: 0,
        places: Places::of(text),
    };
    while reading.offset < text.len() && !variables.is_full() {
        reading.statement(variables);
    }
}

struct Reading<'t> {
    text: &'t str,
    offset: usize,
    /// Parentheses that are open.
    depth: u32,
    places: Places<'t>,
}

impl<'t> Reading<'t> {
    /// Reads a command, or one of the signs between two of them.
    fn statement(&mut self, variables: &mut Variables) {
        self.skip(|byte| {
            matches!(
                byte,
                b' ' | b'\t' | b'@' | b'\n' | b'\r' | b'&' | b'|' | b',' | b';' | b'='
            )
        });
        match self.peek() {
            Some(b'(') => {
                self.depth = self.depth.saturating_add(1);
                self.offset += 1;
                return;
            }
            Some(b')') => {
                self.depth = self.depth.saturating_sub(1);
                self.offset += 1;
                return;
            }
            _ => {}
        }
        let word = self.skip(|byte| !matches!(byte, b' ' | b'\t' | b'\n' | b'\r' | b'(' | b')' | b'&' | b'|' | b'"'));
        if word.starts_with("::") {
            self.skip(|byte| !matches!(byte, b'\n' | b'\r'));
            return;
        }
        match word.to_ascii_lowercase().as_str() {
            "rem" => {
                self.skip(|byte| !matches!(byte, b'\n' | b'\r'));
            }
            "set" => self.set(variables),
            // A condition, a loop: another command follows, and words that are none do no harm until then.
            "if" | "for" => self.condition(),
            "else" | "do" | "call" => {}
            _ => {
                self.rest_of_statement();
            }
        }
    }

    /// Goes through the words behind `if` or `for` as far as the command, which stands behind a parenthesis or is `set`.
    fn condition(&mut self) {
        loop {
            self.skip(|byte| matches!(byte, b' ' | b'\t'));
            match self.peek() {
                None | Some(b'\n' | b'\r' | b'(' | b')' | b'&' | b'|') => return,
                Some(b'"') => self.quoted(),
                Some(_) => {
                    let start = self.offset;
                    let word = self
                        .skip(|byte| !matches!(byte, b' ' | b'\t' | b'\n' | b'\r' | b'(' | b')' | b'&' | b'|' | b'"'));
                    if word.eq_ignore_ascii_case("set") && matches!(self.peek(), Some(b' ' | b'\t')) {
                        self.offset = start;
                        return;
                    }
                }
            }
        }
    }

    /// Goes past a string, or to the end of the line.
    fn quoted(&mut self) {
        self.offset += 1;
        self.skip(|byte| !matches!(byte, b'"' | b'\n' | b'\r'));
        if self.peek() == Some(b'"') {
            self.offset += 1;
        }
    }

    fn set(&mut self, variables: &mut Variables) {
        self.skip(|byte| matches!(byte, b' ' | b'\t'));
        let start = self.offset;
        let statement = self.rest_of_statement();
        // In quotes as a whole: they end it, and nothing behind the last of them belongs to it.
        let (indent, statement) = match statement.strip_prefix('"') {
            Some(inner) => (1, inner.rsplit_once('"').map_or(inner, |(inner, _)| inner)),
            None => (0, statement.as_str()),
        };
        let Some((name, value)) = statement.split_once('=') else {
            return;
        };
        if name.is_empty() || name.starts_with('/') {
            return;
        }
        variables.assign(Assignment {
            name,
            value: template(value),
            at: self.places.at(start + indent),
            exported: true,
            append: false,
        });
        variables.learn();
    }

    /// The text as far as the statement goes, less the signs that protect others.
    fn rest_of_statement(&mut self) -> String {
        let mut statement = String::new();
        let mut quoted = false;
        loop {
            let run = self.skip(|byte| !matches!(byte, b'"' | b'^' | b'&' | b'|' | b')' | b'\n' | b'\r'));
            statement.push_str(run);
            match self.peek() {
                None | Some(b'\n' | b'\r') => return statement,
                Some(b'&' | b'|') if !quoted => return statement,
                Some(b')') if !quoted && self.depth > 0 => return statement,
                Some(b'^') if !quoted => self.protected(&mut statement),
                Some(sign) => {
                    quoted ^= sign == b'"';
                    statement.push(char::from(sign));
                    self.offset += 1;
                }
            }
        }
    }

    /// Takes a `^` away, and with it the end of a line; any other character is taken as it is.
    fn protected(&mut self, statement: &mut String) {
        self.offset += 1;
        let rest = self.text.get(self.offset..).unwrap_or_default();
        let end = if rest.starts_with("\r\n") { 2 } else { 1 };
        match rest.chars().next() {
            Some('\n' | '\r') => self.offset += end,
            Some(c) => {
                statement.push(c);
                self.offset += c.len_utf8();
            }
            None => {}
        }
    }

    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.offset).copied()
    }

    /// Goes past all bytes that `is` takes; it must not tell those of one character apart.
    fn skip(&mut self, is: impl Fn(u8) -> bool) -> &'t str {
        let rest = self.text.get(self.offset..).unwrap_or_default();
        let end = rest.bytes().position(|byte| !is(byte)).unwrap_or(rest.len());
        self.offset += end;
        rest.get(..end).unwrap_or_default()
    }
}

/// A value with its `%NAME%`s. `%1`, `%~dp0` and `%NAME:a=b%` are none.
fn template(value: &str) -> Template {
    let mut template = Template::default();
    let mut rest = value;
    while let Some((before, behind)) = rest.split_once('%') {
        template.text.push_str(before);
        let end = behind
            .bytes()
            .position(|byte| matches!(byte, b'%' | b' ' | b':' | b'~'));
        let name = end.and_then(|end| behind.split_at_checked(end));
        match name {
            Some((name, tail)) if !name.is_empty() && tail.starts_with('%') => {
                template.refer(&format!("%{name}%"));
                rest = tail.get(1..).unwrap_or_default();
            }
            _ => {
                template.text.push('%');
                rest = behind;
            }
        }
    }
    template.text.push_str(rest);
    template
}
