mod limits;
mod sections;

use super::*;
use crate::document::Node;

/// A line for each node: indented by its depth, line and column, name, value, attributes.
fn shown(parsed: &Parsed) -> Vec<String> {
    let depth = |mut node: Node<'_>| {
        let mut depth = 0;
        while node.parent().index != node.index {
            (node, depth) = (node.parent(), depth + 1);
        }
        depth
    };
    let nodes = parsed.tree.nodes().skip(1);
    nodes
        .map(|node| {
            let words: Vec<_> = numbered(node, "").map(|word| format!("[{word}]")).collect();
            let indent = "  ".repeat(depth(node) - 1);
            format!("{indent}{} {} {}", node.at().line, node.name(), words.concat())
        })
        .collect()
}

fn numbered<'t>(node: Node<'t>, prefix: &'t str) -> impl Iterator<Item = &'t str> {
    let named = move |number: usize| node.attribute(&format!("{prefix}{number}"));
    (1..).map_while(named)
}

fn remarks(parsed: &Parsed) -> Vec<(u64, &str)> {
    let remarks = parsed.remarks.iter();
    remarks.map(|remark| (remark.line.0, remark.what.as_str())).collect()
}

fn words_of(line: &str) -> Vec<String> {
    let parsed = parse(line);
    let node = parsed.tree.node(crate::document::NodeIndex(1)).unwrap();
    numbered(node, "").map(str::to_owned).collect()
}

#[test]
fn a_file_becomes_directives_and_sections() {
    let parsed = parse(
        "ServerRoot \"/opt/IBM/HTTPServer\"\n\n<VirtualHost *:443>\n  SSLEnable\n  <Location /auth >\n\tRequire all denied  \r\n  \
         </Location>\n</virtualhost>\nListen 80\n",
    );
    assert_eq!(
        shown(&parsed),
        [
            "1 serverroot [/opt/IBM/HTTPServer]",
            "3 virtualhost [*:443]",
            "  4 sslenable ",
            "  5 location [/auth]",
            "    6 require [all][denied]",
            "9 listen [80]",
        ]
    );
    assert_eq!(remarks(&parsed), []);
    let nodes: Vec<_> = parsed.tree.nodes().collect();
    assert_eq!(nodes[1].value(), "\"/opt/IBM/HTTPServer\"");
    assert_eq!(nodes[2].attribute("written"), Some("VirtualHost"));
    assert_eq!(nodes[4].value(), "/auth");
    assert_eq!((nodes[5].at().line, nodes[5].at().column), (6, 2));
    assert_eq!(nodes[5].value(), "all denied");
}

#[test]
fn lines_continue_at_a_backslash_and_begin_where_the_first_of_them_does() {
    let parsed = parse("Alias \\\n  /a\\\r\nb /c\n  # no \\\nListen 1\nListen 2 \\");
    assert_eq!(shown(&parsed), ["1 alias [/ab][/c]", "6 listen [2][\\]"]);
    assert_eq!(remarks(&parsed), []);
    assert_eq!(parsed.tree.node(crate::document::NodeIndex(1)).unwrap().at().offset, 0);
}

#[test]
fn two_backslashes_continue_too_and_are_remarked_as_2_2_reads_them_otherwise() {
    let parsed = parse("A a\\\\\nB 1\nC a\\\\\n\nD 1\n");
    assert_eq!(shown(&parsed), ["1 a [a\\B][1]", "3 c [aD][1]"]);
    let told = "ends with two backslashes: Apache 2.4 continues the line, 2.2 does not";
    assert_eq!(remarks(&parsed), [(1, told), (3, told)]);
}

#[test]
fn a_line_has_its_end_at_a_zero_byte() {
    let parsed = parse("A b\0c \\\nD\0\n");
    assert_eq!(shown(&parsed), ["1 a [b]", "2 d "]);
    assert_eq!(
        remarks(&parsed),
        [(1, "has a zero byte; httpd reads a line only as far as that")]
    );
}

