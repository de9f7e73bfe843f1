//! The plugin's side of the calls: one plugin, the policies of one site, and its open streams.
//!
//! Comes in: what the host calls. Goes out: what the plugin answers. A call before its time (policies before packs, a stream
//! that was never opened) and requests that make no sense are failures with a sentence, not traps.

use std::collections::BTreeMap;

use casebook_plugin_configs::Interest;
use casebook_plugin_sdk::{Batch, Failure, Layout, Pack, Problem, Rule, StreamInfo};

use crate::{
    AddressSet, ConfigFinding, Decisions, Explanation, LogVerdict, Policy, RequestLines, Requests, Site, flat, wire,
};

/// A plugin that decides requests, judges the configuration by which it decides, and logs.
pub trait GateRules: Sized {
    /// What it made of a site: the policies, compiled.
    type Policies;
    /// What is remembered of one stream. Nothing in it may reach another stream.
    type Stream;

    /// Reads the packs and answers with the rules, in the order in which findings will name them.
    ///
    /// # Errors
    ///
    /// All that is wrong with the packs, each with the place and what was expected.
    fn load(packs: Vec<Pack>) -> Result<(Self, Vec<Rule>), Vec<Problem>>;

    /// What it wants to see of a site.
    fn wants(&self) -> Vec<Interest>;

    /// Reads the policies of a site.
    ///
    /// # Errors
    ///
    /// What makes the site impossible to read.
    fn open(&self, site: &Site) -> Result<Self::Policies, Failure>;

    /// The policies, in the order of their numbers.
    fn policies(&self, policies: &Self::Policies) -> Vec<Policy>;

    /// Judges a site.
    ///
    /// # Errors
    ///
    /// What makes the site impossible to judge.
    fn check(&self, site: &Site) -> Result<Vec<ConfigFinding>, Failure>;

    /// Decides requests.
    ///
    /// # Errors
    ///
    /// A policy that is not there, a request that is none.
    fn decide(
        &self,
        policies: &Self::Policies,
        policy: u32,
        requests: &[RequestLines<'_>],
    ) -> Result<Decisions, Failure>;

    /// Says what happens with one request.
    ///
    /// # Errors
    ///
    /// See [`Self::decide`].
    fn explain(
        &self,
        policies: &Self::Policies,
        policy: u32,
        request: RequestLines<'_>,
    ) -> Result<Explanation, Failure>;

    /// Computes which addresses are let in.
    ///
    /// # Errors
    ///
    /// See [`Self::decide`].
    fn addresses(
        &self,
        policies: &Self::Policies,
        policy: u32,
        request: RequestLines<'_>,
    ) -> Result<AddressSet, Failure>;

    /// A stream begins; no policies where the site has none.
    ///
    /// # Errors
    ///
    /// What makes the stream impossible to judge.
    fn open_stream(&self, policies: Option<&Self::Policies>, info: StreamInfo) -> Result<Self::Stream, Failure>;

    /// The next candidates of the stream, in order. Where one batch ends and the next begins means nothing.
    ///
    /// # Errors
    ///
    /// What made the batch impossible to judge; the stream goes on with the next.
    fn observe(
        &self,
        policies: Option<&Self::Policies>,
        stream: &mut Self::Stream,
        batch: &Batch<'_>,
        verdict: &mut LogVerdict,
    ) -> Result<(), Failure>;

    /// The stream has ended: what was awaited will not come.
    ///
    /// # Errors
    ///
    /// What made it impossible to conclude.
    fn close_stream(&self, stream: Self::Stream, verdict: &mut LogVerdict) -> Result<(), Failure>;
}

/// A plugin with its policies and its open streams.
pub struct Hosted<P: GateRules> {
    plugin: Option<(P, Layout)>,
    policies: Option<P::Policies>,
    streams: BTreeMap<u32, P::Stream>,
}

impl<P: GateRules> Hosted<P> {
    /// A plugin that has not been loaded yet.
    pub const fn empty() -> Self {
        Self {
            plugin: None,
            policies: None,
            streams: BTreeMap::new(),
        }
    }

    /// Loads the plugin; policies and streams of an earlier load are forgotten.
    ///
    /// # Errors
    ///
    /// What is wrong with the packs.
    pub fn load(
        &mut self,
        packs: Vec<wire::rulebook::Pack>,
    ) -> Result<Vec<wire::rulebook::Rule>, Vec<wire::rulebook::Problem>> {
        let (plugin, rules) = P::load(flat::packs(packs)).map_err(flat::problems)?;
        self.policies = None;
        self.streams.clear();
        self.plugin = Some((plugin, Layout::of(&rules)));
        Ok(flat::rules(rules))
    }

    /// What it wants to see; nothing before it is loaded.
    pub fn wants(&self) -> Vec<wire::configs::Interest> {
        let wants = self.plugin.as_ref().map(|(plugin, _)| plugin.wants());
        flat::interests(wants.unwrap_or_default())
    }

