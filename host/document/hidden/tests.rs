use proptest::prelude::*;

use super::*;
use crate::document::Syntax;
use crate::document::collect::parse_text;

fn hidden(syntax: Syntax, text: &str) -> Hidden {
    Hidden::of(text, &parse_text(syntax, text).tree, syntax == Syntax::Xml)
}

/// The whole text as it is shown.
fn shown(syntax: Syntax, text: &str) -> Option<String> {
    hidden(syntax, text).show(text, 0..text.len())
}

#[test]
fn a_secret_goes_where_it_stands_and_wherever_else_it_is_repeated() {
    let text = "<a><!-- was geheim-1 --><b password=\"geheim-1\" x='y'/><c pass='p'/></a>";
    assert_eq!(
        shown(Syntax::Xml, text).unwrap(),
        "<a><!-- was [masked] --><b password=\"[masked]\" x='y'/><c [masked]ass='[masked]'/></a>",
        "one letter tears holes into its own element, and nowhere else"
    );
}

#[test]
fn a_secret_that_is_cut_by_the_border_of_what_is_shown_does_not_leave_its_rest() {
    let text = "<item name='LTPA_DominoSecret'><text>geheim\ngeheimer</text></item><x/>";
    let hidden = hidden(Syntax::Xml, text);
    let inside = text.find("heim").unwrap();
    assert_eq!(
        hidden.show(text, 0..inside).unwrap(),
        "<item name='LTPA_DominoSecret'><text>[masked]"
    );
    let second_line = text.find("\ngeheimer").unwrap() + 1;
    assert_eq!(
        hidden.show(text, second_line..text.len()).unwrap(),
        "[masked]</text></item><x/>"
    );
}

#[test]
fn a_copy_that_is_cut_is_a_copy() {
    let text = "<a><b password=\"geheim-1\"/><!-- geheim-1 --></a>";
    let copy = text.rfind("geheim-1").unwrap();
    let hidden = hidden(Syntax::Xml, text);
    assert_eq!(hidden.show(text, copy - 5..copy + 3).unwrap(), "<!-- [masked]");
    assert_eq!(hidden.show(text, copy + 3..copy + 12).unwrap(), "[masked] -->");
}

#[test]
fn what_is_written_otherwise_than_it_reads_is_not_shown_at_all() {
    for (syntax, text) in [
        (Syntax::Xml, "<a password=\"ge&#104;eim\"/>"),
        (Syntax::Xml, "<secret>sec<b/>ret</secret>"),
        (Syntax::Xml, "<a v=\"{&quot;password&quot;:&quot;ge&amp;heim&quot;}\"/>"),
        (Syntax::Properties, "password=ge\\u0068eim"),
        (Syntax::Properties, "password=pass\\\n  word"),
        (Syntax::Profile, "export PASSWORD=ge'hei'm"),
    ] {
        assert_eq!(shown(syntax, text), None, "{text}");
    }
}

#[test]
fn what_stands_beside_something_murky_is_shown() {
    let text = "<a>\n<b password=\"ge&#104;eim\"/>\n<c x=\"1\"/>\n</a>";
    let hidden = hidden(Syntax::Xml, text);
    let (b, c) = (text.find("<b").unwrap(), text.find("<c").unwrap());
    assert_eq!(hidden.show(text, c..c + 10).as_deref(), Some("<c x=\"1\"/>"));
    assert_eq!(hidden.show(text, b..b + 5), None);
}

#[test]
fn every_syntax_has_its_secrets() {
    for (syntax, text, expected) in [
        (
            Syntax::Ini,
            "[a]\nHTTPPassword=geheim\n",
            "[a]\nHTTPPassword=[masked]\n",
        ),
        (
            Syntax::Httpd,
            "AuthLDAPBindPassword geheim\n",
            "AuthLDAPBindPassword [masked]\n",
        ),
        (Syntax::Httpd, "SetEnv DB_PASSWORD \"ge heim\"\n", "SetEnv [masked]\n"),
        (Syntax::Profile, "A=1 DB_PASS=geheim\n", "A=1 DB_PASS=[masked]\n"),
        (
            Syntax::Items,
            "LTPA_DominoSecret:  Z2VoZWlt==\n",
            "LTPA_DominoSecret:  [masked]\n",
        ),
        (
            Syntax::Xml,
            "<p><param-name>bindPassword</param-name><param-value>geheim</param-value></p>",
            "<p><param-name>bindPassword</param-name><param-value>[masked]</param-value></p>",
        ),
    ] {
        assert_eq!(shown(syntax, text).as_deref(), Some(expected), "{text}");
    }
}

#[test]
fn a_file_of_more_secrets_than_can_be_told_apart_shows_nothing() {
    let secrets: String = (0..=MOST)
        .map(|number| format!("<a password=\"geheim-{number}\"/>\n"))
        .collect();
    let text = format!("<r>\n{secrets}<b/></r>");
    let b = text.find("<b/>").unwrap();
    assert_eq!(hidden(Syntax::Xml, &text).show(&text, b..b + 4), None);
}

#[test]
fn elements_in_elements_with_secrets_written_otherwise_take_no_quadratic_time() {
    let depth = 500;
    let open = "<password>&#103;".repeat(depth);
    let text = format!("{open}{}{}", "x".repeat(1 << 20), "</password>".repeat(depth));
    let hidden = hidden(Syntax::Xml, &text);
    assert_eq!(hidden.show(&text, 0..100), None);
}

proptest! {
    #[test]
    fn no_text_and_no_part_of_it_panics(text in "[<>/ab='\"\\\\\n &;#\u{e9}]{0,80}", from in 0_usize..80, to in 0_usize..80) {
        for syntax in [Syntax::Xml, Syntax::Properties, Syntax::Ini, Syntax::Httpd, Syntax::Profile, Syntax::Items] {
            let text = format!("password={text}");
            let hidden = hidden(syntax, &text);
            let (from, to) = (text.floor_char_boundary(from), text.floor_char_boundary(to));
            if from <= to {
                let shown = hidden.show(&text, from..to).unwrap_or_default();
                prop_assert!(shown.len() <= (to - from + 1) * MASKED.len() + MASKED.len());
            }
        }
    }

    #[test]
    fn a_password_is_never_shown(password in "[a-zA-Z0-9+/=&;<>\"'\\\\# .]{6,20}", before in "[a-z ]{0,10}", from in 0_usize..60) {
        let escaped = password.replace('&', "&amp;").replace('<', "&lt;").replace('"', "&quot;");
        let text = format!("<r><a x=\"{before}\" password=\"{escaped}\" y=\"2\"/><b/></r>");
        let hidden = hidden(Syntax::Xml, &text);
        let from = text.floor_char_boundary(from);
        if let Some(shown) = hidden.show(&text, from..text.len()) {
            prop_assert!(!shown.contains(&escaped) || secret_is_no_secret(&password), "{}", shown);
        }
    }
}

/// Words for nothing, stars and paths are no secrets.
fn secret_is_no_secret(password: &str) -> bool {
    crate::finding::mask_field("password", password) != MASKED
}
