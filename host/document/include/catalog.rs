//! The folders of an environment.
//!
//! Comes in: the names of all its files. Goes out: the files that a path with stars stands for, in httpd's order. Never
//! here: which path is meant.
//!
//! httpd goes down a path part by part and sorts the entries of each folder by their bytes, so that the order of files is
//! that of their parts and not of their paths: `a/x` stands before `a-b/x`.

use std::collections::BTreeMap;

use super::pattern;

/// Folders above a file: 128. No path of a server has more; a file deeper than that is not found.
const MAX_FOLDERS: usize = 128;

/// Entries that may be looked at: 4,000,000, a hundred times a large environment of 40,000 files. Stars in many
/// `Include`s over many files would otherwise take the product of both.
const MAX_EFFORT: usize = 4_000_000;

/// Bytes of a pattern times bytes of a name that are compared in about the time of one look at an entry.
const COMPARED_AT_ONCE: usize = 64;

/// [`MAX_EFFORT`] is spent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Exhausted;

/// A part of a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Piece<'p> {
    /// A name.
    Literal(&'p str),
    /// A name with stars, question marks or sets of characters.
    Pattern(&'p str),
    /// No name: the end of a path that ends with a slash, which only a folder has.
    Folder,
}

/// What was found at the end of a path.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Walked {
    /// The files.
    pub files: Vec<usize>,
    /// Whether some folder on the way had no entry to go on with.
    pub lacking: bool,
}

#[derive(Clone, Copy)]
enum Entry {
    Folder(usize),
    File(usize),
}

/// All folders.
pub struct Catalog<'f> {
    /// The entries of each, the environment's own first.
    folders: Vec<BTreeMap<&'f str, Entry>>,
    /// Which folders have an entry of that name, in small letters.
    holders: BTreeMap<String, Vec<usize>>,
    effort: usize,
}

impl<'f> Catalog<'f> {
    /// The environment's own folder.
    pub const ROOT: usize = 0;

    /// The folders of these files.
    pub fn new(files: &[&'f str]) -> Self {
        let mut catalog = Self {
            folders: vec![BTreeMap::new()],
            holders: BTreeMap::new(),
            effort: MAX_EFFORT,
        };
        for (number, file) in files.iter().enumerate() {
            catalog.add(number, file);
        }
        for (number, folder) in catalog.folders.iter().enumerate() {
            for name in folder.keys() {
                catalog
                    .holders
                    .entry(name.to_ascii_lowercase())
                    .or_default()
                    .push(number);
            }
        }
        catalog
    }

    fn add(&mut self, number: usize, file: &'f str) {
        let (folders, name) = file.rsplit_once('/').unwrap_or(("", file));
        let mut folder = Self::ROOT;
        if file.matches('/').count() > MAX_FOLDERS {
            return;
        }
        for part in folders.split('/').filter(|part| !part.is_empty()) {
            let next = self.folders.len();
            let Some(entries) = self.folders.get_mut(folder) else {
                return;
            };
            folder = match entries.entry(part).or_insert(Entry::Folder(next)) {
                Entry::Folder(below) => *below,
                // A file cannot hold files.
                Entry::File(_) => return,
            };
            if folder == next {
                self.folders.push(BTreeMap::new());
            }
        }
        if let Some(entries) = self.folders.get_mut(folder) {
            entries.entry(name).or_insert(Entry::File(number));
        }
    }

    /// The files at the end of a path that begins in a folder; all that is below it, if a folder is at its end.
    ///
    /// # Errors
    ///
    /// [`Exhausted`] after too many walks.
    pub fn walk(&mut self, folder: usize, path: &[Piece<'_>], any_case: bool) -> Result<Walked, Exhausted> {
        let mut walked = Walked::default();
        // What is still to be visited, the next one last, with how much of the path is behind it.
        let mut waiting = vec![(Entry::Folder(folder), 0)];
        while let Some((entry, behind)) = waiting.pop() {
            self.spend(1)?;
            let folder = match (entry, path.get(behind)) {
                (Entry::File(file), None) => {
                    walked.files.push(file);
                    continue;
                }
                (Entry::File(_), Some(_)) => {
                    walked.lacking = true;
                    continue;
                }
                (Entry::Folder(folder), _) => folder,
            };
            let before = waiting.len();
            match path.get(behind) {
                None => waiting.extend(self.entries(folder).map(|(_, entry)| (entry, behind))),
                Some(Piece::Folder) => waiting.push((entry, behind + 1)),
                Some(Piece::Literal(name)) => {
                    let entry = self.entry(folder, name, any_case)?;
                    waiting.extend(entry.map(|entry| (entry, behind + 1)));
                }
                Some(Piece::Pattern(pattern)) => {
                    let is_last = behind + 1 == path.len();
                    let entries = self.matching(folder, pattern, any_case)?;
                    let fitting = entries
                        .into_iter()
                        .filter(|entry| is_last || matches!(entry, Entry::Folder(_)));
                    waiting.extend(fitting.map(|entry| (entry, behind + 1)));
                }
            }
            walked.lacking |= waiting.len() == before && behind < path.len();
            if let Some(added) = waiting.get_mut(before..) {
                added.reverse();
            }
        }
        Ok(walked)
    }

    /// The folders in which a path may begin that can lie anywhere.
    ///
    /// # Errors
    ///
    /// [`Exhausted`] after too many of them.
    pub fn holders(&mut self, first: Option<Piece<'_>>, any_case: bool) -> Result<Vec<usize>, Exhausted> {
        let holders: Vec<usize> = match first {
            Some(Piece::Literal(name)) => {
                let named = self.holders.get(&name.to_ascii_lowercase());
                let mut named = named.cloned().unwrap_or_default();
                named.dedup();
                named.retain(|folder| {
                    any_case
                        || self
                            .folders
                            .get(*folder)
                            .is_some_and(|entries| entries.contains_key(name))
                });
                named
            }
            _ => (0..self.folders.len()).collect(),
        };
        self.spend(holders.len() + 1)?;
        Ok(holders)
    }

    fn entries(&self, folder: usize) -> impl Iterator<Item = (&'f str, Entry)> {
        let entries = self.folders.get(folder).into_iter().flatten();
        entries.map(|(name, entry)| (*name, *entry))
    }

    fn entry(&mut self, folder: usize, name: &str, any_case: bool) -> Result<Option<Entry>, Exhausted> {
        let Some(entries) = self.folders.get(folder) else {
            return Ok(None);
        };
        let exact = entries.get(name).copied();
        if exact.is_some() || !any_case {
            return Ok(exact);
        }
        let effort = entries.len();
        let same = self.entries(folder).find(|(own, _)| own.eq_ignore_ascii_case(name));
        let same = same.map(|(_, entry)| entry);
        self.spend(effort)?;
        Ok(same)
    }

    fn matching(&mut self, folder: usize, pattern: &str, any_case: bool) -> Result<Vec<Entry>, Exhausted> {
        let mut matching = Vec::new();
        let mut effort = 0;
        for (name, entry) in self.entries(folder) {
            effort += 1 + pattern.len() * name.len() / COMPARED_AT_ONCE;
            if effort > self.effort {
                break;
            }
            if pattern::fits(pattern, name, any_case) {
                matching.push(entry);
            }
        }
        self.spend(effort)?;
        Ok(matching)
    }

    fn spend(&mut self, effort: usize) -> Result<(), Exhausted> {
        match self.effort.checked_sub(effort) {
            Some(left) => {
                self.effort = left;
                Ok(())
            }
            None => {
                self.effort = 0;
                Err(Exhausted)
            }
        }
    }
}
