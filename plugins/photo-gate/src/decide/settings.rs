//! What the server is set to, outside of all sections, as far as it decides about requests before any gate does.
//!
//! Comes in: a server and one of its virtual hosts, once. Goes out: [`Settings`]. Never here: what stands in sections, but for
//! directives that stand anywhere and are not followed: [`Settings::not_followed`].

use crate::conf::{Directive, Item, Presence, Scope, Server, Version, VirtualHost};
use crate::oracle::Undecided;
use crate::{Place, Refusal};

/// `AllowEncodedSlashes`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) enum EncodedSlashes {
    /// `Off`: 404.
    #[default]
    Refused,
    /// `On`
    Decoded,
    /// `NoDecode`
    Kept,
}

/// `UseCanonicalName`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) enum Named {
    /// `Off`: as the client says.
    #[default]
    ByClient,
    /// `On`: by `ServerName`.
    ByServer,
    /// `DNS`, or it is set in a section.
    Unknown,
}

/// The settings.
#[derive(Debug, Clone)]
pub(super) struct Settings {
    pub(super) version: Version,
    pub(super) patch: Option<u32>,
    /// The virtual host, or the server.
    pub(super) place: Place,
    pub(super) encoded_slashes: EncodedSlashes,
    pub(super) merges_slashes: bool,
    pub(super) traces: bool,
    pub(super) named: Named,
    /// The host's name by `ServerName`; empty: that of the machine.
    pub(super) name: String,
    /// The port on which requests arrive; `None`: not known.
    pub(super) port: Option<u16>,
    pub(super) https: Option<bool>,
    pub(super) document_root: String,
    /// The longest header, name and value.
    pub(super) most_of_field: usize,
    /// The most headers; 0: any number.
    pub(super) most_fields: usize,
    /// The longest request line.
    pub(super) most_of_line: usize,
    /// Whether something depends on which file is asked for: sections of folders, conditions on the file's name.
    pub(super) asks_for_files: bool,
    pub(super) has_mod_dir: bool,
    pub(super) has_mod_autoindex: bool,
    /// Whether a `Host` must be a proper name.
    pub(super) is_strict: bool,
    /// How often a request is redirected inside the server.
    pub(super) most_redirects: u32,
    /// With what httpd does not start.
    pub(super) refusal: Option<Refusal>,
    /// What decides about requests and is not followed.
    pub(super) not_followed: Option<Undecided>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            version: Version::V24,
            patch: None,
            place: Place { document: 0, node: 0 },
            encoded_slashes: EncodedSlashes::Refused,
            merges_slashes: true,
            traces: true,
            named: Named::ByClient,
            name: String::new(),
            port: None,
            https: Some(false),
            document_root: String::new(),
            most_of_field: 8190,
            most_fields: 100,
            most_of_line: 8190,
            asks_for_files: false,
            has_mod_dir: false,
            has_mod_autoindex: false,
            is_strict: true,
            most_redirects: 10,
            refusal: None,
            not_followed: None,
        }
    }
}

/// Modules that decide about requests in ways that are not followed, with the beginnings of their directives.
const MODULES: [(&str, &[&str]); 14] = [
    ("security2", &["sec"]),
    ("security3", &["modsecurity"]),
    ("evasive20", &["dos"]),
    ("evasive", &["dos"]),
    ("qos", &["qs_"]),
    ("auth_mellon", &["mellon"]),
    ("auth_openidc", &["oidc"]),
    ("auth_cas", &["cas"]),
    ("shib", &["shib"]),
    ("lua", &["lua"]),
    ("perl", &["perl"]),
    ("python", &["python"]),
    ("geoip", &["geoip"]),
    ("limitipconn", &["maxconnperip", "onlyiplimit", "noiplimit"]),
];

/// Directives of httpd itself that decide in ways that are not followed, and what they do.
const DIRECTIVES: [(&str, &str); 8] = [
    ("allowmethods", "which methods `AllowMethods` refuses"),
    (
        "fallbackresource",
        "what `FallbackResource` puts in the place of a file that is not there",
    ),
    ("proxyrequests", "which requests `ProxyRequests` passes on"),
    ("virtualdocumentroot", "what `VirtualDocumentRoot` makes of the path"),
    ("virtualscriptalias", "what `VirtualScriptAlias` makes of the path"),
    ("checkspelling", "what `CheckSpelling` makes of the path"),
    ("checkcaseonly", "what `CheckCaseOnly` makes of the path"),
    ("serverpath", "what `ServerPath` makes of the path"),
];

