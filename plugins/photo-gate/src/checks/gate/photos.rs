//! Where photos are asked for, and whether a virtual host gives them out.
//!
//! Comes in: a server, one of its virtual hosts, the fact `photos.path`. Goes out: paths below which photos are asked for.
//! Without the fact it is a guess, and a careful one: what names photos is about photos (`/photos/`, `^/photos/`,
//! `photos.example.com`, a `DocumentRoot` that ends in `photos`); nothing else is.

use crate::checks::facts::{Facts, as_folder};
use crate::conf::mapping::{Mapping, Paths};
use crate::conf::{Directive, Item, Scope, Server, VirtualHost};
use crate::oracle::Oracle;

/// A photo as the Meeting server asks for it.
pub(crate) const PHOTO: &str = "name@example.com.jpg";

/// What names photos.
const WORD: &str = "photo";

/// Sections within sections that are looked into: 16, far more than httpd's own files have.
const MOST_LEVELS: usize = 16;

/// Paths that are guessed in a scope: 8. Each is tried with every rule.
const MOST_PATHS: usize = 8;

/// The paths below which photos are asked for in a scope, the likeliest first; none: it is not about photos.
pub(crate) fn paths(scope: &Scope, facts: &Facts) -> Vec<String> {
    let fact = facts.path.trim_matches('/');
    let word = fact.rsplit('/').next().filter(|word| !word.is_empty());
    let mentions = |directive: &Directive| {
        let value = directive.value.to_ascii_lowercase();
        value.contains(WORD) || word.is_some_and(|word| value.contains(&word.to_ascii_lowercase()))
    };
    let all = everything(scope);
    let mut mentioned = all.iter().filter(|directive| mentions(directive)).peekable();
    if mentioned.peek().is_none() {
        return Vec::new();
    }
    if !facts.path.is_empty() {
        return vec![facts.path.clone()];
    }
    let mut paths: Vec<String> = Vec::new();
    let mut at_root = false;
    for directive in mentioned {
        match path_in(directive) {
            Some(path) if paths.len() < MOST_PATHS && !paths.contains(&path) => paths.push(path),
            Some(_) => {}
            None => at_root |= matches!(directive.name.as_str(), "documentroot" | "servername" | "directory"),
        }
    }
    if at_root || paths.is_empty() {
        paths.push("/".to_owned());
    }
    paths
}

/// The path of photos that a directive names.
fn path_in(directive: &Directive) -> Option<String> {
    let first = directive.args.first().map(String::as_str).unwrap_or_default();
    let second = directive.args.get(1).map(String::as_str).unwrap_or_default();
    match directive.name.as_str() {
        "alias" | "location" if first.starts_with('/') && first.to_ascii_lowercase().contains(WORD) => {
            Some(as_folder(first))
        }
        "rewriterule" | "locationmatch" | "aliasmatch" => literal_folder(first.trim_start_matches('!')),
        "rewritecond" if first.to_ascii_uppercase().contains("_URI") => literal_folder(second.trim_start_matches('!')),
        _ => None,
    }
}

/// The folder that a pattern begins with: `/photos/` of `^/photos/(.*)$`.
fn literal_folder(pattern: &str) -> Option<String> {
    let path = pattern.strip_prefix('^').unwrap_or(pattern);
    let path = path.strip_prefix("/?").unwrap_or(path);
    let end = path.find(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '/' | '_' | '-' | '~')));
    let literal = path.get(..end.unwrap_or(path.len())).unwrap_or_default();
    literal.to_ascii_lowercase().contains(WORD).then(|| as_folder(literal))
}

/// Whether a target, as it was sent, asks for a photo: it is below one of the paths, and where photos lie at the root, it ends like
/// a picture.
pub(crate) fn is_photo(paths: &[String], target: &str) -> bool {
    let path = target.split(['?', '#']).next().unwrap_or_default();
    let is_picture = || {
        let path = path.to_ascii_lowercase();
        [".jpg", ".jpeg", ".png", ".gif"]
            .iter()
            .any(|ending| path.ends_with(ending))
    };
    paths
        .iter()
        .any(|below| path.starts_with(below.as_str()) && path.len() > below.len() && (below != "/" || is_picture()))
}

/// The file of a photo below that path; `None`: photos are not served from a file there, or nobody knows from which.
pub(crate) fn file(server: &Server, host: Option<&VirtualHost>, path: &str) -> Option<String> {
    let uri = format!("{path}{PHOTO}");
    let mapped = Paths::of(server, host).map(uri.as_bytes(), &[], &mut Oracle::default());
    match mapped {
        Ok(Mapping::File { name, .. }) => Some(String::from_utf8_lossy(&name).replace("//", "/")),
        _ => None,
    }
}

/// All directives of a scope and of the sections in it, with how the sections begin.
pub(crate) fn everything(scope: &Scope) -> Vec<&Directive> {
    let mut found = Vec::new();
    let mut open = vec![scope.items.iter()];
    while let Some(items) = open.last_mut() {
        match items.next() {
            None => _ = open.pop(),
            Some(Item::Directive(directive)) => found.push(directive),
            Some(Item::Section { directive, scope }) => {
                found.push(directive);
                if open.len() < MOST_LEVELS {
                    open.push(scope.items.iter());
                }
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::conf;

    fn of_host(text: &str, facts: &str) -> Vec<String> {
        let text = format!("Listen 80\n<VirtualHost *:80>\n{text}\n</VirtualHost>");
        let site = crate::drawn::site(&[("httpd.conf", &text)], facts);
        let servers = conf::servers(&site);
        paths(&servers[0].hosts[0].scope, &Facts::read(facts))
    }

    #[test]
    fn what_names_photos_is_about_photos() {
        for (text, found) in [
            ("DocumentRoot \"/opt/IBM/HTTPServer/photos\"", vec!["/"]),
            ("Alias /photos/ /data/x/", vec!["/photos/"]),
            ("RewriteRule ^/photos/(.*)$ - [F]", vec!["/photos/"]),
            ("RewriteRule !^/Photos - [F]", vec!["/Photos/"]),
            (
                "RewriteCond %{REQUEST_URI} ^/a/photos/\nRewriteRule ^ - [F]",
                vec!["/a/photos/"],
            ),
            ("<Location /photos>\nDeny from all\n</Location>", vec!["/photos/"]),
            ("ServerName photos.acme.example", vec!["/"]),
            ("ServerName www.acme.example\nRewriteRule ^ - [F]", vec![]),
        ] {
            assert_eq!(of_host(text, "{}"), found, "{text}");
        }
    }

    #[test]
    fn a_photo_lies_below_a_path_or_ends_like_a_picture() {
        let is = |path: &str, target: &str| is_photo(&[path.to_owned()], target);
        assert!(is("/photos/", "/photos/a@b.example.jpg?x=1") && is("/photos/", "/photos/a"));
        assert!(is("/", "/a@b.example.JPG"));
        for (path, target) in [
            ("/photos/", "/profiles/photo.do"),
            ("/photos/", "/photos/"),
            ("/", "/index.html"),
            ("/", "/"),
        ] {
            assert!(!is(path, target), "{path} {target}");
        }
    }

    #[test]
    fn the_fact_counts_where_the_host_is_about_it() {
        let facts = r#"{"photos": {"path": "/pics/"}}"#;
        assert_eq!(of_host("Alias /pics/ /data/x/", facts), ["/pics/"]);
        assert_eq!(of_host("DocumentRoot /data/photos", facts), ["/pics/"]);
        assert!(of_host("DocumentRoot /data/x", facts).is_empty());
    }
}
