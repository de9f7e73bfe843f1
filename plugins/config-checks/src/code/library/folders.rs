//! The folders that hold jars, and where an entry of a class path lies in them.
//!
//! Comes in: listings of folders, the fact `sdk`, an entry. Goes out: its [`Whereabouts`]. Never here: which library an
//! entry belongs to.
//!
//! Without the fact the paths of a server and those of the environment have only their ends in common: the folder is taken
//! for the entry's if the last parts of their names agree. A name that many folders have (`lib`) says nothing alone, and
//! the topmost folder of an environment may be named by whoever collected it.

use std::collections::{BTreeMap, BTreeSet};

use super::path::Path;
use crate::code::Inquiry;

/// Names of folders that many bundles have.
const COMMON: &[&str] = &["lib", "libs", "jar", "jars", "bin", "classes"];

/// Folders that are looked at for a library: 128. An SDK has some ten.
const MOST_FOLDERS: usize = 128;

/// Where an entry lies.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Whereabouts {
    /// Where it says.
    There,
    /// There, if the path is taken for another one: what that is.
    Elsewhere(String),
    /// Its folder is known and does not hold it: the folder.
    Nowhere(String),
    /// Nothing in the environment tells.
    Unknown,
}

/// The listings of a site.
pub(super) struct Folders<'s> {
    /// The files of each folder.
    files: BTreeMap<&'s str, BTreeSet<&'s str>>,
    /// The folders whose path is the same but for capitals.
    alike: BTreeMap<String, Vec<&'s str>>,
    /// The folders that hold a file, by its name in small letters, and how each writes it.
    holders: BTreeMap<String, BTreeMap<&'s str, &'s str>>,
    /// The folders directly below each.
    inside: BTreeMap<&'s str, Vec<&'s str>>,
    sdk: Option<Sdk<'s>>,
}

/// The fact: a path of the server is a folder of the environment.
struct Sdk<'s> {
    path: Path,
    text: &'s str,
    folder: &'s str,
    /// The first folder within that holds a file, by its name in small letters.
    holders: BTreeMap<String, &'s str>,
}

fn parent(folder: &str) -> &str {
    folder.rsplit_once('/').map_or("", |(parent, _)| parent)
}

fn joined(folder: &str, name: &str) -> String {
    match folder {
        "" => name.to_owned(),
        _ => format!("{folder}/{name}"),
    }
}

impl<'s> Folders<'s> {
    /// The listings of a site.
    pub(super) fn of(inquiry: &Inquiry<'s>) -> Self {
        let sdk = &inquiry.facts.sdk;
        let mut folders = Self {
            files: BTreeMap::new(),
            alike: BTreeMap::new(),
            holders: BTreeMap::new(),
            inside: BTreeMap::new(),
            sdk: (!sdk.path.is_empty() && !sdk.folder.is_empty()).then(|| Sdk {
                path: Path::read(&sdk.path),
                text: sdk.path.trim_end_matches(['/', '\\']),
                folder: sdk.folder.trim_start_matches("./").trim_matches('/'),
                holders: BTreeMap::new(),
            }),
        };
        for document in inquiry.site.of_kind("folder") {
            folders.add(
                document.file(),
                document.root().children().map(|file| file.name()).collect(),
            );
        }
        folders
    }

    /// Whether a fact says where the SDK is.
    pub(super) fn sdk_given(&self) -> bool {
        self.sdk.is_some()
    }

    fn add(&mut self, folder: &'s str, names: BTreeSet<&'s str>) {
        for name in &names {
            let small = name.to_ascii_lowercase();
            if let Some(sdk) = self.sdk.as_mut().filter(|sdk| is_within(folder, sdk.folder)) {
                sdk.holders.entry(small.clone()).or_insert(folder);
            }
            self.holders.entry(small).or_default().entry(folder).or_insert(name);
        }
        self.alike.entry(folder.to_ascii_lowercase()).or_default().push(folder);
        self.inside.entry(parent(folder)).or_default().push(folder);
        self.files.insert(folder, names);
    }

