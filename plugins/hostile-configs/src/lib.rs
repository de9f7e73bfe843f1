//! A plugin that misbehaves with configuration: for each row of what the host promises about hostile plugins, the plugin
//! that tries.
//!
//! Comes in: packs that name a [`Behaviour`], then a site. Goes out: an ordinary finding for every document, or whatever
//! the behaviour is. Like its sibling for logs it is written with the kit of an honest plugin, because most of what a
//! plugin can do wrong is wrong only in what it means.

mod conduct;

use std::hint::black_box;
use std::sync::OnceLock;

use casebook_plugin_configs::{
    ConfigRules, Document, Failure, Finding, Interest, Level, Node, Pack, Place, Problem, Rule, Severity, Site, log,
};

pub use conduct::{Behaviour, Conduct};

/// Clears a screen, renames a window, and turns the direction of text around.
pub const ESCAPES: &str = "\u{1b}[2J\u{1b}]0;owned\u{7}\u{9b}31m\u{202e}";

/// Every syntax that documents are written in, and folders.
const SYNTAXES: [&str; 10] = [
    "xml",
    "properties",
    "ini",
    "httpd",
    "hosts",
    "profile",
    "rules",
    "items",
    "keystore",
    "folder",
];

/// Findings that the host takes of one plugin.
const MOST_FINDINGS: usize = 100_000;

/// Places that the host shows of one finding.
const MOST_PLACES: usize = 24;

/// The first value that this instance saw: state that no plugin should have.
static FIRST_VALUE: OnceLock<String> = OnceLock::new();

/// The plugin.
#[derive(Debug)]
pub struct HostileConfigs {
    conducts: Vec<Conduct>,
}

impl ConfigRules for HostileConfigs {
    fn load(packs: Vec<Pack>) -> Result<(Self, Vec<Rule>), Vec<Problem>> {
        let mut conducts = Vec::new();
        for pack in &packs {
            let conduct: Conduct = serde_json::from_str(&pack.json).map_err(|error| {
                vec![Problem {
                    pack: pack.name.clone(),
                    path: String::new(),
                    reason: error.to_string(),
                }]
            })?;
            conducts.push(conduct);
        }
        let rules = conducts.iter().map(rule).collect();
        Ok((Self { conducts }, rules))
    }

    fn wants(&self) -> Vec<Interest> {
        self.conducts.iter().flat_map(wants).collect()
    }

    fn check(&self, site: &Site) -> Result<Vec<Finding>, Failure> {
        let mut findings = Vec::new();
        for (rule, conduct) in (0..).zip(&self.conducts) {
            misbehave(rule, conduct.behaviour, site, &mut findings)?;
        }
        Ok(findings)
    }
}

fn wants(conduct: &Conduct) -> Vec<Interest> {
    let kinds = conduct.kinds.iter().map(String::as_str);
    let kinds: Vec<&str> = if conduct.kinds.is_empty() {
        SYNTAXES.into_iter().filter(|syntax| *syntax != "folder").collect()
    } else {
        kinds.collect()
    };
    let nodes = || conduct.nodes.iter().map(String::as_str);
    let ordinary = || kinds.iter().map(|kind| Interest::in_kind(kind).nodes(nodes()));
    let huge = "x".repeat(1 << 20);
    match conduct.behaviour {
        Behaviour::LoopsInWants => forever(),
        Behaviour::TrapsInWants => trap(),
        Behaviour::WantsMillions => vec![Interest::in_kind("xml"); 2_000_000],
        Behaviour::WantsMany => (0..100_000)
            .map(|number| Interest::in_kind("xml").files([format!("n{number}").as_str()]))
            .chain(ordinary())
            .collect(),
        Behaviour::WantsManyNames => {
            let names: Vec<String> = (0..100_000).map(|number| format!("n{number}")).collect();
            ordinary()
                .map(|interest| interest.nodes(names.iter().map(String::as_str)))
                .collect()
        }
        Behaviour::WantsHugeNames => {
            let stars = "*a".repeat(1 << 19);
            ordinary()
                .chain([
                    Interest::in_kind(&huge),
                    Interest::in_kind("xml").files([stars.as_str()]),
                    Interest::in_kind("xml").nodes([huge.as_str()]),
                    Interest::in_kind("folder").nodes([stars.as_str()]),
                ])
                .collect()
        }
        Behaviour::WantsListings => ordinary().chain([Interest::in_kind("folder").nodes(["*"])]).collect(),
        _ => ordinary().collect(),
    }
}

