//! References and entities.

use super::*;

#[test]
fn the_references_of_xml_are_resolved() {
    assert_eq!(
        clean("<a x=\"&lt;&amp;&gt;&quot;&apos;&#65;&#x42;\">&lt;&amp;lt;&gt;&quot;&apos;&#228;&#x1F600;</a>"),
        "a[x=<&>\"'AB]\"<&lt;>\\\"'ä😀\""
    );
}

#[test]
fn characters_that_xml_does_not_have_stay_as_they_are_written() {
    for name in [
        "#0",
        "#x1F",
        "#xD800",
        "#x110000",
        "#xFFFF",
        "#99999999999999999999",
        "#",
        "#x",
        "#xG",
        "#+1",
    ] {
        let (tree, said) = broken(&format!("<a x='&{name};'>\n&{name};</a>"));
        assert_eq!(tree, format!("a[x=&{name};]\"&{name};\""), "{name}");
        assert_eq!(said.len(), 1, "{name}");
    }
    let (_, said) = broken("<a>\n&#0;</a>");
    assert_eq!(
        said,
        ["2 refers to a character that XML does not have, `&#0;`: left as it is written"]
    );
}

#[test]
fn plain_entities_of_the_file_are_resolved_and_the_first_declaration_counts() {
    let text = "<!DOCTYPE a PUBLIC \"[\" '>' [\n<!ENTITY host \"www.example.com\">\n<!ENTITY  two\n'1\n2' >\n\
                <!ENTITY host \"other\">\n<!ENTITY lt \"no\">]>\n<a x='http://&host;/' y='&two;'>&host; &two; &lt;</a>";
    assert_eq!(
        clean(text),
        "a[x=http://www.example.com/ y=1 2]\"www.example.com 1\\n2 <\""
    );
}

#[test]
fn external_entities_are_never_read() {
    let text = "<!DOCTYPE a [<!ENTITY x SYSTEM \"file:///etc/passwd\">\n<!ENTITY y PUBLIC '-' 'http://example.com/'>]>\n\
                <a b='&x;'>&y;</a>";
    assert_eq!(
        broken(text),
        (
            r#"a[b=&x;]"&y;""#.to_owned(),
            vec![
                "3 uses an external entity, `&x;`: never read, left as it is written".to_owned(),
                "3 uses an external entity, `&y;`: never read, left as it is written".to_owned(),
            ]
        )
    );
}

#[test]
fn entities_made_of_others_are_never_expanded() {
    let mut text = "<!DOCTYPE lolz [\n<!ENTITY lol0 \"lol\">\n".to_owned();
    for level in 1..10 {
        let inner = format!("&lol{};", level - 1).repeat(10);
        text.push_str(&format!("<!ENTITY lol{level} \"{inner}\">\n"));
    }
    text.push_str("]>\n<lolz>&lol9;</lolz>");
    let (tree, said) = broken(&text);
    assert_eq!(tree, r#"lolz"&lol9;""#);
    assert_eq!(
        said,
        ["13 uses an entity made of others or of markup, `&lol9;`: never expanded, left as it is written"]
    );
}

#[test]
fn entities_that_hold_markup_or_parameters_make_no_elements() {
    for value in ["<b/>", "&#38;amp;", "%p;", "&#60;b/>"] {
        let (tree, said) = broken(&format!("<!DOCTYPE a [<!ENTITY e \"{value}\">]><a>&e;</a>"));
        assert_eq!((tree.as_str(), said.len()), (r#"a"&e;""#, 1), "{value}");
    }
}

#[test]
fn parameter_entities_declare_nothing() {
    let text = "<!DOCTYPE a [<!ENTITY % p '<!ENTITY e \"x\">'> %p; <!ENTITY % q SYSTEM 'q.dtd'> %q;]><a>&e;</a>";
    assert_eq!(
        broken(text),
        (
            r#"a"&e;""#.to_owned(),
            vec!["1 uses an entity that it does not declare: left as it is written".to_owned()]
        )
    );
}

#[test]
fn plain_entities_become_a_megabyte_and_no_more() {
    let text = format!(
        "<!DOCTYPE a [<!ENTITY e \"{}\">]><a>{}</a>",
        "x".repeat(10_000),
        "&e;".repeat(100_000)
    );
    let parsed = parse(&text);
    let length = parsed.tree.root().value().len();
    assert!((1_000_000..2_000_000).contains(&length), "{length}");
    assert_eq!(
        said(&parsed),
        ["1 uses its entities too much: left as they are written from here on"]
    );
}

#[test]
fn entities_that_nobody_declared_are_said_once_each() {
    let (tree, said) = broken("<a>&nbsp;\n&nbsp;\n&shy;</a>");
    assert_eq!(tree, r#"a"&nbsp;\n&nbsp;\n&shy;""#);
    assert_eq!(
        said,
        [
            "1 uses an entity that it does not declare: left as it is written",
            "3 uses an entity that it does not declare: left as it is written"
        ]
    );
}

#[test]
fn an_ampersand_may_stand_alone() {
    for text in ["a=1&b=2", "a & b", "&", "&;", "&&amp&", "a&b c;", "& ü;"] {
        let (tree, said) = broken(&format!("<x>\n<a>{text}</a></x>"));
        assert_eq!(tree, format!("x(a{text:?})"));
        assert_eq!(
            said,
            ["2 has a `&` that begins no reference: taken as it stands"],
            "{text}"
        );
        let (tree, said) = broken(&format!("<x>\n<a b=\"{text}\"/></x>"));
        assert_eq!(tree, format!("x(a[b={text}])"));
        assert_eq!(
            said,
            ["2 has a `&` that begins no reference: taken as it stands"],
            "{text}"
        );
    }
}

#[test]
fn more_entities_than_are_kept_are_said() {
    let many: String = (0..20_000).map(|number| format!("<!ENTITY e{number} 'x'>")).collect();
    let (tree, said) = broken(&format!("<!DOCTYPE a [{many}]><a>&e0;&e9999;</a>"));
    assert_eq!(tree, r#"a"xx""#);
    assert_eq!(
        said,
        ["1 declares more entities than are kept: those behind are not known"]
    );
}
