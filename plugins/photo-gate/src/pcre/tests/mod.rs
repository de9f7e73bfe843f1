//! What PCRE2 itself has answered, and that no pattern and no text brings the engine down.

mod limits;
mod properties;

use super::{Captures, Fault, Pattern};

/// Recorded from PCRE2 10.42 with httpd 2.4's options. `=` begins a pattern that it takes, `!` one that it refuses; `i` after
/// it means that case does not count. Each text is on a line of its own, behind where its groups were found.
const RECORDED: &str = include_str!("recorded.txt");

/// `\x0a` and `\\` as the bytes that are meant.
fn unescaped(text: &str) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut rest = text.as_bytes();
    while let Some((byte, after)) = rest.split_first() {
        rest = after;
        if *byte != b'\\' {
            bytes.push(*byte);
        } else if rest.first() == Some(&b'\\') {
            bytes.push(b'\\');
            rest = &rest[1..];
        } else {
            let digits = std::str::from_utf8(&rest[1..3]).unwrap();
            bytes.push(u8::from_str_radix(digits, 16).unwrap());
            rest = &rest[3..];
        }
    }
    bytes
}

fn told(captures: Option<Captures>) -> String {
    let Some(captures) = captures else {
        return "none".to_owned();
    };
    let groups = (0..10).map(|group| captures.get(group));
    let mut groups: Vec<String> = groups
        .map(|group| group.map_or("-".to_owned(), |group| format!("{}-{}", group.start, group.end)))
        .collect();
    while groups.len() > 1 && groups.last().is_some_and(|group| group == "-") {
        groups.pop();
    }
    groups.join(",")
}

#[test]
fn the_answers_are_those_of_pcre() {
    let mut pattern = Err(Fault::Refused(String::new()));
    let mut written = "";
    let (mut patterns, mut texts) = (0, 0);
    for line in RECORDED.lines() {
        if let Some(text) = line.strip_prefix("  ") {
            let (expected, text) = text.split_once(' ').unwrap();
            let pattern: &Pattern = pattern.as_ref().unwrap();
            let text = unescaped(text);
            assert_eq!(told(pattern.captures(&text).unwrap()), expected, "{written} on {line}");
            assert_eq!(pattern.is_match(&text), Ok(expected != "none"), "{written} on {line}");
            texts += 1;
            continue;
        }
        let (kind, text) = line.split_once(' ').unwrap();
        pattern = Pattern::new(&unescaped(text), kind.ends_with('i'));
        written = line;
        patterns += 1;
        match kind.starts_with('!') {
            true => assert!(matches!(pattern, Err(Fault::Refused(_))), "{line}: {pattern:?}"),
            false => assert!(pattern.is_ok(), "{line}: {pattern:?}"),
        }
    }
    assert!(patterns > 1_000 && texts > 2_000, "{patterns} {texts}");
}

#[test]
fn what_cannot_be_exact_says_so() {
    for (pattern, part) in [
        ("(?|(a)|(b))", "(?|"),
        ("(?R)", "subroutine"),
        ("(?&n)(?<n>a)", "subroutine"),
        ("a\\Kb", "\\K"),
        ("\\p{L}", "Unicode"),
        ("(*COMMIT)a", "verb"),
        ("(?<=a+)b", "look-behind"),
        ("(?<n>a)|(?<n>b)\\k<n>", "several groups"),
        ("(a\\1)", "refers to itself"),
        ("a{,3}", "later versions"),
        ("(a){0}b", "no time"),
        ("(?=a)*b", "repeated"),
        // What PCRE2 10.42 gets wrong itself.
        ("a+(?>|b)a", "in several ways"),
        ("a+(?:b){0,2}+a", "in several ways"),
        ("(?=;).*;", "look ahead for a certain byte"),
        ("\\S+\\v", "beside"),
    ] {
        match Pattern::new(pattern.as_bytes(), false) {
            Err(Fault::Inexact(why) | Fault::Unclear(why)) => assert!(why.contains(part), "{pattern}: {why}"),
            other => panic!("{pattern}: {other:?}"),
        }
    }
}
