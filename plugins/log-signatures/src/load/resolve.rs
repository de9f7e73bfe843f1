//! Resolving: every name that a rule uses to what it stands for.
//!
//! A name that stands for nothing is reported and left out; the signature is only used if nothing was reported.

use crate::correlate::{Absent, Correlator, Count, Distinct, Pair, Role, Sequence};
use crate::event::{KeyPart, Slots};
use crate::pack;
use crate::signature::{Condition, Field, Memory, Outcome, Signature};
use crate::template::{Scope, Template};

use casebook_plugin_packs::{check_words, escape};

use super::groups;

/// Takes a JSON pointer inside the rule, and a sentence.
type Report<'r> = &'r mut dyn FnMut(&str, String);

/// How long the end of a sequence waits, in seconds, where the pack does not say: servers write the lines of one login
/// within a second, and ten of them are still soon enough for somebody who watches.
const SETTLE: f64 = 10.0;

/// The most that a correlation counts to; it remembers that many matches of every key.
const MOST_COUNTED: u32 = 10_000;

/// The signature of a rule, and the named groups of each of its patterns.
pub(super) fn resolve(rule: &pack::Rule, report: Report<'_>) -> (Signature, Vec<Vec<String>>) {
    check_texts(rule, report);
    let patterns: Vec<(String, Vec<String>)> = rule
        .patterns
        .iter()
        .map(|(name, p)| read_pattern(name, p, report))
        .collect();
    if patterns.is_empty() {
        report(
            "/patterns",
            "a rule without patterns finds nothing; expected at least one".to_owned(),
        );
    }
    let names = Names {
        rule,
        patterns: &patterns,
    };
    let memories = rule
        .remember
        .iter()
        .filter_map(|(name, memory)| names.memory(name, memory, report))
        .collect();
    let correlators = names.correlators(report);
    names.check_use(report);
    names.check_comparisons(report);

    let mut known = Vec::new();
    let mut fields = Vec::new();
    for (name, field) in rule.fields.iter() {
        let scope = Scope {
            patterns: &patterns,
            fields: &known,
        };
        let path = format!("/fields/{}", escape(name));
        fields.push((name.to_owned(), names.field(scope, &path, field, report)));
        known.push(name.to_owned());
    }
    let scope = Scope {
        patterns: &patterns,
        fields: &known,
    };
    let group = (0..).zip(&rule.group).filter_map(|(index, name): (usize, _)| {
        let place = known.iter().position(|field| field == name);
        if place.is_none() {
            report(
                &format!("/group/{index}"),
                format!(
                    "`{name}` is no field of this rule; expected one of: {}",
                    known.join(", ")
                ),
            );
        }
        Some((place?, rule.compare.get(name).copied().unwrap_or_default()))
    });
    let group = group.collect();
    let outcomes = (0..).zip(&rule.outcomes).map(|(index, outcome): (usize, _)| {
        let path = format!("/outcomes/{index}");
        Outcome {
            when: conditions(scope, &format!("{path}/when"), &outcome.when, report),
            severity: outcome.severity.map(Into::into),
            message: outcome
                .message
                .as_ref()
                .map(|text| template(scope, &format!("{path}/message"), text, report)),
        }
    });
    let outcomes = outcomes.collect();
    let signature = Signature {
        id: rule.id.clone(),
        correlators,
        memories,
        fields,
        require: conditions(scope, "/require", &rule.require, report),
        outcomes,
        group,
        suppress: rule.suppress.as_ref().map(|suppress| suppress.while_open.seconds()),
        message: template(scope, "/message", &rule.message, report),
    };
    (signature, patterns.into_iter().map(|(_, groups)| groups).collect())
}

fn check_texts(rule: &pack::Rule, report: Report<'_>) {
    let texts = [
        ("/title", rule.title.as_str()),
        ("/symptom", &rule.symptom),
        ("/cause", &rule.cause),
        ("/message", &rule.message),
    ];
    check_words(&rule.id, texts, rule.remedy.as_slice(), report);
}

fn read_pattern(name: &str, pattern: &pack::Pattern, report: Report<'_>) -> (String, Vec<String>) {
    let regex = match pattern {
        pack::Pattern::Regex(regex) => regex,
        pack::Pattern::Parts(parts) => &parts.regex,
    };
    let path = format!("/patterns/{}", escape(name));
    if regex.is_empty() {
        report(
            &path,
            "an empty expression matches every record; expected a regular expression".to_owned(),
        );
    }
    let groups = groups::groups(regex).unwrap_or_else(|reason| {
        report(&path, reason);
        Vec::new()
    });
    (name.to_owned(), groups)
}

