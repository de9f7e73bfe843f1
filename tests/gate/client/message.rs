//! A request as it goes over the line.

use std::net::Ipv4Addr;

/// A request, and where it comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// An address of 127.0.0.0/8.
    pub address: Ipv4Addr,
    pub method: Vec<u8>,
    /// As it is sent.
    pub target: Vec<u8>,
    /// Lines, without their ends, as they are sent; `Host` is among them.
    pub headers: Vec<Vec<u8>>,
}

impl Message {
    /// The bytes that are sent.
    pub fn bytes(&self) -> Vec<u8> {
        let mut bytes = self.method.clone();
        bytes.push(b' ');
        bytes.extend_from_slice(&self.target);
        bytes.extend_from_slice(b" HTTP/1.1\r\n");
        for header in &self.headers {
            bytes.extend_from_slice(header);
            bytes.extend_from_slice(b"\r\n");
        }
        bytes.extend_from_slice(b"\r\n");
        bytes
    }

    /// Names and values, blanks around values taken away.
    pub fn fields(&self) -> Vec<(&[u8], &[u8])> {
        let field = |line: &'_ Vec<u8>| line.iter().position(|byte| *byte == b':');
        let lines = self.headers.iter().filter_map(|line| Some((line, field(line)?)));
        lines
            .map(|(line, colon)| (&line[..colon], line[colon + 1..].trim_ascii()))
            .collect()
    }

    /// For people: bytes that are no printable ASCII are escaped, what is very long is cut.
    pub fn shown(&self) -> String {
        let line = |line: &[u8]| {
            let shown = line
                .escape_ascii()
                .to_string()
                .replace("\\\"", "\"")
                .replace("\\'", "'");
            if shown.len() <= 2_000 {
                return format!("  {shown}");
            }
            format!("  {} … ({} bytes)", &shown[..200], line.len())
        };
        let first = [self.method.as_slice(), b" ", &self.target, b" HTTP/1.1"].concat();
        let lines = std::iter::once(line(&first)).chain(self.headers.iter().map(|header| line(header)));
        format!("from {}:\n{}", self.address, lines.collect::<Vec<_>>().join("\n"))
    }
}
