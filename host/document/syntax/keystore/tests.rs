//! Whole files. How they were made is written in `fixtures/make.sh`.

use proptest::prelude::*;

use super::*;
use crate::document::{MAX_REMARKS, Node};

macro_rules! fixture {
    ($name:literal) => {
        ($name, include_bytes!(concat!("fixtures/", $name)) as &[u8])
    };
}

/// A name and its content.
type Fixture = (&'static str, &'static [u8]);

/// Stores of the leaf, its key and its issuers, with their passwords.
const STORES: [(Fixture, &str); 15] = [
    (fixture!("modern.p12"), "secret"),
    (fixture!("legacy.p12"), "secret"),
    (fixture!("triple-des.p12"), "secret"),
    (fixture!("rc2-128.p12"), "secret"),
    (fixture!("two-key-des.p12"), "secret"),
    (fixture!("aes-128.p12"), "secret"),
    (fixture!("des-in-pbes2.p12"), "secret"),
    (fixture!("umlaut.p12"), "Schlüssel"),
    (fixture!("websphere.p12"), "WebAS"),
    (fixture!("empty.p12"), ""),
    (fixture!("empty-legacy.p12"), ""),
    (fixture!("open.p12"), "needs none"),
    (fixture!("open-certificates.p12"), "needs none"),
    (fixture!("java-key.p12"), "secret"),
    (fixture!("java-sha1.p12"), "secret"),
];

const TEXTS: [Fixture; 7] = [
    fixture!("chain.pem"),
    fixture!("reversed.pem"),
    fixture!("mixed.pem"),
    fixture!("curves.pem"),
    fixture!("renewed.pem"),
    fixture!("ucs2.pem"),
    fixture!("expired.pem"),
];

fn passwords(given: &[&str]) -> Passwords {
    let mut passwords = Passwords::default();
    for password in given {
        passwords.add((*password).to_owned()).unwrap();
    }
    passwords
}

fn read(bytes: &[u8]) -> Parsed {
    parse(bytes, &Passwords::default())
}

fn of<'p>(parsed: &'p Parsed, name: &'static str) -> impl Iterator<Item = Node<'p>> {
    parsed.tree.root().children().filter(move |node| node.name() == name)
}

fn certificates<'p>(parsed: &'p Parsed, attribute: &str) -> Vec<&'p str> {
    of(parsed, "certificate")
        .map(|node| node.attribute(attribute).unwrap_or("-"))
        .collect()
}

fn remarks(parsed: &Parsed) -> Vec<(u64, &str)> {
    parsed
        .remarks
        .iter()
        .map(|remark| (remark.line.0, remark.what.as_str()))
        .collect()
}

/// All that is to be seen of a file.
fn dump(parsed: &Parsed) -> String {
    let mut text = format!("{:?}\n", parsed.remarks);
    for node in parsed.tree.nodes() {
        text += &format!(
            "{} {:?} {:?}\n",
            node.name(),
            node.value(),
            node.attributes().collect::<Vec<_>>()
        );
    }
    text
}

