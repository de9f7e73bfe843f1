//! What mapped a path to a file, for rules of folders: `Alias` leaves behind what it put in place of what.
//!
//! Comes in: the mapped request. Goes out: the beginning of the path and the folder that it stands for; nothing, if it is
//! `DocumentRoot`.

use super::Rewriting;
use crate::Place;
use crate::conf::mapping::Mapping;
use crate::conf::walk::Applied;
use crate::conf::{Directive, Scope};
use crate::decide::Transaction;
use crate::oracle::Undecided;

/// What an `Alias` left behind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Context {
    pub(super) prefix: Vec<u8>,
    pub(super) root: Vec<u8>,
    place: Place,
}

/// The aliases of some scopes.
pub(super) fn aliases(scopes: &[&Scope]) -> Vec<Context> {
    let directives = scopes.iter().flat_map(|scope| scope.directives());
    directives.filter_map(of_directive).collect()
}

fn of_directive(directive: &Directive) -> Option<Context> {
    let ("alias" | "scriptalias", [prefix, root]) = (directive.name.as_str(), directive.args.as_slice()) else {
        return None;
    };
    Some(Context {
        prefix: prefix.as_bytes().to_vec(),
        root: root.as_bytes().to_vec(),
        place: directive.place,
    })
}

/// What mapped the request to its file.
pub(super) fn of<'s>(
    rewriting: &Rewriting<'s>,
    applied: &[Applied<'s>],
    filename: &[u8],
    place: Place,
    tx: &mut Transaction,
) -> Result<Option<Context>, Undecided> {
    let Some(paths) = &rewriting.paths else { return Ok(None) };
    let (name, by) = match paths.map(&tx.uri, applied, tx.oracle)? {
        Mapping::File { name, place } => (name, place),
        Mapping::Redirect { .. } | Mapping::Proxied { .. } => return Ok(None),
        Mapping::Unknown { why, .. } => return Err(Undecided { place, why }),
    };
    // A rule of the server may have mapped it.
    let same = name.strip_prefix(filename) == Some(&tx.path_info) || name == filename;
    if !same {
        return Ok(None);
    }
    let of_place = rewriting.aliases.iter().filter(|alias| alias.place == by);
    let mut of_path = of_place.filter(|alias| tx.uri.starts_with(&alias.prefix));
    match (of_path.next(), of_path.next()) {
        (Some(_), Some(_)) => Err(Undecided {
            place: by,
            why: "which of several aliases that a macro wrote mapped the path is not followed".to_owned(),
        }),
        (found, _) => Ok(found.cloned()),
    }
}
