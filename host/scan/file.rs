//! What is known of a file before its first block is scanned: its format, its dating, the search for it.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use jiff::Timestamp;

use super::Run;
use crate::document::Syntax;
use crate::format::{ConfigurationKind, Dating, Detection, Format, MAX_HEAD, Surroundings};
use crate::model::{Coverage, CoverageStatus, FilePath, FormatName};
use crate::prefilter::PatternError;
use crate::rulebook::{PatternCard, Search};
use crate::stream::source::NewlineCounter;
use crate::stream::{BlockBuffer, BlockPlan, BlockSource, StreamFile};

/// One search for each format, made when its first file is met.
#[derive(Default)]
pub(super) struct Searches<'r> {
    by_format: Mutex<HashMap<FormatName, Arc<Search<'r>>>>,
}

/// A file of a stream, recognised.
pub(super) struct FileContext<'r> {
    /// Its number in the stream, the oldest first.
    pub number: u32,
    pub path: FilePath,
    pub format: Arc<Format>,
    pub dating: Dating,
    pub search: Arc<Search<'r>>,
    /// Its length on disk, in bytes.
    pub len: u64,
    /// For plain files; other texts know the lines before each of their blocks.
    pub newlines: Option<NewlineCounter>,
    with_candidates: AtomicBool,
}

impl FileContext<'_> {
    /// Ends of lines matter from the first candidate on. Blocks that are scanned before it are counted later, by reading
    /// them again, and only if a candidate follows.
    pub fn has_candidates(&self) {
        self.with_candidates.store(true, Ordering::Relaxed);
    }

    pub fn counts_lines(&self) -> bool {
        self.with_candidates.load(Ordering::Relaxed)
    }
}

/// Opens a file and recognises it. `None`: there is nothing to scan in it, and coverage says why.
pub(super) fn open<'r>(
    run: &Run<'r>,
    file: &StreamFile,
    number: u32,
    buffer: &mut BlockBuffer,
) -> (Option<(BlockSource, Arc<FileContext<'r>>)>, Vec<Coverage>) {
    match recognise(run, file, number, buffer) {
        Ok(opened) => (Some(opened), Vec::new()),
        Err(coverage) => (None, coverage),
    }
}

type Opened<'r> = (BlockSource, Arc<FileContext<'r>>);

fn recognise<'r>(
    run: &Run<'r>,
    file: &StreamFile,
    number: u32,
    buffer: &mut BlockBuffer,
) -> Result<Opened<'r>, Vec<Coverage>> {
    let note = |status, reason| Coverage {
        file: file.shown.clone(),
        status,
        reason,
    };
    // The head is read through a source of its own with a fixed plan, so that what is recognised does not depend on the
    // size of blocks.
    let mut head_source = BlockSource::open(file, &BlockPlan::default()).map_err(|coverage| vec![coverage])?;
    let Some(ticket) = head_source.next() else {
        return Err(head_source.take_coverage()); // empty: read, and nothing in it
    };
    let block = ticket.read(buffer).map_err(|coverage| vec![coverage])?;
    let sample = block.bytes();
    let head = sample.get(..MAX_HEAD).unwrap_or(sample);
    let given = run
        .plan
        .format
        .as_ref()
        .and_then(|name| run.rulebook.formats.by_name(name.as_str()));
    let detection = match given {
        Some(format) => Detection::Log {
            format: Arc::clone(format),
            why: String::new(),
        },
        None => run.rulebook.formats.detect(&file.shown, head),
    };
    let format = match detection {
        Detection::Log { format, .. } => format,
        Detection::NotALog { reason } => {
            return Err(vec![note(CoverageStatus::Skipped, format!("no log: {reason}"))]);
        }
        Detection::Configuration { .. } if file.shown.as_str() == crate::environment::FILE => return Err(Vec::new()),
        Detection::Configuration { kind } => {
            let Some(syntax) = syntax(kind) else {
                let reason = "configuration (JSON), which no loaded plugin judges".to_owned();
                return Err(vec![note(CoverageStatus::Skipped, reason)]);
            };
            let mut late = run.shared.late.lock().unwrap_or_else(PoisonError::into_inner);
            late.push((file.clone(), syntax));
            return Err(Vec::new());
        }
    };
    let surroundings = Surroundings {
        environment: run.environment.zone.clone(),
        local: run.plan.local_zone.clone(),
        modified: file.modified.and_then(|time| Timestamp::try_from(time).ok()),
    };
    let dating = format.dating(&file.shown, head, &surroundings);
    let search = run
        .shared
        .searches
        .of(run, format.name(), sample)
        .map_err(|error| vec![note(CoverageStatus::Unread, format!("cannot be searched: {error}"))])?;
    let source = BlockSource::open(file, &run.plan.blocks).map_err(|coverage| vec![coverage])?;
    let context = FileContext {
        number,
        path: file.shown.clone(),
        len: file.len,
        newlines: source.newlines(),
        format,
        dating,
        search,
        with_candidates: AtomicBool::new(false),
    };
    Ok((source, Arc::new(context)))
}

/// The syntax in which it is read as a document; none is for JSON.
fn syntax(kind: ConfigurationKind) -> Option<Syntax> {
    Some(match kind {
        ConfigurationKind::Xml => Syntax::Xml,
        ConfigurationKind::Properties => Syntax::Properties,
        ConfigurationKind::Ini => Syntax::Ini,
        ConfigurationKind::Httpd => Syntax::Httpd,
        ConfigurationKind::Json => return None,
        ConfigurationKind::Hosts => Syntax::Hosts,
        ConfigurationKind::Script => Syntax::Profile,
        ConfigurationKind::Certificate => Syntax::Keystore,
        ConfigurationKind::Calls => Syntax::Rules,
        ConfigurationKind::Items => Syntax::Items,
    })
}

impl<'r> Searches<'r> {
    /// Patterns that could not be compiled when a record asked for them.
    pub fn unusable(&self) -> Vec<PatternCard> {
        let known = self.by_format.lock().unwrap_or_else(PoisonError::into_inner);
        known.values().flat_map(|search| search.unusable().cloned()).collect()
    }

    /// One line for each search, and one for each pattern whose literal is all over the sample, in order of format.
    pub fn describe(&self) -> Vec<String> {
        let known = self.by_format.lock().unwrap_or_else(PoisonError::into_inner);
        let mut lines = Vec::new();
        for (format, search) in &*known {
            lines.push(format!("{format}: {}", search.prefilter()));
            lines.extend(search.common().map(|(regex, places)| {
                format!("{format}: `{regex}` shows its text {places:.2} times a line, which makes it slow")
            }));
        }
        lines.sort();
        lines
    }

    fn of(&self, run: &Run<'r>, format: &FormatName, sample: &[u8]) -> Result<Arc<Search<'r>>, PatternError> {
        let mut known = self.by_format.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(search) = known.get(format) {
            return Ok(Arc::clone(search));
        }
        let search = Arc::new(run.rulebook.search(format, sample)?);
        known.insert(format.clone(), Arc::clone(&search));
        Ok(search)
    }
}
