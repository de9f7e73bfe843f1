//! One running plugin: a store with its accounts, and the calls into it.

use wasmtime::{Store, Trap};

use super::bindings::exports::casebook::rules::{access, configs, logs, rulebook};
use super::failure::{PluginFailure, RulebookError};
use super::limits::{Account, Limits, LoggedLine};
use super::loading::{Plugin, ticks};
use super::{
    AddressSet, Answer, Batch, Decisions, Explanation, Failure, Interest, Pack, Policy, Requests, Rule, StreamInfo,
    WireConfigFinding, WireSite,
};

/// An instance of a plugin. It is used by one thread at a time, for one environment, and never again after a failure that
/// it does not survive.
pub struct Instance {
    store: Store<Account>,
    rulebook: rulebook::Guest,
    logs: Option<logs::Guest>,
    configs: Option<configs::Guest>,
    access: Option<access::Guest>,
    has_policies: bool,
    limits: Limits,
    alive: bool,
}

impl Instance {
    pub(super) fn start(plugin: &Plugin) -> Result<Self, PluginFailure> {
        let mut store = Store::new(plugin.pre.engine(), Account::new(plugin.limits.clone()));
        store.limiter(|account| account);
        store.set_hostcall_fuel(plugin.limits.answer);
        // Before instantiation: a start function is foreign code like any other.
        store.set_epoch_deadline(ticks(plugin.limits.call));
        let start = |store: &mut Store<Account>| -> wasmtime::Result<_> {
            let instance = plugin.pre.instantiate(&mut *store)?;
            let rulebook = plugin.rulebook.load(&mut *store, &instance)?;
            let logs = plugin
                .logs
                .as_ref()
                .map(|logs| logs.load(&mut *store, &instance))
                .transpose()?;
            let configs = plugin
                .configs
                .as_ref()
                .map(|configs| configs.load(&mut *store, &instance))
                .transpose()?;
            let access = plugin
                .access
                .as_ref()
                .map(|access| access.load(&mut *store, &instance))
                .transpose()?;
            Ok((rulebook, logs, configs, access))
        };
        match start(&mut store) {
            Ok((rulebook, logs, configs, access)) => Ok(Self {
                store,
                rulebook,
                logs,
                configs,
                access,
                has_policies: false,
                limits: plugin.limits.clone(),
                alive: true,
            }),
            Err(error) => Err(match classify(&store, &plugin.limits, &error) {
                PluginFailure::Answer(reason) => PluginFailure::Start(reason),
                known => known,
            }),
        }
    }

    pub(super) fn load(&mut self, packs: &[Pack]) -> Result<Vec<Rule>, RulebookError> {
        let rulebook = &self.rulebook;
        self.store.set_epoch_deadline(ticks(self.limits.call));
        match rulebook.call_load(&mut self.store, packs) {
            Ok(Ok(rules)) => Ok(rules),
            Ok(Err(problems)) => Err(RulebookError::Problems(problems)),
            Err(error) => Err(RulebookError::Failure(self.die(&error))),
        }
    }

    /// A stream begins.
    ///
    /// # Errors
    ///
    /// See [`PluginFailure`].
    pub fn open(&mut self, stream: u32, info: &StreamInfo) -> Result<(), PluginFailure> {
        self.call(|logs, store| logs.call_open(store, stream, info))
    }

    /// The next records of a stream.
    ///
    /// # Errors
    ///
    /// See [`PluginFailure`].
    pub fn observe(&mut self, stream: u32, batch: &Batch) -> Result<Answer, PluginFailure> {
        self.call(|logs, store| logs.call_observe(store, stream, batch))
    }

    /// A stream has ended.
    ///
    /// # Errors
    ///
    /// See [`PluginFailure`].
    pub fn close(&mut self, stream: u32) -> Result<Answer, PluginFailure> {
        self.call(|logs, store| logs.call_close(store, stream))
    }

    /// What the plugin wants to see of a site; nothing where it does not judge configuration.
    ///
    /// # Errors
    ///
    /// See [`PluginFailure`].
    pub fn wants(&mut self) -> Result<Vec<Interest>, PluginFailure> {
        let Some(configs) = self.configs.as_ref().filter(|_| self.alive) else {
            return Ok(Vec::new());
        };
        self.store.set_epoch_deadline(ticks(self.limits.call));
        match configs.call_wants(&mut self.store) {
            Ok(interests) => Ok(interests),
            Err(error) => Err(self.die(&error)),
        }
    }

    /// Judges the configuration of a site.
    ///
    /// # Errors
    ///
    /// See [`PluginFailure`].
    pub fn check(&mut self, site: &WireSite) -> Result<Vec<WireConfigFinding>, PluginFailure> {
        let Some(configs) = self.configs.as_ref().filter(|_| self.alive) else {
            return Err(PluginFailure::Start(
                "it does not judge configuration, or has failed before".to_owned(),
            ));
        };
        self.store.set_epoch_deadline(ticks(self.limits.call));
        let answer = configs.call_check(&mut self.store, site);
        self.settled(answer)
    }

