//! Record formats: how a record begins, how its time is written, and what its parts are called.
//!
//! Comes in: definitions ([`FormatDefinition`], data: our own under `rules/formats/`, and those of rule packs), and
//! bytes of files. Goes out: a [`Format`] for a file ([`Formats::detect`]), the bounds of the record around a hit
//! ([`Format::frame`]), its time ([`Format::time`]), its fields ([`Format::fields`]) and its text ([`text()`]).
//! Never here: reading files, decompressing, UTF-16, line numbers, patterns of rules.
//!
//! ```text
//!   head ─► detect ─► format ─┬► frame(window, hit) ─► record ─┬► text
//!     └───────────────────────┴► dating (once a file) ─────────┴► time
//! ```
//!
//! Everything that is asked of a record depends on that record, its format and the file's [`Dating`] alone: never on
//! records before it, on how a file was cut into blocks, or on which thread asked. That is what lets a scan run in
//! parallel and a watch resume anywhere with the same answers.

mod builtin;
mod dating;
mod definition;
mod detect;
mod fields;
mod file_date;
mod framing;
mod log_format;
mod order;
mod pattern;
mod sniff;
pub mod stamp;
mod strftime;
mod text;
mod trial;
mod zone;

use std::sync::Arc;

pub use dating::{Dating, Surroundings};
pub use definition::{Example, FormatDefinition, FormatError, Order, TimeDefinition};
pub use detect::{Detection, MAX_HEAD};
pub use fields::{Fields, unescaped};
pub use framing::{Framing, MAX_RECORD, RecordRange, Window};
pub use order::DateOrder;
pub use pattern::MAX_BEGINNING;
pub use sniff::ConfigurationKind;
pub use text::{line_text, text};

use crate::glob::Glob;
use crate::model::{EventTime, FilePath, FormatName};
use dating::HeadStamp;
use fields::FieldPattern;
use pattern::LineTest;
use stamp::{Stamp, StampPattern};

/// Of a record's first line, as much is searched for its time and its fields. Apache's longest default request line and
/// headers fit several times.
const MAX_FIRST_LINE: usize = 64 << 10;

/// A compiled format.
#[derive(Debug)]
pub struct Format {
    name: FormatName,
    title: String,
    files: Vec<Glob>,
    last_resort: bool,
    /// `None`: every line is a record.
    begins: Option<LineTest>,
    marks: Option<LineTest>,
    banner: LineTest,
    times: Vec<StampPattern>,
    order: Order,
    fields: Vec<FieldPattern>,
    /// Whether a line that has the fields is what tells the format: access logs.
    marked_by_fields: bool,
    examples: Vec<Example>,
}

/// What a record is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RecordKind {
    /// An entry of the log.
    Entry,
    /// The display of the environment at the top of a log, and whatever follows it before the next entry: after a
    /// rotation, the tail of an entry of the file before.
    Banner,
    /// What stands before the first entry of a file that has no banner.
    Fragment,
}

impl Format {
    /// Compiles a definition.
    ///
    /// # Errors
    /// [`FormatError::Value`] with the key of whatever makes no sense.
    pub fn compile(definition: FormatDefinition) -> Result<Self, FormatError> {
        let at = |path: &str, reason: String| FormatError::Value {
            format: definition.name.clone(),
            path: path.to_owned(),
            reason,
        };
        check_name(&definition.name).map_err(|reason| at("name", reason))?;
        if let Some(empty) = definition.files.iter().position(String::is_empty) {
            return Err(at(&format!("files[{empty}]"), "a file name is empty".to_owned()));
        }
        let test = |path: &str, expression: &Option<String>| -> Result<Option<LineTest>, FormatError> {
            expression
                .as_ref()
                .map(|e| LineTest::new(&[e]).map_err(|reason| at(path, reason)))
                .transpose()
        };
        let mut times = Vec::new();
        let mut fields = Vec::new();
        if definition.log_format.is_empty() {
            for (n, pattern) in definition.time.iter().flat_map(|time| &time.patterns).enumerate() {
                times.push(StampPattern::new(pattern).map_err(|reason| at(&format!("time.patterns[{n}]"), reason))?);
            }
            for (n, pattern) in definition.fields.iter().enumerate() {
                fields.push(FieldPattern::new(pattern, None).map_err(|reason| at(&format!("fields[{n}]"), reason))?);
            }
        } else {
            if definition.begins.is_some() || definition.time.is_some() || !definition.fields.is_empty() {
                let reason = "a LogFormat says how records begin, how their time is written and what their fields are: \
                              leave out `begins`, `time` and `fields`";
                return Err(at("log_format", reason.to_owned()));
            }
            (times, fields) = from_log_formats(&definition.log_format)
                .map_err(|(n, reason)| at(&format!("log_format[{n}]"), reason))?;
        }
        let banner = LineTest::new(&definition.banner).map_err(|reason| at("banner", reason))?;
        Ok(Self {
            begins: test("begins", &definition.begins)?,
            marks: test("marks", &definition.marks)?,
            banner,
            times,
            fields,
            order: definition.time.map(|time| time.order).unwrap_or_default(),
            marked_by_fields: !definition.log_format.is_empty(),
            name: FormatName::from(definition.name),
            title: definition.title,
            files: definition.files.iter().map(|glob| Glob::new(glob)).collect(),
            last_resort: definition.last_resort,
            examples: definition.examples,
        })
    }

