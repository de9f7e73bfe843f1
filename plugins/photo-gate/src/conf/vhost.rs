//! Which virtual host a request comes to.
//!
//! Comes in: where the connection arrived and the header `Host`, as far as they are known. Goes out: the virtual host, the main
//! server, or several that it may be and why. Never here: resolving names; an address that is written as a name may be any.
//!
//! httpd 2.4 first looks for hosts of exactly that address and port, then that address and `*` as port, then `*` and the
//! port, then `*:*`; the first of these that any host has is the group. In a group of one that is it. In a larger one the
//! first whose `ServerName` or `ServerAlias` is the header decides, then one that has the header as its address, else the
//! first of the group. In 2.2 a group is only looked through by name where a `NameVirtualHost` has the same address and
//! port; else the first is it.

use std::collections::BTreeSet;
use std::net::{IpAddr, Ipv6Addr};

use super::{Directive, Server, Version, VirtualHost};
use crate::request::Sent;

/// Where a connection arrived.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Arrival {
    /// The server's own address; `None`: not known.
    pub address: Option<IpAddr>,
    /// The port; `None`: not known.
    pub port: Option<u16>,
}

/// Who answers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Chosen {
    /// The virtual host of that number in [`Server::hosts`]; `None`: the main server.
    One(Option<usize>),
    /// It may be any of these, and why that is not known.
    Several(Vec<Option<usize>>, String),
    /// Nobody: httpd answers 400, the header is no name.
    Refused,
}

/// An address of a `<VirtualHost>`.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Address {
    what: What,
    /// As it is written, without the port.
    written: String,
    /// 0: every port.
    port: u16,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum What {
    Any,
    Ip(IpAddr),
    /// A name that is to be looked up.
    Named,
}

/// Names whose addresses are tried both ways: 4, in sixteen ways. Beyond that every host may be it.
const MOST_NAMED: usize = 4;

/// Addresses that are compared for one request: a million, a few milliseconds. Beyond that every host may be it.
const MOST_COMPARED: usize = 1_000_000;

/// The virtual hosts of a server, ready to be looked through.
#[derive(Debug)]
pub struct Hosts<'s> {
    server: &'s Server,
    addresses: Vec<Vec<Address>>,
    /// `NameVirtualHost`, for 2.2.
    by_name: Vec<Address>,
    /// The main server's name.
    main_name: Option<String>,
    /// Addresses that are written as names.
    named: Vec<String>,
    has_server_path: bool,
}

impl<'s> Hosts<'s> {
    /// The virtual hosts of a server.
    pub fn of(server: &'s Server) -> Self {
        let parsed = |directive: &Directive| directive.args.iter().filter_map(|text| Address::parse(text)).collect();
        let addresses: Vec<Vec<Address>> = server.hosts.iter().map(|host| parsed(&host.directive)).collect();
        let of_names = server
            .scope
            .directives()
            .filter(|directive| directive.name == "namevirtualhost");
        let named: BTreeSet<String> = addresses
            .iter()
            .flatten()
            .filter(|address| address.what == What::Named)
            .map(|address| address.written.to_ascii_lowercase())
            .collect();
        let main_name = server
            .scope
            .directives()
            .filter(|directive| directive.name == "servername")
            .last();
        Self {
            server,
            addresses,
            by_name: of_names
                .flat_map(|directive| parsed(directive) as Vec<Address>)
                .collect(),
            main_name: main_name
                .and_then(|directive| directive.args.first())
                .map(|name| host_part(name).to_owned()),
            named: named.into_iter().collect(),
            has_server_path: server
                .hosts
                .iter()
                .any(|host| host.scope.directives().any(|d| d.name == "serverpath")),
        }
    }

    /// Who answers a request that arrived there with that header `Host` (or the host of an absolute target).
    pub fn host_for(&self, arrival: Arrival, host: &Sent) -> Chosen {
        if self.server.hosts.is_empty() {
            return Chosen::One(None);
        }
        let name = match host {
            Sent::Absent => Asked::Nothing,
            Sent::Unknown => Asked::Unknown,
            Sent::Value(value) => match asked(value) {
                Some(name) if name.is_empty() => Asked::Nothing,
                Some(name) => Asked::Name(name),
                None => return Chosen::Refused,
            },
        };
        let mut found = Found::default();
        if self.named.len() > MOST_NAMED {
            self.anybody("the addresses of the virtual hosts are written as names", &mut found);
        } else {
            self.each_arrival(arrival, &name, &mut found);
        }
        match found.all.as_slice() {
            [one] => Chosen::One(*one),
            _ => Chosen::Several(found.all, found.why.unwrap_or_default().to_owned()),
        }
    }