#[test]
fn a_certificate_says_what_openssl_says_of_it() {
    let parsed = read(fixture!("leaf.der").1);
    assert_eq!(remarks(&parsed), []);
    assert_eq!(parsed.tree.root().attribute("container"), Some("der"));
    let leaf = of(&parsed, "certificate").next().unwrap();
    let said = [
        ("subject", Some("CN=chat.example.com,O=Example\\, Inc.,C=DE")),
        ("issuer", Some("CN=Example Issuing,O=Example,C=DE")),
        ("common-name", Some("chat.example.com")),
        ("not-before", Some("2016-01-01T00:00:00Z")),
        ("not-after", Some("2046-01-01T00:00:00Z")),
        ("not-after-epoch", Some("2398377600")),
        ("self-issued", Some("no")),
        ("ca", Some("no")),
        ("signature", Some("sha256WithRSAEncryption")),
        ("key", Some("RSA 2048")),
        ("alias", None),
        ("has-key", None),
        ("issued-by", None),
        ("issued-by-proof", None),
    ];
    for (name, value) in said {
        assert_eq!(leaf.attribute(name), value, "{name}");
    }
    for (name, length) in [("key-id", 40), ("authority-key-id", 40), ("fingerprint", 64)] {
        let value = leaf.attribute(name).unwrap();
        assert_eq!(value.len(), length);
        assert!(value.bytes().all(|byte| byte.is_ascii_hexdigit()));
    }
    let names: Vec<_> = leaf
        .children()
        .map(|name| (name.name(), name.attribute("kind"), name.value()))
        .collect();
    let expected = [
        ("dns", "chat.example.com"),
        ("dns", "meetings.example.com"),
        ("ip", "192.0.2.7"),
        ("ip", "2001:db8::7"),
    ];
    assert_eq!(names, expected.map(|(kind, value)| ("name", Some(kind), value)));
}

#[test]
fn the_same_certificate_says_the_same_in_every_container() {
    let files = [
        fixture!("leaf.der").1,
        fixture!("leaf.pem").1,
        fixture!("chain.pem").1,
        fixture!("open.p12").1,
    ];
    let said = files.map(|file| {
        let parsed = read(file);
        let leaf = of(&parsed, "certificate").next().unwrap();
        let beside = ["alias", "has-key", "issued-by", "issued-by-proof"];
        let attributes = leaf.attributes().filter(|attribute| !beside.contains(&attribute.name));
        attributes
            .map(|attribute| (attribute.name.to_owned(), attribute.value.to_owned()))
            .collect::<Vec<_>>()
    });
    assert_eq!(said[0].len(), 14);
    assert!(said.iter().all(|other| *other == said[0]));
}

#[test]
fn a_chain_is_found_in_any_order_with_the_lines_on_which_its_certificates_begin() {
    let parsed = read(fixture!("chain.pem").1);
    assert_eq!(certificates(&parsed, "issued-by"), ["1", "2", "2"]);
    assert_eq!(certificates(&parsed, "issued-by-proof"), ["signature"; 3]);
    assert_eq!(certificates(&parsed, "self-issued"), ["no", "no", "yes"]);
    assert_eq!(certificates(&parsed, "ca"), ["no", "yes", "yes"]);
    let lines: Vec<_> = of(&parsed, "certificate").map(|node| node.at().line).collect();
    let text = std::str::from_utf8(fixture!("chain.pem").1).unwrap();
    let begins = text.lines().zip(1..).filter(|(line, _)| line.starts_with("-----BEGIN"));
    assert_eq!(lines, begins.map(|(_, number)| number).collect::<Vec<u32>>());
    assert_eq!(
        certificates(&read(fixture!("reversed.pem").1), "issued-by"),
        ["0", "0", "1"]
    );
    assert_eq!(certificates(&read(fixture!("leaf.pem").1), "issued-by"), ["-"]);
}

#[test]
fn an_expired_certificate_is_read_like_any_other() {
    let parsed = read(fixture!("expired.pem").1);
    assert_eq!(certificates(&parsed, "not-after-epoch"), ["1483228800"]);
    assert_eq!(remarks(&parsed), []);
}

#[test]
fn curves_have_names_and_those_that_are_not_verified_are_matched_by_name() {
    let parsed = read(fixture!("curves.pem").1);
    assert_eq!(
        certificates(&parsed, "key"),
        ["EC P-256", "EC P-384", "EC P-256", "EC P-521", "Ed25519"]
    );
    assert_eq!(certificates(&parsed, "issued-by"), ["1", "1", "2", "3", "4"]);
    assert_eq!(
        certificates(&parsed, "issued-by-proof"),
        ["signature", "signature", "signature", "name", "name"]
    );
    let leaf = of(&parsed, "certificate").next().unwrap();
    let names: Vec<_> = leaf.children().map(Node::value).collect();
    assert_eq!(names, ["*.example.com", "example.com"]);
}

