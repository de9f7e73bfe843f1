use casebook_plugin_configs::{Finding, Severity};
use proptest::prelude::*;

use super::CHECK;
use crate::checks::trial::{field, judged};

fn host(rules: &str) -> String {
    format!("Listen 80\n<VirtualHost *:80>\nServerName photos.acme.example\nRewriteEngine On\n{rules}\n</VirtualHost>")
}

fn said(findings: &[Finding]) -> Vec<(&str, &str)> {
    findings
        .iter()
        .map(|finding| (field(finding, "kind"), field(finding, "direction")))
        .collect()
}

fn of_rules(rules: &str) -> Vec<Finding> {
    judged(&CHECK, &host(rules), "{}")
}

const INSIDE: &str = r"RewriteCond %{REMOTE_ADDR} !^10\.20\.";
const COOKIE: &str = "RewriteCond %{HTTP_COOKIE} !LtpaToken2=";

#[test]
fn mistakes_in_a_line_are_found_with_their_direction() {
    for (rules, expected) in [
        (
            format!("{COOKIE}\n{INSIDE} [OR]\nRewriteRule ^ - [F]"),
            ("trailing-or", "shut"),
        ),
        (
            format!("{INSIDE}\nRewriteRule ^(.*)$ [R,L]"),
            ("target-lost", "another answer"),
        ),
        (
            format!("{INSIDE}\nRewriteRule ^(.*)$ https://x.example/[R,L]"),
            ("flags-glued", "another answer"),
        ),
        (
            format!("{INSIDE}\nRewriteRule ^ - [F, L]"),
            ("refused", "httpd does not start"),
        ),
        (
            format!("{INSIDE}\nRewriteRule ^ - [FORBID]"),
            ("refused", "httpd does not start"),
        ),
        (
            "RewriteCond %(REMOTE_ADDR) !^10\\.\nRewriteRule ^ - [F]".to_owned(),
            ("no-variable", "another answer"),
        ),
        (
            "RewriteCond %{REMOTE_ADDR} !10.20.0.0/16\nRewriteRule ^ - [F]".to_owned(),
            ("matches-nothing", "shut"),
        ),
        (
            "RewriteCond %{REMOTE_ADDR} <10.20.0.0\nRewriteRule ^ - [F]".to_owned(),
            ("compares-text", "open"),
        ),
        (
            "RewriteCond %{REMOTE_ADDR} ^10\\.20\\.\nRewriteRule ^ - [F]".to_owned(),
            ("inverted", "open"),
        ),
    ] {
        let findings = of_rules(&rules);
        assert_eq!(said(&findings).first(), Some(&expected), "{rules}: {findings:#?}");
        assert_eq!(findings.len(), 1, "{rules}: {findings:#?}");
    }
}

#[test]
fn conditions_belong_to_the_next_rule_and_to_no_other() {
    let spent = of_rules(&format!(
        "{COOKIE}\n{INSIDE}\nRewriteRule ^/old /new\nRewriteRule ^ - [F]"
    ));
    assert_eq!(said(&spent), [("conditions-spent", "shut")]);
    assert!(spent[0].message.contains("lines 5, 6"), "{}", spent[0].message);
    let none = of_rules(&format!("{COOKIE}\n{INSIDE}"));
    assert_eq!(said(&none), [("conditions-without-rule", "open")]);
}

#[test]
fn a_rule_that_nobody_comes_to_guards_nothing() {
    let open = of_rules(&format!("RewriteRule ^/ - [L]\n{INSIDE}\nRewriteRule ^ - [F]"));
    // Until patterns are decided exactly, nothing is said.
    assert!(
        matches!(said(&open).as_slice(), [("never-reached" | "open", "open")]),
        "{open:#?}"
    );
}

