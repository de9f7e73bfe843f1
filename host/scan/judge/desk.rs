//! Where one plugin judges one stream: its instances, the batch that is being filled, the records that it may name.
//!
//! A plugin that keeps something in mind from record to record judges a stream with one instance, batch after batch. One that
//! says that it judges each record alone gets several batches at a time, each with an instance of its own; the answers are taken
//! in the order of the records, so nobody sees the difference.

use std::collections::HashMap;
use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex, PoisonError};

use rayon::prelude::*;

use super::{RecordPlace, note, quarantined};
use crate::finding::{Evidence, FileOrder, Place, RuleIndex, Sighting};
use crate::model::{CoverageStatus, FilePath, FormatName, Severity};
use crate::plugin::{Answer, Batch, Instance, PluginFailure, StreamInfo, WireFinding};
use crate::rulebook::{Match, PatternCard, PluginIndex};
use crate::scan::Run;
use crate::stream::Stream;

/// A batch is handed over when it has this many bytes of text: at 7 ns a line the crossing is then far below the cost of
/// judging, and a guest's memory stays small.
const BATCH_BYTES: usize = 256 << 10;

/// … or this many records, which bounds the flat lists beside the text.
const BATCH_RECORDS: usize = 4096;

/// Records that a plugin may keep at a time, for each stream: open logins on a busy server are some hundreds.
const MOST_KEPT: usize = 65_536;

/// … and bytes of their texts: 64 MiB, a thousand for each of them. A record may be a megabyte long.
const MOST_KEPT_BYTES: usize = 64 << 20;

/// Records of one finding's evidence that are looked up; the ledger keeps fewer. An answer has room for millions of
/// them, each of which would become a place here.
const MOST_EVIDENCE: usize = 64;

/// Batches that wait for each worker where several are judged at a time: a worker that was late still finds some, and with
/// their texts and lists they are a few megabytes.
const WAITING_PER_WORKER: usize = 4;

/// A group that took no part in a match, on the wire.
const ABSENT: u32 = u32::MAX;

pub(super) struct Desk<'r> {
    run: &'r Run<'r>,
    plugin: PluginIndex,
    stream: u32,
    stream_file: FilePath,
    /// Those that have opened the stream: one, unless the plugin judges each record alone.
    instances: Mutex<Vec<Instance>>,
    filling: Parcel,
    /// Full, in order.
    waiting: Vec<Parcel>,
    /// How many wait before they are judged.
    patience: usize,
    /// Whether the plugin judges each record alone.
    alone: bool,
    kept: HashMap<u32, RecordPlace>,
    kept_bytes: usize,
    format: Option<FormatName>,
}

/// A batch, and where its records stand.
struct Parcel {
    batch: Batch,
    /// In order.
    places: Vec<RecordPlace>,
}

/// What a plugin made of a parcel: its answer, or its failure, and the instance, if there is one and it is alive.
struct Judged {
    parcel: Parcel,
    answer: Result<Answer, Refusal>,
    instance: Option<Instance>,
}

/// Why a parcel was not judged.
enum Refusal {
    Failure(PluginFailure),
    Quarantined,
}

impl<'r> Desk<'r> {
    pub fn new(run: &'r Run<'r>, plugin: PluginIndex, stream: &Stream, number: u32) -> Self {
        let alone = run
            .rulebook
            .members
            .get(plugin.0)
            .is_some_and(|member| member.judges_alone);
        Self {
            run,
            plugin,
            stream: number,
            stream_file: stream.name.clone(),
            instances: Mutex::default(),
            filling: Parcel::after(0),
            waiting: Vec::new(),
            patience: match run.plan.threads {
                threads @ 2.. if alone => threads * WAITING_PER_WORKER,
                _ => 1,
            },
            alone,
            kept: HashMap::new(),
            kept_bytes: 0,
            format: None,
        }
    }

