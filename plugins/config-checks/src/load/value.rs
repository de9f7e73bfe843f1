//! Loading values: their paths are read, their expressions compiled, the names in their texts resolved.

use casebook_plugin_packs::escape;
use regex_lite::{Regex, RegexBuilder};

use super::source::Sort;
use super::{Names, Report};
use crate::data::{Derivation, Scope, Template, Way};
use crate::pack;
use crate::select::{Axis, End, Path};

/// Bytes of a compiled expression: 64 KiB, far more than any that a person can read; it bounds the time of a search.
const MOST_REGEX: usize = 64 << 10;

/// Values of subjects or of others, and their names.
pub(super) fn values(
    path: &str,
    values: &pack::Named<pack::Value>,
    sort: Sort,
    report: Report<'_>,
) -> (Names, Vec<(String, Derivation)>) {
    let mut names: Names = Vec::new();
    let mut derivations = Vec::new();
    for (name, value) in values.iter() {
        let path = format!("{path}/{}", escape(name));
        if ["other", "document", "facts"].contains(&name) || name.is_empty() || name.contains(['.', '{', '}']) {
            let reason =
                "`other`, `document`, `facts`, and dots and braces have a meaning of their own; expected another name";
            report(&path, reason.to_owned());
        }
        let scope = Scope {
            values: Some(&names),
            ..Scope::default()
        };
        let (derivation, groups) = derivation(&path, value, scope, sort, report);
        derivations.push((name.to_owned(), derivation));
        names.push((name.to_owned(), groups));
    }
    (names, derivations)
}

fn derivation(
    path: &str,
    value: &pack::Value,
    scope: Scope<'_>,
    sort: Sort,
    report: Report<'_>,
) -> (Derivation, Vec<String>) {
    let derivation = match value {
        pack::Value::Path(text) => return (Derivation::Found(ways(path, [text], sort, report)), Vec::new()),
        pack::Value::Derived(derivation) => derivation,
    };
    let derived = match derivation {
        pack::Derivation::Path(texts) => {
            Derivation::Found(ways(&format!("{path}/path"), texts.as_slice(), sort, report))
        }
        pack::Derivation::First(texts) => {
            let path = format!("{path}/first");
            let read = |text: &String| template(scope, &path, text, report);
            Derivation::First(texts.as_slice().iter().map(read).collect())
        }
        pack::Derivation::Lowercase(text) => {
            Derivation::Lowercase(template(scope, &format!("{path}/lowercase"), text, report))
        }
        pack::Derivation::Match(found) => {
            let of = template(scope, &format!("{path}/match/of"), &found.of, report);
            let Some(regex) = regex(&format!("{path}/match/regex"), &found.regex, report) else {
                return (Derivation::First(Vec::new()), Vec::new());
            };
            let groups: Vec<String> = regex.capture_names().flatten().map(str::to_owned).collect();
            return (Derivation::Match(of, regex, groups.clone()), groups);
        }
    };
    (derived, Vec::new())
}

/// The ways to a value, seen from what the subjects are.
fn ways<'t>(path: &str, texts: impl IntoIterator<Item = &'t String>, sort: Sort, report: Report<'_>) -> Vec<Way> {
    let mut ways = Vec::new();
    for text in texts {
        match Path::read(text).and_then(|read| way(text, read, sort)) {
            Ok(way) => ways.push(way),
            Err(reason) => report(path, reason),
        }
    }
    ways
}

fn way(text: &str, mut path: Path, sort: Sort) -> Result<Way, String> {
    if sort == Sort::Nodes || path.absolute {
        return Ok(Way::Path(path));
    }
    // Seen from an attribute, the node that has it is one level up.
    let up = path.steps.first().is_some_and(|step| step.axis == Axis::Parent);
    match (up, path.steps.is_empty(), &path.end) {
        (true, ..) => {
            path.steps.remove(0);
            Ok(Way::Path(path))
        }
        (false, true, End::Node) => Ok(Way::Own),
        (false, true, End::Name) => Ok(Way::OwnName),
        _ => Err(format!(
            "the subject is an attribute, and `{text}` leads down from it; expected `.`, `name()` or a path that begins with `../`"
        )),
    }
}

/// Reads a text with values; an empty one where it cannot be read.
pub(super) fn template(scope: Scope<'_>, path: &str, text: &str, report: Report<'_>) -> Template {
    Template::read(text, scope).unwrap_or_else(|reason| {
        report(path, reason);
        Template::default()
    })
}

/// Compiles an expression.
pub(super) fn regex(path: &str, text: &str, report: Report<'_>) -> Option<Regex> {
    let compiled = RegexBuilder::new(text).size_limit(MOST_REGEX).build();
    compiled
        .map_err(|error| report(path, format!("`{text}` is no regular expression: {error}")))
        .ok()
}
