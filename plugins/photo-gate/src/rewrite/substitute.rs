//! What an applied rule puts in place.
//!
//! Comes in: the rule, its conditions having held. Goes out: the request's `filename` and `query`, its environment, and how the
//! rule came out. Never here: what becomes of a path or a URL after the last rule.

use super::expand::{Expanded, Unknown};
use super::rule::Rule;
use super::run::{Applied, Run, undecided};
use super::{environment, escape};
use crate::decide::Transaction;
use crate::oracle::Undecided;

/// Numbers of the questions about a rule itself. Those about texts are hashes of them.
const ABOUT_MARK: u32 = 1;
const ABOUT_SELF: u32 = 2;
const ABOUT_ROOT: u32 = 3;

impl<'r> Run<'r, '_> {
    /// Puts in place what the rule says.
    pub(super) fn substitute(&mut self, rule: &'r Rule, tx: &mut Transaction) -> Result<Applied, Undecided> {
        let mut expanded = None;
        if !rule.compiled.keeps {
            let output = self.expand(&rule.compiled.output, Some(rule), tx);
            if is_unsafe(rule, &output, tx)? {
                return Ok(Applied::Answer(403));
            }
            expanded = Some(output);
        }
        self.set_environment(rule, tx)?;
        let Some(expanded) = expanded else {
            return Ok(Applied::Kept);
        };
        if let Some(unknown) = expanded.unknown {
            return self.partly_known(rule, expanded.bytes, unknown, tx);
        }
        let is_22 = self.is_22();
        let mut path = expanded.bytes;
        let mut is_prefixed = false;
        let is_proxied = self.directory.is_some()
            && tx
                .filename
                .as_ref()
                .is_some_and(|filename| filename.starts_with(b"proxy:"));
        if !is_proxied && path.first() != Some(&b'/') && escape::absolute(&path, is_22).is_none() {
            if let Some(directory) = self.directory {
                path.splice(..0, directory.bytes());
                is_prefixed = true;
            } else if !rule.flags.proxy && !rule.flags.redirect && self.begins_with_root(rule, tx)? {
                path.insert(0, b'/');
                is_prefixed = true;
            }
        }
        if self.directory.is_some() && rule.flags.discard_path_info {
            tx.path_info.clear();
        }
        split_query(rule, &mut path, is_22, tx);
        if rule.flags.proxy || rule.flags.redirect {
            return self.elsewhere(rule, path, tx);
        }
        self.here(rule, path, is_prefixed, tx)
    }

    /// Since 2.4.60 a path of a server's rule that does not begin with a slash gets one.
    fn begins_with_root(&self, rule: &Rule, tx: &mut Transaction) -> Result<bool, Undecided> {
        if self.is_22() {
            return Ok(false);
        }
        tx.is_since(60, rule.place, ABOUT_ROOT, || {
            "the path does not begin with a slash: httpd puts one before it since 2.4.60 and answers 400 before"
                .to_owned()
        })
    }

    /// `[P]` and `[R]`.
    fn elsewhere(&mut self, rule: &'r Rule, mut path: Vec<u8>, tx: &mut Transaction) -> Result<Applied, Undecided> {
        if tx.request.method != b"CONNECT" && escape::absolute(&path, self.is_22()).is_none() {
            match self.rewriting.origin.beginning(tx.circumstances) {
                Some(beginning) => {
                    let slash = if path.first() == Some(&b'/') { "" } else { "/" };
                    path.splice(..0, format!("{beginning}{slash}").into_bytes());
                }
                None if rule.flags.proxy => {
                    return Err(undecided(
                        rule,
                        "the name that the server gives itself is not known".to_owned(),
                    ));
                }
                None => {
                    self.partly = Some(Unknown {
                        why: "the name that the server gives itself is not known".to_owned(),
                        is_plain: true,
                    });
                }
            }
        }
        if rule.flags.proxy {
            path.splice(..0, *b"proxy:");
        } else {
            self.redirect = Some((rule.flags.status, rule));
        }
        tx.filename = Some(path);
        Ok(Applied::Changed)
    }

    /// A path, or a URL that the client is sent to if it is not one of the server's own.
    fn here(
        &mut self,
        rule: &'r Rule,
        mut path: Vec<u8>,
        is_prefixed: bool,
        tx: &mut Transaction,
    ) -> Result<Applied, Undecided> {
        match self.rewriting.origin.reduced(&path, tx.circumstances) {
            Ok(Some(own)) => {
                path = own.to_vec();
                self.is_reduced = !self.rewriting.options.legacy_prefix_docroot && !self.is_22();
            }
            Ok(None) => {}
            Err(why) => {
                if tx.oracle.ask(rule.place, ABOUT_SELF, || why.to_owned())? {
                    return Err(undecided(
                        rule,
                        format!("whether the URL is the server's own depends on this: {why}"),
                    ));
                }
            }
        }
        if escape::absolute(&path, self.is_22()).is_some() {
            self.redirect = Some((rule.flags.status, rule));
        } else if !self.is_22() && !rule.flags.unc && !is_prefixed && !rule.substitution.starts_with("//") {
            let doubled = path.windows(2).take_while(|two| *two == b"//").count();
            path.drain(..doubled);
        }
        tx.filename = Some(path);
        Ok(Applied::Changed)
    }

    /// A substitution of which a part is not known: that decides nothing if the rule sends the client elsewhere anyway.
    fn partly_known(
        &mut self,
        rule: &'r Rule,
        known: Vec<u8>,
        unknown: Unknown,
        tx: &mut Transaction,
    ) -> Result<Applied, Undecided> {
        if !rule.flags.redirect || rule.flags.proxy || rule.flags.pass_through {
            return Err(undecided(rule, unknown.why));
        }
        self.redirect = Some((rule.flags.status, rule));
        self.partly = Some(unknown);
        tx.filename = Some(known);
        Ok(Applied::Changed)
    }

    fn set_environment(&mut self, rule: &'r Rule, tx: &mut Transaction) -> Result<(), Undecided> {
        for (template, text) in rule.compiled.environment.iter().zip(&rule.flags.environment) {
            let expanded = self.expand(template, None, tx);
            if let Some(unknown) = expanded.unknown {
                if self.rewriting.is_unused(text) {
                    continue;
                }
                return Err(undecided(rule, unknown.why));
            }
            let text = expanded.bytes;
            if let Some(name) = text.strip_prefix(b"!") {
                environment::unset(name, tx);
                continue;
            }
            let mut parts = text.splitn(2, |byte| *byte == b':');
            let name = parts.next().unwrap_or_default();
            environment::set(name, parts.next().unwrap_or_default(), tx);
        }
        Ok(())
    }
}

