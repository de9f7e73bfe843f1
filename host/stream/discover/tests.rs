use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::symlink;
use std::os::unix::net::UnixListener;
use std::path::{Path, PathBuf};

use tempfile::TempDir;

use super::{Discovery, MAX_FILES, discover};
use crate::model::CoverageStatus;

fn folder(files: &[&str]) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    for file in files {
        let path = folder.path().join(file);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, file).unwrap();
    }
    folder
}

fn found(path: &Path) -> Discovery {
    discover(&[path.to_path_buf()], MAX_FILES).unwrap()
}

fn shown(discovery: &Discovery) -> Vec<&str> {
    discovery.files.iter().map(|file| file.shown.as_str()).collect()
}

fn unread(discovery: &Discovery) -> Vec<(&str, &str)> {
    discovery
        .coverage
        .iter()
        .map(|record| {
            assert_eq!(record.status, CoverageStatus::Unread);
            (record.file.as_str(), record.reason.as_str())
        })
        .collect()
}

#[test]
fn everything_below_a_folder_is_found_in_the_order_of_its_bytes() {
    let folder = folder(&[
        "b.log",
        "a/z.log",
        "a.log",
        "B.log",
        ".hidden",
        ".git/HEAD",
        ".casebook/state",
    ]);
    fs::write(folder.path().join("empty.log"), "").unwrap();
    let found = found(folder.path());
    assert_eq!(
        shown(&found),
        [
            ".casebook/state",
            ".git/HEAD",
            ".hidden",
            "B.log",
            "a.log",
            "a/z.log",
            "b.log",
            "empty.log"
        ]
    );
    assert_eq!(unread(&found), []);
    let hidden = &found.files[2];
    assert_eq!(
        (hidden.len, hidden.path.as_path()),
        (7, folder.path().join(".hidden").as_path())
    );
    assert!(hidden.modified.is_some());
}

#[test]
fn a_file_may_be_given_itself() {
    let folder = folder(&["logs/SystemOut.log"]);
    assert_eq!(
        shown(&found(&folder.path().join("logs/SystemOut.log"))),
        ["SystemOut.log"]
    );
}

#[test]
fn a_path_that_does_not_exist_is_an_error() {
    let folder = folder(&["x.log"]);
    for missing in ["gone", "x.log/below"] {
        let path = folder.path().join(missing);
        let error = discover(&[folder.path().to_path_buf(), path.clone()], MAX_FILES).unwrap_err();
        assert_eq!(
            error.to_string(),
            format!("{}: no such file or folder; check the path", path.display())
        );
    }
}

#[test]
fn a_loop_of_links_ends_and_each_file_is_found_once_under_its_own_name() {
    let folder = folder(&["node/SystemOut.log"]);
    symlink("..", folder.path().join("node/up")).unwrap();
    symlink("node", folder.path().join("a-link-to-node")).unwrap();
    symlink("node/SystemOut.log", folder.path().join("current.log")).unwrap();
    let found = found(folder.path());
    assert_eq!(shown(&found), ["node/SystemOut.log"]);
    assert_eq!(unread(&found), []);
}

#[test]
fn links_that_lead_nowhere_in_circles_or_outside_are_said() {
    let outside = folder(&["secret.log"]);
    let folder = folder(&["x.log"]);
    symlink("gone", folder.path().join("broken")).unwrap();
    symlink("circle", folder.path().join("circle")).unwrap();
    symlink(outside.path(), folder.path().join("other")).unwrap();
    let found = found(folder.path());
    assert_eq!(shown(&found), ["x.log"]);
    let unread = unread(&found);
    assert_eq!(unread[0], ("broken", "is a link to something that does not exist"));
    assert_eq!(unread[1].0, "circle");
    assert!(
        unread[1].1.starts_with("is a link that cannot be followed: "),
        "{}",
        unread[1].1
    );
    let reason = format!(
        "is a link to {}, outside of what was given; give that path too to have it read",
        outside.path().canonicalize().unwrap().display()
    );
    assert_eq!(unread[2], ("other", reason.as_str()));
}

#[test]
fn a_link_that_the_user_gave_is_followed() {
    let folder = folder(&["logs/x.log"]);
    let link = folder.path().join("link");
    symlink("logs", &link).unwrap();
    assert_eq!(shown(&found(&link)), ["x.log"]);
    let file = folder.path().join("current.log");
    symlink("logs/x.log", &file).unwrap();
    assert_eq!(shown(&found(&file)), ["current.log"]);
}

#[test]
fn a_link_into_another_given_path_is_no_gap() {
    let other = folder(&["y.log"]);
    let folder = folder(&["x.log"]);
    symlink(other.path(), folder.path().join("other")).unwrap();
    let found = discover(&[folder.path().to_path_buf(), other.path().to_path_buf()], MAX_FILES).unwrap();
    assert_eq!(shown(&found), ["x.log", "y.log"]);
    assert_eq!(unread(&found), []);
}

