//! Which httpd reads a configuration.
//!
//! Comes in: what `environment.toml` says, and the directives. Goes out: 2.2 or 2.4, and how that is known. Never here:
//! which directives are in force: what stands in `<IfModule>` or `<IfVersion>` is written for both and tells nothing.
//!
//! `RewriteCond expr` and `Require ip` are no signs of 2.4: that they stand on a 2.2 is exactly a mistake to be found.

use std::cmp::Ordering;

use casebook_plugin_configs::{Document, Node, Site};

use super::super::Version;

/// The version as far as it is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Known {
    pub(super) version: Version,
    /// The last of its three numbers.
    pub(super) patch: Option<u32>,
    pub(super) because: String,
    /// Signs that contradict.
    pub(super) against: Option<String>,
}

/// How well a sign can be trusted: the best decide.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Strength {
    /// The other httpd takes it and warns.
    Fair,
    /// The other httpd refuses it.
    Good,
    /// The other httpd has no such module.
    Best,
}

/// The first sign of each strength, for 2.2 and for 2.4.
#[derive(Debug, Default)]
pub(super) struct Signs {
    v22: [Option<String>; 3],
    v24: [Option<String>; 3],
}

/// Sections in which a directive says nothing about the version.
const CONDITIONAL: [&str; 6] = ["ifmodule", "ifversion", "ifdefine", "ifdirective", "ifsection", "macro"];

impl Signs {
    /// Takes in a document; at most so many of its nodes. How many were looked at.
    pub(super) fn look_at(&mut self, document: Document<'_>, most: usize) -> usize {
        let mut passed_over = Vec::new();
        for node in document.nodes().take(most) {
            let above = node
                .parent()
                .and_then(|parent| usize::try_from(parent.place().node).ok())
                .and_then(|parent| passed_over.get(parent).copied())
                .unwrap_or(false);
            passed_over.push(above || CONDITIONAL.contains(&node.name()));
            if !above {
                self.look_at_node(node);
            }
        }
        passed_over.len()
    }

    fn look_at_node(&mut self, node: Node<'_>) {
        let Some((version, strength)) = sign(node) else { return };
        let signs = match version {
            Version::V22 => &mut self.v22,
            Version::V24 => &mut self.v24,
        };
        if let Some(sign) = signs.get_mut(strength as usize) {
            sign.get_or_insert_with(|| {
                let (file, line) = (node.document().file(), node.line());
                let name = node.attribute("written").unwrap_or(node.name());
                let first = node.attribute("1").unwrap_or_default();
                let said = if name.eq_ignore_ascii_case("LoadModule") || name.eq_ignore_ascii_case("Require") {
                    format!("{name} {first}")
                } else {
                    name.to_owned()
                };
                format!(
                    "`{said}` ({file}, line {line}) is only known to httpd {}",
                    version.number()
                )
            });
        }
    }

    /// What follows, with what the environment says.
    pub(super) fn decide(self, site: &Site) -> Known {
        let best = |signs: [Option<String>; 3]| {
            (0..3)
                .rev()
                .zip(signs.into_iter().rev())
                .find_map(|(at, sign)| Some((at, sign?)))
        };
        let (v22, v24) = (best(self.v22), best(self.v24));
        if let Some((said, version, patch)) = said(site.facts()) {
            let other = match version {
                Version::V22 => v24,
                Version::V24 => v22,
            };
            return Known {
                version,
                patch,
                because: format!("environment.toml says httpd {said}"),
                against: other.map(|(_, sign)| sign),
            };
        }
        let of = |version, because, against| Known {
            version,
            patch: None,
            because,
            against,
        };
        match (v22, v24) {
            (None, None) => of(
                Version::V24,
                "nothing says which httpd it is; 2.4 was taken".to_owned(),
                None,
            ),
            (Some((_, sign)), None) => of(Version::V22, sign, None),
            (None, Some((_, sign))) => of(Version::V24, sign, None),
            (Some((older, v22)), Some((newer, v24))) => match older.cmp(&newer) {
                Ordering::Greater => of(Version::V22, v22, Some(v24)),
                Ordering::Equal | Ordering::Less => of(Version::V24, v24, Some(v22)),
            },
        }
    }
}

