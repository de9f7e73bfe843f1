//! PKCS#12: certificates and keys under a password (RFC 7292).
//!
//! Comes in: the bytes of a store, and passwords. Goes out: its certificates, with their aliases, and that there are private
//! keys. Never here: a private key, which stays encrypted, and whether the store was tampered with.
//!
//! ```text
//!   store ─► safe (plain) ───────────────────► bag: certificate, alias, key identifier
//!         └► safe (encrypted) ──password──► …  bag: private key (encrypted once more), key identifier
//! ```
//!
//! The store's seal (its MAC) is not checked: a password that opens a safe is the right one, a store that needs none has its
//! certificates read without, and newer seals need no code. The fields are read one by one and not as the library's types
//! (`pkcs12`, without a release for today's `der`), which would copy keys and give up all entries for one odd one.

mod fields;

use std::collections::BTreeSet;

use der::{ErrorKind, Reader};
use x509_cert::spki::AlgorithmIdentifierOwned;
use zeroize::Zeroizing;

use super::super::lines::Remarks;
use super::cipher::{Refusal, Scheme, Work};
use super::{Entries, Passwords};
use crate::document::At;
use fields::{Bag, BagContent, Content, reader, skip, skip_rest};

/// Bags of a store, of all kinds: 10,000, so that a store of nothing else ends.
const MAX_BAGS: usize = 10_000;

/// What stands in a store.
pub(super) fn entries(bytes: &[u8], passwords: &Passwords, remarks: &mut Remarks) -> Entries {
    let mut store = Store {
        bags: Vec::new(),
        faults: BTreeSet::new(),
    };
    if let Err(fault) = store.read(bytes, passwords) {
        store.faults.insert(fault);
    }
    for fault in &store.faults {
        remarks.say(1, fault.what());
    }
    store.entries(remarks)
}

struct Store {
    bags: Vec<Bag>,
    faults: BTreeSet<Fault>,
}

/// What is wrong with a store; each is said once.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Fault {
    CutOff,
    Malformed,
    /// Signed, or encrypted with a public key.
    OtherProtection,
    WrongPassword,
    Refused(Refusal),
    Nested,
    OtherCertificate,
    TooManyBags,
}

impl Fault {
    fn what(self) -> &'static str {
        match self {
            Self::CutOff => "is a PKCS#12 key store that is cut off",
            Self::Malformed => "is a PKCS#12 key store with something malformed in it; what follows that is not read",
            Self::OtherProtection => {
                "is a PKCS#12 key store, or a part of one, that is not protected by a password; it is not read"
            }
            Self::WrongPassword => {
                "is a PKCS#12 key store, and none of the given passwords opens it; give one with --keystore-passwords FILE or CASEBOOK_KEYSTORE_PASSWORD"
            }
            Self::Refused(Refusal::Rounds) => {
                "is a PKCS#12 key store that asks for more than 1,000,000 rounds of key derivation, the limit; it is not opened"
            }
            Self::Refused(Refusal::Work) => {
                "is a PKCS#12 key store that takes too long to open with all the given passwords; give the right one alone"
            }
            Self::Refused(Refusal::Algorithm) => {
                "is a PKCS#12 key store encrypted with an algorithm that is not supported; write it anew with openssl pkcs12 or keytool"
            }
            Self::Nested => "is a PKCS#12 key store with a bag of bags, which is not read",
            Self::OtherCertificate => "is a PKCS#12 key store with a certificate that is not X.509, which is not read",
            Self::TooManyBags => "is a PKCS#12 key store with more than 10,000 bags, the limit; the rest is not read",
        }
    }
}

impl From<der::Error> for Fault {
    fn from(error: der::Error) -> Self {
        match error.kind() {
            ErrorKind::Incomplete { .. } => Self::CutOff,
            _ => Self::Malformed,
        }
    }
}

impl From<Refusal> for Fault {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

impl Store {
    fn read(&mut self, bytes: &[u8], passwords: &Passwords) -> Result<(), Fault> {
        let safes = reader(bytes)?.sequence(|fields| {
            // Its version.
            skip(fields)?;
            let safes = fields.decode::<Content>()?;
            skip_rest(fields)?;
            Ok::<_, der::Error>(safes)
        })?;
        let Content::Data(safes) = safes else {
            return Err(Fault::OtherProtection);
        };
        let mut opener = Opener {
            candidates: passwords.candidates().collect(),
            work: Work::new(),
        };
        reader(safes.as_bytes())?.sequence(|safes| {
            while !safes.is_finished() {
                self.safe(&safes.decode()?, &mut opener);
            }
            Ok(())
        })
    }

    /// What is wrong with one safe does not keep the others from being read.
    fn safe(&mut self, safe: &Content, opener: &mut Opener<'_>) {
        let read = match safe {
            Content::Data(bags) => self.bags(bags.as_bytes()),
            Content::Encrypted { algorithm, encrypted } => opener
                .open(algorithm, encrypted.as_bytes())
                .and_then(|bags| self.bags(&bags)),
            Content::Other => Err(Fault::OtherProtection),
        };
        if let Err(fault) = read {
            self.faults.insert(fault);
        }
    }

    fn bags(&mut self, bags: &[u8]) -> Result<(), Fault> {
        reader(bags)?.sequence(|bags| {
            while !bags.is_finished() {
                if self.bags.len() >= MAX_BAGS {
                    return Err(Fault::TooManyBags);
                }
                let bag: Bag = bags.decode()?;
                self.faults.extend(unread(&bag.what));
                self.bags.push(bag);
            }
            Ok(())
        })
    }

    fn entries(self, remarks: &mut Remarks) -> Entries {
        let keys: BTreeSet<Vec<u8>> = self
            .bags
            .iter()
            .filter(|bag| matches!(bag.what, BagContent::PrivateKey { .. }))
            .filter_map(|bag| bag.key_id.clone())
            .collect();
        let mut entries = Entries::default();
        for bag in self.bags {
            match bag.what {
                BagContent::Nested | BagContent::OtherCertificate | BagContent::Other => {}
                BagContent::PrivateKey { encrypted } => entries.private_key(At::START, encrypted, remarks),
                BagContent::Certificate(der) => {
                    let has_key = bag.key_id.is_some_and(|key_id| keys.contains(&key_id));
                    entries.certificate(At::START, &der, bag.alias, Some(has_key), remarks);
                }
            }
        }
        entries
    }
}

/// What is missing because a bag has such a content.
fn unread(what: &BagContent) -> Option<Fault> {
    match what {
        BagContent::Nested => Some(Fault::Nested),
        BagContent::OtherCertificate => Some(Fault::OtherCertificate),
        BagContent::Certificate(_) | BagContent::PrivateKey { .. } | BagContent::Other => None,
    }
}

/// Tries passwords, and remembers how much was tried.
struct Opener<'p> {
    /// The one that opened the last safe comes first.
    candidates: Vec<&'p str>,
    work: Work,
}

impl Opener<'_> {
    fn open(&mut self, algorithm: &AlgorithmIdentifierOwned, encrypted: &[u8]) -> Result<Zeroizing<Vec<u8>>, Fault> {
        let scheme = Scheme::of(algorithm)?;
        for number in 0..self.candidates.len() {
            let Some(password) = self.candidates.get(number) else {
                break;
            };
            if let Some(content) = scheme.decrypt(password, encrypted, &mut self.work)? {
                self.candidates.swap(0, number);
                return Ok(content);
            }
        }
        Err(Fault::WrongPassword)
    }
}
