//! Reports as people and scripts see them, and what no text may do to them.

use std::sync::Arc;

use proptest::prelude::*;
use serde_json::Value;

use crate::finding::{
    self, CoverageEntry, Evidence, Explanation, FileOrder, Finding, Ledger, Object, Place, RuleCard, RuleIndex,
    Sighting, Summary,
};
use crate::model::{
    ByteOffset, Coverage, CoverageStatus, EnvironmentName, EventTime, FilePath, LineNumber, PluginName, RuleId,
    Severity,
};

use super::look::{Glyphs, Look};
use super::{ExitStatus, Format, Jsonl, Sarif, Text, write};

/// 2010-11-17T09:59:33.884Z.
const MORNING: f64 = 1_289_987_973.884;

fn card(id: &str, severity: Severity, [title, cause, remedy]: [&str; 3], references: &[&str]) -> RuleCard {
    RuleCard {
        id: RuleId::from(id),
        plugin: PluginName::from("log-signatures"),
        severity,
        title: title.to_owned(),
        symptom: String::new(),
        cause: cause.to_owned(),
        remedy: remedy.to_owned(),
        references: references.iter().map(|&reference| reference.to_owned()).collect(),
    }
}

fn record(file: &str, line: u64, offset: u64, text: &str) -> Evidence {
    Evidence {
        file: FilePath::from(file),
        line: LineNumber(line),
        offset: ByteOffset(offset),
        time: Some(EventTime(MORNING)),
        text: text.into(),
    }
}

fn sighting(rule: u32, stream: u32, message: &str, fields: &[(&str, &str)], evidence: Vec<Evidence>) -> Sighting {
    let first = evidence
        .first()
        .cloned()
        .unwrap_or_else(|| record("logs/empty.log", 1, 0, ""));
    Sighting {
        rule: RuleIndex(rule),
        group: fields.iter().map(|(_, value)| *value).collect::<Vec<_>>().join("|"),
        severity: None,
        message: message.to_owned(),
        fields: fields
            .iter()
            .map(|&(name, value)| (name.to_owned(), value.to_owned()))
            .collect(),
        occurrences: 1,
        place: Place {
            file: first.file,
            line: first.line,
            offset: first.offset,
            time: first.time,
        },
        last_time: None,
        evidence,
        order: FileOrder { stream, file: 0 },
    }
}

