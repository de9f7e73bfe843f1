//! A check of a pack, applied to a site.
//!
//! Comes in: a site. Each subject is valued, joined with its others, and held against what must be. Goes out: findings,
//! and, where a rule would find something but does not know whether it applies, the facts that it lacks. Subjects are
//! judged one after the other and forgotten, so that their number costs no memory.

use casebook_plugin_configs::{Document, Interest, Node, Site};

use super::condition::{self, Condition, Truth};
use super::finding::Words;
use super::others::{Against, Others, names_of};
use super::source::Source;
use super::template::{LONGEST, Scene};
use super::value::{Derivation, Valuation};
use super::when::Applicability;
use super::{Lacks, Remarks};
use crate::facts::Facts;
use crate::report::Report;
use crate::select::Tree;

/// A check.
#[derive(Debug, Clone)]
pub(crate) struct Check {
    pub(crate) each: Source,
    pub(crate) values: Vec<(String, Derivation)>,
    pub(crate) against: Option<Against>,
    pub(crate) must: Vec<Requirement>,
    /// What is said of a subject that has no other.
    pub(crate) lonely: Option<Words>,
    /// What is said where there is no subject.
    pub(crate) nothing: Option<Nothing>,
    /// The values whose places are the finding's.
    pub(crate) at: Vec<usize>,
}

/// What must hold.
#[derive(Debug, Clone)]
pub(crate) struct Requirement {
    /// Where it must hold.
    pub(crate) where_so: Vec<Condition>,
    pub(crate) holds: Condition,
    pub(crate) words: Words,
}

/// What is said where there is no subject.
#[derive(Debug, Clone)]
pub(crate) struct Nothing {
    /// Of each document, or of all together.
    pub(crate) per_document: bool,
    pub(crate) words: Words,
}

/// What a check says about a site.
pub(crate) struct Judgement<'j, 's> {
    pub(crate) facts: &'j Facts,
    pub(crate) applies: &'j Applicability<'j, 's>,
    pub(crate) report: &'j mut Report,
    pub(crate) lacks: &'j mut Lacks<'s>,
    pub(crate) remarks: &'j mut Remarks,
}

/// Whether what must be is so.
enum Verdict<'c> {
    Fine,
    /// It is not.
    Broken(&'c Words),
    /// It cannot be told for want of a fact.
    Lacks(String),
}

impl Check {
    /// What the host must hand over.
    pub(crate) fn wants(&self) -> impl Iterator<Item = Interest> {
        let against = self.against.iter().flat_map(Against::wants);
        self.each.wants(names_of(&self.values)).chain(against)
    }