impl Settings {
    pub(super) fn of(server: &Server, host: Option<&VirtualHost>) -> Self {
        let scopes: Vec<&Scope> = host
            .map(|host| &host.scope)
            .into_iter()
            .chain([&server.scope])
            .collect();
        let last = |name: &str| {
            let mut each = scopes.iter();
            each.find_map(|scope| scope.directives().filter(|directive| directive.name == name).last())
        };
        let word = |name: &str| {
            last(name)
                .and_then(|directive| directive.args.first())
                .map(|word| word.to_ascii_lowercase())
        };
        let number = |name: &str, usual: usize| word(name).and_then(|word| word.parse().ok()).unwrap_or(usual);
        let own_name = host
            .map(|host| host.name.clone())
            .or_else(|| word("servername"))
            .unwrap_or_default();
        let is_there = |module: &str| match server.modules.presence(module, server.version) {
            Presence::Loaded | Presence::Assumed(true) => true,
            Presence::Absent | Presence::Assumed(false) => false,
        };
        let root = last("documentroot").and_then(|directive| directive.args.first());
        Self {
            version: server.version,
            patch: server.patch,
            place: host.map_or(server.place, |host| host.directive.place),
            encoded_slashes: match word("allowencodedslashes").as_deref() {
                Some("on") => EncodedSlashes::Decoded,
                Some("nodecode") => EncodedSlashes::Kept,
                _ => EncodedSlashes::Refused,
            },
            merges_slashes: word("mergeslashes").as_deref() != Some("off"),
            traces: word("traceenable").as_deref() != Some("off"),
            named: named(word("usecanonicalname").as_deref(), &scopes),
            name: host_name(&own_name).to_owned(),
            port: port(server, host),
            https: https(&scopes),
            document_root: root.map_or(String::new(), |root| rooted(root, word("serverroot"))),
            most_of_field: number("limitrequestfieldsize", 8190),
            most_fields: number("limitrequestfields", 100),
            most_of_line: number("limitrequestline", 8190),
            asks_for_files: asks_for_files(&scopes),
            has_mod_dir: is_there("dir_module"),
            has_mod_autoindex: is_there("autoindex_module"),
            is_strict: last("httpprotocoloptions")
                .is_none_or(|directive| directive.args.iter().all(|word| !word.eq_ignore_ascii_case("unsafe"))),
            most_redirects: word("limitinternalrecursion")
                .and_then(|word| word.parse().ok())
                .unwrap_or(10),
            refusal: refusal(server, &scopes),
            not_followed: not_followed(server, &scopes),
        }
    }
}

fn named(word: Option<&str>, scopes: &[&Scope]) -> Named {
    if anywhere(scopes).any(|(directive, is_section)| is_section && directive.name == "usecanonicalname") {
        return Named::Unknown;
    }
    match word {
        None | Some("off") => Named::ByClient,
        Some("on") => Named::ByServer,
        Some(_) => Named::Unknown,
    }
}

/// All sections.
fn anywhere_sections<'s>(scopes: &[&'s Scope]) -> impl Iterator<Item = &'s Directive> {
    let mut waiting: Vec<&'s Scope> = scopes.to_vec();
    let mut found = Vec::new();
    while let Some(scope) = waiting.pop() {
        for (directive, scope) in scope.sections() {
            found.push(directive);
            waiting.push(scope);
        }
    }
    found.into_iter()
}

fn asks_for_files(scopes: &[&Scope]) -> bool {
    let is_about_files = |name: &str| name.starts_with("directory") || name.starts_with("files");
    let has_sections = anywhere_sections(scopes).any(|section| is_about_files(&section.name));
    has_sections || anywhere(scopes).any(|(directive, _)| directive.value.to_ascii_uppercase().contains("_FILENAME"))
}

