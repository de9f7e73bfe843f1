//! What is in parentheses: groups, looks, options, conditions.

use super::super::tree::{Condition, Look, Node};
use super::super::{Fault, Library};
use super::misjudged::check_atomic;
use super::{DEEPEST, Flags, Item, Mention, Parser, inexact, one_of, refused, unclear};

impl Parser<'_> {
    /// A group whose parenthesis was read.
    pub(super) fn group(&mut self, from: usize) -> Result<Item, Fault> {
        if self.peek(0) == Some(b'*') {
            return Err(self.verb());
        }
        if !self.eat(b"?") {
            if self.flags.no_capture {
                let node = grouped(self.inside()?);
                return Ok(self.made(node, true, from));
            }
            let node = self.capture()?;
            return Ok(self.made(node, true, from));
        }
        if self.library == Library::Pcre2 && (self.rest().starts_with(b"*") || self.rest().starts_with(b"<*")) {
            return Err(inexact("a look-around that is not atomic"));
        }
        if matches!(self.rest(), [b'<', b'A'..=b'Z' | b'a'..=b'z' | b'_', ..] | [b'\'' | b'|' | b'^' | b'J', ..]) {
            self.only_new("a group of this kind")?;
        }
        let node = match self.rest() {
            [b':', ..] => grouped(self.after(1)?),
            [b'|', ..] => return Err(inexact("(?|…)")),
            [b'[', ..] => return Err(inexact("(?[…]), which only later versions of PCRE2 take")),
            [b'>', ..] => self.atomic()?,
            [b'=', ..] => look(self.ahead(false)?),
            [b'!', ..] => look(self.ahead(true)?),
            [b'<', b'=', ..] => look(self.behind(false)?),
            [b'<', b'!', ..] => look(self.behind(true)?),
            [b'<', ..] => self.named_capture(1, b'>')?,
            [b'\'', ..] => self.named_capture(1, b'\'')?,
            [b'P', b'<', ..] => self.named_capture(2, b'>')?,
            [b'P', b'=', ..] => {
                self.at += 2;
                let name = self.name(b')')?;
                self.reference_to_name(name)?
            }
            [b'P', b'>', ..] | [b'R' | b'&' | b'0'..=b'9', ..] | [b'+' | b'-', b'0'..=b'9', ..] => {
                return Err(inexact("a group called like a subroutine"));
            }
            [b'P', ..] => return Err(refused("(?P without `<`, `=` or `>`")),
            [b'C', ..] => return Err(inexact("a callout")),
            [b'(', ..] => self.condition()?,
            [] => return Err(refused("a parenthesis is not closed")),
            _ => return self.options(from),
        };
        Ok(self.made(node, true, from))
    }

    /// `(*…)`: nothing of it is done here.
    fn verb(&self) -> Fault {
        let name = self.rest().get(1..).unwrap_or_default();
        let length = name
            .iter()
            .take_while(|byte| byte.is_ascii_alphanumeric() || **byte == b'_')
            .count();
        match (name.first(), name.get(length)) {
            (_, Some(b':' | b'=')) => inexact("a verb"),
            (Some(b'A'..=b'Z'), Some(b')')) => inexact("a verb"),
            _ => self.refused_by_new("(* without a verb"),
        }
    }

    fn after(&mut self, skipped: usize) -> Result<Node, Fault> {
        self.at += skipped;
        self.inside()
    }

    /// Alternatives and the parenthesis that closes them. Options end with it.
    fn inside(&mut self) -> Result<Node, Fault> {
        self.branches_inside().map(one_of)
    }

    fn branches_inside(&mut self) -> Result<Vec<Node>, Fault> {
        if self.depth >= DEEPEST {
            return Err(inexact("parentheses are nested deeper than 100"));
        }
        self.depth += 1;
        let flags = self.flags;
        let branches = self.branches()?;
        self.close()?;
        self.flags = flags;
        self.depth -= 1;
        Ok(branches)
    }

    fn close(&mut self) -> Result<(), Fault> {
        match self.eat(b")") {
            true => Ok(()),
            false => Err(refused("a parenthesis is not closed")),
        }
    }

    fn capture(&mut self) -> Result<Node, Fault> {
        self.groups += 1;
        let number = self.groups;
        self.open.push(number);
        let body = self.inside()?;
        self.open.pop();
        Ok(Node::Capture(number, Box::new(body)))
    }

    fn named_capture(&mut self, skipped: usize, terminator: u8) -> Result<Node, Fault> {
        self.at += skipped;
        let name = self.name(terminator)?;
        if self.names.iter().any(|(known, _)| *known == name) {
            self.only_new("two groups of one name")?;
        }
        self.names.push((name, self.groups + 1));
        self.capture()
    }

    fn atomic(&mut self) -> Result<Node, Fault> {
        let body = self.after(1)?;
        check_atomic(&body)?;
        Ok(Node::Atomic(Box::new(body)))
    }

    fn ahead(&mut self, negated: bool) -> Result<Look, Fault> {
        let node = self.after(1)?;
        Ok(Look {
            negated,
            branches: vec![(0, node)],
        })
    }

    /// A look behind. Every alternative has a length of its own; later versions of PCRE2 take lengths that vary.
    fn behind(&mut self, negated: bool) -> Result<Look, Fault> {
        self.at += 2;
        let branches = self.branches_inside()?;
        let branches: Option<Vec<(u32, Node)>> = branches
            .into_iter()
            .map(|branch| Some((branch.length()?, branch)))
            .collect();
        match branches {
            Some(branches) if branches.iter().all(|(length, _)| *length <= 255) => Ok(Look { negated, branches }),
            _ => Err(unclear("a look-behind of a length that varies")),
        }
    }

    /// `(?i)`, `(?i:…)`, `(?^)`.
    fn options(&mut self, from: usize) -> Result<Item, Fault> {
        let before = self.flags;
        let mut flags = self.flags;
        let mut on = true;
        let mut may_unset = true;
        if self.eat(b"^") {
            flags = Flags {
                any_case: false,
                lines: false,
                dot_all: false,
                extended: false,
                extended_more: false,
                no_capture: false,
                ..flags
            };
            may_unset = false;
        }
        loop {
            match self.next() {
                Some(b')') => {
                    self.flags = flags;
                    return Ok(self.made(Node::Empty, false, from));
                }
                Some(b':') => {
                    self.flags = flags;
                    let node = grouped(self.inside()?);
                    self.flags = before;
                    return Ok(self.made(node, true, from));
                }
                Some(b'-') if on && may_unset => on = false,
                Some(letter) => self.option(letter, on, &mut flags)?,
                None => return Err(refused("a parenthesis is not closed")),
            }
        }
    }

    fn option(&mut self, letter: u8, on: bool, flags: &mut Flags) -> Result<(), Fault> {
        match letter {
            b'i' => flags.any_case = on,
            b'm' => flags.lines = on,
            b's' => flags.dot_all = on,
            b'n' if self.library == Library::Pcre2 => flags.no_capture = on,
            b'U' => flags.ungreedy = on,
            b'J' => self.only_new("(?J)")?,
            b'x' => {
                flags.extended = on;
                flags.extended_more = false;
                if self.eat(b"x") {
                    self.only_new("(?xx)")?;
                    flags.extended_more = on;
                }
            }
            b'a' | b'r' => return Err(inexact("an option that only later versions of PCRE2 have")),
            _ => return Err(self.refused_by_new("an unknown option in parentheses")),
        }
        Ok(())
    }

    /// `(?(1)yes|no)`, `(?(?=…)yes|no)`.
    fn condition(&mut self) -> Result<Node, Fault> {
        self.at += 1;
        let condition = match self.rest() {
            [b'?', b'=', ..] => self.look_condition(|parser| parser.ahead(false))?,
            [b'?', b'!', ..] => self.look_condition(|parser| parser.ahead(true))?,
            [b'?', b'<', b'=', ..] => self.look_condition(|parser| parser.behind(false))?,
            [b'?', b'<', b'!', ..] => self.look_condition(|parser| parser.behind(true))?,
            [b'?' | b'*', ..] => return Err(inexact("a condition of this kind")),
            _ => match self.group_number()? {
                Some(0) => return Err(refused("a condition about group 0")),
                Some(group) => {
                    self.close()?;
                    self.mentions.push(Mention::Number(group));
                    Condition::Group(group)
                }
                None => return Err(inexact("a condition of this kind")),
            },
        };
        let mut branches = self.branches_inside()?.into_iter();
        let (yes, no) = (branches.next(), branches.next());
        match branches.next() {
            Some(_) => Err(refused("a conditional group has more than two alternatives")),
            None => Ok(Node::Condition {
                condition,
                yes: Box::new(yes.unwrap_or(Node::Empty)),
                no: Box::new(no.unwrap_or(Node::Empty)),
            }),
        }
    }

    fn look_condition(&mut self, read: impl Fn(&mut Self) -> Result<Look, Fault>) -> Result<Condition, Fault> {
        self.at += 1;
        if self.depth + 1 >= DEEPEST {
            return Err(inexact("parentheses are nested deeper than 100"));
        }
        self.depth += 1;
        let look = read(self)?;
        self.depth -= 1;
        Ok(Condition::Look(look))
    }
}

fn look(look: Look) -> Node {
    Node::Look(Box::new(look))
}

/// A group of one item stays a group, because PCRE repeats it as one.
fn grouped(body: Node) -> Node {
    match body {
        Node::Bytes(_) => Node::Branches(vec![body]),
        _ => body,
    }
}
