//! Compiled plugins are kept on disk. Whoever could change them could run machine code as the user: so nothing in the
//! folder is believed that does not verify.

use std::fs;
use std::path::{Path, PathBuf};

use crate::{Report, Site, trace};

/// A site with a cache of its own.
fn site() -> Site {
    let mut site = Site::new()
        .with_rule("evil", "behaviour: behaves")
        .with_log("stusers_1.txt", &trace(10));
    site.cache = site.folder.path().join("compiled");
    site
}

#[track_caller]
fn assert_right(report: &Report) {
    assert_eq!(
        (report.status, report.occurrences_of("evil")),
        (Some(1), 10),
        "{report:?}"
    );
    report.assert_built_in_findings();
}

fn entries(cache: &Path) -> Vec<PathBuf> {
    let mut entries: Vec<_> = fs::read_dir(cache)
        .expect("the cache")
        .flatten()
        .map(|entry| entry.path())
        .collect();
    entries.retain(|path| path.extension().is_some_and(|extension| extension == "cwasm"));
    entries.sort();
    entries
}

#[test]
fn entries_that_were_changed_are_compiled_again() {
    let site = site();
    assert_right(&site.scan(&[]));
    let entries = entries(&site.cache);
    assert_eq!(entries.len(), 4, "three of the built-in plugins, one of the hostile");
    let sound: Vec<_> = entries.iter().map(|entry| fs::read(entry).expect("an entry")).collect();
    let middle = sound[0].len() / 2;
    let changes: [fn(&mut Vec<u8>, usize); 4] = [
        |b, _| b[0] ^= 1,
        |b, middle| b[middle] ^= 1,
        |b, middle| b.truncate(middle),
        |b, _| b.clear(),
    ];
    for change in changes {
        let mut changed = sound[0].clone();
        change(&mut changed, middle);
        fs::write(&entries[0], &changed).expect("a changed entry");
        assert_right(&site.scan(&[]));
        assert_ne!(fs::read(&entries[0]).expect("an entry"), changed, "replaced");
    }
}

#[test]
fn entries_do_not_stand_in_for_each_other() {
    let site = site();
    assert_right(&site.scan(&[]));
    let entries = entries(&site.cache);
    let [one, other] = [0, 1].map(|index: usize| fs::read(&entries[index]).expect("an entry"));
    fs::write(&entries[0], &other).expect("a swapped entry");
    fs::write(&entries[1], &one).expect("a swapped entry");
    assert_right(&site.scan(&[]));
    assert_ne!(fs::read(&entries[0]).expect("an entry"), other, "replaced");
    assert_ne!(fs::read(&entries[1]).expect("an entry"), one, "replaced");
}

#[test]
fn a_second_run_changes_nothing() {
    let site = site();
    assert_right(&site.scan(&[]));
    let state = || {
        let entries = entries(&site.cache);
        entries
            .iter()
            .map(|entry| fs::metadata(entry).and_then(|found| found.modified()).expect("a time"))
            .collect::<Vec<_>>()
    };
    let before = state();
    assert_right(&site.scan(&[]));
    assert_eq!(state(), before, "verified entries are used, not written again");
}

#[track_caller]
fn assert_not_used(site: &Site, reason: &str) {
    let report = site.scan(&[]);
    assert_right(&report);
    let note = format!(
        "note: the cache of compiled plugins at {} is not used: {reason}",
        site.cache.display()
    );
    assert!(report.stderr.contains(&note), "{note:?} in {:?}", report.stderr);
}

#[test]
fn a_folder_that_cannot_be_trusted_or_used_is_said() {
    let site = site();
    fs::create_dir(&site.cache).expect("a folder");
    fs::write(site.cache.join("key"), "short").expect("a key");
    #[cfg(unix)]
    mode(&site.cache.join("key"), 0o600);
    assert_not_used(&site, "its key has a wrong length");
    fs::remove_file(site.cache.join("key")).expect("the key");
    fs::create_dir(site.cache.join("key")).expect("a folder in the key's place");
    assert_not_used(&site, "");
    fs::remove_dir_all(&site.cache).expect("the folder");
    fs::write(&site.cache, "").expect("a file in the folder's place");
    assert_not_used(&site, "");
}

#[cfg(unix)]
fn mode(path: &Path, mode: u32) {
    use std::os::unix::fs::PermissionsExt;
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).expect("permissions");
}

#[cfg(unix)]
fn mode_of(path: &Path) -> u32 {
    use std::os::unix::fs::PermissionsExt;
    fs::metadata(path).expect("a file").permissions().mode() & 0o777
}

#[cfg(unix)]
#[test]
fn a_folder_of_another_user_is_not_used() {
    let site = site();
    fs::create_dir(&site.cache).expect("a folder");
    if std::os::unix::fs::chown(&site.cache, Some(54_321), None).is_err() {
        println!("skipped: only root can give a folder away");
        return;
    }
    assert_not_used(&site, "it belongs to another user");
    assert_eq!(
        fs::read_dir(&site.cache).expect("the folder").count(),
        0,
        "nothing was written there"
    );
}

#[cfg(unix)]
#[test]
fn the_folder_is_its_owners_alone() {
    let site = site();
    assert_right(&site.scan(&[]));
    assert_eq!(mode_of(&site.cache), 0o700);
    for entry in fs::read_dir(&site.cache).expect("the folder").flatten() {
        assert_eq!(mode_of(&entry.path()), 0o600, "{}", entry.path().display());
    }
    mode(&site.cache, 0o755);
    let key = fs::read(site.cache.join("key")).expect("the key");
    assert_right(&site.scan(&[]));
    assert_eq!(mode_of(&site.cache), 0o700);
    assert_eq!(
        fs::read(site.cache.join("key")).expect("the key"),
        key,
        "others could look, not write: the key stays"
    );
}

/// Somebody who could write the folder may have put a key of theirs there, and machine code that fits it.
#[cfg(unix)]
#[test]
fn a_key_that_others_may_have_written_or_read_is_made_anew() {
    for (folder_mode, key_mode) in [(0o777, 0o600), (0o770, 0o600), (0o700, 0o644), (0o700, 0o660)] {
        let site = site();
        fs::create_dir(&site.cache).expect("a folder");
        let planted = [7_u8; 32];
        fs::write(site.cache.join("key"), planted).expect("a key");
        mode(&site.cache.join("key"), key_mode);
        mode(&site.cache, folder_mode);
        assert_right(&site.scan(&[]));
        assert_eq!((mode_of(&site.cache), mode_of(&site.cache.join("key"))), (0o700, 0o600));
        assert_ne!(fs::read(site.cache.join("key")).expect("the key"), planted);
    }
}
