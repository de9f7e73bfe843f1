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
mod version;
mod weak_ciphers;
mod weak_protocol;

#[cfg(test)]
mod drawn;

use super::Check;

/// The checks of this folder.
pub(crate) static CHECKS: [&Check; 6] = [
    &enforced::SIP_PROXY,
    &enforced::MEETING_CLIENT,
    &cell_mismatch::CHECK,
    &weak_protocol::CHECK,
    &weak_ciphers::CHECK,
    &certificate::CHECK,
];
