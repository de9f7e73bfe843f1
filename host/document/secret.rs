//! Secrets of documents go before anybody sees them.
//!
//! Comes in: a node, the name of a value in it, the value. Goes out: the value as a plugin may see it. Never here: which
//! names are secret words; the mask of findings knows them, and this room adds what only the shape of a document tells: a
//! name that stands beside its value (`name="…Password" value="…"`) or above it (`<item name='LTPA_DominoSecret'>`).

use std::borrow::Cow;

use super::tree::{Node, Tree};
use crate::finding::{MASKED, mask_field};

/// How far above a value the item that names it may stand: DXL has `item`, `textlist`, `text`.
const ABOVE: usize = 3;

/// Secrets that are remembered of one file, to keep them out of its evidence. A key store listed as XML has a few dozen.
const MOST: usize = 4_096;

/// The shortest secret that is looked for in evidence; shorter ones would tear holes into words.
const SHORTEST: usize = 4;

/// The value without its secret: masked where the name of the attribute or element, or of the item that it belongs to, says
/// that it is one, or where it shows by itself.
pub fn clean<'v>(node: Node<'_>, name: &str, value: &'v str) -> Cow<'v, str> {
    if value.is_empty() {
        return Cow::Borrowed(value);
    }
    let own = mask_field(name, value);
    if own == MASKED {
        return own;
    }
    if is_key(name) || contexts(node).any(|context| mask_field(context, value) == MASKED || is_key(context)) {
        // What names a secret stands beside it, and is none itself.
        let names = matches!(name, "name" | "xmi:id" | "names" | "key" | "type");
        if !names {
            return Cow::Borrowed(MASKED);
        }
    }
    own
}

/// Names that stand beside or above a value.
fn contexts(node: Node<'_>) -> impl Iterator<Item = &str> {
    std::iter::successors(Some(node), |node| Some(node.parent()))
        .take(ABOVE)
        .filter_map(|node| node.attribute("name").or_else(|| node.attribute("key")))
}

/// Keys of LTPA, under the names that Domino and WebSphere give them.
fn is_key(name: &str) -> bool {
    let plain: String = name
        .chars()
        .filter(char::is_ascii_alphanumeric)
        .map(|letter| letter.to_ascii_lowercase())
        .collect();
    (plain.contains("ltpa") && (plain.ends_with("secret") || plain.ends_with("key"))) || plain.ends_with("3deskey")
}

/// The secrets of a whole tree, the longest first, so that one which contains another goes before it.
pub fn secrets_of(tree: &Tree) -> Vec<String> {
    let mut secrets = Vec::new();
    for node in tree.nodes() {
        let attributes = node.attributes().map(|attribute| (attribute.name, attribute.value));
        for (name, value) in std::iter::once((node.name(), node.value())).chain(attributes) {
            if value.len() >= SHORTEST && secrets.len() < MOST && clean(node, name, value) == MASKED {
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
        let cleaned = tree.pruned(|_| true, clean);
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
                "NodeDefaultSSLSettings"
            ]
        );
        assert_eq!(secrets_of(&tree), ["{xor}Lz4sLChvLTs=", "c2VjcmV0", "geheim1"]);
    }
}
