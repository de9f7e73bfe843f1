//! Finds the files below the paths that the user gave.
//!
//! Comes in: paths to files or folders. Goes out: every regular file below them, once, in an order that depends on
//! names alone, and a [`Coverage`] for everything that is there and is not read. It opens folders and nothing else: to
//! open a pipe would wait for ever, and to open a device may do anything.
//!
//! Every path is walked without following links. A link is looked at after the walk, when it is known what stands
//! there under its own name: a target inside of the given paths has then usually been found already, and is not found a
//! second time; one that was not (it hides in a folder that may be entered but not listed) is taken under the link's
//! name. So links cannot make a loop, a log is called by its own name and not by that of a link to it, and its rotated
//! predecessors stay beside it. A target outside of the given paths is not read, and said.
//!
//! Nothing is left out for its name: hidden files, version control folders and empty files are found like all others.

#[cfg(test)]
mod tests;

use std::collections::HashSet;
use std::ffi::OsStr;
use std::fs::{self, Metadata};
use std::io;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{FileTypeExt, MetadataExt};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use walkdir::WalkDir;

use super::{FileIdentity, StreamFile};
use crate::model::{Coverage, CoverageStatus, FilePath};

/// How many files are read unless the caller says otherwise: a thousand times a large customer bundle, while the list of
/// them still stays within a few hundred megabytes.
pub const MAX_FILES: usize = 1_000_000;

/// What was found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Discovery {
    /// The regular files, by given path and then by the bytes of the path below it.
    pub files: Vec<StreamFile>,
    /// What is there and is not read.
    pub coverage: Vec<Coverage>,
}

/// A path that the user gave and that does not exist.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}: no such file or folder; check the path", path.display())]
pub struct MissingPath {
    /// The path as it was given.
    pub path: PathBuf,
}

/// Finds the files below `paths`, at most `max_files` of them.
///
/// What is shown of a file is its path below the path that the user gave, or its name where the user gave the file
/// itself. Where two given paths hold files of the same shown path, all shown paths begin with as much of the given
/// paths as tells these apart.
///
/// # Errors
///
/// [`MissingPath`] for the first path that does not exist; nothing has been walked then.
pub fn discover(paths: &[PathBuf], max_files: usize) -> Result<Discovery, MissingPath> {
    for path in paths {
        match fs::symlink_metadata(path) {
            Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => {
                return Err(MissingPath { path: path.clone() });
            }
            _ => {}
        }
    }
    let mut walk = Walk {
        roots: paths.iter().filter_map(|path| fs::canonicalize(path).ok()).collect(),
        files_seen: HashSet::new(),
        folders_seen: HashSet::new(),
        found: Vec::new(),
        unread: Vec::new(),
        links: Vec::new(),
        room: max_files,
        full: false,
    };
    for (root, path) in paths.iter().enumerate() {
        walk.given(root, path);
    }
    walk.follow_links(paths);
    Ok(walk.finish(paths, max_files))
}

/// A place below one of the given paths: the index of that path, and the way from there.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Place {
    root: usize,
    /// The bytes of the path below the given path; empty for the given path itself.
    below: Vec<u8>,
}

impl Place {
    fn new(root: usize, given: &Path, path: &Path) -> Self {
        let below = path.strip_prefix(given).unwrap_or(path);
        Self {
            root,
            below: below.as_os_str().as_bytes().to_vec(),
        }
    }
}

struct FoundFile {
    place: Place,
    path: PathBuf,
    len: u64,
    modified: Option<SystemTime>,
    identity: FileIdentity,
}

struct Link {
    place: Place,
    path: PathBuf,
}

struct Walk {
    /// The given paths, with all links in them resolved.
    roots: Vec<PathBuf>,
    files_seen: HashSet<FileIdentity>,
    folders_seen: HashSet<FileIdentity>,
    found: Vec<FoundFile>,
    unread: Vec<(Place, String)>,
    /// Links that were met, to be looked at after the walk.
    links: Vec<Link>,
    /// How many more files may be found.
    room: usize,
    /// A file was met for which there was no room.
    full: bool,
}

impl Walk {
    /// Walks one path that the user gave; a link is followed here, because the user named it.
    fn given(&mut self, root: usize, path: &Path) {
        let place = Place {
            root,
            below: Vec::new(),
        };
        match fs::metadata(path) {
            Ok(metadata) if metadata.is_dir() => self.folder(root, path, path),
            Ok(metadata) => self.entry(place, path.to_path_buf(), &metadata),
            Err(error) => self.unread.push((place, unreachable_reason(path, &error))),
        }
    }

