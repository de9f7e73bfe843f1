//! Whether the base entry of a Domino repository is the Domino organisation.
//!
//! Comes in: the cells of Sametime with Domino repositories. Goes out, for each base entry in the default realm: a finding
//! if its name is not the organisation, one if its name in the repository is not empty, and one for a repository whose
//! base entries take part in no realm. Never here: other cells.
//!
//! **Both empty.** HCL's advice for flat groups of Domino is to leave both names empty; the article's is to leave the name
//! in the repository empty and to make the one in the realm the organisation. They are for different products: the first
//! stands in the documentation of Connections, and outside of Sametime nothing is said about it. In a cell of Sametime an
//! empty name is a finding: names in Domino's tokens then fall inside no base entry, which is what the article's first step
//! repairs, and its second step keeps flat groups working.
//!
//! **Which organisation.** `domino.organisation` says; else the names of servers in the directory's server documents and
//! in `domino.server`, which belong to it. What has no organisation at all (`C=US`, nothing) is not it in any case. An
//! organisation in which the repository's own bind name lies is taken to be right. For any other the fact is asked for.
//!
//! **A missing `nameInRepository`** is believed to mean the same as the name, but nothing was found that says so: info.

use casebook_plugin_configs::{Interest, Node, Severity};

use super::draft::{Draft, Drafts};
use super::model::{BaseEntry, Realm, Repository};
use super::{Subject, Unknown, subjects};
use crate::code::directory::{self, Name, form};
use crate::code::listing::{MOST_PLACES, listed};
use crate::code::{Check, Inquiry};
use crate::report::Report;

/// The check.
pub(crate) static CHECK: Check = Check {
    name: "wim-base-entry",
    wants,
    run,
};

fn wants() -> Vec<Interest> {
    let mut wants = super::wants();
    wants.extend(directory::wants());
    wants
}

fn run(inquiry: &Inquiry<'_>, report: &mut Report) {
    let organisations = Organisations::of(inquiry);
    let mut drafts = Drafts::default();
    let mut untold: Vec<Node<'_>> = Vec::new();
    let mut unknown = Unknown::default();
    for subject in subjects(inquiry) {
        for repository in &subject.repositories.domino {
            let judging = Judging {
                cell: subject.cell(),
                repository: *repository,
                organisations: &organisations,
                binds_in: repository.binds_as().and_then(|bind| Name::of(bind).organisation()),
            };
            let mut wrong = Vec::new();
            match subject.repositories.realm() {
                Some(realm) if repository.entries().any(|entry| realm.has(&entry)) => {
                    let entries = judging.entries(realm, &mut wrong);
                    untold.extend(entries.into_iter().filter(|_| subject.lacks.is_none()));
                }
                _ => wrong.extend(judging.participation(&subject)),
            }
            for (group, draft) in wrong {
                match subject.lacks {
                    None => drafts.add(group, draft, report),
                    Some(fact) => unknown.take(fact, &draft),
                }
            }
        }
    }
    drafts.enter(report);
    unknown.ask(
        "A base entry of a Domino directory is not the Domino organisation with an empty name in the repository",
        report,
    );
    if !untold.is_empty() {
        let sentence = "Whether the base entry of the Domino directory is the Domino organisation cannot be told.";
        let places = untold.into_iter().take(MOST_PLACES);
        report.lacks("domino.organisation", sentence, places);
    }
}

/// What is known of the Domino organisation.
struct Organisations<'s> {
    /// Its names; several where server documents name several.
    names: Vec<Name>,
    /// A server document that says so, where it is not a fact.
    place: Option<Node<'s>>,
}

impl<'s> Organisations<'s> {
    fn of(inquiry: &Inquiry<'s>) -> Self {
        let told = Name::of_organisation(&inquiry.facts.domino.organisation);
        if told.is_organisation() {
            return Self {
                names: vec![told],
                place: None,
            };
        }
        let mut known = Self {
            names: Name::of(&inquiry.facts.domino.server)
                .organisation()
                .into_iter()
                .collect(),
            place: None,
        };
        for server in directory::of_form(inquiry.site, form::SERVER) {
            let Some(item) = server.item("ServerName") else {
                continue;
            };
            if let Some(name) = Name::of(server.text("ServerName")).organisation()
                && !known.names.contains(&name)
                && known.names.len() < MOST_ORGANISATIONS
            {
                known.names.push(name);
                known.place = known.place.or(Some(item.place()));
            }
        }
        known
    }

    fn wanted(&self) -> String {
        match self.names.as_slice() {
            [] => "the Domino organisation, such as O=ACME".to_owned(),
            names => names.iter().map(Name::to_string).collect::<Vec<_>>().join(" or "),
        }
    }
}

/// A name for people, also where it is none.
fn or_empty(name: &str) -> &str {
    if name.trim().is_empty() { "(empty)" } else { name }
}

/// Organisations that are told apart: 10. A directory has one, after a merger two.
const MOST_ORGANISATIONS: usize = 10;

/// A repository that is being judged.
struct Judging<'j, 's> {
    cell: &'s str,
    repository: Repository<'s>,
    organisations: &'j Organisations<'s>,
    /// The organisation of the name with which WebSphere signs on to it.
    binds_in: Option<Name>,
}

