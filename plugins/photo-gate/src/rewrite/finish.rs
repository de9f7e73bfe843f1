//! What is common to the end of both hooks: an answer, a redirect, another server.
//!
//! Comes in: what the rules came to, the request with the path that they left. Goes out: the outcome, or that it is a path of
//! this server.

use super::escape;
use super::flags::is_redirect;
use super::rule::Rule;
use super::run::{Run, Status, undecided};
use crate::Place;
use crate::conf::Presence;
use crate::decide::{Outcome, Transaction};
use crate::oracle::Undecided;

/// Numbers of questions; those about rules themselves are smaller.
const ABOUT_QUERY: u32 = 11;
const ABOUT_PROXY: u32 = 12;

/// What follows.
pub(super) enum Finished {
    /// That is it.
    Outcome(Outcome),
    /// A path, which the hook has to make something of.
    Path,
}

impl Run<'_, '_> {
    /// What follows from the status. `query` is the query before the rules.
    pub(super) fn finish(
        &mut self,
        status: Status,
        query: Option<&[u8]>,
        base: &dyn Fn(&mut Vec<u8>, usize),
        tx: &mut Transaction,
    ) -> Result<Finished, Undecided> {
        let path = tx.filename.clone().unwrap_or_default();
        let absolute = escape::absolute(&path, self.is_22());
        let is_partly = self.partly.is_some();
        let escapes = status == Status::Changed { escape: true };
        let will_escape = escapes && (absolute.is_some() || is_partly);
        if !will_escape && self.has_raw_query(tx)? {
            return Ok(answer(403, Vec::new()));
        }
        if let Status::Answer(status) = status {
            return Ok(answer(status, Vec::new()));
        }
        if path.len() > 6 && path.starts_with(b"proxy:") {
            return self.proxied(path, escapes, tx).map(Finished::Outcome);
        }
        if absolute.is_none() && !is_partly {
            return Ok(Finished::Path);
        }
        let mut location = path;
        if let Some(absolute) = absolute {
            base(&mut location, absolute.length);
            if escapes {
                location = escape::escaped_absolute(&location, absolute);
            }
        } else if escapes {
            location = escape::escaped(&location);
        }
        if let Some(args) = tx
            .query
            .as_deref()
            .filter(|_| self.partly.as_ref().is_none_or(|_| absolute.is_none()))
        {
            location.push(b'?');
            // Before 2.4 a query was escaped even if no rule had touched it.
            if !escapes || query == Some(args) && !self.is_22() {
                location.extend_from_slice(args);
            } else {
                location.extend(escape::escaped(args));
            }
        }
        let status = self.redirect.map_or(302, |(status, _)| status);
        Ok(answer(if is_redirect(status) { status } else { 302 }, location))
    }

    /// Whether httpd refuses the query because of a blank or a control character that a rule put there.
    fn has_raw_query(&self, tx: &mut Transaction) -> Result<bool, Undecided> {
        let is_raw = |query: &[u8]| query.iter().any(|byte| escape::is_control_or_blank(*byte));
        let unclear = self.partly.as_ref().is_some_and(|unknown| !unknown.is_plain);
        if !unclear && !tx.query.as_deref().is_some_and(is_raw) {
            return Ok(false);
        }
        let why = || "a blank or a control character gets into the query: httpd refuses that since 2.4.56".to_owned();
        tx.is_since(56, self.place(), ABOUT_QUERY, why)
    }

    fn proxied(&mut self, mut path: Vec<u8>, escapes: bool, tx: &mut Transaction) -> Result<Outcome, Undecided> {
        let version = self.rewriting.version;
        let is_there = match self.rewriting.modules.presence("mod_proxy.c", version) {
            Presence::Loaded => true,
            Presence::Absent => false,
            Presence::Assumed(_) => tx.oracle.ask(self.place(), ABOUT_PROXY, || {
                "whether mod_proxy is loaded is not known".to_owned()
            })?,
        };
        if !is_there {
            return Ok(Outcome::Answer {
                status: 403,
                location: Vec::new(),
            });
        }
        if let Some(query) = tx.query.as_deref().filter(|_| !escapes && !self.is_22()) {
            path.push(b'?');
            path.extend_from_slice(query);
        }
        tx.filename = Some(path);
        Ok(Outcome::Ok)
    }

    /// The status of a redirect that a later rule made a path of this server of stays, and what that comes to is not followed.
    pub(super) fn no_redirect(&self) -> Result<(), Undecided> {
        match self.redirect {
            Some((_, rule)) => Err(undecided(
                rule,
                "another rule puts a path in place of a redirect; what is answered then is not followed".to_owned(),
            )),
            None => Ok(()),
        }
    }

    /// The rule that put the path in place.
    pub(super) fn place(&self) -> Place {
        self.last.map_or(self.rewriting.place, |rule: &Rule| rule.place)
    }
}

pub(super) fn answer(status: u16, location: Vec<u8>) -> Finished {
    Finished::Outcome(Outcome::Answer { status, location })
}
