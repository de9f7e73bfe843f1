//! The words, strings and signs of a rules file.
//!
//! Comes in: a text. Goes out: its [`Token`]s in order, comments among them only where they do not end. Never here: what
//! belongs to what.

/// What a token is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Piece<'t> {
    /// A name, a number.
    Word(&'t str),
    /// A string, unescaped.
    Text(String),
    /// `(`
    Open,
    /// `)`
    Close,
    /// `,`
    Comma,
    /// `;`
    Semicolon,
    /// A comment that does not end.
    Comment,
    /// Anything else.
    Other,
}

/// A piece of a text, and where it begins.
#[derive(Clone, Debug)]
pub struct Token<'t> {
    /// What it is.
    pub piece: Piece<'t>,
    /// Bytes before it.
    pub offset: usize,
    /// It is a string in quotes that a word processor made.
    pub typographic: bool,
    /// It is a string or a comment that does not end.
    pub unfinished: bool,
}

/// The tokens of a text.
#[derive(Clone, Debug)]
pub struct Tokens<'t> {
    text: &'t str,
    offset: usize,
}

impl<'t> Tokens<'t> {
    /// All tokens of `text`.
    pub fn of(text: &'t str) -> Self {
        Self { text, offset: 0 }
    }

    fn rest(&self) -> &'t str {
        self.text.get(self.offset..).unwrap_or_default()
    }

    /// Goes on by as many bytes as `is` takes characters.
    fn skip(&mut self, is: impl Fn(char) -> bool) -> &'t str {
        let rest = self.rest();
        let end = rest.find(|c| !is(c)).unwrap_or(rest.len());
        self.offset += end;
        rest.get(..end).unwrap_or_default()
    }

    /// Goes past a comment and whether it ends; none: there is no comment here.
    fn comment(&mut self) -> Option<bool> {
        let rest = self.rest();
        if rest.starts_with("//") || rest.starts_with('#') {
            self.skip(|c| !matches!(c, '\n' | '\r'));
            return Some(true);
        }
        let inner = rest.strip_prefix("/*")?;
        let end = memchr::memmem::find(inner.as_bytes(), b"*/");
        self.offset += end.map_or(rest.len(), |end| end + 4);
        Some(end.is_some())
    }

    fn token(&mut self, first: char) -> Token<'t> {
        let mut token = Token {
            piece: Piece::Other,
            offset: self.offset,
            typographic: false,
            unfinished: false,
        };
        if is_word(first) {
            token.piece = Piece::Word(self.skip(is_word));
            return token;
        }
        self.offset += first.len_utf8();
        token.piece = match first {
            '(' => Piece::Open,
            ')' => Piece::Close,
            ',' => Piece::Comma,
            ';' => Piece::Semicolon,
            quote => match closing(quote) {
                Some(closing) => {
                    token.typographic = !matches!(quote, '"' | '\'');
                    Piece::Text(self.string(closing, &mut token.unfinished))
                }
                None => Piece::Other,
            },
        };
        token
    }

    /// The string from behind its opening quote. No string goes on in the next line.
    fn string(&mut self, closing: &[char], unfinished: &mut bool) -> String {
        let mut text = String::new();
        let mut chars = self.rest().chars();
        loop {
            let before = chars.clone();
            match chars.next() {
                Some(c) if closing.contains(&c) => break,
                Some('\\') => text.push(escaped(&mut chars, closing)),
                None | Some('\n' | '\r') => {
                    *unfinished = true;
                    chars = before;
                    break;
                }
                Some(c) => text.push(c),
            }
        }
        self.offset = self.text.len() - chars.as_str().len();
        text
    }
}

impl<'t> Iterator for Tokens<'t> {
    type Item = Token<'t>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            self.skip(char::is_whitespace);
            let offset = self.offset;
            match self.comment() {
                Some(true) => {}
                Some(false) => {
                    return Some(Token {
                        piece: Piece::Comment,
                        offset,
                        typographic: false,
                        unfinished: true,
                    });
                }
                None => return self.rest().chars().next().map(|first| self.token(first)),
            }
        }
    }
}

/// What a backslash and the character behind it stand for. If it is not to be taken away, nothing is taken but itself.
fn escaped(chars: &mut std::str::Chars<'_>, closing: &[char]) -> char {
    match chars.clone().next() {
        Some(c) if c == '\\' || matches!(c, '"' | '\'') || closing.contains(&c) => {
            chars.next();
            c
        }
        _ => '\\',
    }
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '_' | '$' | '.' | '-')
}

/// What ends a string that begins with this quote. Word processors know several pairs, and copies mix them.
fn closing(quote: char) -> Option<&'static [char]> {
    match quote {
        '"' => Some(&['"']),
        '\'' => Some(&['\'']),
        '“' | '”' | '„' | '‟' | '«' | '»' => Some(&['“', '”', '‟', '«', '»', '"']),
        '‘' | '’' | '‚' | '‛' => Some(&['‘', '’', '‛']),
        _ => None,
    }
}