fn template(scope: Scope<'_>, path: &str, text: &str, report: Report<'_>) -> Template {
    Template::read(text, scope).unwrap_or_else(|reason| {
        report(path, reason);
        Template::default()
    })
}

fn templates(scope: Scope<'_>, path: &str, texts: &[String], report: Report<'_>) -> Vec<Template> {
    (0..)
        .zip(texts)
        .map(|(index, text): (usize, _)| template(scope, &format!("{path}/{index}"), text, report))
        .collect()
}

fn conditions(scope: Scope<'_>, path: &str, conditions: &[pack::Condition], report: Report<'_>) -> Vec<Condition> {
    let condition = |(index, condition): (usize, &pack::Condition)| {
        let mut one = |kind: &str, text: &str| template(scope, &format!("{path}/{index}/{kind}"), text, report);
        match condition {
            pack::Condition::Present(text) => Condition::Present(one("present", text)),
            pack::Condition::Missing(text) => Condition::Missing(one("missing", text)),
            pack::Condition::Equal([a, b]) => Condition::Equal(one("equal/0", a), one("equal/1", b)),
            pack::Condition::Differ([a, b]) => Condition::Differ(one("differ/0", a), one("differ/1", b)),
            pack::Condition::EndsWith(ending) => ends(one("ends-with/value", &ending.value), &ending.any, true),
            pack::Condition::EndsNotWith(ending) => ends(one("ends-not-with/value", &ending.value), &ending.any, false),
        }
    };
    (0..).zip(conditions).map(condition).collect()
}

fn ends(value: Template, any: &[String], expected: bool) -> Condition {
    Condition::Ends {
        value,
        any: any.iter().map(|ending| ending.to_lowercase()).collect(),
        expected,
    }
}

/// The names of a rule: its patterns with their groups, and how they are compared.
struct Names<'a> {
    rule: &'a pack::Rule,
    patterns: &'a [(String, Vec<String>)],
}

