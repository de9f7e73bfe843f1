use proptest::prelude::*;

use super::*;
use crate::document::{MAX_NODES, MAX_REMARKS, Node};

/// `NAME=value`, then ` [attribute=value]` for each attribute.
fn shown(parsed: &Parsed) -> Vec<String> {
    let row = |node: Node<'_>| {
        let attributes = node
            .attributes()
            .map(|attribute| format!(" [{}={}]", attribute.name, attribute.value));
        format!("{}={}{}", node.name(), node.value(), attributes.collect::<String>())
    };
    parsed.tree.nodes().skip(1).map(row).collect()
}

#[track_caller]
fn reads(text: &str, expected: &[&str]) {
    let parsed = parse(text);
    assert_eq!(shown(&parsed), expected, "{text}");
    assert_eq!(parsed.remarks, [], "{text}");
}

fn remarked(parsed: &Parsed) -> Vec<u64> {
    parsed.remarks.iter().map(|remark| remark.line.0).collect()
}

#[test]
fn a_profile_says_where_java_and_the_fonts_are() {
    reads(
        "# Document conversion\nPATH=$PATH:/opt/IBM/WebSphere/AppServer/java/jre/bin\nexport PATH\n\
         export X_FONT_PATH=/usr/share/fonts/truetype:\"$HOME\"/fonts GDFONTPATH='/usr/share/fonts'\n\
         PATH=\"${PATH}:/opt/convert\"; export PATH\n",
        &[
            "PATH=$PATH:/opt/IBM/WebSphere/AppServer/java/jre/bin",
            "PATH= [exported=yes] [only=export]",
            "X_FONT_PATH=/usr/share/fonts/truetype:$HOME/fonts [exported=yes]",
            "GDFONTPATH=/usr/share/fonts [exported=yes]",
            "PATH=${PATH}:/opt/convert [resolved=$PATH:/opt/IBM/WebSphere/AppServer/java/jre/bin:/opt/convert]",
            "PATH= [exported=yes] [only=export]",
        ],
    );
}

#[test]
fn an_assignment_stands_where_its_name_does() {
    let text = "é=1\r\n  export A=1 \\\r\n  B=2; C=3";
    let parsed = parse(text);
    let places: Vec<_> = parsed.tree.nodes().skip(1).map(Node::at).collect();
    assert_eq!(
        places.iter().map(|at| (at.line, at.column)).collect::<Vec<_>>(),
        [(2, 10), (3, 3), (3, 8)]
    );
    assert_eq!(places[2].offset as usize, text.find("C=").unwrap());
}

#[test]
fn quotes_are_removed_as_a_shell_does() {
    reads("A='a $B \"x\" \\'", &["A=a $B \"x\" \\"]);
    reads("B=b; A='$B'$B\"$B\"\\$B", &["B=b", "A=$B$B$B$B [resolved=$Bbb$B]"]);
    reads("A=\"a \\\"b\\\" \\$c \\`d\\` \\\\ \\e\"", &["A=a \"b\" $c `d` \\ \\e"]);
    reads("A=a\\ b\\ä\\\n:c", &["A=a bä:c"]);
    reads("A=\"a\\\r\nb\nc\"", &["A=ab\nc"]);
    reads("A=$'a\\tb\\'c\\x41'$\"d\"", &["A=a\tb'c\\x41d"]);
    reads("A= B=\"\" C=''", &["A=", "B=", "C="]);
    reads("A=x#y # z\nB=$#$?$$$1$", &["A=x#y", "B=$#$?$$$1$"]);
}

#[test]
fn substitutions_are_kept_as_written() {
    reads("A=$(dirname \"$0\")/..", &["A=$(dirname \"$0\")/.."]);
    reads(
        "A=\"$(cd \"$(pwd)\"; echo ')' # it's\n)\" B=1",
        &["A=$(cd \"$(pwd)\"; echo ')' # it's\n)", "B=1"],
    );
    reads(
        "A=`echo \\`x\\` '` B=$((1<<(2)))",
        &["A=`echo \\`x\\` '`", "B=$((1<<(2)))"],
    );
    reads("A=${B:-${C}'}'}\"${D:-it's}\"", &["A=${B:-${C}'}'}${D:-it's}"]);
    reads("A=$(cat <<E\n) it's\nE\n) B=1", &["A=$(cat <<E\n) it's\nE\n)", "B=1"]);
    reads(
        "A=(a 'b )' c) B+=(d)",
        &["A=(a 'b )' c)", "B=(d) [append=yes] [resolved=${B}(d)]"],
    );
}

