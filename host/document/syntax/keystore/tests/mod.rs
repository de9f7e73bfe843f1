//! Whole files. How they were made is written in `fixtures/make.sh`.

use super::*;
use crate::document::Node;

macro_rules! fixture {
    ($name:literal) => {
        ($name, include_bytes!(concat!("../fixtures/", $name)) as &[u8])
    };
}

mod hostile;
mod stores;
mod text;

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
