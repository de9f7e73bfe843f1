use proptest::prelude::*;

use super::*;
use crate::drawn;

/// A scope in a line: directives with their arguments, sections in braces.
fn shown(scope: &Scope) -> String {
    let mut shown: Vec<String> = Vec::new();
    for item in &scope.items {
        match item {
            Item::Directive(directive) => shown.push(format!("{} {}", directive.name, directive.args.join(","))),
            Item::Section { directive, scope } => {
                shown.push(format!(
                    "{} {} {{{}}}",
                    directive.name,
                    directive.args.join(","),
                    self::shown(scope)
                ));
            }
        }
    }
    shown.join("; ")
}

fn read(files: &[(&str, &str)]) -> Vec<Server> {
    servers(&drawn::site(files, "{}"))
}

fn only(files: &[(&str, &str)]) -> Server {
    let mut servers = read(files);
    assert_eq!(servers.len(), 1);
    servers.remove(0)
}

/// The directives of a file, and what is remarked.
fn one(text: &str) -> (String, Vec<String>) {
    let server = only(&[("httpd.conf", text)]);
    let remarks = server
        .remarks
        .iter()
        .map(|(place, what)| format!("{}: {what}", place.node));
    (shown(&server.scope), remarks.collect())
}

#[test]
fn included_files_are_read_where_they_are_included() {
    let server = only(&[
        (
            "httpd.conf",
            "A 1\nInclude x.conf\n<VirtualHost *:80>\nInclude x.conf\nB 2\n</VirtualHost>\nC 3",
        ),
        ("x.conf", "X\n<Directory /a>\nInclude y.conf\n</Directory>"),
        ("y.conf", "Y 1"),
    ]);
    assert_eq!(shown(&server.scope), "a 1; x ; directory /a {y 1}; c 3");
    assert_eq!(shown(&server.hosts[0].scope), "x ; directory /a {y 1}; b 2");
    assert!(server.remarks.is_empty());
    let place = server.scope.items.get(1).map(|item| match item {
        Item::Directive(directive) => directive.place,
        Item::Section { directive, .. } => directive.place,
    });
    // It stands in the file that was included, though it is read in another one.
    assert_eq!(place, Some(crate::Place { document: 1, node: 1 }));
}

#[test]
fn a_part_alone_is_a_server_too() {
    let server = only(&[(
        "photos.conf",
        "<VirtualHost *:80 10.0.0.1:*>\nServerName a:80\nServerAlias b *.c\nServerAlias d\n</VirtualHost>",
    )]);
    assert!(server.is_fragment);
    let host = &server.hosts[0];
    assert_eq!(
        (host.name.as_str(), host.aliases.join(" ")),
        ("a:80", "b *.c d".to_owned())
    );
    assert_eq!(host.directive.args, ["*:80", "10.0.0.1:*"]);
    assert!(!only(&[("httpd.conf", "Listen 80")]).is_fragment);
}

#[test]
fn circles_and_missing_files_are_remarked() {
    let server = only(&[
        ("a.conf", "A\nInclude b.conf\nInclude gone.conf"),
        ("b.conf", "B\nInclude a.conf\nC"),
    ]);
    assert_eq!(shown(&server.scope), "a ; b ; c ");
    let remarks: Vec<&str> = server.remarks.iter().map(|(_, what)| what.as_str()).collect();
    assert_eq!(
        remarks,
        [
            "is only included by files that it includes itself; it was taken as the first of them",
            "includes itself, if only by way of other files; httpd gives up on that",
            "includes gone.conf, which is not in this environment; it was not read"
        ]
    );
}

#[test]
fn modules_decide_about_sections_behind_them() {
    let (directives, remarks) = one(
        "<IfModule rewrite_module>\nA\n</IfModule>\nLoadModule rewrite_module mod_rewrite.so\n<IfModule mod_rewrite.c>\nB\n</IfModule>\n<IfModule !mod_rewrite.c>\nRequire c\n</IfModule>\n<IfModule !mod_alias.c>\nD\n</IfModule>",
    );
    assert_eq!(directives, "loadmodule rewrite_module,mod_rewrite.so; b ; d ");
    assert!(remarks.is_empty());
}

