//! From the files of an environment to its documents.
//!
//! Comes in: files, and what is wanted of them. Goes out: documents in order of their files, coverage, and the files that
//! are left for the scan of logs. Never here: a syntax, a setting.
//!
//! Files whose names claim something are looked into before any log is read; a file that only its content gives away is
//! met by the scan, which hands it back ([`Collector::add`]). All of it runs on the threads that the caller has set up, a
//! file a task; what comes out depends on the files alone.

use std::collections::BTreeMap;

use rayon::prelude::*;

use super::include::{self, Conf};
use super::interest::Interests;
use super::kind::{self, Claim, Syntax};
use super::syntax::keystore::Passwords;
use super::syntax::{hosts, httpd, ini, items, keystore, profile, properties, rules, xml};
use super::tree::{At, Node, NodeIndex, Tree};
use super::{Document, Parsed, Remark, secret, text, topology};
use crate::glob::Glob;
use crate::model::{Coverage, CoverageStatus, FilePath};
use crate::stream::StreamFile;

/// Bytes that all documents of an environment may hold together: 512 MiB, some hundred thousand files of a few hundred
/// wanted nodes. What is beyond is said.
const MOST_TOGETHER: usize = 512 << 20;

/// How often inclusions are followed to files that were not read yet: as deep as httpd itself goes.
const MOST_INCLUDE_ROUNDS: usize = 128;

/// Directives that say which files belong together: kept whether a plugin wants them or not.
const INCLUDING: [&str; 3] = ["include", "includeoptional", "serverroot"];

