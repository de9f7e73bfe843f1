//! The variables of mod_rewrite, `%{…}`.
//!
//! Comes in: a name, and the request on its way. Goes out: a value, as far as the request and the configuration tell it. A name
//! that mod_rewrite does not know is empty, without an error.

use std::borrow::Cow;
use std::net::IpAddr;

use super::environment;
use crate::conf::Version;
use crate::decide::{Transaction, Value};
use crate::expr::address;
use crate::request::Sent;

/// A value, or why it is not known.
pub(super) type Found<'t> = Result<Cow<'t, [u8]>, Cow<'t, str>>;

const EMPTY: Found<'static> = Ok(Cow::Borrowed(b""));

/// A variable.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Variable {
    /// A header of the request, by its name in small letters.
    Header(String),
    /// `%{ENV:…}`
    Environment(String),
    /// The client's address.
    ClientAddress,
    /// Whether it is one of IPv6.
    ClientIsV6,
    /// The address of whoever has the connection.
    PeerAddress,
    /// `%{HTTPS}`
    Https,
    /// `%{REQUEST_SCHEME}`
    Scheme,
    /// `%{REQUEST_METHOD}`
    Method,
    /// `%{THE_REQUEST}`
    RequestLine,
    /// `%{REQUEST_URI}`
    Uri,
    /// `%{REQUEST_FILENAME}`, `%{SCRIPT_FILENAME}`
    Filename,
    /// `%{PATH_INFO}`
    PathInfo,
    /// `%{QUERY_STRING}`
    Query,
    /// `%{SERVER_NAME}`
    ServerName,
    /// `%{SERVER_PORT}`
    ServerPort,
    /// `%{DOCUMENT_ROOT}`
    DocumentRoot,
    /// `%{CONTEXT_PREFIX}`, or `%{CONTEXT_DOCUMENT_ROOT}`
    Context(String),
    /// `%{REMOTE_USER}`, `%{AUTH_TYPE}`: empty before access control.
    User(String),
    /// `%{SCRIPT_USER}`, `%{SCRIPT_GROUP}`: not known to httpd itself before the file is.
    Owner(String),
    /// Always the same.
    Always(&'static str),
    /// Something that httpd knows and a request does not tell: the time, another request's answer, what mod_ssl says.
    Untold(String),
}

/// Where the rules stand: what httpd knows at that moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stage {
    /// Before the path is mapped.
    Server,
    /// After access control.
    Folder,
}

impl Variable {
    /// The variable of a name.
    pub fn named(name: &str, version: Version) -> Self {
        let bytes = name.as_bytes();
        if bytes.len() < 4 {
            return Self::Always("");
        }
        if bytes.get(3) == Some(&b':') {
            return match name.split_at_checked(4) {
                Some((prefix, rest)) if !rest.is_empty() && prefix.eq_ignore_ascii_case("ENV:") => {
                    Self::Environment(rest.to_owned())
                }
                Some((prefix, rest)) if !rest.is_empty() && prefix.eq_ignore_ascii_case("SSL:") => {
                    Self::Untold(name.to_owned())
                }
                _ => Self::Always(""),
            };
        }
        if bytes.get(4) == Some(&b':') {
            return match name.split_at_checked(5) {
                Some((prefix, rest)) if !rest.is_empty() && prefix.eq_ignore_ascii_case("HTTP:") => {
                    Self::Header(rest.to_ascii_lowercase())
                }
                Some((prefix, rest))
                    if !rest.is_empty()
                        && (prefix.eq_ignore_ascii_case("LA-U:") || prefix.eq_ignore_ascii_case("LA-F:")) =>
                {
                    Self::Untold(name.to_owned())
                }
                _ => Self::Always(""),
            };
        }
        Self::plain(&name.to_ascii_uppercase(), version)
    }

    fn plain(name: &str, version: Version) -> Self {
        let header = |name: &str| Self::Header(name.to_owned());
        match name {
            "HTTP_COOKIE" => header("cookie"),
            "HTTP_HOST" => header("host"),
            "HTTP_ACCEPT" => header("accept"),
            "HTTP_REFERER" => header("referer"),
            "HTTP_FORWARDED" => header("forwarded"),
            "HTTP_USER_AGENT" => header("user-agent"),
            "HTTP_PROXY_CONNECTION" => header("proxy-connection"),
            "REMOTE_ADDR" => Self::ClientAddress,
            "HTTPS" => Self::Https,
            "REQUEST_METHOD" => Self::Method,
            "THE_REQUEST" => Self::RequestLine,
            "REQUEST_URI" => Self::Uri,
            "REQUEST_FILENAME" | "SCRIPT_FILENAME" => Self::Filename,
            "PATH_INFO" => Self::PathInfo,
            "QUERY_STRING" => Self::Query,
            "SERVER_NAME" => Self::ServerName,
            "SERVER_PORT" => Self::ServerPort,
            "DOCUMENT_ROOT" => Self::DocumentRoot,
            "IS_SUBREQ" => Self::Always("false"),
            "REMOTE_USER" | "AUTH_TYPE" => Self::User(name.to_owned()),
            "SCRIPT_USER" | "SCRIPT_GROUP" => Self::Owner(name.to_owned()),
            "TIME" | "TIME_YEAR" | "TIME_MON" | "TIME_DAY" | "TIME_HOUR" | "TIME_MIN" | "TIME_SEC" | "TIME_WDAY"
            | "API_VERSION" | "SERVER_ADDR" | "SERVER_ADMIN" | "SERVER_PROTOCOL" | "SERVER_SOFTWARE"
            | "REMOTE_HOST" | "REMOTE_PORT" | "REMOTE_IDENT" => Self::Untold(name.to_owned()),
            _ if version == Version::V22 => Self::Always(""),
            "IPV6" => Self::ClientIsV6,
            "CONN_REMOTE_ADDR" => Self::PeerAddress,
            "REQUEST_SCHEME" => Self::Scheme,
            "CONTEXT_PREFIX" | "CONTEXT_DOCUMENT_ROOT" => Self::Context(name.to_owned()),
            _ => Self::Always(""),
        }
    }