/// Whether httpd refuses the substitution, because a question mark got into it that the configuration did not put there.
fn is_unsafe(rule: &Rule, expanded: &Expanded, tx: &mut Transaction) -> Result<bool, Undecided> {
    if rule.flags.unsafe_allow_3f {
        return Ok(false);
    }
    // 2.4.60 to 2.4.62 looked at the request itself.
    let sent = tx
        .request
        .target
        .windows(3)
        .any(|three| three.eq_ignore_ascii_case(b"%3f"));
    let may_be = expanded.mark == Some(true) || expanded.may_mark || sent && expanded.bytes.contains(&b'?');
    if !may_be {
        return Ok(false);
    }
    tx.oracle.ask(rule.place, ABOUT_MARK, || {
        "a question mark gets into the path: some versions of httpd answer 403 to that, others go on".to_owned()
    })
}

/// Takes the query off a path.
fn split_query(rule: &Rule, path: &mut Vec<u8>, is_22: bool, tx: &mut Transaction) {
    let flags = &rule.flags;
    if rule.compiled.no_query && !is_22 {
        tx.query = None;
        return;
    }
    let absolute = escape::absolute(path, is_22);
    if absolute.is_some_and(|absolute| !absolute.has_query) {
        tx.query = None;
        return;
    }
    if flags.query_discard {
        tx.query = None;
    }
    let from = absolute.map_or(0, |absolute| absolute.length);
    let rest = path.get(from..).unwrap_or_default();
    let mark = if rule.compiled.last_mark && !is_22 {
        rest.iter().rposition(|byte| *byte == b'?')
    } else {
        rest.iter().position(|byte| *byte == b'?')
    };
    let Some(mark) = mark else { return };
    let query = rest.get(mark + 1..).unwrap_or_default().to_vec();
    path.truncate(from + mark);
    let mut query = match (flags.query_append, query.is_empty() && !is_22) {
        (true, true) => tx.query.take(),
        (true, false) => {
            let before = tx.query.take().unwrap_or_default();
            Some([query.as_slice(), b"&", &before].concat())
        }
        (false, _) => Some(query),
    };
    query = query.filter(|query| !query.is_empty());
    // One that becomes empty by losing its `&` is one all the same.
    if let Some(text) = &mut query
        && text.last() == Some(&b'&')
    {
        text.pop();
    }
    tx.query = query;
}
