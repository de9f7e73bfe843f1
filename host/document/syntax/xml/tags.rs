//! Tags: how far they go, and what is in them.
//!
//! Comes in: what the tokenizer took for a tag, from `<` to the first `>` that is in no quotes. Goes out: how much of it
//! is believed, and the name and the attributes. A quote that is never closed makes the tokenizer run into the tags
//! behind it; a `<`, which no tag has, tells.

use super::fault::Fault;

/// A tag with a `<` in a quoted value is believed up to this many bytes, 64 KiB: nobody writes an embedded template or
/// a piece of HTML that is longer. Without a `<` it may be of any length.
const MAX_CROWDED: usize = 64 * 1024;

/// A start tag.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Tag<'t> {
    pub(super) name: &'t str,
    /// What stands behind its name.
    pub(super) attributes: &'t str,
    /// Where in the text that begins.
    pub(super) attributes_at: usize,
    /// Whether it ends in `/>`.
    pub(super) empty: bool,
}

/// How far a tag goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Extent {
    /// Its bytes, with its `>` if it has one.
    pub(super) len: usize,
    pub(super) fault: Option<Fault<'static>>,
}

/// Blanks of XML.
pub(super) fn is_blank(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\r' | b'\n')
}

pub(super) fn trimmed_start(text: &str) -> &str {
    let blanks = text.bytes().take_while(|byte| is_blank(*byte)).count();
    text.get(blanks..).unwrap_or_default()
}

pub(super) fn trimmed_end(text: &str) -> &str {
    let blanks = text.bytes().rev().take_while(|byte| is_blank(*byte)).count();
    text.get(..text.len() - blanks).unwrap_or_default()
}

/// Whether a name may begin so.
pub(super) fn begins_name(character: char) -> bool {
    character.is_ascii_alphabetic()
        || matches!(character, '_' | ':')
        || (!character.is_ascii() && character.is_alphabetic())
}

/// Whether a name has nothing in it that names do not have. What is beyond ASCII is believed.
pub(super) fn is_name(name: &str) -> bool {
    name.bytes()
        .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b':' | b'-' | b'.') || !byte.is_ascii())
}

/// How much of `whole`, which the tokenizer took for one tag, is that tag.
pub(super) fn extent(whole: &str) -> Extent {
    let all = Extent {
        len: whole.len(),
        fault: None,
    };
    let bytes = whole.as_bytes();
    if memchr::memchr(b'<', bytes.get(1..).unwrap_or_default()).is_none() {
        return all;
    }
    let mut quote = None;
    let mut crowded = false;
    for index in memchr::memchr3_iter(b'"', b'\'', b'<', bytes).skip(1) {
        let Some(&byte) = bytes.get(index) else { break };
        match quote {
            None if byte == b'<' => return cut(whole),
            None => quote = Some(byte),
            Some(_) if byte == b'<' => {
                if whole.len() > MAX_CROWDED || begins_line(bytes, index) {
                    return cut(whole);
                }
                crowded = true;
            }
            Some(open) if open == byte => {
                // Behind a quote that closes nothing follows at once; behind one that opens, which was taken for
                // it since another is missing, the value does.
                let behind = bytes.get(index + 1).copied().unwrap_or(b'>');
                if crowded && !is_blank(behind) && !matches!(behind, b'/' | b'>') {
                    return cut(whole);
                }
                quote = None;
            }
            Some(_) => {}
        }
    }
    let fault = Some(Fault::LessInValue);
    Extent { fault, ..all }
}

/// How far a tag goes whose quotes are of no use: to its first `>`, or to where the next begins.
pub(super) fn cut(whole: &str) -> Extent {
    let inner = whole.as_bytes().get(1..).unwrap_or_default();
    match memchr::memchr2(b'<', b'>', inner) {
        Some(end) if inner.get(end) == Some(&b'>') => Extent {
            len: end + 2,
            fault: Some(Fault::TagQuotes),
        },
        Some(end) => Extent {
            len: end + 1,
            fault: Some(Fault::TagOpen),
        },
        None => Extent {
            len: whole.len(),
            fault: Some(Fault::TagOpen),
        },
    }
}

/// Whether nothing but blanks stands before it on its line.
fn begins_line(bytes: &[u8], index: usize) -> bool {
    let before = bytes.get(..index).unwrap_or_default();
    before.iter().rev().find(|byte| !matches!(byte, b' ' | b'\t' | b'\r')) == Some(&b'\n')
}

