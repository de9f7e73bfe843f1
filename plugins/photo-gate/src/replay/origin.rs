//! Which virtual hosts wrote a log.
//!
//! Comes in: the guards of a site, once; then the file of a log. Goes out: the policies that may have decided about its
//! requests. A log belongs to the server in whose folder it lies (`ihs/logs/access_log` to `ihs/conf/httpd.conf`), or to the only
//! one; there, to the virtual hosts that write a log of that name, or to all.

use crate::checks::Guard;
use crate::conf::{Scope, Server};
use crate::decide::Policy;

/// Where logs may come from.
#[derive(Debug, Default)]
pub(crate) struct Origins {
    all: Vec<Origin>,
}

#[derive(Debug)]
struct Origin {
    /// The number of the policy.
    policy: usize,
    /// The paths of photos.
    paths: Vec<String>,
    /// The server's folder, with a slash at its end; empty: the root.
    folder: String,
    /// Names of the files that the virtual host logs into.
    own: Vec<String>,
    /// Names of the files that its server logs into, if it has none of its own.
    of_server: Vec<String>,
}

impl Origins {
    /// Those of a site; a guard belongs to the policy of its host.
    pub(crate) fn of(guards: &[Guard<'_>], policies: &[Policy]) -> Self {
        let origin = |guard: &Guard<'_>| {
            let is_its =
                |policy: &Policy| policy.host_number() == guard.host && policy.server().place == guard.server.place;
            Some(Origin {
                policy: policies.iter().position(is_its)?,
                paths: guard.paths.clone(),
                folder: folder(guard.server),
                own: logs(guard.own_scope()),
                of_server: logs(&guard.server.scope),
            })
        };
        let guarded = guards.iter().filter(|guard| guard.has_gate());
        Self {
            all: guarded.filter_map(origin).collect(),
        }
    }

    /// The policies that a log may belong to, and the paths of photos there.
    pub(crate) fn of_log(&self, file: &str) -> Vec<(usize, Vec<String>)> {
        let around = self.all.iter().filter(|origin| file.starts_with(&origin.folder));
        let deepest = around.map(|origin| origin.folder.len()).max();
        let folders: Vec<&str> = self.all.iter().map(|origin| origin.folder.as_str()).collect();
        let is_only = folders.windows(2).all(|two| two.first() == two.last());
        let near: Vec<&Origin> = self
            .all
            .iter()
            .filter(|origin| match deepest {
                Some(deepest) => origin.folder.len() == deepest && file.starts_with(&origin.folder),
                None => is_only,
            })
            .collect();
        let name = file.rsplit('/').next().unwrap_or(file);
        let of = |logs: fn(&Origin) -> &[String]| -> Vec<&Origin> {
            let writes = |origin: &&&Origin| logs(origin).iter().any(|log| is_of(name, log));
            near.iter().filter(writes).copied().collect()
        };
        let mut found = of(|origin| &origin.own);
        if found.is_empty() {
            found = of(|origin| if origin.own.is_empty() { &origin.of_server } else { &[] });
        }
        if found.is_empty() {
            found = near;
        }
        found
            .iter()
            .map(|origin| (origin.policy, origin.paths.clone()))
            .collect()
    }
}

/// Whether a file is that log, perhaps rotated: `access_log.1`, `access_log-20160517.gz`.
fn is_of(file: &str, log: &str) -> bool {
    file.strip_prefix(log)
        .is_some_and(|rest| !rest.starts_with(|c: char| c.is_alphanumeric()))
}

/// The folder above that of the main file: `ihs/` of `ihs/conf/httpd.conf`.
fn folder(server: &Server) -> String {
    let above = |path: &str| {
        path.rfind('/')
            .and_then(|slash| path.get(..slash))
            .unwrap_or_default()
            .to_owned()
    };
    let folder = above(&server.file);
    let folder = match folder.rsplit('/').next() {
        Some("conf" | "etc") => above(&folder),
        _ => folder,
    };
    if folder.is_empty() {
        folder
    } else {
        format!("{folder}/")
    }
}

/// The names of the access logs that a scope writes.
fn logs(scope: &Scope) -> Vec<String> {
    let named = scope
        .directives()
        .filter(|directive| matches!(directive.name.as_str(), "customlog" | "transferlog"));
    let paths = named.filter_map(|directive| {
        let path = directive.args.first()?;
        // A program that rotates is given the file among its arguments.
        let path = match path.strip_prefix('|') {
            Some(command) => command
                .split_whitespace()
                .find(|word| word.contains("log") && !word.contains("rotatelogs"))?,
            None => path,
        };
        let name = path.rsplit(['/', '\\']).next()?;
        // What is behind `%` is the time.
        let name = name.split('%').next()?.trim_end_matches(['.', '-', '_']);
        (!name.is_empty()).then(|| name.to_owned())
    });
    paths.collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::checks::Facts;
    use crate::checks::gate::guards;
    use crate::{decide, drawn};

    const GATE: &str = "RewriteEngine On\nRewriteCond %{REMOTE_ADDR} !^10\\.\nRewriteRule ^/photos/ - [F]\n";

    fn policies_of(files: &[(&str, &str)], log: &str) -> Vec<String> {
        let site = drawn::site(files, "{}");
        let policies = decide::policies(&site);
        let servers: Vec<&Server> = decide::servers(&policies);
        let guards = guards(&servers, &Facts::read("{}"));
        let origins = Origins::of(&guards, &policies);
        let numbers = origins.of_log(log);
        numbers.iter().map(|(number, _)| policies[*number].name()).collect()
    }

    #[test]
    fn a_log_belongs_to_the_server_of_its_folder_and_to_the_hosts_that_write_it() {
        let host =
            |name: &str, log: &str| format!("<VirtualHost *:80>\nServerName {name}\n{log}\n{GATE}</VirtualHost>\n");
        let one = format!(
            "Listen 80\nCustomLog logs/access_log common\n{}{}{}",
            host("a", "CustomLog logs/a_log common"),
            host("b", "CustomLog \"|bin/rotatelogs logs/b_log.%Y%m%d 86400\" common"),
            host("c", ""),
        );
        let two = format!("Listen 80\n{}", host("d", ""));
        let files = [
            ("ihs1/conf/httpd.conf", one.as_str()),
            ("ihs2/conf/httpd.conf", two.as_str()),
        ];
        for (log, expected) in [
            ("ihs1/logs/a_log", vec!["a:80"]),
            ("ihs1/logs/a_log.1.gz", vec!["a:80"]),
            ("ihs1/logs/b_log.20160517", vec!["b:80"]),
            ("ihs1/logs/access_log", vec!["c:80"]),
            ("ihs1/logs/other", vec!["a:80", "b:80", "c:80"]),
            ("ihs2/logs/access_log", vec!["d:80"]),
            ("elsewhere/access_log", vec![]),
        ] {
            assert_eq!(policies_of(&files, log), expected, "{log}");
        }
        assert_eq!(
            policies_of(&[("ihs2/conf/httpd.conf", &two)], "elsewhere/access_log"),
            ["d:80"]
        );
    }
}
