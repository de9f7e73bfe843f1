//! The other side of a disagreement: which others belong to a subject.
//!
//! Others are gathered once. Where the pack says that a value of the subject equals one of the other, they are looked up by
//! it, and by what their documents have to agree in; else each subject is held against each other, up to a limit that is
//! said when it is reached.

use casebook_plugin_configs::{Document, Interest, Node, Site};

use super::condition::{self, Condition, Truth};
use super::origin::{self, Shelf};
use super::scope::Part;
use super::source::Source;
use super::template::{Scene, Template, Text};
use super::value::{Derivation, Held, Valuation, Way};
use crate::facts::Facts;
use crate::select::{Names, Tree};

/// Others of one check: 200,000, ten times what a cell of a thousand servers has of anything.
const MOST_OTHERS: usize = 200_000;

/// Bytes of computed values of others: 64 MiB, a quarter of what a plugin may use.
const MOST_BYTES: usize = 64 << 20;

/// Pairs of a subject and an other in one check: 1,000,000, a second or two of work.
const MOST_PAIRS: usize = 1_000_000;

/// The other side of a disagreement, as a pack describes it.
#[derive(Debug, Clone)]
pub(crate) struct Against {
    pub(crate) source: Source,
    pub(crate) same: Vec<Part>,
    pub(crate) values: Vec<(String, Derivation)>,
    pub(crate) belongs: Vec<Condition>,
    /// Pairs of texts that are equal where an other belongs to a subject: the subject's, the other's.
    pub(crate) keys: Vec<(Template, Template)>,
}

/// Something on the other side.
#[derive(Debug, Clone)]
pub(crate) struct Other<'s> {
    pub(crate) document: Document<'s>,
    pub(crate) node: Node<'s>,
    pub(crate) values: Vec<Held<'s>>,
}

/// All others of a site.
pub(crate) struct Others<'a, 's> {
    against: &'a Against,
    others: Vec<Other<'s>>,
    shelf: Shelf<'s, usize>,
    /// The documents in which an other could stand.
    documents: Shelf<'s, usize>,
    pairs: usize,
    /// What was not looked at, in sentences.
    pub(crate) remarks: Vec<String>,
}

/// The others that belong to a subject.
#[derive(Debug, Clone, Default)]
pub(crate) struct Belonging {
    pub(crate) others: Vec<usize>,
    /// A fact for want of which it cannot be told of more of them.
    pub(crate) lacks: Option<String>,
    /// There may be more: not all could be looked at.
    pub(crate) partial: bool,
}

impl Against {
    /// What the host must hand over.
    pub(crate) fn wants(&self) -> impl Iterator<Item = Interest> {
        self.source.wants(names_of(&self.values))
    }

    /// Gathers the others of a site.
    pub(crate) fn gather<'a, 's>(&'a self, site: &'s Site, facts: &Facts) -> Others<'a, 's> {
        let mut gathered = Others {
            against: self,
            others: Vec::new(),
            shelf: Shelf::default(),
            documents: Shelf::default(),
            pairs: 0,
            remarks: Vec::new(),
        };
        let mut weight = 0;
        'documents: for (number, document) in self.source.documents(site).enumerate() {
            let origin = origin::of(document, &self.same);
            gathered.documents.add(Vec::new(), origin.clone(), number);
            let tree = Tree::of(document);
            let spots = self.source.spots(&tree);
            if spots.is_empty() {
                continue;
            }
            let valuation = Valuation::of(&self.values, &tree);
            for spot in spots {
                let scene = Scene::of(document, facts);
                let values = valuation.values(&tree, spot, scene);
                weight += values.iter().map(Held::weight).sum::<usize>();
                if gathered.others.len() >= MOST_OTHERS || weight > MOST_BYTES {
                    let most = gathered.others.len();
                    gathered
                        .remarks
                        .push(format!("only the first {most} on the other side were compared"));
                    break 'documents;
                }
                gathered.add(
                    origin.clone(),
                    Other {
                        document,
                        node: spot.node,
                        values,
                    },
                    facts,
                );
            }
        }
        gathered
    }
}

/// The names of nodes that values need.
pub(crate) fn names_of(values: &[(String, Derivation)]) -> Names {
    let mut names = Names::default();
    for (_, derivation) in values {
        if let Derivation::Found(ways) = derivation {
            for way in ways {
                if let Way::Path(path) = way {
                    names.add(path);
                }
            }
        }
    }
    names
}

/// The texts of a key; `None` where one of them is not there, and so equals nothing.
fn key<'t>(templates: impl Iterator<Item = &'t Template>, scene: Scene<'_, '_>) -> Option<Vec<String>> {
    let texts = templates.map(|template| match template.text(scene) {
        Text::Given(text) => Some(text.into_owned()),
        Text::Absent | Text::Lacks(_) => None,
    });
    texts.collect()
}

impl<'s> Others<'_, 's> {
    fn add(&mut self, origin: origin::Origin<'s>, other: Other<'s>, facts: &Facts) {
        let scene = Scene {
            other: Some((other.document, &other.values)),
            ..Scene::nowhere(facts)
        };
        let key = key(self.against.keys.iter().map(|(_, own)| own), scene);
        if let Some(key) = key {
            self.shelf.add(key, origin, self.others.len());
            self.others.push(other);
        }
    }

    /// One of them.
    pub(crate) fn get(&self, index: usize) -> Option<&Other<'s>> {
        self.others.get(index)
    }

    /// Whether there is a document in which an other of this subject could stand.
    pub(crate) fn could_be(&self, document: Document<'s>) -> bool {
        let origin = origin::of(document, &self.against.same);
        !self.documents.find(&[], &origin, &mut 0).is_empty()
    }

    /// Those that belong to a subject, which is never one of its own others.
    pub(crate) fn of(&mut self, subject: Node<'s>, scene: Scene<'_, 's>) -> Belonging {
        let mut belonging = Belonging::default();
        let Some(document) = scene.document else {
            return belonging;
        };
        let Some(key) = key(self.against.keys.iter().map(|(own, _)| own), scene) else {
            return belonging;
        };
        if self.pairs >= MOST_PAIRS {
            belonging.partial = true;
            return belonging;
        }
        let origin = origin::of(document, &self.against.same);
        let candidates = self.shelf.find(&key, &origin, &mut self.pairs);
        let belongs = &self.against.belongs;
        for index in candidates {
            let Some(other) = self.others.get(index).filter(|other| other.node != subject) else {
                continue;
            };
            let holds = condition::all(
                belongs,
                Scene {
                    other: Some((other.document, &other.values)),
                    ..scene
                },
            );
            match holds {
                Truth::Yes => belonging.others.push(index),
                Truth::Unknown(Some(fact)) => belonging.lacks = belonging.lacks.or(Some(fact)),
                Truth::Unknown(None) | Truth::No => {}
            }
        }
        if self.pairs >= MOST_PAIRS {
            let remark = format!("more than {MOST_PAIRS} pairs were to be compared; the rest was not");
            self.remarks.push(remark);
        }
        belonging
    }
}
