//! INI files: `notes.ini`, `sametime.ini`, and what Windows writes.
//!
//! Comes in: a text. Goes out: the root `ini`; below it a node for each `[section]`, in order, and below that its settings.
//! Settings before any section stand below the root. Never here: what a key means, numbers, lists, variables.
//!
//! Sections and keys are looked up without regard to case, so their nodes are named in small letters (of ASCII; no key has
//! others) and say in the attribute `written` how they stand in the file. A value is everything behind the first `=`, less
//! the blanks around it: no escapes, no quotes, no comment at its end, no continuation, for the products know none of
//! these. A section that comes again is a node again. A key that comes again in its section is too, and all but the last
//! have the attribute `superseded`, the line of the last. Which of them counts is left to the reader: most programs take
//! the last, Windows' own functions the first.
//!
//! No library: `rust-ini`, `configparser` and their kin keep neither places nor what comes twice.

use super::lines::{Line, Lines, Places, Remarks, superseded};
use crate::document::{Full, MAX_NODES, NodeIndex, Parsed, Tree};

/// The sections and settings of a text.
pub fn parse(text: &str) -> Parsed {
    let mut remarks = Remarks::default();
    let entries = entries(text, &mut remarks);
    let superseded = superseded(entries.iter().map(|entry| (entry.key(), entry.line)));
    let mut places = Places::of(text);
    let mut tree = Tree::new("ini");
    let mut section = NodeIndex::ROOT;
    for (entry, last) in entries.iter().zip(superseded) {
        match add(&mut tree, section, entry, last, &mut places) {
            Ok(node) if entry.value.is_none() => section = node,
            Ok(_) => {}
            Err(full) => {
                remarks.stop(entry.line, full);
                break;
            }
        }
    }
    remarks.beside(tree)
}

/// A section, or a setting in one.
struct Entry<'t> {
    /// How many sections begin at or before it.
    section: u32,
    written: &'t str,
    /// None: it is a section.
    value: Option<&'t str>,
    offset: usize,
    line: u32,
}

impl Entry<'_> {
    /// What no other entry has in common with it, unless it is the same setting.
    fn key(&self) -> (u32, bool, String) {
        (self.section, self.value.is_none(), self.written.to_ascii_lowercase())
    }
}

fn add(
    tree: &mut Tree,
    section: NodeIndex,
    entry: &Entry<'_>,
    last: Option<u32>,
    places: &mut Places<'_>,
) -> Result<NodeIndex, Full> {
    let parent = if entry.value.is_none() {
        NodeIndex::ROOT
    } else {
        section
    };
    let name = entry.written.to_ascii_lowercase();
    let node = tree.add(parent, &name, entry.value.unwrap_or_default(), places.at(entry.offset))?;
    tree.attribute("written", entry.written, entry.line)?;
    if let Some(line) = last {
        tree.attribute("superseded", &line.to_string(), entry.line)?;
    }
    Ok(node)
}

/// As many as a tree takes, and the root's place too, so that the tree is the one to say that it is full.
fn entries<'t>(text: &'t str, remarks: &mut Remarks) -> Vec<Entry<'t>> {
    let mut section = 0u32;
    Lines::of(text)
        .filter_map(|line| {
            let entry = entry(line, section, remarks)?;
            section = entry.section;
            Some(entry)
        })
        .take(MAX_NODES)
        .collect()
}

/// What stands in a line behind the `section`th section.
fn entry<'t>(line: Line<'t>, section: u32, remarks: &mut Remarks) -> Option<Entry<'t>> {
    let content = line.text.trim_ascii();
    if content.is_empty() || is_comment(content) {
        return None;
    }
    let entry = |section, written, value| Entry {
        section,
        written,
        value,
        offset: line.offset + (line.text.len() - line.text.trim_ascii_start().len()),
        line: line.number,
    };
    if let Some(header) = content.strip_prefix('[') {
        let (name, behind) = header.split_once(']').unwrap_or_else(|| {
            remarks.say(
                line.number,
                "begins a section whose name has no ]; taken as far as the line goes",
            );
            (header, "")
        });
        let behind = behind.trim_ascii();
        if !behind.is_empty() && !is_comment(behind) {
            remarks.say(line.number, "has something behind the name of a section; ignored");
        }
        return Some(entry(section.saturating_add(1), name.trim_ascii(), None));
    }
    let setting = content
        .split_once('=')
        .map(|(key, value)| (key.trim_ascii_end(), value.trim_ascii_start()));
    match setting {
        Some((key, value)) if !key.is_empty() => Some(entry(section, key, Some(value))),
        _ => {
            remarks.say(line.number, "is neither a section, a setting nor a comment; ignored");
            None
        }
    }
}

