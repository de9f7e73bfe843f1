//! Secrets of documents go before anybody sees them.
//!
//! Comes in: a node, the name of a value in it, the value. Goes out: the value as a plugin may see it. Never here: which
//! names are secret words; the mask of findings knows them, and this room adds what only the shape of a document tells: a
//! name that stands beside its value (`name="…Password" value="…"`), above it (`<item name='LTPA_DominoSecret'>`), in the
//! element before it (`<param-name>`), or that is the directive of which it is an argument.

use std::borrow::Cow;

use super::tree::Node;
use crate::finding::{MASKED, mask_field, names_secret, secrets_in};

/// How far above a value the item that names it may stand: DXL has `item`, `textlist`, `text`.
const ABOVE: usize = 3;

/// The shortest value that may show by itself what it is.
const SHORTEST: usize = 4;

/// What the values of a node go through: the same value, or `[masked]` where the name of the attribute or element, or of the
/// item that it belongs to, says that it is a secret, or where it shows by itself.
pub fn cleaner<'t>(node: Node<'t>) -> impl Fn(&'t str, &'t str) -> Cow<'t, str> {
    let in_secret = contexts(node).any(names_one)
        || label_before(node).is_some_and(names_one)
        || written(node).is_some_and(names_one);
    let argument = secret_argument(node);
    move |name, value| {
        let named = names_one(name) || argument.is_some_and(|argument| argument.is(name));
        // Most values of a configuration are `true` or a number, and nothing that short shows by itself what it is.
        if value.is_empty() || (!named && !in_secret && value.len() < SHORTEST) {
            return Cow::Borrowed(value);
        }
        let own = mask_field(name, value);
        // Of an element with a telling name only its text and its value are the secret: `<keySets name="…Secret">` has other
        // attributes, which say where it belongs. A word for nothing (`null`, `none`) is the evidence.
        let valued = name == node.name() || matches!(name, "value" | "values" | "default" | "defaultValue");
        let declared = named || (in_secret && valued);
        let hidden = is_key(name) || (declared && mask_field(SECRET, value) == MASKED);
        if hidden { Cow::Borrowed(MASKED) } else { own }
    }
}

/// What was taken out of a value, in order.
pub fn taken_out<'v>(value: &'v str, cleaned: &str) -> Vec<&'v str> {
    if cleaned == MASKED {
        vec![value]
    } else {
        secrets_in(value)
    }
}

/// A name that declares any value to be a secret.
const SECRET: &str = "secret";

/// Whether a name declares its value to be a secret: by the words that findings know, as a key of LTPA, or in short, as
/// Tomcat's `keystorePass`, a shell's `DB_PASS` and a directory's `bindPW`.
fn names_one(name: &str) -> bool {
    names_secret(name) || is_key(name) || is_short_for_password(name)
}

/// Names that stand beside or above a value.
fn contexts(node: Node<'_>) -> impl Iterator<Item = &str> {
    std::iter::successors(Some(node), |node| Some(node.parent()))
        .take(ABOVE)
        .filter_map(|node| node.attribute("name").or_else(|| node.attribute("key")))
}

/// The name that stands in an element of its own before that of its value: `<param-name>`, `<env-entry-name>`, `<key>`.
fn label_before(node: Node<'_>) -> Option<&str> {
    if node.value().is_empty() {
        return None;
    }
    let before = node.before()?;
    let is_label = ends_with(before.name(), "name") || ends_with(before.name(), "key");
    (is_label && before.parent().index == node.parent().index).then(|| before.value())
}

/// A key as it is written, where only its capitals tell a word of its own: `bindPW` is `bindpw` in the tree of an INI file.
fn written(node: Node<'_>) -> Option<&str> {
    let short = SHORT.iter().any(|word| ends_with(node.name(), word));
    if short { node.attribute("written") } else { None }
}

/// Directives of httpd with an argument that is named by the one before it: `SetEnv DB_PASSWORD …`.
const NAMING: [&str; 4] = ["setenv", "define", "requestheader", "header"];

/// The argument of a directive that is a secret.
#[derive(Clone, Copy)]
enum Argument {
    /// The name of the directive says so of all: `AuthLDAPBindPassword …`.
    Any,
    /// The one before it says so of this one.
    Numbered(u32),
}

