//! The rules of the server, before a path is mapped to a file.
//!
//! Comes in: the request with its path. Goes out: [`Outcome::Ok`] with the file, or with `proxy:` and a URL, in the request's
//! `filename`; [`Outcome::Declined`] with the path for whoever maps it, which a rule with `[PT]` may have changed;
//! [`Outcome::Answer`].
//!
//! A path that a rule put in place is that of a file if its first folder is there in the file system and the configuration says
//! so: the rule writes it, or the path is below `DocumentRoot`. Else it is below `DocumentRoot` in any case.

use super::finish::Finished;
use super::run::{Run, Status, undecided};
use super::{Rewriting, environment, matching};
use crate::conf::Version;
use crate::decide::{Outcome, Transaction};
use crate::oracle::Undecided;

impl<'s> Rewriting<'s> {
    /// Applies the rules of the server, or of the virtual host.
    ///
    /// # Errors
    ///
    /// When something that matters is not known.
    pub fn translate(&self, tx: &mut Transaction) -> Result<Outcome, Undecided> {
        if !self.is_on(tx)? || environment::has_ended(tx) {
            return Ok(Outcome::Declined);
        }
        self.set_script_url(tx)?;
        if self.rules.is_empty() {
            return Ok(Outcome::Declined);
        }
        let query = tx.query.clone();
        tx.filename.get_or_insert_with(|| tx.uri.clone());
        let mut run = Run::new(self, None);
        let status = run.apply(&self.rules, tx)?;
        if status == Status::Untouched {
            tx.filename = None;
            return Ok(Outcome::Declined);
        }
        match run.finish(status, query.as_deref(), &|_, _| (), tx)? {
            Finished::Outcome(outcome) => Ok(outcome),
            Finished::Path => self.path(&run, tx),
        }
    }

    /// Whether the rules are looked at for this request.
    fn is_on(&self, tx: &mut Transaction) -> Result<bool, Undecided> {
        let (is_on, options) = self.switched(tx)?;
        if !is_on {
            return Ok(false);
        }
        let is_path = tx.request.target != b"*" && tx.uri.starts_with(b"/");
        if is_path || options.allow_any_uri {
            return Ok(true);
        }
        if self.version == Version::V22 {
            // Those before 2.2.22 applied the rules to whatever was sent.
            return tx.oracle.ask(self.place, ABOUT_TARGET, || {
                "versions of httpd differ on whether rules are about what is no path".to_owned()
            });
        }
        Ok(false)
    }

    /// A rule put a path in place.
    fn path(&self, run: &Run<'_, 's>, tx: &mut Transaction) -> Result<Outcome, Undecided> {
        let mut path = tx.filename.take().unwrap_or_default();
        if path.len() > 12 && path.starts_with(b"passthrough:") {
            path.drain(..12);
            tx.uri = path;
            if !tx.uri.starts_with(b"/") {
                // Nobody maps what is no path.
                return Ok(refused(400));
            }
            return Ok(Outcome::Declined);
        }
        run.no_redirect()?;
        let Some(rule) = run.last else {
            return Ok(Outcome::Declined);
        };
        if path.starts_with(b"/~") && !matches!(path.get(2), None | Some(b'/')) {
            let question = matching::number(&path);
            let why = || "whether the name behind `/~` is that of a user of the machine is not known".to_owned();
            if tx.oracle.ask(rule.place, question, why)? {
                return Err(undecided(rule, why()));
            }
        }
        if !path.starts_with(b"/") {
            let has_drive = matches!(path.as_slice(), [drive, b':', ..] if drive.is_ascii_alphabetic());
            if has_drive || path.starts_with(b"\\") {
                return Err(undecided(rule, "a path of Windows is not followed".to_owned()));
            }
            return Ok(refused(400));
        }
        if !run.is_reduced && self.is_of_file_system(run, &path, tx)? {
            tx.filename = Some(path);
            return Ok(Outcome::Ok);
        }
        if self.has_server_path {
            return Err(undecided(
                rule,
                "what `ServerPath` makes of the path is not followed".to_owned(),
            ));
        }
        let root = tx.circumstances.document_root.as_str();
        if root.is_empty() {
            return Err(undecided(rule, "the document root is not known".to_owned()));
        }
        match below(root, &path) {
            Some(file) => {
                tx.filename = Some(file);
                Ok(Outcome::Ok)
            }
            None => Ok(refused(403)),
        }
    }

    /// Whether httpd takes a path for one of the file system.
    fn is_of_file_system(&self, run: &Run<'_, 's>, path: &[u8], tx: &mut Transaction) -> Result<bool, Undecided> {
        let Some(rule) = run.last else { return Ok(false) };
        let segment = path
            .split(|byte| *byte == b'/')
            .find(|segment| !segment.is_empty())
            .unwrap_or_default();
        // The first one is that behind all slashes at the beginning.
        let segment = if path.iter().all(|byte| *byte == b'/') {
            &[][..]
        } else {
            segment
        };
        if segment == b".." {
            return Ok(false);
        }
        let segment = if segment == b"." { &[][..] } else { segment };
        let folder = [b"/", segment].concat();
        let root = tx.circumstances.document_root.as_bytes();
        let says_so = self.options.unsafe_prefix_stat
            || rule.flags.unsafe_prefix_stat
            || rule.substitution.as_bytes().starts_with(&folder)
            || !root.is_empty() && path.starts_with(root);
        let is_there = segment.is_empty() || self.known_folders.contains(&folder);
        let question = matching::number(&folder);
        let is_there = is_there
            || tx.oracle.ask(rule.place, question, || {
                let folder = String::from_utf8_lossy(&folder);
                format!("whether there is {folder} in the file system is not known")
            })?;
        if !is_there || says_so {
            return Ok(is_there);
        }
        let question = question.wrapping_add(1);
        let is_newer = tx.is_since(60, rule.place, question, || {
            let folder = String::from_utf8_lossy(&folder);
            format!("httpd before 2.4.60 takes a path below {folder} for one of the file system, later ones do not")
        })?;
        Ok(!is_newer)
    }
}

/// A number of a question.
const ABOUT_TARGET: u32 = 21;

fn refused(status: u16) -> Outcome {
    Outcome::Answer {
        status,
        location: Vec::new(),
    }
}

/// A path below a root, without `.`, `..` and doubled slashes; `None`: it leads out of it.
fn below(root: &str, path: &[u8]) -> Option<Vec<u8>> {
    let mut kept: Vec<&[u8]> = Vec::new();
    let mut is_folder = true;
    for part in path.split(|byte| *byte == b'/') {
        is_folder = matches!(part, b"" | b"." | b"..");
        match part {
            b"" | b"." => {}
            b".." => {
                kept.pop()?;
            }
            part => kept.push(part),
        }
    }
    let mut file = root.as_bytes().to_vec();
    if !file.ends_with(b"/") {
        file.push(b'/');
    }
    file.extend(kept.join(&b'/'));
    if is_folder && !file.ends_with(b"/") {
        file.push(b'/');
    }
    Some(file)
}
