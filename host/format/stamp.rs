//! A stamp: the date and time of a record as its writer wrote them, before anybody decides what they mean.
//!
//! Comes in: the first line of a record. Goes out: a [`Stamp`], numbers with the width in which they were written.
//! Never here: zones, years that are not written, the order of day and month; [`super::Dating`] knows those.
//!
//! The groups that an expression for times may name:
//!
//! | group | holds |
//! |---|---|
//! | `year`, `month`, `day` | the date, where its order is plain; the month as a number or an English name; the year may be missing |
//! | `n1`, `n2`, `n3` | the three numbers of a date whose order the format or the file decides |
//! | `hour`, `minute`, `second`, `fraction` | the time; seconds and their fraction (up to nine digits) may be missing |
//! | `meridiem` | `AM`, `p.m.` and the like, where hours count to 12 |
//! | `zone` | `UTC`, `CEST`, `GMT+08:00`, `+0100` |
//! | `epoch`, `epoch_ms`, `epoch_us` | instead of all others: seconds, milliseconds, microseconds since 1970 |

use std::ops::Range;

use super::pattern::{LineParts, Slots, group};

/// A number and how many digits it was written with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Number {
    /// Its value.
    pub value: u16,
    /// Its digits: `05` has two.
    pub width: u8,
}

impl Number {
    fn parse(digits: &[u8]) -> Option<Self> {
        Some(Self {
            value: u16::try_from(integer(digits)?).ok()?,
            width: u8::try_from(digits.len()).ok()?,
        })
    }

    /// The year that it stands for: two digits mean 1970 to 2069, as POSIX reads them.
    pub fn year(self) -> Option<i16> {
        match self.width {
            1 | 2 => i16::try_from(self.value)
                .ok()
                .map(|year| if year < 70 { 2000 + year } else { 1900 + year }),
            4 => i16::try_from(self.value).ok(),
            _ => None,
        }
    }
}

/// The date of a stamp.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StampDate {
    /// Three numbers whose order is to be decided, and whether a blank follows the first separator (`16. 12. 13`).
    Numbers {
        /// The numbers as they stand.
        numbers: [Number; 3],
        /// What stands between the first two.
        separator: Separator,
    },
    /// A date whose parts are plain; without a year for formats that do not write it.
    Plain {
        /// The year.
        year: Option<i16>,
        /// The month, 1 to 12.
        month: u8,
        /// The day, 1 to 31.
        day: u8,
    },
}

/// What stands between the first two numbers of a date: writers of one language agree on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Separator {
    /// `16.12.13`
    Dot,
    /// `16. 12. 13`
    DotBlank,
    /// Anything else: `/`, `-`.
    Other,
}

/// A record's date and time as written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Stamp {
    /// Date and time of day.
    Civil {
        /// The date.
        date: StampDate,
        /// Hour (0 to 23), minute, second (0 to 59; a leap second is taken as the one before it).
        time: [u8; 3],
        /// The fraction of the second, in nanoseconds.
        nanoseconds: u32,
        /// Where in the line the zone stands.
        zone: Option<Range<usize>>,
    },
    /// Microseconds since 1970, UTC.
    Epoch(i64),
}

const GROUPS: [&str; 14] = [
    "year", "month", "day", "n1", "n2", "n3", "hour", "minute", "second", "fraction", "meridiem", "zone", "epoch",
    "epoch_ms",
];
const EPOCH_US: &str = "epoch_us";

/// The numbers of the groups in one expression; 0 where it has no such group.
#[derive(Clone, Copy, Debug, Default)]
struct GroupNumbers {
    year: usize,
    month: usize,
    day: usize,
    n: [usize; 3],
    hour: usize,
    minute: usize,
    second: usize,
    fraction: usize,
    meridiem: usize,
    zone: usize,
    epoch: [usize; 3],
}

/// One expression that finds stamps.
#[derive(Debug)]
pub struct StampPattern {
    parts: LineParts,
    groups: GroupNumbers,
}

impl StampPattern {
    /// Compiles an expression with the groups of the [module](self).
    ///
    /// # Errors
    /// The reason: the expression is broken, names a group that is not in the table, or lacks one that is needed.
    pub fn new(expression: &str) -> Result<Self, String> {
        let parts = LineParts::new(expression)?;
        let mut groups = GroupNumbers::default();
        for (number, name) in (1..).zip(parts.names()) {
            let Some(name) = name else { continue };
            *groups.slot(name).ok_or_else(|| {
                format!(
                    "there is no group `{name}` in a time; the groups are {}, {EPOCH_US}",
                    GROUPS.join(", ")
                )
            })? = number;
        }
        let epoch = groups.epoch.iter().any(|&n| n > 0);
        let plain = groups.month > 0 && groups.day > 0;
        let numbers = groups.n.iter().all(|&n| n > 0);
        if !epoch && !plain && !numbers {
            return Err("a time needs a date: the groups `month` and `day`, or `n1`, `n2` and `n3`".to_owned());
        }
        if !epoch && (groups.hour == 0 || groups.minute == 0) {
            return Err("a time needs the groups `hour` and `minute`".to_owned());
        }
        Ok(Self { parts, groups })
    }