    /// Judges a site.
    ///
    /// # Errors
    ///
    /// If nothing is loaded, if the site contradicts itself, or if the plugin cannot judge it.
    pub fn check(&self, site: wire::configs::Environment) -> Result<Vec<wire::configs::Finding>, Failure> {
        let (plugin, _) = self.plugin.as_ref().ok_or_else(not_loaded)?;
        plugin
            .check(&Site::decode(flat::site(site))?)
            .map(flat::config_findings)
    }

    /// Reads the policies of a site.
    ///
    /// # Errors
    ///
    /// If nothing is loaded, if the site contradicts itself, or if the plugin cannot read it.
    pub fn open(&mut self, site: wire::configs::Environment) -> Result<Vec<Policy>, Failure> {
        let (plugin, _) = self.plugin.as_ref().ok_or_else(not_loaded)?;
        let policies = plugin.open(&Site::decode(flat::site(site))?)?;
        let listed = plugin.policies(&policies);
        self.policies = Some(policies);
        Ok(listed)
    }

    /// Decides requests.
    ///
    /// # Errors
    ///
    /// If no site is open, if the list of requests contradicts itself, or if one is none.
    pub fn decide(&self, policy: u32, requests: &Requests) -> Result<Decisions, Failure> {
        let (plugin, policies) = self.opened()?;
        let mut start = 0;
        let mut read = Vec::with_capacity(requests.ends.len());
        for &end in &requests.ends {
            let bytes = requests.bytes.get(start as usize..end as usize);
            let bytes = bytes.ok_or_else(|| bad(format!("a request ends at {end}, after {start}")))?;
            read.push(self::read(bytes)?);
            start = end;
        }
        plugin.decide(policies, policy, &read)
    }

    /// Says what happens with one request.
    ///
    /// # Errors
    ///
    /// See [`Self::decide`].
    pub fn explain(&self, policy: u32, request: &[u8]) -> Result<Explanation, Failure> {
        let (plugin, policies) = self.opened()?;
        plugin.explain(policies, policy, read(request)?)
    }

    /// Computes which addresses are let in.
    ///
    /// # Errors
    ///
    /// See [`Self::decide`].
    pub fn addresses(&self, policy: u32, request: &[u8]) -> Result<AddressSet, Failure> {
        let (plugin, policies) = self.opened()?;
        plugin.addresses(policies, policy, read(request)?)
    }

    /// Opens a stream.
    ///
    /// # Errors
    ///
    /// If nothing is loaded, if the number is in use, or if the plugin refuses.
    pub fn open_stream(&mut self, stream: u32, info: wire::logs::StreamInfo) -> Result<(), Failure> {
        let (plugin, _) = self.plugin.as_ref().ok_or_else(not_loaded)?;
        if self.streams.contains_key(&stream) {
            return Err(bad(format!(
                "stream {stream} is open already; close it before its number is used again"
            )));
        }
        let opened = plugin.open_stream(self.policies.as_ref(), flat::stream_info(info))?;
        self.streams.insert(stream, opened);
        Ok(())
    }

    /// Judges a batch.
    ///
    /// # Errors
    ///
    /// If the stream is not open, if the batch contradicts itself, or if the plugin cannot judge it.
    pub fn observe(&mut self, stream: u32, batch: wire::logs::Batch) -> Result<wire::logs::Answer, Failure> {
        let (plugin, layout) = self.plugin.as_ref().ok_or_else(not_loaded)?;
        let state = self.streams.get_mut(&stream).ok_or_else(|| not_open(stream))?;
        let batch = flat::batch(batch);
        let batch = Batch::decode(&batch, layout)?;
        let mut verdict = LogVerdict::default();
        plugin.observe(self.policies.as_ref(), state, &batch, &mut verdict)?;
        Ok(flat::answer(verdict))
    }

    /// Ends a stream.
    ///
    /// # Errors
    ///
    /// If the stream is not open, or if the plugin cannot conclude.
    pub fn close_stream(&mut self, stream: u32) -> Result<wire::logs::Answer, Failure> {
        let (plugin, _) = self.plugin.as_ref().ok_or_else(not_loaded)?;
        let state = self.streams.remove(&stream).ok_or_else(|| not_open(stream))?;
        let mut verdict = LogVerdict::default();
        plugin.close_stream(state, &mut verdict)?;
        Ok(flat::answer(verdict))
    }

    fn opened(&self) -> Result<(&P, &P::Policies), Failure> {
        let (plugin, _) = self.plugin.as_ref().ok_or_else(not_loaded)?;
        let policies = self.policies.as_ref();
        let policies = policies.ok_or_else(|| bad("no site is open; call `open` first".to_owned()))?;
        Ok((plugin, policies))
    }
}

fn read(request: &[u8]) -> Result<RequestLines<'_>, Failure> {
    RequestLines::read(request).map_err(|malformed| bad(malformed.0))
}

fn bad(what: String) -> Failure {
    Failure::BadInput(what)
}

fn not_loaded() -> Failure {
    bad("no rules are loaded; call `load` first".to_owned())
}

