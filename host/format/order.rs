//! Which of the three numbers of a date is the day.
//!
//! Comes in: the dates at the head of a file, as written, and what else bears witness: the file's name, when it was last
//! written, the locale in its banner. Goes out: one order for the whole file, and a sentence if it was assumed rather
//! than proven. Never here: single records; [`super::Dating`] applies the order to them.
//!
//! `10/12/16` is October in one log and December in the next, and the products write both under the same format. The
//! witnesses are asked from the strongest to the weakest, and each only about the orders that the ones before it left:
//!
//! 1. *Possible dates.* 13 is no month, 2016 is no day, and summer time is not in force in December: `10/12/16 … BST`
//!    is October.
//! 2. *Bounds.* No record is younger than its file, nor than the date in a rotated file's name.
//! 3. *The name's own date*, if the head has a record of that very day.
//! 4. *The course of time.* Records follow one another: an order under which they jump back is out; one under which
//!    the date steps to the next day is right.
//! 5. *Habits.* `7/05/19`, where only the second number is padded, is day/month: no locale writes months so and days
//!    otherwise. Then the distance to the date in the name; then the locale in the banner; then Java's short dates, padded
//!    or not; then the separator, then the zone.
//! 6. Month/day, as WebSphere and Domino have it in English.
//!
//! What the first four say is proof. From the fifth on it is an assumption, and said so.

use jiff::civil::Date;

use super::definition::Order;
use super::stamp::{Number, Separator};
use super::zone::{KnownZone, Season};

/// The order of a date's numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DateOrder {
    /// Month, day, year.
    Mdy,
    /// Day, month, year.
    Dmy,
    /// Year, month, day.
    Ymd,
}

impl DateOrder {
    /// The orders, the one to assume first.
    pub const ALL: [Self; 3] = [Self::Mdy, Self::Dmy, Self::Ymd];

    fn words(self) -> &'static str {
        match self {
            Self::Mdy => "month/day/year",
            Self::Dmy => "day/month/year",
            Self::Ymd => "year/month/day",
        }
    }

    /// The date that the numbers mean in this order, if there is such a date.
    pub fn date(self, [n1, n2, n3]: [Number; 3]) -> Option<Date> {
        let (year, month, day) = match self {
            Self::Mdy => (n3, n1, n2),
            Self::Dmy => (n3, n2, n1),
            Self::Ymd => (n1, n2, n3),
        };
        Date::new(
            year.year()?,
            i8::try_from(month.value).ok()?,
            i8::try_from(day.value).ok()?,
        )
        .ok()
    }
}

/// One date at the head of a file.
#[derive(Clone, Copy, Debug)]
pub struct Sighting {
    /// Its numbers.
    pub numbers: [Number; 3],
    /// What stands between them.
    pub separator: Separator,
    /// What its zone betrays.
    pub zone: Option<KnownZone>,
}

impl Sighting {
    fn date(&self, order: DateOrder) -> Option<Date> {
        let season = self.zone.map_or(Season::Any, |zone| zone.season);
        order
            .date(self.numbers)
            .filter(|date| season.admits(date.month().unsigned_abs()))
    }
}

/// What bears witness beside the dates themselves.
#[derive(Clone, Debug, Default)]
pub struct Witnesses {
    /// The date in the file's name: of its rotation, or of what it reports.
    pub name: Option<Date>,
    /// The day on which the file was last written, as far as that is known.
    pub modified: Option<Date>,
    /// The locale in the file's banner, such as `es_PE`.
    pub locale: Option<String>,
}

/// An order, and why it had to be assumed; no reason where it is proven.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decision {
    /// The order.
    pub order: DateOrder,
    /// A sentence that says what was assumed and why.
    pub assumed: Option<String>,
}

