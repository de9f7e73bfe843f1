//! mod_remoteip: the client's address out of a header, if who sent it is trusted.
//!
//! Comes in: the header's name and the proxies that are trusted. Goes out: the client of a request. The header's addresses are
//! taken from its end as long as the one before is a proxy that is trusted; what is taken is gone from the header.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use crate::conf::{Directive, Presence, Server, VirtualHost};
use crate::decide::Transaction;
use crate::expr::{AddressCondition, AddressTest, AddressTests, Network, Whose, address};
use crate::oracle::Undecided;
use crate::request::Sent;
use crate::{Place, Refusal};

/// A proxy that may say who its client is.
#[derive(Debug)]
struct Proxy {
    network: Network,
    /// Whether it may say so of private addresses.
    is_internal: bool,
    place: Place,
}

/// mod_remoteip of a server, ready.
#[derive(Debug, Default)]
pub struct RemoteIp {
    /// In small letters, and where it is named.
    header: Option<(String, Place)>,
    /// In small letters.
    proxies_header: Option<String>,
    /// `None`: every proxy is trusted as an external one.
    proxies: Option<Vec<Proxy>>,
    /// What decides who the client is and is not followed.
    not_followed: Option<Undecided>,
    refusals: Vec<Refusal>,
}

/// Modules that do the same in ways that are not followed, with the beginnings of their directives.
const OTHERS: [(&str, &str); 3] = [
    ("rpaf", "rpaf"),
    ("extract_forwarded", "mef"),
    ("cloudflare", "cloudflareremoteip"),
];

impl RemoteIp {
    /// Reads what a server and one of its virtual hosts say.
    pub fn of(server: &Server, host: Option<&VirtualHost>) -> Self {
        let mut found = Self::default();
        let presence = |module: &str| server.modules.presence(module, server.version);
        let scopes = std::iter::once(&server.scope).chain(host.map(|host| &host.scope));
        for scope in scopes {
            let mut own: Option<Vec<Proxy>> = None;
            for directive in scope.directives() {
                if let Some((module, _)) = OTHERS.iter().find(|(_, begins)| directive.name.starts_with(begins)) {
                    found.not_followed.get_or_insert(Undecided {
                        place: directive.place,
                        why: format!("what the module {module} takes for the client's address is not followed"),
                    });
                }
                found.directive(directive, &mut own);
            }
            found.proxies = own.or(found.proxies);
        }
        if presence("remoteip_module") == Presence::Absent {
            let named = found.header.take();
            found.refusals.extend(named.map(|(_, place)| Refusal {
                place,
                why: "`RemoteIPHeader` without mod_remoteip".to_owned(),
            }));
        }
        found
    }