/// A morning at ACME: four problems, and some files that could not be read.
fn story() -> (Vec<Finding>, Vec<CoverageEntry>, Summary) {
    let rules: Arc<[RuleCard]> = Arc::from(vec![
        card(
            "sametime-ltpa-token-rejected",
            Severity::High,
            [
                "Sametime rejects a user's LTPA token",
                "The WebSphere cell writes LtpaToken and LtpaToken2 (interoperability mode), but the Web SSO document of \
                 the Domino server knows LtpaToken only, or the other way round. Expired tokens, other keys and clocks \
                 that differ give the same reason code.",
                "Make both sides agree:\n1. WebSphere: Global security > Single sign-on > Interoperability mode.\n2. Domino: \
                 the Web SSO configuration document, field \"Token format\".\n3. Export the LTPA keys again, import them, \
                 and restart HTTP and the Sametime servers.",
            ],
            &[
                "https://www.example.com/sametime/sso",
                "Domino administration, chapter Web SSO",
            ],
        ),
        card(
            "websphere-tls-protocol-rejected",
            Severity::Medium,
            [
                "A client is refused because of its TLS protocol",
                "The server's SSL configuration speaks other protocols than the client.",
                "Set the protocol of the endpoint's SSL configuration to SSL_TLSv2, or teach the client TLSv1.2.",
            ],
            &[],
        ),
        card(
            "websphere-node-agent-flapping",
            Severity::Critical,
            [
                "A node agent is lost and found again, over and over",
                "The node and the deployment manager agree on TLS only sometimes, or the network drops idle connections.",
                "Compare ssl.client.props of the node with CellDefaultSSLSettings, then synchronise the node.",
            ],
            &["https://www.example.com/websphere/node-agent"],
        ),
        card(
            "domino-wrong-server-answered",
            Severity::Low,
            [
                "Another server answers than the one that was called",
                "An address is used twice, or a name leads to an old address.",
                "Correct the hosts entry or the connection document.",
            ],
            &[],
        ),
    ]);
    let acme = EnvironmentName::from("acme");
    let mut ledger = Ledger::new(rules);
    let trace = "logs/sametime/stusers_1.txt";
    ledger
        .enter(
            &acme,
            &sighting(
                0,
                1,
                "The token of CN=Ben Williams/O=ACME was rejected with reason 4098.",
                &[("user", "CN=Ben Williams/O=ACME"), ("reason", "4098")],
                vec![
                    record(trace, 3, 214, "101117_095933.869,INF,Users   ,VpUsrAuthenticate::handleCheckUser: authenticating user with loginName=CN=Ben Williams/O=ACME by a single token"),
                    record(trace, 7, 702, "101117_095933.884,FTL,LDAP Aut,token verification failed. [4098]"),
                    record(trace, 8, 768, "101117_095933.884,INF,LDAP Aut,AuthTokenContext::authenticateBeforeDirSearch verifyTokenAndExtractUserId failed with reason 4098"),
                    record(trace, 12, 1_211, "101117_095933.900,INF,Users   ,bad login: CN=Ben Williams/O=ACME"),
                ],
            ),
        )
        .unwrap();
    let frames: String = (1..=40)
        .map(|frame| format!("\n\tat com.ibm.ws.ssl.channel.impl.Stage{frame}.run(Stage{frame}.java:{frame}0)"))
        .collect();
    for (occurrence, offset) in [(0_u32, 88_120_u64), (1, 90_000), (2, 95_000)] {
        let text = format!(
            "[11/17/10 9:59:33:884 GMT] 000000a7 SSLHandshakeE E   SSLC0008E: Unable to initialize SSL connection. Unauthorized access was denied or security settings have expired. Exception is javax.net.ssl.SSLHandshakeException: Client requested protocol TLSv1 not enabled or not supported{frames}"
        );
        let mut seen = sighting(
            1,
            2,
            "A client that speaks TLSv1 was refused.",
            &[("protocol", "TLSv1")],
            vec![record(
                "logs/proxy/SystemOut.log",
                1_204 + u64::from(occurrence) * 57,
                offset,
                &text,
            )],
        );
        seen.place.time = Some(EventTime(MORNING + f64::from(occurrence) * 61.5));
        seen.occurrences = if occurrence == 2 { 1_284 } else { 1 };
        ledger.enter(&acme, &seen).unwrap();
    }
    let mut flapping = sighting(
        2,
        0,
        "The node agent of stp1Node01 was lost and found 4 times within 30 minutes.",
        &[("node", "stp1Node01")],
        vec![
            record(
                "logs/dmgr/SystemOut_10.11.17_09.00.00.log",
                88,
                9_001,
                "[11/17/10 9:41:07:120 GMT] 0000002f RoutingTable  W   ADMC0047W: Lost connection to the node agent at node \"stp1Node01\". The routing table is updated to remove the entry for this node.",
            ),
            record(
                "logs/dmgr/SystemOut.log",
                4,
                310,
                "[11/17/10 9:44:12:871 GMT] 0000002f RoutingTable  A   ADMC0048I: Established the connection to previously disconnected nodeagent at node stp1Node01",
            ),
        ],
    );
    flapping.occurrences = 4;
    flapping.last_time = Some(EventTime(MORNING + 1_711.0));
    ledger.enter(&acme, &flapping).unwrap();
    let mut wrong = sighting(
        3,
        3,
        "mail2/ACME answered at 192.0.2.17.",
        &[("server", "mail2/ACME"), ("address", "192.0.2.17")],
        vec![record(
            "logs/notes/trace.txt",
            41,
            2_040,
            "Connected to the wrong server mail2/ACME using address 192.0.2.17; Cookie: LtpaToken2=aBcD1234efGH5678==",
        )],
    );
    wrong.place.time = None;
    ledger.enter(&acme, &wrong).unwrap();
    let gap = |file: &str, status, reason: &str| {
        CoverageEntry::new(
            acme.clone(),
            Coverage {
                file: FilePath::from(file),
                status,
                reason: reason.to_owned(),
            },
        )
    };
    let mut coverage = vec![
        gap(
            "logs/old/stusers_0.txt.gz",
            CoverageStatus::Partial,
            "gzip: unexpected end at 81920; what was before it was read",
        ),
        gap(
            "logs/old/stusers_9.txt.gz",
            CoverageStatus::Partial,
            "gzip: unexpected end at 4096; what was before it was read",
        ),
        gap(
            "logs/dmgr/SystemOut.log",
            CoverageStatus::Assumed,
            "no zone in the records; taken for Europe/London (environment.toml)",
        ),
    ];
    coverage.extend((1..=9).map(|number| {
        let file = format!("ffdc/dmgr_{number}.txt");
        gap(
            &file,
            CoverageStatus::Unread,
            "permission denied; run as the owner of the file, or copy it",
        )
    }));
    let findings = ledger.findings();
    let summary = Summary::of(&findings, &coverage, 12, 123_456_789);
    (findings, coverage, summary)
}

