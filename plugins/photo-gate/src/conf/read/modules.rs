//! Which modules a server has.
//!
//! Comes in: `LoadModule`s, in order. Goes out: whether a module is there, by its identifier (`rewrite_module`) or its file
//! (`mod_rewrite.c`). Never here: what a module does.
//!
//! A file that loads modules says which there are, apart from those that are compiled in, of which nobody told. A file
//! without a single `LoadModule` is a part of some configuration and says nothing; then a module counts as loaded, as the
//! author of the section hoped, unless it belongs to the other httpd.

use std::collections::BTreeSet;

use super::super::Version;

/// Modules that are compiled in wherever httpd is built.
const ALWAYS: [&str; 3] = ["core", "so", "http"];

/// Modules that some builds compile in and others load. None of them decides about access.
const SOMETIMES: [&str; 14] = [
    "unixd",
    "log_config",
    "logio",
    "version",
    "watchdog",
    "systemd",
    "mpm_event",
    "mpm_worker",
    "mpm_prefork",
    "mpm_winnt",
    "event",
    "worker",
    "prefork",
    "win32",
];

/// Modules that came with 2.4.
const NEW_IN_24: [&str; 12] = [
    "authz_core",
    "authn_core",
    "access_compat",
    "unixd",
    "macro",
    "remoteip",
    "was_ap24",
    "was_ap24_http",
    "socache_shmcb",
    "slotmem_shm",
    "allowmethods",
    "proxy_fcgi",
];

/// Modules that went with 2.2.
const GONE_IN_24: [&str; 4] = ["authz_default", "authn_default", "was_ap22", "was_ap22_http"];

/// The modules that are loaded at some place of the configuration.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Modules {
    /// Names without `mod_`, `_module` and `.c`.
    loaded: BTreeSet<String>,
    /// Whether the configuration loads any.
    says: bool,
}

/// Whether a module is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Presence {
    /// It is.
    Loaded,
    /// It is not.
    Absent,
    /// Nobody knows; for now it counts as this.
    Assumed(bool),
}

impl Modules {
    /// No modules yet, of a configuration that loads some, or none at all.
    pub(super) fn new(says: bool) -> Self {
        Self {
            loaded: BTreeSet::new(),
            says,
        }
    }

    /// Takes in a `LoadModule`.
    pub(super) fn load(&mut self, identifier: &str, file: &str) {
        self.loaded.insert(bare(identifier).to_owned());
        let file = file.rsplit(['/', '\\']).next().unwrap_or(file);
        let file = file.strip_suffix(".so").or_else(|| file.strip_suffix(".dll"));
        if let Some(file) = file.filter(|file| file.starts_with("mod_")) {
            self.loaded.insert(bare(file).to_owned());
        }
    }

    /// Whether a module is there, by its identifier or by its file.
    pub fn presence(&self, name: &str, version: Version) -> Presence {
        let name = bare(name);
        // `mod_mpm_event.so` is built of `event.c`.
        let of_mpm = matches!(name, "event" | "worker" | "prefork") && self.loaded.contains(&format!("mpm_{name}"));
        if ALWAYS.contains(&name) || self.loaded.contains(name) || of_mpm {
            return Presence::Loaded;
        }
        let belongs = match version {
            Version::V22 => !NEW_IN_24.contains(&name),
            Version::V24 => !GONE_IN_24.contains(&name),
        };
        if !belongs {
            return Presence::Absent;
        }
        if SOMETIMES.contains(&name) || !self.says {
            return Presence::Assumed(true);
        }
        Presence::Absent
    }
}

/// The name without what identifiers and files have around it.
fn bare(name: &str) -> &str {
    let name = name.strip_suffix(".c").unwrap_or(name);
    let name = name.strip_suffix("_module").unwrap_or(name);
    name.strip_prefix("mod_").unwrap_or(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_module_is_known_by_its_identifier_and_by_its_file() {
        let mut modules = Modules::new(true);
        modules.load("rewrite_module", "modules/mod_rewrite.so");
        modules.load("was_ap22_module", "/opt/mod_was_ap22_http.so");
        modules.load("mpm_event_module", "modules/mod_mpm_event.so");
        let of = |name| modules.presence(name, Version::V22);
        for name in [
            "mod_rewrite.c",
            "rewrite_module",
            "core.c",
            "mod_was_ap22_http.c",
            "event.c",
        ] {
            assert_eq!(of(name), Presence::Loaded, "{name}");
        }
        assert_eq!(of("mod_alias.c"), Presence::Absent);
        assert_eq!(of("mod_authz_core.c"), Presence::Absent);
        assert_eq!(of("mod_log_config.c"), Presence::Assumed(true));
    }

    #[test]
    fn a_fragment_says_nothing_about_modules() {
        let modules = Modules::new(false);
        assert_eq!(modules.presence("mod_rewrite.c", Version::V24), Presence::Assumed(true));
        assert_eq!(modules.presence("authz_core_module", Version::V22), Presence::Absent);
        assert_eq!(modules.presence("authz_default_module", Version::V24), Presence::Absent);
    }
}
