//! A line's words, as the server and its rewrite module take them apart.
//!
//! Comes in: a line, or the arguments of a directive. Goes out: words without their quotes. Never here: what they mean.
//!
//! Two ways, because the patterns of a rewrite rule depend on it:
//!
//! - [`Quoting::Httpd`] (`ap_getword_conf`): a word in `"` or `'` goes to the same quote, elsewhere to the next blank. `\\`
//!   becomes one backslash, in quotes and outside; in quotes a backslash also takes the meaning of that quote away. Every
//!   other backslash stays. A quote in the middle of a word is a character like any other;
//! - [`Quoting::Rewrite`] (`mod_rewrite`): quotes at the beginning of a word likewise, but a backslash always stays, and
//!   only keeps a blank behind it in the word.
//!
//! `{{ … }}` of a template stays in its word, blanks or not: it stands for a value that is not known yet.

use std::borrow::Cow;

/// What `isspace` takes for a blank.
pub fn is_blank(c: char) -> bool {
    matches!(c, ' ' | '\t' | '\n' | '\u{b}' | '\u{c}' | '\r')
}

fn is_blank_byte(byte: u8) -> bool {
    is_blank(char::from(byte))
}

/// Who takes the words apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Quoting {
    /// The server.
    Httpd,
    /// The rewrite module, for its rules and conditions.
    Rewrite,
}

impl Quoting {
    /// Who takes apart the arguments of that directive.
    pub fn of(directive: &str) -> Self {
        if directive.eq_ignore_ascii_case("RewriteRule") || directive.eq_ignore_ascii_case("RewriteCond") {
            Self::Rewrite
        } else {
            Self::Httpd
        }
    }
}

/// The first word of a line, and what stands behind it, blanks before that gone.
pub fn name(line: &str) -> (Cow<'_, str>, &str) {
    let mut words = Words::new(line, Quoting::Httpd);
    let name = words.next().unwrap_or_default();
    (name, words.rest())
}

/// The words of a text, from left to right.
pub struct Words<'t> {
    text: &'t str,
    position: usize,
    quoting: Quoting,
    /// Where the last `}}` stands: a `{{` behind it is only two braces.
    last_template_end: usize,
}

impl<'t> Words<'t> {
    /// The words of a text.
    pub fn new(text: &'t str, quoting: Quoting) -> Self {
        Self {
            text,
            position: 0,
            quoting,
            last_template_end: memchr::memmem::rfind(text.as_bytes(), b"}}").unwrap_or(0),
        }
    }

    /// What stands behind the words so far.
    pub fn rest(&self) -> &'t str {
        let rest = self.text.get(self.position..).unwrap_or_default();
        rest.trim_start_matches(is_blank)
    }

    fn byte(&self, position: usize) -> Option<u8> {
        self.text.as_bytes().get(position).copied()
    }

    /// Where the word ends that begins there: at its quote, at a blank, or at the end of the text.
    fn end(&self, begin: usize, quote: Option<u8>) -> usize {
        let mut position = begin;
        while let Some(byte) = self.byte(position) {
            if quote.map_or_else(|| is_blank_byte(byte), |quote| byte == quote) {
                break;
            }
            position += match byte {
                b'\\' if self.is_escape(position, quote) => 2,
                b'{' => self.template(position),
                _ => 1,
            };
        }
        position.min(self.text.len())
    }

    /// Whether the backslash there takes the next byte along.
    fn is_escape(&self, backslash: usize, quote: Option<u8>) -> bool {
        let next = self.byte(backslash + 1);
        match self.quoting {
            Quoting::Httpd => quote.is_some() && (next == Some(b'\\') || next == quote),
            Quoting::Rewrite => next.is_some_and(is_blank_byte),
        }
    }

    /// How long the `{{ … }}` is that begins there; 1 for a brace that begins none.
    fn template(&self, brace: usize) -> usize {
        if self.byte(brace + 1) != Some(b'{') || self.last_template_end < brace + 2 {
            return 1;
        }
        let inner = self.text.as_bytes().get(brace + 2..).unwrap_or_default();
        memchr::memmem::find(inner, b"}}").map_or(1, |end| end + 4)
    }
}

impl<'t> Iterator for Words<'t> {
    type Item = Cow<'t, str>;

    fn next(&mut self) -> Option<Self::Item> {
        let rest = self.rest();
        let first = rest.bytes().next()?;
        let begin = self.text.len() - rest.len();
        let quote = matches!(first, b'"' | b'\'').then_some(first);
        let begin = begin + usize::from(quote.is_some());
        let end = self.end(begin, quote);
        let word = self.text.get(begin..end).unwrap_or_default();
        // Behind a quote a word may follow without a blank.
        self.position = (end + usize::from(quote.is_some())).min(self.text.len());
        Some(match self.quoting {
            Quoting::Httpd => unescaped(word, quote),
            Quoting::Rewrite => Cow::Borrowed(word),
        })
    }
}

/// `\\` as one backslash, and the quote that a backslash keeps from ending the word.
fn unescaped(word: &str, quote: Option<u8>) -> Cow<'_, str> {
    let quote = quote.map(char::from);
    if !word.contains('\\') {
        return Cow::Borrowed(word);
    }
    let mut text = String::with_capacity(word.len());
    let mut characters = word.chars().peekable();
    while let Some(character) = characters.next() {
        let escaped = (character == '\\')
            .then(|| characters.next_if(|next| *next == '\\' || Some(*next) == quote))
            .flatten();
        text.push(escaped.unwrap_or(character));
    }
    Cow::Owned(text)
}
