use std::fs;
use std::path::Path;

use super::*;
use crate::document::Interest;
use crate::stream::discover;

/// What is wanted: all nodes of all documents of these kinds.
fn wanted(kinds: &[&str]) -> Interests {
    let interest = |kind: &&str| Interest {
        kind: (*kind).to_owned(),
        files: Vec::new(),
        nodes: if *kind == "folder" {
            vec!["*".to_owned()]
        } else {
            Vec::new()
        },
    };
    Interests::new(kinds.iter().map(interest).collect())
}

struct Taken {
    /// File and kind.
    documents: Vec<String>,
    /// File, status, reason.
    coverage: Vec<String>,
    /// What is left for the scan of logs.
    rest: Vec<String>,
}

fn take(site: &Path, kinds: &[&str]) -> Taken {
    let (wanted, passwords) = (wanted(kinds), Passwords::default());
    let mut collector = Collector::new(&wanted, &passwords);
    let rest = collector.take(discover(&[site.to_path_buf()], 1_000).unwrap().files);
    let (documents, coverage) = collector.finish();
    let note = |note: &Coverage| format!("{} {:?} {}", note.file, note.status, note.reason);
    Taken {
        documents: documents
            .iter()
            .map(|document| format!("{} {}", document.file, document.kind))
            .collect(),
        coverage: coverage.iter().map(note).collect(),
        rest: rest.iter().map(|file| file.shown.to_string()).collect(),
    }
}

fn site(files: &[(&str, &str)]) -> tempfile::TempDir {
    let site = tempfile::tempdir().unwrap();
    for (name, text) in files {
        let file = site.path().join(name);
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(file, text).unwrap();
    }
    site
}

const LOG: &str = "[10/13/16 10:00:00:000 UTC] 00000001 Servlet E   boom\n\
                   [10/13/16 10:00:01:000 UTC] 00000001 Servlet E   at com.acme.Foo.<init>(Foo.java)\n";

#[test]
fn a_log_under_a_name_of_configuration_is_left_for_the_scan_and_said() {
    for (name, what) in [
        ("security.xml", "XML"),
        ("server.xml", "XML"),
        ("ssl.client.props", "Java properties"),
        ("httpd.conf", "an httpd configuration"),
        ("profile", "a shell profile"),
        ("notes.ini", "an INI file"),
        ("hosts", "a hosts file"),
    ] {
        let site = site(&[(name, LOG)]);
        let taken = take(site.path(), &["xml", "properties", "httpd", "profile", "ini", "hosts"]);
        assert_eq!(
            (taken.documents.len(), taken.rest),
            (0, vec![name.to_owned()]),
            "{name}"
        );
        let said = format!("{name} Assumed is named like {what}, and holds something else");
        assert_eq!(taken.coverage, [said]);
    }
}

#[test]
fn a_log_under_a_name_of_xml_that_nobody_wants_is_left_for_the_scan() {
    let site = site(&[("trace.xml", LOG), ("web.xml", "<web-app/>")]);
    let taken = take(site.path(), &["security.xml"]);
    assert_eq!(taken.rest, ["trace.xml"]);
    assert_eq!(
        taken.coverage,
        ["web.xml Skipped configuration (XML), which no loaded plugin judges"]
    );
}

#[test]
fn something_before_the_first_element_is_forgiven_where_the_rest_confirms_the_name() {
    let junk = "copied from the console:\n<security:Security xmlns:security=\"s\"><repertoire alias=\"A\"/></security:Security>";
    let taken = take(site(&[("security.xml", junk)]).path(), &["security.xml"]);
    assert_eq!(taken.documents, ["security.xml security.xml"]);
    assert!(taken.rest.is_empty());
}

#[test]
fn what_is_listed_is_read_all_the_same_unless_it_is_a_picture() {
    let site = site(&[
        ("a/SystemOut.log", LOG),
        ("a/hosts", "10.20.1.5 a\n"),
        ("a/ann.JPG", "JFIF"),
        ("top.log", LOG),
    ]);
    let taken = take(site.path(), &["folder", "hosts"]);
    assert_eq!(taken.documents, [". folder", "a folder", "a/hosts hosts"]);
    assert_eq!(taken.rest, ["a/SystemOut.log", "top.log"]);
}

#[test]
fn what_is_included_and_is_no_configuration_stays_a_log_and_is_not_missing() {
    let conf = "ServerRoot \"/opt/IHS\"\nListen 80\nInclude conf/more.txt\nInclude conf/SystemOut.log\nInclude conf/missing.conf\n";
    let site = site(&[
        ("conf/httpd.conf", conf),
        ("conf/more.txt", "Listen 81\n"),
        ("conf/SystemOut.log", LOG),
    ]);
    let taken = take(site.path(), &["httpd.conf"]);
    assert_eq!(
        taken.documents,
        ["conf/httpd.conf httpd.conf", "conf/more.txt httpd.conf"]
    );
    assert_eq!(taken.rest, ["conf/SystemOut.log"]);
    assert_eq!(
        taken.coverage,
        [
            "conf/SystemOut.log Assumed is included as an httpd configuration, and holds something else",
            "conf/httpd.conf Partial line 5: Include conf/missing.conf: no such file in this environment"
        ]
    );
}

#[test]
fn an_included_file_that_is_too_large_is_unread_and_not_missing() {
    let site = site(&[(
        "conf/httpd.conf",
        "ServerRoot \"/opt/IHS\"\nListen 80\nInclude conf/big.txt\n",
    )]);
    let big = fs::File::create(site.path().join("conf/big.txt")).unwrap();
    big.set_len(text::MAX_FILE + 1).unwrap();
    let taken = take(site.path(), &["httpd.conf"]);
    assert_eq!(
        taken.coverage,
        ["conf/big.txt Unread is 64 MiB; a configuration file may have 64, so nothing in it was checked"]
    );
}

#[test]
fn a_file_that_only_its_content_gives_away_is_unread_if_it_is_too_large() {
    let site = site(&[]);
    let big = fs::File::create(site.path().join("export.dump")).unwrap();
    big.set_len(text::MAX_FILE + 1).unwrap();
    let (wanted, passwords) = (wanted(&["xml"]), Passwords::default());
    let mut collector = Collector::new(&wanted, &passwords);
    let found = discover(&[site.path().to_path_buf()], 10).unwrap().files;
    assert!(collector.add(&found[0], Syntax::Xml), "it was dealt with");
    let (_, coverage) = collector.finish();
    assert_eq!(coverage[0].status, CoverageStatus::Unread);
}

#[test]
fn an_empty_file_is_called_empty() {
    let taken = take(site(&[("security.xml", "")]).path(), &["security.xml"]);
    assert_eq!(taken.coverage, ["security.xml Skipped is empty"]);
}

#[test]
fn files_are_read_in_portions_that_end_with_the_bytes_they_may_have() {
    let file = |len: u64| StreamFile {
        path: "f".into(),
        shown: FilePath::from("f"),
        len,
        modified: None,
        identity: crate::stream::FileIdentity { device: 0, inode: 0 },
    };
    let claim = Some(Claim {
        syntax: Syntax::Xml,
        kind: "xml",
    });
    let files = [
        (file(1), claim),
        (file(u64::MAX), None), // a log is not read here
        (file(ABREAST), claim),
        (file(u64::MAX), claim),
        (file(1), claim),
    ];
    let mut files = files.into_iter().peekable();
    let mut portions = Vec::new();
    while files.peek().is_some() {
        portions.push(abreast(&mut files).len());
    }
    assert_eq!(portions, [3, 1, 1]);
}
