//! One `Alias`, `Redirect` or `ProxyPass`.
//!
//! Comes in: the directive; then a path. Goes out: where it leads, if it is about that path. Never here: which of several
//! comes first.

use super::{Mapping, Place};
use crate::conf::{Directive, glob};
use crate::oracle::{Oracle, Undecided};
use crate::pcre::{Groups, Regex};

/// Which paths a directive is about.
#[derive(Debug)]
enum Match {
    /// Those that begin so, up to a slash.
    Beginning(String),
    Regex(Regex),
    /// All of the section that it stands in.
    Everything,
}

/// An `Alias` or a `ProxyPass`.
#[derive(Debug)]
pub(super) struct Alias {
    matching: Match,
    target: Vec<u8>,
    pub(super) place: Place,
    is_proxy: bool,
    /// Whether path parameters are taken out before it is compared.
    is_servlet: bool,
}

/// A `Redirect`.
#[derive(Debug)]
pub(super) struct Redirect {
    matching: Match,
    status: u16,
    pub(super) target: Vec<u8>,
    place: Place,
}

impl Alias {
    /// An `Alias` or its kind, with a path of its own.
    pub(super) fn of(directive: &Directive) -> Option<Self> {
        let is_regex = match directive.name.as_str() {
            "alias" | "scriptalias" => false,
            "aliasmatch" | "scriptaliasmatch" => true,
            _ => return None,
        };
        let [path, target] = directive.args.as_slice() else {
            return None;
        };
        Some(Self::new(directive, path, is_regex, target))
    }

    /// A `ProxyPass` of a server.
    pub(super) fn of_proxy(directive: &Directive) -> Option<Self> {
        let mut is_regex = match directive.name.as_str() {
            "proxypass" => false,
            "proxypassmatch" => true,
            _ => return None,
        };
        let mut args = directive.args.as_slice();
        if let [tilde, rest @ ..] = args
            && tilde == "~"
        {
            (is_regex, args) = (true, rest);
        }
        let [path, target, ..] = args else { return None };
        Some(Self::new(directive, path, is_regex, target).proxy(directive))
    }

    /// A `ProxyPass` of a section, whose argument is the path.
    pub(super) fn of_located_proxy(directive: &Directive, path: &str) -> Option<Self> {
        let is_regex = match directive.name.as_str() {
            "proxypass" => glob::is_pattern(path),
            "proxypassmatch" => true,
            _ => return None,
        };
        let target = directive.args.first()?;
        Some(Self::new(directive, path, is_regex, target).proxy(directive))
    }

    fn new(directive: &Directive, path: &str, is_regex: bool, target: &str) -> Self {
        Self {
            matching: Match::new(path, is_regex, directive.place),
            target: target.as_bytes().to_vec(),
            place: directive.place,
            is_proxy: false,
            is_servlet: false,
        }
    }

    fn proxy(self, directive: &Directive) -> Self {
        Self {
            is_proxy: true,
            is_servlet: directive
                .args
                .iter()
                .any(|arg| arg.eq_ignore_ascii_case("mapping=servlet")),
            ..self
        }
    }

    /// Whether it says that a path is not to be passed on.
    pub(super) fn is_exception(&self) -> bool {
        self.is_proxy && self.target == b"!"
    }

    /// Where a path leads.
    pub(super) fn leads(&self, uri: &[u8], oracle: &mut Oracle) -> Result<Option<Vec<u8>>, Undecided> {
        if self.is_servlet && uri.contains(&b';') {
            return Err(Undecided {
                place: self.place,
                why: "how `mapping=servlet` takes the parameters out of the path is not followed".to_owned(),
            });
        }
        let Some(found) = self.matching.found(uri, oracle)? else {
            return Ok(None);
        };
        Ok(Some(match found {
            Matched::Beginning(length) => [self.target.as_slice(), uri.get(length..).unwrap_or_default()].concat(),
            Matched::Groups(groups) => {
                let target = substituted(&self.target, uri, &groups);
                if self.is_proxy && target == self.target {
                    // What stands for nothing in it has the path put behind it.
                    [target.as_slice(), uri].concat()
                } else {
                    target
                }
            }
        }))
    }
}

impl Redirect {
    /// A `Redirect` or its kind; nothing where httpd refuses it.
    pub(super) fn of(directive: &Directive) -> Option<Self> {
        let (is_regex, default) = match directive.name.as_str() {
            "redirect" | "redirecttemp" => (false, 302),
            "redirectpermanent" => (false, 301),
            "redirectmatch" => (true, 302),
            _ => return None,
        };
        let args: Vec<&str> = directive.args.iter().map(String::as_str).collect();
        let said = args.first().and_then(|first| status(first));
        let status = said.unwrap_or(default);
        let leads = (300..400).contains(&status);
        let behind = if said.is_some() { args.get(1..)? } else { &args };
        let (matching, target) = match (behind, leads) {
            (&[path, target], true) => (Match::new(path, is_regex, directive.place), target),
            (&[path], false) => (Match::new(path, is_regex, directive.place), ""),
            (&[target], true) => (Match::Everything, target),
            (&[], false) => (Match::Everything, ""),
            _ => return None,
        };
        Some(Self {
            matching,
            status,
            target: target.as_bytes().to_vec(),
            place: directive.place,
        })
    }

    /// Whether it is about all of the section that it stands in.
    pub(super) fn is_about_everything(&self) -> bool {
        matches!(self.matching, Match::Everything)
    }

