//! What the server takes for its own scheme, name and port.
//!
//! Comes in: `ServerName`, `ServerAlias` and the addresses of a virtual host. Goes out: whether a URL is one of the server's
//! own, and the beginning of one. Never here: looking up names.

use crate::conf::{Directive, Server, VirtualHost};
use crate::decide::Circumstances;

/// The server's own.
#[derive(Debug)]
pub(super) struct Origin {
    /// `ServerName`; `None`: the name of the machine.
    name: Option<String>,
    aliases: Vec<String>,
    /// The addresses of the `<VirtualHost>`, as they are written, with their ports; 0: all.
    addresses: Vec<(String, u16)>,
    /// Its port; 0: none is configured.
    port: u16,
    /// Whether `ServerName` begins with `https://`.
    says_https: bool,
    /// Whether `UseCanonicalName On` makes the name and the port the configured ones.
    is_canonical: bool,
    /// Whether `UseCanonicalPhysicalPort` stands somewhere.
    is_physical: bool,
}

impl Origin {
    pub(super) fn of(server: &Server, host: Option<&VirtualHost>) -> Self {
        let scope = host.map_or(&server.scope, |host| &host.scope);
        let all = |name: &'static str| scope.directives().filter(move |directive| directive.name == name);
        let first = |directive: &Directive| directive.args.first().cloned();
        let own = all("servername").last().and_then(first);
        let main = server
            .scope
            .directives()
            .filter(|directive| directive.name == "servername");
        let main = main.last().and_then(first);
        let main_port = main.as_deref().map_or(0, |name| parsed(name).2);
        let addresses: Vec<(String, u16)> = host
            .into_iter()
            .flat_map(|host| &host.directive.args)
            .map(|address| host_and_port(address, main_port))
            .collect();
        let of_address = addresses.first().map(|(_, port)| *port).filter(|port| *port != 0);
        let is_wildcard = |(host, _): &(String, u16)| host == "*" || host.eq_ignore_ascii_case("_default_");
        let port = match &own {
            Some(name) => parsed(name).2,
            None => of_address.unwrap_or(main_port),
        };
        let inherited = main.filter(|_| addresses.iter().any(is_wildcard));
        let both = std::iter::once(&server.scope).chain(host.map(|host| &host.scope));
        let settings: Vec<&Directive> = both.flat_map(|scope| scope.directives()).collect();
        let last = settings.iter().rfind(|directive| directive.name == "usecanonicalname");
        Self {
            says_https: own.as_deref().is_some_and(|name| parsed(name).0),
            name: own.or(inherited).map(|name| parsed(&name).1.to_owned()),
            aliases: all("serveralias")
                .flat_map(|directive| directive.args.clone())
                .collect(),
            addresses,
            port,
            is_canonical: last
                .and_then(|directive| directive.args.first())
                .is_some_and(|word| word.eq_ignore_ascii_case("on")),
            is_physical: settings
                .iter()
                .any(|directive| directive.name == "usecanonicalphysicalport"),
        }
    }

    /// Whether URLs begin with `https`; `None`: not known.
    pub(super) fn is_https(&self, circumstances: &Circumstances) -> Option<bool> {
        if self.says_https {
            Some(true)
        } else {
            circumstances.https
        }
    }

    /// What a URL of the server begins with: scheme, name and port; `None`: not known.
    pub(super) fn beginning(&self, circumstances: &Circumstances) -> Option<String> {
        let is_https = self.is_https(circumstances)?;
        let name = circumstances.server_name.as_str();
        if name.is_empty() || self.is_physical {
            return None;
        }
        let said = circumstances.said_port.filter(|_| !self.is_canonical);
        let port = said.unwrap_or_else(|| self.port(is_https));
        let scheme = if is_https { "https" } else { "http" };
        let name = if name.contains(':') && !name.starts_with('[') {
            format!("[{name}]")
        } else {
            name.to_owned()
        };
        Some(if port == default_port(is_https) {
            format!("{scheme}://{name}")
        } else {
            format!("{scheme}://{name}:{port}")
        })
    }

    fn port(&self, is_https: bool) -> u16 {
        if self.port == 0 {
            default_port(is_https)
        } else {
            self.port
        }
    }