/// What a directive says about the version.
fn sign(node: Node<'_>) -> Option<(Version, Strength)> {
    use Strength::{Best, Fair, Good};
    use Version::{V22, V24};
    let first = || node.attribute("1").unwrap_or_default().to_ascii_lowercase();
    Some(match node.name() {
        "loadmodule" => match first().as_str() {
            "authz_core_module"
            | "authn_core_module"
            | "access_compat_module"
            | "unixd_module"
            | "macro_module"
            | "remoteip_module"
            | "was_ap24_module"
            | "mpm_event_module"
            | "mpm_worker_module"
            | "mpm_prefork_module" => (V24, Best),
            "authz_default_module" | "authn_default_module" | "was_ap22_module" => (V22, Best),
            _ => return None,
        },
        "rewritelog" | "rewriteloglevel" | "acceptmutex" | "lockfile" | "sslmutex" => (V22, Good),
        "namevirtualhost" => (V22, Fair),
        "defaulttype" if first() != "none" => (V22, Fair),
        "includeoptional" | "requireall" | "requireany" | "requirenone" | "authmerging" | "if" | "elseif" | "else"
        | "use" | "mutex" | "errorlogformat" | "protocols" => (V24, Good),
        "define" if node.attribute("2").is_some() => (V24, Good),
        // On 2.2 it starts, and looks for a requirement that nobody provides.
        "require" if first() == "all" => (V24, Fair),
        _ => return None,
    })
}

/// What `products.httpd` says, or `products.ihs`: IBM HTTP Server counts for itself, 9 is the first on httpd 2.4.
fn said(facts: &str) -> Option<(String, Version, Option<u32>)> {
    let facts: serde_json::Value = serde_json::from_str(facts).ok()?;
    let products = facts.get("products")?.as_object()?;
    let said = ["httpd", "apache", "ihs"].iter().find_map(|product| {
        let found = products.iter().find(|(name, _)| name.eq_ignore_ascii_case(product));
        found.and_then(|(_, version)| version.as_str())
    })?;
    let mut numbers = said
        .split(['.', '-', ' ', '_'])
        .map(|number| number.parse::<u32>().ok());
    let (major, minor, patch) = (numbers.next()??, numbers.next().flatten(), numbers.next().flatten());
    let version = match (major, minor) {
        (2, Some(minor)) if minor >= 4 => return Some((said.to_owned(), Version::V24, patch)),
        (2, Some(2)) => return Some((said.to_owned(), Version::V22, patch)),
        (6..=8, _) => Version::V22,
        (9.., _) => Version::V24,
        _ => return None,
    };
    Some((said.to_owned(), version, None))
}

impl Version {
    /// The first two of its numbers.
    pub fn number(self) -> &'static str {
        match self {
            Self::V22 => "2.2",
            Self::V24 => "2.4",
        }
    }
}

impl Known {
    /// Whether `<IfVersion>` holds; `None`: it cannot be known, or httpd refuses it.
    pub(super) fn holds(&self, args: &[String]) -> Option<bool> {
        let (operator, wanted) = match args {
            [wanted] => ("=", wanted),
            [operator, wanted] => (operator.as_str(), wanted),
            _ => return None,
        };
        let (negated, operator) = match operator.strip_prefix('!') {
            Some("") => (true, "="),
            Some(operator) => (true, operator),
            None => (false, operator),
        };
        let (least, most) = self.compared(wanted)?;
        let both = |test: fn(Ordering) -> bool| (test(least) == test(most)).then(|| test(least));
        let held = match operator {
            // Between the two it may be equal or not.
            "=" | "==" if least != most => None,
            "=" | "==" => both(Ordering::is_eq),
            "<" => both(Ordering::is_lt),
            "<=" => both(Ordering::is_le),
            ">" => both(Ordering::is_gt),
            ">=" => both(Ordering::is_ge),
            _ => None,
        };
        held.map(|held| held != negated)
    }

