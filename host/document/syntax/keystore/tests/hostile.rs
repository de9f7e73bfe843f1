//! What is none of these, too much, or broken.

use proptest::prelude::*;

use super::*;
use crate::document::MAX_REMARKS;

#[test]
fn what_is_not_read_says_what_to_do_instead() {
    let refused = [
        (fixture!("java.jks").1, "keytool -importkeystore -deststoretype PKCS12"),
        (fixture!("java.jceks").1, "-srcstoretype JCEKS -deststoretype PKCS12"),
        (fixture!("slow.p12").1, "more than 1,000,000 rounds"),
        (fixture!("rc4.p12").1, "write it anew"),
        (fixture!("leaf.p7b").1, "openssl pkcs7 -print_certs"),
        (
            b"\x30\x0D\x06\x09\x2A\x86\x48\x86\xF7\x0D\x01\x07\x02\xA0\x00",
            "openssl pkcs7 -print_certs",
        ),
        (b"\0\0\0\x01\x80", "gskcapicmd"),
        (b"", "is empty"),
        (b"no certificate yet\n", "text without a PEM block"),
    ];
    for (file, advice) in refused {
        let parsed = parse(file, &passwords(&["secret"]));
        assert_eq!(of(&parsed, "certificate").count(), 0);
        assert_eq!(parsed.remarks.len(), 1, "{advice}");
        assert!(parsed.remarks[0].what.contains(advice), "{:?}", parsed.remarks);
    }
}

#[test]
fn more_behind_a_certificate_is_a_remark_unless_it_is_padding() {
    let leaf = fixture!("leaf.der").1;
    assert_eq!(read(&[leaf, b"\r\n\0"].concat()).remarks, []);
    let parsed = read(&[leaf, leaf].concat());
    assert_eq!(of(&parsed, "certificate").count(), 1);
    assert!(parsed.remarks[0].what.contains("behind its certificate"));
}

#[test]
fn a_truncated_file_is_never_taken_for_a_whole_one() {
    let files = [fixture!("leaf.der").1, fixture!("open.p12").1, fixture!("legacy.p12").1];
    for file in files {
        for length in (0..file.len()).step_by(7) {
            let parsed = parse(&file[..length], &passwords(&["secret"]));
            assert!(!parsed.remarks.is_empty(), "{length}");
        }
    }
}

#[test]
fn a_file_has_limits() {
    let parsed = read(&vec![b'-'; MAX_BYTES + 1]);
    assert!(parsed.remarks[0].what.contains("4 MiB"));
    let (_, leaf) = fixture!("leaf.pem");
    let parsed = read(&leaf.repeat(MAX_ENTRIES + 5));
    assert_eq!(of(&parsed, "certificate").take(MAX_ENTRIES + 1).count(), MAX_ENTRIES);
    let line = (leaf.split(|byte| *byte == b'\n').count() - 1) * MAX_ENTRIES + 1;
    assert_eq!(parsed.remarks.len(), 1);
    assert_eq!(parsed.remarks[0].line.0, line as u64);
}

#[test]
fn many_issuers_with_one_name_are_not_all_tried() {
    let text = std::str::from_utf8(fixture!("renewed.pem").1).unwrap();
    let blocks: Vec<_> = text.split_inclusive("-----END CERTIFICATE-----\n").collect();
    let [leaf, renewed, _] = blocks[..] else { panic!() };
    let parsed = read((renewed.repeat(60) + &leaf.repeat(40)).as_bytes());
    assert!(
        parsed.remarks[0]
            .what
            .contains("not all of their signatures are verified")
    );
    let proofs = certificates(&parsed, "issued-by-proof");
    assert_eq!((proofs[0], proofs[60], proofs[99]), ("signature", "-", "name"));
}

/// Anything, as it is and behind the beginnings of what is read.
fn anything() -> impl Strategy<Value = Vec<u8>> {
    let beginnings = prop::sample::select(vec![
        &b""[..],
        b"\x30\x80\x02\x01\x03\x30\x80",
        b"\x30\x82\x01\x00\x30\x81\xF0\xA0\x03\x02\x01\x02",
        b"-----BEGIN CERTIFICATE-----\n",
        b"\xFE\xED\xFE\xED",
    ]);
    (beginnings, prop::collection::vec(any::<u8>(), 0..400)).prop_map(|(head, rest)| [head, &rest].concat())
}

/// A fixture with some bytes changed and its end cut off.
fn damaged() -> impl Strategy<Value = Vec<u8>> {
    let stores = STORES.map(|((_, store), _)| store);
    let files: Vec<&[u8]> = stores.into_iter().chain(TEXTS.map(|(_, text)| text)).collect();
    let changes = prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..6);
    (
        prop::sample::select(files),
        changes,
        any::<prop::sample::Index>(),
        any::<bool>(),
    )
        .prop_map(|(file, changes, end, whole)| {
            let mut file = file.to_vec();
            for (index, byte) in changes {
                let index = index.index(file.len());
                file[index] = byte;
            }
            if !whole {
                file.truncate(end.index(file.len()));
            }
            file
        })
}

fn check(file: &[u8]) -> Result<(), TestCaseError> {
    let given = passwords(&["secret", "Schlüssel"]);
    let parsed = parse(file, &given);
    prop_assert!(parsed.remarks.len() <= MAX_REMARKS);
    // A node needs a byte or more of the file, whatever it is.
    prop_assert!(parsed.tree.len() <= file.len() + 1);
    prop_assert_eq!(dump(&parsed), dump(&parse(file, &given)));
    let _ = recognise("key.p12", file);
    Ok(())
}

proptest! {
    #[test]
    fn no_bytes_panic(file in anything()) {
        check(&file)?;
    }

    #[test]
    fn no_damage_panics(file in damaged()) {
        check(&file)?;
    }
}
