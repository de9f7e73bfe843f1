//! Events and sightings: what flows from candidates to correlations, and from correlations to judgement.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use crate::name;
use crate::pack::Comparison;

/// How much of a captured text is looked at: names, addresses and reasons are shorter, and what is remembered of a stream
/// has to stay small whatever the stream holds.
const LONGEST_VALUE: usize = 1_024;

/// One match of one of the rule's patterns.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Event<'a> {
    /// The record's number.
    pub(crate) record: u32,
    /// When the record was written, in seconds since 1970.
    pub(crate) time: Option<f64>,
    /// The pattern's index in its rule.
    pub(crate) pattern: usize,
    /// What each of the pattern's groups captured; empty where it took no part.
    pub(crate) values: Vec<Cow<'a, str>>,
}

impl<'a> Event<'a> {
    /// The event of a hit.
    pub(crate) fn new(
        record: u32,
        time: Option<f64>,
        pattern: usize,
        captures: impl Iterator<Item = Option<&'a str>>,
    ) -> Self {
        let values = captures
            .map(|text| Cow::Borrowed(cut(text.unwrap_or_default())))
            .collect();
        Self {
            record,
            time,
            pattern,
            values,
        }
    }

    /// The event with its texts copied, to be remembered beyond the batch.
    pub(crate) fn into_owned(self) -> Event<'static> {
        let values = self
            .values
            .into_iter()
            .map(|value| Cow::Owned(value.into_owned()))
            .collect();
        Event {
            record: self.record,
            time: self.time,
            pattern: self.pattern,
            values,
        }
    }

    /// What one of its groups captured.
    pub(crate) fn value(&self, capture: usize) -> &str {
        self.values.get(capture).map(Cow::as_ref).unwrap_or_default()
    }
}

/// The beginning of a text, at most [`LONGEST_VALUE`] bytes.
fn cut(text: &str) -> &str {
    text.get(..text.floor_char_boundary(LONGEST_VALUE)).unwrap_or(text)
}

/// Where a capture stands: for each pattern of the rule, the index of its group, if it has one of that name.
#[derive(Debug, Clone, Default)]
pub(crate) struct Slots(pub(crate) Vec<Option<usize>>);

impl Slots {
    /// The capture in an event; empty where its pattern has no such group, or where the group took no part.
    pub(crate) fn value<'e>(&self, event: &'e Event<'_>) -> &'e str {
        self.0
            .get(event.pattern)
            .copied()
            .flatten()
            .map(|capture| event.value(capture))
            .unwrap_or_default()
    }
}

/// A capture that tells things apart, and how it is compared.
#[derive(Debug, Clone)]
pub(crate) struct KeyPart {
    pub(crate) slots: Slots,
    pub(crate) comparison: Comparison,
}

impl KeyPart {
    /// The key's value in an event, in the form in which equal keys are equal texts; empty where it carries none.
    pub(crate) fn of<'e>(&self, event: &'e Event<'_>) -> Cow<'e, str> {
        normal(self.slots.value(event), self.comparison)
    }
}

/// A text in the form in which two that compare as equal are the same.
pub(crate) fn normal(text: &str, comparison: Comparison) -> Cow<'_, str> {
    match comparison {
        Comparison::Text => Cow::Borrowed(text),
        Comparison::Lowercase => Cow::Owned(text.to_lowercase()),
        Comparison::Name => Cow::Owned(name::normal(text)),
    }
}

/// All key parts of an event as one text; none if the event carries no part of the key at all.
pub(crate) fn joined_key(parts: &[KeyPart], event: &Event<'_>) -> Option<String> {
    let mut key = String::new();
    let mut carries = parts.is_empty();
    for part in parts {
        let value = part.of(event);
        carries |= !value.is_empty();
        key.push_str(&value);
        key.push('\u{1f}');
    }
    carries.then_some(key)
}

/// The symptom, complete.
#[derive(Debug, Clone)]
pub(crate) struct Sighting<'a> {
    /// The record that gives the finding its line and time.
    pub(crate) record: u32,
    /// When that record was written.
    pub(crate) time: Option<f64>,
    /// The record that completed the symptom, and when it was written.
    pub(crate) last: u32,
    pub(crate) last_time: Option<f64>,
    /// The events that fields take their values from, the subject first.
    pub(crate) events: Vec<Event<'a>>,
    /// The records to show, in order; none: `record` alone.
    pub(crate) evidence: Vec<u32>,
    /// How many matches, pairs or values it took.
    pub(crate) count: u32,
}

impl<'a> Sighting<'a> {
    /// A sighting that one event completes by itself.
    pub(crate) fn of(event: Event<'a>) -> Self {
        Self {
            record: event.record,
            time: event.time,
            last: event.record,
            last_time: event.time,
            events: vec![event],
            evidence: Vec::new(),
            count: 1,
        }
    }
}

/// Whether two times lie within a window of each other, in either direction: clocks go back a little. Where a time is
/// missing no window applies.
pub(crate) fn within(a: Option<f64>, b: Option<f64>, window: f64) -> bool {
    match (a, b) {
        (Some(a), Some(b)) => (a - b).abs() <= window,
        _ => true,
    }
}

/// Whether more than a window has passed since a time; never, where a time is missing.
pub(crate) fn passed(since: Option<f64>, now: Option<f64>, window: f64) -> bool {
    matches!((since, now), (Some(since), Some(now)) if now - since > window)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_cut_between_characters() {
        let long = "é".repeat(LONGEST_VALUE);
        let event = Event::new(0, None, 0, [Some(long.as_str()), None].into_iter());
        assert_eq!(event.value(0).len(), LONGEST_VALUE);
        assert_eq!((event.value(1), event.value(9)), ("", ""));
    }

    #[test]
    fn windows_reach_both_ways_and_do_not_apply_without_times() {
        assert!(within(Some(10.0), Some(4.0), 6.0) && within(Some(4.0), Some(10.0), 6.0));
        assert!(!within(Some(10.0), Some(3.9), 6.0));
        assert!(within(None, Some(0.0), 1.0) && within(Some(0.0), None, 1.0));
        assert!(
            passed(Some(0.0), Some(2.0), 1.0) && !passed(Some(2.0), Some(0.0), 1.0) && !passed(None, Some(9.0), 1.0)
        );
    }
}
