//! A plugin that misbehaves with configuration: it is stopped, not believed, cut short, and that is said; what other plugins
//! find, in logs and in the same files, is there all the same.
//!
//! The plugin is `plugins/hostile-configs`. Beside it, the built-in one judges the same files by a rule of the story.

use std::path::{Path, PathBuf};

use casebook::environment::Environment;
use casebook::pack::RulePack;
use casebook::plugin::{Compiler, Limits, Sandbox};
use casebook::rulebook::{Rulebook, Thoroughness};
use casebook::scan::{Progress, ScanPlan, scan};

use crate::{Report, Site, assert_harmless, text, trace};

/// The plugin, as the build made it.
fn plugin_file() -> PathBuf {
    Path::new(env!("CASEBOOK_GUESTS")).join("hostile-configs.wasm")
}

/// A rule of the built-in plugin, which finds one setting.
const TAME: &str = "plugin: config-checks
id: tame
title: A setting
severity: low
symptom: None.
cause: None.
remedy: None.
check:
  each: { kind: properties, path: //debug }
  values: { debug: '.' }
  must:
    - differ: ['{debug}', 'true']
  fields: { found: '{debug}', wanted: 'false' }
  message: 'debug is {debug}.'
";

const SECURITY: &str = "<security:Security xmlns:security=\"s\">
<repertoire alias=\"A\">
<setting sslProtocol=\"TLSv1\"/>
</repertoire>
<managementScopes scopeName=\"cell\"/>
<setting sslProtocol=\"TLSv1.2\"/>
</security:Security>
";

/// A log, two files of configuration, a rule of the hostile plugin with the rest of its pack, and a tame one.
fn site(conduct: &str) -> Site {
    let mut site = Site::new()
        .with_pack("evil.yaml", &format!("plugin: hostile-configs\nid: evil\n{conduct}\n"))
        .with_pack("tame.yaml", TAME)
        .with_log("stusers_1.txt", &trace(0))
        .with_log("app.properties", "name=a\ndebug=true\n")
        .with_log("security.xml", SECURITY);
    site.plugin = plugin_file();
    site
}

#[track_caller]
fn assert_others(report: &Report) {
    report.assert_built_in_findings();
    let tame = report.findings_of("tame");
    assert_eq!(tame.len(), 1, "{report:?}");
    assert_eq!(
        (text(&tame[0]["file"]), &tame[0]["line"]),
        ("app.properties", &2.into())
    );
}

/// Status 3, one gap that names the plugin and says these words, nothing of the plugin's findings, all of the others'.
#[track_caller]
fn judges_nothing(behaviour: &str, said: &str) -> Report {
    let report = site(&format!("behaviour: {behaviour}")).scan(&[]);
    assert_eq!(report.status, Some(3), "{report:?}");
    let [(file, reason)] = report.gaps()[..] else {
        panic!("expected one gap: {:?}", report.gaps())
    };
    assert_eq!(file, ".");
    assert!(
        reason.starts_with(&format!("plugin hostile-configs: {said}")),
        "{reason}"
    );
    assert!(reason.ends_with("; the configuration was not judged"), "{reason}");
    assert!(report.findings_of("evil").is_empty(), "{report:?}");
    assert_others(&report);
    report
}

#[test]
fn that_behaves_is_believed() {
    let report = site("behaviour: behaves").scan(&[]);
    assert_eq!((report.status, report.gaps().len()), (Some(1), 0), "{report:?}");
    let files: Vec<_> = report
        .findings_of("evil")
        .iter()
        .map(|finding| text(&finding["file"]))
        .collect();
    assert_eq!(files, ["app.properties", "security.xml"]);
    assert_others(&report);
}

#[test]
fn that_loops_is_stopped_at_its_deadline() {
    judges_nothing("loops", "did not answer within 1 s and was stopped");
}

#[test]
fn that_takes_memory_without_end_meets_its_limit() {
    judges_nothing("allocates", "asked for more than its 256 MiB of memory");
}

#[test]
fn that_recurses_without_end_meets_its_limit() {
    judges_nothing("recurses", "recursed until its stack was full");
}

#[test]
fn that_traps_is_a_failure_with_its_place() {
    judges_nothing("traps", "trapped: ");
}

#[test]
fn that_names_a_rule_which_it_never_declared_is_not_believed() {
    judges_nothing("names-undeclared-rule", "answered nonsense: names rule 999, and has 1");
}

#[test]
fn that_names_a_document_or_a_node_which_it_was_never_shown_is_not_believed() {
    let document = "answered nonsense: names node 0 of document 4294967295, which it was not shown";
    judges_nothing("names-unseen-document", document);
    let node = "answered nonsense: names node 4294967295 of document 0, which it was not shown";
    judges_nothing("names-unseen-node", node);
}

#[test]
fn that_refuses_is_quoted_and_not_obeyed() {
    let report = judges_nothing("refuses", "could not judge: this site is beyond me");
    assert_harmless(&report.stdout);
    let site = site("behaviour: refuses");
    let mut command = site.command();
    command.args(["--color", "always", "scan"]).arg(site.logs());
    let shown = Report::of(command);
    assert!(shown.stdout.contains("this site is beyond me"), "{shown:?}");
    assert_harmless(&shown.stdout);
}

#[test]
fn whose_answer_is_too_large_is_not_copied() {
    judges_nothing("huge-answer", "gave an answer that could not be read");
}

#[test]
fn that_finds_more_than_anybody_reads_is_not_believed() {
    judges_nothing("floods-findings", "answered nonsense: 100001 findings");
}

#[test]
fn that_floods_groups_is_capped_and_the_rest_is_counted() {
    let report = site("behaviour: floods-groups").patient().scan(&[]);
    assert_eq!(report.status, Some(3), "{:?}", report.gaps());
    assert_eq!(report.findings_of("evil").len(), 10_000);
    let [(_, reason)] = report.gaps()[..] else {
        panic!("expected one gap: {:?}", report.gaps())
    };
    let said = "rule evil: 10000 findings are listed, 90000 more (90000 occurrences) are not";
    assert!(reason.starts_with(said), "{reason}");
    assert_others(&report);
}

/// Every place has to be looked up, in a file whose secrets have to be kept out of each: what that costs is the host's time,
/// for which no deadline of a plugin holds.
#[test]
fn that_floods_evidence_costs_no_more_than_the_files_it_names() {
    let secrets: String = (0..3_000)
        .map(|number| format!("<a password=\"geheim-{number:05}\"/>\n"))
        .collect();
    let settings: String = (0..30_000)
        .map(|number| format!("<setting alias=\"{number}\"/>\n"))
        .collect();
    let security = format!("<security:Security xmlns:security=\"s\">\n{secrets}{settings}</security:Security>\n");
    let report = site("kinds: [security.xml]\nnodes: [setting]\nbehaviour: floods-evidence")
        .with_log("security.xml", &security)
        .patient()
        .scan(&[]);
    assert_eq!(report.status, Some(3), "{:?}", report.gaps());
    assert_eq!(report.findings_of("evil").len(), 10_000);
    assert!(!report.stdout.contains("geheim-"));
    assert_others(&report);
}

#[test]
fn that_names_a_place_a_million_times_shows_it_once() {
    let report = site("kinds: [security.xml]\nbehaviour: floods-places")
        .patient()
        .scan(&[]);
    assert_eq!((report.status, report.gaps().len()), (Some(1), 0), "{report:?}");
    let findings = report.findings_of("evil");
    assert_eq!(findings[0]["evidence"].as_array().map(Vec::len), Some(1));
    assert!(report.stdout.len() < 100_000);
    assert_others(&report);
}

#[test]
fn that_floods_its_log_ends_at_the_budget_of_the_run() {
    let report = site("behaviour: floods-log").scan(&["--verbose"]);
    assert_eq!(report.status, Some(1), "{}", report.stderr);
    let lines = || report.stderr.lines();
    let logged = lines().filter(|line| line.starts_with("plugin hostile-configs info: line "));
    assert_eq!(logged.count(), 1_000);
    let beyond = "plugin hostile-configs warn: 4000 more lines were beyond its budget of 1000 and not kept";
    assert!(lines().any(|line| line == beyond), "{:?}", lines().last());
    assert_others(&report);
}

#[test]
fn that_says_escape_sequences_is_shown_and_not_obeyed() {
    for format in ["text", "jsonl", "sarif"] {
        let site = site("behaviour: says-escape-sequences\ntitle: \"t\\e[2J\\e]0;x\\a\\u202e\"");
        let mut command = site.command();
        command
            .args(["--verbose", "--color", "always", "scan", "--format", format])
            .arg(site.logs());
        let report = Report::of(command);
        assert_eq!(report.status, Some(1), "{}", report.stderr);
        assert!(
            report.stdout.contains("message") && report.stderr.contains("plugin hostile-configs error: log"),
            "{report:?}"
        );
        assert_harmless(&report.stdout);
        assert_harmless(&report.stderr);
    }
}

/// Before anything is read, it must say what it wants to see.
#[test]
fn that_fails_to_say_what_it_wants_is_refused() {
    for (behaviour, said) in [
        ("loops-in-wants", "did not answer within 1 s and was stopped"),
        ("traps-in-wants", "trapped: "),
        ("wants-millions", "gave an answer that could not be read"),
        ("wants-many", "answered nonsense: wants to see 100"),
    ] {
        let report = site(&format!("behaviour: {behaviour}")).scan(&[]);
        assert_eq!((report.status, report.stdout.as_str()), (Some(2), ""), "{report:?}");
        let said = format!("plugin hostile-configs: {said}");
        assert!(report.stderr.contains(&said), "{said:?} in {:?}", report.stderr);
    }
}

#[test]
fn that_wants_names_of_any_length_gets_what_there_is() {
    for (behaviour, kinds) in [
        ("wants-huge-names", ""),
        ("wants-many-names", "kinds: [security.xml]\n"),
    ] {
        let report = site(&format!("{kinds}behaviour: {behaviour}")).patient().scan(&[]);
        assert_eq!(
            (report.status, report.gaps().len()),
            (Some(1), 0),
            "{behaviour}: {report:?}"
        );
        assert!(report.occurrences_of("evil") > 0, "{behaviour}");
        assert_others(&report);
    }
}

/// Whatever one plugin wants to have listed, others must still be handed, and logs must still be read.
#[test]
fn that_wants_all_files_listed_takes_none_away_from_others() {
    let report = site("behaviour: wants-listings").scan(&[]);
    assert_eq!((report.status, report.gaps().len()), (Some(1), 0), "{report:?}");
    let files: Vec<_> = report
        .findings_of("evil")
        .iter()
        .map(|finding| text(&finding["file"]))
        .collect();
    assert_eq!(files, [".", "app.properties", "security.xml"]);
    assert_others(&report);
}

/// Plugins that want different nodes of one file count them differently; each is shown its own.
#[test]
fn is_shown_the_lines_that_it_names_whatever_others_want() {
    let report = site("kinds: [security.xml]\nnodes: [setting]\nbehaviour: echoes").scan(&[]);
    let evidence = report.findings_of("evil").into_iter().map(|finding| {
        let evidence = &finding["evidence"][0];
        (
            finding["line"].as_u64(),
            evidence["line"].as_u64(),
            text(&evidence["text"]).to_owned(),
        )
    });
    let lines: Vec<&str> = SECURITY.lines().collect();
    let mut seen = Vec::new();
    for (line, shown, text) in evidence {
        assert_eq!(line, shown);
        let line = usize::try_from(line.unwrap_or_default()).unwrap_or_default();
        assert_eq!(text, lines[line - 1], "line {line}");
        seen.push(line);
    }
    assert_eq!(seen, [1, 2, 3, 6]);
}

/// The plugin remembers the first value that it saw and reports it with every document. What it saw in one environment it
/// cannot know in the next, although one set of rules serves both.
#[test]
fn of_environments_are_not_crossed_by_a_plugin_that_remembers() {
    let sandbox = Sandbox::new(Limits::default(), None).expect("an engine");
    let bytes = std::fs::read(plugin_file()).expect("the plugin");
    let plugin = sandbox
        .load("hostile-configs", &bytes, &Compiler::Inside)
        .expect("a plugin");
    let pack = "plugin: hostile-configs\nid: evil\nbehaviour: remembers-across-environments\n";
    let pack = RulePack::parse("evil.yaml", pack).expect("a pack");
    let rulebook = Rulebook::build(vec![plugin], vec![pack], Thoroughness::Foreign).expect("a rulebook");
    let folder = tempfile::tempdir().expect("a temporary folder");
    for name in ["acme", "initech", "globex"] {
        let environment = folder.path().join(name);
        std::fs::create_dir(&environment).expect("a folder");
        std::fs::write(environment.join("a.properties"), format!("site={name}\n")).expect("a file");
        let mut plan = ScanPlan::new(vec![environment.clone()]);
        plan.threads = 1;
        let known = Environment::read(&environment).expect("an environment");
        let outcome = scan(&plan, &known, &rulebook, &Progress::default()).expect("a scan");
        let messages: Vec<_> = outcome
            .ledger
            .findings()
            .into_iter()
            .map(|finding| finding.message)
            .collect();
        assert_eq!(messages, [format!("the first that I saw was: {name}")]);
    }
}
