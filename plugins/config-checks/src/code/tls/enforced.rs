//! TLSv1.2 alone, where clients still need something older.
//!
//! Comes in: the cells, and which hosts are SIP Proxy/Registrar or Meeting server. Goes out: a finding for each configuration
//! that such a server ends up with and that allows nothing older. SIP clients ask for TLSv1, and the server logs that the
//! protocol is "not enabled or not supported"; browsers and mobile clients get on with a Meeting server, thick clients do
//! not, and recording needs a setting of its own.
//!
//! Nobody but the administrator knows which server it is. Without a host of that role nothing is judged, and that is said
//! where it matters: Sametime, and TLSv1.2 alone on a node of which no role is known.
//!
//! A WebSphere proxy in front of a Meeting server is what clients meet: given in `servers` of the host, it is the one that
//! is judged.

use super::ends::{Ends, say_unknown};
use super::roles::{Roles, SIP_ENDS, WEB_ENDS};
use super::with_places;
use crate::code::{Check, Inquiry};
use crate::report::Report;

pub(crate) static SIP_PROXY: Check = Check {
    name: "websphere-sip-proxy-tls",
    wants: super::cell::interests,
    run: |inquiry, report| judge(&SIP, inquiry, report),
};

pub(crate) static MEETING_CLIENT: Check = Check {
    name: "sametime-meeting-tls-thick-client",
    wants: super::cell::interests,
    run: |inquiry, report| judge(&MEETING, inquiry, report),
};

/// Whose clients need something older.
struct Kind {
    role: &'static str,
    ends: &'static [&'static str],
    title: &'static str,
    consequence: &'static str,
}

const SIP: Kind = Kind {
    role: "sip-proxy-registrar",
    ends: &SIP_ENDS,
    title: "SIP Proxy/Registrar",
    consequence: "clients that ask for TLSv1 are refused",
};

const MEETING: Kind = Kind {
    role: "meeting",
    ends: &WEB_ENDS,
    title: "Meeting server",
    consequence: "Sametime's thick clients cannot connect to it, and recording fails without a setting of its own",
};

/// What the setting should be.
const WANTED: &str = "SSL_TLSv2";

fn judge(kind: &Kind, inquiry: &Inquiry<'_>, report: &mut Report) {
    let cells = inquiry.cells();
    let roles = Roles::of(cells, inquiry.facts);
    let ends = Ends::of_roles(cells, &roles, &[kind.role], kind.ends);
    for used in ends.used.iter().filter(|used| used.is_modern_only()) {
        let Some(configuration) = used.configuration() else {
            continue;
        };
        let security = used.variant.security();
        let found = security.protocol_described(used.chosen.configuration);
        let message = format!(
            "The {} ({}) ends up with {} of {}, which allows {found} and nothing older: {}.",
            kind.title,
            used.shown(),
            configuration.alias,
            configuration.scope_shown(),
            kind.consequence,
        );
        let entry = used.finding(report, message);
        if security.forbidden_of(used.chosen.configuration).is_empty() {
            entry.values(found, WANTED).enter();
        } else {
            let entry = with_places(entry, security.forbidden.node());
            entry
                .values(found, "TLSv1 allowed as well, or another cell for these clients")
                .enter();
        }
    }
    ends.say_lost(report);
    if roles.are_known(&[kind.role]) {
        return;
    }
    say_unknown(
        cells,
        kind.ends,
        |used| used.is_modern_only() && roles.has_sametime(used.cell) && !roles.is_known(used.place.0, used.node),
        |cell| {
            format!(
                "Servers of cell {} allow TLSv1.2 only; whether one of them is the {}, and {}, is not known.",
                cell.name, kind.title, kind.consequence
            )
        },
        report,
    );
}
