//! The policies of a site: one for each virtual host of each of its web servers, and one for what stands outside of all.
//!
//! Comes in: a site. Goes out: policies, in the order of the files and of the hosts in them, each with everything made ready that
//! decisions need.

use std::fmt;
use std::sync::Arc;

use casebook_plugin_configs::Site;
use self_cell::self_cell;

use super::addresses::{self, Addresses};
use super::decision::{self, Decision, Explanation};
use super::hooks::Hooks;
use crate::Place;
use crate::conf::{self, Server, VirtualHost};
use crate::request::Request;

/// A server and one of its virtual hosts.
#[derive(Debug)]
struct Owner {
    server: Arc<Server>,
    host: Option<usize>,
}

impl Owner {
    fn host(&self) -> Option<&VirtualHost> {
        self.server.hosts.get(self.host?)
    }
}

// Rooms borrow from the server; a policy holds both. The crate does that without an `unsafe` here.
self_cell!(
    struct Ready {
        owner: Owner,
        #[covariant]
        dependent: Hooks,
    }

    impl {Debug}
);

/// What decides about the requests to a virtual host.
pub struct Policy {
    ready: Ready,
}

impl fmt::Debug for Policy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Policy")
            .field("name", &self.name())
            .finish_non_exhaustive()
    }
}

impl Policy {
    fn of(server: &Arc<Server>, host: Option<usize>) -> Self {
        let owner = Owner {
            server: Arc::clone(server),
            host,
        };
        Self {
            ready: Ready::new(owner, |owner| Hooks::of(&owner.server, owner.host())),
        }
    }

    /// The web server that it belongs to.
    pub fn server(&self) -> &Server {
        &self.ready.borrow_owner().server
    }

    /// The number of its virtual host in [`Server::hosts`]; `None`: what stands outside of all.
    pub fn host_number(&self) -> Option<usize> {
        self.ready.borrow_owner().host
    }

    /// Its virtual host.
    pub fn host(&self) -> Option<&VirtualHost> {
        self.ready.borrow_owner().host()
    }

    /// What people call it: `ServerName` and the addresses of the virtual host, or what there is of them.
    pub fn name(&self) -> String {
        let Some(host) = self.host() else {
            let names = self
                .server()
                .scope
                .directives()
                .filter(|directive| directive.name == "servername");
            let name = names.last().and_then(|directive| directive.args.first());
            return name.cloned().unwrap_or_else(|| "outside of virtual hosts".to_owned());
        };
        let name = conf::vhost::host_part(&host.name);
        let port = host
            .directive
            .args
            .first()
            .and_then(|address| address.rsplit(':').next());
        match port.filter(|port| port.bytes().all(|byte| byte.is_ascii_digit())) {
            _ if name.is_empty() => host.directive.args.join(" "),
            Some(port) => format!("{name}:{port}"),
            None => name.to_owned(),
        }
    }

    /// Where it begins.
    pub fn place(&self) -> Place {
        self.host().map_or(self.server().place, |host| host.directive.place)
    }

    /// Decides a request.
    pub fn decide(&self, request: &Request) -> Decision {
        decision::decide(self.ready.borrow_dependent(), request)
    }

    /// Decides a request and says what was looked at.
    pub fn explain(&self, request: &Request) -> Explanation {
        decision::explain(self.ready.borrow_dependent(), request)
    }

    /// Which IPv4 addresses are let in with a request that is otherwise as given.
    pub fn addresses(&self, request: &Request) -> Addresses {
        addresses::addresses(self.ready.borrow_dependent(), request)
    }
}

/// The policies of all web servers of a site.
pub fn policies(site: &Site) -> Vec<Policy> {
    let servers = conf::servers(site).into_iter().map(Arc::new);
    servers
        .flat_map(|server| {
            let hosts = 0..server.hosts.len();
            let numbers = hosts.map(Some).chain([None]);
            numbers.map(|host| Policy::of(&server, host)).collect::<Vec<_>>()
        })
        .collect()
}

/// The web servers of policies, each once, in their order.
pub fn servers(policies: &[Policy]) -> Vec<&Server> {
    let outer = policies.iter().filter(|policy| policy.host_number().is_none());
    outer.map(Policy::server).collect()
}
