//! Where a report goes: to standard output, or into a file that appears only when it is complete.
//!
//! Comes in: bytes of a report. Goes out: the same, at their destination, or a sentence that says why not. Never here:
//! formats.
//!
//! A file is written beside its target under a temporary name and renamed at the end: whoever reads the target finds the
//! old report or the new one, never half of one. If anything fails (a full disk, a folder without permission), the
//! temporary file is removed and the target is as it was. A target that is no regular file (`/dev/null`, a named pipe) is
//! written to directly; renaming over it would destroy it. A link is followed, so that it stays a link.
//!
//! When the reader of standard output leaves (`casebook scan … | head -1`), that is no error: it has what it wanted.

use std::fs::{File, OpenOptions};
use std::io::{self, BufWriter, IsTerminal, Stdout, Write};
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

use super::look::{ColorChoice, Look};

/// A destination. It is a writer; [`Output::deliver`] ends it.
#[derive(Debug)]
pub struct Output {
    sink: Sink,
}

#[derive(Debug)]
enum Sink {
    Stdout(BufWriter<Stdout>),
    /// A device or a pipe.
    Special {
        file: File,
        path: PathBuf,
    },
    Atomic {
        file: BufWriter<NamedTempFile>,
        target: PathBuf,
    },
}

/// How a delivery ended, when it did not fail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Delivery {
    /// All was written.
    Complete,
    /// The reader of standard output left before the end.
    ReaderLeft,
}

/// Why a report did not arrive.
#[derive(Debug, thiserror::Error)]
pub enum OutputError {
    /// The folder of the target does not exist.
    #[error(
        "the report cannot be written to {path}: there is no folder {folder}; create it, or give --output another path"
    )]
    NoFolder {
        /// The target.
        path: PathBuf,
        /// Its folder.
        folder: PathBuf,
    },
    /// The target is a folder.
    #[error("the report cannot be written to {path}: it is a folder; give --output the name of a file in it")]
    IsFolder {
        /// The target.
        path: PathBuf,
    },
    /// The target or its folder cannot be written to.
    #[error("the report cannot be written to {path}: {source}; nothing was left behind")]
    Refused {
        /// The target.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// Writing failed on the way.
    #[error(
        "the report to {path} broke off: {source}; what was written of it was removed, an older report is untouched"
    )]
    BrokeOff {
        /// The target.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// A device or pipe failed on the way.
    #[error("the report to {path} broke off: {source}")]
    SpecialBrokeOff {
        /// The target.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// Standard output failed on the way.
    #[error("the report to standard output broke off: {0}")]
    Stdout(io::Error),
}

impl Output {
    /// Standard output.
    pub fn stdout() -> Self {
        Self {
            sink: Sink::Stdout(BufWriter::new(io::stdout())),
        }
    }

    /// The file `target`, which appears or changes only when the report is delivered.
    ///
    /// # Errors
    ///
    /// When the folder does not exist or cannot be written to, or the target is a folder. It is better to open the output
    /// before the scan than to find out after an hour.
    pub fn file(target: &Path) -> Result<Self, OutputError> {
        let refused = |source| OutputError::Refused {
            path: target.to_owned(),
            source,
        };
        let actual = resolve(target).map_err(refused)?;
        match std::fs::metadata(&actual) {
            Ok(metadata) if metadata.is_dir() => {
                return Err(OutputError::IsFolder {
                    path: target.to_owned(),
                });
            }
            Ok(metadata) if !metadata.is_file() => {
                let file = OpenOptions::new().write(true).open(&actual).map_err(refused)?;
                return Ok(Self {
                    sink: Sink::Special {
                        file,
                        path: target.to_owned(),
                    },
                });
            }
            Ok(_) | Err(_) => {}
        }
        let folder = match actual.parent() {
            Some(folder) if !folder.as_os_str().is_empty() => folder,
            _ => Path::new("."),
        };
        if !folder.is_dir() {
            return Err(OutputError::NoFolder {
                path: target.to_owned(),
                folder: folder.to_owned(),
            });
        }
        let file = temporary_beside(folder).map_err(refused)?;
        Ok(Self {
            sink: Sink::Atomic {
                file: BufWriter::new(file),
                target: actual,
            },
        })
    }

    /// Whether somebody watches while it is written: a terminal, a pipe. A file is looked at when it is complete.
    pub fn is_interactive(&self) -> bool {
        !matches!(self.sink, Sink::Atomic { .. })
    }

    /// How text should look here.
    pub fn look(&self, choice: ColorChoice) -> Look {
        let stdout = matches!(self.sink, Sink::Stdout(_)) && io::stdout().is_terminal();
        // A terminal that does not tell its size has the classic one.
        let columns = stdout.then(|| terminal_size::terminal_size_of(io::stdout()).map_or(80, |(width, _)| width.0));
        Look::of(choice, columns, |name| std::env::var_os(name))
    }

    /// Ends the report: `written` is what became of writing it. A file gets its name now, or is removed.
    ///
    /// # Errors
    ///
    /// When writing failed, or the last of it does.
    pub fn deliver(self, written: io::Result<()>) -> Result<Delivery, OutputError> {
        match self.sink {
            Sink::Stdout(mut stdout) => match written.and_then(|()| stdout.flush()) {
                Ok(()) => Ok(Delivery::Complete),
                Err(error) if error.kind() == io::ErrorKind::BrokenPipe => {
                    // What is left in the buffer would be tried again when it is dropped.
                    let _ = stdout.into_parts();
                    Ok(Delivery::ReaderLeft)
                }
                Err(error) => Err(OutputError::Stdout(error)),
            },
            Sink::Special { mut file, path } => match written.and_then(|()| file.flush()) {
                Ok(()) => Ok(Delivery::Complete),
                Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(Delivery::ReaderLeft),
                Err(source) => Err(OutputError::SpecialBrokeOff { path, source }),
            },
            Sink::Atomic { file, target } => match written.and_then(|()| publish(file, &target)) {
                Ok(()) => Ok(Delivery::Complete),
                Err(source) => Err(OutputError::BrokeOff { path: target, source }),
            },
        }
    }
}

impl Write for Output {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match &mut self.sink {
            Sink::Stdout(stdout) => stdout.write(bytes),
            Sink::Special { file, .. } => file.write(bytes),
            Sink::Atomic { file, .. } => file.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match &mut self.sink {
            Sink::Stdout(stdout) => stdout.flush(),
            Sink::Special { file, .. } => file.flush(),
            Sink::Atomic { file, .. } => file.flush(),
        }
    }
}

/// The path that a link leads to, or the path itself where there is nothing yet.
fn resolve(target: &Path) -> io::Result<PathBuf> {
    match std::fs::canonicalize(target) {
        Ok(actual) => Ok(actual),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(target.to_owned()),
        Err(error) => Err(error),
    }
}

/// A new file with the permissions that any new file gets here; a temporary file's own are for its owner alone, and would
/// stay with the report.
fn temporary_beside(folder: &Path) -> io::Result<NamedTempFile> {
    let mut builder = tempfile::Builder::new();
    builder.prefix(".casebook-").suffix(".part");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        builder.permissions(std::fs::Permissions::from_mode(0o666));
    }
    builder.tempfile_in(folder)
}

