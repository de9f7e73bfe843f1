//! Folders as documents: the names of their files.
//!
//! Comes in: files, and the names that are wanted of folders. Goes out: a document for each folder that holds some, and the
//! files that are left. Never here: what is in the files.
//!
//! A picture that is listed has nothing else to say. Every other file is read as what it is all the same: whatever a plugin
//! wants listed, no log and no setting is lost by it.

use std::collections::BTreeMap;

use super::{Collector, note};
use crate::document::kind::Syntax;
use crate::document::tree::{At, NodeIndex, Tree};
use crate::document::{Document, topology};
use crate::glob::Glob;
use crate::model::{CoverageStatus, FilePath};
use crate::stream::StreamFile;

/// Endings of pictures.
const PICTURES: [&str; 8] = [".jpg", ".jpeg", ".png", ".gif", ".bmp", ".webp", ".tif", ".tiff"];

impl Collector<'_> {
    /// Makes a document of each folder that holds files of wanted names, and takes the pictures among them out.
    pub(super) fn folders(&mut self, files: Vec<StreamFile>) -> Vec<StreamFile> {
        let globs = self.wanted.folder_entries();
        if globs.is_empty() {
            return files;
        }
        let wanted = |file: &StreamFile| globs.iter().any(|glob: &Glob| glob.matches(file.shown.name()));
        let mut folders: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        let listed: Vec<bool> = files.iter().map(wanted).collect();
        for (file, _) in files.iter().zip(&listed).filter(|(_, listed)| **listed) {
            folders.entry(file.shown.folder()).or_default().push(file.shown.name());
        }
        for (folder, names) in folders {
            self.folder(if folder.is_empty() { "." } else { folder }, &names);
        }
        let kept = files.into_iter().zip(listed);
        kept.filter(|(file, listed)| !listed || !is_picture(file.shown.name()))
            .map(|(file, _)| file)
            .collect()
    }

    fn folder(&mut self, folder: &str, names: &[&str]) {
        let file = FilePath::from(folder);
        let mut tree = Tree::new(Syntax::Folder.name());
        // The name is all there is to show: no line, and the whole of it is evidence.
        let at = At { line: 0, ..At::START };
        let full = names
            .iter()
            .find_map(|name| tree.add(NodeIndex::ROOT, name, "", at).err());
        let coverage = full.map(|full| note(&file, CoverageStatus::Partial, full.to_string()));
        let document = Document {
            kind: Syntax::Folder.name(),
            syntax: Syntax::Folder,
            attributes: topology::of(&format!("{folder}/")),
            tree,
            source: None,
            by_name: true,
            kept: self
                .wanted
                .selection(Syntax::Folder.name(), Syntax::Folder, &file)
                .mark(),
            file,
        };
        self.enter(document, coverage.into_iter().collect());
    }
}

fn is_picture(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    PICTURES.iter().any(|ending| name.ends_with(ending))
}
