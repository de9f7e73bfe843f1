//! Files that set something up.
//!
//! Comes in: the lines of a head. Goes out: the [`ConfigurationKind`] that they look like. Never here: certainty.
//!
//! Nearly all lines must have the shape of the kind: a log that prints a few settings is a log. Settings of the form
//! `key=value` are only believed when the keys differ, as those of a properties file do and those of a structured log do
//! not.

use std::collections::HashSet;

use crate::model::FilePath;

/// The kinds of configuration that can be told by their lines.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ConfigurationKind {
    /// XML, and HTML, which nobody would scan as a log either.
    Xml,
    /// `key=value` lines.
    Properties,
    /// `[section]` and `key=value` lines.
    Ini,
    /// Directives of Apache httpd or IBM HTTP Server.
    Httpd,
    /// One JSON value over several lines.
    Json,
    /// Addresses and their names.
    Hosts,
    /// A script or a profile of a shell, or another program's text.
    Script,
    /// PEM: certificates, keys.
    Certificate,
    /// `allow(…);` of dynamic proxy rules.
    Calls,
    /// Items of a Domino document as text.
    Items,
}

/// The share of lines that must have the shape of their kind.
const MOST_PERCENT: usize = 80;

/// What kind of configuration the lines are, if any. Blank lines are not among them.
pub fn kind(path: &FilePath, lines: &[&[u8]]) -> Option<ConfigurationKind> {
    let first = trimmed(lines.first()?);
    if first.starts_with(b"<?xml") || starts_with_ignoring_case(first, b"<!doctype") {
        return Some(ConfigurationKind::Xml);
    }
    if first.starts_with(b"#!") {
        return Some(ConfigurationKind::Script);
    }
    if lines.iter().any(|line| line.starts_with(b"-----BEGIN ")) && mostly(lines, is_pem) {
        return Some(ConfigurationKind::Certificate);
    }
    if is_json(path, lines) {
        return Some(ConfigurationKind::Json);
    }
    let settings: Vec<&[u8]> = lines
        .iter()
        .map(|line| trimmed(line))
        .filter(|line| !is_comment(line))
        .collect();
    if settings.is_empty() {
        // Nothing but comments: a log would have said something.
        return known_extension(path);
    }
    if is_httpd(&settings) {
        return Some(ConfigurationKind::Httpd);
    }
    if first.starts_with(b"<") && mostly(&settings, is_markup) {
        return Some(ConfigurationKind::Xml);
    }
    if mostly(&settings, is_host) {
        return Some(ConfigurationKind::Hosts);
    }
    if mostly(&settings, is_call) {
        return Some(ConfigurationKind::Calls);
    }
    if settings.iter().any(|line| is_domino(line)) && mostly(&settings, is_item) {
        return Some(ConfigurationKind::Items);
    }
    if mostly(&settings, |line| is_setting(line) || is_section(line)) && keys_differ(&settings) {
        let sections = settings.iter().any(|line| is_section(line));
        return Some(if sections {
            ConfigurationKind::Ini
        } else {
            ConfigurationKind::Properties
        });
    }
    known_extension(path)
}

fn trimmed(line: &[u8]) -> &[u8] {
    line.trim_ascii()
}

fn mostly(lines: &[&[u8]], is: impl Fn(&[u8]) -> bool) -> bool {
    let count = lines.iter().filter(|line| is(line)).count();
    count > 0 && count * 100 >= lines.len() * MOST_PERCENT
}

fn starts_with_ignoring_case(line: &[u8], start: &[u8]) -> bool {
    line.get(..start.len())
        .is_some_and(|head| head.eq_ignore_ascii_case(start))
}

/// The last resort: extensions that no log has.
fn known_extension(path: &FilePath) -> Option<ConfigurationKind> {
    let name = path.as_str().rsplit('/').next()?;
    let (_, extension) = name.rsplit_once('.')?;
    Some(match extension.to_ascii_lowercase().as_str() {
        "xml" | "xsd" | "xmi" | "dxl" | "html" | "htm" => ConfigurationKind::Xml,
        "properties" | "props" => ConfigurationKind::Properties,
        "ini" => ConfigurationKind::Ini,
        "json" => ConfigurationKind::Json,
        "sh" | "bat" | "cmd" | "ps1" | "py" | "pl" | "jacl" | "jy" | "js" | "css" => ConfigurationKind::Script,
        "pem" | "crt" | "cer" | "arm" => ConfigurationKind::Certificate,
        _ => return None,
    })
}

