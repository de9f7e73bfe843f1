//! Escapes: `\d`, `\.`, `\x2F`, `\b`, `\1`.

use super::super::Fault;
use super::super::set::ByteSet;
use super::super::tree::{Appetite, Assertion, Node, Repeat};
use super::{Item, Mention, Parser, inexact, refused, unclear};

/// The largest number after a backslash.
const LARGEST: u32 = 214_748_363;

/// What `\s` matches.
pub(super) fn space() -> ByteSet {
    ByteSet::of(b" \t\n\x0b\x0c\r")
}

/// What `\w` matches.
pub(in super::super) fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

fn vertical() -> ByteSet {
    ByteSet::of(b"\n\x0b\x0c\r\x85")
}

impl Parser<'_> {
    /// An escape whose backslash was read.
    pub(super) fn escape(&mut self, from: usize) -> Result<Item, Fault> {
        let Some(letter) = self.next() else {
            return Err(refused("a backslash at the end"));
        };
        let assertion = match letter {
            b'b' => Some(Assertion::Word),
            b'B' => Some(Assertion::NotWord),
            b'A' | b'G' => Some(Assertion::Start),
            b'z' => Some(Assertion::End),
            b'Z' => Some(Assertion::EndOrNewline),
            _ => None,
        };
        if let Some(assertion) = assertion {
            return Ok(self.made(Node::Assert(assertion), false, from));
        }
        if b"hHvVRNgkoX".contains(&letter) {
            self.only_new("an escape that is written here")?;
        }
        self.line_escapes |= b"hvR".contains(&letter);
        self.wide_escapes |= b"sSN".contains(&letter);
        if let Some(set) = self.set_escape(letter) {
            return Ok(self.made(Node::Bytes(set), true, from));
        }
        let node = match letter {
            b'N' => self.not_newline()?,
            b'R' => line_break(from, self.at),
            b'C' => return Err(inexact("\\C, which not every build of PCRE takes")),
            b'1'..=b'9' => match self.number_escape(letter)? {
                Ok(group) => self.reference(group)?,
                Err(byte) => return Ok(self.literal(byte, from)),
            },
            b'g' => self.braced_reference()?,
            b'k' => self.named_reference()?,
            b'K' => return Err(inexact("\\K")),
            b'X' => return Err(inexact("a property of Unicode")),
            b'p' | b'P' => return Err(unclear("a property of Unicode")),
            _ => {
                let byte = self.byte_escape(letter)?;
                return Ok(self.literal(byte, from));
            }
        };
        Ok(self.made(node, true, from))
    }

    /// Escapes that stand for a set, in classes and outside.
    pub(super) fn set_escape(&mut self, letter: u8) -> Option<ByteSet> {
        let set = match letter.to_ascii_lowercase() {
            b'd' => ByteSet::that(|byte| byte.is_ascii_digit()),
            b's' => {
                self.asks_for_space = true;
                space()
            }
            b'w' => ByteSet::that(is_word),
            b'h' => ByteSet::of(b" \t\xa0"),
            b'v' => vertical(),
            _ => return None,
        };
        Some(if letter.is_ascii_uppercase() {
            set.without()
        } else {
            set
        })
    }

    /// Escapes that stand for one byte.
    pub(super) fn byte_escape(&mut self, letter: u8) -> Result<u8, Fault> {
        Ok(match letter {
            b'a' => 7,
            b'e' => 27,
            b'f' => 12,
            b'n' => 10,
            b'r' => 13,
            b't' => 9,
            b'0' => self.octal(letter)?,
            b'o' => self.braced_octal()?,
            b'x' => self.hexadecimal()?,
            b'c' => self.control()?,
            b'p' | b'P' => return Err(unclear("a property of Unicode")),
            letter if letter.is_ascii_alphanumeric() => {
                return Err(self.refused_by_new("an escape that does not exist"));
            }
            literal => literal,
        })
    }

    fn control(&mut self) -> Result<u8, Fault> {
        match self.next() {
            Some(byte @ 0x20..=0x7e) => Ok(byte.to_ascii_uppercase() ^ 0x40),
            _ => Err(refused("\\c without a printable character")),
        }
    }

    fn hexadecimal(&mut self) -> Result<u8, Fault> {
        let braced = self.eat(b"{");
        if braced {
            self.only_new("\\x{…} for bytes")?;
        }
        if braced && matches!(self.peek(0), Some(b' ' | b'\t')) {
            return Err(inexact("blanks in \\x{…}, which only later versions of PCRE2 take"));
        }
        let mut value = 0_u32;
        let mut digits = 0;
        while let Some(digit) = self.peek(0).and_then(|byte| char::from(byte).to_digit(16)) {
            if !braced && digits == 2 {
                break;
            }
            value = value.saturating_mul(16).saturating_add(digit);
            digits += 1;
            self.at += 1;
        }
        if braced && matches!(self.peek(0), Some(b' ' | b'\t')) {
            return Err(inexact("blanks in \\x{…}, which only later versions of PCRE2 take"));
        }
        if braced && (digits == 0 || !self.eat(b"}")) {
            return Err(self.refused_by_new("\\x{…} is not written as it must be"));
        }
        u8::try_from(value).map_err(|_| self.refused_by_new("a character beyond 255"))
    }

    fn braced_octal(&mut self) -> Result<u8, Fault> {
        if !self.eat(b"{") {
            return Err(self.refused_by_new("\\o without braces"));
        }
        let mut value = 0_u32;
        let from = self.at;
        while let Some(digit) = self.peek(0).and_then(|byte| char::from(byte).to_digit(8)) {
            value = value.saturating_mul(8).saturating_add(digit);
            self.at += 1;
        }
        if matches!(self.peek(0), Some(b' ' | b'\t')) {
            return Err(inexact("blanks in \\o{…}, which only later versions of PCRE2 take"));
        }
        if from == self.at || !self.eat(b"}") {
            return Err(self.refused_by_new("\\o{…} is not written as it must be"));
        }
        u8::try_from(value).map_err(|_| self.refused_by_new("a character beyond 255"))
    }

    /// An octal number: the digit that was read, and up to two more.
    pub(super) fn octal(&mut self, first: u8) -> Result<u8, Fault> {
        let mut value = u32::from(first - b'0');
        for _ in 0..2 {
            let Some(digit) = self.peek(0).and_then(|byte| char::from(byte).to_digit(8)) else {
                break;
            };
            value = value * 8 + digit;
            self.at += 1;
        }
        u8::try_from(value).map_err(|_| self.refused_by_new("a character beyond 255"))
    }

    /// `\12`: a group's number, or where there is no such group a byte in octal.
    fn number_escape(&mut self, first: u8) -> Result<Result<u32, u8>, Fault> {
        let after = self.at;
        self.at -= 1;
        let number = self.digits().unwrap_or(u32::MAX);
        if number > LARGEST {
            return Err(self.refused_by_new("a group's number is out of range"));
        }
        if first >= b'8' && number > self.groups {
            self.only_new("a reference of this kind")?;
        }
        if number < 10 || first >= b'8' || number <= self.groups {
            return Ok(Ok(number));
        }
        self.at = after;
        self.octal(first).map(Err)
    }

    fn reference(&mut self, group: u32) -> Result<Node, Fault> {
        if group == 0 {
            return Err(refused("a reference to group 0"));
        }
        if self.open.contains(&group) {
            return Err(inexact("a group that refers to itself"));
        }
        self.mentions.push(Mention::Number(group));
        Ok(Node::Reference {
            group,
            any_case: self.flags.any_case,
        })
    }

    fn braced_reference(&mut self) -> Result<Node, Fault> {
        if matches!(self.peek(0), Some(b'<' | b'\'')) {
            return Err(inexact("a group called like a subroutine"));
        }
        let braced = self.eat(b"{");
        if braced && matches!(self.peek(0), Some(b' ' | b'\t')) {
            return Err(inexact("blanks in \\g{…}, which only later versions of PCRE2 take"));
        }
        match self.group_number()? {
            Some(_) if braced && matches!(self.peek(0), Some(b' ' | b'\t')) => {
                Err(inexact("blanks in \\g{…}, which only later versions of PCRE2 take"))
            }
            Some(_) if braced && !self.eat(b"}") => Err(self.refused_by_new("\\g{…} is not written as it must be")),
            Some(group) => self.reference(group),
            None if braced => {
                let name = self.name(b'}')?;
                self.reference_to_name(name)
            }
            None => Err(self.refused_by_new("\\g without a number")),
        }
    }

    fn named_reference(&mut self) -> Result<Node, Fault> {
        let terminator = match self.next() {
            Some(b'{') => b'}',
            Some(b'<') => b'>',
            Some(b'\'') => b'\'',
            _ => return Err(self.refused_by_new("\\k without a name")),
        };
        let name = self.name(terminator)?;
        self.reference_to_name(name)
    }

    pub(super) fn reference_to_name(&mut self, name: Vec<u8>) -> Result<Node, Fault> {
        match self.group_of_name(name) {
            0 => Ok(Node::Empty),
            group => self.reference(group),
        }
    }

    fn not_newline(&mut self) -> Result<Node, Fault> {
        if self.peek(0) == Some(b'{') {
            let before = self.at;
            if self.counts()?.is_none() {
                return Err(self.refused_by_new("\\N{…}"));
            }
            self.at = before;
        }
        Ok(Node::Bytes(ByteSet::one(b'\n').without()))
    }
}

/// `\R`: once it has taken a carriage return and a newline, it does not give back one of them.
fn line_break(from: usize, to: usize) -> Node {
    let newline = Node::Repeat(Box::new(Repeat {
        item: Node::Bytes(ByteSet::one(b'\n')),
        least: 0,
        most: Some(1),
        appetite: Appetite::Possessive,
        written: (from, to),
    }));
    let mut other = ByteSet::NONE;
    vertical()
        .bytes()
        .filter(|byte| *byte != b'\r')
        .for_each(|byte| other.insert(byte));
    Node::Branches(vec![
        Node::Sequence(vec![Node::Bytes(ByteSet::one(b'\r')), newline]),
        Node::Bytes(other),
    ])
}