fn rendered(mut report: impl FnMut(&mut Vec<u8>) -> std::io::Result<()>) -> String {
    let mut out = Vec::new();
    report(&mut out).unwrap();
    String::from_utf8(out).unwrap()
}

fn text(look: Look) -> String {
    let (findings, coverage, summary) = story();
    rendered(|out| write(&mut Text::new(out, look), &findings, &coverage, &summary))
}

#[test]
fn a_person_reads_the_story() {
    insta::assert_snapshot!("text", text(Look::PLAIN));
}

#[test]
fn a_person_on_a_narrow_old_terminal_reads_it_too() {
    let shown = text(Look {
        colour: false,
        glyphs: Glyphs::ASCII,
        width: 60,
    });
    assert!(shown.is_ascii());
    insta::assert_snapshot!("text-ascii", shown);
}

#[test]
fn colour_adds_nothing_but_colour() {
    let coloured = text(Look {
        colour: true,
        ..Look::PLAIN
    });
    assert_ne!(coloured, text(Look::PLAIN));
    insta::assert_snapshot!("text-colour", coloured.replace('\u{1b}', "ESC"));
    let badges = without_styles(&coloured)
        .replace(" CRITICAL ", "[CRITICAL]")
        .replace(" HIGH ", "[HIGH]");
    assert_eq!(
        badges.replace(" MEDIUM ", "[MEDIUM]").replace(" LOW ", "[LOW]"),
        text(Look::PLAIN)
    );
}

#[test]
fn findings_that_belong_together_name_each_other_by_rule_and_place() {
    let (mut findings, coverage, summary) = story();
    let explanation = Explanation {
        cause: "websphere-node-agent-flapping".into(),
        symptom: "sametime-ltpa-token-rejected".into(),
        same: vec!["unknown".to_owned()],
    };
    finding::join(&mut findings, &[explanation]);
    let text = rendered(|out| write(&mut Text::new(out, Look::PLAIN), &findings, &coverage, &summary));
    let place = |rule: &str| {
        let finding = findings.iter().find(|finding| finding.rule.as_str() == rule).unwrap();
        format!("{rule}  {}:{}", finding.file, finding.line.0)
    };
    assert!(
        text.contains(&format!("Explained by  {}", place("websphere-node-agent-flapping"))),
        "{text}"
    );
    assert!(
        text.contains(&format!("Explains  {}", place("sametime-ltpa-token-rejected"))),
        "{text}"
    );
}

