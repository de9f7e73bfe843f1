//! `connections-shared-library`: whether the jars of a shared library are where its class path says.
//!
//! Comes in: the shared libraries of every scope, listings of the folders that hold jars, and the fact `sdk`, which says
//! where on the server a folder of the environment lies. Goes out: a finding an entry. Never here: versions of jars, what
//! the applications need.
//!
//! ```text
//! entry ─► below sdk.path? ── yes ─► looked up below sdk.folder
//!              no                        is there, lies elsewhere, is not there
//!              └─► the folders that hold the library's own jars ─► the same, by the end of their paths
//! ```
//!
//! The documentation has the jars of the SDK copied into one folder and the class path name a `lib` below it: a class path
//! that is copied from there, or from another site, names folders that do not exist. Variables of WebSphere are not
//! resolved: what follows them is compared.

mod folders;
mod path;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use casebook_plugin_configs::{Document, Interest, Node};

use self::folders::{Folders, Whereabouts};
use self::path::Path;
use crate::code::listing::MOST_PLACES;
use crate::code::{Check, Inquiry};
use crate::report::{Entry, Report};

pub(crate) static CHECK: Check = Check {
    name: "connections-shared-library",
    wants,
    run,
};

fn wants() -> Vec<Interest> {
    let jars = Interest::in_kind("folder").nodes(["*.jar"]);
    vec![Interest::in_kind("libraries.xml").nodes(["Library", "classPath"]), jars]
}

fn run(inquiry: &Inquiry<'_>, report: &mut Report) {
    let folders = Folders::of(inquiry);
    let mut gathered: BTreeMap<(String, &str, String, Whereabouts), Vec<Node<'_>>> = BTreeMap::new();
    let mut unknown = Vec::new();
    for document in inquiry.site.of_kind("libraries.xml") {
        for library in document.named("Library") {
            let entries = entries(library);
            let own = Jars::of(library, &entries);
            let bundle = folders.bundle(&own.distinctive);
            let mut known = false;
            for entry in &entries {
                let whereabouts = folders.find(&entry.path, &bundle, own.of_sdk);
                known |= whereabouts != Whereabouts::Unknown;
                if matches!(whereabouts, Whereabouts::Elsewhere(_) | Whereabouts::Nowhere(_)) {
                    let name = library.attribute("name").unwrap_or_default();
                    let key = (scope(document), name, entry.text.clone(), whereabouts);
                    gathered.entry(key).or_default().push(entry.node);
                }
            }
            // Of an entry that is a folder there is nothing to ask.
            if own.of_sdk && !known && entries.iter().any(|entry| entry.path.jar().is_some()) {
                unknown.push(library);
            }
        }
    }
    for ((scope, library, entry, whereabouts), places) in gathered {
        enter(report, &scope, library, &entry, &whereabouts, places);
    }
    if !unknown.is_empty() {
        let (fact, sentence) = if folders.sdk_given() {
            (
                "sdk.folder",
                "The folder that `sdk` names holds no jar of the meeting server's SDK, so whether the entries of its shared \
                 library exist cannot be told.",
            )
        } else {
            (
                "sdk",
                "Where the SDK of the meeting server was unpacked is not known, so whether the entries of its shared library \
                 exist cannot be told.",
            )
        };
        report.lacks(fact, sentence, unknown.into_iter().take(MOST_PLACES));
    }
}

fn enter(report: &mut Report, scope: &str, library: &str, entry: &str, found: &Whereabouts, places: Vec<Node<'_>>) {
    let (wanted, message) = match found {
        Whereabouts::Elsewhere(place) => (
            place,
            format!(
                "The shared library {library} names {entry}, but the file is {place}: applications that use the library do \
                 not find its classes."
            ),
        ),
        Whereabouts::Nowhere(place) => (
            place,
            format!(
                "The shared library {library} names {entry}, which does not exist in {place}: applications that use the \
                 library do not find its classes."
            ),
        ),
        Whereabouts::There | Whereabouts::Unknown => return,
    };
    let named = report.finding(format!("{scope} {library} {entry}"), message);
    let named = places.into_iter().take(MOST_PLACES).fold(named, Entry::at);
    named
        .field("scope", scope)
        .field("library", library)
        .values(entry, wanted)
        .enter();
}

/// An entry of a class path.
struct ClassPathEntry<'s> {
    node: Node<'s>,
    text: String,
    path: Path,
}

/// The entries of a library, which are elements, or one attribute with several of them.
fn entries(library: Node<'_>) -> Vec<ClassPathEntry<'_>> {
    let elements = library
        .children_named("classPath")
        .map(|element| (element, element.value()));
    let attribute = library.attribute("classPath").map(|value| (library, value));
    let parts = elements
        .chain(attribute)
        .flat_map(|(node, value)| value.split([';', '\n']).map(move |text| (node, text)));
    parts
        .map(|(node, text)| (node, text.trim()))
        .filter(|(_, text)| !text.is_empty())
        .map(|(node, text)| ClassPathEntry {
            node,
            text: text.to_owned(),
            path: Path::read(text),
        })
        .collect()
}

/// What is known of a library's jars.
struct Jars<'e> {
    /// Whether it is the one of the meeting server's SDK, by its name or by an entry.
    of_sdk: bool,
    /// The jars whose names only the SDK has; `commons-logging` may lie in any folder.
    distinctive: Vec<&'e str>,
}

impl<'e> Jars<'e> {
    fn of(library: Node<'_>, entries: &'e [ClassPathEntry<'_>]) -> Self {
        let names = |text: &str| {
            let text = text.to_ascii_lowercase();
            text.contains("meeting") || text.contains("sametime")
        };
        let of_sdk =
            names(library.attribute("name").unwrap_or_default()) || entries.iter().any(|entry| names(&entry.text));
        let jars = entries.iter().filter_map(|entry| entry.path.jar());
        Self {
            of_sdk,
            distinctive: jars.filter(|jar| names(jar)).collect(),
        }
    }
}

/// Which library of that name: the parts of WebSphere's tree that its file belongs to.
fn scope(document: Document<'_>) -> String {
    let parts = ["cell", "node", "cluster", "server", "application"];
    let known = parts.iter().filter_map(|part| document.attribute(part));
    known.collect::<Vec<_>>().join("/")
}
