//! How WebSphere names the users of a Domino directory: federated repositories of the cells of Sametime.
//!
//! Comes in: `wimconfig.xml` of each cell, in as many copies as it has profiles. Goes out: findings of two checks, [`USER_ID`]
//! and [`BASE_ENTRY`]. Never here: directories other than Domino's, for which the settings as they come are right.
//!
//! A token carries the name that WebSphere gives a user. With a base entry that is not the Domino organisation, such as
//! `C=US`, and with user ids mapped by `uniqueName`, that is `CN=Ben Williams,O=ACME,C=US`, and Domino knows nobody of that
//! name. So both matter only where tokens go to a Sametime community: whether a cell is one of Sametime's is told by
//! [`sametime`]. Where it is not known the checks look all the same, and ask for it if they would find something: what is
//! right for Sametime needs no question.
//!
//! What is wrong in several copies of a file is one finding ([`draft`]): its group is made of cell and subject.

mod base_entry;
mod draft;
mod model;
mod sametime;
mod user_id;

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use casebook_plugin_configs::{Document, Interest, Node, Severity};

use super::Inquiry;
use super::listing::MOST_PLACES;
use crate::report::Report;
use draft::Draft;
use model::Repositories;
use sametime::{Cells, Standing};

pub(crate) use base_entry::CHECK as BASE_ENTRY;
pub(crate) use user_id::CHECK as USER_ID;

fn wants() -> Vec<Interest> {
    let mut wants = sametime::wants();
    wants.push(model::wants());
    wants
}

/// A file with Domino repositories in a cell that is, or may be, one of Sametime's.
struct Subject<'s> {
    document: Document<'s>,
    repositories: Repositories<'s>,
    /// The fact that would tell whether it is Sametime's; none where that is known.
    lacks: Option<&'static str>,
}

impl<'s> Subject<'s> {
    /// The cell's name, or the file where the path gives none.
    fn cell(&self) -> &'s str {
        self.document.attribute("cell").unwrap_or_else(|| self.document.file())
    }
}

/// All of them.
fn subjects<'s>(inquiry: &Inquiry<'s>) -> impl Iterator<Item = Subject<'s>> {
    let cells = Cells::of(inquiry);
    inquiry.site.of_kind("wimconfig.xml").filter_map(move |document| {
        let repositories = Repositories::of(document);
        let standing = cells.standing(document);
        let counts = !repositories.domino.is_empty() && standing != Standing::Other;
        counts.then_some(Subject {
            document,
            repositories,
            lacks: match standing {
                Standing::Unknown(fact) => Some(fact),
                Standing::Sametime | Standing::Other => None,
            },
        })
    })
}

/// Places in cells of which it would have to be known whether they are Sametime's, by the fact that would tell.
#[derive(Default)]
struct Unknown<'s>(BTreeMap<&'static str, Vec<Node<'s>>>);

impl<'s> Unknown<'s> {
    /// Takes what would be wrong in a cell of Sametime.
    fn take(&mut self, fact: &'static str, draft: &Draft<'s>) {
        // What could not be told in a cell of Sametime either is no reason to ask.
        if draft.severity != Some(Severity::Info) {
            let places = self.0.entry(fact).or_default();
            places.extend(draft.places.first().filter(|_| places.len() < MOST_PLACES));
        }
    }

    /// Asks for what is not known.
    fn ask(self, what: &str, report: &mut Report) {
        for (fact, places) in self.0 {
            let sentence = format!(
                "{what}. For Sametime that would be wrong, elsewhere it may be right, and whether Sametime uses this cell is \
                 not known."
            );
            report.lacks(fact, &sentence, places);
        }
    }
}
