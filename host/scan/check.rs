//! Configuration is judged: all documents of the environment at once, by each plugin that asks for some.
//!
//! Comes in: documents, and the plugins with their interests. Goes out: sightings in the ledger, coverage. Never here:
//! parsing, and what a setting means.
//!
//! A plugin is handed what it named and nothing else: the trees of its documents, pruned once more, go over the border as
//! three flat lists, with every text once. What it answers is looked up in those same trees, so that a place that it made
//! up is nonsense and not somebody else's line.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use foldhash::fast::RandomState;
use rayon::prelude::*;

use super::Run;
use crate::document::{Document, Node, NodeIndex, Tree, drawn, evidence};
use crate::finding::{Evidence as Shown, FileOrder, Place, RuleIndex, Sighting};
use crate::model::{ByteOffset, Coverage, CoverageStatus, FilePath, LineNumber, Severity};
use crate::plugin::{PluginFailure, WireConfigFinding, WireDocument, WirePlace, WireSite};
use crate::rulebook::Member;

/// Bytes that are handed to one plugin: 64 MiB, some million nodes. It holds them twice while it takes them over, and needs
/// room to look at them in its 256.
const MOST_HANDED: usize = 64 << 20;

/// Documents that are taken back because there was no room for them: 16. Those that come after are not tried.
const MOST_ATTEMPTS: usize = 16;

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
        let (site, handed) = Site::of(run, member, documents);
        (!handed.is_empty()).then_some(site)
    };
    let members = run.rulebook.members.iter();
    members.map(|member| if replays(member) { site(member) } else { None }).collect()
}

fn judge(run: &Run<'_>, member: &Member, documents: &[Document], first_order: u32) -> Result<(), PluginFailure> {
    let (site, handed) = Site::of(run, member, documents);
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

/// A document as it was handed over.
struct Handed<'d> {
    document: &'d Document,
    /// Its number among all documents.
    number: usize,
    /// What the plugin wants of it: all that the host kept, unless others want more.
    tree: Cow<'d, Tree>,
}

/// Builds what crosses the border.
struct Site<'t> {
    wire: WireSite,
    /// Hashed fast, with seeds of this run: the texts are a customer's, and there are millions of look-ups.
    texts: HashMap<&'t str, u32, RandomState>,
    /// How many documents more may be entered on trial.
    attempts: usize,
}

impl Site<'_> {
    fn of<'d>(run: &Run<'_>, member: &Member, documents: &'d [Document]) -> (WireSite, Vec<Handed<'d>>) {
        let interests = &member.interests;
        let wanted = documents
            .par_iter()
            .enumerate()
            .filter(|(_, document)| interests.want(document.kind, document.syntax, &document.file));
        let mut handed: Vec<Handed<'d>> = wanted
            .map(|(number, document)| {
                let selection = interests.selection(document.kind, document.syntax, &document.file);
                let tree = if document.keeps_only(&selection) {
                    Cow::Borrowed(&document.tree)
                } else {
                    let as_it_is = |_| |_: &'d str, value: &'d str| Cow::Borrowed(value);
                    Cow::Owned(document.tree.pruned(|node| selection.takes(node), as_it_is))
                };
                Handed { document, number, tree }
            })
            .collect();
        let mut site = Site {
            wire: WireSite {
                name: run.environment.name.to_string(),
                facts: run.dated_facts.clone(),
                documents: Vec::with_capacity(handed.len()),
                bytes: Vec::new(),
                text_ends: vec![0],
                nodes: Vec::new(),
                node_attributes: Vec::new(),
            },
            texts: HashMap::default(),
            attempts: MOST_ATTEMPTS,
        };
        let entered: Vec<bool> = handed.iter().map(|one| site.admit(one.document, &one.tree)).collect();
        let wire = site.wire;
        let mut entered = entered.into_iter();
        handed.retain(|one| {
            let fits = entered.next().unwrap_or(false);
            if !fits {
                run.results().coverage.push(too_much(member, one.document));
            }
            fits
        });
        (wire, handed)
    }
}

impl<'t> Site<'t> {
    /// Bytes of what was entered so far, without what a document says of itself.
    fn weight(&self) -> usize {
        let wire = &self.wire;
        let numbers = wire.nodes.len() + wire.node_attributes.len() + wire.text_ends.len();
        wire.bytes.len() + numbers * size_of::<u32>()
    }

    /// Enters a document if there is room for it. With every text once it takes less than its tree does, and how much
    /// less shows when it is there; so what might not fit is entered on trial.
    fn admit(&mut self, document: &Document, tree: &'t Tree) -> bool {
        let fits = self.weight().saturating_add(tree.weight()) <= MOST_HANDED;
        if !fits && self.attempts == 0 {
            return false;
        }
        let wire = &self.wire;
        let (texts, bytes) = (wire.text_ends.len(), wire.bytes.len());
        let (nodes, attributes) = (wire.nodes.len(), wire.node_attributes.len());
        self.enter(document, tree);
        if self.weight() <= MOST_HANDED {
            return true;
        }
        self.attempts = self.attempts.saturating_sub(1);
        self.wire.documents.pop();
        self.wire.text_ends.truncate(texts);
        self.wire.bytes.truncate(bytes);
        self.wire.nodes.truncate(nodes);
        self.wire.node_attributes.truncate(attributes);
        self.texts.retain(|_, number| (*number as usize) < texts);
        false
    }

    fn enter(&mut self, document: &Document, tree: &'t Tree) {
        for node in tree.nodes() {
            let mut attributes = 0;
            for attribute in node.attributes() {
                let row = [self.text(attribute.name), self.text(attribute.value), attribute.line];
                self.wire.node_attributes.extend(row);
                attributes += 1;
            }
            let (name, value, at) = (self.text(node.name()), self.text(node.value()), node.at());
            let parent = node.parent().index.0;
            self.wire
                .nodes
                .extend([parent, name, value, at.line, at.column, attributes]);
        }
        self.wire.documents.push(WireDocument {
            file: document.file.to_string(),
            kind: document.kind.to_owned(),
            syntax: document.syntax.name().to_owned(),
            nodes: wire(tree.len()),
            attributes: document.attributes.clone(),
        });
    }

    /// The number of a text. Most are in many files: names of elements, aliases, `true`.
    fn text(&mut self, text: &'t str) -> u32 {
        if text.is_empty() {
            return 0;
        }
        if let Some(&known) = self.texts.get(text) {
            return known;
        }
        self.wire.bytes.extend_from_slice(text.as_bytes());
        let number = wire(self.wire.text_ends.len());
        self.wire.text_ends.push(wire(self.wire.bytes.len()));
        self.texts.insert(text, number);
        number
    }
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

/// What crosses is bounded far below what a `u32` counts.
fn wire(length: usize) -> u32 {
    u32::try_from(length).unwrap_or(u32::MAX)
}
