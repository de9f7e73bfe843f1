//! Where a server's own folder lies in the bundle.
//!
//! Comes in: a conf, with its place in the environment. Goes out: its [`Home`]. Never here: targets of `Include`.

use super::target::{self, ServerPath};
use super::{Conf, argument};

/// What relative paths of a conf are relative to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Home<'c> {
    /// The `ServerRoot`, if it is known.
    root: Option<ServerPath>,
    /// The parts of the folder of the environment that stands for it.
    pub folder: Vec<&'c str>,
    /// Whether that folder was told by the `conf` in it. If not, it may be the `conf` itself, under another name.
    pub has_conf: bool,
    /// Whether paths are compared without case and may have backslashes; unknown without a root.
    pub is_windows: Option<bool>,
}

impl<'c> Home<'c> {
    /// The home of a conf that names a `ServerRoot`: the first one, if branches of it name several.
    pub fn of_root(conf: &Conf<'c>) -> Option<Self> {
        let mut roots = conf.tree.nodes().filter(|node| node.name() == "serverroot");
        let root = roots.find_map(|node| argument(node, 1).filter(|root| !root.is_empty()))?;
        let is_windows = target::is_windows(root) || (root.contains('\\') && !root.starts_with('/'));
        Some(Self {
            root: ServerPath::parse(root, is_windows),
            is_windows: Some(is_windows),
            ..Self::without_root(conf)
        })
    }

    /// The home of a conf that names none and that nothing includes that has one.
    pub fn without_root(conf: &Conf<'c>) -> Self {
        let mut folders: Vec<&str> = conf.file.split('/').collect();
        folders.pop();
        let conf_folder = folders.iter().rposition(|folder| folder.eq_ignore_ascii_case("conf"));
        if let Some(conf_folder) = conf_folder {
            folders.truncate(conf_folder);
        }
        Self {
            root: None,
            folder: folders,
            has_conf: conf_folder.is_some(),
            is_windows: None,
        }
    }

    /// What of an absolute path is below the `ServerRoot`.
    pub fn below_root<'p>(&self, path: &'p [String]) -> Option<&'p [String]> {
        let root = self.root.as_ref().filter(|root| root.absolute)?;
        let (head, below) = path.split_at_checked(root.parts.len())?;
        let same = head.iter().zip(&root.parts).all(|(a, b)| self.same(a, b));
        same.then_some(below)
    }

    /// The folder of the environment that stands for the server's `/`: known when the folder ends as the root does.
    pub fn machine(&self) -> Option<&[&'c str]> {
        let root = self.root.as_ref().filter(|root| root.absolute)?;
        let above = self.folder.len().checked_sub(root.parts.len())?;
        let (machine, end) = self.folder.split_at_checked(above)?;
        let same = end.iter().zip(&root.parts).all(|(a, b)| self.same(a, b));
        same.then_some(machine)
    }

    fn same(&self, a: &str, b: &str) -> bool {
        a == b || (self.is_windows == Some(true) && a.eq_ignore_ascii_case(b))
    }
}
