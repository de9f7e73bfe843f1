//! What is known of the environment besides its files.
//!
//! Comes in: the facts as JSON text, with the keys of `environment.toml`. Goes out: [`Facts`]. What is not understood is
//! left alone and what is missing is empty: a rule that needs it says so in its finding.

use serde::Deserialize;
use serde_json::Value;

/// The facts.
#[derive(Debug, Clone, Default)]
pub struct Facts {
    /// Product and version.
    pub products: Vec<(String, String)>,
    /// The machines.
    pub hosts: Vec<Host>,
    /// The name of the meeting server that clients use; empty where it is not known.
    pub meeting_host: String,
    /// The photos.
    pub photos: Photos,
    /// What Domino was told.
    pub domino: Domino,
    /// Where the SDK was unpacked.
    pub sdk: Sdk,
    /// The day for which certificates are judged, in seconds since 1970 (its first second, UTC).
    pub today: Option<f64>,
    /// All of it, for packs that name a fact by its key.
    said: Value,
}

/// A machine.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Host {
    /// Its full name.
    pub name: String,
    /// All its addresses.
    pub addresses: Vec<String>,
    /// The one that other servers must resolve.
    pub primary: String,
    /// The WebSphere node on it.
    pub node: String,
    /// The WebSphere servers on it that have the roles; none: all.
    pub servers: Vec<String>,
    /// Such as `sametime-proxy`.
    pub roles: Vec<String>,
    /// Other names by which clients know it.
    pub aliases: Vec<String>,
}

/// The photos that a web server gives out.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Photos {
    /// The path below which they are asked for.
    pub path: String,
    /// Who is meant to see them without a cookie.
    pub networks: Vec<String>,
    /// Where they lie, below the environment's root.
    pub folder: String,
}

/// What Domino was told and no file of the environment may say.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, rename_all = "snake_case")]
pub struct Domino {
    /// The kinds of token of the Web SSO document: `LtpaToken`, `LtpaToken2`, both.
    pub tokens: Vec<String>,
    /// The organisation, such as `O=ACME`.
    pub organisation: String,
    /// Names of clusters or of servers that clients use, and the Domino server behind each.
    pub server: String,
}

/// Where the Sametime SDK was unpacked.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Sdk {
    /// The path on the server, as class path entries begin with it.
    pub path: String,
    /// The folder below the environment's root that holds the same.
    pub folder: String,
}

impl Facts {
    /// The facts in a JSON text.
    pub fn read(json: &str) -> Self {
        fn part<T: Default + for<'de> Deserialize<'de>>(facts: &Value, name: &str) -> T {
            let value = facts.get(name).cloned().unwrap_or_default();
            serde_json::from_value(without_nulls(value)).unwrap_or_default()
        }
        let facts: Value = serde_json::from_str(json).unwrap_or_default();
        let products = facts.get("products").and_then(Value::as_object);
        let meetings = facts.get("meetings").and_then(|meetings| meetings.get("host"));
        Self {
            products: products
                .into_iter()
                .flatten()
                .filter_map(|(name, version)| Some((name.clone(), version.as_str()?.to_owned())))
                .collect(),
            hosts: part(&facts, "hosts"),
            meeting_host: meetings.and_then(Value::as_str).unwrap_or_default().to_owned(),
            photos: part(&facts, "photos"),
            domino: part(&facts, "domino"),
            sdk: part(&facts, "sdk"),
            today: facts.get("today_epoch").and_then(Value::as_f64),
            said: facts,
        }
    }

    /// The fact of a key such as `meetings.host` as text; `None` where it is not known, or has parts of its own. The items
    /// of a list have commas between them.
    pub fn text(&self, key: &str) -> Option<String> {
        let scalar = |value: &Value| match value {
            Value::String(text) => Some(text.clone()),
            Value::Number(_) | Value::Bool(_) => Some(value.to_string()),
            Value::Null | Value::Array(_) | Value::Object(_) => None,
        };
        let text = match self.said(key)? {
            Value::Array(items) => items.iter().filter_map(scalar).collect::<Vec<_>>().join(", "),
            one => scalar(one)?,
        };
        (!text.is_empty()).then_some(text)
    }

    /// Whether anything is known under a key such as `photos` or `meetings.host`.
    pub fn knows(&self, key: &str) -> bool {
        let is_said = |value: &Value| match value {
            Value::Null => false,
            Value::String(text) => !text.is_empty(),
            Value::Array(items) => !items.is_empty(),
            Value::Number(_) | Value::Bool(_) => true,
            Value::Object(_) => false,
        };
        self.said(key).is_some_and(|value| match value {
            Value::Object(parts) => parts.values().any(is_said),
            other => is_said(other),
        })
    }

