//! A condition is looked at.
//!
//! Comes in: the condition, and the request on its way. Goes out: whether it holds. Files are never looked at, requests never
//! made: these are questions.

use std::borrow::Cow;
use std::cmp::Ordering;
use std::collections::BTreeSet;

use super::expand::Groups;
use super::explain;
use super::flags::number;
use super::matching;
use super::rule::{Condition, Kind, Rule};
use super::run::Run;
use super::template::Part;
use super::variable::Variable;
use crate::decide::Transaction;
use crate::expr::{Answer, Captured, Expression};
use crate::oracle::Undecided;
use crate::trace::{Subject, Verdict};

/// What a test came to.
struct Tested {
    matched: bool,
    /// It was a question.
    asked: bool,
    /// What a regular expression captured; `None`: what was captured before stays.
    groups: Option<Groups>,
}

impl Tested {
    fn plain(matched: bool) -> Self {
        Self {
            matched,
            asked: false,
            groups: None,
        }
    }
}

impl<'r> Run<'r, '_> {
    /// Whether a condition holds.
    pub(super) fn condition(
        &mut self,
        condition: &'r Condition,
        rule: &'r Rule,
        tx: &mut Transaction,
    ) -> Result<bool, Undecided> {
        let tested = match &condition.kind {
            Kind::Expression(expression) => {
                let tested = expressed(expression, condition, tx)?;
                tested.note(condition, rule, &[], tx);
                tested
            }
            _ => self.tested(condition, rule, tx)?,
        };
        let held = tested.matched != condition.negated;
        if tested.matched
            && !condition.negated
            && let Some(groups) = tested.groups
        {
            self.of_condition = groups;
        }
        Ok(held)
    }

    fn tested(&mut self, condition: &'r Condition, rule: &'r Rule, tx: &mut Transaction) -> Result<Tested, Undecided> {
        let keep = rule.compiled.uses_condition_groups && !condition.negated;
        let joined;
        let value = match condition.template.single_variable() {
            Some(variable) => self.values.get(variable, tx, self.stage),
            None => {
                joined = self.expand(&condition.template, None, tx);
                match &joined.unknown {
                    None => Ok(Cow::Borrowed(joined.bytes.as_slice())),
                    Some(unknown) => Err(unknown.why.as_str()),
                }
            }
        };
        match value {
            Ok(value) => {
                let tested = known(condition, &value, keep, tx)?;
                tested.note(condition, rule, &value, tx);
                Ok(tested)
            }
            Err(why) => {
                let tested = unknown(condition, why, tx)?;
                tested.note(condition, rule, &[], tx);
                Ok(tested)
            }
        }
    }
}

impl Tested {
    fn note(&self, condition: &Condition, rule: &Rule, value: &[u8], tx: &mut Transaction) {
        let held = self.matched != condition.negated;
        let verdict = match (self.asked, held) {
            (true, _) => Verdict::Unknown,
            (false, true) => Verdict::Held,
            (false, false) => Verdict::Failed,
        };
        tx.trace
            .step(|| explain::condition(condition, rule, value, verdict, held));
    }
}

/// A test of a value.
fn known(condition: &Condition, value: &[u8], keep: bool, tx: &mut Transaction) -> Result<Tested, Undecided> {
    Ok(match &condition.kind {
        Kind::Matches(regex) => {
            let (matched, groups) = matching::search(regex, condition.place, value, keep, tx.oracle)?;
            Tested {
                matched,
                asked: regex.pattern().is_none(),
                groups: Some(groups),
            }
        }
        Kind::Compared(order, text) => Tested::plain(order.holds(compared(value, text, condition.flags.any_case))),
        Kind::Number(order, with) => Tested::plain(order.holds(number(value).cmp(with))),
        Kind::File(_) | Kind::Request(_) if value.is_empty() => Tested::plain(false),
        Kind::File(test) | Kind::Request(test) => {
            let question = matching::number(value);
            let matched = tx.oracle.ask(condition.place, question, || about(*test, value))?;
            Tested {
                asked: true,
                ..Tested::plain(matched)
            }
        }
        Kind::Expression(_) => Tested::plain(false),
    })
}

/// A test of something that is not known.
fn unknown(condition: &Condition, why: &str, tx: &mut Transaction) -> Result<Tested, Undecided> {
    let captured = || Some(Groups::Unknown(why.to_owned()));
    if let Kind::Matches(regex) = &condition.kind
        && matching::is_always(regex)
    {
        return Ok(Tested {
            groups: captured(),
            ..Tested::plain(true)
        });
    }
    let matched = tx.oracle.ask(condition.place, 0, || why.to_owned())?;
    Ok(Tested {
        matched,
        asked: true,
        groups: captured(),
    })
}

fn about(test: char, value: &[u8]) -> String {
    let value = String::from_utf8_lossy(value);
    match test {
        'd' => format!("whether {value} is a folder is not known"),
        'l' => format!("whether {value} is a link is not known"),
        'x' => format!("whether {value} is a program is not known"),
        's' => format!("whether {value} is a file with something in it is not known"),
        'f' => format!("whether {value} is a file is not known"),
        _ => format!("what the server would answer to {value} is not known"),
    }
}

fn expressed(
    expression: &Result<Expression, String>,
    condition: &Condition,
    tx: &mut Transaction,
) -> Result<Tested, Undecided> {
    let expression = expression.as_ref().map_err(|why| Undecided {
        place: condition.place,
        why: format!("httpd refuses the expression and does not start: {why}"),
    })?;
    let mut captured = Captured::Nothing;
    let answer = expression.answer(condition.place, tx, &mut captured)?;
    let groups = match captured {
        Captured::Nothing => Groups::None,
        Captured::Groups { source, groups } => Groups::Some {
            source,
            groups: *groups,
        },
        Captured::Unknown(why) => Groups::Unknown(why),
    };
    Ok(Tested {
        groups: Some(groups),
        ..Tested::plain(answer == Answer::Holds)
    })
}

/// How a value compares with a text: the longer one is the greater one; with `[NC]` it goes by the letters alone.
fn compared(value: &[u8], text: &[u8], any_case: bool) -> Ordering {
    if any_case {
        let lower = |bytes: &[u8]| bytes.to_ascii_lowercase();
        return lower(value).cmp(&lower(text));
    }
    value.len().cmp(&text.len()).then_with(|| value.cmp(text))
}

impl Condition {
    /// What it looks at.
    pub fn subjects(&self) -> BTreeSet<Subject> {
        if let Kind::Expression(expression) = &self.kind {
            return expression.as_ref().map(Expression::subjects).unwrap_or_default();
        }
        let parts = self.template.all_parts().into_iter();
        parts
            .filter_map(|part| match part {
                Part::Variable(Variable::Header(name)) if name == "cookie" => Some(Subject::Cookie),
                Part::Variable(Variable::Header(name)) => Some(Subject::Header(name.clone())),
                Part::Variable(Variable::ClientAddress | Variable::ClientIsV6 | Variable::PeerAddress) => {
                    Some(Subject::Address)
                }
                Part::Variable(Variable::Untold(name)) if name == "REMOTE_HOST" => Some(Subject::Address),
                Part::Variable(Variable::Always(_)) | Part::Text(_) | Part::Escaped(_) => None,
                _ => Some(Subject::Other),
            })
            .collect()
    }
}
