//! Loading where subjects come from: kinds, names of files, paths.

use super::Report;
use crate::data::Source;
use crate::pack::OneOrMany;
use crate::select::{End, Path};

/// What the host calls kinds, and the syntaxes by which they can be asked for together. A kind that nobody makes would
/// leave a rule silent for ever, so others are refused.
const KINDS: [&str; 28] = [
    "LotusConnections-config.xml",
    "deployment.xml",
    "domino-document",
    "dxl",
    "hosts",
    "httpd",
    "httpd.conf",
    "ini",
    "items",
    "keystore",
    "liberty-server.xml",
    "libraries.xml",
    "managed-community-configs.xml",
    "notes.ini",
    "profile",
    "properties",
    "proxy-config.tpl",
    "proxy-rules",
    "rules",
    "sametime.ini",
    "security.xml",
    "server.xml",
    "serverindex.xml",
    "ssl.client.props",
    "stproxyconfig.xml",
    "widgets-config.xml",
    "wimconfig.xml",
    "xml",
];

/// Kinds whose names are in small letters, however the file writes them.
const SMALL: [&str; 5] = ["httpd", "httpd.conf", "ini", "notes.ini", "sametime.ini"];

/// What subjects are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sort {
    Nodes,
    Attributes,
}

/// Kinds, names of files and paths, as a pack gives them.
type Written<'p> = (&'p OneOrMany<String>, &'p [String], &'p Option<OneOrMany<String>>);

/// Where subjects come from, and what they are.
pub(super) fn selection(path: &str, written: Written<'_>, report: Report<'_>) -> (Source, Sort) {
    let (kinds, files, paths) = written;
    for kind in kinds.as_slice() {
        if !KINDS.contains(&kind.as_str()) {
            let reason = format!("`{kind}` is no kind of document; expected one of: {}", KINDS.join(", "));
            report(&format!("{path}/kind"), reason);
        }
    }
    for (index, file) in files.iter().enumerate() {
        if file.is_empty() || file.contains(['/', '\\', '[', '{']) {
            let reason = format!("`{file}` is no name of a file; expected one, in which `*` and `?` stand for others");
            report(&format!("{path}/files/{index}"), reason);
        }
    }
    let place = format!("{path}/path");
    let mut read = Vec::new();
    for text in paths.iter().flat_map(OneOrMany::as_slice) {
        match Path::read(text) {
            Ok(path) if !path.absolute => report(
                &place,
                format!("`{text}` begins nowhere; expected `/` or `//` before it"),
            ),
            Ok(path) => read.push(path),
            Err(reason) => report(&place, reason),
        }
    }
    let is_small = kinds.as_slice().iter().all(|kind| SMALL.contains(&kind.as_str()));
    let named = read
        .iter()
        .flat_map(|path| &path.steps)
        .filter_map(|step| step.name.as_deref());
    for name in named.filter(|name| is_small && name.contains(|c: char| c.is_ascii_uppercase())) {
        let small = name.to_ascii_lowercase();
        report(
            &place,
            format!("names are in small letters in this kind of document; expected `{small}`, not `{name}`"),
        );
    }
    if paths.is_none() {
        read.push(Path::top());
    }
    let attributes = read.iter().filter(|path| matches!(path.end, End::Attribute(_))).count();
    if attributes > 0 && attributes < read.len() {
        report(
            &place,
            "some of the paths lead to attributes and some to nodes; expected one sort".to_owned(),
        );
    }
    let sort = if attributes > 0 { Sort::Attributes } else { Sort::Nodes };
    let source = Source {
        kinds: kinds.as_slice().to_vec(),
        files: files.to_vec(),
        paths: read,
    };
    (source, sort)
}
