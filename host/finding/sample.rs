//! The few sightings of a group that are shown.
//!
//! Comes in: sightings in any order. Goes out: the earliest of them, cleaned. Never here: counting.
//!
//! Which sightings are kept must not depend on the order in which they came. So they have a total order: by place, and,
//! for two sightings of one group in one place, by a digest of what they say. The smallest few of a set are the same
//! however the set was split and merged; a sighting that is reported twice is kept once. Cleaning (masking and cutting)
//! costs more than comparing, so it is done only for a sighting that gets a place: a rule that fires a million times
//! pays it a few times.

use std::borrow::Cow;

use crate::model::{ByteOffset, FilePath, LineNumber};

use super::contract::{EvidenceEntry, Time};
use super::mask::{MASKED, mask, mask_field, secrets_in};
use super::printable::Excerpt;
use super::{Evidence, FileOrder, Place, Sighting};

/// Samples that a finding shows: the first, and two more to see what varies.
pub(super) const SAMPLES: usize = 3;

/// Records that are kept of one sample. A plugin that names more shows a whole log, not evidence.
const RECORDS: usize = 12;

/// Records that are kept of the second and third sample: their beginning tells what varies.
const RECORDS_OF_OTHERS: usize = 4;

/// Bytes of text that are kept of the records of one sample: four of the longest. The records behind them keep their place
/// and say how much is missing.
const TEXT: usize = 4 * Excerpt::EVIDENCE;

/// Fields that are kept of a sighting.
const FIELDS: usize = 32;

/// Bytes of a text that a brief sample keeps: a line of a log.
const BRIEF: usize = 256;

/// The order of sightings within a group: by place, then by content.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Rank {
    place: (FileOrder, ByteOffset),
    digest: [u8; 16],
}

/// A sighting as it is kept.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Sample {
    rank: Rank,
    pub(super) file: FilePath,
    pub(super) line: LineNumber,
    pub(super) offset: ByteOffset,
    pub(super) time: Option<Time>,
    pub(super) message: Excerpt,
    pub(super) fields: Vec<(String, Excerpt)>,
    evidence: Vec<Shown>,
}

/// A record as it is kept.
#[derive(Clone, Debug, PartialEq)]
struct Shown {
    file: FilePath,
    line: LineNumber,
    offset: ByteOffset,
    time: Option<Time>,
    text: Excerpt,
}

/// The earliest samples of a group, ascending; the first is complete.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Samples(Vec<Sample>);

impl Samples {
    /// Takes the sighting if it is among the earliest `limit`.
    pub(super) fn offer(&mut self, sighting: &Sighting, secrets: &Secrets<'_>, limit: usize) {
        let place = (sighting.order, sighting.place.offset);
        if self.0.len() >= limit && self.0.last().is_some_and(|last| place > last.rank.place) {
            return;
        }
        let rank = Rank {
            place,
            digest: digest(sighting),
        };
        if let Err(at) = self.0.binary_search_by_key(&rank, |sample| sample.rank)
            && at < limit
        {
            self.0.insert(at, Sample::of(sighting, rank, secrets));
            self.0.truncate(limit);
        }
    }

    /// Takes the samples of another part of the group.
    pub(super) fn merge(&mut self, other: Self, limit: usize) {
        self.0.extend(other.0);
        self.0.sort_by_key(|sample| sample.rank);
        self.0.dedup_by_key(|sample| sample.rank);
        self.0.truncate(limit);
    }

    /// Keeps of the samples what a group beyond the detailed ones may cost: the place of the first, and its texts in
    /// short.
    pub(super) fn make_brief(&mut self) {
        self.0.truncate(1);
        for sample in &mut self.0 {
            shorten(&mut sample.message);
            sample.fields.iter_mut().for_each(|(_, value)| shorten(value));
            sample.evidence.truncate(1);
            sample.evidence.iter_mut().for_each(|record| shorten(&mut record.text));
        }
        self.0.shrink_to_fit();
    }

    /// The sample that gives the finding its place, message and fields.
    pub(super) fn first(&self) -> Option<&Sample> {
        self.0.first()
    }

    /// The records of all samples, those of the first in front; a record that several samples name stands there once.
    pub(super) fn evidence(&self) -> Vec<EvidenceEntry> {
        let mut entries: Vec<EvidenceEntry> = Vec::new();
        for (number, sample) in self.0.iter().enumerate() {
            let records = if number == 0 { RECORDS } else { RECORDS_OF_OTHERS };
            for record in sample.evidence.iter().take(records) {
                if !entries
                    .iter()
                    .any(|entry| entry.file == record.file && entry.offset == Some(record.offset))
                {
                    entries.push(record.entry());
                }
            }
        }
        entries
    }
}

impl Sample {
    fn of(sighting: &Sighting, rank: Rank, secrets: &Secrets<'_>) -> Self {
        let Place {
            file,
            line,
            offset,
            time,
        } = sighting.place.clone();
        let mut left = TEXT;
        let mut shown = |record| {
            let shown = Shown::of(record, secrets, left.min(Excerpt::EVIDENCE));
            left = left.saturating_sub(shown.text.len());
            shown
        };
        Self {
            rank,
            file,
            line,
            offset,
            time: time.and_then(Time::of),
            message: secrets.excerpt(&sighting.message, Excerpt::MESSAGE),
            fields: fields(&sighting.fields, secrets),
            evidence: sighting.evidence.iter().take(RECORDS).map(&mut shown).collect(),
        }
    }
}

