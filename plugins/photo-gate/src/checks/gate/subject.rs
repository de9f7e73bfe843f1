//! What a condition asks about: who somebody is, by address, cookie or another header, or something else.
//!
//! Comes in: what a condition tests, and for what. Goes out: its subject. A misspelt variable counts as what was meant: that it is
//! misspelt is for somebody else to say.

use super::rules::Kind;
use crate::expr::Expression;
use crate::trace::Subject;

/// Headers by which ordinary rules choose a host, a language, an answer, or keep pictures off other sites' pages: no gate asks
/// by them who it is.
const ORDINARY: &[&str] = &[
    "host",
    "referer",
    "origin",
    "user-agent",
    "accept",
    "accept-language",
    "accept-encoding",
    "accept-charset",
    "x-forwarded-proto",
    "x-forwarded-host",
    "x-forwarded-port",
    "x-forwarded-ssl",
    "front-end-https",
    "upgrade",
    "connection",
    "content-type",
    "content-length",
    "if-modified-since",
    "range",
];

/// Whether a header, by its name in small letters, is none by which a gate asks who somebody is.
pub(super) fn is_ordinary(header: &str) -> bool {
    ORDINARY.contains(&header)
}

/// What a condition asks about.
pub(super) fn subject(test: &str, pattern: &str, kind: Kind) -> Subject {
    if kind == Kind::Expression {
        let subjects = Expression::parse(pattern)
            .map(|expression| expression.subjects())
            .unwrap_or_default();
        // On an httpd that has no expressions, or refuses this one, what it was meant to be counts.
        let meant = if pattern.contains("-R") || pattern.to_ascii_uppercase().contains("REMOTE_ADDR") {
            Subject::Address
        } else if pattern.to_ascii_lowercase().contains("cookie") {
            Subject::Cookie
        } else {
            Subject::Other
        };
        return subjects
            .into_iter()
            .find(|subject| *subject != Subject::Other)
            .unwrap_or(meant);
    }
    let upper = test.to_ascii_uppercase();
    if ["REMOTE_ADDR", "REMOTE_HOST"].iter().any(|name| upper.contains(name)) {
        return Subject::Address;
    }
    // Misspelt ones too: what was meant counts.
    if upper.contains("COOKIE") {
        return Subject::Cookie;
    }
    let header = variable(&upper, "HTTP_").map(|name| name.replace('_', "-"));
    let header = header.or_else(|| variable(&upper, "HTTP:").map(str::to_owned));
    match header.as_deref() {
        Some("COOKIE") => Subject::Cookie,
        // Named without a dash among the variables.
        Some("FORWARDED") => Subject::Header("forwarded".to_owned()),
        Some(name) => Subject::Header(name.to_ascii_lowercase()),
        None => Subject::Other,
    }
}

/// The name behind a prefix in `%{…}`.
fn variable<'t>(test: &'t str, prefix: &str) -> Option<&'t str> {
    let (_, rest) = test.split_once(prefix)?;
    let end = rest.find(|c: char| !(c.is_ascii_alphanumeric() || c == '_' || c == '-'));
    rest.get(..end.unwrap_or(rest.len())).filter(|name| !name.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_test_has_a_subject() {
        let of = |test: &str| subject(test, "x", Kind::Regex);
        assert_eq!(of("%{REMOTE_ADDR}"), Subject::Address);
        assert_eq!(of("%{HTTP_COOKIE}"), Subject::Cookie);
        assert_eq!(of("%{HTTP:Cookie}"), Subject::Cookie);
        assert_eq!(
            of("%{HTTP:X-Forwarded-For}"),
            Subject::Header("x-forwarded-for".to_owned())
        );
        assert_eq!(of("%{HTTP_REFERER}"), Subject::Header("referer".to_owned()));
        assert_eq!(of("%{REQUEST_URI}"), Subject::Other);
        assert_eq!(subject("expr", "! -R '10.0.0.0/8'", Kind::Expression), Subject::Address);
    }
}
