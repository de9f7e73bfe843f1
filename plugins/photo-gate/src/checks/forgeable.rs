//! `photo-gate-cookie-forgeable`: a cookie, or another header, that anybody can send opens the gate.
//!
//! Comes in: guards. Goes out: a finding for each condition that looks at a cookie, with headers that pass. Each was decided: the
//! same stranger is turned away without it and let in with it. A condition that names a secret of some length is none.

use super::decides::{request, stranger};
use super::gate::{Condition, Guard, TestKind, everything, quoted};
use super::sample::sample;
use super::{Check, Fate, Inquiry, Report};
use crate::Place;
use crate::trace::Subject;

pub(super) static CHECK: Check = Check {
    name: "photo-gate-cookie-forgeable",
    run,
};

/// Characters of a value that make it a secret rather than a word: 20 in a row, digits among them.
const SECRET: usize = 20;

/// Headers that a finding names: 4.
const MOST_SHOWN: usize = 4;

/// A condition that a header may satisfy.
struct Suspect {
    place: Place,
    quoted: String,
    header: String,
    /// What the condition looks for in it.
    pattern: String,
}

fn run(inquiry: &Inquiry<'_>, report: &mut Report) {
    for guard in inquiry.guards.iter().filter(|guard| guard.has_gate()) {
        let suspects = suspects(guard);
        if suspects.is_empty() {
            continue;
        }
        let Some((address, ruling)) = stranger(guard, inquiry.decides) else {
            continue;
        };
        for suspect in suspects {
            let passes = |value: &String| {
                let request = request(guard, address, &[(suspect.header.as_str(), value.as_str())]);
                let ruling = inquiry.decides.decide(guard, &request);
                ruling.is_some_and(|ruling| ruling.fate == Fate::LetIn)
            };
            let passing: Vec<String> = candidates(&suspect.pattern).into_iter().filter(passes).collect();
            if passing.is_empty() {
                continue;
            }
            // Written so that nobody takes it for a cookie that somebody sent, and masks it.
            let header = |value: &String| match suspect.header.as_str() {
                name if name.eq_ignore_ascii_case("cookie") => format!("cookie {value}"),
                name => format!("{name}: {value}"),
            };
            let shown: Vec<String> = passing.iter().take(MOST_SHOWN).map(header).collect();
            let first = shown.first().cloned().unwrap_or_default();
            let message = format!(
                "`{}` is satisfied by a header that anybody can send: {address} is turned away without it (status {}), and let \
                 in with `{first}`. httpd compares text; it cannot tell whether a token is genuine.",
                suspect.quoted, ruling.status
            );
            report
                .finding(format!("{} {}", guard.name(), suspect.pattern), message)
                .at(suspect.place)
                .field("host", guard.name())
                .field("passes", shown.join(" | "))
                .field("turned_away", address.to_string())
                .values(suspect.quoted, narrower(&suspect.pattern))
                .enter();
        }
    }
}

/// Conditions of the guard's gates that look at a header.
fn suspects(guard: &Guard<'_>) -> Vec<Suspect> {
    let mut found: Vec<Suspect> = Vec::new();
    let mut add = |suspect: Suspect| {
        if !is_secret(&suspect.pattern) && !found.iter().any(|known| known.place == suspect.place) {
            found.push(suspect);
        }
    };
    for gate in guard.gates() {
        for condition in gate.rule.doors() {
            for (header, pattern) in looked_for(condition) {
                add(Suspect {
                    place: condition.directive.place,
                    quoted: condition.quoted(),
                    header,
                    pattern,
                });
            }
        }
    }
    for rule in guard.access_doors().filter(|rule| rule.name == "require") {
        if let Some(("expr", expression)) = rule.value.split_once(char::is_whitespace) {
            for (header, pattern) in in_expression(expression) {
                add(Suspect {
                    place: rule.place,
                    quoted: quoted(rule),
                    header,
                    pattern,
                });
            }
        }
    }
    if guard
        .access_doors()
        .any(|rule| rule.value.to_ascii_lowercase().contains("env"))
    {
        let scopes = [&guard.server.scope, guard.own_scope()];
        let setting = scopes.into_iter().flat_map(everything).filter(|directive| {
            matches!(directive.name.as_str(), "setenvif" | "setenvifnocase") && directive.args.len() > 2
        });
        for directive in setting {
            let header = directive.args.first().map(String::as_str).unwrap_or_default();
            if ![
                "remote_addr",
                "remote_host",
                "request_uri",
                "request_method",
                "server_addr",
                "request_protocol",
            ]
            .contains(&header.to_ascii_lowercase().as_str())
            {
                add(Suspect {
                    place: directive.place,
                    quoted: quoted(directive),
                    header: header.to_owned(),
                    pattern: directive.args.get(1).cloned().unwrap_or_default(),
                });
            }
        }
    }
    found
}

