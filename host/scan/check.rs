//! Configuration is judged: all documents of the environment at once, by each plugin that asks for some.
//!
//! Comes in: documents, and the plugins with their interests. Goes out: sightings in the ledger, coverage. Never here:
//! parsing, and what a setting means.
//!
//! A plugin is handed what it named and nothing else: the trees of its documents, pruned once more, go over the border as
//! three flat lists, with every text once. What it answers is looked up in those same trees, so that a place that it made
//! up is nonsense and not somebody else's line.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use rayon::prelude::*;

use super::Run;
use super::site::{Handed, MOST_HANDED, Site, wire};
use crate::document::{Document, Node, NodeIndex, drawn, evidence};
use crate::finding::{Evidence as Shown, FileOrder, Place, RuleIndex, Sighting};
use crate::model::{ByteOffset, Coverage, CoverageStatus, FilePath, LineNumber, Severity};
use crate::plugin::{PluginFailure, WireConfigFinding, WirePlace, WireSite};
use crate::rulebook::Member;

/// Places that are kept of one finding: the most that a report shows.
const MOST_PLACES: usize = 24;

/// Places whose text is read from their files: more than the ledger keeps of all that a rule may list. Beyond it a plugin
/// floods, and what the trees know is shown, which costs no memory before it is entered.
const MOST_READ: usize = 30_000;

/// Findings that a plugin may answer with; beyond that it floods.
const MOST_FINDINGS: usize = 100_000;

/// Has every plugin judge the documents. `first_order` is the number behind those of the streams.
pub(super) fn check(run: &Run<'_>, documents: &[Document], first_order: u32) {
    for member in run
        .rulebook
        .members
        .iter()
        .filter(|member| !member.interests.is_empty())
    {
        if let Err(failure) = judge(run, member, documents, first_order) {
            run.results().coverage.push(Coverage {
                file: FilePath::from("."),
                status: CoverageStatus::Partial,
                reason: format!(
                    "plugin {}: {failure}; the configuration was not judged",
                    member.plugin.name()
                ),
            });
        }
    }
}

/// For each plugin that judges logs by policies, the site of the documents that are known before the logs are read.
pub(super) fn sites(run: &Run<'_>, documents: &[Document]) -> Vec<Option<WireSite>> {
    let replays = |member: &Member| member.plugin.decides_requests() && member.plugin.judges_logs();
    let site = |member: &Member| {
        let (site, handed) = handed_over(run, member, documents);
        (!handed.is_empty()).then_some(site)
    };
    let members = run.rulebook.members.iter();
    members
        .map(|member| if replays(member) { site(member) } else { None })
        .collect()
}

fn judge(run: &Run<'_>, member: &Member, documents: &[Document], first_order: u32) -> Result<(), PluginFailure> {
    let (site, handed) = handed_over(run, member, documents);
    if handed.is_empty() {
        return Ok(()); // nothing that it asked for is there, and a rule about nothing has nothing to say
    }
    let first = member
        .first_instance
        .lock()
        .ok()
        .and_then(|mut instance| instance.take());
    let mut instance = match first {
        Some(instance) => instance,
        None => member.plugin.instance(&member.packs)?,
    };
    let answer = instance.check(&site);
    run.results().note_log(member.plugin.name(), instance.take_log());
    let findings = answer?;
    if findings.len() > MOST_FINDINGS {
        return Err(nonsense(format!("{} findings", findings.len())));
    }
    // All of it or nothing: what names a place that is not there is no judgement.
    findings
        .iter()
        .try_for_each(|finding| verify(member, &handed, finding))?;
    let texts = texts(&handed, &findings);
    let mut results = run.results();
    for finding in findings {
        let sighting = sighting(member, &handed, finding, &texts, first_order);
        // The rule was checked above; a ledger that does not know it has nothing to enter.
        let _ = results.ledger.enter(&run.environment.name, &sighting);
    }
    Ok(())
}

/// What a plugin is handed of the documents; of those for which there was no room it is said.
fn handed_over<'d>(run: &Run<'_>, member: &Member, documents: &'d [Document]) -> (WireSite, Vec<Handed<'d>>) {
    let name = run.environment.name.to_string();
    let site = Site::of(name, run.dated_facts.clone(), &member.interests, documents);
    let beyond = site.beyond.iter().map(|document| too_much(member, document));
    run.results().coverage.extend(beyond);
    (site.wire, site.handed)
}