    fn directive(&mut self, directive: &Directive, own: &mut Option<Vec<Proxy>>) {
        let first = directive.args.first().map(String::as_str).unwrap_or_default();
        let is_internal = match directive.name.as_str() {
            "remoteipheader" => {
                self.header = Some((first.to_ascii_lowercase(), directive.place));
                return;
            }
            "remoteipproxiesheader" => {
                self.proxies_header = Some(first.to_ascii_lowercase());
                return;
            }
            "remoteipproxyprotocol" if first.eq_ignore_ascii_case("on") => {
                self.refuse_to_follow(directive, "the client's address comes by the PROXY protocol");
                return;
            }
            "remoteipinternalproxylist" | "remoteiptrustedproxylist" => {
                self.refuse_to_follow(directive, "the trusted proxies stand in a list that is not read");
                return;
            }
            "remoteipinternalproxy" => true,
            "remoteiptrustedproxy" => false,
            _ => return,
        };
        let proxies = own.get_or_insert_default();
        for word in &directive.args {
            match Network::parse(word.as_bytes()) {
                Some(network) => proxies.push(Proxy {
                    network,
                    is_internal,
                    place: directive.place,
                }),
                None if word.contains(['/', ':']) || word.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.') => {
                    self.refusals.push(Refusal {
                        place: directive.place,
                        why: format!("`{word}` is no address"),
                    });
                }
                None => self.refuse_to_follow(directive, "the name of a trusted proxy is not looked up"),
            }
        }
    }

    fn refuse_to_follow(&mut self, directive: &Directive, why: &str) {
        self.not_followed.get_or_insert(Undecided {
            place: directive.place,
            why: why.to_owned(),
        });
    }

    /// What httpd would not start with.
    pub fn refusals(&self) -> &[Refusal] {
        &self.refusals
    }

    /// What is tested of addresses: whether whoever has the connection is a proxy.
    pub fn address_tests(&self) -> AddressTests {
        let test = |proxy: &Proxy| AddressTest {
            place: proxy.place,
            whose: Whose::Peer,
            condition: AddressCondition::In(proxy.network),
        };
        AddressTests {
            tests: self.proxies.iter().flatten().map(test).collect(),
            otherwise: None,
        }
    }

    /// Finds the client.
    ///
    /// # Errors
    ///
    /// When it cannot be known.
    pub fn apply(&self, tx: &mut Transaction) -> Result<(), Undecided> {
        if let Some(not_followed) = &self.not_followed {
            return Err(not_followed.clone());
        }
        let Some((header, place)) = &self.header else {
            return Ok(());
        };
        let value = match tx.header(header.as_bytes()) {
            Sent::Absent => return Ok(()),
            Sent::Value(value) => value,
            Sent::Unknown => {
                let is_named = tx
                    .request
                    .headers
                    .iter()
                    .any(|sent| sent.name.eq_ignore_ascii_case(header.as_bytes()));
                let is_proxy = || self.proxies.as_ref().is_none_or(|all| find(all, tx.client).is_some());
                if is_named && is_proxy() {
                    return Err(Undecided {
                        place: *place,
                        why: "what the proxy says about its client is not known".to_owned(),
                    });
                }
                // A log shows the client that mod_remoteip found.
                return Ok(());
            }
        };
        let found = self.read(&value, tx.client, *place)?;
        let Some(client) = found.client else {
            return Ok(());
        };
        tx.client = client;
        tx.changed_headers.insert(header.as_bytes().to_vec(), found.rest);
        if let Some(name) = self.proxies_header.as_ref().filter(|_| !found.proxies.is_empty()) {
            let proxies: Vec<String> = found.proxies.iter().filter_map(|proxy| address::text(*proxy)).collect();
            tx.changed_headers
                .insert(name.as_bytes().to_vec(), Some(proxies.join(", ").into_bytes()));
        }
        Ok(())
    }

    fn read(&self, value: &[u8], peer: IpAddr, place: Place) -> Result<Found, Undecided> {
        let mut found = Found {
            client: None,
            rest: Some(value.to_vec()),
            proxies: Vec::new(),
        };
        let mut current = peer;
        let mut is_internal = self.proxies.is_some();
        while let Some(text) = found.rest.clone() {
            if let Some(proxies) = self.proxies.as_ref().filter(|proxies| !proxies.is_empty()) {
                match find(proxies, current) {
                    Some(proxy) => is_internal &= proxy.is_internal,
                    None => break,
                }
            }
            let comma = text.iter().rposition(|byte| *byte == b',');
            let begin = comma.map_or(0, |comma| comma + 1);
            let element = without_blanks(text.get(begin..).unwrap_or_default());
            let Some(address) = read_address(element, place)?.filter(|address| is_internal || is_public(*address))
            else {
                // It stays in the header, without the blanks around it.
                found.rest = Some(match comma {
                    Some(comma) => {
                        let end = text
                            .iter()
                            .rposition(|byte| *byte != b' ')
                            .map_or(0, |last| last + 1)
                            .max(comma + 1);
                        text.get(..end).unwrap_or_default().to_vec()
                    }
                    None => element.to_vec(),
                });
                break;
            };
            if !is_internal {
                found.proxies.push(current);
            }
            current = address;
            found.client = Some(address);
            found.rest = comma.map(|comma| text.get(..comma).unwrap_or_default().to_vec());
        }
        Ok(found)
    }
}

struct Found {
    client: Option<IpAddr>,
    /// What is left of the header.
    rest: Option<Vec<u8>>,
    proxies: Vec<IpAddr>,
}

fn find(proxies: &[Proxy], address: IpAddr) -> Option<&Proxy> {
    proxies.iter().find(|proxy| proxy.network.contains(address))
}

fn without_blanks(text: &[u8]) -> &[u8] {
    let start = text.iter().position(|byte| *byte != b' ').unwrap_or(text.len());
    let end = text
        .iter()
        .rposition(|byte| *byte != b' ')
        .map_or(start, |last| last + 1);
    text.get(start..end).unwrap_or_default()
}

/// An address in the header; `None`: it is none.
fn read_address(text: &[u8], place: Place) -> Result<Option<IpAddr>, Undecided> {
    let undecided = |why: String| Err(Undecided { place, why });
    let Ok(text) = std::str::from_utf8(text) else {
        return Ok(None);
    };
    if let Ok(address) = text.parse::<IpAddr>() {
        return Ok(Some(address.to_canonical()));
    }
    if text.contains('%') {
        return undecided(format!(
            "whether `{text}` is an address depends on the machine's network interfaces"
        ));
    }
    let is_name = !text.is_empty()
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b".-_".contains(&byte));
    if is_name {
        return undecided(format!("`{text}` would be looked up as the name of a machine"));
    }
    Ok(None)
}

/// Whether an address is one that a proxy which is not internal may name.
fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => is_public_v4(address),
        IpAddr::V6(address) => is_public_v6(address),
    }
}

fn is_public_v4(address: Ipv4Addr) -> bool {
    !matches!(
        address.octets(),
        [10 | 127, ..] | [169, 254, ..] | [172, 16..=31, ..] | [192, 168, ..]
    )
}

fn is_public_v6(address: Ipv6Addr) -> bool {
    address.segments().first().is_some_and(|first| first & 0xe000 == 0x2000)
}
