//! Hosts of a web server that speak TLS.
//!
//! Comes in: the `httpd` documents of a site. Goes out: a [`TlsHost`] for each virtual host, and each main server, where TLS
//! is on, with the directives that count for it. Never here: what the directives say.
//!
//! Two modules do TLS, and they pass settings on differently:
//!
//! | | switched on by | a virtual host takes from the main server |
//! |---|---|---|
//! | `mod_ibm_ssl` (IBM HTTP Server) | `SSLEnable` | only whether it is on, not `SSLProtocolDisable`, not `SSLCipherSpec` |
//! | `mod_ssl` (Apache) | `SSLEngine on` | whatever it does not say itself |
//!
//! A file that another one includes is read where that one includes it, as the host of Casebook says in `included-by`.
//! Conditions such as `<IfModule>` and `<IfDefine>` are taken as met.

use std::collections::BTreeMap;

use casebook_plugin_configs::{Document, Interest, Node, Site};

/// Directives that are read of one server with all it includes: 200,000, a hundred times a large one.
const MOST_DIRECTIVES: usize = 200_000;

/// How deep files may include each other, as in httpd itself.
const MOST_DEPTH: usize = 10;

/// The module that does TLS.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Module {
    Ibm,
    ModSsl,
}

/// Directives of the main server or of a virtual host, in the order in which they are read.
#[derive(Debug, Default)]
struct Part<'s> {
    section: Option<Node<'s>>,
    directives: Vec<Node<'s>>,
}

/// A web server: its main part first, then its virtual hosts.
#[derive(Debug)]
pub(super) struct WebServer<'s> {
    document: Document<'s>,
    main: Part<'s>,
    hosts: Vec<Part<'s>>,
}

/// A main server or a virtual host where TLS is on.
#[derive(Debug, Clone, Copy)]
pub(super) struct TlsHost<'w, 's> {
    server: &'w WebServer<'s>,
    own: &'w Part<'s>,
    pub(super) module: Module,
    /// The directive that switched TLS on.
    pub(super) switch: Node<'s>,
}

/// What has to be seen of web servers; `more` are directives besides those that tell the hosts.
pub(super) fn interest<'n>(more: impl IntoIterator<Item = &'n str>) -> Interest {
    let own = [
        "virtualhost",
        "sslenable",
        "ssldisable",
        "sslengine",
        "servername",
        "include",
        "includeoptional",
    ];
    Interest::in_kind("httpd").nodes(own).nodes(more)
}

/// The web servers of a site: one for each file that no other one includes.
pub(super) fn web_servers(site: &Site) -> Vec<WebServer<'_>> {
    let mut included: BTreeMap<&str, Vec<Document<'_>>> = BTreeMap::new();
    let mut roots = Vec::new();
    for document in site.documents().filter(|document| document.syntax() == "httpd") {
        match document.attribute("included-by") {
            Some(by) => included.entry(by).or_default().push(document),
            None => roots.push(document),
        }
    }
    roots.into_iter().map(|root| WebServer::read(root, &included)).collect()
}

/// To which part the children of a node belong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Context {
    Main,
    Host(usize),
    /// Settings for folders and addresses.
    Elsewhere,
}

/// A file being read.
struct Reading<'s> {
    nodes: Vec<Node<'s>>,
    /// The next of them.
    next: usize,
    /// By number in the file, to which part what is below a node belongs.
    contexts: Vec<Context>,
}

impl<'s> Reading<'s> {
    fn of(document: Document<'s>, context: Context) -> Self {
        Self {
            nodes: document.nodes().take(MOST_DIRECTIVES).collect(),
            next: 1,
            contexts: vec![context],
        }
    }

    fn context_above(&self, node: Node<'s>) -> Context {
        let above = node
            .parent()
            .and_then(|parent| usize::try_from(parent.place().node).ok());
        let known = above.and_then(|number| self.contexts.get(number));
        known.copied().unwrap_or(Context::Elsewhere)
    }
}

