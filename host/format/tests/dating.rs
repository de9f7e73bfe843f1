use jiff::tz::TimeZone;

use super::super::definition::Order;
use super::super::stamp::{Stamp, StampDate, StampPattern};
use super::{Dating, HeadStamp, Surroundings};
use crate::model::{EventTime, FilePath};

fn zone(name: &str) -> TimeZone {
    TimeZone::get(name).unwrap()
}

fn utc() -> Surroundings {
    Surroundings {
        environment: None,
        local: TimeZone::UTC,
        modified: None,
    }
}

fn head(lines: &[&str]) -> Vec<HeadStamp> {
    let pattern = StampPattern::new(
        r"^(?:(?<month>[A-Z][a-z]{2}) (?<day>\d+)|(?<n1>\d+)/(?<n2>\d+)/(?<n3>\d+)) (?<hour>\d+):(?<minute>\d\d)(?::(?<second>\d\d)(?:\.(?<fraction>\d+))?)?(?: (?<zone>\S+))?",
    )
    .unwrap();
    lines
        .iter()
        .map(|line| {
            let stamp = pattern.read(line.as_bytes()).unwrap();
            let zone = match &stamp {
                Stamp::Civil { zone, .. } => zone.clone().map(|range| line.as_bytes()[range].to_vec()),
                Stamp::Epoch(_) => None,
            };
            HeadStamp { stamp, zone }
        })
        .collect()
}

fn dating(name: &str, lines: &[&str], surroundings: &Surroundings) -> (Dating, Vec<Option<EventTime>>) {
    let stamps = head(lines);
    let dating = Dating::decide(Order::Locale, &FilePath::from(name), &stamps, None, surroundings);
    let times = stamps
        .iter()
        .map(|head| dating.time(&head.stamp, head.zone.as_deref()))
        .collect();
    (dating, times)
}

fn seconds(text: &str) -> Option<EventTime> {
    let instant: jiff::Timestamp = text.parse().unwrap();
    Some(EventTime(instant.as_millisecond() as f64 / 1e3))
}

#[test]
fn a_zone_in_the_record_needs_nobody() {
    let (dating, times) = dating(
        "a.log",
        &["10/16/16 0:31:27.261 KST", "10/16/16 0:31:28 GMT+08:00"],
        &utc(),
    );
    assert_eq!(
        times,
        [seconds("2016-10-15T15:31:27.261Z"), seconds("2016-10-15T16:31:28Z")]
    );
    assert!(dating.assumptions().is_empty(), "{:?}", dating.assumptions());
}

#[test]
fn without_a_zone_the_environment_is_asked_and_then_the_machine() {
    let london = Surroundings {
        environment: Some(zone("Europe/London")),
        ..utc()
    };
    let (stated, times) = dating("a.log", &["10/16/16 12:00:00"], &london);
    assert_eq!(times, [seconds("2016-10-16T11:00:00Z")]);
    assert!(stated.assumptions().is_empty());

    let local = Surroundings {
        local: zone("Europe/Berlin"),
        ..utc()
    };
    let (assumed, times) = dating("a.log", &["10/16/16 12:00:00"], &local);
    assert_eq!(times, [seconds("2016-10-16T10:00:00Z")]);
    assert!(
        assumed.assumptions()[0].contains("Europe/Berlin"),
        "{:?}",
        assumed.assumptions()
    );
}

#[test]
fn an_abbreviation_with_two_meanings_is_the_environments_where_it_has_it() {
    let (american, times) = dating("a.log", &["10/16/16 12:00:00 CST"], &utc());
    assert_eq!(times, [seconds("2016-10-16T18:00:00Z")]);
    assert!(
        american.assumptions()[0].contains("China"),
        "{:?}",
        american.assumptions()
    );

    let shanghai = Surroundings {
        environment: Some(zone("Asia/Shanghai")),
        ..utc()
    };
    let (chinese, times) = dating("a.log", &["10/16/16 12:00:00 CST"], &shanghai);
    assert_eq!(times, [seconds("2016-10-16T04:00:00Z")]);
    assert!(chinese.assumptions().is_empty(), "{:?}", chinese.assumptions());
}

#[test]
fn the_repeated_hour_in_autumn_is_told_apart_by_its_abbreviation() {
    let chicago = Surroundings {
        environment: Some(zone("America/Chicago")),
        ..utc()
    };
    let (_, times) = dating(
        "a.log",
        &["11/06/2016 1:30:00 CDT", "11/06/2016 1:30:00 CST", "11/13/2016 1:30:00"],
        &chicago,
    );
    assert_eq!(times[0], seconds("2016-11-06T06:30:00Z"));
    assert_eq!(times[1], seconds("2016-11-06T07:30:00Z"));
}

#[test]
fn an_unknown_zone_is_said() {
    let (dating, times) = dating("a.log", &["10/16/16 12:00:00 XYZT"], &utc());
    assert_eq!(times, [seconds("2016-10-16T12:00:00Z")]);
    assert!(dating.assumptions()[0].contains("XYZT"), "{:?}", dating.assumptions());
}

#[test]
fn a_log_over_new_year_has_two_years() {
    let january = Surroundings {
        modified: Some("2017-01-02T08:00:00Z".parse().unwrap()),
        ..utc()
    };
    let (dating, times) = dating(
        "messages",
        &["Dec 31 23:59:59", "Jan 1 00:00:01", "Jan 2 08:00:00"],
        &january,
    );
    assert_eq!(times[0], seconds("2016-12-31T23:59:59Z"));
    assert_eq!(times[1], seconds("2017-01-01T00:00:01Z"));
    assert_eq!(times[2], seconds("2017-01-02T08:00:00Z"));
    assert!(
        dating.assumptions()[0].contains("2017-01-02"),
        "{:?}",
        dating.assumptions()
    );
}

#[test]
fn the_year_may_stand_in_the_name_or_nowhere() {
    let copied = Surroundings {
        modified: Some("2026-05-01T00:00:00Z".parse().unwrap()),
        ..utc()
    };
    let (_, times) = dating("messages-20161012", &["Oct 11 03:00:00", "Oct 20 03:00:00"], &copied);
    assert_eq!(
        times,
        [seconds("2016-10-11T03:00:00Z"), seconds("2015-10-20T03:00:00Z")]
    );

    let (nowhere, times) = dating("messages", &["Oct 11 03:00:00"], &utc());
    assert_eq!(times, [None]);
    assert!(
        nowhere.assumptions()[0].contains("no time"),
        "{:?}",
        nowhere.assumptions()
    );
}

#[test]
fn a_leap_day_finds_its_year() {
    let april = Surroundings {
        modified: Some("2018-04-01T00:00:00Z".parse().unwrap()),
        ..utc()
    };
    let (_, times) = dating("messages", &["Feb 29 12:00:00"], &april);
    assert_eq!(times, [seconds("2016-02-29T12:00:00Z")]);
}

#[test]
fn a_date_that_the_order_makes_impossible_is_still_a_date() {
    let (dating, _) = dating("a.log", &["10/16/16 12:00:00 UTC", "10/17/16 12:00:00 UTC"], &utc());
    let late = head(&["17/10/16 12:00:00 UTC"]);
    assert_eq!(
        dating.time(&late[0].stamp, late[0].zone.as_deref()),
        seconds("2016-10-17T12:00:00Z")
    );
    let Stamp::Civil {
        date: StampDate::Numbers { numbers, .. },
        ..
    } = late[0].stamp
    else {
        panic!()
    };
    assert_eq!(dating.order().date(numbers), None);
}