    /// Walks a folder that stands at `folder`, below the given path `given`.
    fn folder(&mut self, root: usize, given: &Path, folder: &Path) {
        // walkdir follows a link at its start only if all links are followed; with a slash behind, it is no link.
        let mut start = folder.to_path_buf();
        start.push("");
        let mut entries = WalkDir::new(&start).follow_links(false).sort_by_file_name().into_iter();
        while let Some(entry) = entries.next() {
            if self.full {
                return;
            }
            let entry = match entry {
                Ok(entry) => entry,
                Err(error) => {
                    let place = Place::new(root, given, error.path().unwrap_or(folder));
                    let reason = match error.io_error() {
                        Some(cause) => format!("cannot be listed: {cause}"),
                        None => format!("cannot be listed: {error}"),
                    };
                    self.unread.push((place, reason));
                    continue;
                }
            };
            let place = Place::new(root, given, entry.path());
            if entry.file_type().is_symlink() {
                self.links.push(Link {
                    place,
                    path: entry.into_path(),
                });
                continue;
            }
            let metadata = match entry.metadata() {
                Ok(metadata) => metadata,
                Err(error) => {
                    let cause = error.io_error().map_or_else(|| error.to_string(), ToString::to_string);
                    self.unread.push((place, format!("cannot be looked at: {cause}")));
                    continue;
                }
            };
            if !metadata.is_dir() {
                self.entry(place, entry.into_path(), &metadata);
            } else if !self.folders_seen.insert(FileIdentity::of(&metadata)) {
                // Given twice, or given together with a folder above it, or mounted into itself.
                entries.skip_current_dir();
            }
        }
    }

    /// Takes something that is neither a folder nor a link.
    fn entry(&mut self, place: Place, path: PathBuf, metadata: &Metadata) {
        let kind = metadata.file_type();
        let identity = FileIdentity::of(metadata);
        if !kind.is_file() {
            let what = if kind.is_fifo() {
                "a pipe"
            } else if kind.is_socket() {
                "a socket"
            } else if kind.is_block_device() || kind.is_char_device() {
                "a device"
            } else {
                "neither a file nor a folder"
            };
            self.unread
                .push((place, format!("is {what}; only regular files are read")));
        } else if self.files_seen.contains(&identity) {
            // Its bytes are read under another name.
        } else if self.room == 0 {
            self.full = true;
        } else {
            self.room -= 1;
            self.files_seen.insert(identity);
            let (len, modified) = (metadata.len(), metadata.modified().ok());
            self.found.push(FoundFile {
                place,
                path,
                len,
                modified,
                identity,
            });
        }
    }

    /// Looks at the links that were met, and at those that are met behind them.
    fn follow_links(&mut self, given: &[PathBuf]) {
        while !self.links.is_empty() && !self.full {
            let mut links = std::mem::take(&mut self.links);
            links.sort_by(|a, b| a.place.cmp(&b.place));
            for link in links {
                self.follow(link, given);
            }
        }
    }

    fn follow(&mut self, link: Link, given: &[PathBuf]) {
        let target = match fs::canonicalize(&link.path) {
            Ok(target) => target,
            Err(error) => {
                let reason = unreachable_reason(&link.path, &error);
                self.unread.push((link.place, reason));
                return;
            }
        };
        if !self.roots.iter().any(|root| target.starts_with(root)) {
            let shown = shown_text(target.as_os_str());
            let reason = format!("is a link to {shown}, outside of what was given; give that path too to have it read");
            self.unread.push((link.place, reason));
            return;
        }
        match fs::metadata(&target) {
            Ok(metadata) if metadata.is_dir() => {
                if !self.folders_seen.contains(&FileIdentity::of(&metadata)) {
                    let root = link.place.root;
                    // A link was met below a given path, so there is one at its index.
                    let Some(given) = given.get(root) else { return };
                    self.folder(root, given, &link.path);
                }
            }
            // What is no regular file was met, and said, under its own name.
            Ok(metadata) if metadata.is_file() => self.entry(link.place, link.path, &metadata),
            Ok(_) => {}
            Err(error) => {
                let reason = unreachable_reason(&link.path, &error);
                self.unread.push((link.place, reason));
            }
        }
    }

