//! What the value of a protocol setting stands for.
//!
//! Comes in: the text of `sslProtocol` or `com.ibm.ssl.protocol`, and what is known of WebSphere's version. Goes out: a
//! [`Meaning`], which is every set of protocols that the value may stand for. Never here: where the setting stands.
//!
//! The same value stood for different protocols at different levels of IBM's Java. What a rule says must be true under all
//! of them, so nothing here picks one:
//!
//! | value | up to Java 7 | Java 8 |
//! |---|---|---|
//! | `SSL_TLS` | SSLv3 and TLSv1, or TLSv1 since SSLv3 is off | TLSv1 |
//! | `SSL_TLSv2` | SSLv3 to TLSv1.2, or without SSLv3 | TLSv1 to TLSv1.2, later TLSv1.3 too |
//! | `SSL` | SSLv3, or with TLSv1, or TLSv1 to TLSv1.2 | TLSv1 to TLSv1.2 |
//! | `TLS` | TLSv1 | TLSv1, or TLSv1.2, or TLSv1 up to TLSv1.2 or 1.3 |
//! | `SSLv3` | SSLv3, or nothing since it is off | nothing |
//! | `TLSv1.2` and its kind | itself | itself |
//!
//! Several may stand in one value since fix pack 8.5.5.21. What `java.security` or the property
//! `com.ibm.websphere.tls.disabledAlgorithms` forbids on top of it is another matter: the latter stands in `security.xml`,
//! of the former the version tells at most that it is likely ([`old_protocols_are_off`]).

use std::collections::BTreeSet;
use std::fmt;

use super::version::Version;

/// A set of protocols.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub(super) struct Protocols(u8);

impl Protocols {
    pub(super) const NONE: Self = Self(0);
    pub(super) const SSL_V3: Self = Self(1);
    pub(super) const TLS_V1: Self = Self(2);
    pub(super) const TLS_V11: Self = Self(4);
    pub(super) const TLS_V12: Self = Self(8);
    pub(super) const TLS_V13: Self = Self(16);
    /// Those that no longer count as safe.
    pub(super) const WEAK: Self = Self(7);
    /// TLSv1 to TLSv1.2.
    pub(super) const TLS_V1_TO_12: Self = Self(14);
    /// All that are known here.
    pub(super) const ALL: Self = Self(31);

    const NAMES: [(Self, &'static str); 5] = [
        (Self::SSL_V3, "SSLv3"),
        (Self::TLS_V1, "TLSv1"),
        (Self::TLS_V11, "TLSv1.1"),
        (Self::TLS_V12, "TLSv1.2"),
        (Self::TLS_V13, "TLSv1.3"),
    ];

    pub(super) fn and(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    pub(super) fn both(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }

    pub(super) fn without(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }

    pub(super) fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// TLSv1.2 or newer, and nothing else.
    fn is_modern(self) -> bool {
        !self.is_empty() && self.both(Self::WEAK).is_empty()
    }

    /// The protocol that a name stands for, the same in all products: `TLSv1.2`, `TLSv12`.
    pub(super) fn named(name: &str) -> Option<Self> {
        let plain = name.to_ascii_lowercase().replace('.', "");
        Some(match plain.as_str() {
            "sslv3" => Self::SSL_V3,
            "tlsv1" | "tlsv10" => Self::TLS_V1,
            "tlsv11" => Self::TLS_V11,
            "tlsv12" => Self::TLS_V12,
            "tlsv13" => Self::TLS_V13,
            _ => return None,
        })
    }
}

impl fmt::Display for Protocols {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let named = Self::NAMES.iter().filter(|(one, _)| !self.both(*one).is_empty());
        let names: Vec<&str> = named.map(|(_, name)| *name).collect();
        f.write_str(&if names.is_empty() {
            "none".to_owned()
        } else {
            names.join(", ")
        })
    }
}

/// Every set of protocols that a value may stand for; none at all if the value is not known.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Meaning(BTreeSet<Protocols>);

/// Words of one value that are read: 16, there are five protocols.
const MOST_WORDS: usize = 16;

impl Meaning {
    /// Nothing is known.
    pub(super) fn unknown() -> Self {
        Self::default()
    }

    /// One set and no other.
    pub(super) fn exactly(protocols: Protocols) -> Self {
        Self(BTreeSet::from([protocols]))
    }

    /// One of these sets.
    pub(super) fn any_of(sets: impl IntoIterator<Item = Protocols>) -> Self {
        Self(sets.into_iter().collect())
    }

