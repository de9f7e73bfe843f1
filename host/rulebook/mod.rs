//! All rules of all plugins, numbered through.
//!
//! Comes in: plugins, and the packs for them. Goes out: a [`Rulebook`]: rules as the output needs them, patterns as the
//! scan needs them, formats, and for each plugin what an instance of it must be told. Never here: searching, judging.
//!
//! Everything an author can get wrong is found here, before a byte is scanned, and said with file and line: a pack that
//! its plugin refuses, a regular expression that does not compile, a capture that its expression does not have, a format
//! that nobody defines.

mod search;

use std::collections::HashSet;
use std::ops::Range;
use std::sync::{Arc, Mutex};

use regex_automata::util::captures::GroupInfo;

use crate::document::{Interest, Interests};
use crate::finding::{Explanation, RuleCard, RuleIndex, obeyed};
use crate::format::{FormatDefinition, Formats};
use crate::glob::Glob;
use crate::model::{FormatName, LineNumber, RuleId};
use crate::pack::{PackError, RulePack};
use crate::plugin::{self, Instance, Plugin, PluginFailure, RulebookError};
use crate::prefilter::{PatternError, Required, required};

pub use search::{Match, Search, compile_regex};

/// Errors that are listed: what an author repairs in one sitting. A plugin can make up tens of thousands.
const MOST_LISTED: usize = 200;

/// Interests of a plugin: one for each of its rules and more; a plugin can make up any number.
const MOST_INTERESTS: usize = 10_000;

/// Names of files and nodes in them: twenty for each. Every document is held against all of its kind.
const MOST_NAMES: usize = 200_000;

/// Longest id of a rule, in bytes: a sentence without spaces.
const MAX_ID: usize = 128;

/// The number of a pattern, counted through all rules of all plugins.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PatternNumber(pub u32);

/// The number of a plugin in the rulebook.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PluginIndex(pub usize);

/// A pattern as the scan needs it.
#[derive(Clone, Debug)]
pub struct PatternCard {
    /// Whose it is.
    pub plugin: PluginIndex,
    /// Its number among the patterns of its plugin: what the plugin calls it.
    pub number_in_plugin: u32,
    /// The rule that declares it.
    pub rule: RuleIndex,
    /// The expression.
    pub regex: String,
    /// Names of the groups whose bounds the plugin wants.
    pub captures: Vec<String>,
    /// Formats it applies to; empty: all.
    pub formats: Vec<FormatName>,
}

/// A plugin with what its instances are told and which numbers are its own.
pub struct Member {
    /// The plugin.
    pub plugin: Plugin,
    /// Its packs.
    pub packs: Vec<plugin::Pack>,
    /// Its rules in [`Rulebook::rules`].
    pub rules: Range<u32>,
    /// Its patterns in [`Rulebook::patterns`].
    pub patterns: Range<u32>,
    /// What it wants to see of configuration.
    pub interests: Interests,
    /// Whether it judges each record by itself, so that several instances may share a stream.
    pub judges_alone: bool,
    /// The instance that told the rules, until an environment takes it.
    pub first_instance: Mutex<Option<Instance>>,
}

/// All rules of all plugins.
pub struct Rulebook {
    /// The plugins.
    pub members: Vec<Member>,
    /// The rules, by [`RuleIndex`].
    pub rules: Arc<[RuleCard]>,
    /// The patterns, by [`PatternNumber`].
    pub patterns: Vec<PatternCard>,
    /// The record formats: built in, and brought by packs.
    pub formats: Formats,
    /// The packs, for their examples.
    pub packs: Vec<RulePack>,
    /// Which rules explain which, as they say themselves.
    pub explanations: Vec<Explanation>,
}

/// Which packs' expressions are compiled to see whether they are right.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Thoroughness {
    /// Those that do not come with the program.
    Foreign,
    /// All of them.
    All,
}

/// Why there is no rulebook.
#[derive(Debug, thiserror::Error)]
pub enum RulebookFault {
    /// Packs with errors, each with its place.
    #[error("{}", listed(.0))]
    Packs(Vec<PackError>),
    /// A plugin that failed while it read its packs.
    #[error("plugin {plugin}: {failure}, while it read its rule packs and said what it wants to see")]
    Plugin {
        /// The plugin's name.
        plugin: String,
        /// What happened.
        failure: PluginFailure,
    },
    /// The formats inside the binary: a defect of ours.
    #[error("built-in record formats: {0}")]
    Formats(String),
}

fn listed(errors: &[PackError]) -> String {
    let mut lines: Vec<String> = errors.iter().take(MOST_LISTED).map(ToString::to_string).collect();
    if errors.len() > MOST_LISTED {
        lines.push(format!("… and {} more", errors.len() - MOST_LISTED));
    }
    lines.join("\n")
}

