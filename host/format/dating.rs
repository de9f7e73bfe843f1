//! What the records of one file do not say about their time: decided once, from the file's head and name.
//!
//! Comes in: the stamps at the head of a file, its path, and what its environment knows ([`Surroundings`]). Goes out: a
//! [`Dating`], which turns any stamp of that file into an [`EventTime`], and sentences about what had to be assumed.
//! Never here: how stamps are found in records.
//!
//! - The order of day and month: [`super::order`].
//! - The year of stamps without one: the last in which the stamp is not younger than the file (its name's date or its
//!   last change, with a day of grace). So a log that runs over New Year has two years, whichever record is asked first.
//! - The zone: from the stamp; else the environment's; else the machine's, which is said.
//!
//! A dating never looks at a record to learn something for the next one: times do not depend on which records were
//! asked for, or in what order.

use jiff::civil::{Date, DateTime};
use jiff::tz::{Offset, TimeZone};
use jiff::{Timestamp, ToSpan};

use super::definition::Order;
use super::file_date::date_in_name;
use super::order::{self, DateOrder, Sighting, Witnesses};
use super::stamp::{Stamp, StampDate};
use super::zone::{KnownZone, known_zone};
use crate::model::{EventTime, FilePath};

/// What is known about time where a file comes from.
#[derive(Clone, Debug)]
pub struct Surroundings {
    /// The time zone of the environment, where somebody stated it.
    pub environment: Option<TimeZone>,
    /// The time zone of this machine: the last resort.
    pub local: TimeZone,
    /// When the file was last written.
    pub modified: Option<Timestamp>,
}

/// How the stamps of one file are read: the order of their dates, their year where they have none, their zone.
#[derive(Clone, Debug)]
pub struct Dating {
    order: DateOrder,
    /// No record is younger.
    latest: Option<DateTime>,
    /// The zone of stamps that have none.
    zone: TimeZone,
    /// The environment's zone, which knows what its own abbreviations mean.
    environment: Option<TimeZone>,
    assumptions: Vec<String>,
}

/// A stamp of a file's head and the text of its zone.
pub(super) struct HeadStamp {
    pub stamp: Stamp,
    pub zone: Option<Vec<u8>>,
}

impl Dating {
    /// Decides from the stamps at the head of a file, in their order. `locale` is the one in the file's banner.
    pub(super) fn decide(
        declared: Order,
        path: &FilePath,
        stamps: &[HeadStamp],
        locale: Option<String>,
        surroundings: &Surroundings,
    ) -> Self {
        let Surroundings {
            environment,
            local,
            modified,
        } = surroundings;
        let zone = environment.as_ref().unwrap_or(local).clone();
        let name = date_in_name(path);
        let modified = modified.map(|instant| zone.to_datetime(instant));
        let mut dating = Self {
            order: DateOrder::Mdy,
            latest: name.map(|date| date.at(23, 59, 59, 0)).or(modified),
            zone,
            environment: environment.clone(),
            assumptions: Vec::new(),
        };
        let witnesses = Witnesses {
            name,
            modified: modified.map(DateTime::date),
            locale,
        };
        dating.decide_order(declared, stamps, &witnesses);
        dating.tell_year(stamps, name);
        dating.tell_zone(stamps);
        dating
    }

    /// What had to be assumed, in sentences; empty where the file says it all.
    pub fn assumptions(&self) -> &[String] {
        &self.assumptions
    }

    /// The order in which numbers of dates are read.
    pub fn order(&self) -> DateOrder {
        self.order
    }

    /// When a stamp was written. `zone` is the text of its zone.
    pub(super) fn time(&self, stamp: &Stamp, zone: Option<&[u8]>) -> Option<EventTime> {
        let (date, [hour, minute, second], nanoseconds) = match stamp {
            Stamp::Epoch(microseconds) => return Some(EventTime(*microseconds as f64 / 1e6)),
            Stamp::Civil {
                date,
                time,
                nanoseconds,
                ..
            } => (date, time.map(u8::cast_signed), *nanoseconds),
        };
        let time = jiff::civil::Time::new(hour, minute, second, 0).ok()?;
        let civil = self.date(date, time)?.to_datetime(time);
        let instant = self.instant(civil, zone)?;
        Some(event_time(instant.as_second(), nanoseconds))
    }

    fn date(&self, date: &StampDate, time: jiff::civil::Time) -> Option<Date> {
        match *date {
            // A date that the file's order makes impossible is read in an order that does not: better than none.
            StampDate::Numbers { numbers, .. } => self
                .order
                .date(numbers)
                .or_else(|| DateOrder::ALL.into_iter().find_map(|order| order.date(numbers))),
            StampDate::Plain {
                year: Some(year),
                month,
                day,
            } => plain(year, month, day),
            StampDate::Plain { year: None, month, day } => {
                let latest = self.latest?;
                let bound = latest.checked_add(1.day()).unwrap_or(latest);
                // 29 February may lie up to eight years back.
                (0..=8)
                    .filter_map(|back| plain(latest.year() - back, month, day))
                    .find(|date| date.to_datetime(time) <= bound)
            }
        }
    }

    fn instant(&self, civil: DateTime, zone: Option<&[u8]>) -> Option<Timestamp> {
        let in_zone = |zone: &TimeZone| zone.to_ambiguous_timestamp(civil).compatible().ok();
        let Some(text) = zone else {
            return in_zone(&self.zone);
        };
        match known_zone(text) {
            Some(KnownZone {
                offset, doubt: None, ..
            }) => at_offset(civil, offset),
            Some(KnownZone {
                offset, doubt: Some(_), ..
            }) => self
                .environment
                .as_ref()
                .and_then(|zone| named(zone, civil, text))
                .or_else(|| at_offset(civil, offset)),
            None => in_zone(&self.zone),
        }
    }

