//! The photo gate: who may see the photos that a web server holds, decided exactly as the server does.
//!
//! Comes in: the httpd documents of a site; then requests, or records of an access log. Goes out: decisions with the conditions
//! that decided, the addresses that are admitted, findings about the gate itself and about what the log shows. The host has
//! done the parsing and the searching.
//!
//! ```text
//!   documents ─► conf ─► policy: rewrite, authz, expr, setenvif, remoteip (each reads its directives from the scopes)
//!                          │
//!   request ─► decide ─────┴─► hook by hook, in httpd's order ─► outcome, conditions, what could not be known
//!   addresses ─► classes that no condition tells apart, one of each decided ─► the exact set
//! ```
//!
//! What the configuration and the request do not tell is tried both ways ([`oracle`]): only if it matters is the request
//! undecided. A regular expression means what PCRE means ([`pcre`]); one that this engine cannot do exactly is such a
//! thing that is not known.

pub mod address;
pub mod authz;
mod checks;
pub mod client;
pub mod conf;
pub mod decide;
#[cfg(test)]
mod drawn;
pub mod expr;
pub mod oracle;
pub mod packs;
pub mod pcre;
mod place;
mod plugin;
mod replay;
pub mod request;
pub mod rewrite;
pub mod trace;

pub use place::{Place, Refusal};
pub use plugin::{Opened, PhotoGate};

#[cfg(target_arch = "wasm32")]
mod component {
    casebook_plugin_access::export_gate_rules!(crate::PhotoGate);
}
