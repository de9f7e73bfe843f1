//! What people copy, cut off and mistype.

use super::*;

const UNCLOSED: &str = "taken to end with what is around it";

#[test]
fn a_list_whose_elements_nobody_closes_is_a_list() {
    let text = "<widgetDef defId=”Meeting Rooms” modes=”view fullpage” url=”{communitiesSvcRef}/Rooms.xml” iconUrl=”{communitiesSvcRef}/icon.jpg”>
<item name=”sametimeMeetingsServerUrl” value=”; />
<item name=”widgetFilePath” value=”/communities/MeetingRoomsWidget/” />
<item name=”communitiesBaseUrl” value=”{communitiesSvcRef}”/>
<widgetDef defId=”Members” showInPalette=”false” url=”{webresourcesSvcRef}/members.xml?etag={version}” helpLink=”{helpSvcRef}/topic/”>
<item name=”membersPerPage” value=”12″/>
<item name=”membersPerPageFullPage” value=”16″/>
";
    let (tree, said) = broken(text);
    assert_eq!(
        tree,
        "fragment(widgetDef[defId=Meeting Rooms modes=view fullpage url={communitiesSvcRef}/Rooms.xml \
         iconUrl={communitiesSvcRef}/icon.jpg](item[name=sametimeMeetingsServerUrl value=;] \
         item[name=widgetFilePath value=/communities/MeetingRoomsWidget/] \
         item[name=communitiesBaseUrl value={communitiesSvcRef}]) \
         widgetDef[defId=Members showInPalette=false url={webresourcesSvcRef}/members.xml?etag={version} \
         helpLink={helpSvcRef}/topic/](item[name=membersPerPage value=12] item[name=membersPerPageFullPage value=16]))"
    );
    assert_eq!(
        said,
        [
            "1 has attribute values in typographic quotes: read as if they were straight",
            "1 never closes `widgetDef`: from the next `widgetDef` on, what follows is taken to stand beside it",
            "2 never closes the quote of attribute `value`: its value is taken to end where the next one begins, or the tag ends",
            "5 never closes `widgetDef`: taken to end with what is around it",
            "5 has more than one root element: taken as a fragment of a file",
        ]
    );
}

#[test]
fn quotes_may_be_references() {
    assert_eq!(
        broken("<proxy:policy url=”*&#8221; acf=”none”>"),
        (
            "proxy:policy[url=* acf=none]".to_owned(),
            vec![
                "1 has attribute values in typographic quotes: read as if they were straight".to_owned(),
                format!("1 never closes `proxy:policy`: {UNCLOSED}"),
            ]
        )
    );
    let (tree, _) = broken("<a><p url=\"*&#8221; acf=\"none\"/>\n<p url=\"*&#8221; acf=”none\"/>\n<q/></a>");
    assert_eq!(tree, "a(p[url=* acf=none] p[url=* acf=none] q)");
}

#[test]
fn unclosed_elements_of_a_list_are_siblings_however_many() {
    let list = |count: u32| -> String { (1..=count).map(|number| format!("<d n='{number}'><i/>")).collect() };
    let all = "d[n=1](i) d[n=2](i) d[n=3](i) d[n=4](i)";
    let (tree, said) = broken(&format!("<r><x/>{}</r>", list(4)));
    assert_eq!(tree, format!("r(x {all})"));
    assert_eq!(said.len(), 4);
    assert_eq!(broken(&list(4)).0, format!("fragment({all})"));
    assert_eq!(broken(&format!("<r/>{}", list(4))).0, format!("fragment(r {all})"));
    let (tree, _) = broken(&format!("<r>{}<d n='5'>t</d><y/></r>", list(4)));
    assert_eq!(tree, format!("r({all} d[n=5]\"t\" y)"));
}

#[test]
fn what_is_moved_up_may_be_moved_again() {
    assert_eq!(broken("<r><a><b><b><a/></r>").0, "r(a(b b(a)))");
    assert_eq!(broken("<r><a><b/><b><x/><b/><a><y/></r>").0, "r(a(b b(x) b) a(y))");
    assert_eq!(broken("<a><b><b/><a/><b/>").0, "fragment(a(b b) a b)");
    assert_eq!(broken("<r><a><a></a><c/></r>").0, "r(a a c)");
    assert_eq!(broken("<r><c><a><a/><c/><x/></r>").0, "r(c(a a) c x)");
}