    /// The part of a URL behind the server's own scheme, name and port, if it begins with them; `Err`: that is not known.
    pub(super) fn reduced<'u>(
        &self,
        uri: &'u [u8],
        circumstances: &Circumstances,
    ) -> Result<Option<&'u [u8]>, &'static str> {
        let schemes: &[bool] = match self.is_https(circumstances) {
            Some(true) => &[true],
            Some(false) => &[false],
            None => &[true, false],
        };
        let mut found = None;
        for is_https in schemes {
            let scheme: &[u8] = if *is_https { b"https://" } else { b"http://" };
            // Nothing behind the slashes is too short.
            let behind = uri
                .get(..scheme.len())
                .filter(|beginning| beginning.eq_ignore_ascii_case(scheme))
                .and_then(|_| uri.get(scheme.len()..))
                .filter(|behind| !behind.is_empty());
            if let Some(behind) = behind {
                found = self.reduced_behind(behind, *is_https)?;
            }
        }
        if found.is_some() && schemes.len() > 1 {
            return Err("whether the request came by TLS is not known");
        }
        Ok(found)
    }

    fn reduced_behind<'u>(&self, behind: &'u [u8], is_https: bool) -> Result<Option<&'u [u8]>, &'static str> {
        let ends = |byte: &u8| matches!(byte, b'/' | b':');
        let end = behind.iter().position(ends).unwrap_or(behind.len());
        let (host, rest) = behind.split_at_checked(end).unwrap_or((behind, &[]));
        let (port, path) = match rest.strip_prefix(b":") {
            Some(rest) => {
                let end = rest.iter().position(|byte| *byte == b'/').unwrap_or(rest.len());
                let (port, path) = rest.split_at_checked(end).unwrap_or((rest, &[]));
                // As C makes a port of it.
                #[allow(
                    clippy::cast_possible_truncation,
                    clippy::cast_sign_loss,
                    reason = "that is what C does"
                )]
                let port = super::flags::number(port) as u16;
                (port, path)
            }
            None => (default_port(is_https), rest),
        };
        let path: &[u8] = if path.is_empty() { b"/" } else { path };
        Ok(self.is_own(host, port)?.then_some(path))
    }

    fn is_own(&self, host: &[u8], port: u16) -> Result<bool, &'static str> {
        let of_address = |(address, its): &(String, u16)| {
            (*its == 0 || *its == port) && address.as_bytes().eq_ignore_ascii_case(host)
        };
        if self.addresses.iter().any(of_address) {
            return Ok(true);
        }
        if port != self.port {
            return Ok(false);
        }
        match &self.name {
            Some(name) if name.as_bytes().eq_ignore_ascii_case(host) => Ok(true),
            _ if self.aliases.iter().any(|alias| fits(alias.as_bytes(), host)) => Ok(true),
            Some(_) => Ok(false),
            None => Err("the name of the machine is not known"),
        }
    }
}

fn default_port(is_https: bool) -> u16 {
    if is_https { 443 } else { 80 }
}

/// Whether a `ServerName` begins with `https`, its name, and its port or 0.
fn parsed(name: &str) -> (bool, &str, u16) {
    let (is_https, rest) = match name.split_once("://") {
        Some((scheme, rest)) => (scheme.eq_ignore_ascii_case("https"), rest),
        None => (false, name),
    };
    let (host, port) = rest.split_once(':').unwrap_or((rest, ""));
    (is_https, host, port.parse().unwrap_or(0))
}

/// An address of a virtual host, and its port.
fn host_and_port(address: &str, default: u16) -> (String, u16) {
    let bare = |host: &str| host.trim_start_matches('[').trim_end_matches(']').to_owned();
    if let Some(host) = address.strip_suffix(":*") {
        return (bare(host), 0);
    }
    match address.rsplit_once(':') {
        Some((host, port)) if !host.contains(':') || host.ends_with(']') => {
            (bare(host), port.parse().unwrap_or(default))
        }
        _ => (bare(address), if address == "*" { 0 } else { default }),
    }
}

/// Whether a name fits an alias with `*` and `?` in it; letters count without case.
fn fits(mut pattern: &[u8], mut text: &[u8]) -> bool {
    let mut star: Option<(&[u8], &[u8])> = None;
    loop {
        match (pattern, text) {
            ([b'*', rest @ ..], _) => (star, pattern) = (Some((rest, text)), rest),
            ([], []) => return true,
            ([wanted, rest @ ..], [byte, behind @ ..]) if *wanted == b'?' || wanted.eq_ignore_ascii_case(byte) => {
                (pattern, text) = (rest, behind);
            }
            _ => match star {
                Some((after, [_, behind @ ..])) => (star, pattern, text) = (Some((after, behind)), after, behind),
                _ => return false,
            },
        }
    }
}
