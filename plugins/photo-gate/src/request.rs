//! A request, as far as it is known.

use std::net::IpAddr;

/// What is asked of the server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// Who has the connection: the client, or the proxy in front.
    pub peer: IpAddr,
    /// Such as `GET`.
    pub method: Vec<u8>,
    /// The target as it was sent: path, encoded, with `?` and the query if there is one.
    pub target: Vec<u8>,
    /// The headers as they were sent, in their order. Names are compared without case.
    pub headers: Vec<Header>,
    /// What is known of other headers.
    pub others: Others,
}

/// What is known of headers that are not named.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Others {
    /// There were none.
    #[default]
    Absent,
    /// There may have been any, but for those of these names.
    Unknown(Vec<&'static str>),
}

/// One header.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Header {
    /// Its name as it was sent.
    pub name: Vec<u8>,
    /// Its value without blanks around it; `None`: a log does not say whether it was sent, or with what value.
    pub value: Option<Vec<u8>>,
}

/// What is known of a header.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Sent {
    /// It was not sent.
    Absent,
    /// With this value; that of several of the same name, as httpd joins them: with `, ` between.
    Value(Vec<u8>),
    /// Nobody knows.
    Unknown,
}

impl Request {
    /// What is known of a header.
    pub fn header(&self, name: &[u8]) -> Sent {
        let mut joined: Option<Vec<u8>> = None;
        for header in self
            .headers
            .iter()
            .filter(|header| header.name.eq_ignore_ascii_case(name))
        {
            match (&header.value, &mut joined) {
                (None, _) => return Sent::Unknown,
                (Some(value), None) => joined = Some(value.clone()),
                (Some(value), Some(joined)) => {
                    joined.extend_from_slice(b", ");
                    joined.extend_from_slice(value);
                }
            }
        }
        match joined {
            Some(joined) => Sent::Value(joined),
            None => match &self.others {
                Others::Unknown(absent)
                    if !absent.iter().any(|absent| absent.as_bytes().eq_ignore_ascii_case(name)) =>
                {
                    Sent::Unknown
                }
                Others::Unknown(_) | Others::Absent => Sent::Absent,
            },
        }
    }
}
