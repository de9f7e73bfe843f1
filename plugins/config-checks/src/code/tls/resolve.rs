//! Which SSL configuration an endpoint ends up with.
//!
//! Comes in: a [`Security`] and a [`Spot`] in the cell. Goes out: the configuration and how it came to be chosen, or why
//! that cannot be told. Never here: what the configuration says.
//!
//! WebSphere chooses in this order, the first that exists counts:
//!
//! 1. outbound only: a dynamic selection that fits the target;
//! 2. the alias that the endpoint's own channel names (`sslConfigAlias` in `server.xml`);
//! 3. the group of the endpoint, of its server or cluster, of its node, of its node group, of the cell;
//! 4. the default that the root of the file names, else `CellDefaultSSLSettings`.
//!
//! Between a server and its cluster, and between several node groups, documentation knows no order: where they disagree,
//! nothing is said.

use super::configuration::ConfigurationIndex;
use super::scope::Scope;
use super::security::{Direction, GroupIndex, Security, SelectionIndex};

/// A place in a cell for which a configuration is chosen; what is not known, or does not matter, is empty.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Spot<'c, 's> {
    pub(super) node: &'s str,
    /// The node groups that the node is in.
    pub(super) node_groups: &'c [&'s str],
    /// The cluster that the server is in.
    pub(super) cluster: &'s str,
    pub(super) server: &'s str,
    pub(super) endpoint: &'s str,
    /// The alias that the endpoint's channel names.
    pub(super) alias: &'s str,
}

/// A configuration, and what led to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Use {
    pub(super) configuration: ConfigurationIndex,
    pub(super) via: Via,
}

/// What led to a configuration.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Via {
    Selection(SelectionIndex),
    /// The endpoint's own channel names it.
    Channel,
    Group(GroupIndex),
    /// Nothing is set for the endpoint.
    Default,
}

/// Why it cannot be told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Unclear {
    /// The group refers to a configuration that is not there.
    Dangling(GroupIndex),
    /// The dynamic selection refers to a configuration that is not there.
    DanglingSelection(SelectionIndex),
    /// The channel names an alias that is not there.
    UnknownAlias(String),
    /// Groups of equal rank lead to different configurations.
    Contradiction(GroupIndex, GroupIndex),
    /// Nothing is set and there is no default.
    Nothing,
}

impl<'s> Security<'s> {
    /// The configuration for connections that come in at a spot.
    pub(super) fn inbound(&self, spot: Spot<'_, 's>) -> Result<Use, Unclear> {
        self.choose(Direction::Inbound, spot)
    }

    /// The configuration with which a process connects to the administrative port of another one.
    pub(super) fn outbound_for_administration(&self, spot: Spot<'_, 's>) -> Result<Use, Unclear> {
        let Some(index) = self.for_administration(spot.scopes()) else {
            return self.choose(Direction::Outbound, spot);
        };
        let target = self.selections.get(index.0).and_then(|selection| selection.target);
        Ok(Use {
            configuration: target.ok_or(Unclear::DanglingSelection(index))?,
            via: Via::Selection(index),
        })
    }

    fn choose(&self, direction: Direction, spot: Spot<'_, 's>) -> Result<Use, Unclear> {
        if !spot.alias.is_empty() {
            let visible = self.with_alias(spot.alias, spot.scopes());
            let configuration = visible.ok_or_else(|| Unclear::UnknownAlias(spot.alias.to_owned()))?;
            return Ok(Use {
                configuration,
                via: Via::Channel,
            });
        }
        for level in spot.levels() {
            let groups = level.iter().flat_map(|scope| self.groups_of(direction, *scope));
            if let Some(chosen) = self.agreed(groups) {
                return chosen;
            }
        }
        let named = self.default().filter(|index| {
            let scope = self.configuration(*index).and_then(|configuration| configuration.scope);
            scope.is_none_or(|scope| spot.is_in(scope))
        });
        let configuration = named.or_else(|| self.of_cell("CellDefaultSSLSettings"));
        Ok(Use {
            configuration: configuration.ok_or(Unclear::Nothing)?,
            via: Via::Default,
        })
    }

    /// What groups of one rank agree on; `None` if there are none.
    fn agreed<'g>(&self, groups: impl Iterator<Item = &'g GroupIndex>) -> Option<Result<Use, Unclear>> {
        let mut first: Option<(GroupIndex, Option<ConfigurationIndex>)> = None;
        for &index in groups {
            let target = self.group(index).and_then(|group| group.target);
            match first {
                None => first = Some((index, target)),
                Some((before, known)) if known != target => return Some(Err(Unclear::Contradiction(before, index))),
                Some(_) => {}
            }
        }
        let (index, target) = first?;
        Some(target.ok_or(Unclear::Dangling(index)).map(|configuration| Use {
            configuration,
            via: Via::Group(index),
        }))
    }

    /// Why it cannot be told, in a sentence.
    pub(super) fn explain(&self, unclear: &Unclear) -> String {
        let name = |index: GroupIndex| {
            let group = self.group(index);
            group.map_or_else(String::new, |group| format!("{} at {}", group.name, group.scope.name()))
        };
        match unclear {
            Unclear::Dangling(index) => {
                let reference = self.group(*index).map_or("", |group| group.reference);
                format!(
                    "the group {} refers to {reference}, which is not in this file",
                    name(*index)
                )
            }
            Unclear::DanglingSelection(index) => {
                let info = self.selections.get(index.0).map_or("", |selection| selection.info);
                format!("the dynamic selection {info} refers to a configuration that is not in this file")
            }
            Unclear::UnknownAlias(alias) => format!("its channel names the alias {alias}, which is not in this file"),
            Unclear::Contradiction(one, other) => {
                format!(
                    "the groups {} and {} lead to different configurations",
                    name(*one),
                    name(*other)
                )
            }
            Unclear::Nothing => "nothing is set for it, and there is no CellDefaultSSLSettings".to_owned(),
        }
    }
}

impl<'s> Spot<'_, 's> {
    /// The scopes that contain it, the most specific rank first; those of one rank together.
    fn levels(&self) -> Vec<Vec<Scope<'s>>> {
        let node = Scope {
            node: self.node,
            ..Scope::default()
        };
        let server = Scope {
            server: self.server,
            ..node
        };
        let cluster = Scope {
            cluster: self.cluster,
            ..Scope::default()
        };
        let endpoint = Scope {
            endpoint: self.endpoint,
            ..server
        };
        let groups = self.node_groups.iter().map(|group| Scope {
            node_group: group,
            ..Scope::default()
        });
        let given = |scope: Scope<'s>, part: &str| if part.is_empty() { None } else { Some(scope) };
        vec![
            Vec::from_iter(given(endpoint, self.endpoint)),
            given(server, self.server)
                .into_iter()
                .chain(given(cluster, self.cluster))
                .collect(),
            Vec::from_iter(given(node, self.node)),
            groups.collect(),
            vec![Scope::default()],
        ]
    }

    /// The same one after the other.
    fn scopes(&self) -> impl Iterator<Item = Scope<'s>> {
        self.levels().into_iter().flatten()
    }

    /// Whether a scope contains it.
    fn is_in(&self, scope: Scope<'_>) -> bool {
        let part = |outer: &str, own: &str| outer.is_empty() || outer == own;
        (scope.node_group.is_empty() || self.node_groups.contains(&scope.node_group))
            && part(scope.node, self.node)
            && part(scope.cluster, self.cluster)
            && part(scope.server, self.server)
            && part(scope.endpoint, self.endpoint)
    }
}
