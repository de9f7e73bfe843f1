//! Stories of whole decisions: a configuration, who asks for what, and what becomes of it.

use super::{Fate, Policy, policies};
use crate::drawn;
use crate::request::{Header, Others, Request};
use crate::trace::Subject;

fn policy(text: &str) -> Policy {
    let site = drawn::site(
        &[("httpd.conf", &format!("Listen 80\n{text}\n"))],
        r#"{"products": {"httpd": "2.4.62"}}"#,
    );
    policies(&site).into_iter().next().expect("a policy")
}

fn request(address: &str, target: &str, headers: &[(&str, &str)]) -> Request {
    let header = |(name, value): &(&str, &str)| Header {
        name: name.as_bytes().to_vec(),
        value: (*value != "?").then(|| value.as_bytes().to_vec()),
    };
    Request {
        peer: address.parse().expect("an address"),
        method: b"GET".to_vec(),
        target: target.as_bytes().to_vec(),
        headers: std::iter::once(&("Host", "photos.example"))
            .chain(headers)
            .map(header)
            .collect(),
        others: Others::Absent,
    }
}

/// The gate of the article: two networks, a cookie, and a redirect for everybody else.
const GATE: &str = r"<VirtualHost *:80>
ServerName photos.example
RewriteEngine On
RewriteCond %{REMOTE_ADDR} !^10\.20\.
RewriteCond %{REMOTE_ADDR} !^9.
RewriteCond %{HTTP_COOKIE} !LtpaToken2=
RewriteRule ^/photos/(.*)$ https://login.example/?to=$1 [R,L]
</VirtualHost>";

#[test]
fn the_gate_of_the_article_lets_in_by_address_and_by_cookie() {
    let policy = policy(GATE);
    assert_eq!(policy.name(), "photos.example:80");
    for (address, cookie, fate, subject) in [
        ("10.20.3.4", None, Fate::Allow, Some(Subject::Address)),
        ("97.1.1.1", None, Fate::Allow, Some(Subject::Address)),
        (
            "203.0.113.9",
            Some("a=b; LtpaToken2=x"),
            Fate::Allow,
            Some(Subject::Cookie),
        ),
        ("203.0.113.9", None, Fate::Redirect, Some(Subject::Other)),
        ("203.0.113.9", Some("?"), Fate::Undecided, None),
        ("10.20.3.4", Some("?"), Fate::Allow, Some(Subject::Address)),
    ] {
        let headers: Vec<(&str, &str)> = cookie.map(|cookie| ("Cookie", cookie)).into_iter().collect();
        let decision = policy.decide(&request(address, "/photos/ben.jpg", &headers));
        assert_eq!(decision.fate, fate, "{address} {cookie:?}");
        assert_eq!(
            decision.decider().map(|decider| decider.subject.clone()),
            subject,
            "{address} {cookie:?}"
        );
        assert_eq!(decision.why.is_some(), fate == Fate::Undecided);
        let explanation = policy.explain(&request(address, "/photos/ben.jpg", &headers));
        assert_eq!(explanation.decision, decision);
        assert!(explanation.steps.len() >= 2);
    }
    let decision = policy.decide(&request("203.0.113.9", "/photos/ben.jpg?x=1", &[]));
    assert_eq!(
        (decision.status, decision.location.as_slice()),
        (302, b"https://login.example/?to=ben.jpg".as_slice())
    );
    let other = policy.decide(&request("203.0.113.9", "/index.html", &[]));
    assert_eq!((other.fate, other.decider()), (Fate::Allow, None));
}

#[test]
fn the_addresses_of_a_gate_are_exact() {
    let addresses = policy(GATE).addresses(&request("0.0.0.0", "/photos/ben.jpg", &[]));
    let networks: Vec<String> = addresses
        .admitted
        .networks()
        .map(|network| network.to_string())
        .collect();
    assert_eq!(
        networks,
        ["9.0.0.0/8", "10.20.0.0/16", "90.0.0.0/7", "92.0.0.0/6", "96.0.0.0/6"]
    );
    assert!(addresses.undecided.is_empty() && addresses.notes.is_empty());
    assert_eq!(
        addresses
            .conditions
            .iter()
            .map(|condition| condition.admits.count())
            .collect::<Vec<_>>(),
        [1 << 16, 11 << 24]
    );
    // With the cookie everybody is let in; where it is not known, only those inside are known to be.
    let with = |cookie: &str| policy(GATE).addresses(&request("0.0.0.0", "/photos/ben.jpg", &[("Cookie", cookie)]));
    assert_eq!(with("LtpaToken2=x").admitted.count(), 1 << 32);
    let unknown = with("?");
    assert_eq!(unknown.admitted, addresses.admitted);
    assert_eq!(unknown.undecided, addresses.admitted.complement());
    assert_eq!(unknown.notes.len(), 1);
}

