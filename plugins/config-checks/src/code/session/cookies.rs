//! What a session management says of HTTPOnly.
//!
//! Comes in: the elements of a file, the version of WebSphere. Goes out: [`Setting`]. Never here: whose it is.

use casebook_plugin_configs::{Document, Node};

/// Whether the session cookie is HTTPOnly.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Setting {
    On,
    Off,
    /// It is not written, and the default is not known.
    Unknown,
}

/// Since which version the session cookie is HTTPOnly without being told.
const DEFAULT_SINCE: u32 = 8;

/// The property of a web container that adds HTTPOnly to cookies, WebSphere 7's only way.
const PROPERTY: &str = "com.ibm.ws.webcontainer.HTTPOnlyCookies";

/// A boolean as WebSphere writes it.
pub(super) fn yes_or_no(text: &str) -> Option<bool> {
    match text.trim().to_ascii_lowercase().as_str() {
        "true" => Some(true),
        "false" => Some(false),
        _ => None,
    }
}

/// What is written in a session management, and where.
pub(super) fn written<'s>(management: Node<'s>) -> Option<(bool, Node<'s>)> {
    let cookie = management.children_named("defaultCookieSettings").next()?;
    Some((yes_or_no(cookie.attribute("httpOnly")?)?, cookie))
}

/// The property of the web container that makes the session cookie HTTPOnly: a list of names, with stars.
pub(super) fn added(document: Document<'_>) -> Option<Node<'_>> {
    let session = |name: &str| match name.split_once('*') {
        Some((start, _)) => "JSESSIONID".starts_with(start),
        None => name == "JSESSIONID",
    };
    document.named("properties").find(|property| {
        let named = property
            .attribute("name")
            .is_some_and(|name| name.eq_ignore_ascii_case(PROPERTY));
        let value = property.attribute("value").unwrap_or_default();
        named
            && value
                .split([',', ';', ' '])
                .map(str::trim)
                .filter(|name| !name.is_empty())
                .any(session)
    })
}

/// What holds where nothing is written.
pub(super) fn default(version: Option<&str>) -> Setting {
    let digits = |version: &str| version.trim_start_matches(|c: char| !c.is_ascii_digit()).to_owned();
    let major = version
        .map(digits)
        .and_then(|version| version.split(|c: char| !c.is_ascii_digit()).next()?.parse::<u32>().ok());
    match major {
        Some(major) if major >= DEFAULT_SINCE => Setting::On,
        Some(_) => Setting::Off,
        None => Setting::Unknown,
    }
}

#[cfg(test)]
mod tests {
    use super::{Setting, default};

    #[test]
    fn the_default_is_that_of_the_version() {
        for (version, setting) in [
            (Some("8.5.5.12"), Setting::On),
            (Some("v9"), Setting::On),
            (Some("7.0.0.45"), Setting::Off),
            (Some("6.1"), Setting::Off),
            (Some("unknown"), Setting::Unknown),
            (None, Setting::Unknown),
        ] {
            assert_eq!(default(version), setting, "{version:?}");
        }
    }
}
