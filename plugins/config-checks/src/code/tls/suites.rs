//! Cipher suites that no longer protect anything.
//!
//! Comes in: names of suites as Java, GSKit or OpenSSL write them, and OpenSSL's cipher strings. Goes out: what is weak
//! about them. Never here: which suites a product enables without being told, beyond what its documentation says.
//!
//! A name says what it is made of, so no table of suites is needed: `SSL_DH_anon_EXPORT_WITH_RC4_40_MD5` is weak in four
//! ways. A cipher string is read word by word as OpenSSL does; only words that name something weak count. `HIGH`, `MEDIUM`
//! and `DEFAULT` stand for other suites in each version of OpenSSL and are left alone.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

/// What is weak about a suite.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Weakness {
    Rc4,
    TripleDes,
    Des,
    Export,
    NoEncryption,
    Md5,
    Anonymous,
    /// OpenSSL's group of suites with keys of 64 bits or fewer.
    Low,
}

impl fmt::Display for Weakness {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Rc4 => "RC4",
            Self::TripleDes => "3DES",
            Self::Des => "DES",
            Self::Export => "EXPORT",
            Self::NoEncryption => "NULL",
            Self::Md5 => "MD5",
            Self::Anonymous => "anonymous",
            Self::Low => "LOW",
        })
    }
}

/// What is weak about a suite, by its name.
pub(super) fn weaknesses(suite: &str) -> BTreeSet<Weakness> {
    let upper = suite.to_ascii_uppercase();
    let parts: Vec<&str> = upper.split(['_', '-']).collect();
    let triple = parts.contains(&"CBC3") || parts.contains(&"3DES");
    let weakness = |part: &&str| {
        Some(match *part {
            "RC4" => Weakness::Rc4,
            "3DES" | "CBC3" => Weakness::TripleDes,
            "DES" | "DES40" if !triple => Weakness::Des,
            "EXP" | "EXPORT" | "EXPORT1024" => Weakness::Export,
            "NULL" => Weakness::NoEncryption,
            "MD5" => Weakness::Md5,
            "ANON" | "ADH" | "AECDH" => Weakness::Anonymous,
            _ => return None,
        })
    };
    parts.iter().filter_map(weakness).collect()
}

/// What a cipher string of OpenSSL lets through.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Admitted {
    /// What it names, by the word that names it.
    pub(super) named: BTreeMap<Weakness, String>,
    /// What it lets through by naming everything; how much of that exists depends on OpenSSL's version.
    pub(super) by_all: BTreeSet<Weakness>,
}

/// Reads a cipher string.
pub(super) fn admitted(string: &str) -> Admitted {
    let mut admitted = Admitted::default();
    let mut banned = BTreeSet::new();
    for word in string.split([':', ',', ' ', ';']).filter(|word| !word.is_empty()) {
        if let Some(word) = word.strip_prefix('!') {
            banned.extend(whole(word));
        } else if let Some(word) = word.strip_prefix('-') {
            for weakness in whole(word) {
                admitted.named.remove(&weakness);
                admitted.by_all.remove(&weakness);
            }
        } else if word == "ALL" {
            admitted.by_all.extend(OF_ALL);
        } else if !word.starts_with(['+', '@']) {
            let parts = word.split('+').flat_map(of_word);
            admitted.named.extend(parts.map(|weakness| (weakness, word.to_owned())));
        }
    }
    // What is banned stays banned, wherever it stands.
    admitted.named.retain(|weakness, _| !banned.contains(weakness));
    let named: BTreeSet<Weakness> = admitted.named.keys().copied().collect();
    admitted
        .by_all
        .retain(|weakness| !banned.contains(weakness) && !named.contains(weakness));
    admitted
}

/// `ALL` is all but suites without encryption.
const OF_ALL: [Weakness; 4] = [Weakness::Rc4, Weakness::TripleDes, Weakness::Anonymous, Weakness::Low];

/// What a word of a cipher string stands for, if that is weak: a group or the name of a suite.
fn of_word(word: &str) -> BTreeSet<Weakness> {
    let group: &[Weakness] = match word {
        "RC4" => &[Weakness::Rc4],
        "3DES" => &[Weakness::TripleDes],
        "DES" => &[Weakness::Des],
        "EXP" | "EXPORT" | "EXPORT40" | "EXPORT56" => &[Weakness::Export],
        "NULL" | "eNULL" => &[Weakness::NoEncryption],
        "aNULL" | "ADH" | "AECDH" => &[Weakness::Anonymous],
        "MD5" => &[Weakness::Md5],
        "LOW" => &[Weakness::Low],
        _ => return weaknesses(word),
    };
    group.iter().copied().collect()
}