impl Argument {
    /// Whether that is the name under which it stands: `2`, `expanded-2`, or with all others in the node's value.
    fn is(self, name: &str) -> bool {
        match (self, number_of(name)) {
            (Self::Any, number) => number.is_some() || name == "expanded",
            (Self::Numbered(secret), Some(number)) => secret == number,
            (Self::Numbered(_), None) => name == "expanded" || NAMING.contains(&name),
        }
    }
}

fn secret_argument(node: Node<'_>) -> Option<Argument> {
    if names_one(node.name()) {
        return Some(Argument::Any);
    }
    if !NAMING.contains(&node.name()) {
        return None;
    }
    let mut named = node
        .attributes()
        .filter(|argument| names_one(argument.value))
        .filter_map(|argument| number_of(argument.name));
    named.next().map(|number| Argument::Numbered(number + 1))
}

/// The number of an argument: `2`, `expanded-2`.
fn number_of(name: &str) -> Option<u32> {
    let number = name.strip_prefix("expanded-").unwrap_or(name);
    number.parse().ok().filter(|number| *number < u32::MAX)
}

/// Keys of LTPA, under the names that Domino and WebSphere give them: `LTPA_DominoSecret`, `com.ibm.websphere.ltpa.3DESKey`,
/// and the `byteArray` of a key in a `security.xml`.
fn is_key(name: &str) -> bool {
    name == "byteArray"
        || (ends_with(name, "key") || ends_with(name, "secret")) && name.to_ascii_lowercase().contains("ltpa")
}

/// What `password` is shortened to.
const SHORT: [&str; 2] = ["pass", "pw"];

/// `Pass`, `PASS`, `pw` and the like at the end of a name, as a word of their own: not that of `bypass`.
fn is_short_for_password(name: &str) -> bool {
    SHORT.iter().any(|word| {
        let Some(at) = name.len().checked_sub(word.len()).filter(|_| ends_with(name, word)) else {
            return false;
        };
        let (before, own) = (name.get(..at).unwrap_or_default(), name.get(at..).unwrap_or_default());
        match before.chars().next_back() {
            None => true,
            Some(letter) if letter.is_ascii_lowercase() => own.starts_with('P'),
            Some(letter) => !letter.is_ascii_alphabetic(),
        }
    })
}

