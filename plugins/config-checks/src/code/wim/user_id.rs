//! Whether user ids are mapped by the name that Domino gives.
//!
//! Comes in: the cells of Sametime with Domino repositories. Goes out: a finding for each default realm in which a Domino
//! repository takes part and whose `uniqueUserIdMapping` is not `externalName` on both sides. Never here: other realms, and
//! repositories that take part in none: those are [`super::base_entry`]'s.
//!
//! A realm without the mapping maps by `uniqueName`, as does a side that is not given.

use casebook_plugin_configs::{Node, Severity};

use super::draft::{Draft, Drafts};
use super::model::{Realm, Repository};
use super::{Subject, Unknown, subjects, wants};
use crate::code::listing::listed;
use crate::code::{Check, Inquiry};
use crate::report::Report;

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
    let mut drafts = Drafts::default();
    let mut unknown = Unknown::default();
    for subject in subjects(inquiry) {
        let (group, draft) = match subject.repositories.realm() {
            None => without_realm(&subject),
            Some(realm) => {
                let takes_part = |repository: &&Repository<'_>| repository.entries().any(|entry| realm.has(&entry));
                let repositories: Vec<_> = subject.repositories.domino.iter().filter(takes_part).copied().collect();
                match judge(subject.cell(), realm, &repositories) {
                    Some(wrong) => wrong,
                    None => continue,
                }
            }
        };
        match subject.lacks {
            None => drafts.add(group, draft, report),
            Some(fact) => unknown.take(fact, &draft),
        }
    }
    drafts.enter(report);
    let what = format!("User ids of a Domino directory are not mapped by {WANTED} on both sides");
    unknown.ask(&what, report);
}

/// A finding with its group; none where there is no Domino repository in the realm, or nothing is wrong.
fn judge<'s>(cell: &str, realm: &Realm<'s>, repositories: &[Repository<'s>]) -> Option<(String, Draft<'s>)> {
    let mapping = realm.user_id_mapping();
    let side = |name| {
        mapping
            .and_then(|node: Node<'_>| node.attribute(name))
            .unwrap_or(DEFAULT)
    };
    let (input, output) = (side("propertyForInput"), side("propertyForOutput"));
    if repositories.is_empty() || (input, output) == (WANTED, WANTED) {
        return None;
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
    let mapping = mapping.unwrap_or(realm.place);
    let draft = Draft {
        severity: None,
        message,
        places: std::iter::once(mapping)
            .chain(repositories.iter().map(|repository| repository.place()))
            .collect(),
        fields: vec![
            ("cell", cell.to_owned()),
            ("realm", realm.name.to_owned()),
            ("repository", names),
            ("found", format!("{input}/{output}")),
            ("wanted", format!("{WANTED}/{WANTED}")),
        ],
    };
    Some((format!("{cell}: {}", realm.name), draft))
}

/// Several realms, and none of them is the default.
fn without_realm<'s>(subject: &Subject<'s>) -> (String, Draft<'s>) {
    let cell = subject.cell();
    let draft = Draft {
        severity: Some(Severity::Info),
        message: format!(
            "Cell {cell} has several realms or none, and defaultRealm names none of them: which mapping counts for the \
             Domino directory cannot be told."
        ),
        places: vec![subject.document.root()],
        fields: vec![
            ("cell", cell.to_owned()),
            ("found", "no default realm".to_owned()),
            ("wanted", "defaultRealm with the name of a realm".to_owned()),
        ],
    };
    (format!("{cell}: no default realm"), draft)
}
