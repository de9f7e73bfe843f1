//! `sametime-docconv-environment`: whether the environment of a Meeting server on Linux lets it convert documents.
//!
//! Comes in: shell profiles, and the hosts with their roles. Goes out: a finding a machine and problem. Never here: whether
//! a folder exists, what a shell would do with the rest of a profile.
//!
//! A profile is judged only if it is evidently the Meeting server's: its path names a host with the role `meeting` and it
//! sets up the conversion, or it sets a font path and has a folder of the product on a search path. All profiles of one
//! machine are taken together, since what one lacks another may set.
//!
//! That Java's `jre/bin` must be on PATH is known from a server where conversion failed without it. The name of the font
//! path is not: what is said of it is a remark.

use std::collections::{BTreeMap, BTreeSet};

use casebook_plugin_configs::{Document, Interest, Node, Severity};

use super::listing::{MOST_PLACES, listed};
use super::machines::Machines;
use super::{Check, Inquiry};
use crate::facts::Host;
use crate::report::{Entry, Report};

pub(crate) static CHECK: Check = Check {
    name: "sametime-docconv-environment",
    wants,
    run,
};

/// Variables that search paths of programs and libraries have.
const SEARCHED: &[&str] = &["PATH", "LD_LIBRARY_PATH", "LIBPATH"];

/// Parts of folders that only the Meeting server and its converter have.
const PRODUCT: &[&str] = &["websphere", "sametime", "stmeeting", "stellent", "oiexport", "docconv"];

/// Folders of a root file system: what stands before them in a path is a machine.
const TOP: &[&str] = &["etc", "home", "root", "opt", "usr", "var", "export"];

fn wants() -> Vec<Interest> {
    vec![Interest::in_kind("profile")]
}

fn run(inquiry: &Inquiry<'_>, report: &mut Report) {
    let known = Machines::of(inquiry.facts);
    let mut machines: BTreeMap<String, Machine<'_>> = BTreeMap::new();
    for document in inquiry.site.of_kind("profile") {
        // Servers on Windows convert without any of this.
        if is_batch(document.file_name()) {
            continue;
        }
        let host = known.of_document(document);
        let name = host.map_or_else(|| root_of(document).to_owned(), |host| host.name.clone());
        machines.entry(name).or_default().read(document, host);
    }
    for (name, machine) in &machines {
        if machine.converts() {
            judge(name, machine, report);
        }
    }
}

fn is_batch(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    name.ends_with(".bat") || name.ends_with(".cmd")
}

/// What stands before the folders of a file system.
fn root_of(document: Document<'_>) -> &str {
    let folder = document.folder();
    let mut end = 0;
    for part in folder.split('/') {
        if TOP.contains(&part) {
            return folder.get(..end).unwrap_or_default().trim_end_matches('/');
        }
        end += part.len() + 1;
    }
    folder
}

/// What the profiles of a machine set.
#[derive(Default)]
struct Machine<'s> {
    /// What the roles say: whether it is a Meeting server. `None`: nothing is known of it.
    meeting: Option<bool>,
    searched: Vec<Node<'s>>,
    fonts: Vec<Node<'s>>,
    exported: BTreeSet<&'s str>,
}

impl<'s> Machine<'s> {
    fn read(&mut self, document: Document<'s>, host: Option<&Host>) {
        if let Some(host) = host.filter(|host| !host.roles.is_empty()) {
            self.meeting = Some(host.has_role("meeting"));
        }
        // What this file sets is the environment itself.
        let all = document.file_name() == "environment";
        for node in document.root().children() {
            if all || node.attribute("exported").is_some() {
                self.exported.insert(node.name());
            }
            if node.attribute("only").is_some() {
                continue;
            }
            if SEARCHED.contains(&node.name()) {
                self.searched.push(node);
            }
            if is_font_path(node.name()) {
                self.fonts.push(node);
            }
        }
    }

    /// Whether it is evident that documents are converted in this environment.
    fn converts(&self) -> bool {
        let of_product = |folder: &str| {
            let folder = folder.to_ascii_lowercase();
            PRODUCT.iter().any(|part| folder.contains(part))
        };
        let product = self.searched.iter().any(|node| folders(*node).any(of_product));
        match self.meeting {
            Some(true) => product || !self.fonts.is_empty(),
            Some(false) => false,
            None => product && !self.fonts.is_empty(),
        }
    }

