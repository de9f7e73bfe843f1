//! Loading a check that is data: its texts are read, its names are resolved, its expressions compiled.
//!
//! What cannot be understood is reported with the JSON pointer of its place and left out; the rule is only used if nothing
//! was reported.

use super::condition;
use super::source;
use super::value::values;
use super::words::{Own, Writer};
use super::{Names, Report};
use crate::data::{Against, Check, Condition, MOST_SAME, Nothing, Part, Requirement, Scope, Side, Template};
use crate::pack;

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
