use proptest::prelude::*;

use super::*;
use crate::document::MAX_REMARKS;

/// `allow 1=… 2=…`, a call each.
fn shown(parsed: &Parsed) -> Vec<String> {
    let call = |node: crate::document::Node<'_>| {
        let arguments = node
            .attributes()
            .map(|attribute| format!(" {}={}", attribute.name, attribute.value));
        format!("{}{}", node.name(), arguments.collect::<String>())
    };
    parsed.tree.nodes().skip(1).map(call).collect()
}

fn remarked(parsed: &Parsed) -> Vec<u64> {
    parsed.remarks.iter().map(|remark| remark.line.0).collect()
}

#[test]
fn a_call_has_its_arguments_unescaped_once() {
    let text = "allow(\".*\", \".*\", \"http\\\\:\\\\/\\\\/meetings\\\\.acme\\\\.example\\\\/.*\");\r\n  deny('a\"b', \"c\\\"d\\.e\", true,\n -1 )";
    let parsed = parse(text);
    assert_eq!(
        shown(&parsed),
        [
            r"allow 1=.* 2=.* 3=http\:\/\/meetings\.acme\.example\/.*",
            r#"deny 1=a"b 2=c"d\.e 3=true 4=-1"#
        ]
    );
    assert_eq!(parsed.remarks, []);
    let deny = parsed.tree.node(NodeIndex(2)).unwrap();
    assert_eq!((deny.at().line, deny.at().column), (2, 3));
    assert_eq!(
        deny.attributes().map(|argument| argument.line).collect::<Vec<_>>(),
        [2, 2, 2, 3]
    );
}

#[test]
fn quotes_from_a_web_page_are_quotes_with_a_remark() {
    let parsed = parse("allow(\".*\");\nallow(“.*”, „.*“, ‘https\\\\:.*’);\nallow(”.*\");");
    assert_eq!(
        shown(&parsed),
        ["allow 1=.*", r"allow 1=.* 2=.* 3=https\:.*", "allow 1=.*"]
    );
    assert_eq!(remarked(&parsed), [2]);
}

#[test]
fn comments_hide_calls_and_strings_hide_comments() {
    let parsed = parse(
        "// allow(\"1\");\r# allow(\"2\");\n/* allow(\"3\");\n*/ allow(/* \" */\"http://x#y\" // z\n); allow(\"/*\")",
    );
    assert_eq!(shown(&parsed), ["allow 1=http://x#y", "allow 1=/*"]);
    assert_eq!(parsed.remarks, []);
}

#[test]
fn what_is_not_closed_is_taken_as_far_as_it_goes() {
    for (text, calls, lines) in [
        (
            "allow(\"a\", \"b\nallow(\"c\");",
            &["allow 1=a 2=b", "allow 1=c"][..],
            &[1, 1][..],
        ),
        ("allow(\"a\", b\ndeny(\"c\")", &["allow 1=a 2=b", "deny 1=c"], &[1]),
        ("allow(\"a\", 1;\ndeny(\"c\")", &["allow 1=a 2=1", "deny 1=c"], &[1]),
        ("allow(\"a\", 1", &["allow 1=a 2=1"], &[1]),
        ("allow(\n/* \"a\")", &["allow"], &[1, 2]),
        ("/* allow(\"a\")", &[], &[1]),
    ] {
        let parsed = parse(text);
        assert_eq!(shown(&parsed), calls, "{text}");
        assert_eq!(remarked(&parsed), lines, "{text}");
    }
}

#[test]
fn text_between_calls_is_remarked_once_a_line() {
    let parsed = parse("some words here: {\nallow(\"a\") } \"b\" ;;;\nf (1) g");
    assert_eq!(shown(&parsed), ["allow 1=a", "f 1=1"]);
    assert_eq!(remarked(&parsed), [1, 2, 3]);
}

#[test]
fn arguments_have_positions() {
    let parsed = parse("f(, \"b\",, \"d\")\ng()\nh(\"a\" \"b\", +, c d)");
    assert_eq!(shown(&parsed), ["f 2=b 4=d", "g", "h 1=a 3=c"]);
    assert_eq!(remarked(&parsed), [3, 3, 3]);
    let many = parse(&format!("f({})", "1,".repeat(100_000)));
    assert_eq!(
        many.tree.root().children().next().unwrap().attributes().count(),
        MAX_ARGUMENTS
    );
    assert_eq!(many.remarks.len(), MAX_REMARKS);
}

proptest! {
    #[test]
    fn every_argument_comes_back(arguments in prop::collection::vec("[^\r\n]{0,20}", 0..6)) {
        let quoted: Vec<_> = arguments
            .iter()
            .map(|text| format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\"")))
            .collect();
        let parsed = parse(&format!("allow({});", quoted.join(", ")));
        let allow = parsed.tree.node(NodeIndex(1)).unwrap();
        prop_assert_eq!(allow.attributes().map(|found| found.value.to_owned()).collect::<Vec<_>>(), arguments);
        prop_assert_eq!(parsed.remarks.len(), 0);
    }

    #[test]
    fn no_text_panics_and_nothing_grows(text in "([fx1(),;\"'“”\\\\/*# \t\r\n+]|\\PC|\0){0,80}") {
        let parsed = parse(&text);
        prop_assert!(parsed.remarks.len() <= MAX_REMARKS);
        prop_assert!(parsed.tree.len() <= text.len() + 1);
        let bytes: usize = parsed
            .tree
            .nodes()
            .skip(1)
            .map(|node| node.name().len() + node.attributes().map(|found| found.value.len()).sum::<usize>())
            .sum();
        prop_assert!(bytes <= text.len());
        for node in parsed.tree.nodes().skip(1) {
            prop_assert!(text.get(node.at().offset as usize..).unwrap().starts_with(node.name()));
        }
    }
}
