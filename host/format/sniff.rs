//! Telling files that are no logs from those that are.
//!
//! Comes in: the head of a file that no log format recognised. Goes out: why it is binary, or which kind of configuration
//! it is. Never here: reading configuration; the kind is a guess that only keeps such files out of the scan.

pub(super) mod binary;
pub(super) mod configuration;

pub use configuration::ConfigurationKind;