impl<'s> WebServer<'s> {
    fn read(document: Document<'s>, included: &BTreeMap<&str, Vec<Document<'s>>>) -> Self {
        let mut server = Self {
            document,
            main: Part::default(),
            hosts: Vec::new(),
        };
        let mut open = vec![Reading::of(document, Context::Main)];
        let mut left = MOST_DIRECTIVES;
        while let Some(reading) = open.last_mut() {
            let Some(&node) = reading.nodes.get(reading.next).filter(|_| left > 0) else {
                open.pop();
                continue;
            };
            left -= 1;
            reading.next += 1;
            let above = reading.context_above(node);
            let below = server.take(node, above);
            reading.contexts.push(below);
            if open.len() < MOST_DEPTH && matches!(node.name(), "include" | "includeoptional") {
                let by = format!("{}:{}", node.document().file(), node.line());
                // What is read first lies on top.
                for file in included.get(by.as_str()).into_iter().flatten().rev() {
                    open.push(Reading::of(*file, above));
                }
            }
        }
        server
    }

    /// Takes a directive, and says where what is below it belongs.
    fn take(&mut self, node: Node<'s>, above: Context) -> Context {
        match (node.name(), above) {
            (_, Context::Elsewhere) => Context::Elsewhere,
            ("virtualhost", _) => {
                self.hosts.push(Part {
                    section: Some(node),
                    directives: Vec::new(),
                });
                Context::Host(self.hosts.len() - 1)
            }
            ("ifmodule" | "ifdefine" | "ifversion" | "iffile" | "ifdirective" | "ifsection", _) => above,
            (_, Context::Main) => {
                self.main.directives.push(node);
                Context::Elsewhere
            }
            (_, Context::Host(host)) => {
                if let Some(part) = self.hosts.get_mut(host) {
                    part.directives.push(node);
                }
                Context::Elsewhere
            }
        }
    }

    /// The hosts where TLS is on.
    pub(super) fn tls_hosts(&self) -> impl Iterator<Item = TlsHost<'_, 's>> {
        std::iter::once(&self.main).chain(&self.hosts).filter_map(|own| {
            let switch = |names: &[&str]| own.last(names).or_else(|| self.main.last(names));
            let ibm = switch(&["sslenable", "ssldisable"]).filter(|node| node.name() == "sslenable");
            let apache = switch(&["sslengine"]).filter(|node| {
                let first = arguments(*node).next().unwrap_or_default();
                first.eq_ignore_ascii_case("on") || first.eq_ignore_ascii_case("optional")
            });
            let (module, switch) = match (ibm, apache) {
                (Some(node), _) => (Module::Ibm, node),
                (None, Some(node)) => (Module::ModSsl, node),
                (None, None) => return None,
            };
            // A main server beside virtual hosts that all switch for themselves is one more host.
            Some(TlsHost {
                server: self,
                own,
                module,
                switch,
            })
        })
    }
}

impl<'s> Part<'s> {
    fn last(&self, names: &[&str]) -> Option<Node<'s>> {
        self.directives
            .iter()
            .rev()
            .find(|node| names.contains(&node.name()))
            .copied()
    }
}

impl<'w, 's> TlsHost<'w, 's> {
    /// The directives of these names that the host itself has.
    pub(super) fn own(&self, names: &'w [&'static str]) -> impl Iterator<Item = Node<'s>> + 'w {
        let directives = self.own.directives.iter().copied();
        directives.filter(move |node| names.contains(&node.name()))
    }

    /// The last directive of that name that counts for it, in its own part or else in the main one.
    pub(super) fn setting(&self, name: &str) -> Option<Node<'s>> {
        self.own.last(&[name]).or_else(|| self.server.main.last(&[name]))
    }

    /// The section, where it is a virtual host.
    pub(super) fn section(&self) -> Option<Node<'s>> {
        self.own.section
    }

    /// The name by which people know it: `ServerName`, else the address of the section.
    pub(super) fn name(&self) -> String {
        let named = self.own.last(&["servername"]).and_then(|node| arguments(node).next());
        let section = || self.own.section.map(|section| section.value().trim());
        let name = named.or_else(section).filter(|name| !name.is_empty());
        name.unwrap_or("the main server").to_owned()
    }

    /// The file of the server.
    pub(super) fn file(&self) -> &'s str {
        self.server.document.file()
    }
}

/// The arguments of a directive, with what `Define` replaces.
pub(super) fn arguments<'s>(node: Node<'s>) -> impl Iterator<Item = &'s str> {
    let expanded = node.attribute("expanded").is_some();
    node.attributes().filter_map(move |attribute| {
        let number = match attribute.name.strip_prefix("expanded-") {
            Some(number) => expanded.then_some(number)?,
            None if expanded => return None,
            None => attribute.name,
        };
        number.parse::<u32>().ok().map(|_| attribute.value)
    })
}
