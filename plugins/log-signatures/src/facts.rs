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
                addresses: list(host, "addresses").iter().filter_map(Value::as_str).map(str::to_owned).collect(),
                primary: text(host, "primary"),
            })
            .collect();
        let meeting_host = facts.get("meetings").map(|meetings| text(meetings, "host")).unwrap_or_default();
        Self { hosts, meeting_host }
    }

    /// The address by which others should reach a node: the primary one, or the only one.
    pub(crate) fn address_of(&self, node: &str) -> Option<&str> {
        let host = self.hosts.iter().find(|host| host.is(node))?;
        match host.addresses.as_slice() {
            _ if !host.primary.is_empty() => Some(&host.primary),
            [only] => Some(only),
            _ => None,
        }
    }

    /// The name of a host that has an address and is not this node.
    pub(crate) fn other_host_with(&self, address: &str, besides: &str) -> Option<&str> {
        let has = |host: &&Host| host.primary == address || host.addresses.iter().any(|own| own == address);
        // An address that the node itself has says nothing about others.
        let mut owners = self.hosts.iter().filter(has);
        if self.hosts.iter().filter(has).any(|host| host.is(besides)) {
            return None;
        }
        owners.next().map(|host| host.name.as_str())
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
        {"name": "ssc.acme.example", "addresses": ["10.20.1.4"]}, {"addresses": 7}, "nonsense"]}"#;

    #[test]
    fn hosts_are_found_by_node_by_name_and_by_address() {
        let facts = Facts::read(HOSTS);
        assert_eq!(facts.address_of("hostSTMNode1"), Some("10.20.1.5"));
        assert_eq!(facts.address_of("ssc"), Some("10.20.1.4"));
        assert_eq!(facts.address_of("nobody"), None);
        assert_eq!(facts.other_host_with("10.20.1.4", "hostSTMNode1"), Some("ssc.acme.example"));
        assert_eq!(facts.other_host_with("192.168.50.5", "hostSTMNode1"), None);
        assert_eq!(facts.meeting_host(), "meetings.acme.example");
    }

    #[test]
    fn facts_that_are_not_understood_are_no_facts() {
        for text in ["", "null", "[", "{\"hosts\": 3}", "{\"hosts\": [null]}"] {
            assert_eq!(Facts::read(text).address_of("a"), None, "{text}");
        }
    }
}