    /// Puts a record into the batch, if a pattern of this plugin matched it.
    pub fn take_up(&mut self, format: &FormatName, place: &RecordPlace, matches: &[Match]) {
        let run = self.run;
        let card = |found: &Match| run.rulebook.patterns.get(found.pattern.0 as usize);
        let own = |found: &&Match| card(found).is_some_and(|card| card.plugin == self.plugin);
        let mut own = matches.iter().filter(own).peekable();
        if own.peek().is_none() {
            return;
        }
        self.format.get_or_insert_with(|| format.clone());
        let Parcel { batch, places } = &mut self.filling;
        let index = wire(places.len());
        let base = wire(batch.bytes.len());
        batch.bytes.extend_from_slice(place.text.as_bytes());
        batch.ends.push(wire(batch.bytes.len()));
        batch.times.push(place.time.map_or(f64::NAN, |time| time.0));
        for found in own {
            batch.hit_records.push(index);
            batch
                .hit_patterns
                .push(card(found).map_or(0, |card: &PatternCard| card.number_in_plugin));
            for bounds in &found.captures {
                let (start, end) = bounds.map_or((ABSENT, ABSENT), |(start, end)| (base + start, base + end));
                batch.captures.extend([start, end]);
            }
        }
        places.push(place.clone());
        if batch.bytes.len() >= BATCH_BYTES || places.len() >= BATCH_RECORDS {
            self.put_by();
            if self.waiting.len() >= self.patience {
                self.judge_waiting();
            }
        }
    }

    /// The stream has ended.
    pub fn close(&mut self) {
        self.put_by();
        self.judge_waiting();
        for mut instance in std::mem::take(self.open_instances()) {
            // Nothing is named here but what was kept.
            let none = Parcel::after(0);
            match instance
                .close(self.handle())
                .and_then(|answer| self.accept(&none, answer))
            {
                Ok(()) => self.give_back(instance),
                Err(failure) => self.fail(&none, Some(instance), &failure, "its end was not judged"),
            }
        }
    }

    /// Puts the batch that is being filled with those that wait.
    fn put_by(&mut self) {
        if !self.filling.places.is_empty() {
            let next = self.filling.next();
            self.waiting
                .push(std::mem::replace(&mut self.filling, Parcel::after(next)));
        }
    }

    /// Has the waiting judged, by as many workers as have nothing else to do, and takes the answers in order.
    fn judge_waiting(&mut self) {
        let waiting = std::mem::take(&mut self.waiting);
        let judged: Vec<Judged> = match self.patience {
            1 => waiting.into_iter().map(|parcel| self.judge(parcel)).collect(),
            _ => waiting.into_par_iter().map(|parcel| self.judge(parcel)).collect(),
        };
        for Judged {
            parcel,
            answer,
            instance,
        } in judged
        {
            let accepted = answer.and_then(|answer| self.accept(&parcel, answer).map_err(Refusal::Failure));
            match accepted {
                Ok(()) => self.open_instances().extend(instance),
                Err(Refusal::Quarantined) => {
                    let reason = "is left out of this run after several failures";
                    self.report(&parcel, reason, &parcel.unjudged());
                }
                Err(Refusal::Failure(failure)) => self.fail(&parcel, instance, &failure, &parcel.unjudged()),
            }
        }
    }

    /// Has a parcel judged.
    fn judge(&self, parcel: Parcel) -> Judged {
        if quarantined(self.run, self.plugin) {
            return Judged {
                parcel,
                answer: Err(Refusal::Quarantined),
                instance: None,
            };
        }
        let (answer, instance) = match self.begin() {
            Err(failure) => (Err(failure), None),
            Ok(mut instance) => (instance.observe(self.handle(), &parcel.batch), Some(instance)),
        };
        Judged {
            parcel,
            answer: answer.map_err(Refusal::Failure),
            instance,
        }
    }

    fn open_instances(&mut self) -> &mut Vec<Instance> {
        self.instances.get_mut().unwrap_or_else(PoisonError::into_inner)
    }

