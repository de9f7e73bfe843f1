//! Blocks of any size, down to one byte: the library itself, with a plan that the command would not accept.

use std::sync::{LazyLock, OnceLock};

use casebook::environment::{Environment, Facts};
use casebook::finding::Finding;
use casebook::model::{Coverage, EnvironmentName, FormatName};
use casebook::pack::RulePack;
use casebook::plugin::{Cache, Compiler, Limits, Sandbox};
use casebook::rulebook::{Rulebook, Thoroughness};
use casebook::scan::{Progress, ScanPlan, scan};
use casebook::stream::BlockPlan;
use proptest::prelude::*;
use serde_json::{Value, json};

use super::site::{Dice, Hidden, Log, PACK, gzip, plain, utf16_le};
use super::story::{cache, folder};

/// The plugin, as the build left it for the command.
static PLUGIN: &[u8] = include_bytes!(concat!(env!("CASEBOOK_GUESTS"), "/log-signatures.wasm"));

/// The sandbox must outlive what it loaded: its thread counts the time of calls.
static SANDBOX: LazyLock<Sandbox> = LazyLock::new(|| {
    let cache = Cache::open(&cache()).expect("the cache's folder can be written");
    Sandbox::new(Limits::default(), Some(cache)).expect("WebAssembly runs here")
});

fn rulebook() -> &'static Rulebook {
    static RULEBOOK: OnceLock<Rulebook> = OnceLock::new();
    RULEBOOK.get_or_init(|| {
        let plugin = SANDBOX
            .load("log-signatures", PLUGIN, &Compiler::Inside)
            .expect("the plugin loads");
        let pack = RulePack::parse("acme.yaml", PACK).expect("the pack is right");
        Rulebook::build(vec![plugin], vec![pack], Thoroughness::All).expect("the rules are right")
    })
}

/// Scans one file in a folder of its own.
fn read(folder: &tempfile::TempDir, blocks: BlockPlan, threads: usize) -> (Vec<Finding>, Vec<Coverage>) {
    let environment = Environment {
        name: EnvironmentName::from("acme"),
        zone: None,
        facts: Facts::default(),
    };
    let mut plan = ScanPlan::new(vec![folder.path().to_owned()]);
    plan.threads = threads;
    plan.blocks = blocks;
    plan.format = Some(FormatName::from("websphere-basic"));
    let outcome = scan(&plan, &environment, rulebook(), &Progress::default()).expect("the folder is there");
    (outcome.ledger.findings(), outcome.coverage)
}

/// What a person would write down: name, line, offset and time of every record with a needle.
fn by_hand(needles: &[Hidden], offset: impl Fn(u64) -> u64) -> Vec<Value> {
    let mut list: Vec<Value> = needles
        .iter()
        .map(|hidden| json!([hidden.name, hidden.line, offset(hidden.offset), hidden.time]))
        .collect();
    list.sort_by_key(|entry| entry[2].as_u64());
    list
}

fn by_casebook(findings: &[Finding]) -> Vec<Value> {
    let values = findings
        .iter()
        .map(|finding| serde_json::to_value(finding).expect("findings are JSON"));
    let needles = values.filter(|finding| finding["rule"] == "acme-needle");
    needles
        .map(|f| json!([f["fields"]["n"], f["line"], f["offset"], f["time"]]))
        .collect()
}

#[derive(Clone, Copy, Debug)]
enum Kept {
    Plain,
    Gzip,
    Utf16,
}

fn any_body() -> impl Strategy<Value = usize> {
    prop_oneof![1_usize..=16, 17_usize..=400, 401_usize..=20_000]
}

/// What a block shows around its body from the start; often nothing at all.
fn any_margin() -> impl Strategy<Value = usize> {
    prop_oneof![Just(0), 1_usize..300]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_border_between_blocks_changes_a_line_an_offset_or_a_time(
        seed in any::<u64>(),
        records in 1_usize..50,
        begins_with_an_orphan in any::<bool>(),
        crlf in any::<bool>(),
        ends in any::<bool>(),
        kept in prop_oneof![Just(Kept::Plain), Just(Kept::Gzip), Just(Kept::Utf16)],
        body in any_body(),
        lead in any_margin(),
        trail in any_margin(),
        threads in 1_usize..=8,
    ) {
        let mut dice = Dice(seed);
        let mut log = Log::new("n", matches!(kept, Kept::Utf16), crlf);
        if begins_with_an_orphan {
            let needle = dice.once_in(2);
            log.orphan(&mut dice, needle);
        }
        for _ in 0..records {
            let needle = dice.once_in(3);
            log.record(&mut dice, needle);
        }
        let log = if ends { log } else { log.unended() };
        let (name, bytes) = match kept {
            Kept::Plain => ("SystemOut.log", plain(&log.bytes)),
            Kept::Gzip => ("SystemOut.log.gz", gzip(&log.bytes)),
            Kept::Utf16 => ("SystemOut.log", utf16_le(&log.bytes)),
        };
        let folder = folder(&[(name, &bytes)]);
        let whole = read(&folder, BlockPlan { body: 64 << 20, ..BlockPlan::default() }, 1);
        let cut = read(&folder, BlockPlan { body, lead, trail, ..BlockPlan::default() }, threads);
        prop_assert_eq!(&whole, &cut);
        // Two bytes a character, behind the mark; in a compressed file, what counts is what was compressed.
        let offset = |at: u64| if matches!(kept, Kept::Utf16) { 2 + 2 * at } else { at };
        prop_assert_eq!(by_casebook(&cut.0), by_hand(&log.needles, offset));
    }
}
