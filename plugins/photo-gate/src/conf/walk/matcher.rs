//! Whether a section's argument fits a path.
//!
//! Comes in: `<Directory>`, `<Files>`, `<Location>`, `<Proxy>` and their kind. Goes out: whether it applies to a file, a path, a
//! target. Never here: the order.

use std::borrow::Cow;

use super::{Existing, File, Kind};
use crate::Place;
use crate::conf::{Directive, Server, VirtualHost, glob};
use crate::oracle::{Oracle, Undecided};
use crate::pcre::{Regex, question};

/// What httpd runs on, as far as it matters here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Platform {
    Unix,
    /// File names are compared without case.
    Windows,
}

impl Platform {
    /// Windows, if a path of the server begins with a drive.
    pub(super) fn of(server: &Server, host: Option<&VirtualHost>) -> Self {
        let scopes = std::iter::once(&server.scope).chain(host.map(|host| &host.scope));
        let mut roots = scopes.flat_map(|scope| scope.directives());
        let has_drive = roots.any(|directive| {
            matches!(directive.name.as_str(), "serverroot" | "documentroot")
                && directive.args.first().is_some_and(|path| has_drive(path))
        });
        if has_drive { Self::Windows } else { Self::Unix }
    }
}

fn has_drive(path: &str) -> bool {
    matches!(path.as_bytes(), [drive, b':', ..] if drive.is_ascii_alphabetic())
}

/// What a section's argument is.
#[derive(Debug)]
pub(super) struct Matcher {
    form: Form,
    any_case: bool,
    place: Place,
}

#[derive(Debug)]
enum Form {
    /// A path or a name. That of a folder ends with a slash.
    Text(String),
    /// One with stars.
    Pattern(String),
    /// With the slashes in it.
    Regex(Regex, usize),
    /// A folder that is named from wherever httpd was started; its path, with a slash before and behind.
    Relative(String),
}

/// The matcher of a section, and its kind.
pub(super) fn of(directive: &Directive, platform: Platform) -> Option<(Kind, Matcher)> {
    let (kind, always_regex) = match directive.name.as_str() {
        "directory" => (Kind::Directory, false),
        "directorymatch" => (Kind::Directory, true),
        "files" => (Kind::Files, false),
        "filesmatch" => (Kind::Files, true),
        "location" => (Kind::Location, false),
        "locationmatch" => (Kind::Location, true),
        "proxy" => (Kind::Proxy, false),
        "proxymatch" => (Kind::Proxy, true),
        _ => return None,
    };
    let of_files = matches!(kind, Kind::Directory | Kind::Files);
    let any_case = of_files && platform == Platform::Windows;
    let first = directive.args.first().map(String::as_str).unwrap_or_default();
    let expression = match (first, always_regex) {
        ("~", _) => Some(directive.args.get(1).map(String::as_str).unwrap_or_default()),
        (first, true) => Some(first),
        (_, false) => None,
    };
    let form = match expression {
        Some(expression) => {
            let depth = if expression == "/" {
                0
            } else {
                slashes(expression.as_bytes())
            };
            Form::Regex(Regex::new(expression, any_case, directive.place), depth)
        }
        None if kind == Kind::Directory => folder(first),
        None => {
            let text = if kind == Kind::Files {
                first.trim_start_matches("./")
            } else {
                first
            };
            if glob::is_pattern(text) {
                Form::Pattern(text.to_owned())
            } else {
                Form::Text(text.to_owned())
            }
        }
    };
    let kind = match (kind, expression) {
        (Kind::Directory, Some(_)) => Kind::DirectoryMatch,
        (Kind::Location, Some(_)) => Kind::LocationMatch,
        (kind, _) => kind,
    };
    let matcher = Matcher {
        form,
        any_case,
        place: directive.place,
    };
    Some((kind, matcher))
}

/// A folder as httpd keeps it.
fn folder(path: &str) -> Form {
    let slashes;
    let path = if has_drive(path) {
        slashes = path.replace('\\', "/");
        &slashes
    } else {
        path
    };
    let absolute = path.starts_with('/') || has_drive(path);
    let mut kept: Vec<&str> = Vec::new();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                kept.pop();
            }
            part => kept.push(part),
        }
    }
    let root = if path.starts_with('/') || !absolute { "/" } else { "" };
    let mut text = format!("{root}{}", kept.join("/"));
    if !text.ends_with('/') {
        text.push('/');
    }
    match (absolute, glob::is_pattern(&text)) {
        (false, _) => Form::Relative(text),
        (true, true) => Form::Pattern(text),
        (true, false) => Form::Text(text),
    }
}

fn slashes(text: &[u8]) -> usize {
    text.iter().filter(|byte| **byte == b'/').count()
}

impl Matcher {
    /// By what folders are sorted: expressions last; by depth, `/` before all. httpd takes the slashes in an expression for its
    /// depth too.
    pub(super) fn depth(&self) -> (bool, usize) {
        match &self.form {
            Form::Text(text) if text == "/" => (false, 0),
            Form::Text(text) | Form::Pattern(text) | Form::Relative(text) => (false, slashes(text.as_bytes())),
            Form::Regex(_, slashes) => (true, *slashes),
        }
    }

    fn ask(&self, subject: &[u8], oracle: &mut Oracle, why: impl FnOnce() -> String) -> Result<bool, Undecided> {
        oracle.ask(self.place, question(subject), why)
    }

