//! The directives of a scope, read in their order.
//!
//! Comes in: a scope. Goes out: its [`Settings`], with each rule holding the conditions that stand before it, and what httpd would
//! not start with. Conditions that no rule follows count for nothing. Never here: what scopes make of each other.
//!
//! `<Limit>` does not limit rules: what stands in it stands beside it.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::flags::{ConditionFlags, Flags, number};
use super::map::Map;
use super::rule::{Compiled, Condition, Kind, Rule};
use super::settings::{Options, Settings};
use super::template::Template;
use super::words::words;
use crate::Refusal;
use crate::conf::{Directive, Item, Scope, Version};
use crate::expr::{Expression, Order};
use crate::pcre::Regex;

/// What a scope says.
pub(super) struct Reading {
    pub(super) settings: Settings,
    pub(super) maps: BTreeMap<String, Map>,
    /// Conditions after the last rule.
    pub(super) left_over: Vec<Condition>,
    pub(super) refusals: Vec<Refusal>,
    /// Whether any directive of mod_rewrite stands in it.
    pub(super) is_there: bool,
    version: Version,
    is_section: bool,
}

impl Reading {
    /// Reads a scope: that of a server, or of a section, which knows no maps.
    pub(super) fn of(scope: &Scope, is_section: bool, version: Version) -> Self {
        let mut reading = Self {
            settings: Settings::default(),
            maps: BTreeMap::new(),
            left_over: Vec::new(),
            refusals: Vec::new(),
            is_there: false,
            version,
            is_section,
        };
        for directive in directives(scope) {
            if let Err(why) = reading.take(directive) {
                reading.refusals.push(Refusal {
                    place: directive.place,
                    why,
                });
            }
        }
        reading
    }

    fn take(&mut self, directive: &Directive) -> Result<(), String> {
        match directive.name.as_str() {
            "rewriteengine" => {
                let word = directive.args.first().map(String::as_str).unwrap_or_default();
                let on = word.eq_ignore_ascii_case("on");
                if !on && !word.eq_ignore_ascii_case("off") {
                    return Err("`RewriteEngine` is neither `on` nor `off`".to_owned());
                }
                self.settings.enabled = Some(on);
            }
            "rewriteoptions" => self.options(directive)?,
            "rewritebase" => self.base(directive)?,
            "rewritemap" if self.is_section => return Err("`RewriteMap` stands in a section".to_owned()),
            "rewritemap" => {
                let (name, map) = Map::of(directive)?;
                self.maps.insert(name, map);
            }
            "rewritecond" => {
                let condition = condition(directive, self.version)?;
                self.refusals.extend(condition.refusal());
                self.left_over.push(condition);
            }
            "rewriterule" => {
                let conditions = std::mem::take(&mut self.left_over);
                let rule = rule(directive, conditions, self.version)?;
                self.refusals.extend(rule.pattern.refusal());
                self.settings.rules.push(Arc::new(rule));
            }
            _ => return Ok(()),
        }
        self.is_there = true;
        Ok(())
    }

    fn options(&mut self, directive: &Directive) -> Result<(), String> {
        let options = self.settings.options.get_or_insert_with(Options::default);
        for word in &directive.args {
            let known = match word.to_ascii_lowercase().as_str() {
                "inherit" => Some(&mut options.inherit),
                word if word.starts_with("maxredirects=") => continue,
                _ if self.version == Version::V22 => None,
                "inheritbefore" => Some(&mut options.inherit_before),
                "inheritdown" => Some(&mut options.inherit_down),
                "inheritdownbefore" => Some(&mut options.inherit_down_before),
                "ignoreinherit" => Some(&mut options.ignore_inherit),
                "allownoslash" => Some(&mut options.allow_no_slash),
                "allowanyuri" => Some(&mut options.allow_any_uri),
                "mergebase" => Some(&mut options.merge_base),
                "ignorecontextinfo" => Some(&mut options.ignore_context_info),
                "legacyprefixdocroot" => Some(&mut options.legacy_prefix_docroot),
                "unsafeprefixstat" => Some(&mut options.unsafe_prefix_stat),
                // Known to some 2.4, and about nothing but speed.
                "longurloptimization" => continue,
                _ => None,
            };
            match known {
                Some(option) => *option = true,
                None => return Err(format!("an option `{word}`, which httpd does not know")),
            }
        }
        Ok(())
    }

    fn base(&mut self, directive: &Directive) -> Result<(), String> {
        if !self.is_section {
            return Err("`RewriteBase` stands outside of sections".to_owned());
        }
        let base = directive.args.first().map(String::as_str).unwrap_or_default();
        if !base.starts_with('/') {
            return Err("`RewriteBase` does not begin with a slash".to_owned());
        }
        self.settings.base = Some(base.as_bytes().to_vec());
        Ok(())
    }
}

