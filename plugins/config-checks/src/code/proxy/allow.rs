//! `connections-proxy-allow`: whether the dynamic rules admit the meeting server.
//!
//! Comes in: the rules of a dynamic file, what each cell asks for. Goes out: a finding a cell and host. Never here: rules
//! that only hold for some users, and code around the rules, which is not run.
//!
//! A rule is `allow(user, widget, target)` or `deny(…)`, its arguments regular expressions that must match the whole text;
//! `allowAll()` and `denyAll()` stand for any. The rules run in order and the last one that matches decides. What counts
//! is what a rule matches, not how it is written: `.*` admits the meeting server as well as its escaped name does.

use std::collections::{BTreeMap, BTreeSet};

use casebook_plugin_configs::{Document, Interest, Node, Severity};
use regex_lite::{Regex, RegexBuilder};

use super::meeting::{Asked, Meetings};
use super::{Gathered, meeting};
use crate::code::listing::{MOST_PLACES, listed};
use crate::code::{Check, Inquiry};
use crate::report::{Entry, Report};

pub(crate) static CHECK: Check = Check {
    name: "connections-proxy-allow",
    wants,
    run,
};

/// Bytes of a pattern that is tried: 2 KiB, many times the longest address.
const LONGEST_PATTERN: usize = 2 << 10;

/// Memory for a compiled pattern: 256 KiB. A name with its dots escaped takes a few hundred bytes.
const LARGEST_PROGRAM: usize = 256 << 10;

/// Rules of a file that are tried: 2,000. Each costs the compilation of its pattern; files have some dozens.
const MOST_RULES: usize = 2_000;

/// The schemes that must be admitted.
const SCHEMES: [&str; 2] = ["http", "https"];

fn wants() -> Vec<Interest> {
    vec![Interest::in_kind("proxy-rules"), meeting::wants()]
}

fn run(inquiry: &Inquiry<'_>, report: &mut Report) {
    let meetings = Meetings::of(inquiry);
    let mut gathered: Gathered<'_, (String, String, Vec<&str>)> = BTreeMap::new();
    let mut unknown = Vec::new();
    for document in inquiry.site.of_kind("proxy-rules") {
        let cell = document.attribute("cell");
        let addresses = match meetings.asked(cell) {
            Asked::Nothing => continue,
            Asked::Unknown(places) => {
                unknown.extend(places);
                continue;
            }
            Asked::For(addresses) => addresses,
        };
        if document.root().children().nth(MOST_RULES).is_some() {
            too_many(document, report);
            continue;
        }
        let hosts: BTreeSet<_> = addresses.into_iter().map(|address| address.host).collect();
        for (host, (missing, places)) in judge(document, hosts) {
            let key = (cell.unwrap_or_default().to_owned(), host, missing);
            gathered.entry(key).or_default().extend(places);
        }
    }
    for ((cell, host, missing), places) in gathered {
        let missing = listed(missing);
        let message = format!(
            "The dynamic proxy rules do not allow {host} for {missing}: the AJAX proxy may answer 403 to the meeting widget, \
             which asks for it."
        );
        let entry = report.finding(format!("{cell} {host}"), message);
        let entry = places.into_iter().take(MOST_PLACES).fold(entry, Entry::at);
        let wanted = format!(
            "an allow rule that matches {}",
            listed(
                SCHEMES
                    .map(|scheme| format!("{scheme}://{host}/…"))
                    .iter()
                    .map(String::as_str)
            )
        );
        entry
            .field("cell", &cell)
            .field("host", &host)
            .values(format!("not allowed for {missing}"), wanted)
            .enter();
    }
    if !unknown.is_empty() {
        let sentence = "The meeting widget is installed, but its address cannot be read, so whether the dynamic proxy rules \
                        allow the meeting server cannot be told.";
        report.lacks("meetings", sentence, unknown.into_iter().take(MOST_PLACES));
    }
}

fn too_many(document: Document<'_>, report: &mut Report) {
    let message = format!(
        "{} has more than {MOST_RULES} rules: they were not tried.",
        document.file()
    );
    report
        .finding(format!("many {}", document.file()), message)
        .at(document.root())
        .severity(Severity::Info)
        .values(format!("more than {MOST_RULES} rules"), "rules that can be tried")
        .enter();
}

/// An address that must be admitted, and the last rule that says whether it is.
struct Tried<'s> {
    scheme: &'static str,
    host: String,
    /// Two pages: a rule that matches but one is not the one that is needed.
    pages: [String; 2],
    deciding: Option<Node<'s>>,
}

/// By host the schemes by which it is not admitted, and the rules that refuse it, or else the document.
fn judge(document: Document<'_>, hosts: BTreeSet<String>) -> BTreeMap<String, (Vec<&'static str>, Vec<Node<'_>>)> {
    let mut tried: Vec<Tried<'_>> = Vec::new();
    for host in hosts {
        tried.extend(SCHEMES.map(|scheme| Tried {
            scheme,
            pages: ["", "stmeetings/restapi"].map(|page| format!("{scheme}://{host}/{page}")),
            host: host.clone(),
            deciding: None,
        }));
    }
    for rule in document.root().children() {
        let Some(target) = target(rule) else {
            continue;
        };
        for address in &mut tried {
            if target.covers(&address.pages) {
                address.deciding = Some(rule);
            }
        }
    }
    let mut missing: BTreeMap<_, (Vec<_>, Vec<_>)> = BTreeMap::new();
    for address in tried
        .into_iter()
        .filter(|address| !address.deciding.is_some_and(allows))
    {
        let (schemes, places) = missing.entry(address.host).or_default();
        schemes.push(address.scheme);
        places.push(address.deciding.unwrap_or_else(|| document.root()));
    }
    missing
}

