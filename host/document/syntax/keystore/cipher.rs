//! Encryption under a password, as PKCS#12 has it.
//!
//! Comes in: the algorithm with its parameters, a password, and what is encrypted. Goes out: the content if the password
//! fits. Never here: which passwords there are, what the content means, or more work than [`MAX_WORK`].
//!
//! ```text
//!   PBES1 (PKCS#12): SHA-1, many rounds ──► 3DES or RC2     Java and OpenSSL until about 2021, WebSphere
//!   PBES2 (PKCS#5):  PBKDF2, many rounds ─► AES or 3DES     since then
//! ```
//!
//! A file says itself how many rounds each of its parts needs, so all of it is counted before it is done. PBES2 is the
//! library's (`pkcs5`). The derivation of PBES1 is our own, for there is no release of `pkcs12` that goes with the others;
//! it is proved on stores that OpenSSL wrote.

use cbc::cipher::{BlockCipherDecrypt, BlockModeDecrypt, InnerIvInit, KeyInit, block_padding::Pkcs7};
use der::Decode;
use der::asn1::{ObjectIdentifier, OctetString};
use des::{TdesEde2, TdesEde3};
use pkcs5::pbes2::{Kdf, PBES2_OID, Parameters, Pbkdf2Prf};
use rc2::Rc2;
use sha1::{Digest, Sha1};
use x509_cert::spki::AlgorithmIdentifierOwned;
use zeroize::Zeroizing;

/// Rounds that one part may ask for: 1,000,000. Java asks for 10,000, the careful for 600,000.
const MAX_ROUNDS: u32 = 1_000_000;

/// Blocks that are hashed for one file, for all of its parts and all passwords: 40,000,000, some ten seconds.
pub(super) const MAX_WORK: u64 = 40_000_000;

/// Bytes of a salt: 1 KiB. It is 8 to 32 everywhere, and all of it is hashed for every key.
const MAX_SALT: usize = 1 << 10;

const SHA1_AND_3DES: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.12.1.3");
const SHA1_AND_2DES: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.12.1.4");
const SHA1_AND_RC2_128: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.12.1.5");
const SHA1_AND_RC2_40: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.12.1.6");

/// Why nothing is decrypted, whatever the password.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Refusal {
    /// It asks for more rounds than [`MAX_ROUNDS`].
    Rounds,
    /// [`MAX_WORK`] is used up.
    Work,
    /// An algorithm that is not known here.
    Algorithm,
}

/// An algorithm with its parameters.
#[derive(Debug)]
pub(super) enum Scheme {
    /// With the derivation of PKCS#12.
    Pkcs12 { cipher: Cipher, salt: Vec<u8>, rounds: u32 },
    /// With that of PKCS#5.
    Pkcs5(Box<Parameters>),
}

#[derive(Clone, Copy, Debug)]
pub(super) enum Cipher {
    TripleDes,
    TwoKeyDes,
    Rc2 { key_bytes: usize },
}

/// The work that may still be done for a file.
#[derive(Debug)]
pub(super) struct Work {
    left: u64,
}

impl Work {
    /// All of it.
    pub(super) fn new() -> Self {
        Self { left: MAX_WORK }
    }

    fn spend(&mut self, blocks: u64) -> Result<(), Refusal> {
        self.left = self.left.checked_sub(blocks).ok_or(Refusal::Work)?;
        Ok(())
    }
}

impl Scheme {
    /// Reads the algorithm of something encrypted.
    pub(super) fn of(algorithm: &AlgorithmIdentifierOwned) -> Result<Self, Refusal> {
        let parameters = algorithm.parameters.as_ref().ok_or(Refusal::Algorithm)?;
        let cipher = match algorithm.oid {
            SHA1_AND_3DES => Cipher::TripleDes,
            SHA1_AND_2DES => Cipher::TwoKeyDes,
            SHA1_AND_RC2_128 => Cipher::Rc2 { key_bytes: 16 },
            SHA1_AND_RC2_40 => Cipher::Rc2 { key_bytes: 5 },
            PBES2_OID => {
                let parameters = Parameters::try_from(parameters.to_ref()).map_err(|_| Refusal::Algorithm)?;
                return Self::pkcs5(parameters);
            }
            _ => return Err(Refusal::Algorithm),
        };
        let read = parameters.sequence(|pair| {
            let salt = OctetString::decode(pair)?;
            Ok::<_, der::Error>((salt, u32::decode(pair)?))
        });
        let (salt, rounds) = read.map_err(|_| Refusal::Algorithm)?;
        if salt.as_bytes().len() > MAX_SALT {
            return Err(Refusal::Algorithm);
        }
        let salt = salt.as_bytes().to_vec();
        affordable(rounds)?;
        Ok(Self::Pkcs12 { cipher, salt, rounds })
    }

