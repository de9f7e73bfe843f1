//! The request's environment, as rules see and change it.
//!
//! Comes in: the request on its way. Names count without case, and one that is set again keeps its first spelling.

use std::borrow::Cow;

use super::variable::Found;
use crate::decide::Transaction;

/// Stands among the variables once a rule with `[END]` has ended all rewriting, also of what the request is redirected to inside
/// the server, where `REDIRECT_` may come before it. No variable of httpd can have such a name.
const ENDED: &str = "\0END";

/// Beginnings of names that modules set whose doing is not followed here, or that httpd's own environment usually has.
const OF_OTHERS: [&str; 27] = [
    "SSL_",
    "GEOIP_",
    "MM_",
    "UNIQUE_ID",
    "H2",
    "HTTP2",
    "PATH",
    "HOME",
    "HOSTNAME",
    "LANG",
    "LC_",
    "LD_",
    "LOGNAME",
    "MAIL",
    "OLDPWD",
    "PWD",
    "SHELL",
    "SHLVL",
    "TERM",
    "TMPDIR",
    "TZ",
    "USER",
    "APACHE_",
    "INVOCATION_ID",
    "LIBPATH",
    "NOTIFY_SOCKET",
    "SYSTEMROOT",
];

/// The value of a variable.
pub(super) fn value<'t>(name: &str, tx: &'t Transaction) -> Found<'t> {
    let mut set = tx.env.iter().filter(|(set, _)| set.eq_ignore_ascii_case(name));
    match (set.next(), set.next()) {
        (Some((_, value)), None) => Ok(Cow::Borrowed(value)),
        (Some(_), Some(_)) => Err(Cow::Owned(format!(
            "the environment variable `{name}` was set in several spellings"
        ))),
        (None, _) if OF_OTHERS.iter().any(|start| begins(name, start)) => Err(Cow::Owned(format!(
            "the environment variable `{name}` is one that others than the configuration set"
        ))),
        (None, _) => Ok(Cow::Borrowed(b"")),
    }
}

/// Sets a variable.
pub(super) fn set(name: &[u8], value: &[u8], tx: &mut Transaction) {
    let name = String::from_utf8_lossy(name);
    let mut there = tx.env.iter_mut();
    match there.find(|(set, _)| set.eq_ignore_ascii_case(&name)) {
        Some((_, old)) => *old = value.to_vec(),
        None => {
            tx.env.insert(name.into_owned(), value.to_vec());
        }
    }
}

/// Takes a variable out.
pub(super) fn unset(name: &[u8], tx: &mut Transaction) {
    let name = String::from_utf8_lossy(name);
    tx.env.retain(|set, _| !set.eq_ignore_ascii_case(&name));
}

/// Whether a rule with `[END]` was met.
pub(super) fn has_ended(tx: &Transaction) -> bool {
    // Names that begin with a zero byte come first, those of redirects are few.
    tx.env
        .keys()
        .any(|name| name.bytes().last() == Some(b'D') && name.ends_with(ENDED))
}

/// Notes that a rule with `[END]` was met.
pub(super) fn end(tx: &mut Transaction) {
    tx.env.insert(ENDED.to_owned(), Vec::new());
}

fn begins(name: &str, start: &str) -> bool {
    name.get(..start.len())
        .is_some_and(|beginning| beginning.eq_ignore_ascii_case(start))
}
