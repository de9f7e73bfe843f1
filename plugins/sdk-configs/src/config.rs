//! The plugin's side of the calls for configuration.
//!
//! Comes in: packs, then a site. Goes out: rules, interests, findings. The two worlds have a rulebook each, of the same
//! shape; the conversions between them are here and nowhere else.

use crate::bindings::exports::casebook::rules::rulebook as wire;
use crate::{Failure, Finding, FlatSite, Interest, Node, Pack, Problem, Rule, Severity, Site};

/// A plugin that judges configuration.
pub trait ConfigRules: Sized {
    /// Reads the packs and answers with the rules, in the order in which findings will name them.
    ///
    /// # Errors
    ///
    /// All that is wrong with the packs, each with the place and what was expected.
    fn load(packs: Vec<Pack>) -> Result<(Self, Vec<Rule>), Vec<Problem>>;

    /// What it wants to see of a site.
    fn wants(&self) -> Vec<Interest>;

    /// Judges a site.
    ///
    /// # Errors
    ///
    /// What makes the site impossible to judge.
    fn check(&self, site: &Site) -> Result<Vec<Finding>, Failure>;
}

/// A plugin that may not be loaded yet.
pub struct Hosted<P: ConfigRules>(Option<P>);

impl<P: ConfigRules> Hosted<P> {
    /// A plugin that has not been loaded yet.
    pub const fn empty() -> Self {
        Self(None)
    }

    /// Loads the plugin.
    ///
    /// # Errors
    ///
    /// What is wrong with the packs.
    pub fn load(&mut self, packs: Vec<wire::Pack>) -> Result<Vec<wire::Rule>, Vec<wire::Problem>> {
        let packs = packs.into_iter().map(|pack| Pack {
            name: pack.name,
            json: pack.json,
        });
        match P::load(packs.collect()) {
            Ok((plugin, rules)) => {
                self.0 = Some(plugin);
                Ok(rules.into_iter().map(wire_rule).collect())
            }
            Err(problems) => Err(problems
                .into_iter()
                .map(|problem| wire::Problem {
                    pack: problem.pack,
                    path: problem.path,
                    reason: problem.reason,
                })
                .collect()),
        }
    }

    /// What it wants to see; nothing before it is loaded.
    pub fn wants(&self) -> Vec<Interest> {
        self.0.as_ref().map(P::wants).unwrap_or_default()
    }

    /// Judges a site.
    ///
    /// # Errors
    ///
    /// If nothing is loaded, if the site contradicts itself, or if the plugin cannot judge it.
    pub fn check(&self, site: FlatSite) -> Result<Vec<Finding>, Failure> {
        let plugin = self
            .0
            .as_ref()
            .ok_or_else(|| Failure::BadInput("no rules are loaded; call `load` first".to_owned()))?;
        plugin.check(&Site::decode(site)?)
    }
}

fn wire_rule(rule: Rule) -> wire::Rule {
    let patterns = rule.patterns.into_iter().map(|pattern| wire::Pattern {
        regex: pattern.regex,
        captures: pattern.captures,
        formats: pattern.formats,
        attributes: pattern.attributes,
    });
    wire::Rule {
        id: rule.id,
        title: rule.title,
        severity: rule.severity,
        symptom: rule.symptom,
        cause: rule.cause,
        remedy: rule.remedy,
        references: rule.references,
        patterns: patterns.collect(),
        attributes: rule.attributes,
    }
}

impl Interest {
    /// All documents of a kind, whole.
    pub fn in_kind(kind: &str) -> Self {
        Self {
            kind: kind.to_owned(),
            files: Vec::new(),
            nodes: Vec::new(),
            attributes: Vec::new(),
        }
    }

    /// Only these nodes, and those above them.
    #[must_use]
    pub fn nodes<'n>(mut self, names: impl IntoIterator<Item = &'n str>) -> Self {
        self.nodes.extend(names.into_iter().map(str::to_owned));
        self
    }

    /// Only files of these names.
    #[must_use]
    pub fn files<'n>(mut self, globs: impl IntoIterator<Item = &'n str>) -> Self {
        self.files.extend(globs.into_iter().map(str::to_owned));
        self
    }
}

impl Finding {
    /// A finding of the rule with this index, in no place yet.
    pub fn of(rule: u32) -> Self {
        Self {
            rule,
            group: String::new(),
            severity: None,
            places: Vec::new(),
            message: String::new(),
            fields: Vec::new(),
            attributes: Vec::new(),
        }
    }

    /// A place more; the first one is the finding's.
    #[must_use]
    pub fn at(mut self, node: Node<'_>) -> Self {
        let place = node.place();
        let known = |other: &crate::Place| (other.document, other.node) == (place.document, place.node);
        if !self.places.iter().any(known) {
            self.places.push(place);
        }
        self
    }

    /// What makes two findings of a rule the same problem.
    #[must_use]
    pub fn group(mut self, group: impl Into<String>) -> Self {
        self.group = group.into();
        self
    }

    /// Another severity than the rule's.
    #[must_use]
    pub fn severity(mut self, severity: Severity) -> Self {
        self.severity = Some(severity);
        self
    }

    /// What was found, in a sentence.
    #[must_use]
    pub fn message(mut self, message: impl Into<String>) -> Self {
        self.message = message.into();
        self
    }

    /// A value that belongs to the finding, under its name.
    #[must_use]
    pub fn field(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.fields.push((name.into(), value.into()));
        self
    }
}