fn is_comment(line: &[u8]) -> bool {
    line.starts_with(b"#") || line.starts_with(b";") || line.starts_with(b"!")
}

fn is_markup(line: &[u8]) -> bool {
    line.starts_with(b"<") || line.ends_with(b">")
}

fn is_pem(line: &[u8]) -> bool {
    let base64 = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'=');
    line.starts_with(b"-----") || (line.len() <= 76 && line.trim_ascii().iter().all(base64))
}

/// One value over several lines. Logs in JSON have a whole object on each line.
fn is_json(path: &FilePath, lines: &[&[u8]]) -> bool {
    let Some(first) = lines.first().map(|line| trimmed(line)) else {
        return false;
    };
    let opened = first == b"{" || first == b"[" || first == b"[{";
    let whole = lines.len() == 1 && first.starts_with(b"{") && path.as_str().to_ascii_lowercase().ends_with(".json");
    let inner = |line: &[u8]| {
        let line = trimmed(line);
        matches!(
            line.first(),
            Some(b'"' | b'{' | b'}' | b'[' | b']' | b'-' | b'0'..=b'9')
        ) || matches!(line, b"true" | b"false" | b"null" | b"true," | b"false," | b"null,")
    };
    whole || (opened && mostly(lines, inner))
}

/// `192.0.2.7 www.example.com www`
fn is_host(line: &[u8]) -> bool {
    let mut words = line.split(u8::is_ascii_whitespace).filter(|word| !word.is_empty());
    let address = words.next().and_then(|word| std::str::from_utf8(word).ok());
    if address.is_none_or(|word| word.parse::<std::net::IpAddr>().is_err()) {
        return false;
    }
    let name = |word: &[u8]| {
        word.iter()
            .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b'_'))
    };
    let mut names = words.take_while(|word| !word.starts_with(b"#")).peekable();
    names.peek().is_some() && names.all(name)
}

/// `allow(".*", ".*", "http\\:\\/\\/www\\.example\\.com\\/.*");`
fn is_call(line: &[u8]) -> bool {
    [b"allow(".as_slice(), b"deny(", b"allow (", b"deny ("]
        .iter()
        .any(|call| line.starts_with(call))
        && line.trim_ascii_end().ends_with(b";")
}

/// An item that only documents of Domino's directory have.
fn is_domino(line: &[u8]) -> bool {
    line.starts_with(b"LTPA_") || line.starts_with(b"Form:") || line.starts_with(b"ServerName:")
}

/// `LTPA_TokenName:  LtpaToken`
fn is_item(line: &[u8]) -> bool {
    let Some(colon) = memchr::memchr(b':', line) else {
        return false;
    };
    let name = line.get(..colon).unwrap_or_default();
    !name.is_empty()
        && name.len() <= 64
        && name
            .iter()
            .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'$' | b'-'))
}

fn is_section(line: &[u8]) -> bool {
    line.starts_with(b"[") && line.ends_with(b"]") && line.len() > 2
}

/// The key of `key=value`.
fn setting_key(line: &[u8]) -> Option<&[u8]> {
    let equals = memchr::memchr(b'=', line)?;
    let key = trimmed(line.get(..equals)?);
    let word = |b: &u8| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b'_' | b'$' | b'/' | b':' | b'\\');
    (!key.is_empty() && key.len() <= 128 && key.iter().all(word)).then_some(key)
}

fn is_setting(line: &[u8]) -> bool {
    setting_key(line).is_some()
}

fn keys_differ(settings: &[&[u8]]) -> bool {
    let keys: Vec<_> = settings.iter().filter_map(|line| setting_key(line)).collect();
    let different: HashSet<_> = keys.iter().collect();
    different.len() * 100 >= keys.len() * MOST_PERCENT
}

