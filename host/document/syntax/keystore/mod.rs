//! Key stores: who a server says it is, and who vouches for it.
//!
//! Comes in: the bytes of a file, and the passwords that the user gave. Goes out: the root `keystore` (attribute
//! `container`: `pem`, `der` or `pkcs12`), and below it in the order of the file:
//!
//! | node | attributes |
//! |---|---|
//! | `certificate` | `subject`, `issuer` (RFC 4514), `common-name`, `serial`, `not-before`, `not-after` (RFC 3339, UTC), `not-after-epoch` (seconds), `self-issued`, `ca` (`yes`, `no`; `unknown` without readable basic constraints), `key-id`, `authority-key-id`, `fingerprint` (SHA-256), `signature`, `key`, `alias` and `has-key` (PKCS#12), `issued-by`, `issued-by-proof` |
//! | `name`, below it | its value is a name of the subject alternative name; `kind` is `dns` or `ip` |
//! | `private-key` | `encrypted` |
//!
//! `issued-by` is the number, counted from 0 among the certificates of the file, of the one that signed this one; a root
//! names itself. `issued-by-proof` is `signature` if its key verifies the signature, and `name` if names and key
//! identifiers agree and the algorithm is none that is verified here. All identifiers are hexadecimal.
//!
//! Never here: anything of a private key but that it is there, a password in any output, whether a chain is good.
//!
//! ```text
//!            pem ────────────────┐
//!   bytes ── der ────────────────┼─► entries ── issuer ──► tree
//!            pkcs12 ── cipher ───┘   (certificate)
//! ```
//!
//! The libraries are RustCrypto's: pure Rust, and one ASN.1 reader ([`der`], hardened against nesting and quadratic sorting)
//! under all of them, which also reads the BER that some writers of PKCS#12 leave. `x509-parser` would be a second ASN.1
//! stack, and verifies with *ring*; `p12-keystore` bounds the work of a part but not that of a file, reads no BER, and
//! decrypts the keys.

mod algorithm;
mod certificate;
mod cipher;
mod container;
mod issuer;
mod passwords;
mod pem;
mod pkcs12;
mod signature;
#[cfg(test)]
mod tests;

pub use container::recognise;
pub use passwords::{MAX_PASSWORDS, Passwords, TooManyPasswords};

use super::lines::Remarks;
use crate::document::{At, Full, NodeIndex, Parsed, Tree};
use certificate::{Certificate, Unreadable};
use container::Container;
use issuer::{Issued, Issuer};

/// Bytes of a file that is read: 4 MiB, ten times those of the trust store of all public authorities.
pub const MAX_BYTES: usize = 4 << 20;

/// Certificates and private keys that are read of a file: 1,000. The trust store of a Java has 150.
pub const MAX_ENTRIES: usize = 1_000;

/// What stands in a key store.
pub fn parse(bytes: &[u8], passwords: &Passwords) -> Parsed {
    let mut tree = Tree::new("keystore");
    let mut remarks = Remarks::default();
    if bytes.len() > MAX_BYTES {
        remarks.say(1, "is larger than 4 MiB, the limit of a key store, and is not read");
        return remarks.beside(tree);
    }
    let container = Container::of(bytes);
    let entries = match container {
        Container::Pem => pem::entries(bytes, &mut remarks),
        Container::Der => single(bytes, &mut remarks),
        Container::Pkcs12 => pkcs12::entries(bytes, passwords, &mut remarks),
        Container::Pkcs7 | Container::Jks | Container::Jceks | Container::Unknown => {
            remarks.say(1, container.refusal(bytes));
            Entries::default()
        }
    };
    if let Err((line, full)) = write(&mut tree, container, &entries.found, &mut remarks) {
        remarks.stop(line, full);
    }
    remarks.beside(tree)
}

/// What stands in a file, in its order.
#[derive(Debug, Default)]
struct Entries {
    found: Vec<Entry>,
    /// There were more than [`MAX_ENTRIES`].
    over: bool,
}

#[derive(Debug)]
struct Entry {
    at: At,
    what: What,
}

#[derive(Debug)]
enum What {
    Certificate {
        certificate: Box<Certificate>,
        alias: Option<String>,
        /// Whether its private key stands beside it, where the container says which key is whose.
        has_key: Option<bool>,
    },
    PrivateKey {
        encrypted: bool,
    },
}

