use super::*;
use crate::conf;

fn counted(text: &str, facts: &str) -> Vec<(Option<usize>, usize, usize)> {
    let site = crate::drawn::site(&[("httpd.conf", text)], facts);
    let servers = conf::servers(&site);
    let guards = guards(&servers.iter().collect::<Vec<_>>(), &Facts::read(facts));
    guards
        .iter()
        .map(|guard| (guard.host, guard.gates().len(), guard.access_doors().count()))
        .collect()
}

#[test]
fn a_gate_turns_away_by_who_it_is() {
    for (rules, gates) in [
        ("RewriteCond %{REMOTE_ADDR} !^10\\.\nRewriteRule ^ - [F]", 1),
        (
            "RewriteCond %{HTTP_COOKIE} !a=\nRewriteRule ^ https://x.example/ [R]",
            1,
        ),
        (
            "RewriteCond %{REMOTE_ADDR} ^10\\.\nRewriteRule ^ - [L]\nRewriteRule ^ - [F]",
            1,
        ),
        ("RewriteCond expr \"! -R '10.0.0.0/8'\"\nRewriteRule ^ - [F]", 1),
        ("RewriteCond %{HTTP:X-Door} !open\nRewriteRule ^ - [F]", 1),
        // Ordinary rules.
        (
            "RewriteCond %{HTTPS} off\nRewriteRule ^ https://%{HTTP_HOST}%{REQUEST_URI} [R,L]",
            0,
        ),
        (
            "RewriteCond %{HTTP_HOST} !^www\\.\nRewriteRule ^/(.*)$ http://www.acme.example/$1 [R=301,L]",
            0,
        ),
        ("RewriteCond %{HTTP_USER_AGENT} MSIE\nRewriteRule ^ /old.html [R]", 0),
        ("RewriteCond %{HTTP_COOKIE} lang=de\nRewriteRule ^/$ /de/", 0),
        ("RewriteRule ^ - [F]", 0),
        (
            "RewriteCond %{HTTP_REFERER} !^$\nRewriteCond %{HTTP_REFERER} !acme\nRewriteRule \\.jpg$ - [F]",
            0,
        ),
    ] {
        let text =
            format!("Listen 80\n<VirtualHost *:80>\nDocumentRoot /photos\nRewriteEngine On\n{rules}\n</VirtualHost>");
        assert_eq!(counted(&text, "{}"), [(Some(0), gates, 0)], "{rules}");
        assert!(counted(&text.replace("/photos", "/htdocs"), "{}").is_empty(), "{rules}");
    }
}

#[test]
fn access_rules_of_the_sections_that_apply_are_doors() {
    let text = "Listen 80\n<VirtualHost *:80>\nAlias /photos/ /data/photos/\n<Directory /data/photos>\nOrder deny,allow\n\
                Deny from all\nAllow from 10.20.0.0/16\n</Directory>\n<Location /admin>\nRequire ip 10.1.0.0/16\n</Location>\n\
                </VirtualHost>";
    assert_eq!(counted(text, "{}"), [(Some(0), 0, 1)]);
}

#[test]
fn an_alias_of_the_server_makes_its_hosts_give_out_photos() {
    let text =
        "Listen 80\nAlias /photos/ /data/photos/\n<VirtualHost *:80>\nServerName www.acme.example\n</VirtualHost>";
    assert_eq!(counted(text, "{}"), [(None, 0, 0), (Some(0), 0, 0)]);
}
