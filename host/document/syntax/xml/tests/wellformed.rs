//! XML as it should be.

use super::*;
use crate::document::At;

#[test]
fn the_root_of_the_tree_is_the_root_element() {
    let text = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<!DOCTYPE a SYSTEM \"a.dtd\">\n<a x=\"1\" y='2'><b/><c z=\"3\"/></a>\n";
    assert_eq!(clean(text), "a[x=1 y=2](b c[z=3])");
    assert_eq!(parse(text).tree.root().at().line, 3);
}

#[test]
fn prefixes_are_part_of_names() {
    let text = "<config:a xmlns:config=\"http://example.com/c\"><config:b xsi:type=\"config:T\"/></config:a>";
    assert_eq!(
        clean(text),
        "config:a[xmlns:config=http://example.com/c](config:b[xsi:type=config:T])"
    );
}

#[test]
fn what_is_commented_out_is_not_there() {
    let text = "<a><!-- <b x=\"1\"> -- </a> > --><c/><?php <d/> ?><!----><!-- - --></a><!-- <e/> -->";
    assert_eq!(clean(text), "a(c)");
}

#[test]
fn a_value_is_all_text_directly_in_an_element() {
    assert_eq!(
        clean("<a>\n  one <b>inner</b> two<!-- no --> three<![CDATA[ <four> &amp; ]]>\n</a>"),
        r#"a"one  two three <four> &amp;"(b"inner")"#
    );
    assert_eq!(clean("<a>\r\n x\r\ny\rz \r\n</a>"), r#"a"x\ny\nz""#);
    assert_eq!(clean("<a>\u{a0}x\u{a0}</a>"), "a\"\\u{a0}x\\u{a0}\"");
    assert_eq!(clean("<a> \n <![CDATA[]]> <b> </b>\t</a>"), "a(b)");
}

#[test]
fn blanks_in_attribute_values_are_spaces() {
    assert_eq!(clean("<a x=\"1\t2\r\n3\n\n4&#10;5\"/>"), "a[x=1 2 3  4\n5]");
}

#[test]
fn quotes_and_angle_brackets_may_stand_in_values() {
    assert_eq!(
        clean("<a x=\"1 > 2\" y='say \"so\"' z=\"it's ”so”\">a > b</a>"),
        r#"a[x=1 > 2 y=say "so" z=it's ”so”]"a > b""#
    );
}

#[test]
fn templates_in_texts_and_values_are_texts_and_values() {
    assert_eq!(
        clean("<a x=\"{svcRef}/y\" z=\"{{ host }}\">${x} {{ y }} %z%</a>"),
        r#"a[x={svcRef}/y z={{ host }}]"${x} {{ y }} %z%""#
    );
}

#[test]
fn a_doctype_hides_what_it_declares() {
    let text = "<!DOCTYPE a [\n<!-- <x> ]> -->\n<!ELEMENT a (#PCDATA)>\n<!ATTLIST a b CDATA \"]>\">\n<?p ]> ?>\n\
                <!ENTITY c \"]>'\">\n]>\n<a>&c;</a>";
    assert_eq!(clean(text), "a\"]>'\"");
}

#[test]
fn nodes_and_attributes_know_where_they_stand() {
    let text =
        "<?xml version=\"1.0\"?>\r\n<a>\r\n  ü<b one=\"1\"\r\n     two='2\r\n2' three = \"3\"\r\n  /><c\n x=''/></a>";
    let tree = parse(text).tree;
    let at = |index| tree.node(NodeIndex(index)).unwrap().at();
    let place = |offset, line, column| At { offset, line, column };
    assert_eq!(at(0), place(23, 2, 1));
    assert_eq!(at(1), place(32, 3, 4));
    assert_eq!(at(2).line, 6);
    assert_eq!(at(2).column, 5);
    let lines = |index| {
        let attributes = tree.node(NodeIndex(index)).unwrap().attributes();
        attributes.map(|attribute| attribute.line).collect::<Vec<_>>()
    };
    assert_eq!(lines(1), [3, 4, 5]);
    assert_eq!(lines(2), [7]);
}

#[test]
fn an_element_in_another_of_its_name_stays_there() {
    assert_eq!(clean("<g><g><g/></g><x/><g/></g>"), "g(g(g) x g)");
}
