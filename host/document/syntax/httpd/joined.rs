//! Lines as the server counts them: joined where they continue, blanks around them gone.
//!
//! Comes in: the text of a file. Goes out: one [`Line`] for what httpd reads in one go, empty ones and comments too. Never
//! here: what is in a line.
//!
//! A line is continued when, after what has been joined so far, a backslash stands last before the line's end; nothing is
//! put between the parts, and blanks at the beginning of the next part stay. The last line of a file that has no end of
//! its own keeps its backslash. Both as in `ap_cfg_getline` of Apache 2.4; 2.2 leaves a line with two backslashes alone and
//! takes one of them away, so such a line is remarked.

use std::borrow::Cow;

use super::template::{self, Tag};
use super::words::is_blank;
use crate::document::At;
use crate::document::syntax::lines::Remarks;

/// What httpd reads in one go.
#[derive(Debug)]
pub struct Line<'t> {
    /// Where it begins.
    pub at: At,
    /// Its text without the blanks around it.
    pub text: Cow<'t, str>,
}

/// Reads a text line by line.
pub struct Lines<'t> {
    text: &'t str,
    /// Where the next line of the file begins, or what is left of it behind tags of a template.
    offset: usize,
    /// Where the line of the file begins that `offset` is in.
    line_start: usize,
    number: u32,
    is_template: bool,
    has_zero_byte: bool,
    ends: template::Ends,
}

/// A line of the file.
struct Physical<'t> {
    text: &'t str,
    /// Whether an end of line was seen behind it; the server sees none behind a zero byte.
    ended: bool,
}

impl<'t> Lines<'t> {
    /// Lines of that text.
    pub fn new(text: &'t str) -> Self {
        Self {
            text,
            offset: 0,
            line_start: 0,
            number: 1,
            is_template: false,
            has_zero_byte: false,
            ends: template::Ends::default(),
        }
    }

    /// The next line, if there is one.
    pub fn next(&mut self, remarks: &mut Remarks) -> Option<Line<'t>> {
        let behind_tag = self.pass_tags(remarks);
        let begin = (self.offset, self.line_start, self.number);
        let first = self.physical(remarks)?;
        let mut text = Cow::Borrowed(first.text);
        let mut ended = first.ended;
        let mut number = begin.2;
        while ended && let Some(kept) = continued(&text) {
            if text.get(..kept).is_some_and(|head| head.ends_with('\\')) {
                remarks.say(
                    number,
                    "ends with two backslashes: Apache 2.4 continues the line, 2.2 does not",
                );
            }
            number = self.number;
            let next = self.next_part(remarks);
            let joined = text.to_mut();
            joined.truncate(kept);
            ended = next.as_ref().is_some_and(|part| part.ended);
            joined.push_str(next.map_or("", |part| part.text));
        }
        if behind_tag {
            text = Cow::Owned(template::without_tags(&text));
        }
        Some(Line {
            at: self.place(begin, first.text),
            text: trimmed(text),
        })
    }

    /// The next part of a continued line; lines that belong to a template alone are none.
    fn next_part(&mut self, remarks: &mut Remarks) -> Option<Physical<'t>> {
        loop {
            let number = self.number;
            let part = self.physical(remarks)?;
            if !template::is_tags_only(part.text) {
                return Some(part);
            }
            self.note_template(number, remarks);
        }
    }

    fn physical(&mut self, remarks: &mut Remarks) -> Option<Physical<'t>> {
        let rest = self.text.get(self.offset..).filter(|rest| !rest.is_empty())?;
        let end = memchr::memchr(b'\n', rest.as_bytes());
        let text = rest.get(..end.unwrap_or(rest.len())).unwrap_or_default();
        let number = self.number;
        self.offset += end.map_or(rest.len(), |end| end + 1);
        self.line_start = self.offset;
        self.number = self.number.saturating_add(1);
        if let Some((head, _)) = text.split_once('\0') {
            if !self.has_zero_byte {
                remarks.say(number, "has a zero byte; httpd reads a line only as far as that");
            }
            self.has_zero_byte = true;
            return Some(Physical {
                text: head,
                ended: false,
            });
        }
        Some(Physical {
            text,
            ended: end.is_some(),
        })
    }

    /// Passes over tags of a template at the beginning of a line; whether anything is left of the line they end in.
    fn pass_tags(&mut self, remarks: &mut Remarks) -> bool {
        let mut behind_tag = false;
        while let Some(rest) = self.text.get(self.offset..) {
            match template::tag(rest, &mut self.ends) {
                None => break,
                Some(Tag::Unclosed) => {
                    remarks.say(
                        self.number,
                        "begins a template's tag that is not closed; the line was passed over",
                    );
                    self.physical(remarks);
                    behind_tag = false;
                }
                Some(Tag::Closed { length }) => {
                    self.note_template(self.number, remarks);
                    behind_tag = self.pass(rest, length);
                }
            }
        }
        behind_tag
    }

    /// Goes on behind a tag, and behind its line if that has nothing more.
    fn pass(&mut self, rest: &str, length: usize) -> bool {
        let (tag, behind) = rest.split_at_checked(length).unwrap_or((rest, ""));
        let blanks = behind.len() - behind.trim_start_matches(|c| is_blank(c) && c != '\n').len();
        let ends_line = behind
            .get(blanks..)
            .is_none_or(|left| left.is_empty() || left.starts_with('\n'));
        let passed = length + if ends_line { (blanks + 1).min(behind.len()) } else { 0 };
        let lines = rest.get(..passed).unwrap_or(tag);
        if let Some(last) = memchr::memrchr(b'\n', lines.as_bytes()) {
            self.line_start = self.offset + last + 1;
        }
        let ends = memchr::memchr_iter(b'\n', lines.as_bytes()).count();
        self.number = self.number.saturating_add(u32::try_from(ends).unwrap_or(u32::MAX));
        self.offset += passed;
        !ends_line
    }

    fn note_template(&mut self, number: u32, remarks: &mut Remarks) {
        if !self.is_template {
            remarks.say(
                number,
                "is a template; its `{% … %}` lines were passed over, so all branches were read",
            );
        }
        self.is_template = true;
    }

    /// Where the first character stands that is no blank.
    fn place(&self, (offset, line_start, line): (usize, usize, u32), text: &str) -> At {
        let offset = offset + text.len() - text.trim_start_matches(is_blank).len();
        let before = self.text.get(line_start..offset).unwrap_or_default();
        let column = u32::try_from(before.chars().count())
            .unwrap_or(u32::MAX)
            .saturating_add(1);
        At {
            offset: u32::try_from(offset).unwrap_or(u32::MAX),
            line,
            column,
        }
    }
}

/// How much of a line that continues is kept of it.
fn continued(text: &str) -> Option<usize> {
    text.strip_suffix('\r').unwrap_or(text).strip_suffix('\\').map(str::len)
}

fn trimmed(text: Cow<'_, str>) -> Cow<'_, str> {
    match text {
        Cow::Borrowed(text) => Cow::Borrowed(text.trim_matches(is_blank)),
        Cow::Owned(text) => Cow::Owned(text.trim_matches(is_blank).to_owned()),
    }
}
