//! `<If>`, `<ElseIf>` and `<Else>`: which of them apply, in httpd's order.
//!
//! Comes in: the scopes that apply otherwise, and whoever can say whether a condition holds. Goes out: the same with those
//! of the conditions. Never here: expressions.
//!
//! httpd looks at all conditions of all scopes that apply, then merges those that hold, and then looks at the conditions
//! within these. A condition that cannot be evaluated counts as failed.

use super::{Applied, Directive, Kind, Scope};

/// One condition.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Condition<'s> {
    /// How it begins; its argument is the expression.
    pub directive: &'s Directive,
    /// What stands in it.
    pub scope: &'s Scope,
}

impl Condition<'_> {
    /// Whether it only counts where those before it failed.
    pub fn is_else(&self) -> bool {
        self.directive.name != "if"
    }

    /// Whether it has an expression.
    pub fn has_expression(&self) -> bool {
        self.directive.name != "else"
    }
}

/// The conditions that stand in a scope immediately.
pub fn conditions(scope: &Scope) -> impl Iterator<Item = Condition<'_>> {
    let sections = scope.sections();
    let conditional = sections.filter(|(directive, _)| matches!(directive.name.as_str(), "if" | "elseif" | "else"));
    conditional.map(|(directive, scope)| Condition { directive, scope })
}

/// Adds the scopes of the conditions that hold.
///
/// # Errors
///
/// Whatever `holds` says.
pub fn with_conditions<'s, E>(
    applied: &mut Vec<Applied<'s>>,
    mut holds: impl FnMut(&'s Directive) -> Result<bool, E>,
) -> Result<(), E> {
    let mut from = 0;
    while from < applied.len() {
        let mut met = Vec::new();
        // Whether one of the chain that is being looked at has held.
        let mut held = false;
        for condition in applied.iter().skip(from).flat_map(|applied| conditions(applied.scope)) {
            if condition.is_else() && held {
                continue;
            }
            held = !condition.has_expression() || holds(condition.directive)?;
            if held {
                met.push(Applied {
                    kind: Kind::If,
                    directive: Some(condition.directive),
                    scope: condition.scope,
                });
            }
        }
        from = applied.len();
        applied.extend(met);
    }
    Ok(())
}
