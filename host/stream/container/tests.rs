use std::io::{Cursor, Read, Write};

use proptest::prelude::*;

use super::{Archive, Compression, Container, ForeignCompression, Inflow, SNIFF, UnpackLimits, Unpacker};
use crate::model::FilePath;

const ALL: [Compression; 4] = [
    Compression::Gzip,
    Compression::Zstd,
    Compression::Xz,
    Compression::Bzip2,
];

pub(in crate::stream) fn compressed(compression: Compression, bytes: &[u8]) -> Vec<u8> {
    match compression {
        Compression::Gzip => {
            let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
            encoder.write_all(bytes).unwrap();
            encoder.finish().unwrap()
        }
        // Its size is not in the frame, as when a log is piped through.
        Compression::Zstd => zstd::encode_all(bytes, 1).unwrap(),
        Compression::Xz => {
            let mut encoder = liblzma::write::XzEncoder::new(Vec::new(), 0);
            encoder.write_all(bytes).unwrap();
            encoder.finish().unwrap()
        }
        Compression::Bzip2 => {
            let mut encoder = bzip2::write::BzEncoder::new(Vec::new(), bzip2::Compression::fast());
            encoder.write_all(bytes).unwrap();
            encoder.finish().unwrap()
        }
    }
}

/// A reader that gives a few bytes at a time, as a pipe may.
struct Trickle {
    bytes: Cursor<Vec<u8>>,
    at_most: usize,
}

impl Read for Trickle {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let most = buffer.len().min(self.at_most);
        self.bytes.read(&mut buffer[..most])
    }
}

struct Unpacked {
    bytes: Vec<u8>,
    reasons: Vec<String>,
}

/// Unpacks by reading `at_once` bytes at a time.
fn unpacked_by(packed: Vec<u8>, at_once: usize, trickle: usize, limits: UnpackLimits) -> Unpacked {
    let compression = match Container::of(&packed) {
        Container::Compressed(compression) => Some(compression),
        _ => None,
    };
    let inflow = Inflow::new(Box::new(Trickle {
        bytes: Cursor::new(packed),
        at_most: trickle,
    }));
    let mut unpacker = Unpacker::new(inflow, FilePath::from("x"), compression, limits);
    let mut bytes = Vec::new();
    let mut piece = vec![0; at_once];
    loop {
        let read = unpacker.read(&mut piece);
        bytes.extend_from_slice(&piece[..read]);
        if read < at_once {
            break;
        }
    }
    assert_eq!(unpacker.read(&mut piece), 0, "after the end nothing comes");
    Unpacked {
        bytes,
        reasons: unpacker
            .take_coverage()
            .into_iter()
            .map(|record| record.reason)
            .collect(),
    }
}

fn unpacked(packed: Vec<u8>) -> Unpacked {
    unpacked_by(packed, 1000, usize::MAX, UnpackLimits::default())
}

/// Text that compresses, of several blocks of every codec.
fn log(length: usize) -> Vec<u8> {
    let mut text = Vec::with_capacity(length + 100);
    let mut state = 1u64;
    while text.len() < length {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        writeln!(
            text,
            "[10/12/16 10:00:00:{:03} GMT] {:08x} Servlet I SRVE0242I: ready",
            state % 1000,
            state >> 40
        )
        .unwrap();
    }
    text.truncate(length);
    text
}