#[test]
fn of_two_roots_with_one_name_and_no_identifiers_only_the_one_whose_key_signed_is_the_issuer() {
    let parsed = read(fixture!("renewed.pem").1);
    assert_eq!(certificates(&parsed, "key-id"), ["-"; 3]);
    assert_eq!(certificates(&parsed, "issued-by"), ["2", "1", "2"]);
    assert_eq!(certificates(&parsed, "signature"), ["sha1WithRSAEncryption"; 3]);
    // With the renewed root alone, nobody here signed the leaf, though the name fits.
    let text = std::str::from_utf8(fixture!("renewed.pem").1).unwrap();
    let old_root = text.rfind("-----BEGIN").unwrap();
    let parsed = read(&text.as_bytes()[..old_root]);
    assert_eq!(certificates(&parsed, "issued-by"), ["-", "1"]);
}

#[test]
fn a_name_in_ucs2_is_readable() {
    let parsed = read(fixture!("ucs2.pem").1);
    assert_eq!(certificates(&parsed, "subject"), ["CN=bücher.example.com,O=Bücher"]);
    assert_eq!(certificates(&parsed, "common-name"), ["bücher.example.com"]);
}

#[test]
fn keys_are_seen_and_nothing_of_them_is_shown() {
    let (_, file) = fixture!("mixed.pem");
    let parsed = read(file);
    assert_eq!(remarks(&parsed), []);
    let seen: Vec<_> = parsed
        .tree
        .root()
        .children()
        .map(|node| (node.name(), node.at().line, node.attribute("encrypted")))
        .collect();
    let text = std::str::from_utf8(file).unwrap();
    let line = |begin: &str| {
        let found = text.lines().position(|line| line.starts_with(begin));
        u32::try_from(found.unwrap() + 1).unwrap()
    };
    let expected = [
        ("private-key", line("-----BEGIN PRIVATE KEY"), Some("no")),
        ("private-key", line("-----BEGIN EC PRIVATE KEY"), Some("yes")),
        ("private-key", line("-----BEGIN ENCRYPTED PRIVATE KEY"), Some("yes")),
        ("certificate", line("-----BEGIN CERTIFICATE---"), None),
        ("certificate", line("-----BEGIN TRUSTED CERTIFICATE"), None),
    ];
    assert_eq!(seen, expected);
    let dump = dump(&parsed);
    let secret = text.split("PRIVATE KEY-----").skip(1).step_by(2).flat_map(str::lines);
    let secret: Vec<_> = secret
        .filter(|line| line.len() > 16 && !line.contains("-----"))
        .collect();
    assert!(secret.len() > 6);
    assert!(secret.iter().all(|line| !dump.contains(line)));
}

#[test]
fn an_ssh_key_says_in_its_first_line_whether_it_has_a_password() {
    let file = |body: &str| format!("-----BEGIN OPENSSH PRIVATE KEY-----\n{body}\n-----END OPENSSH PRIVATE KEY-----\n");
    let plain = file("b3BlbnNzaC1rZXktdjEAAAAABG5vbmUAAAAEbm9uZQAAAAAAAAABAAAAMwAAAAtzc2gtZW");
    let sealed = file("b3BlbnNzaC1rZXktdjEAAAAACmFlczI1Ni1jdHIAAAAGYmNyeXB0AAAAGAAAABBT");
    for (file, encrypted) in [(plain, "no"), (sealed, "yes")] {
        let parsed = read(file.as_bytes());
        let key = of(&parsed, "private-key").next().unwrap();
        assert_eq!(key.attribute("encrypted"), Some(encrypted));
    }
}

