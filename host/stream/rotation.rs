//! Groups the files of a folder into streams: a log and its rotated predecessors, oldest first.
//!
//! Comes in: files as they were found, in any order. Goes out: streams in the order of their folders and names. Nothing
//! is opened: names decide, because times of files do not survive copying, and contents are not known yet.
//!
//! A name is taken apart into its *log* (what all files of a stream share) and a *mark* (what rotation put in):
//!
//! ```text
//!   SystemOut_16.10.12_10.00.00.log     log SystemOut.log     when 2016-10-12 10:00:00
//!   messages_16.10.12_10.00.00.2.log    log messages.log      when 2016-10-12 10:00:00, then 2
//!   access_log-20161012.gz              log access_log        when 2016-10-12 (compressed)
//!   access_log.1479340800               log access_log        when 1479340800 s after 1970
//!   access_log.2.gz                     log access_log        2 rotations old (compressed)
//!   console.1.log                       log console.log       1 rotation old, if console.log stands beside it
//!   stusers_101117_0959.txt             log stusers.txt       when 2010-11-17 09:59
//!   stusers_2.txt                       log stusers.txt       the 2nd that was begun
//!   SystemOut.log                       log SystemOut.log     live
//! ```
//!
//! Within a log, files with a time come first, by time; then those that were counted as they were begun, ascending; then
//! those that are renumbered at each rotation, descending; then the live one. The two directions of counting:
//!
//! - Behind the name (`.1`) a number is an *age*: each rotation renames `.1` to `.2`, the highest is the oldest. Nine or
//!   more digits are no age but seconds since 1970, as `rotatelogs` writes them.
//! - Sametime never renames a trace that it has closed: it begins `stusers_2.txt` after `stusers_1.txt`, as it begins
//!   `stusers_101117_0959.txt` when it starts. So these ascend, and the dated ones, which stand for the start of a
//!   server, come before the numbered ones. Only Sametime's own names (`st…_N.txt`) are read so, because elsewhere
//!   `node_1.log` and `node_2.log` are two logs of two nodes.
//!
//! Where names leave it open (a file beside its compressed copy, two spellings of one number) the order is by name, the
//! compressed copy first, so that the live file is always the last.

mod mark;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use self::mark::{Mark, RotatedName};
use super::StreamFile;
use crate::model::FilePath;

/// One logical log: a file with its rotated predecessors.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stream {
    /// What the newest file is called, which is the live one where there is one.
    pub name: FilePath,
    /// The files, oldest first; never empty.
    pub files: Vec<StreamFile>,
}

/// A stream's files have this in common.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Log {
    /// The folder as it is on disk, so that streams never cross folders.
    folder: PathBuf,
    /// The name of the live file, which need not exist.
    name: Vec<u8>,
}

/// Groups files into streams, whatever the order in which they come.
pub fn streams(files: Vec<StreamFile>) -> Vec<Stream> {
    let mut logs: BTreeMap<Log, Vec<(Rank, StreamFile)>> = BTreeMap::new();
    let mut undecided = Vec::new();
    for file in files {
        match Reading::of(&file.path) {
            Reading::Sure(log, rank) => logs.entry(log).or_default().push((rank, file)),
            Reading::BesideLiveFile { rotated, alone } => undecided.push((rotated, alone, file)),
        }
    }
    let is_live = |(rank, _): &(Rank, StreamFile)| rank.mark == Mark::Live;
    let own_logs: BTreeSet<Log> = undecided.iter().map(|(_, alone, _)| alone.0.clone()).collect();
    let with_live_file: BTreeSet<Log> = undecided
        .iter()
        .map(|(rotated, _, _)| &rotated.0)
        .filter(|log| own_logs.contains(log) || logs.get(log).is_some_and(|files| files.iter().any(is_live)))
        .cloned()
        .collect();
    for (rotated, alone, file) in undecided {
        let (log, rank) = if with_live_file.contains(&rotated.0) {
            rotated
        } else {
            alone
        };
        logs.entry(log).or_default().push((rank, file));
    }
    logs.into_values()
        .filter_map(|mut ranked| {
            ranked.sort_by(|(rank, file), (other_rank, other)| {
                rank.cmp(other_rank)
                    .then_with(|| file.path.as_os_str().cmp(other.path.as_os_str()))
            });
            let files: Vec<StreamFile> = ranked.into_iter().map(|(_, file)| file).collect();
            let name = files.last()?.shown.clone();
            Some(Stream { name, files })
        })
        .collect()
}

/// Where a file stands in its stream; the smaller, the older.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Rank {
    mark: Mark,
    form: Form,
}

/// A compressed copy stands before the file that it was made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Form {
    Compressed,
    Plain,
}

/// What a name says about the log that a file belongs to, and its place there.
enum Reading {
    Sure(Log, Rank),
    /// It is a rotated file if its live file is there too: without, `node.1.log` and `node.2.log` may as well be the logs
    /// of two nodes.
    BesideLiveFile {
        rotated: (Log, Rank),
        alone: (Log, Rank),
    },
}

impl Reading {
    fn of(path: &Path) -> Self {
        let folder = path.parent().unwrap_or(Path::new("")).to_path_buf();
        let whole = path.file_name().unwrap_or_default();
        let Some(text) = whole.to_str() else {
            // The marks of rotation are ASCII, but a name that is not UTF-8 may be cut anywhere by whoever renamed it.
            let log = Log {
                folder,
                name: whole.as_bytes().to_vec(),
            };
            return Self::Sure(
                log,
                Rank {
                    mark: Mark::Live,
                    form: Form::Plain,
                },
            );
        };
        let (bare, form) = match without_compression(text) {
            Some(bare) => (bare, Form::Compressed),
            None => (text, Form::Plain),
        };
        let log = |name: &str| Log {
            folder: folder.clone(),
            name: name.as_bytes().to_vec(),
        };
        let alone = (log(bare), Rank { mark: Mark::Live, form });
        match RotatedName::parse(bare) {
            None => Self::Sure(alone.0, alone.1),
            Some(RotatedName {
                log: name,
                mark,
                needs_live_file: false,
            }) => Self::Sure(log(&name), Rank { mark, form }),
            Some(RotatedName {
                log: name,
                mark,
                needs_live_file: true,
            }) => Self::BesideLiveFile {
                rotated: (log(&name), Rank { mark, form }),
                alone,
            },
        }
    }
}

/// The name before `.gz` and its like, which rotation adds last. What is in the file is found out by its content.
fn without_compression(name: &str) -> Option<&str> {
    let (bare, suffix) = name.rsplit_once('.')?;
    let known = ["gz", "zst", "xz", "bz2"]
        .iter()
        .any(|known| suffix.eq_ignore_ascii_case(known));
    (known && !bare.is_empty()).then_some(bare)
}
