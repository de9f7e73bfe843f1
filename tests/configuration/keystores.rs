//! Key stores and their passwords.

use std::process::Command;

use super::story::{bytes_of, casebook, run as tell};
use super::witness::{Site, assert_said, run, shown};

/// The password of the store; nobody else's.
const PASSWORD: &str = "Schlüssel";

fn site() -> Site {
    let store = bytes_of("host/document/syntax/keystore/fixtures/umlaut.p12");
    Site::new(&[("hosts", "10.20.1.5 a\n")]).with("etc/key.p12", &store)
}

/// The scan with all that it says, and that the password is not among it.
#[track_caller]
fn told(command: &mut Command) -> super::story::Told {
    let told = run(command.arg("--verbose")).told;
    assert!(!told.out.contains(PASSWORD) && !told.err.contains(PASSWORD), "{told:?}");
    told
}

#[test]
fn a_store_that_no_password_opens_is_said_with_what_to_do() {
    let site = site().with("passwords", b"wrong\nalso wrong\n");
    let passwords = site.path().join("passwords");
    let command = || site.command("kinds: [keystore]\nbehaviour: echoes");
    let advice = [
        "none of the given passwords opens it",
        "--keystore-passwords FILE",
        "CASEBOOK_KEYSTORE_PASSWORD",
    ];
    for told in [
        told(&mut command()),
        told(command().arg("--keystore-passwords").arg(&passwords)),
        told(command().env("CASEBOOK_KEYSTORE_PASSWORD", "wrong too")),
    ] {
        assert_eq!(told.status, Some(3), "{told:?}");
        assert_said(&told, "etc/key.p12", "partial", &advice);
        assert!(!told.out.contains("wrong") && !told.err.contains("wrong"), "{told:?}");
    }
}

#[test]
fn a_store_is_opened_by_a_password_from_a_file_or_from_the_environment() {
    let other = tempfile::tempdir().expect("a folder");
    let passwords = super::story::write(other.path(), "passwords", format!("wrong\n{PASSWORD}\n").as_bytes());
    let site = site();
    let command = || site.command("kinds: [keystore]\nbehaviour: echoes");
    for told in [
        told(command().arg("--keystore-passwords").arg(&passwords)),
        told(command().env("CASEBOOK_KEYSTORE_PASSWORD", PASSWORD)),
    ] {
        assert_eq!((told.status, told.gaps().len()), (Some(1), 0), "{told:?}");
        let shown = shown(&told);
        assert!(
            shown.contains("certificate: ") && shown.contains("chat.example.com"),
            "{shown}"
        );
        assert!(
            !told.out.contains("BEGIN") && shown.contains("private-key: "),
            "{shown}"
        );
    }
}

#[test]
fn no_message_shows_a_password() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = |name: &str, bytes: &[u8]| super::story::write(folder.path(), name, bytes);
    let many: String = (0..40).map(|number| format!("{PASSWORD}-{number}\n")).collect();
    let large = format!("{PASSWORD}\n").repeat(10_000);
    let site = site();
    let cases: [(Vec<&std::ffi::OsStr>, Option<i32>); 7] = [
        (vec!["--help".as_ref()], Some(0)),
        (vec!["scan".as_ref(), "--help".as_ref()], Some(0)),
        (vec!["scan".as_ref()], Some(2)),
        (
            vec!["scan".as_ref(), ".".as_ref(), "--no-such-option".as_ref()],
            Some(2),
        ),
        (vec!["scan".as_ref(), "/no/such/folder".as_ref()], Some(2)),
        (
            vec!["scan".as_ref(), ".".as_ref(), "--threads".as_ref(), "0".as_ref()],
            Some(2),
        ),
        (vec!["rules".as_ref(), "formats".as_ref()], Some(0)),
    ];
    for (arguments, status) in cases {
        let mut command = casebook();
        command.args(&arguments).env("CASEBOOK_KEYSTORE_PASSWORD", PASSWORD);
        let told = run(&mut command).told;
        assert_eq!(told.status, status, "{arguments:?}: {told:?}");
        assert!(
            !told.out.contains(PASSWORD) && !told.err.contains(PASSWORD),
            "{arguments:?}: {told:?}"
        );
    }
    for (bytes, said) in [
        (many.as_bytes(), "more than 32 passwords"),
        (large.as_bytes(), "is larger than 64 KiB"),
        (b"Schl\xfcssel-latin\n".as_slice(), "cannot be read"),
    ] {
        let passwords = file("passwords", bytes);
        let told = told(
            site.command("behaviour: behaves")
                .arg("--keystore-passwords")
                .arg(&passwords),
        );
        assert_eq!((told.status, told.out.as_str()), (Some(2), ""), "{told:?}");
        assert!(
            told.err.contains(said) && !told.err.contains("Schl"),
            "{said}: {}",
            told.err
        );
    }
}

/// Where a password has to be typed on the command line, every user of the machine reads it in the list of processes.
#[test]
fn the_help_advises_no_password_on_the_command_line() {
    let told = tell(["scan", "--help"]);
    assert!(told.out.contains("--keystore-passwords <FILE>"), "{}", told.out);
    assert!(!told.out.contains("--keystore-password "), "{}", told.out);
}

#[test]
fn stores_that_are_made_to_hurt_are_given_up_in_time() {
    let fixture = |name: &str| bytes_of(&format!("host/document/syntax/keystore/fixtures/{name}"));
    let mut cut = fixture("modern.p12");
    cut.truncate(cut.len() / 2);
    let site = site()
        .with("slow.p12", &fixture("slow.p12"))
        .with("cut.p12", &cut)
        .with("text.p12", b"no store\n");
    let told = told(
        site.command("kinds: [keystore]\nbehaviour: behaves")
            .env("CASEBOOK_KEYSTORE_PASSWORD", PASSWORD),
    );
    assert_eq!(told.status, Some(3));
    let files: Vec<_> = told.gaps().into_iter().map(|(file, _)| file).collect();
    for name in ["slow.p12", "cut.p12", "text.p12"] {
        assert!(files.iter().any(|file| file == name), "{name} in {files:?}");
    }
}