    fn said(&self, key: &str) -> Option<&Value> {
        key.split('.').try_fold(&self.said, |value, part| value.get(part))
    }

    /// The version of a product; `None` where it is not said to be installed.
    pub fn version(&self, product: &str) -> Option<&str> {
        self.products
            .iter()
            .find(|(name, _)| name.eq_ignore_ascii_case(product))
            .map(|(_, version)| version.as_str())
    }

    /// The hosts with a role.
    pub fn with_role<'f>(&'f self, role: &'f str) -> impl Iterator<Item = &'f Host> {
        self.hosts.iter().filter(move |host| host.has_role(role))
    }

    /// Whether a server of a node has a role: `None` where nothing is known of that node.
    pub fn server_has_role(&self, node: &str, server: &str, role: &str) -> Option<bool> {
        let mut known = None;
        for host in self
            .hosts
            .iter()
            .filter(|host| !node.is_empty() && host.node.eq_ignore_ascii_case(node))
        {
            let named = host.servers.is_empty() || host.servers.iter().any(|own| own.eq_ignore_ascii_case(server));
            known = Some(known.unwrap_or(false) || (named && host.has_role(role)));
        }
        known
    }
}

impl Host {
    /// Whether it has a role.
    pub fn has_role(&self, role: &str) -> bool {
        self.roles.iter().any(|own| own.eq_ignore_ascii_case(role))
    }

    /// Whether a host of that name is meant, with or without its domain.
    pub fn is(&self, name: &str) -> bool {
        let short = |name: &str| name.split('.').next().unwrap_or_default().to_lowercase();
        let one = |own: &str| {
            !own.is_empty()
                && (own.eq_ignore_ascii_case(name)
                    || ((!own.contains('.') || !name.contains('.')) && short(own) == short(name)))
        };
        !name.is_empty() && (one(&self.name) || self.aliases.iter().any(|alias| one(alias)))
    }
}

/// A key that is given as null is not given.
fn without_nulls(value: Value) -> Value {
    match value {
        Value::Object(entries) => entries
            .into_iter()
            .filter(|(_, value)| !value.is_null())
            .map(|(name, value)| (name, without_nulls(value)))
            .collect(),
        Value::Array(items) => items.into_iter().map(without_nulls).collect(),
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::Facts;

    #[test]
    fn facts_are_what_was_given_and_nothing_else() {
        let facts = Facts::read(
            r#"{"products":{"sametime":"9.0.1"},"meetings":{"host":"m.acme.example"},"today_epoch":5,
                "hosts":[{"name":"stp1.acme.example","node":"n1","primary":null,"roles":["sametime-proxy"],"servers":["p"]}]}"#,
        );
        assert_eq!(
            (facts.version("Sametime"), facts.version("domino")),
            (Some("9.0.1"), None)
        );
        assert_eq!(
            (facts.meeting_host.as_str(), facts.today),
            ("m.acme.example", Some(5.0))
        );
        assert_eq!(facts.with_role("sametime-proxy").count(), 1);
        let role = |node, server| facts.server_has_role(node, server, "sametime-proxy");
        assert_eq!(
            (role("N1", "P"), role("n1", "other"), role("n2", "p")),
            (Some(true), Some(false), None)
        );
        let host = &facts.hosts[0];
        assert!(host.is("stp1") && host.is("STP1.acme.example") && !host.is("stp1.other.example") && !host.is(""));
    }

    #[test]
    fn facts_can_be_named_by_their_keys() {
        let facts = Facts::read(
            r#"{"photos": {"path": null, "networks": ["10.0.0.0/8", "192.0.2.0/24"]}, "meetings": {"host": ""},
                "domino": {"server": null, "tokens": []}, "products": {"sametime": "9.0.1"}}"#,
        );
        assert_eq!(
            facts.text("photos.networks").as_deref(),
            Some("10.0.0.0/8, 192.0.2.0/24")
        );
        assert_eq!(facts.text("products.sametime").as_deref(), Some("9.0.1"));
        let unknown = ["photos.path", "photos", "meetings.host", "", "photos.networks.0"];
        assert!(unknown.iter().all(|key| facts.text(key).is_none()));
        assert!(facts.knows("photos") && facts.knows("photos.networks") && facts.knows("products"));
        let unknown = ["photos.path", "meetings", "meetings.host", "domino", "sdk"];
        assert!(unknown.iter().all(|key| !facts.knows(key)));
    }

    #[test]
    fn facts_that_are_not_understood_are_no_facts() {
        for text in ["", "null", "[", "{\"hosts\": 3}", "{\"hosts\": [null]}"] {
            assert!(Facts::read(text).hosts.is_empty(), "{text}");
        }
    }
}