/// The header that a condition looks at, and for what.
fn looked_for(condition: &Condition<'_>) -> Vec<(String, String)> {
    match (condition.kind, &condition.subject) {
        (TestKind::Expression, _) => in_expression(&condition.pattern),
        (_, Subject::Cookie) => vec![("Cookie".to_owned(), plain(condition))],
        (_, Subject::Header(name)) => vec![(written(name), plain(condition))],
        _ => Vec::new(),
    }
}

/// The pattern of a condition; of `=text`, the text.
fn plain(condition: &Condition<'_>) -> String {
    match condition.pattern.strip_prefix('=') {
        Some(text) if condition.kind == TestKind::Other => format!("^{text}$"),
        _ => condition.pattern.clone(),
    }
}

/// Patterns that an expression holds against the header Cookie: what stands between the slashes behind `=~`.
fn in_expression(expression: &str) -> Vec<(String, String)> {
    if !expression.to_ascii_lowercase().contains("cookie") {
        return Vec::new();
    }
    let behind = expression.split("=~").skip(1).filter_map(|rest| {
        let rest = rest.trim_start();
        let (delimiter, inner) = match rest.strip_prefix('m') {
            Some(custom) => (custom.chars().next()?, custom.get(1..)?),
            None => (rest.chars().next().filter(|c| *c == '/')?, rest.get(1..)?),
        };
        let end = inner.find(delimiter)?;
        Some(("Cookie".to_owned(), inner.get(..end)?.to_owned()))
    });
    let found: Vec<(String, String)> = behind.collect();
    if found.is_empty() {
        vec![("Cookie".to_owned(), "a=b".to_owned())]
    } else {
        found
    }
}

/// Values that may pass: what is looked for and nothing else, in a longer name, in another cookie's value, with any value.
fn candidates(pattern: &str) -> Vec<String> {
    let mut candidates = Vec::new();
    if let Some(sample) = sample(pattern).filter(|sample| !sample.is_empty()) {
        let has_value = sample.contains('=');
        candidates.push(sample.clone());
        if has_value {
            candidates.push(format!("x{sample}1"));
            candidates.push(format!("foo={sample}1"));
        } else {
            candidates.push(format!("{sample}=1"));
            candidates.push(format!("x{sample}=1"));
        }
    }
    candidates.push("x=1".to_owned());
    candidates
}

/// Whether a pattern demands a text that only those know who were told.
fn is_secret(pattern: &str) -> bool {
    let mut longest = String::new();
    let mut current = String::new();
    for c in pattern.chars().chain([' ']) {
        if c.is_ascii_alphanumeric() {
            current.push(c);
            continue;
        }
        if current.len() > longest.len() {
            longest.clone_from(&current);
        }
        current.clear();
    }
    longest.len() >= SECRET && longest.bytes().filter(u8::is_ascii_digit).count() >= 3
}

