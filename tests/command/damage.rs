//! Files that cannot be read, or not to their end: each is told, and the others are read.

use std::fs;
use std::io::Write;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use super::TRACE;
use super::story::{Told, bytes_of, casebook, folder, scan, write};

/// The first bytes of a compressed trace: enough for its findings, and no end.
fn broken_gzip() -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::new(6));
    encoder.write_all(&bytes_of(TRACE)).expect("memory can be written");
    let mut bytes = encoder.finish().expect("memory can be written");
    bytes.truncate(bytes.len() - 300);
    bytes
}

#[test]
fn a_gzip_file_that_breaks_off_keeps_the_findings_before_the_damage() {
    let folder = folder(&[("stusers_1.txt.gz", &broken_gzip())]);
    let told = scan(folder.path(), &[]);
    assert_eq!((told.status, told.findings().len()), (Some(3), 2), "{told:?}");
    let [(file, reason)] = &told.gaps()[..] else {
        panic!("{told:?}")
    };
    assert_eq!(file, "stusers_1.txt.gz");
    assert!(reason.starts_with("gzip: unexpected end at "), "{reason}");
}

#[test]
fn rubbish_that_begins_like_gzip_is_told_and_the_rest_is_read() {
    let folder = folder(&[
        ("a.gz", b"\x1f\x8b\x08 and then nothing that makes sense"),
        ("b.txt", &bytes_of(TRACE)),
    ]);
    let told = scan(folder.path(), &[]);
    assert_eq!((told.status, told.findings().len()), (Some(3), 2), "{told:?}");
    assert_eq!(told.gaps().len(), 1, "{:?}", told.gaps());
    assert!(told.gaps()[0].1.contains("gzip"), "{:?}", told.gaps());
}

#[test]
fn utf_16_that_ends_in_the_middle_of_a_character_is_read_up_to_there() {
    let text = String::from_utf8(bytes_of(TRACE)).expect("the trace is UTF-8");
    let mut bytes = vec![0xff, 0xfe];
    bytes.extend(text.encode_utf16().flat_map(u16::to_le_bytes));
    bytes.pop();
    let folder = folder(&[("stusers_1.txt", &bytes)]);
    let told = scan(folder.path(), &[]);
    assert_eq!((told.status, told.findings().len()), (Some(3), 2), "{told:?}");
    let [(file, reason)] = &told.gaps()[..] else {
        panic!("{told:?}")
    };
    assert_eq!(file, "stusers_1.txt");
    assert_eq!(
        reason,
        &format!("UTF-16: ends with half a character at {}", bytes.len() - 1)
    );
}

#[test]
fn a_folder_that_links_to_itself_is_read_once() {
    let folder = folder(&[("logs/stusers_1.txt", &bytes_of(TRACE))]);
    symlink("..", folder.path().join("logs/again")).expect("a link");
    symlink("logs", folder.path().join("same")).expect("a link");
    let told = scan(folder.path(), &[]);
    assert_eq!(told.findings().len(), 2, "{:?}", told.places());
    assert!(
        told.findings().iter().all(|finding| finding["occurrences"] == 2),
        "nothing counts twice"
    );
    assert_eq!(told.of_type("summary")[0]["files"], 1);
}

#[test]
fn a_link_out_of_the_folder_is_not_followed_and_said() {
    let outside = folder(&[("stusers_1.txt", &bytes_of(TRACE))]);
    let inside = folder(&[]);
    symlink(outside.path(), inside.path().join("archive")).expect("a link");
    symlink(outside.path().join("stusers_1.txt"), inside.path().join("trace.txt")).expect("a link");
    let told = scan(inside.path(), &[]);
    assert_eq!((told.status, told.findings().len()), (Some(3), 0), "{told:?}");
    let gaps = told.gaps();
    assert_eq!(
        gaps.iter().map(|(file, _)| file.as_str()).collect::<Vec<_>>(),
        ["archive", "trace.txt"]
    );
    assert!(gaps.iter().all(|(_, reason)| reason.contains("outside")), "{gaps:?}");
}

#[test]
fn a_link_to_nothing_is_said() {
    let folder = folder(&[("stusers_1.txt", &bytes_of(TRACE))]);
    symlink("gone.txt", folder.path().join("current.txt")).expect("a link");
    let told = scan(folder.path(), &[]);
    assert_eq!((told.status, told.findings().len()), (Some(3), 2), "{told:?}");
    assert_eq!(told.gaps()[0].0, "current.txt");
}