#[test]
fn a_store_is_opened_by_its_password_however_it_is_encrypted() {
    for ((name, store), password) in STORES {
        let parsed = parse(store, &passwords(&["wrong", password]));
        assert_eq!(remarks(&parsed), [], "{name}");
        assert_eq!(parsed.tree.root().attribute("container"), Some("pkcs12"));
        assert_eq!(
            certificates(&parsed, "common-name"),
            ["chat.example.com", "Example Issuing", "Example Root"],
            "{name}"
        );
        assert_eq!(certificates(&parsed, "issued-by"), ["1", "2", "2"]);
        assert_eq!(certificates(&parsed, "has-key"), ["yes", "no", "no"]);
        assert!(
            ["chat, 2016", "chat"].contains(&certificates(&parsed, "alias")[0]),
            "{name}"
        );
        let keys: Vec<_> = of(&parsed, "private-key")
            .map(|key| key.attribute("encrypted"))
            .collect();
        let plain = name == "open.p12";
        assert_eq!(keys, [Some(if plain { "no" } else { "yes" })], "{name}");
    }
}

#[test]
fn well_known_passwords_need_not_be_given() {
    for ((name, store), password) in STORES {
        let parsed = read(store);
        let opens = ["", "WebAS", "needs none"].contains(&password);
        assert_eq!(of(&parsed, "certificate").count(), if opens { 3 } else { 0 }, "{name}");
        assert_eq!(parsed.remarks.is_empty(), opens, "{name}");
    }
}

#[test]
fn a_store_that_no_password_opens_says_how_to_give_one_and_no_password() {
    let ((_, store), _) = STORES[0];
    let parsed = parse(store, &passwords(&["hunter2", "letmein"]));
    let expected = "is a PKCS#12 key store, and none of the given passwords opens it; give one with \
                    --keystore-passwords FILE or CASEBOOK_KEYSTORE_PASSWORD";
    assert_eq!(remarks(&parsed), [(1, expected)]);
    assert_eq!(of(&parsed, "certificate").count(), 0);
    // The key stands in a safe that needs no password to be seen.
    assert_eq!(of(&parsed, "private-key").count(), 1);
    assert!(
        ["hunter2", "letmein"]
            .iter()
            .all(|password| !dump(&parsed).contains(password))
    );
}

#[test]
fn trust_stores_of_java_have_certificates_and_no_keys() {
    let parsed = parse(fixture!("java.p12").1, &passwords(&["secret"]));
    assert_eq!(remarks(&parsed), []);
    assert_eq!(certificates(&parsed, "alias"), ["Example Root"]);
    assert_eq!(certificates(&parsed, "has-key"), ["no"]);
    assert_eq!(of(&parsed, "private-key").count(), 0);
}

