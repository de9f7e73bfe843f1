//! The date that a file carries in its name.
//!
//! Comes in: a path. Goes out: the date of its last part, if it has one: the day on which a log was rotated, or on which
//! the incident happened that it reports. Never here: the time of day, and names of folders.
//!
//! Known: WebSphere's `SystemOut_16.10.12_10.00.00.log` and `ffdc_19.05.07_10.27.17.0.log`, Sametime's
//! `StUsers_101117_095933.txt`, logrotate's `syslog-20161012`, and `access.2016-10-12.log`.

use jiff::civil::Date;

use super::order::DateOrder;
use super::stamp::Number;
use crate::model::FilePath;

/// A run of digits in a name and the byte behind it.
#[derive(Clone, Copy)]
struct Run<'a> {
    digits: &'a str,
    after: u8,
}

/// The date in the last part of `path`.
pub(super) fn date_in_name(path: &FilePath) -> Option<Date> {
    let name = path.as_str().rsplit('/').next()?;
    let runs = runs(name);
    (0..runs.len()).find_map(|at| date_at(runs.get(at..)?))
}

fn runs(name: &str) -> Vec<Run<'_>> {
    let mut runs = Vec::new();
    let mut rest = name;
    while let Some(start) = rest.find(|c: char| c.is_ascii_digit()) {
        let tail = rest.get(start..).unwrap_or_default();
        let end = tail.find(|c: char| !c.is_ascii_digit()).unwrap_or(tail.len());
        let (digits, behind) = tail.split_at(end);
        runs.push(Run {
            digits,
            after: behind.bytes().next().unwrap_or(0),
        });
        rest = behind;
    }
    runs
}

fn date_at(runs: &[Run<'_>]) -> Option<Date> {
    let three = |year: &str, month: &str, day: &str| {
        let number = |digits: &str| {
            Some(Number {
                value: digits.parse().ok()?,
                width: u8::try_from(digits.len()).ok()?,
            })
        };
        DateOrder::Ymd.date([number(year)?, number(month)?, number(day)?])
    };
    let [first, rest @ ..] = runs else { return None };
    let packed = |width: usize| {
        let (year, rest) = first.digits.split_at_checked(width)?;
        let (month, day) = rest.split_at_checked(2)?;
        three(year, month, day)
    };
    match (first.digits.len(), rest) {
        // Without a time behind it, six digits may be any number.
        (6, [time, ..]) if first.after == b'_' && time.digits.len() == 6 => packed(2),
        (8, _) if first.digits.starts_with("19") || first.digits.starts_with("20") => packed(4),
        (2 | 4, [month, day, ..]) if month.digits.len() == 2 && day.digits.len() == 2 => {
            let separated = first.after == month.after && matches!(first.after, b'.' | b'-' | b'_');
            // Two digits for the year are only believed with WebSphere's dots and a time behind them: 10.20.30 alone may
            // be a version.
            let believed = first.digits.len() == 4 || first.after == b'.' && day.after == b'_';
            if separated && believed {
                three(first.digits, month.digits, day.digits)
            } else {
                None
            }
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn rotated_logs_carry_their_date() {
        for (name, expected) in [
            ("logs/SystemOut_16.10.12_10.00.00.log", Some(date(2016, 10, 12))),
            ("acme_ffdc_19.05.07_10.27.17.0.log", Some(date(2019, 5, 7))),
            ("messages_19.05.07_10.27.17.0.log", Some(date(2019, 5, 7))),
            ("StUsers_101117_095933.txt", Some(date(2010, 11, 17))),
            ("server1_2/syslog-20161012", Some(date(2016, 10, 12))),
            ("access.2016-10-12.log", Some(date(2016, 10, 12))),
            ("stusers_1.txt", None),
            ("SystemOut.log", None),
            ("plugin-8.5.12.log", None),
            ("10.20.30.40_access.log", None),
            ("x_99.99.99_10.00.00.log", None),
            ("pid_123456.log", None),
            ("20161012/SystemOut.log", None),
            ("größe.log", None),
            ("", None),
        ] {
            assert_eq!(date_in_name(&FilePath::from(name)), expected, "{name}");
        }
    }
}
