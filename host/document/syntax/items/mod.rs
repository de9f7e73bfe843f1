//! Domino documents as text: exported as structured text, or copied out of the properties of a document.
//!
//! Comes in: a text. Goes out: the root `document`, and below it a node for each item, in order, named as it is written; or,
//! where form feeds separate several documents, the root `documents` and below it a `document` for each that has items.
//! Never here: what an item means, taking lists apart, rich text.
//!
//! ```text
//!   structured text                      the Fields tab of the properties
//!
//!   LTPA_TokenName:  LtpaToken           Field Name: LTPA_TokenName
//!   LTPA_TokenDomain:  .acme.example,    Data Type: Text
//!       .acme.test                       Data Length: 9 bytes
//!                                        …
//!   (indented: goes on)                  "LtpaToken"
//! ```
//!
//! An item begins with its name and a colon at the beginning of a line; a value that goes on in indented lines is joined
//! with single blanks. Of the properties' lines, those about the item are left out, but for its type, which is the
//! attribute `type`; its values lose their quotes and are joined with `, `. Names that come twice are two nodes: Domino
//! splits long items so.
//!
//! No library knows either form.

use super::lines::{Line, Lines, Places, Remarks};
use crate::document::{At, Full, NodeIndex, Parsed, Tree};

/// Between two documents; it stands at the beginning of a line.
const FORM_FEED: char = '\x0C';

/// What the properties say about an item before its values.
const ABOUT: [&str; 5] = ["Data Type:", "Data Length:", "Seq Num:", "Dup Item ID:", "Field Flags:"];

/// The documents of a text.
pub fn parse(text: &str) -> Parsed {
    let mut reading = Reading::of(text);
    for line in Lines::of(text) {
        if let Err(full) = reading.line(line) {
            reading.remarks.stop(line.number, full);
            return reading.remarks.beside(reading.tree);
        }
    }
    if let Err(full) = reading.close() {
        let line = reading.places.at(text.len()).line;
        reading.remarks.stop(line, full);
    }
    reading.remarks.beside(reading.tree)
}

/// Whether form feeds leave more than one document that has anything in it.
fn has_several(text: &str) -> bool {
    let (mut documents, mut filled) = (0, false);
    for line in Lines::of(text) {
        filled &= !line.text.starts_with(FORM_FEED);
        if !filled && !line.text.trim_ascii().is_empty() {
            filled = true;
            documents += 1;
        }
    }
    documents > 1
}

struct Reading<'t> {
    tree: Tree,
    places: Places<'t>,
    remarks: Remarks,
    several: bool,
    /// The document that items belong to; none where several are expected and this one has no item yet.
    document: Option<NodeIndex>,
    open: Option<Item<'t>>,
}

/// An item whose value may go on.
struct Item<'t> {
    name: &'t str,
    value: String,
    at: At,
    /// Its type, empty until it is read; none in structured text.
    kind: Option<&'t str>,
}

impl<'t> Reading<'t> {
    fn of(text: &'t str) -> Self {
        let several = has_several(text);
        Self {
            tree: Tree::new(if several { "documents" } else { "document" }),
            places: Places::of(text),
            remarks: Remarks::default(),
            several,
            document: None,
            open: None,
        }
    }

    fn line(&mut self, line: Line<'t>) -> Result<(), Full> {
        let text = line.text.trim_start_matches(FORM_FEED);
        let offset = line.offset + (line.text.len() - text.len());
        if text.len() < line.text.len() {
            self.close()?;
            self.document = None;
        }
        let content = text.trim_ascii();
        if content.is_empty() {
            return Ok(());
        }
        if let Some(name) = text.strip_prefix("Field Name:") {
            let indent = name.len() - name.trim_ascii_start().len();
            return self.begin(name.trim_ascii(), "", offset + "Field Name:".len() + indent, Some(""));
        }
        match &mut self.open {
            Some(item) if item.kind.is_some() => item.property(content),
            Some(item) if text.starts_with([' ', '\t']) => item.go_on(" ", content),
            _ => match named(text) {
                Some((name, value)) => self.begin(name, value, offset, None)?,
                None => self
                    .remarks
                    .say(line.number, "is neither an item nor the continuation of one; ignored"),
            },
        }
        Ok(())
    }

    fn begin(&mut self, name: &'t str, value: &str, offset: usize, kind: Option<&'t str>) -> Result<(), Full> {
        self.close()?;
        self.open = Some(Item {
            name,
            value: value.to_owned(),
            at: self.places.at(offset),
            kind,
        });
        Ok(())
    }

    fn close(&mut self) -> Result<(), Full> {
        let Some(item) = self.open.take() else {
            return Ok(());
        };
        let document = match self.document {
            Some(document) => document,
            None if self.several => self.tree.add(NodeIndex::ROOT, "document", "", item.at)?,
            None => NodeIndex::ROOT,
        };
        self.document = Some(document);
        self.tree.add(document, item.name, &item.value, item.at)?;
        match item.kind {
            Some(kind) if !kind.is_empty() => self.tree.attribute("type", kind, item.at.line),
            _ => Ok(()),
        }
    }
}

impl<'t> Item<'t> {
    fn go_on(&mut self, between: &str, content: &str) {
        if !self.value.is_empty() {
            self.value.push_str(between);
        }
        self.value.push_str(content);
    }

    /// A line of the properties: about the item, or one of its values.
    fn property(&mut self, content: &'t str) {
        // A value may look like a line about the item, but only behind them.
        if self.value.is_empty()
            && let Some(about) = ABOUT.iter().find(|about| content.starts_with(**about))
        {
            if *about == "Data Type:" {
                self.kind = content.strip_prefix(about).map(str::trim_ascii);
            }
            return;
        }
        let unquoted = content.strip_prefix('"').and_then(|rest| rest.strip_suffix('"'));
        self.go_on(", ", unquoted.unwrap_or(content));
    }
}

