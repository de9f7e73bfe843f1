//! A folder in which httpd runs: documents, configuration, log.
//!
//! Comes in: an installation and the directives of a gate. Goes out: a whole configuration, as it would stand in a file of
//! a site. What the test measures with is not in it: that comes by the command line.

use std::fs::{self, Permissions};
use std::net::{Ipv4Addr, TcpListener};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use tempfile::TempDir;

use super::installation::{Installation, shown};

/// What a document is called, below the root of the documents.
pub type Photo = &'static str;

/// The documents. Photos are named by addresses, as Sametime asks for them; those with blanks, percent signs and letters
/// beyond ASCII can only be asked for encoded.
pub const DOCUMENTS: [Photo; 18] = [
    "index.html",
    "login.html",
    "denied.html",
    "public/logo.jpg",
    "photos/index.html",
    "photos/anna.berg@example.com.jpg",
    "photos/ben@example.com.jpg",
    "photos/Carla@example.com.jpg",
    "photos/dora meier@example.com.jpg",
    "photos/erik+old@example.com.jpg",
    "photos/f%ranz@example.com.jpg",
    "photos/gr\u{fc}n@example.com.jpg",
    "photos/default.jpg",
    "photos/default.png",
    "photos/empty.jpg",
    "photos/team/hugo@example.com.jpg",
    "photos/team/private/ina@example.com.jpg",
    "[R,L]",
];

/// Modules that every gate loads. `unixd` is needed to change the user; where it is built in, no file is found and none
/// loaded.
const MODULES: [&str; 12] = [
    "mpm_event",
    "unixd",
    "authz_core",
    "authz_host",
    "authz_user",
    "authn_core",
    "access_compat",
    "rewrite",
    "setenvif",
    "remoteip",
    "alias",
    "env",
];

/// A folder in which httpd runs.
#[derive(Debug)]
pub struct Ground {
    pub installation: &'static Installation,
    folder: TempDir,
    /// Files that stand beside the configuration.
    beside: Vec<PathBuf>,
    /// Where httpd listens, on 127.0.0.1.
    pub port: u16,
}

impl Ground {
    /// A new folder with the documents, and a port that nobody has.
    pub fn new(installation: &'static Installation) -> Self {
        let folder = tempfile::Builder::new()
            .prefix("casebook-gate-")
            .tempdir_in(within())
            .expect("a temporary folder");
        // httpd that was started as root reads the documents as somebody else.
        open(folder.path());
        let ground = Self {
            installation,
            folder,
            beside: Vec::new(),
            port: free_port(),
        };
        for name in DOCUMENTS {
            let file = ground.documents().join(name);
            let parent = file.parent().expect("a document is in a folder");
            fs::create_dir_all(parent).expect("folders can be made");
            let text = if name.contains("empty") { "" } else { name };
            fs::write(&file, text).expect("a document can be written");
        }
        ground
    }

    /// A port that nobody has: the one at hand was taken meanwhile.
    pub fn change_port(&mut self) {
        self.port = free_port();
    }

    /// The folder.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// The root of the documents.
    pub fn documents(&self) -> PathBuf {
        self.folder().join("documents")
    }

    /// Where the configuration is written.
    pub fn conf(&self) -> PathBuf {
        self.folder().join("conf/httpd.conf")
    }

    /// Writes files that stand beside the configuration, instead of those of before.
    pub fn write(&mut self, files: &[(String, String)]) {
        for file in self.beside.drain(..) {
            fs::remove_file(file).expect("what was written can be removed");
        }
        for (name, text) in files {
            let file = self.folder().join(name);
            self.beside.push(file.clone());
            fs::create_dir_all(file.parent().expect("a file is in a folder")).expect("folders can be made");
            fs::write(file, self.filled(text)).expect("a file can be written");
        }
    }

    /// Where httpd says what went wrong.
    pub fn error_log(&self) -> PathBuf {
        self.folder().join("error.log")
    }

    /// Leaves the folder where it is.
    pub fn keep(self) -> PathBuf {
        self.folder.keep()
    }

    /// The whole configuration around directives, in which `@documents@` and `@port@` stand for what they say.
    pub fn configuration(&self, modules: &[&str], directives: &str) -> String {
        let loads = MODULES.iter().chain(modules);
        let mut lines: Vec<String> = loads.filter_map(|module| self.installation.load(module)).collect();
        lines.insert(0, format!("ServerRoot {}", shown(self.folder())));
        lines.push(format!("Listen 127.0.0.1:{}", self.port));
        lines.push("ServerName server.example".to_owned());
        lines.push(format!("DocumentRoot {}", shown(&self.documents())));
        lines.push(format!("PidFile {}", shown(&self.folder().join("httpd.pid"))));
        lines.push(format!("ErrorLog {}", shown(&self.error_log())));
        lines.extend(user());
        // Few threads start quickly.
        lines.push("ThreadsPerChild 4\nMaxRequestWorkers 4".to_owned());
        lines.push("KeepAlive Off".to_owned());
        lines.push(String::new());
        lines.push(self.filled(directives));
        lines.join("\n")
    }

    fn filled(&self, text: &str) -> String {
        let documents = self.documents().display().to_string();
        text.replace("@documents@", &documents)
            .replace("@port@", &self.port.to_string())
    }
}

/// Started as root, httpd wants to become somebody else; started as anybody else, it cannot.
fn user() -> Option<String> {
    let nobody = |file: &str, names: &[&str]| {
        let known = fs::read_to_string(file).unwrap_or_default();
        let named = |name: &&&str| known.lines().any(|line| line.split(':').next() == Some(name));
        names.iter().find(named).map(ToString::to_string)
    };
    let root = rustix::process::geteuid().is_root();
    let user = nobody("/etc/passwd", &["nobody", "www-data", "apache"])?;
    let group = nobody("/etc/group", &["nogroup", "nobody", "www-data", "apache"])?;
    root.then(|| format!("User {user}\nGroup {group}"))
}

/// A folder for temporary files into which everybody may go.
fn within() -> PathBuf {
    let usual = std::env::temp_dir();
    let open = |folder: &Path| {
        let permits = |folder: &Path| fs::metadata(folder).is_ok_and(|found| found.permissions().mode() & 1 == 1);
        folder.ancestors().all(permits)
    };
    if open(&usual) { usual } else { PathBuf::from("/tmp") }
}

fn open(folder: &Path) {
    fs::set_permissions(folder, Permissions::from_mode(0o755)).expect("the folder is ours");
}

fn free_port() -> u16 {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("loopback has free ports");
    listener.local_addr().expect("a listener has an address").port()
}
