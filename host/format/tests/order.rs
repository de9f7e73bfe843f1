use jiff::civil::date;

use super::super::definition::Order;
use super::super::stamp::{Number, Separator};
use super::super::zone::known_zone;
use super::{DateOrder, Decision, Sighting, Witnesses, decide};

/// `7/05/19 PET` as a sighting.
fn sighting(text: &str) -> Sighting {
    let (numbers, zone) = text.split_once(' ').unwrap_or((text, ""));
    let separator = if numbers.contains('.') {
        Separator::Dot
    } else {
        Separator::Other
    };
    let mut numbers = numbers.split(['/', '.', '-']).map(|digits| Number {
        value: digits.parse().unwrap(),
        width: u8::try_from(digits.len()).unwrap(),
    });
    let mut next = || numbers.next().unwrap();
    Sighting {
        numbers: [next(), next(), next()],
        separator,
        zone: known_zone(zone.as_bytes()),
    }
}

fn decided(order: Order, dates: &[&str], witnesses: &Witnesses) -> Decision {
    let sightings: Vec<_> = dates.iter().map(|text| sighting(text)).collect();
    decide(order, &sightings, witnesses)
}

fn proven(dates: &[&str], witnesses: &Witnesses) -> DateOrder {
    let decision = decided(Order::JavaLocale, dates, witnesses);
    assert_eq!(decision.assumed, None, "{dates:?}");
    decision.order
}

fn assumed(dates: &[&str], witnesses: &Witnesses) -> (DateOrder, String) {
    let decision = decided(Order::JavaLocale, dates, witnesses);
    (
        decision.order,
        decision.assumed.unwrap_or_else(|| panic!("{dates:?} was proven")),
    )
}

fn none() -> Witnesses {
    Witnesses::default()
}

#[test]
fn a_number_above_twelve_anywhere_decides() {
    assert_eq!(proven(&["1/2/16", "10/16/16"], &none()), DateOrder::Mdy);
    assert_eq!(proven(&["1/2/2016", "16/10/2016"], &none()), DateOrder::Dmy);
    assert_eq!(proven(&["2022-06-09"], &none()), DateOrder::Ymd);
    // 2031 lies beyond what the file can know.
    assert_eq!(
        proven(
            &["31/03/19"],
            &Witnesses {
                modified: Some(date(2020, 1, 1)),
                ..none()
            }
        ),
        DateOrder::Dmy
    );
}

#[test]
fn summer_time_in_december_is_impossible() {
    assert_eq!(proven(&["10/12/16 BST"], &none()), DateOrder::Mdy);
    assert_eq!(proven(&["12/10/2016 BST"], &none()), DateOrder::Dmy);
}

#[test]
fn no_record_is_younger_than_its_file() {
    let modified = Witnesses {
        modified: Some(date(2019, 5, 8)),
        ..none()
    };
    assert_eq!(proven(&["05/07/2019"], &modified), DateOrder::Mdy);
    assert_eq!(proven(&["07/05/2019"], &modified), DateOrder::Dmy);
}

#[test]
fn the_date_in_the_name_decides() {
    let name = Witnesses {
        name: Some(date(2019, 5, 7)),
        ..none()
    };
    assert_eq!(proven(&["7/05/19"], &name), DateOrder::Dmy);
    let october = Witnesses {
        name: Some(date(2016, 10, 12)),
        ..none()
    };
    assert_eq!(proven(&["10/11/16", "10/12/16"], &october), DateOrder::Mdy);
    let (order, why) = assumed(
        &["4/7/19"],
        &Witnesses {
            name: Some(date(2019, 7, 6)),
            locale: None,
            modified: None,
        },
    );
    assert_eq!(order, DateOrder::Dmy, "{why}");
}

#[test]
fn days_follow_days() {
    assert_eq!(
        proven(&["04/07/2019", "04/07/2019", "05/07/2019"], &none()),
        DateOrder::Dmy
    );
    assert_eq!(proven(&["4/7/19", "4/8/19"], &none()), DateOrder::Mdy);
    assert_eq!(proven(&["22/06/09", "22/06/10"], &none()), DateOrder::Ymd);
    // A jump back of a month under month/day: 31 January follows as 1 February under day/month.
    assert_eq!(proven(&["10/01/2019", "09/02/2019"], &none()), DateOrder::Dmy);
}

#[test]
fn padding_is_a_habit_of_its_locale() {
    assert_eq!(assumed(&["7/05/2019"], &none()).0, DateOrder::Dmy);
    assert_eq!(assumed(&["5/10/20"], &none()).0, DateOrder::Mdy);
    assert_eq!(assumed(&["04/07/19"], &none()).0, DateOrder::Dmy);
    assert_eq!(decided(Order::Locale, &["04/07/2019"], &none()).order, DateOrder::Mdy);
}

#[test]
fn the_banner_names_the_locale() {
    let spanish = Witnesses {
        locale: Some("es_PE".to_owned()),
        ..none()
    };
    let (order, why) = assumed(&["04/07/19"], &spanish);
    assert_eq!(order, DateOrder::Dmy);
    assert!(why.contains("es_PE"), "{why}");
    let american = Witnesses {
        locale: Some("en_US".to_owned()),
        ..none()
    };
    assert_eq!(assumed(&["4/7/19"], &american).0, DateOrder::Mdy);
    // Impossible dates outweigh any locale.
    assert_eq!(proven(&["13/07/2019"], &american), DateOrder::Dmy);
}

#[test]
fn separators_and_zones_are_habits_too() {
    assert_eq!(assumed(&["09.06.10"], &none()).0, DateOrder::Dmy);
    assert_eq!(assumed(&["10/06/09 JST"], &none()).0, DateOrder::Ymd);
    assert_eq!(
        decided(Order::Locale, &["04/07/2019 CET"], &none()).order,
        DateOrder::Dmy
    );
}

#[test]
fn nothing_at_all_means_month_first_and_says_so() {
    let (order, why) = assumed(&["10/11/16 GMT"], &none());
    assert_eq!(order, DateOrder::Mdy);
    assert!(why.starts_with("dates are read as month/day/year"), "{why}");
    assert_eq!(
        decided(Order::Ymd, &["10/12/16"], &none()),
        Decision {
            order: DateOrder::Ymd,
            assumed: None
        }
    );
}
