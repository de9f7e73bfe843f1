//! Reads a configuration as httpd does when it starts.
//!
//! Comes in: a main file and what it includes. Goes out: its directives in force, in httpd's order, sorted into scopes, and
//! remarks. Never here: what a directive other than those that shape the file means.
//!
//! ```text
//!   nodes ──macro──► parameters ──variables──► ${NAME} ──words──► a directive ──┬─► IfModule, Include, Use: what is in it
//!   of a frame       replaced                  replaced                         ├─► a section: a new scope
//!                                                                               └─► into the scope that is open
//! ```
//!
//! Files, sections and macros that are being read lie on a stack of frames, so nothing recurses. Everything is counted: a
//! file that is included by each line of a file that is included by each line of another one ends at the limit, with a
//! remark.

mod conditions;
mod inclusion;
mod macros;
mod modules;
mod variables;
mod version;
mod words;

#[cfg(test)]
mod tests;

use std::borrow::Cow;
use std::collections::{BTreeSet, VecDeque};
use std::rc::Rc;

use casebook_plugin_configs::{Document, Node, Site};

pub use self::modules::{Modules, Presence};
use super::{Directive, Item, Scope, Server, VirtualHost};
use conditions::Here;
use inclusion::{Inclusions, Main};
use macros::{Layers, Macros};
use variables::Variables;
use version::{Known, Signs};
use words::Quoting;

/// Directives that are read for one server: 200,000, a hundred times a large one.
const MOST_DIRECTIVES: usize = 200_000;

/// Directives that are read for all servers of a site: files that belong to many of them count for each.
const MOST_OF_SITE: usize = 1_000_000;

/// Servers of a site: 500. A bundle may hold every sample file of every installation.
const MOST_SERVERS: usize = 500;

/// Files that are read within each other: 128, httpd's own limit.
const MOST_FILES: usize = 128;

/// Sections within each other: 64. Scopes are walked and dropped by functions that call themselves, and nobody nests ten.
const MOST_SECTIONS: usize = 64;

/// Remarks on one server: 200, more are not read.
const MOST_REMARKS: usize = 200;

/// Bytes of macros' lines that are searched for parameters, for one server: 64 MiB, a second of work.
const MOST_OF_MACROS: usize = 64 * 1024 * 1024;

/// The web servers of a site.
pub(super) fn servers(site: &Site) -> Vec<Server> {
    let inclusions = Inclusions::of(site);
    let mut left = MOST_OF_SITE;
    let mains = inclusions.mains();
    let mut servers = Vec::new();
    for main in mains.iter().take(MOST_SERVERS) {
        let mut reader = Reader::new(site, &inclusions, *main, MOST_DIRECTIVES.min(left));
        reader.run();
        left = left.saturating_sub(reader.taken.max(reader.looked_at));
        servers.push(reader.into_server());
    }
    if let Some(last) = servers.last_mut()
        && mains.len() > MOST_SERVERS
    {
        let what = format!(
            "is the last of {MOST_SERVERS} configurations that were read; {} more were not",
            mains.len() - MOST_SERVERS
        );
        last.remarks.push((last.place, what));
    }
    servers
}

/// What is being read.
enum Frame<'s> {
    /// Files, one after the other.
    Files(VecDeque<Document<'s>>),
    /// Nodes that stand beside each other.
    Nodes {
        nodes: Box<dyn Iterator<Item = Node<'s>> + 's>,
        layers: Rc<Layers>,
        end: End,
    },
}

/// What ends with a frame.
#[derive(Debug, PartialEq, Eq)]
enum End {
    /// Nothing: the section is not one of scopes.
    Nothing,
    /// A scope.
    Section,
    /// A file of that number.
    File(u32),
    /// A macro of that name.
    Macro(String),
}

/// A scope that is being read.
struct Open {
    directive: Directive,
    items: Vec<Item>,
    /// Whether it is a virtual host's.
    is_host: bool,
}

struct Reader<'s, 'i> {
    inclusions: &'i Inclusions<'s>,
    main: Main<'s>,
    version: Known,
    modules: Modules,
    variables: Variables,
    macros: Macros<'s>,
    frames: Vec<Frame<'s>>,
    /// Files and macros that are being read.
    files: Vec<u32>,
    in_use: BTreeSet<String>,
    open: Vec<Open>,
    items: Vec<Item>,
    hosts: Vec<VirtualHost>,
    remarks: Vec<(crate::Place, String)>,
    said: BTreeSet<String>,
    taken: usize,
    /// Nodes that were looked at for signs of the version.
    looked_at: usize,
    most: usize,
    macro_bytes: usize,
}

