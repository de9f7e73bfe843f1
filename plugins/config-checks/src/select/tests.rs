use casebook_plugin_configs::{DrawnSite, Node, Site};
use proptest::prelude::*;

use super::*;

/// The widget definition of a Connections configuration, with what surrounds it.
fn drawn() -> Site {
    let mut site = DrawnSite::new("acme", "{}");
    let mut file = site.document("widgets-config.xml", "widgets-config.xml", "xml", &[], "config");
    let resource = file.node(0, "resource", "", 2, &[("type", "community")]);
    let rooms = file.node(
        resource,
        "w:widgetDef",
        "",
        3,
        &[("defId", "Meeting Rooms"), ("url", "{a}/x")],
    );
    let items = file.node(rooms, "itemSet", "", 4, &[]);
    file.node(items, "item", "one", 5, &[("name", "url"), ("value", "https://m:443")]);
    file.node(items, "item", "two", 6, &[("name", "empty"), ("value", "")]);
    let members = file.node(resource, "widgetDef", "", 7, &[("defId", "Members")]);
    let items = file.node(members, "itemSet", "", 8, &[]);
    file.node(items, "item", "three", 9, &[("name", "perPage")]);
    file.node(items, "other", "four", 10, &[]);
    site.into_site().unwrap()
}

/// What a path selects: lines, with the values there.
fn selected(path: &str) -> String {
    let site = drawn();
    let tree = Tree::of(site.documents().next().unwrap());
    let path = Path::read(path).unwrap_or_else(|reason| panic!("{path}: {reason}"));
    let spots = path.select(&tree);
    let texts = spots
        .iter()
        .map(|spot| format!("{}={}", spot.node.line(), spot.value()));
    texts.collect::<Vec<_>>().join(" ")
}

#[test]
fn paths_select_what_xpath_selects() {
    for (path, expected) in [
        ("/", "1="),
        ("/config", "1="),
        ("/nothing", ""),
        ("/config/resource/widgetDef/@defId", "3=Meeting Rooms 7=Members"),
        (
            "//widgetDef[@defId='Meeting Rooms']/itemSet/item/@value",
            "5=https://m:443 6=",
        ),
        ("//w:widgetDef/@defId", "3=Meeting Rooms"),
        ("//item[@value]", "5=one 6=two"),
        ("//item[not(@value)]", "9=three"),
        ("//item[@value!='']/text()", "5=one"),
        ("//item[.='two' or text()='three']", "6=two 9=three"),
        ("//item[@name='url' and contains(@value, ':443')]", "5=one"),
        ("//item[starts-with(@value, \"https:\")]", "5=one"),
        ("//item[1]", "5=one 9=three"),
        ("//item[last()]", "6=two 9=three"),
        ("//item[@value][2]", "6=two"),
        ("/*/*/*[2]/@defId", "7=Members"),
        ("//widgetDef[itemSet/item/@name='perPage']/@defId", "7=Members"),
        ("//widgetDef[.//other]/@defId", "7=Members"),
        ("//item[../../@defId='Members']", "9=three"),
        ("//other/../item/name()", "9=item"),
        ("//item/../../@defId", "3=Meeting Rooms 7=Members"),
        ("//@defId", "3=Meeting Rooms 7=Members"),
        ("//itemSet//.[@name]", "error"),
        ("//'item'[ ( @name = 'url' ) ]", "5=one"),
        (
            "//resource[@type='community' and not(itemSet or nothing)]/*/*/other",
            "10=four",
        ),
        (
            "//item[/config/resource/@type='community' and not(/other)][1]/@name",
            "5=url 9=perPage",
        ),
        ("/config/..", ""),
        ("/config/../config/resource/@type", "2=community"),
        ("//item/.", "5=one 6=two 9=three"),
    ] {
        if expected == "error" {
            assert!(Path::read(path).is_err(), "{path}");
        } else {
            assert_eq!(selected(path), expected, "{path}");
        }
    }
}

