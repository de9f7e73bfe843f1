//! The corpus's own time: it begins on 12 October 2016 and moves only when a record is written.

use crate::rng::Rng;

/// 2016-10-12T06:00:00Z in milliseconds since 1970.
const BEGINNING: u64 = 1_476_252_000_000;

/// The longest pause between two records, in milliseconds: with 20 on average, a gibibyte of records takes two days.
const LONGEST_PAUSE: u64 = 40;

const MONTHS: [&str; 12] = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
];

/// The time of the next record, taken apart.
pub struct Clock {
    now: u64,
    /// The day that `date` belongs to, in days since 1970: the calendar is worked out once a day.
    day: u64,
    date: Date,
}

/// A date of the calendar.
#[derive(Clone, Copy)]
pub struct Date {
    pub year: u64,
    pub month: u64,
    pub day: u64,
}

/// A time of a day.
#[derive(Clone, Copy)]
pub struct Time {
    pub hour: u64,
    pub minute: u64,
    pub second: u64,
    pub milli: u64,
}

impl Clock {
    pub fn new() -> Self {
        let day = BEGINNING / 86_400_000;
        Self {
            now: BEGINNING,
            day,
            date: date(day),
        }
    }

    /// Moves on by a pause and says what the clock then shows.
    pub fn tick(&mut self, rng: &mut Rng) -> (Date, Time) {
        self.now += rng.below(LONGEST_PAUSE + 1);
        let day = self.now / 86_400_000;
        if day != self.day {
            self.day = day;
            self.date = date(day);
        }
        let milli = self.now % 86_400_000;
        let time = Time {
            hour: milli / 3_600_000,
            minute: milli / 60_000 % 60,
            second: milli / 1000 % 60,
            milli: milli % 1000,
        };
        (self.date, time)
    }
}

impl Date {
    /// The month's name as access logs write it.
    pub fn month_name(self) -> &'static str {
        MONTHS[(self.month as usize - 1) % MONTHS.len()]
    }
}

/// The date so many days after 1970-01-01. Years are counted from March, so that the leap day is a year's last.
fn date(days: u64) -> Date {
    let days = days + 719_468;
    let (era, of_era) = (days / 146_097, days % 146_097);
    let year = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    let from_march = (5 * of_year + 2) / 153;
    let month = if from_march < 10 {
        from_march + 3
    } else {
        from_march - 9
    };
    Date {
        year: era * 400 + year + u64::from(month <= 2),
        month,
        day: of_year - (153 * from_march + 2) / 5 + 1,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_become_dates() {
        for (days, expected) in [
            (0, (1970, 1, 1)),
            (11_016, (2000, 2, 29)),
            (17_086, (2016, 10, 12)),
            (17_167, (2017, 1, 1)),
        ] {
            let Date { year, month, day } = date(days);
            assert_eq!((year, month, day), expected);
        }
    }
}
