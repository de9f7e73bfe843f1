//! What a single `Require` asks.
//!
//! Comes in: its words. Goes out: a [`Provider`], and what it says of a request.

use std::net::IpAddr;

use super::login::User;
use crate::Place;
use crate::conf::Directive;
use crate::decide::Transaction;
use crate::expr::{AddressCondition, AddressTest, AddressTests, Answer, Captured, Expression, Network, Whose};
use crate::oracle::Undecided;
use crate::trace::Subject;

/// What is asked.
#[derive(Debug)]
pub(super) enum Provider {
    /// `all granted`, `all denied`
    All(bool),
    /// `ip`
    Ip(Vec<Network>),
    /// `local`
    Local,
    /// `host`, `forward-dns`: names are looked up.
    Host,
    /// `env`
    Environment(Vec<String>),
    /// `method`
    Method(Vec<String>),
    /// `expr`
    Expression(Box<Expression>),
    /// `valid-user`, `user`, `group`, …
    User,
    /// One that is not known here.
    Other(String),
}

/// What it says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Said {
    Granted,
    Denied,
    /// It would have to know the user.
    DeniedWithoutUser,
    /// Nothing.
    Neutral,
    /// It cannot say: httpd answers 500.
    Broken,
}

/// Those that ask for a user, and the module of each.
const ABOUT_USERS: [(&str, &str); 16] = [
    ("valid-user", "authz_user"),
    ("user", "authz_user"),
    ("group", "authz_groupfile"),
    ("file-group", "authz_groupfile"),
    ("file-owner", "authz_owner"),
    ("dbm-group", "authz_dbm"),
    ("dbm-file-group", "authz_dbm"),
    ("dbd-group", "authz_dbd"),
    ("dbd-login", "authz_dbd"),
    ("dbd-logout", "authz_dbd"),
    ("ldap-user", "authnz_ldap"),
    ("ldap-group", "authnz_ldap"),
    ("ldap-dn", "authnz_ldap"),
    ("ldap-attribute", "authnz_ldap"),
    ("ldap-filter", "authnz_ldap"),
    ("ldap-search", "authnz_ldap"),
];

/// Those of other modules whose name is one word.
const OF_OTHERS: [&str; 7] = ["claim", "claims_expr", "session", "shibboleth", "tkt", "sspi", "pam"];

/// The others, and the module of each.
const ABOUT_REQUESTS: [(&str, &str); 8] = [
    ("all", "authz_core"),
    ("env", "authz_core"),
    ("method", "authz_core"),
    ("expr", "authz_core"),
    ("ip", "authz_host"),
    ("host", "authz_host"),
    ("forward-dns", "authz_host"),
    ("local", "authz_host"),
];

impl Provider {
    /// Reads the words of a `Require`, `not` taken away; `rest` is what stands after the provider's name, as it is written.
    pub(super) fn of(
        name: &str,
        words: &[String],
        rest: &str,
        is_there: &dyn Fn(&str) -> bool,
    ) -> Result<Self, String> {
        let known = ABOUT_USERS
            .iter()
            .chain(&ABOUT_REQUESTS)
            .find(|(known, _)| *known == name);
        if let Some((_, module)) = known.filter(|(_, module)| !is_there(&format!("{module}_module"))) {
            return Err(format!("`Require {name}` without mod_{module}"));
        }
        Ok(match name {
            "all" if rest.eq_ignore_ascii_case("granted") => Self::All(true),
            "all" if rest.eq_ignore_ascii_case("denied") => Self::All(false),
            "all" => return Err("`Require all` without `granted` or `denied`".to_owned()),
            "ip" if words.is_empty() => return Err("`Require ip` without an address".to_owned()),
            "ip" => Self::Ip(networks(words)?),
            "local" => Self::Local,
            "host" | "forward-dns" => Self::Host,
            "env" => Self::Environment(words.to_vec()),
            "method" => Self::Method(words.to_vec()),
            "expr" => {
                let expression = Expression::parse_required(rest)?;
                Self::Expression(Box::new(expression))
            }
            _ if known.is_some() => Self::User,
            // What other modules bring has names of several words, but for these.
            name if name.contains('-') || OF_OTHERS.contains(&name) => Self::Other(name.to_owned()),
            name => return Err(format!("no module that comes with httpd knows `Require {name}`")),
        })
    }

    /// What it asks about.
    pub(super) fn subjects(&self) -> Vec<Subject> {
        match self {
            Self::Ip(_) | Self::Local | Self::Host => vec![Subject::Address],
            Self::Expression(expression) => expression.subjects().into_iter().collect(),
            _ => vec![Subject::Other],
        }
    }

