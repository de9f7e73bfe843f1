//! The ledger: what is one finding, what is kept of it, and that order and threads do not show.

use std::sync::Arc;

use proptest::prelude::*;

use crate::model::{
    ByteOffset, CoverageStatus, EnvironmentName, EventTime, FilePath, LineNumber, PluginName, RuleId, Severity,
};

use super::*;

fn cards(count: u32) -> Arc<[RuleCard]> {
    (0..count)
        .map(|number| RuleCard {
            id: RuleId::from(format!("rule-{number}")),
            plugin: PluginName::from("log-signatures"),
            severity: Severity::Medium,
            title: "A title".to_owned(),
            symptom: String::new(),
            cause: "A cause".to_owned(),
            remedy: "A remedy with LtpaToken=AbCdEf0123456789 stays".to_owned(),
            references: Vec::new(),
        })
        .collect()
}

fn acme() -> EnvironmentName {
    EnvironmentName::from("acme")
}

/// A sighting of rule 0 by `user` in record number `record` of a log of 100-byte lines, one a second.
fn sighting(user: &str, record: u32) -> Sighting {
    let time = Some(EventTime(1_000_000.0 + f64::from(record)));
    let (line, offset) = (LineNumber(u64::from(record) + 1), ByteOffset(u64::from(record) * 100));
    let file = FilePath::from("logs/stusers_1.txt");
    Sighting {
        rule: RuleIndex(0),
        group: user.to_owned(),
        severity: None,
        message: format!("{user} was refused"),
        fields: vec![("user".to_owned(), user.to_owned())],
        occurrences: 1,
        place: Place {
            file: file.clone(),
            line,
            offset,
            time,
        },
        last_time: None,
        evidence: vec![Evidence {
            file,
            line,
            offset,
            time,
            text: format!("record {record} of {user}").into(),
        }],
        order: FileOrder::default(),
    }
}

fn entered(sightings: &[Sighting]) -> Ledger {
    let mut ledger = Ledger::new(cards(4));
    for sighting in sightings {
        ledger.enter(&acme(), sighting).unwrap();
    }
    ledger
}

#[test]
fn a_signature_that_fires_a_thousand_times_is_one_finding() {
    let sightings: Vec<_> = (0..1_000).rev().map(|record| sighting("ben", record)).collect();
    let findings = entered(&sightings).findings();
    let [finding] = findings.as_slice() else {
        panic!("{} findings", findings.len())
    };
    assert_eq!(finding.occurrences, 1_000);
    assert_eq!(finding.line, LineNumber(1));
    let seen = |time: Option<Time>| time.unwrap().to_string();
    assert_eq!(seen(finding.first_seen), "1970-01-12T13:46:40.000Z");
    assert_eq!(seen(finding.last_seen), "1970-01-12T14:03:19.000Z");
    let shown: Vec<_> = finding.evidence.iter().map(|entry| entry.text.as_str()).collect();
    assert_eq!(shown, ["record 0 of ben", "record 1 of ben", "record 2 of ben"]);
}

#[test]
fn the_rotated_file_is_older_whatever_its_name_and_offset() {
    let (mut rotated, current) = (sighting("ben", 900), sighting("ben", 2));
    rotated.place.file = FilePath::from("logs/z_rotated.txt");
    let mut newer = current.clone();
    newer.order.file = 1;
    assert_eq!(
        entered(&[newer, rotated]).findings()[0].file.as_str(),
        "logs/z_rotated.txt"
    );
}

#[test]
fn the_id_is_of_the_problem_not_of_the_place() {
    let id = |sighting: &Sighting| entered(std::slice::from_ref(sighting)).findings()[0].id;
    assert_eq!(id(&sighting("ben", 1)), id(&sighting("ben", 77)));
    assert_ne!(id(&sighting("ben", 1)), id(&sighting("ann", 1)));
    assert_ne!(
        FindingId::of(&"ab".into(), &"c".into(), ""),
        FindingId::of(&"a".into(), &"bc".into(), "")
    );
    // A contract: databases and code-scanning services keep these.
    let known = FindingId::of(
        &"sametime-ltpa-token-rejected".into(),
        &"acme".into(),
        "CN=Ben Williams/O=ACME|4098",
    );
    insta::assert_snapshot!(known, @"3173b350266ad7867331ac0479b6ecd7");
    assert_eq!(known.to_string().parse::<FindingId>().unwrap(), known);
    assert!("+".repeat(32).parse::<FindingId>().is_err());
}

