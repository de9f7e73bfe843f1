//! What a server answers.

use std::io::{BufRead, Error, ErrorKind, Read, Result};

/// The longest head that is read. httpd sends back what was asked for in `Location`, which may be a megabyte.
const MOST_HEAD: u64 = 8 << 20;

/// An answer; its body was read and is gone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    pub status: u16,
    headers: Vec<(String, Vec<u8>)>,
    /// Whether the server closes the connection.
    pub closes: bool,
}

impl Answer {
    /// The first header of this name.
    pub fn header(&self, name: &str) -> Option<&[u8]> {
        let mut named = self
            .headers
            .iter()
            .filter(|(known, _)| known.eq_ignore_ascii_case(name));
        named.next().map(|(_, value)| value.as_slice())
    }

    /// Reads an answer and its body.
    pub fn read(from: &mut impl BufRead, method: &[u8]) -> Result<Self> {
        let mut answer = Self::head(from)?;
        while answer.status < 200 {
            answer = Self::head(from)?;
        }
        answer.skip_body(from, method)?;
        Ok(answer)
    }

    fn head(from: &mut impl BufRead) -> Result<Self> {
        let mut from = from.take(MOST_HEAD);
        let first = line(&mut from)?;
        let status = first.get(9..12).and_then(|status| std::str::from_utf8(status).ok());
        let status = status.and_then(|status| status.parse().ok());
        let Some(status) = status.filter(|_| first.starts_with(b"HTTP/1.")) else {
            let said = String::from_utf8_lossy(&first).into_owned();
            return Err(Error::new(ErrorKind::InvalidData, format!("{said:?} begins no answer")));
        };
        let mut headers = Vec::new();
        loop {
            let line = line(&mut from)?;
            let Some(colon) = line.iter().position(|byte| *byte == b':') else {
                break;
            };
            let name = String::from_utf8_lossy(&line[..colon]).into_owned();
            headers.push((name, line[colon + 1..].trim_ascii().to_vec()));
        }
        let mut answer = Self {
            status,
            headers,
            closes: false,
        };
        let connection = answer.header("Connection").unwrap_or_default();
        answer.closes = connection.eq_ignore_ascii_case(b"close") || first.starts_with(b"HTTP/1.0");
        Ok(answer)
    }

    fn skip_body(&mut self, from: &mut impl BufRead, method: &[u8]) -> Result<()> {
        if method == b"HEAD" || matches!(self.status, 204 | 304) {
            return Ok(());
        }
        if self.header("Transfer-Encoding").is_some() {
            return skip_chunks(from);
        }
        let length = self.header("Content-Length");
        let length = length.and_then(|length| std::str::from_utf8(length).ok()?.parse().ok());
        self.closes |= length.is_none();
        skip(from, length.unwrap_or(u64::MAX))
    }
}

/// A line without its end.
fn line(from: &mut impl BufRead) -> Result<Vec<u8>> {
    let mut line = Vec::new();
    from.read_until(b'\n', &mut line)?;
    if line.pop() != Some(b'\n') {
        return Err(ErrorKind::UnexpectedEof.into());
    }
    line.pop_if(|last| *last == b'\r');
    Ok(line)
}

fn skip(from: &mut impl BufRead, length: u64) -> Result<()> {
    std::io::copy(&mut from.take(length), &mut std::io::sink()).map(drop)
}

fn skip_chunks(from: &mut impl BufRead) -> Result<()> {
    loop {
        let size = String::from_utf8_lossy(&line(from)?).into_owned();
        let size = size.split(';').next().unwrap_or_default().trim();
        let size = u64::from_str_radix(size, 16).map_err(|error| Error::new(ErrorKind::InvalidData, error))?;
        skip(from, size)?;
        line(from)?;
        if size == 0 {
            return Ok(());
        }
    }
}
