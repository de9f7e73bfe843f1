//! Versions, as an administrator writes them into `environment.toml`.
//!
//! Comes in: a text such as `8.5.5.12` or `8.5.5 FP12`. Goes out: a [`Version`] that can say whether it is older than
//! another, or that this cannot be told: `8.5` names no fix pack.

use crate::facts::Facts;

/// The version of WebSphere, if it is given.
pub(super) fn of_websphere(facts: &Facts) -> Option<Version> {
    facts.version("websphere").and_then(Version::parse)
}

/// A version of up to four numbers; those that were not given are not known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Version {
    parts: [u32; 4],
    known: usize,
}

impl Version {
    /// The version in a text; `None` if it has no number.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let numbers = text
            .split(|letter: char| !letter.is_ascii_digit())
            .filter_map(|digits| digits.parse().ok());
        let mut version = Self {
            parts: [0; 4],
            known: 0,
        };
        for (part, number) in version.parts.iter_mut().zip(numbers) {
            *part = number;
            version.known += 1;
        }
        (version.known > 0).then_some(version)
    }

    /// Whether it is older than `other`; `None` if what was given of it does not tell.
    pub(super) fn is_before(self, other: [u32; 4]) -> Option<bool> {
        let known = self.parts.iter().zip(other).take(self.known);
        let differs = known
            .filter(|(own, other)| *own != other)
            .map(|(own, other)| *own < other)
            .next();
        differs.or((self.known == other.len()).then_some(false))
    }
}

#[cfg(test)]
mod tests {
    use super::Version;

    #[test]
    fn a_version_says_what_it_knows() {
        for (text, other, before) in [
            ("8.5.5.12", [8, 5, 5, 20], Some(true)),
            ("8.5.5 FP21", [8, 5, 5, 20], Some(false)),
            ("V8.5.5.20", [8, 5, 5, 20], Some(false)),
            ("9.0", [8, 5, 5, 20], Some(false)),
            ("8.0", [8, 5, 5, 20], Some(true)),
            ("8.5", [8, 5, 5, 20], None),
            ("8.5.5", [8, 5, 5, 20], None),
        ] {
            assert_eq!(
                Version::parse(text).and_then(|version| version.is_before(other)),
                before,
                "{text}"
            );
        }
        assert_eq!(Version::parse("latest"), None);
    }
}