    /// Judges a site.
    pub(crate) fn judge<'s>(&self, site: &'s Site, judgement: &mut Judgement<'_, 's>) {
        if self.each.documents(site).next().is_none() {
            return;
        }
        let mut others = self
            .against
            .as_ref()
            .map(|against| against.gather(site, judgement.facts));
        let mut subjects = 0;
        let mut roots = Vec::new();
        for document in self.each.documents(site) {
            let applies = judgement.applies.to(document);
            if applies == Truth::No {
                continue;
            }
            let tree = Tree::of(document);
            let spots = self.each.spots(&tree);
            subjects += spots.len();
            if spots.is_empty() {
                match &self.nothing {
                    Some(nothing) if nothing.per_document => {
                        let scene = Scene::of(document, judgement.facts);
                        judgement.enter(&applies, &nothing.words, scene, vec![document.root()]);
                    }
                    _ => roots.push((document, applies)),
                }
                continue;
            }
            let valuation = Valuation::of(&self.values, &tree);
            for spot in spots {
                let scene = Scene::of(document, judgement.facts);
                let values = valuation.values(&tree, spot, scene);
                if values.iter().any(|value| value.is_cut) {
                    judgement.remarks.add(format!(
                        "of values over {LONGEST} bytes only the beginning was looked at"
                    ));
                }
                let scene = Scene {
                    values: &values,
                    ..scene
                };
                self.judge_subject(spot.node, scene, &applies, others.as_mut(), judgement);
            }
        }
        if let (Some(nothing), 0) = (self.nothing.as_ref().filter(|nothing| !nothing.per_document), subjects) {
            self.judge_absence(nothing, roots, judgement);
        }
        for remark in others.into_iter().flat_map(|others| others.remarks) {
            judgement.remarks.add(remark);
        }
    }

    /// No document has a subject.
    fn judge_absence<'s>(
        &self,
        nothing: &Nothing,
        roots: Vec<(Document<'s>, Truth)>,
        judgement: &mut Judgement<'_, 's>,
    ) {
        // One document to which the rule applies for sure is enough.
        let sure = roots
            .iter()
            .find(|(_, applies)| *applies == Truth::Yes)
            .or(roots.first());
        if let Some((document, applies)) = sure {
            let scene = Scene::of(*document, judgement.facts);
            let first = [document.root()].into_iter();
            let places = first.chain(roots.iter().map(|(document, _)| document.root()));
            judgement.enter(applies, &nothing.words, scene, places.collect());
        }
    }

    fn judge_subject<'s>(
        &self,
        subject: Node<'s>,
        scene: Scene<'_, 's>,
        applies: &Truth,
        others: Option<&mut Others<'_, 's>>,
        judgement: &mut Judgement<'_, 's>,
    ) {
        let at = self.at.iter().filter_map(|index| scene.values.get(*index)?.node);
        let mut places: Vec<Node<'s>> = at.collect();
        if places.is_empty() {
            places.push(subject);
        }
        let Some(others) = others else {
            match self.verdict(scene) {
                Verdict::Fine => {}
                Verdict::Broken(words) => judgement.enter(applies, words, scene, places),
                Verdict::Lacks(fact) => judgement.lacks.add(&fact, places),
            }
            return;
        };
        let belonging = others.of(subject, scene);
        let mut broken = None;
        let mut lacks = belonging.lacks;
        for other in belonging.others.iter().filter_map(|index| others.get(*index)) {
            let scene = Scene {
                other: Some((other.document, &other.values)),
                ..scene
            };
            match self.verdict(scene) {
                Verdict::Fine => {}
                Verdict::Broken(words) => {
                    broken.get_or_insert((words, other));
                    places.push(other.node);
                }
                Verdict::Lacks(fact) => lacks = lacks.or(Some(fact)),
            }
        }
        let document = scene.document;
        let is_lonely = belonging.others.is_empty() && lacks.is_none() && !belonging.partial;
        let could_have = || document.is_some_and(|document| others.could_be(document));
        match (broken, &self.lonely) {
            (Some((words, other)), _) => {
                let scene = Scene {
                    other: Some((other.document, &other.values)),
                    ..scene
                };
                judgement.enter(applies, words, scene, places);
            }
            (None, Some(words)) if is_lonely && could_have() => judgement.enter(applies, words, scene, places),
            (None, _) => {
                if let Some(fact) = lacks {
                    judgement.lacks.add(&fact, places);
                }
            }
        }
    }

    /// The first requirement that does not hold; else the first fact for want of which one cannot be told.
    fn verdict(&self, scene: Scene<'_, '_>) -> Verdict<'_> {
        let mut lacks = None;
        for requirement in &self.must {
            let holds = condition::all(&requirement.where_so, scene);
            let answer = holds.and(requirement.holds.holds(scene).not());
            match answer {
                Truth::Yes => return Verdict::Broken(&requirement.words),
                Truth::No | Truth::Unknown(None) => {}
                Truth::Unknown(Some(fact)) => lacks = lacks.or(Some(fact)),
            }
        }
        lacks.map_or(Verdict::Fine, Verdict::Lacks)
    }
}

impl<'s> Judgement<'_, 's> {
    /// Enters a finding, or the fact for want of which it may not be one.
    fn enter(&mut self, applies: &Truth, words: &Words, scene: Scene<'_, 's>, places: Vec<Node<'s>>) {
        match applies {
            Truth::Yes => words.enter(scene, places, self.report),
            Truth::Unknown(Some(fact)) => self.lacks.add(fact, places),
            Truth::Unknown(None) | Truth::No => {}
        }
    }
}