impl Shown {
    fn of(record: &Evidence, secrets: &Secrets<'_>, limit: usize) -> Self {
        Self {
            file: record.file.clone(),
            line: record.line,
            offset: record.offset,
            time: record.time.and_then(Time::of),
            text: secrets.excerpt(&record.text, limit),
        }
    }

    fn entry(&self) -> EvidenceEntry {
        EvidenceEntry {
            file: self.file.clone(),
            line: self.line,
            offset: Some(self.offset),
            time: self.time,
            text: self.text.to_string(),
        }
    }
}

/// What a sighting itself gives away as secrets: values of fields that are named so, and what the mask takes out of its
/// evidence. They are masked wherever the sighting repeats them, also where nothing around them says what they are: a
/// pattern may capture the password behind `password=` and put it into its message bare.
pub(super) struct Secrets<'a>(Vec<&'a str>);

/// How much of a record is searched for secrets that its sighting may repeat, in bytes: what is shown of it, and the
/// window beyond that within which a secret may begin.
const EXAMINED: usize = 20 << 10;

/// The shortest value of a secret field that is masked in other texts too. Shorter ones would tear holes into words.
const SHORTEST: usize = 6;

impl<'a> Secrets<'a> {
    /// The secrets of a sighting, the longest first, so that one which contains another goes before it.
    pub(super) fn of(sighting: &'a Sighting) -> Self {
        let records = sighting.evidence.iter();
        let in_evidence = records.flat_map(|record| {
            let end = record.text.floor_char_boundary(EXAMINED);
            secrets_in(record.text.get(..end).unwrap_or_default())
        });
        let named = sighting
            .fields
            .iter()
            .filter(|(name, value)| value.len() >= SHORTEST && mask_field(name, value) == MASKED && value != MASKED)
            .map(|(_, value)| value.as_str());
        let mut values: Vec<&str> = named
            .chain(in_evidence.filter(|secret| secret.len() >= SHORTEST && *secret != MASKED))
            .collect();
        values.sort_unstable_by_key(|value| (std::cmp::Reverse(value.len()), *value));
        Self(values)
    }

    /// `text` with these secrets masked, and all that the mask itself recognises.
    pub(super) fn masked<'t>(&self, text: &'t str) -> Cow<'t, str> {
        if !self.0.iter().any(|secret| text.contains(secret)) {
            return mask(text);
        }
        let without = self
            .0
            .iter()
            .fold(text.to_owned(), |text, secret| text.replace(secret, MASKED));
        Cow::Owned(mask(&without).into_owned())
    }

    fn excerpt(&self, text: &str, limit: usize) -> Excerpt {
        Excerpt::masked_by(text, limit, |window| Cow::Owned(self.masked(window).into_owned()))
    }
}

/// The fields in the plugin's order, names once, values masked by name and by content.
fn fields(given: &[(String, String)], secrets: &Secrets<'_>) -> Vec<(String, Excerpt)> {
    let mut kept: Vec<(String, Excerpt)> = Vec::with_capacity(given.len().min(FIELDS));
    for (index, (name, value)) in given.iter().enumerate() {
        if kept.len() == FIELDS {
            let left = format!("{} more fields", given.len() - index);
            kept.push(("...".to_owned(), Excerpt::of(&left, Excerpt::FIELD)));
            break;
        }
        let shown = Excerpt::of(name, Excerpt::NAME).to_string();
        if kept.iter().all(|(other, _)| *other != shown) {
            let value = Excerpt::masked_by(value, Excerpt::FIELD, |value| {
                let by_name = mask_field(name, value);
                Cow::Owned(secrets.masked(&by_name).into_owned())
            });
            kept.push((shown, value));
        }
    }
    kept
}

fn shorten(text: &mut Excerpt) {
    *text = std::mem::take(text).shortened(BRIEF);
}

/// A digest of what a sighting says, taken before anything of it is cut for show.
fn digest(sighting: &Sighting) -> [u8; 16] {
    let mut hasher = blake3::Hasher::new();
    let mut text = |text: &str| {
        hasher.update(&(text.len() as u64).to_le_bytes());
        hasher.update(text.as_bytes());
    };
    text(&sighting.message);
    text(sighting.place.file.as_str());
    for number in [sighting.fields.len(), sighting.evidence.len()] {
        text(&number.to_string());
    }
    for (name, value) in &sighting.fields {
        text(name);
        text(value);
    }
    for record in &sighting.evidence {
        text(record.file.as_str());
        text(&format!(
            "{} {} {:?}",
            record.line.0,
            record.offset.0,
            record.time.and_then(Time::of)
        ));
        // The place tells records apart; the beginning is for evidence that comes from no file.
        let (beginning, rest) = record.text.split_at(record.text.floor_char_boundary(Excerpt::EVIDENCE));
        text(beginning);
        text(&rest.len().to_string());
    }
    text(&format!(
        "{} {:?}",
        sighting.place.line.0,
        sighting.place.time.and_then(Time::of)
    ));
    let mut digest = [0; 16];
    hasher.finalize_xof().fill(&mut digest);
    digest
}
