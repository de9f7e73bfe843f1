//! Where httpd is on this machine; where there is none, Debian's is fetched.
//!
//! Comes in: the machine. Goes out: a program that has answered `-v`, the folder of its modules, what its loader needs.
//! As root the package is installed; as anybody else it is unpacked into a folder of ours.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::OnceLock;

use super::unpacked;

/// Where the program is beside `PATH`, on which `/usr/sbin` often is not.
const FOLDERS: [&str; 5] = [
    "/usr/sbin",
    "/usr/local/sbin",
    "/usr/bin",
    "/usr/local/bin",
    "/usr/local/apache2/bin",
];

/// Where its modules are: Debian, Fedora of 64 and 32 bits, SUSE, Arch, httpd's own layout.
const MODULES: [&str; 6] = [
    "/usr/lib/apache2/modules",
    "/usr/lib64/httpd/modules",
    "/usr/lib/httpd/modules",
    "/usr/lib64/apache2",
    "/usr/libexec/apache2",
    "/usr/local/apache2/modules",
];

/// Without these, gates could not be asked about; the others are left out where they are built in.
const NEEDED: [&str; 6] = [
    "rewrite",
    "headers",
    "setenvif",
    "remoteip",
    "authz_host",
    "access_compat",
];

/// Debian's package: the program and its modules, nothing that starts a service.
pub const PACKAGE: &str = "apache2-bin";

/// An httpd.
#[derive(Debug)]
pub struct Installation {
    /// The program.
    pub program: PathBuf,
    /// The folder of its modules.
    pub modules: PathBuf,
    /// Where its libraries are, if the loader does not know them.
    pub libraries: Option<String>,
    /// Such as `Apache/2.4.68 (Debian)`.
    pub version: String,
}

impl Installation {
    /// The same for all tests of this process: looked for, or installed, once.
    pub fn find() -> Option<&'static Self> {
        static FOUND: OnceLock<Option<Installation>> = OnceLock::new();
        FOUND.get_or_init(|| Self::installed().or_else(Self::fetched)).as_ref()
    }

    fn installed() -> Option<Self> {
        let path = std::env::var_os("PATH").unwrap_or_default();
        let folders = std::env::split_paths(&path).chain(FOLDERS.map(PathBuf::from));
        let programs = folders.flat_map(|folder| ["apache2", "httpd"].map(|name| folder.join(name)));
        let modules: Vec<PathBuf> = MODULES.map(PathBuf::from).into();
        programs
            .filter(|program| program.is_file())
            .find_map(|program| Self::of(program, &modules, None))
    }

    fn fetched() -> Option<Self> {
        if rustix::process::geteuid().is_root() && install() {
            return Self::installed();
        }
        let folder = unpacked::folder()?;
        let libraries = unpacked::libraries(&folder);
        let modules = [folder.join("usr/lib/apache2/modules")];
        Self::of(folder.join("usr/sbin/apache2"), &modules, Some(libraries))
    }

    /// The installation of a program that starts and has modules of the kind that is needed.
    pub fn of(program: PathBuf, modules: &[PathBuf], libraries: Option<String>) -> Option<Self> {
        let modules = modules
            .iter()
            .find(|folder| {
                NEEDED
                    .iter()
                    .all(|module| folder.join(format!("mod_{module}.so")).is_file())
            })?
            .clone();
        let mut found = Self {
            program,
            modules,
            libraries,
            version: String::new(),
        };
        let output = found
            .command()
            .arg("-v")
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .output()
            .ok()?;
        let printed = String::from_utf8_lossy(&output.stdout).into_owned();
        found.version = printed.lines().next()?.strip_prefix("Server version: ")?.to_owned();
        // The gates use forms that 2.2 does not know.
        found.version.starts_with("Apache/2.4.").then_some(found)
    }

    /// The program with what it needs around it.
    pub fn command(&self) -> Command {
        let mut command = Command::new(&self.program);
        if let Some(libraries) = &self.libraries {
            command.env("LD_LIBRARY_PATH", libraries);
        }
        command
            .env("TZ", "UTC")
            .env("LC_ALL", "C")
            .stdin(Stdio::null())
            .stdout(Stdio::null());
        command
    }

    /// `LoadModule` for a module such as `rewrite`; `None`: it is built in.
    pub fn load(&self, module: &str) -> Option<String> {
        let file = self.modules.join(format!("mod_{module}.so"));
        file.is_file().then(|| {
            let name = if module.starts_with("mpm_") {
                "mpm_event"
            } else {
                module
            };
            format!("LoadModule {name}_module {}", shown(&file))
        })
    }
}

/// A path as it stands in a configuration.
pub fn shown(path: &Path) -> String {
    format!("\"{}\"", path.display())
}

/// Installs the package, by the lists at hand if they know it.
fn install() -> bool {
    let install = ["install", "-y", "--no-install-recommends", PACKAGE];
    apt_get(&install) || apt_get(&["update"]) && apt_get(&install)
}

fn apt_get(arguments: &[&str]) -> bool {
    let mut command = Command::new("apt-get");
    command.args(arguments).env("DEBIAN_FRONTEND", "noninteractive");
    succeeds(&mut command)
}

/// Whether a command can be started and ends well. What it prints is nobody's business.
pub fn succeeds(command: &mut Command) -> bool {
    let quiet = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    quiet.status().is_ok_and(|status| status.success())
}