#[test]
fn no_hash_of_a_secret_leaves_the_ledger() {
    let with = |secret: &str| {
        let mut sighting = sighting("ben", 1);
        sighting.group = format!("ben|{secret}");
        sighting.message = format!("the token {secret} is not good");
        sighting.fields.push(("token".to_owned(), secret.to_owned()));
        sighting
    };
    let first = &entered(&[with("AAECAzRDRTM4QkE5NENFMzhD")]).findings()[0];
    let second = &entered(&[with("BBECAzRDRTM4QkE5NENFMzhE")]).findings()[0];
    assert_eq!(first.id, second.id);
    assert_eq!(first.message, "the token [masked] is not good");
    assert_eq!(first.fields[1], ("token".to_owned(), "[masked]".to_owned()));
}

#[test]
fn long_texts_are_cut_at_a_character_and_say_so() {
    let mut long = sighting("ben", 1);
    long.message = "ä".repeat(10_000);
    long.fields = vec![
        ("user".to_owned(), "ü".repeat(10_000)),
        ("user".to_owned(), "again".to_owned()),
    ];
    long.evidence[0].text = format!("begin {}", "x".repeat(1 << 20)).into();
    let finding = &entered(&[long]).findings()[0];
    assert!(finding.message.ends_with("ä [... 15904 more bytes]"));
    assert_eq!(finding.fields.len(), 1);
    assert!(finding.fields[0].1.len() < Excerpt::FIELD + 40);
    assert!(
        finding.evidence[0]
            .text
            .ends_with(&format!("x [... {} more bytes]", (1 << 20) + 6 - 4096))
    );
}

#[test]
fn a_plugin_that_names_a_whole_log_shows_a_part_of_it() {
    let mut wide = sighting("ben", 1);
    wide.evidence = (0..500)
        .map(|record| Evidence {
            text: "y".repeat(5_000).into(),
            offset: ByteOffset(record),
            ..wide.evidence[0].clone()
        })
        .collect();
    wide.fields = (0..100).map(|number| (format!("f{number}"), "v".to_owned())).collect();
    let finding = &entered(&[wide]).findings()[0];
    let shown: usize = finding.evidence.iter().map(|entry| entry.text.len()).sum();
    assert!(
        finding.evidence.len() <= 12 && shown < 20_000,
        "{} {shown}",
        finding.evidence.len()
    );
    assert_eq!(
        finding.fields.last().unwrap(),
        &("...".to_owned(), "68 more fields".to_owned())
    );
}

#[test]
fn a_rule_that_no_plugin_declared_is_refused_by_number() {
    let mut foreign = sighting("ben", 1);
    foreign.rule = RuleIndex(4);
    let mut ledger = Ledger::new(cards(4));
    let error = ledger.enter(&acme(), &foreign).unwrap_err().to_string();
    assert!(error.contains("rule 4") && error.contains("declared 4"), "{error}");
    assert!(ledger.findings().is_empty());
}

#[test]
fn a_live_view_learns_what_is_new_and_what_has_grown() {
    let mut ledger = Ledger::new(cards(1));
    let Ok(Noted::New(id)) = ledger.enter(&acme(), &sighting("ben", 5)) else {
        panic!("not new")
    };
    assert_eq!(ledger.enter(&acme(), &sighting("ben", 6)), Ok(Noted::Grown(id)));
    let finding = ledger.finding(&acme(), RuleIndex(0), id).unwrap();
    assert_eq!((finding.occurrences, finding.line), (2, LineNumber(6)));
    assert_eq!(ledger.findings(), [finding]);
}

#[test]
fn findings_stand_by_environment_file_offset_and_rule() {
    let mut ledger = Ledger::new(cards(2));
    let mut enter = |environment: &str, rule: u32, file: &str, record: u32| {
        let mut sighting = sighting("ben", record);
        sighting.rule = RuleIndex(rule);
        sighting.group = format!("{file}{record}");
        sighting.place.file = FilePath::from(file);
        ledger.enter(&EnvironmentName::from(environment), &sighting).unwrap();
    };
    for (environment, rule, file, record) in [
        ("zeta", 0, "a", 1),
        ("acme", 1, "b", 1),
        ("acme", 0, "b", 1),
        ("acme", 1, "a", 2),
        ("acme", 0, "a", 10),
    ] {
        enter(environment, rule, file, record);
    }
    let order: Vec<_> = ledger
        .findings()
        .iter()
        .map(|of| format!("{} {} {} {}", of.environment, of.file, of.line.0, of.rule))
        .collect();
    let expected = [
        "acme a 3 rule-1",
        "acme a 11 rule-0",
        "acme b 2 rule-0",
        "acme b 2 rule-1",
        "zeta a 2 rule-0",
    ];
    assert_eq!(order, expected);
}

