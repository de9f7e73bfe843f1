//! Text with blocks of base64.
//!
//! Comes in: the bytes of a file. Goes out: its certificates and the places of its private keys. Never here: the content of
//! a key, which is not even decoded.
//!
//! ```text
//!   subject=CN = chat.example.com       whatever stands between blocks, as OpenSSL and people write it there
//!   -----BEGIN CERTIFICATE-----         label
//!   MIIDtDCCApygAwIBAgIU…               body: base64, however long its lines are
//!   -----END CERTIFICATE-----           the same label
//! ```
//!
//! The framing is our own, because the libraries (`pem-rfc7468`, `pem`) know no line numbers and give up a whole file at the
//! first broken block; the base64 is a library's.

use base64ct::{Base64, Encoding};

use super::super::lines::Remarks;
use super::certificate::{self, Unreadable};
use super::container::{BEGIN, BYTE_ORDER_MARK, DASHES};
use super::{Entries, MAX_BYTES};
use crate::document::At;

const END: &str = "-----END ";

/// How the base64 of an SSH key without a password begins: `openssh-key-v1` and the cipher `none`.
const OPEN_SSH_KEY: &[u8] = b"b3BlbnNzaC1rZXktdjEAAAAABG5vbmU";

/// What stands in the blocks of a text.
pub(super) fn entries(bytes: &[u8], remarks: &mut Remarks) -> Entries {
    let mut reading = Reading {
        entries: Entries::default(),
        block: None,
        remarks,
    };
    for (at, line) in lines(bytes) {
        reading.line(at, line.trim_ascii_end());
    }
    if let Some(block) = reading.block.take() {
        reading
            .remarks
            .say(block.at.line, "has a block that is cut off: its END line is missing");
    }
    reading.entries
}

struct Reading<'b, 'r> {
    entries: Entries,
    /// The block that has begun and not ended.
    block: Option<Block<'b>>,
    remarks: &'r mut Remarks,
}

struct Block<'b> {
    at: At,
    label: &'b [u8],
    kind: Kind,
    /// A header says that the body is encrypted.
    encrypted: bool,
    /// As much of the base64 as its kind needs.
    body: Vec<u8>,
}

/// What a block is, by its label.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Certificate,
    /// OpenSSL's: what it is trusted for follows the certificate.
    TrustedCertificate,
    PrivateKey,
    EncryptedPrivateKey,
    SshKey,
    /// Certificates as authorities deliver them; no server reads it.
    Message,
    /// Often there, and of no interest.
    Harmless,
    Unknown,
}

impl Kind {
    fn of(label: &[u8]) -> Self {
        match label {
            b"CERTIFICATE" | b"X509 CERTIFICATE" => Self::Certificate,
            b"TRUSTED CERTIFICATE" => Self::TrustedCertificate,
            b"ENCRYPTED PRIVATE KEY" => Self::EncryptedPrivateKey,
            b"OPENSSH PRIVATE KEY" => Self::SshKey,
            _ if label.ends_with(b"PRIVATE KEY") => Self::PrivateKey,
            b"PKCS7" | b"CMS" | b"PKCS #7 SIGNED DATA" => Self::Message,
            b"X509 CRL" => Self::Harmless,
            _ if label.ends_with(b"PARAMETERS") || label.ends_with(b"PUBLIC KEY") => Self::Harmless,
            _ if label.ends_with(b"CERTIFICATE REQUEST") => Self::Harmless,
            _ => Self::Unknown,
        }
    }

    /// How much of the body is kept.
    fn needs(self) -> usize {
        match self {
            Self::Certificate | Self::TrustedCertificate => MAX_BYTES,
            Self::SshKey => OPEN_SSH_KEY.len(),
            _ => 0,
        }
    }
}

