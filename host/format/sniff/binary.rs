//! Files without lines.
//!
//! Comes in: the head of a file. Goes out: why it holds no records. Never here: anything about lines.

/// The first bytes of well-known kinds of file, none of which can begin a log.
const MAGIC: &[(&[u8], &str)] = &[
    (b"PK\x03\x04", "a ZIP archive (a jar, war or ear may be one)"),
    (b"PK\x05\x06", "an empty ZIP archive"),
    (b"\xCA\xFE\xBA\xBE", "a Java class or a Mach-O program"),
    (b"\xFE\xED\xFE\xED", "a Java key store"),
    (b"\xCE\xCE\xCE\xCE", "a Java JCE key store"),
    (b"\xAC\xED\x00\x05", "serialised Java objects"),
    (b"\x7FELF", "an ELF program"),
    (b"\x89PNG\r\n\x1A\n", "a PNG image"),
    (b"GIF87a", "a GIF image"),
    (b"GIF89a", "a GIF image"),
    (b"\xFF\xD8\xFF", "a JPEG image"),
    (b"%PDF-", "a PDF document"),
    (b"\x1F\x8B\x08", "gzip data"),
    (b"\x28\xB5\x2F\xFD", "zstd data"),
    (b"\xFD7zXZ\x00", "xz data"),
    (b"BZh91AY&SY", "bzip2 data"),
    (b"7z\xBC\xAF\x27\x1C", "a 7-Zip archive"),
    (b"Rar!\x1A\x07", "a RAR archive"),
    (b"SQLite format 3\x00", "an SQLite database"),
    (b"\x1A\x00\x00\x04\x00\x00", "a Notes database"),
    (b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1", "an OLE document"),
    (b"\x00asm", "a WebAssembly module"),
    (b"JAVA PROFILE 1.0", "a Java heap dump"),
    (
        b"\x30\x82",
        "DER data (a certificate or a PKCS#12 key store may be such)",
    ),
    (b"MZ\x90\x00", "a Windows program"),
];

/// Where a tar archive has its magic, and what it is.
const TAR: (usize, &[u8]) = (257, b"ustar");

/// The share of control bytes from which a head is binary: a log with a dumped buffer in it stays below, and compressed
/// or compiled data have about a tenth.
const CONTROL_PERCENT: usize = 8;

/// What the first bytes say that the file is.
pub fn magic(head: &[u8]) -> Option<String> {
    let known = MAGIC
        .iter()
        .find(|(magic, _)| head.starts_with(magic))
        .map(|(_, what)| *what);
    let (at, ustar) = TAR;
    let tar = head
        .get(at..)
        .is_some_and(|tail| tail.starts_with(ustar))
        .then_some("a tar archive");
    known.or(tar).map(|what| format!("its first bytes are those of {what}"))
}

/// Whether nothing but blanks and NULs stand in the head. A log whose writer kept its position while the file was
/// truncated begins so.
pub fn is_blank(head: &[u8]) -> bool {
    head.iter().all(|byte| *byte == 0 || byte.is_ascii_whitespace())
}

/// Why the head is no text.
pub fn control_bytes(head: &[u8]) -> Option<String> {
    let control = head.iter().filter(|&&byte| is_control(byte)).count();
    (control * 100 > head.len() * CONTROL_PERCENT).then(|| {
        format!(
            "{control} of its first {} bytes are control bytes: it is binary",
            head.len()
        )
    })
}

/// Bytes that text does not have. ESC is not among them: coloured consoles are full of it.
fn is_control(byte: u8) -> bool {
    matches!(byte, 0..=8 | 14..=26 | 28..=31 | 127)
}