#[test]
fn an_end_tag_closes_what_is_open_inside() {
    assert_eq!(
        broken("<a>\n<b><c>\n<d>t</b><e/></a>"),
        (
            "a(b(c(d\"t\")) e)".to_owned(),
            vec![
                format!("2 never closes `c`: {UNCLOSED}"),
                format!("3 never closes `d`: {UNCLOSED}")
            ]
        )
    );
}

#[test]
fn an_end_tag_that_matches_nothing_is_left_out() {
    assert_eq!(
        broken("<a>\n</b><c/></a>\n</a>"),
        (
            "a(c)".to_owned(),
            vec![
                "2 closes `b`, which is not open: left out".to_owned(),
                "3 closes `a`, which is not open: left out".to_owned()
            ]
        )
    );
    // The names that were open are forgotten with their elements.
    assert_eq!(broken("<a></x><b></b></b><c></b></c></a>").0, "a(b c)");
}

#[test]
fn a_file_that_is_cut_off_is_read_up_to_there() {
    for (text, tree) in [
        ("<a>\n<b x='1'/><c y='2", "a(b[x=1] c[y=2])"),
        ("<a>\n<b x='1'/><c", "a(b[x=1] c)"),
        ("<a>\n<b x='1'/></a", "a(b[x=1])"),
        ("<a>\n<b x='1'/><", "a\"<\"(b[x=1])"),
        ("<a>\n<b x='1'/><!-- <c/>", "a(b[x=1])"),
        ("<a>\n<b x='1'/><![CDATA[<c/>&lt;", "a\"<c/>&lt;\"(b[x=1])"),
        ("<a>\n<b x='1'/><?pi <c/", "a(b[x=1] c)"),
        ("<a>\n<b x='1'/>&amp", "a\"&amp\"(b[x=1])"),
    ] {
        let (outline, said) = broken(text);
        assert_eq!(outline, tree, "{text}");
        assert!(said.iter().any(|remark| remark.starts_with("2 ")), "{text}: {said:?}");
    }
}

#[test]
fn quotes_that_do_not_pair_swallow_no_elements() {
    let (tree, said) = broken("<a>\n<b x=\"1>t</b>\n<c y='it'/>\n<d z=\"2\"/><e/>\n</a>");
    assert_eq!(tree, "a(b[x=1]\"t\" c[y=it] d[z=2] e)");
    assert_eq!(
        said,
        [
            "2 has a tag whose quotes do not pair: read up to its first `>`",
            "2 never closes the quote of attribute `x`: its value is taken to end where the next one begins, or the tag ends"
        ]
    );
    assert_eq!(broken("<a><b x=”it's”/><c y=”it's”/></a>").0, "a(b[x=it's] c[y=it's])");
}

#[test]
fn a_tag_without_its_end_ends_where_the_next_begins() {
    let (tree, said) = broken("<a>\n<b x='1'\n<c/></b\n</a>");
    assert_eq!(tree, "a(b[x=1](c))");
    assert_eq!(
        said,
        [
            "2 has a tag without its `>`: read up to where the next one begins",
            "3 has a tag without its `>`: read up to where the next one begins"
        ]
    );
}

#[test]
fn attributes_say_what_is_wrong_with_them_and_where() {
    let (tree, said) = broken("<a\nx=1\ny\nz='3'z='4'\n{{w}}\nv'5'/>");
    assert_eq!(tree, "a[x=1 y= z=3 z=4 v=5]");
    assert_eq!(
        said,
        [
            "2 has attribute values without quotes: read up to the next blank",
            "3 has an attribute `y` without a value: taken as empty",
            "4 has no blank before attribute `z`: read as if it had",
            "4 has attribute `z` more than once in an element: all are kept",
            "5 has characters in a tag that belong to no attribute: left out",
            "6 has no `=` between attribute `v` and its value: read as if it had",
        ]
    );
}

