//! What lies in a folder and is no ordinary file.

use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::process::{Command, Stdio};

use super::story::{casebook, folder, write};
use super::witness::{SECURITY, Site, assert_said, documents, run};

#[test]
fn a_link_out_of_the_environment_is_not_followed_and_said() {
    let outside = folder(&[("security.xml", SECURITY.as_bytes()), ("ssl.client.props", b"a=b\n")]);
    let site = Site::new(&[("hosts", "10.20.1.5 a\n")]);
    for (target, link) in [
        ("security.xml", "security.xml"),
        ("", "config"),
        ("ssl.client.props", "ssl.client.props"),
    ] {
        symlink(outside.path().join(target), site.path().join(link)).expect("a link");
    }
    symlink("/etc/passwd", site.path().join("httpd.conf")).expect("a link");
    // More steps up than any folder is deep.
    symlink(format!("{}etc/hosts", "../".repeat(64)), site.path().join("etc.hosts")).expect("a link");
    let told = site.scan(&[]);
    assert_eq!(
        (told.status, documents(&told)),
        (Some(3), vec!["hosts hosts".to_owned()]),
        "{told:?}"
    );
    for link in ["security.xml", "config", "ssl.client.props", "httpd.conf", "etc.hosts"] {
        assert_said(&told, link, "unread", &["is a link to ", "outside of what was given"]);
    }
}

#[test]
fn a_link_inside_of_the_environment_is_one_file() {
    let site = Site::new(&[("a/config/cells/C/security.xml", SECURITY)]);
    symlink("a/config/cells/C/security.xml", site.path().join("security.xml")).expect("a link");
    symlink("..", site.path().join("a/loop")).expect("a link");
    let told = site.scan(&[]);
    assert_eq!(documents(&told), ["a/config/cells/C/security.xml security.xml"]);
    assert_eq!((told.status, told.gaps().len()), (Some(1), 0), "{told:?}");
}

#[test]
fn a_pipe_with_a_name_of_configuration_is_not_opened() {
    let site = Site::new(&[("hosts", "10.20.1.5 a\n")]);
    for name in ["security.xml", "ssl.client.props", "key.p12", "httpd.conf"] {
        let made = Command::new("mkfifo").arg(site.path().join(name)).status();
        if !made.is_ok_and(|status| status.success()) {
            println!("skipped: a_pipe_with_a_name_of_configuration_is_not_opened: there is no mkfifo");
            return;
        }
    }
    // Opening one would wait for a writer that never comes.
    let told = site.scan(&[]);
    assert_eq!(
        (told.status, documents(&told)),
        (Some(3), vec!["hosts hosts".to_owned()]),
        "{told:?}"
    );
    assert_said(
        &told,
        "security.xml",
        "unread",
        &["is a pipe; only regular files are read"],
    );
    assert_eq!(told.gaps().len(), 4);
}

#[test]
fn a_file_that_may_not_be_read_is_named_and_the_others_are_read() {
    let story = "a_file_that_may_not_be_read_is_named_and_the_others_are_read";
    let site = Site::new(&[]);
    // Not below the build's folder, whose parents may be shut to others.
    let folder = tempfile::tempdir().expect("a temporary folder");
    let mode =
        |path: &std::path::Path, mode| fs::set_permissions(path, fs::Permissions::from_mode(mode)).expect("a mode");
    mode(folder.path(), 0o755);
    write(folder.path(), "hosts", b"10.20.1.5 a\n");
    for name in ["security.xml", "ssl.client.props", "key.pem"] {
        mode(&write(folder.path(), name, SECURITY.as_bytes()), 0);
    }
    let plugin = folder.path().join("witness.wasm");
    fs::copy(
        std::path::Path::new(env!("CASEBOOK_GUESTS")).join("hostile-configs.wasm"),
        &plugin,
    )
    .expect("the plugin");
    let pack = write(
        folder.path(),
        "packs/witness.yaml",
        b"plugin: hostile-configs\nid: witness\nbehaviour: behaves\n",
    );
    // The command starts itself again to compile the plugin, so it must lie where others may go.
    let tools = tempfile::tempdir().expect("a temporary folder");
    mode(tools.path(), 0o755);
    let program = tools.path().join("casebook");
    fs::copy(casebook().get_program(), &program).expect("the command");
    let Some(mut command) = as_nobody(story, &program) else {
        return;
    };
    command
        .args(["--no-built-in-rules", "--plugin"])
        .arg(&plugin)
        .arg("--rules")
        .arg(&pack);
    command.arg("scan").arg(folder.path()).args(["--format", "jsonl"]);
    let told = run(&mut command).told;
    drop(site);
    assert_eq!(told.status, Some(3), "{told:?}");
    for name in ["security.xml", "ssl.client.props", "key.pem"] {
        assert_said(&told, name, "unread", &["cannot be read: Permission denied"]);
    }
    assert!(documents(&told).contains(&"hosts hosts".to_owned()), "{told:?}");
}

/// The command as somebody who may read less than root; `None` where that cannot be arranged.
fn as_nobody(story: &str, program: &std::path::Path) -> Option<Command> {
    let nobody = || {
        let mut command = if rustix::process::geteuid().is_root() {
            let mut command = Command::new("setpriv");
            command
                .args(["--reuid=65534", "--regid=65534", "--clear-groups"])
                .arg(program);
            command
        } else {
            Command::new(program)
        };
        for variable in ["CASEBOOK_CACHE", "XDG_CACHE_HOME", "HOME"] {
            command.env_remove(variable);
        }
        command.env("TZ", "UTC").stdin(Stdio::null());
        command
    };
    let starts = nobody()
        .arg("--version")
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status();
    if !starts.is_ok_and(|status| status.success()) {
        println!("skipped: {story}: there is no setpriv, or nobody may not run what was built here");
        return None;
    }
    Some(nobody())
}
