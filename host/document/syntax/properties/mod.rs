//! Java's properties: `ssl.client.props`, `soap.client.props` and all the others.
//!
//! Comes in: a text. Goes out: the root `properties`, and below it a node for each assignment, in order: its name is the
//! key, its value the value, both as Java sees them. Never here: `${…}`, includes, or what a key means.
//!
//! ```text
//!   natural lines     # a comment           com.ibm.x = a,\          b\u00e4r
//!                         gone              └──────────── joined ────────────┘
//!   logical lines                           com.ibm.x = a,b\u00e4r
//!                                           key  separator  value, escapes resolved
//! ```
//!
//! The rules are those of `java.util.Properties.load`, whose last assignment wins. Who reads the tree may see it
//! otherwise, for in `ssl.client.props` each `com.ibm.ssl.alias` begins another set of the same keys; so an assignment that
//! comes again keeps its node and gets the attribute `superseded`, the line of the last one. Two things Java does are not
//! done: it gives up the whole file at a broken `\u`, and makes a setting without a name of a lone backslash at the end.
//!
//! No library: `java-properties` has no columns, no offsets, and stops where Java stops.

use super::lines::{Lines, Places, Remarks, superseded};
use crate::document::{At, Full, MAX_NODES, NodeIndex, Parsed, Tree};

/// What Java takes for a blank.
const BLANKS: [char; 3] = [' ', '\t', '\x0C'];

/// The assignments of a text.
pub fn parse(text: &str) -> Parsed {
    let mut remarks = Remarks::default();
    let assignments = assignments(text, &mut remarks);
    let superseded = superseded(assignments.iter().map(|found| (found.key.as_str(), found.at.line)));
    let mut tree = Tree::new("properties");
    for (assignment, last) in assignments.iter().zip(superseded) {
        if let Err(full) = add(&mut tree, assignment, last) {
            remarks.stop(assignment.at.line, full);
            break;
        }
    }
    remarks.beside(tree)
}

struct Assignment {
    key: String,
    value: String,
    at: At,
}

fn add(tree: &mut Tree, assignment: &Assignment, last: Option<u32>) -> Result<(), Full> {
    let Assignment { key, value, at } = assignment;
    tree.add(NodeIndex::ROOT, key, value, *at)?;
    match last {
        Some(line) => tree.attribute("superseded", &line.to_string(), at.line),
        None => Ok(()),
    }
}

/// As many as a tree takes, and the root's place too, so that the tree is the one to say that it is full.
fn assignments(text: &str, remarks: &mut Remarks) -> Vec<Assignment> {
    let mut places = Places::of(text);
    LogicalLines::of(text)
        .take(MAX_NODES)
        .map(|line| {
            let at = places.at(line.offset);
            let (key, value) = split(&line.text);
            let (mut unescaped, mut broken) = ([String::new(), String::new()], false);
            for (raw, clean) in [key, value].into_iter().zip(&mut unescaped) {
                broken |= !unescape(raw, clean);
            }
            if broken {
                remarks.say(
                    at.line,
                    "has a \\u that names no character, at which Java refuses the file; kept as written",
                );
            }
            let [key, value] = unescaped;
            Assignment { key, value, at }
        })
        .collect()
}

/// A setting without comments, with its continuation lines, with its escapes.
struct LogicalLine {
    text: String,
    offset: usize,
}

struct LogicalLines<'t> {
    natural: Lines<'t>,
}

impl<'t> LogicalLines<'t> {
    fn of(text: &'t str) -> Self {
        Self {
            natural: Lines::of(text),
        }
    }
}

impl Iterator for LogicalLines<'_> {
    type Item = LogicalLine;

    fn next(&mut self) -> Option<Self::Item> {
        let mut logical = LogicalLine {
            text: String::new(),
            offset: 0,
        };
        for line in self.natural.by_ref() {
            let body = line.text.trim_start_matches(BLANKS);
            // A comment is told at the beginning only; a line of nothing but a backslash has not begun yet.
            if logical.text.is_empty() {
                if body.is_empty() || body.starts_with(['#', '!']) {
                    continue;
                }
                logical.offset = line.offset + (line.text.len() - body.len());
            }
            match continued(body) {
                Some(body) => logical.text.push_str(body),
                None => {
                    logical.text.push_str(body);
                    return Some(logical);
                }
            }
        }
        (!logical.text.is_empty()).then_some(logical)
    }
}

/// The line without the backslash by which it goes on: an odd one, for two are one that is meant.
fn continued(line: &str) -> Option<&str> {
    let backslashes = line.bytes().rev().take_while(|byte| *byte == b'\\').count();
    if backslashes % 2 == 1 {
        line.strip_suffix('\\')
    } else {
        None
    }
}

/// Key and value with their escapes: apart at the first `=`, `:` or blank that no backslash protects.
fn split(line: &str) -> (&str, &str) {
    let mut protected = false;
    let end = line.find(|c| {
        let ends = !protected && (BLANKS.contains(&c) || matches!(c, '=' | ':'));
        protected = c == '\\' && !protected;
        ends
    });
    let (key, rest) = line.split_at_checked(end.unwrap_or(line.len())).unwrap_or((line, ""));
    let rest = rest.trim_start_matches(BLANKS);
    let value = rest.strip_prefix(['=', ':']).unwrap_or(rest);
    (key, value.trim_start_matches(BLANKS))
}

/// Resolves the escapes of `raw` into `clean`; whether all of them are some.
fn unescape(raw: &str, clean: &mut String) -> bool {
    let mut all = true;
    let mut chars = raw.chars();
    while let Some(c) = chars.next() {
        if c != '\\' {
            clean.push(c);
            continue;
        }
        match chars.next() {
            Some('t') => clean.push('\t'),
            Some('n') => clean.push('\n'),
            Some('r') => clean.push('\r'),
            Some('f') => clean.push('\x0C'),
            Some('u') => {
                if let Some((character, rest)) = unicode(chars.as_str()) {
                    clean.push(character);
                    chars = rest.chars();
                } else {
                    clean.push_str("\\u");
                    all = false;
                }
            }
            Some(other) => clean.push(other),
            None => {}
        }
    }
    all
}

/// The character whose escape goes on behind its `\u`, and what follows it. Half of a surrogate pair is none.
fn unicode(text: &str) -> Option<(char, &str)> {
    let (first, rest) = unit(text)?;
    if let Some(character) = char::from_u32(u32::from(first)) {
        return Some((character, rest));
    }
    let (second, rest) = unit(rest.strip_prefix("\\u")?)?;
    let character = char::decode_utf16([first, second]).next()?.ok()?;
    Some((character, rest))
}

/// The four hexadecimal digits that `text` begins with.
fn unit(text: &str) -> Option<(u16, &str)> {
    let (digits, rest) = text.split_at_checked(4)?;
    // A sign is no digit, though numbers may have one.
    let hexadecimal = digits.bytes().all(|byte| byte.is_ascii_hexdigit());
    let unit = u16::from_str_radix(digits, 16).ok()?;
    hexadecimal.then_some((unit, rest))
}

#[cfg(test)]
mod tests;