    /// An instance that has opened the stream.
    fn begin(&self) -> Result<Instance, PluginFailure> {
        if let Some(instance) = self.instances.lock().unwrap_or_else(PoisonError::into_inner).pop() {
            return Ok(instance);
        }
        let Some(member) = self.run.rulebook.members.get(self.plugin.0) else {
            return Err(PluginFailure::Start("it is not loaded".to_owned()));
        };
        let idle = self
            .run
            .shared
            .instances
            .get(self.plugin.0)
            .and_then(|idle| idle.lock().ok()?.pop());
        let idle = idle.or_else(|| member.first_instance.lock().ok()?.take());
        let mut instance = match idle {
            Some(instance) => instance,
            None => member.plugin.instance(&member.packs)?,
        };
        let site = self.run.sites.get(self.plugin.0).and_then(Option::as_ref);
        if let Some(site) = site.filter(|_| !instance.has_policies()) {
            // What the plugin says of records may rest on the policies.
            instance
                .open_policies(site)
                .inspect_err(|_| self.note_log(&mut instance))?;
        }
        let info = StreamInfo {
            environment: self.run.environment.name.to_string(),
            facts: self.run.facts.clone(),
            file: self.stream_file.to_string(),
            format: self.format.as_ref().map(ToString::to_string).unwrap_or_default(),
            attributes: Vec::new(),
        };
        match instance.open(self.handle(), &info) {
            Ok(()) => Ok(instance),
            // Also one that survives: it does not have this stream open, so it is of no use here.
            Err(failure) => {
                self.note_log(&mut instance);
                Err(failure)
            }
        }
    }

    /// Checks an answer and enters its findings: all of them, or, if anything in it cannot be, none.
    fn accept(&mut self, parcel: &Parcel, answer: Answer) -> Result<(), PluginFailure> {
        if self.alone && !answer.keep.is_empty() {
            return Err(nonsense(
                "keeps a record, and its rules say that each is judged alone".to_owned(),
            ));
        }
        let sightings = answer
            .findings
            .into_iter()
            .map(|finding| self.sighting(parcel, finding))
            .collect::<Result<Vec<_>, _>>()?;
        for record in answer.keep {
            let place = parcel.place(record);
            let place = place.ok_or_else(|| nonsense(format!("keeps record {record}, which is not in this batch")))?;
            let place = place.clone();
            self.kept_bytes += place.text.len();
            let before = self.kept.insert(record, place);
            self.kept_bytes -= before.map_or(0, |before| before.text.len());
        }
        for record in answer.release {
            self.kept_bytes -= self.kept.remove(&record).map_or(0, |released| released.text.len());
        }
        if self.kept.len() > MOST_KEPT || self.kept_bytes > MOST_KEPT_BYTES {
            return Err(nonsense(format!(
                "keeps more than {MOST_KEPT} records or {} MiB of one stream",
                MOST_KEPT_BYTES >> 20
            )));
        }
        let mut results = self.run.results();
        for sighting in &sightings {
            // The rule was checked above; a ledger that does not know it has nothing to enter.
            let _ = results.ledger.enter(&self.run.environment.name, sighting);
        }
        Ok(())
    }

    fn sighting(&self, parcel: &Parcel, finding: WireFinding) -> Result<Sighting, PluginFailure> {
        let member = self.run.rulebook.members.get(self.plugin.0);
        let rules = member.map_or(0..0, |member| member.rules.clone());
        let rule = rules
            .start
            .checked_add(finding.rule)
            .filter(|rule| rules.contains(rule));
        let rule = rule.ok_or_else(|| nonsense(format!("names rule {}, and has {}", finding.rule, rules.len())))?;
        let subject = self.place(parcel, finding.record)?;
        let last = self.place(parcel, finding.last)?;
        if finding.occurrences == 0 {
            return Err(nonsense("reports a finding that occurred no times".to_owned()));
        }
        let evidence = if finding.evidence.is_empty() {
            vec![finding.record]
        } else {
            finding.evidence
        };
        let evidence = evidence.into_iter().take(MOST_EVIDENCE).map(|record| {
            let place = self.place(parcel, record)?;
            Ok(Evidence {
                file: place.file.clone(),
                line: place.line,
                offset: place.offset,
                time: place.time,
                text: Arc::clone(&place.text),
            })
        });
        Ok(Sighting {
            rule: RuleIndex(rule),
            group: finding.group,
            severity: finding.severity.map(Severity::from),
            message: finding.message,
            fields: finding.fields,
            occurrences: u64::from(finding.occurrences),
            place: Place {
                file: subject.file.clone(),
                line: subject.line,
                offset: subject.offset,
                time: subject.time,
            },
            last_time: last.time,
            evidence: evidence.collect::<Result<_, PluginFailure>>()?,
            order: FileOrder {
                stream: self.stream,
                file: subject.file_number,
            },
        })
    }

