//! Text with blocks of base64.

use super::*;

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
            format!("{leaf}-----BEGIN RECIPE-----\n-----END RECIPE-----\n"),
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