    /// What a value stands for at that version of WebSphere; without a version, at any.
    pub(super) fn of(value: &str, version: Option<Version>) -> Self {
        let mut sets = BTreeSet::from([Protocols::NONE]);
        let words = value.split([',', ' ', '\t', ';']).filter(|word| !word.is_empty());
        let mut count = 0;
        for word in words {
            count += 1;
            let Some(meanings) = meanings(word, version).filter(|_| count <= MOST_WORDS) else {
                return Self::unknown();
            };
            // There are 32 sets at most, however many words there are.
            sets = sets
                .iter()
                .flat_map(|set| meanings.iter().map(|meaning| set.and(*meaning)))
                .collect();
        }
        if count == 0 { Self::unknown() } else { Self(sets) }
    }

    /// What it means that the setting is absent. Version 8.5.5 was delivered with either value, so both may be meant.
    pub(super) fn of_absent(version: Option<Version>) -> Self {
        match version {
            Some(known) if known.is_before([8, 0, 0, 0]) == Some(true) => Self::of("SSL_TLS", version),
            Some(_) => {
                let mut either = Self::of("SSL_TLS", version);
                either.0.extend(Self::of("SSL_TLSv2", version).0);
                either
            }
            None => Self::unknown(),
        }
    }

    /// The same without protocols that are forbidden elsewhere.
    pub(super) fn without(self, forbidden: Protocols) -> Self {
        Self(self.0.into_iter().map(|set| set.without(forbidden)).collect())
    }

    /// The same with more protocols.
    pub(super) fn with(self, more: Protocols) -> Self {
        Self(self.0.into_iter().map(|set| set.and(more)).collect())
    }

    /// Whether it is certain that TLSv1.2 or newer is spoken, and nothing older.
    pub(super) fn is_modern_only(&self) -> bool {
        self.is_known() && self.0.iter().all(|set| set.is_modern())
    }

    /// Whether it is certain that the two sides have no protocol in common.
    pub(super) fn is_disjoint(&self, other: &Self) -> bool {
        let apart = |own: &Protocols| other.0.iter().all(|set| own.both(*set).is_empty());
        self.is_known() && other.is_known() && self.0.iter().all(apart)
    }

    /// Those that are spoken whatever is meant.
    pub(super) fn certain(&self) -> Protocols {
        let all = self.0.iter().fold(Protocols::ALL, |all, set| all.both(*set));
        if self.is_known() { all } else { Protocols::NONE }
    }

    /// Those that may be spoken.
    pub(super) fn possible(&self) -> Protocols {
        self.0.iter().fold(Protocols::NONE, |all, set| all.and(*set))
    }

