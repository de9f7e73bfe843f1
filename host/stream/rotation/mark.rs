//! Reads what rotation put into a file's name.
//!
//! Comes in: a name without `.gz` and its like. Goes out: the name of the log, and the mark; or nothing, where the name
//! carries no mark. A mark begins behind one of `.`, `-`, `_`, fills the rest of the name up to an extension that may
//! follow, and is a time, a number, or a time with a number. The leftmost place where that fits is taken, so that a time
//! is never torn into a shorter one and a number.

/// What rotation put into a name; the smaller, the older.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Mark {
    /// Closed or begun at this time; then a counter of those of the same time, ascending.
    When(When, u64),
    /// The n-th that was begun.
    Begun(u64),
    /// This many rotations ago.
    Age(std::cmp::Reverse<u64>),
    /// Written now, or never rotated.
    Live,
}

/// A time in a name: seconds since 1970 on the clock of whoever wrote the name. Zones do not matter within one folder.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct When(u64);

/// A name with a mark, taken apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct RotatedName {
    /// The name of the live file.
    pub(super) log: String,
    pub(super) mark: Mark,
    /// The mark alone does not prove rotation: the live file must be there too.
    pub(super) needs_live_file: bool,
}

impl RotatedName {
    pub(super) fn parse(name: &str) -> Option<Self> {
        name.char_indices()
            .filter(|(at, character)| *at > 0 && matches!(character, '.' | '-' | '_'))
            .find_map(|(at, separator)| {
                let (base, rest) = name.split_at_checked(at)?;
                Self::with_mark(base, separator, rest.get(1..)?)
            })
    }

    /// Reads `rest`, which stands behind `base` and `separator`, as a mark with an extension or without.
    fn with_mark(base: &str, separator: char, rest: &str) -> Option<Self> {
        let mut cursor = Cursor { rest };
        if let Some(when) = cursor.time() {
            let counter = cursor.counter().unwrap_or(0);
            let extension = cursor.extension()?;
            return Some(Self {
                log: format!("{base}{extension}"),
                mark: Mark::When(when, counter),
                needs_live_file: false,
            });
        }
        let digits = cursor.digits()?;
        let extension = cursor.extension()?;
        let number: u64 = digits.parse().ok()?;
        let (mark, needs_live_file) = match separator {
            '_' if extension == ".txt" && is_sametime(base) && digits.len() <= MOST_DIGITS => {
                (Mark::Begun(number), false)
            }
            '.' if EPOCH_DIGITS.contains(&digits.len()) => (Mark::When(When(number), 0), false),
            '.' if digits.len() <= MOST_DIGITS => (Mark::Age(std::cmp::Reverse(number)), !extension.is_empty()),
            _ => return None,
        };
        Some(Self {
            log: format!("{base}{extension}"),
            mark,
            needs_live_file,
        })
    }
}

/// A counter of files has at most so many digits; longer ones are times or process numbers.
const MOST_DIGITS: usize = 5;

/// Seconds since 1970 have nine digits from 1973 on and ten from 2001 on.
const EPOCH_DIGITS: std::ops::RangeInclusive<usize> = 9..=10;

/// The traces of Sametime's processes: `stusers`, `StCommunity`, `stmux` …
fn is_sametime(base: &str) -> bool {
    base.len() > 2
        && base.get(..2).is_some_and(|start| start.eq_ignore_ascii_case("st"))
        && base.bytes().all(|byte| byte.is_ascii_alphabetic())
}

/// What is left to read of a name.
#[derive(Clone, Copy)]
struct Cursor<'n> {
    rest: &'n str,
}

