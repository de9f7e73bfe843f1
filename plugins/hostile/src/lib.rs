//! A plugin that misbehaves: for each row of what the host promises about hostile plugins, the plugin that tries.
//!
//! Comes in: packs that name a [`Behaviour`] and the record at which it shows. Goes out: an ordinary finding for every
//! record, and at that record whatever the behaviour is. It is written with the same kit as an honest plugin, because
//! most of what a plugin can do wrong is wrong only in what it means.

mod conduct;

use std::hint::black_box;
use std::sync::OnceLock;

use casebook_plugin_sdk::{
    Batch, Failure, Finding, Level, LogRules, Pack, Pattern, Problem, Rule, Severity, StreamInfo, Verdict, log,
};

pub use conduct::{Behaviour, Conduct};

/// Clears a screen, renames a window, and turns the direction of text around.
pub const ESCAPES: &str = "\u{1b}[2J\u{1b}]0;owned\u{7}\u{9b}31m\u{202e}";

/// The first text that this instance saw: state that no plugin should have.
static FIRST_TEXT: OnceLock<String> = OnceLock::new();

/// The plugin.
#[derive(Debug)]
pub struct Hostile {
    conducts: Vec<Conduct>,
}

/// What is remembered of a stream.
#[derive(Debug, Default)]
pub struct StreamState {
    kept: Option<u32>,
}

impl LogRules for Hostile {
    type Stream = StreamState;

    fn load(packs: Vec<Pack>) -> Result<(Self, Vec<Rule>), Vec<Problem>> {
        let mut conducts = Vec::new();
        let mut rules = Vec::new();
        for pack in &packs {
            let conduct: Conduct =
                serde_json::from_str(&pack.json).map_err(|error| vec![problem(pack, &error.to_string())])?;
            match conduct.behaviour {
                Behaviour::TrapsOnLoad => trap(),
                Behaviour::LoopsOnLoad => forever(),
                Behaviour::RefusesPackWithEscapeSequences => {
                    let path = format!("/{ESCAPES}");
                    return Err(vec![
                        Problem {
                            path,
                            ..problem(pack, ESCAPES)
                        },
                        Problem {
                            pack: ESCAPES.to_owned(),
                            ..problem(pack, ESCAPES)
                        },
                    ]);
                }
                _ => {}
            }
            rules.push(rule(&conduct));
            if conduct.behaviour == Behaviour::FloodsRules {
                rules.extend((0..60_000).map(|number| Rule {
                    id: format!("flood-{number}"),
                    ..rule(&conduct)
                }));
            }
            conducts.push(conduct);
        }
        Ok((Self { conducts }, rules))
    }

    fn open(&self, _: StreamInfo) -> Result<StreamState, Failure> {
        Ok(StreamState::default())
    }

    fn observe(&self, stream: &mut StreamState, batch: &Batch<'_>, verdict: &mut Verdict) -> Result<(), Failure> {
        for record in batch.records() {
            for hit in record.hits() {
                let Some((rule, conduct)) = (0..).zip(&self.conducts).nth(hit.pattern) else {
                    continue;
                };
                let finding = Finding::at(rule, record.number).group("all").message("Seen.");
                if conduct.at.is_none_or(|at| at == record.number) {
                    misbehave(conduct.behaviour, finding, record.text, verdict)?;
                } else if conduct.behaviour == Behaviour::RefusesAndRemembers {
                    let kept = *stream.kept.get_or_insert_with(|| {
                        verdict.keep.push(record.number);
                        record.number
                    });
                    verdict.findings.push(finding.evidence([kept]));
                } else {
                    verdict.findings.push(finding);
                }
            }
        }
        Ok(())
    }

    fn close(&self, _: StreamState, _: &mut Verdict) -> Result<(), Failure> {
        Ok(())
    }
}

