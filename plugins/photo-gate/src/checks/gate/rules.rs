//! Rewrite rules and conditions of one scope, as somebody who checks a gate reads them.
//!
//! Comes in: the directives of a scope. Goes out: each rule with the conditions that belong to it, conditions that belong to
//! none, whether the rules are switched on. Broken lines are kept as they are. Never here: deciding requests, and what httpd
//! refuses, which [`crate::rewrite`] knows.

use super::flags::{Flags, glued};
use super::subject::{is_ordinary, subject};
use crate::Refusal;
use crate::conf::{Directive, Scope};
use crate::trace::Subject;

/// The rewriting of one scope.
#[derive(Debug, Clone, Default)]
pub(crate) struct Rewrites<'s> {
    /// The last `RewriteEngine`.
    pub(crate) engine: Option<&'s Directive>,
    /// The words of the last `RewriteOptions`, in small letters.
    pub(crate) options: Vec<String>,
    /// The rules, in order.
    pub(crate) rules: Vec<Rule<'s>>,
    /// Conditions behind the last rule.
    pub(crate) left_over: Vec<Condition<'s>>,
}

/// A rule.
#[derive(Debug, Clone)]
pub(crate) struct Rule<'s> {
    /// The directive.
    pub(crate) directive: &'s Directive,
    /// The pattern without its `!`.
    pub(crate) pattern: String,
    /// Whether it had one.
    pub(crate) negated: bool,
    /// Where to, as it is written.
    pub(crate) target: String,
    /// Its flags; what is none is left out.
    pub(crate) flags: Flags,
    /// Flags that are glued to the target, which httpd takes for a part of it; and the target without them.
    pub(crate) glued: Option<(String, Flags)>,
    /// The conditions that belong to it.
    pub(crate) conditions: Vec<Condition<'s>>,
    /// Why httpd does not start with it.
    pub(crate) refusal: Option<String>,
}

/// A condition.
#[derive(Debug, Clone)]
pub(crate) struct Condition<'s> {
    /// The directive.
    pub(crate) directive: &'s Directive,
    /// What is tested, such as `%{REMOTE_ADDR}`.
    pub(crate) test: String,
    /// What for, without the `!`.
    pub(crate) pattern: String,
    /// Whether it had one.
    pub(crate) negated: bool,
    /// Its flags.
    pub(crate) flags: Flags,
    /// What it asks about.
    pub(crate) subject: Subject,
    /// What kind of test it is.
    pub(crate) kind: Kind,
    /// Why httpd does not start with it.
    pub(crate) refusal: Option<String>,
}

/// A kind of test.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A regular expression.
    Regex,
    /// An expression of 2.4 (`RewriteCond expr …`), on whichever httpd.
    Expression,
    /// `-f`, `-eq5`, `<x`, …
    Other,
}

impl<'s> Rewrites<'s> {
    /// The rewriting of a scope.
    pub(crate) fn of(scope: &'s Scope) -> Self {
        let mut rewrites = Self::default();
        for directive in scope.directives() {
            match directive.name.as_str() {
                "rewriteengine" => rewrites.engine = Some(directive),
                "rewriteoptions" => {
                    rewrites.options = directive.args.iter().map(|arg| arg.to_ascii_lowercase()).collect()
                }
                "rewritecond" => rewrites.left_over.push(Condition::read(directive)),
                "rewriterule" => {
                    let conditions = std::mem::take(&mut rewrites.left_over);
                    rewrites.rules.push(Rule::read(directive, conditions));
                }
                _ => {}
            }
        }
        rewrites
    }

    /// Notes what httpd does not start with.
    pub(crate) fn refused(mut self, refusals: &[Refusal]) -> Self {
        let why = |directive: &Directive| {
            let refusal = refusals.iter().find(|refusal| refusal.place == directive.place);
            refusal.map(|refusal| refusal.why.clone())
        };
        for rule in &mut self.rules {
            rule.refusal = why(rule.directive);
            for condition in &mut rule.conditions {
                condition.refusal = why(condition.directive);
            }
        }
        self
    }

    /// Whether the scope switches its rules on; `None`: it does not say.
    pub(crate) fn is_on(&self) -> Option<bool> {
        let engine = self.engine?;
        Some(engine.args.first().is_some_and(|arg| arg.eq_ignore_ascii_case("on")))
    }
}

impl<'s> Rule<'s> {
    fn read(directive: &'s Directive, conditions: Vec<Condition<'s>>) -> Self {
        let [first, second, third] = arguments(&directive.value);
        let (pattern, negated) = negation(first.unwrap_or_default());
        let flags = third.as_deref().map(Flags::of_rule).unwrap_or_default();
        let target = second.unwrap_or_default();
        let glued = third.is_none().then(|| glued(&target)).flatten();
        Self {
            directive,
            negated,
            glued: glued.map(|(target, flags)| (target.to_owned(), flags)),
            pattern,
            target,
            flags,
            conditions,
            refusal: None,
        }
    }

    /// The flags that were meant.
    pub(crate) fn meant_flags(&self) -> &Flags {
        self.glued.as_ref().map_or(&self.flags, |(_, flags)| flags)
    }

    /// The target that was meant.
    pub(crate) fn meant_target(&self) -> &str {
        self.glued.as_ref().map_or(&self.target, |(target, _)| target)
    }

    /// Whether it is meant to answer with something else than what was asked for: refuse, or send elsewhere.
    pub(crate) fn turns_away(&self) -> bool {
        let flags = self.meant_flags();
        let refuses = flags.has("F") || flags.has("G");
        refuses || flags.has("R") || (is_absolute(self.meant_target()) && !flags.has("P"))
    }

