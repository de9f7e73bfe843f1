//! How httpd writes bytes into a URL, and what it takes for one.
//!
//! Comes in: bytes. Goes out: bytes. Nothing here knows a request.

/// What httpd takes for the beginning of an absolute URL.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Absolute {
    /// How long the beginning is.
    pub(super) length: usize,
    /// Whether such a URL has a query.
    pub(super) has_query: bool,
}

/// Schemes as mod_rewrite knows them; whether a query belongs to them; whether 2.2 knows them too.
const SCHEMES: [(&[u8], bool, bool); 17] = [
    (b"ajp://", true, true),
    (b"balancer://", true, true),
    (b"ftp://", false, true),
    (b"fcgi://", true, false),
    (b"gopher://", false, true),
    (b"http://", true, true),
    (b"https://", true, true),
    (b"h2://", true, false),
    (b"h2c://", true, false),
    (b"ldap://", false, true),
    (b"mailto:", true, true),
    (b"news:", false, true),
    (b"nntp://", false, true),
    (b"scgi://", true, false),
    (b"ws://", true, false),
    (b"wss://", true, false),
    (b"unix:", true, false),
];

/// The beginning of an absolute URL; `None`: it is not one.
pub(super) fn absolute(uri: &[u8], is_22: bool) -> Option<Absolute> {
    // Five bytes are too short whatever they are.
    if uri.first() == Some(&b'/') || uri.len() <= 5 {
        return None;
    }
    let (scheme, has_query, _) = SCHEMES.iter().find(|(scheme, _, in_22)| {
        (*in_22 || !is_22)
            && uri
                .get(..scheme.len())
                .is_some_and(|beginning| beginning.eq_ignore_ascii_case(scheme))
    })?;
    let length = match (*scheme, uri.get(5..7)) {
        (b"unix:", Some(b"//")) => 7,
        _ => scheme.len(),
    };
    Some(Absolute {
        length,
        has_query: *has_query,
    })
}

/// What stays as it is in a path: `ap_escape_uri`.
fn stays(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"$-_.+!*'(),:;@&=/~".contains(&byte)
}

/// A path with percent signs where they belong.
pub(super) fn escaped(path: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(path.len());
    for byte in path {
        if stays(*byte) {
            out.push(*byte);
        } else {
            out.extend(hex(*byte));
        }
    }
    out
}

/// An absolute URL with its path escaped, its host as it is.
pub(super) fn escaped_absolute(uri: &[u8], absolute: Absolute) -> Vec<u8> {
    let mut from = absolute.length;
    if from.checked_sub(1).and_then(|at| uri.get(at)) == Some(&b'/') {
        let rest = uri.get(from..).unwrap_or_default();
        let Some(slash) = rest.iter().position(|byte| *byte == b'/') else {
            return uri.to_vec();
        };
        from += slash + 1;
    }
    let (host, path) = uri.split_at_checked(from).unwrap_or((uri, &[]));
    let mut out = host.to_vec();
    if uri.get(..4).is_some_and(|scheme| scheme.eq_ignore_ascii_case(b"ldap")) {
        // An LDAP URL has up to four question marks between its parts.
        let parts: Vec<Vec<u8>> = path.splitn(5, |byte| *byte == b'?').map(escaped).collect();
        out.extend(parts.join(&b'?'));
    } else {
        out.extend(escaped(path));
    }
    out
}

/// How `[B]` and its kind write a back reference.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct BackReferences {
    /// `[B]`, `[BCTLS]`.
    pub escaped: bool,
    /// `[B=…]`: only these; `None`: all but letters, digits and `_`.
    pub only: Option<Vec<u8>>,
    /// `[BNE=…]`: not these.
    pub except: Option<Vec<u8>>,
    /// `[BNP]`: a blank is `%20`.
    pub no_plus: bool,
    /// `[BCTLS]`: blanks and control characters.
    pub controls: bool,
}