/// The directives of a scope, with those in `<Limit>`.
pub(super) fn directives(scope: &Scope) -> Vec<&Directive> {
    let mut found = Vec::new();
    let mut waiting: Vec<&Item> = scope.items.iter().rev().collect();
    while let Some(item) = waiting.pop() {
        match item {
            Item::Directive(directive) => found.push(directive),
            Item::Section { directive, scope } if matches!(directive.name.as_str(), "limit" | "limitexcept") => {
                waiting.extend(scope.items.iter().rev());
            }
            Item::Section { .. } => {}
        }
    }
    found
}

fn rule(directive: &Directive, conditions: Vec<Condition>, version: Version) -> Result<Rule, String> {
    let words = words(&directive.value).ok_or("a rule without a substitution")?;
    let flags = words
        .third
        .map_or(Ok(Flags::default()), |text| Flags::read(text, version))?;
    let (pattern, negated) = without_mark(words.first);
    Ok(Rule {
        place: directive.place,
        text: format!("RewriteRule {}", directive.value),
        pattern: Regex::new(pattern, flags.any_case, directive.place),
        negated,
        substitution: words.second.to_owned(),
        compiled: Compiled::new(words.second, &flags, &conditions, version),
        flags,
        conditions,
    })
}

fn condition(directive: &Directive, version: Version) -> Result<Condition, String> {
    let words = words(&directive.value).ok_or("a condition without a pattern")?;
    let mut flags = words
        .third
        .map_or(Ok(ConditionFlags::default()), ConditionFlags::read)?;
    let (pattern, mut negated) = without_mark(words.second);
    let is_expression = version == Version::V24 && words.first.eq_ignore_ascii_case("expr");
    let kind = if is_expression {
        Kind::Expression(Expression::parse(pattern))
    } else {
        special(pattern, version, &mut negated)
            .unwrap_or_else(|| Kind::Matches(Regex::new(pattern, flags.any_case, directive.place)))
    };
    flags.any_case &= match &kind {
        Kind::Matches(_) | Kind::Compared(Order::Equal, _) => true,
        Kind::Compared(..) => version == Version::V24,
        _ => false,
    };
    Ok(Condition {
        place: directive.place,
        text: format!("RewriteCond {}", directive.value),
        test: words.first.to_owned(),
        pattern: pattern.to_owned(),
        negated,
        flags,
        kind,
        template: if is_expression {
            Template::default()
        } else {
            Template::new(words.first, version)
        },
    })
}

impl Condition {
    fn refusal(&self) -> Option<Refusal> {
        match &self.kind {
            Kind::Matches(regex) => regex.refusal(),
            Kind::Expression(Err(why)) => Some(Refusal {
                place: self.place,
                why: format!("httpd refuses the expression: {why}"),
            }),
            _ => None,
        }
    }
}

fn without_mark(word: &str) -> (&str, bool) {
    word.strip_prefix('!').map_or((word, false), |word| (word, true))
}

/// A pattern that is no regular expression.
fn special(pattern: &str, version: Version, negated: &mut bool) -> Option<Kind> {
    // A single character is a regular expression, whatever it is.
    if pattern.len() < 2 {
        return None;
    }
    if let Some(test) = pattern.strip_prefix('-') {
        return dashed(test, version, negated);
    }
    let compared = |order, text: &str| Some(Kind::Compared(order, text.as_bytes().to_vec()));
    let in_24 = |prefix: &str| pattern.strip_prefix(prefix).filter(|_| version == Version::V24);
    if let Some(text) = in_24(">=") {
        return compared(Order::GreaterOrEqual, text);
    }
    if let Some(text) = in_24("<=") {
        return compared(Order::LessOrEqual, text);
    }
    if let Some(text) = pattern.strip_prefix('>') {
        return compared(Order::Greater, text);
    }
    if let Some(text) = pattern.strip_prefix('<') {
        return compared(Order::Less, text);
    }
    let text = pattern.strip_prefix('=')?;
    compared(Order::Equal, if text == "\"\"" { "" } else { text })
}

fn dashed(test: &str, version: Version, negated: &mut bool) -> Option<Kind> {
    match test {
        "f" | "s" | "d" | "x" | "l" => return test.chars().next().map(Kind::File),
        "h" | "L" if version == Version::V24 => return Some(Kind::File('l')),
        "U" | "F" => return test.chars().next().map(Kind::Request),
        _ if version == Version::V22 => return None,
        _ => {}
    }
    let (operator, operand) = test.split_at_checked(2)?;
    let order = match operator {
        _ if operand.is_empty() => return None,
        "lt" => Order::Less,
        "le" => Order::LessOrEqual,
        "gt" => Order::Greater,
        "ge" => Order::GreaterOrEqual,
        "eq" => Order::Equal,
        "ne" => {
            *negated = !*negated;
            Order::Equal
        }
        _ => return None,
    };
    Some(Kind::Number(order, number(operand.as_bytes())))
}
