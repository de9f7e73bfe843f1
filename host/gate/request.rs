//! A request as somebody describes it, and as it crosses to the plugin.

use std::net::IpAddr;

/// A request to decide.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// Who has the connection.
    pub address: IpAddr,
    /// Such as `GET`.
    pub method: String,
    /// The target as it is sent: path, encoded, with the query if there is one.
    pub target: Vec<u8>,
    /// Names and values, in the order in which they are sent.
    pub headers: Vec<(String, Vec<u8>)>,
    /// Headers of which nobody knows whether they were sent; `*`: all others.
    pub unknown: Vec<String>,
}

/// Why a request cannot be asked about.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum RequestError {
    /// A line break would begin another line.
    #[error("{what} has a line break or a null character in it, which no request can carry there")]
    LineBreak {
        /// Which part.
        what: String,
    },
    /// Something is empty that cannot be.
    #[error("{what} is empty")]
    Empty {
        /// Which part.
        what: &'static str,
    },
    /// A header whose name would be read otherwise.
    #[error("`{0}` is no name of a header")]
    Name(String),
}

impl Request {
    /// A request for a target, from an address, to a host.
    pub fn get(address: IpAddr, host: &str, target: &str) -> Self {
        Self {
            address,
            method: "GET".to_owned(),
            target: target.as_bytes().to_vec(),
            headers: vec![("Host".to_owned(), host.as_bytes().to_vec())],
            unknown: Vec::new(),
        }
    }

    /// As it crosses: lines, the way `wit/access.wit` describes them.
    ///
    /// # Errors
    ///
    /// What would be read as something else.
    pub fn lines(&self) -> Result<Vec<u8>, RequestError> {
        let mut lines = self.address.to_string().into_bytes();
        part(&mut lines, "the method", self.method.as_bytes())?;
        part(&mut lines, "the path", &self.target)?;
        for (name, value) in &self.headers {
            named(name)?;
            if value.iter().any(|byte| matches!(byte, b'\n' | 0)) {
                return Err(RequestError::LineBreak {
                    what: format!("the header {name}"),
                });
            }
            lines.push(b'\n');
            lines.extend_from_slice(name.as_bytes());
            lines.extend_from_slice(b": ");
            lines.extend_from_slice(value);
        }
        for name in &self.unknown {
            named(name)?;
            lines.extend_from_slice(b"\n?");
            lines.extend_from_slice(name.as_bytes());
        }
        Ok(lines)
    }
}

fn part(lines: &mut Vec<u8>, what: &'static str, text: &[u8]) -> Result<(), RequestError> {
    if text.is_empty() {
        return Err(RequestError::Empty { what });
    }
    if text.iter().any(|byte| matches!(byte, b'\n' | 0)) {
        return Err(RequestError::LineBreak { what: what.to_owned() });
    }
    lines.push(b'\n');
    lines.extend_from_slice(text);
    Ok(())
}

fn named(name: &str) -> Result<(), RequestError> {
    let is_name = !name.is_empty()
        && !name.starts_with('?')
        && name.bytes().all(|byte| byte > b' ' && byte != b':' && byte != 127);
    if is_name {
        Ok(())
    } else {
        Err(RequestError::Name(name.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_is_lines() {
        let mut request = Request::get(
            "10.0.0.1".parse().expect("an address"),
            "photos.example",
            "/photos/a.jpg",
        );
        request.headers.push(("Cookie".to_owned(), b"a=b".to_vec()));
        request.unknown.push("*".to_owned());
        let lines = request.lines().expect("lines");
        assert_eq!(
            lines,
            b"10.0.0.1\nGET\n/photos/a.jpg\nHost: photos.example\nCookie: a=b\n?*"
        );
    }

    #[test]
    fn what_would_begin_another_line_is_refused() {
        let request = |header: &str, value: &str| {
            let mut request = Request::get("10.0.0.1".parse().expect("an address"), "h", "/");
            request.headers.push((header.to_owned(), value.as_bytes().to_vec()));
            request.lines()
        };
        assert!(matches!(
            request("Cookie", "a\nX: b"),
            Err(RequestError::LineBreak { .. })
        ));
        assert!(matches!(request("Co okie", "a"), Err(RequestError::Name(_))));
        assert!(matches!(request("?Cookie", "a"), Err(RequestError::Name(_))));
        let mut empty = Request::get("10.0.0.1".parse().expect("an address"), "h", "");
        assert_eq!(empty.lines(), Err(RequestError::Empty { what: "the path" }));
        empty.target = b"/a\n".to_vec();
        assert!(empty.lines().is_err());
    }
}
