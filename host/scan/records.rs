//! From a block to its candidates: what any worker does, with no lock held.
//!
//! Comes in: a block and what is known of its file. Goes out: a [`BlockYield`]. The prefilter's hits are taken in order;
//! the record around each is framed once, with as much more context as it takes, and every pattern that hit it is tried
//! on its text. Patterns without a required literal are tried on every record that begins in the block's body.

use super::candidate::{Beyond, BlockYield, Candidate};
use super::file::FileContext;
use crate::format::{Framing, MAX_RECORD, Window, text};
use crate::stream::Block;
use crate::stream::source::count_newlines;

/// Context is asked for in steps of at least this many bytes: fewer reads, and rarely more than one.
const WIDEN: usize = 256 << 10;

/// Buffers that a worker keeps.
#[derive(Debug, Default)]
pub(super) struct Scratch {
    /// Place in the file's text, and index of the pattern in the search.
    hits: Vec<(u64, u32)>,
    patterns: Vec<u32>,
}

/// A record in a block, in the text of its file.
struct Framed {
    start: u64,
    end: u64,
    cut: bool,
}

pub(super) fn candidates(block: &mut Block<'_>, file: &FileContext<'_>, scratch: &mut Scratch) -> BlockYield {
    let body = block.start() + block.body().start as u64..block.start() + block.body().end as u64;
    let mut result = BlockYield {
        body: body.clone(),
        lines_before: block.newlines_before_body(),
        ..BlockYield::default()
    };
    let search = &*file.search;
    scratch.hits.clear();
    // A text that begins in the body may end behind what the plan shows from the start.
    let needed = block.body().end.saturating_add(search.prefilter().slack());
    if block.bytes().len() < needed && !block.at_file_end() {
        block.widen_forward(needed - block.bytes().len());
    }
    let base = block.start();
    search
        .prefilter()
        .find(block.bytes(), block.body(), &mut |at, pattern| {
            scratch.hits.push((base + at as u64, pattern.0));
        });
    if search.needs_every_record() {
        for start in beginnings(block, file, body.clone()) {
            scratch
                .hits
                .extend(search.slow().iter().map(|&pattern| (start, pattern as u32 | ALWAYS)));
        }
        scratch.hits.sort_unstable();
    }
    let mut lines = LineCursor {
        at: body.start,
        lines: 0,
    };
    let mut hits = scratch.hits.iter().copied().peekable();
    while let Some(&(at, _)) = hits.peek() {
        let Some(record) = frame(block, file, at) else {
            result.beyond.note(at);
            hits.next();
            continue;
        };
        scratch.patterns.clear();
        while let Some((_, pattern)) = hits.next_if(|&(at, _)| at < record.end) {
            scratch.patterns.push(pattern);
        }
        scratch.patterns.sort_unstable();
        scratch.patterns.dedup();
        // Where hits show what may match, those beyond the limit speak for themselves. A pattern without a literal has
        // none, so the record's beginning, which one block alone has, speaks for it.
        if record.cut && scratch.patterns.iter().any(|pattern| pattern & ALWAYS != 0) {
            result.beyond.note(record.end);
        }
        result
            .candidates
            .extend(candidate(block, file, &record, &mut lines, &scratch.patterns));
    }
    if !result.candidates.is_empty() {
        file.has_candidates();
    }
    if result.lines_before.is_none() && file.counts_lines() {
        result.lines_within = u64::try_from(lines.advance(block, body.end)).ok();
    }
    result
}

/// Ends of lines between the body's beginning and a place, counted on from place to place: from the beginning each time,
/// the work would grow with the square of the hits.
struct LineCursor {
    at: u64,
    lines: i64,
}

