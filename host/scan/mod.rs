//! The scan: in parallel over blocks, judged in the order of the stream; configuration, judged as a whole.
//!
//! Comes in: files, a rulebook, an environment. Goes out: sightings, in a ledger, and coverage. Never here: what a
//! record means (the plugin judges), what output looks like.
//!
//! ```text
//!   stream ─► file ─► ticket ─► block ─► candidates ──► queue ──► judge ──► ledger
//!             one lock a stream  │ any worker, any order │ in order │ one worker at a time,
//!                                │ no lock               │          │ whichever is there
//! ```
//!
//! Workers take the next block of any open stream, so one large file and ten thousand small ones keep all of them busy.
//! What a block yields depends on the file's bytes alone, not on where its borders fall: hits belong to the block in
//! which they begin, the record around a hit is framed with as much context as it needs, and a record that two blocks
//! hit is put together again in the queue. So the threads, the size of blocks and the order in which workers finish
//! change nothing in the findings.

mod candidate;
mod check;
mod file;
mod judge;
mod queue;
mod records;
pub(crate) mod site;
mod stream;
mod workers;

use std::collections::{BTreeMap, HashSet};
use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

use jiff::Zoned;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use crate::document::{Collector, Document, Interests, Passwords, Syntax};
use crate::environment::{Environment, derive};
use crate::finding::Ledger;
use crate::model::{Coverage, CoverageStatus, FilePath, FormatName, PluginName};
use crate::plugin::{Instance, LOG_LINES, LoggedLine, WireSite};
use crate::rulebook::Rulebook;
use crate::stream::discover::MAX_FILES;
use crate::stream::{BlockPlan, MissingPath, StreamFile, discover, streams};

pub use judge::PluginLog;

/// How a scan is to be run.
#[derive(Clone, Debug)]
pub struct ScanPlan {
    /// Folders and files of one environment.
    pub paths: Vec<PathBuf>,
    /// Worker threads; at least one is used.
    pub threads: usize,
    /// How files are cut.
    pub blocks: BlockPlan,
    /// The machine's time zone, for records that carry none in an environment that names none.
    pub local_zone: TimeZone,
    /// The format of every file; none: each is recognised.
    pub format: Option<FormatName>,
    /// The day for which certificates are judged, unless the environment names one.
    pub today: Date,
    /// What may open key stores.
    pub passwords: Passwords,
    /// After how many failures a plugin is left out for the rest of the run.
    pub quarantine_after: u32,
}

impl ScanPlan {
    /// The plan for some paths, with as many workers as there are processors.
    pub fn new(paths: Vec<PathBuf>) -> Self {
        Self {
            paths,
            threads: std::thread::available_parallelism().map_or(1, usize::from),
            blocks: BlockPlan::default(),
            local_zone: TimeZone::system(),
            format: None,
            today: Zoned::now().date(),
            passwords: Passwords::default(),
            // One failure may be the record's fault, two a bad stretch of log; at three it is the plugin.
            quarantine_after: 3,
        }
    }
}

/// What a scan found.
#[derive(Debug)]
pub struct ScanOutcome {
    /// All sightings, grouped.
    pub ledger: Ledger,
    /// What was not read or not judged, in order of file.
    pub coverage: Vec<Coverage>,
    /// What plugins logged.
    pub plugin_log: Vec<PluginLog>,
    /// How each format was searched, for those who wonder about the speed.
    pub searches: Vec<String>,
    /// Files that were read, whole or in part; configuration among them.
    pub files: u64,
    /// Bytes of them on disk.
    pub bytes: u64,
}

/// How far a scan is; read by whoever draws it.
#[derive(Debug, Default)]
pub struct Progress {
    total: AtomicU64,
    done: AtomicU64,
    streams: AtomicUsize,
}

impl Progress {
    /// Bytes on disk that are to be read; 0 until they are known.
    pub fn total(&self) -> u64 {
        self.total.load(Ordering::Relaxed)
    }

    /// Bytes on disk that were read, as far as it can be told: a compressed file counts when it is done.
    pub fn done(&self) -> u64 {
        self.done.load(Ordering::Relaxed)
    }

    /// Streams that were found.
    pub fn streams(&self) -> usize {
        self.streams.load(Ordering::Relaxed)
    }
}

