//! The flags of a rewrite rule or condition: `[NC,OR]`, `[R=302,L]`.
//!
//! Comes in: the text of the third argument. Goes out: the flags by their short names in capitals, with their values.
//! Never here: what httpd says against them when it starts.

/// Flags, in their order.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Flags(Vec<(&'static str, String)>);

/// Flags of rules by short name, with their long names.
const OF_RULES: &[(&str, &str)] = &[
    ("B", "backrefescaping"),
    ("BNP", "backrefnoplus"),
    ("BNE", ""),
    ("BCTLS", ""),
    ("C", "chain"),
    ("CO", "cookie"),
    ("DPI", "discardpath"),
    ("E", "env"),
    ("END", ""),
    ("F", "forbidden"),
    ("G", "gone"),
    ("H", "handler"),
    ("L", "last"),
    ("N", "next"),
    ("NC", "nocase"),
    ("NE", "noescape"),
    ("NS", "nosubreq"),
    ("P", "proxy"),
    ("PT", "passthrough"),
    ("QSA", "qsappend"),
    ("QSD", "qsdiscard"),
    ("QSL", "qslast"),
    ("R", "redirect"),
    ("S", "skip"),
    ("T", "type"),
    ("UnsafeAllow3F", ""),
    ("UnsafePrefixStat", ""),
    ("UNC", ""),
];

/// Flags of conditions.
const OF_CONDITIONS: &[(&str, &str)] = &[("NC", "nocase"), ("OR", "ornext"), ("NV", "novary")];

impl Flags {
    /// The flags of a rule; what is none is left out.
    pub(crate) fn of_rule(text: &str) -> Self {
        Self::read(text, OF_RULES).0
    }

    /// The flags of a condition.
    pub(crate) fn of_condition(text: &str) -> Self {
        Self::read(text, OF_CONDITIONS).0
    }

    /// The flags, and whether the text is nothing else.
    fn read(text: &str, known: &'static [(&str, &str)]) -> (Self, bool) {
        let inner = text.strip_prefix('[').and_then(|text| text.strip_suffix(']'));
        let mut flags = Vec::new();
        let mut is_whole = inner.is_some();
        for part in inner
            .unwrap_or_default()
            .split(',')
            .map(str::trim)
            .filter(|part| !part.is_empty())
        {
            let (name, value) = part.split_once('=').unwrap_or((part, ""));
            let found = known
                .iter()
                .find(|(short, long)| name.eq_ignore_ascii_case(short) || name.eq_ignore_ascii_case(long));
            match found {
                Some((short, _)) => flags.push((*short, value.to_owned())),
                None => is_whole = false,
            }
        }
        (Self(flags), is_whole)
    }

    /// Whether a flag is set, by its short name.
    pub(crate) fn has(&self, flag: &str) -> bool {
        self.value(flag).is_some()
    }

    /// The value of a flag, by its short name; empty where it has none.
    pub(crate) fn value(&self, flag: &str) -> Option<&str> {
        let found = self.0.iter().rev().find(|(name, _)| *name == flag);
        found.map(|(_, value)| value.as_str())
    }
}

/// Takes flags off the end of a target to which they are glued: `/x[R,L]` is `/x` and `[R,L]`.
pub(crate) fn glued(target: &str) -> Option<(&str, Flags)> {
    let open = target.rfind('[')?;
    let (before, flags) = target.split_at_checked(open)?;
    let (flags, is_whole) = Flags::read(flags, OF_RULES);
    (is_whole && !flags.0.is_empty()).then_some((before, flags))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn flags_have_two_names_and_values() {
        let flags = Flags::of_rule("[redirect=302, last,E=A:1]");
        assert!(flags.has("R") && flags.has("L") && !flags.has("F"));
        assert_eq!((flags.value("R"), flags.value("L")), (Some("302"), Some("")));
        assert!(!Flags::of_rule("[R").has("R") && Flags::of_rule("[OR,F]").has("F"));
        assert!(Flags::of_condition("[or,nc]").has("OR"));
    }

    #[test]
    fn flags_without_a_blank_before_them_are_seen() {
        let target = |text| glued(text).map(|(target, flags)| (target, flags.has("R")));
        assert_eq!(target("/x[R,L]"), Some(("/x", true)));
        assert_eq!(target("[R,L]"), Some(("", true)));
        for text in ["/x", "/x[1]", "/[a-z]", "/x[]", "/x[R,L"] {
            assert_eq!(target(text), None, "{text}");
        }
    }
}