    /// Tries every address and port that the connection may have arrived at, as far as the hosts tell them apart.
    fn each_arrival(&self, arrival: Arrival, name: &Asked, found: &mut Found) {
        let mut addresses = BTreeSet::new();
        let mut ports = BTreeSet::new();
        match arrival.address {
            Some(address) => {
                addresses.insert(Some(plain(address)));
            }
            None => {
                // `None` is any address that no host names.
                addresses.insert(None);
                addresses.extend(
                    self.addresses
                        .iter()
                        .flatten()
                        .filter_map(|address| match address.what {
                            What::Ip(ip) => Some(Some(ip)),
                            What::Any | What::Named => None,
                        }),
                );
            }
        }
        match arrival.port {
            Some(port) => {
                ports.insert(port);
            }
            None => {
                ports.extend(self.ports());
            }
        }
        let ways = (1usize << self.named.len())
            .saturating_mul(addresses.len())
            .saturating_mul(ports.len());
        if ways > 1 && ways.saturating_mul(self.addresses.len()) > MOST_COMPARED {
            return self.anybody(
                "where the connection arrived is not known, and there are very many virtual hosts",
                found,
            );
        }
        for mask in 0..1usize << self.named.len() {
            for address in &addresses {
                for port in &ports {
                    let before = found.all.len();
                    self.at(*address, *port, mask, name, found);
                    if before > 0 && found.all.len() > before {
                        found.because(match (arrival.port, arrival.address) {
                            (None, _) => "the port is not known",
                            (_, None) => "the address that was connected to is not known",
                            _ => "an address of a virtual host is written as a name",
                        });
                    }
                }
            }
        }
    }

    fn anybody(&self, why: &'static str, found: &mut Found) {
        found.all = std::iter::once(None)
            .chain((0..self.server.hosts.len()).map(Some))
            .collect();
        found.because(why);
    }

    /// Ports that the server may listen on, if nothing else is known: those that it says it does, else those of its hosts.
    fn ports(&self) -> BTreeSet<u16> {
        let listened = self
            .server
            .scope
            .directives()
            .filter(|directive| directive.name == "listen");
        let listened: BTreeSet<u16> = listened
            .filter_map(|directive| directive.args.first())
            .filter_map(|text| text.rsplit(':').next().and_then(|port| port.parse().ok()))
            .collect();
        if !listened.is_empty() {
            return listened;
        }
        let of_hosts = self
            .addresses
            .iter()
            .flatten()
            .map(|address| address.port)
            .filter(|port| *port != 0);
        let mut ports: BTreeSet<u16> = of_hosts.collect();
        if ports.is_empty() {
            ports.insert(80);
        }
        ports
    }

    /// Who answers at that address and port, with the named addresses of `mask` being that address.
    fn at(&self, address: Option<IpAddr>, port: u16, mask: usize, name: &Asked, found: &mut Found) {
        let is_here = |other: &Address| match other.what {
            What::Any => false,
            What::Ip(ip) => Some(ip) == address,
            What::Named => self
                .named
                .iter()
                .position(|named| named.eq_ignore_ascii_case(&other.written))
                .is_some_and(|position| mask >> position & 1 == 1),
        };
        let groups: [(bool, u16); 4] = [(true, port), (true, 0), (false, port), (false, 0)];
        for (here, port) in groups {
            let belongs =
                |other: &Address| other.port == port && if here { is_here(other) } else { other.what == What::Any };
            let group: Vec<usize> = (0..self.addresses.len())
                .filter(|host| self.addresses.get(*host).is_some_and(|all| all.iter().any(belongs)))
                .collect();
            if let Some(first) = group.first() {
                let by_name = match self.server.version {
                    Version::V24 => group.len() > 1,
                    Version::V22 => self.by_name.iter().any(belongs),
                };
                if by_name {
                    self.among(&group, *first, name, &belongs, found);
                } else {
                    found.add(Some(*first));
                }
                return;
            }
        }
        found.add(None);
    }