/// Gives the file its name. It is synchronised first: some file systems tell of a full disk only then.
fn publish(file: BufWriter<NamedTempFile>, target: &Path) -> io::Result<()> {
    let file = file.into_inner().map_err(io::IntoInnerError::into_error)?;
    file.as_file().sync_all()?;
    file.persist(target).map(drop).map_err(|error| error.error)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(folder: &Path) -> Vec<String> {
        let entries = std::fs::read_dir(folder).unwrap();
        entries
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect()
    }

    #[test]
    fn a_report_appears_only_when_it_is_complete() {
        let folder = tempfile::tempdir().unwrap();
        let target = folder.path().join("report.jsonl");
        std::fs::write(&target, "old").unwrap();
        let mut output = Output::file(&target).unwrap();
        output.write_all(b"new").unwrap();
        output.flush().unwrap();
        assert_eq!(std::fs::read_to_string(&target).unwrap(), "old");
        assert_eq!(output.deliver(Ok(())).unwrap(), Delivery::Complete);
        assert_eq!(std::fs::read_to_string(&target).unwrap(), "new");
        assert_eq!(names(folder.path()), ["report.jsonl"]);
    }

    #[test]
    fn a_report_that_breaks_off_leaves_the_old_one_and_nothing_else() {
        let folder = tempfile::tempdir().unwrap();
        let target = folder.path().join("report.txt");
        std::fs::write(&target, "old").unwrap();
        let mut output = Output::file(&target).unwrap();
        output.write_all(b"half").unwrap();
        let error = output
            .deliver(Err(io::Error::from(io::ErrorKind::StorageFull)))
            .unwrap_err()
            .to_string();
        assert!(error.contains("report.txt broke off: no storage space"), "{error}");
        assert_eq!(std::fs::read_to_string(&target).unwrap(), "old");
        assert_eq!(names(folder.path()), ["report.txt"]);
    }

    #[test]
    fn a_missing_folder_and_a_folder_as_target_are_told_before_the_scan() {
        let folder = tempfile::tempdir().unwrap();
        let error = Output::file(&folder.path().join("no/report.txt"))
            .unwrap_err()
            .to_string();
        assert!(
            error.contains("there is no folder") && error.contains("create it"),
            "{error}"
        );
        let error = Output::file(folder.path()).unwrap_err().to_string();
        assert!(error.contains("it is a folder"), "{error}");
    }

    #[cfg(unix)]
    #[test]
    fn a_link_stays_a_link_and_a_new_report_has_ordinary_permissions() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let (target, link) = (folder.path().join("real.txt"), folder.path().join("link.txt"));
        std::fs::write(&target, "old").unwrap();
        let ordinary = std::fs::metadata(&target).unwrap().permissions().mode();
        std::os::unix::fs::symlink(&target, &link).unwrap();
        let mut output = Output::file(&link).unwrap();
        output.write_all(b"new").unwrap();
        output.deliver(Ok(())).unwrap();
        assert!(std::fs::symlink_metadata(&link).unwrap().is_symlink());
        assert_eq!(std::fs::read_to_string(&target).unwrap(), "new");
        assert_eq!(std::fs::metadata(&target).unwrap().permissions().mode(), ordinary);
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn devices_are_written_to_and_stay_and_a_full_one_is_told() {
        use std::os::unix::fs::FileTypeExt;
        let mut output = Output::file(Path::new("/dev/null")).unwrap();
        let written = output.write_all(b"gone");
        output.deliver(written).unwrap();
        assert!(std::fs::metadata("/dev/null").unwrap().file_type().is_char_device());
        let mut output = Output::file(Path::new("/dev/full")).unwrap();
        let written = output.write_all(b"too much");
        let error = output.deliver(written).unwrap_err().to_string();
        assert!(error.contains("/dev/full broke off: No space left"), "{error}");
    }
}
