//! Casebook applies what experts know about systems: rules in sandboxed WebAssembly plugins, over logs and configuration.
//!
//! The rooms, in the order in which data passes through them:
//!
//! ```text
//!   pack ─► plugin ─► rulebook ─┐
//!   environment ────────────────┤
//!   stream ─┬► format ─► prefilter ─┬► scan ─► finding ─► report
//!           └► document ────────────┘
//!                                 trial runs the same on the examples of the rules
//!                                 cli is what a user types
//! ```

pub mod cli;
pub mod document;
pub mod environment;
pub mod finding;
pub mod format;
pub mod gate;
pub mod glob;
pub mod model;
pub mod pack;
pub mod plugin;
pub mod prefilter;
pub mod report;
pub mod rulebook;
pub mod scan;
pub mod stream;
pub mod trial;
