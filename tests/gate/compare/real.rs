//! What httpd did with a request, as far as it can be compared.

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

use base64ct::{Base64, Encoding};

use crate::client::{Answer, Message};
use crate::decide::{Decision, Outcome};

/// What the request came to in the documents.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Found {
    File,
    Folder,
    Nothing,
    /// It was answered before it was mapped to anything.
    Nowhere,
}

/// An answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Real {
    pub status: u16,
    pub location: Option<Vec<u8>>,
    found: Found,
    /// Whether files are served to the method.
    reads: bool,
}

impl Real {
    /// The answer to a message.
    pub fn of(message: &Message, answer: &Answer) -> Self {
        Self {
            status: answer.status,
            location: answer.header("Location").map(<[u8]>::to_vec),
            found: found(answer.header("X-Measured").unwrap_or_default()),
            reads: matches!(message.method.as_slice(), b"GET" | b"HEAD"),
        }
    }

    /// Whether the request was let in. What was let in may be answered by what the documents hold, or by the module that
    /// serves them: not found, a folder's own address, a method that files do not know.
    pub fn admitted(&self) -> bool {
        match self.status {
            200..=299 | 304 => true,
            404 => matches!(self.found, Found::Folder | Found::Nothing),
            301 => self.found == Found::Folder && self.path().is_some_and(|to| to.ends_with(b"/")),
            405 | 501 => !self.reads,
            _ => false,
        }
    }

    /// The path of the redirect's target.
    fn path(&self) -> Option<&[u8]> {
        self.location.as_ref()?.split(|byte| *byte == b'?').next()
    }

    /// Whether a redirect leads to what was said. httpd puts its own name before a path.
    fn leads_to(&self, said: &[u8]) -> bool {
        let Some(sent) = &self.location else { return false };
        // Blanks at the end of a header are not part of it.
        let said = said.trim_ascii_end();
        let own = sent.strip_prefix(b"http://").unwrap_or(sent);
        let path = own.iter().position(|byte| *byte == b'/').map(|slash| &own[slash..]);
        sent == said || said.starts_with(b"/") && path == Some(said)
    }

    /// Whether a decision says what happened. What is undecided says nothing.
    pub fn agrees(&self, decision: &Decision) -> bool {
        if decision.outcome == Outcome::Allow {
            return self.admitted();
        }
        let expected = match self.status {
            301..=303 | 307 | 308 => Outcome::Redirect,
            404 => Outcome::NotFound,
            200..=299 => Outcome::Allow,
            _ => Outcome::Forbid,
        };
        let is_same_status = decision.status == self.status || decision.status == 0 && decision.outcome == expected;
        let is_same_place = match &decision.location {
            Some(said) if decision.outcome == Outcome::Redirect => self.leads_to(said),
            _ => true,
        };
        is_same_status && is_same_place
    }

    /// For people.
    pub fn shown(&self) -> String {
        let location = self.location.as_ref();
        let location = location.map_or(String::new(), |to| format!(" to {}", to.escape_ascii()));
        let found = match self.found {
            Found::File => "a document",
            Found::Folder => "a folder",
            Found::Nothing => "nothing that is there",
            Found::Nowhere => "no place at all",
        };
        format!("{}{location} (it came to {found})", self.status)
    }
}

/// What is at the place that httpd says it came to.
fn found(measured: &[u8]) -> Found {
    let measured = String::from_utf8_lossy(measured);
    let decoded = |part: Option<&str>| Base64::decode_vec(part.unwrap_or_default()).unwrap_or_default();
    let mut parts = measured.trim_end_matches('.').split(' ');
    let (file, rest) = (decoded(parts.next()), decoded(parts.next()));
    let file = Path::new(OsStr::from_bytes(&file));
    match () {
        () if file.as_os_str().is_empty() => Found::Nowhere,
        () if file.is_file() && rest.is_empty() => Found::File,
        () if file.is_dir() => Found::Folder,
        () => Found::Nothing,
    }
}