#[test]
fn first_bytes_say_what_a_file_is() {
    let mut tar = vec![0u8; 512];
    tar[..5].copy_from_slice(b"x.log");
    tar[257..262].copy_from_slice(b"ustar");
    let rows: &[(&[u8], Container)] = &[
        (b"", Container::Plain),
        (b"\x1F", Container::Plain),
        (b"[10/12/16 10:00:00:000 GMT]", Container::Plain),
        (b"BZh9 is how this line begins", Container::Plain),
        (
            b"BZh9\x17\x72\x45\x38\x50\x90",
            Container::Compressed(Compression::Bzip2),
        ),
        (b"\x5E\x2A\x4D\x18\0\0\0\0", Container::Compressed(Compression::Zstd)),
        (b"PK\x03\x04", Container::Archive(Archive::Zip)),
        (b"PK\x05\x06", Container::Archive(Archive::Zip)),
        (b"PKI is down", Container::Plain),
        (b"7z\xBC\xAF\x27\x1C", Container::Archive(Archive::SevenZip)),
        (b"Rar!\x1A\x07\x01\0", Container::Archive(Archive::Rar)),
        (&tar, Container::Archive(Archive::Tar)),
        (&tar[..261], Container::Plain),
        (b"\x1F\x9D\x90", Container::Foreign(ForeignCompression::Compress)),
        (b"\x04\x22\x4D\x18", Container::Foreign(ForeignCompression::Lz4)),
        (b"LZIP\x01", Container::Foreign(ForeignCompression::Lzip)),
    ];
    for (bytes, expected) in rows {
        assert_eq!(Container::of(bytes), *expected, "{bytes:?}");
        let is_read = matches!(expected, Container::Plain | Container::Compressed(_));
        assert_eq!(expected.unread_reason().is_none(), is_read);
    }
    for compression in ALL {
        assert_eq!(
            Container::of(&compressed(compression, b"x")),
            Container::Compressed(compression)
        );
    }
}

#[test]
fn every_compression_gives_back_what_went_in() {
    for compression in ALL {
        for text in [Vec::new(), b"x".to_vec(), log(3_000_000)] {
            let unpacked = unpacked(compressed(compression, &text));
            assert_eq!(unpacked.reasons, [""; 0]);
            assert!(unpacked.bytes == text, "{compression:?}, {} bytes", text.len());
        }
    }
}

#[test]
fn members_follow_each_other_with_zeros_between_or_behind() {
    for compression in ALL {
        let mut packed = compressed(compression, b"one ");
        packed.extend(compressed(compression, b""));
        packed.extend([0; 512]);
        packed.extend(compressed(compression, b"two"));
        packed.extend(vec![0; 100_000]);
        let unpacked = unpacked(packed);
        assert_eq!(
            (unpacked.bytes.as_slice(), unpacked.reasons.as_slice()),
            (b"one two".as_slice(), [].as_slice())
        );
    }
}

#[test]
fn zstd_frames_that_carry_something_else_are_skipped() {
    let note = b"\x50\x2A\x4D\x18\x04\0\0\0note";
    let text = [note, compressed(Compression::Zstd, b"text").as_slice(), note].concat();
    let unpacked = unpacked(text);
    assert_eq!(
        (unpacked.bytes.as_slice(), unpacked.reasons.as_slice()),
        (b"text".as_slice(), [].as_slice())
    );
}

#[test]
fn a_file_that_was_cut_off_gives_what_is_before_the_cut() {
    let text = log(81_920);
    let mut packed = compressed(Compression::Gzip, &text);
    packed.truncate(packed.len() - 8);
    let unpacked = unpacked(packed);
    assert!(unpacked.bytes == text);
    assert_eq!(unpacked.reasons, ["gzip: unexpected end at 81920"]);

    for compression in ALL {
        let mut packed = compressed(compression, &log(3_000_000));
        packed.truncate(packed.len() * 2 / 3);
        let unpacked = self::unpacked(packed);
        assert!(log(3_000_000).starts_with(&unpacked.bytes));
        assert!(
            unpacked.bytes.len() > 1_000_000,
            "{compression:?}: {}",
            unpacked.bytes.len()
        );
        assert_eq!(
            unpacked.reasons,
            [format!(
                "{}: unexpected end at {}",
                compression.name(),
                unpacked.bytes.len()
            )]
        );
    }
}

#[test]
fn damage_is_said_with_its_place_and_cause() {
    for compression in ALL {
        let mut packed = compressed(compression, &log(3_000_000));
        let middle = packed.len() / 2;
        packed[middle..middle + 16].fill(0xFF);
        let unpacked = unpacked(packed);
        assert!(!unpacked.bytes.is_empty());
        let start = format!("{}: damaged at {}: ", compression.name(), unpacked.bytes.len());
        assert_eq!(unpacked.reasons.len(), 1);
        assert!(unpacked.reasons[0].starts_with(&start), "{:?}", unpacked.reasons);
        assert!(unpacked.reasons[0].len() > start.len());
    }
}

