//! The text of a place in a document, for people.
//!
//! Comes in: a document and the places that a finding names. Goes out: the lines that stand there, without the secrets of
//! the file. Never here: findings.
//!
//! A tree keeps no text of its file: of ten thousand files, findings name a few. Those are read again, whole, because a
//! line may show a value that no plugin wanted to see and that is a secret all the same.

use super::kind::Syntax;
use super::tree::At;
use super::{Document, collect, secret, text};
use crate::finding::MASKED;

/// Bytes of one place that are shown: a start tag with many attributes; beyond that it is cut.
const SHOWN: usize = 2 << 10;

/// Lines of one place that are shown.
const LINES: usize = 12;

/// The texts of a document's places.
pub struct Evidence<'d> {
    document: &'d Document,
    text: Option<String>,
    secrets: Vec<String>,
}

impl<'d> Evidence<'d> {
    /// Reads the document's file again. Where that is no longer possible, what the tree knows is shown.
    pub fn of(document: &'d Document) -> Self {
        let mut evidence = Self {
            document,
            text: None,
            secrets: Vec::new(),
        };
        let shown_as_text = !matches!(document.syntax, Syntax::Folder | Syntax::Keystore);
        if let Some(source) = document.source.as_ref().filter(|_| shown_as_text)
            && let Ok(bytes) = text::read(source)
        {
            let (text, _) = text::decode(bytes, document.syntax == Syntax::Xml);
            evidence.secrets = secret::secrets_of(&collect::parse_text(document.syntax, &text).tree);
            evidence.text = Some(text);
        }
        evidence
    }

    /// What stands at the node's place.
    pub fn at(&self, node: super::NodeIndex) -> String {
        let Some(node) = self.document.tree.node(node) else {
            return String::new();
        };
        let from_text = self.text.as_deref().and_then(|text| self.lines(text, node.at()));
        let shown = from_text.unwrap_or_else(|| self.drawn(node));
        self.secrets
            .iter()
            .fold(shown, |shown, secret| shown.replace(secret.as_str(), MASKED))
    }

    /// The line of the place, and what belongs to it: of XML, to the end of the tag.
    fn lines(&self, text: &str, at: At) -> Option<String> {
        let from = at.offset as usize;
        let before = text.get(..from)?;
        let start = before.rfind('\n').map_or(0, |end| end + 1);
        let rest = text.get(from..)?;
        let window = rest.get(..rest.floor_char_boundary(SHOWN))?;
        let end_of_line = window.find('\n').unwrap_or(window.len());
        let end = match self.document.syntax {
            // A `>` may stand inside of a quoted value; then a little less is shown.
            Syntax::Xml => match window.find('>') {
                Some(tag) if tag > end_of_line => tag + 1,
                _ => end_of_line,
            },
            _ => continued(window, end_of_line),
        };
        // A file that is all one line is shown from the place on.
        let start = if from - start > SHOWN / 4 { from } else { start };
        let shown = text.get(start..from + end)?;
        let shown: Vec<&str> = shown.lines().take(LINES).map(str::trim_end).collect();
        Some(shown.join("\n"))
    }

    /// The node as it could be written, where its file does not show it: a certificate, the name of a file.
    fn drawn(&self, node: super::Node<'_>) -> String {
        let mut drawn = node.name().to_owned();
        for attribute in node.attributes() {
            if drawn.len() > SHOWN {
                break;
            }
            drawn.push_str(&format!(" {}=\"{}\"", attribute.name, attribute.value));
        }
        if !node.value().is_empty() {
            drawn.push_str(&format!(" {}", node.value()));
        }
        drawn.truncate(drawn.floor_char_boundary(SHOWN));
        drawn
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
