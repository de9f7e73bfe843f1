//! A plugin that fails while it judges: the batch is lost and said, the rest of the stream and of the rules is not.

use crate::{Site, evil, trace};

/// Records that are handed over at a time; what one failure costs.
const BATCH: u64 = 4096;

/// 10,000 records are three batches; the plugin misbehaves in the second.
#[track_caller]
fn loses_one_batch(behaviour: &str, said: &str) {
    let site = Site::new()
        .with_rule("evil", &format!("behaviour: {behaviour}\nat: 5000"))
        .with_log("stusers_1.txt", &trace(10_000));
    let report = site.scan(&[]);
    assert_eq!(report.status, Some(3), "{report:?}");
    let [(file, reason)] = report.gaps()[..] else {
        panic!("expected one gap: {:?}", report.gaps())
    };
    assert_eq!(file, "stusers_1.txt");
    assert!(
        reason.starts_with("plugin hostile: ") && reason.contains(said),
        "{reason}"
    );
    assert!(
        reason.ends_with("; 4096 records from line 4100 to line 8195 were not judged"),
        "{reason}"
    );
    assert_eq!(
        report.occurrences_of("evil"),
        10_000 - BATCH,
        "before it, and after it with a fresh instance"
    );
    report.assert_built_in_findings();
}

#[test]
fn that_loops_is_stopped_at_its_deadline() {
    loses_one_batch("loops", "did not answer within 1 s and was stopped");
}

#[test]
fn that_takes_memory_without_end_meets_its_limit() {
    loses_one_batch("allocates", "asked for more than its 256 MiB of memory");
}

#[test]
fn that_recurses_without_end_meets_its_limit() {
    loses_one_batch("recurses", "recursed until its stack was full");
}

#[test]
fn that_traps_is_a_failure_with_its_place() {
    loses_one_batch("traps", "trapped: ");
}

#[test]
fn that_names_a_rule_which_it_never_declared_is_not_believed() {
    loses_one_batch("returns-nonsense-rule", "answered nonsense: names rule 999, and has 1");
}

#[test]
fn that_names_a_record_which_it_never_saw_is_not_believed() {
    loses_one_batch("names-unseen-record", "answered nonsense: names record 4294967295");
}

#[test]
fn that_names_a_record_which_it_did_not_keep_is_not_believed() {
    loses_one_batch(
        "names-forgotten-record",
        "answered nonsense: names record 0, which it was not shown or did not keep",
    );
}

#[test]
fn that_keeps_a_record_which_it_never_saw_is_not_believed() {
    loses_one_batch("keeps-unseen-record", "answered nonsense: keeps record 4294967295");
}

#[test]
fn that_reports_what_never_occurred_is_not_believed() {
    loses_one_batch(
        "zero-occurrences",
        "answered nonsense: reports a finding that occurred no times",
    );
}

#[test]
fn that_refuses_is_quoted() {
    loses_one_batch("refuses", "could not judge: record 5000 is beyond me");
}

#[test]
fn whose_answer_is_too_large_is_not_copied() {
    loses_one_batch("huge-answer", "gave an answer that could not be read");
}

/// Batches are then judged by several instances at a time, and what is said of them stays in the order of the log.
#[test]
fn that_judges_records_alone_loses_one_batch_too() {
    for threads in ["1", "2", "4"] {
        let site = Site::new()
            .with_rule("evil", "behaviour: traps\nalone: true\nat: 5000")
            .with_log("stusers_1.txt", &trace(60_000));
        let report = site.scan(&["--threads", threads]);
        let gaps = report.gaps();
        assert_eq!((report.status, gaps.len()), (Some(3), 1), "{threads}: {gaps:?}");
        assert!(
            gaps[0]
                .1
                .ends_with("; 4096 records from line 4100 to line 8195 were not judged"),
            "{threads}: {gaps:?}"
        );
        assert_eq!(report.occurrences_of("evil"), 60_000 - BATCH, "{threads}");
    }
}

