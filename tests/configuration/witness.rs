//! An environment, and a plugin that says what it is handed of it.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;
use tempfile::TempDir;

use super::story::{Told, casebook, folder, write};

/// A folder with an environment, and one with the witness's pack.
pub struct Site {
    folder: TempDir,
}

/// How a run ended, and the most memory that it held.
pub struct Run {
    pub told: Told,
    /// In KiB; none where the system does not say.
    pub most: Option<u64>,
}

impl Site {
    pub fn new(files: &[(&str, &str)]) -> Self {
        let site = Self { folder: folder(&[]) };
        fs::create_dir(site.path()).expect("a folder");
        files
            .iter()
            .fold(site, |site, (name, text)| site.with(name, text.as_bytes()))
    }

    pub fn with(self, name: &str, bytes: &[u8]) -> Self {
        write(&self.path(), name, bytes);
        self
    }

    /// The environment; called `acme`, whatever the folder around it.
    pub fn path(&self) -> PathBuf {
        self.folder.path().join("acme")
    }

    /// `casebook scan` of it with nothing but the witness, whose pack says how it behaves.
    pub fn command(&self, conduct: &str) -> Command {
        let mut command = casebook();
        command.args(self.arguments(conduct));
        command
    }

    /// What stands behind the name of the command.
    pub fn arguments(&self, conduct: &str) -> Vec<String> {
        let pack = format!("plugin: hostile-configs\nid: witness\n{conduct}\n");
        write(self.folder.path(), "packs/witness.yaml", pack.as_bytes());
        let plugin = Path::new(env!("CASEBOOK_GUESTS")).join("hostile-configs.wasm");
        let shown = |path: &Path| path.to_string_lossy().into_owned();
        let packs = self.folder.path().join("packs");
        let mut arguments: Vec<String> = ["--no-built-in-rules", "--plugin"].map(str::to_owned).into();
        arguments.extend([
            shown(&plugin),
            "--rules".to_owned(),
            shown(&packs),
            "scan".to_owned(),
            shown(&self.path()),
        ]);
        arguments.extend(["--format".to_owned(), "jsonl".to_owned()]);
        arguments
    }

    /// One finding for each document.
    pub fn scan(&self, more: &[&str]) -> Told {
        run(self.command("behaviour: behaves").args(more)).told
    }

    /// One finding for each node, with all that it shows.
    pub fn echo(&self, more: &[&str]) -> Told {
        run(self.command("behaviour: echoes").args(more)).told
    }
}

/// Runs a command that must come to an end.
pub fn run(command: &mut Command) -> Run {
    let folder = folder(&[]);
    let file = |name: &str| File::create(folder.path().join(name)).expect("a file");
    let mut child = command
        .stdout(Stdio::from(file("out")))
        .stderr(Stdio::from(file("err")))
        .spawn()
        .expect("the command starts");
    let patience = Instant::now() + Duration::from_secs(300);
    let mut most = None;
    let status = loop {
        if let Some(status) = child.try_wait().expect("a child can be asked") {
            break status;
        }
        if Instant::now() > patience {
            child.kill().expect("a child can be ended");
            panic!("the scan hangs");
        }
        most = most_memory(child.id()).max(most);
        std::thread::sleep(Duration::from_millis(20));
    };
    let text = |name: &str| fs::read_to_string(folder.path().join(name)).expect("output is UTF-8");
    Run {
        told: Told {
            status: status.code(),
            out: text("out"),
            err: text("err"),
        },
        most,
    }
}

/// What the system says of the most memory that a process has held so far, in KiB.
fn most_memory(process: u32) -> Option<u64> {
    let status = fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.trim().trim_end_matches("kB").trim().parse().ok()
}

/// File and kind of each document that the witness was handed.
pub fn documents(told: &Told) -> Vec<String> {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let witnessed = told
        .findings()
        .into_iter()
        .filter(|finding| finding["rule"] == "witness");
    witnessed
        .map(|finding| format!("{} {}", text(&finding["file"]), text(&finding["fields"]["kind"])))
        .collect()
}

/// All that the witness was shown, a line a node.
pub fn shown(told: &Told) -> String {
    let messages = told.findings();
    let messages = messages.iter().filter_map(|finding| finding["message"].as_str());
    messages.collect::<Vec<_>>().join("\n")
}

/// File, status and reason of all coverage.
pub fn coverage(told: &Told) -> Vec<String> {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let entries = told.of_type("coverage");
    let entry = |entry: &Value| {
        format!(
            "{} {}: {}",
            text(&entry["file"]),
            text(&entry["status"]),
            text(&entry["reason"])
        )
    };
    entries.iter().map(entry).collect()
}

/// That there is one entry of this file with this status, and that its reason has these words.
#[track_caller]
pub fn assert_said(told: &Told, file: &str, status: &str, words: &[&str]) {
    let coverage = coverage(told);
    let start = format!("{file} {status}: ");
    let said = |entry: &&String| entry.starts_with(&start) && words.iter().all(|words| entry.contains(words));
    assert_eq!(
        coverage.iter().filter(said).count(),
        1,
        "{file} {status} {words:?} in {coverage:#?}"
    );
}

/// A small `security.xml`.
pub const SECURITY: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>
<security:Security xmlns:security=\"http://www.ibm.com/websphere/appserver/schemas/5.0/security.xmi\">
  <repertoire alias=\"NodeDefaultSSLSettings\">
    <setting sslProtocol=\"TLSv1.2\"/>
  </repertoire>
</security:Security>
";