/// Gathers the documents of one environment.
pub struct Collector<'c> {
    wanted: &'c Interests,
    passwords: &'c Passwords,
    documents: Vec<Document>,
    coverage: Vec<Coverage>,
    weight: usize,
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
        }
    }

    /// Takes what is a document out of `files` and gives back the rest, in order.
    pub fn take(&mut self, files: Vec<StreamFile>) -> Vec<StreamFile> {
        if self.wanted.is_empty() {
            return files;
        }
        let files = self.folders(files);
        let outcomes: Vec<Outcome> = files.par_iter().map(|file| self.look(file)).collect();
        let mut rest = Vec::new();
        for (file, outcome) in files.into_iter().zip(outcomes) {
            match outcome {
                Outcome::Document(document, coverage) => self.enter(*document, coverage),
                Outcome::Passed(coverage) => self.coverage.push(coverage),
                Outcome::Left(coverage) => {
                    self.coverage.extend(coverage);
                    rest.push(file);
                }
            }
        }
        self.include(rest)
    }

    /// Reads a file of which only its content told what it is. `false`: nobody wants such a document.
    pub fn add(&mut self, file: &StreamFile, syntax: Syntax) -> bool {
        let kind = generic_kind(syntax);
        let claim = Claim { syntax, kind };
        let possible = syntax == Syntax::Xml || self.wanted.want(kind, syntax, &file.shown);
        if self.wanted.is_empty() || !possible {
            return false;
        }
        match self.read(file, claim, false) {
            Outcome::Document(document, coverage) => {
                self.enter(*document, coverage);
                true
            }
            Outcome::Passed(_) | Outcome::Left(_) => false,
        }
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

    /// Makes a document of each folder that holds files of wanted names, and takes those files out.
    fn folders(&mut self, files: Vec<StreamFile>) -> Vec<StreamFile> {
        let globs = self.wanted.folder_entries();
        if globs.is_empty() {
            return files;
        }
        let wanted = |file: &StreamFile| globs.iter().any(|glob: &Glob| glob.matches(file.shown.name()));
        let (listed, rest): (Vec<_>, Vec<_>) = files.into_iter().partition(wanted);
        let mut folders: BTreeMap<String, Vec<StreamFile>> = BTreeMap::new();
        for file in listed {
            folders.entry(file.shown.folder().to_owned()).or_default().push(file);
        }
        for (folder, files) in folders {
            let shown = if folder.is_empty() { "." } else { &folder };
            let mut tree = Tree::new(Syntax::Folder.name());
            // The name is all there is to show: no line, and the whole of it is evidence.
            let at = At { line: 0, ..At::START };
            let mut coverage = Vec::new();
            for file in &files {
                if let Err(full) = tree.add(NodeIndex::ROOT, file.shown.name(), "", at) {
                    coverage.push(note(&FilePath::from(shown), CoverageStatus::Partial, full.to_string()));
                    break;
                }
            }
            self.enter(
                Document {
                    file: FilePath::from(shown),
                    kind: Syntax::Folder.name(),
                    syntax: Syntax::Folder,
                    attributes: topology::of(&format!("{shown}/")),
                    tree,
                    source: None,
                    by_name: true,
                    kept: self.wanted.selection(Syntax::Folder.name(), Syntax::Folder, &FilePath::from(shown)),
                },
                coverage,
            );
        }
        rest
    }

    fn look(&self, file: &StreamFile) -> Outcome {
        match kind::claimed(&file.shown) {
            Some(claim) => self.read(file, claim, true),
            None => Outcome::Left(None),
        }
    }

    fn read(&self, file: &StreamFile, claim: Claim, by_name: bool) -> Outcome {
        let path = &file.shown;
        let unjudged = || {
            Outcome::Passed(note(
                path,
                CoverageStatus::Skipped,
                format!("configuration ({}), which no loaded plugin judges", claim.syntax.title()),
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
            return unjudged();
        }
        if claim.syntax == Syntax::Xml && !looks_like_xml(&bytes) {
            let reason = "is named like XML, and holds none".to_owned();
            return Outcome::Left(Some(note(path, CoverageStatus::Assumed, reason)));
        }
        if claim.syntax == Syntax::Xml && !self.may_be_wanted(&bytes, claim, path) {
            return unjudged();
        }
        if claim.syntax == Syntax::Keystore && !keystore::recognise(path.name(), &bytes) {
            let reason = "is named like a key store, and holds something else".to_owned();
            return Outcome::Left(Some(note(path, CoverageStatus::Assumed, reason)));
        }
        let (parsed, remark) = parse(claim.syntax, bytes, self.passwords);
        let mut kind = claim.kind;
        let mut own_name = by_name;
        let mut coverage: Vec<Coverage> = Vec::new();
        coverage.extend(remark.map(|remark| note(path, CoverageStatus::Assumed, remark)));
        if claim.syntax == Syntax::Xml {
            let confirmed = kind::of_xml(path, &parsed.tree);
            kind = confirmed.kind;
            own_name = confirmed.by_name;
            coverage.extend(confirmed.not.map(|not| note(path, CoverageStatus::Partial, not)));
            if !self.wanted.want(kind, claim.syntax, path) {
                return match coverage.pop() {
                    Some(coverage) => Outcome::Passed(coverage),
                    None => unjudged(),
                };
            }
        } else if by_name && !is_plausible(claim.syntax, &parsed) {
            let reason = format!("is named like {}, and holds something else", claim.syntax.title());
            return Outcome::Left(Some(note(path, CoverageStatus::Assumed, reason)));
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
                kept: selection,
            }),
            coverage,
        )
    }

    /// Whether an XML file has to be parsed to know: its name or its root speaks for a kind that somebody wants.
    fn may_be_wanted(&self, bytes: &[u8], claim: Claim, path: &FilePath) -> bool {
        if self.wanted.want(claim.kind, Syntax::Xml, path) {
            return true;
        }
        let head = bytes.get(..HEAD).unwrap_or(bytes);
        let head = String::from_utf8_lossy(head);
        let root = first_element(&head);
        claim.kind != Syntax::Xml.name() || root.is_none_or(kind::root_of_a_kind) || head.contains("lotus.com/dxl")
    }

    /// Reads what httpd configurations include from those files that are left, and links what was read.
    fn include(&mut self, mut rest: Vec<StreamFile>) -> Vec<StreamFile> {
        for _ in 0..MOST_INCLUDE_ROUNDS {
            let resolution = {
                let confs = self.confs();
                if confs.is_empty() {
                    return rest;
                }
                let known = self.documents.iter().filter(|document| document.syntax == Syntax::Httpd);
                let mut files: Vec<&str> = rest
                    .iter()
                    .map(|file| file.shown.as_str())
                    .chain(known.map(|document| document.file.as_str()))
                    .collect();
                files.sort_unstable();
                files.dedup();
                let resolution = include::resolve(&confs, &files);
                let named = resolution.included.iter().flat_map(|inclusion| &inclusion.files);
                let mut named: Vec<FilePath> = named
                    .filter_map(|index| files.get(*index))
                    .map(|file| FilePath::from(*file))
                    .collect();
                named.sort();
                named.dedup();
                named
            };
            let is_new = |file: &StreamFile| resolution.binary_search(&file.shown).is_ok();
            let (new, left): (Vec<_>, Vec<_>) = rest.into_iter().partition(is_new);
            rest = left;
            if new.is_empty() {
                break;
            }
            for file in new {
                let claim = Claim {
                    syntax: Syntax::Httpd,
                    kind: "httpd.conf",
                };
                if let Outcome::Document(document, coverage) = self.read(&file, claim, false) {
                    self.enter(*document, coverage);
                }
            }
        }
        rest
    }

    /// Tells each included file by which directive of which file: attribute `included-by`, `conf/httpd.conf:12`, once for
    /// each. What is missing is said.
    fn link_includes(&mut self) {
        let mut links: Vec<(FilePath, String)> = Vec::new();
        {
            let confs = self.confs();
            let files: Vec<&str> = confs.iter().map(|conf| conf.file).collect();
            let resolution = include::resolve(&confs, &files);
            for inclusion in &resolution.included {
                let Some(by) = confs.get(inclusion.by) else { continue };
                let line = by.tree.node(inclusion.node).map_or(0, |node| node.at().line);
                let included = inclusion.files.iter().filter_map(|index| files.get(*index));
                links.extend(included.map(|file| (FilePath::from(*file), format!("{}:{line}", by.file))));
            }
            let said = resolution.remarks.iter().filter_map(|(by, remark)| {
                let conf = confs.get(*by)?;
                Some(remark_note(&FilePath::from(conf.file), remark))
            });
            let said: Vec<Coverage> = said.collect();
            self.coverage.extend(said);
        }
        for (file, by) in links {
            if let Ok(at) = self.documents.binary_search_by(|document| document.file.cmp(&file))
                && let Some(document) = self.documents.get_mut(at)
            {
                document.attributes.push(("included-by".to_owned(), by));
            }
        }
    }

    fn confs(&self) -> Vec<Conf<'_>> {
        let confs = self.documents.iter().filter(|document| document.syntax == Syntax::Httpd);
        confs
            .map(|document| Conf {
                file: document.file.as_str(),
                tree: &document.tree,
            })
            .collect()
    }

    /// A copy that somebody saved beside the original under another name is not configuration that anything reads.
    fn drop_copies(&mut self) {
        let originals: std::collections::BTreeSet<(String, &'static str)> = self
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
            let reason = format!("is a copy of the {} beside it, which is the one that was checked", copy.kind);
            note(&copy.file, CoverageStatus::Skipped, reason)
        }));
    }
}

