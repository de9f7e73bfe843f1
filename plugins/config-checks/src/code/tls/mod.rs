//! Who speaks which TLS: SSL configurations of WebSphere cells, web servers, certificates.
//!
//! Comes in: a site. Goes out: findings of six checks that share one model. Never here: words of the rules, parsing.
//!
//! ```text
//!   security.xml ─► security ─┐                           ┌─► enforced       TLSv1.2 alone, clients need older
//!   server.xml   ─► cell ─────┼─► resolve ─► ends ────────┼─► cell_mismatch  two sides without a protocol in common
//!   environment  ─► roles ────┘     │                     ├─► weak_protocol  old protocols, strangers
//!                    protocol ◄─────┘  what values mean   └─► weak_ciphers   suites that protect nothing
//!   ssl.client.props ─► client                                ▲
//!   httpd.conf ─► httpd ──────────────────────────────────────┘
//!   key stores ─► certificate
//! ```
//!
//! A value is never taken for more than it certainly means, and an endpoint never for more than it certainly uses: see
//! [`protocol`] and [`resolve`].

mod cell;
mod cell_mismatch;
mod certificate;
mod client;
mod configuration;
mod ends;
mod enforced;
mod forbidden;
mod httpd;
mod protocol;
mod resolve;
mod roles;
mod scope;
mod security;
mod suites;
#[cfg(test)]
mod tests;
mod version;
mod weak_ciphers;
mod weak_protocol;

use casebook_plugin_configs::{Node, Site};

use crate::facts::Facts;
use crate::report::Entry;

pub(crate) use cell::Cell;
pub(crate) use cell_mismatch::CHECK as CELL_MISMATCH;
pub(crate) use certificate::CHECK as CERTIFICATE;
pub(crate) use enforced::{MEETING_CLIENT, SIP_PROXY};
pub(crate) use weak_ciphers::CHECK as WEAK_CIPHERS;
pub(crate) use weak_protocol::CHECK as WEAK_PROTOCOL;

/// The cells of a site, which most checks of this room begin with.
pub(crate) fn cells<'s>(site: &'s Site, facts: &Facts) -> Vec<Cell<'s>> {
    cell::cells(site, version::of_websphere(facts))
}

/// Places that a finding names: 16, what stands in more of them is shown by these.
const MOST_PLACES: usize = 16;

/// The entry with these places; of too many, the first.
fn with_places<'r, 's>(entry: Entry<'r>, places: impl IntoIterator<Item = Node<'s>>) -> Entry<'r> {
    places.into_iter().take(MOST_PLACES).fold(entry, Entry::at)
}
