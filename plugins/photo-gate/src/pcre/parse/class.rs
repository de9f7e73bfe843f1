//! Classes: `[a-z]`, `[^;]`, `[[:alpha:]_]`.

use super::super::Fault;
use super::super::set::ByteSet;
use super::super::tree::Node;
use super::{Item, Parser, inexact, refused};

/// What a hyphen would mean now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Range {
    /// Itself.
    No,
    /// A range from this byte.
    From(u8),
    /// The range has begun.
    Begun(u8),
    /// Nothing: it follows a set, which ended there.
    AfterSet(usize),
}

/// What one step in a class reads.
enum Member {
    Byte(u8),
    Set(ByteSet),
    Nothing,
}

impl Parser<'_> {
    /// A class whose bracket was read.
    pub(super) fn class(&mut self, from: usize) -> Result<Item, Fault> {
        if self.rest().starts_with(b"[:<:]]") || self.rest().starts_with(b"[:>:]]") {
            return Err(inexact("[[:<:]] or [[:>:]]"));
        }
        if matches!(self.peek(0), Some(b':' | b'.' | b'=')) && self.posix_end().is_some() {
            return Err(refused("a named class outside of brackets"));
        }
        let negated = self.class_start();
        let mut set = ByteSet::NONE;
        let mut range = Range::No;
        if self.peek(0) == Some(b']') {
            self.at += 1;
            set.insert(b']');
            range = Range::From(b']');
        }
        loop {
            let Some(byte) = self.next() else {
                return Err(refused("a class is not closed"));
            };
            if byte == b']' && !self.quoted {
                break;
            }
            range = match self.member(byte)? {
                Member::Nothing => range,
                Member::Byte(b'-') if byte == b'-' && !self.quoted => self.hyphen(range, &mut set)?,
                Member::Byte(member) => self.one(range, member, &mut set)?,
                Member::Set(more) => {
                    if matches!(range, Range::Begun(_)) {
                        return Err(self.refused_by_new("a range in a class ends with a set"));
                    }
                    set = set.union(&more);
                    Range::AfterSet(self.at)
                }
            };
        }
        if matches!(range, Range::Begun(_)) {
            set.insert(b'-');
        }
        let set = if negated { set.without() } else { set };
        Ok(self.made(Node::Bytes(set), true, from))
    }

    /// The beginning of a class: whether it is negated.
    fn class_start(&mut self) -> bool {
        let mut negated = false;
        loop {
            if self.eat(b"\\Q\\E") || self.eat(b"\\E") {
                continue;
            }
            match self.peek(0) {
                Some(b' ' | b'\t') if self.flags.extended_more => self.at += 1,
                Some(b'^') if !negated => {
                    negated = true;
                    self.at += 1;
                }
                _ => return negated,
            }
        }
    }

    /// Whether something in a class is next that does not count.
    fn skips_next(&self) -> bool {
        match self.rest() {
            [b'\\', b'E' | b'Q', ..] => true,
            [b' ' | b'\t', ..] => self.flags.extended_more,
            _ => false,
        }
    }

    fn hyphen(&self, range: Range, set: &mut ByteSet) -> Result<Range, Fault> {
        match range {
            Range::From(first) => Ok(Range::Begun(first)),
            Range::AfterSet(end) if end + 1 != self.at || self.skips_next() => Err(inexact(
                "a hyphen after a set in a class, with what does not count beside it",
            )),
            Range::AfterSet(_) if self.peek(0) != Some(b']') => {
                Err(self.refused_by_new("a hyphen follows a set in a class"))
            }
            Range::Begun(first) => self.end_of_range(first, b'-', set),
            Range::No | Range::AfterSet(_) => {
                set.insert(b'-');
                Ok(Range::From(b'-'))
            }
        }
    }

    fn one(&self, range: Range, member: u8, set: &mut ByteSet) -> Result<Range, Fault> {
        if let Range::Begun(first) = range {
            return self.end_of_range(first, member, set);
        }
        self.insert_range(set, member, member);
        Ok(Range::From(member))
    }

    fn end_of_range(&self, first: u8, last: u8, set: &mut ByteSet) -> Result<Range, Fault> {
        if first > last {
            return Err(refused("a range in a class is out of order"));
        }
        self.insert_range(set, first, last);
        Ok(Range::No)
    }

    fn insert_range(&self, set: &mut ByteSet, first: u8, last: u8) {
        let mut range = ByteSet::NONE;
        range.insert_range(first, last);
        let range = if self.flags.any_case {
            range.either_case()
        } else {
            range
        };
        *set = set.union(&range);
    }

    fn member(&mut self, byte: u8) -> Result<Member, Fault> {
        if self.quoted {
            if byte == b'\\' && self.eat(b"E") {
                self.quoted = false;
                return Ok(Member::Nothing);
            }
            return Ok(Member::Byte(byte));
        }
        match byte {
            b'\\' => self.class_escape(),
            b' ' | b'\t' if self.flags.extended_more => Ok(Member::Nothing),
            b'[' if matches!(self.peek(0), Some(b':' | b'.' | b'=')) => match self.posix_end() {
                Some(end) => self.named(end).map(Member::Set),
                None => Ok(Member::Byte(b'[')),
            },
            _ => Ok(Member::Byte(byte)),
        }
    }

    /// Where a named class ends whose `[` was read: at its `:]`.
    fn posix_end(&self) -> Option<usize> {
        let terminator = self.peek(0)?;
        let mut at = self.at + 1;
        loop {
            let (byte, next) = (*self.pattern.get(at)?, *self.pattern.get(at + 1)?);
            match (byte, next) {
                (b'\\', b']' | b'\\') => at += 1,
                (b'[', next) if next == terminator => return None,
                (b']', _) => return None,
                (byte, b']') if byte == terminator => return Some(at),
                _ => {}
            }
            at += 1;
        }
    }

    fn named(&mut self, end: usize) -> Result<ByteSet, Fault> {
        if self.peek(0) != Some(b':') {
            return Err(refused("a collating element in a class"));
        }
        self.at += 1;
        let negated = self.eat(b"^");
        let name = self.pattern.get(self.at..end).unwrap_or_default();
        self.at = end + 2;
        let set = match name {
            b"lower" | b"upper" if self.flags.any_case => ByteSet::that(|byte| byte.is_ascii_alphabetic()),
            b"space" => {
                self.asks_for_space = true;
                super::escape::space()
            }
            _ => named(name).ok_or_else(|| refused("an unknown named class"))?,
        };
        Ok(if negated { set.without() } else { set })
    }

    fn class_escape(&mut self) -> Result<Member, Fault> {
        let Some(letter) = self.next() else {
            return Err(refused("a backslash at the end"));
        };
        if b"hHvVoQE".contains(&letter) {
            self.only_new("an escape that is written here in a class")?;
        }
        Ok(match letter {
            b'Q' => {
                self.quoted = true;
                Member::Nothing
            }
            b'E' => Member::Nothing,
            b'b' => Member::Byte(8),
            b'B' | b'R' | b'X' | b'N' | b'A' | b'Z' | b'z' | b'G' | b'K' | b'C' => {
                return Err(self.refused_by_new("an escape that is no set in a class"));
            }
            b'k' | b'g' => return Err(inexact("\\k or \\g in a class")),
            b'8' | b'9' => Member::Byte(letter),
            b'1'..=b'7' => Member::Byte(self.octal(letter)?),
            _ => match self.set_escape(letter) {
                Some(set) => Member::Set(set),
                None => Member::Byte(self.byte_escape(letter)?),
            },
        })
    }
}

fn named(name: &[u8]) -> Option<ByteSet> {
    let holds: fn(u8) -> bool = match name {
        b"alpha" => |byte| byte.is_ascii_alphabetic(),
        b"lower" => |byte| byte.is_ascii_lowercase(),
        b"upper" => |byte| byte.is_ascii_uppercase(),
        b"alnum" => |byte| byte.is_ascii_alphanumeric(),
        b"ascii" => |byte| byte.is_ascii(),
        b"blank" => |byte| byte == b' ' || byte == b'\t',
        b"cntrl" => |byte| byte.is_ascii_control(),
        b"digit" => |byte| byte.is_ascii_digit(),
        b"graph" => |byte| byte.is_ascii_graphic(),
        b"print" => |byte| byte.is_ascii_graphic() || byte == b' ',
        b"punct" => |byte| byte.is_ascii_punctuation(),
        b"word" => |byte| byte.is_ascii_alphanumeric() || byte == b'_',
        b"xdigit" => |byte| byte.is_ascii_hexdigit(),
        _ => return None,
    };
    Some(ByteSet::that(holds))
}