#[test]
fn variables_are_what_they_were_set_to_before() {
    reads(
        "A=1\nB=$A${A}x$AB\nA=2\nB=$B$A",
        &[
            "A=1",
            "B=$A${A}x$AB [resolved=11x$AB]",
            "A=2",
            "B=$B$A [resolved=11x$AB2]",
        ],
    );
    reads(
        "A=1; A+=2; C=$A; unset A; D=$A",
        &["A=1", "A=2 [append=yes] [resolved=12]", "C=$A [resolved=12]", "D=$A"],
    );
    reads(
        "A=; B=x$A; C=$(f); D=$C/y",
        &["A=", "B=x$A [resolved=x]", "C=$(f)", "D=$C/y [resolved=$(f)/y]"],
    );
    reads(
        "A=1; export A=2 B=$A; C=$A",
        &[
            "A=1",
            "A=2 [exported=yes]",
            "B=$A [exported=yes] [resolved=1]",
            "C=$A [resolved=2]",
        ],
    );
    reads("A='$A'; B=$A; A=$B", &["A=$A", "B=$A", "A=$B [resolved=$A]"]);
}

#[test]
fn assignments_in_branches_and_functions_are_found() {
    reads(
        "if [ -d /a ]; then A=1\nelif test x; then A=2; else A=3; fi\ncase $1 in\n a|b) B=1 ;; (*) B=2;; esac\n\
         for x in p q=1; do C=1; done\nwhile ! D=1; do :; done\nf() { E=1; }\nfunction g {\n  F=1\n}\n[ x ] && G=1 || H=1\n",
        &[
            "A=1", "A=2", "A=3", "B=1", "B=2", "C=1", "D=1", "E=1", "F=1", "G=1", "H=1",
        ],
    );
}

#[test]
fn what_does_not_last_is_no_assignment() {
    reads(
        "LANG=C ls A=1\nA=1 | cat\nA=1 &\n(A=1; export B=2)\nf() ( A=1 )\necho A=1; env A=1 x; local A=1",
        &[],
    );
    reads("((A=1<<2)); [[ $x =~ ^(a|b)$ ]]; B=1", &["B=1"]);
    reads("A=1 export A", &["A=1", "A= [exported=yes] [only=export]"]);
    reads("A=1 >x 2>&1 <<<y B=2 > >(tee z)", &["A=1", "B=2"]);
}

#[test]
fn shells_declare_in_several_ways() {
    reads(
        "declare -x A=1 B",
        &["A=1 [exported=yes]", "B= [exported=yes] [only=export]"],
    );
    reads(
        "typeset -rx A=1; declare B=2 C; readonly D=3",
        &["A=1 [exported=yes]", "B=2", "D=3"],
    );
    reads(
        "export -p; export -n A; export -f f; export -- \"B=$C d\"",
        &["B=$C d [exported=yes]"],
    );
    reads(
        "setenv A \"x y\"\nsetenv B\nif (! $?C) setenv C $A:z\nset path = ( $path )",
        &[
            "A=x y [exported=yes]",
            "B= [exported=yes]",
            "C=$A:z [exported=yes] [resolved=x y:z]",
        ],
    );
}

#[test]
fn here_documents_are_skipped() {
    reads("cat <<EOF\nA=1 it's\nEOF\nB=1", &["B=1"]);
    reads("cat <<-'E O' <<\\F x\r\nA=1\r\n\tE O\nA=2\n\tF\nF\nB=1", &["B=1"]);
    reads("cat <<A; B=1\n$(\nA\nC=1", &["B=1", "C=1"]);
    let unending = parse("A=1\ncat <<EOF\nB=2\n");
    assert_eq!(
        (shown(&unending), remarked(&unending)),
        (vec!["A=1".into(), "B=2".into()], vec![3])
    );
    assert_eq!(remarked(&parse("cat <<EOF")), [1]);
    let many = parse(&format!("cat{}\n{}B=1", " <<E".repeat(17), "E\n".repeat(17)));
    assert_eq!((shown(&many), remarked(&many)), (vec!["B=1".into()], vec![1]));
}