impl Entries {
    /// Keeps a certificate if it can be read as one.
    fn certificate(&mut self, at: At, der: &[u8], alias: Option<String>, has_key: Option<bool>, remarks: &mut Remarks) {
        if !self.has_room(at.line, remarks) {
            return;
        }
        match Certificate::read(der) {
            Ok(certificate) => self.found.push(Entry {
                at,
                what: What::Certificate {
                    certificate: Box::new(certificate),
                    alias,
                    has_key,
                },
            }),
            Err(unreadable) => remarks.say(at.line, unreadable.what()),
        }
    }

    fn private_key(&mut self, at: At, encrypted: bool, remarks: &mut Remarks) {
        if self.has_room(at.line, remarks) {
            self.found.push(Entry {
                at,
                what: What::PrivateKey { encrypted },
            });
        }
    }

    /// Whether there is room for another; says so once if there is none.
    fn has_room(&mut self, line: u32, remarks: &mut Remarks) -> bool {
        let room = self.found.len() < MAX_ENTRIES;
        if !room && !self.over {
            self.over = true;
            remarks.say(
                line,
                "has more than 1,000 certificates and keys, the limit of a file; the rest is not read",
            );
        }
        room
    }
}

/// A file that is a certificate.
fn single(bytes: &[u8], remarks: &mut Remarks) -> Entries {
    let mut entries = Entries::default();
    match certificate::first_value(bytes) {
        Ok((der, behind)) => {
            entries.certificate(At::START, der, None, None, remarks);
            if !behind.iter().all(|byte| byte.is_ascii_whitespace() || *byte == 0) {
                remarks.say(1, "has more bytes behind its certificate, which are not read");
            }
        }
        Err(error) => remarks.say(1, Unreadable::from(error).what()),
    }
    entries
}

/// Hangs the entries below the root; an error says at which line there was no more room.
fn write(tree: &mut Tree, container: Container, entries: &[Entry], remarks: &mut Remarks) -> Result<(), (u32, Full)> {
    if let Some(name) = container.name() {
        tree.attribute("container", name, 1).map_err(|full| (1, full))?;
    }
    let mut issued = issued(entries, remarks).into_iter();
    for entry in entries {
        let line = entry.at.line;
        match &entry.what {
            What::PrivateKey { encrypted } => private_key(tree, entry.at, *encrypted),
            What::Certificate {
                certificate,
                alias,
                has_key,
            } => {
                for remark in &certificate.odd {
                    remarks.say(line, remark);
                }
                let beside = [
                    ("alias", alias.clone()),
                    ("has-key", has_key.map(|has| yes_or_no(has).to_owned())),
                ];
                let issuer = issued.next().flatten();
                write_certificate(tree, entry.at, certificate, beside, issuer)
            }
        }
        .map_err(|full| (line, full))?;
    }
    Ok(())
}

fn issued(entries: &[Entry], remarks: &mut Remarks) -> Vec<Option<Issuer>> {
    let certificates: Vec<&Certificate> = entries
        .iter()
        .filter_map(|entry| match &entry.what {
            What::Certificate { certificate, .. } => Some(&**certificate),
            What::PrivateKey { .. } => None,
        })
        .collect();
    let Issued { by, all_verified } = issuer::issued(&certificates);
    if !all_verified {
        remarks.say(
            1,
            "has so many certificates of one name that not all of their signatures are verified",
        );
    }
    by
}

fn private_key(tree: &mut Tree, at: At, encrypted: bool) -> Result<(), Full> {
    tree.add(NodeIndex::ROOT, "private-key", "", at)?;
    tree.attribute("encrypted", yes_or_no(encrypted), at.line)
}

fn write_certificate(
    tree: &mut Tree,
    at: At,
    certificate: &Certificate,
    beside: [(&str, Option<String>); 2],
    issuer: Option<Issuer>,
) -> Result<(), Full> {
    let node = tree.add(NodeIndex::ROOT, "certificate", "", at)?;
    let issued_by = [
        ("issued-by", issuer.map(|issuer| issuer.index.to_string())),
        ("issued-by-proof", issuer.map(|issuer| issuer.proof.name().to_owned())),
    ];
    for (name, value) in certificate.attributes().into_iter().chain(beside).chain(issued_by) {
        if let Some(value) = value {
            tree.attribute(name, &value, at.line)?;
        }
    }
    for alternative in &certificate.names {
        tree.add(node, "name", &alternative.value, at)?;
        tree.attribute("kind", alternative.kind, at.line)?;
    }
    Ok(())
}

fn yes_or_no(answer: bool) -> &'static str {
    if answer { "yes" } else { "no" }
}
