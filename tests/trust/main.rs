//! What a user may rely on whatever a plugin does: each story runs the real command with a plugin that misbehaves.
//!
//! The plugin is `plugins/hostile`; its pack says what it does, and at which record. The log of most stories holds what a
//! built-in rule finds, then records for the hostile plugin, then what the built-in rule finds once more: so it shows
//! what was lost besides.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test fails by panicking"
)]

mod borders;
mod cache;
mod configs;
mod floods;
mod misbehaviour;
mod refusal;

use std::fs;
use std::path::{Path, PathBuf};

use assert_cmd::Command;
use serde_json::Value;
use tempfile::TempDir;

/// The hostile plugin, as the build made it: a core module that carries its component type.
fn hostile_file() -> PathBuf {
    Path::new(env!("CASEBOOK_GUESTS")).join("hostile.wasm")
}

/// A folder with one environment, a folder with packs, and the command over both.
struct Site {
    folder: TempDir,
    /// Compiling is what takes the time, so stories share a cache unless they are about it.
    cache: PathBuf,
    plugin: PathBuf,
    /// Seconds for a call.
    timeout: u32,
}

impl Site {
    fn new() -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        for part in ["logs", "packs"] {
            fs::create_dir(folder.path().join(part)).expect("a folder in it");
        }
        let cache = Path::new(env!("CARGO_TARGET_TMPDIR")).join("trust-compiled");
        Self {
            folder,
            cache,
            plugin: hostile_file(),
            timeout: 1,
        }
    }

    /// A rule of the hostile plugin that looks for `EVIL`; `conduct` is the rest of its pack.
    fn with_rule(self, id: &str, conduct: &str) -> Self {
        let pack = format!("plugin: hostile\nid: \"{id}\"\nsearch: EVIL\n{conduct}\n");
        self.with_pack(
            &format!("{}.yaml", id.replace(|c: char| !c.is_ascii_alphanumeric(), "-")),
            &pack,
        )
    }

    fn with_pack(self, name: &str, text: &str) -> Self {
        fs::write(self.folder.path().join("packs").join(name), text).expect("a pack");
        self
    }

    fn with_log(self, name: &str, text: &str) -> Self {
        fs::write(self.logs().join(name), text).expect("a log");
        self
    }

    fn with_plugin(mut self, bytes: &[u8]) -> Self {
        self.plugin = self.folder.path().join("plugin.wasm");
        fs::write(&self.plugin, bytes).expect("a plugin");
        self
    }

    /// For stories in which much is done, on a machine that does other things besides.
    fn patient(mut self) -> Self {
        self.timeout = 60;
        self
    }

    fn logs(&self) -> PathBuf {
        self.folder.path().join("logs")
    }

    /// The command with plugin and packs, without a verb.
    fn command(&self) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_casebook"));
        command
            .env("CASEBOOK_CACHE", &self.cache)
            .env_remove("NO_COLOR")
            .timeout(std::time::Duration::from_secs(300));
        command
            .arg("--plugin")
            .arg(&self.plugin)
            .arg("--rules")
            .arg(self.folder.path().join("packs"));
        command
    }

    /// Scans and reads what was reported.
    fn scan(&self, more: &[&str]) -> Report {
        let mut command = self.command();
        command
            .args([
                "scan",
                "--format",
                "jsonl",
                "--plugin-timeout",
                &self.timeout.to_string(),
            ])
            .args(more)
            .arg(self.logs());
        Report::of(command)
    }
}

/// What a scan reported.
#[derive(Debug)]
struct Report {
    status: Option<i32>,
    objects: Vec<Value>,
    stdout: String,
    stderr: String,
}

impl Report {
    fn of(mut command: Command) -> Self {
        let output = command.output().expect("the command can be started");
        let stdout = String::from_utf8(output.stdout).expect("UTF-8 on standard output");
        let stderr = String::from_utf8(output.stderr).expect("UTF-8 on standard error");
        let objects = stdout
            .lines()
            .filter_map(|line| serde_json::from_str(line).ok())
            .collect();
        Self {
            status: output.status.code(),
            objects,
            stdout,
            stderr,
        }
    }

    fn findings_of(&self, rule: &str) -> Vec<&Value> {
        self.objects
            .iter()
            .filter(|object| object["type"] == "finding" && object["rule"] == rule)
            .collect()
    }

    /// File and reason of what was not read or not judged.
    fn gaps(&self) -> Vec<(&str, &str)> {
        let gaps = self
            .objects
            .iter()
            .filter(|o| o["type"] == "coverage" && o["status"] == "partial");
        gaps.map(|gap| (text(&gap["file"]), text(&gap["reason"]))).collect()
    }

    fn occurrences_of(&self, rule: &str) -> u64 {
        self.findings_of(rule)
            .iter()
            .filter_map(|finding| finding["occurrences"].as_u64())
            .sum()
    }

    /// The built-in rule found Ben's login before and Ann's login after the records of the hostile plugin.
    #[track_caller]
    fn assert_built_in_findings(&self) {
        let users: Vec<_> = self
            .findings_of("sametime-ltpa-token-rejected")
            .iter()
            .map(|f| text(&f["fields"]["user"]))
            .collect();
        assert_eq!(users, ["CN=Ben Williams/O=ACME", "CN=Ann Lee/O=ACME"], "{self:?}");
    }
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

const STAMP: &str = "101117_095933.869";

/// Three lines: a login whose token is rejected.
fn rejected_login(user: &str) -> String {
    format!(
        "{STAMP},INF,Users   ,VpUsrAuthenticate::handleCheckUser: authenticating user with loginName=CN={user}/O=ACME by a single token\n\
         {STAMP},FTL,LDAP Aut,token verification failed. [4098]\n\
         {STAMP},INF,Users   ,VpUsrAuthenticate::checkedUser: VpUsrAuthenticate: bad login\n"
    )
}

/// Lines for the hostile plugin.
fn evil(lines: usize) -> String {
    (0..lines)
        .map(|number| format!("{STAMP},INF,Users   ,EVIL {number}\n"))
        .collect()
}

/// A server's trace: Ben's login, `lines` for the hostile plugin, Ann's login.
fn trace(lines: usize) -> String {
    [rejected_login("Ben Williams"), evil(lines), rejected_login("Ann Lee")].concat()
}

/// What no output may contain: a hostile text's way to the terminal. The colours of ours are other sequences.
#[track_caller]
fn assert_harmless(output: &str) {
    for sequence in ["\u{1b}[2J", "\u{1b}]", "\u{7}", "\u{9b}", "\u{202e}"] {
        assert!(!output.contains(sequence), "{sequence:?} in {output:?}");
    }
}
