//! A request arrives: what httpd refuses before anything is asked about it, and by which name it was called.
//!
//! Comes in: a request as it was sent, which is one of HTTP/1.1. Goes out: its path and query, and name and port that the
//! client said; or the status that is answered at once. Never here: who may see what.

use std::borrow::Cow;

use super::settings::{Named, Settings};
use super::transaction::is_since;
use crate::conf::Version;
use crate::oracle::{Oracle, Undecided};
use crate::request::{Header, Request, Sent};

/// A request that is looked at further.
#[derive(Debug)]
pub(super) struct Arrived<'r> {
    /// With the host of an absolute target as its `Host`.
    pub(super) request: Cow<'r, Request>,
    /// The path, encoded as it was sent.
    pub(super) path: Vec<u8>,
    /// Without `?`.
    pub(super) query: Option<Vec<u8>>,
    /// `%{SERVER_NAME}`; empty: not known.
    pub(super) server_name: String,
    /// The port that the client said.
    pub(super) port: Option<u16>,
}

impl<'r> Arrived<'r> {
    /// A request that was refused before it was looked at.
    pub(super) fn nothing(request: &'r Request) -> Self {
        Self {
            request: Cow::Borrowed(request),
            path: Vec::new(),
            query: None,
            server_name: String::new(),
            port: None,
        }
    }
}

/// What comes of an arrival: a status that is answered at once, or a request to look at.
pub(super) type Arrival<'r> = Result<Arrived<'r>, u16>;

/// Numbers of questions about the server as a whole.
mod question {
    pub(super) const STRICT: u32 = 111;
}

/// Bytes around the longest line for which it is not known whether the end of the line counts: 2.
const END_OF_LINE: usize = 2;

/// Looks at a request as it comes in.
///
/// # Errors
///
/// What is sent in no way that browsers send, and that versions treat differently.
pub(super) fn arrive<'r>(
    request: &'r Request,
    settings: &Settings,
    oracle: &mut Oracle,
) -> Result<Arrival<'r>, Undecided> {
    let undecided = |why: &str| Undecided {
        place: settings.place,
        why: why.to_owned(),
    };
    if request.method == b"CONNECT" {
        return Err(undecided("what `CONNECT` asks for is no path"));
    }
    if settings.version == Version::V22 && is_odd(request) {
        return Err(undecided(
            "the request has control characters or names that are none, which versions of httpd 2.2 treat differently",
        ));
    }
    if let Some(status) = refused_line(request, settings) {
        return status
            .map(Err)
            .ok_or_else(|| undecided("the request line is as long as httpd takes them, to a byte or two"));
    }
    if is_odd(request) || refused_fields(request, settings) {
        return Ok(Err(400));
    }
    let expects = request.header(b"Expect");
    if matches!(&expects, Sent::Value(value) if !value.eq_ignore_ascii_case(b"100-continue")) {
        return Ok(Err(417));
    }
    let (request, target) = match absolute(request) {
        Target::Path => (Cow::Borrowed(request), request.target.clone()),
        Target::Absolute { host, path } => (Cow::Owned(with_host(request, host)), path),
        Target::Bad => return Ok(Err(400)),
    };
    let name = match named(&request, settings, oracle)? {
        Ok(name) => name,
        Err(status) => return Ok(Err(status)),
    };
    // Slashes at the beginning are one.
    let doubled = target.windows(2).take_while(|two| *two == b"//").count();
    let target = target.get(doubled..).unwrap_or_default().to_vec();
    let (path, query) = match target.iter().position(|byte| *byte == b'?') {
        Some(mark) => (
            target.get(..mark).unwrap_or_default().to_vec(),
            target.get(mark + 1..).map(<[u8]>::to_vec),
        ),
        None => (target, None),
    };
    if path == b"*" {
        return Ok(Err(if request.method == b"OPTIONS" { 200 } else { 400 }));
    }
    Ok(Ok(Arrived {
        server_name: match (settings.named, &name.name) {
            (Named::ByClient, Some(name)) => name.clone(),
            // Nothing was said, so it is the configured one; what was sent is not known, so neither is the name.
            (Named::ByClient, None) if name.is_known => settings.name.clone(),
            (Named::ByServer, _) => settings.name.clone(),
            (Named::ByClient | Named::Unknown, _) => String::new(),
        },
        port: name.port,
        request,
        path,
        query,
    }))
}

/// The request line is too long; `Some(None)`: that is not known.
fn refused_line(request: &Request, settings: &Settings) -> Option<Option<u16>> {
    let length = request.method.len() + request.target.len() + b"  HTTP/1.1".len();
    if length > settings.most_of_line + END_OF_LINE {
        return Some(Some(414));
    }
    (length + END_OF_LINE > settings.most_of_line).then_some(None)
}

