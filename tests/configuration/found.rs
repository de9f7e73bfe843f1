//! Configuration is found among logs, by name and by content, and read as far as it goes.

use super::story::{bytes_of, casebook};
use super::witness::{SECURITY, Site, assert_said, coverage, documents, run, shown};

const LOG: &str = "[10/13/16 10:00:00:000 UTC] 00000001 Servlet E   at com.acme.Foo.<init>(Foo.java)\n\
                   [10/13/16 10:00:01:000 UTC] 00000001 Servlet E   done\n";

#[test]
fn among_logs_by_names_and_without_any() {
    let site = Site::new(&[
        ("was/logs/SystemOut.log", LOG),
        ("was/config/cells/C/security.xml", SECURITY),
        ("was/properties/ssl.client.props", "com.ibm.ssl.protocol=TLS\n"),
        ("etc/hosts", "10.20.1.5 stm1.acme.example\n"),
        ("notes/notes.ini", "[Notes]\nDirectory=/local/notesdata\n"),
        ("ihs/conf/httpd.conf", "Listen 80\nServerName www.acme.example\n"),
        ("home/.profile", "export LANG=de_DE.UTF-8\n"),
        // Names that say nothing.
        ("mail/attachment-1.txt", SECURITY),
        (
            "mail/attachment-2.txt",
            "<VirtualHost *:80>\nServerName www.acme.example\n</VirtualHost>\n",
        ),
        (
            "mail/attachment-3.txt",
            "# settings\ncom.ibm.ssl.protocol=TLS\nuser.root=/opt/IBM\n",
        ),
        (
            "mail/attachment-4.txt",
            "LTPA_TokenName:  LtpaToken\nForm:  WebSSOConfig\n",
        ),
    ]);
    let told = site.scan(&[]);
    assert_eq!(
        documents(&told),
        [
            "etc/hosts hosts",
            "home/.profile profile",
            "ihs/conf/httpd.conf httpd.conf",
            "mail/attachment-1.txt security.xml",
            "mail/attachment-2.txt httpd.conf",
            "mail/attachment-3.txt properties",
            "mail/attachment-4.txt domino-document",
            "notes/notes.ini notes.ini",
            "was/config/cells/C/security.xml security.xml",
            "was/properties/ssl.client.props ssl.client.props",
        ]
    );
    assert_eq!(told.status, Some(1));
    assert_eq!(told.of_type("summary")[0]["files"], 11);
}

#[test]
fn what_logs_show_is_found_all_the_same() {
    let trace = bytes_of("examples/acme/sametime/stusers_1.txt");
    let site = Site::new(&[("was/security.xml", SECURITY)]).with("st/stusers_1.txt", &trace);
    let mut command = casebook();
    let arguments = site.arguments("behaviour: behaves");
    command.args(arguments.iter().filter(|argument| *argument != "--no-built-in-rules"));
    let told = run(&mut command).told;
    let rules: Vec<_> = told.findings().iter().map(|finding| finding["rule"].clone()).collect();
    assert_eq!(
        rules
            .iter()
            .filter(|rule| **rule == "sametime-ltpa-token-rejected")
            .count(),
        2,
        "{rules:?}"
    );
    assert!(
        documents(&told).contains(&"was/security.xml security.xml".to_owned()),
        "{rules:?}"
    );
}

/// As people copy it out of an article: curly quotes, an element that nobody closes, a list without a root.
#[test]
fn xml_that_is_none_is_read_as_far_as_possible_and_that_is_said() {
    let widgets = "<definitions>\n<widgetDef defId=”Meetings” primaryWidget=\"false\">\n  <itemSet>\n    <item name=\"url\" value=\"https://stm1.acme.example\"/>\n</definitions>\n";
    let site = Site::new(&[("widgets-config.xml", widgets)]);
    let told = site.echo(&[]);
    assert_eq!(told.status, Some(3));
    assert_said(
        &told,
        "widgets-config.xml",
        "partial",
        &["line 2: ", "typographic quotes"],
    );
    assert_said(
        &told,
        "widgets-config.xml",
        "partial",
        &["line 3: ", "never closes `itemSet`"],
    );
    let shown = shown(&told);
    assert!(
        shown.contains("Meetings") && shown.contains("https://stm1.acme.example"),
        "{shown}"
    );
}

