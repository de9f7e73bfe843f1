//! What the scopes that apply to a request make of each other.
//!
//! Comes in: the settings of single scopes. Goes out: those in force. Never here: which scopes apply.
//!
//! Rules are not collected: those of the last scope that has anything of mod_rewrite replace those before, even if it has none,
//! unless `RewriteOptions` says otherwise. In 2.2 a scope also forgets whether the engine was on.

use std::borrow::Cow;
use std::sync::Arc;

use super::rule::Rule;
use crate::conf::Version;

/// `RewriteOptions`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Options {
    /// `Inherit`
    pub inherit: bool,
    /// `InheritBefore`
    pub inherit_before: bool,
    /// `InheritDown`
    pub inherit_down: bool,
    /// `InheritDownBefore`
    pub inherit_down_before: bool,
    /// `IgnoreInherit`
    pub ignore_inherit: bool,
    /// `AllowNoSlash`
    pub allow_no_slash: bool,
    /// `AllowAnyURI`
    pub allow_any_uri: bool,
    /// `MergeBase`
    pub merge_base: bool,
    /// `IgnoreContextInfo`
    pub ignore_context_info: bool,
    /// `LegacyPrefixDocRoot`
    pub legacy_prefix_docroot: bool,
    /// `UnsafePrefixStat`
    pub unsafe_prefix_stat: bool,
}

/// What a scope says about rewriting.
#[derive(Debug, Default)]
pub struct Settings {
    /// `RewriteEngine`
    pub enabled: Option<bool>,
    /// `RewriteOptions`
    pub options: Option<Options>,
    /// `RewriteBase`
    pub base: Option<Vec<u8>>,
    /// The rules.
    pub rules: Vec<Arc<Rule>>,
}

/// Settings in force.
#[derive(Debug, Clone)]
pub(super) struct InForce<'r> {
    pub(super) enabled: Option<bool>,
    pub(super) options: Option<Options>,
    pub(super) base: Option<&'r [u8]>,
    /// What httpd takes for the folder of the last section, with a slash at its end.
    pub(super) directory: Option<&'r str>,
    pub(super) rules: Cow<'r, [Arc<Rule>]>,
}

impl<'r> InForce<'r> {
    /// The settings of nothing.
    pub(super) fn nothing() -> Self {
        Self {
            enabled: None,
            options: None,
            base: None,
            directory: None,
            rules: Cow::Borrowed(&[]),
        }
    }

    /// The settings of a scope, and of the section's folder. The rules of a server are not among them: they belong to another
    /// moment.
    pub(super) fn of(settings: &'r Settings, directory: Option<&'r str>) -> Self {
        Self {
            enabled: settings.enabled,
            options: settings.options,
            base: settings.base.as_deref(),
            directory,
            rules: Cow::Borrowed(if directory.is_some() { &settings.rules } else { &[] }),
        }
    }

    pub(super) fn options(&self) -> Options {
        self.options.unwrap_or_default()
    }

    /// With those of a later scope.
    pub(super) fn merged(self, over: InForce<'r>, version: Version) -> Self {
        let is_24 = version == Version::V24;
        let options = over.options.or(self.options.filter(|_| is_24));
        let own = options.unwrap_or_default();
        let rules = merged_rules(self.rules, over.rules, own, self.options.unwrap_or_default());
        Self {
            enabled: over.enabled.or(self.enabled.filter(|_| is_24)),
            options,
            base: over.base.or(self.base.filter(|_| own.merge_base)),
            directory: over.directory,
            rules,
        }
    }
}

/// Whether rules of the scope before count too.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Inherited {
    /// After the scope's own.
    After,
    /// Before them.
    Before,
}

/// Whether a scope with those options takes over from one with these.
pub(super) fn inherits(own: Options, before: Options) -> Option<Inherited> {
    if own.inherit || before.inherit_down && !own.ignore_inherit {
        Some(Inherited::After)
    } else if own.inherit_before || before.inherit_down_before && !own.ignore_inherit {
        Some(Inherited::Before)
    } else {
        None
    }
}

/// The rules of a scope together with those before it.
pub(super) fn merged_rules<'r>(
    base: Cow<'r, [Arc<Rule>]>,
    own: Cow<'r, [Arc<Rule>]>,
    options: Options,
    options_before: Options,
) -> Cow<'r, [Arc<Rule>]> {
    let joined = |first: &[Arc<Rule>], then: &[Arc<Rule>]| -> Cow<'r, [Arc<Rule>]> {
        Cow::Owned(first.iter().chain(then).cloned().collect())
    };
    match inherits(options, options_before) {
        Some(Inherited::After) => joined(&own, &base),
        Some(Inherited::Before) => joined(&base, &own),
        None => own,
    }
}
