//! How WebSphere names the users of a Domino directory: federated repositories of the cells of Sametime.
//!
//! Comes in: `wimconfig.xml` of each cell, in as many copies as it has profiles. Goes out: findings of two checks, [`USER_ID`]
//! and [`BASE_ENTRY`]. Never here: directories other than Domino's, for which the settings as they come are right.
//!
//! A token carries the name that WebSphere gives a user. With a base entry that is not the Domino organisation, such as
//! `C=US`, and with user ids mapped by `uniqueName`, that is `CN=Ben Williams,O=ACME,C=US`, and Domino knows nobody of that
//! name. So both matter only where tokens go to a Sametime community: whether a cell is one of Sametime's is told by
//! [`sametime`], and where it is not known the checks say so.
//!
//! What is wrong in several copies of a file is one finding ([`draft`]): its group is made of cell and subject.

mod base_entry;
mod draft;
mod model;
mod sametime;
mod user_id;

#[cfg(test)]
mod tests;

use casebook_plugin_configs::{Document, Interest};

use super::Inquiry;
use crate::report::Report;
use model::Repositories;
use sametime::{Cells, Standing};

pub(crate) use base_entry::CHECK as BASE_ENTRY;
pub(crate) use user_id::CHECK as USER_ID;

fn wants() -> Vec<Interest> {
    let mut wants = sametime::wants();
    wants.push(model::wants());
    wants
}

/// A file with Domino repositories in a cell of Sametime.
struct Subject<'s> {
    document: Document<'s>,
    repositories: Repositories<'s>,
}

impl<'s> Subject<'s> {
    /// The cell's name, or the file where the path gives none.
    fn cell(&self) -> &'s str {
        self.document.attribute("cell").unwrap_or_else(|| self.document.file())
    }
}

/// All of them. Of those of which it is not known whether they are Sametime's, the report says so.
fn subjects<'s>(inquiry: &Inquiry<'s>, report: &mut Report) -> Vec<Subject<'s>> {
    let cells = Cells::of(inquiry);
    let mut subjects = Vec::new();
    let mut unknown = Vec::new();
    for document in inquiry.site.of_kind("wimconfig.xml") {
        let repositories = Repositories::of(document);
        let Some(first) = repositories.domino.first() else {
            continue;
        };
        match cells.standing(document) {
            Standing::Sametime => subjects.push(Subject { document, repositories }),
            Standing::Unknown => unknown.push(first.place()),
            Standing::Other => {}
        }
    }
    if !unknown.is_empty() {
        let sentence = "A Domino directory is among the federated repositories; how it has to be set up depends on whether \
                        Sametime uses this cell.";
        report.lacks(
            "products.sametime",
            sentence,
            unknown.into_iter().take(super::listing::MOST_PLACES),
        );
    }
    subjects
}
