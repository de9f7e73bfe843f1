//! The values of variables in expressions, which are not quite those of mod_rewrite.
//!
//! Comes in: a variable and the request on its way. Goes out: its value; what the request and the configuration do not tell is
//! not known. Never here: what mod_rewrite's variables of the same names are.

use std::borrow::Cow;

use super::address;
use super::names::Variable;
use super::word::Word;
use crate::decide::Transaction;
use crate::request::Sent;

/// `MODULE_MAGIC_NUMBER_MAJOR` of httpd 2.4, which stays the same as long as modules need not be built again.
const API_VERSION: &str = "20120211";

/// The value of a variable.
pub(super) fn lookup<'e>(variable: &Variable, tx: &Transaction) -> Word<'e> {
    let circumstances = tx.circumstances;
    match variable {
        Variable::Header(name) => header(name.as_bytes(), tx),
        Variable::ClientAddress => address_text(tx.client),
        Variable::PeerAddress => address_text(tx.request.peer),
        Variable::PeerIsV6 => switch(tx.request.peer.to_canonical().is_ipv6()),
        Variable::Https => match circumstances.https {
            Some(https) => switch(https),
            None => Word::unknown("whether the request came by TLS is not known"),
        },
        // Without TLS it is `https` all the same if `ServerName` says so, as behind a proxy that ends TLS.
        Variable::Scheme if circumstances.https == Some(true) => Word::owned("https"),
        Variable::Scheme => Word::unknown("the scheme that httpd takes for its own is not known"),
        Variable::Method => Word::owned(tx.request.method.as_slice()),
        Variable::Uri => Word::owned(tx.uri.as_slice()),
        Variable::DocumentUri => match environment("DOCUMENT_URI", tx) {
            Environment::Value(value) => value,
            Environment::Unset => Word::owned(tx.uri.as_slice()),
        },
        Variable::Filename => match &tx.filename {
            Some(filename) => Word::owned(filename.as_slice()),
            None => Word::unknown("the file to which the request is mapped is not known"),
        },
        Variable::PathInfo if tx.filename.is_none() => {
            Word::unknown("the file to which the request is mapped is not known")
        }
        Variable::PathInfo => Word::owned(tx.path_info.as_slice()),
        Variable::Query => Word::owned(tx.query.as_deref().unwrap_or_default()),
        Variable::IsSubrequest => Word::owned("false"),
        Variable::ServerName if circumstances.server_name.is_empty() => Word::unknown("the server's name is not known"),
        // An IPv6 address stands in brackets, as in a URL.
        Variable::ServerName
            if circumstances.server_name.contains(':') && !circumstances.server_name.starts_with('[') =>
        {
            Word::owned(format!("[{}]", circumstances.server_name))
        }
        Variable::ServerName => Word::owned(circumstances.server_name.as_str()),
        // By default the client says so, in `Host`; else `ServerName`, and not where the request arrived.
        Variable::ServerPort => Word::unknown("the port that httpd takes for its own is not known"),
        Variable::DocumentRoot if circumstances.document_root.is_empty() => {
            Word::unknown("the document root is not known")
        }
        Variable::DocumentRoot => Word::owned(circumstances.document_root.as_str()),
        Variable::ApiVersion => Word::owned(API_VERSION),
        Variable::Untold(name) => Word::Unknown(Cow::Owned(format!("the value of `{name}` is not known"))),
    }
}

fn switch<'e>(on: bool) -> Word<'e> {
    Word::owned(if on { "on" } else { "off" })
}

fn address_text<'e>(of: std::net::IpAddr) -> Word<'e> {
    match address::text(of) {
        Some(text) => Word::owned(text),
        None => Word::unknown("a link-local address is written with the name of its network interface"),
    }
}

/// The value of a header.
pub(super) fn header<'e>(name: &[u8], tx: &Transaction) -> Word<'e> {
    match tx.header(name) {
        Sent::Absent => Word::EMPTY,
        Sent::Value(value) => Word::owned(value),
        Sent::Unknown if name.eq_ignore_ascii_case(b"cookie") => {
            Word::unknown("the log does not say which cookies were sent")
        }
        Sent::Unknown => Word::Unknown(Cow::Owned(format!(
            "the log does not say what the header `{}` was",
            String::from_utf8_lossy(name)
        ))),
    }
}

/// What is known of a variable of the request's environment.
pub(super) enum Environment<'e> {
    Unset,
    Value(Word<'e>),
}

/// Beginnings of the names that modules set whose doing is not followed here.
const OF_MODULES: [&str; 7] = ["SSL_", "HTTPS", "GEOIP_", "MM_", "UNIQUE_ID", "H2", "HTTP2"];

/// A variable of the request's environment. Names count without case.
pub(super) fn environment<'e>(name: &str, tx: &Transaction) -> Environment<'e> {
    let mut values = tx
        .env
        .iter()
        .filter(|(variable, _)| variable.eq_ignore_ascii_case(name))
        .map(|(_, value)| value);
    match (values.next(), values.next()) {
        (Some(value), None) => Environment::Value(Word::owned(value.as_slice())),
        (Some(_), Some(_)) => Environment::Value(Word::Unknown(Cow::Owned(format!(
            "the environment variable `{name}` was set in several spellings"
        )))),
        (None, _) if OF_MODULES.iter().any(|start| begins(name, start)) => {
            Environment::Value(Word::Unknown(Cow::Owned(format!(
                "the environment variable `{name}` is one that a module may set"
            ))))
        }
        (None, _) => Environment::Unset,
    }
}

fn begins(name: &str, start: &str) -> bool {
    name.get(..start.len())
        .is_some_and(|beginning| beginning.eq_ignore_ascii_case(start))
}