/// Does what the behaviour says with the record of `finding`, whose text is `text`.
fn misbehave(behaviour: Behaviour, finding: Finding, text: &str, verdict: &mut Verdict) -> Result<(), Failure> {
    let (rule, record) = (finding.rule, finding.record);
    match behaviour {
        Behaviour::Loops => forever(),
        Behaviour::Allocates => allocate(),
        Behaviour::Recurses => {
            black_box(recurse(u64::from(record)));
        }
        Behaviour::Traps => trap(),
        Behaviour::ReturnsNonsenseRule => verdict.findings.extend([finding, Finding::at(999, record)]),
        Behaviour::NamesUnseenRecord => verdict.findings.extend([finding, Finding::at(rule, u32::MAX)]),
        Behaviour::NamesForgottenRecord => verdict.findings.extend([finding, Finding::at(rule, 0)]),
        Behaviour::KeepsUnseenRecord => verdict.keep.push(u32::MAX),
        Behaviour::KeepsEverything => {
            verdict.keep.push(record);
            verdict.findings.push(finding);
        }
        Behaviour::ZeroOccurrences => verdict.findings.push(finding.repeated(0, record)),
        Behaviour::Refuses | Behaviour::RefusesAndRemembers => {
            return Err(Failure::Internal(format!("record {record} is beyond me{ESCAPES}")));
        }
        Behaviour::FloodsFindings => {
            let groups = (0..10).map(|number| format!("{record}/{number}"));
            verdict
                .findings
                .extend(groups.map(|group| Finding::at(rule, record).group(group)));
        }
        Behaviour::FloodsEvidence => verdict
            .findings
            .push(finding.evidence(std::iter::repeat_n(record, 500_000))),
        Behaviour::HugeAnswer => verdict.findings.push(finding.message("x".repeat(20 << 20))),
        Behaviour::FloodsLog => (0..5_000).for_each(|number| log(Level::Info, &format!("line {number}"))),
        Behaviour::SaysEscapeSequences => {
            log(Level::Error, &format!("log{ESCAPES}"));
            let finding = finding.group(ESCAPES).message(format!("message{ESCAPES}"));
            verdict
                .findings
                .push(finding.field(format!("name{ESCAPES}"), format!("value{ESCAPES}")));
        }
        Behaviour::RemembersAcrossStreams => {
            let first = FIRST_TEXT.get_or_init(|| text.to_owned());
            verdict
                .findings
                .push(finding.message(format!("the first that I saw was: {first}")));
        }
        Behaviour::Behaves
        | Behaviour::LoopsOnLoad
        | Behaviour::TrapsOnLoad
        | Behaviour::RefusesPackWithEscapeSequences
        | Behaviour::FloodsRules => verdict.findings.push(finding),
    }
    Ok(())
}

fn rule(conduct: &Conduct) -> Rule {
    Rule {
        id: conduct.declares.as_ref().unwrap_or(&conduct.id).clone(),
        title: conduct
            .title
            .clone()
            .unwrap_or_else(|| "A rule of the hostile plugin".to_owned()),
        severity: Severity::Low,
        symptom: String::new(),
        cause: String::new(),
        remedy: String::new(),
        references: Vec::new(),
        patterns: vec![Pattern {
            regex: conduct.search.clone(),
            captures: conduct.captures.clone(),
            formats: conduct.formats.clone(),
            attributes: Vec::new(),
        }],
        attributes: if conduct.alone {
            vec![("judged".to_owned(), "alone".to_owned())]
        } else {
            Vec::new()
        },
    }
}

fn problem(pack: &Pack, reason: &str) -> Problem {
    Problem {
        pack: pack.name.clone(),
        path: String::new(),
        reason: reason.to_owned(),
    }
}

fn forever() -> ! {
    let mut turns = 0_u64;
    loop {
        turns = black_box(turns.wrapping_add(1));
    }
}

fn allocate() -> ! {
    let mut taken: Vec<Vec<u8>> = Vec::new();
    loop {
        taken.push(vec![1; 1 << 20]);
        black_box(&taken);
    }
}

/// Not a tail call, and next to nothing of it in linear memory: the engine's own stack is what fills.
#[inline(never)]
fn recurse(depth: u64) -> u64 {
    if black_box(depth) == u64::MAX {
        return depth;
    }
    recurse(depth.wrapping_add(1)).rotate_left(7) ^ depth
}

#[expect(clippy::panic, reason = "it is what it is for")]
fn trap() -> ! {
    panic!("as the pack asked for")
}

#[cfg(target_arch = "wasm32")]
mod component {
    casebook_plugin_sdk::export_log_rules!(crate::Hostile);
}
