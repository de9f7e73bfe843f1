//! The session management that Communities has for itself.
//!
//! Comes in: `deployment.xml` of the applications. Goes out: by cell what it says of HTTPOnly. Never here: other
//! applications, in which the meeting widget does not live.
//!
//! A session management of an application, or of a module in it, counts if it is enabled, which is what the console calls
//! overriding.

use std::collections::BTreeMap;

use casebook_plugin_configs::{Interest, Node};

use super::cookies::{self, Setting};
use crate::code::Inquiry;

/// The application, however an installation named it: `Communities`, `Communities_1`.
const APPLICATION: &str = "communities";

pub(super) fn wants() -> Interest {
    Interest::in_kind("deployment.xml").nodes(["sessionManagement", "defaultCookieSettings"])
}

/// What Communities says, by cell; cells where it says nothing are not there.
pub(super) fn of_communities<'s>(inquiry: &Inquiry<'s>) -> BTreeMap<&'s str, Vec<(Setting, Node<'s>)>> {
    let mut cells: BTreeMap<&str, Vec<(Setting, Node<'_>)>> = BTreeMap::new();
    for document in inquiry.site.of_kind("deployment.xml") {
        let application = document.attribute("application").unwrap_or_default();
        if !application.to_ascii_lowercase().contains(APPLICATION) {
            continue;
        }
        let managements = document.named("sessionManagement");
        let enabled = managements.filter(|own| own.attribute("enable").and_then(cookies::yes_or_no) != Some(false));
        for (on, node) in enabled.filter_map(cookies::written) {
            let setting = if on { Setting::On } else { Setting::Off };
            let cell = document.attribute("cell").unwrap_or_default();
            cells.entry(cell).or_default().push((setting, node));
        }
    }
    cells
}
