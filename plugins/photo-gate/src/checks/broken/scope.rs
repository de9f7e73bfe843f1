//! Mistakes of place: where rules stand decides whether they are run, and what their patterns are held against.

use std::collections::{BTreeMap, BTreeSet};

use super::{Direction, Fault};
use crate::Place;
use crate::checks::Inquiry;
use crate::checks::decides::{stranger, welcome_stranger};
use crate::checks::gate::{Context, Gate, Guard, Reach, Rewrites, everything, quoted, section};
use crate::conf::walk::Kind;
use crate::conf::{Version, VirtualHost};

pub(super) fn faults(guard: &Guard<'_>) -> Vec<Fault> {
    let mut faults = Vec::new();
    let server = Rewrites::of(&guard.server.scope).is_on();
    for (at, context) in guard.contexts.iter().enumerate() {
        if !is_on(guard, at, context, server) {
            faults.extend(switched_off(guard, context));
        }
    }
    for gate in guard.gates() {
        if let Some(subject) = gate.context.other_slash(gate.rule) {
            faults.push(slash(gate, &subject));
        }
    }
    faults
}

/// Whether the rules of a context are run, as far as `RewriteEngine` says; `server` is what the server says.
fn is_on(guard: &Guard<'_>, at: usize, context: &Context<'_>, server: Option<bool>) -> bool {
    if let Some(own) = context.rewrites.is_on() {
        return own;
    }
    let newer = guard.server.version == Version::V24;
    match context.kind {
        // In 2.4 a host has the server's setting where it has none.
        Kind::Server => newer && guard.host.is_some() && server == Some(true),
        _ => {
            // A section has that of the sections before it, and in 2.4 that of its host and server.
            let before = guard.contexts.iter().take(at).rev();
            let above = before
                .filter(|other| newer || other.kind != Kind::Server)
                .find_map(|other| other.rewrites.is_on());
            above.or(server.filter(|_| newer)) == Some(true)
        }
    }
}

fn switched_off(guard: &Guard<'_>, context: &Context<'_>) -> Option<Fault> {
    let mut gates = guard
        .gates()
        .into_iter()
        .filter(|gate| std::ptr::eq(gate.context, context));
    let gate = gates.next()?;
    let engine = context.rewrites.engine;
    let (kind, found) = match engine {
        Some(engine) => ("engine-off", quoted(engine)),
        None => ("engine-missing", "no RewriteEngine".to_owned()),
    };
    let where_so = context.name();
    Some(Fault {
        kind,
        direction: Direction::Open,
        places: engine
            .map(|engine| engine.place)
            .into_iter()
            .chain([gate.rule.directive.place])
            .collect(),
        what: format!("The rules {where_so} are not run: RewriteEngine is not on there."),
        found,
        wanted: format!("RewriteEngine On {where_so}"),
    })
}

fn slash(gate: Gate<'_, '_>, subject: &str) -> Fault {
    let found = quoted(gate.rule.directive);
    let pattern = &gate.rule.pattern;
    let is_server = gate.context.kind == Kind::Server;
    let (why, wanted) = if is_server {
        (
            "In a virtual host, and outside of all, the path begins with a slash",
            format!("^/{}", pattern.trim_start_matches('^')),
        )
    } else {
        (
            "In a section, the pattern is held against what follows the folder, which does not begin with a slash",
            without_slash(gate.context, pattern),
        )
    };
    Fault {
        kind: "slash",
        direction: if gate.lets_past {
            Direction::Shut
        } else {
            Direction::Open
        },
        places: vec![gate.rule.directive.place],
        what: format!(
            "{why}: `{pattern}` would find something in {subject}, and finds nothing in what is asked for. The rule never applies."
        ),
        found,
        wanted,
    }
}

/// The pattern without its slash where it then finds something; else one that finds everything in the folder.
fn without_slash(context: &Context<'_>, pattern: &str) -> String {
    let without = pattern.replacen("^/", "^", 1);
    if context.reach(&without, false, false) == Reach::Yes {
        without
    } else {
        "^".to_owned()
    }
}