/// Whether something in the request is not as HTTP wants it.
fn is_odd(request: &Request) -> bool {
    let is_token = |text: &[u8]| !text.is_empty() && text.iter().all(|byte| is_of_token(*byte));
    let is_value = |value: &Vec<u8>| value.iter().all(|byte| *byte == b'\t' || *byte >= 32 && *byte != 127);
    !is_token(&request.method)
        || request.target.is_empty()
        || request
            .target
            .iter()
            .any(|byte| *byte <= 32 || *byte == 127 || *byte == b'#')
        || request
            .headers
            .iter()
            .any(|header| !is_token(&header.name) || header.value.as_ref().is_some_and(|value| !is_value(value)))
}

fn is_of_token(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte)
}

/// Whether there are too many headers, or one is too long, also those of one name together.
fn refused_fields(request: &Request, settings: &Settings) -> bool {
    let length = |header: &Header| header.value.as_ref().map(|value| header.name.len() + 2 + value.len());
    let headers = &request.headers;
    if settings.most_fields > 0 && headers.len() > settings.most_fields {
        return true;
    }
    // Cheap for the usual: all of them together are short enough.
    let all: usize = headers.iter().filter_map(length).sum();
    if all + headers.len() * 2 <= settings.most_of_field {
        return false;
    }
    headers.iter().any(|header| {
        let same = headers
            .iter()
            .filter(|other| other.name.eq_ignore_ascii_case(&header.name));
        let joined: usize = same
            .filter_map(|other| other.value.as_ref().map(|value| value.len() + 2))
            .sum();
        length(header).is_some_and(|length| length > settings.most_of_field) || joined > settings.most_of_field
    })
}

enum Target {
    Path,
    Absolute { host: Vec<u8>, path: Vec<u8> },
    Bad,
}

/// What kind of target it is.
fn absolute(request: &Request) -> Target {
    let target = request.target.as_slice();
    if target.starts_with(b"/") || target == b"*" || target.starts_with(b"*?") {
        return Target::Path;
    }
    let scheme = [&b"http://"[..], b"https://"].into_iter().find(|scheme| {
        target
            .get(..scheme.len())
            .is_some_and(|begin| begin.eq_ignore_ascii_case(scheme))
    });
    let Some(rest) = scheme.and_then(|scheme| target.get(scheme.len()..)) else {
        return Target::Bad;
    };
    let end = rest
        .iter()
        .position(|byte| matches!(byte, b'/' | b'?'))
        .unwrap_or(rest.len());
    let (host, path) = rest.split_at_checked(end).unwrap_or((rest, &[]));
    let host = host.rsplit(|byte| *byte == b'@').next().unwrap_or_default();
    if host.is_empty() {
        return Target::Bad;
    }
    let path = match path {
        [b'/', ..] => path.to_vec(),
        // About the server as a whole.
        [] if request.method == b"OPTIONS" => b"*".to_vec(),
        path => [b"/", path].concat(),
    };
    Target::Absolute {
        host: host.to_vec(),
        path,
    }
}

fn with_host(request: &Request, host: Vec<u8>) -> Request {
    let mut request = request.clone();
    for header in &mut request.headers {
        if header.name.eq_ignore_ascii_case(b"Host") {
            header.value = Some(host.clone());
        }
    }
    request
}

/// The name that the client said.
struct Name {
    /// In small letters; `None`: none was said.
    name: Option<String>,
    port: Option<u16>,
    /// Whether what was sent is known.
    is_known: bool,
}

/// The name in the header `Host`, or the status that is answered to a name that is none.
fn named(request: &Request, settings: &Settings, oracle: &mut Oracle) -> Result<Result<Name, u16>, Undecided> {
    let mut hosts = request
        .headers
        .iter()
        .filter(|header| header.name.eq_ignore_ascii_case(b"Host"));
    let (Some(host), None) = (hosts.next(), hosts.next()) else {
        // HTTP/1.1 wants it, and once.
        return Ok(Err(400));
    };
    let Some(value) = &host.value else {
        return Ok(Ok(Name {
            name: None,
            port: None,
            is_known: false,
        }));
    };
    if value.is_empty() {
        return Ok(Err(400));
    }
    match read_host(value) {
        None => Ok(Err(400)),
        Some((name, port)) => {
            let is_refused = settings.version == Version::V24
                && settings.is_strict
                && !is_strict(&name)
                && is_since(settings.patch, 25, settings.place, question::STRICT, oracle, || {
                    "versions before httpd 2.4.25 take a `Host` that is no proper name".to_owned()
                })?;
            Ok(if is_refused {
                Err(400)
            } else {
                Ok(Name {
                    name: Some(name),
                    port,
                    is_known: true,
                })
            })
        }
    }
}

