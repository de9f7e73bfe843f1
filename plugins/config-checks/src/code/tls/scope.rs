//! Management scopes: where in a cell a setting belongs.
//!
//! Comes in: a `scopeName` such as `(cell):C:(node):N:(server):S:(endpoint):E`. Goes out: a [`Scope`] with its parts. Never
//! here: which scopes exist, and what is set for them.

use std::cmp::Ordering;

/// A scope; a part that it does not name is empty.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub(super) struct Scope<'s> {
    pub(super) cell: &'s str,
    pub(super) node_group: &'s str,
    pub(super) node: &'s str,
    pub(super) cluster: &'s str,
    pub(super) server: &'s str,
    pub(super) endpoint: &'s str,
}

impl<'s> Scope<'s> {
    /// The scope of that name; `None` for a name that WebSphere would not write.
    pub(super) fn parse(name: &'s str) -> Option<Self> {
        let mut scope = Self::default();
        let mut parts = name.trim().split(':');
        while let Some(kind) = parts.next() {
            let value = parts.next().filter(|value| !value.is_empty())?;
            let part = match kind {
                "(cell)" => &mut scope.cell,
                "(nodegroup)" => &mut scope.node_group,
                "(node)" => &mut scope.node,
                "(cluster)" => &mut scope.cluster,
                "(server)" => &mut scope.server,
                "(endpoint)" => &mut scope.endpoint,
                _ => return None,
            };
            if !part.is_empty() {
                return None;
            }
            *part = value;
        }
        (!scope.cell.is_empty()).then_some(scope)
    }

    /// The same scope without its cell: a file belongs to one cell, and its folder may have been renamed.
    pub(super) fn within_cell(self) -> Self {
        Self { cell: "", ..self }
    }

    /// Whether it is the scope of a whole cell.
    pub(super) fn is_cell(self) -> bool {
        self.within_cell() == Self::default()
    }

    /// Whether it is the scope of that node, and of nothing smaller.
    pub(super) fn is_node(self, node: &str) -> bool {
        !node.is_empty() && self.within_cell() == Scope { node, ..Scope::default() }
    }

    /// Of two scopes, the more specific one is the greater.
    pub(super) fn by_depth(self, other: Self) -> Ordering {
        self.depth().cmp(&other.depth())
    }

    fn depth(self) -> u8 {
        let named = [
            (self.endpoint, 5),
            (self.server, 4),
            (self.cluster, 3),
            (self.node, 2),
            (self.node_group, 1),
        ];
        named.iter().find(|(part, _)| !part.is_empty()).map_or(0, |(_, depth)| *depth)
    }

    /// Its name as WebSphere writes it.
    pub(super) fn name(self) -> String {
        let parts = [
            ("cell", self.cell),
            ("nodegroup", self.node_group),
            ("node", self.node),
            ("cluster", self.cluster),
            ("server", self.server),
            ("endpoint", self.endpoint),
        ];
        let named = parts.iter().filter(|(_, value)| !value.is_empty());
        named.map(|(kind, value)| format!("({kind}):{value}")).collect::<Vec<_>>().join(":")
    }
}

#[cfg(test)]
mod tests {
    use super::Scope;

    #[test]
    fn a_scope_is_read_and_written_as_websphere_does() {
        let name = "(cell):C:(node):N:(server):S:(endpoint):SIP_DEFAULTHOST_SECURE";
        let scope = Scope::parse(name).unwrap();
        assert_eq!((scope.cell, scope.node, scope.server), ("C", "N", "S"));
        assert_eq!(scope.endpoint, "SIP_DEFAULTHOST_SECURE");
        assert_eq!(scope.name(), name);
        assert!(Scope::parse("(cell):C").unwrap().is_cell() && !scope.is_cell());
        assert!(Scope::parse("(cell):C:(node):N").unwrap().is_node("N") && !scope.is_node("N"));
        assert!(Scope::parse("(cell):C").unwrap().by_depth(scope).is_lt());
    }

    #[test]
    fn what_is_no_scope_is_none() {
        for name in ["", "C", "(cell)", "(cell):", "(node):N", "(cell):C:(port):9443", "(cell):C:(cell):D"] {
            assert_eq!(Scope::parse(name), None, "{name}");
        }
    }
}
