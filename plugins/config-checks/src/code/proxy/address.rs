//! Web addresses, as far as they decide which policy fits.
//!
//! Comes in: a text that may be an address. Goes out: [`Address`], with the host in small letters. Never here: what the
//! address is for. Nothing is decoded: the proxy compares text too.

/// An address.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Address {
    /// `http` or `https`, if it says.
    pub(crate) scheme: Option<String>,
    /// The host, in small letters.
    pub(crate) host: String,
    /// The port, if it says.
    pub(crate) port: Option<u16>,
    /// The rest, with its slash; empty where nothing follows the host.
    pub(crate) path: String,
}

/// Quotes that cling to a value in files that were copied from a web page.
const QUOTES: &[char] = &['"', '\'', '“', '”', '″', '‘', '’'];

impl Address {
    /// The address in a text: of the web, or without a scheme; anything else is none.
    pub(crate) fn read(text: &str) -> Option<Self> {
        let text = text.trim().trim_matches(QUOTES).trim();
        let (scheme, rest) = match text.split_once("://") {
            Some((scheme, rest)) => (Some(scheme.to_ascii_lowercase()), rest),
            None => (None, text),
        };
        if scheme
            .as_deref()
            .is_some_and(|scheme| scheme != "http" && scheme != "https")
        {
            return None;
        }
        let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
        let (authority, path) = rest.split_at_checked(end)?;
        let (host, port) = match authority.rsplit_once(':') {
            Some((host, port)) => (host, Some(port.parse().ok()?)),
            None => (authority, None),
        };
        let letter = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_');
        (!host.is_empty() && host.chars().all(letter)).then(|| Self {
            scheme,
            host: host.to_ascii_lowercase(),
            port,
            path: path.to_owned(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::Address;

    fn read(text: &str) -> Option<(Option<String>, String, Option<u16>, String)> {
        Address::read(text).map(|address| (address.scheme, address.host, address.port, address.path))
    }

    #[test]
    fn an_address_is_taken_apart() {
        let https = Some("https".to_owned());
        let host = || "meetings.acme.example".to_owned();
        assert_eq!(
            read("https://Meetings.acme.example"),
            Some((https.clone(), host(), None, String::new()))
        );
        assert_eq!(
            read(" ”https://meetings.acme.example:443/x?y ”"),
            Some((https, host(), Some(443), "/x?y".into()))
        );
        assert_eq!(read("meetings.acme.example/"), Some((None, host(), None, "/".into())));
    }

    #[test]
    fn what_is_no_address_is_none() {
        for text in [
            "",
            "; /",
            "{communitiesSvcRef}/x",
            "endpoint://x",
            "https://",
            "https://a:b",
            "a:70000",
            "*",
            "a b",
        ] {
            assert_eq!(read(text), None, "{text}");
        }
    }
}