    /// Whether it stays the same while rules are applied.
    pub(super) fn is_constant(&self) -> bool {
        !matches!(
            self,
            Self::Environment(_) | Self::Filename | Self::PathInfo | Self::Query | Self::Always(_)
        )
    }

    /// Its value.
    pub(super) fn value<'t>(&self, tx: &'t Transaction, stage: Stage) -> Found<'t> {
        let circumstances = tx.circumstances;
        match self {
            Self::Always(text) => Ok(Cow::Borrowed(text.as_bytes())),
            Self::Header(name) => header(name, tx),
            Self::Environment(name) => environment::value(name, tx),
            Self::ClientAddress => address_text(tx.client),
            Self::PeerAddress => address_text(tx.request.peer),
            Self::ClientIsV6 => switch(Some(tx.client.to_canonical().is_ipv6())),
            Self::Https => switch(circumstances.https),
            // Without TLS it is `https` all the same if `ServerName` says so.
            Self::Scheme if circumstances.https == Some(true) => Ok(Cow::Borrowed(b"https")),
            Self::Scheme => untold("the scheme that httpd takes for its own"),
            Self::Method => Ok(Cow::Borrowed(&tx.request.method)),
            Self::RequestLine => untold("which HTTP the request line named"),
            Self::Uri => Ok(Cow::Borrowed(&tx.uri)),
            Self::Filename => match &tx.filename {
                Some(filename) => Ok(Cow::Borrowed(filename)),
                None => Ok(Cow::Borrowed(&tx.uri)),
            },
            Self::PathInfo if stage == Stage::Server => EMPTY,
            Self::PathInfo => Ok(Cow::Borrowed(&tx.path_info)),
            Self::Query => Ok(Cow::Borrowed(tx.query.as_deref().unwrap_or_default())),
            Self::ServerName => server_name(&circumstances.server_name),
            Self::ServerPort => untold("the port that httpd takes for its own"),
            Self::DocumentRoot if circumstances.document_root.is_empty() => untold("the document root"),
            Self::DocumentRoot => Ok(Cow::Borrowed(circumstances.document_root.as_bytes())),
            Self::Context(name) if stage == Stage::Server => match name.as_str() {
                "CONTEXT_PREFIX" => EMPTY,
                _ => Self::DocumentRoot.value(tx, stage),
            },
            Self::User(_) if stage == Stage::Server => EMPTY,
            Self::Owner(_) if stage == Stage::Server => Ok(Cow::Borrowed(b"<unknown>")),
            Self::Context(name) | Self::User(name) | Self::Owner(name) | Self::Untold(name) => {
                Err(Cow::Owned(format!("the value of `{name}` is not known")))
            }
        }
    }
}

/// The value of a variable, at the moment at which requests have been mapped and let in.
pub fn lookup(name: &str, tx: &Transaction) -> Value {
    let variable = Variable::named(name, tx.circumstances.version);
    match variable.value(tx, Stage::Folder) {
        Ok(value) => Value::Known(value.into_owned()),
        Err(why) => Value::Unknown(why.into_owned()),
    }
}

fn untold(what: &str) -> Found<'static> {
    Err(Cow::Owned(format!("{what} is not known")))
}

fn switch(on: Option<bool>) -> Found<'static> {
    match on {
        Some(on) => Ok(Cow::Borrowed(if on { b"on" } else { b"off" })),
        None => Err(Cow::Borrowed("whether the request came by TLS is not known")),
    }
}

fn address_text(of: IpAddr) -> Found<'static> {
    match address::text(of) {
        Some(text) => Ok(Cow::Owned(text.into_bytes())),
        None => Err(Cow::Borrowed(
            "a link-local address is written with the name of its network interface",
        )),
    }
}

fn server_name(name: &str) -> Found<'_> {
    if name.is_empty() {
        untold("the server's name")
    } else if name.contains(':') && !name.starts_with('[') {
        // An address of IPv6, as in a URL.
        Ok(Cow::Owned(format!("[{name}]").into_bytes()))
    } else {
        Ok(Cow::Borrowed(name.as_bytes()))
    }
}

fn header<'t>(name: &str, tx: &'t Transaction) -> Found<'t> {
    match tx.header(name.as_bytes()) {
        Sent::Absent => EMPTY,
        Sent::Value(value) => Ok(Cow::Owned(value)),
        Sent::Unknown if name == "cookie" => Err(Cow::Borrowed("the log does not say which cookies were sent")),
        Sent::Unknown => Err(Cow::Owned(format!("the log does not say what the header `{name}` was"))),
    }
}
