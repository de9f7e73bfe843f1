//! Tries a check on a drawn site. Tests only: requests are decided by a few lines that know conditions, rules that turn away,
//! and nothing else.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr};

use casebook_plugin_configs::Finding;

use super::gate::{Condition, TestKind};
use super::{Admitted, Check, Decides, Fate, Guard, Ranges, Ruling, judge};
use crate::conf;
use crate::conf::walk::Kind;
use crate::request::{Request, Sent};
use crate::trace::Subject;

/// What a check says about a site of one file.
pub(super) fn judged(check: &'static Check, text: &str, facts: &str) -> Vec<Finding> {
    let site = crate::drawn::site(&[("ihs/conf/httpd.conf", text)], facts);
    let servers = conf::servers(&site);
    judge(&[(0, check)], &servers, facts, &Trial)
}

/// A field of a finding; empty where it has none.
pub(super) fn field<'f>(finding: &'f Finding, name: &str) -> &'f str {
    let known = finding.fields.iter().find(|(known, _)| known == name);
    known.map_or("", |(_, value)| value.as_str())
}

/// The groups of findings, in their order.
pub(super) fn groups(findings: &[Finding]) -> Vec<&str> {
    findings.iter().map(|finding| finding.group.as_str()).collect()
}

/// Lines of a site's first document on which the places of a finding stand: in a drawn file, nodes are counted as they come.
pub(super) fn place_count(finding: &Finding) -> usize {
    finding.places.len()
}

pub(super) struct Trial;

impl Decides for Trial {
    fn decide(&self, guard: &Guard<'_>, request: &Request) -> Option<Ruling> {
        let IpAddr::V4(address) = request.peer else { return None };
        Some(ruling(guard, &Asked::of(request), address))
    }

    fn admitted(&self, guard: &Guard<'_>, request: &Request) -> Option<Admitted> {
        let asked = Asked::of(request);
        let admitted = universe().filter(|address| ruling(guard, &asked, *address).fate == Fate::LetIn);
        let admitted = Ranges::of(admitted.map(|address| (address.into(), address.into())));
        let contexts = guard.contexts.iter().flat_map(|context| &context.rewrites.rules);
        let conditions = contexts
            .flat_map(|rule| &rule.conditions)
            .filter(|condition| condition.subject == Subject::Address && condition.kind == TestKind::Regex);
        let matched = |condition: &Condition<'_>| {
            let set = self.matched(&condition.pattern, false).unwrap_or_default();
            (condition.directive.place, set)
        };
        Some(Admitted {
            admitted,
            undecided: Ranges::default(),
            conditions: conditions.map(matched).collect(),
        })
    }

    fn matched(&self, pattern: &str, any_case: bool) -> Option<Ranges> {
        let regex = regex(pattern, any_case);
        let matched = universe().filter(|address| regex.is_match(&address.to_string()));
        Some(Ranges::of(matched.map(|address| (address.into(), address.into()))))
    }
}

/// Addresses that tests look at: a few networks.
fn universe() -> impl Iterator<Item = Ipv4Addr> {
    let networks = [(10, 1, 31), (10, 20, 255), (10, 21, 7), (110, 1, 7), (210, 20, 7)];
    networks
        .into_iter()
        .flat_map(|(a, b, last)| (0..=last).flat_map(move |c: u8| (0..=255u8).map(move |d| Ipv4Addr::new(a, b, c, d))))
}

thread_local! {
    static BUILT: RefCell<BTreeMap<(String, bool), regex::Regex>> = const { RefCell::new(BTreeMap::new()) };
}

fn regex(pattern: &str, any_case: bool) -> regex::Regex {
    BUILT.with_borrow_mut(|built| {
        let built = built.entry((pattern.to_owned(), any_case));
        built.or_insert_with(|| build(pattern, any_case)).clone()
    })
}

fn build(pattern: &str, any_case: bool) -> regex::Regex {
    let built = regex::RegexBuilder::new(pattern).case_insensitive(any_case).build();
    built.unwrap_or_else(|_| regex::Regex::new("[^\\s\\S]").unwrap())
}

struct Asked<'r> {
    request: &'r Request,
    uri: String,
    cookie: String,
}

impl<'r> Asked<'r> {
    fn of(request: &'r Request) -> Self {
        Self {
            request,
            uri: String::from_utf8(request.target.clone()).unwrap(),
            cookie: text(request, b"cookie"),
        }
    }
}

fn text(request: &Request, header: &[u8]) -> String {
    match request.header(header) {
        Sent::Value(value) => String::from_utf8(value).unwrap(),
        _ => String::new(),
    }
}

fn ruling(guard: &Guard<'_>, asked: &Asked<'_>, address: Ipv4Addr) -> Ruling {
    let of = |fate, status| Ruling {
        fate,
        status,
        deciders: Vec::new(),
    };
    let address = address.to_string();
    for context in guard.contexts.iter().filter(|context| context.kind == Kind::Server) {
        if context.rewrites.is_on() != Some(true) {
            continue;
        }
        for rule in &context.rewrites.rules {
            let is_found = regex(&rule.pattern, rule.flags.has("NC")).is_match(&asked.uri);
            if is_found == rule.negated || !applies(&rule.conditions, &address, asked) {
                continue;
            }
            if rule.glued.is_some() && !rule.target.contains("://") {
                return of(Fate::Lost, 404);
            }
            if rule.flags.has("F") {
                return of(Fate::TurnedAway, 403);
            }
            if rule.turns_away() {
                return of(Fate::TurnedAway, 302);
            }
            if rule.ends_all() {
                return of(Fate::LetIn, 200);
            }
        }
    }
    of(Fate::LetIn, 200)
}

fn applies(conditions: &[Condition<'_>], address: &str, asked: &Asked<'_>) -> bool {
    let mut is_decided = false;
    for condition in conditions {
        let is_or = condition.flags.has("OR");
        if is_decided {
            is_decided = is_or;
            continue;
        }
        let header;
        let value = match &condition.subject {
            Subject::Address => address,
            Subject::Cookie => &asked.cookie,
            Subject::Header(name) => {
                header = text(asked.request, name.as_bytes());
                &header
            }
            Subject::Other => &asked.uri,
        };
        let found = match condition.kind {
            TestKind::Regex => regex(&condition.pattern, condition.flags.has("NC")).is_match(value),
            _ => false,
        };
        match (found != condition.negated, is_or) {
            (true, is_or) => is_decided = is_or,
            (false, true) => {}
            (false, false) => return false,
        }
    }
    true
}
