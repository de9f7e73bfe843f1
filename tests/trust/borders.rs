//! One environment's data must not be seen from another's: instances live as long as one run over one environment.

use std::path::Path;

use casebook::environment::Environment;
use casebook::finding::Finding;
use casebook::pack::RulePack;
use casebook::plugin::{Compiler, Limits, Sandbox};
use casebook::rulebook::{Rulebook, Thoroughness};
use casebook::scan::{Progress, ScanPlan, scan};

use crate::{STAMP, hostile_file};

fn rulebook() -> Rulebook {
    let sandbox = Sandbox::new(Limits::default(), None).expect("an engine");
    let bytes = std::fs::read(hostile_file()).expect("the plugin");
    let plugin = sandbox.load("hostile", &bytes, &Compiler::Inside).expect("a plugin");
    let pack = "plugin: hostile\nid: evil\nsearch: EVIL\nbehaviour: remembers-across-streams\n";
    let pack = RulePack::parse("evil.yaml", pack).expect("a pack");
    Rulebook::build(vec![plugin], vec![pack], Thoroughness::Foreign).expect("a rulebook")
}

fn messages(rulebook: &Rulebook, folder: &Path) -> Vec<String> {
    let mut plan = ScanPlan::new(vec![folder.to_owned()]);
    plan.threads = 1;
    let environment = Environment::read(folder).expect("an environment");
    let outcome = scan(&plan, &environment, rulebook, &Progress::default()).expect("a scan");
    outcome
        .ledger
        .findings()
        .into_iter()
        .flat_map(|finding: Finding| {
            finding
                .evidence
                .into_iter()
                .map(|entry| entry.text)
                .chain([finding.message])
        })
        .collect()
}

/// The plugin remembers the first text that it saw and reports it with every other. Within one environment it may have
/// been handed several streams, one after the other; what it saw in one environment it cannot know in the next.
#[test]
fn of_environments_are_not_crossed_by_a_plugin_that_remembers() {
    let rulebook = rulebook();
    let folder = tempfile::tempdir().expect("a temporary folder");
    let environments = ["acme", "initech"].map(|name| {
        let environment = folder.path().join(name);
        std::fs::create_dir(&environment).expect("a folder");
        for server in ["a", "b"] {
            let log = format!("{STAMP},INF,Users   ,EVIL of {name} on {server}\n");
            std::fs::write(environment.join(format!("{server}.txt")), log).expect("a log");
        }
        (name, environment)
    });
    let mut seen = Vec::new();
    for (name, environment) in &environments {
        let messages = messages(&rulebook, environment);
        assert!(
            messages
                .iter()
                .any(|message| message.starts_with("the first that I saw was: ")),
            "{messages:?}"
        );
        assert!(
            messages
                .iter()
                .all(|message| message.contains(&format!("of {name} on"))),
            "{name}: {messages:?}"
        );
        seen.push(messages);
    }
    assert_eq!(
        messages(&rulebook, &environments[0].1),
        seen[0],
        "a run leaves nothing behind for the next"
    );
}
