//! Whether user ids are mapped by the name that Domino gives.
//!
//! Comes in: the cells of Sametime with Domino repositories. Goes out: a finding for each default realm in which a Domino
//! repository takes part and whose `uniqueUserIdMapping` is not `externalName` on both sides. Never here: other realms, and
//! repositories that take part in none: those are [`super::base_entry`]'s.
//!
//! A realm without the mapping maps by `uniqueName`, as does a side that is not given.

use casebook_plugin_configs::{Node, Severity};

use super::model::{Realm, Repository};
use super::{Subject, subjects, wants};
use crate::code::listing::listed;
use crate::code::{Check, Inquiry};
use crate::report::{Entry, Report};

/// The check.
pub(crate) static CHECK: Check = Check {
    name: "wim-unique-user-id",
    wants,
    run,
};

const WANTED: &str = "externalName";

/// What counts where nothing is given.
const DEFAULT: &str = "uniqueName";

fn run(inquiry: &Inquiry<'_>, report: &mut Report) {
    for subject in subjects(inquiry, report) {
        let Some(realm) = subject.repositories.realm() else {
            ask_for_realm(&subject, report);
            continue;
        };
        let takes_part = |repository: &&Repository<'_>| repository.entries().any(|entry| realm.has(&entry));
        let repositories: Vec<_> = subject.repositories.domino.iter().filter(takes_part).copied().collect();
        if !repositories.is_empty() {
            judge(subject.cell(), realm, &repositories, report);
        }
    }
}

fn judge(cell: &str, realm: &Realm<'_>, repositories: &[Repository<'_>], report: &mut Report) {
    let mapping = realm.user_id_mapping();
    let side = |name| {
        mapping
            .and_then(|node: Node<'_>| node.attribute(name))
            .unwrap_or(DEFAULT)
    };
    let (input, output) = (side("propertyForInput"), side("propertyForOutput"));
    if (input, output) == (WANTED, WANTED) {
        return;
    }
    let names = listed(repositories.iter().map(|repository| repository.id()));
    let unsaid = if mapping.is_none() {
        " (by default: the mapping is missing)"
    } else {
        ""
    };
    let message = format!(
        "Realm {} of cell {cell} has the users of the Domino directory {names} and maps their ids by {input}/{output}{unsaid}: \
         the names in its tokens can have parts that the Sametime community does not find.",
        realm.name
    );
    let entry = report.finding(format!("{cell}: {}", realm.name), message);
    let entry = entry.at(mapping.unwrap_or(realm.place));
    let places = repositories.iter().map(|repository| repository.place());
    places
        .fold(entry, Entry::at)
        .field("cell", cell)
        .field("realm", realm.name)
        .field("repository", names)
        .values(format!("{input}/{output}"), format!("{WANTED}/{WANTED}"))
        .enter();
}

/// Several realms, and none of them is the default.
fn ask_for_realm(subject: &Subject<'_>, report: &mut Report) {
    let cell = subject.cell();
    let message = format!(
        "Cell {cell} has several realms or none, and defaultRealm names none of them: which mapping counts for the Domino \
         directory cannot be told."
    );
    let entry = report.finding(format!("{cell}: no default realm"), message);
    let entry = entry.severity(Severity::Info).at(subject.document.root());
    entry
        .field("cell", cell)
        .values("no default realm", "defaultRealm with the name of a realm")
        .enter();
}
