//! What an `httpd.conf` includes.

use super::story::bytes_of;
use super::witness::{Site, assert_said, coverage, documents};

#[test]
fn files_are_included_whatever_their_names() {
    let site = Site::new(&[
        (
            "ihs/conf/httpd.conf",
            "ServerRoot \"/opt/IHS\"\nListen 80\nInclude conf/vhosts\nIncludeOptional conf/none/*.conf\n",
        ),
        ("ihs/conf/vhosts", "Alias /a /b\nInclude conf/deeper.txt\n"),
        ("ihs/conf/deeper.txt", "Alias /c /d\n"),
        ("ihs/conf/not-included.txt", "Alias /e /f\n"),
    ]);
    let told = site.scan(&[]);
    assert_eq!(
        documents(&told),
        [
            "ihs/conf/deeper.txt httpd.conf",
            "ihs/conf/httpd.conf httpd.conf",
            "ihs/conf/vhosts httpd.conf"
        ]
    );
    assert_eq!(told.gaps(), [], "what is optional may be missing");
}

#[test]
fn a_circle_of_includes_ends_and_is_said() {
    let site = Site::new(&[
        (
            "conf/httpd.conf",
            "ServerRoot \"/opt/IHS\"\nListen 80\nInclude conf/a.conf\n",
        ),
        ("conf/a.conf", "Listen 81\nInclude conf/b.conf\n"),
        ("conf/b.conf", "Listen 82\nInclude conf/a.conf\nInclude conf/b.conf\n"),
    ]);
    let told = site.scan(&[]);
    assert_eq!((told.status, documents(&told).len()), (Some(3), 3), "{told:?}");
    let circles = coverage(&told)
        .into_iter()
        .filter(|entry| entry.contains("includes itself"));
    assert!(circles.count() >= 1, "{:#?}", coverage(&told));
}

#[test]
fn what_must_be_included_and_is_missing_is_said_with_its_line() {
    let site = Site::new(&[(
        "conf/httpd.conf",
        "ServerRoot \"/opt/IHS\"\nListen 80\nInclude conf/gone.conf\nInclude \"conf/ssl-*.conf\"\nInclude ${UNKNOWN}/x.conf\n",
    )]);
    let told = site.scan(&[]);
    assert_eq!(told.status, Some(3));
    assert_said(
        &told,
        "conf/httpd.conf",
        "partial",
        &["line 3: Include conf/gone.conf: no such file"],
    );
    assert_said(
        &told,
        "conf/httpd.conf",
        "partial",
        &["line 4: Include conf/ssl-*.conf: nothing in this environment"],
    );
    assert_said(
        &told,
        "conf/httpd.conf",
        "partial",
        &["line 5: Include ", "not known here"],
    );
}

/// Whoever writes a configuration must not be able to hide a log by it.
#[test]
fn a_log_that_is_included_is_searched_all_the_same() {
    let trace = bytes_of("examples/acme/sametime/stusers_1.txt");
    let conf = "ServerRoot \"/opt/IHS\"\nListen 80\nIncludeOptional logs/*\n";
    let site = Site::new(&[("conf/httpd.conf", conf)]).with("logs/stusers_1.txt", &trace);
    let mut command = super::story::casebook();
    command.arg("scan").arg(site.path()).args(["--format", "jsonl"]);
    let told = super::witness::run(&mut command).told;
    let found = told
        .findings()
        .into_iter()
        .filter(|finding| finding["file"] == "logs/stusers_1.txt");
    assert_eq!(found.count(), 2, "{told:?}");
    assert_said(
        &told,
        "logs/stusers_1.txt",
        "assumed",
        &["is included as an httpd configuration, and holds something else"],
    );
}
