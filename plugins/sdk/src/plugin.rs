//! The plugin's side of the calls: one plugin, its open streams, and the checks that every plugin would have to repeat.
//!
//! Comes in: what the host calls. Goes out: what the plugin answers. A stream that was never opened, one that is opened
//! twice, and a batch that contradicts itself are failures with a sentence, not traps.

use std::collections::BTreeMap;

use crate::{Answer, Batch, Failure, Finding, FlatBatch, Layout, Level, Pack, Problem, Rule, StreamInfo};

/// A plugin that judges logs.
pub trait LogRules: Sized {
    /// What is remembered of one stream. Nothing in it may reach another stream.
    type Stream;

    /// Reads the packs and answers with the rules, in the order in which findings will name them.
    ///
    /// # Errors
    ///
    /// All that is wrong with the packs, each with the place and what was expected.
    fn load(packs: Vec<Pack>) -> Result<(Self, Vec<Rule>), Vec<Problem>>;

    /// A stream begins.
    ///
    /// # Errors
    ///
    /// What makes the stream impossible to judge.
    fn open(&self, info: StreamInfo) -> Result<Self::Stream, Failure>;

    /// The next candidates of the stream, in order. Where one batch ends and the next begins means nothing.
    ///
    /// # Errors
    ///
    /// What made the batch impossible to judge; the stream goes on with the next.
    fn observe(&self, stream: &mut Self::Stream, batch: &Batch<'_>, verdict: &mut Verdict) -> Result<(), Failure>;

    /// The stream has ended: what was awaited will not come.
    ///
    /// # Errors
    ///
    /// What made it impossible to conclude.
    fn close(&self, stream: Self::Stream, verdict: &mut Verdict) -> Result<(), Failure>;
}

/// What a plugin says about a batch.
#[derive(Debug, Default)]
pub struct Verdict {
    /// What was found, in the order of completion.
    pub findings: Vec<Finding>,
    /// Numbers of records of this batch that later findings may name.
    pub keep: Vec<u32>,
    /// Numbers of kept records that no later finding will name.
    pub release: Vec<u32>,
    /// Lines for the one who runs Casebook.
    pub lines: Vec<(Level, String)>,
}

impl Verdict {
    /// Hands the lines to the host and the rest to the caller.
    pub fn into_answer(self) -> Answer {
        for (level, text) in &self.lines {
            crate::log(*level, text);
        }
        Answer {
            findings: self.findings,
            keep: self.keep,
            release: self.release,
        }
    }
}

/// A plugin with its open streams.
pub struct Hosted<P: LogRules> {
    plugin: Option<(P, Layout)>,
    streams: BTreeMap<u32, P::Stream>,
}

impl<P: LogRules> Hosted<P> {
    /// A plugin that has not been loaded yet.
    pub const fn empty() -> Self {
        Self {
            plugin: None,
            streams: BTreeMap::new(),
        }
    }

    /// Loads the plugin; streams of an earlier load are forgotten.
    ///
    /// # Errors
    ///
    /// What is wrong with the packs.
    pub fn load(&mut self, packs: Vec<Pack>) -> Result<Vec<Rule>, Vec<Problem>> {
        let (plugin, rules) = P::load(packs)?;
        self.streams.clear();
        self.plugin = Some((plugin, Layout::of(&rules)));
        Ok(rules)
    }

    /// Opens a stream.
    ///
    /// # Errors
    ///
    /// If nothing is loaded, if the number is in use, or if the plugin refuses.
    pub fn open(&mut self, stream: u32, info: StreamInfo) -> Result<(), Failure> {
        let (plugin, _) = self.plugin.as_ref().ok_or_else(not_loaded)?;
        if self.streams.contains_key(&stream) {
            return Err(Failure::BadInput(format!(
                "stream {stream} is open already; close it before its number is used again"
            )));
        }
        self.streams.insert(stream, plugin.open(info)?);
        Ok(())
    }

