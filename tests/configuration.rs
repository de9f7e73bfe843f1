//! What a user sees of configuration: it is found among logs, read as far as it goes, never followed or expanded, and no
//! secret of it is shown.
//!
//! What rules say of it is their own business. Here a plugin bears witness: `plugins/hostile-configs`, which reports every
//! document that it is handed, or every node with all that it was shown of it.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test fails by panicking"
)]

mod story;

#[path = "configuration/bombs.rs"]
mod bombs;
#[path = "configuration/files.rs"]
mod files;
#[path = "configuration/found.rs"]
mod found;
#[path = "configuration/included.rs"]
mod included;
#[path = "configuration/joined.rs"]
mod joined;
#[path = "configuration/keystores.rs"]
mod keystores;
#[path = "configuration/scale.rs"]
mod scale;
#[path = "configuration/secrets.rs"]
mod secrets;
#[path = "configuration/witness.rs"]
mod witness;
