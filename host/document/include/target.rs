//! The target of an `Include`: a path of the server, and what of the environment it stands for.
//!
//! Comes in: a target as it is written, the home of its conf. Goes out: [`Found`]. Never here: which conf includes it.
//!
//! A part that holds a variable or a template's `{{ … }}` is not known. At the beginning it counts as some absolute
//! folder, most often the one that `ServerRoot` also begins with; anywhere else it ends the search.

use super::catalog::{Catalog, Exhausted, Piece, Walked};
use super::home::Home;
use super::pattern;

/// Bytes of a path: 4096, what Linux takes.
const MAX_PATH: usize = 4096;

/// Parts of an absolute target that must be found at the end of a path: a name and one folder. A name alone, such as
/// `httpd.conf`, says nothing.
const FEWEST_PARTS: usize = 2;

/// A path as a configuration names it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServerPath {
    /// Whether it begins at the server's `/`, on a drive, or with a variable.
    pub absolute: bool,
    /// Its parts, `.` and `..` resolved as far as that goes.
    pub parts: Vec<String>,
    /// Whether it ends as only a folder's does: `conf/`, `conf/..`.
    pub is_folder: bool,
}

impl ServerPath {
    /// A path, unless it is longer than a path can be.
    pub fn parse(text: &str, is_windows: bool) -> Option<Self> {
        if text.len() > MAX_PATH {
            return None;
        }
        let slashes = if is_windows {
            text.replace('\\', "/")
        } else {
            text.to_owned()
        };
        let (drive, path) = match slashes.get(..2) {
            Some(drive) if is_windows && drive.ends_with(':') => slashes.split_at(2),
            _ => ("", slashes.as_str()),
        };
        let absolute = !drive.is_empty() || path.starts_with('/') || is_unknown_start(path);
        let mut parts: Vec<String> = Vec::new();
        for part in path.split('/').filter(|part| !part.is_empty() && *part != ".") {
            let inner = parts.last().is_some_and(|last| last != "..");
            match part {
                ".." if inner => {
                    parts.pop();
                }
                ".." if absolute => {}
                part => parts.push(part.to_owned()),
            }
        }
        let last = path.rsplit('/').next().unwrap_or_default();
        Some(Self {
            absolute,
            parts,
            is_folder: matches!(last, "" | "." | ".."),
        })
    }
}

/// Whether a path can only be one of Windows: `C:/…`, `\\server\…`.
pub fn is_windows(path: &str) -> bool {
    match path.as_bytes() {
        [drive, b':', b'/' | b'\\', ..] => drive.is_ascii_alphabetic(),
        [b'\\', b'\\', ..] => true,
        _ => false,
    }
}

fn is_unknown_start(path: &str) -> bool {
    path.starts_with("${") || path.starts_with("{{")
}

fn is_unknown(part: &str) -> bool {
    ["${", "{{", "}}", "{%"].iter().any(|mark| part.contains(mark))
}

/// What a target stands for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Found {
    /// These files, at least one.
    Files {
        /// Their numbers, in httpd's order.
        files: Vec<usize>,
        /// Whether some folder that matches lacks what was to be in it.
        lacking: bool,
    },
    /// Nothing, and there is no star in the target.
    NoFile,
    /// Nothing matches.
    NoMatch,
    /// More than one place could be meant.
    Several,
    /// It cannot be told.
    Unknown,
    /// The target is no path.
    TooLong,
    /// The environment was looked through too often already.
    TooMuch,
}

/// A target.
#[derive(Clone, Debug)]
pub struct Target {
    path: Option<ServerPath>,
    is_windows: bool,
}

impl Target {
    /// The target that is written in a conf of that home.
    pub fn parse(text: &str, home: &Home<'_>) -> Self {
        let is_windows = is_windows(text) || home.is_windows.unwrap_or_else(|| text.contains('\\'));
        Self {
            path: ServerPath::parse(text, is_windows),
            is_windows,
        }
    }

