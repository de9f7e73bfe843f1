//! What is known of the site besides its files, as far as the gate's rules ask.
//!
//! Comes in: the facts as JSON text, with the keys of `environment.toml`. Goes out: [`Facts`]. What is not understood is left
//! alone; what is missing is empty, and a rule that needs it says so.

use std::net::Ipv4Addr;

use serde_json::Value;

/// The facts.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Facts {
    /// The path below which photos are asked for, with a slash at both ends; empty: not known.
    pub(crate) path: String,
    /// The networks that are meant to see photos without a cookie, each with its text.
    pub(crate) networks: Vec<Network>,
    /// Entries of `photos.networks` that are no IPv4 networks.
    pub(crate) other_networks: Vec<String>,
    /// The machines.
    pub(crate) hosts: Vec<Host>,
}

/// A machine.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Host {
    /// Its name.
    pub(crate) name: String,
    /// Its IPv4 addresses.
    pub(crate) addresses: Vec<Ipv4Addr>,
    /// What it does.
    pub(crate) roles: Vec<String>,
}

/// An IPv4 network.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Network {
    /// As it is written.
    pub(crate) written: String,
    /// Its first address.
    pub(crate) first: u32,
    /// Its last address.
    pub(crate) last: u32,
}

impl Facts {
    /// The facts in a JSON text.
    pub(crate) fn read(json: &str) -> Self {
        let facts: Value = serde_json::from_str(json).unwrap_or_default();
        let photos = facts.get("photos");
        let path = photos.and_then(|photos| photos.get("path")).and_then(Value::as_str);
        let (mut networks, mut other_networks) = (Vec::new(), Vec::new());
        for written in texts(photos.and_then(|photos| photos.get("networks"))) {
            match Network::read(&written) {
                Some(network) => networks.push(network),
                None => other_networks.push(written),
            }
        }
        let hosts = facts.get("hosts").and_then(Value::as_array);
        Self {
            path: path.map(as_folder).unwrap_or_default(),
            networks,
            other_networks,
            hosts: hosts.into_iter().flatten().map(Host::read).collect(),
        }
    }

    /// The machines with one of these roles.
    pub(crate) fn with_role<'f>(&'f self, roles: &'f [&'f str]) -> impl Iterator<Item = &'f Host> {
        self.hosts
            .iter()
            .filter(|host| host.roles.iter().any(|role| roles.contains(&role.as_str())))
    }
}

impl Host {
    fn read(host: &Value) -> Self {
        let addresses = texts(host.get("addresses"));
        Self {
            name: host.get("name").and_then(Value::as_str).unwrap_or_default().to_owned(),
            addresses: addresses.iter().filter_map(|address| address.parse().ok()).collect(),
            roles: texts(host.get("roles")),
        }
    }
}

impl Network {
    /// A network such as `10.20.0.0/16`, or a single address.
    pub(crate) fn read(written: &str) -> Option<Self> {
        let (address, length) = written.split_once('/').unwrap_or((written, "32"));
        let address: u32 = address.trim().parse::<Ipv4Addr>().ok()?.into();
        let length: u32 = length.trim().parse().ok().filter(|length| *length <= 32)?;
        let mask = u32::MAX.checked_shl(32 - length).unwrap_or(0);
        Some(Self {
            written: written.to_owned(),
            first: address & mask,
            last: address | !mask,
        })
    }
}

/// A path with a slash at both ends.
pub(crate) fn as_folder(path: &str) -> String {
    let inner = path.trim_matches('/');
    if inner.is_empty() {
        "/".to_owned()
    } else {
        format!("/{inner}/")
    }
}

fn texts(list: Option<&Value>) -> Vec<String> {
    let items = list.and_then(Value::as_array).into_iter().flatten();
    items.filter_map(Value::as_str).map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn facts_are_read_and_what_is_no_network_is_kept_apart() {
        let facts = Facts::read(
            r#"{"photos": {"path": "photos", "networks": ["10.20.0.0/16", "10.1.2.3", "fd00::/8", 7]},
                "hosts": [{"name": "stp1", "addresses": ["10.20.1.5", "::1"], "roles": ["sametime-proxy"]}, 1]}"#,
        );
        assert_eq!(facts.path, "/photos/");
        let networks: Vec<_> = facts
            .networks
            .iter()
            .map(|network| (network.first, network.last))
            .collect();
        assert_eq!(networks, [(0x0a14_0000, 0x0a14_ffff), (0x0a01_0203, 0x0a01_0203)]);
        assert_eq!(facts.other_networks, ["fd00::/8"]);
        assert_eq!(facts.with_role(&["sametime-proxy"]).count(), 1);
        assert_eq!(Facts::read("no json"), Facts::default());
        assert_eq!(
            Network::read("0.0.0.0/0").map(|all| (all.first, all.last)),
            Some((0, u32::MAX))
        );
        assert_eq!(Network::read("10.0.0.0/33"), None);
    }
}