/// What a word takes away as a whole; a part of a group, such as `RC4+RSA` or one suite, leaves the rest of it.
fn whole(word: &str) -> BTreeSet<Weakness> {
    match word {
        // OpenSSL counts RC4 among MEDIUM, and DES is all there is of LOW.
        "MEDIUM" => BTreeSet::from([Weakness::Rc4]),
        "LOW" | "DES" => BTreeSet::from([Weakness::Low, Weakness::Des]),
        _ if word.contains(['+', '-']) => BTreeSet::new(),
        _ => of_word(word),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{Weakness, admitted, weaknesses};

    fn weak(suite: &str) -> String {
        let found: Vec<_> = weaknesses(suite).iter().map(ToString::to_string).collect();
        found.join(" ")
    }

    #[test]
    fn a_name_says_what_is_weak() {
        for (suite, expected) in [
            ("SSL_RSA_WITH_RC4_128_MD5", "RC4 MD5"),
            ("SSL_RSA_WITH_3DES_EDE_CBC_SHA", "3DES"),
            ("SSL_RSA_FIPS_WITH_DES_CBC_SHA", "DES"),
            ("SSL_DHE_DSS_EXPORT_WITH_DES40_CBC_SHA", "DES EXPORT"),
            ("TLS_RSA_WITH_NULL_SHA256", "NULL"),
            ("SSL_DH_anon_WITH_AES_128_CBC_SHA", "anonymous"),
            ("DES-CBC3-SHA", "3DES"),
            ("EDH-RSA-DES-CBC-SHA", "DES"),
            ("EXP-RC4-MD5", "RC4 EXPORT MD5"),
            ("SSL_ECDHE_RSA_WITH_AES_128_GCM_SHA256", ""),
            ("TLS_AES_256_GCM_SHA384", ""),
            ("ECDHE-ECDSA-CHACHA20-POLY1305", ""),
            ("TLS_EMPTY_RENEGOTIATION_INFO_SCSV", ""),
        ] {
            assert_eq!(weak(suite), expected, "{suite}");
        }
    }

    #[test]
    fn a_cipher_string_lets_through_what_it_names_and_does_not_ban() {
        for (string, named, by_all) in [
            ("HIGH:!aNULL:!MD5", "", ""),
            ("ECDHE-RSA-AES128-GCM-SHA256:HIGH:!RC4", "", ""),
            ("HIGH:3DES:RC4", "RC4 3DES", ""),
            ("HIGH:MEDIUM:!MEDIUM:RC4-SHA", "", ""),
            ("!RC4:HIGH:RC4", "", ""),
            ("RC4:-RC4", "", ""),
            ("-RC4:RC4", "RC4", ""),
            ("RC4+RSA:+HIGH", "RC4", ""),
            ("RC4:!RC4+RSA", "RC4", ""),
            ("HIGH:+RC4:+3DES", "", ""),
            ("ALL:!ADH:!EXPORT:!SSLv2:!LOW:RC4+RSA", "RC4", "3DES"),
            ("ALL:!aNULL:!LOW:!RC4:!3DES", "", ""),
            ("DES-CBC3-SHA", "3DES", ""),
            ("HIGH !DES @STRENGTH", "", ""),
            ("eNULL:aNULL:EXP:LOW", "EXPORT NULL anonymous LOW", ""),
        ] {
            let found = admitted(string);
            let words = |all: Vec<String>| all.join(" ");
            assert_eq!(
                words(found.named.keys().map(ToString::to_string).collect()),
                named,
                "{string}"
            );
            assert_eq!(
                words(found.by_all.iter().map(ToString::to_string).collect()),
                by_all,
                "{string}"
            );
        }
    }

    proptest! {
        #[test]
        fn no_string_panics_and_a_ban_holds(string in "(RC4|ALL|[!:+-]|3DES|\\PC){0,30}") {
            let banned = format!("{string}:!RC4");
            let found = admitted(&banned);
            prop_assert!(!found.named.contains_key(&Weakness::Rc4) && !found.by_all.contains(&Weakness::Rc4));
        }
    }
}
