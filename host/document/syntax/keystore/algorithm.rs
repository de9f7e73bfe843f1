//! What algorithms and keys are called.
//!
//! Comes in: object identifiers and public keys. Goes out: the names that people know. Never here: whether one is weak.

use der::asn1::{AnyRef, ObjectIdentifier, UintRef};
use der::oid::db::{DB, rfc5912, rfc8410};
use der::{Decode, Reader, SliceReader};
use x509_cert::spki::SubjectPublicKeyInfoOwned;

/// What a signature algorithm is called, such as `sha1WithRSAEncryption`; its identifier if nobody named it.
pub(super) fn signature_name(algorithm: &ObjectIdentifier) -> String {
    name(algorithm)
}

/// What a public key is called, with its size, such as `RSA 2048` or `EC P-256`.
pub(super) fn key_name(key: &SubjectPublicKeyInfoOwned) -> String {
    match key.algorithm.oid {
        rfc5912::RSA_ENCRYPTION => sized("RSA", key),
        rfc5912::ID_RSASSA_PSS => sized("RSA-PSS", key),
        rfc5912::ID_EC_PUBLIC_KEY => format!("EC {}", curve(key).map_or_else(|| "?".to_owned(), curve_name)),
        rfc5912::ID_DSA => "DSA".to_owned(),
        rfc8410::ID_ED_25519 => "Ed25519".to_owned(),
        rfc8410::ID_ED_448 => "Ed448".to_owned(),
        other => name(&other),
    }
}

/// The curve of a key on one that has a name.
pub(super) fn curve(key: &SubjectPublicKeyInfoOwned) -> Option<ObjectIdentifier> {
    key.algorithm.parameters.as_ref()?.decode_as().ok()
}

/// The modulus and the exponent of an RSA key, without leading zeros.
pub(super) fn modulus_and_exponent(key: &SubjectPublicKeyInfoOwned) -> Option<(&[u8], &[u8])> {
    let mut reader = SliceReader::new(key.subject_public_key.as_bytes()?).ok()?;
    let numbers = reader.sequence(|numbers| {
        let pair = (UintRef::decode(numbers)?, UintRef::decode(numbers)?);
        Ok::<_, der::Error>(pair)
    });
    let (modulus, exponent) = numbers.ok()?;
    Some((modulus.as_bytes(), exponent.as_bytes()))
}

fn sized(name: &str, key: &SubjectPublicKeyInfoOwned) -> String {
    let Some((modulus, _)) = modulus_and_exponent(key) else {
        return name.to_owned();
    };
    let unused = modulus.first().map_or(0, |first| first.leading_zeros() as usize);
    format!("{name} {}", modulus.len() * 8 - unused)
}

fn curve_name(curve: ObjectIdentifier) -> String {
    match curve {
        rfc5912::SECP_256_R_1 => "P-256".to_owned(),
        rfc5912::SECP_384_R_1 => "P-384".to_owned(),
        rfc5912::SECP_521_R_1 => "P-521".to_owned(),
        other => name(&other),
    }
}

fn name(identifier: &ObjectIdentifier) -> String {
    // The registry marks some of its identifiers as such.
    let known = DB
        .by_oid(identifier)
        .map(|name| name.strip_prefix("id-").unwrap_or(name));
    known.map_or_else(|| identifier.to_string(), str::to_owned)
}

/// The text of a string of any of ASN.1's kinds. What is no text is none.
pub(super) fn text(value: AnyRef<'_>) -> Option<String> {
    use der::{Tag, Tagged};
    let bytes = value.value();
    match value.tag() {
        Tag::Utf8String | Tag::PrintableString | Tag::Ia5String => String::from_utf8(bytes.to_vec()).ok(),
        // T.61, which everybody wrote as Latin-1.
        Tag::TeletexString => Some(bytes.iter().copied().map(char::from).collect()),
        Tag::BmpString => ucs2(bytes),
        _ => None,
    }
}

fn ucs2(bytes: &[u8]) -> Option<String> {
    let (units, []) = bytes.as_chunks::<2>() else {
        return None;
    };
    char::decode_utf16(units.iter().map(|unit| u16::from_be_bytes(*unit)))
        .collect::<Result<_, _>>()
        .ok()
}