#[test]
fn a_script_reads_the_story() {
    let (findings, coverage, summary) = story();
    let lines = rendered(|out| write(&mut Jsonl::new(out, false), &findings, &coverage, &summary));
    insta::assert_snapshot!("jsonl", lines);
    let read: Vec<Object> = lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let mut told: Vec<Object> = findings.into_iter().map(Object::Finding).collect();
    told.extend(coverage.into_iter().map(Object::Coverage));
    told.push(Object::Summary(Summary {
        severities: Default::default(),
        ..summary
    }));
    assert_eq!(read, told);
}

#[test]
fn the_contract_names_its_fields_in_this_order() {
    let (findings, coverage, summary) = story();
    let lines = rendered(|out| write(&mut Jsonl::new(out, false), &findings, &coverage, &summary));
    let keys = |kind: &str| {
        let values = lines.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
        let of_kind = values
            .into_iter()
            .find(|value| value.get("type") == Some(&Value::from(kind)))
            .unwrap();
        of_kind
            .as_object()
            .unwrap()
            .keys()
            .cloned()
            .collect::<Vec<_>>()
            .join(" ")
    };
    assert_eq!(
        keys("finding"),
        "type id rule plugin severity environment title message cause remedy references file line offset time \
         occurrences first_seen last_seen fields evidence explains explained_by"
    );
    assert_eq!(keys("coverage"), "type environment file status reason");
    assert_eq!(keys("summary"), "type findings files bytes complete");
}

#[test]
fn a_code_scanning_service_reads_the_story() {
    let (findings, coverage, summary) = story();
    let document = rendered(|out| write(&mut Sarif::new(out, "0.0.0"), &findings, &coverage, &summary));
    let value: Value = serde_json::from_str(&document).unwrap();
    insta::assert_snapshot!("sarif", serde_json::to_string_pretty(&value).unwrap());
    serde_json::from_str::<serde_sarif::sarif::Sarif>(&document).unwrap();
    let run = &value["runs"][0];
    let results = run["results"].as_array().unwrap();
    assert_eq!(results.len(), findings.len());
    for (result, finding) in results.iter().zip(&findings) {
        let rule = &run["tool"]["driver"]["rules"][result["ruleIndex"].as_u64().unwrap() as usize];
        assert_eq!(rule["id"], result["ruleId"]);
        assert_eq!(result["partialFingerprints"]["casebook/v1"], finding.id.to_string());
    }
}

#[test]
fn what_is_left_out_of_a_record_is_said() {
    let (mut findings, ..) = story();
    findings.truncate(1);
    let long = format!("first {}", "x".repeat(1_000));
    let lines = "\nnext".repeat(30);
    findings[0].evidence.truncate(1);
    findings[0].evidence[0].text = format!("{long}{lines} [... 77 more bytes]");
    let shown = rendered(|out| write(&mut Text::new(out, Look::PLAIN), &findings, &[], &Summary::default()));
    assert!(shown.contains("… 19 more lines [... 77 more bytes]"), "{shown}");
    assert!(shown.contains(" more characters"), "{shown}");
    assert!(shown.lines().all(|line| line.chars().count() <= 100), "{shown}");
}

#[test]
fn what_is_missing_everywhere_has_a_place_without_a_line() {
    let (mut findings, ..) = story();
    findings.truncate(1);
    findings[0].file = FilePath::from(".");
    findings[0].line = LineNumber(0);
    findings[0].evidence.clear();
    let summary = Summary::default();
    let shown = rendered(|out| write(&mut Text::new(out, Look::PLAIN), &findings, &[], &summary));
    assert!(shown.contains("╭─ .  4 times"), "{shown}");
    let document = rendered(|out| write(&mut Sarif::new(out, "0.0.0"), &findings, &[], &summary));
    let value: Value = serde_json::from_str(&document).unwrap();
    assert_eq!(
        value["runs"][0]["results"][0]["locations"][0]["physicalLocation"].get("region"),
        None
    );
}