#[test]
fn a_path_leads_to_the_first_place_seen_from_a_node() {
    let site = drawn();
    let tree = Tree::of(site.documents().next().unwrap());
    let from = |line: u32, path: &str| {
        let path = Path::read(path).unwrap();
        let reached = path.reach(&tree);
        let (number, _) = tree.nodes().find(|(_, node)| node.line() == line).unwrap();
        reached.from(&tree, number).map(|spot| spot.value().to_owned())
    };
    for (line, path, expected) in [
        (5, "@value", Some("https://m:443")),
        (9, "@value", None),
        (6, "@value", Some("")),
        (5, ".", Some("one")),
        (5, "name()", Some("item")),
        (5, "../../@defId", Some("Meeting Rooms")),
        (1, "../..", None),
        (3, "itemSet/item[@name='empty']", Some("two")),
        (2, ".//item[not(@value)]", Some("three")),
        (2, ".//@name", Some("url")),
        (9, "../other", Some("four")),
        (9, "../../../widgetDef/@defId", Some("Meeting Rooms")),
        (10, "/config/resource/@type", Some("community")),
        (10, "//item[2]", Some("two")),
        (10, "item", None),
        (10, "/", Some("")),
    ] {
        assert_eq!(from(line, path).as_deref(), expected, "{path} from line {line}");
    }
}

#[test]
fn what_cannot_be_read_is_shown() {
    for (path, reason) in [
        ("", "an empty path; expected a name"),
        (
            "//item[@name=x]",
            "`//item[@name=` is followed by `x]`; expected a text in quotes",
        ),
        ("//item[@name='x'", "`//item[@name='x'` ends too soon; expected `]`"),
        ("//item]", "`//item` is followed by `]`; expected the end of the path"),
        ("/@name", "expected a name: the attributes of the root are `/*/@NAME`"),
        ("//item[0]", "expected a number from 1"),
        ("a//", "`a//` ends too soon; expected a name"),
        ("@", "`@` ends too soon"),
        ("@a/b", "`@a` is followed by `/b`; expected the end of the path"),
        ("item['x", "a text that ends in '"),
        ("child::item", "expected no axis"),
        ("//item[contains(@a 'x')]", "expected `,`"),
        ("..[1]", "nothing in brackets"),
        ("#", "`#` is no path"),
    ] {
        let found = Path::read(path).expect_err(path);
        assert!(found.contains(reason), "{path}: {found}");
    }
    assert!(
        Path::read(&"a/".repeat(501))
            .unwrap_err()
            .contains("characters, the limit")
    );
    let deep = format!("{}a{}", "a[".repeat(9), "]".repeat(9));
    assert!(Path::read(&deep).unwrap_err().contains("at most 8 brackets"));
}

#[test]
fn a_path_names_the_nodes_that_it_needs() {
    let names = |path: &str| {
        let mut names = Names::default();
        names.add(&Path::read(path).unwrap());
        names.list().join(" ")
    };
    for (path, expected) in [
        ("//widgetDef[itemSet/item/@name='x']/@url", "item itemSet widgetDef"),
        ("../@defId", "<root>"),
        ("/", "<root>"),
        ("/*/@version", "<root>"),
        ("/a/*/b", "a b"),
        ("/a/*[2]/b", ""),
        ("//@x", ""),
        ("//*[@x]", ""),
        ("a[not(*)]", ""),
        ("a/..", "a"),
        ("a[not(.//b) or ../c]", "a b c"),
    ] {
        let found = names(path);
        assert_eq!(
            if found.is_empty() && expected == "<root>" {
                "<root>"
            } else {
                &found
            },
            expected,
            "{path}"
        );
    }
    let mut none = Names::default();
    none.add(&Path::read("../@a").unwrap());
    assert_eq!(none.list(), [""], "the root alone, not everything");
}

/// What XPath says, node by node and set by set: slow, and so plain that it can be seen to be right.
mod plain {
    use std::collections::BTreeSet;

    use super::super::{Axis, Comparison, End, Filter, Path, Predicate, Step, Tree};

    pub(super) type Set = BTreeSet<usize>;

