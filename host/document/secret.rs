//! Secrets of documents go before anybody sees them.
//!
//! Comes in: a node, the name of a value in it, the value. Goes out: the value as a plugin may see it. Never here: which
//! names are secret words; the mask of findings knows them, and this room adds what only the shape of a document tells: a
//! name that stands beside its value (`name="…Password" value="…"`) or above it (`<item name='LTPA_DominoSecret'>`).

use std::borrow::Cow;

use super::tree::{Node, Tree};
use crate::finding::{MASKED, mask_field, names_secret};

/// How far above a value the item that names it may stand: DXL has `item`, `textlist`, `text`.
const ABOVE: usize = 3;

/// Secrets that are remembered of one file, to keep them out of its evidence. A key store listed as XML has a few dozen.
const MOST: usize = 4_096;

/// The shortest secret that is looked for in evidence; shorter ones would tear holes into words.
const SHORTEST: usize = 4;

/// What the values of a node go through: the same value, or `[masked]` where the name of the attribute or element, or of the
/// item that it belongs to, says that it is a secret, or where it shows by itself.
pub fn cleaner<'t>(node: Node<'t>) -> impl Fn(&'t str, &'t str) -> Cow<'t, str> {
    let in_secret = contexts(node).any(|context| names_secret(context) || is_key(context));
    move |name, value| {
        let named = names_secret(name) || is_key(name);
        // Most values of a configuration are `true` or a number, and nothing that short shows by itself what it is.
        if value.is_empty() || (!named && !in_secret && value.len() < SHORTEST) {
            return Cow::Borrowed(value);
        }
        let own = mask_field(name, value);
        // Of an element with a telling name only its text and its value are the secret: `<keySets name="…Secret">` has other
        // attributes, which say where it belongs. A word for nothing (`null`, `none`) is the evidence.
        let valued = name == node.name() || matches!(name, "value" | "values" | "default");
        let hidden = is_key(name) || (in_secret && valued && mask_field(SECRET, value) == MASKED);
        if hidden { Cow::Borrowed(MASKED) } else { own }
    }
}

/// A name that declares any value to be a secret.
const SECRET: &str = "secret";

/// Names that stand beside or above a value.
fn contexts(node: Node<'_>) -> impl Iterator<Item = &str> {
    std::iter::successors(Some(node), |node| Some(node.parent()))
        .take(ABOVE)
        .filter_map(|node| node.attribute("name").or_else(|| node.attribute("key")))
}

/// Keys of LTPA, under the names that Domino and WebSphere give them: `LTPA_DominoSecret`, `com.ibm.websphere.ltpa.3DESKey`.
fn is_key(name: &str) -> bool {
    let ends = |word: &str| {
        name.len()
            .checked_sub(word.len())
            .and_then(|at| name.get(at..))
            .is_some_and(|end| end.eq_ignore_ascii_case(word))
    };
    (ends("key") || ends("secret")) && name.to_ascii_lowercase().contains("ltpa")
}

/// The secrets of a whole tree, the longest first, so that one which contains another goes before it.
pub fn secrets_of(tree: &Tree) -> Vec<String> {
    let mut secrets = Vec::new();
    for node in tree.nodes() {
        let clean = cleaner(node);
        let attributes = node.attributes().map(|attribute| (attribute.name, attribute.value));
        for (name, value) in std::iter::once((node.name(), node.value())).chain(attributes) {
            if value.len() >= SHORTEST && secrets.len() < MOST && clean(name, value) == MASKED {
                secrets.push(value.to_owned());
            }
        }
    }
    secrets.sort_unstable_by_key(|secret| std::cmp::Reverse(secret.len()));
    secrets.dedup();
    secrets
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::{At, NodeIndex};

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
        assert_eq!(secrets_of(&tree), ["{xor}Lz4sLChvLTs=", "c2VjcmV0", "geheim1"]);
    }
}
