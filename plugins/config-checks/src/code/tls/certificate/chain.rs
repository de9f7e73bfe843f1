//! What is missing between a server's certificate and its root.
//!
//! A server has to send every certificate between its own and the root; the root itself clients have. So a certificate
//! whose issuer is nowhere is refused by most of them, and a missing root matters only to the administrator, who imports
//! it into WebSphere's key store.
//!
//! A certificate that lies alone, without a key and named by no web server, with its issuer beside it in the same folder,
//! is a part of a collection: what a server makes of it is not known, and nothing is said.

use std::collections::BTreeMap;

use super::findings::{Findings, Problem};
use super::served::Served;
use super::store::{Certificate, Chain, Reach, Store};

/// Judges the chain of every certificate that a file serves.
pub(super) fn judge<'s>(stores: &[Store<'s>], served: &[Served<'s>], findings: &mut Findings<'s>) {
    let mut beside: BTreeMap<usize, Vec<&Served<'s>>> = BTreeMap::new();
    for one in served {
        beside.entry(one.store).or_default().push(one);
    }
    let elsewhere = Elsewhere::of(stores);
    for (number, store) in stores.iter().enumerate() {
        let by = beside.get(&number).map_or(&[][..], Vec::as_slice);
        for chain in store.chains() {
            judge_chain(store, &chain, by, &elsewhere, stores, findings);
        }
    }
}

fn judge_chain<'s>(
    store: &Store<'s>,
    chain: &Chain<'s>,
    served: &[&Served<'s>],
    elsewhere: &Elsewhere<'s>,
    stores: &[Store<'s>],
    findings: &mut Findings<'s>,
) {
    let (Some(own), Some(top)) = (chain.own(), chain.top()) else {
        return;
    };
    let file = store.document.file();
    if !store.is_in_order(chain) {
        let message = format!(
            "In {file} the certificate of {} and those above it do not stand in the order in which they vouch for each \
             other: the server's own must be the first, each followed by the one that issued it.",
            own.subject()
        );
        findings.add(
            &own,
            Problem::Order,
            message,
            "another order",
            "own certificate, intermediates, root",
        );
    }
    let completed = !served.is_empty() && served.iter().all(|one| completes(one, &top, stores));
    match chain.reach() {
        Reach::Root => {}
        _ if completed => {}
        Reach::Authority => {
            let in_folder = elsewhere.has_issuer_beside(store, &top);
            // A web server need not send the root, and reads no other file for it.
            if !in_folder && served.is_empty() {
                let message = format!(
                    "{file} has the intermediates of {} but not the root above them, {}: no server has to send it, but \
                     WebSphere's key store should have it.",
                    own.subject(),
                    top.value("issuer")
                );
                findings.add(&own, Problem::NoRoot, message, top.subject(), top.value("issuer"));
            }
        }
        Reach::Alone => {
            let in_folder = elsewhere.has_issuer_beside(store, &own);
            if in_folder && served.is_empty() && !store.has_key {
                return;
            }
            let hint = if in_folder {
                " It lies in the same folder, where no server looks for it."
            } else {
                ""
            };
            let message = format!(
                "{file} has the certificate of {} without that of its issuer, {}: clients that do not happen to know the \
                 issuer refuse it.{hint}",
                own.subject(),
                own.value("issuer")
            );
            let places = std::iter::once(own.node).chain(served.iter().map(|one| one.directive));
            findings.add_at(
                &own,
                Problem::NoIssuer,
                message,
                ("no issuer", own.value("issuer")),
                places,
            );
        }
    }
}

/// Whether the other files that a web server's host names have the issuer of a certificate.
fn completes(served: &Served<'_>, certificate: &Certificate<'_>, stores: &[Store<'_>]) -> bool {
    let files = served.beside.iter().filter_map(|number| stores.get(*number));
    files
        .flat_map(Store::certificates)
        .any(|other| other.may_have_issued(certificate))
}

/// Certificates by the folder they lie in and the name that they have.
struct Elsewhere<'s>(BTreeMap<(&'s str, String), Vec<Certificate<'s>>>);

impl<'s> Elsewhere<'s> {
    fn of(stores: &[Store<'s>]) -> Self {
        let mut known: BTreeMap<_, Vec<_>> = BTreeMap::new();
        for store in stores {
            for certificate in store.certificates() {
                let key = (store.document.folder(), certificate.subject().to_ascii_lowercase());
                known.entry(key).or_default().push(*certificate);
            }
        }
        Self(known)
    }

    /// Whether a file of the same folder has the issuer of a certificate.
    fn has_issuer_beside(&self, store: &Store<'s>, certificate: &Certificate<'s>) -> bool {
        let key = (
            store.document.folder(),
            certificate.value("issuer").to_ascii_lowercase(),
        );
        let known = self.0.get(&key);
        known.is_some_and(|known| known.iter().any(|other| other.may_have_issued(certificate)))
    }
}
