//! Which files of an environment a server's configuration reads, and in which order.
//!
//! Comes in: the `httpd` trees that are known so far, and the names of all files of the environment. Goes out: what each
//! `Include` stands for ([`resolve`]), and the directives in the order in which httpd reads them ([`reading_order`]).
//! Never here: reading a file (the caller parses those that come new and asks again until none does, [`MAX_DEPTH`] times at
//! most: httpd reads no deeper), whether the section around an `Include` applies.
//!
//! ```text
//!   trees ──home──► where its ServerRoot ──target──► a path ──catalog──► files ──order──► directives as httpd
//!                   lies in the bundle               of the server       in httpd's order reads them
//! ```
//!
//! Files of a bundle do not lie where they lay on the server. The folder that stands for `ServerRoot` is the one that has
//! the `conf` with the file that says so, or else that file's own folder; a file without a `ServerRoot` has that
//! of the file that includes it. From there:
//!
//! | target | is looked for |
//! |---|---|
//! | relative, or below `ServerRoot` | below the folder that stands for it; if that is no `conf`'s, also as if it were |
//! | any absolute one | below the folder that stands for the server's `/`, where that is known; below the environment |
//! | absolute, not below `ServerRoot` | by its longest end, a name and one folder at least, that is in one place only |
//!
//! What `Include` does with stars, folders, and things that are not there is httpd's (2.4): the entries of a folder in the
//! order of their bytes, all that is below a folder that is named, and a refusal to start if nothing is found, which
//! `IncludeOptional` avoids. Paths of Windows are compared without case.

mod catalog;
mod home;
mod order;
mod pattern;
mod target;

#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, VecDeque};
use std::rc::Rc;

use crate::document::{MAX_REMARKS, Node, NodeIndex, Remark, Tree};
use catalog::Catalog;
use home::Home;
pub use order::{MAX_DEPTH, MAX_STEPS, Reading, Step, reading_order};
use target::{Found, Target};

/// A tree that may include others.
#[derive(Clone, Copy, Debug)]
pub struct Conf<'t> {
    /// The file, below the environment's root, `/` between its parts.
    pub file: &'t str,
    /// Its tree, as `syntax::httpd` gives it.
    pub tree: &'t Tree,
}

/// What one `Include` stands for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Inclusion {
    /// The conf with the directive.
    pub by: usize,
    /// The directive.
    pub node: NodeIndex,
    /// The files, in the order in which httpd reads them; at least one.
    pub files: Vec<usize>,
}

/// What all of them stand for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Resolution {
    /// By conf and directive.
    pub included: Vec<Inclusion>,
    /// What is missing or cannot be followed, with its conf, by conf and line; at most [`MAX_REMARKS`] for each conf.
    pub remarks: Vec<(usize, Remark)>,
}

/// An `Include` or `IncludeOptional`.
#[derive(Clone, Copy)]
struct Directive<'t> {
    node: Node<'t>,
    optional: bool,
}

impl<'t> Directive<'t> {
    fn of(node: Node<'t>) -> Option<Self> {
        let optional = match node.name() {
            "include" => false,
            "includeoptional" => true,
            _ => return None,
        };
        Some(Self { node, optional })
    }

    /// Its only argument, with its variables replaced as far as they are known.
    fn target(self) -> Result<&'t str, &'static str> {
        let argument = |number| argument(self.node, number);
        match (argument(1), argument(2)) {
            (Some(target), None) if !target.is_empty() => Ok(target),
            (Some(_), Some(_)) => Err("has more than one file; httpd refuses it"),
            _ => Err("has no file; httpd refuses it"),
        }
    }
}

/// An argument of a directive with its variables replaced.
fn argument(node: Node<'_>, number: usize) -> Option<&str> {
    let prefix = if node.attribute("expanded").is_some() {
        "expanded-"
    } else {
        ""
    };
    node.attribute(&format!("{prefix}{number}"))
}

/// Finds what the `Include`s of all confs stand for.
pub fn resolve(confs: &[Conf<'_>], files: &[&str]) -> Resolution {
    let mut resolver = Resolver {
        confs,
        files,
        catalog: Catalog::new(files),
        by_file: confs
            .iter()
            .enumerate()
            .map(|(number, conf)| (conf.file, number))
            .collect(),
        homes: vec![None; confs.len()],
        said: vec![0; confs.len()],
        resolution: Resolution::default(),
    };
    resolver.run();
    let mut resolution = resolver.resolution;
    resolution
        .included
        .sort_by_key(|inclusion| (inclusion.by, inclusion.node));
    let circles = order::circles(confs, files, &resolution.included);
    resolution.remarks.extend(circles);
    resolution.remarks.sort_by_key(|(conf, remark)| (*conf, remark.line));
    let mut seen = (usize::MAX, 0);
    resolution.remarks.retain(|(conf, _)| {
        seen = if seen.0 == *conf {
            (*conf, seen.1 + 1)
        } else {
            (*conf, 1)
        };
        seen.1 <= MAX_REMARKS
    });
    resolution
}

struct Resolver<'c> {
    confs: &'c [Conf<'c>],
    files: &'c [&'c str],
    catalog: Catalog<'c>,
    by_file: BTreeMap<&'c str, usize>,
    homes: Vec<Option<Rc<Home<'c>>>>,
    /// How many remarks each conf has.
    said: Vec<usize>,
    resolution: Resolution,
}