    /// Who of a group has that name.
    fn among(
        &self,
        group: &[usize],
        first: usize,
        name: &Asked,
        belongs: &dyn Fn(&Address) -> bool,
        found: &mut Found,
    ) {
        let wanted = match name {
            Asked::Nothing if self.has_server_path => {
                found.add_all(group, "a virtual host has a `ServerPath`");
                return;
            }
            Asked::Nothing => return found.add(Some(first)),
            Asked::Unknown => return found.add_all(group, "the header `Host` is not known"),
            Asked::Name(name) => name,
        };
        for number in group {
            let Some(host) = self.server.hosts.get(*number) else {
                continue;
            };
            match self.has_name(host, *number, wanted) {
                Some(true) => return found.add(Some(*number)),
                Some(false) => {}
                None => {
                    found.add(Some(*number));
                    // If it is the first of the group and nobody else has the name, it is it either way.
                    found.because("a virtual host without a `ServerName` has the name of the machine");
                }
            }
        }
        let of_address = |number: &&usize| {
            let addresses = self.addresses.get(**number).into_iter().flatten();
            let mut addresses = addresses.filter(|address| belongs(address));
            addresses.any(|address| address.written.eq_ignore_ascii_case(wanted))
        };
        found.add(Some(group.iter().find(of_address).copied().unwrap_or(first)));
    }

    /// Whether a host has a name; `None`: it has that of the machine, which is not known.
    fn has_name(&self, host: &VirtualHost, number: usize, wanted: &str) -> Option<bool> {
        let own = (!host.name.is_empty()).then(|| host_part(&host.name));
        if own.is_some_and(|name| name.eq_ignore_ascii_case(wanted))
            || host.aliases.iter().any(|alias| fits(alias, wanted))
        {
            return Some(true);
        }
        if own.is_some() {
            return Some(false);
        }
        let mut addresses = self.addresses.get(number).into_iter().flatten();
        match &self.main_name {
            Some(name) if addresses.any(|address| address.what == What::Any) => Some(name.eq_ignore_ascii_case(wanted)),
            _ => None,
        }
    }
}

/// What the request asks for.
enum Asked {
    Nothing,
    Unknown,
    Name(String),
}

/// Hosts that were found, each once, in the order of the finding.
#[derive(Default)]
struct Found {
    all: Vec<Option<usize>>,
    why: Option<&'static str>,
}

impl Found {
    fn add(&mut self, host: Option<usize>) {
        if !self.all.contains(&host) {
            self.all.push(host);
        }
    }

    fn add_all(&mut self, group: &[usize], why: &'static str) {
        for host in group {
            self.add(Some(*host));
        }
        self.because(why);
    }

    fn because(&mut self, why: &'static str) {
        self.why.get_or_insert(why);
    }
}

impl Address {
    fn parse(text: &str) -> Option<Self> {
        let (host, port) = match text.rsplit_once(':') {
            // An IPv6 address is in brackets where a port follows.
            Some((host, port)) if !host.contains(':') || host.ends_with(']') => {
                let number = if port == "*" { 0 } else { port.parse().ok()? };
                (host, number)
            }
            _ => (text, 0),
        };
        let bare = host.trim_start_matches('[').trim_end_matches(']');
        let what = match bare.parse::<IpAddr>() {
            _ if bare == "*" || bare.eq_ignore_ascii_case("_default_") => What::Any,
            Ok(ip) if ip.is_unspecified() => What::Any,
            Ok(ip) => What::Ip(plain(ip)),
            Err(_) => What::Named,
        };
        Some(Self {
            what,
            written: bare.to_owned(),
            port,
        })
    }
}

/// An IPv4 address that is written as IPv6, as itself.
fn plain(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V6(v6) if v6 != Ipv6Addr::LOCALHOST => v6.to_ipv4_mapped().map_or(address, IpAddr::V4),
        other => other,
    }
}

/// The name in a header `Host`; `None`: httpd refuses it.
fn asked(value: &[u8]) -> Option<String> {
    let value = std::str::from_utf8(value).ok()?;
    let name = if value.starts_with('[') {
        value.split(']').next().unwrap_or_default().trim_start_matches('[')
    } else {
        match value.rsplit_once(':') {
            Some((name, port)) if port.parse::<u16>().is_ok_and(|port| port > 0) => name,
            Some(_) => return None,
            None => value,
        }
    };
    if name.contains(['/', '\\']) || name.contains("..") {
        return None;
    }
    let name = name.strip_suffix('.').unwrap_or(name);
    Some(name.to_ascii_lowercase())
}

/// The name in a `ServerName`, which may have a scheme before and a port behind it.
pub(crate) fn host_part(name: &str) -> &str {
    let name = name.split_once("://").map_or(name, |(_, name)| name);
    name.split(':').next().unwrap_or_default()
}

