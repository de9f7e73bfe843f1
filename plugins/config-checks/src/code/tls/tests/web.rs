//! Hosts of web servers, with what they include.

use casebook_plugin_configs::{DrawnDocument, DrawnSite};

use crate::code::tls::{WEAK_CIPHERS, WEAK_PROTOCOL};
use crate::code::trial::{field, judged};

/// Draws a directive with its arguments.
fn directive(document: &mut DrawnDocument<'_>, parent: u32, line: u32, text: &str) -> u32 {
    let mut words = text.split(' ');
    let name = words.next().unwrap_or_default();
    let arguments: Vec<(String, &str)> = (1..).map(|number: u32| number.to_string()).zip(words.clone()).collect();
    let arguments: Vec<(&str, &str)> = arguments
        .iter()
        .map(|(number, word)| (number.as_str(), *word))
        .collect();
    document.node(parent, name, &words.collect::<Vec<_>>().join(" "), line, &arguments)
}

#[test]
fn an_included_file_is_read_where_it_is_included() {
    let mut site = DrawnSite::new("acme", "{}");
    let mut main = site.document("conf/httpd.conf", "httpd.conf", "httpd", &[], "httpd");
    let host = directive(&mut main, 0, 2, "virtualhost *:443");
    directive(&mut main, host, 3, "servername www.acme.example");
    directive(&mut main, host, 4, "sslengine on");
    directive(&mut main, host, 5, "include conf/tls.conf");
    let by = [("included-by", "conf/httpd.conf:5")];
    let mut tls = site.document("conf/tls.conf", "httpd.conf", "httpd", &by, "httpd");
    directive(&mut tls, 0, 1, "sslprotocol +TLSv1 +TLSv1.2");
    let findings = judged(&WEAK_PROTOCOL, site);
    assert_eq!(findings.len(), 1);
    assert_eq!(field(&findings[0], "protocols"), "TLSv1");
    assert_eq!(
        findings[0].places[0].document, 1,
        "the setting stands in the included file"
    );
}

#[test]
fn files_that_include_each_other_come_to_an_end() {
    let mut site = DrawnSite::new("acme", "{}");
    let mut main = site.document("a.conf", "httpd.conf", "httpd", &[], "httpd");
    directive(&mut main, 0, 1, "include b.conf");
    let mut other = site.document("b.conf", "httpd.conf", "httpd", &[("included-by", "a.conf:1")], "httpd");
    directive(&mut other, 0, 1, "include b.conf");
    directive(&mut other, 0, 2, "sslengine on");
    directive(&mut other, 0, 3, "sslprotocol TLSv1");
    let mut again = site.document("b.conf", "httpd.conf", "httpd", &[("included-by", "b.conf:1")], "httpd");
    directive(&mut again, 0, 1, "include b.conf");
    assert_eq!(judged(&WEAK_PROTOCOL, site).len(), 1);
}

#[test]
fn settings_of_folders_are_not_those_of_the_host() {
    let mut site = DrawnSite::new("acme", "{}");
    let mut main = site.document("httpd.conf", "httpd.conf", "httpd", &[], "httpd");
    let module = directive(&mut main, 0, 1, "ifmodule mod_ssl.c");
    directive(&mut main, module, 2, "sslengine on");
    directive(&mut main, module, 3, "sslprotocol -all +TLSv1.2");
    let location = directive(&mut main, module, 4, "location /old");
    directive(&mut main, location, 5, "sslciphersuite RC4-SHA");
    assert!(judged(&WEAK_CIPHERS, site).is_empty());
}

#[test]
fn ssldisable_behind_sslenable_switches_it_off_again() {
    let host = |last: &str| {
        let mut site = DrawnSite::new("acme", r#"{"products":{"websphere":"8.5.5.8"}}"#);
        let mut main = site.document("httpd.conf", "httpd.conf", "httpd", &[], "httpd");
        directive(&mut main, 0, 1, "sslenable");
        let host = directive(&mut main, 0, 2, "virtualhost *:443");
        directive(&mut main, host, 3, last);
        directive(&mut main, 0, 4, "ssldisable");
        judged(&WEAK_PROTOCOL, site).len()
    };
    assert_eq!(
        (host("sslenable"), host("ssldisable"), host("servername x.example")),
        (1, 0, 0)
    );
}

#[test]
fn what_apache_takes_out_itself_is_not_named() {
    let weak = |version: &str, string: &str| {
        let facts = if version.is_empty() {
            "{}".to_owned()
        } else {
            format!("{{\"products\":{{\"httpd\":\"{version}\"}}}}")
        };
        let mut site = DrawnSite::new("acme", &facts);
        let mut main = site.document("httpd.conf", "httpd.conf", "httpd", &[], "httpd");
        directive(&mut main, 0, 1, "sslengine on");
        directive(&mut main, 0, 2, &format!("sslciphersuite {string}"));
        let findings = judged(&WEAK_CIPHERS, site);
        findings
            .first()
            .map(|finding| (finding.severity.is_some(), field(finding, "weaknesses").to_owned()))
    };
    assert_eq!(weak("2.2", "HIGH:eNULL"), Some((false, "NULL".to_owned())));
    assert_eq!(weak("2.4", "HIGH:eNULL"), None);
    assert_eq!(weak("", "HIGH:eNULL"), Some((true, "NULL".to_owned())));
    assert_eq!(weak("2.4", "HIGH:RC4"), Some((false, "RC4".to_owned())));
}
