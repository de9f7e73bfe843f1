//! A pattern is read as PCRE2 10.42 reads it.
//!
//! Comes in: the pattern. Goes out: its tree, or the fault. What PCRE refuses is refused; what it takes and this engine does
//! not do, or what its versions read differently, is [`Fault::Inexact`]. A look ahead of one or a few bytes decides what
//! follows; parentheses nest to a limit, so that the recursion is bounded.

mod class;
mod escape;
mod group;
mod misjudged;
mod number;
mod quantifier;

pub(super) use escape::is_word;

use super::set::ByteSet;
use super::tree::{Assertion, Node};
use super::{Fault, Library, Options};

/// PCRE refuses more than 250; nobody writes more than a few.
const DEEPEST: usize = 100;
/// A directive's line ends at 8192 bytes.
const LONGEST: usize = 8192;

/// What `(?imsxnU)` sets.
#[derive(Debug, Clone, Copy)]
struct Flags {
    any_case: bool,
    lines: bool,
    dot_all: bool,
    extended: bool,
    extended_more: bool,
    no_capture: bool,
    ungreedy: bool,
}

/// What is said about groups before they are all known.
#[derive(Debug)]
enum Mention {
    Number(u32),
    Name(Vec<u8>),
}

/// What was read.
#[derive(Debug)]
pub(super) struct Parsed {
    pub(super) node: Node,
    pub(super) groups: u32,
    /// It has `\s` or `[:space:]`, in which old versions of PCRE do not see the vertical tab.
    pub(super) asks_for_space: bool,
}

/// An item that was read.
struct Item {
    node: Node,
    repeatable: bool,
    from: usize,
}

struct Parser<'p> {
    pattern: &'p [u8],
    at: usize,
    flags: Flags,
    library: Library,
    quoted: bool,
    depth: usize,
    groups: u32,
    /// Groups that capture and are not closed yet.
    open: Vec<u32>,
    names: Vec<(Vec<u8>, u32)>,
    /// All names, when the pattern is read a second time.
    known: Vec<(Vec<u8>, u32)>,
    looks_ahead: bool,
    mentions: Vec<Mention>,
    asks_for_space: bool,
    /// There is `\h`, `\v` or `\R` outside of classes.
    line_escapes: bool,
    /// There is `\s`, `\S`, `\N` or a dot that does not match a newline.
    wide_escapes: bool,
}

/// Reads a pattern.
pub(super) fn parse(pattern: &[u8], options: Options) -> Result<Parsed, Fault> {
    if pattern.len() > LONGEST {
        return Err(inexact("the pattern is longer than 8192 bytes"));
    }
    if pattern.contains(&0) {
        return Err(inexact("a NUL byte, at which httpd ends the pattern"));
    }
    let mut parser = Parser::new(pattern, options, Vec::new());
    let mut node = parser.whole()?;
    if parser.looks_ahead {
        // A name was referred to before its group was read: now the names are known.
        parser = Parser::new(pattern, options, std::mem::take(&mut parser.names));
        node = parser.whole()?;
    }
    Ok(Parsed {
        node,
        groups: parser.groups,
        asks_for_space: parser.asks_for_space,
    })
}

/// One of these branches.
fn one_of(mut branches: Vec<Node>) -> Node {
    match branches.len() {
        1 => branches.pop().unwrap_or(Node::Empty),
        _ => Node::Branches(branches),
    }
}

fn refused(why: &str) -> Fault {
    Fault::Refused(why.to_owned())
}

fn inexact(why: &str) -> Fault {
    Fault::Inexact(why.to_owned())
}

fn unclear(why: &str) -> Fault {
    Fault::Unclear(why.to_owned())
}

impl<'p> Parser<'p> {
    fn new(pattern: &'p [u8], options: Options, known: Vec<(Vec<u8>, u32)>) -> Self {
        let flags = Flags {
            any_case: options.any_case,
            lines: false,
            dot_all: options.library == Library::Pcre2,
            extended: false,
            extended_more: false,
            no_capture: false,
            ungreedy: false,
        };
        Self {
            pattern,
            at: 0,
            flags,
            library: options.library,
            quoted: false,
            depth: 0,
            groups: 0,
            open: Vec::new(),
            names: Vec::new(),
            known,
            looks_ahead: false,
            mentions: Vec::new(),
            asks_for_space: false,
            line_escapes: false,
            wide_escapes: false,
        }
    }

    fn whole(&mut self) -> Result<Node, Fault> {
        let node = one_of(self.branches()?);
        if self.at < self.pattern.len() {
            return Err(refused("a parenthesis closes that was not opened"));
        }
        self.check_mentions()?;
        misjudged::check_start(&node)?;
        // PCRE2 10.42 takes some of them for sets that have no byte in common, and does not go back where it should.
        if self.line_escapes && self.wide_escapes {
            return Err(inexact(
                "\\h, \\v or \\R beside \\s, \\S, \\N or a dot that stops at newlines",
            ));
        }
        Ok(node)
    }

    /// The byte `ahead` of here.
    fn peek(&self, ahead: usize) -> Option<u8> {
        self.pattern.get(self.at + ahead).copied()
    }

    fn next(&mut self) -> Option<u8> {
        let byte = self.peek(0)?;
        self.at += 1;
        Some(byte)
    }