/// Hosts without a gate that give out the very photos which another host guards.
pub(super) fn ways_around<'s>(inquiry: &'s Inquiry<'s>) -> Vec<(Guard<'s>, Fault)> {
    let mut found = Vec::new();
    // By server and file, the first host that guards it.
    let mut guarded: BTreeMap<(Place, &str), &Guard<'_>> = BTreeMap::new();
    let of_hosts = || inquiry.guards.iter().filter(|guard| guard.host.is_some());
    for guard in of_hosts().filter(|guard| guard.has_gate()) {
        if let Some(file) = &guard.file {
            guarded.entry((guard.server.place, file)).or_insert(guard);
        }
    }
    for other in of_hosts().filter(|other| !other.has_gate()) {
        let file = other.file.as_deref().unwrap_or_default();
        if let Some(guard) = guarded.get(&(other.server.place, file)) {
            if welcome_stranger(other, inquiry.decides).is_none() {
                continue;
            }
            let gate = guard.gates().first().map(|gate| gate.rule.directive.place);
            let gate = gate.or_else(|| guard.access_doors().next().map(|rule| rule.place));
            let fault = Fault {
                kind: "way-around",
                direction: Direction::Open,
                places: std::iter::once(other.place()).chain(gate).collect(),
                what: format!(
                    "{} gives out the photos that {} guards, without a gate.",
                    other.name(),
                    guard.name()
                ),
                found: format!("{} without a gate", other.name()),
                wanted: "the same gate in both, by an Include".to_owned(),
            };
            found.push((Guard::at(other.server, other.host, other.paths.clone()), fault));
        }
    }
    found
}

/// Hosts that give out the photos which rules outside of the hosts guard, and do not inherit these rules.
pub(super) fn not_inherited<'s>(inquiry: &'s Inquiry<'s>) -> Vec<(Guard<'s>, Fault)> {
    let mut found = Vec::new();
    for main in inquiry.guards.iter().filter(|guard| guard.host.is_none()) {
        let gates = main.gates();
        let Some(gate) = gates.iter().find(|gate| gate.context.kind == Kind::Server) else {
            continue;
        };
        let outer = Rewrites::of(&main.server.scope);
        let newer = main.server.version == Version::V24;
        let guarded = inquiry
            .guards
            .iter()
            .filter(|guard| std::ptr::eq(guard.server, main.server) && guard.has_gate());
        let guarded: BTreeSet<Option<usize>> = guarded.map(|guard| guard.host).collect();
        for (number, host) in main.server.hosts.iter().enumerate() {
            if guarded.contains(&Some(number)) || inherits(&outer, host, newer) {
                continue;
            }
            let other = Guard::at(main.server, Some(number), main.paths.clone());
            let same_file = other.file.is_some() && other.file == main.file;
            if !same_file || stranger(&other, inquiry.decides).is_some() {
                continue;
            }
            let name = section(&host.directive);
            let fault = Fault {
                kind: "not-inherited",
                direction: Direction::Open,
                places: vec![host.directive.place, gate.rule.directive.place],
                what: format!(
                    "{name} gives out the same photos and does not inherit the rules outside of the virtual hosts: `{}` (line {}) \
                     does not count there.",
                    quoted(gate.rule.directive),
                    gate.rule.directive.line,
                ),
                found: format!("{name} without the gate"),
                wanted: "RewriteEngine On and RewriteOptions Inherit in the host, or the gate itself".to_owned(),
            };
            found.push((other, fault));
        }
    }
    found
}

/// Whether a host runs the rules of the server; `newer`: on httpd 2.4.
fn inherits(outer: &Rewrites<'_>, host: &VirtualHost, newer: bool) -> bool {
    // A host in which nothing of mod_rewrite stands, at any depth, runs none of the server's rules, whatever its options.
    if !everything(&host.scope)
        .iter()
        .any(|directive| directive.name.starts_with("rewrite"))
    {
        return false;
    }
    let inner = Rewrites::of(&host.scope);
    let is_on = inner.is_on().or(outer.is_on().filter(|_| newer)) == Some(true);
    let has = |options: &[String], names: &[&str]| options.iter().any(|option| names.contains(&option.as_str()));
    // In 2.4 a host has the server's options where it has none.
    let own = if inner.options.is_empty() && newer {
        &outer.options
    } else {
        &inner.options
    };
    let down = has(&outer.options, &["inheritdown", "inheritdownbefore"]) && !has(own, &["ignoreinherit"]);
    is_on && (has(own, &["inherit", "inheritbefore"]) || (newer && down))
}