#[test]
fn what_claims_to_be_security_xml_and_is_none_is_said_and_read_as_what_it_is() {
    let mut image = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR".to_vec();
    image.extend((0..20_000_u32).map(|number| number.to_le_bytes()[0]));
    let site = Site::new(&[("log/security.xml", LOG)]).with("image/security.xml", &image);
    let told = site.scan(&[]);
    assert!(documents(&told).is_empty(), "{told:?}");
    let said = "is named like XML, and holds something else";
    assert_said(&told, "log/security.xml", "assumed", &[said]);
    assert_said(&told, "image/security.xml", "assumed", &[said]);
    assert_said(&told, "image/security.xml", "skipped", &["PNG"]);
}

/// A record of the log that lies under a name of configuration is a record.
#[test]
fn a_log_under_a_name_of_configuration_is_searched() {
    let trace = bytes_of("examples/acme/sametime/stusers_1.txt");
    for name in [
        "security.xml",
        "ssl.client.props",
        "httpd.conf",
        "sametime.ini",
        "profile",
    ] {
        let site = Site::new(&[]).with(name, &trace);
        let mut command = casebook();
        command.arg("scan").arg(site.path()).args(["--format", "jsonl"]);
        let told = run(&mut command).told;
        let found = told.findings().iter().filter(|finding| finding["file"] == name).count();
        assert_eq!(found, 2, "{name}: {told:?}");
    }
}

#[test]
fn the_server_xml_of_another_product_is_no_server_xml() {
    let tomcat = "<Server port=\"8005\"><Service name=\"Catalina\"><Connector port=\"8080\"/></Service></Server>\n";
    let site = Site::new(&[("tomcat/conf/server.xml", tomcat)]);
    let told = run(&mut site.command("kinds: [server.xml]\nbehaviour: behaves")).told;
    assert!(documents(&told).is_empty(), "{told:?}");
    let said = coverage(&told);
    assert!(
        said[0].contains("is named like server.xml, and holds <Server>"),
        "{said:?}"
    );
}

#[test]
fn xml_in_other_encodings_is_read() {
    let text =
        |encoding: &str| format!("<?xml version=\"1.0\" encoding=\"{encoding}\"?>\n<root><name v=\"Käse\"/></root>\n");
    let utf_16 = |bytes: fn(u16) -> [u8; 2]| -> Vec<u8> {
        format!("\u{feff}{}", text("UTF-16"))
            .encode_utf16()
            .flat_map(bytes)
            .collect()
    };
    let latin: Vec<u8> = text("ISO-8859-1")
        .chars()
        .filter_map(|c| u8::try_from(u32::from(c)).ok())
        .collect();
    let site = Site::new(&[("marked.xml", &format!("\u{feff}{}", text("UTF-8")))])
        .with("little.xml", &utf_16(u16::to_le_bytes))
        .with("big.xml", &utf_16(u16::to_be_bytes))
        .with("latin.xml", &latin);
    let told = site.echo(&[]);
    assert_eq!(told.gaps(), [], "{told:?}");
    assert_eq!(shown(&told).matches("Käse").count(), 4, "{}", shown(&told));
}

#[test]
fn copies_beside_the_original_are_not_judged_and_that_is_said() {
    let site = Site::new(&[
        ("cell/security.xml", SECURITY),
        ("cell/security.xml.bak", SECURITY),
        ("cell/security-old.xml", SECURITY),
        ("alone/security-old.xml", SECURITY),
    ]);
    let told = site.scan(&[]);
    assert_eq!(
        documents(&told),
        ["alone/security-old.xml security.xml", "cell/security.xml security.xml"]
    );
    let said = "is a copy of the security.xml beside it";
    assert_said(&told, "cell/security.xml.bak", "skipped", &[said]);
    assert_said(&told, "cell/security-old.xml", "skipped", &[said]);
    assert_eq!(told.status, Some(1), "a copy is no gap");
}