/// Whether a name ends with these letters, in any case.
fn ends_with(name: &str, word: &str) -> bool {
    let end = name.len().checked_sub(word.len()).and_then(|at| name.get(at..));
    end.is_some_and(|end| end.eq_ignore_ascii_case(word))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::{At, NodeIndex, Tree};

    #[test]
    fn secrets_are_told_by_their_own_name_and_by_what_names_them() {
        let mut tree = Tree::new("root");
        let item = tree.add(NodeIndex::ROOT, "item", "", At::START).unwrap();
        tree.attribute("name", "LTPA_DominoSecret", 1).unwrap();
        let list = tree.add(item, "textlist", "", At::START).unwrap();
        tree.add(list, "text", "c2VjcmV0", At::START).unwrap();
        tree.add(NodeIndex::ROOT, "properties", "", At::START).unwrap();
        tree.attribute("name", "com.example.bindPassword", 1).unwrap();
        tree.attribute("value", "geheim1", 1).unwrap();
        tree.add(NodeIndex::ROOT, "x", "", At::START).unwrap();
        tree.attribute("password", "{xor}Lz4sLChvLTs=", 1).unwrap();
        tree.attribute("alias", "NodeDefaultSSLSettings", 1).unwrap();
        tree.add(NodeIndex::ROOT, "keySets", "", At::START).unwrap();
        tree.attribute("name", "CellLTPASecret", 1).unwrap();
        tree.attribute("managementScope", "ManagementScope_1", 1).unwrap();
        let cleaned = tree.pruned(|_| true, cleaner);
        let all: Vec<String> = cleaned
            .nodes()
            .flat_map(|node| {
                let attributes = node.attributes().map(|attribute| attribute.value.to_owned());
                std::iter::once(node.value().to_owned()).chain(attributes.collect::<Vec<_>>())
            })
            .filter(|value| !value.is_empty())
            .collect();
        assert_eq!(
            all,
            [
                "LTPA_DominoSecret",
                MASKED,
                "com.example.bindPassword",
                MASKED,
                MASKED,
                "NodeDefaultSSLSettings",
                "CellLTPASecret",
                "ManagementScope_1"
            ]
        );
    }

    #[test]
    fn arguments_of_directives_are_told_by_the_directive_and_by_the_argument_before() {
        let mut tree = Tree::new("httpd");
        for (name, arguments) in [
            ("authldapbindpassword", &["geheim 1"][..]),
            ("setenv", &["DB_PASSWORD", "geheim2"]),
            ("setenv", &["LANG", "de_DE"]),
            ("requestheader", &["set", "X-Api-Key", "geheim3"]),
            ("rewriterule", &["^/password$", "https://chat.example.com/"]),
        ] {
            tree.add(NodeIndex::ROOT, name, &arguments.join(" "), At::START)
                .unwrap();
            for (number, argument) in (1..).zip(arguments) {
                tree.attribute(&number.to_string(), argument, 1).unwrap();
            }
        }
        let cleaned = tree.pruned(|_| true, cleaner);
        let shown = |node: Node<'_>| {
            let arguments: Vec<_> = node.attributes().map(|argument| argument.value).collect();
            format!("{} | {}", node.value(), arguments.join(" "))
        };
        assert_eq!(
            cleaned.nodes().skip(1).map(shown).collect::<Vec<_>>(),
            [
                "[masked] | [masked]",
                "[masked] | DB_PASSWORD [masked]",
                "LANG de_DE | LANG de_DE",
                "[masked] | set X-Api-Key [masked]",
                "^/password$ https://chat.example.com/ | ^/password$ https://chat.example.com/"
            ]
        );
    }

    #[test]
    fn the_element_before_a_value_may_name_it() {
        let mut tree = Tree::new("web-app");
        for (name, value) in [("keystorePassword", "geheim"), ("host", "chat.example.com")] {
            let param = tree.add(NodeIndex::ROOT, "context-param", "", At::START).unwrap();
            tree.add(param, "param-name", name, At::START).unwrap();
            tree.add(param, "param-value", value, At::START).unwrap();
        }
        let cleaned = tree.pruned(|_| true, cleaner);
        let values: Vec<_> = cleaned
            .nodes()
            .map(Node::value)
            .filter(|value| !value.is_empty())
            .collect();
        assert_eq!(values, ["keystorePassword", MASKED, "host", "chat.example.com"]);
    }

    #[test]
    fn passwords_have_short_names_too() {
        for (name, secret) in [
            ("keystorePass", true),
            ("DB_PASS", true),
            ("bindPW", true),
            ("ldap.pw", true),
            ("byteArray", true),
            ("pass", true),
            ("bypass", false),
            ("compass", false),
            ("BYPASS", false),
            ("pass-count", false),
            ("", false),
        ] {
            assert_eq!(names_one(name), secret, "{name}");
        }
    }

    #[test]
    fn keys_of_an_ini_file_are_told_as_they_are_written() {
        let mut tree = Tree::new("ini");
        for (written, value) in [("LdapBindPW", "geheim"), ("COMPW", "none of all"), ("Compass", "north")] {
            tree.add(NodeIndex::ROOT, &written.to_lowercase(), value, At::START)
                .unwrap();
            tree.attribute("written", written, 1).unwrap();
        }
        let cleaned = tree.pruned(|_| true, cleaner);
        let values: Vec<_> = cleaned.nodes().skip(1).map(Node::value).collect();
        assert_eq!(values, [MASKED, "none of all", "north"]);
    }

    #[test]
    fn what_was_taken_out_is_known() {
        assert_eq!(taken_out("geheim", MASKED), ["geheim"]);
        let value = "-Dpassword=geheim1 -Dx=1 -Dsecret=geheim2";
        assert_eq!(
            taken_out(value, &mask_field("arguments", value)),
            ["geheim1", "geheim2"]
        );
    }
}
