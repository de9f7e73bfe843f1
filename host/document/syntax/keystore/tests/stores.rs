//! PKCS#12.

use super::*;

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