#[test]
fn a_wrong_checksum_is_damage() {
    for from_end in [8, 4] {
        let mut packed = compressed(Compression::Gzip, b"text");
        let at = packed.len() - from_end;
        packed[at] ^= 1;
        let unpacked = unpacked(packed);
        assert_eq!(unpacked.bytes, b"text");
        assert_eq!(
            unpacked.reasons,
            ["gzip: damaged at 4: the checksum does not fit what was unpacked"]
        );
    }
}

#[test]
fn a_wrong_checksum_of_a_bzip2_block_loses_nothing_of_it() {
    let mut packed = compressed(Compression::Bzip2, &log(16_421));
    // Behind the level and the mark of the block stands its checksum.
    packed[10] ^= 1;
    for at_once in [1, 100, 1 << 20] {
        let unpacked = unpacked_by(packed.clone(), at_once, usize::MAX, UnpackLimits::default());
        assert!(unpacked.bytes == log(16_421), "{} bytes", unpacked.bytes.len());
        assert_eq!(unpacked.reasons.len(), 1);
        assert!(
            unpacked.reasons[0].starts_with("bzip2: damaged at 16421: "),
            "{:?}",
            unpacked.reasons
        );
    }
}

#[test]
fn something_else_behind_the_end_is_said() {
    for compression in ALL {
        let mut packed = compressed(compression, b"text");
        packed.extend([0, 0, 0]);
        let end = packed.len();
        packed.extend(b"and this was appended by hand");
        let name = compression.name();
        let unpacked = unpacked(packed);
        assert_eq!(unpacked.bytes, b"text");
        assert_eq!(
            unpacked.reasons,
            [format!(
                "{name}: what follows the end at 4, from byte {end} of the file on, is not {name}"
            )]
        );
    }
}

#[test]
fn a_bomb_stops_at_the_limit() {
    let limits = UnpackLimits {
        unpacked: 1 << 20,
        ..UnpackLimits::default()
    };
    for compression in ALL {
        let exact = unpacked_by(
            compressed(compression, &vec![b'x'; 1 << 20]),
            65_536,
            usize::MAX,
            limits,
        );
        assert_eq!((exact.bytes.len(), exact.reasons), (1 << 20, vec![]));
        let over = unpacked_by(
            compressed(compression, &vec![b'x'; (1 << 20) + 1]),
            65_536,
            usize::MAX,
            limits,
        );
        assert_eq!(over.bytes.len(), 1 << 20);
        assert_eq!(
            over.reasons,
            [format!(
                "{}: stopped at 1048576, the limit of bytes that are read of one file",
                compression.name()
            )]
        );
    }
    let plain = unpacked_by(vec![b'x'; (1 << 20) + 1], 65_536, usize::MAX, limits);
    assert_eq!(
        plain.reasons,
        ["stopped at 1048576, the limit of bytes that are read of one file"]
    );
}

#[test]
fn a_window_that_is_too_large_is_refused() {
    let mut encoder = zstd::stream::write::Encoder::new(Vec::new(), 1).unwrap();
    encoder.window_log(27).unwrap();
    encoder.write_all(&log(100_000)).unwrap();
    let mut packed = compressed(Compression::Zstd, b"text");
    packed.extend(encoder.finish().unwrap());
    let two_frames = unpacked(packed);
    assert_eq!(two_frames.bytes, b"text");
    assert_eq!(
        two_frames.reasons,
        [
            "zstd: not read on at 4: needs a window of 128 MiB, and 8 MiB are the limit; unpack it with `zstd -d --long=31`"
        ]
    );

    // One segment of 9 MiB, and one of 300 bytes.
    for (header, refused) in [(&[0xA0, 0, 0, 0x90, 0][..], true), (&[0x60, 44, 0][..], false)] {
        let frame = [&[0x28, 0xB5, 0x2F, 0xFD], header, &[0xFF; 20]].concat();
        let reasons = unpacked(frame).reasons;
        assert_eq!(reasons.len(), 1);
        assert_eq!(reasons[0].contains("needs a window of 9 MiB"), refused, "{reasons:?}");
    }

    let limits = UnpackLimits {
        xz_memory: 1 << 20,
        ..UnpackLimits::default()
    };
    let mut encoder = liblzma::write::XzEncoder::new(Vec::new(), 6);
    encoder.write_all(b"text").unwrap();
    let xz = unpacked_by(encoder.finish().unwrap(), 100, usize::MAX, limits);
    assert_eq!(
        xz.reasons,
        ["xz: not read on at 0: needs more than 1 MiB of memory, the limit; unpack it with `xz -d`"]
    );
}

