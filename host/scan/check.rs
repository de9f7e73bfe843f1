//! Configuration is judged: all documents of the environment at once, by each plugin that asks for some.
//!
//! Comes in: documents, and the plugins with their interests. Goes out: sightings in the ledger, coverage. Never here:
//! parsing, and what a setting means.
//!
//! A plugin is handed what it named and nothing else: the trees of its documents, pruned once more, go over the border as
//! three flat lists, with every text once. What it answers is looked up in those same trees, so that a place that it made
//! up is nonsense and not somebody else's line.

use std::borrow::Cow;
use std::collections::HashMap;

use rayon::prelude::*;

use super::Run;
use crate::document::{Document, Evidence, Interests, NodeIndex, Tree};
use crate::finding::{Evidence as Shown, FileOrder, Place, RuleIndex, Sighting};
use crate::model::{ByteOffset, Coverage, CoverageStatus, FilePath, LineNumber, Severity};
use crate::plugin::{PluginFailure, WireConfigFinding, WireDocument, WirePlace, WireSite};
use crate::rulebook::Member;

/// Bytes that are handed to one plugin: 64 MiB, some million nodes. It holds them twice while it takes them over, and needs
/// room to look at them in its 256.
const MOST_HANDED: usize = 64 << 20;

/// Places that are kept of one finding: the most that a report shows.
const MOST_PLACES: usize = 24;

/// Findings that a plugin may answer with; beyond that it floods.
const MOST_FINDINGS: usize = 100_000;

/// Has every plugin judge the documents. `first_order` is the number behind those of the streams.
pub(super) fn check(run: &Run<'_>, documents: &[Document], first_order: u32) {
    for member in run.rulebook.members.iter().filter(|member| !member.interests.is_empty()) {
        if let Err(failure) = judge(run, member, documents, first_order) {
            run.results().coverage.push(Coverage {
                file: FilePath::from("."),
                status: CoverageStatus::Partial,
                reason: format!("plugin {}: {failure}; the configuration was not judged", member.plugin.name()),
            });
        }
    }
}

fn judge(run: &Run<'_>, member: &Member, documents: &[Document], first_order: u32) -> Result<(), PluginFailure> {
    let (site, handed) = Site::of(run, &member.interests, documents);
    if handed.is_empty() {
        return Ok(()); // nothing that it asked for is there, and a rule about nothing has nothing to say
    }
    let first = member.first_instance.lock().ok().and_then(|mut instance| instance.take());
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
    let mut texts: HashMap<usize, Evidence<'_>> = HashMap::new();
    let sightings = findings
        .into_iter()
        .map(|finding| sighting(member, &handed, finding, &mut texts, first_order))
        .collect::<Result<Vec<_>, _>>()?;
    let mut results = run.results();
    for sighting in &sightings {
        // The rule was checked above; a ledger that does not know it has nothing to enter.
        let _ = results.ledger.enter(&run.environment.name, sighting);
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
    texts: HashMap<&'t str, u32>,
}

impl Site<'_> {
    fn of<'d>(run: &Run<'_>, interests: &Interests, documents: &'d [Document]) -> (WireSite, Vec<Handed<'d>>) {
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
            texts: HashMap::new(),
        };
        for one in &handed {
            if site.weight() > MOST_HANDED {
                break;
            }
            site.enter(one.document, &one.tree);
        }
        let wire = site.wire;
        for beyond in handed.split_off(wire.documents.len()) {
            run.results().coverage.push(Coverage {
                file: beyond.document.file.clone(),
                status: CoverageStatus::Unread,
                reason: format!(
                    "was not judged: the configuration before it takes the {} MiB that a plugin is handed",
                    MOST_HANDED >> 20
                ),
            });
        }
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

fn sighting<'d>(
    member: &Member,
    handed: &[Handed<'d>],
    finding: WireConfigFinding,
    texts: &mut HashMap<usize, Evidence<'d>>,
    first_order: u32,
) -> Result<Sighting, PluginFailure> {
    let rules = &member.rules;
    let rule = rules
        .start
        .checked_add(finding.rule)
        .filter(|rule| rules.contains(rule))
        .ok_or_else(|| nonsense(format!("names rule {}, and has {}", finding.rule, rules.len())))?;
    let mut evidence = Vec::new();
    let mut order = FileOrder {
        stream: first_order,
        file: 0,
    };
    let mut first = None;
    for place in finding.places.iter().take(MOST_PLACES) {
        let (one, shown) = look_up(handed, place, texts)?;
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
    Ok(Sighting {
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
    })
}

fn look_up<'d, 'h>(
    handed: &'h [Handed<'d>],
    place: &WirePlace,
    texts: &mut HashMap<usize, Evidence<'d>>,
) -> Result<(&'h Handed<'d>, Shown), PluginFailure> {
    let unknown = || nonsense(format!("names node {} of document {}, which it was not shown", place.node, place.document));
    let one = handed.get(place.document as usize).ok_or_else(unknown)?;
    let node = one.tree.node(NodeIndex(place.node)).ok_or_else(unknown)?;
    let at = node.at();
    let text = texts
        .entry(one.number)
        .or_insert_with(|| Evidence::of(one.document))
        .at(node.index);
    let shown = Shown {
        file: one.document.file.clone(),
        line: at.line_number(),
        offset: ByteOffset(u64::from(at.offset)),
        time: None,
        text: text.into(),
    };
    Ok((one, shown))
}

fn nonsense(what: String) -> PluginFailure {
    PluginFailure::Nonsense(what)
}

/// What crosses is bounded far below what a `u32` counts.
fn wire(length: usize) -> u32 {
    u32::try_from(length).unwrap_or(u32::MAX)
}
