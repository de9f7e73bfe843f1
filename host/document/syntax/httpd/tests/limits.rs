use proptest::prelude::*;

use super::super::defines::{MAX_EXPANDED, MAX_EXPANDED_OF_FILE};
use super::*;
use crate::document::MAX_REMARKS;

#[test]
fn doubling_a_variable_has_an_end() {
    let mut text = String::from("Define A 0123456789abcdef\n");
    for _ in 0..30 {
        text.push_str("Define A ${A}${A}\n");
    }
    text.push_str("Listen ${A}\n");
    let parsed = parse(&text);
    let longest = parsed
        .tree
        .nodes()
        .filter_map(|node| node.attribute("expanded"))
        .map(str::len)
        .max();
    assert!(longest.unwrap() > MAX_EXPANDED / 4 && longest.unwrap() <= MAX_EXPANDED);
    let told = "is longer than 65536 bytes once its variables are replaced; they were left in it";
    assert_eq!(remarks(&parsed)[0], (13, told));
    // What the line would have set is not known behind it.
    let parsed = parse(
        &text
            .lines()
            .take(13)
            .chain(["Listen ${A}"])
            .collect::<Vec<_>>()
            .join("\n"),
    );
    assert_eq!(parsed.tree.nodes().last().unwrap().attribute("expanded"), None);
}

#[test]
fn replaced_variables_of_a_file_have_an_end() {
    let mut text = format!("Define A {}\n", "x".repeat(MAX_EXPANDED - 10));
    text.push_str(&"B ${A}\n".repeat(1000));
    let parsed = parse(&text);
    assert_eq!(parsed.tree.len(), 1002);
    let bytes: usize = parsed
        .tree
        .nodes()
        .filter_map(|node| node.attribute("expanded"))
        .map(str::len)
        .sum();
    assert!(bytes > MAX_EXPANDED_OF_FILE / 2 && bytes <= MAX_EXPANDED_OF_FILE);
    assert!(parsed.remarks[0].what.starts_with("is beyond the 16777216 bytes"));
}

#[test]
fn a_file_with_more_than_a_tree_holds_is_read_so_far() {
    let parsed = parse(&"a\n".repeat(crate::document::MAX_NODES + 10));
    assert_eq!(parsed.tree.len(), crate::document::MAX_NODES);
    assert_eq!(parsed.remarks[0].line.0, crate::document::MAX_NODES as u64);
    assert_eq!(parsed.remarks[0].what, Full::Nodes.to_string());
}

#[test]
fn sections_too_deep_to_hold_anything_lose_nothing() {
    let deep = 600;
    let text = format!("{}Listen 1\n{}Listen 2\n", "<A>\n".repeat(deep), "</A>\n".repeat(deep));
    let parsed = parse(&text);
    assert_eq!(parsed.tree.len(), 1 + deep + 2);
    let listens: Vec<_> = parsed.tree.nodes().filter(|node| node.name() == "listen").collect();
    assert_eq!(
        (listens[0].parent().at().line, listens[1].parent().name()),
        (MAX_DEPTH - 1, "httpd")
    );
    assert_eq!(
        remarks(&parsed),
        [(
            512,
            "is nested more than 512 levels deep; what is in it stands beside it"
        )]
    );
}

#[test]
fn long_runs_of_what_needs_a_search_take_no_square_of_time() {
    let count = 2_000_000;
    for part in [
        "{%", "{#", "{{", "${", "\\", "\"", "{%%}", "<a", "\\\n", "{% \n", "a\\\\\n",
    ] {
        let parsed = parse(&part.repeat(count / part.len()));
        assert!(parsed.remarks.len() <= MAX_REMARKS);
        let parsed = parse(&format!("A {}", part.repeat(count / part.len())));
        assert!(parsed.tree.len() > 1);
        let parsed = parse(&format!("Define A b\nA {}\n", part.repeat(count / part.len())));
        assert!(parsed.tree.len() > 1);
    }
    let doubled = format!(
        "Define A {}\n{}",
        "x".repeat(MAX_EXPANDED),
        "Define B ${A}${A}\n".repeat(100_000)
    );
    assert_eq!(parse(&doubled).tree.len(), 100_002);
    let parsed = parse(&format!(
        "{}{}",
        "<a>\n<b>\n".repeat(100_000),
        "</c>\n</b>\n".repeat(200_000)
    ));
    assert_eq!(parsed.tree.len(), 200_001);
}

/// Text of the parts that the syntax is made of.
fn tricky() -> impl Strategy<Value = String> {
    let part = prop_oneof![
        4 => "[ -~]{0,4}",
        2 => "\\PC{0,3}",
        8 => proptest::sample::select(vec![
            "\n", "\r\n", "\\\n", "\\\\\n", "\\", "\"", "'", " ", "\t", "#", "<a", "<A>", "</a>", "</", ">", "${x}", "${",
            "}", "Define x ", "UnDefine X", "{%", "%}", "{#", "#}", "{{", "}}", "\0", "RewriteRule ", "\u{b}", "${x}${x}",
        ]).prop_map(str::to_owned),
    ];
    proptest::collection::vec(part, 0..60).prop_map(|parts| parts.concat())
}

proptest! {
    #[test]
    fn whatever_is_read_gives_a_tree_that_points_into_the_text(text in tricky()) {
        let parsed = parse(&text);
        let lines = u32::try_from(text.matches('\n').count() + 1).unwrap();
        prop_assert!(parsed.remarks.len() <= MAX_REMARKS);
        prop_assert!(parsed.remarks.is_sorted_by_key(|remark| remark.line));
        prop_assert!(parsed.remarks.iter().all(|remark| (1..=u64::from(lines)).contains(&remark.line.0)));
        prop_assert!(parsed.tree.len() <= 1 + lines as usize);
        let mut before = 0;
        for node in parsed.tree.nodes().skip(1) {
            let at = node.at();
            prop_assert!(text.is_char_boundary(at.offset as usize));
            let line = text[..at.offset as usize].matches('\n').count() + 1;
            prop_assert_eq!(line, at.line as usize);
            prop_assert!(at.line >= before, "{} < {before}", at.line);
            before = at.line;
        }
    }

    #[test]
    fn a_word_in_quotes_comes_out_as_it_was(word in "[^\0\n\r{$]{0,20}", quote in "[\"']") {
        let escaped = word.replace('\\', "\\\\").replace(&quote, &format!("\\{quote}"));
        prop_assert_eq!(words_of(&format!("A {quote}{escaped}{quote} b")), [word.as_str(), "b"]);
    }

    #[test]
    fn directives_come_out_in_their_number(names in proptest::collection::vec("[a-z]{1,8}", 0..40)) {
        let text: String = names.iter().map(|name| format!("{name} x\n")).collect();
        let parsed = parse(&text);
        let read: Vec<_> = parsed.tree.nodes().skip(1).map(Node::name).collect();
        prop_assert_eq!(read, names);
    }
}
