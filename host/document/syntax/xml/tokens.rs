//! The tokens of a text, whatever is in it.
//!
//! Comes in: the text. Goes out: tags, texts, references, the DOCTYPE; no comments and no processing instructions. Each
//! says what was wrong with it. [`quick_xml`] finds them; where it gives up it is started again behind the broken
//! markup. It says where a token begins and ends, all else is read from the text itself.
//!
//! Never here: whether tags match. quick-xml is told not to look, and forgets what it remembers of open elements when
//! they are many.

use quick_xml::Error;
use quick_xml::errors::SyntaxError;
use quick_xml::events::Event;
use quick_xml::reader::Reader;

use super::entities::internal_subset;
use super::fault::Fault;
use super::tags::{self, Extent, Tag, begins_name};

/// Bytes that may be read in vain: eight times the text, and 1 MiB so that a short text has more tries. A file made to
/// be read again from each of its tags reaches it; files that people broke need little of it.
const VAIN_FACTOR: usize = 8;
const VAIN_LEAST: usize = 1 << 20;

/// Open elements after which quick-xml is started again: it has eight bytes and the name of each, for nothing.
const MAX_REMEMBERED: usize = 4096;

/// What a token is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind<'t> {
    /// Text, or that of a CDATA section, as it is written.
    Text(&'t str),
    /// What stands between `&` and `;`, anything.
    Reference(&'t str),
    Start(Tag<'t>),
    /// The name in an end tag.
    End(&'t str),
    /// The whole of it.
    Doctype(&'t str),
    /// Skipped for a fault.
    Nothing,
    EndOfText,
}

/// A piece of the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Token<'t> {
    /// Where it begins.
    pub(super) start: usize,
    pub(super) kind: Kind<'t>,
    pub(super) fault: Option<Fault<'t>>,
}

pub(super) struct Tokens<'t> {
    text: &'t str,
    reader: Reader<&'t [u8]>,
    remembered: usize,
    in_vain: usize,
}

impl<'t> Tokens<'t> {
    pub(super) fn of(text: &'t str) -> Self {
        Self {
            text,
            reader: reader_of(text),
            remembered: 0,
            in_vain: 0,
        }
    }

    /// The next token; at last [`Kind::EndOfText`] for ever.
    pub(super) fn next(&mut self) -> Token<'t> {
        loop {
            let start = self.offset();
            if self.begins_no_markup(start) {
                self.resume(start + 1);
                return Token {
                    start,
                    kind: Kind::Text("<"),
                    fault: Some(Fault::LoneLess),
                };
            }
            let event = self.reader.read_event();
            let whole = self.slice(start, self.offset());
            let kind = match event {
                Ok(Event::Text(_)) => return text_token(start, whole),
                Ok(Event::GeneralRef(_)) => Kind::Reference(inner(whole, "&", ";")),
                Ok(Event::CData(_)) => Kind::Text(inner(whole, "<![CDATA[", "]]>")),
                Ok(Event::DocType(_)) if has_less_than(whole) && internal_subset(whole).is_none() => {
                    self.in_vain += whole.len();
                    return self.skipped(start, Fault::DoctypeOpen);
                }
                Ok(Event::DocType(_)) => Kind::Doctype(whole),
                Ok(Event::Start(_)) => {
                    self.remembered += 1;
                    return self.tag(start, whole);
                }
                Ok(Event::Empty(_)) => return self.tag(start, whole),
                Ok(Event::End(_)) => {
                    self.remembered = self.remembered.saturating_sub(1);
                    return self.tag(start, whole);
                }
                Ok(Event::Decl(_)) if has_less_than(whole) => {
                    self.in_vain += whole.len();
                    return self.skipped(start, Fault::InstructionOpen);
                }
                Ok(Event::Comment(_) | Event::PI(_) | Event::Decl(_)) => continue,
                Ok(Event::Eof) => Kind::EndOfText,
                Err(error) => {
                    self.in_vain += self.read_before(&error, start);
                    return self.recovered(start);
                }
            };
            let fault = None;
            return Token { start, kind, fault };
        }
    }

    fn offset(&self) -> usize {
        self.text.len() - self.reader.get_ref().len()
    }

    fn slice(&self, start: usize, end: usize) -> &'t str {
        self.text.get(start..end).unwrap_or_default()
    }

    /// Goes on there.
    fn resume(&mut self, offset: usize) {
        self.reader = reader_of(self.slice(offset, self.text.len()));
        self.remembered = 0;
    }

    /// Whether there is a `<` that is not even tried: `a < b`, `<%= x %>`.
    fn begins_no_markup(&self, start: usize) -> bool {
        let rest = self.reader.get_ref();
        if rest.first() != Some(&b'<') {
            return false;
        }
        match rest.get(1) {
            Some(b'!' | b'?' | b'/') => false,
            Some(byte) if byte.is_ascii() => !begins_name(char::from(*byte)),
            _ => !self.slice(start + 1, self.text.len()).starts_with(begins_name),
        }
    }

    /// A start or end tag, or as much of it as is one.
    fn tag(&mut self, start: usize, whole: &'t str) -> Token<'t> {
        let extent = tags::extent(whole);
        if extent.len < whole.len() {
            self.in_vain += whole.len() - extent.len;
            return self.cut_tag(start, whole, extent);
        }
        if self.remembered > MAX_REMEMBERED {
            self.resume(start + whole.len());
        }
        tag_token(start, whole, extent.fault)
    }

    fn cut_tag(&mut self, start: usize, whole: &'t str, extent: Extent) -> Token<'t> {
        if self.is_hopeless() {
            return self.nothing_more(start, Kind::Nothing, Fault::Hopeless);
        }
        self.resume(start + extent.len);
        tag_token(start, whole.get(..extent.len).unwrap_or(whole), extent.fault)
    }

    fn is_hopeless(&self) -> bool {
        self.in_vain > self.text.len().saturating_mul(VAIN_FACTOR).saturating_add(VAIN_LEAST)
    }

    /// How much was looked at for an error.
    fn read_before(&self, error: &Error, start: usize) -> usize {
        match self.offset() - start {
            0 if matches!(error, Error::Syntax(SyntaxError::InvalidBangMarkup)) => 0,
            0 => self.text.len() - start,
            consumed => consumed,
        }
    }

    /// What is made of markup that quick-xml did not take.
    fn recovered(&mut self, start: usize) -> Token<'t> {
        let rest = self.slice(start, self.text.len());
        if rest.starts_with("<!--") {
            return self.nothing_more(start, Kind::Nothing, Fault::CommentOpen);
        }
        if let Some(data) = rest.strip_prefix("<![CDATA[") {
            return self.nothing_more(start, Kind::Text(data), Fault::DataOpen);
        }
        if rest.starts_with("<?") {
            return self.skipped(start, Fault::InstructionOpen);
        }
        if rest.get(..9).is_some_and(|head| head.eq_ignore_ascii_case("<!doctype")) {
            return self.skipped(start, Fault::DoctypeOpen);
        }
        if rest.starts_with("<!") {
            return self.skipped(start, Fault::UnknownMarkup);
        }
        self.cut_tag(start, rest, tags::cut(rest))
    }

    /// Skips to behind the first `>`, or to where other markup begins.
    fn skipped(&mut self, start: usize, fault: Fault<'t>) -> Token<'t> {
        if self.is_hopeless() {
            return self.nothing_more(start, Kind::Nothing, Fault::Hopeless);
        }
        self.resume(start + tags::cut(self.slice(start, self.text.len())).len);
        Token {
            start,
            kind: Kind::Nothing,
            fault: Some(fault),
        }
    }

    /// The last token.
    fn nothing_more(&mut self, start: usize, kind: Kind<'t>, fault: Fault<'t>) -> Token<'t> {
        self.resume(self.text.len());
        let fault = Some(fault);
        Token { start, kind, fault }
    }
}

/// Wherever it starts, quick-xml takes a byte order mark away, and then tokens would begin before their `<`.
fn reader_of(text: &str) -> Reader<&[u8]> {
    let mut reader = Reader::from_reader(text.trim_start_matches('\u{feff}').as_bytes());
    let config = reader.config_mut();
    config.check_end_names = false;
    config.allow_unmatched_ends = true;
    config.allow_dangling_amp = true;
    reader
}

/// Whether more than one markup begins in it.
fn has_less_than(whole: &str) -> bool {
    memchr::memrchr(b'<', whole.as_bytes()).is_some_and(|at| at > 0)
}

fn inner<'t>(whole: &'t str, before: &str, behind: &str) -> &'t str {
    let inner = whole.strip_prefix(before).unwrap_or(whole);
    inner.strip_suffix(behind).unwrap_or(inner)
}

/// quick-xml begins a text anew at an ampersand that belongs to no reference.
fn text_token(start: usize, text: &str) -> Token<'_> {
    Token {
        start,
        kind: Kind::Text(text),
        fault: text.starts_with('&').then_some(Fault::BareAmpersand),
    }
}

/// What is wrong with the tag as a whole is said before what is wrong in it.
fn tag_token<'t>(start: usize, whole: &'t str, fault: Option<Fault<'static>>) -> Token<'t> {
    let (kind, own) = if whole.starts_with("</") {
        let (name, own) = tags::end_tag(whole);
        (Kind::End(name), own)
    } else {
        let (tag, own) = tags::start_tag(whole, start);
        (Kind::Start(tag), own)
    };
    Token {
        start,
        kind,
        fault: fault.or(own),
    }
}