#[test]
fn an_environment_file_has_no_commands() {
    reads(
        "# set by us\nPATH=\"/usr/bin:/opt/IBM/java/jre/bin\"\nJAVA_OPTS=-Xmx1g -Dx=1 $PATH\n",
        &[
            "PATH=/usr/bin:/opt/IBM/java/jre/bin",
            "JAVA_OPTS=-Xmx1g -Dx=1 $PATH [resolved=-Xmx1g -Dx=1 /usr/bin:/opt/IBM/java/jre/bin]",
        ],
    );
    reads(
        "PATH=/a:$PATH; export PATH\nLANG=C ls",
        &["PATH=/a:$PATH", "PATH= [exported=yes] [only=export]"],
    );
}

#[test]
fn batch_files_are_read_as_batch_files() {
    reads(
        "@echo off\r\nrem set A=0\r\n:: don't\r\nSET WAS_HOME=C:\\Program Files (x86)\\IBM\r\n\
         @set Path=%PATH%;%was_home%\\java\\jre\\bin&set \"B=a&b\" x\r\nif exist \"set a\" (set C=1) else set C=2 \r\n\
         for %%i in (a b) do set D=%%i\r\nset /a E=1\r\nset F=a^&b^\r\nc\r\nset G=%~dp0%1%2\r\nset\r\nif not x==y set H=%none%\r\nset PATH=%path%;z",
        &[
            "WAS_HOME=C:\\Program Files (x86)\\IBM [exported=yes]",
            "Path=%PATH%;%was_home%\\java\\jre\\bin [exported=yes] [resolved=%PATH%;C:\\Program Files (x86)\\IBM\\java\\jre\\bin]",
            "B=a&b [exported=yes]",
            "C=1 [exported=yes]",
            "C=2  [exported=yes]",
            "D=%%i [exported=yes]",
            "F=a&bc [exported=yes]",
            "G=%~dp0%1%2 [exported=yes]",
            "H=%none% [exported=yes]",
            "PATH=%path%;z [exported=yes] [resolved=%PATH%;C:\\Program Files (x86)\\IBM\\java\\jre\\bin;z]",
        ],
    );
    let parsed = parse("@echo off\n  if x set \"A=ü\" & set B=1");
    let columns: Vec<_> = parsed
        .tree
        .nodes()
        .skip(1)
        .map(|node| (node.at().line, node.at().column))
        .collect();
    assert_eq!(columns, [(2, 13), (2, 24)]);
}

#[test]
fn dialects_are_told_by_their_lines() {
    for (text, dialect) in [
        ("", Dialect::Shell),
        ("#!/bin/csh\nset a=1\nset b=2", Dialect::Shell),
        ("# csh\nset path=(/a)\nsetenv A 1\nset b=2\nalias x y", Dialect::Shell),
        ("A=1\n\n# b\nB=2", Dialect::Assignments),
        ("A=1\nB=$(x)", Dialect::Shell),
        ("A=1\nexport B=2", Dialect::Shell),
        ("SET A=1", Dialect::Batch),
        ("@REM x\r\nset A=1\r\n", Dialect::Batch),
        ("set -e\nset A 1", Dialect::Shell),
    ] {
        assert_eq!(Dialect::of(text), dialect, "{text}");
    }
}

#[test]
fn what_does_not_end_costs_no_more_than_its_line() {
    for (text, expected) in [
        ("A='x $B\nC=1", ["A='x $B", "C=1"]),
        ("A=a\"x\\y\nC=1", ["A=a\"x\\y", "C=1"]),
        ("A=$(x \"y\nC=1", ["A=$(x \"y", "C=1"]),
        ("A=\"b${x\nC=1", ["A=\"b${x", "C=1"]),
        ("A=`x\nC=1", ["A=`x", "C=1"]),
        ("A=$'x\nC=1", ["A=$'x", "C=1"]),
        ("A=(x\nC=1", ["A=(x", "C=1"]),
        ("A=1; ((x\nC=1", ["A=1", "C=1"]),
        ("A=1; x <(y\nC=1", ["A=1", "C=1"]),
    ] {
        let parsed = parse(text);
        assert_eq!(shown(&parsed), expected, "{text}");
        assert_eq!(remarked(&parsed), [1], "{text}");
    }
}

#[test]
fn what_opens_and_does_not_end_stops_reading_in_the_end() {
    for opening in ["A=$(\n", "A=\"$(\n", "((\n", "x <(\n", "cat <<E\n", "A=${a\n"] {
        let parsed = parse(&opening.repeat(200_000));
        assert_eq!(parsed.remarks.len(), MAX_REMARKS, "{opening}");
        assert!(
            parsed.remarks[MAX_REMARKS - 1].what.contains("nothing further down"),
            "{opening}"
        );
    }
    let deep = parse(&format!("A={}{}\nB=1", "$(".repeat(100_000), ")".repeat(100_000)));
    assert_eq!((deep.tree.len(), remarked(&deep)), (3, vec![1]));
}