#[test]
fn a_part_takes_modules_as_loaded_and_says_so_where_it_matters() {
    let (directives, remarks) = one(
        "<IfModule mod_rewrite.c>\nRewriteEngine On\n</IfModule>\n<IfModule !mod_rewrite.c>\nRequire x\n</IfModule>\n<IfModule mod_mime.c>\nAddType a b\n</IfModule>\n<IfModule authz_default_module>\nC\n</IfModule>",
    );
    assert_eq!(directives, "rewriteengine On; addtype a,b");
    let doubt = "whether httpd has `mod_rewrite.c` is not known; it was taken as loaded";
    assert_eq!(remarks, [format!("1: {doubt}"), format!("3: {doubt}")]);
}

#[test]
fn definitions_count_behind_them_in_all_files() {
    let server = only(&[
        (
            "httpd.conf",
            "Define Root \"/opt/a b\"\nInclude x.conf\n<IfDefine Late>\nB\n</IfDefine>\nDefine Late\n<IfDefine Late>\nC ${Root}\n</IfDefine>\nUnDefine Root\nD ${Root} ${x:y}",
        ),
        (
            "x.conf",
            "A ${ROOT}/c \"${Root}\"\n<Directory \"${Root}\">\n</Directory>\n<IfDefine !Other>\nRequire e\n</IfDefine>",
        ),
    ]);
    assert_eq!(
        shown(&server.scope),
        "a /opt/a,b/c,/opt/a b; directory /opt/a b {}; require e; c /opt/a,b; d ${Root},${x:y}"
    );
    let remarks: Vec<&str> = server.remarks.iter().map(|(_, what)| what.as_str()).collect();
    assert_eq!(
        remarks,
        [
            "whether httpd is started with `-D Other` is not known; it was taken as started without",
            "has `${Root}`, which no `Define` sets before; it stays so unless httpd's environment sets it"
        ]
    );
}

#[test]
fn versions_and_files_decide_about_sections() {
    let (directives, remarks) = one(
        "IncludeOptional none.d\n<IfVersion >= 2.4>\nA\n</IfVersion>\n<IfVersion < 2.4>\nB\n</IfVersion>\n<IfFile /x>\nRequire c\n</IfFile>\n<IfFile !/x>\nRequire d\n</IfFile>",
    );
    assert_eq!(directives, "a ; require c");
    assert_eq!(remarks.len(), 3, "{remarks:?}");
}

#[test]
fn macros_are_expanded() {
    let (directives, remarks) = one(
        "<Macro Host $name @root>\n<VirtualHost *:80>\nServerName $name.example\nDocumentRoot @root\nUse Deny ${Where}/$name\n</VirtualHost>\n</Macro>\n<Macro deny $dir>\n<Directory $dir>\nRequire all denied\nUse Host a b\n</Directory>\n</Macro>\nDefine Where /srv\nUse HOST www \"/a b\"\nUse gone\nUse deny\nUndefMacro deny\nUse deny /x",
    );
    assert_eq!(directives, "");
    assert_eq!(
        remarks
            .iter()
            .map(|remark| remark.split_once(": ").map_or("", |(_, what)| what))
            .collect::<Vec<_>>(),
        [
            "uses a macro within itself; httpd refuses it",
            "uses a macro that is not defined before; httpd refuses it",
            "uses a macro with too many or too few values; httpd refuses it",
            "uses a macro that is not defined before; httpd refuses it"
        ]
    );
    let text = "<Macro Host $name @root>\n<VirtualHost *:80>\nServerName $name.example\nDocumentRoot @root\n</VirtualHost>\n</Macro>\nUse host www \"/a b\"\nUse host ftp /c";
    let server = only(&[("httpd.conf", text)]);
    let hosts: Vec<String> = server.hosts.iter().map(|host| shown(&host.scope)).collect();
    assert_eq!(
        hosts,
        [
            "servername www.example; documentroot /a b",
            "servername ftp.example; documentroot /c"
        ]
    );
    assert_eq!(server.hosts[0].name, "www.example");
}

