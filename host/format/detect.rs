//! Which format a file has, or that it is no log.
//!
//! Comes in: a file's path and its head. Goes out: a [`Detection`], with the reason in words. Never here: reading the
//! file, or changing one's mind later.
//!
//! What stands in the file decides. Every format counts the lines of the head that bear its marks; the format with the
//! most wins if its share is large enough or the file begins with it. Only when no log format is recognised may the file
//! be something else: binary, or configuration. After that come lines that at least begin with a time. The name decides
//! only about a head that is blank or starts inside a record, and at last every line is a record.
//! So a log that begins with a configuration dump, or holds binary bytes, stays a log.
//!
//! The same path and head always give the same answer; ties go to the format whose file names fit, then to the one that
//! was added last: a rule pack's own format knows its files better than ours do.

use std::sync::Arc;

use super::sniff::{ConfigurationKind, binary, configuration};
use super::{Format, Formats, lines};
use crate::model::FilePath;

/// The part of a file that is looked at: some hundred records, and cheap enough for every file of a large bundle.
pub const MAX_HEAD: usize = 64 << 10;

/// The least share of lines that must bear a format's marks if the file's first line does not: stack traces and dumps
/// make up to nine tenths of some logs, and an article that quotes a few log lines stays below.
const LEAST_SHARE_PERCENT: usize = 5;

/// What a file is.
#[derive(Clone, Debug)]
pub enum Detection {
    /// A log.
    Log {
        /// Its format.
        format: Arc<Format>,
        /// Why, in words.
        why: String,
    },
    /// Nothing that has records: an archive, a program, an image.
    NotALog {
        /// Why, in words.
        reason: String,
    },
    /// A configuration file, to be read as a document.
    Configuration {
        /// What kind, as far as its head tells.
        kind: ConfigurationKind,
    },
}

/// How a head fares with one format.
struct Score<'a> {
    format: &'a Arc<Format>,
    lines: usize,
    /// Whether the first line that is not blank bears the marks.
    first: bool,
    named: bool,
}

impl Formats {
    /// What the file at `path` is, judged by its head: up to [`MAX_HEAD`] bytes, decoded to UTF-8 or any other encoding
    /// that keeps ASCII.
    pub fn detect(&self, path: &FilePath, head: &[u8]) -> Detection {
        let head = head.get(..MAX_HEAD).unwrap_or(head);
        let lines = whole_lines(head);
        let named = self.by_file_name(path);
        if let Some(reason) = binary::magic(head) {
            return Detection::NotALog { reason };
        }
        if let Some(detection) = self.recognise(path, &lines, false) {
            return detection;
        }
        if let (Some(format), true) = (&named, binary::is_blank(head)) {
            return log(format, "its name; its head is empty".to_owned());
        }
        if let Some(reason) = binary::control_bytes(head) {
            return Detection::NotALog { reason };
        }
        if let Some(kind) = configuration::kind(path, &lines) {
            return Detection::Configuration { kind };
        }
        if let Some(detection) = self.recognise(path, &lines, true) {
            return detection;
        }
        match (&named, self.last()) {
            (Some(format), _) if mostly_continued(&lines) => log(
                format,
                "its name; its first lines continue a record that began before".to_owned(),
            ),
            (_, Some(format)) => log(&format, "no other format fits".to_owned()),
            (_, None) => Detection::NotALog {
                reason: "no format fits".to_owned(),
            },
        }
    }

    /// The format whose marks the most lines bear, among those of last resort or among the others.
    fn recognise(&self, path: &FilePath, lines: &[&[u8]], last_resort: bool) -> Option<Detection> {
        let scores = self
            .iter()
            .filter(|format| format.is_last_resort() == last_resort && format.has_marks())
            .map(|format| {
                let mut marked = lines.iter().map(|line| format.is_marked(line));
                let first = marked.next().unwrap_or(false);
                Score {
                    format,
                    lines: usize::from(first) + marked.filter(|&is| is).count(),
                    first,
                    named: format.names(path),
                }
            });
        let best = scores
            .filter(|score| score.lines > 0 && (score.first || score.lines * 100 >= lines.len() * LEAST_SHARE_PERCENT))
            .max_by_key(|score| (score.lines, score.named))?;
        Some(log(
            best.format,
            format!(
                "{} of its first {} lines are {}",
                best.lines,
                lines.len(),
                best.format.title()
            ),
        ))
    }

    /// The format that the file's name suggests, if only one kind of name fits.
    fn by_file_name(&self, path: &FilePath) -> Option<Arc<Format>> {
        self.iter().rev().find(|format| format.names(path)).cloned()
    }

    /// The format in which every line is a record.
    fn last(&self) -> Option<Arc<Format>> {
        self.iter()
            .find(|format| format.is_last_resort() && !format.has_marks())
            .cloned()
    }
}

fn log(format: &Arc<Format>, why: String) -> Detection {
    Detection::Log {
        format: Arc::clone(format),
        why,
    }
}

/// Whether most lines are indented, as those of stack traces and wrapped messages are. A file of other lines is not
/// believed its name: taken for a format whose records never begin, it would be one record without end.
fn mostly_continued(lines: &[&[u8]]) -> bool {
    let indented = lines
        .iter()
        .filter(|line| line.first().is_some_and(u8::is_ascii_whitespace))
        .count();
    indented * 2 >= lines.len()
}

/// The lines of a head that are not blank, without the last one if it was cut.
fn whole_lines(head: &[u8]) -> Vec<&[u8]> {
    let head = head.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(head);
    let mut all: Vec<_> = lines(head).collect();
    if head.len() >= MAX_HEAD - 3 && all.len() > 1 && !head.ends_with(b"\n") {
        all.pop();
    }
    all.retain(|line| !line.iter().all(u8::is_ascii_whitespace));
    all
}

#[cfg(test)]
#[path = "tests/detect.rs"]
mod tests;
