//! Files of certificates.
//!
//! Comes in: a document of the kind `keystore`. Goes out: a [`Store`]: its certificates, which of them it serves as its
//! own, and the chain above each. Never here: files beside it, dates, names that clients ask for.
//!
//! What a file is for shows in what lies in it:
//!
//! | container | its own certificate is |
//! |---|---|
//! | PKCS#12 | each that has its private key beside it; a file without any is a trust store |
//! | PEM | the first that is no authority's; with a private key in the file, the only or the first one even if it says it is |
//! | DER | the only one, if it is no authority's |

use std::collections::BTreeSet;

use casebook_plugin_configs::{Document, Node};

/// The number of a certificate among those of its file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct CertificateIndex(usize);

/// A certificate.
#[derive(Debug, Clone, Copy)]
pub(super) struct Certificate<'s> {
    pub(super) node: Node<'s>,
}

/// A file of certificates.
#[derive(Debug)]
pub(super) struct Store<'s> {
    pub(super) document: Document<'s>,
    certificates: Vec<Certificate<'s>>,
    /// Whether a private key lies in it.
    pub(super) has_key: bool,
    is_pem: bool,
    own: Vec<CertificateIndex>,
}

/// What a server shows: its own certificate and those above it, as far as the file has them.
#[derive(Debug)]
pub(super) struct Chain<'s> {
    /// The server's own first.
    pub(super) certificates: Vec<Certificate<'s>>,
    indices: Vec<CertificateIndex>,
}

/// How far a chain goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reach {
    /// To a certificate that vouches for itself.
    Root,
    /// To an authority whose own issuer is not in the file.
    Authority,
    /// Nowhere: the issuer of the server's own certificate is not in the file.
    Alone,
}

impl<'s> Certificate<'s> {
    pub(super) fn value(&self, name: &str) -> &'s str {
        self.node.attribute(name).unwrap_or_default()
    }

    pub(super) fn subject(&self) -> &'s str {
        self.value("subject")
    }

    pub(super) fn is_self_issued(&self) -> bool {
        self.value("self-issued") == "yes"
    }

    /// What tells it from all others.
    pub(super) fn identity(&self) -> String {
        match self.value("fingerprint") {
            "" => format!("{} {}", self.subject(), self.value("serial")),
            fingerprint => fingerprint.to_owned(),
        }
    }

    /// Whether it may have issued another one: by names, and by the identifiers of keys where both have them.
    pub(super) fn may_have_issued(&self, other: &Self) -> bool {
        let (own, asked) = (self.value("key-id"), other.value("authority-key-id"));
        let same_key = own.is_empty() || asked.is_empty() || own == asked;
        self.subject().eq_ignore_ascii_case(other.value("issuer")) && same_key && self.value("ca") != "no"
    }

    fn issuer(&self) -> Option<CertificateIndex> {
        self.value("issued-by").parse().ok().map(CertificateIndex)
    }
}

impl<'s> Store<'s> {
    /// Reads a document.
    pub(super) fn read(document: Document<'s>) -> Self {
        let certificates: Vec<_> = document.named("certificate").map(|node| Certificate { node }).collect();
        let container = document.root().attribute("container").unwrap_or_default();
        let key_beside = document.named("private-key").next().is_some();
        let of_its_own = |certificate: &Certificate<'_>| certificate.value("has-key") == "yes";
        let mut store = Self {
            document,
            has_key: key_beside || certificates.iter().any(of_its_own),
            is_pem: container == "pem",
            own: Vec::new(),
            certificates,
        };
        store.own = if container == "pkcs12" {
            store
                .indices()
                .filter(|index| store.get(*index).is_some_and(|one| of_its_own(&one)))
                .collect()
        } else {
            store.first_own().into_iter().collect()
        };
        store
    }

    /// The first certificate that is no authority's; beside a private key any will do.
    fn first_own(&self) -> Option<CertificateIndex> {
        let issuers: BTreeSet<_> = self.indices().filter_map(|index| self.issuer_of(index)).collect();
        let is_own = |index: &CertificateIndex| {
            self.get(*index)
                .is_some_and(|certificate| match certificate.value("ca") {
                    "no" => true,
                    "yes" => false,
                    _ => !issuers.contains(index),
                })
        };
        let any = || self.indices().next().filter(|_| self.has_key);
        self.indices().find(is_own).or_else(any)
    }

    /// The one that issued another in the same file; a root is nobody else's.
    fn issuer_of(&self, index: CertificateIndex) -> Option<CertificateIndex> {
        self.get(index)?.issuer().filter(|issuer| *issuer != index)
    }

    fn indices(&self) -> impl Iterator<Item = CertificateIndex> + use<'s> {
        (0..self.certificates.len()).map(CertificateIndex)
    }

    fn get(&self, index: CertificateIndex) -> Option<Certificate<'s>> {
        self.certificates.get(index.0).copied()
    }

    /// All its certificates, in the order of the file.
    pub(super) fn certificates(&self) -> &[Certificate<'s>] {
        &self.certificates
    }

    /// The chains of its own certificates.
    pub(super) fn chains(&self) -> impl Iterator<Item = Chain<'s>> {
        self.own.iter().map(|own| {
            let mut indices = vec![*own];
            let mut seen = BTreeSet::from([*own]);
            let mut at = *own;
            while let Some(above) = self.issuer_of(at).filter(|above| seen.insert(*above)) {
                indices.push(above);
                at = above;
            }
            Chain {
                certificates: indices.iter().filter_map(|index| self.get(*index)).collect(),
                indices,
            }
        })
    }

    /// Whether a PEM file has its chain in the order in which servers send it: the own certificate first, each followed
    /// by the one that issued it; a root may stand anywhere, for nobody needs it. A file with several servers'
    /// certificates is a collection, and has no order.
    pub(super) fn is_in_order(&self, chain: &Chain<'s>) -> bool {
        let owners = self.certificates.iter().filter(|one| one.value("ca") == "no").count();
        let is_root = |index: &CertificateIndex| self.get(*index).is_some_and(|one| one.is_self_issued());
        let (first, above) = match chain.indices.split_first() {
            Some((first, above)) => (*first, above.iter().copied().filter(|index| !is_root(index))),
            None => return true,
        };
        let in_order = std::iter::once(first)
            .chain(above)
            .eq(self.indices().take(chain.without_root()));
        !self.is_pem || owners > 1 || in_order
    }
}

impl<'s> Chain<'s> {
    /// The server's own certificate.
    pub(super) fn own(&self) -> Option<Certificate<'s>> {
        self.certificates.first().copied()
    }

    /// The last that the file has.
    pub(super) fn top(&self) -> Option<Certificate<'s>> {
        self.certificates.last().copied()
    }

    /// How many certificates it has below its root; its own counts in any case.
    fn without_root(&self) -> usize {
        let above = self.certificates.iter().skip(1);
        1 + above.filter(|certificate| !certificate.is_self_issued()).count()
    }

    pub(super) fn reach(&self) -> Reach {
        match self.top() {
            Some(top) if top.is_self_issued() => Reach::Root,
            Some(_) if self.certificates.len() > 1 => Reach::Authority,
            _ => Reach::Alone,
        }
    }
}