#[test]
fn nothing_found_is_said_too() {
    let summary = Summary::of(&[], &[], 1, 512);
    let shown = rendered(|out| write(&mut Text::new(out, Look::PLAIN), &[], &[], &summary));
    assert!(shown.ends_with("No findings  •  1 file read, 512 bytes\n"), "{shown}");
    let document = rendered(|out| write(&mut Sarif::new(out, "0.0.0"), &[], &[], &summary));
    let value: Value = serde_json::from_str(&document).unwrap();
    assert_eq!(value["runs"][0]["results"], Value::Array(Vec::new()));
    assert_eq!(value["runs"][0]["invocations"][0]["executionSuccessful"], true);
}

#[test]
fn the_exit_status_promises_no_more_than_was_read() {
    let (findings, coverage, incomplete) = story();
    let complete = Summary::of(&findings, &[], 12, 1);
    let assumed: Vec<_> = coverage.iter().filter(|entry| !entry.is_gap()).cloned().collect();
    let low = Summary::of(
        &findings
            .iter()
            .filter(|of| of.severity == Severity::Low)
            .cloned()
            .collect::<Vec<_>>(),
        &assumed,
        1,
        1,
    );
    for (summary, fail_on, code) in [
        (&Summary::of(&[], &[], 1, 1), Severity::Info, 0),
        (&complete, Severity::Low, 1),
        (&complete, Severity::Critical, 1),
        (&low, Severity::Low, 1),
        (&low, Severity::Medium, 0),
        (&incomplete, Severity::Critical, 3),
        (&Summary::of(&[], &coverage, 1, 1), Severity::Low, 3),
    ] {
        assert_eq!(ExitStatus::of(summary, fail_on).code(), code, "{summary:?} {fail_on:?}");
    }
    assert_eq!(ExitStatus::Usage.code(), 2);
}

#[test]
fn formats_are_known_by_name() {
    for (name, format) in Format::NAMES {
        assert_eq!(name.parse(), Ok(format));
    }
    let error = "xml".parse::<Format>().unwrap_err().to_string();
    assert!(error.contains("\"xml\"") && error.contains("sarif"), "{error}");
}

/// `text` without the styles that the text report writes: sequences of numbers that end in `m`.
fn without_styles(text: &str) -> String {
    regex::Regex::new("\u{1b}\\[[0-9;]*m")
        .unwrap()
        .replace_all(text, "")
        .into_owned()
}

/// Any text, with what hurts more often than chance.
fn hostile() -> impl Strategy<Value = String> {
    let pieces = [
        "\u{1b}[2J",
        "\u{1b}]0;x\u{7}",
        "\u{9b}31m",
        "\u{202e}",
        "\u{2028}",
        "\n",
        "\r\n",
        "\t",
        "\0",
        "\u{7f}",
        "\"",
        "\\",
        "{0}",
        "[x](1)",
        "<script>",
        "&amp;",
        "../..",
        "://",
        "%00",
        "日本語",
        "e\u{301}",
        "\u{200b}",
        "'",
        "password=hunter2hunter2",
    ];
    let piece = prop_oneof![
        prop::sample::select(pieces.to_vec()).prop_map(str::to_owned),
        any::<String>()
    ];
    prop::collection::vec(piece, 0..4).prop_map(|pieces| pieces.concat())
}

