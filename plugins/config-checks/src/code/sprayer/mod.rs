//! Whether Notes clients are sent to a Domino server by a name that it refuses.
//!
//! Comes in: where clients are sent ([`clients`]), the names of the servers ([`servers`]), and what the servers were told
//! ([`setting`]). Goes out: a finding for each name that is not the server's own and that the server was not told to
//! accept. Never here: what the remedy weakens; the pack says it.
//!
//! A Notes client tells the server which name it called, and the server ends the connection if that is not its own. An alias
//! in DNS, or the name of a load balancer, has to be given to every server behind it as `NETWORK_SPRAYER_ADDRESS`.
//!
//! How sure a finding is decides how bad it is:
//!
//! | | |
//! |---|---|
//! | `notes.ini` has other names | medium |
//! | it has none, nor has the Configuration document | medium |
//! | it has none; the Configuration document, which may have it, is not among the files | low |
//! | which of several `notes.ini` is the server's is not known | low |
//! | tokens are fetched elsewhere, so that the name matters only when a client opens the server itself | low |
//! | there is no `notes.ini` | info |

mod clients;
mod hosts;
mod servers;
mod setting;

#[cfg(test)]
mod tests;

use casebook_plugin_configs::{Document, Interest, Node, Severity, Site};

use super::listing::{MOST_PLACES, listed};
use super::{Check, Inquiry, directory};
use crate::report::{Entry, Report};
use clients::Target;
use servers::{Server, Servers, Standing};
use setting::Setting;

/// The check.
pub(crate) static CHECK: Check = Check {
    name: "domino-sprayer-address",
    wants,
    run,
};

/// Names that are judged: 100. A site sends its clients to two or three.
const MOST_TARGETS: usize = 100;

fn wants() -> Vec<Interest> {
    let mut wants = Vec::from(directory::wants());
    wants.extend([clients::wants(), setting::wants()]);
    wants
}

fn run(inquiry: &Inquiry<'_>, report: &mut Report) {
    let targets = clients::targets(inquiry.site);
    if targets.is_empty() {
        return;
    }
    let servers = Servers::of(inquiry.site, inquiry.facts);
    let files = setting::files(inquiry.site);
    if let Some(beyond) = targets.len().checked_sub(MOST_TARGETS).filter(|beyond| *beyond > 0) {
        let message = format!("Clients are sent to {beyond} names more than the {MOST_TARGETS} that were checked.");
        report
            .finding("too many names", message)
            .severity(Severity::Info)
            .enter();
    }
    let mut unknown: Vec<Node<'_>> = Vec::new();
    for target in targets.iter().take(MOST_TARGETS) {
        match servers.standing(target.name) {
            Standing::Own => {}
            Standing::Alias(known) => {
                for server in known {
                    judge(inquiry.site, target, server, &files, report);
                }
            }
            Standing::Unknown => {
                let all_cover = !files.is_empty() && settings(&files).iter().all(|setting| setting.covers(target.name));
                if !all_cover {
                    unknown.extend(&target.places);
                }
            }
        }
    }
    if !unknown.is_empty() {
        let sentence = "Clients are sent to a name with Notes single sign-on, and it cannot be told whether that is the own \
                        name of a Domino server or an alias of which one.";
        report.lacks("hosts", sentence, unknown.into_iter().take(MOST_PLACES));
    }
}

fn settings<'s>(files: &[Document<'s>]) -> Vec<Setting<'s>> {
    setting::of_server(files, &Server::default()).0
}

fn judge(site: &Site, target: &Target<'_>, server: &Server<'_>, files: &[Document<'_>], report: &mut Report) {
    let configured = setting::configured(site, server);
    if configured.iter().any(|setting| setting.covers(target.name)) {
        return;
    }
    let (in_files, certain) = setting::of_server(files, server);
    let refusing: Vec<Setting<'_>> = in_files
        .iter()
        .filter(|setting| !setting.covers(target.name))
        .copied()
        .collect();
    if refusing.is_empty() && !in_files.is_empty() {
        return;
    }
    let named = refusing.iter().find_map(|setting| setting.value);
    let (found, doubt, severity) = if in_files.is_empty() {
        (
            "no notes.ini",
            " There is no notes.ini of that server among these files.",
            Some(Severity::Info),
        )
    } else if let Some(value) = named {
        (value, "", None)
    } else if !configured.is_empty() {
        ("not set", "", None)
    } else {
        let doubt = " It may also come from the server's Configuration document, which is not among these files.";
        ("not set", doubt, Some(Severity::Low))
    };
    let severity = match severity {
        None if !certain || target.elsewhere.is_some() => Some(Severity::Low),
        other => other,
    };
    let message = format!(
        "Clients are sent to {}, which is not the name of the Domino server {} ({}); called so, it refuses Notes clients \
         unless NETWORK_SPRAYER_ADDRESS has that name or *. It is {found}.{doubt}{}{}",
        target.name,
        server.label,
        listed(server.names.iter().map(String::as_str)),
        if certain {
            ""
        } else {
            " Which of several notes.ini is that server's cannot be told."
        },
        elsewhere(target),
    );
    let entry = report.finding(
        format!("{}: {}", server.label.to_lowercase(), target.name.to_lowercase()),
        message,
    );
    let places = refusing.iter().map(|setting| setting.place);
    let places = places.chain(target.places.iter().copied()).chain(server.place);
    let configured = configured.iter().map(|setting| setting.place);
    let entry = places.chain(configured).take(MOST_PLACES).fold(entry, Entry::at);
    let entry = entry
        .field("host", target.name)
        .field("server", &*server.label)
        .values(found, format!("{} or *", target.name));
    match severity {
        Some(severity) => entry.severity(severity).enter(),
        None => entry.enter(),
    }
}

fn elsewhere(target: &Target<'_>) -> String {
    target.elsewhere.map_or_else(String::new, |server| {
        format!(" Tokens are fetched at {server}, so this concerns clients that open the server by that name.")
    })
}