#[test]
fn what_is_no_file_is_said_and_never_opened() {
    let folder = folder(&["x.log"]);
    let pipe = folder.path().join("pipe");
    rustix::fs::mknodat(
        rustix::fs::CWD,
        &pipe,
        rustix::fs::FileType::Fifo,
        rustix::fs::Mode::RWXU,
        0,
    )
    .unwrap();
    let _listener = UnixListener::bind(folder.path().join("socket")).unwrap();
    symlink("pipe", folder.path().join("to-pipe")).unwrap();
    let of_folder = found(folder.path());
    assert_eq!(shown(&of_folder), ["x.log"]);
    assert_eq!(
        unread(&of_folder),
        [
            ("pipe", "is a pipe; only regular files are read"),
            ("socket", "is a socket; only regular files are read")
        ]
    );
    assert_eq!(
        unread(&found(&pipe)),
        [("pipe", "is a pipe; only regular files are read")]
    );
    assert_eq!(
        unread(&found(Path::new("/dev/null"))),
        [("null", "is a device; only regular files are read")]
    );
}

#[test]
fn names_cannot_move_the_cursor() {
    let folder = folder(&["x.log"]);
    for name in [
        b"red\x1B[31m.log".as_slice(),
        b"two\nlines",
        b"latin-\xFC",
        "turn\u{202E}gol.exe".as_bytes(),
    ] {
        fs::write(folder.path().join(OsStr::from_bytes(name)), "").unwrap();
    }
    assert_eq!(
        shown(&found(folder.path())),
        [
            "latin-\u{FFFD}",
            "red\\u{1b}[31m.log",
            "turn\\u{202e}gol.exe",
            "two\\nlines",
            "x.log"
        ]
    );
}

#[test]
fn paths_that_hold_the_same_names_are_told_apart() {
    let folder = folder(&["a/logs/x.log", "b/logs/x.log", "b/logs/y.log"]);
    let given = |names: &[&str]| -> Vec<PathBuf> { names.iter().map(|name| folder.path().join(name)).collect() };
    let both = discover(&given(&["a/logs", "b/logs"]), MAX_FILES).unwrap();
    assert_eq!(shown(&both), ["a/logs/x.log", "b/logs/x.log", "b/logs/y.log"]);
    let files = discover(&given(&["a/logs/x.log", "b/logs/x.log"]), MAX_FILES).unwrap();
    assert_eq!(shown(&files), ["a/logs/x.log", "b/logs/x.log"]);
    let different = discover(&given(&["a/logs/x.log", "b/logs/y.log"]), MAX_FILES).unwrap();
    assert_eq!(shown(&different), ["x.log", "y.log"]);
}

#[test]
fn a_path_given_twice_or_with_the_folder_above_is_read_once() {
    let folder = folder(&["a/x.log", "y.log"]);
    let (above, below) = (folder.path().to_path_buf(), folder.path().join("a"));
    let found = discover(&[below.clone(), above.clone(), below, above], MAX_FILES).unwrap();
    assert_eq!(shown(&found), ["x.log", "y.log"]);
}

#[test]
fn the_limit_of_files_is_said() {
    let folder = folder(&["a.log", "b.log", "c.log"]);
    let path = [folder.path().to_path_buf()];
    let exactly = discover(&path, 3).unwrap();
    assert_eq!((exactly.files.len(), exactly.coverage.len()), (3, 0));
    let short = discover(&path, 2).unwrap();
    assert_eq!(shown(&short), ["a.log", "b.log"]);
    assert_eq!(short.coverage.len(), 1);
    assert_eq!(short.coverage[0].status, CoverageStatus::Partial);
    assert_eq!(
        short.coverage[0].reason,
        "there are more than 2 files, the limit of one run; the last that is read is b.log: give fewer folders at a time"
    );
}

/// Only where the tests do not run as root, whom permissions do not stop.
#[test]
fn folders_that_may_not_be_listed_or_entered_are_said() {
    use std::os::unix::fs::PermissionsExt;
    if rustix::process::geteuid().is_root() {
        eprintln!("skipped: root may read everything");
        return;
    }
    let folder = folder(&["closed/x.log", "hall/room/y.log", "open.log"]);
    let set =
        |name: &str, mode| fs::set_permissions(folder.path().join(name), PermissionsExt::from_mode(mode)).unwrap();
    symlink("hall/room", folder.path().join("to-room")).unwrap();
    set("closed", 0o000);
    set("hall", 0o111);
    let found = found(folder.path());
    set("closed", 0o755);
    set("hall", 0o755);
    assert_eq!(shown(&found), ["open.log", "to-room/y.log"]);
    let unread = unread(&found);
    assert_eq!(
        unread.iter().map(|(file, _)| *file).collect::<Vec<_>>(),
        ["closed", "hall"]
    );
    assert!(
        unread
            .iter()
            .all(|(_, reason)| reason.starts_with("cannot be listed: Permission denied")),
        "{unread:?}"
    );
}