impl Names<'_> {
    fn scope(&self) -> Scope<'_> {
        Scope {
            patterns: self.patterns,
            fields: &[],
        }
    }

    fn index(&self, path: &str, name: &str, report: Report<'_>) -> Option<usize> {
        let index = self.patterns.iter().position(|(known, _)| known == name);
        if index.is_none() {
            let known: Vec<&str> = self.patterns.iter().map(|(known, _)| known.as_str()).collect();
            report(
                path,
                format!(
                    "`{name}` is no pattern of this rule; expected one of: {}",
                    known.join(", ")
                ),
            );
        }
        index
    }

    /// For each pattern, whether it is among those named.
    fn flags(&self, path: &str, names: &[String], report: Report<'_>) -> Vec<bool> {
        let mut flags = vec![false; self.patterns.len()];
        for name in names {
            if let Some(flag) = self.index(path, name, report).and_then(|index| flags.get_mut(index)) {
                *flag = true;
            }
        }
        flags
    }

    fn capture(&self, path: &str, capture: &str, report: Report<'_>) -> Slots {
        self.scope().slots(None, capture).unwrap_or_else(|| {
            report(
                path,
                format!("no pattern captures `{capture}`; {}", self.scope().known()),
            );
            Slots::default()
        })
    }

    fn key_part(&self, path: &str, capture: &str, report: Report<'_>) -> KeyPart {
        let comparison = self.rule.compare.get(capture).copied().unwrap_or_default();
        KeyPart {
            slots: self.capture(path, capture, report),
            comparison,
        }
    }

    fn key(&self, path: &str, captures: &[String], report: Report<'_>) -> Vec<KeyPart> {
        let part = |(index, capture): (usize, &String)| self.key_part(&format!("{path}/{index}"), capture, report);
        (0..).zip(captures).map(part).collect()
    }

    fn memory(&self, name: &str, memory: &pack::Memory, report: Report<'_>) -> Option<Memory> {
        let path = format!("/remember/{}", escape(name));
        let part = self.key_part(&format!("{path}/capture"), &memory.capture, report);
        Some(Memory {
            patterns: self.flags(&format!("{path}/patterns"), memory.patterns.as_slice(), report),
            capture: part.slots,
            comparison: part.comparison,
        })
    }

    fn correlators(&self, report: Report<'_>) -> Vec<Correlator> {
        match &self.rule.correlate {
            None => vec![Correlator::Each(vec![true; self.patterns.len()])],
            Some(several) => {
                let one = |(index, correlation): (usize, &pack::Correlation)| {
                    let path = match several.as_slice() {
                        [_] => "/correlate".to_owned(),
                        _ => format!("/correlate/{index}"),
                    };
                    self.correlator(&path, correlation, report)
                };
                (0..).zip(several.as_slice()).map(one).collect()
            }
        }
    }

    fn correlator(&self, path: &str, correlation: &pack::Correlation, report: Report<'_>) -> Correlator {
        match correlation {
            pack::Correlation::Each(names) => {
                Correlator::Each(self.flags(&format!("{path}/each"), names.as_slice(), report))
            }
            pack::Correlation::Count(count) => {
                let path = format!("{path}/count");
                Correlator::Count(Count {
                    patterns: self.flags(&format!("{path}/patterns"), count.patterns.as_slice(), report),
                    reset: self.flags(&format!("{path}/reset"), &count.reset, report),
                    at_least: at_least(&path, count.at_least, 2, report),
                    window: count.within.seconds(),
                    key: self.key(&format!("{path}/key"), &count.key, report),
                })
            }
            pack::Correlation::Pair(pair) => {
                let path = format!("{path}/pair");
                Correlator::Pair(Pair {
                    lost: self.flags(&format!("{path}/lost"), pair.lost.as_slice(), report),
                    found: self.flags(&format!("{path}/found"), pair.found.as_slice(), report),
                    at_least: at_least(&path, pair.at_least, 1, report),
                    window: pair.within.seconds(),
                    key: self.key(&format!("{path}/key"), &pair.key, report),
                })
            }
            pack::Correlation::Absent(absent) => {
                let path = format!("{path}/absent");
                let with = self.flags(&format!("{path}/with"), &absent.with, report);
                let needs = self.flags(&format!("{path}/needs"), &absent.needs, report);
                Correlator::Absent(Absent {
                    needs: (!absent.needs.is_empty()).then_some(needs),
                    after: self.flags(&format!("{path}/after"), absent.after.as_slice(), report),
                    expect: self.flags(&format!("{path}/expect"), absent.expect.as_slice(), report),
                    unless: self.flags(&format!("{path}/unless"), &absent.unless, report),
                    with: (!absent.with.is_empty()).then_some(with),
                    window: absent.within.map(pack::Span::seconds),
                    key: self.key(&format!("{path}/key"), &absent.key, report),
                    retries: absent.retries,
                })
            }
            pack::Correlation::Distinct(distinct) => {
                let path = format!("{path}/distinct");
                let mostly = distinct.mostly.as_ref();
                Correlator::Distinct(Distinct {
                    patterns: self.flags(&format!("{path}/patterns"), distinct.patterns.as_slice(), report),
                    value: self.key_part(&format!("{path}/capture"), &distinct.capture, report),
                    at_least: at_least(&path, distinct.at_least, 2, report),
                    window: distinct.within.seconds(),
                    key: self.key(&format!("{path}/key"), &distinct.key, report),
                    mostly: mostly.and_then(|name| self.index(&format!("{path}/mostly"), name, report)),
                })
            }
            pack::Correlation::Sequence(sequence) => self.sequence(&format!("{path}/sequence"), sequence, report),
        }
    }

    fn sequence(&self, path: &str, sequence: &pack::Sequence, report: Report<'_>) -> Correlator {
        let steps = &sequence.steps;
        if steps.len() < 2 {
            report(
                &format!("{path}/steps"),
                format!("{} steps are no sequence; expected two or more", steps.len()),
            );
        }
        for (index, step) in steps.iter().enumerate() {
            if step.optional && (index == 0 || index + 1 == steps.len()) {
                let reason = "the first and the last step make the sequence; expected them not to be optional";
                report(&format!("{path}/steps/{index}/optional"), reason.to_owned());
            }
        }
        let mut roles = vec![None; self.patterns.len()];
        let of_steps = steps.iter().enumerate().map(|(index, step)| {
            (
                format!("{path}/steps/{index}/patterns"),
                step.patterns.as_slice(),
                Role::Step(index),
            )
        });
        for (path, names, role) in of_steps.chain([(format!("{path}/ends"), sequence.ends.as_slice(), Role::End)]) {
            for name in names {
                match self.index(&path, name, report).and_then(|index| roles.get_mut(index)) {
                    Some(place @ None) => *place = Some(role),
                    Some(Some(_)) => {
                        report(
                            &path,
                            format!("`{name}` has a place in this sequence already; expected it only once"),
                        );
                    }
                    None => {}
                }
            }
        }
        for (index, name) in sequence.exclusive.iter().enumerate() {
            if !sequence.key.contains(name) {
                report(
                    &format!("{path}/exclusive/{index}"),
                    format!("`{name}` is not in `key`; expected one of its captures"),
                );
            }
        }
        Correlator::Sequence(Sequence {
            roles,
            optional: steps.iter().map(|step| step.optional).collect(),
            key: self.key(&format!("{path}/key"), &sequence.key, report),
            exclusive: sequence
                .key
                .iter()
                .map(|name| sequence.exclusive.contains(name))
                .collect(),
            window: sequence.within.seconds(),
            settle: sequence.settle.map_or(SETTLE, pack::Span::seconds),
        })
    }

    /// Reports patterns that the host would search in vain.
    fn check_use(&self, report: Report<'_>) {
        let Some(correlations) = &self.rule.correlate else {
            return;
        };
        let of_memories = self
            .rule
            .remember
            .iter()
            .flat_map(|(_, memory)| memory.patterns.as_slice());
        let used: Vec<&String> = correlations
            .as_slice()
            .iter()
            .flat_map(patterns_of)
            .chain(of_memories)
            .collect();
        for (name, _) in self.patterns {
            if !used.contains(&name) {
                let reason = format!("`{name}` is never used; expected it in `correlate` or `remember`, or not at all");
                report(&format!("/patterns/{}", escape(name)), reason);
            }
        }
    }

    /// Reports comparisons of what there is not.
    fn check_comparisons(&self, report: Report<'_>) {
        for (name, _) in self.rule.compare.iter() {
            if self.scope().slots(None, name).is_none() && self.rule.fields.get(name).is_none() {
                let reason = format!("`{name}` is neither a capture nor a field; {}", self.scope().known());
                report(&format!("/compare/{}", escape(name)), reason);
            }
        }
    }

    fn field(&self, scope: Scope<'_>, path: &str, field: &pack::Field, report: Report<'_>) -> Field {
        let derivation = match field {
            pack::Field::Template(text) => return Field::Template(template(scope, path, text, report)),
            pack::Field::Derived(derivation) => derivation,
        };
        match derivation {
            pack::Derivation::First(texts) => Field::First(templates(scope, &format!("{path}/first"), texts, report)),
            pack::Derivation::Lowercase(text) => {
                Field::Lowercase(template(scope, &format!("{path}/lowercase"), text, report))
            }
            pack::Derivation::ExtraNameParts(parts) => {
                let path = format!("{path}/extra-name-parts");
                let remembered = parts.remembered.as_ref().and_then(|name| {
                    let memory = self.rule.remember.iter().position(|(known, _)| known == name);
                    if memory.is_none() {
                        report(
                            &format!("{path}/remembered"),
                            format!("`{name}` is no memory; expected one from `remember`"),
                        );
                    }
                    memory
                });
                Field::ExtraNameParts {
                    of: template(scope, &format!("{path}/of"), &parts.of, report),
                    beyond: templates(scope, &format!("{path}/beyond"), &parts.beyond, report),
                    remembered,
                    else_trailing: parts.else_trailing.clone(),
                }
            }
            pack::Derivation::HostAddress(right) => Field::HostAddress {
                address: template(scope, &format!("{path}/host-address/address"), &right.address, report),
                node: template(scope, &format!("{path}/host-address/node"), &right.node, report),
            },
        }
    }
}