/// A pattern that lets less through, as far as text can.
fn narrower(pattern: &str) -> String {
    let sample = sample(pattern).unwrap_or_default();
    let (name, value) = sample.split_once('=').unwrap_or((sample.as_str(), ""));
    let name: String = name
        .chars()
        .filter(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-'))
        .collect();
    if name.is_empty() {
        return "a check by a server that knows the token".to_owned();
    }
    if name.to_ascii_lowercase().starts_with("ltpatoken") {
        return format!(
            r"(^|;\s*){name}=[A-Za-z0-9+/=%]{{100,}}(;|$), or better a check by a server that knows the token"
        );
    }
    format!(r"(^|;\s*){name}={value}, or better a check by a server that knows the session")
}

/// A header's name as it is usually written.
fn written(name: &str) -> String {
    let part = |part: &str| {
        let mut characters = part.chars();
        let first = characters.next().map(|c| c.to_ascii_uppercase());
        first.into_iter().chain(characters).collect::<String>()
    };
    name.split('-').map(part).collect::<Vec<_>>().join("-")
}

#[cfg(test)]
mod tests {
    use super::super::trial::{field, groups, judged};
    use super::*;

    const SEED: &str = r#"Listen 80
<VirtualHost *:80>
DocumentRoot "/opt/IBM/HTTPServer/photos"
RewriteEngine On
RewriteCond %{HTTP_COOKIE} !LtpaToken2=.*$ [NC]
RewriteCond %{HTTP_COOKIE} !LtpaToken=.*$ [NC]
RewriteCond %{HTTP_COOKIE} !STPluginActivePage=stMeetingroom [NC]
RewriteCond %{REMOTE_ADDR} !^10\.20\.(1|2)\.([0-9]|[1-9][0-9]|1[0-9][0-9])$
RewriteRule ^(.*)$ https://connections.acme.example/ [R,L]
</VirtualHost>
"#;

    #[test]
    fn each_cookie_of_the_gate_is_forged() {
        let findings = judged(&CHECK, SEED, "{}");
        assert_eq!(findings.len(), 3, "{:?}", groups(&findings));
        assert_eq!(
            field(&findings[1], "passes"),
            "cookie LtpaToken= | cookie xLtpaToken=1 | cookie foo=LtpaToken=1"
        );
        assert_eq!(
            field(&findings[2], "found"),
            "RewriteCond %{HTTP_COOKIE} !STPluginActivePage=stMeetingroom [NC]"
        );
        assert!(
            findings[0]
                .message
                .contains("203.0.113.77 is turned away without it (status 302)")
        );
    }

    #[test]
    fn a_narrow_name_is_forged_too_but_not_within_others() {
        let narrow = SEED.replace("!LtpaToken2=.*$", r"!(^|;\s*)LtpaToken2=[^;]{3,}");
        let findings = judged(&CHECK, &narrow, "{}");
        assert_eq!(field(&findings[0], "passes"), "cookie LtpaToken2=xxx");
    }

    #[test]
    fn who_must_come_from_inside_anyway_forges_nothing() {
        for text in [
            // Either of the two turns away: a cookie alone opens nothing.
            SEED.replace("!LtpaToken2=.*$ [NC]", "!LtpaToken2=.*$ [NC,OR]")
                .replace("!LtpaToken=.*$ [NC]", "!x [NC,OR]")
                .replace("stMeetingroom [NC]", "stMeetingroom [NC,OR]"),
            // A secret.
            "Listen 80\n<VirtualHost *:80>\nDocumentRoot /photos\nRewriteEngine On\n\
             RewriteCond %{HTTP_COOKIE} !door=8c1f0a77b2d94e55a1c06a2b\nRewriteRule ^ - [F]\n</VirtualHost>"
                .to_owned(),
            // Not about photos.
            SEED.replace("photos", "htdocs"),
            // Rules that choose by a cookie and turn nobody away.
            "Listen 80\n<VirtualHost *:80>\nDocumentRoot /photos\nRewriteEngine On\n\
             RewriteCond %{HTTP_COOKIE} lang=de\nRewriteRule ^/$ /de/ [L]\n</VirtualHost>"
                .to_owned(),
        ] {
            assert_eq!(groups(&judged(&CHECK, &text, "{}")), [""; 0], "{text}");
        }
    }

    #[test]
    fn patterns_are_found_in_expressions() {
        let found = in_expression(r"-R '10.0.0.0/8' || %{HTTP_COOKIE} =~ /LtpaToken2?=/ || %{HTTP_COOKIE} =~ m#a/b#");
        let patterns: Vec<&str> = found.iter().map(|(_, pattern)| pattern.as_str()).collect();
        assert_eq!(patterns, ["LtpaToken2?=", "a/b"]);
    }
}