    /// Whether anything is known.
    pub(super) fn is_known(&self) -> bool {
        !self.0.is_empty()
    }
}

/// What one word stands for, at all levels of Java that this version may run on.
fn meanings(word: &str, version: Option<Version>) -> Option<Vec<Protocols>> {
    use Protocols as P;
    let ssl3_too = P::TLS_V1_TO_12.and(P::SSL_V3);
    let with_13 = P::TLS_V1_TO_12.and(P::TLS_V13);
    let (early, late): (&[P], &[P]) = match word.to_ascii_uppercase().as_str() {
        "SSL_TLS" => (&[P::SSL_V3.and(P::TLS_V1), P::TLS_V1], &[P::TLS_V1]),
        "SSL_TLSV2" => (&[ssl3_too, P::TLS_V1_TO_12], &[P::TLS_V1_TO_12, with_13]),
        "SSL" => (
            &[P::SSL_V3, P::SSL_V3.and(P::TLS_V1), P::TLS_V1_TO_12],
            &[P::TLS_V1_TO_12],
        ),
        "TLS" => (&[P::TLS_V1], &[P::TLS_V1, P::TLS_V12, P::TLS_V1_TO_12, with_13]),
        "SSLV3" => (&[P::SSL_V3, P::NONE], &[P::NONE]),
        // Only the shape of the first message, no protocol.
        "SSLV2HELLO" => (&[P::NONE], &[P::NONE]),
        _ => return P::named(word).map(|one| vec![one]),
    };
    // Version 8.0 and older run on Java 6, 9.0 on Java 8, 8.5 on any of them.
    let is_early = version.and_then(|known| known.is_before([8, 5, 0, 0]));
    let is_late = version
        .and_then(|known| known.is_before([9, 0, 0, 0]))
        .map(|before| !before);
    Some(match (is_early, is_late) {
        (Some(true), _) => early.to_vec(),
        (_, Some(true)) => late.to_vec(),
        _ => early.iter().chain(late).copied().collect(),
    })
}

/// Whether TLSv1 and TLSv1.1 are off by default in Java and in IBM HTTP Server of that version, whatever is configured: so
/// since the fix packs of the middle of 2021, which came with Java 8 SR6 FP30. `None`: cannot be told.
pub(super) fn old_protocols_are_off(version: Option<Version>) -> Option<bool> {
    let version = version?;
    if version.is_before([9, 0, 0, 0])? {
        version.is_before([8, 5, 5, 20]).map(|before| !before)
    } else {
        version.is_before([9, 0, 5, 8]).map(|before| !before)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{Meaning, Protocols, old_protocols_are_off};
    use crate::code::tls::version::Version;

    fn of(value: &str, version: &str) -> Meaning {
        Meaning::of(value, Version::parse(version))
    }

    #[test]
    fn only_what_names_it_alone_is_tls_12_only() {
        for value in ["TLSv1.2", "TLSv1.3", "TLSv1.2,TLSv1.3", "TLSv1.3 TLSv1.2", "TLSv12"] {
            assert!(of(value, "").is_modern_only(), "{value}");
        }
        for value in [
            "SSL_TLS",
            "SSL_TLSv2",
            "SSL",
            "TLS",
            "SSLv3",
            "TLSv1",
            "TLSv1.1,TLSv1.2",
            "",
            " , ",
            "TLSv9",
        ] {
            assert!(!of(value, "").is_modern_only(), "{value}");
        }
    }

    #[test]
    fn two_sides_are_apart_only_if_no_meaning_lets_them_talk() {
        let modern = of("TLSv1.2", "");
        for (value, apart) in [
            ("SSL_TLS", true),
            ("SSLv3", true),
            ("TLSv1,TLSv1.1", true),
            ("SSL_TLSv2", false),
            ("SSL", false),
            ("TLS", false),
            ("unheard-of", false),
            ("", false),
        ] {
            assert_eq!(modern.is_disjoint(&of(value, "")), apart, "{value}");
            assert_eq!(of(value, "").is_disjoint(&modern), apart, "{value}");
        }
        assert!(modern.is_disjoint(&of("TLS", "7.0.0.43")), "Java 6 means TLSv1 by TLS");
        assert!(!modern.is_disjoint(&of("TLS", "9.0.5.1")));
    }

    #[test]
    fn the_version_narrows_what_is_meant() {
        assert_eq!(of("SSL_TLS", "9.0.5.1").certain(), Protocols::TLS_V1);
        assert_eq!(of("SSL_TLS", "9.0.5.1").possible(), Protocols::TLS_V1);
        assert_eq!(of("SSL_TLS", "").possible(), Protocols::SSL_V3.and(Protocols::TLS_V1));
        assert_eq!(of("SSL_TLSv2", "").certain(), Protocols::TLS_V1_TO_12);
        assert_eq!(of("TLS", "").certain(), Protocols::NONE);
        assert_eq!(
            of("SSL", "8.0").possible(),
            Protocols::TLS_V1_TO_12.and(Protocols::SSL_V3)
        );
        assert_eq!(of("SSL_TLSv2", "").certain().to_string(), "TLSv1, TLSv1.1, TLSv1.2");
        assert_eq!(Protocols::NONE.to_string(), "none");
    }

    #[test]
    fn an_absent_setting_is_the_versions_default() {
        assert!(!Meaning::of_absent(None).is_known());
        let seven = Meaning::of_absent(Version::parse("7.0.0.43"));
        assert!(seven.is_disjoint(&of("TLSv1.2", "")));
        let later = Meaning::of_absent(Version::parse("8.5.5.12"));
        assert!(!later.is_disjoint(&of("TLSv1.2", "")) && later.certain() == Protocols::TLS_V1);
    }

    #[test]
    fn what_is_forbidden_elsewhere_is_not_spoken() {
        let left = of("SSL_TLSv2", "").without(Protocols::WEAK);
        assert!(left.is_modern_only());
        let nothing = of("SSL_TLS", "").without(Protocols::WEAK);
        assert!(nothing.is_known() && nothing.possible().is_empty() && !nothing.is_modern_only());
    }

    #[test]
    fn old_protocols_went_off_with_the_fix_packs_of_2021() {
        for (version, off) in [
            ("7.0.0.45", Some(false)),
            ("8.5.5.12", Some(false)),
            ("8.5.5.21", Some(true)),
            ("9.0.0.11", Some(false)),
            ("9.0.5.20", Some(true)),
            ("8.5.5", None),
            ("9.0", None),
            ("", None),
        ] {
            assert_eq!(old_protocols_are_off(Version::parse(version)), off, "{version}");
        }
    }

    proptest! {
        #[test]
        fn no_value_panics_and_meanings_stay_few(value in "(SSL_TLS|TLS|SSL|TLSv1.2|[, ]|\\PC){0,40}") {
            let meaning = Meaning::of(&value, None);
            prop_assert!(meaning.0.len() <= 32);
            prop_assert!(!meaning.is_modern_only() || meaning.certain().both(Protocols::WEAK).is_empty());
        }
    }
}
