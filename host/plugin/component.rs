//! Makes one shape of the two that are accepted, and reads what can be known without running anything.

use serde::Deserialize;
use wasmparser::{ComponentExternalKind, Parser, Payload};

use super::INTERFACE_VERSION;
use super::failure::LoadError;
use crate::finding::obeyed;

/// The custom section in which a plugin says who it is, as JSON: read, never run.
const SECTION: &str = "casebook:plugin";

/// Longest name of a plugin, in bytes. It stands in every finding.
const MAX_NAME: usize = 128;

/// An interface of the package `casebook:rules` that a component names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Interface {
    /// Such as `logs`.
    pub name: String,
    /// Such as `0.1.0`.
    pub version: String,
}

impl Interface {
    fn parse(full: &str) -> Option<Self> {
        let (name, version) = full.strip_prefix("casebook:rules/")?.split_once('@')?;
        Some(Self {
            name: name.to_owned(),
            version: version.to_owned(),
        })
    }

    /// Whether the host's linker takes it for one of its own: the same `0.x` track.
    fn is_spoken(&self) -> bool {
        let track = |version: &str| version.split('.').take(2).map(str::to_owned).collect::<Vec<_>>();
        track(&self.version) == track(INTERFACE_VERSION)
    }
}

/// What a plugin says of itself in its custom section.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
pub struct Identity {
    /// Such as `log-signatures`.
    pub name: String,
    /// The plugin's own version.
    #[serde(default)]
    pub version: String,
    /// A sentence.
    #[serde(default)]
    pub description: String,
}

/// What can be told of a plugin without running it.
#[derive(Clone, Debug)]
pub struct Description {
    /// From the custom section, else from the file's name.
    pub identity: Identity,
    /// The interfaces that it exports.
    pub exports: Vec<Interface>,
    /// All that it imports, by full name.
    pub imports: Vec<String>,
    /// Whether a component had to be made of a core module.
    pub from_core_module: bool,
    /// Size as given, in bytes.
    pub size: usize,
    /// The component itself.
    pub(super) component: Vec<u8>,
}

/// Reads a plugin without running it.
///
/// # Errors
///
/// [`LoadError::NotAComponent`] for anything that is neither a component nor a core module with a component type;
/// [`LoadError::Import`], [`LoadError::Version`] and [`LoadError::NoRulebook`] for a plugin that this host cannot serve.
pub fn describe(name: &str, bytes: &[u8]) -> Result<Description, LoadError> {
    let not_a_component = |reason: String| LoadError::NotAComponent {
        name: name.to_owned(),
        reason,
    };
    let from_core_module = Parser::is_core_wasm(bytes);
    if !from_core_module && !Parser::is_component(bytes) {
        return Err(not_a_component("the file does not begin like WebAssembly".to_owned()));
    }
    wasmparser::Validator::new_with_features(wasmparser::WasmFeatures::default())
        .validate_all(bytes)
        .map_err(|error| not_a_component(error.to_string()))?;
    let component = if from_core_module {
        encode(bytes).map_err(not_a_component)?
    } else {
        bytes.to_vec()
    };
    let mut description = Description {
        identity: Identity {
            name: name.to_owned(),
            ..Identity::default()
        },
        exports: Vec::new(),
        imports: Vec::new(),
        from_core_module,
        size: bytes.len(),
        component: Vec::new(),
    };
    read_sections(&component, &mut description).map_err(not_a_component)?;
    description.component = component;
    let own_name = &description.identity.name;
    if own_name.is_empty() || own_name.len() > MAX_NAME || own_name.chars().any(|c| c.is_whitespace() || obeyed(c)) {
        let expected = format!("expected 1 to {MAX_NAME} bytes without spaces and control characters");
        return Err(not_a_component(format!(
            "the name in its section `{SECTION}` is none: {expected}"
        )));
    }
    refuse_what_cannot_be_served(name, &description)?;
    Ok(description)
}

/// Makes a component of a core module that carries its component type. The module is valid; what its section says of types
/// is not known to be, and the encoder trusts it so far that it panics over some of what it may find there.
fn encode(module: &[u8]) -> Result<Vec<u8>, String> {
    let encoded = std::panic::catch_unwind(|| {
        wit_component::ComponentEncoder::default()
            .module(module)
            .and_then(|encoder| encoder.validate(true).encode())
    });
    match encoded {
        Ok(component) => component.map_err(|error| format!("{error:#}").replace('\n', " ")),
        Err(_) => Err("its component type makes no sense".to_owned()),
    }
}

fn read_sections(component: &[u8], description: &mut Description) -> Result<(), String> {
    let mut depth = 0u32;
    for payload in Parser::new(0).parse_all(component) {
        match payload.map_err(|error| error.to_string())? {
            Payload::ModuleSection { .. } | Payload::ComponentSection { .. } => depth += 1,
            Payload::End(_) => depth = depth.saturating_sub(1),
            Payload::CustomSection(section) if section.name() == SECTION => {
                description.identity = serde_json::from_slice(section.data()).map_err(|error| {
                    format!("its section `{SECTION}` is no JSON of name, version, description: {error}")
                })?;
            }
            Payload::ComponentImportSection(imports) if depth == 0 => {
                for import in imports {
                    description
                        .imports
                        .push(import.map_err(|error| error.to_string())?.name.name.to_owned());
                }
            }
            Payload::ComponentExportSection(exports) if depth == 0 => {
                for export in exports {
                    let export = export.map_err(|error| error.to_string())?;
                    if export.kind == ComponentExternalKind::Instance {
                        description.exports.extend(Interface::parse(export.name.name));
                    }
                }
            }
            _ => {}
        }
    }
    Ok(())
}

fn refuse_what_cannot_be_served(name: &str, description: &Description) -> Result<(), LoadError> {
    let imported = description
        .imports
        .iter()
        .map(|import| (import, Interface::parse(import)));
    for (import, interface) in imported {
        match interface {
            Some(interface) if !interface.is_spoken() => return Err(version_error(name, &interface)),
            Some(interface) if matches!(interface.name.as_str(), "host" | "types") => {}
            _ => {
                return Err(LoadError::Import {
                    name: name.to_owned(),
                    import: import.clone(),
                    given: INTERFACE_VERSION,
                });
            }
        }
    }
    if let Some(interface) = description.exports.iter().find(|interface| !interface.is_spoken()) {
        return Err(version_error(name, interface));
    }
    if !description.exports.iter().any(|interface| interface.name == "rulebook") {
        return Err(LoadError::NoRulebook {
            name: name.to_owned(),
            spoken: INTERFACE_VERSION,
        });
    }
    Ok(())
}

fn version_error(name: &str, interface: &Interface) -> LoadError {
    let numbers = |version: &str| {
        version
            .split('.')
            .map(|part| part.parse::<u64>().unwrap_or(0))
            .collect::<Vec<_>>()
    };
    let advice = if numbers(&interface.version) > numbers(INTERFACE_VERSION) {
        "a newer Casebook is needed to run it"
    } else {
        "it has to be rebuilt"
    };
    LoadError::Version {
        name: name.to_owned(),
        interface: format!("casebook:rules/{}@{}", interface.name, interface.version),
        spoken: INTERFACE_VERSION,
        advice,
    }
}
