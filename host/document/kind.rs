//! What kind of document a file is.
//!
//! Comes in: a file's path, and later its tree. Goes out: the [`Syntax`] in which it is to be read, and the kind by which
//! plugins ask for it. Never here: reading, parsing.
//!
//! Name and content both have a say. A name claims; the content confirms: a `server.xml` may be WebSphere's, Liberty's or
//! Tomcat's, and only its root tells. Content alone is enough where it cannot be anything else: a file with the root
//! `security:Security` is a `security.xml` under whatever name an administrator saved it. What claims to be something and
//! is not is said, and read as what it is.

use super::tree::{Node, Tree};
use crate::glob::Glob;
use crate::model::FilePath;

/// How a document is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Syntax {
    /// Elements and attributes.
    Xml,
    /// Java properties.
    Properties,
    /// Sections and keys.
    Ini,
    /// Directives of Apache httpd and IBM HTTP Server.
    Httpd,
    /// Addresses and names.
    Hosts,
    /// Assignments of a shell.
    Profile,
    /// Calls of a dynamic proxy configuration.
    Rules,
    /// Items of a Domino document as text.
    Items,
    /// Certificates.
    Keystore,
    /// The names of files in a folder.
    Folder,
}

impl Syntax {
    /// The name that interests use.
    pub fn name(self) -> &'static str {
        match self {
            Self::Xml => "xml",
            Self::Properties => "properties",
            Self::Ini => "ini",
            Self::Httpd => "httpd",
            Self::Hosts => "hosts",
            Self::Profile => "profile",
            Self::Rules => "rules",
            Self::Items => "items",
            Self::Keystore => "keystore",
            Self::Folder => "folder",
        }
    }

    /// What people call it.
    pub fn title(self) -> &'static str {
        match self {
            Self::Xml => "XML",
            Self::Properties => "Java properties",
            Self::Ini => "an INI file",
            Self::Httpd => "an httpd configuration",
            Self::Hosts => "a hosts file",
            Self::Profile => "a shell profile",
            Self::Rules => "dynamic proxy rules",
            Self::Items => "a Domino document",
            Self::Keystore => "a key store",
            Self::Folder => "a folder",
        }
    }
}

/// A kind that plugins can ask for by name.
struct Kind {
    name: &'static str,
    syntax: Syntax,
    /// Names that such files have.
    files: &'static [&'static str],
    /// Roots that nothing else has: enough without a fitting name.
    roots: &'static [&'static str],
    /// Elements of which one confirms what the name claims, as in a fragment that was copied out of such a file.
    elements: &'static [&'static str],
}

const fn xml(
    name: &'static str,
    files: &'static [&'static str],
    roots: &'static [&'static str],
    elements: &'static [&'static str],
) -> Kind {
    Kind {
        name,
        syntax: Syntax::Xml,
        files,
        roots,
        elements,
    }
}