/// A node as it counts.
struct Line<'s> {
    node: Node<'s>,
    name: Cow<'s, str>,
    value: Cow<'s, str>,
    args: Vec<String>,
}

impl<'s, 'i> Reader<'s, 'i> {
    fn new(site: &Site, inclusions: &'i Inclusions<'s>, main: Main<'s>, most: usize) -> Self {
        let mut signs = Signs::default();
        let mut loads = false;
        let mut left = most;
        for document in inclusions.reached_from(main.document) {
            loads |= document.nodes().take(left).any(|node| node.name() == "loadmodule");
            left -= signs.look_at(document, left).min(left);
        }
        Self {
            inclusions,
            main,
            version: signs.decide(site),
            modules: Modules::new(loads),
            variables: Variables::default(),
            macros: Macros::default(),
            frames: vec![Frame::Files(VecDeque::from([main.document]))],
            files: Vec::new(),
            in_use: BTreeSet::new(),
            open: Vec::new(),
            items: Vec::new(),
            hosts: Vec::new(),
            remarks: Vec::new(),
            said: BTreeSet::new(),
            taken: 0,
            looked_at: most - left,
            most,
            macro_bytes: 0,
        }
    }

    fn run(&mut self) {
        let root = self.main.document.root();
        if self.main.in_circle {
            self.remark(
                root,
                "is only included by files that it includes itself; it was taken as the first of them",
            );
        }
        if let Some(against) = self.version.against.clone() {
            let what = format!("is read as httpd {}, but {against}", self.version.version.number());
            self.remark(root, &what);
        }
        while let Some(frame) = self.frames.last_mut() {
            match frame {
                Frame::Files(files) => match files.pop_front() {
                    Some(file) => self.enter(file),
                    None => {
                        self.frames.pop();
                    }
                },
                Frame::Nodes { nodes, layers, .. } => match nodes.next() {
                    Some(node) => {
                        let layers = Rc::clone(layers);
                        if self.taken >= self.most {
                            self.remark(
                                node,
                                "is one directive more than are read of a site's servers; the rest was not read",
                            );
                            break;
                        }
                        self.taken += 1;
                        self.node(node, &layers);
                    }
                    None => self.leave(),
                },
            }
        }
        while !self.open.is_empty() {
            self.close();
        }
    }

    /// Begins a file.
    fn enter(&mut self, file: Document<'s>) {
        let root = file.root();
        let number = root.place().document;
        // A file counts as a directive, else empty ones would cost nothing.
        self.taken += 1;
        if self.files.contains(&number) {
            self.remark(
                root,
                "includes itself, if only by way of other files; httpd gives up on that",
            );
        } else if self.files.len() >= MOST_FILES {
            self.remark(root, "is included through more than 128 files, where httpd gives up");
        } else if self.taken > self.most {
            self.remark(
                root,
                "is one file more than are read of a site's servers; the rest was not read",
            );
        } else {
            self.files.push(number);
            self.push(Box::new(root.children()), Rc::default(), End::File(number));
        }
    }

    fn push(&mut self, nodes: Box<dyn Iterator<Item = Node<'s>> + 's>, layers: Rc<Layers>, end: End) {
        self.frames.push(Frame::Nodes { nodes, layers, end });
    }

    /// Ends what is read at the moment.
    fn leave(&mut self) {
        let Some(Frame::Nodes { end, .. }) = self.frames.pop() else {
            return;
        };
        match end {
            End::Nothing => {}
            End::Section => self.close(),
            End::File(_) => {
                self.files.pop();
            }
            End::Macro(name) => {
                self.in_use.remove(&name);
            }
        }
    }

