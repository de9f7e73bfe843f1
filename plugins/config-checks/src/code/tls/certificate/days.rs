//! Days on which a certificate counts.
//!
//! Comes in: a certificate's days as the host writes them, and the day for which to judge. Goes out: whether it counts on
//! that day. Never here: a clock.

use super::store::Certificate;

/// Seconds of a day.
const DAY: f64 = 86_400.0;

/// How a certificate stands on a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Standing {
    Good,
    NotYet,
    Expired,
    /// It ends in so many days.
    Soon(u32),
}

/// How a certificate stands on the day that begins with second `today`; `soon` is a number of days.
pub(super) fn standing(certificate: &Certificate<'_>, today: f64, soon: u32) -> Standing {
    let until: Option<f64> = certificate.value("not-after-epoch").parse().ok();
    let Some(until) = until.filter(|until| until.is_finite()) else {
        return Standing::Good;
    };
    if until < today {
        return Standing::Expired;
    }
    // Until the end of that day it is still to begin: the host gives the day, not the hour.
    if epoch(certificate.value("not-before")).is_some_and(|from| from >= today + DAY) {
        return Standing::NotYet;
    }
    let days = ((until - today) / DAY).floor();
    if days <= f64::from(soon) {
        // Between 0 and `soon`, so it fits.
        Standing::Soon(days as u32)
    } else {
        Standing::Good
    }
}

/// Seconds since 1970 at the beginning of the day of an RFC 3339 time.
fn epoch(time: &str) -> Option<f64> {
    let mut parts = time.get(..10)?.split('-').map(str::parse::<i64>);
    let (year, month, day) = (parts.next()?.ok()?, parts.next()?.ok()?, parts.next()?.ok()?);
    if !(1..=12).contains(&month) || !(1..=31).contains(&day) || !(0..=9_999).contains(&year) {
        return None;
    }
    // Years begin in March, so that the leap day is the last day of a year.
    let (year, month) = if month > 2 {
        (year, month - 3)
    } else {
        (year - 1, month + 9)
    };
    let before_month = (153 * month + 2) / 5;
    let before_year = 365 * year + year.div_euclid(4) - year.div_euclid(100) + year.div_euclid(400);
    // 719,468 days lie between 1 March of the year 0 and 1 January 1970.
    Some((before_year + before_month + day - 1 - 719_468) as f64 * DAY)
}

#[cfg(test)]
mod tests {
    use super::epoch;

    #[test]
    fn a_day_is_counted_from_1970() {
        for (time, expected) in [
            ("1970-01-01T00:00:00Z", Some(0.0)),
            ("2016-02-29T12:00:00Z", Some(1_456_704_000.0)),
            ("2016-10-12T23:59:59Z", Some(1_476_230_400.0)),
            ("2046-01-01T00:00:00Z", Some(2_398_377_600.0)),
            ("1969-12-31T00:00:00Z", Some(-86_400.0)),
            ("", None),
            ("2016-13-01T", None),
            ("yesterday…", None),
        ] {
            assert_eq!(epoch(time), expected, "{time}");
        }
    }
}
