//! The names that httpd 2.4 knows in expressions: variables, functions, operators.
//!
//! Comes in: a name as it is written. Goes out: what it is, or nothing: then httpd does not start. Names count without case,
//! except those of unary operators. mod_ssl and mod_proxy_hcheck add names of their own; they are known here, their values
//! are not.

/// A variable, `%{NAME}`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Variable {
    /// A header of the request.
    Header(&'static str),
    ClientAddress,
    PeerAddress,
    /// Whether the peer has an IPv6 address.
    PeerIsV6,
    Https,
    Scheme,
    Method,
    Uri,
    /// `DOCUMENT_URI`, which an environment variable may override.
    DocumentUri,
    Filename,
    PathInfo,
    Query,
    IsSubrequest,
    ServerName,
    ServerPort,
    DocumentRoot,
    /// The same for all of 2.4.
    ApiVersion,
    /// Something else that httpd knows and a request does not tell, by its name in capitals.
    Untold(String),
}

/// A function, `name(word)` or `%{name:word}`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Function {
    Header,
    ResponseHeader,
    RequestEnvironment,
    Environment,
    ProcessEnvironment,
    Note,
    ToLower,
    ToUpper,
    Escape,
    Unescape,
    Base64,
    FromBase64,
    Sha1,
    Md5,
    Ldap,
    File,
    FileSize,
    /// `ssl(…)` of mod_ssl and `hc(…)` of mod_proxy_hcheck.
    OfModule,
}

/// An operator before a word.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Unary {
    NotEmpty,
    Empty,
    /// `-T`: not one of the words for no.
    True,
    /// `-d`, `-e`, `-f`, `-s`, `-L`, `-h`, `-x`.
    File,
    /// `-F`, `-U`, `-A`: by a request inside the server.
    Subrequest,
}

const HEADERS: [(&str, &str); 7] = [
    ("HTTP_USER_AGENT", "User-Agent"),
    ("HTTP_PROXY_CONNECTION", "Proxy-Connection"),
    ("HTTP_REFERER", "Referer"),
    ("HTTP_COOKIE", "Cookie"),
    ("HTTP_FORWARDED", "Forwarded"),
    ("HTTP_HOST", "Host"),
    ("HTTP_ACCEPT", "Accept"),
];

const UNTOLD: [&str; 27] = [
    "REQUEST_STATUS",
    "REMOTE_HOST",
    "REMOTE_IDENT",
    "REMOTE_USER",
    "REMOTE_PORT",
    "SERVER_ADMIN",
    "SERVER_PROTOCOL",
    "SERVER_SOFTWARE",
    "AUTH_TYPE",
    "THE_REQUEST",
    "CONTENT_TYPE",
    "HANDLER",
    "REQUEST_LOG_ID",
    "CONN_LOG_ID",
    "SCRIPT_USER",
    "SCRIPT_GROUP",
    "LAST_MODIFIED",
    "CONTEXT_PREFIX",
    "CONTEXT_DOCUMENT_ROOT",
    "HTTP2",
    "TIME",
    "TIME_YEAR",
    "TIME_MON",
    "TIME_DAY",
    "TIME_HOUR",
    "TIME_MIN",
    "TIME_SEC",
];

impl Variable {
    pub(super) fn named(name: &str) -> Option<Self> {
        let name = name.to_ascii_uppercase();
        if let Some((_, header)) = HEADERS.iter().find(|(variable, _)| *variable == name) {
            return Some(Self::Header(header));
        }
        Some(match name.as_str() {
            "REMOTE_ADDR" => Self::ClientAddress,
            "CONN_REMOTE_ADDR" => Self::PeerAddress,
            "IPV6" => Self::PeerIsV6,
            "HTTPS" => Self::Https,
            "REQUEST_SCHEME" => Self::Scheme,
            "REQUEST_METHOD" => Self::Method,
            "REQUEST_URI" => Self::Uri,
            "DOCUMENT_URI" => Self::DocumentUri,
            "REQUEST_FILENAME" | "SCRIPT_FILENAME" => Self::Filename,
            "PATH_INFO" => Self::PathInfo,
            "QUERY_STRING" => Self::Query,
            "IS_SUBREQ" => Self::IsSubrequest,
            "SERVER_NAME" => Self::ServerName,
            "SERVER_PORT" => Self::ServerPort,
            "DOCUMENT_ROOT" => Self::DocumentRoot,
            "API_VERSION" => Self::ApiVersion,
            _ => {
                let known = name == "TIME_WDAY"
                    || UNTOLD.contains(&name.as_str())
                    || name.starts_with("SSL_")
                    || name.starts_with("HC_");
                return known.then_some(Self::Untold(name));
            }
        })
    }
}

impl Function {
    pub(super) fn named(name: &str) -> Option<Self> {
        Some(match name.to_ascii_lowercase().as_str() {
            "req" | "http" | "req_novary" => Self::Header,
            "resp" => Self::ResponseHeader,
            "reqenv" => Self::RequestEnvironment,
            "env" => Self::Environment,
            "osenv" => Self::ProcessEnvironment,
            "note" => Self::Note,
            "tolower" => Self::ToLower,
            "toupper" => Self::ToUpper,
            "escape" => Self::Escape,
            "unescape" => Self::Unescape,
            "base64" => Self::Base64,
            "unbase64" => Self::FromBase64,
            "sha1" => Self::Sha1,
            "md5" => Self::Md5,
            "ldap" => Self::Ldap,
            "file" => Self::File,
            "filesize" => Self::FileSize,
            "ssl" | "hc" => Self::OfModule,
            _ => return None,
        })
    }

    /// Whether a function gives a list: mod_ssl's is the only one.
    pub(super) fn gives_list(name: &str) -> bool {
        name.eq_ignore_ascii_case("PeerExtList")
    }
}

impl Unary {
    /// All but `-R`, which stands for a node of its own.
    pub(super) fn named(name: &str) -> Option<Self> {
        Some(match name {
            "n" => Self::NotEmpty,
            "z" => Self::Empty,
            "T" => Self::True,
            "d" | "e" | "f" | "s" | "L" | "h" | "x" => Self::File,
            "F" | "U" | "A" => Self::Subrequest,
            _ => return None,
        })
    }
}