    /// What it stands for.
    pub fn find(&self, home: &Home<'_>, catalog: &mut Catalog<'_>) -> Found {
        let Some(path) = &self.path else {
            return Found::TooLong;
        };
        let search = Search {
            parts: &path.parts,
            is_folder: path.is_folder,
            is_windows: self.is_windows,
            home,
        };
        let found = if path.absolute {
            search.absolute(catalog)
        } else {
            search.below_home(&path.parts, catalog)
        };
        match found {
            Err(Exhausted) => Found::TooMuch,
            Ok(Some(found)) => found,
            Ok(None) if path.parts.iter().any(|part| is_unknown(part)) => Found::Unknown,
            Ok(None) if path.parts.iter().any(|part| pattern::is_pattern(part)) => Found::NoMatch,
            Ok(None) => Found::NoFile,
        }
    }
}

struct Search<'s> {
    parts: &'s [String],
    is_folder: bool,
    is_windows: bool,
    home: &'s Home<'s>,
}

impl Search<'_> {
    fn absolute(&self, catalog: &mut Catalog<'_>) -> Result<Option<Found>, Exhausted> {
        let below = self.home.below_root(self.parts);
        if let Some(below) = below
            && let Some(found) = self.below_home(below, catalog)?
        {
            return Ok(Some(found));
        }
        let (unknown, known) = match self.parts.split_first() {
            Some((first, rest)) if is_unknown(first) => (true, rest),
            _ => (false, self.parts),
        };
        if !unknown {
            let machine = self.home.machine().unwrap_or_default();
            for root in [machine, &[]] {
                if let Some(found) = self.at(root, known, catalog)? {
                    return Ok(Some(found));
                }
            }
        }
        // What is below the server's root and not there is missing: another server of the environment may well have it.
        if below.is_some() {
            return Ok(None);
        }
        self.by_end(known, catalog)
    }

    /// Below the folder that stands for the server's root.
    fn below_home(&self, parts: &[String], catalog: &mut Catalog<'_>) -> Result<Option<Found>, Exhausted> {
        if let Some(found) = self.at(&self.home.folder, parts, catalog)? {
            return Ok(Some(found));
        }
        match parts.split_first() {
            Some((first, rest)) if !self.home.has_conf && first.eq_ignore_ascii_case("conf") && !rest.is_empty() => {
                self.at(&self.home.folder, rest, catalog)
            }
            _ => Ok(None),
        }
    }

    /// Below a folder of the environment.
    fn at(&self, folder: &[&str], parts: &[String], catalog: &mut Catalog<'_>) -> Result<Option<Found>, Exhausted> {
        let mut pieces: Vec<Piece<'_>> = folder.iter().map(|part| Piece::Literal(part)).collect();
        for part in parts {
            if part != ".." {
                pieces.push(piece(part));
            } else if pieces.pop().is_none() {
                return Ok(None);
            }
        }
        pieces.extend(self.is_folder.then_some(Piece::Folder));
        let walked = catalog.walk(Catalog::ROOT, &pieces, self.is_windows)?;
        Ok(found(walked))
    }

    /// By the longest end of the path that is somewhere, if it is in one place only.
    fn by_end(&self, parts: &[String], catalog: &mut Catalog<'_>) -> Result<Option<Found>, Exhausted> {
        if parts.iter().any(|part| is_unknown(part)) {
            return Ok(None);
        }
        let mut pieces: Vec<Piece<'_>> = parts.iter().map(|part| piece(part)).collect();
        pieces.extend(self.is_folder.then_some(Piece::Folder));
        for length in (FEWEST_PARTS..=parts.len()).rev() {
            let end = pieces.get(parts.len() - length..).unwrap_or_default();
            let mut places = Vec::new();
            for folder in catalog.holders(end.first().copied(), self.is_windows)? {
                let walked = catalog.walk(folder, end, self.is_windows)?;
                places.extend(found(walked));
                if places.len() > 1 {
                    return Ok(Some(Found::Several));
                }
            }
            if let Some(place) = places.pop() {
                return Ok(Some(place));
            }
        }
        Ok(None)
    }
}

fn piece(part: &str) -> Piece<'_> {
    if pattern::is_pattern(part) && !is_unknown(part) {
        Piece::Pattern(part)
    } else {
        Piece::Literal(part)
    }
}

fn found(walked: Walked) -> Option<Found> {
    (!walked.files.is_empty()).then_some(Found::Files {
        files: walked.files,
        lacking: walked.lacking,
    })
}
