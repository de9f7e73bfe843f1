//! Debian's package without being root: fetched, unpacked, never installed.
//!
//! Comes in: apt's lists; where the machine has none, lists that are fetched for this. Goes out: a folder with
//! `usr/sbin/apache2`, its modules and the libraries that the machine lacks. It is kept between runs.

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::installation::{PACKAGE, succeeds};

/// The folder with the unpacked package.
pub fn folder() -> Option<PathBuf> {
    let folder = cache().join("apache2");
    if !folder.join("usr/sbin/apache2").is_file() {
        unpack(&folder)?;
    }
    Some(folder)
}

/// Where it is kept: where the user keeps what can be fetched again, or among what is built.
fn cache() -> PathBuf {
    let variable = |name: &str| {
        std::env::var_os(name)
            .map(PathBuf::from)
            .filter(|path| path.is_absolute())
    };
    let usual = variable("XDG_CACHE_HOME").or_else(|| variable("HOME").map(|home| home.join(".cache")));
    let ours = usual.map(|cache| cache.join("casebook-tests"));
    ours.filter(|folder| fs::create_dir_all(folder).is_ok())
        .unwrap_or_else(|| PathBuf::from(env!("CARGO_TARGET_TMPDIR")))
}

/// For the loader: folders with libraries below the folder.
pub fn libraries(folder: &Path) -> String {
    let mut found = Vec::new();
    for lib in ["usr/lib", "lib"] {
        let entries = fs::read_dir(folder.join(lib)).into_iter().flatten().flatten();
        // Debian keeps libraries in a folder for each machine, such as `usr/lib/x86_64-linux-gnu`.
        found.extend(
            entries
                .map(|entry| entry.path())
                .filter(|path| path.to_string_lossy().ends_with("-gnu")),
        );
    }
    found.sort();
    let found: Vec<String> = found.iter().map(|path| path.display().to_string()).collect();
    found.join(":")
}

/// Fetches into a folder beside it and moves that into place, so that a run that was cut off leaves nothing that looks
/// whole.
fn unpack(folder: &Path) -> Option<()> {
    let beside = tempfile::tempdir_in(folder.parent()?).ok()?;
    let packages = beside.path().join("packages");
    let whole = beside.path().join("whole");
    fs::create_dir_all(&packages).ok()?;
    if !download(&[], &packages) {
        let own = own_lists(&beside.path().join("apt"))?;
        let updated = succeeds(Command::new("apt-get").args(&own).arg("update"));
        if !updated || !download(&own, &packages) {
            return None;
        }
    }
    for package in fs::read_dir(&packages).ok()?.flatten() {
        let unpacked = succeeds(Command::new("dpkg-deb").arg("-x").arg(package.path()).arg(&whole));
        if !unpacked {
            return None;
        }
    }
    // Another test process may have been quicker; then that one's is taken.
    fs::rename(&whole, folder).ok();
    folder.join("usr/sbin/apache2").is_file().then_some(())
}

/// Options by which apt keeps its lists in a folder of ours. What is installed it reads where that always is.
fn own_lists(folder: &Path) -> Option<Vec<OsString>> {
    let (state, cache) = (folder.join("state"), folder.join("cache"));
    fs::create_dir_all(state.join("lists/partial")).ok()?;
    fs::create_dir_all(cache.join("archives/partial")).ok()?;
    let option = |name: &str, path: &Path| {
        let mut option = OsString::from(name);
        option.push(path);
        [OsString::from("-o"), option]
    };
    let options = [
        option("Dir::State=", &state),
        option("Dir::State::status=", Path::new("/var/lib/dpkg/status")),
        option("Dir::Cache=", &cache),
    ];
    Some(options.into_iter().flatten().collect())
}

fn download(options: &[OsString], to: &Path) -> bool {
    let mut command = Command::new("apt-get");
    command.args(options).arg("download").arg(PACKAGE).args(needed(options));
    succeeds(command.current_dir(to))
}

/// The libraries that apt would install with the package: those that it depends on and that are not there.
fn needed(options: &[OsString]) -> Vec<String> {
    let simulated = Command::new("apt-get")
        .args(options)
        .args(["install", "--simulate", "--no-install-recommends", PACKAGE])
        .stdin(Stdio::null())
        .stderr(Stdio::null())
        .output();
    let printed = simulated.map(|output| output.stdout).unwrap_or_default();
    String::from_utf8_lossy(&printed)
        .lines()
        .filter_map(|line| line.strip_prefix("Inst "))
        .filter_map(|rest| rest.split_whitespace().next())
        .filter(|name| *name != PACKAGE)
        .map(str::to_owned)
        .collect()
}
