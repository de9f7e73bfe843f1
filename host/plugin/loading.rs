//! From bytes to a plugin that can be instantiated.

use std::thread;
use std::time::Duration;

use wasmtime::component::{Component, HasSelf, InstancePre, Linker};
use wasmtime::{Engine, EngineWeak};

use super::bindings::Everything;
use super::bindings::exports::casebook::rules::{access, configs, logs, rulebook};
use super::cache::Cache;
use super::compile::{self, Compiler};
use super::component::{Description, describe};
use super::failure::{LoadError, PluginFailure, RulebookError};
use super::instance::Instance;
use super::limits::{Account, Limits};
use super::{Pack, Rule};
use crate::model::PluginName;

/// How often the epoch advances. 10 ms: a deadline is met to within a tick, and a hundred ticks a second are nothing.
const TICK: Duration = Duration::from_millis(10);

/// The engine with all that plugins share: settings, the linker with the one import, the clock of deadlines.
pub struct Sandbox {
    engine: Engine,
    linker: Linker<Account>,
    limits: Limits,
    cache: Option<Cache>,
}

impl Sandbox {
    /// Sets up the engine and starts the thread that counts epochs.
    ///
    /// # Errors
    ///
    /// [`LoadError::Engine`] where WebAssembly cannot be run at all.
    pub fn new(limits: Limits, cache: Option<Cache>) -> Result<Self, LoadError> {
        let fail = |error: wasmtime::Error| LoadError::Engine(format!("{error:#}"));
        let engine = compile::engine(&limits).map_err(fail)?;
        let mut linker = Linker::new(&engine);
        Everything::add_to_linker::<_, HasSelf<Account>>(&mut linker, |account| account).map_err(fail)?;
        count_epochs(engine.weak()).map_err(|error| LoadError::Engine(error.to_string()))?;
        Ok(Self {
            engine,
            linker,
            limits,
            cache,
        })
    }

    /// Loads a plugin. `name` is what the user calls it; the plugin's own name comes from its custom section.
    ///
    /// # Errors
    ///
    /// See [`LoadError`]: nothing of the plugin has run when it is refused.
    pub fn load(&self, name: &str, bytes: &[u8], compiler: &Compiler) -> Result<Plugin, LoadError> {
        let description = describe(name, bytes)?;
        let component = self.component(name, &description, compiler)?;
        let types = |error: wasmtime::Error| LoadError::Types {
            name: name.to_owned(),
            reason: format!("{error:#}").replace('\n', " "),
        };
        let pre = self.linker.instantiate_pre(&component).map_err(types)?;
        let rulebook = rulebook::GuestIndices::new(&pre).map_err(types)?;
        let exports = |interface: &str| description.exports.iter().any(|export| export.name == interface);
        let logs = if exports("logs") {
            Some(logs::GuestIndices::new(&pre).map_err(types)?)
        } else {
            None
        };
        let configs = if exports("configs") {
            Some(configs::GuestIndices::new(&pre).map_err(types)?)
        } else {
            None
        };
        let access = if exports("access") {
            Some(access::GuestIndices::new(&pre).map_err(types)?)
        } else {
            None
        };
        Ok(Plugin {
            name: PluginName::from(description.identity.name.as_str()),
            description,
            pre,
            rulebook,
            logs,
            configs,
            access,
            limits: self.limits.clone(),
        })
    }

    fn component(&self, name: &str, description: &Description, compiler: &Compiler) -> Result<Component, LoadError> {
        let bytes = &description.component;
        let compile = |reason: String| LoadError::Compile {
            name: name.to_owned(),
            reason,
        };
        if let Some(code) = self.cache.as_ref().and_then(|cache| cache.get(&self.engine, bytes))
            && let Ok(component) = self.deserialize(&code)
        {
            return Ok(component);
        }
        let code = compile::compile(compiler, &self.engine, bytes).map_err(compile)?;
        let component = self.deserialize(&code).map_err(|error| compile(format!("{error:#}")))?;
        if let Some(cache) = &self.cache {
            // A cache that cannot be written costs time at the next start, and nothing else.
            let _ = cache.put(&self.engine, bytes, &code);
        }
        Ok(component)
    }

    #[allow(unsafe_code, reason = "the only way to load compiled code")]
    fn deserialize(&self, code: &[u8]) -> wasmtime::Result<Component> {
        // SAFETY: `deserialize` must get what `precompile_component` gave, unchanged. Both callers see to it: the code
        // comes from the compiler that was called just now, or from a cache entry whose MAC, under a key that only this
        // user can read, was verified over every byte of it. No code is ever taken from outside.
        unsafe { Component::deserialize(&self.engine, code) }
    }
}

/// The clock runs as long as anything holds the engine. Plugins and instances do, and they outlive the sandbox: a clock
/// that ended with it would leave them without a deadline.
fn count_epochs(engine: EngineWeak) -> std::io::Result<()> {
    thread::Builder::new()
        .name("plugin-deadlines".to_owned())
        .spawn(move || {
            while let Some(engine) = engine.upgrade() {
                engine.increment_epoch();
                drop(engine);
                thread::sleep(TICK);
            }
        })?;
    Ok(())
}

/// How many ticks a call gets. One more than the time fills, since the first may end at once.
pub(super) fn ticks(limit: Duration) -> u64 {
    u64::try_from(limit.as_millis() / TICK.as_millis())
        .unwrap_or(u64::MAX)
        .saturating_add(1)
}

/// A plugin, checked and linked, of which instances are made.
pub struct Plugin {
    name: PluginName,
    description: Description,
    pub(super) pre: InstancePre<Account>,
    pub(super) rulebook: rulebook::GuestIndices,
    pub(super) logs: Option<logs::GuestIndices>,
    pub(super) configs: Option<configs::GuestIndices>,
    pub(super) access: Option<access::GuestIndices>,
    pub(super) limits: Limits,
}

impl Plugin {
    /// The plugin's own name.
    pub fn name(&self) -> &PluginName {
        &self.name
    }

    /// What was read of it without running it.
    pub fn description(&self) -> &Description {
        &self.description
    }

    /// Whether it judges logs.
    pub fn judges_logs(&self) -> bool {
        self.logs.is_some()
    }

    /// Whether it judges configuration.
    pub fn judges_configs(&self) -> bool {
        self.configs.is_some()
    }

    /// Whether it decides requests.
    pub fn decides_requests(&self) -> bool {
        self.access.is_some()
    }

    /// The rules that the packs become, and the instance that knows them now. It has seen no environment yet, so the
    /// first one may use it: loading thousands of rules is most of what a start costs.
    ///
    /// # Errors
    ///
    /// What the plugin found wrong in the packs, or how it failed: also, when it is instantiated here for the first time,
    /// that its exports do not have the types of `wit/`.
    pub fn rules(&self, packs: &[Pack]) -> Result<(Vec<Rule>, Instance), RulebookError> {
        let mut instance = Instance::start(self).map_err(RulebookError::Failure)?;
        let rules = instance.load(packs)?;
        Ok((rules, instance))
    }

    /// A fresh instance that knows the packs.
    ///
    /// # Errors
    ///
    /// How it failed. Packs were accepted when the run began, so problems in them are nonsense by now.
    pub fn instance(&self, packs: &[Pack]) -> Result<Instance, PluginFailure> {
        let mut instance = Instance::start(self)?;
        match instance.load(packs) {
            Ok(_) => Ok(instance),
            Err(RulebookError::Failure(failure)) => Err(failure),
            Err(RulebookError::Problems(_)) => Err(PluginFailure::Nonsense(
                "refused packs that it had accepted before".to_owned(),
            )),
        }
    }
}
