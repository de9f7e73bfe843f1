//! The names under which Notes clients call a Domino server, because they are sent there.
//!
//! Comes in: `managed-community-configs.xml`. Goes out: [`Target`]s. Never here: communities to which clients sign on with a
//! password or with SPNEGO, for Sametime does not care by which name it is called; and those that no action concerns.
//!
//! With `authType="ST-DOMINO-SSO"` a Notes client opens a connection of its own to fetch the token: to the server of
//! `authServerUrl` where that is given, else to the community's host. The host is `newHost` where an update moves clients.
//! A reset outdoes all other actions of its file.

use std::collections::{BTreeMap, BTreeSet};

use casebook_plugin_configs::{Document, Interest, Node, Site};

use super::hosts;

/// The way of signing on that makes a Notes client call a Domino server.
const DOMINO_SIGN_ON: &str = "ST-DOMINO-SSO";

/// What the host has to hand over.
pub(super) fn wants() -> Interest {
    Interest::in_kind("managed-community-configs.xml").nodes(["managed-community", "managed-community-action"])
}

/// A name that clients call.
pub(super) struct Target<'s> {
    /// The name.
    pub(super) name: &'s str,
    /// Where clients are sent there.
    pub(super) places: Vec<Node<'s>>,
    /// Where tokens are fetched instead; none where they are fetched here.
    pub(super) elsewhere: Option<&'s str>,
}

/// All names, each once.
pub(super) fn targets(site: &Site) -> Vec<Target<'_>> {
    let mut targets: BTreeMap<String, Target<'_>> = BTreeMap::new();
    for document in site.of_kind("managed-community-configs.xml") {
        for community in concerned(document) {
            let value = |name| community.attribute(name).unwrap_or_default().trim();
            if !value("authType").eq_ignore_ascii_case(DOMINO_SIGN_ON) {
                continue;
            }
            let moved = hosts::in_address(value("newHost"));
            let host = if moved.is_empty() {
                hosts::in_address(value("host"))
            } else {
                moved
            };
            let server = hosts::in_address(value("authServerUrl"));
            let elsewhere = (!server.is_empty() && !hosts::same(server, host)).then_some(server);
            add(&mut targets, host, community, elsewhere);
            if let Some(server) = elsewhere {
                add(&mut targets, server, community, None);
            }
        }
    }
    targets.into_values().collect()
}

fn add<'s>(targets: &mut BTreeMap<String, Target<'s>>, name: &'s str, place: Node<'s>, elsewhere: Option<&'s str>) {
    if name.is_empty() {
        return;
    }
    let target = targets.entry(name.to_lowercase()).or_insert_with(|| Target {
        name,
        places: Vec::new(),
        elsewhere,
    });
    target.places.push(place);
    if elsewhere.is_none() {
        target.elsewhere = None;
    }
}

/// The communities to which the actions of a file send clients; all of them where it has no action at all, as an excerpt.
fn concerned(document: Document<'_>) -> Vec<Node<'_>> {
    let is = |action: &Node<'_>, kinds: &[&str]| {
        let kind = action.attribute("type").unwrap_or_default();
        kinds.iter().any(|known| kind.trim().eq_ignore_ascii_case(known))
    };
    let actions: Vec<Node<'_>> = document.named("managed-community-action").collect();
    let resets = actions.iter().any(|action| is(action, &["reset"]));
    let counting: &[&str] = if resets { &["reset"] } else { &["add", "update"] };
    let ids: BTreeSet<&str> = actions
        .iter()
        .filter(|action| is(action, counting))
        .filter_map(|action| action.attribute("managed-community-id"))
        .collect();
    let communities = document.named("managed-community");
    communities
        .filter(|community| actions.is_empty() || community.attribute("id").is_some_and(|id| ids.contains(id)))
        .collect()
}
