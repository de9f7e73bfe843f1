//! A site made up from a seed: some megabytes with everything in them that block borders could get wrong.

use std::io::Write;

use tempfile::TempDir;

use super::story::{folder, write};

/// Numbers that look random and are the same everywhere (splitmix64).
pub struct Dice(pub u64);

impl Dice {
    pub fn roll(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number below `end`.
    pub fn below(&mut self, end: u64) -> u64 {
        self.roll() % end
    }

    /// True once in `times`.
    pub fn once_in(&mut self, times: u64) -> bool {
        self.below(times) == 0
    }
}

/// Two rules: one with a text to search for, one without; each record that has one is a finding of its own.
pub const PACK: &str = r"plugin: log-signatures
rules:
  - id: acme-needle
    title: A needle
    severity: low
    symptom: There is a needle.
    cause: Somebody dropped it.
    remedy: [Pick it up.]
    applies-to: [websphere-basic, line]
    patterns:
      needle: 'NEEDLE (?<n>\w+)'
    fields: { n: '{n}' }
    group: [n]
    message: 'needle {n}'
  - id: acme-slow
    title: Something with no text to search for
    severity: low
    symptom: There is something.
    cause: Unknown.
    remedy: [None.]
    applies-to: [websphere-basic]
    patterns:
      slow: '\b(?<n>[xy][0-9]{5}[xy])\b'
    fields: { n: '{n}' }
    group: [n]
    message: 'slow {n}'
";

/// The file with one line of 3 MB.
pub const LONG_LINE: &str = "long/line.log";

/// The site on disk.
pub struct Site {
    pub folder: TempDir,
    /// File and line of every needle that must be found.
    pub needles: Vec<String>,
}

/// A log that grows record by record, and what was hidden in it.
pub struct Log {
    pub bytes: Vec<u8>,
    pub needles: Vec<Hidden>,
    /// Only ASCII, so that it can be transcoded.
    ascii: bool,
    eol: &'static [u8],
    millisecond: u64,
    name: String,
}

/// Where a record with a needle begins.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hidden {
    pub name: String,
    pub line: u64,
    pub offset: u64,
    pub time: Option<String>,
}

impl Log {
    pub fn new(name: &str, ascii: bool, crlf: bool) -> Self {
        let eol: &[u8] = if crlf { b"\r\n" } else { b"\n" };
        Self {
            bytes: Vec::new(),
            needles: Vec::new(),
            ascii,
            eol,
            millisecond: 0,
            name: name.to_owned(),
        }
    }

    /// Adds a record with some lines, and a needle in one of them if it is to have one.
    pub fn record(&mut self, dice: &mut Dice, needle: bool) {
        self.millisecond += dice.below(900);
        let (second, milli) = (self.millisecond / 1000, self.millisecond % 1000);
        let (hour, minute, second) = (second / 3600 % 24, second / 60 % 60, second % 60);
        let time = format!("2016-10-13T{hour:02}:{minute:02}:{second:02}.{milli:03}Z");
        let hidden = self.here(Some(time));
        let thread = dice.below(256);
        let head =
            format!("[10/13/16 {hour}:{minute:02}:{second:02}:{milli:03} UTC] 000000{thread:02x} ServletWrappe I   ");
        self.bytes.extend_from_slice(head.as_bytes());
        self.lines(dice, needle.then_some(hidden));
    }

    /// Adds lines that begin no record, as a rotation leaves them at the beginning of a file.
    pub fn orphan(&mut self, dice: &mut Dice, needle: bool) {
        let hidden = self.here(None);
        self.bytes.extend_from_slice(b"\tat ");
        self.lines(dice, needle.then_some(hidden));
    }

    fn here(&self, time: Option<String>) -> Hidden {
        let line = 1 + self.bytes.iter().filter(|&&byte| byte == b'\n').count() as u64;
        let name = format!("{}{}", self.name, self.needles.len());
        Hidden {
            name,
            line,
            offset: self.bytes.len() as u64,
            time,
        }
    }

    fn lines(&mut self, dice: &mut Dice, needle: Option<Hidden>) {
        let continuations = if dice.once_in(40) {
            30 + dice.below(200)
        } else {
            dice.below(4)
        };
        let place = dice.below(continuations + 1);
        for number in 0..=continuations {
            if number > 0 {
                let begin: &[u8] = if dice.once_in(2) {
                    b"\tat com.acme.example."
                } else {
                    b"Caused by: "
                };
                self.bytes.extend_from_slice(begin);
            }
            self.words(dice);
            if number == place
                && let Some(hidden) = &needle
            {
                self.bytes
                    .extend_from_slice(format!(" NEEDLE {} ", hidden.name).as_bytes());
                self.words(dice);
            }
            self.bytes.extend_from_slice(self.eol);
        }
        self.needles.extend(needle);
    }

