//! What a path says of where a document belongs.
//!
//! Comes in: the path of a file below its environment's root. Goes out: cell, node, server, cluster, application and
//! profile, as WebSphere's folder tree names them. Never here: guesses from names of other folders.
//!
//! ```text
//!   websphere/profiles/dmgr01/config/cells/C/nodes/N/servers/S/server.xml
//!   └──────── profile ──────┘              │       │         └ server
//!                                          └ cell  └ node
//! ```

/// Folders of a profile in which files of the profile itself stand.
const OF_A_PROFILE: [&str; 4] = ["properties", "bin", "etc", "logs"];

/// Names and values, in the order in which `wit/configs.wit` lists them; what the path does not say is absent.
pub fn of(path: &str) -> Vec<(String, String)> {
    let parts: Vec<&str> = path.split('/').collect();
    let folders = parts.split_last().map_or(&[][..], |(_, folders)| folders);
    let behind = |name: &str, from: usize| {
        let at = folders.iter().skip(from).position(|part| *part == name)? + from;
        folders.get(at + 1).map(|value| (at, *value))
    };
    let mut said = Vec::new();
    let mut say = |name: &str, value: &str| said.push((name.to_owned(), value.to_owned()));
    let profile = |end: usize| match folders.get(..end) {
        Some([]) | None => ".".to_owned(),
        Some(above) => above.join("/"),
    };
    if let Some((at, cell)) = behind("cells", 0) {
        say("cell", cell);
        for (name, folder) in [("node", "nodes"), ("server", "servers"), ("cluster", "clusters")] {
            if let Some((_, value)) = behind(folder, at + 2) {
                say(name, value);
            }
        }
        if let Some((_, ear)) = behind("applications", at + 2) {
            say("application", ear.strip_suffix(".ear").unwrap_or(ear));
        }
        let config = at.checked_sub(1).filter(|above| folders.get(*above) == Some(&"config"));
        say("profile", &profile(config.unwrap_or(at)));
    } else if let Some(at) = folders.iter().rposition(|part| OF_A_PROFILE.contains(part)) {
        say("profile", &profile(at));
    }
    said
}

#[cfg(test)]
mod tests {
    fn of(path: &str) -> String {
        let said = super::of(path);
        said.iter()
            .map(|(name, value)| format!("{name}={value}"))
            .collect::<Vec<_>>()
            .join(" ")
    }

    #[test]
    fn a_path_says_where_a_document_belongs() {
        for (path, said) in [
            (
                "was/profiles/dmgr01/config/cells/C/nodes/N/servers/S/server.xml",
                "cell=C node=N server=S profile=was/profiles/dmgr01",
            ),
            ("config/cells/C/security.xml", "cell=C profile=."),
            ("cells/C/security.xml", "cell=C profile=."),
            ("x/config/cells/C/clusters/K/cluster.xml", "cell=C cluster=K profile=x"),
            (
                "p/config/cells/C/applications/A.ear/deployments/A/deployment.xml",
                "cell=C application=A profile=p",
            ),
            ("was/profiles/n1/properties/ssl.client.props", "profile=was/profiles/n1"),
            ("properties/ssl.client.props", "profile=."),
            ("security.xml", ""),
            ("cells/C", ""),
            ("a/cells", ""),
        ] {
            assert_eq!(of(path), said, "{path}");
        }
    }
}
