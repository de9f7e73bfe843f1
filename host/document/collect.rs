//! From the files of an environment to its documents.
//!
//! Comes in: files, and what is wanted of them. Goes out: documents in order of their files, coverage, and the files that
//! are left for the scan of logs. Never here: a syntax, a setting.
//!
//! Files whose names claim something are looked into before any log is read; a file that only its content gives away is
//! met by the scan, which hands it back ([`Collector::add`]). All of it runs on the threads that the caller has set up, a
//! file a task; what comes out depends on the files alone.

mod inclusion;
mod listing;
mod plausible;
#[cfg(test)]
mod tests;

use std::collections::BTreeSet;

use rayon::prelude::*;

use super::interest::Interests;
use super::kind::{self, Claim, Syntax};
use super::syntax::keystore::Passwords;
use super::syntax::{hosts, httpd, ini, items, keystore, profile, properties, rules, xml};
use super::tree::{Node, Tree};
use super::{Document, Parsed, Remark, secret, text, topology};
use crate::model::{Coverage, CoverageStatus, FilePath};
use crate::stream::StreamFile;

/// Bytes that all documents of an environment may hold together: 512 MiB, some hundred thousand files of a few hundred
/// wanted nodes. What is beyond is said.
const MOST_TOGETHER: usize = 512 << 20;

/// Bytes of files that are read at the same time: 64 MiB, thousands of files or one of the largest. A tree may be ten times
/// as large as its file, and what is together too much is known only when it is there.
const ABREAST: u64 = 64 << 20;

/// Directives that say which files belong together: kept whether a plugin wants them or not.
const INCLUDING: [&str; 3] = ["include", "includeoptional", "serverroot"];

/// Gathers the documents of one environment.
pub struct Collector<'c> {
    wanted: &'c Interests,
    passwords: &'c Passwords,
    documents: Vec<Document>,
    coverage: Vec<Coverage>,
    weight: usize,
    /// Files that an httpd configuration includes and that are none.
    unread_includes: BTreeSet<FilePath>,
}

/// What tells how a file is to be read.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Told {
    /// Its name.
    Name,
    /// Its lines, which look like it.
    Content,
    /// A server's configuration, which includes it.
    Inclusion,
}

/// What a file came to.
enum Outcome {
    Document(Box<Document>, Vec<Coverage>),
    /// No document that anybody wants, and no log either.
    Passed(Coverage),
    /// Left for the scan of logs, perhaps with a remark.
    Left(Option<Coverage>),
}

impl<'c> Collector<'c> {
    /// Nothing gathered yet.
    pub fn new(wanted: &'c Interests, passwords: &'c Passwords) -> Self {
        Self {
            wanted,
            passwords,
            documents: Vec::new(),
            coverage: Vec::new(),
            weight: 0,
            unread_includes: BTreeSet::new(),
        }
    }

    /// Takes what is a document out of `files` and gives back the rest, in order.
    pub fn take(&mut self, files: Vec<StreamFile>) -> Vec<StreamFile> {
        if self.wanted.is_empty() {
            return files;
        }
        let files = self.folders(files);
        let claims: Vec<Option<Claim>> = files.par_iter().map(|file| kind::claimed(&file.shown)).collect();
        let mut claimed = files.into_iter().zip(claims).peekable();
        let mut rest = Vec::new();
        while claimed.peek().is_some() {
            let abreast = abreast(&mut claimed);
            let outcomes: Vec<Outcome> = abreast
                .par_iter()
                .map(|(file, claim)| self.look(file, *claim))
                .collect();
            for ((file, _), outcome) in abreast.into_iter().zip(outcomes) {
                rest.extend(self.settle(file, outcome));
            }
        }
        self.include(rest)
    }

    /// Takes what a file came to; gives it back where it is left for the scan of logs.
    fn settle(&mut self, file: StreamFile, outcome: Outcome) -> Option<StreamFile> {
        match outcome {
            Outcome::Document(document, coverage) => self.enter(*document, coverage),
            Outcome::Passed(coverage) => self.coverage.push(coverage),
            Outcome::Left(coverage) => {
                self.coverage.extend(coverage);
                return Some(file);
            }
        }
        None
    }

    /// Reads a file of which only its content told what it is. `false`: nobody wants such a document, and nothing was said.
    pub fn add(&mut self, file: &StreamFile, syntax: Syntax) -> bool {
        let kind = generic_kind(syntax);
        let claim = Claim { syntax, kind };
        let possible = syntax == Syntax::Xml || self.wanted.want(kind, syntax, &file.shown);
        if self.wanted.is_empty() || !possible {
            return false;
        }
        match self.read(file, claim, Told::Content) {
            Outcome::Document(document, coverage) => {
                self.enter(*document, coverage);
                true
            }
            // Too large, or not to be read: that is said of it, and not that nobody wanted it.
            Outcome::Passed(coverage) | Outcome::Left(Some(coverage)) => {
                self.coverage.push(coverage);
                true
            }
            Outcome::Left(None) => false,
        }
    }

