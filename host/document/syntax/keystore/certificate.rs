//! One certificate.
//!
//! Comes in: its DER. Goes out: a [`Certificate`], what it says and what is needed to find who signed it. Never here: other
//! certificates, and whether today is within its days.

use std::net::{Ipv4Addr, Ipv6Addr};

use der::asn1::{Any, AnyRef, ObjectIdentifier};
use der::oid::AssociatedOid;
use der::{Class, Decode, ErrorKind, Reader, SliceReader, Tag, Tagged};
use sha2::{Digest, Sha256};
use x509_cert::attr::AttributeTypeAndValue;
use x509_cert::certificate::{CertificateInner, Raw};
use x509_cert::ext::pkix::{AuthorityKeyIdentifier, BasicConstraints, SubjectAltName, SubjectKeyIdentifier};
use x509_cert::name::{Name, RdnSequence, RelativeDistinguishedName};
use x509_cert::spki::SubjectPublicKeyInfoOwned;

use super::algorithm;
use super::yes_or_no;

/// As the library parses one without refusing what only should not be, such as a serial number of 21 bytes.
type Parsed = CertificateInner<Raw>;

/// Bytes of a certificate: 64 KiB. One with 1,000 host names has about 30.
const MAX_BYTES: usize = 64 << 10;

/// Parts of the name of a subject or an issuer: 100. Each is looked up in a list of all known ones.
const MAX_NAME_PARTS: usize = 100;

/// A certificate that could be read.
#[derive(Debug)]
pub(super) struct Certificate {
    parsed: Parsed,
    /// The part that is signed, byte by byte.
    signed: Vec<u8>,
    subject: String,
    issuer: String,
    fingerprint: String,
    /// The hosts that it is for.
    pub(super) names: Vec<Alternative>,
    /// What is odd about it, in sentences without a subject.
    pub(super) odd: Vec<&'static str>,
}

/// A name of a subject.
#[derive(Debug)]
pub(super) struct Alternative {
    /// `dns` or `ip`.
    pub(super) kind: &'static str,
    /// The name, or the address as it is written.
    pub(super) value: String,
}

/// Why something is not read as a certificate.
#[derive(Clone, Copy, Debug)]
pub(super) enum Unreadable {
    Large,
    LongName,
    CutOff,
    Malformed,
}

impl Unreadable {
    /// A sentence without its subject.
    pub(super) fn what(self) -> &'static str {
        match self {
            Self::Large => "has a certificate of more than 64 KiB, the limit, which is not read",
            Self::LongName => "has a certificate whose subject or issuer has more than 100 parts, which is not read",
            Self::CutOff => "has a certificate that is cut off",
            Self::Malformed => "has something in the place of a certificate that is none",
        }
    }
}

impl From<der::Error> for Unreadable {
    fn from(error: der::Error) -> Self {
        match error.kind() {
            ErrorKind::Incomplete { .. } => Self::CutOff,
            _ => Self::Malformed,
        }
    }
}

/// The first ASN.1 value of some bytes, and what is behind it.
pub(super) fn first_value(bytes: &[u8]) -> Result<(&[u8], &[u8]), der::Error> {
    let mut reader = SliceReader::new(bytes)?;
    let value = reader.tlv_bytes()?;
    Ok((value, bytes.get(value.len()..).unwrap_or_default()))
}

impl Certificate {
    /// Reads one.
    pub(super) fn read(der: &[u8]) -> Result<Self, Unreadable> {
        if der.len() > MAX_BYTES {
            return Err(Unreadable::Large);
        }
        let parsed = Parsed::from_der(der)?;
        let content = parsed.tbs_certificate();
        if [content.subject(), content.issuer()]
            .iter()
            .any(|name| name.iter().count() > MAX_NAME_PARTS)
        {
            return Err(Unreadable::LongName);
        }
        let (subject, issuer) = (written(content.subject()), written(content.issuer()));
        let mut odd = Vec::new();
        let names = alternatives(&parsed, &mut odd);
        Ok(Self {
            signed: signed(der)?,
            subject,
            issuer,
            fingerprint: hex(&Sha256::digest(der)),
            names,
            odd,
            parsed,
        })
    }

    /// What it says, in the order in which the tree shows it.
    pub(super) fn attributes(&self) -> [(&'static str, Option<String>); 14] {
        let content = self.parsed.tbs_certificate();
        let days = content.validity();
        [
            ("subject", Some(self.subject.clone())),
            ("issuer", Some(self.issuer.clone())),
            ("common-name", common_name(content.subject())),
            ("serial", Some(hex(without_sign(content.serial_number().as_bytes())))),
            ("not-before", Some(days.not_before.to_string())),
            ("not-after", Some(days.not_after.to_string())),
            (
                "not-after-epoch",
                Some(days.not_after.to_unix_duration().as_secs().to_string()),
            ),
            ("self-issued", Some(yes_or_no(self.is_self_issued()).to_owned())),
            ("ca", Some(self.authority().to_owned())),
            ("key-id", self.key_id()),
            ("authority-key-id", self.authority_key_id()),
            ("fingerprint", Some(self.fingerprint.clone())),
            (
                "signature",
                Some(algorithm::signature_name(&self.parsed.signature_algorithm().oid)),
            ),
            ("key", Some(algorithm::key_name(content.subject_public_key_info()))),
        ]
    }

    /// The name of its subject, as names are compared.
    pub(super) fn subject(&self) -> String {
        comparable(&self.subject)
    }

    /// The name of its issuer, as names are compared.
    pub(super) fn issuer(&self) -> String {
        comparable(&self.issuer)
    }

    /// Whether the subject has the name of the issuer.
    pub(super) fn is_self_issued(&self) -> bool {
        self.subject() == self.issuer()
    }

    /// The identifier of its key.
    pub(super) fn key_id(&self) -> Option<String> {
        let identifier = self.extension::<SubjectKeyIdentifier>()?;
        Some(hex(identifier.0.as_bytes()))
    }

    /// The identifier of the key that signed it.
    pub(super) fn authority_key_id(&self) -> Option<String> {
        let identifier = self.extension::<AuthorityKeyIdentifier>()?.key_identifier?;
        Some(hex(identifier.as_bytes()))
    }

    /// Its public key.
    pub(super) fn key(&self) -> &SubjectPublicKeyInfoOwned {
        self.parsed.tbs_certificate().subject_public_key_info()
    }

    /// The algorithm of its signature, what is signed, and the signature.
    pub(super) fn signature(&self) -> (ObjectIdentifier, &[u8], &[u8]) {
        (
            self.parsed.signature_algorithm().oid,
            &self.signed,
            self.parsed.signature().as_bytes().unwrap_or_default(),
        )
    }

    fn authority(&self) -> &'static str {
        match self.extension::<BasicConstraints>() {
            Some(constraints) => yes_or_no(constraints.ca),
            None => "unknown",
        }
    }

