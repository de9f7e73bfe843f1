//! Drawn libraries and folders.

use casebook_plugin_configs::{DrawnSite, Finding, Severity};
use proptest::prelude::*;

use super::CHECK;
use crate::code::trial::{field, groups, judged};

const SPI: &str = "${WAS_INSTALL_ROOT}/optionalLibraries/Meeting Rooms SPI";

fn folder(site: &mut DrawnSite, folder: &str, files: &[&str]) {
    let mut document = site.document(folder, "folder", "folder", &[], "folder");
    for file in files {
        document.node(0, file, "", 1, &[]);
    }
}

fn library(site: &mut DrawnSite, file: &str, name: &str, entries: &[&str]) {
    let mut document = site.document(file, "libraries.xml", "xml", &[("cell", "C")], "xmi:XMI");
    let library = document.node(0, "libraries:Library", "", 3, &[("name", name)]);
    for (line, entry) in entries.iter().enumerate() {
        document.node(library, "classPath", entry, u32::try_from(line).unwrap() + 4, &[]);
    }
}

fn said(findings: &[Finding]) -> Vec<(&str, &str)> {
    findings
        .iter()
        .map(|finding| (field(finding, "found"), field(finding, "wanted")))
        .collect()
}

fn with(facts: &str, folders: &[(&str, &[&str])], entries: &[&str]) -> Vec<Finding> {
    let mut site = DrawnSite::new("acme", facts);
    library(&mut site, "cells/C/libraries.xml", "Meeting Rooms SPI", entries);
    for (path, files) in folders {
        folder(&mut site, path, files);
    }
    judged(&CHECK, site)
}

const FILES: &[&str] = &[
    "MeetingRoomsMembershipSynchroniser.jar",
    "commons-logging-1.1.jar",
    "meeting.client.core.jar",
];

#[test]
fn a_class_path_copied_from_the_documentation_names_a_folder_that_is_not_there() {
    let wrong = format!("{SPI}/lib/commons-logging-1.1.jar");
    let entries = [
        format!("{SPI}/MeetingRoomsMembershipSynchroniser.jar"),
        wrong.clone(),
        format!("{SPI}/meeting.client.core.jar"),
    ];
    let entries: Vec<&str> = entries.iter().map(String::as_str).collect();
    for path in ["was/optionalLibraries/Meeting Rooms SPI", "Meeting Rooms SPI"] {
        let findings = with("{}", &[(path, FILES)], &entries);
        let place = format!("{path}/commons-logging-1.1.jar");
        assert_eq!(said(&findings), [(wrong.as_str(), place.as_str())]);
    }
}

#[test]
fn the_fact_says_where_the_folder_lies() {
    let facts = r#"{"sdk":{"path":"/opt/IBM/STSDK","folder":"bundle/sdk"}}"#;
    let folders: &[(&str, &[&str])] = &[
        (
            "bundle/sdk/client/lib",
            &["meeting.client.core.jar", "httpcore-4.0.1.jar"],
        ),
        ("bundle/other", &["gone.jar"]),
    ];
    let entries = [
        "/opt/IBM/STSDK/client/lib/httpcore-4.0.1.jar",
        "/opt/IBM/STSDK/meetings/lib/meeting.client.core.jar",
        "/opt/IBM/STSDK/client/lib/gone.jar",
        "/opt/IBM/STSDK/client/classes",
        "/opt/IBM/elsewhere/third.jar",
    ];
    let expected = [
        ("/opt/IBM/STSDK/client/lib/gone.jar", "/opt/IBM/STSDK"),
        (entries[1], "/opt/IBM/STSDK/client/lib/meeting.client.core.jar"),
    ];
    assert_eq!(said(&with(facts, folders, &entries)), expected);
    // An entry that does not begin with the path, and names a jar of the SDK.
    let elsewhere = "/opt/IBM/SametimeSDK/client/lib/meeting.client.core.jar";
    let expected = [(elsewhere, "/opt/IBM/STSDK/client/lib/meeting.client.core.jar")];
    assert_eq!(said(&with(facts, folders, &[elsewhere])), expected);
}

#[test]
fn a_copy_of_the_sdk_is_where_it_says() {
    let facts = r#"{"sdk":{"path":"/opt/IBM/STSDK","folder":"sdk"}}"#;
    let folders: &[(&str, &[&str])] = &[("sdk/lib", FILES), ("was/optionalLibraries/Meeting Rooms SPI", FILES)];
    let entry = format!("{SPI}/meeting.client.core.jar");
    assert_eq!(said(&with(facts, folders, &[&entry])), []);
}

