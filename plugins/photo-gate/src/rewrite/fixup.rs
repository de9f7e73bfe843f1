//! The rules of folders and other sections, after access control.
//!
//! Comes in: the sections that apply, and the request, mapped. Goes out: [`Outcome::Redirected`] inside the server,
//! [`Outcome::Answer`], [`Outcome::Ok`] with `proxy:` and a URL in the request's `filename`, or nothing.
//!
//! What such rules put in place is a path of a file, or a URL's path: httpd takes the folder off again where it can, and starts
//! anew with what is left.

use super::finish::Finished;
use super::run::{Run, Status};
use super::settings::InForce;
use super::{Rewriting, context, environment};
use crate::conf::Version;
use crate::conf::walk::Applied;
use crate::decide::{Outcome, Transaction};
use crate::oracle::Undecided;

impl<'s> Rewriting<'s> {
    /// Applies the rules of the sections that apply, in the order in which they are merged.
    ///
    /// # Errors
    ///
    /// When something that matters is not known.
    pub fn fixup(&self, applied: &[Applied<'s>], tx: &mut Transaction) -> Result<Outcome, Undecided> {
        if self.sections.is_empty() {
            return Ok(Outcome::Declined);
        }
        let settings = self.in_force(applied);
        let Some(directory) = settings.directory else {
            return Ok(Outcome::Declined);
        };
        if settings.enabled != Some(true) {
            return Ok(Outcome::Declined);
        }
        let filename = tx.filename.get_or_insert_with(|| tx.uri.clone());
        let is_folder_itself =
            !filename.starts_with(b"proxy:") && directory.as_bytes().strip_suffix(b"/") == Some(filename);
        if is_folder_itself && !settings.options().allow_no_slash || environment::has_ended(tx) {
            return Ok(Outcome::Declined);
        }
        if !self.allowed.follows_links(applied) {
            return Ok(Outcome::Answer {
                status: 403,
                location: Vec::new(),
            });
        }
        let before = (tx.filename.clone().unwrap_or_default(), tx.query.clone());
        let mut run = Run::new(self, Some(directory));
        let status = run.apply(&settings.rules, tx)?;
        if status == Status::Untouched {
            tx.filename = Some(before.0);
            return Ok(Outcome::Declined);
        }
        let base = |location: &mut Vec<u8>, from: usize| base_of_redirect(location, from, directory, settings.base);
        match run.finish(status, before.1.as_deref(), &base, tx)? {
            Finished::Outcome(outcome) => Ok(outcome),
            Finished::Path => self.inside(&run, &settings, applied, &before.0, tx),
        }
    }

    /// A rule put a path in place: httpd starts anew with it.
    fn inside(
        &self,
        run: &Run<'_, 's>,
        settings: &InForce<'_>,
        applied: &[Applied<'s>],
        before: &[u8],
        tx: &mut Transaction,
    ) -> Result<Outcome, Undecided> {
        let mut path = tx.filename.take().unwrap_or_default();
        if path.len() > 12 && path.starts_with(b"passthrough:") {
            path.drain(..12);
        }
        if !path.starts_with(b"/") {
            return Ok(Outcome::Answer {
                status: 400,
                location: Vec::new(),
            });
        }
        run.no_redirect()?;
        if path == before {
            tx.filename = Some(path);
            return Ok(Outcome::Ok);
        }
        let directory = settings.directory.unwrap_or_default().as_bytes();
        let root = tx.circumstances.document_root.as_bytes();
        let shortened = match settings.base {
            Some(base) => replaced(&path, directory, base),
            None if root.is_empty() => {
                return Err(Undecided {
                    place: run.place(),
                    why: "the document root is not known".to_owned(),
                });
            }
            None => below(&path, root),
        };
        let uri = match shortened {
            Some(uri) => uri,
            None if settings.options().ignore_context_info || self.version == Version::V22 => path,
            None => match context::of(self, applied, before, run.place(), tx)? {
                Some(context) => replaced(&path, &context.root, &context.prefix).unwrap_or(path),
                None => replaced(&path, root, b"").unwrap_or(path),
            },
        };
        tx.filename = Some(before.to_vec());
        Ok(redirected(uri, tx.query.as_deref()))
    }
}

/// What httpd reads out of the target of a redirect inside of it, as if it had been sent.
fn redirected(mut uri: Vec<u8>, query: Option<&[u8]>) -> Outcome {
    if let Some(query) = query {
        uri.push(b'?');
        uri.extend_from_slice(query);
    }
    // Slashes at the beginning are merged.
    let doubled = uri.windows(2).take_while(|two| *two == b"//").count();
    uri.drain(..doubled);
    if let Some(fragment) = uri.iter().position(|byte| *byte == b'#') {
        uri.truncate(fragment);
    }
    if !uri.starts_with(b"/") {
        return Outcome::Answer {
            status: 400,
            location: Vec::new(),
        };
    }
    let mut query = None;
    if let Some(mark) = uri.iter().position(|byte| *byte == b'?') {
        query = uri.get(mark + 1..).map(<[u8]>::to_vec);
        uri.truncate(mark);
    }
    Outcome::Redirected { uri, query }
}

/// A path with one beginning put in place of another one; `None`: it does not begin so.
fn replaced(path: &[u8], beginning: &[u8], with: &[u8]) -> Option<Vec<u8>> {
    let beginning = beginning.strip_suffix(b"/").unwrap_or(beginning);
    let rest = path.strip_prefix(beginning)?.strip_prefix(b"/")?;
    let mut out = with.to_vec();
    if !out.is_empty() && !out.ends_with(b"/") {
        out.push(b'/');
    }
    out.extend_from_slice(rest);
    Some(out)
}

/// A path without its root, if it is below it.
fn below(path: &[u8], root: &[u8]) -> Option<Vec<u8>> {
    let root = root.strip_suffix(b"/").unwrap_or(root);
    let rest = path.strip_prefix(root)?;
    rest.starts_with(b"/").then(|| rest.to_vec())
}

/// The folder in a URL that a rule of a folder made of it, with `RewriteBase` in its place.
fn base_of_redirect(location: &mut Vec<u8>, from: usize, directory: &str, base: Option<&[u8]>) {
    let Some(base) = base.and_then(|base| base.strip_prefix(b"/")) else {
        return;
    };
    let behind = location.get(from..).unwrap_or_default();
    let Some(slash) = behind.iter().position(|byte| *byte == b'/') else {
        return;
    };
    let path = behind.get(slash + 1..).unwrap_or_default();
    let directory = directory.strip_prefix('/').unwrap_or(directory);
    if let Some(path) = replaced(path, directory.as_bytes(), base) {
        location.truncate(from + slash + 1);
        location.extend(path);
    }
}