    /// Judges a batch.
    ///
    /// # Errors
    ///
    /// If the stream is not open, if the batch contradicts itself, or if the plugin cannot judge it.
    pub fn observe(&mut self, stream: u32, batch: &FlatBatch) -> Result<Verdict, Failure> {
        let (plugin, layout) = self.plugin.as_ref().ok_or_else(not_loaded)?;
        let state = self.streams.get_mut(&stream).ok_or_else(|| not_open(stream))?;
        let batch = Batch::decode(batch, layout)?;
        let mut verdict = Verdict::default();
        plugin.observe(state, &batch, &mut verdict)?;
        Ok(verdict)
    }

    /// Ends a stream.
    ///
    /// # Errors
    ///
    /// If the stream is not open, or if the plugin cannot conclude.
    pub fn close(&mut self, stream: u32) -> Result<Verdict, Failure> {
        let (plugin, _) = self.plugin.as_ref().ok_or_else(not_loaded)?;
        let state = self.streams.remove(&stream).ok_or_else(|| not_open(stream))?;
        let mut verdict = Verdict::default();
        plugin.close(state, &mut verdict)?;
        Ok(verdict)
    }
}

fn not_loaded() -> Failure {
    Failure::BadInput("no rules are loaded; call `load` first".to_owned())
}

fn not_open(stream: u32) -> Failure {
    Failure::BadInput(format!("stream {stream} is not open; call `open` first"))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Counts records.
    struct Counter;

    impl LogRules for Counter {
        type Stream = u32;
        fn load(_: Vec<Pack>) -> Result<(Self, Vec<Rule>), Vec<Problem>> {
            Ok((Self, Vec::new()))
        }
        fn open(&self, _: StreamInfo) -> Result<u32, Failure> {
            Ok(0)
        }
        fn observe(&self, stream: &mut u32, batch: &Batch<'_>, _: &mut Verdict) -> Result<(), Failure> {
            *stream += u32::try_from(batch.records().count()).unwrap_or(u32::MAX);
            Ok(())
        }
        fn close(&self, stream: u32, verdict: &mut Verdict) -> Result<(), Failure> {
            verdict.findings.push(Finding::at(0, stream));
            Ok(())
        }
    }

    fn info() -> StreamInfo {
        StreamInfo {
            environment: String::new(),
            facts: String::new(),
            file: String::new(),
            format: String::new(),
            attributes: Vec::new(),
        }
    }

    fn batch(records: usize) -> FlatBatch {
        FlatBatch {
            first: 0,
            bytes: Vec::new(),
            ends: vec![0; records],
            times: vec![f64::NAN; records],
            hit_records: Vec::new(),
            hit_patterns: Vec::new(),
            captures: Vec::new(),
        }
    }

    #[test]
    fn streams_live_from_open_to_close_and_apart_from_each_other() {
        let mut hosted = Hosted::<Counter>::empty();
        assert!(
            matches!(hosted.open(1, info()), Err(Failure::BadInput(_))),
            "nothing is loaded"
        );
        assert!(hosted.load(Vec::new()).is_ok());
        assert!(hosted.open(1, info()).is_ok() && hosted.open(2, info()).is_ok());
        assert!(
            matches!(hosted.open(1, info()), Err(Failure::BadInput(_))),
            "it is open already"
        );
        assert!(hosted.observe(1, &batch(3)).is_ok() && hosted.observe(2, &batch(1)).is_ok());
        assert!(hosted.observe(1, &batch(2)).is_ok());
        assert_eq!(
            hosted.close(1).ok().and_then(|v| v.findings.first().map(|f| f.record)),
            Some(5)
        );
        assert!(
            matches!(hosted.observe(1, &batch(1)), Err(Failure::BadInput(_))),
            "it has ended"
        );
        assert!(matches!(hosted.close(1), Err(Failure::BadInput(_))), "it has ended");
        assert_eq!(
            hosted.close(2).ok().and_then(|v| v.findings.first().map(|f| f.record)),
            Some(1)
        );
    }
}
