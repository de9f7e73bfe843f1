//! What can be wrong, and how it is said.
//!
//! Comes in: a [`Fault`] with its line. Goes out: [`Remark`]s, at most [`MAX_REMARKS`], in order of lines. What tends to
//! be wrong all over a file is said once, with its first line, so that it leaves room for the rest. Names and values are
//! from the file, hence shown shortened and without control characters.

use std::fmt;

use crate::document::{Full, MAX_REMARKS, Remark};

/// Characters of a name or value that a remark shows: enough to find it.
const SHOWN: usize = 60;

/// Something that is not well-formed, or left out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fault<'t> {
    CommentOpen,
    DataOpen,
    InstructionOpen,
    DoctypeOpen,
    UnknownMarkup,
    TagQuotes,
    TagOpen,
    EndTagMore,
    SlashBlank,
    BadName(&'t str),
    LoneLess,
    LessInValue,
    Hopeless,

    TypographicQuotes,
    Unquoted,
    Stray,
    QuoteOpen { name: &'t str, value: &'t str },
    NoEquals(&'t str),
    NoValue(&'t str),
    NoBlank(&'t str),
    Duplicate(&'t str),

    BareAmpersand,
    BadCharacter(&'t str),
    Undeclared(&'t str),
    External(&'t str),
    Nested(&'t str),
    TooMuchExpanded,
    TooManyEntities,

    Unclosed(&'t str),
    Twin(&'t str),
    Unmatched(&'t str),
    Outside,
    Fragment,
    NoElement,
    Full(Full),
}

impl Fault<'_> {
    /// Whether it is said of each line on which it occurs.
    fn is_of_its_line(self) -> bool {
        matches!(
            self,
            Self::QuoteOpen { .. }
                | Self::NoEquals(_)
                | Self::NoValue(_)
                | Self::NoBlank(_)
                | Self::Duplicate(_)
                | Self::Unclosed(_)
                | Self::Twin(_)
                | Self::Unmatched(_)
                | Self::TagQuotes
                | Self::TagOpen
                | Self::UnknownMarkup
        )
    }

    /// Whether a part of the file is not in the tree for it.
    fn hides(self) -> bool {
        matches!(
            self,
            Self::CommentOpen | Self::Hopeless | Self::TooManyEntities | Self::Full(_)
        )
    }
}

impl fmt::Display for Fault<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::CommentOpen => f.write_str("opens a comment that is never closed: all behind it is hidden"),
            Self::DataOpen => f.write_str("opens a CDATA section that is never closed: all behind it is its text"),
            Self::InstructionOpen => {
                f.write_str("opens a processing instruction that is never closed: skipped up to the next `<` or `>`")
            }
            Self::DoctypeOpen => f.write_str("opens a DOCTYPE that is never closed: skipped up to the next `<` or `>`"),
            Self::UnknownMarkup => f.write_str("has markup that is not XML: skipped up to the next `<` or `>`"),
            Self::TagQuotes => f.write_str("has a tag whose quotes do not pair: read up to its first `>`"),
            Self::TagOpen => f.write_str("has a tag without its `>`: read up to where the next one begins"),
            Self::EndTagMore => f.write_str("has an end tag with more in it than a name: the rest is left out"),
            Self::SlashBlank => f.write_str("has a blank between `/` and `>`: read as `/>`"),
            Self::BadName(name) => write!(
                f,
                "has a name that XML does not allow, `{}`: taken as it stands",
                Shown(name)
            ),
            Self::LoneLess => f.write_str("has a `<` that begins no tag: taken as text"),
            Self::LessInValue => f.write_str("has a `<` in an attribute value: taken as it stands"),
            Self::Hopeless => f.write_str("has too many tags that do not end: not read from here on"),

            Self::TypographicQuotes => {
                f.write_str("has attribute values in typographic quotes: read as if they were straight")
            }
            Self::Unquoted => f.write_str("has attribute values without quotes: read up to the next blank"),
            Self::Stray => f.write_str("has characters in a tag that belong to no attribute: left out"),
            // A value may be a secret, and so may what looks like an entity in one.
            Self::QuoteOpen { name, .. } => write!(
                f,
                "never closes the quote of attribute `{}`: its value is taken to end where the next one begins, or the tag ends",
                Shown(name)
            ),
            Self::NoEquals(name) => write!(
                f,
                "has no `=` between attribute `{}` and its value: read as if it had",
                Shown(name)
            ),
            Self::NoValue(name) => write!(f, "has an attribute `{}` without a value: taken as empty", Shown(name)),
            Self::NoBlank(name) => {
                write!(f, "has no blank before attribute `{}`: read as if it had", Shown(name))
            }
            Self::Duplicate(name) => {
                write!(
                    f,
                    "has attribute `{}` more than once in an element: all are kept",
                    Shown(name)
                )
            }

            Self::BareAmpersand => f.write_str("has a `&` that begins no reference: taken as it stands"),
            Self::BadCharacter(name) => write!(
                f,
                "refers to a character that XML does not have, `&{};`: left as it is written",
                Shown(name)
            ),
            Self::Undeclared(_) => f.write_str("uses an entity that it does not declare: left as it is written"),
            Self::External(name) => {
                write!(
                    f,
                    "uses an external entity, `&{};`: never read, left as it is written",
                    Shown(name)
                )
            }
            Self::Nested(name) => write!(
                f,
                "uses an entity made of others or of markup, `&{};`: never expanded, left as it is written",
                Shown(name)
            ),
            Self::TooManyEntities => f.write_str("declares more entities than are kept: those behind are not known"),
            Self::TooMuchExpanded => f.write_str("uses its entities too much: left as they are written from here on"),

            Self::Unclosed(name) => {
                write!(f, "never closes `{}`: taken to end with what is around it", Shown(name))
            }
            Self::Twin(name) => write!(
                f,
                "never closes `{0}`: from the next `{0}` on, what follows is taken to stand beside it",
                Shown(name)
            ),
            Self::Unmatched(name) => write!(f, "closes `{}`, which is not open: left out", Shown(name)),
            Self::Outside => f.write_str("has text outside of its elements: left out"),
            Self::Fragment => f.write_str("has more than one root element: taken as a fragment of a file"),
            Self::NoElement => f.write_str("has no element"),
            Self::Full(full) => write!(f, "{full}"),
        }
    }
}

/// A name or value of the file, safe to print.
struct Shown<'t>(&'t str);

impl fmt::Display for Shown<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (count, character) in self.0.chars().enumerate() {
            if count >= SHOWN {
                return f.write_str("…");
            }
            let printable = if character.is_control() {
                char::REPLACEMENT_CHARACTER
            } else {
                character
            };
            fmt::Write::write_char(f, printable)?;
        }
        Ok(())
    }
}

/// The faults of a file that become remarks.
#[derive(Debug, Default)]
pub(super) struct Remarks<'t> {
    faults: Vec<(u32, Fault<'t>)>,
}

impl<'t> Remarks<'t> {
    /// Whether the line of such a fault need not be found.
    pub(super) fn ignore(&self, fault: Fault<'t>) -> bool {
        let complete = self.faults.len() >= MAX_REMARKS && !fault.hides();
        complete || (!fault.is_of_its_line() && self.faults.iter().any(|(_, said)| *said == fault))
    }

    /// Adds a fault. There is always room for one that hides a part of the file: it takes the place of another.
    pub(super) fn add(&mut self, line: u32, fault: Fault<'t>) {
        if self.ignore(fault) {
            return;
        }
        if self.faults.len() < MAX_REMARKS {
            self.faults.push((line, fault));
        } else if let Some(other) = self.faults.iter_mut().rev().find(|(_, said)| !said.hides()) {
            *other = (line, fault);
        }
    }

    /// In order of lines: what was never closed is known only at the end.
    pub(super) fn sorted(mut self) -> Vec<Remark> {
        self.faults.sort_by_key(|(line, _)| *line);
        self.faults
            .iter()
            .map(|(line, fault)| Remark::new(*line, fault.to_string()))
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_wrong_everywhere_is_said_once_and_all_else_for_each_line() {
        let mut remarks = Remarks::default();
        for line in [7, 8, 9] {
            remarks.add(line, Fault::Unquoted);
            remarks.add(line, Fault::Undeclared("nbsp"));
        }
        remarks.add(3, Fault::Undeclared("shy"));
        remarks.add(2, Fault::Unclosed("a"));
        remarks.add(1, Fault::Unclosed("a"));
        let lines: Vec<_> = remarks.sorted().iter().map(|remark| remark.line.0).collect();
        assert_eq!(lines, [1, 2, 3, 7, 7]);
    }

    #[test]
    fn what_hides_a_part_of_the_file_is_always_said() {
        let mut remarks = Remarks::default();
        for line in 1..100 {
            remarks.add(line, Fault::Unmatched("a"));
        }
        remarks.add(100, Fault::Full(Full::Depth));
        remarks.add(101, Fault::Full(Full::Depth));
        remarks.add(102, Fault::Hopeless);
        let lines: Vec<_> = remarks.sorted().iter().map(|remark| remark.line.0).collect();
        assert_eq!(lines, [1, 2, 3, 4, 5, 6, 100, 102]);
    }

    #[test]
    fn remarks_have_an_end_and_show_no_control_characters() {
        let mut remarks = Remarks::default();
        let name = format!("\x1b[31m{}", "x".repeat(1000));
        for line in 0..100 {
            remarks.add(line, Fault::Unmatched(&name));
        }
        let remarks = remarks.sorted();
        assert_eq!(remarks.len(), MAX_REMARKS);
        assert_eq!(
            remarks[0].what,
            format!("closes `\u{fffd}[31m{}…`, which is not open: left out", "x".repeat(55))
        );
    }
}
