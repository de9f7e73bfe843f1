//! What kind of key store a file is, told by its first bytes.
//!
//! Comes in: the beginning of a file, and its name where bytes alone do not decide. Goes out: a [`Container`]. Never here:
//! whether what follows is whole.

use memchr::memmem;

/// How certificates are packed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Container {
    /// Text with blocks of base64.
    Pem,
    /// One certificate, bare.
    Der,
    /// A store of certificates and keys under a password.
    Pkcs12,
    /// A message with certificates, as authorities deliver them; no server reads it.
    Pkcs7,
    /// Java's own store.
    Jks,
    /// The store of Java's cryptography extension.
    Jceks,
    /// None of these.
    Unknown,
}

/// What a block begins with.
pub(super) const BEGIN: &str = "-----BEGIN ";

/// What a block, and the line that begins it, end with.
pub(super) const DASHES: &str = "-----";

/// The content type of a PKCS#7 message with certificates, 1.2.840.113549.1.7.2, as an object identifier is written.
const SIGNED_DATA: &[u8] = &[0x06, 0x09, 0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x07, 0x02];

/// Whether a file is for [`super::parse`]: `name` may have folders before it, `head` is as much of the file as is known.
///
/// Binary stores are told by their content. Text with a certificate somewhere in it may be anything, a page that explains
/// how to install one: it must begin with a block, or be named as key stores are.
pub fn recognise(name: &str, head: &[u8]) -> bool {
    let file = name.rsplit(['/', '\\']).next().unwrap_or(name).to_ascii_lowercase();
    let extension = file.rsplit_once('.').map_or("", |(_, extension)| extension);
    match Container::of(head) {
        Container::Pkcs12 | Container::Der | Container::Pkcs7 | Container::Jks => true,
        // In every cell of WebSphere: the keys for its tokens, never a certificate.
        Container::Jceks => file != "ltpa.jceks",
        // `arm` is what iKeyman calls a PEM file.
        Container::Pem => {
            matches!(extension, "pem" | "crt" | "cer" | "cert" | "arm" | "key" | "ca-bundle") || begins_with_block(head)
        }
        Container::Unknown => matches!(extension, "p12" | "pfx" | "jks" | "jceks" | "kdb" | "crt" | "cer"),
    }
}

impl Container {
    /// What the bytes, or the first of them, look like.
    pub(super) fn of(head: &[u8]) -> Self {
        if has_block(head) {
            return Self::Pem;
        }
        match head.get(..4) {
            Some([0xFE, 0xED, 0xFE, 0xED]) => return Self::Jks,
            Some([0xCE, 0xCE, 0xCE, 0xCE]) => return Self::Jceks,
            _ => {}
        }
        let Some(inside) = inside(head) else {
            return Self::Unknown;
        };
        if inside.starts_with(SIGNED_DATA) {
            Self::Pkcs7
        } else if inside.starts_with(&[0x02, 0x01, 0x03, 0x30]) {
            Self::Pkcs12
        } else if self::inside(inside).is_some_and(begins_certificate) {
            Self::Der
        } else {
            Self::Unknown
        }
    }

    /// What the tree calls it; none for what is not read.
    pub(super) fn name(self) -> Option<&'static str> {
        match self {
            Self::Pem => Some("pem"),
            Self::Der => Some("der"),
            Self::Pkcs12 => Some("pkcs12"),
            Self::Pkcs7 | Self::Jks | Self::Jceks | Self::Unknown => None,
        }
    }

    /// Why it is not read.
    pub(super) fn refusal(self, bytes: &[u8]) -> &'static str {
        match self {
            Self::Jks => {
                "is a Java key store (JKS), which is not read; convert it with keytool -importkeystore -deststoretype PKCS12"
            }
            Self::Jceks => {
                "is a Java key store (JCEKS), which is not read; convert it with keytool -importkeystore -srcstoretype JCEKS -deststoretype PKCS12"
            }
            Self::Pkcs7 => "is a PKCS#7 message, which is not read; convert it with openssl pkcs7 -print_certs",
            _ if bytes.is_empty() => "is empty",
            _ if bytes.is_ascii() => "holds no certificate: it is text without a PEM block",
            _ => {
                "is neither PEM, nor a DER certificate, nor PKCS#12; an IBM key database (CMS, .kdb) is not read: export from it with gskcapicmd -cert -export -target_type pkcs12"
            }
        }
    }
}

/// The content of an ASN.1 SEQUENCE, as far as there is any.
fn inside(bytes: &[u8]) -> Option<&[u8]> {
    let (&[0x30, length], content) = bytes.split_first_chunk::<2>()? else {
        return None;
    };
    match length {
        // 0x80: as long as it takes, until an end is marked.
        0..=0x80 => Some(content),
        0x81..=0x84 => content.get(usize::from(length - 0x80)..),
        _ => None,
    }
}