    /// The format's name, which rules use.
    pub fn name(&self) -> &FormatName {
        &self.name
    }

    /// What the format is, for people.
    pub fn title(&self) -> &str {
        &self.title
    }

    /// Whether the format is only taken when no other fits.
    pub fn is_last_resort(&self) -> bool {
        self.last_resort
    }

    /// Whether every line is a record of its own.
    pub fn is_line_by_line(&self) -> bool {
        self.begins.is_none()
    }

    /// Whether a line, given without its ending, begins a record. That depends on the line alone, and of a long line on
    /// its first [`MAX_BEGINNING`] bytes.
    pub fn begins_record(&self, line: &[u8]) -> bool {
        self.begins
            .as_ref()
            .is_none_or(|begins| begins.matches(line) || self.banner.matches(line))
    }

    /// What a record is, by its first line.
    pub fn kind(&self, record: &[u8]) -> RecordKind {
        let line = first_line(record);
        if self.banner.matches(line) {
            RecordKind::Banner
        } else if self.begins.as_ref().is_none_or(|begins| begins.matches(line)) {
            RecordKind::Entry
        } else {
            RecordKind::Fragment
        }
    }

    /// When a record was written; `None` if it does not say.
    pub fn time(&self, record: &[u8], dating: &Dating) -> Option<EventTime> {
        let line = first_line(record);
        let (stamp, zone) = self.stamp(line)?;
        dating.time(&stamp, zone)
    }

    /// The named parts of a record's first line, as ranges in the record; `None` if the line does not have the format's
    /// shape, or the format names no parts.
    pub fn fields(&self, record: &[u8]) -> Option<Fields> {
        let line = first_line(record);
        self.fields.iter().find_map(|pattern| pattern.read(line))
    }

    /// Decides how the times of one file are read, from its path, its head (up to [`MAX_HEAD`] bytes; more is ignored)
    /// and what is known of where it comes from. The same for every part of the file.
    pub fn dating(&self, path: &FilePath, head: &[u8], surroundings: &Surroundings) -> Dating {
        let head = head.get(..MAX_HEAD).unwrap_or(head);
        let mut stamps = Vec::new();
        let mut locale = None;
        for line in lines(head) {
            if let Some((stamp, zone)) = self.stamp(line) {
                stamps.push(HeadStamp {
                    stamp,
                    zone: zone.map(<[u8]>::to_vec),
                });
            } else if stamps.is_empty() && locale.is_none() {
                locale = banner_locale(line);
            }
        }
        Dating::decide(self.order, path, &stamps, locale, surroundings)
    }

    fn stamp<'l>(&self, line: &'l [u8]) -> Option<(Stamp, Option<&'l [u8]>)> {
        let stamp = self.times.iter().find_map(|pattern| pattern.read(line))?;
        let zone = match &stamp {
            Stamp::Civil { zone: Some(zone), .. } => line.get(zone.clone()),
            _ => None,
        };
        Some((stamp, zone))
    }

    /// Whether the format's file names fit.
    fn names(&self, path: &FilePath) -> bool {
        let name = path.name();
        self.files.iter().any(|glob| glob.matches(name))
    }

    /// Whether lines can tell this format from others at all.
    fn has_marks(&self) -> bool {
        self.begins.is_some() || self.marks.is_some() || self.marked_by_fields
    }

    /// Whether a line tells this format from others.
    fn is_marked(&self, line: &[u8]) -> bool {
        if self.banner.matches(line) {
            return true;
        }
        match (&self.marks, &self.begins) {
            (Some(test), _) | (None, Some(test)) => test.matches(line),
            (None, None) => self.marked_by_fields && self.fields.iter().any(|pattern| pattern.matches(line)),
        }
    }
}