#[test]
fn a_secret_does_not_come_out_under_another_name() {
    reads(
        "A=geheim4711; DB_PASSWORD=$A; URL=db:$DB_PASSWORD; DB_PASSWORD+=x; B=$A",
        &[
            "A=geheim4711",
            "DB_PASSWORD=$A",
            "URL=db:$DB_PASSWORD",
            "DB_PASSWORD=x [append=yes]",
            "B=$A [resolved=geheim4711]",
        ],
    );
    reads(
        "DB_PASSWORD=geheim4711; URL=db:$DB_PASSWORD",
        &["DB_PASSWORD=geheim4711", "URL=db:$DB_PASSWORD"],
    );
}

#[test]
fn doubling_ends_where_it_costs_something() {
    let doubling = parse(&format!("A=0123456789\n{}", "A=$A$A\n".repeat(1000)));
    let longest = doubling
        .tree
        .nodes()
        .filter_map(|node| node.attribute("resolved"))
        .map(str::len)
        .max();
    assert!(longest.is_some_and(|longest| (32_768..=65_536).contains(&longest)));
    assert_eq!(doubling.remarks.len(), MAX_REMARKS);
    let all = parse(&format!("A={}\n{}", "x".repeat(60_000), "B=$A\n".repeat(100_000)));
    let resolved = all
        .tree
        .nodes()
        .filter(|node| node.attribute("resolved").is_some())
        .count();
    assert_eq!((resolved, all.remarks.len()), ((16 << 20) / 60_000, MAX_REMARKS));
    assert!(all.tree.weight() < 64 << 20);
    let many = parse(&format!("A=\"{}\"", "$x".repeat(100_000)));
    assert_eq!(remarked(&many), [1]);
}

#[test]
fn long_lines_and_many_of_everything_are_read_once() {
    let parsed = parse(&"A=1;".repeat(MAX_NODES + 5));
    assert_eq!((parsed.tree.len(), parsed.remarks.len()), (MAX_NODES, 1));
    let pending = parse(&"A=1 ".repeat(100_000));
    assert_eq!((pending.tree.len(), pending.remarks.len()), (1025, MAX_REMARKS));
    let batch = parse(&format!("@echo off\n@rem\n{}", "set \"A=1\"&".repeat(MAX_NODES + 5)));
    assert_eq!((batch.tree.len(), batch.remarks.len()), (MAX_NODES, 1));
}

proptest! {
    #[test]
    fn a_quoted_value_comes_back(values in prop::collection::vec("[^\r\n]{0,20}", 1..6)) {
        let text: String = values.iter().map(|value| format!("export A='{}'\n", value.replace('\'', "'\\''"))).collect();
        let parsed = parse(&text);
        prop_assert_eq!(parsed.tree.nodes().skip(1).map(|node| node.value().to_owned()).collect::<Vec<_>>(), values);
    }

    #[test]
    fn no_script_panics_and_nothing_grows_beyond_its_bounds(
        text in "(A=|export |\\$A|\\$\\(|\\$\\{|<<E|E\n|\\\\\r?\n|\\$'|[;&|()<>'\"`#} \t\r\n\\\\]|\\PC|\0){0,60}"
    ) {
        bounded(&text)?;
    }

    #[test]
    fn no_batch_file_does(
        text in "@\n@\n@\n@\n(set |if |%A%|rem|A=|::|[=&|()^\"%@ \t\r\n]|\\PC|\0){0,60}"
    ) {
        bounded(&text)?;
    }
}

fn bounded(text: &str) -> Result<(), TestCaseError> {
    let parsed = parse(text);
    prop_assert!(parsed.remarks.len() <= MAX_REMARKS);
    prop_assert!(parsed.tree.len() <= text.len() + 1);
    let bytes: usize = parsed
        .tree
        .nodes()
        .skip(1)
        .map(|node| node.name().len() + node.value().len())
        .sum();
    prop_assert!(bytes <= text.len());
    for node in parsed.tree.nodes().skip(1) {
        prop_assert!(text.is_char_boundary(node.at().offset as usize));
    }
    Ok(())
}
