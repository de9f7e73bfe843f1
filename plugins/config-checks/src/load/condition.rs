//! Loading conditions: each test by itself, all of one entry together.

use super::Report;
use super::value::{regex, template};
use crate::data::{Condition, Relation, Scope};
use crate::pack;

/// A list of conditions.
pub(super) fn list(path: &str, list: &[pack::Condition], scope: Scope<'_>, report: Report<'_>) -> Vec<Condition> {
    let numbered = list.iter().enumerate();
    numbered
        .map(|(index, own)| one(&format!("{path}/{index}"), own, scope, report))
        .collect()
}

/// One condition, which may be several tests. Recurs as deep as JSON texts may.
pub(super) fn one(path: &str, own: &pack::Condition, scope: Scope<'_>, report: Report<'_>) -> Condition {
    let mut tests = Vec::new();
    let negated = |condition| Condition::Not(Box::new(condition));
    for (name, texts, test) in [
        ("present", &own.present, (|text| Condition::Present(text)) as fn(_) -> _),
        ("missing", &own.missing, |text| {
            Condition::Not(Box::new(Condition::Present(text)))
        }),
        ("absent", &own.absent, Condition::Absent),
    ] {
        for text in texts.iter().flat_map(pack::OneOrMany::as_slice) {
            tests.push(test(template(scope, &format!("{path}/{name}"), text, report)));
        }
    }
    for (name, pair, relation, expected) in [
        ("equal", &own.equal, Relation::Equal, true),
        ("differ", &own.differ, Relation::Equal, false),
        ("contains", &own.contains, Relation::Contains, true),
        ("contains-not", &own.contains_not, Relation::Contains, false),
        ("below", &own.below, Relation::Below, true),
        ("at-least", &own.at_least, Relation::Below, false),
    ] {
        if let Some([one, two]) = pair {
            let one = template(scope, &format!("{path}/{name}/0"), one, report);
            let two = template(scope, &format!("{path}/{name}/1"), two, report);
            let compare = Condition::Compare(one, relation, two);
            tests.push(if expected { compare } else { negated(compare) });
        }
    }
    for (name, pair, expected) in [
        ("matches", &own.matches, true),
        ("matches-not", &own.matches_not, false),
    ] {
        if let Some([text, expression]) = pair {
            let text = template(scope, &format!("{path}/{name}/0"), text, report);
            let expression = regex(&format!("{path}/{name}/1"), expression, report);
            let matches = expression.map(|expression| Condition::Matches(text, expression));
            tests.extend(matches.map(|matches| if expected { matches } else { negated(matches) }));
        }
    }
    for (name, among, expected) in [("one-of", &own.one_of, true), ("none-of", &own.none_of, false)] {
        if let Some(among) = among {
            let text = template(scope, &format!("{path}/{name}/value"), &among.value, report);
            let any = among.any.iter().enumerate();
            let any = any.map(|(index, text)| template(scope, &format!("{path}/{name}/any/{index}"), text, report));
            let one_of = Condition::OneOf(text, any.collect());
            tests.push(if expected { one_of } else { negated(one_of) });
        }
    }
    if let Some(any) = &own.any {
        tests.push(Condition::Any(list(&format!("{path}/any"), any, scope, report)));
    }
    if let Some(all) = &own.all {
        tests.push(Condition::All(list(&format!("{path}/all"), all, scope, report)));
    }
    if let Some(not) = &own.not {
        tests.push(negated(one(&format!("{path}/not"), not, scope, report)));
    }
    match tests.len() {
        0 => {
            let reason = "nothing is asked here; expected a test such as `present`, `equal` or `matches`";
            report(path, reason.to_owned());
            Condition::All(Vec::new())
        }
        1 => tests.remove(0),
        _ => Condition::All(tests),
    }
}
