//! One SSL configuration of a `security.xml`.
//!
//! Comes in: an element `repertoire`. Goes out: a [`Configuration`], with its setting and the scope to which it belongs. Never
//! here: who uses it, and what its values mean.

use std::collections::BTreeMap;

use casebook_plugin_configs::Node;

use super::scope::Scope;

/// The number of a configuration in its file. Copies of one file number them alike.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct ConfigurationIndex(pub(super) usize);

/// An SSL configuration.
#[derive(Debug, Clone, Copy)]
pub(super) struct Configuration<'s> {
    /// The element `repertoire`.
    pub(super) node: Node<'s>,
    /// Its element `setting`.
    pub(super) setting: Option<Node<'s>>,
    pub(super) id: &'s str,
    pub(super) alias: &'s str,
    /// `None`: it names no scope, or one that is not there.
    pub(super) scope: Option<Scope<'s>>,
    /// Whether it names a scope.
    pub(super) names_scope: bool,
}

impl<'s> Configuration<'s> {
    /// Reads a `repertoire`.
    pub(super) fn read(node: Node<'s>, scopes: &BTreeMap<&'s str, Scope<'s>>) -> Self {
        let reference = text(node, "managementScope");
        Self {
            node,
            setting: node.child("setting"),
            id: id(node),
            alias: text(node, "alias"),
            scope: scopes.get(reference).copied(),
            names_scope: !reference.is_empty(),
        }
    }

    /// The element on whose line the protocol and the suites stand.
    pub(super) fn place(&self) -> Node<'s> {
        self.setting.unwrap_or(self.node)
    }

    /// A value of its `setting`; empty where it is absent.
    pub(super) fn value(&self, name: &str) -> &'s str {
        self.setting.map_or("", |setting| text(setting, name))
    }

    /// Its `sslProtocol`, and words for an absent one.
    pub(super) fn protocol_shown(&self) -> &'s str {
        let value = self.value("sslProtocol");
        if value.is_empty() { "(version's default)" } else { value }
    }

    /// Its scope as WebSphere writes it.
    pub(super) fn scope_shown(&self) -> String {
        self.scope.map_or_else(|| "(no scope)".to_owned(), Scope::name)
    }
}

/// The value of an attribute, empty where it is absent.
pub(super) fn text<'s>(node: Node<'s>, name: &str) -> &'s str {
    node.attribute(name).unwrap_or_default().trim()
}

/// What references name.
pub(super) fn id<'s>(node: Node<'s>) -> &'s str {
    node.attribute("xmi:id")
        .or_else(|| node.attribute("id"))
        .unwrap_or_default()
}