#[test]
fn a_flood_of_groups_is_counted_and_told() {
    let mut ledger = Ledger::with_limits(
        cards(1),
        Limits {
            groups: 10,
            detailed: 4,
            counted: 100,
        },
    );
    for number in 0..60 {
        // Twice each: groups are counted, not sightings.
        for record in [number, number + 1_000] {
            ledger
                .enter(&acme(), &sighting(&format!("user{number}"), record))
                .unwrap();
        }
    }
    let findings = ledger.findings();
    assert_eq!(findings.len(), 10);
    assert!(findings.iter().all(|finding| finding.occurrences == 2));
    assert_eq!(findings.iter().filter(|finding| finding.evidence.len() == 2).count(), 4);
    let coverage = ledger.coverage();
    assert_eq!(coverage.len(), 1);
    assert_eq!(coverage[0].status, CoverageStatus::Partial);
    assert_eq!(
        coverage[0].reason,
        "rule rule-0: 10 findings are listed, 50 more (100 occurrences) are not, because a rule may have 10 in one environment"
    );
    for number in 60..500 {
        ledger
            .enter(&acme(), &sighting(&format!("user{number}"), number))
            .unwrap();
    }
    assert!(
        ledger.coverage()[0].reason.contains("more than 100 more"),
        "{}",
        ledger.coverage()[0].reason
    );
}

#[test]
fn the_severity_is_the_worst_that_was_said() {
    let mut mild = sighting("ben", 1);
    mild.severity = Some(Severity::Info);
    assert_eq!(entered(&[mild.clone()]).findings()[0].severity, Severity::Info);
    assert_eq!(
        entered(&[mild, sighting("ben", 2)]).findings()[0].severity,
        Severity::Medium
    );
}

#[test]
fn times_that_are_none_are_none() {
    for impossible in [f64::NAN, f64::INFINITY, 1e300, -1e300, -1e11] {
        let mut odd = sighting("ben", 1);
        odd.place.time = Some(EventTime(impossible));
        let finding = &entered(&[odd]).findings()[0];
        assert_eq!(
            (finding.time, finding.first_seen, finding.last_seen),
            (None, None, None),
            "{impossible}"
        );
    }
}

#[test]
fn the_words_of_the_author_are_not_masked() {
    assert!(
        entered(&[sighting("ben", 1)]).findings()[0]
            .remedy
            .contains("LtpaToken=AbCdEf0123456789")
    );
}

prop_compose! {
    fn any_sighting()(
        rule in 0_u32..3, user in 0_u8..12, record in 0_u32..6, stream in 0_u32..3, file in 0_u32..2,
        severity in prop::option::of(prop::sample::select(vec![Severity::Info, Severity::Critical])),
        occurrences in prop_oneof![0_u64..4, Just(u64::MAX)], word in 0_u8..3,
        later in prop::option::of(0_u32..100), long: bool,
    ) -> Sighting {
        let mut sighting = sighting(&format!("user{user}"), record);
        sighting.rule = RuleIndex(rule);
        sighting.order = FileOrder { stream, file };
        sighting.place.file = FilePath::from(format!("logs/{stream}_{file}.txt"));
        sighting.severity = severity;
        sighting.occurrences = occurrences;
        sighting.message = format!("word {word}");
        sighting.last_time = later.map(|later| EventTime(1_000_000.0 + f64::from(record + later)));
        if long {
            sighting.evidence[0].text = format!("{word}").repeat(5_000).into();
        }
        sighting
    }
}

proptest! {
    #[test]
    fn neither_order_nor_threads_show(
        (sightings, shuffled) in prop::collection::vec((any_sighting(), 0_u8..2), 0..60)
            .prop_flat_map(|entries| (Just(entries.clone()), Just(entries).prop_shuffle())),
        owners in prop::collection::vec(0_usize..4, 60),
        limits in (1_usize..14, 0_usize..6, 0_usize..8)
            .prop_map(|(groups, detailed, counted)| Limits { groups, detailed: detailed.min(groups), counted }),
    ) {
        let environments = [EnvironmentName::from("acme"), EnvironmentName::from("globex")];
        let mut whole = Ledger::with_limits(cards(3), limits);
        for (sighting, environment) in &sightings {
            whole.enter(&environments[usize::from(*environment)], sighting).unwrap();
        }
        let mut parts = vec![Ledger::with_limits(cards(3), limits); 4];
        for ((sighting, environment), owner) in shuffled.iter().zip(owners) {
            parts[owner].enter(&environments[usize::from(*environment)], sighting).unwrap();
        }
        // Merged in another order than that of their making.
        let mut merged = Ledger::with_limits(cards(3), limits);
        parts.into_iter().rev().for_each(|part| merged.merge(part));
        prop_assert_eq!(whole.findings(), merged.findings());
        prop_assert_eq!(whole.coverage(), merged.coverage());
    }
}
