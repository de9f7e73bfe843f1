//! The words every room shares: names, positions, times, severities, coverage.
//!
//! Comes in: nothing. Goes out: small types that carry their meaning, so that a line number is never taken for an
//! offset. Never here: behaviour of any one room.

use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

/// A position in a file, in bytes from its start, counted in the bytes as they stand on disk (for a compressed file: in
/// the decompressed bytes).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ByteOffset(pub u64);

/// The number of a line in its file; the first line is 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct LineNumber(pub u64);

/// The name of a rule, such as `websphere-tls-protocol-rejected`. Ids are a contract: others select and suppress by them.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RuleId(pub Arc<str>);

/// The name of a plugin, such as `log-signatures`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PluginName(pub Arc<str>);

/// The name of an environment: one customer site.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EnvironmentName(pub Arc<str>);

/// The name of a record format, such as `websphere-basic`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FormatName(pub Arc<str>);

/// A file's path below its environment's root, with `/` between its parts: what findings and coverage show.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FilePath(pub Arc<str>);

macro_rules! text_newtype {
    ($($name:ident),+) => {$(
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.pad(&self.0)
            }
        }
        impl From<&str> for $name {
            fn from(text: &str) -> Self {
                Self(Arc::from(text))
            }
        }
        impl From<String> for $name {
            fn from(text: String) -> Self {
                Self(Arc::from(text))
            }
        }
        impl Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(&self.0)
            }
        }
        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                String::deserialize(deserializer).map(Self::from)
            }
        }
        impl $name {
            /// The text itself.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }
    )+};
}
impl FilePath {
    /// The last part of the path: the file's name.
    pub fn name(&self) -> &str {
        self.0.rsplit('/').next().unwrap_or_default()
    }

    /// What stands before the name, without the slash; empty at the root.
    pub fn folder(&self) -> &str {
        self.0.rsplit_once('/').map_or("", |(folder, _)| folder)
    }
}

text_newtype!(RuleId, PluginName, EnvironmentName, FormatName, FilePath);

/// When a record says that it was written: seconds since 1970-01-01T00:00:00Z, with the record's own precision
/// (milliseconds at best, which an `f64` carries exactly for the next 200,000 years).
#[derive(Clone, Copy, Debug, PartialEq, PartialOrd, Serialize, Deserialize)]
#[serde(transparent)]
pub struct EventTime(pub f64);

/// How bad it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Worth knowing; nothing is broken.
    Info,
    /// A flaw that few will notice.
    Low,
    /// Something does not work for somebody.
    Medium,
    /// Something does not work for many, or is open that should be shut.
    High,
    /// Everything stops, or everybody may enter.
    Critical,
}

impl Severity {
    /// The word that stands in output and in packs.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Info => "info",
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
            Self::Critical => "critical",
        }
    }
}

/// How much of a file was read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum CoverageStatus {
    /// Read, but something about the reading was assumed (a time zone, an order of day and month): for information.
    Assumed,
    /// Not read, and rightly so: nothing in it that any loaded rule applies to. For information.
    Skipped,
    /// Read in part: a limit was hit, the rest is damaged, or a plugin failed on it.
    Partial,
    /// Not read at all.
    Unread,
}

impl CoverageStatus {
    /// Whether something is missing that should have been examined: such a run is incomplete.
    pub fn is_gap(self) -> bool {
        matches!(self, Self::Partial | Self::Unread)
    }
}

/// What was not read, and why. A limit that was hit is one of these, never silence.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Coverage {
    /// The file that it is about.
    pub file: FilePath,
    /// How much of it was read.
    pub status: CoverageStatus,
    /// Why, in a sentence that says where and, where something can be done, what to do.
    pub reason: String,
}