    /// Reads the policies of a site, in the order of their numbers.
    ///
    /// # Errors
    ///
    /// See [`PluginFailure`].
    pub fn open_policies(&mut self, site: &WireSite) -> Result<Vec<Policy>, PluginFailure> {
        let policies = self.access(|access, store| access.call_open(store, site))?;
        self.has_policies = true;
        Ok(policies)
    }

    /// Whether it has read the policies of a site.
    pub fn has_policies(&self) -> bool {
        self.has_policies
    }

    /// Decides requests by a policy.
    ///
    /// # Errors
    ///
    /// See [`PluginFailure`].
    pub fn decide(&mut self, policy: u32, requests: &Requests) -> Result<Decisions, PluginFailure> {
        self.access(|access, store| access.call_decide(store, policy, requests))
    }

    /// Says what a policy does with a request, step by step.
    ///
    /// # Errors
    ///
    /// See [`PluginFailure`].
    pub fn explain(&mut self, policy: u32, request: &[u8]) -> Result<Explanation, PluginFailure> {
        self.access(|access, store| access.call_explain(store, policy, request))
    }

    /// Computes which addresses a policy lets in with a request.
    ///
    /// # Errors
    ///
    /// See [`PluginFailure`].
    pub fn addresses(&mut self, policy: u32, request: &[u8]) -> Result<AddressSet, PluginFailure> {
        self.access(|access, store| access.call_addresses(store, policy, request))
    }

    fn access<T>(
        &mut self,
        call: impl FnOnce(&access::Guest, &mut Store<Account>) -> wasmtime::Result<Result<T, Failure>>,
    ) -> Result<T, PluginFailure> {
        let Some(access) = self.access.as_ref().filter(|_| self.alive) else {
            return Err(PluginFailure::Start(
                "it does not decide requests, or has failed before".to_owned(),
            ));
        };
        self.store.set_epoch_deadline(ticks(self.limits.call));
        let answer = call(access, &mut self.store);
        self.settled(answer)
    }

    /// Whether it may be called again.
    pub fn is_alive(&self) -> bool {
        self.alive
    }

    /// Takes what the plugin has logged since the last time, and how many lines were beyond its budget.
    pub fn take_log(&mut self) -> (Vec<LoggedLine>, u64) {
        let account = self.store.data_mut();
        (
            std::mem::take(&mut account.log),
            std::mem::take(&mut account.log_refused),
        )
    }

    fn call<T>(
        &mut self,
        call: impl FnOnce(&logs::Guest, &mut Store<Account>) -> wasmtime::Result<Result<T, Failure>>,
    ) -> Result<T, PluginFailure> {
        let Some(logs) = self.logs.as_ref().filter(|_| self.alive) else {
            return Err(PluginFailure::Start(
                "it does not judge logs, or has failed before".to_owned(),
            ));
        };
        self.store.set_epoch_deadline(ticks(self.limits.call));
        let answer = call(logs, &mut self.store);
        self.settled(answer)
    }

    /// What an answer that may be the plugin's own refusal, or its end, comes to.
    fn settled<T>(&mut self, answer: wasmtime::Result<Result<T, Failure>>) -> Result<T, PluginFailure> {
        match answer {
            Ok(Ok(answer)) => Ok(answer),
            Ok(Err(Failure::BadInput(reason) | Failure::Internal(reason))) => {
                Err(PluginFailure::Refused(one_line(&reason)))
            }
            Err(error) => Err(self.die(&error)),
        }
    }

    /// No cleaning up happens in a guest that has trapped: its memory is whatever it was at that moment.
    fn die(&mut self, error: &wasmtime::Error) -> PluginFailure {
        self.alive = false;
        classify(&self.store, &self.limits, error)
    }
}

/// Tells failures apart by type. A refused allocation comes first: the guest answers it with a panic of its own.
fn classify(store: &Store<Account>, limits: &Limits, error: &wasmtime::Error) -> PluginFailure {
    let account = store.data();
    if account.memory_refused {
        return PluginFailure::Memory(limits.memory);
    }
    if account.tables_refused {
        return PluginFailure::Tables(limits.table_entries);
    }
    match error.downcast_ref::<Trap>() {
        Some(Trap::Interrupt) => PluginFailure::Deadline(limits.call),
        Some(Trap::StackOverflow) => PluginFailure::Stack,
        Some(trap) => PluginFailure::Trap(trap.to_string().trim_start_matches("wasm trap: ").to_owned()),
        None => PluginFailure::Answer(one_line(&error.root_cause().to_string())),
    }
}

/// What foreign code says is cut and kept on one line before it is shown.
fn one_line(text: &str) -> String {
    let cut = text.floor_char_boundary(400); // enough for a sentence
    text[..cut]
        .chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect()
}