/// Scans one environment.
///
/// # Errors
///
/// A path that does not exist, or the thread pool's refusal to start. All else is coverage.
pub fn scan(
    plan: &ScanPlan,
    environment: &Environment,
    rulebook: &Rulebook,
    progress: &Progress,
) -> Result<ScanOutcome, ScanError> {
    let discovery = discover(&plan.paths, MAX_FILES)?;
    let bytes = discovery.files.iter().map(|file| file.len).sum();
    let files: HashSet<FilePath> = discovery.files.iter().map(|file| file.shown.clone()).collect();
    progress.total.store(bytes, Ordering::Relaxed);
    let pool = workers::pool(plan)?;
    let wanted = wanted(rulebook);
    let mut collector = Collector::new(&wanted, &plan.passwords);
    let rest = pool.install(|| collector.take(discovery.files));
    let left: u64 = rest.iter().map(|file| file.len).sum();
    progress.done.fetch_add(bytes.saturating_sub(left), Ordering::Relaxed);
    let streams = streams(rest);
    progress.streams.store(streams.len(), Ordering::Relaxed);
    let shared = Shared::new(rulebook, discovery.coverage);
    let mut run = Run {
        plan,
        environment,
        sites: Vec::new(),
        facts: environment
            .with_facts(derive::facts(&environment.facts, collector.documents()))
            .facts_json(),
        dated_facts: environment.facts_json_on(plan.today),
        rulebook,
        progress,
        shared: &shared,
    };
    run.sites = pool.install(|| check::sites(&run, collector.linked()));
    workers::run(&run, &pool, &streams);
    let documents = pool.install(|| run.gather(collector));
    let first_order = u32::try_from(streams.len()).unwrap_or(u32::MAX);
    pool.install(|| check::check(&run, &documents, first_order));
    run.take_logs();
    run.note_unusable();
    Ok(run.conclude(&files, bytes))
}

/// Why a scan could not begin.
#[derive(Debug, thiserror::Error)]
pub enum ScanError {
    /// A path that does not exist.
    #[error(transparent)]
    MissingPath(#[from] MissingPath),
    /// The workers could not be started.
    #[error("the worker threads cannot be started: {0}")]
    Workers(String),
}

/// What all workers share.
struct Run<'s> {
    plan: &'s ScanPlan,
    environment: &'s Environment,
    facts: String,
    /// What was given, with the day: configuration is judged for a day, and by what its files say themselves.
    dated_facts: String,
    rulebook: &'s Rulebook,
    /// For each plugin that replays logs through policies, the site that it reads them from.
    sites: Vec<Option<WireSite>>,
    progress: &'s Progress,
    shared: &'s Shared<'s>,
}

/// What they change.
struct Shared<'s> {
    searches: file::Searches<'s>,
    /// Failures of each plugin so far.
    quarantine: Vec<AtomicUsize>,
    /// Idle instances of each plugin. A run is one environment, and they die with it.
    instances: Vec<Mutex<Vec<Instance>>>,
    /// Files that only their content gave away as configuration.
    late: Mutex<Vec<(StreamFile, Syntax)>>,
    results: Mutex<Results>,
}

impl Shared<'_> {
    fn new(rulebook: &Rulebook, coverage: Vec<Coverage>) -> Self {
        Self {
            searches: file::Searches::default(),
            quarantine: rulebook.members.iter().map(|_| AtomicUsize::new(0)).collect(),
            instances: rulebook.members.iter().map(|_| Mutex::new(Vec::new())).collect(),
            late: Mutex::new(Vec::new()),
            results: Mutex::new(Results {
                ledger: Ledger::new(rulebook.rules.clone()),
                coverage,
                plugin_log: Vec::new(),
                log_budget: BTreeMap::new(),
            }),
        }
    }
}

/// What all plugins together want to see of configuration, and what facts are derived from.
fn wanted(rulebook: &Rulebook) -> Interests {
    let mut wanted = derive::interests();
    for member in &rulebook.members {
        wanted.extend(&member.interests);
    }
    wanted
}