impl Rulebook {
    /// Hands each plugin its packs and numbers what comes back.
    ///
    /// # Errors
    ///
    /// All errors of all packs, so that an author sees them at once; or the first plugin that failed.
    pub fn build(plugins: Vec<Plugin>, packs: Vec<RulePack>, thorough: Thoroughness) -> Result<Self, RulebookFault> {
        let mut errors = Vec::new();
        let formats = formats(&packs, &mut errors)?;
        for pack in &packs {
            if !plugins.iter().any(|plugin| *plugin.name() == pack.plugin) {
                let known = plugins
                    .iter()
                    .map(|plugin| plugin.name().to_string())
                    .collect::<Vec<_>>()
                    .join(", ");
                let reason = format!(
                    "there is no plugin `{}`; loaded: {known}. Load it with --plugin",
                    pack.plugin
                );
                errors.push(pack.error("/plugin", &reason));
            }
        }
        let thorough = thorough == Thoroughness::All;
        let mut numbering = Numbering {
            thorough,
            rules: Vec::new(),
            ids: HashSet::new(),
            patterns: Vec::new(),
            errors,
            formats: &formats,
            explanations: Vec::new(),
        };
        let mut members = Vec::new();
        for plugin in plugins {
            let own: Vec<&RulePack> = packs.iter().filter(|pack| pack.plugin == *plugin.name()).collect();
            let handed: Vec<_> = own
                .iter()
                .map(|pack| plugin::Pack {
                    name: pack.name.clone(),
                    json: pack.json(),
                })
                .collect();
            match plugin.rules(&handed) {
                Ok((rules, mut instance)) => {
                    let index = PluginIndex(members.len());
                    let interests = wants(&mut instance).map_err(|failure| RulebookFault::Plugin {
                        plugin: plugin.name().to_string(),
                        failure,
                    })?;
                    let mut member = numbering.add(index, plugin, instance, handed, &own, rules);
                    member.interests = Interests::new(interests.into_iter().map(interest).collect());
                    members.push(member);
                }
                Err(RulebookError::Problems(problems)) => numbering.refuse(&plugin, &own, problems),
                Err(RulebookError::Failure(failure)) => {
                    return Err(RulebookFault::Plugin {
                        plugin: plugin.name().to_string(),
                        failure,
                    });
                }
            }
        }
        let Numbering {
            rules,
            patterns,
            errors,
            mut explanations,
            ..
        } = numbering;
        explanations.sort();
        explanations.dedup();
        if !errors.is_empty() {
            return Err(RulebookFault::Packs(errors));
        }
        Ok(Self {
            members,
            rules: rules.into(),
            patterns,
            formats,
            packs,
            explanations,
        })
    }

    /// The rule of that id.
    pub fn rule(&self, id: &str) -> Option<&RuleCard> {
        self.rules.iter().find(|rule| rule.id.as_str() == id)
    }

    /// Rules whose findings explain those of this one.
    pub fn causes_of(&self, rule: &RuleId) -> Vec<&RuleId> {
        let own = self
            .explanations
            .iter()
            .filter(|explanation| explanation.symptom == *rule);
        own.map(|explanation| &explanation.cause).collect()
    }

    /// Rules whose findings those of this one explain.
    pub fn symptoms_of(&self, rule: &RuleId) -> Vec<&RuleId> {
        let own = self
            .explanations
            .iter()
            .filter(|explanation| explanation.cause == *rule);
        own.map(|explanation| &explanation.symptom).collect()
    }

    /// Patterns without a required literal, each with the reason.
    pub fn slow_patterns(&self) -> impl Iterator<Item = (&PatternCard, String)> {
        self.patterns
            .iter()
            .filter_map(|pattern| match required(&pattern.regex) {
                Ok(Required::None { reason }) => Some((pattern, reason.to_string())),
                _ => None,
            })
    }

    /// The search for the patterns that apply to a format. `sample` is text like that to be searched; it decides how fast
    /// the search is, never what it finds.
    ///
    /// # Errors
    ///
    /// None with patterns that compiled when the rulebook was built.
    pub fn search(&self, format: &FormatName, sample: &[u8]) -> Result<Search<'_>, PatternError> {
        let applies = |pattern: &PatternCard| pattern.formats.is_empty() || pattern.formats.contains(format);
        let numbered = (0..).map(PatternNumber).zip(&self.patterns);
        Search::new(numbered.filter(|(_, pattern)| applies(pattern)).collect(), sample)
    }
}

