//! `casebook plugin …`.

use std::fmt::Write as _;
use std::path::Path;

use serde_json::json;

use super::arguments::{Common, InspectFormat, PluginVerb};
use super::load::{BUILT_IN_PLUGINS, plugin_name, read_plugin};
use super::{Refusal, print};
use crate::plugin::{Description, describe};
use crate::report::ExitStatus;

pub(super) fn run(verb: &PluginVerb, _common: &Common) -> Result<ExitStatus, Refusal> {
    match verb {
        PluginVerb::Inspect { file, format } => inspect(file, *format),
    }
}

fn inspect(file: &Path, format: InspectFormat) -> Result<ExitStatus, Refusal> {
    let built_in = BUILT_IN_PLUGINS
        .iter()
        .find(|(name, _)| Path::new(name) == file && !file.exists());
    let description = match built_in {
        Some((name, bytes)) => describe(name, bytes)?,
        None => describe(&plugin_name(file), &read_plugin(file)?)?,
    };
    match format {
        InspectFormat::Json => print(&format!("{:#}\n", as_json(&description))),
        InspectFormat::Text => print(&as_text(&description)),
    }
}

fn as_json(description: &Description) -> serde_json::Value {
    let exports: Vec<_> = description
        .exports
        .iter()
        .map(|export| json!({"interface": export.name, "version": export.version}))
        .collect();
    json!({
        "name": description.identity.name,
        "version": description.identity.version,
        "description": description.identity.description,
        "exports": exports,
        "imports": description.imports,
        "shape": if description.from_core_module { "core module" } else { "component" },
        "bytes": description.size,
    })
}

fn as_text(description: &Description) -> String {
    let identity = &description.identity;
    let clean = |text: &str| crate::finding::printable(text).into_owned();
    let mut text = format!("{} {}\n", clean(&identity.name), clean(&identity.version));
    if !identity.description.is_empty() {
        let _ = writeln!(text, "{}", clean(&identity.description));
    }
    let _ = writeln!(text, "\nexports");
    for export in &description.exports {
        let what = match export.name.as_str() {
            "rulebook" => "knows rules",
            "logs" => "judges logs",
            "configs" => "judges configuration",
            "access" => "decides requests",
            _ => "not known to this Casebook, never called",
        };
        let _ = writeln!(text, "  {:10} {:8} {what}", clean(&export.name), clean(&export.version));
    }
    let _ = writeln!(text, "\nimports");
    for import in &description.imports {
        let _ = writeln!(text, "  {}", clean(import));
    }
    if description.imports.is_empty() {
        let _ = writeln!(text, "  nothing");
    }
    let shape = if description.from_core_module {
        "core module with a component type"
    } else {
        "component"
    };
    let _ = writeln!(text, "\n{shape}, {} bytes; nothing of it was run", description.size);
    text
}