    fn words(&mut self, dice: &mut Dice) {
        for _ in 0..dice.below(9) {
            match dice.below(60) {
                0 if !self.ascii => self.bytes.extend_from_slice(b"\0\0\x01\xff\xfe"),
                1 if !self.ascii => self.bytes.extend_from_slice("Käse – ".as_bytes()),
                // Nearly a needle, and the beginning of one that is not.
                2 => self.bytes.extend_from_slice(b"NEEDL NEEDLE: "),
                3 => self.bytes.push(b'\t'),
                word => self.bytes.extend_from_slice(format!("word{word} ").as_bytes()),
            }
        }
    }

    /// Takes away the end of the last line.
    pub fn unended(mut self) -> Self {
        self.bytes.truncate(self.bytes.len() - self.eol.len());
        self
    }

    /// A log of about so many bytes, with a needle in its first record, its last, and some between.
    fn of(name: &str, seed: u64, bytes: usize, ascii: bool, crlf: bool) -> Self {
        let (mut dice, mut log) = (Dice(seed), Self::new(name, ascii, crlf));
        log.record(&mut dice, true);
        while log.bytes.len() < bytes {
            let needle = dice.once_in(250);
            if dice.once_in(900) {
                let slow = format!(
                    "[10/13/16 23:59:59:999 UTC] 000000aa ServletWrappe I   x{:05}y",
                    dice.below(100_000)
                );
                log.bytes.extend_from_slice(slow.as_bytes());
                log.bytes.extend_from_slice(log.eol);
            }
            log.record(&mut dice, needle);
        }
        log.record(&mut dice, true);
        log
    }
}

impl Site {
    pub fn generate() -> Self {
        let folder = folder(&[("rules/acme.yaml", PACK.as_bytes())]);
        let mut needles = Vec::new();
        let log = |name, seed, bytes, ascii| Log::of(name, seed, bytes, ascii, false);
        let logs: [(&str, Log, Keep); 9] = [
            (
                "was/SystemOut_16.10.12_22.00.00.log",
                log("old", 1, 900_000, false),
                plain,
            ),
            ("was/SystemOut.log", log("new", 2, 1_600_000, false).unended(), plain),
            ("windows/SystemOut.log", Log::of("crlf", 3, 600_000, false, true), plain),
            ("gz/SystemOut.log.gz", log("gz", 4, 300_000, false).unended(), gzip),
            ("xz/SystemOut.log.xz", log("xz", 5, 300_000, false).unended(), xz),
            ("zst/SystemOut.log.zst", log("zst", 6, 300_000, false).unended(), zst),
            ("bz2/SystemOut.log.bz2", log("bz", 7, 300_000, false).unended(), bz2),
            ("utf16le/SystemOut.log", log("le", 8, 200_000, true).unended(), utf16_le),
            ("utf16be/SystemOut.log", log("be", 9, 200_000, true), utf16_be),
        ];
        for (file, log, keep) in logs {
            write(folder.path(), &format!("logs/{file}"), &keep(&log.bytes));
            needles.extend(log.needles.iter().map(|hidden| format!("{file}:{}", hidden.line)));
        }
        needles.push(format!("{LONG_LINE}:1"));
        write(folder.path(), &format!("logs/{LONG_LINE}"), &long_line());
        write(folder.path(), "logs/empty.log", b"");
        write(
            folder.path(),
            "logs/environment.toml",
            b"name = \"acme\"\ntimezone = \"Europe/London\"\n",
        );
        Self { folder, needles }
    }
}

/// 3 MB without an end of line, and a needle on either side of what one record may have.
fn long_line() -> Vec<u8> {
    let mut line = b"one line ".repeat(3_000_000 / 9);
    line[10_000..10_015].copy_from_slice(b" NEEDLE long0  ");
    line[2_000_000..2_000_015].copy_from_slice(b" NEEDLE long1  ");
    line
}

/// How a log is kept on disk.
type Keep = fn(&[u8]) -> Vec<u8>;

pub fn plain(bytes: &[u8]) -> Vec<u8> {
    bytes.to_vec()
}

pub fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::new(6));
    encoder
        .write_all(bytes)
        .and_then(|()| encoder.finish())
        .expect("memory can be written")
}

fn xz(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = liblzma::write::XzEncoder::new(Vec::new(), 3);
    encoder
        .write_all(bytes)
        .and_then(|()| encoder.finish())
        .expect("memory can be written")
}

fn zst(bytes: &[u8]) -> Vec<u8> {
    zstd::encode_all(bytes, 3).expect("memory can be written")
}

fn bz2(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = bzip2::write::BzEncoder::new(Vec::new(), bzip2::Compression::new(6));
    encoder
        .write_all(bytes)
        .and_then(|()| encoder.finish())
        .expect("memory can be written")
}

/// ASCII as UTF-16 with its mark.
pub fn utf16_le(ascii: &[u8]) -> Vec<u8> {
    marked(ascii).flat_map(u16::to_le_bytes).collect()
}

fn utf16_be(ascii: &[u8]) -> Vec<u8> {
    marked(ascii).flat_map(u16::to_be_bytes).collect()
}

fn marked(ascii: &[u8]) -> impl Iterator<Item = u16> {
    std::iter::once(0xfeff).chain(ascii.iter().map(|&byte| u16::from(byte)))
}