#[test]
fn what_is_not_read_says_what_to_do_instead() {
    let refused = [
        (fixture!("java.jks").1, "keytool -importkeystore -deststoretype PKCS12"),
        (fixture!("java.jceks").1, "-srcstoretype JCEKS -deststoretype PKCS12"),
        (fixture!("slow.p12").1, "more than 1,000,000 rounds"),
        (fixture!("rc4.p12").1, "write it anew"),
        (fixture!("leaf.p7b").1, "a type that is not read"),
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
fn a_store_with_open_lengths_and_strings_in_pieces_is_read_like_any_other() {
    for ((name, store), password) in STORES {
        let (open, rest) = opened(store);
        assert!(rest.is_empty() && open.starts_with(&[0x30, 0x80]));
        let [strict, lenient] = [store, &open].map(|store| dump(&parse(store, &passwords(&[password]))));
        assert_eq!(strict, lenient, "{name}");
    }
}

/// The first value of some DER as Netscape and Bouncy Castle would have written it, and what is behind it. Short values,
/// such as algorithms, and certificates stay as they are.
fn opened(der: &[u8]) -> (Vec<u8>, &[u8]) {
    let (value, rest) = certificate::first_value(der).unwrap();
    let header = match value[1] {
        length @ 0x81.. => usize::from(length - 0x80) + 2,
        _ => 2,
    };
    let (tag, mut content) = (value[0], &value[header..]);
    let is_certificate = content.len() > 8 && content[4..6] == [0x30, 0x82] && content[8] == 0xA0;
    if value.len() < 256 || is_certificate {
        return (value.to_vec(), rest);
    }
    let mut open = vec![tag | 0x20, 0x80];
    if tag & 0x20 != 0 {
        while !content.is_empty() {
            let (inner, behind) = opened(content);
            open.extend(inner);
            content = behind;
        }
    } else {
        // A string may have a store in it.
        let nested = certificate::first_value(content).is_ok_and(|(_, rest)| rest.is_empty());
        let content = if nested { opened(content).0 } else { content.to_vec() };
        for piece in content.chunks(100) {
            open.extend([0x04, u8::try_from(piece.len()).unwrap()]);
            open.extend(piece);
        }
    }
    open.extend([0, 0]);
    (open, rest)
}

#[test]
fn broken_blocks_are_remarks_with_their_lines_and_the_others_are_read() {
    let leaf = std::str::from_utf8(fixture!("leaf.pem").1).unwrap();
    let (begin, end) = ("-----BEGIN CERTIFICATE-----", "-----END CERTIFICATE-----");
    let body = leaf.replace(begin, "").replace(end, "");
    let half = &body[..body.len() / 2];
    let broken = [
        (format!("{leaf}{begin}\n*\n{end}\n"), "base64 is broken", 1),
        (format!("{leaf}{begin}\nAAAA\n{end}\n"), "none", 1),
        (format!("{leaf}{begin}\n{end}\n"), "cut off", 1),
        (
            format!("{leaf}{begin}\n{}\n{end}\n", &half.replace('\n', "")[..400]),
            "cut off",
            1,
        ),
        (format!("{leaf}{begin}\n{half}"), "END line is missing", 1),
        (format!("{leaf}{begin}\n{half}\n{leaf}"), "without its END line", 2),
        (
            format!("{leaf}{begin}\n{half}\n-----END CERTIFICATE----\n"),
            "does not fit",
            1,
        ),
        (format!("{leaf}-----BEGIN CERTIFICATE----\n{body}"), "five dashes", 1),
        (format!("{leaf}{end}\n"), "without the BEGIN line", 1),
        (
            format!("{leaf}-----BEGIN PKCS7-----\n-----END PKCS7-----\n"),
            "type that is not read",
            1,
        ),
    ];
    let line = leaf.lines().count() as u64 + 1;
    for (text, what, read_as) in broken {
        let parsed = read(text.as_bytes());
        assert_eq!(of(&parsed, "certificate").count(), read_as, "{what}");
        let [(at, said)] = remarks(&parsed)[..] else {
            panic!("{what}: {:?}", parsed.remarks);
        };
        assert!(at == line && said.contains(what), "{what}: {at} {said}");
    }
}

#[test]
fn files_joined_without_a_line_end_between_them_are_read_and_remarked() {
    let leaf = std::str::from_utf8(fixture!("leaf.pem").1).unwrap().trim_end();
    let parsed = read(format!("{leaf}{leaf}\n").as_bytes());
    assert_eq!(of(&parsed, "certificate").count(), 2);
    let line = leaf.lines().count() as u64;
    assert_eq!(parsed.remarks[0].line.0, line);
    assert_eq!(parsed.remarks.len(), 1);
}

#[test]
fn line_ends_blanks_and_byte_order_marks_do_not_matter() {
    let leaf = std::str::from_utf8(fixture!("leaf.pem").1).unwrap();
    let plain = dump(&read(leaf.as_bytes()));
    for other in [
        leaf.replace('\n', "\r\n"),
        leaf.replace('\n', "\r"),
        leaf.replace('\n', "  \n"),
        format!("\u{FEFF}{leaf}"),
        leaf.trim_end().to_owned(),
    ] {
        assert_eq!(dump(&read(other.as_bytes())), plain);
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