    /// How the least and the greatest version that it may be compare with another.
    fn compared(&self, wanted: &str) -> Option<(Ordering, Ordering)> {
        let mut numbers = [0u32; 3];
        let mut parts = wanted.split('.');
        for number in &mut numbers {
            match parts.next() {
                Some(part) => *number = part.parse().ok()?,
                None => break,
            }
        }
        if parts.next().is_some() {
            return None;
        }
        // 2.4.1 was the first 2.4 that was released.
        let (minor, first) = match self.version {
            Version::V22 => (2, 0),
            Version::V24 => (4, 1),
        };
        let least = [2, minor, self.patch.unwrap_or(first)];
        let most = [2, minor, self.patch.unwrap_or(u32::MAX)];
        Some((least.cmp(&numbers), most.cmp(&numbers)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::drawn;

    fn decided(text: &str, facts: &str) -> Known {
        let site = drawn::site(&[("httpd.conf", text)], facts);
        let mut signs = Signs::default();
        for document in site.documents() {
            signs.look_at(document, 1000);
        }
        signs.decide(&site)
    }

    #[test]
    fn the_environment_is_believed_before_the_configuration() {
        for (said, expected) in [
            ("2.2.8", Version::V22),
            ("2.4", Version::V24),
            ("8.5.5.9", Version::V22),
            ("9.0", Version::V24),
        ] {
            let known = decided(
                "LoadModule was_ap22_module x.so",
                &format!(r#"{{"products":{{"httpd":"{said}"}}}}"#),
            );
            assert_eq!(known.version, expected, "{said}");
            assert_eq!(known.because, format!("environment.toml says httpd {said}"));
            assert_eq!(known.against.is_some(), expected == Version::V24);
        }
        assert_eq!(decided("", r#"{"products":{"httpd":"soon"}}"#).version, Version::V24);
    }

    #[test]
    fn a_module_says_more_than_a_directive() {
        let known = decided("NameVirtualHost *:80\nLoadModule authz_core_module a.so", "{}");
        assert_eq!(known.version, Version::V24);
        assert_eq!(
            known.because,
            "`LoadModule authz_core_module` (httpd.conf, line 2) is only known to httpd 2.4"
        );
        assert_eq!(
            decided("RewriteLogLevel 9\nRequire all granted", "{}").version,
            Version::V22
        );
        assert_eq!(decided("NameVirtualHost *:80", "{}").version, Version::V22);
        let portable = "<IfModule !mod_authz_core.c>\n<Limit GET>\nRewriteLog x\n</Limit>\n</IfModule>";
        assert_eq!(
            decided(portable, "{}").because,
            "nothing says which httpd it is; 2.4 was taken"
        );
    }

    #[test]
    fn a_version_is_compared_as_far_as_it_is_known() {
        let of = |said: &str, args: &str| {
            let known = decided("", &format!(r#"{{"products":{{"httpd":"{said}"}}}}"#));
            known.holds(&args.split(' ').map(str::to_owned).collect::<Vec<_>>())
        };
        for (said, args, expected) in [
            ("2.4", ">= 2.4", Some(true)),
            ("2.4", "= 2.4", Some(false)),
            ("2.4", "> 2.4", Some(true)),
            ("2.4", "< 2.4", Some(false)),
            ("2.4", "2.4.10", None),
            ("2.4", ">= 2.4.10", None),
            ("2.4.12", ">= 2.4.10", Some(true)),
            ("2.4.12", "!>= 2.4.10", Some(false)),
            ("2.2", "< 2.4", Some(true)),
            ("2.2", "2.2", None),
            ("2.2.8", "! 2.2.8", Some(false)),
            ("2.4", "~ ^2.4", None),
            ("2.4", ">= x", None),
        ] {
            assert_eq!(of(said, args), expected, "{said} {args}");
        }
    }
}