    /// The record of that number: of this batch, or kept.
    fn place<'p>(&'p self, parcel: &'p Parcel, record: u32) -> Result<&'p RecordPlace, PluginFailure> {
        parcel
            .place(record)
            .or_else(|| self.kept.get(&record))
            .ok_or_else(|| nonsense(format!("names record {record}, which it was not shown or did not keep")))
    }

    /// Notes a failure. An instance that survives is used again; any other is dropped, with all that it knew.
    fn fail(&mut self, parcel: &Parcel, instance: Option<Instance>, failure: &PluginFailure, lost: &str) {
        if let Some(failures) = self.run.shared.quarantine.get(self.plugin.0) {
            failures.fetch_add(1, Ordering::Relaxed);
        }
        self.report(parcel, &failure.to_string(), lost);
        if let Some(mut instance) = instance {
            self.note_log(&mut instance);
            if failure.instance_survives() && instance.is_alive() {
                self.open_instances().push(instance);
            }
        }
        if self.open_instances().is_empty() {
            // Nobody is left who knows what was kept and why.
            self.kept.clear();
            self.kept_bytes = 0;
        }
    }

    fn report(&self, parcel: &Parcel, what: &str, lost: &str) {
        let plugin = self
            .run
            .rulebook
            .members
            .get(self.plugin.0)
            .map(|member| member.plugin.name().to_string());
        let reason = format!("plugin {}: {what}; {lost}", plugin.unwrap_or_default());
        let file = parcel.places.first().map_or(&self.stream_file, |place| &place.file);
        self.run
            .results()
            .coverage
            .push(note(file, CoverageStatus::Partial, reason));
    }

    fn note_log(&self, instance: &mut Instance) {
        if let Some(member) = self.run.rulebook.members.get(self.plugin.0) {
            let log = instance.take_log();
            self.run.results().note_log(member.plugin.name(), log);
        }
    }

    fn give_back(&self, instance: Instance) {
        if let Some(Ok(mut idle)) = self.run.shared.instances.get(self.plugin.0).map(|idle| idle.lock()) {
            idle.push(instance);
        }
    }

    /// What the plugin calls the stream. An instance has one stream at a time; the number tells its streams apart.
    fn handle(&self) -> u32 {
        self.stream
    }
}

impl Parcel {
    /// One whose first record has that number.
    fn after(first: u32) -> Self {
        Self {
            batch: Batch {
                first,
                bytes: Vec::new(),
                ends: Vec::new(),
                times: Vec::new(),
                hit_records: Vec::new(),
                hit_patterns: Vec::new(),
                captures: Vec::new(),
            },
            places: Vec::new(),
        }
    }

    /// The number of the record behind its last.
    fn next(&self) -> u32 {
        self.batch.first.saturating_add(wire(self.places.len()))
    }

    /// The record of that number, if it is in here.
    fn place(&self, record: u32) -> Option<&RecordPlace> {
        let index = record.checked_sub(self.batch.first)?;
        self.places.get(index as usize)
    }

    fn unjudged(&self) -> String {
        let lines = self
            .places
            .first()
            .zip(self.places.last())
            .map(|(first, last)| (first.line.0, last.line.0));
        let (first, last) = lines.unwrap_or_default();
        format!(
            "{} records from line {first} to line {last} were not judged",
            self.places.len()
        )
    }
}

fn nonsense(what: String) -> PluginFailure {
    PluginFailure::Nonsense(what)
}

/// Batches are bounded far below what a `u32` counts.
fn wire(length: usize) -> u32 {
    u32::try_from(length).unwrap_or(u32::MAX)
}