const fn text(name: &'static str, syntax: Syntax, files: &'static [&'static str]) -> Kind {
    Kind {
        name,
        syntax,
        files,
        roots: &[],
        elements: &[],
    }
}

/// All kinds; of two that fit a name, the first is meant.
static KINDS: &[Kind] = &[
    xml(
        "security.xml",
        &["security.xml"],
        &["security:Security"],
        &["repertoire", "sslConfigGroups", "managementScopes", "singleSignon"],
    ),
    xml("server.xml", &["server.xml"], &["process:Server"], &["process:Server"]),
    xml("liberty-server.xml", &["server.xml"], &[], &["featureManager"]),
    xml(
        "deployment.xml",
        &["deployment.xml"],
        &["appdeployment:Deployment"],
        &["appdeployment:Deployment", "deployedObject"],
    ),
    xml(
        "serverindex.xml",
        &["serverindex.xml"],
        &["serverindex:ServerIndex"],
        &["serverEntries"],
    ),
    xml(
        "wimconfig.xml",
        &["wimconfig.xml"],
        &["config:configurationProvider"],
        &["configurationProvider", "realmConfiguration", "realms"],
    ),
    xml(
        "widgets-config.xml",
        &["widgets-config*.xml"],
        &[],
        &["widgetDef", "definitions"],
    ),
    xml(
        "proxy-config.tpl",
        &["proxy-*.tpl", "proxy-config*.xml"],
        &["proxy:proxy-rules"],
        &["proxy-rules", "policy"],
    ),
    xml(
        "libraries.xml",
        &["libraries*.xml"],
        &["libraries:Library"],
        &["libraries:Library", "Library"],
    ),
    xml("stproxyconfig.xml", &["stproxyconfig*.xml"], &["configuration"], &[]),
    xml(
        "managed-community-configs.xml",
        &["managed-community-configs*.xml"],
        &["managed-community-configs"],
        &["managed-community", "managed-communities"],
    ),
    xml(
        "LotusConnections-config.xml",
        &["LotusConnections-config*.xml"],
        &[],
        &["serviceReference", "genericProperty"],
    ),
    xml("dxl", &["*.dxl"], &[], &["document", "note", "database"]),
    text("ssl.client.props", Syntax::Properties, &["ssl.client.props*"]),
    text("properties", Syntax::Properties, &["*.properties", "*.props"]),
    text("notes.ini", Syntax::Ini, &["notes*.ini"]),
    text("sametime.ini", Syntax::Ini, &["sametime*.ini", "stconfig*.ini"]),
    text("ini", Syntax::Ini, &["*.ini"]),
    text(
        "httpd.conf",
        Syntax::Httpd,
        &["httpd*.conf", "apache2*.conf", "httpd*.conf.j2"],
    ),
    text("hosts", Syntax::Hosts, &["hosts", "hosts.*", "*_hosts", "*.hosts"]),
    text(
        "profile",
        Syntax::Profile,
        &[
            ".profile",
            ".bash_profile",
            ".bashrc",
            ".kshrc",
            ".bash_login",
            "bash.bashrc",
            "bashrc",
            "bash_profile",
            "profile",
            "environment",
            "setupCmdLine.sh",
            "setupCmdLine.bat",
            "*.profile",
        ],
    ),
    text("proxy-rules", Syntax::Rules, &["proxy-*.dynamic", "*.dynamic"]),
    text(
        "keystore",
        Syntax::Keystore,
        &[
            "*.pem", "*.crt", "*.cer", "*.der", "*.p12", "*.pfx", "*.arm", "*.jks", "*.jceks", "*.kdb", "*.p7b",
        ],
    ),
    xml("xml", &["*.xml", "*.xmi", "*.tpl"], &[], &[]),
];

/// The namespace of Domino's exports; `document` and `database` are roots of other formats too.
const DXL: &str = "lotus.com/dxl";

/// What a file's name claims.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Claim {
    /// How it is to be read.
    pub syntax: Syntax,
    /// The kind that the name stands for; where a name stands for several, the first.
    pub kind: &'static str,
}

/// What a file's name claims, if anything.
pub fn claimed(path: &FilePath) -> Option<Claim> {
    let name = path.name();
    let below_profile_d = path.folder().ends_with("profile.d") && name.ends_with(".sh");
    let kind = if below_profile_d {
        KINDS.iter().find(|kind| kind.syntax == Syntax::Profile)
    } else {
        KINDS.iter().find(|kind| names(kind, name))
    };
    kind.map(|kind| Claim {
        syntax: kind.syntax,
        kind: kind.name,
    })
}

/// What a file turned out to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Confirmed {
    /// The kind by which plugins ask for it.
    pub kind: &'static str,
    /// Its name belongs to this kind.
    pub by_name: bool,
    /// It claims to be something else: why it is not, in a sentence without a subject.
    pub not: Option<String>,
}

/// The kind of an XML tree, by its name and its content.
pub fn of_xml(path: &FilePath, tree: &Tree) -> Confirmed {
    let (name, root) = (path.name(), tree.root());
    let generic = Syntax::Xml.name();
    let mut not = None;
    for kind in KINDS
        .iter()
        .filter(|kind| kind.syntax == Syntax::Xml && kind.name != generic)
    {
        let by_name = names(kind, name);
        if by_name && (kind.name != "dxl" || is_dxl(root)) && confirms(kind, tree) {
            return Confirmed {
                kind: kind.name,
                by_name,
                not: None,
            };
        }
        if by_name && not.is_none() {
            not = Some(format!(
                "is named like {}, and holds <{}>: no such file, so nothing in it was checked as one",
                kind.name,
                root.name()
            ));
        }
    }
    let by_root = KINDS
        .iter()
        .find(|kind| {
            kind.roots
                .iter()
                .any(|own| *own == root.name() && own.contains([':', '-']))
        })
        .or_else(|| KINDS.iter().find(|kind| kind.name == "dxl" && is_dxl(root)));
    let by_root = by_root.or_else(|| collected(tree));
    Confirmed {
        kind: by_root.map_or(generic, |kind| kind.name),
        by_name: false,
        not: if by_root.is_some() { None } else { not },
    }
}