#[test]
fn several_root_elements_are_a_fragment() {
    assert_eq!(
        broken("<a x='1'>t<b/></a>\n<a y='2'/>\n<c/>"),
        (
            "fragment(a[x=1]\"t\"(b) a[y=2] c)".to_owned(),
            vec!["2 has more than one root element: taken as a fragment of a file".to_owned()]
        )
    );
}

#[test]
fn text_outside_of_elements_is_left_out() {
    assert_eq!(
        broken("Add this:\n<a/>\n&amp; restart"),
        (
            "a".to_owned(),
            vec!["1 has text outside of its elements: left out".to_owned()]
        )
    );
    assert_eq!(
        broken("\n\n<a/>\n\n  x").1,
        ["5 has text outside of its elements: left out"]
    );
}

#[test]
fn a_text_without_elements_is_an_empty_tree() {
    for text in ["", " \n", "<!-- <a/> -->", "<?xml version='1.0'?>\n<!DOCTYPE a>"] {
        assert_eq!(broken(text), ("empty".to_owned(), vec!["1 has no element".to_owned()]));
    }
    assert_eq!(broken("text").1.len(), 2);
}

#[test]
fn markup_that_is_none_is_text() {
    assert_eq!(
        broken("<a>\n1 < 2 <%= x %> <3></a>"),
        (
            r#"a"1 < 2 <%= x %> <3>""#.to_owned(),
            vec!["2 has a `<` that begins no tag: taken as text".to_owned()]
        )
    );
    assert_eq!(
        broken("<a>\n<!ELEMENT b><![if x]><b/></a>"),
        (
            "a(b)".to_owned(),
            vec![
                "2 has markup that is not XML: skipped up to the next `<` or `>`".to_owned(),
                "2 has markup that is not XML: skipped up to the next `<` or `>`".to_owned()
            ]
        )
    );
    assert_eq!(
        broken("<a x=\"<%= 1 > 0 %>\" y='2'/>"),
        (
            "a[x=<%= 1 > 0 %> y=2]".to_owned(),
            vec!["1 has a `<` in an attribute value: taken as it stands".to_owned()]
        )
    );
}

#[test]
fn a_declaration_without_its_question_mark_hides_nothing() {
    let said_of = |text| broken(text).1.join("");
    for text in [
        "<?xml version=\"1.0\">\n<a><b/></a>",
        "<?xml version=\"1.0\">\n<a><?x y?><b/></a>",
    ] {
        assert_eq!(broken(text).0, "a(b)");
        assert_eq!(
            said_of(text),
            "1 opens a processing instruction that is never closed: skipped up to the next `<` or `>`"
        );
    }
    for text in [
        "<!DOCTYPE a [\n<!ENTITY x 'y'>\n<a><b/></a>",
        "<!DOCTYPE a\n<a><b/></a>",
        "<?xml ?\n<a><b/></a>",
    ] {
        assert_eq!(broken(text).0, "a(b)");
    }
}

#[test]
fn names_that_xml_does_not_allow_are_taken_as_they_stand() {
    assert_eq!(
        broken("<a>\n<b{{x}} c;='1'/></a>"),
        (
            "a(b{{x}}[c;=1])".to_owned(),
            vec![
                "2 has a name that XML does not allow, `b{{x}}`: taken as it stands".to_owned(),
                "2 has a name that XML does not allow, `c;`: taken as it stands".to_owned()
            ]
        )
    );
}

#[test]
fn end_tags_and_empty_tags_may_be_untidy() {
    assert_eq!(
        broken("<a><b/ >\n</a x='1'>"),
        (
            "a(b)".to_owned(),
            vec![
                "1 has a blank between `/` and `>`: read as `/>`".to_owned(),
                "2 has an end tag with more in it than a name: the rest is left out".to_owned()
            ]
        )
    );
}

#[test]
fn byte_order_marks_move_nothing() {
    let parsed = parse("\u{feff}\u{feff}<a>\n<\u{feff}<b/></a>");
    assert_eq!(outline(&parsed.tree), "a\"<\"(b)");
    let places: Vec<_> = parsed
        .tree
        .nodes()
        .map(|node| (node.at().offset, node.at().column))
        .collect();
    assert_eq!(places, [(6, 3), (14, 3)]);
}
