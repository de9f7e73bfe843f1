//! `websphere-session-httponly`: whether scripts can read the session cookie of Connections, which the meeting widget needs.
//!
//! Comes in: `server.xml` of every server, the session management of applications, `security.xml`, the web servers'
//! configuration, and whether the meeting widget is installed. Goes out: findings, one a cell and problem. Never here: a
//! guess; a setting that is not written means the default of the version.
//!
//! ```text
//! servers ── HTTPOnly of each ──┐
//! Communities' own setting ─────┼─► with the widget: on → 412, off → what it costs, both → which servers
//! web servers that add it ──────┘    without it: off costs protection for nothing
//! ```
//!
//! HTTPOnly is two settings: of the session cookie, which the widget reads, and of the LTPA cookie, which it does not. The
//! second is only spoken of where it is switched off.

mod cookies;
mod deployments;
mod servers;
#[cfg(test)]
mod tests;
mod web;

use std::collections::{BTreeMap, BTreeSet};

use casebook_plugin_configs::{Interest, Node, Severity};

use self::cookies::Setting;
use self::servers::Server;
use crate::code::listing::{MOST_PLACES, listed};
use crate::code::proxy::meeting::{self, Asked, Meetings};
use crate::code::{Check, Inquiry};
use crate::report::{Entry, Report};

pub(crate) static CHECK: Check = Check {
    name: "websphere-session-httponly",
    wants,
    run,
};

/// The role of the servers that run Connections.
const ROLE: &str = "connections";

const ON: &str = "HTTPOnly on";
const OFF: &str = "HTTPOnly off";

fn wants() -> Vec<Interest> {
    let mut wants = vec![
        Interest::in_kind("security.xml").nodes(["properties"]),
        deployments::wants(),
        web::wants(),
        meeting::wants(),
    ];
    wants.extend(servers::wants());
    wants
}

fn run(inquiry: &Inquiry<'_>, report: &mut Report) {
    let meetings = Meetings::of(inquiry);
    let servers = servers::of(inquiry);
    let with_role = inquiry.facts.with_role(ROLE).next().is_some();
    let concerned = |server: &Server<'_>| match with_role {
        true => inquiry.facts.server_has_role(server.node, server.name, ROLE) == Some(true),
        false => meetings.installed() && !meetings.places(server.cell_name()).is_empty(),
    };
    let (concerned, others): (Vec<_>, Vec<_>) = servers
        .into_iter()
        .partition(|server| meetings.installed() && concerned(server));
    let communities = deployments::of_communities(inquiry);
    let mut cells: BTreeMap<&str, Vec<Server<'_>>> = BTreeMap::new();
    for server in concerned {
        cells.entry(server.cell).or_default().push(server);
    }
    for (cell, servers) in &cells {
        let known = (!cell.is_empty()).then_some(*cell);
        let host = host(&meetings.asked(known));
        match communities.get(cell) {
            Some(overrides) => with_override(cell, &host, overrides, report),
            None => with_widget(cell, &host, servers, report),
        }
    }
    unknown(&cells, &communities, report);
    if meetings.installed() {
        web::judge(inquiry, &host(&meetings.asked(None)), report);
    }
    for_nothing(&others, &meetings, report);
    ltpa(inquiry, report);
}

/// The meeting server, for those who look for what belongs to error 412; empty where it is not one.
fn host(asked: &Asked<'_>) -> String {
    match asked {
        Asked::For(addresses) => match addresses.iter().map(|address| &address.host).collect::<BTreeSet<_>>() {
            hosts if hosts.len() == 1 => hosts.into_iter().next().cloned().unwrap_or_default(),
            _ => String::new(),
        },
        Asked::Nothing | Asked::Unknown(_) => String::new(),
    }
}

fn places<'r, 's>(entry: Entry<'r>, places: impl IntoIterator<Item = Node<'s>>) -> Entry<'r> {
    places.into_iter().take(MOST_PLACES).fold(entry, Entry::at)
}