/// Decides the order of the numbers in a file's dates.
pub fn decide(declared: Order, sightings: &[Sighting], witnesses: &Witnesses) -> Decision {
    let proven = |order| Decision { order, assumed: None };
    let java = match declared {
        Order::Mdy => return proven(DateOrder::Mdy),
        Order::Dmy => return proven(DateOrder::Dmy),
        Order::Ymd => return proven(DateOrder::Ymd),
        Order::Locale => false,
        Order::JavaLocale => true,
    };
    let mut left = possible(sightings);
    for narrow in [within_bounds, on_the_day_of_the_name, in_course] {
        if let [order] = left.as_slice() {
            return proven(*order);
        }
        left = narrow(&left, sightings, witnesses);
    }
    if let [order] = left.as_slice() {
        return proven(*order);
    }
    let (order, why) = habit(java, &left, sightings, witnesses);
    Decision {
        order,
        assumed: Some(format!("dates are read as {}: {why}", order.words())),
    }
}

/// The orders under which the most sightings are dates at all.
fn possible(sightings: &[Sighting]) -> Vec<DateOrder> {
    let dates = |order| {
        sightings
            .iter()
            .filter(|sighting| sighting.date(order).is_some())
            .count()
    };
    best(&DateOrder::ALL, dates)
}

/// The orders for which `merit` is greatest.
fn best<M: Ord>(orders: &[DateOrder], merit: impl Fn(DateOrder) -> M) -> Vec<DateOrder> {
    let most = orders.iter().map(|&order| merit(order)).max();
    orders
        .iter()
        .copied()
        .filter(|&order| Some(merit(order)) == most)
        .collect()
}

/// Those of the orders that `holds` for, or all of them if it holds for none.
fn those(orders: &[DateOrder], holds: impl Fn(DateOrder) -> bool) -> Vec<DateOrder> {
    let kept: Vec<_> = orders.iter().copied().filter(|&order| holds(order)).collect();
    if kept.is_empty() { orders.to_vec() } else { kept }
}

fn within_bounds(orders: &[DateOrder], sightings: &[Sighting], witnesses: &Witnesses) -> Vec<DateOrder> {
    let Some(bound) = [witnesses.name, witnesses.modified].into_iter().flatten().min() else {
        return orders.to_vec();
    };
    // A day of grace: name and records may have been written in different zones.
    let bound = bound.tomorrow().unwrap_or(bound);
    those(orders, |order| {
        sightings
            .iter()
            .filter_map(|sighting| sighting.date(order))
            .all(|date| date <= bound)
    })
}

fn on_the_day_of_the_name(orders: &[DateOrder], sightings: &[Sighting], witnesses: &Witnesses) -> Vec<DateOrder> {
    let Some(name) = witnesses.name else {
        return orders.to_vec();
    };
    those(orders, |order| {
        sightings.iter().any(|sighting| sighting.date(order) == Some(name))
    })
}

/// First the orders with the fewest steps back, then among them those with the most steps to the very next day.
fn in_course(orders: &[DateOrder], sightings: &[Sighting], _: &Witnesses) -> Vec<DateOrder> {
    let steps = |order: DateOrder| {
        let dates: Vec<_> = sightings.iter().filter_map(|sighting| sighting.date(order)).collect();
        let days = dates.windows(2).filter_map(|pair| match pair {
            [from, to] => from.until(*to).ok().map(|span| span.get_days()),
            _ => None,
        });
        // Threads write a few records out of turn around midnight: one day back is no jump.
        days.fold((0usize, 0usize), |(back, next), days| {
            (back + usize::from(days < -1), next + usize::from(days == 1))
        })
    };
    let forward = best(orders, |order| std::cmp::Reverse(steps(order).0));
    best(&forward, |order| steps(order).1)
}

