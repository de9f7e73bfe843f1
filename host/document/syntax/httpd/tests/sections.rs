use super::*;

#[test]
fn a_section_has_its_arguments_up_to_the_last_bracket() {
    let parsed = parse(
        "<If \"%{REQUEST_URI} =~ m#>#\">\n</If>\n<Else>\n</Else>\n<IfModule mod_x.c> # why\n</IfModule>\n<Files \
         \"a\">Require all granted\n</Files>\n<Else> x\n</Else>\n<Directory />\n</Directory>\n",
    );
    let values: Vec<_> = parsed
        .tree
        .nodes()
        .skip(1)
        .map(|node| (node.name(), node.value()))
        .collect();
    assert_eq!(
        values,
        [
            ("if", "\"%{REQUEST_URI} =~ m#>#\""),
            ("else", ""),
            ("ifmodule", "mod_x.c"),
            ("files", "\"a\""),
            ("else", ""),
            ("directory", "/"),
        ]
    );
    assert_eq!(
        remarks(&parsed),
        [
            (7, "has text behind the `>` of `<Files`; httpd does not read it"),
            (9, "has text behind `<Else>`; httpd refuses it"),
        ]
    );
}

#[test]
fn ends_that_do_not_fit_are_remarked_and_the_rest_is_read() {
    let parsed = parse("</Nothing>\n<A x>\n<B y>\n</C>\n</A>\nD\n<E\nF\n</E >\n</F\n<G>\n</G> end\n");
    assert_eq!(
        shown(&parsed),
        ["2 a [x]", "  3 b [y]", "6 d ", "7 e ", "  8 f ", "11 g "]
    );
    assert_eq!(
        remarks(&parsed),
        [
            (1, "`</Nothing>` closes nothing; it was passed over"),
            (
                4,
                "`</C>` stands where `</B>`, for line 3, is expected; it was passed over"
            ),
            (
                5,
                "`</A>` stands where `</B>`, for line 3, is expected; both were closed"
            ),
            (7, "`<E` lacks its `>`"),
            (9, "`</E` lacks its `>`"),
            (10, "`</F>` closes nothing; it was passed over"),
            (12, "has text behind `</G>`; httpd passes it over or refuses it"),
        ]
    );
}

#[test]
fn sections_that_are_not_closed_are_remarked_in_the_order_of_lines() {
    let parsed = parse("<A>\n</B>\n<C x>\nD\n");
    assert_eq!(shown(&parsed), ["1 a ", "  3 c [x]", "    4 d "]);
    assert_eq!(
        remarks(&parsed),
        [
            (1, "`<A>` is not closed"),
            (
                2,
                "`</B>` stands where `</A>`, for line 1, is expected; it was passed over"
            ),
            (3, "`<C>` is not closed"),
        ]
    );
}

#[test]
fn what_does_not_look_like_a_name_is_not_shown() {
    let parsed = parse("</A geheim\n<A:geheim\n</geheim:\n");
    let said: Vec<_> = parsed.remarks.iter().map(|remark| remark.what.as_str()).collect();
    assert_eq!(said.len(), 4);
    assert!(said.iter().all(|what| !what.contains("geheim")), "{said:?}");
}
