//! The text of a request as it crosses the border, line by line.

/// What is wrong with the text of a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MalformedRequest(pub String);

/// The lines of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RequestLines<'r> {
    /// The client's address as text.
    pub address: &'r str,
    /// Such as `GET`.
    pub method: &'r [u8],
    /// The target as it was sent.
    pub target: &'r [u8],
    headers: &'r [u8],
}

impl<'r> RequestLines<'r> {
    /// Takes a request apart.
    ///
    /// # Errors
    ///
    /// If a line is missing or the address is no text.
    pub fn read(request: &'r [u8]) -> Result<Self, MalformedRequest> {
        let mut lines = request.splitn(4, |byte| *byte == b'\n');
        let mut line = |what: &str| {
            let line = lines.next().filter(|line| !line.is_empty());
            line.ok_or_else(|| MalformedRequest(format!("a request without {what}")))
        };
        let address = std::str::from_utf8(line("an address")?)
            .map_err(|_| MalformedRequest("a request whose address is no text".to_owned()))?;
        let (method, target) = (line("a method")?, line("a target")?);
        let headers = lines.next().unwrap_or_default();
        Ok(Self {
            address,
            method,
            target,
            headers,
        })
    }

    /// The headers: name and value; no value where nobody knows whether it was sent.
    pub fn headers(&self) -> impl Iterator<Item = (&'r [u8], Option<&'r [u8]>)> {
        let lines = self
            .headers
            .split(|byte| *byte == b'\n')
            .filter(|line| !line.is_empty());
        lines.map(|line| match line.split_first() {
            Some((b'?', name)) => (name, None),
            _ => {
                let colon = line.iter().position(|byte| *byte == b':').unwrap_or(line.len());
                let (name, value) = line.split_at(colon);
                (name, Some(value.get(1..).unwrap_or_default().trim_ascii()))
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_is_its_lines() {
        let read = RequestLines::read(b"10.0.0.1\nGET\n/photos/a.jpg\nCookie: a=b; c\n?Referer\nX-Empty:\n");
        let read = read.expect("a whole request");
        assert_eq!((read.address, read.method), ("10.0.0.1", b"GET".as_slice()));
        assert_eq!(read.target, b"/photos/a.jpg");
        let headers: Vec<_> = read.headers().collect();
        assert_eq!(
            headers,
            [
                (b"Cookie".as_slice(), Some(b"a=b; c".as_slice())),
                (b"Referer".as_slice(), None),
                (b"X-Empty".as_slice(), Some(b"".as_slice())),
            ]
        );
        assert!(RequestLines::read(b"10.0.0.1\nGET").is_err() && RequestLines::read(b"").is_err());
    }
}