#[test]
fn a_named_pipe_in_the_folder_is_not_opened() {
    let folder = folder(&[("stusers_1.txt", &bytes_of(TRACE))]);
    let pipe = folder.path().join("pipe.log");
    if !Command::new("mkfifo")
        .arg(&pipe)
        .status()
        .is_ok_and(|status| status.success())
    {
        println!("skipped: a_named_pipe_in_the_folder_is_not_opened: there is no mkfifo");
        return;
    }
    // Opening it would wait for a writer that never comes.
    let mut command = casebook();
    command
        .arg("scan")
        .arg(folder.path())
        .args(["--format", "jsonl"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let mut child = command.spawn().expect("the command starts");
    let patience = Instant::now() + Duration::from_secs(60);
    while child.try_wait().expect("a child can be asked").is_none() {
        if Instant::now() > patience {
            child.kill().expect("a child can be ended");
            panic!("the scan hangs");
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    let told = Told::from(child.wait_with_output().expect("it has ended"));
    assert_eq!((told.status, told.findings().len()), (Some(3), 2), "{told:?}");
    assert_eq!(
        told.gaps(),
        [(
            "pipe.log".to_owned(),
            "is a pipe; only regular files are read".to_owned()
        )]
    );
}

/// The command as somebody who may read less than root; `None` where that cannot be arranged.
fn as_nobody(story: &str) -> Option<Command> {
    let own = casebook();
    let mut command = if rustix::process::geteuid().is_root() {
        let available = Command::new("setpriv").arg("--version").stdout(Stdio::null()).status();
        if !available.is_ok_and(|status| status.success()) {
            println!("skipped: {story}: root may read everything, and there is no setpriv");
            return None;
        }
        let mut command = Command::new("setpriv");
        command
            .args(["--reuid=65534", "--regid=65534", "--clear-groups"])
            .arg(own.get_program());
        command
    } else {
        Command::new(own.get_program())
    };
    command
        .env("TZ", "UTC")
        .env_remove("CASEBOOK_CACHE")
        .env_remove("XDG_CACHE_HOME")
        .env_remove("HOME");
    let starts = command
        .arg("--version")
        .output()
        .is_ok_and(|output| output.status.success());
    if !starts {
        println!("skipped: {story}: nobody may not run what was built here");
        return None;
    }
    let arguments: Vec<_> = command.get_args().map(ToOwned::to_owned).collect();
    let mut again = Command::new(command.get_program());
    again.args(&arguments[..arguments.len() - 1]);
    again
        .env("TZ", "UTC")
        .env_remove("CASEBOOK_CACHE")
        .env_remove("XDG_CACHE_HOME")
        .env_remove("HOME");
    Some(again)
}

#[test]
fn files_that_may_not_be_read_are_named_and_the_others_are_read() {
    let Some(mut command) = as_nobody("files_that_may_not_be_read_are_named_and_the_others_are_read") else {
        return;
    };
    // Not below the build's folder, whose parents may be shut to others.
    let folder = tempfile::tempdir().expect("a temporary folder");
    write(folder.path(), "stusers_1.txt", &bytes_of(TRACE));
    let shut = write(folder.path(), "shut.txt", &bytes_of(TRACE));
    write(folder.path(), "closed/stusers_1.txt", &bytes_of(TRACE));
    let mode = |path: &std::path::Path, mode| fs::set_permissions(path, fs::Permissions::from_mode(mode));
    mode(folder.path(), 0o755)
        .and_then(|()| mode(&shut, 0))
        .expect("modes can be set");
    mode(&folder.path().join("closed"), 0).expect("modes can be set");
    let output = command
        .arg("scan")
        .arg(folder.path())
        .args(["--format", "jsonl"])
        .output()
        .expect("it starts");
    let told = Told::from(output);
    mode(&folder.path().join("closed"), 0o755).expect("modes can be set"); // so that it can be removed
    assert_eq!((told.status, told.findings().len()), (Some(3), 2), "{told:?}");
    let gaps = told.gaps();
    assert_eq!(
        gaps.iter().map(|(file, _)| file.as_str()).collect::<Vec<_>>(),
        ["closed", "shut.txt"]
    );
    assert!(
        gaps.iter().all(|(_, reason)| reason.contains("Permission denied")),
        "{gaps:?}"
    );
    assert_eq!(
        told.of_type("summary")[0]["files"],
        1,
        "only what was read counts as read"
    );
}