    /// Where a path is sent to.
    pub(super) fn location(&self, uri: &[u8], oracle: &mut Oracle) -> Result<Option<Vec<u8>>, Undecided> {
        let Some(found) = self.matching.found(uri, oracle)? else {
            return Ok(None);
        };
        if self.target.is_empty() {
            return Ok(Some(Vec::new()));
        }
        Ok(Some(match found {
            Matched::Beginning(length) => {
                [self.target.clone(), escaped(uri.get(length..).unwrap_or_default())].concat()
            }
            Matched::Groups(groups) => {
                let target = substituted(&self.target, uri, &groups);
                let query = target
                    .iter()
                    .position(|byte| matches!(byte, b'?' | b'#'))
                    .unwrap_or(target.len());
                let (path, query) = target.split_at_checked(query).unwrap_or((&target, b""));
                [escaped(path), query.to_vec()].concat()
            }
        }))
    }

    pub(super) fn mapping(&self, location: Vec<u8>) -> Mapping {
        Mapping::Redirect {
            status: self.status,
            location,
            place: self.place,
        }
    }
}

/// The status that a first argument stands for.
fn status(text: &str) -> Option<u16> {
    Some(match text.to_ascii_lowercase().as_str() {
        "permanent" => 301,
        "temp" => 302,
        "seeother" => 303,
        "gone" => 410,
        text if text.starts_with(|c: char| c.is_ascii_digit()) => {
            let digits = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
            text.get(..digits)?.parse().ok()?
        }
        _ => return None,
    })
}

/// How a path matched.
enum Matched {
    /// So many bytes of it.
    Beginning(usize),
    Groups(Groups),
}

impl Match {
    fn new(path: &str, is_regex: bool, place: Place) -> Self {
        if is_regex {
            Self::Regex(Regex::new(path, false, place))
        } else {
            Self::Beginning(path.to_owned())
        }
    }

    fn found(&self, uri: &[u8], oracle: &mut Oracle) -> Result<Option<Matched>, Undecided> {
        Ok(match self {
            Self::Everything => None,
            Self::Beginning(beginning) => begins(uri, beginning.as_bytes()).map(Matched::Beginning),
            Self::Regex(regex) => regex.groups(uri, oracle)?.map(Matched::Groups),
        })
    }
}

/// How much of a path such a beginning takes: several slashes count as one, and it ends at a slash.
fn begins(uri: &[u8], beginning: &[u8]) -> Option<usize> {
    let mut rest = uri;
    let mut wanted = beginning;
    while let Some((byte, behind)) = wanted.split_first() {
        rest = rest.strip_prefix(&[*byte])?;
        wanted = behind;
        if *byte == b'/' {
            rest = without_slashes(rest);
            wanted = without_slashes(wanted);
        }
    }
    let is_whole = beginning.ends_with(b"/") || matches!(rest.first(), None | Some(b'/'));
    let taken = uri.len() - rest.len();
    (is_whole && taken > 0).then_some(taken)
}

fn without_slashes(text: &[u8]) -> &[u8] {
    let slashes = text.iter().take_while(|byte| **byte == b'/').count();
    text.get(slashes..).unwrap_or_default()
}

/// A replacement with its `$0` to `$9`; a backslash takes the meaning of what follows away.
fn substituted(replacement: &[u8], subject: &[u8], groups: &Groups) -> Vec<u8> {
    let mut text = Vec::new();
    let mut rest = replacement;
    loop {
        match rest {
            [] => return text,
            [b'$', digit, behind @ ..] if digit.is_ascii_digit() => {
                let group = groups.get(usize::from(digit - b'0')).cloned().flatten();
                text.extend_from_slice(group.and_then(|range| subject.get(range)).unwrap_or_default());
                rest = behind;
            }
            [b'\\', byte, behind @ ..] | [byte, behind @ ..] => {
                text.push(*byte);
                rest = behind;
            }
        }
    }
}

/// A path as it may stand in an address.
fn escaped(path: &[u8]) -> Vec<u8> {
    const HEX: &[u8; 16] = b"0123456789abcdef";
    let mut escaped = Vec::with_capacity(path.len());
    for byte in path {
        if byte.is_ascii_alphanumeric() || b"$-_.+!*'(),:;@&=/~".contains(byte) {
            escaped.push(*byte);
            continue;
        }
        let digit = |number: u8| HEX.get(usize::from(number)).copied().unwrap_or_default();
        escaped.extend([b'%', digit(byte >> 4), digit(byte & 15)]);
    }
    escaped
}

/// A file's name from the root: slashes merged, `.` and `..` resolved; `None`: it is below a server root that is not known.
pub(super) fn absolute(path: &[u8], server_root: &[u8]) -> Option<Vec<u8>> {
    let joined = match path {
        [b'/', ..] => path.to_vec(),
        path if has_drive(path) => path.to_vec(),
        path if server_root.starts_with(b"/") || has_drive(server_root) => [server_root, b"/", path].concat(),
        _ => return None,
    };
    let is_windows = has_drive(&joined);
    let joined: Vec<u8> = if is_windows {
        joined
            .iter()
            .map(|byte| if *byte == b'\\' { b'/' } else { *byte })
            .collect()
    } else {
        joined
    };
    let mut kept: Vec<&[u8]> = Vec::new();
    let least = usize::from(is_windows);
    for part in joined.split(|byte| *byte == b'/') {
        match part {
            b"" | b"." => {}
            b".." if kept.len() > least => {
                kept.pop();
            }
            b".." => {}
            part => kept.push(part),
        }
    }
    let mut name = if is_windows { Vec::new() } else { vec![b'/'] };
    name.extend(kept.join(&b'/'));
    if joined.ends_with(b"/") && !name.ends_with(b"/") {
        name.push(b'/');
    }
    Some(name)
}

fn has_drive(path: &[u8]) -> bool {
    matches!(path, [drive, b':', ..] if drive.is_ascii_alphabetic())
}