#[test]
fn that_keeps_records_and_says_that_it_judges_them_alone_is_not_believed() {
    for threads in ["1", "4"] {
        let site = Site::new()
            .with_rule("evil", "behaviour: keeps-everything\nalone: true\nat: 5000")
            .with_log("stusers_1.txt", &trace(10_000));
        let report = site.scan(&["--threads", threads]);
        let [(_, reason)] = report.gaps()[..] else {
            panic!("{threads}: {:?}", report.gaps())
        };
        assert!(
            reason.contains("answered nonsense: keeps a record, and its rules say that each is judged alone"),
            "{threads}: {reason}"
        );
        assert_eq!(report.occurrences_of("evil"), 10_000 - BATCH, "{threads}");
    }
}

/// A refusal is no trap: the instance goes on, and what it kept before can still be named after.
#[test]
fn that_refuses_still_has_what_it_kept() {
    let site = Site::new()
        .with_rule("evil", "behaviour: refuses-and-remembers\nat: 5000")
        .with_log("stusers_1.txt", &trace(10_000));
    let report = site.scan(&[]);
    assert_eq!(report.gaps().len(), 1, "{:?}", report.gaps());
    assert_eq!(report.occurrences_of("evil"), 10_000 - BATCH);
}

#[test]
fn that_fails_three_times_is_left_out_and_that_is_said() {
    let site = Site::new()
        .with_rule("evil", "behaviour: traps")
        .with_log("stusers_1.txt", &trace(5 * BATCH as usize));
    let report = site.scan(&[]);
    assert_eq!(report.status, Some(3));
    let gaps = report.gaps();
    assert_eq!(
        gaps.iter().filter(|(_, reason)| reason.contains("trapped")).count(),
        3,
        "{gaps:?}"
    );
    let left_out = "plugin hostile: is left out of this run after several failures; 4096 records from line";
    assert_eq!(
        gaps.iter().filter(|(_, reason)| reason.starts_with(left_out)).count(),
        2,
        "{gaps:?}"
    );
    report.assert_built_in_findings();
}

/// Failing in one stream does not stop the others, whichever worker has them.
#[test]
fn in_one_of_many_streams_loses_only_there() {
    let mut site = Site::new().with_rule("evil", "behaviour: loops\nat: 50");
    for number in 0..8 {
        site = site.with_log(&format!("server{number}.txt"), &evil(20));
    }
    let report = site.with_log("stusers_1.txt", &trace(60)).scan(&["--threads", "4"]);
    assert_eq!(report.status, Some(3));
    assert_eq!(report.gaps().len(), 1, "{:?}", report.gaps());
    assert_eq!(report.gaps()[0].0, "stusers_1.txt");
    assert_eq!(report.occurrences_of("evil"), 8 * 20);
    report.assert_built_in_findings();
}

/// Without the built-in rules, the built-in plugin has no patterns; candidates must find their plugin all the same.
#[test]
fn is_told_apart_from_a_plugin_without_rules() {
    let site = Site::new()
        .with_rule("evil", "behaviour: behaves")
        .with_log("stusers_1.txt", &trace(10));
    let report = site.scan(&["--no-built-in-rules"]);
    assert_eq!((report.status, report.gaps().len()), (Some(1), 0), "{report:?}");
    assert_eq!(report.occurrences_of("evil"), 10);
}

/// The same plugin, as the compiler left it and as a component.
#[test]
fn is_the_same_as_core_module_and_as_component() {
    let module = std::fs::read(crate::hostile_file()).expect("the plugin");
    let component = wit_component::ComponentEncoder::default()
        .module(&module)
        .and_then(|encoder| encoder.validate(true).encode())
        .expect("a component of it");
    for (bytes, shape) in [(module, "core module"), (component, "component")] {
        let site = Site::new()
            .with_plugin(&bytes)
            .with_rule("evil", "behaviour: behaves")
            .with_log("stusers_1.txt", &trace(10));
        let report = site.scan(&[]);
        assert_eq!(
            (report.status, report.occurrences_of("evil")),
            (Some(1), 10),
            "{shape}: {report:?}"
        );
        report.assert_built_in_findings();
    }
}