#[test]
fn an_address_that_is_looked_at_otherwise_makes_no_set() {
    let gate = GATE.replace("to=$1", "from=%{REMOTE_ADDR}");
    let addresses = policy(&gate).addresses(&request("0.0.0.0", "/photos/ben.jpg", &[]));
    assert_eq!(addresses.undecided.count(), 1 << 32);
    assert_eq!(addresses.notes.len(), 1);
}

#[test]
fn what_may_keep_httpd_from_starting_leaves_all_undecided() {
    for line in [
        "RewriteLog /tmp/x",
        "RewriteCond %{HTTP_COOKIE} (",
        r"RewriteCond %{HTTP_COOKIE} \p{Nonsense}",
        "RewriteCond %{HTTP_COOKIE} (?<=Ltpa.*)Token",
        "RewriteRule ^ - [F, L]",
        "<Location />\nRequire nobody\n</Location>",
        "SetEnvIf Cookie",
    ] {
        let gate = GATE.replace("</VirtualHost>", &format!("{line}\n</VirtualHost>"));
        let decision = policy(&gate).decide(&request("10.20.3.4", "/photos/ben.jpg", &[]));
        assert_eq!(decision.fate, Fate::Undecided, "{line}");
        let why = decision.why.expect("a reason").why;
        assert!(why.starts_with("httpd does not start"), "{line}: {why}");
        let alone = format!("<VirtualHost *:80>\nServerName x\n{line}\n</VirtualHost>");
        let decision = policy(&alone).decide(&request("10.20.3.4", "/photos/ben.jpg", &[]));
        assert_eq!(decision.fate, Fate::Undecided, "{line}");
    }
}

#[test]
fn an_error_document_with_a_group_is_not_followed() {
    let gate = "ErrorDocument 403 https://login.example/$1\n<Location /photos>\nRequire ip 10\n</Location>";
    let decision = policy(gate).decide(&request("203.0.113.9", "/photos/ben.jpg", &[]));
    assert_eq!(decision.fate, Fate::Undecided);
}

#[test]
fn an_error_document_elsewhere_is_a_redirect() {
    let gate = "ErrorDocument 403 https://login.example/\n<Location /photos>\nRequire ip 10\n</Location>";
    let decision = policy(gate).decide(&request("203.0.113.9", "/photos/ben.jpg", &[]));
    assert_eq!(
        (decision.fate, decision.location.as_slice()),
        (Fate::Redirect, b"https://login.example/".as_slice())
    );
}

#[test]
fn the_index_of_a_folder_is_asked_for_too() {
    let gate = "DocumentRoot /docs\nLoadModule dir_module x\nLoadModule rewrite_module x\nLoadModule authz_core_module x\n\
                RewriteEngine On\nRewriteRule ^/photos/(.+)$ - [F]";
    // Whether there is a folder is not known: if there is, its index is refused.
    assert_eq!(
        policy(gate).decide(&request("10.1.1.1", "/photos/", &[])).fate,
        Fate::Undecided
    );
    assert_eq!(
        policy(gate).decide(&request("10.1.1.1", "/other/", &[])).fate,
        Fate::Allow
    );
}

#[test]
fn a_path_that_goes_on_behind_a_file_is_that_of_the_file() {
    let gate = "DocumentRoot /docs\n<Files *.jpg>\nRequire ip 10\n</Files>";
    let of = |target: &str| policy(gate).decide(&request("203.0.113.9", target, &[])).fate;
    assert_eq!(of("/photos/a.jpg"), Fate::Forbid);
    assert_eq!(of("/photos/a.png"), Fate::Allow);
    assert_eq!(of("/photos/a.jpg/more"), Fate::Undecided);
}

#[test]
fn a_header_with_a_control_character_is_an_error() {
    let gate = "RewriteEngine On\nRewriteRule ^/(.*)$ http://login.example/$1 [R,NE]";
    assert_eq!(policy(gate).decide(&request("10.1.1.1", "/a%01", &[])).status, 500);
}
