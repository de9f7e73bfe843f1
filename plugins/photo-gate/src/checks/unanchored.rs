//! `photo-gate-unanchored`: patterns that find what they look for within something longer.
//!
//! Comes in: guards. Goes out: a finding for each pattern of a gate that admits more than it says: an address within a longer
//! one (`10.1.2.3` is in `110.1.2.34`), a dot that stands for any character, a cookie's name within a longer name. Each with
//! one that passes: an address is found in the difference of two exact sets, a cookie was decided.
//!
//! What a pattern says is what it finds when it must begin and end where a number of the address does, and its dots are dots.
//! `^10\.20\.` ends with a dot: that is a network, and meant so.

use super::decides::{request, stranger};
use super::gate::{Condition, Guard, TestKind};
use super::sample::sample;
use super::{Check, Fate, Inquiry, Ranges, Report, ranges};
use std::net::Ipv4Addr;

use casebook_plugin_configs::Severity;

use crate::trace::Subject;

pub(super) static CHECK: Check = Check {
    name: "photo-gate-unanchored",
    run,
};

fn run(inquiry: &Inquiry<'_>, report: &mut Report) {
    for guard in inquiry.guards {
        for gate in guard.gates() {
            for condition in gate.rule.doors().filter(|condition| condition.kind == TestKind::Regex) {
                match condition.subject {
                    Subject::Address => address(inquiry, guard, condition, report),
                    Subject::Cookie => cookie(inquiry, guard, condition, report),
                    _ => {}
                }
            }
        }
    }
}

fn address(inquiry: &Inquiry<'_>, guard: &Guard<'_>, condition: &Condition<'_>, report: &mut Report) {
    let any_case = condition.flags.has("NC");
    let set = |pattern: &str| inquiry.decides.matched(pattern, any_case);
    let (Some(admits), Some(says)) = (set(&condition.pattern), set(&bounded(&with_dots(&condition.pattern)))) else {
        return;
    };
    let more = admits.without(&says);
    let Some(example) = longer(&condition.pattern, &more).or_else(|| more.example()) else {
        return;
    };
    // A pattern that says nothing is another mistake.
    if says.is_empty() {
        return;
    }
    let mut why = Vec::new();
    let differs = |other: String| set(&other).is_some_and(|other| !admits.without(&other).is_empty());
    if differs(bounded(&condition.pattern)) {
        why.push("it is not bound to the beginning and the end of a number");
    }
    if differs(with_dots(&condition.pattern)) {
        why.push("a dot without a backslash is any character");
    }
    let found = condition.quoted();
    let message = format!(
        "The pattern `{}` also finds {} that it does not say, such as {example} ({}): {}.",
        condition.pattern,
        ranges::addresses(more.count()),
        more.listed(),
        if why.is_empty() {
            "it finds them within longer addresses".to_owned()
        } else {
            why.join(", and ")
        },
    );
    report
        .finding(format!("{} {}", guard.name(), condition.pattern), message)
        .at(condition.directive.place)
        .field("host", guard.name())
        .field("example", example.to_string())
        .field("count", more.count().to_string())
        .field("ranges", more.listed())
        .values(found, anchored(&with_dots(&condition.pattern)))
        .enter();
}

/// An address that is one of those meant with something more before or behind, as nobody would expect it to be let in.
fn longer(pattern: &str, more: &Ranges) -> Option<Ipv4Addr> {
    let said = sample(&with_dots(pattern))?;
    let shorter = said.trim_end_matches('.');
    let candidates = [
        format!("1{said}"),
        format!("2{said}"),
        format!("{said}1"),
        format!("{said}0"),
        format!("{said}0.1"),
        format!("{shorter}0.1"),
        format!("{shorter}0.1.1"),
        format!("{shorter}0.1.1.1"),
    ];
    let addresses = candidates.iter().filter_map(|text| text.parse().ok());
    addresses.into_iter().find(|address| more.contains(*address))
}

fn cookie(inquiry: &Inquiry<'_>, guard: &Guard<'_>, condition: &Condition<'_>, report: &mut Report) {
    let Some(sample) = sample(&condition.pattern).filter(|sample| !sample.is_empty()) else {
        return;
    };
    let longer = if sample.contains('=') {
        format!("x{sample}1")
    } else {
        format!("x{sample}x=1")
    };
    let Some((address, _)) = stranger(guard, inquiry.decides) else {
        return;
    };
    let request = request(guard, address, &[("Cookie", longer.as_str())]);
    let ruling = inquiry.decides.decide(guard, &request);
    if ruling.is_none_or(|ruling| ruling.fate != Fate::LetIn) {
        return;
    }
    let message = format!(
        "The pattern `{}` finds a cookie's name within longer names: {address} is let in with the cookie `{longer}`.",
        condition.pattern
    );
    report
        .finding(format!("{} {}", guard.name(), condition.pattern), message)
        .severity(Severity::Low)
        .at(condition.directive.place)
        .field("host", guard.name())
        .field("example", format!("cookie {longer}"))
        .values(
            condition.quoted(),
            format!(r"(^|;\s*){}", condition.pattern.trim_start_matches('^')),
        )
        .enter();
}