    /// The documents so far, by file, each with what includes it.
    pub fn linked(&mut self) -> &[Document] {
        self.documents.sort_by(|a, b| a.file.cmp(&b.file));
        self.link_includes();
        &self.documents
    }

    /// The documents so far.
    pub fn documents(&self) -> &[Document] {
        &self.documents
    }

    /// All documents, by file, and what was not read.
    pub fn finish(mut self) -> (Vec<Document>, Vec<Coverage>) {
        self.drop_copies();
        self.documents.sort_by(|a, b| a.file.cmp(&b.file));
        self.link_includes();
        (self.documents, self.coverage)
    }

    fn enter(&mut self, document: Document, coverage: Vec<Coverage>) {
        self.weight = self.weight.saturating_add(document.tree.weight());
        if self.weight > MOST_TOGETHER {
            self.coverage.push(Coverage {
                file: document.file,
                status: CoverageStatus::Unread,
                reason: format!(
                    "was not checked: the configuration before it takes {} MiB already; give fewer folders at a time",
                    MOST_TOGETHER >> 20
                ),
            });
            return;
        }
        self.coverage.extend(coverage);
        self.documents.push(document);
    }

    fn look(&self, file: &StreamFile, claim: Option<Claim>) -> Outcome {
        match claim {
            Some(claim) => self.read(file, claim, Told::Name),
            None => Outcome::Left(None),
        }
    }

    fn read(&self, file: &StreamFile, claim: Claim, told: Told) -> Outcome {
        let path = &file.shown;
        let unjudged = || {
            Outcome::Passed(note(
                path,
                CoverageStatus::Skipped,
                format!(
                    "configuration ({}), which no loaded plugin judges",
                    claim.syntax.title()
                ),
            ))
        };
        // XML of any name may turn out to be of a kind that is wanted; other syntaxes are what their names say. No log is
        // called like a key store or a properties file, but one may be called `profile`.
        if claim.syntax != Syntax::Xml && !self.wanted.want(claim.kind, claim.syntax, path) {
            return match claim.syntax {
                Syntax::Properties | Syntax::Keystore | Syntax::Rules => unjudged(),
                _ => Outcome::Left(None),
            };
        }
        let bytes = match text::read(file) {
            Ok(bytes) => bytes,
            Err(reason) => return Outcome::Passed(note(path, CoverageStatus::Unread, reason)),
        };
        if bytes.is_empty() {
            return Outcome::Passed(note(path, CoverageStatus::Skipped, "is empty".to_owned()));
        }
        let something_else = || {
            let claims = if told == Told::Inclusion {
                "included as"
            } else {
                "named like"
            };
            let reason = format!("is {claims} {}, and holds something else", claim.syntax.title());
            Outcome::Left(Some(note(path, CoverageStatus::Assumed, reason)))
        };
        if claim.syntax == Syntax::Xml && !plausible::holds_markup(&bytes) {
            return something_else();
        }
        if claim.syntax == Syntax::Xml && !self.may_be_wanted(&bytes, claim, path) {
            // What does not begin like XML may be a log that has some `<` in it.
            let begins = plausible::head(&bytes).trim_start().starts_with('<');
            return if begins { unjudged() } else { Outcome::Left(None) };
        }
        if claim.syntax == Syntax::Keystore && !keystore::recognise(path.name(), &bytes) {
            return something_else();
        }
        let (parsed, remark) = if claim.syntax == Syntax::Keystore {
            (keystore::parse(&bytes, self.passwords), None)
        } else {
            let (text, remark) = text::decode(bytes, claim.syntax == Syntax::Xml);
            let parsed = parse_text(claim.syntax, &text);
            if told != Told::Content && !plausible::can_be(claim.syntax, path, &text, &parsed) {
                return something_else();
            }
            (parsed, remark)
        };
        let mut kind = claim.kind;
        let mut own_name = told == Told::Name;
        let mut coverage: Vec<Coverage> = Vec::new();
        coverage.extend(remark.map(|remark| note(path, CoverageStatus::Assumed, remark)));
        if claim.syntax == Syntax::Xml {
            let confirmed = kind::of_xml(path, &parsed.tree);
            kind = confirmed.kind;
            own_name = confirmed.by_name;
            // Another product's file of that name is no gap; one that is broken may be anything.
            let status = if parsed.remarks.is_empty() {
                CoverageStatus::Skipped
            } else {
                CoverageStatus::Partial
            };
            coverage.extend(confirmed.not.map(|not| note(path, status, not)));
            if !self.wanted.want(kind, claim.syntax, path) {
                return match coverage.pop() {
                    Some(coverage) => Outcome::Passed(coverage),
                    None => unjudged(),
                };
            }
        }
        coverage.extend(parsed.remarks.into_iter().map(|remark| remark_note(path, &remark)));
        let selection = self.wanted.selection(kind, claim.syntax, path);
        let includes = |node: Node<'_>| claim.syntax == Syntax::Httpd && INCLUDING.contains(&node.name());
        let tree = parsed
            .tree
            .pruned(|node| selection.takes(node) || includes(node), secret::cleaner);
        Outcome::Document(
            Box::new(Document {
                file: path.clone(),
                kind,
                syntax: claim.syntax,
                attributes: topology::of(path.as_str()),
                tree,
                source: Some(file.clone()),
                by_name: own_name,
                kept: selection.mark(),
            }),
            coverage,
        )
    }