    fn finish(mut self, given: &[PathBuf], max_files: usize) -> Discovery {
        self.found.sort_by(|a, b| a.place.cmp(&b.place));
        self.unread.sort();
        let labels = Labels::new(given, self.found.iter().map(|file| &file.place));
        let mut coverage: Vec<Coverage> = self
            .unread
            .into_iter()
            .map(|(place, reason)| Coverage {
                file: labels.shown(&place),
                status: CoverageStatus::Unread,
                reason,
            })
            .collect();
        if self.full {
            let last = self
                .found
                .last()
                .map_or_else(|| FilePath::from("."), |file| labels.shown(&file.place));
            coverage.push(Coverage {
                file: FilePath::from("."),
                status: CoverageStatus::Partial,
                reason: format!(
                    "there are more than {max_files} files, the limit of one run; the last that is read is {last}: \
                     give fewer folders at a time"
                ),
            });
        }
        let files = self
            .found
            .into_iter()
            .map(|file| StreamFile {
                shown: labels.shown(&file.place),
                path: file.path,
                len: file.len,
                modified: file.modified,
                identity: file.identity,
            })
            .collect();
        Discovery { files, coverage }
    }
}

impl FileIdentity {
    /// The identity that the file system gives.
    pub fn of(metadata: &Metadata) -> Self {
        Self {
            device: metadata.dev(),
            inode: metadata.ino(),
        }
    }
}

/// What stands before the paths below each given path.
struct Labels {
    /// By given path: its file name, for where the given path is a file itself.
    names: Vec<String>,
    /// By given path: what tells it apart from the others; none where nothing needs telling apart.
    prefixes: Option<Vec<String>>,
}

impl Labels {
    fn new<'p>(given: &[PathBuf], places: impl Iterator<Item = &'p Place>) -> Self {
        let names: Vec<String> = given.iter().map(|path| tail(path, 1)).collect();
        let mut labels = Self { names, prefixes: None };
        let mut shown = HashSet::new();
        if !places.map(|place| labels.shown(place)).all(|path| shown.insert(path)) {
            labels.prefixes = Some(distinct_tails(given));
        }
        labels
    }

    fn shown(&self, place: &Place) -> FilePath {
        let below = shown_text(OsStr::from_bytes(&place.below));
        let prefix = self.prefixes.as_ref().and_then(|prefixes| prefixes.get(place.root));
        match (prefix, below.is_empty()) {
            (Some(prefix), true) => FilePath::from(prefix.as_str()),
            (Some(prefix), false) => FilePath::from(format!("{prefix}/{below}")),
            (None, true) => FilePath::from(self.names.get(place.root).map_or(".", String::as_str)),
            (None, false) => FilePath::from(below),
        }
    }
}

/// The shortest tails of the given paths, of equally many parts, that differ where the paths do.
fn distinct_tails(given: &[PathBuf]) -> Vec<String> {
    let paths: Vec<PathBuf> = given
        .iter()
        .map(|path| std::path::absolute(path).unwrap_or_else(|_| path.clone()))
        .collect();
    let different: HashSet<&PathBuf> = paths.iter().collect();
    let longest = paths.iter().map(|path| path.components().count()).max().unwrap_or(1);
    for parts in 1..longest {
        let tails: Vec<String> = paths.iter().map(|path| tail(path, parts)).collect();
        if tails.iter().collect::<HashSet<_>>().len() == different.len() {
            return tails;
        }
    }
    paths.iter().map(|path| shown_text(path.as_os_str())).collect()
}

/// The last `parts` parts of a path, shown.
fn tail(path: &Path, parts: usize) -> String {
    let path = if path.file_name().is_some() {
        path.to_path_buf()
    } else {
        // `.`, `..` and `logs/..` have no name of their own.
        fs::canonicalize(path).unwrap_or_else(|_| path.to_path_buf())
    };
    let components: Vec<_> = path.components().collect();
    let from = components.len().saturating_sub(parts);
    let tail: PathBuf = components.iter().skip(from).collect();
    shown_text(tail.as_os_str())
}

fn unreachable_reason(path: &Path, error: &io::Error) -> String {
    let link = fs::symlink_metadata(path).is_ok_and(|metadata| metadata.file_type().is_symlink());
    match (link, error.kind()) {
        (true, io::ErrorKind::NotFound) => "is a link to something that does not exist".to_owned(),
        (true, _) => format!("is a link that cannot be followed: {error}"),
        (false, _) => format!("cannot be looked at: {error}"),
    }
}

/// A name as people and programs can see it: what is not UTF-8 is replaced, and what would move a terminal's cursor or
/// the direction of its text is written out.
fn shown_text(name: &OsStr) -> String {
    let text = name.to_string_lossy();
    let mut shown = String::with_capacity(text.len());
    for character in text.chars() {
        let moves_text = character.is_control()
            || matches!(character, '\u{2028}'..='\u{202E}' | '\u{2066}'..='\u{2069}' | '\u{200E}' | '\u{200F}');
        if moves_text {
            shown.extend(character.escape_default());
        } else {
            shown.push(character);
        }
    }
    shown
}