    /// What is tested of addresses.
    pub(super) fn address_tests(&self, place: Place, found: &mut AddressTests) {
        let test = |network: Network| AddressTest {
            place,
            whose: Whose::Client,
            condition: AddressCondition::In(network),
        };
        match self {
            Self::Ip(networks) => found.tests.extend(networks.iter().copied().map(test)),
            Self::Local => found.tests.extend(local().map(test)),
            Self::Host => found.looks_otherwise(place),
            Self::Expression(expression) => found.extend(expression.address_tests(place)),
            _ => {}
        }
    }

    /// What it says of a request.
    pub(super) fn says(&self, directive: &Directive, user: User, tx: &mut Transaction) -> Result<Said, Undecided> {
        let undecided = |why: String| Undecided {
            place: directive.place,
            why,
        };
        let of = |granted: bool| if granted { Said::Granted } else { Said::Denied };
        Ok(match self {
            Self::All(granted) => of(*granted),
            Self::Ip(networks) => of(networks.iter().any(|network| network.contains(tx.client))),
            Self::Local => of(is_local(tx.client) || {
                let why = || "whether the client's address is the server's own is not known".to_owned();
                tx.oracle.ask(directive.place, 1, why)?
            }),
            Self::Host => of(tx.oracle.ask(directive.place, 1, || {
                "the name of an address is not looked up".to_owned()
            })?),
            Self::Environment(names) => of(has_any(names, tx)),
            Self::Method(methods) => of(methods.iter().any(|method| is_method(method, &tx.request.method))),
            Self::Expression(expression) => match expression.answer(directive.place, tx, &mut Captured::Nothing)? {
                Answer::Holds => Said::Granted,
                Answer::Fails if expression.names_user() => Said::DeniedWithoutUser,
                Answer::Fails => Said::Denied,
                Answer::GivenUp => Said::Broken,
            },
            Self::User if user == User::Nobody => Said::DeniedWithoutUser,
            Self::User => return Err(undecided("who it is that has logged in is not known".to_owned())),
            Self::Other(name) => return Err(undecided(format!("what `Require {name}` asks is not followed"))),
        })
    }
}

/// `127.0.0.0/8` and `::1`.
fn local() -> impl Iterator<Item = Network> {
    [&b"127.0.0.0/8"[..], b"::1"].into_iter().filter_map(Network::parse)
}

fn is_local(client: IpAddr) -> bool {
    local().any(|network| network.contains(client))
}

pub(super) fn networks(words: &[String]) -> Result<Vec<Network>, String> {
    let network = |word: &String| Network::parse(word.as_bytes()).ok_or_else(|| format!("`{word}` is no address"));
    words.iter().map(network).collect()
}

/// Whether a variable is set, by any of these names.
fn has_any(names: &[String], tx: &Transaction) -> bool {
    names.iter().any(|name| is_set(name, tx))
}

/// Whether a variable is set.
pub(super) fn is_set(name: &str, tx: &Transaction) -> bool {
    tx.env.keys().any(|set| set.eq_ignore_ascii_case(name))
}

/// Whether a method is meant: HEAD counts as GET.
fn is_method(named: &str, method: &[u8]) -> bool {
    let get = |method: &[u8]| method == b"GET" || method == b"HEAD";
    named.as_bytes() == method || get(named.as_bytes()) && get(method)
}

/// Methods that httpd knows.
const METHODS: [&str; 27] = [
    "GET",
    "HEAD",
    "PUT",
    "POST",
    "DELETE",
    "CONNECT",
    "OPTIONS",
    "TRACE",
    "PATCH",
    "PROPFIND",
    "PROPPATCH",
    "MKCOL",
    "COPY",
    "MOVE",
    "LOCK",
    "UNLOCK",
    "VERSION-CONTROL",
    "CHECKOUT",
    "UNCHECKOUT",
    "CHECKIN",
    "UPDATE",
    "LABEL",
    "REPORT",
    "MKWORKSPACE",
    "MKACTIVITY",
    "BASELINE-CONTROL",
    "MERGE",
];

/// A word of `Require method` that is no method.
pub(super) fn unknown_method(provider: &Provider) -> Option<&str> {
    match provider {
        Provider::Method(methods) => methods
            .iter()
            .map(String::as_str)
            .find(|method| !METHODS.contains(method)),
        _ => None,
    }
}
