//! The fields of PKCS#12 and of the messages (CMS) that it is made of.
//!
//! Comes in: a reader that stands before a field. Goes out: the field, and a reader that stands behind it. Never here: what
//! is in a private key, which is passed over without a copy.
//!
//! All of it is read as BER: some writers leave lengths open and cut strings into pieces.

use der::asn1::{ContextSpecific, ObjectIdentifier, OctetString};
use der::oid::db::rfc5911::{ID_DATA, ID_ENCRYPTED_DATA};
use der::{Decode, EncodingRules, ErrorKind, Header, Reader, SliceReader, TagMode, TagNumber};
use x509_cert::spki::AlgorithmIdentifierOwned;

use super::super::algorithm;

const KEY_BAG: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.12.10.1.1");
const SHROUDED_KEY_BAG: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.12.10.1.2");
const CERTIFICATE_BAG: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.12.10.1.3");
const NESTED_BAGS: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.12.10.1.6");
const X509: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.22.1");
const FRIENDLY_NAME: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.20");
const LOCAL_KEY_ID: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.21");

/// A reader of BER.
pub(super) fn reader(bytes: &[u8]) -> Result<SliceReader<'_>, der::Error> {
    SliceReader::new_with_encoding_rules(bytes, EncodingRules::Ber)
}

/// The content of a safe, or of the store itself.
pub(super) enum Content {
    /// As it is.
    Data(OctetString),
    /// Under a password.
    Encrypted {
        algorithm: AlgorithmIdentifierOwned,
        encrypted: OctetString,
    },
    /// Under something else.
    Other,
}

impl<'a> Decode<'a> for Content {
    type Error = der::Error;

    fn decode<R: Reader<'a>>(reader: &mut R) -> Result<Self, der::Error> {
        reader.sequence(|fields| match ObjectIdentifier::decode(fields)? {
            ID_DATA => {
                let data = fields.context_specific(TagNumber(0), TagMode::Explicit)?;
                Ok(Self::Data(present(data)?))
            }
            ID_ENCRYPTED_DATA => {
                let sealed = ContextSpecific::<Sealed>::decode_explicit(fields, TagNumber(0))?;
                let Sealed { algorithm, encrypted } = present(sealed)?.value;
                Ok(Self::Encrypted { algorithm, encrypted })
            }
            _ => {
                skip_rest(fields)?;
                Ok(Self::Other)
            }
        })
    }
}

/// An `EncryptedData`.
struct Sealed {
    algorithm: AlgorithmIdentifierOwned,
    encrypted: OctetString,
}

impl<'a> Decode<'a> for Sealed {
    type Error = der::Error;

    fn decode<R: Reader<'a>>(reader: &mut R) -> Result<Self, der::Error> {
        reader.sequence(|fields| {
            // Its version.
            skip(fields)?;
            let sealed = fields.sequence(|fields| {
                // The type of what is encrypted.
                skip(fields)?;
                let algorithm = fields.decode()?;
                let encrypted = fields.context_specific(TagNumber(0), TagMode::Implicit)?;
                let encrypted = present(encrypted)?;
                Ok::<_, der::Error>(Self { algorithm, encrypted })
            })?;
            skip_rest(fields)?;
            Ok(sealed)
        })
    }
}

/// An entry of a store.
pub(super) struct Bag {
    pub(super) what: BagContent,
    /// The bytes that a key and its certificate have in common.
    pub(super) key_id: Option<Vec<u8>>,
    pub(super) alias: Option<String>,
}

pub(super) enum BagContent {
    /// Its DER.
    Certificate(Vec<u8>),
    /// One of a kind that nobody uses.
    OtherCertificate,
    PrivateKey {
        encrypted: bool,
    },
    /// More bags.
    Nested,
    /// A secret, a revocation list.
    Other,
}

impl<'a> Decode<'a> for Bag {
    type Error = der::Error;

    fn decode<R: Reader<'a>>(reader: &mut R) -> Result<Self, der::Error> {
        reader.sequence(|fields| {
            let what = match ObjectIdentifier::decode(fields)? {
                CERTIFICATE_BAG => {
                    let certificate = ContextSpecific::<CertificateBag>::decode_explicit(fields, TagNumber(0))?;
                    match present(certificate)?.value.0 {
                        Some(der) => BagContent::Certificate(der.into_bytes().into()),
                        None => BagContent::OtherCertificate,
                    }
                }
                other => {
                    skip(fields)?;
                    match other {
                        KEY_BAG => BagContent::PrivateKey { encrypted: false },
                        SHROUDED_KEY_BAG => BagContent::PrivateKey { encrypted: true },
                        NESTED_BAGS => BagContent::Nested,
                        _ => BagContent::Other,
                    }
                }
            };
            let mut bag = Self {
                what,
                key_id: None,
                alias: None,
            };
            if !fields.is_finished() {
                bag.describe(&x509_cert::attr::Attributes::decode(fields)?);
            }
            Ok(bag)
        })
    }
}

impl Bag {
    /// Takes what its attributes say. A name that is no text names nothing.
    fn describe(&mut self, attributes: &x509_cert::attr::Attributes) {
        for attribute in attributes.iter() {
            let Some(value) = attribute.values.iter().next() else {
                continue;
            };
            match attribute.oid {
                FRIENDLY_NAME => self.alias = algorithm::text(value.to_ref()),
                LOCAL_KEY_ID => self.key_id = Some(value.value().to_vec()),
                _ => {}
            }
        }
    }
}

/// The DER of a certificate, if it is X.509.
struct CertificateBag(Option<OctetString>);

impl<'a> Decode<'a> for CertificateBag {
    type Error = der::Error;

    fn decode<R: Reader<'a>>(reader: &mut R) -> Result<Self, der::Error> {
        reader.sequence(|fields| {
            if ObjectIdentifier::decode(fields)? != X509 {
                skip_rest(fields)?;
                return Ok(Self(None));
            }
            let der = fields.context_specific(TagNumber(0), TagMode::Explicit)?;
            present(der).map(|der| Self(Some(der)))
        })
    }
}

/// What must be there.
fn present<T>(field: Option<T>) -> Result<T, der::Error> {
    field.ok_or_else(|| ErrorKind::Failed.into())
}

/// Passes over a field.
pub(super) fn skip<'a>(reader: &mut impl Reader<'a>) -> Result<(), der::Error> {
    let header = Header::decode(reader)?;
    reader.drain(header.length())
}

/// Passes over all fields that are left.
pub(super) fn skip_rest<'a>(reader: &mut impl Reader<'a>) -> Result<(), der::Error> {
    while !reader.is_finished() {
        skip(reader)?;
    }
    Ok(())
}
