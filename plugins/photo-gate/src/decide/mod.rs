//! Requests are decided, hook by hook, in httpd's order.
//!
//! Comes in: a site, once; then requests. Goes out: a decision for each, what was looked at, and the exact set of addresses that
//! are let in. Never here: what a directive means, which each room knows of its own.
//!
//! ```text
//!   site ─► policy: one a virtual host ─► decision: every answer to what is not known is tried
//!                │                           └─► arrival ─► path ─► hooks
//!                └─► addresses: one decision for each class of addresses that no condition tells apart
//! ```

mod addresses;
mod arrival;
mod decision;
mod errors;
mod hooks;
mod path;
mod policy;
mod settings;
pub mod transaction;

#[cfg(test)]
mod tests;

pub use addresses::{AddressCondition, Addresses};
pub use decision::{Decision, Explanation, Fate};
pub use policy::{Policy, policies, servers};
pub use transaction::{Circumstances, Outcome, Transaction, Value};
