//! One line of an access log as a request.
//!
//! Comes in: what a pattern captured. Goes out: the request, as far as the log shows it, and the status that was sent.

use std::net::IpAddr;

use crate::request::{Header, Others, Request};

/// Which capture of a pattern is what.
#[derive(Debug, Clone, Default)]
pub(crate) struct Columns {
    client: Option<usize>,
    method: Option<usize>,
    target: Option<usize>,
    status: Option<usize>,
    referer: Option<usize>,
    agent: Option<usize>,
    cookie: Option<usize>,
}

/// What a line says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Entry<'l> {
    pub(super) client: &'l str,
    method: &'l str,
    pub(super) target: &'l str,
    pub(super) status: u16,
    /// Of each header that the log shows: its name and its value, `-` for none.
    shown: [(&'static str, Option<&'l str>); 3],
}

impl Columns {
    /// The columns of a pattern with these captures.
    pub(crate) fn of(captures: &[String]) -> Self {
        let at = |name: &str| captures.iter().position(|capture| capture == name);
        Self {
            client: at("client"),
            method: at("method"),
            target: at("target"),
            status: at("status"),
            referer: at("referer"),
            agent: at("agent"),
            cookie: at("cookie"),
        }
    }

    /// A line; `None` if it is none of a request.
    pub(super) fn read<'l>(&self, captures: &[Option<&'l str>]) -> Option<Entry<'l>> {
        let at = |column: Option<usize>| captures.get(column?).copied().flatten();
        Some(Entry {
            client: at(self.client)?,
            method: at(self.method)?,
            target: at(self.target)?,
            status: at(self.status)?.parse().ok()?,
            shown: [
                ("Referer", at(self.referer)),
                ("User-Agent", at(self.agent)),
                ("Cookie", at(self.cookie)),
            ],
        })
    }
}

impl Entry<'_> {
    /// What makes two requests the same.
    pub(super) fn key(&self) -> Vec<u8> {
        let mut key = Vec::with_capacity(self.client.len() + self.method.len() + self.target.len() + 64);
        let shown = self.shown.iter().map(|(_, value)| value.unwrap_or("\0"));
        for part in [self.client, self.method, self.target].into_iter().chain(shown) {
            key.extend_from_slice(part.as_bytes());
            key.push(b'\n');
        }
        key
    }

    /// The request, from that address.
    pub(super) fn request(&self, client: IpAddr) -> Request {
        let mut headers = vec![unknown("Host")];
        let mut absent = Vec::new();
        for (name, value) in self.shown {
            match value {
                // A log writes `-` for a header that was not sent, and for one that is just that.
                Some("-") => absent.push(name),
                Some(value) => headers.push(Header {
                    name: name.as_bytes().to_vec(),
                    value: unescaped(value),
                }),
                None => headers.push(unknown(name)),
            }
        }
        Request {
            peer: client,
            method: self.method.as_bytes().to_vec(),
            target: unescaped(self.target).unwrap_or_else(|| self.target.as_bytes().to_vec()),
            headers,
            others: Others::Unknown(absent),
        }
    }
}

/// A header of which the log says nothing.
fn unknown(name: &str) -> Header {
    Header {
        name: name.as_bytes().to_vec(),
        value: None,
    }
}

/// A value without the backslashes that httpd puts into logs; `None`: what was sent is not known.
fn unescaped(value: &str) -> Option<Vec<u8>> {
    if !value.contains('\\') {
        return Some(value.as_bytes().to_vec());
    }
    let mut out = Vec::with_capacity(value.len());
    let mut rest = value.as_bytes();
    while let Some((byte, behind)) = rest.split_first() {
        rest = behind;
        if *byte != b'\\' {
            out.push(*byte);
            continue;
        }
        let (escape, behind) = behind.split_first()?;
        rest = behind;
        out.push(match escape {
            b'"' | b'\\' => *escape,
            b't' => b'\t',
            b'n' => b'\n',
            b'r' => b'\r',
            b'b' => 8,
            b'f' => 12,
            b'v' => 11,
            b'x' => {
                let digits = std::str::from_utf8(behind.get(..2)?).ok()?;
                rest = behind.get(2..)?;
                u8::from_str_radix(digits, 16).ok()?
            }
            _ => return None,
        });
    }
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::request::Sent;

    fn columns(names: &[&str]) -> Columns {
        Columns::of(&names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>())
    }

    #[test]
    fn a_header_that_the_log_does_not_show_is_not_known() {
        let columns = columns(&["client", "method", "target", "status", "referer", "agent"]);
        let captures = ["10.0.0.1", "GET", "/photos/a", "200", "-", r#"a \"b\" \x41"#].map(Some);
        let entry = columns.read(&captures).expect("a line");
        let request = entry.request("10.0.0.1".parse().expect("an address"));
        assert_eq!(entry.status, 200);
        assert_eq!(request.header(b"referer"), Sent::Absent);
        assert_eq!(request.header(b"user-agent"), Sent::Value(b"a \"b\" A".to_vec()));
        assert_eq!(request.header(b"cookie"), Sent::Unknown);
        assert_eq!(request.header(b"x-forwarded-for"), Sent::Unknown);
    }

    #[test]
    fn what_is_no_line_of_a_request_is_none() {
        let columns = columns(&["client", "method", "target", "status"]);
        assert!(columns.read(&[Some("a"), Some("GET"), Some("/"), Some("-")]).is_none());
        assert!(columns.read(&[Some("a"), None, Some("/"), Some("200")]).is_none());
    }
}
