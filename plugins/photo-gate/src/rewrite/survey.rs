//! What rules test of addresses, for exact sets of them; and what httpd takes for the folder of a section.
//!
//! Comes in: the rules. Goes out: each condition that looks at an address and at nothing else, as a test. All else that
//! depends on an address counts as otherwise.

use std::sync::Arc;

use super::Rewriting;
use super::rule::{Condition, Kind, Rule};
use super::template::Part;
use super::variable::Variable;
use crate::conf::Directive;
use crate::expr::{AddressCondition, AddressTest, AddressTests, Whose};

impl Rewriting<'_> {
    /// What the rules test of addresses, at any depth.
    pub fn address_tests(&self) -> AddressTests {
        let mut found = AddressTests::default();
        let of_sections = self.sections.values().flat_map(|section| &section.settings.rules);
        for rule in self.rules.iter().chain(of_sections) {
            of_rule(rule, &mut found);
        }
        found
    }
}

fn of_rule(rule: &Rule, found: &mut AddressTests) {
    let texts = std::iter::once(&rule.compiled.output).chain(&rule.compiled.environment);
    if texts.flat_map(|text| text.all_parts()).any(is_address) {
        found.looks_otherwise(rule.place);
    }
    for condition in &rule.conditions {
        let before = found.tests.len();
        of_condition(condition, found);
        // What a pattern captured of an address may be used later on.
        if rule.compiled.uses_condition_groups && found.tests.len() > before && captures(condition) {
            found.looks_otherwise(condition.place);
        }
    }
}

fn of_condition(condition: &Condition, found: &mut AddressTests) {
    if let Kind::Expression(expression) = &condition.kind {
        if let Ok(expression) = expression {
            found.extend(expression.address_tests(condition.place));
        }
        return;
    }
    let whose = match condition.template.single_variable() {
        Some(Variable::ClientAddress) => Whose::Client,
        Some(Variable::PeerAddress) => Whose::Peer,
        _ => {
            if condition.template.all_parts().into_iter().any(is_address) {
                found.looks_otherwise(condition.place);
            }
            return;
        }
    };
    let any_case = condition.flags.any_case;
    let test = match &condition.kind {
        Kind::Matches(regex) => regex
            .pattern()
            .cloned()
            .map(|pattern| AddressCondition::Matches(Arc::new(pattern))),
        // An address has no capitals.
        Kind::Compared(order, text) if any_case => Some(AddressCondition::Compared(*order, text.to_ascii_lowercase())),
        Kind::Compared(order, text) => Some(AddressCondition::Sized(*order, text.clone())),
        Kind::Number(order, number) => Some(AddressCondition::Number(*order, *number)),
        Kind::File(_) | Kind::Request(_) | Kind::Expression(_) => None,
    };
    match test {
        Some(test) => found.tests.push(AddressTest {
            place: condition.place,
            whose,
            condition: test,
        }),
        None => found.looks_otherwise(condition.place),
    }
}

fn captures(condition: &Condition) -> bool {
    !condition.negated && matches!(condition.kind, Kind::Matches(_) | Kind::Expression(_))
}

fn is_address(part: &Part) -> bool {
    match part {
        Part::Variable(Variable::ClientAddress | Variable::PeerAddress | Variable::ClientIsV6) => true,
        Part::Variable(Variable::Untold(name)) => name == "REMOTE_HOST",
        _ => false,
    }
}

/// What httpd takes for the folder of a section, with a slash at its end.
pub(super) fn directory(section: &Directive) -> String {
    let path = match section.args.as_slice() {
        _ if matches!(section.name.as_str(), "if" | "elseif" | "else") => "*If",
        [tilde, expression, ..] if tilde == "~" => expression,
        [path, ..] => path,
        [] => "",
    };
    let is_folder = section.name == "directory" && section.args.first().is_some_and(|first| first != "~");
    let mut path = if is_folder { folder(path) } else { path.to_owned() };
    if !path.ends_with('/') {
        path.push('/');
    }
    path
}

/// A folder without `.`, `..` and doubled slashes.
fn folder(path: &str) -> String {
    let slashes;
    let path = if matches!(path.as_bytes(), [drive, b':', ..] if drive.is_ascii_alphabetic()) {
        slashes = path.replace('\\', "/");
        &slashes
    } else {
        path
    };
    let mut kept: Vec<&str> = Vec::new();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                kept.pop();
            }
            part => kept.push(part),
        }
    }
    let root = if path.starts_with('/') { "/" } else { "" };
    format!("{root}{}", kept.join("/"))
}
