//! Stories of access control, each a configuration and who comes in.

use crate::decide::{Fate, policies};
use crate::drawn;
use crate::request::{Header, Others, Request};

fn request(address: &str, method: &str, headers: &[(&str, &str)]) -> Request {
    let header = |(name, value): &(&str, &str)| Header {
        name: name.as_bytes().to_vec(),
        value: Some(value.as_bytes().to_vec()),
    };
    Request {
        peer: address.parse().expect("an address"),
        method: method.as_bytes().to_vec(),
        target: b"/photos/a.jpg".to_vec(),
        headers: std::iter::once(&("Host", "photos.example"))
            .chain(headers)
            .map(header)
            .collect(),
        others: Others::Absent,
    }
}

/// The statuses that somebody at 10.1.2.3 and somebody at 203.0.113.9 get; 0: undecided.
fn statuses(text: &str) -> (u16, u16) {
    let of = |address: &str| status(text, &request(address, "GET", &[]));
    (of("10.1.2.3"), of("203.0.113.9"))
}

fn status(text: &str, request: &Request) -> u16 {
    let text = format!("Listen 80\nServerName photos.example\n{text}\n");
    let site = drawn::site(&[("httpd.conf", &text)], "{}");
    let policies = policies(&site);
    let decision = policies.first().expect("a policy").decide(request);
    assert_eq!(decision.fate == Fate::Undecided, decision.status == 0);
    decision.status
}

fn located(text: &str) -> String {
    format!("<Location /photos>\n{text}\n</Location>")
}

#[test]
fn one_of_several_is_enough_and_all_of_a_container_are_needed() {
    for (text, expected) in [
        ("Require all granted", (200, 200)),
        ("Require all denied", (403, 403)),
        ("Require ip 10.0.0.0/8", (200, 403)),
        ("Require ip 10 192.168.1", (200, 403)),
        ("Require ip 10.1.2.4\nRequire ip 203.0.113.0/255.255.255.0", (403, 200)),
        (
            "<RequireAll>\nRequire all granted\nRequire not ip 10.0.0.0/8\n</RequireAll>",
            (403, 200),
        ),
        (
            "<RequireAll>\nRequire all granted\n<RequireNone>\nRequire ip 10.0.0.0/8\nRequire method POST\n</RequireNone>\n</RequireAll>",
            (403, 200),
        ),
        (
            "<RequireAll>\n<RequireAny>\nRequire ip 10\nRequire ip 11\n</RequireAny>\nRequire method GET\n</RequireAll>",
            (200, 403),
        ),
        ("Require method POST", (403, 403)),
        ("Require expr \"-R '10.0.0.0/8'\"", (200, 403)),
        ("Require expr %{HTTP_COOKIE} =~ /LtpaToken2=/", (403, 403)),
        ("<Limit POST>\nRequire ip 11\n</Limit>", (200, 200)),
        ("<LimitExcept POST>\nRequire ip 10\n</LimitExcept>", (200, 403)),
        ("Require host example.com", (0, 0)),
        ("Require shibboleth", (0, 0)),
    ] {
        assert_eq!(statuses(&located(text)), expected, "{text}");
    }
}

#[test]
fn what_httpd_refuses_decides_nothing() {
    for text in [
        "Require not ip 10",
        "<RequireAll>\nRequire not ip 10\n</RequireAll>",
        "<RequireAny>\n</RequireAny>",
        "Require ip ten",
        "Require all grunted",
        "Require expr -R",
        "AuthMerging Both",
        "Order allow deny",
        "Allow 10",
        "Deny from 10.0.0.0/8/9",
    ] {
        assert_eq!(statuses(&located(text)), (0, 0), "{text}");
    }
}

#[test]
fn sections_replace_each_other_unless_they_are_merged() {
    let inner = |text: &str| {
        format!("<Location /photos>\nRequire ip 10\n</Location>\n<Location /photos/>\n{text}\n</Location>")
    };
    for (text, expected) in [
        ("Require ip 203.0.113.0/24", (403, 200)),
        ("AuthMerging Or\nRequire ip 203.0.113.0/24", (200, 200)),
        ("AuthMerging And\nRequire method GET", (200, 403)),
        ("AuthMerging And", (200, 403)),
        ("AuthMerging Off", (200, 200)),
        ("Options None", (200, 403)),
    ] {
        assert_eq!(statuses(&inner(text)), expected, "{text}");
    }
}

#[test]
fn lists_are_looked_at_in_their_order() {
    for (text, expected) in [
        ("Order deny,allow\nDeny from all\nAllow from 10.0.0.0/8", (200, 403)),
        ("Order allow,deny\nAllow from all\nDeny from 10.1", (403, 200)),
        ("Order allow,deny\nAllow from 10.1", (200, 403)),
        ("Order mutual-failure\nAllow from 10\nDeny from 10.1.2.3", (403, 403)),
        ("Deny from 203.0.113.9", (200, 403)),
        ("Order deny,allow\nDeny from all\nAllow from env=friend", (403, 403)),
        ("Order deny,allow\nDeny from env=!friend", (403, 403)),
        ("Order deny,allow\nDeny from example.com", (0, 0)),
        (
            "Order deny,allow\nDeny from all\nAllow from 10\nRequire ip 203.0.113.9\nSatisfy any",
            (200, 200),
        ),
        (
            "Order deny,allow\nDeny from all\nAllow from 10\nRequire ip 203.0.113.9",
            (403, 403),
        ),
    ] {
        assert_eq!(statuses(&located(text)), expected, "{text}");
        let in_22 = format!(
            "NameVirtualHost *:81\n<Directory />\nAllowOverride None\n</Directory>\n{}",
            located(text)
        );
        if !text.contains("Require") {
            assert_eq!(statuses(&format!("DocumentRoot /d\n{in_22}")), expected, "2.2: {text}");
        }
    }
}

#[test]
fn a_login_is_asked_for_and_never_guessed() {
    let basic = "AuthType Basic\nAuthName photos\nAuthUserFile /etc/users\n";
    for (text, expected) in [
        (format!("{basic}Require valid-user"), (401, 401)),
        (format!("{basic}Require ip 10\nRequire valid-user"), (200, 401)),
        (
            format!("{basic}<RequireAll>\nRequire ip 10\nRequire user ben\n</RequireAll>"),
            (401, 403),
        ),
        ("Require valid-user".to_owned(), (500, 500)),
        ("AuthType Basic\nRequire valid-user".to_owned(), (500, 500)),
        ("AuthType Digest\nAuthName x\nRequire valid-user".to_owned(), (0, 0)),
        (basic.to_owned(), (500, 500)),
    ] {
        assert_eq!(statuses(&located(&text)), expected, "{text}");
    }
    let sent = request("203.0.113.9", "GET", &[("Authorization", "Basic YTpi")]);
    assert_eq!(status(&located(&format!("{basic}Require valid-user")), &sent), 0);
}