    /// Reads a directive, or the beginning of a section.
    fn node(&mut self, node: Node<'s>, layers: &Rc<Layers>) {
        let Some(line) = self.line(node, layers) else { return };
        let here = Here {
            modules: &self.modules,
            variables: &self.variables,
            version: &self.version,
        };
        if let Some(held) = here.held(&line.name, &line.value, &line.args) {
            if let Some(doubt) = held.doubt {
                self.doubt(node, &doubt);
            }
            if held.holds {
                self.push(Box::new(node.children()), Rc::clone(layers), End::Nothing);
            }
            return;
        }
        let first = line.args.first().map(String::as_str).unwrap_or_default();
        match line.name.as_ref() {
            "macro" => {
                if let Err(what) = self.macros.define(node, &line.args, layers) {
                    self.remark(node, what);
                }
            }
            "use" => self.use_macro(node, &line.args),
            "undefmacro" => {
                if !self.macros.undefine(first) {
                    self.remark(node, "removes a macro that is not defined; httpd refuses it");
                }
            }
            "define" if !first.is_empty() => self.variables.define(first, line.args.get(1).map(String::as_str)),
            "undefine" => self.variables.undefine(first),
            "include" | "includeoptional" => self.include(node, &line),
            "virtualhost" => self.host(line, layers),
            name if is_section(name) || node.children().next().is_some() => self.section(line, layers),
            name => {
                if name == "loadmodule" {
                    let file = line.args.get(1).map(String::as_str).unwrap_or_default();
                    self.modules.load(first, file);
                }
                let directive = line.into_directive();
                self.add(Item::Directive(directive));
            }
        }
    }

