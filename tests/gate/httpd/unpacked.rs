//! Debian's package without being root: fetched, unpacked, never installed.
//!
//! Comes in: apt's lists. Goes out: a folder with `usr/sbin/apache2`, its modules and the libraries that the machine lacks.
//! It is kept between runs. Where the user's own lists are empty and the system's may not be written, there is none.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::installation::{PACKAGE, succeeds};

/// The folder with the unpacked package.
pub fn folder() -> Option<PathBuf> {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("apache2");
    if !folder.join("usr/sbin/apache2").is_file() {
        unpack(&folder)?;
    }
    Some(folder)
}

/// For the loader: folders with libraries below the folder.
pub fn libraries(folder: &Path) -> String {
    let mut found = Vec::new();
    for lib in ["usr/lib", "lib"] {
        let entries = fs::read_dir(folder.join(lib)).into_iter().flatten().flatten();
        // Debian keeps libraries in a folder for each machine, such as `usr/lib/x86_64-linux-gnu`.
        found.extend(entries.map(|entry| entry.path()).filter(|path| path.to_string_lossy().ends_with("-gnu")));
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
    let mut names = vec![PACKAGE.to_owned()];
    names.extend(needed());
    let download = succeeds(Command::new("apt-get").arg("download").args(&names).current_dir(&packages));
    if !download {
        return None;
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

/// The libraries that apt would install with the package: those that it depends on and that are not there.
fn needed() -> Vec<String> {
    let simulated = Command::new("apt-get")
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
