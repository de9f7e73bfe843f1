//! What the zone of a stamp says: `UTC`, `CEST`, `GMT+08:00`, `+0100`.
//!
//! Comes in: the text of a zone, as a record has it. Goes out: the offset from UTC, and what else the text betrays: the
//! time of year in which that zone is in force, how dates are written where it is, and other zones of the same name.
//! Never here: zones of places (`Europe/London`), which records do not carry.
//!
//! Abbreviations are not unique. The table holds the reading that is most likely in logs of the products that this
//! project is about, and names the others, so that the assumption can be told.

use super::order::DateOrder;

/// The time of year in which a zone is in force, where that excludes something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Season {
    /// All year, or not known.
    Any,
    /// Summer time of the north: never in December, January, February.
    NorthernSummer,
    /// Summer time of the south: never in June, July, August.
    SouthernSummer,
}

impl Season {
    /// Whether the zone can be in force in `month` (1 to 12).
    pub fn admits(self, month: u8) -> bool {
        match self {
            Self::Any => true,
            Self::NorthernSummer => (3..=11).contains(&month),
            Self::SouthernSummer => !(6..=8).contains(&month),
        }
    }
}

/// What is known of a zone from its text.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct KnownZone {
    /// Seconds east of UTC.
    pub offset: i32,
    /// When in the year it is in force.
    pub season: Season,
    /// How short dates are usually written where it is.
    pub habit: Option<DateOrder>,
    /// How the abbreviation is read, and what else it may mean; `None` where it has one meaning.
    pub doubt: Option<&'static str>,
}

impl KnownZone {
    const fn fixed(offset: i32) -> Self {
        Self {
            offset,
            season: Season::Any,
            habit: None,
            doubt: None,
        }
    }
}

/// Reads the text of a zone; `None` if it is unknown.
pub fn known_zone(text: &[u8]) -> Option<KnownZone> {
    if let Some(offset) = numeric_offset(text) {
        return Some(KnownZone::fixed(offset));
    }
    let mut name = [0u8; 5];
    let name = name.get_mut(..text.len())?;
    name.copy_from_slice(text);
    name.make_ascii_uppercase();
    let at = ABBREVIATIONS.binary_search_by(|row| row.0.as_bytes().cmp(name)).ok()?;
    let (_, minutes, season, habit, doubt) = ABBREVIATIONS.get(at)?;
    Some(KnownZone {
        offset: minutes * 60,
        season: *season,
        habit: *habit,
        doubt: *doubt,
    })
}

/// `+0100`, `-03:00`, `+08`, each also behind `GMT` or `UTC`; in seconds east of UTC.
fn numeric_offset(text: &[u8]) -> Option<i32> {
    let bare = text
        .strip_prefix(b"GMT")
        .or_else(|| text.strip_prefix(b"UTC"))
        .unwrap_or(text);
    let (sign, digits) = match bare {
        [b'+', rest @ ..] => (1, rest),
        [b'-', rest @ ..] => (-1, rest),
        _ => return None,
    };
    let digit = |byte: &u8| byte.is_ascii_digit().then(|| i32::from(byte - b'0'));
    let (hours, minutes) = match digits {
        [a] => (digit(a)?, 0),
        [a, b] => (digit(a)? * 10 + digit(b)?, 0),
        [a, b':', c, d] => (digit(a)?, digit(c)? * 10 + digit(d)?),
        [a, b, c, d] | [a, b, b':', c, d] => (digit(a)? * 10 + digit(b)?, digit(c)? * 10 + digit(d)?),
        _ => return None,
    };
    // No zone on earth is further from UTC than 14 hours; 18 is what ISO 8601 readers accept.
    (hours <= 18 && minutes < 60).then_some(sign * (hours * 3600 + minutes * 60))
}

/// One row of the table: abbreviation, minutes east of UTC, season, habit of writing dates, doubt.
type Row = (&'static str, i32, Season, Option<DateOrder>, Option<&'static str>);

const ANY: Season = Season::Any;
const NORTH: Season = Season::NorthernSummer;
const SOUTH: Season = Season::SouthernSummer;
const MDY: Option<DateOrder> = Some(DateOrder::Mdy);
const DMY: Option<DateOrder> = Some(DateOrder::Dmy);
const YMD: Option<DateOrder> = Some(DateOrder::Ymd);