impl<'s> Judging<'_, 's> {
    /// Judges the base entries in the default realm; gives those of which it cannot be told whether they are right.
    fn entries(&self, realm: &Realm<'_>, wrong: &mut Vec<(String, Draft<'s>)>) -> Vec<Node<'s>> {
        let entries: Vec<BaseEntry<'s>> = self.repository.entries().filter(|entry| realm.has(entry)).collect();
        let known = &self.organisations.names;
        // Further base entries beside the organisation's are further organisations.
        let right = entries.iter().any(|entry| known.contains(&Name::of(entry.name)));
        let mut untold = Vec::new();
        for entry in &entries {
            if !right && self.may_be_right(entry) {
                // The name with which WebSphere signs on lies in it: good enough.
                let confirmed = self.binds_in == Some(Name::of(entry.name));
                untold.extend((!confirmed).then_some(entry.place));
            } else if !right {
                wrong.push((self.group(entry, "name"), self.name(entry)));
            }
            let group = self.group(entry, "name in the repository");
            wrong.extend(self.name_in_repository(entry).map(|draft| (group, draft)));
        }
        untold
    }

    /// Whether it is an organisation, and nothing says which one is right.
    fn may_be_right(&self, entry: &BaseEntry<'_>) -> bool {
        self.organisations.names.is_empty() && Name::of(entry.name).is_organisation()
    }

    fn name(&self, entry: &BaseEntry<'s>) -> Draft<'s> {
        let what = if Name::of(entry.name).is_empty() {
            "is empty. That is right for flat groups elsewhere, but in a cell of Sametime it".to_owned()
        } else {
            format!("is {}, which is not the Domino organisation. It", entry.name)
        };
        let message = format!(
            "The base entry of the Domino directory {} in the realm of cell {} {what} puts the names of Domino's tokens \
             outside of the realm, or adds to the names in WebSphere's.",
            self.repository.id(),
            self.cell
        );
        let places = std::iter::once(entry.place).chain(self.organisations.place);
        Draft {
            severity: None,
            message,
            places: places.collect(),
            fields: self.fields(entry, or_empty(entry.name), &self.organisations.wanted()),
        }
    }

    fn name_in_repository(&self, entry: &BaseEntry<'s>) -> Option<Draft<'s>> {
        let id = self.repository.id();
        let (message, found, severity) = match entry.in_repository.map(str::trim) {
            Some("") => return None,
            // Whatever a missing name means, it is empty then.
            None if entry.name.trim().is_empty() => return None,
            Some(name) => (
                format!(
                    "Base entry {} of the Domino directory {id} begins at {name} in the repository: groups that lie \
                     outside of it, as Domino's flat groups do, are not found.",
                    entry.name
                ),
                name,
                Severity::Medium,
            ),
            None => (
                format!(
                    "Base entry {} of the Domino directory {id} does not say where it begins in the repository. That \
                     may mean at {0} again, and Domino's flat groups are not found then.",
                    entry.name
                ),
                "not given",
                Severity::Info,
            ),
        };
        Some(Draft {
            severity: Some(severity),
            message,
            places: vec![entry.place],
            fields: self.fields(entry, found, "empty (nameInRepository=\"\")"),
        })
    }

    /// Judges a repository with no base entry in the default realm: it may be in another one.
    fn participation(&self, subject: &Subject<'s>) -> Option<(String, Draft<'s>)> {
        let entries: Vec<BaseEntry<'s>> = self.repository.entries().collect();
        if subject.repositories.has_no_realm() || entries.iter().any(|entry| subject.repositories.takes_part(entry)) {
            return None;
        }
        let (cell, id) = (self.cell, self.repository.id());
        let realm = subject.repositories.realm().map(|realm| realm.place);
        let places = entries.iter().map(|entry| entry.place).take(MOST_PLACES);
        let draft = Draft {
            severity: Some(Severity::Medium),
            message: format!(
                "No base entry of the Domino directory {id} is among the participating base entries of a realm of cell \
                 {cell}: its users are in no realm."
            ),
            places: places.chain([self.repository.place()]).chain(realm).collect(),
            fields: vec![
                ("cell", cell.to_owned()),
                ("repository", id.to_owned()),
                (
                    "found",
                    match entries.len() {
                        0 => "no base entry".to_owned(),
                        _ => listed(entries.iter().map(|entry| or_empty(entry.name))),
                    },
                ),
                ("wanted", "the same name in participatingBaseEntries".to_owned()),
            ],
        };
        Some((format!("{cell}: {id}: no part"), draft))
    }

    fn group(&self, entry: &BaseEntry<'_>, aspect: &str) -> String {
        format!("{}: {}: {}: {aspect}", self.cell, self.repository.id(), entry.name)
    }

    fn fields(&self, entry: &BaseEntry<'_>, found: &str, wanted: &str) -> Vec<(&'static str, String)> {
        let fields = [
            ("cell", self.cell),
            ("repository", self.repository.id()),
            ("entry", entry.name),
            ("found", found),
            ("wanted", wanted),
        ];
        fields.map(|(name, value)| (name, value.to_owned())).into()
    }
}
