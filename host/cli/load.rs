//! Loads what every verb needs: plugins, packs, the rulebook.

use std::path::Path;
use std::time::Duration;

use super::Refusal;
use super::arguments::Common;
use crate::pack::{self, RulePack};
use crate::plugin::{Cache, Compiler, Limits, Plugin, Sandbox, default_cache_folder};
use crate::rulebook::{Rulebook, Thoroughness};

/// The plugins inside the binary: name and core module.
pub(super) static BUILT_IN_PLUGINS: &[(&str, &[u8])] = &[
    (
        "log-signatures",
        include_bytes!(concat!(env!("CASEBOOK_GUESTS"), "/log-signatures.wasm")),
    ),
    (
        "config-checks",
        include_bytes!(concat!(env!("CASEBOOK_GUESTS"), "/config-checks.wasm")),
    ),
    (
        "photo-gate",
        include_bytes!(concat!(env!("CASEBOOK_GUESTS"), "/photo-gate.wasm")),
    ),
];

/// Largest plugin file that is read: 128 MiB; a Python component is 18.
const MAX_PLUGIN: u64 = 128 << 20;

/// What is to be loaded.
pub(super) struct Wanted<'a> {
    pub common: &'a Common,
    /// Packs that a verb names itself, in place of all others.
    pub packs: Option<&'a [std::path::PathBuf]>,
    /// Which expressions are checked.
    pub thoroughness: Thoroughness,
    /// Seconds for one call into a plugin.
    pub plugin_timeout: Option<u32>,
}

/// Sets up the sandbox, with the cache where the machine has a place for it.
pub(super) fn sandbox(wanted: &Wanted<'_>) -> Result<Sandbox, Refusal> {
    let mut limits = Limits::default();
    if let Some(seconds) = wanted.plugin_timeout {
        limits.call = Duration::from_secs(u64::from(seconds));
    }
    let cache = default_cache_folder().and_then(|folder| match Cache::open(&folder) {
        Ok(cache) => Some(cache),
        Err(error) => {
            if !wanted.common.quiet {
                eprintln!(
                    "note: the cache of compiled plugins at {} is not used: {error}",
                    folder.display()
                );
            }
            None
        }
    });
    Ok(Sandbox::new(limits, cache)?)
}

/// Loads plugins and packs and numbers their rules.
pub(super) fn rulebook(wanted: &Wanted<'_>) -> Result<Rulebook, Refusal> {
    let sandbox = sandbox(wanted)?;
    let mut thoroughness = wanted.thoroughness;
    let mut plugins: Vec<Plugin> = Vec::new();
    for (name, bytes) in BUILT_IN_PLUGINS {
        plugins.push(sandbox.load(name, bytes, &Compiler::Inside)?);
    }
    let compiler = Compiler::Child(std::env::current_exe()?);
    for file in &wanted.common.plugin {
        let plugin = sandbox.load(&plugin_name(file), &read_plugin(file)?, &compiler)?;
        match plugins.iter_mut().find(|known| known.name() == plugin.name()) {
            Some(known) => {
                *known = plugin;
                // The built-in packs passed with the built-in plugin; what another makes of them is foreign.
                thoroughness = Thoroughness::All;
            }
            None => plugins.push(plugin),
        }
    }
    Ok(Rulebook::build(plugins, packs(wanted)?, thoroughness)?)
}

/// Reads a plugin's file.
pub(super) fn read_plugin(file: &Path) -> Result<Vec<u8>, Refusal> {
    let shown = file.display();
    let found = std::fs::metadata(file).map_err(|error| Refusal(format!("plugin {shown}: cannot be read: {error}")))?;
    if !found.is_file() || found.len() > MAX_PLUGIN {
        return Err(Refusal(format!(
            "plugin {shown}: expected a file of at most {} MiB",
            MAX_PLUGIN >> 20
        )));
    }
    std::fs::read(file).map_err(|error| Refusal(format!("plugin {shown}: cannot be read: {error}")))
}

/// What a plugin is called until it says so itself.
pub(super) fn plugin_name(file: &Path) -> String {
    file.file_stem().map_or_else(
        || file.display().to_string(),
        |stem| stem.to_string_lossy().into_owned(),
    )
}

fn packs(wanted: &Wanted<'_>) -> Result<Vec<RulePack>, Refusal> {
    let mut sources = Vec::new();
    if !wanted.common.no_built_in_rules && wanted.packs.is_none() {
        sources.push(pack::built_in()?);
    }
    for folder in wanted.packs.unwrap_or_default().iter().chain(&wanted.common.rules) {
        std::fs::metadata(folder).map_err(|error| Refusal(format!("rules {}: {error}", folder.display())))?;
        let packs = pack::read(folder)
            .map_err(|errors| Refusal(errors.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")))?;
        if packs.is_empty() {
            return Err(Refusal(format!(
                "{}: no rule pack there; expected *.yaml files",
                folder.display()
            )));
        }
        sources.push(packs);
    }
    Ok(pack::combine(sources)?)
}