/// A version, or in those of the first version a serial number. A request and a revocation list have a number of one byte
/// there.
fn begins_certificate(inside: &[u8]) -> bool {
    match inside {
        [0xA0, 0x03, 0x02, 0x01, ..] => true,
        [0x02, length, ..] => (2..=21).contains(length),
        _ => false,
    }
}

fn has_block(head: &[u8]) -> bool {
    let begin = BEGIN.as_bytes();
    memmem::find_iter(head, begin).any(|at| match at.checked_sub(1) {
        None => true,
        Some(before) => matches!(head.get(before), Some(b'\n' | b'\r')) || head.get(..at) == Some(BYTE_ORDER_MARK),
    })
}

/// Some editors put it before a text.
pub(super) const BYTE_ORDER_MARK: &[u8] = "\u{FEFF}".as_bytes();

/// Whether the first thing in it is a certificate or a key; not a key for SSH, which never has a certificate.
fn begins_with_block(head: &[u8]) -> bool {
    let head = head.strip_prefix(BYTE_ORDER_MARK).unwrap_or(head).trim_ascii_start();
    let line = head
        .split(|byte| matches!(byte, b'\n' | b'\r'))
        .next()
        .unwrap_or_default();
    let Some(label) = line.strip_prefix(BEGIN.as_bytes()) else {
        return false;
    };
    let says = |what: &str| memmem::find(label, what.as_bytes()).is_some();
    (says("CERTIFICATE") && !says("REQUEST")) || (says("PRIVATE KEY") && !says("OPENSSH"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn containers_are_told_by_their_first_bytes() {
        let kinds = [
            (&b"\xFE\xED\xFE\xED\0\0\0\x02"[..], Container::Jks),
            (b"\xCE\xCE\xCE\xCE\0\0\0\x02", Container::Jceks),
            (b"\x30\x82\x10\x00\x02\x01\x03\x30\x82", Container::Pkcs12),
            (b"\x30\x80\x02\x01\x03\x30\x80\x06\x09", Container::Pkcs12),
            (b"\x30\x82\x03\xB4\x30\x82\x02\x9C\xA0\x03\x02\x01\x02", Container::Der),
            (b"\x30\x82\x03\xB4\x30\x82\x02\x9C\x02\x08\x01", Container::Der),
            // A request, and a revocation list.
            (b"\x30\x82\x03\xB4\x30\x82\x02\x9C\x02\x01\x00\x30", Container::Unknown),
            (b"\x30\x82\x03\xB4\x30\x82\x02\x9C\x02\x01\x01\x30", Container::Unknown),
            (b"# root\r\n-----BEGIN CERTIFICATE-----\r\n", Container::Pem),
            (b"see -----BEGIN CERTIFICATE-----", Container::Unknown),
            (b"", Container::Unknown),
            (b"\x30", Container::Unknown),
            (b"\x30\x84\x01", Container::Unknown),
        ];
        for (head, kind) in kinds {
            assert_eq!(Container::of(head), kind, "{head:02x?}");
        }
    }

    #[test]
    fn a_text_with_a_certificate_in_it_is_a_key_store_only_if_it_begins_with_one_or_is_named_so() {
        let block = b"-----BEGIN CERTIFICATE-----\nMII";
        let page = b"Save this as root.pem:\n-----BEGIN CERTIFICATE-----\nMII";
        assert!(recognise("conf/anything", block));
        assert!(recognise("conf/root.PEM", page));
        assert!(!recognise("doc/install.txt", page));
        assert!(!recognise("etc/pem", page));
        assert!(recognise("C:\\ssl\\signer.arm", page));
        assert!(recognise("tls", b"\xEF\xBB\xBF\n-----BEGIN RSA PRIVATE KEY-----\n"));
        assert!(!recognise("id_rsa", b"-----BEGIN OPENSSH PRIVATE KEY-----\n"));
        assert!(!recognise("request", b"-----BEGIN CERTIFICATE REQUEST-----\n"));
    }

    #[test]
    fn binary_stores_are_told_by_content_and_unreadable_ones_by_name() {
        assert!(recognise("store", b"\xFE\xED\xFE\xED\0\0\0\x02"));
        assert!(recognise("plugin-key.kdb", b"\0\0\0\0"));
        assert!(recognise("key.p12", b""));
        assert!(!recognise("photo.jpg", b"\xFF\xD8\xFF"));
        assert!(!recognise("cells/acme/ltpa.jceks", b"\xCE\xCE\xCE\xCE\0\0\0\x02"));
        assert!(recognise("cells/acme/other.jceks", b"\xCE\xCE\xCE\xCE\0\0\0\x02"));
    }
}