/// Does what the behaviour says.
fn misbehave(rule: u32, behaviour: Behaviour, site: &Site, findings: &mut Vec<Finding>) -> Result<(), Failure> {
    let ordinary = || site.documents().map(move |document| seen(rule, document));
    let first = site.documents().next().map(Document::root);
    match behaviour {
        Behaviour::Loops => forever(),
        Behaviour::Allocates => allocate(),
        Behaviour::Recurses => {
            black_box(recurse(u64::from(rule)));
        }
        Behaviour::Traps => trap(),
        Behaviour::NamesUndeclaredRule => findings.extend(ordinary().chain([Finding::of(999)])),
        Behaviour::NamesUnseenDocument => findings.extend(ordinary().chain([elsewhere(rule, u32::MAX, 0)])),
        Behaviour::NamesUnseenNode => findings.extend(ordinary().chain([elsewhere(rule, 0, u32::MAX)])),
        Behaviour::Refuses => return Err(Failure::Internal(format!("this site is beyond me{ESCAPES}"))),
        Behaviour::FloodsFindings => findings.extend((0..=MOST_FINDINGS).map(|_| Finding::of(rule))),
        Behaviour::FloodsGroups => {
            let groups = (0..MOST_FINDINGS).map(|number| number.to_string());
            findings.extend(groups.map(|group| Finding::of(rule).group(group)));
        }
        Behaviour::FloodsEvidence => floods_evidence(rule, site, findings),
        Behaviour::FloodsPlaces => findings.extend(first.map(|node| Finding {
            places: vec![node.place(); 1_000_000],
            ..Finding::of(rule)
        })),
        Behaviour::HugeAnswer => findings.push(Finding::of(rule).message("x".repeat(20 << 20))),
        Behaviour::FloodsLog => {
            (0..5_000).for_each(|number| log(Level::Info, &format!("line {number}")));
            findings.extend(ordinary());
        }
        Behaviour::SaysEscapeSequences => {
            log(Level::Error, &format!("log{ESCAPES}"));
            findings.extend(ordinary().map(|finding| {
                finding
                    .group(ESCAPES)
                    .message(format!("message{ESCAPES}"))
                    .field(format!("name{ESCAPES}"), format!("value{ESCAPES}"))
            }));
        }
        Behaviour::RemembersAcrossEnvironments => {
            let value = first.and_then(|root| root.descendants().map(Node::value).find(|value| !value.is_empty()));
            let first = FIRST_VALUE.get_or_init(|| value.unwrap_or_default().to_owned());
            findings.extend(ordinary().map(|finding| finding.message(format!("the first that I saw was: {first}"))));
        }
        Behaviour::Echoes => findings.extend(
            site.documents()
                .flat_map(Document::nodes)
                .zip(0_u32..)
                .map(|(node, number)| echo(rule, node, number)),
        ),
        Behaviour::Behaves
        | Behaviour::LoopsInWants
        | Behaviour::TrapsInWants
        | Behaviour::WantsMillions
        | Behaviour::WantsMany
        | Behaviour::WantsManyNames
        | Behaviour::WantsHugeNames
        | Behaviour::WantsListings => findings.extend(ordinary()),
    }
    Ok(())
}

/// What an honest rule would report of every document.
fn seen(rule: u32, document: Document<'_>) -> Finding {
    Finding::of(rule)
        .at(document.root())
        .group(document.file())
        .message(format!("Seen as {}.", document.kind()))
        .field("kind", document.kind())
        .field("nodes", document.nodes().count().to_string())
}

/// All that it was shown of a node, under names that do not say what it is.
fn echo(rule: u32, node: Node<'_>, number: u32) -> Finding {
    let attributes = node.attributes().map(|attribute| attribute.value);
    let values: Vec<&str> = [node.value()].into_iter().chain(attributes).collect();
    let shown = values.join(" | ");
    Finding::of(rule)
        .at(node)
        .group(format!("{number} {shown}"))
        .message(format!("{}: {shown}", node.name()))
        .field("shown", shown)
}

/// A finding in a place that there may not be.
fn elsewhere(rule: u32, document: u32, node: u32) -> Finding {
    Finding {
        places: vec![Place { document, node }],
        ..Finding::of(rule)
    }
}

/// Every finding names the next of all places there are: the host has to look each of them up.
fn floods_evidence(rule: u32, site: &Site, findings: &mut Vec<Finding>) {
    let nodes = || site.documents().flat_map(Document::nodes);
    let mut places = std::iter::repeat_with(nodes).flatten().map(Node::place);
    // A finding with its places is some 350 bytes of an answer, which may have 16 MiB.
    for number in 0..40_000 {
        findings.push(Finding {
            places: places.by_ref().take(MOST_PLACES).collect(),
            ..Finding::of(rule).group(number.to_string())
        });
    }
}

fn rule(conduct: &Conduct) -> Rule {
    let explains = serde_json::to_string(&conduct.explains).unwrap_or_default();
    Rule {
        id: conduct.id.clone(),
        title: conduct
            .title
            .clone()
            .unwrap_or_else(|| "A rule of the hostile plugin".to_owned()),
        severity: Severity::Low,
        symptom: String::new(),
        cause: String::new(),
        remedy: String::new(),
        references: Vec::new(),
        patterns: Vec::new(),
        attributes: vec![("explains".to_owned(), explains)],
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
    casebook_plugin_configs::export_config_rules!(crate::HostileConfigs);
}