impl LineCursor {
    /// Goes to a place and says how many ends of lines stand between the body's beginning and it: negative before it.
    fn advance(&mut self, block: &Block<'_>, to: u64) -> i64 {
        let place = |at: u64| usize::try_from(at.saturating_sub(block.start())).unwrap_or(usize::MAX);
        let between = |from: u64, to: u64| {
            let bytes = block.bytes().get(place(from)..place(to)).unwrap_or_default();
            i64::try_from(count_newlines(bytes)).unwrap_or(i64::MAX)
        };
        self.lines += if to < self.at {
            -between(to, self.at)
        } else {
            between(self.at, to)
        };
        self.at = to;
        self.lines
    }
}

/// Marks a pattern that is tried without a hit.
const ALWAYS: u32 = 1 << 31;

/// The record around a place, with as much context as it takes. `None`: it is too far from any beginning.
fn frame(block: &mut Block<'_>, file: &FileContext<'_>, at: u64) -> Option<Framed> {
    loop {
        let position = usize::try_from(at.checked_sub(block.start())?).ok()?;
        let window = Window {
            bytes: block.bytes(),
            at_start: block.at_file_start(),
            at_end: block.at_file_end(),
        };
        let lacking = match file.format.frame(window, position) {
            Framing::Record(record) => {
                let start = block.start();
                return Some(Framed {
                    start: start + record.range.start as u64,
                    end: start + record.range.end as u64,
                    cut: record.cut,
                });
            }
            Framing::TooLong => return None,
            lacking => lacking,
        };
        let widened = match lacking {
            Framing::StartsBefore => block.widen_back(WIDEN),
            _ => block.widen_forward(WIDEN),
        };
        if !widened {
            // The reach is as long as a record may be, so only a file that shrank under us can lack context here.
            let Framing::EndsBeyond { start } = lacking else {
                return None;
            };
            let (first, last) = (block.start() + start as u64, block.start() + block.bytes().len() as u64);
            return Some(Framed {
                start: first,
                end: last.min(first + MAX_RECORD as u64),
                cut: true,
            });
        }
    }
}

fn candidate(
    block: &Block<'_>,
    file: &FileContext<'_>,
    record: &Framed,
    lines: &mut LineCursor,
    patterns: &[u32],
) -> Option<Candidate> {
    let place = |at: u64| usize::try_from(at.saturating_sub(block.start())).unwrap_or(usize::MAX);
    let (start, end) = (place(record.start), place(record.end));
    let bytes = block.bytes().get(start..end)?;
    let text = text(bytes);
    let matches: Vec<_> = patterns
        .iter()
        .filter_map(|&pattern| {
            file.search
                .matches((pattern & !ALWAYS) as usize, &text, pattern & ALWAYS == 0)
        })
        .collect();
    if matches.is_empty() {
        return None;
    }
    Some(Candidate {
        start: record.start,
        offset: block.raw_offset(start),
        lines_from_body: lines.advance(block, record.start),
        time: file.format.time(bytes, &file.dating),
        text: text.into_owned(),
        matches,
    })
}

/// Where records begin in the body.
fn beginnings(block: &mut Block<'_>, file: &FileContext<'_>, body: std::ops::Range<u64>) -> Vec<u64> {
    // Whether a line begins a record shows in its first bytes; those of the last line may stand behind the body.
    block.widen_forward(crate::format::MAX_BEGINNING + 1);
    let window = Window {
        bytes: block.bytes(),
        at_start: block.at_file_start(),
        at_end: block.at_file_end(),
    };
    let base = block.start();
    let mut starts = Vec::new();
    let mut from = usize::try_from(body.start - base).unwrap_or(usize::MAX);
    while let Some(start) = file.format.next_beginning(window, from) {
        if base + start as u64 >= body.end {
            break;
        }
        starts.push(base + start as u64);
        from = start + 1;
    }
    starts
}

impl Beyond {
    /// The sentence for a coverage record.
    pub fn reason(&self) -> String {
        format!(
            "{} {} beyond the first {} KiB of a record, the first at byte {}; that part of a record is not examined",
            self.hits,
            if self.hits == 1 {
                "possible match stands"
            } else {
                "possible matches stand"
            },
            MAX_RECORD >> 10,
            self.first
        )
    }
}