fn at_least(path: &str, count: u32, least: u32, report: Report<'_>) -> usize {
    if !(least..=MOST_COUNTED).contains(&count) {
        let reason = format!("{count} is out of bounds; expected a number from {least} to {MOST_COUNTED}");
        report(&format!("{path}/at-least"), reason);
    }
    count as usize
}

fn patterns_of(correlation: &pack::Correlation) -> Vec<&String> {
    match correlation {
        pack::Correlation::Each(names) => names.as_slice().iter().collect(),
        pack::Correlation::Count(count) => count.patterns.as_slice().iter().chain(&count.reset).collect(),
        pack::Correlation::Pair(pair) => pair.lost.as_slice().iter().chain(pair.found.as_slice()).collect(),
        pack::Correlation::Distinct(distinct) => distinct.patterns.as_slice().iter().collect(),
        pack::Correlation::Sequence(sequence) => sequence
            .steps
            .iter()
            .flat_map(|step| step.patterns.as_slice())
            .chain(&sequence.ends)
            .collect(),
        pack::Correlation::Absent(absent) => {
            let expected = absent.after.as_slice().iter().chain(absent.expect.as_slice());
            expected
                .chain(&absent.unless)
                .chain(&absent.needs)
                .chain(&absent.with)
                .collect()
        }
    }
}
