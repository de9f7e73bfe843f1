//! The text of a place in a document, for people.
//!
//! Comes in: a document and the places that findings name. Goes out: the lines that stand there, without the secrets of
//! the file. Never here: findings.
//!
//! A tree keeps no text of its file: of ten thousand files, findings name a few. Those are read again, once and whole,
//! because a line may show a value that no plugin wanted to see and that is a secret all the same.

use std::ops::Range;

use super::hidden::Hidden;
use super::kind::Syntax;
use super::tree::{At, Node};
use super::{Document, collect, text};

/// Bytes of one place that are shown: a start tag with many attributes; beyond that it is cut.
const SHOWN: usize = 2 << 10;

/// Bytes that are shown of what stands before a place on its line; if there are more, it is shown from the place on.
const BEFORE: usize = SHOWN / 4;

/// Lines of one place that are shown.
const LINES: usize = 12;

/// What stands at these places of a document, in their order. Where its file can no longer be read, what the tree knows.
pub fn evidence(document: &Document, places: &[Node<'_>]) -> Vec<String> {
    let source = Source::of(document);
    let shown = places
        .iter()
        .map(|place| source.as_ref().and_then(|source| source.at(place.at())));
    shown
        .zip(places)
        .map(|(shown, place)| shown.unwrap_or_else(|| drawn(*place)))
        .collect()
}

/// A node as it could be written, where its file does not show it: a certificate, the name of a file, a setting that cannot
/// be told apart from a secret.
pub fn drawn(node: Node<'_>) -> String {
    let mut drawn = node.name().to_owned();
    for attribute in node.attributes() {
        if drawn.len() > SHOWN {
            break;
        }
        let value = attribute
            .value
            .get(..attribute.value.floor_char_boundary(SHOWN))
            .unwrap_or_default();
        drawn.push_str(&format!(" {}=\"{value}\"", attribute.name));
    }
    if !node.value().is_empty() {
        let value = node
            .value()
            .get(..node.value().floor_char_boundary(SHOWN))
            .unwrap_or_default();
        drawn.push_str(&format!(" {value}"));
    }
    drawn.truncate(drawn.floor_char_boundary(SHOWN));
    drawn
}

/// The text of a document's file.
struct Source {
    syntax: Syntax,
    text: String,
    hidden: Hidden,
}

impl Source {
    /// `None` where there is none to show.
    fn of(document: &Document) -> Option<Self> {
        let syntax = document.syntax;
        let shown_as_text = !matches!(syntax, Syntax::Folder | Syntax::Keystore);
        let source = document.source.as_ref().filter(|_| shown_as_text)?;
        let (text, _) = text::decode(text::read(source).ok()?, syntax == Syntax::Xml);
        let hidden = Hidden::of(&text, &collect::parse_text(syntax, &text).tree, syntax == Syntax::Xml);
        Some(Self { syntax, text, hidden })
    }

    /// The line of a place, and what belongs to it: of XML, to the end of the tag.
    fn at(&self, at: At) -> Option<String> {
        let shown = self.hidden.show(&self.text, self.lines(at)?)?;
        let shown: Vec<&str> = shown.lines().take(LINES).map(str::trim_end).collect();
        Some(shown.join("\n"))
    }

    fn lines(&self, at: At) -> Option<Range<usize>> {
        let from = at.offset as usize;
        let rest = self.text.get(from..)?;
        let window = rest.get(..rest.floor_char_boundary(SHOWN))?;
        let end_of_line = window.find('\n').unwrap_or(window.len());
        let end = match self.syntax {
            // A `>` may stand inside of a quoted value; then a little less is shown.
            Syntax::Xml => match window.find('>') {
                Some(tag) if tag > end_of_line => tag + 1,
                _ => end_of_line,
            },
            _ => continued(window, end_of_line),
        };
        Some(self.start(from)..from + end)
    }

    /// Where the line of a place begins; the place itself where the line is long, as in a file that is all one line.
    fn start(&self, from: usize) -> usize {
        let least = self.text.floor_char_boundary(from.saturating_sub(BEFORE));
        let before = self.text.get(least..from).unwrap_or_default();
        match before.rfind('\n') {
            Some(end) => least + end + 1,
            None if least == 0 => 0,
            None => from,
        }
    }
}

/// The end of a line that goes on behind a backslash.
fn continued(window: &str, end_of_line: usize) -> usize {
    let mut end = end_of_line;
    while window
        .get(..end)
        .is_some_and(|line| line.trim_end_matches('\r').ends_with('\\'))
    {
        let Some(next) = window.get(end + 1..) else { break };
        end += 1 + next.find('\n').unwrap_or(next.len());
    }
    end.min(window.len())
}