    fn pkcs5(parameters: Parameters) -> Result<Self, Refusal> {
        match &parameters.kdf {
            Kdf::Pbkdf2(derivation) => affordable(derivation.iteration_count)?,
            // Scrypt, which no writer of PKCS#12 offers, would ask for memory as well.
            _ => return Err(Refusal::Algorithm),
        }
        Ok(Self::Pkcs5(Box::new(parameters)))
    }

    /// The content, if it is an ASN.1 SEQUENCE under that password: everything that PKCS#12 encrypts is one, and under a
    /// wrong password its padding, its tag and its length would all have to be right by chance.
    pub(super) fn decrypt(
        &self,
        password: &str,
        encrypted: &[u8],
        work: &mut Work,
    ) -> Result<Option<Zeroizing<Vec<u8>>>, Refusal> {
        match self {
            Self::Pkcs12 { cipher, salt, rounds } => {
                for spelling in spellings(password) {
                    work.spend(self.cost(encrypted))?;
                    let content = cipher.decrypt(&spelling, salt, *rounds, encrypted);
                    if let Some(content) = content.filter(|content| is_sequence(content)) {
                        return Ok(Some(content));
                    }
                }
                Ok(None)
            }
            Self::Pkcs5(parameters) => {
                work.spend(self.cost(encrypted))?;
                let content = parameters.decrypt(password.as_bytes(), encrypted).ok();
                Ok(content.map(Zeroizing::new).filter(|content| is_sequence(content)))
            }
        }
    }

    /// Blocks that are hashed, or what takes about as long, for one password.
    fn cost(&self, encrypted: &[u8]) -> u64 {
        // 3DES takes as long for a byte; what is added is for a part that asks for nothing at all.
        let rest = 200 + encrypted.len() as u64;
        rest + match self {
            // Two derivations for a key of up to 24 bytes, one for the initial vector.
            Self::Pkcs12 { rounds, salt, .. } => 3 * (u64::from(*rounds) + salt.len() as u64 / 64),
            Self::Pkcs5(parameters) => parameters.kdf.pbkdf2().map_or(0, |derivation| {
                // A round is two blocks. A long key takes two rounds of SHA-1, and the blocks of SHA-512 take longer.
                let blocks = match derivation.prf {
                    Pbkdf2Prf::HmacWithSha384 | Pbkdf2Prf::HmacWithSha512 => 8,
                    _ => 4,
                };
                blocks * u64::from(derivation.iteration_count)
            }),
        }
    }
}

fn affordable(rounds: u32) -> Result<(), Refusal> {
    if rounds > MAX_ROUNDS {
        Err(Refusal::Rounds)
    } else {
        Ok(())
    }
}

impl Cipher {
    fn decrypt(self, password: &[u8], salt: &[u8], rounds: u32, encrypted: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
        let key_bytes = match self {
            Self::TripleDes => 24,
            Self::TwoKeyDes => 16,
            Self::Rc2 { key_bytes } => key_bytes,
        };
        let mut key = Zeroizing::new(vec![0; key_bytes]);
        derive(Purpose::Key, password, salt, rounds, &mut key);
        let mut vector = [0; 8];
        derive(Purpose::InitialVector, password, salt, rounds, &mut vector);
        match self {
            Self::TripleDes => unchain(TdesEde3::new_from_slice(&key).ok()?, &vector, encrypted),
            Self::TwoKeyDes => unchain(TdesEde2::new_from_slice(&key).ok()?, &vector, encrypted),
            Self::Rc2 { key_bytes } => unchain(Rc2::new_with_eff_key_len(&key, key_bytes * 8), &vector, encrypted),
        }
    }
}

fn unchain<C: BlockCipherDecrypt>(cipher: C, vector: &[u8], encrypted: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
    let content = cbc::Decryptor::inner_iv_slice_init(cipher, vector)
        .ok()?
        .decrypt_padded_vec::<Pkcs7>(encrypted)
        .ok()?;
    Some(Zeroizing::new(content))
}