impl Run<'_> {
    /// All documents: those that names gave away, and those that the scan met.
    fn gather(&self, mut collector: Collector<'_>) -> Vec<Document> {
        let mut late = std::mem::take(&mut *self.shared.late.lock().unwrap_or_else(PoisonError::into_inner));
        late.sort_by(|(left, _), (right, _)| left.shown.cmp(&right.shown));
        for (file, syntax) in &late {
            if !collector.add(file, *syntax) {
                self.results().coverage.push(Coverage {
                    file: file.shown.clone(),
                    status: CoverageStatus::Skipped,
                    reason: format!("configuration ({}), which no loaded plugin judges", syntax.title()),
                });
            } else if *syntax == Syntax::Httpd && self.sites.iter().any(Option::is_some) {
                // Logs had been read by then.
                self.results().coverage.push(Coverage {
                    file: file.shown.clone(),
                    status: CoverageStatus::Skipped,
                    reason: "was found to be httpd's configuration by its content only: access logs were not replayed \
                             through it; name it httpd.conf, or include it, for that"
                        .to_owned(),
                });
            }
        }
        let (documents, coverage) = collector.finish();
        self.results().coverage.extend(coverage);
        documents
    }

    /// What idle instances have logged, and how many lines were beyond each plugin's budget.
    fn take_logs(&self) {
        let mut results = self.results();
        for (member, instances) in self.rulebook.members.iter().zip(&self.shared.instances) {
            for mut instance in instances.lock().unwrap_or_else(PoisonError::into_inner).drain(..) {
                results.note_log(member.plugin.name(), instance.take_log());
            }
        }
        results.close_log();
    }

    /// Says which patterns could not be compiled when a record asked for them.
    fn note_unusable(&self) {
        for pattern in self.shared.searches.unusable() {
            let rule = self.rulebook.rules.get(pattern.rule.0 as usize);
            let rule = rule.map_or("", |rule| rule.id.as_str());
            self.results().coverage.push(Coverage {
                file: FilePath::from("."),
                status: CoverageStatus::Partial,
                reason: format!(
                    "rule {rule}: `{}` cannot be compiled, so nothing was found by it",
                    pattern.regex
                ),
            });
        }
    }

    /// All that came of it, in order.
    fn conclude(&self, files: &HashSet<FilePath>, bytes: u64) -> ScanOutcome {
        let mut results = self.results();
        let Results {
            ledger,
            coverage,
            plugin_log,
            ..
        } = &mut *results;
        coverage.sort();
        coverage.dedup();
        plugin_log.sort();
        let unread = coverage
            .iter()
            .filter(|entry| entry.status == CoverageStatus::Unread && files.contains(&entry.file));
        let unread: HashSet<&FilePath> = unread.map(|entry| &entry.file).collect();
        let files = (files.len() - unread.len()) as u64;
        ScanOutcome {
            ledger: std::mem::replace(ledger, Ledger::new(self.rulebook.rules.clone())),
            coverage: std::mem::take(coverage),
            plugin_log: std::mem::take(plugin_log),
            searches: self.shared.searches.describe(),
            files,
            bytes,
        }
    }

    fn results(&self) -> std::sync::MutexGuard<'_, Results> {
        self.shared.results.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

struct Results {
    ledger: Ledger,
    coverage: Vec<Coverage>,
    plugin_log: Vec<PluginLog>,
    /// For each plugin, lines that were kept and lines that were not.
    log_budget: BTreeMap<PluginName, (usize, u64)>,
}

impl Results {
    fn note_log(&mut self, plugin: &PluginName, (lines, refused): (Vec<LoggedLine>, u64)) {
        // An instance has a budget for itself; a run may see many instances, and the budget is the plugin's.
        let (kept, beyond) = self.log_budget.entry(plugin.clone()).or_default();
        let room = (LOG_LINES as usize).saturating_sub(*kept);
        *beyond += refused + lines.len().saturating_sub(room) as u64;
        *kept += lines.len().min(room);
        let lines = lines.into_iter().take(room);
        self.plugin_log.extend(lines.map(|line| PluginLog {
            plugin: plugin.clone(),
            level: line.level,
            text: line.text,
        }));
    }

    /// Says of each plugin how many lines were beyond its budget.
    fn close_log(&mut self) {
        for (plugin, (_, beyond)) in std::mem::take(&mut self.log_budget) {
            if beyond > 0 {
                let text = format!("{beyond} more lines were beyond its budget of {LOG_LINES} and not kept");
                self.plugin_log.push(PluginLog {
                    plugin,
                    level: "warn",
                    text,
                });
            }
        }
    }
}