    fn extension<'a, T: Decode<'a> + AssociatedOid>(&'a self) -> Option<T> {
        let (_, extension) = self.parsed.tbs_certificate().get_extension::<T>().ok()??;
        Some(extension)
    }
}

fn signed(der: &[u8]) -> Result<Vec<u8>, der::Error> {
    SliceReader::new(der)?.sequence(|parts| {
        let signed = parts.tlv_bytes()?.to_vec();
        while !parts.is_finished() {
            AnyRef::decode(parts)?;
        }
        Ok(signed)
    })
}

/// As RFC 4514 writes names. Strings of kinds that the library would show as hexadecimal go in as UTF-8.
fn written(name: &Name) -> String {
    let readable: Option<Vec<RelativeDistinguishedName>> = name.iter_rdn().map(readable).collect();
    match readable {
        Some(parts) => RdnSequence::from(parts).to_string(),
        None => name.to_string(),
    }
}

fn readable(part: &RelativeDistinguishedName) -> Option<RelativeDistinguishedName> {
    let attributes = part.iter().map(|attribute| match attribute.value.tag() {
        Tag::TeletexString | Tag::BmpString => Some(AttributeTypeAndValue {
            oid: attribute.oid,
            value: Any::new(
                Tag::Utf8String,
                algorithm::text((&attribute.value).into())?.into_bytes(),
            )
            .ok()?,
        }),
        _ => Some(attribute.clone()),
    });
    attributes.collect::<Option<Vec<_>>>()?.try_into().ok()
}

fn common_name(name: &Name) -> Option<String> {
    let attribute = name
        .iter()
        .find(|attribute| attribute.oid == der::oid::db::rfc4519::COMMON_NAME)?;
    algorithm::text((&attribute.value).into())
}

/// Names are the same whatever their case, and however many blanks are between their words.
fn comparable(name: &str) -> String {
    name.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase()
}

fn alternatives(certificate: &Parsed, odd: &mut Vec<&'static str>) -> Vec<Alternative> {
    let content = certificate.tbs_certificate();
    let extensions = content.extensions().map(Vec::as_slice).unwrap_or_default();
    let mut names = Vec::new();
    for extension in extensions.iter().filter(|found| found.extn_id == SubjectAltName::OID) {
        match Vec::<AnyRef<'_>>::from_der(extension.extn_value.as_bytes()) {
            Ok(found) => names.extend(found.into_iter().filter_map(|name| alternative(name, odd))),
            Err(_) => say(odd, "has a certificate whose subject alternative name cannot be read"),
        }
    }
    names
}

/// A host; other kinds of names, such as those of mailboxes, are none.
fn alternative(name: AnyRef<'_>, odd: &mut Vec<&'static str>) -> Option<Alternative> {
    let tag = name.tag();
    if tag.class() != Class::ContextSpecific {
        return None;
    }
    match tag.number().0 {
        2 => match std::str::from_utf8(name.value()) {
            Ok(host) => Some(Alternative {
                kind: "dns",
                value: host.to_owned(),
            }),
            Err(_) => {
                say(
                    odd,
                    "has a certificate for a host whose name is no text, which is left out",
                );
                None
            }
        },
        7 => {
            let address = address(name.value());
            if address.is_none() {
                say(
                    odd,
                    "has a certificate for an address of neither 4 nor 16 bytes, which is left out",
                );
            }
            Some(Alternative {
                kind: "ip",
                value: address?,
            })
        }
        _ => None,
    }
}

fn address(bytes: &[u8]) -> Option<String> {
    if let Ok(bytes) = <[u8; 4]>::try_from(bytes) {
        return Some(Ipv4Addr::from(bytes).to_string());
    }
    let bytes = <[u8; 16]>::try_from(bytes).ok()?;
    Some(Ipv6Addr::from(bytes).to_string())
}

fn say(odd: &mut Vec<&'static str>, what: &'static str) {
    if !odd.contains(&what) {
        odd.push(what);
    }
}

/// Without the zero that keeps a number positive.
fn without_sign(number: &[u8]) -> &[u8] {
    match number {
        [0, rest @ ..] if !rest.is_empty() => rest,
        _ => number,
    }
}

fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write;
    let mut text = String::with_capacity(bytes.len() * 2);
    for byte in bytes {
        // Writing into a string does not fail.
        let _ = write!(text, "{byte:02x}");
    }
    text
}