impl BackReferences {
    /// Writes one.
    pub(super) fn write(&self, text: &[u8], out: &mut Vec<u8>) {
        if !self.escaped {
            out.extend_from_slice(text);
            return;
        }
        for byte in text {
            let named = self.only.as_ref().is_some_and(|only| only.contains(byte));
            let wanted = if self.controls {
                is_control_or_blank(*byte)
            } else {
                self.only.is_none()
            };
            let excepted = self.except.as_ref().is_some_and(|except| except.contains(byte));
            match *byte {
                byte if !(wanted || named) || excepted => out.push(byte),
                byte if byte.is_ascii_alphanumeric() || byte == b'_' => out.push(byte),
                b' ' if !self.no_plus => out.push(b'+'),
                byte => out.extend(hex(byte)),
            }
        }
    }
}

/// What a query may not have unless it is escaped.
pub(super) fn is_control_or_blank(byte: u8) -> bool {
    byte.is_ascii_control() || byte == b' '
}

/// `%2f` decoded and all else; what is not hexadecimal stays.
pub(super) fn unescaped(text: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some((byte, after)) = rest.split_first() {
        rest = after;
        let decoded = match (byte, after) {
            (b'%', [high, low, ..]) => digit(*high).zip(digit(*low)).map(|(high, low)| high << 4 | low),
            _ => None,
        };
        match decoded {
            // The string ends there.
            Some(0) => break,
            Some(decoded) => {
                out.push(decoded);
                rest = after.get(2..).unwrap_or_default();
            }
            None => out.push(*byte),
        }
    }
    out
}

fn digit(byte: u8) -> Option<u8> {
    char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok())
}

fn hex(byte: u8) -> [u8; 3] {
    let digit = |value: u8| if value < 10 { b'0' + value } else { b'a' + value - 10 };
    [b'%', digit(byte >> 4), digit(byte & 15)]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn schemes_are_those_of_mod_rewrite() {
        for (uri, length, in_22) in [
            ("http://a", Some(7), true),
            ("HTTPS://a", Some(8), true),
            ("http:", None, true),
            ("/http://a", None, true),
            ("mailto:a", Some(7), true),
            ("ws://a", Some(5), false),
            ("unix:/run/a", Some(5), false),
            ("unix:///run/a", Some(7), false),
            ("ldaps://a", None, true),
            ("file:///a", None, true),
        ] {
            let found = |is_22| absolute(uri.as_bytes(), is_22).map(|absolute| absolute.length);
            assert_eq!(found(false), length, "{uri}");
            assert_eq!(found(true), length.filter(|_| in_22), "{uri}");
        }
    }

    #[test]
    fn only_the_path_of_a_url_is_escaped() {
        for (uri, expected) in [
            ("http://a b/c d?e", "http://a b/c%20d%3fe"),
            ("http://a b", "http://a b"),
            ("mailto:a b", "mailto:a%20b"),
            ("ldap://a/b c?d e??f?g?h", "ldap://a/b%20c?d%20e??f?g%3fh"),
        ] {
            let uri = uri.as_bytes();
            let escaped = escaped_absolute(uri, absolute(uri, false).expect("absolute"));
            assert_eq!(String::from_utf8_lossy(&escaped), expected);
        }
    }

    #[test]
    fn back_references_are_escaped_as_asked() {
        let written = |how: &BackReferences| {
            let mut out = Vec::new();
            how.write(b"a_/b c\x01?", &mut out);
            String::from_utf8_lossy(&out).into_owned()
        };
        let all = BackReferences {
            escaped: true,
            ..BackReferences::default()
        };
        assert_eq!(written(&BackReferences::default()), "a_/b c\x01?");
        assert_eq!(written(&all), "a_%2fb+c%01%3f");
        let no_plus = BackReferences {
            no_plus: true,
            except: Some(b"/".to_vec()),
            ..all.clone()
        };
        assert_eq!(written(&no_plus), "a_/b%20c%01%3f");
        let only = BackReferences {
            only: Some(b"?".to_vec()),
            ..all.clone()
        };
        assert_eq!(written(&only), "a_/b c\x01%3f");
        let controls = BackReferences { controls: true, ..all };
        assert_eq!(written(&controls), "a_/b+c%01?");
    }

    #[test]
    fn what_is_not_hexadecimal_stays() {
        assert_eq!(unescaped(b"a%2fb%zz%4"), b"a/b%zz%4");
        assert_eq!(unescaped(b"a%00b"), b"a");
    }
}
