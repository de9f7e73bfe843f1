//! The bytes of a configuration file become text.
//!
//! Comes in: a file. Goes out: its text as UTF-8 without a byte order mark, or its bytes where it is no text; a sentence
//! where it could not be read or its encoding was guessed. Never here: syntax.

use std::fs::OpenOptions;
use std::io::{self, Read};
use std::os::unix::fs::OpenOptionsExt;

use encoding_rs::{Encoding, UTF_8, WINDOWS_1252};
use rustix::fs::OFlags;

use crate::stream::{BlockBuffer, BlockPlan, BlockSource, StreamFile};

/// Largest configuration file that is read: 64 MiB. The largest real ones, a cell's `security.xml` or a directory's DXL
/// export, have a few; what is larger than this was generated, or is no configuration.
pub const MAX_FILE: u64 = 64 << 20;

/// Bytes of an XML file in which its declaration must stand.
const DECLARATION: usize = 200;

/// The file's bytes.
///
/// # Errors
///
/// Why it was not read, in a sentence without a subject.
pub fn read(file: &StreamFile) -> Result<Vec<u8>, String> {
    let cannot = |error: io::Error| format!("cannot be read: {error}");
    let mut opened = OpenOptions::new()
        .read(true)
        // Had a pipe or a link taken the file's place since it was found, opening must neither wait nor leave the tree.
        .custom_flags((OFlags::NONBLOCK | OFlags::NOCTTY).bits().cast_signed())
        .open(&file.path)
        .map_err(cannot)?;
    let metadata = opened.metadata().map_err(cannot)?;
    if !metadata.is_file() || crate::stream::FileIdentity::of(&metadata) != file.identity {
        return Err("was replaced while it was to be read".to_owned());
    }
    if metadata.len() > MAX_FILE {
        return Err(too_large(metadata.len()));
    }
    let mut bytes = Vec::with_capacity(usize::try_from(metadata.len()).unwrap_or(0) + 1);
    opened
        .by_ref()
        .take(MAX_FILE + 1)
        .read_to_end(&mut bytes)
        .map_err(cannot)?;
    if bytes.len() as u64 > MAX_FILE {
        return Err(too_large(bytes.len() as u64));
    }
    if COMPRESSED.iter().any(|magic| bytes.starts_with(magic)) {
        return unpacked(file);
    }
    Ok(bytes)
}

/// How gzip, zstd, xz and bzip2 files begin.
const COMPRESSED: [&[u8]; 4] = [&[0x1f, 0x8b], &[0x28, 0xb5, 0x2f, 0xfd], b"\xfd7zXZ", b"BZh"];

/// The bytes of a compressed file, unpacked as the streams of logs are, with their limits.
fn unpacked(file: &StreamFile) -> Result<Vec<u8>, String> {
    let mut source = BlockSource::open(file, &BlockPlan::default()).map_err(|coverage| coverage.reason)?;
    let mut buffer = BlockBuffer::default();
    let mut bytes = Vec::new();
    while let Some(ticket) = source.next() {
        let block = ticket.read(&mut buffer).map_err(|coverage| coverage.reason)?;
        bytes.extend_from_slice(block.bytes().get(block.body()).unwrap_or_default());
        if bytes.len() as u64 > MAX_FILE {
            return Err(too_large(bytes.len() as u64));
        }
    }
    match source.take_coverage().into_iter().next() {
        Some(coverage) => Err(coverage.reason),
        None => Ok(bytes),
    }
}

fn too_large(length: u64) -> String {
    format!(
        "is {} MiB; a configuration file may have {}, so nothing in it was checked",
        length >> 20,
        MAX_FILE >> 20
    )
}

/// The text, and what had to be assumed.
///
/// A byte order mark decides, then what an XML declaration says, then UTF-8; bytes that are not UTF-8 are read as
/// Windows-1252, in which every byte means something.
pub fn decode(bytes: Vec<u8>, is_xml: bool) -> (String, Option<String>) {
    if let Some((encoding, mark)) = Encoding::for_bom(&bytes) {
        let (text, damaged) = encoding.decode_without_bom_handling(bytes.get(mark..).unwrap_or_default());
        let remark = damaged.then(|| format!("is not {} throughout, as its first bytes say", encoding.name()));
        return (text.into_owned(), remark);
    }
    let declared = if is_xml { declared(&bytes) } else { None };
    if let Some(encoding) = declared.filter(|encoding| *encoding != UTF_8) {
        let (text, damaged) = encoding.decode_without_bom_handling(&bytes);
        let remark = damaged.then(|| format!("is not {} throughout, as its declaration says", encoding.name()));
        return (text.into_owned(), remark);
    }
    match String::from_utf8(bytes) {
        Ok(text) => (text, None),
        Err(error) => {
            let (text, _) = WINDOWS_1252.decode_without_bom_handling(error.as_bytes());
            let remark = "is not UTF-8; it was read as Windows-1252".to_owned();
            (text.into_owned(), is_xml.then_some(remark))
        }
    }
}

/// The encoding that an XML declaration names, if it is one that keeps ASCII (the declaration was read as ASCII).
fn declared(bytes: &[u8]) -> Option<&'static Encoding> {
    let head = bytes.get(..DECLARATION).unwrap_or(bytes).trim_ascii_start();
    let head = head.strip_prefix(b"<?xml")?;
    let end = memchr::memchr(b'>', head)?;
    let declaration = std::str::from_utf8(head.get(..end)?).ok()?;
    let (_, value) = declaration.split_once("encoding")?;
    let value = value.trim_start().strip_prefix('=')?.trim_start();
    let quote = value.chars().next().filter(|quote| matches!(quote, '"' | '\''))?;
    let label = value.strip_prefix(quote)?.split(quote).next()?;
    Encoding::for_label(label.as_bytes()).filter(|encoding| encoding.is_ascii_compatible())
}

#[cfg(test)]
mod tests {
    use super::decode;

    #[test]
    fn marks_and_declarations_decide() {
        let utf16 = |text: &str| {
            let mut bytes = vec![0xff, 0xfe];
            bytes.extend(text.encode_utf16().flat_map(u16::to_le_bytes));
            bytes
        };
        for (bytes, text, remarked) in [
            (b"\xef\xbb\xbf<a/>".to_vec(), "<a/>", false),
            (utf16("<a>\u{e9}</a>"), "<a>\u{e9}</a>", false),
            (
                b"<?xml version=\"1.0\" encoding='ISO-8859-1'?><a>\xe9</a>".to_vec(),
                "<?xml version=\"1.0\" encoding='ISO-8859-1'?><a>\u{e9}</a>",
                false,
            ),
            (b"<a>\xe9</a>".to_vec(), "<a>\u{e9}</a>", true),
            (
                b"<?xml encoding=\"nonsense\"?><a/>".to_vec(),
                "<?xml encoding=\"nonsense\"?><a/>",
                false,
            ),
            (b"".to_vec(), "", false),
        ] {
            let (decoded, remark) = decode(bytes, true);
            assert_eq!((decoded.as_str(), remark.is_some()), (text, remarked));
        }
        assert_eq!(decode(b"key=\xe9".to_vec(), false), ("key=\u{e9}".to_owned(), None));
    }
}