/// The weakest witnesses; there is always an answer.
fn habit(java: bool, left: &[DateOrder], sightings: &[Sighting], witnesses: &Witnesses) -> (DateOrder, String) {
    let may = |order: DateOrder| left.contains(&order);
    let padded = Padding::of(sightings);
    if padded.only_second && may(DateOrder::Dmy) {
        return (
            DateOrder::Dmy,
            "only their second number is padded with a zero".to_owned(),
        );
    }
    if let Some(order) = nearest_to_name(left, sightings, witnesses) {
        return (order, "that is nearest to the date in the file's name".to_owned());
    }
    if let Some(locale) = &witnesses.locale
        && let Some(order) = order_of_locale(locale).filter(|&order| may(order))
    {
        return (order, format!("the file's header names the locale {locale}"));
    }
    if java && padded.neither && may(DateOrder::Mdy) {
        return (
            DateOrder::Mdy,
            "their numbers are not padded with zeros, as Java writes American dates".to_owned(),
        );
    }
    let separator = sightings.first().map(|sighting| sighting.separator);
    let by_separator = match separator {
        Some(Separator::Dot) => Some(DateOrder::Dmy),
        Some(Separator::DotBlank) => Some(DateOrder::Ymd),
        _ => None,
    };
    if let Some(order) = by_separator.filter(|&order| may(order)) {
        return (order, "that is usual where numbers are separated so".to_owned());
    }
    let zone = sightings.iter().find_map(|sighting| sighting.zone?.habit);
    if zone == Some(DateOrder::Ymd) && may(DateOrder::Ymd) {
        return (DateOrder::Ymd, "that is usual in their time zone".to_owned());
    }
    if java && padded.both && may(DateOrder::Dmy) {
        return (
            DateOrder::Dmy,
            "their numbers are padded with zeros, as Java never writes American dates".to_owned(),
        );
    }
    if let Some(order) = zone.filter(|&order| !java && may(order)) {
        return (order, "that is usual in their time zone".to_owned());
    }
    let order = left.first().copied().unwrap_or(DateOrder::Mdy);
    (
        order,
        "neither the first records nor the file's name say otherwise".to_owned(),
    )
}

/// How numbers below ten are written at the head of a file.
struct Padding {
    /// The first number never, the second always with a zero.
    only_second: bool,
    /// Both always with a zero.
    both: bool,
    /// Neither ever with a zero.
    neither: bool,
}

impl Padding {
    fn of(sightings: &[Sighting]) -> Self {
        let small = |place: usize| {
            sightings
                .iter()
                .filter_map(move |sighting| sighting.numbers.get(place))
                .filter(|number| number.value < 10)
        };
        let always = |place| small(place).next().is_some() && small(place).all(|number| number.width > 1);
        let never = |place| small(place).next().is_some() && small(place).all(|number| number.width == 1);
        let bare = |place| small(place).all(|number| number.width == 1);
        Self {
            only_second: never(0) && always(1),
            both: always(0) && small(1).all(|number| number.width > 1) || always(1) && small(0).next().is_none(),
            neither: (never(0) || never(1)) && bare(0) && bare(1),
        }
    }
}

/// The order under which the first record stands closer to the date in the file's name than under any other: by days,
/// where it is weeks for the others.
fn nearest_to_name(left: &[DateOrder], sightings: &[Sighting], witnesses: &Witnesses) -> Option<DateOrder> {
    let name = witnesses.name?;
    let first = sightings.first()?;
    let mut distances: Vec<_> = left
        .iter()
        .filter_map(|&order| Some((first.date(order)?.until(name).ok()?.get_days().abs(), order)))
        .collect();
    distances.sort_by_key(|(days, _)| *days);
    match distances.as_slice() {
        [(near, order), (far, _), ..] if *near <= 7 && *far >= 21 => Some(*order),
        _ => None,
    }
}

/// How short dates are written in a locale such as `es_PE`; `None` where the locale says nothing.
fn order_of_locale(locale: &str) -> Option<DateOrder> {
    let mut parts = locale.split(['_', '-']);
    let language = parts.next()?;
    let region = parts.next().unwrap_or_default();
    Some(match (language, region) {
        ("en", "US" | "PH" | "" | "PR" | "GU") | ("es", "PR" | "US" | "PA") => DateOrder::Mdy,
        ("ja" | "ko" | "zh" | "hu" | "sv" | "lt" | "eu" | "mn" | "fa", _) | ("en" | "fr", "CA") | ("en", "ZA") => {
            DateOrder::Ymd
        }
        ("en", _) => DateOrder::Dmy,
        (language, _) if language.len() == 2 => DateOrder::Dmy,
        _ => return None,
    })
}

#[cfg(test)]
#[path = "tests/order.rs"]
mod tests;
