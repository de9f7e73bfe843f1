//! Files that are made by a template engine (Jinja, as Ansible uses it) and were collected before that.
//!
//! Comes in: text. Goes out: where a tag ends, text without tags. Never here: which branch would be taken; all are read.
//!
//! No line of httpd's begins with `{%` or `{#`, so one that does belongs to the template, up to the end of the tag, which
//! may be on another line. Everywhere else a brace is the server's own: a log format may well contain `{%`.

use super::words::is_blank;

/// A tag at the beginning of a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tag {
    /// It ends after that many bytes, the blanks before it included.
    Closed {
        /// The bytes.
        length: usize,
    },
    /// Its end is missing.
    Unclosed,
}

/// Which ends of tags are known to be missing in the rest of a text: searching for them again and again would take the
/// square of its length.
#[derive(Clone, Copy, Debug, Default)]
pub struct Ends {
    no_statement: bool,
    no_comment: bool,
}

impl Ends {
    fn find(&mut self, kind: Kind, text: &str) -> Option<usize> {
        let missing = match kind {
            Kind::Statement => &mut self.no_statement,
            Kind::Comment => &mut self.no_comment,
        };
        if *missing {
            return None;
        }
        let end = memchr::memmem::find(text.as_bytes(), kind.end().as_bytes());
        *missing = end.is_none();
        end
    }
}

#[derive(Clone, Copy)]
enum Kind {
    Statement,
    Comment,
}

impl Kind {
    fn of(text: &str) -> Option<Self> {
        match text.as_bytes() {
            [b'{', b'%', ..] => Some(Self::Statement),
            [b'{', b'#', ..] => Some(Self::Comment),
            _ => None,
        }
    }

    fn end(self) -> &'static str {
        match self {
            Self::Statement => "%}",
            Self::Comment => "#}",
        }
    }
}

/// Bytes of `{%` and of `%}`.
const DELIMITER: usize = 2;

/// The tag with which a text begins, after blanks on the same line.
pub fn tag(text: &str, ends: &mut Ends) -> Option<Tag> {
    let bare = text.trim_start_matches(|c| is_blank(c) && c != '\n');
    let kind = Kind::of(bare)?;
    let inner = bare.get(DELIMITER..).unwrap_or_default();
    Some(match ends.find(kind, inner) {
        Some(end) => Tag::Closed {
            length: text.len() - inner.len() + end + DELIMITER,
        },
        None => Tag::Unclosed,
    })
}

/// A text without the tags that begin and end in it.
pub fn without_tags(text: &str) -> String {
    let mut kept = String::with_capacity(text.len());
    let mut ends = Ends::default();
    let mut rest = text;
    while let Some(brace) = memchr::memchr(b'{', rest.as_bytes()) {
        let (head, at) = rest.split_at_checked(brace).unwrap_or((rest, ""));
        kept.push_str(head);
        let inner = at.get(DELIMITER..).unwrap_or_default();
        rest = match Kind::of(at).and_then(|kind| ends.find(kind, inner)) {
            Some(end) => inner.get(end + DELIMITER..).unwrap_or_default(),
            None => {
                kept.push('{');
                at.strip_prefix('{').unwrap_or_default()
            }
        };
    }
    kept.push_str(rest);
    kept
}

/// Whether a line is nothing but tags.
pub fn is_tags_only(line: &str) -> bool {
    Kind::of(line.trim_start_matches(is_blank)).is_some() && without_tags(line).trim_matches(is_blank).is_empty()
}
