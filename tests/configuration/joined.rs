//! Findings of logs and of configuration that explain each other.

use std::collections::BTreeMap;

use super::story::{ours, scan};

#[test]
fn ids_of_what_explains_are_those_of_findings_in_the_same_output() {
    let told = scan(&ours("examples/acme"), &["--today", "2026-01-01"]);
    let findings = told.findings();
    let list = |finding: &serde_json::Value, name: &str| -> Vec<String> {
        let ids = finding[name].as_array().expect("a list, even if it is empty");
        ids.iter().map(|id| id.as_str().expect("an id").to_owned()).collect()
    };
    let by_id: BTreeMap<&str, &serde_json::Value> = findings
        .iter()
        .map(|finding| (finding["id"].as_str().unwrap_or_default(), finding))
        .collect();
    let mut ties = 0;
    for finding in &findings {
        let own = finding["id"].as_str().unwrap_or_default();
        for (name, back) in [("explains", "explained_by"), ("explained_by", "explains")] {
            for id in list(finding, name) {
                ties += 1;
                let other = by_id
                    .get(id.as_str())
                    .unwrap_or_else(|| panic!("{own} {name} {id}, which is not there"));
                assert_ne!(own, id);
                assert_eq!(finding["environment"], other["environment"]);
                let whole = list(other, back).len() >= 64; // as many as one finding names
                assert!(
                    whole || list(other, back).iter().any(|id| id == own),
                    "{id} does not name {own}"
                );
            }
        }
    }
    assert!(ties > 0, "{:#?}", told.places());
}
