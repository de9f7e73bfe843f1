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

use casebook_plugin_configs::{Interest, Node, Severity};

use super::listing::{MOST_PLACES, listed};
use super::{Check, Inquiry, directory};
use crate::report::{Entry, Report};
use clients::Target;
use servers::{Server, Servers, Standing};
use setting::{Setting, Settings};

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
    let settings = Settings::of(inquiry.site);
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
                    judge(target, server, &settings, report);
                }
            }
            Standing::Unknown => {
                if !settings.all_cover(target.name) {
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

fn judge(target: &Target<'_>, server: &Server<'_>, settings: &Settings<'_>, report: &mut Report) {
    let configured = settings.configured(server);
    if configured.iter().any(|setting| setting.covers(target.name)) {
        return;
    }
    let (in_files, certain) = settings.in_files(server);
    let refusing: Vec<Setting<'_>> = in_files
        .iter()
        .filter(|setting| !setting.covers(target.name))
        .copied()
        .collect();
    if refusing.is_empty() && !in_files.is_empty() {
        return;
    }
    let told = match (in_files.is_empty(), refusing.iter().find_map(|setting| setting.value)) {
        (true, _) => Told::NoFile,
        (false, Some(value)) => Told::Other(value),
        (false, None) if configured.is_empty() => Told::NothingYet,
        (false, None) => Told::Nothing,
    };
    let doubtful = !certain || target.elsewhere.is_some();
    let severity = match told {
        Told::NoFile => Some(Severity::Info),
        Told::NothingYet => Some(Severity::Low),
        Told::Nothing | Told::Other(_) => doubtful.then_some(Severity::Low),
    };
    let message = format!(
        "Clients are sent to {}, which is not the name of the Domino server {} ({}); called so, it refuses Notes clients \
         unless NETWORK_SPRAYER_ADDRESS has that name or *. {}{}{}",
        target.name,
        server.label,
        listed(server.names()),
        told.sentence(),
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
        .values(told.found(), format!("{} or *", target.name));
    match severity {
        Some(severity) => entry.severity(severity).enter(),
        None => entry.enter(),
    }
}

/// What a server was told, none of which lets it be called by the name.
enum Told<'s> {
    /// No file of it is there to say.
    NoFile,
    /// Other names.
    Other(&'s str),
    /// Nothing, neither in its file nor in its Configuration document.
    Nothing,
    /// Nothing in its file, and there is no Configuration document to look into.
    NothingYet,
}

impl Told<'_> {
    fn found(&self) -> &str {
        match self {
            Self::NoFile => "no notes.ini",
            Self::Other(value) => value,
            Self::Nothing | Self::NothingYet => "not set",
        }
    }

    fn sentence(&self) -> String {
        match self {
            Self::NoFile => "There is no notes.ini of a server (one with ServerTasks) among these files.".to_owned(),
            Self::Other(value) => format!("It is set to \"{value}\"."),
            Self::Nothing => "It is set neither in notes.ini nor in the Configuration document.".to_owned(),
            Self::NothingYet => {
                "It is not set in notes.ini; it may also come from the server's Configuration document, which \
                                 is not among these files."
                    .to_owned()
            }
        }
    }
}

fn elsewhere(target: &Target<'_>) -> String {
    target.elsewhere.map_or_else(String::new, |server| {
        format!(" Tokens are fetched at {server}, so this concerns clients that open the server by that name.")
    })
}