impl<'c> Resolver<'c> {
    /// Goes from the confs that name their ServerRoot to those that they include, then on with what is left, the file
    /// nearest to the environment's root first: it is more likely to include the others than the other way round.
    fn run(&mut self) {
        let mut own = Vec::new();
        let mut left = Vec::new();
        for (number, conf) in self.confs.iter().enumerate() {
            match Home::of_root(conf) {
                Some(home) => own.push((number, Rc::new(home))),
                None => left.push(number),
            }
        }
        for (number, home) in &own {
            self.set_home(*number, Rc::clone(home));
        }
        for (number, _) in own {
            self.follow(number);
        }
        left.sort_by_key(|number| (self.conf_depth(*number), *number));
        for number in left {
            let Some(conf) = self.confs.get(number) else { continue };
            if self.home(number).is_none() {
                self.set_home(number, Rc::new(Home::without_root(conf)));
                self.follow(number);
            }
        }
    }

    fn conf_depth(&self, number: usize) -> usize {
        self.confs.get(number).map_or(0, |conf| conf.file.matches('/').count())
    }

    fn home(&self, number: usize) -> Option<&Rc<Home<'c>>> {
        self.homes.get(number).and_then(Option::as_ref)
    }

    fn set_home(&mut self, number: usize, home: Rc<Home<'c>>) {
        if let Some(place) = self.homes.get_mut(number) {
            *place = Some(home);
        }
    }

    /// Resolves a conf, and all that it includes and that have no ServerRoot of their own.
    fn follow(&mut self, first: usize) {
        let mut waiting = VecDeque::from([first]);
        while let Some(number) = waiting.pop_front() {
            let (Some(conf), Some(home)) = (self.confs.get(number), self.home(number).cloned()) else {
                continue;
            };
            for directive in conf.tree.nodes().filter_map(Directive::of) {
                let files = self.files_of(number, &home, directive);
                for file in &files {
                    let included = self.files.get(*file).and_then(|file| self.by_file.get(file)).copied();
                    if let Some(included) = included.filter(|included| self.home(*included).is_none()) {
                        self.set_home(included, Rc::clone(&home));
                        waiting.push_back(included);
                    }
                }
                if !files.is_empty() {
                    self.resolution.included.push(Inclusion {
                        by: number,
                        node: directive.node.index,
                        files,
                    });
                }
            }
        }
    }

    fn files_of(&mut self, conf: usize, home: &Home<'_>, directive: Directive<'_>) -> Vec<usize> {
        let written = match directive.target() {
            Ok(written) => written,
            Err(refused) => {
                self.remark(conf, directive, refused.to_owned());
                return Vec::new();
            }
        };
        let found = Target::parse(written, home).find(home, &mut self.catalog);
        let shown = shown(written);
        let said = match &found {
            Found::Files { lacking: false, .. } => None,
            Found::Files { lacking: true, .. } => {
                Some("is lacking in some of the folders that match").filter(|_| !directive.optional)
            }
            Found::NoFile => Some("no such file in this environment").filter(|_| !directive.optional),
            Found::NoMatch => Some("nothing in this environment matches; Apache 2.4 refuses to start then")
                .filter(|_| !directive.optional),
            Found::Several => Some("is in several places of this environment; none was taken"),
            Found::Unknown => Some("depends on a variable that is not known here; it was not followed"),
            Found::TooLong => Some("is longer than a path can be"),
            Found::TooMuch => Some("is one more than can be followed in one environment"),
        };
        if let Some(said) = said {
            self.remark(conf, directive, format!("{shown}: {said}"));
        }
        match found {
            Found::Files { files, .. } => files,
            _ => Vec::new(),
        }
    }

    fn remark(&mut self, conf: usize, directive: Directive<'_>, what: String) {
        let name = if directive.optional {
            "IncludeOptional"
        } else {
            "Include"
        };
        let line = directive.node.at().line;
        let Some(said) = self.said.get_mut(conf).filter(|said| **said < MAX_REMARKS) else {
            return;
        };
        *said += 1;
        self.resolution
            .remarks
            .push((conf, Remark::new(line, format!("{name} {what}"))));
    }
}

/// Characters of a target that are shown: 120. A remark is a sentence.
const SHOWN: usize = 120;

/// A target for a remark.
fn shown(target: &str) -> String {
    let mut shown: String = target
        .chars()
        .take(SHOWN)
        .map(|c| if c.is_control() { '�' } else { c })
        .collect();
    if shown.len() < target.len() {
        shown.push('…');
    }
    shown
}