/// A finding about the widget names the meeting server if it is known.
fn with_host<'r>(entry: Entry<'r>, host: &str) -> Entry<'r> {
    if host.is_empty() {
        entry
    } else {
        entry.field("host", host)
    }
}

/// The servers of a cell that has the widget.
fn with_widget(cell: &str, host: &str, servers: &[Server<'_>], report: &mut Report) {
    let labels = |setting: Setting| -> BTreeSet<&str> {
        let of_setting = servers.iter().filter(|server| server.setting == setting);
        of_setting.map(|server| server.label.as_str()).collect()
    };
    let (on, off) = (labels(Setting::On), labels(Setting::Off));
    let (shown_on, shown_off) = (listed(on.iter().copied()), listed(off.iter().copied()));
    let known = servers
        .iter()
        .filter(|server| server.setting != Setting::Unknown)
        .map(|server| server.place);
    let by_default = by_default(servers);
    if !on.is_empty() && !off.is_empty() {
        let mut message = format!(
            "HTTPOnly is on for the session cookie of {shown_on}, off for {shown_off}: whether the Meeting Rooms widget can \
             create a room (error 412) depends on the server that answers.{by_default}"
        );
        let both: Vec<&str> = on.intersection(&off).copied().collect();
        if !both.is_empty() {
            message.push_str(&format!(
                " The copies of {} differ: the nodes are not synchronised.",
                listed(both)
            ));
        }
        let entry = places(
            with_host(report.finding(format!("{cell} differ"), message), host),
            known,
        );
        let entry = entry.field("cell", cell).field("on", shown_on).field("off", shown_off);
        entry
            .values(
                "HTTPOnly on for some servers only",
                "HTTPOnly off for all servers that the widget needs, or on for all",
            )
            .enter();
    } else if !on.is_empty() {
        let message = format!(
            "HTTPOnly is on for the session cookie of {shown_on}: the Meeting Rooms widget cannot create rooms (error \
             412).{by_default}"
        );
        let entry = places(with_host(report.finding(format!("{cell} on"), message), host), known);
        entry
            .field("cell", cell)
            .field("on", shown_on)
            .values(ON, "HTTPOnly off, if the widget is worth its cost")
            .enter();
    } else if !off.is_empty() {
        let message = format!(
            "HTTPOnly is off for the session cookie of {shown_off}, as the Meeting Rooms widget needs it: a script that \
             somebody injects into a page can read the cookie and act as its owner."
        );
        let entry = places(report.finding(format!("{cell} off"), message), known).severity(Severity::Info);
        entry
            .field("cell", cell)
            .field("off", shown_off)
            .values(OFF, "HTTPOnly on wherever the widget is not used")
            .enter();
    }
}

/// Says which servers have what they have by their version's default.
fn by_default(servers: &[Server<'_>]) -> String {
    let known = servers.iter().filter(|server| server.setting != Setting::Unknown);
    let silent: BTreeSet<&str> = known
        .filter(|server| !server.written)
        .map(|server| server.label.as_str())
        .collect();
    if silent.is_empty() {
        return String::new();
    }
    format!(
        " For {} that is the default of the version of WebSphere: server.xml does not say it.",
        listed(silent)
    )
}

/// Communities has a setting of its own, which the widget lives under whatever its servers say.
fn with_override(cell: &str, host: &str, overrides: &[(Setting, Node<'_>)], report: &mut Report) {
    let on = overrides.iter().any(|(setting, _)| *setting == Setting::On);
    let (key, found, message) = if on {
        (
            "communities on",
            ON,
            "The session management of Communities has HTTPOnly on, whatever its servers have: the Meeting Rooms widget \
             cannot create rooms (error 412).",
        )
    } else {
        (
            "communities off",
            OFF,
            "The session management of Communities has HTTPOnly off, as the Meeting Rooms widget needs it: a script that \
             somebody injects into a page can read the cookie and act as its owner.",
        )
    };
    let entry = report.finding(format!("{cell} {key}"), message);
    let entry = places(entry, overrides.iter().map(|(_, node)| *node)).field("cell", cell);
    if on {
        with_host(entry, host)
            .values(found, "HTTPOnly off, if the widget is worth its cost")
            .enter();
    } else {
        entry
            .severity(Severity::Info)
            .values(found, "HTTPOnly on wherever the widget is not used")
            .enter();
    }
}

/// Servers that say nothing, of a version that nobody told.
fn unknown(
    cells: &BTreeMap<&str, Vec<Server<'_>>>,
    communities: &BTreeMap<&str, Vec<(Setting, Node<'_>)>>,
    report: &mut Report,
) {
    let undecided = cells
        .iter()
        .filter(|(cell, _)| !communities.contains_key(*cell))
        .flat_map(|(_, servers)| servers);
    let undecided = undecided.filter(|server| server.setting == Setting::Unknown);
    let nodes: Vec<_> = undecided.map(|server| server.place).take(MOST_PLACES).collect();
    if !nodes.is_empty() {
        let sentence = "The Meeting Rooms widget is installed, and server.xml does not say whether the session cookie is \
                        HTTPOnly: the default depends on the version of WebSphere (on since 8.0).";
        report.lacks("products.websphere", sentence, nodes);
    }
}

/// Servers that nothing needs to be without HTTPOnly.
fn for_nothing(servers: &[Server<'_>], meetings: &Meetings<'_>, report: &mut Report) {
    let mut cells: BTreeMap<&str, Vec<&Server<'_>>> = BTreeMap::new();
    // What an old version does without being told is no decision of anybody.
    for server in servers
        .iter()
        .filter(|server| server.setting == Setting::Off && server.written)
    {
        cells.entry(server.cell).or_default().push(server);
    }
    for (cell, servers) in cells {
        let off: BTreeSet<&str> = servers.iter().map(|server| server.label.as_str()).collect();
        let off = listed(off);
        let message = format!(
            "HTTPOnly is off for the session cookie of {off}. It costs protection against injected scripts, and nothing in \
             these files needs it there."
        );
        // Where the widget is used elsewhere, this is about other servers and explains none of its errors; where no file
        // says which widgets there are, it may be in use.
        let known = meetings.seen((!cell.is_empty()).then_some(cell)) && !meetings.installed();
        let severity = if known { Severity::Low } else { Severity::Info };
        let entry = report
            .finding(format!("{cell} for nothing"), message)
            .severity(severity);
        let entry = places(entry, servers.iter().map(|server| server.place));
        entry.field("cell", cell).field("off", off).values(OFF, ON).enter();
    }
}

/// The LTPA cookie without HTTPOnly: some clients of Sametime need it so, which is why it is only said.
fn ltpa(inquiry: &Inquiry<'_>, report: &mut Report) {
    let mut cells: BTreeMap<&str, Vec<Node<'_>>> = BTreeMap::new();
    for document in inquiry.site.of_kind("security.xml") {
        let off = document.named("properties").filter(|property| {
            property.attribute("name") == Some("com.ibm.ws.security.addHttpOnlyAttributeToCookies")
                && property.attribute("value").and_then(cookies::yes_or_no) == Some(false)
        });
        let off: Vec<_> = off.collect();
        if !off.is_empty() {
            cells
                .entry(document.attribute("cell").unwrap_or_default())
                .or_default()
                .extend(off);
        }
    }
    for (cell, nodes) in cells {
        let message = "HTTPOnly is off for the LTPA cookies of the cell: an injected script can take over the single sign-on \
                       of a user. The Meeting Rooms widget does not need that; audio and video of Sametime may.";
        let entry = places(report.finding(format!("{cell} ltpa"), message), nodes).severity(Severity::Info);
        entry
            .field("cell", cell)
            .values(
                "HTTPOnly off for LTPA cookies",
                "HTTPOnly on, unless Sametime needs it off",
            )
            .enter();
    }
}