#[test]
fn a_macro_that_another_one_defines_keeps_the_values_of_that_one() {
    let (directives, remarks) = one(
        "<Macro outer $a>\n<Macro inner-$a $b>\nX $a $b\n</Macro>\n</Macro>\nUse outer 1\nUse outer 2\nUse inner-1 y\nUse inner-2 $a",
    );
    assert_eq!(directives, "x 1,y; x 2,$a");
    assert!(remarks.is_empty());
}

#[test]
fn what_httpd_refuses_is_passed_over_with_a_remark() {
    let (directives, remarks) = one("<Directory /a>\n<VirtualHost *>\nA\n</VirtualHost>\nB\n</Directory>");
    assert_eq!(directives, "directory /a {b }");
    assert_eq!(
        remarks,
        ["2: is a virtual host within another section; httpd refuses it, and it was passed over"]
    );
}

#[test]
fn a_name_may_hold_a_variable() {
    let (directives, _) =
        one("Define What RewriteCond\n${What} %{A} \"a\\b c\"\nDefine Sec Directory\n<${Sec} /x>\nA\n</${Sec}>");
    assert_eq!(directives, "rewritecond %{A},a\\b c; directory /x {a }");
}

#[test]
fn files_that_multiply_end_at_the_limit() {
    let include_ten = |file: &str| format!("Include {file}\n").repeat(10);
    let files: Vec<(String, String)> = (0..9)
        .map(|n| (format!("{n}.conf"), include_ten(&format!("{}.conf", n + 1))))
        .collect();
    let mut files: Vec<(&str, &str)> = files
        .iter()
        .map(|(file, text)| (file.as_str(), text.as_str()))
        .collect();
    files.push(("9.conf", "A"));
    let server = only(&files);
    assert!(server.scope.items.len() <= MOST_DIRECTIVES);
    assert!(
        server
            .remarks
            .iter()
            .any(|(_, what)| what.contains("the rest was not read")),
        "{:?}",
        server.remarks
    );
}

#[test]
fn deep_sections_end_at_the_limit() {
    let text = format!("{}\nA\n{}", "<RequireAll>\n".repeat(300), "</RequireAll>\n".repeat(300));
    let (_, remarks) = one(&text);
    assert_eq!(
        remarks,
        ["65: is nested more than 64 sections deep; it was passed over"]
    );
    let skipped = format!("{}\nA\n{}", "<IfFile x>\n".repeat(300), "</IfFile>\n".repeat(300));
    assert_eq!(one(&skipped).0, "a ");
}

#[test]
fn a_hundred_thousand_directives_are_read_at_once() {
    let text = "RewriteCond %{REMOTE_ADDR} !^10\n<Files x>\n</Files>\n".repeat(33_000);
    let before = std::time::Instant::now();
    let server = only(&[("httpd.conf", &text)]);
    assert_eq!(server.scope.items.len(), 66_000);
    assert!(before.elapsed().as_secs() < 20, "{:?}", before.elapsed());
}

proptest! {
    #[test]
    fn any_configuration_is_read(lines in prop::collection::vec(
        prop::sample::select(vec![
            "<Macro m $a>", "</Macro>", "Use m $a", "Use m x y", "Use n 1", "<Macro n $a $aa>", "Include b.conf", "Include a.conf",
            "<IfModule !x>", "</IfModule>", "<VirtualHost *:${p}>", "</VirtualHost>", "Define p ${p}${p}", "Define p 1${p}",
            "UnDefine p", "<IfDefine p>", "</IfDefine>", "$a ${p} \"$aa", "<${p} $a>", "</x>", "<IfVersion", "Use", "Define",
            "<If \"true\">", "</If>", "LoadModule $a ${p}", "UndefMacro m", "<Macro>", "Include",
        ]), 0..60), cut in 0usize..60)
    {
        let (a, b) = lines.split_at(cut.min(lines.len()));
        for server in read(&[("a.conf", &a.join("\n")), ("b.conf", &b.join("\n"))]) {
            prop_assert!(server.remarks.len() <= MOST_REMARKS + 1);
        }
    }
}