    /// The stamp of a line, if it has one and its numbers are in range.
    pub fn read(&self, line: &[u8]) -> Option<Stamp> {
        let slots = self.parts.find(line)?;
        let found = Found { line, slots };
        for (group, per_second) in self.groups.epoch.into_iter().zip([1_000_000, 1_000, 1]) {
            if let Some(digits) = found.bytes(group) {
                return i64::try_from(integer(digits)?)
                    .ok()?
                    .checked_mul(per_second)
                    .map(Stamp::Epoch);
            }
        }
        let groups = &self.groups;
        Some(Stamp::Civil {
            date: found.date(groups)?,
            time: found.time(groups)?,
            nanoseconds: found.bytes(groups.fraction).map_or(Some(0), nanoseconds)?,
            zone: found.range(groups.zone).filter(|zone| !zone.is_empty()),
        })
    }

    /// Whether the expression leaves the order of day, month and year open.
    pub fn leaves_order_open(&self) -> bool {
        self.groups.n[0] > 0
    }
}

impl GroupNumbers {
    fn slot(&mut self, name: &str) -> Option<&mut usize> {
        Some(match name {
            "year" => &mut self.year,
            "month" => &mut self.month,
            "day" => &mut self.day,
            "n1" => &mut self.n[0],
            "n2" => &mut self.n[1],
            "n3" => &mut self.n[2],
            "hour" => &mut self.hour,
            "minute" => &mut self.minute,
            "second" => &mut self.second,
            "fraction" => &mut self.fraction,
            "meridiem" => &mut self.meridiem,
            "zone" => &mut self.zone,
            "epoch" => &mut self.epoch[0],
            "epoch_ms" => &mut self.epoch[1],
            EPOCH_US => &mut self.epoch[2],
            _ => return None,
        })
    }
}

/// The groups of one match.
struct Found<'a> {
    line: &'a [u8],
    slots: Slots,
}

impl Found<'_> {
    fn range(&self, number: usize) -> Option<Range<usize>> {
        if number == 0 { None } else { group(&self.slots, number) }
    }

    fn bytes(&self, number: usize) -> Option<&[u8]> {
        self.line.get(self.range(number)?)
    }

    fn small(&self, number: usize) -> Option<u8> {
        u8::try_from(integer(self.bytes(number)?)?).ok()
    }

    fn date(&self, groups: &GroupNumbers) -> Option<StampDate> {
        let [n1, n2, n3] = groups.n.map(|number| self.bytes(number).and_then(Number::parse));
        if let (Some(n1), Some(n2), Some(n3)) = (n1, n2, n3) {
            return Some(StampDate::Numbers {
                numbers: [n1, n2, n3],
                separator: self.separator(groups)?,
            });
        }
        let year = match self.bytes(groups.year) {
            Some(digits) => Some(Number::parse(digits)?.year()?),
            None => None,
        };
        let month = month(self.bytes(groups.month)?)?;
        let day = self.small(groups.day).filter(|day| (1..=31).contains(day))?;
        Some(StampDate::Plain { year, month, day })
    }

    fn separator(&self, groups: &GroupNumbers) -> Option<Separator> {
        let between = self.range(groups.n[0])?.end..self.range(groups.n[1])?.start;
        Some(match self.line.get(between)? {
            b"." => Separator::Dot,
            [b'.', b' ', ..] => Separator::DotBlank,
            _ => Separator::Other,
        })
    }

    fn time(&self, groups: &GroupNumbers) -> Option<[u8; 3]> {
        let written = self.small(groups.hour)?;
        let hour = match self.bytes(groups.meridiem).and_then(<[u8]>::first) {
            Some(b'A' | b'a') if (1..=12).contains(&written) => written % 12,
            Some(b'P' | b'p') if (1..=12).contains(&written) => written % 12 + 12,
            // A clock that writes 13:05 PM counts to 24 and says so twice.
            _ => written,
        };
        let minute = self.small(groups.minute)?;
        let second = if self.bytes(groups.second).is_some() {
            self.small(groups.second)?
        } else {
            0
        };
        (hour < 24 && minute < 60 && second < 61).then_some([hour, minute, second.min(59)])
    }
}