fn is_comment(content: &str) -> bool {
    content.starts_with([';', '#'])
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::document::MAX_REMARKS;

    fn shown(text: &str) -> Vec<(String, String, String)> {
        let parsed = parse(text);
        let row =
            |node: crate::document::Node<'_>| (node.parent().name().into(), node.name().into(), node.value().into());
        parsed.tree.nodes().skip(1).map(row).collect()
    }

    fn rows(rows: &[(String, String, String)]) -> Vec<(&str, &str, &str)> {
        rows.iter()
            .map(|(a, b, c)| (a.as_str(), b.as_str(), c.as_str()))
            .collect()
    }

    #[test]
    fn sections_hold_their_settings_in_small_letters() {
        let text = "Early=1\r\n[Notes]\r\nNotesProgram=C:\\Lotus Domino\\ \r\n; gone=1\r\n  # gone=2\r\n\
                    NETWORK_SPRAYER_ADDRESS = *\r\n[AuthToken]\r\nST_TOKEN_TYPE=LtpaToken=;#\"x\"\r\n[notes]\r\nKitType=";
        assert_eq!(
            rows(&shown(text)),
            [
                ("ini", "early", "1"),
                ("ini", "notes", ""),
                ("notes", "notesprogram", "C:\\Lotus Domino\\"),
                ("notes", "network_sprayer_address", "*"),
                ("ini", "authtoken", ""),
                ("authtoken", "st_token_type", "LtpaToken=;#\"x\""),
                ("ini", "notes", ""),
                ("notes", "kittype", ""),
            ]
        );
        let parsed = parse(text);
        let written: Vec<_> = parsed
            .tree
            .nodes()
            .filter_map(|node| node.attribute("written"))
            .collect();
        assert_eq!(written[1..4], ["Notes", "NotesProgram", "NETWORK_SPRAYER_ADDRESS"]);
        assert_eq!(parsed.remarks, []);
        let at = parsed.tree.node(NodeIndex(3)).unwrap().at();
        assert_eq!(
            (at.line, at.column, at.offset as usize),
            (3, 1, text.find("NotesP").unwrap())
        );
    }

    #[test]
    fn a_key_that_comes_again_in_its_section_is_superseded() {
        let parsed = parse("a=0\n[x]\na=1\nA=2\nx=3\n[y]\na=3\n[x]\na=4");
        let superseded: Vec<_> = parsed
            .tree
            .nodes()
            .filter_map(|node| Some((node.at().line, node.attribute("superseded")?)))
            .collect();
        assert_eq!(superseded, [(3, "4")]);
    }

    #[test]
    fn what_is_neither_is_remarked_and_left_out() {
        let text = "[Config\na=1\nsecret words\n=2\n[ b ] ; why\n[c]d=3";
        assert_eq!(
            rows(&shown(text)),
            [
                ("ini", "config", ""),
                ("config", "a", "1"),
                ("ini", "b", ""),
                ("ini", "c", "")
            ]
        );
        let remarks = parse(text).remarks;
        let lines: Vec<_> = remarks.iter().map(|remark| remark.line.0).collect();
        assert_eq!(lines, [1, 3, 4, 6]);
        assert!(remarks.iter().all(|remark| !remark.what.contains("secret")));
    }

    #[test]
    fn the_remarks_of_a_file_of_something_else_are_few() {
        assert_eq!(parse(&"nothing\n".repeat(1000)).remarks.len(), MAX_REMARKS);
    }

    #[test]
    fn a_file_of_too_many_settings_is_read_as_far_as_a_tree_goes() {
        let parsed = parse(&"a=\n".repeat(MAX_NODES + 5));
        assert_eq!((parsed.tree.len(), parsed.remarks.len()), (MAX_NODES, 1));
    }

    proptest! {
        #[test]
        fn settings_come_back(keys in prop::collection::vec("[a-z_.$]{1,9}", 1..9), value in "[!-~]([ -~]{0,9}[!-~])?") {
            let text: String = keys.iter().map(|key| format!("{key}= {value}\t\r")).collect();
            let parsed = parse(&text);
            let found: Vec<_> = parsed.tree.nodes().skip(1).map(|node| (node.name(), node.value())).collect();
            let expected: Vec<_> = keys.iter().map(|key| (key.as_str(), value.as_str())).collect();
            prop_assert_eq!(found, expected);
        }

        #[test]
        fn no_text_panics_and_nothing_grows(text in "([\\[\\]=;#aA \t\r\n]|\\PC|\0){0,80}") {
            let parsed = parse(&text);
            prop_assert!(parsed.remarks.len() <= MAX_REMARKS);
            prop_assert!(parsed.tree.len() <= Lines::of(&text).count() + 1);
            for node in parsed.tree.nodes().skip(1) {
                prop_assert!(text.get(node.at().offset as usize..).is_some());
                prop_assert!(node.parent().parent().index == NodeIndex::ROOT);
            }
        }
    }
}