#[test]
fn words_are_taken_apart_as_the_server_does() {
    assert_eq!(words_of(r#"A "a\"b\\c\d" 'e\'"f'g"#), [r#"a"b\c\d"#, r#"e'"f"#, "g"]);
    assert_eq!(words_of(r"A a\\.b\.c x\ y"), [r"a\.b\.c", r"x\", "y"]);
    assert_eq!(
        words_of(r#"A mid"quo te" "no end \\"#),
        [r#"mid"quo"#, r#"te""#, r"no end \"]
    );
    assert_eq!(words_of("A \"M\"\"N\" \u{b}O \"\""), ["M", "N", "O", ""]);
    assert_eq!(words_of("\"Alias\" /a"), ["/a"]);
    assert_eq!(words_of("A grün 'ä ö'"), ["grün", "ä ö"]);
}

#[test]
fn patterns_of_the_rewrite_module_keep_their_backslashes() {
    assert_eq!(
        words_of(r"RewriteCond %{HTTP_HOST} ^a\\.b\ c$ [NC,OR]"),
        ["%{HTTP_HOST}", r"^a\\.b\ c$", "[NC,OR]"]
    );
    assert_eq!(words_of(r#"rewriterule "^/a b\"" - [F]"#), [r"^/a b\", " - [F]"]);
    assert_eq!(
        words_of(r#"RewriteRule "^(.*)\.jpg$" "-" [L, R]"#),
        [r"^(.*)\.jpg$", "-", "[L,", "R]"]
    );
}

#[test]
fn variables_are_replaced_where_a_define_stands_before() {
    let parsed = parse(
        "Listen ${PORT}\nDefine Port 8080\nDefine Both \"a ${port}\"\nListen ${PORT}\nProxyPass ${Both} \
         ${NOPE}\nUnDefine PORT\nListen ${Port}\nDefine Name Listen\n${NAME} 1\nRewriteMap ${a:b} x\n",
    );
    let expanded: Vec<_> = parsed
        .tree
        .nodes()
        .filter_map(|node| node.attribute("expanded"))
        .collect();
    assert_eq!(expanded, ["Both \"a 8080\"", "8080", "a 8080 ${NOPE}"]);
    let pass = parsed.tree.nodes().find(|node| node.name() == "proxypass").unwrap();
    assert_eq!(pass.value(), "${Both} ${NOPE}");
    assert_eq!(numbered(pass, "").collect::<Vec<_>>(), ["${Both}", "${NOPE}"]);
    assert_eq!(
        numbered(pass, "expanded-").collect::<Vec<_>>(),
        ["a", "8080", "${NOPE}"]
    );
    let named = parsed.tree.nodes().nth(9).unwrap();
    assert_eq!(
        (named.name(), named.attribute("written"), named.attribute("1")),
        ("listen", Some("${NAME}"), Some("1"))
    );
    assert_eq!(remarks(&parsed), []);
}

#[test]
fn a_section_may_be_named_and_opened_by_variables() {
    let parsed = parse("Define P 443\nDefine S VirtualHost\n<${S} *:${P}>\nSSLEnable\n</VirtualHost>\n");
    assert_eq!(shown(&parsed)[2..], ["3 virtualhost [*:${P}]", "  4 sslenable "]);
    let host = parsed.tree.nodes().nth(3).unwrap();
    assert_eq!(
        (host.attribute("expanded"), host.attribute("expanded-1")),
        (Some("*:443"), Some("*:443"))
    );
    assert_eq!(remarks(&parsed), []);
}

#[test]
fn a_template_is_read_in_all_its_branches() {
    let parsed = parse(
        "ServerRoot \"{{ root }}\"\n{% if a | bool %}\n  Listen {{ port | default('80') }}\n{%- else -%}\nListen 81\n{% endif \
         %}\n{# a note\nListen 82 #}\n  {% if b %}Listen 83{% endif %}\nRewriteRule ^/(.*)$ http://{{ balancer }}:80/$1 \
         [P,L]\n{{ more | indent(2) }}\nAlias \\\n{% if c %}\n/a \\\n{% endif %}\n/b\n",
    );
    assert_eq!(
        shown(&parsed),
        [
            "1 serverroot [{{ root }}]",
            "3 listen [{{ port | default('80') }}]",
            "5 listen [81]",
            "9 listen [83]",
            "10 rewriterule [^/(.*)$][http://{{ balancer }}:80/$1][[P,L]]",
            "12 alias [/a][/b]",
        ]
    );
    assert_eq!(parsed.tree.nodes().nth(4).unwrap().at().column, 13);
    assert_eq!(
        remarks(&parsed),
        [
            (
                2,
                "is a template; its `{% … %}` lines were passed over, so all branches were read"
            ),
            (11, "is filled in by a template as a whole; the line was passed over"),
        ]
    );
}

#[test]
fn braces_elsewhere_are_the_servers_own() {
    let format = r#"{\"ip\":\"%a\",{%h %} }"#;
    let parsed = parse(&format!(
        "LogFormat \"{format}\" json\nA {{{{ x\nB {{{{\n{{% never\nC 1\n"
    ));
    assert_eq!(
        shown(&parsed),
        [
            "1 logformat [{\"ip\":\"%a\",{%h %} }][json]",
            "2 a [{{][x]",
            "3 b [{{]",
            "5 c [1]"
        ]
    );
    assert_eq!(
        remarks(&parsed),
        [(
            4,
            "begins a template's tag that is not closed; the line was passed over"
        )]
    );
}
