//! The policies of a site, opened in a plugin that decides requests.
//!
//! Comes in: a configuration file or an environment, and the plugin. Goes out: the policies, and answers about requests. What the
//! plugin answers is checked: a place that it made up is a failure, not somebody else's line.

use std::path::{Path, PathBuf};

use super::request::{Request, RequestError};
use super::space::AddressSpace;
use super::told::{
    AddressConditionTold, AddressesTold, ConditionTold, ExplanationTold, MOST_LISTED, Part, is_truncated, networks,
    ranges,
};
use crate::document::{Collector, Document, Node, NodeIndex, Passwords};
use crate::environment::{Environment, EnvironmentError};
use crate::model::Coverage;
use crate::plugin::{
    AddressSet, ConditionVerdict, Decisions, Explanation, Instance, PluginFailure, Policy, PolicyOutcome, Requests,
    WirePlace,
};
use crate::rulebook::Member;
use crate::scan::site::Site;
use crate::stream::discover::MAX_FILES;
use crate::stream::{MissingPath, discover};

/// Networks that are listed of one condition: 100. It is the whole that counts.
const MOST_OF_CONDITION: usize = 100;

/// Why policies could not be opened, or a question not be answered.
#[derive(Debug, thiserror::Error)]
pub enum GateError {
    /// A path that does not exist.
    #[error(transparent)]
    MissingPath(#[from] MissingPath),
    /// `environment.toml` cannot be read.
    #[error(transparent)]
    Environment(#[from] EnvironmentError),
    /// There is no configuration of a web server.
    #[error("{0}: no configuration of httpd there; expected httpd.conf or a file that it includes")]
    NoConfiguration(PathBuf),
    /// No policy of that name.
    #[error("no virtual host is called `{asked}`; there are: {known}")]
    NoPolicy {
        /// What was asked for.
        asked: String,
        /// The names of those that are there.
        known: String,
    },
    /// The plugin failed.
    #[error("plugin {0}: {1}")]
    Plugin(String, PluginFailure),
    /// A request that cannot be.
    #[error(transparent)]
    Request(#[from] RequestError),
}

/// A policy, as people choose it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PolicyCard {
    /// Its number.
    pub number: u32,
    /// Such as `photos.example.com:80`.
    pub name: String,
    /// The main file of its server, below the root.
    pub server: String,
    /// Where it begins.
    pub file: String,
    /// Its line.
    pub line: u32,
    /// Which httpd reads it.
    pub httpd: String,
    /// How that is known.
    pub httpd_because: String,
    /// Whether it is what stands outside of all virtual hosts.
    pub is_outside: bool,
    /// What could not be followed.
    pub remarks: Vec<String>,
}

/// The policies of a site.
pub struct Policies {
    instance: Instance,
    plugin: String,
    documents: Vec<Document>,
    /// The numbers of documents as the plugin counts them.
    handed: Vec<usize>,
    cards: Vec<PolicyCard>,
    coverage: Vec<Coverage>,
    environment: Environment,
}

impl Policies {
    /// Opens what stands in a folder or below a configuration file. `httpd` is the version, where somebody says it.
    ///
    /// # Errors
    ///
    /// See [`GateError`].
    pub fn open(path: &Path, httpd: Option<&str>, member: &Member) -> Result<Self, GateError> {
        let plugin = &member.plugin;
        let failed = |failure: PluginFailure| GateError::Plugin(plugin.name().to_string(), failure);
        let (root, file) = rooted(path);
        let mut environment = Environment::read(&root)?;
        if let Some(httpd) = httpd {
            environment.facts.products.insert("httpd".to_owned(), httpd.to_owned());
        }
        let discovery = discover(std::slice::from_ref(&root), MAX_FILES)?;
        let mut instance = plugin.instance(&member.packs).map_err(failed)?;
        let interests = &member.interests;
        let passwords = Passwords::default();
        let mut collector = Collector::new(interests, &passwords);
        let rest = collector.take(discovery.files);
        if let Some(file) = &file
            && let Some(unnamed) = rest.iter().find(|one| one.shown.as_str() == file)
        {
            // Whoever names a file says what it is.
            collector.add(unnamed, crate::document::Syntax::Httpd);
        }
        let (documents, mut coverage) = collector.finish();
        coverage.extend(discovery.coverage);
        let site = Site::of(
            environment.name.to_string(),
            environment.facts_json(),
            interests,
            &documents,
        );
        if site.handed.is_empty() {
            return Err(GateError::NoConfiguration(path.to_owned()));
        }
        let handed = site.handed.iter().map(|one| one.number).collect();
        let policies = instance.open_policies(&site.wire).map_err(failed)?;
        drop(site);
        let mut opened = Self {
            instance,
            plugin: plugin.name().to_string(),
            documents,
            handed,
            cards: Vec::new(),
            coverage,
            environment,
        };
        opened.cards = opened.read_cards(policies)?;
        if let Some(file) = file {
            opened.keep(&file);
        }
        Ok(opened)
    }

    fn read_cards(&self, policies: Vec<Policy>) -> Result<Vec<PolicyCard>, GateError> {
        let mut cards = Vec::new();
        for (policy, number) in policies.into_iter().zip(0..) {
            let (file, line) = self.place(policy.place)?;
            let of = |name: &str| {
                let mut values = policy.attributes.iter().filter(|(known, _)| known == name);
                values.next().map(|(_, value)| value.clone()).unwrap_or_default()
            };
            let remarks = policy.attributes.iter().filter(|(known, _)| known == "remark");
            cards.push(PolicyCard {
                number,
                server: of("server"),
                httpd: of("httpd"),
                httpd_because: of("httpd-because"),
                is_outside: of("outside") == "true",
                remarks: remarks.map(|(_, remark)| remark.clone()).collect(),
                name: policy.name,
                file,
                line,
            });
        }
        Ok(cards)
    }

    /// Keeps the policies of a file: of the server whose main file it is, else those that begin in it, else all.
    fn keep(&mut self, file: &str) {
        let of_server = |card: &PolicyCard| card.server == file;
        let in_file = |card: &PolicyCard| card.file == file;
        if self.cards.iter().any(of_server) {
            self.cards.retain(of_server);
        } else if self.cards.iter().any(in_file) {
            self.cards.retain(in_file);
        }
    }

    /// The policies, in the order in which they stand.
    pub fn cards(&self) -> &[PolicyCard] {
        &self.cards
    }

    /// What was not read of the configuration.
    pub fn coverage(&self) -> &[Coverage] {
        &self.coverage
    }

    /// The environment that they belong to.
    pub fn environment(&self) -> &Environment {
        &self.environment
    }

    /// The policy of that name: its `ServerName`, with or without the port. Without a name the only one, or the first virtual
    /// host that has something of `path` in it.
    ///
    /// # Errors
    ///
    /// That there is none, with those that there are.
    pub fn choose(&self, name: Option<&str>) -> Result<&PolicyCard, GateError> {
        let known = || {
            self.cards
                .iter()
                .map(|card| card.name.as_str())
                .collect::<Vec<_>>()
                .join(", ")
        };
        let found = match name {
            Some(name) => self.cards.iter().find(|card| {
                card.name.eq_ignore_ascii_case(name)
                    || card
                        .name
                        .rsplit_once(':')
                        .is_some_and(|(host, _)| host.eq_ignore_ascii_case(name))
            }),
            None => {
                let is_about = |card: &&PolicyCard| self.names_photos(card);
                let hosts = || self.cards.iter().filter(|card| !card.is_outside);
                hosts()
                    .find(is_about)
                    .or_else(|| hosts().next())
                    .or_else(|| self.cards.first())
            }
        };
        found.ok_or_else(|| GateError::NoPolicy {
            asked: name.unwrap_or_default().to_owned(),
            known: known(),
        })
    }

    /// Whether a virtual host has a directive with the word photo in it.
    fn names_photos(&self, card: &PolicyCard) -> bool {
        let Some(document) = self
            .documents
            .iter()
            .find(|document| document.file.as_str() == card.file)
        else {
            return false;
        };
        let names = |node: &Node<'_>| node.value().to_ascii_lowercase().contains("photo");
        let host = document
            .tree
            .nodes()
            .find(|node| node.at().line == card.line && node.name() == "virtualhost");
        host.is_some_and(|host| {
            document
                .tree
                .nodes()
                .any(|node| is_within(node, host.index) && names(&node))
        })
    }

    /// Decides requests.
    ///
    /// # Errors
    ///
    /// See [`GateError`].
    pub fn decide(&mut self, policy: u32, requests: &[Request]) -> Result<Decisions, GateError> {
        let mut flat = Requests {
            bytes: Vec::new(),
            ends: Vec::with_capacity(requests.len()),
        };
        for request in requests {
            flat.bytes.extend(request.lines()?);
            flat.ends.push(u32::try_from(flat.bytes.len()).unwrap_or(u32::MAX));
        }
        let decisions = self
            .instance
            .decide(policy, &flat)
            .map_err(|failure| self.failed(failure))?;
        let lengths = [
            decisions.outcomes.len(),
            decisions.statuses.len(),
            decisions.deciders.len(),
        ];
        if lengths.iter().any(|length| *length != requests.len()) {
            return Err(self.nonsense("as many decisions as there are requests"));
        }
        Ok(decisions)
    }

    /// Says what happens with a request.
    ///
    /// # Errors
    ///
    /// See [`GateError`].
    pub fn explain(&mut self, card: &PolicyCard, request: &Request) -> Result<ExplanationTold, GateError> {
        let lines = request.lines()?;
        let Explanation {
            outcome,
            status,
            location,
            conditions,
            summary,
            ..
        } = self
            .instance
            .explain(card.number, &lines)
            .map_err(|failure| self.failed(failure))?;
        let mut told = Vec::with_capacity(conditions.len());
        for condition in conditions {
            let (file, line) = self.place(condition.place)?;
            let (held, verdict) = match condition.verdict {
                ConditionVerdict::Held => (Some(true), "held"),
                ConditionVerdict::Failed => (Some(false), "failed"),
                ConditionVerdict::Unknown => (None, "unknown"),
                ConditionVerdict::PassedOver => (None, "passed-over"),
            };
            told.push(ConditionTold {
                file,
                line,
                text: condition.text,
                value: condition.value,
                held,
                verdict,
                note: condition.note,
            });
        }
        Ok(ExplanationTold {
            decision: decision(outcome),
            status,
            location,
            summary,
            policy: card.name.clone(),
            file: card.file.clone(),
            line: card.line,
            httpd: card.httpd.clone(),
            httpd_because: card.httpd_because.clone(),
            conditions: told,
            remarks: card.remarks.clone(),
        })
    }

    /// Computes which addresses are let in with a request that is otherwise as given, and compares them with those intended.
    ///
    /// # Errors
    ///
    /// See [`GateError`].
    pub fn addresses(
        &mut self,
        card: &PolicyCard,
        request: &Request,
        intended: Option<&AddressSpace>,
    ) -> Result<(AddressesTold, Drawn), GateError> {
        let lines = request.lines()?;
        let AddressSet {
            admitted,
            undecided,
            admitted_count,
            undecided_count,
            conditions,
            ipv6,
            notes,
        } = self
            .instance
            .addresses(card.number, &lines)
            .map_err(|failure| self.failed(failure))?;
        let admitted = AddressSpace::of(pairs(&admitted));
        let undecided = AddressSpace::of(pairs(&undecided));
        let too_many = intended.map(|intended| admitted.without(intended));
        let missing = intended.map(|intended| intended.without(&admitted).without(&undecided));
        let mut of_conditions = Vec::new();
        let mut drawn = Vec::new();
        for condition in conditions {
            let (file, line) = self.place(condition.place)?;
            let admits = AddressSpace::of(pairs(&condition.ranges));
            of_conditions.push(AddressConditionTold {
                file,
                line,
                text: condition.text,
                count: admits.count(),
                networks: networks(&admits, MOST_OF_CONDITION),
            });
            drawn.push(admits);
        }
        let told = AddressesTold {
            policy: card.name.clone(),
            file: card.file.clone(),
            line: card.line,
            count: whole(admitted_count),
            networks: networks(&admitted, MOST_LISTED),
            ranges: ranges(&admitted),
            truncated: is_truncated(&admitted) || admitted.count() != whole(admitted_count),
            too_many: too_many.as_ref().map(Part::of),
            missing: missing.as_ref().map(Part::of),
            undecided: Part {
                count: whole(undecided_count),
                ..Part::of(&undecided)
            },
            intended: intended.map(Part::of),
            conditions: of_conditions,
            ipv6,
            notes,
        };
        let drawn = Drawn {
            admitted,
            undecided,
            intended: intended.cloned(),
            conditions: drawn,
        };
        Ok((told, drawn))
    }

    /// File and line of a place.
    fn place(&self, place: WirePlace) -> Result<(String, u32), GateError> {
        let number = self.handed.get(place.document as usize);
        let document = number.and_then(|number| self.documents.get(*number));
        let node = document.and_then(|document| Some((document, document.tree.node(NodeIndex(place.node))?)));
        match node {
            Some((document, node)) => Ok((document.file.to_string(), node.at().line)),
            None => Err(self.nonsense("a place that it was shown")),
        }
    }

    fn failed(&self, failure: PluginFailure) -> GateError {
        GateError::Plugin(self.plugin.clone(), failure)
    }

    fn nonsense(&self, expected: &str) -> GateError {
        self.failed(PluginFailure::Nonsense(format!("expected {expected}")))
    }
}

/// Whether a node stands in another, at any depth.
fn is_within(mut node: Node<'_>, outer: NodeIndex) -> bool {
    while node.index.0 > outer.0 {
        node = node.parent();
        if node.index == outer {
            return true;
        }
    }
    false
}

/// The sets behind an answer, for who draws them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Drawn {
    /// Those that are let in.
    pub admitted: AddressSpace,
    /// Those of which it is not known.
    pub undecided: AddressSpace,
    /// Those that were intended.
    pub intended: Option<AddressSpace>,
    /// What each condition admits, in the order of those that were told.
    pub conditions: Vec<AddressSpace>,
}

fn pairs(flat: &[u32]) -> impl Iterator<Item = (u32, u32)> + '_ {
    flat.chunks_exact(2).filter_map(|pair| match pair {
        [first, last] => Some((*first, *last)),
        _ => None,
    })
}

