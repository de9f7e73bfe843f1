//! What a cell forbids whatever its configurations allow.
//!
//! Comes in: the security property `com.ibm.websphere.tls.disabledAlgorithms`, a list such as
//! `SSLv3, RC4, DES, DH keySize < 1024, 3DES_EDE_CBC`. Goes out: which protocols and which parts of suites it names. Never
//! here: Java's own list in `java.security`, which WebSphere's replaces where it is given (since 8.5.5.10).

use casebook_plugin_configs::Node;

use super::protocol::Protocols;
use super::suites::Weakness;

/// The list, if it is given.
#[derive(Debug, Default)]
pub(super) struct Forbidden<'s> {
    node: Option<Node<'s>>,
    names: Vec<&'s str>,
}

impl<'s> Forbidden<'s> {
    /// The property.
    pub(super) const PROPERTY: &'static str = "com.ibm.websphere.tls.disabledAlgorithms";

    /// The list in a value; `none` is a list of nothing.
    pub(super) fn read(node: Node<'s>, value: &'s str) -> Self {
        let names = value
            .split(',')
            // A restriction of key sizes, `DH keySize < 1024`, forbids no suite as a whole.
            .map(str::trim)
            .filter(|name| !name.is_empty() && !name.contains(' ') && !name.eq_ignore_ascii_case("none"));
        Self {
            node: Some(node),
            names: names.collect(),
        }
    }

    /// Where the list stands.
    pub(super) fn node(&self) -> Option<Node<'s>> {
        self.node
    }

    /// Whether there is such a list.
    pub(super) fn is_given(&self) -> bool {
        self.node.is_some()
    }

    /// What it names.
    pub(super) fn names(&self) -> &[&'s str] {
        &self.names
    }

    /// The protocols that it names.
    pub(super) fn protocols(&self) -> Protocols {
        let named = self.names.iter().filter_map(|name| Protocols::named(name));
        named.fold(Protocols::NONE, Protocols::and)
    }

    /// Whether it forbids what makes a suite weak.
    pub(super) fn covers(&self, weakness: Weakness) -> bool {
        let names: &[&str] = match weakness {
            Weakness::Rc4 => &["RC4", "ARCFOUR", "RC4_128", "RC4_40"],
            Weakness::TripleDes => &["3DES", "DESede", "3DES_EDE_CBC"],
            Weakness::Des => &["DES", "DES_CBC", "DES40_CBC"],
            Weakness::Export => &["EXPORT"],
            Weakness::NoEncryption => &["NULL"],
            Weakness::Md5 => &["MD5"],
            Weakness::Anonymous => &["anon", "DH_anon", "ECDH_anon"],
            Weakness::Low => &[],
        };
        let named = |name: &&str| names.iter().any(|own| own.eq_ignore_ascii_case(name));
        self.names.iter().any(named)
    }
}
