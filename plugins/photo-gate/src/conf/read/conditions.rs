//! `<IfModule>`, `<IfDefine>`, `<IfVersion>` and their kind: whether what stands in them is read.
//!
//! Comes in: the section and what is known at that place. Goes out: whether it holds, and if that is a guess, why. Never
//! here: `<If>`, which is decided anew for each request.
//!
//! What is assumed is the thing that is asked for, not the section: `<IfModule a>` and `<IfModule !a>` never both count.

use super::super::{Version, read::words};
use super::modules::{Modules, Presence};
use super::variables::Variables;
use super::version::Known;

/// What is known where a section begins.
#[derive(Debug)]
pub(super) struct Here<'h> {
    pub(super) modules: &'h Modules,
    pub(super) variables: &'h Variables,
    pub(super) version: &'h Known,
}

/// How a section came out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Held {
    /// Whether what stands in it is read.
    pub(super) holds: bool,
    /// Why that is not certain.
    pub(super) doubt: Option<String>,
}

/// Characters of a name that are shown: 60.
const SHOWN: usize = 60;

impl Here<'_> {
    /// How a section comes out; `None` if it is none of these. `value` is what stands behind its name, `args` the words.
    pub(super) fn held(&self, section: &str, value: &str, args: &[String]) -> Option<Held> {
        let certain = |holds| Held { holds, doubt: None };
        if section == "ifversion" {
            return Some(self.version.holds(args).map_or_else(
                || Held {
                    holds: true,
                    doubt: Some(format!(
                        "whether httpd's version, of which only {} is known, meets this cannot be told; it was taken as met",
                        self.version.version.number()
                    )),
                },
                certain,
            ));
        }
        let value = value.trim_start_matches(words::is_blank);
        let negated = value.starts_with('!');
        let asked = value.strip_prefix('!').unwrap_or(value);
        let asked = words::first(asked, words::Quoting::Httpd).map_or(String::new(), |(word, _)| word);
        let shown: String = asked.chars().filter(|c| !c.is_control()).take(SHOWN).collect();
        let (is_there, doubt) = match section {
            "ifmodule" => match self.modules.presence(&asked, self.version.version) {
                Presence::Loaded => (true, None),
                Presence::Absent => (false, None),
                Presence::Assumed(is_there) => (
                    is_there,
                    Some(format!(
                        "whether httpd has `{shown}` is not known; it was taken as loaded"
                    )),
                ),
            },
            "ifdefine" if self.variables.defines(&asked) => (true, None),
            "ifdefine" => (
                false,
                Some(format!(
                    "whether httpd is started with `-D {shown}` is not known; it was taken as started without"
                )),
            ),
            "iffile" => (
                true,
                Some(format!("whether `{shown}` exists is not known; it was taken as there")),
            ),
            "ifdirective" | "ifsection" if self.version.version == Version::V22 => {
                return Some(Held {
                    holds: true,
                    doubt: Some("is not known to httpd 2.2, which refuses it; it was taken as met".to_owned()),
                });
            }
            "ifdirective" | "ifsection" => (
                true,
                Some(format!(
                    "whether httpd knows `{shown}` cannot be told; it was taken as known"
                )),
            ),
            _ => return None,
        };
        Some(Held {
            holds: is_there != negated,
            doubt,
        })
    }
}

/// Names that have to do with who may see what, at their beginning. A section in doubt that has none of them is not worth a
/// remark.
const THAT_MATTER: [&str; 32] = [
    "access",
    "alias",
    "allow",
    "auth",
    "define",
    "deny",
    "directory",
    "documentroot",
    "else",
    "files",
    "if",
    "include",
    "limit",
    "listen",
    "loadmodule",
    "location",
    "macro",
    "namevirtualhost",
    "order",
    "proxy",
    "redirect",
    "remoteip",
    "require",
    "rewrite",
    "satisfy",
    "scriptalias",
    "server",
    "setenv",
    "undefine",
    "use",
    "virtualhost",
    "requestheader",
];

/// Whether a directive of that name may matter for who may see what.
pub(super) fn may_matter(name: &str) -> bool {
    const NOT: [&str; 4] = ["serverlimit", "serveradmin", "servertokens", "serversignature"];
    // `useCanonicalName` begins with `use`.
    (THAT_MATTER.iter().any(|beginning| name.starts_with(beginning)) || name == "browsermatch")
        && !NOT.contains(&name)
        && !(name.starts_with("use") && name != "use")
}