/// Directives that no other kind of file has at the start of its lines, in lower case, sorted.
const HTTPD: &[&str] = &[
    "accessfilename",
    "addtype",
    "allow",
    "allowoverride",
    "customlog",
    "deny",
    "directoryindex",
    "documentroot",
    "errorlog",
    "header",
    "include",
    "includeoptional",
    "keyfile",
    "listen",
    "loadmodule",
    "logformat",
    "namevirtualhost",
    "options",
    "order",
    "proxypass",
    "proxypassreverse",
    "redirect",
    "requestheader",
    "require",
    "rewritecond",
    "rewriteengine",
    "rewritelog",
    "rewriteloglevel",
    "rewriterule",
    "serveradmin",
    "servername",
    "serverroot",
    "setenvif",
    "sslenable",
    "sslprotocoldisable",
    "sslengine",
    "webspherepluginconfig",
];

/// At least a third known directives and sections of httpd, and nearly all lines of that shape: a word and something
/// behind it. Templates of such files are recognised too.
fn is_httpd(settings: &[&[u8]]) -> bool {
    let first_word = |line: &[u8]| {
        let line = line
            .strip_prefix(b"</")
            .or_else(|| line.strip_prefix(b"<"))
            .unwrap_or(line);
        let end = line
            .iter()
            .position(|b| !b.is_ascii_alphanumeric())
            .unwrap_or(line.len());
        String::from_utf8_lossy(line.get(..end).unwrap_or_default()).to_ascii_lowercase()
    };
    let section = |line: &[u8]| {
        let word = first_word(line);
        line.starts_with(b"<")
            && [
                "virtualhost",
                "directory",
                "location",
                "files",
                "ifmodule",
                "locationmatch",
                "proxy",
                "limit",
            ]
            .contains(&word.as_str())
    };
    let directive = |line: &[u8]| HTTPD.contains(&first_word(line).as_str());
    let shaped = |line: &[u8]| {
        line.first()
            .is_some_and(|b| b.is_ascii_alphabetic() || matches!(b, b'<' | b'{'))
    };
    let known = settings.iter().filter(|line| directive(line) || section(line)).count();
    known >= 2 && known * 3 >= settings.len() && mostly(settings, shaped)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kind_of(name: &str, text: &str) -> Option<ConfigurationKind> {
        let lines: Vec<_> = text
            .lines()
            .filter(|line| !line.trim().is_empty())
            .map(str::as_bytes)
            .collect();
        kind(&FilePath::from(name), &lines)
    }

    #[test]
    fn kinds_are_told_by_their_lines() {
        use ConfigurationKind as Kind;
        for (name, text, expected) in [
            ("a", "<?xml version=\"1.0\"?>\n<a/>", Some(Kind::Xml)),
            ("fragment.xml", "<a b=\"1\"/>\n<c>\n  <d/>\n</c>", Some(Kind::Xml)),
            (
                "a.props",
                "# comment\ncom.ibm.ssl.protocol=SSL_TLSv2\nuser.root=D:/IBM",
                Some(Kind::Properties),
            ),
            (
                "sametime.ini",
                "[Config]\nVPS_HOST=a.example.com\n[Debug]\nVP_LDAP_TRACE=1",
                Some(Kind::Ini),
            ),
            (
                "a",
                "RewriteEngine On\nRewriteRule ^/x - [F]\nListen 80",
                Some(Kind::Httpd),
            ),
            (
                "a",
                "<VirtualHost *:80>\nServerName www.example.com\n</VirtualHost>",
                Some(Kind::Httpd),
            ),
            (
                "hosts",
                "127.0.0.1 localhost\n192.0.2.7 a.example.com a # the one",
                Some(Kind::Hosts),
            ),
            ("a", "#!/bin/sh\nexit 0", Some(Kind::Script)),
            ("a", "{\n  \"a\": 1\n}", Some(Kind::Json)),
            (
                "a",
                "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----",
                Some(Kind::Certificate),
            ),
        ] {
            assert_eq!(kind_of(name, text), expected, "{text}");
        }
    }

    #[test]
    fn logs_of_settings_and_of_objects_are_logs() {
        for text in [
            "level=info msg=started\nlevel=info msg=ready\nlevel=warn msg=slow",
            "{\"a\":1}\n{\"a\":2}",
            "Server started\nListening on 80\nListening on 443",
            "192.0.2.7 - - [10/Oct/2016] \"GET /\"",
            "A sentence.\nAnother = one with blanks before the sign.",
        ] {
            assert_eq!(kind_of("a.log", text), None, "{text}");
        }
    }
}