/// Whether a `ServerAlias`, in which `*` and `?` stand for anything, fits a name.
fn fits(alias: &str, name: &str) -> bool {
    super::glob::fits_anything(&alias.to_ascii_lowercase(), name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::drawn;

    fn ask(text: &str, address: Option<&str>, port: Option<u16>, host: Sent) -> Chosen {
        let site = drawn::site(&[("httpd.conf", text)], "{}");
        let servers = crate::conf::servers(&site);
        let arrival = Arrival {
            address: address.map(|address| address.parse().expect("an address")),
            port,
        };
        Hosts::of(&servers[0]).host_for(arrival, &host)
    }

    fn value(name: &str) -> Sent {
        Sent::Value(name.as_bytes().to_vec())
    }

    const THREE: &str = "ServerName main\n<VirtualHost *:80>\nServerName a:80\n</VirtualHost>\n<VirtualHost *:80 _default_:81>\nServerName http://B\nServerAlias *.c d\n</VirtualHost>\n<VirtualHost 10.0.0.1:80>\nServerName e\n</VirtualHost>";

    #[test]
    fn a_name_chooses_among_the_hosts_of_an_address() {
        for (address, port, name, expected) in [
            ("10.0.0.9", 80, "b", Some(1)),
            ("10.0.0.9", 80, "x.C:8080", Some(1)),
            ("10.0.0.9", 80, "D.", Some(1)),
            ("10.0.0.9", 80, "else", Some(0)),
            ("10.0.0.9", 81, "a", Some(1)),
            ("10.0.0.9", 82, "a", None),
            ("10.0.0.1", 80, "a", Some(2)),
            ("::ffff:10.0.0.1", 80, "a", Some(2)),
        ] {
            assert_eq!(
                ask(THREE, Some(address), Some(port), value(name)),
                Chosen::One(expected),
                "{address} {port} {name}"
            );
        }
        assert_eq!(
            ask(THREE, Some("10.0.0.9"), Some(80), Sent::Absent),
            Chosen::One(Some(0))
        );
        assert_eq!(ask(THREE, Some("10.0.0.9"), Some(80), value("a/b")), Chosen::Refused);
        assert_eq!(ask("ServerName main", None, None, value("a/b")), Chosen::One(None));
    }

    #[test]
    fn what_is_not_known_may_be_several() {
        let several = |hosts: &[usize], why: &str| {
            Chosen::Several(hosts.iter().map(|host| Some(*host)).collect(), why.to_owned())
        };
        assert_eq!(
            ask(THREE, Some("10.0.0.9"), Some(80), Sent::Unknown),
            several(&[0, 1], "the header `Host` is not known")
        );
        assert_eq!(
            ask(THREE, None, Some(80), value("b")),
            several(&[1, 2], "the address that was connected to is not known")
        );
        assert_eq!(ask(THREE, None, Some(81), Sent::Unknown), Chosen::One(Some(1)));
        let unnamed = "<VirtualHost *:80>\n</VirtualHost>\n<VirtualHost *:80>\nServerName b\n</VirtualHost>";
        assert_eq!(
            ask(unnamed, None, Some(80), value("b")),
            several(
                &[0, 1],
                "a virtual host without a `ServerName` has the name of the machine"
            )
        );
        // Either way it is the first.
        assert_eq!(ask(unnamed, None, Some(80), value("c")), Chosen::One(Some(0)));
        let looked_up = "<VirtualHost a.example:80>\n</VirtualHost>\n<VirtualHost *:80>\n</VirtualHost>";
        assert_eq!(
            ask(looked_up, Some("10.0.0.1"), Some(80), value("b")),
            several(&[1, 0], "an address of a virtual host is written as a name")
        );
    }

    #[test]
    fn apache_2_2_needs_to_be_told_to_go_by_name() {
        let hosts = "RewriteLog x\n<VirtualHost *:80>\nServerName a\n</VirtualHost>\n<VirtualHost *:80>\nServerName b\n</VirtualHost>";
        assert_eq!(ask(hosts, None, Some(80), value("b")), Chosen::One(Some(0)));
        let told = format!("NameVirtualHost *:80\n{hosts}");
        assert_eq!(ask(&told, None, Some(80), value("b")), Chosen::One(Some(1)));
        let other = format!("NameVirtualHost *:81\n{hosts}");
        assert_eq!(ask(&other, None, Some(80), value("b")), Chosen::One(Some(0)));
    }
}