/// The name in `ServerName`, without scheme and port.
fn host_name(name: &str) -> &str {
    let name = name.split_once("://").map_or(name, |(_, name)| name);
    match name.rsplit_once(':') {
        Some((host, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => host,
        _ => name,
    }
}

/// A path from the root; empty: not known.
fn rooted(path: &str, server_root: Option<String>) -> String {
    let path = path.trim_end_matches('/');
    if path.starts_with('/') || path.as_bytes().get(1) == Some(&b':') {
        return path.to_owned();
    }
    server_root.map_or(String::new(), |root| format!("{}/{path}", root.trim_end_matches('/')))
}

/// The only port that the host or the server names.
fn port(server: &Server, host: Option<&VirtualHost>) -> Option<u16> {
    let of = |text: &String| text.rsplit(':').next().and_then(|port| port.parse::<u16>().ok());
    let of_host: Vec<Option<u16>> = host
        .into_iter()
        .flat_map(|host| host.directive.args.iter().map(of))
        .collect();
    let listens = server.scope.directives().filter(|directive| directive.name == "listen");
    let listened: Vec<Option<u16>> = listens.filter_map(|directive| directive.args.first()).map(of).collect();
    let only = |ports: &[Option<u16>]| {
        let (first, others) = ports.split_first()?;
        first.filter(|_| others.iter().all(|other| other == first))
    };
    only(&of_host).or_else(|| only(&listened))
}

/// Whether requests come by TLS.
fn https(scopes: &[&Scope]) -> Option<bool> {
    let switch = |directive: &Directive| match directive.name.as_str() {
        "sslengine" => Some(
            directive
                .args
                .first()
                .map_or(String::new(), |word| word.to_ascii_lowercase()),
        ),
        "sslenable" => Some("on".to_owned()),
        "ssldisable" => Some("off".to_owned()),
        _ => None,
    };
    let switched = scopes
        .iter()
        .find_map(|scope| scope.directives().filter_map(switch).last());
    match switched.as_deref() {
        None | Some("off") => Some(false),
        Some("on") => Some(true),
        Some(_) => None,
    }
}

/// All directives, and whether they stand in a section.
fn anywhere<'s>(scopes: &[&'s Scope]) -> impl Iterator<Item = (&'s Directive, bool)> {
    let mut waiting: Vec<(&'s Scope, bool)> = scopes.iter().map(|scope| (*scope, false)).collect();
    let mut found = Vec::new();
    while let Some((scope, is_section)) = waiting.pop() {
        for item in &scope.items {
            match item {
                Item::Directive(directive) => found.push((directive, is_section)),
                Item::Section { scope, .. } => waiting.push((scope, true)),
            }
        }
    }
    found.into_iter()
}

/// What the host writes in the place of a password or a token.
const MASK: &str = "[masked]";

/// Directives of which every letter decides.
const LITERAL: [&str; 8] = [
    "rewritecond",
    "rewriterule",
    "setenvif",
    "setenvifnocase",
    "setenvifexpr",
    "browsermatch",
    "browsermatchnocase",
    "require",
];

/// Directives that 2.4 does not know any more.
const GONE_IN_24: [&str; 6] = [
    "rewritelog",
    "rewriteloglevel",
    "acceptmutex",
    "lockfile",
    "sslmutex",
    "rewritelock",
];

fn refusal(server: &Server, scopes: &[&Scope]) -> Option<Refusal> {
    let gone = anywhere(scopes)
        .filter(|(directive, _)| server.version == Version::V24 && GONE_IN_24.contains(&directive.name.as_str()));
    let refused = gone.map(|(directive, _)| Refusal {
        place: directive.place,
        why: format!("httpd 2.4 knows no `{}`", directive.name),
    });
    refused.min()
}

fn not_followed(server: &Server, scopes: &[&Scope]) -> Option<Undecided> {
    let mut found: Option<Undecided> = None;
    let mut take = |place: Place, why: String| {
        if found.as_ref().is_none_or(|found| place < found.place) {
            found = Some(Undecided { place, why });
        }
    };
    for (directive, _) in anywhere(scopes) {
        let is_off = directive
            .args
            .first()
            .is_some_and(|word| word.eq_ignore_ascii_case("off"));
        if let Some((_, what)) = DIRECTIVES
            .iter()
            .find(|(name, _)| *name == directive.name)
            .filter(|_| !is_off)
        {
            take(directive.place, format!("{what} is not followed"));
        }
        if LITERAL.contains(&directive.name.as_str()) && directive.value.contains(MASK) {
            let why = "a part of the directive is masked, for it looks like a password or a token";
            take(directive.place, why.to_owned());
        }
        let of_module = MODULES.iter().find(|(module, beginnings)| {
            server.modules.presence(module, server.version) == Presence::Loaded
                && beginnings.iter().any(|beginning| directive.name.starts_with(beginning))
        });
        if let Some((module, _)) = of_module {
            take(
                directive.place,
                format!("what the module {module} decides is not followed"),
            );
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::drawn;

    fn of(text: &str) -> Settings {
        let site = drawn::site(&[("httpd.conf", text)], "{}");
        let servers = crate::conf::servers(&site);
        let server = servers.first().expect("a server");
        Settings::of(server, server.hosts.first())
    }

    #[test]
    fn a_host_has_the_settings_of_the_server_and_its_own() {
        let settings = of(
            "Listen 8080\nServerRoot /opt/ihs\nDocumentRoot htdocs\nAllowEncodedSlashes On\nUseCanonicalName On\n\
             <VirtualHost *:443>\nServerName https://photos.example.com:443\nSSLEnable\nAllowEncodedSlashes NoDecode\n</VirtualHost>",
        );
        assert_eq!(settings.encoded_slashes, EncodedSlashes::Kept);
        assert_eq!((settings.port, settings.https), (Some(443), Some(true)));
        assert_eq!(settings.name, "photos.example.com");
        assert_eq!(settings.named, Named::ByServer);
        assert_eq!(settings.document_root, "/opt/ihs/htdocs");
        assert!(settings.merges_slashes && settings.not_followed.is_none());
    }

    #[test]
    fn what_is_not_followed_is_named() {
        let settings = of("LoadModule security2_module modules/mod_security2.so\nSecRuleEngine On\n");
        assert!(settings.not_followed.expect("a reason").why.contains("security2"));
        let settings = of("<Location /photos>\nAllowMethods GET\n</Location>\n");
        assert!(settings.not_followed.expect("a reason").why.contains("AllowMethods"));
        assert!(of("ProxyRequests Off\n").not_followed.is_none());
        let settings = of("RewriteCond %{QUERY_STRING} !password=[masked]\n");
        assert!(settings.not_followed.expect("a reason").why.contains("masked"));
    }
}