fn formats(packs: &[RulePack], errors: &mut Vec<PackError>) -> Result<Formats, RulebookFault> {
    let mut formats = Formats::builtin().map_err(|error| RulebookFault::Formats(error.to_string()))?;
    for pack in packs {
        for (pointer, value) in pack.formats() {
            let added = serde_json::from_value::<FormatDefinition>(value.clone())
                .map_err(|error| error.to_string())
                .and_then(|definition| formats.add(definition).map_err(|error| error.to_string()));
            if let Err(reason) = added {
                errors.push(pack.error(&pointer, &reason));
            }
        }
    }
    Ok(formats)
}

struct Numbering<'f> {
    thorough: bool,
    rules: Vec<RuleCard>,
    ids: HashSet<RuleId>,
    patterns: Vec<PatternCard>,
    errors: Vec<PackError>,
    formats: &'f Formats,
    explanations: Vec<Explanation>,
}

impl Numbering<'_> {
    fn add(
        &mut self,
        index: PluginIndex,
        plugin: Plugin,
        instance: Instance,
        packs: Vec<plugin::Pack>,
        own: &[&RulePack],
        rules: Vec<plugin::Rule>,
    ) -> Member {
        let trusted = own.iter().filter(|pack| pack.is_built_in());
        let built_in: HashSet<RuleId> = trusted.flat_map(|pack| pack.rules()).map(|rule| rule.id).collect();
        let (first_rule, first_pattern) = (number(self.rules.len()), number(self.patterns.len()));
        let judges_alone = rules
            .iter()
            .filter(|rule| !rule.patterns.is_empty())
            .all(is_judged_alone);
        for rule in rules {
            let id = RuleId::from(rule.id);
            let place = Place {
                own,
                plugin: plugin.name().as_str(),
                rule: &id,
            };
            if !is_name(id.as_str()) {
                self.errors.push(place.error(&format!(
                    "`{id}` is no id: expected 1 to {MAX_ID} bytes without spaces and control characters"
                )));
            } else if !self.ids.insert(id.clone()) {
                self.errors
                    .push(place.error(&format!("rule `{id}` is declared twice; ids are given once")));
            }
            self.explanations.extend(explanations(&id, &rule.attributes));
            let rule_index = RuleIndex(number(self.rules.len()));
            for pattern in rule.patterns {
                let number_in_plugin = number(self.patterns.len()) - first_pattern;
                let formats = pattern
                    .formats
                    .iter()
                    .map(|format| FormatName::from(format.as_str()))
                    .collect();
                let card = PatternCard {
                    plugin: index,
                    number_in_plugin,
                    rule: rule_index,
                    regex: pattern.regex,
                    captures: pattern.captures,
                    formats,
                };
                // The packs inside the binary passed when it was tested; compiling their expressions again would be a
                // third of the time until the first finding.
                if self.thorough || !built_in.contains(&id) {
                    self.check(&place, &card);
                }
                self.patterns.push(card);
            }
            self.rules.push(
                RuleCard {
                    id,
                    plugin: plugin.name().clone(),
                    severity: rule.severity.into(),
                    title: rule.title,
                    symptom: rule.symptom,
                    cause: rule.cause,
                    remedy: rule.remedy,
                    references: rule.references,
                }
                .presentable(),
            );
        }
        Member {
            plugin,
            packs,
            rules: first_rule..number(self.rules.len()),
            patterns: first_pattern..number(self.patterns.len()),
            interests: Interests::default(),
            judges_alone,
            first_instance: Mutex::new(Some(instance)),
        }
    }

    fn check(&mut self, place: &Place<'_>, pattern: &PatternCard) {
        // A plain text always compiles, and packs of thousands of them are usual: that alone spares most of the start.
        let is_text = pattern.captures.is_empty() && matches!(required(&pattern.regex), Ok(Required::Exact(_)));
        let compiled = if is_text {
            None
        } else {
            Some(compile_regex(&pattern.regex))
        };
        match compiled {
            None => {}
            Some(Err(reason)) => self.errors.push(place.error_at_text(&pattern.regex, &reason)),
            Some(Ok(regex)) => {
                let names = group_names(regex.group_info());
                for capture in pattern.captures.iter().filter(|capture| !names.contains(capture)) {
                    let reason = format!(
                        "the expression has no group named `{capture}`; it has: {}",
                        names.join(", ")
                    );
                    self.errors.push(place.error_at_text(&pattern.regex, &reason));
                }
            }
        }
        for format in pattern
            .formats
            .iter()
            .filter(|format| self.formats.by_name(format.as_str()).is_none())
        {
            let known = self
                .formats
                .iter()
                .map(|format| format.name().to_string())
                .collect::<Vec<_>>()
                .join(", ");
            let reason = format!("there is no record format `{format}`; known: {known}");
            self.errors.push(place.error_at_text(format.as_str(), &reason));
        }
    }

    fn refuse(&mut self, plugin: &Plugin, own: &[&RulePack], problems: Vec<plugin::Problem>) {
        for problem in problems {
            let reason = problem.reason;
            self.errors
                .push(match own.iter().find(|pack| pack.name == problem.pack) {
                    Some(pack) => pack.error(&problem.path, &reason),
                    None => PackError {
                        pack: format!("plugin {}", plugin.name()),
                        line: LineNumber(1),
                        reason,
                    },
                });
        }
    }
}

