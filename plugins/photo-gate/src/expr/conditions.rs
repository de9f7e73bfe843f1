//! The conditions of `<If>` and `<ElseIf>`, compiled once.
//!
//! Comes in: scopes, with all sections inside of them. Goes out: for each condition whether it holds. Which of a chain are looked
//! at, and in which order, is the business of `conf`, which asks here. A macro may write different conditions in one
//! place, so a condition is known by its text as well.

use std::collections::{BTreeMap, BTreeSet};

use super::Expression;
use crate::Place;
use crate::conf::{Directive, Item, Scope};
use crate::decide::Transaction;
use crate::oracle::Undecided;

/// Conditions by where they stand.
#[derive(Debug, Clone, Default)]
pub struct Conditions {
    compiled: BTreeMap<Place, Vec<Condition>>,
}

#[derive(Debug, Clone)]
struct Condition {
    text: String,
    /// `Err`: httpd refuses it.
    expression: Result<Expression, String>,
}

impl Conditions {
    /// All conditions in scopes.
    pub fn of<'s>(scopes: impl IntoIterator<Item = &'s Scope>) -> Self {
        let mut found = Self::default();
        let mut scopes: Vec<&Scope> = scopes.into_iter().collect();
        while let Some(scope) = scopes.pop() {
            for item in &scope.items {
                if let Item::Section { directive, scope } = item {
                    scopes.push(scope);
                    found.add(directive);
                }
            }
        }
        found
    }

    fn add(&mut self, directive: &Directive) {
        let Some(text) = condition(directive) else {
            return;
        };
        let here = self.compiled.entry(directive.place).or_default();
        if here.iter().all(|condition| condition.text != text) {
            here.push(Condition {
                text: text.to_owned(),
                expression: compile(directive, text),
            });
        }
    }

    /// Whether the condition of a section holds. One that httpd gives up does not.
    ///
    /// # Errors
    ///
    /// When that cannot be known, or httpd refuses the condition.
    pub fn holds(&self, directive: &Directive, tx: &mut Transaction) -> Result<bool, Undecided> {
        let undecided = |why: String| Undecided {
            place: directive.place,
            why,
        };
        let text = condition(directive).unwrap_or_default();
        let here = self.compiled.get(&directive.place).into_iter().flatten();
        match here.into_iter().find(|condition| condition.text == text) {
            Some(Condition {
                expression: Ok(expression),
                ..
            }) => expression.holds(directive.place, tx),
            Some(Condition {
                expression: Err(why), ..
            }) => Err(undecided(format!("httpd does not start with this condition: {why}"))),
            None => Err(undecided("this condition was not compiled".to_owned())),
        }
    }

    /// The compiled conditions.
    pub fn expressions(&self) -> impl Iterator<Item = (Place, &Expression)> {
        self.compiled.iter().flat_map(|(place, here)| {
            here.iter()
                .filter_map(|condition| Some((*place, condition.expression.as_ref().ok()?)))
        })
    }

    /// What httpd refuses, with the reason in a clause.
    pub fn faults(&self) -> BTreeSet<(Place, &str)> {
        let all = self
            .compiled
            .iter()
            .flat_map(|(place, here)| here.iter().map(move |one| (*place, one)));
        all.filter_map(|(place, condition)| Some((place, condition.expression.as_ref().err()?.as_str())))
            .collect()
    }
}

/// The condition of a section, if it has one.
fn condition(directive: &Directive) -> Option<&str> {
    matches!(directive.name.as_str(), "if" | "elseif").then(|| directive.args.first().map_or("", String::as_str))
}

fn compile(directive: &Directive, text: &str) -> Result<Expression, String> {
    match directive.args.len() {
        0 => Err("a section without its condition".to_owned()),
        1 => Expression::parse(text),
        _ => Err("a condition of several words without quotes around it".to_owned()),
    }
}