/// The value of up to 18 digits.
fn integer(digits: &[u8]) -> Option<u64> {
    if digits.is_empty() || digits.len() > 18 {
        return None;
    }
    digits.iter().try_fold(0u64, |value, byte| {
        byte.is_ascii_digit().then(|| value * 10 + u64::from(byte - b'0'))
    })
}

/// The nanoseconds of a fraction's digits: `5` is half a second.
fn nanoseconds(digits: &[u8]) -> Option<u32> {
    let digits = digits.get(..9).unwrap_or(digits);
    let scale = 10u64.pow(u32::try_from(9 - digits.len()).ok()?);
    u32::try_from(integer(digits)? * scale).ok()
}

/// A month's number, from digits or from the first three letters of its English name.
fn month(text: &[u8]) -> Option<u8> {
    const NAMES: [&[u8; 3]; 12] = [
        b"jan", b"feb", b"mar", b"apr", b"may", b"jun", b"jul", b"aug", b"sep", b"oct", b"nov", b"dec",
    ];
    if text.first()?.is_ascii_digit() {
        return u8::try_from(integer(text)?)
            .ok()
            .filter(|month| (1..=12).contains(month));
    }
    let start = text.get(..3)?;
    (1..)
        .zip(NAMES)
        .find(|(_, name)| start.eq_ignore_ascii_case(*name))
        .map(|(number, _)| number)
}

#[cfg(test)]
mod tests {
    use super::*;

    const CONSOLE: &str = r"^(?<n1>\d+)(?:[/-]|\. ?)(?<n2>\d+)(?:[/-]|\. ?)(?<n3>\d+) (?<hour>\d+):(?<minute>\d\d)(?::(?<second>\d\d))?(?:\.(?<fraction>\d+))?(?: (?<meridiem>[AP]M))?(?: (?<zone>[A-Z]+))?";

    fn time_of(line: &str) -> Option<([u8; 3], u32)> {
        match StampPattern::new(CONSOLE).unwrap().read(line.as_bytes())? {
            Stamp::Civil { time, nanoseconds, .. } => Some((time, nanoseconds)),
            Stamp::Epoch(_) => None,
        }
    }

    #[test]
    fn hours_before_and_after_noon() {
        assert_eq!(time_of("11/17/2010 12:00:01 AM"), Some(([0, 0, 1], 0)));
        assert_eq!(time_of("11/17/2010 12:00:01 PM"), Some(([12, 0, 1], 0)));
        assert_eq!(time_of("11/17/2010 09:59:33.5 PM"), Some(([21, 59, 33], 500_000_000)));
        assert_eq!(time_of("11/17/2010 13:05 PM"), Some(([13, 5, 0], 0)));
        assert_eq!(time_of("11/17/2010 24:05:00"), None);
        assert_eq!(time_of("11/17/2010 23:59:60"), Some(([23, 59, 59], 0)));
    }

    #[test]
    fn numbers_keep_their_width_and_separator() {
        let stamp = StampPattern::new(CONSOLE).unwrap().read(b"16. 12. 3 16:38").unwrap();
        let Stamp::Civil {
            date: StampDate::Numbers { numbers, separator },
            ..
        } = stamp
        else {
            panic!("{stamp:?}")
        };
        assert_eq!(numbers.map(|n| (n.value, n.width)), [(16, 2), (12, 2), (3, 1)]);
        assert_eq!(separator, Separator::DotBlank);
    }

    #[test]
    fn years_of_two_digits_have_their_century() {
        let year = |digits: &[u8]| Number::parse(digits).and_then(Number::year);
        assert_eq!(year(b"10"), Some(2010));
        assert_eq!(year(b"69"), Some(2069));
        assert_eq!(year(b"70"), Some(1970));
        assert_eq!(year(b"2024"), Some(2024));
        assert_eq!(year(b"024"), None);
    }

    #[test]
    fn months_have_names_and_numbers() {
        assert_eq!(month(b"Oct"), Some(10));
        assert_eq!(month(b"october"), Some(10));
        assert_eq!(month(b"09"), Some(9));
        assert_eq!(month(b"13"), None);
        assert_eq!(month(b"Okt"), None);
    }

    #[test]
    fn a_time_without_a_date_or_with_an_unknown_group_is_refused() {
        assert!(
            StampPattern::new(r"(?<hour>\d):(?<minute>\d)")
                .unwrap_err()
                .contains("`month` and `day`")
        );
        assert!(
            StampPattern::new(r"(?<n1>\d)(?<n2>\d)(?<n3>\d)")
                .unwrap_err()
                .contains("`hour`")
        );
        assert!(
            StampPattern::new(r"(?<epoch>\d)(?<hours>\d)")
                .unwrap_err()
                .contains("`hours`")
        );
    }
}