/// Bytes of an XML file in which its first element is looked for.
const HEAD: usize = 8 << 10;

/// Parses the bytes of a file; the second is what had to be assumed of its encoding.
pub(super) fn parse(syntax: Syntax, bytes: Vec<u8>, passwords: &Passwords) -> (Parsed, Option<String>) {
    if syntax == Syntax::Keystore {
        return (keystore::parse(&bytes, passwords), None);
    }
    let (text, remark) = text::decode(bytes, syntax == Syntax::Xml);
    (parse_text(syntax, &text), remark)
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

/// The kind of a file that only its content gave away.
fn generic_kind(syntax: Syntax) -> &'static str {
    match syntax {
        Syntax::Httpd => "httpd.conf",
        Syntax::Rules => "proxy-rules",
        Syntax::Items => "domino-document",
        other => other.name(),
    }
}

/// Whether a text that only its name claims to be in this syntax can be: as much of it fits as does not.
fn is_plausible(syntax: Syntax, parsed: &Parsed) -> bool {
    match syntax {
        Syntax::Hosts | Syntax::Httpd | Syntax::Rules | Syntax::Ini => {
            parsed.tree.len() > parsed.remarks.len() || parsed.remarks.is_empty()
        }
        _ => true,
    }
}

/// Whether the first thing in it is markup, in an encoding that keeps ASCII or in UTF-16; or there is markup later, behind
/// something that does not belong there.
fn looks_like_xml(bytes: &[u8]) -> bool {
    let head = bytes.get(..HEAD).unwrap_or(bytes);
    memchr::memchr(b'<', head).is_some()
}

/// The name of the first element of a text.
fn first_element(head: &str) -> Option<&str> {
    let mut rest = head;
    loop {
        let (_, from) = rest.split_once('<')?;
        if let Some(comment) = from.strip_prefix("!--") {
            rest = comment.split_once("-->")?.1;
        } else if from.starts_with(['?', '!', '/']) {
            rest = from.split_once('>')?.1;
        } else {
            let end = from.find(|c: char| c.is_whitespace() || matches!(c, '>' | '/'))?;
            return from.get(..end);
        }
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
