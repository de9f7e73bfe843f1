//! SSL configurations of WebSphere.
//!
//! With names in `enabledCiphers` only these count, whatever the level says. Without, the level chooses: `HIGH` takes suites
//! of 128 bits and more; of `MEDIUM` and `LOW` the manual says that they take 40 bits, and no encryption at all. Suites
//! that the cell forbids (`com.ibm.websphere.tls.disabledAlgorithms`) are not spoken even if they are enabled.

use std::collections::{BTreeMap, BTreeSet};

use casebook_plugin_configs::Severity;

use super::listed;
use crate::code::Inquiry;
use crate::code::tls::cell::{Cell, Variant};
use crate::code::tls::configuration::ConfigurationIndex;
use crate::code::tls::ends::{Ends, Used};
use crate::code::tls::roles::{REACHED_BY_STRANGERS, Roles, WEB_ENDS};
use crate::code::tls::security::Security;
use crate::code::tls::suites::{Weakness, weaknesses};
use crate::code::tls::with_places;
use crate::report::Report;

/// Judges the configurations that are in use.
pub(super) fn judge(inquiry: &Inquiry<'_>, report: &mut Report) {
    let cells = inquiry.cells();
    let roles = Roles::of(cells, inquiry.facts);
    let ends = Ends::of_roles(cells, &roles, &REACHED_BY_STRANGERS, &WEB_ENDS);
    let mut all_reached = reached(&ends);
    for (number, cell) in cells.iter().enumerate() {
        for (variant_number, variant) in cell.variants.iter().enumerate() {
            let reached = all_reached.remove(&(number, variant_number)).unwrap_or_default();
            for index in in_use(variant.security(), reached.keys().copied()) {
                if let Some(weak) = weak(variant.security(), index) {
                    enter(cell, variant, index, &weak, reached.get(&index), report);
                }
            }
        }
    }
}

/// What is weak about a configuration.
struct Weak<'s> {
    found: String,
    kinds: BTreeSet<Weakness>,
    /// What enables it: the list, or the level.
    by: &'s str,
}

/// Configurations of one file, with who uses them.
type Users<'e, 'c, 's> = BTreeMap<ConfigurationIndex, Vec<&'e Used<'c, 's>>>;

/// The configurations that strangers meet, by cell and variant.
fn reached<'e, 'c, 's>(ends: &'e Ends<'c, 's>) -> BTreeMap<(usize, usize), Users<'e, 'c, 's>> {
    let mut reached: BTreeMap<_, Users<'e, 'c, 's>> = BTreeMap::new();
    for used in &ends.used {
        let users = reached.entry(used.place).or_default();
        users.entry(used.chosen.configuration).or_default().push(used);
    }
    reached
}

/// The configurations that anything leads to.
fn in_use(security: &Security<'_>, reached: impl Iterator<Item = ConfigurationIndex>) -> BTreeSet<ConfigurationIndex> {
    let groups = security.groups.iter().filter_map(|group| group.target);
    let selections = security.selections.iter().filter_map(|selection| selection.target);
    groups
        .chain(selections)
        .chain(security.default())
        .chain(reached)
        .collect()
}

fn weak<'s>(security: &Security<'s>, index: ConfigurationIndex) -> Option<Weak<'s>> {
    let configuration = security.configuration(index)?;
    let list = configuration.value("enabledCiphers");
    if list.is_empty() {
        let level = configuration.value("securityLevel");
        let kind = match level {
            "LOW" => Weakness::NoEncryption,
            "MEDIUM" => Weakness::Export,
            _ => return None,
        };
        return (!security.forbidden.covers(kind)).then(|| Weak {
            found: format!("securityLevel {level}"),
            kinds: BTreeSet::from([kind]),
            by: "its level",
        });
    }
    let mut kinds = BTreeSet::new();
    let mut names: Vec<&str> = Vec::new();
    let mut seen = BTreeSet::new();
    for suite in list.split([' ', ',', '\t', '\n', '\r']).filter(|name| !name.is_empty()) {
        let weak = weaknesses(suite);
        let forbidden = weak.iter().any(|weakness| security.forbidden.covers(*weakness));
        if !weak.is_empty() && !forbidden && seen.insert(suite) {
            names.push(suite);
            kinds.extend(weak);
        }
    }
    (!names.is_empty()).then(|| Weak {
        found: listed(&names),
        kinds,
        by: "its list of suites",
    })
}

fn enter<'s>(
    cell: &Cell<'s>,
    variant: &Variant<'s>,
    index: ConfigurationIndex,
    weak: &Weak<'s>,
    reached: Option<&Vec<&Used<'_, 's>>>,
    report: &mut Report,
) {
    let Some(configuration) = variant.security().configuration(index) else {
        return;
    };
    let (alias, scope) = (configuration.alias, configuration.scope_shown());
    let kinds: Vec<String> = weak.kinds.iter().map(ToString::to_string).collect();
    let who: Vec<String> = reached.into_iter().flatten().map(|used| used.shown()).collect();
    let users = match who.is_empty() {
        true => "It is in use inside of the cell.".to_owned(),
        false => format!("It is used by {}, which is reached from outside.", who.join("; ")),
    };
    let message = format!(
        "{alias} of {scope} enables {} suites by {}. {users}",
        kinds.join(", "),
        weak.by
    );
    let entry = report.finding(format!("{} {alias} {scope}", cell.name), message);
    let led = reached
        .into_iter()
        .flatten()
        .flat_map(|used| variant.places(used.chosen));
    let entry = with_places(entry, variant.places_of(index).into_iter().chain(led));
    let entry = entry
        .field("cell", cell.name)
        .field("alias", alias)
        .field("scope", scope)
        .field("weaknesses", kinds.join(", "))
        .values(weak.found.as_str(), "securityLevel HIGH, or a list without them");
    if who.is_empty() {
        entry.severity(Severity::Low).enter();
    } else {
        entry.enter();
    }
}