    /// Whether a folder that it names holds the file, or is it.
    pub(super) fn holds_folder(&self, file: File<'_>, oracle: &mut Oracle) -> Result<bool, Undecided> {
        let shown = || String::from_utf8_lossy(file.name).into_owned();
        let folder = match &self.form {
            Form::Regex(regex, _) => return regex.matches(file.name, oracle),
            Form::Relative(_) => {
                let may = self.ends_a_folder(file.name);
                return if may {
                    self.ask(file.name, oracle, || {
                        "the folder is named from where httpd was started, which is not known".to_owned()
                    })
                } else {
                    Ok(false)
                };
            }
            Form::Text(text) if text == "/" => return Ok(true),
            Form::Text(text) | Form::Pattern(text) => text,
        };
        match self.depth_at(file.name, slashes(folder.as_bytes())) {
            Depth::Above(part) => self.is_folder(folder, part, file.name, oracle),
            Depth::Itself if file.existing != Existing::Nothing => {
                let mut name = file.name.to_vec();
                name.push(b'/');
                let named = self.is_folder(folder, &name, file.name, oracle)?;
                if !named || file.existing == Existing::Folder {
                    return Ok(named);
                }
                let why = || format!("whether {} is a file or a folder that is there is not known", shown());
                self.ask(file.name, oracle, why)
            }
            Depth::Itself | Depth::Deeper => Ok(false),
        }
    }

    /// The part of a file's name that has so many slashes.
    fn depth_at<'f>(&self, name: &'f [u8], depth: usize) -> Depth<'f> {
        let mut seen = 0;
        for (at, byte) in name.iter().enumerate() {
            seen += usize::from(*byte == b'/');
            if seen == depth {
                return name.get(..=at).map_or(Depth::Deeper, Depth::Above);
            }
        }
        if seen + 1 == depth && !name.ends_with(b"/") {
            Depth::Itself
        } else {
            Depth::Deeper
        }
    }

    fn is_folder(&self, folder: &str, part: &[u8], subject: &[u8], oracle: &mut Oracle) -> Result<bool, Undecided> {
        if !matches!(self.form, Form::Pattern(_)) {
            return Ok(self.same(folder.as_bytes(), part));
        }
        if self.any_case {
            return self.fits(
                &folder.to_ascii_lowercase(),
                &part.to_ascii_lowercase(),
                subject,
                oracle,
            );
        }
        self.fits(folder, part, subject, oracle)
    }

    fn same(&self, one: &[u8], other: &[u8]) -> bool {
        if self.any_case {
            one.eq_ignore_ascii_case(other)
        } else {
            one == other
        }
    }

    fn fits(&self, pattern: &str, text: &[u8], subject: &[u8], oracle: &mut Oracle) -> Result<bool, Undecided> {
        if pattern.len() > glob::MOST {
            return self.ask(subject, oracle, || {
                format!("the pattern has more than {} bytes", glob::MOST)
            });
        }
        Ok(glob::fits_path(pattern, text))
    }

    fn ends_a_folder(&self, name: &[u8]) -> bool {
        let Form::Relative(text) = &self.form else { return false };
        let last = text.trim_matches('/').rsplit('/').next().unwrap_or_default();
        glob::is_pattern(text) || name.split(|byte| *byte == b'/').any(|part| part == last.as_bytes())
    }

    /// Whether it is a file of that name.
    pub(super) fn is_file(&self, name: &[u8], oracle: &mut Oracle) -> Result<bool, Undecided> {
        match &self.form {
            Form::Regex(regex, _) => regex.matches(name, oracle),
            Form::Pattern(pattern) => self.fits(pattern, name, name, oracle),
            Form::Text(text) | Form::Relative(text) => Ok(text.as_bytes() == name),
        }
    }

    /// Whether a path is there or below; `merged` is the path with its slashes merged, which an expression does not see.
    pub(super) fn is_location(&self, uri: &[u8], merged: &[u8], oracle: &mut Oracle) -> Result<bool, Undecided> {
        match &self.form {
            Form::Regex(regex, _) => regex.matches(uri, oracle),
            Form::Pattern(pattern) => self.fits(pattern, merged, merged, oracle),
            Form::Text(text) | Form::Relative(text) => Ok(merged.strip_prefix(text.as_bytes()).is_some_and(|rest| {
                text.is_empty() || text.ends_with('/') || matches!(rest.first(), None | Some(b'/'))
            })),
        }
    }

    /// Whether a proxied target is there.
    pub(super) fn is_target(&self, target: &[u8], oracle: &mut Oracle) -> Result<bool, Undecided> {
        match &self.form {
            Form::Regex(regex, _) => regex.matches(target, oracle),
            Form::Pattern(pattern) if pattern.len() > glob::MOST => self.fits(pattern, target, target, oracle),
            Form::Pattern(pattern) => Ok(glob::fits_text(pattern, target)),
            Form::Text(text) | Form::Relative(text) => Ok(target.starts_with(text.as_bytes())),
        }
    }
}

/// Where in a file's name a folder of some depth ends.
enum Depth<'f> {
    /// It is that part.
    Above(&'f [u8]),
    /// It would be the last part.
    Itself,
    Deeper,
}

/// A path with one slash where there are several.
pub(super) fn merged_slashes(uri: &[u8]) -> Cow<'_, [u8]> {
    if !uri.windows(2).any(|two| two == b"//") {
        return Cow::Borrowed(uri);
    }
    let mut merged = uri.to_vec();
    merged.dedup_by(|next, before| *next == b'/' && *before == b'/');
    Cow::Owned(merged)
}