/// What a rule is for.
enum Target {
    Anything,
    Matches(Box<Regex>),
}

impl Target {
    fn covers(&self, pages: &[String]) -> bool {
        match self {
            Self::Anything => true,
            Self::Matches(whole) => pages.iter().all(|page| whole.is_match(page)),
        }
    }
}

fn is(rule: Node<'_>, name: &str) -> bool {
    rule.name().eq_ignore_ascii_case(name)
}

fn allows(rule: Node<'_>) -> bool {
    is(rule, "allow") || is(rule, "allowAll")
}

/// What a rule is for, if it holds for every user. An allowance for one gadget may well be that of the meeting widget; a
/// refusal for one gadget need not be. A pattern that cannot be read is for nothing.
fn target(rule: Node<'_>) -> Option<Target> {
    if is(rule, "allowAll") || is(rule, "denyAll") {
        return Some(Target::Anything);
    }
    let argument = |number: &str| rule.attribute(number).unwrap_or_default();
    let gadget = is(rule, "allow") || (is(rule, "deny") && is_anything(argument("2")));
    let pattern = argument("3");
    if !gadget || !is_anything(argument("1")) || pattern.is_empty() || pattern.len() > LONGEST_PATTERN {
        return None;
    }
    if is_anything(pattern) {
        return Some(Target::Anything);
    }
    let whole = RegexBuilder::new(&format!("^(?:{pattern})$"))
        .size_limit(LARGEST_PROGRAM)
        .build();
    Some(Target::Matches(Box::new(whole.ok()?)))
}

/// A lone star is no regular expression, and documented.
fn is_anything(pattern: &str) -> bool {
    matches!(pattern.trim(), ".*" | "*" | ".+" | "^.*$")
}

#[cfg(test)]
mod tests {
    use casebook_plugin_configs::DrawnSite;

    use super::CHECK;
    use crate::code::trial::{field, groups, judged};

    fn said(rules: &[(&str, [&str; 3])]) -> Vec<(String, String)> {
        let mut site = DrawnSite::new("acme", r#"{"meetings":{"host":"meetings.acme.example"}}"#);
        let mut file = site.document(
            "proxy-policy.dynamic",
            "proxy-rules",
            "rules",
            &[("cell", "C")],
            "rules",
        );
        for (line, (name, [user, widget, target])) in rules.iter().enumerate() {
            let line = u32::try_from(line).unwrap() + 1;
            file.node(0, name, "", line, &[("1", user), ("2", widget), ("3", target)]);
        }
        let findings = judged(&CHECK, site);
        let row = |finding| (field(finding, "host").to_owned(), field(finding, "found").to_owned());
        findings.iter().map(row).collect()
    }

    #[test]
    fn a_rule_is_what_it_matches() {
        for (http, https) in [
            (
                r"http\:\/\/meetings\.acme\.example\/.*",
                r"https\:\/\/meetings\.acme\.example\/.*",
            ),
            (r"https?://meetings\.acme\.example/.*", "nothing"),
            (".*", "nothing"),
            ("*", "nothing"),
            (r".*://[^/]*\.acme\.example/.*", "nothing"),
        ] {
            let rules = [("allow", [".*", ".*", http]), ("allow", [".*", ".*", https])];
            assert_eq!(said(&rules), [], "{http}");
        }
    }

    #[test]
    fn what_no_rule_matches_is_missing() {
        let missing = |found: &str| vec![("meetings.acme.example".to_owned(), found.to_owned())];
        assert_eq!(said(&[]), missing("not allowed for http, https"));
        for target in [r"https://meetings\.acme\.example/.*", "https://m.*"] {
            assert_eq!(
                said(&[("allow", [".*", ".*", target])]),
                missing("not allowed for http"),
                "{target}"
            );
        }
        // Of one page only, of another host, not readable, for one user.
        for (user, target) in [
            (".*", "https?://meetings.acme.example/"),
            (".*", "https?://meetings.acme.example.evil.example/.*"),
            (".*", "("),
            (".*", "(?=x).*"),
            ("ben", ".*"),
        ] {
            let found = said(&[("allow", [user, ".*", target])]);
            assert_eq!(found, missing("not allowed for http, https"), "{target}");
        }
    }

    #[test]
    fn the_last_rule_decides() {
        let allow = ("allow", [".*", ".*", ".*"]);
        let deny = ("deny", [".*", ".*", "http://.*"]);
        assert_eq!(said(&[deny, allow]), []);
        assert_eq!(said(&[allow, deny]).len(), 1);
        assert_eq!(said(&[allow, ("deny", [".*", ".*gadget3.xml", ".*"])]), []);
        assert_eq!(said(&[("denyAll", ["", "", ""]), ("allowAll", ["", "", ""])]), []);
    }

    #[test]
    fn a_cell_without_the_widget_asks_for_nothing() {
        let mut site = DrawnSite::new("acme", r#"{"meetings":{"host":"meetings.acme.example"}}"#);
        site.document(
            "a/widgets-config.xml",
            "widgets-config.xml",
            "xml",
            &[("cell", "C")],
            "config",
        );
        site.document(
            "a/proxy-policy.dynamic",
            "proxy-rules",
            "rules",
            &[("cell", "C")],
            "rules",
        );
        assert_eq!(groups(&judged(&CHECK, site)), [""; 0]);
    }
}