    pub(super) fn value<'s>(tree: &Tree<'s>, number: usize, end: &End) -> Option<&'s str> {
        let node = tree.node(number)?;
        match end {
            End::Node => Some(node.value()),
            End::Attribute(name) => node.attribute(name),
            End::Name => Some(node.name()),
        }
    }

    /// The nodes a path leads to from a node, those alone that have what is at its end.
    pub(super) fn follow(path: &Path, tree: &Tree<'_>, from: usize) -> Set {
        let mut here = Set::from([if path.absolute { 0 } else { from }]);
        for step in &path.steps {
            here = here.iter().flat_map(|node| one_step(step, tree, *node)).collect();
        }
        if path.absolute && path.steps.is_empty() {
            here = Set::from([1]);
        }
        here.retain(|number| value(tree, *number, &path.end).is_some());
        here
    }

    fn children(tree: &Tree<'_>, of: usize) -> Vec<usize> {
        (1..tree.len()).filter(|number| tree.parent(*number) == of).collect()
    }

    fn below(tree: &Tree<'_>, of: usize) -> Vec<usize> {
        let inner = |child: usize| std::iter::once(child).chain(below(tree, child)).collect::<Vec<_>>();
        children(tree, of).into_iter().flat_map(inner).collect()
    }

    fn one_step(step: &Step, tree: &Tree<'_>, from: usize) -> Vec<usize> {
        match step.axis {
            Axis::Child => passing(step, tree, children(tree, from)),
            // `//b[1]` is the first `b` of every node below.
            Axis::Descendant => {
                let parents = std::iter::once(from).chain(below(tree, from));
                parents
                    .flat_map(|parent| passing(step, tree, children(tree, parent)))
                    .collect()
            }
            Axis::DescendantOrSelf => std::iter::once(from).chain(below(tree, from)).collect(),
            Axis::Parent if from == 0 => Vec::new(),
            Axis::Parent => vec![tree.parent(from)],
        }
    }

    fn passing(step: &Step, tree: &Tree<'_>, mut nodes: Vec<usize>) -> Vec<usize> {
        if let Some(name) = &step.name {
            nodes.retain(|number| tree.node(*number).is_some_and(|node| node.is(name)));
        }
        for filter in &step.filters {
            let length = nodes.len();
            let kept = nodes.iter().enumerate().filter(|(index, number)| match filter {
                Filter::Position(position) => index + 1 == *position as usize,
                Filter::Last => index + 1 == length,
                Filter::That(predicate) => holds(predicate, tree, **number),
            });
            nodes = kept.map(|(_, number)| *number).collect();
        }
        nodes
    }

    fn holds(predicate: &Predicate, tree: &Tree<'_>, from: usize) -> bool {
        let compares = |comparison: &Comparison, value: &str| match comparison {
            Comparison::Exists => true,
            Comparison::Equal(text) => value == text,
            Comparison::Differs(text) => value != text,
            Comparison::Contains(text) => value.contains(text.as_str()),
            Comparison::StartsWith(text) => value.starts_with(text.as_str()),
        };
        match predicate {
            Predicate::Some(path, comparison) => follow(path, tree, from)
                .into_iter()
                .filter_map(|number| value(tree, number, &path.end))
                .any(|value| compares(comparison, value)),
            Predicate::Not(inner) => !holds(inner, tree, from),
            Predicate::All(several) => several.iter().all(|one| holds(one, tree, from)),
            Predicate::Any(several) => several.iter().any(|one| holds(one, tree, from)),
        }
    }
}

/// A tree of few names and few values, so that paths meet something.
fn any_site() -> impl Strategy<Value = Site> {
    let node = (0_u32..99, 0_usize..3, 0_usize..3, 0_usize..4);
    prop::collection::vec(node, 0..24).prop_map(|nodes| {
        let mut site = DrawnSite::new("e", "{}");
        let mut file = site.document("f", "xml", "xml", &[], "a");
        for (before, (parent, name, value, attribute)) in (1..).zip(nodes) {
            let attributes = [("x", "1"), ("x", "2"), ("y", "")];
            let attributes = attributes.get(attribute..attribute + 1).unwrap_or_default();
            file.node(
                parent % before,
                ["a", "b", "p:c"][name],
                ["", "1", "12"][value],
                before,
                attributes,
            );
        }
        site.into_site().unwrap()
    })
}