/// Expressions for times, and for fields.
type LinePatterns = (Vec<StampPattern>, Vec<FieldPattern>);

/// The time and field expressions of several `LogFormat` strings, each expression once, or which of them is wrong.
fn from_log_formats(formats: &[String]) -> Result<LinePatterns, (usize, String)> {
    let mut seen = Vec::new();
    let mut times = Vec::new();
    let mut fields = Vec::new();
    // Expressions that take a value with blanks may take two values for one: all others are tried before them.
    let mut loose = Vec::new();
    for (n, format) in formats.iter().enumerate() {
        let with_place = |reason| (n, reason);
        let compiled = log_format::compile(format).map_err(with_place)?;
        for (line, kept) in compiled.lines.iter().zip([&mut fields, &mut loose]) {
            kept.push(FieldPattern::new(line, Some(compiled.names.clone())).map_err(with_place)?);
        }
        for time in compiled.times {
            if !seen.contains(&time) {
                times.push(StampPattern::new(&time).map_err(with_place)?);
                seen.push(time);
            }
        }
    }
    fields.append(&mut loose);
    Ok((times, fields))
}

/// A record's first line, without its ending.
fn first_line(record: &[u8]) -> &[u8] {
    let near = record.get(..MAX_FIRST_LINE).unwrap_or(record);
    let line = memchr::memchr(b'\n', near)
        .and_then(|ending| near.get(..ending))
        .unwrap_or(near);
    line_text(line)
}

/// The lines of some bytes, without their endings.
fn lines(bytes: &[u8]) -> impl Iterator<Item = &[u8]> {
    let whole = bytes.strip_suffix(b"\n").unwrap_or(bytes);
    let some = (!bytes.is_empty()).then(|| whole.split(|&byte| byte == b'\n').map(line_text));
    some.into_iter().flatten()
}

/// The locale in a line of a banner: `os = Windows 10 (10.0; amd64) (es_PE)`.
fn banner_locale(line: &[u8]) -> Option<String> {
    let value = line
        .strip_prefix(b"os = ")
        .or_else(|| line.strip_prefix(b"Host Operating System is "))?;
    let inner = value.strip_suffix(b")")?;
    let open = memchr::memrchr(b'(', inner)?;
    let locale = std::str::from_utf8(inner.get(open + 1..)?).ok()?;
    let bytes = locale.as_bytes();
    let shaped = match bytes {
        [a, b] => [a, b].iter().all(|c| c.is_ascii_lowercase()),
        [a, b, b'_', region @ ..] => a.is_ascii_lowercase() && b.is_ascii_lowercase() && region.len() >= 2,
        _ => false,
    };
    shaped.then(|| locale.to_owned())
}

/// Names are a contract with rule packs: one spelling for all.
fn check_name(name: &str) -> Result<(), String> {
    let word = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit());
    if name.len() <= 64 && name.split('-').all(word) {
        Ok(())
    } else {
        Err("a name is made of small letters and digits, with single hyphens between, such as `acme-trace`".to_owned())
    }
}

/// All formats that are known: the built-in ones and those of rule packs.
#[derive(Clone, Debug, Default)]
pub struct Formats {
    formats: Vec<Arc<Format>>,
}

impl Formats {
    /// The built-in formats.
    ///
    /// # Errors
    /// None that a released program has: the definitions are part of it, and its tests compile them.
    pub fn builtin() -> Result<Self, FormatError> {
        let mut formats = Self::default();
        for text in builtin::DEFINITIONS {
            formats.add(FormatDefinition::from_yaml(text)?)?;
        }
        Ok(formats)
    }

    /// Adds a format, such as one of a rule pack.
    ///
    /// # Errors
    /// [`FormatError::Duplicate`] if there is one of that name, [`FormatError::Value`] if it makes no sense.
    pub fn add(&mut self, definition: FormatDefinition) -> Result<(), FormatError> {
        if self.by_name(&definition.name).is_some() {
            return Err(FormatError::Duplicate {
                format: definition.name,
            });
        }
        self.formats.push(Arc::new(Format::compile(definition)?));
        Ok(())
    }

    /// The format of that name.
    pub fn by_name(&self, name: &str) -> Option<&Arc<Format>> {
        self.formats.iter().find(|format| format.name.as_str() == name)
    }

    /// All formats, in the order in which they were added.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = &Arc<Format>> {
        self.formats.iter()
    }
}

#[cfg(test)]
mod tests;
