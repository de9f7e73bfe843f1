//! Management scopes: where in a cell a setting belongs.
//!
//! Comes in: a `scopeName` such as `(cell):C:(node):N:(server):S:(endpoint):E`. Goes out: a [`Scope`] with its parts. Never
//! here: which scopes exist, and what is set for them.

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

    /// Itself and the scopes that contain it by its own parts, the most specific first.
    pub(super) fn with_those_above(self) -> impl Iterator<Item = Self> {
        let server = Self { endpoint: "", ..self };
        let node = Self { server: "", ..server };
        let cell = Self::default();
        let all = [self.within_cell(), server.within_cell(), node.within_cell(), cell];
        let mut last = None;
        all.into_iter()
            .filter(move |scope| last.replace(*scope) != Some(*scope))
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
        named
            .map(|(kind, value)| format!("({kind}):{value}"))
            .collect::<Vec<_>>()
            .join(":")
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
        assert_eq!(Scope::parse("(cell):C").unwrap().within_cell(), Scope::default());
        let above: Vec<String> = scope.with_those_above().map(Scope::name).collect();
        assert_eq!(
            above,
            [
                name.trim_start_matches("(cell):C:"),
                "(node):N:(server):S",
                "(node):N",
                ""
            ]
        );
        let node = Scope::parse("(cell):C:(node):N").unwrap();
        assert_eq!(node.with_those_above().count(), 2);
    }

    #[test]
    fn what_is_no_scope_is_none() {
        for name in [
            "",
            "C",
            "(cell)",
            "(cell):",
            "(node):N",
            "(cell):C:(port):9443",
            "(cell):C:(cell):D",
        ] {
            assert_eq!(Scope::parse(name), None, "{name}");
        }
    }
}