fn not_open(stream: u32) -> Failure {
    bad(format!("stream {stream} is not open; call `open` first"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Outcome, Place};

    /// Lets in whoever comes from 10; its one policy is the site's name.
    struct Ten;

    impl GateRules for Ten {
        type Policies = String;
        type Stream = ();

        fn load(packs: Vec<Pack>) -> Result<(Self, Vec<Rule>), Vec<Problem>> {
            if packs.is_empty() {
                return Ok((Self, Vec::new()));
            }
            let problem = |pack: Pack| Problem {
                pack: pack.name,
                path: String::new(),
                reason: "takes no packs".to_owned(),
            };
            Err(packs.into_iter().map(problem).collect())
        }

        fn wants(&self) -> Vec<Interest> {
            vec![Interest::in_kind("httpd")]
        }

        fn open(&self, site: &Site) -> Result<String, Failure> {
            Ok(site.name().to_owned())
        }

        fn policies(&self, policies: &String) -> Vec<Policy> {
            vec![Policy {
                name: policies.clone(),
                place: Place { document: 0, node: 0 },
                attributes: Vec::new(),
            }]
        }

        fn check(&self, _: &Site) -> Result<Vec<ConfigFinding>, Failure> {
            Ok(Vec::new())
        }

        fn decide(&self, _: &String, policy: u32, requests: &[RequestLines<'_>]) -> Result<Decisions, Failure> {
            if policy > 0 {
                return Err(bad(format!("there is no policy {policy}")));
            }
            let is_in = |request: &RequestLines<'_>| request.address.starts_with("10.");
            let outcome = |request| {
                if is_in(request) {
                    Outcome::Allow
                } else {
                    Outcome::Forbid
                }
            };
            Ok(Decisions {
                outcomes: requests.iter().map(outcome).collect(),
                statuses: requests
                    .iter()
                    .map(|request| if is_in(request) { 200 } else { 403 })
                    .collect(),
                deciders: vec![u32::MAX; requests.len()],
                places: Vec::new(),
            })
        }

        fn explain(&self, _: &String, _: u32, _: RequestLines<'_>) -> Result<Explanation, Failure> {
            Err(bad("explains nothing".to_owned()))
        }

        fn addresses(&self, _: &String, _: u32, _: RequestLines<'_>) -> Result<AddressSet, Failure> {
            Err(bad("computes nothing".to_owned()))
        }

        fn open_stream(&self, policies: Option<&String>, _: StreamInfo) -> Result<(), Failure> {
            policies.map(|_| ()).ok_or_else(|| bad("no policies".to_owned()))
        }

        fn observe(&self, _: Option<&String>, _: &mut (), _: &Batch<'_>, _: &mut LogVerdict) -> Result<(), Failure> {
            Ok(())
        }

        fn close_stream(&self, (): (), _: &mut LogVerdict) -> Result<(), Failure> {
            Ok(())
        }
    }

    fn site(name: &str) -> wire::configs::Environment {
        wire::configs::Environment {
            name: name.to_owned(),
            facts: "{}".to_owned(),
            documents: Vec::new(),
            bytes: Vec::new(),
            text_ends: vec![0],
            nodes: Vec::new(),
            node_attributes: Vec::new(),
        }
    }

    fn requests(texts: &[&str]) -> Requests {
        let mut requests = Requests {
            bytes: Vec::new(),
            ends: Vec::new(),
        };
        for text in texts {
            requests.bytes.extend_from_slice(text.as_bytes());
            requests.ends.push(u32::try_from(requests.bytes.len()).expect("short"));
        }
        requests
    }

    #[test]
    fn what_is_called_before_its_time_is_a_failure_with_a_sentence() {
        let mut hosted = Hosted::<Ten>::empty();
        let sentence = |failure: Failure| match failure {
            Failure::BadInput(sentence) | Failure::Internal(sentence) => sentence,
        };
        assert!(sentence(hosted.open(site("acme")).expect_err("nothing is loaded")).contains("call `load` first"));
        hosted.load(Vec::new()).expect("no packs");
        let decided = hosted.decide(0, &requests(&["10.0.0.1\nGET\n/"]));
        assert!(sentence(decided.expect_err("no site")).contains("call `open` first"));
        assert_eq!(hosted.open(site("acme")).expect("policies")[0].name, "acme");
        let decided = hosted
            .decide(0, &requests(&["10.0.0.1\nGET\n/", "11.0.0.1\nGET\n/"]))
            .expect("decisions");
        assert_eq!(decided.statuses, [200, 403]);
        for (texts, why) in [(&["10.0.0.1\nGET"][..], "a target"), (&["\n"], "an address")] {
            assert!(sentence(hosted.decide(0, &requests(texts)).expect_err(why)).contains(why));
        }
        let mut torn = requests(&["10.0.0.1\nGET\n/"]);
        torn.ends = vec![20];
        assert!(sentence(hosted.decide(0, &torn).expect_err("beyond the end")).contains("a request ends at 20"));
        // What was known of a site is gone with a new load.
        hosted.load(Vec::new()).expect("no packs");
        assert!(hosted.decide(0, &requests(&["10.0.0.1\nGET\n/"])).is_err());
    }
}