    fn paths(&self) -> impl Iterator<Item = Node<'s>> {
        self.searched.iter().copied().filter(|node| node.name() == "PATH")
    }
}

fn is_font_path(name: &str) -> bool {
    let name = name.to_ascii_uppercase();
    name.contains("FONTPATH") || name.contains("FONT_PATH")
}

/// The folders of a search path.
fn folders(node: Node<'_>) -> impl Iterator<Item = &str> {
    let value = node.attribute("resolved").unwrap_or_else(|| node.value());
    value.split(':').map(str::trim).filter(|folder| !folder.is_empty())
}

/// Whether a folder is one in which Java is: `…/java/jre/bin`, `…/java_1.7_64/jre/bin`, `$JAVA_HOME/bin`.
fn has_java(folder: &str) -> bool {
    let folder = folder.trim_end_matches('/').to_ascii_lowercase();
    let Some(above) = folder.strip_suffix("/bin") else {
        return false;
    };
    let name = above.rsplit('/').next().unwrap_or_default();
    ["jre", "java", "jdk", "$java", "${java"]
        .iter()
        .any(|start| name.starts_with(start))
}

fn judge(name: &str, machine: &Machine<'_>, report: &mut Report) {
    let shown = if name.is_empty() { "the Meeting server" } else { name };
    if !machine.paths().any(|path| folders(path).any(has_java)) {
        let paths: Vec<_> = machine.paths().collect();
        let found = match paths.last() {
            Some(path) => listed(folders(*path)),
            None => "PATH is not set here".to_owned(),
        };
        let message = format!(
            "The environment of {shown} is set up to convert documents, but PATH has no folder with Java in it: documents \
             that are uploaded to a meeting will not be converted."
        );
        let places = paths.into_iter().rev().chain(machine.fonts.iter().copied());
        let entry = report.finding(format!("java {name}"), message);
        let entry = places.take(MOST_PLACES).fold(entry, Entry::at);
        entry
            .field("machine", name)
            .values(
                found,
                "a folder such as /opt/IBM/WebSphere/AppServer/java/jre/bin on PATH",
            )
            .enter();
    }
    fonts(name, shown, machine, report);
}

fn fonts(name: &str, shown: &str, machine: &Machine<'_>, report: &mut Report) {
    let hidden = machine
        .fonts
        .iter()
        .filter(|font| !machine.exported.contains(font.name()));
    let hidden: Vec<_> = hidden.copied().collect();
    if machine.fonts.is_empty() {
        let message = format!(
            "No profile of {shown} sets a font path, which the converter of the Meeting server needs besides the fonts \
             themselves. The documentation of the version names the variable (GDFONTPATH for some)."
        );
        let entry = report
            .finding(format!("fonts {name}"), message)
            .severity(Severity::Info);
        let entry = machine
            .searched
            .iter()
            .copied()
            .take(MOST_PLACES)
            .fold(entry, Entry::at);
        let wanted = "a font path that names the folder of the TrueType fonts";
        entry.field("machine", name).values("no font path", wanted).enter();
    } else if hidden.len() == machine.fonts.len() {
        let names = listed(hidden.iter().map(|font| font.name()).collect::<BTreeSet<_>>());
        let message = format!("{shown} sets {names} without exporting it: programs that are started do not see it.");
        let entry = report.finding(format!("fonts {name}"), message).severity(Severity::Low);
        let entry = hidden.into_iter().take(MOST_PLACES).fold(entry, Entry::at);
        let wanted = format!("export {names}");
        entry
            .field("machine", name)
            .values(format!("{names} not exported"), wanted)
            .enter();
    }
}

#[cfg(test)]
mod tests {
    use casebook_plugin_configs::{DrawnSite, Finding, Severity};
    use proptest::prelude::*;

    use super::CHECK;
    use crate::code::trial::{field, groups, judged};

