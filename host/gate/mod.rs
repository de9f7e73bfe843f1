//! The photo gate, asked and written: what it decides about a request, which addresses it lets in, how one is written.
//!
//! Comes in: the httpd configuration of a site, requests, networks. Goes out: decisions with their reasons, sets of addresses
//! beside those that were intended, a new gate, a page that draws the address space. Never here: deciding (a plugin does,
//! [`Policies`] is how it is asked), and what a terminal shows.
//!
//! ```text
//!   site ─► policies ─┬─► explain: what happened, condition by condition
//!    plugin           └─► addresses ─► space: too many, missing ─► page
//!   networks, cookies ──► write: a gate
//! ```

pub mod page;
mod policies;
mod request;
pub mod space;
mod told;
pub mod write;

pub use policies::{Drawn, GateError, Policies, PolicyCard};
pub use request::{Request, RequestError};
pub use told::{AddressConditionTold, AddressesTold, ConditionTold, ExplanationTold, Part};
