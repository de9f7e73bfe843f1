//! The plugin boundary: WebAssembly in, answers out. Nothing outside this room names wasmtime.
//!
//! Comes in: the bytes of a component (or of a core module that carries its component type), rule packs as JSON, batches
//! of records, sites of documents, requests. Goes out: rules, answers, decisions, and failures told apart by what went wrong. Never here: what an answer means,
//! whether it points at a record that exists, or what happens after a failure; the judge decides that.
//!
//! ```text
//!   bytes ─► component ─► [cache] ─► compile ─► Plugin ─► Instance ─► Instance ─► …
//!            one shape     by content  in a       linked     a store with its own limits;
//!            for both      and MAC     child       once      thrown away after any trap
//! ```
//!
//! What holds a plugin: memory is added up over all memories of a store, tables and stack are bounded, time by epochs that
//! a thread of its own counts up, what an answer may weigh by wasmtime's hostcall fuel, what it may log by a budget. A
//! plugin sees no clock, no file, no network: an import that is not `host` is refused when it is loaded.

mod bindings;
mod cache;
mod compile;
mod component;
mod failure;
mod instance;
mod limits;
mod loading;

use bindings::casebook::rules::types::Severity as WireSeverity;

pub use bindings::casebook::rules::types::Failure;
pub use bindings::exports::casebook::rules::access::{
    AddressCondition, AddressSet, Condition as PolicyCondition, Decisions, Explanation, Outcome as PolicyOutcome,
    Policy, Requests, Verdict as ConditionVerdict,
};
pub use bindings::exports::casebook::rules::configs::{
    Document as WireDocument, Environment as WireSite, Finding as WireConfigFinding, Interest, Place as WirePlace,
};
pub use bindings::exports::casebook::rules::logs::{Answer, Batch, Finding as WireFinding, StreamInfo};
pub use bindings::exports::casebook::rules::rulebook::{Pack, Pattern, Problem, Rule};
pub use cache::{Cache, default_folder as default_cache_folder};
pub use compile::{CHILD_VERB, Compiler, compile_stdin_to_stdout};
pub use component::{Description, Interface, describe};
pub use failure::{LoadError, PluginFailure, RulebookError};
pub use instance::Instance;
pub use limits::{LOG_LINES, Limits, LoggedLine};
pub use loading::{Plugin, Sandbox};

/// The version of the interfaces in `wit/` that this host speaks.
pub const INTERFACE_VERSION: &str = "0.1.0";

impl From<WireSeverity> for crate::model::Severity {
    fn from(severity: WireSeverity) -> Self {
        match severity {
            WireSeverity::Info => Self::Info,
            WireSeverity::Low => Self::Low,
            WireSeverity::Medium => Self::Medium,
            WireSeverity::High => Self::High,
            WireSeverity::Critical => Self::Critical,
        }
    }
}