#[test]
fn the_end_of_a_path_tells_its_folder() {
    let entry = "/opt/IBM/sdk/meetings/lib/meeting.client.core.jar";
    for (path, there) in [
        ("was/sdk/meetings/lib", true),
        ("lib", true),
        ("sdk/lib", false),
        ("files/lib", true),
        ("was/sdk/client/lib", false),
        ("was/sdk/meetings", false),
    ] {
        assert_eq!(with("{}", &[(path, FILES)], &[entry]).is_empty(), there, "{path}");
    }
}

#[test]
fn a_jar_that_its_folder_does_not_hold_is_missing() {
    let entries = [
        format!("{SPI}/meeting.client.core.jar"),
        format!("{SPI}/httpclient-4.0.1.jar"),
    ];
    let entries: Vec<&str> = entries.iter().map(String::as_str).collect();
    let findings = with("{}", &[("was/Meeting Rooms SPI", FILES)], &entries);
    assert_eq!(said(&findings), [(entries[1], "was/Meeting Rooms SPI")]);
}

#[test]
fn capitals_count_where_the_file_system_counts_them() {
    let folders: &[(&str, &[&str])] = &[("a/sdk", &["Meeting.Client.Core.jar"])];
    assert_eq!(with("{}", folders, &["/opt/sdk/meeting.client.core.jar"]).len(), 1);
    assert_eq!(with("{}", folders, &["D:\\opt\\SDK\\meeting.client.core.jar"]).len(), 0);
}

#[test]
fn other_libraries_and_unknown_folders_are_left_alone() {
    let mut site = DrawnSite::new("acme", "{}");
    library(
        &mut site,
        "cells/C/libraries.xml",
        "Drivers",
        &["/opt/ibm/db2/java/db2jcc4.jar"],
    );
    folder(&mut site, "apps/other", &["db2jcc4.jar"]);
    assert_eq!(groups(&judged(&CHECK, site)), [""; 0]);
    let findings = with(
        "{}",
        &[("apps/lib", &["commons-logging-1.1.jar"])],
        &["/opt/sdk/meeting.client.core.jar"],
    );
    assert_eq!(
        (groups(&findings), findings[0].severity),
        (vec!["lacks sdk"], Some(Severity::Info))
    );
    let facts = r#"{"sdk":{"path":"/opt/sdk","folder":"elsewhere"}}"#;
    let findings = with(facts, &[], &["/opt/sdk/meeting.client.core.jar"]);
    assert_eq!(groups(&findings), ["lacks sdk.folder"]);
}

#[test]
fn an_attribute_holds_several_entries_and_copies_are_one_finding() {
    let mut site = DrawnSite::new("acme", "{}");
    for profile in ["dmgr", "node"] {
        let file = format!("{profile}/libraries.xml");
        let mut document = site.document(&file, "libraries.xml", "xml", &[("cell", "C")], "xmi:XMI");
        let path = "/opt/sdk/meeting.client.core.jar;/opt/sdk/lib/commons-logging-1.1.jar\n";
        document.node(
            0,
            "libraries:Library",
            "",
            3,
            &[("name", "Meetings"), ("classPath", path)],
        );
    }
    folder(&mut site, "was/sdk", FILES);
    let findings = judged(&CHECK, site);
    assert_eq!(
        said(&findings),
        [(
            "/opt/sdk/lib/commons-logging-1.1.jar",
            "was/sdk/commons-logging-1.1.jar"
        )]
    );
    assert_eq!(findings[0].places.len(), 2);
}

proptest! {
    #[test]
    fn nothing_panics(
        path in "(/|C:|[$][{]W[}]|\\\\|lib|sdk|\\PC){0,5}",
        entry in "(/|C:|[$][{]W[}]|\\\\|lib|sdk|meeting|[.]jar|\\PC){0,9}",
        place in "(/|lib|sdk|\\PC){0,5}",
    ) {
        let facts = serde_json::json!({"sdk": {"path": path, "folder": place}}).to_string();
        let findings = with(&facts, &[(&place, &["meeting.jar"])], &[&entry, "/sdk/lib/meeting.jar"]);
        prop_assert!(findings.len() <= 9);
    }
}