    fn rest(&self) -> &'p [u8] {
        self.pattern.get(self.at..).unwrap_or_default()
    }

    fn eat(&mut self, text: &[u8]) -> bool {
        let there = self.rest().starts_with(text);
        if there {
            self.at += text.len();
        }
        there
    }

    /// Something that older versions of PCRE read differently or not at all.
    fn only_new(&self, what: &str) -> Result<(), Fault> {
        match self.library {
            Library::Pcre2 => Ok(()),
            Library::Pcre1 => Err(Fault::Inexact(format!("older versions of PCRE do not have {what}"))),
        }
    }

    /// A fault of some versions only: refused by PCRE2, and for the older library not known.
    fn refused_by_new(&self, why: &str) -> Fault {
        match self.library {
            Library::Pcre2 => refused(why),
            Library::Pcre1 => Fault::Inexact(format!("older versions of PCRE read it differently: {why}")),
        }
    }

    /// Alternatives up to a closing parenthesis or the end, which are left.
    fn branches(&mut self) -> Result<Vec<Node>, Fault> {
        let mut branches = vec![self.branch()?];
        while !self.quoted && self.eat(b"|") {
            branches.push(self.branch()?);
        }
        Ok(branches)
    }

    fn branch(&mut self) -> Result<Node, Fault> {
        let mut parts = Vec::new();
        let mut last: Option<Item> = None;
        loop {
            self.skip_what_does_not_count()?;
            let Some(byte) = self.peek(0) else { break };
            if !self.quoted {
                if matches!(byte, b'|' | b')') {
                    break;
                }
                if let Some(quantifier) = self.quantifier(byte)? {
                    let is_first = parts.is_empty() && last.is_none();
                    let Some(item) = last.take().filter(|item| item.repeatable) else {
                        return Err(self.nothing_to_repeat(is_first));
                    };
                    parts.push(self.repeated(item, quantifier)?);
                    last = None;
                    continue;
                }
            }
            parts.extend(last.take().map(|item| item.node));
            last = Some(self.item()?);
        }
        parts.extend(last.map(|item| item.node));
        parts.retain(|part| !matches!(part, Node::Empty));
        Ok(match parts.len() {
            0 => Node::Empty,
            1 => parts.pop().unwrap_or(Node::Empty),
            _ => Node::Sequence(parts),
        })
    }

    fn nothing_to_repeat(&self, at_the_beginning: bool) -> Fault {
        match at_the_beginning {
            true => refused("a quantifier has nothing to repeat"),
            false => self.refused_by_new("a quantifier follows what cannot be repeated"),
        }
    }

    /// `\Q`, `\E`, comments, and white space where `(?x)` is on.
    fn skip_what_does_not_count(&mut self) -> Result<(), Fault> {
        loop {
            if self.quoted {
                if self.eat(b"\\E") {
                    self.quoted = false;
                    continue;
                }
                return Ok(());
            }
            if self.eat(b"\\E") {
                continue;
            }
            if self.eat(b"\\Q") {
                self.quoted = true;
                continue;
            }
            if self.eat(b"(?#") {
                let length = self.rest().iter().position(|byte| *byte == b')');
                self.at += 1 + length.ok_or_else(|| refused("a comment is not closed"))?;
                continue;
            }
            match self.peek(0) {
                Some(b' ' | b'\t'..=b'\r') if self.flags.extended => self.at += 1,
                Some(0x85) if self.flags.extended => return Err(inexact("the byte 0x85 where (?x) is on")),
                Some(b'#') if self.flags.extended => {
                    let rest = self.rest();
                    self.at += rest
                        .iter()
                        .position(|byte| *byte == b'\n')
                        .map_or(rest.len(), |to| to + 1);
                }
                _ => return Ok(()),
            }
        }
    }

    fn item(&mut self) -> Result<Item, Fault> {
        let from = self.at;
        let Some(byte) = self.next() else {
            return Ok(self.made(Node::Empty, false, from));
        };
        if self.quoted {
            return Ok(self.literal(byte, from));
        }
        Ok(match byte {
            b'\\' => return self.escape(from),
            b'[' => return self.class(from),
            b'(' => return self.group(from),
            b'^' if self.flags.lines => self.made(Node::Assert(Assertion::LineStart), false, from),
            b'^' => self.made(Node::Assert(Assertion::Start), false, from),
            b'$' if self.flags.lines => self.made(Node::Assert(Assertion::LineEnd), false, from),
            b'$' if self.library == Library::Pcre1 => self.made(Node::Assert(Assertion::EndOrNewline), false, from),
            b'$' => self.made(Node::Assert(Assertion::End), false, from),
            b'.' if self.flags.dot_all => self.made(Node::Bytes(ByteSet::ALL), true, from),
            b'.' => {
                self.wide_escapes = true;
                self.made(Node::Bytes(ByteSet::one(b'\n').without()), true, from)
            }
            _ => self.literal(byte, from),
        })
    }

    fn made(&self, node: Node, repeatable: bool, from: usize) -> Item {
        Item { node, repeatable, from }
    }

    fn literal(&self, byte: u8, from: usize) -> Item {
        let set = ByteSet::one(byte);
        let set = if self.flags.any_case { set.either_case() } else { set };
        self.made(Node::Bytes(set), true, from)
    }
}
