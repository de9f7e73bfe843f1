//! What can go wrong at the boundary, told apart by type.

use std::time::Duration;

use super::bindings::exports::casebook::rules::rulebook::Problem;

/// A plugin that cannot be loaded at all. The run does not begin.
#[derive(Debug, thiserror::Error)]
pub enum LoadError {
    /// The file could not be read.
    #[error("plugin {name}: cannot be read: {source}")]
    Unreadable {
        /// What the user called it.
        name: String,
        /// Why.
        source: std::io::Error,
    },
    /// Neither a component nor a core module that carries its component type.
    #[error(
        "plugin {name}: is no WebAssembly component: {reason}; build it as a component, or as a core module with wit-bindgen"
    )]
    NotAComponent {
        /// What the user called it.
        name: String,
        /// What the parser said.
        reason: String,
    },
    /// It wants something that plugins do not get.
    #[error(
        "plugin {name}: imports `{import}`, which Casebook does not give to plugins; it gives `casebook:rules/host@{given}` and nothing else"
    )]
    Import {
        /// What the user called it.
        name: String,
        /// The import's full name.
        import: String,
        /// The version that the host gives.
        given: &'static str,
    },
    /// Built for interfaces that this host does not speak.
    #[error("plugin {name}: was built for `{interface}`, this Casebook speaks version {spoken}; {advice}")]
    Version {
        /// What the user called it.
        name: String,
        /// The interface as the plugin names it.
        interface: String,
        /// The version that the host speaks.
        spoken: &'static str,
        /// What to do.
        advice: &'static str,
    },
    /// It exports nothing that the host could call.
    #[error("plugin {name}: exports no rules: `casebook:rules/rulebook@{spoken}` is missing")]
    NoRulebook {
        /// What the user called it.
        name: String,
        /// The version that the host speaks.
        spoken: &'static str,
    },
    /// Compiling it failed or went past the compiler's own limits.
    #[error("plugin {name}: cannot be compiled: {reason}")]
    Compile {
        /// What the user called it.
        name: String,
        /// What the compiler said.
        reason: String,
    },
    /// Its imports and exports do not have the types of `wit/`.
    #[error("plugin {name}: does not fit the interfaces: {reason}")]
    Types {
        /// What the user called it.
        name: String,
        /// What does not fit.
        reason: String,
    },
    /// The engine itself could not be set up.
    #[error("the WebAssembly engine cannot be set up on this machine: {0}")]
    Engine(String),
}

/// A plugin that went wrong while it ran: a coverage record, never the end of the run. After any of these but `Refused`
/// the instance is dead.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum PluginFailure {
    /// Its time was up.
    #[error("did not answer within {} s and was stopped", .0.as_secs_f64())]
    Deadline(Duration),
    /// It asked for more memory than its limit.
    #[error("asked for more than its {} MiB of memory", .0 >> 20)]
    Memory(usize),
    /// It asked for larger tables than its limit.
    #[error("asked for more than its {0} table entries")]
    Tables(usize),
    /// It called itself too deeply.
    #[error("recursed until its stack was full")]
    Stack,
    /// It trapped: a panic, an access out of bounds, an impossible instruction.
    #[error("trapped: {0}")]
    Trap(String),
    /// What it returned could not be read: too large, or not of the types that `wit/` names.
    #[error("gave an answer that could not be read: {0}")]
    Answer(String),
    /// It could not be instantiated.
    #[error("could not be started: {0}")]
    Start(String),
    /// It said itself that it cannot judge this; the instance goes on.
    #[error("could not judge: {0}")]
    Refused(String),
    /// It answered with something that cannot be: a rule that it never declared, a record that it was not shown.
    #[error("answered nonsense: {0}")]
    Nonsense(String),
}

impl PluginFailure {
    /// Whether the instance may be called again.
    pub fn instance_survives(&self) -> bool {
        matches!(self, Self::Refused(_))
    }
}

/// Why packs did not become rules.
#[derive(Debug)]
pub enum RulebookError {
    /// The plugin named what is wrong in the packs.
    Problems(Vec<Problem>),
    /// The plugin itself failed.
    Failure(PluginFailure),
}