/// WebSphere wraps several roots of one file into `xmi:XMI`; the elements directly in it are roots.
fn collected(tree: &Tree) -> Option<&'static Kind> {
    if tree.root().name() != "xmi:XMI" {
        return None;
    }
    let first = tree.node(super::tree::NodeIndex(1))?;
    KINDS.iter().find(|kind| kind.roots.contains(&first.name()))
}

/// Whether a kind is told by its roots alone, without a fitting name: such files are looked into.
pub fn root_of_a_kind(root: &str) -> bool {
    root == "xmi:XMI" || KINDS.iter().any(|kind| kind.roots.contains(&root))
}

fn confirms(kind: &Kind, tree: &Tree) -> bool {
    let root = tree.root();
    let is = |node: Node<'_>, name: &str| node.name() == name || local(node.name()) == name;
    // A root without a prefix of its own, such as stproxyconfig's, is confirmed by any content.
    kind.roots.contains(&root.name())
        || (kind.elements.is_empty() && !tree.is_empty())
        || tree
            .nodes()
            .any(|node| kind.elements.iter().any(|element| is(node, element)))
}

fn is_dxl(root: Node<'_>) -> bool {
    root.attribute("xmlns").is_some_and(|namespace| namespace.contains(DXL))
        || (root.name() == "fragment" || root.name() == "document")
            && root.attributes().any(|attribute| attribute.value.contains(DXL))
}

fn local(name: &str) -> &str {
    name.rsplit_once(':').map_or(name, |(_, local)| local)
}

fn names(kind: &Kind, name: &str) -> bool {
    kind.files.iter().any(|glob| Glob::fixed(glob).matches(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn claim(path: &str) -> Option<&'static str> {
        claimed(&FilePath::from(path)).map(|claim| claim.kind)
    }

    #[test]
    fn names_claim_kinds() {
        for (path, kind) in [
            ("a/config/cells/C/security.xml", Some("security.xml")),
            ("proxy-opensocial-config.tpl", Some("proxy-config.tpl")),
            ("plugin-cfg.xml", Some("xml")),
            ("properties/ssl.client.props", Some("ssl.client.props")),
            ("soap.client.props", Some("properties")),
            ("etc/profile.d/java.sh", Some("profile")),
            ("etc/hosts", Some("hosts")),
            ("HOSTS", Some("hosts")),
            ("conf/httpd.conf", Some("httpd.conf")),
            ("key.p12", Some("keystore")),
            ("SystemOut.log", None),
            ("start.sh", None),
        ] {
            assert_eq!(claim(path), kind, "{path}");
        }
    }

    fn tree(elements: &[&str], namespace: &str) -> Tree {
        let mut tree = Tree::new(elements[0]);
        if !namespace.is_empty() {
            tree.attribute("xmlns", namespace, 1).unwrap();
        }
        for element in &elements[1..] {
            tree.add(crate::document::NodeIndex::ROOT, element, "", super::super::At::START)
                .unwrap();
        }
        tree
    }

    #[test]
    fn content_confirms_what_a_name_claims_or_says_what_it_is() {
        let kind = |path: &str, tree: &Tree| of_xml(&FilePath::from(path), tree);
        assert_eq!(kind("server.xml", &tree(&["process:Server"], "")).kind, "server.xml");
        assert_eq!(
            kind("server.xml", &tree(&["server", "featureManager"], "")).kind,
            "liberty-server.xml"
        );
        let tomcat = kind("server.xml", &tree(&["Server", "Service"], ""));
        assert_eq!((tomcat.kind, tomcat.not.is_some()), ("xml", true));
        let saved = kind("security-of-monday.xml", &tree(&["security:Security"], ""));
        assert_eq!((saved.kind, saved.by_name), ("security.xml", false));
        assert_eq!(
            kind("part.xml", &tree(&["xmi:XMI", "libraries:Library"], "")).kind,
            "libraries.xml"
        );
        assert_eq!(kind("fragment_security.xml", &tree(&["repertoire"], "")).kind, "xml");
        assert_eq!(
            kind("security.xml", &tree(&["repertoire", "setting"], "")).kind,
            "security.xml"
        );
        assert_eq!(
            kind("sso.dxl", &tree(&["document"], "http://www.lotus.com/dxl")).kind,
            "dxl"
        );
        assert_eq!(
            kind("sso.xml", &tree(&["document"], "http://www.lotus.com/dxl")).kind,
            "dxl"
        );
        assert_eq!(kind("a.xml", &tree(&["document"], "http://example.com")).kind, "xml");
    }
}