    /// Whether it only sends the same path to another scheme or host, as from http to https.
    pub(crate) fn only_moves(&self) -> bool {
        let target = self.meant_target();
        let flags = self.meant_flags();
        if flags.has("F") || flags.has("G") {
            return false;
        }
        let path = target.split_once("://").map_or(target, |(_, rest)| {
            rest.find(['/', '$', '%'])
                .map_or("", |at| rest.get(at..).unwrap_or_default())
        });
        let before_query = path.split('?').next().unwrap_or_default();
        ["$1", "$0", "%{REQUEST_URI}"]
            .iter()
            .any(|same| before_query.ends_with(same))
    }

    /// Whether no rule behind it is looked at, where it applies in a server or a virtual host.
    pub(crate) fn ends_all(&self) -> bool {
        let stops = ["L", "END", "F", "G", "P", "PT"]
            .iter()
            .any(|flag| self.flags.has(flag));
        let refuses = self
            .flags
            .value("R")
            .is_some_and(|status| status.starts_with(['4', '5']));
        stops || refuses
    }

    /// Whether it lets the request go on as it is, past rules that follow.
    pub(crate) fn passes(&self) -> bool {
        let leaves = ["L", "END", "PT", "S"].iter().any(|flag| self.flags.has(flag));
        self.target == "-" && leaves && !self.turns_away()
    }

    /// The conditions that ask who it is: by address, cookie or another header.
    pub(crate) fn doors(&self) -> impl Iterator<Item = &Condition<'s>> {
        self.conditions.iter().filter(|condition| condition.is_door())
    }
}

impl<'s> Condition<'s> {
    fn read(directive: &'s Directive) -> Self {
        let [first, second, third] = arguments(&directive.value);
        let flags = third.as_deref().map(Flags::of_condition).unwrap_or_default();
        let test = first.unwrap_or_default();
        let (pattern, negated) = negation(second.unwrap_or_default());
        let kind = if test.eq_ignore_ascii_case("expr") {
            Kind::Expression
        } else if pattern.starts_with(['-', '<', '>', '=']) && pattern.len() > 1 {
            Kind::Other
        } else {
            Kind::Regex
        };
        Self {
            subject: subject(&test, &pattern, kind),
            directive,
            test,
            pattern,
            negated,
            flags,
            kind,
            refusal: None,
        }
    }

    /// Whether it asks who it is: by address, cookie or a header that a gate may ask for.
    pub(crate) fn is_door(&self) -> bool {
        match &self.subject {
            Subject::Address | Subject::Cookie => true,
            Subject::Header(name) => !is_ordinary(name),
            Subject::Other => false,
        }
    }

    /// As a finding quotes it: name and arguments.
    pub(crate) fn quoted(&self) -> String {
        quoted(self.directive)
    }
}

/// A directive as a finding quotes it: its name as httpd's documentation writes it, and what follows.
pub(crate) fn quoted(directive: &Directive) -> String {
    let name = match directive.name.as_str() {
        "rewritecond" => "RewriteCond",
        "rewriterule" => "RewriteRule",
        "rewriteengine" => "RewriteEngine",
        "require" => "Require",
        "allow" => "Allow",
        "deny" => "Deny",
        "order" => "Order",
        "setenvif" => "SetEnvIf",
        "setenvifnocase" => "SetEnvIfNoCase",
        "remoteipheader" => "RemoteIPHeader",
        other => other,
    };
    format!("{name} {}", directive.value)
}

fn negation(text: String) -> (String, bool) {
    match text.strip_prefix('!') {
        Some(pattern) => (pattern.to_owned(), true),
        None => (text, false),
    }
}

fn is_absolute(target: &str) -> bool {
    let scheme = target.split_once("://").map_or("", |(scheme, _)| scheme);
    !scheme.is_empty() && scheme.bytes().all(|byte| byte.is_ascii_alphabetic())
}

/// The arguments as mod_rewrite takes the line apart: at blanks that no backslash precedes, or up to the closing quote.
fn arguments(line: &str) -> [Option<String>; 3] {
    let mut rest = line.trim();
    [(); 3].map(|()| {
        if rest.is_empty() {
            return None;
        }
        let (argument, after) = argument(rest);
        rest = after.trim_start();
        Some(argument.to_owned())
    })
}

fn argument(text: &str) -> (&str, &str) {
    let quote = text.chars().next().filter(|c| matches!(c, '"' | '\''));
    let inner = if quote.is_some() {
        text.get(1..).unwrap_or_default()
    } else {
        text
    };
    let mut is_escaped = false;
    let mut characters = inner.char_indices().peekable();
    while let Some((at, c)) = characters.next() {
        if std::mem::take(&mut is_escaped) {
            continue;
        }
        let ends = match quote {
            Some(quote) => c == quote,
            None => c.is_ascii_whitespace(),
        };
        if ends {
            let (argument, after) = inner.split_at_checked(at).unwrap_or((inner, ""));
            return (argument, after.get(c.len_utf8()..).unwrap_or_default());
        }
        is_escaped = c == '\\' && characters.peek().is_some_and(|(_, next)| next.is_ascii_whitespace());
    }
    (inner, "")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_taken_apart_as_httpd_does() {
        let parts = |line: &str| arguments(line).map(Option::unwrap_or_default);
        assert_eq!(parts(r"%{A} !^a\ b$ [NC]"), ["%{A}", r"!^a\ b$", "[NC]"]);
        assert_eq!(
            parts(r#"expr "! -R '10.0.0.0/8'" [OR]"#),
            ["expr", "! -R '10.0.0.0/8'", "[OR]"]
        );
        assert_eq!(parts("^(.*)$ [R,L]"), ["^(.*)$", "[R,L]", ""]);
        assert_eq!(parts("^ /x [R, L]"), ["^", "/x", "[R,"]);
        assert_eq!(parts(""), ["", "", ""]);
    }
}
