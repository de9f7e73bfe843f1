//! Who signed whom.
//!
//! Comes in: the certificates of a file. Goes out: for each of them the one in the same file that signed it. Never here:
//! certificates from elsewhere, and whether a chain reaches anybody who is trusted.
//!
//! Only a certificate whose subject is the issuer's name, and whose key has the identifier that is asked for, can have
//! signed another; its key then has the last word. That matters where the root of a WebSphere cell was renewed: same name,
//! no identifiers, another key, and half of the servers still have a certificate of the old one.

use std::collections::BTreeMap;

use super::certificate::Certificate;
use super::signature::{Signature, Verdict};

/// Signatures that are verified of a file: 2,000, some seconds at worst. Each certificate needs one if no two issuers have
/// the same name.
const MAX_VERIFIED: usize = 2_000;

/// Who signed a certificate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Issuer {
    /// The number of the certificate in its file, from 0.
    pub(super) index: usize,
    /// How that is known.
    pub(super) proof: Proof,
}

/// How it is known who signed a certificate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Proof {
    /// The key verifies the signature.
    Signature,
    /// Names and identifiers agree, and the signature is none that could be verified.
    Name,
}

impl Proof {
    /// What the tree calls it.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Signature => "signature",
            Self::Name => "name",
        }
    }
}

/// Who signed each of some certificates.
#[derive(Debug)]
pub(super) struct Issued {
    /// For each certificate, its issuer if that is among them.
    pub(super) by: Vec<Option<Issuer>>,
    /// Whether no signature had to go unverified because there were too many.
    pub(super) all_verified: bool,
}

/// Finds who signed each certificate: itself if it can be, else the first of the file that can be.
pub(super) fn issued(certificates: &[&Certificate]) -> Issued {
    let candidates: Vec<Candidate<'_>> = certificates
        .iter()
        .map(|certificate| Candidate::of(certificate))
        .collect();
    let mut by_name: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    for (index, candidate) in candidates.iter().enumerate() {
        by_name.entry(candidate.certificate.subject()).or_default().push(index);
    }
    let mut effort = Effort {
        left: MAX_VERIFIED,
        short: false,
    };
    let by = candidates
        .iter()
        .enumerate()
        .map(|(index, child)| {
            let named = by_name
                .get(&child.certificate.issuer())
                .map(Vec::as_slice)
                .unwrap_or_default();
            let itself = named.iter().filter(|named| **named == index);
            let others = named.iter().filter(|named| **named != index);
            let possible = itself
                .chain(others)
                .filter_map(|index| Some((*index, candidates.get(*index)?)))
                .filter(|(_, parent)| child.asks_for(parent));
            find(child.certificate, possible, &mut effort)
        })
        .collect();
    Issued {
        by,
        all_verified: !effort.short,
    }
}

/// A certificate with what is compared of it for each of the others.
struct Candidate<'c> {
    certificate: &'c Certificate,
    key_id: Option<String>,
    authority_key_id: Option<String>,
}

impl<'c> Candidate<'c> {
    fn of(certificate: &'c Certificate) -> Self {
        Self {
            certificate,
            key_id: certificate.key_id(),
            authority_key_id: certificate.authority_key_id(),
        }
    }

    fn asks_for(&self, parent: &Candidate<'_>) -> bool {
        match (&self.authority_key_id, &parent.key_id) {
            (Some(asked), Some(found)) => asked == found,
            _ => true,
        }
    }
}

/// How many signatures may still be verified.
struct Effort {
    left: usize,
    short: bool,
}

impl Effort {
    fn verify(&mut self, signature: &Signature<'_>, parent: &Certificate) -> Verdict {
        match self.left.checked_sub(1) {
            // Costs nothing.
            _ if !signature.can_be_verified() => Verdict::Open,
            Some(left) => {
                self.left = left;
                signature.verify(parent.key())
            }
            None => {
                self.short = true;
                Verdict::Open
            }
        }
    }
}

/// The first whose key made the signature, else the first of which nothing can be said.
fn find<'c>(
    child: &Certificate,
    possible: impl Iterator<Item = (usize, &'c Candidate<'c>)>,
    effort: &mut Effort,
) -> Option<Issuer> {
    let signature = Signature::of(child);
    let mut open = None;
    for (index, parent) in possible {
        match effort.verify(&signature, parent.certificate) {
            Verdict::Valid => {
                let proof = Proof::Signature;
                return Some(Issuer { index, proof });
            }
            Verdict::Open => open = open.or(Some(index)),
            Verdict::Invalid => {}
        }
    }
    open.map(|index| Issuer {
        index,
        proof: Proof::Name,
    })
}