/// Name and value of an item that begins in this line: a word, a colon, and a blank or nothing.
fn named(text: &str) -> Option<(&str, &str)> {
    let (name, value) = text.split_once(':')?;
    let begins = name.starts_with(|c: char| c.is_alphabetic() || matches!(c, '_' | '$' | '%' | '@'));
    let goes_on = |c: char| c.is_alphanumeric() || matches!(c, '_' | '$' | '%' | '@' | '.' | '-');
    let separated = value.is_empty() || value.starts_with([' ', '\t']);
    (begins && separated && name.chars().all(goes_on)).then_some((name, value.trim_ascii()))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::document::{MAX_NODES, MAX_REMARKS};

    fn shown(parsed: &Parsed) -> Vec<(&str, &str, &str)> {
        let row = |node: crate::document::NodeIndex| {
            let node = parsed.tree.node(node).unwrap();
            (node.parent().name(), node.name(), node.value())
        };
        parsed.tree.nodes().map(|node| row(node.index)).collect()
    }

    #[test]
    fn a_document_has_items_and_indented_lines_belong_to_the_one_above() {
        let text = "$UpdatedBy:  CN=Admin/O=ACME\r\nLTPA_TokenName:  LtpaToken\r\n\r\nLTPA_TokenDomain: .acme.example,\r\n\
                    \t.acme.test;\r\n    Note: c\r\nLTPA_toMinutes:\r\n";
        let parsed = parse(text);
        assert_eq!(
            shown(&parsed),
            [
                ("document", "document", ""),
                ("document", "$UpdatedBy", "CN=Admin/O=ACME"),
                ("document", "LTPA_TokenName", "LtpaToken"),
                ("document", "LTPA_TokenDomain", ".acme.example, .acme.test; Note: c"),
                ("document", "LTPA_toMinutes", ""),
            ]
        );
        assert_eq!(parsed.remarks, []);
        let at = parsed.tree.node(NodeIndex(3)).unwrap().at();
        assert_eq!(
            (at.line, at.column, at.offset as usize),
            (4, 1, text.find("LTPA_TokenD").unwrap())
        );
    }

    #[test]
    fn form_feeds_make_several_documents() {
        let parsed = parse("A: 1\n\x0C\nA: 2\nB: 3\n\x0C\x0CA: 4\n\x0C\n");
        assert_eq!(
            shown(&parsed),
            [
                ("documents", "documents", ""),
                ("documents", "document", ""),
                ("document", "A", "1"),
                ("documents", "document", ""),
                ("document", "A", "2"),
                ("document", "B", "3"),
                ("documents", "document", ""),
                ("document", "A", "4"),
            ]
        );
        assert_eq!(parse("\x0CA: 1\n\x0C\n").tree.root().name(), "document");
        assert_eq!(parse("A: 1 \x0C 2\n").tree.len(), 2);
    }

    #[test]
    fn the_properties_of_a_document_give_the_same_items() {
        let parsed = parse(
            "Field Name: LTPA_TokenName\nData Type: Text\nData Length: 9 bytes\nSeq Num: 1\nDup Item ID: 0\n\
             Field Flags: SUMMARY\n\n\"LtpaToken\"\n\nField Name: Members\nData Type: Text List\nField Flags:\n\
             \"CN=A/O=ACME\"\n\"Seq Num: b\"\nSeq Num: c\n",
        );
        assert_eq!(
            shown(&parsed)[1..],
            [
                ("document", "LTPA_TokenName", "LtpaToken"),
                ("document", "Members", "CN=A/O=ACME, Seq Num: b, Seq Num: c"),
            ]
        );
        let name = parsed.tree.node(NodeIndex(1)).unwrap();
        assert_eq!((name.attribute("type"), name.at().column), (Some("Text"), 13));
        assert_eq!(parsed.remarks, []);
    }

    #[test]
    fn what_is_no_item_is_remarked() {
        for text in [
            "just words",
            "http://acme.example",
            "two words: x",
            "12: 30",
            "  indented: first",
            ":",
        ] {
            let parsed = parse(text);
            assert_eq!((parsed.tree.len(), parsed.remarks.len()), (1, 1), "{text}");
        }
        assert_eq!(parse("").remarks, []);
    }

    #[test]
    fn too_many_items_are_read_as_far_as_a_tree_goes() {
        let parsed = parse(&"A:\n".repeat(MAX_NODES + 5));
        assert_eq!((parsed.tree.len(), parsed.remarks.len()), (MAX_NODES, 1));
        let exactly = parse(&"A:\n".repeat(MAX_NODES));
        assert_eq!((exactly.tree.len(), exactly.remarks.len()), (MAX_NODES, 1));
    }

    proptest! {
        #[test]
        fn no_text_panics_and_little_grows(text in "(Field Name:|Data Type:|[aA:\"\x0C \t\r\n]|\\PC|\0){0,60}") {
            let parsed = parse(&text);
            prop_assert!(parsed.remarks.len() <= MAX_REMARKS);
            prop_assert!(parsed.tree.len() <= 2 * Lines::of(&text).count() + 1);
            let bytes: usize = parsed.tree.nodes().map(|node| node.value().len()).sum();
            prop_assert!(bytes <= 2 * text.len());
            prop_assert!(parsed.tree.nodes().all(|node| text.is_char_boundary(node.at().offset as usize)));
        }
    }
}
