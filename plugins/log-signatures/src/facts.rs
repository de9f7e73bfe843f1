//! What is known of the environment: its hosts and their addresses.
//!
//! Comes in: the facts as JSON text, with the keys of `environment.toml`. Anything in it that is not understood is left
//! alone: facts are other people's, and a rule that needs one says so in its finding.

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// The facts that signatures can ask for.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Facts {
    hosts: Vec<Host>,
    meeting_host: String,
}

/// One machine.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Host {
    name: String,
    node: String,
    addresses: Vec<String>,
    primary: String,
}

impl Facts {
    /// The facts in a JSON text.
    pub(crate) fn read(json: &str) -> Self {
        let facts: Value = serde_json::from_str(json).unwrap_or_default();
        let text = |value: &Value, key: &str| value.get(key).and_then(Value::as_str).unwrap_or_default().to_owned();
        let list = |value: &Value, key: &str| value.get(key).and_then(Value::as_array).cloned().unwrap_or_default();
        let hosts = list(&facts, "hosts")
            .iter()
            .map(|host| Host {
                name: text(host, "name"),
                node: text(host, "node"),
                addresses: list(host, "addresses")
                    .iter()
                    .filter_map(Value::as_str)
                    .map(str::to_owned)
                    .collect(),
                primary: text(host, "primary"),
            })
            .collect();
        let meeting_host = facts
            .get("meetings")
            .map(|meetings| text(meetings, "host"))
            .unwrap_or_default();
        Self { hosts, meeting_host }
    }

    /// The address that belongs where a log has this one: that of the host which has it, or, if it is nobody's, that of
    /// the node. Of a host with several addresses that is the primary one; none where it is not known.
    pub(crate) fn right_address(&self, address: &str, node: &str) -> Option<&str> {
        let owns = |host: &&Host| host.primary == address || host.addresses.iter().any(|own| own == address);
        // A node may share an address with another entry of the same machine; its own entry says which one is right.
        let of_node = self.hosts.iter().find(|host| host.is(node));
        let host = of_node
            .filter(owns)
            .or_else(|| self.hosts.iter().find(owns))
            .or(of_node)?;
        match host.addresses.as_slice() {
            _ if !host.primary.is_empty() => Some(&host.primary),
            [only] => Some(only),
            _ => None,
        }
    }

    /// The name of the meeting server; empty where it is not known.
    pub(crate) fn meeting_host(&self) -> &str {
        &self.meeting_host
    }
}

impl Host {
    /// Whether a WebSphere node or a host of that name is meant. A host's name counts with and without its domain.
    fn is(&self, node: &str) -> bool {
        let short = |name: &str| name.split('.').next().unwrap_or_default().to_lowercase();
        !node.is_empty()
            && (self.node.eq_ignore_ascii_case(node)
                || self.name.eq_ignore_ascii_case(node)
                || (!self.name.is_empty() && short(&self.name) == node.to_lowercase()))
    }
}

#[cfg(test)]
mod tests {
    use super::Facts;

    const HOSTS: &str = r#"{"name": "acme", "meetings": {"host": "meetings.acme.example"}, "hosts": [
        {"name": "stm1.acme.example", "node": "hostSTMNode1", "addresses": ["10.20.1.5", "192.168.50.5"], "primary": "10.20.1.5"},
        {"name": "ssc.acme.example", "addresses": ["10.20.1.4"]}, {"addresses": ["10.20.9.1", "10.20.9.2"]}, {"addresses": 7}, "nonsense"]}"#;

    #[test]
    fn the_right_address_is_that_of_the_owner_or_of_the_node() {
        let facts = Facts::read(HOSTS);
        for (address, node, right) in [
            ("192.168.50.5", "hostSTMNode1", Some("10.20.1.5")),
            ("10.20.1.5", "hostSTMNode1", Some("10.20.1.5")),
            ("172.16.0.9", "hostSTMNode1", Some("10.20.1.5")),
            ("172.16.0.9", "stm1", Some("10.20.1.5")),
            ("172.16.0.9", "nobody", None),
            ("192.168.50.5", "nobody", Some("10.20.1.5")),
            ("10.20.1.4", "hostSTMNode1", Some("10.20.1.4")),
            ("10.20.9.1", "hostSTMNode1", None),
        ] {
            assert_eq!(facts.right_address(address, node), right, "{address} for {node}");
        }
        assert_eq!(facts.meeting_host(), "meetings.acme.example");
    }

    #[test]
    fn facts_that_are_not_understood_are_no_facts() {
        for text in ["", "null", "[", "{\"hosts\": 3}", "{\"hosts\": [null]}"] {
            assert_eq!(Facts::read(text).right_address("192.0.2.1", "a"), None, "{text}");
        }
    }
}