/// A count that crossed as a floating-point number.
fn whole(count: f64) -> u64 {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "at most 2^32, and never negative after the clamp"
    )]
    let whole = count.clamp(0.0, 4_294_967_296.0) as u64;
    whole
}

fn decision(outcome: PolicyOutcome) -> &'static str {
    match outcome {
        PolicyOutcome::Allow => "allow",
        PolicyOutcome::Redirect => "redirect",
        PolicyOutcome::Forbid => "forbid",
        PolicyOutcome::NotFound => "not-found",
        PolicyOutcome::Undecided => "undecided",
    }
}

/// The folder that is read, and the file in it that was named: of `/opt/IBM/HTTPServer/conf/httpd.conf` the server's folder, for
/// includes are named below that.
fn rooted(path: &Path) -> (PathBuf, Option<String>) {
    if !path.is_file() {
        return (path.to_owned(), None);
    }
    let folder = |path: &Path| match path.parent() {
        Some(folder) if folder.as_os_str().is_empty() => PathBuf::from("."),
        Some(folder) => folder.to_owned(),
        None => PathBuf::from("/"),
    };
    // A folder by a relative name has no name of its own to look at.
    let near = folder(path);
    let whole = near.canonicalize().unwrap_or_else(|_| near.clone());
    let is_conf = whole.file_name().is_some_and(|name| name == "conf" || name == "etc");
    let root = if is_conf {
        whole.parent().map_or_else(|| near.clone(), Path::to_owned)
    } else {
        near
    };
    let file = path.canonicalize().ok().and_then(|file| {
        let root = root.canonicalize().ok()?;
        file.strip_prefix(root)
            .ok()
            .map(|below| below.to_string_lossy().into_owned())
    });
    (root, file)
}
