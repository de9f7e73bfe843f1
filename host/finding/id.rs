//! The identity of a finding: what is the same in two runs over the same trouble.
//!
//! Comes in: rule, environment and group key. Goes out: 128 bits of BLAKE3 over them, each preceded by its length, so that
//! `("ab", "c")` and `("a", "bc")` differ. Never part of it: lines, offsets, times, counts, texts. They change from run to
//! run while the problem stays.
//!
//! The group key is masked before it comes here. An id is public (it stands in reports, in SARIF fingerprints, in tickets);
//! an id over an unmasked token or password would let anybody who guesses it check the guess, offline and without limit.
//! The price: two groups that differ in nothing but a secret are one finding.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::model::{EnvironmentName, RuleId};

/// The identity of a finding: 32 hexadecimal digits in output.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FindingId([u8; 16]);

/// Keeps these hashes apart from every other use of BLAKE3; a change of it changes all ids.
const CONTEXT: &str = "casebook 2026 finding id: rule, environment, group key";

impl FindingId {
    /// The id of the finding about `group` by `rule` in `environment`. `group` must be masked, and must not be cut: two
    /// long keys with the same beginning are two findings.
    pub fn of(rule: &RuleId, environment: &EnvironmentName, group: &str) -> Self {
        let mut hasher = blake3::Hasher::new_derive_key(CONTEXT);
        for part in [rule.as_str(), environment.as_str(), group] {
            hasher.update(&(part.len() as u64).to_le_bytes());
            hasher.update(part.as_bytes());
        }
        let mut id = [0; 16];
        hasher.finalize_xof().fill(&mut id);
        Self(id)
    }

    /// Half of the id, for sets in which a rare collision does no harm.
    pub(super) fn half(self) -> u64 {
        let [a, b, c, d, e, f, g, h, ..] = self.0;
        u64::from_le_bytes([a, b, c, d, e, f, g, h])
    }
}

impl fmt::Display for FindingId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

/// A text that is no finding id.
#[derive(Debug, thiserror::Error)]
#[error("a finding id has 32 hexadecimal digits, but this is {0:?}")]
pub struct NoFindingId(String);

impl std::str::FromStr for FindingId {
    type Err = NoFindingId;

    fn from_str(text: &str) -> Result<Self, NoFindingId> {
        let refused = || NoFindingId(text.chars().take(64).collect());
        if text.len() != 32 || !text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return Err(refused());
        }
        let value = u128::from_str_radix(text, 16).map_err(|_| refused())?;
        Ok(Self(value.to_be_bytes()))
    }
}

impl Serialize for FindingId {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for FindingId {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?
            .parse()
            .map_err(serde::de::Error::custom)
    }
}