impl<'n> Cursor<'n> {
    fn digits(&mut self) -> Option<&'n str> {
        let end = self.rest.bytes().take_while(u8::is_ascii_digit).count();
        let (digits, rest) = self.rest.split_at_checked(end)?;
        self.rest = rest;
        (!digits.is_empty()).then_some(digits)
    }

    /// Exactly so many digits, whatever follows.
    fn number(&mut self, digits: usize) -> Option<u64> {
        let (number, rest) = self.rest.split_at_checked(digits)?;
        let all_digits = number.bytes().all(|byte| byte.is_ascii_digit());
        let value = all_digits.then(|| number.parse().ok()).flatten()?;
        self.rest = rest;
        Some(value)
    }

    fn one_of(&mut self, separators: &str) -> Option<char> {
        let first = self.rest.chars().next().filter(|first| separators.contains(*first))?;
        self.rest = self.rest.get(first.len_utf8()..)?;
        Some(first)
    }

    /// A date, with a time of day or without. On failure nothing is consumed.
    fn time(&mut self) -> Option<When> {
        let start = *self;
        let found = self
            .long_time()
            .or_else(|| {
                *self = start;
                self.short_time()
            })
            // A time ends where no digit follows: `2016101212345` is a number.
            .filter(|_| !self.rest.starts_with(|next: char| next.is_ascii_digit()));
        if found.is_none() {
            *self = start;
        }
        found
    }

    /// `2016-10-12`, `20161012`, `2016_10_12@10_00_00`, `20161012100000`, `2016-10-12-10`, `2016-10-12T10.00.00` …
    fn long_time(&mut self) -> Option<When> {
        let year = self.number(4)?;
        let separator = self.one_of("-_.");
        let month = self.number(2)?;
        self.same(separator)?;
        let day = self.number(2)?;
        let date = days_since_1970(year, month, day)?;
        let before_clock = *self;
        let seconds = self.clock(separator.is_none()).unwrap_or_else(|| {
            *self = before_clock;
            0
        });
        Some(When(date * 86_400 + seconds))
    }

    /// `16.10.12_10.00.00` and `101117_0959`. Years of two digits count only before a time of day: without it the same
    /// digits may be a version.
    fn short_time(&mut self) -> Option<When> {
        let year = 2000 + self.number(2)?;
        let separator = self.one_of("-_.");
        let month = self.number(2)?;
        self.same(separator)?;
        let day = self.number(2)?;
        let date = days_since_1970(year, month, day)?;
        let seconds = self.clock(false)?;
        Some(When(date * 86_400 + seconds))
    }

    /// The time of day behind a date, in seconds. Only a date without separators may be followed by it without one, and
    /// only there may it be an hour alone: elsewhere `-10` may be the tenth file of a day, and is read as a counter,
    /// which puts hours into the same order.
    fn clock(&mut self, may_touch_date: bool) -> Option<u64> {
        let touches = self.one_of("-_.@T ").is_none();
        if touches && !may_touch_date {
            return None;
        }
        let hour = self.number(2).filter(|hour| *hour < 24)?;
        let after_hour = *self;
        let separator = self.one_of("-_.:");
        let Some(minute) = self.number(2).filter(|minute| *minute < 60) else {
            *self = after_hour;
            return if touches {
                self.no_digit_follows(hour * 3600)
            } else {
                None
            };
        };
        let after_minute = *self;
        // A leap second is written as 60.
        let second = self
            .same(separator)
            .and_then(|()| self.number(2))
            .filter(|second| *second <= 60);
        let Some(second) = second else {
            *self = after_minute;
            return self.no_digit_follows(hour * 3600 + minute * 60);
        };
        self.no_digit_follows(hour * 3600 + minute * 60 + second)
    }

    fn no_digit_follows(&self, seconds: u64) -> Option<u64> {
        (!self.rest.starts_with(|next: char| next.is_ascii_digit())).then_some(seconds)
    }

    /// The separator that stood between the parts before, or none where none stood.
    fn same(&mut self, separator: Option<char>) -> Option<()> {
        match separator {
            None => Some(()),
            Some(separator) => {
                self.rest = self.rest.strip_prefix(separator)?;
                Some(())
            }
        }
    }

    /// A counter behind a time. On failure nothing is consumed.
    fn counter(&mut self) -> Option<u64> {
        let start = *self;
        let counter = self
            .one_of("-_.")
            .and_then(|_| self.digits())
            .and_then(|digits| digits.parse().ok());
        if counter.is_none() {
            *self = start;
        }
        counter
    }

    /// The rest as an extension, `.log` for instance, or as nothing.
    fn extension(self) -> Option<&'n str> {
        let Some(letters) = self.rest.strip_prefix('.') else {
            return self.rest.is_empty().then_some("");
        };
        let begins = letters.starts_with(|first: char| first.is_ascii_alphabetic());
        // Nobody's extension is longer, and the rest of an arbitrary name mostly is.
        let fits = letters.len() <= 8 && letters.bytes().all(|byte| byte.is_ascii_alphanumeric());
        (begins && fits).then_some(self.rest)
    }
}

/// Days from 1970-01-01 to a date of the Gregorian calendar, for years in which logs were written.
fn days_since_1970(year: u64, month: u64, day: u64) -> Option<u64> {
    const DAYS_BEFORE_MONTH: [u64; 12] = [0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334];
    if !(1980..2100).contains(&year) || !(1..=12).contains(&month) || !(1..=31).contains(&day) {
        return None;
    }
    let before_month = DAYS_BEFORE_MONTH.get(usize::try_from(month - 1).ok()?)?;
    // Between 1970 and 2100 every fourth year is a leap year.
    let leap_days = (year - 1969) / 4 + u64::from(year.is_multiple_of(4) && month > 2);
    Some((year - 1970) * 365 + leap_days + before_month + day - 1)
}
