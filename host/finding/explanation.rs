//! Findings that belong together: what a log shows, and the setting that explains it.
//!
//! Comes in: findings of one run, and which rules explain which ([`Explanation`], said by the rules themselves). Goes out:
//! the same findings, each with the ids of those that it explains and of those that explain it. Never here: guesses; two
//! rules that nobody joined stay apart, and a finding of severity `info`, which says what could not be told or what
//! something costs, explains nothing.

use std::collections::BTreeMap;

use super::contract::Finding;
use super::id::FindingId;
use crate::model::{EnvironmentName, RuleId, Severity};

/// One rule's findings explain another's.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Explanation {
    /// The rule whose findings are the cause.
    pub cause: RuleId,
    /// The rule whose findings are the symptom.
    pub symptom: RuleId,
    /// Names of fields that must agree, in any case, where both findings have them.
    pub same: Vec<String>,
}

/// Ids that a finding names at most on either side: 64. A log may show a thousand users whose logins one setting explains;
/// the setting's finding names the first, each of theirs names it.
const MOST: usize = 64;

/// Pairs of one explanation that are looked at in an environment: 2,000,000, a thousand settings and two thousand users. Whoever
/// has more of both is told of the first.
const MOST_PAIRS: usize = 2_000_000;

/// Joins the findings of one run. Their order decides the order of ids.
pub fn join(findings: &mut [Finding], explanations: &[Explanation]) {
    let mut places: BTreeMap<(&EnvironmentName, &RuleId), Vec<usize>> = BTreeMap::new();
    for (index, finding) in findings.iter().enumerate() {
        places
            .entry((&finding.environment, &finding.rule))
            .or_default()
            .push(index);
    }
    let mut explains: Vec<Vec<FindingId>> = vec![Vec::new(); findings.len()];
    let mut explained = explains.clone();
    for ((environment, rule), causes) in &places {
        for explanation in explanations.iter().filter(|explanation| explanation.cause == **rule) {
            let mut pairs = 0;
            let symptoms = places
                .get(&(*environment, &explanation.symptom))
                .map_or(&[][..], Vec::as_slice);
            for &at in causes {
                let Some(cause) = findings.get(at).filter(|cause| cause.severity > Severity::Info) else {
                    continue;
                };
                for &other in symptoms {
                    let Some(symptom) = findings.get(other) else { continue };
                    pairs += 1;
                    if pairs > MOST_PAIRS {
                        break;
                    }
                    if agree(cause, symptom, &explanation.same) {
                        add(explains.get_mut(at), symptom.id);
                        add(explained.get_mut(other), cause.id);
                    }
                }
            }
        }
    }
    for (finding, (explains, explained)) in findings.iter_mut().zip(explains.into_iter().zip(explained)) {
        (finding.explains, finding.explained_by) = (explains, explained);
    }
}

fn add(ids: Option<&mut Vec<FindingId>>, id: FindingId) {
    if let Some(ids) = ids.filter(|ids| ids.len() < MOST && !ids.contains(&id)) {
        ids.push(id);
    }
}

/// Whether two findings agree in these fields, where both have them.
fn agree(cause: &Finding, symptom: &Finding, same: &[String]) -> bool {
    let field = |finding: &Finding, name: &str| {
        let found = finding.fields.iter().find(|(field, _)| field == name);
        found.map(|(_, value)| value.to_lowercase())
    };
    same.iter()
        .all(|name| match (field(cause, name), field(symptom, name)) {
            (Some(left), Some(right)) => left == right,
            _ => true,
        })
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::finding::{FileOrder, Ledger, Place, RuleCard, RuleIndex, Sighting};
    use crate::model::{ByteOffset, FilePath, LineNumber, PluginName};

    fn card(id: &str) -> RuleCard {
        RuleCard {
            id: id.into(),
            plugin: PluginName::from("p"),
            severity: Severity::High,
            title: String::new(),
            symptom: String::new(),
            cause: String::new(),
            remedy: String::new(),
            references: Vec::new(),
        }
    }

    /// Findings of two rules, `cause` and `symptom`: rule, environment, node, severity.
    fn findings(of: &[(u32, &str, &str, Severity)]) -> Vec<Finding> {
        let mut ledger = Ledger::new(Arc::from(vec![card("cause"), card("symptom")]));
        for (rule, environment, node, severity) in of {
            let sighting = Sighting {
                rule: RuleIndex(*rule),
                group: (*node).to_owned(),
                severity: Some(*severity),
                message: String::new(),
                fields: vec![("node".to_owned(), (*node).to_owned())],
                occurrences: 1,
                place: Place {
                    file: FilePath::from("f"),
                    line: LineNumber(1),
                    offset: ByteOffset(0),
                    time: None,
                },
                last_time: None,
                evidence: Vec::new(),
                order: FileOrder::default(),
            };
            ledger.enter(&EnvironmentName::from(*environment), &sighting).unwrap();
        }
        ledger.findings()
    }

    fn joined(of: &[(u32, &str, &str, Severity)], same: &[&str]) -> (usize, usize) {
        let mut findings = findings(of);
        let explanation = Explanation {
            cause: "cause".into(),
            symptom: "symptom".into(),
            same: same.iter().map(|name| (*name).to_owned()).collect(),
        };
        join(&mut findings, &[explanation]);
        let ids = |list: fn(&Finding) -> &Vec<FindingId>| findings.iter().map(|finding| list(finding).len()).sum();
        (ids(|finding| &finding.explains), ids(|finding| &finding.explained_by))
    }

    #[test]
    fn a_cause_and_its_symptom_name_each_other() {
        let high = Severity::High;
        let both = [(0, "acme", "n1", high), (1, "acme", "N1", high)];
        assert_eq!(joined(&both, &["node"]), (1, 1), "in any case of letters");
        assert_eq!(
            joined(&both, &["elsewhere"]),
            (1, 1),
            "a field that neither has says nothing"
        );
    }

    #[test]
    fn what_does_not_belong_together_stays_apart() {
        let high = Severity::High;
        for (of, why) in [
            ([(0, "acme", "n1", high), (1, "acme", "n2", high)], "another node"),
            ([(0, "acme", "n1", high), (1, "globex", "n1", high)], "another customer"),
            (
                [(0, "acme", "n1", Severity::Info), (1, "acme", "n1", high)],
                "only a remark",
            ),
            ([(1, "acme", "n1", high), (1, "acme", "n1", high)], "no cause"),
        ] {
            assert_eq!(joined(&of, &["node"]), (0, 0), "{why}");
        }
    }
}