    /// Whether an XML file has to be parsed to know: its name or its root speaks for a kind that somebody wants.
    fn may_be_wanted(&self, bytes: &[u8], claim: Claim, path: &FilePath) -> bool {
        if self.wanted.want(claim.kind, Syntax::Xml, path) {
            return true;
        }
        let head = plausible::head(bytes);
        let root = plausible::first_element(&head);
        claim.kind != Syntax::Xml.name() || root.is_none_or(kind::root_of_a_kind) || head.contains("lotus.com/dxl")
    }

    /// A copy that somebody saved beside the original under another name is not configuration that anything reads.
    fn drop_copies(&mut self) {
        let originals: BTreeSet<(String, &'static str)> = self
            .documents
            .iter()
            .filter(|document| document.by_name)
            .map(|document| (document.file.folder().to_owned(), document.kind))
            .collect();
        let (kept, copies): (Vec<_>, Vec<_>) = std::mem::take(&mut self.documents).into_iter().partition(|document| {
            document.by_name
                || document.syntax != Syntax::Xml
                || document.kind == Syntax::Xml.name()
                || !originals.contains(&(document.file.folder().to_owned(), document.kind))
        });
        self.documents = kept;
        self.coverage.extend(copies.iter().map(|copy| {
            let reason = format!(
                "is a copy of the {} beside it, which is the one that was checked",
                copy.kind
            );
            note(&copy.file, CoverageStatus::Skipped, reason)
        }));
    }
}

/// Parses a decoded text.
pub(super) fn parse_text(syntax: Syntax, text: &str) -> Parsed {
    match syntax {
        Syntax::Xml => xml::parse(text),
        Syntax::Properties => properties::parse(text),
        Syntax::Ini => ini::parse(text),
        Syntax::Httpd => httpd::parse(text),
        Syntax::Hosts => hosts::parse(text),
        Syntax::Profile => profile::parse(text),
        Syntax::Rules => rules::parse(text),
        Syntax::Items => items::parse(text),
        Syntax::Keystore | Syntax::Folder => Parsed {
            tree: Tree::new(syntax.name()),
            remarks: Vec::new(),
        },
    }
}

/// The next files to be read at the same time: what they come to is entered, and its weight known, before more are read.
fn abreast<I>(files: &mut std::iter::Peekable<I>) -> Vec<(StreamFile, Option<Claim>)>
where
    I: Iterator<Item = (StreamFile, Option<Claim>)>,
{
    let mut bytes = 0_u64;
    let mut abreast = Vec::new();
    while let Some((file, claim)) = files.next_if(|_| bytes < ABREAST) {
        bytes = bytes.saturating_add(if claim.is_some() {
            file.len.min(text::MAX_FILE)
        } else {
            0
        });
        abreast.push((file, claim));
    }
    abreast
}

/// The kind of a file that only its content gave away.
fn generic_kind(syntax: Syntax) -> &'static str {
    match syntax {
        Syntax::Httpd => "httpd.conf",
        Syntax::Rules => "proxy-rules",
        Syntax::Items => "domino-document",
        other => other.name(),
    }
}

fn note(file: &FilePath, status: CoverageStatus, reason: String) -> Coverage {
    Coverage {
        file: file.clone(),
        status,
        reason,
    }
}

fn remark_note(file: &FilePath, remark: &Remark) -> Coverage {
    note(
        file,
        CoverageStatus::Partial,
        format!("line {}: {}", remark.line.0, remark.what),
    )
}
