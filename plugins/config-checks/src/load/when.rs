//! Loading when a rule applies.

use casebook_plugin_packs::escape;

use super::Report;
use super::check::same;
use super::source;
use crate::data::{Presence, Product, Range, When};
use crate::pack;

/// When a rule applies.
pub(super) fn when(when: &pack::When, report: Report<'_>) -> When {
    let mut products = Vec::new();
    for (name, versions) in when.products.iter() {
        match Range::read(versions) {
            Ok(versions) => products.push(Product {
                name: name.to_owned(),
                fact: format!("products.{name}"),
                versions,
            }),
            Err(reason) => report(&format!("/when/products/{}", escape(name)), reason),
        }
    }
    let mut presences = Vec::new();
    for (key, several, expected) in [("present", &when.present, true), ("absent", &when.absent, false)] {
        let Some(several) = several else { continue };
        for (index, presence) in several.as_slice().iter().enumerate() {
            let path = match several.as_slice() {
                [_] => format!("/when/{key}"),
                _ => format!("/when/{key}/{index}"),
            };
            let written = (&presence.kind, presence.files.as_slice(), &presence.path);
            let (source, _) = source::selection(&path, written, report);
            presences.push(Presence {
                source,
                same: same(&format!("{path}/same"), &presence.same, report),
                expected,
            });
        }
    }
    if let Some(unknown) = when.unknown.as_ref().filter(|unknown| unknown.trim().is_empty()) {
        report(
            "/when/unknown",
            format!("`{unknown}` says nothing; expected a sentence"),
        );
    }
    let roles = when.role.as_ref().map(|role| role.as_slice().to_vec());
    When {
        products,
        facts: when.facts.clone(),
        roles: roles.unwrap_or_default(),
        presences,
        unknown: when.unknown.as_ref().map(|unknown| unknown.trim().to_owned()),
    }
}