/// Sorted by abbreviation: searched by halves.
const ABBREVIATIONS: &[Row] = &[
    ("ACDT", 630, SOUTH, DMY, None),
    ("ACST", 570, ANY, DMY, None),
    (
        "ADT",
        -180,
        NORTH,
        MDY,
        Some("Atlantic Daylight Time (-03:00); Arabia Daylight Time would be +04:00"),
    ),
    ("AEDT", 660, SOUTH, DMY, None),
    ("AEST", 600, ANY, DMY, None),
    ("AKDT", -480, NORTH, MDY, None),
    ("AKST", -540, ANY, MDY, None),
    ("ART", -180, ANY, DMY, None),
    (
        "AST",
        -240,
        ANY,
        MDY,
        Some("Atlantic Standard Time (-04:00); Arabia Standard Time would be +03:00"),
    ),
    ("AWST", 480, ANY, DMY, None),
    ("BOT", -240, ANY, DMY, None),
    ("BRST", -120, SOUTH, DMY, None),
    ("BRT", -180, ANY, DMY, None),
    (
        "BST",
        60,
        NORTH,
        DMY,
        Some("British Summer Time (+01:00); Bangladesh Standard Time would be +06:00"),
    ),
    ("CAT", 120, ANY, DMY, None),
    (
        "CDT",
        -300,
        NORTH,
        MDY,
        Some("US Central Daylight Time (-05:00); Cuba Daylight Time would be -04:00"),
    ),
    ("CEST", 120, NORTH, DMY, None),
    ("CET", 60, ANY, DMY, None),
    ("CLST", -180, SOUTH, DMY, None),
    ("CLT", -240, ANY, DMY, None),
    ("COT", -300, ANY, DMY, None),
    (
        "CST",
        -360,
        ANY,
        None,
        Some("US Central Standard Time (-06:00); China Standard Time would be +08:00, Cuba Standard Time -05:00"),
    ),
    ("EAT", 180, ANY, DMY, None),
    ("ECT", -300, ANY, DMY, None),
    ("EDT", -240, NORTH, MDY, None),
    ("EEST", 180, NORTH, DMY, None),
    ("EET", 120, ANY, DMY, None),
    (
        "EST",
        -300,
        ANY,
        MDY,
        Some("US Eastern Standard Time (-05:00); Australian Eastern Standard Time would be +10:00"),
    ),
    ("GMT", 0, ANY, None, None),
    (
        "GST",
        240,
        ANY,
        DMY,
        Some("Gulf Standard Time (+04:00); South Georgia Time would be -02:00"),
    ),
    ("HKT", 480, ANY, None, None),
    ("HST", -600, ANY, MDY, None),
    ("ICT", 420, ANY, DMY, None),
    ("IDT", 180, NORTH, DMY, None),
    (
        "IST",
        330,
        ANY,
        DMY,
        Some("India Standard Time (+05:30); Israel Standard Time would be +02:00, Irish Standard Time +01:00"),
    ),
    ("JST", 540, ANY, YMD, None),
    ("KST", 540, ANY, None, None),
    ("MDT", -360, NORTH, MDY, None),
    ("MEST", 120, NORTH, DMY, None),
    ("MESZ", 120, NORTH, DMY, None),
    ("MET", 60, ANY, DMY, None),
    ("MEZ", 60, ANY, DMY, None),
    ("MSK", 180, ANY, DMY, None),
    (
        "MST",
        -420,
        ANY,
        MDY,
        Some("US Mountain Standard Time (-07:00); Malaysia Standard Time would be +08:00"),
    ),
    ("MYT", 480, ANY, DMY, None),
    ("NDT", -150, NORTH, MDY, None),
    ("NST", -210, ANY, MDY, None),
    ("NZDT", 780, SOUTH, DMY, None),
    ("NZST", 720, ANY, DMY, None),
    ("PDT", -420, NORTH, MDY, None),
    ("PET", -300, ANY, DMY, None),
    ("PHT", 480, ANY, MDY, None),
    ("PKT", 300, ANY, DMY, None),
    (
        "PST",
        -480,
        ANY,
        MDY,
        Some("US Pacific Standard Time (-08:00); Philippine Standard Time would be +08:00"),
    ),
    ("PYT", -240, ANY, DMY, None),
    ("SAST", 120, ANY, None, None),
    ("SGT", 480, ANY, None, None),
    ("SRT", -180, ANY, DMY, None),
    ("TRT", 180, ANY, DMY, None),
    ("UCT", 0, ANY, None, None),
    ("UTC", 0, ANY, None, None),
    ("UYT", -180, ANY, DMY, None),
    ("VET", -240, ANY, DMY, None),
    ("WAT", 60, ANY, DMY, None),
    ("WEST", 60, NORTH, DMY, None),
    ("WET", 0, ANY, DMY, None),
    ("WIB", 420, ANY, DMY, None),
    ("Z", 0, ANY, None, None),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_sorted_without_doubles() {
        for pair in ABBREVIATIONS.windows(2) {
            assert!(pair[0].0 < pair[1].0, "{} stands before {}", pair[0].0, pair[1].0);
        }
    }

    #[test]
    fn offsets_are_read_in_all_their_forms() {
        for (text, offset) in [
            ("+0000", 0),
            ("-0330", -12_600),
            ("+05:30", 19_800),
            ("GMT+08:00", 28_800),
            ("GMT-3:00", -10_800),
            ("UTC+1", 3_600),
            ("+02", 7_200),
            ("Z", 0),
            ("kst", 32_400),
            ("PET", -18_000),
            ("COT", -18_000),
        ] {
            assert_eq!(
                known_zone(text.as_bytes()).map(|zone| zone.offset),
                Some(offset),
                "{text}"
            );
        }
        for text in ["", "+", "+99:00", "+1:2", "GMT+", "XYZ", "Central Time", "\u{e9}"] {
            assert_eq!(known_zone(text.as_bytes()), None, "{text}");
        }
    }

    #[test]
    fn british_summer_time_is_not_in_force_in_december() {
        let bst = known_zone(b"BST").unwrap();
        assert!(bst.season.admits(10) && !bst.season.admits(12));
        assert!(bst.doubt.is_some());
    }
}
