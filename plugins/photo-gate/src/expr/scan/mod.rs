//! Tokens of an expression.
//!
//! Comes in: the text. Goes out: tokens, each with where it stands. Strings and variables nest (`'a%{req:%{ENV:b}}c'`), so the
//! scanner is in a state and remembers those around it; text between variables is a token of its own. Never here: what
//! may follow what, and which names there are.

mod string;
mod token;

use std::ops::Range;

pub(super) use token::Token;

use super::tree::Order;

/// Bytes of a string or a pattern: httpd holds them in buffers of 8192 (`MAX_STRING_LEN`), a NUL at the end.
const LONGEST: usize = 8191;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    /// Between tokens.
    Outside,
    /// In quotes, or in a string expression.
    Str,
    /// After `%{`.
    Name,
    /// After the colon of `%{name:`.
    Argument,
}

/// The scanner.
#[derive(Debug)]
pub(super) struct Scanner<'t> {
    text: &'t [u8],
    at: usize,
    state: State,
    around: Vec<State>,
    /// The quote that ends the string; none in a string expression, which ends with the text.
    quote: Option<u8>,
    /// The piece of a string that is being read.
    piece: Vec<u8>,
}

type Scanned = Result<Option<(Token, Range<usize>)>, String>;

impl<'t> Scanner<'t> {
    /// A scanner of a boolean expression, or of a string expression.
    pub(super) fn new(text: &'t [u8], string: bool) -> Self {
        Self {
            text,
            at: 0,
            state: if string { State::Str } else { State::Outside },
            around: Vec::new(),
            quote: None,
            piece: Vec::new(),
        }
    }

    /// The next token; `None` at the end.
    pub(super) fn next(&mut self) -> Scanned {
        let start = self.at;
        let token = match self.state {
            State::Outside => {
                while matches!(self.peek(0), Some(b' ' | b'\t' | b'\n')) {
                    self.at += 1;
                }
                let start = self.at;
                return Ok(self.outside()?.map(|token| (token, start..self.at)));
            }
            State::Str => self.string()?,
            State::Name => self.name()?,
            State::Argument => self.argument()?,
        };
        Ok(Some((token, start..self.at)))
    }

    fn peek(&self, ahead: usize) -> Option<u8> {
        self.text.get(self.at + ahead).copied()
    }

    fn take(&mut self, length: usize, token: Token) -> Token {
        self.at += length;
        token
    }

    fn outside(&mut self) -> Result<Option<Token>, String> {
        let Some(byte) = self.peek(0) else {
            return Ok(None);
        };
        let next = self.peek(1);
        let compare = |order| Token::Compare { order, numbers: false };
        let token = match (byte, next) {
            (b'"' | b'\'', _) => {
                self.quote = Some(byte);
                self.state = State::Str;
                self.take(1, Token::Quote)
            }
            (b'%', Some(b'{')) => self.variable(),
            (b'$', Some(digit @ b'0'..=b'9')) => self.take(2, Token::BackReference(digit - b'0')),
            (b'/', _) => return self.regex(b'/', 1),
            (b'=', Some(b'~')) => self.take(2, Token::Matches { negated: false }),
            (b'!', Some(b'~')) => self.take(2, Token::Matches { negated: true }),
            (b'=', Some(b'=')) => self.take(2, compare(Order::Equal)),
            (b'=', _) => self.take(1, compare(Order::Equal)),
            (b'!', Some(b'=')) => self.take(2, compare(Order::Unequal)),
            (b'<', Some(b'=')) => self.take(2, compare(Order::LessOrEqual)),
            (b'<', _) => self.take(1, compare(Order::Less)),
            (b'>', Some(b'=')) => self.take(2, compare(Order::GreaterOrEqual)),
            (b'>', _) => self.take(1, compare(Order::Greater)),
            (b'!', _) => self.take(1, Token::Not),
            (b'&', Some(b'&')) => self.take(2, Token::And),
            (b'|', Some(b'|')) => self.take(2, Token::Or),
            (b'.', _) => self.take(1, Token::Concat),
            (b'(', _) => self.take(1, Token::Open),
            (b')', _) => self.take(1, Token::Close),
            (b'{', _) => self.take(1, Token::ListOpen),
            (b'}', _) => self.take(1, Token::ListClose),
            (b',', _) => self.take(1, Token::Comma),
            (b':', _) => self.take(1, Token::Colon),
            (b'-', Some(b'a'..=b'z' | b'A'..=b'Z' | b'_')) => self.dashed(),
            (b'-', Some(b'0'..=b'9')) | (b'0'..=b'9', _) => self.digits(),
            (b'a'..=b'z' | b'A'..=b'Z', _) => return self.word(),
            _ => return Err(format!("{} cannot stand here", shown(byte))),
        };
        Ok(Some(token))
    }