    const MEETING: &str = r#"{"hosts":[{"name":"stm1.acme.example","roles":["meeting"]},
        {"name":"dom1.acme.example","roles":["domino"]}]}"#;
    const EXPORTER: &str = "/opt/IBM/WebSphere/AppServer/profiles/STMAppProfile/stellent";

    fn said(facts: &str, files: &[(&str, &[(&str, &str)])]) -> Vec<Finding> {
        let mut site = DrawnSite::new("acme", facts);
        for (file, variables) in files {
            let mut document = site.document(file, "profile", "profile", &[], "profile");
            for (name, value) in *variables {
                let (name, exported) = name.strip_prefix("export ").map_or((*name, false), |name| (name, true));
                let attributes: &[(&str, &str)] = if exported { &[("exported", "yes")] } else { &[] };
                document.node(0, name, value, 3, attributes);
            }
        }
        judged(&CHECK, site)
    }

    #[test]
    fn a_search_path_without_java_is_told() {
        let path = format!("{EXPORTER}:$PATH");
        let variables = [
            ("export GDFONTPATH", "/usr/share/fonts/truetype"),
            ("PATH", path.as_str()),
        ];
        for (facts, file) in [("{}", "stm1/root/.bash_profile"), (MEETING, "stm1/root/.bash_profile")] {
            let findings = said(facts, &[(file, &variables)]);
            let machine = if facts == "{}" { "stm1" } else { "stm1.acme.example" };
            assert_eq!(groups(&findings), [format!("java {machine}")]);
            assert_eq!((findings[0].severity, findings[0].places.len()), (None, 2));
            assert_eq!(field(&findings[0], "found"), format!("{EXPORTER}, $PATH"));
        }
    }

    #[test]
    fn java_anywhere_on_the_machine_is_enough() {
        let path = format!("{EXPORTER}:$PATH");
        let fonts = ("export GDFONTPATH", "/usr/share/fonts/truetype");
        for java in [
            "/opt/IBM/WebSphere/AppServer/java/jre/bin/",
            "$JAVA_HOME/bin",
            "/opt/java_1.7_64/jre/bin",
        ] {
            let other = [("PATH", java)];
            let files: &[(&str, &[(&str, &str)])] = &[
                ("stm1/root/.profile", &[fonts, ("PATH", &path)]),
                ("stm1/etc/profile", &other),
            ];
            assert_eq!(groups(&said("{}", files)), [""; 0], "{java}");
        }
    }

    #[test]
    fn profiles_of_others_are_left_alone() {
        let path = format!("{EXPORTER}:$PATH");
        for (facts, file, variables) in [
            // What distributions deliver.
            (MEETING, "stm1/root/.profile", vec![("PATH", "$HOME/bin:$PATH")]),
            (
                "{}",
                "home/ben/.bashrc",
                vec![("GDFONTPATH", "/usr/share/fonts"), ("PATH", "$HOME/bin:$PATH")],
            ),
            ("{}", "home/ben/.bashrc", vec![("PATH", path.as_str())]),
            (
                MEETING,
                "dom1/root/.profile",
                vec![("GDFONTPATH", "/usr/share/fonts"), ("PATH", path.as_str())],
            ),
            (
                "{}",
                "stm1/bin/setupCmdLine.bat",
                vec![("GDFONTPATH", "C:/fonts"), ("PATH", path.as_str())],
            ),
        ] {
            assert_eq!(groups(&said(facts, &[(file, &variables)])), [""; 0], "{file}");
        }
    }

    #[test]
    fn a_font_path_must_be_there_and_exported() {
        let path = format!("{EXPORTER}:/opt/IBM/WebSphere/AppServer/java/jre/bin:$PATH");
        let without = said(MEETING, &[("stm1/root/.profile", &[("PATH", &path)])]);
        assert_eq!(
            (groups(&without), without[0].severity),
            (vec!["fonts stm1.acme.example"], Some(Severity::Info))
        );
        let variables = [("GDFONTPATH", "/usr/share/fonts"), ("PATH", path.as_str())];
        let hidden = said("{}", &[("root/.profile", &variables)]);
        assert_eq!(
            (groups(&hidden), hidden[0].severity),
            (vec!["fonts "], Some(Severity::Low))
        );
        assert_eq!(groups(&said("{}", &[("etc/environment", &variables)])), [""; 0]);
    }

    proptest! {
        #[test]
        fn nothing_panics(file in "(etc|/|stm1|\\PC){0,5}", value in "(:|/|bin|jre|websphere|\\PC){0,9}") {
            let variables = [("FONTPATH", value.as_str()), ("PATH", value.as_str())];
            prop_assert!(said(MEETING, &[(&file, &variables)]).len() <= 2);
        }
    }
}
