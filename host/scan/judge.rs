//! The judge of a stream: candidates in order go to the plugins that asked for them, answers become sightings.
//!
//! Comes in: the events of a stream, in order. Goes out: sightings into the ledger of the run, and coverage. It gives each
//! candidate its line, puts the two halves of a record together that two blocks hit, and holds plugins to their word: an
//! answer that names a rule or a record which cannot be is a failure like a trap. After a failure the stream goes on with
//! a fresh instance; after several, the plugin is left out of the run.

mod desk;

use std::sync::Arc;
use std::sync::atomic::Ordering;

use self::desk::Desk;
use super::Run;
use super::candidate::{Beyond, BlockYield, Candidate};
use super::file::FileContext;
use super::queue::Event;
use crate::model::{ByteOffset, Coverage, CoverageStatus, EventTime, FilePath, LineNumber, PluginName};
use crate::rulebook::PluginIndex;
use crate::stream::{BlockBuffer, Stream};

/// A line that a plugin logged.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct PluginLog {
    /// Who.
    pub plugin: PluginName,
    /// `error`, `warn`, `info`, `debug` or `trace`.
    pub level: &'static str,
    /// The line.
    pub text: String,
}

/// Where a record stands: what is left of it once its text is with the plugin.
#[derive(Clone, Debug)]
struct RecordPlace {
    file_number: u32,
    file: FilePath,
    line: LineNumber,
    offset: ByteOffset,
    time: Option<EventTime>,
    text: Arc<str>,
}

pub(super) struct Judge<'r> {
    run: &'r Run<'r>,
    desks: Vec<Desk<'r>>,
    lines: LineCount,
    /// The last candidate: the next block may have hit the same record.
    held: Option<(Arc<FileContext<'r>>, Candidate, LineNumber)>,
    beyond: Beyond,
    file_has_candidates: bool,
    done: bool,
}

/// How many ends of lines stand before a place in the current file.
#[derive(Clone, Copy, Debug, Default)]
struct LineCount {
    upto: u64,
    lines: u64,
}

impl<'r> Judge<'r> {
    pub fn new(run: &'r Run<'r>, stream: &'r Stream, number: u32) -> Self {
        let members = run.rulebook.members.iter().enumerate();
        let judges = members.filter(|(_, member)| member.plugin.judges_logs());
        Self {
            run,
            desks: judges
                .map(|(index, _)| Desk::new(run, PluginIndex(index), stream, number))
                .collect(),
            lines: LineCount::default(),
            held: None,
            beyond: Beyond::default(),
            file_has_candidates: false,
            done: false,
        }
    }

    pub fn is_done(&self) -> bool {
        self.done
    }

    pub fn hear(&mut self, event: Event<'r>, buffer: &mut BlockBuffer) {
        match event {
            Event::NoFile(coverage) => self.run.results().coverage.extend(coverage),
            Event::Block(_, Err(coverage)) => self.run.results().coverage.push(coverage),
            Event::Block(file, Ok(found)) => self.hear_block(&file, found, buffer),
            Event::FileEnd(file, mut source) => {
                self.pass_on_held();
                if file.newlines.is_none() {
                    self.run.progress.done.fetch_add(file.len, Ordering::Relaxed);
                }
                let mut coverage = source.take_coverage();
                if self.beyond.hits > 0 {
                    coverage.push(note(&file.path, CoverageStatus::Partial, self.beyond.reason()));
                }
                if self.file_has_candidates {
                    let assumptions = file.dating.assumptions().iter();
                    coverage.extend(
                        assumptions.map(|sentence| note(&file.path, CoverageStatus::Assumed, sentence.clone())),
                    );
                }
                self.run.results().coverage.extend(coverage);
                self.lines = LineCount::default();
                self.beyond = Beyond::default();
                self.file_has_candidates = false;
            }
            Event::StreamEnd => {
                for desk in &mut self.desks {
                    desk.close();
                }
                self.done = true;
            }
        }
    }

    fn hear_block(&mut self, file: &Arc<FileContext<'r>>, found: BlockYield, buffer: &mut BlockBuffer) {
        self.beyond.join(found.beyond);
        if let Some(lines) = found.lines_before {
            self.lines = LineCount {
                upto: found.body.start,
                lines,
            };
        }
        if !found.candidates.is_empty() {
            self.file_has_candidates = true;
            self.count_upto(file, found.body.start, buffer);
        }
        for candidate in found.candidates {
            let lines_before = self.lines.lines.saturating_add_signed(candidate.lines_from_body);
            let line = LineNumber(lines_before + 1);
            match &mut self.held {
                Some((held_file, held, _)) if held_file.number == file.number && held.start == candidate.start => {
                    held.join(candidate);
                }
                _ => {
                    self.pass_on_held();
                    self.held = Some((Arc::clone(file), candidate, line));
                }
            }
        }
        if let Some(within) = found.lines_within
            && self.lines.upto == found.body.start
        {
            self.lines = LineCount {
                upto: found.body.end,
                lines: self.lines.lines + within,
            };
        }
    }

    /// Counts what no block counted on its way: the part of a file before its first candidate.
    fn count_upto(&mut self, file: &FileContext<'r>, upto: u64, buffer: &mut BlockBuffer) {
        let Some(counter) = file.newlines.as_ref().filter(|_| self.lines.upto < upto) else {
            return;
        };
        match counter.count(self.lines.upto..upto, buffer) {
            Ok(lines) => {
                self.lines = LineCount {
                    upto,
                    lines: self.lines.lines + lines,
                }
            }
            Err(coverage) => self.run.results().coverage.push(coverage),
        }
    }

    fn pass_on_held(&mut self) {
        let Some((file, candidate, line)) = self.held.take() else {
            return;
        };
        let place = RecordPlace {
            file_number: file.number,
            file: file.path.clone(),
            line,
            offset: candidate.offset,
            time: candidate.time,
            text: Arc::from(candidate.text.as_str()),
        };
        for desk in &mut self.desks {
            desk.take_up(file.format.name(), &place, &candidate.matches);
        }
    }
}

fn note(file: &FilePath, status: CoverageStatus, reason: String) -> Coverage {
    Coverage {
        file: file.clone(),
        status,
        reason,
    }
}

/// Counts a plugin's failures and says when it has had enough of them.
fn quarantined(run: &Run<'_>, plugin: PluginIndex) -> bool {
    let failures = run
        .shared
        .quarantine
        .get(plugin.0)
        .map_or(0, |failures| failures.load(Ordering::Relaxed));
    failures >= run.plan.quarantine_after as usize
}
