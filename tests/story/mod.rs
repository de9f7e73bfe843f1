//! What every story needs: the real command, a folder to try it on, and what it said.
#![allow(dead_code, reason = "each story uses its part")]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use serde_json::Value;
use tempfile::TempDir;

/// The root of the repository.
pub fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// A file or folder of the repository.
pub fn ours(path: &str) -> PathBuf {
    root().join(path)
}

/// Where compiled plugins are kept for all stories, so that only the first one compiles them.
pub fn cache() -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("compiled");
    fs::create_dir_all(&folder).expect("the folder for temporary files of tests can be written");
    folder
}

/// The command in an environment of its own: UTC, no colours asked for or refused, a shared cache.
pub fn casebook() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_casebook"));
    for variable in ["NO_COLOR", "CLICOLOR", "CLICOLOR_FORCE", "COLUMNS", "RUST_BACKTRACE"] {
        command.env_remove(variable);
    }
    command
        .env("CASEBOOK_CACHE", cache())
        .env("TZ", "UTC")
        .env("LC_ALL", "C.UTF-8")
        .env("TERM", "xterm");
    command.stdin(Stdio::null());
    command
}

/// What a run said, and how it ended.
#[derive(Debug)]
pub struct Told {
    pub status: Option<i32>,
    pub out: String,
    pub err: String,
}

impl From<Output> for Told {
    fn from(output: Output) -> Self {
        Self {
            status: output.status.code(),
            out: String::from_utf8(output.stdout).expect("output is UTF-8"),
            err: String::from_utf8(output.stderr).expect("messages are UTF-8"),
        }
    }
}

impl Told {
    /// The objects of JSON Lines.
    pub fn objects(&self) -> Vec<Value> {
        self.out
            .lines()
            .map(|line| serde_json::from_str(line).expect("each line is an object"))
            .collect()
    }

    /// Those of one type.
    pub fn of_type(&self, kind: &str) -> Vec<Value> {
        self.objects()
            .into_iter()
            .filter(|object| object["type"] == kind)
            .collect()
    }

    pub fn findings(&self) -> Vec<Value> {
        self.of_type("finding")
    }

    /// Coverage that makes the run incomplete: file and reason.
    pub fn gaps(&self) -> Vec<(String, String)> {
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        self.of_type("coverage")
            .iter()
            .filter(|entry| entry["status"] == "unread" || entry["status"] == "partial")
            .map(|entry| (text(&entry["file"]), text(&entry["reason"])))
            .collect()
    }

    /// Rule, file and line of each finding.
    pub fn places(&self) -> Vec<String> {
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let findings = self.findings();
        findings
            .iter()
            .map(|f| format!("{} {}:{}", text(&f["rule"]), text(&f["file"]), f["line"]))
            .collect()
    }
}

/// Runs the command with these arguments.
pub fn run<I, A>(arguments: I) -> Told
where
    I: IntoIterator<Item = A>,
    A: AsRef<std::ffi::OsStr>,
{
    casebook().args(arguments).output().expect("the command starts").into()
}

/// `casebook scan PATH --format jsonl`, with more arguments.
pub fn scan(path: &Path, more: &[&str]) -> Told {
    let mut command = casebook();
    command.arg("scan").arg(path).args(["--format", "jsonl"]).args(more);
    command.output().expect("the command starts").into()
}

/// A folder with these files.
pub fn folder(files: &[(&str, &[u8])]) -> TempDir {
    let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).expect("a temporary folder");
    for (name, bytes) in files {
        write(folder.path(), name, bytes);
    }
    folder
}

/// Writes a file below a folder.
pub fn write(folder: &Path, name: &str, bytes: &[u8]) -> PathBuf {
    let path = folder.join(name);
    fs::create_dir_all(path.parent().expect("a file is in a folder")).expect("folders can be made");
    fs::write(&path, bytes).expect("the file can be written");
    path
}

/// The whole of a file of the repository.
pub fn bytes_of(path: &str) -> Vec<u8> {
    fs::read(ours(path)).expect("the fixture is there")
}

/// The fields of a JSON object of texts.
pub fn texts(object: &Value) -> BTreeMap<String, String> {
    let pairs = object.as_object().into_iter().flatten();
    pairs
        .map(|(name, value)| (name.clone(), value.as_str().unwrap_or_default().to_owned()))
        .collect()
}