    fn decide_order(&mut self, declared: Order, stamps: &[HeadStamp], witnesses: &Witnesses) {
        let sightings: Vec<_> = stamps
            .iter()
            .filter_map(|HeadStamp { stamp, zone }| match stamp {
                Stamp::Civil {
                    date: StampDate::Numbers { numbers, separator },
                    ..
                } => Some(Sighting {
                    numbers: *numbers,
                    separator: *separator,
                    zone: zone.as_deref().and_then(known_zone),
                }),
                _ => None,
            })
            .collect();
        let decision = order::decide(declared, &sightings, witnesses);
        self.order = decision.order;
        self.assumptions
            .extend(decision.assumed.filter(|_| !sightings.is_empty()));
    }

    fn tell_year(&mut self, stamps: &[HeadStamp], name: Option<Date>) {
        let yearless = |head: &HeadStamp| {
            matches!(
                head.stamp,
                Stamp::Civil {
                    date: StampDate::Plain { year: None, .. },
                    ..
                }
            )
        };
        if !stamps.iter().any(yearless) {
            return;
        }
        self.assumptions.push(match (name, self.latest) {
            (Some(_), Some(latest)) => {
                format!(
                    "times carry no year: it is taken from the file's name, none being later than {}",
                    latest.date()
                )
            }
            (None, Some(latest)) => format!(
                "times carry no year: it is taken from the file's last change, none being later than {}",
                latest.date()
            ),
            (_, None) => {
                "times carry no year, and neither the file's name nor its last change tells it: its records are \
                          taken as having no time"
                    .to_owned()
            }
        });
    }

    fn tell_zone(&mut self, stamps: &[HeadStamp]) {
        let civil = |head: &&HeadStamp| matches!(head.stamp, Stamp::Civil { .. });
        let taken = match self.zone.iana_name() {
            Some(name) => name.to_owned(),
            None => "this machine's time zone".to_owned(),
        };
        let mut told: Vec<Option<&[u8]>> = Vec::new();
        for HeadStamp { stamp, zone } in stamps.iter().filter(civil) {
            let zone = zone.as_deref();
            if told.contains(&zone) {
                continue;
            }
            told.push(zone);
            match zone.map(|text| (text, known_zone(text))) {
                None if self.environment.is_none() => self.assumptions.push(format!(
                    "times carry no zone: they are taken as {taken}; say `timezone` in environment.toml if that is wrong"
                )),
                Some((text, Some(KnownZone { doubt: Some(doubt), .. }))) if !self.environment_knows(stamp, text) => {
                    let text = String::from_utf8_lossy(text);
                    self.assumptions.push(format!("the zone {text} is taken as {doubt}"));
                }
                Some((text, None)) => {
                    let text = String::from_utf8_lossy(text);
                    self.assumptions.push(format!("the zone {text} is not known: its times are taken as {taken}"));
                }
                _ => {}
            }
        }
    }

    /// Whether the environment's zone has this abbreviation at the time of the stamp.
    fn environment_knows(&self, stamp: &Stamp, text: &[u8]) -> bool {
        let Stamp::Civil {
            date,
            time: [hour, minute, second],
            ..
        } = stamp
        else {
            return false;
        };
        let time = jiff::civil::Time::new(hour.cast_signed(), minute.cast_signed(), second.cast_signed(), 0);
        let civil = time
            .ok()
            .and_then(|time| Some(self.date(date, time)?.to_datetime(time)));
        match (&self.environment, civil) {
            (Some(zone), Some(civil)) => named(zone, civil, text).is_some(),
            _ => false,
        }
    }
}

fn plain(year: i16, month: u8, day: u8) -> Option<Date> {
    Date::new(year, month.cast_signed(), day.cast_signed()).ok()
}

fn at_offset(civil: DateTime, seconds: i32) -> Option<Timestamp> {
    Offset::from_seconds(seconds).ok()?.to_timestamp(civil).ok()
}

/// The instant at which the clocks of `zone` show `civil` while it goes by the abbreviation `text`. In the hour that
/// clocks repeat in autumn, the abbreviation says which of the two is meant.
fn named(zone: &TimeZone, civil: DateTime, text: &[u8]) -> Option<Timestamp> {
    let ambiguous = zone.to_ambiguous_timestamp(civil);
    let candidates = [ambiguous.earlier().ok()?, ambiguous.later().ok()?];
    candidates.into_iter().find(|&instant| {
        zone.to_offset_info(instant)
            .abbreviation()
            .as_bytes()
            .eq_ignore_ascii_case(text)
    })
}

/// Seconds since 1970 with the record's own precision. Milliseconds and microseconds are divided once, as whole numbers,
/// so that the result is the double nearest to what was written.
fn event_time(seconds: i64, nanoseconds: u32) -> EventTime {
    EventTime(if nanoseconds.is_multiple_of(1_000_000) {
        (seconds * 1_000 + i64::from(nanoseconds / 1_000_000)) as f64 / 1e3
    } else {
        (seconds * 1_000_000 + i64::from(nanoseconds / 1_000)) as f64 / 1e6
    })
}

#[cfg(test)]
#[path = "tests/dating.rs"]
mod tests;
