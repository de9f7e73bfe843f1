//! Batches, from flat lists to records with their hits.
//!
//! Comes in: a [`FlatBatch`] and the [`Layout`] that says how many captures each pattern declares. Goes out: records in
//! order, each with its text, time and hits, each hit with its captures, all borrowed from the batch. Every bound is
//! checked once, in [`Batch::decode`], so that the walk that follows cannot fail and copies nothing.

use std::ops::Range;

use crate::{Failure, FlatBatch, Rule};

/// What stands for "this group took no part" in the list of captures.
const ABSENT: u32 = u32::MAX;

/// How many captures each pattern declares; patterns are numbered through all rules.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Layout {
    captures: Vec<usize>,
}

impl Layout {
    /// The layout that the rules returned by `load` declare.
    pub fn of(rules: &[Rule]) -> Self {
        Self {
            captures: rules
                .iter()
                .flat_map(|rule| &rule.patterns)
                .map(|pattern| pattern.captures.len())
                .collect(),
        }
    }
}

/// A batch whose bounds have been checked.
#[derive(Debug)]
pub struct Batch<'a> {
    flat: &'a FlatBatch,
    text: &'a str,
    hits: Vec<Place>,
}

/// A hit, with its captures' place in the flat list.
#[derive(Debug, Clone)]
struct Place {
    record: usize,
    pattern: usize,
    captures: Range<usize>,
}

impl<'a> Batch<'a> {
    /// Checks a batch.
    ///
    /// # Errors
    ///
    /// [`Failure::BadInput`] with the first contradiction found: lists of different lengths, bounds that are not ascending
    /// or lie outside the text or between the bytes of a character, patterns or records that do not exist.
    pub fn decode(flat: &'a FlatBatch, layout: &Layout) -> Result<Self, Failure> {
        let text =
            std::str::from_utf8(&flat.bytes).map_err(|error| bad(format!("the bytes are not UTF-8: {error}")))?;
        if flat.ends.len() != flat.times.len() {
            return Err(bad(format!("{} ends but {} times", flat.ends.len(), flat.times.len())));
        }
        if flat.hit_records.len() != flat.hit_patterns.len() {
            return Err(bad(format!(
                "{} records but {} patterns of hits",
                flat.hit_records.len(),
                flat.hit_patterns.len()
            )));
        }
        if usize::try_from(u32::MAX - flat.first).is_ok_and(|left| left < flat.ends.len()) {
            return Err(bad(format!(
                "{} records from number {} on are more than can be numbered",
                flat.ends.len(),
                flat.first
            )));
        }
        let mut start = 0;
        for &end in &flat.ends {
            if end < start || !is_boundary(text, end) {
                return Err(bad(format!(
                    "a record ends at {end}, after {start} in {} bytes of text",
                    text.len()
                )));
            }
            start = end;
        }
        let hits = place_hits(flat, text, layout)?;
        Ok(Self { flat, text, hits })
    }

    /// The number of the first record.
    pub fn first(&self) -> u32 {
        self.flat.first
    }

    /// The records, in order.
    pub fn records(&self) -> impl Iterator<Item = Record<'_>> {
        let mut start = 0;
        let mut hits = self.hits.as_slice();
        (self.flat.first..)
            .zip(self.flat.ends.iter().zip(&self.flat.times))
            .enumerate()
            .map(move |(index, (number, (&end, &time)))| {
                let text = slice(self.text, start, end).unwrap_or_default();
                start = end;
                let own = hits.iter().take_while(|hit| hit.record == index).count();
                let (mine, rest) = hits.split_at_checked(own).unwrap_or((hits, &[]));
                hits = rest;
                Record {
                    batch: self,
                    number,
                    text,
                    time: time.is_finite().then_some(time),
                    hits: mine,
                }
            })
    }
}

/// One record that at least one pattern matched.
#[derive(Debug, Clone, Copy)]
pub struct Record<'a> {
    batch: &'a Batch<'a>,
    /// Its number in the stream.
    pub number: u32,
    /// Its whole text.
    pub text: &'a str,
    /// When it was written, in seconds since 1970 (UTC); none where it does not say.
    pub time: Option<f64>,
    hits: &'a [Place],
}

impl<'a> Record<'a> {
    /// The patterns that matched, ascending.
    pub fn hits(&self) -> impl Iterator<Item = Hit<'a>> + use<'a> {
        let batch = self.batch;
        self.hits.iter().map(move |place| Hit {
            batch,
            pattern: place.pattern,
            captures: place.captures.clone(),
        })
    }
}

/// One pattern that matched a record.
#[derive(Debug, Clone)]
pub struct Hit<'a> {
    batch: &'a Batch<'a>,
    /// The pattern's number.
    pub pattern: usize,
    captures: Range<usize>,
}

impl<'a> Hit<'a> {
    /// The captured texts, in the order in which the pattern declares them; none where the group took no part.
    pub fn captures(&self) -> impl ExactSizeIterator<Item = Option<&'a str>> + use<'a> {
        let text = self.batch.text;
        let bounds = self.batch.flat.captures.get(self.captures.clone()).unwrap_or_default();
        bounds.chunks_exact(2).map(move |pair| match *pair {
            [start, end] => slice(text, start, end),
            _ => None,
        })
    }
}