/// Takes a start tag that begins at `start` apart.
pub(super) fn start_tag<'t>(whole: &'t str, start: usize) -> (Tag<'t>, Option<Fault<'t>>) {
    let inner = whole.strip_prefix('<').unwrap_or(whole);
    let inner = inner.strip_suffix('>').unwrap_or(inner);
    let (name, attributes) = split_name(inner);
    let trimmed = trimmed_end(attributes);
    let tag = Tag {
        name,
        attributes: trimmed.strip_suffix('/').unwrap_or(trimmed),
        attributes_at: start + 1 + name.len(),
        empty: trimmed.ends_with('/'),
    };
    let fault = if !is_name(name) {
        Some(Fault::BadName(name))
    } else if tag.empty && trimmed.len() < attributes.len() {
        Some(Fault::SlashBlank)
    } else {
        None
    };
    (tag, fault)
}

/// The name of an end tag.
pub(super) fn end_tag(whole: &str) -> (&str, Option<Fault<'static>>) {
    let inner = whole.strip_prefix("</").unwrap_or(whole);
    let inner = inner.strip_suffix('>').unwrap_or(inner);
    let (name, behind) = split_name(inner);
    let fault = !trimmed_end(behind).is_empty();
    (name, fault.then_some(Fault::EndTagMore))
}

fn split_name(inner: &str) -> (&str, &str) {
    let ends = |byte: &u8| is_blank(*byte) || matches!(byte, b'/' | b'=' | b'"' | b'\'' | b'<' | b'>');
    let end = inner.as_bytes().iter().position(ends).unwrap_or(inner.len());
    inner.split_at_checked(end).unwrap_or((inner, ""))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// How the tag at the beginning is read: all up to there.
    fn read(whole: &str) -> (&str, Option<Fault<'static>>) {
        let extent = extent(whole);
        (&whole[..extent.len], extent.fault)
    }

    #[test]
    fn a_tag_without_a_less_than_sign_is_believed() {
        let long = format!("<a b=\"{}\">", "x>\n".repeat(1_000_000));
        assert_eq!(read(&long), (long.as_str(), None));
    }

    #[test]
    fn a_quote_that_is_never_closed_swallows_no_tags() {
        let next_line = "<a b=\"x>\n  <c d=\"y\">";
        assert_eq!(read(next_line), ("<a b=\"x>", Some(Fault::TagQuotes)));
        let same_line = "<a b=\"x></a><c d=\"y/></r z=\">";
        assert_eq!(read(same_line), ("<a b=\"x>", Some(Fault::TagQuotes)));
        let far = format!("<a b=\"x>{}<c d=\"\">", "y".repeat(MAX_CROWDED));
        assert_eq!(read(&far), ("<a b=\"x>", Some(Fault::TagQuotes)));
    }

    #[test]
    fn a_tag_ends_where_the_next_begins() {
        assert_eq!(read("<a b=1 <c>"), ("<a b=1 ", Some(Fault::TagOpen)));
        assert_eq!(read("<a b='1'\n<c d='2'>"), ("<a b='1'\n", Some(Fault::TagOpen)));
    }

    #[test]
    fn a_template_or_html_in_a_value_is_believed() {
        for whole in ["<a b=\"<%= x > 1 %>\" c='d'>", "<a b='<b>bold</b>'/>"] {
            assert_eq!(read(whole), (whole, Some(Fault::LessInValue)));
        }
    }

    #[test]
    fn tags_are_taken_apart() {
        let (tag, fault) = start_tag("<p:a\r\n b='1' />", 10);
        assert_eq!(
            (tag.name, tag.attributes, tag.attributes_at, tag.empty, fault),
            ("p:a", "\r\n b='1' ", 14, true, None)
        );
        let (tag, fault) = start_tag("<a/ >", 0);
        assert_eq!((tag.name, tag.attributes, tag.empty), ("a", "", true));
        assert_eq!(fault, Some(Fault::SlashBlank));
        assert_eq!(end_tag("</a \n>"), ("a", None));
        assert_eq!(end_tag("</a b='1'>"), ("a", Some(Fault::EndTagMore)));
        assert_eq!(end_tag("</>"), ("", None));
    }
}
