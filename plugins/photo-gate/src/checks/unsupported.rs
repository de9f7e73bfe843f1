//! `photo-gate-expr-unsupported`: a condition that only httpd 2.4 understands, on 2.2.
//!
//! Comes in: guards of servers that are 2.2. Goes out: a finding for each condition of a gate that 2.2 takes for something else
//! and says nothing: `RewriteCond expr "…"` searches the word `expr`, `-eq` and its kind are patterns, variables that it does
//! not know are empty. Never here: what 2.2 refuses to start with.

use casebook_plugin_configs::Severity;

use super::gate::{Condition, Gate, TestKind};
use super::{Check, Inquiry, Report};
use crate::conf::Version;

pub(super) static CHECK: Check = Check {
    name: "photo-gate-expr-unsupported",
    run,
};

/// Variables of 2.4, with what stands in their place on 2.2: nothing.
const VARIABLES: &[&str] = &[
    "CONN_REMOTE_ADDR",
    "REQUEST_SCHEME",
    "CONTEXT_PREFIX",
    "CONTEXT_DOCUMENT_ROOT",
    "IPV6",
];

/// Tests of 2.4, which are patterns on 2.2.
const TESTS: &[&str] = &["-eq", "-ne", "-lt", "-le", "-gt", "-ge", "-h", "-L"];

fn run(inquiry: &Inquiry<'_>, report: &mut Report) {
    for guard in inquiry
        .guards
        .iter()
        .filter(|guard| guard.server.version == Version::V22)
    {
        for gate in guard.gates() {
            for condition in &gate.rule.conditions {
                let Some((what, always)) = misread(condition) else {
                    continue;
                };
                let found = condition.quoted();
                let message = format!(
                    "`{found}` is not understood by httpd 2.2 ({}), which says nothing: {what}, so the condition {}. {}",
                    guard.server.version_because,
                    always.words(),
                    consequence(gate, condition, always),
                );
                let direction = direction(gate, condition, always);
                report
                    .finding(format!("{} {}", guard.name(), found), message)
                    .severity(if direction == "open" {
                        Severity::High
                    } else {
                        Severity::Medium
                    })
                    .at(condition.directive.place)
                    .field("host", guard.name())
                    .field("direction", direction)
                    .values(
                        found,
                        "RewriteCond %{REMOTE_ADDR} with a regular expression, or httpd 2.4",
                    )
                    .enter();
            }
        }
    }
}

/// How a condition comes out whatever is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Always {
    Holds,
    Fails,
    /// It holds or fails by something else than what was meant.
    Other,
}

impl Always {
    fn words(self) -> &'static str {
        match self {
            Self::Holds => "always holds",
            Self::Fails => "never holds",
            Self::Other => "asks for something else than what was meant",
        }
    }
}

/// What 2.2 makes of a condition of 2.4; `None`: it understands it.
fn misread(condition: &Condition<'_>) -> Option<(String, Always)> {
    let fixed = |negated: bool| if negated { Always::Holds } else { Always::Fails };
    if condition.kind == TestKind::Expression {
        let is_found = crate::pcre::Pattern::new(condition.pattern.as_bytes(), condition.flags.has("NC"))
            .ok()
            .and_then(|pattern| pattern.is_match(condition.test.as_bytes()).ok());
        let always = match is_found {
            // An expression that this engine cannot follow as a pattern has characters that the word `expr` lacks.
            Some(false) | None => fixed(condition.negated),
            Some(true) => fixed(!condition.negated),
        };
        return Some((
            "it searches the word `expr` for that text as a pattern".to_owned(),
            always,
        ));
    }
    let upper = condition.test.to_ascii_uppercase();
    if let Some(variable) = VARIABLES
        .iter()
        .find(|variable| upper.contains(&format!("%{{{variable}}}")))
    {
        return Some((format!("`%{{{variable}}}` is empty there"), Always::Other));
    }
    let test = TESTS.iter().find(|test| condition.pattern.starts_with(**test))?;
    let is_whole = matches!(*test, "-h" | "-L");
    if is_whole && condition.pattern.len() > test.len() {
        return None;
    }
    Some((
        format!("`{test}` is a pattern there, as any text"),
        fixed(condition.negated),
    ))
}

fn direction(gate: Gate<'_, '_>, condition: &Condition<'_>, always: Always) -> &'static str {
    match (gate.lets_past, always, condition.flags.has("OR")) {
        (_, Always::Other, _) | (_, Always::Fails, true) => "another answer",
        (false, Always::Fails, false) => "open",
        (false, Always::Holds, _) => "shut",
        (true, Always::Fails, false) => "shut",
        (true, Always::Holds, _) => "open",
    }
}

fn consequence(gate: Gate<'_, '_>, condition: &Condition<'_>, always: Always) -> &'static str {
    match (gate.lets_past, direction(gate, condition, always)) {
        (false, "open") => "The rule that should turn strangers away never applies.",
        (false, "shut") => "It holds nobody back from the rule: those whom it should let in are turned away.",
        (true, "shut") => "The rule that should let people past never applies.",
        (true, "open") => "The rule lets past whoever meets its other conditions.",
        _ => "The gate answers otherwise than it says.",
    }
}

#[cfg(test)]
mod tests {
    use super::super::trial::{field, judged};
    use super::*;

    const FACTS: &str = r#"{"products": {"httpd": "2.2"}}"#;

    fn host(conditions: &str) -> String {
        format!(
            "Listen 80\n<VirtualHost *:80>\nDocumentRoot /opt/photos\nRewriteEngine On\n{conditions}\n\
             RewriteRule ^(.*)$ https://c.acme.example/ [R,L]\n</VirtualHost>"
        )
    }

    #[test]
    fn an_expression_on_2_2_searches_a_word() {
        let text = host("RewriteCond expr \"! -R '10.20.0.0/16'\"");
        let findings = judged(&CHECK, &text, FACTS);
        assert_eq!((findings.len(), field(&findings[0], "direction")), (1, "shut"));
        assert!(
            findings[0].message.contains("environment.toml says httpd 2.2"),
            "{}",
            findings[0].message
        );
        assert!(judged(&CHECK, &text, r#"{"products": {"httpd": "2.4"}}"#).is_empty());
        let text = host("RewriteCond expr \"-R '10.20.0.0/16'\"");
        assert_eq!(field(&judged(&CHECK, &text, FACTS)[0], "direction"), "open");
    }

    #[test]
    fn what_2_2_knows_is_silent() {
        let text = host("RewriteCond %{REMOTE_ADDR} !^10\\.20\\.\nRewriteCond %{REQUEST_FILENAME} -f");
        assert!(judged(&CHECK, &text, FACTS).is_empty());
        let text = host("RewriteCond %{CONN_REMOTE_ADDR} !^10\\.20\\.");
        assert_eq!(field(&judged(&CHECK, &text, FACTS)[0], "direction"), "another answer");
    }
}