impl<'b> Reading<'b, '_> {
    fn line(&mut self, at: At, line: &'b [u8]) {
        if let Some(label) = line.strip_prefix(BEGIN.as_bytes()) {
            self.begin(at, label);
        } else if let Some(label) = line.strip_prefix(END.as_bytes()) {
            self.end(at, label);
        } else if let Some(block) = &mut self.block {
            block.line(line);
        }
    }

    fn begin(&mut self, at: At, rest: &'b [u8]) {
        if let Some(open) = self.block.take() {
            self.remarks
                .say(open.at.line, "has a block without its END line; another begins in it");
        }
        match rest.strip_suffix(DASHES.as_bytes()) {
            Some(label) => {
                self.block = Some(Block {
                    at,
                    label,
                    kind: Kind::of(label),
                    encrypted: false,
                    body: Vec::new(),
                });
            }
            None => self.remarks.say(
                at.line,
                "has a BEGIN line that does not end with five dashes; its block is not read",
            ),
        }
    }

    fn end(&mut self, at: At, rest: &'b [u8]) {
        let Some(block) = self.block.take() else {
            self.remarks
                .say(at.line, "has an END line without the BEGIN line of its block");
            return;
        };
        let Some(behind) = rest
            .strip_prefix(block.label)
            .and_then(|rest| rest.strip_prefix(DASHES.as_bytes()))
        else {
            self.remarks
                .say(block.at.line, "has a block whose END line does not fit its BEGIN line");
            return;
        };
        self.finish(&block);
        if !behind.is_empty() {
            // Files that were put together without a line end between them.
            self.remarks.say(
                at.line,
                "has more on the line that ends a block, at which most programs give up",
            );
        }
        if let Some(label) = behind.strip_prefix(BEGIN.as_bytes()) {
            self.begin(at, label);
        }
    }

    fn finish(&mut self, block: &Block<'_>) {
        match block.kind {
            Kind::Certificate | Kind::TrustedCertificate => self.certificate(block),
            Kind::PrivateKey => self.private_key(block.at, block.encrypted),
            Kind::EncryptedPrivateKey => self.private_key(block.at, true),
            Kind::SshKey => self.private_key(block.at, block.body != OPEN_SSH_KEY),
            Kind::Harmless => {}
            Kind::Message => self.remarks.say(
                block.at.line,
                "has a PKCS#7 message, which is not read; convert it with openssl pkcs7 -print_certs",
            ),
            Kind::Unknown => self
                .remarks
                .say(block.at.line, "has a block of a type that is not read"),
        }
    }

    fn private_key(&mut self, at: At, encrypted: bool) {
        self.entries.private_key(at, encrypted, self.remarks);
    }

    fn certificate(&mut self, block: &Block<'_>) {
        let line = block.at.line;
        let Some(bytes) = decoded(&block.body) else {
            self.remarks.say(line, "has a certificate whose base64 is broken");
            return;
        };
        match certificate::first_value(&bytes) {
            Ok((der, behind)) => {
                self.entries.certificate(block.at, der, None, None, self.remarks);
                if !behind.is_empty() && block.kind == Kind::Certificate {
                    self.remarks.say(
                        line,
                        "has more bytes behind a certificate in its block, which are not read",
                    );
                }
            }
            Err(error) => self.remarks.say(line, Unreadable::from(error).what()),
        }
    }
}

impl Block<'_> {
    fn line(&mut self, line: &[u8]) {
        // No base64 has a colon, and every header has one.
        if line.contains(&b':') {
            self.encrypted |= line.starts_with(b"Proc-Type") && line.ends_with(b"ENCRYPTED");
            return;
        }
        let room = self.kind.needs().saturating_sub(self.body.len());
        let base64 = line.iter().copied().filter(|byte| !byte.is_ascii_whitespace());
        self.body.extend(base64.take(room));
    }
}

fn decoded(base64: &[u8]) -> Option<Vec<u8>> {
    Base64::decode_vec(std::str::from_utf8(base64).ok()?).ok()
}

/// The lines of a text in any encoding that has ASCII in it, with their places.
fn lines(bytes: &[u8]) -> impl Iterator<Item = (At, &[u8])> {
    let (mut rest, mut offset, mut number) = (bytes, 0, 0u32);
    if let Some(text) = bytes.strip_prefix(BYTE_ORDER_MARK) {
        (rest, offset) = (text, BYTE_ORDER_MARK.len());
    }
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let end = memchr::memchr2(b'\n', b'\r', rest).unwrap_or(rest.len());
        let (line, tail) = rest.split_at_checked(end)?;
        let ending = if tail.starts_with(b"\r\n") { 2 } else { 1 };
        number = number.saturating_add(1);
        let at = At {
            offset: u32::try_from(offset).unwrap_or(u32::MAX),
            line: number,
            column: 1,
        };
        rest = tail.get(ending..).unwrap_or_default();
        offset += end + ending;
        Some((at, line))
    })
}
