//! Endpoints that strangers reach and that still offer SSLv3, TLSv1 or TLSv1.1.
//!
//! Comes in: cells with the roles of their servers, and web servers. Goes out: a finding for each configuration of such a
//! server, and for each host of a web server, that offers an old protocol. Never here: endpoints that only the house reaches.
//!
//! Two manuals disagree. Connections wants TLSv1.2 everywhere; Sametime needs `SSL_TLSv2` for SIP and for thick clients of
//! meetings. What raising the setting would break decides how loud this is.

mod httpd;
mod websphere;

use super::protocol::Protocols;
use crate::code::{Check, Inquiry};
use crate::report::Report;

pub(crate) static CHECK: Check = Check {
    name: "websphere-weak-protocol",
    wants: || {
        let mut wants = super::cell::interests();
        wants.push(super::httpd::interest(httpd::DIRECTIVES));
        wants
    },
    run,
};

fn run(inquiry: &Inquiry<'_>, report: &mut Report) {
    websphere::judge(inquiry, report);
    httpd::judge(inquiry, report);
}

/// What the setting should be.
const WANTED: &str = "TLSv1.2";

/// What is certain, or else what is possible.
struct Weak {
    certain: Protocols,
    possible: Protocols,
}

impl Weak {
    /// The protocols to name; `None` if there is nothing to say.
    fn named(&self) -> Option<Protocols> {
        let named = if self.is_certain() { self.certain } else { self.possible };
        (!named.is_empty()).then_some(named)
    }

    fn is_certain(&self) -> bool {
        !self.certain.is_empty()
    }
}