#[test]
fn a_medium_that_fails_in_the_middle_is_said() {
    struct Failing(Cursor<Vec<u8>>);
    impl Read for Failing {
        fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
            match self.0.read(buffer)? {
                0 => Err(std::io::Error::other("the disk is on fire")),
                read => Ok(read),
            }
        }
    }
    for (packed, compression, start) in [
        (b"text".to_vec(), None, "cannot be read on at 4: "),
        (
            compressed(Compression::Gzip, b"text"),
            Some(Compression::Gzip),
            "gzip: cannot be read on at 4: ",
        ),
    ] {
        let inflow = Inflow::new(Box::new(Failing(Cursor::new(packed))));
        let mut unpacker = Unpacker::new(inflow, FilePath::from("x"), compression, UnpackLimits::default());
        let mut bytes = [0; 10];
        assert_eq!(unpacker.read(&mut bytes), 4);
        let coverage = unpacker.take_coverage();
        assert_eq!(coverage.len(), 1);
        assert_eq!(coverage[0].reason, format!("{start}the disk is on fire"));
        assert_eq!(unpacker.take_coverage(), []);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    /// Whatever stands in a file, it is unpacked without harm, and the same comes out however it is read.
    #[test]
    fn mutated_files_do_no_harm_and_read_the_same_in_any_pieces(
        compression in prop::sample::select(ALL.to_vec()),
        length in 0usize..60_000,
        mutations in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..4),
        keep in prop::option::of(any::<prop::sample::Index>()),
        at_once in 1usize..100_000,
        trickle in 1usize..70_000,
    ) {
        let mut packed = compressed(compression, &log(length));
        for (at, byte) in mutations {
            let at = at.index(packed.len());
            packed[at] = byte;
        }
        if let Some(keep) = keep {
            packed.truncate(keep.index(packed.len()));
        }
        let limits = UnpackLimits { unpacked: 100_000, ..UnpackLimits::default() };
        let whole = unpacked_by(packed.clone(), 1 << 20, usize::MAX, limits);
        prop_assert!(whole.bytes.len() <= 100_000);
        prop_assert!(whole.reasons.len() <= 1);
        let pieces = unpacked_by(packed, at_once, trickle, limits);
        prop_assert!(whole.bytes == pieces.bytes, "{} and {} bytes", whole.bytes.len(), pieces.bytes.len());
        prop_assert_eq!(whole.reasons, pieces.reasons);
    }

    #[test]
    fn any_bytes_are_some_container(bytes in prop::collection::vec(any::<u8>(), 0..SNIFF)) {
        let _ = unpacked_by(bytes, 4096, usize::MAX, UnpackLimits { unpacked: 1 << 20, ..UnpackLimits::default() });
    }

    #[test]
    fn garbage_behind_a_magic_number_does_no_harm(
        compression in prop::sample::select(ALL.to_vec()),
        kept in 2usize..24,
        garbage in prop::collection::vec(any::<u8>(), 0..5000),
    ) {
        let mut packed = compressed(compression, b"a little text");
        packed.truncate(kept);
        packed.extend(garbage);
        let limits = UnpackLimits { unpacked: 1 << 20, ..UnpackLimits::default() };
        prop_assert!(unpacked_by(packed, 4096, usize::MAX, limits).bytes.len() <= 1 << 20);
    }
}