    /// The folders that may belong to a library: those that hold one of its distinctive jars, and those around them.
    pub(super) fn bundle(&self, jars: &[&str]) -> BTreeSet<&'s str> {
        let jars = jars.iter().take(MOST_FOLDERS);
        let holding = jars.filter_map(|jar| self.holders.get(&jar.to_ascii_lowercase()));
        let holding: Vec<&str> = holding.flat_map(BTreeMap::keys).copied().take(MOST_FOLDERS).collect();
        let mut bundle: BTreeSet<&str> = holding.iter().copied().collect();
        for holder in holding {
            let around = [holder, parent(holder)];
            let known = self.files.get_key_value(parent(holder)).map(|(folder, _)| *folder);
            let around = around.iter().filter(|folder| !folder.is_empty());
            let inside = around.filter_map(|folder| self.inside.get(folder)).flatten().copied();
            let room = MOST_FOLDERS.saturating_sub(bundle.len());
            bundle.extend(known.into_iter().chain(inside).take(room));
        }
        bundle
    }

    /// Where an entry lies: by the fact, else by the folders of its library.
    pub(super) fn find(&self, entry: &Path, bundle: &BTreeSet<&'s str>, of_sdk: bool) -> Whereabouts {
        let Some(jar) = entry.jar() else {
            // A folder, or files of other kinds, of which there are no listings.
            return Whereabouts::Unknown;
        };
        if let Some(sdk) = &self.sdk {
            if let Some(rest) = entry.below(&sdk.path) {
                return self.below_sdk(sdk, entry, rest, jar);
            }
            if of_sdk && bundle.iter().any(|folder| is_within(folder, sdk.folder)) {
                return self.beside_sdk(sdk, entry, jar, bundle);
            }
        }
        self.in_bundle(entry, jar, bundle)
    }

    /// An entry that begins with the path of the fact.
    fn below_sdk(&self, sdk: &Sdk<'s>, entry: &Path, rest: &[String], jar: &str) -> Whereabouts {
        if sdk.holders.is_empty() {
            return Whereabouts::Unknown;
        }
        let folder = rest.split_last().map_or(&[] as &[String], |(_, folder)| folder);
        let named = folder
            .iter()
            .fold(sdk.folder.to_owned(), |folder, name| joined(&folder, name));
        let alike = self
            .alike
            .get(&named.to_ascii_lowercase())
            .into_iter()
            .flatten()
            .take(MOST_FOLDERS);
        let mut named = alike.filter(|folder| entry.same(folder, &named));
        if named.any(|folder| self.holds(entry, folder, jar)) {
            return Whereabouts::There;
        }
        let elsewhere = self.on_server(sdk, jar).map(Whereabouts::Elsewhere);
        elsewhere.unwrap_or_else(|| Whereabouts::Nowhere(sdk.text.to_owned()))
    }

    /// An entry of the SDK's library that begins otherwise. It may be a copy; then its folder is in the bundle too.
    fn beside_sdk(&self, sdk: &Sdk<'s>, entry: &Path, jar: &str, bundle: &BTreeSet<&'s str>) -> Whereabouts {
        let copies: BTreeSet<&str> = bundle
            .iter()
            .copied()
            .filter(|folder| !is_within(folder, sdk.folder))
            .collect();
        match self.in_bundle(entry, jar, &copies) {
            Whereabouts::Unknown => self
                .on_server(sdk, jar)
                .map_or(Whereabouts::Unknown, Whereabouts::Elsewhere),
            known => known,
        }
    }

    /// An entry of which nothing is known but the folders around its library's own jars.
    fn in_bundle(&self, entry: &Path, jar: &str, bundle: &BTreeSet<&str>) -> Whereabouts {
        let holders: Vec<&str> = bundle
            .iter()
            .copied()
            .filter(|folder| self.written(folder, jar).is_some())
            .collect();
        if holders
            .iter()
            .any(|holder| is_folder_of(entry, holder) && self.holds(entry, holder, jar))
        {
            return Whereabouts::There;
        }
        if let Some(holder) = holders.first() {
            return Whereabouts::Elsewhere(joined(holder, self.written(holder, jar).unwrap_or(jar)));
        }
        // `${SDK}/lib` may be any folder of that name.
        let named = bundle
            .iter()
            .find(|folder| is_folder_of(entry, folder) && shares_a_name(entry, folder));
        named.map_or(Whereabouts::Unknown, |folder| {
            Whereabouts::Nowhere((*folder).to_owned())
        })
    }

    /// Whether a folder holds a file as an entry writes it.
    fn holds(&self, entry: &Path, folder: &str, jar: &str) -> bool {
        self.written(folder, jar)
            .is_some_and(|written| entry.same(written, jar))
    }

    /// How a folder writes the name of a file that it holds, whatever its capitals.
    fn written(&self, folder: &str, jar: &str) -> Option<&'s str> {
        let exact = self.files.get(folder)?.get(jar).copied();
        exact.or_else(|| self.holders.get(&jar.to_ascii_lowercase())?.get(folder).copied())
    }

    /// Where the SDK has a file, as the server names it.
    fn on_server(&self, sdk: &Sdk<'s>, jar: &str) -> Option<String> {
        let holder = *sdk.holders.get(&jar.to_ascii_lowercase())?;
        let rest = holder.strip_prefix(sdk.folder).unwrap_or_default().trim_matches('/');
        let folder = match rest {
            "" => sdk.text.to_owned(),
            _ => joined(sdk.text, rest),
        };
        Some(joined(&folder, self.written(holder, jar)?))
    }
}

fn is_within(folder: &str, base: &str) -> bool {
    let rest = folder.strip_prefix(base);
    rest.is_some_and(|rest| base.is_empty() || rest.is_empty() || rest.starts_with('/'))
}

/// Whether a folder of the environment can be the one that an entry names: the ends of their paths agree.
fn is_folder_of(entry: &Path, folder: &str) -> bool {
    let mut own = entry.folder().iter().rev();
    let mut other: Vec<&str> = folder.split('/').collect();
    while let (Some(own), Some(known)) = (own.next(), other.pop()) {
        if entry.same(own, known) {
            if COMMON.contains(&own.to_ascii_lowercase().as_str()) {
                continue;
            }
            return true;
        }
        // Whoever collected the environment may have named its topmost folders, but not after a part of this path.
        return other.is_empty() && !entry.folder().iter().any(|part| entry.same(part, known));
    }
    true
}

/// Whether the last parts of a folder's path that an entry has too are more than names that many folders have.
fn shares_a_name(entry: &Path, folder: &str) -> bool {
    let pairs = entry.folder().iter().rev().zip(folder.rsplit('/'));
    let mut shared = pairs.take_while(|(own, known)| entry.same(own, known));
    shared.any(|(own, _)| !COMMON.contains(&own.to_ascii_lowercase().as_str()))
}