    fn variable(&mut self) -> Token {
        self.around.push(self.state);
        self.state = State::Name;
        self.take(2, Token::Variable)
    }

    fn digits(&mut self) -> Token {
        let start = self.at;
        self.at += 1;
        while self.peek(0).is_some_and(|byte| byte.is_ascii_digit()) {
            self.at += 1;
        }
        Token::Digits(self.text.get(start..self.at).unwrap_or_default().to_vec())
    }

    /// Letters, digits and `_` from `from` on.
    fn run(&self, from: usize) -> &'t str {
        let rest = self.text.get(from..).unwrap_or_default();
        let length = rest
            .iter()
            .take_while(|byte| byte.is_ascii_alphanumeric() || **byte == b'_')
            .count();
        // Only ASCII, so this is text.
        std::str::from_utf8(rest.get(..length).unwrap_or_default()).unwrap_or_default()
    }

    fn dashed(&mut self) -> Token {
        let name = self.run(self.at + 1);
        let token = match name {
            "in" => Token::In,
            _ if name.len() == 1 => Token::Unary(name.to_owned()),
            _ => numeric(name).unwrap_or_else(|| Token::Binary(name.to_owned())),
        };
        self.take(1 + name.len(), token)
    }

    fn word(&mut self) -> Result<Option<Token>, String> {
        let name = self.run(self.at);
        // `m#…#`: the longer of a name and `m#` wins, and `m_` as long as both.
        if name.starts_with('m')
            && name.len() <= 2
            && let Some(delimiter) = self.peek(1)
            && b"/#$%^,;:_?|-!.'\"".contains(&delimiter)
        {
            return self.regex(delimiter, 2);
        }
        let token = match name {
            "and" => Token::And,
            "or" => Token::Or,
            "not" => Token::Not,
            "in" => Token::In,
            "true" => Token::True,
            "false" => Token::False,
            _ => numeric(name).unwrap_or_else(|| Token::Name(name.to_owned())),
        };
        Ok(Some(self.take(name.len(), token)))
    }

    /// A pattern. One without its end is the end of the text to httpd, whatever was before it: `true /x` is `true`.
    fn regex(&mut self, delimiter: u8, opening: usize) -> Result<Option<Token>, String> {
        self.at += opening;
        let rest = self.text.get(self.at..).unwrap_or_default();
        let end = rest.iter().position(|byte| *byte == delimiter);
        if end.unwrap_or(rest.len()) > LONGEST {
            return Err(format!("a regular expression of more than {LONGEST} bytes"));
        }
        let Some(length) = end else {
            self.at = self.text.len();
            return Ok(None);
        };
        let pattern = rest.get(..length).unwrap_or_default().to_vec();
        self.at += length + 1;
        let case_insensitive = self.peek(0) == Some(b'i');
        self.at += usize::from(case_insensitive);
        Ok(Some(Token::Regex {
            pattern,
            case_insensitive,
        }))
    }
}

/// Comparisons of numbers, which are written with a dash or without.
fn numeric(name: &str) -> Option<Token> {
    let order = match name {
        "eq" => Order::Equal,
        "ne" => Order::Unequal,
        "lt" => Order::Less,
        "le" => Order::LessOrEqual,
        "gt" => Order::Greater,
        "ge" => Order::GreaterOrEqual,
        _ => return None,
    };
    Some(Token::Compare { order, numbers: true })
}

fn shown(byte: u8) -> String {
    format!("`{}`", byte.escape_ascii())
}