prop_compose! {
    fn hostile_story()(
        texts in prop::collection::vec(hostile(), 12),
        line in prop_oneof![Just(0), Just(1), any::<u64>()],
        offset in any::<u64>(),
        time in prop::option::of(any::<f64>().prop_map(EventTime)),
        occurrences in any::<u64>(),
        severity in prop::sample::select(vec![Severity::Info, Severity::Medium, Severity::Critical]),
    ) -> (Vec<Finding>, Vec<CoverageEntry>, Summary) {
        let text = |number: usize| texts[number].clone();
        let card = RuleCard {
            id: RuleId::from(text(0)), plugin: PluginName::from(text(1)), severity, title: text(2), symptom: String::new(),
            cause: text(3), remedy: text(4), references: vec![text(5)],
        };
        let file = FilePath::from(text(6));
        let environment = EnvironmentName::from(text(7));
        let (line, offset) = (LineNumber(line), ByteOffset(offset));
        let sighting = Sighting {
            rule: RuleIndex(0), group: text(8), severity: None, message: text(8), occurrences,
            fields: vec![(text(9), text(10)), (text(10), text(9))],
            place: Place { file: file.clone(), line, offset, time },
            last_time: time,
            evidence: vec![
                Evidence { file: file.clone(), line, offset, time, text: text(11).into() },
                Evidence { file: FilePath::from(text(0)), line, offset, time, text: text(10).into() },
            ],
            order: FileOrder::default(),
        };
        let mut ledger = Ledger::new(Arc::from(vec![card]));
        ledger.enter(&environment, &sighting).unwrap();
        let coverage = Coverage { file, status: CoverageStatus::Partial, reason: text(11) };
        let coverage = vec![CoverageEntry::new(environment, coverage)];
        let findings = ledger.findings();
        let summary = Summary::of(&findings, &coverage, 1, occurrences);
        (findings, coverage, summary)
    }
}

proptest! {
    #[test]
    fn no_text_breaks_a_line_of_json((findings, coverage, summary) in hostile_story()) {
        let lines = rendered(|out| write(&mut Jsonl::new(out, true), &findings, &coverage, &summary));
        prop_assert!(lines.chars().all(|character| character == '\n' || !crate::finding::obeyed(character)));
        let read: Vec<Object> = lines.split_terminator('\n').map(|line| serde_json::from_str(line).unwrap()).collect();
        let told = [
            Object::Finding(findings[0].clone()),
            Object::Coverage(coverage[0].clone()),
            Object::Summary(Summary { severities: Default::default(), ..summary }),
        ];
        prop_assert_eq!(read, told);
    }

    #[test]
    fn no_text_breaks_sarif((findings, coverage, summary) in hostile_story()) {
        let document = rendered(|out| write(&mut Sarif::new(out, "0.0.0"), &findings, &coverage, &summary));
        prop_assert!(document.trim_end_matches('\n').chars().all(|character| !crate::finding::obeyed(character)));
        let value: Value = serde_json::from_str(&document).unwrap();
        let result = &value["runs"][0]["results"][0];
        prop_assert_eq!(result["ruleId"].as_str(), Some(findings[0].rule.as_str()));
        let uri = result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"].as_str().unwrap();
        prop_assert!(uri.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._~/%".contains(&byte)), "{}", uri);
    }

    #[test]
    fn no_text_paints_the_terminal((findings, coverage, summary) in hostile_story(), colour: bool, width in 40_usize..100) {
        let look = Look { colour, glyphs: Glyphs::UNICODE, width };
        let shown = rendered(|out| write(&mut Text::new(out, look), &findings, &coverage, &summary));
        let shown = if colour { without_styles(&shown) } else { shown };
        prop_assert!(shown.chars().all(|character| character == '\n' || !crate::finding::obeyed(character)), "{:?}", shown);
        prop_assert!(!shown.contains("hunter2hunter2") || findings[0].title.contains("hunter2") || findings[0].cause.contains("hunter2")
            || findings[0].remedy.contains("hunter2") || findings[0].references[0].contains("hunter2")
            || findings[0].rule.as_str().contains("hunter2") || findings[0].file.as_str().contains("hunter2")
            || findings[0].environment.as_str().contains("hunter2") || findings[0].plugin.as_str().contains("hunter2"));
    }
}