    /// A node with parameters and variables replaced; `None` if that made too much of it.
    fn line(&mut self, node: Node<'s>, layers: &Layers) -> Option<Line<'s>> {
        let written = node.attribute("written").unwrap_or(node.name());
        let value = node.value();
        if layers.is_empty() && !written.contains("${") && !value.contains("${") {
            let args = node.attributes().filter(|attribute| is_number(attribute.name));
            return Some(Line {
                node,
                name: Cow::Borrowed(node.name()),
                value: Cow::Borrowed(value),
                args: args.map(|attribute| attribute.value.to_owned()).collect(),
            });
        }
        let mut text = format!("{written} {value}");
        if !layers.is_empty() {
            self.macro_bytes = self.macro_bytes.saturating_add(text.len().saturating_mul(layers.len()));
            let replaced = (self.macro_bytes <= MOST_OF_MACROS).then(|| macros::replaced(&text, layers));
            let Some(replaced) = replaced.flatten() else {
                self.remark(
                    node,
                    "becomes too long once a macro's parameters are replaced; it was passed over",
                );
                return None;
            };
            text = replaced;
        }
        let replaced = self.variables.replace(&text);
        let (unknown, too_long) = (replaced.unknown.map(str::to_owned), replaced.too_long);
        let (name, value) = words::first(&replaced.text, Quoting::Httpd)?;
        let name = name.to_ascii_lowercase();
        let value = value.trim_start_matches(words::is_blank).to_owned();
        let args = words::words(&value, Quoting::of(&name));
        if too_long {
            self.remark(
                node,
                "becomes too long once its variables are replaced; they were left in it",
            );
        }
        if let Some(unknown) = unknown.filter(|unknown| self.said.insert(unknown.clone())) {
            let unknown: String = unknown.chars().filter(|c| !c.is_control()).take(60).collect();
            let what = format!(
                "has `${{{unknown}}}`, which no `Define` sets before; it stays so unless httpd's environment sets it"
            );
            self.remark(node, &what);
        }
        Some(Line {
            node,
            name: Cow::Owned(name),
            value: Cow::Owned(value),
            args,
        })
    }

    fn use_macro(&mut self, node: Node<'s>, args: &[String]) {
        let Some((name, values)) = args.split_first() else {
            return self.remark(node, "names no macro; httpd refuses it");
        };
        let key = name.to_ascii_lowercase();
        if self.in_use.contains(&key) {
            return self.remark(node, "uses a macro within itself; httpd refuses it");
        }
        match self.macros.used(name, values) {
            Ok((found, layers)) => {
                self.in_use.insert(key.clone());
                self.push(Box::new(found.node.children()), Rc::new(layers), End::Macro(key));
            }
            Err(what) => self.remark(node, what),
        }
    }

    fn include(&mut self, node: Node<'s>, line: &Line<'s>) {
        let files = self.inclusions.at(node.document().file(), node.line());
        if !files.is_empty() {
            self.frames.push(Frame::Files(files.iter().copied().collect()));
            return;
        }
        let target: String = line
            .args
            .first()
            .map(String::as_str)
            .unwrap_or_default()
            .chars()
            .filter(|c| !c.is_control())
            .take(120)
            .collect();
        let what = if line.name == "include" {
            format!("includes {target}, which is not in this environment; it was not read")
        } else {
            format!("includes {target}; nothing of it is in this environment, so nothing was read")
        };
        self.remark(node, &what);
    }

    fn host(&mut self, line: Line<'s>, layers: &Rc<Layers>) {
        let node = line.node;
        if self.open.is_empty() {
            self.begin(line, layers, true);
        } else {
            self.remark(
                node,
                "is a virtual host within another section; httpd refuses it, and it was passed over",
            );
        }
    }

    fn section(&mut self, line: Line<'s>, layers: &Rc<Layers>) {
        let node = line.node;
        if self.open.len() < MOST_SECTIONS {
            self.begin(line, layers, false);
        } else {
            self.remark(node, "is nested more than 64 sections deep; it was passed over");
        }
    }

    fn begin(&mut self, line: Line<'s>, layers: &Rc<Layers>, is_host: bool) {
        let node = line.node;
        self.open.push(Open {
            directive: line.into_directive(),
            items: Vec::new(),
            is_host,
        });
        self.push(Box::new(node.children()), Rc::clone(layers), End::Section);
    }

    fn add(&mut self, item: Item) {
        match self.open.last_mut() {
            Some(open) => open.items.push(item),
            None => self.items.push(item),
        }
    }

    /// Ends the innermost scope.
    fn close(&mut self) {
        let Some(Open {
            directive,
            items,
            is_host,
        }) = self.open.pop()
        else {
            return;
        };
        let scope = Scope { items };
        if !is_host {
            return self.add(Item::Section { directive, scope });
        }
        let named = scope
            .directives()
            .filter(|directive| directive.name == "servername")
            .last();
        let name = named
            .and_then(|directive| directive.args.first())
            .cloned()
            .unwrap_or_default();
        let aliases = scope.directives().filter(|directive| directive.name == "serveralias");
        let aliases = aliases.flat_map(|directive| directive.args.iter().cloned()).collect();
        self.hosts.push(VirtualHost {
            directive,
            name,
            aliases,
            scope,
        });
    }

    /// Remarks on a section whose condition is not known, if it has anything that matters.
    fn doubt(&mut self, node: Node<'s>, doubt: &str) {
        // Sections within each other look at the same directives: a thousand are enough to say that it matters.
        const LOOKED_AT: usize = 1000;
        let mut seen = 0;
        let mut inside = node.descendants().take(LOOKED_AT);
        let matters = inside.any(|inner| {
            seen += 1;
            conditions::may_matter(inner.name())
        });
        if matters || seen == LOOKED_AT {
            self.remark(node, doubt);
        }
    }

    fn remark(&mut self, node: Node<'s>, what: &str) {
        if self.remarks.len() < MOST_REMARKS {
            self.remarks.push((node.place().into(), what.to_owned()));
        } else if self.remarks.len() == MOST_REMARKS {
            let root = self.main.document.root();
            self.remarks.push((
                root.place().into(),
                format!("has more than {MOST_REMARKS} remarks; the rest is not kept"),
            ));
        }
    }

    fn into_server(self) -> Server {
        let fragment = !self.items.iter().any(|item| {
            matches!(item, Item::Directive(directive) if matches!(directive.name.as_str(), "listen" | "serverroot" | "loadmodule"))
        });
        Server {
            place: self.main.document.root().place().into(),
            file: self.main.document.file().to_owned(),
            version: self.version.version,
            patch: self.version.patch,
            version_because: self.version.because,
            is_fragment: fragment,
            modules: self.modules,
            scope: Scope { items: self.items },
            hosts: self.hosts,
            remarks: self.remarks,
        }
    }
}

impl Line<'_> {
    fn into_directive(self) -> Directive {
        Directive {
            place: self.node.place().into(),
            line: self.node.line(),
            name: self.name.into_owned(),
            args: self.args,
            value: self.value.into_owned(),
        }
    }
}

fn is_number(name: &str) -> bool {
    !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_digit())
}

/// Whether a name is that of a section, which counts even if nothing stands in it.
fn is_section(name: &str) -> bool {
    const NAMES: [&str; 20] = [
        "authnprovideralias",
        "authzprovideralias",
        "directory",
        "directorymatch",
        "else",
        "elseif",
        "files",
        "filesmatch",
        "if",
        "limit",
        "limitexcept",
        "location",
        "locationmatch",
        "proxy",
        "proxymatch",
        "requireall",
        "requireany",
        "requirenone",
        "mddomainset",
        "virtualhost",
    ];
    NAMES.contains(&name)
}