fn place_hits(flat: &FlatBatch, text: &str, layout: &Layout) -> Result<Vec<Place>, Failure> {
    let mut hits = Vec::with_capacity(flat.hit_records.len());
    let mut before = (0, None);
    let mut next = 0;
    for (&record, &pattern) in flat.hit_records.iter().zip(&flat.hit_patterns) {
        let (record, pattern) = (record as usize, pattern as usize);
        if (record, Some(pattern)) <= before && before.1.is_some() {
            return Err(bad(format!(
                "the hit of pattern {pattern} in record {record} is out of order"
            )));
        }
        before = (record, Some(pattern));
        let Some(&end) = flat.ends.get(record) else {
            return Err(bad(format!("a hit names record {record} of {}", flat.ends.len())));
        };
        let start = record
            .checked_sub(1)
            .and_then(|previous| flat.ends.get(previous))
            .copied()
            .unwrap_or(0);
        let Some(&count) = layout.captures.get(pattern) else {
            return Err(bad(format!(
                "a hit names pattern {pattern} of {}",
                layout.captures.len()
            )));
        };
        let captures = next..next + 2 * count;
        let Some(bounds) = flat.captures.get(captures.clone()) else {
            return Err(bad(format!(
                "the captures end before those of pattern {pattern} in record {record}"
            )));
        };
        for pair in bounds.chunks_exact(2) {
            let &[from, to] = pair else { continue };
            let absent = from == ABSENT && to == ABSENT;
            let inside = start <= from && from <= to && to <= end && is_boundary(text, from) && is_boundary(text, to);
            if !absent && !inside {
                return Err(bad(format!(
                    "a capture spans {from} to {to}, its record {start} to {end}"
                )));
            }
        }
        next = captures.end;
        hits.push(Place {
            record,
            pattern,
            captures,
        });
    }
    if next != flat.captures.len() {
        return Err(bad(format!(
            "{} bounds of captures where the patterns declare {next}",
            flat.captures.len()
        )));
    }
    Ok(hits)
}

fn bad(what: String) -> Failure {
    Failure::BadInput(format!("batch refused: {what}"))
}

fn is_boundary(text: &str, at: u32) -> bool {
    text.is_char_boundary(at as usize)
}

fn slice(text: &str, start: u32, end: u32) -> Option<&str> {
    text.get(start as usize..end as usize)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Pattern, Severity};

    fn rule(captures: &[&[&str]]) -> Rule {
        Rule {
            id: String::new(),
            title: String::new(),
            severity: Severity::Low,
            symptom: String::new(),
            cause: String::new(),
            remedy: String::new(),
            references: Vec::new(),
            patterns: captures
                .iter()
                .map(|names| Pattern {
                    regex: String::new(),
                    captures: names.iter().map(|&name| name.to_owned()).collect(),
                    formats: Vec::new(),
                    attributes: Vec::new(),
                })
                .collect(),
            attributes: Vec::new(),
        }
    }

    fn layout() -> Layout {
        Layout::of(&[rule(&[&["user"], &[]]), rule(&[&["a", "b"]])])
    }

    fn batch() -> FlatBatch {
        FlatBatch {
            first: 10,
            bytes: "bén innobody".into(),
            ends: vec![7, 13],
            times: vec![1.5, f64::NAN],
            hit_records: vec![0, 0, 1],
            hit_patterns: vec![0, 2, 1],
            captures: vec![0, 4, ABSENT, ABSENT, 5, 7],
        }
    }

    #[test]
    fn records_come_with_their_hits_and_captures() {
        let flat = batch();
        let batch = Batch::decode(&flat, &layout()).expect("a sound batch");
        let records: Vec<_> = batch.records().collect();
        let told: Vec<_> = records.iter().map(|r| (r.number, r.text, r.time)).collect();
        assert_eq!(told, [(10, "bén in", Some(1.5)), (11, "nobody", None)]);
        let hits: Vec<_> = records.iter().flat_map(Record::hits).collect();
        let captures: Vec<Vec<_>> = hits.iter().map(|hit| hit.captures().collect()).collect();
        assert_eq!(hits.iter().map(|hit| hit.pattern).collect::<Vec<_>>(), [0, 2, 1]);
        assert_eq!(captures, [vec![Some("bén")], vec![None, Some("in")], vec![]]);
    }

    #[test]
    fn every_contradiction_is_a_failure() {
        type Break = fn(&mut FlatBatch);
        let breaks: [(&str, Break); 13] = [
            ("not UTF-8", |b| b.bytes[0] = 0xFF),
            ("times", |b| b.times.truncate(1)),
            ("patterns of hits", |b| b.hit_patterns.truncate(1)),
            ("can be numbered", |b| b.first = u32::MAX),
            ("ends at", |b| b.ends[0] = 14),
            ("ends at", |b| b.ends[1] = 3),
            ("ends at", |b| b.ends[0] = 2),
            ("out of order", |b| b.hit_records[2] = 0),
            ("names record", |b| b.hit_records[2] = 2),
            ("names pattern", |b| b.hit_patterns[2] = 3),
            ("captures end", |b| b.captures.truncate(4)),
            ("bounds of captures", |b| b.captures.push(0)),
            ("a capture spans", |b| b.captures[5] = 8),
        ];
        for (expected, break_it) in breaks {
            let mut flat = batch();
            break_it(&mut flat);
            match Batch::decode(&flat, &layout()) {
                Err(Failure::BadInput(reason)) => assert!(reason.contains(expected), "{reason} / {expected}"),
                other => panic!("{expected}: {other:?}"),
            }
        }
    }
}