/// The pattern, its alternatives at the top each bound to numbers of the address.
fn bounded(pattern: &str) -> String {
    each_alternative(pattern, |part| {
        let begins = part.starts_with('^') || part.starts_with(r"\.") || part.starts_with(".*");
        let inner = part.strip_suffix('$').unwrap_or(part);
        let ends = inner.len() < part.len() || inner.ends_with('.') || inner.ends_with(".*") || inner.ends_with(r"\.)");
        let (before, after) = (if begins { "" } else { r"(^|\.)" }, if ends { "" } else { r"(\.|$)" });
        format!("{before}{part}{after}")
    })
}

/// The pattern as it should be written: bound to the beginning, and to the end or, where it is a network, to a dot.
fn anchored(pattern: &str) -> String {
    each_alternative(pattern, |part| {
        let before = if part.starts_with('^') { "" } else { "^" };
        let is_open = part.ends_with('.') || part.ends_with(".*") || part.ends_with('$');
        let after = match part.matches(r"\.").count() {
            _ if is_open => "",
            0..3 => r"\.",
            _ => "$",
        };
        format!("{before}{part}{after}")
    })
}

/// The pattern with a backslash before each bare dot, except those that are repeated: `.*` means any.
fn with_dots(pattern: &str) -> String {
    let mut written = String::new();
    let mut characters = pattern.chars().peekable();
    let mut in_class = false;
    while let Some(c) = characters.next() {
        match c {
            '\\' => {
                written.push(c);
                written.extend(characters.next());
                continue;
            }
            '[' => in_class = true,
            ']' => in_class = false,
            '.' if !in_class && !matches!(characters.peek(), Some('*' | '+' | '?' | '{')) => written.push('\\'),
            _ => {}
        }
        written.push(c);
    }
    written
}

/// Applies something to each alternative that stands in no group.
fn each_alternative(pattern: &str, apply: impl Fn(&str) -> String) -> String {
    let mut parts = Vec::new();
    let (mut level, mut in_class, mut start) = (0usize, false, 0);
    let mut characters = pattern.char_indices();
    while let Some((at, c)) = characters.next() {
        match c {
            '\\' => _ = characters.next(),
            '[' => in_class = true,
            ']' => in_class = false,
            '(' if !in_class => level += 1,
            ')' if !in_class => level = level.saturating_sub(1),
            '|' if !in_class && level == 0 => {
                parts.push(apply(pattern.get(start..at).unwrap_or_default()));
                start = at + 1;
            }
            _ => {}
        }
    }
    parts.push(apply(pattern.get(start..).unwrap_or_default()));
    parts.join("|")
}

#[cfg(test)]
mod tests {
    use super::super::trial::{field, judged};
    use super::*;

    fn host(condition: &str) -> String {
        format!(
            "Listen 80\n<VirtualHost *:80>\nServerName photos.acme.example\nRewriteEngine On\n\
             RewriteCond {condition}\nRewriteRule ^ - [F]\n</VirtualHost>"
        )
    }

    #[test]
    fn an_address_within_a_longer_one_is_found() {
        let findings = judged(&CHECK, &host("%{REMOTE_ADDR} !10.1.2.3"), "{}");
        assert_eq!(findings.len(), 1);
        assert_eq!(field(&findings[0], "wanted"), r"^10\.1\.2\.3$");
        assert_eq!(field(&findings[0], "example"), "110.1.2.3");
        assert_eq!(field(&findings[0], "count"), "178208");
        for (pattern, example) in [
            (r"^10\.1\.2\.3", "10.1.2.31"),
            (r"^10\.1\.2", "10.1.20.1"),
            (r"10\.1\.2\.33$", "110.1.2.33"),
            (r"^10.1.2.", "10.1.20.1"),
        ] {
            let findings = judged(&CHECK, &host(&format!("%{{REMOTE_ADDR}} !{pattern}")), "{}");
            assert_eq!(findings.len(), 1, "{pattern}");
            assert_eq!(field(&findings[0], "example"), example, "{pattern}");
        }
    }

    #[test]
    fn a_network_ends_with_a_dot_and_an_address_ends() {
        for (pattern, wanted) in [
            (r"10\.1", r"^10\.1\."),
            (r"^10\.1\.2\.3", r"^10\.1\.2\.3$"),
            (r"10\.1\.2\.3|10\.2\.", r"^10\.1\.2\.3$|^10\.2\."),
        ] {
            assert_eq!(anchored(pattern), wanted);
        }
    }

    #[test]
    fn bound_patterns_are_silent_and_dots_that_change_nothing_too() {
        for pattern in [
            r"^10\.1\.2\.3$",
            "^10.1.2.3$",
            r"^10\.1\.2\.",
            r"^10\.(1|2)\.",
            r"^10\.1\..*",
            r"^10\.1\.2\.(3|4)$",
            r"^10\.1\.2\.3$|^10\.20\.1\.",
        ] {
            let findings = judged(&CHECK, &host(&format!("%{{REMOTE_ADDR}} !{pattern}")), "{}");
            assert!(findings.is_empty(), "{pattern}: {findings:?}");
        }
    }

    #[test]
    fn a_cookies_name_within_a_longer_name_is_found() {
        let findings = judged(&CHECK, &host("%{HTTP_COOKIE} !LtpaToken="), "{}");
        assert_eq!(field(&findings[0], "example"), "cookie xLtpaToken=1");
        assert_eq!(field(&findings[0], "wanted"), r"(^|;\s*)LtpaToken=");
        assert!(judged(&CHECK, &host(r"%{HTTP_COOKIE} !(^|;\s*)LtpaToken="), "{}").is_empty());
    }
}
