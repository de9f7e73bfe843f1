//! Whether a key made a signature.
//!
//! Comes in: a certificate, and the public key that may have signed it. Goes out: a [`Verdict`]. Never here: names, days,
//! and whether an algorithm should still be trusted; SHA-1 is verified like any other.
//!
//! RSA (PKCS#1 v1.5) and ECDSA on P-256 and P-384 are what public authorities and WebSphere sign with. Others leave the
//! verdict open: RSA-PSS, Ed25519, P-521, MD5.

use der::asn1::ObjectIdentifier;
use der::oid::db::rfc5912;
use rsa::{BoxedUint, Pkcs1v15Sign};
use sha1::Sha1;
use sha2::{Digest, Sha256, Sha384, Sha512};
use x509_cert::spki::SubjectPublicKeyInfoOwned;

use super::algorithm;
use super::certificate::Certificate;

/// Bytes of a modulus: those of 8192 bits, the largest key in use.
const MAX_MODULUS: usize = 1024;

/// Bytes of a public exponent. It is 65537 nearly everywhere.
const MAX_EXPONENT: usize = 8;

/// What can be said of a signature.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// The key made it.
    Valid,
    /// Another key made it.
    Invalid,
    /// The algorithm, or the key, is none that is verified here.
    Open,
}

/// The signature of a certificate, ready to be verified with many keys.
#[derive(Debug)]
pub(super) struct Signature<'c> {
    scheme: Option<Scheme>,
    bytes: &'c [u8],
}

#[derive(Debug)]
enum Scheme {
    /// With the padding that names the hash.
    Rsa(Pkcs1v15Sign, Vec<u8>),
    Ecdsa(Vec<u8>),
}

impl<'c> Signature<'c> {
    /// The signature of a certificate.
    pub(super) fn of(certificate: &'c Certificate) -> Self {
        let (algorithm, signed, bytes) = certificate.signature();
        Self {
            scheme: Scheme::of(&algorithm, signed),
            bytes,
        }
    }

    /// Whether its algorithm is one of those that are verified here.
    pub(super) fn can_be_verified(&self) -> bool {
        self.scheme.is_some()
    }

    /// Whether `key` made it.
    pub(super) fn verify(&self, key: &SubjectPublicKeyInfoOwned) -> Verdict {
        let verified = match (&self.scheme, key.algorithm.oid) {
            (Some(Scheme::Rsa(padding, hash)), rfc5912::RSA_ENCRYPTION) => rsa(key, padding, hash, self.bytes),
            (Some(Scheme::Ecdsa(hash)), rfc5912::ID_EC_PUBLIC_KEY) => ecdsa(key, hash, self.bytes),
            // A key of another kind cannot have made it.
            (Some(_), _) => Some(false),
            (None, _) => None,
        };
        match verified {
            Some(true) => Verdict::Valid,
            Some(false) => Verdict::Invalid,
            None => Verdict::Open,
        }
    }
}

impl Scheme {
    fn of(algorithm: &ObjectIdentifier, signed: &[u8]) -> Option<Self> {
        Some(match *algorithm {
            rfc5912::SHA_1_WITH_RSA_ENCRYPTION => Self::Rsa(Pkcs1v15Sign::new::<Sha1>(), digest::<Sha1>(signed)),
            rfc5912::SHA_256_WITH_RSA_ENCRYPTION => Self::Rsa(Pkcs1v15Sign::new::<Sha256>(), digest::<Sha256>(signed)),
            rfc5912::SHA_384_WITH_RSA_ENCRYPTION => Self::Rsa(Pkcs1v15Sign::new::<Sha384>(), digest::<Sha384>(signed)),
            rfc5912::SHA_512_WITH_RSA_ENCRYPTION => Self::Rsa(Pkcs1v15Sign::new::<Sha512>(), digest::<Sha512>(signed)),
            rfc5912::ECDSA_WITH_SHA_256 => Self::Ecdsa(digest::<Sha256>(signed)),
            rfc5912::ECDSA_WITH_SHA_384 => Self::Ecdsa(digest::<Sha384>(signed)),
            rfc5912::ECDSA_WITH_SHA_512 => Self::Ecdsa(digest::<Sha512>(signed)),
            _ => return None,
        })
    }
}

fn digest<D: Digest>(signed: &[u8]) -> Vec<u8> {
    D::digest(signed).to_vec()
}

fn rsa(key: &SubjectPublicKeyInfoOwned, padding: &Pkcs1v15Sign, hash: &[u8], signature: &[u8]) -> Option<bool> {
    let (modulus, exponent) = algorithm::modulus_and_exponent(key)?;
    if modulus.len() > MAX_MODULUS || exponent.len() > MAX_EXPONENT {
        return None;
    }
    let number = BoxedUint::from_be_slice_vartime;
    let key = rsa::PublicKey::new(number(modulus), number(exponent)).ok()?;
    Some(key.verify(padding.clone(), hash, signature).is_ok())
}

fn ecdsa(key: &SubjectPublicKeyInfoOwned, hash: &[u8], signature: &[u8]) -> Option<bool> {
    let point = key.subject_public_key.as_bytes()?;
    match algorithm::curve(key)? {
        rfc5912::SECP_256_R_1 => {
            use p256::ecdsa::{Signature, VerifyingKey, signature::hazmat::PrehashVerifier};
            let key = VerifyingKey::from_sec1_bytes(point).ok()?;
            let signature = Signature::from_der(signature);
            Some(signature.is_ok_and(|signature| key.verify_prehash(hash, &signature).is_ok()))
        }
        rfc5912::SECP_384_R_1 => {
            use p384::ecdsa::{Signature, VerifyingKey, signature::hazmat::PrehashVerifier};
            let key = VerifyingKey::from_sec1_bytes(point).ok()?;
            let signature = Signature::from_der(signature);
            Some(signature.is_ok_and(|signature| key.verify_prehash(hash, &signature).is_ok()))
        }
        _ => None,
    }
}
