//! Servers of WebSphere that strangers reach.

use casebook_plugin_configs::Severity;

use super::{WANTED, Weak};
use crate::code::Inquiry;
use crate::code::tls::ends::{Ends, Used, say_unknown};
use crate::code::tls::protocol::{Protocols, old_protocols_are_off};
use crate::code::tls::roles::{REACHED_BY_STRANGERS, Roles, WEB_ENDS};
use crate::code::tls::version::{self, Version};
use crate::report::Report;

/// Judges the servers whose roles say that strangers reach them.
pub(super) fn judge(inquiry: &Inquiry<'_>, report: &mut Report) {
    let version = version::of_websphere(inquiry.facts);
    let cells = inquiry.cells();
    let roles = Roles::of(cells, inquiry.facts);
    let ends = Ends::of_roles(cells, &roles, &REACHED_BY_STRANGERS, &WEB_ENDS);
    for used in &ends.used {
        let (certain, possible) = used.variant.security().weak(used.chosen.configuration);
        let weak = Weak { certain, possible };
        if let (Some(named), Some(configuration)) = (weak.named(), used.configuration()) {
            let verdict = verdict(&roles, used, &weak, version);
            let message = format!(
                "Strangers reach {}, which ends up with {} of {}; by its protocol {} it {} {named}. {}",
                used.shown(),
                configuration.alias,
                configuration.scope_shown(),
                configuration.protocol_shown(),
                if weak.is_certain() { "offers" } else { "may offer" },
                verdict.sentence,
            );
            let entry = used.finding(report, message).field("protocols", named.to_string());
            let entry = entry.values(configuration.protocol_shown(), verdict.wanted);
            match verdict.severity {
                Some(severity) => entry.severity(severity).enter(),
                None => entry.enter(),
            }
        }
    }
    ends.say_lost(report);
    if roles.are_all_known() {
        return;
    }
    say_unknown(
        cells,
        &WEB_ENDS,
        |used| {
            let weak = used.variant.security().weak(used.chosen.configuration).0;
            !weak.is_empty() && !roles.is_known(used.place.0, used.node)
        },
        |cell| {
            format!(
                "Servers of cell {} offer SSLv3, TLSv1 or TLSv1.1; whether strangers reach one of them is not known.",
                cell.name
            )
        },
        report,
    );
}

struct Verdict {
    /// Another severity than the rule's.
    severity: Option<Severity>,
    wanted: &'static str,
    sentence: &'static str,
}

impl Verdict {
    fn info(sentence: &'static str) -> Self {
        Self {
            severity: Some(Severity::Info),
            wanted: WANTED,
            sentence,
        }
    }
}

fn verdict<'s>(roles: &Roles<'s>, used: &Used<'_, 's>, weak: &Weak, version: Option<Version>) -> Verdict {
    let security = used.variant.security();
    let speaks_12 = !security
        .meaning(used.chosen.configuration)
        .possible()
        .both(Protocols::TLS_V12)
        .is_empty();
    if !weak.is_certain() {
        return Verdict::info("Which protocols this value stands for depends on the level of Java.");
    }
    if used.has_role(roles, "sip-proxy-registrar") && speaks_12 {
        return Verdict::info(
            "The SIP Proxy/Registrar on it needs TLSv1: move it to a node of its own before this is raised.",
        );
    }
    if used.has_role(roles, "meeting") {
        return meeting(speaks_12);
    }
    let off = old_protocols_are_off(version).filter(|_| !security.forbids_explicitly());
    if off == Some(true) {
        return Verdict::info(
            "Java of this fix pack forbids them by default, so only a changed java.security lets them in.",
        );
    }
    Verdict {
        severity: None,
        wanted: WANTED,
        sentence: "Browsers have not needed them for years, unless java.security forbids them anyway; a SIP \
                   Proxy/Registrar with the same configuration would refuse its clients once it is raised.",
    }
}

/// A Meeting server with TLSv1.2 alone loses thick clients and recording; one without TLSv1.2 loses nothing by having it.
fn meeting(speaks_12: bool) -> Verdict {
    if speaks_12 {
        Verdict::info(
            "Raising it to TLSv1.2 keeps Sametime's thick clients out and recording needs a setting of its own; a WebSphere \
             proxy in front of it can speak TLSv1.2 alone.",
        )
    } else {
        Verdict {
            severity: None,
            wanted: "SSL_TLSv2",
            sentence: "It cannot speak TLSv1.2 at all; SSL_TLSv2 adds it and keeps Sametime's thick clients.",
        }
    }
}