/// Whether it is the header of a SEQUENCE and exactly as much as that says.
fn is_sequence(content: &[u8]) -> bool {
    use der::{EncodingRules, Header, Reader, SliceReader, Tag};
    let Ok(mut reader) = SliceReader::new_with_encoding_rules(content, EncodingRules::Ber) else {
        return false;
    };
    Header::decode(&mut reader).is_ok_and(|header| {
        header.tag() == Tag::Sequence && u32::from(header.length()) == u32::from(reader.remaining_len())
    })
}

/// A password as the derivation of PKCS#12 takes it: UTF-16 with a zero behind it. No password is sometimes nothing at all.
fn spellings(password: &str) -> Vec<Zeroizing<Vec<u8>>> {
    let units = password.encode_utf16().chain([0]);
    let terminated = Zeroizing::new(units.flat_map(u16::to_be_bytes).collect());
    if password.is_empty() {
        vec![terminated, Zeroizing::new(Vec::new())]
    } else {
        vec![terminated]
    }
}

/// What is derived from a password.
#[derive(Clone, Copy, Debug)]
enum Purpose {
    Key = 1,
    InitialVector = 2,
}

/// Bytes that SHA-1 takes at a time.
const BLOCK: usize = 64;

/// Bytes that SHA-1 gives.
const HASH: usize = 20;

/// RFC 7292, appendix B.2, with SHA-1.
fn derive(purpose: Purpose, password: &[u8], salt: &[u8], rounds: u32, derived: &mut [u8]) {
    let diversifier = [purpose as u8; BLOCK];
    let mut input = Zeroizing::new(repeated(salt));
    input.extend_from_slice(&Zeroizing::new(repeated(password)));
    for part in derived.chunks_mut(HASH) {
        let mut hash = Sha1::new_with_prefix(diversifier).chain_update(&*input).finalize();
        for _ in 1..rounds {
            hash = Sha1::digest(hash);
        }
        for (derived, hashed) in part.iter_mut().zip(&hash) {
            *derived = *hashed;
        }
        for block in input.chunks_mut(BLOCK) {
            add(block, &hash);
        }
    }
}

/// As often as it takes to fill whole blocks.
fn repeated(bytes: &[u8]) -> Vec<u8> {
    let length = bytes.len().next_multiple_of(BLOCK);
    bytes.iter().copied().cycle().take(length).collect()
}

/// Adds the hash, repeated, and one to the number that a block is.
fn add(block: &mut [u8], hash: &[u8]) {
    let mut addend = [0; BLOCK];
    for (byte, hashed) in addend.iter_mut().zip(hash.iter().cycle()) {
        *byte = *hashed;
    }
    let mut carry = 1;
    for (byte, added) in block.iter_mut().zip(addend).rev() {
        let sum = u16::from(*byte) + u16::from(added) + carry;
        let [high, low] = sum.to_be_bytes();
        (*byte, carry) = (low, u16::from(high));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scheme(rounds: u32) -> Scheme {
        Scheme::Pkcs12 {
            cipher: Cipher::TripleDes,
            salt: vec![1; 8],
            rounds,
        }
    }

    #[test]
    fn work_is_counted_before_it_is_done() {
        let mut work = Work { left: 7_000 };
        assert_eq!(scheme(1_000).decrypt("a", &[0; 16], &mut work), Ok(None));
        assert_eq!(scheme(1_000).decrypt("b", &[0; 16], &mut work), Ok(None));
        let before = work.left;
        assert_eq!(scheme(1_000).decrypt("c", &[0; 16], &mut work), Err(Refusal::Work));
        assert_eq!(scheme(u32::MAX).decrypt("c", &[0; 16], &mut work), Err(Refusal::Work));
        assert_eq!(work.left, before);
    }

    #[test]
    fn one_part_may_not_ask_for_everything() {
        assert_eq!(affordable(MAX_ROUNDS), Ok(()));
        assert_eq!(affordable(MAX_ROUNDS + 1), Err(Refusal::Rounds));
    }

    #[test]
    fn a_content_is_a_whole_sequence_or_the_password_was_wrong() {
        assert!(is_sequence(&[0x30, 2, 5, 0]));
        assert!(is_sequence(&[0x30, 0x80, 5, 0, 0, 0]));
        for wrong in [
            &[][..],
            &[0x30],
            &[0x30, 2, 5],
            &[0x30, 2, 5, 0, 0],
            &[0x31, 2, 5, 0],
            &[0x30, 0x80, 5, 0],
        ] {
            assert!(!is_sequence(wrong), "{wrong:02x?}");
        }
    }
}