/// Name, without a dot at its end, and port; `None`: httpd refuses it in any case.
fn read_host(value: &[u8]) -> Option<(String, Option<u16>)> {
    let text = std::str::from_utf8(value).ok()?;
    let (name, port) = if let Some(rest) = text.strip_prefix('[') {
        let (name, behind) = rest.split_once(']')?;
        name.parse::<std::net::Ipv6Addr>().ok()?;
        (
            name,
            behind
                .strip_prefix(':')
                .map(Some)
                .unwrap_or_default()
                .or((!behind.is_empty()).then_some("?")),
        )
    } else {
        match text.rsplit_once(':') {
            Some((name, port)) => (name, Some(port)),
            None => (text, None),
        }
    };
    let port = match port {
        None => None,
        Some(port) => Some(port.parse::<u16>().ok().filter(|port| *port > 0)?),
    };
    if name.is_empty() || name.contains(['/', '\\']) || name.contains("..") {
        return None;
    }
    let name = name.strip_suffix('.').unwrap_or(name);
    Some((name.to_ascii_lowercase(), port))
}

/// Whether it is a name or an address as RFC 3986 has them.
fn is_strict(name: &str) -> bool {
    if name.contains(':') {
        return true;
    }
    let is_of_name = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
    if !name.bytes().all(is_of_name) {
        return false;
    }
    if name.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.') {
        let has_zero = |part: &str| part.len() > 1 && part.starts_with('0');
        return name.matches('.').count() == 3 && !name.starts_with('.') && !name.split('.').any(has_zero);
    }
    match name.rsplit_once('.') {
        Some((_, last)) => last.is_empty() || last.starts_with(|c: char| c.is_ascii_alphabetic()),
        None => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(method: &str, target: &str, headers: &[(&str, &str)]) -> Request {
        let header = |(name, value): &(&str, &str)| Header {
            name: name.as_bytes().to_vec(),
            value: Some(value.as_bytes().to_vec()),
        };
        Request {
            peer: "10.0.0.1".parse().expect("an address"),
            method: method.as_bytes().to_vec(),
            target: target.as_bytes().to_vec(),
            headers: headers.iter().map(header).collect(),
            others: crate::request::Others::Absent,
        }
    }

    fn status(request: &Request) -> Option<u16> {
        let arrival = arrive(request, &Settings::default(), &mut Oracle::default()).expect("known");
        arrival.err()
    }

    const HOST: (&str, &str) = ("Host", "photos.example.com");

    #[test]
    fn what_is_not_http_is_refused() {
        for (method, target, headers, expected) in [
            ("GET", "/a", &[HOST][..], None),
            ("GET", "/a", &[], Some(400)),
            ("GET", "/a", &[HOST, HOST], Some(400)),
            ("GET", "/a", &[("Host", "")], Some(400)),
            ("GET", "/a", &[("Host", "a/b")], Some(400)),
            ("GET", "/a", &[("Host", "a:0")], Some(400)),
            ("GET", "/a", &[("Host", "12")], Some(400)),
            ("GET", "/a", &[("Host", "[::1]:80")], None),
            ("GET", "/a b", &[HOST], Some(400)),
            ("GET", "/a#b", &[HOST], Some(400)),
            ("GET", "a", &[HOST], Some(400)),
            ("GET", "*", &[HOST], Some(400)),
            ("OPTIONS", "*", &[HOST], Some(200)),
            ("GET", "/a", &[HOST, ("X Y", "1")], Some(400)),
            ("GET", "/a", &[HOST, ("X", "a\u{1}")], Some(400)),
            ("GET", "/a", &[HOST, ("Expect", "more")], Some(417)),
        ] {
            assert_eq!(
                status(&request(method, target, headers)),
                expected,
                "{method} {target} {headers:?}"
            );
        }
        let long = "x".repeat(9000);
        assert_eq!(status(&request("GET", &format!("/{long}"), &[HOST])), Some(414));
        assert_eq!(status(&request("GET", "/", &[HOST, ("Cookie", &long)])), Some(400));
        let half = "x".repeat(5000);
        assert_eq!(
            status(&request("GET", "/", &[HOST, ("Cookie", &half), ("cookie", &half)])),
            Some(400)
        );
        assert_eq!(
            status(&request("GET", "/", &[HOST, ("Cookie", &half), ("Other", &half)])),
            None
        );
    }

    #[test]
    fn an_absolute_target_says_the_host() {
        let request = request("GET", "http://Other.example:81?x=1", &[HOST]);
        let arrived = arrive(&request, &Settings::default(), &mut Oracle::default())
            .expect("known")
            .expect("looked at");
        assert_eq!(arrived.path, b"/");
        assert_eq!(arrived.query.as_deref(), Some(b"x=1".as_slice()));
        assert_eq!(
            (arrived.server_name.as_str(), arrived.port),
            ("other.example", Some(81))
        );
        assert_eq!(
            arrived.request.header(b"host"),
            Sent::Value(b"Other.example:81".to_vec())
        );
    }
}
