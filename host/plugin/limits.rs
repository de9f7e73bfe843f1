//! What a plugin may use, and the accounts that hold it to that.

use std::time::Duration;

use wasmtime::ResourceLimiter;

use super::bindings::casebook::rules::{host, types};
use crate::finding::obeyed;

/// The budget of one plugin instance.
#[derive(Clone, Debug)]
pub struct Limits {
    /// Bytes of linear memory, added up over all memories of the instance. 256 MiB: room for an interpreter beside
    /// its largest batch, and more than a whole scan takes without it.
    pub memory: usize,
    /// Entries of tables, added up. 1,000,000: a table holds a program's functions, and few have more.
    pub table_entries: usize,
    /// Core instances, memories and tables, each. 1,000: a Python component has more than 20 core instances.
    pub instances: usize,
    /// Bytes of stack. 512 KiB, wasmtime's own default: hostile recursion ends early, and the built-in plugin needs far less.
    pub stack: usize,
    /// Wall-clock time for one call. 10 s: a batch takes milliseconds; an interpreter that starts up takes one or two
    /// seconds on a slow machine. It is a backstop, so generous that a loaded machine does not change a run's findings.
    pub call: Duration,
    /// Bytes that the host copies out of one answer. 16 MiB: findings for every record of a full batch fit.
    pub answer: usize,
    /// Lines that an instance may log, each cut at 1 KiB.
    pub log_lines: u32,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            memory: 256 << 20,
            table_entries: 1_000_000,
            instances: 1_000,
            stack: 512 << 10,
            call: Duration::from_secs(10),
            answer: 16 << 20,
            log_lines: LOG_LINES,
        }
    }
}

/// Lines that a plugin may log in a run, as `wit/` promises: what somebody may still read.
pub const LOG_LINES: u32 = 1_000;

/// Where a logged line is cut, in bytes.
const LOG_LINE: usize = 1024;

/// A line that a plugin logged.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LoggedLine {
    /// `error`, `warn`, `info`, `debug` or `trace`.
    pub level: &'static str,
    /// The text, control characters replaced.
    pub text: String,
}

/// The state of one store: its accounts.
pub(super) struct Account {
    limits: Limits,
    memory: usize,
    table_entries: usize,
    /// Remembered, because the guest only sees `memory.grow` fail and then panics: without this, "out of memory" would be
    /// reported as a trap.
    pub(super) memory_refused: bool,
    pub(super) tables_refused: bool,
    pub(super) log: Vec<LoggedLine>,
    pub(super) log_refused: u64,
    logged: u32,
}

impl Account {
    pub(super) fn new(limits: Limits) -> Self {
        Self {
            limits,
            memory: 0,
            table_entries: 0,
            memory_refused: false,
            tables_refused: false,
            log: Vec::new(),
            log_refused: 0,
            logged: 0,
        }
    }
}

impl ResourceLimiter for Account {
    fn memory_growing(&mut self, current: usize, desired: usize, _maximum: Option<usize>) -> wasmtime::Result<bool> {
        let total = self.memory.saturating_add(desired.saturating_sub(current));
        let granted = total <= self.limits.memory;
        if granted {
            self.memory = total;
        } else {
            self.memory_refused = true;
        }
        Ok(granted)
    }

    fn table_growing(&mut self, current: usize, desired: usize, _maximum: Option<usize>) -> wasmtime::Result<bool> {
        let total = self.table_entries.saturating_add(desired.saturating_sub(current));
        let granted = total <= self.limits.table_entries;
        if granted {
            self.table_entries = total;
        } else {
            self.tables_refused = true;
        }
        Ok(granted)
    }

    fn instances(&self) -> usize {
        self.limits.instances
    }

    fn tables(&self) -> usize {
        self.limits.instances
    }

    fn memories(&self) -> usize {
        self.limits.instances
    }
}

impl types::Host for Account {}

impl host::Host for Account {
    fn log(&mut self, level: host::Level, text: String) {
        if self.logged >= self.limits.log_lines {
            self.log_refused += 1;
            return;
        }
        self.logged += 1;
        let cut = text.floor_char_boundary(LOG_LINE);
        let text = text[..cut].chars().map(|c| if obeyed(c) { ' ' } else { c }).collect();
        let level = match level {
            host::Level::Error => "error",
            host::Level::Warn => "warn",
            host::Level::Info => "info",
            host::Level::Debug => "debug",
            host::Level::Trace => "trace",
        };
        self.log.push(LoggedLine { level, text });
    }
}