#[test]
fn the_engine_must_be_on_where_the_rules_stand() {
    for (engine, kind) in [("RewriteEngine Off", "engine-off"), ("", "engine-missing")] {
        let text = host(&format!("{INSIDE}\nRewriteRule ^ - [F]")).replace("RewriteEngine On", engine);
        let findings = judged(&CHECK, &text, "{}");
        assert_eq!(said(&findings), [(kind, "open")], "{findings:#?}");
        assert_eq!(findings[0].severity, Some(Severity::High));
    }
    // In 2.4 a host has the server's setting.
    let text = host(&format!("{INSIDE}\nRewriteRule ^ - [F]")).replace("RewriteEngine On", "");
    let text = format!("RewriteEngine On\n{text}");
    assert_eq!(said(&judged(&CHECK, &text, r#"{"products":{"httpd":"2.2"}}"#)).len(), 1);
}

#[test]
fn rules_outside_of_the_hosts_count_only_where_they_are_inherited() {
    let text = |inherit: &str| {
        format!(
            "Listen 80\nServerName www.acme.example\nDocumentRoot /data\nAlias /photos/ /data/photos/\nRewriteEngine On\n{INSIDE}\n\
             RewriteRule ^/photos/ - [F]\n<VirtualHost *:443>\n{inherit}\n</VirtualHost>"
        )
    };
    let findings = judged(&CHECK, &text("ServerName a.example"), "{}");
    assert_eq!(said(&findings), [("not-inherited", "open")], "{findings:#?}");
    let findings = judged(&CHECK, &text("RewriteEngine On\nRewriteOptions Inherit"), "{}");
    assert!(findings.is_empty(), "{findings:#?}");
    // A host without a word of mod_rewrite inherits nothing; in 2.4 one word is enough.
    let handed_down = |host: &str| {
        text(host).replace(
            "RewriteEngine On\nRewriteCond",
            "RewriteEngine On\nRewriteOptions InheritDown\nRewriteCond",
        )
    };
    assert_eq!(judged(&CHECK, &handed_down("ServerName a.example"), "{}").len(), 1);
    assert!(judged(&CHECK, &handed_down("RewriteRule ^/zz - [G]"), "{}").is_empty());
}

#[test]
fn another_host_may_be_a_way_around() {
    let text = |rules: &str| {
        format!(
            "Listen 80\n<VirtualHost *:80>\nDocumentRoot /data/photos\nRewriteEngine On\n{INSIDE}\nRewriteRule ^ - [F]\n\
             </VirtualHost>\n<VirtualHost *:443>\nDocumentRoot /data/photos\nRewriteEngine On\n{rules}\n</VirtualHost>"
        )
    };
    let findings = judged(&CHECK, &text(""), "{}");
    assert_eq!(said(&findings), [("way-around", "open")], "{findings:#?}");
    for rules in [
        format!("{INSIDE}\nRewriteRule ^ - [F]"),
        "RewriteRule ^ - [F]".to_owned(),
        "RewriteRule ^/(.*)$ http://photos.acme.example/$1 [R,L]".to_owned(),
    ] {
        let findings = judged(&CHECK, &text(&rules), "{}");
        assert!(findings.is_empty(), "{rules}: {findings:#?}");
    }
}

#[test]
fn a_slash_matters() {
    let in_host = of_rules(&format!("{INSIDE}\nRewriteRule ^photos/ - [F]"));
    assert_eq!(said(&in_host), [("slash", "open")], "{in_host:#?}");
    let in_folder = format!(
        "Listen 80\nAlias /photos/ /data/photos/\n<Directory /data/photos>\nRewriteEngine On\n{INSIDE}\n\
         RewriteRule ^/photos/ - [F]\n</Directory>"
    );
    let in_folder = judged(&CHECK, &in_folder, "{}");
    assert_eq!(said(&in_folder), [("slash", "open")], "{in_folder:#?}");
    assert_eq!(field(&in_folder[0], "wanted"), "^");
}

#[test]
fn gates_that_do_what_they_say_are_silent() {
    for rules in [
        format!("{COOKIE}\n{INSIDE}\nRewriteRule ^(.*)$ https://x.example/ [R,L]"),
        format!("{COOKIE} [OR]\n{INSIDE}\nRewriteRule ^ - [F]"),
        "RewriteCond %{REMOTE_ADDR} ^10\\.20\\.\nRewriteRule ^ - [L]\nRewriteRule ^ - [F]".to_owned(),
        // Some addresses are kept out, and everybody else is meant to come in.
        "RewriteCond %{REMOTE_ADDR} ^110\\.1\\.\nRewriteRule ^ - [F]".to_owned(),
        format!("{INSIDE}\nRewriteRule ^ - [F]\nRewriteRule ^/(.*)$ https://photos.acme.example/$1 [R,L]"),
        "RewriteCond %{HTTPS} off\nRewriteRule ^/(.*)$ https://photos.acme.example/$1 [R,L]".to_owned(),
    ] {
        let findings = of_rules(&rules);
        assert!(findings.is_empty(), "{rules}: {findings:#?}");
    }
}

proptest! {
    // Each case looks at tens of thousands of addresses.
    #![proptest_config(ProptestConfig::with_cases(40))]

    #[test]
    fn no_lines_panic_and_their_findings_are_few(
        lines in prop::collection::vec(
            prop_oneof![
                "RewriteCond [%{}A-Z_:]{0,14} [!^0-9.|()\\[\\]*?$-]{0,12}( \\[[A-Z,]{0,6}\\]?)?",
                Just(INSIDE.to_owned()),
                Just(COOKIE.to_owned()),
                "RewriteRule [\\^/a-z.*$()\\[]{0,8}( [-/a-z:\\[\\]RFL,]{0,12}){0,2}",
                "RewriteEngine (On|Off)?",
                "(Require|Allow|Deny|Order|SetEnvIf) [a-z ,0-9./=]{0,12}",
            ],
            0..7,
        ),
    ) {
        for check in crate::checks::CHECKS {
            let findings = judged(check, &host(&lines.join("\n")), "{}");
            prop_assert!(findings.len() <= 3 * lines.len() + 1, "{:#?}", findings);
        }
    }
}