/// What is said of a document for which there was no room.
fn too_much(member: &Member, document: &Document) -> Coverage {
    Coverage {
        file: document.file.clone(),
        status: CoverageStatus::Unread,
        reason: format!(
            "was not judged by plugin {}: with it, the configuration would take more than the {} MiB that a plugin is handed",
            member.plugin.name(),
            MOST_HANDED >> 20
        ),
    }
}

/// Whether a finding names what there is.
fn verify(member: &Member, handed: &[Handed<'_>], finding: &WireConfigFinding) -> Result<(), PluginFailure> {
    let rules = &member.rules;
    if rule_of(member, finding).is_none() {
        return Err(nonsense(format!(
            "names rule {}, and has {}",
            finding.rule,
            rules.len()
        )));
    }
    let unknown = |place: &&WirePlace| find(handed, place).is_none();
    match finding.places.iter().take(MOST_PLACES).find(unknown) {
        Some(WirePlace { document, node }) => Err(nonsense(format!(
            "names node {node} of document {document}, which it was not shown"
        ))),
        None => Ok(()),
    }
}

fn rule_of(member: &Member, finding: &WireConfigFinding) -> Option<u32> {
    let rule = member.rules.start.checked_add(finding.rule)?;
    member.rules.contains(&rule).then_some(rule)
}

fn find<'h, 'd>(handed: &'h [Handed<'d>], place: &WirePlace) -> Option<(&'h Handed<'d>, Node<'h>)> {
    let one = handed.get(place.document as usize)?;
    Some((one, one.tree.node(NodeIndex(place.node))?))
}

/// What stands at places: by document and node, as the plugin counts them.
type Texts = BTreeMap<(u32, u32), Arc<str>>;

/// Reads what stands at the first places that findings name, each file once, whatever the order of findings. `places` are
/// looked up in the trees that the plugin was handed: its numbers are those of no other.
fn texts(handed: &[Handed<'_>], findings: &[WireConfigFinding]) -> Texts {
    let mut named: BTreeMap<u32, BTreeSet<u32>> = BTreeMap::new();
    let mut room = MOST_READ;
    for place in findings
        .iter()
        .flat_map(|finding| finding.places.iter().take(MOST_PLACES))
    {
        if room == 0 {
            break;
        }
        room -= usize::from(named.entry(place.document).or_default().insert(place.node));
    }
    let read = named.into_par_iter().flat_map_iter(|(document, nodes)| {
        let one = handed.get(document as usize);
        let places = nodes.iter().filter_map(|node| one?.tree.node(NodeIndex(*node)));
        let places: Vec<Node<'_>> = places.collect();
        let texts = one.map(|one| evidence(one.document, &places)).unwrap_or_default();
        let places = places.into_iter().zip(texts);
        let texts: Vec<_> = places
            .map(|(place, text)| ((document, place.index.0), Arc::from(text)))
            .collect();
        texts
    });
    read.collect()
}

fn sighting(
    member: &Member,
    handed: &[Handed<'_>],
    finding: WireConfigFinding,
    texts: &Texts,
    first_order: u32,
) -> Sighting {
    let rule = rule_of(member, &finding).unwrap_or_default();
    let mut order = FileOrder {
        stream: first_order,
        file: 0,
    };
    let mut first = None;
    let mut evidence = Vec::new();
    for place in finding.places.iter().take(MOST_PLACES) {
        let Some((one, node)) = find(handed, place) else {
            continue;
        };
        let text = texts.get(&(place.document, place.node)).cloned();
        let shown = Shown {
            file: one.document.file.clone(),
            line: node.at().line_number(),
            offset: ByteOffset(u64::from(node.at().offset)),
            time: None,
            text: text.unwrap_or_else(|| drawn(node).into()),
        };
        if first.is_none() {
            order.stream = first_order.saturating_add(wire(one.number));
            first = Some(Place {
                file: shown.file.clone(),
                line: shown.line,
                offset: shown.offset,
                time: None,
            });
        }
        evidence.push(shown);
    }
    Sighting {
        rule: RuleIndex(rule),
        group: finding.group,
        severity: finding.severity.map(Severity::from),
        message: finding.message,
        fields: finding.fields,
        occurrences: 1,
        place: first.unwrap_or(Place {
            file: FilePath::from("."),
            line: LineNumber(0),
            offset: ByteOffset(0),
            time: None,
        }),
        last_time: None,
        evidence,
        order,
    }
}

fn nonsense(what: String) -> PluginFailure {
    PluginFailure::Nonsense(what)
}
