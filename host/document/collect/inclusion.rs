//! What httpd configurations include belongs to them.
//!
//! Comes in: the configurations that were read, and the files that are left. Goes out: the included ones among these as
//! documents, each with the places that include it, and what is missing. Never here: which file a directive names
//! ([`mod@include`] finds it).

use std::collections::{BTreeMap, BTreeSet};

use super::{Collector, Outcome, Told, remark_note};
use crate::document::Document;
use crate::document::include::{self, Conf};
use crate::document::kind::{Claim, Syntax};
use crate::model::{Coverage, FilePath};
use crate::stream::StreamFile;

/// How often inclusions are followed to files that were not read yet: as deep as httpd itself goes.
const MOST_ROUNDS: usize = 128;

/// Directives that are named of an included file: 64. Configurations share a file, and a star in each of a thousand would
/// name each of them a thousand times.
const MOST_INCLUDERS: usize = 64;

impl Collector<'_> {
    /// Reads what httpd configurations include from those files that are left. What cannot be read as that stays among them.
    pub(super) fn include(&mut self, mut rest: Vec<StreamFile>) -> Vec<StreamFile> {
        let mut refused = Vec::new();
        for _ in 0..MOST_ROUNDS {
            let named = self.included(&rest);
            let (new, left): (Vec<_>, Vec<_>) = rest.into_iter().partition(|file| named.contains(&file.shown));
            rest = left;
            if new.is_empty() {
                break;
            }
            for file in new {
                let claim = Claim {
                    syntax: Syntax::Httpd,
                    kind: "httpd.conf",
                };
                let outcome = self.read(&file, claim, Told::Inclusion);
                if !matches!(outcome, Outcome::Document(..)) {
                    self.unread_includes.insert(file.shown.clone());
                }
                refused.extend(self.settle(file, outcome));
            }
        }
        rest.extend(refused);
        rest
    }

    /// Those of `rest` that are included, and what is a document already.
    fn included(&self, rest: &[StreamFile]) -> BTreeSet<FilePath> {
        let confs = self.confs();
        if confs.is_empty() {
            return BTreeSet::new();
        }
        let known = confs.iter().map(|conf| conf.file);
        let mut files: Vec<&str> = rest.iter().map(|file| file.shown.as_str()).chain(known).collect();
        files.sort_unstable();
        files.dedup();
        let resolution = include::resolve(&confs, &files);
        let named = resolution.included.iter().flat_map(|inclusion| &inclusion.files);
        named
            .filter_map(|index| files.get(*index))
            .map(|file| FilePath::from(*file))
            .collect()
    }

    /// Tells each included file by which directive of which file: attribute `included-by`, `conf/httpd.conf:12`, once for
    /// each. What is missing is said.
    pub(super) fn link_includes(&mut self) {
        let mut includers: BTreeMap<FilePath, Vec<String>> = BTreeMap::new();
        let confs = self.confs();
        let unread = self.unread_includes.iter().map(FilePath::as_str);
        let files: Vec<&str> = confs.iter().map(|conf| conf.file).chain(unread).collect();
        let resolution = include::resolve(&confs, &files);
        for inclusion in &resolution.included {
            let Some(by) = confs.get(inclusion.by) else { continue };
            let line = by.tree.node(inclusion.node).map_or(0, |node| node.at().line);
            for file in inclusion.files.iter().filter_map(|index| files.get(*index)) {
                let known = includers.entry(FilePath::from(*file)).or_default();
                if known.len() < MOST_INCLUDERS {
                    known.push(format!("{}:{line}", by.file));
                }
            }
        }
        let said = resolution.remarks.iter().filter_map(|(by, remark)| {
            let conf = confs.get(*by)?;
            Some(remark_note(&FilePath::from(conf.file), remark))
        });
        let said: Vec<Coverage> = said.collect();
        self.coverage.extend(said);
        for document in &mut self.documents {
            let by = includers.remove(&document.file).unwrap_or_default();
            let by = by.into_iter().map(|by| ("included-by".to_owned(), by));
            document.attributes.retain(|(name, _)| name != "included-by");
            document.attributes.extend(by);
        }
    }

    fn confs(&self) -> Vec<Conf<'_>> {
        let is_conf = |document: &&Document| document.syntax == Syntax::Httpd;
        let confs = self.documents.iter().filter(is_conf);
        confs
            .map(|document| Conf {
                file: document.file.as_str(),
                tree: &document.tree,
            })
            .collect()
    }
}