/// Paths in their written form, of all that the language has.
fn any_path() -> impl Strategy<Value = String> {
    let begin = prop::sample::select(vec!["", "/", "//", ".//"]);
    let step = prop::sample::select(vec!["a", "b", "c", "p:c", "*", ".", ".."]);
    let join = prop::sample::select(vec!["/", "//"]);
    let end = prop::sample::select(vec!["", "", "", "/@x", "//@y", "/text()", "/name()"]);
    let simple = prop::sample::select(vec![
        "[1]",
        "[2]",
        "[last()]",
        "[@x]",
        "[@x='1']",
        "[@x!='1']",
        "[.='1']",
        "[contains(., '1')]",
        "[not(@x)]",
        "[b]",
        "[.//c]",
        "[../b/@x='2']",
        "[b or @x and not(c)]",
        "[b[2]]",
        "[not(.//b[@x='1'][last()])]",
        "[/a/b]",
        "[starts-with(@x, '1')]",
    ]);
    let filters = prop::collection::vec(simple, 0..3);
    let steps = prop::collection::vec((step, filters, join), 1..5);
    (begin, steps, end).prop_map(|(begin, steps, end)| {
        let mut path = begin.to_owned();
        for (index, (step, filters, join)) in steps.iter().enumerate() {
            path.push_str(if index > 0 { join } else { "" });
            path.push_str(step);
            if !step.starts_with('.') {
                path.extend(filters.iter().copied());
            }
        }
        path + end
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn paths_mean_what_their_plain_reading_means(site in any_site(), text in any_path()) {
        let tree = Tree::of(site.documents().next().unwrap());
        let path = Path::read(&text).unwrap();
        let numbers = |node: Node<'_>| node.place().node as usize + 1;
        if path.absolute {
            let selected: Vec<usize> = path.select(&tree).iter().map(|spot| numbers(spot.node)).collect();
            let expected: Vec<usize> = plain::follow(&path, &tree, 0).into_iter().collect();
            prop_assert_eq!(selected, expected, "{}", text);
        }
        let reached = path.reach(&tree);
        for from in 1..tree.len() {
            let found = reached.from(&tree, from).map(|spot| numbers(spot.node));
            prop_assert_eq!(found, plain::follow(&path, &tree, from).first().copied(), "{} from {}", text, from);
        }
    }

    #[test]
    fn no_text_makes_reading_a_path_panic(text in "[a-c@/\\.\\[\\]()'\"*=!,0-9 é|:]{0,40}") {
        if let Ok(path) = Path::read(&text) {
            let site = drawn();
            let tree = Tree::of(site.documents().next().unwrap());
            path.select(&tree);
            path.reach(&tree).from(&tree, 3);
        }
    }
}

#[test]
fn the_worst_paths_cost_no_more_than_nodes_times_steps() {
    // A chain of 500 levels with siblings at each: naive evaluation of these paths takes minutes.
    let mut site = DrawnSite::new("e", "{}");
    let mut file = site.document("f", "xml", "xml", &[], "a");
    let mut parent = 0;
    for _ in 0..500 {
        parent = file.node(parent, "a", "", 1, &[]);
        for _ in 0..100 {
            file.node(parent, "b", "", 1, &[("x", "1")]);
        }
    }
    let site = site.into_site().unwrap();
    let tree = Tree::of(site.documents().next().unwrap());
    let began = std::time::Instant::now();
    for path in [
        "//a//a//a//a//b[@x='2']",
        "//a[.//a[.//a[.//b/@x='2']]]",
        "//b[../b[../b[../b/@x='2']]]",
    ] {
        assert!(Path::read(path).unwrap().select(&tree).is_empty());
    }
    let siblings = Path::read("../b[@x='2']").unwrap();
    let reached = siblings.reach(&tree);
    assert!((1..tree.len()).all(|number| reached.from(&tree, number).is_none()));
    assert!(began.elapsed().as_secs() < 5, "{:?}", began.elapsed());
}
