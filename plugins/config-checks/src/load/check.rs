//! Loading a check that is data: its texts are read, its names are resolved, its expressions compiled.
//!
//! What cannot be understood is reported with the JSON pointer of its place and left out; the rule is only used if nothing
//! was reported.

use casebook_plugin_packs::escape;
use regex_lite::{Regex, RegexBuilder};

use super::condition;
use super::source::{self, Sort};
use super::{Names, Report};
use crate::data::{Against, Check, Condition, Derivation, MOST_SAME, Nothing, PARTS, Part, Requirement, Scope, Side};
use crate::data::{Template, Way, Words};
use crate::pack;
use crate::select::{Axis, End, Path};

/// Bytes of a compiled expression: 256 KiB, far more than any that a person can read; it bounds the time of a search.
const MOST_REGEX: usize = 256 << 10;

/// A check of a pack.
pub(super) fn check(path: &str, check: &pack::Check, report: Report<'_>) -> Check {
    let each = &check.each;
    let (source, sort) = source::selection(&format!("{path}/each"), (&each.kind, &each.files, &each.path), report);
    let (names, values) = values(&format!("{path}/values"), &check.values, sort, report);
    let (other_names, against) = match &check.against {
        Some(own) => {
            let path = format!("{path}/against");
            let (other_names, against) = against(&path, own, &names, report);
            (Some(other_names), Some(against))
        }
        None => (None, None),
    };
    let both = Scope {
        values: Some(&names),
        other: other_names.as_deref(),
        fields: &[],
    };
    let writer = Writer { path, check, both };
    let lonely = check.against.as_ref().and_then(|against| against.none.as_ref());
    let mut must = Vec::new();
    for (index, requirement) in check.must.iter().enumerate() {
        let path = format!("{path}/must/{index}");
        let own = Own {
            kind: format!("must {index}"),
            message: requirement.message.as_deref(),
            severity: requirement.severity,
            fields: &requirement.fields,
        };
        must.push(Requirement {
            where_so: condition::list(&format!("{path}/if"), &requirement.r#if, both, report),
            holds: condition::one(&path, &requirement.condition(), both, report),
            words: writer.words(&path, own, both, report),
        });
    }
    if must.is_empty() && check.none.is_none() && lonely.is_none() {
        let own = Own {
            kind: "every".to_owned(),
            message: None,
            severity: None,
            fields: &pack::Named::default(),
        };
        must.push(Requirement {
            where_so: Vec::new(),
            holds: Condition::Any(Vec::new()),
            words: writer.words(path, own, both, report),
        });
    }
    let subject_only = Scope { other: None, ..both };
    let lonely = lonely.map(|lonely| {
        let own = Own {
            kind: "no other".to_owned(),
            message: lonely.message.as_deref(),
            severity: lonely.severity,
            fields: &lonely.fields,
        };
        writer.words(&format!("{path}/against/none"), own, subject_only, report)
    });
    let nothing = check.none.as_ref().map(|nothing| Nothing {
        per_document: nothing.r#in == pack::Extent::Document,
        words: writer.nothing(&format!("{path}/none"), nothing, report),
    });
    Check {
        at: at(path, &check.at, &names, report),
        each: source,
        values,
        against,
        must,
        lonely,
        nothing,
    }
}

/// Values of subjects or of others, and their names.
fn values(
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

fn against(path: &str, against: &pack::Against, subject: &Names, report: Report<'_>) -> (Names, Against) {
    let (source, sort) = source::selection(path, (&against.kind, &against.files, &against.path), report);
    let (names, values) = values(&format!("{path}/values"), &against.values, sort, report);
    let scope = Scope {
        values: Some(subject),
        other: Some(&names),
        fields: &[],
    };
    let belongs = condition::list(&format!("{path}/where"), &against.r#where, scope, report);
    let keys = belongs.iter().flat_map(Condition::equals).filter_map(|(one, two)| {
        let fits = |own: &Template, other: &Template| own.is_of(Side::Subject) && other.is_of(Side::Other);
        if fits(one, two) {
            Some((one.clone(), two.clone()))
        } else {
            fits(two, one).then(|| (two.clone(), one.clone()))
        }
    });
    let keys = keys.collect();
    let own = Against {
        source,
        same: same(&format!("{path}/same"), &against.same, report),
        values,
        belongs,
        keys,
    };
    (names, own)
}

/// What documents have to agree in.
pub(super) fn same(path: &str, origins: &[pack::Origin], report: Report<'_>) -> Vec<Part> {
    if origins.len() > MOST_SAME {
        report(
            path,
            format!(
                "{} is more than can be compared at once; expected at most {MOST_SAME}",
                origins.len()
            ),
        );
    }
    let part = |origin: &pack::Origin| match origin {
        pack::Origin::Cell => Part::Attribute("cell"),
        pack::Origin::Node => Part::Attribute("node"),
        pack::Origin::Server => Part::Attribute("server"),
        pack::Origin::Cluster => Part::Attribute("cluster"),
        pack::Origin::Application => Part::Attribute("application"),
        pack::Origin::Profile => Part::Attribute("profile"),
        pack::Origin::File => Part::File,
    };
    origins.iter().take(MOST_SAME).map(part).collect()
}

fn at(path: &str, wanted: &[String], names: &Names, report: Report<'_>) -> Vec<usize> {
    let mut places = Vec::new();
    for (index, name) in wanted.iter().enumerate() {
        match names.iter().position(|(known, _)| known == name) {
            Some(place) => places.push(place),
            None => report(
                &format!("{path}/at/{index}"),
                format!("`{name}` is none of the `values`; expected one of them"),
            ),
        }
    }
    places
}

/// What a part of a check says, where it says something of its own.
struct Own<'p> {
    kind: String,
    message: Option<&'p str>,
    severity: Option<pack::Severity>,
    fields: &'p pack::Named<String>,
}

/// Reads the words of a check's findings.
struct Writer<'p> {
    path: &'p str,
    check: &'p pack::Check,
    /// What is known of a subject and an other.
    both: Scope<'p>,
}

impl Writer<'_> {
    /// The words of a finding about a subject: those of the check, and its own in their place. Where a subject has no
    /// other, the check's fields about one are left out.
    fn words(&self, path: &str, own: Own<'_>, scope: Scope<'_>, report: Report<'_>) -> Words {
        let mut fields: Vec<(String, Template)> = Vec::new();
        for (place, all) in [(self.path, &self.check.fields), (path, own.fields)] {
            for (name, text) in all.iter() {
                if place == self.path && scope.other.is_none() && self.is_about_other(name) {
                    continue;
                }
                let read = template(scope, &format!("{place}/fields/{}", escape(name)), text, report);
                match fields.iter_mut().find(|(known, _)| known == name) {
                    Some((_, former)) => *former = read,
                    None => fields.push((name.to_owned(), read)),
                }
            }
        }
        let names: Vec<String> = fields.iter().map(|(name, _)| name.clone()).collect();
        let scope = Scope {
            fields: &names,
            ..scope
        };
        let (place, message) = match (own.message, &self.check.message) {
            (Some(message), _) => (path, message),
            (None, Some(message)) => (self.path, message.as_str()),
            (None, None) => {
                report(
                    path,
                    "no message says what was found; expected `message` here or in the check".to_owned(),
                );
                (path, "")
            }
        };
        Words {
            kind: own.kind,
            message: template(scope, &format!("{place}/message"), message, report),
            severity: own.severity.map(Into::into),
            fields,
            group: self.group(scope, report),
        }
    }

    fn group(&self, scope: Scope<'_>, report: Report<'_>) -> Option<Vec<Template>> {
        let group = self.check.group.as_ref()?.iter().enumerate();
        let is_lonely = scope.other.is_none() && self.both.other.is_some();
        let about_other = |name: &str| name.starts_with("other.") || self.is_about_other(name);
        let known = group.filter(|(_, name)| !is_lonely || scope.fields.contains(name) || !about_other(name));
        let read = |(index, name): (usize, &String)| {
            template(
                scope,
                &format!("{}/group/{index}", self.path),
                &format!("{{{name}}}"),
                report,
            )
        };
        Some(known.map(read).collect())
    }

    /// Whether a field of the check is about an other.
    fn is_about_other(&self, field: &str) -> bool {
        let read = self
            .check
            .fields
            .get(field)
            .and_then(|text| Template::read(text, self.both).ok());
        read.is_some_and(|read| read.takes(Side::Other))
    }

    /// The words where there is no subject, and so none of its values: of the group only what is known of the document.
    fn nothing(&self, path: &str, nothing: &pack::Nothing, report: Report<'_>) -> Words {
        let fields: Vec<(String, Template)> = nothing
            .fields
            .iter()
            .map(|(name, text)| {
                let path = format!("{path}/fields/{}", escape(name));
                (name.to_owned(), template(Scope::default(), &path, text, report))
            })
            .collect();
        let names: Vec<String> = fields.iter().map(|(name, _)| name.clone()).collect();
        let scope = Scope {
            fields: &names,
            ..Scope::default()
        };
        let known = |name: &&String| {
            PARTS
                .iter()
                .any(|(part, _)| name.strip_prefix("document.") == Some(part))
        };
        let group = self.check.group.iter().flatten().filter(known);
        let group: Vec<Template> = group
            .filter_map(|name| Template::read(&format!("{{{name}}}"), scope).ok())
            .collect();
        Words {
            kind: "none".to_owned(),
            message: template(scope, &format!("{path}/message"), &nothing.message, report),
            severity: nothing.severity.map(Into::into),
            fields,
            group: (!group.is_empty() || nothing.r#in == pack::Extent::Environment).then_some(group),
        }
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