/// Which rule it is, to name its place in errors. The place is looked for when there is one, not for each of ten
/// thousand rules without.
struct Place<'p> {
    own: &'p [&'p RulePack],
    plugin: &'p str,
    rule: &'p RuleId,
}

impl Place<'_> {
    fn pack(&self) -> Option<(&RulePack, String)> {
        self.own.iter().find_map(|pack| {
            let found = pack.rules().into_iter().find(|candidate| candidate.id == *self.rule)?;
            Some((*pack, found.pointer))
        })
    }

    fn error(&self, reason: &str) -> PackError {
        match self.pack() {
            Some((pack, pointer)) => pack.error(&pointer, reason),
            None => PackError {
                pack: format!("plugin {}", self.plugin),
                line: LineNumber(1),
                reason: format!("rule `{}`: {reason}", self.rule),
            },
        }
    }

    /// The error at the value that is this text, which the plugin took over from the pack as it stands there.
    fn error_at_text(&self, text: &str, reason: &str) -> PackError {
        let found = self
            .pack()
            .and_then(|(pack, rule)| Some((pack, pack.pointer_to_text(&rule, text)?)));
        match found {
            Some((pack, pointer)) => pack.error(&pointer, reason),
            None => self.error(&format!("`{text}`: {reason}")),
        }
    }
}

/// Whether a text can be an id: it stands in messages, in file names of others, and in what they select by.
fn is_name(id: &str) -> bool {
    (1..=MAX_ID).contains(&id.len())
        && !id
            .chars()
            .any(|character| character.is_whitespace() || obeyed(character))
}

/// What the plugin wants to see. Too much of it is nonsense: to take a part would leave out documents without a word.
fn wants(instance: &mut Instance) -> Result<Vec<plugin::Interest>, PluginFailure> {
    let interests = instance.wants()?;
    let names: usize = interests.iter().map(|one| one.files.len() + one.nodes.len()).sum();
    if interests.len() > MOST_INTERESTS || names > MOST_NAMES {
        return Err(PluginFailure::Nonsense(format!(
            "wants to see {} kinds of document by {names} names; at most {MOST_INTERESTS} and {MOST_NAMES} are possible",
            interests.len()
        )));
    }
    Ok(interests)
}

fn interest(wire: plugin::Interest) -> Interest {
    Interest {
        kind: wire.kind,
        files: wire.files.iter().map(|glob| Glob::new(glob)).collect(),
        nodes: wire.nodes,
    }
}

/// Whether a rule says of itself that what it says of a record depends on no other: attribute `judged`, value `alone`.
fn is_judged_alone(rule: &plugin::Rule) -> bool {
    rule.attributes
        .iter()
        .any(|(name, value)| name == "judged" && value == "alone")
}

/// What a rule says of itself in its attributes `explains` and `explained-by`: JSON lists of `{"rule": …, "same": […]}`. What
/// is not of that form says nothing.
fn explanations(own: &RuleId, attributes: &[(String, String)]) -> Vec<Explanation> {
    #[derive(serde::Deserialize)]
    struct Tie {
        rule: String,
        #[serde(default)]
        same: Vec<String>,
    }
    let mut explanations = Vec::new();
    for (name, value) in attributes {
        let is_cause = match name.as_str() {
            "explains" => true,
            "explained-by" => false,
            _ => continue,
        };
        for tie in serde_json::from_str::<Vec<Tie>>(value).unwrap_or_default() {
            let other = RuleId::from(tie.rule);
            let (cause, symptom) = if is_cause {
                (own.clone(), other)
            } else {
                (other, own.clone())
            };
            explanations.push(Explanation {
                cause,
                symptom,
                same: tie.same,
            });
        }
    }
    explanations
}

fn group_names(info: &GroupInfo) -> Vec<String> {
    info.pattern_names(regex_automata::PatternID::ZERO)
        .flatten()
        .map(str::to_owned)
        .collect()
}

/// Numbers cross the boundary as `u32`; what is returned at once cannot be longer than the answer's limit of bytes.
fn number(length: usize) -> u32 {
    u32::try_from(length).unwrap_or(u32::MAX)
}
